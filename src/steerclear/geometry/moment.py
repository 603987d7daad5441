# SPDX-License-Identifier: Apache-2.0
"""When is something that moves closer than the minimum? From the closed form, piece by piece.

For one pair of pieces the least gap is a convex function of place, so the times at which it lies below the
minimum are one interval. Its ends are found by halving.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from steerclear.geometry.ellipsoid import Floats, Ints
from steerclear.geometry.inside import count_inside
from steerclear.geometry.nearest import near_pairs
from steerclear.geometry.outline import Outline

__all__ = ["Intervals", "time_offsets_closer", "times_closer"]

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
    from steerclear.geometry.kernels_timed import moments_closer
    from steerclear.geometry.scratch import scratch_of_thread

    rows, threshold_m = _closer_rows(moving, other, minimum_m, lag_s)
    found = np.empty(len(rows)), np.empty(len(rows))
    lag = -1.0 if lag_s is None else float(lag_s)
    moments_closer(
        moving.pieces.table(), other.pieces.table(), rows, threshold_m, lag, scratch_of_thread(), *found
    )
    inside = _times_inside(moving, other, rows[:, 0], found[0])
    return Intervals(np.append(found[0], inside.low_s), np.append(found[1], inside.high_s))


def _times_inside(moving: Outline, other: Outline, near: Ints, near_from_s: Floats) -> Intervals:
    """From the start of each piece that begins inside an area until it first comes near the rim."""
    p = moving.pieces
    begun = np.zeros(len(p), dtype=bool)
    if other.areas is not None:
        for area in range(len(other.areas.count)):
            begun |= count_inside(p.start, other.areas, area)
    until = p.time1_s.copy()
    np.minimum.at(until, near, near_from_s)
    return Intervals(p.time0_s[begun], until[begun])


def time_offsets_closer(ours: Outline, theirs: Outline, minimum_m: float, lag_s: float) -> Intervals:
    """The delays of ``ours`` under which the two, both timed, come closer than the minimum."""
    from steerclear.geometry.kernels_timed import offsets_closer
    from steerclear.geometry.scratch import scratch_of_thread

    rows, threshold_m = _closer_rows(ours, theirs, minimum_m, None)
    found = np.empty(len(rows)), np.empty(len(rows))
    offsets_closer(
        ours.pieces.table(), theirs.pieces.table(), rows, threshold_m, lag_s, scratch_of_thread(), *found
    )
    return Intervals(*found)


def _closer_rows(ours: Outline, theirs: Outline, minimum_m: float, lag_s: float | None) -> tuple[Ints, float]:
    """The pairs of pieces that are closer; if only geographiclib says so, the nearest pair stands for it."""
    near = near_pairs(ours.pieces, theirs.pieces, minimum_m + _SETTLE_WITHIN_M, lag_s)
    gap = near.found.gap_m
    least = float(gap.min(initial=np.inf))
    threshold = minimum_m if least < minimum_m else min(least + 1e-3, minimum_m + _SETTLE_WITHIN_M)
    kept = gap < threshold
    return np.column_stack([near.a[kept], near.b[kept]]), threshold
