# SPDX-License-Identifier: Apache-2.0

"""Which cells of the ground does a widened footprint touch? Compiled; it lists too many rather than too few.

    pieces ──► a ball around each ──► rows and columns it may touch ──► the cell's middle: near, far, or ask
                                                                          └► its four sides
    areas: what the rim leaves unmarked in a row is inside or outside as a whole, run by run

The pieces, and how far apart two of them are, come from the engine that decides conflicts: both see the same
footprint. A cell is left out when its distance, less what that distance may be off by, is beyond the limit.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.ellipsoid import E2
from steerclear.geometry.kernels_nearest import ERROR, GAP, nearest_pieces
from steerclear.geometry.kernels_pair import Scratch, place_in_area, take
from steerclear.geometry.kernels_prepare import END_CHAIN, FIRST_CHAIN, FIRST_EXTRA, MOVES, Made
from steerclear.geometry.kernels_surface import arc_at_most, bulge_at_most, entry, inner
from steerclear.geometry.kernels_timed import cut

__all__ = ["Room", "Tables", "find_columns"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

_LEAST_RADIUS_M: Final = 6_335_400.0
"""No meridian curves more sharply than a(1 − e²), at the equator; no geodesic gains longitude faster than on
a sphere of this radius."""

_SLACK_M: Final = 10.0
"""The middle of a chord lies below the surface; what that shifts its latitude by is far less."""

_OUTSIDE: Final = 0
_INSIDE: Final = 1
_UNKNOWN: Final = -1


class Tables(NamedTuple):
    """The cells of a grid in space. ``level`` and ``height`` (2 · rows + 1): distance from the axis and from
    the equator's plane of every side and middle of a row; ``cosine`` and ``sine`` (2 · columns + 1) likewise
    of every column; ``merged`` (rows); ``size_m`` (rows): no point of a cell is farther from its middle;
    ``bow_m`` (rows, 2): how far the southern and the northern side depart from the geodesic."""

    step_deg: float
    level: F64
    height: F64
    cosine: F64
    sine: F64
    merged: I64
    size_m: F64
    bow_m: F64


class Room(NamedTuple):
    """Of one thread. ``reach`` (pieces, 4): first and last row and column that a piece may touch, the columns
    unwrapped; ``marks``: one byte a cell of a strip; ``found`` (n, 2): row and column."""

    reach: I64
    marks: U8
    found: I32


@entry
def find_columns(
    made: Made,
    row: int,
    from_s: float,
    to_s: float,
    within: float,
    begin: int,
    tables: Tables,
    scratch: Scratch,
    room: Room,
) -> tuple[int, int]:
    """The cells within ``within`` metres of footprint ``row``, of timed legs while it is between two times.

    Writes those of a strip of rows, from row ``begin`` of the grid on, to ``room.found``, sorted. Returns how
    many, and the row with which to go on; −1 when there is none.
    """
    low, high, first, width = _window(made, row, from_s, to_s, within, tables, scratch, room.reach)
    low = max(low, begin)
    if high < low:
        return 0, -1
    last = min(high, low + len(room.marks) // width - 1)
    room.marks[: (last - low + 1) * width] = 0
    _mark_lines(made, row, from_s, to_s, within, low, last, first, width, tables, scratch, room)
    if made.runs[row, FIRST_EXTRA] < 0:
        _mark_inside(made, row, low, last, first, width, tables, scratch, room.marks)
    count = _listed(low, last, first, width, tables, room)
    return count, last + 1 if last < high else -1


# ---------------------------------------------------------------------------------------------- window


@inner
def _window(
    made: Made,
    row: int,
    from_s: float,
    to_s: float,
    within: float,
    tables: Tables,
    scratch: Scratch,
    reach: I64,
) -> tuple[int, int, int, int]:
    """First and last row, first column and number of columns that may be touched; fills ``reach``."""
    rows, columns = len(tables.merged), (len(tables.cosine) - 1) // 2
    low, high = rows, -1
    west, east, about = 0, -1, 0
    moves = made.runs[row, MOVES] != 0
    piece = 0
    for chain in range(made.runs[row, FIRST_CHAIN], made.runs[row, END_CHAIN]):
        for point in range(made.chains[chain, 0], made.chains[chain, 1]):
            take(made, row, point, scratch.a)
            own = reach[piece]
            piece += 1
            if moves and not cut(scratch.a, from_s, to_s):
                own[0], own[1], own[2], own[3] = rows, -1, 0, -1
                continue
            _reach_of(scratch.a, within, tables.step_deg, rows, columns, own)
            if east < west:
                west, east, about = own[2], own[3], (own[2] + own[3]) // 2
            else:
                turn = _turns(about - (own[2] + own[3]) // 2, columns)
                west, east = min(west, own[2] + turn), max(east, own[3] + turn)
            low, high = min(low, own[0]), max(high, own[1])
    whole = east - west + 1 >= columns
    if made.runs[row, FIRST_EXTRA] < 0:
        for pole, end in ((0, 0), (len(tables.height) - 1, rows - 1)):
            _put(scratch.spot, tables, pole, 0)
            if _place(made, row, scratch.spot) == _INSIDE:
                low, high, whole = min(low, end), max(high, end), True
    if high >= low and not whole:
        whole = tables.merged[low] > 1 or tables.merged[high] > 1
    return (low, high, 0, columns) if whole else (low, high, west, east - west + 1)


@inner
def _turns(columns_away: int, columns: int) -> int:
    """Whole turns, in columns, that bring what is so far away nearest."""
    return (columns_away + columns // 2) // columns * columns


@inner
def _reach_of(piece: F64, within: float, step: float, rows: int, columns: int, reach: I64) -> None:
    """Rows and columns of the disc around all of a piece; a disc that may hold a pole has every column."""
    x, y, z = (piece[0] + piece[3]) / 2.0, (piece[1] + piece[4]) / 2.0, (piece[2] + piece[5]) / 2.0
    chord = math.sqrt((piece[3] - piece[0]) ** 2 + (piece[4] - piece[1]) ** 2 + (piece[5] - piece[2]) ** 2)
    radius = arc_at_most(chord / 2.0 + bulge_at_most(chord)) + max(piece[6], piece[7]) + within + _SLACK_M
    lat = math.atan2(z, (1.0 - E2) * math.sqrt(x * x + y * y))
    lon = math.degrees(math.atan2(y, x))
    angle = radius / _LEAST_RADIUS_M
    reach[0] = max(math.floor((math.degrees(lat - angle) + 90.0) / step), 0)
    reach[1] = min(math.floor((math.degrees(lat + angle) + 90.0) / step), rows - 1)
    if abs(lat) + angle < math.pi / 2.0 and math.sin(angle) < math.cos(lat):
        aside = math.degrees(math.asin(math.sin(angle) / math.cos(lat))) * 1.001
        reach[2] = math.floor((lon - aside + 180.0) / step)
        reach[3] = math.floor((lon + aside + 180.0) / step)
    else:
        reach[2], reach[3] = 0, columns - 1


# ------------------------------------------------------------------------------------------- the lines


@inner
def _mark_lines(
    made: Made,
    row: int,
    from_s: float,
    to_s: float,
    within: float,
    low: int,
    last: int,
    first: int,
    width: int,
    tables: Tables,
    scratch: Scratch,
    room: Room,
) -> None:
    """Mark the cells of a strip that some piece comes within the limit of."""
    rows, columns = len(tables.merged), (len(tables.cosine) - 1) // 2
    moves = made.runs[row, MOVES] != 0
    marks = room.marks
    number = 0
    for chain in range(made.runs[row, FIRST_CHAIN], made.runs[row, END_CHAIN]):
        for point in range(made.chains[chain, 0], made.chains[chain, 1]):
            reach = room.reach[number]
            number += 1
            if reach[1] < low or reach[0] > last:
                continue
            piece = scratch.a
            take(made, row, point, piece)
            if moves:
                cut(piece, from_s, to_s)
            within_row, column = _cell_of(piece, tables.step_deg, rows, columns)
            for cell_row in range(max(reach[0], low), min(reach[1], last) + 1):
                at = (cell_row - low) * width - first
                merged = tables.merged[cell_row]
                polar = cell_row == 0 or cell_row == rows - 1
                for place in range(reach[2] // merged * merged, reach[3] + 1, merged):
                    cell = (place - first) % columns + first
                    if marks[at + cell]:
                        continue
                    named = place % columns
                    here = cell_row == within_row and named == column - column % merged
                    if polar or here or _is_touched(piece, cell_row, named, within, tables, scratch):
                        marks[at + cell] = 1


@inner
def _cell_of(piece: F64, step: float, rows: int, columns: int) -> tuple[int, int]:
    """Row and column in which a piece begins."""
    level = math.sqrt(piece[0] * piece[0] + piece[1] * piece[1])
    lat = math.degrees(math.atan2(piece[2], (1.0 - E2) * level))
    lon = math.degrees(math.atan2(piece[1], piece[0]))
    row = min(max(math.floor((lat + 90.0) / step), 0), rows - 1)
    return row, math.floor((lon + 180.0) / step) % columns


@inner
def _is_touched(piece: F64, row: int, column: int, within: float, tables: Tables, scratch: Scratch) -> bool:
    """Whether a piece that does not begin in the cell may come within the limit of it."""
    spot, side, found = scratch.spot, scratch.b, scratch.found
    south, west = 2 * row, 2 * column
    east = west + 2 * tables.merged[row]
    _put(spot, tables, south + 1, (west + east) // 2)
    if _apart_at_least(piece, spot) - max(piece[6], piece[7]) > within + tables.size_m[row]:
        return False
    for axis in range(3):
        spot[3 + axis] = spot[axis]
    spot[6] = spot[7] = spot[8] = spot[9] = 0.0
    nearest_pieces(piece, spot, -1.0, scratch.frame, found)
    at_least = found[GAP] - found[ERROR]
    if at_least <= within:
        return True
    if at_least > within + tables.size_m[row]:
        return False
    side[6] = side[7] = side[8] = side[9] = 0.0
    for which in range(4):
        bow = 0.0
        if which < 2:
            lat = south + 2 * which
            bow = tables.bow_m[row, which]
            _put_side(side, tables, lat, west, lat, east)
        else:
            lon = west if which == 2 else east
            _put_side(side, tables, south, lon, south + 2, lon)
        nearest_pieces(piece, side, -1.0, scratch.frame, found)
        if found[GAP] - found[ERROR] <= within + bow:
            return True
    return False


@inner
def _apart_at_least(piece: F64, spot: F64) -> float:
    """No geodesic from a spot to a point of the piece is shorter: a chord never is longer."""
    away2 = length2 = 0.0
    for axis in range(3):
        length2 += (piece[3 + axis] - piece[axis]) ** 2
        away2 += ((piece[axis] + piece[3 + axis]) / 2.0 - spot[axis]) ** 2
    chord = math.sqrt(length2)
    return math.sqrt(away2) - chord / 2.0 - bulge_at_most(chord)


@inner
def _put_side(side: F64, tables: Tables, lat: int, lon: int, lat1: int, lon1: int) -> None:
    _put(side, tables, lat1, lon1)
    side[3], side[4], side[5] = side[0], side[1], side[2]
    _put(side, tables, lat, lon)


@inner
def _put(spot: F64, tables: Tables, lat: int, lon: int) -> None:
    """The point at half row ``lat`` and half column ``lon``."""
    spot[0] = tables.level[lat] * tables.cosine[lon]
    spot[1] = tables.level[lat] * tables.sine[lon]
    spot[2] = tables.height[lat]


# ------------------------------------------------------------------------------------------ the inside


@inner
def _mark_inside(
    made: Made,
    row: int,
    low: int,
    last: int,
    first: int,
    width: int,
    tables: Tables,
    scratch: Scratch,
    marks: U8,
) -> None:
    """Mark the cells that the rim does not come near, and that lie inside an area.

    Where the rim passes no cell of a run of neighbours, all of them lie on one side of it. What lies at the
    end of a window that does not go round the Earth is outside.
    """
    columns = (len(tables.cosine) - 1) // 2
    for cell_row in range(low, last + 1):
        at, merged = (cell_row - low) * width, tables.merged[cell_row]
        place = _UNKNOWN if width == columns else _OUTSIDE
        for cell in range(0, width, merged):
            if marks[at + cell]:
                place = _UNKNOWN
                continue
            if place == _UNKNOWN:
                _put(scratch.spot, tables, 2 * cell_row + 1, 2 * ((cell + first) % columns) + merged)
                place = _place(made, row, scratch.spot)
            if place == _INSIDE:
                marks[at + cell] = 1


@inner
def _place(made: Made, row: int, spot: F64) -> int:
    """Inside some area of the footprint, or outside of all."""
    chain, end = made.runs[row, FIRST_CHAIN], made.runs[row, END_CHAIN]
    while chain < end:
        after = chain
        while after < end and made.chains[after, 2] == made.chains[chain, 2]:
            after += 1
        if place_in_area(made, chain, after, made.facts[row], spot, 0.0) == 1:
            return _INSIDE
        chain = after
    return _OUTSIDE


@inner
def _listed(low: int, last: int, first: int, width: int, tables: Tables, room: Room) -> int:
    """Row and column of every mark, in order; a window across ±180° begins in its middle."""
    columns = (len(tables.cosine) - 1) // 2
    seam = min(-first % columns, width)
    count = 0
    for row in range(low, last + 1):
        at, merged = (row - low) * width, tables.merged[row]
        for begin, end in ((seam, width), (0, seam)):
            for cell in range(begin, end, merged):
                if room.marks[at + cell]:
                    room.found[count, 0], room.found[count, 1] = row, (cell + first) % columns
                    count += 1
    return count
