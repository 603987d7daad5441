# SPDX-License-Identifier: Apache-2.0
"""How near do two footprints come of which one moves, when the lag allows? For the judge; see ``oracle``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from tests.screening.oracle_ground import (
    Bools,
    Floats,
    Ground,
    Ints,
    Pieces,
    cross,
    distance_m,
    each_with_each,
    listed,
    lowest,
    nearest_place,
    portions,
)

MOVING_TO_M: Final = 2e-4

_SAMPLES: Final = 9
_GOLDEN: Final = (5**0.5 - 1) / 2
_SECTIONS: Final = 36


@dataclass(frozen=True, slots=True)
class Spans:
    start_s: Ints
    end_s: Ints


def moving_gaps(
    ground: Ground, left: Ints, right: Ints, minimum_m: Floats, lag_s: Floats, spans: Spans
) -> Floats:
    """The least gap at times of both that are no more than the lag apart; ``inf`` where there are none."""
    gap = np.full(len(left), np.inf)
    mover_first = ground.moves[left]
    one, other = np.where(mover_first, left, right), np.where(mover_first, right, left)
    for some in portions(400 * np.diff(ground.first_piece)[one] * np.diff(ground.first_piece)[other]):
        gap[some] = _moving_gaps_of(ground, one[some], other[some], minimum_m[some], lag_s[some], spans)
    return gap


def _moving_gaps_of(
    ground: Ground, mover: Ints, other: Ints, minimum_m: Floats, lag_s: Floats, spans: Spans
) -> Floats:
    count = np.diff(ground.first_piece)
    owner, row_a, row_b = each_with_each(ground.first_piece[:-1], count, mover, other)
    both = ground.moves[other][owner]
    lag = lag_s[owner]
    a, b = ground.pieces.take(row_a), ground.pieces.take(row_b)
    from_s = np.where(both, b.time0_s, spans.start_s[other][owner]) - lag
    to_s = np.where(both, b.time1_s, spans.end_s[other][owner]) + lag
    meets = (a.time0_s <= to_s) & (from_s <= a.time1_s)
    within = meets & (_balls_apart_m(ground, row_a, row_b) < minimum_m[owner] + 500.0)
    gap = np.full(len(mover), np.inf)
    _least_while_moving(
        gap,
        owner[within],
        a.take(within).during(from_s[within], to_s[within]),
        b.take(within),
        both[within],
        lag[within],
    )

    area = meets & ground.has_area[other][owner]
    begins = np.flatnonzero(area & (row_b == ground.first_piece[other][owner]))
    cut = a.take(begins).during(from_s[begins], to_s[begins])
    inside = _surely_inside(ground, other[owner[begins]], cut.lat, cut.lon)
    gap[owner[begins[inside]]] = -np.inf
    near = np.flatnonzero(area & (_balls_apart_m(ground, row_a, row_b) <= 0))
    crosses = cross(a.take(near).during(from_s[near], to_s[near]), b.take(near), MOVING_TO_M)
    gap[owner[near[crosses]]] = -np.inf
    return gap


def _surely_inside(ground: Ground, area: Ints, lat: Floats, lon: Floats) -> Bools:
    """Inside, and not on the rim, where an azimuth tells nothing."""
    inside = ground.inside(area, lat, lon)
    rows = np.flatnonzero(inside)
    place, piece = listed(ground.first_piece[:-1], np.diff(ground.first_piece), area[rows])
    half = np.full(len(piece), 0.5)
    off, _ = nearest_place(lat[rows][place], lon[rows][place], ground.pieces.take(piece), half)
    least = np.full(len(rows), np.inf)
    np.minimum.at(least, place, off)
    inside[rows[least <= MOVING_TO_M]] = False
    return inside


def _balls_apart_m(ground: Ground, row_a: Ints, row_b: Ints) -> Floats:
    p = ground.pieces
    between = np.linalg.norm(ground.ball.middle[row_a] - ground.ball.middle[row_b], axis=1)
    radii = np.maximum(p.radius0_m[row_a], p.radius1_m[row_a]) + np.maximum(
        p.radius0_m[row_b], p.radius1_m[row_b]
    )
    return np.asarray(between - ground.ball.radius_m[row_a] - ground.ball.radius_m[row_b] - radii)


def _least_while_moving(gap: Floats, owner: Ints, a: Pieces, b: Pieces, both: Bools, lag_s: Floats) -> None:
    """Lower ``gap[owner]`` to the least of each pair of pieces: sampled, then narrowed where it may be."""
    low, high = np.zeros(len(a)), np.ones(len(a))
    # Of two that move, only those times of the first at which the second is there within the lag.
    low = np.where(both, a.share_at(b.time0_s - lag_s, 0.0), low)
    high = np.where(both, a.share_at(b.time1_s + lag_s, 1.0), high)
    shares = low + np.linspace(0, 1, _SAMPLES)[:, np.newaxis] * (high - low)
    values = np.stack([_gap_at(a, b, both, lag_s, share) for share in shares])
    np.minimum.at(gap, owner, values.min(axis=0))

    swing = (high - low) / (_SAMPLES - 1) * (a.length_m + np.abs(a.radius1_m - a.radius0_m))
    # What moves along with the times of the first moves the second's window too.
    swing += np.where(both, _pace(b) * (high - low) / (_SAMPLES - 1) * (a.time1_s - a.time0_s), 0.0)
    rows = np.flatnonzero(values.min(axis=0) - swing / 2 <= gap[owner])
    best = values[:, rows].argmin(axis=0)
    begin = shares[np.maximum(best - 1, 0), rows]
    end = shares[np.minimum(best + 1, _SAMPLES - 1), rows]
    some_a, some_b = a.take(rows), b.take(rows)
    found = _golden(lambda share: _gap_at(some_a, some_b, both[rows], lag_s[rows], share), begin, end)
    np.minimum.at(gap, owner[rows], found)


def _pace(pieces: Pieces) -> Floats:
    lasts = pieces.time1_s - pieces.time0_s
    moved = pieces.length_m + np.abs(pieces.radius1_m - pieces.radius0_m)
    return moved / np.where(lasts > 0, lasts, 1.0)


def _gap_at(a: Pieces, b: Pieces, both: Bools, lag_s: Floats, share: Floats) -> Floats:
    """The gap when ``a`` is at its share, and ``b`` wherever it may be then."""
    time = a.time_s(share)
    low = np.where(both, b.share_at(time - lag_s, 0.0), 0.0)
    high = np.where(both, b.share_at(time + lag_s, 1.0), 1.0)
    lat, lon = a.at(share)
    found, there = lowest(lat, lon, b, (low + high) / 2, low, high)
    ends = [distance_m(lat, lon, b, at) - b.radius_m(at) for at in (low, high)]
    return np.minimum(np.minimum(*ends), found - b.radius_m(there)) - a.radius_m(share)


def _golden(value: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """The least of a function that falls and then rises, for many at once."""
    low, high = low.copy(), high.copy()
    one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    f_one, f_two = value(one), value(two)
    for _ in range(_SECTIONS):
        left = f_one < f_two
        low, high = np.where(left, low, one), np.where(left, two, high)
        new = np.where(left, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
        f_new = value(new)
        one, two = np.where(left, new, two), np.where(left, one, new)
        f_one, f_two = np.where(left, f_new, f_two), np.where(left, f_one, f_new)
    return np.minimum(f_one, f_two)
