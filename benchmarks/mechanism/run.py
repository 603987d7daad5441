# SPDX-License-Identifier: Apache-2.0
"""The run: so many duties are open, everything is folded both ways, time goes on, and entries come."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from time import process_time

from benchmarks.mechanism.work import Talk, is_notice
from benchmarks.screening.results import Machine, load_now, machine, today
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.entry import Entry
from steerclear.mechanism.obligations import obligations
from steerclear.mechanism.view import View
from steerclear.model.time import Instant
from steerclear.node.memory import set_aside, uncollected

__all__ = ["Differ", "Results", "Row", "measured", "table"]

_UPDATES = 1_000
_MINUTES = 30
_REPEATS = 5


class Differ(Exception):
    """What was kept up is not what was folded anew: no figure counts."""


@dataclass(frozen=True, slots=True)
class Row:
    """Milliseconds of this process's processor; ``gave`` says how much was told, so that less is no gain."""

    what: str
    p50_ms: float
    p99_ms: float | None
    worst_ms: float | None
    gave: int
    to_reach: str = ""


@dataclass(slots=True)
class Results:
    machine: Machine
    date: str
    load_before: float
    entries: int = 0
    duties: int = 0
    is_open: int = 0
    rows: list[Row] = field(default_factory=list)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @staticmethod
    def load(path: Path) -> Results:
        kept = json.loads(path.read_text(encoding="utf-8"))
        rows = [Row(**row) for row in kept["rows"]]
        return Results(**{**kept, "machine": Machine(**kept["machine"]), "rows": rows})


def measured(open_duties: int) -> Results:
    """Everything, as a node does it: recalled without the collector, set aside, and then at work with it.

    Raises ``Differ`` when the two ways do not give the same, before and after the entries that come.
    """
    results = Results(machine(), today(), load_now())
    talk = Talk()
    entries = list(talk.until_open(open_duties))
    view = talk.view("ISR")
    duties = Duties(view)
    now = Instant(talk.now + 3_600_000)
    with uncollected():
        read = _ms(lambda: _witness(view, entries))
        first = _ms(lambda: duties.next_due_at(now))
    set_aside()
    anew = [_ms(lambda: list(obligations(view, now))) for _ in range(_REPEATS)]
    results.entries, results.duties = len(entries), _same(view, duties, now)
    results.is_open = sum(1 for _ in duties.owed(now))
    results.rows += [
        Row("a view from its entries", read, None, None, len(entries)),
        Row("everything folded for the first time", first, None, None, results.duties),
        _row("everything folded anew", anew, results.duties, "≤ 2,000 ms"),
    ]
    minutes = [Instant(now + 60_000 * minute) for minute in range(1, _MINUTES + 1)]
    due = [_ms(partial(duties.due, at)) for at in minutes]
    now = minutes[-1]
    late = len(duties.due(now))
    again = [_ms(lambda: duties.due(now)) for _ in range(_MINUTES)]
    results.rows += [
        _row("due ones, a minute later", due, late, "≤ 50 ms"),
        _row("due ones, asked again", again, late, "≤ 50 ms"),
    ]
    talk.now = max(talk.now, now)
    notices = islice((one for one in entries if one.author == "TUR" and is_notice(one)), _UPDATES)
    said = [talk.acknowledgement(notice.content.id, "ISR") for notice in notices]
    updates = [_ms(partial(_update, view, duties, entry, now)) for entry in said]
    results.rows.append(_row("an update: an entry, and when to wake", updates, 1, "≤ 1 ms"))
    _same(view, duties, now)
    return results


def table(results: Results) -> tuple[list[str], list[list[str]]]:
    """Header and rows."""
    header = ["", "p50", "p99", "worst", "to reach", "gave"]
    rows = [
        [
            row.what,
            *(_told(ms) for ms in (row.p50_ms, row.p99_ms, row.worst_ms)),
            row.to_reach,
            f"{row.gave:,}",
        ]
        for row in results.rows
    ]
    return header, rows


def _same(view: View, duties: Duties, now: Instant) -> int:
    """How many duties both ways give."""
    anew = list(obligations(view, now))
    if anew != list(duties.all(now)):
        raise Differ
    return len(anew)


def _witness(view: View, entries: Sequence[Entry]) -> None:
    for entry in entries:
        view.witness(entry)


def _update(view: View, duties: Duties, entry: Entry, now: Instant) -> None:
    """An entry comes, and the node asks when to wake: what it touches is folded again."""
    view.witness(entry)
    duties.next_due_at(now)


def _row(what: str, times: Sequence[float], gave: int, to_reach: str) -> Row:
    """Nearest rank; of fewer than a hundred the p99 is the worst, and is left out."""
    found = sorted(times)
    p99 = found[-(-len(found) * 99 // 100) - 1] if len(found) >= 100 else None
    return Row(what, found[(len(found) - 1) // 2], p99, found[-1], gave, to_reach)


def _ms(work: Callable[[], object]) -> float:
    """Time of this process's processor: what else the machine does is not waited for."""
    begun = process_time()
    work()
    return (process_time() - begun) * 1_000


def _told(ms: float | None) -> str:
    return "" if ms is None else f"{ms:,.2f} ms" if ms < 100 else f"{ms:,.0f} ms"
