# SPDX-License-Identifier: Apache-2.0
"""The compiled loop over candidate pairs: what time and height decide before any footprint is looked at."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["NEEDS_TERRAIN", "left_over"]

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

_AGL: Final = 1
NEEDS_TERRAIN: Final = -(2**31)
"""A bound of a gap that cannot be given: no height is as low."""


@njit(nogil=True, cache=True, error_model="numpy")
def _above_at_least(bands: I32, upper: int, upper_at: int, lower: int, lower_at: int) -> int:
    """How far the limit ``upper`` lies above ``lower`` at least, feet; ``NEEDS_TERRAIN`` where unknown.

    The rule of ``geometry.datum.difference_at_least_ft``: the same datum is exact, else the worse side.
    """
    datum, other = bands[upper, upper_at + 3], bands[lower, lower_at + 3]
    if datum == other:
        return int(bands[upper, upper_at]) - int(bands[lower, lower_at])
    if datum == _AGL or other == _AGL:
        return NEEDS_TERRAIN
    return int(bands[upper, upper_at + 1]) - int(bands[lower, lower_at + 2])


@njit(nogil=True, cache=True, error_model="numpy")
def left_over(
    a: I32,
    b: I32,
    bands: I32,
    spans: I64,
    kind: U8,
    minima: I64,
    left: I64,
    right: I64,
    lateral_mm: I64,
    time_min_s: I64,
    vertical_ft: I32,
    time_s: I64,
    unknown: U8,
) -> int:
    """Pairs that neither time nor height keeps apart, from the front of the columns; returns how many.

    ``minima`` (k, k, 3) holds lateral (mm), vertical (ft) and time (s) for each pair of kinds. ``unknown`` is
    1 where the gap in height needs terrain; ``vertical_ft`` and ``time_s`` are the gaps, signed;
    ``lateral_mm`` and ``time_min_s`` the minima that still count.
    """
    count = 0
    for i in range(len(a)):
        one, other = a[i], b[i]
        between = minima[kind[one], kind[other]]
        gap_s = max(spans[other, 0] - spans[one, 1], spans[one, 0] - spans[other, 1])
        if gap_s >= between[2]:
            continue
        below = _above_at_least(bands, other, 0, one, 4)
        above = _above_at_least(bands, one, 0, other, 4)
        gap_ft = max(below, above)
        if gap_ft >= between[1]:
            continue
        left[count], right[count] = one, other
        lateral_mm[count], time_min_s[count] = between[0], between[2]
        vertical_ft[count], time_s[count] = gap_ft, gap_s
        unknown[count] = below == NEEDS_TERRAIN or above == NEEDS_TERRAIN
        count += 1
    return count
