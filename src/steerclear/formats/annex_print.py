# SPDX-License-Identifier: Apache-2.0
"""How are annexes printed: as Markdown to read and compare, as one HTML file to lay on the table?

The HTML is one file that asks nobody for anything (its policy forbids it), prints on A4, and keeps every text
of a party in a direction of its own, so that a Hebrew or Arabic name never turns the figures beside it. What
parties wrote is escaped in both; nothing in an annex is an instruction to whatever shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from steerclear.formats.annex_paper import Cell, Paper, Sheet, Table, Value

__all__ = ["NOT_PERMISSION", "as_html", "as_markdown"]

NOT_PERMISSION: Final = (
    "Not permission; changes no duty under the law of armed conflict; no notice does not mean nobody there."
)
_LEGEND: Final = "P: our proposal. F with a number: a public fact, with its source below."
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")
_FIRST_STRONG: Final = "\u2068"
_END_OF_ISOLATE: Final = "\u2069"


def as_markdown(paper: Paper) -> str:
    """The paper as CommonMark with tables."""
    return "\n".join(_markdown(paper)) + "\n"


def as_html(paper: Paper) -> str:
    """The paper as one self-contained page."""
    return "\n".join(_html(paper)) + "\n"


def _markdown(paper: Paper) -> Iterator[str]:
    yield f"# {_md(paper.title, free=True)}\n"
    for sheet in paper.sheets:
        yield from _sheet_markdown(sheet)
    yield f"{_LEGEND}\n"
    for number, source in enumerate(paper.sources, start=1):
        yield f"- F{number}: {_md(source, free=True)}"
    yield f"\n{NOT_PERMISSION}"


def _sheet_markdown(sheet: Sheet) -> Iterator[str]:
    yield f"## {sheet.name}, version {sheet.version}\n"
    yield f"{_md(sheet.says)}\n"
    yield f"Ratified by {', '.join(sheet.parties)}; in force {sheet.in_force_from}; "
    yield f"a notice of termination takes effect after {sheet.terminates_after}.\n"
    yield f"Content: `{sheet.content}`\n"
    for part in sheet.parts:
        if isinstance(part, Table):
            yield from _table_markdown(part)
        else:
            yield f"- {_md(part.label)}{_binds(part)}: **{_cell_markdown(part.cell)}**\n"


def _table_markdown(table: Table) -> Iterator[str]:
    yield f"{_md(table.label)}{_binds(table)}:\n"
    yield f"| {' | '.join(table.headings)} |"
    yield f"|{'---|' * len(table.headings)}"
    for row in table.rows:
        yield f"| {' | '.join(_cell_markdown(cell) for cell in row)} |"
    yield ""


def _cell_markdown(cell: Cell) -> str:
    mark = f" \\[{cell.mark}\\]" if cell.mark is not None and cell.words != "–" else ""
    return _md(cell.words, free=cell.free).replace("\n", " ") + mark


def _md(text: str, *, free: bool = False) -> str:
    """Escaped; a party's own text stands in a direction of its own."""
    safe = _SPECIAL.sub(r"\\\1", text) if free else text.replace("|", "\\|").replace("<", "\\<")
    return f"{_FIRST_STRONG}{safe}{_END_OF_ISOLATE}" if free and not text.isascii() else safe


def _binds(part: Value | Table) -> str:
    return f" (while two versions bind: {part.binds})" if part.binds else ""


_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = """\
@page { size: A4; margin: 18mm 16mm 20mm 16mm }
* { box-sizing: border-box }
body { font: 10.5pt/1.45 "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", system-ui, sans-serif;
  color: #14181c; background: #fff; max-width: 178mm; margin: 0 auto; padding: 8mm 0 }
h1 { font-size: 17pt; line-height: 1.2; margin: 0 0 6mm }
h2 { font-size: 12.5pt; margin: 9mm 0 1mm; border-top: .5pt solid #14181c; padding-top: 3mm;
  break-after: avoid }
p { margin: 0 0 2mm }
.content, .field { font: 8pt/1.4 "Noto Sans Mono", ui-monospace, monospace; color: #49525b;
  overflow-wrap: anywhere }
.says { color: #49525b }
table { border-collapse: collapse; width: 100%; margin: 2mm 0 4mm; font-variant-numeric: tabular-nums }
th, td { text-align: start; vertical-align: top; padding: 1.2mm 2mm; border-bottom: .4pt solid #b6bec6;
  overflow-wrap: anywhere }
th { font-weight: 600; color: #49525b; font-size: 9pt }
thead { display: table-header-group }
tr { break-inside: avoid }
.mark { font-size: 8pt; white-space: nowrap; color: #49525b }
.mark.fact { color: #0b4f8a; font-weight: 600 }
caption { text-align: start; font-weight: 600; padding: 1mm 0 }
.sign td { height: 14mm; vertical-align: bottom }
footer { margin-top: 8mm; border-top: .5pt solid #14181c; padding-top: 3mm; font-size: 9pt }
@media print { body { padding: 0; max-width: none } }
"""


def _html(paper: Paper) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en" dir="ltr"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(paper.title)}</title>"
    yield f"<style>{_STYLE}</style></head><body>"
    yield f'<h1 dir="auto">{_bdi(paper.title)}</h1>'
    for sheet in paper.sheets:
        yield from _sheet_html(sheet)
    yield f"<footer><p>{_LEGEND}</p><ul>"
    for number, source in enumerate(paper.sources, start=1):
        yield f'<li id="F{number}">F{number}: {_bdi(source)}</li>'
    yield f"</ul><p>{NOT_PERMISSION}</p></footer></body></html>"


def _sheet_html(sheet: Sheet) -> Iterator[str]:
    yield f'<section id="{escape(sheet.name)}"><h2>{escape(sheet.name)}, version {sheet.version}</h2>'
    yield f'<p class="says">{escape(sheet.says)}</p>'
    yield (
        f"<p>Ratified by {', '.join(map(_bdi, sheet.parties))}; in force {escape(sheet.in_force_from)}; "
        f"a notice of termination takes effect after {escape(sheet.terminates_after)}.</p>"
    )
    yield f'<p class="content">content {sheet.content}</p>'
    values = [part for part in sheet.parts if isinstance(part, Value)]
    if values:
        yield "<table><thead><tr><th>what</th><th>value</th></tr></thead><tbody>"
        for value in values:
            label = f"{escape(value.label)}{escape(_binds(value))}"
            field = f'<span class="field">{escape(value.cell.path)}</span>'
            yield f"<tr><td>{label} {field}</td><td>{_cell_html(value.cell)}</td></tr>"
        yield "</tbody></table>"
    for part in sheet.parts:
        if isinstance(part, Table):
            yield from _table_html(part)
    yield '<table class="sign"><caption>Signed for</caption><tbody>'
    for party in sheet.parties:
        yield f"<tr><td>{_bdi(party)}</td><td>at</td><td>by its authority</td></tr>"
    yield "</tbody></table></section>"


def _table_html(table: Table) -> Iterator[str]:
    caption = f'{escape(table.label)}{escape(_binds(table))} <span class="field">{escape(table.path)}</span>'
    headings = "".join(f"<th>{escape(heading)}</th>" for heading in table.headings)
    yield f"<table><caption>{caption}</caption><thead><tr>{headings}</tr></thead><tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(f"<td>{_cell_html(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"


def _cell_html(cell: Cell) -> str:
    words = _bdi(cell.words) if cell.free else f'<bdi dir="ltr">{escape(cell.words)}</bdi>'
    if cell.mark is None or cell.words == "–":
        return words
    standing = "proposal" if cell.mark == "P" else "fact"
    mark = f'<span class="mark {standing}" data-path="{escape(cell.path)}" data-standing="{standing}">'
    return f"{words} {mark}{cell.mark}</span>"


def _bdi(text: str) -> str:
    return f'<bdi dir="auto">{escape(text)}</bdi>'
