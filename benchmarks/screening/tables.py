# SPDX-License-Identifier: Apache-2.0
"""The figures as tables, for terminal and document alike: who took how long, and how many times ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.screening.peers.registry import BOXES, ENTRANTS, OURS, POLYGON_QUERIES, POLYGONS, STANDING
from benchmarks.screening.results import Measured, Results

__all__ = ["Sheet", "sheets"]

_OURS_EXACT: Final = POLYGONS[0]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of words. ``notes`` stand below it, one line each: what was not run, and why."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def sheets(results: Results) -> Iterator[Sheet]:
    """Every table for which something was measured; the goals come first."""
    goals = tuple(_goals(results))
    if goals:
        yield Sheet("What was to be reached", ("", "measured", "best peer, same run", "to reach"), goals, ())
    if results.sizes("pairs"):
        yield _by_size(results, "pairs", BOXES, "All pairs of boxes, build included", "pairs")
    if results.sizes("standing"):
        yield _standing(results)
    if results.sizes("polygon-query"):
        yield _polygon_queries(results)
    if results.sizes("polygons"):
        yield _by_size(
            results, "polygons", POLYGONS, "All conflicts of geodesic polygons, exactly", "conflicts"
        )
    if results.sizes("settle"):
        yield _settled(results)
    if results.sizes("start"):
        yield _start(results)


# ------------------------------------------------------------------------------------------------- goals


def _goals(results: Results) -> Iterator[tuple[str, ...]]:
    yield from _goal_of_pairs(results)
    yield from _goals_of_standing(results)
    yield from _goals_of_polygons(results)


def _goal_of_pairs(results: Results) -> Iterator[tuple[str, ...]]:
    for size in results.sizes("pairs")[-1:]:
        ours, peer = _ours_and_best(results, "pairs", OURS, BOXES, size, "seconds")
        if ours:
            took = ours.figures["seconds"]
            yield (
                f"all pairs of {size:,} boxes, build included",
                f"{seconds(took)}: {_times(peer, 'seconds', took)}",
                _named(peer, "seconds", seconds),
                "≥ 15× python-prtree at 1,000,000",
            )


def _goals_of_standing(results: Results) -> Iterator[tuple[str, ...]]:
    for size in results.sizes("standing")[-1:]:
        for what, name, goal in (
            ("one box query, one by one, p50 / p99", "query", "≤ 60 / 250 µs"),
            ("one box query, in batch, p50 / p99", "batch", "≤ 15 / 60 µs"),
            ("insert, mean", "insert", "≤ 10 µs"),
        ):
            figure = f"{name}_mean_us" if name == "insert" else f"{name}_p50_us"
            ours, peer = _ours_and_best(results, "standing", OURS, STANDING, size, figure)
            if ours:
                shown = _spread if name != "insert" else _mean
                yield (
                    f"{what}, {size:,} boxes",
                    shown(ours, name),
                    f"{ENTRANTS[peer.entrant].title} {shown(peer, name)}" if peer else "–",
                    goal,
                )
        ours, peer = _ours_and_best(results, "standing", OURS, STANDING, size, "resident_bytes_each")
        if ours:
            own = ours.figures["own_bytes_each"]
            yield (
                f"memory a box, {size:,} boxes",
                f"{own:,.0f} bytes ({ours.figures['resident_bytes_each']:,.0f} resident)",
                _named(peer, "resident_bytes_each", lambda value: f"{value:,.0f} bytes resident"),
                "≤ 600 bytes",
            )


def _goals_of_polygons(results: Results) -> Iterator[tuple[str, ...]]:
    for size in results.sizes("polygon-query")[-1:]:
        ours, peer = _ours_and_best(
            results, "polygon-query", _OURS_EXACT, POLYGON_QUERIES, size, "query_p50_us"
        )
        if ours:
            best = f"{ENTRANTS[peer.entrant].title} {_spread(peer, 'query')}" if peer else "–"
            what = f"one exact polygon query, p50 / p99, {size:,} polygons"
            yield what, _spread(ours, "query"), best, "≤ 100 µs / 1 ms"
    for size in results.sizes("polygons")[-1:]:
        ours, peer = _ours_and_best(results, "polygons", _OURS_EXACT, POLYGONS, size, "seconds")
        if ours:
            took = ours.figures["seconds"]
            yield (
                f"all exact conflicts of {size:,} polygons",
                f"{seconds(took)}: {_times(peer, 'seconds', took)}",
                _named(peer, "seconds", seconds),
                "≤ 12 s at 1,000,000",
            )


def _ours_and_best(
    results: Results, row: str, ours: str, everybody: Sequence[str], size: int, figure: str
) -> tuple[Measured | None, Measured | None]:
    found = [results.of(row, name, size) for name in everybody if not name.startswith("ours")]
    peers = [each for each in found if each is not None and figure in each.figures]
    return results.of(row, ours, size), min(peers, key=lambda each: each.figures[figure], default=None)


def _named(peer: Measured | None, figure: str, shown: Callable[[float], str]) -> str:
    if peer is None:
        return "–"
    return f"{ENTRANTS[peer.entrant].title} {shown(peer.figures[figure])}"


def _times(peer: Measured | None, figure: str, ours: float) -> str:
    return "no peer ran" if peer is None else f"{_ratio(peer.figures[figure] / ours)}× as fast"


# ------------------------------------------------------------------------------------------- whole tables


def _by_size(results: Results, row: str, everybody: Sequence[str], title: str, what: str) -> Sheet:
    sizes = results.sizes(row)
    lines = []
    for name in everybody:
        cells = [_seconds_and_ratio(results, row, everybody[0], name, size) for size in sizes]
        lines.append((ENTRANTS[name].title, ENTRANTS[name].works, *cells, _busy(results, row, name, sizes)))
    found = [_found(results, row, everybody, size) for size in sizes]
    lines.append((f"{what} found", "", *found, ""))
    header = ("", "", *(f"{size:,}" for size in sizes), "cores busy")
    return Sheet(title, header, tuple(lines), tuple(_not_run(results, row)))


def _seconds_and_ratio(results: Results, row: str, ours: str, name: str, size: int) -> str:
    each, base = results.of(row, name, size), results.of(row, ours, size)
    if each is None:
        return "–"
    took = each.figures["seconds"]
    if base is None or name == ours:
        return seconds(took)
    return f"{seconds(took)} ({_ratio(took / base.figures['seconds'])}×)"


def _busy(results: Results, row: str, name: str, sizes: Sequence[int]) -> str:
    """Processor seconds by wall seconds, at the largest size that it ran at."""
    ran = [each for size in sizes if (each := results.of(row, name, size)) is not None]
    if not ran:
        return "–"
    if name == "postgis":
        return "its server's"
    return f"{ran[-1].figures['processor_s'] / ran[-1].figures['seconds']:.1f}"


def _found(results: Results, row: str, everybody: Sequence[str], size: int) -> str:
    counts = {
        int(each.figures["count"]) for name in everybody if (each := results.of(row, name, size)) is not None
    }
    return " or ".join(f"{count:,}" for count in sorted(counts)) or "–"


def _standing(results: Results) -> Sheet:
    size = results.sizes("standing")[-1]
    lines = []
    for name in STANDING:
        each = results.of("standing", name, size)
        if each is None:
            continue
        figures = each.figures
        lines.append(
            (
                ENTRANTS[name].title,
                seconds(figures["build_s"]),
                _spread(each, "query"),
                _spread(each, "batch"),
                micros(figures["batch_whole_us"]),
                f"{_spread(each, 'insert')}, {_mean(each, 'insert')}"
                if "insert_p50_us" in figures
                else "static",
                _bytes(figures),
                f"{figures['query_hits']:,.0f}",
            )
        )
    header = (
        "",
        "build",
        "query, one by one: p50 / p99",
        "in calls of 200: p50 / p99",
        "all in one call: each",
        "insert: p50 / p99, mean",
        "bytes a box",
        "hits of the first 500",
    )
    title = f"An index that stands: {size:,} boxes"
    return Sheet(title, header, tuple(lines), tuple(_not_run(results, "standing")))


def _bytes(figures: dict[str, float]) -> str:
    if "resident_bytes_each" not in figures:
        return f"{figures['own_bytes_each']:,.0f} in its tables"
    resident = f"{figures['resident_bytes_each']:,.0f} resident"
    return (
        f"{resident}, {figures['own_bytes_each']:,.0f} counted" if "own_bytes_each" in figures else resident
    )


def _polygon_queries(results: Results) -> Sheet:
    size = results.sizes("polygon-query")[-1]
    lines = []
    for name in POLYGON_QUERIES:
        each = results.of("polygon-query", name, size)
        if each is not None:
            asked = f"{each.figures['query_asked']:,.0f}"
            hits = f"{each.figures['query_hits']:,.0f}"
            build = seconds(each.figures["build_s"])
            works = ENTRANTS[name].works
            lines.append((ENTRANTS[name].title, works, build, _spread(each, "query"), asked, hits))
    header = ("", "", "build", "query: p50 / p99", "asked", "hits of the first 500")
    title = f"One exact polygon query among {size:,} polygons"
    return Sheet(title, header, tuple(lines), tuple(_not_run(results, "polygon-query")))


def _settled(results: Results) -> Sheet:
    lines = []
    for size in results.sizes("settle"):
        for name in POLYGONS[1:]:
            each = results.of("settle", name, size)
            if each is not None:
                lines.append((f"{size:,}", ENTRANTS[name].title, *_verdicts(each.figures)))
    header = (
        "polygons",
        "peer",
        "only we found",
        "rightly",
        "wrongly",
        "only the peer found",
        "rightly",
        "wrongly",
        "closer than 1 mm",
    )
    return Sheet(
        "Where the pairs differ, and who was right", header, tuple(lines), tuple(_not_run(results, "settle"))
    )


def _verdicts(figures: dict[str, float]) -> Iterator[str]:
    names = (
        ("only_ours",),
        ("only_ours, conflict",),
        ("only_ours, none",),
        ("only_theirs",),
        ("only_theirs, conflict",),
        ("only_theirs, none",),
        ("only_ours, too near to tell", "only_theirs, too near to tell"),
    )
    return (f"{sum(figures.get(name, 0) for name in each):,.0f}" for each in names)


def _start(results: Results) -> Sheet:
    shown = (_ready(results.of("start", f"{_OURS_EXACT}, {times}", 0)) for times in ("cold", "cached"))
    header = ("", "nothing cached: compiled", "loaded from the cache")
    row = ("Steerclear, from import to the first answer", *shown)
    return Sheet("Before the first question", header, (row,), tuple(_not_run(results, "start")))


def _ready(each: Measured | None) -> str:
    if each is None:
        return "–"
    figures = each.figures
    return f"{seconds(figures['ready_s'])} ({seconds(figures['ready_processor_s'])} of processor)"


def _not_run(results: Results, row: str) -> Iterator[str]:
    for each in results.measured:
        if each.row == row and each.because:
            known = ENTRANTS.get(each.entrant)
            yield f"{known.title if known else each.entrant}, {each.size:,}: {each.because}"


# -------------------------------------------------------------------------------------------------- words


def seconds(value: float) -> str:
    """Three digits; milliseconds below one second."""
    return f"{value * 1e3:.3g} ms" if value < 1.0 else f"{_three(value)} s"


def micros(value: float) -> str:
    return f"{_three(value)} µs" if value < 10_000 else f"{_three(value / 1e3)} ms"


def _three(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ratio(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _spread(each: Measured, name: str) -> str:
    return f"{micros(each.figures[f'{name}_p50_us'])} / {micros(each.figures[f'{name}_p99_us'])}"


def _mean(each: Measured, name: str) -> str:
    return micros(each.figures[f"{name}_mean_us"])
