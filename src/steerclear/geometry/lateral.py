# SPDX-License-Identifier: Apache-2.0
"""Are two footprints closer than a minimum, and how near do they come at least?

    balls ──► pieces near each other ──► closed form in the tangent plane ──► sure, or within a metre of it
                                                                                   └► geographiclib decides

The rule: the reported gap is a lower bound of the true one, and the verdict is geographiclib's wherever the
fast one could be wrong. Footprints that share interior have a gap of 0 and are closer than every minimum, 0
included; footprints that only touch are not closer than 0. A footprint without width strictly inside an area
shares its interior. Differences below a micrometre count as none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from steerclear.geometry.ellipsoid import Floats, Ints
from steerclear.geometry.exact import RESOLUTION_M, Lines, exact_gap_m
from steerclear.geometry.inside import holds_witness
from steerclear.geometry.interior import holds_exactly, share_interior
from steerclear.geometry.nearest import nearest
from steerclear.geometry.outline import Outline, outline_of
from steerclear.geometry.table import Bools, Table, piece_pairs
from steerclear.model.space import Footprint

__all__ = ["Approach", "Approaches", "approach", "approaches", "closer_than", "lateral_gap_at_least_m"]

_SETTLE_WITHIN_M: Final = 1.0
_FARTHEST_M: Final = 30_000_000.0


@dataclass(frozen=True, slots=True)
class Approach:
    """``gap_at_least_m``: whole millimetres, 0.0 where interior is shared; only where ``closer`` is it near
    the true gap, elsewhere it is at least the minimum that was asked."""

    closer: bool
    gap_at_least_m: float


@dataclass(frozen=True, slots=True)
class Approaches:
    """One ``Approach`` per pair, as arrays."""

    closer: Bools
    gap_at_least_m: Floats


def lateral_gap_at_least_m(a: Footprint, b: Footprint) -> float:
    """The gap of two footprints in metres: never more than the true one, 0.0 when they share interior.

    Within 0.1 m of the true gap up to 50 km, 1 in 10,000 beyond. Timed legs count with all that they ever
    cover. Raises ``BadInput`` as ``outline_of`` does.
    """
    return _gap_of(outline_of(a), outline_of(b))


def closer_than(a: Footprint, b: Footprint, minimum_mm: int) -> bool:
    """Whether the gap is less than the minimum (strictly), as geographiclib would have it."""
    return approach(outline_of(a), outline_of(b), minimum_mm / 1000).closer


def approach(a: Outline, b: Outline, minimum_m: float, lag_s: float | None = None) -> Approach:
    """Compare two outlines. With ``lag_s`` both are timed legs that count only at times that close."""
    table = Table.of((a, b))
    found = _approaches(table, np.array([0]), np.array([1]), np.array([minimum_m]), lag_s)
    return Approach(bool(found.closer[0]), float(found.gap_at_least_m[0]))


def approaches(table: Table, left: Ints, right: Ints, minimum_m: Floats) -> Approaches:
    """Compare many pairs of untimed outlines of one table."""
    return _approaches(table, left, right, minimum_m, None)


def _approaches(table: Table, left: Ints, right: Ints, minimum_m: Floats, lag_s: float | None) -> Approaches:
    turned = table.rank[left] > table.rank[right]
    left, right = np.where(turned, right, left), np.where(turned, left, right)
    closer, gap = np.zeros(len(left), dtype=bool), minimum_m.copy()
    near = np.flatnonzero(_balls_gap_m(table, left, right) < minimum_m)
    if len(near):
        closer[near], gap[near] = _of_near(table, left[near], right[near], minimum_m[near], lag_s)
    return Approaches(closer, _whole_mm(gap))


def _of_near(
    table: Table, left: Ints, right: Ints, minimum_m: Floats, lag_s: float | None
) -> tuple[Bools, Floats]:
    seen = _measured(table, left, right, minimum_m + 2 * _SETTLE_WITHIN_M, lag_s)
    holds = _holds(table, left, right, seen.lines_apart_m > _SETTLE_WITHIN_M)
    has_area = table.has_area[left] | table.has_area[right]
    closer = (seen.at_most_m < minimum_m) | holds | (seen.crosses & (has_area | (minimum_m > 0)))
    sure = closer | ((seen.unless_m >= minimum_m) & (seen.lines_apart_m > _SETTLE_WITHIN_M))
    # Without an area a touch of the lines tells nothing that the gap does not tell.
    sure |= (seen.unless_m >= minimum_m) & ~has_area
    for row in np.flatnonzero(~sure):
        a, b = table.outlines[left[row]], table.outlines[right[row]]
        closer[row] = exactly_closer(a, b, float(minimum_m[row]), lag_s)
    # Lines within a metre of an area may lie just inside it: the bound is then 0.
    gap = np.where(holds | (has_area & (seen.lines_apart_m <= _SETTLE_WITHIN_M)), 0.0, seen.at_least_m)
    return closer, np.where(closer, np.maximum(gap, 0.0), np.maximum(gap, minimum_m))


@dataclass(frozen=True, slots=True)
class _Measured:
    """Per pair: bounds of the least gap. A minimum between ``unless_m`` and ``at_most_m`` asks for more."""

    at_least_m: Floats
    at_most_m: Floats
    unless_m: Floats
    lines_apart_m: Floats
    crosses: Bools


def _measured(table: Table, left: Ints, right: Ints, within_m: Floats, lag_s: float | None) -> _Measured:
    at_least, at_most = within_m.copy(), np.full(len(left), np.inf)
    unless, apart = within_m - _SETTLE_WITHIN_M, within_m.copy()
    crosses = np.zeros(len(left), dtype=bool)
    for pairs in piece_pairs(table, left, right, within_m, lag_s=lag_s):
        a, b = table.pieces.take(pairs.a), table.pieces.take(pairs.b)
        found = nearest(a, b, lag_s)
        slack = np.maximum(found.error_m, _SETTLE_WITHIN_M)
        least_radii = np.minimum(a.radius0_m, a.radius1_m) + np.minimum(b.radius0_m, b.radius1_m)
        np.minimum.at(at_least, pairs.owner, found.gap_m - found.error_m)
        np.minimum.at(at_most, pairs.owner, found.gap_m + slack)
        np.minimum.at(unless, pairs.owner, found.gap_m - slack)
        np.minimum.at(apart, pairs.owner, found.gap_m + least_radii - found.error_m)
        if lag_s is None:
            crosses[pairs.owner[found.crosses]] = True
    return _Measured(at_least, at_most, unless, apart, crosses)


def _holds(table: Table, left: Ints, right: Ints, asked: Bools) -> Bools:
    """Where one outline surely lies inside the other's area, or a ring of it does."""
    holds = np.zeros(len(left), dtype=bool)
    for owner, guest in ((left, right), (right, left)):
        rows = np.flatnonzero(asked & table.has_area[owner])
        if len(rows):
            holds[rows] |= holds_witness(table, owner[rows], guest[rows])
    return holds


def exactly_closer(a: Outline, b: Outline, minimum_m: float, lag_s: float | None) -> bool:
    """The verdict by geographiclib, for a pair whose fast gap lies within a metre of the minimum."""
    if any(gap < minimum_m - RESOLUTION_M for gap in _exact_gaps_m(a, b, minimum_m, lag_s)):
        return True
    if not (a.has_area or b.has_area):
        return False
    if minimum_m <= RESOLUTION_M:
        return share_interior(a, b)
    return holds_exactly(a, b) or holds_exactly(b, a)


def _exact_gaps_m(a: Outline, b: Outline, minimum_m: float, lag_s: float | None) -> list[float]:
    """Exact gaps of the pieces that may be too near, nearest first; ends with the first that is."""
    table, lines = Table.of((a, b)), (Lines(a), Lines(b))
    gaps: list[float] = []
    within = np.array([minimum_m + 2 * _SETTLE_WITHIN_M])
    for pairs in piece_pairs(table, np.array([0]), np.array([1]), within, lag_s=lag_s):
        found = nearest(table.pieces.take(pairs.a), table.pieces.take(pairs.b), lag_s)
        low = found.gap_m - np.maximum(found.error_m, _SETTLE_WITHIN_M)
        for row in np.argsort(found.gap_m, kind="stable"):
            if not low[row] < minimum_m:
                continue
            mine = lines[0].stretch(int(pairs.a[row]))
            theirs = lines[1].stretch(int(pairs.b[row]) - len(a.pieces))
            gaps.append(exact_gap_m(mine, theirs, float(found.s[row]), float(found.w[row]), lag_s))
            if gaps[-1] < minimum_m - RESOLUTION_M:
                return gaps
    return gaps


def _gap_of(a: Outline, b: Outline) -> float:
    table = Table.of((a, b))
    one, other = (0, 1) if table.rank[0] < table.rank[1] else (1, 0)
    left, right = np.array([one]), np.array([other])
    seen = _measured(table, left, right, np.array([_FARTHEST_M]), None)
    touching = bool(seen.lines_apart_m[0] <= _SETTLE_WITHIN_M)
    if touching and (holds_exactly(a, b) or holds_exactly(b, a)):
        return 0.0
    if not touching and _holds(table, left, right, np.array([True]))[0]:
        return 0.0
    return float(_whole_mm(np.maximum(seen.at_least_m, 0.0))[0])


def _balls_gap_m(table: Table, left: Ints, right: Ints) -> Floats:
    between = np.linalg.norm(table.middle[left] - table.middle[right], axis=1)
    reach = table.reach_m[left] + table.reach_m[right]
    gap: Floats = between - table.radius_m[left] - table.radius_m[right] - reach
    return gap


def _whole_mm(gap_m: Floats) -> Floats:
    return np.floor(gap_m * 1000) / 1000
