# SPDX-License-Identifier: Apache-2.0
"""Which volumes may conflict with this one? A loose grid over space, time and height, rounded outward.

Every volume lies in exactly one cell: the cell of its low corner, on the level whose cells are at least as
large as the volume (levels in steps of four, for space and time apart). A question looks into the cells
where the low corner of a neighbour can lie, so no pair comes twice and no set removes repeats. Space is
ECEF, so nothing is special at the antimeridian or the poles.

What the index leaves out certainly is no conflict. A height above ground is never a reason to leave a pair
out. The answer is a superset: each candidate is still to be assessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import numpy as np

from steerclear.geometry.ellipsoid import Ints
from steerclear.model.finding import SeparationMinima
from steerclear.model.space import Volume
from steerclear.screening.prepared import Box, Prepared, prepare, prepare_all

__all__ = ["ConflictIndex", "Orderable"]

_SPACE_M: Final = 4_096
_TIME_S: Final = 4_096
_SLOTS_AT_ONCE: Final = 1_000_000


class Orderable(Protocol):
    """What a key must be able to do, so that answers have an order."""

    def __lt__(self, other: Any, /) -> bool: ...

    def __hash__(self) -> int: ...


K = TypeVar("K", bound=Orderable)

Level = tuple[int, int]
Cell = tuple[int, int, int, int]


class ConflictIndex(Generic[K]):
    """Volumes by key, and the pairs among them that may conflict under ``minima`` or less.

    Give the largest minima that any pair of kinds has; smaller ones then only leave more candidates.
    """

    def __init__(self, minima: SeparationMinima) -> None:
        self._minima = minima
        self._boxes: dict[K, Box] = {}
        self._homes: dict[K, tuple[Level, Cell]] = {}
        self._cells: dict[Level, dict[Cell, list[K]]] = {}

    @classmethod
    def of(cls, minima: SeparationMinima, volumes: Iterable[tuple[K, Volume]]) -> ConflictIndex[K]:
        """An index of many volumes at once."""
        keys, spaces = zip(*pairs, strict=True) if (pairs := list(volumes)) else ((), ())
        return cls.of_prepared(minima, zip(keys, prepare_all(spaces), strict=True))

    @classmethod
    def of_prepared(cls, minima: SeparationMinima, volumes: Iterable[tuple[K, Prepared]]) -> ConflictIndex[K]:
        index = cls(minima)
        for key, prepared in volumes:
            index.insert_prepared(key, prepared)
        return index

    def __len__(self) -> int:
        return len(self._boxes)

    def __contains__(self, key: object) -> bool:
        return key in self._boxes

    def insert(self, key: K, volume: Volume) -> None:
        """Add a volume; one that stands under the key already is replaced."""
        self.insert_prepared(key, prepare(volume))

    def insert_prepared(self, key: K, prepared: Prepared) -> None:
        if key in self._boxes:
            self.remove(key)
        box = prepared.box()
        level = _level_of(box)
        cell = _cell_of(box, level)
        self._boxes[key] = box
        self._homes[key] = (level, cell)
        self._cells.setdefault(level, {}).setdefault(cell, []).append(key)

    def remove(self, key: K) -> None:
        """Take a volume out. Raises ``KeyError`` when there is none under the key."""
        level, cell = self._homes.pop(key)
        del self._boxes[key]
        keys = self._cells[level][cell]
        keys.remove(key)
        if not keys:
            del self._cells[level][cell]
            if not self._cells[level]:
                del self._cells[level]

    def candidates(self, volume: Volume) -> tuple[K, ...]:
        """Keys of all volumes that may conflict with this one, in order. The volume need not be inserted."""
        return self.candidates_of_prepared(prepare(volume))

    def candidates_of_prepared(self, prepared: Prepared) -> tuple[K, ...]:
        return self.candidates_of_box(prepared.box())

    def candidates_of_box(self, box: Box) -> tuple[K, ...]:
        """As ``candidates``, for everything that lies in a box."""
        wanted = box.widened(self._minima)
        found = [
            key
            for level, cells in self._cells.items()
            for key in _keys_near(cells, level, wanted)
            if _meet(self._boxes[key], wanted)
        ]
        return tuple(sorted(found))

    def all_pairs(self) -> tuple[tuple[K, K], ...]:
        """Every pair that may conflict, once, smaller key first, in order."""
        keys = sorted(self._boxes)
        if not keys:
            return ()
        grid = _Grid.of(
            [self._boxes[key] for key in keys], [self._homes[key][0] for key in keys], self._minima
        )
        return tuple((keys[a], keys[b]) for a, b in grid.pairs().tolist())


def _level_of(box: Box) -> Level:
    space = max(high - low for low, high in zip(box.low[:3], box.high[:3], strict=True))
    return _steps(space, _SPACE_M), _steps(box.high[3] - box.low[3], _TIME_S)


def _steps(extent: int, smallest: int) -> int:
    level = 0
    while extent > smallest << (2 * level):
        level += 1
    return level


def _sizes(level: Level) -> Cell:
    space, time = _SPACE_M << (2 * level[0]), _TIME_S << (2 * level[1])
    return space, space, space, time


def _cell_of(box: Box, level: Level) -> Cell:
    x, y, z, t = (low // size for low, size in zip(box.low[:4], _sizes(level), strict=True))
    return x, y, z, t


def _keys_near(cells: dict[Cell, list[K]], level: Level, wanted: Box) -> Iterator[K]:
    """Keys in the cells in which the low corner of a volume of this level can lie and still meet the box."""
    sizes = _sizes(level)
    first = [(low - size) // size for low, size in zip(wanted.low[:4], sizes, strict=True)]
    last = [high // size for high, size in zip(wanted.high[:4], sizes, strict=True)]
    many = 1
    for low, high in zip(first, last, strict=True):
        many *= high - low + 1
    if many > len(cells):
        for cell, keys in cells.items():
            if all(low <= at <= high for low, at, high in zip(first, cell, last, strict=True)):
                yield from keys
        return
    for x in range(first[0], last[0] + 1):
        for y in range(first[1], last[1] + 1):
            for z in range(first[2], last[2] + 1):
                for t in range(first[3], last[3] + 1):
                    yield from cells.get((x, y, z, t), ())


def _meet(a: Box, b: Box) -> bool:
    return all(
        low <= other_high and other_low <= high
        for low, high, other_low, other_high in zip(a.low, a.high, b.low, b.high, strict=True)
    )


# ------------------------------------------------------------------------------------ all pairs at once


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The volumes of one level: their rows, cells, and the cells' codes in rising order."""

    level: Level
    rows: Ints
    cell: Ints
    code: Ints

    def look_up(self, cell: Ints) -> tuple[Ints, Ints]:
        """For each cell (n, 4): (its place in ``cell``, a row that lives there), for all rows there."""
        code = _codes(cell)
        begin = np.searchsorted(self.code, code, side="left")
        count = np.searchsorted(self.code, code, side="right") - begin
        place = np.repeat(np.arange(len(cell)), count)
        at = begin[place] + np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        same = (self.cell[at] == cell[place]).all(axis=1)  # two cells may have one code
        return place[same], self.rows[at[same]]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Boxes as arrays, low and high (n, 5), and one shelf per level."""

    low: Ints
    high: Ints
    room: Ints
    shelves: tuple[_Shelf, ...]

    @staticmethod
    def of(boxes: list[Box], levels: list[Level], minima: SeparationMinima) -> _Grid:
        low = np.array([box.low for box in boxes], dtype=np.int64)
        high = np.array([box.high for box in boxes], dtype=np.int64)
        wide = boxes[0].widened(minima)
        room = np.array(wide.high, dtype=np.int64) - np.array(boxes[0].high, dtype=np.int64)
        level = np.array(levels, dtype=np.int64)
        shelves = []
        for one in np.unique(level, axis=0):
            rows = np.flatnonzero((level == one).all(axis=1))
            pair = (int(one[0]), int(one[1]))
            cell = low[rows, :4] // np.array(_sizes(pair))
            code = _codes(cell)
            order = np.argsort(code, kind="stable")
            shelves.append(_Shelf(pair, rows[order], cell[order], code[order]))
        return _Grid(low, high, room, tuple(shelves))

    def pairs(self) -> Ints:
        """Rows of boxes that meet once widened, shape (n, 2), each pair once, lower row first, in order."""
        found = [np.empty((0, 2), dtype=np.int64)]
        for at, one in enumerate(self.shelves):
            for other in self.shelves[at:]:
                cheaper = self._cells_asked(one, other) <= self._cells_asked(other, one)
                asking, asked = (one, other) if cheaper else (other, one)
                found.extend(self._between(asking, asked, same=one is other))
        pairs = np.concatenate(found)
        pairs.sort(axis=1)
        return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])

    def _cells_asked(self, asking: _Shelf, asked: _Shelf) -> int:
        first, last = self._reach(asking.rows, asked.level)
        return int((last - first + 1).astype(np.float64).prod(axis=1).sum())

    def _reach(self, rows: Ints, level: Level) -> tuple[Ints, Ints]:
        sizes, room = np.array(_sizes(level)), self.room[:4]
        return (self.low[rows, :4] - room - sizes) // sizes, (self.high[rows, :4] + room) // sizes

    def _between(self, asking: _Shelf, asked: _Shelf, *, same: bool) -> Iterator[Ints]:
        first, last = self._reach(asking.rows, asked.level)
        wide = last - first + 1
        many = wide.astype(np.float64).prod(axis=1)
        if many.sum() > 4.0 * len(asking.rows) * len(asked.rows):
            yield from self._each_with_each(asking, asked, same=same)
            return
        total = np.cumsum(many)
        begin = 0
        while begin < len(many):
            done = total[begin - 1] if begin else 0.0
            end = max(int(np.searchsorted(total, done + _SLOTS_AT_ONCE, side="right")), begin + 1)
            part = slice(begin, end)
            asker, cell = _cells_between(first[part], wide[part])
            place, row = asked.look_up(cell)
            yield self._meeting(asking.rows[part][asker[place]], row, same=same)
            begin = end

    def _each_with_each(self, asking: _Shelf, asked: _Shelf, *, same: bool) -> Iterator[Ints]:
        step = max(_SLOTS_AT_ONCE // len(asked.rows), 1)
        for begin in range(0, len(asking.rows), step):
            some = asking.rows[begin : begin + step]
            yield self._meeting(np.repeat(some, len(asked.rows)), np.tile(asked.rows, len(some)), same=same)

    def _meeting(self, a: Ints, b: Ints, *, same: bool) -> Ints:
        if same:
            once = a < b
            a, b = a[once], b[once]
        near = ((self.low[a] - self.room <= self.high[b]) & (self.low[b] <= self.high[a] + self.room)).all(
            axis=1
        )
        return np.stack([a[near], b[near]], axis=1)


def _cells_between(first: Ints, wide: Ints) -> tuple[Ints, Ints]:
    """All cells from ``first`` on, ``wide`` in each direction: (place of the asker, cell)."""
    many = wide.prod(axis=1)
    place = np.repeat(np.arange(len(many)), many)
    step = np.arange(len(place)) - np.repeat(np.cumsum(many) - many, many)
    cell = np.empty((len(place), 4), dtype=np.int64)
    for axis in range(4):
        size = wide[place, axis]
        cell[:, axis] = first[place, axis] + step % size
        step //= size
    return place, cell


def _codes(cell: Ints) -> Ints:
    # Odd multipliers, wrapping on purpose: only equality of codes matters, and it is checked against cells.
    factors = np.array([73_856_093, 19_349_663, 83_492_791, 1_000_003], dtype=np.int64)
    code: Ints = (cell * factors).sum(axis=1)
    return code
