# SPDX-License-Identifier: Apache-2.0
"""Is a way that took no call shown, with its own answer, until it takes one?"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.services.conftest import Channel, certificates

from steerclear.links.notifier import Alarm, MemoryEars
from steerclear.links.ways import Notifier, Sending, WaySettings
from steerclear.model.member import MemberId
from steerclear.model.time import Instant
from steerclear.node import Node, Settings

NOBODY = {"server": "127.0.0.1:1", "security": "none", "from": "a@b.example", "to": "c@d.example"}


def test_a_way_that_failed_is_shown_until_it_takes_a_call(channel: Channel, tmp_path: Path) -> None:
    ways = (WaySettings("chief-mail", "smtp", "air", 1, "2025-04-01", NOBODY),)
    settings = Settings(MemberId("TUR"), "127.0.0.1", 0, ways=ways)
    console = MemoryEars()
    node = Node(tmp_path, settings, channel.node("TUR"), certificate=certificates()["TUR"], ears=console)
    alarm = Alarm("TUR", "air", "stop", "0f" * 16, 1, sounds=True, at=channel.clock.now())

    async def go() -> tuple[tuple[str, ...], tuple[str, ...]]:
        assert isinstance(node._ears, Notifier)
        await node._ears.ring(alarm)
        await node._ears.settle()
        failed = (await node.status()).alarms
        await node._keep_sending(Sending("chief-mail", Instant(0), taken=True, answer="250 taken"))
        return failed, (await node.status()).alarms

    failed, mended = asyncio.run(go())
    assert console.rung == (alarm,)
    (shown,) = (line for line in failed if "chief-mail" in line)
    assert "mail-not-taken" in shown
    assert shown.endswith("tested on 2025-04-01")
    assert not [line for line in mended if "chief-mail" in line]
