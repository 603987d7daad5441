# SPDX-License-Identifier: Apache-2.0
"""Do lists have a size of the agreed padding, by both rules and at every level, and is any other refused?"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from steerclear.blind.direct import part_of, steps_for
from steerclear.blind.lists import MOST_SLOTS, fitted, least_slots
from steerclear.blind.messages import ListCommitted
from steerclear.blind.outcome import CellsMet
from steerclear.blind.padding import cut, is_padded, padded
from steerclear.blind.sentinels import reserved
from steerclear.errors import Refused
from steerclear.model.terms import Level, Padding

BOTH = tuple(Padding)


def by_its_definition(count: int) -> int:
    """PadmeN as the paper's figure 3 writes it, where that is no finer than 64."""
    exponent = count.bit_length() - 1
    last_bits = max(exponent - exponent.bit_length(), 6)
    mask = (1 << last_bits) - 1
    return (count + mask) & ~mask


def test_sizes_are_those_that_the_design_and_the_paper_name() -> None:
    doubling = {1: 64, 64: 64, 65: 128, 2_048: 2_048, 10_048: 16_384, 100_048: 131_072, 1_000_048: 1 << 20}
    padme = {1: 64, 65: 128, 129: 192, 2_048: 2_048, 10_048: 10_240, 100_048: 100_352, 1_000_048: 1_015_808}
    for padding, sizes in zip(BOTH, (doubling, padme), strict=True):
        assert {count: padded(count, padding) for count in sizes} == sizes


@pytest.mark.parametrize("padding", BOTH)
def test_a_size_holds_its_list_and_none_between_does(padding: Padding) -> None:
    for count in (*range(64, 5_000), *(1 << place | 1 for place in range(12, 20)), MOST_SLOTS):
        size = padded(count, padding)
        assert is_padded(size, padding)
        assert padded(size, padding) == size == cut(size, padding)
        below = cut(size - 1, padding)
        assert below < count <= size
        assert size == (
            by_its_definition(count) if padding is Padding.PADME else 1 << (count - 1).bit_length()
        )
    assert (padded(1, padding), cut(63, padding), is_padded(0, padding)) == (64, 0, False)


def test_padme_adds_a_sixteenth_at_most_and_tells_sixteen_sizes_of_a_doubling() -> None:
    sizes = [size for size in range(64, 1 << 17, 64) if is_padded(size, Padding.PADME)]
    assert all(16 * (after - before - 1) <= after for before, after in pairwise(sizes) if before >= 1_024)
    octaves = [sum(1 << place <= size < 2 << place for size in sizes) for place in range(6, 17)]
    assert octaves == [1, 2, 4, 8, 16, 16, 16, 16, 16, 16, 32]


@pytest.mark.parametrize("padding", BOTH)
def test_parts_of_a_list_at_l3p_are_a_sixty_fourth_of_it_or_64_slots(padding: Padding) -> None:
    for size in {padded(count, padding) for count in range(64, 40_000, 61)}:
        for other in (8, 64, size):
            steps = steps_for(size, other)
            parts = [part_of(size, step, steps) for step in range(steps)]
            lengths = {part.stop - part.start for part in parts}
            assert lengths == {size // steps}
            assert max(lengths) <= max(size // 64, 1)
            assert max(lengths) <= 64


def test_a_cap_cuts_a_list_to_a_size_of_the_padding() -> None:
    for room, cells, fits in (
        (10_239, 10_000, (9_728, 9_680)),
        (10_240, 10_000, (10_240, 10_000)),
        (150, 300, (128, 80)),
        (63, 1, (8, 0)),
    ):
        assert fitted(cells, room, Level.L3, 0, Padding.PADME) == fits
    assert [least_slots(Level.L3, attempt, Padding.PADME) for attempt in range(5)] == [64, 128, 192, 384, 704]
    assert fitted(1, 10_000, Level.L3, 3, Padding.PADME) == (384, 1)


@pytest.mark.parametrize("padding", BOTH)
def test_both_sides_learn_what_they_share_in_lists_of_that_size(
    pairing: Any, level: Level, padding: Padding
) -> None:
    check = pairing(level, padding=padding)
    check.file(0, "a", range(150 - reserved(level, 0)))
    check.file(1, "b", range(20, 90 - reserved(level, 0)))
    check.round()
    sizes = {Padding.DOUBLING: [256, 128], Padding.PADME: [192, 128]}
    assert [one.count for one in check.rounds[0].committed] == sizes[padding]
    assert check.met(0, "a") == check.met(1, "b") == list(range(20, 90 - reserved(level, 0)))
    check.file(1, "c", [0, 1, 500])
    check.round()
    assert check.met(1, "c") == [0, 1]
    assert isinstance(check.finding(0, "a"), CellsMet)


@pytest.mark.parametrize(
    ("padding", "count"),
    [(Padding.DOUBLING, 192), *((Padding.PADME, count) for count in (0, 65, 200, 1_056))],
)  # fmt: skip
def test_a_size_that_the_agreed_padding_does_not_have_is_refused(
    pairing: Any, level: Level, padding: Padding, count: int
) -> None:
    check = pairing(
        level, padding=padding, twists={(ListCommitted, 0): lambda said: replace(said, count=count)}
    )
    check.file(1, "b", range(20))
    with pytest.raises(Refused) as caught:
        check.round()
    assert caught.value.code == "blind-count"
    assert padding.value in caught.value.what
    assert check.parties[1].failed is not None
    assert check.parties[1].failed.because.startswith("blind-count")


def test_the_host_refuses_it_too(pairing: Any) -> None:
    check = pairing(Level.L3, padding=Padding.PADME)
    check.open()
    said = check.parties[0].commit(now_s=1_000)
    with pytest.raises(Refused) as caught:
        check.host.hear_committed(replace(said, count=200))
    assert (caught.value.code, check.host.failed) == ("blind-count", "blind-count")
