# SPDX-License-Identifier: Apache-2.0
"""Who had seen what, and when? DELIVERED and RECORDED, read off the heads of entries and off cosignatures.

A leaf is covered by the first entry of another member whose heads hold more entries of that log than its
place. That entry or any later one of the same member can call the leaf unreadable; then that leaf did not
deliver it, whatever was shown before. A naming that came before it covers the leaf says nothing of it: a new
sealing is judged anew.

What a fold asked here is noted (``kept``), and what it then kept is forgotten when a first entry or a naming
moves: ``covering``, ``covering_copy`` and ``covers`` may be asked by folds that are kept.

A head covers places of its own generation alone: after a succession the old log is not read off the new size.
What others had is told by true times (``times``, kept up by times.py); what bounds a true time is the plain
claim of the entry that covers or is covered.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from steerclear.mechanism.bodies import NodeBeat, Unreadable, read_body
from steerclear.mechanism.entry import Entry, Place
from steerclear.mechanism.kept import Kept, Reader
from steerclear.mechanism.said import Said
from steerclear.mechanism.true_time import TrueTime
from steerclear.model.time import Instant
from steerclear.record.statement import Statement

__all__ = ["Covering", "Heads", "HeadsMemory", "Seen"]


class Covering(NamedTuple):
    """The first entry of a member that covers a leaf, or the one since then that calls it unreadable.

    ``at`` when that entry is held to be written; ``claimed_at`` what its own clock said.
    """

    place: Place
    at: Instant
    claimed_at: Instant
    unreadable: bool = False


_SEQ_BITS: Final = 40
"""A place in a member's logs as one number: its generation above, its seq below."""


@dataclass(slots=True)
class Seen:
    """What one member's entries say about the size of one log, in order of place: columns of one length.

    ``places`` one number each; ``highest`` the largest size that this entry or one before it had seen;
    ``ats`` what it claims of its time. A row has 24 bytes and is no object: a year has millions of them.
    """

    member: str
    places: array[int] = field(default_factory=lambda: array("q"))
    highest: array[int] = field(default_factory=lambda: array("q"))
    ats: array[int] = field(default_factory=lambda: array("q"))

    def tells_of(self, place: Place) -> bool:
        number = _number(place)
        index = bisect_left(self.places, number)
        return index < len(self.places) and self.places[index] == number

    def add(self, place: Place, size: int, at: Instant) -> tuple[int, int]:
        """Which places, from the first to before the second, this entry is now the first to cover."""
        number = _number(place)
        index = bisect_left(self.places, number)
        before = self.highest[index - 1] if index else 0
        self.places.insert(index, number)
        self.highest.insert(index, max(size, before))
        self.ats.insert(index, at)
        for later in range(index + 1, len(self.highest)):
            if self.highest[later] >= size:
                break
            self.highest[later] = size
        return before, size

    def first_above(self, seq: int) -> tuple[Place, Instant] | None:
        """The first entry that covers a place, and what it claims of its time."""
        if self.highest[-1] <= seq:
            return None  # nearly always, when the place has just come
        index = bisect_right(self.highest, seq)
        return self._place(index), Instant(self.ats[index])

    def covered_at(self, seq: int) -> Instant | None:
        """What the first entry that covers a place claims of its time."""
        first = self.first_above(seq)
        return first[1] if first is not None else None

    def first_covered(self, place: Place) -> tuple[int, int]:
        """Which places, from the first to before the second, this entry is the first to cover."""
        index = bisect_left(self.places, _number(place))
        return (self.highest[index - 1] if index else 0), self.highest[index]

    def ending_with(self, seq: int) -> Iterator[Place]:
        """Entries whose head ends with this place."""
        if self.highest[-1] <= seq:
            return
        for index in range(bisect_left(self.highest, seq + 1), bisect_right(self.highest, seq + 1)):
            yield self._place(index)

    def _place(self, index: int) -> Place:
        number = self.places[index]
        return Place(self.member, number >> _SEQ_BITS, number & (1 << _SEQ_BITS) - 1)


def _number(place: Place) -> int:
    return place.generation << _SEQ_BITS | place.seq


@dataclass(frozen=True, slots=True)
class HeadsMemory:
    """All that ``Heads`` knows: columns of sizes seen, leaves called unreadable, and cosignatures."""

    seen: Mapping[Reader, tuple[array[int], array[int], array[int]]]
    unreadable: Sequence[tuple[Place, str, str, Instant]]
    cosigned: Mapping[tuple[str, int, str], Sequence[tuple[int, Instant]]]


class Heads:
    """Sizes seen, leaves called unreadable, and cosignatures, in any order."""

    def __init__(self, kept: Kept, times: Mapping[Place, TrueTime]) -> None:
        self._kept: Final = kept
        self._times: Final = times
        self._seen: Final[dict[Reader, Seen]] = {}
        self._unreadable: Final[dict[str, dict[str, dict[Place, Instant]]]] = {}
        self._cosigned: Final[dict[tuple[str, int, str], set[tuple[int, Instant]]]] = {}

    def add(self, entry: Entry) -> list[tuple[Reader, int, int]]:
        """Take an entry in. Of each log the places, from and to before, that it is now the first to cover."""
        covered: list[tuple[Reader, int, int]] = []
        for log, size in entry.heads.items():
            reader = Reader(entry.author, log, entry.generations.get(log, 0))
            seen = self._seen.setdefault(reader, Seen(entry.author))
            if not seen.tells_of(entry.place):
                first, end = seen.add(entry.place, size, entry.at)
                self._kept.seen(reader, first, end)
                covered.append((reader, first, end))
        for id_ in _named_unreadable(entry):
            self._unreadable.setdefault(entry.author, {}).setdefault(id_, {})[entry.place] = entry.at
            self._kept.moved((entry.author, id_))
        return covered

    def retimed(self, entry: Entry) -> None:
        """The true time of an entry has moved, and with it when its author had what it is first to cover."""
        for log in entry.heads:
            reader = Reader(entry.author, log, entry.generations.get(log, 0))
            self._kept.seen(reader, *self._seen[reader].first_covered(entry.place))
        self._kept.moved(entry.place)
        for id_ in _named_unreadable(entry):
            self._kept.moved((entry.author, id_))

    def seen(self, reader: Reader) -> Seen:
        """What the reader says of a log, as it grows; no fold asks for it. It has said something."""
        return self._seen[reader]

    def cosigned(self, log: str, size: int, by: str, at: Instant, generation: int = 0) -> None:
        self._cosigned.setdefault((log, generation, by), set()).add((size, at))

    def covering(self, member: str, said: Said[Any]) -> Covering | None:
        """The first entry of ``member`` that covers this leaf, or ``None`` when it has not been seen."""
        if member == said.place.author:
            return Covering(said.place, said.at, said.said_at)  # its own log carries it for the author
        return self.covering_copy(member, said.id, said.place)

    def covering_copy(self, member: str, id_: str, wanted: Place) -> Covering | None:
        """The same for a leaf that need not be open here: the statement's id and its place."""
        first = self._first(member, wanted)
        if first is None:
            return None
        self._kept.read((member, id_))
        named = self._unreadable.get(member, {}).get(id_)
        unread = min((place for place in named if place >= first[0]), default=None) if named else None
        if named and unread is not None:
            return Covering(unread, self._held(unread, named[unread]), named[unread], unreadable=True)
        place, claimed = first
        return Covering(place, self._held(place, claimed), claimed)

    def unreadable_by(self, member: str) -> Iterator[str]:
        """Ids that this member ever called unreadable."""
        return iter(self._unreadable.get(member, ()))

    def covers(self, member: str, places: Iterable[Place]) -> Instant | None:
        """When ``member`` had first seen all of these places; ``None``: not yet. Its own count as seen."""
        latest = Instant(0)
        for place in places:
            if place.author == member:
                continue
            first = self._first(member, place)
            if first is None:
                return None
            latest = max(latest, self._held(*first))
        return latest

    def _first(self, member: str, wanted: Place) -> tuple[Place, Instant] | None:
        """The first entry that covers it, and what it claims of its time."""
        reader = Reader(member, wanted.author, wanted.generation)
        self._kept.read_leaf(reader, wanted.seq)
        seen = self._seen.get(reader)
        return seen.first_above(wanted.seq) if seen is not None else None

    def _held(self, place: Place, claimed: Instant) -> Instant:
        time = self._times.get(place)
        return claimed if time is None else time.held

    def memory(self) -> HeadsMemory:
        return HeadsMemory(
            {reader: (seen.places[:], seen.highest[:], seen.ats[:]) for reader, seen in self._seen.items()},
            [
                (place, member, id_, at)
                for member, ids in self._unreadable.items()
                for id_, named in ids.items()
                for place, at in named.items()
            ],
            {key: tuple(sorted(signed)) for key, signed in self._cosigned.items()},
        )

    def cosignatures(self) -> Mapping[tuple[str, int, str], Sequence[tuple[int, Instant]]]:
        """Of each log, generation and cosigner the sizes and when, in no order: a copy, quickly made."""
        return {key: tuple(signed) for key, signed in self._cosigned.items()}

    def go_on(self, memory: HeadsMemory) -> None:
        """After a start, before anything is added: what was seen before."""
        for reader, columns in memory.seen.items():
            self._seen[reader] = Seen(reader.member, *columns)
        for place, member, id_, at in memory.unreadable:
            self._unreadable.setdefault(member, {}).setdefault(id_, {})[place] = at
        for key, signed in memory.cosigned.items():
            self._cosigned[key] = set(signed)

    def first_seen_by(self, reader: Reader, seq: int) -> Place | None:
        """Which entry of the reader was the first to cover this place; ``None``: it has not been seen.

        That is settled then, for its log only grows. The time of that entry may still move (``retimed``).
        """
        seen = self._seen.get(reader)
        first = seen.first_above(seq) if seen is not None else None
        return first[0] if first is not None else None

    def recorded_at(self, place: Place, by: Iterable[str]) -> Instant | None:
        """When the last of these members had cosigned a checkpoint that holds the place."""
        latest = Instant(0)
        for member in by:
            signed = self._cosigned.get((place.author, place.generation, member), ())
            times = [at for size, at in signed if size > place.seq]
            if not times:
                return None
            latest = max(latest, min(times))
        return latest


def _named_unreadable(entry: Entry) -> frozenset[str]:
    statement = entry.content
    if not isinstance(statement, Statement) or statement.kind not in ("node.beat", "receipt.unreadable"):
        return frozenset()
    if statement.author != entry.author:
        return frozenset()  # a log speaks for the machine of its own member alone
    try:
        body = read_body(statement.kind, statement.body)
    except Exception:  # noqa: BLE001 - the book keeps it as misread, with the reason
        return frozenset()
    if isinstance(body, NodeBeat):
        return frozenset(one.id for one in body.unreadable)
    return frozenset((body.about,) if isinstance(body, Unreadable) else ())
