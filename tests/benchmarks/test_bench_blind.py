# SPDX-License-Identifier: Apache-2.0
"""Does the blind benchmark count what it says, and say what it counted?"""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.blind.document import markdown_of, tables
from benchmarks.blind.results import Exchange, Listed, Results, Step
from benchmarks.blind.work import LIMIT, bulk_steps, exchanges, group_steps, newcomer
from benchmarks.screening.results import machine

from steerclear.model.terms import Level


@pytest.mark.parametrize("level", [Level.L2, Level.L3])
def test_half_of_the_cells_are_common_and_half_of_a_new_notice_is(level: Level) -> None:
    whole, new = exchanges(level, 3_000 if level is Level.L2 else 40)
    assert whole.common == whole.count // 2
    assert new.slots == 2_048
    assert new.standing == (4 if level is Level.L2 else 2)
    parts = new.parts
    assert new.seconds == pytest.approx(parts["first"] + parts["second"] + parts["host"])
    assert new.seconds == pytest.approx(
        sum(parts[what] for what in ("list", "answer", "check", "compare", "rest"))
    )


def test_a_new_notice_meets_the_one_that_it_overlaps() -> None:
    found = newcomer(Level.L2, 3)
    assert (found.standing, found.common) == (3, 1_000)


def test_each_step_gives_what_it_should() -> None:
    gave = {step.name: step.gave for step in (*group_steps(8), *bulk_steps(8))}
    assert gave["L3: check proofs"] == "True"
    assert gave["comparison"] == "4 and 4 met"
    assert {gave["L3: hash and mask"], gave["L3: re-mask"], gave["L2: tokens"]} == {"8 rows"}


def made() -> Results:
    parts = dict.fromkeys(("first", "second", "host", "list", "answer", "check", "compare", "rest"), 1.0)
    results = Results(machine(), "2026-11-23", 0.0, {"numpy": "2"}, 0.00005)
    results.listed = [Listed("Steerclear", "areas", 1, 1_000_000, 0.1)]
    results.steps = [Step(LIMIT, 10, 0.0005, ""), Step("L3: re-mask", 10, 0.0005, "10 rows")]
    results.exchanges = [
        Exchange("L3", 10_000, 16_384, 4.0, parts, 3_000_000, 5_000),
        Exchange("L3", 10_000, 2_048, 0.4, parts, 200_000, 1_000, 10),
        Exchange("OpenMined PSI", 10_000, 10_000, 3.2, {}, 1_000_000, 5_000),
        Exchange("OpenMined PSI, the other way", 10_000, 10_000, 3.2, {}, 1_000_000, 5_000),
        Exchange("OpenMined PSI, doubling", 10_000, 16_384, 5.0, {}, 1_700_000, 5_000),
    ]
    return results


def test_what_was_to_be_reached_is_said_with_its_ratio() -> None:
    goals, beside, *_ = tables(made())
    reached = {row[0]: row[1:] for row in goals[2]}
    assert reached["L3: re-mask, of the limit"] == ["1.00", "≥ 0.9"]
    assert beside[2] == [["doubling", "10,000", "16,384", "1.25", "0.62", "0.80", "0.40"]]
    assert reached["a new notice, L3, 10 standing"] == ["0.40 s", "≤ 0.5 s"]


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    made().save(tmp_path / "kept.json")
    assert Results.load(tmp_path / "kept.json") == made()


def test_a_busy_machine_is_named() -> None:
    results = made()
    assert "busy" not in markdown_of(results)
    results.load_before = 3.0
    assert "busy (load 3.0 before the run)" in markdown_of(results)
