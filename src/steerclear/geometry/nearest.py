# SPDX-License-Identifier: Apache-2.0
"""How near do two pieces come, less their radii? Many pairs at once, in closed form.

Each pair is projected to the tangent plane at its own middle, where both pieces are straight lines
``A(s) = a + s·u`` and ``B(w) = b + w·v`` with ``s, w`` in [0, 1] and radii linear in ``s`` and ``w``. The
function ``|A(s) − B(w)| − radii`` is convex, so its least value lies where the lines cross or on a side of
the square:

        w=1 ┌────────┐      two timed pieces may also be held together by a lag:
            │   ×    │      |time_A(s) − time_B(w)| ≤ lag is a strip across the square,
        w=0 └────────┘      and its two border lines are two more sides
           s=0      s=1

The plane only finds *where*; the distance there is then taken on the osculating sphere. What is left of
error is bounded by ``error_m``; see ``docs/screening.md`` for how it was measured. The loops are compiled
(``kernels_nearest``), and loaded when something is first compared: not every command compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.ellipsoid import Floats, Ints
from steerclear.geometry.outline import Pieces

__all__ = ["Near", "Nearest", "near_pairs", "nearest"]

_SURE_CROSSING_M: Final = 0.1
_ROOM: Final = 4_096


@dataclass(frozen=True, slots=True)
class Nearest:
    """One row per pair of pieces. The true least gap lies within ``gap_m`` ± ``error_m``.

    ``gap_m`` is infinite where the lag leaves no common time. ``s`` and ``w`` say where on the two pieces.
    ``crosses`` holds where the two pieces surely cross, at least 0.1 m deep on all four sides.
    """

    gap_m: Floats
    error_m: Floats
    s: Floats
    w: Floats
    crosses: NDArray[np.bool_]

    @staticmethod
    def of(found: Floats) -> Nearest:
        """From the columns of ``kernels_nearest``."""
        gap, error, _, s, w, depth, _ = found.T
        return Nearest(gap, error, s, w, depth > _SURE_CROSSING_M + error)


@dataclass(frozen=True, slots=True)
class Near:
    """Rows of pieces, and how near they come."""

    a: Ints
    b: Ints
    found: Nearest


def nearest(a: Pieces, b: Pieces, lag_s: float | None = None) -> Nearest:
    """The least gap of each row of ``a`` to the same row of ``b``; with ``lag_s``, at times that close."""
    from steerclear.geometry.kernels_timed import nearest_rows
    from steerclear.geometry.scratch import scratch_of_thread

    found = np.empty((len(a), 7))
    nearest_rows(a.table(), b.table(), _lag(lag_s), scratch_of_thread(), found)
    return Nearest.of(found)


def near_pairs(a: Pieces, b: Pieces, within_m: float, lag_s: float | None = None) -> Near:
    """Every row of ``a`` with every row of ``b`` whose gap may be less than ``within_m``."""
    from steerclear.geometry.kernels_timed import near_rows
    from steerclear.geometry.scratch import scratch_of_thread

    one, other, room = a.table(), b.table(), _ROOM
    while True:
        rows, found = np.empty((room, 2), dtype=np.int64), np.empty((room, 7))
        count = int(near_rows(one, other, within_m, _lag(lag_s), scratch_of_thread(), rows, found))
        if count <= room:
            return Near(rows[:count, 0], rows[:count, 1], Nearest.of(found[:count]))
        room = count


def _lag(lag_s: float | None) -> float:
    return -1.0 if lag_s is None else float(lag_s)
