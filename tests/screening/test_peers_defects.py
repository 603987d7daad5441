# SPDX-License-Identifier: Apache-2.0
"""What do other conflict checkers get wrong, and is it right here? A test for each.

Each of these was found in a published checker of flight plans, drone volumes or tracks; the engine is asked
in both orders, as a whole and by query. After them stand the shapes and places that are easily got wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput
from steerclear.model.finding import Conflict, SeparationMinima, Undetermined
from steerclear.model.space import Band, Datum, MultiPolygon, Polygon
from steerclear.screening.engine import Engine

if TYPE_CHECKING:
    from tests.screening.conftest import Make

    from steerclear.model.finding import Finding
    from steerclear.model.space import Footprint, Volume

HERE = (35.0, 38.0)


@pytest.fixture
def between(make: Make) -> Between:
    return Between(make)


class Between:
    """The finding for two volumes, or ``None``; the same in both orders, as a whole and by query."""

    def __init__(self, make: Make) -> None:
        self._make = make

    def __call__(self, one: Volume, other: Volume, rules: SeparationMinima) -> Finding | None:
        answers = []
        for mine, theirs in ((one, other), (other, one)):
            a, b = self._make.notice("A", "ISR", mine), self._make.notice("B", "TUR", theirs)
            found = Engine.of_notices([a, b], rules).all_conflicts()
            answers.append([each.finding for each in (*found.conflicts, *found.undetermined)])
            answers.append([each.finding for each in Engine.of_notices([a], rules).query(b)])
        assert all(answer == answers[0] for answer in answers)
        return answers[0][0] if answers[0] else None


# ---- one neighbour must not outvote another


def test_an_and_over_neighbours_does_not_turn_a_conflict_into_none(make: Make) -> None:
    ours = make.notice("OURS", "TUR", make.volume(make.circle(*HERE, 1_000)))
    clear = [
        make.notice(f"CLEAR{at}", "ISR", make.volume(make.circle(*make.away(*HERE, 20 * at, 30_000), 500)))
        for at in range(18)
    ]
    late = make.notice("LATE", "ISR", make.volume(make.circle(*HERE, 1_000), 9_000, 9_600))
    high = make.notice("HIGH", "ISR", make.volume(make.circle(*HERE, 1_000), band=make.band(9_000, 9_500)))
    meets = make.notice("MEETS", "ISR", make.volume(make.circle(*make.away(*HERE, 90, 1_500), 1_000)))
    rules = make.minima(100, 1_000, 60)
    engine = Engine.of_notices([ours, *clear, late, high], rules)
    assert engine.query(ours) == ()
    engine.insert(meets)
    assert [(found.a.ref, found.b.ref) for found in engine.query(ours)] == [("MEETS", "OURS")]
    assert [(found.a.ref, found.b.ref) for found in engine.all_conflicts().conflicts] == [("MEETS", "OURS")]


# ---- heights


def test_altitudes_are_not_compared_without_their_datum(make: Make, between: Between) -> None:
    disc, rules = make.circle(*HERE, 1_000), make.minima(0, 1_000)
    feet = make.volume(disc, band=make.band(0, 10_000))
    level = make.volume(disc, band=make.band(12_000, 15_000, Datum.STD))
    ellipsoid = make.volume(disc, band=make.band(11_200, 12_000, Datum.WGS84))
    ground = make.volume(disc, band=make.band(12_000, 15_000, Datum.AGL))
    assert isinstance(between(feet, level, rules), Conflict)
    found = between(feet, ellipsoid, rules)
    assert isinstance(found, Conflict)
    assert found.vertical_gap_ft == 11_200 - 296 - 10_000
    assert isinstance(between(feet, ground, rules), Undetermined)


def test_height_is_not_left_out(make: Make, between: Between) -> None:
    disc, rules = make.circle(*HERE, 1_000), make.minima(9_260, 1_000, 600)
    low, high = make.volume(disc, band=make.band(0, 500)), make.volume(disc, band=make.band(9_000, 9_500))
    assert between(low, high, rules) is None
    assert isinstance(between(low, low, rules), Conflict)


@pytest.mark.parametrize("datum", list(Datum))
def test_exactly_a_thousand_feet_is_no_conflict_in_either_direction(
    make: Make, between: Between, datum: Datum
) -> None:
    disc, rules = make.circle(*HERE, 1_000), make.minima(0, 1_000)

    def at(lower: int, upper: int) -> Volume:
        return make.volume(disc, band=make.band(lower, upper, datum))

    assert between(at(4_000, 5_000), at(6_000, 7_000), rules) is None
    assert between(at(6_000, 7_000), at(4_000, 5_000), rules) is None
    assert isinstance(between(at(4_000, 5_001), at(6_000, 7_000), rules), Conflict)
    assert isinstance(between(at(6_000, 7_000), at(4_000, 5_001), rules), Conflict)


# ---- places


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ((10.0, 179.999), (10.0, -179.999), True),
        ((10.0, 180.0), (10.0, -180.0), True),
        ((10.0, 179.9), (10.0, -179.9), False),
        ((89.9999, 0.0), (89.9999, 180.0), True),
        ((-89.9999, 90.0), (-89.9999, -90.0), True),
        ((90.0, 0.0), (90.0, 137.0), True),
        ((-90.0, 0.0), (-89.9999, 45.0), True),
        ((89.9, 0.0), (89.9, 180.0), False),
        ((90.0, 0.0), (-90.0, 0.0), False),
    ],
)
def test_antimeridian_and_pole_are_places_like_others(
    make: Make, between: Between, one: tuple[float, float], other: tuple[float, float], *, near: bool
) -> None:
    volumes = [make.volume(make.circle(*spot, 500)) for spot in (one, other)]
    found = between(volumes[0], volumes[1], make.minima(100))
    assert isinstance(found, Conflict) is near


def test_an_area_across_the_antimeridian_is_the_area_that_was_cut_there(make: Make, between: Between) -> None:
    whole = make.polygon((-17, 179.5), (-17, -179.5), (-16, -179.5), (-16, 179.5))
    # The cut's corners lie on the geodesics of the whole one, not on its parallels.
    cut = MultiPolygon(
        (
            make.polygon((-17.0036, 180), (-17, 179.5), (-16, 179.5), (-16.0034, 180)),
            make.polygon((-17.0036, -180), (-16.0034, -180), (-16, -179.5), (-17, -179.5)),
        )
    )
    for lon, meets in (
        (179.75, True),
        (-179.75, True),
        (180.0, True),
        (179.4, False),
        (-179.4, False),
        (0, False),
    ):
        spot = make.volume(make.circle(-16.5, lon, 100))
        for area in (whole, cut):
            assert isinstance(between(make.volume(area), spot, make.minima(0)), Conflict) is meets, lon


def test_a_ring_around_the_pole_holds_the_pole(make: Make, between: Between) -> None:
    cap = make.volume(make.polygon(*((88.0, lon) for lon in range(-180, 180, 20))))
    ring = make.volume(
        make.polygon(
            *((88.0, lon) for lon in range(-180, 180, 20)), holes=[[(89.0, lon) for lon in range(0, 360, 40)]]
        )
    )
    pole = make.volume(make.circle(90, 0, 1_000))
    assert isinstance(between(cap, pole, make.minima(0)), Conflict)
    assert between(ring, pole, make.minima(50_000)) is None
    assert isinstance(between(ring, pole, make.minima(111_000)), Conflict)


# ---- motion


@pytest.mark.parametrize("lag_s", [0, 60])
def test_identical_velocities_divide_nothing_by_zero(make: Make, between: Between, lag_s: int) -> None:
    lead = make.volume(make.legs((0, 35, 38, 100), (600, 36, 38, 100)))
    beside = make.volume(make.legs((0, 35, 38.1, 100), (600, 36, 38.1, 100)))
    hold = make.volume(make.legs((0, 35.5, 38, 0), (600, 35.5, 38, 0)))
    assert isinstance(between(lead, lead, make.minima(0, 1_000, lag_s)), Conflict)
    assert between(lead, beside, make.minima(8_000, 1_000, lag_s)) is None
    assert isinstance(between(lead, beside, make.minima(9_200, 1_000, lag_s)), Conflict)
    assert isinstance(between(hold, hold, make.minima(0.001, 1_000, lag_s)), Conflict)
    assert isinstance(between(lead, hold, make.minima(0, 1_000, lag_s)), Conflict)


# ---- shapes


def test_what_stands_in_a_hole_keeps_its_distance_to_the_edge(make: Make, between: Between) -> None:
    outer = [make.away(*HERE, bearing, 50_000) for bearing in range(0, 360, 30)]
    hole = [make.away(*HERE, bearing, 20_000) for bearing in range(0, 360, 10)]
    ring = make.volume(make.polygon(*outer, holes=[hole]))
    inside = make.volume(make.circle(*HERE, 1_000))
    assert between(ring, inside, make.minima(18_900)) is None
    assert isinstance(between(ring, inside, make.minima(19_000)), Conflict)
    filled = make.volume(make.polygon(*outer))
    assert isinstance(between(filled, inside, make.minima(0)), Conflict)


def round_area(make: Make, corners: int, radius_m: float) -> Polygon:
    return make.polygon(*(make.away(*HERE, 360 * at / corners, radius_m) for at in range(corners)))


def test_ten_thousand_corners_are_compared_exactly(make: Make, between: Between) -> None:
    disc = make.volume(round_area(make, 10_000, 40_000))
    beside = make.volume(make.circle(*make.away(*HERE, 77.7, 60_000), 10_000))
    # A polygon of 10,000 corners on a circle of 40 km lies at most 2 mm inside it.
    assert between(disc, beside, make.minima(9_999.99)) is None
    assert isinstance(between(disc, beside, make.minima(10_000.02)), Conflict)


@pytest.mark.parametrize(
    ("corners", "code"),
    [
        ([(35, 38), (36, 39), (36, 38), (35, 39)], "ring-crosses-itself"),
        ([(35, 38), (35, 39), (35, 38.5), (36, 38.5)], "ring-touches-itself"),
        ([(0, 0), (0, 120), (0, -120)], "footprint-too-large"),
        ([(-60, 0), (60, 1), (60, 120), (-60, 121), (-60, -120), (60, -121)], "footprint-too-large"),
        ([(90, 0), (90, 90), (90, 180)], "ring-without-area"),
    ],
    ids=["crosses itself", "runs back on itself", "the equator", "more than a hemisphere", "only the pole"],
)
def test_a_ring_without_a_certain_inside_is_refused_with_a_reason(
    make: Make, corners: list[tuple[float, float]], code: str
) -> None:
    stands = make.notice("STANDS", "ISR", make.volume(make.circle(*HERE, 60_000)))
    other = make.notice("OTHER", "TUR", make.volume(make.circle(*HERE, 10)))
    engine = Engine.of_notices([stands, other], make.minima(0))
    before, bytes_before = engine.all_conflicts(), engine.memory_bytes
    footprint: Footprint = make.polygon(*corners)
    for attempt in (engine.insert, engine.query):
        with pytest.raises(BadInput) as refused:
            attempt(make.notice("BAD", "TUR", make.volume(footprint)))
        assert refused.value.code == code
        assert refused.value.remedy
    assert engine.all_conflicts() == before
    assert (len(engine), engine.memory_bytes) == (2, bytes_before)


def test_no_band_is_taken_for_another(make: Make, between: Between) -> None:
    """The surface to a flight level, as notices often say it: one limit above ground, one in pressure."""
    mixed = Band(make.band(0, 0, Datum.AGL).lower, make.band(0, 24_000, Datum.STD).upper)
    one = make.volume(make.circle(*HERE, 1_000), band=mixed)
    other = make.volume(make.circle(*HERE, 1_000), band=make.band(28_100, 29_000))
    # FL240 may be as high as 24,000 + 1,100 + 8 % = 27,020 ft.
    assert between(one, other, make.minima(0, 1_000)) is None
    assert isinstance(between(one, other, make.minima(0, 1_081)), Undetermined)
