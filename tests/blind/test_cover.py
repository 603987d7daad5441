# SPDX-License-Identifier: Apache-2.0
"""A cover lists what a widened volume touches: its points, seen by geographiclib, and little else."""

from __future__ import annotations

import hashlib
import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import astuple
from functools import partial

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from steerclear.blind.cover import (
    Change,
    Cover,
    Dilation,
    cells_of_day,
    cells_of_notice,
    changed,
    columns_of,
    columns_of_day,
    cover,
    covers,
)
from steerclear.blind.grid import FINE, LADDER, SITES, Cells, DayCells, Grid, decode_cells, encode_cells
from steerclear.blind.kernels_cover import find_columns
from steerclear.blind.tables import room_of_thread, tables_of
from steerclear.blind.warming import PARTS
from steerclear.errors import BadInput
from steerclear.geometry.arrays import FootprintArrays
from steerclear.geometry.scratch import scratch_of_thread
from steerclear.geometry.shapes import Shapes
from steerclear.model.finding import SeparationMinima, Undetermined
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.space import (
    Altitude,
    Band,
    Circle,
    Corridor,
    Datum,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.terms import Separation, SeparationRow
from steerclear.model.time import TimeSpan

WGS84 = Geodesic.WGS84
DAY_S = 20_347 * 86_400
NONE = Dilation(0, 0, 0)
USUAL = Dilation(4_630_000, 500, 450)


def at(lat: float, lon: float) -> Position:
    return Position(round(lat * 1e7), round(((lon + 180) % 360 - 180) * 1e7))


def band(low: int = 1000, high: int = 4000, datum: Datum = Datum.AMSL, upper: Datum | None = None) -> Band:
    return Band(Altitude(low, datum), Altitude(high, upper or datum))


def volume(footprint: Footprint, start: int = 0, end: int = 3600, height: Band | None = None) -> Volume:
    if isinstance(footprint, Legs):
        return Volume(footprint, height or band(), TimeSpan(footprint.times_s[0], footprint.times_s[-1]))
    return Volume(footprint, height or band(), TimeSpan(DAY_S + start, DAY_S + end))


def sure(found: Cover | Undetermined) -> Cover:
    assert isinstance(found, Cover)
    return found


def listed(cells: Cells) -> set[tuple[int, ...]]:
    return set(map(tuple, cells.tolist()))


def ground(found: Cover) -> set[tuple[int, int]]:
    return {(row, column) for *_, row, column in found.cells().tolist()}


def thin(shape: Footprint, grid: Grid = FINE, within_mm: int = 0) -> Cover:
    """Of one layer and one quarter."""
    return sure(cover(volume(shape, 0, 1, band(0, 1)), Dilation(within_mm, 0, 0), grid))


def legs(*stations: tuple[int, float, float, float]) -> Legs:
    """Stations are (time, lat, lon, radius in metres)."""
    return Legs(
        tuple(at(lat, lon) for _, lat, lon, _ in stations),
        tuple(DAY_S + time for time, *_ in stations),
        tuple(round(radius * 1000) for *_, radius in stations),
    )


def star(chance: random.Random, lat: float, lon: float, size_m: float) -> Polygon:
    count = chance.randint(5, 12)
    ring = []
    for corner in range(count):
        there = WGS84.Direct(lat, lon, 360 * corner / count, size_m * chance.uniform(0.5, 1))
        ring.append(at(there["lat2"], there["lon2"]))
    hole = [WGS84.Direct(lat, lon, turn, size_m * 0.2) for turn in (0, 120, 240)]
    return Polygon(tuple(ring), (tuple(at(h["lat2"], h["lon2"]) for h in hole),))


PLACES = {
    "Syria": (35.2, 38.9),
    "the antimeridian": (-17.03, 179.97),
    "the equator at Greenwich": (0.001, -0.002),
    "where cells begin to widen": (61.0, 25.4),
    "far north": (86.48, -120.7),
    "the North Pole": (89.97, 33.0),
    "the South Pole": (-89.6, -100.0),
}


# ------------------------------------------------------------------------------- points, by another hand


Point = tuple[float, float, float, float]
"""Latitude, longitude, and from when to when the volume may be there (seconds)."""


def points_of(shape: Footprint, chance: random.Random, within_m: float) -> Iterator[Point]:
    """Points within ``within_m`` of a footprint."""
    for _ in range(40):
        lat, lon, radius, when = _point_of(shape, chance)
        away = (radius + within_m) * math.sqrt(chance.random())
        there = WGS84.Direct(lat, lon, chance.uniform(0, 360), away)
        yield there["lat2"], there["lon2"], *when


def _point_of(shape: Footprint, chance: random.Random) -> tuple[float, float, float, tuple[float, float]]:
    always = (-math.inf, math.inf)
    match shape:
        case Circle():
            return shape.centre.lat_deg, shape.centre.lon_deg, shape.radius_mm / 1000, always
        case Corridor():
            lat, lon = _on_edge(*chance.choice(list(itertools.pairwise(shape.points))), chance.random())
            return lat, lon, shape.half_width_mm / 1000, always
        case Legs():
            leg, share = chance.randrange(len(shape.points) - 1), chance.random()
            lat, lon = _on_edge(shape.points[leg], shape.points[leg + 1], share)
            radius, when = (
                each[leg] + share * (each[leg + 1] - each[leg]) for each in (shape.radii_mm, shape.times_s)
            )
            return lat, lon, radius / 1000, (when, when)
        case MultiPolygon():
            return _point_of(chance.choice(shape.parts), chance)
        case Polygon():
            ring = chance.choice((shape.exterior, *shape.holes))
            edges = list(zip(ring, (*ring[1:], ring[0]), strict=True))
            return *_on_edge(*chance.choice(edges), chance.random()), 0.0, always


def _on_edge(start: Position, end: Position, share: float) -> tuple[float, float]:
    line = WGS84.InverseLine(start.lat_deg, start.lon_deg, end.lat_deg, end.lon_deg)
    there = line.Position(line.s13 * share)
    return there["lat2"], there["lon2"]


def shapes_at(lat: float, lon: float, chance: random.Random, most_m: float = 40_000) -> Iterator[Footprint]:
    size = 10 ** chance.uniform(2.5, math.log10(most_m))
    ways = [WGS84.Direct(lat, lon, chance.uniform(0, 360), size * step) for step in range(4)]
    way = tuple(at(w["lat2"], w["lon2"]) for w in ways)
    yield Circle(way[0], round(size * 1000))
    yield Corridor(way, round(size * 100))
    yield star(chance, lat, lon, size)
    other = star(chance, ways[3]["lat2"], ways[3]["lon2"], size / 3)
    yield MultiPolygon((star(chance, lat, lon, size), other))
    lasts_s = chance.randint(600, 3000)
    times = tuple(DAY_S + 80_000 + step * lasts_s for step in range(4))
    yield Legs(way, times, tuple(round(size * 100 * step) for step in range(4)))


@pytest.mark.parametrize("place", PLACES)
def test_the_cells_of_its_points_are_listed(place: str) -> None:
    chance = random.Random(place)
    twice = (shapes_at(*PLACES[place], chance, 15_000) for _ in range(2))
    for shape in itertools.chain.from_iterable(twice):
        made = volume(shape, 85_500, 87_000, band(-300, 1500))
        for grid in LADDER:
            cells = listed(sure(cover(made, USUAL, grid)).cells())
            for lat, lon, begin, end in points_of(shape, chance, USUAL.lateral_mm / 1000):
                begin, end = max(begin, made.span.start_s), min(end, made.span.end_s)
                when = round(chance.uniform(begin, end) + chance.uniform(-449, 449))
                ft = chance.randint(-799, 1999)
                assert astuple(grid.cell_at(at(lat, lon), ft, when)) in cells, (shape, grid)


@pytest.mark.parametrize("place", PLACES)
def test_the_cells_of_points_of_large_footprints_are_listed(place: str) -> None:
    """Hundreds to thousands of kilometres, and widened by as much: there the distances are bounds."""
    chance, (lat, lon) = random.Random(place), PLACES[place]
    for size_m in (200_000.0, 1_600_000.0):
        ways = [WGS84.Direct(lat, lon, chance.uniform(0, 360), size_m * step / 2) for step in range(3)]
        way = tuple(at(there["lat2"], there["lon2"]) for there in ways)
        for shape in (
            Circle(way[0], round(size_m * 1000)),
            Corridor(way, round(size_m * 100)),
            star(chance, lat, lon, size_m),
        ):
            for within_m in (0.0, size_m / 4):
                cells = ground(thin(shape, LADDER[0], round(within_m * 1000)))
                for *there, _, _ in points_of(shape, chance, within_m):
                    cell = LADDER[0].cell_at(at(*there), 0, DAY_S)
                    assert (cell.row, cell.column) in cells, (shape, within_m, there)


@pytest.mark.parametrize("place", PLACES)
def test_the_columns_of_its_points_are_listed(place: str) -> None:
    chance = random.Random(place)
    for shape in shapes_at(*PLACES[place], chance, 5_000):
        columns = ground(columns_of(shape))
        for lat, lon, *_ in points_of(shape, chance, 0.0):
            cell = SITES.cell_at(at(lat, lon), 0, 0)
            assert (cell.row, cell.column) in columns, shape


def test_nothing_far_from_it_is_listed() -> None:
    """No cell of a disc's cover lies farther from it than it is widened by and a cell is wide."""
    centre = at(35.2, 38.9)
    for row, column in ground(sure(cover(volume(Circle(centre, 20_000_000)), USUAL))):
        lats = [(row + step) / 12 - 90 for step in (0, 0.5, 1)]
        lons = [(column + step) / 12 - 180 for step in (0, 0.5, 1)]
        nearest = min(
            WGS84.Inverse(centre.lat_deg, centre.lon_deg, lat, lon)["s12"]
            for lat, lon in itertools.product(lats, lons)
        )
        assert nearest < 24_630 + 2 + 2_600, "a quarter of a cell's side and its diagonal at most"


# ----------------------------------------------------------------------------------------- properties


@pytest.mark.parametrize("place", PLACES)
def test_a_wider_cover_lists_what_a_narrower_one_does(place: str) -> None:
    chance = random.Random(place)
    for shape in shapes_at(*PLACES[place], chance):
        before: set[tuple[int, ...]] = set()
        for step in range(4):
            wider = Dilation(step * 3_000_000, step * 700, step * 400)
            cells = listed(sure(cover(volume(shape), wider)).cells())
            assert before < cells or before == cells
            before = cells


def _turned(shape: Footprint, to: Callable[[Position], Position]) -> Footprint:
    match shape:
        case Circle():
            return Circle(to(shape.centre), shape.radius_mm)
        case Corridor():
            return Corridor(tuple(map(to, shape.points)), shape.half_width_mm)
        case Legs():
            return Legs(tuple(map(to, shape.points)), shape.times_s, shape.radii_mm)
        case MultiPolygon():
            return MultiPolygon(
                tuple(part for each in shape.parts if isinstance(part := _turned(each, to), Polygon))
            )
        case Polygon():
            return Polygon(
                tuple(map(to, shape.exterior)), tuple(tuple(map(to, hole)) for hole in shape.holes)
            )


@pytest.mark.parametrize("place", PLACES)
def test_north_is_south_mirrored(place: str) -> None:
    for shape in shapes_at(*PLACES[place], random.Random(place)):
        mirrored = _turned(shape, lambda p: Position(-p.lat_e7, p.lon_e7))
        here, there = (ground(sure(cover(volume(each), USUAL))) for each in (shape, mirrored))
        assert {(FINE.rows - 1 - row, column) for row, column in here} == there


@pytest.mark.parametrize("place", ["Syria", "the antimeridian", "the equator at Greenwich"])
@pytest.mark.parametrize("cells", [3, 4320 - 1800, -2163])
def test_whole_cells_to_the_east_are_whole_cells_to_the_east(place: str, cells: int) -> None:
    """Three cells of 5′ are a whole number of 1e-7 degree."""
    for shape in shapes_at(*PLACES[place], random.Random(place)):
        moved = _turned(shape, partial(_east, by_e7=cells // 3 * 2_500_000))
        here, there = (ground(sure(cover(volume(each), USUAL))) for each in (shape, moved))
        assert {(row, (column + cells) % FINE.columns) for row, column in here} == there


def _east(place: Position, by_e7: int) -> Position:
    half_turn = 1_800_000_000
    return Position(place.lat_e7, (place.lon_e7 + by_e7 + half_turn) % (2 * half_turn) - half_turn)


def test_an_amendment_is_the_difference_of_two_covers() -> None:
    chance = random.Random(7)
    standing = [volume(shape) for shape in shapes_at(35.2, 38.9, chance)]
    amended = [*standing[1:], volume(Circle(at(35.3, 38.7), 3_000_000), 1800, 5400)]
    before, after = (cells_of_notice(each, USUAL) for each in (standing, amended))
    assert not isinstance(before, Undetermined)
    assert not isinstance(after, Undetermined)
    change = changed(before, after)
    assert isinstance(change, Change)
    assert listed(change.gone) == listed(before) - listed(after)
    assert listed(change.new) == listed(after) - listed(before)
    assert len(change.gone) > 0
    assert len(change.new) > 0
    assert len(changed(before, before).new) == len(changed(before, before).gone) == 0


# ----------------------------------------------------------------------------------- heights and times


@pytest.mark.parametrize(
    ("low", "high", "widened", "layers"),
    [
        (1000, 2000, 0, range(2, 3)),
        (1000, 2001, 0, range(2, 4)),
        (999, 2000, 0, range(1, 3)),
        (1000, 2000, 500, range(1, 4)),
        (2000, 2000, 0, range(3, 4)),
        (1999, 1999, 1, range(2, 3)),
        (2000, 2000, 1, range(2, 4)),
        (-9000, -50, 0, range(1)),
        (-9000, 0, 0, range(1)),
        (-9000, 1, 0, range(2)),
        (99_000, 2_000_000, 0, range(100, 102)),
        (150_000, 150_000, 0, range(101, 102)),
    ],
)
def test_layers(low: int, high: int, widened: int, layers: range) -> None:
    """An open interval is met strictly inside: touching is no conflict."""
    found = sure(cover(volume(Circle(at(1, 1), 0), height=band(low, high)), Dilation(0, widened, 0)))
    assert found.layers == layers


def test_heights_of_other_datums_lie_within_their_worst() -> None:
    circle = Circle(at(1, 1), 0)
    assert sure(cover(volume(circle, height=band(5000, 6000, Datum.WGS84)), NONE)).layers == range(5, 8)
    # 10,000 ft STD: −1,800 − 800 to +1,100 + 800 ft
    assert sure(cover(volume(circle, height=band(10_000, 10_000, Datum.STD)), NONE)).layers == range(8, 13)
    turned_round = band(10_000, 7_000, Datum.STD, Datum.AMSL)
    assert sure(cover(volume(circle, height=turned_round), NONE)).layers == range(8, 9)


@pytest.mark.parametrize(
    "height",
    [band(0, 500, Datum.AGL), band(0, 500, Datum.AGL, Datum.AMSL), band(0, 500, Datum.AMSL, Datum.AGL)],
)
def test_a_height_above_ground_is_undetermined_and_never_empty(height: Band) -> None:
    known = volume(Circle(at(1, 1), 1000))
    unknown = volume(Circle(at(1, 1), 1000), height=height)
    found = cover(unknown, USUAL)
    assert isinstance(found, Undetermined)
    assert "AMSL" in found.because
    assert isinstance(cells_of_notice([known, unknown, known], USUAL), Undetermined)
    assert [type(each) for each in covers([known, unknown], USUAL)] == [Cover, Undetermined]


@pytest.mark.parametrize(
    ("start", "end", "widened", "quarters"),
    [
        (0, 900, 0, range(1)),
        (0, 901, 0, range(2)),
        (0, 900, 1, range(-1, 2)),
        (900, 900, 0, range(1, 2)),
        (899, 899, 1, range(1)),
        (900, 900, 1, range(2)),
    ],
)
def test_quarters_of_an_hour(start: int, end: int, widened: int, quarters: range) -> None:
    found = sure(cover(volume(Circle(at(1, 1), 0), start, end), Dilation(0, 0, widened)))
    first = DAY_S // 900
    assert found.quarters == range(first + quarters.start, first + quarters.stop)


def test_midnight_parts_the_days() -> None:
    found = sure(cover(volume(Circle(at(1, 1), 0), -1, 86_401), NONE))
    assert found.days == range(20_346, 20_349)
    by_day = [found.on_days(range(day, day + 1)) for day in range(20_340, 20_350)]
    assert [each.count() // found.on_days(range(20_348, 20_349)).count() for each in by_day] == [
        *(0,) * 6, 1, 96, 1, 0,
    ]  # fmt: skip
    assert np.array_equal(np.concatenate([each.cells() for each in by_day]), found.cells())
    assert by_day[0].days == range(0)
    assert by_day[7].cells()[:, 1].tolist() == sorted(by_day[7].cells()[:, 1].tolist())


def test_what_moves_is_listed_where_it_is_at_the_time() -> None:
    """Two hours from one place to another 200 km east, a disc of 1 km; half of the time minimum is 450 s."""
    flight = legs((0, 35, 38, 1000), (7200, 35, 40.2, 1000))
    found = sure(cover(volume(flight), Dilation(0, 0, 450)))
    east = [-1.0]
    for quarter in found.quarters:
        columns = [column for _, q, _, _, column in found.cells().tolist() if q == quarter % 96]
        assert len(set(columns)) <= 1 + math.ceil(1800 / 7200 * 2.2 * 12) + 1
        east.append(max(columns))
    assert east == sorted(east)
    assert len(ground(found)) == len(ground(sure(cover(volume(Corridor(flight.points, 1_000_000)), NONE))))
    assert found.count() == len(found.cells())


def test_a_hold_and_a_moment_are_listed() -> None:
    hold = legs((0, 35.04, 38.04, 100), (0, 35.04, 38.04, 100), (2000, 35.04, 38.04, 5000))
    assert sure(cover(volume(hold), NONE)).quarters == range(DAY_S // 900, DAY_S // 900 + 3)
    moment = legs((0, 35.04, 38.04, 100), (0, 35.04, 38.04, 100))
    assert sure(cover(volume(moment), NONE)).count() == 3


# --------------------------------------------------------------------------------------- hard footprints


def square(south: float, west: float, north: float, east: float) -> tuple[Position, ...]:
    return at(south, west), at(south, east), at(north, east), at(north, west)


def test_a_hole_counts_where_it_is_certainly_outside() -> None:
    outer, hole = square(35.01, 38.01, 35.99, 38.99), square(35.26, 38.26, 35.74, 38.74)
    holed = Polygon(outer, (hole,))
    whole = ground(sure(cover(volume(Polygon(outer)), NONE)))
    with_hole = ground(sure(cover(volume(holed), NONE)))
    assert len(whole) == 144
    inner = {(row, column) for row in range(1504, 1508) for column in range(2620, 2624)}
    assert whole - with_hole == inner
    assert ground(sure(cover(volume(holed), Dilation(40_000_000, 0, 0)))) == ground(
        sure(cover(volume(Polygon(outer)), Dilation(40_000_000, 0, 0)))
    )


def test_areas_over_the_poles_and_round_them() -> None:
    cap = tuple(at(85.3, lon) for lon in range(-180, 180, 30))
    inner = tuple(at(88.1, lon) for lon in range(-180, 180, 60))
    over, ring = (ground(thin(Polygon(cap, holes))) for holes in ((), (inner,)))
    quarters = {(2159, turn * 1080) for turn in range(4)}
    assert quarters <= over
    assert not quarters & ring
    assert ring < over
    north = {row for row, _ in over}
    assert north == set(range(min(north), 2160))
    south = ground(thin(Polygon(tuple(Position(-p.lat_e7, p.lon_e7) for p in cap))))
    assert {(2159 - row, column) for row, column in south} == over


def test_an_area_across_the_antimeridian() -> None:
    across = Polygon(square(10.01, 179.51, 10.49, -179.51 + 360))
    found = sure(cover(volume(across), NONE)).cells()
    columns = set(found[:, 4].tolist())
    assert columns == {*range(4314, 4320), *range(6)}
    assert found.tolist() == sorted(found.tolist())


def test_large_and_detailed_footprints() -> None:
    """A disc of 5,000 km, a hemisphere with what it is widened by, and a border of many corners."""
    coarse = LADDER[0]
    disc = thin(Circle(at(35, 38), 5_000_000_000), coarse)
    share = disc.count() / (coarse.rows * coarse.columns)
    assert 0.10 < share < 0.18
    half = thin(Circle(at(35, 38), 5_000_000_000), coarse, within_mm=5_000_000_000)
    assert disc.count() < half.count() <= coarse.rows * coarse.columns
    border = tuple(
        at(35 + math.cos(turn) * (1 + step % 2 / 50), 38 + math.sin(turn) * (1 + step % 2 / 50))
        for step, turn in enumerate(np.linspace(0, -2 * math.pi, 600, endpoint=False).tolist())
    )
    inside = ground(thin(Polygon(border), coarse))
    assert {(250, 436), (249, 435), (251, 437)} <= inside


def test_a_large_area_of_columns_comes_in_strips() -> None:
    area = Polygon(square(33.0, 36.0, 34.8, 38.6))
    cells = columns_of(area).cells()
    assert len(np.unique(SITES.keys(cells))) == len(cells)
    assert (np.diff(SITES.keys(cells)) > 0).all()
    rows, counts = np.unique(cells[:, 3], return_counts=True)
    assert (np.diff(rows) == 1).all()
    assert counts[5:-20].min() >= 624


def test_the_columns_of_a_day_are_those_of_the_area() -> None:
    area = Polygon(square(33.0, 36.0, 33.1, 36.1))
    found = columns_of_day(area, 20_347, widened_mm=500_000)
    assert found.day == 20_347
    assert (decode_cells(SITES, 0, found.encoded) == columns_of(area, 500_000).cells()).all()


def test_too_large_an_area_of_columns_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        columns_of(Polygon(square(-5, 30, 5, 40))).cells()
    assert caught.value.code == "cover-too-large"


def test_who_is_not_there_touches_nothing() -> None:
    flight = legs((0, 35, 38, 1000), (7200, 35, 40.2, 1000))
    found = sure(cover(volume(flight), NONE))
    assert list(found.on_days(range(5)).batches()) == []
    tables, room, scratch = tables_of(FINE), room_of_thread(FINE), scratch_of_thread()
    made = Shapes.of(FootprintArrays.of([flight])).made
    assert find_columns(made, 0, 0.0, DAY_S - 1.0, 2.0, 0, tables, scratch, room) == (0, -1)
    count, following = find_columns(made, 0, 0.0, DAY_S + 1.0, 2.0, 0, tables, scratch, room)
    assert (count > 0, following) == (True, -1)


def test_it_is_made_ready_with_the_rest() -> None:
    for work in PARTS.values():
        work()


def test_a_point_has_its_column_and_its_neighbours_only_where_it_touches_them() -> None:
    assert columns_of(Circle(at(35.00213, 38.00213), 0)).count() == 1
    assert columns_of(Circle(at(35, 38), 0)).count() == 4
    assert columns_of(Circle(at(35.00213, 38.00213), 0), widened_mm=900_000).count() > 9
    way = columns_of(legs((0, 35, 38, 50), (600, 35.01, 38.01, 50)))
    assert way.days == range(1)
    assert way.count() == len(way.cells()) >= 3


@pytest.mark.parametrize(
    "wrong",
    [
        (-1, 0, 0),
        (0, -1, 0),
        (0, 0, -1),
        (5_000_000_001, 0, 0),
        (0, 2_000_001, 0),
        (0, 0, 7 * 86_400 + 1),
    ],
)
def test_a_widening_out_of_range_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(BadInput) as caught:
        Dilation(*wrong)
    assert caught.value.code == "dilation-out-of-range"


def test_a_volume_has_no_cover_in_the_grid_of_sites() -> None:
    with pytest.raises(BadInput) as caught:
        cover(volume(Circle(at(1, 1), 0)), NONE, SITES)
    assert caught.value.code == "grid-without-time"


def test_halves_are_those_of_the_largest_and_rounded_up() -> None:
    minima = [SeparationMinima(3, 1000, 0), SeparationMinima(0, 1001, 7), SeparationMinima(2, 0, 1)]
    assert Dilation.half_of(minima) == Dilation(2, 501, 4)
    assert Dilation.half_of([]) == NONE


def test_a_minimum_that_only_holds_between_domains_widens_a_notice_of_that_domain() -> None:
    """A row that names air and sea must not be lost because the kinds alone fit the default."""
    row = SeparationRow(
        None, Domain.AIR, None, Domain.SEA, lateral_mm=9_260_000, vertical_ft=1_000, time_s=900
    )
    annex = Separation(lateral_mm=1_852_000, vertical_ft=500, time_s=60, rows=(row,))
    wide, narrow = Dilation(4_630_000, 500, 450), Dilation(926_000, 250, 30)
    assert Dilation.for_notice(annex, NoticeKind.FLIGHT, Domain.AIR) == wide
    assert Dilation.for_notice(annex, NoticeKind.TRANSIT, Domain.SEA) == wide
    assert Dilation.for_notice(annex, NoticeKind.MOVEMENT, Domain.GROUND) == narrow
    assert Dilation.for_notice(annex, NoticeKind.MOVEMENT, None) == narrow


def test_a_footprint_that_crosses_itself_is_refused() -> None:
    crossed = Polygon((at(35, 38), at(36, 39), at(35, 39), at(36, 38)))
    with pytest.raises(BadInput) as caught:
        cover(volume(crossed), USUAL)
    assert caught.value.code == "ring-crosses-itself"


# ------------------------------------------------------------------------------------------- portions


@pytest.mark.parametrize("at_most", [1, 7, 100, 1 << 16])
def test_portions_are_bounded_sorted_and_make_the_whole(at_most: int) -> None:
    for shape in (Circle(at(35.2, 38.9), 3_000_000), legs((0, 35, 38, 10), (5000, 35.3, 38.4, 2000))):
        found = sure(cover(volume(shape), Dilation(100_000, 0, 300)))
        portions = list(found.batches(at_most))
        assert all(0 < len(each) <= at_most for each in portions)
        whole = np.concatenate(portions)
        assert whole.tolist() == sorted(map(list, listed(whole)))
        assert whole.dtype == np.int32
        assert found.count() == len(whole)
        assert np.array_equal(whole, found.cells())


def test_years_come_a_portion_at_a_time() -> None:
    disc, years_s = Circle(at(35, 38), 50_000_000), 10 * 365 * 86_400
    standing = sure(cover(volume(disc, 0, years_s, band(0, 60_000)), USUAL))
    assert standing.count() > 10**9
    assert sum(len(portion) for portion in itertools.islice(standing.batches(), 3)) == 3 * (1 << 16)


def test_a_notice_lists_a_shared_cell_once() -> None:
    near = [volume(Circle(at(35.2, 38.9 + step / 100), 5_000_000)) for step in range(4)]
    found = cells_of_notice(near, USUAL)
    assert not isinstance(found, Undetermined)
    assert listed(found) == set().union(*(listed(sure(cover(each, USUAL)).cells()) for each in near))
    assert len(found) == len(listed(found))
    assert found.tolist() == sorted(found.tolist())
    day = encode_cells(FINE, found[found[:, 0] == 20_347])
    assert cells_of_day(near, USUAL, 20_347) == DayCells(20_347, day)
    assert isinstance(
        cells_of_day([volume(Circle(at(1, 1), 0), height=band(0, 1, Datum.AGL))], USUAL, 0), Undetermined
    )
    nothing = cells_of_notice(near, USUAL, days=range(5))
    assert not isinstance(nothing, Undetermined)
    assert len(nothing) == 0


# --------------------------------------------------------------------------------------------- golden


GOLDEN: dict[str, tuple[Volume, Dilation, Grid]] = {
    "a polygon with a hole at midnight": (
        volume(
            Polygon(square(35.01, 38.01, 35.99, 38.99), (square(35.26, 38.26, 35.74, 38.74),)),
            84_000,
            88_000,
            band(500, 2500),
        ),
        Dilation(1_852_001, 501, 61),
        FINE,
    ),
    "a corridor over the antimeridian in the north": (
        volume(
            Corridor((at(75.7, 178.3), at(76.4, -178.9)), 7_000_000), 100, 200, band(9000, 9000, Datum.STD)
        ),
        Dilation(0, 0, 0),
        FINE,
    ),
    "a flight with growing radius, coarse": (
        volume(legs((0, -17.2, 177.0, 500), (5000, -16.1, 179.3, 4000), (8000, -15.0, -178.0, 30_000))),
        USUAL,
        LADDER[1],
    ),
}


def test_the_cells_of_three_volumes_stay_what_they_are(golden: Callable[[str, str], None]) -> None:
    """Normative: where these lines change, the grid has another version."""
    lines = []
    for name, (made, dilation, grid) in GOLDEN.items():
        cells = sure(cover(made, dilation, grid)).cells()
        form = encode_cells(grid, cells)
        lines += [f"{name}: {len(cells)} cells", f"  SHA-256 {hashlib.sha256(form).hexdigest()}"]
        for row in sorted({0, len(cells) // 2, len(cells) - 1}):
            lines.append(f"  {row}: {cells[row].tolist()} {form[12 * row : 12 * row + 12].hex()}")
    golden("blind-cells.txt", "\n".join(lines) + "\n")
