# SPDX-License-Identifier: Apache-2.0
"""How does a command speak? Words for people on one side, JSON for machines on the other.

Results go to stdout, errors to stderr. With ``--json`` stdout holds exactly one JSON document, which for an
error is its problem document (RFC 9457). Nothing that came from a file or a peer reaches the terminal with
control characters in it: ``printable`` spells them out.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from steerclear.errors import SteerclearError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = [
    "NOT_PERMISSION",
    "Json",
    "asked_for_json",
    "console",
    "print_json",
    "printable",
    "say",
    "table",
    "tell",
]

NOT_PERMISSION: Final = (
    "Not permission; changes no duty under the law of armed conflict; no notice does not mean nobody there."
)
"""The sentence that stands under every receipt and every check."""

_JSON_ASKED: Final = "steerclear.json"


def _remember_json(ctx: typer.Context, asked: bool) -> bool:  # noqa: FBT001 - the library calls it so
    ctx.meta[_JSON_ASKED] = asked
    return asked


Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of words.", callback=_remember_json)
]
"""The ``--json`` option of every command: ``as_json: show.Json = False``."""


def asked_for_json(ctx: typer.Context) -> bool:
    return bool(ctx.meta.get(_JSON_ASKED, False))


def say(words: str = "") -> None:
    """One line for people, on stdout."""
    sys.stdout.write(words + "\n")


def print_json(value: object) -> None:
    """One JSON document on stdout, two spaces deep, keys in the order given."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def tell(error: SteerclearError, *, as_json: bool) -> None:
    """The error in words on stderr; with ``as_json`` also as a problem document on stdout."""
    if as_json:
        print_json(error.as_problem())
    lines = [f"{error.code}: {error.what}"]
    if error.where:
        lines.append(f"  where:  {error.where}")
    lines.append(f"  remedy: {error.remedy}")
    sys.stderr.write("".join(printable(line) + "\n" for line in lines))


def printable(text: str) -> str:
    """``text`` with everything that could steer a terminal or reverse its reading spelled out."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def console() -> Console:
    """A rich console on stdout: colour only on a terminal, no guessing at numbers or markup."""
    from rich.console import Console  # imported here: it would double the start-up time of --help

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            """Left to ``app``: the library would end with 1, which here means findings."""
            raise BrokenPipeError

    return Quiet(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)


def table(*headings: str, title: str | None = None) -> Table:
    """An empty table in the house style: no frame, one line a row; cells must already be ``printable``."""
    from rich import box
    from rich.table import Table

    empty = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for heading in headings:
        empty.add_column(heading, overflow="fold")
    return empty


def as_text(value: Any) -> str:
    """A cell: ``None`` is a dash, so that nothing missing looks like zero."""
    return "–" if value is None else printable(str(value))
