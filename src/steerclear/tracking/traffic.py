# SPDX-License-Identifier: Apache-2.0
"""Which tracks will come too close to each other, when, and how close? Every pair, within the look-ahead.

    movers ──► swept boxes ──► pairs whose boxes meet (the shared grid) ──► closed form ──► losses
                                                                              └─ near ──► rationals

Heights of one datum compare as they are. Of two datums the worse side of the conversion counts. A height that
nobody reported, or one above ground, may be any: if the paths cross, the answer is Undetermined and is listed
with the losses, marked so.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steerclear.geometry.ellipsoid import Floats
from steerclear.geometry.grid import AXES, NOBODY, BoxGrid
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.tracking.closest import (
    CLEAR,
    LOSS,
    Approach,
    closest,
    judged,
    lost_from,
    settled,
    vertical_times,
)
from steerclear.tracking.swept import UNKNOWN, Drift, Movers, boxes_of, movers_of

__all__ = ["Loss", "Minima", "Traffic", "approach_of", "losses_of", "pairs_of", "traffic_of"]

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

_NOBODY: Final = np.int32(NOBODY)
_FAR: Final = 1 << 40
_WORTH_A_SLAB: Final = 2_000


@dataclass(frozen=True, slots=True)
class Minima:
    """Less than both at one instant within the look-ahead is a loss of separation (strict ``<``)."""

    lateral_mm: int
    vertical_ft: int
    look_ahead_s: int


@dataclass(frozen=True, slots=True)
class Loss:
    """Two tracks that lose separation. Times in s from the instant of the picture.

    ``first_s``       when it is lost, 0.0 when it is lost already
    ``closest_s``     when they are closest, ``closest_m`` how close then (lateral, uncertainty not taken off)
    ``is_certain``    ``False``: a height or a velocity is not known, so that this is Undetermined
    """

    one: str
    other: str
    first_s: float
    closest_s: float
    closest_m: float
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was found at ``at`` among ``compared`` fresh tracks; ``stale`` (or doubtful) is Undetermined."""

    at: Instant
    compared: int
    losses: tuple[Loss, ...]
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows of movers, in pairs, and what was found of each."""

    one: I32
    other: I32
    verdict: NDArray[np.uint8]
    times: Floats


def losses_of(tracks: Sequence[Track], now: Instant, minima: Minima, drift: Drift) -> Traffic:
    """Every loss among tracks of different owners, soonest first; unknown owners are everybody's.

    Raises what ``movers_of`` raises.
    """
    return traffic_of(movers_of(tracks, now, drift), minima)


def traffic_of(movers: Movers, minima: Minima, *, threads: int = 1) -> Traffic:
    """As ``losses_of``, of a picture that is already moved along."""
    losses = [
        _loss(movers, *row)
        for found in pairs_of(movers, minima, threads=threads)
        for row in _rows(found, movers, minima)
    ]
    losses.sort(key=lambda loss: (loss.first_s, loss.one, loss.other))
    return Traffic(movers.at, len(movers), tuple(losses), (*movers.stale, *movers.doubtful))


def pairs_of(movers: Movers, minima: Minima, *, threads: int = 1) -> list[_Found]:
    """Pairs of rows that lose separation or are too near to say, in portions."""
    found: list[_Found] = []
    datums = np.unique(movers.datum).tolist()
    for datum in datums:
        rows = np.flatnonzero(movers.datum == datum).astype(np.int32)
        # Within one datum nobody's party meets all; whose tracks they are is asked of each pair.
        found += _probe(movers, rows, np.full(len(rows), _NOBODY), movers.height, minima, threads)
    if len(datums) > 1:
        rows = np.arange(len(movers), dtype=np.int32)
        party = movers.datum - np.int32(UNKNOWN)
        found += _probe(movers, rows, party.astype(np.int32), movers.amsl, minima, threads)
    return found


def _probe(movers: Movers, rows: I32, party: I32, height: I64, minima: Minima, threads: int) -> list[_Found]:
    """All pairs of the given rows, in slabs of space that a thread takes whole: grid, pairs and verdicts."""
    boxes = boxes_of(
        movers,
        height,
        reach_m=minima.lateral_mm / 1000,
        tall_ft=minima.vertical_ft,
        look_ahead_s=minima.look_ahead_s,
    )[rows]
    slabs = threads if len(rows) >= _WORTH_A_SLAB * threads else 1
    axis = int(np.argmax(np.ptp(movers.place[rows], axis=0))) if slabs > 1 else 0
    low, high = boxes[:, axis], boxes[:, axis + AXES]
    cuts = np.quantile(low, np.linspace(0, 1, slabs + 1)[1:-1]) if slabs > 1 else np.empty(0)
    # The minima of the grid widen the high side by no more than one.
    marks = [-_FAR, *np.floor(cuts).astype(np.int64).tolist(), _FAR]

    def in_slab(from_: int, to: int) -> list[_Found]:
        own = np.flatnonzero((low < to) & (high + 1 >= from_)) if slabs > 1 else slice(None)
        return _in_slab(movers, rows[own], boxes[own], party[own], height, minima, (axis, from_))

    if slabs == 1:
        return in_slab(*marks)
    with ThreadPoolExecutor(slabs) as pool:
        return [found for part in pool.map(in_slab, marks[:-1], marks[1:]) for found in part]


def _in_slab(
    movers: Movers, rows: I32, boxes: I64, party: I32, height: I64, minima: Minima, begin: tuple[int, int]
) -> list[_Found]:
    """A pair belongs to the slab in which the greater of its two low sides lies, and so is found once."""
    axis, from_ = begin
    grid = BoxGrid((1, 1, 1, 1, 1))
    grid.extend(boxes[:, :AXES], boxes[:, AXES:], party)
    low = np.ascontiguousarray(boxes[:, axis])

    def judge(a: I32, b: I32) -> _Found:
        if from_ > -_FAR:
            own = np.maximum(low[a], low[b]) >= from_
            a, b = a[own], b[own]
        return _judged_pairs(movers, rows[a], rows[b], height, minima)

    return list(grid.of_pairs(judge))


def _judged_pairs(movers: Movers, one: I32, other: I32, height: I64, minima: Minima) -> _Found:
    verdict = np.empty(len(one), dtype=np.uint8)
    times = np.empty((len(one), 3), dtype=np.float64)
    kept = _judge(
        movers.place,
        movers.velocity,
        movers.up,
        movers.reach,
        movers.growth,
        height,
        movers.climb,
        movers.climb_growth,
        movers.whose,
        one,
        other,
        minima.lateral_mm / 1000,
        minima.vertical_ft,
        float(minima.look_ahead_s),
        verdict,
        times,
    )
    return _Found(one[:kept], other[:kept], verdict[:kept], times[:kept])


@njit(nogil=True, cache=True, error_model="numpy")
def _judge(
    place: Floats,
    velocity: Floats,
    up: Floats,
    reach: Floats,
    growth: Floats,
    height: I64,
    climb: I64,
    climb_growth: I64,
    whose: I32,
    one: I32,
    other: I32,
    lateral: float,
    tall: int,
    look_ahead: float,
    verdict: NDArray[np.uint8],
    times: Floats,
) -> int:
    """Moves the pairs that are not clear to the front of ``one`` and ``other``; returns how many."""
    kept = 0
    for at in range(len(one)):
        i, j = one[at], other[at]
        if whose[i] >= 0 and whose[i] == whose[j]:
            continue
        least, most = vertical_times(
            float(height[j, 0] - height[i, 1]),
            float(height[j, 1] - height[i, 0]),
            float(climb[j] - climb[i]),
            float(tall),
            float(climb_growth[i] + climb_growth[j]),
            look_ahead,
        )
        if least > most + 1e-9 * (1.0 + look_ahead):
            continue
        pp, pv, vv = _in_plane(place, velocity, up, i, j)
        near, grows = lateral + reach[i] + reach[j], growth[i] + growth[j]
        said = judged(pp, pv, vv, near, grows, least, most)
        if said == CLEAR:
            continue
        one[kept], other[kept], verdict[kept] = i, j, said
        times[kept, 0] = lost_from(pp, pv, vv, near, grows, least, most)
        times[kept, 1], times[kept, 2] = closest(pp, pv, vv, look_ahead)
        kept += 1
    return kept


@njit(nogil=True, cache=True, error_model="numpy")
def _in_plane(place: Floats, velocity: Floats, up: Floats, i: int, j: int) -> tuple[float, float, float]:
    """|p|², p·v and |v|² of ``j`` seen from ``i``, without what stands upright midway between them."""
    nx, ny, nz = up[i, 0] + up[j, 0], up[i, 1] + up[j, 1], up[i, 2] + up[j, 2]
    scale = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx * scale, ny * scale, nz * scale
    px, py, pz = place[j, 0] - place[i, 0], place[j, 1] - place[i, 1], place[j, 2] - place[i, 2]
    vx = velocity[j, 0] - velocity[i, 0]
    vy = velocity[j, 1] - velocity[i, 1]
    vz = velocity[j, 2] - velocity[i, 2]
    p, v = px * nx + py * ny + pz * nz, vx * nx + vy * ny + vz * nz
    px, py, pz = px - p * nx, py - p * ny, pz - p * nz
    vx, vy, vz = vx - v * nx, vy - v * ny, vz - v * nz
    return px * px + py * py + pz * pz, px * vx + py * vy + pz * vz, vx * vx + vy * vy + vz * vz


def _rows(found: _Found, movers: Movers, minima: Minima) -> list[tuple[int, int, Floats]]:
    """The pairs that lose separation: what was too near to say is settled in rational numbers."""
    rows = zip(found.one.tolist(), found.other.tolist(), found.verdict.tolist(), found.times, strict=True)
    return [
        (one, other, times)
        for one, other, verdict, times in rows
        if verdict == LOSS or (settled(approach_of(movers, one, other, minima), minima.look_ahead_s))
    ]


def approach_of(movers: Movers, i: int, j: int, minima: Minima) -> Approach:
    """The same pair as numbers for ``settled``: height differences in the datum of both, or above the sea."""
    normal = movers.up[i] + movers.up[j]
    normal = normal / np.sqrt((normal * normal).sum())
    height = movers.height if movers.datum[i] == movers.datum[j] else movers.amsl
    return Approach(
        p_m=_flat(movers.place[j] - movers.place[i], normal),
        v_m_s=_flat(movers.velocity[j] - movers.velocity[i], normal),
        reach_m=minima.lateral_mm / 1000 + float(movers.reach[i] + movers.reach[j]),
        growth_m_s=float(movers.growth[i] + movers.growth[j]),
        z_low_ft=int(height[j, 0] - height[i, 1]),
        z_high_ft=int(height[j, 1] - height[i, 0]),
        climb_ft_min=int(movers.climb[j] - movers.climb[i]),
        tall_ft=minima.vertical_ft,
        tall_growth_ft_min=int(movers.climb_growth[i] + movers.climb_growth[j]),
    )


def _flat(vector: Floats, normal: Floats) -> tuple[float, ...]:
    return tuple((vector - (vector * normal).sum() * normal).tolist())


def _loss(movers: Movers, i: int, j: int, times: Floats) -> Loss:
    first, at, apart = times.tolist()
    one, other = sorted((movers.refs[i], movers.refs[j]))
    is_certain = UNKNOWN not in (int(movers.datum[i]), int(movers.datum[j]))
    is_certain &= bool(movers.speed_known[i] and movers.speed_known[j])
    return Loss(one, other, first, at, apart, is_certain)
