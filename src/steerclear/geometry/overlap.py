# SPDX-License-Identifier: Apache-2.0
"""What part of the ground concerns both? The region of a conflict, as it may be shown to either party.

Both footprints are widened by half of the lateral minimum and intersected. The result is a superset: it is
widened by another margin and then simplified within that margin, so that no corner of either notice stands
in it, the message stays small, and every point that concerns both lies inside. It is a drawing, not the
verdict; the verdict is ``lateral``'s.

Planar work is done in one gnomonic plane about the region, where edges are straight; lengths there are
stretched outward, never inward.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from steerclear.errors import BadInput
from steerclear.geometry.ellipsoid import SHARPEST_RADIUS_M, Floats, across, position_of
from steerclear.geometry.outline import Outline, outline_of
from steerclear.geometry.validate import check_footprint
from steerclear.model.space import (
    E7,
    Circle,
    Corridor,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
)

__all__ = ["overlap_region"]

_MARGIN_M: Final = 30.0
_COARSEST_M: Final = 50_000.0
_MOST_CORNERS: Final = 300
_MANY_CORNERS: Final = 1_000
_LONGEST_EDGE_M: Final = 50_000.0
_ARC_SEGMENTS: Final = 16
_ARC_ROOM: Final = 1 / math.cos(math.pi / 4 / _ARC_SEGMENTS)
_HORIZON_COSINE: Final = 0.2
"""The plane is used out to 78° from its centre; what lies beyond cannot be near the region's middle."""


def overlap_region(a: Footprint, b: Footprint, widened_mm: int) -> MultiPolygon | None:
    """A region that holds every point within half of ``widened_mm`` of both footprints, or ``None``.

    Timed legs count with all that they ever cover. No corner of either footprint is a corner of the region.
    Raises ``BadInput`` as ``outline_of`` does.
    """
    outlines = outline_of(a), outline_of(b)
    room_m = widened_mm / 2000
    smaller = min(outlines, key=lambda outline: (outline.radius_m + outline.reach_m, *outline.middle))
    plane = _Plane.about(smaller.middle)
    region = _shared(plane, outlines, room_m, roughly=True)
    if region.is_empty:
        return None
    # Once more about the region itself, where the plane stretches least.
    plane = _Plane.about(plane.lifted(shapely.get_coordinates(region.envelope)).mean(axis=0))
    region = _shared(plane, outlines, room_m, roughly=False)
    return None if region.is_empty else _drawn(plane, region, _corners(a) | _corners(b))


@dataclass(frozen=True, slots=True)
class _Plane:
    """A gnomonic plane; its unit is a metre at the centre, and longer farther out."""

    frame: Floats

    @staticmethod
    def about(point: Floats) -> _Plane:
        up = point / np.linalg.norm(point)
        east, north = across(up)
        return _Plane(np.stack([east, north, up]))

    def project(self, points: Floats) -> Floats:
        """Plane corners; what lies beyond the horizon is drawn in to it, which leaves the middle as it is."""
        seen = points @ self.frame.T
        level = np.linalg.norm(seen[:, :2], axis=1)
        limit = math.tan(math.acos(_HORIZON_COSINE))
        hidden = seen[:, 2] < _HORIZON_COSINE * np.linalg.norm(seen, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(hidden, limit / np.maximum(level, 1e-9), 1 / seen[:, 2])
        return np.asarray(seen[:, :2] * scale[:, np.newaxis] * SHARPEST_RADIUS_M)

    def lifted(self, corners: Floats) -> Floats:
        """Directions of plane points; their length means nothing."""
        flat = np.hstack([corners / SHARPEST_RADIUS_M, np.ones((len(corners), 1))])
        return np.asarray(flat @ self.frame)

    def length(self, metres: float, farthest: float) -> float:
        """At least as long as ``metres`` anywhere within ``farthest`` of the centre (plane units)."""
        beyond = (farthest + 2 * metres) / SHARPEST_RADIUS_M
        return metres * (1 + beyond * beyond) * 1.001


def _shared(
    plane: _Plane, outlines: tuple[Outline, Outline], room_m: float, *, roughly: bool
) -> BaseGeometry:
    """What both cover when widened; ``roughly``: their hulls, which is more."""
    reach = min(_farthest(plane, outline) for outline in outlines)
    one, other = (_widened(plane, outline, room_m, reach, roughly=roughly) for outline in outlines)
    return one.intersection(other)


def _farthest(plane: _Plane, outline: Outline) -> float:
    """How far the outline reaches from the plane's centre, in plane units."""
    lines = float(np.linalg.norm(plane.project(outline.pieces.start), axis=1).max())
    return lines + plane.length(outline.reach_m, lines)


def _widened(plane: _Plane, outline: Outline, room_m: float, reach: float, *, roughly: bool) -> BaseGeometry:
    if outline.areas is not None:
        inside = shapely.union_all(list(_polygons(plane, outline)))
        if roughly:
            inside = inside.convex_hull
        elif len(outline.edges) > _MANY_CORNERS:
            # Widening thousands of corners takes seconds; a quarter more room pays for fewer of them.
            inside = inside.simplify(plane.length(room_m, reach) / 4)
            room_m *= 1.25
        return inside.buffer(plane.length(room_m, reach) * _ARC_ROOM, quad_segs=_ARC_SEGMENTS)
    p = outline.pieces
    start, end = plane.project(p.start), plane.project(p.end)
    strips = []
    for row in range(len(p)):
        discs = [
            shapely.Point(at).buffer(
                plane.length(room_m + radius_m, reach) * _ARC_ROOM, quad_segs=_ARC_SEGMENTS
            )
            for at, radius_m in ((start[row], float(p.radius0_m[row])), (end[row], float(p.radius1_m[row])))
        ]
        strips.append(shapely.union_all(discs).convex_hull)
    return shapely.union_all(strips)


def _polygons(plane: _Plane, outline: Outline) -> Iterator[BaseGeometry]:
    areas = outline.areas
    if areas is None:
        return
    corners = plane.project(outline.pieces.start)
    for first, count in zip(areas.first, areas.count, strict=True):
        rows = np.arange(first, first + count)
        rings = [corners[rows[areas.ring[rows] == ring]] for ring in np.unique(areas.ring[rows])]
        yield shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))


# -------------------------------------------------------------------------------------------- drawing


def _drawn(plane: _Plane, region: BaseGeometry, avoided: frozenset[tuple[int, int]]) -> MultiPolygon:
    """The region with a margin, as few corners as the margin allows, rounded outward."""
    margin_m = _MARGIN_M
    while True:
        farthest = float(np.abs(shapely.get_coordinates(region)).max()) * math.sqrt(2)
        margin = plane.length(margin_m, farthest)
        drawn = region.buffer(margin, quad_segs=4).simplify(margin / 2)
        if margin_m > _COARSEST_M:
            drawn = drawn.convex_hull
        found = _positions(plane, drawn.segmentize(_LONGEST_EDGE_M))
        if margin_m > _COARSEST_M or _is_fit(found, shapely.count_coordinates(drawn), avoided):
            return found
        margin_m *= 2


def _is_fit(region: MultiPolygon, corners: int, avoided: frozenset[tuple[int, int]]) -> bool:
    if corners > _MOST_CORNERS or not _corners(region).isdisjoint(avoided):
        return False
    try:
        check_footprint(region)
    except BadInput:  # two corners fell together in rounding: draw it coarser
        return False
    return True


def _positions(plane: _Plane, drawn: BaseGeometry) -> MultiPolygon:
    parts = shapely.get_parts(drawn)
    return MultiPolygon(
        tuple(
            Polygon(
                _ring(plane, part.exterior.coords),
                tuple(_ring(plane, hole.coords) for hole in part.interiors),
            )
            for part in sorted(parts, key=lambda part: part.bounds)
        )
    )


def _ring(plane: _Plane, coordinates: Iterator[tuple[float, float]]) -> tuple[Position, ...]:
    lat, lon = position_of(plane.lifted(np.array(list(coordinates)[:-1])))
    return tuple(
        Position(round(y * E7), round(x * E7)) for y, x in zip(lat.tolist(), lon.tolist(), strict=True)
    )


def _corners(footprint: Footprint) -> frozenset[tuple[int, int]]:
    match footprint:
        case Polygon():
            rings = (footprint.exterior, *footprint.holes)
            return frozenset((corner.lat_e7, corner.lon_e7) for ring in rings for corner in ring)
        case MultiPolygon():
            return frozenset().union(*(_corners(part) for part in footprint.parts))
        case Circle():
            return frozenset({(footprint.centre.lat_e7, footprint.centre.lon_e7)})
        case Corridor() | Legs():
            return frozenset((point.lat_e7, point.lon_e7) for point in footprint.points)
