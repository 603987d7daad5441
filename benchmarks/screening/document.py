# SPDX-License-Identifier: Apache-2.0
"""``docs/benchmarks.md``: the figures of the last run, put between two marks; the words around them stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.screening.peers.registry import BOXES, POLYGONS
from benchmarks.screening.picture import draw
from benchmarks.screening.results import Results, disagreements
from benchmarks.screening.tables import Sheet, sheets

__all__ = ["markdown_of", "write_document"]

_BEGIN: Final = "<!-- figures: begin -->\n"
_END: Final = "<!-- figures: end -->"
_PICTURES: Final = (
    ("pairs", BOXES, "All pairs of boxes, build included", "bench-screening.svg"),
    ("polygons", POLYGONS, "All exact conflicts of geodesic polygons", "bench-screening-polygons.svg"),
)


def write_document(results: Results, docs: Path) -> list[Path]:
    """Write the figures and their pictures anew; returns the files written."""
    written = []
    for row, entrants, title, name in _PICTURES:
        path = docs / "pictures" / name
        if draw(results, row, entrants, title, path):
            written.append(path)
    page = docs / "benchmarks.md"
    head, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{page}: the marks around the figures are gone")
    page.write_text(f"{head}{_BEGIN}{markdown_of(results, docs)}{_END}{tail}", encoding="utf-8")
    return [*written, page]


def markdown_of(results: Results, docs: Path) -> str:
    """Machine, versions, tables, pictures."""
    return "\n".join([*_head(results), *_tables(results), *_shown(docs)]) + "\n"


def _head(results: Results) -> Iterator[str]:
    here = results.machine
    yield (
        f"{results.date}: {here.processor}, {here.cores} cores, {here.memory_gib} GiB, {here.system}, "
        f"Python {here.python}; seed {results.seed}; no measurement longer than {results.cap_s} s; "
        f"the whole run {results.seconds:,.0f} s."
    )
    yield f"Versions: {'; '.join(dict.fromkeys(results.versions.values()))}."
    if results.was_busy:
        yield f"**{results.was_busy}**"
    faults = list(disagreements(results))
    same = "Everybody found the same boxes, pair by pair; of polygons, we are wrong about none."
    yield f"**Not the same:** {'; '.join(faults)}." if faults else same
    yield ""


def _tables(results: Results) -> Iterator[str]:
    for sheet in sheets(results):
        yield from _table(sheet)


def _table(sheet: Sheet) -> Iterator[str]:
    yield f"### {sheet.title}"
    yield ""
    yield f"| {' | '.join(sheet.header)} |"
    yield f"|{'---|' * len(sheet.header)}"
    for row in sheet.rows:
        yield f"| {' | '.join(row)} |"
    yield ""
    for note in sheet.notes:
        yield f"- {note}"
    if sheet.notes:
        yield ""


def _shown(docs: Path) -> Iterator[str]:
    for _, _, title, name in _PICTURES:
        if (docs / "pictures" / name).exists():
            yield f"![{title}, seconds against number, both logarithmic](pictures/{name})"
            yield ""
