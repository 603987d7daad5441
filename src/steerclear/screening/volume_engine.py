# SPDX-License-Identifier: Apache-2.0
"""Which of a million volumes conflict, exactly? The engine behind everything that is screened, by row.

    engine = VolumeEngine.of_arrays(arrays, minima)
    found = engine.all_conflicts()                 # every pair of other parties, once
    found = engine.query(volume, party=0)          # what one volume meets; it need not be inserted
    rows = engine.extend(more); engine.remove(row)

    index (may meet) ──► time ──► height ──► footprints, exact ──► conflicts, and what needs terrain

A pair that is not in the answer was compared and is no conflict. Volumes of one party are never compared.
"""

from __future__ import annotations

import bisect
import os
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.geometry.arrays import LEGS
from steerclear.geometry.grid import NOBODY, BoxGrid
from steerclear.geometry.shapes import Progress, Shapes, closer, closer_while_both
from steerclear.model.finding import SeparationMinima
from steerclear.model.space import Altitude, Band, Volume
from steerclear.model.time import TimeSpan
from steerclear.screening.kernels import left_over
from steerclear.screening.minima import MinimaBetween, minima_between
from steerclear.screening.seconds import ending, endings, starting, startings
from steerclear.screening.volumes import DATUMS, KINDS, VolumeArrays, band_of, bands_of

__all__ = ["ASKED", "FoundPairs", "VolumeEngine"]

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Scalar = TypeVar("Scalar", bound=np.generic)

_NOTHING_MOVES: Final[Bools] = np.zeros(1, dtype=np.bool_)

ASKED: Final = -1
"""Stands for the row of a volume that only asks."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundPairs:
    """Pairs of volumes that conflict or cannot be decided, as a structure of arrays of one length.

    ``a``, ``b``        int32   rows, a < b, in an order that only the volumes and their coming decide; of a
                                query ``a`` is ``ASKED``, and ``b`` rises
    ``undetermined``    bool    the gap in height needs terrain: neither a conflict nor none
    ``lateral_gap_m``   float64 metres, 0 where interior is shared; never overstated
    ``vertical_gap_ft`` int32   signed feet, on the worse side; −2³¹ where it needs terrain
    ``time_gap_s``      int64   signed seconds
    """

    a: I32
    b: I32
    undetermined: Bools
    lateral_gap_m: Floats
    vertical_gap_ft: I32
    time_gap_s: I64

    def __len__(self) -> int:
        return len(self.a)

    def sorted(self) -> FoundPairs:
        """The same pairs in the order of their rows."""
        return self.take(np.argsort(self.a.astype(np.int64) << 32 | self.b, kind="stable"))

    def take(self, rows: NDArray[np.integer] | Bools) -> FoundPairs:
        return FoundPairs(*(getattr(self, name)[rows] for name in FoundPairs.__slots__))

    @staticmethod
    def joined(portions: list[FoundPairs]) -> FoundPairs:
        if not portions:
            return _NONE
        columns = FoundPairs.__slots__
        return FoundPairs(*(np.concatenate([getattr(each, name) for each in portions]) for name in columns))


_NONE: Final = FoundPairs(
    np.empty(0, dtype=np.int32),
    np.empty(0, dtype=np.int32),
    np.empty(0, dtype=np.bool_),
    np.empty(0, dtype=np.float64),
    np.empty(0, dtype=np.int32),
    np.empty(0, dtype=np.int64),
)


class VolumeEngine:
    """Volumes by row, and their conflicts.

    ``minima``   one for all, or a function of two kinds that gives the same for both orders
    ``threads``  of finding all conflicts; ``None`` takes one for each core
    ``memory_limit_bytes``  what the outlines may take at most, and the index as much again; ``None`` is what
                            the machine has to spare

    Not to be changed by one thread while another asks.
    """

    def __init__(
        self,
        minima: SeparationMinima | MinimaBetween,
        *,
        threads: int | None = None,
        memory_limit_bytes: int | None = None,
    ) -> None:
        self._minima = _table_of(minima_between(minima))
        self._threads = threads or os.cpu_count() or 1
        lateral_mm, vertical_ft, time_s = self._minima.max(axis=(0, 1)).tolist()
        # One metre more: corners lie in whole metres rounded outward, and the exact gap decides.
        lateral_m = -(-lateral_mm // 1000) + 1
        room = (lateral_m, lateral_m, lateral_m, vertical_ft, time_s)
        self._grid = BoxGrid(room, threads=self._threads, most_bytes=memory_limit_bytes)
        self._shapes = Shapes(most_bytes=memory_limit_bytes)
        self._facts = _Facts()
        self._scratch: SimpleQueue[_Candidates] = SimpleQueue()

    @classmethod
    def of_arrays(
        cls,
        arrays: VolumeArrays,
        minima: SeparationMinima | MinimaBetween,
        *,
        threads: int | None = None,
        memory_limit_bytes: int | None = None,
        progress: Progress | None = None,
    ) -> VolumeEngine:
        """An engine of many volumes at once; volume ``i`` has row ``i``. Raises as ``extend``."""
        engine = cls(minima, threads=threads, memory_limit_bytes=memory_limit_bytes)
        engine.extend(arrays, progress=progress)
        return engine

    def __len__(self) -> int:
        return len(self._grid)

    def __contains__(self, row: int) -> bool:
        return row in self._grid

    def __iter__(self) -> Iterator[int]:
        """The rows that stand, in the order of their coming."""
        return iter(self._grid.standing().tolist())

    @property
    def memory_bytes(self) -> int:
        """What volumes, outlines and index take."""
        return self._grid.memory_bytes + self._shapes.memory_bytes + self._facts.memory_bytes

    def volume(self, row: int) -> Volume:
        """A volume as it was given. Raises ``KeyError`` where none stands."""
        if row not in self:
            raise KeyError(row)
        return self._facts.volume(row)

    # ------------------------------------------------------------------------------------- what changes

    def extend(self, arrays: VolumeArrays, *, progress: Progress | None = None) -> range:
        """Add volumes; returns their rows.

        Raises ``BadInput``, and then nothing was added: the codes of ``VolumeArrays.check`` and of
        ``Shapes.append``, among them ``too-many-volumes`` before memory is used that is not there.
        """
        arrays.check()
        rows = self._shapes.append(arrays.footprints, threads=self._threads, progress=progress)
        try:
            bands = bands_of(arrays)
            low, high = _boxes(arrays, bands, *self._shapes.boxes_of(np.arange(rows.start, rows.stop)))
            self._grid.extend(low, high, arrays.party)
        except BadInput:
            self._shapes.withdraw(rows)
            raise
        self._facts.extend(arrays, bands)
        return rows

    def remove(self, row: int) -> None:
        """Take a volume out; its row is not given to another. Raises ``KeyError`` where none stands."""
        self._grid.remove(row)

    # ---------------------------------------------------------------------------------------- questions

    def query(self, volume: Volume, *, party: int = NOBODY, kind: int = 0) -> FoundPairs:
        """What one volume meets; it need not be inserted, and is not. Rows of its own party are left out.

        Raises ``BadInput`` as ``extend``.
        """
        # A question takes microseconds: plain numbers here, arrays only where compiled loops read them.
        row = self._shapes.append_one(volume.footprint)
        try:
            band = band_of(volume.band)
            near = self._grid.meeting_ten(self._box_of(row, volume, band), party)
            if not len(near):
                return _NONE
            self._facts.stand_in(volume, band, kind)
            found = self._settled(np.full(len(near), row, dtype=np.int32), np.sort(near), gaps=True)
        finally:
            self._shapes.withdraw(range(row, row + 1))
        found.a[:] = ASKED
        return found

    def _box_of(self, row: int, volume: Volume, band: tuple[int, ...]) -> tuple[int, ...]:
        x, y, z = self._shapes.made.low[row].tolist()
        x1, y1, z1 = self._shapes.made.high[row].tolist()
        low, high = sorted((band[1], band[6]))
        return (x, y, z, low, starting(volume.span.start_s), x1, y1, z1, high, ending(volume.span.end_s))

    def all_conflicts(self, *, gaps: bool = True) -> FoundPairs:
        """Every pair of volumes of different parties that conflicts, or that needs terrain to be decided.

        Without ``gaps`` the lateral gaps are the minima (an upper bound), which saves the search for the
        nearest place once it is certain that a pair is too near.
        """
        return FoundPairs.joined(list(self.conflicts_in_portions(gaps=gaps)))

    def conflicts_in_portions(self, *, gaps: bool = True) -> Iterator[FoundPairs]:
        """As ``all_conflicts``, a portion at a time: for more conflicts than memory should hold."""
        yield from self._grid.of_pairs(lambda a, b: self._settled(a, b, gaps=gaps))

    def _settled(self, a: I32, b: I32, *, gaps: bool) -> FoundPairs:
        """The pairs of these that are no "no conflict"."""
        facts = self._facts
        room = self._taken_scratch(len(a))
        count = left_over(a, b, facts.bands, facts.spans, facts.kind, self._minima, *room.columns())
        left, right, lateral_mm = room.left[:count], room.right[:count], room.lateral_mm[:count]
        near, gap_m = self._closer(left, right, lateral_mm, room.time_min_s[:count], gaps=gaps)
        kept = np.flatnonzero(near)
        found = FoundPairs(
            a=left[kept].astype(np.int32),
            b=right[kept].astype(np.int32),
            undetermined=room.unknown[kept].view(np.bool_),
            lateral_gap_m=gap_m[kept],
            vertical_gap_ft=room.vertical_ft[kept],
            time_gap_s=room.time_s[kept],
        )
        self._scratch.put(room)
        return found

    def _closer(
        self, left: I64, right: I64, lateral_mm: I64, time_min_s: I64, *, gaps: bool
    ) -> tuple[Bools, Floats]:
        moves = self._facts.moves
        moving = moves[left] | moves[right] if self._facts.any_moves else _NOTHING_MOVES
        if not moving.any():
            found = closer(self._shapes, left, right, lateral_mm, want_gap=gaps)
            return found.closer, found.gap_at_least_m
        near, gap_m = np.zeros(len(left), dtype=np.bool_), lateral_mm / 1000.0
        stand = np.flatnonzero(~moving)
        found = closer(self._shapes, left[stand], right[stand], lateral_mm[stand], want_gap=gaps)
        near[stand], gap_m[stand] = found.closer, found.gap_at_least_m
        move = np.flatnonzero(moving)
        found = closer_while_both(
            self._shapes, left[move], right[move], lateral_mm[move], self._facts.spans, time_min_s[move]
        )
        near[move], gap_m[move] = found.closer, found.gap_at_least_m
        return near, gap_m

    def _taken_scratch(self, pairs: int) -> _Candidates:
        try:
            room = self._scratch.get_nowait()
        except Empty:
            room = _Candidates.of(max(pairs, 1 << 10))
        return room if len(room.left) >= pairs else _Candidates.of(pairs)


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Scratch of one thread: what ``left_over`` writes."""

    left: I64
    right: I64
    lateral_mm: I64
    time_min_s: I64
    vertical_ft: I32
    time_s: I64
    unknown: NDArray[np.uint8]

    @staticmethod
    def of(pairs: int) -> _Candidates:
        return _Candidates(
            left=np.empty(pairs, dtype=np.int64),
            right=np.empty(pairs, dtype=np.int64),
            lateral_mm=np.empty(pairs, dtype=np.int64),
            time_min_s=np.empty(pairs, dtype=np.int64),
            vertical_ft=np.empty(pairs, dtype=np.int32),
            time_s=np.empty(pairs, dtype=np.int64),
            unknown=np.empty(pairs, dtype=np.uint8),
        )

    def columns(self) -> tuple[I64, I64, I64, I64, I32, I64, NDArray[np.uint8]]:
        return (
            self.left,
            self.right,
            self.lateral_mm,
            self.time_min_s,
            self.vertical_ft,
            self.time_s,
            self.unknown,
        )


class _Facts:
    """Bands, spans and kinds by row; one row more than there are, for a volume that only asks."""

    def __init__(self) -> None:
        self._rows = 0
        self._given: list[VolumeArrays] = []
        self._first: list[int] = []
        self.bands: I32 = np.empty((1, 8), dtype=np.int32)
        self.spans: I64 = np.empty((1, 2), dtype=np.int64)
        self.kind: NDArray[np.uint8] = np.empty(1, dtype=np.uint8)
        self.moves: Bools = np.zeros(1, dtype=np.bool_)
        self.any_moves = False

    @property
    def memory_bytes(self) -> int:
        return self.bands.nbytes + self.spans.nbytes + self.kind.nbytes + self.moves.nbytes

    def extend(self, arrays: VolumeArrays, bands: I32) -> None:
        begin, end = self._rows, self._rows + len(arrays)
        if end + 1 > len(self.kind):
            rows = max(end + 1, len(self.kind) * 5 // 4)
            self.bands, self.spans = _grown(self.bands, rows), _grown(self.spans, rows)
            self.kind, self.moves = _grown(self.kind, rows), _grown(self.moves, rows)
        self._write(slice(begin, end), arrays, bands)
        self._first.append(begin)
        self._given.append(arrays)
        self._rows = end

    def stand_in(self, volume: Volume, band: tuple[int, ...], kind: int) -> None:
        """Write one volume behind the last row, until the next comes."""
        row = self._rows
        self.bands[row] = band
        self.spans[row] = volume.span.start_s, volume.span.end_s
        self.kind[row], self.moves[row] = kind, volume.moves
        self.any_moves |= volume.moves

    def volume(self, row: int) -> Volume:
        place = bisect.bisect_right(self._first, row) - 1
        return _volume_of(self._given[place], row - self._first[place])

    def _write(self, rows: slice, arrays: VolumeArrays, bands: I32) -> None:
        self.bands[rows] = bands
        self.spans[rows, 0], self.spans[rows, 1] = arrays.start_s, arrays.end_s
        self.kind[rows] = arrays.kind
        self.moves[rows] = arrays.footprints.kind == LEGS
        self.any_moves |= bool(self.moves[rows].any())


def _grown(array: NDArray[Scalar], rows: int) -> NDArray[Scalar]:
    grown = np.empty((rows, *array.shape[1:]), dtype=array.dtype)
    grown[: len(array)] = array
    return grown


def _volume_of(arrays: VolumeArrays, row: int) -> Volume:
    return Volume(
        arrays.footprints.footprint(row),
        Band(
            Altitude(int(arrays.lower_ft[row]), DATUMS[arrays.lower_datum[row]]),
            Altitude(int(arrays.upper_ft[row]), DATUMS[arrays.upper_datum[row]]),
        ),
        TimeSpan(int(arrays.start_s[row]), int(arrays.end_s[row])),
    )


def _boxes(arrays: VolumeArrays, bands: I32, low_m: I32, high_m: I32) -> tuple[I64, I64]:
    """Low and high x, y, z, height and time of each volume, rounded outward."""
    low, high = np.empty((len(arrays), 5), dtype=np.int64), np.empty((len(arrays), 5), dtype=np.int64)
    low[:, :3], high[:, :3] = low_m, high_m
    # Limits of different datums may lie the wrong way round on their worse sides.
    low[:, 3], high[:, 3] = np.minimum(bands[:, 1], bands[:, 6]), np.maximum(bands[:, 1], bands[:, 6])
    low[:, 4], high[:, 4] = startings(arrays.start_s), endings(arrays.end_s)
    return low, high


def _table_of(between: MinimaBetween) -> I64:
    """Lateral (mm), vertical (ft) and time (s) for each pair of kinds, int64 (k, k, 3)."""
    every = [[between(a, b) for b in KINDS] for a in KINDS]
    rows = [[(each.lateral_mm, each.vertical_ft, each.time_s) for each in row] for row in every]
    return np.array(rows, dtype=np.int64)
