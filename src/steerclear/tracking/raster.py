# SPDX-License-Identifier: Apache-2.0
"""Areas' boxes, listed by squares of the ground, so that a mover asks a handful of them and not all."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.tracking.kernels_raster import Raster, cells_of, listed

__all__ = ["raster_of"]

_SQUARES_AN_AREA: Final = 4
_ENTRIES_AN_AREA: Final = 8
_AT_LEAST: Final = 1_024
_SMALLEST_M: Final = 1_000.0
_SIDES: Final = 4
"""x, y, z and height, low and high."""


def raster_of(boxes: NDArray[np.int32]) -> Raster:
    """``boxes`` (areas, 10) as ``Raster`` has them; one area at least.

    Squares are about as wide as the areas; wider where a few large areas would else lie in very many.
    """
    low, high = boxes[:, :3].astype(np.float64), boxes[:, _SIDES : _SIDES + 3].astype(np.float64)
    left_out = int(np.argmax(np.abs((low + high).mean(axis=0))))
    along, across = (left_out + 1) % 3, (left_out + 2) % 3
    axes = [along, across]
    base, reaches = low[:, axes].min(axis=0), (high[:, axes].max(axis=0) - low[:, axes].min(axis=0)) + 1.0
    side = max(float(np.median((high - low)[:, axes].max(axis=1))), _SMALLEST_M)
    while True:
        count = np.floor(reaches / side).astype(np.int64) + 1
        shape = np.array([along, across, left_out, *count], dtype=np.int64)
        few = int(count.prod()) <= _SQUARES_AN_AREA * len(boxes) + _AT_LEAST
        if few and cells_of(boxes, shape, base, 1.0 / side) <= _ENTRIES_AN_AREA * len(boxes) + _AT_LEAST:
            break
        side *= 1.5
    entries = cells_of(boxes, shape, base, 1.0 / side)
    first, entry = np.empty(int(count.prod()) + 1, dtype=np.int32), np.empty(entries, dtype=np.int32)
    made = Raster(shape, base, 1.0 / side, first, entry, boxes)
    listed(made)
    return made
