# SPDX-License-Identifier: Apache-2.0
"""Does a recipient key live as long as something hangs on it, and not a day longer than 35?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from steerclear.record.spent import LONGEST_KEPT_MS, RecipientKeyFacts, why_kept

DAY = 86_400_000
FREE = RecipientKeyFacts(
    day_ends=DAY, now=2 * DAY, behind=(), unopened=(), reseals_owed=(), backed_up=True
)  # fmt: skip


def test_a_key_on_which_nothing_hangs_is_destroyed() -> None:
    assert why_kept(FREE) == ()
    assert why_kept(replace(FREE, now=DAY)) == ()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"behind": ("ISR",)}, "ISR"),
        ({"unopened": ("TUR/0/42",)}, "TUR/0/42"),
        ({"reseals_owed": ("ISR/0/7",)}, "ISR/0/7"),
        ({"backed_up": False}, "backup"),
    ],
)
def test_each_thing_that_hangs_on_it_keeps_it_until_35_days_are_over(
    change: dict[str, Any], word: str
) -> None:
    facts = replace(FREE, **change)
    (because,) = why_kept(facts)
    assert word in because
    last = FREE.day_ends + LONGEST_KEPT_MS
    assert why_kept(replace(facts, now=last - 1))
    assert why_kept(replace(facts, now=last)) == ()


def test_a_key_of_today_is_kept_whatever_is_known() -> None:
    assert why_kept(replace(FREE, now=DAY - 1)) == ("its day is not over",)
