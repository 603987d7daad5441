# SPDX-License-Identifier: Apache-2.0
"""Shapely's STRtree (GEOS): 2D on x and y; numpy looks at height and time afterwards; one thread."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely

from benchmarks.screening.pairs import Pairs
from benchmarks.screening.work import Boxes, Ints

__all__ = ["Strtree", "StrtreeIndex"]

_AT_ONCE: Final = 2_000
"""Boxes asked in one call: one meets thousands of others in the plane, and all those must be held."""


class Strtree:
    """What most people reach for first. It cannot look at height and time while it searches."""

    @property
    def version(self) -> str:
        return f"Shapely {shapely.__version__} (GEOS {shapely.geos_version_string})"

    def warm(self) -> None:
        """Nothing is compiled or loaded late."""

    def all_pairs(self, boxes: Boxes) -> Pairs:
        index = StrtreeIndex(boxes)
        found = []
        for begin in range(0, len(boxes), _AT_ONCE):
            asker, hits = index.tree.query(index.tree.geometries[begin : begin + _AT_ONCE])
            asker += begin
            once = asker < hits
            asker, hits = asker[once], hits[once]
            kept = index.overlap(boxes.low[asker], boxes.high[asker], hits)
            found.append((asker[kept], hits[kept]))
        left, right = zip(*found, strict=True)
        return np.concatenate(left), np.concatenate(right)

    def build(self, boxes: Boxes) -> StrtreeIndex:
        return StrtreeIndex(boxes)


class StrtreeIndex:
    """The tree, which cannot grow, and the other two dimensions beside it."""

    static = True
    elsewhere = False
    own_bytes = None

    def __init__(self, boxes: Boxes) -> None:
        self.tree = shapely.STRtree(_flat(boxes))
        self._low, self._high = boxes.low[:, 2:], boxes.high[:, 2:]

    def overlap(self, low: Ints, high: Ints, rows: Ints) -> Any:
        """Which of these rows overlap in height and time."""
        return ((self._low[rows] < high[..., 2:]) & (low[..., 2:] < self._high[rows])).all(axis=1)

    def question(self, boxes: Boxes, row: int) -> tuple[Any, Ints, Ints]:
        return _flat(boxes.part(row, row + 1))[0], boxes.low[row], boxes.high[row]

    def ask(self, question: tuple[Any, Ints, Ints]) -> Ints:
        flat, low, high = question
        hits = self.tree.query(flat)
        return np.asarray(hits[self.overlap(low, high, hits)])

    def batch(self, boxes: Boxes) -> tuple[Any, Ints, Ints]:
        return _flat(boxes), boxes.low, boxes.high

    def ask_many(self, batch: tuple[Any, Ints, Ints]) -> Ints:
        flat, low, high = batch
        asker, hits = self.tree.query(flat)
        return np.asarray(hits[self.overlap(low[asker], high[asker], hits)])

    def insert(self, row: int, question: Any) -> None:
        raise TypeError(f"an STRtree cannot take in row {row}: {question}")

    def close(self) -> None:
        """Nothing is held outside this process."""


def _flat(boxes: Boxes) -> Any:
    """Its boxes are closed, so they end one earlier."""
    low, last = boxes.low, boxes.last
    return shapely.box(low[:, 0], low[:, 1], last[:, 0], last[:, 1])
