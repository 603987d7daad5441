# SPDX-License-Identifier: Apache-2.0
"""Sites, standstills, incidents, violations, signals, checks, drills, watches: what is kept and owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from steerclear.mechanism import bodies as say
from steerclear.mechanism.affairs import ViolationState
from steerclear.mechanism.bodies import Echelon
from steerclear.mechanism.obligation import State
from steerclear.model.annex import Annex, AnnexName
from steerclear.model.member import MemberId
from steerclear.model.terms import Clause, Clauses, CommChecks
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table


def hospital(speech: type[Speech]) -> Any:
    return say.SiteRegister(
        "MSF trauma centre", say.SiteCategory.HOSPITAL, speech.disc(radius_m=100), None, None
    )


def test_kunduz_a_site_owes_receipts_that_reach_the_units(founded: Table, speech: type[Speech]) -> None:
    site = founded.say("MSF", hospital(speech), when="12:00", to=("TUR", "AZE"))
    founded.beat("TUR", "12:00:10")
    found = {one.what: one for one in founded.owes("12:01", thing=site, who="TUR")}
    assert set(found) == {"machine-receipt", "acknowledgement", "dissemination"}
    assert found["acknowledgement"].due_at == speech.at("+1d 12:00:10")
    founded.say("TUR", speech.ack(site, 1), when="12:30")
    passed = say.Disseminate(site, Echelon.FIRE_CONTROL, speech.at("+2d 00:00"))
    founded.say("TUR", passed, when="12:31")
    first, second = founded.owes("+2d 00:01", thing=site, what="dissemination")
    assert (first.state, second.state) == (State.MET, State.LATE)
    assert founded.one("12:32", thing=site, what="acknowledgement").state is State.MET
    assert {one.what for one in founded.owes("12:32", thing=site, who="AZE")} == {"machine-receipt"}


def test_a_notifier_owes_no_dissemination(founded: Table, speech: type[Speech]) -> None:
    site = founded.say("TUR", hospital(speech), when="12:00", to=("MSF",))
    assert not founded.owes("12:01", thing=site, what="dissemination")
    assert founded.owes("12:01", thing=site, what="acknowledgement")


def test_a_lapsed_site_stays_and_its_renewal_is_late(founded: Table, speech: type[Speech]) -> None:
    site = founded.say("MSF", hospital(speech), when="12:00", to=("TUR",))
    other = founded.say("TUR", hospital(speech), when="12:00", to=("ISR",))
    assert founded.one("+91d 12:00", thing=site, what="renewal").state is State.LATE
    founded.say("MSF", say.SiteRenew((site, other, "9" * 32)), when="+1d 12:00")
    assert [one.state for one in founded.owes("+2d 12:00", thing=site, what="renewal")] == [
        State.MET,
        State.OPEN,
    ]
    assert [one.state for one in founded.owes("+2d 12:00", thing=other, what="renewal")] == [State.OPEN]
    record = founded.view().sites.get(site)
    assert record.confirmed_at == speech.at("+1d 12:00")
    founded.say("MSF", say.SiteEnd(site, "moved"), when="+3d 12:00")
    assert founded.owes("+200d 12:00", thing=site, what="renewal")[-1].state is State.WAIVED


def test_without_a_sites_annex_ninety_days_hold(table: Table, speech: type[Speech]) -> None:
    site = table.say("MSF", hospital(speech), when="12:00", to=("TUR",))
    assert table.one("13:00", thing=site, what="renewal").due_at == speech.at("+90d 12:00")
    assert table.view().sites.get(site).confirmed_at == speech.at("12:00")
    assert table.view().sites.get("9" * 32) is None


def test_a_renewal_of_nothing_has_no_effect(table: Table) -> None:
    table.say("MSF", say.SiteRenew(()), when="12:00")
    table.say("MSF", say.SiteRenew(("9" * 32,)), when="12:00")
    assert [one.why for one in table.view().without_effect] == [
        "it names nothing",
        "it is about something that is not known here",
    ]


class TestStandstill:
    @pytest.fixture
    def proposed(self, founded: Table, speech: type[Speech]) -> Any:
        body = say.StandstillPropose(speech.disc(), "no flights", speech.at("14:00"), speech.at("20:00"))
        return founded, founded.say("TUR", body, when="12:00", to=("ISR",))

    def test_both_sides_pass_it_on_before_it_takes_effect(
        self, proposed: tuple[Table, str], speech: type[Speech]
    ) -> None:
        table, still = proposed
        assert table.one("12:01", what="standstill-answer").due_at == speech.at("14:00")
        assert table.owes("12:01", what="dissemination") == []
        table.say("ISR", say.StandstillAccept(still), when="12:30")
        assert table.one("12:31", what="standstill-answer").state is State.MET
        table.say("ISR", say.Disseminate(still, Echelon.OPERATOR, speech.at("20:00")), when="13:00")
        states = {one.debtor.member: one.state for one in table.owes("14:01", what="dissemination")}
        assert states == {"ISR": State.MET, "TUR": State.LATE}

    def test_unable_is_an_answer(self, proposed: tuple[Table, str]) -> None:
        table, still = proposed
        table.say("ISR", say.Unable(still, None, None, "a rescue"), when="12:30")
        assert table.one("12:31", what="standstill-answer").state is State.MET
        assert table.view().standstills.get(still).accepted_at is None

    def test_it_is_extended_when_both_say_so_and_ended_by_either(
        self, proposed: tuple[Table, str], speech: type[Speech]
    ) -> None:
        table, still = proposed
        table.say("ISR", say.StandstillAccept(still), when="12:30")
        table.say("TUR", say.StandstillExtend(still, speech.at("22:00")), when="15:00")
        assert table.view().standstills.get(still).until == speech.at("20:00")
        table.say("ISR", say.StandstillExtend(still, speech.at("21:00")), when="15:05")
        assert table.view().standstills.get(still).until == speech.at("21:00")
        table.say("ISR", say.StandstillEnd(still, speech.at("18:00"), "broken"), when="17:00")
        assert table.view().standstills.get(still).ended is not None
        assert {one.state for one in table.owes("18:00", what="dissemination")} == {State.WAIVED}

    def test_its_beginning_and_its_end_ask_movements_again(
        self, proposed: tuple[Table, str], speech: type[Speech]
    ) -> None:
        from steerclear.model.notice import NoticeKind

        table, still = proposed
        table.say("ISR", say.StandstillAccept(still), when="12:30")
        body = speech.file("15:00", "23:00", kind=NoticeKind.MOVEMENT, party="MSF")
        table.say("MSF", body, when="12:40", to=("TUR",))
        table.say("ISR", say.StandstillEnd(still, speech.at("18:00"), "broken"), when="17:00")
        asked = [one.due_at for one in table.owes("19:00", what="report") if "confirmation" in one.words]
        assert asked == [speech.at("14:05"), speech.at("18:05")]


def test_an_incident_has_a_clock_and_statements_of_each_side(founded: Table, speech: type[Speech]) -> None:
    body = say.IncidentOpen("shots at the wall", speech.at("11:00"), None, (MemberId("TUR"), MemberId("ISR")))
    incident = founded.say("AZE", body, when="12:00", to=("TUR", "ISR"))
    assert {one.due_at for one in founded.owes("12:01", what="statement")} == {speech.at("+1d 12:00")}
    assert {one.due_at for one in founded.owes("12:01", what="review")} == {speech.at("+7d 12:00")}
    founded.say("TUR", say.IncidentState(incident, "we saw it", ()), when="13:00")
    founded.say("MSF", say.IncidentState(incident, "we too", ()), when="13:01")
    states = {one.debtor.member: one.state for one in founded.owes("+2d 12:00", what="statement")}
    assert states == {"TUR": State.MET, "ISR": State.LATE}
    record = founded.view().incidents.get(incident)
    assert ([said.author for said in record.statements], record.is_closed) == (["TUR"], False)
    for party in ("TUR", "ISR"):
        founded.say(party, say.IncidentClose(incident, "agreed"), when="15:00")
    assert founded.view().incidents.get(incident).is_closed
    assert {one.state for one in founded.owes("+2d 12:00", what="statement")} == {State.MET, State.WAIVED}


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ((), ViolationState.UNANSWERED),
        ((say.Claimed.ACCEPT,), ViolationState.AGREED),
        ((say.Claimed.ACCEPT, say.Claimed.CONTEST), ViolationState.DISPUTED),
        ((say.Claimed.UNKNOWN,), ViolationState.UNKNOWN),
    ],
)
def test_one_ledger_of_alleged_violations(
    founded: Table, speech: type[Speech], answers: Any, state: Any
) -> None:
    body = say.ViolationClaim(speech.at("11:00"), None, "a flight over the line", None, ())
    claim = founded.say("TUR", body, when="12:00", to=("ISR", "TUR"))
    for minute, answer in enumerate(answers):
        founded.say("ISR", say.ViolationAnswer(claim, answer, None), when=f"12:1{minute}")
    assert founded.view().violations.get(claim).state is state
    owed = founded.one("+2d 12:00", what="violation-answer")
    assert owed.state is (State.MET if answers else State.LATE)


def test_rc_135_a_read_back_repeats_code_and_slots(founded: Table, speech: type[Speech]) -> None:
    """“You have the target”: one code, one meaning, read back."""
    slots = (say.TimeSlot(speech.at("12:30")),)
    sent = say.SignalSend("area-hot", slots, read_back=True, vocabulary=None, free_text=None)
    signal = founded.say("TUR", sent, when="12:00", to=("ISR", "TUR"))
    founded.beat("ISR", "12:00:05")
    founded.say("ISR", say.SignalReadBack(signal, "area-cold", slots), when="12:01")
    assert founded.one("12:02", what="read-back").state is State.OPEN
    founded.say("ISR", say.SignalReadBack(signal, "area-hot", slots), when="12:03")
    owed = founded.one("12:06", what="read-back")
    assert (owed.state, owed.due_at) == (State.MET, speech.at("12:05:05"))
    founded.say("ISR", say.SignalAnswer(signal, "read-you", (say.NumberSlot(5),), None), when="12:04")
    assert len(founded.view().signals.get(signal).answers) == 1


def test_a_signal_without_read_back_owes_none(founded: Table) -> None:
    founded.say("TUR", say.SignalSend("line-check", (), False, None, None), when="12:00", to=("ISR",))
    assert founded.owes("12:10", what="read-back") == []


class TestChecks:
    def test_twice_a_day_within_fifteen_minutes(self, founded: Table, speech: type[Speech]) -> None:
        times = [(one.due_at, one.state) for one in founded.owes("09:20", what="check")]
        assert (speech.at("09:15"), State.LATE) in times
        assert (speech.at("16:15"), State.OPEN) in times
        founded.say("AZE", say.CheckCall(speech.at("16:00"), "node"), when="16:05", to=("TUR", "ISR"))
        founded.say("AZE", say.CheckCall(None, "telephone"), when="+1d 09:10", to=("TUR", "ISR"))
        met = [one for one in founded.owes("+1d 12:00", what="check") if one.state is State.MET]
        assert [one.met_at for one in met] == [speech.at("16:05"), speech.at("+1d 09:10")]

    def test_who_is_called_answers(self, founded: Table, speech: type[Speech]) -> None:
        check = founded.say("TUR", say.CheckCall(None, "radio"), when="12:00", to=("ISR", "TUR"))
        assert founded.one("12:16", what="check-answer").state is State.LATE
        founded.say("ISR", say.CheckAnswer(check, 5), when="12:16")
        assert founded.one("12:17", what="check-answer").state is State.MET
        assert founded.view().checks.get(check).answers[0].body.readability == 5

    def test_not_before_the_annex_is_in_force(self, table: Table, speech: type[Speech]) -> None:
        terms = CommChecks(MemberId("TUR"), (540,), 900, 1_800, 2)
        parties = (MemberId("TUR"), MemberId("ISR"))
        table.ratify(Annex(AnnexName.COMM_CHECKS, 1, parties, speech.at("08:00"), 0, terms, ()), "08:00")
        assert [one.due_at for one in table.owes("08:30", what="check")] == [
            speech.at("09:15"),
            speech.at("+1d 09:15"),
        ]

    def test_in_words_it_is_owed_by_nobody(self, table: Table, speech: type[Speech]) -> None:
        words = Clauses((Clause("Checks", "now and then"),))
        table.ratify(Annex(AnnexName.COMM_CHECKS, 1, (MemberId("TUR"),), Instant(0), 0, words, ()))
        assert table.owes("12:00", what="check") == []
        table.say("TUR", say.CheckCall(None, "radio"), when="12:00", to=("ISR",))
        assert table.one("12:01", what="check-answer").due_at == speech.at("12:15")


def test_a_watch_is_handed_over_by_two_signatures(table: Table) -> None:
    assert table.view().watches.of("TUR", "air") is None
    table.say("TUR", say.WatchTake(None), when="06:00")
    alone = table.view().watches.of("TUR", "air")
    assert (alone.relieved, alone.is_held) == (False, True)
    over = table.say("TUR", say.WatchHandOver("all quiet"), when="12:00")
    assert not table.view().watches.of("TUR", "air").is_held
    table.say("TUR", say.WatchTake(over), when="12:01")
    assert table.view().watches.of("TUR", "air").relieved
    assert table.view().watches.of("TUR", "sea") is None


def test_nobody_takes_over_on_anothers_signature(table: Table) -> None:
    over = table.say("TUR", say.WatchHandOver(None), when="12:00")
    table.say("ISR", say.WatchTake(over), when="12:01")
    assert [one.why for one in table.view().without_effect] == ["only its author says this"]


def test_a_drill_runs_until_it_is_ended(table: Table) -> None:
    drill = table.say("AZE", say.DrillStart("spring", "two STOPs"), when="12:00")
    assert table.view().drills.get(drill).ended is None
    table.say("AZE", say.DrillEnd(drill, "3 minutes"), when="13:00")
    (record,) = table.view().drills
    assert record.ended.body.text == "3 minutes"


def test_what_was_said_by_voice_is_kept_and_derived_from_by_nobody(
    founded: Table, speech: type[Speech]
) -> None:
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    said = say.VoiceLog(
        MemberId("TUR"), MemberId("ISR"), speech.at("13:25"), "we stop", True, stop, "stop.answer"
    )
    founded.say("ISR", said, when="13:26")
    assert [one.body.gist for one in founded.view().voice] == ["we stop"]
    assert founded.one("13:27", what="outcome").state is State.OPEN


def test_every_record_is_found_under_the_id_of_what_began_it(founded: Table, speech: type[Speech]) -> None:
    here, now = speech.disc(), speech.at("12:00")
    begun: list[tuple[str, object]] = [
        ("sites", hospital(speech)),
        ("standstills", say.StandstillPropose(here, "flights", now, now)),
        ("incidents", say.IncidentOpen("shots", now, None, ())),
        ("violations", say.ViolationClaim(now, None, "a flight", None, ())),
        ("signals", say.SignalSend("line-check", (), False, None, None)),
        ("checks", say.CheckCall(None, "radio")),
        ("drills", say.DrillStart("spring", None)),
        ("notices", speech.file()),
        ("stops", speech.stop()),
        ("ownership", say.OwnershipAsk(speech.stop().place, None, now, "a column", None)),
    ]
    for register, body in begun:
        author = "AZE" if register == "drills" else "TUR"
        id_ = founded.say(author, body, when="12:00", to=("TUR", "ISR"))
        view = founded.view()
        assert getattr(view, register).get(id_).id == id_
        assert [record.id for record in getattr(view, register)] == [id_]
        assert getattr(view, register).get("9" * 32) is None
    assert founded.view().stops.get(id_) is None
    assert next(iter(founded.view().stops)).at == now
    list(founded.owes("12:01"))
