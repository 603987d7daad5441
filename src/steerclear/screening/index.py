# SPDX-License-Identifier: Apache-2.0
"""Which volumes may conflict with this one? Volumes by key, on the grid of ``geometry.grid``.

What the index leaves out certainly is no conflict. A height above ground is never a reason to leave a pair
out. The answer is a superset: each candidate is still to be assessed. ``VolumeEngine`` assesses them itself;
this is for those who ask about what might be (a notice that is moved, a box around many starts).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Generic, Protocol, TypeVar

import numpy as np

from steerclear.geometry.grid import NOBODY, BoxGrid
from steerclear.model.finding import SeparationMinima
from steerclear.model.space import Volume
from steerclear.screening.prepared import Box, Prepared, prepare, prepare_all
from steerclear.screening.seconds import ending, starting

__all__ = ["ConflictIndex", "Orderable"]

_MOST_GONE: Final = 4_096


class Orderable(Protocol):
    """What a key must be able to do, so that answers have an order."""

    def __lt__(self, other: Any, /) -> bool: ...

    def __hash__(self) -> int: ...


K = TypeVar("K", bound=Orderable)


class ConflictIndex(Generic[K]):
    """Volumes by key, and the pairs among them that may conflict under ``minima`` or less.

    Give the largest minima that any pair of kinds has; smaller ones then only leave more candidates.
    """

    def __init__(self, minima: SeparationMinima) -> None:
        lateral_m = -(-minima.lateral_mm // 1000)
        # One more each: boxes that touch are candidates, too.
        wide = (lateral_m + 1, lateral_m + 1, lateral_m + 1, minima.vertical_ft + 1, minima.time_s + 1)
        self._grid = BoxGrid(wide)
        self._row_of: dict[K, int] = {}
        self._key_of: list[K] = []

    @classmethod
    def of(cls, minima: SeparationMinima, volumes: Iterable[tuple[K, Volume]]) -> ConflictIndex[K]:
        """An index of many volumes at once."""
        keys, spaces = zip(*pairs, strict=True) if (pairs := list(volumes)) else ((), ())
        return cls.of_prepared(minima, zip(keys, prepare_all(spaces), strict=True))

    @classmethod
    def of_prepared(cls, minima: SeparationMinima, volumes: Iterable[tuple[K, Prepared]]) -> ConflictIndex[K]:
        index = cls(minima)
        for key, prepared in volumes:
            index.insert_prepared(key, prepared)
        return index

    def __len__(self) -> int:
        return len(self._row_of)

    def __contains__(self, key: object) -> bool:
        return key in self._row_of

    def insert(self, key: K, volume: Volume) -> None:
        """Add a volume; one that stands under the key already is replaced."""
        self.insert_prepared(key, prepare(volume))

    def insert_prepared(self, key: K, prepared: Prepared) -> None:
        if key in self._row_of:
            self.remove(key)
        self._row_of[key] = self._grid.insert(_ten(prepared.box()), NOBODY)
        self._key_of.append(key)

    def remove(self, key: K) -> None:
        """Take a volume out. Raises ``KeyError`` when there is none under the key."""
        self._grid.remove(self._row_of.pop(key))
        if self._grid.rows > _MOST_GONE + 2 * len(self._grid):
            self._key_of = [self._key_of[row] for row in self._grid.renumber()]
            self._row_of = {kept: row for row, kept in enumerate(self._key_of)}

    def candidates(self, volume: Volume) -> tuple[K, ...]:
        """Keys of all volumes that may conflict with this one, in order. The volume need not be inserted."""
        return self.candidates_of_prepared(prepare(volume))

    def candidates_of_prepared(self, prepared: Prepared) -> tuple[K, ...]:
        return self.candidates_of_box(prepared.box())

    def candidates_of_box(self, box: Box) -> tuple[K, ...]:
        """As ``candidates``, for everything that lies in a box."""
        ten = _ten(box)
        found = self._grid.meeting(ten[:5], ten[5:], NOBODY)
        return tuple(sorted(self._key_of[row] for row in found))

    def all_pairs(self) -> tuple[tuple[K, K], ...]:
        """Every pair that may conflict, once, smaller key first, in order."""
        portions = self._grid.of_pairs(lambda a, b: np.stack([a, b], axis=1))
        rows = (pair for portion in portions for pair in portion.tolist())
        keys = ((self._key_of[a], self._key_of[b]) for a, b in rows)
        return tuple(sorted((a, b) if a < b else (b, a) for a, b in keys))


def _ten(box: Box) -> tuple[int, ...]:
    """Low and high x, y, z, height and time, as the grid orders them."""
    (x0, y0, z0, t0, h0), (x1, y1, z1, t1, h1) = box.low, box.high
    # Limits of different datums may lie the wrong way round on their worse sides.
    return (x0, y0, z0, min(h0, h1), starting(t0), x1, y1, z1, max(h0, h1), ending(t1))
