# SPDX-License-Identifier: Apache-2.0
"""Does ``steerclear blind audit`` tell an inquiry who cheated, in words, as JSON and by its exit code?"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import node_of, serving
from tests.services.blind_liars import HELD, PAIR, keep_openings, twist_plans
from tests.services.conftest import area, copy_of, ratified
from tests.services.test_blind_exchange import agree, tick
from typer.testing import CliRunner

from steerclear.blind.opening import print_opened
from steerclear.cli.app import root
from steerclear.model.terms import Level
from steerclear.services.blind_openings import unseal_opening

DAY = "2025-04-10"


def run(*words: str) -> Any:
    return CliRunner().invoke(root, list(words))


@pytest.fixture(scope="module", params=["honest", "cheating"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The record, both openings and both cases of one morning at L2; TUR hides its notice, or does not."""
    folder = tmp_path_factory.mktemp("inquiry")
    channel = copy_of(ratified())
    keep_openings(channel)
    agree(channel, Level.L2)
    if request.param == "cheating":
        twist_plans(channel, "TUR", lambda plans: plans.clear())
    channel.file("TUR", area("t1", "TUR"))
    tick(channel, "05:14", "05:15")
    for member, other in (PAIR, PAIR[::-1]):
        opened = unseal_opening(channel.node(member).blind_opening(other, DAY, 0), HELD)[1]
        (folder / f"{member}.opening").write_bytes(print_opened(opened))
    (folder / "record.bundle").write_bytes(channel.everything("AZE"))
    for member, other in (PAIR, PAIR[::-1]):
        with (
            tempfile.TemporaryDirectory(prefix="sc-") as short,
            serving(node_of(channel, member, Path(short))) as at,
        ):
            said = run(
                "blind", "case", other, DAY, str(folder / f"{member}.case"), "--whole", "--node", str(at)
            )
            assert said.exit_code == 0, said.output
            assert "hand it to nobody but the inquiry" in said.output
            none = run("blind", "case", other, "2025-05-01", str(folder / "none"), "--node", str(at))
            assert none.exit_code == 2
            assert "blind-no-case" in none.output
    return request.param, folder


def audit(folder: Path, *more: str) -> Any:
    given = [word for member in PAIR for kind in ("opening", "case")
             for word in (f"--{kind}", str(folder / f"{member}.{kind}"))]  # fmt: skip
    return run("blind", "audit", str(folder / "record.bundle"), *given, *more)


def test_who_cheated_is_told_in_words_and_by_the_exit_code(files: tuple[str, Path]) -> None:
    story, folder = files
    said = audit(folder)
    assert f"ISR and TUR at L2, cells of {DAY}, attempt 0" in said.output
    if story == "honest":
        assert said.exit_code == 0, said.output
        assert said.output.endswith("what both sides had planned and nothing else.\n")
    else:
        assert said.exit_code == 1, said.output
        assert "FAULT omission: TUR, round" in said.output


def test_as_json(files: tuple[str, Path]) -> None:
    story, folder = files
    found = json.loads(audit(folder, "--json").stdout)
    assert [fault["kind"] for fault in found["faults"]] == ([] if story == "honest" else ["omission"])
    assert (found["level"], found["day"], found["doubts"]) == ("L2", DAY, [])


def test_what_does_not_belong_together_is_refused(files: tuple[str, Path]) -> None:
    _, folder = files
    record, one = str(folder / "record.bundle"), str(folder / "TUR.opening")
    case = ("--case", str(folder / "TUR.case"))
    twice = run("blind", "audit", record, "--opening", one, "--opening", one, *case)
    assert (twice.exit_code, "blind-audit" in twice.output) == (2, True)
    empty = folder / "empty.case"
    empty.write_bytes(b'{"form":"steerclear openings 1","openings":[]}')
    nothing = ("--case", str(empty))
    hidden = run(
        "blind", "audit", record, "--opening", one, "--opening", str(folder / "ISR.opening"), *nothing
    )
    assert (hidden.exit_code, "blind-not-in-record" in hidden.output) == (2, True)
    cut = folder / "cut.bundle"
    data = (folder / "record.bundle").read_bytes()
    at = data.rindex(b'"sig":"') + 20
    cut.write_bytes(data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :])
    broken = run(
        "blind", "audit", str(cut), "--opening", one, "--opening", str(folder / "ISR.opening"), *case
    )
    assert (broken.exit_code, "blind-audit-record" in broken.output) == (1, True)
