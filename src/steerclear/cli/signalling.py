# SPDX-License-Identifier: Apache-2.0
"""Coded messages: which there are and what each means in every language; send one, read one back, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import Desk, NodeFolder, as_json_value, do, joined

if TYPE_CHECKING:
    from steerclear.formats.signals import Rendered
    from steerclear.services.signal_catalogue import CatalogueShown, MeaningRow
    from steerclear.services.signals_shown import SignalRow

__all__ = ["signals"]

signals = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Coded messages: what there is, what each means in six languages, and send, read back, answer.",
)

Speaking = Annotated[
    str,
    typer.Option("--language", "-l", envvar="STEERCLEAR_LANGUAGE", help="en, tr, he, ar, az or ru."),
]
Code = Annotated[str, typer.Argument(help="A code of the catalogue, as area-hot; or free-text.")]
Slots = Annotated[
    list[str] | None, typer.Argument(metavar="[SLOT=VALUE...]", help="What fills its slots: time=…Z.")
]
About = Annotated[str, typer.Argument(help="A signal as steerclear signals received names it: ISR-0017.")]
FreeText = Annotated[
    str | None, typer.Option("--text", help="Words, with the code free-text only: no safety meaning.")
]


@signals.command("list")
def list_(*, language: Speaking = "en", as_json: show.Json = False) -> None:
    """List every signal, by group."""
    from steerclear.services.signal_catalogue import signal_catalogue

    _print_all(signal_catalogue(), language, as_json=as_json)


@signals.command()
def search(
    *,
    words: Annotated[list[str], typer.Argument(help="Words or parts of words, in any language.")],
    language: Speaking = "en",
    as_json: show.Json = False,
) -> int:
    """List the signals that hold all these words, in code or meaning. Exit 1 when none does."""
    from steerclear.services.signal_catalogue import matching, signal_catalogue

    found = matching(words)
    _print_all(signal_catalogue(found), language, as_json=as_json)
    return 0 if found else 1


@signals.command("show")
def show_(*, code: Code, as_json: show.Json = False) -> None:
    """Show one signal in all languages, with its slots and how each is typed."""
    from steerclear.formats.slots import signal_named
    from steerclear.services.signal_catalogue import signal_catalogue

    (signal,) = signal_catalogue([signal_named(code)]).signals
    if as_json:
        show.print_json(as_json_value(signal))
        return
    show.say(f"{signal.code}{'   READ BACK' if signal.read_back else ''}")
    for language, said in signal.meanings.items():
        for text in dict.fromkeys(said.texts):
            show.say(f"  {language}  {text}{_mark(said)}")
    for slot in signal.slots:
        bounds = "" if slot.smallest is None else f", {slot.smallest} to {slot.largest}"
        show.say(f"  {slot.name}: {slot.form}{bounds}")


@signals.command()
def send(
    *,
    node: NodeFolder,
    desk: Desk,
    code: Code,
    slots: Slots = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="A member; every other party if left out.")
    ] = None,
    text: FreeText = None,
    as_json: show.Json = False,
) -> None:
    """Send a signal."""
    from steerclear.services.requests import SendSignal

    request = SendSignal(desk=desk, code=code, slots=_typed(slots), to=tuple(to or ()), free_text=text)
    do(node, request, as_json=as_json)


@signals.command("read-back")
def read_back(
    *, node: NodeFolder, desk: Desk, about: About, code: Code, slots: Slots = None, as_json: show.Json = False
) -> None:
    """Read a signal back: repeat its code and the values of its slots."""
    from steerclear.services.requests import ReadBack

    do(node, ReadBack(desk=desk, about=about, code=code, slots=_typed(slots)), as_json=as_json)


@signals.command()
def answer(
    *,
    node: NodeFolder,
    desk: Desk,
    about: About,
    code: Code,
    slots: Slots = None,
    text: FreeText = None,
    as_json: show.Json = False,
) -> None:
    """Answer a signal with a signal."""
    from steerclear.services.requests import AnswerSignal

    request = AnswerSignal(desk=desk, about=about, code=code, slots=_typed(slots), free_text=text)
    do(node, request, as_json=as_json)


@signals.command()
def received(*, node: NodeFolder, language: Speaking = "en", as_json: show.Json = False) -> None:
    """Show the signals at this node, newest first: the reader's language, English and the code."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        rows = client.signals(language)
    if as_json:
        show.print_json({"signals": [as_json_value(row) for row in rows]})
        return
    for row in rows:
        _print_row(row)
    show.say(show.NOT_PERMISSION if rows else "No signals.")


def _print_all(found: CatalogueShown, language: str, *, as_json: bool) -> None:
    from steerclear.formats.languages import language as known

    spoken = known(language).code
    if as_json:
        show.print_json(as_json_value(found))
        return
    group = None
    for signal in found.signals:
        if signal.group != group:
            group = signal.group
            show.say(group.upper())
        said = signal.meanings[spoken]
        show.say(f"  {signal.code}{' *' if signal.read_back else ''}: {said.texts[-1]}{_mark(said)}")
    show.say(f"{len(found.signals)} signals; * is read back. Catalogue {found.version}, {found.hash}")
    (row,) = (one for one in found.languages if one.code == spoken)
    if row.catalogue is not None:
        show.say(f"Translation {spoken}, {row.catalogue}: this is what a reviewer signs for.")


def _print_row(row: SignalRow) -> None:
    desk = f" {row.desk}" if row.desk else ""
    show.say(f"{row.short} {row.code} from {row.author}{desk} to {joined(row.to)} at {row.sent_at}")
    _print_said(row.said)
    for back in row.read_backs:
        show.say(f"    read back by {back.member} at {back.at}: {'right' if back.right else 'WRONG'}")
    if row.waits_for:
        show.say(f"    WAITS FOR THE READ-BACK OF {joined(row.waits_for)}")
    for one in row.answers:
        show.say(f"    answer of {one.member} at {one.at}: {one.code}")
        _print_said(one.said)


def _print_said(said: tuple[Rendered, ...]) -> None:
    for one in said:
        mark = "  (awaits review)" if one.awaits_review else ""
        show.say(f"    {one.language}  {_readable(one.text)}{mark}")
    for slot in said[0].slots:
        show.say(f"        {slot.name}: {_readable(slot.value)}")


def _readable(text: str) -> str:
    """As ``show.printable``, but for the marks that keep a slot from being turned round."""
    return "".join(char if char in "\u2068\u2069" else show.printable(char) for char in text)


def _mark(said: MeaningRow) -> str:
    return "  (awaits review)" if said.awaits_review else ""


def _typed(slots: list[str] | None) -> dict[str, str]:
    from steerclear.errors import BadInput

    typed: dict[str, str] = {}
    for one in slots or ():
        name, sign, value = one.partition("=")
        if not sign or not name or name in typed:
            raise BadInput(
                "slot-spelling",
                f"“{show.printable(one[:60])}” does not name a slot once, with its value.",
                where="SLOT=VALUE",
                remedy='Write each slot once, as time=2025-04-09T08:00Z or altitude="3000 ft AMSL".',
            )
        typed[name] = value
    return typed
