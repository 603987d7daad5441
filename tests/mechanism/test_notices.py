# SPDX-License-Identifier: Apache-2.0
"""Notices: stages, classes, deadlines, versions, hot and cold; and the incidents that taught each rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.mechanism import bodies as say
from steerclear.mechanism.bodies import Echelon
from steerclear.mechanism.classes import STANDING_RESPONSE, class_of
from steerclear.mechanism.measures import minutes_to_acknowledge, minutes_to_authority
from steerclear.mechanism.notices import NoticeState
from steerclear.mechanism.obligation import State
from steerclear.mechanism.stages import stages_of
from steerclear.model.annex import Annex, AnnexName
from steerclear.model.member import MemberId, Role
from steerclear.model.notice import NoticeKind
from steerclear.model.response import ResponseClass
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table


def delivered_at(view: Any, id_: str) -> Any:
    (row,) = stages_of(view, id_)
    return row.delivered and row.delivered.at


@pytest.fixture
def filed(founded: Table, speech: type[Speech]) -> Any:
    """TUR files at 12:00 a hazard from 14:00 to 15:00 to ISR, whose machine has it at 12:00:10: PRIORITY."""
    notice = founded.say("TUR", speech.file(), when="12:00", to=("ISR",))
    founded.beat("ISR", "12:00:10")
    return founded, notice


def test_every_stage_is_shown_with_its_time(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    table.say("ISR", speech.ack(notice, 1), when="12:05", to=("TUR",))
    passed = say.Disseminate(notice, Echelon.OPERATOR, speech.at("16:00"))
    table.say("ISR", passed, when="12:20", to=("TUR",))
    table.cosigned = [("TUR", 100, "ISR", speech.at("12:30")), ("TUR", 100, "AZE", speech.at("12:31"))]
    (row,) = stages_of(table.view(), notice)
    assert (row.member, row.readable) == ("ISR", True)
    assert (row.filed.at, delivered_at(table.view(), notice)) == (speech.at("12:00"), speech.at("12:00:10"))
    assert table.view().said(notice).place.seq == row.filed.seq
    assert [(a.desk, a.rung, a.may_act, a.at) for a in row.acknowledged] == [
        ("air", 1, False, speech.at("12:05"))
    ]
    assert [(d.echelon, d.expires_at) for d in row.disseminated] == [(Echelon.OPERATOR, speech.at("16:00"))]
    assert row.recorded_at == speech.at("12:31")
    assert row.is_confirmed(speech.at("15:00"))
    assert not row.is_confirmed(speech.at("16:00"))


def test_recorded_needs_every_party_and_the_host(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    table.cosigned = [("TUR", 100, "ISR", speech.at("12:30")), ("TUR", 1, "AZE", speech.at("12:31"))]
    assert stages_of(table.view(), notice)[0].recorded_at is None


def test_nobody_is_told_delivered_before_another_machine_has_it(founded: Table, speech: type[Speech]) -> None:
    notice = founded.say("TUR", speech.file(), when="12:00", to=("ISR",))
    founded.say("ISR", say.NodeBeat(()), when="12:05", desk=None)
    assert stages_of(founded.view(), notice)[0].delivered is None


def test_unknown_ids_have_no_stages(table: Table) -> None:
    assert stages_of(table.view(), "9" * 32) == ()
    assert minutes_to_authority(table.view(), "9" * 32) is None


def test_the_first_covering_entry_can_call_it_unreadable(founded: Table, speech: type[Speech]) -> None:
    notice = founded.say("TUR", speech.file(), when="12:00", to=("ISR",), sealed_to=("ISR", "TUR"))
    founded.beat("ISR", "12:00:10", unreadable=(notice,))
    founded.beat("ISR", "12:01")
    (row,) = stages_of(founded.view(), notice)
    assert (row.delivered, row.unreadable_at) == (None, speech.at("12:00:10"))
    owed = founded.one("12:02", me="TUR", what="reseal")
    assert (owed.debtor.member, owed.creditor, owed.state) == ("TUR", "ISR", State.LATE)


def test_a_reseal_delivers(founded: Table, speech: type[Speech]) -> None:
    notice = founded.say("TUR", speech.file(), when="12:00", to=("ISR",), sealed_to=("ISR", "TUR"))
    founded.beat("ISR", "12:00:10", unreadable=(notice,))
    founded.say("TUR", speech.file(), when="12:03", to=("ISR",), sealed_to=("ISR", "TUR"), id_=notice)
    founded.beat("ISR", "12:03:10")
    view = founded.view()
    assert delivered_at(view, notice) == speech.at("12:03:10")
    assert stages_of(view, notice)[0].unreadable_at is None
    assert [one.why for one in view.without_effect] == ["its id was used before"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("13:00:01", ResponseClass.IMMEDIATE),
        ("13:00", ResponseClass.PRIORITY),
        ("12:00", ResponseClass.PRIORITY),
        ("15:00", ResponseClass.IMMEDIATE),
    ],
)
def test_the_class_is_recomputed_as_the_start_nears(speech: type[Speech], now: str, expected: Any) -> None:
    assert class_of(speech.content(), speech.at(now)) is expected


def test_far_ahead_is_routine_and_a_site_is_static(speech: type[Speech]) -> None:
    assert class_of(speech.content("+2d 14:00", "+2d 15:00"), speech.at("12:00")) is ResponseClass.ROUTINE
    assert class_of(speech.content(kind=NoticeKind.SITE), speech.at("12:00")) is ResponseClass.STATIC


def test_priority_is_acknowledged_in_thirty_minutes_from_delivered(
    filed: tuple[Table, str], speech: type[Speech]
) -> None:
    table, _notice = filed
    owed = table.one("12:10", what="acknowledgement")
    assert (owed.due_at, owed.of_class, owed.debtor.desk) == (
        speech.at("12:30:10"),
        ResponseClass.PRIORITY,
        "air",
    )
    assert [rung.number for rung in owed.called] == [1]
    late = table.one("13:00:10", what="acknowledgement")
    assert (late.state, [rung.number for rung in late.called]) == (State.LATE, [1, 2, 3])


def test_a_class_change_brings_the_deadline_forward(founded: Table, speech: type[Speech]) -> None:
    """Routine gives four hours; twelve minutes later it is priority, and thirty minutes count from then."""
    founded.say("TUR", speech.file("+1d 12:12", "+1d 13:00"), when="12:00", to=("ISR",))
    founded.beat("ISR", "12:00:10")
    assert founded.one("12:01", what="acknowledgement").due_at == speech.at("12:42")
    assert founded.one("12:01", what="acknowledgement").of_class is ResponseClass.ROUTINE


def test_a_relay_in_time_keeps_the_climb_from_beginning(
    filed: tuple[Table, str], speech: type[Speech]
) -> None:
    table, notice = filed
    table.say("ISR", speech.ack(notice, 1), when="12:20")
    assert table.one("14:00", what="acknowledgement").state is State.MET


def test_a_relay_after_the_climb_began_does_not_end_it(
    filed: tuple[Table, str], speech: type[Speech]
) -> None:
    table, notice = filed
    table.say("ISR", speech.ack(notice, 1), when="12:40")
    owed = table.one("13:10", what="acknowledgement")
    assert (owed.state, len(owed.called)) == (State.LATE, 3)
    table.say("ISR", speech.ack(notice, 3), when="13:20")
    assert table.one("13:21", what="acknowledgement").met_at == speech.at("13:20")
    assert minutes_to_acknowledge(table.view(), notice) == 40
    assert minutes_to_authority(table.view(), notice) == 80


def test_a_rung_beyond_the_ladder_may_not_act(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    table.say("ISR", speech.ack(notice, 9), when="12:40")
    assert table.one("13:10", what="acknowledgement").state is State.LATE


def test_unable_is_an_answer_of_somebody_who_decided(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    table.say("ISR", say.Unable(notice, speech.at("14:20"), None, None), when="12:40", to=("TUR",))
    assert table.one("13:10", what="acknowledgement").state is State.MET


def test_after_unable_the_filer_answers_before_start(filed: tuple[Table, str], speech: type[Speech]) -> None:
    """Karachok: “unable to keep clear before T”."""
    table, notice = filed
    unable = table.say(
        "ISR", say.Unable(notice, speech.at("14:20"), "the north", None), when="12:40", to=("TUR",)
    )
    owed = table.one("12:41", what="answer-to-unable")
    assert (owed.debtor.member, owed.due_at, owed.creditor) == ("TUR", speech.at("14:00"), "ISR")
    table.say("TUR", say.Hold(unable, speech.at("14:20"), None), when="12:50")
    assert table.one("12:51", what="answer-to-unable").state is State.MET


def test_proceeding_amending_and_withdrawing_answer_too(founded: Table, speech: type[Speech]) -> None:
    for index, answer in enumerate(("proceed", "amend", "withdraw")):
        notice = founded.say("TUR", speech.file(ref=answer), when="12:00", to=("ISR",))
        unable = founded.say("ISR", say.Unable(notice, None, None, None), when=f"12:1{index}", to=("TUR",))
        body = {
            "proceed": say.Proceed(unable, "it cannot wait"),
            "amend": speech.amend(notice, "16:00", "17:00"),
            "withdraw": say.NoticeWithdraw(notice, None),
        }[answer]
        founded.say("TUR", body, when="12:30", to=("ISR",))
        assert founded.one("12:31", what="answer-to-unable", thing=notice).state is State.MET


@pytest.mark.parametrize(
    ("filed_at", "start", "due"),
    [
        ("13:30", "14:00", "14:00"),
        ("12:00", "14:00", "13:00"),
        ("06:00", "14:00", "12:00"),
        ("12:00", "+3d 12:00", "+3d 00:00"),
        ("14:30", "14:00", "14:35:10"),
    ],
    ids=[
        "immediate: before start",
        "priority: half the lead",
        "priority: two hours",
        "routine: twelve hours",
        "late",
    ],
)
def test_dissemination_is_due_by_the_class_at_filing(
    founded: Table, speech: type[Speech], filed_at: str, start: str, due: str
) -> None:
    """Kunduz: receipt confirmed twice, never reached the crew."""
    founded.say("TUR", speech.file(start, "+4d 00:00"), when=filed_at, to=("ISR",))
    founded.beat("ISR", filed_at + ":10")
    assert founded.one(filed_at + ":10", what="dissemination").due_at == speech.at(due)


def test_dissemination_expires(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    table.say("ISR", say.Disseminate(notice, Echelon.OPERATOR, speech.at("14:30")), when="12:20")
    first, second = table.owes("14:31", what="dissemination")
    assert (first.state, second.state, second.due_at) == (State.MET, State.LATE, speech.at("14:30"))
    table.say("ISR", say.Disseminate(notice, Echelon.OPERATOR, speech.at("15:30")), when="14:35")
    assert [one.state for one in table.owes("14:36", what="dissemination")] == [State.MET, State.MET]


def test_an_acknowledgement_expires_with_its_version(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    table.say("ISR", speech.ack(notice, 2), when="12:05")
    version = table.say("TUR", speech.amend(notice, "14:30", "15:30"), when="12:10", to=("ISR",))
    table.beat("ISR", "12:10:05")
    old, new = table.owes("12:11", what="acknowledgement")
    assert (old.state, new.state, new.about) == (State.MET, State.OPEN, version)
    assert stages_of(table.view(), notice)[0].acknowledged == ()
    assert table.view().notices.of_version(version).newest.number == 2
    assert table.view().notices.of_version("9" * 32) is None


def test_what_an_older_version_still_owed_is_over(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    table.say("TUR", speech.amend(notice, "14:30", "15:30"), when="12:10", to=("ISR",))
    assert [one.state for one in table.owes("12:11", what="dissemination")] == [State.WAIVED, State.OPEN]


def test_an_area_is_hot_until_its_filer_says_cold(filed: tuple[Table, str], speech: type[Speech]) -> None:
    """Il-20: no all-clear."""
    table, notice = filed
    record = table.view().notices.get(notice)
    states = [record.state(speech.at(now)) for now in ("13:59", "14:00", "15:00:01")]
    assert states == [NoticeState.PENDING, NoticeState.HOT, NoticeState.END_PASSED]
    owed = table.one("15:06", what="cold")
    assert (owed.state, owed.due_at, owed.creditor) == (State.LATE, speech.at("15:05"), "ISR")
    table.say("TUR", say.NoticeCold(notice, speech.at("15:10")), when="15:10")
    assert table.view().notices.get(notice).state(speech.at("15:11")) is NoticeState.COLD
    assert table.one("15:11", what="cold").state is State.MET
    assert list(table.view().notices.live(speech.at("15:11"))) == []
    # What was still owed about it is over, for its filer ended it.
    assert table.one("15:11", what="acknowledgement").state is State.WAIVED


def test_said_hot_before_its_time(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    table.say("TUR", say.NoticeActivate(notice, speech.at("13:30")), when="13:30")
    assert table.view().notices.get(notice).state(speech.at("13:31")) is NoticeState.HOT


def test_a_cold_counts_for_the_version_that_it_came_after(
    filed: tuple[Table, str], speech: type[Speech]
) -> None:
    table, notice = filed
    table.say("TUR", say.NoticeCold(notice, speech.at("14:10")), when="14:10")
    table.say("TUR", speech.amend(notice, "16:00", "17:00"), when="14:20", to=("ISR",))
    assert table.view().notices.get(notice).state(speech.at("14:30")) is NoticeState.PENDING


def test_nothing_is_said_of_a_withdrawn_notice(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    table.say("TUR", say.NoticeWithdraw(notice, None), when="12:10")
    table.say("TUR", speech.amend(notice), when="12:11")
    table.say("TUR", say.NoticeWithdraw(notice, None), when="12:12")
    view = table.view()
    assert view.notices.get(notice).state(speech.at("12:13")) is NoticeState.WITHDRAWN
    assert [one.why for one in view.without_effect] == ["the notice was withdrawn before", "said before"]


def test_a_peer_owes_nothing_for_what_it_cannot_read(founded: Table, speech: type[Speech]) -> None:
    """L1: the host screens, and human duties attach to the conflict."""
    notice = founded.say("TUR", speech.file(), when="12:00", to=("ISR",), sealed_to=("AZE", "TUR"))
    founded.beat("AZE", "12:00:05")
    assert founded.owes("12:01", who="ISR") == []
    owed = founded.one("12:01", what="screening", thing=notice)
    assert (owed.debtor.member, owed.due_at) == ("AZE", speech.at("12:01:05"))
    result = speech.result((notice, notice), finding=say.NoConflictFound(4))
    founded.say("AZE", result, when="12:00:30", sealed_to=("TUR", "AZE"), desk=None)
    assert founded.one("12:01", what="screening").state is State.MET
    (entry,) = [entry for entry in founded.view("ISR").sealed if entry.content.id == notice]
    assert entry.readers == ("AZE", "TUR")
    assert stages_of(founded.view("TUR"), notice)[0].readable is False


def test_a_waiver_counts_by_the_creditor_alone(filed: tuple[Table, str], speech: type[Speech]) -> None:
    table, notice = filed
    waive = say.Waive(notice, "acknowledgement", MemberId("ISR"), None)
    table.say("AZE", waive, when="12:10")
    assert table.one("12:11", what="acknowledgement").state is State.OPEN
    table.say("TUR", waive, when="12:12")
    assert table.one("12:13", what="acknowledgement").state is State.WAIVED
    assert table.one("12:13", what="dissemination").state is State.OPEN


def test_host_and_observers_owe_no_human_answer(founded: Table, speech: type[Speech]) -> None:
    founded.say("TUR", speech.file(), when="12:00", to=("AZE", "OBS", "MSF"))
    owed = founded.owes("12:01", creditor="TUR")
    assert {one.what for one in owed if one.debtor.member in ("AZE", "OBS")} == {"machine-receipt"}
    assert {one.what for one in owed if one.debtor.member == "MSF"} == {"machine-receipt", "acknowledgement"}


def test_a_notifier_without_a_node_speaks_and_hears_through_its_carrier(
    new_table: type[Table], speech: type[Speech]
) -> None:
    table = new_table(carried_by={"MSF": "AZE"})
    notice = table.say("MSF", speech.file(party="MSF"), when="12:00", to=("TUR", "AZE"), log="AZE")
    back = table.say("TUR", speech.file(), when="12:05", to=("MSF",))
    table.beat("AZE", "12:05:10")
    view = table.view()
    assert view.notices.get(notice).author == "MSF"
    assert delivered_at(view, back) == speech.at("12:05:10")
    delivered = {row.member: row.delivered and row.delivered.at for row in stages_of(view, notice)}
    assert delivered["AZE"] == speech.at("12:00")
    assert delivered["TUR"] is None


def test_a_desk_without_a_ladder_is_its_own_authority(table: Table, speech: type[Speech]) -> None:
    notice = table.say("TUR", speech.file(), when="12:00", to=("ISR",))
    table.beat("ISR", "12:00:10")
    assert table.one("12:01", what="acknowledgement").debtor.desk == "duty"
    table.say("ISR", speech.ack(notice, 1), when="12:59", desk=None)
    assert table.one("13:00", what="acknowledgement").state is State.MET


def test_a_mechanism_without_a_host_owes_no_screening(new_table: type[Table], speech: type[Speech]) -> None:
    table = new_table({"TUR": Role.PARTY, "ISR": Role.PARTY})
    table.say("TUR", speech.file(), when="12:00", to=("ISR",), sealed_to=("TUR",))
    assert table.owes("12:10", me="TUR", what="screening") == []
    assert table.view().host is None


def test_a_bare_telephone_owes_no_receipt(table: Table, speech: type[Speech]) -> None:
    table.found("voice-line-only")
    table.say("TUR", speech.file(), when="12:00", to=("ISR",))
    assert table.owes("12:01") == []


def test_a_class_without_a_row_has_no_deadline(table: Table, speech: type[Speech]) -> None:
    """An annex may leave a class out: what is delivered only then owes no human answer by a time."""
    kept = tuple(row for row in STANDING_RESPONSE.classes if row.of is not ResponseClass.IMMEDIATE)
    terms = replace(STANDING_RESPONSE, classes=kept)
    parties = (MemberId("TUR"), MemberId("ISR"))
    table.ratify(Annex(AnnexName.RESPONSE, 1, parties, Instant(0), 0, terms, ()))
    table.say("TUR", speech.file(), when="12:00", to=("ISR",))
    soon = table.say("TUR", speech.file("13:00"), when="12:30", to=("ISR",))
    table.beat("ISR", "13:30")
    assert {one.what for one in table.owes("13:31")} == {"machine-receipt", "cold"}
    assert {one.what for one in table.owes("13:31", thing=soon)} == {"cold"}


class TestMovement:
    @pytest.fixture
    def moving(self, founded: Table, speech: type[Speech]) -> Any:
        notice = founded.say(
            "MSF", speech.file(kind=NoticeKind.MOVEMENT, party="MSF"), when="06:00", to=("ISR",)
        )
        founded.beat("ISR", "06:00:10")
        return founded, notice

    @staticmethod
    def report(table: Table, notice: Any, step: Any, when: str, next_at: Any = None) -> Any:
        return table.say(
            "MSF",
            say.MovementReport(notice, step, None, table_at(when), next_at, None),
            when=when,
            to=("ISR",),
        )

    def test_a_movement_owes_reports(self, moving: tuple[Table, str], speech: type[Speech]) -> None:
        table, notice = moving
        departed, arrived = table.owes("13:00", what="report")
        assert (departed.due_at, arrived.due_at) == (speech.at("14:15"), speech.at("15:15"))
        self.report(table, notice, say.MovementStep.DEPARTED, "14:05", speech.at("14:35"))
        states = [(one.words.rsplit(" ", 2)[-1], one.state) for one in table.owes("14:40", what="report")]
        assert states == [("departed.", State.MET), ("report.", State.LATE), ("arrived.", State.OPEN)]
        self.report(table, notice, say.MovementStep.ARRIVED, "14:50")
        assert {one.state for one in table.owes("14:51", what="report")} == {State.MET}
        assert table.owes("14:51", what="cold") == []

    def test_urum_al_kubra_a_change_of_the_regime_asks_again(
        self, moving: tuple[Table, str], speech: type[Speech]
    ) -> None:
        table, notice = moving
        self.report(table, notice, say.MovementStep.DEPARTED, "14:05")
        table.say("TUR", say.Suspend("talks"), when="14:10")
        asked = [one for one in table.owes("14:12", what="report") if "confirmation" in one.words]
        assert [(one.state, one.due_at) for one in asked] == [(State.OPEN, speech.at("14:15"))]
        self.report(table, notice, say.MovementStep.PASSING, "14:13")
        asked = [one for one in table.owes("14:14", what="report") if "confirmation" in one.words]
        assert [one.state for one in asked] == [State.MET]

    def test_a_change_after_arrival_or_withdrawal_asks_nothing(
        self, moving: tuple[Table, str], speech: type[Speech]
    ) -> None:
        table, notice = moving
        self.report(table, notice, say.MovementStep.ARRIVED, "14:05")
        table.say("MSF", say.NoticeWithdraw(notice, None), when="14:06")
        table.say("TUR", say.Suspend("talks"), when="14:10")
        assert not [one for one in table.owes("14:12", what="report") if "confirmation" in one.words]

    def test_wck_three_failed_attempts_raise_an_alarm(
        self, moving: tuple[Table, str], speech: type[Speech]
    ) -> None:
        table, notice = moving
        for minute in range(3):
            when = f"14:2{minute}"
            attempt = say.ContactAttempt(notice, "phone", speech.at(when), say.ContactResult.NO_CONTACT)
            assert table.owes(when, what="contact") == []
            third = table.say("ISR", attempt, when=when, to=("TUR", "MSF"))
        owed = table.one("14:23", what="contact")
        assert (owed.debtor.member, owed.about, owed.due_at) == ("MSF", third, speech.at("14:27"))
        keep_clear = table.one("14:23", what="acknowledgement", about=third)
        assert (keep_clear.debtor.member, keep_clear.state) == ("TUR", State.OPEN)
        table.say("TUR", speech.ack(third), when="14:24")
        assert table.one("14:25", what="acknowledgement", about=third).state is State.MET
        self.report(table, notice, say.MovementStep.PASSING, "14:26")
        met = table.one("14:27", what="contact")
        assert (met.about, met.state, met.met_at) == (third, State.MET, speech.at("14:26"))
        assert "reported again at 2025-04-09T14:26" in met.words

    def attempts(self, table: Table, notice: str, *rows: tuple[str, str, say.ContactResult]) -> list[str]:
        return [
            table.say(
                who,
                say.ContactAttempt(notice, "phone", table_at(when), result),
                when=when,
                to=tuple({"TUR", "ISR", "MSF"} - {who}),
            )
            for who, when, result in rows
        ]

    def test_whoever_reaches_them_ends_the_alarm_and_it_stays_as_waived(
        self, moving: tuple[Table, str]
    ) -> None:
        table, notice = moving
        no, yes = say.ContactResult.NO_CONTACT, say.ContactResult.REACHED
        *_, third, _ = self.attempts(
            table, notice, *(("ISR", f"14:2{m}", no) for m in range(3)), ("TUR", "14:24", yes)
        )
        assert table.view().notices.get(notice).contact_lost() is None
        duties = [one for one in table.owes("14:25", about=third) if one.what != "machine-receipt"]
        assert {(one.what, one.state) for one in duties} == {
            ("contact", State.WAIVED),
            ("acknowledgement", State.WAIVED),
        }
        assert all("reached again at 2025-04-09T14:24" in one.words for one in duties)

    def test_a_report_between_begins_the_count_anew_and_the_next_alarm_is_its_own(
        self, moving: tuple[Table, str]
    ) -> None:
        table, notice = moving
        no = say.ContactResult.NO_CONTACT
        first = self.attempts(table, notice, *(("ISR", f"14:2{m}", no) for m in range(3)))
        self.report(table, notice, say.MovementStep.PASSING, "14:23")
        later = self.attempts(table, notice, *(("ISR", f"14:3{m}", no) for m in range(4)))
        duties = table.owes("14:34", what="contact")
        assert [(one.about, one.state) for one in duties] == [(first[2], State.MET), (later[2], State.OPEN)]

    def test_what_two_tried_side_by_side_is_owed_once_and_nothing_of_it_vanishes(
        self, moving: tuple[Table, str]
    ) -> None:
        """At whoever had not heard of the other's attempts another one was the third."""
        table, notice = moving
        no = say.ContactResult.NO_CONTACT
        mine = self.attempts(table, notice, *(("ISR", f"14:2{m}", no) for m in range(3)))
        assert table.one("14:23", what="contact").about == mine[2]
        self.attempts(table, notice, ("TUR", "14:20:30", no))
        duties = {one.about: one.state for one in table.owes("14:24", what="contact")}
        assert duties == {mine[1]: State.OPEN, mine[2]: State.WAIVED}

    def test_reaching_somebody_starts_the_count_anew(
        self, moving: tuple[Table, str], speech: type[Speech]
    ) -> None:
        table, notice = moving
        results = [say.ContactResult.NO_CONTACT] * 2 + [
            say.ContactResult.REACHED,
            say.ContactResult.NO_CONTACT,
        ]
        for minute, result in enumerate(results):
            when = f"14:2{minute}"
            table.say("ISR", say.ContactAttempt(notice, "phone", speech.at(when), result), when=when)
        assert table.view().notices.get(notice).contact_lost() is None


def test_what_an_author_says_of_a_kind_goes_by_the_newest_version(table: Table, speech: type[Speech]) -> None:
    presence = NoticeKind.OWN_PRESENCE
    notice = table.say("TUR", speech.file(kind=presence), when="12:00", to=("ISR",))
    table.say("ISR", speech.file(kind=presence), when="12:00", to=("TUR",))
    view = table.view()
    for _ in range(2):
        assert [one.id for one in view.notices.said_by("TUR", presence)] == [notice]
    assert view.notices.said_by("TUR", NoticeKind.HAZARD) == ()
    table.say("TUR", speech.amend(notice), when="12:10", to=("ISR",))
    view.witness(table.entries[-1])
    assert view.notices.said_by("TUR", presence) == ()
    assert [one.id for one in view.notices.said_by("TUR", NoticeKind.HAZARD)] == [notice]


def table_at(clock: Any) -> Any:
    from steerclear.model.time import Instant, parse_typed_instant_us

    return Instant(parse_typed_instant_us(f"2025-04-09T{clock}Z") // 1000)
