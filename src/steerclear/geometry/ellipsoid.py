# SPDX-License-Identifier: Apache-2.0
"""What the engine needs of the WGS84 ellipsoid itself: its points in space, its normals, its bounds.

Earth-centred coordinates (ECEF, metres) know no antimeridian and no pole. Every array of points has the
shape ``(n, 3)``; distances are metres.

The rule that the bounds keep: a geodesic is never shorter than its chord, and never shorter than the arc
of the flattest circle of curvature (a²/b, at the poles) over that chord.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FLATTEST_RADIUS_M",
    "SEMI_MAJOR_M",
    "SEMI_MINOR_M",
    "SHARPEST_RADIUS_M",
    "Bools",
    "Floats",
    "Ints",
    "TangentFrame",
    "across",
    "bulge_at_most_m",
    "ecef",
    "frame_at",
    "lifted",
    "position_of",
]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEMI_MAJOR_M: Final = 6_378_137.0
FLATTENING: Final = 1 / 298.257223563
SEMI_MINOR_M: Final = SEMI_MAJOR_M * (1 - FLATTENING)
E2: Final = FLATTENING * (2 - FLATTENING)
FLATTEST_RADIUS_M: Final = SEMI_MAJOR_M**2 / SEMI_MINOR_M
SHARPEST_RADIUS_M: Final = SEMI_MINOR_M**2 / SEMI_MAJOR_M
_QUADRIC: Final = np.array([SEMI_MAJOR_M**-2, SEMI_MAJOR_M**-2, SEMI_MINOR_M**-2])


def ecef(lat_deg: Floats, lon_deg: Floats) -> Floats:
    """Points on the ellipsoid, shape (n, 3)."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    prime_vertical = SEMI_MAJOR_M / np.sqrt(1 - E2 * np.sin(lat) ** 2)
    level = prime_vertical * np.cos(lat)
    height = prime_vertical * (1 - E2) * np.sin(lat)
    return np.stack([level * np.cos(lon), level * np.sin(lon), height], axis=-1)


def position_of(points: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude (degrees) of points that lie on the ellipsoid: the inverse of ``ecef``."""
    level = np.hypot(points[..., 0], points[..., 1])
    lat = np.arctan2(points[..., 2], (1 - E2) * level)
    return np.degrees(lat), np.degrees(np.arctan2(points[..., 1], points[..., 0]))


def lifted(points: Floats, normals: Floats) -> Floats:
    """Points near the surface, moved along the given unit normals until they lie on it."""
    for _ in range(3):  # Newton on a quadric: from 1 km below, three steps reach the last bit
        excess = np.einsum("...i,...i->...", points * points, _QUADRIC) - 1
        slope = 2 * np.einsum("...i,...i,...i->...", points, normals, np.broadcast_to(_QUADRIC, points.shape))
        points = points - (excess / slope)[..., None] * normals
    return points


def normals_at(points: Floats) -> Floats:
    """Unit normals (the geodetic vertical) at points on or near the ellipsoid."""
    gradient = points * _QUADRIC
    return np.asarray(gradient / np.linalg.norm(gradient, axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True)
class TangentFrame:
    """Tangent planes, one for each row, seen from the centre of the surface's Gaussian curvature.

    Projected from there a geodesic of some hundred kilometres is straight to centimetres, because the
    ellipsoid departs from its osculating sphere only in the third order.
    """

    east: Floats
    north: Floats
    up: Floats
    centre: Floats
    radius_m: Floats

    def project(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Plane coordinates (metres) and the depth (1 at the tangent point); depth ≤ 0 is out of sight."""
        seen = points - self.centre
        depth = np.einsum("...i,...i->...", seen, self.up) / self.radius_m
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.einsum("...i,...i->...", seen, self.east) / depth
            y = np.einsum("...i,...i->...", seen, self.north) / depth
        return x, y, depth


def frame_at(points: Floats) -> TangentFrame:
    """The tangent frames below points that need not lie on the surface exactly, shape (n, 3)."""
    up = normals_at(points)
    prime_vertical = SEMI_MAJOR_M / np.sqrt(1 - E2 * up[..., 2] ** 2)
    radius = SEMI_MINOR_M / (1 - E2 * up[..., 2] ** 2)  # sqrt(MN)
    foot = up * prime_vertical[..., None]
    foot[..., 2] *= 1 - E2
    east, north = across(up)
    return TangentFrame(east, north, up, foot - up * radius[..., None], radius)


def across(up: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors that complete a right-handed frame, at the poles too (Duff et al. 2017)."""
    x, y, z = up[..., 0], up[..., 1], up[..., 2]
    sign = np.where(z < 0, -1.0, 1.0)
    a = -1.0 / (sign + z)
    b = x * y * a
    first = np.stack([1.0 + sign * x * x * a, sign * b, -sign * x], axis=-1)
    second = np.stack([b, sign + y * y * a, -y], axis=-1)
    return first, second


def bulge_at_most_m(chord_m: Floats) -> Floats:
    """How far a geodesic departs from its own chord at most."""
    return chord_m * chord_m / (8 * SHARPEST_RADIUS_M) * 1.01
