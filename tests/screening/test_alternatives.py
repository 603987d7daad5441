# SPDX-License-Identifier: Apache-2.0
"""Is what is offered clear of everything, and is nothing nearer clear?"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from steerclear.geometry.datum import vertical_gap_ft
from steerclear.model.finding import NoConflict
from steerclear.model.space import Altitude, Band, Datum, Legs, Volume
from steerclear.screening.alternatives import Alternatives, nearest_altitude, nearest_start
from steerclear.screening.assess import assess
from steerclear.screening.forbidden import Taken

if TYPE_CHECKING:
    from tests.screening.conftest import Make

    from steerclear.model.finding import SeparationMinima
    from steerclear.model.notice import Notice


def is_clear(notice: Notice, others: list[Notice], minima: SeparationMinima) -> bool:
    return all(
        isinstance(assess(mine, theirs, minima), NoConflict)
        for other in others
        if other.party != notice.party
        for mine in notice.volumes
        for theirs in other.volumes
    )


def later(make: Make, notice: Notice, by_s: int) -> Notice:
    volumes = []
    for volume in notice.volumes:
        footprint = volume.footprint
        if isinstance(footprint, Legs):
            footprint = Legs(
                footprint.points, tuple(at + by_s for at in footprint.times_s), footprint.radii_mm
            )
        volumes.append(Volume(footprint, volume.band, volume.span.shifted(by_s)))
    return make.notice(notice.ref, notice.party, *volumes)


def higher(make: Make, notice: Notice, by_ft: int) -> Notice:
    def limit(altitude: Altitude) -> Altitude:
        return Altitude(altitude.feet + by_ft, altitude.datum)

    volumes = [
        Volume(v.footprint, Band(limit(v.band.lower), limit(v.band.upper)), v.span) for v in notice.volumes
    ]
    return make.notice(notice.ref, notice.party, *volumes)


# ---- start


def test_the_nearest_start_is_exact_to_the_second(make: Make) -> None:
    disc = make.circle(35, 38, 5000)
    mine = make.notice("m", "TUR", make.volume(disc, 1000, 2000))
    theirs = [make.notice("t", "ISR", make.volume(disc, 1900, 9000))]
    shift = nearest_start(mine, theirs, make.minima(0, 1000, 60))
    assert shift is not None
    assert shift.shift_s == -160  # ends at 1840, 60 s before 1900
    assert shift.notice == later(make, mine, -160)


def test_later_is_preferred_in_a_tie_and_clear_needs_no_shift(make: Make) -> None:
    disc = make.circle(35, 38, 5000)
    mine = make.notice("m", "TUR", make.volume(disc, 1000, 2000))
    theirs = [make.notice("t", "ISR", make.volume(disc, 1500, 1500))]
    tie = nearest_start(mine, theirs, make.minima())
    assert tie is not None
    assert tie.shift_s == 500
    clear = nearest_start(mine, [make.notice("t", "ISR", make.volume(disc, 2000, 3000))], make.minima())
    assert clear is not None
    assert clear.shift_s == 0


def test_none_within_the_day_is_said(make: Make) -> None:
    disc = make.circle(35, 38, 5000)
    mine = make.notice("m", "TUR", make.volume(disc, 0, 1000))
    standing = [make.notice("t", "ISR", make.volume(disc, -200_000, 200_000))]
    assert nearest_start(mine, standing, make.minima()) is None
    week = nearest_start(mine, standing, make.minima(), within_s=700_000)
    assert week is not None
    assert week.shift_s == 200_000


def test_what_is_undetermined_is_never_offered_as_clear(make: Make) -> None:
    disc = make.circle(35, 38, 5000)
    mine = make.notice("m", "TUR", make.volume(disc, 0, 1000, make.band(0, 400)))
    ground = [make.notice("t", "ISR", make.volume(disc, 500, 3000, make.band(0, 400, Datum.AGL)))]
    shift = nearest_start(mine, ground, make.minima(0, 1000))
    assert shift is not None
    assert shift.shift_s == -500
    assert nearest_altitude(mine, ground, make.minima(0, 1000)) is None


def test_ones_own_party_is_no_obstacle(make: Make) -> None:
    volume = make.volume(make.circle(35, 38, 5000), 0, 1000)
    mine, also = make.notice("m", "TUR", volume), make.notice("n", "TUR", volume)
    shift = nearest_start(mine, [mine, also], make.minima())
    assert shift is not None
    assert shift.shift_s == 0


@pytest.mark.parametrize("seed", range(9))
def test_the_nearest_start_of_moving_notices_is_that_of_brute_force(make: Make, seed: int) -> None:
    chance, minima = random.Random(seed), make.minima(2_000, 1000, chance_of_lag(seed))
    others = [some_notice(make, chance, f"t{number}", "ISR") for number in range(4)]
    mine = some_notice(make, chance, "m", "TUR", parts=2)
    shift = nearest_start(mine, others, minima, within_s=2_500)
    # Every whole second nearer than the one offered is asked, by assessing from the beginning.
    offered = shift.shift_s if shift else 2_501
    nearer = sorted(range(-abs(offered), abs(offered) + 1), key=lambda by: (abs(by), -by))
    nearer = [by for by in nearer if (abs(by), -by) < (abs(offered), -offered)]
    asked = [by for by in nearer if abs(by) > abs(offered) - 4] + chance.sample(nearer, min(len(nearer), 15))
    assert not any(is_clear(later(make, mine, by), others, minima) for by in asked)
    assert shift is None or is_clear(later(make, mine, offered), others, minima)


def chance_of_lag(seed: int) -> int:
    return (0, 60, 240)[seed % 3]


def some_notice(make: Make, chance: random.Random, ref: str, party: str, parts: int = 1) -> Notice:
    volumes = []
    for _ in range(parts):
        spot = make.away(35, 38, chance.uniform(0, 360), 9_000 * chance.random())
        start = chance.randrange(0, 400)
        if chance.random() < 0.6:
            to = make.away(*spot, chance.uniform(0, 360), 30_000)
            volumes.append(make.volume(make.legs((start, *spot, 100), (start + 300, *to, 900))))
        else:
            volumes.append(
                make.volume(make.star(chance, *spot, 6_000), start, start + chance.randrange(0, 300))
            )
    return make.notice(ref, party, *volumes)


# ---- height


def test_the_nearest_altitude_is_exact_to_the_foot(make: Make) -> None:
    disc = make.circle(35, 38, 5000)
    mine = make.notice("m", "TUR", make.volume(disc, band=make.band(5_000, 8_000)))
    theirs = [make.notice("t", "ISR", make.volume(disc, band=make.band(7_000, 9_000)))]
    shift = nearest_altitude(mine, theirs, make.minima(0, 1000))
    assert shift is not None
    assert shift.shift_ft == -2_000
    assert shift.notice == higher(make, mine, -2_000)


def test_nothing_is_offered_below_the_ground_or_above_sixty_thousand_feet(make: Make) -> None:
    disc = make.circle(35, 38, 5000)
    mine = make.notice("m", "TUR", make.volume(disc, band=make.band(500, 3_500)))
    low = [make.notice("t", "ISR", make.volume(disc, band=make.band(3_000, 20_000)))]
    up = nearest_altitude(mine, low, make.minima(0, 1000))
    assert up is not None
    assert up.shift_ft == 20_500
    wall = [make.notice("t", "ISR", make.volume(disc, band=make.band(3_000, 58_000)))]
    assert nearest_altitude(mine, wall, make.minima(0, 1000)) is None


@pytest.mark.parametrize("seed", range(8))
def test_the_nearest_altitude_is_that_of_brute_force(make: Make, seed: int) -> None:
    chance, minima = random.Random(seed), make.minima(1_000, 800, 60)
    disc = make.circle(35, 38, 5000)

    def volume(top: int) -> Volume:
        low = chance.randrange(0, top)
        datum = chance.choice([Datum.AMSL, Datum.AMSL, Datum.STD, Datum.WGS84])
        return make.volume(disc, 0, 100, make.band(low, low + chance.randrange(0, 1_500), datum))

    others = [make.notice(f"t{number}", "ISR", volume(12_000)) for number in range(6)]
    mine = make.notice("m", "TUR", volume(9_000), volume(9_000))
    shift = nearest_altitude(mine, others, minima)
    lows = [v.band.lower.feet for v in mine.volumes]
    order = sorted(range(-min(lows), 20_000), key=lambda by: (abs(by), -by))
    brute = next(by for by in order if keeps_apart(higher(make, mine, by), others, 800))
    assert shift is not None
    assert shift.shift_ft == brute
    assert is_clear(shift.notice, others, minima)


def keeps_apart(notice: Notice, others: list[Notice], vertical_ft: int) -> bool:
    gaps = [
        vertical_gap_ft(mine.band, theirs.band)
        for other in others
        for mine in notice.volumes
        for theirs in other.volumes
    ]
    return all(gap is not None and gap >= vertical_ft for gap in gaps)


def test_one_preparation_answers_for_many_notices(make: Make) -> None:
    disc = make.circle(35, 38, 5000)
    theirs = [
        make.notice(f"t{number}", "ISR", make.volume(disc, 3000 * number, 3000 * number + 1000))
        for number in range(4)
    ]
    ways = Alternatives(theirs, make.minima())
    for start in (200, 3_500, 9_999):
        mine = make.notice("m", "TUR", make.volume(disc, start, start + 500))
        assert ways.nearest_start(mine) == nearest_start(mine, theirs, make.minima())
        assert ways.nearest_altitude(mine) == nearest_altitude(mine, theirs, make.minima())


# ---- intervals


def test_taken_numbers_are_those_of_a_plain_set() -> None:
    chance = random.Random(4)
    for _ in range(200):
        taken = Taken()
        plain: set[int] = set()
        for _ in range(chance.randrange(0, 12)):
            low = chance.randrange(-40, 40)
            high = low + chance.randrange(-2, 12)
            taken.add(low, high)
            plain.update(range(low, high + 1))
        assert {number for low, high in taken for number in range(low, high + 1)} == plain
        free = [number for number in range(-30, 31) if number not in plain]
        expected = min(free, key=lambda number: (abs(number), -number), default=None)
        assert taken.nearest_free(-30, 30) == expected
