# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the rules does what it says, at a size that takes a second; no figure is judged here."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from benchmarks.mechanism.document import markdown_of, write_document
from benchmarks.mechanism.run import Results, measured, table


@pytest.fixture(scope="module")
def results() -> Results:
    found = measured(400)
    gc.unfreeze()
    return found


def test_it_measures_as_many_open_duties_as_are_asked_for(results: Results) -> None:
    assert (results.is_open, results.duties) == (400, 700)
    assert [row.what for row in results.rows if row.to_reach] == [
        "everything folded anew",
        "due ones, a minute later",
        "due ones, asked again",
        "an update: an entry, and when to wake",
    ]
    assert all(row.worst_ms is None or row.worst_ms >= row.p50_ms > 0 for row in results.rows)


def test_what_is_written_says_what_was_measured(results: Results, tmp_path: Path) -> None:
    results.save(tmp_path / "kept.json")
    assert Results.load(tmp_path / "kept.json") == results
    page = tmp_path / "benchmarks.md"
    page.write_text("before\n<!-- rules: begin -->\nold\n<!-- rules: end -->\nafter\n", encoding="utf-8")
    write_document(results, tmp_path)
    written = page.read_text(encoding="utf-8")
    assert written == f"before\n<!-- rules: begin -->\n{markdown_of(results)}<!-- rules: end -->\nafter\n"
    for row in table(results)[1]:
        assert f"| {' | '.join(row)} |" in written


def test_a_page_without_the_marks_is_refused(results: Results, tmp_path: Path) -> None:
    (tmp_path / "benchmarks.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="marks"):
        write_document(results, tmp_path)
