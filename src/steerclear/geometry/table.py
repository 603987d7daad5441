# SPDX-License-Identifier: Apache-2.0
"""Many outlines as one structure of arrays, and the pairs of their pieces that may be near.

From coarse to fine: ball of the whole footprint, balls of runs of 16 pieces, ball of each piece. What is
dropped is dropped because a chord, a lower bound of the geodesic, is already too long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from steerclear.geometry.ellipsoid import Floats, Ints, arc_at_least_m, arc_at_most_m
from steerclear.geometry.outline import Areas, Outline, Pieces

__all__ = ["Bools", "PiecePairs", "Runs", "Table", "piece_pairs"]

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]

_ROWS_AT_ONCE = 400_000


@dataclass(frozen=True, slots=True)
class Runs:
    """Row ``i`` of one table owns rows ``first[i] … first[i] + count[i] − 1`` of another."""

    first: Ints
    count: Ints

    @staticmethod
    def of(counts: Sequence[int]) -> Runs:
        count = np.asarray(counts, dtype=np.int64)
        return Runs(np.cumsum(count) - count, count)

    def listed(self, owners: Ints) -> tuple[Ints, Ints]:
        """Every owned row of ``owners``: (place in ``owners``, owned row)."""
        count = self.count[owners]
        place = np.repeat(np.arange(len(owners)), count)
        step = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        return place, self.first[owners][place] + step

    def crossed(self, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints]:
        """Every owned row of ``left`` with every owned row of ``right``: (place, row, row)."""
        wide = self.count[right]
        total = self.count[left] * wide
        place = np.repeat(np.arange(len(left)), total)
        step = np.arange(len(place)) - np.repeat(np.cumsum(total) - total, total)
        return (
            place,
            self.first[left][place] + step // wide[place],
            self.first[right][place] + step % wide[place],
        )


@dataclass(frozen=True, slots=True)
class Table:
    """``of_*`` lead from an outline to its rows; ``block_pieces`` from a block to its pieces, ``area_pieces``
    from a polygon to its pieces. ``polygon``, ``ring`` and ``following`` say per piece what it belongs to
    (−1 for lines)."""

    outlines: tuple[Outline, ...]
    pieces: Pieces
    of_pieces: Runs
    block_middle: Floats
    block_radius_m: Floats
    of_blocks: Runs
    block_pieces: Runs
    area_frame: Floats
    of_areas: Runs
    area_pieces: Runs
    plane: Floats
    polygon: Ints
    ring: Ints
    following: Ints
    witnesses: Floats
    of_witnesses: Runs
    middle: Floats
    radius_m: Floats
    reach_m: Floats
    has_area: Bools
    rank: Ints

    @staticmethod
    def of(outlines: Sequence[Outline]) -> Table:
        of_pieces = Runs.of([len(o.pieces) for o in outlines])
        of_blocks = Runs.of([len(o.blocks.first) for o in outlines])
        areas = [o.areas.frame if o.areas else np.empty((0, 3, 3)) for o in outlines]
        middle = np.array([o.middle for o in outlines])
        radius, reach = np.array([o.radius_m for o in outlines]), np.array([o.reach_m for o in outlines])
        begin = np.array([o.pieces.start[0] for o in outlines])
        polygon, ring, following = _rings(outlines, of_pieces)
        return Table(
            outlines=tuple(outlines),
            pieces=Pieces.joined([o.pieces for o in outlines]),
            of_pieces=of_pieces,
            block_middle=np.concatenate([o.blocks.middle for o in outlines]),
            block_radius_m=np.concatenate([o.blocks.radius_m for o in outlines]),
            of_blocks=of_blocks,
            block_pieces=Runs(
                np.concatenate([o.blocks.first for o in outlines])
                + np.repeat(of_pieces.first, of_blocks.count),
                np.concatenate([o.blocks.count for o in outlines]),
            ),
            area_frame=np.concatenate(areas),
            of_areas=Runs.of([len(frames) for frames in areas]),
            area_pieces=_area_pieces(outlines, of_pieces),
            plane=np.concatenate([_plane(o) for o in outlines]),
            polygon=polygon,
            ring=ring,
            following=following,
            witnesses=np.concatenate([o.witnesses for o in outlines]),
            of_witnesses=Runs.of([len(o.witnesses) for o in outlines]),
            middle=middle,
            radius_m=radius,
            reach_m=reach,
            has_area=np.array([o.has_area for o in outlines]),
            rank=_rank(middle, radius, reach, begin),
        )


@dataclass(frozen=True, slots=True)
class PiecePairs:
    """Rows of pieces to compare; ``owner`` is the place of their outlines in the list that was asked."""

    owner: Ints
    a: Ints
    b: Ints


def piece_pairs(
    table: Table,
    left: Ints,
    right: Ints,
    within_m: Floats,
    *,
    lag_s: float | None = None,
    nearest_only: bool = True,
) -> Iterator[PiecePairs]:
    """Pairs of pieces whose gap may be less than ``within_m``, in portions; the rest certainly is not.

    With ``nearest_only`` also those are dropped that cannot be the nearest of their outlines.
    """
    for some in _portions(table.of_blocks.count[left] * table.of_blocks.count[right]):
        owner, a, b = table.of_blocks.crossed(left[some], right[some])
        within = within_m[some][owner]
        between, balls = _balls(table, a, b)
        low = _low(table, left[some][owner], right[some][owner], between, balls)
        near = low < within
        if lag_s is None and nearest_only:
            near &= low <= _least(owner, arc_at_most_m(between + balls), len(within_m[some]))[owner]
        owner, a, b = owner[near], a[near], b[near]
        for part in _portions(table.block_pieces.count[a] * table.block_pieces.count[b]):
            place, row_a, row_b = table.block_pieces.crossed(a[part], b[part])
            pairs = PiecePairs(some.start + owner[part][place], row_a, row_b)
            yield _near(table, pairs, within_m, lag_s, nearest_only=nearest_only)


def _portions(sizes: Ints) -> Iterator[slice]:
    """Runs of rows whose sizes add up to no more than fits in the cache (one row may be larger)."""
    total = np.cumsum(sizes)
    begin = 0
    while begin < len(sizes):
        done = total[begin - 1] if begin else 0
        end = max(int(np.searchsorted(total, done + _ROWS_AT_ONCE, side="right")), begin + 1)
        yield slice(begin, end)
        begin = end


def _balls(table: Table, a: Ints, b: Ints) -> tuple[Floats, Floats]:
    between = np.linalg.norm(table.block_middle[a] - table.block_middle[b], axis=1)
    return between, table.block_radius_m[a] + table.block_radius_m[b]


def _low(table: Table, left: Ints, right: Ints, between_m: Floats, balls_m: Floats) -> Floats:
    low: Floats = arc_at_least_m(between_m - balls_m) - table.reach_m[left] - table.reach_m[right]
    return low


def _near(
    table: Table, pairs: PiecePairs, within_m: Floats, lag_s: float | None, *, nearest_only: bool
) -> PiecePairs:
    p = table.pieces
    a, b = pairs.a, pairs.b
    between = np.linalg.norm(p.middle[a] - p.middle[b], axis=1)
    radii = np.maximum(p.radius0_m[a], p.radius1_m[a]) + np.maximum(p.radius0_m[b], p.radius1_m[b])
    low = arc_at_least_m(between - p.half_m[a] - p.half_m[b]) - radii
    near = low < within_m[pairs.owner]
    if lag_s is not None:
        near &= (p.time0_s[a] <= p.time1_s[b] + lag_s) & (p.time0_s[b] <= p.time1_s[a] + lag_s)
    elif nearest_only:
        # The middles themselves are no farther apart than this, so the nearest pair of pieces is not either.
        least_radii = np.minimum(p.radius0_m[a], p.radius1_m[a]) + np.minimum(p.radius0_m[b], p.radius1_m[b])
        high = arc_at_most_m(between + _bulge(p, a) + _bulge(p, b)) - least_radii + 2.0
        near &= low <= _least(pairs.owner, high, len(within_m))[pairs.owner]
    return PiecePairs(pairs.owner[near], a[near], b[near])


def _least(owner: Ints, high: Floats, owners: int) -> Floats:
    """The least value of each owner."""
    least = np.full(owners, np.inf)
    np.minimum.at(least, owner, high)
    return least


def _bulge(p: Pieces, rows: Ints) -> Floats:
    # half_m is half the chord and the bulge; the bulge is at most a 500th of it (100 km chords at most).
    return p.half_m[rows] / 200


def _area_pieces(outlines: Sequence[Outline], of_pieces: Runs) -> Runs:
    kept: list[tuple[Areas, int]] = [
        (o.areas, int(first)) for o, first in zip(outlines, of_pieces.first, strict=True) if o.areas
    ]
    none = np.empty(0, dtype=np.int64)
    return Runs(
        np.concatenate([none, *(areas.first + first for areas, first in kept)]),
        np.concatenate([none, *(areas.count for areas, _ in kept)]),
    )


def _plane(outline: Outline) -> Floats:
    return outline.areas.plane if outline.areas else np.zeros((len(outline.pieces), 4))


def _rings(outlines: Sequence[Outline], of_pieces: Runs) -> tuple[Ints, Ints, Ints]:
    """Per piece: its polygon (−1 for lines), its ring, and the piece that follows along the ring."""
    polygon, ring, following = [], [], []
    polygons = rings = 0
    for outline, first in zip(outlines, of_pieces.first, strict=True):
        areas = outline.areas
        if areas is None:
            none = np.full(len(outline.pieces), -1)
            polygon.append(none)
            ring.append(none)
            following.append(none)
            continue
        polygon.append(np.repeat(np.arange(polygons, polygons + len(areas.count)), areas.count))
        ring.append(areas.ring + rings)
        following.append(areas.following + first)
        polygons += len(areas.count)
        rings += int(areas.ring[-1]) + 1
    return np.concatenate(polygon), np.concatenate(ring), np.concatenate(following)


def _rank(middle: Floats, radius: Floats, reach: Floats, begin: Floats) -> Ints:
    """An order that the caller's order does not change: a pair is always computed the same way round."""
    rank = np.empty(len(radius), dtype=np.int64)
    keys = (*begin.T, reach, radius, *middle.T)
    rank[np.lexsort(keys)] = np.arange(len(radius))
    return rank
