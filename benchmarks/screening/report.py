# SPDX-License-Identifier: Apache-2.0
"""The tables on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benchmarks.screening.results import Results
from benchmarks.screening.tables import Sheet, sheets

__all__ = ["print_report"]


def print_report(results: Results, console: Console) -> None:
    """Machine and versions, then every table, and what was not run below it."""
    here = results.machine
    console.print()
    console.print(
        f"{here.processor}, {here.cores} cores, {here.memory_gib} GiB, {here.system}, Python {here.python}, "
        f"{results.date}, seed {results.seed}, {results.seconds:,.0f} s",
        highlight=False,
    )
    if results.was_busy:
        console.print(f"[bold yellow]{results.was_busy}[/]", highlight=False)
    for version in results.versions.values():
        console.print(f"  {version}", style="dim", highlight=False)
    for sheet in sheets(results):
        console.print()
        console.print(_table(sheet))
        for note in sheet.notes:
            console.print(f"  {note}", style="dim", highlight=False)


def _table(sheet: Sheet) -> Table:
    table = Table(title=sheet.title, title_justify="left", title_style="bold")
    for place, name in enumerate(sheet.header):
        table.add_column(name, justify="left" if place == 0 else "right")
    for row in sheet.rows:
        table.add_row(*row)
    return table
