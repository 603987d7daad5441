# SPDX-License-Identifier: Apache-2.0
"""How do meetings, agreed checks, drills and action items get into a delegation's own calendar? As iCalendar.

One VEVENT or VTODO a thing ([RFC 5545](https://www.rfc-editor.org/rfc/rfc5545), 3.6.1 and 3.6.2), the same
bytes for the same things. A UID is made of the id of the statement that began it, so that a later file
changes an entry instead of adding one; DTSTAMP is when the newest statement about it was made, and SEQUENCE
counts those that changed it. All times are UTC. Every entry is CONFIDENTIAL: a shared calendar that knows the
word shows others that the time is taken, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from icalendar import Calendar, Event, Todo, vText

from steerclear.model.time import Instant

__all__ = ["Entry", "Sort", "print_calendar"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PRODUCT: Final = "-//Steerclear//Steerclear//EN"


class Sort(Enum):
    """What stands in the calendar; an action item is a to-do, the rest are events."""

    MEETING = "MEETING"
    CHECK = "CHECK"
    DRILL = "DRILL"
    ACTION = "ACTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing. Nothing but its title, when, where, and its points.

    ``key``       the id of the statement that began it, and what tells its parts apart
    ``at``        when the newest statement about it was made
    ``changes``   how many statements changed it since it began
    ``ends_at``   of an action item when it is due; ``None``: an event without length
    ``daily``     it comes again every day
    ``off``       it is not held any more
    ``done_at``   of an action item, when it was done
    """

    key: str
    sort: Sort
    title: str
    at: Instant
    starts_at: Instant
    ends_at: Instant | None
    changes: int = 0
    where: str | None = None
    points: tuple[str, ...] = ()
    daily: bool = False
    off: bool = False
    done_at: Instant | None = None


def print_calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """The ``.ics`` file: UTF-8, lines of at most 75 octets that end with CR LF. Raises nothing."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", "PUBLISH")
    calendar.add("name", vText(name))  # RFC 7986, 5.1; the next line is what most calendars read
    calendar.add("x-wr-calname", vText(name))
    for entry in sorted(entries, key=lambda one: (one.starts_at, one.key)):
        calendar.add_component(_todo(entry) if entry.sort is Sort.ACTION else _event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    _describe(event, entry)
    event.add("dtstart", _moment(entry.starts_at))
    if entry.ends_at is not None:
        event.add("dtend", _moment(entry.ends_at))
    if entry.daily:
        event.add("rrule", {"freq": "daily"})
    event.add("status", "CANCELLED" if entry.off else "CONFIRMED")
    event.add("transp", "OPAQUE" if entry.sort is Sort.MEETING else "TRANSPARENT")
    return event


def _todo(entry: Entry) -> Todo:
    todo = Todo()
    _describe(todo, entry)
    if entry.ends_at is not None:
        todo.add("due", _moment(entry.ends_at))
    if entry.done_at is not None:
        todo.add("completed", _moment(entry.done_at))
    todo.add("status", "NEEDS-ACTION" if entry.done_at is None else "COMPLETED")
    return todo


def _describe(component: Event | Todo, entry: Entry) -> None:
    component.add("uid", f"{entry.key}@steerclear")
    component.add("dtstamp", _moment(entry.at))
    component.add("sequence", entry.changes)
    component.add("class", "CONFIDENTIAL")
    component.add("categories", [entry.sort.value])
    component.add("summary", entry.title)
    if entry.where is not None:
        component.add("location", entry.where)
    if entry.points:
        numbered = (f"{number}. {point}" for number, point in enumerate(entry.points, start=1))
        component.add("description", "\n".join(numbered))


def _moment(at: Instant) -> datetime:
    """iCalendar knows whole seconds."""
    return _EPOCH + timedelta(seconds=at // 1_000)
