# SPDX-License-Identifier: Apache-2.0
"""Is the fast kernel as near the truth as it says, and is the exact one as near as geographiclib?

``docs/screening.md`` quotes the figures that the first test holds.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from steerclear.geometry.exact import Lines, exact_gap_m
from steerclear.geometry.geodesic import destination, distance_m
from steerclear.geometry.lateral import lateral_gap_at_least_m
from steerclear.geometry.nearest import nearest
from steerclear.geometry.outline import Outline, outline_of

if TYPE_CHECKING:
    from tests.geometry.conftest import Draw


def some_line(draw: Draw, chance: random.Random, lat: float, lon: float, length_m: float) -> Outline:
    here = draw.position(lat, lon)
    there = destination(here, chance.uniform(0, 360), length_m)
    return outline_of(draw.corridor(0, (lat, lon), (there.lat_deg, there.lon_deg)))


@pytest.mark.parametrize(
    ("apart_m", "worst_m"),
    [(100, 0.0001), (10_000, 0.0005), (50_000, 0.0015), (100_000, 0.008), (500_000, 0.8), (3_000_000, 200.0)],
)
def test_the_error_of_the_plane_is_within_its_bound(draw: Draw, apart_m: float, worst_m: float) -> None:
    chance = random.Random(apart_m)
    for _ in range(120):
        lat, lon = math.degrees(math.asin(chance.uniform(-1, 1))), chance.uniform(-180, 180)
        there = destination(draw.position(lat, lon), chance.uniform(0, 360), apart_m)
        length_m = chance.choice([10, 1_000, 49_000])
        a = some_line(draw, chance, lat, lon, length_m)
        b = some_line(draw, chance, there.lat_deg, there.lon_deg, length_m)
        fast = nearest(a.pieces, b.pieces)
        exact_m = exact_gap_m(Lines(a).stretch(0), Lines(b).stretch(0), float(fast.s[0]), float(fast.w[0]))
        assert abs(fast.gap_m[0] - exact_m) <= min(worst_m, float(fast.error_m[0]))


def test_a_gap_is_never_overstated_against_geographiclib(draw: Draw) -> None:
    chance = random.Random(21)
    for _ in range(150):
        here = draw.position(chance.uniform(-89, 89), chance.uniform(-180, 180))
        there = destination(here, chance.uniform(0, 360), 10 ** chance.uniform(0, 7))
        true_m = distance_m(here, there)
        said_m = lateral_gap_at_least_m(
            draw.circle(here.lat_deg, here.lon_deg, 0), draw.circle(there.lat_deg, there.lon_deg, 0)
        )
        assert said_m <= true_m
        if true_m <= 50_000:
            assert said_m >= true_m - 0.1


def test_long_edges_follow_the_geodesic(draw: Draw) -> None:
    # London to Tokyo leaves the straight line of the map by thousands of kilometres.
    line = outline_of(draw.corridor(0, (51.5, 0), (35.7, 139.7)))
    assert len(line.pieces) > 190
    over_siberia = destination(draw.position(51.5, 0), 30.0, 4_000_000)
    assert (
        lateral_gap_at_least_m(
            draw.corridor(0, (51.5, 0), (35.7, 139.7)),
            draw.circle(over_siberia.lat_deg, over_siberia.lon_deg, 0),
        )
        < 200_000
    )


def test_the_least_place_of_moving_discs_whose_radii_change_is_found_in_closed_form(draw: Draw) -> None:
    chance = random.Random(5)
    for _ in range(60):
        stations = [(0, 35.0, 38.0, 0.0), (600, 35.0, 38.0, 0.0)]
        a, b = (
            outline_of(
                draw.legs(
                    *(
                        (
                            t,
                            lat + chance.uniform(-0.1, 0.1),
                            lon + chance.uniform(-0.1, 0.1),
                            chance.uniform(0, 9e3),
                        )
                        for t, lat, lon, _ in stations
                    )
                )
            ).pieces.take(np.array([0]))
            for _ in range(2)
        )
        found = nearest(a, b)
        share = np.linspace(0, 1, 81)
        s, w = (side.ravel() for side in np.meshgrid(share, share))
        where = [p.start + (p.end - p.start) * at[:, np.newaxis] for p, at in ((a, s), (b, w))]
        radii = sum(p.radius0_m + (p.radius1_m - p.radius0_m) * at for p, at in ((a, s), (b, w)))
        # A chord is shorter than the arc by less than 10 cm here, and the grid misses the least place.
        sampled = (np.linalg.norm(where[0] - where[1], axis=1) - radii).min()
        assert sampled - 300 <= found.gap_m[0] <= sampled + 0.2


def test_identical_velocities_divide_nothing_by_zero(draw: Draw) -> None:
    a = outline_of(draw.legs((0, 35, 38, 100), (600, 35, 39, 100)))
    b = outline_of(draw.legs((0, 35.1, 38, 100), (600, 35.1, 39, 100)))
    with np.errstate(all="raise", under="ignore"):
        gap_m = nearest(a.pieces.take(np.array([0])), b.pieces.take(np.array([0])), 0.0).gap_m[0]
    assert gap_m == pytest.approx(10_900, abs=100)
