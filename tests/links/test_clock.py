# SPDX-License-Identifier: Apache-2.0
"""Do clocks wake in time, in order, and not before?"""

from __future__ import annotations

import asyncio

import pytest

from steerclear.errors import BadInput
from steerclear.links.clock import DrillClock, ScriptedClock, SkewedClock, SystemClock
from steerclear.model.time import Instant, format_instant, parse_instant

NOON = parse_instant("2025-04-09T12:00:00.000Z")


def test_sleepers_wake_in_the_order_of_their_time_and_not_before() -> None:
    clock = ScriptedClock(NOON)
    woken: list[str] = []

    async def sleep(name: str, after_ms: int) -> None:
        await clock.sleep_until(Instant(NOON + after_ms))
        woken.append(name)

    async def run() -> None:
        sleepers = [asyncio.create_task(sleep(name, at)) for name, at in (("b", 20), ("a", 10), ("c", 30))]
        await asyncio.sleep(0)
        assert clock.next_wake_at() == NOON + 10
        clock.set(Instant(NOON + 9))
        await asyncio.sleep(0)
        assert woken == []
        clock.set(Instant(NOON + 25))
        await asyncio.gather(*sleepers[:2])
        assert woken == ["a", "b"]
        sleepers[2].cancel()
        await asyncio.gather(*sleepers, return_exceptions=True)
        assert clock.next_wake_at() is None

    asyncio.run(run())


def test_a_time_that_has_come_is_not_slept_for() -> None:
    async def run() -> None:
        await ScriptedClock(NOON).sleep_until(NOON)
        await SystemClock().sleep_until(NOON)

    asyncio.run(run())


def test_a_clock_set_back_wakes_nobody() -> None:
    clock = ScriptedClock(NOON)

    async def run() -> None:
        sleeper = asyncio.create_task(clock.sleep_until(Instant(NOON + 10)))
        await asyncio.sleep(0)
        clock.set(Instant(NOON - 86_400_000))
        await asyncio.sleep(0)
        assert clock.now() == NOON - 86_400_000
        assert not sleeper.done()
        clock.set(Instant(NOON + 10))
        await sleeper

    asyncio.run(run())


def test_a_drill_clock_runs_from_its_origin_at_its_speed() -> None:
    real = ScriptedClock(Instant(1_000_000))
    drill = DrillClock(origin=NOON, speed=60, started=Instant(1_000_000), real=real)
    assert drill.now() == NOON
    real.set(Instant(1_001_000))
    assert format_instant(drill.now()) == "2025-04-09T12:01:00.000Z"
    real.set(Instant(999_000))
    assert format_instant(drill.now()) == "2025-04-09T11:59:00.000Z"


@pytest.mark.parametrize("speed", [60.0, 7.3, 0.1])
def test_a_drill_sleeper_wakes_when_the_drill_clock_shows_its_time(speed: float) -> None:
    real = ScriptedClock(Instant(1_000_000))
    drill = DrillClock(origin=NOON, speed=speed, started=Instant(1_000_000), real=real)

    async def run() -> None:
        sleeper = asyncio.create_task(drill.sleep_until(Instant(NOON + 61_001)))
        await asyncio.sleep(0)
        wake_at = real.next_wake_at()
        assert wake_at is not None
        real.set(wake_at)
        await sleeper

    asyncio.run(run())
    assert NOON + 61_001 <= drill.now() < NOON + 61_001 + 61


@pytest.mark.parametrize("speed", [0, -1, 3_601, float("nan")])
def test_a_drill_does_not_stand_still_run_back_or_race(speed: float) -> None:
    with pytest.raises(BadInput) as refused:
        DrillClock(origin=NOON, speed=speed, started=NOON)
    assert refused.value.code == "drill-speed"


def test_a_skewed_clock_is_wrong_by_as_much_as_it_was_told() -> None:
    right = ScriptedClock(NOON)
    fast = SkewedClock(right, by_ms=2_500)
    assert fast.now() == NOON + 2_500

    async def run() -> None:
        sleeper = asyncio.create_task(fast.sleep_until(Instant(NOON + 3_000)))
        await asyncio.sleep(0)
        assert right.next_wake_at() == NOON + 500
        right.set(Instant(NOON + 500))
        await sleeper

    asyncio.run(run())


def test_the_system_clock_shows_utc_and_sleeps_until_the_instant() -> None:
    clock = SystemClock()
    assert clock.now() > NOON

    async def run() -> None:
        at = Instant(clock.now() + 3)
        await clock.sleep_until(at)
        assert clock.now() >= at

    asyncio.run(run())
