# SPDX-License-Identifier: Apache-2.0
"""How far apart are the lines of two footprints, by geographiclib alone? Slow, short enough to be believed.

Every corner of one against every edge of the other; straight lines in space tell which may be nearest, and a
golden section along the edge finds the place. Where lines cross, this does not see it.
"""

from __future__ import annotations

import itertools
import math
from typing import Final

from geographiclib.geodesic import Geodesic

from steerclear.model.space import Circle, Corridor, Footprint, Legs, MultiPolygon, Polygon, Position

WGS84: Final = Geodesic.WGS84
_GOLDEN: Final = (math.sqrt(5) - 1) / 2
_SECTIONS: Final = 32
_RADIUS_M: Final = 6_335_000.0

Spot = tuple[float, float]
Edge = tuple[Spot, Spot]
Point = tuple[float, float, float]


def gap_of_lines_m(a: Footprint, b: Footprint) -> float:
    """Metres between the lines (rims, centre lines, centres); radii do not count."""
    asked = [*itertools.product(corners(a), edges(b)), *itertools.product(corners(b), edges(a))]
    roughly = [(*_straight_m(corner, edge), corner, edge) for corner, edge in asked]
    least = min(at_most for _, at_most, _, _, _ in roughly)
    return min(
        _golden_m(corner, edge, share) for at_least, _, share, corner, edge in roughly if at_least <= least
    )


def edges(footprint: Footprint) -> list[Edge]:
    match footprint:
        case Polygon():
            rings = (footprint.exterior, *footprint.holes)
            return [edge for ring in rings for edge in itertools.pairwise(_spots((*ring, ring[0])))]
        case MultiPolygon():
            return [edge for part in footprint.parts for edge in edges(part)]
        case Circle():
            (centre,) = _spots((footprint.centre,))
            return [(centre, centre)]
        case Corridor() | Legs():
            return list(itertools.pairwise(_spots(footprint.points)))


def corners(footprint: Footprint) -> set[Spot]:
    return {spot for edge in edges(footprint) for spot in edge}


def _spots(points: tuple[Position, ...]) -> list[Spot]:
    return [(point.lat_deg, point.lon_deg) for point in points]


def _golden_m(corner: Spot, edge: Edge, guess: float) -> float:
    line = WGS84.InverseLine(*edge[0], *edge[1])

    def distance_m(along_m: float) -> float:
        there = line.Position(along_m)
        return float(WGS84.Inverse(*corner, there["lat2"], there["lon2"], Geodesic.DISTANCE)["s12"])

    room_m = 5.0 + line.s13 / 200
    low, high = max(guess * line.s13 - room_m, 0.0), min(guess * line.s13 + room_m, line.s13)
    least = min(distance_m(low), distance_m(high))
    one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_one, at_two = distance_m(one), distance_m(two)
    for _ in range(_SECTIONS if line.s13 else 0):
        if at_one < at_two:
            high, two, at_two = two, one, at_one
            one = high - _GOLDEN * (high - low)
            at_one = distance_m(one)
        else:
            low, one, at_one = one, two, at_two
            two = low + _GOLDEN * (high - low)
            at_two = distance_m(two)
    return min(least, at_one, at_two)


def _straight_m(corner: Spot, edge: Edge) -> tuple[float, float, float]:
    """Bounds of the distance, and about where along the edge: by the edge's chord in space."""
    point, start, end = (_in_space(spot) for spot in (corner, *edge))
    way = [b - a for a, b in zip(start, end, strict=True)]
    size = sum(each * each for each in way)
    off = [b - a for a, b in zip(start, point, strict=True)]
    share = min(max(sum(a * b for a, b in zip(way, off, strict=True)) / size, 0.0), 1.0) if size else 0.0
    chord = math.dist(point, [a + share * by for a, by in zip(start, way, strict=True)])
    sag = size / (8 * _RADIUS_M) * 1.02 + 1e-6
    longest = 2 * _RADIUS_M * math.asin(min((chord + sag) / (2 * _RADIUS_M), 1.0))
    return chord - sag, longest, share


def _in_space(spot: Spot) -> Point:
    """Earth-centred metres (EPSG:4978), from the textbook."""
    lat, lon = math.radians(spot[0]), math.radians(spot[1])
    e2 = WGS84.f * (2 - WGS84.f)
    normal = WGS84.a / math.sqrt(1 - e2 * math.sin(lat) ** 2)
    level = normal * math.cos(lat)
    return level * math.cos(lon), level * math.sin(lon), normal * (1 - e2) * math.sin(lat)
