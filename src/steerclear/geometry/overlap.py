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
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from steerclear.errors import BadInput
from steerclear.geometry.outline import Outline, outline_of
from steerclear.geometry.plane import GnomonicPlane, farthest, positions, widened
from steerclear.geometry.validate import check_footprint
from steerclear.model.space import Circle, Corridor, Footprint, Legs, MultiPolygon, Polygon

__all__ = ["overlap_region"]

_MARGIN_M: Final = 30.0
_COARSEST_M: Final = 50_000.0
_MOST_CORNERS: Final = 300
_LONGEST_EDGE_M: Final = 50_000.0


def overlap_region(a: Footprint, b: Footprint, widened_mm: int) -> MultiPolygon | None:
    """A region that holds every point within half of ``widened_mm`` of both footprints, or ``None``.

    Timed legs count with all that they ever cover. No corner of either footprint is a corner of the region.
    Raises ``BadInput`` as ``outline_of`` does.
    """
    outlines = outline_of(a), outline_of(b)
    room_m = widened_mm / 2000
    smaller = min(outlines, key=lambda outline: (outline.radius_m + outline.reach_m, *outline.middle))
    plane = GnomonicPlane.about(smaller.middle)
    region = _shared(plane, outlines, room_m, roughly=True)
    if region.is_empty:
        return None
    # Once more about the region itself, where the plane stretches least.
    plane = GnomonicPlane.about(plane.lifted(shapely.get_coordinates(region.envelope)).mean(axis=0))
    region = _shared(plane, outlines, room_m, roughly=False)
    return None if region.is_empty else _drawn(plane, region, _corners(a) | _corners(b))


def _shared(
    plane: GnomonicPlane, outlines: tuple[Outline, Outline], room_m: float, *, roughly: bool
) -> BaseGeometry:
    """What both cover when widened; ``roughly``: their hulls, which is more."""
    reach = min(farthest(plane, outline) for outline in outlines)
    one, other = (widened(plane, outline, room_m, reach, roughly=roughly) for outline in outlines)
    return one.intersection(other)


# -------------------------------------------------------------------------------------------- drawing


def _drawn(plane: GnomonicPlane, region: BaseGeometry, avoided: frozenset[tuple[int, int]]) -> MultiPolygon:
    """The region with a margin, as few corners as the margin allows, rounded outward."""
    margin_m = _MARGIN_M
    while True:
        outermost = float(abs(shapely.get_coordinates(region)).max()) * math.sqrt(2)
        margin = plane.length(margin_m, outermost)
        drawn = region.buffer(margin, quad_segs=4).simplify(margin / 2)
        if margin_m > _COARSEST_M:
            drawn = drawn.convex_hull
        found = positions(plane, drawn.segmentize(_LONGEST_EDGE_M))
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
