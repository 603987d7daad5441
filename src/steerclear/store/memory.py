# SPDX-License-Identifier: Apache-2.0
"""The store that plays and tests run on: nothing touches a disk, and its disk can be made to fail.

A ``MemoryDisk`` outlives the ``MemoryStore`` over it, as a disk outlives a process: a second store over the
same disk is the node after a crash.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from steerclear.errors import NotKept
from steerclear.store import failures
from steerclear.store.admission import (
    admit,
    check_range,
    is_new_charter,
    is_new_floor,
    is_new_note,
    is_new_opening,
)
from steerclear.store.port import StoredEntry, StoredFloor, StoredNote

__all__ = ["MemoryDisk", "MemoryStore"]

_Log = tuple[str, int]


@dataclass(slots=True)
class MemoryDisk:
    """What was acknowledged. Only a ``MemoryStore`` writes to it."""

    charter: bytes | None = None
    logs: dict[_Log, list[StoredEntry]] = field(default_factory=dict)
    notes: dict[_Log, dict[int, bytes]] = field(default_factory=dict)
    floor: dict[str, bytes] = field(default_factory=dict)
    facts: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    snapshot: tuple[bytes, ...] | None = None


class MemoryStore:
    """Keeps everything on a ``MemoryDisk``, unencrypted, for that disk is this process.

    ``fails_with``  set it to a ``NotKept`` and every write raises it, as a full disk would; ``None`` mends it
    """

    def __init__(self, disk: MemoryDisk | None = None, *, fails_with: NotKept | None = None) -> None:
        self.fails_with = fails_with
        self._disk = disk if disk is not None else MemoryDisk()
        self._lock = threading.RLock()
        self._closed = False

    def keep_charter(self, charter: bytes) -> None:
        with self._lock:
            disk = self._writable()
            if is_new_charter(disk.charter, charter):
                disk.charter = charter

    def charter(self) -> bytes | None:
        return self._readable().charter

    def append(self, entries: Sequence[StoredEntry]) -> None:
        with self._lock:
            disk = self._writable()
            admitted = admit(entries, self)
            for entry in admitted.entries:
                disk.logs.setdefault((entry.member, entry.generation), []).append(replace(entry, blobs=()))
                disk.blobs.update((hashlib.sha256(blob).hexdigest(), blob) for blob in entry.blobs)
            for entry in admitted.openings:
                disk.logs[(entry.member, entry.generation)][entry.seq] = replace(entry, blobs=())

    def keep_opened(self, member: str, generation: int, seq: int, opened: bytes) -> None:
        with self._lock:
            disk = self._writable()
            known = self.entry_at(member, generation, seq)
            if is_new_opening(known, opened):
                disk.logs[(member, generation)][seq] = replace(known, opened=opened)

    def entries(
        self, member: str, generation: int, start: int = 0, stop: int | None = None
    ) -> Iterator[StoredEntry]:
        check_range(start, stop)
        return iter(self._log(member, generation)[start:stop])

    def leaves(
        self, member: str, generation: int, start: int = 0, stop: int | None = None
    ) -> Iterator[bytes]:
        return (entry.leaf for entry in self.entries(member, generation, start, stop))

    def entry_at(self, member: str, generation: int, seq: int) -> StoredEntry:
        log = self._log(member, generation)
        if not 0 <= seq < len(log):
            raise failures.entry_missing(f"{member}/{generation}/{seq}")
        return log[seq]

    def blob(self, hash: str) -> bytes | None:  # noqa: A002 - the port's name
        return self._readable().blobs.get(hash)

    def size(self, member: str, generation: int) -> int:
        return len(self._log(member, generation))

    def generations(self, member: str) -> tuple[int, ...]:
        return tuple(sorted(generation for owner, generation in self._readable().logs if owner == member))

    def members(self) -> tuple[str, ...]:
        return tuple(sorted({member for member, _ in self._readable().logs}))

    def keep_note(self, member: str, generation: int, size: int, note: bytes) -> None:
        with self._lock:
            disk = self._writable()
            known = self.note(member, generation, size)
            if is_new_note(known, note, where=f"{member}/{generation} at size {size}"):
                disk.notes.setdefault((member, generation), {})[size] = note

    def note(self, member: str, generation: int, size: int | None = None) -> bytes | None:
        notes = self._readable().notes.get((member, generation), {})
        if not notes:
            return None
        return notes.get(max(notes) if size is None else size)

    def notes(self, member: str, generation: int) -> Iterator[StoredNote]:
        kept = self._readable().notes.get((member, generation), {})
        return iter([StoredNote(member, generation, size, kept[size]) for size in sorted(kept)])

    def keep_floor(self, hash: str, message: bytes) -> None:  # noqa: A002 - the port's name
        with self._lock:
            disk = self._writable()
            if is_new_floor(disk.floor.get(hash), hash, message):
                disk.floor[hash] = message

    def floor(self) -> Iterator[StoredFloor]:
        return iter([StoredFloor(key, message) for key, message in self._readable().floor.items()])

    def keep_fact(self, name: str, value: bytes) -> None:
        with self._lock:
            self._writable().facts[name] = value

    def fact(self, name: str) -> bytes | None:
        return self._readable().facts.get(name)

    def keep_snapshot(self, parts: Sequence[bytes]) -> None:
        with self._lock:
            self._writable().snapshot = tuple(parts)

    def snapshot(self) -> tuple[bytes, ...] | None:
        return self._readable().snapshot

    def damage(self) -> NotKept | None:
        return None

    def close(self) -> None:
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _log(self, member: str, generation: int) -> list[StoredEntry]:
        return self._readable().logs.get((member, generation), [])

    def _readable(self) -> MemoryDisk:
        if self._closed:
            raise failures.closed()
        return self._disk

    def _writable(self) -> MemoryDisk:
        disk = self._readable()
        if self.fails_with is not None:
            raise self.fails_with.with_traceback(None)
        return disk
