# SPDX-License-Identifier: Apache-2.0
"""Which of a million boxes meet? A grid over space and height, with time kept sorted in every cell.

Boxes have five dimensions: x, y, z (metres, ECEF or any other three), height (feet) and time (seconds), as
whole numbers rounded outward. Two boxes meet when in every dimension the gap is less than the minimum that
was given (strictly): touching with a minimum of 0 is no meeting. ECEF boxes need no special case at the
antimeridian or the poles.

    rows   0 ─────────────────────────────────────────────► newest
           │ block (built in bulk)   │ blk │ blk │ pending │
                                       └── dynamic blocks, merged four at a time ──┘

A block never changes. New rows wait in a short pending run that every question walks through; full runs
become blocks, four blocks of a size become one, and when all that came later is a quarter of the whole, one
block is made of everything. A removed box stays as a row that nothing meets, until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from queue import SimpleQueue
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.geometry.grid_kernels import (
    ROW_BITS,
    Block,
    Room,
    entries_of,
    latest_of,
    meeting,
    meeting_many,
    pairs_across,
    pairs_within,
    removed,
    sorted_entries,
)
from steerclear.geometry.memory import spare_bytes

__all__ = ["AXES", "NOBODY", "BoxGrid", "Minima5", "Rows"]

AXES: Final = 5
"""x, y, z in metres, height in feet, time in seconds: the order of every array of boxes."""

NOBODY: Final = -1
"""The party of a box that belongs to nobody: it meets every other."""

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Rows = NDArray[np.int32]
Minima5 = tuple[int, int, int, int, int]

T = TypeVar("T")

_LARGEST: Final = 2**31 - 2
_GONE: Final = 2**31 - 1
_PENDING: Final = 1_024
_MERGED_AT_ONCE: Final = 4
_PORTION: Final = 1 << 18
_SMALLEST_SIDE_M: Final = 64
_HEIGHTS: Final = 16
_SHORTEST_CELL_FT: Final = 100
_LEVELS: Final = 8
_WIDEST_IN_CELLS: Final = 4
_UNBOUNDED_FT: Final = 100_000_000
_BYTES_A_ROW: Final = 500
"""Of a box, its entries, and what is needed while a block is made; measured 180 to 300 without the last."""


class _Sized(NamedTuple):
    """A block, the rows it was made of, and how many merges are behind it."""

    block: Block
    from_: int
    to: int
    tier: int
    rows: Rows
    level: NDArray[np.uint8]


class BoxGrid:
    """Boxes by row, the pairs of them that meet, and what meets a given box.

    ``minima``   one for each axis, in its unit
    ``threads``  for building pairs; the kernels release the GIL
    ``most_bytes``  what boxes and blocks may take; ``None`` is what the machine has to spare when asked
    """

    def __init__(
        self, minima: Minima5 = (0, 0, 0, 0, 0), *, threads: int = 1, most_bytes: int | None = None
    ) -> None:
        self._most_bytes = most_bytes
        # Strictly less than the minimum, in whole numbers: at most one less.
        self._room_up = np.array(minima, dtype=np.int64) - 1
        self._room_list: list[int] = self._room_up.tolist()
        self._threads = threads
        self._boxes: I32 = np.empty((0, 2 * AXES), dtype=np.int32)
        self._party: I32 = np.empty(0, dtype=np.int32)
        self._rows = 0
        self._gone = 0
        self._gone_when_one = 0
        self._blocks: list[_Sized] = []
        self._pending = 0
        self._out: I32 = np.empty(1 << 12, dtype=np.int32)
        self._rooms: SimpleQueue[Room] = SimpleQueue()

    @property
    def rows(self) -> int:
        """How many rows there are, removed ones included: the row that the next box gets."""
        return self._rows

    def __len__(self) -> int:
        return self._rows - self._gone

    def __contains__(self, row: int) -> bool:
        return 0 <= row < self._rows and bool(self._boxes[row, 3] != _GONE)

    def standing(self) -> Rows:
        """The rows that were not removed, in rising order."""
        return np.flatnonzero(self._boxes[: self._rows, 3] != _GONE).astype(np.int32)

    def party_of(self, row: int) -> int:
        return int(self._party[row])

    @property
    def memory_bytes(self) -> int:
        """What the boxes and their blocks take, scratch not counted."""
        blocks = (array for sized in self._blocks for array in (*sized.block, sized.rows, sized.level))
        return self._boxes.nbytes + self._party.nbytes + sum(array.nbytes for array in blocks)

    # ------------------------------------------------------------------------------------- what changes

    def extend(self, low: NDArray[np.integer], high: NDArray[np.integer], party: I32) -> int:
        """Add boxes, shape (n, 5) each; returns the row of the first. ``party`` −1 meets everybody.

        Raises ``BadInput`` (``box-inverted``, ``box-out-of-range``, ``too-many-volumes``); then nothing was
        added.
        """
        self._reserve(self._rows + len(low))
        packed = self.packed(low, high)
        begin, self._rows = self._rows, self._rows + len(packed)
        self._boxes[begin : self._rows] = packed
        self._party[begin : self._rows] = party
        if self._rows - self._pending >= _PENDING:
            self._settle()
        return begin

    def insert(self, box: tuple[int, ...], party: int) -> int:
        """Add one box, given as its ten numbers (five low, five high); returns its row. See ``extend``."""
        row = self._rows
        if row == len(self._party):
            self._reserve(row + 1)
        room = self._room_list
        kept = self._boxes[row]
        for axis in range(AXES):
            low, high = box[axis], box[axis + AXES]
            if not -_LARGEST <= low <= high <= _LARGEST:
                raise _not_a_box(low, high, row)
            kept[axis] = low
            kept[axis + AXES] = min(high + room[axis], _LARGEST)
        self._party[row] = party
        self._rows = row + 1
        if self._rows - self._pending >= _PENDING:
            self._settle()
        return row

    def remove(self, row: int) -> None:
        """Take a box out; its row is not given to another. Raises ``KeyError`` where no box stands."""
        if row not in self:
            raise KeyError(row)
        for sized in self._blocks:
            if sized.from_ <= row < sized.to:
                removed(self._boxes, sized.block, int(sized.level[row - sized.from_]), row)
        self._boxes[row, 3] = _GONE
        self._gone += 1

    def renumber(self) -> Rows:
        """Give the boxes that stand the rows from 0 on, in their order, and forget the removed ones.

        Returns the row that each had.
        """
        standing = self.standing()
        self._boxes, self._party = self._boxes[standing], self._party[standing]
        self._rows, self._pending, self._blocks = len(standing), 0, []
        self._gone = self._gone_when_one = 0
        self._settle()
        return standing

    def settle(self) -> None:
        """Make one block of everything, as before a question about all pairs."""
        if len(self._blocks) != 1 or self._pending < self._rows:
            self._make_one()

    # ---------------------------------------------------------------------------------------- questions

    def meeting(self, low: Sequence[int], high: Sequence[int], party: int) -> Rows:
        """The rows of other parties that meet a box, in no particular order; overwritten by the next answer.

        Raises as ``extend``.
        """
        for axis in range(AXES):
            if not -_LARGEST <= low[axis] <= high[axis] <= _LARGEST:
                raise _not_a_box(low[axis], high[axis], self._rows)
        return self.meeting_ten((*low, *high), party)

    def meeting_ten(self, box: tuple[int, ...], party: int) -> Rows:
        """As ``meeting``, for ten numbers (five low, five high) that the caller vouches for."""
        room = self._room_list
        raised = [min(box[axis + AXES] + room[axis], _LARGEST) for axis in range(AXES)]
        return self.meeting_packed(np.array([*box[:AXES], *raised], dtype=np.int32), party)

    def meeting_packed(self, asked: I32, party: int) -> Rows:
        """As ``meeting``, for ten int32 as ``packed`` gives them. The answer is overwritten by the next."""
        found = 0
        blocks = self._blocks or [_empty_block()]
        pending = self._pending
        for sized in blocks:
            while True:
                count = meeting(
                    self._boxes,
                    self._party,
                    sized.block,
                    pending,
                    self._rows,
                    asked,
                    party,
                    self._out[found:],
                )
                if count >= 0:
                    break
                self._out = np.concatenate([self._out, np.empty_like(self._out)])
            found += count
            pending = self._rows
        return self._out[:found]

    def meeting_many(self, asked: I32, party: I32) -> tuple[I64, Rows]:
        """Many boxes (n, 10), as ``packed`` gives them, in one go: (how many rows each meets, the rows)."""
        self._settle_pending()
        total, kept = np.zeros(len(asked), dtype=np.int64), []
        for sized in self._blocks:
            count, rows = self._many_of(sized.block, asked, party)
            total += count
            kept.append((count, rows))
        if len(kept) == 1:
            return total, kept[0][1]
        owners = [np.repeat(np.arange(len(asked)), count) for count, _ in kept]
        order = np.argsort(np.concatenate([np.empty(0, dtype=np.int64), *owners]), kind="stable")
        return total, np.concatenate([np.empty(0, dtype=np.int32), *(rows for _, rows in kept)])[order]

    def _many_of(self, block: Block, asked: I32, party: I32) -> tuple[I64, Rows]:
        count, found = np.zeros(len(asked), dtype=np.int64), []
        # Room of this call alone: once the boxes are settled, threads may ask side by side.
        at, out = 0, np.empty(max(1 << 12, 2 * len(asked)), dtype=np.int32)
        while at < len(asked):
            begin = at
            at = meeting_many(self._boxes, block, asked, party, begin, out, count)
            if at == begin:
                out = np.empty(2 * len(out), dtype=np.int32)
                continue
            found.append(out[: count[begin:at].sum()].copy())
        return count, found[0] if len(found) == 1 else np.concatenate([np.empty(0, dtype=np.int32), *found])

    def packed(self, low: NDArray[np.integer], high: NDArray[np.integer]) -> I32:
        """Boxes as the grid keeps them: int32 (n, 10), the minima added to the high side.

        Raises ``BadInput``: ``box-inverted``, ``box-out-of-range``.
        """
        wrong = (low > high) | (low < -_LARGEST) | (high > _LARGEST)
        if wrong.any():
            row, axis = (int(place[0]) for place in np.nonzero(wrong))
            raise _not_a_box(int(low[row, axis]), int(high[row, axis]), row)
        kept = np.empty((len(low), 2 * AXES), dtype=np.int32)
        kept[:, :AXES] = low
        for axis in range(AXES):
            raised = high[:, axis].astype(np.int64) + self._room_up[axis]
            kept[:, axis + AXES] = np.minimum(raised, _LARGEST)
        return kept

    def of_pairs(self, work: Callable[[Rows, Rows], T]) -> Iterator[T]:
        """Call ``work`` with portions of all pairs of rows that meet, each once, and hand on what it answers.

        The order of the pairs depends on the boxes and the order of their coming alone; where one portion
        ends and the next begins depends on the threads, too. ``work`` runs in them; the two arrays are
        overwritten after it returns.
        """
        self.settle()
        block = self._blocks[0]
        if len(block.rows) == 0:
            return
        tasks = [*self._tasks_within(block.block, work), *self._tasks_across(block, work)]
        if self._threads == 1:
            for task in tasks:
                yield from task()
            return
        with ThreadPoolExecutor(self._threads) as pool:
            for answers in pool.map(lambda task: task(), tasks):
                yield from answers

    def _tasks_within(self, block: Block, work: Callable[[Rows, Rows], T]) -> Iterator[Callable[[], list[T]]]:
        """Runs of cells of about the same work: pairs grow with the square of what a cell holds."""
        effort = np.cumsum(np.diff(block.first).astype(np.float64) ** 2)
        marks = np.linspace(0, effort[-1], 16 * self._threads + 1)[1:-1]
        ends = np.unique(np.concatenate([np.searchsorted(effort, marks), [len(effort)]]))
        begin = 0
        for end in ends.tolist():
            if end > begin:
                yield partial(self._within, block, begin, end, work)
            begin = end

    def _within(self, block: Block, begin: int, end: int, work: Callable[[Rows, Rows], T]) -> list[T]:
        widest = int(np.diff(block.first).max())
        room, answers, cell, box = self._taken_room(widest), [], begin, 0
        while cell < end:
            found, cell, box = pairs_within(self._boxes, block, cell, box, end, room)
            answers.append(work(room.a[:found], room.b[:found]))
        self._rooms.put(room)
        return answers

    def _tasks_across(
        self, sized: _Sized, work: Callable[[Rows, Rows], T]
    ) -> Iterator[Callable[[], list[T]]]:
        """Boxes of finer levels ask the cells of every coarser one."""
        held = np.bincount(sized.level[sized.rows], minlength=_LEVELS)
        for coarse in range(1, _LEVELS):
            if not held[coarse]:
                continue
            finer = sized.rows[sized.level[sized.rows] < coarse]
            for rows in np.array_split(finer, min(16 * self._threads, max(len(finer) // 1000, 1))):
                if len(rows):
                    yield partial(self._across, sized.block, rows, coarse, work)

    def _across(self, block: Block, rows: Rows, coarse: int, work: Callable[[Rows, Rows], T]) -> list[T]:
        room, answers, at = self._taken_room(0), [], 0
        while at < len(rows):
            found, at = pairs_across(self._boxes, self._party, block, rows, at, coarse, room)
            if found < 0:
                room = _room(2 * len(room.row))
                continue
            answers.append(work(room.a[:found], room.b[:found]))
        self._rooms.put(room)
        return answers

    def _taken_room(self, widest: int) -> Room:
        room = _room(widest) if self._rooms.empty() else self._rooms.get()
        return room if len(room.row) >= widest else _room(widest)

    # ------------------------------------------------------------------------------------------ building

    def _reserve(self, rows: int) -> None:
        if rows <= len(self._party):
            return
        self._check_room(rows)
        capacity = rows if not len(self._party) else max(rows, len(self._party) * 5 // 4 + _PENDING)
        boxes = np.empty((capacity, 2 * AXES), dtype=np.int32)
        boxes[: len(self._boxes)] = self._boxes
        party = np.empty(capacity, dtype=np.int32)
        party[: len(self._party)] = self._party
        self._boxes, self._party = boxes, party

    def _check_room(self, rows: int) -> None:
        more = (rows - len(self._party)) * _BYTES_A_ROW
        room = spare_bytes() if self._most_bytes is None else self._most_bytes - self.memory_bytes
        if more > room or rows > 1 << ROW_BITS:
            raise BadInput(
                "too-many-volumes",
                f"{rows:,} volumes need {more / 2**20:,.0f} MiB more of index; "
                f"{max(room, 0) / 2**20:,.0f} MiB may be used, for {1 << ROW_BITS:,} volumes at most.",
                remedy="Give fewer volumes at once, by region or by day, or use a machine with more memory.",
            )

    def _settle_pending(self) -> None:
        if self._pending < self._rows or not self._blocks:
            self._blocks.append(self._built(self._pending, self._rows, tier=0))
            self._pending = self._rows

    def _settle(self) -> None:
        """Make a block of what is pending; merge blocks when it pays."""
        self._settle_pending()
        newer, gone = self._rows - self._blocks[0].to, self._gone - self._gone_when_one
        if 4 * max(newer, gone) > self._rows:
            self._make_one()
            return
        while len(self._blocks) > _MERGED_AT_ONCE:
            last = self._blocks[-_MERGED_AT_ONCE:]
            tier = last[-1].tier
            if any(sized.tier != tier for sized in last):
                return
            self._blocks[-_MERGED_AT_ONCE:] = [self._built(last[0].from_, last[-1].to, tier=tier + 1)]

    def _make_one(self) -> None:
        self._blocks = [self._built(0, self._rows, tier=0)]
        self._pending, self._gone_when_one = self._rows, self._gone

    def _built(self, from_: int, to: int, *, tier: int) -> _Sized:
        boxes = self._boxes
        rows = np.flatnonzero(boxes[from_:to, 3] != _GONE).astype(np.int32) + np.int32(from_)
        rows = rows[np.argsort(boxes[rows, 4], kind="stable")]
        shape, level = _shape_of(boxes, from_, to)
        return _Sized(_block(boxes, self._party, rows, shape, level, from_), from_, to, tier, rows, level)


def _not_a_box(low: int, high: int, row: int) -> BadInput:
    if low > high:
        return BadInput(
            "box-inverted",
            f"A box begins at {low} and ends at {high}.",
            where=f"box {row}",
            remedy="Give a low side that is not above the high side.",
        )
    return BadInput(
        "box-out-of-range",
        f"A box reaches from {low} to {high}; the index holds whole numbers up to {_LARGEST:,}.",
        where=f"box {row}",
        remedy="Give metres, feet and seconds from a near origin.",
    )


def _shape_of(boxes: I32, from_: int, to: int) -> tuple[I64, NDArray[np.uint8]]:
    """The cells that suit these boxes, and the level of each: cells about twice as wide as most boxes."""
    own = boxes[from_:to]
    level = np.zeros(len(own), dtype=np.uint8)
    if not len(own):
        return np.array([1 << 16, 0, 10_000, 1, 1], dtype=np.int64), level
    wide = np.zeros(len(own), dtype=np.int32)
    across = 0
    for axis in range(3):
        low, high = own[:, axis], own[:, axis + AXES]
        np.maximum(wide, high - low, out=wide)  # at most the Earth: no overflow
        across = max(across, int(high.max()) - int(low.min()))
    # Not so small that most cells would hold a handful: the Earth is a surface, so two dimensions fill.
    fewest = across / np.sqrt(max(len(own) / 32, 1))
    side = int(max(2 * _middle_of(wide), fewest, _SMALLEST_SIDE_M))
    present = 1
    for step in range(_LEVELS - 1):
        wider = wide > _WIDEST_IN_CELLS * (side << (3 * step))
        if not wider.any():
            break
        level[wider] = step + 1
        present |= 2 << step
    lowest, tall, heights = _heights_of(own)
    return np.array([side, lowest, tall, heights, present], dtype=np.int64), level


def _middle_of(values: I32) -> int:
    """The median, of at most some ten thousand of the values."""
    return int(np.median(values[:: len(values) // 10_000 + 1]))


def _heights_of(own: I32) -> tuple[int, int, int]:
    """Lowest height, height of a cell and number of cells, from the heights that have a bound."""
    low, high = own[:, 3], own[:, 8]
    # The low side of a removed box is no height.
    bounded = (low > -_UNBOUNDED_FT) & (low < _UNBOUNDED_FT) & (high < _UNBOUNDED_FT)
    if not bounded.any():
        return 0, 10_000, 1
    lowest, highest = int(low[bounded].min()), int(high[bounded].max())
    usual = 2 * _middle_of(high[bounded] - low[bounded])
    tall = max(usual, -(-(highest - lowest + 1) // _HEIGHTS), _SHORTEST_CELL_FT)
    return lowest, tall, max(-(-(highest - lowest + 1) // tall), 1)


def _block(boxes: I32, party: I32, rows: Rows, shape: I64, level: NDArray[np.uint8], from_: int) -> Block:
    room, cells_room = 6 * len(rows) + 64, max(len(rows) // 2, 64)
    while True:
        slots = np.full(1 << int(2 * cells_room + 1).bit_length(), -1, dtype=np.int64)
        cell_of_slot = np.empty(len(slots), dtype=np.int32)
        code = np.empty(len(slots) // 2, dtype=np.int64)
        of, bits = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.uint32)
        cells, entries = entries_of(boxes, rows, level, from_, shape, slots, cell_of_slot, code, of, bits)
        if entries >= 0:
            break
        room, cells_room = 2 * room, 2 * cells_room
    block = Block(
        shape=shape,
        slots=slots,
        cell_of_slot=cell_of_slot,
        code=code[:cells].copy(),
        exact=np.empty(cells, dtype=np.uint8),
        first=np.empty(cells + 1, dtype=np.int64),
        entry=np.empty(entries, dtype=np.uint32),
        start=np.empty(entries, dtype=np.int32),
        end=np.empty(entries, dtype=np.int32),
        low=np.empty(entries, dtype=np.uint64),
        high=np.empty(entries, dtype=np.uint64),
        low_h=np.empty(entries, dtype=np.int32),
        high_h=np.empty(entries, dtype=np.int32),
        party=np.empty(entries, dtype=np.int32),
        latest=np.empty((entries >> 5) + 1, dtype=np.int32),
        latest_of_many=np.empty((entries >> 10) + 1, dtype=np.int32),
    )
    sorted_entries(boxes, party, of[:entries], bits[:entries], block)
    latest_of(block.end, block.latest, block.latest_of_many)
    return block


def _room(widest: int) -> Room:
    widest = max(widest, 1 << 10)
    return Room(
        hit=np.empty(widest, dtype=np.uint8),
        row=np.empty(widest, dtype=np.int32),
        a=np.empty(max(widest, _PORTION), dtype=np.int32),
        b=np.empty(max(widest, _PORTION), dtype=np.int32),
    )


@cache
def _empty_block() -> _Sized:
    """Made when it is first asked for: the compiled code that makes it takes a second to load."""
    nothing = np.empty(0, dtype=np.int32)
    shape, level = _shape_of(np.empty((0, 2 * AXES), dtype=np.int32), 0, 0)
    block = _block(np.empty((0, 2 * AXES), dtype=np.int32), nothing, nothing, shape, level, 0)
    return _Sized(block, 0, 0, 0, nothing, level)
