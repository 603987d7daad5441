# SPDX-License-Identifier: Apache-2.0
"""Does another reader of iCalendar find in the file what was put there, and the same bytes every time?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import vobject

from steerclear.formats.calendar import Entry, Sort, print_calendar
from steerclear.model.time import Instant, parse_instant

AWKWARD = 'T4; Hama, "and\\or" what\nBEGIN:VEVENT was: ü' + "é" * 90


def at(clock: str) -> Instant:
    return parse_instant(f"2025-04-10T{clock}:00.000Z")


def meeting(**given: Any) -> Entry:
    fields: dict[str, Any] = {
        "key": "ab" * 16,
        "sort": Sort.MEETING,
        "title": "Third meeting",
        "at": at("05:00"),
        "starts_at": at("09:00"),
        "ends_at": at("10:30"),
    }
    return Entry(**fields | given)


def read(*entries: Entry, name: str = "Baku channel") -> Any:
    return vobject.readOne(print_calendar(name, entries).decode())


def test_a_meeting_comes_back_with_its_title_place_agenda_and_times() -> None:
    event = read(meeting(where="Room 4, Baku", points=("T4", "Lines"))).vevent
    assert event.uid.value == f"{'ab' * 16}@steerclear"
    assert event.summary.value == "Third meeting"
    assert event.location.value == "Room 4, Baku"
    assert event.description.value == "1. T4\n2. Lines"
    assert event.dtstart.value == datetime(2025, 4, 10, 9, 0, tzinfo=UTC)
    assert event.dtend.value == datetime(2025, 4, 10, 10, 30, tzinfo=UTC)
    assert event.dtstamp.value == datetime(2025, 4, 10, 5, 0, tzinfo=UTC)
    assert (event.sequence.value, event.status.value) == ("0", "CONFIRMED")
    assert getattr(event, "class").value == "CONFIDENTIAL"


def test_an_action_item_is_a_to_do_with_its_date_until_it_is_done() -> None:
    owed = meeting(sort=Sort.ACTION, starts_at=at("12:00"), ends_at=at("12:00"))
    todo = read(owed).vtodo
    assert todo.due.value == datetime(2025, 4, 10, 12, 0, tzinfo=UTC)
    assert todo.status.value == "NEEDS-ACTION"
    done = meeting(sort=Sort.ACTION, ends_at=at("12:00"), done_at=at("11:00"), changes=1, at=at("11:00"))
    todo = read(done).vtodo
    assert (todo.status.value, todo.sequence.value) == ("COMPLETED", "1")
    assert todo.completed.value == datetime(2025, 4, 10, 11, 0, tzinfo=UTC)


def test_a_check_comes_every_day_until_it_is_off() -> None:
    check = read(meeting(sort=Sort.CHECK, ends_at=None, daily=True)).vevent
    assert check.rrule.value == "FREQ=DAILY"
    assert check.getrruleset()[2] == datetime(2025, 4, 12, 9, 0, tzinfo=UTC)
    assert not hasattr(check, "dtend")
    off = read(meeting(sort=Sort.CHECK, daily=True, off=True, changes=1)).vevent
    assert (off.status.value, off.sequence.value) == ("CANCELLED", "1")


@pytest.mark.parametrize("where", ["title", "where", "points"])
def test_what_people_wrote_stays_text_wherever_it_stands(where: str) -> None:
    """A title that holds an entry of its own makes none (RFC 5545, 3.3.11)."""
    value: Any = (AWKWARD,) if where == "points" else AWKWARD
    calendar = read(meeting(**{where: value}), name=AWKWARD)
    [event] = calendar.vevent_list
    said = {"title": "summary", "where": "location", "points": "description"}[where]
    assert getattr(event, said).value == ("1. " if where == "points" else "") + AWKWARD
    [name] = calendar.contents["x-wr-calname"]
    assert name.value.replace("\\n", "\n").replace("\\", "") == AWKWARD.replace("\\", "")


def test_lines_are_folded_at_75_octets_and_end_with_cr_lf() -> None:
    data = print_calendar("Baku", [meeting(title=AWKWARD)])
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    data.decode("utf-8")


def test_the_same_things_in_any_order_give_the_same_bytes() -> None:
    entries = [meeting(key=f"{number:032x}", starts_at=at(f"0{9 - number}:00")) for number in range(4)]
    assert print_calendar("Baku", entries) == print_calendar("Baku", reversed(entries))
    assert [event.uid.value[:32] for event in read(*entries).vevent_list] == [
        f"{number:032x}" for number in (3, 2, 1, 0)
    ]
