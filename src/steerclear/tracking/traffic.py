# SPDX-License-Identifier: Apache-2.0
"""Which tracks will come too close to each other, when, and how close? Every pair, within the look-ahead.

    movers ──► swept boxes ──► pairs whose boxes meet (the shared grid) ──► closed form ──► losses
                                                                              └─ near ──► rationals

Heights of one datum compare as they are. Of two datums the worse side of the conversion counts. A height that
nobody reported, or one above ground, may be any: if the paths cross, the answer is Undetermined and is listed
with the losses, marked so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.ellipsoid import Floats
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.tracking.closest import LOSS, Approach, settled
from steerclear.tracking.kernels_sweep import (
    BLOCK,
    BODY,
    SIDES,
    Strips,
    gathered,
    judged_pairs,
    planned,
    ranked,
    swept,
)
from steerclear.tracking.swept import UNKNOWN, Drift, Movers, bodies_of, boxes_of, in_parts, movers_of

__all__ = ["Loss", "Minima", "Traffic", "approach_of", "losses_of", "pairs_of", "traffic_of"]

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

_NOBODY: Final = np.int32(-1)
_WORTH_A_THREAD: Final = 2_000
_PORTIONS: Final = 8
_FEWEST: Final = 1 << 16


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
        loss
        for found in pairs_of(movers, minima, threads=threads)
        for loss in _losses(movers, _lost(movers, found, minima))
    ]
    losses.sort(key=attrgetter("first_s", "one", "other"))
    return Traffic(movers.at, len(movers), tuple(losses), (*movers.stale, *movers.doubtful))


def pairs_of(movers: Movers, minima: Minima, *, threads: int = 1) -> list[_Found]:
    """Pairs of rows that lose separation or are too near to say, in portions."""
    found: list[_Found] = []
    datums = np.flatnonzero(np.bincount(movers.datum - UNKNOWN)) + UNKNOWN
    every = np.arange(len(movers), dtype=np.int32)
    for datum in datums.tolist():
        rows = every if len(datums) == 1 else np.flatnonzero(movers.datum == datum).astype(np.int32)
        # Within one datum nobody's party meets all; whose tracks they are is asked of each pair.
        party = np.full(len(rows), _NOBODY)
        found += _swept(movers, rows, party, movers.height, minima, threads)
    if len(datums) > 1:
        party = (movers.datum - np.int32(UNKNOWN)).astype(np.int32)
        found += _swept(movers, every, party, movers.amsl, minima, threads)
    return found


def _swept(movers: Movers, rows: I32, party: I32, height: I64, minima: Minima, threads: int) -> list[_Found]:
    """All pairs of the given rows that are not of one party: boxes, strips, and the sweep in portions."""
    if len(rows) < 2:
        return []
    boxes = boxes_of(
        movers,
        rows,
        height,
        reach_m=minima.lateral_mm / 1000,
        tall_ft=minima.vertical_ft,
        look_ahead_s=minima.look_ahead_s,
        threads=threads,
    )
    strips = _in_strips(movers, rows, party, height, boxes, threads)
    if threads == 1 or len(rows) < _WORTH_A_THREAD * threads:
        return _in_portion(strips, 0, len(rows), minima)
    marks = [len(rows) * part // (_PORTIONS * threads) for part in range(_PORTIONS * threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        runs = [pool.submit(_in_portion, strips, from_, to, minima) for from_, to in pairwise(marks)]
        return [found for run in runs for found in run.result()]


def _in_strips(movers: Movers, rows: I32, party: I32, height: I64, boxes: I32, threads: int) -> Strips:
    along, across, deep, side, count = planned(boxes)
    first = np.empty(count + 2, dtype=np.int64)
    lanes = np.empty((-(-len(rows) // BLOCK), SIDES, BLOCK), dtype=np.int16)
    order = ranked(boxes, (along, across, deep), side, count, first, lanes)
    row, own = np.empty(len(rows), dtype=np.int32), np.empty(len(rows), dtype=np.int32)
    strips = Strips(first, row, own, lanes, np.empty((len(rows), BODY)))
    seen = bodies_of(movers, height)
    in_parts(lambda from_, to: gathered(seen, rows, party, order, from_, to, strips), len(rows), threads)
    return strips


def _in_portion(strips: Strips, at: int, to: int, minima: Minima) -> list[_Found]:
    """The pairs of which the one that begins first stands at one of these places."""
    room, portions = max(len(strips.row) + BLOCK, _FEWEST), []
    one, other = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    while at < to:
        count, at = swept(strips, at, to, one, other)
        portions.append(_judged(strips, count, one, other, minima))
    return portions


def _judged(strips: Strips, count: int, one: I32, other: I32, minima: Minima) -> _Found:
    verdict, times = np.empty(count, dtype=np.uint8), np.empty((count, 3))
    lateral, tall, look_ahead = (
        minima.lateral_mm / 1000,
        float(minima.vertical_ft),
        float(minima.look_ahead_s),
    )
    kept = judged_pairs(strips, count, one, other, lateral, tall, look_ahead, verdict, times)
    return _Found(one[:kept].copy(), other[:kept].copy(), verdict[:kept].copy(), times[:kept].copy())


def _lost(movers: Movers, found: _Found, minima: Minima) -> _Found:
    """The pairs that lose separation: what was too near to say is settled in rational numbers."""
    keep = found.verdict == LOSS
    for at in np.flatnonzero(~keep).tolist():
        exact = approach_of(movers, int(found.one[at]), int(found.other[at]), minima)
        keep[at] = settled(exact, minima.look_ahead_s)
    return _Found(found.one[keep], found.other[keep], found.verdict[keep], found.times[keep])


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


def _losses(movers: Movers, lost: _Found) -> Iterator[Loss]:
    one, other = lost.one, lost.other
    known = (movers.datum != UNKNOWN) & movers.speed_known
    certain = (known[one] & known[other]).tolist()
    columns = (movers.refs[one].tolist(), movers.refs[other].tolist(), lost.times.tolist(), certain)
    for a, b, (first, at, apart), is_certain in zip(*columns, strict=True):
        yield Loss(a, b, first, at, apart, is_certain) if a <= b else Loss(b, a, first, at, apart, is_certain)
