# SPDX-License-Identifier: Apache-2.0
"""The modalities on the table: propose a template, ratify what is proposed."""

from __future__ import annotations

from typing import Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, do

__all__ = ["propose", "ratify"]


def propose(
    *,
    node: NodeFolder,
    template: Annotated[str, typer.Argument(help="syria-2025, us-russia-2015 or voice-line-only.")],
    as_json: show.Json = False,
) -> None:
    """Propose every annex of a template."""
    from steerclear.services.requests import Propose

    do(node, Propose(template=template), as_json=as_json)


def ratify(
    *,
    node: NodeFolder,
    annexes: Annotated[
        list[str] | None, typer.Argument(metavar="[ANNEX...]", help="Which; all that wait, if none is named.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Ratify proposed annexes with the authority key."""
    from steerclear.services.requests import Ratify

    do(node, Ratify(annexes=tuple(annexes or ())), as_json=as_json)
