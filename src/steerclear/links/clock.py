# SPDX-License-Identifier: Apache-2.0
"""What time is it, and wake me then: the only places that ask a clock.

SystemClock     the machine's own, for a real mechanism
DrillClock      origin and speed over another clock, for charters marked drill
ScriptedClock   stands still until it is set, for plays and tests
SkewedClock     another clock, wrong by a fixed amount, for plays and tests
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time
from typing import Final, Protocol

from steerclear.errors import BadInput
from steerclear.model.time import Instant

__all__ = ["Clock", "DrillClock", "ScriptedClock", "SkewedClock", "SystemClock"]

LONGEST_NAP_MS: Final = 1_000
FASTEST_DRILL: Final = 3_600.0


class Clock(Protocol):
    """``now`` is read once a command or tick; ``sleep_until`` returns at ``at``, or at once if it passed."""

    def now(self) -> Instant: ...

    async def sleep_until(self, at: Instant) -> None: ...


class SystemClock:
    """The machine's clock in UTC."""

    def now(self) -> Instant:
        return Instant(time.time_ns() // 1_000_000)

    async def sleep_until(self, at: Instant) -> None:
        # Naps are short, so that a clock that is set while we sleep is noticed within a second.
        while (left_ms := at - self.now()) > 0:
            await asyncio.sleep(min(left_ms, LONGEST_NAP_MS) / 1_000)


class DrillClock:
    """Shows ``origin`` at the real instant ``started`` and runs ``speed`` times as fast.

    Nodes with the same three values and right real clocks show the same drill time. Raises ``BadInput``
    (``drill-speed``) unless 0 < speed <= 3600.
    """

    def __init__(self, *, origin: Instant, speed: float, started: Instant, real: Clock | None = None) -> None:
        if not 0 < speed <= FASTEST_DRILL:
            raise BadInput(
                "drill-speed",
                f"A drill clock cannot run at {speed} times real time.",
                remedy="Choose a speed above 0 and at most 3600.",
            )
        self._origin = origin
        self._speed = speed
        self._started = started
        self._real: Clock = real if real is not None else SystemClock()

    def now(self) -> Instant:
        return Instant(self._origin + math.floor((self._real.now() - self._started) * self._speed))

    async def sleep_until(self, at: Instant) -> None:
        await self._real.sleep_until(Instant(self._started + math.ceil((at - self._origin) / self._speed)))


class SkewedClock:
    """A clock that is wrong by ``by_ms`` (positive: ahead)."""

    def __init__(self, right: Clock, *, by_ms: int) -> None:
        self._right = right
        self._by_ms = by_ms

    def now(self) -> Instant:
        return Instant(self._right.now() + self._by_ms)

    async def sleep_until(self, at: Instant) -> None:
        await self._right.sleep_until(Instant(at - self._by_ms))


class ScriptedClock:
    """Stands still until ``set``; then wakes, in order of their time, those whose time has come."""

    def __init__(self, at: Instant) -> None:
        self._now = at
        self._order = itertools.count()
        self._sleepers: list[tuple[Instant, int, asyncio.Future[None]]] = []

    def now(self) -> Instant:
        return self._now

    def set(self, at: Instant) -> None:
        """Show ``at``, earlier or later. A sleeper stays asleep if the clock is set back."""
        self._now = at
        while self._sleepers and self._sleepers[0][0] <= at:
            _, _, waiting = heapq.heappop(self._sleepers)
            if not waiting.done():
                waiting.set_result(None)

    def next_wake_at(self) -> Instant | None:
        """When the next sleeper wants to be woken; ``None`` if nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def sleep_until(self, at: Instant) -> None:
        if at <= self._now:
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at, next(self._order), waiting))
        await waiting
