# SPDX-License-Identifier: Apache-2.0

"""The ellipsoid for compiled loops: one point at a time, the same formulas as ``ellipsoid``."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from numba import njit

from steerclear.geometry.ellipsoid import (
    E2,
    FLATTEST_RADIUS_M,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    SHARPEST_RADIUS_M,
)

__all__ = [
    "arc_at_most",
    "bulge_at_most",
    "chord_of",
    "entry",
    "inner",
    "normal_at",
    "note_place",
    "on_short",
    "point_at",
    "sure_within",
    "tangent",
]

_Q1: Final = SEMI_MAJOR_M**-2
_Q3: Final = SEMI_MINOR_M**-2
_MEAN_RADIUS_M: Final = 6_371_000.0
_TO_RADIANS: Final = math.pi / 180.0

Three = tuple[float, float, float]

_COMPILE: Final[Any] = njit  # its type stubs do not know ``no_cpython_wrapper``
Loop = TypeVar("Loop", bound=Callable[..., Any])


def entry(loop: Loop) -> Loop:
    """What Python calls: compiled once and kept on disk, with all that it calls."""
    return cast("Loop", njit(nogil=True, cache=True, error_model="numpy")(loop))


def inner(loop: Loop) -> Loop:
    """What compiled code alone calls: kept as part of its callers."""
    return cast("Loop", _COMPILE(nogil=True, error_model="numpy", no_cpython_wrapper=True)(loop))


@inner
def point_at(lat_e7: int, lon_e7: int) -> Three:
    """ECEF of a point on the ellipsoid."""
    lat, lon = (lat_e7 / 1e7) * _TO_RADIANS, (lon_e7 / 1e7) * _TO_RADIANS
    sine = math.sin(lat)
    prime_vertical = SEMI_MAJOR_M / math.sqrt(1.0 - E2 * (sine * sine))
    level = prime_vertical * math.cos(lat)
    return level * math.cos(lon), level * math.sin(lon), prime_vertical * (1.0 - E2) * sine


@inner
def normal_at(x: float, y: float, z: float) -> Three:
    nx, ny, nz = x * _Q1, y * _Q1, z * _Q3
    size = math.sqrt(nx * nx + ny * ny + nz * nz)
    return nx / size, ny / size, nz / size


@inner
def on_short(p: Three, q: Three, chord: float, part: float) -> Three:
    """The point at ``part`` of the arc from p to q: the chord's point, lifted along the normal there."""
    angle = 2.0 * math.asin(chord / (2.0 * _MEAN_RADIUS_M))
    near, far = math.sin((1.0 - part) * angle), math.sin(part * angle)
    share = far / (near + far)
    px, py, pz = normal_at(p[0], p[1], p[2])
    qx, qy, qz = normal_at(q[0], q[1], q[2])
    rest = 1.0 - share
    nx, ny, nz = px * rest + qx * share, py * rest + qy * share, pz * rest + qz * share
    size = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / size, ny / size, nz / size
    return lifted(
        p[0] * rest + q[0] * share, p[1] * rest + q[1] * share, p[2] * rest + q[2] * share, nx, ny, nz
    )


@inner
def lifted(x: float, y: float, z: float, nx: float, ny: float, nz: float) -> Three:
    """A point near the surface, moved along a unit normal until it lies on it."""
    for _ in range(3):  # Newton on a quadric: from 1 km below, three steps reach the last bit
        excess = x * x * _Q1 + y * y * _Q1 + z * z * _Q3 - 1.0
        slope = 2.0 * (x * nx * _Q1 + y * ny * _Q1 + z * nz * _Q3)
        step = excess / slope
        x, y, z = x - step * nx, y - step * ny, z - step * nz
    return x, y, z


@inner
def tangent(x: float, y: float, z: float, frame: Any) -> None:
    """Fill ``frame`` (13): up, east, north, centre of the Gaussian curvature, its radius; below a point."""
    ux, uy, uz = normal_at(x, y, z)
    flat = 1.0 - E2 * uz * uz
    prime_vertical = SEMI_MAJOR_M / math.sqrt(flat)
    radius = SEMI_MINOR_M / flat
    sign = -1.0 if uz < 0.0 else 1.0
    a = -1.0 / (sign + uz)
    b = ux * uy * a
    frame[0], frame[1], frame[2] = ux, uy, uz
    frame[3], frame[4], frame[5] = 1.0 + sign * ux * ux * a, sign * b, -sign * ux
    frame[6], frame[7], frame[8] = b, sign + uy * uy * a, -uy
    frame[9] = ux * prime_vertical - ux * radius
    frame[10] = uy * prime_vertical - uy * radius
    frame[11] = uz * prime_vertical * (1.0 - E2) - uz * radius
    frame[12] = radius


@inner
def bulge_at_most(chord: float) -> float:
    """How far a geodesic departs from its own chord at most."""
    return chord * chord / (8.0 * SHARPEST_RADIUS_M) * 1.01


@inner
def arc_at_least(chord: float) -> float:
    """No geodesic over this chord is shorter."""
    chord = max(chord, 0.0)
    arc = 2.0 * FLATTEST_RADIUS_M * math.asin(min(chord / (2.0 * FLATTEST_RADIUS_M), 1.0))
    return max(chord, arc * (1.0 - 1e-6))


@inner
def arc_at_most(chord: float) -> float:
    """The geodesic over this chord is not longer."""
    return 2.0 * SHARPEST_RADIUS_M * math.asin(min(chord / (2.0 * SHARPEST_RADIUS_M), 1.0)) * 1.001 + 1e-6


@inner
def chord_of(arc: float) -> float:
    """Every chord at least this long has a geodesic of at least ``arc``."""
    if arc <= 0.0:
        return arc
    angle = arc / (1.0 - 1e-6) / (2.0 * FLATTEST_RADIUS_M)
    if angle >= 0.5 * math.pi:
        return math.inf
    return 2.0 * FLATTEST_RADIUS_M * math.sin(angle) * (1.0 + 1e-12) + 1e-6


@inner
def sure_within(farthest: float, timed: bool) -> float:
    """How far the plane's answer is trusted: what lies nearer to the minimum is asked of geographiclib.

    At least ten times the largest error that was measured, and 15 times that of the waypoints of long edges
    (``docs/screening.md``, How exact). Never below the reckoned error; up to 1 m for the rest.
    """
    far = farthest / 100_000.0
    if timed:
        return max(1.0, 0.2 + 0.3 * far + 0.05 * far * far * far)
    return max(min(1.0, 0.02 + 0.3 * far * far * far), 0.002 + 0.05 * far * far * far)


@inner
def note_place(points: Any, row: int, place: Any) -> None:
    """Copy one point. Three numbers at once would be shorter here and take seconds to compile."""
    for axis in range(3):
        place[axis] = points[row, axis]
