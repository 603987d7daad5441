# SPDX-License-Identifier: Apache-2.0
"""Are two footprints closer than a minimum, and how near do they come at least?

    balls ──► pieces near each other ──► closed form in the tangent plane ──► sure, or too near the minimum
                                                                                   └► geographiclib decides

The rule: the reported gap is a lower bound of the true one, and the verdict is geographiclib's wherever the
fast one could be wrong. Footprints that share interior have a gap of 0 and are closer than every minimum, 0
included; footprints that only touch are not closer than 0. A footprint without width strictly inside an area
shares its interior. Differences below a micrometre count as none.

Here two outlines are compared; ``shapes`` compares many footprints with the same compiled code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from steerclear.geometry.exact import RESOLUTION_M, Lines, exact_gap_m
from steerclear.geometry.interior import holds_exactly, share_interior
from steerclear.geometry.nearest import near_pairs
from steerclear.geometry.outline import Outline, outline_of
from steerclear.model.space import Footprint

__all__ = ["Approach", "approach", "closer_than", "exactly_closer", "lateral_gap_at_least_m"]

_SETTLE_WITHIN_M: Final = 1.0
_FARTHEST_M: Final = 30_000_000.0
_ALWAYS: Final = 2**50


@dataclass(frozen=True, slots=True)
class Approach:
    """``gap_at_least_m``: whole millimetres, 0.0 where interior is shared; only where ``closer`` is it near
    the true gap, elsewhere it is at least the minimum that was asked."""

    closer: bool
    gap_at_least_m: float


def lateral_gap_at_least_m(a: Footprint, b: Footprint) -> float:
    """The gap of two footprints in metres: never more than the true one, 0.0 when they share interior.

    Within 0.1 m of the true gap up to 50 km, 1 in 10,000 beyond. Timed legs count with all that they ever
    cover. Raises ``BadInput`` as ``outline_of`` does.
    """
    return _settled(outline_of(a), outline_of(b), _FARTHEST_M, None)[1]


def closer_than(a: Footprint, b: Footprint, minimum_mm: int) -> bool:
    """Whether the gap is less than the minimum (strictly), as geographiclib would have it."""
    return approach(outline_of(a), outline_of(b), minimum_mm / 1000).closer


def approach(a: Outline, b: Outline, minimum_m: float, lag_s: float | None = None) -> Approach:
    """Compare two outlines. With ``lag_s`` both are timed legs that count only at times that close."""
    from steerclear.geometry.kernels_pair import ASK, CLOSER

    state, gap_m = _settled(a, b, minimum_m, lag_s)
    closer = state == CLOSER
    if state == ASK:
        closer = exactly_closer(a, b, minimum_m, lag_s)
    return Approach(closer, gap_m if closer else minimum_m)


def _settled(a: Outline, b: Outline, minimum_m: float, lag_s: float | None) -> tuple[int, float]:
    from steerclear.geometry.kernels_pair import settle_pairs
    from steerclear.geometry.kernels_timed import settle_moving
    from steerclear.geometry.made import made_of
    from steerclear.geometry.scratch import scratch_of_thread

    made, one, other = made_of((a, b)), np.array([0]), np.array([1])
    minimum_mm = np.array([round(minimum_m * 1000)])
    state, gap_m = np.zeros(1, dtype=np.uint8), np.zeros(1)
    if lag_s is None:
        settle_pairs(made, one, other, minimum_mm, 0, 1, True, scratch_of_thread(), state, gap_m)  # noqa: FBT003
    else:
        always = np.array([[-_ALWAYS, _ALWAYS]] * 2)
        lag = np.array([round(lag_s)])
        settle_moving(made, one, other, minimum_mm, lag, always, 0, 1, scratch_of_thread(), state, gap_m)
    return int(state[0]), float(gap_m[0])


def exactly_closer(a: Outline, b: Outline, minimum_m: float, lag_s: float | None) -> bool:
    """The verdict by geographiclib, for a pair whose fast gap lies too near the minimum."""
    if any(gap < minimum_m - RESOLUTION_M for gap in _exact_gaps_m(a, b, minimum_m, lag_s)):
        return True
    if not (a.has_area or b.has_area):
        return False
    if minimum_m <= RESOLUTION_M:
        return share_interior(a, b)
    return holds_exactly(a, b) or holds_exactly(b, a)


def _exact_gaps_m(a: Outline, b: Outline, minimum_m: float, lag_s: float | None) -> list[float]:
    """Exact gaps of the pieces that may be too near, nearest first; ends with the first that is."""
    lines = (Lines(a), Lines(b))
    near = near_pairs(a.pieces, b.pieces, minimum_m, lag_s)
    gaps: list[float] = []
    for row in np.argsort(near.found.gap_m, kind="stable"):
        mine, theirs = lines[0].stretch(int(near.a[row])), lines[1].stretch(int(near.b[row]))
        gaps.append(exact_gap_m(mine, theirs, float(near.found.s[row]), float(near.found.w[row]), lag_s))
        if gaps[-1] < minimum_m - RESOLUTION_M:
            return gaps
    return gaps
