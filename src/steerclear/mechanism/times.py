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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from steerclear.mechanism.book import Book
from steerclear.mechanism.entry import Entry, Place
from steerclear.mechanism.heads import Heads, Seen
from steerclear.mechanism.kept import Reader
from steerclear.mechanism.moment import NEVER
from steerclear.mechanism.true_time import TrueTime, true_time
from steerclear.model.time import Instant

__all__ = ["Times", "TimesMemory"]

_NOT_HERE: Final = -1


@dataclass(slots=True)
class _Log:
    """Of each entry of one log: when it claims to be written, and when the key of what is said in it ends.

    A first cover earlier than the claim, or not earlier than that end, makes an entry worth a look.
    ``readers`` what other members say that they have seen of it; ``judged`` the places that were looked at.
    """

    claims: array[int] = field(default_factory=lambda: array("q"))
    ends: dict[int, Instant] = field(default_factory=dict)
    readers: dict[str, Seen] = field(default_factory=dict)
    judged: set[int] = field(default_factory=set)

    def put(self, seq: int, at: Instant, ends_at: Instant | None) -> None:
        missing = seq - len(self.claims)
        if missing == 0:
            self.claims.append(at)
        else:
            self.claims.extend([_NOT_HERE] * (missing + 1))
            self.claims[seq] = at
        if ends_at is not None:
            self.ends[seq] = ends_at

    def claim(self, seq: int) -> Instant | None:
        """``None`` where it has not come; ``seq`` is not below 0."""
        if seq >= len(self.claims) or self.claims[seq] == _NOT_HERE:
            return None
        return Instant(self.claims[seq])

    def is_worth_a_look(self, seq: int, covered_at: Instant) -> bool:
        return covered_at < self.claims[seq] or seq in self.judged or covered_at >= self.ends.get(seq, NEVER)


TimesMemory = Mapping[tuple[str, int], tuple["array[int]", "array[int]", Sequence[str], Sequence[int]]]
"""Of each log its claims, the ends of keys (place and ms in turn), its readers, and the places judged."""


class Times:
    """The true times of one view. They are told to its book and its heads, which are asked for them."""

    def __init__(self, book: Book, heads: Heads) -> None:
        self._book: Final = book
        self._heads: Final = heads
        self._logs: Final[dict[tuple[str, int], _Log]] = {}

    def add(self, entry: Entry, covers: Iterable[tuple[Reader, int, int]]) -> None:
        """An entry has come, or tells more than it did. ``covers``: the places (from, to before) of which log
        it is now the first of its author's to cover."""
        log, at, seq = self._log(entry.author, entry.generation), entry.at, entry.seq
        keys = entry.keys.values()
        log.put(seq, at, min(ends for _, ends in keys) if keys else None)
        moved = [entry.place] if self._is_worth_a_look(entry, log) else []
        for reader, first, end in covers:
            self._look_at_covered(reader, first, end, at, moved)
        for seen in log.readers.values():
            moved += [place for place in seen.ending_with(seq) if self._says_it_was_before(place, at)]
        for place in moved:
            self._judge(place)

    def memory(self) -> TimesMemory:
        return {
            key: (log.claims[:], _in_pairs(log.ends), sorted(log.readers), sorted(log.judged))
            for key, log in self._logs.items()
        }

    def go_on(self, memory: TimesMemory) -> None:
        """After a start, before anything is added, after the heads: what was claimed and judged before."""
        for key, (claims, ends, readers, judged) in memory.items():
            of = {seq: Instant(at) for seq, at in zip(ends[::2], ends[1::2], strict=True)}
            seen = {member: self._heads.seen(Reader(member, *key)) for member in readers}
            self._logs[key] = _Log(claims, of, seen, set(judged))

    def _log(self, author: str, generation: int) -> _Log:
        found = self._logs.get((author, generation))
        if found is None:
            found = self._logs[author, generation] = _Log()
        return found

    def _is_worth_a_look(self, entry: Entry, log: _Log) -> bool:
        seq, claim = entry.seq, entry.at
        if seq in log.judged:
            return True
        for _, at in self._bounds_below(entry):
            if at > claim:
                return True
        for seen in log.readers.values():
            covered_at = seen.covered_at(seq)
            if covered_at is not None and log.is_worth_a_look(seq, covered_at):
                return True
        return False

    def _look_at_covered(self, reader: Reader, first: int, end: int, at: Instant, moved: list[Place]) -> None:
        """Add the entries that somebody is now known to have had at ``at``, and that say otherwise."""
        log = self._log(reader.log, reader.generation)
        if reader.member not in log.readers:
            log.readers[reader.member] = self._heads.seen(reader)
        seqs = range(first, min(end, len(log.claims)))
        moved += [Place(reader.log, reader.generation, seq) for seq in seqs if log.is_worth_a_look(seq, at)]

    def _says_it_was_before(self, reading: Place, at: Instant) -> bool:
        """Does an entry whose heads end with one of ``at`` claim to be older, or was it looked at?"""
        log = self._log(reading.author, reading.generation)
        claim = log.claim(reading.seq)
        return claim is not None and (claim < at or reading.seq in log.judged)

    def _bounds_below(self, entry: Entry) -> Iterator[tuple[str, Instant]]:
        """The newest entry of each other member that it had seen, as far as those are here."""
        for member, size in entry.heads.items():
            log = self._logs.get((member, entry.generations.get(member, 0)))
            at = log.claim(size - 1) if log is not None and size else None
            if at is not None and member != entry.author:
                yield member, at

    def _bounds_above(self, place: Place) -> Iterator[tuple[str, Instant]]:
        """The first entry of each other member that covers it."""
        for member, seen in self._log(place.author, place.generation).readers.items():
            at = seen.covered_at(place.seq)
            if at is not None and member != place.author:
                yield member, at

    def _judge(self, place: Place) -> None:
        entry = self._book.entry_at(place)
        self._log(place.author, place.generation).judged.add(place.seq)
        time = true_time(entry.at, dict(self._bounds_below(entry)), dict(self._bounds_above(place)))
        if self._book.retime(entry, None if _is_plain(time, entry) else time):
            self._heads.retimed(entry)


def _in_pairs(ends: Mapping[int, Instant]) -> array[int]:
    return array("q", (number for row in ends.items() for number in row))


def _is_plain(time: TrueTime, entry: Entry) -> bool:
    """Does the claim stand, and its key with it?"""
    latest = max(time.held, time.had_at or time.held)
    holds = all(begins <= time.held and latest < ends for begins, ends in entry.keys.values())
    return holds and time.held == time.claimed and not time.doubtful
