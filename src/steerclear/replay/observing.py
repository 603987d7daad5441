# SPDX-License-Identifier: Apache-2.0
"""What follows by itself? The differences between one look at a node's view and the next, in words.

Nothing here is stored as truth: receipts, duties, climbs and conflicts are derived at each look from the view
and the clock, and only their change is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from steerclear.mechanism.obligation import Obligation, State
from steerclear.mechanism.obligations import obligations
from steerclear.mechanism.stages import stages_of
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId
from steerclear.model.time import Instant, format_instant
from steerclear.replay.timeline import Event, EventSort

__all__ = ["Observer", "name_of_duty"]

QUIET: Final = frozenset({"machine-receipt"})
"""Duties of machines: told when they are late, not when they are met within the second."""


@dataclass(slots=True)
class Observer:
    """The last look at one node."""

    member: MemberId
    told: set[tuple[str, ...]] = field(default_factory=set)

    def look(self, view: View, now: Instant, ids: Mapping[str, str]) -> Iterator[Event]:
        """What this node derives now and did not before, about what the play has a name for."""
        for news in self._derived(view, now, ids):
            if news.key not in self.told:
                self.told.add(news.key)
                who = str(self.member) if news.desk is None else f"{self.member} {news.desk}"
                yield Event(now, news.sort, who, news.words)

    def _derived(self, view: View, now: Instant, ids: Mapping[str, str]) -> Iterator[_News]:
        yield from self._stages(view, ids)
        yield from self._conflicts(view, ids)
        for duty in obligations(view, now):
            if duty.debtor.member == self.member:
                yield from self._duty(duty, view, now, ids)

    def _stages(self, view: View, ids: Mapping[str, str]) -> Iterator[_News]:
        """How far what this member said itself has come with each addressee."""
        for name, id_ in ids.items():
            said = view.said(id_)
            if said is None or said.author != self.member:
                continue
            for row in stages_of(view, id_):
                if row.delivered is not None:
                    yield _News(("delivered", id_, row.member), f"{name} is DELIVERED to {row.member}")
                if row.recorded_at is not None:
                    yield _News(
                        ("recorded", id_), f"{name} is RECORDED: cosigned by all parties and the host"
                    )

    def _conflicts(self, view: View, ids: Mapping[str, str]) -> Iterator[_News]:
        for record in view.conflicts:
            if record.found is not None:
                pair = " and ".join(sorted(name_in(ids, notice) for notice in record.notices))
                yield _News(("conflict", record.id), f"CONFLICT of {pair}, found by {record.found.author}")

    def _duty(self, duty: Obligation, view: View, now: Instant, ids: Mapping[str, str]) -> Iterator[_News]:
        name = name_of_duty(duty, view, ids)
        if name is None:
            return
        desk = duty.debtor.desk
        key = (duty.what, duty.about, desk or "")
        if duty.is_owed and duty.what not in QUIET:
            yield _News(("owes", *key), f"owes {duty.what} of {name}{_by(duty.due_at, now)}", desk)
        for rung in duty.called:
            words = f"rung {rung.number} of {rung.of} is called for {name}: {rung.label}"
            yield _News(("rung", *key, str(rung.number)), words, desk, "alarm")
        if duty.state is State.LATE:
            down = ", the line is down" if duty.line_down else ""
            yield _News(("late", *key), f"{duty.what} of {name} is LATE{down}", desk)


@dataclass(frozen=True, slots=True)
class _News:
    """``key`` tells what was told already; ``desk`` is ``None`` for the member as a whole."""

    key: tuple[str, ...]
    words: str
    desk: str | None = None
    sort: EventSort = "derived"


def name_in(ids: Mapping[str, str], id_: str) -> str:
    """The play's name of an id, or the first figures of the id."""
    return next((name for name, known in ids.items() if known == id_), id_[:8])


def name_of_duty(duty: Obligation, view: View, ids: Mapping[str, str]) -> str | None:
    """What the play calls the thing that a duty belongs to; ``None`` for what it has no name for."""
    known = {id_: name for name, id_ in ids.items()}
    for id_ in (duty.thing, duty.about):
        if id_ in known:
            return known[id_]
    return next(
        (_pair_name(record.notices, known) for record in view.conflicts if record.id == duty.thing), None
    )


def _pair_name(notices: tuple[str, str], known: Mapping[str, str]) -> str:
    return f"the conflict of {' and '.join(sorted(known.get(notice, 'another') for notice in notices))}"


def _by(due_at: Instant | None, now: Instant) -> str:
    """The time when something is due, with its day where that is another one."""
    if due_at is None:
        return ""
    day, clock = format_instant(due_at)[:10], f"{format_instant(due_at)[11:19]}Z"
    return f" by {clock}" if day == format_instant(now)[:10] else f" by {day} {clock}"
