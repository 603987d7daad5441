# SPDX-License-Identifier: Apache-2.0
"""A view on an archive, with what was settled asleep, gives every answer of one that heard all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import effort
from tests.mechanism.babble import babbled

from steerclear.mechanism.archive import UNKNOWN
from steerclear.mechanism.asleep import Asleep
from steerclear.mechanism.bodies import KINDS
from steerclear.mechanism.columns import Names
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.entry import Entry, Place
from steerclear.mechanism.obligations import next_due_at, obligations
from steerclear.mechanism.things import Sort, Thing, thing_named
from steerclear.mechanism.view import View
from steerclear.model.time import Instant
from steerclear.services.taking_snapshot import duty_of

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table


class Shelf:
    """An archive of what a view holds; names lead to a place too many."""

    def __init__(self, view: View) -> None:
        self._told = {entry.place: (entry, kind, names) for entry, kind, names in view.book.told()}
        self._closed = {place for place in self._told if view.book.is_closed_to_us(place)}
        self.size = len(self._told)

    def holds(self, place: Place) -> bool:
        return place in self._told

    def entry(self, place: Place) -> Entry:
        return self._told[place][0]

    def named(self, name: str) -> Iterator[Place]:
        yield from (place for place, (_, _, names) in self._told.items() if name in names)
        yield from sorted(self._told)[:1]

    def of_kind(self, kind: str) -> Iterator[Place]:
        return (place for place, told in self._told.items() if told[1] == kind)

    def every(self) -> Iterator[Place]:
        return iter(self._told)

    def closed_to_us(self, log: str) -> Iterator[Place]:
        return (place for place in sorted(self._closed, reverse=True) if place.author == log)


def went_on(before: View, duties: Duties, fresh: View, now: Instant) -> Duties:
    """``fresh`` is where ``before`` is, without having heard anything."""
    duty = duty_of(before, duties, now)
    overheard = [said for said in before.book.every() if not said.is_in_a_log]
    assert not overheard, "floor messages are told again at every start"
    fresh.book.stand_on(Shelf(before))
    fresh.book.times.update(before.book.times)
    fresh.heads.go_on(before.heads.memory())
    fresh.times.go_on(before.times.memory())
    fresh.ineffective.go_on(before.ineffective.memory())
    asleep = fresh.book.kept.asleep = Asleep(duty.asleep, duty.names, duty.latest)
    fresh.notices.go_on(duty.notices, asleep)
    kept_up = Duties(fresh)
    things = (thing_named(key) for key in duty.things)
    kept_up.go_on((thing for thing in things if thing is not None), asleep, duty.terms)
    return kept_up


@settings(
    max_examples=effort(test=25, ci=250, soak=10_000), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 2**32), me=st.sampled_from(["TUR", "ISR", "AZE", "MSF"]))
def test_whatever_is_said_later_the_answers_are_those_of_a_view_that_heard_all(
    new_table: type[Table], speech: type[Speech], seed: int, me: str
) -> None:
    live_through(new_table, speech, seed, me)


@pytest.mark.parametrize("me", ["TUR", "ISR", "AZE", "MSF"])
@pytest.mark.parametrize("seed", range(6))
def test_in_conversations_that_are_always_the_same(
    new_table: type[Table], speech: type[Speech], seed: int, me: str
) -> None:
    live_through(new_table, speech, seed, me)


def live_through(new_table: type[Table], speech: type[Speech], seed: int, me: str) -> None:
    """A conversation, its view put away and gone on from at two moments of it."""
    table, rng = babbled(new_table, speech, seed, length=50), random.Random(seed)
    entries = [table.as_seen_by(me, entry) for entry in table.entries]
    cuts = sorted((rng.randrange(len(entries)), rng.randrange(len(entries))))
    view, whole = table.view(me, upto="00:00"), table.view(me, upto="00:00")
    for entry in [entry for entry in entries if entry.at <= speech.at("00:00")]:
        view.witness(entry)
    duties = Duties(view)
    for index, entry in enumerate(entries):
        for _ in range(cuts.count(index)):
            fresh = View(me, dict(view.roles), carried_by=dict(view.book.carried_by))
            at = entry.at if rng.random() < 0.5 else Instant(entry.at + 86_400_000 * rng.randrange(9))
            duties, view = went_on(view, duties, fresh, at), fresh
        view.witness(entry)
        whole.witness(entry)
        if rng.random() < 0.2:
            list(duties.owed(Instant(entry.at + rng.randrange(-600_000, 7_200_000))))
            assert [r.id for r in view.notices.live(entry.at)] == [r.id for r in whole.notices.live(entry.at)]
    for log, size, by, at in table.cosigned:
        view.cosigned(log, size, by, at)
        whole.cosigned(log, size, by, at)
    for before in (speech.at("00:30"), speech.at("12:00")):
        assert [r.id for r in view.notices.live(before)] == [r.id for r in whole.notices.live(before)]
        assert list(duties.owed(before)) == [one for one in obligations(whole, before) if one.is_owed]
    now = Instant(speech.at("15:30") + rng.randrange(-3_600_000, 40 * 86_400_000))
    assert list(duties.owed(now)) == [one for one in obligations(whole, now) if one.is_owed]
    assert duties.next_due_at(now) == next_due_at(whole, now)
    assert list(duties.all(now)) == list(obligations(whole, now))
    assert list(obligations(view, now)) == list(obligations(whole, now))
    assert answers(view, now) == answers(whole, now)


def recalled(table: Table, now: Instant) -> tuple[View, View, Duties]:
    """TUR's view as it was told, one that stands on it as an archive, and the duties of that."""
    before = table.view()
    fresh = View("TUR", dict(before.roles), carried_by=dict(before.book.carried_by))
    return before, fresh, went_on(before, Duties(before), fresh, now)


def test_a_kind_of_tomorrow_keeps_its_sort_and_what_was_overheard_is_no_entry_of_a_log(
    founded: Table, speech: type[Speech]
) -> None:
    founded.say("TUR", speech.file(), when="12:00", kind="notice.foretell")
    founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    view = founded.view(upto="13:00")
    view.overhear(founded.entries[-1].content, at=speech.at("13:24"), signed_as=frozenset({"duty"}))
    told = {entry.place: kind for entry, kind, _ in view.book.told()}
    assert told[founded.entries[-2].place] == UNKNOWN
    assert founded.entries[-1].place not in told


def test_an_entry_is_brought_when_its_time_moves(founded: Table, speech: type[Speech]) -> None:
    founded.say("TUR", speech.file(), when="12:00")
    before, fresh, _ = recalled(founded, speech.at("12:30"))
    place = founded.entries[-1].place
    assert fresh.book.entry_at(place) == before.book.entry_at(place)
    assert fresh.book.entry_at(place) is fresh.book.entry_at(place)


def test_what_sleeps_is_folded_when_it_is_asked_about(founded: Table, speech: type[Speech]) -> None:
    notice = founded.say("TUR", speech.file(), when="12:00")
    founded.all_beat("12:01")
    now = speech.at("23:00")
    before, _, duties = recalled(founded, now)
    known = Duties(before)
    thing = Thing(Sort.NOTICE, notice)
    assert duties.about(thing, now) == known.about(thing, now) != ()


def test_what_is_not_kept_stands_on_nothing_that_could_be_told(new_table: type[Table]) -> None:
    view = new_table().view("TUR")
    assert view.book.kept.stands_on("nothing of this name", view.heads.first_seen_by) is None


def test_rows_of_another_length_are_no_rows() -> None:
    with pytest.raises(ValueError, match="a row of a name has"):
        Names(bytes(13))


def answers(view: View, now: Instant) -> dict[str, Any]:
    return {
        "kinds": {kind: view.book.of_kind(kind) for kind in KINDS},
        "sealed places": view.sealed_places,
        "sealed": view.sealed,
        "newest sealed": [view.book.newest_sealed(member) for member in view.members],
        "unknown": view.unknown,
        "misread": view.book.misread,
        "without effect": view.without_effect,
        "live": list(view.notices.live(now)),
        "findings": [view.findings.of(record.id, now) for record in view.notices],
        "conflicts": list(view.conflicts),
        "state": view.annexes.state(now),
        "times": dict(view.book.times),
    }
