# SPDX-License-Identifier: Apache-2.0
"""Builders of footprints for the tests of geometry. Degrees and metres in, integers out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from steerclear.geometry import geodesic
from steerclear.model.space import Circle, Corridor, Legs, Polygon, Position


class Draw:
    @staticmethod
    def position(lat: float, lon: float) -> Position:
        return Position(round(lat * 1e7), round(((lon + 180) % 360 - 180) * 1e7))

    def polygon(
        self, *corners: tuple[float, float], holes: Sequence[Sequence[tuple[float, float]]] = ()
    ) -> Polygon:
        rings = [tuple(self.position(*corner) for corner in ring) for ring in (corners, *holes)]
        return Polygon(rings[0], tuple(rings[1:]))

    def square(self, south: float, west: float, north: float, east: float) -> Polygon:
        return self.polygon((south, west), (south, east), (north, east), (north, west))

    def circle(self, lat: float, lon: float, radius_m: float) -> Circle:
        return Circle(self.position(lat, lon), round(radius_m * 1000))

    def point(self, lat: float, lon: float) -> Circle:
        return self.circle(lat, lon, 0)

    def corridor(self, half_width_m: float, *points: tuple[float, float]) -> Corridor:
        return Corridor(tuple(self.position(*point) for point in points), round(half_width_m * 1000))

    def line(self, *points: tuple[float, float]) -> Corridor:
        return self.corridor(0, *points)

    def legs(self, *stations: tuple[int, float, float, float]) -> Legs:
        return Legs(
            tuple(self.position(lat, lon) for _, lat, lon, _ in stations),
            tuple(time for time, *_ in stations),
            tuple(round(radius * 1000) for *_, radius in stations),
        )

    def round_polygon(self, lat: float, lon: float, radius_m: Sequence[float]) -> Polygon:
        centre, count = self.position(lat, lon), len(radius_m)
        return Polygon(
            tuple(
                geodesic.destination(centre, 360 * at / count, radius) for at, radius in enumerate(radius_m)
            )
        )


@pytest.fixture(scope="session")
def draw() -> Draw:
    return Draw()
