# SPDX-License-Identifier: Apache-2.0
"""Do the commands that speak to a node say what happened: to people in words, to machines in one document?

The nodes run in this process, behind their real sockets; the lines between them are the test's.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import node_of, serving
from tests.services.conftest import Channel, area, collection, copy_of, ratified
from typer.testing import CliRunner

from steerclear.cli.app import root
from steerclear.cli.show import NOT_PERMISSION
from steerclear.store import failures

HAZARD: dict[str, Any] = {"kind": "hazard"}


class Desk:
    """The commands of three members, each at its own node."""

    def __init__(self, channel: Channel, folders: dict[str, Path]) -> None:
        self.channel = channel
        self.folders = folders

    def run(self, member: str, *words: str, typed: str | None = None) -> Any:
        arguments = [*words, "--node", str(self.folders[member])]
        return CliRunner().invoke(root, arguments, input=typed)

    def ask(self, member: str, *words: str, status: int = 0) -> Any:
        """With ``--json``: stdout is one document; what was said is carried to everybody."""
        said = self.run(member, *words, "--json")
        assert said.exit_code == status, said.output
        if status == 0:
            self.channel.settle()
        return json.loads(said.stdout)

    def receipt(self, member: str, *words: str) -> dict[str, Any]:
        receipts = self.ask(member, *words)["receipts"]
        assert len(receipts) == 1
        return dict(receipts[0])


@pytest.fixture(scope="module")
def desks() -> Iterator[Desk]:
    channel = copy_of(ratified())
    with contextlib.ExitStack() as stack:
        folders = {}
        for member in channel.stations:
            short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sc-")))
            folders[member] = stack.enter_context(serving(node_of(channel, member, short)))
        yield Desk(channel, folders)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.geojson"
    path.write_text(collection(area("depot", "TUR", **HAZARD)), encoding="utf-8")
    return path


def test_filing_says_filed_with_its_place_and_that_it_is_no_permission(desks: Desk, plan: Path) -> None:
    size = desks.channel.size("TUR")
    said = desks.run("TUR", "file", "--desk", "air", str(plan))
    assert said.exit_code == 0
    assert said.stdout.startswith(f"FILED TUR-{size:04d} notice.file “depot” at 2025-04-10T05:10:00.000Z")
    assert "sealed to AZE, ISR, TUR" in said.stdout
    assert f"entry {size}, root {desks.channel.node('TUR').ledger.own.root}" in said.stdout
    assert said.stdout.endswith(NOT_PERMISSION + "\n")


def test_a_notice_from_stdin(desks: Desk, plan: Path) -> None:
    said = desks.run("TUR", "file", "--desk", "air", "-", typed=plan.read_text())
    assert said.exit_code == 0
    assert "FILED" in said.stdout


def test_the_life_of_a_notice(desks: Desk, plan: Path, tmp_path: Path) -> None:
    filed = desks.receipt("TUR", "file", "--desk", "air", str(plan))
    ack = desks.receipt("ISR", "acknowledge", "--desk", "air", filed["short"], "--rung", "2")
    assert ack["kind"] == "receipt.acknowledge"
    done = desks.receipt("ISR", "disseminate", "--desk", "air", filed["short"], "--echelon", "fire-control")
    assert done["kind"] == "receipt.disseminate"
    words = ["--until", "2025-04-10T09:20Z", "--part", "west", "--reason", "tankers"]
    assert desks.receipt("ISR", "unable", "--desk", "air", filed["short"], *words)["kind"] == "receipt.unable"
    assert desks.receipt("TUR", "activate", "--desk", "air", filed["id"])["kind"] == "notice.activate"
    newer = tmp_path / "newer.geojson"
    newer.write_text(collection(area("depot", "TUR", lat=34.6123, **HAZARD)), encoding="utf-8")
    amended = desks.receipt("TUR", "file", "--desk", "air", "--amends", filed["short"], str(newer))
    assert (amended["kind"], amended["ref"]) == ("notice.amend", "depot")
    assert desks.receipt("TUR", "cold", "--desk", "air", filed["short"])["kind"] == "notice.cold"
    gone = desks.receipt("TUR", "withdraw", "--desk", "air", filed["short"], "--reason", "done")
    assert gone["kind"] == "notice.withdraw"
    again = desks.ask("TUR", "withdraw", "--desk", "air", filed["short"], "--reason", "done", status=4)
    assert again["code"] == "notice-withdrawn"


def test_a_way_out_is_taken(desks: Desk, tmp_path: Path) -> None:
    for member, lat in (("TUR", 36.1123), ("ISR", 36.1223)):
        path = tmp_path / f"{member}.geojson"
        path.write_text(collection(area(f"{member}-flight", member, lat=lat)), encoding="utf-8")
        filed = desks.receipt(member, "file", "--desk", "air", str(path))
    taken = desks.receipt("ISR", "take", "--desk", "air", filed["short"], "altitude")
    assert taken["kind"] == "notice.amend"
    rows = desks.ask("ISR", "status")["notices"]
    assert [row["screened"][:17] for row in rows if row["ref"] == "ISR-flight"] == ["NO CONFLICT KNOWN"]


def test_the_gate_holds_and_says_how_to_pass(desks: Desk, tmp_path: Path) -> None:
    path = tmp_path / "far.geojson"
    path.write_text(collection(area("far", "TUR", lat=34.9123, near="T4", **HAZARD)), encoding="utf-8")
    held = desks.run("TUR", "file", "--desk", "air", str(path))
    assert held.exit_code == 4
    assert held.stdout == ""
    assert "gate-warns" in held.stderr
    assert "--override position=REASON" in held.stderr
    passed = desks.receipt("TUR", "file", "--desk", "air", "--override", "position=the north end", str(path))
    assert passed["gate"][0] == {
        "code": "position",
        "severity": "warn",
        "words": passed["gate"][0]["words"],
        "overridden_because": "the north end",
    }
    assert [row["code"] for row in passed["gate"][1:]] == ["civil"]


def test_stop_and_its_outcome(desks: Desk) -> None:
    words = [
        "--desk",
        "ground",
        "T4",
        "--seen",
        "own team under fire",
        "--basis",
        "own-forces",
        "--to",
        "ISR",
    ]
    unasked = desks.ask("TUR", "stop", *words, status=4)
    assert unasked["code"] == "stop-not-confirmed"
    called = desks.receipt("TUR", "stop", *words, "--yes")
    assert (called["kind"], called["sealed_to"]) == ("stop.call", ["AZE", "ISR", "TUR"])
    shown = desks.run("ISR", "inbox", "--desk", "air")
    assert "STOP" in shown.stdout
    answered = desks.receipt("ISR", "answer", "--desk", "air", called["short"], "stopped")
    assert answered["kind"] == "stop.answer"
    foreign = desks.ask("ISR", "close", "--desk", "air", called["short"], status=4)
    assert foreign["code"] == "not-the-caller"
    assert desks.receipt("TUR", "close", "--desk", "ground", called["short"])["kind"] == "stop.close"


def test_ownership(desks: Desk) -> None:
    asked = desks.receipt("TUR", "ownership", "--desk", "air", "T4", "--of", "ISR", "--seen", "two drones")
    assert asked["kind"] == "ownership.ask"
    answered = desks.receipt("ISR", "answer", "--desk", "air", asked["short"], "partly", "--part", "the one")
    assert answered["kind"] == "ownership.answer"


def test_annexes(desks: Desk) -> None:
    proposed = desks.ask("ISR", "propose", "us-russia-2015")["receipts"]
    assert {one["kind"] for one in proposed} == {"annex.propose"}
    waiting = desks.ask("TUR", "ratify", "separation")["receipts"]
    assert [one["ref"] for one in waiting] == ["separation"]
    assert desks.ask("TUR", "ratify", "no-such", status=2)["code"] == "annex-unknown"
    assert desks.ask("TUR", "propose", "no-such", status=2)["code"] == "template-unknown"


def test_looking_is_one_document_or_words(desks: Desk) -> None:
    status = desks.ask("TUR", "status")
    assert status["member"] == "TUR"
    assert {log["member"] for log in status["logs"]} == {"TUR", "ISR", "AZE"}
    inbox = desks.ask("TUR", "inbox", "--desk", "air")
    assert inbox["desk"] == "air"
    for command in ("status", "inbox"):
        said = desks.run("AZE", command)
        assert said.exit_code == 0, said.output
        assert "AZE" in said.stdout
    assert desks.ask("TUR", "inbox", "--desk", "airr", status=2)["code"] == "desk-unknown"


def test_a_node_that_cannot_write_is_4_and_never_says_filed(desks: Desk, plan: Path) -> None:
    store: Any = desks.channel.stations["TUR"].store
    store.fails_with = failures.full("node.db")
    said = desks.run("TUR", "file", "--desk", "air", str(plan))
    shown = desks.run("TUR", "status")
    store.fails_with = None
    again = desks.run("TUR", "file", "--desk", "air", str(plan))
    assert said.exit_code == 4
    assert "FILED" not in said.output
    assert "store-full" in said.stderr
    assert shown.exit_code == 1
    assert "ACCEPTS NOTHING" in shown.stdout
    assert "FILED" in again.stdout
    ended = desks.run("TUR", "status")
    assert ended.exit_code == 0, ended.output


BAD = {
    "no such file": (["file", "--desk", "air", "/nowhere/plan.geojson"], 3, "file-unreadable"),
    "a folder": (["file", "--desk", "air", "/tmp"], 3, "file-unreadable"),
    "a level that is none": (["file", "--desk", "air", "--level", "L7", "-"], 2, "level-unknown"),
    "no reason": (["file", "--desk", "air", "--override", "position", "-"], 2, "override-without-reason"),
    "no words": (["file", "--desk", "air", "--override", "position= ", "-"], 2, "override-without-reason"),
    "a way that is none": (["take", "--desk", "air", "TUR-0001", "sideways"], 2, "way-unknown"),
    "an echelon that is none": (
        ["disseminate", "--desk", "air", "TUR-0001", "--echelon", "3rd squadron"], 2, "choice-unknown",
    ),
    "a basis that is none": (["stop", "--desk", "air", "T4", "--basis=rumour", "--yes"], 2, "basis-unknown"),
    "a place that is none": (["stop", "--desk", "air", "xyzzy", "--yes"], 2, None),
    "a thing that is none": (["acknowledge", "--desk", "air", "TUR-9999"], 2, "thing-unknown"),
    "a desk with capitals": (["acknowledge", "--desk", "AIR FORCE", "TUR-0001"], 2, None),
    "a byte that is no text": (["withdraw", "--desk=air", "TUR-0001", "--reason=\udcff"], 2, "not-unicode"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_said_with_a_remedy(desks: Desk, what: str) -> None:
    words, status, code = BAD[what]
    size = desks.channel.size("TUR")
    said = desks.run("TUR", *words, "--json", typed="{}")
    assert said.exit_code == status, said.output
    problem = json.loads(said.stdout)
    assert code is None or problem["code"] == code
    assert problem["remedy"]
    assert desks.channel.size("TUR") == size


def test_a_name_from_a_peer_cannot_steer_the_terminal(desks: Desk, tmp_path: Path) -> None:
    path = tmp_path / "evil.geojson"
    evil = area("x\u202e\u0007[31m", "TUR", lat=36.9123, **HAZARD)
    path.write_text(json.dumps(evil), encoding="utf-8")
    said = desks.run("TUR", "file", "--desk", "air", str(path))
    shown = desks.run("TUR", "status")
    for text in (said.output, shown.output):
        assert not {"\u202e", "\u0007", "\x1b"} & set(text)


# ---- a node's beginning ----------------------------------------------------------------------------------


LISTEN = ("--listen", "127.0.0.1:7443")


def run(*words: str) -> Any:
    return CliRunner().invoke(root, [*words])


def test_from_nothing_to_a_mechanism(tmp_path: Path) -> None:
    for member, role in (("TUR", "party"), ("ISR", "party"), ("AZE", "host")):
        made = run("init", "--node", str(tmp_path / member), "--member", member, "--role", role,
                   "--desk", "air", *LISTEN, "--unencrypted", "--json")  # fmt: skip
        assert made.exit_code == 0, made.output
    cards = [
        word for m in ("TUR", "ISR", "AZE") for word in ("--card", str(tmp_path / m / f"{m}.member.json"))
    ]
    theatre = tmp_path / "theatre.geojson"
    ring = [[35.5, 32.3], [42.4, 32.3], [42.4, 37.4], [35.5, 37.4], [35.5, 32.3]]
    theatre.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    charter = tmp_path / "charter.json"
    found = ["found", "--node", str(tmp_path / "AZE"), "--name", "Channel", *cards, "--unencrypted", "--json"]

    # The charter cannot be written: nothing is founded, and it can be tried again.
    nowhere = run(*found, "--theatre", str(theatre), "--output", str(tmp_path / "none" / "charter.json"))
    assert (nowhere.exit_code, json.loads(nowhere.stdout)["code"]) == (3, "file-not-written")

    done = run(*found, "--theatre", str(theatre), "--output", str(charter))
    assert done.exit_code == 0, done.output
    mechanism = json.loads(done.stdout)["mechanism"]
    again = run(*found, "--theatre", str(theatre), "--output", str(tmp_path / "second.json"))
    assert (again.exit_code, json.loads(again.stdout)["code"]) == (4, "already-begun")
    assert not (tmp_path / "second.json").exists()
    for member in ("TUR", "ISR"):
        joined = run("join", "--node", str(tmp_path / member), str(charter), "--unencrypted", "--json")
        assert joined.exit_code == 0, joined.output
        assert json.loads(joined.stdout)["mechanism"] == mechanism
    verified = run("verify", str(tmp_path / "TUR" / "node.db"), "--json")
    assert verified.exit_code == 0
    assert json.loads(verified.stdout)["verified"] is True


INIT_BAD = {
    "member": (["--member", "tur"], 2),
    "role": (["--member", "TUR", "--role", "king"], 2),
    "listen": (["--member", "TUR", "--listen", "here"], 2),
    "port": (["--member", "TUR", "--listen", "127.0.0.1:99999"], 2),
    "desk": (["--member", "TUR", "--desk", "Air Force!"], 2),
    "no address": (["--member", "TUR", "--listen", "0.0.0.0:7443"], 2),
    "an address that is none": (["--member", "TUR", "--address", "over there"], 2),
    "origin": (["--member", "TUR", "--drill-origin", "yesterday"], 2),
    "speed": (["--member", "TUR", "--drill-origin", "2025-04-10T05:00Z", "--drill-speed", "-1"], 2),
}


@pytest.mark.parametrize("what", INIT_BAD)
def test_a_node_that_cannot_be_made_leaves_nothing_in_the_way(tmp_path: Path, what: str) -> None:
    words, status = INIT_BAD[what]
    said = run("init", "--node", str(tmp_path / "n"), *LISTEN, *words, "--unencrypted", "--json")
    assert said.exit_code == status, said.output
    assert json.loads(said.stdout)["remedy"]
    good = run(
        "init", "--node", str(tmp_path / "n"), "--member", "TUR", "--desk", "air", *LISTEN, "--unencrypted"
    )
    assert good.exit_code == 0, good.output
    again = run("init", "--node", str(tmp_path / "n"), "--member", "TUR", *LISTEN, "--unencrypted", "--json")
    assert (again.exit_code, json.loads(again.stdout)["code"]) == (4, "node-exists")


def test_a_passphrase_file_that_is_not_there(tmp_path: Path) -> None:
    said = run("init", "--node", str(tmp_path / "n"), "--member", "TUR", *LISTEN,
               "--passphrase-file", str(tmp_path / "none"), "--json")  # fmt: skip
    assert (said.exit_code, json.loads(said.stdout)["code"]) == (3, "file-unreadable")


def test_no_passphrase_where_nobody_can_be_asked(tmp_path: Path) -> None:
    said = run("init", "--node", str(tmp_path / "n"), "--member", "TUR", *LISTEN, "--json")
    assert (said.exit_code, json.loads(said.stdout)["code"]) == (2, "passphrase-not-given")


@pytest.mark.parametrize("command", [["serve", "--unencrypted"], ["join", "c.json", "--unencrypted"]])
def test_a_folder_without_a_node(tmp_path: Path, command: list[str]) -> None:
    said = run(command[0], "--node", str(tmp_path), *command[1:], "--json")
    assert said.exit_code == 3, said.output
    assert json.loads(said.stdout)["remedy"]


def test_a_node_that_has_joined_nothing_does_not_serve(tmp_path: Path) -> None:
    run("init", "--node", str(tmp_path / "n"), "--member", "TUR", *LISTEN, "--unencrypted")
    said = run("serve", "--node", str(tmp_path / "n"), "--unencrypted", "--json")
    assert (said.exit_code, json.loads(said.stdout)["code"]) == (4, "not-joined")


@pytest.mark.parametrize("command", ["status", "inbox"])
def test_a_node_that_does_not_run_is_3(tmp_path: Path, command: str) -> None:
    said = run(command, "--node", str(tmp_path), "--json")
    assert (said.exit_code, json.loads(said.stdout)["code"]) == (3, "node-not-running")


def test_doctor_looks_at_a_node(desks: Desk, tmp_path: Path) -> None:
    well = desks.run("TUR", "doctor", "--json")
    assert json.loads(well.stdout)["checks"][-1]["name"] == "node"
    ill = run("doctor", "--node", str(tmp_path), "--json")
    assert ill.exit_code == 1
    assert json.loads(ill.stdout)["checks"][-1]["ok"] is False


def test_verify_of_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "junk").write_bytes(b"junk")
    for path, status in ((tmp_path / "none", 3), (tmp_path / "junk", None)):
        said = run("verify", str(path), "--json")
        assert said.exit_code == status or (status is None and said.exit_code in (1, 2, 4)), said.output
        assert json.loads(said.stdout)


def test_what_has_no_command_of_its_own_is_said(desks: Desk, tmp_path: Path) -> None:
    handed = desks.receipt("TUR", "say", "--desk", "air", "watch.hand-over", "notes=Two areas hot.")
    taken = desks.receipt("TUR", "say", "--desk", "air", "watch.take", f"hand_over={handed['short']}")
    assert taken["kind"] == "watch.take"
    feature = tmp_path / "clinic.geojson"
    feature.write_text(json.dumps(area("clinic", "TUR")), encoding="utf-8")
    words = ["name=Clinic", "category=hospital", f"footprint=@{feature}", "--to", "ISR"]
    site = desks.receipt("TUR", "say", "--desk", "air", "site.register", *words)
    assert site["sealed_to"] == ["ISR", "TUR"]
    points = ["points=First, of T4.", "points=Second."]
    words = ["title=Third", "starts_at=2025-04-10T05:00Z", "ends_at=2025-04-10T09:00Z", "agenda=T4"]
    meeting = desks.receipt("TUR", "say", "--desk", "air", "meeting.convene", *words)["short"]
    desks.receipt("ISR", "say", "--desk", "air", "meeting.minutes", f"meeting={meeting}", *points)


def test_what_cannot_be_said_names_the_field(desks: Desk, tmp_path: Path) -> None:
    for words, status, code in (
        (["watch.take", "note=x"], 2, "field-unknown"),
        (["watch.take", "x"], 2, "field-form"),
        (["notice.file", "x=y"], 2, "kind-not-said"),
        (["site.register", f"footprint=@{tmp_path / 'none'}"], 3, "file-unreadable"),
    ):
        assert desks.ask("TUR", "say", "--desk", "air", *words, status=status)["code"] == code
    drill = desks.receipt("AZE", "say", "--desk", "air", "drill.start", "name=April")["short"]
    ended = desks.ask("TUR", "say", "--desk", "air", "drill.end", f"drill={drill}", status=4)
    assert ended["code"] == "would-not-count"
    picture = tmp_path / "picture.geojson"
    picture.write_bytes(b"\xff\xd8\xff")
    words = ["site.register", f"footprint=@{picture}"]
    assert desks.ask("TUR", "say", "--desk", "air", *words, status=2)["code"] == "not-utf8"


def test_the_kinds_and_their_fields_are_listed_without_a_node() -> None:
    kinds = CliRunner().invoke(root, ["say"])
    assert kinds.exit_code == 0
    assert "incident.open         Something happened that both will look into" in kinds.stdout
    fields = CliRunner().invoke(root, ["say", "incident.open"])
    assert "  happened_at\n" in fields.stdout
    assert "  place  (may be left out)\n" in fields.stdout
    assert "Type a time in Z, as 2025-04-09T08:00Z, or now." in fields.stdout
    (row,) = json.loads(CliRunner().invoke(root, ["say", "drill.end", "--json"]).stdout)
    assert [field["name"] for field in row["fields"]] == ["drill", "text"]
    assert CliRunner().invoke(root, ["say", "watch.sell"]).exit_code == 2
    assert CliRunner().invoke(root, ["say", "drill.start", "name=x"]).exit_code == 2


def test_what_stands_beside_the_notices_is_listed(desks: Desk) -> None:
    words = ["title=Fire near T4", "happened_at=2025-04-10T05:05Z", "involved=TUR,ISR"]
    incident = desks.receipt("ISR", "say", "--desk", "air", "incident.open", *words)["short"]
    desks.receipt(
        "TUR", "say", "--desk", "air", "incident.state", f"incident={incident}", "text=Seen at 05:06."
    )
    listed = desks.run("TUR", "affairs", "incident")
    assert f"{incident}  INCIDENT  open\n" in listed.stdout
    assert "TUR air, incident.state: incident: " in listed.stdout
    (row,) = desks.ask("AZE", "affairs", incident)["affairs"]
    assert (row["sort"], row["state"], len(row["lines"])) == ("incident", "open", 1)
    assert desks.ask("TUR", "affairs", "treaty", status=2)["code"] == "sort-unknown"
    assert desks.run("TUR", "affairs", "violation").stdout == "Nothing.\n"


def test_a_drill_is_called_and_its_minutes_are_reported(desks: Desk) -> None:
    drill = desks.receipt("AZE", "say", "--desk", "air", "drill.start", "name=April")["short"]
    stop = desks.receipt("AZE", "stop", "--desk", "air", "--drill", drill, "--yes", "T4")["short"]
    assert f"DRILL “April”: STOP {stop} by AZE" in " ".join(desks.run("TUR", "status").stdout.split())
    desks.receipt("TUR", "acknowledge", "--desk", "air", stop, "--rung", "2")
    desks.receipt("AZE", "close", "--desk", "air", stop)
    desks.receipt("AZE", "say", "--desk", "air", "drill.end", f"drill={drill}")
    over = desks.ask("AZE", "stop", "--desk", "air", "--drill", drill, "--yes", "T4", status=4)
    assert over["code"] == "drill-not-running"
    said = " ".join(desks.run("TUR", "statistics").stdout.split())
    assert "drill “April”, 2025-04-10T05:10Z: minutes to authority 0" in said


def test_the_file_of_an_incident_is_saved_and_verifies_by_itself(desks: Desk, tmp_path: Path) -> None:
    words = ["title=Fire near T4", "happened_at=2025-04-10T05:05Z", "involved=TUR,ISR"]
    opened = desks.receipt("TUR", "say", "--desk", "air", "incident.open", *words)
    said = [f"incident={opened['short']}", "text=Seen from the tower."]
    desks.receipt("ISR", "say", "--desk", "air", "incident.state", *said)
    path = tmp_path / "fire.incident"
    told = desks.run("TUR", "incident", "export", opened["short"], "-o", str(path))
    assert told.exit_code == 0, told.output
    assert f"Saved to {path}." in told.stdout
    saved = desks.ask("TUR", "incident", "export", opened["short"], "-o", str(path))
    assert (saved["file"], saved["incident"]) == (str(path), opened["id"])
    assert saved["statements"] >= 2
    checked = run("verify", str(path), "--json")
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)["failures"] == []
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert run("verify", str(path), "--json").exit_code != 0
