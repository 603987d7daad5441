# SPDX-License-Identifier: Apache-2.0
"""``docs/benchmarks.md``: a console's first load, put between two marks; the words around them stay."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.console.first_load import Figures, Spread
from benchmarks.page import table_lines, write_between

__all__ = ["markdown_of", "told", "write_document"]

_QUIET: Final = 0.5

_USABLE_MS: Final = 2_000
_IDLE_MS: Final = 4_000
_BYTES: Final = 1_000_000


def write_document(figures: Figures, docs: Path) -> Path:
    """Write the figures anew; returns the file. Raises ``ValueError`` when the marks are gone."""
    return write_between(docs, "console", markdown_of(figures))


def told(found: Figures) -> Iterator[str]:
    """The same for a terminal, line by line."""
    yield f"{found.times} first loads, {found.standing} standing notices, {found.files} files each"
    yield f"sign-in page, the baseline      {_spread(found.door_ms)}"
    yield f"what I owe can be acted on      {_spread(found.usable_ms)}   (to reach: {_USABLE_MS:,} ms)"
    yield f"the map is idle                 {_spread(found.idle_ms)}   (to reach: {_IDLE_MS:,} ms)"
    yield f"without the basemap             {found.bytes_gz:,} bytes, gzip   (to reach: {_BYTES:,})"
    yield f"  of these, fonts               {found.bytes_fonts:,} bytes"
    yield f"the basemap                     {found.bytes_basemap_gz:,} bytes, gzip"
    yield f"Chromium {found.chromium}; load before the run {found.load_before:.1f}"


def markdown_of(found: Figures) -> str:
    """Machine, versions and tables."""
    here = found.machine
    lines = [
        (
            f"{found.date}: {here.processor}, {here.cores} cores, no GPU, {here.memory_gib} GiB, "
            f"{here.system}, Python {here.python}; load {found.load_before:.1f} before the run."
        ),
        f"Versions: steerclear {version('steerclear')}; Chromium {found.chromium} (SwiftShader).",
        (
            f"{found.times} first loads, each with an empty cache; {found.standing} standing notices; "
            f"{found.files} files each."
        ),
    ]
    if found.load_before >= _QUIET:
        lines.append(
            "**The machine was not quiet: what else ran on its two cores is in every figure, that of the "
            "sign-in page too.**"
        )
    times = table_lines(
        ["from asking for the page until", "middle", "longest", "to reach"],
        [
            ["the sign-in page stands, the baseline", *_cells(found.door_ms), ""],
            ["*what I owe* can be acted on", *_cells(found.usable_ms), f"≤ {_USABLE_MS:,} ms"],
            ["the map is idle", *_cells(found.idle_ms), f"≤ {_IDLE_MS:,} ms"],
        ],
    )
    sizes = table_lines(
        ["loaded", "bytes, gzip", "to reach"],
        [
            ["everything without the basemap", f"{found.bytes_gz:,}", f"≤ {_BYTES:,}"],
            ["of these, fonts", f"{found.bytes_fonts:,}", ""],
            ["the basemap", f"{found.bytes_basemap_gz:,}", ""],
        ],
    )
    return "\n".join([*lines, "", *times, "", *sizes, ""])


def _spread(one: Spread) -> str:
    return f"middle {one.middle:6,.0f} ms   longest {one.longest:6,.0f} ms"


def _cells(one: Spread) -> tuple[str, str]:
    return f"{one.middle:,.0f} ms", f"{one.longest:,.0f} ms"
