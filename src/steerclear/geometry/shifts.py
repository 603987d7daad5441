# SPDX-License-Identifier: Apache-2.0
"""By which shifts of a footprint do its lines come too near to those of another?

A shift is an arrow in the tangent plane at one place. For two straight pieces every arrow from a point of
ours to a point of theirs is one that brings them together; all of them are a polygon (Minkowski: theirs
turned about and laid along ours), widened by both radii and the minimum. Pieces that move count at times of
each that are no more than the lag apart, which cuts the corners off that polygon. The union over all pairs
of pieces holds every shift that brings *lines* too near; an area inside another is found by screening.

It proposes and never decides: the plane stretches far from its middle (1 in 4,000 at 100 km), so what is
chosen keeps a margin, and is screened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from steerclear.geometry.ellipsoid import (
    Bools,
    Floats,
    Ints,
    TangentFrame,
    ecef,
    frame_at,
    lifted,
    position_of,
)
from steerclear.geometry.geodesic import bearing_deg, distance_m
from steerclear.geometry.outline import Outline, Pieces
from steerclear.model.space import E7, Position

__all__ = ["Arrow", "ShiftPlane"]

_MOST_PIECES: Final = 48
"""More pieces of a ring than this are taken together in runs, each a thick line around its run."""

_ARC_SEGMENTS: Final = 16
_ARC_ROOM: Final = 1 / np.cos(np.pi / 4 / _ARC_SEGMENTS)


@dataclass(frozen=True, slots=True)
class Arrow:
    """A shift: degrees clockwise from true north, and metres along the geodesic."""

    bearing_deg: float
    distance_m: float


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Straight lines of the plane: ends (n, 2), radii and times at both."""

    start: Floats
    end: Floats
    radius0_m: Floats
    radius1_m: Floats
    time0_s: Floats
    time1_s: Floats

    def __len__(self) -> int:
        return len(self.radius0_m)


class ShiftPlane:
    """The plane at ``middle``, in which a footprint about it is shifted by up to ``reach_m``."""

    def __init__(self, middle: Position, reach_m: float) -> None:
        self._middle, self._reach_m = middle, reach_m
        self._frame: TangentFrame = frame_at(ecef(np.array([middle.lat_deg]), np.array([middle.lon_deg])))

    def too_near(self, ours: Outline, theirs: Outline, minimum_m: float, lag_s: float | None) -> BaseGeometry:
        """The shifts of ours that bring their lines nearer than the minimum; polygons of the plane.

        With ``lag_s`` both are timed legs that count only at times that close. Never less than all of
        them, but for what the plane stretches.
        """
        far_m = self._reach_m + minimum_m
        mine = self._lines(_near(ours, theirs, far_m))
        other = self._lines(_near(theirs, ours, far_m))
        i, j = (axis.ravel() for axis in np.indices((len(mine), len(other))))
        if not len(i):
            return shapely.MultiPolygon()
        arrows, radii_m = _arrows(mine, other, i, j, lag_s)
        return _union(arrows, (radii_m + minimum_m) * _ARC_ROOM)

    def nearest_free(self, taken: BaseGeometry) -> list[Arrow]:
        """The shortest shift in each part of what is not taken, shortest first; within the reach."""
        origin = shapely.Point(0, 0)
        free = origin.buffer(self._reach_m, quad_segs=64).difference(taken)
        parts = [part for part in shapely.get_parts(free) if not part.is_empty]
        nearest = [shapely.get_coordinates(shapely.shortest_line(origin, part))[-1] for part in parts]
        found = [self._arrow(at) for at in sorted(nearest, key=lambda at: (float(np.hypot(*at)), *at))]
        return [arrow for arrow in found if arrow.distance_m <= self._reach_m]

    def _arrow(self, at: Floats) -> Arrow:
        """Rounded to what can be said on a line: hundredths of a degree, whole metres upward."""
        frame = self._frame
        foot = frame.centre[0] + frame.radius_m[0] * frame.up[0]
        point = foot + at[0] * frame.east[0] + at[1] * frame.north[0]
        ray = point - frame.centre[0]
        lat, lon = position_of(lifted(point, ray / np.linalg.norm(ray)))
        there = Position(round(float(lat) * E7), round(float(lon) * E7))
        if there == self._middle:
            return Arrow(0.0, 0.0)
        length_m = distance_m(self._middle, there)
        return Arrow(round(bearing_deg(self._middle, there), 2) % 360.0, float(np.ceil(length_m)))

    def _lines(self, pieces: Pieces) -> _Lines:
        start, end = self._project(pieces.start), self._project(pieces.end)
        lines = _Lines(start, end, pieces.radius0_m, pieces.radius1_m, pieces.time0_s, pieces.time1_s)
        timed = bool((pieces.time1_s != pieces.time0_s).any())
        return lines if timed or len(lines) <= _MOST_PIECES else _in_runs(lines)

    def _project(self, points: Floats) -> Floats:
        x, y, _ = self._frame.project(points)
        return np.stack([x, y], axis=1)


def _near(outline: Outline, other: Outline, far_m: float) -> Pieces:
    """The pieces that any shift within reach could bring near: the others may lie beyond the horizon."""
    p = outline.pieces
    away = np.linalg.norm(p.middle - other.middle, axis=1) - p.half_m - np.maximum(p.radius0_m, p.radius1_m)
    return p.take(np.flatnonzero(away <= (other.radius_m + other.reach_m + far_m) * 1.01 + 100.0))


def _in_runs(lines: _Lines) -> _Lines:
    """Fewer, thicker lines that hold the many: consecutive ones, as long as they join."""
    joined: Bools = np.all(np.abs(lines.start[1:] - lines.end[:-1]) < 1e-3, axis=1)
    longest = -(-len(lines) // _MOST_PIECES)
    first = [0]
    for row in range(1, len(lines)):
        if not joined[row - 1] or row - first[-1] == longest:
            first.append(row)
    last = [*(row - 1 for row in first[1:]), len(lines) - 1]
    thick = [_thick(lines, begin, end) for begin, end in zip(first, last, strict=True)]
    none = np.zeros(len(first))
    return _Lines(lines.start[first], lines.end[last], np.array(thick), np.array(thick), none, none)


def _thick(lines: _Lines, begin: int, end: int) -> float:
    axis = shapely.LineString([lines.start[begin], lines.end[end]])
    corners = shapely.points(np.vstack([lines.start[begin : end + 1], lines.end[begin : end + 1]]))
    return float((shapely.distance(corners, axis)).max() + lines.radius0_m[begin : end + 1].max())


_Shares = tuple[Floats, Floats]


def _arrows(mine: _Lines, other: _Lines, i: Ints, j: Ints, lag_s: float | None) -> tuple[Floats, Floats]:
    """Of each pair of pieces that meets in time the corners of its arrows (n, k, 2), and both radii there."""
    if lag_s is None:
        s, w = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
        shares = (np.tile(s, (len(i), 1)), np.tile(w, (len(i), 1)))
    else:
        shares, kept = _shares_at_times(mine, other, i, j, lag_s)
        i, j, shares = i[kept], j[kept], (shares[0][kept], shares[1][kept])
    radii = _radius_at(mine, i, shares[0]) + _radius_at(other, j, shares[1])
    return _at(other, j, shares[1]) - _at(mine, i, shares[0]), radii


def _radius_at(lines: _Lines, row: Ints, share: Floats) -> Floats:
    begin, end = lines.radius0_m[row][:, np.newaxis], lines.radius1_m[row][:, np.newaxis]
    return np.asarray(begin + (end - begin) * share)


def _at(lines: _Lines, row: Ints, share: Floats) -> Floats:
    start, end = lines.start[row][:, np.newaxis], lines.end[row][:, np.newaxis]
    return np.asarray(start + (end - start) * share[:, :, np.newaxis])


def _shares_at_times(mine: _Lines, other: _Lines, i: Ints, j: Ints, lag_s: float) -> tuple[_Shares, Ints]:
    """Corners of { (t, u): t on ours, u on theirs, no more than the lag apart }, as shares of both pieces.

    They are those corners of the rectangle of times that count, and where the two lines u = t ± lag cut its
    sides; what does not count stands in for itself by one that does.
    """
    t0, t1 = mine.time0_s[i], mine.time1_s[i]
    u0, u1 = other.time0_s[j], other.time1_s[j]
    t = [t0, t0, t1, t1]
    u = [u0, u1, u0, u1]
    for lag in (-lag_s, lag_s):
        t += [t0, t1, u0 - lag, u1 - lag]
        u += [t0 + lag, t1 + lag, u0, u1]
    ts, us = np.stack(t, axis=1), np.stack(u, axis=1)
    counts = (
        (np.abs(us - ts) <= lag_s + 1e-6)
        & (ts >= t0[:, np.newaxis]) & (ts <= t1[:, np.newaxis])
        & (us >= u0[:, np.newaxis]) & (us <= u1[:, np.newaxis])
    )  # fmt: skip
    some = counts.argmax(axis=1)[:, np.newaxis]
    ts = np.where(counts, ts, np.take_along_axis(ts, some, axis=1))
    us = np.where(counts, us, np.take_along_axis(us, some, axis=1))
    return (_share(ts, t0, t1), _share(us, u0, u1)), np.flatnonzero(counts.any(axis=1))


def _share(at: Floats, begin: Floats, end: Floats) -> Floats:
    length = (end - begin)[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(length > 0, (at - begin[:, np.newaxis]) / length, 0.0)
    return np.clip(share, 0.0, 1.0)


def _union(arrows: Floats, room_m: Floats) -> BaseGeometry:
    """All together, each widened by its room; those of one room are joined before they are widened."""
    even = (room_m == room_m[:, :1]).all(axis=1)
    hulls = shapely.convex_hull(shapely.multipoints(arrows[even]))
    room = room_m[even, 0]
    widened = [
        shapely.union_all(hulls[room == one]).buffer(float(one), quad_segs=_ARC_SEGMENTS)
        for one in np.unique(room)
    ]
    # Where a radius grows along a piece: the hull of the discs at its corners.
    turn = np.linspace(0.0, 2 * np.pi, 4 * _ARC_SEGMENTS, endpoint=False)
    rim = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    discs = arrows[~even][:, :, np.newaxis] + room_m[~even][:, :, np.newaxis, np.newaxis] * rim
    corners = discs.reshape(len(discs), discs.shape[1] * len(rim), 2)
    growing = shapely.convex_hull(shapely.multipoints(corners))
    return shapely.union_all([*widened, *growing])
