# SPDX-License-Identifier: Apache-2.0
"""Are footprints closer than the minimum, to the millimetre, everywhere on the Earth?"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import pytest

from steerclear.geometry.geodesic import destination, distance_m
from steerclear.geometry.lateral import closer_than, lateral_gap_at_least_m
from steerclear.model.space import E7, Circle, Corridor, Footprint, MultiPolygon, Polygon, Position

if TYPE_CHECKING:
    from tests.geometry.conftest import Draw


def both_ways(a: Footprint, b: Footprint, minimum_mm: int) -> bool:
    found = closer_than(a, b, minimum_mm)
    assert closer_than(b, a, minimum_mm) is found
    assert lateral_gap_at_least_m(a, b) == lateral_gap_at_least_m(b, a)
    return found


# ---- touching and sharing


def test_areas_with_a_common_border_touch_and_do_not_conflict_at_zero(draw: Draw) -> None:
    west, east = draw.square(0, 0, 1, 1), draw.square(0, 1, 1, 2)
    assert not both_ways(west, east, 0)
    assert both_ways(west, east, 1)


def test_areas_that_touch_in_one_corner_do_not_conflict_at_zero(draw: Draw) -> None:
    assert not both_ways(draw.square(0, 0, 1, 1), draw.square(1, 1, 2, 2), 0)


def test_an_area_equals_itself_and_conflicts_at_zero(draw: Draw) -> None:
    square = draw.square(0, 0, 1, 1)
    assert both_ways(square, square, 0)
    assert both_ways(square, Polygon(square.exterior[::-1]), 0)
    assert both_ways(square, Polygon(square.exterior[2:] + square.exterior[:2]), 0)


def test_an_overlap_of_one_unit_of_the_coordinates_conflicts_at_zero(draw: Draw) -> None:
    # The common border is a meridian, so the corners in its middle lie on it exactly.
    area = draw.square(0, 0, 1, 1)
    touching = draw.square(0.3, 1, 0.6, 2)
    corners = tuple(
        Position(p.lat_e7, p.lon_e7 - 1 if p.lon_e7 == 10_000_000 else p.lon_e7) for p in touching.exterior
    )
    assert not both_ways(area, touching, 0)
    assert both_ways(area, Polygon(corners), 0)


def test_an_edge_through_two_corners_shares_interior(draw: Draw) -> None:
    assert both_ways(draw.square(0, 0, 1, 1), draw.polygon((0, 0), (1, 1), (0, 2)), 0)


def test_two_triangles_that_share_all_corners_but_lie_on_both_sides_touch(draw: Draw) -> None:
    lower, upper = draw.polygon((0, 0), (0, 1), (1, 1)), draw.polygon((0, 0), (1, 1), (1, 0))
    assert not both_ways(lower, upper, 0)


def test_a_long_common_border_with_corners_of_its_own_touches(draw: Draw) -> None:
    chance = random.Random(4)
    border = [(k / 200, 10 + chance.uniform(-0.01, 0.01)) for k in range(201)]
    west = draw.polygon(*border, (1, 9), (0, 9))
    east = draw.polygon(*border[::-1], (0, 11), (1, 11))
    assert not both_ways(west, east, 0)
    assert both_ways(west, east, 1)
    pushed = draw.polygon(*[(lat, lon - 2e-7) for lat, lon in border[::-1]], (0, 11), (1, 11))
    assert both_ways(west, pushed, 0)


def test_what_has_no_width_conflicts_at_zero_only_strictly_inside_an_area(draw: Draw) -> None:
    square = draw.square(0, 0, 1, 1)
    assert both_ways(square, draw.point(0.5, 0.5), 0)
    assert both_ways(square, Circle(Position(5_000_000, 9_999_999), 0), 0)
    assert not both_ways(square, draw.point(0.5, 1), 0)  # on the border, a meridian
    assert not both_ways(square, draw.point(1, 1), 0)  # on a corner
    assert both_ways(square, draw.line((0.2, -1), (0.7, 2)), 0)
    assert not both_ways(square, draw.line((0.2, 1), (0.7, 1)), 0)  # along the border
    assert not both_ways(square, draw.line((0.5, 1), (0.7, 2)), 0)  # from the border outward
    assert both_ways(square, draw.line((0.5, 1), (0.7, 0.5)), 0)  # from the border inward


def test_points_and_lines_without_width_only_touch_each_other(draw: Draw) -> None:
    assert not both_ways(draw.point(1, 1), draw.point(1, 1), 0)
    assert both_ways(draw.point(1, 1), draw.point(1, 1), 1)
    assert not both_ways(draw.line((0, 0), (1, 1)), draw.line((0, 1), (1, 0)), 0)
    assert both_ways(draw.line((0, 0), (1, 1)), draw.corridor(1, (0, 1), (1, 0)), 0)


def test_discs_conflict_at_zero_when_they_overlap_and_not_a_millimetre_apart(
    draw: Draw,
) -> None:
    a, b = draw.position(35, 38), draw.position(35.1, 38.2)
    apart_mm = distance_m(a, b) * 1000
    assert not both_ways(Circle(a, math.floor(apart_mm) - 9_000_000), Circle(b, 9_000_000), 0)
    assert both_ways(Circle(a, math.ceil(apart_mm) - 9_000_000), Circle(b, 9_000_000), 0)


# ---- at the minimum


def test_touching_at_the_minimum_is_no_conflict_to_the_millimetre(draw: Draw) -> None:
    chance = random.Random(8)
    for _ in range(60):
        here = draw.position(chance.uniform(-89, 89), chance.uniform(-180, 180))
        there = destination(here, chance.uniform(0, 360), 10 ** chance.uniform(0, 5))
        exact_mm = distance_m(here, there) * 1000
        assert not both_ways(Circle(here, 0), Circle(there, 0), math.floor(exact_mm))
        assert both_ways(Circle(here, 0), Circle(there, 0), math.ceil(exact_mm))


def test_wider_minima_never_remove_a_conflict(draw: Draw) -> None:
    chance = random.Random(9)
    for _ in range(25):
        a = draw.round_polygon(chance.uniform(-80, 80), 0, [chance.uniform(5e3, 2e4) for _ in range(7)])
        b = draw.circle(a.exterior[0].lat_deg + 0.3, 0.3, 2_000)
        gap_mm = round(lateral_gap_at_least_m(a, b) * 1000)
        verdicts = [
            closer_than(a, b, max(gap_mm + by, 0))
            for by in (-2000, -1001, -999, -2, -1, 0, 1, 2, 99, 999, 2000)
        ]
        assert verdicts == sorted(verdicts)


# ---- holes and parts


def test_an_area_in_the_hole_of_another_keeps_its_distance_to_the_edge_of_the_hole(draw: Draw) -> None:
    inner = [(0.2, 0.2), (0.2, 0.8), (0.8, 0.8), (0.8, 0.2)]
    ring = draw.polygon((0, 0), (0, 1), (1, 1), (1, 0), holes=[inner])
    inside = draw.square(0.3, 0.3, 0.7, 0.7)
    assert not both_ways(ring, inside, 11_000_000)
    assert both_ways(ring, inside, 11_200_000)
    assert not both_ways(ring, draw.polygon(*inner), 0)  # fills the hole
    assert both_ways(ring, draw.square(0.3, 0.3, 0.7, 0.9), 0)  # comes out of it
    assert not both_ways(ring, draw.point(0.5, 0.5), 0)
    assert both_ways(ring, draw.point(0.1, 0.5), 0)


def test_a_part_wholly_inside_is_found_though_another_part_lies_far_away(draw: Draw) -> None:
    parts = MultiPolygon((draw.square(40, 40, 41, 41), draw.square(0.4, 0.4, 0.6, 0.6)))
    assert both_ways(draw.square(0, 0, 1, 1), parts, 0)


# ---- antimeridian and poles


def test_the_antimeridian_is_no_border(draw: Draw) -> None:
    uncut = draw.square(0, 179, 1, -179)
    assert both_ways(uncut, draw.point(0.5, 180), 0)
    assert both_ways(uncut, draw.point(0.5, -180), 0)
    assert both_ways(uncut, draw.point(0.5, -179.5), 0)
    assert not both_ways(uncut, draw.point(0.5, -178.9), 0)
    assert not both_ways(uncut, draw.point(0.5, 0), 1_000_000_000)


def test_a_footprint_cut_at_the_antimeridian_is_the_uncut_one(draw: Draw) -> None:
    cut = MultiPolygon(
        (
            draw.polygon((0, 179), (0, 180), (1, 180), (1, 179)),
            Polygon(
                tuple(
                    Position(round(lat * 1e7), round(lon * 1e7))
                    for lat, lon in ((0, -180), (0, -179), (1, -179), (1, -180))
                )
            ),
        )
    )
    along_the_seam = Corridor((Position(2_000_000, 180 * E7), Position(8_000_000, -180 * E7)), 0)
    assert both_ways(cut, draw.point(0.5, 180), 0)
    assert both_ways(cut, along_the_seam, 0)
    assert both_ways(cut, draw.square(0.4, 179.9, 0.6, -179.9), 0)


@pytest.mark.parametrize("pole", [1, -1])
def test_a_polygon_that_holds_a_pole_holds_what_is_near_it(draw: Draw, pole: int) -> None:
    cap = draw.polygon(*((pole * 80, lon) for lon in (0, 90, 180, -90)))
    assert both_ways(cap, draw.point(pole * 90, 0), 0)
    assert both_ways(cap, draw.point(pole * 89, 123), 0)
    assert both_ways(cap, draw.point(pole * 83, 45), 0)
    assert not both_ways(cap, draw.point(pole * 81, 45), 0)  # the edges cut the corner of the parallel
    assert not both_ways(cap, draw.point(-pole * 90, 0), 0)


def test_an_edge_over_the_pole_is_where_the_geodesic_is(draw: Draw) -> None:
    line = draw.line((89, 0), (89, 180))
    assert both_ways(line, draw.point(90, 77), 1)
    assert not both_ways(line, draw.point(89, 90), 111_000_000)


def test_rotation_about_the_axis_and_mirror_north_south_change_nothing(draw: Draw) -> None:
    chance = random.Random(12)
    for _ in range(15):
        lat, lon = chance.uniform(-75, 75), chance.uniform(-180, 180)
        a = draw.round_polygon(lat, lon, [chance.uniform(5e3, 6e4) for _ in range(8)])
        b = draw.corridor(500, (lat + 0.5, lon), (lat + 0.9, lon + 0.7))
        minimum_mm = round(lateral_gap_at_least_m(a, b) * 1000) + chance.choice([-500, 500])
        gap, verdict = lateral_gap_at_least_m(a, b), closer_than(a, b, max(minimum_mm, 0))
        turn_e7, mirror = chance.randrange(3_600_000_000), chance.choice([1, -1])
        c, d = _moved(a, turn_e7, mirror), _moved(b, turn_e7, mirror)
        assert closer_than(c, d, max(minimum_mm, 0)) is verdict
        assert lateral_gap_at_least_m(c, d) == pytest.approx(gap, abs=0.0011)


def _moved(footprint: Footprint, turn_e7: int, mirror: int) -> Footprint:
    def moved(p: Position) -> Position:
        return Position(
            p.lat_e7 * mirror, (p.lon_e7 + turn_e7 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
        )

    if isinstance(footprint, Polygon):
        return Polygon(tuple(moved(p) for p in footprint.exterior))
    assert isinstance(footprint, Corridor)
    return Corridor(tuple(moved(p) for p in footprint.points), footprint.half_width_mm)


# ---- large and many


def test_footprints_of_thousands_of_kilometres_are_measured_piece_by_piece(draw: Draw) -> None:
    north = draw.polygon((60, -60), (60, 0), (60, 60), (50, 60), (50, 0), (50, -60))
    here = draw.position(48.0, 30.0)
    gap_m = lateral_gap_at_least_m(north, Circle(here, 0))
    assert not closer_than(north, Circle(here, 0), math.floor(gap_m * 1000))
    assert closer_than(north, Circle(here, 0), math.ceil(gap_m * 1000) + 5_000)
    assert closer_than(draw.circle(0, 0, 4_000_000), draw.circle(0, 80, 4_950_000), 0)
    assert not closer_than(draw.circle(0, 0, 4_000_000), draw.circle(0, 80, 4_900_000), 0)


def test_ten_thousand_corners_each_are_compared_exactly(draw: Draw) -> None:
    chance = random.Random(3)
    jagged = [100_000 + chance.uniform(-3000, 3000) for _ in range(10_000)]
    a = draw.round_polygon(35, 38, jagged)
    b = draw.round_polygon(35, 40.3, jagged[::-1])
    gap_mm = round(lateral_gap_at_least_m(a, b) * 1000)
    assert 1_000_000 < gap_mm < 15_000_000
    assert not closer_than(a, b, gap_mm - 1)
    assert closer_than(a, b, gap_mm + 10)
