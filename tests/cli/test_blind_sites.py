# SPDX-License-Identifier: Apache-2.0
"""Does ``steerclear blind sites`` say how own notices stand, in words, as JSON and by its exit code?"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.api.conftest import node_of, serving
from tests.services.conftest import copy_of, ratified
from tests.services.test_blind_sites import AWAY, agree, hazard, hospital
from typer.testing import CliRunner

from steerclear.cli.app import root

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def run(channel: Channel) -> tuple[Any, Any]:
    """In words, and as JSON."""
    with (
        tempfile.TemporaryDirectory(prefix="sc-") as short,
        serving(node_of(channel, "TUR", Path(short))) as at,
    ):
        asked = ["blind", "sites", "--node", str(at)]
        days = CliRunner().invoke(root, ["blind", "status", "--json", "--node", str(at)])
        assert json.loads(days.stdout) == {"days": []}
        return CliRunner().invoke(root, asked), CliRunner().invoke(root, [*asked, "--json"])


@pytest.fixture
def channel() -> Channel:
    found = copy_of(ratified())
    agree(found)
    return found


def test_what_lies_in_an_area_is_said_and_is_no_success(channel: Channel) -> None:
    hospital(channel)
    channel.file("TUR", hazard("h1"), hazard("h2", *AWAY))
    told, as_json = run(channel)
    assert told.exit_code == as_json.exit_code == 1
    words = " ".join(told.output.split())
    assert "MAY CONFLICT (protected site): within the area of this notice ISR holds a protected site" in words
    assert "NO CONFLICT KNOWN (no protected site of ISR met at" in words
    rows = json.loads(as_json.stdout)["checks"]
    assert {row["ref"]: row["finding"] for row in rows} == {"h1": "MAY CONFLICT", "h2": "NO CONFLICT KNOWN"}


def test_nothing_met_is_a_success(channel: Channel) -> None:
    channel.file("TUR", hazard("h1"))
    told, _ = run(channel)
    assert told.exit_code == 0


def test_nothing_to_say_is_none(channel: Channel) -> None:
    told, as_json = run(channel)
    assert json.loads(as_json.stdout) == {"checks": []}
    assert (told.exit_code, "No live notice of yours is held against" in told.output) == (0, True)
