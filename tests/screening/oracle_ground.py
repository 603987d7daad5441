# SPDX-License-Identifier: Apache-2.0
"""How far apart are two footprints that stand, in the opinion of PROJ? For the judge; see ``oracle``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pyproj
from numpy.typing import NDArray

from steerclear.model.space import Circle, Corridor, Footprint, Legs, MultiPolygon, Polygon, Position

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

GEOD: Final = pyproj.Geod(ellps="WGS84")
TO_ECEF: Final = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)

STANDING_TO_M: Final = 2e-6
TOUCHING_TO_M: Final = 2e-5
"""What reaches less far into an area counts as a touch, and a touch is not judged."""

_PIECE_M: Final = 25_000.0
_NO_LENGTH_M: Final = 1e-5
_BLOCK: Final = 24
_AT_ONCE: Final = 600_000
_SHARPEST_RADIUS_M: Final = 6_335_000.0
"""No normal section of WGS84 curves more sharply than at the equator, northward: b²/a = 6,335.4 km."""


# -------------------------------------------------------------------------------------------- drawings


@dataclass(frozen=True, slots=True)
class Drawings:
    """Footprints as arrays, with ``owner`` and ``part`` of each ring. A line is a ring that stays open."""

    kinds: Ints
    ring_owner: Ints
    ring_part: Ints
    ring_is_hole: Bools
    first_corner: Ints
    lat: Floats
    lon: Floats
    radius_m: Floats
    time_s: Floats

    @staticmethod
    def of(footprints: Sequence[Footprint]) -> Drawings:
        kinds, owner, part, hole, counts = [], [], [], [], []
        corners: list[Sequence[Position]] = []
        radii: list[Sequence[int]] = []
        times: list[Sequence[int]] = []
        for index, footprint in enumerate(footprints):
            kind, rings = _rings_of(footprint)
            kinds.append(kind)
            for ring in rings:
                owner.append(index)
                part.append(ring.part)
                hole.append(ring.is_hole)
                counts.append(len(ring.corners))
                corners.append(ring.corners)
                radii.append(ring.radii_mm or (0,) * len(ring.corners))
                times.append(ring.times_s or (0,) * len(ring.corners))
        flat = [corner for ring_corners in corners for corner in ring_corners]
        return Drawings(
            np.array(kinds),
            np.array(owner),
            np.array(part),
            np.array(hole),
            np.concatenate([[0], np.cumsum(counts)]),
            np.array([corner.lat_e7 for corner in flat]) / 1e7,
            np.array([corner.lon_e7 for corner in flat]) / 1e7,
            np.array(list(itertools.chain.from_iterable(radii))) / 1000,
            np.array(list(itertools.chain.from_iterable(times)), dtype=np.float64),
        )


AREA, STANDING_LINE, MOVING_LINE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Ring:
    corners: Sequence[Position]
    part: int = 0
    is_hole: bool = False
    radii_mm: Sequence[int] | None = None
    times_s: Sequence[int] | None = None


def _rings_of(footprint: Footprint) -> tuple[int, list[_Ring]]:
    match footprint:
        case Polygon():
            return AREA, _rings_of_polygon(footprint, 0)
        case MultiPolygon():
            each = (_rings_of_polygon(part, at) for at, part in enumerate(footprint.parts))
            return AREA, list(itertools.chain.from_iterable(each))
        case Circle():
            return STANDING_LINE, [_Ring((footprint.centre,), radii_mm=(footprint.radius_mm,))]
        case Corridor():
            widths = (footprint.half_width_mm,) * len(footprint.points)
            return STANDING_LINE, [_Ring(footprint.points, radii_mm=widths)]
        case Legs():
            ring = _Ring(footprint.points, radii_mm=footprint.radii_mm, times_s=footprint.times_s)
            return MOVING_LINE, [ring]


def _rings_of_polygon(polygon: Polygon, part: int) -> list[_Ring]:
    return [_Ring(polygon.exterior, part)] + [_Ring(hole, part, is_hole=True) for hole in polygon.holes]


# ---------------------------------------------------------------------------------------------- pieces


@dataclass(frozen=True, slots=True)
class Pieces:
    """Stretches of geodesic, one row each: from where, in which direction, how far; radius and time go
    evenly from 0 at the start to 1 at the end."""

    lat: Floats
    lon: Floats
    heading: Floats
    length_m: Floats
    radius0_m: Floats
    radius1_m: Floats
    time0_s: Floats
    time1_s: Floats

    def __len__(self) -> int:
        return len(self.lat)

    def take(self, rows: Ints | Bools | slice) -> Pieces:
        return Pieces(*(getattr(self, field.name)[rows] for field in fields(self)))

    def at(self, share: Floats) -> tuple[Floats, Floats]:
        """Latitude and longitude at a share of each."""
        lon, lat, _ = GEOD.fwd(self.lon, self.lat, self.heading, share * self.length_m)
        return np.asarray(lat), np.asarray(lon)

    def radius_m(self, share: Floats) -> Floats:
        return self.radius0_m + share * (self.radius1_m - self.radius0_m)

    def time_s(self, share: Floats) -> Floats:
        return self.time0_s + share * (self.time1_s - self.time0_s)

    def share_at(self, time_s: Floats, otherwise: float) -> Floats:
        """The share at which each is at its time, within it; ``otherwise`` for those that take no time."""
        lasts = self.time1_s - self.time0_s
        share = (time_s - self.time0_s) / np.where(lasts > 0, lasts, 1.0)
        return np.where(lasts > 0, np.clip(share, 0.0, 1.0), otherwise)

    def during(self, from_s: Floats, to_s: Floats) -> Pieces:
        """Each cut to its own window, which it must meet."""
        low, high = self.share_at(from_s, 0.0), self.share_at(to_s, 1.0)
        lon, lat, back = GEOD.fwd(self.lon, self.lat, self.heading, low * self.length_m)
        return Pieces(
            np.asarray(lat),
            np.asarray(lon),
            np.asarray(back) + 180.0,
            (high - low) * self.length_m,
            self.radius_m(low),
            self.radius_m(high),
            self.time_s(low),
            self.time_s(high),
        )


@dataclass(frozen=True, slots=True)
class Balls:
    """Balls in space that hold something: its chord, and what the surface rises above it."""

    middle: Floats
    radius_m: Floats

    @staticmethod
    def around(pieces: Pieces) -> Balls:
        start, end = ecef(pieces.lat, pieces.lon), ecef(*pieces.at(np.ones(len(pieces))))
        chord = np.linalg.norm(end - start, axis=1)
        return Balls((start + end) / 2, chord / 2 + sag_m(chord))

    def of_runs(self, first: Ints) -> Balls:
        """One ball around each run of balls; the last run ends with the balls."""
        count = np.diff(np.append(first, len(self.radius_m)))
        low = np.minimum.reduceat(self.middle, first, axis=0)
        high = np.maximum.reduceat(self.middle, first, axis=0)
        middle = (low + high) / 2
        away = np.linalg.norm(self.middle - np.repeat(middle, count, axis=0), axis=1) + self.radius_m
        return Balls(middle, np.maximum.reduceat(away, first))


def ecef(lat: Floats, lon: Floats) -> Floats:
    return np.stack(TO_ECEF.transform(lon, lat, np.zeros(len(lat))), axis=1)


def sag_m(chord_m: Floats) -> Floats:
    """How far a geodesic leaves its chord, at most."""
    return 1.02 * chord_m**2 / (8 * _SHARPEST_RADIUS_M) + 1e-6


def way_at_most_m(chord_m: Floats) -> Floats:
    """The longest that a shortest way can be over a chord."""
    sine = chord_m / (2 * _SHARPEST_RADIUS_M)
    return np.where(sine < 0.9, 2 * _SHARPEST_RADIUS_M * np.arcsin(np.minimum(sine, 0.9)), 2.1e7)


# ---------------------------------------------------------------------------------------------- ground


@dataclass(frozen=True, slots=True)
class Nearest:
    """Per pair, between the lines alone: how near, where on either; and whether they cross for certain."""

    gap_m: Floats
    left_lat: Floats
    left_lon: Floats
    right_lat: Floats
    right_lon: Floats
    crosses: Bools

    def columns(self) -> Floats:
        return np.stack([self.gap_m, self.left_lat, self.left_lon, self.right_lat, self.right_lon])


@dataclass(frozen=True, slots=True)
class Ground:
    """Footprints cut into pieces. ``first_*`` lead from a footprint (or block, or ring) to its rows."""

    drawings: Drawings
    pieces: Pieces
    start: Floats
    end: Floats
    sag_m: Floats
    ball: Balls
    first_piece: Ints
    block: Balls
    block_piece: Ints
    first_block: Ints
    whole: Balls
    ring_piece: Ints
    reach_m: Floats

    @staticmethod
    def of(footprints: Sequence[Footprint]) -> Ground:
        return Ground.of_drawings(Drawings.of(footprints))

    @staticmethod
    def of_drawings(drawings: Drawings) -> Ground:
        pieces, ring_of_piece = _pieces_of(drawings)
        count = len(drawings.kinds)
        owner = drawings.ring_owner[ring_of_piece]
        first_piece = np.searchsorted(owner, np.arange(count + 1))
        ball = Balls.around(pieces)
        place_in_owner = np.arange(len(pieces)) - first_piece[owner]
        block_piece = np.flatnonzero(place_in_owner % _BLOCK == 0)
        start, end = ecef(pieces.lat, pieces.lon), ecef(*pieces.at(np.ones(len(pieces))))
        return Ground(
            drawings,
            pieces,
            start,
            end,
            sag_m(np.linalg.norm(end - start, axis=1)),
            ball,
            first_piece,
            ball.of_runs(block_piece),
            np.append(block_piece, len(pieces)),
            np.searchsorted(owner[block_piece], np.arange(count + 1)),
            ball.of_runs(first_piece[:-1]),
            np.searchsorted(ring_of_piece, np.arange(len(drawings.ring_owner) + 1)),
            np.maximum.reduceat(np.maximum(pieces.radius0_m, pieces.radius1_m), first_piece[:-1]),
        )

    @property
    def has_area(self) -> Bools:
        return np.asarray(self.drawings.kinds == AREA)

    @property
    def moves(self) -> Bools:
        return np.asarray(self.drawings.kinds == MOVING_LINE)

    def standing_gaps(self, left: Ints, right: Ints, within_m: Floats) -> Floats:
        """As ``gaps``, for what stands; ``inf`` for what is certainly ``within_m`` apart or more."""
        reach = self.reach_m[left] + self.reach_m[right]
        near = self.nearest(left, right, within_m + reach)
        either = self.has_area[left] | self.has_area[right]
        # What only touches may begin on the other's rim; there an azimuth tells nothing.
        asked = either & ~near.crosses & (near.gap_m > TOUCHING_TO_M)
        shared = (near.crosses & either) | self.one_holds_other(left, right, asked)
        gap = np.where(near.crosses, 0.0, near.gap_m) - reach
        return np.where(shared, -np.inf, gap)

    # ---- nearest

    def nearest(self, left: Ints, right: Ints, within_m: Floats) -> Nearest:
        """Between the lines alone (radii do not count); gaps beyond ``within_m`` are infinite."""
        found = [
            self._nearest_of(left[some], right[some], within_m[some])
            for some in portions(
                np.diff(self.first_block)[left] * np.diff(self.first_block)[right] * _BLOCK**2 // 8
                + np.diff(self.first_piece)[left] * np.diff(self.first_piece)[right]
            )
        ]
        none = np.empty((5, 0))
        gap, *places = np.hstack([none, *(each.columns() for each in found)])
        crosses = np.concatenate([none[0].astype(bool), *(each.crosses for each in found)])
        return Nearest(gap, places[0], places[1], places[2], places[3], crosses)

    def _nearest_of(self, left: Ints, right: Ints, within_m: Floats) -> Nearest:
        limit = within_m.copy()
        owner, a, b = each_with_each(self.first_block[:-1], np.diff(self.first_block), left, right)
        keep = _may_be_nearest(self.block, owner, a, b, limit)
        owner, a, b = owner[keep], a[keep], b[keep]
        place, row_a, row_b = each_with_each(self.block_piece[:-1], np.diff(self.block_piece), a, b)
        owner = owner[place]
        keep = _may_be_nearest(self.ball, owner, row_a, row_b, limit)
        owner, row_a, row_b = owner[keep], row_a[keep], row_b[keep]
        crosses = np.zeros(len(left), dtype=bool)
        crosses[owner[self._crossing(row_a, row_b)]] = True
        return self._refined(owner, row_a, row_b, limit, crosses)

    def _refined(self, owner: Ints, row_a: Ints, row_b: Ints, limit: Floats, crosses: Bools) -> Nearest:
        """Starts of one against pieces of the other. Every corner is the start of a piece."""
        turned = np.repeat([False, True], len(owner))
        owner = np.tile(owner, 2)
        corner, piece = np.append(row_a, row_b), np.append(row_b, row_a)
        chord, share = _to_chord_m(self.start[corner], self.start[piece], self.end[piece])
        np.minimum.at(limit, owner, way_at_most_m(chord + self.sag_m[piece]))
        kept = chord - self.sag_m[piece] <= limit[owner]
        owner, corner, piece, turned = owner[kept], corner[kept], piece[kept], turned[kept]
        rows = self.pieces.take(piece)
        lat, lon = self.pieces.lat[corner], self.pieces.lon[corner]
        gap, share = nearest_place(lat, lon, rows, share[kept])

        count = len(limit)
        least = np.full(count, np.inf)
        best = np.lexsort((gap, owner))
        best = best[np.unique(owner[best], return_index=True)[1]]
        least[owner[best]] = gap[best]
        there = rows.take(best).at(share[best])
        ends = np.full((4, count), np.nan)
        here = (lat[best], lon[best])
        for axis in (0, 1):
            ends[axis, owner[best]] = np.where(turned[best], there[axis], here[axis])
            ends[2 + axis, owner[best]] = np.where(turned[best], here[axis], there[axis])
        return Nearest(least, ends[0], ends[1], ends[2], ends[3], crosses)

    # ---- crossing

    def _crossing(self, row_a: Ints, row_b: Ints) -> Ints:
        """The places of the pairs of pieces that cross for certain: all four ends off the other's line."""
        between = np.linalg.norm(self.ball.middle[row_a] - self.ball.middle[row_b], axis=1)
        near = np.flatnonzero(between < self.ball.radius_m[row_a] + self.ball.radius_m[row_b])
        for one, other in ((row_a, row_b), (row_b, row_a)):
            near = near[self._may_part(one[near], other[near])]
        return near[cross(self.pieces.take(row_a[near]), self.pieces.take(row_b[near]), TOUCHING_TO_M)]

    def _may_part(self, row: Ints, other: Ints) -> Bools:
        """Whether the ends of the other may lie on both sides, by the plane through the Earth's centre."""
        normal = np.cross(self.start[row], self.end[row])
        size = np.linalg.norm(normal, axis=1)
        normal /= np.where(size > 0, size, 1.0)[:, np.newaxis]
        sides = [np.einsum("ij,ij->i", normal, point[other]) for point in (self.start, self.end)]
        # A geodesic of 25 km leaves that plane by far less than 10 m.
        return np.asarray((np.minimum(*sides) < 10) & (np.maximum(*sides) > -10))

    # ---- inside

    def one_holds_other(self, left: Ints, right: Ints, asked: Bools) -> Bools:
        """Whether a ring (or the line) of one begins inside the other's area. Asked where nothing crosses."""
        holds = np.zeros(len(left), dtype=bool)
        for area, guest in ((left, right), (right, left)):
            rows = np.flatnonzero(asked & self.has_area[area])
            rings = self._rings_of_owners
            place, ring = listed(rings[:-1], np.diff(rings), guest[rows])
            first = self.ring_piece[ring]
            inside = self.inside(area[rows][place], self.pieces.lat[first], self.pieces.lon[first])
            holds[rows[place[inside]]] = True
        return holds

    @property
    def _rings_of_owners(self) -> Ints:
        return np.searchsorted(self.drawings.ring_owner, np.arange(len(self.drawings.kinds) + 1))

    def inside(self, area: Ints, lat: Floats, lon: Floats) -> Bools:
        """Whether each point lies inside its footprint: within a part, and in none of the part's holes."""
        point = ecef(lat, lon)
        near = np.linalg.norm(point - self.whole.middle[area], axis=1) <= self.whole.radius_m[area] + 1.0
        held = np.zeros(len(area), dtype=bool)
        asked = np.flatnonzero(near)
        for some in portions(np.diff(self.first_piece)[area[asked]]):
            rows = asked[some]
            held[rows] = self._inside_of(area[rows], lat[rows], lon[rows], point[rows])
        return held

    def _inside_of(self, area: Ints, lat: Floats, lon: Floats, point: Floats) -> Bools:
        rings = self._rings_of_owners
        place, ring = listed(rings[:-1], np.diff(rings), area)
        round_it = self._goes_round(ring, lat[place], lon[place], point[place])
        d = self.drawings
        parts = int(d.ring_part.max(initial=0)) + 1
        within = np.zeros((len(area), parts), dtype=bool)
        outer = round_it & ~d.ring_is_hole[ring]
        within[place[outer], d.ring_part[ring[outer]]] = True
        hole = round_it & d.ring_is_hole[ring]
        within[place[hole], d.ring_part[ring[hole]]] = False
        return np.asarray(within.any(axis=1))

    def _goes_round(self, ring: Ints, lat: Floats, lon: Floats, point: Floats) -> Bools:
        """Whether the azimuth to something that runs along the ring turns once, seen from the point.

        It would also turn around the point opposite; the ring's own middle tells the two apart.
        """
        count = np.diff(self.ring_piece)
        place, row = listed(self.ring_piece[:-1], count, ring)
        azimuth = np.asarray(GEOD.inv(lon[place], lat[place], self.pieces.lon[row], self.pieces.lat[row])[0])
        first = np.cumsum(count[ring]) - count[ring]
        following = np.arange(1, len(row) + 1)
        following[first + count[ring] - 1] = first
        step = (azimuth[following] - azimuth + 180) % 360 - 180
        turned = np.abs(np.add.reduceat(step, first)) > 180
        middle = np.add.reduceat(self.start[row], first, axis=0)
        return np.asarray(turned & (np.einsum("ij,ij->i", middle, point) > 0))


def _pieces_of(drawings: Drawings) -> tuple[Pieces, Ints]:
    """Pieces and the ring of each. A line ends with a piece without length, so every corner starts one."""
    count = np.diff(drawings.first_corner)
    ring = np.repeat(np.arange(len(count)), count)
    begin = np.arange(len(ring))
    follow = begin + 1
    last = drawings.first_corner[1:] - 1
    closed = drawings.kinds[drawings.ring_owner] == AREA
    follow[last] = np.where(closed, drawings.first_corner[:-1], last)

    lat0, lon0, lat1, lon1 = drawings.lat, drawings.lon, drawings.lat[follow], drawings.lon[follow]
    heading, _, length = (np.asarray(each) for each in GEOD.inv(lon0, lat0, lon1, lat1))
    parts = np.maximum(np.ceil(length / _PIECE_M), 1).astype(np.int64)
    edge = np.repeat(begin, parts)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts)
    low, high = step / parts[edge], (step + 1) / parts[edge]
    lon, lat, back = (
        np.asarray(each) for each in GEOD.fwd(lon0[edge], lat0[edge], heading[edge], low * length[edge])
    )
    begins = step == 0  # a corner stays as it was given, to the last bit
    lat[begins], lon[begins] = lat0[edge[begins]], lon0[edge[begins]]

    def between(values: Floats, share: Floats) -> Floats:
        return values[edge] + share * (values[follow] - values)[edge]

    pieces = Pieces(
        lat,
        lon,
        np.where(begins, heading[edge], back + 180.0),
        length[edge] / parts[edge],
        between(drawings.radius_m, low),
        between(drawings.radius_m, high),
        between(drawings.time_s, low),
        between(drawings.time_s, high),
    )
    return pieces, ring[edge]


def nearest_place(lat: Floats, lon: Floats, pieces: Pieces, guess: Floats) -> tuple[Floats, Floats]:
    """The distance of each point from its piece, and the share of the piece that is nearest."""
    none = np.zeros(len(pieces))
    return lowest(lat, lon, pieces, guess, none, none + 1.0)


def lowest(
    lat: Floats, lon: Floats, pieces: Pieces, guess: Floats, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """Distance and share where ``distance − radius`` is least in [low, high]: three parabolas, ever narrower.

    With d² = A + c²(y − y₀)² and a radius that grows by G over the piece, the least is where
    c(y − y₀) = (G/c)√A / √(1 − G²/c²); where the radius grows faster than the place moves, it is at an end.
    """
    grows = pieces.radius1_m - pieces.radius0_m
    share = np.clip(guess, low, high)
    for width_m in (1_000.0, 100.0, 10.0):
        long_m = np.maximum(pieces.length_m, _NO_LENGTH_M)
        width = np.minimum(width_m, long_m / 4) / long_m
        before, here, after = (
            distance_m(lat, lon, pieces, share + step) ** 2 for step in (-width, 0.0 * width, width)
        )
        bend = np.maximum((before - 2 * here + after) / 2, 1e-12)
        middle = share + width * (before - after) / (4 * bend)
        c = np.sqrt(bend) / width
        least = np.maximum(here - c**2 * (share - middle) ** 2, 0.0)
        ahead = np.abs(grows) < c * (1 - 1e-9)
        slope = np.where(ahead, grows / np.maximum(c, 1e-12), 0.0)
        inner = middle + slope * np.sqrt(least) / (np.sqrt(1 - slope**2) * np.maximum(c, 1e-12))
        share = np.where(ahead, inner, np.where(grows > 0, high, low))
        share = np.clip(
            np.where(pieces.length_m > _NO_LENGTH_M, share, np.where(grows > 0, high, low)), low, high
        )
    return distance_m(lat, lon, pieces, share), share


def distance_m(lat: Floats, lon: Floats, pieces: Pieces, share: Floats) -> Floats:
    there_lat, there_lon = pieces.at(share)
    return np.asarray(GEOD.inv(lon, lat, there_lon, there_lat)[2])


def cross(a: Pieces, b: Pieces, off_by_m: float) -> Bools:
    """Whether pieces cross for certain: all four ends lie off the other's line by so much."""
    return _parts(a, b, off_by_m) & _parts(b, a, off_by_m)


def _parts(line: Pieces, other: Pieces, off_by_m: float) -> Bools:
    """Whether one end of the other lies to the left of the line, one to the right, neither on it."""
    off = []
    for lat, lon in (other.at(np.zeros(len(other))), other.at(np.ones(len(other)))):
        azimuth, _, distance = GEOD.inv(line.lon, line.lat, lon, lat)
        off.append(np.asarray(distance) * np.sin(np.radians(np.asarray(azimuth) - line.heading)))
    apart = (off[0] * off[1] < 0) & (np.minimum(*np.abs(off)) > off_by_m)
    return np.asarray(apart & (line.length_m > 0))


def _to_chord_m(points: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Distance of points from straight lines in space, and the share of the line that is nearest."""
    way, off = end - start, points - start
    size = np.einsum("ij,ij->i", way, way)
    share = np.clip(np.einsum("ij,ij->i", way, off) / np.where(size > 0, size, 1.0), 0.0, 1.0)
    return np.linalg.norm(off - share[:, np.newaxis] * way, axis=1), share


def _may_be_nearest(balls: Balls, owner: Ints, a: Ints, b: Ints, limit: Floats) -> Bools:
    """Lowers each pair's limit to what its balls promise, and tells which may still hold its least gap."""
    between = np.linalg.norm(balls.middle[a] - balls.middle[b], axis=1)
    room = balls.radius_m[a] + balls.radius_m[b]
    np.minimum.at(limit, owner, way_at_most_m(between + room))
    return np.asarray(between - room <= limit[owner])


def each_with_each(first: Ints, count: Ints, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints]:
    """Every row of each left one with every row of its right one: (place in the list, row, row)."""
    wide = count[right]
    total = count[left] * wide
    place = np.repeat(np.arange(len(left)), total)
    step = np.arange(len(place)) - np.repeat(np.cumsum(total) - total, total)
    return place, first[left][place] + step // wide[place], first[right][place] + step % wide[place]


def listed(first: Ints, count: Ints, owners: Ints) -> tuple[Ints, Ints]:
    many = count[owners]
    place = np.repeat(np.arange(len(owners)), many)
    step = np.arange(len(place)) - np.repeat(np.cumsum(many) - many, many)
    return place, first[owners][place] + step


def portions(sizes: Ints) -> Iterator[slice]:
    """Runs of rows whose sizes add up to no more than is good to hold at once (one may be larger)."""
    total = np.cumsum(sizes)
    begin = 0
    while begin < len(sizes):
        done = total[begin - 1] if begin else 0
        end = max(int(np.searchsorted(total, done + _AT_ONCE, side="right")), begin + 1)
        yield slice(begin, end)
        begin = end
