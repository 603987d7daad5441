# SPDX-License-Identifier: Apache-2.0
"""Are areas the ellipsoid's own, and is the line on the drawing held against the true one?"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import pyproj
import pytest

from steerclear.geometry.area import area_km2
from steerclear.geometry.drawing import straight_line_deviation_m
from steerclear.geometry.geodesic import distance_m
from steerclear.model.space import MultiPolygon, Polygon

if TYPE_CHECKING:
    from tests.geometry.conftest import Draw


def test_polygons_have_the_area_that_proj_gives_them(draw: Draw) -> None:
    geod, chance = pyproj.Geod(ellps="WGS84"), random.Random(2)
    for _ in range(30):
        ring = draw.round_polygon(
            chance.uniform(-89, 89), chance.uniform(-180, 180), [chance.uniform(1e3, 1e6) for _ in range(12)]
        ).exterior
        proj, _ = geod.polygon_area_perimeter([p.lon_deg for p in ring], [p.lat_deg for p in ring])
        assert area_km2(Polygon(ring)) == pytest.approx(abs(proj) / 1e6, rel=1e-9)


def test_holes_are_taken_off_and_winding_does_not_matter(draw: Draw) -> None:
    inner = ((0.2, 0.2), (0.2, 0.8), (0.8, 0.8), (0.8, 0.2))
    outer = draw.square(0, 0, 1, 1)
    whole, hole = area_km2(outer), area_km2(draw.polygon(*inner))
    assert area_km2(draw.polygon((0, 0), (0, 1), (1, 1), (1, 0), holes=[inner])) == pytest.approx(
        whole - hole
    )
    assert area_km2(Polygon(outer.exterior[::-1])) == pytest.approx(whole)
    assert area_km2(MultiPolygon((outer, outer))) == pytest.approx(2 * whole)


def test_discs_and_corridors(draw: Draw) -> None:
    assert area_km2(draw.circle(35, 38, 10_000)) == pytest.approx(math.pi * 100, rel=1e-5)
    assert area_km2(draw.point(35, 38)) == 0
    length_km = distance_m(draw.position(35, 38), draw.position(35.5, 39)) / 1000
    strip = length_km * 10 + math.pi * 25
    assert area_km2(draw.corridor(5_000, (35, 38), (35.5, 39))) == pytest.approx(strip, rel=2e-3)
    assert area_km2(draw.legs((0, 35, 38, 5_000), (600, 35.5, 39, 5_000))) == pytest.approx(strip, rel=2e-3)
    assert area_km2(draw.legs((0, 89.9, 0, 5_000), (600, 89.9, 180, 5_000))) == pytest.approx(
        22.3 * 10 + math.pi * 25, rel=0.01
    )


def test_a_drawn_parallel_leaves_the_geodesic_and_a_meridian_does_not(draw: Draw) -> None:
    assert straight_line_deviation_m(draw.line((35, 36), (36, 36))) < 0.01
    assert straight_line_deviation_m(draw.line((35, 36), (35, 36.1))) < 10
    assert straight_line_deviation_m(draw.line((35, 36), (35, 42))) == pytest.approx(4_180, abs=100)
    assert straight_line_deviation_m(draw.line((0, 170), (0, -170))) < 0.01
    assert straight_line_deviation_m(draw.circle(35, 36, 1000)) == 0
    assert straight_line_deviation_m(draw.corridor(500, (35, 36), (35, 42))) == pytest.approx(4_180, abs=100)
    assert straight_line_deviation_m(draw.square(35, 36, 36, 37)) > 100
