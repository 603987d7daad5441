# SPDX-License-Identifier: Apache-2.0
"""Does a log begin anew by a root that is kept elsewhere, with files on a stick, and does it verify?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from steerclear.cli.app import root

THEATRE = '{"type":"Polygon","coordinates":[[[35,32],[42,32],[42,37],[35,37],[35,32]]]}'
BARE = "--unencrypted"


def ask(*words: str, status: int = 0) -> Any:
    said = CliRunner().invoke(root, [*words, "--json"])
    assert said.exit_code == status, said.output
    return json.loads(said.stdout)


def begun(table: Path) -> tuple[str, str]:
    """TUR, whose root lies on a stick, where hybrid keys are asked for: its node and the root key."""
    (table / "theatre.json").write_text(THEATRE, encoding="utf-8")
    drawn = ask("keys", "root", "-o", str(table / "stick"), "--keys", "1", "--threshold", "1", BARE)
    key, node = drawn["keys"][0]["file"], str(table / "TUR")
    listen = ("--desk", "air", BARE, "--listen", "127.0.0.1:7443")
    tur = ask("init", "--node", node, "-m", "TUR", "--role", "party", "--root", drawn["root"], *listen)[
        "card"
    ]
    aze = ask("init", "--node", str(table / "AZE"), "-m", "AZE", "--role", "host", *listen)["card"]
    charter = ("--theatre", str(table / "theatre.json"), "--output", str(table / "charter.json"))
    cards = ("--card", tur, "--card", aze)
    ask("found", "--node", str(table / "AZE"), "--name", "table", *cards, *charter, "--seal-hybrid", BARE)
    request = ask("join", "--node", node, str(table / "charter.json"), BARE)["request"]
    ask("keys", "sign", request, "--key", key, "--yes", BARE)
    ask("keys", "take", "--node", node, request, BARE)
    return node, key


def test_a_log_begins_anew_by_a_file_that_the_root_signed(tmp_path: Path) -> None:
    node, key = begun(tmp_path)
    out = str(tmp_path / "succession.json")
    asked = ask("keys", "succeed", "--node", node, "--reason", "the disk was stolen", "-o", out, BARE)
    assert asked["missing"] == 1
    ask("keys", "sign", out, "--key", key, "--yes", BARE)
    taken = ask("keys", "take", "--node", node, out, BARE)
    assert [one["short"] for one in taken["receipts"]] == ["TUR.1-0000", "TUR.1-0001"]
    ahead = str(tmp_path / "ahead.json")
    ask("keys", "delegate", "--node", node, "ahead", "-o", ahead, BARE)
    ask("keys", "sign", ahead, "--key", key, "--yes", BARE)
    ask("keys", "take", "--node", node, ahead, BARE)
    report = ask("verify", str(Path(node) / "node.db"))
    assert {(log["member"], log["generation"]) for log in report["logs"]} == {("TUR", 0), ("TUR", 1)}
    assert report["verified"] is True
    assert b"MLKEM768-X25519" in (tmp_path / "charter.json").read_bytes()


def test_a_succession_says_why(tmp_path: Path) -> None:
    node, _ = begun(tmp_path)
    refused = ask("keys", "succeed", "--node", node, "--reason", " ", BARE, status=2)
    assert refused["code"] == "succession-reason"
