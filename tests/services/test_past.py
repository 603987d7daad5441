# SPDX-License-Identifier: Apache-2.0
"""Is what a node shows of the past what it showed then?"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field, replace

import pytest
from tests.services.conftest import Channel, area, copy_of, ratified

from steerclear.errors import BadInput, Refused
from steerclear.mechanism.entry import Entry, Place
from steerclear.model.time import Instant, parse_instant
from steerclear.services import requests as ask
from steerclear.services.answers import Inbox
from steerclear.services.inbox import inbox
from steerclear.services.map_answers import PictureShown
from steerclear.services.past import Past
from steerclear.services.past_answers import MomentsShown, PastShown
from steerclear.services.past_moments import Moments, moments_around, moments_of_incident
from steerclear.services.picture import Drawings
from steerclear.services.requests import Say


def recalled(of: Past, at: Instant) -> PastShown:
    while of.read(7):
        pass
    while entries := of.take(at, 7):
        of.fold(entries)
    return of.shown(of.then(at))


def listed(moments: Moments) -> MomentsShown:
    while moments.go_on(7):
        pass
    return moments.shown()


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
    shown = listed(moments_of_incident(ledger, of, incident.id))
    kinds = [one.kind for one in shown.moments]
    assert {"notice.file", "notice.amend", "stop.call", "stop.answer", "stop.close"} <= set(kinds)
    assert kinds[-1] == "incident.open"
    assert [one.at for one in shown.moments] == sorted(one.at for one in shown.moments)
    call = next(one for one in shown.moments if one.kind == "stop.call")
    assert (call.said_at, call.at) == ("2025-04-10T05:55:00.000Z", "2025-04-10T06:05:00.000Z")
    assert shown.begins_at <= shown.happened_at == "2025-04-10T05:54:00.000Z" <= shown.ends_at
    assert [
        one.id for one in listed(moments_around(ledger, of, ledger.now())).moments if one.kind == "stop.call"
    ] == [call.id]


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
        assert (
            site in {one.id for one in listed(moments_around(ledger, of, ledger.now())).moments}
        ) is is_listed


def test_a_stop_that_was_heard_aside_of_all_logs_is_of_that_moment(diary: Diary) -> None:
    """TUR's own log is behind, and closed: its STOP goes out beside it, and stands in no log for a while."""
    channel = copy_of(diary.channel)
    channel.at("07:30")
    old = copy.deepcopy(channel.stations["TUR"].disk)
    channel.file("TUR", area("depot", "TUR", lon=39.0), level="L0")
    tur = channel.restart("TUR", disk=old)
    (called,) = tur.do(ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",)))
    assert called.seq is None, "it stands in no log"
    channel.at("07:31")
    isr = channel.node("ISR")
    isr.take("TUR", tur.make("ISR"))
    isr.step()
    [said] = isr.ledger.view.book.claims(called.id)
    assert not said.is_in_a_log
    for ledger, known_at in ((tur.ledger, "07:30"), (isr.ledger, "07:31")):
        of = Past(ledger)
        at = parse_instant(f"2025-04-10T{known_at}:00.000Z")
        assert called.id in {one.id for one in recalled(of, at).inbox.stops}
        assert called.id not in {one.id for one in recalled(of, Instant(at - 1)).inbox.stops}
        moments = {one.id: one for one in listed(moments_around(ledger, of, at)).moments}
        assert (moments[called.id].at, moments[called.id].kind) == (
            f"2025-04-10T{known_at}:00.000Z",
            "stop.call",
        )
    # It comes into the logs, and is no second STOP.
    channel.at("07:40")
    channel.settle()
    of = Past(channel.node("ISR").ledger)
    shown = recalled(of, parse_instant("2025-04-10T07:40:00.000Z"))
    assert [one.id for one in shown.inbox.stops].count(called.id) == 1
    assert called.id in {
        one.id for one in recalled(of, parse_instant("2025-04-10T07:31:00.000Z")).inbox.stops
    }


def test_a_moment_before_a_cosignature_does_not_know_of_it(diary: Diary) -> None:
    """The slider goes back over a cosignature between two entries: RECORDED is taken back with it."""
    channel = copy_of(diary.channel)
    channel.at("07:30")
    channel.cut = {frozenset(("TUR", "ISR")), frozenset(("TUR", "AZE"))}
    filed = channel.file("TUR", area("alone", "TUR", lon=39.0), level="L0")
    ledger = channel.node("TUR").ledger
    for by in ("ISR", "AZE"):
        at = parse_instant("2025-04-10T07:32:00.000Z")
        ledger.view.cosigned("TUR", ledger.own.size, by, at, ledger.own.generation)
    channel.at("07:35")
    of = Past(ledger)

    def recorded_at(clock: str) -> str | None:
        notices = recalled(of, parse_instant(f"2025-04-10T{clock}:00.000Z")).inbox.notices
        return next(one.recorded_at for one in notices if one.id == filed.id)

    assert recorded_at("07:33") == "2025-04-10T07:32:00.000Z"
    assert recorded_at("07:31") is None
    assert recorded_at("07:34") == "2025-04-10T07:32:00.000Z"


def test_what_nobody_here_covered_is_looked_at_once_a_reading(diary: Diary) -> None:
    """However long the record is, a slice looks at no more entries than it is allowed to."""
    channel = copy_of(diary.channel)
    ledger = channel.node("TUR").ledger
    looked: list[int] = []

    class Counted(Past):
        def entry(self, place: Place) -> Entry:
            looked[-1] += 1
            return super().entry(place)

    of = Counted(ledger)
    more = True
    while more:
        looked.append(0)
        more = of.read(5)
    entries = sum(log.size for log in ledger.logs.values())
    assert (max(looked), sum(looked)) == (5, entries)
    at, moments = ledger.now(), moments_around(ledger, of, ledger.now())
    for go_on in (lambda: of.take(at, 5), lambda: moments.go_on(5)):
        more = True
        while more:
            looked.append(0)
            taken = go_on()
            if isinstance(taken, tuple):
                of.fold(taken)
            more = bool(taken)
        assert max(looked) == 5


def test_of_very_many_moments_the_last_are_listed(diary: Diary) -> None:
    ledger = diary.channel.node("TUR").ledger
    of = Past(ledger)
    recalled(of, ledger.now())
    every = listed(moments_around(ledger, of, ledger.now()))
    assert every.more == 0
    few = moments_around(ledger, of, ledger.now(), at_most=3)
    shown = listed(few)
    assert shown.moments == every.moments[-3:]
    assert shown.more == len(every.moments) - 3


def test_a_notice_is_no_incident(diary: Diary) -> None:
    ledger = diary.channel.node("TUR").ledger
    with pytest.raises(BadInput) as refused:
        moments_of_incident(ledger, Past(ledger), diary.channel.notice("TUR", "hazard").short)
    assert refused.value.code == "not-an-incident"


def test_a_record_that_is_too_long_is_refused(diary: Diary) -> None:
    of = Past(diary.channel.node("TUR").ledger, most_entries=40)
    with pytest.raises(Refused) as refused:
        of.read(41)
    assert refused.value.code == "past-too-large"
