# SPDX-License-Identifier: Apache-2.0
"""How large is a footprint? Square kilometres on the ellipsoid, for people and for the quality gate.

Polygons by geographiclib (Karney 2013), exactly. Circles as on a sphere with the curvature that the ellipsoid
has at their centre, large ones as 360-sided polygons with the missing slivers added; within one in a million.
Corridors and legs as the union of their discs and strips in an equal-area plane; within 1 in 1,000.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from geographiclib.geodesic import Geodesic

from steerclear.geometry.ellipsoid import E2, SEMI_MAJOR_M, Floats, position_of
from steerclear.geometry.outline import Pieces, outline_of
from steerclear.model.space import Circle, Corridor, Footprint, Legs, MultiPolygon, Polygon, Ring

__all__ = ["area_km2"]

_WGS84: Final = Geodesic.WGS84
_ECCENTRICITY: Final = math.sqrt(E2)
_SIDES: Final = 72
_CIRCLE_SIDES: Final = 360
_SMALL_CIRCLE_MM: Final = 500_000_000
"""So far the curvature hardly changes, and grows on one side as it falls on the other."""


def area_km2(footprint: Footprint) -> float:
    """Square kilometres. The parts of a MultiPolygon are added up, so what they share counts twice.

    Raises ``BadInput`` as ``outline_of`` does.
    """
    match footprint:
        case Polygon():
            return _polygon_m2(footprint) / 1e6
        case MultiPolygon():
            return sum(_polygon_m2(part) for part in footprint.parts) / 1e6
        case Circle():
            return _circle_m2(footprint) / 1e6
        case Corridor() | Legs():
            return _strips_m2(outline_of(footprint).pieces) / 1e6


def _polygon_m2(polygon: Polygon) -> float:
    return _ring_m2(polygon.exterior) - sum(_ring_m2(hole) for hole in polygon.holes)


def _ring_m2(ring: Ring) -> float:
    return _enclosed_m2([(corner.lat_deg, corner.lon_deg) for corner in ring])


def _enclosed_m2(corners: Sequence[tuple[float, float]]) -> float:
    """The smaller side of a ring."""
    polygon = _WGS84.Polygon()
    for lat, lon in corners:
        polygon.AddPoint(lat, lon)
    area = abs(float(polygon.Compute(False, True)[2]))  # noqa: FBT003 - geographiclib: not reversed, signed
    return min(area, float(polygon.area0) - area)


def _circle_m2(circle: Circle) -> float:
    if circle.radius_mm == 0:
        return 0.0
    lat, lon = circle.centre.lat_deg, circle.centre.lon_deg
    if circle.radius_mm <= _SMALL_CIRCLE_MM:
        return _cap_m2(lat, circle.radius_mm / 1000)
    rim = [
        _WGS84.Direct(lat, lon, 360.0 * side / _CIRCLE_SIDES, circle.radius_mm / 1000)
        for side in range(_CIRCLE_SIDES)
    ]
    step = 2 * math.pi / _CIRCLE_SIDES
    return _enclosed_m2([(point["lat2"], point["lon2"]) for point in rim]) * step / math.sin(step)


def _cap_m2(lat_deg: float, radius_m: float) -> float:
    """A geodesic circle on the sphere with the Gaussian curvature of the ellipsoid at ``lat_deg``."""
    width = 1 - E2 * math.sin(math.radians(lat_deg)) ** 2
    curvature = (width / SEMI_MAJOR_M) ** 2 / (1 - E2)
    # 2π/K · (1 − cos(r√K)), in a form that does not lose a small circle in the rounding.
    return 4 * math.pi / curvature * math.sin(radius_m * math.sqrt(curvature) / 2) ** 2


def _strips_m2(pieces: Pieces) -> float:
    """Discs joined by strips: the hull of the discs at both ends of each piece, all together."""
    lat, lon = position_of(pieces.middle.mean(axis=0, keepdims=True))
    plane = _EqualArea(float(lat[0]), float(lon[0]))
    strips = []
    for row in range(len(pieces)):
        ends = [
            _disc(pieces.start[row], float(pieces.radius0_m[row])),
            _disc(pieces.end[row], float(pieces.radius1_m[row])),
        ]
        strips.append(shapely.MultiPoint(plane.project(np.concatenate(ends))).convex_hull)
    return float(shapely.union_all(strips).area)


def _disc(centre: Floats, radius_m: float) -> Floats:
    """Corners (lat, lon) of a polygon with the area of the disc."""
    lat, lon = position_of(centre[np.newaxis])
    step = 2 * math.pi / _SIDES
    reach = radius_m * math.sqrt(step / math.sin(step))
    rim = [
        _WGS84.Direct(float(lat[0]), float(lon[0]), 360.0 * side / _SIDES, reach) for side in range(_SIDES)
    ]
    return np.array([(point["lat2"], point["lon2"]) for point in rim])


class _EqualArea:
    """Lambert's azimuthal equal-area projection of the ellipsoid (Snyder 1987, 24), on authalic latitudes."""

    def __init__(self, lat_deg: float, lon_deg: float) -> None:
        self._pole = float(_authalic(np.array([90.0]))[0])
        self._radius = SEMI_MAJOR_M * math.sqrt(self._pole / 2)
        self._lon = math.radians(lon_deg)
        self._beta = float(self._beta_of(np.array([lat_deg]))[0])

    def project(self, corners: Floats) -> Floats:
        beta, turn = self._beta_of(corners[:, 0]), np.radians(corners[:, 1]) - self._lon
        sine, cosine = math.sin(self._beta), math.cos(self._beta)
        toward = 1 + sine * np.sin(beta) + cosine * np.cos(beta) * np.cos(turn)
        scale = self._radius * np.sqrt(2 / np.maximum(toward, 1e-12))
        x = scale * np.cos(beta) * np.sin(turn)
        y = scale * (cosine * np.sin(beta) - sine * np.cos(beta) * np.cos(turn))
        return np.stack([x, y], axis=1)

    def _beta_of(self, lat_deg: Floats) -> Floats:
        return np.asarray(np.arcsin(np.clip(_authalic(lat_deg) / self._pole, -1.0, 1.0)))


def _authalic(lat_deg: Floats) -> Floats:
    sine = np.sin(np.radians(lat_deg))
    part = np.log((1 - _ECCENTRICITY * sine) / (1 + _ECCENTRICITY * sine)) / (2 * _ECCENTRICITY)
    return np.asarray((1 - E2) * (sine / (1 - E2 * sine * sine) - part))
