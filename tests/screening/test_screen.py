# SPDX-License-Identifier: Apache-2.0
"""Does a screening list every conflict of different parties, once, whatever the order of the notices?"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from steerclear.model.finding import Conflict, NoConflict, Undetermined
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Datum
from steerclear.screening.assess import assess
from steerclear.screening.screen import screen

if TYPE_CHECKING:
    from tests.screening.conftest import Make

    from steerclear.model.finding import Finding, SeparationMinima
    from steerclear.model.notice import Notice

PARTIES = ("TUR", "ISR", "AZE")


def notices(make: Make, seed: int, count: int) -> list[Notice]:
    chance = random.Random(seed)
    made = []
    for number in range(count):
        volumes = []
        for _ in range(chance.choice([1, 1, 2])):
            spot = make.away(35, 38, chance.uniform(0, 360), 150_000 * chance.random())
            start = chance.randrange(0, 20_000)
            band = make.band(
                low := chance.randrange(0, 8_000),
                low + chance.randrange(0, 5_000),
                chance.choice([Datum.AMSL, Datum.AMSL, Datum.AGL, Datum.STD]),
            )
            if chance.random() < 0.2:
                to = make.away(*spot, chance.uniform(0, 360), 60_000)
                volumes.append(make.volume(make.legs((start, *spot, 0), (start + 900, *to, 2000)), band=band))
            else:
                footprint = make.footprint(chance, *spot, 15_000)
                volumes.append(make.volume(footprint, start, start + chance.randrange(0, 9000), band))
        made.append(make.notice(f"N{number:03}", chance.choice(PARTIES), *volumes))
    return made


def brute_force(some: list[Notice], minima: SeparationMinima) -> dict[tuple[str, str, int, int], Finding]:
    found: dict[tuple[str, str, int, int], Finding] = {}
    for a in some:
        for b in some:
            if a.ref < b.ref and a.party != b.party:
                for i, mine in enumerate(a.volumes):
                    for j, theirs in enumerate(b.volumes):
                        finding = assess(mine, theirs, minima)
                        if not isinstance(finding, NoConflict):
                            found[a.ref, b.ref, i, j] = finding
    return found


@pytest.mark.parametrize("lateral_m", [0, 9260])
def test_a_screening_is_the_brute_force_of_all_pairs(make: Make, lateral_m: int) -> None:
    some, minima = notices(make, 3, 38), make.minima(lateral_m, 1000, 300)
    screening = screen(some, minima)
    listed = (*screening.conflicts, *screening.undetermined)
    mine = {(found.a.ref, found.b.ref, found.volume_a, found.volume_b): found.finding for found in listed}
    assert len(mine) == len(listed)
    assert mine == brute_force(some, minima)
    assert screening.volumes == sum(len(notice.volumes) for notice in some)
    assert all(isinstance(found.finding, Conflict) for found in screening.conflicts)
    assert all(isinstance(found.finding, Undetermined) for found in screening.undetermined)
    assert screening.conflicts
    assert screening.undetermined


def test_the_order_of_the_notices_changes_nothing(make: Make) -> None:
    some, minima = notices(make, 5, 60), make.minima(5000, 1000, 300)
    straight = screen(some, minima)
    for seed in range(3):
        random.Random(seed).shuffle(some)
        assert screen(some, minima) == straight


def test_only_different_parties_are_compared(make: Make) -> None:
    volume = make.volume(make.circle(35, 38, 1000))
    mine, also_mine, theirs = (
        make.notice(ref, party, volume) for ref, party in (("a", "TUR"), ("b", "TUR"), ("c", "ISR"))
    )
    pairs = [
        (found.a.ref, found.b.ref) for found in screen([theirs, also_mine, mine], make.minima()).conflicts
    ]
    assert pairs == [("a", "c"), ("b", "c")]


def test_minima_may_differ_by_pair_of_kinds(make: Make) -> None:
    here, there = (make.volume(make.circle(35, lon, 1000)) for lon in (38, 38.1))
    works = make.notice("w", "TUR", here, kind=NoticeKind.WORKS)
    flight = make.notice("f", "ISR", there, kind=NoticeKind.FLIGHT)
    drone = make.notice("d", "AZE", there, kind=NoticeKind.DRONE)

    def between(a: NoticeKind, b: NoticeKind) -> SeparationMinima:
        return make.minima(9000) if NoticeKind.FLIGHT in (a, b) else make.minima(0)

    conflicts = [(found.a.ref, found.b.ref) for found in screen([works, flight, drone], between).conflicts]
    assert conflicts == [("d", "f"), ("f", "w")]


def test_nothing_screened_is_nothing_found(make: Make) -> None:
    screening = screen([], make.minima())
    assert (screening.volumes, screening.conflicts, screening.undetermined) == (0, (), ())
