# SPDX-License-Identifier: Apache-2.0
"""What is a key worth at the time that two others bear out? And what of an entry that is sealed here?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.mechanism.examples import sealed_entry

from steerclear.mechanism import bodies as say

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table


def backdated(table: Table, body: Any, *, sealed_to: tuple[str, ...] | None = None) -> str:
    """TUR says it at 10:00 by its own clock, having seen what ISR and AZE wrote at 12:00."""
    table.all_beat("12:00", "ISR", "AZE")
    table.look("TUR")
    return table.say("TUR", body, when="10:00", to=("ISR",), sealed_to=sealed_to)


def test_a_sealed_entry_is_held_to_its_time_too_and_says_so_once_it_opens(
    table: Table, speech: type[Speech]
) -> None:
    id_ = backdated(table, speech.file("16:00", "17:00"), sealed_to=("TUR", "ISR"))
    entry = table.entries[-1]
    view = table.view("AZE")
    assert view.said(id_) is None
    assert view.book.times[entry.place].held == speech.at("12:00")
    view.witness(entry)
    assert view.said(id_).at == speech.at("12:00")
    fresh = table.view("ISR")
    assert fresh.said(id_).at == speech.at("12:00")
    assert sealed_entry(entry).readers == entry.readers


@pytest.mark.parametrize("role", ["authority", "node"])
def test_a_key_of_no_officer_that_ran_out_by_then_has_not_signed(
    role: str, table: Table, speech: type[Speech]
) -> None:
    """Backdating brings no authority back: a flag raised with it counts for nothing."""
    raised = backdated(table, say.Suspend(None))
    window = (speech.at("09:00"), speech.at("11:00"))
    all_day = (speech.at("00:00"), speech.at("23:00"))
    table.entries[-1] = replace(table.entries[-1], keys={role: window, "duty": all_day})
    said = table.view("ISR").said(raised)
    assert role not in said.signed_as
    assert (said.doubt, "duty" in said.signed_as) == (None, True)
    why = table.view("ISR").why_without_effect(raised)
    assert why == ("not signed by a key for authority" if role == "authority" else None)


def test_an_older_doubt_is_not_covered_by_a_key_that_ran_out(table: Table, speech: type[Speech]) -> None:
    called = backdated(table, speech.stop())
    window = (speech.at("09:00"), speech.at("11:00"))
    table.entries[-1] = replace(table.entries[-1], keys={"duty": window}, doubt="its log is forked")
    said = table.view("ISR").said(called)
    assert said.doubt == "its log is forked"
    assert table.view("ISR").why_without_effect(called) is None, "a STOP is acted on in any doubt"
