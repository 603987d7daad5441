# SPDX-License-Identifier: Apache-2.0
"""Does the engine say what other code says? Random and adversarial pairs against PROJ (file 9 of the design).

For every pair the oracle's gap is taken, and the engine is asked just below and just above it, where it is
hardest: 3 mm either way, 1 mm for discs and lines.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from steerclear.geometry.lateral import approaches, closer_than, lateral_gap_at_least_m
from steerclear.geometry.outline import outline_of
from steerclear.geometry.table import Table
from steerclear.model.finding import Conflict, NoConflict
from steerclear.model.space import Legs
from steerclear.screening.assess import assess

if TYPE_CHECKING:
    from tests.screening.conftest import Make, Oracle

TOLERANCE_M = 0.003


def spots(chance: random.Random, make: Make) -> tuple[float, float]:
    """A place anywhere, poles and antimeridian more often than their share."""
    kind = chance.randrange(5)
    if kind == 0:
        return chance.choice([-1, 1]) * chance.uniform(88, 90), chance.uniform(-180, 180)
    if kind == 1:
        return chance.uniform(-70, 70), 180 + chance.uniform(-1, 1)
    return math.degrees(math.asin(chance.uniform(-1, 1))), chance.uniform(-180, 180)


@pytest.mark.parametrize("seed", range(8))
def test_verdicts_of_standing_footprints_are_those_of_proj(seed: int, make: Make, oracle: Oracle) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        size = 10 ** chance.uniform(1, 5.3)
        here = spots(chance, make)
        there = make.away(*here, chance.uniform(0, 360), size * chance.uniform(0, 4))
        a = make.footprint(chance, *here, size)
        b = make.footprint(chance, *there, size * chance.uniform(0.1, 1))
        true_m = oracle.gap_m(a, b)
        said_m = lateral_gap_at_least_m(a, b)
        assert said_m <= max(true_m, 0) + 0.002, (a, b)
        if true_m < 50_000:
            assert said_m > true_m - 0.1, (a, b)
        below, above = math.floor((true_m - TOLERANCE_M) * 1000), math.ceil((true_m + TOLERANCE_M) * 1000)
        if below > 0:
            assert not closer_than(a, b, below), (a, b)
        if above > 0:
            assert closer_than(a, b, above), (a, b)
            assert closer_than(b, a, above), (a, b)


def test_verdicts_of_continental_footprints_are_those_of_proj(make: Make, oracle: Oracle) -> None:
    chance = random.Random(205)
    compared = 0
    while compared < 15:
        size = 10 ** chance.uniform(5.5, 6.5)
        here = spots(chance, make)
        there = make.away(*here, chance.uniform(0, 360), size * chance.uniform(0, 4))
        a, b = (
            make.footprint(chance, *here, size),
            make.footprint(chance, *there, size * chance.uniform(0.05, 1)),
        )
        true_m = oracle.gap_m(a, b)
        compared += 1
        assert lateral_gap_at_least_m(a, b) <= max(true_m, 0) + 0.002
        if true_m > 0.02:
            assert not closer_than(a, b, math.floor((true_m - 0.01) * 1000)), (a, b)
        if true_m > 0:
            assert closer_than(a, b, math.ceil((true_m + 0.01) * 1000)), (a, b)


def test_verdicts_of_two_thousand_pairs_of_discs_are_those_of_proj(make: Make, oracle: Oracle) -> None:
    chance = random.Random(77)
    discs, true_m = [], []
    for _ in range(2000):
        lat, lon = spots(chance, make)
        there = make.away(lat, lon, chance.uniform(0, 360), 10 ** chance.uniform(-1, 6.8))
        pair = [
            make.circle(*spot, chance.choice([0, 10 ** chance.uniform(0, 5)])) for spot in ((lat, lon), there)
        ]
        true_m.append(oracle.centres_m(*pair) - sum(disc.radius_mm for disc in pair) / 1000)
        discs.extend(pair)
    table = Table.of([outline_of(disc) for disc in discs])
    left, right = np.arange(0, 4000, 2), np.arange(1, 4000, 2)
    true = np.array(true_m)
    apart = np.flatnonzero(true > 0.01)
    below, above = np.floor(true * 1000 - 1) / 1000, np.ceil(true * 1000 + 1) / 1000
    assert len(apart) > 1000
    assert not approaches(table, left[apart], right[apart], below[apart]).closer.any()
    found = approaches(table, left[apart], right[apart], above[apart])
    assert found.closer.all()
    assert (found.gap_at_least_m <= true[apart] + 1e-6).all()


def test_verdicts_of_four_hundred_pairs_of_lines_are_those_of_proj(make: Make, oracle: Oracle) -> None:
    chance = random.Random(78)
    for _ in range(400):
        lat, lon = spots(chance, make)
        length = 10 ** chance.uniform(0, 5)
        there = make.away(lat, lon, chance.uniform(0, 360), length * chance.uniform(0, 2))
        a, b = (
            make.corridor(0, spot, make.away(*spot, chance.uniform(0, 360), length))
            for spot in ((lat, lon), there)
        )
        true_m = oracle.gap_m(a, b)
        if true_m > 0.01:
            assert not closer_than(a, b, math.floor(true_m * 1000 - 1)), (a, b)
            assert closer_than(a, b, math.ceil(true_m * 1000 + 1)), (a, b)
        else:
            assert closer_than(a, b, 12), (a, b)


@pytest.mark.parametrize("seed", range(4))
def test_verdicts_of_moving_volumes_are_those_of_proj(seed: int, make: Make, oracle: Oracle) -> None:
    chance = random.Random(1000 + seed)
    for _ in range(30):
        here = spots(chance, make)
        a = make.volume(legs(chance, make, here))
        there = make.away(*here, chance.uniform(0, 360), chance.uniform(0, 60_000))
        if chance.random() < 0.5:
            b = make.volume(legs(chance, make, there))
        else:
            start = chance.randrange(0, 3000)
            b = make.volume(make.footprint(chance, *there, 20_000), start, start + chance.randrange(1, 2000))
        lag = chance.choice([0, 60, 600])
        if a.span.gap_s(b.span) >= lag:
            continue
        true_m = oracle.timed_gap_m(a, b, lag)
        if not math.isfinite(true_m):
            continue
        below, above = true_m - TOLERANCE_M, true_m + TOLERANCE_M
        if below > 0.001:
            assert isinstance(
                assess(a, b, make.minima(math.floor(below * 1000) / 1000, 1000, lag)), NoConflict
            ), (a, b)
        if above > 0:
            found = assess(a, b, make.minima(math.ceil(above * 1000) / 1000, 1000, lag))
            assert isinstance(found, Conflict), (a, b)
            assert found.lateral_gap_m <= max(true_m, 0) + 0.002


def legs(chance: random.Random, make: Make, here: tuple[float, float]) -> Legs:
    stations = [(chance.randrange(0, 1000), *here, chance.uniform(0, 2000))]
    for _ in range(chance.randint(1, 3)):
        time, lat, lon, _ = stations[-1]
        seconds = chance.randrange(60, 900)
        to = make.away(lat, lon, chance.uniform(0, 360), seconds * chance.uniform(0, 250))
        stations.append((time + seconds, *to, chance.uniform(0, 4000)))
    return make.legs(*stations)
