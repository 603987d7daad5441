# SPDX-License-Identifier: Apache-2.0
"""Is the file of an incident proof of every word in it, and of nothing else?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from steerclear.errors import BadInput, NotVerified, SteerclearError
from steerclear.record.ijson import JsonValue, print_ijson
from steerclear.record.incident import (
    INCIDENT,
    Package,
    parse_package,
    print_package,
    said_in,
    verify_package,
)
from steerclear.record.reveal import REVEALED, parse_revealed
from steerclear.record.verify_path import verify_replica
from steerclear.replay.parser import parse_play
from steerclear.replay.runner import run_on_stage
from steerclear.services.incident_package import incident_package
from steerclear.services.ledger import Ledger

DAY = """play 1
# an incident that two sides tell in two ways
mechanism us-russia-2015   parties USA RUS   host CHE   day 2026-03-02
08:00  USA air   files hazard circle 35.366N 40.176E 5km 0..20000ft AMSL 09:10..10:00 as n1 to RUS
08:04  RUS air   acknowledges n1
09:20  RUS air   calls stop at 35.366N 40.17E basis own-forces as s1 to USA
09:23  USA air rung 2 acknowledges s1
09:25  USA air   answers s1 "stopped at 09:25Z"
10:00  RUS air   opens incident "fire at the crossing" at 09:19 with USA RUS as i1
11:00  USA air   states incident i1 "we fired where the notice said"
12:00  RUS air   states incident i1 "it fell outside"
12:30  record    verifies
"""


@pytest.fixture(scope="module")
def nodes() -> dict[str, Ledger]:
    (play,) = parse_play(DAY, where="incident.play")
    run, stage = run_on_stage(play)
    assert run.passed, run.failures
    return {member: station.ledger for member, station in stage.stations.items()}


@pytest.fixture(scope="module")
def data(nodes: dict[str, Ledger]) -> bytes:
    [record] = nodes["USA"].view.incidents
    return incident_package(nodes["USA"], record.id)


def kinds(data: bytes) -> list[str]:
    return [said_in(part).statement.kind for part in parse_package(data).parts]


def test_it_holds_what_each_side_said_and_what_was_known_in_its_hours(data: bytes) -> None:
    assert kinds(data).count("incident.state") == 2
    assert {"notice.file", "receipt.acknowledge", "stop.call", "stop.answer", "incident.open"} <= set(
        kinds(data)
    )


def test_it_verifies_with_nothing_but_itself(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "crossing.incident"
    path.write_bytes(data)
    report = verify_replica(path)
    assert report.is_verified, report.failures
    assert report.kind == "incident"
    assert "incident-selection" in {doubt.code for doubt in report.doubts}


def test_its_timeline_is_in_order_and_says_who_said_what_when(data: bytes) -> None:
    timeline = json.loads(data)["timeline"]
    assert [line["at"] for line in timeline] == sorted(line["at"] for line in timeline)
    told = [
        (line["author"], line["body"].get("text")) for line in timeline if line["kind"] == "incident.state"
    ]
    assert [author for author, _ in told] == ["USA", "RUS"]


def test_both_sides_make_one_that_the_other_can_check(nodes: dict[str, Ledger], data: bytes) -> None:
    theirs = incident_package(nodes["RUS"], parse_package(data).incident)
    assert verify_package(theirs, nodes["USA"].charter).is_verified
    assert kinds(theirs).count("incident.state") == 2


def is_accepted(data: bytes) -> bool:
    try:
        return data.startswith(INCIDENT) and verify_package(data).is_verified
    except SteerclearError:
        return False


def test_no_change_to_a_word_or_a_time_is_accepted(data: bytes) -> None:
    for old, new in ((b"it fell outside", b"it fell inside!"), (b"T09:20", b"T09:30"), (b"RUS", b"RUZ")):
        assert old in data
        assert not is_accepted(data.replace(old, new))
        assert not is_accepted(data.replace(old, new, 1))


def test_a_flipped_bit_is_refused_wherever_it_lies(data: bytes) -> None:
    """Every 211th byte: places in proofs, signatures, statements, the charter and the timeline."""
    for place in range(0, len(data), 211 * max(1, len(data) // 30_000)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert not is_accepted(changed), f"byte {place}: {data[place - 40 : place + 40]!r}"


def test_what_does_not_open_the_incident_is_no_file_of_it(data: bytes) -> None:
    package = parse_package(data)
    without = tuple(p for p in package.parts if said_in(p).statement.kind != "incident.open")
    report = verify_package(print_package(Package(package.charter, package.incident, without)))
    assert {failure.code for failure in report.failures} == {"incident-not-in-it"}


def test_what_is_no_incident_has_no_file(nodes: dict[str, Ledger]) -> None:
    [stop] = nodes["USA"].view.stops
    with pytest.raises(BadInput) as caught:
        incident_package(nodes["USA"], stop.id)
    assert caught.value.code == "not-an-incident"


@pytest.mark.parametrize(
    "change",
    [
        {"form": "steerclear incident 2"},
        {"founded": None},
        {"incident": 7},
        {"parts": []},
        {"parts": [7]},
    ],
    ids=str,
)
def test_what_has_not_the_form_is_refused(data: bytes, change: dict[str, JsonValue]) -> None:
    with pytest.raises(NotVerified) as caught:
        parse_package(print_ijson({**json.loads(data), **change}))
    assert caught.value.code == "incident-form"


def test_parts_out_of_order_and_parts_that_show_nothing_are_refused(
    data: bytes, nodes: dict[str, Ledger]
) -> None:
    package = parse_package(data)
    sealed = next(part for part in package.parts if part.startswith(REVEALED))
    for parts in (package.parts[::-1], (parse_revealed(sealed).proof,)):
        with pytest.raises(NotVerified) as caught:
            print_package(Package(nodes["USA"].charter, package.incident, parts))
        assert caught.value.code == "incident-form"


def test_a_statement_that_stands_in_it_twice_fails(data: bytes) -> None:
    package = parse_package(data)
    twice = Package(package.charter, package.incident, (*package.parts, package.parts[-1]))
    assert "incident-part-twice" in {one.code for one in verify_package(print_package(twice)).failures}


def test_the_charter_of_another_mechanism_is_refused(data: bytes) -> None:
    other = replace(parse_package(data).charter, name="another")
    with pytest.raises(NotVerified) as caught:
        verify_package(data, other)
    assert caught.value.code == "verify-other-mechanism"
