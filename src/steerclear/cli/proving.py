# SPDX-License-Identifier: Apache-2.0
"""What has a desk in its hand when its notice is RECORDED? Files that anybody can check by the charter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder

__all__ = ["receipt", "reveal"]


def receipt(
    *,
    node: NodeFolder,
    about: Annotated[str, typer.Argument(metavar="NOTICE", help="Its name, such as TUR-0042, or its id.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where it goes; NOTICE.tlog-proof.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Save the proof that a notice is RECORDED by all parties and the host."""
    from steerclear.cli.founding import write_file
    from steerclear.client import NodeClient
    from steerclear.record.checkpoint import parse_checkpoint
    from steerclear.record.proof import parse_proof

    with NodeClient(node) as client:
        data = client.proof(about)
    proof = parse_proof(data)
    checkpoint = parse_checkpoint(proof.checkpoint.text)
    path = out if out is not None else Path(f"{about}.tlog-proof")
    write_file(path, data)
    if as_json:
        show.print_json(
            {
                "file": str(path),
                "origin": checkpoint.origin,
                "entry": proof.index,
                "size": checkpoint.size,
                "root": checkpoint.root,
            }
        )
        return
    show.say(
        f"RECORDED: entry {proof.index} of {checkpoint.size} under {checkpoint.root[:16]}…, cosigned by all "
        f"parties and the host. Saved to {path}."
    )
    show.say(f"Anybody can check it: steerclear verify {path} --charter charter.json")


def reveal(
    *,
    node: NodeFolder,
    about: Annotated[str, typer.Argument(metavar="NOTICE", help="Its name, such as TUR-0042, or its id.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where it goes; NOTICE.opening.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Save what a sealed notice says, so that a third person can check that it said so.

    Whoever has the file can read this one notice, and nothing else.
    """
    from steerclear.cli.founding import write_file
    from steerclear.client import NodeClient
    from steerclear.record.reveal import parse_revealed

    with NodeClient(node) as client:
        data = client.opening(about)
    said = parse_revealed(data).statement.statement
    path = out if out is not None else Path(f"{about}.opening")
    write_file(path, data)
    if as_json:
        show.print_json({"file": str(path), "id": said.id, "kind": said.kind, "author": said.author})
        return
    show.say(f"{about} ({said.kind} by {said.author}) is opened in {path}.")
    show.say("Whoever has this file can read that notice. Give it only to whom you mean to.")
    show.say(f"They check it: steerclear verify {path} --charter charter.json")
