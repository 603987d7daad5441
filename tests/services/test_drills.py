# SPDX-License-Identifier: Apache-2.0
"""Is a drill called, rung and measured like the real thing, and is neither taken for the other?"""

from __future__ import annotations

import asyncio
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.cli.looking import stop_words
from steerclear.errors import BadInput, Refused
from steerclear.links.notifier import ConsoleBell
from steerclear.mechanism.bodies import Basis, StopCall
from steerclear.model.space import Position
from steerclear.services import requests as ask
from steerclear.services.aside import speak_floor
from steerclear.services.audience import for_floor
from steerclear.services.speak import by_desk
from steerclear.services.statistics import page_of, statistics

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def say(channel: Channel, member: str, kind: str, *to: str, **fields: str) -> Any:
    return channel.do(member, ask.Say(kind=kind, fields=fields, desk="air", to=to))[0]


def call(channel: Channel, drill: str | None, *to: str) -> Any:
    request = ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=to, drill=drill)
    return channel.do("AZE", request)[0]


def test_the_host_drills_the_line_and_each_side_has_its_minutes(channel: Channel) -> None:
    drill = say(channel, "AZE", "drill.start", name="April", scenario="A convoy under fire near T4")
    stop = call(channel, drill.short)
    channel.at("05:13")
    channel.do("TUR", ask.Acknowledge(desk="air", about=stop.id, rung=2))
    channel.at("05:14:30")
    channel.do("TUR", ask.Answer(desk="air", about=stop.id, answer="stopped"))
    channel.do("AZE", ask.CloseStop(desk="air", about=stop.id))
    say(channel, "AZE", "drill.end", drill=drill.short)
    for member in ("TUR", "ISR", "AZE"):
        assert channel.stop(member, stop.id).minutes_to_authority == 3
        figures = statistics(channel.node(member).ledger, "2025-04")
        [report] = figures.shared.drills
        assert (report.name, report.minutes_to_authority, report.minutes_to_halt) == ("April", (3,), (4.5,))
        assert figures.own.calls == figures.shared.calls == 0  # a drill is in no other figure
        assert "April" in page_of(figures)


def test_it_says_drill_wherever_it_is_shown_or_rung(channel: Channel) -> None:
    drill = say(channel, "AZE", "drill.start", name="April")
    channel.alarms.clear()
    stop = call(channel, drill.short)
    row = channel.stop("TUR", stop.id)
    assert row.drill == "April"
    assert stop_words(row).startswith(f"DRILL “April”: STOP {stop.short} by AZE")
    owed = [one.words for one in channel.node("TUR").inbox("air").i_owe if one.short == stop.short]
    assert owed
    assert all("DRILL STOP" in words for words in owed)
    rung = [alarm for alarm in channel.alarms if alarm.about == stop.id]
    assert rung
    assert all(alarm.drill and alarm.sounds for alarm in rung)
    heard = StringIO()
    asyncio.run(ConsoleBell(heard).ring(rung[0]))
    assert f"Z DRILL: call the {rung[0].desk} desk of" in heard.getvalue()


def test_distress_is_drilled_too(channel: Channel) -> None:
    drill = say(channel, "AZE", "drill.start", name="April")
    terms = {"place": "T4", "seen_at": "now", "who": "people", "drill": drill.short}
    channel.alarms.clear()
    distress = say(channel, "AZE", "distress.call", **terms)
    assert channel.node("TUR").affair(distress.short).state == "DRILL, open"
    assert {alarm.drill for alarm in channel.alarms if alarm.about == distress.id} == {True}
    say(channel, "AZE", "drill.end", drill=drill.short)
    with pytest.raises(Refused) as refused:
        say(channel, "AZE", "distress.call", **terms)
    assert refused.value.code == "drill-not-running"


def test_what_is_no_running_drill_is_refused_and_nothing_is_called(channel: Channel) -> None:
    drill = say(channel, "AZE", "drill.start", name="April")
    real = call(channel, None, "TUR")
    say(channel, "AZE", "drill.end", drill=drill.short)
    size = channel.size("AZE")
    for named in (drill.short, drill.id, real.short):
        with pytest.raises(Refused) as refused:
            call(channel, named)
        assert refused.value.code == "drill-not-running"
    with pytest.raises(BadInput) as unknown:
        call(channel, "AZE-9999")
    assert unknown.value.code == "thing-unknown"
    assert channel.size("AZE") == size
    assert channel.stop("TUR", real.id).drill is None


def test_a_call_that_names_a_drill_that_is_over_is_the_real_thing(channel: Channel) -> None:
    """Another program than ours, or a slow line, may say so: better a desk too many than a fire too long."""
    drill = say(channel, "AZE", "drill.start", name="April")
    channel.at("05:20")
    say(channel, "AZE", "drill.end", drill=drill.short)
    channel.at("05:30")
    ledger = channel.node("AZE").ledger
    body = StopCall(
        place=Position(345_123_000, 376_321_000),
        near=None,
        seen_at=channel.clock.now(),
        seen="fire",
        basis=Basis.UNSURE,
        notice=None,
        drill=drill.id,
    )
    channel.alarms.clear()
    filed = speak_floor(ledger, body, voice=by_desk("air"), audience=for_floor(ledger, ("TUR",)))
    channel.settle()
    assert channel.stop("TUR", filed.id).drill is None
    assert {alarm.drill for alarm in channel.alarms if alarm.about == filed.id} == {False}
