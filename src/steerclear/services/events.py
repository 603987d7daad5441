# SPDX-License-Identifier: Apache-2.0
"""What has moved since a console last looked? Events are signs to look again, in order, each with a place.

    the record grew, duties changed, a rung was rung, a line changed ──► EventLog ──► any number of readers

An event says what to look at and never holds the thing itself, so that who may not see it learns nothing, and
who reads late reads what holds then. Each reader keeps the place that it has read to; the log keeps the last
events of this process. A place from before those, or from before a restart, is answered by ``reset``: look at
everything again. So nothing is missed, whatever was cut.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from steerclear.links.notifier import Alarm
from steerclear.model.time import format_instant
from steerclear.services.ledger import Ledger
from steerclear.services.naming import short_of

__all__ = ["KEPT", "Event", "EventKind", "EventLog", "Events", "Growth", "alarm_data"]

KEPT: Final = 4_096
"""Events; a busy hour. Who was away for longer looks at everything again."""

MOST_NAMED: Final = 200
"""Statements that one event names; beyond that it says how many more, and a reader looks at everything."""

MOST_REMEMBERED: Final = 100_000
"""Things; beyond that some are named once more than they moved."""

EventKind = Literal["record", "duties", "alarm", "line", "reset"]


Events = tuple[tuple[EventKind, Mapping[str, Any]], ...]


def alarm_data(alarm: Alarm) -> Mapping[str, Any]:
    """A bell as a console hears it, which is told which thing it is about."""
    return {
        "desk": alarm.desk,
        "rung": alarm.rung,
        "cause": alarm.cause,
        "about": alarm.about,
        "sounds": alarm.sounds,
        "drill": alarm.drill,
        "at": format_instant(alarm.at),
    }


@dataclass(frozen=True, slots=True)
class Event:
    """``id`` is its place, ``EPOCH.NUMBER``; ``data`` is what the kind says (docs/api.md).

    ``text`` is ``data`` as compact JSON: written once, however many read it.
    """

    id: str
    kind: EventKind
    data: Mapping[str, Any]
    text: str


class EventLog:
    """The last events of this process. ``epoch`` tells one process from the next."""

    def __init__(self, epoch: str, *, kept: int = KEPT) -> None:
        self._epoch = epoch
        self._events: deque[Event] = deque(maxlen=kept)
        self._next = 1

    def add(self, kind: EventKind, data: Mapping[str, Any]) -> None:
        self._events.append(_event(f"{self._epoch}.{self._next}", kind, data))
        self._next += 1

    @property
    def newest(self) -> int:
        """The number of the newest event; 0 before the first."""
        return self._next - 1

    def place_of(self, id: str | None) -> int | None:  # noqa: A002 - the header's own word
        """The number that ``id`` names, where all that came after it is still kept; else ``None``."""
        epoch, _, number = (id or "").rpartition(".")
        if epoch != self._epoch or not (number.isascii() and number.isdigit()) or len(number) > 15:
            return None
        place = int(number)
        oldest = self._next - len(self._events)
        return place if oldest - 1 <= place <= self.newest else None

    def reset(self) -> Event:
        """What a reader is told whose place is not kept."""
        return _event(f"{self._epoch}.{self.newest}", "reset", {"look": "everything"})

    def after(self, place: int, *, at_most: int) -> tuple[Event, ...]:
        """The next events after ``place``, which must still be kept (``is_kept``)."""
        start = len(self._events) - (self.newest - place)
        return tuple(self._events[index] for index in range(start, min(start + at_most, len(self._events))))

    def is_kept(self, place: int) -> bool:
        return self._next - len(self._events) - 1 <= place


def _event(id: str, kind: EventKind, data: Mapping[str, Any]) -> Event:  # noqa: A002 - the field's own name
    return Event(id, kind, data, json.dumps(data, separators=(",", ":")))


class Growth:
    """What of one ledger has moved since it was last asked. Called from the node's writer thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._sizes = ledger.sizes()
        self._opened = len(ledger.view.book.opened)
        self._folded = 0
        self._owed: dict[str, int] = {}
        """Of each thing a mark of what was owed when it was last looked at; at first all of it is told."""

    def look(self) -> Events:
        """Cheap where nothing moved: the sizes of some logs are compared."""
        sizes, opened = self._ledger.sizes(), self._ledger.view.book.opened
        if sizes == self._sizes and len(opened) == self._opened:
            return ()
        said = opened[self._opened :]
        self._sizes, self._opened = sizes, len(opened)
        return (
            (
                "record",
                {
                    "logs": dict(sorted(sizes.items())),
                    "said": [
                        {
                            "id": one.id,
                            "short": short_of(self._ledger, one.id),
                            "kind": one.kind,
                            "author": one.author,
                        }
                        for one in said[:MOST_NAMED]
                    ],
                    "more": max(0, len(said) - MOST_NAMED),
                },
            ),
        )

    def look_at_duties(self) -> Events:
        """Once a tick, when they are kept up anyway; they change by time alone, too.

        What ended is not named: nothing is owed about it any more.
        """
        ledger, before = self._ledger, self._folded
        self._folded, changed = ledger.duties.changed(before, ledger.now())
        if self._folded == before:
            return ()
        found: dict[str, list[str]] = {}
        for duty in changed:
            rungs = ",".join(str(rung.number) for rung in duty.called)
            line = f"{duty.what} {duty.about} {duty.debtor} {duty.state.value} {duty.due_at} {rungs}"
            found.setdefault(duty.thing, []).append(line)
        marks = {thing: hash(tuple(lines)) for thing, lines in found.items()}
        moved = sorted(thing for thing, mark in marks.items() if self._owed.get(thing) != mark)
        if len(self._owed) > MOST_REMEMBERED:
            self._owed.clear()
        self._owed.update(marks)
        return (("duties", {"things": moved[:MOST_NAMED]}),)
