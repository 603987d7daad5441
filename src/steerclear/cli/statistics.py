# SPDX-License-Identifier: Apache-2.0
"""How did the month go? Minutes that were measured, duties late and missed, checks, drills."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, as_json_value

if TYPE_CHECKING:
    from rich.console import Console

    from steerclear.services.statistics import Figures, StatisticsShown

__all__ = ["statistics"]


class Form(Enum):
    """How the figures are written to a file."""

    HTML = "html"
    SVG = "svg"


def statistics(
    *,
    node: NodeFolder,
    month: Annotated[
        str | None, typer.Option(metavar="2026-10", help="Which month; this one if left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write a page or a plot instead.")
    ] = None,
    form: Annotated[
        Form, typer.Option("--as", help="What is written with --out: html, one page to print, or svg.")
    ] = Form.HTML,
    as_json: show.Json = False,
) -> None:
    """Minutes to acknowledge, to authority and to halt; duties late or missed, conflicts, checks, drills."""
    from steerclear.cli.founding import write_file
    from steerclear.client import NodeClient
    from steerclear.services.statistics import page_of, plot_of

    with NodeClient(node) as client:
        found = client.statistics(month)
    if out is not None:
        write_file(out, (page_of(found) if form is Form.HTML else plot_of(found)).encode())
    if as_json:
        show.print_json(as_json_value(found))
    elif out is not None:
        show.say(f"Saved to {out}.")
    else:
        print_statistics(found)


def print_statistics(found: StatisticsShown) -> None:
    console = show.console()
    console.print(show.printable(f"{found.name}, {found.month}, at {found.now}"), style="bold")
    _print_figures(console, f"{found.member}: what concerns this side, in full", found.own)
    _print_figures(console, "Shared: what every member counts alike", found.shared)
    console.print(show.NOT_PERMISSION, style="dim")


def _print_figures(console: Console, title: str, figures: Figures) -> None:
    console.print()
    console.print(show.printable(title), style="bold")
    console.print(
        f"{_count(figures.calls)} calls of STOP and distress ({_count(figures.without_authority)} without "
        f"authority, {_count(figures.without_halt)} without a halt); {_count(figures.notices)} notices "
        f"({_count(figures.late_notices)} late); {_count(figures.conflicts_found)} conflicts found, "
        f"{_count(figures.conflicts_closed)} closed; line checks {_count(figures.checks_made)} made, "
        f"{_count(figures.checks_missed)} missed"
    )
    spreads = show.table("minutes", "cases", "half of them", "95 %", "worst")
    for row in figures.spreads:
        spreads.add_row(
            row.what, _count(row.count), _minutes(row.p50), _minutes(row.p95), _minutes(row.worst)
        )
    console.print(spreads)
    if figures.duties:
        duties = show.table("duties", "in time", "late", "missed", "open", "waived")
        for duty in figures.duties:
            counts = (duty.in_time, duty.late, duty.missed, duty.open, duty.waived)
            duties.add_row(duty.of_class, *map(_count, counts))
        console.print(duties)
    for drill in figures.drills:
        authority = ", ".join(_minutes(one) for one in drill.minutes_to_authority) or "no call"
        halt = ", ".join(_minutes(one) for one in drill.minutes_to_halt) or "no call"
        words = f"drill “{drill.name}”, {drill.at[:16]}Z: minutes to authority {authority}; to halt {halt}"
        console.print(show.printable(words))


def _count(count: int | None) -> str:
    return "fewer" if count is None else f"{count:,}"


def _minutes(minutes: float | None) -> str:
    return "–" if minutes is None else f"{minutes:.1f}".removesuffix(".0")
