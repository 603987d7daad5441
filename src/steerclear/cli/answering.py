# SPDX-License-Identifier: Apache-2.0
"""A desk answers: acknowledged, passed on to the unit, unable; and the outcome of a STOP or a question."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from steerclear.cli import show
from steerclear.cli.at_node import Desk, NodeFolder, do

__all__ = ["acknowledge", "answer", "disseminate", "unable"]

About = Annotated[str, typer.Argument(help="What is answered, as the inbox names it: ISR-0017.")]


def acknowledge(
    *,
    node: NodeFolder,
    desk: Desk,
    about: About,
    rung: Annotated[int, typer.Option("--rung", min=1, help="Your rung on the desk's ladder.")] = 1,
    read_back: Annotated[str | None, typer.Option("--read-back", help="What you read back.")] = None,
    as_json: show.Json = False,
) -> None:
    """Acknowledge: received and understood. Not permission."""
    from steerclear.services.requests import Acknowledge

    request = Acknowledge(desk=desk, about=about, rung=rung, read_back=read_back)
    do(node, request, as_json=as_json)


def disseminate(
    *,
    node: NodeFolder,
    desk: Desk,
    about: About,
    echelon: Annotated[
        str, typer.Option("--echelon", help="headquarters, fire-control or operator; never a unit's name.")
    ] = "operator",
    expires_at: Annotated[
        str | None, typer.Option("--until", help="Until when the unit holds it, as 2025-04-10T09:00Z.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Say that it reached the unit."""
    from steerclear.services.requests import Disseminate

    chosen: Any = _one_of(echelon, ("headquarters", "fire-control", "operator"), "--echelon")
    request = Disseminate(desk=desk, about=about, echelon=chosen, expires_at=expires_at)
    do(node, request, as_json=as_json)


def unable(
    *,
    node: NodeFolder,
    desk: Desk,
    about: About,
    until: Annotated[str, typer.Option("--until", help="Until when, as 2025-04-10T09:00Z.")],
    part: Annotated[str, typer.Option("--part", help="Which part of the area.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, as far as it can be said.")],
    as_json: show.Json = False,
) -> None:
    """Say that you are unable to keep clear, until when and of which part."""
    from steerclear.services.requests import Unable

    request = Unable(desk=desk, about=about, until=until, part=part, reason=reason)
    do(node, request, as_json=as_json)


def answer(
    *,
    node: NodeFolder,
    desk: Desk,
    about: About,
    outcome: Annotated[
        str,
        typer.Argument(
            help="Of a STOP: stopping, stopped, cannot, not-ours, not-known. Of ownership: ours, not-ours, "
            "not-ours-passing-on, not-ours-no-contact, not-known, partly."
        ),
    ],
    at: Annotated[str | None, typer.Option("--at", help="When firing stopped; now, if left out.")] = None,
    part: Annotated[str | None, typer.Option("--part", help="Which part, for partly.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="More, in words.")] = None,
    as_json: show.Json = False,
) -> None:
    """Answer a STOP with its outcome, or a question of ownership."""
    from steerclear.services.requests import Answer

    request = Answer(desk=desk, about=about, answer=outcome, at=at, part=part, reason=reason)
    do(node, request, as_json=as_json)


def _one_of(value: str, allowed: tuple[str, ...], where: str) -> str:
    from steerclear.errors import BadInput

    if value not in allowed:
        raise BadInput(
            "choice-unknown",
            f"“{value[:30]}” is not one of the possible answers.",
            where=where,
            remedy=f"Give one of {', '.join(allowed)}.",
        )
    return value
