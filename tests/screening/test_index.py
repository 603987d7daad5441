# SPDX-License-Identifier: Apache-2.0
"""Does the index leave out nothing that could conflict, whatever was inserted and removed before?"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from steerclear.model.finding import NoConflict
from steerclear.model.space import Datum
from steerclear.screening.assess import assess_prepared
from steerclear.screening.index import ConflictIndex
from steerclear.screening.prepared import prepare_all

if TYPE_CHECKING:
    from tests.screening.conftest import Make

    from steerclear.model.finding import SeparationMinima
    from steerclear.model.space import Volume

MINIMA = (9260.0, 1000, 900)


def volumes(make: Make, seed: int, count: int) -> list[Volume]:
    """Of all sizes, at the antimeridian and over a pole, for minutes and for years."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        lat, lon = chance.choice([(35.0, 38.0), (10.0, 179.9), (89.9, 0.0), (-89.5, 12.0)])
        spot = make.away(lat, lon, chance.uniform(0, 360), 400_000 * chance.random())
        footprint = make.footprint(chance, *spot, 10 ** chance.uniform(2.5, 5.2))
        start = chance.randrange(0, 200_000)
        length = chance.choice([0, 60, 3600, 40_000, 200_000_000])
        low = chance.randrange(0, 40_000)
        datum = chance.choice([Datum.AMSL, Datum.AMSL, Datum.AGL, Datum.STD, Datum.WGS84])
        band = make.band(low, low + chance.choice([0, 500, 8000]), datum)
        made.append(make.volume(footprint, start, start + length, band))
    return made


def minima_of(make: Make) -> SeparationMinima:
    return make.minima(*MINIMA)


@pytest.mark.parametrize("seed", range(3))
def test_brute_force_equals_index(make: Make, seed: int) -> None:
    some, minima = volumes(make, seed, 120), minima_of(make)
    prepared = prepare_all(some)
    index = ConflictIndex.of(minima, enumerate(some))
    pairs = set(index.all_pairs())
    found = 0
    for a in range(len(some)):
        for b in range(a + 1, len(some)):
            if (a, b) not in pairs:
                assert isinstance(assess_prepared(prepared[a], prepared[b], minima), NoConflict)
            else:
                found += 1
    assert 0 < found < 120 * 119 / 2


@pytest.mark.parametrize("seed", range(3))
def test_candidates_of_each_are_the_pairs_of_all(make: Make, seed: int) -> None:
    some, minima = volumes(make, 10 + seed, 150), minima_of(make)
    index = ConflictIndex.of(minima, enumerate(some))
    one_by_one = {
        (min(a, b), max(a, b)) for a, volume in enumerate(some) for b in index.candidates(volume) if a != b
    }
    assert one_by_one == set(index.all_pairs())
    assert len(index.all_pairs()) == len(set(index.all_pairs()))
    assert list(index.all_pairs()) == sorted(index.all_pairs())


def test_insert_delete_insert_equals_rebuild(make: Make) -> None:
    some, minima = volumes(make, 20, 120), minima_of(make)
    chance = random.Random(7)
    index: ConflictIndex[int] = ConflictIndex(minima)
    standing: dict[int, Volume] = {}
    for _ in range(250):
        key = chance.randrange(len(some))
        if key in standing and chance.random() < 0.5:
            index.remove(key)
            del standing[key]
        else:
            index.insert(key, some[chance.randrange(len(some))] if chance.random() < 0.2 else some[key])
            standing[key] = some[key]
            index.insert(key, some[key])  # what stands under a key is replaced
    rebuilt = ConflictIndex.of(minima, standing.items())
    assert len(index) == len(standing)
    assert index.all_pairs() == rebuilt.all_pairs()
    for volume in some[:40]:
        assert index.candidates(volume) == rebuilt.candidates(volume)


def test_the_order_of_insertion_and_the_keys_change_nothing(make: Make) -> None:
    some, minima = volumes(make, 30, 100), minima_of(make)
    shuffled = list(enumerate(some))
    random.Random(1).shuffle(shuffled)
    straight = ConflictIndex.of(minima, enumerate(some)).all_pairs()
    assert ConflictIndex.of(minima, shuffled).all_pairs() == straight
    renamed = ConflictIndex.of(minima, ((f"k{99 - key:02}", volume) for key, volume in shuffled)).all_pairs()
    back = {tuple(sorted(99 - int(key[1:]) for key in pair)) for pair in renamed}
    assert back == set(straight)


def test_a_height_above_ground_is_never_left_out(make: Make) -> None:
    disc = make.circle(35, 38, 1000)
    ground = make.volume(disc, band=make.band(0, 100, Datum.AGL))
    index = ConflictIndex.of(minima_of(make), [("ground", ground)])
    assert index.candidates(make.volume(disc, band=make.band(50_000, 51_000))) == ("ground",)
    high = make.volume(disc, band=make.band(0, 100))
    assert (
        ConflictIndex.of(minima_of(make), [("low", high)]).candidates(
            make.volume(disc, band=make.band(50_000, 51_000))
        )
        == ()
    )


def test_removing_what_is_not_there_is_an_error(make: Make) -> None:
    index: ConflictIndex[str] = ConflictIndex(minima_of(make))
    with pytest.raises(KeyError):
        index.remove("nothing")
    assert index.all_pairs() == ()
    assert "nothing" not in index


def test_what_was_replaced_ten_thousand_times_leaves_no_trace(make: Make) -> None:
    some = volumes(make, 40, 20)
    prepared = prepare_all(some)
    index: ConflictIndex[int] = ConflictIndex(minima_of(make))
    for turn in range(10_000):
        index.insert_prepared(turn % 20, prepared[turn % 20])
    assert index.all_pairs() == ConflictIndex.of(minima_of(make), enumerate(some)).all_pairs()
