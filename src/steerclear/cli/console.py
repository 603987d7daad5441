# SPDX-License-Identifier: Apache-2.0
"""The people at a node's console: invite them, list them, end their places, confirm them after a restore."""

from __future__ import annotations

from typing import Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, as_json_value

__all__ = ["console"]

console = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@console.callback()
def people() -> None:
    """Who may sit at the node's console: invite, list, end, confirm."""


@console.command()
def invite(
    *,
    node: NodeFolder,
    role: Annotated[
        str,
        typer.Option("--role", "-r", help="duty-officer, supervisor, liaison, notifier, host or observer."),
    ],
    desk: Annotated[
        str | None, typer.Option("--desk", "-d", help="The one desk that they speak for; every desk without.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Make a one-time link to a place at the console; it works for an hour."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        made = client.invite(role, desk)
    if as_json:
        show.print_json(as_json_value(made))
        return
    place = f"{made.role}, {made.desk} desk" if made.desk else made.role
    show.say(f"{made.link}")
    show.say(
        f"For one {place}, once, until {made.until}. Whoever opens it takes the place: hand it over yourself."
    )


@console.command("list")
def list_people(*, node: NodeFolder, as_json: show.Json = False) -> None:
    """Who has a place at the console. Names are nowhere kept."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        rows = client.people()
    if as_json:
        show.print_json({"people": [as_json_value(row) for row in rows]})
        return
    for row in rows:
        held = "  HELD: confirm or remove it" if row.is_held else ""
        show.say(f"{row.person}  {row.role:<13} {row.desk or 'every desk':<12} since {row.since}{held}")
    if not rows:
        show.say("Nobody yet. Invite somebody: steerclear console invite")


@console.command()
def remove(
    *,
    node: NodeFolder,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="As the list shows it.")],
    as_json: show.Json = False,
) -> None:
    """End somebody's place and sessions, at once."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        removed = client.remove(person)
    if as_json:
        show.print_json(as_json_value(removed))
        return
    show.say(f"The place {removed.person} ({removed.role}) is ended, and every session of it.")


@console.command()
def confirm(
    *,
    node: NodeFolder,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="As the list shows it.")],
    as_json: show.Json = False,
) -> None:
    """After a restore: say that somebody still has the place that the backup remembers."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        confirmed = client.confirm_place(person)
    if as_json:
        show.print_json(as_json_value(confirmed))
        return
    show.say(f"The place {confirmed.person} ({confirmed.role}) is theirs again: their passkey opens it.")
