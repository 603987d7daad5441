# SPDX-License-Identifier: Apache-2.0
"""Ratification, counter-proposals, withdrawal, two versions at once, suspension, templates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import BadInput
from steerclear.mechanism import bodies as say
from steerclear.mechanism.annexes import SURVIVES_SUSPENSION, MechanismState
from steerclear.mechanism.bodies import KINDS
from steerclear.mechanism.classes import STANDING_RESPONSE, phases, strictest
from steerclear.mechanism.templates import template
from steerclear.model.annex import (
    Annex,
    AnnexName,
    annex_hash,
)
from steerclear.model.finding import SeparationMinima
from steerclear.model.member import DeskName, MemberId
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.response import ClassTerms, Ladder, ResponseClass, Rung, RungSort
from steerclear.model.terms import (
    Clause,
    Clauses,
    Disclosure,
    DisclosureRow,
    Level,
    NoticeTerms,
    Response,
    Separation,
    SeparationRow,
)
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

TUR, ISR = MemberId("TUR"), MemberId("ISR")


EPOCH = Instant(0)


def separation(version: int = 1, lateral_mm: int = 5_000, *, from_at: Instant = EPOCH) -> Annex:
    terms = Separation(lateral_mm, 1_000, 300, ())
    return Annex(AnnexName.SEPARATION, version, (TUR, ISR), from_at, 3_600, terms, ())


def in_force(table: Table, now: Instant, *, me: str = "AZE") -> int | None:
    annex = table.view(me).annexes.in_force(AnnexName.SEPARATION, now)
    return annex.version if annex else None


def test_in_force_when_all_named_parties_have_signed_the_same_content(
    table: Table, speech: type[Speech]
) -> None:
    annex = separation()
    table.say("TUR", say.AnnexPropose(annex, None), when="10:00")
    table.say("TUR", say.AnnexRatify(annex_hash(annex)), when="10:05")
    assert in_force(table, speech.at("10:06")) is None
    table.say("ISR", say.AnnexRatify(annex_hash(annex)), when="10:10")
    assert in_force(table, speech.at("10:09:59")) is None
    assert in_force(table, speech.at("10:10")) == 1
    (proposal,) = table.view().annexes.proposals
    assert (proposal.ratified_by, proposal.content) == (("ISR", "TUR"), annex_hash(annex))
    assert table.view().annexes.state(speech.at("10:11")) is MechanismState.IN_FORCE
    assert table.view().annexes.state(speech.at("10:00")) is MechanismState.FOUNDING


def test_not_before_its_date(table: Table, speech: type[Speech]) -> None:
    table.ratify(separation(from_at=speech.at("12:00")), "10:00")
    assert [in_force(table, speech.at(now)) for now in ("11:59", "12:00")] == [None, 1]


def test_another_content_is_another_annex(table: Table, speech: type[Speech]) -> None:
    first, second = separation(), separation(lateral_mm=6_000)
    table.say("TUR", say.AnnexPropose(first, None), when="10:00")
    table.say("ISR", say.AnnexPropose(second, None), when="10:00")
    table.say("TUR", say.AnnexRatify(annex_hash(first)), when="10:05")
    table.say("ISR", say.AnnexRatify(annex_hash(second)), when="10:05")
    assert in_force(table, speech.at("11:00")) is None


@pytest.mark.parametrize(
    ("author", "signed_as", "why"),
    [
        ("ISR", frozenset({"duty"}), "not signed by a key for authority"),
        ("AZE", frozenset({"authority"}), "hosts do not say annex.ratify"),
        ("MSF", frozenset({"authority"}), "the annex does not need its signature"),
    ],
)
def test_who_cannot_ratify(table: Table, speech: type[Speech], author: str, signed_as: Any, why: str) -> None:
    annex = separation()
    table.say("TUR", say.AnnexPropose(annex, None), when="10:00")
    table.say("TUR", say.AnnexRatify(annex_hash(annex)), when="10:05")
    table.say(author, say.AnnexRatify(annex_hash(annex)), when="10:10", signed_as=signed_as)
    assert in_force(table, speech.at("11:00")) is None
    assert [one.why for one in table.view().without_effect] == [why]


def test_nobody_ratifies_what_is_not_on_the_table(table: Table, speech: type[Speech]) -> None:
    table.say("TUR", say.AnnexRatify("0" * 64), when="10:05")
    assert [one.why for one in table.view().without_effect] == ["no annex with this content is known here"]


def test_a_counter_proposal_carries_its_reason(table: Table, speech: type[Speech]) -> None:
    proposal = table.say("TUR", say.AnnexPropose(separation(), None), when="10:00")
    other = separation(lateral_mm=9_000)
    table.say("ISR", say.AnnexCounter(proposal, other, "the coast needs more"), when="10:10")
    for party in ("TUR", "ISR"):
        table.say(party, say.AnnexRatify(annex_hash(other)), when="10:20")
    first, counter = table.view().annexes.proposals
    assert (first.counter_to, counter.counter_to) == (None, proposal)
    assert counter.because == "the coast needs more"
    assert table.view().annexes.in_force(AnnexName.SEPARATION, speech.at("10:21")) == other


def test_a_withdrawal_that_another_signature_had_seen_voids(table: Table, speech: type[Speech]) -> None:
    annex = separation()
    table.say("TUR", say.AnnexPropose(annex, None), when="10:00")
    table.say("TUR", say.AnnexRatify(annex_hash(annex)), when="10:01")
    table.say("TUR", say.AnnexWithdraw(annex_hash(annex), "not yet"), when="10:02")
    table.look("ISR")
    table.say("ISR", say.AnnexRatify(annex_hash(annex)), when="10:05")
    assert in_force(table, speech.at("11:00")) is None
    assert table.view().annexes.proposals[0].withdrawn_by == ("TUR",)
    table.say("TUR", say.AnnexRatify(annex_hash(annex)), when="10:30")
    assert in_force(table, speech.at("11:00")) == 1


def test_a_withdrawal_that_none_had_seen_is_notice_of_termination(table: Table, speech: type[Speech]) -> None:
    annex = separation()
    table.say("TUR", say.AnnexPropose(annex, None), when="10:00")
    table.say("TUR", say.AnnexRatify(annex_hash(annex)), when="10:01")
    table.look("ISR")
    table.say("TUR", say.AnnexWithdraw(annex_hash(annex), "too late"), when="10:02")
    table.say("ISR", say.AnnexRatify(annex_hash(annex)), when="10:05")
    assert [in_force(table, speech.at(now)) for now in ("11:01", "11:02")] == [1, None]


def test_both_versions_bind_until_all_have_seen_all(table: Table, speech: type[Speech]) -> None:
    table.ratify(separation(1, 5_000), "10:00")
    table.ratify(separation(2, 3_000), "11:00", settle=False)
    table.look("TUR")
    view = table.view()
    now = speech.at("11:30")
    assert [annex.version for annex in view.annexes.binding(AnnexName.SEPARATION, now)] == [2, 1]
    pair = (NoticeKind.HAZARD, NoticeKind.FLIGHT)
    assert view.annexes.separation(now).minima(*pair) == SeparationMinima(5_000, 1_000, 300)
    table.all_beat("12:00", "TUR", "ISR")
    settled = table.view().annexes
    assert [annex.version for annex in settled.binding(AnnexName.SEPARATION, speech.at("12:01"))] == [2]
    assert settled.separation(speech.at("12:01")).minima(*pair).lateral_mm == 3_000
    assert settled.separation(speech.at("12:01")).content == annex_hash(separation(2, 3_000))


def test_the_lesser_disclosure_binds(table: Table, speech: type[Speech]) -> None:
    for version, level in ((1, Level.L3P), (2, Level.L0)):
        terms = Disclosure(level, (DisclosureRow(NoticeKind.FLIGHT, ISR, Level.L1),))
        table.ratify(Annex(AnnexName.DISCLOSURE, version, (TUR, ISR), Instant(0), 0, terms, ()), settle=False)
    disclosure = table.view().annexes.disclosure(speech.at("01:00"))
    assert disclosure.level(NoticeKind.HAZARD, "ISR") is Level.L3P
    assert disclosure.level(NoticeKind.FLIGHT, "ISR") is Level.L1


def test_the_earlier_deadline_binds(table: Table, speech: type[Speech]) -> None:
    for version, outcome_s in ((1, 240), (2, 300)):
        terms = replace(STANDING_RESPONSE, outcome_s=outcome_s)
        table.ratify(Annex(AnnexName.RESPONSE, version, (TUR, ISR), Instant(0), 0, terms, ()), settle=False)
    assert table.view().annexes.response(speech.at("01:00")).outcome_s == 240


def test_without_annexes_the_standing_table_holds(table: Table, speech: type[Speech]) -> None:
    annexes = table.view().annexes
    now = speech.at("01:00")
    assert annexes.response(now) is STANDING_RESPONSE
    assert (annexes.separation(now), annexes.disclosure(now), annexes.terms(AnnexName.CIVIL, now)) == (
        None,
    ) * 3


def test_words_bind_people_and_no_rule(table: Table, speech: type[Speech]) -> None:
    words = Clauses((Clause("Response", "at once"),))
    for name in (AnnexName.RESPONSE, AnnexName.SEPARATION, AnnexName.DISCLOSURE):
        table.ratify(Annex(name, 1, (TUR, ISR), Instant(0), 0, words, ()))
    annexes, now = table.view().annexes, speech.at("01:00")
    assert annexes.response(now) is STANDING_RESPONSE
    assert (annexes.separation(now), annexes.disclosure(now)) == (None, None)


def test_the_strictest_of_two_response_annexes() -> None:
    row = ClassTerms(ResponseClass.STOP, 5, 180, (60,))
    other = Response(True, (row,), (), 100, 400, 1, 1, 1, 7, 7)
    merged = strictest([other, STANDING_RESPONSE])
    assert merged.of(ResponseClass.STOP) == ClassTerms(ResponseClass.STOP, 5, 120, (60, 240))
    assert merged.of(ResponseClass.ROUTINE) == STANDING_RESPONSE.of(ResponseClass.ROUTINE)
    assert (merged.outcome_s, merged.renew_s, merged.join_within_mm) == (100, 300, 7)
    assert merged.of(ResponseClass.CHECK) is None


def test_climbs_go_on_in_the_last_stride() -> None:
    (phase,) = phases(STANDING_RESPONSE, Instant(0), None)
    assert [phase.climb_at(step) // 3_600_000 for step in (1, 2, 3, 4)] == [24, 48, 72, 96]
    single = phase._replace(terms=ClassTerms(ResponseClass.STATIC, 1, 10, (20,)))
    bare = phase._replace(terms=ClassTerms(ResponseClass.STATIC, 1, 10, ()))
    assert [single.climb_at(step) for step in (1, 2)] == [20_000, 40_000]
    assert [bare.climb_at(step) for step in (1, 2)] == [10_000, 20_000]


def test_one_flag_per_party_binds_its_author_at_once_and_others_when_they_see_it(
    founded: Table, speech: type[Speech]
) -> None:
    flag = founded.say("TUR", say.Suspend("talks"), when="10:00")
    assert founded.view("TUR").annexes.state(speech.at("10:00")) is MechanismState.SUSPENDED
    assert founded.view("ISR").annexes.state(speech.at("10:30")) is MechanismState.IN_FORCE
    founded.beat("ISR", "10:31")
    annexes = founded.view("ISR").annexes
    assert annexes.suspended_by(speech.at("10:31")) == ("TUR",)
    assert annexes.suspended_by(speech.at("10:30"), "ISR") == ()
    founded.say("ISR", say.Resume(flag), when="10:40")
    assert founded.view("ISR").annexes.state(speech.at("10:41")) is MechanismState.SUSPENDED
    founded.say("TUR", say.Resume(flag), when="10:50")
    assert founded.view("ISR").annexes.state(speech.at("10:51")) is MechanismState.IN_FORCE
    assert founded.view().annexes.changes() == (speech.at("10:00"), speech.at("10:50"))


def test_it_has_ended_when_every_party_says_so(founded: Table, speech: type[Speech]) -> None:
    founded.say("TUR", say.End("done"), when="10:00")
    assert founded.view().annexes.state(speech.at("10:01")) is MechanismState.IN_FORCE
    founded.say("ISR", say.End("done"), when="10:02")
    assert founded.view().annexes.state(speech.at("10:03")) is MechanismState.ENDED


def test_suspension_keeps_the_safety_floor() -> None:
    assert set(KINDS) >= SURVIVES_SUSPENSION
    assert {
        "stop.call",
        "distress.call",
        "ownership.ask",
        "notice.cold",
        "screen.result",
    } <= SURVIVES_SUSPENSION
    assert not {"notice.file", "annex.ratify"} & SURVIVES_SUSPENSION


def test_minima_by_pair_of_kinds_and_domains_either_way_round() -> None:
    row = SeparationRow(NoticeKind.HAZARD, Domain.AIR, NoticeKind.FLIGHT, None, 9, 9, 9)
    terms = Separation(1, 1, 1, (row,))
    wide = SeparationMinima(9, 9, 9)
    assert terms.minima(NoticeKind.HAZARD, NoticeKind.FLIGHT, Domain.AIR, Domain.SEA) == wide
    assert terms.minima(NoticeKind.FLIGHT, NoticeKind.HAZARD, Domain.SEA, Domain.AIR) == wide
    assert terms.minima(NoticeKind.HAZARD, NoticeKind.FLIGHT, Domain.SEA, Domain.AIR).lateral_mm == 1
    assert terms.minima(NoticeKind.DRONE, NoticeKind.DRONE).lateral_mm == 1
    assert wide.lateral_m == 0.009


def test_a_ladder_ends_in_somebody_who_may_act() -> None:
    with pytest.raises(BadInput) as caught:
        Ladder(TUR, DeskName("air"), (Rung(RungSort.RELAY, "watch officer"),))
    assert caught.value.code == "ladder-without-authority"


def test_the_ladders_of_a_template() -> None:
    found: dict[AnnexName, Any] = {
        annex.name: annex.terms for annex in template("syria-2025", parties=("TUR", "ISR"), host="AZE")
    }
    response = found[AnnexName.RESPONSE]
    assert response.desks("TUR") == ("air", "ground", "sea")
    assert [(rung.sort.value, rung.label) for rung in response.ladder("ISR", "sea").rungs] == [
        ("relay", "watch officer"),
        ("may-act", "battle director"),
        ("may-act", "commander"),
    ]
    assert found[AnnexName.NOTICES].of(NoticeKind.HAZARD).lead_s == 3_600
    assert found[AnnexName.COMM_CHECKS].caller == "AZE"


def test_a_bare_telephone_has_no_gate_no_deadline_no_ladder() -> None:
    found: dict[AnnexName, Any] = {
        annex.name: annex.terms for annex in template("voice-line-only", parties=("TUR", "ISR"), host=None)
    }
    assert found[AnnexName.NOTICES] == NoticeTerms((), (), ())
    response = found[AnnexName.RESPONSE]
    assert (response.classes, response.ladders, response.written_stop) == ((), (), False)


def test_an_unknown_template_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="syria-2025") as caught:
        template("atlantis", parties=("TUR",), host=None)
    assert caught.value.code == "template-unknown"
