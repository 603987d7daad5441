# SPDX-License-Identifier: Apache-2.0
"""STOP: both first rungs at once, a climb that only authority ends, an outcome with a clock, a close.

Deir ez-Zor, 17 September 2016: the caller waited 27 minutes for his usual contact.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.mechanism import bodies as say
from steerclear.mechanism.classes import STANDING_RESPONSE
from steerclear.mechanism.measures import minutes_to_acknowledge, minutes_to_authority, minutes_to_halt
from steerclear.mechanism.obligation import State
from steerclear.mechanism.obligations import next_due_at, obligations
from steerclear.mechanism.owed.calls import acknowledged_rungs
from steerclear.model.annex import Annex, AnnexName
from steerclear.model.member import MemberId
from steerclear.model.response import ResponseClass
from steerclear.model.time import Instant
from steerclear.record.heard import Heard
from steerclear.record.statement import Statement

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table


@pytest.fixture
def called(founded: Table, speech: type[Speech]) -> Any:
    """ISR calls STOP on TUR at 13:24:00; the machine of TUR has it at 13:24:05."""
    founded.look("ISR")
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",), id_="5" * 32)
    founded.beat("TUR", "13:24:05")
    return founded, stop


def numbers(obligation: Any) -> Any:
    return [rung.number for rung in obligation.called]


def test_stop_calls_the_first_rung_of_each_sort_at_once(called: tuple[Table, str]) -> None:
    table, stop = called
    owed = table.one("13:24:05", what="acknowledgement", thing=stop, desk="air")
    assert numbers(owed) == [1, 2]
    assert [rung.may_act for rung in owed.called] == [False, True]
    assert owed.of_class is ResponseClass.STOP


def test_stop_climbs_by_itself_after_two_minutes(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, _stop = called
    before = table.one("13:26:04", what="acknowledgement", desk="air")
    assert (numbers(before), before.next_rung_at) == ([1, 2], speech.at("13:26:05"))
    after = table.one("13:26:05", what="acknowledgement", desk="air")
    assert (numbers(after), after.next_rung_at) == ([1, 2, 3], None)


def test_acknowledgement_is_due_two_minutes_after_delivered(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, _stop = called
    owed = table.one("13:26:05", what="acknowledgement", desk="air")
    assert (owed.due_at, owed.state) == (speech.at("13:26:05"), State.OPEN)
    assert table.one("13:26:06", what="acknowledgement", desk="air").state is State.LATE


def test_a_relay_that_acknowledges_ends_no_climb(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, stop = called
    table.say("TUR", speech.ack(stop, rung=1), when="13:25", to=("ISR",))
    owed = table.one("13:27", what="acknowledgement", desk="air")
    assert (owed.state, numbers(owed)) == (State.LATE, [1, 2, 3])


def test_a_rung_that_may_act_ends_the_climb(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, stop = called
    table.say("TUR", speech.ack(stop, rung=2), when="13:25", to=("ISR",))
    owed = table.one("13:27", what="acknowledgement", desk="air")
    assert (owed.state, owed.met_at, owed.called) == (State.MET, speech.at("13:25"), ())
    assert not owed.met_late


def test_each_desk_of_the_addressee_is_called(called: tuple[Table, str]) -> None:
    table, _ = called
    assert {one.debtor.desk for one in table.owes("13:25", what="acknowledgement")} == {
        "air",
        "ground",
        "sea",
    }


def test_an_outcome_for_the_member_ends_the_climb_at_its_other_desks(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    table.say("TUR", speech.answer(stop), when="13:25", to=("ISR",))
    assert {one.state for one in table.owes("13:30", what="acknowledgement")} == {State.MET}


def test_not_known_ends_no_climb(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, stop = called
    table.say("TUR", speech.answer(stop, say.StopOutcome.NOT_KNOWN), when="13:25", to=("ISR",))
    assert {one.state for one in table.owes("13:30", what="acknowledgement")} == {State.LATE}
    assert table.one("13:28", what="outcome").state is State.MET


def test_stop_owes_an_outcome_five_minutes_after_delivered(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, _stop = called
    owed = table.one("13:25", what="outcome", who="TUR")
    assert (owed.due_at, owed.creditor, owed.debtor.desk) == (speech.at("13:29:05"), "ISR", None)
    assert owed.debtor.covers("TUR", "air")
    assert table.one("13:30", what="outcome").state is State.LATE


def test_the_outcome_is_renewed_every_five_minutes_until_the_caller_closes(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    table.say("TUR", speech.answer(stop), when="13:28", to=("ISR",))
    table.say("TUR", say.StopRenew(stop, say.StopOutcome.STOPPED, speech.at("13:31"), None), when="13:32")
    first, second = table.owes("13:38", what="renewal")
    assert (first.state, first.due_at) == (State.MET, speech.at("13:33"))
    assert (second.state, second.due_at) == (State.LATE, speech.at("13:37"))
    table.say("ISR", say.StopClose(stop, None), when="13:40")
    assert [one.state for one in table.owes("13:50", what="renewal")] == [State.MET, State.WAIVED]


def test_only_the_caller_closes(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, stop = called
    table.say("TUR", say.StopClose(stop, None), when="13:30")
    view = table.view("AZE")
    assert view.stops.get(stop).is_open
    assert [one.why for one in view.without_effect] == ["only its author says this"]


def test_the_caller_owes_a_close_once_all_have_stopped(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    assert table.owes("13:30", what="close") == []
    table.say("TUR", speech.answer(stop, say.StopOutcome.STOPPED, "13:32"), when="13:32", to=("ISR",))
    owed = table.one("13:33", what="close")
    assert (owed.debtor.member, owed.due_at) == ("ISR", speech.at("14:02"))
    table.say("ISR", say.StopClose(stop, None), when="13:40")
    assert table.one("13:41", what="close").state is State.MET


def test_minutes_to_authority_and_to_halt(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, stop = called
    assert minutes_to_authority(table.view(), stop) is None
    assert minutes_to_halt(table.view(), stop) is None
    table.say("TUR", speech.ack(stop, rung=1), when="13:25")
    table.say("TUR", speech.ack(stop, rung=2), when="13:27")
    table.say("TUR", speech.answer(stop, say.StopOutcome.STOPPED, "13:32"), when="13:33")
    view = table.view()
    assert minutes_to_acknowledge(view, stop) == 1
    assert minutes_to_authority(view, stop) == 3
    assert minutes_to_halt(view, stop) == 8


def test_a_dead_line_is_never_booked_as_a_slow_desk(founded: Table, speech: type[Speech]) -> None:
    """Without DELIVERED inside 10 s the caller's side climbs, and the debtor's desk is not late."""
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    receipt = founded.one("13:30", what="machine-receipt", thing=stop)
    assert (receipt.state, receipt.due_at, receipt.line_down) == (State.LATE, speech.at("13:24:10"), True)
    assert {rung.member for rung in receipt.called} == {"ISR"}
    assert numbers(receipt) == [1, 2, 3]
    owed = founded.one("13:30", what="acknowledgement", desk="air")
    assert (owed.state, owed.line_down, owed.called) == (State.OPEN, True, ())
    assert owed.due_at == speech.at("13:26:10")


def test_a_late_delivery_gives_the_debtor_its_whole_time(founded: Table, speech: type[Speech]) -> None:
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    founded.beat("TUR", "13:40")
    assert founded.one("13:41", what="acknowledgement", desk="air").due_at == speech.at("13:42")
    receipt = founded.one("13:41", what="machine-receipt", thing=stop)
    assert (receipt.state, receipt.met_late) == (State.MET, True)


def test_joined_stops_count_and_do_not_climb_twice(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, stop = called
    again = table.say("ISR", speech.stop(35.12), when="13:25", to=("TUR",))
    (record,) = table.view().stops
    assert (record.id, record.count) == (stop, 2)
    assert table.view().stops.get(again) == record
    assert len(table.owes("13:25", what="acknowledgement", desk="air")) == 1


def test_a_joined_stop_after_an_acknowledgement_starts_anew(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    table.say("TUR", speech.ack(stop), when="13:25")
    table.say("TUR", speech.answer(stop), when="13:26")
    again = table.say("ISR", speech.stop(), when="13:40", to=("TUR",))
    table.beat("TUR", "13:40:02")
    first, second = table.owes("13:43", what="acknowledgement", desk="air")
    assert (first.state, first.about) == (State.MET, stop)
    assert (second.state, second.about, numbers(second)) == (State.LATE, again, [1, 2, 3])
    assert [one.state for one in table.owes("13:43", what="outcome")] == [State.MET, State.OPEN]


def heard_by(table: Table, speech: type[Speech], now: str, desk: str = "air") -> Any:
    """Of each round that this desk still owes: the rungs of its own that have acknowledged it."""
    view = table.view()
    (record,) = view.stops
    response = view.annexes.response(speech.at(now))
    owed = table.owes(now, what="acknowledgement", desk=desk)
    return [acknowledged_rungs(view, response, record, one) for one in owed if one.state is not State.MET]


def test_a_relay_has_heard_the_calls_that_its_desk_knew_of_and_no_others(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    assert heard_by(table, speech, "13:24:30") == [()]
    table.say("TUR", speech.ack(stop, rung=1), when="13:25", to=("ISR",))
    assert heard_by(table, speech, "13:26") == [(1,)]
    assert heard_by(table, speech, "13:26", "ground") == [()], "another desk has not heard it"
    again = table.say("ISR", speech.stop(), when="13:40", to=("TUR",))
    table.beat("TUR", "13:40:02")
    assert heard_by(table, speech, "13:41") == [(1,), ()], "nor has this one heard the call that joined"
    table.say("TUR", speech.ack(again, rung=1), when="13:42", to=("ISR",))
    assert heard_by(table, speech, "13:43") == [(1,), (1,)]


def abouts(table: Table, now: str, what: str = "acknowledgement", **wanted: Any) -> Any:
    """What stands about each round of an alarm: its first call, and whether that is met."""
    desk = {"desk": "air"} if what == "acknowledgement" else {}
    found = table.owes(now, what=what, who="TUR", **desk, **wanted)
    return [(one.about, one.state is State.MET) for one in found]


def test_a_fast_clock_keeps_no_second_stop_quiet(called: tuple[Table, str], speech: type[Speech]) -> None:
    """The machine of TUR dates its acknowledgement twenty minutes ahead: it knew of the first call alone."""
    table, stop = called
    table.say("TUR", speech.ack(stop), when="13:45")
    table.say("TUR", speech.answer(stop), when="13:46")
    again = table.say("ISR", speech.stop(), when="13:30", to=("TUR",))
    table.beat("TUR", "13:50")
    assert abouts(table, "13:55") == [(stop, True), (again, False)]
    assert abouts(table, "13:55", "outcome") == [(stop, True), (again, False)]


def test_a_call_that_was_under_way_is_not_acknowledged(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    """Called before the acknowledgement was said, and delivered after it: nobody there knew of it."""
    table, stop = called
    again = table.say("ISR", speech.stop(), when="13:25", to=("TUR",))
    table.say("TUR", speech.ack(stop), when="13:26")
    table.beat("TUR", "13:40")
    assert abouts(table, "13:41") == [(stop, True), (again, False)]


def test_an_acknowledgement_covers_what_the_desk_had(called: tuple[Table, str], speech: type[Speech]) -> None:
    """However slow its clock: its log shows that the second call was there."""
    table, stop = called
    table.say("ISR", speech.stop(), when="13:25", to=("TUR",))
    table.beat("TUR", "13:24:10")
    table.say("TUR", speech.ack(stop), when="13:24:20")
    assert abouts(table, "13:30") == [(stop, True)]


def test_what_had_only_just_come_was_on_no_screen(called: tuple[Table, str], speech: type[Speech]) -> None:
    """Two seconds before the finger that acknowledges the first call, the machine gets the second."""
    table, stop = called
    again = table.say("ISR", speech.stop(), when="13:25", to=("TUR",))
    table.beat("TUR", "13:25:58")
    table.say("TUR", speech.ack(stop), when="13:26")
    assert abouts(table, "13:27") == [(stop, True), (again, False)]
    table.say("TUR", speech.ack(stop, rung=3), when="13:28")
    assert abouts(table, "13:29") == [(stop, True), (again, True)], "it names the first, and had seen both"


def test_a_call_after_an_outcome_sounds_though_nobody_acknowledged(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    table.say("TUR", speech.answer(stop), when="13:26")
    again = table.say("ISR", speech.stop(), when="13:30", to=("TUR",))
    table.beat("TUR", "13:30:02")
    assert abouts(table, "13:31") == [(stop, True), (again, False)]
    assert abouts(table, "13:31", "outcome") == [(stop, True), (again, False)]


def test_after_not_known_the_climb_goes_on_and_the_call_joins_it(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    table.say("TUR", speech.answer(stop, say.StopOutcome.NOT_KNOWN), when="13:25")
    table.say("ISR", speech.stop(), when="13:26", to=("TUR",))
    table.beat("TUR", "13:26:02")
    assert abouts(table, "13:27") == [(stop, False)]
    assert abouts(table, "13:27", "outcome") == [(stop, True)]


def test_an_outcome_of_a_later_call_answers_the_earlier_rounds(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    table.say("TUR", speech.ack(stop), when="13:25")
    again = table.say("ISR", speech.stop(), when="13:30", to=("TUR",))
    table.beat("TUR", "13:30:02")
    table.say("TUR", speech.answer(again), when="13:31")
    assert abouts(table, "13:32", "outcome") == [(stop, True), (again, True)]
    assert abouts(table, "13:32") == [(stop, True), (again, True)]


def test_what_was_said_aside_knew_of_nothing_that_came_before_its_log_had_it(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    """Said at 13:25 while the disk was full; it comes into the log after the second call did."""
    table, stop = called
    again = table.say("ISR", speech.stop(), when="13:30", to=("TUR",))
    table.beat("TUR", "13:30:02")
    ack = table.say("TUR", speech.ack(stop), when="13:40")
    entry = table.entries.pop()
    assert isinstance(entry.content, Statement)
    table.entries.append(replace(entry, content=replace(entry.content, at=speech.at("13:25"))))
    assert entry.content.id == ack
    assert abouts(table, "13:41") == [(stop, True), (again, False)]


def test_outside_any_log_an_acknowledgement_covers_what_it_names(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    again = table.say("ISR", speech.stop(), when="13:25", to=("TUR",))
    table.beat("TUR", "13:25:02")
    table.say("TUR", speech.answer(stop), when="13:26")
    entry = table.entries.pop()
    view = table.view("AZE")
    view.overhear(entry.content, at=speech.at("13:26"), signed_as=frozenset({"duty"}))
    now = speech.at("13:27")
    owed = [
        one for one in obligations(view, now) if (one.what, one.debtor.desk) == ("acknowledgement", "air")
    ]
    assert [(one.about, one.state) for one in owed] == [(stop, State.MET), (again, State.OPEN)]


@pytest.mark.parametrize("heard_at", ["13:31", "13:33"])
def test_a_call_heard_outside_the_log_was_known(
    called: tuple[Table, str], speech: type[Speech], heard_at: str
) -> None:
    """Heard before the acknowledgement it counts; a *heard* that is dated after it does not."""
    table, stop = called
    again = table.say("ISR", speech.stop(), when="13:30", to=("TUR",))
    table.say("TUR", Heard("ISR", again, "cd" * 32), when=heard_at, signed_as=frozenset({"node"}))
    table.say("TUR", speech.ack(stop), when="13:32")
    rounds = [(stop, True)] if heard_at == "13:31" else [(stop, True), (again, False)]
    assert abouts(table, "13:34") == rounds


def test_a_call_that_could_not_be_read_was_not_known(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, stop = called
    again = table.say("ISR", speech.stop(), when="13:30", to=("TUR",))
    table.beat("TUR", "13:30:02", unreadable=(again,))
    table.say("TUR", speech.ack(stop), when="13:32")
    assert abouts(table, "13:34") == [(stop, True), (again, False)]


def test_an_acknowledgement_of_the_second_call_alone_leaves_the_first_to_be_known(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    """The caller's clock went back, and the second call, dated earlier, leads the round."""
    table, stop = called
    earlier = table.say("ISR", speech.stop(), when="13:20", to=("TUR",))
    table.say("TUR", speech.ack(stop), when="13:25")
    table.beat("TUR", "13:40")
    assert abouts(table, "13:41") == [(earlier, False)]


def test_a_carrier_who_calls_had_his_own_call(founded: Table, speech: type[Speech]) -> None:
    """MSF answers in the log of its carrier, and that carrier is the caller."""
    founded.carried_by["MSF"] = "TUR"
    first = founded.say("TUR", speech.stop(), when="13:24", to=("MSF",))
    founded.say("TUR", speech.stop(), when="13:25", to=("MSF",))
    founded.say("MSF", speech.ack(first, rung=1), when="13:26", desk="duty", log="TUR")
    again = founded.say("TUR", speech.stop(), when="13:30", to=("MSF",))
    owed = founded.owes("13:31", what="acknowledgement", who="MSF")
    assert {(one.about, one.state) for one in owed if one.state is State.MET} == {(first, State.MET)}
    assert {one.about for one in owed if one.state is not State.MET} == {again}


@pytest.mark.parametrize(
    ("when", "lat", "by"),
    [("13:25", 35.2, "ISR"), ("13:55", 35.1, "ISR"), ("13:25", 35.1, "AZE")],
    ids=["farther than 5 km", "later than 30 min", "another caller"],
)
def test_what_does_not_join(
    called: tuple[Table, str], speech: type[Speech], when: str, lat: float, by: str
) -> None:
    table, _ = called
    table.say(by, speech.stop(lat), when=when, to=("TUR",))
    assert [record.count for record in table.view().stops] == [1, 1]


def test_a_stop_after_the_close_is_an_alarm_of_its_own(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    table.say("ISR", say.StopClose(stop, None), when="13:30")
    table.say("ISR", speech.stop(), when="13:31", to=("TUR",))
    assert [record.is_open for record in table.view().stops] == [False, True]
    assert [record.count for record in table.view().stops.open()] == [1]


def test_a_drill_does_not_join_the_real_thing(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, _ = called
    drill = table.say("AZE", say.DrillStart("spring", None), when="13:00")
    table.say("ISR", speech.stop(drill=drill), when="13:25", to=("TUR",))
    real, played = table.view().stops
    assert (real.is_drill, played.is_drill) == (False, True)
    assert "DRILL STOP" in table.one("13:25", thing=played.id, what="outcome").words


@pytest.mark.parametrize("names", ["a drill that is over", "no drill", "nothing known"])
def test_what_names_no_running_drill_is_the_real_thing(
    called: tuple[Table, str], speech: type[Speech], names: str
) -> None:
    table, stop = called
    drill = table.say("AZE", say.DrillStart("spring", None), when="13:00")
    table.say("AZE", say.DrillEnd(drill, None), when="13:10")
    named = {"a drill that is over": drill, "no drill": stop, "nothing known": "0f" * 16}[names]
    called_later = table.say("ISR", speech.stop(drill=named), when="13:25", to=("TUR",))
    record = table.view().stops.get(called_later)
    assert (record.count, record.is_drill) == (1, False)
    assert "DRILL" not in table.one("13:25", thing=called_later, what="outcome").words


def test_an_expired_key_may_call_stop_but_end_no_climb(founded: Table, speech: type[Speech]) -> None:
    founded.look("ISR")
    stop = founded.say(
        "ISR", speech.stop(), when="13:24", to=("TUR",), signed_as=frozenset(), doubt="key expired"
    )
    founded.beat("TUR", "13:24:05")
    founded.say("TUR", speech.ack(stop), when="13:25", doubt="key expired")
    assert founded.one("13:26", what="acknowledgement", desk="air").state is State.OPEN
    assert [one.why for one in founded.view().without_effect] == ["in doubt: key expired"]


def test_a_stop_to_all_members_owes_outcomes_of_parties_alone(founded: Table, speech: type[Speech]) -> None:
    founded.say("MSF", speech.stop(), when="13:24", to=("TUR", "ISR", "AZE", "OBS"))
    assert {one.debtor.member for one in founded.owes("13:24", what="outcome")} == {"TUR", "ISR"}
    assert {one.debtor.member for one in founded.owes("13:24", what="machine-receipt")} == {
        "TUR",
        "ISR",
        "AZE",
        "OBS",
    }


def test_an_overheard_stop_is_acted_on_at_once(founded: Table, speech: type[Speech]) -> None:
    """A floor message by any path: *heard* by anybody is its FILED, the addressee's is its DELIVERED."""
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    entry = founded.entries.pop()
    view = founded.view("TUR")
    view.overhear(entry.content, at=speech.at("13:24:30"), signed_as=frozenset({"duty"}))
    (record,) = view.stops
    assert (record.id, view.filed_at(record.calls[0])) == (stop, speech.at("13:24:30"))
    founded.say("AZE", Heard("ISR", stop, "cd" * 32), when="13:24:10", signed_as=frozenset({"node"}))
    founded.say("TUR", Heard("ISR", stop, "cd" * 32), when="13:24:12", signed_as=frozenset({"node"}))
    for said in founded.entries[-2:]:
        view.witness(said)
    assert view.filed_at(record.calls[0]) == speech.at("13:24:10")
    assert view.delivered(record.calls[0], "TUR").at == speech.at("13:24:12")
    view.witness(entry)
    (record,) = view.stops
    assert record.calls[0].is_in_a_log


def test_nothing_is_owed_where_stop_is_only_a_telephone_call(table: Table, speech: type[Speech]) -> None:
    """voice-line-only: no written STOP, no deadline, no ladder."""
    table.found("voice-line-only")
    table.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    assert table.owes("13:24") == []
    assert not table.view().annexes.response(speech.at("13:24")).written_stop


def test_the_ticker_wakes_at_the_next_due_time(called: tuple[Table, str], speech: type[Speech]) -> None:
    table, _ = called
    assert next_due_at(table.view(), speech.at("13:24:05")) == speech.at("13:26:05")


def test_distress_is_answered_like_stop(founded: Table, speech: type[Speech]) -> None:
    call = say.DistressCall(
        speech.stop().place, None, speech.at("13:24"), say.InDistress.AIRCRAFT, 2, None, None
    )
    distress = founded.say("ISR", call, when="13:24", to=("TUR",))
    founded.beat("TUR", "13:24:05")
    assert founded.one("13:25", what="outcome", thing=distress).due_at == speech.at("13:29:05")
    founded.say("TUR", say.DistressAnswer(distress, say.DistressOutcome.HELPING, None), when="13:26")
    assert founded.one("13:27", what="outcome").state is State.MET
    assert founded.one("13:27", what="renewal").due_at == speech.at("13:31")
    founded.say("ISR", say.DistressClose(distress, None), when="13:30")
    assert founded.owes("13:31", state=State.OPEN, what="renewal") == []
    assert minutes_to_acknowledge(founded.view(), distress) is None


def test_khasham_ownership_is_answered_in_minutes(founded: Table, speech: type[Speech]) -> None:
    ask = say.OwnershipAsk(speech.stop().place, None, speech.at("13:24"), "a column of 20", None)
    question = founded.say("TUR", ask, when="13:24", to=("ISR", "AZE", "TUR"))
    founded.beat("ISR", "13:24:05")
    owed = founded.one("13:25", what="ownership")
    assert (owed.debtor.member, owed.due_at) == ("ISR", speech.at("13:29:05"))
    founded.say("ISR", say.OwnershipAnswer(question, say.Ownership.NO_CONTACT, None), when="13:27")
    assert founded.one("13:25", what="ownership").state is State.MET
    record = founded.view().ownership.get(question)
    assert [answer.author for answer in record.answers] == ["ISR"]


def test_minutes_of_what_is_not_a_stop_are_not_zero(table: Table) -> None:
    assert minutes_to_halt(table.view(), "9" * 32) is None


def test_a_call_that_joins_may_be_addressed_to_others_too(
    called: tuple[Table, str], speech: type[Speech]
) -> None:
    table, stop = called
    again = table.say("ISR", speech.stop(), when="13:25", to=("MSF",))
    assert table.view().stops.get(stop).to == ("TUR", "MSF")
    assert {one.about for one in table.owes("13:26", who="MSF", what="acknowledgement")} == {again}
    assert {one.about for one in table.owes("13:26", who="TUR", what="acknowledgement")} == {stop}


def test_written_stop_can_be_left_out_beside_deadlines(table: Table, speech: type[Speech]) -> None:
    terms = replace(STANDING_RESPONSE, written_stop=False)
    parties = (MemberId("TUR"), MemberId("ISR"))
    table.ratify(Annex(AnnexName.RESPONSE, 1, parties, Instant(0), 0, terms, ()))
    table.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    assert table.owes("13:24") == []
