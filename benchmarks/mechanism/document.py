# SPDX-License-Identifier: Apache-2.0
"""``docs/benchmarks.md``: the rules' figures, put between two marks; the words around them stay."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.mechanism.run import Results, table
from benchmarks.page import table_lines, write_between

__all__ = ["markdown_of", "write_document"]

_QUIET: Final = 0.5


def write_document(results: Results, docs: Path) -> Path:
    """Write the figures anew; returns the file. Raises ``ValueError`` when the marks are gone."""
    return write_between(docs, "rules", markdown_of(results))


def markdown_of(results: Results) -> str:
    """Machine and table."""
    here = results.machine
    lines = [
        (
            f"{results.date}: {here.processor}, {here.cores} cores, {here.memory_gib} GiB, {here.system}, "
            f"Python {here.python}; one core."
        ),
        f"{results.entries:,} entries, {results.duties:,} duties, {results.is_open:,} of them open.",
    ]
    if results.load_before >= _QUIET:
        lines.append(
            f"**The machine was busy (load {results.load_before:.1f} before the run): processor time is "
            "longer then, too.**"
        )
    header, rows = table(results)
    return "\n".join([*lines, "", *table_lines(header, rows), ""])
