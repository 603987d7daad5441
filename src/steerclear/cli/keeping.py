# SPDX-License-Identifier: Apache-2.0
"""What keeps a node when its machine is lost: a backup, its way back, and going on with nobody to ask."""

from __future__ import annotations

from typing import Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, do

__all__ = ["confirm_log"]


def confirm_log(
    *,
    node: NodeFolder,
    reason: Annotated[
        str, typer.Option("--reason", help="Why nobody can be asked; one line, and it stands in the record.")
    ],
    as_json: show.Json = False,
) -> None:
    """Confirm that the node's own log ends where it stands here, when no other member can be asked."""
    from steerclear.services.requests import ConfirmLog

    do(node, ConfirmLog(reason=reason), as_json=as_json)
