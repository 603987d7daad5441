# SPDX-License-Identifier: Apache-2.0
"""Does the engine keep the rules of a fair judge? It sees no names, no order, no meridian, no hemisphere."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from steerclear.model.finding import Conflict, SeparationMinima
from steerclear.model.space import (
    Circle,
    Corridor,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
    Volume,
)
from steerclear.screening.screen import Screening, screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.screening.conftest import Make

    from steerclear.model.notice import Notice


def notices(make: Make, seed: int, count: int = 40) -> list[Notice]:
    chance = random.Random(seed)
    made = []
    for number in range(count):
        spot = make.away(33, 36, chance.uniform(0, 360), 120_000 * chance.random())
        start = chance.randrange(0, 6_000)
        if chance.random() < 0.2:
            to = make.away(*spot, chance.uniform(0, 360), 60_000)
            volume = make.volume(make.legs((start, *spot, 0), (start + 900, *to, 2000)))
        else:
            volume = make.volume(
                make.footprint(chance, *spot, 15_000), start, start + chance.randrange(0, 4000)
            )
        made.append(make.notice(f"N{number:03}", "TUR" if number % 2 else "ISR", volume))
    return made


def pairs_of(screening: Screening) -> set[tuple[str, str]]:
    return {(found.a.ref, found.b.ref) for found in screening.conflicts}


@pytest.mark.parametrize("mirror", [1, -1])
@pytest.mark.parametrize("turn_e7", [0, 1_234_567_891, 1_440_000_000])
def test_rotation_about_the_axis_and_mirror_north_south_change_nothing(
    make: Make, mirror: int, turn_e7: int
) -> None:
    some, minima = notices(make, 1), make.minima(3_000, 1000, 120)

    def moved(p: Position) -> Position:
        return Position(
            p.lat_e7 * mirror, (p.lon_e7 + turn_e7 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
        )

    straight, turned = screen(some, minima), screen([_moved(make, notice, moved) for notice in some], minima)
    assert pairs_of(turned) == pairs_of(straight)
    for one, other in zip(straight.conflicts, turned.conflicts, strict=True):
        assert isinstance(one.finding, Conflict)
        assert isinstance(other.finding, Conflict)
        assert other.finding.lateral_gap_m == pytest.approx(one.finding.lateral_gap_m, abs=0.0011)
        assert abs(other.finding.first_at_s - one.finding.first_at_s) <= 1


def test_wider_minima_never_remove_a_conflict(make: Make) -> None:
    some = notices(make, 2)
    found: set[tuple[str, str]] = set()
    for minima in (
        SeparationMinima(0, 0, 0),
        SeparationMinima(0, 500, 0),
        SeparationMinima(1, 500, 0),
        SeparationMinima(2_000_000, 500, 0),
        SeparationMinima(2_000_000, 500, 60),
        SeparationMinima(9_260_000, 1000, 900),
    ):
        wider = pairs_of(screen(some, minima))
        assert found <= wider
        found = wider
    assert found


def test_the_ids_change_nothing_but_the_order_of_the_list(make: Make) -> None:
    some, minima = notices(make, 3), make.minima(3_000, 1000, 120)
    other_name = {notice.ref: f"X{97 * number % 40:03}" for number, notice in enumerate(some)}
    renamed = [make.notice(other_name[notice.ref], notice.party, *notice.volumes) for notice in some]
    straight = {
        (frozenset((other_name[found.a.ref], other_name[found.b.ref])), found.finding)
        for found in screen(some, minima).conflicts
    }
    assert {
        (frozenset((found.a.ref, found.b.ref)), found.finding) for found in screen(renamed, minima).conflicts
    } == straight


def _moved(make: Make, notice: Notice, move: Callable[[Position], Position]) -> Notice:
    volumes = [Volume(_footprint_moved(v.footprint, move), v.band, v.span) for v in notice.volumes]
    return make.notice(notice.ref, notice.party, *volumes)


def _footprint_moved(footprint: Footprint, move: Callable[[Position], Position]) -> Footprint:
    match footprint:
        case Polygon():
            rings = [tuple(move(p) for p in ring) for ring in (footprint.exterior, *footprint.holes)]
            return Polygon(rings[0], tuple(rings[1:]))
        case MultiPolygon():
            parts = [_footprint_moved(part, move) for part in footprint.parts]
            return MultiPolygon(tuple(part for part in parts if isinstance(part, Polygon)))
        case Circle():
            return Circle(move(footprint.centre), footprint.radius_mm)
        case Corridor():
            return Corridor(tuple(move(p) for p in footprint.points), footprint.half_width_mm)
        case Legs():
            return Legs(tuple(move(p) for p in footprint.points), footprint.times_s, footprint.radii_mm)
