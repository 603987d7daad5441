# SPDX-License-Identifier: Apache-2.0
"""Is a point inside an area, on its rim, or outside? Fast for many, exactly for one.

The fast answer counts crossings in the area's own gnomonic view, where great circles are straight. It is
right for every point that is farther from the rim than the pieces of a geodesic depart from great circles
(0.2 m); nearer ones are for ``Region``, which asks geographiclib on which side of the nearest edge they lie.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from steerclear.geometry.ellipsoid import Bools, Floats, Ints, ecef
from steerclear.geometry.exact import RESOLUTION_M, EdgeFoot, Lines, Spot
from steerclear.geometry.nearest import nearest
from steerclear.geometry.outline import Areas, Pieces

__all__ = ["Place", "Region", "Rim", "Where", "count_inside"]

_ASK_EXACTLY_WITHIN_M: Final = 1.0


def count_inside(point: Floats, areas: Areas, area: int, ring: int | None = None) -> Bools:
    """Even-odd crossings of a ray in an area's gnomonic view, for points (n, 3); what its hemisphere hides is
    outside. With ``ring`` that ring alone counts."""
    seen = point @ areas.frame[area].T
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = seen[:, :1] / seen[:, 2:], seen[:, 1:2] / seen[:, 2:]
    rows = slice(areas.first[area], areas.first[area] + areas.count[area])
    x0, y0, x1, y1 = areas.plane[rows if ring is None else areas.ring == ring].T
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    crossed = ((y0 > y) != (y1 > y)) & (x < at)
    odd = np.count_nonzero(crossed, axis=1) % 2 == 1
    return np.asarray(odd & (seen[:, 2] > 0))


class Where(Enum):
    INSIDE = "inside"
    ON_RIM = "on the rim"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Rim:
    """An edge on which a spot lies: its direction there, and the side of it that is inside (+1 left)."""

    heading_deg: float
    inside: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a spot lies, and the edges it lies on."""

    where: Where
    rims: tuple[Rim, ...] = ()


class Region:
    """The areas of one outline, asked exactly."""

    __slots__ = ("_areas", "_edges", "_lines", "_pieces")

    def __init__(self, lines: Lines, areas: Areas) -> None:
        self._lines = lines
        self._areas = areas
        self._pieces: Pieces = lines.outline.pieces
        self._edges = _RingEdges.of(self._pieces, areas)

    def place(self, spot: Spot) -> Place:
        """Inside some area, else on the rim of some, else outside of all."""
        rims: list[Rim] = []
        for area in range(len(self._areas.count)):
            found = self._place_in(spot, area)
            if found.where is Where.INSIDE:
                return found
            rims.extend(found.rims)
        return Place(Where.ON_RIM, tuple(rims)) if rims else Place(Where.OUTSIDE)

    def inner_side(self, edge: int) -> int:
        """+1 when the area lies to the left of this edge, −1 to the right."""
        return int(self._edges.turn[edge])

    def _place_in(self, spot: Spot, area: int) -> Place:
        point = ecef(np.array([spot.lat_deg]), np.array([spot.lon_deg]))
        first, count = int(self._areas.first[area]), int(self._areas.count[area])
        rows, gaps = self._near_rows(point[0], first, count)
        if gaps.min() > _ASK_EXACTLY_WITHIN_M:
            return Place(Where.INSIDE if self._inside(point, area) else Where.OUTSIDE)
        edges = {int(edge) for edge in self._pieces.edge[rows[gaps < gaps.min() + _ASK_EXACTLY_WITHIN_M]]}
        feet = {edge: self._lines.foot(spot, edge) for edge in sorted(edges)}
        nearest_edge = min(feet, key=lambda edge: feet[edge].distance_m)
        if feet[nearest_edge].distance_m <= RESOLUTION_M:
            return Place(
                Where.ON_RIM,
                tuple(
                    Rim(foot.heading_deg, self.inner_side(edge))
                    for edge, foot in feet.items()
                    if foot.distance_m <= RESOLUTION_M
                ),
            )
        inside = self._on_inner_side(nearest_edge, feet[nearest_edge])
        return Place(Where.INSIDE if inside else Where.OUTSIDE)

    def _near_rows(self, point: Floats, first: int, count: int) -> tuple[Ints, Floats]:
        p = self._pieces
        rows = np.arange(first, first + count)
        away = np.linalg.norm(p.middle[rows] - point, axis=1)
        within = (away + p.half_m[rows]).min() * 1.01 + 2 * _ASK_EXACTLY_WITHIN_M
        rows = rows[away - p.half_m[rows] <= within]
        return rows, nearest(Pieces.spots(np.tile(point, (len(rows), 1))), p.take(rows)).gap_m

    def _inside(self, point: Floats, area: int) -> bool:
        return bool(count_inside(point, self._areas, area)[0])

    def _on_inner_side(self, edge: int, foot: EdgeFoot) -> bool:
        length = self._lines.line(edge).length_m
        along = foot.fraction * length
        if RESOLUTION_M < along < length - RESOLUTION_M:
            return foot.side == self.inner_side(edge)
        # A corner is nearest: the spot lies off both its edges, on the wide side of the corner.
        arriving, leaving = self._edges.at_corner(edge, at_start=along <= RESOLUTION_M)
        turn = self._lines.line(leaving).at(0.0).heading_deg - self._lines.line(arriving).at(1.0).heading_deg
        to_the_right = math.sin(math.radians(turn))
        if abs(to_the_right) < 1e-9 and math.cos(math.radians(turn)) > 0:
            return foot.side == self.inner_side(edge)
        return to_the_right * self.inner_side(edge) > 0


@dataclass(frozen=True, slots=True)
class _RingEdges:
    """For each edge: its neighbours along its ring, and the side that is inside."""

    before: dict[int, int]
    after: dict[int, int]
    turn: dict[int, float]

    @staticmethod
    def of(pieces: Pieces, areas: Areas) -> _RingEdges:
        before: dict[int, int] = {}
        after: dict[int, int] = {}
        turn = dict(zip(pieces.edge.tolist(), areas.turn.tolist(), strict=True))
        for ring in np.unique(areas.ring):
            edges = np.unique(pieces.edge[areas.ring == ring]).tolist()
            for this, following in zip(edges, (*edges[1:], edges[0]), strict=True):
                after[this], before[following] = following, this
        return _RingEdges(before, after, turn)

    def at_corner(self, edge: int, *, at_start: bool) -> tuple[int, int]:
        """The edge that arrives at the corner and the one that leaves it."""
        return (self.before[edge], edge) if at_start else (edge, self.after[edge])
