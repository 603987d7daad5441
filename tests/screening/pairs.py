# SPDX-License-Identifier: Apache-2.0
"""Which pairs of volumes are hardest to judge? Thousands of them, made to lie at the minimum, by a seed.

A pair is drawn at random, then pushed: its second footprint is slid along the line between the nearest places
until the gap is the minimum and a chosen margin, and where it has a radius this takes up the last millimetre.
In the same way some pairs are pushed to the minimum of time, and some to that of height.

Every pair stands in a time slot of its own, so that all of them can be screened at once, each against each.
The gaps that the pushing needs come from the judge; what it then says of the finished pair it finds anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from tests.screening.oracle import Heights, gaps
from tests.screening.oracle_ground import (
    AREA,
    GEOD,
    MOVING_LINE,
    STANDING_LINE,
    Drawings,
    Floats,
    Ground,
    Ints,
)
from tests.screening.oracle_moving import Spans

from steerclear.model.finding import SeparationMinima
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Band,
    Circle,
    Corridor,
    Datum,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.time import TimeSpan

NAUTICAL_MILE_MM: Final = 1_852_000

MINIMA: Final = (
    SeparationMinima(0, 1000, 0),
    SeparationMinima(0, 1, 60),
    SeparationMinima(0, 500, 1),
    SeparationMinima(1, 1000, 0),
    SeparationMinima(1_000, 1000, 300),
    SeparationMinima(500_000, 2000, 0),
    SeparationMinima(5 * NAUTICAL_MILE_MM, 1000, 0),
    SeparationMinima(5 * NAUTICAL_MILE_MM, 1000, 900),
    SeparationMinima(3 * NAUTICAL_MILE_MM, 300, 120),
    SeparationMinima(12_345_678, 777, 77),
    SeparationMinima(37, 1, 1),
    SeparationMinima(20 * NAUTICAL_MILE_MM, 5000, 299),
    SeparationMinima(100_000_001, 29_000, 600),
)
"""One for each kind of notice; a pair is always of one kind."""

KINDS: Final = tuple(NoticeKind)
SLOT_S: Final = 12_000

MARGINS_M: Final = np.array([-0.003, -0.002, -0.001, 0.0, 0.001, 0.002, 0.003, -1.0, 1.0, -100.0, 100.0])
_MARGIN_SHARES: Final = np.array([3, 3, 3, 1, 3, 3, 3, 1, 1, 1, 1]) / 23


def minima_between(one: NoticeKind, other: NoticeKind) -> SeparationMinima:
    """The minima of a kind against itself; different kinds never meet, and have none."""
    return MINIMA[KINDS.index(one)] if one is other else SeparationMinima(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pair k is volumes 2k and 2k + 1, under ``MINIMA[rule[k]]``."""

    volumes: Sequence[Volume]
    rule: Ints

    def __len__(self) -> int:
        return len(self.rule)

    @property
    def left(self) -> Ints:
        return np.arange(0, 2 * len(self), 2)

    @property
    def right(self) -> Ints:
        return self.left + 1

    @property
    def minima(self) -> list[SeparationMinima]:
        return [MINIMA[rule] for rule in self.rule.tolist()]

    def notices(self) -> list[Notice]:
        parties = MemberId("ISR"), MemberId("TUR")
        return [
            Notice(f"{at // 2:06}{'ab'[at % 2]}", parties[at % 2], KINDS[self.rule[at // 2]], (volume,))
            for at, volume in enumerate(self.volumes)
        ]


def hard_pairs(seed: int, count: int, *, moving: bool) -> Pairs:
    """Pairs of all kinds of footprints at all kinds of places; with ``moving`` at least one of each moves."""
    chance = np.random.default_rng(seed)
    rule = chance.integers(0, len(MINIMA), count)
    lateral_m = np.array([each.lateral_mm for each in MINIMA])[rule] / 1000
    lag_s = np.array([each.time_s for each in MINIMA])[rule]
    one, other = _drawn_apart(chance, lateral_m, moving=moving)
    margin = chance.choice(MARGINS_M, count, p=_MARGIN_SHARES)
    pushed = chance.random(count) < 0.8
    for _ in range(2):
        other = _slid(one, other, np.where(pushed, lateral_m + margin, np.nan))
    one, other, spans = _timed(chance, one, other, lag_s)
    other = _grown(one, other, np.where(pushed, lateral_m + margin, np.nan), lateral_m, lag_s, spans)
    bands = _bands(chance, np.array([each.vertical_ft for each in MINIMA])[rule])
    footprints = [each for pair in zip(one.footprints(), other.footprints(), strict=True) for each in pair]
    volumes = [
        Volume(footprint, band, TimeSpan(int(start), int(end)))
        for footprint, band, start, end in zip(
            footprints, bands, spans.start_s.tolist(), spans.end_s.tolist(), strict=True
        )
    ]
    return Pairs(volumes, rule)


def crowd(seed: int, count: int, lat: float, lon: float, size_m: float) -> list[Volume]:
    """Volumes that all lie within reach of each other, in one morning, at heights of every datum."""
    chance = np.random.default_rng(seed)
    kinds = chance.choice(len(_FORMS), count, p=[0.3, 0.1, 0.1, 0.2, 0.2, 0.1])
    sizes = size_m * 10 ** chance.uniform(-2.5, -0.3, count)
    shapes = Shapes.of(chance, kinds, sizes)
    reach = size_m * np.sqrt(chance.random(count))
    lons, lats, _ = GEOD.fwd(np.full(count, lon), np.full(count, lat), chance.uniform(0, 360, count), reach)
    shapes = replace(shapes, lat=np.asarray(lats), lon=np.asarray(lons)).started(
        chance.integers(0, 12_000, count)
    )
    start, end = shapes.span_or(chance.integers(0, 12_000, count), chance.integers(0, 9_000, count))
    bands = _bands(chance, np.full((count + 1) // 2, 1000))[:count]
    return [
        Volume(footprint, band, TimeSpan(int(first), int(last)))
        for footprint, band, first, last in zip(shapes.footprints(), bands, start, end, strict=True)
    ]


# ---------------------------------------------------------------------------------------------- shapes


STAR, HOLED, TWO_PARTS, DISC, CORRIDOR, LEGS = range(6)
_FORMS: Final = (STAR, HOLED, TWO_PARTS, DISC, CORRIDOR, LEGS)


@dataclass(frozen=True, slots=True)
class Shapes:
    """Footprints as corners in metres (right, ahead) about a centre with a heading; see ``Drawings``."""

    forms: Ints
    lat: Floats
    lon: Floats
    heading: Floats
    ring_owner: Ints
    ring_part: Ints
    ring_is_hole: Ints
    first_corner: Ints
    x: Floats
    y: Floats
    radius_mm: Ints
    time_s: Ints

    @staticmethod
    def of(chance: np.random.Generator, forms: Ints, size_m: Floats) -> Shapes:
        count = len(forms)
        rings = np.where((forms == HOLED) | (forms == TWO_PARTS), 2, 1)
        owner = np.repeat(np.arange(count), rings)
        second = np.append(False, owner[1:] == owner[:-1])
        form, size = forms[owner], size_m[owner]
        hole = second & (form == HOLED)
        line = (form == CORRIDOR) | (form == LEGS)
        corners = chance.integers(3, 10, len(owner))
        corners = np.where(form == HOLED, np.maximum(corners, 6), corners)
        corners = np.where(line, corners // 3 + 1, np.where(form == DISC, 1, corners))
        ring = np.repeat(np.arange(len(owner)), corners)
        first = np.append(0, np.cumsum(corners))
        place = np.arange(len(ring)) - first[ring]
        # A ring goes round its middle with corners at most 156° apart, so it never crosses itself.
        turn = (place + chance.uniform(-0.15, 0.15, len(ring))) / corners[ring] * 2 * np.pi
        lowest = np.where(form == HOLED, 0.5, 0.35)[ring]
        far = size[ring] * np.where(
            hole[ring], chance.uniform(0.1, 0.3, len(ring)), chance.uniform(lowest, 1)
        )
        far = np.where((form == TWO_PARTS)[ring], far * 0.45, np.where((form == DISC)[ring], 0.0, far))
        x, y = far * np.sin(turn), far * np.cos(turn)
        x += (np.where(form == TWO_PARTS, np.where(second, 0.5, -0.5), 0.0) * size)[ring]
        walk_x, walk_y = (
            _summed(np.where(place > 0, size[ring] * chance.normal(0, 0.4, len(ring)), 0.0), first[ring])
            for _ in "xy"
        )
        x, y = np.where(line[ring], walk_x, x), np.where(line[ring], walk_y, y)
        moves = (form == LEGS)[ring]
        lasts = np.maximum(np.hypot(np.diff(x, prepend=0), np.diff(y, prepend=0)) / 250, 20)
        lasts = np.where(place > 0, np.ceil(lasts * chance.uniform(1, 3, len(ring))), 0).astype(np.int64)
        return Shapes(
            forms,
            np.zeros(count),
            np.zeros(count),
            chance.uniform(0, 360, count),
            owner,
            np.where(second & ~hole, 1, 0),
            hole,
            first,
            x,
            y,
            _radii_mm(chance, form[ring], size[ring], ring),
            np.where(moves, _summed(np.minimum(lasts, 1000), first[ring]), 0),
        )

    def drawings(self) -> Drawings:
        """As the judge reads them, to the last digit that a position and a radius can have."""
        lat_e7, lon_e7 = self._positions()
        kinds = np.select([self.forms == LEGS, self.forms >= DISC], [MOVING_LINE, STANDING_LINE], AREA)
        return Drawings(
            kinds,
            self.ring_owner,
            self.ring_part,
            self.ring_is_hole.astype(bool),
            self.first_corner,
            lat_e7 / 1e7,
            lon_e7 / 1e7,
            self.radius_mm / 1000,
            self.time_s.astype(np.float64),
        )

    def _positions(self) -> tuple[Ints, Ints]:
        owner = self.corner_owner
        azimuth = self.heading[owner] + np.degrees(np.arctan2(self.x, self.y))
        lon, lat, _ = GEOD.fwd(self.lon[owner], self.lat[owner], azimuth, np.hypot(self.x, self.y))
        lat_e7, lon_e7 = (np.rint(np.asarray(each) * 1e7).astype(np.int64) for each in (lat, lon))
        return lat_e7, lon_e7

    @property
    def corner_owner(self) -> Ints:
        return np.repeat(self.ring_owner, np.diff(self.first_corner))

    def moved(self, azimuth: Floats, by_m: Floats) -> Shapes:
        """Each carried along a geodesic from its centre, turning with it."""
        lon, lat, back = (np.asarray(each) for each in GEOD.fwd(self.lon, self.lat, azimuth, by_m))
        ahead = np.where(by_m < 0, back, back + 180)
        ahead = np.where(by_m == 0, azimuth, ahead)
        return replace(self, lat=lat, lon=lon, heading=self.heading + ahead - azimuth)

    def with_radius(self, more_mm: Ints) -> Shapes:
        """Every radius of a shape grown by the same; areas have none."""
        owner = self.corner_owner
        kept = np.where(self.forms[owner] >= DISC, self.radius_mm + more_mm[owner], 0)
        return replace(self, radius_mm=kept)

    def least_radius_mm(self) -> Ints:
        return np.minimum.reduceat(self.radius_mm, self.first_corner[self._first_ring])

    def started(self, at_s: Ints) -> Shapes:
        return replace(
            self,
            time_s=np.where(
                (self.forms == LEGS)[self.corner_owner], self.time_s + at_s[self.corner_owner], 0
            ),
        )

    def span_or(self, start_s: Ints, length_s: Ints) -> tuple[Ints, Ints]:
        """First and last time of what moves, and the given span of what stands."""
        first = self.time_s[self.first_corner[self._first_ring]]
        last = self.time_s[np.append(self.first_corner[self._first_ring][1:], len(self.time_s)) - 1]
        moves = self.forms == LEGS
        return np.where(moves, first, start_s), np.where(moves, last, start_s + length_s)

    @property
    def _first_ring(self) -> Ints:
        return np.searchsorted(self.ring_owner, np.arange(len(self.forms)))

    def footprints(self) -> list[Footprint]:
        lat, lon = self._positions()
        corners = [Position(a, b) for a, b in zip(lat.tolist(), lon.tolist(), strict=True)]
        bounds, radii, times = self.first_corner.tolist(), self.radius_mm.tolist(), self.time_s.tolist()
        made: list[Footprint] = []
        for form, ring in zip(self.forms.tolist(), self._first_ring.tolist(), strict=True):
            low, high = bounds[ring], bounds[ring + 1]
            own = tuple(corners[low:high])
            match form:
                case 3:
                    made.append(Circle(own[0], radii[low]))
                case 4:
                    made.append(Corridor(own, radii[low]))
                case 5:
                    made.append(Legs(own, tuple(times[low:high]), tuple(radii[low:high])))
                case 0:
                    made.append(Polygon(own))
                case _:
                    second = tuple(corners[high : bounds[ring + 2]])
                    holed = form == HOLED
                    made.append(
                        Polygon(own, (second,)) if holed else MultiPolygon((Polygon(own), Polygon(second)))
                    )
        return made


def _summed(values: Floats | Ints, first: Ints) -> Floats:
    """Sums along each ring, from its first corner."""
    total = np.cumsum(values)
    return np.asarray(total - (total - values)[first])


def _radii_mm(chance: np.random.Generator, form: Ints, size_m: Floats, ring: Ints) -> Ints:
    """A disc is as large as its size; lines are narrower; one in five has no width; legs grow."""
    share = np.select(
        [form == DISC, form >= CORRIDOR], [chance.uniform(0, 1, ring.max() + 1)[ring], 0.1], 0.0
    )
    none = (chance.random(ring.max() + 1) < 0.2)[ring]
    grows = np.where(form == LEGS, chance.uniform(0, 1, len(form)), 1.0)
    radius_m = np.where(none, 0.0, share * size_m * grows)
    return np.asarray(np.rint(radius_m * 1000), dtype=np.int64)


# --------------------------------------------------------------------------------------------- pushing


def _drawn_apart(chance: np.random.Generator, lateral_m: Floats, *, moving: bool) -> tuple[Shapes, Shapes]:
    """Pairs beside each other, some far, some one within the other."""
    count = len(lateral_m)
    size = 10 ** chance.uniform(1.7, 5.0, count)
    other_size = np.clip(size * 10 ** chance.uniform(-1.5, 0.3, count), 50, 100_000)
    within = chance.random(count) < 0.15
    other_size = np.where(within, np.maximum(size * chance.uniform(0.02, 0.15, count), 20), other_size)
    standing = [0.35, 0.15, 0.15, 0.2, 0.15]
    forms = [chance.choice(5, count, p=standing) for _ in range(2)]
    if moving:
        second = chance.random(count) < 0.5
        forms[0] = np.full(count, LEGS)
        forms[1] = np.where(second, LEGS, forms[1])
        swap = chance.random(count) < 0.5
        forms = [np.where(swap, forms[1], forms[0]), np.where(swap, forms[0], forms[1])]
    one, other = Shapes.of(chance, forms[0], size), Shapes.of(chance, forms[1], other_size)
    lat, lon = _places(chance, count)
    one = replace(one, lat=lat, lon=lon)
    other = replace(other, lat=lat, lon=lon)
    apart = lateral_m + (size + other_size) * chance.uniform(1.0, 3.0, count)
    apart = np.where(within, size * chance.uniform(0, 0.1, count), apart)
    return one, other.moved(chance.uniform(0, 360, count), apart)


def _places(chance: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Syria, both poles, the antimeridian, the equator, and anywhere."""
    where = chance.integers(0, 6, count)
    anywhere = np.degrees(np.arcsin(chance.uniform(-1, 1, count)))
    pole = chance.choice([-1.0, 1.0], count) * (90 - 10 ** chance.uniform(-6, 0.3, count))
    lat = np.select(
        [where == 0, where == 1, where == 2, where == 3],
        [chance.uniform(33, 37, count), pole, chance.uniform(-70, 70, count), chance.uniform(-1, 1, count)],
        anywhere,
    )
    edge = 180 - chance.uniform(-1, 1, count)
    lon = np.select(
        [where == 0, where == 2], [chance.uniform(36, 42, count), edge], chance.uniform(-180, 180, count)
    )
    return lat, (lon + 180) % 360 - 180


def _joined(one: Shapes, other: Shapes) -> tuple[Ground, Ints, Ints]:
    """A ground with both: rows k and n + k."""
    a, b = one.drawings(), other.drawings()
    count = len(a.kinds)
    both = Drawings(
        np.append(a.kinds, b.kinds),
        np.append(a.ring_owner, b.ring_owner + count),
        np.append(a.ring_part, b.ring_part),
        np.append(a.ring_is_hole, b.ring_is_hole),
        np.append(a.first_corner, b.first_corner[1:] + a.first_corner[-1]),
        np.append(a.lat, b.lat),
        np.append(a.lon, b.lon),
        np.append(a.radius_m, b.radius_m),
        np.append(a.time_s, b.time_s),
    )
    return Ground.of_drawings(both), np.arange(count), np.arange(count, 2 * count)


def _slid(one: Shapes, other: Shapes, target_m: Floats) -> Shapes:
    """The second of each pair slid toward the first until their gap is the target (nan: left alone)."""
    ground, left, right = _joined(one, other)
    rows = np.flatnonzero(~np.isnan(target_m))
    near = ground.nearest(left[rows], right[rows], np.full(len(rows), 3e5))
    reach = ground.reach_m[left[rows]] + ground.reach_m[right[rows]]
    step = np.where(np.isfinite(near.gap_m) & ~near.crosses, near.gap_m - reach - target_m[rows], 0.0)
    toward = np.asarray(GEOD.inv(near.right_lon, near.right_lat, near.left_lon, near.left_lat)[0])
    centre = other.lon[rows], other.lat[rows]
    out, back, _ = (np.asarray(each) for each in GEOD.inv(near.right_lon, near.right_lat, *centre))
    azimuth, by_m = np.zeros(len(target_m)), np.zeros(len(target_m))
    moved = np.isfinite(near.gap_m) & (np.abs(step) < 5e5)
    azimuth[rows[moved]] = (toward + back + 180 - out)[moved]
    by_m[rows[moved]] = step[moved]
    return other.moved(azimuth, by_m)


def _grown(
    one: Shapes, other: Shapes, target_m: Floats, lateral_m: Floats, lag_s: Ints, spans: Spans
) -> Shapes:
    """The radius of the second set so that the gap is the target to the millimetre, where it has one."""
    ground, left, right = _joined(one, other)
    rows = np.flatnonzero(~np.isnan(target_m) & (other.forms >= DISC))
    order = Spans(
        np.append(spans.start_s[0::2], spans.start_s[1::2]), np.append(spans.end_s[0::2], spans.end_s[1::2])
    )
    gap, _ = gaps(ground, left[rows], right[rows], lateral_m[rows], lag_s[rows].astype(np.float64), order)
    more = np.where(np.isfinite(gap), gap - target_m[rows], 0.0)
    more_mm = np.zeros(len(target_m), dtype=np.int64)
    more_mm[rows] = np.rint(np.clip(more, -1e5, 3e4) * 1000)
    more_mm = np.where(other.least_radius_mm() + more_mm < 0, 0, more_mm)
    return other.with_radius(more_mm)


def _timed(
    chance: np.random.Generator, one: Shapes, other: Shapes, lag_s: Ints
) -> tuple[Shapes, Shapes, Spans]:
    """A slot for each pair. Most spans overlap; one pair in six is pushed to the minimum of time."""
    count = len(lag_s)
    slot = np.arange(count) * SLOT_S
    length = [
        np.where(chance.random(count) < 0.1, chance.integers(0, 2, count), chance.integers(600, 3000, count))
        for _ in range(2)
    ]
    one = one.started(slot + chance.integers(0, 900, count))
    start, end = one.span_or(slot + chance.integers(0, 900, count), length[0])
    _, own_end = other.span_or(np.zeros(count, dtype=np.int64), length[1])
    later = np.where(
        chance.random(count) < 1 / 6,
        end + lag_s + chance.integers(-2, 2, count),
        start + (chance.uniform(-0.3, 0.9, count) * np.maximum(own_end, end - start)).astype(np.int64),
    )
    other = other.started(later)
    other_start, other_end = other.span_or(later, length[1])
    starts, ends = np.stack([start, other_start], axis=1), np.stack([end, other_end], axis=1)
    return one, other, Spans(starts.ravel(), ends.ravel())


# ---------------------------------------------------------------------------------------------- height


_DATUMS: Final = (Datum.AMSL, Datum.WGS84, Datum.STD, Datum.AGL)


def _bands(chance: np.random.Generator, vertical_ft: Ints) -> list[Band]:
    """Two bands a pair. Most overlap; one pair in six is pushed to the minimum of height."""
    count = len(vertical_ft)
    bands = []
    for low in chance.integers(0, 30_000, count).tolist():
        bands += [_band(chance, low), _band(chance, low + int(chance.integers(-1500, 1500)))]
    left, right = np.arange(0, 2 * count, 2), np.arange(1, 2 * count, 2)
    gap, known = Heights.of(bands).gaps(left, right)
    pushed = np.flatnonzero((chance.random(count) < 1 / 6) & known)
    for pair in pushed.tolist():
        by = int(vertical_ft[pair] - gap[pair] + chance.integers(-1, 2))
        band = bands[2 * pair + 1]
        if gap[pair] == _gap_above(bands[2 * pair], band) and band.lower.feet + by > -9_000:
            bands[2 * pair + 1] = Band(_raised(band.lower, by), _raised(band.upper, by))
    return bands


def _band(chance: np.random.Generator, low: int) -> Band:
    datums = chance.choice(4, 2, p=[0.6, 0.15, 0.15, 0.1])
    if chance.random() < 0.8:
        datums[1] = datums[0]
    thick = int(chance.choice([0, 1, 1000, 20_000, 60_000]))
    return Band(Altitude(low, _DATUMS[datums[0]]), Altitude(low + thick, _DATUMS[datums[1]]))


def _gap_above(lower: Band, upper: Band) -> int:
    """The gap when the second lies above the first."""
    return int(Heights.of([lower, upper]).above(np.array([1]), np.array([0]))[0])


def _raised(altitude: Altitude, by_ft: int) -> Altitude:
    return Altitude(altitude.feet + by_ft, altitude.datum)
