# SPDX-License-Identifier: Apache-2.0
"""What is the least that this notice must change to keep clear of everything known?

    start               later or earlier, in whole seconds: exact
    altitude            higher or lower, in whole feet: exact
    start and altitude  the least sum of both, weighed: exact
    place               moved aside as a whole, by the shortest shift in a plane
    area                trimmed: what keeps clear of the own area, unless too little of it is left

Every other volume that is too near in the remaining dimensions takes an interval of shifts (of place: a
region); the nearest that nobody takes is screened again before it is offered, against everything and from
the beginning. What is undetermined takes its part like a conflict: an alternative is never offered on a
guess. "None within the limits" is an answer, and is said.

All volumes of a notice move together. In a tie the later start and the greater height are preferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import shapely

from steerclear.errors import BadInput
from steerclear.geometry.area import area_km2
from steerclear.geometry.placed import Motion, middle_of
from steerclear.geometry.shifts import Arrow, ShiftPlane
from steerclear.geometry.trim import LARGEST_TRIMMED_M, Cut, remainder
from steerclear.model.finding import SeparationMinima
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Volume
from steerclear.screening.assess import while_other
from steerclear.screening.both import field, least_of_both
from steerclear.screening.contest import (
    Contest,
    bands_apart,
    is_clear,
    kept_apart_by_height,
    kept_apart_by_time,
    taken_by_height,
    taken_by_time,
    too_near_where_it_is,
)
from steerclear.screening.forbidden import Taken
from steerclear.screening.moved import elsewhere, higher, later, with_volumes
from steerclear.screening.offers import (
    DAY_S,
    BandShift,
    BothShift,
    Change,
    Limits,
    NotOffered,
    PlaceShift,
    Ranked,
    TimeShift,
    Trimmed,
    Way,
    Weights,
    Why,
    ranked,
)
from steerclear.screening.prepared import prepare_all
from steerclear.screening.screen import MinimaBetween, largest_of, minima_between
from steerclear.screening.surroundings import NOWHERE, Room, Surroundings

__all__ = [
    "Alternatives",
    "BandShift",
    "BothShift",
    "Limits",
    "NotOffered",
    "PlaceShift",
    "Ranked",
    "TimeShift",
    "Trimmed",
    "Weights",
    "alternatives",
    "nearest_altitude",
    "nearest_both",
    "nearest_place",
    "nearest_start",
    "trimmed",
]

_MOST_TRIES: Final = 1_000
_PLACE_MARGINS_M: Final = (25.0, 250.0, 2_500.0)
"""What the plane stretches is paid with room: a little first, more where screening wants more."""

_MOST_PLACES: Final = 24
_LARGEST_MOVED_M: Final = 1_000_000.0
_TRIM_MARGINS_M: Final = (0.0, 10.0, 100.0)


def alternatives(
    notice: Notice,
    others: Sequence[Notice],
    minima: SeparationMinima | MinimaBetween,
    limits: Limits = Limits(),  # noqa: B008 - frozen: nobody can change the default
    weights: Weights = Weights(),  # noqa: B008 - as above
) -> Ranked:
    """Every way out within the limits, the least change first, and each way that there is not.

    Raises ``BadInput`` for a footprint that ``check_footprint`` refuses.
    """
    return Alternatives(others, minima).ranked(notice, limits, weights)


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


def nearest_both(
    notice: Notice,
    others: Sequence[Notice],
    minima: SeparationMinima | MinimaBetween,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    weights: Weights = Weights(),  # noqa: B008 - frozen
) -> BothShift | NotOffered:
    """The start and height together that are the least change, weighed; exact. One of the two may stay."""
    return Alternatives(others, minima).nearest_both(notice, limits, weights)


def nearest_place(
    notice: Notice,
    others: Sequence[Notice],
    minima: SeparationMinima | MinimaBetween,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> PlaceShift | NotOffered:
    """The notice moved aside as a whole, by little more than it must. A site is not moved.

    The shift is the shortest one in a plane, with 25 m of room where that suffices; nothing much nearer is
    clear while footprints are smaller than some 100 km. Outlines of more than 48 corners count a little
    thicker than they are.
    """
    return Alternatives(others, minima).nearest_place(notice, limits)


def trimmed(
    notice: Notice,
    others: Sequence[Notice],
    minima: SeparationMinima | MinimaBetween,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Trimmed | NotOffered:
    """The notice without the parts that come too near. A site and timed legs are not trimmed.

    What is left lies within the own area and is some metres, at most 1 in 100 of the minimum, smaller than
    it had to be. Circles and corridors become polygons.
    """
    return Alternatives(others, minima).trimmed(notice, limits)


class Alternatives:
    """The notices that one must keep clear of, prepared once for many questions.

    ``side`` stands for whoever asks; without one it is the party of the notice in question.
    """

    def __init__(
        self,
        others: Sequence[Notice] | Surroundings,
        minima: SeparationMinima | MinimaBetween,
        *,
        side: str | None = None,
    ) -> None:
        self._minima = minima_between(minima)
        self._around = others if isinstance(others, Surroundings) else Surroundings.of(others)
        self._side = side

    def ranked(
        self,
        notice: Notice,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        weights: Weights = Weights(),  # noqa: B008 - frozen
    ) -> Ranked:
        """As ``alternatives``."""
        if self._keeps_clear(notice):
            return Ranked(is_clear=True)
        answers: dict[Way, Change | NotOffered] = {
            Way.START: self._start(notice, limits) or NotOffered(Way.START, Why.NONE_WITHIN, limits),
            Way.ALTITUDE: self._altitude(notice, limits) or NotOffered(Way.ALTITUDE, Why.NONE_WITHIN, limits),
            Way.BOTH: self.nearest_both(notice, limits, weights),
            Way.PLACE: self.nearest_place(notice, limits),
            Way.AREA: self.trimmed(notice, limits),
        }
        both = answers[Way.BOTH]
        if isinstance(both, BothShift) and not (both.shift_s and both.shift_ft):
            answers[Way.BOTH] = NotOffered(Way.BOTH, Why.NOT_NEARER, limits)
        return ranked(answers, weights)

    # ---- start, height -----------------------------------------------------------------------------------

    def nearest_start(
        self, notice: Notice, within_s: int = DAY_S, *, earliest_s: int | None = None
    ) -> TimeShift | None:
        limits = Limits(earlier_s=within_s, later_s=within_s, earliest_s=earliest_s)
        return self._start(notice, limits)

    def nearest_altitude(self, notice: Notice) -> BandShift | None:
        return self._altitude(notice, Limits())

    def _start(self, notice: Notice, limits: Limits) -> TimeShift | None:
        lowest, highest = _room_s(notice, limits)
        taken = Taken()
        for contest in self._contests(notice, Room(within_s=max(-lowest, highest, 0))):
            if not kept_apart_by_height(contest):
                taken.add_all(taken_by_time(contest))
        shift = self._nearest(taken, lowest, highest, lambda by_s: later(notice, by_s))
        return None if shift is None else TimeShift(shift, later(notice, shift))

    def _altitude(self, notice: Notice, limits: Limits) -> BandShift | None:
        lowest, highest = _room_ft(notice, limits)
        taken = Taken()
        for contest in self._contests(notice, Room(any_height=True)):
            if too_near_where_it_is(contest):
                taken.add(*taken_by_height(contest, lowest, highest))
        shift = self._nearest(taken, lowest, highest, lambda by_ft: higher(notice, by_ft))
        return None if shift is None else BandShift(shift, higher(notice, shift))

    def _nearest(
        self, taken: Taken, lowest: int, highest: int, changed: Callable[[int], Notice]
    ) -> int | None:
        """The free shift nearest to 0 that keeps clear when it is screened."""
        for _ in range(_MOST_TRIES):
            shift = taken.nearest_free(lowest, highest)
            if shift is None or self._keeps_clear(changed(shift)):
                return shift
            taken.add(shift, shift)
        return None

    # ---- both together -----------------------------------------------------------------------------------

    def nearest_both(
        self,
        notice: Notice,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        weights: Weights = Weights(),  # noqa: B008 - frozen
    ) -> BothShift | NotOffered:
        """As the function of that name."""
        times, heights = _room_s(notice, limits), _room_ft(notice, limits)
        if times[0] > times[1]:
            return NotOffered(Way.BOTH, Why.NONE_WITHIN, limits)
        room = Room(within_s=max(-times[0], times[1], 0), any_height=True)
        fields = [field(contest, *heights) for contest in self._contests(notice, room)]
        for by_s, by_ft in islice(least_of_both(fields, times, heights, weights), _MOST_TRIES):
            changed = higher(later(notice, by_s), by_ft)
            if self._keeps_clear(changed):
                return BothShift(by_s, by_ft, changed)
        return NotOffered(Way.BOTH, Why.NONE_WITHIN, limits)

    # ---- place -------------------------------------------------------------------------------------------

    def nearest_place(
        self,
        notice: Notice,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> PlaceShift | NotOffered:
        """As the function of that name."""
        if notice.kind is NoticeKind.SITE:
            return NotOffered(Way.PLACE, Why.SITE, limits)
        if self._keeps_clear(notice):
            return PlaceShift(Arrow(0.0, 0.0), notice)
        outlines = [each.outline for each in prepare_all(notice.volumes)]
        if any(outline.radius_m + outline.reach_m > _LARGEST_MOVED_M for outline in outlines):
            return NotOffered(Way.PLACE, Why.TOO_LARGE, limits)
        middle = middle_of(outlines)
        plane = ShiftPlane(middle, float(limits.place_m))
        # The sides of the plate that moves change a little on the way: a part in a hundred is ample.
        room = Room(within_m=limits.place_m + limits.place_m // 100 + 100)
        taken = shapely.union_all(
            [
                _taken_by_place(plane, contest)
                for contest in self._contests(notice, room)
                if not (kept_apart_by_time(contest) or kept_apart_by_height(contest))
            ]
        )
        for margin_m in _PLACE_MARGINS_M:
            for arrow in plane.nearest_free(taken.buffer(margin_m))[:_MOST_PLACES]:
                changed = self._clear_at(notice, Motion.along(middle, arrow.bearing_deg, arrow.distance_m))
                if changed is not None:
                    return PlaceShift(arrow, changed)
        return NotOffered(Way.PLACE, Why.NONE_WITHIN, limits)

    def _clear_at(self, notice: Notice, motion: Motion) -> Notice | None:
        try:
            changed = elsewhere(notice, motion)
            return changed if self._keeps_clear(changed) else None
        except BadInput:  # corners fell together, or rims met, in rounding: this place is not offered
            return None

    # ---- area --------------------------------------------------------------------------------------------

    def trimmed(
        self,
        notice: Notice,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> Trimmed | NotOffered:
        """As the function of that name."""
        if notice.kind is NoticeKind.SITE:
            return NotOffered(Way.AREA, Why.SITE, limits)
        met: dict[int, list[Contest]] = {}
        for contest in self._contests(notice):
            if not is_clear(contest):
                met.setdefault(contest.number, []).append(contest)
        for contests in met.values():
            ours = contests[0].ours
            if ours.moves:
                return NotOffered(Way.AREA, Why.MOVES, limits)
            if ours.outline.radius_m + ours.outline.reach_m > LARGEST_TRIMMED_M:
                return NotOffered(Way.AREA, Why.TOO_LARGE, limits)
        for margin_m in _TRIM_MARGINS_M:
            found = self._cut(notice, met, margin_m, limits)
            if found is not None:
                return found
        return NotOffered(Way.AREA, Why.NONE_WITHIN, limits)

    def _cut(
        self, notice: Notice, met: dict[int, list[Contest]], margin_m: float, limits: Limits
    ) -> Trimmed | None:
        volumes, least = list(notice.volumes), 1.0
        for place, contests in met.items():
            left = _left_of(contests, margin_m)
            if left is None:
                return None
            least = min(least, area_km2(left.footprint) / area_km2(volumes[place].footprint))
            volumes[place] = left
        changed = with_volumes(notice, tuple(volumes))
        if least < limits.kept_share or not self._keeps_clear(changed):
            return None
        return Trimmed(least, changed)

    # ---- screening ---------------------------------------------------------------------------------------

    def _contests(self, notice: Notice, room: Room = NOWHERE) -> Iterator[Contest]:
        widest = largest_of([self._minima(notice.kind, kind) for kind in self._around.kinds])
        side = self._side if self._side is not None else notice.party
        for number, ours in enumerate(prepare_all(notice.volumes)):
            for theirs in self._around.near(ours, side, widest, room):
                yield Contest(number, ours, theirs.prepared, self._minima(notice.kind, theirs.kind))

    def _keeps_clear(self, notice: Notice) -> bool:
        return all(is_clear(contest) for contest in self._contests(notice))


def _room_s(notice: Notice, limits: Limits) -> tuple[int, int]:
    """How far back and on all may start."""
    if limits.earliest_s is None:
        return -limits.earlier_s, limits.later_s
    return max(-limits.earlier_s, limits.earliest_s - notice.span.start_s), limits.later_s


def _room_ft(notice: Notice, limits: Limits) -> tuple[int, int]:
    """How far down and up all bands may go together."""
    bands = [volume.band for volume in notice.volumes]
    lowest = max(min(band.lower.feet, limits.lowest_ft) - band.lower.feet for band in bands)
    highest = min(max(band.upper.feet, limits.highest_ft) - band.upper.feet for band in bands)
    return lowest, highest


def _taken_by_place(plane: ShiftPlane, contest: Contest) -> shapely.Geometry:
    ours, theirs, minima = contest.ours, contest.theirs, contest.minima
    mine, other = while_other(ours, theirs, minima.time_s), while_other(theirs, ours, minima.time_s)
    if mine is None or other is None:
        return shapely.MultiPolygon()
    lag_s = float(minima.time_s) if ours.moves and theirs.moves else None
    return plane.too_near(mine, other, minima.lateral_m, lag_s)


# ----------------------------------------------------------------------------------------------- area


def _left_of(contests: Sequence[Contest], margin_m: float) -> Volume | None:
    """What is left of our volume; of what moves, the part counts that is there meanwhile."""
    ours = contests[0].ours
    cuts = []
    for contest in contests:
        theirs = while_other(contest.theirs, ours, contest.minima.time_s)
        if theirs is not None:
            cuts.append(Cut(theirs, contest.minima.lateral_m + margin_m))
    left = remainder(ours.outline, cuts)
    return None if left is None else replace(ours.volume, footprint=left)


# ---------------------------------------------------------------------------------- what may matter


def _in_reach(
    notice: Notice, others: Sequence[Notice], minima: MinimaBetween, *, within_s: int, any_height: bool
) -> list[Notice]:
    """The notices of other parties that neither time nor height keeps away whatever the shift; cheap."""

    def matters(other: Notice) -> bool:
        between = minima(notice.kind, other.kind)
        return any(
            mine.span.gap_s(theirs.span) < between.time_s + within_s
            and (any_height or not bands_apart(mine.band, theirs.band, between.vertical_ft))
            for mine in notice.volumes
            for theirs in other.volumes
        )

    return [other for other in others if other.party != notice.party and matters(other)]
