# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.mechanism``: what it costs to know what is owed, kept up beside folded anew.

Each row says how many duties it gave, so that nobody wins by doing less; no figure counts unless both ways
give the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.mechanism.document import write_document
from benchmarks.mechanism.run import Differ, Results, measured, table

_IN_A_FILE = 160


def bench(
    *,
    open_duties: Annotated[int, typer.Option("--open", help="So many duties are open.")] = 100_000,
    json: Annotated[Path | None, typer.Option(help="Keep the figures here.")] = None,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/benchmarks.md.")] = False,
    from_json: Annotated[
        Path | None, typer.Option("--from", help="Measure nothing: print or write what was kept.")
    ] = None,
) -> None:
    """Measure duties kept up beside everything folded anew; ends with 1 where the two differ."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_IN_A_FILE)
    try:
        results = measured(open_duties) if from_json is None else Results.load(from_json)
    except Differ:
        console.print("The two ways differ: no figure counts.")
        raise typer.Exit(1) from None
    if json is not None:
        results.save(json)
    header, rows = table(results)
    shown = Table(
        title=f"{results.entries:,} entries, {results.duties:,} duties, {results.is_open:,} of them open",
        title_justify="left",
        title_style="bold",
    )
    for name in header:
        shown.add_column(name, justify="left" if name in ("", "to reach") else "right")
    for row in rows:
        shown.add_row(*row)
    console.print(shown)
    if write_docs:
        console.print(f"written: {write_document(results, Path(__file__).parents[2] / 'docs')}")


if __name__ == "__main__":
    typer.run(bench)
