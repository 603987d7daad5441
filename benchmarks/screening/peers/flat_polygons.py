# SPDX-License-Identifier: Apache-2.0
"""Geodesic polygons in one plane for the whole theatre, and which pairs come near: python-prtree's boxes.

The plane is the ellipsoidal gnomonic one about the middle of the work (PROJ): geodesics are straight in it to
0.1 m at 500 km. It keeps what crosses what, and no distance; it ends long before half of the Earth does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from python_prtree import PRTree4D

from benchmarks.screening.work import CENTRE, Floats, Ints, Polygons

__all__ = ["Flat", "PolygonQuestion", "candidates", "flat_of", "flat_one", "question_of", "tree_of"]

Singles = npt.NDArray[np.float32]

_AT_ONCE: Final = 500_000
_PLANE: Final = pyproj.Proj(f"+proj=gnom +lat_0={CENTRE[0]} +lon_0={CENTRE[1]} +ellps=WGS84")


class PolygonQuestion(NamedTuple):
    """One polygon as an application holds it: degrees; ``low`` and ``high`` in feet and seconds."""

    lat: Floats
    lon: Floats
    low: Ints
    high: Ints
    party: int


class Flat(NamedTuple):
    """``shapes`` (n,) Shapely polygons in the plane; ``sides`` (n, 8): low x, y, feet, seconds, then high."""

    shapes: Any
    sides: Singles


def question_of(polygons: Polygons, row: int) -> PolygonQuestion:
    lat, lon = polygons.ring(row).T
    return PolygonQuestion(lat, lon, polygons.low[row], polygons.high[row], int(polygons.party[row]))


def flat_of(polygons: Polygons, *, room_m: int) -> Flat:
    """All polygons in the plane, with boxes that are ``room_m`` wider than their corners on every side."""
    lat, lon = polygons.degrees()
    xy = np.stack(_PLANE(lon, lat), axis=1)
    begin = polygons.first_point[:-1]
    owner = np.repeat(np.arange(len(polygons)), np.diff(polygons.first_point))
    shapes = shapely.polygons(shapely.linearrings(xy, indices=owner))
    low, high = np.minimum.reduceat(xy, begin), np.maximum.reduceat(xy, begin)
    return Flat(shapes, _sides(low, high, polygons.low, polygons.high, room_m))


def flat_one(question: PolygonQuestion, *, room_m: int) -> tuple[Any, Singles]:
    """One polygon in the plane, and its box."""
    xy = np.stack(_PLANE(question.lon, question.lat), axis=1)
    return shapely.polygons(xy), _sides(xy.min(0), xy.max(0), question.low, question.high, room_m)


def tree_of(sides: Singles, rows: Ints) -> Any:
    """A tree of some of the boxes, under their own rows."""
    return PRTree4D(rows, sides[rows])


def candidates(sides: Singles, party: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Rows of the first and of the second party whose boxes meet, in portions."""
    ours, theirs = np.flatnonzero(party == 0), np.flatnonzero(party == 1)
    counts, hits = tree_of(sides, ours).batch_query_array(sides[theirs])
    asker = np.repeat(theirs, np.asarray(counts, dtype=np.int64))
    for begin in range(0, len(asker), _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        yield np.asarray(hits[some], dtype=np.int64), asker[some]


def _sides(low: Floats, high: Floats, from_: Ints, to: Ints, room_m: int) -> Singles:
    """Its boxes are closed: whole metres outward, feet and seconds one less."""
    parts = (np.floor(low) - room_m, from_, np.ceil(high) + room_m, to - 1)
    return np.concatenate(parts, axis=-1).astype(np.float32)
