# SPDX-License-Identifier: Apache-2.0
"""Was this byte string seen before, and as the how-manieth? Millions of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.blind.kernels_slots import add_rows, find_rows, place_again
from steerclear.blind.rows import Rows, new_rows

__all__ = ["Numbers", "SlotTable"]

Numbers = NDArray[np.int64]

_SMALLEST: Final = 1_024
_AHEAD: Final = 8
"""Lists are often as long as powers of two, and so is a table. So it grows while an eighth of it is still
free: in the round of a long list, and not in that of the short one that comes after it."""


class SlotTable:
    """Rows of ``width`` bytes, numbered from 0 in the order in which they were first added."""

    __slots__ = ("_count", "_kept", "_places", "_salt")

    def __init__(self, width: int, salt: int = 0) -> None:
        self._kept = new_rows(_SMALLEST, width)
        self._places = np.full(2 * _SMALLEST, -1, np.int32)
        self._count = 0
        self._salt = np.uint64(salt)

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Rows) -> Numbers:
        """The number of each; what is new gets the next one."""
        self._make_room(self._count + len(rows))
        numbers = np.empty(len(rows), np.int64)
        self._count = add_rows(self._places, self._kept, self._count, rows, self._salt, numbers)
        return numbers

    def find(self, rows: Rows) -> Numbers:
        """The number of each, or −1."""
        numbers = np.empty(len(rows), np.int64)
        find_rows(self._places, self._kept, rows, self._salt, numbers)
        return numbers

    def row(self, number: int) -> bytes:
        return bytes(self._kept[number])

    def rows(self, numbers: Numbers) -> Rows:
        return self._kept[numbers]

    def _make_room(self, count: int) -> None:
        size = len(self._kept)
        if count <= size - size // _AHEAD:
            return
        while count > size - size // _AHEAD:
            size *= 2
        kept = new_rows(size, self._kept.shape[1])
        kept[: self._count] = self._kept[: self._count]
        self._kept, self._places = kept, np.full(2 * size, -1, np.int32)
        place_again(self._places, self._kept, self._count, self._salt)
