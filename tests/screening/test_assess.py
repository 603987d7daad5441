# SPDX-License-Identifier: Apache-2.0
"""Do two volumes conflict exactly when all three gaps are below their minima, and is unknown never "no"?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput
from steerclear.model.finding import Conflict, NoConflict, Undetermined
from steerclear.model.space import Datum
from steerclear.screening.assess import assess

if TYPE_CHECKING:
    from tests.screening.conftest import Make

    from steerclear.model.finding import Finding, SeparationMinima
    from steerclear.model.space import Volume

HERE = (35.0, 38.0)


def both_ways(a: Volume, b: Volume, minima: SeparationMinima) -> Finding:
    finding = assess(a, b, minima)
    assert assess(b, a, minima) == finding
    return finding


# ---- time


@pytest.mark.parametrize(
    ("spans", "time_s", "conflicts"),
    [
        (((0, 100), (100, 200)), 0, False),  # touching times
        (((0, 101), (100, 200)), 0, True),
        (((0, 100), (100, 200)), 1, True),
        (((0, 100), (160, 200)), 60, False),  # exactly at the minimum
        (((0, 100), (159, 200)), 60, True),
        (((50, 50), (0, 100)), 0, True),  # a zero-length window within another
        (((50, 50), (50, 50)), 0, False),  # two instants only touch
        (((50, 50), (50, 50)), 1, True),
        (((100, 100), (0, 100)), 0, False),
        (((100, 100), (0, 100)), 1, True),
    ],
)
def test_times_are_compared_strictly(
    make: Make, spans: tuple[tuple[int, int], tuple[int, int]], time_s: int, *, conflicts: bool
) -> None:
    disc = make.circle(*HERE, 1000)
    one, other = (make.volume(disc, *span) for span in spans)
    assert isinstance(both_ways(one, other, make.minima(0, 1000, time_s)), Conflict) is conflicts


@pytest.mark.parametrize(
    ("spans", "time_s", "first_at_s"),
    [
        (((0, 100), (50, 200)), 0, 50),  # the later start
        (((0, 100), (50, 200)), 60, 50),
        (((0, 100), (100, 200)), 60, 100),
        (((0, 100), (130, 200)), 60, 71),  # the first second less than 60 s before the other starts
        (((90, 100), (130, 200)), 60, 90),  # but not before the earlier one is there
        (((50, 50), (0, 100)), 0, 50),
    ],
)
def test_the_first_moment_of_what_stands(
    make: Make, spans: tuple[tuple[int, int], tuple[int, int]], time_s: int, first_at_s: int
) -> None:
    disc = make.circle(*HERE, 1000)
    one, other = (make.volume(disc, *span) for span in spans)
    finding = both_ways(one, other, make.minima(0, 1000, time_s))
    assert isinstance(finding, Conflict)
    assert finding.first_at_s == first_at_s


# ---- height


@pytest.mark.parametrize(
    ("bands", "vertical_ft", "conflicts"),
    [
        (((0, 1000), (2000, 3000)), 1000, False),  # "exactly 1000 ft", in both directions
        (((2000, 3000), (0, 1000)), 1000, False),
        (((0, 1001), (2000, 3000)), 1000, True),
        (((0, 1000), (1000, 2000)), 0, False),
        (((0, 1001), (1000, 2000)), 0, True),
        (((1000, 1000), (1000, 1000)), 0, False),
        (((1000, 1000), (0, 2000)), 0, True),
    ],
)
def test_bands_are_compared_strictly(
    make: Make, bands: tuple[tuple[int, int], tuple[int, int]], vertical_ft: int, *, conflicts: bool
) -> None:
    disc = make.circle(*HERE, 1000)
    one, other = (make.volume(disc, band=make.band(*band)) for band in bands)
    assert isinstance(both_ways(one, other, make.minima(0, vertical_ft)), Conflict) is conflicts


def test_datums_are_never_compared_as_if_they_were_one(make: Make) -> None:
    disc = make.circle(*HERE, 1000)
    low = make.volume(disc, band=make.band(0, 10_000))
    level = make.volume(disc, band=make.band(12_000, 15_000, Datum.STD))
    # FL120 may be as low as 9,240 ft: the 2,000 ft that the numbers show are not there.
    finding = both_ways(low, level, make.minima(0, 1000))
    assert isinstance(finding, Conflict)
    assert finding.vertical_gap_ft == 12_000 - 1_800 - 960 - 10_000


# ---- unknown


def test_heights_that_need_terrain_are_undetermined(make: Make) -> None:
    disc = make.circle(*HERE, 1000)
    ground, sea = (
        make.volume(disc, band=make.band(0, 400, Datum.AGL)),
        make.volume(disc, band=make.band(0, 400)),
    )
    finding = both_ways(ground, sea, make.minima(0, 1000))
    assert isinstance(finding, Undetermined)
    assert "AGL" in finding.because
    assert "AMSL" in finding.because


def test_what_time_or_footprint_already_decide_is_no_conflict_though_the_height_is_unknown(
    make: Make,
) -> None:
    ground = make.volume(make.circle(*HERE, 1000), band=make.band(0, 400, Datum.AGL))
    later = make.volume(make.circle(*HERE, 1000), 3600, 7200)
    elsewhere = make.volume(make.circle(36, 39, 1000))
    assert isinstance(both_ways(ground, later, make.minima(0, 1000)), NoConflict)
    assert isinstance(both_ways(ground, elsewhere, make.minima(5000, 1000)), NoConflict)


def test_one_known_limit_may_decide_though_the_other_is_unknown(make: Make) -> None:
    disc = make.circle(*HERE, 1000)
    surface = make.volume(disc, band=make.band(0, 5000, Datum.AGL, Datum.AMSL))
    high, low = make.volume(disc, band=make.band(6000, 9000)), make.volume(disc, band=make.band(5999, 9000))
    assert isinstance(both_ways(surface, high, make.minima(0, 1000)), NoConflict)
    assert isinstance(both_ways(surface, low, make.minima(0, 1000)), Undetermined)


# ---- the finding


def test_a_conflict_tells_the_gap_in_every_dimension(make: Make) -> None:
    a = make.volume(make.circle(0, 0, 1000), 0, 100, make.band(0, 1000))
    b = make.volume(make.circle(0, 0.05, 1000), 150, 300, make.band(1500, 2000))
    finding = both_ways(a, b, make.minima(5000, 1000, 60))
    assert isinstance(finding, Conflict)
    assert finding.lateral_gap_m == pytest.approx(5565.975 - 2000, abs=0.05)
    assert finding.lateral_gap_m <= 5565.975 - 2000
    assert (finding.vertical_gap_ft, finding.time_gap_s, finding.first_at_s) == (500, 50, 91)


def test_a_footprint_that_crosses_itself_is_refused_here_too(make: Make) -> None:
    bow = make.volume(make.polygon((0, 0), (1, 1), (0, 1), (1, 0)))
    with pytest.raises(BadInput):
        assess(bow, bow, make.minima())


def test_one_dimension_below_its_minimum_is_not_a_conflict_and_none_is_forgotten(make: Make) -> None:
    """A peer joined neighbours with AND and lost conflicts: here each pair is asked for itself."""
    far = make.volume(make.circle(36, 39, 1000))
    high = make.volume(make.circle(*HERE, 1000), band=make.band(5000, 6000))
    late = make.volume(make.circle(*HERE, 1000), 9000, 9600)
    here = make.volume(make.circle(*HERE, 1000))
    for other in (far, high, late):
        assert isinstance(both_ways(here, other, make.minima(100, 1000, 60)), NoConflict)
    assert isinstance(both_ways(here, here, make.minima(100, 1000, 60)), Conflict)
