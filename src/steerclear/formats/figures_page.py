# SPDX-License-Identifier: Apache-2.0
"""How are a month's figures printed? One page that asks nobody for anything, and its plots as plain SVG.

    minutes, each row on one scale that grows by tenfold steps      duties, each class one bar
    authority  ●━━━━○────┤  3 · 9 · 27 min, 12 cases                STOP ▇▇▇▇▇▇▇▇▇▇▇░░  in time, late …
               p50  p95  worst

A figure that is not shown (*fewer*) has no length, and one that never was is written as a dash: neither is 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import log10
from typing import Final

__all__ = ["Bar", "DrillLine", "Page", "Section", "SpreadLine", "as_html", "plot"]

NOT_PERMISSION: Final = (
    "Not permission; changes no duty under the law of armed conflict; no notice does not mean nobody there."
)
PARTS: Final = (
    ("in time", "#2c7a5b"),
    ("late", "#d09a2d"),
    ("missed", "#b2382f"),
    ("open", "#8aa0b4"),
    ("waived", "#d3d9df"),
)
_SPACE: Final = 'xmlns="http://www.w3.org/2000/svg"'
_LEFT: Final = 190
_PLOT: Final = 330
_BARS: Final = 240
_WIDTH: Final = 720
_ROW: Final = 30
_FEWEST_MINUTES: Final = 0.5
"""The left end of the scale: anything quicker stands there."""

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE: Final = """
@page { size: A4; margin: 16mm }
body { font: 10.5pt/1.45 "Source Sans 3", "Noto Sans", "Liberation Sans", sans-serif; color: #14181c;
  background: #fff; max-width: 190mm; margin: 0 auto; padding: 8mm; font-variant-numeric: tabular-nums }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 2mm }
h2 { font-size: 13pt; margin: 9mm 0 1mm; border-top: 1pt solid #14181c; padding-top: 3mm }
.says { color: #49525b; margin: 0 0 4mm }
dl { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2mm 6mm; margin: 0 0 4mm }
dt { color: #49525b; font-size: 9pt } dd { margin: 0; font-size: 14pt; font-weight: 600 }
svg { width: 100%; height: auto; break-inside: avoid }
table { border-collapse: collapse; width: 100% } th, td { text-align: start; padding: 1mm 2mm;
  border-bottom: .4pt solid #b6bec6 } th { color: #49525b; font-size: 9pt }
footer { margin-top: 8mm; border-top: .5pt solid #14181c; padding-top: 3mm; font-size: 9pt }
@media print { body { padding: 0; max-width: none } }
"""
_SVG_STYLE: Final = (
    'text{font:12px "Noto Sans","Liberation Sans",sans-serif;fill:#14181c}'
    ".soft{fill:#49525b;font-size:11px}.grid{stroke:#d3d9df}.line{stroke:#0b4f8a;stroke-width:2}"
    ".half{fill:#0b4f8a}.most{fill:#fff;stroke:#0b4f8a;stroke-width:2}"
)


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """Minutes; ``count`` ``None`` is *fewer*."""

    what: str
    count: int | None
    p50: float | None
    p95: float | None
    worst: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """The duties of one class, in the order of ``PARTS``."""

    of_class: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class DrillLine:
    name: str
    at: str
    minutes_to_authority: tuple[float | None, ...]
    minutes_to_halt: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One count: totals in words, spreads and bars to be plotted, drills call by call."""

    title: str
    says: str
    totals: tuple[tuple[str, int | None], ...]
    spreads: tuple[SpreadLine, ...]
    bars: tuple[Bar, ...]
    drills: tuple[DrillLine, ...]


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    says: str
    sections: tuple[Section, ...]


def as_html(page: Page) -> str:
    """The page as one self-contained file."""
    return "\n".join(_html(page)) + "\n"


def plot(section: Section) -> str:
    """Spreads and bars of one count as one SVG picture."""
    rows = len(section.spreads) + len(section.bars)
    height = _ROW * (rows + 5)
    body = [
        f'<svg {_SPACE} viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(section.title)}">',
        f"<style>{_SVG_STYLE}</style>",
        *_spreads(section.spreads, top=_ROW),
        *_bars(section.bars, top=_ROW * (len(section.spreads) + 3)),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _html(page: Page) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en" dir="ltr"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(page.title)}</title><style>{_STYLE}</style></head><body>"
    yield f'<h1><bdi dir="auto">{escape(page.title)}</bdi></h1><p class="says">{escape(page.says)}</p>'
    for section in page.sections:
        yield f'<section><h2>{escape(section.title)}</h2><p class="says">{escape(section.says)}</p><dl>'
        for what, count in section.totals:
            yield f"<div><dt>{escape(what)}</dt><dd>{_count(count)}</dd></div>"
        yield "</dl>"
        yield plot(section)
        yield from _drills(section.drills)
        yield "</section>"
    yield f"<footer><p>{NOT_PERMISSION}</p></footer></body></html>"


def _drills(drills: tuple[DrillLine, ...]) -> Iterator[str]:
    if not drills:
        return
    yield "<table><thead><tr><th>drill</th><th>began</th><th>minutes to authority</th><th>to halt</th></tr>"
    yield "</thead><tbody>"
    for drill in drills:
        name = f'<bdi dir="auto">{escape(drill.name)}</bdi>'
        cells = (name, escape(drill.at), _each(drill.minutes_to_authority), _each(drill.minutes_to_halt))
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    yield "</tbody></table>"


def _spreads(lines: tuple[SpreadLine, ...], *, top: int) -> Iterator[str]:
    """Every row on one scale, so that a long wait looks long beside a short one."""
    most = max((line.worst for line in lines if line.worst is not None), default=10.0)
    decades = max(1, len(str(int(most))))
    bottom = top + _ROW * len(lines)
    legend = "Minutes: ● half of them, ○ 95 %, end of the line: the worst"
    yield f'<text x="0" y="{top - 8}" class="soft">{legend}</text>'
    for power in range(decades + 1):
        x = _x(10.0**power, decades)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
        yield f'<text class="soft" x="{x}" y="{bottom + 14}" text-anchor="middle">{10**power:,}</text>'
    for number, line in enumerate(lines):
        yield from _spread(line, decades, y=top + _ROW * number + _ROW // 2)


def _spread(line: SpreadLine, decades: int, *, y: int) -> Iterator[str]:
    yield f'<text x="0" y="{y + 4}">{escape(line.what)}</text>'
    if line.p50 is None or line.p95 is None or line.worst is None:
        words = "fewer" if line.count is None else "none"
        yield f'<text class="soft" x="{_LEFT + _PLOT + 20}" y="{y + 4}">{words}</text>'
        return
    half, most, worst = (_x(minutes, decades) for minutes in (line.p50, line.p95, line.worst))
    yield f'<line class="line" x1="{half}" x2="{worst}" y1="{y}" y2="{y}"/>'
    yield f'<line class="line" x1="{worst}" x2="{worst}" y1="{y - 6}" y2="{y + 6}"/>'
    yield f'<circle class="most" cx="{most}" cy="{y}" r="5"/>'
    yield f'<circle class="half" cx="{half}" cy="{y}" r="5"/>'
    cases = "case" if line.count == 1 else "cases"
    words = f"{_number(line.p50)} · {_number(line.p95)} · {_number(line.worst)} min, {line.count} {cases}"
    yield f'<text class="soft" x="{_LEFT + _PLOT + 20}" y="{y + 4}">{words}</text>'


def _x(minutes: float, decades: int) -> float:
    """Where on the scale; its left end is half a minute, each step of equal width ten times as long."""
    first = log10(_FEWEST_MINUTES)
    share = (log10(max(minutes, _FEWEST_MINUTES)) - first) / (decades - first)
    return round(_LEFT + _PLOT * share, 1)


def _bars(bars: tuple[Bar, ...], *, top: int) -> Iterator[str]:
    x = 0
    for words, colour in PARTS:
        yield f'<rect x="{x}" y="{top - 18}" width="10" height="10" fill="{colour}"/>'
        yield f'<text class="soft" x="{x + 15}" y="{top - 9}">{words}</text>'
        x += 75
    yield f'<text class="soft" x="{x + 10}" y="{top - 9}">duties, by class</text>'
    most = max((sum(_known(bar)) for bar in bars), default=0)
    for number, bar in enumerate(bars):
        yield from _bar(bar, most, y=top + _ROW * number)


def _bar(bar: Bar, most: int, *, y: int) -> Iterator[str]:
    yield f'<text x="0" y="{y + 18}">{escape(bar.of_class)}</text>'
    x = float(_LEFT)
    for count, (_, colour) in zip(_known(bar), PARTS, strict=True):
        width = round(_BARS * count / most, 1) if most else 0.0
        if width:
            yield f'<rect x="{x:.1f}" y="{y + 4}" width="{width}" height="18" fill="{colour}"/>'
        x += width
    words = " · ".join(
        f"{_count(count)} {name}" for count, (name, _) in zip(bar.counts, PARTS, strict=True) if count != 0
    )
    yield f'<text class="soft" x="{x + 8:.1f}" y="{y + 18}">{words}</text>'


def _known(bar: Bar) -> tuple[int, ...]:
    return tuple(count or 0 for count in bar.counts)


def _count(count: int | None) -> str:
    return "fewer" if count is None else f"{count:,}"


def _each(minutes: tuple[float | None, ...]) -> str:
    return ", ".join("never" if one is None else _number(one) for one in minutes) or "–"


def _number(minutes: float) -> str:
    return f"{minutes:,.0f}" if minutes >= 10 else f"{minutes:.1f}".removesuffix(".0")
