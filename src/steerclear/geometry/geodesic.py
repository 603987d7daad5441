# SPDX-License-Identifier: Apache-2.0
"""How far, in what direction, and where one arrives: the WGS84 geodesic, by geographiclib.

This is the truth that the fast kernels are held against (Karney 2013, error about 15 nm).
"""

from __future__ import annotations

from typing import Final

from geographiclib.geodesic import Geodesic

from steerclear.model.space import E7, Position

__all__ = ["bearing_deg", "destination", "distance_m"]

_WGS84: Final = Geodesic.WGS84


def distance_m(p: Position, q: Position) -> float:
    """Length of the shortest geodesic, metres."""
    return float(_inverse(p, q)["s12"])


def bearing_deg(p: Position, q: Position) -> float:
    """Azimuth at ``p`` towards ``q``, degrees clockwise from true north, 0 ≤ bearing < 360."""
    return float(_inverse(p, q)["azi1"]) % 360.0


def destination(p: Position, bearing_deg: float, distance_m: float) -> Position:
    """Where one arrives from ``p``, to the nearest 1e-7 degree."""
    arrived = _WGS84.Direct(p.lat_deg, p.lon_deg, bearing_deg, distance_m)
    return Position(round(arrived["lat2"] * E7), round(arrived["lon2"] * E7))


def _inverse(p: Position, q: Position) -> dict[str, float]:
    found: dict[str, float] = _WGS84.Inverse(p.lat_deg, p.lon_deg, q.lat_deg, q.lon_deg)
    return found
