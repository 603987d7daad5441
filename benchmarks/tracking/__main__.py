# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.tracking``: the live picture beside its peers, in the same run, on the same work.

*One core* is the process's own processor time, *on two* the time on the wall with two threads, *named* again
one core, for what a desk is told: names, in order, and what is too near to say settled in rational numbers.
Each is the best of twenty-one; of peers it is one run, by processor time. The pairs of both must be the same;
where they differ, rational numbers say for each pair what is so, and it must lie so near a minimum that a
sphere and an ellipsoid may disagree about it, or the run ends with 1.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.page import table_lines, write_between
from benchmarks.screening.results import load_now, machine, today
from benchmarks.tracking.apart import Apart
from benchmarks.tracking.differences import HEADER as DIFFERENCES
from benchmarks.tracking.differences import Difference, differences
from benchmarks.tracking.hour import close_pairs
from benchmarks.tracking.peers import MiniSky, Pairs, Tree
from benchmarks.tracking.work import (
    NOW,
    ais_bytes,
    areas_of,
    asterix_bytes,
    avr_bytes,
    cot_bytes,
    reports_of,
    sbs_bytes,
)
from steerclear.tracking import AreaWatch, Drift, Minima, Movers, Picture, traffic_of
from steerclear.tracking.ais import AisReader
from steerclear.tracking.asterix import AsterixReader
from steerclear.tracking.cot import CotReader
from steerclear.tracking.feeding import Reader
from steerclear.tracking.mode_s import AvrReader
from steerclear.tracking.sbs import SbsReader
from steerclear.tracking.traffic import pairs_of

_MINIMA: Final = Minima(lateral_mm=9_260_000, vertical_ft=1_000, look_ahead_s=300)
_STANDS: Final = Drift()
_SIZES: Final = ((1_000, 800.0), (5_000, 800.0), (20_000, 800.0), (100_000, 4_000.0))
_PEERS_UP_TO: Final = 20_000
_NUMPY_UP_TO: Final = 1_000
"""BlueSky's numpy makes some twenty matrices of all pairs: 5,000 tracks need 4 GB and 20 s."""
_HEADER: Final = (
    "work", "one core", "on two, wall", "named", "found", "beside", "found there", "times faster", "to reach"
)  # fmt: skip
_TIMES: Final = 21
_CHUNK: Final = 1 << 16

Line = tuple[str, ...]


class _Took(NamedTuple):
    """Milliseconds: of a core, and on the wall."""

    core: float
    wall: float


class Differ(Exception):
    """A peer found another pair, and no minimum is near it."""


def bench(
    *,
    up_to: Annotated[int, typer.Option(help="The largest number of tracks.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed is other work.")] = 8,
    apart: Annotated[bool, typer.Option(help="Beside BlueSky and traffic, too (build/peers).")] = True,
    differ: Annotated[
        Path | None, typer.Option(help="Write each pair that a peer has otherwise, and why, to this file.")
    ] = None,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/benchmarks.md.")] = False,
) -> None:
    """Measure the live picture beside MiniSky, BlueSky, traffic and Shapely."""
    console, load = Console(width=160), load_now()
    shown = Table()
    for name in _HEADER:
        shown.add_column(name, justify="left" if name in ("work", "beside", "to reach") else "right")
    lines: list[Line] = []
    told: list[Difference] = []
    try:
        for line in _lines(up_to, seed, _apart(console) if apart else None, told):
            lines.append(line)
            shown.add_row(*line)
    except Differ as unexplained:
        console.print(f"[bold red]{unexplained}[/]")
        raise typer.Exit(1) from None
    finally:
        if differ is not None:
            rows = [DIFFERENCES, *(one.words() for one in told)]
            differ.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    console.print(shown)
    if write_docs:
        here = machine()
        head = (
            f"{today()}: {here.processor}, {here.cores} cores, {here.memory_gib} GiB, {here.system}, "
            f"Python {here.python}; load {load:.1f} before the run."
        )
        text = "\n".join([head, "", *table_lines(_HEADER, lines), ""])
        console.print(f"written: {write_between(Path(__file__).parents[2] / 'docs', 'tracking', text)}")


def _apart(console: Console) -> Apart | None:
    try:
        return Apart()
    except (OSError, subprocess.SubprocessError) as error:
        console.print(f"[yellow]BlueSky and traffic cannot be installed here: {error}[/]")
        return None


def _lines(up_to: int, seed: int, apart: Apart | None, told: list[Difference]) -> Iterator[Line]:
    minisky = MiniSky()
    for count, side_km in _SIZES:
        if count <= up_to:
            yield from _traffic(count, side_km, seed, minisky, apart, told)
    if up_to >= _SIZES[-1][0]:
        yield _areas(100_000, 10_000, 4_000.0, seed)
    if apart is not None:
        yield _hour(apart)
    yield _feed("SBS, 200,000 lines", SbsReader, sbs_bytes(200_000), 200_000, "≥ 100,000 lines/s")
    yield _feed("CoT, 20,000 events", CotReader, cot_bytes(20_000), 20_000, "≥ 10,000 events/s")
    for category in (21, 62):
        name, made = f"ASTERIX {category}, 200,000 records", asterix_bytes(200_000, category)
        yield _feed(name, AsterixReader, made, 200_000, "≥ 100,000 records/s")
    yield _feed("raw Mode S (AVR), 20,000 replies", AvrReader, avr_bytes(20_000), 20_000, "")
    yield _feed("AIS, 20,000 sentences", AisReader, ais_bytes(20_000), 20_000, "")


def _moved(count: int, side_km: float, seed: int) -> tuple[Any, Movers]:
    reports, picture = reports_of(count, side_km, seed), Picture()
    picture.take(reports, NOW)
    return reports, picture.movers(NOW, _STANDS)


def _traffic(
    count: int, side_km: float, seed: int, minisky: MiniSky, apart: Apart | None, told: list[Difference]
) -> Iterator[Line]:
    reports, movers = _moved(count, side_km, seed)
    alone = _best(lambda: pairs_of(movers, _MINIMA))
    both = _best(lambda: pairs_of(movers, _MINIMA, threads=2))
    named = _best(lambda: traffic_of(movers, _MINIMA))
    found = _names(movers, _MINIMA)
    name = f"{count:,} tracks on {side_km:,.0f} km, all pairs"
    ours = (f"{alone.core:.2f} ms", f"{both.wall:.2f} ms", f"{named.core:.2f} ms", f"{len(found):,}")
    goal = {20_000: "≤ 60 ms on two, ≥ 100×", 100_000: "≤ 120 ms on two", 1_000: "≥ 20×"}
    if count > _PEERS_UP_TO:
        yield name, *ours, "", "", "", goal.get(count, "")
        return

    def beside(peer: str, theirs_ms: float, theirs: Pairs) -> Line:
        words = _explained(list(differences(movers, found, theirs, _MINIMA, peer)), told)
        there = f"{len(theirs):,} ({words})"
        ratio = f"{theirs_ms / named.core:,.0f}"
        return name, *ours, f"{peer}: {theirs_ms:,.1f} ms", there, ratio, goal.get(count, "")

    traffic, kept = minisky.made(reports), list[Any]()
    took_ms = _best(lambda: kept.append(minisky.pairs(traffic, _MINIMA)), 1).core
    yield beside(f"{minisky.name} {minisky.version}", took_ms, minisky.names(kept[-1]))
    for way in ("numpy", "c++") if apart is not None else ():
        if apart is not None and (way == "c++" or count <= _NUMPY_UP_TO):
            answer = apart.bluesky(reports, _MINIMA, way)
            yield beside(answer.name, answer.ms, answer.pairs)


def _names(movers: Movers, minima: Minima) -> set[tuple[str, str]]:
    return {(loss.one, loss.other) for loss in traffic_of(movers, minima).losses}


def _explained(found: list[Difference], told: list[Difference]) -> str:
    """How many pairs differ, by why. Raises ``Differ`` when one is near no minimum."""
    told += found
    if wrong := [one.pair for one in found if not one.why]:
        raise Differ(f"{len(wrong)} pairs differ that are near no minimum, {wrong[:3]} among them")
    touching = sum(one.why.startswith("at exactly") for one in found)
    return f"{touching} at exactly 1,000 ft, {len(found) - touching} near another minimum"


def _hour(apart: Apart) -> Line:
    hour, answer = apart.traffic(_MINIMA)
    kept: list[Pairs] = []
    ours_ms = _best(lambda: kept.append(close_pairs(hour, _MINIMA)), 3).core
    ours, seconds = kept[-1], len(set(hour.second.tolist()))
    missed = answer.pairs - ours
    if missed:
        raise Differ(f"{len(missed)} pairs of the hour are missed: {sorted(missed)[:3]}")
    return (
        f"an hour of traffic's sample: {len(hour.names)} aircraft, {len(hour.which):,} places, {seconds:,} s",
        f"{ours_ms:,.1f} ms",
        "",
        "",
        f"{len(ours):,}",
        f"{answer.name}: {answer.ms:,.0f} ms",
        f"{len(answer.pairs):,} (none of them missed)",
        f"{answer.ms / ours_ms:,.0f}",
        "≥ 500×",
    )


def _areas(count: int, areas: int, side_km: float, seed: int) -> Line:
    reports, movers = _moved(count, side_km, seed)
    filed, tree = areas_of(areas, side_km, seed + 1), Tree()
    watch, index = AreaWatch(filed, NOW), tree.made(filed)
    alone = _best(lambda: watch.pairs(movers, _MINIMA.look_ahead_s))
    both = _best(lambda: watch.pairs(movers, _MINIMA.look_ahead_s, threads=2))
    named = _best(lambda: watch.entries(movers, _MINIMA.look_ahead_s), 7)
    found = watch.entries(movers, _MINIMA.look_ahead_s)
    kept: list[int] = []
    theirs_ms = _best(lambda: kept.append(tree.pairs(index, reports, movers, _MINIMA.look_ahead_s)), 1).core
    return (
        f"{count:,} tracks × {areas:,} areas, with times",
        f"{alone.core:.2f} ms",
        f"{both.wall:.2f} ms",
        f"{named.core:.2f} ms",
        f"{len(found.entries):,}",
        f"{tree.name} {tree.version}: {theirs_ms:,.1f} ms",
        f"{kept[-1]:,} (whether, not when)",
        f"{theirs_ms / alone.core:,.0f}",
        "≤ 80 ms on two",
    )


def _feed(name: str, reader: Callable[[], Reader], stream: bytes, pieces: int, goal: str) -> Line:
    counts: list[int] = []

    def read() -> None:
        one = reader()
        heard = [one.feed(stream[at : at + _CHUNK], NOW) for at in range(0, len(stream), _CHUNK)]
        counts.append(sum(len(part.reports) for part in heard))

    took_ms = _best(read, 3).core
    return name, f"{pieces / took_ms * 1000:,.0f}/s", "", "", f"{counts[-1]:,} reports", "", "", "", goal


def _best(run: Callable[[], Any], times: int = _TIMES) -> _Took:
    """The best of each clock by itself: the first run warms, unless it is the only one."""
    core = wall = float("inf")
    for attempt in range(times + (times > 1)):
        begun, begun_wall = time.process_time(), time.perf_counter()
        run()
        took, took_wall = time.process_time() - begun, time.perf_counter() - begun_wall
        if attempt or times == 1:
            core, wall = min(core, took), min(wall, took_wall)
    return _Took(core * 1000, wall * 1000)


if __name__ == "__main__":
    typer.run(bench)
