# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.record``: measure the record beside two databases, print, keep and write it down."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.record.document import write_document
from benchmarks.record.run import FULL, QUICK, Results, measured, tables

_IN_A_FILE = 160


def bench(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Some thousand entries: does everything work?")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Keep the figures here, after every step.")] = None,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/benchmarks.md.")] = False,
    from_json: Annotated[
        Path | None, typer.Option("--from", help="Measure nothing: print or write what was kept.")
    ] = None,
) -> None:
    """Measure filing, verifying and catching up; two databases keep the same bytes in the same run."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_IN_A_FILE)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if from_json is None:
        results = measured(QUICK if quick else FULL, lambda line: console.print(line, highlight=False), json)
    else:
        results = Results.load(from_json)
    for title, header, rows in tables(results):
        table = Table(title=title, title_justify="left", title_style="bold")
        for name in header:
            table.add_column(name)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    if write_docs:
        console.print(f"written: {write_document(results, Path(__file__).parents[2] / 'docs')}")


if __name__ == "__main__":
    typer.run(bench)
