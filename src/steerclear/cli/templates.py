# SPDX-License-Identifier: Apache-2.0
"""Which templates ship, and what does each say? Needs no node."""

from __future__ import annotations

from typing import Annotated

import typer

from steerclear.cli import show
from steerclear.cli.annexes import AsForm, Form, print_annexes, print_changes
from steerclear.cli.at_node import as_json_value

__all__ = ["template"]

template = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="The templates that ship: what past mechanisms agreed in public, and our proposals for the rest.",
)

Name = Annotated[str, typer.Argument(help="Its name, as steerclear template list shows it.")]
Parties = Annotated[
    list[str] | None, typer.Option("--party", help="A member that ratifies; AAA and BBB, if left out.")
]
Host = Annotated[str, typer.Option("--host", help="The member that hosts.")]


@template.command("list")
def list_(*, as_json: show.Json = False) -> None:
    """List the templates."""
    from steerclear.mechanism.templates import NAMES, described

    found = [described(name) for name in NAMES]
    if as_json:
        show.print_json({"templates": [as_json_value(one) for one in found]})
        return
    for one in found:
        show.say(f"{one.name:<26} {one.title}")
        show.say(f"{'':<26} {one.summary}")


@template.command("show")
def show_(
    *,
    name: Name,
    party: Parties = None,
    host: Host = "CCC",
    form: AsForm = Form.MARKDOWN,
    as_json: show.Json = False,
) -> None:
    """Show every annex of a template; each value is marked as a public fact or as our proposal."""
    from steerclear.mechanism.templates import described
    from steerclear.mechanism.templates import template as made
    from steerclear.model.annex import annex_to_wire

    about = described(name)
    found = made(name, parties=party or ("AAA", "BBB"), host=host)
    if as_json:
        show.print_json({**as_json_value(about), "annexes": [annex_to_wire(annex) for annex in found]})
    else:
        print_annexes(found, title=about.title, form=form)


@template.command()
def diff(
    *,
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A template.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="Another one.")],
    annex: Annotated[str, typer.Argument(help="Which annex, as separation.")],
    as_json: show.Json = False,
) -> int:
    """Say how an annex of one template differs from that of another. Exit 1 if it does."""
    from steerclear.errors import BadInput
    from steerclear.mechanism.templates import template as made

    pair = []
    for name in (before, after):
        by_name = {one.name.value: one for one in made(name, parties=("AAA", "BBB"), host="CCC")}
        if annex not in by_name:
            raise BadInput(
                "template-without-annex",
                f"The template {name} has no annex “{annex[:40]}”.",
                remedy=f"Name one of {', '.join(by_name)}.",
            )
        pair.append(by_name[annex])
    return print_changes(pair[0], pair[1], as_json=as_json)
