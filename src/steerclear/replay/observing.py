# SPDX-License-Identifier: Apache-2.0
"""What follows by itself? The differences between one look at a node's view and the next, in words.

Nothing here is stored as truth: receipts, duties, climbs and conflicts are derived at each look from the view
and the clock, and only their change is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from steerclear.mechanism.obligation import Obligation, State
from steerclear.mechanism.obligations import obligations
from steerclear.mechanism.said import conflict_id
from steerclear.mechanism.stages import stages_of
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId
from steerclear.model.time import Instant, format_instant
from steerclear.replay.timeline import Effect, Event, EventSort

__all__ = ["Names", "Observer"]

QUIET: Final = frozenset({"machine-receipt"})
"""Duties of machines: told when they are late, not when they are met within the second."""


class Names:
    """What the play calls the things of the record; the conflict of two notices has a name by theirs."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def give(self, name: str, id_: str) -> None:
        for other, known in self.ids.items():
            self._names[conflict_id(id_, known)] = f"CONFLICT of {' and '.join(sorted((name, other)))}"
        self.ids[name] = id_
        self._names[id_] = name

    def of(self, id_: str) -> str | None:
        return self._names.get(id_)

    def of_duty(self, duty: Obligation) -> str | None:
        """The thing that a duty belongs to; ``None`` for what the play has no name for."""
        return self.of(duty.thing) or self.of(duty.about)


class Observer:
    """The last look at one node. ``duties`` are all obligations as they stood then."""

    def __init__(self, member: MemberId) -> None:
        self.member = member
        self.duties: tuple[Obligation, ...] = ()
        self._told: set[tuple[str, ...]] = set()

    def look(self, view: View, now: Instant, names: Names) -> Iterator[Event]:
        """What this node derives now and did not before, about what the play has a name for."""
        self.duties = tuple(obligations(view, now))
        for news in self._derived(view, now, names):
            if news.key not in self._told:
                self._told.add(news.key)
                who = str(self.member) if news.desk is None else f"{self.member} {news.desk}"
                yield Event(now, news.sort, who, news.words, effect=news.effect)

    def _derived(self, view: View, now: Instant, names: Names) -> Iterator[_News]:
        yield from self._stages(view, names)
        for record in view.conflicts:
            if record.found is not None and (pair := names.of(record.id)) is not None:
                things = pair.removeprefix("CONFLICT of ")
                found = f"{pair}, found by {record.found.author}"
                yield _News(("conflict", record.id), found, effect=Effect("conflict", "found", things))
        for duty in self.duties:
            name = names.of_duty(duty)
            if duty.debtor.member == self.member and name is not None:
                yield from _news_of(duty, name, now)

    def _stages(self, view: View, names: Names) -> Iterator[_News]:
        """How far what this member said itself has come with each addressee."""
        for name, id_ in names.ids.items():
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


@dataclass(frozen=True, slots=True)
class _News:
    """``key`` tells what was told already; ``desk`` is ``None`` for the member as a whole."""

    key: tuple[str, ...]
    words: str
    desk: str | None = None
    sort: EventSort = "derived"
    effect: Effect | None = None


def _news_of(duty: Obligation, name: str, now: Instant) -> Iterator[_News]:
    """That it is owed, who is called for it, and that it is late."""
    desk = duty.debtor.desk
    key = (duty.what, duty.about, desk or "")
    if duty.is_owed and duty.what not in QUIET:
        words = f"owes {duty.what} of {name}{_by(duty.due_at, now)}"
        yield _News(("owes", *key), words, desk, effect=Effect("duty", duty.what, name))
    for rung in duty.called:
        words = f"rung {rung.number} of {rung.of} is called for {name}: {rung.label}"
        effect = Effect("rung", str(rung.number), name)
        yield _News(("rung", *key, str(rung.number)), words, desk, "alarm", effect)
    if duty.state is State.LATE:
        down = ", the line is down" if duty.line_down else ""
        words = f"{duty.what} of {name} is LATE{down}"
        yield _News(("late", *key), words, desk, effect=Effect("late", duty.what, name))


def _by(due_at: Instant | None, now: Instant) -> str:
    """The time when something is due, with its day where that is another one."""
    if due_at is None:
        return ""
    day, clock = format_instant(due_at)[:10], f"{format_instant(due_at)[11:19]}Z"
    return f" by {clock}" if day == format_instant(now)[:10] else f" by {day} {clock}"
