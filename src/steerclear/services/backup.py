# SPDX-License-Identifier: Apache-2.0
"""What is a backup of a node, and how is it written while the node runs?

    BACKUP/ (0700)
      backup.json        whose it is, of which mechanism, when, how long each log was, what is in it
      SHA256SUMS         of every other file: sha256sum -c SHA256SUMS
      node.db            the record, and what was opened of it, under the storage key
      steerclear.toml    settings       MEMBER.member.json   the card
      keys/ tls/         as they lie in the node: encrypted, or bare on the explicit word, or not at all

Never in it: root keys, recipient keys of days that are over (what they opened is in the database, and they
must die), and the high-water mark, which must not come back. The copy of the database says of itself that it
is one, so whatever is started from it asks every peer before it writes (continuity.py).

It is written beside its place and renamed when all of it is on the disk. It counts as a backup only when it
was read back: ``checked_backup`` and ``count_openings`` in backup_check.py.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from steerclear.errors import BadInput, NotKept, NotVerified, Refused, SteerclearError
from steerclear.model.time import Instant, format_instant, parse_instant
from steerclear.record.ijson import JsonObject, parse_ijson, print_ijson
from steerclear.services.keys_ahead import DAY_MS
from steerclear.services.ledger import RESTORED, Ledger
from steerclear.store.copying import copy_marked
from steerclear.store.disk import sync_folder
from steerclear.store.sqlite import SqliteStore

__all__ = [
    "FORM",
    "MANIFEST",
    "SUMS",
    "Backup",
    "Contents",
    "TakeBackup",
    "digest_of",
    "files_of",
    "parse_backup",
    "print_backup",
    "sizes_in",
    "write_backup",
]

FORM: Final = "steerclear backup 1"
MANIFEST: Final = "backup.json"
SUMS: Final = "SHA256SUMS"

Contents = Literal["encrypted", "bare", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackup:
    """Write a backup of the node into ``to``, a folder that does not exist yet.

    ``keys``  whether keys and the TLS key go along
    ``bare``  the explicit word that they may, where they lie without a passphrase
    """

    to: str
    keys: bool = True
    bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup as it says of itself: ``logs`` gives generation and size of each member's newest log.

    ``keys`` tells how the keys lie in it; ``left_out`` what a reader might look for and not find.
    """

    folder: str
    member: str
    mechanism: str
    at: str
    logs: dict[str, tuple[int, int]]
    keys: Contents
    left_out: tuple[str, ...]


def write_backup(node: Path, request: TakeBackup, ledger: Ledger) -> Backup:
    """Copy the node of ``ledger`` in the folder ``node``; it may be at work. Not read back yet.

    Raises ``Refused`` (``backup-exists``, ``backup-bare-keys``), ``BadInput`` (``backup-path``), ``NotKept``
    (``backup-not-written``) and what copying a database raises. What was begun and not ended is removed.
    """
    to, now = Path(request.to), ledger.now()
    _require_place(to, node)
    keys = _how_keys_lie(node / "keys") if request.keys else "none"
    if keys == "bare" and not request.bare:
        raise Refused(
            "backup-bare-keys",
            "The node's keys lie without a passphrase, and would lie so in the backup.",
            where=str(node / "keys"),
            remedy="Say --unencrypted if that is meant, or --without-keys; or set a passphrase first.",
        )
    fresh = to.with_name(to.name + ".new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        copy_marked(
            node / "node.db",
            fresh / "node.db",
            ledger.keys.storage_key(),
            fact=RESTORED,
            value=format_instant(now).encode(),
        )
        left_out = _copy_files(node, fresh, keys=keys, now=now)
        backup = Backup(
            folder=str(to),
            member=ledger.me,
            mechanism=ledger.mechanism,
            at=format_instant(now),
            logs=sizes_in(fresh / "node.db"),
            keys=keys,
            left_out=left_out,
        )
        _finish(fresh, backup)
        fresh.rename(to)
        sync_folder(to.parent)
    except BaseException as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(error, OSError):
            raise NotKept(
                "backup-not-written",
                f"The backup could not be written: {error.strerror or error}.",
                where=str(to),
                remedy="Name a new folder on a disk with room, where the node's user may write.",
            ) from error
        raise
    return backup


def sizes_in(database: Path) -> dict[str, tuple[int, int]]:
    """Generation and size of each member's newest log in a database."""
    with SqliteStore(database, None, read_only=True) as store:
        newest = {member: store.generations(member)[-1] for member in store.members()}
        return {member: (generation, store.size(member, generation)) for member, generation in newest.items()}


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def print_backup(backup: Backup) -> bytes:
    logs: JsonObject = {member: list(size) for member, size in sorted(backup.logs.items())}
    value: JsonObject = {
        "form": FORM,
        "member": backup.member,
        "mechanism": backup.mechanism,
        "at": backup.at,
        "logs": logs,
        "keys": backup.keys,
        "left-out": list(backup.left_out),
    }
    return print_ijson(value)


def parse_backup(data: bytes, folder: Path) -> Backup:
    """Exact inverse of ``print_backup``. Raises ``NotVerified`` (``backup-form``)."""
    try:
        backup = _backup_of(parse_ijson(data, where=MANIFEST), folder)
        # The form has one spelling; another one, or another form, does not print back to its bytes.
        is_ours = print_backup(backup) == data
    except (SteerclearError, KeyError, TypeError, ValueError) as error:
        raise _bad_form(folder) from error
    if not is_ours:
        raise _bad_form(folder)
    return backup


def _bad_form(folder: Path) -> NotVerified:
    return NotVerified(
        "backup-form",
        "What the backup says of itself does not read as this program writes it.",
        where=str(folder / MANIFEST),
        remedy="Take another backup; this one was changed, or was written by another program.",
    )


def _backup_of(found: Any, folder: Path) -> Backup:
    parse_instant(found["at"])
    keys: Contents = found["keys"]
    if keys not in get_args(Contents):
        raise ValueError("keys")
    return Backup(
        folder=str(folder),
        member=found["member"],
        mechanism=found["mechanism"],
        at=found["at"],
        logs={member: (row[0], row[1]) for member, row in found["logs"].items()},
        keys=keys,
        left_out=tuple(found["left-out"]),
    )


def _require_place(to: Path, node: Path) -> None:
    if not to.is_absolute() or to.name in ("", "..") or not to.parent.is_dir() or _is_within(to, node):
        raise BadInput(
            "backup-path",
            "A backup goes into a new folder, in a folder that exists and is not the node's own.",
            where=str(to),
            remedy="Name one on another disk; a backup that dies with the node is none.",
        )
    if to.exists():
        raise Refused(
            "backup-exists",
            "There is something already where the backup should go.",
            where=str(to),
            remedy="Name a folder that does not exist; a backup is never overwritten.",
        )


def _is_within(to: Path, node: Path) -> bool:
    return node.resolve() in (to.resolve(), *to.resolve().parents)


def _how_keys_lie(keys: Path) -> Contents:
    for path in sorted(keys.glob("*.json")):
        found = parse_ijson(path.read_bytes(), where=str(path))
        if isinstance(found, dict) and found.get("sealed") is None:
            return "bare"
    return "encrypted"


def _copy_files(node: Path, to: Path, *, keys: Contents, now: Instant) -> tuple[str, ...]:
    """All but the database; what was left out, in words."""
    left_out = ["root keys, which never lie in a backup", "the high-water mark, which must not come back"]
    for path in (node / "steerclear.toml", *sorted(node.glob("*.member.json"))):
        _copy(path, to / path.name)
    if keys == "none":
        return (*left_out, "all other keys and the TLS key: keep keys/ and tls/ elsewhere")
    for folder in ("keys", "tls"):
        (to / folder).mkdir(mode=0o700)
    for path in sorted((node / "tls").iterdir()):
        _copy(path, to / "tls" / path.name)
    past = 0
    for path in sorted((node / "keys").glob("*.json")):
        if _is_past(path.stem, now):
            past += 1
        elif not path.stem.startswith("root"):
            _copy(path, to / "keys" / path.name)
    return (
        (*left_out, f"{past} recipient keys of days that are over, which must die")
        if past
        else tuple(left_out)
    )


def _is_past(name: str, now: Instant) -> bool:
    purpose, _, label = name.partition("-")
    return purpose == "recipient" and parse_instant(f"{label[:10]}T00:00:00.000Z") + DAY_MS <= now


def _copy(source: Path, target: Path) -> None:
    """With the same bytes, for its owner alone, on disk. A key that died meanwhile is not in it."""
    try:
        data = source.read_bytes()
    except FileNotFoundError:
        return
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _finish(folder: Path, backup: Backup) -> None:
    """The manifest, the sums, and every name on the disk."""
    _write(folder / MANIFEST, print_backup(backup))
    lines = [f"{digest_of(path)}  {path.relative_to(folder)}\n" for path in files_of(folder)]
    _write(folder / SUMS, "".join(lines).encode())
    for inside in (folder / "keys", folder / "tls", folder):
        if inside.is_dir():
            sync_folder(inside)


def files_of(folder: Path) -> Iterator[Path]:
    """Every file of a backup but its sums, in order of name."""
    return (path for path in sorted(folder.rglob("*")) if not path.is_dir() and path != folder / SUMS)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
