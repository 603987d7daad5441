# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.node``: from filing to the other desk's console, under load, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.node.document import told, write_document
from benchmarks.node.load import Load, Results, measured


def bench(
    *,
    consoles: Annotated[int, typer.Option(help="Consoles that follow the other side's node.")] = 200,
    standing: Annotated[int, typer.Option(help="Notices that stand before.")] = 1_000,
    a_second: Annotated[int, typer.Option(help="Filings a second.")] = 20,
    lasts_s: Annotated[int, typer.Option(help="For so many seconds.")] = 60,
    json: Annotated[Path | None, typer.Option(help="Keep the figures here.")] = None,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/benchmarks.md.")] = False,
    from_json: Annotated[
        Path | None, typer.Option("--from", help="Measure nothing: print or write what was kept.")
    ] = None,
) -> None:
    """Measure it; ends with 1 where a console did not hear of a notice."""
    if from_json is None:
        results = measured(Load(consoles, standing, a_second, lasts_s))
    else:
        results = Results.load(from_json)
    if json is not None:
        results.save(json)
    for line in told(results):
        typer.echo(line)
    if write_docs:
        typer.echo(f"written: {write_document(results, Path(__file__).parents[2] / 'docs')}")
    if results.node.heard < results.node.filed:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(bench)
