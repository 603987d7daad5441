# SPDX-License-Identifier: Apache-2.0
"""What do the commands that speak to a node share? Which node, which desk, its passphrase, and receipts."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from steerclear.cli import show

if TYPE_CHECKING:
    from steerclear.node import Protection
    from steerclear.services.answers import Receipt
    from steerclear.services.verbs import Request

__all__ = [
    "Desk",
    "NodeFolder",
    "PassphraseFile",
    "Unencrypted",
    "as_json_value",
    "do",
    "first_line",
    "protection",
    "tell",
]

NodeFolder = Annotated[
    Path,
    typer.Option("--node", "-n", envvar="STEERCLEAR_NODE", metavar="NODE", help="The node's folder."),
]
Desk = Annotated[
    str,
    typer.Option("--desk", "-d", envvar="STEERCLEAR_DESK", help="The desk that speaks, as air or ground."),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="A file whose first line is the passphrase of the keys; /dev/fd/3 is a file descriptor.",
    ),
]
Unencrypted = Annotated[
    bool,
    typer.Option(
        "--unencrypted", help="Keys lie on disk without a passphrase: for drills and sealed machines."
    ),
]

_PASSPHRASE_VARIABLE: Final = "STEERCLEAR_PASSPHRASE"  # noqa: S105 - the name of a variable, no secret
_CREDENTIAL: Final = "steerclear-passphrase"
"""As systemd hands it over: LoadCredential=steerclear-passphrase:… (systemd.exec(5))."""


def protection(
    passphrase_file: Path | None, *, unencrypted: bool, new: bool = False, of: str = "the node's keys"
) -> Protection:
    """How keys are opened: a file, a credential of the service manager, the environment, or a question on the
    terminal. Never an argument: other users of the machine can read those."""
    from steerclear.errors import BadInput
    from steerclear.node import Passphrase
    from steerclear.node import Unencrypted as WithoutPassphrase

    if unencrypted:
        return WithoutPassphrase()
    if passphrase_file is not None:
        return Passphrase(first_line(passphrase_file))
    if (handed_over := _credential()) is not None:
        return Passphrase(first_line(handed_over))
    if (typed := os.environ.get(_PASSPHRASE_VARIABLE)) is not None:
        return Passphrase(typed)
    if not sys.stdin.isatty():
        raise BadInput(
            "passphrase-not-given",
            "The keys are encrypted and no passphrase was given.",
            remedy=f"Give --passphrase-file FILE, set {_PASSPHRASE_VARIABLE}, or say --unencrypted.",
        )
    return Passphrase(typer.prompt(f"Passphrase of {of}", hide_input=True, confirmation_prompt=new, err=True))


def _credential() -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = None if folder is None else Path(folder) / _CREDENTIAL
    return path if path is not None and path.exists() else None


def first_line(path: Path) -> str:
    """The passphrase or PIN in a file. Raises ``Unreachable``, or ``Refused`` (``passphrase-too-open``)."""
    from steerclear.errors import Refused, Unreachable

    try:
        if path.stat().st_mode & 0o077:
            raise Refused(
                "passphrase-too-open",
                "Others than its owner may read the file with the passphrase.",
                where=str(path),
                remedy="chmod 600 it; if others may have read it, take another passphrase.",
            )
        return path.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise Unreachable(
            "file-unreadable",
            "The file with the passphrase cannot be read.",
            where=str(path),
            remedy="Check the path and its permissions; it must be text in UTF-8.",
        ) from error


def do(node: Path, request: Request, *, as_json: bool) -> None:
    """Have a running node do something, and print the receipts."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        receipts = client.do(request)
    if as_json:
        show.print_json({"receipts": [as_json_value(one) for one in receipts]})
        return
    for one in receipts:
        tell(one)
    show.say(show.NOT_PERMISSION)


def tell(one: Receipt) -> None:
    """FILED, in words: where it stands, who can read it, what the gate said."""
    name = f" “{show.printable(one.ref)}”" if one.ref else ""
    readers = f"sealed to {', '.join(one.sealed_to)}" if one.sealed_to else "in clear"
    show.say(f"FILED {one.short} {one.kind}{name} at {one.filed_at}, {readers}")
    if one.seq is None:
        show.say("      sent as a message of its own: the own log cannot be written until it is whole again")
    else:
        show.say(f"      entry {one.seq}, root {one.root}")
    for row in one.gate:
        reason = f" Overridden: {row.overridden_because}" if row.overridden_because else ""
        show.say(show.printable(f"      {row.severity} {row.code}: {row.words}{reason}"))


def as_json_value(row: Any) -> dict[str, Any]:
    """A row of the node's answers, as JSON shows it."""
    return dataclasses.asdict(row)


def joined(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "–"
