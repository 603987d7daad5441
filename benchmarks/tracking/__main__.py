# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.tracking``: the live picture beside its peers, in the same run, on the same work.

Times are the process's own processor time, best of five (peers: of one). The pairs of both must be the same;
where they differ, a pair must lie so near a minimum that a sphere and an ellipsoid may disagree about it, or
the run ends with 1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.page import table_lines, write_between
from benchmarks.screening.results import load_now, machine, today
from benchmarks.tracking.peers import MiniSky, Tree
from benchmarks.tracking.work import NOW, areas_of, cot_bytes, reports_of, sbs_bytes
from steerclear.tracking import AreaWatch, Drift, Minima, Movers, Picture, traffic_of
from steerclear.tracking.cot import CotReader
from steerclear.tracking.feeding import Reader
from steerclear.tracking.sbs import SbsReader
from steerclear.tracking.traffic import pairs_of

_MINIMA: Final = Minima(lateral_mm=9_260_000, vertical_ft=1_000, look_ahead_s=300)
_STANDS: Final = Drift()
_SIZES: Final = ((1_000, 800.0), (5_000, 800.0), (20_000, 800.0), (100_000, 4_000.0))
_PEERS_UP_TO: Final = 20_000
_HEADER: Final = ("work", "Steerclear", "found", "beside", "found there", "times faster", "to reach")
_CHUNK: Final = 1 << 16

Line = tuple[str, ...]


class Differ(Exception):
    """A peer found another pair, and no minimum is near it."""


def bench(
    *,
    up_to: Annotated[int, typer.Option(help="The largest number of tracks.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed is other work.")] = 8,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/benchmarks.md.")] = False,
) -> None:
    """Measure the live picture beside MiniSky and Shapely."""
    console, load = Console(width=160), load_now()
    shown = Table()
    for name in _HEADER:
        shown.add_column(name, justify="left" if name in ("work", "beside", "to reach") else "right")
    lines = []
    try:
        for line in _lines(up_to, seed):
            lines.append(line)
            shown.add_row(*line)
    except Differ as differ:
        console.print(f"[bold red]{differ}[/]")
        raise typer.Exit(1) from None
    console.print(shown)
    if write_docs:
        here = machine()
        head = (
            f"{today()}: {here.processor}, {here.cores} cores, {here.memory_gib} GiB, {here.system}, "
            f"Python {here.python}; load {load:.1f} before the run."
        )
        text = "\n".join([head, "", *table_lines(_HEADER, lines), ""])
        console.print(f"written: {write_between(Path(__file__).parents[2] / 'docs', 'tracking', text)}")


def _lines(up_to: int, seed: int) -> Iterator[Line]:
    minisky = MiniSky()
    for count, side_km in _SIZES:
        if count <= up_to:
            yield _traffic(count, side_km, seed, minisky if count <= _PEERS_UP_TO else None)
    if up_to >= _SIZES[-1][0]:
        yield _areas(100_000, 10_000, 4_000.0, seed)
    yield _feed("SBS, 200,000 lines", SbsReader, sbs_bytes(200_000), 200_000, "≥ 100,000 lines/s")
    yield _feed("CoT, 20,000 events", CotReader, cot_bytes(20_000), 20_000, "≥ 10,000 events/s")


def _moved(count: int, side_km: float, seed: int) -> tuple[Any, Movers]:
    reports, picture = reports_of(count, side_km, seed), Picture()
    picture.take(reports, NOW)
    return reports, picture.movers(NOW, _STANDS)


def _traffic(count: int, side_km: float, seed: int, peer: MiniSky | None) -> Line:
    reports, movers = _moved(count, side_km, seed)
    ours_ms = _best_ms(lambda: pairs_of(movers, _MINIMA), 5)
    slabs_ms = _best_ms(lambda: pairs_of(movers, _MINIMA, threads=2), 5)
    found = _names(movers, _MINIMA)
    name = f"{count:,} tracks on {side_km:,.0f} km, all pairs"
    ours = f"{ours_ms:.1f} ms, {slabs_ms:.1f} on two"
    goal = {20_000: "≤ 60 ms wall on 2 cores, ≥ 100×", 100_000: "≤ 120 ms wall on 2 cores", 1_000: "≥ 20×"}
    if peer is None:
        return name, ours, f"{len(found):,}", "", "", "", goal.get(count, "")
    traffic = peer.made(reports)
    kept: list[Any] = []
    theirs_ms = _best_ms(lambda: kept.append(peer.pairs(traffic, _MINIMA)), 1)
    theirs = peer.names(kept[-1])
    tall, differ = _unexplained(movers, found, theirs)
    beside = f"{peer.name} {peer.version}: {theirs_ms:,.1f} ms"
    there = f"{len(theirs):,} ({tall} at exactly 1,000 ft, {differ} within 1 % of a minimum)"
    return name, ours, f"{len(found):,}", beside, there, f"{theirs_ms / ours_ms:,.0f}", goal.get(count, "")


def _names(movers: Movers, minima: Minima) -> set[tuple[str, str]]:
    return {(loss.one, loss.other) for loss in traffic_of(movers, minima).losses}


def _unexplained(movers: Movers, ours: set[tuple[str, str]], theirs: set[tuple[str, str]]) -> tuple[int, int]:
    """How many differ: because exactly at the vertical minimum is a conflict there, and for other reasons.

    A sphere of mean radius is up to half of a percent off, in distance and so in time."""
    wide = _names(
        movers,
        replace(
            _MINIMA,
            lateral_mm=_MINIMA.lateral_mm * 101 // 100 + 800_000,
            vertical_ft=_MINIMA.vertical_ft + 1,
            look_ahead_s=_MINIMA.look_ahead_s + 3,
        ),
    )
    narrow = _names(
        movers,
        replace(
            _MINIMA,
            lateral_mm=_MINIMA.lateral_mm * 99 // 100 - 800_000,
            vertical_ft=_MINIMA.vertical_ft - 1,
            look_ahead_s=_MINIMA.look_ahead_s - 3,
        ),
    )
    if wrong := (theirs - wide) | (narrow - theirs):
        raise Differ(f"{len(wrong)} pairs differ that are near no minimum, {sorted(wrong)[:3]} among them")
    exactly = (theirs - ours) & _names(movers, replace(_MINIMA, vertical_ft=_MINIMA.vertical_ft + 1))
    return len(exactly), len(ours ^ theirs) - len(exactly)


def _areas(count: int, areas: int, side_km: float, seed: int) -> Line:
    reports, movers = _moved(count, side_km, seed)
    filed, tree = areas_of(areas, side_km, seed + 1), Tree()
    watch, index = AreaWatch(filed, NOW), tree.made(filed)
    ours_ms = _best_ms(lambda: watch.pairs(movers, _MINIMA.look_ahead_s), 5)
    both_ms = _best_ms(lambda: watch.pairs(movers, _MINIMA.look_ahead_s, threads=2), 5)
    found = watch.entries(movers, _MINIMA.look_ahead_s)
    kept: list[int] = []
    theirs_ms = _best_ms(lambda: kept.append(tree.pairs(index, reports, movers, _MINIMA.look_ahead_s)), 1)
    return (
        f"{count:,} tracks × {areas:,} areas, with time and place",
        f"{ours_ms:.1f} ms, {both_ms:.1f} on two",
        f"{len(found.entries):,}",
        f"{tree.name} {tree.version}: {theirs_ms:,.1f} ms",
        f"{kept[-1]:,} (whether, not when)",
        f"{theirs_ms / ours_ms:,.0f}",
        "≤ 80 ms wall on 2 cores",
    )


def _feed(name: str, reader: Callable[[], Reader], stream: bytes, pieces: int, goal: str) -> Line:
    counts: list[int] = []

    def read() -> None:
        one = reader()
        heard = [one.feed(stream[at : at + _CHUNK], NOW) for at in range(0, len(stream), _CHUNK)]
        counts.append(sum(len(part.reports) for part in heard))

    took_ms = _best_ms(read, 3)
    return name, f"{pieces / took_ms * 1000:,.0f}/s", f"{counts[-1]:,} reports", "", "", "", goal


def _best_ms(run: Callable[[], Any], times: int) -> float:
    best = float("inf")
    for attempt in range(times + (times > 1)):
        begun = time.process_time()
        run()
        if attempt or times == 1:  # the first warms
            best = min(best, time.process_time() - begun)
    return best * 1000


if __name__ == "__main__":
    typer.run(bench)
