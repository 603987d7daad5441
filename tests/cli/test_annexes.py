# SPDX-License-Identifier: Apache-2.0
"""Annexes and templates from the command line: listed, shown, printed, compared, proposed, countered."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import node_of, serving
from tests.services.conftest import Channel, copy_of, ratified
from typer.testing import CliRunner

from steerclear.cli.app import root
from steerclear.mechanism.templates import NAMES


def run(*words: str) -> Any:
    return CliRunner().invoke(root, list(words))


class Desk:
    """The commands of two members, each at its own node."""

    def __init__(self, channel: Channel, folders: dict[str, Path]) -> None:
        self.channel = channel
        self.folders = folders

    def run(self, member: str, *words: str) -> Any:
        count = 2 if words[0] == "annexes" else 1
        said = run(*words[:count], "--node", str(self.folders[member]), *words[count:])
        self.channel.settle()
        return said

    def json(self, member: str, *words: str, status: int = 0) -> Any:
        said = self.run(member, *words, "--json")
        assert said.exit_code == status, said.output
        return json.loads(said.stdout)


@pytest.fixture
def desks() -> Iterator[Desk]:
    channel = copy_of(ratified())
    with contextlib.ExitStack() as stack:
        folders = {}
        for member in channel.stations:
            short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sc-")))
            folders[member] = stack.enter_context(serving(node_of(channel, member, short)))
        yield Desk(channel, folders)


def test_a_new_version_from_the_file_to_the_signature(desks: Desk, tmp_path: Path) -> None:
    listed = desks.json("TUR", "annexes", "list")["annexes"]
    assert {one["state"] for one in listed} == {"in force"}
    document = desks.json("TUR", "annexes", "show", "separation")
    assert document["name"] == "separation"
    document["version"] += 1
    document["terms"]["lateral_mm"] = 9_000_000
    file = tmp_path / "separation.json"
    file.write_text(json.dumps(document, indent=2), encoding="utf-8")
    (proposed,) = desks.json("TUR", "annexes", "propose", str(file), "--because", "the wind")["receipts"]
    found = desks.run("ISR", "annexes", "diff", "separation")
    assert found.exit_code == 1
    assert "lateral: from 5 km to 9 km (stricter)" in found.stdout
    document["terms"]["lateral_mm"] = 7_000_000
    file.write_text(json.dumps(document), encoding="utf-8")
    refused = desks.json("ISR", "annexes", "counter", "TUR-9999", str(file), "--because", "x", status=2)
    assert refused["code"] == "thing-unknown"
    desks.json("ISR", "annexes", "counter", proposed["short"], str(file), "--because", "seven will do")
    shown = desks.run("TUR", "annexes", "list")
    assert "seven will do" in shown.stdout
    for member in ("TUR", "ISR"):
        desks.json(member, "ratify", "separation")
    for one in desks.json("AZE", "annexes", "list")["annexes"][-1:]:
        assert (one["state"], one["because"], one["counter_to"]) == (
            "in force",
            "seven will do",
            proposed["short"],
        )
    assert desks.run("TUR", "annexes", "diff", "separation", "separation").exit_code == 0
    changed = desks.json("TUR", "annexes", "diff", "separation@1", "separation@2", status=1)["changes"]
    assert [one["path"] for one in changed] == ["version", "terms.lateral_mm"]
    withdrawn = desks.json("TUR", "annexes", "withdraw", "separation", "--because", "later")
    assert withdrawn["receipts"][0]["kind"] == "annex.withdraw"


def test_an_annex_to_read_and_to_print(desks: Desk) -> None:
    read = desks.run("TUR", "annexes", "show", "response")
    assert read.stdout.startswith("# ")
    assert "outcome" in read.stdout
    page = desks.run("TUR", "annexes", "show", "response@1", "--as", "html").stdout
    assert page.startswith("<!doctype html>")
    for which in ("moon", "response@9", "0000"):
        unknown = desks.json("TUR", "annexes", "show", which, status=2)
        assert unknown["code"] == "annex-not-on-the-table"
    missing = desks.json("TUR", "annexes", "propose", "/nowhere/at/all.json", status=3)
    assert missing["code"] == "file-unreadable"


def test_suspended_resumed_and_ended(desks: Desk) -> None:
    desks.json("TUR", "suspend", "--because", "talks")
    assert desks.json("ISR", "ratify", status=4)["code"] == "mechanism-suspended"
    desks.json("TUR", "resume")
    for member in ("TUR", "ISR"):
        desks.json(member, "end", "--because", "done")
    assert desks.json("TUR", "propose", "incsea", status=4)["code"] == "mechanism-ended"


def test_templates_need_no_node() -> None:
    listed = json.loads(run("template", "list", "--json").stdout)["templates"]
    assert [one["name"] for one in listed] == list(NAMES)
    assert "grain-corridor-2022" in run("template", "list").stdout
    shown = json.loads(run("template", "show", "incsea", "--json", "--party", "GRC", "--party", "TUR").stdout)
    assert shown["name"] == "incsea"
    assert shown["annexes"][0]["parties"] == ["GRC", "TUR"]
    marks = [mark for annex in shown["annexes"] for mark in annex["marks"]]
    assert {mark["standing"] for mark in marks} == {"fact", "proposal"}
    assert "[F1" in run("template", "show", "incsea").stdout
    assert run("template", "show", "wildfire", "--as", "html").stdout.startswith("<!doctype html>")
    unknown = run("template", "show", "atlantis", "--json")
    assert (unknown.exit_code, json.loads(unknown.stdout)["code"]) == (2, "template-unknown")


def test_two_templates_compared() -> None:
    said = run("template", "diff", "us-russia-2015", "syria-2025", "separation")
    assert said.exit_code == 1
    assert "lateral: from 5,556 m (3 NM) to 5 km (less strict)" in said.stdout
    same = run("template", "diff", "syria-2025", "turkey-us", "incidents")
    assert (same.exit_code, same.stdout) == (0, "They say the same.\n")
    none = run("template", "diff", "syria-2025", "voice-line-only", "separation", "--json")
    assert json.loads(none.stdout)["code"] == "template-without-annex"
