# SPDX-License-Identifier: Apache-2.0
"""Signatures in any order and across any partition: what holds follows from the set of entries alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.mechanism import bodies as say
from steerclear.mechanism.annexes import MechanismState
from steerclear.model.annex import Annex, AnnexName, annex_hash
from steerclear.model.annex_strict import direction_of, stricter_by, strictest_of
from steerclear.model.member import MemberId, Role
from steerclear.model.notice import NoticeKind
from steerclear.model.terms import (
    Arms,
    Blackout,
    Clause,
    Clauses,
    CommChecks,
    Incidents,
    KindTerms,
    Level,
    NoticeTerms,
    Rescue,
    SafetyFloor,
    Statistics,
)
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

TUR, ISR = MemberId("TUR"), MemberId("ISR")
MEMBERS = ("TUR", "ISR", "AZE")
ROLES = {"TUR": Role.PARTY, "ISR": Role.PARTY, "AZE": Role.HOST}


def annex(version: int, report_s: int) -> Annex:
    return Annex(AnnexName.INCIDENTS, version, (TUR, ISR), Instant(0), 3_600, Incidents(report_s, 600), ())


FIRST, SECOND = annex(1, 3_000), annex(2, 6_000)

moves = st.lists(
    st.one_of(
        st.tuples(st.just("sign"), st.sampled_from(("TUR", "ISR")), st.sampled_from((1, 2))),
        st.tuples(st.just("take-back"), st.sampled_from(("TUR", "ISR")), st.sampled_from((1, 2))),
        st.tuples(st.just("flag"), st.sampled_from(("TUR", "ISR")), st.just(0)),
        st.tuples(st.just("lower"), st.sampled_from(("TUR", "ISR")), st.just(0)),
        st.tuples(st.just("end"), st.sampled_from(("TUR", "ISR")), st.just(0)),
        st.tuples(st.just("look"), st.sampled_from(MEMBERS), st.sampled_from((0, 1, 2))),
    ),
    max_size=24,
)


def played(new_table: type[Table], done: list[tuple[str, str, int]]) -> Table:
    """``look`` fetches one other log: lines that are cut simply never look."""
    table = new_table(dict(ROLES))
    flags: dict[str, list[str]] = {"TUR": [], "ISR": []}
    for one in (FIRST, SECOND):
        table.say("TUR", say.AnnexPropose(one, None), when="09:00")
    for member in MEMBERS:
        table.beat(member, "09:01")
    for minute, (what, who, which) in enumerate(done):
        when = f"10:{minute:02d}"
        content = annex_hash(FIRST if which == 1 else SECOND)
        if what == "look":
            table.look(who, MEMBERS[which])
            table.say(who, say.NodeBeat(()), when=when, desk=None)
        elif what == "sign":
            table.say(who, say.AnnexRatify(content), when=when)
        elif what == "take-back":
            table.say(who, say.AnnexWithdraw(content, "why"), when=when)
        elif what == "flag":
            flags[who].append(table.say(who, say.Suspend(None), when=when))
        elif what == "lower" and flags[who]:
            table.say(who, say.Resume(flags[who][-1]), when=when)
        elif what == "end":
            table.say(who, say.End("over"), when=when)
    return table


@settings(max_examples=50, deadline=None)
@given(moves, st.integers(0, 1_000))
def test_equal_entries_give_equal_annexes_in_any_order(
    new_table: type[Table], speech: type[Speech], done: list[tuple[str, str, int]], seed: int
) -> None:
    table = played(new_table, done)
    for me in MEMBERS:
        straight, shuffled = table.view(me), table.view(me, shuffle=seed, repeat=2)
        for clock in ("09:30", "10:10", "10:30", "12:00"):
            now = speech.at(clock)
            for name in (AnnexName.INCIDENTS, AnnexName.NOTICES):
                assert straight.annexes.binding(name, now) == shuffled.annexes.binding(name, now)
                assert straight.annexes.terms(name, now) == shuffled.annexes.terms(name, now)
            assert straight.annexes.state(now) is shuffled.annexes.state(now)
            assert straight.annexes.suspended_by(now) == shuffled.annexes.suspended_by(now)
        assert straight.annexes.proposals == shuffled.annexes.proposals
        assert straight.without_effect == shuffled.without_effect


@settings(max_examples=50, deadline=None)
@given(moves)
def test_never_in_force_without_both_and_never_looser_than_any_that_binds(
    new_table: type[Table], speech: type[Speech], done: list[tuple[str, str, int]]
) -> None:
    table = played(new_table, done)
    signed = {(who, which) for what, who, which in done if what == "sign"}
    annexes = table.view("AZE").annexes
    for clock in ("10:10", "10:30", "12:00"):
        now = speech.at(clock)
        binding = annexes.binding(AnnexName.INCIDENTS, now)
        for one in binding:
            assert {("TUR", one.version), ("ISR", one.version)} <= signed
        if binding:
            terms: Any = annexes.terms(AnnexName.INCIDENTS, now)
            each: list[Any] = [one.terms for one in binding]
            assert terms.report_s == min(one.report_s for one in each)
            assert terms.review_s == min(one.review_s for one in each)
        if annexes.state(now) is MechanismState.ENDED:
            assert {who for what, who, _ in done if what == "end"} == {"TUR", "ISR"}


def test_the_older_version_binds_until_all_have_seen_all(
    new_table: type[Table], speech: type[Speech]
) -> None:
    done = [
        ("sign", "TUR", 1), ("sign", "ISR", 1), ("look", "TUR", 1), ("look", "ISR", 0),
        ("sign", "TUR", 2), ("sign", "ISR", 2), ("look", "TUR", 1),
    ]  # fmt: skip
    table = played(new_table, done)
    annexes = table.view("AZE").annexes
    now = speech.at("10:30")
    assert [one.version for one in annexes.binding(AnnexName.INCIDENTS, now)] == [2, 1]
    assert annexes.terms(AnnexName.INCIDENTS, now).report_s == 3_000, "the earlier deadline"
    table.beat("ISR", "10:40")
    annexes = table.view("AZE").annexes
    now = speech.at("10:41")
    assert [one.version for one in annexes.binding(AnnexName.INCIDENTS, now)] == [2]
    assert annexes.terms(AnnexName.INCIDENTS, now).report_s == 6_000


class TestStrictest:
    """Each field says its restrictive direction, and is held to it."""

    def test_rows_are_merged_by_what_they_are_about(self) -> None:
        hazard = KindTerms(NoticeKind.HAZARD, 60, 100, None)
        other = KindTerms(NoticeKind.HAZARD, 30, None, 600)
        drone = KindTerms(NoticeKind.DRONE, 1, 1, 1)
        feast, day = (Blackout(Instant(n), Instant(n + 1), (), str(n)) for n in (1, 2))
        newer = NoticeTerms((hazard,), (feast,), ())
        older = NoticeTerms((drone, other), (day, feast), ())
        merged = strictest_of([newer, older])
        assert merged.kinds == (KindTerms(NoticeKind.HAZARD, 60, 100, 600), drone)
        assert merged.blackouts == (feast, day)
        assert strictest_of([newer]) == newer

    def test_times_of_both_and_the_newest_caller(self) -> None:
        newer = CommChecks(MemberId("AZE"), (540,), 900, 1_800, 2)
        older = CommChecks(TUR, (960, 540), 60, 60, 1)
        assert strictest_of([newer, older]) == replace(newer, at_minutes=(540, 960))
        assert strictest_of([SafetyFloor(("a",)), SafetyFloor(("b",))]).kinds == ("a", "b")

    def test_directions_of_other_sorts(self) -> None:
        newer = Rescue(300, 5, Arms.SELF_DEFENCE, (), ())
        older = Rescue(600, 9, Arms.UNARMED, (), ())
        assert strictest_of([newer, older]) == Rescue(300, 9, Arms.UNARMED, (), ())
        open_, closed = Statistics(("a",), 0, True, ()), Statistics(("b",), 5, False, ())
        assert strictest_of([open_, closed]) == Statistics(("a",), 5, False, ())
        assert stricter_by("more closed", Level.L0, Level.L1) == 1
        assert stricter_by("shorter", (1, 2), (1, 3)) == -1
        assert stricter_by(None, 1, 2) == stricter_by("longer", 1, 1) == 0
        assert stricter_by("all of both", ("a",), ("b",)) == 0
        assert direction_of("Which.") is None

    def test_versions_of_different_sorts_are_not_mixed(self) -> None:
        words = Clauses((Clause("a", "b"),))
        assert strictest_of([words, Incidents(1, 2)]) == words
