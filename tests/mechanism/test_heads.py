# SPDX-License-Identifier: Apache-2.0
"""Does it come out the same who had first seen a leaf, whichever of the entries that say so comes first?"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from tests.mechanism.conftest import at

from steerclear.mechanism.entry import Place
from steerclear.mechanism.heads import Seen
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Table

SEEN = (2, 5, 1, 5, 3)
"""What five entries of ISR in a row say of the size of the log of TUR: an honest node never goes back."""


@pytest.mark.parametrize("order", list(permutations(range(len(SEEN))))[::7])
def test_a_leaf_is_covered_by_the_first_entry_whose_head_is_beyond_it(
    order: tuple[int, ...], table: Table
) -> None:
    stops = [table.beat("TUR", f"12:0{number}") for number in range(6)]
    for number, size in enumerate(SEEN):
        table.beat("ISR", f"12:1{number}")
        table.entries[-1] = replace(table.entries[-1], heads={"TUR": size})
    view = table.view("AZE", upto="12:09")
    late = table.entries[len(stops) :]
    for index in order:
        view.witness(late[index])
    for seq, id_ in enumerate(stops):
        covers = [number for number, size in enumerate(SEEN) if size > seq]
        found = view.heads.covering("ISR", view.said(id_))
        assert (found and found.at) == (at(f"12:1{covers[0]}") if covers else None)


def test_a_place_is_given_back_as_it_was_told() -> None:
    """Generation and seq stand in one number; those of a later generation come after all before."""
    seen = Seen("TUR")
    told = [Place("TUR", 0, 0), Place("TUR", 0, (1 << 40) - 1), Place("TUR", 1, 0), Place("TUR", 70_000, 9)]
    for size, place in enumerate(told, start=1):
        assert not seen.tells_of(place)
        assert seen.add(place, size, Instant(size)) == (size - 1, size)
        assert seen.tells_of(place)
    assert [seen.first_above(seq) for seq in range(5)] == [
        *((place, Instant(size)) for size, place in enumerate(told, start=1)),
        None,
    ]
    assert list(seen.ending_with(2)) == [told[2]]


def test_cosignatures_are_told_as_a_copy_that_stays_as_it_is(table: Table) -> None:
    view = table.view()
    view.cosigned("TUR", 3, "ISR", Instant(7), 1)
    told = view.heads.cosignatures()
    view.cosigned("TUR", 4, "ISR", Instant(8), 1)
    assert told == {("TUR", 1, "ISR"): ((3, Instant(7)),)}
    assert view.heads.cosignatures().keys() == told.keys()


def test_its_own_log_and_what_it_cannot_read(table: Table) -> None:
    """A leaf that was covered and later called unreadable was not delivered."""
    beat = table.beat("TUR", "12:00")
    table.beat("ISR", "12:01")
    table.beat("ISR", "12:02", unreadable=(beat,))
    view = table.view("AZE")
    own, other = (view.heads.covering(member, view.said(beat)) for member in ("TUR", "ISR"))
    assert (own.at, own.unreadable) == (at("12:00"), False)
    assert (other.at, other.unreadable) == (at("12:02"), True)
    assert list(view.heads.unreadable_by("ISR")) == [beat]
    assert view.heads.covering("AZE", view.said(beat)) is None
