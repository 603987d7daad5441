# SPDX-License-Identifier: Apache-2.0
"""Does the region of a conflict hold all that concerns both, and no corner of either?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from steerclear.geometry.area import area_km2
from steerclear.geometry.geodesic import bearing_deg, destination, distance_m
from steerclear.geometry.lateral import closer_than
from steerclear.geometry.overlap import overlap_region
from steerclear.geometry.validate import check_footprint
from steerclear.model.space import Circle, Footprint, MultiPolygon, Polygon

if TYPE_CHECKING:
    from tests.geometry.conftest import Draw


def corners_of(footprint: MultiPolygon) -> set[tuple[int, int]]:
    return {
        (p.lat_e7, p.lon_e7)
        for part in footprint.parts
        for ring in (part.exterior, *part.holes)
        for p in ring
    }


def pairs(draw: Draw) -> Iterator[tuple[Footprint, Footprint]]:
    yield draw.square(0, 0, 1, 1), draw.square(0.5, 0.5, 2, 2)
    yield draw.square(0, 0, 1, 1), draw.square(0, 0, 1, 1)
    yield draw.square(0, 179, 1, -179), draw.polygon((0.5, 179.5), (0.5, -179.5), (3, -179))
    yield draw.polygon(*((80, lon) for lon in (0, 90, 180, -90))), draw.circle(89, 0, 300_000)
    yield draw.square(0, 0, 1, 1), draw.corridor(1_000, (0, -3), (1, 3))
    yield draw.square(35, 38, 36, 39), draw.legs((0, 35.5, 37, 2_000), (3600, 35.6, 40, 9_000))
    yield (
        draw.polygon((0, 0), (0, 3), (3, 3), (3, 0), holes=[((1, 1), (1, 2), (2, 2), (2, 1))]),
        draw.square(0.5, 0.5, 2.5, 2.5),
    )


@pytest.mark.parametrize("case", range(7))
@pytest.mark.parametrize("widened_mm", [0, 9_260_000])
def test_every_point_that_concerns_both_lies_within(draw: Draw, case: int, widened_mm: int) -> None:
    a, b = list(pairs(draw))[case]
    region = overlap_region(a, b, widened_mm)
    assert region is not None
    check_footprint(region)
    half_mm = widened_mm // 2
    chance = random.Random(case)
    start = region.parts[0].exterior
    shared = 0
    for _ in range(60):
        p, q = chance.choice(start), chance.choice(start)
        spot = Circle(destination(p, bearing_deg(p, q), distance_m(p, q) * chance.random()), 0)
        if closer_than(spot, a, half_mm) and closer_than(spot, b, half_mm):
            shared += 1
            assert closer_than(spot, region, 0)
    assert shared


@pytest.mark.parametrize("case", range(7))
def test_no_corner_of_either_stands_in_the_region(draw: Draw, case: int) -> None:
    a, b = list(pairs(draw))[case]
    region = overlap_region(a, b, 1_000)
    assert region is not None
    for footprint in (a, b):
        if isinstance(footprint, Polygon):
            own = {(p.lat_e7, p.lon_e7) for ring in (footprint.exterior, *footprint.holes) for p in ring}
            assert not own & corners_of(region)


def test_what_is_far_apart_shares_nothing(draw: Draw) -> None:
    assert overlap_region(draw.square(0, 0, 1, 1), draw.square(5, 5, 6, 6), 1_000_000) is None
    assert overlap_region(draw.square(0, 0, 1, 1), draw.circle(0, 179, 1_000), 0) is None


def test_the_region_is_not_much_larger_than_what_is_shared(draw: Draw) -> None:
    region = overlap_region(draw.square(0, 0, 1, 1), draw.square(0.5, 0.5, 2, 2), 0)
    assert region is not None
    assert area_km2(region) == pytest.approx(area_km2(draw.square(0.5, 0.5, 1, 1)), rel=0.01)


def test_a_region_of_ten_thousand_corners_stays_small_on_the_wire(draw: Draw) -> None:
    chance = random.Random(3)
    jagged = [100_000 + chance.uniform(-3000, 3000) for _ in range(10_000)]
    region = overlap_region(
        draw.round_polygon(35, 38, jagged), draw.round_polygon(35, 38.5, jagged[::-1]), 9_260_000
    )
    assert region is not None
    assert len(corners_of(region)) <= 400
