# SPDX-License-Identifier: Apache-2.0
"""The grid is what its specification says: one cell for each point, one form for each cell, nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from steerclear.blind.grid import (
    CELL_BYTES,
    FINE,
    LADDER,
    SITES,
    Cell,
    Cells,
    Grid,
    day_of,
    decode_cells,
    encode_cells,
    first_second_of,
    merged_of,
    no_cells,
    together,
)
from steerclear.errors import BadInput
from steerclear.geometry.ellipsoid import E2, SEMI_MINOR_M
from steerclear.model.space import Position

EVERY = (*LADDER, SITES)
UNHURRIED = settings(deadline=None)
grids = st.sampled_from(EVERY)
latitudes = st.integers(-900_000_000, 900_000_000)
longitudes = st.integers(-1_800_000_000, 1_800_000_000)
feet = st.integers(-20_000, 3_000_000)
moments = st.integers(-(2**37), 2**37)


def row_of(cell: Cell) -> list[int]:
    return [cell.day, cell.quarter, cell.layer, cell.row, cell.column]


def array_of(*cells: Cell) -> Cells:
    return np.array([row_of(cell) for cell in cells], dtype=np.int32).reshape(-1, 5)


@st.composite
def cells_of_a_day(draw: st.DrawFn) -> tuple[Grid, Cells]:
    grid, day = draw(grids), draw(st.integers(0, 86_399))
    points = draw(st.lists(st.tuples(latitudes, longitudes, feet, st.integers(0, 86_399)), max_size=8))
    return grid, array_of(
        *(grid.cell_at(Position(lat, lon), ft, day * 86_400 + at) for lat, lon, ft, at in points)
    )


@UNHURRIED
@given(cells_of_a_day())
def test_a_cell_has_one_form_and_its_reader_is_the_inverse(made: tuple[Grid, Cells]) -> None:
    grid, cells = made
    form = encode_cells(grid, cells)
    assert len(form) == CELL_BYTES * len(cells)
    day = int(cells[0, 0]) if len(cells) else 0
    assert decode_cells(grid, day, form).tolist() == cells.tolist()
    assert grid.cells(grid.keys(cells)).tolist() == cells.tolist()


@UNHURRIED
@given(grids, st.binary(max_size=3 * CELL_BYTES))
def test_whatever_is_read_is_printed_alike_or_refused(grid: Grid, form: bytes) -> None:
    try:
        cells = decode_cells(grid, 0, form)
    except BadInput:
        event("refused")
    else:
        assert encode_cells(grid, cells) == form


@UNHURRIED
@given(grids, st.lists(st.tuples(latitudes, longitudes, feet, moments), min_size=2, max_size=8))
def test_keys_stand_in_the_order_of_the_cells(grid: Grid, points: list[tuple[int, int, int, int]]) -> None:
    cells = [grid.cell_at(Position(lat, lon), ft, at) for lat, lon, ft, at in points]
    assert np.argsort(grid.keys(array_of(*cells)), kind="stable").tolist() == sorted(
        range(len(cells)), key=lambda at: cells[at]
    )
    assert together([array_of(*cells), array_of(*cells[:1])], grid).tolist() == [
        row_of(cell) for cell in sorted(set(cells))
    ]


def test_no_sets_have_no_cells() -> None:
    assert together([], FINE).tolist() == no_cells().tolist() == []


@UNHURRIED
@given(grids, latitudes, longitudes, feet, moments)
def test_a_point_lies_within_its_cell(grid: Grid, lat: int, lon: int, ft: int, at: int) -> None:
    """In exact arithmetic: 3 · 3600 units of 1e-7 degree are one arc second, three times over."""
    cell = grid.cell_at(Position(lat, lon), ft, at)
    south, west = cell.row * grid.step_arc_s - 324_000, cell.column * grid.step_arc_s - 648_000
    merged = grid.merged(cell.row)
    assert south * 10**7 <= lat * 3600
    assert lat * 3600 < (south + grid.step_arc_s) * 10**7 or lat == 900_000_000
    turned = lon - 3_600_000_000 if lon == 1_800_000_000 else lon
    assert west * 10**7 <= turned * 3600 < (west + merged * grid.step_arc_s) * 10**7
    assert cell.column % merged == 0
    if not grid.has_time_and_altitude:
        assert (cell.day, cell.quarter, cell.layer) == (0, 0, 0)
        return
    begin = first_second_of(cell.day, cell.quarter)
    assert begin <= at < begin + 900
    assert cell.day == day_of(at) == day_of(begin + 899), "a cell never straddles midnight"
    assert ft >= (cell.layer - 1) * 1000 or cell.layer == 0
    assert ft < cell.layer * 1000 or cell.layer == 101


@pytest.mark.parametrize("grid", EVERY)
def test_sides_belong_to_the_cell_north_east_above_and_after(grid: Grid) -> None:
    before = grid.cell_at(Position(-1, -1), -1, -1)
    there = grid.cell_at(Position(0, 0), 0, 0)
    assert there.row == before.row + 1 == grid.rows // 2
    assert there.column == before.column + 1 == grid.columns // 2
    if grid.has_time_and_altitude:
        assert (there.layer, before.layer) == (1, 0)
        assert (there.day, there.quarter, before.day, before.quarter) == (0, 0, -1, 95)


@pytest.mark.parametrize("grid", EVERY)
def test_the_ends_of_the_earth(grid: Grid) -> None:
    east, west = (grid.cell_at(Position(0, side * 1_800_000_000), 0, 0) for side in (1, -1))
    assert east == west
    assert east.column == 0
    assert grid.row_of(900_000_000) == grid.rows - 1
    assert grid.row_of(-900_000_000) == 0
    quarters = {grid.column_of(lon * 10_000_000, grid.rows - 1) for lon in range(-180, 180)}
    assert quarters == {turn * grid.columns // 4 for turn in range(4)}
    assert grid.layer_of(-50_000) == 0
    assert grid.layer_of(99_999) == grid.layer_of(0) + (99 if grid.has_time_and_altitude else 0)
    assert grid.layer_of(2_500_000) == grid.layers - 1


@pytest.mark.parametrize("grid", EVERY)
def test_no_cell_is_larger_than_the_largest(grid: Grid) -> None:
    """The area between two parallels, in closed form; the two hemispheres are cut alike."""
    sine = np.sin(np.radians(np.arange(-grid.rows // 2, grid.rows // 2 + 1) * grid.step_arc_s / 3600))
    zone = sine / (1 - E2 * sine**2) + np.arctanh(math.sqrt(E2) * sine) / math.sqrt(E2)
    merged = merged_of(grid)
    areas = np.diff(zone) * SEMI_MINOR_M**2 / 2 * np.radians(merged * grid.step_arc_s / 3600)
    assert grid.largest_m2 - 2 < areas.max() <= grid.largest_m2
    assert areas.argmax() in (grid.rows // 2 - 1, grid.rows // 2)
    assert (merged == merged[::-1]).all()
    assert (grid.columns % merged == 0).all()


@UNHURRIED
@given(grids, st.integers(0, 10**12), st.integers(0, 10**9))
def test_what_a_cap_allows_never_exceeds_it(grid: Grid, cap: int, slots: int) -> None:
    assert grid.volume_time_km2_ft_h(grid.slots_within(cap)) <= cap
    assert grid.slots_within(grid.volume_time_km2_ft_h(slots)) >= slots
    assert grid.columns_within(cap) * grid.largest_m2 <= cap * 10**6


def test_a_cap_in_figures() -> None:
    """85.5 km² × 1,000 ft × ¼ h is 21,370 km²·ft·h: ten million of them are 467 cells."""
    assert FINE.slots_within(10_000_000) == 467
    assert FINE.slots_within(21_369) == 0
    assert FINE.volume_time_km2_ft_h(1) == 21_370
    assert SITES.columns_within(1) == 4


@pytest.mark.parametrize("step", [0, 1, 60, 301, 3600, -300])
def test_a_step_off_the_ladder_is_refused(step: int) -> None:
    with pytest.raises(BadInput) as caught:
        Grid(step)
    assert caught.value.code == "grid-step"


def test_a_cap_below_nothing_is_refused() -> None:
    for ask in (FINE.slots_within, FINE.volume_time_km2_ft_h, SITES.columns_within):
        with pytest.raises(BadInput) as caught:
            ask(-1)
        assert caught.value.code == "cap-below-zero"


GOOD = [20_000, 95, 101, 1000, 4319]


@pytest.mark.parametrize(
    ("place", "value"), [(1, 96), (1, -1), (2, 102), (2, -1), (3, 2160), (3, -1), (4, 4320), (4, -1)]
)
def test_numbers_that_no_cell_has_are_refused(place: int, value: int) -> None:
    cells = np.array([GOOD, GOOD], dtype=np.int32)
    encode_cells(FINE, cells)
    cells[1, place] = value
    with pytest.raises(BadInput) as caught:
        encode_cells(FINE, cells)
    assert (caught.value.code, caught.value.where) == ("cell-not-of-grid", "cell 1")


def test_a_column_that_does_not_begin_its_cell_is_refused() -> None:
    for row, column in ((0, 540), (1900, 3), (2159, 1), (2159, 4319)):
        assert column % FINE.merged(row)
        with pytest.raises(BadInput) as caught:
            encode_cells(FINE, np.array([[0, 0, 0, row, column]], dtype=np.int32))
        assert caught.value.code == "cell-not-of-grid"


def test_the_columns_of_sites_know_no_day() -> None:
    with pytest.raises(BadInput) as caught:
        encode_cells(SITES, np.array([[1, 0, 0, 5000, 0]], dtype=np.int32))
    assert caught.value.code == "cell-not-of-grid"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("01 05 03e8 000010df 0065 005f 00", "cell-bytes"),
        ("02 05 03e8 000010df 0065 005f", "grid-version"),
        ("01 0f 03e8 000010df 0065 005f", "grid-version"),
        ("01 05 ffff 000010df 0065 005f", "cell-not-of-grid"),
        ("01 05 03e8 ffffffff 0065 005f", "cell-not-of-grid"),
        ("01 05 03e8 80000000 0065 005f", "cell-not-of-grid"),
        ("01 05 03e8 000010df 0066 005f", "cell-not-of-grid"),
        ("01 05 03e8 000010df 0065 0060", "cell-not-of-grid"),
    ],
)
def test_bytes_that_no_cell_has_are_refused(form: str, code: str) -> None:
    good = bytes.fromhex("01 05 03e8 000010df 0065 005f")
    assert decode_cells(FINE, 20_000, good).tolist() == [GOOD]
    with pytest.raises(BadInput) as caught:
        decode_cells(FINE, 20_000, bytes.fromhex(form))
    assert caught.value.code == code
