# SPDX-License-Identifier: Apache-2.0
"""Does the grid find every pair of boxes that meet, once, and nothing else, however they came and went?"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.geometry.grid import BoxGrid, Minima5
from steerclear.geometry.memory import of_container, spare_bytes

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Boxes = tuple[I64, I64]
Pairs = set[tuple[int, int]]

NONE = (0, 0, 0, 0, 0)
SOME = (9_260, 9_260, 9_260, 1_000, 60)


def boxes(count: int, seed: int, *, wide: int = 60_000, spread: int = 400_000) -> Boxes:
    """Boxes of mixed sizes: a few as large as the whole scene, a few without extent, a few without bound."""
    random = np.random.default_rng(seed)
    scale = np.array([spread, spread, spread // 10, 40_000, 86_400])
    low = random.integers(-scale, scale, (count, 5))
    size = random.integers(0, np.array([wide, wide, wide // 10, 9_000, 20_000]), (count, 5))
    size[random.random(count) < 0.05] *= 30
    size[random.random((count, 5)) < 0.05] = 0
    high = low + size
    unbounded = random.random(count) < 0.05
    low[unbounded, 3], high[unbounded, 3] = -1_000_000_000, 1_000_000_000
    return low, high


def parties(count: int, seed: int, many: int = 3) -> I32:
    return np.random.default_rng(seed + 1).integers(-1, many, count).astype(np.int32)


def meets(
    low: I64, high: I64, party: I32, minima: Minima5, asked_low: I64, asked_high: I64, asked_party: int
) -> NDArray[np.bool_]:
    gap = np.maximum(low - asked_high, asked_low - high)
    others = (party != asked_party) | (asked_party < 0)
    near: NDArray[np.bool_] = (gap < np.array(minima)).all(axis=1) & others
    return near


def brute(low: I64, high: I64, party: I32, minima: Minima5, standing: Collection[int]) -> Pairs:
    found: Pairs = set()
    for one in sorted(standing):
        hit = meets(low, high, party, minima, low[one], high[one], party[one])
        found |= {
            (one, int(other)) for other in np.flatnonzero(hit) if other > one and int(other) in standing
        }
    return found


def pairs_of(grid: BoxGrid) -> Pairs:
    found = [
        pair
        for some in grid.of_pairs(lambda a, b: list(zip(a.tolist(), b.tolist(), strict=True)))
        for pair in some
    ]
    assert len(found) == len(set(found)), "a pair was found twice"
    return set(found)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("minima", [NONE, SOME])
@pytest.mark.parametrize(("wide", "spread"), [(60_000, 400_000), (10, 4_000_000), (6_000_000, 6_000_000)])
def test_all_pairs_are_those_of_brute_force(minima: Minima5, wide: int, spread: int, threads: int) -> None:
    low, high = boxes(1_500, 7, wide=wide, spread=spread)
    party = parties(1_500, 7)
    grid = BoxGrid(minima, threads=threads)
    assert grid.extend(low, high, party) == 0
    assert pairs_of(grid) == brute(low, high, party, minima, set(range(1_500)))


@pytest.mark.parametrize("minima", [NONE, SOME])
def test_a_question_is_answered_as_by_brute_force(minima: Minima5) -> None:
    low, high = boxes(2_500, 3)
    party = parties(2_500, 3)
    grid = BoxGrid(minima)
    grid.extend(low[:1_500], high[:1_500], party[:1_500])
    for row in range(1_500, 2_500):
        grid.insert((*low[row].tolist(), *high[row].tolist()), int(party[row]))
    asked_low, asked_high = boxes(200, 4)
    for one_low, one_high, one_party in zip(asked_low, asked_high, parties(200, 4), strict=True):
        found = sorted(grid.meeting(tuple(one_low), tuple(one_high), int(one_party)).tolist())
        hit = meets(low, high, party, minima, one_low, one_high, one_party)
        assert found == np.flatnonzero(hit).tolist()


def test_many_questions_at_once_are_answered_as_one_by_one() -> None:
    low, high = boxes(6_000, 5)
    party = parties(6_000, 5)
    grid = BoxGrid(SOME)
    for begin in range(0, 6_000, 1_500):
        grid.extend(low[begin : begin + 1_500], high[begin : begin + 1_500], party[begin : begin + 1_500])
    asked, sides = grid.packed(*boxes(300, 6)), parties(300, 6)
    count, rows = grid.meeting_many(asked, sides)
    ends = np.cumsum(count)
    for at, end in enumerate(ends):
        one = sorted(grid.meeting_packed(asked[at], int(sides[at])).tolist())
        assert sorted(rows[end - count[at] : end].tolist()) == one


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.sampled_from("erx"), st.integers(1, 1_300)), max_size=12))
def test_insert_delete_insert_equals_rebuild(seed: int, steps: list[tuple[str, int]]) -> None:
    """e extends by so many, r removes so many, x inserts one by one; at the end it is as if built at once."""
    low, high = boxes(6_000, seed)
    party = parties(6_000, seed)
    random, grid, used = np.random.default_rng(seed), BoxGrid(SOME), 0
    standing: set[int] = set()
    for step, many in steps:
        many = min(many, 6_000 - used)
        if step == "r":
            for row in random.permutation(sorted(standing))[:many].tolist():
                grid.remove(row)
                standing.discard(row)
            continue
        if step == "e":
            grid.extend(low[used : used + many], high[used : used + many], party[used : used + many])
        else:
            for row in range(used, used + many):
                assert grid.insert((*low[row].tolist(), *high[row].tolist()), int(party[row])) == row
        standing |= set(range(used, used + many))
        used += many
    assert len(grid) == len(standing)
    _same_answers(grid, low, high, party, standing, seed)


def _same_answers(grid: BoxGrid, low: I64, high: I64, party: I32, standing: set[int], seed: int) -> None:
    asked_low, asked_high = boxes(5, seed + 9)
    here = np.zeros(len(low), dtype=bool)
    here[sorted(standing)] = True
    for one_low, one_high in zip(asked_low, asked_high, strict=True):
        hit = meets(low, high, party, SOME, one_low, one_high, -1) & here
        found = grid.meeting(tuple(one_low), tuple(one_high), -1).tolist()
        assert sorted(found) == np.flatnonzero(hit).tolist()
    rows = sorted(standing)
    again = BoxGrid(SOME)
    again.extend(low[rows], high[rows], party[rows])
    assert pairs_of(grid) == {(rows[a], rows[b]) for a, b in pairs_of(again)}


def test_touching_meets_only_when_the_minimum_is_more_than_nothing() -> None:
    one, other = ((0, 0, 0, 0, 0), (10, 10, 10, 10, 10)), ((10, 0, 0, 0, 0), (20, 10, 10, 10, 10))
    for minima, found in ((NONE, []), ((1, 0, 0, 0, 0), [0])):
        grid = BoxGrid(minima)
        grid.insert((*one[0], *one[1]), -1)
        assert grid.meeting(*other, -1).tolist() == found


def test_a_box_without_extent_meets_what_it_lies_in_and_not_what_it_borders() -> None:
    grid = BoxGrid(NONE)
    grid.insert((0, 0, 0, 0, 0, 10, 10, 10, 10, 10), -1)
    assert grid.meeting((5,) * 5, (5,) * 5, -1).tolist() == [0]
    assert grid.meeting((0,) * 5, (0,) * 5, -1).tolist() == []
    assert grid.meeting((10,) * 5, (10,) * 5, -1).tolist() == []


def test_a_party_never_meets_itself() -> None:
    grid = BoxGrid(SOME)
    box = (0, 0, 0, 0, 0, 10, 10, 10, 10, 10)
    rows = [grid.insert(box, party) for party in (1, 1, 2, -1, -1)]
    assert rows == [0, 1, 2, 3, 4]
    assert pairs_of(grid) == {(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)}


def test_the_order_of_pairs_does_not_depend_on_threads() -> None:
    low, high = boxes(3_000, 11)
    answers = []
    for threads in (1, 1, 4):
        grid = BoxGrid(SOME, threads=threads)
        grid.extend(low, high, np.full(3_000, -1, dtype=np.int32))
        found = [np.stack([a, b], axis=1) for a, b in grid.of_pairs(lambda a, b: (a.copy(), b.copy()))]
        answers.append(np.concatenate(found))
    assert np.array_equal(answers[0], answers[1])
    assert {tuple(pair) for pair in answers[0].tolist()} == {tuple(pair) for pair in answers[2].tolist()}


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [
        ((0, 0, 0, 0, 1), (1, 1, 1, 1, 0), "box-inverted"),
        ((0, 0, 0, 0, 0), (2**31, 1, 1, 1, 1), "box-out-of-range"),
        ((-(2**31), 0, 0, 0, 0), (1, 1, 1, 1, 1), "box-out-of-range"),
    ],
)
def test_what_is_no_box_is_refused_and_leaves_the_grid_as_it_was(
    low: Minima5, high: Minima5, code: str
) -> None:
    grid = BoxGrid(NONE)
    grid.insert((0, 0, 0, 0, 0, 10, 10, 10, 10, 10), -1)
    attempts: list[Callable[[], object]] = [
        lambda: grid.insert((*low, *high), -1),
        lambda: grid.extend(np.array([low]), np.array([high]), np.array([-1], dtype=np.int32)),
    ]
    for add in attempts:
        with pytest.raises(BadInput) as refused:
            add()
        assert refused.value.code == code
    assert (len(grid), grid.rows) == (1, 1)
    assert grid.meeting((0,) * 5, (10,) * 5, -1).tolist() == [0]


def test_what_is_not_there_cannot_be_removed() -> None:
    grid = BoxGrid(NONE)
    row = grid.insert((0, 0, 0, 0, 0, 10, 10, 10, 10, 10), -1)
    grid.remove(row)
    for gone in (row, 5, -1):
        with pytest.raises(KeyError):
            grid.remove(gone)
    assert len(grid) == 0
    assert pairs_of(grid) == set()


def test_renumbered_rows_keep_their_boxes_and_their_order() -> None:
    low, high = boxes(3_000, 13)
    party = parties(3_000, 13)
    grid = BoxGrid(SOME)
    grid.extend(low, high, party)
    before = pairs_of(grid)
    gone = set(range(0, 3_000, 3))
    for row in gone:
        grid.remove(row)
    was = grid.renumber().tolist()
    assert was == [row for row in range(3_000) if row not in gone]
    assert (len(grid), grid.rows) == (2_000, 2_000)
    assert {(was[a], was[b]) for a, b in pairs_of(grid)} == {
        (a, b) for a, b in before if a not in gone and b not in gone
    }


def test_more_boxes_than_there_is_room_for_are_refused_from_their_number_alone() -> None:
    grid = BoxGrid(NONE, most_bytes=2**20)
    low = np.zeros((10_000_000, 5), dtype=np.int8)
    with pytest.raises(BadInput) as refused:
        grid.extend(low, low, np.zeros(1, dtype=np.int32))
    assert refused.value.code == "too-many-volumes"
    assert (len(grid), grid.rows, grid.memory_bytes) == (0, 0, 0)


def test_removals_of_long_ago_do_not_make_everything_be_built_again() -> None:
    low, high = boxes(30_000, 5)
    grid = BoxGrid(SOME)
    grid.extend(low[:20_000], high[:20_000], parties(20_000, 5))
    for row in range(6_000):
        grid.remove(row)
    ends = []
    for row in range(20_000, 24_200):
        grid.insert((*low[row].tolist(), *high[row].tolist()), 0)
        ends.append(grid._blocks[0].to)
    # Once, for the removals, and then not again before there are as many anew.
    assert set(ends) == {20_000, 21_024}


def test_what_the_machine_can_spare_is_known() -> None:
    assert 2**20 < spare_bytes() < 2**50


def test_file_cache_that_nobody_reads_is_no_memory_in_use(tmp_path: Path) -> None:
    assert of_container(tmp_path) > 2**60, "no control group, no bound"
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert of_container(tmp_path) > 2**60
    (tmp_path / "memory.max").write_text("1000\n")
    assert of_container(tmp_path) == 100
    (tmp_path / "memory.stat").write_text("anon 300\nfile 600\ninactive_file 400\n")
    assert of_container(tmp_path) == 500
