# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.node``: from filing to the other desk's console, under load, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.node.load import Load, measured


def bench(
    *,
    consoles: Annotated[int, typer.Option(help="Consoles that follow the other side's node.")] = 200,
    standing: Annotated[int, typer.Option(help="Notices that stand before.")] = 1_000,
    a_second: Annotated[int, typer.Option(help="Filings a second.")] = 20,
    lasts_s: Annotated[int, typer.Option(help="For so many seconds.")] = 60,
    json: Annotated[Path | None, typer.Option(help="Keep the figures here.")] = None,
) -> None:
    """Measure it; ends with 1 where a console did not hear of a notice."""
    found = measured(Load(consoles, standing, a_second, lasts_s))
    if json is not None:
        found.save(json)
    typer.echo(
        f"{found.load.consoles} consoles, {found.load.standing:,} standing notices, "
        f"{found.load.a_second} filings a second for {found.load.lasts_s} s"
    )
    typer.echo(f"filed {found.filed:,}, heard by every console {found.heard:,}, {found.events:,} events")
    typer.echo(f"from filing to a console   p50 {found.p50_ms:,.0f} ms   p99 {found.p99_ms:,.0f} ms")
    typer.echo(f"                           most {found.most_ms:,.0f} ms   (to reach: p99 1,000 ms)")
    typer.echo(f"from filing to its receipt p99 {found.answer_p99_ms:,.0f} ms")
    if found.heard < found.filed:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(bench)
