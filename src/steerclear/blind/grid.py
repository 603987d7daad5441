# SPDX-License-Identifier: Apache-2.0
"""Which cells is space-time cut into, so that two who never see each other's plan cut it alike?

Version 1 of the normative grid. Everything in this file is integer arithmetic; two implementations that keep
to it agree to the last bit, and a change of any number here is another version.

    unit       a third of 1e-7 degree: in it every coordinate and every step is whole
    latitude   row i is [−90° + i·step, −90° + (i + 1)·step); the North Pole belongs to the last row
    longitude  column j is [−180° + j·step, −180° + (j + 1)·step); +180° is −180°
    merged     toward the poles a cell takes ``merged(row)`` columns and is named by its first one, so that
               no cell is larger than one at the equator; the four quarters of a last row all hold the pole
    altitude   feet AMSL, 1,000 at a time: layer 0 is all below 0 ft, layer k is [1,000·(k − 1), 1,000·k),
               the last layer is all from 100,000 ft up
    time       the UTC day (whole days since 1970-01-01, POSIX seconds) and the quarter of an hour in it: no
               cell straddles midnight

Steps stand on the ladder of GARS: 30′, 15′ and 5′; 5′ unless an annex says otherwise. The columns for
protected sites are 15″ wide and know neither altitude nor time.

The theorem, for ``cover``
--------------------------
Let A and B conflict: lateral gap < L, signed vertical gap < V, signed gap in time < T, strictly; and let each
party widen its own by h_L ≥ L/2, h_V ≥ V/2 and h_T ≥ T/2, because it takes the largest minimum that its kind
and domain have against any other and rounds the halves up. Then some cell is listed by both.

    place     The gap is that of two points a and b at moments t and t′ (what stands is there at every moment
              of its span). If the footprints share interior, a = b. The middle m of the geodesic from a to b
              lies within half the gap of both, so within h_L of both footprints.
    altitude  With each limit as an interval of feet AMSL (``geometry.datum``) a conflict has
              low(lo_b) − high(hi_a) < V and low(lo_a) − high(hi_b) < V; for two limits of one datum too,
              because low(x) − high(y) ≤ x − y. So the open intervals (low − h_V, high + h_V) of both share a
              point v. (A band that its datums turn round counts from its smaller to its larger end, which
              only widens it.)
    time      |t − t′| < T, or t = t′ where T is 0. The middle u of t and t′ lies within h_T of both, and in
              the open interval (start − h_T, end + h_T) of both; a span without length is its one moment.

(m, v, u) lies in exactly one cell, but for the pole, whose four quarters go together. Each party lists the
layers that meet its altitudes and the quarters that meet its times, and in each quarter the cells of the
ground within h_L of where it is at times up to h_T outside that quarter. So both list the cell of (m, v, u).

Rounding: altitudes and times are integers, cut into cells by floor; clamped to the lowest or highest layer a
shared point stays shared. Places are floating point: every distance is held against h_L + 2 m
(``COVER_MARGIN_M``), less what it may itself be off by, so a cell is left out only when it is clear of the
footprint for certain.

Refused: bytes that no cell has, other versions, steps off the ladder, columns that do not begin their cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.model.space import E7, Position

__all__ = [
    "CELL", "CELL_BYTES", "COLUMN", "COVER_MARGIN_M", "FINE", "GRID_VERSION", "LADDER", "SENTINEL", "SITES",
    "Cell", "Cells", "DayCells", "Grid", "day_of", "decode_cells", "encode_cells", "first_second_of",
    "merged_of", "no_cells", "together",
]  # fmt: skip

GRID_VERSION: Final = 1
CELL_BYTES: Final = 12

CELL: Final = 1
"""Type byte of a cell of an operation, for a token's input."""
COLUMN: Final = 2
"""Type byte of a column of a protected site."""
SENTINEL: Final = 3
"""Type byte reserved for sentinels, which are no place."""

COVER_MARGIN_M: Final = 2.0
"""What every cover adds to a widened footprint: ten times what the engine itself may be off by, and more."""

UNITS_A_DEGREE: Final = 3 * E7
LAYER_FT: Final = 1_000
LAYERS: Final = 102
QUARTER_S: Final = 900
DAY_S: Final = 86_400
QUARTERS: Final = DAY_S // QUARTER_S

_MERGED: Final = (
    (61 * 3600, 2),
    (76 * 3600, 4),
    (83 * 3600, 8),
    (86 * 3600 + 1800, 16),
    (89 * 3600, 48),
    (89 * 3600 + 1800, 90),
)
"""From which latitude on (arc seconds, of the side toward the equator) a cell takes how many columns."""

_LARGEST_M2: Final = {1800: 3_077_230_008, 900: 769_314_630, 300: 85_479_638, 15: 213_700}

Cells = NDArray[np.int32]
"""Shape (n, 5): day, quarter of an hour, layer, row, column; 0 for what a grid does not know."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One cell, by its numbers."""

    day: int
    quarter: int
    layer: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class DayCells:
    """The cells of one UTC day in the encoded form, ``CELL_BYTES`` each: what a list holds of a notice.

    The version and the step stand in each cell, the day beside them all. For the columns of sites, which know
    no time, ``day`` is that of the check.
    """

    day: int
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of one step. ``step_arc_s``: 1800, 900 or 300 for operations, 15 for the columns of sites.

    Raises ``BadInput`` (``grid-step``).
    """

    step_arc_s: int

    def __post_init__(self) -> None:
        if self.step_arc_s not in _LARGEST_M2:
            raise BadInput(
                "grid-step",
                f"{self.step_arc_s} arc seconds is no step of the grid.",
                remedy="Take 1800, 900 or 300 (30′, 15′ or 5′); 15 is for the columns of protected sites.",
            )

    @property
    def rows(self) -> int:
        return 180 * 3600 // self.step_arc_s

    @property
    def columns(self) -> int:
        return 360 * 3600 // self.step_arc_s

    @property
    def has_time_and_altitude(self) -> bool:
        return self.step_arc_s != SITES.step_arc_s

    @property
    def layers(self) -> int:
        return LAYERS if self.has_time_and_altitude else 1

    @property
    def quarters(self) -> int:
        return QUARTERS if self.has_time_and_altitude else 1

    def merged(self, row: int) -> int:
        """How many columns one cell of a row takes."""
        return int(merged_of(self)[row])

    def row_of(self, lat_e7: int) -> int:
        return min((3 * lat_e7 + 90 * UNITS_A_DEGREE) // self._step_units, self.rows - 1)

    def column_of(self, lon_e7: int, row: int) -> int:
        """The first column of the cell."""
        column = (3 * lon_e7 + 180 * UNITS_A_DEGREE) // self._step_units % self.columns
        return column - column % self.merged(row)

    def layer_of(self, feet: int) -> int:
        return min(max(feet // LAYER_FT + 1, 0), LAYERS - 1) if self.has_time_and_altitude else 0

    def cell_at(self, place: Position, feet_amsl: int, at_s: int) -> Cell:
        """The one cell of a point; of a pole, the quarter that its longitude names."""
        row = self.row_of(place.lat_e7)
        column = self.column_of(place.lon_e7, row)
        if not self.has_time_and_altitude:
            return Cell(0, 0, 0, row, column)
        return Cell(day_of(at_s), at_s % DAY_S // QUARTER_S, self.layer_of(feet_amsl), row, column)

    @property
    def _step_units(self) -> int:
        return self.step_arc_s * UNITS_A_DEGREE // 3600

    # ------------------------------------------------------------------------------------- sets of cells

    def keys(self, cells: Cells) -> NDArray[np.int64]:
        """One number a cell, in the order of the cells: for unions, differences and meetings of sets."""
        day, quarter, layer, row, column = cells.astype(np.int64).T
        above = (day * self.quarters + quarter) * self.layers + layer
        return np.asarray((above * self.rows + row) * self.columns + column)

    def cells(self, keys: NDArray[np.int64]) -> Cells:
        """Exact inverse of ``keys``."""
        found = np.empty((len(keys), 5), dtype=np.int32)
        rest = keys
        for place, size in ((4, self.columns), (3, self.rows), (2, self.layers), (1, self.quarters)):
            rest, found[:, place] = np.divmod(rest, size)
        found[:, 0] = rest
        return found

    # ---------------------------------------------------------------------------------------------- caps

    @property
    def largest_m2(self) -> int:
        """No cell covers more, whatever its row (square metres, rounded up)."""
        return _LARGEST_M2[self.step_arc_s]

    def slots_within(self, cap_km2_ft_h: int) -> int:
        """How many slots a cap allows, each taken for the largest cell: rounded down, padding counts as well.

        The lowest and the highest layer have no other end and count as 1,000 ft.
        """
        _check_cap(cap_km2_ft_h)
        return cap_km2_ft_h * 1_000_000 * 3600 // (self.largest_m2 * LAYER_FT * QUARTER_S)

    def volume_time_km2_ft_h(self, slots: int) -> int:
        """What so many slots use up of a cap at most: rounded up."""
        _check_cap(slots)
        return -(-slots * self.largest_m2 * LAYER_FT * QUARTER_S // (1_000_000 * 3600))

    def columns_within(self, cap_km2: int) -> int:
        """How many columns of protected sites a cap on areas allows: rounded down."""
        _check_cap(cap_km2)
        return cap_km2 * 1_000_000 // self.largest_m2


SITES: Final = Grid(15)
LADDER: Final = (Grid(1800), Grid(900), Grid(300))
FINE: Final = LADDER[2]
"""What counts unless an annex says otherwise: 5′ × 1,000 ft × 15 min."""


def no_cells() -> Cells:
    return np.empty((0, 5), dtype=np.int32)


def day_of(at_s: int) -> int:
    """Whole UTC days since 1970-01-01."""
    return at_s // DAY_S


def first_second_of(day: int, quarter: int = 0) -> int:
    return day * DAY_S + quarter * QUARTER_S


# ----------------------------------------------------------------------------------------------- bytes

_FORM: Final = np.dtype(
    [
        ("version", "u1"),
        ("step", "u1"),
        ("row", ">u2"),
        ("column", ">u4"),
        ("layer", ">u2"),
        ("quarter", ">u2"),
    ]
)
_STEP_BYTES: Final = {1800: 30, 900: 15, 300: 5, 15: 0}
"""Minutes of the step; 0 stands for the columns of sites."""


def encode_cells(grid: Grid, cells: Cells) -> bytes:
    """The one form of each cell without its day, ``CELL_BYTES`` each, big-endian:
    grid version (1), step (1), row (2), column (4), layer (2), quarter (2).

    Raises ``BadInput`` (``cell-not-of-grid``).
    """
    _check_cells(grid, cells)
    form = np.empty(len(cells), dtype=_FORM)
    form["version"], form["step"] = GRID_VERSION, _STEP_BYTES[grid.step_arc_s]
    for place, name in ((1, "quarter"), (2, "layer"), (3, "row"), (4, "column")):
        form[name] = cells[:, place]
    return form.tobytes()


def decode_cells(grid: Grid, day: int, form: bytes) -> Cells:
    """Exact inverse of ``encode_cells`` for the cells of one day.

    Raises ``BadInput``: ``cell-bytes``, ``grid-version``, ``cell-not-of-grid``.
    """
    if len(form) % CELL_BYTES:
        raise BadInput(
            "cell-bytes",
            f"{len(form)} bytes are no whole number of cells of {CELL_BYTES} bytes.",
            remedy="Give the bytes as the other side sent them, all of them.",
        )
    read = np.frombuffer(form, dtype=_FORM)
    wrong = (read["version"] != GRID_VERSION) | (read["step"] != _STEP_BYTES[grid.step_arc_s])
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise BadInput(
            "grid-version",
            f"A cell is of grid version {read['version'][at]} with step {read['step'][at]}, not version "
            f"{GRID_VERSION} with step {_STEP_BYTES[grid.step_arc_s]}.",
            where=f"cell {at}",
            remedy="Both sides must run the same grid; compare the annex and the versions of the program.",
        )
    cells = np.empty((len(read), 5), dtype=np.int32)
    cells[:, 0] = day
    columns = read["column"].astype(np.int64)
    cells[:, 1], cells[:, 2], cells[:, 3] = read["quarter"], read["layer"], read["row"]
    cells[:, 4] = np.minimum(columns, grid.columns)  # a column beyond the last is refused, however large
    _check_cells(grid, cells)
    return cells


def _check_cells(grid: Grid, cells: Cells) -> None:
    day, quarter, layer, row, column = cells.astype(np.int64).T
    outside = np.zeros(len(cells), dtype=np.bool_)
    sizes = (grid.quarters, grid.layers, grid.rows, grid.columns)
    for values, size in zip((quarter, layer, row, column), sizes, strict=True):
        outside |= (values < 0) | (values >= size)
    if not grid.has_time_and_altitude:
        outside |= day != 0
    first = column % merged_of(grid)[np.clip(row, 0, grid.rows - 1)] == 0
    wrong = np.flatnonzero(outside | ~first)
    if len(wrong):
        raise BadInput(
            "cell-not-of-grid",
            f"No cell of this grid has the numbers {cells[wrong[0]].tolist()}.",
            where=f"cell {int(wrong[0])}",
            remedy="Make cells with the grid's own cover; both sides must use the same step.",
        )


@cache
def merged_of(grid: Grid) -> NDArray[np.int64]:
    """How many columns a cell takes, of every row."""
    south_arc_s = np.arange(grid.rows, dtype=np.int64) * grid.step_arc_s - 90 * 3600
    toward_equator = np.maximum(south_arc_s, -south_arc_s - grid.step_arc_s)
    merged = np.ones(grid.rows, dtype=np.int64)
    for begins, count in _MERGED:
        merged[toward_equator >= begins] = count
    merged[[0, -1]] = grid.columns // 4
    return merged


def _check_cap(value: int) -> None:
    if value < 0:
        raise BadInput("cap-below-zero", f"{value} is no cap.", remedy="Give 0 or more.")


def together(arrays: Iterable[Cells], grid: Grid) -> Cells:
    """The union of sets of cells, sorted, each once."""
    keys = [grid.keys(array) for array in arrays]
    return grid.cells(np.unique(np.concatenate(keys))) if keys else no_cells()
