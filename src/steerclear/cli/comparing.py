# SPDX-License-Identifier: Apache-2.0
"""Do two members hold the same record, when nothing is left but a telephone?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder

if TYPE_CHECKING:
    from steerclear.client import NodeClient

__all__ = ["checkpoint"]

_NOT_THE_SAME: Final = 1


def checkpoint(
    *,
    node: NodeFolder,
    member: Annotated[
        str | None, typer.Argument(metavar="MEMBER", help="Whose log; without it, this node's own.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(min=0, help="With --heard: how many entries the other said.")
    ] = None,
    heard: Annotated[
        str | None, typer.Option(metavar="WORDS", help="The 28 words that were heard, or their letters.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Compare records by telephone: read a log out in 28 words, or check the words that were heard.

    One reads out; the other gives MEMBER, --size and --heard. Exit 1 unless the two are the same.
    """
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        if heard is None and size is None:
            _read_out(client, member, as_json=as_json)
        else:
            _compare(client, member, size, heard, as_json=as_json)


def _read_out(client: NodeClient, member: str | None, *, as_json: bool) -> None:
    told = client.read_out(member)
    if as_json:
        show.print_json(dataclasses.asdict(told))
        return
    show.say(f"Log of {told.member}, generation {told.generation}, {told.size} entries. Read out:")
    show.say()
    for line in _lines_of(told.words):
        show.say(f"    {line}")
    show.say()
    show.say(f'The other side types: steerclear checkpoint {told.member} --size {told.size} --heard "…"')


def _compare(
    client: NodeClient, member: str | None, size: int | None, heard: str | None, *, as_json: bool
) -> None:
    if member is None or size is None or heard is None:
        from steerclear.errors import BadInput

        raise BadInput(
            "comparison-incomplete",
            "To compare, it must be said whose log was read out, how many entries, and the words.",
            remedy='For instance: steerclear checkpoint TUR --size 1482 --heard "GOLF SIERRA …"',
        )
    found = client.compare(member, size, heard)
    if as_json:
        show.print_json(dataclasses.asdict(found))
    else:
        show.say(f"{found.verdict}. {found.words}")
    if found.verdict != "SAME":
        raise typer.Exit(_NOT_THE_SAME)


def _lines_of(words: Sequence[str]) -> list[str]:
    """A group a line, so that the reader pauses after each."""
    from steerclear.record.spoken import GROUP

    return [" ".join(words[at : at + GROUP]) for at in range(0, len(words), GROUP)]
