# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.console``: the first load of a demo node's console, in Chromium, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.console.first_load import measured


def bench(
    *,
    times: Annotated[int, typer.Option(help="How often, each with an empty cache.")] = 7,
    standing: Annotated[int, typer.Option(help="Notices that stand before.")] = 50,
    json: Annotated[Path | None, typer.Option(help="Keep the figures here.")] = None,
) -> None:
    """Measure it; ends with 1 where something was asked for elsewhere than at the node."""
    found = measured(times, standing)
    if json is not None:
        found.save(json)
    typer.echo(f"{found.times} first loads, {found.standing} standing notices, {found.files} files each")
    typer.echo(f"sign-in page, the baseline      {found.door_ms.line()}")
    typer.echo(f"what I owe can be acted on      {found.usable_ms.line()}   (to reach: 2,000 ms)")
    typer.echo(f"the map is idle                 {found.idle_ms.line()}   (to reach: 4,000 ms)")
    typer.echo(f"without the basemap             {found.bytes_gz:,} bytes, gzip   (to reach: 1,000,000)")
    typer.echo(f"  of these, fonts               {found.bytes_fonts:,} bytes")
    typer.echo(f"the basemap                     {found.bytes_basemap_gz:,} bytes, gzip")
    if found.elsewhere:
        typer.echo(f"asked for elsewhere: {', '.join(found.elsewhere)}")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(bench)
