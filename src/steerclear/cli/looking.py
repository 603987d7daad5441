# SPDX-License-Identifier: Apache-2.0
"""What a desk looks at: its inbox, and how the node and its lines are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, as_json_value, joined

if TYPE_CHECKING:
    from rich.table import Table

    from steerclear.services.answers import Inbox, NoticeRow, OwedRow, Status, StopRow

__all__ = ["inbox", "status"]


def inbox(
    *,
    node: NodeFolder,
    desk: Annotated[
        str | None, typer.Option("--desk", "-d", envvar="STEERCLEAR_DESK", help="One desk; all if left out.")
    ] = None,
    as_json: show.Json = False,
) -> None:
    """What I owe, what I am owed, and the notices that concern me."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        found = client.inbox(desk)
    if as_json:
        show.print_json(as_json_value(found))
    else:
        print_inbox(found)


def status(*, node: NodeFolder, as_json: show.Json = False) -> int:
    """How the node and its lines are, and what is in force. Exit 1 when something needs a person."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        found = client.status()
    if as_json:
        show.print_json(as_json_value(found))
    else:
        print_status(found)
    return 0 if found.accepting and not found.alarms else 1


def print_inbox(found: Inbox) -> None:
    console = show.console()
    desk = f" {found.desk}" if found.desk else ""
    console.print(f"{found.member}{desk} at {found.now}", style="bold")
    for heading, rows in (("What I owe", found.i_owe), ("What I am owed", found.owed_to_me)):
        console.print(owed_table(heading, rows) if rows else f"{heading}: nothing.")
    for one in found.stops:
        if one.closed_at is None:
            console.print(stop_words(one), style="bold red")
    console.print(notice_table(found.notices) if found.notices else "No notice is live.")
    if found.sealed:
        console.print(f"{len(found.sealed)} entries of others are sealed to others and stand here unopened.")
    console.print(show.NOT_PERMISSION, style="dim")


def print_status(found: Status) -> None:
    console = show.console()
    drill = " (DRILL)" if found.drill else ""
    console.print(f"{found.member} in “{show.printable(found.name)}”{drill}: {found.regime}", style="bold")
    console.print(f"mechanism {found.mechanism}")
    if not found.accepting:
        console.print(f"ACCEPTS NOTHING: {show.printable(found.because or '')}", style="bold red")
    for alarm in found.alarms:
        console.print(f"ALARM {show.printable(alarm)}", style="bold red")
    lines = show.table("member", "line", "since", "last heard", "desks", title="Lines")
    for line in found.lines:
        lines.add_row(
            line.member, line.state, show.as_text(line.since), show.as_text(line.last_heard_at), line.presence
        )
    console.print(lines)
    logs = show.table("log", "entries", "root", "checkpoint", "cosigned by", "recorded", title="Logs")
    for log in found.logs:
        logs.add_row(
            log.member,
            str(log.size),
            log.root[:16],
            str(log.checkpoint_size),
            joined(log.cosigned_by),
            "yes" if log.recorded else "not yet",
        )
    console.print(logs)
    if found.annexes:
        annexes = show.table("annex", "version", "state", "ratified by", "missing", title="Annexes")
        for annex in found.annexes:
            annexes.add_row(
                annex.name, str(annex.version), annex.state, joined(annex.ratified_by), joined(annex.missing)
            )
        console.print(annexes)
    console.print(notice_table(found.notices) if found.notices else "No notice is live.")
    for one in found.stops:
        console.print(stop_words(one))
    for words in found.without_effect:
        console.print(f"WITHOUT EFFECT {show.printable(words)}")


def owed_table(heading: str, rows: tuple[OwedRow, ...]) -> Table:
    table = show.table("due", "state", "by", "about", "what", "rungs called", "next rung", title=heading)
    for row in rows:
        table.add_row(
            show.as_text(row.due_at),
            "LINE DOWN" if row.line_down else row.state,
            f"{row.debtor} {row.desk or ''}".strip(),
            row.short,
            show.printable(row.words),
            f"{joined(tuple(map(str, row.called_rungs)))} of {row.rungs}" if row.rungs else "–",
            show.as_text(row.next_rung_at),
        )
    return table


def notice_table(rows: tuple[NoticeRow, ...]) -> Table:
    table = show.table("notice", "ref", "kind", "class", "from", "to", "state", "screened", title="Notices")
    for row in rows:
        table.add_row(
            f"{row.short} v{row.version}",
            show.printable(row.ref),
            row.kind,
            row.notice_class,
            row.start,
            row.end,
            row.state,
            show.printable(row.screened),
        )
    return table


def stop_words(row: StopRow) -> str:
    """A STOP in one line: who called, whom, where, how far it climbed, what came of it."""
    minutes = row.minutes_to_authority
    authority = f"{minutes:.1f} min to authority" if minutes is not None else "no authority has answered"
    rungs = f"rungs {joined(tuple(map(str, row.called_rungs)))} of {row.rungs} called" if row.rungs else ""
    outcome = row.outcome or "no outcome yet"
    return show.printable(
        f"STOP {row.short} by {row.caller} to {joined(row.to)} at {row.place}: {authority}, {outcome}. "
        f"{rungs}"
    )
