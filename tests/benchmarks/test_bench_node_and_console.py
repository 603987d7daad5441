# SPDX-License-Identifier: Apache-2.0
"""The benchmarks of a node under its consoles say what they measured; no figure is judged here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.console import document as console_document
from benchmarks.console.first_load import Figures as FirstLoad
from benchmarks.console.first_load import Spread
from benchmarks.node import document as node_document
from benchmarks.node.load import Load, Results, through_relay
from benchmarks.screening.results import machine


def test_every_console_hears_of_every_filing_that_went_through_the_relay(tmp_path: Path) -> None:
    found = through_relay(Load(consoles=3, standing=0, a_second=20, lasts_s=1))
    assert (found.filed, found.heard, found.events) == (20, 20, 60)
    assert 0 < found.p50_ms <= found.p99_ms <= found.most_ms
    results = Results(machine(), "2025-04-10", 3.2, replace(found, heard=19), found)
    results.save(tmp_path / "kept.json")
    assert Results.load(tmp_path / "kept.json") == results
    written = written_by(tmp_path, "node", lambda: node_document.write_document(results, tmp_path))
    assert written == node_document.markdown_of(results)
    assert "not quiet" in written
    assert "| 20 | 19 | 60 | p99 ≤ 1,000 ms |" in written
    assert any("heard by every console 19" in line for line in node_document.told(results))


def test_a_first_load_is_written_beside_what_was_to_be_reached(tmp_path: Path) -> None:
    found = FirstLoad(
        machine=machine(),
        date="2025-04-10",
        load_before=0.1,
        chromium="1.2.3",
        times=7,
        standing=50,
        files=33,
        door_ms=Spread.of([400.0, 500.0]),
        usable_ms=Spread.of([900.0, 1_000.0]),
        idle_ms=Spread.of([2_000.0, 4_100.0]),
        bytes_gz=954_321,
        bytes_fonts=400_000,
        bytes_basemap_gz=600_000,
        elsewhere=(),
    )
    found.save(tmp_path / "kept.json")
    assert FirstLoad.load(tmp_path / "kept.json") == found
    written = written_by(tmp_path, "console", lambda: console_document.write_document(found, tmp_path))
    assert written == console_document.markdown_of(found)
    assert "not quiet" not in written
    assert "| the map is idle | 3,050 ms | 4,100 ms | ≤ 4,000 ms |" in written
    assert "Chromium 1.2.3" in written


def written_by(folder: Path, room: str, write: Callable[[], Path]) -> str:
    page = folder / "benchmarks.md"
    page.write_text(f"before\n<!-- {room}: begin -->\nold\n<!-- {room}: end -->\nafter\n", encoding="utf-8")
    write()
    head, _, rest = page.read_text(encoding="utf-8").partition(f"<!-- {room}: begin -->\n")
    written, _, tail = rest.partition(f"<!-- {room}: end -->")
    assert (head, tail) == ("before\n", "\nafter\n")
    return written
