# SPDX-License-Identifier: Apache-2.0
"""python-prtree and Shapely in one gnomonic plane: the fastest that we found to put together from packages.

True to 0.1 m for this one theatre and for a lateral minimum of 0; it has no distances, so no other minimum.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

import numpy as np
import shapely

from benchmarks.screening.pairs import Pairs
from benchmarks.screening.peers.flat_polygons import (
    PolygonQuestion,
    candidates,
    flat_of,
    flat_one,
    question_of,
    tree_of,
)
from benchmarks.screening.work import Ints, Polygons

__all__ = ["Gnomonic", "GnomonicPolygons", "StrtreeGnomonic", "StrtreePolygons"]

_ROOM_M: Final = 1
"""How far an edge may leave the straight line between its corners in the plane, rounded up."""


class Gnomonic:
    """Boxes by python-prtree on all cores, polygons by GEOS on one."""

    @property
    def version(self) -> str:
        geos = shapely.geos_version_string
        return f"python-prtree {version('python-prtree')}, Shapely {shapely.__version__} (GEOS {geos})"

    def warm(self) -> None:
        """PROJ is loaded with the plane."""

    def all_conflicts(self, polygons: Polygons) -> Pairs:
        flat = flat_of(polygons, room_m=_ROOM_M)
        found = []
        for left, right in candidates(flat.sides, polygons.party):
            meet = shapely.intersects(flat.shapes[left], flat.shapes[right])
            found.append((left[meet], right[meet]))
        lefts, rights = zip(*found, strict=True)
        return np.concatenate(lefts), np.concatenate(rights)

    def build(self, polygons: Polygons) -> GnomonicPolygons:
        return GnomonicPolygons(polygons)


class GnomonicPolygons:
    """A tree for each party, and all polygons in the plane."""

    def __init__(self, polygons: Polygons) -> None:
        flat = flat_of(polygons, room_m=_ROOM_M)
        self._shapes = flat.shapes
        self._others = [tree_of(flat.sides, np.flatnonzero(polygons.party != mine)) for mine in (0, 1)]

    def question(self, polygons: Polygons, row: int) -> PolygonQuestion:
        return question_of(polygons, row)

    def ask(self, question: PolygonQuestion) -> Ints:
        shape, sides = flat_one(question, room_m=_ROOM_M)
        hits = np.array(self._others[question.party].query(sides), dtype=np.int64)
        return np.asarray(hits[shapely.intersects(shape, self._shapes[hits])])


class StrtreeGnomonic:
    """Shapely alone: its tree in the plane, numpy for height and time, its predicate for what is left."""

    @property
    def version(self) -> str:
        return f"Shapely {shapely.__version__} (GEOS {shapely.geos_version_string})"

    def warm(self) -> None:
        """PROJ is loaded with the plane."""

    def build(self, polygons: Polygons) -> StrtreePolygons:
        return StrtreePolygons(polygons)


class StrtreePolygons:
    """One tree in the plane, and the other two dimensions beside it."""

    def __init__(self, polygons: Polygons) -> None:
        self._tree = shapely.STRtree(flat_of(polygons, room_m=_ROOM_M).shapes)
        self._low, self._high, self._party = polygons.low, polygons.high, polygons.party

    def question(self, polygons: Polygons, row: int) -> PolygonQuestion:
        return question_of(polygons, row)

    def ask(self, question: PolygonQuestion) -> Ints:
        shape, _ = flat_one(question, room_m=_ROOM_M)
        hits = self._tree.query(shape)
        near = (self._low[hits] < question.high) & (question.low < self._high[hits])
        hits = hits[near.all(axis=1) & (self._party[hits] != question.party)]
        return np.asarray(hits[shapely.intersects(shape, self._tree.geometries[hits])])
