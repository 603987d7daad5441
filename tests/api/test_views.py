# SPDX-License-Identifier: Apache-2.0
"""Does everything that a node shows come through its API as it was?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from steerclear.client import NodeClient
from steerclear.services import requests as ask

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_every_view_is_typed_there_and_back(served: Path, channel: Channel, draw: Any, drawn: Any) -> None:
    channel.file("TUR", draw("survey", "TUR"))
    channel.file("ISR", draw("flight", "ISR", lat=34.5323))
    stop = channel.do("ISR", ask.CallStop(desk="air", place="T4", seen="x", basis="unsure", to=("TUR",)))[0]
    node = channel.node("TUR")
    with NodeClient(served) as client:
        assert client.inbox("air") == node.inbox("air")
        assert client.inbox() == node.inbox(None)
        assert client.notice(channel.notice("TUR", "survey").short) == channel.notice("TUR", "survey")
        assert client.stop(stop.id) == node.stop(stop.id)
        shown = client.status()
        assert (shown.notices, shown.stops, shown.logs) == (
            node.status({}).notices,
            node.status({}).stops,
            node.status({}).logs,
        )
        assert {line.member for line in shown.lines} == {"AZE", "ISR"}
        assert client.replica() == node.everything()
        receipt = client.do(ask.Acknowledge(desk="air", about=stop.id, rung=2))[0]
        assert receipt.sealed_to == ("AZE", "ISR", "TUR")
