# SPDX-License-Identifier: Apache-2.0
"""The compiled loops of the grid: which cells a box lies in, and which boxes of a cell meet.

A box is a row of ten int32: low x, y, z, height, time, then high x, y, z, height, time, all inclusive (the
minima are already added to the high side). Two boxes meet when every low is at most the other's high.

    cell of the grid = (level, x, y, z, height), coded into one int64
    entry            = a box in one cell: its row, and in four bits in which dimensions it begins there

The greater of two low corners lies in exactly one of the cells that two boxes share: the one in which, for
every dimension, at least one of them begins. So ``bits | bits == 15`` counts each pair once.
Entries of a cell stand in the order of their start, and every 32 of them know their latest end.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "ROW_BITS",
    "Block",
    "Room",
    "entries_of",
    "latest_of",
    "meeting",
    "meeting_many",
    "pairs_across",
    "pairs_within",
    "removed",
    "sorted_entries",
]

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
U8 = NDArray[np.uint8]

ROW_BITS: Final = 28
_ROW_MASK: Final = (1 << ROW_BITS) - 1
_ALL_BEGIN: Final = 15
_GONE: Final = 2**31 - 1
"""The low height of a box that was removed, which no box reaches; and, negative, the end of its entries."""

_GROUP: Final = 5
_GROUPS: Final = 10
_ONE_TYPE: Final = 0
"""Added to a 32-bit number it gives a 64-bit one, so that what takes it is compiled once and not twice."""

_LANE: Final = 20
_GUARDS: Final = (1 << 20) | (1 << 41) | (1 << 62)


class Block(NamedTuple):
    """Rows sorted into cells. ``slots`` and ``cell_of_slot`` are a hash table (open addressing, −1 is free)
    from code to cell. ``shape`` holds: the side of a cell of level 0 (m), lowest height (ft), height of a
    cell (ft), number of heights, bits of the levels that occur.

    Entries ``first[c] … first[c + 1] − 1`` belong to cell ``c``; each repeats what decides whether its box
    meets another, so that a cell is read in one go: ``low`` and ``high`` are x, y and z within the cell, side
    by side in 20 bits each, which tells all where ``exact[c]``. ``latest`` is the latest end of every 32
    entries, then of every 1,024. An entry that ends before all time was removed.
    """

    shape: I64
    slots: I64
    cell_of_slot: I32
    code: I64
    exact: U8
    first: I64
    entry: U32
    start: I32
    end: I32
    low: U64
    high: U64
    low_h: I32
    high_h: I32
    party: I32
    latest: I32
    latest_of_many: I32


class Room(NamedTuple):
    """Scratch of one thread, reused: what meets one box, and the pairs found."""

    hit: U8
    row: I32
    a: I32
    b: I32


# ---------------------------------------------------------------------------------------------- cells


@njit(nogil=True, cache=True, error_model="numpy")
def _coded(level: int, x: int, y: int, z: int, height: int) -> int:
    half = 1 << 17
    return (((((level << 18) | (x + half)) << 18 | (y + half)) << 18) | (z + half)) << 4 | height


@njit(nogil=True, cache=True, error_model="numpy")
def _slot_of(slots: I64, code: int) -> int:
    """Where the code stands, or would stand."""
    mask = len(slots) - 1
    # Fibonacci hashing: the multiplier is 2^64 over the golden ratio, wrapping on purpose.
    at = ((code * -7046029254386353131) >> 24) & mask
    while slots[at] != code and slots[at] != -1:
        at = (at + 1) & mask
    return at


@njit(nogil=True, cache=True, error_model="numpy")
def _height_cell(height: int, shape: I64) -> int:
    # What lies outside of the heights of the block belongs to the outermost cells: "no bound known" too.
    return int(min(max((height - shape[1]) // shape[2], 0), shape[3] - 1))


@njit(nogil=True, cache=True, error_model="numpy")
def entries_of(
    boxes: I32,
    rows: I32,
    level: U8,
    from_: int,
    shape: I64,
    slots: I64,
    cell_of_slot: I32,
    code: I64,
    of: I32,
    bits: U32,
) -> tuple[int, int]:
    """List the cells of every row, in the order of ``rows``, into ``of`` (cell) and ``bits`` (entry).

    ``level`` is that of row ``from_``, and so on. Returns the numbers of cells and
    entries; a negative number of entries says that there was no room.
    """
    cells, entries = 0, 0
    for row in rows:
        box = boxes[row]
        lvl = int(level[row - from_])
        side = shape[0] << (3 * lvl)
        x0, y0, z0, h0 = box[0] // side, box[1] // side, box[2] // side, _height_cell(box[3], shape)
        x1, y1, z1 = max(box[0], box[5]) // side, max(box[1], box[6]) // side, max(box[2], box[7]) // side
        h1 = _height_cell(max(box[3], box[8]), shape)
        for x in range(x0, x1 + 1):
            for y in range(y0, y1 + 1):
                for z in range(z0, z1 + 1):
                    for h in range(h0, h1 + 1):
                        if entries == len(of) or 2 * cells >= len(slots) or cells == len(code):
                            return cells, -1
                        named = _coded(lvl, x, y, z, h)
                        at = _slot_of(slots, named)
                        if slots[at] == -1:
                            slots[at] = named
                            cell_of_slot[at] = cells
                            code[cells] = named
                            cells += 1
                        begins = (x == x0) | (y == y0) << 1 | (z == z0) << 2 | (h == h0) << 3
                        of[entries] = cell_of_slot[at]
                        bits[entries] = begins << ROW_BITS | row
                        entries += 1
    return cells, entries


@njit(nogil=True, cache=True, error_model="numpy")
def _corner_of(shape: I64, code: int) -> tuple[int, int, int, int]:
    """Low x, y and z of a cell, and how many bits its side has more than a lane."""
    half, mask = 1 << 17, (1 << 18) - 1
    side = shape[0] << (3 * (code >> 58))
    shift = 0
    while (side - 1) >> shift >= 1 << _LANE:
        shift += 1
    x, y, z = ((code >> 40) & mask) - half, ((code >> 22) & mask) - half, ((code >> 4) & mask) - half
    return x * side, y * side, z * side, shift


@njit(nogil=True, cache=True, error_model="numpy")
def _lane(value: int, low: int, shift: int) -> np.uint64:
    return np.uint64(min(max((value - low) >> shift, 0), (1 << _LANE) - 1))


@njit(nogil=True, cache=True, error_model="numpy")
def _lanes(box: I32, side: int, corner: tuple[int, int, int, int]) -> np.uint64:
    """x, y, z of the low (``side`` 0) or high (5) corner, clamped to the cell, rounded down."""
    x, y, z, shift = corner
    lanes = _lane(box[side], x, shift) | _lane(box[side + 1], y, shift) << np.uint64(21)
    return lanes | _lane(box[side + 2], z, shift) << np.uint64(42)


@njit(nogil=True, cache=True, error_model="numpy")
def sorted_entries(boxes: I32, party: I32, of: I32, bits: U32, block: Block) -> None:
    """Bring the entries together by cell: a counting sort, so that their order stays."""
    first = block.first
    for cell in range(len(first)):
        first[cell] = 0
    for cell in of:
        first[cell + 1] += 1
    for cell in range(1, len(first)):
        first[cell] += first[cell - 1]
    for cell in range(len(block.exact)):
        block.exact[cell] = 1
    for at in range(len(of)):
        cell = of[at]
        place = first[cell]
        first[cell] = place + 1
        row = np.int64(bits[at] & _ROW_MASK)
        box = boxes[row]
        corner = _corner_of(block.shape, block.code[cell])
        block.entry[place], block.start[place], block.end[place] = bits[at], box[4], box[9]
        block.low[place], block.high[place] = _lanes(box, 0, corner), _lanes(box, 5, corner)
        block.low_h[place], block.high_h[place], block.party[place] = box[3], box[8], party[row]
        # An empty box (touching is no conflict) that is clamped to the cell may look as if it met another.
        if corner[3] > 0 or box[5] < box[0] or box[6] < box[1] or box[7] < box[2]:
            block.exact[cell] = 0
    for cell in range(len(first) - 1, 0, -1):
        first[cell] = first[cell - 1]
    first[0] = 0


@njit(nogil=True, cache=True, error_model="numpy")
def latest_of(end: I32, latest: I32, latest_of_many: I32) -> None:
    for group in range(len(latest)):
        latest[group] = -_GONE
    for group in range(len(latest_of_many)):
        latest_of_many[group] = -_GONE
    for at in range(len(end)):
        latest[at >> _GROUP] = max(latest[at >> _GROUP], end[at])
        latest_of_many[at >> _GROUPS] = max(latest_of_many[at >> _GROUPS], end[at])


# ------------------------------------------------------------------------------------------ all pairs


@njit(nogil=True, cache=True, error_model="numpy")
def _until(start: I32, from_: int, to: int, last: int) -> int:
    """The first place in [from_, to) whose start is after ``last``."""
    while from_ < to:
        middle = (from_ + to) >> 1
        if start[middle] <= last:
            from_ = middle + 1
        else:
            to = middle
    return from_


@njit(nogil=True, cache=True, error_model="numpy")
def _meet(one: I32, other: I32) -> bool:
    for axis in range(5):
        if one[axis] > other[axis + 5] or other[axis] > one[axis + 5]:
            return False
    return True


@njit(nogil=True, cache=True, error_model="numpy")
def pairs_within(
    boxes: I32, block: Block, from_cell: int, from_entry: int, to_cell: int, room: Room
) -> tuple[int, int, int]:
    """Pairs that meet in the cells from ``from_cell`` on, into ``room.a`` and ``room.b`` (a < b).

    Returns how many, and the cell and entry to go on with; the cell is ``to_cell`` when all is done.
    """
    found, cell, at = 0, from_cell, max(from_entry, block.first[from_cell])
    while cell < to_cell:
        end = block.first[cell + 1]
        while at < end:
            until = _until(block.start, at + 1, end, _ONE_TYPE + block.end[at])
            if len(room.a) - found < until - at - 1:
                return found, cell, at
            found = _later_ones(boxes, block, at, until, block.exact[cell] == 1, room, found)
            at += 1
        cell += 1
    return found, cell, at


@njit(nogil=True, cache=True, error_model="numpy")
def _later_ones(boxes: I32, block: Block, at: int, until: int, exact: bool, room: Room, found: int) -> int:
    """The entries after ``at`` that meet it and have their pair counted in this cell."""
    near, guards = until - at - 1, np.uint64(_GUARDS)
    low, high = block.low[at], block.high[at] | guards
    low_h, high_h, start, side = block.low_h[at], block.high_h[at], block.start[at], block.party[at]
    begins, every = block.entry[at], np.uint32(_ALL_BEGIN << ROW_BITS)
    lows, highs = block.low[at + 1 : until], block.high[at + 1 : until]
    lows_h, highs_h = block.low_h[at + 1 : until], block.high_h[at + 1 : until]
    ends, sides, entries = block.end[at + 1 : until], block.party[at + 1 : until], block.entry[at + 1 : until]
    hit, b = room.hit, room.b
    # Three comparisons at once: a lane's guard bit survives the subtraction where high >= low.
    for i in range(near):
        hit[i] = (
            (((high - lows[i]) & ((highs[i] | guards) - low) & guards) == guards)
            & (low_h <= highs_h[i])
            & (lows_h[i] <= high_h)
            & (start <= ends[i])
            & (((begins | entries[i]) & every) == every)
        )
    if side >= 0:
        for i in range(near):
            hit[i] &= sides[i] != side
    kept = found
    for i in range(near):
        b[kept] = entries[i] & _ROW_MASK
        kept += hit[i]
    row = np.int32(begins & _ROW_MASK)
    for i in range(found, kept):
        other = b[i]
        if exact or _meet(boxes[row], boxes[other]):
            room.a[found], room.b[found] = min(row, other), max(row, other)
            found += 1
    return found


@njit(nogil=True, cache=True, error_model="numpy")
def pairs_across(
    boxes: I32, party: I32, block: Block, rows: I32, from_: int, level: int, room: Room
) -> tuple[int, int]:
    """Pairs of the given rows with boxes of another level. Returns how many, and the row to go on with.

    When ``room.row`` cannot hold what one box meets the answer is (−1, that row).
    """
    found, at, hits = 0, from_, room.row
    while at < len(rows):
        row = rows[at]
        near = _met(boxes, block, 1 << level, boxes[row], _ONE_TYPE + party[row], hits)
        if near < 0 and found == 0:
            return -1, at
        if near < 0 or len(room.a) - found < near:
            return found, at
        for i in range(near):
            room.a[found], room.b[found] = min(row, hits[i]), max(row, hits[i])
            found += 1
        at += 1
    return found, at


# -------------------------------------------------------------------------------------------- queries


@njit(nogil=True, cache=True, error_model="numpy")
def _met_in_cell(boxes: I32, block: Block, cell: int, begins: int, box: I32, side: int, out: I32) -> int:
    found, at = 0, block.first[cell]
    to = _until(block.start, at, block.first[cell + 1], _ONE_TYPE + box[9])
    since, guards, every = box[4], np.uint64(_GUARDS), np.uint32(_ALL_BEGIN << ROW_BITS)
    corner, asked = _corner_of(block.shape, block.code[cell]), np.uint32(begins << ROW_BITS)
    low, high = _lanes(box, 0, corner), _lanes(box, 5, corner) | guards
    exact = block.exact[cell] == 1 and box[5] >= box[0] and box[6] >= box[1] and box[7] >= box[2]
    while at < to:
        if block.latest_of_many[at >> _GROUPS] < since:
            at = ((at >> _GROUPS) + 1) << _GROUPS
            continue
        if block.latest[at >> _GROUP] < since:
            at = ((at >> _GROUP) + 1) << _GROUP
            continue
        stop = min(((at >> _GROUP) + 1) << _GROUP, to)
        while at < stop:
            near = ((high - block.low[at]) & ((block.high[at] | guards) - low) & guards) == guards
            near &= (block.end[at] >= since) & (((block.entry[at] | asked) & every) == every)
            near &= (block.low_h[at] <= box[8]) & (box[3] <= block.high_h[at])
            if near and (side < 0 or block.party[at] != side):
                row = np.int32(block.entry[at] & _ROW_MASK)
                if exact or _meet(boxes[row], box):
                    if found == len(out):
                        return -1
                    out[found] = row
                    found += 1
            at += 1
    return found


@njit(nogil=True, cache=True, error_model="numpy")
def _met(boxes: I32, block: Block, levels: int, box: I32, side: int, out: I32) -> int:
    """Rows of a block that meet a box, on the levels whose bits are given; −1 when ``out`` is full."""
    found, shape, half, mask = 0, block.shape, 1 << 17, (1 << 18) - 1
    h0, h1 = _height_cell(box[3], shape), _height_cell(max(box[3], box[8]), shape)
    for level in range(8):
        if not levels & shape[4] & (1 << level):
            continue
        side_m = shape[0] << (3 * level)
        x0, y0, z0 = box[0] // side_m, box[1] // side_m, box[2] // side_m
        x1 = max(box[0], box[5]) // side_m
        y1 = max(box[1], box[6]) // side_m
        z1 = max(box[2], box[7]) // side_m
        if (x1 - x0 + 1) * (y1 - y0 + 1) * (z1 - z0 + 1) * (h1 - h0 + 1) > len(block.code):
            for cell in range(len(block.code)):
                code = block.code[cell]
                x, y = ((code >> 40) & mask) - half, ((code >> 22) & mask) - half
                z, h = ((code >> 4) & mask) - half, code & 15
                if (
                    code >> 58 == level
                    and x0 <= x <= x1
                    and y0 <= y <= y1
                    and z0 <= z <= z1
                    and h0 <= h <= h1
                ):
                    begins = (x == x0) | (y == y0) << 1 | (z == z0) << 2 | (h == h0) << 3
                    more = _met_in_cell(boxes, block, cell, begins, box, side, out[found:])
                    if more < 0:
                        return -1
                    found += more
            continue
        for x in range(x0, x1 + 1):
            for y in range(y0, y1 + 1):
                for z in range(z0, z1 + 1):
                    for h in range(h0, h1 + 1):
                        at = _slot_of(block.slots, _coded(level, x, y, z, h))
                        if block.slots[at] == -1:
                            continue
                        begins = (x == x0) | (y == y0) << 1 | (z == z0) << 2 | (h == h0) << 3
                        cell = _ONE_TYPE + block.cell_of_slot[at]
                        more = _met_in_cell(boxes, block, cell, begins, box, side, out[found:])
                        if more < 0:
                            return -1
                        found += more
    return found


@njit(nogil=True, cache=True, error_model="numpy")
def meeting(
    boxes: I32, party: I32, block: Block, pending: int, rows: int, box: I32, side: int, out: I32
) -> int:
    """Rows that meet a box: those of a block, and those from ``pending`` to ``rows``, which no block has yet.

    Returns how many were written to ``out``; −1 when there was no room for all.
    """
    found = _met(boxes, block, 255, box, side, out)
    if found < 0:
        return -1
    for row in range(pending, rows):
        if (side < 0 or party[row] != side) and _meet(boxes[row], box):
            if found == len(out):
                return -1
            out[found] = row
            found += 1
    return found


@njit(nogil=True, cache=True, error_model="numpy")
def meeting_many(boxes: I32, block: Block, asked: I32, sides: I32, from_: int, out: I32, count: I64) -> int:
    """``meeting`` for many boxes against one block, one after another. Returns the box to go on with."""
    used, at = 0, from_
    while at < len(asked):
        found = _met(boxes, block, 255, asked[at], _ONE_TYPE + sides[at], out[used:])
        if found < 0:
            return at
        count[at] = found
        used += found
        at += 1
    return at


# ------------------------------------------------------------------------------------------- removals


@njit(nogil=True, cache=True, error_model="numpy")
def removed(boxes: I32, block: Block, level: int, row: int) -> int:
    """Take a row out of every cell that it lies in. Returns how many entries were struck out."""
    box, shape, struck = boxes[row], block.shape, 0
    side = shape[0] << (3 * level)
    for x in range(box[0] // side, max(box[0], box[5]) // side + 1):
        for y in range(box[1] // side, max(box[1], box[6]) // side + 1):
            for z in range(box[2] // side, max(box[2], box[7]) // side + 1):
                for h in range(_height_cell(box[3], shape), _height_cell(max(box[3], box[8]), shape) + 1):
                    at = _slot_of(block.slots, _coded(level, x, y, z, h))
                    if block.slots[at] == -1:
                        continue
                    cell = block.cell_of_slot[at]
                    end = block.first[cell + 1]
                    place = _until(block.start, block.first[cell], end, _ONE_TYPE + box[4] - 1)
                    while place < end and block.start[place] == box[4]:
                        if np.int64(block.entry[place] & _ROW_MASK) == row:
                            block.end[place] = -_GONE
                            struck += 1
                        place += 1
    return struck
