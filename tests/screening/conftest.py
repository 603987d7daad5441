# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of screening: builders of volumes that read like what they build."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pyproj
import pytest

from steerclear.errors import BadInput
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
    Volume,
)
from steerclear.model.time import TimeSpan

GEOD = pyproj.Geod(ellps="WGS84")


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


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
