# SPDX-License-Identifier: Apache-2.0
"""Do a period's figures count what happened in it, and tell late, missed, waived and never apart?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.mechanism.conftest import at

from steerclear.mechanism import bodies as say
from steerclear.mechanism.measures import (
    DutyTally,
    Measured,
    Period,
    Spread,
    concerns,
    measured,
    minutes_to_halt,
    readable_by_all,
    spread,
)
from steerclear.mechanism.obligation import State
from steerclear.model.annex import AnnexName
from steerclear.model.member import MemberId
from steerclear.model.response import ResponseClass
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

PRIORITY = ResponseClass.PRIORITY
BOTH = (MemberId("TUR"), MemberId("ISR"))
DAY = Period(at("00:00"), at("+1d 00:00"))


def figures(
    table: Table, now: str = "23:00", *, me: str = "AZE", of: str | None = None, period: Period = DAY
) -> Measured:
    """Of one member in full, or (``None``) what all count alike."""
    view = table.view(me, upto=now)
    return measured(view, at(now), period, counts=readable_by_all(view) if of is None else concerns(of))


def a_stop(table: Table, speech: type[Speech], call: str, *, ack: str, halt: str, to: str = "ISR") -> str:
    stop = table.say("TUR", speech.stop(seen=call), when=call, to=(to,))
    table.beat(to, call)
    table.say(to, speech.ack(stop), when=ack)
    table.say(to, speech.answer(stop, say.StopOutcome.STOPPED, halt), when=halt)
    return stop


def test_the_median_the_95th_percentile_and_the_worst_are_nearest_ranks() -> None:
    assert spread([]) is None, "an empty month has no median"
    assert spread([7]) == Spread(1, 7, 7, 7)
    assert spread([4, 1, 3, 2]) == Spread(4, 2, 4, 4)
    assert spread(range(1, 101)) == Spread(100, 50, 95, 100)


def test_a_period_holds_its_first_moment_and_not_its_last() -> None:
    assert [DAY.holds(Instant(moment)) for moment in (at("00:00") - 1, at("00:00"), at("+1d 00:00"))] == [
        False,
        True,
        False,
    ]


def test_a_day_of_two_stops_one_of_which_nobody_answers(founded: Table, speech: type[Speech]) -> None:
    a_stop(founded, speech, "13:00", ack="13:03", halt="13:09")
    founded.say("ISR", speech.stop(36.5), when="14:00", to=("TUR",))
    counted = figures(founded)
    assert (counted.calls, counted.without_authority, counted.without_halt) == (2, 1, 1)
    assert counted.authority == counted.acknowledge == Spread(1, 3, 3, 3)
    assert counted.halt == Spread(1, 9, 9, 9)
    assert figures(founded, of="MSF").calls == 0
    assert figures(founded, of="TUR").calls == 2
    assert figures(founded, period=Period(at("13:30"), at("14:30"))).calls == 1


def test_nobody_halts_what_was_never_called(founded: Table) -> None:
    assert minutes_to_halt(founded.view(), "9" * 32) is None


def test_what_not_all_could_open_is_in_no_shared_figure(founded: Table, speech: type[Speech]) -> None:
    body = speech.file("18:00", "19:00")
    founded.say("TUR", body, when="12:00", to=("ISR",), sealed_to=("TUR", "ISR"))
    assert figures(founded, me="ISR", of="ISR").notices == 1
    assert figures(founded, me="ISR").notices == figures(founded, me="AZE").notices == 0


def test_of_a_notice_its_lead_and_whether_it_was_late(founded: Table, speech: type[Speech]) -> None:
    founded.say("TUR", speech.file("18:00", "19:00"), when="12:00", to=("ISR",))
    late = replace(speech.content("12:20", "13:00", ref="late"), late_minutes=40)
    founded.say("TUR", say.NoticeFile(late), when="12:10", to=("ISR",))
    counted = figures(founded)
    assert (counted.notices, counted.late_notices) == (2, 1)
    assert counted.lead == Spread(2, 10, 360, 360)


def test_duties_in_time_late_missed_waived_and_open(founded: Table, speech: type[Speech]) -> None:
    """Five notices of one class, and for each another end of its acknowledgement; the rest is open."""
    notices = [
        founded.say("TUR", speech.file("20:00", "21:00", ref=f"n{number}"), when="12:00", to=("ISR",))
        for number in range(5)
    ]
    founded.beat("ISR", "12:00")
    founded.say("ISR", speech.ack(notices[0]), when="12:10")
    founded.say("ISR", speech.ack(notices[1]), when="12:40")
    waive = say.Waive(notices[2], "acknowledgement", MemberId("ISR"), None)
    founded.say("TUR", waive, when="12:20", to=("ISR",))
    owed = [duty for duty in founded.owes("12:50") if duty.about in notices and duty.of_class is PRIORITY]
    assert sum(duty.what == "acknowledgement" for duty in owed) == 5
    (tally,) = (row for row in figures(founded, "12:50").duties if row.of_class == "priority")
    assert (tally.late, tally.missed, tally.waived) == (1, 2, 1)
    met = sum(duty.state is State.MET for duty in owed)
    assert (tally.in_time, tally.open) == (met - 1, len(owed) - met - 3)
    assert tally.in_time > 1, "machine receipts were in time too"
    (before,) = (row for row in figures(founded, "12:05").duties if row.of_class == "priority")
    assert (before.late, before.missed, before.waived) == (0, 0, 0)


def test_what_belongs_to_no_class_is_counted_as_other(founded: Table, speech: type[Speech]) -> None:
    founded.say("TUR", say.IncidentOpen("near miss", at("11:00"), None, BOTH), when="12:00", to=("ISR",))
    assert "other" in {row.of_class for row in figures(founded).duties}
    assert DutyTally("other", 0, 0, 0, 0, 4) == next(
        row for row in figures(founded).duties if row.of_class == "other"
    )


def test_a_conflict_that_was_found_and_one_that_was_closed(founded: Table, speech: type[Speech]) -> None:
    pairs = []
    for number in range(3):
        mine = founded.say("TUR", speech.file(ref=f"t{number}"), when="12:00", to=("ISR",))
        theirs = founded.say("ISR", speech.file(party="ISR", ref=f"i{number}"), when="12:00", to=("TUR",))
        pairs.append((mine, theirs))
    founded.all_beat("12:01")
    findings: list[Any] = [speech.conflict(), speech.conflict(), say.NoConflictFound(2)]
    for (mine, theirs), finding in zip(pairs, findings, strict=True):
        body = speech.result((mine, mine), (theirs, theirs), finding=finding)
        founded.say("AZE", body, when="12:02", to=("TUR", "ISR"))
    for author in ("TUR", "ISR"):
        founded.say(author, say.ConflictClose(pairs[0], "both have moved"), when="12:10", to=BOTH)
    counted = figures(founded)
    assert (counted.conflicts_found, counted.conflicts_closed) == (2, 1)
    yesterday = Period(Instant(at("00:00") - 86_400_000), at("00:00"))
    assert figures(founded, period=yesterday).conflicts_found == 0


def test_agreed_checks_that_were_made_and_those_that_nobody_called(founded: Table) -> None:
    """09:00 and 16:00 by the host; 15 minutes to each side are in time, and another caller makes none."""
    founded.say("AZE", say.CheckCall(None, "radio"), when="09:14", to=("TUR", "ISR"))
    founded.say("TUR", say.CheckCall(None, "radio"), when="16:00", to=("ISR",))
    counted = [figures(founded, now) for now in ("09:14", "09:16", "16:16")]
    assert [(one.checks_made, one.checks_missed) for one in counted] == [(0, 0), (1, 0), (1, 1)]
    afternoon = figures(founded, period=Period(at("12:00"), at("+1d 00:00")))
    assert (afternoon.checks_made, afternoon.checks_missed) == (0, 1)


def test_no_check_is_missed_where_none_is_agreed(table: Table) -> None:
    assert table.view().annexes.in_force(AnnexName.COMM_CHECKS, at("12:00")) is None
    counted = figures(table)
    assert (counted.checks_made, counted.checks_missed) == (0, 0)


def test_a_drill_shows_its_calls_and_stands_in_no_other_figure(founded: Table, speech: type[Speech]) -> None:
    drill = founded.say("AZE", say.DrillStart("spring", None), when="12:50", to=("TUR", "ISR"))
    stop = founded.say("TUR", speech.stop(drill=drill), when="13:00", to=("ISR",))
    founded.beat("ISR", "13:00")
    founded.say("ISR", speech.ack(stop), when="13:04")
    counted = figures(founded)
    (shown,) = counted.drills
    assert (shown.id, shown.name, shown.at, shown.calls) == (drill, "spring", at("12:50"), 1)
    assert (shown.minutes_to_authority, shown.minutes_to_halt) == ((4,), (None,))
    assert (counted.calls, counted.authority) == (0, None)
    assert figures(founded, period=Period(at("13:30"), at("23:00"))).drills == ()


@pytest.mark.parametrize("me", ["TUR", "ISR", "MSF", "OBS"])
def test_every_member_counts_the_same(me: str, founded: Table, speech: type[Speech]) -> None:
    a_stop(founded, speech, "13:00", ack="13:03", halt="13:09")
    founded.say("TUR", speech.file("18:00", "19:00"), when="14:00", to=("ISR",), sealed_to=("TUR", "ISR"))
    founded.all_beat("14:10")
    assert figures(founded, me=me) == figures(founded, me="AZE")
