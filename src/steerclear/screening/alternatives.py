# SPDX-License-Identifier: Apache-2.0
"""What is the nearest start, or the nearest height, at which this notice keeps clear of everything known?

Every other volume that is too near in the two remaining dimensions takes an interval of shifts; the nearest
shift that nobody takes is looked for in whole seconds or whole feet. It is screened again before it is
offered, against everything and from the beginning. What is undetermined takes its interval like a conflict:
an alternative is never offered on a guess. "None within 24 hours" is an answer, and it is ``None``.

All volumes of a notice move together. In a tie the later start and the greater height are preferred.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from steerclear.geometry.datum import difference_at_least_ft, vertical_gap
from steerclear.geometry.lateral import approach
from steerclear.geometry.moment import Intervals, time_offsets_closer, times_closer
from steerclear.model.finding import NoConflict, SeparationMinima
from steerclear.model.notice import Notice
from steerclear.model.space import Altitude, Band, Legs, Volume
from steerclear.screening.assess import assess_prepared, closest_in_time
from steerclear.screening.forbidden import Taken
from steerclear.screening.index import ConflictIndex
from steerclear.screening.prepared import UNBOUNDED_FT, Box, Prepared, prepare_all
from steerclear.screening.screen import MinimaBetween, largest_of, minima_between

__all__ = ["Alternatives", "BandShift", "TimeShift", "nearest_altitude", "nearest_start"]

DAY_S: Final = 86_400
HIGHEST_OFFERED_FT: Final = 60_000
_MOST_TRIES: Final = 1_000


@dataclass(frozen=True, slots=True)
class TimeShift:
    """``shift_s`` is how much later (negative: earlier) all volumes start; ``notice`` is the shifted one."""

    shift_s: int
    notice: Notice


@dataclass(frozen=True, slots=True)
class BandShift:
    """``shift_ft`` is how much higher (negative: lower) all bands lie; ``notice`` is the shifted one."""

    shift_ft: int
    notice: Notice


def nearest_start(
    notice: Notice,
    others: Sequence[Notice],
    minima: SeparationMinima | MinimaBetween,
    within_s: int = DAY_S,
    *,
    earliest_s: int | None = None,
) -> TimeShift | None:
    """The nearest start at which the notice conflicts with no other party; 0 if it conflicts with none.

    Exact in whole seconds. ``None`` when there is none within ``within_s`` either way, and none from
    ``earliest_s`` (UTC seconds) on, where that is given: nobody can take a start that has passed.
    """
    reach = _in_reach(notice, others, minima_between(minima), within_s=within_s, any_height=False)
    return Alternatives(reach, minima).nearest_start(notice, within_s, earliest_s=earliest_s)


def nearest_altitude(
    notice: Notice, others: Sequence[Notice], minima: SeparationMinima | MinimaBetween
) -> BandShift | None:
    """The nearest height, thickness and datum kept, at which the notice conflicts with no other party.

    Exact in whole feet; from 0 (or the present lower limit, if that is lower) to 60,000 ft (or the present
    upper limit, if that is higher). ``None`` when there is none.
    """
    reach = _in_reach(notice, others, minima_between(minima), within_s=0, any_height=True)
    return Alternatives(reach, minima).nearest_altitude(notice)


@dataclass(frozen=True, slots=True)
class _Standing:
    """One volume of another notice."""

    notice: Notice
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class _Contest:
    """One of our volumes and one of theirs that may come too near under some shift."""

    ours: Prepared
    theirs: Prepared
    minima: SeparationMinima


class Alternatives:
    """The notices that one must keep clear of, prepared once for many questions."""

    def __init__(self, others: Sequence[Notice], minima: SeparationMinima | MinimaBetween) -> None:
        self._minima = minima_between(minima)
        volumes = [(notice, volume) for notice in others for volume in notice.volumes]
        prepared = prepare_all([volume for _, volume in volumes])
        self._standing = [
            _Standing(notice, each) for (notice, _), each in zip(volumes, prepared, strict=True)
        ]
        self._kinds = {notice.kind for notice in others}
        # Whoever asks brings their own minima, so the index itself has none.
        self._index: ConflictIndex[int] = ConflictIndex.of_prepared(
            SeparationMinima(0, 0, 0), enumerate(prepared)
        )

    def nearest_start(
        self, notice: Notice, within_s: int = DAY_S, *, earliest_s: int | None = None
    ) -> TimeShift | None:
        lowest = -within_s if earliest_s is None else max(-within_s, earliest_s - notice.span.start_s)
        taken = Taken()
        for contest in self._contests(notice, within_s=within_s):
            for low, high in _taken_by_time(contest):
                taken.add(low, high)
        for _ in range(_MOST_TRIES):
            shift = taken.nearest_free(lowest, within_s)
            if shift is None:
                return None
            moved = _later(notice, shift)
            if self._keeps_clear(moved):
                return TimeShift(shift, moved)
            taken.add(shift, shift)
        return None

    def nearest_altitude(self, notice: Notice) -> BandShift | None:
        lowest, highest = _room_ft(notice)
        taken = Taken()
        for contest in self._contests(notice, any_height=True):
            taken.add(*_taken_by_height(contest, lowest, highest))
        for _ in range(_MOST_TRIES):
            shift = taken.nearest_free(lowest, highest)
            if shift is None:
                return None
            moved = _higher(notice, shift)
            if self._keeps_clear(moved):
                return BandShift(shift, moved)
            taken.add(shift, shift)
        return None

    def _contests(self, notice: Notice, *, within_s: int = 0, any_height: bool = False) -> Iterator[_Contest]:
        widest = largest_of([self._minima(notice.kind, kind) for kind in self._kinds])
        for ours in prepare_all(notice.volumes):
            box = _stretched(ours.box(), within_s=within_s, any_height=any_height)
            for key in self._index.candidates_of_box(box.widened(widest)):
                theirs = self._standing[key]
                if theirs.notice.party != notice.party:
                    yield _Contest(ours, theirs.prepared, self._minima(notice.kind, theirs.notice.kind))

    def _keeps_clear(self, notice: Notice) -> bool:
        return all(
            isinstance(assess_prepared(contest.ours, contest.theirs, contest.minima), NoConflict)
            for contest in self._contests(notice)
        )


def _stretched(box: Box, *, within_s: int, any_height: bool) -> Box:
    (x, y, z, start, floor), (x1, y1, z1, end, ceiling) = box.low, box.high
    if any_height:
        floor, ceiling = -UNBOUNDED_FT, UNBOUNDED_FT
    return Box((x, y, z, start - within_s, floor), (x1, y1, z1, end + within_s, ceiling))


# ----------------------------------------------------------------------------------------------- time


def _taken_by_time(contest: _Contest) -> Iterator[tuple[int, int]]:
    """Delays of ours, in whole seconds, that surely bring the two too near; the screening finds the rest."""
    ours, theirs, minima = contest.ours, contest.theirs, contest.minima
    if _kept_apart_by_height(ours.volume.band, theirs.volume.band, minima.vertical_ft):
        return
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


def _later(notice: Notice, by_s: int) -> Notice:
    return replace(notice, volumes=tuple(_volume_later(volume, by_s) for volume in notice.volumes))


def _volume_later(volume: Volume, by_s: int) -> Volume:
    footprint = volume.footprint
    if isinstance(footprint, Legs):
        footprint = replace(footprint, times_s=tuple(at_s + by_s for at_s in footprint.times_s))
    return Volume(footprint, volume.band, volume.span.shifted(by_s))


# --------------------------------------------------------------------------------------------- height


def _room_ft(notice: Notice) -> tuple[int, int]:
    """How far down and up all bands may go together."""
    bands = [volume.band for volume in notice.volumes]
    lowest = max(min(band.lower.feet, 0) - band.lower.feet for band in bands)
    highest = min(max(band.upper.feet, HIGHEST_OFFERED_FT) - band.upper.feet for band in bands)
    return lowest, highest


def _taken_by_height(contest: _Contest, lowest: int, highest: int) -> tuple[int, int]:
    """The shifts of ours between what is surely below theirs and what is surely above it (empty: 1, 0)."""
    ours, theirs, minima = contest.ours, contest.theirs, contest.minima
    if ours.volume.span.gap_s(theirs.volume.span) >= minima.time_s:
        return 1, 0
    lateral = closest_in_time(ours, theirs, minima)
    if lateral is None or not lateral.closer:
        return 1, 0
    mine, other = ours.volume.band, theirs.volume.band

    def keeps_below(shift: int) -> bool:
        gap = difference_at_least_ft(other.lower, _altitude_higher(mine.upper, shift))
        return gap is not None and gap >= minima.vertical_ft

    def keeps_above(shift: int) -> bool:
        gap = difference_at_least_ft(_altitude_higher(mine.lower, shift), other.upper)
        return gap is not None and gap >= minima.vertical_ft

    shifts = range(lowest, highest + 1)
    below = bisect.bisect_left(shifts, x=True, key=lambda shift: not keeps_below(shift))
    above = bisect.bisect_left(shifts, x=True, key=keeps_above)
    return lowest + below, lowest + above - 1


def _higher(notice: Notice, by_ft: int) -> Notice:
    return replace(
        notice,
        volumes=tuple(replace(volume, band=_band_higher(volume.band, by_ft)) for volume in notice.volumes),
    )


def _band_higher(band: Band, by_ft: int) -> Band:
    return Band(_altitude_higher(band.lower, by_ft), _altitude_higher(band.upper, by_ft))


def _altitude_higher(altitude: Altitude, by_ft: int) -> Altitude:
    return Altitude(altitude.feet + by_ft, altitude.datum)


# ---------------------------------------------------------------------------------- what may matter


def _in_reach(
    notice: Notice, others: Sequence[Notice], minima: MinimaBetween, *, within_s: int, any_height: bool
) -> list[Notice]:
    """The notices of other parties that neither time nor height keeps away whatever the shift; cheap."""

    def matters(other: Notice) -> bool:
        between = minima(notice.kind, other.kind)
        return any(
            mine.span.gap_s(theirs.span) < between.time_s + within_s
            and (any_height or not _kept_apart_by_height(mine.band, theirs.band, between.vertical_ft))
            for mine in notice.volumes
            for theirs in other.volumes
        )

    return [other for other in others if other.party != notice.party and matters(other)]


def _kept_apart_by_height(mine: Band, theirs: Band, minimum_ft: int) -> bool:
    gap_ft = vertical_gap(mine, theirs).at_least_ft
    return gap_ft is not None and gap_ft >= minimum_ft
