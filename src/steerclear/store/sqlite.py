# SPDX-License-Identifier: Apache-2.0
"""The record in one SQLite file: WAL, ``synchronous=FULL``, one transaction for each batch.

    writer   one connection, one lock: append and keep; a commit returns when the disk has it
    reader   another connection and lock: sees what is committed, never waits for an fsync

Either may be used from any thread. After an input/output error nothing more is written until the node is
started again: what the operating system still holds is unknown then (the lesson of fsyncgate, 2018).
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

from steerclear.errors import NotKept, Refused
from steerclear.store import database, failures
from steerclear.store.admission import (
    admit,
    check_range,
    is_new_charter,
    is_new_floor,
    is_new_note,
    is_new_opening,
)
from steerclear.store.digest import digest_of
from steerclear.store.disk import replace_durably
from steerclear.store.later_check import LaterCheck
from steerclear.store.port import StoredEntry, StoredFloor, StoredNote
from steerclear.store.reserve import Reserve
from steerclear.store.sealed_parts import parse_sealed, print_sealed, snapshot_beside
from steerclear.store.vault import Vault
from steerclear.store.wal import log_beside

__all__ = ["RESERVE_BYTES", "SqliteStore"]

RESERVE_BYTES: Final = 4 * 1024 * 1024
"""Room for some hundred floor messages, their index and the write-ahead log."""

_ROWS_AT_A_TIME: Final = 256


class SqliteStore:
    """One mechanism of one node in the file ``path``, which ``create`` made.

    ``storage_key``    32 bytes; ``None`` only with ``read_only``: then leaves can be read and openings cannot
    ``read_only``      for verification and inquiry beside a running node
    ``reserve_bytes``  disk held back for floor messages, in ``path`` + ``.reserve``
    ``looked_at``      when every page is: before this returns; while the node is at work (``damage``), if the
                       file was closed well and a snapshot counts its entries; by whoever opens it next
    ``connect``        opens the database; another than the standard library's only in tests

    Raises ``Unreachable`` (``store-missing``), ``Refused`` (``storage-key-wrong``, ``store-not-ours``,
    ``store-newer``, ``store-older``, ``store-not-durable``) and ``NotKept`` (``store-corrupt`` …).
    """

    def __init__(
        self,
        path: Path,
        storage_key: bytes | None,
        *,
        read_only: bool = False,
        reserve_bytes: int = RESERVE_BYTES,
        looked_at: Literal["now", "later", "never"] = "now",
        connect: database.Connect = database.connect,
    ) -> None:
        self._path = path
        self._storage_key = storage_key
        self._vault = _vault_for(storage_key, read_only=read_only)
        self._writing = threading.RLock()
        self._reading = threading.RLock()
        self._closed = False
        self._in_doubt = False
        self._reserve = Reserve(path.with_name(path.name + ".reserve"), reserve_bytes)
        later = looked_at == "later" and snapshot_beside(path).exists() and _is_closed_well(path)
        now = looked_at != "never" and not later
        self._check: LaterCheck | None = None
        self._writer = None if read_only else database.open_writer(path, connect, is_looked_at=now)
        self._reader = database.open_reader(path, connect, beside_writer=not read_only, is_looked_at=now)
        try:
            self._check_key()
            if later:
                self._check = LaterCheck(path, connect, self._forget_snapshot)
            if not read_only:
                with database.spoken_plainly(path):
                    self._reserve.hold()
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path, storage_key: bytes, *, connect: database.Connect = database.connect) -> None:
        """Make an empty database, once in the life of a node. Raises ``Refused`` (``store-exists``)."""
        vault = Vault(storage_key)
        connection = database.build(path, connect)
        with database.spoken_plainly(path):
            connection.execute("INSERT INTO vault VALUES (1, ?)", (vault.check_value(),))
        database.settle(connection, path)

    def again(self) -> SqliteStore:
        """The same file once more, to be read beside this one: in another process, too."""
        return SqliteStore(self._path, self._storage_key, read_only=True, looked_at="never")

    def copy_to(self, target: Path) -> None:
        """A consistent copy while the node runs; openings in it stay sealed under the same key."""
        database.copy(self._path, target)

    def keep_charter(self, charter: bytes) -> None:
        with self._transaction() as writer:
            known = self._as_kept("charter", writer.execute(_CHARTER))
            if is_new_charter(known, charter):
                writer.execute(
                    "INSERT INTO charter VALUES (1, ?, ?)", (charter, digest_of("charter", charter))
                )

    def charter(self) -> bytes | None:
        return self._as_kept("charter", self._ask(_CHARTER))

    def append(self, entries: Sequence[StoredEntry]) -> None:
        with self._transaction() as writer:
            self._check_reserve()
            admitted = admit(entries, _InTransaction(writer, self))
            for entry in admitted.entries:
                self._insert(writer, entry)
            for entry in admitted.openings:
                self._insert_opening(writer, _log_id(writer, entry), entry)

    def keep_opened(self, member: str, generation: int, seq: int, opened: bytes) -> None:
        with self._transaction() as writer:
            self._check_reserve()
            known = _InTransaction(writer, self).entry_at(member, generation, seq)
            if is_new_opening(known, opened):
                entry = StoredEntry(member, generation, seq, known.leaf, opened)
                self._insert_opening(writer, _log_id(writer, entry), entry)

    def entries(
        self, member: str, generation: int, start: int = 0, stop: int | None = None
    ) -> Iterator[StoredEntry]:
        rows = self._rows(_ENTRIES, member, generation, start, stop)
        return (self._entry(member, generation, *row) for row in rows)

    def leaves(
        self, member: str, generation: int, start: int = 0, stop: int | None = None
    ) -> Iterator[bytes]:
        rows = self._rows(_LEAVES, member, generation, start, stop)
        return (
            _whole(leaf, leaf_hash, f"{member}/{generation}/{seq}", self._path)
            for seq, leaf, leaf_hash in rows
        )

    def blob(self, hash: str) -> bytes | None:  # noqa: A002 - the port's name
        found = _only(self._ask("SELECT blob FROM blob WHERE hash = ?", hash))
        if found is not None and hashlib.sha256(found).hexdigest() != hash:
            raise _damaged(f"blob {hash[:16]}…", "its bytes are not those that were kept", self._path)
        return found

    def size(self, member: str, generation: int) -> int:
        return _size(self._ask(_SIZE, member, generation))

    def generations(self, member: str) -> tuple[int, ...]:
        rows = self._ask("SELECT generation FROM log WHERE member = ? ORDER BY generation", member)
        return tuple(row[0] for row in rows)

    def members(self) -> tuple[str, ...]:
        return tuple(row[0] for row in self._ask("SELECT DISTINCT member FROM log ORDER BY member"))

    def keep_note(self, member: str, generation: int, size: int, note: bytes) -> None:
        with self._transaction() as writer:
            self._check_reserve()
            place = _note_place(member, generation, size)
            known = self._as_kept(place, writer.execute(_NOTE_AT, (member, generation, size)))
            if is_new_note(known, note, where=f"{member}/{generation} at size {size}"):
                writer.execute(
                    "INSERT OR REPLACE INTO note VALUES (?, ?, ?, ?, ?)",
                    (member, generation, size, note, digest_of(place, note)),
                )

    def note(self, member: str, generation: int, size: int | None = None) -> bytes | None:
        if size is None:
            size = next((row[0] for row in self._ask(_LAST_NOTE, member, generation)), None)
            if size is None:
                return None
        place = _note_place(member, generation, size)
        return self._as_kept(place, self._ask(_NOTE_AT, member, generation, size))

    def notes(self, member: str, generation: int) -> Iterator[StoredNote]:
        rows = self._ask(
            "SELECT size, note, digest FROM note WHERE member = ? AND generation = ? ORDER BY size",
            member,
            generation,
        )
        for size, note, digest in rows:
            self._require_kept(_note_place(member, generation, size), note, digest)
            yield StoredNote(member, generation, size, note)

    def keep_floor(self, hash: str, message: bytes) -> None:  # noqa: A002 - the port's name
        try:
            self._insert_floor(hash, message)
        except NotKept as refused:
            if refused.code != "store-full":
                raise
            # This is what the reserve is for; the message is tried once more on the blocks set free.
            self._reserve.release()
            self._insert_floor(hash, message)

    def floor(self) -> Iterator[StoredFloor]:
        for key, message, digest in self._ask("SELECT hash, message, digest FROM floor ORDER BY arrival"):
            self._require_kept(_floor_place(key), message, digest)
            yield StoredFloor(key, message)

    def keep_fact(self, name: str, value: bytes) -> None:
        with self._transaction() as writer:
            self._check_reserve()
            digest = digest_of(_fact_place(name), value)
            writer.execute("INSERT OR REPLACE INTO fact VALUES (?, ?, ?)", (name, value, digest))

    def fact(self, name: str) -> bytes | None:
        rows = self._ask("SELECT value, digest FROM fact WHERE name = ?", name)
        return self._as_kept(_fact_place(name), rows)

    def keep_snapshot(self, parts: Sequence[bytes]) -> None:
        self._check_open()
        with database.spoken_plainly(self._path):
            replace_durably(snapshot_beside(self._path), print_sealed(parts, self._key()))

    def snapshot(self) -> tuple[bytes, ...] | None:
        self._check_open()
        path = snapshot_beside(self._path)
        if not path.exists():
            return None
        with database.spoken_plainly(path):
            return parse_sealed(path.read_bytes(), self._key(), where=str(path))

    def damage(self) -> NotKept | None:
        return self._check.damage if self._check is not None else None

    @property
    def is_looked_at(self) -> bool:
        """Is a look at every page going on?"""
        return self._check is not None and self._check.goes_on

    def _forget_snapshot(self) -> None:
        """So that the next start looks at every page before anything else."""
        snapshot_beside(self._path).unlink(missing_ok=True)

    def close(self) -> None:
        if self._check is not None:
            self._check.end()
        with self._writing, self._reading:
            self._closed = True
            self._reader.close()
            if self._writer is not None:
                self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- writing

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing of it; on disk when this ends without an error."""
        with self._writing:
            writer = self._writable()
            with database.spoken_plainly(self._path):
                try:
                    writer.execute("BEGIN IMMEDIATE")
                    yield writer
                    writer.execute("COMMIT")
                except BaseException as error:
                    self._in_doubt = self._in_doubt or _leaves_doubt(error)
                    if writer.in_transaction:
                        writer.execute("ROLLBACK")
                    raise

    def _writable(self) -> sqlite3.Connection:
        self._check_open()
        if self._writer is None:
            raise failures.read_only(str(self._path))
        if self._in_doubt:
            raise failures.disk_error(
                "it failed earlier, and what it holds is not known", where=str(self._path)
            )
        damage = self.damage()
        if damage is not None:
            raise damage
        return self._writer

    def _check_reserve(self) -> None:
        if not self._reserve.hold():
            raise failures.full(str(self._path))

    def _insert(self, writer: sqlite3.Connection, entry: StoredEntry) -> None:
        writer.execute(
            "INSERT INTO log (member, generation) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (entry.member, entry.generation),
        )
        log = _log_id(writer, entry)
        writer.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?)", (log, entry.seq, entry.leaf, _leaf_hash(entry.leaf))
        )
        if entry.opened is not None:
            self._insert_opening(writer, log, entry)
        # A statement that is sealed again stands on the blobs that are kept already.
        writer.executemany(
            "INSERT INTO blob VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(hashlib.sha256(blob).hexdigest(), blob) for blob in entry.blobs],
        )

    def _insert_opening(self, writer: sqlite3.Connection, log: int, entry: StoredEntry) -> None:
        sealed = self._key().seal(entry.place, entry.opened or b"")
        writer.execute("INSERT INTO opening VALUES (?, ?, ?)", (log, entry.seq, sealed))

    def _insert_floor(self, floor_hash: str, message: bytes) -> None:
        with self._transaction() as writer:
            place = _floor_place(floor_hash)
            rows = writer.execute("SELECT message, digest FROM floor WHERE hash = ?", (floor_hash,))
            if is_new_floor(self._as_kept(place, rows), floor_hash, message):
                writer.execute(
                    "INSERT INTO floor (hash, message, digest) VALUES (?, ?, ?)",
                    (floor_hash, message, digest_of(place, message)),
                )

    # -- reading

    def _ask(self, question: str, *values: str | int) -> list[Any]:
        with self._reading:
            self._check_open()
            with database.spoken_plainly(self._path):
                return self._reader.execute(question, values).fetchall()

    def _rows(
        self, question: str, member: str, generation: int, start: int, stop: int | None
    ) -> Iterator[Any]:
        check_range(start, stop)
        size = self.size(member, generation)
        return self._pages(question, member, generation, start, size if stop is None else min(stop, size))

    def _pages(self, question: str, member: str, generation: int, start: int, stop: int) -> Iterator[Any]:
        """Rows ``start`` to before ``stop``, a page at a time so that no lock is held while they are used."""
        for first in range(start, stop, _ROWS_AT_A_TIME):
            last = min(first + _ROWS_AT_A_TIME, stop)
            rows = self._ask(question, member, generation, first, last)
            if [row[0] for row in rows] != list(range(first, last)):
                raise _damaged(f"{member}/{generation}/{first}", "entries are missing", self._path)
            for row in rows:
                yield self._in_its_place(member, generation, *row)

    def _in_its_place(
        self, member: str, generation: int, seq: int, is_in_its_place: int, *entry: Any
    ) -> tuple[Any, ...]:
        if not is_in_its_place:
            raise _damaged(f"{member}/{generation}/{seq}", "another entry is found", self._path)
        return seq, *entry

    def _entry(
        self, member: str, generation: int, seq: int, leaf: bytes, leaf_hash: bytes, sealed: bytes | None
    ) -> StoredEntry:
        place = f"{member}/{generation}/{seq}"
        opened = None if sealed is None else self._key().open(place, sealed)
        return StoredEntry(member, generation, seq, _whole(leaf, leaf_hash, place, self._path), opened)

    def _as_kept(self, place: str, rows: Iterable[tuple[bytes, bytes]]) -> bytes | None:
        """The content of the one row asked for, ``None`` if there is no row."""
        for content, digest in rows:
            self._require_kept(place, content, digest)
            return content
        return None

    def _require_kept(self, place: str, content: bytes, digest: bytes) -> None:
        if digest_of(place, content) != digest:
            raise _damaged(f"the {place}", "its bytes are not those that were kept", self._path)

    def _key(self) -> Vault:
        if self._vault is None:
            raise Refused(
                "storage-key-missing",
                "What was opened cannot be read without the storage key.",
                remedy="Open the node's keystore, or read the leaves alone.",
                where=str(self._path),
            )
        return self._vault

    def _check_key(self) -> None:
        sealed = _only(self._ask("SELECT sealed FROM vault"))
        if sealed is None:
            raise _damaged("vault", "its check value is missing", self._path)
        if self._vault is not None:
            self._vault.check(sealed, where=str(self._path))

    def _check_open(self) -> None:
        if self._closed:
            raise failures.closed(str(self._path))


class _InTransaction:
    """What is kept, as the writer sees it inside its transaction."""

    def __init__(self, writer: sqlite3.Connection, store: SqliteStore) -> None:
        self._writer = writer
        self._store = store

    def size(self, member: str, generation: int) -> int:
        return _size(self._writer.execute(_SIZE, (member, generation)))

    def entry_at(self, member: str, generation: int, seq: int) -> StoredEntry:
        row = self._writer.execute(_ENTRIES, (member, generation, seq, seq + 1)).fetchone()
        if row is None:
            raise failures.entry_missing(f"{member}/{generation}/{seq}")
        entry = self._store._in_its_place(member, generation, *row)  # noqa: SLF001 - the other half of this file
        return self._store._entry(member, generation, *entry)  # noqa: SLF001


_SIZE: Final = """
SELECT coalesce(max(seq) + 1, 0) FROM entry
WHERE log = (SELECT log FROM log WHERE member = ? AND generation = ?)
"""
# The place is read from the index and from the row it leads to, so that a row is never taken for another one.
_LEAVES: Final = """
SELECT place.seq, row.seq = place.seq AND row.log = place.log, row.leaf, row.leaf_hash
FROM entry AS place JOIN entry AS row ON row.rowid = place.rowid
WHERE place.log = (SELECT log FROM log WHERE member = ? AND generation = ?)
AND place.seq >= ? AND place.seq < ? ORDER BY place.seq
"""
_ENTRIES: Final = """
SELECT place.seq, row.seq = place.seq AND row.log = place.log, row.leaf, row.leaf_hash, sealed
FROM entry AS place JOIN entry AS row ON row.rowid = place.rowid
LEFT JOIN opening ON opening.log = place.log AND opening.seq = place.seq
WHERE place.log = (SELECT log FROM log WHERE member = ? AND generation = ?)
AND place.seq >= ? AND place.seq < ? ORDER BY place.seq
"""
_CHARTER: Final = "SELECT charter, digest FROM charter"
_NOTE_AT: Final = "SELECT note, digest FROM note WHERE member = ? AND generation = ? AND size = ?"
_LAST_NOTE: Final = "SELECT max(size) FROM note WHERE member = ? AND generation = ?"


def _vault_for(storage_key: bytes | None, *, read_only: bool) -> Vault | None:
    if storage_key is not None:
        return Vault(storage_key)
    if not read_only:
        raise Refused(
            "storage-key-missing",
            "A store that is written to needs its storage key.",
            remedy="Open the node's keystore, or open the store to read only.",
        )
    return None


def _is_closed_well(path: Path) -> bool:
    """Nothing is left to be carried over from a log beside it; an empty one is a reader's."""
    log = log_beside(path)
    return not log.exists() or not log.stat().st_size


def _log_id(writer: sqlite3.Connection, entry: StoredEntry) -> int:
    row = writer.execute(
        "SELECT log FROM log WHERE member = ? AND generation = ?", (entry.member, entry.generation)
    ).fetchone()
    return int(row[0])


def _leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()  # RFC 9162, 2.1.1


def _whole(leaf: bytes, leaf_hash: bytes, place: str, path: Path) -> bytes:
    if _leaf_hash(leaf) != leaf_hash:
        raise _damaged(place, "its bytes are not those that were kept", path)
    return leaf


def _note_place(member: str, generation: int, size: int) -> str:
    return f"note {member}/{generation}/{size}"


def _floor_place(floor_hash: str) -> str:
    return f"floor {floor_hash}"


def _fact_place(name: str) -> str:
    return f"fact {name}"


def _damaged(place: str, how: str, path: Path) -> NotKept:
    return failures.corrupt(f"at {place} {how}", where=str(path))


def _leaves_doubt(error: BaseException) -> bool:
    """Whether the disk itself failed, so that nobody knows what it holds."""
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_IOERR")


def _size(rows: Iterable[tuple[int]]) -> int:
    return int(next(iter(rows))[0])


def _only(rows: Iterable[tuple[bytes]]) -> bytes | None:
    """The single value asked for, or ``None`` if there is no row."""
    return next((row[0] for row in rows), None)
