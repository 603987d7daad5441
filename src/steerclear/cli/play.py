# SPDX-License-Identifier: Apache-2.0
"""What would the mechanism have shown, and when? Runs a play and prints its timeline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from steerclear.cli import show
from steerclear.cli.at_node import PassphraseFile, Unencrypted

if TYPE_CHECKING:
    from rich.console import Console

    from steerclear.replay.compare import Side
    from steerclear.replay.script import Play
    from steerclear.replay.timeline import EffectSort, Event, Figures, Run

MARKS: Final = {
    "done": " ",
    "refused": "!",
    "derived": "·",
    "alarm": "▲",
    "world": "~",
    "seen": "✓",
    "not-seen": "✗",
}
EFFECTS: Final[dict[EffectSort, str]] = {
    "gate": "findings of the gate",
    "conflict": "conflicts found",
    "duty": "duties owed",
    "rung": "rungs called",
    "late": "duties that came late",
}
STYLES: Final = {
    "refused": "yellow",
    "derived": "dim",
    "alarm": "bold",
    "world": "italic",
    "seen": "green",
    "not-seen": "bold red",
}


def play(
    *,
    given: Annotated[
        str | None, typer.Argument(metavar="[FILE|NAME]", help="A .play file, or the name of a shipped play.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the shipped plays.")] = False,
    case: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Run this case only; may be repeated.")
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Run a past case beside its twin on a line that is only a voice.",
        ),
    ] = None,
    from_record: Annotated[
        Path | None,
        typer.Option(
            metavar="SOURCE",
            help="Write the play of a record: a node's folder, a bundle, or a replica folder.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Where the recorded play goes; else it is printed."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    unencrypted: Unencrypted = False,
    as_json: show.Json = False,
) -> int:
    """Run a play: a whole mechanism in memory on a scripted clock.

    Without a name it lists the shipped plays.
    """
    from steerclear.replay.shelf import choose_cases, open_play

    _log_aside()
    if from_record is not None:
        from steerclear.cli.recording import record_play

        return record_play(from_record, out, passphrase_file, unencrypted=unencrypted, as_json=as_json)
    if compare is not None:
        return _compare(compare, as_json=as_json)
    if given is None or listing:
        return _list(as_json=as_json)
    plays = choose_cases(open_play(given), tuple(_chosen(text) for text in case or ()))
    from steerclear.replay.runner import run_play
    from steerclear.replay.timeline import as_document

    runs = [run_play(one) for one in plays]
    if as_json:
        show.print_json([as_document(run) for run in runs])
    else:
        for run in runs:
            _print(run)
    return 0 if all(run.passed for run in runs) else 1


def _log_aside() -> None:
    """What the machines of a play note for their operators stands beside the story, on standard error."""
    import structlog

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def _list(*, as_json: bool) -> int:
    from steerclear.replay.shelf import shipped_plays

    plays = shipped_plays()
    if as_json:
        show.print_json([{"name": play.name, "title": play.title} for play in plays])
        return 0
    width = max((len(play.name) for play in plays), default=0)
    for play in plays:
        show.say(f"{play.name:<{width}}  {show.printable(play.title)}")
    return 0


def _compare(name: str, *, as_json: bool) -> int:
    """Minutes with and without, and everything that the mechanism did which a telephone does not."""
    from steerclear.replay.compare import compare, rows, side_of

    pairs = compare(name)
    sides = [(side_of(one), side_of(other)) for one, other in pairs]
    if as_json:
        show.print_json([{"with": _side(one), "without": _side(other)} for one, other in sides])
        return 0 if all(run.passed for pair in pairs for run in pair) else 1
    (row,) = (row for row in rows() if row.play == name)
    console = show.console()
    console.print(show.printable(row.case), style="bold")
    console.print(show.printable(f"  what failed: {row.failed}"), style="dim")
    for one, other in sides:
        _print_sides(console, one, other)
    console.print(show.NOT_PERMISSION, style="dim")
    return 0 if all(run.passed for pair in pairs for run in pair) else 1


def _print_sides(console: Console, one: Side, other: Side) -> None:
    case = "".join(f" [{name}={value}]" for name, value in one.case)
    table = show.table(f"measured{case}", "with the mechanism", "on a voice line only")
    for what, minutes in (
        ("minutes to authority", (one.minutes_to_authority, other.minutes_to_authority)),
        ("minutes to halt", (one.minutes_to_halt, other.minutes_to_halt)),
    ):
        table.add_row(what, *("–" if not one.stops else _minutes(value) for value in minutes))
    table.add_row("fired after the call", str(one.fires_after), str(other.fires_after))
    for sort, words in EFFECTS.items():
        table.add_row(words, str(one.count(sort)), str(other.count(sort)))
    console.print(table)
    for effect in one.effects:
        console.print(show.printable(f"  {effect}"), style="dim")


def _side(side: Side) -> dict[str, object]:
    return {
        "play": side.play,
        "case": dict(side.case),
        "minutes_to_authority": side.minutes_to_authority,
        "minutes_to_halt": side.minutes_to_halt,
        "fires_after": side.fires_after,
        "effects": [str(effect) for effect in side.effects],
    }


def _chosen(text: str) -> tuple[str, str]:
    from steerclear.errors import BadInput

    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise BadInput(
            "play-case-option",
            f"“{text[:40]}” does not choose a case.",
            remedy="Write it as --case lead=20.",
        )
    return name, value


def _print(run: Run) -> None:
    console = show.console()
    case = "".join(f"  [{name}={value}]" for name, value in run.play.case)
    console.print(show.printable(f"{run.play.title}{case}"), style="bold")
    console.print(show.printable(f"  {_who_is_there(run.play)}"), style="dim")
    for remark in run.play.remarks:
        who = f" {remark.who}" if remark.who else ""
        console.print(show.printable(f"  {remark.sort}{who}: {remark.text}"), style="dim")
    console.print()
    day = ""
    for event in run.events:
        day = _print_event(console, event, day)
    console.print()
    for failure in run.failures:
        console.print(show.printable(f"line {failure.line}: {failure.text}"), style="bold red")
        console.print(show.printable(f"  expected: {failure.expected}"))
        console.print(show.printable(f"  seen:     {failure.seen}"))
    for figures in run.figures:
        console.print(show.printable(_in_words(figures)))
    missed = len(run.failures)
    verdict = "as the play expects" if run.passed else f"{missed} not as the play expects"
    console.print(f"{run.sights} sights, {verdict}. {show.NOT_PERMISSION}")


def _who_is_there(play: Play) -> str:
    notifiers = "".join(f", notifier {notifier.member}" for notifier in play.notifiers)
    thirds = "".join(f", third {third}" for third in play.thirds)
    return f"{play.mechanism}: parties {' '.join(play.parties)}, host {play.host}{notifiers}{thirds}"


def _in_words(figures: Figures) -> str:
    authority, halt = _minutes(figures.minutes_to_authority), _minutes(figures.minutes_to_halt)
    fires = f"; fired {figures.fires_after} times after it" if figures.fires_after else ""
    return f"{figures.stop}: minutes to authority {authority}, minutes to halt {halt}{fires}"


def _minutes(minutes: float | None) -> str:
    return "never" if minutes is None else f"{minutes:g}"


def _print_event(console: Console, event: Event, day: str) -> str:
    """One line of the timeline, the date above it when it is a new one; gives back the date."""
    from steerclear.model.time import format_instant

    printed = format_instant(event.at)
    today, clock = printed[:10], printed[11:19] + "Z"
    if today != day:
        console.print(today, style="bold")
    indent = "    " if event.sort in ("derived", "alarm") else ""
    words = f"{clock}  {MARKS[event.sort]} {indent}{event.who}: {event.what}"
    console.print(show.printable(words), style=STYLES.get(event.sort, ""))
    return today
