# SPDX-License-Identifier: Apache-2.0
"""STOP: one gesture and one confirmation, in writing, to every desk at once; and whose is it?"""

from __future__ import annotations

import sys
from typing import Annotated, Any, Final

import typer

from steerclear.cli import show
from steerclear.cli.at_node import Desk, NodeFolder, do

__all__ = ["close", "ownership", "stop"]

_BASES: Final = ("own-forces", "civilians", "aircraft", "unsure")

Place = Annotated[
    str, typer.Argument(help="A named place, “12 km NE of OSDZ”, or coordinates in degrees, DMS or MGRS.")
]


def stop(
    *,
    node: NodeFolder,
    desk: Desk,
    place: Place,
    seen: Annotated[str, typer.Option("--seen", help="What is seen.")] = "",
    basis: Annotated[
        str, typer.Option("--basis", help="own-forces, civilians, aircraft or unsure.")
    ] = "unsure",
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Who fires, if known; else all members.")
    ] = None,
    drill: Annotated[
        str | None,
        typer.Option("--drill", metavar="NAME", help="The running drill that it belongs to."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Confirmed already; do not ask.")] = False,
    as_json: show.Json = False,
) -> None:
    """Call STOP."""
    from steerclear.errors import BadInput, Refused
    from steerclear.services.requests import CallStop

    if basis not in _BASES:
        raise BadInput(
            "basis-unknown",
            f"“{basis[:30]}” is not a basis for STOP.",
            where="--basis",
            remedy=f"Give one of {', '.join(_BASES)}; unsure is an answer.",
        )
    if not yes:
        if not sys.stdin.isatty():
            raise Refused(
                "stop-not-confirmed", "STOP was not confirmed.", remedy="Add --yes where nobody can be asked."
            )
        whom = ", ".join(to) if to else "all members"
        sort = "STOP" if drill is None else "DRILL STOP"
        typer.confirm(f"{sort} at {place}, to {whom}?", default=True, abort=True)
    chosen: Any = basis
    request = CallStop(desk=desk, place=place, seen=seen, basis=chosen, to=tuple(to or ()), drill=drill)
    do(node, request, as_json=as_json)


def close(
    *,
    node: NodeFolder,
    desk: Desk,
    about: Annotated[str, typer.Argument(help="Your STOP, as the inbox names it.")],
    as_json: show.Json = False,
) -> None:
    """Close a STOP that you called."""
    from steerclear.services.requests import CloseStop

    do(node, CloseStop(desk=desk, about=about), as_json=as_json)


def ownership(
    *,
    node: NodeFolder,
    desk: Desk,
    place: Place,
    of: Annotated[list[str], typer.Option("--of", help="Whom to ask; the question gives away a place.")],
    seen: Annotated[str, typer.Option("--seen", help="What is there.")],
    as_json: show.Json = False,
) -> None:
    """Ask whose it is."""
    from steerclear.services.requests import AskOwnership

    do(node, AskOwnership(desk=desk, of=tuple(of), place=place, seen=seen), as_json=as_json)
