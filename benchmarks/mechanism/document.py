# SPDX-License-Identifier: Apache-2.0
"""``docs/benchmarks.md``: the rules' figures, put between two marks; the words around them stay."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.mechanism.run import Results, table

__all__ = ["markdown_of", "write_document"]

_BEGIN: Final = "<!-- rules: begin -->\n"
_END: Final = "<!-- rules: end -->"
_QUIET: Final = 0.5


def write_document(results: Results, docs: Path) -> Path:
    """Write the figures anew; returns the file. Raises ``ValueError`` when the marks are gone."""
    page = docs / "benchmarks.md"
    head, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{page}: the marks around the figures of the rules are gone")
    page.write_text(f"{head}{_BEGIN}{markdown_of(results)}{_END}{tail}", encoding="utf-8")
    return page


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
    lines += ["", f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, ""])
