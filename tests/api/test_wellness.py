# SPDX-License-Identifier: Apache-2.0
"""May anybody ask whether the node is ready, as often as he likes, at no cost to the desks?"""

from __future__ import annotations

import asyncio

from steerclear.api.wellness import Readiness
from steerclear.services.console_answers import Measured


def test_the_node_is_asked_once_a_second_however_many_ask() -> None:
    asked: list[float] = []
    now = 100.0

    async def measure() -> Measured:
        asked.append(now)
        await asyncio.sleep(0)
        return Measured(entries={}, lines={}, duties_due=0, accepting=len(asked) == 1)

    async def story() -> None:
        nonlocal now
        readiness = Readiness(measure, lambda: now)
        assert await asyncio.gather(*(readiness.can_file() for _ in range(50))) == [True] * 50
        now = 100.9
        assert await readiness.can_file()
        now = 101.0
        assert not await readiness.can_file()

    asyncio.run(story())
    assert asked == [100.0, 101.0]
