# SPDX-License-Identifier: Apache-2.0
"""Are many footprints compared as each pair of them is, and is too much refused before it is taken?"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from steerclear.errors import BadInput
from steerclear.geometry.arrays import FootprintArrays
from steerclear.geometry.ellipsoid import ecef
from steerclear.geometry.geodesic import destination, distance_m
from steerclear.geometry.lateral import approach, exactly_closer
from steerclear.geometry.outline import Outline, outline_of
from steerclear.geometry.shapes import Shapes, closer, closer_while_both
from steerclear.model.space import Circle, Footprint, Legs, MultiPolygon, Polygon

if TYPE_CHECKING:
    from tests.geometry.conftest import Draw


def crowd(draw: Draw, chance: random.Random, count: int) -> list[Footprint]:
    """Footprints of all kinds that do not move, near each other, anywhere on the Earth."""
    size_m = 10 ** chance.uniform(1.5, 5.3)
    middle = draw.position(
        chance.choice([chance.uniform(-89, 89), 89.99]), chance.choice([179.99, chance.uniform(-180, 180)])
    )
    found: list[Footprint] = []
    while len(found) < count:
        at = destination(middle, chance.uniform(0, 360), size_m * chance.uniform(0, 3))
        radii = [size_m * chance.uniform(0.4, 1) for _ in range(chance.randint(4, 40))]
        there = destination(at, chance.uniform(0, 360), size_m)
        area = draw.round_polygon(at.lat_deg, at.lon_deg, radii)
        hole = draw.round_polygon(at.lat_deg, at.lon_deg, [size_m / 9] * 4)
        match chance.randrange(5):
            case 0:
                found.append(draw.circle(at.lat_deg, at.lon_deg, chance.choice([0, size_m / 2])))
            case 1:
                line = ((at.lat_deg, at.lon_deg), (there.lat_deg, there.lon_deg))
                found.append(draw.corridor(chance.choice([0, size_m / 9]), *line))
            case 2:
                found.append(Polygon(area.exterior, (hole.exterior,)))
            case 3:
                other = draw.round_polygon(there.lat_deg, there.lon_deg, radii)
                found.append(MultiPolygon((area, other)))
            case _:
                found.append(area)
    return found


def test_many_at_once_get_the_verdict_and_the_gap_that_each_pair_gets_alone(draw: Draw) -> None:
    chance = random.Random(31)
    for _ in range(12):
        footprints = crowd(draw, chance, 8)
        shapes = Shapes.of(FootprintArrays.of(footprints))
        outlines = [outline_of(footprint) for footprint in footprints]
        left, right = np.triu_indices(len(footprints), 1)
        for minimum_mm in (0, 300, 30_000_000):
            found = closer(shapes, left, right, minimum_mm)
            turned = closer(shapes, right, left, minimum_mm)
            assert (found.closer == turned.closer).all()
            assert (found.gap_at_least_m == turned.gap_at_least_m).all()
            assert (closer(shapes, left, right, minimum_mm, want_gap=False).closer == found.closer).all()
            for pair, (a, b) in enumerate(zip(left, right, strict=True)):
                alone = approach(outlines[a], outlines[b], minimum_mm / 1000)
                assert alone.closer == found.closer[pair]
                assert found.gap_at_least_m[pair] == pytest.approx(alone.gap_at_least_m, abs=0.0021)


def test_what_is_decided_without_geographiclib_is_what_geographiclib_decides(draw: Draw) -> None:
    # From 5 cm to a metre beside the minimum: nearer than that geographiclib is asked in any case.
    chance = random.Random(32)
    for _ in range(40):
        lat, lon = chance.uniform(-85, 85), chance.uniform(-180, 180)
        a = draw.round_polygon(lat, lon, [chance.uniform(2e3, 4e4) for _ in range(7)])
        away = destination(a.exterior[0], chance.uniform(0, 360), chance.uniform(0, 3e4))
        b = draw.round_polygon(away.lat_deg, away.lon_deg, [chance.uniform(2e3, 4e4) for _ in range(5)])
        shapes = Shapes.of(FootprintArrays.of([a, b]))
        pair = np.array([0]), np.array([1])
        gap_mm = math.floor(closer(shapes, *pair, 10**9).gap_at_least_m[0] * 1000)
        for beside_mm in (-900, -300, -50, 50, 300, 900):
            minimum_mm = gap_mm + beside_mm
            if gap_mm > 0 and minimum_mm > 0:
                exact = exactly_closer(outline_of(a), outline_of(b), minimum_mm / 1000, None)
                assert closer(shapes, *pair, minimum_mm).closer[0] == exact


def test_legs_are_compared_while_both_are_there(draw: Draw) -> None:
    chance = random.Random(33)
    crowd_of: list[Footprint] = [draw.square(35.3, 38.3, 35.7, 38.7), draw.circle(35.5, 38.9, 4_000)]
    for _ in range(6):
        lat, lon = chance.uniform(35, 36), chance.uniform(38, 39)
        start = chance.randrange(3600)
        crowd_of.append(
            draw.legs((start, lat, lon, 100), (start + 1800, lat + chance.uniform(-1, 1), lon + 0.6, 900))
        )
    spans = np.array(
        [(f.times_s[0], f.times_s[-1]) if isinstance(f, Legs) else (600, 3000) for f in crowd_of]
    )
    shapes = Shapes.of(FootprintArrays.of(crowd_of))
    pairs = [(a, b) for a in range(8) for b in range(max(a + 1, 2), 8)]
    left, right = np.array(pairs).T.copy()
    found = closer_while_both(shapes, left, right, 3_000_000, spans, 120)
    assert set(found.closer.tolist()) == {True, False}
    for pair, (a, b) in enumerate(pairs):
        both_move = isinstance(crowd_of[a], Legs) and isinstance(crowd_of[b], Legs)
        mine, theirs = part_of(crowd_of[a], spans[b]), part_of(crowd_of[b], spans[a])
        if mine is None or theirs is None:
            assert not found.closer[pair]
            continue
        alone = approach(mine, theirs, 3_000.0, 120.0 if both_move else None)
        assert found.closer[pair] == alone.closer
        assert found.gap_at_least_m[pair] == pytest.approx(alone.gap_at_least_m, abs=0.05)


def part_of(footprint: Footprint, span: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Outline | None:
    outline = outline_of(footprint)
    return outline.during(span[0] - 120, span[1] + 120) if isinstance(footprint, Legs) else outline


def test_a_radius_that_grows_counts_where_it_is(draw: Draw) -> None:
    legs, spot = draw.legs((0, 35, 38, 0), (600, 35, 39, 20_000)), draw.circle(35.1, 38.05, 0)
    shapes = Shapes.of(FootprintArrays.of([legs, spot, draw.square(35.1, 38.04, 35.2, 38.06)]))
    rows = np.array([0, 0]), np.array([1, 2])
    assert not closer(shapes, *rows, 5_000_000).closer.any()
    assert closer(shapes, *rows, 11_000_000).closer.all()


def test_boxes_hold_what_they_are_of(draw: Draw) -> None:
    chance = random.Random(34)
    for _ in range(10):
        footprints = crowd(draw, chance, 6)
        low, high = Shapes.of(FootprintArrays.of(footprints)).boxes()
        for row, footprint in enumerate(footprints):
            pieces = outline_of(footprint).pieces
            corners = np.concatenate([pieces.start, pieces.end])
            assert (low[row] <= corners).all()
            assert (corners <= high[row]).all()
    # Inside of a cap the surface rises far above its rim.
    cap = draw.polygon(*((60, lon) for lon in (0, 90, 180, -90)))
    low, high = Shapes.of(FootprintArrays.of([cap])).boxes()
    assert high[0, 2] >= ecef(np.array([90.0]), np.array([0.0]))[0, 2]


def test_rows_are_withdrawn_and_nothing_is_kept_of_a_refused_lot(draw: Draw) -> None:
    square, crossed = draw.square(0, 0, 1, 1), draw.polygon((0, 0), (1, 1), (0, 1), (1, 0))
    shapes = Shapes.of(FootprintArrays.of([square]))
    before = shapes.memory_bytes
    with pytest.raises(BadInput, match="crosses itself") as refused:
        shapes.append(FootprintArrays.of([square, crossed]))
    assert refused.value.where is not None
    assert refused.value.where.endswith("row 1")
    assert (len(shapes), shapes.memory_bytes) == (1, before)
    rows = shapes.append(FootprintArrays.of([draw.circle(0.5, 0.5, 100)]))
    assert closer(shapes, np.array([0]), np.array([rows.start]), 0).closer.all()
    shapes.withdraw(rows)
    assert (len(shapes), shapes.memory_bytes) == (1, before)


def test_too_much_is_refused_from_its_size_alone(draw: Draw) -> None:
    arrays = FootprintArrays.of([draw.square(0, 0, 1, 1)] * 100)
    with pytest.raises(BadInput) as refused:
        Shapes.of(arrays, most_bytes=20_000)
    assert refused.value.code == "too-many-volumes"
    count = 300_000
    detailed = FootprintArrays(
        kind=np.zeros(1, dtype=np.uint8),
        first_ring=np.array([0, 1]),
        ring_part=np.zeros(1, dtype=np.int32),
        first_point=np.array([0, count]),
        lat_e7=np.arange(count, dtype=np.int32),
        lon_e7=np.zeros(count, dtype=np.int32),
        radius_mm=np.zeros(count, dtype=np.int64),
        time_s=np.zeros(count, dtype=np.int64),
    )
    with pytest.raises(BadInput) as refused:
        Shapes.of(detailed)
    assert refused.value.code == "footprint-too-detailed"


def test_arrays_that_do_not_fit_are_refused(draw: Draw) -> None:
    arrays = FootprintArrays.of([draw.square(0, 0, 1, 1), draw.circle(0, 0, 5)])
    assert arrays.footprint(1) == Circle(draw.position(0, 0), 5_000)
    columns = {name: getattr(arrays, name) for name in FootprintArrays.__slots__}
    for name, bent, code in (
        ("lat_e7", arrays.lat_e7.astype(np.float64), "arrays-uneven"),
        ("first_ring", np.array([0, 2, 1]), "arrays-uneven"),
        ("time_s", arrays.time_s[:-1].copy(), "arrays-uneven"),
        ("kind", np.array([0, 7], dtype=np.uint8), "arrays-uneven"),
        ("kind", np.array([0, 3], dtype=np.uint8), "line-too-short"),
        ("lat_e7", arrays.lat_e7 + np.int32(900_000_000), "latitude-out-of-range"),
        ("radius_mm", arrays.radius_mm - 6_000, "radius-out-of-range"),
        ("lon_e7", np.zeros_like(arrays.lon_e7), "ring-repeats-corner"),
    ):
        with pytest.raises(BadInput) as refused:
            Shapes.of(FootprintArrays(**{**columns, name: bent}))
        assert refused.value.code == code


def test_discs_meet_at_their_rims_to_the_millimetre(draw: Draw) -> None:
    chance = random.Random(35)
    for _ in range(30):
        here = draw.position(chance.uniform(-89, 89), chance.uniform(-180, 180))
        there = destination(here, chance.uniform(0, 360), 10 ** chance.uniform(0, 5))
        exact_mm = distance_m(here, there) * 1000
        shapes = Shapes.of(FootprintArrays.of([Circle(here, 0), Circle(there, 0)]))
        rows = np.array([0, 0]), np.array([1, 1])
        verdicts = closer(shapes, *rows, np.array([math.floor(exact_mm), math.ceil(exact_mm)])).closer
        assert verdicts.tolist() == [False, True]
