# SPDX-License-Identifier: Apache-2.0
"""Cost against size, a line for each: an SVG of a few kilobytes, the same bytes for the same figures."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from benchmarks.screening.peers.registry import ENTRANTS
from benchmarks.screening.results import Results

__all__ = ["draw"]

_COLOURS: Final = {
    "ours": "#d1495b",
    "ours-exact": "#d1495b",
    "ours-1": "#e8a0a9",
    "prtree": "#1b6ca8",
    "gnomonic": "#1b6ca8",
    "sqlite": "#2e8b57",
    "s2": "#2e8b57",
    "libspatialindex": "#8a6fb0",
    "strtree": "#b8860b",
    "postgis": "#6b7280",
}
"""Ours stands out; the others can be told apart, in grey print by their labels too."""
_APART: Final = 0.05
"""Labels keep this part of the height from each other."""


def draw(results: Results, row: str, entrants: tuple[str, ...], title: str, path: Path) -> bool:
    """Draw one row; returns whether there was anything to draw."""
    lines = {name: _points(results, row, name) for name in entrants}
    lines = {name: points for name, points in lines.items() if len(points) > 1}
    if not lines:
        return False
    with mpl.rc_context({"svg.hashsalt": "steerclear", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=(7.2, 4.4), layout="constrained")
        axes = figure.subplots()
        for name, points in lines.items():
            sizes, took = zip(*points, strict=True)
            wide = 2.4 if name in ("ours", "ours-exact") else 1.4
            axes.plot(sizes, took, "o-", color=_COLOURS[name], linewidth=wide, markersize=3.5)
        axes.set(xscale="log", yscale="log", title=title, xlabel="number", ylabel="seconds")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:,.0f}"))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_minor_locator(NullLocator())
        axes.grid(visible=True, color="#9ca3af", alpha=0.3, linewidth=0.6)
        axes.margins(x=0.02)
        axes.set_xlim(right=axes.get_xlim()[1] * 3.2)
        _label(axes, lines)
        axes.spines[["top", "right"]].set_visible(False)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    path.write_bytes(drawn.getvalue())
    return True


def _label(axes: Any, lines: dict[str, list[tuple[int, float]]]) -> None:
    """Each line's name beside its last point, from the lowest up, pushed up where two would overlap."""
    low, high = (math.log(limit) for limit in axes.get_ylim())
    free = 0.0
    for name, points in sorted(lines.items(), key=lambda line: line[1][-1][1]):
        size, took = points[-1]
        free = max((math.log(took) - low) / (high - low), free)
        height = math.exp(low + free * (high - low))
        axes.text(size * 1.08, height, ENTRANTS[name].title, color=_COLOURS[name], fontsize=9, va="center")
        free += _APART


def _points(results: Results, row: str, entrant: str) -> list[tuple[int, float]]:
    found = [results.of(row, entrant, size) for size in results.sizes(row)]
    return [(each.size, each.figures["seconds"]) for each in found if each is not None]
