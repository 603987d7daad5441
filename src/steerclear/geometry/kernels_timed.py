# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: FBT003 - numba knows no keyword-only arguments
"""What moves: is it closer than the minimum while both are there, and when? Compiled.

A piece of timed legs counts only while the other is there, give or take the lag: it is cut to that window.
Two that move are held together by the lag, piece by piece, in closed form (``kernels_nearest``).
Verdicts within a metre of the minimum are left to ask: a cut piece ends where its chord was cut, 3 mm off.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.kernels_nearest import DEPTH, ERROR, GAP, S, W, nearest_pieces
from steerclear.geometry.kernels_pair import (
    ASK,
    CLOSER,
    NOT_CLOSER,
    Scratch,
    apart_at_least,
    place_in_area,
    stands_after,
    take,
    unit_of,
    units_of,
)
from steerclear.geometry.kernels_prepare import (
    END_CHAIN,
    FIRST_CHAIN,
    FIRST_EXTRA,
    MIDDLE_X,
    MIDDLE_Y,
    MIDDLE_Z,
    MOVES,
    RADIUS,
    REACH,
    Made,
)
from steerclear.geometry.kernels_surface import entry, inner, lifted, normal_at

__all__ = ["cut", "moments_closer", "near_rows", "nearest_rows", "offsets_closer", "settle_moving"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

_SETTLE_M: Final = 1.0
_LOOK_WITHIN_M: Final = 2.0
_FOUND_TO_S: Final = 1e-3
_HALVINGS: Final = 34


# --------------------------------------------------------------------------------------------- verdicts


@entry
def settle_moving(
    made: Made,
    left: I64,
    right: I64,
    minimum_mm: I64,
    lag_s: I64,
    spans: I64,
    begin: int,
    end: int,
    scratch: Scratch,
    state: U8,
    gap_m: F64,
) -> int:
    """Pairs of which at least one moves; as ``settle_pairs``. ``spans`` (rows, 2): when each is there (s);
    ``lag_s``: how far apart, one value or one a pair."""
    asked = 0
    for pair in range(begin, end):
        minimum = minimum_mm[pair if len(minimum_mm) > 1 else 0] / 1000.0
        lag = lag_s[pair if len(lag_s) > 1 else 0]
        a, b = left[pair], right[pair]
        if stands_after(made.facts, made.runs, made.points, a, b):
            a, b = b, a
        window_a = (float(spans[b, 0] - lag), float(spans[b, 1] + lag))
        window_b = (float(spans[a, 0] - lag), float(spans[a, 1] + lag))
        found, gap = _while_both(made, a, b, minimum, float(lag), window_a, window_b, scratch)
        state[pair] = found
        asked += found == ASK
        gap_m[pair] = max(math.floor(gap * 1000.0) / 1000.0, 0.0) if found != NOT_CLOSER else minimum
    return asked


@inner
def _while_both(
    made: Made,
    a: int,
    b: int,
    minimum: float,
    lag: float,
    window_a: tuple[float, float],
    window_b: tuple[float, float],
    scratch: Scratch,
) -> tuple[int, float]:
    facts, runs = made.facts, made.runs
    dx, dy, dz = (
        facts[a, MIDDLE_X] - facts[b, MIDDLE_X],
        facts[a, MIDDLE_Y] - facts[b, MIDDLE_Y],
        facts[a, MIDDLE_Z] - facts[b, MIDDLE_Z],
    )
    reach = facts[a, REACH] + facts[b, REACH]
    between = math.sqrt(dx * dx + dy * dy + dz * dz)
    if between - facts[a, RADIUS] - facts[b, RADIUS] >= minimum + reach:
        return NOT_CLOSER, minimum
    moves_a, moves_b = runs[a, MOVES] != 0, runs[b, MOVES] != 0
    together = lag if moves_a and moves_b else -1.0
    has_area = runs[a, FIRST_EXTRA] < 0 or runs[b, FIRST_EXTRA] < 0
    limit = minimum + _LOOK_WITHIN_M + reach
    at_least = apart = minimum + _LOOK_WITHIN_M
    at_most = math.inf
    crosses = False
    found = scratch.found
    for one in range(units_of(made, a)):
        first, last, x, y, z, size, _ = unit_of(made, a, one)
        for other in range(units_of(made, b)):
            first1, last1, x1, y1, z1, size1, _ = unit_of(made, b, other)
            if math.sqrt((x - x1) ** 2 + (y - y1) ** 2 + (z - z1) ** 2) - size - size1 >= limit:
                continue
            for i in range(first, last):
                take(made, a, i, scratch.a)
                if moves_a and not cut(scratch.a, window_a[0], window_a[1]):
                    continue
                for j in range(first1, last1):
                    if apart_at_least(scratch.a, made.points, j) >= limit:
                        continue
                    take(made, b, j, scratch.b)
                    if moves_b and not cut(scratch.b, window_b[0], window_b[1]):
                        continue
                    if together >= 0.0 and _never_together(scratch.a, scratch.b, together):
                        continue
                    nearest_pieces(scratch.a, scratch.b, together, scratch.frame, found)
                    sure = max(found[ERROR], _SETTLE_M)
                    radii = min(scratch.a[6], scratch.a[7]) + min(scratch.b[6], scratch.b[7])
                    at_least = min(at_least, found[GAP] - found[ERROR])
                    at_most = min(at_most, found[GAP] + sure)
                    apart = min(apart, found[GAP] + radii - sure)
                    crosses = crosses or found[DEPTH] > sure
                    if has_area and crosses:
                        return CLOSER, 0.0
    # ``at_least`` is bounded by where was looked, and the pieces that were not compared lie beyond that.
    closer = at_most < minimum
    if has_area:
        if apart <= 0.0:
            return CLOSER if closer else ASK, 0.0
        mover, owner = (a, b) if moves_a else (b, a)
        inside = _begins_inside(made, owner, mover, window_a if moves_a else window_b, scratch)
        if inside == 1:
            return CLOSER, 0.0
        if inside < 0:
            return CLOSER if closer else ASK, 0.0
    if closer:
        return CLOSER, at_least
    return ASK if at_least - _SETTLE_M < minimum else NOT_CLOSER, at_least


@inner
def cut(piece: F64, from_s: float, to_s: float) -> bool:
    """Cut a timed piece to a closed window; false where it has no time in it."""
    begin, length = piece[8], piece[9] - piece[8]
    if begin > to_s or piece[9] < from_s:
        return False
    if length <= 0.0 or (from_s <= begin and piece[9] <= to_s):
        return True
    low = min(max((from_s - begin) / length, 0.0), 1.0)
    high = min(max((to_s - begin) / length, 0.0), 1.0)
    x, y, z = piece[0], piece[1], piece[2]
    dx, dy, dz = piece[3] - x, piece[4] - y, piece[5] - z
    nx, ny, nz = normal_at(x + piece[3], y + piece[4], z + piece[5])
    radius, growth = piece[6], piece[7] - piece[6]
    if low > 0.0:
        piece[0], piece[1], piece[2] = lifted(x + dx * low, y + dy * low, z + dz * low, nx, ny, nz)
    if high < 1.0:
        piece[3], piece[4], piece[5] = lifted(x + dx * high, y + dy * high, z + dz * high, nx, ny, nz)
    piece[6], piece[7] = radius + growth * low, radius + growth * high
    piece[8], piece[9] = begin + length * low, begin + length * high
    return True


@inner
def _never_together(a: F64, b: F64, lag: float) -> bool:
    return bool(a[8] > b[9] + lag or b[8] > a[9] + lag)


@inner
def _begins_inside(made: Made, owner: int, mover: int, window: tuple[float, float], scratch: Scratch) -> int:
    """Whether what moves lies in an area whose rim it does not meet while it counts: 1, 0, or −1 unknown."""
    runs, facts = made.runs[owner], made.facts[owner]
    if runs[FIRST_EXTRA] >= 0:
        return 0
    answer = 0
    first, last = made.chains[made.runs[mover, FIRST_CHAIN], 0], made.chains[made.runs[mover, FIRST_CHAIN], 1]
    chain = runs[FIRST_CHAIN]
    while chain < runs[END_CHAIN]:
        area, end = made.chains[chain, 2], chain
        while end < runs[END_CHAIN] and made.chains[end, 2] == area:
            end += 1
        place = 0
        for point in range(first, last):
            take(made, mover, point, scratch.a)
            if not cut(scratch.a, window[0], window[1]):
                continue
            place = place_in_area(made, chain, end, facts, scratch.a, _SETTLE_M)
            if place < 0:
                for axis in range(3):
                    scratch.spot[axis] = scratch.a[3 + axis]
                place = place_in_area(made, chain, end, facts, scratch.spot, _SETTLE_M)
            if place >= 0:
                break
        if place == 1:
            return 1
        if place < 0:
            answer = -1
        chain = end
    return answer


# ------------------------------------------------------------------------------------- rows of pieces


@entry
def nearest_rows(a: F64, b: F64, lag: float, scratch: Scratch, out: F64) -> None:
    """Row by row of two tables of pieces (n, 10); answers as of ``nearest_pieces`` in ``out`` (n, 7)."""
    for row in range(len(a)):
        _load(a, row, scratch.a)
        _load(b, row, scratch.b)
        nearest_pieces(scratch.a, scratch.b, lag, scratch.frame, scratch.found)
        for column in range(7):
            out[row, column] = scratch.found[column]


@entry
def near_rows(a: F64, b: F64, within: float, lag: float, scratch: Scratch, rows: I64, out: F64) -> int:
    """Every row of ``a`` with every row of ``b`` that comes nearer than ``within``, as far as ``rows`` (n, 2)
    and ``out`` (n, 7) have room; returns how many there are."""
    count = 0
    for i in range(len(a)):
        _load(a, i, scratch.a)
        for j in range(len(b)):
            _load(b, j, scratch.b)
            if not _may_be_within(scratch.a, scratch.b, within, lag):
                continue
            nearest_pieces(scratch.a, scratch.b, lag, scratch.frame, scratch.found)
            if scratch.found[GAP] - max(scratch.found[ERROR], _SETTLE_M) < within:
                if count < len(rows):
                    rows[count, 0], rows[count, 1] = i, j
                    for column in range(7):
                        out[count, column] = scratch.found[column]
                count += 1
    return count


@inner
def _load(rows: F64, row: int, piece: F64) -> None:
    for column in range(10):
        piece[column] = rows[row, column]


@inner
def _may_be_within(a: F64, b: F64, within: float, lag: float) -> bool:
    """A chord is never longer than the geodesic."""
    if lag >= 0.0 and _never_together(a, b, lag):
        return False
    middle2 = length_a2 = length_b2 = 0.0
    for axis in range(3):
        length_a2 += (a[3 + axis] - a[axis]) ** 2
        length_b2 += (b[3 + axis] - b[axis]) ** 2
        middle2 += (a[axis] + a[3 + axis] - b[axis] - b[3 + axis]) ** 2
    balls = 0.502 * (math.sqrt(length_a2) + math.sqrt(length_b2))  # the bulge is less than a 500th: 100 km
    radii = max(a[6], a[7]) + max(b[6], b[7])
    return bool(math.sqrt(middle2) / 2.0 - balls - radii < within)


# ---------------------------------------------------------------------------------------------- moments


@entry
def moments_closer(
    a: F64, b: F64, rows: I64, minimum: float, lag: float, scratch: Scratch, low: F64, high: F64
) -> None:
    """For each listed pair of pieces that are closer: from when to when the first one is, outward."""
    for pair in range(len(rows)):
        i, j = rows[pair, 0], rows[pair, 1]
        _load(a, i, scratch.a)
        _load(b, j, scratch.b)
        nearest_pieces(scratch.a, scratch.b, lag, scratch.frame, scratch.found)
        begin, end = a[i, 8], a[i, 9]
        inner = begin + scratch.found[S] * (end - begin)
        # The least gap of all times before a moment falls below the minimum when it passes the first one.
        low[pair] = _border(a, i, minimum, lag, begin, inner, True, scratch)
        high[pair] = _border(a, i, minimum, lag, end, inner, False, scratch)


@inner
def _border(
    a: F64, i: int, minimum: float, lag: float, outer: float, inner: float, early: bool, scratch: Scratch
) -> float:
    """Between ``outer`` and ``inner``, where it is closer: the border, on the outer side of it."""
    begin, end = a[i, 8], a[i, 9]
    if _closer_between(a, i, begin if early else outer, outer if early else end, minimum, lag, scratch):
        return outer
    for _ in range(_HALVINGS):
        if abs(outer - inner) < _FOUND_TO_S:
            break
        middle = (outer + inner) / 2.0
        if _closer_between(a, i, begin if early else middle, middle if early else end, minimum, lag, scratch):
            inner = middle
        else:
            outer = middle
    return outer


@inner
def _closer_between(
    a: F64, i: int, from_s: float, to_s: float, minimum: float, lag: float, scratch: Scratch
) -> bool:
    _load(a, i, scratch.a)
    cut(scratch.a, from_s, to_s)
    nearest_pieces(scratch.a, scratch.b, lag, scratch.frame, scratch.found)
    return bool(scratch.found[GAP] < minimum)


@entry
def offsets_closer(
    a: F64, b: F64, rows: I64, minimum: float, lag: float, scratch: Scratch, low: F64, high: F64
) -> None:
    """For each listed pair of pieces that both move: the delays of the first that bring them closer."""
    for pair in range(len(rows)):
        i, j = rows[pair, 0], rows[pair, 1]
        _load(a, i, scratch.a)
        _load(b, j, scratch.b)
        nearest_pieces(scratch.a, scratch.b, -1.0, scratch.frame, scratch.found)
        time_a = a[i, 8] + scratch.found[S] * (a[i, 9] - a[i, 8])
        inner = b[j, 8] + scratch.found[W] * (b[j, 9] - b[j, 8]) - time_a
        earliest, latest = b[j, 8] - a[i, 9] - lag - 1.0, b[j, 9] - a[i, 8] + lag + 1.0
        low[pair] = _delay(a, i, minimum, lag, earliest, inner, scratch)
        high[pair] = _delay(a, i, minimum, lag, latest, inner, scratch)


@inner
def _delay(a: F64, i: int, minimum: float, lag: float, outer: float, inner: float, scratch: Scratch) -> float:
    if _closer_delayed(a, i, outer, minimum, lag, scratch):
        return outer
    for _ in range(_HALVINGS):
        if abs(outer - inner) < _FOUND_TO_S:
            break
        middle = (outer + inner) / 2.0
        if _closer_delayed(a, i, middle, minimum, lag, scratch):
            inner = middle
        else:
            outer = middle
    return outer


@inner
def _closer_delayed(a: F64, i: int, by_s: float, minimum: float, lag: float, scratch: Scratch) -> bool:
    _load(a, i, scratch.a)
    scratch.a[8] += by_s
    scratch.a[9] += by_s
    nearest_pieces(scratch.a, scratch.b, lag, scratch.frame, scratch.found)
    return bool(scratch.found[GAP] < minimum)
