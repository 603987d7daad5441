# SPDX-License-Identifier: Apache-2.0
"""Can a root's ceremony be held with the commands alone, on a stick, and does nothing secret come out?

Keys lie bare here, save where a passphrase is what is asked about: each one costs half a second.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import node_of, serving
from tests.services.conftest import copy_of, ratified
from typer.testing import CliRunner

from steerclear.cli.app import root
from steerclear.links.token import TokenSettings

THEATRE = '{"type":"Polygon","coordinates":[[[35,32],[42,32],[42,37],[35,37],[35,32]]]}'
BARE = "--unencrypted"


def run(*words: str, typed: str | None = None, **environment: str) -> Any:
    return CliRunner().invoke(root, list(words), input=typed, env=environment)


def ask(*words: str, status: int = 0, **environment: str) -> Any:
    """With ``--json``: stdout is one document."""
    said = run(*words, "--json", **environment)
    assert said.exit_code == status, said.output
    return json.loads(said.stdout)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A folder with the theatre's outline in it."""
    (tmp_path / "theatre.json").write_text(THEATRE, encoding="utf-8")
    return tmp_path


def made(folder: Path, *more: str, member: str = "AZE", role: str = "host") -> str:
    """A node of this member; the path of its card."""
    words = ["init", "--node", str(folder), "-m", member, "--role", role, "--desk", "air", BARE]
    return str(ask(*words, "--listen", "127.0.0.1:7443", *more)["card"])


def founded(table: Path, *cards: str, more: tuple[str, ...] = ()) -> Any:
    given = [word for card in cards for word in ("--card", card)]
    charter = ["--theatre", str(table / "theatre.json"), "--output", str(table / "charter.json")]
    return ask("found", "--node", str(table / "AZE"), "--name", "table", *given, *charter, BARE, *more)


def test_a_ceremony_from_the_first_key_to_a_log_that_verifies(table: Path) -> None:
    stick, node = str(table / "stick"), str(table / "TUR")
    drawn = ask("keys", "root", "-o", stick, "--keys", "3", "--threshold", "2", "--second-keys", BARE)
    assert (drawn["threshold"], len(drawn["keys"]), len(drawn["seconds"])) == (2, 3, 3)
    cards = [
        made(table / "TUR", "--root", drawn["root"], member="TUR", role="party"),
        made(table / "AZE", "--second-keys"),
    ]
    assert "request" not in founded(table, *cards, more=("--sign-twice",))
    joined = ask("join", "--node", node, str(table / "charter.json"), BARE)
    request = joined["request"]

    assert ask("keys", "take", "--node", node, request, BARE, status=4)["code"] == "request-unsigned"
    first = ask("keys", "sign", request, "--key", drawn["keys"][0]["file"], "--yes", BARE)
    assert (first["missing"], first["signed_with"]) == (1, drawn["keys"][0]["keyid"])
    again = ask("keys", "sign", request, "--key", drawn["keys"][0]["file"], "--yes", BARE, status=4)
    assert again["code"] == "request-signed-already"
    last = run("keys", "sign", request, "--key", drawn["keys"][2]["file"], "--yes", BARE)
    assert "That is enough" in last.stdout
    taken = run("keys", "take", "--node", node, request, BARE)
    assert taken.stdout.startswith("FILED TUR-0000 key.delegate")
    assert ask("verify", str(table / "TUR" / "node.db"))["verified"] is True

    shown = run("keys", "show", "--node", node, BARE)
    assert "TUR: 2 of 3 root keys sign, each of them twice:" in shown.stdout
    assert "recipient      34 more days are named" in shown.stdout
    keys = ask("keys", "show", "--node", node, BARE)["keys"]
    duty = next(row["keyid"] for row in keys if row["role"] == "duty")
    out = str(table / "revoke.json")
    asked = ask("keys", "revoke", "--node", node, duty[:16], "--reason", "left", "-o", out, BARE)
    assert (asked["missing"], asked["request"], asked["receipts"]) == (2, out, [])
    for number in (1, 2):
        ask("keys", "sign", out, "--key", drawn["keys"][number]["file"], "--yes", BARE)
    ask("keys", "take", "--node", node, out, BARE)
    past = run("keys", "show", "--node", node, "--past", BARE)
    assert "revoked at TUR-0008" in past.stdout
    spelled = "".join(path.read_text() for path in (table / "stick").iterdir())
    secrets = [json.loads(Path(row["file"]).read_text())["private"] for row in drawn["keys"]]
    said = last.output + taken.output + shown.output + past.output + json.dumps(drawn)
    assert not any(secret in said for secret in secrets)
    assert all(secret in spelled for secret in secrets)


def test_fingerprints_are_printed_for_the_voice(table: Path) -> None:
    said = run("keys", "root", "-o", str(table / "stick"), "--keys", "1", "--threshold", "1", BARE)
    lines = said.stdout.splitlines()
    assert lines[0] == "1 of these 1 root keys sign. Give each file to its own holder."
    keyid = lines[2].replace(" ", "")
    assert len(keyid) == 64
    assert len(" ".join(lines[3:7]).replace("·", " ").split()) == 64
    assert lines[-1].endswith("make the node with steerclear init --root.")


def test_a_root_at_the_node_signs_at_once_and_is_carried_away(table: Path) -> None:
    cards = [made(table / "AZE"), made(table / "TUR", member="TUR", role="party")]
    founded(table, *cards)
    node, stick = str(table / "AZE"), str(table / "stick")
    said = run("keys", "delegate", "--node", node, "duty", "--desk", "night", "--days", "2", BARE)
    assert "as duty key for the night desk" in said.stdout
    assert "FILED AZE-" in said.stdout
    assert "carry them away" in run("keys", "show", "--node", node, BARE).stdout
    carried = ask("keys", "carry-away", "--node", node, "-o", stick, BARE)
    assert not list((table / "AZE" / "keys").glob("root*"))
    assert (
        ask("keys", "carry-away", "--node", node, "-o", stick + "2", BARE, status=4)["code"]
        == "root-not-here"
    )
    out = str(table / "fresh.json")
    words = run("keys", "delegate", "--node", node, "node", "--fresh", "-o", out, BARE)
    assert "1 root keys must sign." in words.stdout
    ask("keys", "sign", out, "--key", carried["keys"][0]["file"], "--yes", BARE)
    assert len(ask("keys", "take", "--node", node, out, BARE)["receipts"]) == 2
    assert ask("verify", str(table / "AZE" / "node.db"))["verified"] is True


def test_passphrases_come_from_files_and_never_from_the_command_line(table: Path) -> None:
    phrases = []
    for number in (1, 2):
        phrases.append(table / f"phrase-{number}")
        phrases[-1].write_text(f"three blind mice {number}\n", encoding="utf-8")
        phrases[-1].chmod(0o600)
    words = ["keys", "root", "-o", str(table / "stick"), "--keys", "2"]
    given = [word for path in phrases for word in ("--passphrase-file", str(path))]
    drawn = ask(*words, *given)
    assert "three blind" not in json.dumps(drawn)
    assert "private" in Path(drawn["keys"][0]["file"]).read_text()
    three = ask("keys", "root", "-o", str(table / "s"), "--keys", "3", *given, status=2)
    assert three["code"] == "root-passphrases"
    phrases[0].chmod(0o644)
    assert ask(*words, *given, status=4)["code"] == "passphrase-too-open"


def test_a_service_manager_or_a_descriptor_hands_the_passphrase_over(table: Path) -> None:
    handed = table / "credentials"
    handed.mkdir()
    (handed / "steerclear-passphrase").write_text("three blind mice", encoding="utf-8")
    (handed / "steerclear-passphrase").chmod(0o400)
    words = ["init", "--node", str(table / "TUR"), "-m", "TUR", "--address", "https://tur.example"]
    ask(*words, CREDENTIALS_DIRECTORY=str(handed))
    sealed = json.loads((table / "TUR" / "keys" / "node.json").read_text())
    assert sealed["sealed"]["kdf"] == "scrypt"
    reading, writing = os.pipe()
    os.write(writing, b"another mouse\n")
    os.close(writing)
    words = ["keys", "root", "-o", str(table / "stick"), "--keys", "1", "--threshold", "1"]
    ask(*words, "--passphrase-file", f"/dev/fd/{reading}")
    os.close(reading)


def test_nothing_is_signed_unread(table: Path) -> None:
    drawn = ask("keys", "root", "-o", str(table / "stick"), "--keys", "1", "--threshold", "1", BARE)
    cards = [made(table / "AZE"), made(table / "TUR", "--root", drawn["root"], member="TUR", role="party")]
    founded(table, *cards)
    request = ask("join", "--node", str(table / "TUR"), str(table / "charter.json"), BARE)["request"]
    before = Path(request).read_bytes()
    key = drawn["keys"][0]["file"]
    assert ask("keys", "sign", request, "--key", key, BARE, status=2)["code"] == "sign-unread"
    assert Path(request).read_bytes() == before


def test_a_role_that_no_root_gives_is_named(table: Path) -> None:
    said = ask("keys", "delegate", "--node", str(table), "master", BARE, status=2)
    assert said["code"] == "key-role"


def test_keys_may_lie_in_a_token(table: Path, soft_token: Callable[[], TokenSettings], pin: str) -> None:
    token = soft_token()
    (table / "pin").write_text(pin, encoding="utf-8")
    (table / "pin").chmod(0o600)
    where = [
        "--token-module",
        str(token.module),
        "--token-label",
        token.label,
        "--pin-file",
        str(table / "pin"),
    ]
    lying = [word for purpose in ("node", "authority", "duty") for word in ("--token-key", purpose)]
    cards = [made(table / "AZE", *where, *lying), made(table / "TUR", member="TUR", role="party")]
    founded(table, *cards)
    assert sorted(path.name for path in (table / "AZE" / "keys").iterdir() if "recip" not in path.name) == [
        "pin.json",
        "root-1.json",
        "storage.json",
        "witness.json",
    ]
    assert ask("verify", str(table / "AZE" / "node.db"))["verified"] is True
    rows = ask("keys", "show", "--node", str(table / "AZE"), BARE)["keys"]
    assert all(row["held"] for row in rows if row["role"] in ("node", "authority", "duty", "witness"))
    fresh = ["keys", "delegate", "--node", str(table / "AZE"), "node", "--fresh", BARE]
    assert ask(*fresh, status=4)["code"] == "token-no-successor"
    no_pin = ["init", "--node", str(table / "x"), "-m", "ISR", "--address", "https://isr.example", *where[:4]]
    assert ask(*no_pin, BARE, status=2)["code"] == "pin-not-given"
    assert not (table / "x" / "steerclear.toml").exists()


def test_keys_that_lay_bare_are_encrypted(table: Path) -> None:
    made(table / "AZE")
    phrase = table / "phrase"
    phrase.write_text("three blind mice", encoding="utf-8")
    phrase.chmod(0o600)
    words = ["keys", "passphrase", "--node", str(table / "AZE")]
    assert ask(*words, BARE, "--new-passphrase-file", str(phrase))["encrypted"] is True
    sealed = json.loads((table / "AZE" / "keys" / "node.json").read_text())
    assert sealed["sealed"]["kdf"] == "scrypt"
    assert ask(*words, BARE, "--new-passphrase-file", str(phrase), status=4)["code"] == "passphrase-missing"


@pytest.fixture(scope="module")
def served() -> Iterator[Path]:
    channel = copy_of(ratified())
    with (
        tempfile.TemporaryDirectory(prefix="sc-") as short,
        serving(node_of(channel, "TUR", Path(short))) as folder,
    ):
        yield folder


def test_a_running_node_is_asked_over_its_socket(served: Path, tmp_path: Path) -> None:
    node = str(served)
    shown = ask("keys", "show", "--node", node)
    assert (shown["member"], shown["root_here"]) == ("TUR", True)
    assert {row["held"] for row in ask("keys", "show", "--node", node, "--member", "ISR")["keys"]} == {False}
    named = ask("keys", "delegate", "--node", node, "duty", "--desk", "night", "--days", "1")
    assert [one["kind"] for one in named["receipts"]] == ["key.delegate"]
    assert named["request"] is None
    night = next(
        row["keyid"] for row in ask("keys", "show", "--node", node)["keys"] if row["desk"] == "night"
    )
    gone = ask("keys", "revoke", "--node", node, night, "--reason", "lost")
    assert [one["kind"] for one in gone["receipts"]] == ["key.revoke"]
    request = tmp_path / "nothing.json"
    request.write_bytes(b"{}")
    assert ask("keys", "take", "--node", node, str(request), status=1)["code"] == "form-fields"
