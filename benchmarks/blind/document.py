# SPDX-License-Identifier: Apache-2.0
"""What a run says: tables for the terminal, and the same in ``docs/benchmarks.md`` between two marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.blind.results import Exchange, Results
from benchmarks.page import table_lines, write_between

__all__ = ["Table", "tables", "write_document"]

_QUIET: Final = 0.5
_PEER: Final = "OpenMined PSI"
_PADDINGS: Final = {"doubling": "L3", "padme": "L3, padme"}
_OF_LIMIT: Final = {"L3: hash and mask": "≥ 0.6", "L3: re-mask": "≥ 0.9"}

Table = tuple[str, list[str], list[list[str]]]
"""Title, header and rows."""


def write_document(results: Results, docs: Path) -> Path:
    """Write the figures anew; returns the file. Raises ``ValueError`` when the marks are gone."""
    return write_between(docs, "blind", markdown_of(results))


def markdown_of(results: Results) -> str:
    """Machine, versions, and the tables."""
    here = results.machine
    lines = [
        (
            f"{results.date}: {here.processor}, {here.cores} cores, {here.memory_gib} GiB, {here.system}, "
            f"Python {here.python}; the whole run {results.wall_s:.0f} s."
        ),
        f"Versions: {', '.join(f'{name} {each}' for name, each in results.versions.items())}.",
    ]
    if results.load_before >= _QUIET:
        lines.append(
            f"**The machine was busy (load {results.load_before:.1f} before the run): processor time is "
            "longer then, too.**"
        )
    for title, header, rows in tables(results):
        lines += ["", f"### {title}", "", *table_lines(header, rows)]
    return "\n".join([*lines, ""])


def tables(results: Results) -> Iterator[Table]:
    """Those that have rows."""
    for table in (
        _goals(results),
        _beside_openmined(results),
        _listed(results),
        _steps(results),
        _exchanges(results),
        _newcomers(results),
    ):
        if table[2]:
            yield table


def _goals(results: Results) -> Table:
    rows = []
    if results.listed:
        slowest = min(one.cells / one.seconds for one in results.listed if one.who == "Steerclear")
        rows.append(["cover, the slowest of it", f"{slowest:,.0f} cells a second", "≥ 500,000"])
    for one in results.steps:
        if one.name in _OF_LIMIT:
            ratio = results.limit_s * one.count / one.seconds
            rows.append([f"{one.name}, of the limit", f"{ratio:.2f}", _OF_LIMIT[one.name]])
    names = [one.count / one.seconds for one in results.steps if one.name == "L2: tokens"]
    if names:
        rows.append(["L2: tokens, the slowest size", f"{min(names):,.0f} a second", "≥ 2,000,000"])
    standing = [one for one in results.exchanges if one.standing]
    if standing:
        most = max(standing, key=lambda one: (one.name.startswith("L3"), one.standing, one.seconds))
        rows.append(
            [f"a new notice, {most.name}, {most.standing:,} standing", f"{most.seconds:.2f} s", "≤ 0.5 s"]
        )
    return "What was to be reached", ["", "measured", "to reach"], rows


def _beside_openmined(results: Results) -> Table:
    """How many times OpenMined's work ours is, for what OpenMined is asked to do."""
    rows = []
    for padding, name in _PADDINGS.items():
        for ours in _of(results, name):
            once = results.exchange(_PEER, ours.count)
            if once is None:
                continue
            back = results.exchange(f"{_PEER}, the other way", ours.count)
            hidden = results.exchange(f"{_PEER}, {padding}", ours.count)
            peers = [once.seconds, once.seconds + (back or once).seconds]
            peers += [hidden.seconds, 2 * hidden.seconds] if hidden is not None else []
            ratios = [f"{ours.seconds / each:.2f}" for each in peers]
            rows.append([padding, f"{ours.count:,}", f"{ours.slots:,}", *ratios, *[""] * (4 - len(ratios))])
    header = [
        "L3's padding",
        "cells each",
        "slots each",
        "one side told (one run)",
        "both told, as L3 does (two runs)",
        "sizes hidden alike, one side told",
        "sizes hidden alike, both told",
    ]
    return "L3 with its proofs, by OpenMined PSI (to reach: < 1)", header, rows


def _listed(results: Results) -> Table:
    rows = [
        [
            one.what,
            one.who,
            f"{one.volumes:,}",
            f"{one.cells:,}",
            _s(one.seconds),
            f"{one.cells / one.seconds:,.0f}",
        ]
        for one in results.listed
    ]
    return "Cells listed", ["", "who", "volumes", "cells", "time", "cells a second"], rows


def _steps(results: Results) -> Table:
    rows = [
        [
            one.name,
            f"{one.count:,}",
            f"{one.count / one.seconds:,.0f}",
            f"{results.limit_s * one.count / one.seconds:.2f}" if one.name.startswith("L3") else "",
            one.gave,
        ]
        for one in results.steps
    ]
    return "Each step, one core", ["", "slots", "a second", "of the limit", "gave"], rows


def _exchanges(results: Results) -> Table:
    rows = []
    for one in sorted(
        (one for one in results.exchanges if not one.standing), key=lambda one: (one.count, one.name)
    ):
        parts = [_s(one.parts[part]) if one.parts else "" for part in ("list", "answer", "check", "compare")]
        peer = results.exchange(_PEER, one.count)
        by = f"{one.seconds / peer.seconds:.2f}" if peer is not None else ""
        row = [
            one.name,
            f"{one.count:,}",
            f"{one.slots:,}",
            _s(one.seconds),
            by,
            f"{one.count / one.seconds:,.0f}",
        ]
        rows.append([*row, *parts, f"{one.wire_bytes / 1e6:,.1f} MB", f"{one.common:,}"])
    header = ["", "cells each", "slots each", "all work", "by OpenMined's least", "cells a second"]
    return (
        "Two lists, half in common",
        [*header, "lists", "re-masked, proved", "checked", "compared", "sent", "in common"],
        rows,
    )


def _newcomers(results: Results) -> Table:
    rows = [
        [
            one.name,
            f"{one.standing:,}",
            f"{one.slots:,}",
            _s(one.seconds),
            *(_s(one.parts[who]) for who in ("first", "second", "host")),
            f"{one.wire_bytes / 1e6:,.2f} MB",
            f"{one.common:,}",
        ]
        for one in sorted(results.exchanges, key=lambda one: (one.name, one.standing))
        if one.standing
    ]
    header = ["", "standing", "slots", "all work", "who filed", "the other", "host", "sent", "in common"]
    return "One new notice of 2,000 cells, until both are told", header, rows


def _of(results: Results, name: str) -> list[Exchange]:
    found = (one for one in results.exchanges if one.name == name and not one.standing)
    return sorted(found, key=lambda one: one.count)


def _s(seconds: float) -> str:
    if seconds < 0.1:
        return f"{seconds * 1_000:.1f} ms"
    return f"{seconds:.2f} s" if seconds < 100 else f"{seconds:.0f} s"
