# SPDX-License-Identifier: Apache-2.0
"""python-prtree: a priority R-tree in C++, 4D, float32, asked in one call on all cores."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt
from python_prtree import PRTree4D

from benchmarks.screening.pairs import Pairs
from benchmarks.screening.work import Boxes, Ints

__all__ = ["Prtree", "PrtreeIndex", "each_once"]

Singles = npt.NDArray[np.float32]


class Prtree:
    """Whole numbers below 2^24 are exact in its float32; its boxes are closed, so they end one earlier."""

    @property
    def version(self) -> str:
        return f"python-prtree {version('python-prtree')}"

    def warm(self) -> None:
        """Nothing is compiled or loaded late."""

    def all_pairs(self, boxes: Boxes) -> Pairs:
        sides = _sides(boxes)
        tree = PRTree4D(np.arange(len(boxes)), sides)
        counts, hits = tree.batch_query_array(sides)
        return each_once(counts, hits)

    def build(self, boxes: Boxes) -> PrtreeIndex:
        return PrtreeIndex(boxes)


class PrtreeIndex:
    """The tree as it stands."""

    static = False
    elsewhere = False
    own_bytes = None

    def __init__(self, boxes: Boxes) -> None:
        self._tree = PRTree4D(np.arange(len(boxes)), _sides(boxes))

    def question(self, boxes: Boxes, row: int) -> Singles:
        return np.asarray(_sides(boxes.part(row, row + 1))[0])

    def ask(self, question: Singles) -> list[int]:
        found: list[int] = self._tree.query(question)
        return found

    def batch(self, boxes: Boxes) -> Singles:
        return _sides(boxes)

    def ask_many(self, batch: Singles) -> Ints:
        _, hits = self._tree.batch_query_array(batch)
        return np.asarray(hits)

    def insert(self, row: int, question: Singles) -> None:
        self._tree.insert(row, question)

    def close(self) -> None:
        self._tree = None


def each_once(counts: Any, hits: Any, *, first: int = 0) -> Pairs:
    """From the hits of every box from row ``first`` on (itself, each pair twice) to each pair once."""
    asker = np.repeat(np.arange(first, first + len(counts)), np.asarray(counts, dtype=np.int64))
    hits = np.asarray(hits, dtype=np.int64)
    once = asker < hits
    return asker[once], hits[once]


def _sides(boxes: Boxes) -> Singles:
    return np.concatenate([boxes.low, boxes.last], axis=1).astype(np.float32)
