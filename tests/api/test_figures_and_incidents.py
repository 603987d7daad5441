# SPDX-License-Identifier: Apache-2.0
"""Do a month's figures and the file of an incident come through the API and the command line as they are?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from steerclear.cli.app import root
from steerclear.client import NodeClient
from steerclear.errors import BadInput
from steerclear.services import requests as ask
from steerclear.services.statistics import statistics

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_figures_are_the_same_there_and_back(served: Path, channel: Channel) -> None:
    channel.do("ISR", ask.CallStop(desk="air", place="T4", seen="x", basis="unsure", to=("TUR",)))
    with NodeClient(served) as client:
        shown = client.statistics("2025-04")
        assert shown == statistics(channel.node("TUR").ledger, "2025-04")
        assert shown.own.calls == 1
        with pytest.raises(BadInput) as caught:
            client.statistics("April")
    assert caught.value.code == "month"


def test_the_command_writes_words_a_page_and_a_plot(served: Path, tmp_path: Path) -> None:
    page, plot = tmp_path / "month.html", tmp_path / "month.svg"
    words = ["statistics", "--node", str(served), "--month", "2025-04"]
    said = CliRunner().invoke(root, words)
    assert said.exit_code == 0, said.output
    assert "TUR: what concerns this side, in full" in said.stdout
    assert CliRunner().invoke(root, [*words, "--out", str(page)]).exit_code == 0
    assert CliRunner().invoke(root, [*words, "--out", str(plot), "--as", "svg"]).exit_code == 0
    assert page.read_text().startswith("<!doctype html>")
    assert plot.read_text().startswith("<svg ")


def test_what_is_no_incident_is_refused_through_the_api_too(served: Path, channel: Channel) -> None:
    stop = channel.do("ISR", ask.CallStop(desk="air", place="T4", seen="x", basis="unsure", to=("TUR",)))[0]
    with NodeClient(served) as client, pytest.raises(BadInput) as caught:
        client.incident(stop.id)
    assert caught.value.code == "not-an-incident"
