# SPDX-License-Identifier: Apache-2.0
"""Many footprints as arrays: the form in which a million of them are given and kept.

    footprint i ──► rings first_ring[i] … first_ring[i + 1] − 1
                      ring r ──► points first_point[r] … first_point[r + 1] − 1

A polygon has a ring for its exterior and one for each hole, part after part; a circle has one ring of one
point, a corridor and timed legs one ring that is their line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.geometry.ellipsoid import Ints
from steerclear.model.space import Circle, Corridor, Footprint, Legs, MultiPolygon, Polygon, Position

__all__ = ["CIRCLE", "CORRIDOR", "LEGS", "POLYGON", "FootprintArrays"]

POLYGON: Final = 0
CIRCLE: Final = 1
CORRIDOR: Final = 2
LEGS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class FootprintArrays:
    """A structure of arrays, C-contiguous, for ``n`` footprints with ``r`` rings and ``p`` points in all.

    ``kind``         uint8 (n,)      0 polygon (with holes and parts), 1 circle, 2 corridor, 3 legs
    ``first_ring``   int64 (n + 1,)  begins with 0, ends with r
    ``ring_part``    int32 (r,)      which part of its footprint a ring belongs to, from 0, rising by 0 or 1;
                                     the first ring of a part is its exterior, the others are its holes
    ``first_point``  int64 (r + 1,)  begins with 0, ends with p
    ``lat_e7``, ``lon_e7``  int32 (p,)  1e-7 degree, WGS84; a ring does not repeat its first corner
    ``radius_mm``    int64 (p,)      of circles, corridors (half width, the same all along), legs; else 0
    ``time_s``       int64 (p,)      UTC seconds of legs; else 0
    """

    kind: NDArray[np.uint8]
    first_ring: Ints
    ring_part: NDArray[np.int32]
    first_point: Ints
    lat_e7: NDArray[np.int32]
    lon_e7: NDArray[np.int32]
    radius_mm: Ints
    time_s: Ints

    def __len__(self) -> int:
        return len(self.kind)

    @staticmethod
    def of(footprints: Sequence[Footprint]) -> FootprintArrays:
        """The arrays of footprints in their order."""
        kind: list[int] = []
        rings_of: list[int] = [0]
        part: list[int] = []
        points_of: list[int] = [0]
        points: list[tuple[int, int]] = []
        radius: list[int] = []
        time: list[int] = []
        for footprint in footprints:
            code, rings, radii, times = _taken_apart(footprint)
            kind.append(code)
            for index, ring in rings:
                part.append(index)
                points.extend((point.lat_e7, point.lon_e7) for point in ring)
                points_of.append(len(points))
            rings_of.append(len(part))
            missing = len(points) - len(radius)
            radius.extend(radii if radii is not None else (0,) * missing)
            time.extend(times if times is not None else (0,) * missing)
        both = np.array(points, dtype=np.int32).reshape(-1, 2)
        return FootprintArrays(
            kind=np.array(kind, dtype=np.uint8),
            first_ring=np.array(rings_of, dtype=np.int64),
            ring_part=np.array(part, dtype=np.int32),
            first_point=np.array(points_of, dtype=np.int64),
            lat_e7=np.ascontiguousarray(both[:, 0]),
            lon_e7=np.ascontiguousarray(both[:, 1]),
            radius_mm=np.array(radius, dtype=np.int64),
            time_s=np.array(time, dtype=np.int64),
        )

    @staticmethod
    def of_one(footprint: Footprint) -> FootprintArrays:
        """As ``of``, for one: quicker for the most usual, a polygon without holes."""
        if not isinstance(footprint, Polygon) or footprint.holes:
            return FootprintArrays.of((footprint,))
        corners = footprint.exterior
        nothing = np.zeros(len(corners), dtype=np.int64)
        return FootprintArrays(
            kind=_A_POLYGON,
            first_ring=_ONE_RING,
            ring_part=_FIRST_PART,
            first_point=np.array((0, len(corners))),
            lat_e7=np.array([corner.lat_e7 for corner in corners], dtype=np.int32),
            lon_e7=np.array([corner.lon_e7 for corner in corners], dtype=np.int32),
            radius_mm=nothing,
            time_s=nothing,
        )

    def footprint(self, row: int) -> Footprint:
        """One footprint as a noun. Raises ``BadInput`` where the noun refuses it."""
        rings: dict[int, list[tuple[Position, ...]]] = {}
        for ring in range(self.first_ring[row], self.first_ring[row + 1]):
            points = slice(self.first_point[ring], self.first_point[ring + 1])
            places = zip(self.lat_e7[points].tolist(), self.lon_e7[points].tolist(), strict=True)
            rings.setdefault(int(self.ring_part[ring]), []).append(
                tuple(Position(*place) for place in places)
            )
        if not rings:
            raise BadInput(
                "footprint-empty", "A MultiPolygon has no parts.", remedy="Give at least one polygon."
            )
        if self.kind[row] == POLYGON:
            parts = tuple(Polygon(part[0], tuple(part[1:])) for part in rings.values())
            return parts[0] if len(parts) == 1 else MultiPolygon(parts)
        first = int(self.first_ring[row])
        own = slice(self.first_point[first], self.first_point[first + 1])
        (line,) = rings[0]
        radii, times = tuple(self.radius_mm[own].tolist()), tuple(self.time_s[own].tolist())
        match int(self.kind[row]):
            case 1:
                return Circle(line[0], radii[0])
            case 2:
                return Corridor(line, radii[0])
            case _:
                return Legs(line, times, radii)

    def check_shape(self) -> None:
        """Raise ``BadInput`` (``arrays-uneven``) where the arrays do not fit each other."""
        for name, wanted in _TYPES.items():
            array = getattr(self, name)
            if array.dtype is not wanted and array.dtype != wanted:
                raise _uneven(f"{name} is not an array of {wanted}")
            if array.ndim != 1 or not array.flags.c_contiguous:
                raise _uneven(f"{name} is not contiguous and one-dimensional")
        rings, points = len(self.ring_part), len(self.lat_e7)
        _check_runs("first_ring", self.first_ring, len(self.kind), rings)
        _check_runs("first_point", self.first_point, rings, points)
        for name in ("lon_e7", "radius_mm", "time_s"):
            if len(getattr(self, name)) != points:
                raise _uneven(f"{name} has {len(getattr(self, name))} values for {points} points")
        if len(self.kind) and self.kind.max() > LEGS:
            raise _uneven(f"kind {self.kind.max()} is none of 0 to 3")


_A_POLYGON: Final = np.array([POLYGON], dtype=np.uint8)
_ONE_RING: Final[Ints] = np.array([0, 1])
_FIRST_PART: Final = np.zeros(1, dtype=np.int32)

_TYPES: Final = {
    "kind": np.dtype(np.uint8),
    "first_ring": np.dtype(np.int64),
    "ring_part": np.dtype(np.int32),
    "first_point": np.dtype(np.int64),
    "lat_e7": np.dtype(np.int32),
    "lon_e7": np.dtype(np.int32),
    "radius_mm": np.dtype(np.int64),
    "time_s": np.dtype(np.int64),
}

_Parts = tuple[int, list[tuple[int, Sequence[Position]]], Sequence[int] | None, Sequence[int] | None]


def _taken_apart(footprint: Footprint) -> _Parts:
    """Kind, rings with the part they belong to, radii (mm) and times (s) of the points."""
    match footprint:
        case Polygon():
            return POLYGON, _rings((footprint,)), None, None
        case MultiPolygon():
            return POLYGON, _rings(footprint.parts), None, None
        case Circle():
            return CIRCLE, [(0, (footprint.centre,))], (footprint.radius_mm,), None
        case Corridor():
            widths = (footprint.half_width_mm,) * len(footprint.points)
            return CORRIDOR, [(0, footprint.points)], widths, None
        case Legs():
            return LEGS, [(0, footprint.points)], footprint.radii_mm, footprint.times_s


def _rings(parts: Sequence[Polygon]) -> list[tuple[int, Sequence[Position]]]:
    return [(index, ring) for index, part in enumerate(parts) for ring in (part.exterior, *part.holes)]


def _check_runs(name: str, first: Ints, count: int, total: int) -> None:
    if len(first) != count + 1 or first[0] != 0 or first[-1] != total or (first[1:] < first[:-1]).any():
        raise _uneven(f"{name} does not lead from 0 to {total} in {count} rising steps")


def _uneven(what: str) -> BadInput:
    return BadInput(
        "arrays-uneven",
        f"The arrays of footprints do not fit each other: {what}.",
        remedy="Build them as the description of FootprintArrays says, or with FootprintArrays.of.",
    )
