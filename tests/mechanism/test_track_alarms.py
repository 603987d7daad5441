# SPDX-License-Identifier: Apache-2.0
"""A danger that a live picture sees: one side owes a call, the other an acknowledgement, until it is over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.mechanism.examples import ANNEX, ISR, TUR, track_alarm

from steerclear.mechanism import bodies as say
from steerclear.mechanism.annexes import BindingDisclosure
from steerclear.mechanism.obligation import State
from steerclear.model.annex import AnnexName, annex_hash
from steerclear.model.member import MemberId
from steerclear.model.terms import Disclosure, Level, TrackRow
from steerclear.model.track import Shows, TrackDanger

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

CIVIL = say.TrackHolder(say.TrackSide.CIVIL, None)
UNKNOWN = say.TrackHolder(say.TrackSide.UNKNOWN, None)
AGREED = say.TrackHolder(say.TrackSide.AGREED, None)


def raised(
    table: Table, speech: type[Speech], *, author: str = "TUR", to: Any = ("ISR",), **changed: Any
) -> str:
    changed = {"first_at": speech.at("12:04"), "due_at": speech.at("12:04")} | changed
    alarm = table.say(author, track_alarm(**changed), when="12:00", to=to, desk=None, sealed_to=to)
    table.all_beat("12:00:05")
    return alarm


def test_the_caller_owes_a_call_and_the_other_an_acknowledgement(
    founded: Table, speech: type[Speech]
) -> None:
    alarm = raised(founded, speech)
    call = founded.one("12:01", me="TUR", what="call")
    assert (call.debtor, call.creditor, call.thing) == (("TUR", "air"), "*", alarm)
    assert call.due_at == speech.at("12:04")
    assert call.state is State.OPEN
    assert [rung.number for rung in call.called] == [1]
    words = "An aircraft of yours and an aircraft of ISR come too close to each other, from 12:04Z: call ISR."
    assert call.words == words
    heard = founded.one("12:01", me="ISR", what="acknowledgement")
    assert heard.debtor == ("ISR", "air")
    assert heard.words == (
        "An aircraft of yours and an aircraft of TUR come too close to each other, from 12:04Z: "
        "TUR is to call. Acknowledge."
    )
    assert founded.one("12:01", me="ISR", what="machine-receipt", about=alarm).state is State.MET
    assert founded.one("12:05", me="ISR", what="call").state is State.LATE


def test_whoever_is_to_be_called_lets_nobody_off(founded: Table, speech: type[Speech]) -> None:
    alarm = raised(founded, speech)
    founded.say("ISR", say.Waive(alarm, "call", MemberId("TUR"), None), when="12:01", to=("TUR",))
    assert founded.one("12:02", me="TUR", what="call").state is State.OPEN


def test_an_answer_meets_what_is_owed_by_whoever_gives_it(founded: Table, speech: type[Speech]) -> None:
    alarm = raised(founded, speech)
    founded.say("TUR", say.TrackAnswer(alarm, say.TrackAct.CALLED, None), when="12:02", to=("ISR",))
    assert founded.one("12:03", me="TUR", what="call").state is State.MET
    assert founded.one("12:03", me="TUR", what="acknowledgement").state is State.OPEN
    founded.say("ISR", say.TrackAnswer(alarm, say.TrackAct.TURNED_AWAY, None), when="12:03", to=("TUR",))
    assert founded.one("12:04", me="TUR", what="acknowledgement").state is State.MET
    (record,) = founded.view("ISR").track_alarms
    assert [answer.author for answer in record.answers] == ["TUR", "ISR"]


def test_an_acknowledgement_ends_the_climb_of_who_is_called(founded: Table, speech: type[Speech]) -> None:
    alarm = raised(founded, speech)
    founded.say("ISR", speech.ack(alarm), when="12:02", to=("TUR",))
    assert founded.one("12:03", me="ISR", what="acknowledgement").state is State.MET


def test_what_its_picture_sees_no_longer_is_owed_no_longer(founded: Table, speech: type[Speech]) -> None:
    alarm = raised(founded, speech)
    founded.say("TUR", say.TrackOver(alarm, say.TrackEnd.CLEAR), when="12:02", to=("ISR",), desk=None)
    assert {one.state for one in founded.owes("12:03", me="TUR", thing=alarm)} <= {State.WAIVED, State.MET}
    (record,) = founded.view("TUR").track_alarms
    assert record.over is not None
    assert record.over.body.because is say.TrackEnd.CLEAR


def test_a_dead_line_is_not_booked_as_a_slow_desk(founded: Table, speech: type[Speech]) -> None:
    """The alarm of TUR makes ISR owe a call that its machine never heard of."""
    by_isr = {"caller": ISR, "called": TUR}
    founded.say("TUR", track_alarm(**by_isr), when="12:00", to=("ISR",), desk=None)
    call = founded.one("12:10", me="TUR", what="call")
    assert (call.state, call.line_down, call.called) == (State.OPEN, True, ())
    founded.say("TUR", track_alarm(), when="12:00", to=("ISR",), desk=None)
    heard = founded.one("12:10", me="TUR", what="acknowledgement")
    assert (heard.state, heard.line_down, heard.called) == (State.OPEN, True, ())


@pytest.mark.parametrize(
    ("claimed", "due"), [("00:00", "12:01"), ("12:00:30", "12:01"), ("12:07", "12:07"), ("23:59", "12:10")]
)
def test_by_when_a_call_is_owed_is_believed_within_bounds(
    founded: Table, speech: type[Speech], claimed: str, due: str
) -> None:
    raised(founded, speech, due_at=speech.at(claimed))
    assert founded.one("12:01", me="TUR", what="call").due_at == speech.at(due)


def test_whom_it_could_not_be_sealed_to_owes_nothing_until_it_is(
    founded: Table, speech: type[Speech]
) -> None:
    alarm = founded.say("TUR", track_alarm(), when="12:00", to=("ISR",), desk=None, sealed_to=())
    founded.all_beat("12:00:05")
    owed = founded.owes("12:02", me="TUR", thing=alarm)
    assert sorted((one.what, one.debtor.member) for one in owed) == [("call", "TUR"), ("reseal", "TUR")]
    telling = founded.one("12:02", me="TUR", what="reseal", thing=alarm)
    assert (telling.state, telling.debtor, telling.creditor) == (State.LATE, ("TUR", "air"), "ISR")
    assert [rung.number for rung in telling.called] == [1]
    assert telling.words.endswith("ISR IS NOT TOLD, no key of it is known to seal this to. Call ISR.")
    founded.say("TUR", track_alarm(), when="12:03", to=("ISR",), desk=None, sealed_to=("ISR",), id_=alarm)
    founded.beat("ISR", "12:04")
    for me in ("TUR", "ISR"):
        assert founded.owes("12:05", me=me, what="reseal", thing=alarm) == []
        heard = founded.one("12:05", me=me, what="machine-receipt", thing=alarm)
        assert (heard.state, heard.met_at) == (State.MET, speech.at("12:04")), (
            "not with what it could not read"
        )
        assert founded.one("12:05", me=me, what="acknowledgement", thing=alarm).due_at == speech.at("12:09")


def test_who_is_called_by_hand_need_not_be_sealed_to(founded: Table, speech: type[Speech]) -> None:
    alarm = founded.say("TUR", track_alarm(), when="12:00", to=("ISR",), desk=None, sealed_to=())
    founded.say("TUR", say.TrackAnswer(alarm, say.TrackAct.CALLED, None), when="12:01", to=())
    assert founded.one("12:02", me="TUR", what="reseal", thing=alarm).state is State.MET


def test_a_host_has_no_desk_that_could_call(founded: Table) -> None:
    alarm = founded.say("AZE", track_alarm(), when="12:00", to=("ISR", "TUR"), desk=None, sealed_to=("TUR",))
    founded.all_beat("12:00:05")
    telling = founded.one("12:00:30", me="AZE", what="reseal", thing=alarm)
    assert (telling.state, telling.debtor, telling.called) == (State.OPEN, ("AZE", None), ())
    assert founded.one("12:00:30", me="TUR", what="call", thing=alarm).debtor.member == "TUR"


def test_the_host_warns_both_and_shows_neither(founded: Table, speech: type[Speech]) -> None:
    raised(founded, speech, author="AZE", to=("ISR", "TUR"))
    assert founded.one("12:01", me="TUR", what="call").debtor.member == "TUR"
    assert founded.one("12:01", me="ISR", what="acknowledgement").debtor.member == "ISR"
    assert {one.debtor.member for one in founded.owes("12:01")} == {"TUR", "ISR"} | {
        one.debtor.member for one in founded.owes("12:01", what="check")
    }


def test_a_mechanism_without_deadlines_owes_nothing(table: Table, speech: type[Speech]) -> None:
    table.found("voice-line-only")
    raised(table, speech)
    assert table.owes("12:01", me="TUR") == []


def test_terms_without_an_immediate_class_owe_nothing_here(founded: Table, speech: type[Speech]) -> None:
    from steerclear.mechanism.owed.scene import Scene
    from steerclear.mechanism.owed.tracks import owed_on_track_alarm
    from steerclear.model.response import ResponseClass

    raised(founded, speech)
    view = founded.view("TUR")
    (record,) = view.track_alarms
    response = view.annexes.response(speech.at("12:01"))
    rest = tuple(row for row in response.classes if row.of is not ResponseClass.IMMEDIATE)
    scene = Scene(view, speech.at("12:01"), replace(response, classes=rest))
    assert list(owed_on_track_alarm(scene, record)) == []


def test_the_words_say_what_is_seen_and_never_where(founded: Table, speech: type[Speech]) -> None:
    content = annex_hash(ANNEX)
    zone = say.AnnexMeant(AnnexName.THEATRE, content, "Zone 3")
    notice = founded.say("ISR", speech.file(party="ISR", ref="i1"), when="11:00", to=("TUR",))
    hidden = founded.say("ISR", speech.file(party="ISR"), when="11:01", to=("TUR",), sealed_to=("AZE",))
    entry, departure = TrackDanger.ENTRY, TrackDanger.DEPARTURE
    rows: tuple[tuple[dict[str, Any], str], ...] = (
        (
            {"danger": entry, "concerns": zone, "other": AGREED},
            "An aircraft of yours enters the agreed area Zone 3, from 12:04Z: call ISR.",
        ),
        (
            {"danger": entry, "concerns": replace(zone, area=None), "other": AGREED},
            "An aircraft of yours enters the agreed area theatre, from 12:04Z: call ISR.",
        ),
        (
            {"danger": entry, "concerns": say.NoticeMeant(notice), "track": CIVIL, "called": None,
             "owes": say.TrackDuty.WARN_AIRLINER},
            (f"A civil aircraft enters {named(founded, notice)} of ISR, from 12:04Z: "
            "have it warned: held, ATC warned, or cannot."),
        ),
        (
            {"danger": entry, "concerns": say.NoticeMeant(hidden), "track": UNKNOWN,
             "owes": say.TrackDuty.ASK_OWNERSHIP},
            ("An aircraft that nobody has named enters an area that is not shown here, from 12:04Z: "
            "ask ISR whose it is."),
        ),
        (
            {"danger": departure, "concerns": None, "owes": say.TrackDuty.AMEND_OR_RETURN,
             "is_certain": False},
            ("An aircraft of yours leaves what an area that is not shown here filed, from 12:04Z "
            "(UNDETERMINED: a height or a velocity is not known): amend the notice, or return to it, "
            "and tell ISR."),
        ),
        (
            {"first_at": speech.at("12:00"), "due_at": speech.at("12:00"), "other": AGREED},
            "An aircraft of yours and an aircraft come too close to each other, now: call ISR.",
        ),
    )  # fmt: skip
    for changed, words in rows:
        alarm = raised(founded, speech, **changed)
        (call,) = [
            one
            for one in founded.owes("12:01", me="TUR", thing=alarm)
            if one.what == changed.get("owes", say.TrackDuty.CALL).value
        ]
        assert call.words == words
        assert call.creditor == "*"


def named(table: Table, notice: str) -> str:
    said = table.view("AZE").said(notice)
    return f"{said.author}-{said.place.seq:04d}"


@pytest.mark.parametrize(
    ("rows", "danger", "recipient", "shows"),
    [
        ((), "entry", "ISR", (Shows.NOTHING, 0)),
        ((TrackRow(None, None, Shows.ALARM, 7),), "entry", "ISR", (Shows.ALARM, 7)),
        ((TrackRow(TrackDanger.ENTRY, None, Shows.ALL, 7),), "separation", "ISR", (Shows.NOTHING, 0)),
        ((TrackRow(None, MemberId("RUS"), Shows.ALL, 7),), "entry", "ISR", (Shows.NOTHING, 0)),
    ],
)
def test_nothing_is_shown_that_no_row_allows(
    rows: tuple[TrackRow, ...], danger: str, recipient: str, shows: tuple[Shows, int]
) -> None:
    assert Disclosure(Level.L0, (), None, rows).shown(TrackDanger(danger), recipient) == shows


def test_while_two_versions_bind_the_lesser_is_shown() -> None:
    wide = Disclosure(Level.L0, (), None, (TrackRow(None, None, Shows.ALL, 9_000),))
    less = Disclosure(Level.L0, (), None, (TrackRow(None, None, Shows.NEAR, 5_000),))
    none = Disclosure(Level.L0, ())
    entry = TrackDanger.ENTRY
    assert BindingDisclosure((wide, less)).shown(entry, TUR) == (Shows.NEAR, 5_000)
    assert BindingDisclosure((wide, none)).shown(entry, TUR) == (Shows.NOTHING, 0)
