# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.blind``: what a check costs, beside its peers on the same work in the same run.

Each row says what it gave, so that nobody wins by doing less; where two found another number of cells in
common, no figure counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.blind.document import tables, write_document
from benchmarks.blind.results import Results
from benchmarks.blind.run import PARTS, SIZES, STANDING, Differ, measured

_IN_A_FILE = 180
_QUICK = 2_000


def bench(
    *,
    size: Annotated[
        list[int] | None,
        typer.Option(help="So many cells on each side; may be given again. [10000 100000 1000000]"),
    ] = None,
    standing: Annotated[
        int, typer.Option(help="Notices of the other's that stand when one comes, at L2.")
    ] = STANDING,
    only: Annotated[
        list[str] | None, typer.Option(help="cover, steps or exchanges; may be given again.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="2,000 cells: does everything work?")] = False,
    json: Annotated[Path | None, typer.Option(help="Keep the figures here, after each measurement.")] = None,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/benchmarks.md.")] = False,
    from_json: Annotated[
        Path | None, typer.Option("--from", help="Measure nothing: print or write what was kept.")
    ] = None,
) -> None:
    """Measure cover, steps and exchanges beside H3 and OpenMined PSI; ends with 1 where two differ."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_IN_A_FILE)
    if unknown := set(only or ()) - set(PARTS):
        raise typer.BadParameter(f"{', '.join(unknown)}: there are {', '.join(PARTS)}")
    sizes = (_QUICK,) if quick else tuple(size or SIZES)
    try:
        if from_json is None:
            results = measured(sizes, 10 if quick else standing, only or PARTS, console.print, json)
        else:
            results = Results.load(from_json)
    except Differ as error:
        console.print(f"The two differ, and no figure counts: {error}")
        raise typer.Exit(1) from None
    for title, header, rows in tables(results):
        shown = Table(title=title, title_justify="left", title_style="bold")
        for number, name in enumerate(header):
            shown.add_column(name, justify="right" if number else "left")
        for row in rows:
            shown.add_row(*row)
        console.print(shown)
    if write_docs:
        console.print(f"written: {write_document(results, Path(__file__).parents[2] / 'docs')}")


if __name__ == "__main__":
    typer.run(bench)
