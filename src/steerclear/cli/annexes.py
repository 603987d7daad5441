# SPDX-License-Identifier: Apache-2.0
"""The modalities on the table: look at them, propose, counter, ratify, withdraw; suspend, resume, end."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, as_json_value, do, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from steerclear.model.annex import Annex
    from steerclear.services.annexes_shown import AnnexShown

__all__ = ["annexes", "end", "propose", "ratify", "resume", "suspend"]

annexes = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="The annexes: which hold, what they say, what a new version changes; propose and counter one.",
)


class Form(Enum):
    """How an annex is shown."""

    MARKDOWN = "markdown"
    HTML = "html"


AsForm = Annotated[Form, typer.Option("--as", help="markdown, or html: one page to print.")]
Which = Annotated[
    str,
    typer.Argument(
        metavar="ANNEX",
        help="A name, as separation (the newest); name@2 for a version; a hash, or TUR-0042 of a proposal.",
    ),
]
Because = Annotated[str, typer.Option("--because", help="The reason, in writing.")]
OrBecause = Annotated[str | None, typer.Option("--because", help="The reason, in writing.")]
Document = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="The annex as JSON, as annexes show --json gives it."),
]


def propose(
    *,
    node: NodeFolder,
    template: Annotated[str, typer.Argument(help="Its name, as steerclear template list shows it.")],
    as_json: show.Json = False,
) -> None:
    """Propose every annex of a template."""
    from steerclear.services.requests import Propose

    do(node, Propose(template=template), as_json=as_json)


def ratify(
    *,
    node: NodeFolder,
    annexes: Annotated[
        list[str] | None, typer.Argument(metavar="[ANNEX...]", help="Which; all that wait, if none is named.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """Ratify proposed annexes with the authority key."""
    from steerclear.services.requests import Ratify

    do(node, Ratify(annexes=tuple(annexes or ())), as_json=as_json)


def suspend(*, node: NodeFolder, because: OrBecause = None, as_json: show.Json = False) -> None:
    """Suspend the mechanism for our side. STOP, distress and all that is in force go on."""
    from steerclear.services.requests import SuspendMechanism

    do(node, SuspendMechanism(because=because), as_json=as_json)


def resume(*, node: NodeFolder, as_json: show.Json = False) -> None:
    """Lower our own flag; nobody else's."""
    from steerclear.services.requests import ResumeMechanism

    do(node, ResumeMechanism(), as_json=as_json)


def end(*, node: NodeFolder, because: Because, as_json: show.Json = False) -> None:
    """Declare the mechanism ended; it has ended when every party has."""
    from steerclear.services.requests import EndMechanism

    do(node, EndMechanism(because=because), as_json=as_json)


@annexes.command("list")
def list_(*, node: NodeFolder, as_json: show.Json = False) -> None:
    """List every annex on the table: which hold, which wait, and for whose signature."""
    found = _on_the_table(node)
    if as_json:
        show.print_json({"annexes": [as_json_value(one) for one in found]})
        return
    table = show.table("annex", "version", "state", "proposed", "by", "ratified by", "missing", "hash")
    for one in found:
        counter = f" (counters {one.counter_to})" if one.counter_to else ""
        table.add_row(
            one.name,
            str(one.version),
            one.state,
            f"{one.short}{counter}",
            one.author,
            joined(one.ratified_by),
            joined(one.missing),
            one.hash[:12],
        )
    show.console().print(table)
    for one in found:
        if one.because:
            show.say(show.printable(f"{one.short}: {one.because}"))


@annexes.command("show")
def show_(
    *, node: NodeFolder, annex: Which, form: AsForm = Form.MARKDOWN, as_json: show.Json = False
) -> None:
    """Show an annex to read, to print, or (--json) to edit and propose."""
    import json

    found = _named(_on_the_table(node), annex)
    if as_json:
        show.print_json(json.loads(found.document))
    else:
        print_annexes((_annex_of(found),), title=f"{found.name}, {found.state}", form=form)


@annexes.command()
def diff(
    *,
    node: NodeFolder,
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="As for show; a name is what holds now.")],
    after: Annotated[
        str | None, typer.Argument(metavar="[AFTER]", help="The other one; left out, the newest of BEFORE.")
    ] = None,
    as_json: show.Json = False,
) -> int:
    """Say which values change, from what to what, and whether that is stricter. Exit 1 if any does."""
    found = _on_the_table(node)
    holds = [one for one in found if one.name == before and one.state == "in force"]
    older = holds[-1] if holds else _named(found, before)
    return print_changes(_annex_of(older), _annex_of(_named(found, after or older.name)), as_json=as_json)


@annexes.command("propose")
def propose_one(
    *, node: NodeFolder, document: Document, because: OrBecause = None, as_json: show.Json = False
) -> None:
    """Propose one annex from a file."""
    from steerclear.services.requests import ProposeAnnex

    do(node, ProposeAnnex(document=_read(document), because=because), as_json=as_json)


@annexes.command()
def counter(
    *,
    node: NodeFolder,
    proposal: Annotated[str, typer.Argument(help="The proposal, as TUR-0042.")],
    document: Document,
    because: Because,
    as_json: show.Json = False,
) -> None:
    """Answer a proposal with another one, and with the reason."""
    from steerclear.services.requests import ProposeAnnex

    request = ProposeAnnex(document=_read(document), because=because, counter_to=proposal)
    do(node, request, as_json=as_json)


@annexes.command()
def withdraw(
    *,
    node: NodeFolder,
    annex: Annotated[str, typer.Argument(help="A name or a hash.")],
    because: Because,
    as_json: show.Json = False,
) -> None:
    """Take our signature back; where all have signed, that is notice of termination."""
    from steerclear.services.requests import WithdrawAnnex

    do(node, WithdrawAnnex(annex=annex, because=because), as_json=as_json)


def print_annexes(found: Sequence[Annex], *, title: str, form: Form) -> None:
    from steerclear.formats.annex_paper import paper_of
    from steerclear.formats.annex_print import as_html, as_markdown

    paper = paper_of(found, title=title)
    show.say((as_html(paper) if form is Form.HTML else as_markdown(paper)).rstrip("\n"))


def print_changes(before: Annex, after: Annex, *, as_json: bool) -> int:
    """Every change in a line; 1 if there is any."""
    from steerclear.formats.annex_diff import changes, in_words

    found = changes(before, after)
    if as_json:
        show.print_json({"changes": [as_json_value(one) for one in found]})
    elif not found:
        show.say("They say the same.")
    else:
        for one in found:
            show.say(show.printable(in_words(one)))
    return 1 if found else 0


def _on_the_table(node: Path) -> tuple[AnnexShown, ...]:
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        return client.annexes()


def _named(found: Sequence[AnnexShown], which: str) -> AnnexShown:
    """The newest that fits. Raises ``BadInput``."""
    from steerclear.errors import BadInput

    name, _, version = which.partition("@")
    fits = [
        one
        for one in found
        if (one.name == name and version in ("", str(one.version)))
        or which in (one.id, one.short)
        or (len(which) >= 8 and one.hash.startswith(which))
    ]
    if not fits:
        raise BadInput(
            "annex-not-on-the-table",
            f"No annex “{which[:64]}” is on the table.",
            remedy="Name one as steerclear annexes list shows it.",
        )
    return fits[-1]


def _annex_of(shown: AnnexShown) -> Annex:
    from steerclear.formats.annex_document import read_document

    return read_document(shown.document)


def _read(path: Path) -> str:
    from steerclear.errors import Unreachable

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreachable(
            "file-unreadable",
            "The file with the annex cannot be read.",
            where=str(path),
            remedy="Check the path and its permissions; it must be text in UTF-8.",
        ) from error
