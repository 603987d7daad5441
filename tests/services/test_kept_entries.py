# SPDX-License-Identifier: Apache-2.0
"""Entries of a snapshot are numbered; what cannot be numbered is not put into one."""

from __future__ import annotations

import pytest

from steerclear.services.kept_entries import are_numbered, number_of

LONGEST = 2**26


def test_the_last_entry_of_one_log_is_not_the_first_of_the_next() -> None:
    numbers = [number_of(log, seq) for log in (0, 1, 63) for seq in (0, 1, LONGEST - 1)]
    assert sorted(set(numbers)) == numbers
    assert numbers[-1] < 2**32


@pytest.mark.parametrize(
    ("sizes", "fit"),
    [
        ([], True),
        ([LONGEST] * 64, True),
        ([1] * 65, False),
        ([1, LONGEST + 1], False),
    ],
    ids=["nothing", "as much as there can be", "a log too many", "an entry too many"],
)
def test_what_has_no_number_of_its_own_goes_into_no_snapshot(sizes: list[int], fit: bool) -> None:
    assert are_numbered(sizes) is fit
