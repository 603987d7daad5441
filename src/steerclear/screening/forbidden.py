# SPDX-License-Identifier: Apache-2.0
"""Which whole numbers are taken, and which free one is nearest to zero?

Used for shifts of time in seconds and of height in feet: every pair that would conflict takes an interval.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator

__all__ = ["Taken"]


class Taken:
    """A set of whole numbers, kept as disjoint closed intervals in rising order."""

    __slots__ = ("_highs", "_lows")

    def __init__(self) -> None:
        self._lows: list[int] = []
        self._highs: list[int] = []

    def add(self, low: int, high: int) -> None:
        """Take all from ``low`` to ``high``, both included; nothing when ``high`` is less."""
        if high < low:
            return
        begin = bisect.bisect_left(self._highs, low - 1)
        end = bisect.bisect_right(self._lows, high + 1)
        if begin < end:
            low, high = min(low, self._lows[begin]), max(high, self._highs[end - 1])
        self._lows[begin:end] = [low]
        self._highs[begin:end] = [high]

    def add_all(self, intervals: Iterable[tuple[int, int]]) -> None:
        for low, high in intervals:
            self.add(low, high)

    def free_from(self, start: int, *, up: bool) -> int:
        """The free number nearest to ``start`` in one direction, ``start`` itself included."""
        at = bisect.bisect_left(self._highs, start)
        if at == len(self._lows) or self._lows[at] > start:
            return start
        return self._highs[at] + 1 if up else self._lows[at] - 1

    def nearest_free(self, lowest: int, highest: int) -> int | None:
        """The free number nearest to 0 within the bounds; the positive one in a tie."""
        above, below = self.free_from(max(0, lowest), up=True), self.free_from(min(0, highest), up=False)
        free = [number for number in (above, below) if lowest <= number <= highest]
        return min(free, key=lambda number: (abs(number), -number), default=None)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._lows, self._highs, strict=True)
