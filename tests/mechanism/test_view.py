# SPDX-License-Identifier: Apache-2.0
"""The fold does not depend on order, repetition or bad manners; and nothing owed vanishes."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.mechanism.babble import babbled

from steerclear.mechanism import bodies as say
from steerclear.mechanism.bodies import KINDS
from steerclear.mechanism.obligation import State
from steerclear.mechanism.obligations import next_due_at, obligations, owed
from steerclear.mechanism.stages import stages_of
from steerclear.model.member import Role
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table


def picture(view: Any, now: Instant) -> Any:
    """Everything that two equal views must agree on."""
    notices = [(record, record.state(now)) for record in view.notices]
    return {
        "notices": notices,
        "alarms": [*view.stops, *view.distress],
        "ownership": list(view.ownership),
        "conflicts": list(view.conflicts),
        "findings": [view.findings.of(record.id, now) for record, _ in notices],
        "stages": [stages_of(view, version.id) for record, _ in notices for version in record.versions],
        "annexes": (view.annexes.proposals, view.annexes.state(now), view.annexes.suspended_by(now)),
        "affairs": [
            list(register)
            for register in (
                view.sites,
                view.standstills,
                view.incidents,
                view.violations,
                view.signals,
                view.checks,
                view.drills,
            )
        ],
        "watches": [view.watches.of(member, "air") for member in view.members],
        "rest": (view.sealed, view.unknown, view.without_effect, view.voice),
        "owed": list(obligations(view, now)),
        "next": next_due_at(view, now),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), me=st.sampled_from(["TUR", "ISR", "AZE", "MSF"]))
def test_any_order_and_any_repetition_give_the_same_view(
    new_table: type[Table], speech: type[Speech], seed: int, me: str
) -> None:
    table = babbled(new_table, speech, seed)
    now = speech.at("15:30")
    in_order = picture(table.view(me), now)
    assert picture(table.view(me, shuffle=seed, repeat=2), now) == in_order
    assert picture(table.view(me, shuffle=seed + 1), now) == in_order


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_a_view_that_is_read_all_the_time_equals_one_read_at_the_end(
    new_table: type[Table], speech: type[Speech], seed: int
) -> None:
    """Records are folded once and kept; what is kept must notice everything that could change it."""
    table = babbled(new_table, speech, seed)
    view, whole = table.view("AZE", upto="00:00"), table.view("AZE")
    for entry in table.entries:
        view.witness(table.as_seen_by("AZE", entry))
        list(obligations(view, entry.at))
    for row in table.cosigned:
        view.cosigned(*row)
    now = speech.at("15:30")
    assert picture(view, now) == picture(whole, now)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_nodes_with_equal_openings_owe_the_same(
    new_table: type[Table], speech: type[Speech], seed: int
) -> None:
    table = babbled(new_table, speech, seed)
    table.entries = [entry for entry in table.entries if entry.sealed_to is None]
    now = speech.at("15:30")
    owed_by = [list(obligations(table.view(me), now)) for me in ("TUR", "ISR", "AZE")]
    assert owed_by[0] == owed_by[1] == owed_by[2]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_nothing_owed_vanishes_without_being_met_or_waived(
    new_table: type[Table], speech: type[Speech], seed: int
) -> None:
    """What was open at one moment is, at every later one, still listed: open, late, met or waived."""
    table = babbled(new_table, speech, seed)
    before: dict[tuple[str, str, str], int] = {}
    for when in ("12:40", "13:20", "14:10", "15:10", "15:59"):
        view = table.view("AZE", upto=when)
        found: dict[tuple[str, str, str], int] = {}
        for one in obligations(view, speech.at(when)):
            key = (one.what, one.about, one.debtor.member)
            found[key] = found.get(key, 0) + 1
        missing = [key for key in before if key not in found and not is_excused(table, view, key)]
        assert missing == []
        before = {
            (one.what, one.about, one.debtor.member): 1
            for one in owed(view, speech.at(when))
            if one.what != "check"
        }


def is_excused(table: Table, view: Any, key: tuple[str, str, str]) -> bool:
    """The ground itself turned out to count for nothing, or the alarm that raised it ended."""
    what, about, _ = key
    if what == "reseal":
        return True  # met by a readable copy
    if what == "close":
        return True  # an addressee took its final outcome back: the caller need not close yet
    if what == "check-answer" or what == "ownership" or view.said(about) is None:
        return view.said(about) is None
    # An earlier call may come to light later and lead the alarm: its round then stands under that.
    return bool(view.said(about).kind == "stop.call")


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_states_follow_from_times(new_table: type[Table], speech: type[Speech], seed: int) -> None:
    table = babbled(new_table, speech, seed)
    now = speech.at("14:30")
    for one in obligations(table.view("AZE", upto="14:30"), now):
        assert (one.state is State.MET) == (one.met_at is not None)
        if one.state is State.LATE:
            assert one.due_at is not None
            assert one.due_at < now
        if not one.is_owed:
            assert (one.called, one.next_rung_at, one.line_down) == ((), None, False)
        assert one.next_rung_at is None or one.next_rung_at > now
        assert all(rung.called_at <= now for rung in one.called)
        assert one.debtor.member in table.roles
        assert one.words


class TestWithoutEffect:
    """Kept, shown with its reason, and counted by nobody."""

    def why(self, table: Table, me: str = "AZE") -> Any:
        return [one.why for one in table.view(me).without_effect]

    def test_a_stranger(self, table: Table, speech: type[Speech]) -> None:
        table.say("XXX", speech.file(), when="12:00")
        assert self.why(table) == ["XXX is not a member"]
        assert list(table.view().notices) == []

    def test_a_role_that_does_not_say_it(self, table: Table, speech: type[Speech]) -> None:
        table.say("AZE", speech.file(), when="12:00")
        assert self.why(table) == ["hosts do not say notice.file"]

    def test_a_statement_moved_to_another_log(self, table: Table, speech: type[Speech]) -> None:
        table.say("TUR", speech.file(), when="12:00", log="ISR")
        assert self.why(table) == ["it stands in the log of ISR"]
        table.say("TUR", speech.stop(), when="12:01", log="ISR")
        assert len(list(table.view().stops)) == 1

    def test_no_key_that_may_say_it(self, table: Table, speech: type[Speech]) -> None:
        table.say("TUR", speech.file(), when="12:00", signed_as=frozenset({"node"}))
        assert self.why(table) == ["not signed by a key for authority or duty"]

    def test_in_doubt_what_adds_a_danger_is_acted_on(self, table: Table, speech: type[Speech]) -> None:
        notice = table.say("TUR", speech.file(), when="12:00", doubt="fork")
        table.say("TUR", say.NoticeWithdraw(notice, None), when="12:01", doubt="fork")
        assert self.why(table) == ["in doubt: fork"]
        assert len(list(table.view().notices.live(speech.at("12:02")))) == 1

    def test_about_what_is_itself_without_effect(self, table: Table, speech: type[Speech]) -> None:
        notice = table.say("AZE", speech.file(), when="12:00", to=("TUR",))
        table.say("TUR", speech.ack(notice), when="12:01")
        assert self.why(table) == [
            "hosts do not say notice.file",
            "it is about something that is itself without effect",
        ]

    def test_by_whom_it_is_not_addressed_to(self, table: Table, speech: type[Speech]) -> None:
        notice = table.say("TUR", speech.file(), when="12:00", to=("ISR",))
        table.say("MSF", speech.ack(notice), when="12:01")
        table.say("TUR", speech.ack(notice), when="12:01")
        assert self.why(table) == ["only a member it is addressed to says this"] * 2

    def test_only_the_filer_answers_unable(self, table: Table, speech: type[Speech]) -> None:
        notice = table.say("TUR", speech.file(), when="12:00", to=("ISR", "MSF"))
        unable = table.say("ISR", say.Unable(notice, None, None, None), when="12:01")
        table.say("MSF", say.Proceed(unable, "?"), when="12:02")
        assert self.why(table) == ["only the filer of the notice that it is about says this"]

    def test_rungs_count_from_one(self, table: Table, speech: type[Speech]) -> None:
        notice = table.say("TUR", speech.file(), when="12:00", to=("ISR",))
        table.say("ISR", speech.ack(notice, 0), when="12:01")
        assert self.why(table) == ["rungs count from 1"]

    def test_twice(self, table: Table, speech: type[Speech]) -> None:
        """A replayed acknowledgement counts once; another rung or desk is another acknowledgement."""
        notice = table.say("TUR", speech.file(), when="12:00", to=("ISR",))
        for _ in range(2):
            table.say("ISR", speech.ack(notice, 1), when="12:01")
        table.say("ISR", speech.ack(notice, 2), when="12:02")
        table.say("ISR", speech.ack(notice, 1), when="12:02", desk="sea")
        table.say("ISR", say.End("x"), when="12:03")
        table.say("ISR", say.End("x"), when="12:04")
        assert self.why(table) == ["said before"] * 2

    def test_a_refused_first_attempt_does_not_use_up_the_once(
        self, table: Table, speech: type[Speech]
    ) -> None:
        notice = table.say("TUR", speech.file(), when="12:00", to=("ISR",))
        table.say("ISR", speech.ack(notice, 1), when="12:01", signed_as=frozenset({"node"}))
        table.say("ISR", speech.ack(notice, 1), when="12:02")
        assert self.why(table) == ["not signed by a key for authority or duty"]

    def test_an_id_that_was_used_before(self, table: Table, speech: type[Speech]) -> None:
        notice = table.say("TUR", speech.file(), when="12:00", to=("ISR",))
        thief = table.say("ISR", speech.file(party="ISR"), when="12:05", id_=notice)
        view = table.view()
        assert [(one.author, one.why) for one in view.without_effect] == [("ISR", "its id was used before")]
        assert view.notices.get(thief).author == "TUR"
        assert view.why_without_effect(notice) is None
        assert view.why_without_effect("9" * 32) is None

    def test_a_body_that_cannot_be_read(self, table: Table, speech: type[Speech]) -> None:
        table.say("TUR", speech.file(), when="12:00", raw={"content": 7})
        table.say("TUR", say.NodeBeat(()), when="12:01", raw={})
        (first, second) = self.why(table)
        assert first.startswith("body-field-form (body.content)")
        assert second.startswith("body-of-the-record")

    def test_an_unknown_kind_is_kept_and_shown(self, table: Table, speech: type[Speech]) -> None:
        table.say("TUR", speech.file(), when="12:00", kind="notice.foretell")
        table.say("TUR", speech.file(), when="12:00", kind="key.delegate")
        table.say("TUR", speech.file(), when="12:00", kind="reseal")
        view = table.view()
        assert [statement.kind for statement in view.unknown] == ["notice.foretell"]
        assert view.without_effect == ()

    def test_two_that_name_each_other_do_not_turn_for_ever(self, table: Table) -> None:
        from steerclear.mechanism.templates import template

        annex = template("syria-2025", parties=("TUR", "ISR"), host=None)[0]
        table.say("TUR", say.AnnexCounter("b" * 32, annex, "?"), when="12:00", id_="a" * 32)
        table.say("ISR", say.AnnexCounter("a" * 32, annex, "?"), when="12:01", id_="b" * 32)
        assert len(table.view().annexes.proposals) == 2


class TestPlaces:
    """One place, one content; opened beats sealed, doubt beats none."""

    def test_opened_later(self, table: Table, speech: type[Speech]) -> None:
        notice = table.say("TUR", speech.file(), when="12:00", sealed_to=("TUR", "AZE"))
        view = table.view("ISR")
        assert [entry.content.id for entry in view.sealed] == [notice]
        view.witness(table.entries[-1])
        assert (view.sealed, view.notices.get(notice).id) == ((), notice)

    def test_sealed_again_closes_nothing(self, table: Table, speech: type[Speech]) -> None:
        notice = table.say("TUR", speech.file(), when="12:00", sealed_to=("TUR", "AZE"))
        view = table.view("TUR")
        for entry in table.view("ISR").sealed:
            view.witness(entry)
        assert view.notices.get(notice) is not None

    def test_doubt_that_comes_later(self, table: Table, speech: type[Speech]) -> None:
        from dataclasses import replace

        notice = table.say("TUR", say.NoticeWithdraw("1" * 32, None), when="12:00")
        stop = table.say("TUR", speech.stop(), when="12:00")
        view = table.view()
        view.witness(replace(table.entries[-1], doubt="fork"))
        view.witness(table.entries[-1])
        assert view.said(stop).doubt == "fork"
        assert view.said(notice).doubt is None

    def test_a_fork_at_one_place_is_chosen_without_regard_to_order(
        self, table: Table, speech: type[Speech]
    ) -> None:
        from dataclasses import replace

        table.say("TUR", speech.stop(), when="12:00", to=("ISR",))
        table.say("TUR", speech.stop(), when="12:00", to=("AZE",), kind="notice.foretell")
        one, other = table.entries
        other = replace(other, seq=0)
        views = [table.view(upto="00:00") for _ in range(2)]
        for view, entries in zip(views, ((one, other), (other, one)), strict=True):
            for entry in entries:
                view.witness(entry)
        assert picture(views[0], speech.at("12:01")) == picture(views[1], speech.at("12:01"))


def test_a_succession_is_not_delivered_by_the_size_of_the_old_log(table: Table, speech: type[Speech]) -> None:
    from dataclasses import replace

    table.say("TUR", speech.file(), when="12:00", to=("ISR",))
    table.beat("ISR", "12:30")
    table.say("TUR", speech.file(), when="13:00", to=("ISR",), id_="7" * 32)
    table.entries[-1] = replace(table.entries[-1], generation=1, seq=0)
    assert stages_of(table.view(), "7" * 32)[0].delivered is None
    table.beat("ISR", "13:30")
    assert stages_of(table.view(), "7" * 32)[0].delivered is None
    table.entries[-1] = replace(table.entries[-1], generations={"TUR": 1})
    (row,) = stages_of(table.view(), "7" * 32)
    assert row.delivered is not None
    assert row.delivered.at == speech.at("13:30")


def test_every_kind_is_said_by_somebody() -> None:
    for kind in KINDS.values():
        assert kind.sayers
        assert kind.signed
        for name in kind.once or ():
            assert name == "desk" or name in {field.name for field in fields(kind.body)}
        if kind.target is not None:
            assert kind.target.field in {field.name for field in fields(kind.body)}
            assert set(kind.target.kinds) <= set(KINDS)


def test_the_members_of_a_view(new_table: type[Table]) -> None:
    view = new_table().view()
    assert (view.parties, view.host) == (("ISR", "TUR"), "AZE")
    assert view.members == ("AZE", "ISR", "MSF", "OBS", "TUR")
    assert view.roles["MSF"] is Role.NOTIFIER


@pytest.mark.parametrize("seed", range(3))
def test_bad_manners_crash_nothing(new_table: type[Table], speech: type[Speech], seed: int) -> None:
    table = babbled(new_table, speech, seed, length=120)
    for me in ("TUR", "ISR", "AZE", "MSF", "OBS"):
        picture(table.view(me), speech.at("15:30"))


def test_a_beat_that_comes_out_of_turn_covers_only_what_no_earlier_one_did(
    table: Table, speech: type[Speech]
) -> None:
    """Three beats of one member, the middle one last: each notice was delivered by the first that saw it."""
    notices = []
    for minute in range(3):
        notices.append(table.say("TUR", speech.file(), when=f"12:0{minute}", to=("ISR",)))
        table.beat("ISR", f"12:0{minute}:30")
    first, middle, last = (entry for entry in table.entries if entry.author == "ISR")
    for order in ((first, last, middle), (last, middle, first), (middle, last, first)):
        view = table.view(upto="00:00")
        for entry in (*(entry for entry in table.entries if entry.author == "TUR"), *order):
            view.witness(entry)
        at = [stages_of(view, id_)[0].delivered.at for id_ in notices]  # type: ignore[union-attr]  # all were
        assert at == [speech.at(f"12:0{minute}:30") for minute in range(3)]


def test_a_version_spans_all_its_volumes(table: Table, speech: type[Speech]) -> None:
    notice = table.say("TUR", speech.file("14:00", "15:00"), when="12:00", to=("ISR",))
    newest = table.view().notices.get(notice).newest
    assert (newest.span.start_s * 1000, newest.span.end_s * 1000) == (newest.start_at, newest.end_at)
