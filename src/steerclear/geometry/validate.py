# SPDX-License-Identifier: Apache-2.0
"""Is a footprint one that has a certain inside? If not, it is refused, with the reason.

Refused: a ring that crosses or touches itself, or folds back on its own edge; two rings of one polygon that
cross or touch; a hole outside its area or within another hole; a ring of fewer than three places; an area
that does not fit into a hemisphere; an edge between nearly opposite points. The parts of a MultiPolygon may
touch and overlap each other.

Nearness is judged in the tangent plane of each pair of edges: 0.01 mm for short ones, 1 mm at 50 km.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from steerclear.errors import BadInput
from steerclear.geometry.ellipsoid import Floats, Ints, position_of
from steerclear.geometry.inside import count_inside
from steerclear.geometry.nearest import nearest
from steerclear.geometry.outline import PIECE_M, Areas, Outline, Pieces, outline_of
from steerclear.geometry.table import Bools, Runs, Table, piece_pairs
from steerclear.model.space import Footprint

__all__ = ["check_footprint", "check_outlines"]

_LOOK_WITHIN_M: Final = 1.0
_TOUCH_M: Final = 1e-5
_TOUCH_OF_LONG_M: Final = 1e-3


def check_footprint(footprint: Footprint) -> None:
    """Raise ``BadInput`` when the footprint has no certain inside.

    Codes: ``ring-crosses-itself``, ``ring-touches-itself``, ``rings-cross``, ``hole-outside-area``,
    ``hole-in-hole``, and those of ``outline_of``: ``ring-without-area``, ``footprint-too-large``,
    ``edge-too-long``.
    """
    check_outlines(Table.of((outline_of(footprint),)))


def check_outlines(table: Table) -> None:
    """As ``check_footprint``, for every outline of a table at once."""
    owners = np.flatnonzero(table.has_area)
    for pairs in piece_pairs(table, owners, owners, np.full(len(owners), _LOOK_WITHIN_M), nearest_only=False):
        kept = (pairs.a < pairs.b) & (table.polygon[pairs.a] == table.polygon[pairs.b])
        _refuse_meetings(table, pairs.a[kept], pairs.b[kept])
    for owner in owners:
        _refuse_misplaced_holes(table.outlines[owner])


def _refuse_meetings(table: Table, rows_a: Ints, rows_b: Ints) -> None:
    a, b = table.pieces.take(rows_a), table.pieces.take(rows_b)
    same_ring = table.ring[rows_a] == table.ring[rows_b]
    follows, precedes = table.following[rows_a] == rows_b, table.following[rows_b] == rows_a
    neighbours = follows | precedes
    found, touch = nearest(a, b), _touch_m(a, b)
    meets = (found.gap_m < touch) & ~neighbours
    _refuse(meets & same_ring & found.crosses, a, "crosses")
    _refuse(meets & same_ring, a, "touches")
    _refuse(meets & ~same_ring, a, "other")
    folds = (follows & ((_off(a.start, b) < touch) | (_off(b.end, a) < touch))) | (
        precedes & ((_off(a.end, b) < touch) | (_off(b.start, a) < touch))
    )
    _refuse(folds, a, "touches")


def _off(points: Floats, pieces: Pieces) -> Floats:
    return nearest(Pieces.spots(points), pieces).gap_m


def _touch_m(a: Pieces, b: Pieces) -> Floats:
    longest = 2 * np.maximum(a.half_m, b.half_m)
    return np.asarray(_TOUCH_M + _TOUCH_OF_LONG_M * (longest / PIECE_M) ** 3)


def _refuse(rows: Bools, pieces: Pieces, how: str) -> None:
    if not rows.any():
        return
    where = _place_of(pieces, int(np.flatnonzero(rows)[0]))
    match how:
        case "crosses":
            raise BadInput(
                "ring-crosses-itself",
                "A ring crosses itself, so its inside is not certain.",
                where=where,
                remedy="Give the corners in order along the border, or divide the area.",
            )
        case "touches":
            raise BadInput(
                "ring-touches-itself",
                "A ring touches itself or runs back along its own edge.",
                where=where,
                remedy="Remove the corner or spike that touches, or divide the area.",
            )
        case _:
            raise BadInput(
                "rings-cross",
                "Two rings of one polygon cross or touch.",
                where=where,
                remedy="Keep every hole clear of the outer ring and of the other holes.",
            )


def _place_of(pieces: Pieces, row: int) -> str:
    lat, lon = position_of(pieces.start[row : row + 1])
    return f"near {lat[0]:.5f}, {lon[0]:.5f}"


def _refuse_misplaced_holes(outline: Outline) -> None:
    areas = outline.areas
    if areas is None or areas.ring[-1] + 1 == len(areas.count):
        return
    first = np.flatnonzero(np.diff(areas.ring, prepend=-1))
    rings = Runs(first, np.diff(np.append(first, len(areas.ring))))
    for area, area_first in enumerate(areas.first):
        own = np.flatnonzero((first >= area_first) & (first < area_first + areas.count[area]))
        for hole in own[1:]:
            _refuse_misplaced(outline, areas, area, rings, int(hole), own[own != hole])


def _refuse_misplaced(
    outline: Outline, areas: Areas, area: int, rings: Runs, hole: int, others: Ints
) -> None:
    point = np.tile(outline.pieces.start[rings.first[hole]], (len(others), 1))
    frame = np.tile(areas.frame[area], (len(others), 1, 1))
    inside = count_inside(point, frame, rings, others, areas.plane)
    where = _place_of(outline.pieces, int(rings.first[hole]))
    if not inside[0]:
        raise BadInput(
            "hole-outside-area",
            "A hole lies outside its area.",
            where=where,
            remedy="Keep every hole within the outer ring of its own polygon.",
        )
    if inside[1:].any():
        raise BadInput(
            "hole-in-hole",
            "A hole lies within another hole.",
            where=where,
            remedy="Remove the inner ring, or give it as a part of its own.",
        )
