# SPDX-License-Identifier: Apache-2.0
"""Does the calendar come through the API and the command line as it is?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from steerclear.cli.app import root
from steerclear.client import NodeClient
from steerclear.services import requests as ask
from steerclear.services.calendar_shown import calendar

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_a_calendar_is_saved_as_the_node_prints_it(served: Path, channel: Channel, tmp_path: Path) -> None:
    out = tmp_path / "channel.ics"
    words = ["calendar", "--node", str(served), "-o", str(out)]
    empty = CliRunner().invoke(root, [*words, "--json"])
    assert (empty.exit_code, json.loads(empty.stdout)["code"]) == (4, "calendar-empty")
    assert not out.exists()
    times = {"starts_at": "2025-04-10T06:00Z", "ends_at": "2025-04-10T07:00Z"}
    fields = {"title": "Third", "agenda": "T4\nBEGIN:VEVENT", **times}
    channel.do("ISR", ask.Say(kind="meeting.convene", fields=fields, desk="air"))
    said = CliRunner().invoke(root, words)
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("1 entry, in UTC. Saved to ")
    assert out.read_bytes() == calendar(channel.node("TUR").ledger)
    found = CliRunner().invoke(root, [*words, "--json"])
    assert json.loads(found.stdout) == {"file": str(out), "entries": 1}
    with NodeClient(served) as client:
        assert client.calendar() == out.read_bytes()
