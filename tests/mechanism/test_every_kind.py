# SPDX-License-Identifier: Apache-2.0
"""Every kind said by the wrong member, about nothing, out of its time, or twice: kept, marked, no crash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.mechanism.examples import ANNEX, ISR, NOTHING, TUR, example

from steerclear.errors import BadInput
from steerclear.mechanism import bodies as say
from steerclear.mechanism.affairs import PointState
from steerclear.mechanism.bodies import KINDS, Who, body_of, kind_of
from steerclear.mechanism.bodies.exchange import NodeBeat
from steerclear.mechanism.judge import ACTED_ON_IN_DOUBT, FLOOR, SURVIVES_SUSPENSION, why_it_would_not_count
from steerclear.mechanism.obligation import State
from steerclear.model.annex import annex_hash
from steerclear.model.member import Role
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

OF_THE_SCENE = (
    "annex.propose", "notice.file", "watch.hand-over", "receipt.unable", "conflict.propose", "stop.call",
    "distress.call", "ownership.ask", "site.register", "check.call", "standstill.propose", "violation.claim",
    "incident.open", "meeting.convene", "communique.propose", "signal.send", "drill.start",
    "track.alarm", "blind.site-ask",
)  # fmt: skip
"""What others are about: said at noon, in an order in which each finds what it is about."""


@pytest.fixture
def scene(table: Table, speech: type[Speech]) -> tuple[Table, dict[str, str]]:
    ids: dict[str, str] = {}
    ids["other"] = table.say("ISR", speech.file(party="ISR", ref="i1"), when="11:59", to=("TUR",))
    for kind in OF_THE_SCENE:
        author, body = example(kind, speech, ids)
        ids[kind] = table.say(author, body, when="12:00", to=audience(author))
        if kind == "annex.propose":
            table.say("TUR", say.AnnexRatify(annex_hash(ANNEX)), when="12:00")
    table.all_beat("12:01")
    return table, ids


def audience(author: str) -> tuple[str, ...]:
    return tuple(member for member in ("TUR", "ISR", "AZE", "MSF") if member != author)


def flagged(kind: str, table: Table, ids: dict[str, str]) -> None:
    """``mechanism.resume`` alone needs a flag that is up."""
    if kind == "mechanism.resume":
        ids["mechanism.suspend"] = table.say("TUR", say.Suspend(None), when="12:30")


def why(table: Table, id_: str, author: str) -> str | None:
    """Why it counts for nothing, in the view of everybody, its author's too; obligations stay computable."""
    seen = {me: {one.id: one.why for one in table.view(me).without_effect} for me in ("AZE", author)}
    found = {row.get(id_) for row in seen.values()}
    assert len(found) == 1
    assert table.view(author).said(id_) is not None, "it is kept"
    table.owes("14:00")
    (reason,) = found
    return reason


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_counts_when_it_is_said_right(
    kind: str, scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    table, ids = scene
    flagged(kind, table, ids)
    author, body = example(kind, speech, ids)
    assert kind_of(body) == kind
    said = table.say(author, body, when="13:00", to=audience(author))
    assert why(table, said, author) is None


@pytest.mark.parametrize("kind", KINDS)
def test_by_somebody_who_may_not_say_it(
    kind: str, scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    table, ids = scene
    flagged(kind, table, ids)
    author, body = example(kind, speech, ids)
    stranger = table.say("XXX", body, when="13:00", to=("TUR",), log="TUR")
    assert why(table, stranger, "TUR") == "XXX is not a member"
    unsigned = table.say(author, body, when="13:01", to=audience(author), signed_as=frozenset())
    assert (why(table, unsigned, author) or "").startswith("not signed by a key for")
    for role in frozenset(Role) - KINDS[kind].sayers:
        member = next(name for name, its in table.roles.items() if its is role)
        said = table.say(member, body, when="13:02", to=("TUR",))
        assert why(table, said, member) == f"{role.value}s do not say {kind}"
    if kind not in FLOOR:
        elsewhere = table.say(author, body, when="13:03", to=audience(author), log="OBS")
        assert why(table, elsewhere, author) == "it stands in the log of OBS"


@pytest.mark.parametrize("kind", [name for name, row in KINDS.items() if row.target is not None])
def test_by_somebody_who_stands_in_no_relation_to_it(
    kind: str, scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    table, ids = scene
    flagged(kind, table, ids)
    row = KINDS[kind]
    assert row.target is not None
    author, body = example(kind, speech, ids)
    wrong = "ISR" if row.target.who in (Who.AUTHOR, Who.FILER) and author != "ISR" else "OBS"
    if table.roles[wrong] not in row.sayers:
        table.roles = {**table.roles, wrong: min(row.sayers, key=str)}
    said = table.say(wrong, body, when="13:00", to=("AZE",))
    reason = why(table, said, wrong)
    expected = None if row.target.who is Who.ANYONE else f"only {row.target.who.value} says this"
    assert reason == expected


@pytest.mark.parametrize("kind", [name for name, row in KINDS.items() if row.target is not None])
def test_about_something_that_does_not_exist_or_is_of_another_kind(
    kind: str, scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    table, ids = scene
    flagged(kind, table, ids)
    author, body = example(kind, speech, ids)
    target = KINDS[kind].target
    assert target is not None
    wire: Any = body_of(body)
    beat = table.say("TUR", NodeBeat(()), when="12:59")
    for wrong in (NOTHING, beat):
        raw = {**wire, target.field: [wrong] if isinstance(wire[target.field], list) else wrong}
        said = table.say(author, None, when="13:00", to=audience(author), kind=kind, raw=raw)
        assert why(table, said, author) == "it is about something that is not known here"


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("annex.ratify", say.AnnexRatify("7" * 64), "no annex with this content is known here"),
        ("annex.withdraw", say.AnnexWithdraw("7" * 64, "x"), "no annex with this content is known here"),
        (
            "obligation.waive",
            say.Waive(NOTHING, "acknowledgement", ISR, None),
            "it is about something that is not known here",
        ),
    ],
)
def test_about_something_that_does_not_exist_by_hash_or_by_any_kind(
    kind: str, body: Any, reason: str, scene: tuple[Table, dict[str, str]]
) -> None:
    table, _ = scene
    assert kind_of(body) == kind
    assert why(table, table.say("TUR", body, when="13:00"), "TUR") == reason


@pytest.mark.parametrize("kind", KINDS)
def test_twice_under_one_id(kind: str, scene: tuple[Table, dict[str, str]], speech: type[Speech]) -> None:
    """The same statement again is a repetition of its bytes; another one under its id counts for nothing."""
    table, ids = scene
    flagged(kind, table, ids)
    author, body = example(kind, speech, ids)
    said = table.say(author, body, when="13:00", to=audience(author))
    table.say(author, body, when="13:05", to=audience(author), id_=said)
    found = [one for one in table.view(author).without_effect if one.id == said]
    assert [one.why for one in found] == ["its id was used before"]
    assert table.view(author).why_without_effect(said) is None
    table.owes("14:00")


@pytest.mark.parametrize("manner", ["right", "unsigned", "in doubt", "by an observer", "twice"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_refused_before_it_is_said_is_what_would_count_for_nothing(
    kind: str, manner: str, scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    """A desk is told before it signs what its own node, and everybody's, would say of it afterwards."""
    table, ids = scene
    flagged(kind, table, ids)
    author, body = example(kind, speech, ids)
    if manner == "twice":
        table.say(author, body, when="13:00", to=audience(author))
    manners: dict[str, dict[str, Any]] = {
        "unsigned": {"signed_as": frozenset()},
        "in doubt": {"doubt": "key expired"},
    }
    speaker = "OBS" if manner == "by an observer" else author
    before = table.view(speaker).book
    id_ = table.say(speaker, body, when="13:05", to=audience(speaker), **manners.get(manner, {}))
    after = table.view(speaker)
    unsaid = replace(after.said(id_), id="")
    assert why_it_would_not_count(before, unsaid) == after.why_without_effect(id_)


@pytest.mark.parametrize("kind", [name for name, row in KINDS.items() if row.once is not None])
def test_twice_in_the_same_words(
    kind: str, scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    table, ids = scene
    flagged(kind, table, ids)
    author, body = example(kind, speech, ids)
    table.say(author, body, when="13:00", to=audience(author))
    again = table.say(author, body, when="13:05", to=audience(author))
    assert why(table, again, author) == "said before"


@pytest.mark.parametrize(
    "kind", [name for name, row in KINDS.items() if row.target is not None and row.target.who is Who.AUTHOR]
)
def test_before_what_it_is_about(
    kind: str, scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    """In one log the order is beyond doubt; only a floor message may be written down after it was heard."""
    table, ids = scene
    about = KINDS[kind].target
    assert about is not None
    ids |= {name: f"{number:032x}" for number, name in enumerate(about.kinds, start=0xABC)}
    author, body = example(kind, speech, ids)
    early = table.say(author, body, when="13:00", to=audience(author))
    _, thing = example(about.kinds[0], speech, ids)
    table.say(author, thing, when="13:05", to=audience(author), id_=ids[about.kinds[0]])
    expected = None if kind in FLOOR else "it was said before what it is about"
    assert why(table, early, author) == expected


@pytest.mark.parametrize("year", [1970, 2125])
@pytest.mark.parametrize("kind", KINDS)
def test_by_a_clock_that_is_a_lifetime_wrong(
    kind: str, year: int, scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    """It is kept, judged alike at every node, and stops nothing; what adds a danger counts all the same."""
    table, ids = scene
    flagged(kind, table, ids)
    author, body = example(kind, speech, ids)
    said = table.say(author, body, when="13:00", to=audience(author))
    entry: Any = table.entries[-1]
    wrong = Instant(max(0, entry.at + (year - 2025) * 365 * 86_400_000))
    table.entries[-1] = replace(entry, at=wrong, content=replace(entry.content, at=wrong))
    reason = why(table, said, author)
    if kind in ACTED_ON_IN_DOUBT:
        assert reason is None
    assert list(table.owes("+1d 14:00"))
    assert table.view(author).why_without_effect(said) == reason


def test_what_waits_while_a_flag_is_up(scene: tuple[Table, dict[str, str]], speech: type[Speech]) -> None:
    """Only for who knew: what was signed beyond a cut line counts, and so does what was said before."""
    table, ids = scene
    waits = [name for name in KINDS if name not in SURVIVES_SUSPENSION]
    expected = {
        "annex.propose", "annex.counter", "annex.ratify", "drill.start", "communique.propose",
        "communique.agree", "notice.file", "notice.activate", "track.show",
    }  # fmt: skip
    assert set(waits) == expected
    before = table.say("ISR", say.DrillStart("before", None), when="12:58", to=("TUR",))
    flag = table.say("TUR", say.Suspend("talks"), when="13:00")
    beyond = table.say("ISR", say.DrillStart("beyond the cut", None), when="13:01", to=("TUR",))
    table.look("ISR")
    for kind in waits:
        _, body = example(kind, speech, ids)
        author = "TUR" if kind in ("notice.file", "notice.activate", "track.show") else "ISR"
        said = table.say(author, body, when="13:02", to=audience(author))
        adds_care = kind in ("notice.file", "notice.activate")
        expect = None if adds_care else "the mechanism was suspended, and its author knew"
        assert why(table, said, author) == expect, kind
    assert [why(table, said, "ISR") for said in (before, beyond)] == [None, None]
    table.say("TUR", say.Resume(flag), when="13:10")
    unaware = table.say("ISR", say.DrillStart("too early", None), when="13:11", to=("TUR",))
    table.look("ISR")
    after = table.say("ISR", say.DrillStart("after", None), when="13:12", to=("TUR",))
    assert why(table, unaware, "ISR") is not None
    assert why(table, after, "ISR") is None


def test_one_flag_for_each_party(table: Table) -> None:
    first = table.say("TUR", say.Suspend(None), when="10:00")
    second = table.say("TUR", say.Suspend(None), when="10:01")
    assert why(table, second, "TUR") == "its author's flag is up already"
    table.say("TUR", say.Resume(first), when="10:05")
    third = table.say("TUR", say.Suspend(None), when="10:10")
    assert why(table, third, "TUR") is None


def test_a_waiver_by_somebody_to_whom_nothing_is_owed(
    scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    table, _ = scene
    alone = table.say("TUR", speech.file(ref="n9"), when="12:10", to=("ISR",))
    said = table.say("MSF", say.Waive(alone, "acknowledgement", ISR, None), when="12:11")
    assert why(table, said, "MSF") == "it is owed to others"
    sealed = table.say("TUR", speech.file(ref="n10"), when="12:12", to=("ISR",), sealed_to=("ISR",))
    mine = table.say("MSF", say.Waive(sealed, "acknowledgement", ISR, None), when="12:13")
    assert table.view("AZE").why_without_effect(mine) is None, "nobody judges what they cannot read"


class TestConcerns:
    def test_a_concern_owes_a_reply_and_changes_nothing(
        self, scene: tuple[Table, dict[str, str]], speech: type[Speech]
    ) -> None:
        table, ids = scene
        site = ids["site.register"]
        concern = table.say(
            "ISR", say.SiteConcern(site, None, "fired from", speech.at("15:00")), when="13:00", to=("TUR",)
        )
        assert table.one("15:01", what="concern-reply").state is State.LATE
        table.say("TUR", say.SiteConcern(site, concern, "no", None), when="13:30", to=("ISR",))
        assert table.one("15:01", what="concern-reply").state is State.MET
        record = table.view().sites.get(site)
        assert (record.ended, len(record.concerns)) == (None, 2)

    def test_the_sender_of_a_site_may_raise_one_too(
        self, scene: tuple[Table, dict[str, str]], speech: type[Speech]
    ) -> None:
        table, ids = scene
        body = say.SiteConcern(ids["site.register"], None, "shelled", speech.at("15:00"))
        table.say("TUR", body, when="13:00", to=("ISR", "AZE"))
        assert table.one("13:01", what="concern-reply").debtor.member == "ISR"

    @pytest.mark.parametrize(
        ("replies_to", "reason"),
        [
            (NOTHING, "what it answers is not known here"),
            ("site.register", "what it answers is not known here"),
            ("elsewhere", "what it answers is about something else"),
            ("reply", "what it answers is an answer itself"),
            ("void", "what it answers is itself without effect"),
        ],
    )
    def test_replies_that_answer_nothing(
        self,
        replies_to: str,
        reason: str,
        scene: tuple[Table, dict[str, str]],
        speech: type[Speech],
    ) -> None:
        table, ids = scene
        site, by = ids["site.register"], speech.at("15:00")
        other = say.SiteRegister("mill", say.SiteCategory.WATER, speech.disc(36.0), None, None)
        ids["mill"] = table.say("TUR", other, when="12:10", to=("ISR",))
        ids["concern"] = table.say("ISR", say.SiteConcern(site, None, "x", by), when="13:00", to=("TUR",))
        ids["reply"] = table.say("TUR", say.SiteConcern(site, ids["concern"], "y", None), when="13:01")
        ids["elsewhere"] = table.say("ISR", say.SiteConcern(ids["mill"], None, "x", by), when="13:02")
        ids["void"] = table.say("OBS", say.SiteConcern(site, None, "x", by), when="13:03")
        body = say.SiteConcern(site, ids.get(replies_to, replies_to), "z", None)
        assert why(table, table.say("TUR", body, when="13:05"), "TUR") == reason

    def test_two_answers_that_answer_each_other_stop_nobody(
        self, scene: tuple[Table, dict[str, str]]
    ) -> None:
        table, ids = scene
        one, two = "a" * 32, "b" * 32
        site = ids["site.register"]
        table.say("TUR", say.SiteConcern(site, two, "x", None), when="13:00", id_=one)
        table.say("TUR", say.SiteConcern(site, one, "y", None), when="13:01", id_=two)
        assert why(table, one, "TUR") == why(table, two, "TUR") == "what it answers is an answer itself"

    def test_a_renewal_after_the_end(self, scene: tuple[Table, dict[str, str]]) -> None:
        table, ids = scene
        table.say("TUR", say.SiteEnd(ids["site.register"], None), when="13:00")
        late = table.say("TUR", say.SiteRenew((ids["site.register"],)), when="13:01")
        assert why(table, late, "TUR") == "the site was ended before"


class TestReview:
    def test_point_by_point_agreed_or_disputed(self, scene: tuple[Table, dict[str, str]]) -> None:
        table, ids = scene
        incident = ids["incident.open"]
        point = table.say("TUR", say.IncidentFinding(incident, None, True, "two jets"), when="13:00")
        (found,) = table.view().incidents.get(incident).points
        assert found.state is PointState.OPEN
        table.say("ISR", say.IncidentFinding(incident, point, False, "one jet"), when="13:10")
        assert table.view().incidents.get(incident).points[0].state is PointState.DISPUTED
        table.say("ISR", say.IncidentFinding(incident, point, True, "two, on review"), when="13:20")
        assert table.view().incidents.get(incident).points[0].state is PointState.AGREED

    def test_nobody_puts_down_what_he_disputes(self) -> None:
        with pytest.raises(BadInput) as refused:
            say.IncidentFinding(NOTHING, None, False, "no")
        assert refused.value.code == "finding-form"


class TestMeetings:
    def test_minutes_are_agreed_by_the_signatures_of_all(self, scene: tuple[Table, dict[str, str]]) -> None:
        table, ids = scene
        meeting = ids["meeting.convene"]
        written = table.say("AZE", say.MeetingMinutes(meeting, None, ("a", "b")), when="13:40")
        for member in ("TUR", "ISR", "MSF"):
            assert table.view().meetings.get(meeting).agreed is None
            table.say(member, say.MeetingMinutes(meeting, written, ()), when="13:50")
        agreed = table.view().meetings.get(meeting).agreed
        assert agreed.written.id == written
        assert agreed.signed_by == {"AZE", "TUR", "ISR", "MSF"}

    def test_no_minutes_before_the_meeting(self, scene: tuple[Table, dict[str, str]]) -> None:
        table, ids = scene
        early = table.say("AZE", say.MeetingMinutes(ids["meeting.convene"], None, ("a",)), when="12:29")
        assert why(table, early, "AZE") == "the meeting had not begun"

    def test_an_action_is_owed_until_it_is_done(
        self, scene: tuple[Table, dict[str, str]], speech: type[Speech]
    ) -> None:
        table, ids = scene
        meeting = ids["meeting.convene"]
        body = say.MeetingAction(meeting, None, "draw the line", ISR, speech.at("20:00"))
        item = table.say("TUR", body, when="13:00")
        duty = table.one("20:01", what="action")
        assert (duty.debtor.member, duty.creditor, duty.state) == ("ISR", "TUR", State.LATE)
        done = say.MeetingAction(meeting, item, "drawn", None, None)
        by_another = table.say("MSF", done, when="19:00")
        assert why(table, by_another, "MSF") == "only its owner or its author says that an action is done"
        table.say("ISR", done, when="19:30")
        assert table.one("20:01", what="action").state is State.MET

    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (lambda: say.MeetingConvene("x", Instant(5), Instant(5), None, ()), "meeting-ends-first"),
            (lambda: say.MeetingMinutes(NOTHING, None, ()), "minutes-form"),
            (lambda: say.MeetingMinutes(NOTHING, NOTHING, ("a",)), "minutes-form"),
            (lambda: say.MeetingAction(NOTHING, None, "x", None, Instant(1)), "action-form"),
            (lambda: say.MeetingAction(NOTHING, None, "x", TUR, None), "action-form"),
            (lambda: say.MeetingAction(NOTHING, NOTHING, "x", TUR, Instant(1)), "action-form"),
            (lambda: say.SiteConcern(NOTHING, None, "x", None), "concern-form"),
            (lambda: say.SiteConcern(NOTHING, NOTHING, "x", Instant(1)), "concern-form"),
        ],
    )
    def test_forms_that_say_nothing_or_too_much(self, make: Callable[[], object], code: str) -> None:
        with pytest.raises(BadInput) as refused:
            make()
        assert refused.value.code == code


class TestCommunique:
    def test_it_holds_what_all_parties_signed_and_is_otherwise_empty(
        self, scene: tuple[Table, dict[str, str]], speech: type[Speech]
    ) -> None:
        table, ids = scene
        proposed = ids["communique.propose"]
        record = table.view().communiques.get(proposed)
        assert (record.text, record.agreed_at) == ((), None)
        table.say("TUR", say.CommuniqueAgree(proposed, (1, 2)), when="13:00")
        assert table.view().communiques.get(proposed).text == (), "its author alone is not all"
        table.say("ISR", say.CommuniqueAgree(proposed, (2,)), when="13:10")
        record = table.view().communiques.get(proposed)
        assert (record.id, record.text, record.agreed_at) == (proposed, ("two",), speech.at("13:10"))

    @pytest.mark.parametrize("paragraphs", [(), (0,), (3,), (1, 3)])
    def test_a_paragraph_that_is_not_there(
        self, paragraphs: tuple[int, ...], scene: tuple[Table, dict[str, str]]
    ) -> None:
        table, ids = scene
        said = table.say("ISR", say.CommuniqueAgree(ids["communique.propose"], paragraphs), when="13:00")
        assert why(table, said, "ISR") == "it agrees to a paragraph that is not there"


def test_what_was_offered_declined_and_done_about_civil_traffic(
    scene: tuple[Table, dict[str, str]], speech: type[Speech]
) -> None:
    table, ids = scene
    for kind in ("civil.offer", "civil.decline", "civil.answer"):
        author, body = example(kind, speech, ids)
        table.say(author, body, when="13:00")
    record = table.view().civil(ids["notice.file"])
    assert (len(record.offers), len(record.declined), len(record.answers)) == (1, 1, 1)
    assert record.notice == ids["notice.file"]
