# SPDX-License-Identifier: Apache-2.0
"""Say what has no command of its own: a kind of statement, and its fields as they are typed."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from steerclear.cli import show
from steerclear.cli.at_node import as_json_value, do

if TYPE_CHECKING:
    from steerclear.services.answers import KindRow

__all__ = ["say"]

_WIDTH: Final = 100


def say(
    *,
    kind: Annotated[
        str | None, typer.Argument(help="What is said, as watch.take; without it, all kinds are listed.")
    ] = None,
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FIELD=VALUE...]", help="What it says; FIELD=@FILE reads a file; again for a list."
        ),
    ] = None,
    node: Annotated[
        Path | None,
        typer.Option("--node", "-n", envvar="STEERCLEAR_NODE", metavar="NODE", help="The node's folder."),
    ] = None,
    desk: Annotated[
        str | None, typer.Option("--desk", "-d", envvar="STEERCLEAR_DESK", help="The desk that speaks.")
    ] = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="A member; those whom it concerns if left out.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Say anything else: watches, sites, movements, checks, standstills, incidents, meetings, drills.

    Without KIND all kinds are listed; with KIND alone and no --node, its fields.
    """
    if kind is None or (node is None and not fields):
        _show(kind, as_json=as_json)
        return
    if node is None:
        raise _no_node()
    from steerclear.services.requests import Say

    request = Say(kind=kind, fields=_typed(fields or []), desk=desk, to=tuple(to or ()))
    do(node, request, as_json=as_json)


def _no_node() -> Exception:
    from steerclear.errors import BadInput

    return BadInput(
        "node-not-named",
        "It was not said at which node.",
        remedy="Give --node NODE, or set STEERCLEAR_NODE.",
    )


def _typed(fields: list[str]) -> dict[str, str | tuple[str, ...]]:
    """``name=value`` each; a name given again makes a list."""
    typed: dict[str, tuple[str, ...]] = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            from steerclear.errors import BadInput

            raise BadInput(
                "field-form",
                f"“{field[:40]}” is not FIELD=VALUE.",
                where=field[:40],
                remedy='Write it as happened_at=2025-04-09T08:00Z, or text="…" where there are blanks.',
            )
        typed[name] = (*typed.get(name, ()), _of_file(value))
    return {name: values[0] if len(values) == 1 else values for name, values in typed.items()}


def _of_file(value: str) -> str:
    if not value.startswith("@"):
        return value
    from steerclear.cli.founding import bytes_of

    try:
        return bytes_of(Path(value[1:])).decode()
    except UnicodeDecodeError as error:
        from steerclear.errors import BadInput

        raise BadInput(
            "not-utf8",
            "The file is not text in UTF-8.",
            where=value[1:],
            remedy="Save it as UTF-8, and check that it is the file you meant.",
        ) from error


def _show(name: str | None, *, as_json: bool) -> None:
    from steerclear.services.say import kinds_shown

    kinds = [row for row in kinds_shown() if name is None or row.kind == name]
    if not kinds:
        from steerclear.errors import BadInput

        raise BadInput(
            "kind-not-said",
            f"“{(name or '')[:40]}” is not said in this way.",
            where="kind",
            remedy="steerclear say lists what is; the rest has a command of its own.",
        )
    if as_json:
        show.print_json([as_json_value(row) for row in kinds])
    elif name is None:
        for row in kinds:
            show.say(f"{row.kind:20}  {_plain(row.says)}")
    else:
        _show_fields(kinds[0])


def _plain(says: str) -> str:
    """A terminal has no italics."""
    return says.replace("*", "")


def _show_fields(row: KindRow) -> None:
    show.say(f"{row.kind}: {_plain(row.says)}" + ("  Signed by the authority." if row.by_authority else ""))
    for field in row.fields:
        show.say(f"  {field.name}{'' if field.must_be else '  (may be left out)'}")
        for line in (field.says, *textwrap.wrap(f"Type {field.typed_as}.", _WIDTH)):
            show.say(f"      {line}")
