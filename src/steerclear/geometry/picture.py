# SPDX-License-Identifier: Apache-2.0
"""Which rings does a chart draw for a footprint? Corners so close that straight lines may join them.

Circles and corridors get their rims, timed legs all that they ever cover, long edges of areas points along
their geodesics. It is a drawing, never a verdict: a rim lies within one part in a thousand of where it is,
outside rather than inside.

Longitudes run on across the antimeridian (179, 181), so that a ring is drawn in one piece.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from steerclear.geometry.geodesic import destination
from steerclear.geometry.outline import outline_of
from steerclear.geometry.plane import GnomonicPlane, areas_of, farthest, positions, widened
from steerclear.model.space import Circle, Footprint, MultiPolygon, Position

__all__ = ["DrawnRings", "drawn_rings", "rings_of"]

DrawnRings = tuple[tuple[tuple[tuple[float, float], ...], ...], ...]
"""Polygons; of each its outer ring and its holes; of each ring closed pairs of longitude and latitude."""

_RIM_POINTS: Final = 96
_LONGEST_EDGE_M: Final = 50_000.0
_SHORTEST_M: Final = 1.0
"""A point is drawn as a spot of this radius: a ring without area cannot be drawn."""


def drawn_rings(footprint: Footprint) -> DrawnRings:
    """The footprint as rings in degrees, to 1e-6.

    Raises ``BadInput`` as ``outline_of`` does, and where corners fall together in rounding.
    """
    if isinstance(footprint, Circle):
        return ((_rim(footprint),),)
    outline = outline_of(footprint)
    plane = GnomonicPlane.about(outline.middle)
    if outline.has_area:
        drawn = shapely.union_all(list(areas_of(plane, outline)))
    else:
        drawn = widened(plane, outline, _SHORTEST_M, farthest(plane, outline))
    return rings_of(positions(plane, _areas_alone(drawn).segmentize(_LONGEST_EDGE_M)))


def rings_of(area: MultiPolygon) -> DrawnRings:
    """The corners as they are, closed: for areas that were made to be drawn."""
    return tuple(tuple(_in_one_piece(ring) for ring in (part.exterior, *part.holes)) for part in area.parts)


def _areas_alone(drawn: shapely.Geometry) -> shapely.Geometry:
    """A ring that touches itself is mended into areas and lines; a line has no inside to draw."""
    return shapely.union_all([part for part in shapely.get_parts(drawn) if part.geom_type == "Polygon"])


def _rim(circle: Circle) -> tuple[tuple[float, float], ...]:
    radius_m = max(circle.radius_mm / 1000, _SHORTEST_M)
    bearings = np.linspace(0.0, 360.0, _RIM_POINTS, endpoint=False)
    # From east over north: rings that are drawn run against the clock.
    return _in_one_piece(tuple(destination(circle.centre, float(90 - at), radius_m) for at in bearings))


def _in_one_piece(ring: tuple[Position, ...]) -> tuple[tuple[float, float], ...]:
    """Closed; each longitude is the one nearest to that before it."""
    drawn: list[tuple[float, float]] = []
    before = ring[0].lon_deg
    for corner in (*ring, ring[0]):
        before += (corner.lon_deg - before + 180) % 360 - 180
        drawn.append((round(before, 6), round(corner.lat_deg, 6)))
    return tuple(drawn)
