# SPDX-License-Identifier: Apache-2.0
"""Kept-up duties are the duties folded anew, after every step, at every moment, in every order."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import effort
from tests.mechanism.babble import babbled

from steerclear.mechanism.duties import Duties
from steerclear.mechanism.moment import NEVER, Moment
from steerclear.mechanism.obligation import State
from steerclear.mechanism.obligations import next_due_at, obligations, owed
from steerclear.mechanism.things import COMM_CHECKS, Sort, Thing
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table


def assert_kept_up(duties: Duties, view: Any, now: Instant) -> None:
    """Against the same view folded anew: every question, at this moment."""
    whole = list(obligations(view, now))
    assert list(duties.all(now)) == whole
    assert list(duties.owed(now)) == [one for one in whole if one.is_owed]
    assert duties.next_due_at(now) == next_due_at(view, now)
    due = [one for one in whole if one.is_owed and one.due_at is not None and one.due_at <= now]
    assert duties.due(now) == tuple(sorted(due, key=lambda one: one.due_at or 0))


@settings(
    max_examples=effort(test=25, ci=400, soak=20_000), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 2**32), me=st.sampled_from(["TUR", "ISR", "AZE", "MSF"]))
def test_kept_up_they_equal_what_is_folded_anew_from_the_entries(
    new_table: type[Table], speech: type[Speech], seed: int, me: str
) -> None:
    """In any order of arrival, with clocks that jump back; and at the end against a view made afresh."""
    table, rng = babbled(new_table, speech, seed), random.Random(seed)
    view = table.view(me, upto="00:00")
    duties = Duties(view)
    entries = [entry for entry in table.entries if entry.at > speech.at("00:00")]
    for index in range(0, len(entries) - 6, 6):
        part = entries[index : index + 6]
        rng.shuffle(part)
        entries[index : index + 6] = part
    for entry in entries:
        view.witness(table.as_seen_by(me, entry))
        moments = [entry.at, entry.at + rng.randrange(-600_000, 7_200_000), duties.next_due_at(entry.at)]
        for now in moments[: rng.randrange(4)]:
            if now is not None:
                assert_kept_up(duties, view, Instant(now + rng.choice([0, 0, 1])))
    now = speech.at("15:30")
    whole = table.view(me)
    assert list(duties.all(now)) == list(obligations(whole, now))
    assert duties.next_due_at(now) == next_due_at(whole, now)


@settings(
    max_examples=effort(test=5, ci=60, soak=2_000), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 2**32))
def test_from_one_wake_to_the_next_nothing_is_missed(
    new_table: type[Table], speech: type[Speech], seed: int
) -> None:
    """Whoever looks only when told to sees every duty become late and every rung called, to the ms."""
    view = babbled(new_table, speech, seed).view("AZE")
    duties = Duties(view)
    now = speech.at("15:59")
    for _ in range(40):
        wake_at = duties.next_due_at(now)
        if wake_at is None:
            break
        assert bells(view, Instant(wake_at - 1)) == bells(view, now)
        now = wake_at
        assert_kept_up(duties, view, now)
        assert_kept_up(duties, view, Instant(now + 1))


def bells(view: Any, now: Instant) -> list[Any]:
    """What a bell or a list would show. At midnight the checks of another day come into the list."""
    return [
        (duty.what, duty.about, duty.debtor, duty.due_at, duty.called, duty.is_owed)
        for duty in obligations(view, now)
        if duty.what != "check"
    ]


def test_it_folds_again_only_what_is_touched(founded: Table, speech: type[Speech]) -> None:
    for index in range(30):
        founded.say("TUR", speech.file("18:00", "19:00", ref=f"n{index}"), when="12:00", to=("ISR",))
    view = founded.view("ISR")
    duties = Duties(view)
    now = speech.at("12:00:30")
    turn, first = duties.changed(0, now)
    assert len({one.thing for one in first}) == 31  # the checks of the line too
    assert duties.changed(turn, now) == (turn, ())
    notice = view.notices.live(now).__next__().id
    founded.look("ISR")
    founded.say("ISR", speech.ack(notice), when="12:00:30", desk="air")
    founded.entries[-1] = founded.entries[-1].__class__(
        **{**_fields(founded.entries[-1]), "heads": {"TUR": 0}}
    )
    view.witness(founded.entries[-1])
    turn, touched = duties.changed(turn, now)
    assert {one.thing for one in touched} == {notice}
    founded.beat("ISR", "12:00:40")
    view.witness(founded.entries[-1])
    turn, touched = duties.changed(turn, now)
    assert len({one.thing for one in touched}) == 30, "the beat covers all of them"


def _fields(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__dataclass_fields__}


def test_new_terms_fold_everything_anew(table: Table, speech: type[Speech]) -> None:
    notice = table.say("TUR", speech.file("18:00", "19:00"), when="12:00", to=("ISR",))
    view = table.view("ISR")
    duties = Duties(view)
    now = speech.at("12:10")
    (before,) = [one for one in duties.owed(now) if one.what == "acknowledgement"]
    table.found("voice-line-only", when="12:05")
    for entry in table.entries[1:]:
        view.witness(entry)
    assert list(duties.all(now)) == []
    assert duties.about(Thing(Sort.NOTICE, notice), now) == ()
    early = speech.at("12:04")
    assert [one.about for one in duties.owed(early) if one.what == "acknowledgement"] == [before.about]
    assert duties.about(COMM_CHECKS, early) == ()
    assert duties.about(Thing(Sort.NOTICE, "9" * 32), early) == ()


def test_what_is_due_is_told_longest_due_first(founded: Table, speech: type[Speech]) -> None:
    stop = founded.say("TUR", speech.stop(), when="13:24", to=("ISR",))
    notice = founded.say("TUR", speech.file("18:00", "19:00"), when="13:00", to=("ISR",))
    founded.beat("ISR", "13:24:01")
    view = founded.view("ISR")
    duties = Duties(view)
    assert [one for one in duties.due(speech.at("13:24:02")) if one.what != "check"] == []
    due = [one for one in duties.due(speech.at("14:30")) if one.what != "check"]
    told = list(dict.fromkeys((one.what, one.about) for one in due))
    assert told[:3] == [("acknowledgement", stop), ("outcome", stop), ("acknowledgement", notice)]
    assert {one.state for one in due} == {State.LATE}
    assert next(owed(view, speech.at("14:30"))).about == stop


class TestAMoment:
    """It is compared with, and says how long the answer holds."""

    def test_every_comparison_is_noted(self) -> None:
        for compare, boundary in (
            (lambda now: now < 20, 20),
            (lambda now: now >= 20, 20),
            (lambda now: now <= 20, 21),
            (lambda now: now > 20, 21),
            (lambda now: min(now, 20) is now, 21),
        ):
            ahead, behind = Moment(10), Moment(30)
            assert compare(ahead) is compare(10)
            assert compare(behind) is compare(30)
            assert (ahead.since, ahead.until) == (-NEVER, boundary)
            assert behind.since >= boundary
            assert ahead.holds_at(boundary - 1)
            assert not ahead.holds_at(boundary)
            assert behind.holds_at(behind.since)
            assert not behind.holds_at(behind.since - 1)

    def test_equality_holds_for_a_millisecond(self) -> None:
        now = Moment(10)
        assert now == 10
        assert (now.since, now.until) == (10, 11)
        assert now != 11
        assert now != "10"
        assert hash(now) == hash(10)

    def test_a_whole_day_holds_until_the_next(self) -> None:
        now = Moment(25)
        assert now // 10 == 2
        assert (now.since, now.until) == (20, 30)

    @pytest.mark.parametrize("compute", [lambda n: n + 1, lambda n: 5 - n, lambda n: n % 7, lambda n: 2 * n])
    def test_it_is_never_computed_with(self, compute: Any) -> None:
        with pytest.raises(TypeError, match="compared, never computed with"):
            compute(Moment(1))


def test_a_fold_that_fails_is_tried_again(founded: Table, speech: type[Speech]) -> None:
    """What could not be folded stays owed to be folded: no fault makes a duty vanish."""
    founded.say("TUR", speech.file("18:00", "19:00"), when="12:00", to=("ISR",))
    view = founded.view("ISR")
    kept = view.book.kept
    asked: list[int] = []

    def fold() -> int:
        asked.append(1)
        if len(asked) == 1:
            raise ValueError("once")
        return len(asked)

    with pytest.raises(ValueError, match="once"):
        kept.answer("x", fold)
    assert kept.answer("x", fold) == 2
    assert kept.answer("x", fold) == 2
    kept.forget("x")
    kept.forget("x")
    assert kept.answer("x", fold) == 3


def test_a_wake_of_an_older_fold_folds_nothing(founded: Table, speech: type[Speech]) -> None:
    """What was folded again before its moment came has a newer wake; the old one is let go."""
    stop = founded.say("TUR", speech.stop(), when="13:24", to=("ISR",))
    view = founded.view("ISR")
    duties = Duties(view)
    climbs_at = duties.next_due_at(speech.at("13:24"))
    assert climbs_at == speech.at("13:24:10"), "its machine receipt is due"
    founded.beat("ISR", "13:24:01")
    view.witness(founded.entries[-1])
    assert_kept_up(duties, view, speech.at("13:24:02"))
    founded.say("ISR", speech.ack(stop), when="13:25")
    view.witness(founded.entries[-1])
    assert_kept_up(duties, view, speech.at("13:25"))
    for clock in ("13:26", "13:29", "13:24:05", "13:40"):
        assert_kept_up(duties, view, speech.at(clock))
