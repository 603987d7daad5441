# SPDX-License-Identifier: Apache-2.0
"""Whose clock is believed? A claim that two others contradict is moved; one false clock moves nobody."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.mechanism import bodies as say
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.entry import Entry, Place
from steerclear.mechanism.measures import minutes_to_authority
from steerclear.mechanism.obligations import obligations
from steerclear.mechanism.true_time import CLOCKS_AGREE_MS, TrueTime, true_time
from steerclear.mechanism.view import View
from steerclear.model.member import Role
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

MINUTE = 60_000
DAY = 86_400_000
ROLES = {"TUR": Role.PARTY, "ISR": Role.PARTY, "AZE": Role.HOST}


def judged(claimed: int, seen: Mapping[str, int], covered: Mapping[str, int]) -> TrueTime:
    def instants(of: Mapping[str, int]) -> dict[str, Instant]:
        return {member: Instant(at) for member, at in of.items()}

    return true_time(Instant(claimed), instants(seen), instants(covered))


# -- the rule itself ----------------------------------------------------------------------------------


def test_a_claim_inside_its_bounds_stands() -> None:
    time = judged(10_000, {"TUR": 9_000, "AZE": 9_500}, {"TUR": 10_500, "AZE": 11_000})
    assert (time.held, time.doubtful, time.is_shown) == (10_000, False, False)
    assert (time.not_before, time.not_after) == (9_000, 10_500 + 500)


def test_a_clock_three_days_back_is_moved_by_two_who_wrote_before() -> None:
    now = 10 * DAY
    time = judged(now - 3 * DAY, {"TUR": now - 4_000, "AZE": now - 3_000}, {})
    assert (time.held, time.doubtful) == (now - 4_000, False)
    assert time.is_shown
    assert time.against == ("AZE", "TUR")
    assert "it had seen what AZE and TUR wrote" in time.words


def test_a_clock_three_days_ahead_is_moved_by_two_who_had_it() -> None:
    now = 10 * DAY
    time = judged(now + 3 * DAY, {}, {"TUR": now + 4_000, "AZE": now + 3_000})
    assert (time.held, time.doubtful) == (now + 4_000, False)
    assert time.words.endswith("AZE and TUR had it before that")


@pytest.mark.parametrize("false_at", [-3 * DAY, 9 * MINUTE, 3 * DAY])
def test_one_false_foreign_clock_moves_nobody(false_at: int) -> None:
    now = 10 * DAY
    seen = {"TUR": now - 1_000, "AZE": now + false_at}
    covered = {"TUR": now + 1_000, "AZE": now + false_at}
    time = judged(now, seen, covered)
    assert time.held == now
    assert time.is_shown == time.doubtful
    assert time.against in ((), ("AZE",))


def test_with_three_others_the_false_clock_is_refuted_and_casts_no_doubt() -> None:
    now = 10 * DAY
    two = {"AZE": now + 1, "TUR": now + 2}
    ahead = judged(now, {"USA": now + DAY, "TUR": now - 1}, {**two, "USA": now + DAY})
    behind = judged(now, {"TUR": now - 1, "AZE": now - 2}, {**two, "USA": now - DAY})
    for time in (ahead, behind):
        assert (time.held, time.doubtful) == (now, False)


def test_a_single_witness_leaves_the_claim_and_casts_doubt() -> None:
    time = judged(MINUTE, {"TUR": 8 * MINUTE}, {})
    assert (time.held, time.doubtful, time.against) == (MINUTE, True, ("TUR",))
    assert "the clock of TUR alone contradicts it" in time.words
    time = judged(8 * MINUTE, {}, {"TUR": MINUTE})
    assert (time.held, time.doubtful, time.against) == (8 * MINUTE, True, ("TUR",))


def test_clocks_that_agree_within_two_seconds_cast_no_doubt() -> None:
    assert not judged(5_000, {"TUR": 5_000 + CLOCKS_AGREE_MS}, {"AZE": 5_000 - CLOCKS_AGREE_MS}).doubtful
    assert judged(5_000, {"TUR": 5_001 + CLOCKS_AGREE_MS}, {}).doubtful
    moved = judged(5_000, {"TUR": 5_900, "AZE": 5_800}, {})
    assert (moved.held, moved.is_shown) == (5_800, False)


@pytest.mark.parametrize(("claimed", "held"), [(2_000, 2_000), (70_000, 10_000), (95_000, 10_000)])
def test_bounds_that_contradict_each_other_leave_the_earlier_time_in_doubt(claimed: int, held: int) -> None:
    time = judged(claimed, {"TUR": 90_000, "AZE": 91_000}, {"USA": 9_000, "RUS": 10_000})
    assert (time.held, time.doubtful) == (held, True)
    assert "in doubt" in time.words


TIMES = st.dictionaries(st.sampled_from(("TUR", "AZE", "USA", "RUS")), st.integers(0, 100_000))


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 100_000), TIMES, TIMES, st.sampled_from(("TUR", "AZE", "USA", "RUS")), st.data())
def test_no_single_member_moves_it_beyond_what_the_others_say(
    claimed: int, seen: dict[str, int], covered: dict[str, int], liar: str, data: st.DataObject
) -> None:
    """Whatever one member says, the held time stays between the claim and what the others say."""
    lied = (
        {**seen, liar: data.draw(st.integers(0, 100_000))},
        {**covered, liar: data.draw(st.integers(0, 100_000))},
    )
    honest = [at for told in (seen, covered) for member, at in told.items() if member != liar]
    held = judged(claimed, *lied).held
    assert min([claimed, *honest]) <= held <= max([claimed, *honest])


# -- in a view ----------------------------------------------------------------------------------------


@pytest.fixture
def three(new_table: type[Table]) -> Table:
    made = new_table(dict(ROLES))
    made.found()
    made.all_beat("09:58")
    return made


def grown(table: Table, me: str, order: int | None) -> Any:
    """The view of ``me``, with its duties asked after every entry; they must equal what is folded anew."""
    entries = list(table.entries)
    if order is not None:
        random.Random(order).shuffle(entries)
    view = View(me, table.roles)
    duties = Duties(view)
    now = max(entry.at for entry in entries)
    for entry in entries:
        view.witness(table.as_seen_by(me, entry))
        assert tuple(duties.all(now)) == tuple(obligations(view, now))
    return view


def test_a_deadline_counts_from_the_held_time(three: Table, speech: type[Speech]) -> None:
    """ISR's clock runs three days behind: what it files is due when two others prove that it was filed."""
    three.all_beat("10:06", "TUR", "AZE")
    three.look("ISR")
    filed = three.say("ISR", speech.file("16:00", "17:00", party="ISR"), when="-3d 10:07", to=("TUR",))
    three.all_beat("10:06:30", "TUR", "AZE")
    for order in (None, 1, 2, 3):
        view = grown(three, "TUR", order)
        said = view.said(filed)
        assert said.at == speech.at("10:06")
        assert view.time_of(said).claimed == speech.at("-3d 10:07")
        assert view.filed_at(said) == speech.at("10:06")
        [receipt] = [d for d in obligations(view, speech.at("10:08")) if d.what == "machine-receipt"]
        assert receipt.met_at == speech.at("10:06:30")
        assert not receipt.met_late


def test_an_answer_with_a_fast_clock_is_held_to_when_two_had_it(three: Table, speech: type[Speech]) -> None:
    stop = three.say("TUR", speech.stop(35.0, 38.0), when="10:00", to=("ISR",))
    three.look("ISR")
    ack = three.say("ISR", say.Acknowledge(stop, 2, None), when="10:09", to=("TUR",))
    for who, minutes in ((None, 9.0), ("TUR", 9.0), ("AZE", 1.0)):
        if who is not None:
            three.beat(who, "10:01")
        view = grown(three, "TUR", None)
        assert minutes_to_authority(view, stop) == minutes
    assert view.time_of(view.said(ack)).against == ("AZE", "TUR")


def test_delivery_is_told_by_the_held_time_of_the_entry_that_covers(
    three: Table, speech: type[Speech]
) -> None:
    """A receiver whose clock runs ahead would begin its human clock too late."""
    stop = three.say("TUR", speech.stop(35.0, 38.0), when="10:00", to=("ISR",))
    three.beat("ISR", "10:09")
    three.all_beat("10:00:05", "TUR", "AZE")
    for order in (None, 1, 2, 3):
        view = grown(three, "TUR", order)
        assert view.delivered(view.said(stop), "ISR").at == speech.at("10:00:05")


def test_the_naming_of_something_unreadable_is_told_by_its_held_time(
    three: Table, speech: type[Speech]
) -> None:
    stop = three.say("TUR", speech.stop(35.0, 38.0), when="10:00", to=("ISR",))
    three.beat("ISR", "10:09", unreadable=(stop,))
    three.all_beat("10:00:05", "TUR", "AZE")
    for order in (None, 1, 2, 3):
        view = grown(three, "TUR", order)
        assert view.unreadable_at(view.said(stop), "ISR") == speech.at("10:00:05")


def test_a_doubt_goes_when_a_second_clock_speaks(three: Table, speech: type[Speech]) -> None:
    stop = three.say("TUR", speech.stop(35.0, 38.0), when="10:09", to=("ISR",))
    three.beat("ISR", "10:01")
    alone = grown(three, "AZE", None)
    assert alone.time_of(alone.said(stop)).doubtful
    assert alone.said(stop).at == speech.at("10:09")
    three.beat("AZE", "10:10")
    both = grown(three, "AZE", None)
    assert both.said(stop).at == speech.at("10:09")
    assert both.time_of(both.said(stop)).doubtful, "AZE says nothing against the claim"


@pytest.mark.parametrize(
    ("covered_at", "doubt", "may_ratify"),
    [("10:00:01", None, True), ("10:30", "nobody can tell that its key held when it was said", False)],
)
def test_a_key_must_hold_until_others_had_what_it_signed(
    three: Table, speech: type[Speech], covered_at: str, doubt: str | None, may_ratify: bool
) -> None:
    stop = three.say("TUR", speech.stop(35.0, 38.0), when="10:00", to=("ISR",))
    window = (speech.at("-1d 10:20"), speech.at("10:20"))
    three.entries[-1] = with_keys(three.entries[-1], {"duty": window, "authority": window})
    three.all_beat(covered_at, "ISR", "AZE")
    for order in (None, 1, 2):
        said = grown(three, "ISR", order).said(stop)
        assert said.doubt == doubt
        assert ("authority" in said.signed_as) is may_ratify
        assert "duty" in said.signed_as, "an officer has spoken all the same"


def test_what_counted_goes_on_counting_when_the_machine_of_a_third_was_down(
    three: Table, speech: type[Speech]
) -> None:
    """ISR had it a second later; that AZE was down until the key had run out takes nothing back."""
    stop = three.say("TUR", speech.stop(35.0, 38.0), when="10:00", to=("ISR",))
    window = (speech.at("-1d 10:20"), speech.at("10:20"))
    three.entries[-1] = with_keys(three.entries[-1], {"duty": window, "authority": window})
    three.all_beat("10:00:01", "ISR")
    three.all_beat("14:00", "AZE")
    for order in (None, 1, 2):
        said = grown(three, "ISR", order).said(stop)
        assert said.doubt is None
        assert "authority" in said.signed_as


def test_a_key_that_ran_out_before_the_held_time_has_expired(three: Table, speech: type[Speech]) -> None:
    """Backdating an answer does not bring yesterday's key back."""
    three.all_beat("10:00", "ISR", "AZE")
    three.look("TUR")
    stop = three.say("TUR", speech.stop(35.0, 38.0), when="-1d 10:00", to=("ISR",))
    window = (speech.at("-1d 09:00"), speech.at("09:00"))
    three.entries[-1] = with_keys(three.entries[-1], {"duty": window})
    assert grown(three, "ISR", None).said(stop).doubt == "key expired"


def with_keys(entry: Entry, keys: Mapping[str, tuple[Instant, Instant]]) -> Entry:
    return Entry(
        author=entry.author,
        generation=entry.generation,
        seq=entry.seq,
        at=entry.at,
        heads=entry.heads,
        content=entry.content,
        signed_as=entry.signed_as,
        keys=keys,
    )


def test_what_is_not_here_bounds_nothing(three: Table, speech: type[Speech]) -> None:
    """Heads may name what has not come yet, and cover what has not come yet."""
    three.all_beat("10:06", "TUR", "AZE")
    three.look("ISR")
    filed = three.say("ISR", speech.file("16:00", "17:00", party="ISR"), when="10:00", to=("TUR",))
    place = Place("ISR", 0, three.size("ISR") - 1)
    view = View("TUR", three.roles)
    [entry] = [one for one in three.entries if one.place == place]
    view.witness(entry)
    said = view.said(filed)
    assert said is not None
    assert said.at == speech.at("10:00")
    for one in three.entries:
        view.witness(one)
    moved = view.said(filed)
    assert moved is not None
    assert moved.at == speech.at("10:06")


def test_what_is_opened_later_stands_at_its_held_time(three: Table, speech: type[Speech]) -> None:
    three.all_beat("10:06", "TUR", "AZE")
    three.look("ISR")
    readers = ("ISR", "TUR")
    filed = three.say(
        "ISR", speech.file("16:00", "17:00", party="ISR"), when="10:00", to=("TUR",), sealed_to=readers
    )
    view = View("TUR", three.roles)
    for entry in three.entries:
        view.witness(three.as_seen_by("AZE", entry))
    assert view.said(filed) is None
    for entry in three.entries:
        view.witness(entry)
    opened = view.said(filed)
    assert opened is not None
    assert opened.at == speech.at("10:06")
