# SPDX-License-Identifier: Apache-2.0
"""Whose time has moved? Each entry's true time, kept up as others' entries come, in any order.

    an entry comes ──┬─ what its heads end with bounds it from below ── here already, or when that entry comes
                     └─ what it is the first to cover, it bounds from above

Nearly every claim is borne out by all: such an entry costs a few comparisons, and nothing is kept of it. One
that a single clock contradicts, or whose key runs out before others had it, is judged whole (true_time.py)
and again at each new bound; when its time moves, what was said in it is filed anew (book.py), and what others
had of it (heads.py), so that every kept answer which read it is forgotten.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from steerclear.mechanism.book import Book
from steerclear.mechanism.entry import Entry, Place
from steerclear.mechanism.heads import Heads
from steerclear.mechanism.kept import Reader
from steerclear.mechanism.moment import NEVER
from steerclear.mechanism.true_time import TrueTime, true_time
from steerclear.model.time import Instant

__all__ = ["Times"]

_NOT_HERE: Final = -1


@dataclass(slots=True)
class _Log:
    """Of each entry of one log: when it claims to be written, and by when others must have had it.

    ``latest`` is the claim, or the end of the key that signed what is said in it: a first cover that is
    earlier than the claim, or not earlier than that end, makes it worth a look.
    """

    claims: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    readers: set[str] = field(default_factory=set)
    judged: set[int] = field(default_factory=set)

    def put(self, seq: int, at: Instant, ends_at: int) -> None:
        missing = seq + 1 - len(self.claims)
        if missing > 0:
            self.claims.extend([_NOT_HERE] * missing)
            self.ends.extend([NEVER] * missing)
        self.claims[seq] = at
        self.ends[seq] = ends_at

    def claim(self, seq: int) -> Instant | None:
        if seq >= len(self.claims) or self.claims[seq] == _NOT_HERE:
            return None
        return Instant(self.claims[seq])

    def is_worth_a_look(self, seq: int, covered_at: int) -> bool:
        return covered_at < self.claims[seq] or covered_at >= self.ends[seq] or seq in self.judged


class Times:
    """The true times of one view. They are told to its book and its heads, which are asked for them."""

    def __init__(self, book: Book, heads: Heads) -> None:
        self._book: Final = book
        self._heads: Final = heads
        self._logs: Final[dict[tuple[str, int], _Log]] = {}

    def add(self, entry: Entry, covers: Iterable[tuple[Reader, int, int]]) -> None:
        """An entry has come, or tells more than it did. ``covers``: the places (from, to before) of which log
        it is now the first of its author's to cover."""
        place = entry.place
        log = self._log(place.author, place.generation)
        log.put(place.seq, entry.at, min((ends for _, ends in entry.keys.values()), default=NEVER))
        moved = [place] if self._is_worth_a_look(entry, log) else []
        for reader, first, end in covers:
            moved += self._covered(reader, first, end, entry.at)
        moved += self._seen(place, log, entry.at)
        for one in moved:
            self._judge(one)

    def _log(self, author: str, generation: int) -> _Log:
        return self._logs.setdefault((author, generation), _Log())

    def _is_worth_a_look(self, entry: Entry, log: _Log) -> bool:
        seq = entry.seq
        if seq in log.judged or any(at > entry.at for _, at in self._bounds_below(entry)):
            return True
        return any(log.is_worth_a_look(seq, at) for _, at in self._bounds_above(entry.place))

    def _covered(self, reader: Reader, first: int, end: int, at: Instant) -> Iterator[Place]:
        """Entries that somebody is now known to have had at ``at``, and that say otherwise."""
        log = self._log(reader.log, reader.generation)
        log.readers.add(reader.member)
        claims, ends = log.claims[first:end], log.ends[first:end]
        if not log.judged and max(claims, default=at) <= at < min(ends, default=NEVER):
            return  # nearly always
        for seq in range(first, min(end, len(log.claims))):
            if log.is_worth_a_look(seq, at):
                yield Place(reader.log, reader.generation, seq)

    def _seen(self, place: Place, log: _Log, at: Instant) -> Iterator[Place]:
        """Entries whose heads end with the one that has come, and that say that they were written before."""
        for member in log.readers:
            for reading in self._heads.ending_with(Reader(member, place.author, place.generation), place.seq):
                of = self._log(reading.author, reading.generation)
                claim = of.claim(reading.seq)
                if claim is not None and (claim < at or reading.seq in of.judged):
                    yield reading

    def _bounds_below(self, entry: Entry) -> Iterator[tuple[str, Instant]]:
        """The newest entry of each other member that it had seen, as far as those are here."""
        for member, size in entry.heads.items():
            log = self._logs.get((member, entry.generations.get(member, 0)))
            at = log.claim(size - 1) if log is not None and size else None
            if at is not None and member != entry.author:
                yield member, at

    def _bounds_above(self, place: Place) -> Iterator[tuple[str, Instant]]:
        """The first entry of each other member that covers it."""
        for member in self._log(place.author, place.generation).readers:
            at = self._heads.covered_at(Reader(member, place.author, place.generation), place.seq)
            if at is not None and member != place.author:
                yield member, at

    def _judge(self, place: Place) -> None:
        entry = self._book.entry_at(place)
        self._log(place.author, place.generation).judged.add(place.seq)
        time = true_time(entry.at, dict(self._bounds_below(entry)), dict(self._bounds_above(place)))
        if self._book.retime(entry, None if _is_plain(time, entry) else time):
            self._heads.retimed(entry)


def _is_plain(time: TrueTime, entry: Entry) -> bool:
    """Does the claim stand, and its key with it?"""
    latest = max(time.held, time.not_after or time.held)
    holds = all(begins <= time.held and latest < ends for begins, ends in entry.keys.values())
    return holds and time.held == time.claimed and not time.doubtful
