# SPDX-License-Identifier: Apache-2.0
"""Does ``steerclear play --from-record`` write a play that runs, from a node and from a bundle?"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import node_of, serving
from tests.services.conftest import area, collection, copy_of, ratified
from typer.testing import CliRunner

from steerclear.cli.app import root


@pytest.fixture(scope="module")
def node() -> Iterator[Path]:
    """A node that runs, and whose desk has filed a notice."""
    channel = copy_of(ratified())
    with (
        tempfile.TemporaryDirectory(prefix="sc-") as short,
        serving(node_of(channel, "TUR", Path(short))) as at,
    ):
        plan = Path(short) / "plan.geojson"
        plan.write_text(collection(area("depot-7", "TUR", kind="hazard")), encoding="utf-8")
        filed = run("file", "--desk", "air", str(plan), "--node", str(at))
        assert filed.exit_code == 0, filed.output
        yield at


def run(*words: str) -> Any:
    return CliRunner().invoke(root, list(words))


def test_the_play_of_a_running_node_says_what_was_sealed_and_runs(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "morning.play"
    said = run("play", "--from-record", str(node), "-o", str(out))
    assert said.exit_code == 0, said.output
    assert "1 statements as lines, 0 of them in part." in said.stdout
    assert f"Run it: steerclear play {out}" in said.stdout
    assert "TUR air  files hazard" in out.read_text()
    assert "as depot-7 to ISR" in out.read_text()
    replayed = run("play", str(out), "--json")
    assert replayed.exit_code == 0, replayed.output


def test_without_a_file_the_play_is_printed_and_nothing_beside_it(node: Path) -> None:
    said = run("play", "--from-record", str(node))
    assert said.stdout.startswith("play 1\n# ")
    assert said.stdout.rstrip().endswith("record  verifies")
    assert "statements as lines" in said.stderr


def test_as_json(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "morning.play"
    document = json.loads(run("play", "--from-record", str(node), "-o", str(out), "--json").stdout)
    assert (document["file"], document["statements"], document["play"]) == (str(out), 1, None)


def test_a_bundle_holds_nothing_in_clear_that_a_desk_did(node: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "all.bundle"
    assert run("bundle", "save", str(bundle), "--node", str(node)).exit_code == 0
    said = run("play", "--from-record", str(bundle), "--json")
    assert said.exit_code == 2
    assert json.loads(said.stdout)["code"] == "record-nothing-to-play"


def test_what_is_no_record_ends_with_an_error(tmp_path: Path) -> None:
    for source in (tmp_path / "none", tmp_path):
        said = run("play", "--from-record", str(source))
        assert said.exit_code != 0
        assert "steerclear" not in said.stdout
