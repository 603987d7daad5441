# SPDX-License-Identifier: Apache-2.0
"""When every line is cut, the record travels in a file: by courier, by mail, on a stick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder

__all__ = ["bundle"]

bundle = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Carry the record by hand: save a bundle, or load one.",
)


@bundle.command()
def save(
    *,
    node: NodeFolder,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where the bundle goes.")],
    as_json: show.Json = False,
) -> None:
    """Save everything that this node holds as one file."""
    from steerclear.cli.founding import write_file
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        data = client.replica()
    write_file(path, data)
    if as_json:
        show.print_json({"file": str(path), "bytes": len(data)})
    else:
        show.say(f"Saved {len(data):,} bytes to {path}. Whoever has it can verify it, and open nothing.")


@bundle.command()
def load(
    *,
    node: NodeFolder,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle that was carried here.")],
    as_json: show.Json = False,
) -> None:
    """Load a bundle: what verifies is taken in, whoever brought it."""
    from steerclear.cli.founding import bytes_of
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        carried = client.take_carried(bytes_of(path))
    if as_json:
        show.print_json({"new_entries": carried.new_entries})
    else:
        show.say(f"{carried.new_entries} entries were new.")
