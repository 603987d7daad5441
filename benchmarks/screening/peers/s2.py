# SPDX-License-Identifier: Apache-2.0
"""python-prtree and S2 (the package ``spherely``): polygons on a sphere, with great circles for edges.

A great circle between two WGS84 positions leaves the geodesic by some metres over 100 km; what that changes
is found and counted. The sphere has distances, so it could take other minima, wrong by up to 0.5 %.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

import numpy as np
import shapely
import spherely

from benchmarks.screening.pairs import Pairs
from benchmarks.screening.peers.flat_polygons import (
    PolygonQuestion,
    candidates,
    flat_of,
    flat_one,
    question_of,
    tree_of,
)
from benchmarks.screening.work import Floats, Ints, Polygons

__all__ = ["S2", "S2Polygons"]

_ROOM_M: Final = 50
"""How far a great circle of the work may leave the geodesic, rounded up generously."""


class S2:
    """Boxes by python-prtree on all cores, polygons by S2 on one; handed over as WKB, its fastest way in."""

    @property
    def version(self) -> str:
        return f"python-prtree {version('python-prtree')}, S2 (spherely {version('spherely')})"

    def warm(self) -> None:
        """PROJ is loaded with the plane."""

    def all_conflicts(self, polygons: Polygons) -> Pairs:
        shapes = _on_the_sphere(polygons)
        flat = flat_of(polygons, room_m=_ROOM_M)
        found = []
        for left, right in candidates(flat.sides, polygons.party):
            meet = spherely.intersects(shapes[left], shapes[right])
            found.append((left[meet], right[meet]))
        lefts, rights = zip(*found, strict=True)
        return np.concatenate(lefts), np.concatenate(rights)

    def build(self, polygons: Polygons) -> S2Polygons:
        return S2Polygons(polygons)


class S2Polygons:
    """A tree for each party, and all polygons on the sphere."""

    def __init__(self, polygons: Polygons) -> None:
        self._shapes = _on_the_sphere(polygons)
        sides = flat_of(polygons, room_m=_ROOM_M).sides
        self._others = [tree_of(sides, np.flatnonzero(polygons.party != mine)) for mine in (0, 1)]

    def question(self, polygons: Polygons, row: int) -> PolygonQuestion:
        return question_of(polygons, row)

    def ask(self, question: PolygonQuestion) -> Ints:
        _, sides = flat_one(question, room_m=_ROOM_M)
        shape = spherely.create_polygon(np.stack([question.lon, question.lat], axis=1))
        hits = np.array(self._others[question.party].query(sides), dtype=np.int64)
        return np.asarray(hits[spherely.intersects(shape, self._shapes[hits])])


def _on_the_sphere(polygons: Polygons) -> Any:
    lat, lon = polygons.degrees()
    corners: Floats = np.stack([lon, lat], axis=1)
    owner = np.repeat(np.arange(len(polygons)), np.diff(polygons.first_point))
    return spherely.from_wkb(shapely.to_wkb(shapely.polygons(shapely.linearrings(corners, indices=owner))))
