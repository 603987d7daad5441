# SPDX-License-Identifier: Apache-2.0
"""The node as a process: serve it, and look whether this machine can."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, PassphraseFile, Unencrypted, protection

__all__ = ["doctor", "serve"]


def serve(
    *,
    node: NodeFolder,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> int:
    """Run the node until it is interrupted."""
    import asyncio
    import sys

    from steerclear.api.serving import serve as serve_node
    from steerclear.node import open_node

    opened = protection(passphrase_file, unencrypted=unencrypted)
    with open_node(node, opened, log_to=sys.stderr) as running:

        def ready() -> None:
            if as_json:
                show.print_json({"member": running.member, "peers": f"{running.host}:{running.port}"})
            else:
                show.say(
                    f"{running.member} serves its peers on {running.host}:{running.port} and you on "
                    f"{running.folder / 'api.sock'}."
                )
            sys.stdout.flush()

        asyncio.run(serve_node(running, when_ready=ready))
    return 0


def doctor(
    *,
    node: Annotated[
        Path | None,
        typer.Option("--node", "-n", envvar="STEERCLEAR_NODE", help="Look at this node, too."),
    ] = None,
    as_json: show.Json = False,
) -> int:
    """Say what this machine has, what it lacks, and the remedy."""
    from steerclear.cli.checkup import examine

    checks = examine(node)
    if as_json:
        show.print_json({"checks": [{"name": c.name, "ok": c.ok, "words": c.words} for c in checks]})
    else:
        for check in checks:
            show.say(f"{'ok  ' if check.ok else 'LACK'} {check.name}: {check.words}")
    return 0 if all(check.ok for check in checks) else 1
