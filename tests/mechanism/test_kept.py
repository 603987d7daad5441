# SPDX-License-Identifier: Apache-2.0
"""Is an answer forgotten when anything that it read has moved, and only then?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from steerclear.mechanism.kept import Kept, Reader

LINE = Reader("ISR", "TUR", 0)


class Counting:
    """Folds that count how often each was made."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.made: dict[str, int] = {}
        self.gone: list[object] = []

    def ask(self, key: str, *reads: Callable[[Kept], object]) -> int:
        def fold() -> int:
            for read in reads:
                read(self.kept)
            self.made[key] = self.made.get(key, 0) + 1
            return self.made[key]

        return self.kept.answer(key, fold, tell=self.gone.append)


def name(of: str) -> Callable[[Kept], object]:
    return lambda kept: kept.read(of)


def leaf(seq: int) -> Callable[[Kept], object]:
    return lambda kept: kept.read_leaf(LINE, seq)


@pytest.fixture
def folds() -> Counting:
    return Counting()


def test_it_is_folded_once_until_something_that_it_read_moves(folds: Counting) -> None:
    assert [folds.ask("a", name("n1")), folds.ask("a", name("n1"))] == [1, 1]
    folds.kept.moved("n2")
    assert folds.ask("a", name("n1")) == 1
    folds.kept.moved("n1")
    assert folds.gone == ["a"]
    assert folds.ask("a", name("n1")) == 2


def test_what_stands_on_a_forgotten_answer_is_forgotten_with_it(folds: Counting) -> None:
    folds.ask("roof", lambda _: folds.ask("wall", name("ground")))
    folds.kept.moved("ground")
    assert folds.gone == ["wall", "roof"]
    folds.ask("roof", lambda _: folds.ask("wall", name("ground")))
    assert folds.made == {"wall": 2, "roof": 2}


def test_two_that_read_one_leaf_and_one_that_read_another(folds: Counting) -> None:
    """What one of them no longer reads the other still does."""
    folds.ask("a", leaf(3))
    folds.ask("b", leaf(3), name("n1"))
    folds.ask("c", leaf(7))
    folds.kept.moved("n1")
    assert folds.gone == ["b"]
    folds.kept.seen(LINE, 0, 4)
    assert folds.gone == ["b", "a"], "the leaf is still read by the other"
    folds.kept.seen(LINE, 4, 100_000)
    assert folds.gone == ["b", "a", "c"]


def test_another_reader_or_another_place_moves_nothing(folds: Counting) -> None:
    folds.ask("a", leaf(3))
    folds.kept.seen(Reader("AZE", "TUR", 0), 0, 9)
    folds.kept.seen(Reader("ISR", "TUR", 1), 0, 9)
    folds.kept.seen(LINE, 0, 3)
    folds.kept.seen(LINE, 4, 9)
    assert folds.ask("a", leaf(3)) == 1


def test_what_is_not_kept_can_be_forgotten_without_a_word(folds: Counting) -> None:
    folds.kept.forget("nothing")
    assert folds.gone == []
    folds.kept.read("outside any fold")
    folds.kept.read_leaf(LINE, 0)
    folds.kept.moved("outside any fold")
    assert folds.gone == []


def test_a_fold_that_fails_is_not_kept(folds: Counting) -> None:
    """Its reads are not taken for those of the fold around it either."""

    def fails(kept: Kept) -> None:
        kept.read("n1")
        raise LookupError("as a bug would")

    with pytest.raises(LookupError):
        folds.ask("a", fails)
    assert folds.ask("a", name("n2")) == 1
    folds.kept.moved("n1")
    assert folds.gone == []
