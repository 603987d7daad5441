# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of screening: builders of volumes, and an oracle of other code (pyproj.Geod).

The oracle shares nothing with the engine: it samples the geodesics with PROJ, looks for the nearest pair of
samples, and zooms in on it. It is slow, and good to about a millimetre.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyproj
import pytest

from steerclear.errors import BadInput
from steerclear.geometry.ellipsoid import Floats
from steerclear.geometry.validate import check_footprint
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
    Ring,
    Volume,
)
from steerclear.model.time import TimeSpan

GEOD = pyproj.Geod(ellps="WGS84")
TO_ECEF = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
SAMPLES = 25

Spot = tuple[float, float]
"""Latitude and longitude in degrees."""


class Make:
    """Builders that read like what they build. Degrees, metres, feet, seconds."""

    @staticmethod
    def position(lat: float, lon: float) -> Position:
        return Position(round(lat * 1e7), round(((lon + 180) % 360 - 180) * 1e7))

    def polygon(
        self, *corners: tuple[float, float], holes: Sequence[Sequence[tuple[float, float]]] = ()
    ) -> Polygon:
        rings = [tuple(self.position(*corner) for corner in ring) for ring in (corners, *holes)]
        return Polygon(rings[0], tuple(rings[1:]))

    def circle(self, lat: float, lon: float, radius_m: float) -> Circle:
        return Circle(self.position(lat, lon), round(radius_m * 1000))

    def corridor(self, half_width_m: float, *points: tuple[float, float]) -> Corridor:
        return Corridor(tuple(self.position(*point) for point in points), round(half_width_m * 1000))

    def legs(self, *stations: tuple[int, float, float, float]) -> Legs:
        """Stations are (time, lat, lon, radius)."""
        return Legs(
            tuple(self.position(lat, lon) for _, lat, lon, _ in stations),
            tuple(time for time, *_ in stations),
            tuple(round(radius * 1000) for *_, radius in stations),
        )

    @staticmethod
    def band(
        lower: int = 0, upper: int = 1000, datum: Datum = Datum.AMSL, upper_datum: Datum | None = None
    ) -> Band:
        return Band(Altitude(lower, datum), Altitude(upper, upper_datum or datum))

    def volume(
        self, footprint: Footprint, start: int = 0, end: int = 3600, band: Band | None = None
    ) -> Volume:
        if isinstance(footprint, Legs):
            start, end = footprint.times_s[0], footprint.times_s[-1]
        return Volume(footprint, band or self.band(), TimeSpan(start, end))

    @staticmethod
    def minima(lateral_m: float = 0, vertical_ft: int = 1000, time_s: int = 0) -> SeparationMinima:
        return SeparationMinima(round(lateral_m * 1000), vertical_ft, time_s)

    def notice(self, ref: str, party: str, *volumes: Volume, kind: NoticeKind = NoticeKind.HAZARD) -> Notice:
        return Notice(ref, MemberId(party), kind, volumes)

    def away(self, lat: float, lon: float, bearing: float, distance_m: float) -> tuple[float, float]:
        there_lon, there_lat, _ = GEOD.fwd(lon, lat, bearing, distance_m)
        return there_lat, there_lon

    def star(self, chance: random.Random, lat: float, lon: float, size_m: float) -> Polygon:
        """A random polygon about a point; its corners go round, so it does not cross itself."""
        while True:
            bearings = sorted(chance.uniform(0, 360) for _ in range(chance.randint(3, 9)))
            corners = [self.away(lat, lon, b, size_m * chance.uniform(0.3, 1)) for b in bearings]
            try:
                polygon = self.polygon(*corners)
                check_footprint(polygon)
            except BadInput:
                continue
            return polygon

    def footprint(self, chance: random.Random, lat: float, lon: float, size_m: float) -> Footprint:
        """A random footprint without time."""
        match chance.randrange(6):
            case 0:
                return self.circle(lat, lon, chance.choice([0, size_m * chance.random()]))
            case 1:
                points = [(lat, lon)]
                for _ in range(chance.randint(1, 3)):
                    points.append(
                        self.away(*points[-1], chance.uniform(0, 360), size_m * chance.uniform(0.2, 1))
                    )
                return self.corridor(chance.choice([0, size_m / 10]), *points)
            case 2:
                outer = [self.away(lat, lon, bearing, size_m) for bearing in range(0, 360, 60)]
                hole = [self.away(lat, lon, bearing, size_m * 0.7) for bearing in range(30, 390, 90)]
                return self.polygon(*outer, holes=[hole])
            case 3:
                other = self.away(lat, lon, chance.uniform(0, 360), size_m * 1.5)
                return MultiPolygon(
                    (self.star(chance, lat, lon, size_m / 2), self.star(chance, *other, size_m / 2))
                )
            case _:
                return self.star(chance, lat, lon, size_m)


@dataclass(frozen=True)
class Track:
    """A line of the oracle: places, radius and time at each corner."""

    corners: tuple[tuple[float, float], ...]
    radii: tuple[float, ...]
    times: tuple[float, ...]


Places = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""From the unit square to the shares (s, w) of two segments at which they count."""

When = Callable[[Track, int, Track, int], Places | None]


def _anywhere(_one: Track, _i: int, _other: Track, _j: int) -> Places:
    return lambda x, y: (x, y)


def _together(a: Volume, b: Volume, lag: float) -> When:
    """The places at which two volumes count that are there at times no more than the lag apart."""
    if not isinstance(a.footprint, Legs):
        turned = _together(b, a, lag)

        def swapped(one: Track, i: int, other: Track, j: int) -> Places | None:
            places = turned(other, j, one, i)
            return None if places is None else lambda x, y: places(x, y)[::-1]

        return swapped

    def when(one: Track, i: int, other: Track, j: int) -> Places | None:
        moves = isinstance(b.footprint, Legs)
        t0, t1 = one.times[i], one.times[i + 1]
        u0, u1 = (other.times[j], other.times[j + 1]) if moves else (b.span.start_s, b.span.end_s)
        first, last = max(t0, u0 - lag), min(t1, u1 + lag)
        if first > last:
            return None

        def places(x: Floats, y: Floats) -> tuple[Floats, Floats]:
            t = first + x * (last - first)
            s = (t - t0) / (t1 - t0) if t1 > t0 else x
            if not moves:
                return s, y
            low, high = np.maximum(u0, t - lag), np.minimum(u1, t + lag)
            u = low + y * (high - low)
            return s, (u - u0) / (u1 - u0) if u1 > u0 else y

        return places

    return when


class Oracle:
    """Distances by PROJ alone."""

    def gap_m(self, a: Footprint, b: Footprint) -> float:
        """The gap of two footprints, 0 when one holds a corner of the other; good to a millimetre."""
        if self.holds(a, b) or self.holds(b, a):
            return 0.0
        return min(
            self._segments(one, other, _anywhere) for one in self._lines(a) for other in self._lines(b)
        )

    def centres_m(self, a: Circle, b: Circle) -> float:
        one, other = a.centre, b.centre
        return float(GEOD.inv(one.lon_deg, one.lat_deg, other.lon_deg, other.lat_deg)[2])

    def timed_gap_m(self, a: Volume, b: Volume, lag_s: float) -> float:
        """The least gap at times that are no more than the lag apart (inf: there are none)."""
        least = math.inf
        for moving, other in ((a, b), (b, a)):
            if isinstance(moving.footprint, Legs) and not isinstance(other.footprint, Legs):
                window = (other.span.start_s - lag_s, other.span.end_s + lag_s)
                if self._touches_inside(moving.footprint, other.footprint, window):
                    return 0.0
        for one in self._lines(a.footprint):
            for other_line in self._lines(b.footprint):
                least = min(least, self._segments(one, other_line, _together(a, b, lag_s)))
        return least

    def holds(self, area: Footprint, guest: Footprint) -> bool:
        return any(self._inside(area, line.corners[0]) for line in self._lines(guest))

    # ---- lines

    def _lines(self, footprint: Footprint) -> Iterator[Track]:
        match footprint:
            case Polygon():
                for ring in (footprint.exterior, *footprint.holes):
                    corners = tuple((p.lat_deg, p.lon_deg) for p in (*ring, ring[0]))
                    yield Track(corners, (0.0,) * len(corners), (0.0,) * len(corners))
            case MultiPolygon():
                for part in footprint.parts:
                    yield from self._lines(part)
            case Circle():
                here = (footprint.centre.lat_deg, footprint.centre.lon_deg)
                yield Track((here, here), (footprint.radius_mm / 1000,) * 2, (0.0, 0.0))
            case Corridor():
                count = len(footprint.points)
                corners = tuple((p.lat_deg, p.lon_deg) for p in footprint.points)
                yield Track(corners, (footprint.half_width_mm / 1000,) * count, (0.0,) * count)
            case Legs():
                corners = tuple((p.lat_deg, p.lon_deg) for p in footprint.points)
                yield Track(
                    corners, tuple(r / 1000 for r in footprint.radii_mm), tuple(map(float, footprint.times_s))
                )

    def _segments(self, one: Track, other: Track, when: When) -> float:
        starts = []
        for i in range(len(one.corners) - 1):
            for j in range(len(other.corners) - 1):
                places = when(one, i, other, j)
                if places is not None:
                    starts.append((self._coarse(one, i, other, j, places), i, j))
        nearest = [(i, j) for _, i, j in sorted(starts)[:6]]
        if when is _anywhere:
            return min(self._of_standing(one, i, other, j) for i, j in nearest)
        found = []
        for i, j in nearest:
            places = when(one, i, other, j)
            if places is not None:
                found.append((self._zoomed(one, i, other, j, places, keep=0.25, levels=16), i, j, places))
        # Where the nearest places lie in a narrow valley a quick zoom misses them: go down slowly.
        slowly = [
            self._zoomed(one, i, other, j, places, keep=0.44, levels=160)
            for _, i, j, places in sorted(found)[:1]
        ]
        return min([gap for gap, *_ in found] + slowly, default=math.inf)

    def _coarse(self, one: Track, i: int, other: Track, j: int, places: Places) -> float:
        x, y = np.meshgrid(np.linspace(0, 1, SAMPLES), np.linspace(0, 1, SAMPLES), indexing="ij")
        s, w = places(x.ravel(), y.ravel())
        gap = np.linalg.norm(_ecef(*_along(one, i, s)) - _ecef(*_along(other, j, w)), axis=1)
        return float((gap - _linear(one.radii, i, s) - _linear(other.radii, j, w)).min())

    def _of_standing(self, one: Track, i: int, other: Track, j: int) -> float:
        """Where nothing moves the lines cross, or an end of one of them is nearest: one line at a time."""
        if _cross(one, i, other, j):
            return -one.radii[i] - other.radii[j]
        sides: list[Places] = [
            lambda x, _: (x * 0, x),
            lambda x, _: (x * 0 + 1, x),
            lambda x, _: (x, x * 0),
            lambda x, _: (x, x * 0 + 1),
        ]
        return min(self._narrowed(one, i, other, j, side) for side in sides)

    def _narrowed(self, one: Track, i: int, other: Track, j: int, side: Places) -> float:
        low, high, best = 0.0, 1.0, math.inf
        for _ in range(9):
            x = np.linspace(low, high, 41)
            gap = self._gaps(one, i, other, j, *side(x, x))
            at = int(gap.argmin())
            best = min(best, float(gap[at]))
            low, high = x[max(at - 2, 0)], x[min(at + 2, 40)]
        return best

    def _zoomed(
        self, one: Track, i: int, other: Track, j: int, places: Places, *, keep: float, levels: int
    ) -> float:
        low, high = np.zeros(2), np.ones(2)
        best = math.inf
        for _ in range(levels):
            x, y = np.meshgrid(
                *(np.linspace(a, b, 11) for a, b in zip(low, high, strict=True)), indexing="ij"
            )
            gap = self._gaps(one, i, other, j, *places(x.ravel(), y.ravel()))
            at = int(gap.argmin())
            best = min(best, float(gap[at]))
            centre, reach = np.array([x.ravel()[at], y.ravel()[at]]), (high - low) * keep
            low, high = np.clip(centre - reach, 0, 1), np.clip(centre + reach, 0, 1)
        return best

    def _gaps(self, one: Track, i: int, other: Track, j: int, s: Floats, w: Floats) -> Floats:
        lat0, lon0 = _along(one, i, s)
        lat1, lon1 = _along(other, j, w)
        _, _, distance = GEOD.inv(lon0, lat0, lon1, lat1)
        return np.asarray(distance - _linear(one.radii, i, s) - _linear(other.radii, j, w))

    # ---- inside

    def _inside(self, area: Footprint, spot: tuple[float, float]) -> bool:
        if isinstance(area, MultiPolygon):
            return any(self._inside(part, spot) for part in area.parts)
        if not isinstance(area, Polygon):
            return False
        return self._rounds(area.exterior, spot) and not any(self._rounds(hole, spot) for hole in area.holes)

    def _rounds(self, ring: Ring, spot: tuple[float, float]) -> bool:
        """Whether the azimuth to a point that goes along the ring turns once, seen from the spot."""
        corners = [(p.lat_deg, p.lon_deg) for p in (*ring, ring[0])]
        line = Track(tuple(corners), (0.0,) * len(corners), (0.0,) * len(corners))
        share = np.linspace(0, 1, 400, endpoint=False)
        lat, lon = (
            np.concatenate(c) for c in zip(*(_along(line, i, share) for i in range(len(ring))), strict=True)
        )
        azimuth, _, _ = GEOD.inv(np.full_like(lon, spot[1]), np.full_like(lat, spot[0]), lon, lat)
        turns = (np.diff(np.append(azimuth, azimuth[0])) + 180) % 360 - 180
        return bool(abs(turns.sum()) > 180)

    def _touches_inside(self, legs: Legs, area: Footprint, window: tuple[float, float]) -> bool:
        line = next(self._lines(legs))
        for i in range(len(line.corners) - 1):
            share = np.linspace(0, 1, 21)
            lat, lon = _along(line, i, share)
            when = _linear(line.times, i, share)
            for k in np.flatnonzero((when >= window[0]) & (when <= window[1])):
                if self._inside(area, (float(lat[k]), float(lon[k]))):
                    return True
        return False


def _along(line: Track, i: int, share: Floats) -> tuple[Floats, Floats]:
    (lat0, lon0), (lat1, lon1) = line.corners[i], line.corners[i + 1]
    azimuth, _, length = GEOD.inv(lon0, lat0, lon1, lat1)
    count = len(share)
    lon, lat, _ = GEOD.fwd(
        np.full(count, lon0), np.full(count, lat0), np.full(count, azimuth), share * length
    )
    return np.asarray(lat), np.asarray(lon)


def _cross(one: Track, i: int, other: Track, j: int) -> bool:
    """Whether each of two short segments has its ends on both sides of the other."""
    return _parts(one, i, other, j) and _parts(other, j, one, i)


def _parts(one: Track, i: int, other: Track, j: int) -> bool:
    (lat0, lon0), (lat1, lon1) = one.corners[i], one.corners[i + 1]
    ahead = GEOD.inv(lon0, lat0, lon1, lat1)[0]
    turns = [
        math.sin(math.radians(GEOD.inv(lon0, lat0, lon, lat)[0] - ahead))
        for lat, lon in other.corners[j : j + 2]
    ]
    return turns[0] * turns[1] < 0


def _length(line: Track, i: int) -> float:
    (lat0, lon0), (lat1, lon1) = line.corners[i], line.corners[i + 1]
    return float(GEOD.inv(lon0, lat0, lon1, lat1)[2])


def _linear(values: Sequence[float], i: int, share: Floats) -> Floats:
    return values[i] + share * (values[i + 1] - values[i])


def _ecef(lat: Floats, lon: Floats) -> Floats:
    return np.stack(TO_ECEF.transform(lon, lat, np.zeros(len(lat))), axis=1)


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    return Oracle()
