# SPDX-License-Identifier: Apache-2.0
"""The record's benchmark does what it says, at a size that takes seconds; no figure is judged here."""

from __future__ import annotations

from pathlib import Path

from benchmarks.record import measures
from benchmarks.record.copying import copying
from benchmarks.record.document import markdown_of, write_document
from benchmarks.record.opening import make_node
from benchmarks.record.run import Results, tables
from benchmarks.record.work import make_record
from benchmarks.screening.results import Machine

from steerclear.record import verify_replica


def test_the_record_that_is_verified_is_a_sound_one_of_the_mix_that_is_said(tmp_path: Path) -> None:
    made = make_record(tmp_path / "record", 2_400, seed=4)
    report = verify_replica(tmp_path / "record")
    counts = report.counts
    assert report.is_verified
    assert report.doubts == ()
    assert made == counts.entries >= 2_400
    assert counts.sealed == 1_200
    assert 1.4 < counts.signatures / counts.entries < 1.7
    assert all(log.recorded == log.size for log in report.logs)
    figures = measures.verifying(tmp_path / "record", 2)
    assert figures["entries"] == made
    kept = measures.filing_in_sqlite(tmp_path, measures.leaves_of(tmp_path / "record", 84), 20)
    assert (kept["1"]["entries"], kept["64"]["entries"]) == (20, 64)


def test_filing_and_catching_up_do_their_work(tmp_path: Path) -> None:
    found = measures.filing(tmp_path / "filing", 2, 64)
    assert {row: figures["entries"] for row, figures in found.items()} == {
        "ledger, 1": 2,
        "ledger, 64": 64,
        "whole, 1": 2,
        "whole, 64": 64,
    }
    assert measures.catching_up(tmp_path / "behind", 384)["entries"] == 384


def test_a_node_files_while_its_snapshot_is_written(tmp_path: Path) -> None:
    make_record(tmp_path / "record", 600, seed=4)
    made = make_node(tmp_path / "node", tmp_path / "record", 4)
    found = copying(tmp_path / "node", rest_s=5.0)
    assert found["entries"] >= made
    assert 0 < found["copy_s"] < 5
    assert found["beside_worst_ms"] > 0


def test_what_is_written_says_what_was_measured(tmp_path: Path) -> None:
    filed = {"entries": 64.0, "per_s": 2_345.0, "p50_ms": 1.0, "p99_ms": 2.0}
    verified = {"entries": 10.0, "signatures": 15.0, "seconds": 1.0, "per_s": 10.0, "processor_s": 1.0}
    memory = {"memory_mib": 50.0, "memory_of_each_mib": 40.0}
    names = [
        f"{key}, {filers}" for key in ("filing, ledger", "filing, whole", "sqlite") for filers in (1, 64)
    ]
    rows = dict.fromkeys(names, filed) | {
        "verify, 10, 2": verified | memory,
        "catching up": {"entries": 9.0, "per_s": 3.0, "seconds": 3.0, "rounds": 1.0},
        "copying, 10": {"entries": 10.0, "pause_ms": 7.0, "copy_s": 2.0}
        | {f"{when}_{waits}_ms": 1.0 for when in ("rest", "beside") for waits in ("p50", "p99", "worst")},
    }
    results = Results(Machine("a processor", 2, 4.0, "Linux", "3.11"), "2026-11-22", 4, 9.0, rows)
    results.absent["postgresql"] = "PostgreSQL is not installed"
    results.save(tmp_path / "kept.json")
    assert Results.load(tmp_path / "kept.json") == results
    page = tmp_path / "benchmarks.md"
    page.write_text("before\n<!-- record: begin -->\nold\n<!-- record: end -->\nafter\n", encoding="utf-8")
    write_document(results, tmp_path)
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n<!-- record: begin -->\n2026-11-22")
    assert written.endswith("<!-- record: end -->\nafter\n")
    assert "PostgreSQL is not installed" in written
    assert "| 10 entries | 1.0 / 1.0 / 1.0 ms | 1.0 / 1.0 / 1.0 ms | 7.0 ms | 2.0 s |" in written
    assert "The machine was busy" in markdown_of(results)
    assert next(title for title, _, _ in tables(results)) == "What was to be reached"
