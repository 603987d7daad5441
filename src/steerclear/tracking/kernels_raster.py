# SPDX-License-Identifier: Apache-2.0
"""Which areas' boxes does a mover's box meet? Compiled loops over squares of the ground, and who lies there.

Of the three axes of space the one that points most nearly up is left out; the other two are cut into squares,
and each square lists the areas whose boxes reach into it. A mover asks the squares that its own box reaches
into. Of the squares that two boxes share one alone holds the greater of their low corners: both axes begin
there for one of the two at least. There the pair is counted, and nowhere else.

What lies outside of all squares counts to the outermost: the rule that gives a number its square never turns
an order round, so two boxes that meet share a square.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["Raster", "cells_of", "listed", "meeting_areas"]

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

_BITS: Final = 2
_BEGINS_ALONG: Final = 1
_BEGINS_ACROSS: Final = 2
_HIGH: Final = 4


class Raster(NamedTuple):
    """``shape``: the axes along, across and left out, and the numbers of squares along and across. ``base``
    and ``scale`` turn metres along and across into squares.

    Square ``s`` holds the entries ``first[s] … first[s + 1] − 1``: an area's number, and in two bits whether
    its box begins there along and across. ``boxes`` (areas, 10): x, y, z, height of the low corner, then of
    the high one, then from when until when it is hot, s.
    """

    shape: I64
    base: F64
    scale: float
    first: I32
    entry: I32
    boxes: I32


@njit(nogil=True, cache=True, error_model="numpy")
def _cell(value: int, base: float, scale: float, cells: int) -> int:
    return int(min(max((value - base) * scale, 0.0), cells - 1.0))


@njit(nogil=True, cache=True, error_model="numpy")
def cells_of(boxes: I32, shape: I64, base: F64, scale: float) -> int:
    """How many entries all areas make."""
    total = 0
    for area in range(len(boxes)):
        size = 1
        for place in range(2):
            axis, cells = shape[place], shape[3 + place]
            low = _cell(boxes[area, axis], base[place], scale, cells)
            size *= _cell(boxes[area, axis + _HIGH], base[place], scale, cells) - low + 1
        total += size
    return total


@njit(nogil=True, cache=True, error_model="numpy")
def listed(one: Raster) -> None:
    """Write the entries of every square, in the order of the areas: a counting sort."""
    shape, base, first, boxes = one.shape, one.base, one.first, one.boxes
    for square in range(len(first)):
        first[square] = 0
    for turn in range(2):
        for area in range(len(boxes)):
            along0 = _cell(boxes[area, shape[0]], base[0], one.scale, shape[3])
            along1 = _cell(boxes[area, shape[0] + _HIGH], base[0], one.scale, shape[3])
            across0 = _cell(boxes[area, shape[1]], base[1], one.scale, shape[4])
            across1 = _cell(boxes[area, shape[1] + _HIGH], base[1], one.scale, shape[4])
            for along in range(along0, along1 + 1):
                for across in range(across0, across1 + 1):
                    square = along * shape[4] + across
                    if turn == 0:
                        first[square + 1] += 1
                        continue
                    begins = (along == along0) * _BEGINS_ALONG | (across == across0) * _BEGINS_ACROSS
                    one.entry[first[square]] = area << _BITS | begins
                    first[square] += 1
        if turn == 0:
            for square in range(1, len(first)):
                first[square] += first[square - 1]
    for square in range(len(first) - 1, 0, -1):
        first[square] = first[square - 1]
    first[0] = 0


@njit(nogil=True, cache=True, error_model="numpy")
def meeting_areas(
    one: Raster, asked: I32, from_: int, begins_s: int, ends_s: int, mover: I64, area: I64
) -> tuple[int, int]:
    """Pairs of movers from ``from_`` on, whose boxes are ``asked`` (8, n), and areas; one after the other.

    Returns how many, and the mover to go on with: n, or one before it when there is no more room. Room for
    as many as there are areas is enough for each.
    """
    first, entry, boxes, base, scale = one.first, one.entry, one.boxes, one.base, one.scale
    axis0, axis1, axis2 = one.shape[0], one.shape[1], one.shape[2]
    longest, widest = one.shape[3], one.shape[4]
    kept = 0
    for at in range(from_, asked.shape[1]):
        kept_before = kept
        low0, low1, low2, low3 = asked[axis0, at], asked[axis1, at], asked[axis2, at], asked[3, at]
        high0, high1 = asked[axis0 + _HIGH, at], asked[axis1 + _HIGH, at]
        high2, high3 = asked[axis2 + _HIGH, at], asked[3 + _HIGH, at]
        along0 = _cell(low0, base[0], scale, longest)
        across0 = _cell(low1, base[1], scale, widest)
        along1 = _cell(high0, base[0], scale, longest)
        across1 = _cell(high1, base[1], scale, widest)
        for along in range(along0, along1 + 1):
            for across in range(across0, across1 + 1):
                begins = (along == along0) * _BEGINS_ALONG | (across == across0) * _BEGINS_ACROSS
                square = along * widest + across
                for place in range(first[square], first[square + 1]):
                    if begins | (entry[place] & 3) != 3:
                        continue
                    own = entry[place] >> _BITS
                    if (
                        boxes[own, 3] > high3
                        or boxes[own, 3 + _HIGH] < low3
                        or boxes[own, axis0] > high0
                        or boxes[own, axis0 + _HIGH] < low0
                        or boxes[own, axis1] > high1
                        or boxes[own, axis1 + _HIGH] < low1
                        or boxes[own, axis2] > high2
                        or boxes[own, axis2 + _HIGH] < low2
                        or boxes[own, 8] > ends_s
                        or boxes[own, 9] < begins_s
                    ):
                        continue
                    if kept == len(mover):
                        return kept_before, at
                    mover[kept], area[kept] = at, own
                    kept += 1
    return kept, asked.shape[1]
