# SPDX-License-Identifier: Apache-2.0

"""Do the rings of a footprint cross or touch, and do its holes lie within it? Compiled.

units (rings, or runs of 16 pieces) whose balls meet ──► one plane for both: apart by a metre?
                                                          └► each pair of pieces in its own plane
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.kernels_nearest import DEPTH, ERROR, GAP, nearest_pieces
from steerclear.geometry.kernels_pair import (
    BESIDE,
    Scratch,
    apart_at_least,
    place_in_area,
    point_apart,
    project,
    take,
    unit_of,
    units_of,
)
from steerclear.geometry.kernels_prepare import (
    END_CHAIN,
    FIRST_CHAIN,
    FIRST_EXTRA,
    Made,
)
from steerclear.geometry.kernels_surface import entry, inner, note_place, tangent
from steerclear.geometry.refusals import CROSSES, HOLE_IN_HOLE, HOLE_OUTSIDE, RINGS_CROSS, TOUCHES

__all__ = ["check_rows"]

F64 = NDArray[np.float64]

_LOOK_WITHIN_M: Final = 1.0
_ONE_PLANE_M: Final = 150_000.0
_SURE_CROSSING_M: Final = 0.1
_TOUCH_M: Final = 1e-5
_TOUCH_OF_LONG_M: Final = 1e-3
_LONG_M: Final = 50_000.0


@entry
def check_rows(made: Made, begin: int, end: int, scratch: Scratch, fault: F64) -> tuple[int, int]:
    """The first of rows ``begin`` … ``end`` − 1 that is refused, and why, or (−1, 0); ``fault``: where."""
    for row in range(begin, end):
        if made.runs[row, FIRST_EXTRA] >= 0:
            continue
        why = _meetings(made, row, scratch, fault)
        if why == 0:
            why = _holes(made, row, fault)
        if why:
            return row, why
    return -1, 0


@inner
def _meetings(made: Made, row: int, scratch: Scratch, fault: F64) -> int:
    """The gravest way in which pieces of one polygon meet that must not; 0 for none."""
    worst = 0
    count = units_of(made, row)
    for one in range(count):
        first, last, x, y, z, size, chain = unit_of(made, row, one)
        for other in range(one, count):
            first1, last1, x1, y1, z1, size1, chain1 = unit_of(made, row, other)
            if made.chains[chain, 2] != made.chains[chain1, 2]:
                continue  # the parts of a MultiPolygon may touch and overlap
            between = math.sqrt((x - x1) ** 2 + (y - y1) ** 2 + (z - z1) ** 2)
            if between - size - size1 > _LOOK_WITHIN_M:
                continue
            in_plane = between / 2.0 + max(size, size1) < _ONE_PLANE_M
            if in_plane:
                tangent(x + x1, y + y1, z + z1, scratch.frame)
                project(made.points, first, last + 1, scratch.frame, scratch.x, scratch.y, 0)
                project(made.points, first1, last1 + 1, scratch.frame, scratch.x, scratch.y, BESIDE)
            for i in range(first, last):
                for j in range(i + 1 if one == other else first1, last1):
                    if in_plane:
                        here, there = i - first, BESIDE + j - first1
                        joined = chain == chain1 and _neighbours(made, chain, i, j)
                        if joined and _opens(
                            scratch.x, scratch.y, here, there, _comes_next(made, chain, i, j)
                        ):
                            continue
                        if not joined and _clear(scratch.x, scratch.y, here, there):
                            continue
                    why = _meeting(made, row, chain, i, chain1, j, scratch)
                    if why and (worst == 0 or why < worst):
                        worst = why
                        note_place(made.points, i, fault)
                        if worst == CROSSES:
                            return worst
    return worst


@inner
def _clear(x: F64, y: F64, i: int, j: int) -> bool:
    """Whether one of two plane segments lies on one side of the other's line, a metre from it."""
    ux, uy = x[i + 1] - x[i], y[i + 1] - y[i]
    off0 = ux * (y[j] - y[i]) - uy * (x[j] - x[i])
    off1 = ux * (y[j + 1] - y[i]) - uy * (x[j + 1] - x[i])
    room2 = _LOOK_WITHIN_M * _LOOK_WITHIN_M * (ux * ux + uy * uy)
    if off0 * off1 > 0.0 and min(off0 * off0, off1 * off1) > room2:
        return True
    vx, vy = x[j + 1] - x[j], y[j + 1] - y[j]
    off0 = vx * (y[i] - y[j]) - vy * (x[i] - x[j])
    off1 = vx * (y[i + 1] - y[j]) - vy * (x[i + 1] - x[j])
    room2 = _LOOK_WITHIN_M * _LOOK_WITHIN_M * (vx * vx + vy * vy)
    return bool(off0 * off1 > 0.0 and min(off0 * off0, off1 * off1) > room2)


@inner
def _neighbours(made: Made, chain: int, i: int, j: int) -> bool:
    first, last = made.chains[chain, 0], made.chains[chain, 1] - 1
    return abs(i - j) == 1 or (i == first and j == last) or (i == last and j == first)


@inner
def _comes_next(made: Made, chain: int, i: int, j: int) -> bool:
    """Of two neighbours: whether j is the one that follows i."""
    return j == i + 1 or (i == made.chains[chain, 1] - 1 and j == made.chains[chain, 0] and i != j + 1)


@inner
def _opens(x: F64, y: F64, i: int, j: int, follows: bool) -> bool:
    """Whether the far end of each of two neighbours keeps a metre from the other."""
    far_i, far_j = (i, j + 1) if follows else (i + 1, j)
    room2 = _LOOK_WITHIN_M * _LOOK_WITHIN_M
    return (
        point_apart(x[far_i], y[far_i], x, y, j) > room2 and point_apart(x[far_j], y[far_j], x, y, i) > room2
    )


@inner
def _meeting(made: Made, row: int, chain: int, i: int, chain1: int, j: int, scratch: Scratch) -> int:
    take(made, row, i, scratch.a)
    if apart_at_least(scratch.a, made.points, j) > _LOOK_WITHIN_M:
        return 0
    take(made, row, j, scratch.b)
    touch = _touch(scratch.a, scratch.b)
    if chain == chain1 and _neighbours(made, chain, i, j):
        return _fold(scratch, touch, _comes_next(made, chain, i, j))
    nearest_pieces(scratch.a, scratch.b, -1.0, scratch.frame2, scratch.found)
    if scratch.found[GAP] >= touch:
        return 0
    if chain != chain1:
        return RINGS_CROSS
    return CROSSES if scratch.found[DEPTH] > _SURE_CROSSING_M + scratch.found[ERROR] else TOUCHES


@inner
def _fold(scratch: Scratch, touch: float, follows: bool) -> int:
    """Two neighbours share one corner; the other end of neither may touch the other one."""
    before, after = (scratch.a, scratch.b) if follows else (scratch.b, scratch.a)
    if _end_touches(before, 0, after, touch, scratch) or _end_touches(after, 3, before, touch, scratch):
        return TOUCHES
    return 0


@inner
def _end_touches(piece: F64, end: int, other: F64, touch: float, scratch: Scratch) -> bool:
    spot = scratch.spot
    for axis in range(3):
        spot[axis] = spot[3 + axis] = piece[end + axis]
    nearest_pieces(spot, other, -1.0, scratch.frame2, scratch.found)
    return bool(scratch.found[GAP] < touch)


@inner
def _touch(a: F64, b: F64) -> float:
    long2 = 0.0
    other2 = 0.0
    for axis in range(3):
        long2 += (a[3 + axis] - a[axis]) ** 2
        other2 += (b[3 + axis] - b[axis]) ** 2
    longest = math.sqrt(max(long2, other2)) / _LONG_M
    return _TOUCH_M + _TOUCH_OF_LONG_M * longest * longest * longest


# ----------------------------------------------------------------------------------------------- holes


@inner
def _holes(made: Made, row: int, fault: F64) -> int:
    exterior = made.runs[row, FIRST_CHAIN]
    end = made.runs[row, END_CHAIN]
    while exterior < end:
        after = exterior + 1
        while after < end and made.chains[after, 2] == made.chains[exterior, 2]:
            after += 1
        for hole in range(exterior + 1, after):
            if not _lies_in(made, row, hole, exterior):
                note_place(made.points, made.chains[hole, 0], fault)
                return HOLE_OUTSIDE
        for hole in range(exterior + 1, after):
            for other in range(exterior + 1, after):
                if other != hole and _lies_in(made, row, hole, other):
                    note_place(made.points, made.chains[hole, 0], fault)
                    return HOLE_IN_HOLE
        exterior = after
    return 0


@inner
def _lies_in(made: Made, row: int, hole: int, ring: int) -> bool:
    """Whether a ring lies inside another one, which it does not meet: any corner tells."""
    facts = made.facts[row]
    for point in range(made.chains[hole, 0], made.chains[hole, 1]):
        place = place_in_area(made, ring, ring + 1, facts, made.points[point], _LOOK_WITHIN_M)
        if place >= 0:
            return place == 1
    return place_in_area(made, ring, ring + 1, facts, made.points[made.chains[hole, 0]], 0.0) == 1
