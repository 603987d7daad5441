# SPDX-License-Identifier: Apache-2.0
"""Where two found different polygons in conflict, who was right? Asked in a plane where the two meet.

PROJ's ellipsoidal gnomonic plane shows geodesics as straight lines to less than a millimetre within 100 km of
its middle. The middle is moved to where the two polygons meet, three times; there GEOS decides.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, Literal

import numpy as np
import pyproj
import shapely

from benchmarks.screening.pairs import Pairs, ordered
from benchmarks.screening.work import Floats, Polygons

__all__ = ["Verdict", "settled", "verdict_of"]

Verdict = Literal["conflict", "none", "too near to tell"]

AT_MOST: Final = 2_000
"""More differences than this are not settled: then something is wrong, and it is said."""
_NEAR_M: Final = 0.001


def settled(ours: Pairs, theirs: Pairs, polygons: Polygons) -> dict[str, float]:
    """Counts of the pairs that only one of the two found, and of what they are."""
    count = len(polygons)
    mine, others = ordered(ours, count), ordered(theirs, count)
    only_ours = np.setdiff1d(mine, others, assume_unique=True)
    only_theirs = np.setdiff1d(others, mine, assume_unique=True)
    found: Counter[str] = Counter()
    for name, codes in (("only_ours", only_ours), ("only_theirs", only_theirs)):
        found[name] = len(codes)
        for code in codes[:AT_MOST].tolist():
            found[f"{name}, {verdict_of(polygons, code // count, code % count)}"] += 1
    return dict(found)


def verdict_of(polygons: Polygons, left: int, right: int) -> Verdict:
    """Whether two polygons of the work share interior, heights and times; closer than 1 mm nobody tells."""
    apart = (polygons.high[left] <= polygons.low[right]) | (polygons.high[right] <= polygons.low[left])
    if polygons.party[left] == polygons.party[right] or apart.any():
        return "none"
    rings = polygons.ring(left), polygons.ring(right)
    middle = np.concatenate(rings).mean(axis=0)
    for _ in range(3):
        plane = pyproj.Proj(f"+proj=gnom +lat_0={middle[0]:.12f} +lon_0={middle[1]:.12f} +ellps=WGS84")
        a, b = (_flat(plane, ring) for ring in rings)
        x, y = shapely.get_coordinates(_meeting_place(a, b))[0]
        lon, lat = plane(x, y, inverse=True)
        middle = np.array([lat, lon])
    if a.intersects(b):
        shared = a.intersection(b)
        return "too near to tell" if shared.buffer(-_NEAR_M / 2.0).is_empty else "conflict"
    return "too near to tell" if a.distance(b) < _NEAR_M else "none"


def _flat(plane: Any, ring: Floats) -> Any:
    return shapely.Polygon(np.stack(plane(ring[:, 1], ring[:, 0]), axis=1))


def _meeting_place(a: Any, b: Any) -> Any:
    if a.intersects(b):
        return a.intersection(b).representative_point()
    return shapely.shortest_line(a, b).interpolate(0.5, normalized=True)
