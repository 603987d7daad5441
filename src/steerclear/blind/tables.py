# SPDX-License-Identifier: Apache-2.0
"""Where in space do the cells of a grid lie? Worked out once for each grid, for compiled loops."""

from __future__ import annotations

import threading
from functools import cache
from typing import Final

import numpy as np

from steerclear.blind.grid import Grid, merged_of
from steerclear.blind.kernels_cover import Room, Tables
from steerclear.geometry.ellipsoid import E2, SEMI_MAJOR_M, SHARPEST_RADIUS_M, Floats

__all__ = ["MOST_PIECES", "room_of_thread", "tables_of"]

MOST_PIECES: Final = 65_536
"""As many as one footprint may have (``geometry.shapes``)."""

_MARKS: Final = 1 << 18
_OF_THREAD: Final = threading.local()


@cache
def tables_of(grid: Grid) -> Tables:
    """The tables of a grid. 15″ takes 8 MB, the others next to nothing."""
    step = grid.step_arc_s / 3600
    # From whole numbers: the middle of the table is the equator to the last bit, and its halves mirror.
    lat = np.radians(np.arange(-grid.rows, grid.rows + 1) * grid.step_arc_s / 7200)
    lon = np.radians(np.arange(-grid.columns, grid.columns + 1) * grid.step_arc_s / 7200)
    prime_vertical = SEMI_MAJOR_M / np.sqrt(1 - E2 * np.sin(lat) ** 2)
    level, height = prime_vertical * np.cos(lat), prime_vertical * (1 - E2) * np.sin(lat)
    merged = merged_of(grid)
    width = np.radians(merged * step)
    bow = np.column_stack([_bow_m(lat[side::2][: grid.rows], width) for side in (0, 2)])
    size = _size_m(level, height, width) + bow.max(axis=1) + 1.0
    return Tables(step, level, height, np.cos(lon), np.sin(lon), merged, size, bow)


def _bow_m(lat: Floats, width: Floats) -> Floats:
    """How far a parallel departs from the geodesic between two of its points, at most.

    On a sphere the middle of the great circle lies ½·sin 2φ·(sec(λ/2) − 1) farther from the equator; a tenth
    and a centimetre more for the ellipsoid.
    """
    return np.asarray(SEMI_MAJOR_M * np.sin(2 * np.abs(lat)) / 2 * (1 / np.cos(width / 2) - 1) * 1.1 + 0.01)


def _size_m(level: Floats, height: Floats, width: Floats) -> Floats:
    """From the middle of a cell to its farthest corner, at most."""
    middle, chords = slice(1, None, 2), []
    for side in (slice(0, -1, 2), slice(2, None, 2)):
        x = level[side] * np.cos(width / 2) - level[middle]
        y, z = level[side] * np.sin(width / 2), height[side] - height[middle]
        chords.append(np.sqrt(x * x + y * y + z * z))
    chord = np.maximum(*chords)
    return np.asarray(2 * SHARPEST_RADIUS_M * np.arcsin(chord / (2 * SHARPEST_RADIUS_M)) * 1.001)


def room_of_thread(grid: Grid) -> Room:
    """Room that no other thread uses."""
    rooms: dict[int, Room] | None = getattr(_OF_THREAD, "rooms", None)
    if rooms is None:
        rooms = _OF_THREAD.rooms = {}
    if grid.step_arc_s not in rooms:
        marks = max(_MARKS, 2 * grid.columns)
        rooms[grid.step_arc_s] = Room(
            np.empty((MOST_PIECES, 4), dtype=np.int64),
            np.empty(marks, dtype=np.uint8),
            np.empty((marks, 2), dtype=np.int32),
        )
    return rooms[grid.step_arc_s]
