# SPDX-License-Identifier: Apache-2.0
"""One volume of ours and one of theirs: in what are they too near, and by which shifts of ours would they be?

In each dimension by itself, whatever the others: time (delays, in whole seconds), height (whole feet), and
to the side (in time and place where they are).
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator
from dataclasses import dataclass

from steerclear.geometry.datum import difference_at_least_ft, vertical_gap
from steerclear.geometry.lateral import approach
from steerclear.geometry.moment import Intervals, time_offsets_closer, times_closer
from steerclear.model.finding import NoConflict, SeparationMinima
from steerclear.model.space import Band
from steerclear.screening.assess import assess_prepared, closest_in_time
from steerclear.screening.moved import altitude_higher
from steerclear.screening.prepared import Prepared

__all__ = [
    "Contest",
    "bands_apart",
    "is_clear",
    "kept_apart_by_height",
    "kept_apart_by_time",
    "taken_by_height",
    "taken_by_time",
    "too_near_where_it_is",
]


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """Volume ``number`` (from 0) of ours and one of theirs."""

    number: int
    ours: Prepared
    theirs: Prepared
    minima: SeparationMinima


def is_clear(contest: Contest) -> bool:
    return isinstance(assess_prepared(contest.ours, contest.theirs, contest.minima), NoConflict)


def kept_apart_by_time(contest: Contest) -> bool:
    gap_s = contest.ours.volume.span.gap_s(contest.theirs.volume.span)
    return gap_s >= contest.minima.time_s


def kept_apart_by_height(contest: Contest) -> bool:
    return bands_apart(contest.ours.volume.band, contest.theirs.volume.band, contest.minima.vertical_ft)


def bands_apart(mine: Band, theirs: Band, minimum_ft: int) -> bool:
    """Surely by the minimum or more: what is unknown keeps nothing apart."""
    gap_ft = vertical_gap(mine, theirs).at_least_ft
    return gap_ft is not None and gap_ft >= minimum_ft


def too_near_where_it_is(contest: Contest) -> bool:
    """In time and to the side, whatever the heights."""
    if kept_apart_by_time(contest):
        return False
    lateral = closest_in_time(contest.ours, contest.theirs, contest.minima)
    return lateral is not None and lateral.closer


def taken_by_time(contest: Contest) -> Iterator[tuple[int, int]]:
    """Delays of ours, in whole seconds, that surely bring the two too near to the side, at whatever height.

    Of what moves a second at each end may be missing: the screening finds it.
    """
    ours, theirs, minima = contest.ours, contest.theirs, contest.minima
    lag_s, mine, other = minima.time_s, ours.volume.span, theirs.volume.span
    if not (ours.moves or theirs.moves):
        if approach(ours.outline, theirs.outline, minima.lateral_m).closer:
            yield other.start_s - mine.end_s - lag_s + 1, other.end_s - mine.start_s + lag_s - 1
    elif ours.moves and theirs.moves:
        offsets = time_offsets_closer(ours.outline, theirs.outline, minima.lateral_m, float(lag_s))
        yield from _whole(offsets)
    elif ours.moves:
        times = times_closer(ours.outline, theirs.outline, minima.lateral_m)
        begin, end = other.start_s - lag_s - times.high_s, other.end_s + lag_s - times.low_s
        yield from _whole(Intervals(begin, end))
    else:
        times = times_closer(theirs.outline, ours.outline, minima.lateral_m)
        begin, end = times.low_s - mine.end_s - lag_s, times.high_s - mine.start_s + lag_s
        yield from _whole(Intervals(begin, end))


def _whole(intervals: Intervals) -> Iterator[tuple[int, int]]:
    """Whole seconds well inside: the ends are settled by screening, not by rounding."""
    for low, high in zip(intervals.low_s, intervals.high_s, strict=True):
        yield math.ceil(low) + 1, math.floor(high) - 1


def taken_by_height(contest: Contest, lowest: int, highest: int) -> tuple[int, int]:
    """The rises of ours between what is surely below theirs and what is surely above it; low > high: none."""
    minima, mine, other = contest.minima, contest.ours.volume.band, contest.theirs.volume.band

    def keeps_below(shift: int) -> bool:
        gap = difference_at_least_ft(other.lower, altitude_higher(mine.upper, shift))
        return gap is not None and gap >= minima.vertical_ft

    def keeps_above(shift: int) -> bool:
        gap = difference_at_least_ft(altitude_higher(mine.lower, shift), other.upper)
        return gap is not None and gap >= minima.vertical_ft

    shifts = range(lowest, highest + 1)
    below = bisect.bisect_left(shifts, x=True, key=lambda shift: not keeps_below(shift))
    above = bisect.bisect_left(shifts, x=True, key=keeps_above)
    return lowest + below, lowest + above - 1
