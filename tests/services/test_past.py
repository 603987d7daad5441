# SPDX-License-Identifier: Apache-2.0
"""Is what a node shows of the past what it showed then?"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest
from tests.services.conftest import Channel, area, copy_of, ratified

from steerclear.errors import BadInput, Refused
from steerclear.model.time import Instant, parse_instant
from steerclear.services import requests as ask
from steerclear.services.answers import Inbox
from steerclear.services.inbox import inbox
from steerclear.services.map_answers import PictureShown
from steerclear.services.past import Past
from steerclear.services.past_answers import PastShown
from steerclear.services.picture import Drawings
from steerclear.services.requests import Say


def recalled(of: Past, at: Instant) -> PastShown:
    while of.read(7):
        pass
    while of.fold(at, 7):
        pass
    return of.at(at)


@dataclass
class Diary:
    """What each node showed when everything had gone over the lines, by the time."""

    channel: Channel
    shown: dict[tuple[str, Instant], tuple[PictureShown, Inbox]] = field(default_factory=dict)

    def write(self) -> None:
        self.channel.settle()
        for member in ("TUR", "ISR"):
            ledger = self.channel.node(member).ledger
            self.shown[member, ledger.now()] = (Drawings().picture(ledger), inbox(ledger, None))


def lived(channel: Channel) -> Diary:
    """A morning: a hazard, a conflict and its way out, a line cut over a STOP, an incident."""
    diary = Diary(channel)
    diary.write()
    channel.at("05:20")
    hazard = channel.file("TUR", area("hazard", "TUR"), level="L0")
    diary.write()
    channel.at("05:24")
    channel.do("ISR", ask.Acknowledge(desk="air", about=hazard.short))
    diary.write()
    channel.at("05:30")
    channel.file("ISR", area("flight", "ISR", lat=34.5423, lon=37.66), level="L0")
    diary.write()
    channel.at("05:40")
    flight = channel.notice("ISR", "flight")
    channel.do("ISR", ask.TakeAlternative(desk="air", about=flight.short, way="altitude"))
    diary.write()
    channel.at("05:50")
    channel.cut = {frozenset(("TUR", "ISR")), frozenset(("TUR", "AZE"))}
    channel.file("TUR", area("unheard", "TUR", lon=38.6), level="L0")
    diary.write()
    channel.at("05:55")
    stop = ask.CallStop(desk="ground", place="2 km NE of T4", seen="under fire", basis="own-forces")
    call = channel.do("ISR", stop)[0]
    diary.write()
    channel.at("06:05")
    channel.cut = set()
    diary.write()
    channel.at("06:06")
    channel.do("TUR", ask.Answer(desk="air", about=call.short, answer="stopped"))
    channel.at("06:20")
    channel.do("ISR", ask.CloseStop(desk="ground", about=call.short))
    diary.write()
    channel.at("07:00")
    fields: dict[str, str | tuple[str, ...]] = {
        "happened_at": "2025-04-10T05:54Z",
        "involved": ("TUR", "ISR"),
        "title": "fire at the crossing",
    }
    channel.do("ISR", Say(kind="incident.open", desk="air", fields=fields))
    diary.write()
    return diary


@pytest.fixture(scope="module")
def diary() -> Diary:
    return lived(copy_of(ratified()))


def said_by_people(shown: Inbox) -> Inbox:
    """What one machine owes another is known here when our own log next covers it: up to a beat later."""
    told = tuple(row for row in shown.owed_to_me if row.what != "machine-receipt")
    return replace(shown, owed_to_me=told)


@pytest.mark.parametrize("member", ["TUR", "ISR"])
def test_each_moment_shows_what_was_shown_then(diary: Diary, member: str) -> None:
    of = Past(diary.channel.node(member).ledger)
    moments = [at for who, at in diary.shown if who == member]
    # On, and back again.
    for at in (*moments, *reversed(moments)):
        shown, (picture, owed) = recalled(of, at), diary.shown[member, at]
        assert shown.picture == picture
        assert said_by_people(shown.inbox) == said_by_people(owed)


def test_what_a_cut_line_kept_back_was_not_known(diary: Diary) -> None:
    """The STOP was called at 05:55; TUR heard of it when the line was whole again."""
    tur = Past(diary.channel.node("TUR").ledger)
    assert recalled(tur, parse_instant("2025-04-10T06:04:00.000Z")).inbox.stops == ()
    [stop] = recalled(tur, parse_instant("2025-04-10T06:05:00.000Z")).inbox.stops
    assert stop.filed_at == "2025-04-10T05:55:00.000Z"
    isr = Past(diary.channel.node("ISR").ledger)
    assert len(recalled(isr, parse_instant("2025-04-10T05:55:00.000Z")).inbox.stops) == 1


def test_what_has_not_come_in_by_then_does_not_change_it(diary: Diary) -> None:
    channel = copy_of(diary.channel)
    of = Past(channel.node("TUR").ledger)
    at = parse_instant("2025-04-10T06:00:00.000Z")
    before = recalled(of, at)
    channel.at("07:30")
    channel.file("TUR", area("later", "TUR", lon=39.0), level="L0")
    assert recalled(of, at) == before
    assert recalled(Past(channel.node("TUR").ledger), at) == before


def test_the_moments_of_an_incident_are_those_of_its_file(diary: Diary) -> None:
    ledger = diary.channel.node("TUR").ledger
    of = Past(ledger)
    recalled(of, ledger.now())
    [incident] = ledger.view.incidents
    shown = of.of_incident(incident.id)
    kinds = [one.kind for one in shown.moments]
    assert {"notice.file", "notice.amend", "stop.call", "stop.answer", "stop.close"} <= set(kinds)
    assert kinds[-1] == "incident.open"
    assert [one.at for one in shown.moments] == sorted(one.at for one in shown.moments)
    call = next(one for one in shown.moments if one.kind == "stop.call")
    assert (call.said_at, call.at) == ("2025-04-10T05:55:00.000Z", "2025-04-10T06:05:00.000Z")
    assert shown.begins_at <= shown.happened_at == "2025-04-10T05:54:00.000Z" <= shown.ends_at
    assert [one.id for one in of.around(ledger.now()).moments if one.kind == "stop.call"] == [call.id]


def test_anothers_site_is_in_no_list_of_a_day() -> None:
    """No list of protected sites, whichever way one asks: who may know one, knows it from its own page."""
    channel = copy_of(ratified())
    clinic = {"name": "Clinic", "category": "hospital", "footprint": json.dumps(area("here", "TUR"))}
    said = Say(kind="site.register", desk="air", to=("ISR",), fields=clinic)
    site = channel.do("TUR", said)[0].id
    for member, is_listed in (("TUR", True), ("ISR", False)):
        ledger = channel.node(member).ledger
        of = Past(ledger)
        recalled(of, ledger.now())
        assert ledger.view.said(site) is not None, "it can be read there"
        assert (site in {one.id for one in of.around(ledger.now()).moments}) is is_listed


def test_a_notice_is_no_incident(diary: Diary) -> None:
    ledger = diary.channel.node("TUR").ledger
    with pytest.raises(BadInput) as refused:
        Past(ledger).of_incident(diary.channel.notice("TUR", "hazard").short)
    assert refused.value.code == "not-an-incident"


def test_a_record_that_is_too_long_is_refused(diary: Diary) -> None:
    of = Past(diary.channel.node("TUR").ledger, most_entries=40)
    with pytest.raises(Refused) as refused:
        of.read(41)
    assert refused.value.code == "past-too-large"
