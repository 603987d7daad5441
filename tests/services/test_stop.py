# SPDX-License-Identifier: Apache-2.0
"""Does a STOP go out, climb, get its outcome and end, whatever state the logs, keys and lines are in?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import BadInput, Refused
from steerclear.mechanism.bodies import StopClose
from steerclear.record.bundle import LogPart, parse_bundle, print_bundle
from steerclear.services import requests as ask
from steerclear.services.speak import by_desk, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.services.answers import Receipt

CALL = ask.CallStop(
    desk="ground", place="2 km NE of T4", seen="own team under fire", basis="own-forces", to=("ISR",)
)


def stop(channel: Channel, **changes: Any) -> Receipt:
    given: dict[str, Any] = {name: getattr(CALL, name) for name in ("desk", "place", "seen", "basis", "to")}
    return channel.do("TUR", ask.CallStop(**(given | changes)))[0]


def test_a_stop_is_sealed_to_its_addressees_and_the_host(channel: Channel) -> None:
    called = stop(channel)
    assert (called.kind, called.sealed_to) == ("stop.call", ("AZE", "ISR", "TUR"))
    row = channel.stop("ISR", called.id)
    assert (row.caller, row.to, row.seen, row.basis) == ("TUR", ("ISR",), "own team under fire", "own-forces")
    assert row.delivered_at == row.filed_at
    assert "T4" in row.place


def test_where_the_attacker_is_unknown_all_members_are_called(channel: Channel) -> None:
    called = stop(channel, to=())
    assert channel.stop("AZE", called.id).to == ("AZE", "ISR")


def test_the_first_rung_of_each_sort_is_called_at_once_at_every_desk(channel: Channel) -> None:
    called = stop(channel)
    assert channel.stop("ISR", called.id).called_rungs == (1, 2)
    rung = {(alarm.desk, alarm.rung) for alarm in channel.alarms if alarm.member == "ISR" and alarm.sounds}
    assert rung == {(desk, number) for desk in ("air", "ground", "sea") for number in (1, 2)}
    channel.alarms.clear()
    channel.at("05:12")
    channel.settle()
    channel.at("05:14")
    channel.settle()
    assert channel.stop("ISR", called.id).called_rungs == (1, 2, 3)
    assert {(alarm.desk, alarm.rung) for alarm in channel.alarms if alarm.member == "ISR"} >= {
        ("air", 3), ("ground", 3), ("sea", 3)
    }  # fmt: skip


def test_each_desks_ladder_stands_by_itself(channel: Channel) -> None:
    """ISR's ground desk has two rungs where the others have three: rung 3 is nobody's there."""
    response = next(one for one in channel.node("ISR").annexes() if one.name == "response")
    wire = json.loads(response.document)
    for ladder in wire["terms"]["ladders"]:
        if (ladder["member"], ladder["desk"]) == ("ISR", "ground"):
            ladder["rungs"] = ladder["rungs"][:2]
    channel.do("ISR", ask.ProposeAnnex(document=json.dumps({**wire, "version": 2}), because="two at night"))
    for member in ("TUR", "ISR"):
        channel.do(member, ask.Ratify(annexes=("response",)))
    channel.at("05:12")
    channel.settle()
    called = stop(channel)
    channel.at("05:16")
    channel.settle()
    row = channel.stop("TUR", called.id)
    assert (row.called_rungs, row.rungs) == ((1, 2, 3), 3)
    ladders = {(one.member, one.desk): (one.called_rungs, one.rungs) for one in row.ladders}
    assert ladders == {
        ("ISR", "air"): ((1, 2, 3), 3),
        ("ISR", "ground"): ((1, 2), 2),
        ("ISR", "sea"): ((1, 2, 3), 3),
    }
    [owed] = [one for one in channel.node("ISR").inbox("ground").i_owe if one.what == "acknowledgement"]
    assert (owed.called_rungs, owed.may_act_rungs) == ((1, 2), (2,))


def test_a_desk_that_acknowledged_a_call_that_joined_has_heard_it(channel: Channel) -> None:
    """The relay's acknowledgement ends no climb; whoever gave it need not be asked for it again."""

    def heard() -> list[tuple[int, ...]]:
        owed = [one for one in channel.node("ISR").inbox("air").i_owe if one.what == "acknowledgement"]
        return [one.acknowledged_rungs for one in sorted(owed, key=lambda one: one.due_at or "")]

    first = stop(channel)
    channel.at("05:11")
    channel.do("ISR", ask.Acknowledge(desk="air", about=first.id, rung=1))
    again = stop(channel, place="3 km NE of T4")
    channel.at("05:12")
    assert heard() == [(1,), ()]
    channel.do("ISR", ask.Acknowledge(desk="air", about=again.id, rung=1))
    assert heard() == [(1,), (1,)]


def test_minutes_to_authority_and_to_halt(channel: Channel) -> None:
    called = stop(channel)
    channel.at("05:11")
    channel.do("ISR", ask.Acknowledge(desk="air", about=called.id, rung=1))
    assert channel.stop("TUR", called.id).minutes_to_authority is None, "a relay may not decide"
    channel.at("05:13")
    channel.do("ISR", ask.Acknowledge(desk="air", about=called.id, rung=2))
    channel.at("05:14")
    channel.do("ISR", ask.Answer(desk="air", about=called.id, answer="stopped"))
    row = channel.stop("TUR", called.id)
    assert (row.minutes_to_authority, row.minutes_to_halt, row.outcome) == (3.0, 4.0, "stopped")
    assert row.acknowledged[0].startswith("ISR air rung 1 at 2025-04-10T05:11")


def test_a_repeated_stop_joins_the_open_one_and_one_farther_off_does_not(channel: Channel) -> None:
    first = stop(channel)
    channel.at("05:15")
    again = stop(channel, place="3 km NE of T4")
    assert channel.stop("ISR", again.id).id == first.id
    assert channel.stop("ISR", first.id).count == 2
    other = stop(channel, place="30 km NE of T4")
    assert channel.stop("ISR", other.id).count == 1
    assert len(channel.node("ISR").inbox(None).stops) == 2


def test_an_outcome_said_again_renews_the_one_before(channel: Channel) -> None:
    called = stop(channel)
    kinds = [
        channel.do("ISR", ask.Answer(desk="air", about=called.id, answer=outcome))[0].kind
        for outcome in ("stopping", "stopping", "stopped")
    ]
    assert kinds == ["stop.answer", "stop.renew", "stop.renew"]
    assert channel.stop("TUR", called.id).outcome == "stopped"


def test_only_the_caller_closes(channel: Channel) -> None:
    called = stop(channel)
    channel.do("ISR", ask.Answer(desk="air", about=called.id, answer="stopped"))
    with pytest.raises(Refused) as refused:
        channel.do("ISR", ask.CloseStop(desk="air", about=called.id))
    assert refused.value.code == "not-the-caller"
    # A node that is not ours says it all the same.
    ledger = channel.node("ISR").ledger
    speak(ledger, StopClose(stop=called.id, because=None), voice=by_desk("air"), to=("TUR",), readers=None)
    channel.settle()
    for member in ("TUR", "ISR", "AZE"):
        assert channel.stop(member, called.id).closed_at is None
    assert any("stop.close" in words for words in channel.node("TUR").status({}).without_effect)
    channel.at("05:20")
    channel.do("TUR", ask.CloseStop(desk="ground", about=called.id))
    for member in ("TUR", "ISR", "AZE"):
        assert channel.stop(member, called.id).closed_at == "2025-04-10T05:20:00.000Z"


@pytest.mark.parametrize(
    "place", ["34.5312N 37.6411E", "34 31 52 N, 037 38 28 E", "37S DU 58870 21280", "T4"]
)
def test_a_place_is_said_in_any_spelling_and_shown_in_three(channel: Channel, place: str) -> None:
    row = channel.stop("ISR", stop(channel, place=place).id)
    assert row.place.count(" · ") == 2


@pytest.mark.parametrize("place", ["", "nowhere at all", "91N 37E", "12 km NE of nowhere"])
def test_a_place_that_is_none_is_refused_and_the_remedy_says_how(channel: Channel, place: str) -> None:
    with pytest.raises(BadInput) as refused:
        stop(channel, place=place)
    assert refused.value.remedy
    assert channel.size("TUR") == channel.sizes["TUR"]


@pytest.mark.parametrize("answer", ["ours", "", "STOPPED", "approved"])
def test_an_outcome_that_is_none_is_refused(channel: Channel, answer: str) -> None:
    called = stop(channel)
    size = channel.size("ISR")
    with pytest.raises(BadInput) as refused:
        channel.do("ISR", ask.Answer(desk="air", about=called.id, answer=answer))
    assert refused.value.code == "answer-unknown"
    assert "stopping, stopped, cannot, not-ours, not-known" in refused.value.remedy
    assert channel.size("ISR") == size


def test_a_notice_is_no_question(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("depot", "TUR", kind="hazard"))
    with pytest.raises(BadInput) as refused:
        channel.do("ISR", ask.Answer(desk="air", about=filed.id, answer="stopped"))
    assert refused.value.code == "not-a-question"
    with pytest.raises(BadInput) as refused:
        channel.stop("ISR", filed.id)
    assert refused.value.code == "not-a-stop"
    with pytest.raises(BadInput) as refused:
        channel.do("TUR", ask.CloseStop(desk="air", about=filed.id))
    assert refused.value.code == "not-a-stop"


# ---- ownership -------------------------------------------------------------------------------------------


def test_ownership_is_asked_and_answered(channel: Channel) -> None:
    asked = channel.do("TUR", ask.AskOwnership(desk="air", of=("ISR",), place="T4", seen="two drones"))[0]
    assert asked.sealed_to == ("AZE", "ISR", "TUR")
    answer = ask.Answer(desk="air", about=asked.id, answer="partly", part="the southern one")
    channel.do("ISR", answer)
    record = channel.node("TUR").ledger.view.ownership.get(asked.id)
    assert record is not None
    assert [(one.author, one.body.answer.value, one.body.part) for one in record.answers] == [
        ("ISR", "partly", "the southern one")
    ]


def test_a_question_of_ownership_is_asked_of_somebody(channel: Channel) -> None:
    with pytest.raises(BadInput) as refused:
        channel.do("TUR", ask.AskOwnership(desk="air", of=(), place="T4", seen="two drones"))
    assert refused.value.code == "ownership-of-whom"
    assert channel.size("TUR") == channel.sizes["TUR"]


# ---- when things are broken ------------------------------------------------------------------------------


def test_a_stop_reaches_its_addressee_directly_when_the_host_is_gone(channel: Channel) -> None:
    channel.down = {"AZE"}
    called = stop(channel)
    assert channel.stop("ISR", called.id).called_rungs == (1, 2)


def test_a_stop_goes_through_the_host_when_the_line_is_cut(channel: Channel) -> None:
    channel.cut = {frozenset(("TUR", "ISR"))}
    called = stop(channel)
    assert channel.stop("ISR", called.id).called_rungs == (1, 2)


def test_a_stop_is_called_when_the_addressees_keys_have_run_out(channel: Channel) -> None:
    """Better read by all members than by none."""
    channel.cut = {frozenset(("TUR", "ISR")), frozenset(("AZE", "ISR"))}
    channel.at("2025-05-20T05:00:00.000Z")
    channel.settle()
    called = stop(channel)
    assert called.sealed_to == ()
    channel.cut = set()
    channel.settle()
    assert channel.stop("ISR", called.id).seen == "own team under fire"


def test_a_stop_is_heard_when_the_log_of_its_caller_is_refused(channel: Channel) -> None:
    """TUR's log cannot be taken in past a bad entry; its STOP is valid by itself."""
    called = channel.do("TUR", CALL, settle=False)[0]
    before = channel.size("ISR")
    for peer in ("ISR", "AZE"):
        channel.node("TUR").take(peer, channel.node(peer).make("TUR"))
    bundle = parse_bundle(channel.node("TUR").make("ISR"))
    assert [message.statement.statement.id for message in bundle.floor] == [called.id]
    spoiled = replace(bundle, parts=tuple(_spoiled(part) for part in bundle.parts))
    isr = channel.node("ISR")
    isr.take("TUR", print_bundle(spoiled))
    assert "TUR sent what was refused" in " ".join(isr.status({}).alarms)
    rung = isr.step()
    assert isr.stop(called.id).called_rungs == (1, 2)
    assert {(alarm.desk, alarm.rung) for alarm in rung} >= {("air", 1), ("air", 2)}
    said = [one for one in isr.ledger.view.book.of_kind("heard") if one.author == "ISR"]
    assert [one.body.id for one in said] == [called.id]
    assert channel.size("ISR") > before

    # The caller sees that it was heard, over any line that still carries; and hearing it again says nothing.
    isr.take("TUR", print_bundle(spoiled))
    isr.step()
    channel.settle()
    assert channel.stop("TUR", called.id).delivered_at is not None
    assert len([one for one in isr.ledger.view.book.of_kind("heard") if one.author == "ISR"]) == 1
    assert channel.stop("ISR", called.id).count == 1
    assert not channel.node("ISR").status({}).alarms


def _spoiled(part: LogPart) -> LogPart:
    """Each entry with another letter near the end of its signature."""
    entries = (one[:-9] + (b"y" if one[-9:-8] == b"x" else b"x") + one[-8:] for one in part.entries)
    return replace(part, entries=tuple(entries), checkpoint=None)


def test_a_heard_stop_survives_a_crash(channel: Channel) -> None:
    called = channel.do("TUR", CALL, settle=False)[0]
    bundle = parse_bundle(channel.node("TUR").make("ISR"))
    channel.node("ISR").take("TUR", print_bundle(replace(bundle, parts=())))
    isr = channel.restart("ISR")
    assert isr.stop(called.id).caller == "TUR"
    assert isr.step(), "nobody has been reached yet, and the bell rings all the same"
    assert isr.stop(called.id).called_rungs == (1, 2)
    channel.at("05:10:30")
    isr.step()
    assert [one.body.id for one in isr.ledger.view.book.of_kind("heard")] == [called.id]
    isr = channel.restart("ISR")
    isr.step()
    assert len(isr.ledger.view.book.of_kind("heard")) == 1


def test_a_stop_that_its_addressee_holds_rides_no_more(channel: Channel) -> None:
    stop(channel)
    assert parse_bundle(channel.node("TUR").make("ISR")).floor == ()
