# SPDX-License-Identifier: Apache-2.0
"""Which delay and rise together are the least change that nobody takes?

In the plane of delay and rise each pair of volumes takes a set of rectangles: these delays, at these
rises. Between two ends of intervals of rises nothing changes, so for every rise but 0 the best one is just
above or just below an interval; the best delay at a given rise is the nearest free one. That is exact.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from steerclear.screening.contest import Contest, taken_by_height, taken_by_time
from steerclear.screening.forbidden import Taken
from steerclear.screening.offers import Weights

__all__ = ["Field", "field", "least_of_both"]


@dataclass(frozen=True, slots=True)
class Field:
    """What one pair takes: these delays, at each of these heights."""

    delays: tuple[tuple[int, int], ...]
    low_ft: int
    high_ft: int


def field(contest: Contest, lowest_ft: int, highest_ft: int) -> Field:
    low, high = taken_by_height(contest, lowest_ft, highest_ft)
    return Field(tuple(taken_by_time(contest)) if low <= high else (), low, high)


def least_of_both(
    fields: Sequence[Field], times: tuple[int, int], heights: tuple[int, int], weights: Weights
) -> Iterator[tuple[int, int]]:
    """Free pairs of (delay, rise), least cost first; each is asked for once the one before was refused.

    ``times`` and ``heights`` are the least and the greatest delay and rise. A rise is looked into when no
    pair found so far costs less than it does alone.
    """
    fields = [field for field in fields if field.delays]
    ends = {0, *(field.low_ft - 1 for field in fields), *(field.high_ft + 1 for field in fields)}
    rises = [rise for rise in ends if heights[0] <= rise <= heights[1]]
    free: dict[int, Taken] = {}

    def cost(delay: int, rise: int) -> tuple[int, int, int, int]:
        whole = abs(delay) * weights.altitude_ft + abs(rise) * weights.start_s
        return whole, abs(rise), -rise, -delay

    waiting: list[tuple[tuple[int, int, int, int], int, int | None]]
    waiting = [(cost(0, rise), rise, None) for rise in rises]
    heapq.heapify(waiting)
    while waiting:
        _, rise, delay = heapq.heappop(waiting)
        if delay is None:
            free[rise] = Taken()
            for field in fields:
                if field.low_ft <= rise <= field.high_ft:
                    free[rise].add_all(field.delays)
        else:
            yield delay, rise
            free[rise].add(delay, delay)
        following = free[rise].nearest_free(*times)
        if following is not None:
            heapq.heappush(waiting, (cost(following, rise), rise, following))
