# SPDX-License-Identifier: Apache-2.0
"""Which entry stands where, of those that a snapshot covers? Read from the store when it is asked for.

An entry is read once, held against the hash that its log remembers, opened as it was kept, and given the
worth that was found when it was verified. Numbers of entries: the log above, the place in it below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from steerclear.mechanism.columns import Names
from steerclear.mechanism.entry import Entry, Place
from steerclear.services.snapshot import EntryColumns, Logged, Snapshot, Worth

__all__ = ["KeptEntries", "Places", "are_numbered", "number_of"]

_SEQ_BITS: Final = 26
_MOST_LOGS: Final = 1 << (32 - _SEQ_BITS)
_MOST_ENTRIES: Final = 1 << _SEQ_BITS
_ID_BYTES: Final = 16


def number_of(log: int, seq: int) -> int:
    return log << _SEQ_BITS | seq


def are_numbered(sizes: Sequence[int]) -> bool:
    """Has every entry of logs of these sizes a number of its own? 64 logs, 67 million entries in each."""
    return len(sizes) <= _MOST_LOGS and max(sizes, default=0) <= _MOST_ENTRIES


class KeptEntries:
    """An archive (mechanism/archive.py) over a snapshot; ``read`` makes the entry at a place anew."""

    def __init__(self, snapshot: Snapshot, read: Callable[[Place, Worth], Entry]) -> None:
        self.snapshot: Final = snapshot
        self._logs: Final[Sequence[Logged]] = snapshot.logs
        self.numbers: Final = {(log.member, log.generation): n for n, log in enumerate(snapshot.logs)}
        self._kinds: Final = {kind: number for number, kind in enumerate(snapshot.kinds)}
        self._worths: Final = snapshot.worths
        self._names: Final = Names(snapshot.names)
        self._read: Final = read
        self.size: Final = sum(log.size for log in snapshot.logs)

    def holds(self, place: Place) -> bool:
        number = self.numbers.get((place.author, place.generation))
        return number is not None and place.seq < self._logs[number].size

    def entry(self, place: Place) -> Entry:
        worths = self._columns(place).worths
        return self._read(place, self._worths[worths[place.seq]])

    def named(self, name: str) -> Iterator[Place]:
        return map(self._place, self._names.under(name))

    def of_kind(self, kind: str) -> Iterator[Place]:
        number = self._kinds.get(kind)
        if number is None:
            return
        wanted = bytes((number,))
        for log in self._logs:
            seq = log.columns.kinds.find(wanted)
            while seq >= 0:
                yield Place(log.member, log.generation, seq)
                seq = log.columns.kinds.find(wanted, seq + 1)

    def every(self) -> Iterator[Place]:
        for log in self._logs:
            for seq in range(log.size):
                yield Place(log.member, log.generation, seq)

    def closed_to_us(self, log: str) -> Iterator[Place]:
        for one in sorted(self._logs, key=lambda one: one.generation, reverse=True):
            seq = one.columns.closed.rfind(b"\1") if one.member == log else -1
            while seq >= 0:
                yield Place(log, one.generation, seq)
                seq = one.columns.closed.rfind(b"\1", 0, seq)

    def size_of(self, member: str, generation: int) -> int:
        number = self.numbers.get((member, generation))
        return self._logs[number].size if number is not None else 0

    def id_at(self, place: Place) -> str | None:
        if not self.holds(place):
            return None
        at = place.seq * _ID_BYTES
        return self._columns(place).ids[at : at + _ID_BYTES].hex()

    def places_of(self, id_: str) -> list[Place]:
        """Where a statement with this id stands, opened or not, in the order in which logs are recalled."""
        return [place for place in self.named(id_) if self.id_at(place) == id_]

    def _columns(self, place: Place) -> EntryColumns:
        return self._logs[self.numbers[place.author, place.generation]].columns

    def _place(self, number: int) -> Place:
        log = self._logs[number >> _SEQ_BITS]
        return Place(log.member, log.generation, number & (1 << _SEQ_BITS) - 1)


class Places(Mapping[str, tuple[str, int, int]]):
    """Of each statement, sealed or not: in whose log, its generation, and where it was said first."""

    def __init__(self, kept: KeptEntries | None = None) -> None:
        self._kept: Final = kept
        self._places: Final[dict[str, tuple[str, int, int]]] = {}
        self._ids: Final[dict[tuple[str, int, int], str]] = {}

    def put(self, id_: str, place: tuple[str, int, int]) -> None:
        """The first place counts."""
        if id_ not in self:
            self._places[id_] = place
            self._ids[place] = id_

    def __getitem__(self, id_: str) -> tuple[str, int, int]:
        if id_ in self._places:
            return self._places[id_]
        before = self._kept.places_of(id_) if self._kept is not None else []
        if not before:
            raise KeyError(id_)
        return before[0]

    def __iter__(self) -> Iterator[str]:
        before = map(self._kept.id_at, self._kept.every()) if self._kept is not None else iter(())
        return iter(dict.fromkeys(chain((id_ for id_ in before if id_ is not None), self._places)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def id_at(self, place: tuple[str, int, int]) -> str | None:
        """What is said there; of a copy nothing, for it was said first elsewhere."""
        id_ = self._ids.get(place)
        if id_ is None and self._kept is not None:
            id_ = self._kept.id_at(Place(*place))
        return id_ if id_ is not None and self.get(id_) == place else None
