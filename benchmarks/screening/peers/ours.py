# SPDX-License-Identifier: Apache-2.0
"""Steerclear's index over boxes: five dimensions, of which this work leaves the third of space empty."""

from __future__ import annotations

import os
from importlib.metadata import version

import numpy as np
import numpy.typing as npt

from benchmarks.screening.pairs import Pairs
from benchmarks.screening.work import Boxes, Ints
from steerclear.screening.boxes import BoxEngine

__all__ = ["Ours", "OursAlone", "OursStanding", "our_version"]

Rows = npt.NDArray[np.int32]
Question = tuple[tuple[int, ...], tuple[int, ...]]


class Ours:
    """x and y in metres, z from 0 to 1, height, time: it does the work of a dimension more than its peers."""

    threads = len(os.sched_getaffinity(0))

    @property
    def version(self) -> str:
        return our_version()

    def warm(self) -> None:
        """Loads the compiled kernels, or compiles them: everything is called once on three boxes."""
        few = Boxes(np.zeros((3, 4), np.int64), np.full((3, 4), 9, np.int64))
        self.all_pairs(few)
        index = self.build(few)
        index.ask(index.question(few, 0))
        index.insert(3, index.question(few, 0))
        index.ask_many(index.batch(few))

    def all_pairs(self, boxes: Boxes) -> Pairs:
        return BoxEngine.of_boxes(*_five(boxes), threads=self.threads).all_pairs()

    def build(self, boxes: Boxes) -> OursStanding:
        return OursStanding(boxes)


class OursAlone(Ours):
    """The same on one core, beside peers that use one."""

    threads = 1


class OursStanding:
    """The engine as it stands."""

    static = False
    elsewhere = False

    def __init__(self, boxes: Boxes) -> None:
        self._engine = BoxEngine.of_boxes(*_five(boxes))
        # The grid is made with the first question: it belongs to building.
        self._engine.query(*_questions(boxes.part(0, 1))[0])

    @property
    def own_bytes(self) -> int | None:
        return self._engine.memory_bytes

    def question(self, boxes: Boxes, row: int) -> Question:
        return _questions(boxes.part(row, row + 1))[0]

    def ask(self, question: Question) -> Rows:
        return self._engine.query(*question)

    def batch(self, boxes: Boxes) -> tuple[Ints, Ints]:
        return _five(boxes)

    def ask_many(self, batch: tuple[Ints, Ints]) -> Rows:
        return self._engine.query_many(*batch)[1]

    def insert(self, row: int, question: Question) -> None:
        assert self._engine.insert(*question) == row

    def close(self) -> None:
        """Nothing is held outside this process."""


def our_version() -> str:
    return f"steerclear {version('steerclear')} (numba {version('numba')}, numpy {version('numpy')})"


def _five(boxes: Boxes) -> tuple[Ints, Ints]:
    """From x, y, height, time to x, y, z, height, time."""
    return np.insert(boxes.low, 2, 0, axis=1), np.insert(boxes.high, 2, 1, axis=1)


def _questions(boxes: Boxes) -> list[Question]:
    low, high = _five(boxes)
    return [(tuple(a), tuple(b)) for a, b in zip(low.tolist(), high.tolist(), strict=True)]
