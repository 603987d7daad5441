# SPDX-License-Identifier: Apache-2.0
"""Is something that moves compared only where it is when the other is there?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from steerclear.model.finding import Conflict, NoConflict
from steerclear.screening.assess import assess

if TYPE_CHECKING:
    from tests.screening.conftest import Make

    from steerclear.model.finding import Finding, SeparationMinima
    from steerclear.model.space import Volume


def both_ways(a: Volume, b: Volume, minima: SeparationMinima) -> Finding:
    finding = assess(a, b, minima)
    assert assess(b, a, minima) == finding
    return finding


def first_at_s(finding: Finding) -> int:
    assert isinstance(finding, Conflict)
    return finding.first_at_s


def test_a_flight_conflicts_with_an_area_only_while_it_is_over_it(make: Make) -> None:
    # On the equator at 0.002° a second: over the area (0 … 0.3° E) from 500 s to 650 s.
    flight = make.volume(make.legs((0, 0, -1, 0), (1000, 0, 1, 0)))
    area = make.polygon((-0.1, 0), (-0.1, 0.3), (0.1, 0.3), (0.1, 0))
    during = both_ways(flight, make.volume(area, 0, 1000), make.minima(0))
    assert first_at_s(during) == 500
    assert isinstance(both_ways(flight, make.volume(area, 0, 500), make.minima(0)), NoConflict)
    assert isinstance(both_ways(flight, make.volume(area, 0, 501), make.minima(0)), Conflict)
    assert isinstance(both_ways(flight, make.volume(area, 650, 1000), make.minima(0)), NoConflict)
    assert isinstance(both_ways(flight, make.volume(area, 649, 1000), make.minima(0)), Conflict)
    assert first_at_s(both_ways(flight, make.volume(area, 600, 620), make.minima(0))) == 600


def test_the_time_minimum_widens_the_window_on_both_sides(make: Make) -> None:
    flight = make.volume(make.legs((0, 0, -1, 0), (1000, 0, 1, 0)))
    area = make.polygon((-0.1, 0), (-0.1, 0.3), (0.1, 0.3), (0.1, 0))
    before, after = make.volume(area, 0, 440), make.volume(area, 710, 1000)
    assert isinstance(both_ways(flight, before, make.minima(0, 1000, 60)), NoConflict)
    assert isinstance(both_ways(flight, after, make.minima(0, 1000, 60)), NoConflict)
    # The area ends at 440; the flight comes at 500; 61 s is more than what is between them.
    assert first_at_s(both_ways(flight, before, make.minima(0, 1000, 61))) == 440
    # The flight leaves at 650; the area begins at 710: the first second less than 61 s before.
    assert first_at_s(both_ways(flight, after, make.minima(0, 1000, 61))) == 650


def test_a_growing_radius_counts_as_it_is_at_the_moment(make: Make) -> None:
    ship = make.volume(make.legs((0, 0, 0, 0), (1000, 0, 0, 10_000)))  # stands, and is less and less certain
    rock = make.circle(0, 0.05, 0)  # 5,566 m away
    assert isinstance(both_ways(ship, make.volume(rock, 0, 500), make.minima(0)), NoConflict)
    finding = both_ways(ship, make.volume(rock, 0, 1000), make.minima(0))
    assert first_at_s(finding) == 556


def test_two_flights_that_cross_at_different_times_keep_clear(make: Make) -> None:
    east = make.volume(make.legs((0, 0, -1, 100), (1000, 0, 1, 100)))
    north = make.volume(make.legs((0, -1, 0, 100), (1000, 1, 0, 100)))
    late = make.volume(make.legs((300, -1, 0, 100), (1300, 1, 0, 100)))
    assert isinstance(both_ways(east, north, make.minima(0)), Conflict)
    assert isinstance(both_ways(east, late, make.minima(5_000)), NoConflict)
    assert isinstance(both_ways(east, late, make.minima(5_000, 1000, 300)), Conflict)
    assert isinstance(both_ways(east, late, make.minima(0, 1000, 300)), Conflict)
    assert isinstance(both_ways(east, late, make.minima(0, 1000, 298)), NoConflict)


def test_identical_velocities_keep_their_distance(make: Make) -> None:
    lead = make.volume(make.legs((0, 0, 0, 0), (1000, 0, 2, 0)))
    follower = make.volume(make.legs((30, 0, 0, 0), (1030, 0, 2, 0)))
    # 30 s behind at 222.6 m/s is 6,679 m, all the way.
    assert isinstance(both_ways(lead, follower, make.minima(6_679)), NoConflict)
    finding = both_ways(lead, follower, make.minima(6_680))
    assert isinstance(finding, Conflict)
    assert finding.lateral_gap_m == pytest.approx(6_679.169, abs=0.3)
    assert isinstance(both_ways(lead, lead, make.minima(0)), NoConflict)  # without radius they only touch
    assert isinstance(both_ways(lead, lead, make.minima(0.001)), Conflict)


def test_a_hold_and_an_instant_are_legal_legs(make: Make) -> None:
    hold = make.volume(make.legs((0, 0, 0, 500), (600, 0, 0, 500), (1200, 0, 1, 500)))
    instant = make.volume(make.legs((300, 0, 0.004, 0), (300, 0, 0.004, 0)))
    assert isinstance(both_ways(hold, instant, make.minima(0)), Conflict)
    assert isinstance(
        both_ways(hold, make.volume(make.circle(0, 0.004, 0), 300, 300), make.minima(0)), Conflict
    )
    passed = make.volume(make.legs((1100, 0, 0.004, 0), (1100, 0, 0.004, 0)))
    assert isinstance(both_ways(hold, passed, make.minima(0)), NoConflict)


def test_legs_wholly_inside_an_area_conflict_from_the_first_second_of_both(make: Make) -> None:
    inside = make.volume(make.legs((100, 0.4, 0.4, 0), (900, 0.6, 0.6, 0)))
    area = make.polygon((0, 0), (0, 1), (1, 1), (1, 0))
    assert first_at_s(both_ways(inside, make.volume(area, 0, 1000), make.minima(0))) == 100
    assert first_at_s(both_ways(inside, make.volume(area, 300, 1000), make.minima(0))) == 300
    assert isinstance(both_ways(inside, make.volume(area, 900, 1000), make.minima(0)), NoConflict)


def test_legs_over_the_pole_and_across_the_antimeridian(make: Make) -> None:
    over = make.volume(make.legs((0, 89, 0, 0), (1000, 89, 180, 0)))
    assert isinstance(
        both_ways(over, make.volume(make.circle(90, 0, 100), 490, 510), make.minima(0)), Conflict
    )
    assert isinstance(
        both_ways(over, make.volume(make.circle(90, 0, 100), 0, 490), make.minima(0)), NoConflict
    )
    across = make.volume(make.legs((0, 10, 179, 0), (1000, 10, -179, 0)))
    gate = make.circle(10, 180, 500)
    assert isinstance(both_ways(across, make.volume(gate, 400, 600), make.minima(100)), Conflict)
    assert isinstance(both_ways(across, make.volume(gate, 0, 400), make.minima(100)), NoConflict)
