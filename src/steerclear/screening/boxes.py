# SPDX-License-Identifier: Apache-2.0
"""The index alone, for those who have boxes: which meet, by row.

    engine = BoxEngine.of_boxes(low, high)         # (n, 5) each: x, y, z, height, time
    engine.all_pairs()                             # every pair once
    engine.query(low, high)                        # what meets one box
    row = engine.insert(low, high); engine.amend(row, low, high); engine.remove(row)

For volumes on the Earth use ``Engine`` (notices) or ``VolumeEngine`` (arrays).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.grid import NOBODY, BoxGrid, Minima5

__all__ = ["NOBODY", "BoxEngine"]

_FIRST_PAIRS: Final = 1 << 16
_NO_MINIMA: Final[Minima5] = (0, 0, 0, 0, 0)


class BoxEngine:
    """Boxes of five whole-number dimensions, two of which meet when every gap is less than its minimum.

    Dimensions are x, y, z, height and time, in this order, in any units (metres, feet and seconds here),
    between −2³¹ + 2 and 2³¹ − 2. Comparison is strict: touching with a minimum of 0 is no meeting.
    Boxes of one party (0 and up) never meet each other.
    """

    def __init__(
        self,
        minima: Minima5 = _NO_MINIMA,
        *,
        threads: int | None = None,
        memory_limit_bytes: int | None = None,
    ) -> None:
        self._grid = BoxGrid(minima, threads=threads or os.cpu_count() or 1, most_bytes=memory_limit_bytes)

    @classmethod
    def of_boxes(
        cls,
        low: NDArray[np.integer],
        high: NDArray[np.integer],
        party: NDArray[np.int32] | None = None,
        minima: Minima5 = _NO_MINIMA,
        *,
        threads: int | None = None,
        memory_limit_bytes: int | None = None,
    ) -> BoxEngine:
        """An engine of many boxes at once; ``low`` and ``high`` are integers of shape (n, 5), ``party``
        int32 (n,). Box ``i`` has row ``i``.

        Raises ``BadInput``: ``box-inverted``, ``box-out-of-range``, ``too-many-volumes``.
        """
        engine = cls(minima, threads=threads, memory_limit_bytes=memory_limit_bytes)
        whose = np.full(len(low), NOBODY, dtype=np.int32) if party is None else party
        engine._grid.extend(low, high, whose)
        return engine

    def __len__(self) -> int:
        return len(self._grid)

    def __iter__(self) -> Iterator[int]:
        """The rows that stand, in the order of their coming."""
        return iter(self._grid.standing().tolist())

    @property
    def memory_bytes(self) -> int:
        """What boxes and index take."""
        return self._grid.memory_bytes

    def insert(self, low: Sequence[int], high: Sequence[int], party: int = NOBODY) -> int:
        """Add a box; returns its row. Raises ``BadInput`` as ``of_boxes``; then nothing changed."""
        return self._grid.insert((*low, *high), party)

    def remove(self, row: int) -> None:
        """Take a box out. Raises ``KeyError`` where none stands."""
        self._grid.remove(row)

    def amend(self, row: int, low: Sequence[int], high: Sequence[int]) -> int:
        """Put another box in the place of one; returns its new row. Raises as ``insert`` and ``remove``."""
        if row not in self._grid:
            raise KeyError(row)
        added = self._grid.insert((*low, *high), self._grid.party_of(row))
        self._grid.remove(row)
        return added

    def query(self, low: Sequence[int], high: Sequence[int], party: int = NOBODY) -> NDArray[np.int32]:
        """The rows that meet a box, in rising order. The box need not be inserted."""
        found = self._grid.meeting(low, high, party)
        return np.sort(found)

    def query_many(
        self,
        low: NDArray[np.integer],
        high: NDArray[np.integer],
        party: NDArray[np.int32] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """``query`` for boxes of shape (n, 5): (how many rows each meets, the rows one box after another).

        The rows of one box come in no particular, but always the same, order.
        """
        whose = np.full(len(low), NOBODY, dtype=np.int32) if party is None else party
        return self._grid.meeting_many(self._grid.packed(low, high), whose)

    def all_pairs(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Every pair of rows that meet, once: (a, b) with a < b, in an order that only the boxes decide."""
        pairs = _Pairs()
        for portion in self._grid.of_pairs(pairs.copied):
            pairs.take(portion)
        return pairs.taken()


class _Pairs:
    """Pairs brought together from portions, whose buffers are used again: fresh pages are slow."""

    def __init__(self) -> None:
        self._spare: SimpleQueue[_Portion] = SimpleQueue()
        self._a = np.empty(_FIRST_PAIRS, dtype=np.int32)
        self._b = np.empty(_FIRST_PAIRS, dtype=np.int32)
        self._count = 0

    def copied(self, a: NDArray[np.int32], b: NDArray[np.int32]) -> _Portion:
        """Called in the threads that find pairs."""
        try:
            spare = self._spare.get_nowait().rows
        except Empty:
            spare = np.empty((2, 0), dtype=np.int32)
        rows = spare if spare.shape[1] >= len(a) else np.empty((2, len(a)), dtype=np.int32)
        rows[0, : len(a)], rows[1, : len(a)] = a, b
        return _Portion(rows, len(a))

    def take(self, portion: _Portion) -> None:
        begin, self._count = self._count, self._count + portion.count
        if self._count > len(self._a):
            # Reallocation moves the pages of a large array, not what stands in them.
            self._a.resize(self._count * 3 // 2, refcheck=False)
            self._b.resize(self._count * 3 // 2, refcheck=False)
        self._a[begin : self._count] = portion.rows[0, : portion.count]
        self._b[begin : self._count] = portion.rows[1, : portion.count]
        self._spare.put(portion)

    def taken(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        return self._a[: self._count], self._b[: self._count]


@dataclass(frozen=True, slots=True, eq=False)
class _Portion:
    """``rows`` has room for more than the ``count`` pairs that it holds."""

    rows: NDArray[np.int32]
    count: int
