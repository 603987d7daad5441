# SPDX-License-Identifier: Apache-2.0
"""Do bands of different datums keep their distance on the worse side, and never by a guess?"""

from __future__ import annotations

import random

import pytest

from steerclear.geometry.datum import amsl_interval_ft, vertical_gap, vertical_gap_ft
from steerclear.model.space import Altitude, Band, Datum

AMSL, AGL, WGS84, STD = Datum.AMSL, Datum.AGL, Datum.WGS84, Datum.STD


def band(lower: int, upper: int, datum: Datum = AMSL, upper_datum: Datum | None = None) -> Band:
    return Band(Altitude(lower, datum), Altitude(upper, upper_datum or datum))


@pytest.mark.parametrize("datum", list(Datum))
def test_the_same_datum_compares_exactly(datum: Datum) -> None:
    assert vertical_gap_ft(band(0, 1000, datum), band(2000, 3000, datum)) == 1000
    assert vertical_gap_ft(band(0, 1000, datum), band(1000, 3000, datum)) == 0
    assert vertical_gap_ft(band(0, 1000, datum), band(500, 600, datum)) == -500


def test_the_gap_is_the_same_in_both_directions() -> None:
    chance = random.Random(1)
    for _ in range(2000):
        bands = []
        for _ in range(2):
            low, high = sorted(chance.randrange(-1000, 50_000) for _ in range(2))
            bands.append(band(low, high, chance.choice(list(Datum)), chance.choice(list(Datum))))
        assert vertical_gap(*bands) == vertical_gap(*bands[::-1])


def test_ellipsoid_heights_become_an_interval_of_110_m_and_90_m_rounded_outward() -> None:
    # AMSL = WGS84 − N with N in [−110, +90] m: 90 m = 295.3 ft, 110 m = 360.9 ft.
    interval = amsl_interval_ft(Altitude(10_000, WGS84))
    assert interval is not None
    assert (interval.low_ft, interval.high_ft) == (10_000 - 296, 10_000 + 361)


def test_pressure_levels_become_an_interval_that_grows_with_the_level() -> None:
    interval = amsl_interval_ft(Altitude(24_000, STD))
    assert interval is not None
    assert (interval.low_ft, interval.high_ft) == (24_000 - 1_800 - 1_920, 24_000 + 1_100 + 1_920)
    odd = amsl_interval_ft(Altitude(101, STD))
    assert odd is not None
    assert (odd.low_ft, odd.high_ft) == (101 - 1_800 - 9, 101 + 1_100 + 9)


def test_the_worse_side_of_every_conversion_counts() -> None:
    assert vertical_gap_ft(band(0, 10_000), band(20_000, 24_000, STD)) == 20_000 - 1_800 - 1_600 - 10_000
    assert vertical_gap_ft(band(20_000, 24_000), band(0, 10_000, STD)) == 20_000 - (10_000 + 1_100 + 800)
    assert vertical_gap_ft(band(0, 1000, WGS84), band(2000, 3000)) == 2000 - (1000 + 361)
    assert vertical_gap_ft(band(0, 1000, WGS84), band(5000, 6000, STD)) == (5000 - 1800 - 400) - 1361


def test_heights_above_ground_against_another_datum_are_unknown() -> None:
    assert vertical_gap_ft(band(0, 400, AGL), band(0, 400)) is None
    assert vertical_gap(band(0, 400, AGL), band(0, 400)).at_least_ft is None


def test_a_term_that_needs_no_terrain_still_bounds_the_gap() -> None:
    # Surface to 5,000 ft AMSL against 9,000 ft AMSL and above: the upper limit alone keeps them apart.
    surface = band(0, 5000, AGL, AMSL)
    gap = vertical_gap(surface, band(9000, 12_000))
    assert (gap.at_least_ft, gap.known) == (4000, False)
    assert vertical_gap_ft(surface, band(9000, 12_000)) is None


def test_zero_thickness_is_legal() -> None:
    assert vertical_gap_ft(band(1000, 1000), band(1000, 1000)) == 0
    assert vertical_gap_ft(band(1000, 1000), band(500, 1500)) == -500
