# SPDX-License-Identifier: Apache-2.0
"""What must one be able to do, to be measured? Build, answer, take in; each in the form that suits it best.

Forms of questions and newcomers are made before the clock starts: ``question`` and ``batch`` are not timed,
``all_pairs``, ``build``, ``ask``, ``ask_many`` and ``insert`` are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from benchmarks.screening.pairs import Digest, Pairs
from benchmarks.screening.work import Boxes, Polygons

__all__ = ["BoxPeer", "LiveBoxes", "LivePolygons", "PolygonPeer", "PolygonScreen"]

Rows = npt.NDArray[np.integer[Any]]


class LiveBoxes(Protocol):
    """An index that stands, over the rows of the boxes that it was built from."""

    def question(self, boxes: Boxes, row: int) -> Any:
        """A box in the form that this index likes best."""

    def ask(self, question: Any) -> Sequence[int] | Rows:
        """The rows of all boxes that overlap this one strictly, in any order."""

    def batch(self, boxes: Boxes) -> Any:
        """Many boxes at once, in the form that this index likes best. None: it has no such form."""

    def ask_many(self, batch: Any) -> Sequence[Any] | Rows:
        """One element for each hit of each question."""

    def insert(self, row: int, question: Any) -> None:
        """Take a box in; from then on it is found. Not asked when ``static``."""

    @property
    def static(self) -> bool:
        """True: nothing can be inserted."""

    @property
    def elsewhere(self) -> bool:
        """True: it lives in another process, and this one's memory says nothing."""

    @property
    def own_bytes(self) -> int | None:
        """What the index says itself of the memory that it takes. None: nothing."""

    def close(self) -> None:
        """Leave nothing behind."""


class BoxPeer(Protocol):
    """Boxes alone."""

    @property
    def version(self) -> str:
        """Of the code that does the work."""

    def warm(self) -> None:
        """Compile, connect, load: what happens once in a process and belongs to no measurement."""

    def all_pairs(self, boxes: Boxes) -> Pairs | Digest:
        """Build, and find each pair that overlaps strictly, once."""

    def build(self, boxes: Boxes) -> LiveBoxes:
        """Build an index that stands."""


class LivePolygons(Protocol):
    """Polygons that stand, to be asked one by one."""

    def question(self, polygons: Polygons, row: int) -> Any:
        """A polygon as an application would hold it: nothing of it is projected, split or prepared yet."""

    def ask(self, question: Any) -> Sequence[int] | Rows:
        """Rows of the other party's polygons that it conflicts with, exactly, in any order."""


class PolygonPeer(Protocol):
    """Polygons, bands and windows, to the last metre: asked one by one."""

    @property
    def version(self) -> str:
        """Of the code that does the work."""

    def warm(self) -> None:
        """Compile, connect, load: what happens once in a process and belongs to no measurement."""

    def build(self, polygons: Polygons) -> LivePolygons:
        """Make everything ready for ``ask``."""


class PolygonScreen(PolygonPeer, Protocol):
    """Polygons, all against all."""

    def all_conflicts(self, polygons: Polygons) -> Pairs:
        """Build, and find each pair of different parties in conflict, once."""
