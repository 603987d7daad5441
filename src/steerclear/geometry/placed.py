# SPDX-License-Identifier: Apache-2.0
"""Where does a footprint lie once it is moved as a whole, so far in such a direction?

It moves as a stiff plate lying on the Earth: its middle goes along the geodesic, and everything about the
middle keeps its distance and its direction relative to the way travelled. So shapes stay what they are at
any latitude, across the antimeridian and over a pole; corners are rounded to 1e-7 degree. Because the Earth
is not a sphere the sides of a plate change by up to 2 parts in 100,000 for each 50 km.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from steerclear.geometry.ellipsoid import Floats, ecef, lifted, normals_at, position_of
from steerclear.geometry.geodesic import bearing_deg, destination
from steerclear.geometry.outline import Outline
from steerclear.model.space import E7, Circle, Corridor, Footprint, Legs, MultiPolygon, Polygon, Position

__all__ = ["Motion", "middle_of", "moved"]


def middle_of(outlines: Sequence[Outline]) -> Position:
    """The place below the middle of everything, to the nearest 1e-7 degree."""
    low = np.min([outline.middle - outline.radius_m for outline in outlines], axis=0)
    high = np.max([outline.middle + outline.radius_m for outline in outlines], axis=0)
    lat, lon = position_of((low + high) / 2)
    return Position(round(float(lat) * E7), round(float(lon) * E7))


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """``turn`` (3, 3) and the two points (3,), ECEF metres: what lay at ``start`` lies at ``end``."""

    turn: Floats
    start: Floats
    end: Floats

    @staticmethod
    def along(middle: Position, bearing: float, distance_m: float) -> Motion:
        """From ``middle`` in the direction of ``bearing`` (degrees from true north) by ``distance_m``."""
        arrived = destination(middle, bearing, distance_m)
        onward = (bearing_deg(arrived, middle) + 180.0) % 360.0 if arrived != middle else bearing
        begun, ended = _frame(middle, bearing), _frame(arrived, onward)
        return Motion(ended.T @ begun, _point(middle), _point(arrived))

    def of(self, points: Sequence[Position]) -> tuple[Position, ...]:
        places = np.array([(point.lat_e7, point.lon_e7) for point in points], dtype=np.float64) / E7
        there = self.end + (ecef(places[:, 0], places[:, 1]) - self.start) @ self.turn.T
        lat, lon = position_of(lifted(there, normals_at(there)))
        return tuple(
            Position(round(y * E7), round(x * E7)) for y, x in zip(lat.tolist(), lon.tolist(), strict=True)
        )


def moved(footprint: Footprint, motion: Motion) -> Footprint:
    """The footprint after the motion; radii, widths and times stay.

    Raises ``BadInput`` where two corners fall together in rounding.
    """
    match footprint:
        case Polygon():
            return Polygon(motion.of(footprint.exterior), tuple(motion.of(hole) for hole in footprint.holes))
        case MultiPolygon():
            return MultiPolygon(tuple(_part(part, motion) for part in footprint.parts))
        case Circle():
            return replace(footprint, centre=motion.of((footprint.centre,))[0])
        case Corridor() | Legs():
            return replace(footprint, points=motion.of(footprint.points))


def _part(part: Polygon, motion: Motion) -> Polygon:
    return Polygon(motion.of(part.exterior), tuple(motion.of(hole) for hole in part.holes))


def _point(place: Position) -> Floats:
    return ecef(np.array(place.lat_deg), np.array(place.lon_deg))


def _frame(place: Position, bearing: float) -> Floats:
    """Rows: ahead, to the right, up."""
    lat, lon, ahead = np.radians((place.lat_deg, place.lon_deg, bearing))
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    north = np.array([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    forward = np.cos(ahead) * north + np.sin(ahead) * east
    right = np.cos(ahead) * east - np.sin(ahead) * north
    return np.stack([forward, right, up])
