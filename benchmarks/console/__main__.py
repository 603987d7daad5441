# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.console``: the first load of a demo node's console, in Chromium, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.console.document import told, write_document
from benchmarks.console.first_load import Figures, measured


def bench(
    *,
    times: Annotated[int, typer.Option(help="How often, each with an empty cache.")] = 7,
    standing: Annotated[int, typer.Option(help="Notices that stand before.")] = 50,
    json: Annotated[Path | None, typer.Option(help="Keep the figures here.")] = None,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/benchmarks.md.")] = False,
    from_json: Annotated[
        Path | None, typer.Option("--from", help="Measure nothing: print or write what was kept.")
    ] = None,
) -> None:
    """Measure it; ends with 1 where something was asked for elsewhere than at the node."""
    found = measured(times, standing) if from_json is None else Figures.load(from_json)
    if json is not None:
        found.save(json)
    for line in told(found):
        typer.echo(line)
    if write_docs:
        typer.echo(f"written: {write_document(found, Path(__file__).parents[2] / 'docs')}")
    if found.elsewhere:
        typer.echo(f"asked for elsewhere: {', '.join(found.elsewhere)}")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(bench)
