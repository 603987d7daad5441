# SPDX-License-Identifier: Apache-2.0
"""What is left of an area when all that comes too near to others is cut away?

    own area, drawn inside its rim ──► less the others, widened outward ──► a metre in all round ──► corners

Nothing of the answer lies outside the own area: circles and corridors are drawn inside their rims, and the
last step takes a metre (more for wide ones) off every side, which is room for rounding to 1e-7 degree and
for the bend of the geodesic between two corners. It proposes and never decides: what is left is validated
and screened by who asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from steerclear.errors import BadInput
from steerclear.geometry.ellipsoid import SHARPEST_RADIUS_M, Floats, ecef, position_of
from steerclear.geometry.geodesic import destination
from steerclear.geometry.outline import PIECE_M, Outline
from steerclear.geometry.plane import GnomonicPlane, areas_of, farthest, positions, widened
from steerclear.geometry.validate import check_footprint
from steerclear.model.space import E7, MultiPolygon, Polygon, Position

__all__ = ["LARGEST_TRIMMED_M", "Cut", "remainder"]

LARGEST_TRIMMED_M: Final = 500_000.0
"""Areas that reach farther from their middle than this are not trimmed: no plane serves for them."""

_INSET_M: Final = 1.0
_SIDES: Final = 96
_SMALLEST_SHARE: Final = 0.01
"""Splinters: parts of less than a hundredth of the area are left away."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What is to be kept clear of: an outline, and by how much."""

    outline: Outline
    room_m: float


def remainder(own: Outline, cuts: Sequence[Cut]) -> Polygon | MultiPolygon | None:
    """What is left of the own area, timed legs excepted; ``None`` when that is nothing that can be drawn.

    ``own`` must not reach farther than ``LARGEST_TRIMMED_M`` from its middle.
    """
    plane = GnomonicPlane.about(own.middle)
    area = _inside(plane, own)
    reach = farthest(plane, own)
    taken = shapely.union_all([widened(plane, cut.outline, cut.room_m, reach) for cut in cuts])
    left = area.difference(taken).buffer(-plane.length(_inset_m(own), reach), join_style="mitre")
    parts = [
        part
        for part in shapely.get_parts(left)
        if part.geom_type == "Polygon" and part.area > area.area * _SMALLEST_SHARE
    ]
    return _drawn(plane, shapely.MultiPolygon(parts)) if parts else None


def _drawn(plane: GnomonicPlane, left: BaseGeometry) -> Polygon | MultiPolygon | None:
    try:
        found = positions(plane, left)
        check_footprint(found)
    except BadInput:  # corners fell together in rounding: there is nothing certain to offer
        return None
    return found.parts[0] if len(found.parts) == 1 else found


def _inset_m(own: Outline) -> float:
    """A metre, and twice what the rim of a strip bends away from the geodesic between two of its corners."""
    return _INSET_M + own.reach_m * PIECE_M**2 / (4 * SHARPEST_RADIUS_M**2)


def _inside(plane: GnomonicPlane, own: Outline) -> BaseGeometry:
    if own.has_area:
        return shapely.union_all(list(areas_of(plane, own)))
    return shapely.union_all(list(_strips(plane, own)))


def _strips(plane: GnomonicPlane, own: Outline) -> Iterator[BaseGeometry]:
    """Of each piece the hull of the discs at its ends."""
    p = own.pieces
    for row in range(len(p)):
        ends = np.concatenate([_disc(p.start[row], p.radius0_m[row]), _disc(p.end[row], p.radius1_m[row])])
        yield shapely.MultiPoint(plane.project(ends)).convex_hull


def _disc(centre: Floats, radius_m: float) -> Floats:
    """Points on the rim, so that the polygon through them lies inside."""
    lat, lon = position_of(centre)
    middle = Position(round(float(lat) * E7), round(float(lon) * E7))
    rim = [destination(middle, 360.0 * side / _SIDES, float(radius_m)) for side in range(_SIDES)]
    return ecef(np.array([at.lat_deg for at in rim]), np.array([at.lon_deg for at in rim]))
