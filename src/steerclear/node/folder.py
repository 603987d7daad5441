# SPDX-License-Identifier: Apache-2.0
"""The folder of a node: made, begun, opened, backed up, restored. Names every concrete class that it needs.

NODE/steerclear.toml   settings           NODE/keys/   private keys (0700)
NODE/node.db           the record         NODE/tls/    own certificate and its key
NODE/high-water        size of own log    NODE/lock    held while a process writes
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal, TextIO, cast

import structlog

from steerclear.errors import Refused
from steerclear.formats.places import Gazetteer
from steerclear.links.clock import Clock, DrillClock, SystemClock
from steerclear.links.keystore import (
    FileKeystore,
    Keystore,
    Protection,
    reprotect,
)
from steerclear.links.notifier import ConsoleBell
from steerclear.links.randomness import Randomness, SystemRandomness
from steerclear.links.tls import (
    load_certificate,
    make_certificate,
    save_certificate,
)
from steerclear.links.token import Token, TokenKeystore
from steerclear.model.member import MemberId, Role, desk_name
from steerclear.node.log_lines import LogLines
from steerclear.node.memory import uncollected
from steerclear.node.running import Node
from steerclear.node.settings import Settings, print_settings, read_settings
from steerclear.node.snapshots import Snapshots
from steerclear.record.card import MemberCard, parse_card, print_card
from steerclear.record.charter import Charter, parse_charter, print_charter
from steerclear.record.report import Progress
from steerclear.record.root import RootKeys
from steerclear.services.answers import (
    RootAsked,
)
from steerclear.services.backup import TakeBackup, write_backup
from steerclear.services.backup_check import CheckedBackup, checked_backup, note_checked
from steerclear.services.blind_offline import OfflineKeys
from steerclear.services.ceremony import save_root
from steerclear.services.found import begin_log, has_begun, make_card
from steerclear.services.keys_ahead import root_is_here
from steerclear.services.ledger import Ledger, WaterMark
from steerclear.services.restore import Restored, restore
from steerclear.services.roots import ask_to_begin
from steerclear.services.workings import Workings
from steerclear.store.highwater import HighWater
from steerclear.store.machine import Forgetful, forget, on_this_machine
from steerclear.store.port import Store
from steerclear.store.sqlite import SqliteStore

__all__ = [
    "back_up_at_rest",
    "begin",
    "carry_root_away",
    "change_protection",
    "compose",
    "create_node",
    "forget_machine",
    "node_at_rest",
    "open_node",
    "restore_node",
]

# ---- making one ------------------------------------------------------------------------------------------


def create_node(
    folder: Path,
    *,
    settings: Settings,
    role: Role,
    desks: Sequence[str],
    addresses: Sequence[str],
    protection: Protection,
    root: RootKeys | None = None,
    signs_twice: bool = False,
    pin: str | None = None,
) -> MemberCard:
    """Make the folder of a new node with its keys, certificate and empty record; its card is also a file.

    ``root`` is one that was made offline; without it one is made here, which ``signs_twice`` or once. ``pin``
    unlocks the token that ``settings`` name. Raises ``Refused`` (``node-exists``) and ``BadInput``. What was
    begun and could not be ended is removed.
    """
    if (folder / "steerclear.toml").exists():
        raise Refused(
            "node-exists",
            "There is a node in this folder already.",
            where=str(folder),
            remedy="Choose another folder; a node is never overwritten.",
        )
    named = tuple(dict.fromkeys(desk_name(desk) for desk in desks))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _removed_on_failure(folder):
        files = FileKeystore.create(folder / "keys", protection, SystemRandomness().bytes)
        if settings.token is not None:
            files.make_pin(pin or "")
        certificate = make_certificate(settings.member)
        save_certificate(folder / "tls", certificate)
        with _with_token(files, settings) as keys:
            card = make_card(
                keys,
                member=settings.member,
                role=role,
                desks=named,
                addresses=addresses,
                certificate=certificate,
                root=root,
                signs_twice=signs_twice,
            )
        SqliteStore.create(folder / "node.db", files.storage_key())
        (folder / f"{settings.member}.member.json").write_bytes(print_card(card))
        (folder / "steerclear.toml").write_text(print_settings(settings), encoding="utf-8")
    return card


@contextmanager
def _removed_on_failure(folder: Path) -> Iterator[None]:
    """What comes into the folder while this lasts goes again if it does not end well."""
    before = set(folder.iterdir())
    try:
        yield
    except BaseException:
        for made in set(folder.iterdir()) - before:
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        raise


def begin(folder: Path, charter: Charter, protection: Protection, *, founds: bool) -> RootAsked | None:
    """Accept a charter: keep it, and write the first entries of the own log. Raises ``Refused``.

    Where the root is kept elsewhere nothing is written yet: returns what it is to sign.
    """
    settings = read_settings(folder)
    _require_own_card(folder, settings, charter)
    with _locked(folder), _opened(folder, settings, charter, protection) as ledger:
        if has_begun(ledger):
            raise Refused(
                "already-begun",
                f"{settings.member} has begun its log in this mechanism already.",
                where=str(folder),
                remedy="Start the node with steerclear serve.",
            )
        ledger.store.keep_charter(print_charter(charter))
        if not root_is_here(ledger):
            return ask_to_begin(ledger, founds=founds)
        begin_log(ledger, founds=founds)
    return None


def _require_own_card(folder: Path, settings: Settings, charter: Charter) -> None:
    own = (folder / f"{settings.member}.member.json").read_bytes()
    if settings.member not in charter or print_card(charter.card(settings.member)) != own:
        raise Refused(
            "charter-other-card",
            f"The charter does not hold the card of {settings.member} as this node has it.",
            where=str(folder),
            remedy="Hand over the card again and have the charter made anew; do not join this one.",
        )


# ---- opening one -----------------------------------------------------------------------------------------


def compose(
    charter: Charter,
    me: MemberId,
    *,
    store: Store,
    keys: Keystore,
    clock: Clock,
    randomness: Randomness,
    high_water: WaterMark,
    places: Gazetteer,
    machine: WaterMark | None = None,
    cosigns_twice: bool = False,
    offline: OfflineKeys | None = None,
) -> Workings:
    """A node's workings over any store, keys and clock: a play hands in memory, a real node its folder.

    ``machine`` remembers the own log's size until the machine is switched off; ``None``: its disk cannot be
    put back, and nobody need be asked at the start.
    """
    ledger = Ledger(
        charter=charter,
        me=me,
        store=store,
        keys=keys,
        clock=clock,
        randomness=randomness,
        high_water=high_water,
        machine=machine,
        cosigns_twice=cosigns_twice,
    )
    return Workings(ledger, places, offline=offline)


@contextmanager
def open_node(folder: Path, protection: Protection, *, log_to: TextIO) -> Iterator[Node]:
    """The node in ``folder``, held under its lock; its log and its bell go to ``log_to``.

    Raises ``Refused`` (``node-locked``, ``not-joined``, ``drill-clock``) and what keys and store raise.
    """
    lines = cast("TextIO", LogLines(log_to))  # all of it that a log and a bell need
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(lines),
    )
    settings = read_settings(folder)
    with _locked(folder):
        charter = _kept_charter(folder)
        with ExitStack() as held:
            with uncollected():
                ledger = held.enter_context(_opened(folder, settings, charter, protection, looked_at="later"))
                workings = Workings(ledger, Gazetteer.on_demand(), offline=settings.offline)
                store = cast("SqliteStore", ledger.store)
            certificate = load_certificate(folder / "tls")
            snapshots = Snapshots(ledger, store)
            held.callback(snapshots.end)
            yield Node(
                folder,
                settings,
                workings,
                certificate=certificate,
                ears=ConsoleBell(lines),
                now_and_then=snapshots.if_due,
            )


@contextmanager
def node_at_rest(folder: Path, protection: Protection) -> Iterator[Workings]:
    """The workings of a node that does not run, held under its lock. Raises as ``open_node`` does."""
    settings = read_settings(folder)
    with _locked(folder), _opened(folder, settings, _kept_charter(folder), protection) as ledger:
        yield Workings(ledger, Gazetteer.on_demand(), offline=settings.offline)


def carry_root_away(folder: Path, protection: Protection, *, to: Path, under: Protection) -> RootKeys:
    """Move the root keys of a node that does not run to another folder, under another passphrase.

    They are read back there before they are destroyed here. Raises ``Refused`` (``root-not-here``) and what
    saving them raises.
    """
    settings = read_settings(folder)
    with _locked(folder):
        keys = FileKeystore(folder / "keys", protection, SystemRandomness().bytes)
        card = parse_card((folder / f"{settings.member}.member.json").read_bytes())
        secrets = keys.root_secrets()
        if not secrets:
            raise Refused(
                "root-not-here",
                "No root keys lie at this node.",
                where=str(folder),
                remedy="Nothing is to be carried away; requests to the root are carried to where it is.",
            )
        root = RootKeys(threshold=card.root_threshold, keys=card.root_keys, seconds=card.root_seconds)
        save_root(to, root, list(secrets.values()), [under] * len(secrets))
        for name in secrets:
            keys.forget(name)
    return root


def back_up_at_rest(
    folder: Path, request: TakeBackup, protection: Protection, progress: Progress | None = None
) -> CheckedBackup:
    """Back up a node that does not run, and read the backup back. Raises as its parts do."""
    with node_at_rest(folder, protection) as workings:
        ledger = workings.ledger
        write_backup(folder, request, ledger)
        checked_backup(Path(request.to), progress)
        return note_checked(ledger, Path(request.to))


def restore_node(
    backup: Path, folder: Path, protection: Protection, *, mark: Path | None, progress: Progress | None
) -> Restored:
    """Bring a node back from a backup, in a folder that does not exist. Raises as ``restore`` does."""

    def storage_key(keys: Path) -> bytes:
        return FileKeystore(keys, protection, SystemRandomness().bytes).storage_key()

    return restore(backup, folder, storage_key=storage_key, mark=mark, progress=progress)


def forget_machine(folder: Path, protection: Protection) -> None:
    """A node's folder goes for good: leave nothing of it in this machine's memory either."""
    forget(FileKeystore(folder / "keys", protection, SystemRandomness().bytes).storage_key())


def change_protection(folder: Path, old: Protection, new: Protection) -> None:
    """Put the keys of a node that does not run under another passphrase, or under one at last."""
    read_settings(folder)
    with _locked(folder):
        reprotect(folder / "keys", old, new, SystemRandomness().bytes)


def _kept_charter(folder: Path) -> Charter:
    with SqliteStore(folder / "node.db", None, read_only=True, looked_at="never") as store:
        kept = store.charter()
    if kept is None:
        raise Refused(
            "not-joined",
            "This node belongs to no mechanism yet.",
            where=str(folder),
            remedy="Found one with steerclear found, or join one with steerclear join.",
        )
    return parse_charter(kept)


@contextmanager
def _opened(
    folder: Path,
    settings: Settings,
    charter: Charter,
    protection: Protection,
    *,
    looked_at: Literal["now", "later"] = "now",
) -> Iterator[Ledger]:
    files = FileKeystore(folder / "keys", protection, SystemRandomness().bytes)
    with (
        _with_token(files, settings) as keys,
        on_this_machine(files.storage_key()) as remembered,
        SqliteStore(folder / "node.db", files.storage_key(), looked_at=looked_at) as store,
    ):
        ledger = Ledger(
            charter=charter,
            me=settings.member,
            store=store,
            keys=keys,
            clock=_clock(settings, charter),
            randomness=SystemRandomness(),
            high_water=HighWater(folder / "high-water"),
            # Where the machine remembers nothing, the peers are asked at every start.
            machine=remembered or Forgetful(),
            cosigns_twice=settings.cosigns_twice,
        )
        # Imported here: numpy is slow to come, and commands that open no node need not wait for it.
        from steerclear.services.taking_snapshot import keep_snapshot

        keep_snapshot(ledger)
        yield ledger
        keep_snapshot(ledger)


@contextmanager
def _with_token(files: FileKeystore, settings: Settings) -> Iterator[Keystore]:
    if settings.token is None:
        yield files
        return
    token = Token(settings.token, files.pin())
    try:
        yield TokenKeystore(files, token, settings.token.purposes)
    finally:
        token.close()


def _clock(settings: Settings, charter: Charter) -> Clock:
    drill = settings.drill_time
    if drill is None:
        return SystemClock()
    if not charter.drill:
        raise Refused(
            "drill-clock",
            "The settings name a drill clock, but the charter is not marked drill.",
            remedy="Remove the [drill] table from steerclear.toml, or found a mechanism with --drill.",
        )
    return DrillClock(origin=drill.origin, speed=drill.speed, started=drill.started)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One node is one process and one writer."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refused(
                "node-locked",
                "Another process is using this node.",
                where=str(folder),
                remedy="Speak to it with the other commands, or end it first.",
            ) from error
        yield
