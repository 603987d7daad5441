# SPDX-License-Identifier: Apache-2.0
"""What does an inquiry get? Everything that was said about an incident, each word with its proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder

__all__ = ["incident"]

incident = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="An incident as one file: what was said, by whom and when, each word with its proof.",
)


@incident.callback()
def _incident() -> None:
    """An incident as one file: what was said, by whom and when, each word with its proof."""


@incident.command()
def export(
    *,
    node: NodeFolder,
    about: Annotated[str, typer.Argument(metavar="INCIDENT", help="Its name, such as TUR-0042, or its id.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where it goes; INCIDENT.incident.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Save an incident with every statement of each side, and what was said in its hours."""
    from steerclear.cli.founding import write_file
    from steerclear.client import NodeClient
    from steerclear.record.incident import parse_package

    with NodeClient(node) as client:
        data = client.incident(about)
    path = out if out is not None else Path(f"{about}.incident")
    write_file(path, data)
    package = parse_package(data)
    if as_json:
        show.print_json({"file": str(path), "incident": package.incident, "statements": len(package.parts)})
        return
    show.say(f"{len(package.parts)} statements, each with its proof. Saved to {path}.")
    show.say(f"Anybody can check it: steerclear verify {path}")
    show.say("Whoever has it can read it, what was sealed too: hand it to nobody else than you mean to.")
