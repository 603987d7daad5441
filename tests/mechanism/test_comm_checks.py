# SPDX-License-Identifier: Apache-2.0
"""Is a missed check of the line shown amber in time, red after two, and green again when one is kept?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.mechanism.conftest import at

from steerclear.mechanism import bodies as say
from steerclear.mechanism.comm_checks import missed_checks

if TYPE_CHECKING:
    from tests.mechanism.conftest import Table

PARTIES = ("TUR", "ISR")


@pytest.fixture
def founded(table: Table) -> Table:
    """syria-2025: the host calls at 09:00Z and 16:00Z; amber after 30 minutes, red after two."""
    table.found()
    return table


def check(table: Table, when: str, *answering: str, slot: str | None = None) -> None:
    slot_at = None if slot is None else at(slot)
    call = table.say("AZE", say.CheckCall(slot_at, "node"), when=when, to=PARTIES)
    for member in answering:
        table.look(member)
        table.say(member, say.CheckAnswer(call, 5), when=when)


def state(table: Table, now: str, me: str = "TUR") -> Any:
    found = missed_checks(table.view(me, upto=now), at(now))
    return (
        None
        if found is None
        else (found.is_red, [(one.slot_at, one.silent, one.called) for one in found.checks])
    )


def test_nothing_is_missed_where_nothing_is_agreed(table: Table) -> None:
    assert state(table, "+3d 12:00") is None


def test_amber_after_half_an_hour_and_red_when_two_in_a_row_were_missed(founded: Table) -> None:
    assert state(founded, "09:29") is None
    nobody_called = (at("09:00"), ("AZE",), False)
    assert state(founded, "09:30") == (False, [nobody_called])
    assert state(founded, "16:29") == (False, [nobody_called])
    both = (True, [(at("16:00"), ("AZE",), False), nobody_called])
    assert state(founded, "16:30") == both
    assert state(founded, "16:30", me="ISR") == both, "both sides are told"


def test_a_check_that_was_kept_ends_it(founded: Table) -> None:
    check(founded, "16:05", "TUR", "ISR")
    assert state(founded, "16:00") == (False, [(at("09:00"), ("AZE",), False)])
    assert state(founded, "16:31") is None
    assert state(founded, "+1d 09:31") == (False, [(at("+1d 09:00"), ("AZE",), False)])


def test_a_call_that_somebody_did_not_answer_was_missed_by_him(founded: Table) -> None:
    check(founded, "09:10", "TUR")
    assert state(founded, "09:31") == (False, [(at("09:00"), ("ISR",), True)])
    check(founded, "09:14", "ISR")
    assert state(founded, "09:31") is None, "called again, and now both have answered one"


def test_a_call_names_the_time_it_belongs_to_or_comes_within_its_tolerance(founded: Table) -> None:
    check(founded, "09:25", "TUR", "ISR", slot="09:00")
    assert state(founded, "09:31") is None
    check(founded, "16:16", "TUR", "ISR")
    assert state(founded, "16:31") == (False, [(at("16:00"), ("AZE",), False)])
    founded.say("TUR", say.CheckCall(at("16:00"), "radio"), when="16:01", to=("ISR",))
    assert state(founded, "16:31") is not None, "the host calls, and nobody for it"


def test_a_line_silent_for_a_fortnight_is_red_and_is_not_counted_for_ever(founded: Table) -> None:
    is_red, missed = state(founded, "+14d 12:00")
    assert is_red
    assert len(missed) == 15, "seven days back, and this morning"


def test_an_agreement_of_this_noon_owes_no_check_of_this_morning(table: Table) -> None:
    table.found(when="12:00")
    assert state(table, "12:30") is None
    assert state(table, "16:30") == (False, [(at("16:00"), ("AZE",), False)])
