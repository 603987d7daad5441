# SPDX-License-Identifier: Apache-2.0
"""Which commands are there, and how does any of them end?

A command's module is imported only when that command is used, so that ``steerclear --help`` stays quick.
Every command ends here: its status is what it returns (``None`` is 0), a ``SteerclearError`` becomes words
and the status of ``errors.EXIT_STATUS``, an interrupt is quiet 130, a reader that went away is quiet 141.

    0 ok · 1 findings · 2 usage or bad input · 3 unreachable · 4 refused
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from steerclear.cli import show
from steerclear.errors import SteerclearError

__all__ = ["COMMANDS", "main", "root"]

INTERRUPTED: Final = 130
READER_GONE: Final = 141


@dataclass(frozen=True, slots=True)
class Command:
    """``target`` is ``module:name`` below ``steerclear.cli``: a function, or a ``typer.Typer`` of several."""

    target: str
    summary: str


COMMANDS: Final[dict[str, Command]] = {
    "demo": Command("demo:demo", "Three real nodes on this machine, and a story that they play."),
    "doctor": Command("serving:doctor", "Say what this machine has, what it lacks, and the remedy."),
    "init": Command(
        "founding:init",
        "Make a node: its keys, its certificate, its empty record, and the card to hand over.",
    ),
    "found": Command(
        "founding:found", "Put the members' cards into a charter, and begin this node's log with it."
    ),
    "join": Command("founding:join", "Accept a charter: begin this node's log with its hash."),
    "keys": Command("keys:keys", "The root's ceremony, and which keys hold."),
    "serve": Command("serving:serve", "Run the node until it is interrupted."),
    "console": Command("console:console", "Who may sit at the node's console: invite, list, end, confirm."),
    "propose": Command("annexes:propose", "Propose every annex of a template."),
    "ratify": Command("annexes:ratify", "Ratify proposed annexes with the authority key."),
    "annexes": Command(
        "annexes:annexes",
        "The annexes: which hold, what they say, what a new version changes; propose and counter one.",
    ),
    "template": Command(
        "templates:template",
        "The templates that ship: what past mechanisms agreed in public, and our proposals for the rest.",
    ),
    "suspend": Command(
        "annexes:suspend",
        "Suspend the mechanism for our side. STOP, distress and all that is in force go on.",
    ),
    "resume": Command("annexes:resume", "Lower our own flag; nobody else's."),
    "end": Command("annexes:end", "Declare the mechanism ended; it has ended when every party has."),
    "status": Command(
        "looking:status",
        "How the node and its lines are, and what is in force. Exit 1 when something needs a person.",
    ),
    "inbox": Command("looking:inbox", "What I owe, what I am owed, and the notices that concern me."),
    "tracks": Command(
        "tracking:tracks",
        "The live picture: what is seen now, how old it is, and what it warns of. Exit 1 while it warns.",
    ),
    "feeds": Command(
        "tracking:feeds",
        "Where the live picture comes from: each feed, its last good time, and what was dropped and why.",
    ),
    "flies": Command(
        "tracking:flies", "Say which notice of ours a track of ours flies, so that leaving it is noticed."
    ),
    "affairs": Command(
        "looking_on:affairs",
        "What stands beside the notices: watches, sites, standstills, incidents, claims, meetings, drills.",
    ),
    "blind": Command(
        "blind:blind", "Plans that nobody shows: how the checks stand, and what an audit of them needs."
    ),
    "calendar": Command(
        "looking_on:calendar",
        "Save meetings, action items with their dates, agreed line checks and drills as iCalendar (.ics).",
    ),
    "file": Command("filing:file", "File the notices of a GeoJSON file."),
    "read": Command(
        "other_forms:read",
        "Read a NOTAM, KML, HNS sheet or other form into drafts, and say what is in doubt.",
    ),
    "write": Command(
        "other_forms:write",
        "Write a notice as NOTAM, CAP, KML, OpenAir, GPX or HNS sheet; --offer records that it was offered.",
    ),
    "take": Command("filing:take", "Amend a notice by an alternative that its screening offered."),
    "withdraw": Command("filing:withdraw", "Withdraw a notice of yours."),
    "activate": Command("filing:activate", "Say that the area of a notice is hot."),
    "cold": Command("filing:cold", "Say that the area of a notice is cold."),
    "acknowledge": Command("answering:acknowledge", "Acknowledge: received and understood. Not permission."),
    "disseminate": Command("answering:disseminate", "Say that it reached the unit."),
    "unable": Command(
        "answering:unable", "Say that you are unable to keep clear, until when and of which part."
    ),
    "stop": Command("stopping:stop", "Call STOP."),
    "answer": Command("answering:answer", "Answer a STOP with its outcome, or a question of ownership."),
    "close": Command("stopping:close", "Close a STOP that you called."),
    "ownership": Command("stopping:ownership", "Ask whose it is."),
    "say": Command(
        "saying:say",
        "Say anything else: watches, sites, movements, checks, standstills, incidents, meetings, drills.",
    ),
    "signals": Command(
        "signalling:signals",
        "Coded messages: what there is, what each means in six languages, and send, read back, answer.",
    ),
    "bundle": Command("carrying:bundle", "Carry the record by hand: save a bundle, or load one."),
    "receipt": Command(
        "proving:receipt", "Save the proof that a notice is RECORDED by all parties and the host."
    ),
    "reveal": Command(
        "proving:reveal", "Save what a sealed notice says, so that a third person can check that it said so."
    ),
    "checkpoint": Command(
        "comparing:checkpoint",
        "Compare records by telephone: read a log out in 28 words, or check the words that were heard.",
    ),
    "backup": Command(
        "keeping:backup", "Back up a node, running or not, into a new folder, and read the backup back."
    ),
    "restore": Command(
        "keeping:restore", "Bring a node back from a backup. It asks the others before it writes anything."
    ),
    "confirm-log": Command(
        "keeping:confirm_log",
        "Confirm that the node's own log ends where it stands here, when no other member can be asked.",
    ),
    "verify": Command(
        "verifying:verify",
        "Check a record: entries, signatures, trees, cosignatures. Exit 1 and why, if anything fails.",
    ),
    "incident": Command(
        "incident:incident",
        "An incident as one file: what was said, by whom and when, each word with its proof.",
    ),
    "statistics": Command(
        "statistics:statistics",
        "Minutes to acknowledge, to authority and to halt; duties late or missed, conflicts, checks, drills.",
    ),
    "screen": Command("screen:screen", "Check the notices in files against each other; needs no node."),
    "play": Command("play:play", "Run a play: a whole mechanism in memory on a scripted clock."),
}
"""One line a command, in the order of the listing."""


class Commands(TyperGroup):
    """A group that knows its commands by name and imports one only when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is the library's
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            ctx.fail(_no_such_command(cmd_name))
        return _imported(cmd_name, COMMANDS[cmd_name])

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the library's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.summary) for name, command in COMMANDS.items()])

    def invoke(self, ctx: Any) -> None:
        """Run the command and end with its status."""
        try:
            status = super().invoke(ctx)
        except SteerclearError as error:
            show.tell(error, as_json=show.asked_for_json(ctx))
            raise typer.Exit(error.EXIT_STATUS) from error
        except KeyboardInterrupt as interrupt:
            raise typer.Exit(INTERRUPTED) from interrupt
        except BrokenPipeError as gone:
            raise typer.Exit(READER_GONE) from gone
        raise typer.Exit(status or 0)


root: Final = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would be half of the start-up time
)


def _print_version(asked: bool) -> None:  # noqa: FBT001 - the library calls it so
    if asked:
        from importlib.metadata import version  # imported here: it is slow and rarely needed

        show.say(f"steerclear {version('steerclear')}")
        raise typer.Exit


@root.callback()
def steerclear(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit."),
    ] = False,
) -> None:
    """Keep clear of one another through a neutral host. Nothing printed here is permission."""
    # --version has ended the run before it comes here.
    del version


def main() -> None:
    """Run the command line of this process; always raises ``SystemExit``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            root()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at exit; give it somewhere to write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(READER_GONE)


def _imported(name: str, command: Command) -> Any:
    module, _, attribute = command.target.partition(":")
    target = getattr(import_module(f"steerclear.cli.{module}"), attribute)
    if isinstance(target, typer.Typer):
        return get_command(target)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name)(target)
    return get_command(alone)


def _no_such_command(name: str) -> str:
    near = get_close_matches(name, COMMANDS)
    question = f" Did you mean “{near[0]}”?" if near else " See steerclear --help."
    return f"There is no command “{show.printable(name)}”.{question}"
