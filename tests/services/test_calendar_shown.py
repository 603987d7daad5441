# SPDX-License-Identifier: Apache-2.0
"""Does a delegation's calendar hold its meetings, items, checks and drills, and nothing sealed to others?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import vobject
from tests.services.conftest import EVERYONE, HOST, PARTIES, area

from steerclear.errors import Refused
from steerclear.mechanism.bodies import AnnexPropose
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName, CommChecks
from steerclear.services import requests as ask
from steerclear.services.calendar_shown import calendar
from steerclear.services.speak import by_authority, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

TIMES = {"starts_at": "2025-04-10T05:11Z", "ends_at": "2025-04-10T07:00Z"}


def say(channel: Channel, member: str, kind: str, *to: str, **fields: str | tuple[str, ...]) -> Any:
    return channel.do(member, ask.Say(kind=kind, fields=fields, desk="air", to=to))[0]


def shown(channel: Channel, member: str) -> Any:
    return vobject.readOne(calendar(channel.node(member).ledger).decode())


def uids(channel: Channel, member: str) -> list[str]:
    return [component.uid.value for component in shown(channel, member).components()]


def test_a_meeting_and_its_action_items_are_at_every_side_alike(channel: Channel) -> None:
    agenda = ("T4, and what was", "Lines")
    meeting = say(channel, "AZE", "meeting.convene", title="Third", where="Room 4", agenda=agenda, **TIMES)
    terms = {"owner": "TUR", "due_at": "2025-04-12T06:00Z", "what": "Test the second line."}
    item = say(channel, "ISR", "meeting.action", meeting=meeting.short, **terms)
    read = shown(channel, "TUR")
    assert read.vevent.uid.value == f"{meeting.id}@steerclear"
    assert (read.vevent.summary.value, read.vevent.location.value) == ("Third", "Room 4")
    assert read.vevent.description.value == "1. T4, and what was\n2. Lines"
    assert read.vevent.dtend.value == datetime(2025, 4, 10, 7, 0, tzinfo=UTC)
    assert read.vtodo.uid.value == f"{item.id}@steerclear"
    assert read.vtodo.summary.value == "TUR: Test the second line."
    assert read.vtodo.due.value == datetime(2025, 4, 12, 6, 0, tzinfo=UTC)
    assert len({calendar(channel.node(member).ledger) for member in EVERYONE}) == 1


def test_what_is_done_keeps_its_uid_and_says_that_it_changed(channel: Channel) -> None:
    meeting = say(channel, "AZE", "meeting.convene", title="Third", **TIMES).short
    terms = {"owner": "TUR", "due_at": "2025-04-12T06:00Z", "what": "Test the second line."}
    item = say(channel, "ISR", "meeting.action", meeting=meeting, **terms)
    before = shown(channel, "ISR").vtodo
    channel.at("05:30")
    say(channel, "TUR", "meeting.action", meeting=meeting, settles=item.short, what="Tested.")
    after = shown(channel, "ISR").vtodo
    assert before.uid.value == after.uid.value
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert (before.status.value, after.status.value) == ("NEEDS-ACTION", "COMPLETED")
    assert before.dtstamp.value < after.dtstamp.value


def test_a_drill_stands_from_its_start_and_to_its_end(channel: Channel) -> None:
    drill = say(channel, "AZE", "drill.start", name="April").short
    event = shown(channel, "TUR").vevent
    assert event.summary.value == "DRILL: April"
    assert not hasattr(event, "dtend")
    channel.at("05:40")
    say(channel, "AZE", "drill.end", drill=drill)
    ended = shown(channel, "TUR").vevent
    assert ended.uid.value == event.uid.value
    assert ended.dtend.value == datetime(2025, 4, 10, 5, 40, tzinfo=UTC)


def agree_on_checks(channel: Channel, *, version: int = 1, at_minutes: tuple[int, ...]) -> None:
    [annex] = [
        one for one in template("syria-2025", parties=PARTIES, host=HOST) if one.name is AnnexName.COMM_CHECKS
    ]
    assert isinstance(annex.terms, CommChecks)
    changed = replace(annex, version=version, terms=replace(annex.terms, at_minutes=at_minutes))
    ledger = channel.node("TUR").ledger
    speak(ledger, AnnexPropose(annex=changed, because="x"), voice=by_authority(), to=("ISR",))
    channel.settle()
    for party in PARTIES:
        channel.do(party, ask.Ratify())


def test_agreed_checks_come_every_day_and_those_of_an_old_version_are_off(channel: Channel) -> None:
    agree_on_checks(channel, at_minutes=(300, 1020))
    events = shown(channel, "ISR").vevent_list
    assert [event.rrule.value for event in events] == ["FREQ=DAILY", "FREQ=DAILY"]
    starts = sorted(event.dtstart.value for event in events)
    assert starts == [
        datetime(2025, 4, 10, 17, 0, tzinfo=UTC),
        datetime(2025, 4, 11, 5, 0, tzinfo=UTC),  # the first after it was proposed
    ]
    assert events[0].summary.value == "Check of the line: AZE calls"
    agree_on_checks(channel, version=2, at_minutes=(600,))
    after = {event.uid.value: event for event in shown(channel, "ISR").vevent_list}
    old = {event.uid.value for event in events}
    assert {after[uid].status.value for uid in old} == {"CANCELLED"}
    assert {after[uid].sequence.value for uid in old} == {"1"}
    assert [after[uid].status.value for uid in set(after) - old] == ["CONFIRMED"]


def test_what_is_sealed_to_others_is_not_in_it_nor_any_place(channel: Channel) -> None:
    mine = say(channel, "TUR", "meeting.convene", "AZE", title="Two of us alone", **TIMES)
    all_of_us = say(channel, "TUR", "meeting.convene", title="Third", **TIMES)
    site = {"name": "Clinic", "category": "hospital", "footprint": json.dumps(area("here", "TUR"))}
    say(channel, "TUR", "site.register", "ISR", **site)
    channel.file("TUR", area("depot", "TUR"), level="L0")
    assert uids(channel, "ISR") == [f"{all_of_us.id}@steerclear"]
    assert set(uids(channel, "TUR")) == {f"{mine.id}@steerclear", f"{all_of_us.id}@steerclear"}
    data = calendar(channel.node("ISR").ledger)
    for word in (b"Two of us", b"Clinic", b"depot", b"34.5", b"37.6", b"GEO"):
        assert word not in data


def test_an_empty_calendar_is_refused_with_what_to_do(founded: Channel) -> None:
    with pytest.raises(Refused) as refused:
        calendar(founded.node("TUR").ledger)
    assert refused.value.code == "calendar-empty"
