# SPDX-License-Identifier: Apache-2.0
"""What stands beside the notices, in a terminal, and in a calendar?"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, as_json_value

if TYPE_CHECKING:
    from steerclear.services.answers import AffairRow

__all__ = ["affairs", "calendar"]

_NAME: Final = re.compile(r"[A-Z][A-Z0-9]{1,11}-\d{1,9}|[0-9a-f]{32}", re.ASCII)
_WIDTH: Final = 100


def affairs(
    *,
    node: NodeFolder,
    which: Annotated[
        str | None,
        typer.Argument(metavar="[SORT|NAME]", help="A sort, as incident, or one thing, as TUR-0042."),
    ] = None,
    as_json: show.Json = False,
) -> None:
    """What stands beside the notices: watches, sites, standstills, incidents, claims, meetings, drills.

    Protected sites are listed if they are your own; another's is shown by its name alone.
    """
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        if which is not None and _NAME.fullmatch(which):
            rows: tuple[AffairRow, ...] = (client.affair(which),)
        else:
            rows = client.affairs(which)
    if as_json:
        show.print_json({"affairs": [as_json_value(row) for row in rows]})
        return
    if not rows:
        show.say("Nothing.")
    for row in rows:
        _show(row)


def calendar(
    *,
    node: NodeFolder,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Where it goes; for a calendar to read.")
    ] = Path("steerclear.ics"),
    as_json: show.Json = False,
) -> None:
    """Save meetings, action items with their dates, agreed line checks and drills as iCalendar (.ics)."""
    from steerclear.cli.founding import write_file
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        data = client.calendar()
    write_file(out, data)
    # A line that begins so begins an entry: what people wrote stands after a property's name, or a blank.
    count = data.count(b"\r\nBEGIN:VEVENT\r\n") + data.count(b"\r\nBEGIN:VTODO\r\n")
    if as_json:
        show.print_json({"file": str(out), "entries": count})
        return
    show.say(f"{count} {'entry' if count == 1 else 'entries'}, in UTC. Saved to {out}.")
    show.say("Load it anew when something changed: entries are changed then, not added twice.")
    show.say("What is sealed to others is not in it. Who opens the file reads titles and agendas.")


def _show(row: AffairRow) -> None:
    desk = f" {row.desk}" if row.desk else ""
    to = f" to {', '.join(row.to)}" if row.to else ""
    show.say(show.printable(f"{row.short}  {row.sort.upper()}  {row.state}"))
    _wrapped(f"{row.at}  {row.author}{desk}{to}: {row.words}", "  ")
    for line in row.lines:
        desk = f" {line.desk}" if line.desk else ""
        _wrapped(f"{line.at}  {line.by}{desk}, {line.kind}: {line.words}", "    ")


def _wrapped(text: str, indent: str) -> None:
    for line in textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  "):
        show.say(show.printable(line))
