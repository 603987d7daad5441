# SPDX-License-Identifier: Apache-2.0
"""Where is everything now, and which box can it not leave within the look-ahead?

    reports (position, velocity, height; some seconds old) ──moved along to now──► Movers (arrays) ──► boxes

What is too old, or says that it comes from the future, is not moved along: it is named, and whatever is asked
about it is Undetermined. The longer a report is ago, the larger the circle in which its mover may be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.geometry.ellipsoid import Floats
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.tracking.kernels_picture import Moved, moved
from steerclear.tracking.kernels_sweep import SIDES, Bodies, boxed, fastest_of
from steerclear.tracking.reports import NO_DATUM, Columns, Refs, Reports

__all__ = ["UNKNOWN", "Drift", "Movers", "bodies_of", "boxes_of", "in_parts", "moved_along", "movers_of"]

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNKNOWN: Final = NO_DATUM

AHEAD_MS: Final = 2_000
"""So far a report may come from the future: clocks that differ by more are shown as wrong."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What is assumed of a mover that keeps its velocity: how far it may be from where it is taken to be.

    ``lateral_mm_s``         for each second since the report and of the look-ahead
    ``unknown_speed_mm_s``   as much more for one that told no velocity
    ``climb_ft_min``         the same in height, for one that told its climb
    ``unknown_climb_ft_min`` … and for one that did not
    ``oldest_ms``            a report older than this is stale
    """

    lateral_mm_s: int = 0
    climb_ft_min: int = 0
    unknown_climb_ft_min: int = 3_000
    oldest_ms: int = 15_000
    unknown_speed_mm_s: int = 300_000


@dataclass(frozen=True, slots=True)
class Movers:
    """All that is fresh, as arrays of n rows in the order of ``refs``; and what is not.

    ``stale``            names of what is too old, or from the future: Undetermined, whatever is asked
    ``doubtful``         names that two movers carry: one of them is a row, the other nobody knows
    ``place`` and ``velocity`` ECEF on the ellipsoid, m and m/s, shape (n, 3); ``up`` unit normals;
    ``reach`` and ``growth`` of the uncertainty, m and m/s; ``datum`` a code, ``UNKNOWN`` for none;
    ``height`` low and high in ft of that datum, ``amsl`` the same above mean sea level, shape (n, 2);
    ``climb`` and ``climb_growth`` ft/min; ``whose`` a code, −1 for nobody's; ``speed_known`` false where none
    was reported.
    """

    at: Instant
    refs: Refs
    stale: tuple[str, ...]
    doubtful: tuple[str, ...]
    place: Floats
    velocity: Floats
    up: Floats
    reach: Floats
    growth: Floats
    datum: I32
    height: I64
    amsl: I64
    climb: I64
    climb_growth: I64
    whose: I32
    speed_known: Bools

    def __len__(self) -> int:
        return len(self.refs)


def movers_of(tracks: Sequence[Track], now: Instant, drift: Drift) -> Movers:
    """The newest reports, moved along to ``now``. Raises ``BadInput`` (``track-twice``)."""
    if len({track.ref for track in tracks}) < len(tracks):
        raise BadInput(
            "track-twice",
            "Two reports of one track were given at once.",
            where="tracks",
            remedy="Give the newest report of each; the picture of a feed keeps just that.",
        )
    reports = Reports.of(tracks)
    return moved_along(reports.refs, reports.columns, now, drift)


def moved_along(
    refs: Refs,
    seen: Columns,
    now: Instant,
    drift: Drift,
    *,
    doubtful: tuple[str, ...] = (),
    threads: int = 1,
) -> Movers:
    """One report a row, moved along to ``now``. Rows of ``seen`` beyond ``refs`` are room: not looked at."""
    age = now - seen.seen_at[: len(refs)]
    is_fresh = (age >= -AHEAD_MS) & (age <= drift.oldest_ms)
    rows = np.flatnonzero(is_fresh)
    out = _room(len(rows))

    def run(from_: int, to: int) -> None:
        moved(
            seen, rows, from_, to, now,
            drift.lateral_mm_s, drift.unknown_speed_mm_s, drift.climb_ft_min, drift.unknown_climb_ft_min, out,
        )  # fmt: skip

    in_parts(run, len(rows), threads)
    stale = () if len(rows) == len(refs) else tuple(refs[~is_fresh].tolist())
    return Movers(now, refs[rows], stale, doubtful, *out, speed_known=seen.speed_known[rows])


_WORTH_A_THREAD: Final = 2_000


def in_parts(run: Callable[[int, int], None], count: int, threads: int) -> None:
    """``run(from, to)`` over runs of rows, one for each thread; the kernels release the GIL."""
    if threads == 1 or count < _WORTH_A_THREAD * threads:
        run(0, count)
        return
    marks = [count * part // threads for part in range(threads + 1)]
    with ThreadPoolExecutor(threads - 1) as pool:
        others = [pool.submit(run, *part) for part in pairwise(marks[1:])]
        run(marks[0], marks[1])
        for other in others:
            other.result()


def _room(rows: int) -> Moved:
    return Moved(
        place=np.empty((rows, 3)),
        velocity=np.empty((rows, 3)),
        up=np.empty((rows, 3)),
        reach=np.empty(rows),
        growth=np.empty(rows),
        datum=np.empty(rows, dtype=np.int32),
        height=np.empty((rows, 2), dtype=np.int64),
        amsl=np.empty((rows, 2), dtype=np.int64),
        climb=np.empty(rows, dtype=np.int64),
        climb_growth=np.empty(rows, dtype=np.int64),
        whose=np.empty(rows, dtype=np.int32),
    )


def boxes_of(
    movers: Movers,
    rows: I32,
    height: I64,
    *,
    reach_m: float,
    tall_ft: int,
    look_ahead_s: int,
    threads: int = 1,
) -> I32:
    """What each row may be in until the look-ahead ends, half of the minima around it: (8, n) whole numbers.

    x, y, z in metres and height in ft of the low side, then of the high one. Rounded outward.
    """
    boxes = np.empty((SIDES, len(rows)), dtype=np.int32)
    fastest = fastest_of(movers.velocity)

    def run(from_: int, to: int) -> None:
        boxed(
            bodies_of(movers, height), rows, from_, to, fastest, reach_m / 2, -(-tall_ft // 2), look_ahead_s,
            boxes,
        )  # fmt: skip

    in_parts(run, len(rows), threads)
    return boxes


def bodies_of(movers: Movers, height: I64) -> Bodies:
    """The columns that the compiled loops ask for."""
    return Bodies(
        movers.place,
        movers.velocity,
        movers.up,
        movers.reach,
        movers.growth,
        height,
        movers.climb,
        movers.climb_growth,
        movers.whose,
    )
