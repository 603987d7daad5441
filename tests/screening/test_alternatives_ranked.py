# SPDX-License-Identifier: Apache-2.0
"""Both together, elsewhere, smaller: is each clear, is none nearer, and is it said when there is none?"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput
from steerclear.geometry.area import area_km2
from steerclear.geometry.datum import vertical_gap_ft
from steerclear.geometry.lateral import closer_than
from steerclear.geometry.outline import outline_of
from steerclear.geometry.placed import Motion, middle_of
from steerclear.geometry.shifts import Arrow
from steerclear.model.finding import NoConflict
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Circle, Datum, Footprint, MultiPolygon, Polygon
from steerclear.screening.alternatives import (
    BothShift,
    Limits,
    NotOffered,
    PlaceShift,
    Trimmed,
    Weights,
    alternatives,
    nearest_altitude,
    nearest_both,
    nearest_place,
    nearest_start,
    trimmed,
)
from steerclear.screening.assess import assess
from steerclear.screening.moved import elsewhere, higher, later
from steerclear.screening.offers import Way, Why

if TYPE_CHECKING:
    from tests.screening.conftest import Make

    from steerclear.model.finding import SeparationMinima
    from steerclear.model.notice import Notice

PLACES = [(35.0, 38.0), (0.0, 179.99), (89.9, 10.0), (-75.0, -180.0)]


def is_clear(notice: Notice, others: list[Notice], minima: SeparationMinima) -> bool:
    return all(
        isinstance(assess(mine, theirs, minima), NoConflict)
        for other in others
        if other.party != notice.party
        for mine in notice.volumes
        for theirs in other.volumes
    )


def some_notice(
    make: Make, chance: random.Random, ref: str, party: str, place: tuple[float, float], *, moves: float
) -> Notice:
    volumes = []
    for _ in range(chance.choice([1, 1, 2])):
        spot = make.away(*place, chance.uniform(0, 360), 15_000 * chance.random())
        start = chance.randrange(0, 400)
        low = chance.randrange(0, 4_000)
        band = make.band(low, low + chance.randrange(0, 3_000))
        if chance.random() < moves:
            to = make.away(*spot, chance.uniform(0, 360), 30_000)
            volumes.append(make.volume(make.legs((start, *spot, 100), (start + 300, *to, 900)), band=band))
        else:
            footprint = make.footprint(chance, *spot, 9_000)
            volumes.append(make.volume(footprint, start, start + chance.randrange(0, 300), band))
    return make.notice(ref, party, *volumes)


# ---- start and height together


def test_both_together_are_less_change_than_either_alone(make: Make) -> None:
    """Above stands one early, beneath one late: a little later and a little higher goes between them."""
    disc = make.circle(35, 38, 5_000)
    mine = make.notice("m", "TUR", make.volume(disc, 1_000, 2_000, make.band(2_000, 3_000)))
    theirs = [
        make.notice("early", "ISR", make.volume(disc, -90_000, 1_300, make.band(0, 9_000))),
        make.notice("late", "ISR", make.volume(disc, -90_000, 90_000, make.band(0, 1_900))),
    ]
    both = nearest_both(mine, theirs, make.minima())
    assert isinstance(both, BothShift)
    assert (both.shift_s, both.shift_ft) == (300, 900)
    assert both.notice == higher(later(mine, 300), 900)
    ways = alternatives(mine, theirs, make.minima())
    assert [offer.way for offer in ways.offers] == [Way.BOTH, Way.PLACE, Way.ALTITUDE]
    assert {(answer.way, answer.why) for answer in ways.not_offered} == {
        (Way.START, Why.NONE_WITHIN),
        (Way.AREA, Why.NONE_WITHIN),
    }


@pytest.mark.parametrize("seed", range(6))
def test_both_together_are_those_of_brute_force(make: Make, seed: int) -> None:
    chance, minima = random.Random(seed), make.minima(1_000, 100, 20)
    disc = make.circle(35, 38, 5_000)

    def volume(many: int) -> Notice:
        parts = []
        for _ in range(many):
            start, low = chance.randrange(0, 200), chance.randrange(0, 2_000)
            datum = chance.choice([Datum.AMSL, Datum.AMSL, Datum.WGS84])
            band = make.band(low, low + chance.randrange(0, 600), datum)
            parts.append(make.volume(disc, start, start + chance.randrange(0, 90), band))
        return make.notice("m" if many == 2 else "t", "TUR" if many == 2 else "ISR", *parts)

    mine, others = volume(2), [volume(7)]
    weights = Weights(start_s=chance.choice([10, 60]), altitude_ft=chance.choice([100, 900]))
    limits = Limits(earlier_s=120, later_s=120, lowest_ft=0, highest_ft=4_000)
    found = nearest_both(mine, others, minima, limits, weights)
    floor = min(volume.band.lower.feet for volume in mine.volumes)
    cells = [
        (abs(by_s) * weights.altitude_ft + abs(by_ft) * weights.start_s, by_s, by_ft)
        for by_s in range(-120, 121, 3)
        for by_ft in range(-floor, 2_000, 37)
    ]
    cells += [(abs(by_s) * weights.altitude_ft, by_s, 0) for by_s in range(-120, 121)]
    assert isinstance(found, BothShift)
    assert is_clear(found.notice, others, minima)
    cost = abs(found.shift_s) * weights.altitude_ft + abs(found.shift_ft) * weights.start_s
    for _, by_s, by_ft in (cell for cell in sorted(cells) if cell[0] < cost):
        assert not is_clear_of_discs(higher(later(mine, by_s), by_ft), others, minima)
    # … nor is any of its own neighbours that cost less.
    for by_s in (found.shift_s - 1, found.shift_s, found.shift_s + 1):
        for by_ft in (found.shift_ft - 1, found.shift_ft, found.shift_ft + 1):
            less = abs(by_s) * weights.altitude_ft + abs(by_ft) * weights.start_s < cost
            if less and by_ft >= -floor:
                assert not is_clear(higher(later(mine, by_s), by_ft), others, minima)


def is_clear_of_discs(notice: Notice, others: list[Notice], minima: SeparationMinima) -> bool:
    """As ``is_clear`` where all footprints are one disc: time and height decide."""
    for mine in notice.volumes:
        for theirs in others[0].volumes:
            gap_ft = vertical_gap_ft(mine.band, theirs.band)
            if mine.span.gap_s(theirs.span) < minima.time_s and (
                gap_ft is None or gap_ft < minima.vertical_ft
            ):
                return False
    return True


def test_one_alone_may_be_the_least_of_both(make: Make) -> None:
    disc = make.circle(35, 38, 5_000)
    mine = make.notice("m", "TUR", make.volume(disc, 1_000, 2_000))
    theirs = [make.notice("t", "ISR", make.volume(disc, 1_900, 9_000))]
    both = nearest_both(mine, theirs, make.minima())
    assert isinstance(both, BothShift)
    assert (both.shift_s, both.shift_ft) == (-100, 0)
    ways = alternatives(mine, theirs, make.minima())
    assert (Way.BOTH, Why.NOT_NEARER) in {(answer.way, answer.why) for answer in ways.not_offered}


def test_no_start_before_the_earliest_is_offered_together_with_a_height_either(make: Make) -> None:
    disc = make.circle(35, 38, 5_000)
    mine = make.notice("m", "TUR", make.volume(disc, 1_000, 2_000))
    theirs = [make.notice("t", "ISR", make.volume(disc, 1_900, 9_000, make.band(0, 100_000)))]
    both = nearest_both(mine, theirs, make.minima(), Limits(earliest_s=950))
    assert isinstance(both, BothShift)
    assert (both.shift_s, both.shift_ft) == (8_000, 0)
    none = nearest_both(mine, theirs, make.minima(), Limits(earliest_s=950, later_s=7_999))
    assert none == NotOffered(Way.BOTH, Why.NONE_WITHIN, Limits(earliest_s=950, later_s=7_999))


# ---- place


@pytest.mark.parametrize("place", PLACES)
def test_a_disc_goes_aside_by_what_it_lacks(make: Make, place: tuple[float, float]) -> None:
    other = make.away(*place, 200, 4_000)
    mine = make.notice("m", "TUR", make.volume(make.circle(*place, 3_000)))
    theirs = [make.notice("t", "ISR", make.volume(make.circle(*other, 5_000)))]
    found = nearest_place(mine, theirs, make.minima(2_000))
    assert isinstance(found, PlaceShift)
    assert found.arrow.distance_m == pytest.approx(10_000 - 4_000, abs=60)
    assert is_clear(found.notice, theirs, make.minima(2_000))


@pytest.mark.parametrize("seed", range(10))
def test_nothing_much_nearer_than_the_place_offered_is_clear(make: Make, seed: int) -> None:
    chance, place = random.Random(seed), PLACES[seed % 4]
    minima = make.minima(chance.choice([0, 2_000, 9_260]), 1_000, chance.choice([0, 300]))
    others = [some_notice(make, chance, f"t{number}", "ISR", place, moves=0.3) for number in range(3)]
    mine = some_notice(make, chance, "m", "TUR", place, moves=0.3)
    found = nearest_place(mine, others, minima)
    assert isinstance(found, PlaceShift)
    assert is_clear(found.notice, others, minima)
    if not found.arrow.distance_m:
        return
    middle = middle_of([outline_of(volume.footprint) for volume in mine.volumes])
    for _ in range(12):
        nearer_m = (found.arrow.distance_m - 150) * math.sqrt(chance.random())
        if nearer_m > 0:
            there = elsewhere(mine, Motion.along(middle, chance.uniform(0, 360), nearer_m))
            assert not is_clear(there, others, minima)


def test_all_volumes_go_together_and_the_named_place_is_left_behind(make: Make) -> None:
    line = make.corridor(1_000, (35, 38), (35, 38.2))
    way = make.legs((0, 35, 38.1, 500), (600, 35.2, 38.1, 500))
    mine = make.notice("m", "TUR", make.volume(line), make.volume(way))
    theirs = [make.notice("t", "ISR", make.volume(make.circle(35, 38.05, 4_000)))]
    found = nearest_place(mine, theirs, make.minima())
    assert isinstance(found, PlaceShift)
    middle = middle_of([outline_of(line), outline_of(way)])
    assert found.notice == elsewhere(
        mine, Motion.along(middle, found.arrow.bearing_deg, found.arrow.distance_m)
    )
    assert found.notice.near is None


def test_a_hole_is_a_place_and_the_middle_of_an_area_is_none(make: Make) -> None:
    def ring(size_m: float) -> list[tuple[float, float]]:
        return [make.away(35, 38, bearing, size_m) for bearing in range(0, 360, 15)]

    small = make.notice("m", "TUR", make.volume(make.circle(*make.away(35, 38, 90, 24_000), 3_000)))
    hollow = [make.notice("t", "ISR", make.volume(make.polygon(*ring(45_000), holes=[ring(25_000)])))]
    full = [make.notice("t", "ISR", make.volume(make.polygon(*ring(45_000))))]
    inward = nearest_place(small, hollow, make.minima())
    outward = nearest_place(small, full, make.minima())
    assert isinstance(inward, PlaceShift)
    assert isinstance(outward, PlaceShift)
    assert inward.arrow.bearing_deg == pytest.approx(270, abs=8)
    assert inward.arrow.distance_m < 3_000
    assert outward.arrow.bearing_deg == pytest.approx(90, abs=8)
    assert outward.arrow.distance_m > 23_000


def test_no_place_within_the_limits_is_said_and_a_site_stays(make: Make) -> None:
    mine = make.notice("m", "TUR", make.volume(make.circle(35, 38, 5_000)))
    wide = [make.notice("t", "ISR", make.volume(make.circle(35, 38, 60_000)))]
    assert nearest_place(mine, wide, make.minima()) == NotOffered(Way.PLACE, Why.NONE_WITHIN, Limits())
    farther = nearest_place(mine, wide, make.minima(), Limits(place_m=80_000))
    assert isinstance(farther, PlaceShift)
    assert farther.arrow.distance_m == pytest.approx(65_000, abs=400)
    site = make.notice("m", "TUR", make.volume(make.circle(35, 38, 5_000)), kind=NoticeKind.SITE)
    assert nearest_place(site, wide, make.minima()) == NotOffered(Way.PLACE, Why.SITE, Limits())
    assert trimmed(site, wide, make.minima()) == NotOffered(Way.AREA, Why.SITE, Limits())


def test_many_corners_are_no_reason_for_a_wrong_offer(make: Make) -> None:
    def round_about(lat: float, lon: float) -> Polygon:
        chance = random.Random(3)
        corners = [make.away(lat, lon, turn * 0.9, chance.uniform(8_000, 10_000)) for turn in range(400)]
        return make.polygon(*corners)

    mine = make.notice("m", "TUR", make.volume(round_about(35, 38)))
    theirs = [make.notice("t", "ISR", make.volume(round_about(35.05, 38.02)))]
    found = nearest_place(mine, theirs, make.minima(1_000))
    assert isinstance(found, PlaceShift)
    assert is_clear(found.notice, theirs, make.minima(1_000))
    assert 10_000 < found.arrow.distance_m < 18_000


# ---- area


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shape", ["polygon", "circle", "corridor"])
def test_what_is_left_lies_within_the_own_area_and_keeps_clear(
    make: Make, place: tuple[float, float], shape: str
) -> None:
    shapes: dict[str, Footprint] = {
        "polygon": make.polygon(*(make.away(*place, bearing, 20_000) for bearing in (10, 100, 190, 280))),
        "circle": make.circle(*place, 15_000),
        "corridor": make.corridor(9_000, place, make.away(*place, 70, 30_000)),
    }
    own = shapes[shape]
    bite = make.circle(*make.away(*place, 110, 22_000), 9_000)
    mine, theirs = make.notice("m", "TUR", make.volume(own)), [make.notice("t", "ISR", make.volume(bite))]
    minima = make.minima(2_000)
    found = trimmed(mine, theirs, minima)
    assert isinstance(found, Trimmed)
    left = found.notice.volumes[0].footprint
    assert isinstance(left, Polygon | MultiPolygon)
    assert is_clear(found.notice, theirs, minima)
    assert found.kept_share == pytest.approx(area_km2(left) / area_km2(own))
    assert 0.5 < found.kept_share < 0.999
    for part in left.parts if isinstance(left, MultiPolygon) else (left,):
        for corner in part.exterior:
            assert closer_than(Circle(corner, 0), own, 0), "strictly inside, and not on the border"
    assert trimmed(mine, theirs, minima, Limits(kept_share=found.kept_share + 0.01)) == NotOffered(
        Way.AREA, Why.NONE_WITHIN, Limits(kept_share=found.kept_share + 0.01)
    )


def test_not_much_more_is_cut_away_than_must_be(make: Make) -> None:
    """A half of a square: the cut runs along the border of the other, 5 km off."""
    square = make.polygon((35, 38), (35, 38.4), (35.4, 38.4), (35.4, 38))
    wall = make.polygon((34.9, 38.3), (34.9, 38.9), (35.5, 38.9), (35.5, 38.3))
    mine, theirs = make.notice("m", "TUR", make.volume(square)), [make.notice("t", "ISR", make.volume(wall))]
    found = trimmed(mine, theirs, make.minima(5_000))
    assert isinstance(found, Trimmed)
    kept_km = 27.3 - 5.0  # 0.3° of longitude in the middle of the square, less the minimum
    assert found.kept_share == pytest.approx(kept_km / 36.4, rel=0.01)


def test_a_second_volume_that_meets_nobody_stays_as_it_is(make: Make) -> None:
    near, far = make.circle(35, 38, 10_000), make.circle(36, 39, 10_000)
    mine = make.notice("m", "TUR", make.volume(far), make.volume(near), make.volume(near))
    theirs = [make.notice("t", "ISR", make.volume(make.circle(35.1, 38, 3_000)))]
    found = trimmed(mine, theirs, make.minima())
    assert isinstance(found, Trimmed)
    assert found.notice.volumes[0] == mine.volumes[0]
    assert found.notice.volumes[1] == found.notice.volumes[2] != mine.volumes[1]


def test_an_area_cut_in_two_is_offered_as_both(make: Make) -> None:
    square = make.polygon((35, 38), (35, 38.4), (35.4, 38.4), (35.4, 38))
    through = make.corridor(1_000, (34.9, 38.2), (35.5, 38.2))
    mine = make.notice("m", "TUR", make.volume(square))
    found = trimmed(mine, [make.notice("t", "ISR", make.volume(through))], make.minima(1_000))
    assert isinstance(found, Trimmed)
    assert isinstance(found.notice.volumes[0].footprint, MultiPolygon)


def test_timed_legs_and_points_are_not_trimmed_and_continents_neither(make: Make) -> None:
    wall = [make.notice("t", "ISR", make.volume(make.circle(35, 38, 5_000)))]
    flight = make.notice("m", "TUR", make.volume(make.legs((0, 35, 38, 500), (600, 35.2, 38.1, 500))))
    assert trimmed(flight, wall, make.minima()) == NotOffered(Way.AREA, Why.MOVES, Limits())
    point = make.notice("m", "TUR", make.volume(make.circle(35, 38, 0)))
    assert trimmed(point, wall, make.minima()) == NotOffered(Way.AREA, Why.NONE_WITHIN, Limits())
    continent = make.notice("m", "TUR", make.volume(make.circle(35, 38, 1_500_000)))
    assert trimmed(continent, wall, make.minima()) == NotOffered(Way.AREA, Why.TOO_LARGE, Limits())
    assert nearest_place(continent, wall, make.minima()) == NotOffered(Way.PLACE, Why.TOO_LARGE, Limits())


# ---- all of them


@pytest.mark.parametrize("seed", range(8))
def test_every_offer_is_clear_and_the_least_change_stands_first(make: Make, seed: int) -> None:
    chance, place = random.Random(100 + seed), PLACES[seed % 4]
    minima = make.minima(chance.choice([0, 2_000, 9_260]), 1_000, chance.choice([0, 300]))
    others = [some_notice(make, chance, f"t{number}", "ISR", place, moves=0.3) for number in range(3)]
    mine = some_notice(make, chance, "m", "TUR", place, moves=0.3)
    found = alternatives(mine, others, minima)
    assert found.is_clear == is_clear(mine, others, minima)
    if found.is_clear:
        assert not found.offers
        assert not found.not_offered
        return
    assert all(is_clear(offer.change.notice, others, minima) for offer in found.offers)
    costs = [offer.cost for offer in found.offers]
    assert costs == sorted(costs)
    answered = [offer.way for offer in found.offers] + [answer.way for answer in found.not_offered]
    assert sorted(answered, key=list(Way).index) == list(Way)
    by_way = {offer.way: offer.change for offer in found.offers}
    assert by_way.get(Way.START) == nearest_start(mine, others, minima)
    assert by_way.get(Way.ALTITUDE) == nearest_altitude(mine, others, minima)


def test_the_order_follows_the_weights(make: Make) -> None:
    disc = make.circle(35, 38, 5_000)
    mine = make.notice("m", "TUR", make.volume(disc, 1_000, 2_000, make.band(5_000, 6_000)))
    theirs = [make.notice("t", "ISR", make.volume(disc, 1_500, 9_000, make.band(5_500, 7_000)))]

    def order(**weights: float) -> list[Way]:
        ways = alternatives(mine, theirs, make.minima(), Limits(), Weights(**weights))  # type: ignore[arg-type]  # by name
        return [offer.way for offer in ways.offers]

    assert order()[0] is Way.START
    assert order(start_s=1)[0] is Way.ALTITUDE
    assert order(start_s=1, altitude_ft=1)[0] is Way.PLACE


def test_what_is_undetermined_is_kept_clear_of_in_every_way(make: Make) -> None:
    disc = make.circle(35, 38, 5_000)
    mine = make.notice("m", "TUR", make.volume(disc, 0, 1_000, make.band(0, 400)))
    ground = [make.notice("t", "ISR", make.volume(disc, 500, 3_000, make.band(0, 400, Datum.AGL)))]
    ways = alternatives(mine, ground, make.minima())
    assert all(is_clear(offer.change.notice, ground, make.minima()) for offer in ways.offers)
    assert {offer.way for offer in ways.offers} == {Way.START, Way.PLACE}


def test_bad_shapes_are_refused_before_anything_is_offered(make: Make) -> None:
    bow_tie = make.polygon((35, 38), (35.1, 38.1), (35.1, 38), (35, 38.1))
    with pytest.raises(BadInput) as refused:
        alternatives(make.notice("m", "TUR", make.volume(bow_tie)), [], make.minima())
    assert refused.value.code == "ring-crosses-itself"


def test_where_it_stands_is_a_place(make: Make) -> None:
    mine = make.notice("m", "TUR", make.volume(make.circle(35, 38, 5_000)))
    assert nearest_place(mine, [], make.minima()) == PlaceShift(Arrow(0.0, 0.0), mine)
