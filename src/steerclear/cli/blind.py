# SPDX-License-Identifier: Apache-2.0
"""Plans that nobody shows: how the checks stand, and what an audit of them needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, PassphraseFile, Unencrypted, as_json_value, protection

__all__ = ["blind"]

blind = typer.Typer(
    help="Plans that nobody shows: how the checks stand, and what an audit of them needs.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@blind.command("status")
def status(*, node: NodeFolder, as_json: show.Json = False) -> int:
    """How each day stands that is compared blind. Exit 1 when any is undetermined."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        rows = client.blind()
    if as_json:
        show.print_json({"days": [as_json_value(row) for row in rows]})
    elif not rows:
        show.console().print("Nothing is compared blind: no annex in force says so.")
    else:
        for row in rows:
            where = f"{row.day} with {row.other} at {row.level}, attempt {row.attempt}"
            style = "green" if row.state == "compared" else "yellow"
            show.console().print(f"{where}: {row.words}", style=style, markup=False, highlight=False)
    return 1 if any(row.state == "undetermined" for row in rows) else 0


@blind.command("sites")
def sites(*, node: NodeFolder, as_json: show.Json = False) -> int:
    """How own notices stand against protected sites that nobody shows. Exit 1 unless nothing was met."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        rows = client.site_checks()
    if as_json:
        show.print_json({"checks": [as_json_value(row) for row in rows]})
    elif not rows:
        show.console().print("No live notice of yours is held against protected sites, or no annex says so.")
    else:
        for row in rows:
            style = "green" if row.finding == "NO CONFLICT KNOWN" else "yellow"
            show.console().print(f"{row.notice} {row.words}", style=style, markup=False, highlight=False)
    return 0 if all(row.finding == "NO CONFLICT KNOWN" for row in rows) else 1


@blind.command("key")
def key(
    *,
    path: Annotated[Path, typer.Argument(help="Where to write the private half; it belongs on a stick.")],
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
) -> None:
    """Make an offline key to which openings are sealed, and print the line for steerclear.toml."""
    import base64
    import os

    from steerclear.services.blind_ceremony import make_offline_key

    guard = protection(passphrase_file, unencrypted=unencrypted, of="the offline key")
    typer.echo(base64.b64encode(make_offline_key(path, guard, os.urandom)).decode("ascii"))


@blind.command("opening")
def opening(
    *,
    node: NodeFolder,
    other: Annotated[str, typer.Argument(help="The other party.")],
    day: Annotated[str, typer.Argument(help="The UTC day of the cells, 2025-04-10.")],
    output: Annotated[Path, typer.Argument(help="The file to write.")],
    attempt: Annotated[int, typer.Option("--attempt", help="As steerclear blind status shows it.")] = 0,
) -> None:
    """Save what an audit of one attempt needs, as the node keeps it: sealed to the offline keys."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        output.write_bytes(client.blind_opening(other, day, attempt))


@blind.command("open")
def open_(
    *,
    sealed: Annotated[Path, typer.Argument(help="A file of steerclear blind opening.")],
    key: Annotated[list[Path], typer.Option("--key", help="An offline key; as many as are needed.")],
    output: Annotated[
        Path | None, typer.Option("--output", help="Write the opening for an inquiry here, readable.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> None:
    """Open one side of one day with enough offline keys, and say what it holds."""
    from steerclear.services.blind_ceremony import open_day

    found = open_day(
        sealed.read_bytes(),
        key,
        lambda path: protection(passphrase_file, unencrypted=unencrypted, of=f"the offline key {path.name}"),
    )
    if output is not None:
        output.touch(mode=0o600, exist_ok=False)
        output.write_bytes(found.opening)
    told = {name: value for name, value in as_json_value(found).items() if name != "opening"}
    if as_json:
        show.print_json(told)
    else:
        typer.echo(
            f"{found.member}, with {' and '.join(found.pair)}, {found.level}, day {found.day}, attempt "
            f"{found.attempt}: {found.cells} cells in {found.rounds} lists. Who holds it reads them all."
        )


@blind.command("case")
def case(
    *,
    node: NodeFolder,
    other: Annotated[str, typer.Argument(help="The other party.")],
    day: Annotated[str, typer.Argument(help="The UTC day of the cells, 2025-04-10.")],
    output: Annotated[Path, typer.Argument(help="The file to write.")],
    whole: Annotated[
        bool,
        typer.Option("--whole", help="Show everything that is sealed in the own log, not this day alone."),
    ] = False,
) -> None:
    """Save what an inquiry into one day is shown: its checks as they were logged, and own notices."""
    from steerclear.client import NodeClient
    from steerclear.services.openings import read_openings

    with NodeClient(node) as client:
        data = client.blind_case(other, day, whole=whole)
    output.touch(mode=0o600, exist_ok=False)
    output.write_bytes(data)
    show.say(f"{len(read_openings(data)):,} entries, opened. Saved to {output}.")
    show.say("Whoever has it reads your notices of that day: hand it to nobody but the inquiry.")


@blind.command("audit")
def audit(
    *,
    record: Annotated[Path, typer.Argument(help="A replica folder or a bundle that holds all logs.")],
    opening: Annotated[
        list[Path], typer.Option("--opening", help="Of each side: a file of steerclear blind open --output.")
    ],
    case: Annotated[
        list[Path], typer.Option("--case", help="Of each side: a file of steerclear blind case.")
    ],
    as_json: show.Json = False,
) -> int:
    """Hold both sides' openings against the record and their notices. Exit 1 when somebody cheated."""
    from steerclear.cli.inquiring import audited, print_inquiry

    found = audited(record, opening, case)
    if as_json:
        show.print_json(as_json_value(found))
    else:
        print_inquiry(found)
    return 1 if found.faults else 0
