# SPDX-License-Identifier: Apache-2.0
"""What a desk looks at: its inbox, and how the node and its lines are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, as_json_value, joined
from steerclear.cli.tracking import print_feeds

if TYPE_CHECKING:
    from rich.console import Console

    from steerclear.services.answers import Inbox, NoticeRow, OwedRow, StageRow, Status, StopRow

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
    """What is owed first, most urgent first; then what is open; then the notices."""
    console = show.console()
    desk = f" {found.desk}" if found.desk else ""
    console.print(f"{found.member}{desk}, {brief(found.now)}", style="bold")
    for heading, rows in (("What I owe", found.i_owe), ("What I am owed", found.owed_to_me)):
        console.print()
        console.print(f"{heading}:" if rows else f"{heading}: nothing.", style="bold")
        for row in rows:
            console.print(owed_words(row, found.now), style="bold red" if row.state == "late" else "")
    console.print()
    print_stops(console, found.stops)
    print_notices(console, found.notices)
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
        lines.add_row(line.member, line.state, brief(line.since), brief(line.last_heard_at), line.presence)
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
    if found.feeds:
        print_feeds(found.feeds)
    print_stops(console, found.stops)
    print_notices(console, found.notices)
    for words in found.without_effect:
        console.print(f"WITHOUT EFFECT {show.printable(words)}")
    for one in found.refused:
        when = brief(one.last_at) if one.count == 1 else f"{one.count} times, last {brief(one.last_at)}"
        what = f"{one.what} ({one.code} at {one.where})"
        console.print(f"REFUSED from {show.printable(one.by)}, {when}: {show.printable(what)}")


def print_stops(console: Console, rows: tuple[StopRow, ...]) -> None:
    for row in rows:
        alarm = "bold red" if row.drill is None else "bold"
        console.print(stop_words(row), style="" if row.closed_at else alarm)
        print_times(console, row.held_times)


def print_notices(console: Console, rows: tuple[NoticeRow, ...]) -> None:
    console.print("Notices:" if rows else "No notice is live.", style="bold")
    for row in rows:
        console.print(
            f"  {row.short} v{row.version} {show.printable(row.ref)}: {row.kind}, {row.notice_class}, "
            f"{brief(row.start)} to {brief(row.end)}, {row.state}"
        )
        console.print(f"      {show.printable(row.screened)}")
        for found in row.gate:
            reason = f" Its filer says: {found.overridden_because}" if found.overridden_because else ""
            console.print(
                show.printable(f"      OUR GATE {found.severity} {found.code}: {found.words}{reason}")
            )
        for stage in row.stages:
            console.print(f"      {stage_words(stage)}", style="dim")
        print_times(console, row.held_times)


def print_times(console: Console, held: tuple[str, ...]) -> None:
    for words in held:
        console.print(f"      CLOCK {show.printable(words)}")


def owed_words(row: OwedRow, now: str) -> str:
    """One duty in one line: how long is left, who owes it, what it is, how far the ladder has climbed."""
    desk = f"{row.debtor} {row.desk}" if row.desk else row.debtor
    rungs = ""
    if row.called_rungs:
        then = f", the next at {brief(row.next_rung_at)}" if row.next_rung_at else ""
        rungs = f" (rungs {joined(tuple(map(str, row.called_rungs)))} of {row.rungs} called{then})"
    down = " LINE DOWN." if row.line_down else ""
    clock = f" CLOCK {row.held_time}." if row.held_time else ""
    return show.printable(f"  {time_left(row.due_at, now):>14}  {desk:<11} {row.words}{rungs}{down}{clock}")


def stage_words(stage: StageRow) -> str:
    """The row of stages of one addressee, as far as it has come."""
    if not stage.readable:
        return f"{stage.member}: sealed from them; delivered {brief(stage.delivered_at)}"
    words = [
        f"delivered {brief(stage.delivered_at)}",
        f"acknowledged {brief(stage.acknowledged_at)}",
        "UNIT NOT CONFIRMED"
        if stage.disseminated_at is None
        else f"at the {stage.disseminated_to} until {brief(stage.disseminated_until)}",
    ]
    return f"{stage.member}: {' · '.join(words)}"


def time_left(due_at: str | None, now: str) -> str:
    """``in 3 h 11 min``, or ``LATE 4 min``; a duty without a time says so."""
    if due_at is None:
        return "no time set"
    minutes = round((datetime.fromisoformat(due_at) - datetime.fromisoformat(now)).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    length = f"{hours} h {rest} min" if hours else f"{rest} min"
    return f"in {length}" if minutes >= 0 else f"LATE {length}"


def brief(at: str | None) -> str:
    """A time as a watch reads it: ``10 08:14Z``, day and minute; the full one is under ``--json``."""
    return f"{at[8:10]} {at[11:16]}Z" if at is not None else "–"


def stop_words(row: StopRow) -> str:
    """A STOP in one line: who called, whom, where, how far it climbed, what came of it."""
    minutes = row.minutes_to_authority
    authority = f"{minutes:.1f} min to authority" if minutes is not None else "no authority has answered"
    rungs = f"rungs {joined(tuple(map(str, row.called_rungs)))} of {row.rungs} called" if row.rungs else ""
    outcome = row.outcome or "no outcome yet"
    drill = f"DRILL “{row.drill}”: " if row.drill is not None else ""
    return show.printable(
        f"{drill}STOP {row.short} by {row.caller} to {joined(row.to)} at {row.place}: {authority}, "
        f"{outcome}. {rungs}{f' {row.doubt}: find out who called it, by another way.' if row.doubt else ''}"
    )
