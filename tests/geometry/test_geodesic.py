# SPDX-License-Identifier: Apache-2.0
"""Is the geodesic the one of the textbooks? Karney (2013), table 2 to 4, and round trips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from steerclear.geometry.geodesic import bearing_deg, destination, distance_m

if TYPE_CHECKING:
    from tests.geometry.conftest import Draw


def test_the_direct_problem_of_karney_2013(draw: Draw) -> None:
    # Table 2: φ1 = 40°, α1 = 30°, s = 10,000 km → φ2 = 41.79331020506°, λ = 137.84490004377°.
    arrived = destination(draw.position(40, 0), 30, 10_000_000)
    assert (arrived.lat_e7, arrived.lon_e7) == (417_933_102, 1_378_449_000)


def test_the_inverse_problem_of_karney_2013(draw: Draw) -> None:
    # Table 3: φ1 = −30.12345°, φ2 = −30.12344°, λ = 0.00005° → s = 4.944208 m, α1 = 77.04353°.
    p, q = draw.position(-30.12345, 0), draw.position(-30.12344, 0.00005)
    assert distance_m(p, q) == pytest.approx(4.944208, abs=1e-6)
    assert bearing_deg(p, q) == pytest.approx(77.04353, abs=1e-4)


def test_bearings_count_clockwise_from_north_to_less_than_360(draw: Draw) -> None:
    here = draw.position(0, 0)
    assert [round(bearing_deg(here, draw.position(*to))) for to in ((1, 0), (0, 1), (-1, 0), (0, -1))] == [
        0,
        90,
        180,
        270,
    ]


def test_the_antimeridian_is_no_barrier(draw: Draw) -> None:
    assert distance_m(draw.position(0, 179.9), draw.position(0, -179.9)) == pytest.approx(
        22_263.898, abs=0.001
    )
    assert distance_m(draw.position(10, 180), draw.position(10, -180)) == 0


def test_a_pole_has_one_place_under_every_longitude(draw: Draw) -> None:
    assert distance_m(draw.position(90, 10), draw.position(90, -120)) == pytest.approx(0, abs=1e-6)
