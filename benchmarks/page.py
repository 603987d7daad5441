# SPDX-License-Identifier: Apache-2.0
"""Figures stand in ``docs/benchmarks.md`` between two marks that name their room; all other words stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["table_lines", "write_between"]


def write_between(docs: Path, room: str, markdown: str) -> Path:
    """Write the figures of a room anew; returns the file. Raises ``ValueError`` when its marks are gone."""
    page = docs / "benchmarks.md"
    begin, end = f"<!-- {room}: begin -->\n", f"<!-- {room}: end -->"
    head, begun, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, tail = rest.partition(end)
    if not begun or not ended:
        raise ValueError(f"{page}: the marks around the figures of “{room}” are gone")
    page.write_text(f"{head}{begin}{markdown}{end}{tail}", encoding="utf-8")
    return page


def table_lines(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown, line by line."""
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
