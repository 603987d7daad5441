# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.screening``: measure the screening engine beside its peers, print, keep and draw."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.screening.document import write_document
from benchmarks.screening.report import print_report
from benchmarks.screening.results import Results, disagreements, load_now, machine, today
from benchmarks.screening.run import ROWS, Plan, Run

_ALIASES = {"query": "standing", "insert": "standing", "memory": "standing"}
_SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_IN_A_FILE = 180
"""Columns when nobody's terminal says how many."""
_POLYGON_SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
_QUICK = 30_000


def bench(
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(help="start, pairs, standing (query, insert, memory), polygon-query, polygons."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Up to 30,000 only: does everything work?")] = False,
    up_to: Annotated[int, typer.Option(help="The largest size.")] = 1_000_000,
    cap: Annotated[int, typer.Option(help="Seconds that one measurement may take.")] = 120,
    budget: Annotated[int, typer.Option(help="Seconds after which nothing new is begun.")] = 870,
    seed: Annotated[int, typer.Option(help="Another seed is other work.")] = 4,
    json: Annotated[Path | None, typer.Option(help="Keep the figures here, after every measurement.")] = None,
    write_docs: Annotated[
        bool, typer.Option("--write-docs", help="Write docs/benchmarks.md and its pictures.")
    ] = False,
    from_json: Annotated[
        Path | None, typer.Option("--from", help="Measure nothing: print or write what was kept.")
    ] = None,
) -> None:
    """Measure the screening engine beside its peers, on the same work in the same run."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_IN_A_FILE)
    if from_json is None:
        # Whoever ends the run ends its server and its child too, and leaves no folder.
        signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(143))
        results = Results(machine(), today(), seed, cap, load_now())
        plan = _plan(only, seed=seed, cap=cap, budget=budget, largest=_QUICK if quick else up_to)
        Run(plan, results, console, json).run()
    else:
        results = Results.load(from_json)
    print_report(results, console)
    if write_docs:
        for path in write_document(results, Path(__file__).parents[2] / "docs"):
            console.print(f"written: {path}")
    faults = list(disagreements(results))
    for fault in faults:
        console.print(f"[bold red]{fault}[/]")
    raise typer.Exit(1 if faults else 0)


def _plan(only: list[str] | None, *, seed: int, cap: int, budget: int, largest: int) -> Plan:
    wanted = {_ALIASES.get(name, name) for name in only or ROWS}
    if unknown := wanted - set(ROWS):
        raise typer.BadParameter(f"no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    sizes = tuple(size for size in _SIZES if size <= largest) or (largest,)
    return Plan(
        seed=seed,
        rows=tuple(row for row in ROWS if row in wanted),
        sizes=sizes,
        polygon_sizes=tuple(size for size in _POLYGON_SIZES if size <= largest) or sizes,
        standing=sizes[-1],
        questions=20_000,
        newcomers=max(sizes[-1] // 50, 1_000),
        polygon_questions=2_000,
        cap_s=cap,
        budget_s=budget,
    )


if __name__ == "__main__":
    typer.run(bench)
