# SPDX-License-Identifier: Apache-2.0
"""What work is everybody given? Seeded boxes and geodesic polygons: 800 × 800 km, 7 days, 0 to 60,000 ft.

Boxes are whole metres, feet and seconds in a plane; polygons are rings of WGS84 positions in 1e-7 degree,
joined by geodesics. The same seed and count give the same work on every machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["CENTRE", "Boxes", "Floats", "Ints", "Polygons", "boxes_of", "polygons_of"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SIDE_M: Final = 800_000
PERIOD_S: Final = 7 * 86_400
CEILING_FT: Final = 60_000
LONG_M: Final = (5_000.0, 100_000.0)
LOG_LONG: Final = (math.log(LONG_M[0]), math.log(LONG_M[1]))
"""The longer side of the box around: log-uniform, so that small areas are many and large ones few."""
SLIMNESS: Final = (0.2, 1.0)
"""Shorter side by longer side."""
THICKNESS_FT: Final = (1_000, 10_000)
WINDOW_S: Final = (1_800, 21_600)
CORNERS: Final = (4, 12)
CENTRE: Final = (35.0, 38.0)
"""Latitude and longitude of the middle of the polygons."""
_SPHERE_M: Final = 6_371_008.8


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """``low`` and ``high`` int64 (n, 4): x and y in metres, height in feet, time in seconds.

    Two boxes conflict when they overlap strictly in all four; touching is none.
    """

    low: Ints
    high: Ints

    def __len__(self) -> int:
        return len(self.low)

    @property
    def last(self) -> Ints:
        """The last whole number inside: for indexes to which touching boxes meet. Never below ``low``."""
        return self.high - 1

    def part(self, begin: int, end: int) -> Boxes:
        return Boxes(self.low[begin:end], self.high[begin:end])

    def taken(self, rows: Ints) -> Boxes:
        return Boxes(self.low[rows], self.high[rows])

    def save(self, path: Path) -> None:
        np.save(path, np.stack([self.low, self.high]))

    @staticmethod
    def load(path: Path) -> Boxes:
        low, high = np.load(path)
        return Boxes(low, high)


@dataclass(frozen=True, slots=True, eq=False)
class Polygons:
    """Rings that do not repeat a corner: ``i`` has the points ``first_point[i]`` to ``first_point[i + 1]``.

    ``lat_e7`` and ``lon_e7`` int32 (points,), counter-clockwise; ``low`` and ``high`` int64 (n, 2): feet
    AMSL, seconds. Every second polygon is the other party's; conflicts inside a party are left out.
    """

    first_point: Ints
    lat_e7: npt.NDArray[np.int32]
    lon_e7: npt.NDArray[np.int32]
    low: Ints
    high: Ints

    def __len__(self) -> int:
        return len(self.low)

    @property
    def party(self) -> Ints:
        return np.arange(len(self)) % 2

    @property
    def corners(self) -> int:
        return len(self.lat_e7)

    def degrees(self) -> tuple[Floats, Floats]:
        """Latitudes and longitudes of all points."""
        return self.lat_e7 / 1e7, self.lon_e7 / 1e7

    def ring(self, row: int) -> Floats:
        """Latitude and longitude in degrees, shape (corners, 2)."""
        here = slice(int(self.first_point[row]), int(self.first_point[row + 1]))
        return np.stack([self.lat_e7[here], self.lon_e7[here]], axis=1) / 1e7

    def save(self, path: Path) -> None:
        np.savez(
            path,
            first_point=self.first_point,
            lat_e7=self.lat_e7,
            lon_e7=self.lon_e7,
            low=self.low,
            high=self.high,
        )

    @staticmethod
    def load(path: Path) -> Polygons:
        with np.load(path) as kept:
            return Polygons(*(kept[name] for name in ("first_point", "lat_e7", "lon_e7", "low", "high")))


def boxes_of(count: int, seed: int) -> Boxes:
    """Boxes that lie wholly in the area, the period and below the ceiling."""
    chance = np.random.default_rng([seed, count])
    wide, deep = _sides_m(chance, count)
    size = np.stack([np.rint(wide), np.rint(deep), *_thickness_and_window(chance, count)], axis=1)
    room = np.array([SIDE_M, SIDE_M, CEILING_FT, PERIOD_S]) - size
    low = np.floor(chance.random((count, 4)) * room).astype(np.int64)
    return Boxes(low, low + size.astype(np.int64))


def polygons_of(count: int, seed: int) -> Polygons:
    """Star-shaped rings of 4 to 12 corners, turned at random, with the sides of the boxes around them."""
    chance = np.random.default_rng([seed, count, 1])
    corners = chance.integers(CORNERS[0], CORNERS[1] + 1, count)
    first = np.concatenate([[0], np.cumsum(corners)])
    owner = np.repeat(np.arange(count), corners)
    step = np.arange(len(owner)) - first[owner]
    # A jitter of less than one step keeps the corners in order and every gap below half a turn.
    angle = (step + chance.uniform(0.0, 0.8, len(owner))) * (2.0 * np.pi / corners[owner])
    reach = chance.uniform(0.5, 1.0, len(owner))
    slim = chance.uniform(*SLIMNESS, count)[owner]
    turn = chance.uniform(0.0, 2.0 * np.pi, count)[owner]
    along, across = reach * np.cos(angle), reach * np.sin(angle) * slim
    x = along * np.cos(turn) - across * np.sin(turn)
    y = along * np.sin(turn) + across * np.cos(turn)
    low, high = _limits(x, y, first)
    scale = np.exp(chance.uniform(*LOG_LONG, count)) / (high - low).max(axis=1)
    place = chance.random((count, 2)) * (SIDE_M - (high - low) * scale[:, None]) - SIDE_M / 2.0
    x = (x - low[owner, 0]) * scale[owner] + place[owner, 0]
    y = (y - low[owner, 1]) * scale[owner] + place[owner, 1]
    lat, lon = _on_the_globe(x, y)
    thick, window = _thickness_and_window(chance, count)
    size = np.stack([thick, window], axis=1)
    begin = np.floor(chance.random((count, 2)) * (np.array([CEILING_FT, PERIOD_S]) - size)).astype(np.int64)
    return Polygons(first, _e7(lat), _e7(lon), begin, begin + size)


def _sides_m(chance: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    long = np.exp(chance.uniform(*LOG_LONG, count))
    short = long * chance.uniform(*SLIMNESS, count)
    lies = chance.random(count) < 0.5
    return np.where(lies, long, short), np.where(lies, short, long)


def _thickness_and_window(chance: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    thick = chance.integers(THICKNESS_FT[0], THICKNESS_FT[1] + 1, count)
    window = chance.integers(WINDOW_S[0], WINDOW_S[1] + 1, count)
    return thick, window


def _limits(x: Floats, y: Floats, first: Ints) -> tuple[Floats, Floats]:
    begin = first[:-1]
    low = np.stack([np.minimum.reduceat(x, begin), np.minimum.reduceat(y, begin)], axis=1)
    high = np.stack([np.maximum.reduceat(x, begin), np.maximum.reduceat(y, begin)], axis=1)
    return low, high


def _on_the_globe(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Radians of latitude and longitude: the inverse gnomonic projection of a sphere about ``CENTRE``.

    That the Earth is no sphere moves corners, and the moved corners are the work.
    """
    lat0, lon0 = np.radians(CENTRE)
    away = np.hypot(x, y)
    angle = np.arctan(away / _SPHERE_M)
    sine, cosine = np.sin(angle), np.cos(angle)
    with np.errstate(invalid="ignore", divide="ignore"):
        north = np.where(away > 0.0, y / away, 0.0)
    lat = np.arcsin(cosine * np.sin(lat0) + north * sine * np.cos(lat0))
    lon = lon0 + np.arctan2(x * sine, away * np.cos(lat0) * cosine - y * np.sin(lat0) * sine)
    return lat, lon


def _e7(radians: Floats) -> npt.NDArray[np.int32]:
    return np.rint(np.degrees(radians) * 1e7).astype(np.int32)
