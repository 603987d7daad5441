# SPDX-License-Identifier: Apache-2.0
"""Does what is moved as a whole keep its shape, and arrive where it was sent?"""

from __future__ import annotations

import pytest
from pyproj import Geod

from steerclear.geometry.geodesic import distance_m
from steerclear.geometry.outline import outline_of
from steerclear.geometry.placed import Motion, middle_of, moved
from steerclear.model.space import Circle, Corridor, Legs, Polygon, Position

GEOD = Geod(ellps="WGS84")
PLACES = [(35.0, 38.0), (0.0, 179.99), (89.95, 10.0), (-75.0, -180.0), (90.0, 0.0)]


def at(lat: float, lon: float) -> Position:
    return Position(round(lat * 1e7), round(((lon + 180) % 360 - 180) * 1e7))


def around(lat: float, lon: float, bearing: float, metres: float) -> Position:
    there_lon, there_lat, _ = GEOD.fwd(lon, lat, bearing, metres)
    return at(there_lat, there_lon)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("bearing", [0.0, 77.0, 180.0, 301.5])
def test_the_middle_goes_along_the_geodesic_and_the_shape_stays(
    place: tuple[float, float], bearing: float
) -> None:
    middle = at(*place)
    corners = tuple(around(*place, turn, 20_000) for turn in (10, 95, 200, 280))
    motion = Motion.along(middle, bearing, 50_000)
    there = moved(Polygon(corners), motion)
    assert isinstance(there, Polygon)
    assert distance_m(motion.of((middle,))[0], around(*place, bearing, 50_000)) < 0.02
    for one, now in zip(corners, there.exterior, strict=True):
        for other, then in zip(corners, there.exterior, strict=True):
            assert distance_m(now, then) == pytest.approx(distance_m(one, other), abs=0.5)


@pytest.mark.parametrize("place", PLACES)
def test_there_and_back_is_where_it_was(place: tuple[float, float]) -> None:
    line = Corridor((at(*place), around(*place, 40, 9_000)), 500_000)
    middle = middle_of([outline_of(line)])
    there = Motion.along(middle, 123.0, 30_000)
    goal = there.of((middle,))[0]
    _, back, _ = GEOD.inv(middle.lon_deg, middle.lat_deg, goal.lon_deg, goal.lat_deg)
    home = moved(moved(line, there), Motion.along(goal, back, 30_000))
    assert isinstance(home, Corridor)
    assert home.half_width_mm == line.half_width_mm
    for was, now in zip(line.points, home.points, strict=True):
        assert distance_m(was, now) < 0.2


def test_what_moves_keeps_its_times_and_a_circle_its_radius() -> None:
    motion = Motion.along(at(35, 38), 90.0, 1_000)
    legs = moved(Legs((at(35, 38), at(35.1, 38)), (0, 60), (100, 900)), motion)
    assert isinstance(legs, Legs)
    assert (legs.times_s, legs.radii_mm) == ((0, 60), (100, 900))
    circle = moved(Circle(at(35, 38), 4_000), motion)
    assert circle == Circle(around(35, 38, 90, 1_000), 4_000)


def test_no_way_at_all_leaves_everything_in_its_place() -> None:
    square = Polygon((at(35, 38), at(35, 38.1), at(35.1, 38.1), at(35.1, 38)))
    assert moved(square, Motion.along(middle_of([outline_of(square)]), 0.0, 0.0)) == square
