# SPDX-License-Identifier: Apache-2.0
"""A footprint made ready to be measured: short pieces of geodesic in space, and areas to be inside of.

    Footprint ──► lines of corners ──► edges (geodesics) ──► pieces (≤ 50 km; timed legs ≤ 25 km)
                                    └► areas: one per polygon, its rings seen from the area's own middle

A circle is one point with a radius, a corridor is a line with a radius, legs are a line with a radius and a
time at each end; a polygon is its rings, without radius, and its inside. Distances are then measured
between pieces, less the radii.

Rules kept here: the inside of a ring is its smaller side, so a polygon must fit into a hemisphere; corners
that are the same point of the Earth (a pole, the antimeridian) are one corner.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from geographiclib.geodesic import Geodesic

from steerclear.errors import BadInput
from steerclear.geometry.ellipsoid import (
    SEMI_MAJOR_M,
    SHARPEST_RADIUS_M,
    Floats,
    Ints,
    across,
    bulge_at_most_m,
    ecef,
    lifted,
    normals_at,
)
from steerclear.model.space import E7, Circle, Corridor, Footprint, Legs, MultiPolygon, Polygon, Position

__all__ = ["Areas", "Outline", "Pieces", "outline_of"]

PIECE_M: Final = 50_000.0
TIMED_PIECE_M: Final = 25_000.0
SAME_POINT_M: Final = 1e-6
_OWN_WAYPOINTS_UP_TO_M: Final = 100_000.0
"""Shorter edges are split without a geodesic solver: 1.3 mm across and 4.3 mm along at 100 km, measured."""

LONGEST_EDGE_M: Final = 19_900_000.0
_WIDEST_CAP_COSINE: Final = math.cos(math.radians(89.9))
_ALL_OF_IT_M: Final = 4_000_000.0
_MEAN_RADIUS_M: Final = 6_371_000.0
_WGS84: Final = Geodesic.WGS84


@dataclass(frozen=True, slots=True)
class Pieces:
    """Geodesic pieces as a structure of arrays, one row each. Points are ECEF metres, shape (n, 3).

    Radius and time change linearly from the start (0) to the end (1) of a piece; without times both are 0.
    ``edge`` is the row in ``Outline.edges``; ``from_`` and ``to`` are fractions of that edge's length.
    ``middle`` and ``half_m`` are a ball around the piece.
    """

    start: Floats
    end: Floats
    radius0_m: Floats
    radius1_m: Floats
    time0_s: Floats
    time1_s: Floats
    edge: Ints
    from_: Floats
    to: Floats
    middle: Floats
    half_m: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, rows: Ints) -> Pieces:
        return Pieces(*(column[rows] for column in self.columns()))

    def during(self, from_s: Floats | float, to_s: Floats | float) -> Pieces:
        """Each timed piece cut to a closed span of its own; one end is left where the span misses it."""
        return _clipped(self, from_s, to_s)

    def bare(self) -> Pieces:
        """The same lines without radius."""
        none = np.zeros(len(self))
        return replace(self, radius0_m=none, radius1_m=none)

    @staticmethod
    def spots(points: Floats) -> Pieces:
        """Points as pieces without length or radius; they belong to no edge (−1)."""
        none = np.zeros(len(points))
        return _pieces(points, points, np.full(len(points), -1), none, none)

    def table(self) -> Floats:
        """Rows of ten for compiled loops: start, end, radii and times, shape (n, 10)."""
        ends = (self.radius0_m, self.radius1_m, self.time0_s, self.time1_s)
        return np.ascontiguousarray(np.column_stack([self.start, self.end, *ends]))

    def columns(self) -> tuple[Any, ...]:
        """All arrays, in the order of the fields."""
        return tuple(getattr(self, name) for name in Pieces.__slots__)

    @staticmethod
    def joined(many: Sequence[Pieces]) -> Pieces:
        return Pieces(*(np.concatenate(same) for same in zip(*(p.columns() for p in many), strict=True)))


@dataclass(frozen=True, slots=True)
class Areas:
    """The polygons of a footprint, one row each, seen gnomonically from each polygon's own middle.

    ``frame`` (n, 3, 3) holds the rows x, y, up. ``first`` and ``count`` name the polygon's pieces, whose
    plane corners are the columns x0, y0, x1, y1 of ``plane`` (one row per piece of the outline). ``ring`` is
    the ring of each piece, ``following`` the next piece along it; ``turn`` is +1 where the area lies to the
    left of a ring's edges, else −1.
    """

    frame: Floats
    first: Ints
    count: Ints
    plane: Floats
    ring: Ints
    following: Ints
    turn: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A footprint ready to be measured. ``witnesses``: one point of every connected line of it, ECEF.

    ``edges`` holds lat1, lon1, lat2, lon2 in degrees, shape (n, 4). ``middle`` and ``radius_m`` are a ball
    around the lines and the inside; ``reach_m`` is the largest radius that is still to be added.
    """

    pieces: Pieces
    edges: Floats
    areas: Areas | None
    witnesses: Floats
    middle: Floats
    radius_m: float
    reach_m: float

    @property
    def has_area(self) -> bool:
        return self.areas is not None

    def box(self) -> tuple[Floats, Floats]:
        """Low and high ECEF corners (metres) of everything: lines, radii and the bulge of the inside."""
        # Inside an area the surface may rise above its rim: at most the depth of the rim below the tangent
        # plane at the highest point, over a chord of twice the ball's radius.
        swell = 2 * self.radius_m**2 / SHARPEST_RADIUS_M if self.has_area else 0.0
        room = bulge_at_most_m(2 * self.pieces.half_m).max() + swell + self.reach_m + 1.0
        corners = np.concatenate([self.pieces.start, self.pieces.end])
        return corners.min(axis=0) - room, corners.max(axis=0) + room

    def during(self, from_s: float, to_s: float) -> Outline | None:
        """The part of timed legs within a closed span; ``None`` when there is none."""
        p = self.pieces
        rows = np.flatnonzero((p.time1_s >= from_s) & (p.time0_s <= to_s))
        if not len(rows):
            return None
        return _gathered(p.take(rows).during(from_s, to_s), self.edges, areas=None)


def outline_of(footprint: Footprint) -> Outline:
    """Prepare a footprint.

    Raises ``BadInput``: ``footprint-too-large``, ``edge-too-long``, ``ring-without-area``.
    """
    match footprint:
        case Polygon():
            return _area_outline((footprint,))
        case MultiPolygon():
            return _area_outline(footprint.parts)
        case Circle():
            return _line_outline((footprint.centre,), (footprint.radius_mm / 1000,), None)
        case Corridor():
            width = footprint.half_width_mm / 1000
            return _line_outline(footprint.points, (width,) * len(footprint.points), None)
        case Legs():
            radii = tuple(radius / 1000 for radius in footprint.radii_mm)
            return _line_outline(footprint.points, radii, footprint.times_s)


# ---------------------------------------------------------------------------------------------- lines


def _degrees(points: Sequence[Position]) -> Floats:
    return np.array([(p.lat_e7, p.lon_e7) for p in points], dtype=np.float64) / E7


def _line_outline(
    points: Sequence[Position], radii_m: Sequence[float], times_s: Sequence[int] | None
) -> Outline:
    corners = _degrees(points if len(points) > 1 else (points[0], points[0]))
    if len(points) == 1:
        radii_m = (radii_m[0], radii_m[0])
    edges = np.hstack([corners[:-1], corners[1:]])
    longest = PIECE_M if times_s is None else TIMED_PIECE_M
    pieces = _split(edges, ecef(corners[:, 0], corners[:, 1]), longest)
    pieces = _with_linear(pieces, "radius", np.asarray(radii_m, dtype=np.float64))
    if times_s is not None:
        pieces = _with_linear(pieces, "time", np.asarray(times_s, dtype=np.float64))
    return _gathered(pieces, edges, areas=None)


def _with_linear(pieces: Pieces, what: str, at_corners: Floats) -> Pieces:
    begin, change = at_corners[pieces.edge], (at_corners[1:] - at_corners[:-1])[pieces.edge]
    first, last = begin + change * pieces.from_, begin + change * pieces.to
    if what == "radius":
        return replace(pieces, radius0_m=first, radius1_m=last)
    return replace(pieces, time0_s=first, time1_s=last)


def _split(edges: Floats, corners: Floats, longest_m: float) -> Pieces:
    """Pieces of the edges that join consecutive ``corners`` (n + 1 points for n edges)."""
    begin, end = corners[:-1], corners[1:]
    chord = np.linalg.norm(end - begin, axis=1)
    if chord.max(initial=0.0) <= longest_m:
        rows = np.arange(len(edges))
        return _pieces(begin, end, rows, np.zeros(len(edges)), np.ones(len(edges)))
    counts = np.maximum(np.ceil(chord * 1.001 / longest_m), 1).astype(np.int64)
    for long_edge in np.flatnonzero(chord > _OWN_WAYPOINTS_UP_TO_M):
        counts[long_edge] = _count_of_long(edges[long_edge], longest_m)
    row: Ints = np.repeat(np.arange(len(edges)), counts)
    step = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    from_, to = step / counts[row], (step + 1) / counts[row]
    first = _waypoints(edges, begin, end, chord, row, from_)
    last = np.concatenate((first[1:], first[:1]))
    closing = step + 1 == counts[row]
    last[closing] = end[row[closing]]
    return _pieces(first, last, row, from_, to)


def _count_of_long(edge: Floats, longest_m: float) -> int:
    length: float = _WGS84.Inverse(*edge, Geodesic.DISTANCE)["s12"]
    if length > LONGEST_EDGE_M:
        raise BadInput(
            "edge-too-long",
            f"An edge joins two nearly opposite points of the Earth ({length / 1000:.0f} km): which way "
            "round is the short one is not certain.",
            remedy="Add a point between them.",
        )
    return math.ceil(length / longest_m)


def _waypoints(edges: Floats, begin: Floats, end: Floats, chord: Floats, row: Ints, part: Floats) -> Floats:
    """The point at fraction ``part`` of edge ``row``."""
    points = begin[row]
    inner = np.flatnonzero((part > 0) & (chord[row] <= _OWN_WAYPOINTS_UP_TO_M))
    if len(inner):
        points[inner] = _on_short(begin[row[inner]], end[row[inner]], chord[row[inner]], part[inner])
    for long_edge in np.flatnonzero(chord > _OWN_WAYPOINTS_UP_TO_M):
        here = np.flatnonzero((row == long_edge) & (part > 0))
        points[here] = _on_geodesic(edges[long_edge], part[here])
    return points


def _on_short(p: Floats, q: Floats, chord: Floats, part: Floats) -> Floats:
    """The point at ``part`` of the arc from p to q: the chord's point, lifted along the normal there."""
    angle = 2 * np.arcsin(chord / (2 * _MEAN_RADIUS_M))
    near, far = np.sin((1 - part) * angle), np.sin(part * angle)
    share = (far / (near + far))[:, np.newaxis]
    normals = normals_at(p) * (1 - share) + normals_at(q) * share
    return lifted(p * (1 - share) + q * share, normals / np.linalg.norm(normals, axis=1, keepdims=True))


def _on_geodesic(edge: Floats, parts: Floats) -> Floats:
    line = _WGS84.InverseLine(*edge)
    found = [line.Position(part * line.s13) for part in parts]
    return ecef(np.array([p["lat2"] for p in found]), np.array([p["lon2"] for p in found]))


def _pieces(start: Floats, end: Floats, edge: Ints, from_: Floats, to: Floats) -> Pieces:
    zeros = np.zeros(len(edge))
    chord = np.linalg.norm(end - start, axis=1)
    half = chord / 2 + bulge_at_most_m(chord)
    return Pieces(start, end, zeros, zeros, zeros, zeros, edge, from_, to, (start + end) / 2, half)


def _clipped(p: Pieces, from_s: Floats | float, to_s: Floats | float) -> Pieces:
    length = p.time1_s - p.time0_s
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(length > 0, np.clip((from_s - p.time0_s) / length, 0.0, 1.0), 0.0)
        high = np.where(length > 0, np.clip((to_s - p.time0_s) / length, 0.0, 1.0), 1.0)
    cut = _pieces(
        _between(p, low),
        _between(p, high),
        p.edge,
        p.from_ + (p.to - p.from_) * low,
        p.from_ + (p.to - p.from_) * high,
    )
    radius, growth = p.radius0_m, p.radius1_m - p.radius0_m
    return replace(
        cut,
        radius0_m=radius + growth * low,
        radius1_m=radius + growth * high,
        time0_s=p.time0_s + length * low,
        time1_s=p.time0_s + length * high,
    )


def _between(p: Pieces, share: Floats) -> Floats:
    normals = normals_at(p.middle)
    points = lifted(p.start + (p.end - p.start) * share[:, None], normals)
    points[share == 0] = p.start[share == 0]
    points[share == 1] = p.end[share == 1]
    return points


# ---------------------------------------------------------------------------------------------- areas


def _area_outline(polygons: Sequence[Polygon]) -> Outline:
    rings, owners, edges, offset = [], [], [], 0
    for index, polygon in enumerate(polygons):
        for ring in (polygon.exterior, *polygon.holes):
            corners, points = _distinct(_degrees(ring))
            closed = np.vstack([corners, corners[:1]])
            own_edges = np.hstack([closed[:-1], closed[1:]])
            pieces = _split(own_edges, np.vstack([points, points[:1]]), PIECE_M)
            rings.append(replace(pieces, edge=pieces.edge + offset))
            owners.append(index)
            edges.append(own_edges)
            offset += len(own_edges)
    return _gathered(
        Pieces.joined(rings), np.vstack(edges), areas=_areas(rings, owners), starts=_starts(rings)
    )


def _starts(rings: Sequence[Pieces]) -> Floats:
    return np.array([ring.start[0] for ring in rings])


def _distinct(corners: Floats) -> tuple[Floats, Floats]:
    """Corners without those that repeat the point before them: a pole, or ±180°, under another longitude."""
    points = ecef(corners[:, 0], corners[:, 1])
    before = np.concatenate((points[-1:], points[:-1]))
    kept = np.abs(points - before).max(axis=1) > SAME_POINT_M
    if kept.all():
        return corners, points
    if kept.sum() < 3:
        raise BadInput(
            "ring-without-area",
            "A ring encloses nothing: fewer than three of its corners are different points of the Earth.",
            remedy="Give at least three different corners; a pole has one place under every longitude.",
        )
    return corners[kept], points[kept]


def _areas(rings: Sequence[Pieces], owners: Sequence[int]) -> Areas:
    lengths = np.array([len(ring) for ring in rings])
    owner = np.asarray(owners)
    frames, planes, turns = [], [], []
    for index in range(owners[-1] + 1):
        own = [ring for ring, whose in zip(rings, owners, strict=True) if whose == index]
        frame = _frame_of(own[0])
        frames.append(frame)
        for row, ring in enumerate(own):
            plane = _gnomonic(frame, ring)
            planes.append(plane)
            turns.append(_turn(plane) * (1.0 if row == 0 else -1.0))
    plane = np.concatenate(planes)
    per_area = np.bincount(owner, weights=lengths).astype(np.int64)
    return Areas(
        frame=np.stack(frames),
        first=np.cumsum(per_area) - per_area,
        count=per_area,
        plane=plane,
        ring=np.repeat(np.arange(len(rings)), lengths),
        following=_following(lengths),
        turn=np.repeat(np.asarray(turns), lengths),
    )


def _following(lengths: Ints) -> Ints:
    following = np.arange(1, lengths.sum() + 1)
    end = np.cumsum(lengths)
    following[end - 1] = end - lengths
    return following


def _frame_of(ring: Pieces) -> Floats:
    """Rows x, y, up of a frame whose ``up`` sees the whole ring within a hemisphere."""
    directions = ring.start / np.linalg.norm(ring.start, axis=1, keepdims=True)
    up = _centre_of_cap(directions)
    if (directions @ up).min() <= _WIDEST_CAP_COSINE:
        raise BadInput(
            "footprint-too-large",
            "An area does not fit into half of the Earth, so its inside is not certain.",
            remedy="Divide it into smaller areas.",
        )
    x, y = across(up)
    return np.array([x, y, up])


def _centre_of_cap(directions: Floats) -> Floats:
    """A direction from which all are seen, near the middle of the smallest cap (Bădoiu and Clarkson 2003)."""
    mean = directions.mean(axis=0)
    size = float(np.linalg.norm(mean))
    if size > 1e-6 and (directions @ (mean / size)).min() > 0.2 * size:
        return np.asarray(mean / size)
    centre = directions[0].copy()
    for step in range(1, 2001):
        farthest = directions[np.argmax(((directions - centre) ** 2).sum(axis=1))]
        centre += (farthest - centre) / (step + 1)
    size = float(np.linalg.norm(centre))
    return np.asarray(centre / size) if size > 0 else directions[0]


def _gnomonic(frame: Floats, ring: Pieces) -> Floats:
    start, end = ring.start @ frame.T, ring.end @ frame.T
    with np.errstate(
        divide="ignore", invalid="ignore"
    ):  # a hole beyond the horizon; ``check_footprint`` refuses it
        return np.hstack([start[:, :2] / start[:, 2:], end[:, :2] / end[:, 2:]])


def _turn(plane: Floats) -> float:
    # Relative to the first corner, so that a small ring does not drown in the rounding of a large offset.
    x, y = plane[:, 0] - plane[0, 0], plane[:, 1] - plane[0, 1]
    # Without area it crosses itself or runs back along its own edges, and ``check_outlines`` refuses it.
    twice_area = float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())  # the first corner is the origin
    return math.copysign(1.0, twice_area)


# ------------------------------------------------------------------------------------------- gathering


def _gathered(pieces: Pieces, edges: Floats, *, areas: Areas | None, starts: Floats | None = None) -> Outline:
    corners = np.concatenate([pieces.start, pieces.end])
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    radius = float((np.linalg.norm(pieces.middle - middle, axis=1) + pieces.half_m).max())
    if areas is not None:
        # The inside lies in the cap that the ball cuts off, but for the flattening: one part in a hundred of
        # the cap's height is room enough.
        radius += radius * radius / SHARPEST_RADIUS_M / 100
        if radius > _ALL_OF_IT_M:  # the ball may cut off more than a hemisphere: take the whole Earth
            radius = float(np.linalg.norm(middle)) + SEMI_MAJOR_M
    return Outline(
        pieces=pieces,
        edges=edges,
        areas=areas,
        witnesses=pieces.start[:1] if starts is None else starts,
        middle=middle,
        radius_m=radius,
        reach_m=float(np.maximum(pieces.radius0_m, pieces.radius1_m).max()),
    )
