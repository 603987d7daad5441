# SPDX-License-Identifier: Apache-2.0
"""``docs/benchmarks.md``: a node under its consoles, put between two marks; the words around them stay."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.node.load import Figures, Results
from benchmarks.page import table_lines, write_between

__all__ = ["markdown_of", "told", "write_document"]

_QUIET: Final = 0.5

_TO_REACH_MS: Final = 1_000


def write_document(results: Results, docs: Path) -> Path:
    """Write the figures anew; returns the file. Raises ``ValueError`` when the marks are gone."""
    return write_between(docs, "node", markdown_of(results))


def told(results: Results) -> Iterator[str]:
    """The same for a terminal, line by line."""
    node, relay = results.node, results.relay
    yield _work(node)
    yield f"filed {node.filed:,}, heard by every console {node.heard:,}, {node.events:,} events"
    yield f"from filing to a console   p50 {node.p50_ms:,.0f} ms   p99 {node.p99_ms:,.0f} ms"
    yield f"                           most {node.most_ms:,.0f} ms   (to reach: p99 {_TO_REACH_MS:,} ms)"
    yield f"from filing to its receipt p99 {node.answer_p99_ms:,.0f} ms"
    yield f"through a bare relay       p50 {relay.p50_ms:,.0f} ms   p99 {relay.p99_ms:,.0f} ms"
    yield f"load before the run {results.load_before:.1f}"


def markdown_of(results: Results) -> str:
    """Machine, versions and table."""
    here = results.machine
    lines = [
        (
            f"{results.date}: {here.processor}, {here.cores} cores, {here.memory_gib} GiB, {here.system}, "
            f"Python {here.python}; load {results.load_before:.1f} before the run."
        ),
        f"Versions: steerclear {version('steerclear')}; uvicorn {version('uvicorn')}.",
        f"{_work(results.node)}.",
    ]
    if results.load_before >= _QUIET:
        lines.append(
            "**The machine was not quiet: what else ran on its two cores is in every figure, those of the "
            "relay too.**"
        )
    header = ["", "p50", "p99", "most", "filed", "heard by every console", "events", "to reach"]
    rows = [
        _row("from filing at one node to a console of the other", results.node, f"p99 ≤ {_TO_REACH_MS:,} ms"),
        _row("the same through a relay that keeps and checks nothing", results.relay, ""),
        ["from filing to its receipt", "", f"{results.node.answer_p99_ms:,.0f} ms", "", "", "", "", ""],
    ]
    return "\n".join([*lines, "", *table_lines(header, rows), ""])


def _work(figures: Figures) -> str:
    load = figures.load
    return (
        f"{load.consoles} consoles, {load.standing:,} standing notices, "
        f"{load.a_second} filings a second for {load.lasts_s} s"
    )


def _row(what: str, figures: Figures, to_reach: str) -> list[str]:
    times = (figures.p50_ms, figures.p99_ms, figures.most_ms)
    counts = (figures.filed, figures.heard, figures.events)
    return [what, *(f"{ms:,.0f} ms" for ms in times), *(f"{count:,}" for count in counts), to_reach]
