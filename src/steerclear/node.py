# SPDX-License-Identifier: Apache-2.0
"""What is one node made of? The one place that reads settings, names concrete classes, and joins them.

NODE/steerclear.toml   settings           NODE/keys/   private keys (0700)
NODE/node.db           the record         NODE/tls/    own certificate and its key
NODE/high-water        size of own log    NODE/lock    held while a process writes

    listener ─┐                          ┌─ courier to each peer
api.sock ─────┼──► one writer thread ◄───┤
    ticker ───┘      (Workings)          └─ ears of our desks
"""

from __future__ import annotations

import asyncio
import base64
import fcntl
import json
import shutil
import tomllib
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO, TypeVar

import structlog

from steerclear.errors import BadInput, Refused, SteerclearError, Unreachable
from steerclear.formats.languages import LANGUAGES
from steerclear.formats.places import Gazetteer
from steerclear.links.apprise import AppriseWay
from steerclear.links.clock import Clock, DrillClock, SystemClock
from steerclear.links.courier import BUNDLE_TYPE, EXCHANGE_PATH, Courier
from steerclear.links.https import HttpsExchange, PeerAddress
from steerclear.links.keystore import (
    FileKeystore,
    Keystore,
    Passphrase,
    Protection,
    Unencrypted,
    reprotect,
)
from steerclear.links.notifier import ConsoleBell, Ears
from steerclear.links.peer_protocol import MOST_CONNECTIONS, PeerProtocol, certificate_of
from steerclear.links.randomness import Randomness, SystemRandomness
from steerclear.links.smtp import SmtpWay
from steerclear.links.tls import (
    Certificate,
    PeerContext,
    Pins,
    load_certificate,
    make_certificate,
    peer_of,
    pins_of,
    save_certificate,
    server_context,
)
from steerclear.links.token import Token, TokenKeystore, TokenSettings
from steerclear.links.ways import Notifier, Sending, Way, WaySettings, read_ways
from steerclear.links.webhook import WebhookWay
from steerclear.model.member import MemberId, Role, desk_name, member_id
from steerclear.model.time import Instant, format_instant, parse_instant, parse_typed_instant_us
from steerclear.record.bundle import LARGEST_BUNDLE
from steerclear.record.card import MemberCard, parse_card, print_card
from steerclear.record.charter import Charter, parse_charter, print_charter
from steerclear.record.report import Progress
from steerclear.record.root import RootKeys
from steerclear.services.annexes_shown import AnnexShown
from steerclear.services.answers import (
    AffairRow,
    Carried,
    Compared,
    Inbox,
    KeysShown,
    NoticeRow,
    ReadOut,
    Receipt,
    RootAsked,
    Status,
    StopRow,
)
from steerclear.services.backup import Backup, TakeBackup, write_backup
from steerclear.services.backup_check import CheckedBackup, check_openings, checked_backup, note_checked
from steerclear.services.ceremony import save_root
from steerclear.services.found import begin_log, has_begun, make_card
from steerclear.services.incident_package import incident_package
from steerclear.services.keys_ahead import root_is_here
from steerclear.services.ledger import Ledger, WaterMark
from steerclear.services.published import Page, PublishedLogs, WitnessAnswer
from steerclear.services.read_out import compare, read_out
from steerclear.services.recorded import opening_of, proof_of
from steerclear.services.requests import NameKeys, RevokeKeys, Succeed
from steerclear.services.restore import Restored, restore
from steerclear.services.roots import ask_to_begin
from steerclear.services.signals_shown import SignalRow
from steerclear.services.spent_keys import note_verified_backup
from steerclear.services.statistics import StatisticsShown, statistics
from steerclear.services.status import Heard
from steerclear.services.together import MOST_TOGETHER, Failed
from steerclear.services.verbs import Request
from steerclear.services.workings import Workings
from steerclear.store.highwater import HighWater
from steerclear.store.machine import Forgetful, forget, on_this_machine
from steerclear.store.port import Store
from steerclear.store.sqlite import SqliteStore

__all__ = [
    "DrillTime",
    "Node",
    "Passphrase",
    "Protection",
    "Settings",
    "TokenSettings",
    "Unencrypted",
    "back_up_at_rest",
    "begin",
    "carry_root_away",
    "change_protection",
    "compose",
    "create_node",
    "drill_time",
    "forget_machine",
    "node_at_rest",
    "open_node",
    "read_settings",
    "restore_node",
]

COALESCE_S: Final = 0.05
"""Entries that come together get one beat; well under the two seconds of design file 3."""

LONGEST_TICK_S: Final = 1.0

_WAY: Final = "way "
"""Under this and its name the store keeps the last answer of each way."""

T = TypeVar("T")

_log = structlog.get_logger("steerclear.node")


# ---- settings --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrillTime:
    """A clock that shows ``origin`` at the real instant ``started`` and runs ``speed`` times as fast.

    Trusted with every time that this node writes; accepted only under a charter marked *drill*.
    """

    origin: Instant
    speed: float
    started: Instant


@dataclass(frozen=True, slots=True)
class Settings:
    """``steerclear.toml``. ``listen`` is host and port of the peers' listener; who reaches it still needs a
    member's certificate. ``token`` names the PKCS#11 token in which some of the signing keys lie.
    ``reviewed`` names, by language, the translation of the signals that our own reviewer has signed for."""

    member: MemberId
    host: str
    port: int
    drill_time: DrillTime | None = None
    token: TokenSettings | None = None
    reviewed: Mapping[str, str] = field(default_factory=dict)
    ways: tuple[WaySettings, ...] = ()


def read_settings(folder: Path) -> Settings:
    """Raises ``Unreachable`` (``node-missing``) or ``BadInput`` (``settings-form``)."""
    path = folder / "steerclear.toml"
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Unreachable(
            "node-missing",
            "There is no node in this folder.",
            where=str(folder),
            remedy="Make one with steerclear init, or name the right folder.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad_settings(path, str(error)) from error
    try:
        host, _, port = str(found["listen"]).rpartition(":")
        return Settings(
            member_id(found["member"]),
            host,
            int(port),
            _read_drill(found.get("drill")),
            _read_token(found.get("token")),
            _read_reviewed(found.get("signals")),
            read_ways(found.get("ways")),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise _bad_settings(path, f"{type(error).__name__} {error}") from error


def _read_drill(found: Mapping[str, Any] | None) -> DrillTime | None:
    if found is None:
        return None
    return DrillTime(parse_instant(found["origin"]), float(found["speed"]), parse_instant(found["started"]))


def _read_token(found: Mapping[str, Any] | None) -> TokenSettings | None:
    if found is None:
        return None
    purposes = tuple(str(one) for one in found["keys"])
    return TokenSettings(module=Path(str(found["module"])), label=str(found["label"]), purposes=purposes)


def _read_reviewed(found: Mapping[str, Any] | None) -> Mapping[str, str]:
    reviewed = dict(found["reviewed"]) if found is not None else {}
    for code, signed in reviewed.items():
        if code not in LANGUAGES or not isinstance(signed, str):
            raise ValueError(f"signals.reviewed.{code} is no translation's hash")
    return reviewed


def _bad_settings(path: Path, why: str) -> BadInput:
    return BadInput(
        "settings-form",
        f"The settings cannot be read: {why}.",
        where=str(path),
        remedy="Correct the file; docs/operating.md lists every setting.",
    )


def drill_time(origin: str, started: str | None, speed: float) -> DrillTime:
    """A drill clock as people type it; ``started`` ``None`` is this moment. Raises ``BadInput``."""
    real = SystemClock().now() if started is None else _typed(started)
    drill = DrillTime(_typed(origin), speed, real)
    DrillClock(origin=drill.origin, speed=drill.speed, started=drill.started)  # said now, not at the start
    return drill


def _typed(text: str) -> Instant:
    return Instant(parse_typed_instant_us(text) // 1_000)


def _print_settings(settings: Settings) -> str:
    lines = [f'member = "{settings.member}"', f'listen = "{settings.host}:{settings.port}"']
    if settings.drill_time is not None:
        drill = settings.drill_time
        lines += [
            "",
            "# Accepted only under a charter marked drill.",
            "[drill]",
            f'origin = "{format_instant(drill.origin)}"',
            f"speed = {drill.speed}",
            f'started = "{format_instant(drill.started)}"',
        ]
    if settings.token is not None:
        token = settings.token
        lines += [
            "",
            "# These keys lie in a PKCS#11 token; its PIN lies in keys/, under the passphrase.",
            "[token]",
            f"module = {json.dumps(str(token.module))}",
            f"label = {json.dumps(token.label)}",
            f"keys = {json.dumps(list(token.purposes))}",
        ]
    return "\n".join(lines) + "\n"


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
        (folder / "steerclear.toml").write_text(_print_settings(settings), encoding="utf-8")
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
    )
    return Workings(ledger, places)


@contextmanager
def open_node(folder: Path, protection: Protection, *, log_to: TextIO) -> Iterator[Node]:
    """The node in ``folder``, held under its lock; its log and its bell go to ``log_to``.

    Raises ``Refused`` (``node-locked``, ``not-joined``, ``drill-clock``) and what keys and store raise.
    """
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(log_to),
    )
    settings = read_settings(folder)
    with _locked(folder):
        charter = _kept_charter(folder)
        with _opened(folder, settings, charter, protection) as ledger:
            workings = Workings(ledger, Gazetteer.load())
            certificate = load_certificate(folder / "tls")
            yield Node(folder, settings, workings, certificate=certificate, ears=ConsoleBell(log_to))


@contextmanager
def node_at_rest(folder: Path, protection: Protection) -> Iterator[Workings]:
    """The workings of a node that does not run, held under its lock. Raises as ``open_node`` does."""
    settings = read_settings(folder)
    with _locked(folder), _opened(folder, settings, _kept_charter(folder), protection) as ledger:
        yield Workings(ledger, Gazetteer.load())


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
    with SqliteStore(folder / "node.db", None, read_only=True) as store:
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
def _opened(folder: Path, settings: Settings, charter: Charter, protection: Protection) -> Iterator[Ledger]:
    files = FileKeystore(folder / "keys", protection, SystemRandomness().bytes)
    with (
        _with_token(files, settings) as keys,
        on_this_machine(files.storage_key()) as remembered,
        SqliteStore(folder / "node.db", files.storage_key()) as store,
    ):
        yield Ledger(
            charter=charter,
            me=settings.member,
            store=store,
            keys=keys,
            clock=_clock(settings, charter),
            randomness=SystemRandomness(),
            high_water=HighWater(folder / "high-water"),
            # Where the machine remembers nothing, the peers are asked at every start.
            machine=remembered or Forgetful(),
        )


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


# ---- a running one ---------------------------------------------------------------------------------------


class Node:
    """A node at work: every call goes through its one writer thread."""

    exchange_path: Final = EXCHANGE_PATH
    bundle_type: Final = BUNDLE_TYPE
    largest_bundle: Final = LARGEST_BUNDLE

    def __init__(
        self, folder: Path, settings: Settings, workings: Workings, *, certificate: Certificate, ears: Ears
    ) -> None:
        self.folder = folder
        self.host, self.port = settings.host, settings.port
        self._workings = workings
        self._reviewed = settings.reviewed
        self._certificate = certificate
        self._ears: Ears = ears
        self._ways = settings.ways
        if settings.ways:
            ways = [(one, _way_of(one)) for one in settings.ways]
            self._ears = Notifier(ears, ways, clock=SystemClock(), record=self._keep_sending)
        self._published = PublishedLogs(workings.ledger)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._asked = _Asked(workings)
        self._soon = asyncio.Event()
        charter, me = workings.ledger.charter, workings.ledger.me
        cards = [card for card in charter.members if card.member != me and card.tls_certificate]
        self._certificates = {card.member: _der(card) for card in cards}
        self._pins: Pins = pins_of(self._certificates)
        self._heard: dict[str, Heard] = {
            card.member: Heard(up=False, since=workings.ledger.now(), last_at=None) for card in cards
        }
        reachable = [card for card in cards if card.addresses]
        self._exchange = HttpsExchange(
            certificate, [PeerAddress(card.member, card.addresses, _der(card)) for card in reachable]
        )
        self._courier = Courier(
            [card.member for card in reachable],
            exchange=self._exchange,
            # Heartbeats are between machines and in real time, whatever the mechanism's clock shows.
            clock=SystemClock(),
            make_bundle=self._make,
            take_bundle=self._take,
            on_change=lambda line: self._note_line(line.member, up=line.up),
            on_failure=self.refuse,
        )

    @property
    def member(self) -> MemberId:
        return self._workings.ledger.me

    # What people ask.

    async def do(self, request: Request) -> tuple[Receipt, ...]:
        receipts = await self._asked.do(request, self._write)
        self._courier.wake(urgent=any(receipt.kind.startswith("stop.") for receipt in receipts))
        self._soon.set()
        return receipts

    async def status(self) -> Status:
        return await self._write(self._shown_status)

    def _shown_status(self) -> Status:
        shown = self._workings.status(self._heard)
        return replace(shown, alarms=(*shown.alarms, *self._failed_ways()))

    async def ask_root(self, request: NameKeys | RevokeKeys | Succeed) -> RootAsked:
        return await self._write(lambda: self._workings.ask_root(request))

    async def take_signed(self, request: bytes) -> tuple[Receipt, ...]:
        receipts = await self._write(lambda: self._workings.take_signed(request))
        self._courier.wake()
        self._soon.set()
        return receipts

    async def back_up(self, request: TakeBackup) -> Backup:
        """Copy the node while it works; the copy counts when it was read back (``note_backup``)."""
        return await asyncio.to_thread(write_backup, self.folder, request, self._workings.ledger)

    async def note_backup(self, folder: Path) -> CheckedBackup:
        """The record in a backup of this node verified: try its openings, and remember that it is there."""
        ledger = self._workings.ledger
        checked = await asyncio.to_thread(check_openings, ledger, folder)
        await self._write(lambda: note_verified_backup(ledger, checked.backup.logs))
        return checked

    async def keys(self, member: str | None) -> KeysShown:
        return await self._write(lambda: self._workings.keys(member))

    async def inbox(self, desk: str | None) -> Inbox:
        return await self._write(lambda: self._workings.inbox(desk))

    async def notice(self, about: str) -> NoticeRow:
        return await self._write(lambda: self._workings.notice(about))

    async def stop(self, about: str) -> StopRow:
        return await self._write(lambda: self._workings.stop(about))

    async def affairs(self, sort: str | None) -> tuple[AffairRow, ...]:
        return await self._write(lambda: self._workings.affairs(sort))

    async def affair(self, about: str) -> AffairRow:
        return await self._write(lambda: self._workings.affair(about))

    async def annexes(self) -> tuple[AnnexShown, ...]:
        return await self._write(self._workings.annexes)

    async def signals(self, language: str) -> tuple[SignalRow, ...]:
        return await self._write(lambda: self._workings.signals(language, self._reviewed))

    async def incident(self, about: str) -> bytes:
        """The file of an incident: every statement with its proof."""
        return await self._write(lambda: incident_package(self._workings.ledger, about))

    async def statistics(self, month: str | None) -> StatisticsShown:
        return await self._write(lambda: statistics(self._workings.ledger, month))

    async def proof(self, about: str) -> bytes:
        """A ``.tlog-proof`` file for an entry that is RECORDED."""
        return await self._write(lambda: proof_of(self._workings.ledger, about))

    async def opening(self, about: str) -> bytes:
        """What a sealed entry says, proven to be that entry, as a file for a third person."""
        return await self._write(lambda: opening_of(self._workings.ledger, about))

    async def read_out(self, member: str | None) -> ReadOut:
        return await self._write(lambda: read_out(self._workings.ledger, member))

    async def compare(self, member: str, size: int, heard: str) -> Compared:
        return await self._write(lambda: compare(self._workings.ledger, member, size, heard))

    async def replica(self) -> bytes:
        return await self._write(self._workings.everything)

    async def take_carried(self, bundle: bytes) -> Carried:
        fresh = await self._write(lambda: self._workings.take_carried(bundle))
        self._soon.set()
        return Carried(new_entries=fresh)

    # What peers ask.

    def peer_listener(self) -> dict[str, Any]:
        """Settings of the peers' listener: TLS 1.3, a member's certificate required, none else trusted."""
        return {
            "http": partial(PeerProtocol, on_crowd=self._crowd),
            # Longer than the heartbeat, so that a line keeps its connection.
            "timeout_keep_alive": 75,
            "ssl_context_factory": lambda _config, _default: self._server_context(),
        }

    def _server_context(self) -> PeerContext:
        context = server_context(self._certificate, self._certificates)
        context.on_stranger = self._stranger
        return context

    def _stranger(self, why: str) -> None:
        self.refuse(
            "somebody unknown",
            Refused(
                "stranger-at-the-door",
                f"Somebody who showed no member's key called this node's listener ({why}).",
                where="the peers' listener",
                remedy="Nothing was said to it. If it goes on, have the way to this port closed to all but "
                "members, and compare certificates by voice with whoever says that they cannot connect.",
            ),
        )

    def _crowd(self, certificate: bytes) -> None:
        member = peer_of(certificate, self._pins)
        self.refuse(
            member,
            Refused(
                "too-many-connections",
                f"{member} opened more than {MOST_CONNECTIONS} connections at once; the oldest was closed.",
                where=f"{member}, the peers' listener",
                remedy=f"Its newest connection is served, so its STOPs come. Have {member} look at its node.",
            ),
        )

    def caller_of(self, scope: Mapping[str, Any]) -> str:
        """Which member's certificate this request came under. Raises ``Refused`` (``peer-unknown``)."""
        shown = certificate_of(scope)
        if shown is None:
            raise Refused(
                "peer-without-certificate",
                "The caller showed no certificate.",
                remedy="Call from a member's node.",
            )
        return peer_of(shown, self._pins)

    async def answer_peer(self, member: str, bundle: bytes) -> bytes:
        answer = await self._write(lambda: self._workings.answer(member, bundle))
        self._note_line(member, up=True)
        if member in self._courier.lines():
            self._courier.heard_from(member)
        self._soon.set()
        return answer

    def refuse(self, by: str, error: SteerclearError) -> None:
        """What ``by`` sent never reached the workings: it is counted and shown all the same."""
        self._writer.submit(self._workings.sync.refuse, by, error)

    async def published(self, member: str, generation: int, path: str) -> Page | None:
        """A checkpoint, tile or bundle of entries of a log that is held here; ``None`` where none is."""
        return await self._write(lambda: self._published.page(member, generation, path))

    async def witness(self, request: bytes) -> WitnessAnswer:
        return await self._write(lambda: self._published.add_checkpoint(request))

    async def cosigned(self, hash_of_origin: str) -> Page | None:
        return await self._write(lambda: self._published.cosigned(hash_of_origin))

    # What it does by itself.

    async def run(self) -> None:
        """Carry and tick until cancelled."""
        async with asyncio.TaskGroup() as work:
            work.create_task(self._courier.run(), name="courier")
            work.create_task(self._tick_for_ever(), name="ticker")

    async def call(self, peer: str) -> bool:
        """Exchange with ``peer`` now, whatever comes of it; says whether there is more to tell at once."""
        return await self._courier.call(peer)

    async def close(self) -> None:
        """Let go of the lines and of the writer's thread; for a node that runs inside another program."""
        await self._exchange.close()
        self._writer.shutdown()

    async def _tick_for_ever(self) -> None:
        while True:
            # No fault of one tick ends the ticker: the next one rings and tries again.
            try:
                await self.tick()
                due_at = await self._write(self._workings.next_step_at)
            except Exception:  # noqa: BLE001 - logged with its trace; the bells must outlive any fault of ours
                _log.exception("tick-failed")
                due_at = self._workings.ledger.now()
                await asyncio.sleep(LONGEST_TICK_S)
            await self._until(due_at)

    async def tick(self) -> None:
        """Do what is due by itself, tell the peers of it, and ring."""
        ledger = self._workings.ledger
        before = ledger.own.size
        alarms = await self._write(self._workings.step)
        if ledger.own.size != before:
            self._courier.wake()
        for alarm in alarms:
            await self._ears.ring(alarm)

    async def _keep_sending(self, sending: Sending) -> None:
        """The last try of each way, with the way's own answer, outlives the process."""
        told = {"at": format_instant(sending.at), "taken": sending.taken, "answer": sending.answer}
        name, fact = _WAY + sending.way, json.dumps(told).encode()
        await self._write(lambda: self._workings.ledger.store.keep_fact(name, fact))

    def _failed_ways(self) -> Iterator[str]:
        for way in self._ways:
            fact = self._workings.ledger.store.fact(_WAY + way.name)
            last = json.loads(fact) if fact is not None else None
            if last is not None and not last["taken"]:
                tested = f"tested on {way.tested}" if way.tested is not None else "never tested"
                yield f"the way {way.name} did not take its last call ({last['answer']}); {tested}"

    async def _until(self, due_at: Instant) -> None:
        clock = self._workings.ledger.clock
        waiting = [
            asyncio.create_task(clock.sleep_until(due_at)),
            asyncio.create_task(self._soon.wait()),
        ]
        try:
            # Never longer than a second, so that a rule that forgot to name its time is late by no more.
            await asyncio.wait(waiting, timeout=LONGEST_TICK_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        if self._soon.is_set():
            self._soon.clear()
            await asyncio.sleep(COALESCE_S)

    async def _make(self, peer: str) -> bytes:
        return await self._write(lambda: self._workings.make(peer))

    async def _take(self, peer: str, bundle: bytes) -> bool:
        more = await self._write(lambda: self._workings.take(peer, bundle))
        self._note_line(peer, up=True)
        self._soon.set()
        return more

    def _note_line(self, member: str, *, up: bool) -> None:
        now, before = self._workings.ledger.now(), self._heard[member]
        self._heard[member] = Heard(
            up=up,
            since=before.since if before.up == up else now,
            last_at=now if up else before.last_at,
        )

    async def _write(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)


class _Asked:
    """Requests that wait for the writer. When it comes to the first, it does all that wait by then."""

    def __init__(self, workings: Workings) -> None:
        self._workings = workings
        self._waiting: deque[tuple[Request, asyncio.Future[tuple[Receipt, ...]]]] = deque()

    async def do(
        self, request: Request, write: Callable[[Callable[[], None]], Awaitable[None]]
    ) -> tuple[Receipt, ...]:
        done: asyncio.Future[tuple[Receipt, ...]] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, done))
        # Who finds that it was done with those before it has nothing to do.
        await write(self._do_waiting)
        return await done

    def _do_waiting(self) -> None:
        """In the writer's thread."""
        some = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        outcomes = self._workings.do_all([request for request, _ in some]) if some else []
        for (_, done), outcome in zip(some, outcomes, strict=True):
            done.get_loop().call_soon_threadsafe(_tell, done, outcome)


def _tell(done: asyncio.Future[tuple[Receipt, ...]], outcome: tuple[Receipt, ...] | Failed) -> None:
    if done.cancelled():
        return  # it was filed all the same; who asked has gone
    if isinstance(outcome, Failed):
        done.set_exception(outcome.error)
    else:
        done.set_result(outcome)


def _der(card: MemberCard) -> bytes:
    assert card.tls_certificate is not None  # noqa: S101 - the caller picks cards with a node
    return base64.b64decode(card.tls_certificate)


def _way_of(settings: WaySettings) -> Way:
    """Raises ``BadInput`` for settings that it cannot use: at the start, not at the first alarm."""
    match settings.sort:
        case "smtp":
            return SmtpWay.of(settings)
        case "webhook":
            return WebhookWay.of(settings, clock=SystemClock(), randomness=SystemRandomness())
        case "apprise":
            return AppriseWay.of(settings)
