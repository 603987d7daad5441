# SPDX-License-Identifier: Apache-2.0
"""``docs/benchmarks.md``: the record's figures, put between two marks; the words around them stay."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.page import table_lines, write_between
from benchmarks.record.run import Results, tables, versions

__all__ = ["markdown_of", "write_document"]

_QUIET: Final = 0.5


def write_document(results: Results, docs: Path) -> Path:
    """Write the figures anew; returns the file. Raises ``ValueError`` when the marks are gone."""
    return write_between(docs, "record", markdown_of(results))


def markdown_of(results: Results) -> str:
    """Machine, versions and tables."""
    here = results.machine
    lines = [
        (
            f"{results.date}: {here.processor}, {here.cores} cores, {here.memory_gib} GiB, {here.system}, "
            f"Python {here.python}; seed {results.seed}; the whole run {results.seconds:,.0f} s."
        ),
        f"Versions: {versions()}.",
    ]
    if results.load_before >= _QUIET:
        lines.append(
            f"**The machine was busy (load {results.load_before:.1f} before the run): the figures show that "
            "everything works, and not how fast.**"
        )
    lines.append("")
    for title, header, rows in tables(results):
        lines += [f"### {title}", "", *table_lines(header, rows), ""]
    return "\n".join(lines)
