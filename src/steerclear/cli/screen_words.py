# SPDX-License-Identifier: Apache-2.0
"""How is a screening said: in sentences for an officer, and as JSON for a machine?

A gap is printed rounded down, so that it is never overstated; negative is overlap.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import floor
from typing import Any, Final

from rich.text import Text

from steerclear.cli import screen_ways, show
from steerclear.cli.screen_work import MOST_WITH_ALTERNATIVES, Instead, Report
from steerclear.model.finding import Conflict, SeparationMinima, Undetermined
from steerclear.model.notice import Notice
from steerclear.model.time import format_zulu
from steerclear.screening.screen import PairFinding

__all__ = ["as_json", "show_report"]

NAUTICAL_MILE_MM: Final = 1_852_000
STYLES: Final = {"CONFLICT": "bold red", "UNDETERMINED": "bold yellow", "NO CONFLICT KNOWN": "bold"}
INDENT: Final = " " * 14


def as_json(report: Report) -> dict[str, Any]:
    """The report as one JSON document; see ``docs/screen.md``."""
    document: dict[str, Any] = {
        "volumes": report.screening.volumes,
        "conflicts": [_conflict_json(pair, report) for pair in report.screening.conflicts],
        "undetermined": [_undetermined_json(pair) for pair in report.screening.undetermined],
    }
    if report.alternatives is None:
        document["alternatives_left_out"] = _left_out()
    elif report.every_way:
        document["not_offered"] = [
            {"move": ref, "way": answer.way.value, "because": answer.why.value}
            for ref, found in report.alternatives.items()
            for answer in screen_ways.not_offered(found)
        ]
    return document


def show_report(report: Report) -> None:
    """The report on stdout."""
    console = show.console()
    for line in _lines(report):
        console.print(line)


def _conflict_json(pair: PairFinding, report: Report) -> dict[str, Any]:
    finding = _conflict(pair)
    return {
        **_pair_json(pair),
        "lateral_gap_m": _rounded_down_m(finding.lateral_gap_m),
        "vertical_gap_ft": finding.vertical_gap_ft,
        "time_gap_s": finding.time_gap_s,
        "first_at": format_zulu(finding.first_at_s),
        "alternatives": [
            move for found, volume in _instead_of(pair, report) for move in _moves_json(found, volume)
        ],
    }


def _undetermined_json(pair: PairFinding) -> dict[str, Any]:
    return {**_pair_json(pair), "because": _undetermined(pair).because}


def _pair_json(pair: PairFinding) -> dict[str, Any]:
    """The ids, and which volume of each where a notice has several (counted from 1, as in ``part``)."""
    named: dict[str, Any] = {"a": pair.a.ref, "b": pair.b.ref}
    if len(pair.a.volumes) > 1:
        named["part_a"] = pair.volume_a + 1
    if len(pair.b.volumes) > 1:
        named["part_b"] = pair.volume_b + 1
    return named


def _moves_json(found: Instead, volume: int) -> Iterator[dict[str, Any]]:
    """All volumes of a notice move together; the band is that of the volume in conflict."""
    if found.every is not None:
        yield from (screen_ways.as_json(found.notice.ref, offer, volume) for offer in found.every.offers)
        return
    if found.start is not None:
        yield {"move": found.notice.ref, "start": format_zulu(found.start.notice.span.start_s)}
    if found.band is not None:
        band = found.band.notice.volumes[volume].band
        yield {
            "move": found.notice.ref,
            **screen_ways.band_json(band),
        }


def _lines(report: Report) -> Iterator[Text]:
    yield _headline(report)
    if report.found_something:
        yield Text(f"A conflict is {_minima(report.minima)}.")
    for pair in report.screening.conflicts:
        yield Text()
        yield from _conflict_lines(pair, report)
    for pair in report.screening.undetermined:
        yield Text()
        yield _styled("UNDETERMINED", f"  {_both(pair)}: {show.printable(_undetermined(pair).because)}.")
    if report.alternatives is None:
        yield Text(f"\n{_left_out()}")
    yield Text(f"\n{show.NOT_PERMISSION}")


def _headline(report: Report) -> Text:
    """The worst answer first; never more than was compared."""
    screening, count = report.screening, len(report.notices)
    among = f" among {_count(count, 'notice')} at {format_zulu(_now_s())}"
    if screening.conflicts:
        tail = (
            f": {_count(len(screening.conflicts), 'conflict')}, {len(screening.undetermined)} undetermined."
        )
        return _styled("CONFLICT", among + tail)
    if screening.undetermined:
        return _styled("UNDETERMINED", f"{among}: {_count(len(screening.undetermined), 'pair')}.")
    if len(report.parties) < 2:
        return _styled("NO CONFLICT KNOWN", f"{among}. All are of one party: nothing was compared.")
    parties = ", ".join(report.parties)
    return _styled("NO CONFLICT KNOWN", f"{among}, of {parties}: no two are {_minima(report.minima)}.")


def _conflict_lines(pair: PairFinding, report: Report) -> Iterator[Text]:
    finding = _conflict(pair)
    yield _styled("CONFLICT", f"      {_both(pair)}, first at {format_zulu(finding.first_at_s)}")
    side = f"{_rounded_down_m(finding.lateral_gap_m):,.0f} m apart"
    height = _signed(finding.vertical_gap_ft, f"{abs(finding.vertical_gap_ft):,} ft")
    time = _signed(finding.time_gap_s, _duration(abs(finding.time_gap_s)))
    yield Text(f"{INDENT}to the side {side}; in height {height}; in time {time}")
    for found, volume in _instead_of(pair, report):
        ref = show.printable(found.notice.ref)
        if found.every is not None:
            yield Text(f"{INDENT}{ref} instead, the least change first:")
            yield from (Text(f"{INDENT}  {line}") for line in screen_ways.lines(found, volume))
            continue
        yield Text(f"{INDENT}{ref} instead: {_start(found)}, or {_band(found, volume)}")


def _start(found: Instead) -> str:
    if found.start is None:
        return "no other start within 24 h"
    return f"from {format_zulu(found.start.notice.span.start_s)}"


def _band(found: Instead, volume: int) -> str:
    if found.band is None:
        return "no other altitude"
    return screen_ways.spelled(found.band.notice.volumes[volume].band)


def _both(pair: PairFinding) -> str:
    return f"{_named(pair.a, pair.volume_a)} and {_named(pair.b, pair.volume_b)}"


def _named(notice: Notice, volume: int) -> str:
    part = f", part {volume + 1}" if len(notice.volumes) > 1 else ""
    return f"{show.printable(notice.ref)} ({notice.party}{part})"


def _instead_of(pair: PairFinding, report: Report) -> list[tuple[Instead, int]]:
    """What each side could do instead, with the place of its volume in this conflict."""
    if report.alternatives is None:
        return []
    sides = ((pair.a, pair.volume_a), (pair.b, pair.volume_b))
    return [(report.alternatives[notice.ref], volume) for notice, volume in sides]


def _left_out() -> str:
    return (
        f"Alternatives were not looked for, because there are more than {MOST_WITH_ALTERNATIVES} conflicts; "
        "ask for them with --alternatives."
    )


def _minima(minima: SeparationMinima) -> str:
    miles, rest = divmod(minima.lateral_mm, NAUTICAL_MILE_MM)
    side = f"{minima.lateral_m:,.0f} m" if rest else f"{miles} NM"
    time = f"within less than {_duration(minima.time_s)}" if minima.time_s else "at the same time"
    return f"less than {side} to the side and less than {minima.vertical_ft:,} ft in height, {time}"


def _signed(gap: int, size: str) -> str:
    if gap == 0:
        return "touching"
    return f"{size} apart" if gap > 0 else f"{size} of overlap"


def _duration(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{size} {unit}" for size, unit in parts if size) or "0 s"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _rounded_down_m(gap_m: float) -> float:
    return floor(gap_m * 1000) / 1000


def _styled(word: str, rest: str) -> Text:
    return Text.assemble((word, STYLES[word]), rest)


def _conflict(pair: PairFinding) -> Conflict:
    if not isinstance(pair.finding, Conflict):
        raise TypeError(f"{pair.a.ref} and {pair.b.ref} are listed as a conflict: {pair.finding}")
    return pair.finding


def _undetermined(pair: PairFinding) -> Undetermined:
    if not isinstance(pair.finding, Undetermined):
        raise TypeError(f"{pair.a.ref} and {pair.b.ref} are listed as undetermined: {pair.finding}")
    return pair.finding


def _now_s() -> int:
    return int(datetime.now(UTC).timestamp())
