# SPDX-License-Identifier: Apache-2.0
"""Does a desk get a file for what is RECORDED, and does ``verify`` take it with the charter alone?"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.conftest import node_of, serving
from tests.services.conftest import Channel, area, copy_of, ratified
from typer.testing import CliRunner, Result

from steerclear.cli.app import root
from steerclear.record import print_charter


@pytest.fixture(scope="module")
def channel() -> Channel:
    return copy_of(ratified())


@pytest.fixture(scope="module")
def folder(channel: Channel) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sc-") as short, serving(node_of(channel, "TUR", Path(short))):
        yield Path(short)


def run(*words: str) -> Result:
    return CliRunner().invoke(root, words)


def test_a_receipt_is_saved_and_verifies_anywhere(channel: Channel, folder: Path, tmp_path: Path) -> None:
    notice = channel.file("TUR", area("depot", "TUR"))
    file, charter = tmp_path / "depot.tlog-proof", tmp_path / "charter.json"
    charter.write_bytes(print_charter(channel.charter))
    said = run("receipt", "--node", str(folder), notice.short, "-o", str(file))
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith(f"RECORDED: entry {notice.seq} of ")
    verified = run("verify", str(file), "--charter", str(charter), "--json")
    assert verified.exit_code == 0, verified.output
    assert json.loads(verified.stdout)["verified"] is True


def test_a_receipt_says_in_one_document_what_it_proves(
    channel: Channel, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run("receipt", "--node", str(folder), "TUR-0001", "--json")
    found = json.loads(said.stdout)
    assert (found["file"], found["entry"]) == ("TUR-0001.tlog-proof", 1)
    assert found["origin"] == channel.node("TUR").ledger.own.origin
    assert (tmp_path / "TUR-0001.tlog-proof").read_bytes().startswith(b"c2sp.org/tlog-proof@v1\n")


def test_what_is_not_recorded_yet_is_refused_by_name(channel: Channel, folder: Path, tmp_path: Path) -> None:
    notice = channel.file("TUR", area("later", "TUR"), settle=False)
    file = tmp_path / "later.tlog-proof"
    said = run("receipt", "--node", str(folder), notice.short, "-o", str(file), "--json")
    assert said.exit_code == 4
    assert not file.exists()
    assert "not-recorded-yet" in said.output + said.stderr


def test_a_sealed_notice_is_revealed_in_a_file_that_verifies_anywhere(
    channel: Channel, folder: Path, tmp_path: Path
) -> None:
    notice = channel.file("TUR", area("revealed", "TUR"))
    file, charter = tmp_path / "revealed.opening", tmp_path / "charter.json"
    charter.write_bytes(print_charter(channel.charter))
    said = run("reveal", "--node", str(folder), notice.short, "-o", str(file))
    assert said.exit_code == 0, said.output
    assert "Give it only to whom you mean to." in said.stdout
    verified = run("verify", str(file), "--charter", str(charter))
    assert verified.exit_code == 0, verified.output
    assert "This is what that sealed entry says, word for word:" in verified.stdout
    assert "notice.file by TUR air to ISR" in verified.stdout
    found = json.loads(run("verify", str(file), "--charter", str(charter), "--json").stdout)
    assert (found["kind"], found["said"]["id"]) == ("opening", notice.id)
    again = run("reveal", "--node", str(folder), notice.short, "-o", str(tmp_path / "2"), "--json")
    assert json.loads(again.stdout)["kind"] == "notice.file"


def test_what_stands_in_clear_is_not_revealed(folder: Path) -> None:
    said = run("reveal", "--node", str(folder), "TUR-0001")
    assert said.exit_code == 4
    assert "steerclear receipt" in said.output + said.stderr


def test_a_log_is_read_out_and_compared_by_telephone(channel: Channel, folder: Path) -> None:
    told = json.loads(run("checkpoint", "--node", str(folder), "ISR", "--json").stdout)
    assert (told["member"], len(told["words"])) == ("ISR", 28)
    spoken = run("checkpoint", "--node", str(folder), "ISR")
    assert spoken.exit_code == 0, spoken.output
    assert "    " + " ".join(told["words"][:4]) + "\n" in spoken.stdout
    asked = ("checkpoint", "--node", str(folder), "ISR", "--heard", " ".join(told["words"]))
    same = run(*asked, "--size", str(told["size"]))
    assert (same.exit_code, same.stdout[:6]) == (0, "SAME. ")
    other = run(*asked, "--size", str(told["size"] - 1))
    assert (other.exit_code, other.stdout[:11]) == (1, "DIFFERENT. ")
    later = run(*asked, "--size", str(told["size"] + 1), "--json")
    assert (later.exit_code, json.loads(later.stdout)["verdict"]) == (1, "NOT KNOWN")


def test_a_comparison_wants_all_three_and_says_so(folder: Path) -> None:
    said = run("checkpoint", "--node", str(folder), "ISR", "--heard", "ALFA")
    assert said.exit_code == 2
    assert "comparison-incomplete" in said.output + said.stderr
    said = run("checkpoint", "--node", str(folder), "ISR", "--size", "1", "--heard", "ALFA BRAVO")
    assert said.exit_code == 2
    assert "words-incomplete" in said.output + said.stderr
