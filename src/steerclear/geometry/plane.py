# SPDX-License-Identifier: Apache-2.0
"""Where is everything in one plane about a place, so that areas can be widened, joined and cut?

The plane is gnomonic: seen from the Earth's centre, so that edges are straight in it. Lengths in it are
stretched outward, never inward: what is widened here is widened by at least as much. It serves drawings and
offers, never a verdict; the verdict is ``lateral``'s.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from steerclear.geometry.ellipsoid import SHARPEST_RADIUS_M, Floats, across, position_of
from steerclear.geometry.outline import Outline
from steerclear.model.space import E7, MultiPolygon, Polygon, Position

__all__ = ["GnomonicPlane", "areas_of", "farthest", "positions", "widened"]

_MANY_CORNERS: Final = 1_000
_ARC_SEGMENTS: Final = 16
_ARC_ROOM: Final = 1 / math.cos(math.pi / 4 / _ARC_SEGMENTS)
_HORIZON_COSINE: Final = 0.2
"""The plane is used out to 78° from its centre; what lies beyond cannot be near the region's middle."""


@dataclass(frozen=True, slots=True)
class GnomonicPlane:
    """A gnomonic plane; its unit is a metre at the centre, and longer farther out."""

    frame: Floats

    @staticmethod
    def about(point: Floats) -> GnomonicPlane:
        up = point / np.linalg.norm(point)
        east, north = across(up)
        return GnomonicPlane(np.stack([east, north, up]))

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


def farthest(plane: GnomonicPlane, outline: Outline) -> float:
    """How far the outline reaches from the plane's centre, in plane units."""
    lines = float(np.linalg.norm(plane.project(outline.pieces.start), axis=1).max())
    return lines + plane.length(outline.reach_m, lines)


def widened(
    plane: GnomonicPlane, outline: Outline, room_m: float, reach: float, *, roughly: bool = False
) -> BaseGeometry:
    """At least all within ``room_m`` of the outline, as far as ``reach`` (plane units) from the centre.

    ``roughly``: the hull of an area, which is more.
    """
    if outline.areas is not None:
        inside = shapely.union_all(list(areas_of(plane, outline)))
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


def areas_of(plane: GnomonicPlane, outline: Outline) -> Iterator[BaseGeometry]:
    """The polygons of an outline, with their holes; none of a line or circle."""
    areas = outline.areas
    if areas is None:
        return
    corners = plane.project(outline.pieces.start)
    for first, count in zip(areas.first, areas.count, strict=True):
        rows = np.arange(first, first + count)
        rings = [corners[rows[areas.ring[rows] == ring]] for ring in np.unique(areas.ring[rows])]
        yield shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))


def positions(plane: GnomonicPlane, drawn: BaseGeometry) -> MultiPolygon:
    """Polygons of the plane as an area of the Earth, corners to the nearest 1e-7 degree.

    Raises ``BadInput`` where corners fall together in rounding.
    """
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


def _ring(plane: GnomonicPlane, coordinates: Iterable[tuple[float, float]]) -> tuple[Position, ...]:
    lat, lon = position_of(plane.lifted(np.array(list(coordinates)[:-1])))
    return tuple(
        Position(round(y * E7), round(x * E7)) for y, x in zip(lat.tolist(), lon.tolist(), strict=True)
    )
