# SPDX-License-Identifier: Apache-2.0
"""How many minutes did it take? To acknowledge, to authority, to halt: measured from FILED.

``None`` is *not yet*, never 0. ``measured`` counts a period: a member's own in full, or only what every
member could open, which all count alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from steerclear.mechanism.bodies import Acknowledge
from steerclear.mechanism.calls import CallRecord
from steerclear.mechanism.classes import MINUTE_MS
from steerclear.mechanism.judge import effective
from steerclear.mechanism.ladder import is_may_act
from steerclear.mechanism.obligation import Obligation, State
from steerclear.mechanism.obligations import obligations
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName, CommChecks
from steerclear.model.time import Instant

__all__ = [
    "DrillMeasured", "DutyTally", "Measured", "Period", "Spread", "concerns", "measured",
    "minutes_to_acknowledge", "minutes_to_authority", "minutes_to_halt", "readable_by_all", "spread",
]  # fmt: skip

_DAY_MS: Final = 86_400_000


def minutes_to_acknowledge(view: View, statement_id: str) -> float | None:
    """From FILED to the first acknowledgement: of a call's whole alarm, or of one version of a notice."""
    return _minutes(view, statement_id, (ack.at for ack in _acknowledgements(view, statement_id)))


def minutes_to_authority(view: View, statement_id: str) -> float | None:
    """From FILED to the first acknowledgement by a rung that may act."""
    acks = _acknowledgements(view, statement_id)
    return _minutes(view, statement_id, (ack.at for ack in acks if _may_act(view, ack)))


def minutes_to_halt(view: View, stop_id: str) -> float | None:
    """From FILED to the earliest “stopped at” that anybody addressed answered."""
    record = view.stops.get(stop_id)
    if record is None:
        return None
    stopped = (answer.body.effective_at or answer.at for answer in record.stopped())
    return _minutes(view, record.id, stopped)


def _acknowledgements(view: View, statement_id: str) -> tuple[Said[Acknowledge], ...]:
    alarm = view.stops.get(statement_id) or view.distress.get(statement_id)
    if alarm is not None:
        return alarm.acknowledgements
    return effective(view.book, view.book.acknowledgements(statement_id))


def _may_act(view: View, ack: Said[Acknowledge]) -> bool:
    return is_may_act(view.annexes.response(ack.at), ack, ack.desk or "")


def _minutes(view: View, statement_id: str, moments: Iterable[Instant]) -> float | None:
    """A claim of an earlier moment than the filing counts as at once: nobody gains by a slow clock."""
    first = min(moments, default=None)
    alarm = view.stops.get(statement_id) or view.distress.get(statement_id)
    said: Said[Any] | None = alarm.calls[0] if alarm is not None else view.said(statement_id)
    if first is None or said is None:
        return None
    return max(0, first - view.filed_at(said)) / MINUTE_MS


# -- a period in figures --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """From ``begins_at`` until just before ``ends_at``."""

    begins_at: Instant
    ends_at: Instant

    def holds(self, at: Instant) -> bool:
        return self.begins_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Spread:
    """Minutes of ``count`` cases: the median, the 95th percentile (nearest rank) and the worst."""

    count: int
    p50: float
    p95: float
    worst: float


@dataclass(frozen=True, slots=True)
class DutyTally:
    """Duties of one class: met in time, met late, missed (past due and not met), waived, and still open."""

    of_class: str
    in_time: int
    late: int
    missed: int
    waived: int
    open: int


@dataclass(frozen=True, slots=True)
class DrillMeasured:
    """One drill and the calls that named it: minutes to authority and to halt, ``None`` where none came."""

    id: str
    name: str
    at: Instant
    calls: int
    minutes_to_authority: tuple[float | None, ...]
    minutes_to_halt: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Everything that is counted of one period. A spread is ``None`` where there was no case.

    Of STOP and distress: ``calls``, and for how many of them no authority came and no halt was named.
    Of notices: how many, how many late, ``lead`` in minutes from FILED to start.
    Of the line: agreed times at which it was checked, and at which it was not.
    """

    calls: int
    without_authority: int
    without_halt: int
    acknowledge: Spread | None
    authority: Spread | None
    halt: Spread | None
    duties: tuple[DutyTally, ...]
    notices: int
    late_notices: int
    lead: Spread | None
    conflicts_found: int
    conflicts_closed: int
    checks_made: int
    checks_missed: int
    drills: tuple[DrillMeasured, ...]


Counts = Callable[[Said[Any]], bool]
"""Whether what began with this statement is counted."""


def readable_by_all(view: View) -> Counts:
    """What every member could open, and so counts alike."""
    return lambda said: all(said.is_readable_by(member) for member in view.members)


def concerns(member: str) -> Counts:
    """Said by this member or to it."""
    return lambda said: member == said.author or member in said.to


def spread(minutes: Iterable[float]) -> Spread | None:
    """``None`` for no case: an empty month has no median."""
    ranked = sorted(minutes)
    if not ranked:
        return None
    return Spread(len(ranked), _rank(ranked, 50), _rank(ranked, 95), ranked[-1])


def measured(view: View, now: Instant, period: Period, *, counts: Counts) -> Measured:
    """The figures of ``period`` as they stand at ``now``. Equal entries give equal figures wherever every
    statement that ``counts`` lets in can be read."""
    alarms = [alarm for alarm in (*view.stops, *view.distress) if _is_counted(alarm.calls[0], period, counts)]
    calls = [alarm for alarm in alarms if not alarm.is_drill]
    notices = [notice for notice in view.notices if _is_counted(notice.versions[0].said, period, counts)]
    authority = [minutes_to_authority(view, alarm.id) for alarm in calls]
    stops = [alarm for alarm in calls if alarm.is_stop]
    halt = [minutes_to_halt(view, alarm.id) for alarm in stops]
    asked = [minutes_to_acknowledge(view, thing.id) for thing in (*calls, *notices)]
    duties = [duty for duty in obligations(view, now) if _duty_is_counted(view, duty, period, counts)]
    conflicts = [
        conflict
        for conflict in view.conflicts
        if any(_is_counted(result, period, counts) for result in (*conflict.results, *conflict.past))
        and conflict.found is not None
    ]
    made, missed = _checks(view, now, period)
    return Measured(
        calls=len(calls),
        without_authority=authority.count(None),
        without_halt=halt.count(None),
        acknowledge=spread(one for one in asked if one is not None),
        authority=spread(one for one in authority if one is not None),
        halt=spread(one for one in halt if one is not None),
        duties=tuple(_tallies(duties)),
        notices=len(notices),
        late_notices=sum(notice.versions[0].content.late_minutes is not None for notice in notices),
        lead=spread(_lead(view, notice.versions[0].start_at, notice.versions[0].said) for notice in notices),
        conflicts_found=len(conflicts),
        conflicts_closed=sum(not conflict.is_open for conflict in conflicts),
        checks_made=made,
        checks_missed=missed,
        drills=tuple(_drills(view, period, [alarm for alarm in alarms if alarm.is_drill], counts)),
    )


def _rank(ranked: list[float], percent: int) -> float:
    return ranked[ceil(percent * len(ranked) / 100) - 1]


def _is_counted(said: Said[Any], period: Period, counts: Counts) -> bool:
    return period.holds(said.at) and counts(said)


def _lead(view: View, start_at: Instant, said: Said[Any]) -> float:
    return max(0, start_at - view.filed_at(said)) / MINUTE_MS


def _duty_is_counted(view: View, duty: Obligation, period: Period, counts: Counts) -> bool:
    """What is about no statement (the next check of the line) is counted with the checks."""
    said = view.said(duty.about)
    return said is not None and _is_counted(said, period, counts)


def _tallies(duties: Iterable[Obligation]) -> Iterator[DutyTally]:
    by_class: dict[str, Counter[str]] = {}
    for duty in duties:
        name = duty.of_class.value if duty.of_class is not None else "other"
        by_class.setdefault(name, Counter())[_how(duty)] += 1
    for name, count in sorted(by_class.items()):
        yield DutyTally(
            name, count["in time"], count["late"], count["missed"], count["waived"], count["open"]
        )


def _how(duty: Obligation) -> str:
    if duty.state is State.MET:
        return "late" if duty.met_late else "in time"
    return {State.LATE: "missed", State.WAIVED: "waived", State.OPEN: "open"}[duty.state]


def _checks(view: View, now: Instant, period: Period) -> tuple[int, int]:
    """Agreed times of the line check that were kept, and that passed without a call."""
    annex = view.annexes.in_force(AnnexName.COMM_CHECKS, now)
    if annex is None or not isinstance(annex.terms, CommChecks):
        return 0, 0
    tolerance_ms = annex.terms.tolerance_s * 1000
    called = [check.called.at for check in view.checks if check.called.author == annex.terms.caller]
    agreed = [one.at for one in view.annexes.proposals if one.annex == annex]
    first = max(period.begins_at, annex.in_force_from, *agreed)
    last = min(period.ends_at, Instant(now - tolerance_ms))
    slots = [
        midnight + minutes * MINUTE_MS
        for midnight in range(first - first % _DAY_MS, last, _DAY_MS)
        for minutes in annex.terms.at_minutes
        if first <= midnight + minutes * MINUTE_MS < last
    ]
    made = sum(any(abs(at - slot) <= tolerance_ms for at in called) for slot in slots)
    return made, len(slots) - made


def _drills(view: View, period: Period, alarms: list[CallRecord], counts: Counts) -> Iterator[DrillMeasured]:
    for drill in view.drills:
        if _is_counted(drill.started, period, counts):
            mine = [alarm.id for alarm in alarms if alarm.drill == drill.started]
            yield DrillMeasured(
                id=drill.id,
                name=drill.started.body.name,
                at=drill.started.at,
                calls=len(mine),
                minutes_to_authority=tuple(minutes_to_authority(view, one) for one in mine),
                minutes_to_halt=tuple(minutes_to_halt(view, one) for one in mine),
            )
