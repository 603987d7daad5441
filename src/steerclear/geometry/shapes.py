# SPDX-License-Identifier: Apache-2.0
"""Many footprints made ready at once, and the exact verdict for many pairs of them.

    FootprintArrays ──► Shapes (points, balls, boxes; checked) ──► closer(shapes, left, right, minimum)

A row of ``Shapes`` is a footprint, in the order in which it was given. All limits are checked, from the
sizes alone, before memory is used for what they limit.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.geometry.arrays import FootprintArrays
from steerclear.geometry.ellipsoid import Bools, Floats, Ints, ecef, position_of
from steerclear.geometry.kernels_check import check_rows
from steerclear.geometry.kernels_pair import ASK, CLOSER, NOT_CLOSER, settle_pairs
from steerclear.geometry.kernels_prepare import (
    AREAS,
    BLOCKS,
    CHAINS,
    EXTRAS,
    FACTS,
    MOVES,
    PIECE_M,
    POINTS,
    ROWS,
    RUNS,
    TIMED_PIECE_M,
    Given,
    Made,
    count_rows,
    fill_rows,
)
from steerclear.geometry.kernels_timed import settle_moving
from steerclear.geometry.lateral import exactly_closer
from steerclear.geometry.memory import spare_bytes
from steerclear.geometry.outline import LONGEST_EDGE_M, Outline, outline_of
from steerclear.geometry.refusals import EDGE_TOO_LONG, NOUN_REFUSES, refusal
from steerclear.geometry.scratch import scratch_of_thread
from steerclear.model.space import Footprint

__all__ = ["Approaches", "Shapes", "closer", "closer_while_both"]

MOST_POINTS_A_FOOTPRINT: Final = 65_536
"""Corners and waypoints of one footprint, which is checked in about a second: nothing that one side files may
keep the others' nodes for longer."""

MOST_RINGS_A_FOOTPRINT: Final = 2_000
"""Parts and holes of one footprint: each hole is held against each other one."""

_MOST_OF_ANYTHING: Final = 2**31 - 1
_ROWS_AT_ONCE: Final = 16_384
_FEW_ROWS: Final = 64
_WGS84: Final = Geodesic.WGS84
_NO_EDGES: Final[Ints] = np.empty(0, dtype=np.int64)
_NO_RUNS: Final[Ints] = np.zeros(1, dtype=np.int64)
_NO_POINTS: Final[Floats] = np.empty((0, 3))
_COLUMNS: Final = {
    "facts": (FACTS, np.float64, ROWS),
    "runs": (RUNS, np.int64, ROWS),
    "chains": (3, np.int64, CHAINS),
    "points": (3, np.float64, POINTS),
    "extras": (2, np.float64, EXTRAS),
    "blocks": (4, np.float64, BLOCKS),
    "block_runs": (3, np.int64, BLOCKS),
    "areas": (3, np.float64, AREAS),
    "low": (3, np.int32, ROWS),
    "high": (3, np.int32, ROWS),
}
"""Width and type of each array, and what it grows by."""


def _bytes_by(counted: int) -> int:
    return sum(width * np.dtype(dtype).itemsize for width, dtype, by in _COLUMNS.values() if by == counted)


_BYTES_OF_COUNTED: Final = np.array([_bytes_by(counted) for counted in range(ROWS)])
_BYTES_OF_ROW: Final = _bytes_by(ROWS)


Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Approaches:
    """One row per pair. ``gap_at_least_m``: whole millimetres, 0.0 where interior is shared; only where
    ``closer`` is it near the true gap, elsewhere it is the minimum that was asked."""

    closer: Bools
    gap_at_least_m: Floats


class Shapes:
    """Footprints by row, ready to be compared. Rows are only added, or withdrawn from the end.

    ``most_bytes`` bounds what all rows may take; ``None`` is what the machine has free when asked. Not to be
    changed by one thread while another reads.
    """

    __slots__ = ("_before", "_given", "_given_first", "_made", "_most_bytes", "_room", "_used")

    def __init__(self, *, most_bytes: int | None = None) -> None:
        self._most_bytes = most_bytes
        self._made = Made(*(np.empty((0, width), dtype) for width, dtype, _ in _COLUMNS.values()))
        self._used, self._room = np.zeros(6, dtype=np.int64), np.zeros(6, dtype=np.int64)
        self._before: list[tuple[int, ...]] = []
        self._given: list[FootprintArrays] = []
        self._given_first: list[int] = []

    @staticmethod
    def of(
        arrays: FootprintArrays,
        *,
        threads: int = 1,
        progress: Progress | None = None,
        most_bytes: int | None = None,
    ) -> Shapes:
        """Make footprints ready. Raises ``BadInput`` as ``append`` does."""
        shapes = Shapes(most_bytes=most_bytes)
        shapes.append(arrays, threads=threads, progress=progress)
        return shapes

    def __len__(self) -> int:
        return int(self._used[5])

    @property
    def made(self) -> Made:
        """The arrays that compiled code reads; rows beyond ``len(self)`` mean nothing."""
        return self._made

    @property
    def memory_bytes(self) -> int:
        """What the rows take, the given arrays included, as far as they are in use."""
        made = int(self._used[:ROWS] @ _BYTES_OF_COUNTED) + len(self) * _BYTES_OF_ROW
        return made + sum(_bytes_of(arrays) for arrays in self._given)

    def append(self, arrays: FootprintArrays, *, threads: int = 1, progress: Progress | None = None) -> range:
        """Make more footprints ready, check them, and return their rows. Nothing is kept of a refused lot.

        Raises ``BadInput``: ``arrays-uneven``, ``footprint-too-detailed``, ``too-many-volumes``, the codes of
        the nouns in ``model.space``, and those of ``check_footprint``; ``where`` counts rows from 0.
        """
        arrays.check_shape()
        count, at = len(arrays), len(self)
        given, counts = _counted(arrays, threads)
        _check_details(counts)
        total = counts.sum(axis=0)
        wanted = np.empty(ROWS + 1, dtype=np.int64)
        wanted[:ROWS], wanted[ROWS] = self._used[:ROWS] + total, at + count
        fits = not (wanted > self._room).any()
        if self._most_bytes is not None or not fits:
            self._check_memory(count, total)
        if not fits:
            self._make_room(wanted)
        first = np.cumsum(counts, axis=0) - counts + self._used[:ROWS]
        work = _Work(self, given, first, at)
        _in_threads(work.fill, count, threads, progress)
        self._before.append(tuple(self._used.tolist()))
        self._used[:] = wanted
        self._given.append(arrays)
        self._given_first.append(at)
        return range(at, at + count)

    def append_one(self, footprint: Footprint) -> int:
        """As ``append``, for one footprint; returns its row. The quick way of a question."""
        arrays = FootprintArrays.of_one(footprint)
        given, counts = _given(arrays), np.empty((1, ROWS), dtype=np.int64)
        has_long_edges = count_rows(given, 0, 1, counts, _NO_EDGES) > 0
        needs, used = [*counts[0].tolist(), 1], self._used.tolist()
        fits = all(u + n <= room for u, n, room in zip(used, needs, self._room.tolist(), strict=True))
        too_detailed = needs[POINTS] > MOST_POINTS_A_FOOTPRINT or needs[CHAINS] > MOST_RINGS_A_FOOTPRINT
        if has_long_edges or too_detailed or not fits:
            return self.append(arrays).start
        at = used[ROWS]
        _Work(self, given, self._used[:ROWS].reshape(1, ROWS), at).fill(0, 1)
        self._before.append(tuple(used))
        self._used[:] = [u + n for u, n in zip(used, needs, strict=True)]
        self._given.append(arrays)
        self._given_first.append(at)
        return at

    def withdraw(self, rows: range) -> None:
        """Take back the rows that were appended last (a question that need not stay)."""
        at = self._given_first[-1] if self._given_first else -1
        if rows != range(at, len(self)):
            raise ValueError(f"rows {rows} are not those that were appended last")
        self._given.pop()
        self._given_first.pop()
        self._used[:] = self._before.pop()

    def boxes(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Low and high ECEF corners of every row, whole metres, outward; int32 (n, 3) each, not copied."""
        return self._made.low[: len(self)], self._made.high[: len(self)]

    def boxes_of(self, rows: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """As ``boxes``, of some rows, copied."""
        return self._made.low[rows], self._made.high[rows]

    def moves(self) -> Bools:
        """Which rows are timed legs."""
        return np.asarray(self._made.runs[: len(self), MOVES] != 0)

    def outline(self, row: int) -> Outline:
        """The row as an outline of its own, for what geographiclib settles."""
        arrays, own = self._source(row)
        return outline_of(arrays.footprint(own))

    def _source(self, row: int) -> tuple[FootprintArrays, int]:
        place = bisect.bisect_right(self._given_first, row) - 1
        return self._given[place], row - self._given_first[place]

    def _check_memory(self, count: int, total: Ints) -> None:
        needed = int(total @ _BYTES_OF_COUNTED) + count * _BYTES_OF_ROW
        room = spare_bytes() if self._most_bytes is None else self._most_bytes - self.memory_bytes
        if needed > room or int(total.max(initial=0)) > _MOST_OF_ANYTHING - int(self._used.max()):
            raise BadInput(
                "too-many-volumes",
                f"{count:,} volumes with {int(total[0]):,} points need {needed / 2**20:,.0f} MiB; "
                f"{max(room, 0) / 2**20:,.0f} MiB may be used.",
                remedy="Give fewer volumes at once, simplify them, or use a machine with more memory.",
            )

    def _make_room(self, wanted: Ints) -> None:
        columns = {}
        for name, (width, dtype, by) in _COLUMNS.items():
            array = getattr(self._made, name)
            if wanted[by] > len(array):
                grown = np.empty((max(int(wanted[by]) + 64, len(array) * 3 // 2), width), dtype)
                grown[: self._used[by]] = array[: self._used[by]]
                columns[name] = grown
                self._room[by] = len(grown)
        self._made = self._made._replace(**columns)


def closer(
    shapes: Shapes,
    left: Ints,
    right: Ints,
    minimum_mm: Ints | int,
    *,
    want_gap: bool = True,
    threads: int = 1,
) -> Approaches:
    """Which pairs of standing footprints are closer than the minimum (strictly), as geographiclib has it.

    ``left``, ``right``: rows, int64 (n,). ``minimum_mm``: one value, or int64 (n,). Without ``want_gap`` the
    gap is the minimum everywhere, which saves the search for the nearest place once the verdict is certain.
    Timed legs count with all that they ever cover. The order within a pair changes nothing.
    """
    minimum = _one_or_each(minimum_mm)
    state = np.empty(len(left), dtype=np.uint8)
    gap = np.empty(len(left) if want_gap else 0)
    work = _Pairs(shapes, left, right, minimum, state, gap, want_gap=want_gap)
    asked = _in_threads(work.settle, len(left), threads, None)
    if asked:
        work.ask()
    if not want_gap:
        gap = np.broadcast_to(minimum / 1000.0, (len(left),))
    return Approaches(state == CLOSER, gap)


def closer_while_both(
    shapes: Shapes,
    left: Ints,
    right: Ints,
    minimum_mm: Ints | int,
    spans_s: Ints,
    lag_s: Ints | int,
) -> Approaches:
    """As ``closer``, for pairs of which one at least moves: while both are there, give or take the lag.

    ``spans_s``: int64 (rows, 2), when each row is there (seconds, closed); of legs their first and last time.
    ``lag_s``: one value, or int64 (n,); no pair counts at times that are further apart.
    """
    minimum, lag = _one_or_each(minimum_mm), _one_or_each(lag_s)
    state, gap = np.empty(len(left), dtype=np.uint8), np.empty(len(left))
    asked = settle_moving(
        shapes.made, left, right, minimum, lag, spans_s, 0, len(left), scratch_of_thread(), state, gap
    )
    for pair in np.flatnonzero(state == ASK).tolist() if asked else ():
        a, b = sorted((int(left[pair]), int(right[pair])))
        at_most_m = float(_of_pair(minimum, pair)) / 1000
        yes = _exactly_while_both(shapes, a, b, at_most_m, spans_s, int(_of_pair(lag, pair)))
        state[pair] = CLOSER if yes else NOT_CLOSER
        gap[pair] = gap[pair] if yes else at_most_m
    return Approaches(state == CLOSER, gap)


def _one_or_each(values: Ints | int) -> Ints:
    return values if isinstance(values, np.ndarray) else np.array([values], dtype=np.int64)


def _of_pair(values: Ints, pair: int) -> int:
    return int(values[pair if len(values) > 1 else 0])


def _exactly_while_both(shapes: Shapes, a: int, b: int, minimum_m: float, spans_s: Ints, lag_s: int) -> bool:
    """By geographiclib, of what is left of each within the other's span."""
    mine, theirs = (_while_other(shapes, *pair, spans_s, lag_s) for pair in ((a, b), (b, a)))
    if mine is None or theirs is None:
        return False
    both_move = bool(shapes.made.runs[a, MOVES] and shapes.made.runs[b, MOVES])
    return exactly_closer(mine, theirs, minimum_m, float(lag_s) if both_move else None)


def _while_other(shapes: Shapes, row: int, other: int, spans_s: Ints, lag_s: int) -> Outline | None:
    outline = shapes.outline(row)
    if not shapes.made.runs[row, MOVES]:
        return outline
    return outline.during(float(spans_s[other, 0] - lag_s), float(spans_s[other, 1] + lag_s))


# ---------------------------------------------------------------------------------------------- settling


class _Pairs:
    """The pairs of one question, a portion at a time."""

    def __init__(
        self,
        shapes: Shapes,
        left: Ints,
        right: Ints,
        minimum_mm: Ints,
        state: NDArray[np.uint8],
        gap_m: Floats,
        *,
        want_gap: bool,
    ) -> None:
        self._shapes, self._left, self._right = shapes, left, right
        self._minimum_mm, self._state, self._gap_m, self._want_gap = minimum_mm, state, gap_m, want_gap

    def settle(self, begin: int, end: int) -> int:
        return int(
            settle_pairs(
                self._shapes.made,
                self._left,
                self._right,
                self._minimum_mm,
                begin,
                end,
                self._want_gap,
                scratch_of_thread(),
                self._state,
                self._gap_m,
            )
        )

    def ask(self) -> None:
        """What lies too near the minimum is settled by geographiclib."""
        for pair in np.flatnonzero(self._state == ASK).tolist():
            a, b = sorted((int(self._left[pair]), int(self._right[pair])))
            minimum_m = _of_pair(self._minimum_mm, pair) / 1000
            yes = exactly_closer(self._shapes.outline(a), self._shapes.outline(b), minimum_m, None)
            self._state[pair] = CLOSER if yes else NOT_CLOSER
            if self._want_gap and not yes:
                self._gap_m[pair] = minimum_m


# ----------------------------------------------------------------------------------------------- making


class _Work:
    """Fills rows and checks them, a portion at a time."""

    def __init__(self, shapes: Shapes, given: Given, first: Ints, at: int) -> None:
        self._shapes, self._made = shapes, shapes.made
        self._given, self._first, self._at = given, first, at

    def fill(self, begin: int, end: int) -> int:
        fault = np.zeros(3)
        row, why = fill_rows(self._given, begin, end, self._first, self._at, self._made, fault)
        if row < 0:
            row, why = check_rows(self._made, self._at + begin, self._at + end, scratch_of_thread(), fault)
            row -= self._at
        if why:
            raise self._refused(row, why, fault)
        return 0

    def _refused(self, row: int, why: int, fault: Floats) -> BadInput:
        if why == NOUN_REFUSES:
            return _as_noun_says(FootprintArrays(*self._given[:8]), row)
        lat, lon = position_of(fault[np.newaxis])
        place = f"near {lat[0]:.5f}, {lon[0]:.5f}"
        return refusal(why, f"{place}; row {row}" if len(self._given.kind) > 1 else place)


def _as_noun_says(arrays: FootprintArrays, row: int) -> BadInput:
    where = f"row {row}"
    try:
        arrays.footprint(row)
    except BadInput as refused:
        refused.where = where
        return refused
    return BadInput(
        "arrays-uneven",
        "The rings of a footprint do not fit its kind.",
        where=where,
        remedy="Build them as the description of FootprintArrays says, or with FootprintArrays.of.",
    )


def _check_details(counts: Ints) -> None:
    most = counts.max(axis=0, initial=0)
    if most[POINTS] > MOST_POINTS_A_FOOTPRINT:
        row = int(counts[:, POINTS].argmax())
        raise BadInput(
            "footprint-too-detailed",
            f"A footprint has {most[POINTS]:,} points; at most {MOST_POINTS_A_FOOTPRINT:,} are taken.",
            where=f"row {row}",
            remedy="Simplify the outline, or divide it into several volumes.",
        )
    if most[CHAINS] > MOST_RINGS_A_FOOTPRINT:
        row = int(counts[:, CHAINS].argmax())
        raise BadInput(
            "footprint-too-detailed",
            f"A footprint has {most[CHAINS]:,} rings; at most {MOST_RINGS_A_FOOTPRINT:,} are taken.",
            where=f"row {row}",
            remedy="Simplify the outline, or divide it into several volumes.",
        )


def _counted(arrays: FootprintArrays, threads: int) -> tuple[Given, Ints]:
    """The arrays with the waypoints of their long edges, and the room that each row takes at most."""
    given = _given(arrays)
    counts = np.empty((len(arrays), ROWS), dtype=np.int64)
    found = _in_threads(
        lambda begin, end: int(count_rows(given, begin, end, counts, _NO_EDGES)), len(arrays), threads, None
    )
    if found:
        edges = np.empty(found, dtype=np.int64)
        count_rows(given, 0, len(arrays), counts, edges)
        given = _with_long_edges(given, edges)
    return given, counts


def _given(arrays: FootprintArrays) -> Given:
    """The arrays without waypoints."""
    return Given(
        arrays.kind,
        arrays.first_ring,
        arrays.ring_part,
        arrays.first_point,
        arrays.lat_e7,
        arrays.lon_e7,
        arrays.radius_mm,
        arrays.time_s,
        _NO_EDGES,
        _NO_RUNS,
        _NO_POINTS,
    )


def _with_long_edges(given: Given, edges: Ints) -> Given:
    """Edges above 100 km follow the geodesic by geographiclib."""
    points: list[dict[str, float]] = []
    first = [0]
    for edge in edges.tolist():
        ring = int(np.searchsorted(given.first_point, edge, side="right")) - 1
        row = int(np.searchsorted(given.first_ring, ring, side="right")) - 1
        last = int(given.first_point[ring + 1]) - 1
        after = edge + 1 if edge < last else int(given.first_point[ring])
        ends = [(given.lat_e7[p] / 1e7, given.lon_e7[p] / 1e7) for p in (edge, after)]
        line = _WGS84.InverseLine(*ends[0], *ends[1])
        if math.isnan(line.s13):  # a latitude that is none: the noun refuses the row, and says so
            first.append(len(points))
            continue
        if line.s13 > LONGEST_EDGE_M:
            place = f"near {ends[0][0]:.5f}, {ends[0][1]:.5f}"
            raise refusal(EDGE_TOO_LONG, f"{place}; row {row}" if len(given.kind) > 1 else place)
        count = math.ceil(line.s13 / (TIMED_PIECE_M if given.kind[row] == 3 else PIECE_M))
        points += [line.Position(step / count * line.s13) for step in range(1, count)]
        first.append(len(points))
    lat, lon = (np.array([point[name] for point in points]) for name in ("lat2", "lon2"))
    return given._replace(
        long_edge=edges, long_first=np.array(first, dtype=np.int64), long_point=ecef(lat, lon).reshape(-1, 3)
    )


def _in_threads(work: Callable[[int, int], int], count: int, threads: int, progress: Progress | None) -> int:
    """Do ``work`` on portions of ``count`` rows; returns the sum. The first row that is refused is the one
    that is told, however many threads there are."""
    if count <= _FEW_ROWS:
        return work(0, count)
    if count <= _ROWS_AT_ONCE and threads <= 1 and progress is None:
        return work(0, count) if count else 0
    portion = min(_ROWS_AT_ONCE, max(1, -(-count // max(threads, 1))))
    cuts = [*range(0, count, portion), count]
    if threads <= 1 or len(cuts) <= 2:
        done = 0
        for begin, end in pairwise(cuts):
            done += work(begin, end)
            if progress is not None:
                progress(end, count)
        return done
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        parts = [pool.submit(work, begin, end) for begin, end in pairwise(cuts)]
        try:
            for part, end in zip(parts, cuts[1:], strict=True):
                done += part.result()
                if progress is not None:
                    progress(end, count)
        except BadInput:
            for part in parts:
                part.cancel()
            raise
    return done


def _bytes_of(arrays: FootprintArrays) -> int:
    return sum(getattr(arrays, name).nbytes for name in FootprintArrays.__slots__)
