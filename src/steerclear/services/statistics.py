# SPDX-License-Identifier: Apache-2.0
"""How did a month go? This member's own figures in full, and the shared ones that every member counts alike.

The shared figures count nothing but statements that every member could open, so that two nodes with the same
entries show the same; a total below the annex's smallest is shown as *fewer*, and no spread with it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats import figures_page as paper
from steerclear.mechanism.measures import (
    DrillMeasured,
    DutyTally,
    Measured,
    Period,
    Spread,
    concerns,
    measured,
    readable_by_all,
)
from steerclear.model.annex import AnnexName
from steerclear.model.terms import Statistics as StatisticsTerms
from steerclear.model.time import Instant, format_instant
from steerclear.services.ledger import Ledger

__all__ = [
    "Count", "DrillRow", "DutyRow", "Figures", "SpreadRow", "StatisticsShown", "page_of", "plot_of",
    "statistics",
]  # fmt: skip

_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)

Count = int | None
"""A total; ``None`` is *fewer* than the smallest that is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadRow:
    """Minutes: ``what`` was measured, in how many cases, and their median, 95th percentile and worst."""

    what: str
    count: Count
    p50: float | None
    p95: float | None
    worst: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    of_class: str
    in_time: Count
    late: Count
    missed: Count
    waived: Count
    open: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRow:
    """One drill: every call in it, in minutes; ``None``: nobody who may act, or no halt named."""

    name: str
    at: str
    minutes_to_authority: tuple[float | None, ...]
    minutes_to_halt: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One count of the month."""

    calls: Count
    without_authority: Count
    without_halt: Count
    spreads: tuple[SpreadRow, ...]
    duties: tuple[DutyRow, ...]
    notices: Count
    late_notices: Count
    conflicts_found: Count
    conflicts_closed: Count
    checks_made: Count
    checks_missed: Count
    drills: tuple[DrillRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsShown:
    """``own``: what concerns ``member``; ``shared``: what all see alike, none below ``smallest_shown``."""

    member: str
    mechanism: str
    name: str
    drill: bool
    month: str
    now: str
    smallest_shown: int
    own: Figures
    shared: Figures


def statistics(ledger: Ledger, month: str | None) -> StatisticsShown:
    """Of ``month`` (``2026-10``), or of this one. Raises ``BadInput`` (``month``)."""
    now = ledger.now()
    named = format_instant(now)[:7] if month is None else month
    period = _period(named)
    terms = ledger.view.annexes.terms(AnnexName.STATISTICS, now)
    smallest = terms.smallest_shown if isinstance(terms, StatisticsTerms) else 0
    own = measured(ledger.view, now, period, counts=concerns(ledger.me))
    shared = measured(ledger.view, now, period, counts=readable_by_all(ledger.view))
    return StatisticsShown(
        member=ledger.me,
        mechanism=ledger.mechanism,
        name=ledger.charter.name,
        drill=ledger.charter.drill,
        month=named,
        now=format_instant(now),
        smallest_shown=smallest,
        own=_figures(own, smallest=0),
        shared=_figures(shared, smallest=smallest),
    )


def page_of(shown: StatisticsShown) -> str:
    """One page to print: both counts, with their plots."""
    drill = " (DRILL)" if shown.drill else ""
    fewer = (
        f"Totals below {shown.smallest_shown} are shown as “fewer”, and no spread with them."
        if shown.smallest_shown
        else "Every total is shown."
    )
    sections = (
        _section(f"{shown.member}: what concerns this side, in full", "Seen at this node alone.", shown.own),
        _section(
            "Shared: what every member counts alike",
            f"Of what every member could open. {fewer}",
            shown.shared,
        ),
    )
    return paper.as_html(
        paper.Page(
            title=f"{shown.name}{drill}: {shown.month}",
            says=f"As the record of {shown.member} stood at {shown.now}. Minutes count from FILED.",
            sections=sections,
        )
    )


def plot_of(shown: StatisticsShown) -> str:
    """The own figures as one SVG picture."""
    return paper.plot(_section(f"{shown.member}, {shown.month}", "", shown.own))


def _section(title: str, says: str, figures: Figures) -> paper.Section:
    return paper.Section(
        title=title,
        says=says,
        totals=(
            ("calls of STOP and distress", figures.calls),
            ("of them without authority", figures.without_authority),
            ("STOPs without a halt named", figures.without_halt),
            ("notices", figures.notices),
            ("of them late", figures.late_notices),
            ("conflicts found", figures.conflicts_found),
            ("of them closed", figures.conflicts_closed),
            ("line checks made", figures.checks_made),
            ("line checks missed", figures.checks_missed),
        ),
        spreads=tuple(
            paper.SpreadLine(row.what, row.count, row.p50, row.p95, row.worst) for row in figures.spreads
        ),
        bars=tuple(
            paper.Bar(row.of_class, (row.in_time, row.late, row.missed, row.open, row.waived))
            for row in figures.duties
        ),
        drills=tuple(
            paper.DrillLine(row.name, row.at, row.minutes_to_authority, row.minutes_to_halt)
            for row in figures.drills
        ),
    )


def _period(month: str) -> Period:
    match = _MONTH.fullmatch(month)
    if match is None or not 1970 <= int(match[1]) < 9999:
        raise BadInput(
            "month",
            f"“{month[:20]}” is not a month.",
            where="month",
            remedy="Write it as 2026-10.",
        )
    year, number = int(match[1]), int(match[2])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return Period(_begin(year, number), _begin(*following))


def _begin(year: int, month: int) -> Instant:
    return Instant(int(dt.datetime(year, month, 1, tzinfo=dt.UTC).timestamp()) * 1000)


def _figures(found: Measured, *, smallest: int) -> Figures:
    def shown(count: int) -> Count:
        return None if 0 < count < smallest else count

    return Figures(
        calls=shown(found.calls),
        without_authority=shown(found.without_authority),
        without_halt=shown(found.without_halt),
        spreads=(
            _spread("minutes to acknowledge", found.acknowledge, smallest),
            _spread("minutes to authority", found.authority, smallest),
            _spread("minutes to halt", found.halt, smallest),
            _spread("lead time of notices", found.lead, smallest),
        ),
        duties=tuple(_duty(tally, smallest) for tally in found.duties),
        notices=shown(found.notices),
        late_notices=shown(found.late_notices),
        conflicts_found=shown(found.conflicts_found),
        conflicts_closed=shown(found.conflicts_closed),
        checks_made=shown(found.checks_made),
        checks_missed=shown(found.checks_missed),
        drills=tuple(_drill(drill) for drill in found.drills),
    )


def _spread(what: str, found: Spread | None, smallest: int) -> SpreadRow:
    """Of too few cases the spread would give each of them away."""
    if found is None:
        return SpreadRow(what=what, count=0, p50=None, p95=None, worst=None)
    if found.count < smallest:
        return SpreadRow(what=what, count=None, p50=None, p95=None, worst=None)
    return SpreadRow(what=what, count=found.count, p50=found.p50, p95=found.p95, worst=found.worst)


def _duty(tally: DutyTally, smallest: int) -> DutyRow:
    def shown(count: int) -> Count:
        return None if 0 < count < smallest else count

    return DutyRow(
        of_class=tally.of_class,
        in_time=shown(tally.in_time),
        late=shown(tally.late),
        missed=shown(tally.missed),
        waived=shown(tally.waived),
        open=shown(tally.open),
    )


def _drill(drill: DrillMeasured) -> DrillRow:
    """A drill is nobody's secret: its calls are shown one by one, to all who were in it."""
    return DrillRow(
        name=drill.name,
        at=format_instant(drill.at),
        minutes_to_authority=drill.minutes_to_authority,
        minutes_to_halt=drill.minutes_to_halt,
    )
