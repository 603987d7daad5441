# SPDX-License-Identifier: Apache-2.0
"""Is this record what it claims to be? Offline, with no node, no network and no trust in anybody."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from steerclear.cli import show

if TYPE_CHECKING:
    from steerclear.record.report import VerifyReport
    from steerclear.record.statement import Statement

__all__ = ["verify"]

ENTRIES_A_TICK: Final = 1_000
ENTRIES_A_LINE: Final = 100_000


def verify(
    *,
    path: Annotated[
        Path, typer.Argument(help="A node's database, a replica folder, a bundle, a proof, or an opening.")
    ],
    charter: Annotated[
        Path | None,
        typer.Option("--charter", help="The charter; proofs and openings cannot be checked without it."),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            min=1,
            max=64,
            help="How many look at entries; else one for each core if it is long.",
        ),
    ] = None,
    as_json: show.Json = False,
) -> int:
    """Check a record: entries, signatures, trees, cosignatures. Exit 1 and why, if anything fails."""
    from steerclear.cli.founding import read_charter
    from steerclear.services.verify import processes_for, verify_path

    ticks = _Ticks()
    report = verify_path(
        path,
        ticks.tell,
        charter=read_charter(charter) if charter is not None else None,
        processes=processes or processes_for(path),
    )
    ticks.end()
    if as_json:
        show.print_json({"verified": report.is_verified, **dataclasses.asdict(report)})
    else:
        print_report(report)
    return 0 if report.is_verified else 1


class _Ticks:
    """How far it is, on the error output: one line that changes on a terminal, now and then one in a file."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._every = ENTRIES_A_TICK if self._is_terminal else ENTRIES_A_LINE
        self._next = self._every

    def tell(self, done: int) -> None:
        if done >= self._next:
            self._next = done - done % self._every + self._every
            before, after = ("\r", "") if self._is_terminal else ("", "\n")
            sys.stderr.write(f"{before}{done:,} entries checked{after}")
            sys.stderr.flush()

    def end(self) -> None:
        if self._is_terminal:
            sys.stderr.write("\r\033[K")


def print_report(report: VerifyReport) -> None:
    """What was checked, what failed, and what a reader must know."""
    counts = dataclasses.asdict(report.counts)
    verdict = "VERIFIED" if report.is_verified else "NOT VERIFIED"
    show.say(f"{verdict}: “{show.printable(report.name)}”, read from a {report.kind}")
    show.say(f"mechanism {report.mechanism} (compare it by voice)")
    show.say("checked " + ", ".join(f"{count:,} {name}" for name, count in counts.items() if count))
    for log in report.logs:
        show.say(
            f"log {log.member} generation {log.generation}: {log.size:,} entries under {log.root[:16]}…, "
            f"{log.recorded:,} of them RECORDED by all parties and the host"
        )
    for failure in report.failures:
        show.say(show.printable(f"FAILS {failure}"))
    for doubt in report.doubts:
        show.say(show.printable(f"doubt {doubt}"))
    if report.said is not None:
        _print_said(report.said)


def _print_said(said: Statement) -> None:
    """A sealed entry that was opened: who said what. All of it is text of others."""
    desk = f" {said.desk}" if said.desk else ""
    show.say("This is what that sealed entry says, word for word:")
    show.say(f"{said.kind} by {said.author}{desk} to {', '.join(said.to) or 'nobody in particular'}")
    for line in json.dumps(said.body, indent=2, ensure_ascii=False).splitlines():
        show.say(show.printable(line))
