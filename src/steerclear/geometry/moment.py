# SPDX-License-Identifier: Apache-2.0
"""When is something that moves closer than the minimum? From the closed form, piece by piece.

For one pair of pieces the least gap is a convex function of place, so the times at which it lies below the
minimum are one interval. Its ends are found by halving.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from steerclear.geometry.ellipsoid import Floats, Ints
from steerclear.geometry.inside import count_inside
from steerclear.geometry.nearest import nearest
from steerclear.geometry.outline import Outline, Pieces
from steerclear.geometry.table import Bools, Runs, Table, piece_pairs

__all__ = ["Intervals", "time_offsets_closer", "times_closer"]

_HALVINGS: Final = 34
_SETTLE_WITHIN_M: Final = 1.0


@dataclass(frozen=True, slots=True)
class Intervals:
    """Open intervals in seconds, one row per pair of pieces; they may overlap. Found to a millisecond."""

    low_s: Floats
    high_s: Floats

    def __len__(self) -> int:
        return len(self.low_s)


def times_closer(moving: Outline, other: Outline, minimum_m: float, lag_s: float | None = None) -> Intervals:
    """Times of ``moving`` at which it is closer to ``other`` than the minimum, or inside its area.

    With ``lag_s`` the other is timed too, and counts at times that close.
    """
    rows = _closer_rows(moving, other, minimum_m, lag_s)
    a, b = rows.a, rows.b

    def closer_between(low: Floats, high: Floats) -> Bools:
        return np.asarray(nearest(a.during(low, high), b, lag_s).gap_m < rows.minimum_m)

    found = nearest(a, b, lag_s)
    inner = a.time0_s + found.s * (a.time1_s - a.time0_s)
    # The least gap of all times before a moment falls below the minimum when the moment passes the first one.
    low = _halved(a.time0_s, inner, lambda middle: closer_between(a.time0_s, middle))
    high = _halved(a.time1_s, inner, lambda middle: closer_between(middle, a.time1_s))
    inside = _times_inside(moving, other, rows.piece, low)
    return Intervals(np.append(low, inside.low_s), np.append(high, inside.high_s))


def _times_inside(moving: Outline, other: Outline, near: Ints, near_from_s: Floats) -> Intervals:
    """From the start of each piece that begins inside an area until it first comes near the rim."""
    p = moving.pieces
    begun = np.zeros(len(p), dtype=bool)
    if other.areas is not None:
        runs = Runs(other.areas.first, other.areas.count)
        for area, frame in enumerate(other.areas.frame):
            frames = np.broadcast_to(frame, (len(p), 3, 3))
            begun |= count_inside(p.start, frames, runs, np.full(len(p), area), other.areas.plane)
    until = p.time1_s.copy()
    np.minimum.at(until, near, near_from_s)
    return Intervals(p.time0_s[begun], until[begun])


def time_offsets_closer(ours: Outline, theirs: Outline, minimum_m: float, lag_s: float) -> Intervals:
    """The delays of ``ours`` under which the two, both timed, come closer than the minimum."""
    rows = _closer_rows(ours, theirs, minimum_m, None)
    a, b = rows.a, rows.b
    free = nearest(a, b)
    inner = b.time0_s + free.w * (b.time1_s - b.time0_s) - a.time0_s - free.s * (a.time1_s - a.time0_s)

    def closer_at(delay: Floats) -> Bools:
        late = replace(a, time0_s=a.time0_s + delay, time1_s=a.time1_s + delay)
        return np.asarray(nearest(late, b, lag_s).gap_m < rows.minimum_m)

    low = _halved(b.time0_s - a.time1_s - lag_s - 1, inner, closer_at)
    high = _halved(b.time1_s - a.time0_s + lag_s + 1, inner, closer_at)
    return Intervals(low, high)


@dataclass(frozen=True, slots=True)
class _CloserRows:
    """``piece`` is the row of ``a`` in its outline."""

    a: Pieces
    b: Pieces
    piece: Ints
    minimum_m: float


def _closer_rows(ours: Outline, theirs: Outline, minimum_m: float, lag_s: float | None) -> _CloserRows:
    """The pairs of pieces that are closer; if only geographiclib says so, the nearest pair stands for it."""
    table = Table.of((ours, theirs))
    within = np.array([minimum_m + 2 * _SETTLE_WITHIN_M])
    parts: list[tuple[Ints, Ints, Floats]] = []
    for pairs in piece_pairs(table, np.array([0]), np.array([1]), within, lag_s=lag_s, nearest_only=False):
        gap = nearest(table.pieces.take(pairs.a), table.pieces.take(pairs.b), lag_s).gap_m
        parts.append((pairs.a, pairs.b, gap))
    if not parts:
        nothing = np.empty(0, dtype=np.int64)
        none = table.pieces.take(nothing)
        return _CloserRows(none, none, nothing, minimum_m)
    row_a, row_b, gap = (np.concatenate(column) for column in zip(*parts, strict=True))
    least = gap.min(initial=np.inf)
    threshold = minimum_m if least < minimum_m else min(least + 1e-3, minimum_m + _SETTLE_WITHIN_M)
    rows = np.flatnonzero(gap < threshold)
    return _CloserRows(table.pieces.take(row_a[rows]), table.pieces.take(row_b[rows]), row_a[rows], threshold)


def _halved(outer: Floats, inner: Floats, holds: Callable[[Floats], Bools]) -> Floats:
    """Between ``outer`` and ``inner``, where it holds: the border, on the outer side of it."""
    outer, inner = outer.copy(), inner.copy()
    at_once = holds(outer)
    for _ in range(_HALVINGS):
        if np.abs(outer - inner).max(initial=0.0) < 1e-3:
            break
        middle = (outer + inner) / 2
        true = holds(middle)
        inner = np.where(true, middle, inner)
        outer = np.where(true | at_once, outer, middle)
    return outer
