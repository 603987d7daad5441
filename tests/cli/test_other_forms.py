# SPDX-License-Identifier: Apache-2.0
"""Do read and write say what a newcomer needs, and does what was read file as it is?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from steerclear.cli.app import root
from steerclear.formats.geojson import read_notices

NOTAM = """(A1234/25 NOTAMN
Q) OSTT/QRDCA/IV/BO/W/000/240/3431N03738E018
A) OSTT B) 2504090800 C) 2504091000 EST
E) DANGER AREA ACT WI 5NM RADIUS OF 343121N0373737E.
F) SFC G) FL240)
"""
ANSWERS = ("--set", "party=TUR", "--accept", "kind-not-said", "--accept", "end-estimated")


@pytest.fixture
def notam(tmp_path: Path) -> Path:
    path = tmp_path / "a.notam"
    path.write_text(NOTAM, encoding="utf-8")
    return path


def run(*words: object) -> Any:
    return CliRunner().invoke(root, [str(word) for word in words])


def test_doubts_are_said_with_their_words_and_the_way_out(notam: Path) -> None:
    said = run("read", notam)
    assert said.exit_code == 1
    assert "IN DOUBT" in said.output
    assert "--accept end-estimated" in said.output
    assert "“2504091000 EST”" in said.output
    assert "Nothing was filed." in said.output


def test_what_is_answered_is_written_as_it_files(notam: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.geojson"
    said = run("read", notam, *ANSWERS, "--geojson", out)
    assert said.exit_code == 0, said.output
    (notice,) = read_notices(out.read_bytes(), where="out")
    assert (notice.ref, notice.party) == ("A1234/25", "TUR")


def test_a_draft_in_doubt_writes_nothing(notam: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.geojson"
    said = run("read", notam, "--geojson", out)
    assert said.exit_code == 2
    assert "draft-in-doubt" in said.output
    assert not out.exists()


def test_json_holds_drafts_and_doubts(notam: Path) -> None:
    said = run("read", notam, "--json")
    (draft,) = json.loads(said.stdout)["drafts"]
    assert draft["raw"] == NOTAM.strip()
    assert {doubt["code"] for doubt in draft["doubts"]} == {
        "end-estimated",
        "kind-not-said",
        "party-not-said",
    }


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--set", "colour=red"), "field-form"),
        (("--set", "kind=war"), "unknown-kind"),
        (("--set", "upper=high"), "height-unread"),
        (("--accept", "no-such"), "doubt-unknown"),
        (("--as", "doc"), "form-unknown"),
    ],
)
def test_a_slip_is_refused(notam: Path, words: tuple[str, ...], code: str) -> None:
    said = run("read", notam, *words)
    assert said.exit_code == 2
    assert code in said.output


@pytest.mark.parametrize(
    ("form", "sign"), [("kml", "<kml"), ("openair", "AC Q"), ("gpx", "<gpx"), ("hns-csv", "Reference")]
)
def test_what_was_read_is_written_in_other_forms(notam: Path, tmp_path: Path, form: str, sign: str) -> None:
    filing, out = tmp_path / "a.geojson", tmp_path / "out"
    run("read", notam, *ANSWERS, "--geojson", filing)
    said = run("write", filing, "--as", form, "--out", out)
    assert said.exit_code == 0, said.output
    assert sign in out.read_text(encoding="utf-8-sig")


def test_a_notam_goes_to_standard_output(notam: Path, tmp_path: Path) -> None:
    filing = tmp_path / "a.geojson"
    run("read", notam, *ANSWERS, "--geojson", filing)
    said = run("write", filing, "--as", "notam", "--fir", "OSTT")
    assert said.stdout.startswith("(NOTAMN\nQ) OSTT/QRDCA/")


def test_an_offer_needs_a_node_a_desk_and_a_contact(notam: Path, tmp_path: Path) -> None:
    filing = tmp_path / "a.geojson"
    run("read", notam, *ANSWERS, "--geojson", filing)
    said = run("write", filing, "--as", "notam", "--fir", "OSTT", "--offer")
    assert said.exit_code == 2
    assert "offer-incomplete" in said.output


def test_a_notice_of_no_node_is_not_found() -> None:
    said = run("write", "TUR-0042", "--as", "kml")
    assert said.exit_code == 2
    assert "notice-not-found" in said.output
