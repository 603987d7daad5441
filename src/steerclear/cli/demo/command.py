# SPDX-License-Identifier: Apache-2.0
"""``steerclear demo``: the main job on this machine, watched in the terminal; Ctrl-C leaves nothing."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from steerclear.cli import show

__all__ = ["demo"]


def demo(
    *,
    headless: Annotated[
        bool, typer.Option("--headless", help="Play without pauses and end by itself.")
    ] = False,
    blind: Annotated[
        bool, typer.Option("--blind", help="The same story, in which not even the host may read the plans.")
    ] = False,
    picture: Annotated[Path | None, typer.Option("--picture", help="Save what was shown as an SVG.")] = None,
    as_json: show.Json = False,
) -> int:
    """Three real nodes on this machine, and a story that they play."""
    import dataclasses

    from steerclear.cli.checkup import warmed
    from steerclear.cli.demo.blind_story import BlindStory
    from steerclear.cli.demo.nodes import Scene
    from steerclear.cli.demo.stage import Teller
    from steerclear.cli.demo.story import Story, play

    signal.signal(signal.SIGTERM, _as_interrupt)
    teller = Teller(quiet=as_json, hurried=headless or as_json, records=picture is not None)
    # Three nodes that all compile at once take longer than one process that does it for them.
    typer.echo("Making the engine ready: the first time on a machine it is compiled.", err=True)
    list(warmed())
    with Scene() as scene:
        summary = play(BlindStory(scene, teller) if blind else Story(scene, teller))
        if not (headless or as_json):
            scene.open_consoles()
            scene.start("TUR", "ISR", "AZE")
            teller.wait_for_the_reader(scene)
    if picture is not None:
        teller.save(picture)
    if as_json:
        show.print_json(dataclasses.asdict(summary))
    return 0 if summary.verified else 1


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    """A polite end of the process takes the same way out as Ctrl-C, so that no node is left behind."""
    del number, frame
    raise KeyboardInterrupt
