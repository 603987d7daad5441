# SPDX-License-Identifier: Apache-2.0
"""libspatialindex (the package ``rtree``): an R*-tree in C++, 4D, float64, in memory, one thread."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

import numpy as np
from rtree import core
from rtree.index import Index, Property

from benchmarks.screening.pairs import Pairs
from benchmarks.screening.peers.prtree import each_once
from benchmarks.screening.work import Boxes, Floats, Ints

__all__ = ["Libspatialindex", "LibspatialindexTree"]

_AT_ONCE: Final = 50_000


class Libspatialindex:
    """Bulk loaded from arrays (its STR packing), asked through its call for many boxes."""

    @property
    def version(self) -> str:
        return f"libspatialindex {core.rt.SIDX_Version().decode()} (rtree {version('rtree')})"

    def warm(self) -> None:
        """Nothing is compiled or loaded late."""

    def all_pairs(self, boxes: Boxes) -> Pairs:
        low, last = _floats(boxes)
        tree = _tree(low, last)
        found = []
        for begin in range(0, len(boxes), _AT_ONCE):
            some = slice(begin, begin + _AT_ONCE)
            hits, counts = tree.intersection_v(low[some], last[some])
            found.append(each_once(counts, hits, first=begin))
        left, right = zip(*found, strict=True)
        return np.concatenate(left), np.concatenate(right)

    def build(self, boxes: Boxes) -> LibspatialindexTree:
        return LibspatialindexTree(boxes)


class LibspatialindexTree:
    """The tree as it stands."""

    static = False
    elsewhere = False
    own_bytes = None

    def __init__(self, boxes: Boxes) -> None:
        self._tree = _tree(*_floats(boxes))

    def question(self, boxes: Boxes, row: int) -> tuple[int, ...]:
        return (*boxes.low[row].tolist(), *boxes.last[row].tolist())

    def ask(self, question: tuple[int, ...]) -> list[int]:
        return list(self._tree.intersection(question))

    def batch(self, boxes: Boxes) -> tuple[Floats, Floats]:
        return _floats(boxes)

    def ask_many(self, batch: tuple[Floats, Floats]) -> Ints:
        hits, _ = self._tree.intersection_v(*batch)
        return np.asarray(hits)

    def insert(self, row: int, question: tuple[int, ...]) -> None:
        self._tree.insert(row, question)

    def close(self) -> None:
        self._tree.close()


def _tree(low: Floats, last: Floats) -> Index:
    return Index((np.arange(len(low)), low, last), properties=Property(dimension=4))


def _floats(boxes: Boxes) -> tuple[Floats, Floats]:
    """Its boxes are closed, so they end one earlier."""
    return boxes.low.astype(np.float64), boxes.last.astype(np.float64)
