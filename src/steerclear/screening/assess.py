# SPDX-License-Identifier: Apache-2.0
"""Do two volumes conflict? Cheapest question first; both parties get the same finding.

The rules, in this order:

- If one dimension alone certainly keeps its minimum (time, height, lateral), there is no conflict, whatever
  is unknown of the others.
- Else, if something is unknown (a height that needs terrain), the finding is undetermined.
- Else it is a conflict.

Comparisons are strict: exactly at the minimum, or touching with a minimum of 0, is no conflict.

Two volumes of which one moves are compared only at times of each that are less than the time minimum apart.
The first moment is the first second at which both are there at once and too close; where that never
happens, it is the first second at which one stands where the other is, was or will be within less than the
time minimum.
"""

from __future__ import annotations

import math
from typing import Final

from steerclear.geometry.datum import vertical_gap
from steerclear.geometry.lateral import Approach, approach
from steerclear.geometry.moment import times_closer
from steerclear.geometry.outline import Outline
from steerclear.model.finding import Conflict, Finding, NoConflict, SeparationMinima, Undetermined
from steerclear.model.space import Band, Datum, Volume
from steerclear.model.time import TimeSpan
from steerclear.screening.prepared import Prepared, prepare

__all__ = [
    "assess",
    "assess_prepared",
    "closest_in_time",
    "finding_of",
    "first_of_standing",
    "needs_terrain",
    "while_other",
]

_FOUND_TO_S: Final = 0.002
"""``times_closer`` finds moments to a millisecond, on the early side."""


def assess(ours: Volume, theirs: Volume, minima: SeparationMinima) -> Finding:
    """Compare two volumes. Symmetric. Raises ``BadInput`` where ``check_footprint`` refuses a footprint."""
    return assess_prepared(prepare(ours), prepare(theirs), minima)


def assess_prepared(a: Prepared, b: Prepared, minima: SeparationMinima) -> Finding:
    """As ``assess``, for volumes that are compared more than once."""
    time_gap_s = a.volume.span.gap_s(b.volume.span)
    if time_gap_s >= minima.time_s:
        return NoConflict(f"the times are {_apart(time_gap_s, 's')}")
    height = vertical_gap(a.volume.band, b.volume.band)
    if height.at_least_ft is not None and height.at_least_ft >= minima.vertical_ft:
        return NoConflict(f"the bands are {_apart(height.at_least_ft, 'ft')}")
    return finding_of(a, b, minima, closest_in_time(a, b, minima))


def finding_of(a: Prepared, b: Prepared, minima: SeparationMinima, lateral: Approach | None) -> Finding:
    """The finding for two volumes whose times and bands do not keep them apart."""
    if lateral is None:
        return NoConflict("they are never there at the same time")
    if not lateral.closer:
        return NoConflict(f"the footprints keep {minima.lateral_mm / 1000:g} m or more")
    height = vertical_gap(a.volume.band, b.volume.band)
    if not height.known or height.at_least_ft is None:
        return Undetermined(needs_terrain(a.volume.band, b.volume.band))
    return Conflict(
        lateral_gap_m=lateral.gap_at_least_m,
        vertical_gap_ft=height.at_least_ft,
        time_gap_s=a.volume.span.gap_s(b.volume.span),
        first_at_s=_first_at_s(a, b, minima),
    )


def closest_in_time(a: Prepared, b: Prepared, minima: SeparationMinima) -> Approach | None:
    """How near two volumes come at times less than the minimum apart; ``None`` when there is no such time."""
    mine, theirs = while_other(a, b, minima.time_s), while_other(b, a, minima.time_s)
    if mine is None or theirs is None:
        return None
    return approach(mine, theirs, minima.lateral_m, float(minima.time_s) if a.moves and b.moves else None)


def while_other(mover: Prepared, other: Prepared, lag_s: int) -> Outline | None:
    """The outline, or of timed legs the part that falls within the other's span, widened by the lag."""
    if not mover.moves:
        return mover.outline
    span = other.volume.span
    return mover.outline.during(span.start_s - lag_s, span.end_s + lag_s)


# ------------------------------------------------------------------------------------ the first moment


def _first_at_s(a: Prepared, b: Prepared, minima: SeparationMinima) -> int:
    if not (a.moves or b.moves):
        return first_of_standing(a.volume.span, b.volume.span, minima.time_s)
    at_once = SeparationMinima(minima.lateral_mm, minima.vertical_ft, 0)
    if a.volume.span.gap_s(b.volume.span) <= 0:
        meeting = closest_in_time(a, b, at_once)
        if meeting is not None and meeting.closer:
            return _first_of_moving(a, b, at_once)
    return _first_of_moving(a, b, minima)


def first_of_standing(a: TimeSpan, b: TimeSpan, lag_s: int) -> int:
    """The first second at which two that do not move are too close in time."""
    earlier, later = sorted((a, b), key=lambda span: (span.end_s, span.start_s))
    if earlier.gap_s(later) <= 0:
        return max(earlier.start_s, later.start_s)
    return max(earlier.start_s, later.start_s - lag_s + 1)


def _first_of_moving(a: Prepared, b: Prepared, minima: SeparationMinima) -> int:
    """The earlier of the first moments of either, seen from each that moves."""
    return min(_first_of_mover(mover, other, minima) for mover, other in ((a, b), (b, a)) if mover.moves)


def _first_of_mover(mover: Prepared, other: Prepared, minima: SeparationMinima) -> int:
    lag_s = minima.time_s
    mine, theirs = while_other(mover, other, lag_s), while_other(other, mover, lag_s)
    if mine is None or theirs is None:
        return max(mover.volume.span.start_s, other.volume.span.start_s)
    begin = float(mine.pieces.time0_s[0])
    times = times_closer(mine, theirs, minima.lateral_m, float(lag_s) if other.moves else None)
    first = float(times.low_s.min()) + _FOUND_TO_S if len(times) else begin
    earliest = math.floor(max(first, begin))
    return earliest if other.moves else _seen_from_standing(earliest, other, mover, lag_s)


def _seen_from_standing(at_s: int, standing: Prepared, mover: Prepared, lag_s: int) -> int:
    """The mover is too close at ``at_s``; who is there first, within the lag: it, or what stands?"""
    span = standing.volume.span
    if at_s > span.end_s:
        return max(span.start_s, at_s - lag_s + 1)
    if at_s < span.start_s and lag_s:
        return max(mover.volume.span.start_s, at_s, span.start_s - lag_s + 1)
    return at_s


# -------------------------------------------------------------------------------------------- in words


def _apart(gap: int, unit: str) -> str:
    return f"{gap} {unit} apart" if gap > 0 else "touching at most" if gap == 0 else "not sharing enough"


def needs_terrain(a: Band, b: Band) -> str:
    """Why two bands cannot be compared."""
    datums = {limit.datum for band in (a, b) for limit in (band.lower, band.upper)}
    others = " and ".join(sorted(datum.value for datum in datums - {Datum.AGL}))
    return f"AGL heights against {others} heights: without terrain they cannot be compared"
