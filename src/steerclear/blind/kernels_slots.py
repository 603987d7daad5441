# SPDX-License-Identifier: Apache-2.0
"""Which number has each of a million byte strings, in the order in which they came? Open addressing,
compiled.

``places`` holds the number of a row at the place that its hash names, or at the next free one; −1 is free.
The table is never more than half full, so a free place ends every search.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["add_rows", "find_rows", "place_again"]

Rows = NDArray[np.uint8]
Places = NDArray[np.int32]


@njit(nogil=True, cache=True)
def _place_of(row: Rows, salt: np.uint64, size: int) -> int:
    """FNV-1a from a salt, its upper half folded in: the tables here hold what nobody can choose freely."""
    mixed = np.uint64(0xCBF29CE484222325) ^ salt
    for at in range(row.size):
        mixed = (mixed ^ np.uint64(row[at])) * np.uint64(0x100000001B3)
    mixed ^= mixed >> np.uint64(32)
    return np.int64(mixed & np.uint64(size - 1))  # type: ignore[return-value] # compiled, it is one


@njit(nogil=True, cache=True)
def _look(places: Places, kept: Rows, row: Rows, salt: np.uint64) -> int:
    """The place where the row is, or the free one where it would be."""
    place = _place_of(row, salt, places.size)
    while places[place] >= 0:
        number = places[place]
        same = True
        for at in range(row.size):
            if kept[number, at] != row[at]:
                same = False
                break
        if same:
            break
        place = (place + 1) & (places.size - 1)
    return place


@njit(nogil=True, cache=True)
def add_rows(
    places: Places, kept: Rows, count: int, rows: Rows, salt: np.uint64, numbers: NDArray[np.int64]
) -> int:
    """The number of each row into ``numbers``, a new one where it is new; how many there are then."""
    for row in range(rows.shape[0]):
        place = _look(places, kept, rows[row], salt)
        if places[place] < 0:
            kept[count] = rows[row]
            places[place] = count
            count += 1
        numbers[row] = places[place]
    return count


@njit(nogil=True, cache=True)
def find_rows(places: Places, kept: Rows, rows: Rows, salt: np.uint64, numbers: NDArray[np.int64]) -> None:
    """The number of each row, or −1."""
    for row in range(rows.shape[0]):
        numbers[row] = places[_look(places, kept, rows[row], salt)]


@njit(nogil=True, cache=True)
def place_again(places: Places, kept: Rows, count: int, salt: np.uint64) -> None:
    """All rows into a larger, empty table."""
    for number in range(count):
        places[_look(places, kept, kept[number], salt)] = number
