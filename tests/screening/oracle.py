# SPDX-License-Identifier: Apache-2.0
"""Do two volumes conflict, in the opinion of a judge that shares no code with the engine?

The judge reads the nouns of ``steerclear.model`` and nothing else of ours:

    time, height   whole seconds and whole feet, the intervals of the datums derived here once more
    lateral        distances by PROJ (``pyproj.Geod``) between densified edges, refined where they are nearest
    inside         the azimuths from a point along a ring (PROJ too) turn by 360° or not at all

How the lateral gap is found, for many pairs at once:

    edges ──► pieces ≤ 25 km ──► balls of chords drop what cannot be nearest ──► corner against piece, by Geod
                                                                       └► pieces that cross, by azimuths

*A corner against a piece is enough.* Where two geodesics of a surface that curves outward come nearest inside
both, they cross: else the shortest way between them is perpendicular to both, and moving it sideways makes it
shorter. The nearest place of a piece is found from distances alone: the square of the distance is all but a
parabola, so three samples give its lowest point, three times, from ever closer.

What moves is followed by a golden section over its time, and at each time the other's nearest place is looked
for among the times that the lag allows; in the plane the gap is a convex function of both.

Every gap is a distance between two places that count, so it is never too small. It is good to 2 µm between
what stands (20 µm where a touch is to be told from an overlap), and to 0.2 mm for what moves. Within that of
the minimum the judge does not judge: ``sure`` is false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from tests.screening.oracle_ground import STANDING_TO_M, TOUCHING_TO_M, Bools, Floats, Ground, Ints
from tests.screening.oracle_moving import MOVING_TO_M, Spans, moving_gaps

from steerclear.model.finding import SeparationMinima
from steerclear.model.space import Band, Datum, Volume


class Answer(IntEnum):
    NO_CONFLICT = 0
    CONFLICT = 1
    UNDETERMINED = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row a pair. ``gap_m`` is signed (``-inf`` where interior is shared), and ``inf`` where it was not
    needed: time or height decides, or the gap is well above the minimum. ``sure`` is false within the judge's
    own resolution of the minimum."""

    answer: Ints
    sure: Bools
    gap_m: Floats
    vertical_ft: Ints
    time_s: Ints
    first_at_s: Ints


def judge(
    volumes: Sequence[Volume], left: Ints, right: Ints, minima: Sequence[SeparationMinima]
) -> Judgement:
    """Judge ``volumes[left[k]]`` against ``volumes[right[k]]`` under ``minima[k]``, for all k at once."""
    lateral_m = np.array([each.lateral_mm for each in minima]) / 1000
    vertical_ft = np.array([each.vertical_ft for each in minima], dtype=np.int64)
    lag_s = np.array([each.time_s for each in minima], dtype=np.int64)

    start, end = (np.array([getattr(v.span, name) for v in volumes]) for name in ("start_s", "end_s"))
    time = np.maximum(start[right] - end[left], start[left] - end[right])
    at_least_ft, known = Heights.of([volume.band for volume in volumes]).gaps(left, right)

    asked = np.flatnonzero((time < lag_s) & (at_least_ft < vertical_ft))
    gap, sure = np.full(len(left), np.inf), np.ones(len(left), dtype=bool)
    ground = Ground.of([volume.footprint for volume in volumes])
    gap[asked], sure[asked] = gaps(
        ground,
        left[asked],
        right[asked],
        lateral_m[asked],
        lag_s[asked].astype(np.float64),
        Spans(start, end),
    )
    closer = gap < lateral_m
    answer = np.where(closer, np.where(known, Answer.CONFLICT, Answer.UNDETERMINED), Answer.NO_CONFLICT)
    return Judgement(answer, sure, gap, at_least_ft, time, _first_at(start, end, left, right, lag_s, time))


def gaps(
    ground: Ground, left: Ints, right: Ints, minimum_m: Floats, lag_s: Floats, spans: Spans
) -> tuple[Floats, Bools]:
    """The signed gap of each pair (``-inf``: interior is shared), and whether it surely lies on its side."""
    moving = ground.moves[left] | ground.moves[right]
    gap = np.full(len(left), np.inf)
    stands = np.flatnonzero(~moving)
    gap[stands] = ground.standing_gaps(left[stands], right[stands], minimum_m[stands] + 500.0)
    moves = np.flatnonzero(moving)
    gap[moves] = moving_gaps(ground, left[moves], right[moves], minimum_m[moves], lag_s[moves], spans)
    standing_to_m = np.where(minimum_m > TOUCHING_TO_M, STANDING_TO_M, TOUCHING_TO_M)
    return gap, np.abs(gap - minimum_m) > np.where(moving, MOVING_TO_M, standing_to_m)


def _first_at(start: Ints, end: Ints, left: Ints, right: Ints, lag_s: Ints, time: Ints) -> Ints:
    """Of what stands: the later start; of spans apart, the first second within the lag of the later one."""
    both = np.maximum(start[left], start[right])
    earlier_starts = np.minimum(start[left], start[right])
    return np.where(time <= 0, both, np.maximum(earlier_starts, both - lag_s + 1))


# ---------------------------------------------------------------------------------------------- height


UNKNOWN_FT: Final = -(10**12)
"""A term of the vertical gap that would take terrain: below every other term."""

_DATUMS: Final = (Datum.AMSL, Datum.WGS84, Datum.STD, Datum.AGL)
_AGL: Final = 3


@dataclass(frozen=True, slots=True)
class Heights:
    """Limits as (feet, place in ``_DATUMS``), and the whole feet AMSL between which each lies."""

    lower: Ints
    lower_datum: Ints
    upper: Ints
    upper_datum: Ints

    @staticmethod
    def of(bands: Sequence[Band]) -> Heights:
        place = {datum: at for at, datum in enumerate(_DATUMS)}
        return Heights(
            np.array([band.lower.feet for band in bands]),
            np.array([place[band.lower.datum] for band in bands]),
            np.array([band.upper.feet for band in bands]),
            np.array([place[band.upper.datum] for band in bands]),
        )

    def gaps(self, left: Ints, right: Ints) -> tuple[Ints, Bools]:
        """The least possible signed gap in feet, of the terms that are known; and whether both are."""
        terms = [self.above(right, left), self.above(left, right)]
        return np.maximum(*terms), (terms[0] > UNKNOWN_FT) & (terms[1] > UNKNOWN_FT)

    def above(self, high: Ints, low: Ints) -> Ints:
        """How far the lower limit of ``high`` lies above the upper limit of ``low``, at least."""
        same = self.lower_datum[high] == self.upper_datum[low]
        least = _lowest_ft(self.lower[high], self.lower_datum[high])
        most = -_lowest_ft(-self.upper[low], self.upper_datum[low], mirrored=True)
        unknown = (self.lower_datum[high] == _AGL) | (self.upper_datum[low] == _AGL)
        other = np.where(unknown, UNKNOWN_FT, least - most)
        return np.where(same, self.lower[high] - self.upper[low], other)


def _lowest_ft(feet: Ints, datum: Ints, *, mirrored: bool = False) -> Ints:
    """The lowest AMSL height, whole feet rounded down. ``mirrored``: the highest, with all signs turned.

    WGS84 − AMSL lies in [−110, +90] m: AMSL ≥ WGS84 − 90 m, and ≤ WGS84 + 110 m; a foot is 0.3048 m.
    AMSL − STD lies in [−1,800, +1,100] ft ± 8 % of the level.
    """
    geoid_m = 110 if mirrored else 90
    geoid = feet + (-10_000 * geoid_m) // 3048
    pressure = (100 * (feet - (1_100 if mirrored else 1_800)) - 8 * np.abs(feet)) // 100
    return np.choose(datum, [feet, geoid, pressure, feet])
