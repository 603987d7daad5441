# SPDX-License-Identifier: Apache-2.0
"""The node as a process: serve it, and look whether this machine can."""

from __future__ import annotations

import sys
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

    from steerclear.api.serving import serve as serve_node
    from steerclear.cli.checkup import warm_in_background
    from steerclear.node import open_node

    opened = protection(passphrase_file, unencrypted=unencrypted)
    with open_node(node, opened, log_to=sys.stderr) as running:

        def ready() -> None:
            console = running.console.settings
            if as_json:
                told = {"member": running.member, "peers": f"{running.host}:{running.port}"}
                show.print_json(told | ({"console": console.origin} if console is not None else {}))
            else:
                show.say(
                    f"{running.member} serves its peers on {running.host}:{running.port} and you on "
                    f"{running.folder / 'api.sock'}."
                )
                if console is not None:
                    show.say(
                        f"Its console is at {console.origin}; who sits there is invited: console invite."
                    )
            sys.stdout.flush()
            warm_in_background()

        asyncio.run(serve_node(running, when_ready=ready))
    return 0


def doctor(
    *,
    node: Annotated[
        Path | None,
        typer.Option("--node", "-n", envvar="STEERCLEAR_NODE", help="Look at this node, too."),
    ] = None,
    warm: Annotated[
        bool, typer.Option("--warm", help="Compile the screening engine now, not when it is first used.")
    ] = False,
    as_json: show.Json = False,
) -> int:
    """Say what this machine has, what it lacks, and the remedy."""
    from steerclear.cli.checkup import examine, warmed

    checks = []
    for check in (*examine(node), *(warmed() if warm else ())):
        checks.append(check)
        if not as_json:
            show.say(f"{'ok  ' if check.ok else 'LACK'} {check.name}: {check.words}")
            sys.stdout.flush()
    if as_json:
        show.print_json({"checks": [{"name": c.name, "ok": c.ok, "words": c.words} for c in checks]})
    return 0 if all(check.ok for check in checks) else 1
