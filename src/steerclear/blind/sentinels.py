# SPDX-License-Identifier: Apache-2.0
"""Which cells, known to both parties and to no host, must be met in each round?

A host, a key, a grid or a day that is wrong would look like *nothing met*. So every list carries cells of a
reserved type that must be met, and unless all of them are, the answer is undetermined.

    now       8, fresh in each round, in both lists: they meet within the round. A list without a cell of a
              notice is these eight and nothing else, so nobody can probe with it, and it costs nothing
    plants    in each list with cells, for the other's later lists with cells to answer
    answers   2 for each earlier list with cells of the other, out of its plants

              list 0       list 1       list 2   (with cells, of one side)
    other's
    list 0     now         answers      answers        every two lists that may hold a cell in common have
    list 1    answers       now         answers        sentinels in common: whoever drops all that meets
    list 2    answers      answers       now           between two given lists drops these too

A plant is answered once, so there must be as many in a list as lists of the other may follow: an attempt has
room for ``lists_in(attempt)`` lists with cells from each side, twice as many in each next attempt. The sizes
hang on the attempt alone, so they tell nothing. At L3p nobody drops anything, and nothing is planted.

The cells are hashes under a key that the two parties share, from g^ab or the key of L2: what another key,
grid, step or day gives is met by nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from steerclear.blind.grid import CELL_BYTES, SENTINEL
from steerclear.blind.tokens import Items, items_of
from steerclear.model.terms import Level

__all__ = ["EACH_PAIR", "EACH_ROUND", "Due", "Plant", "Sentinels", "lists_in", "reserved"]

EACH_ROUND: Final = 8
EACH_PAIR: Final = 2

_FIRST_LISTS: Final = 10
_MOST_DOUBLINGS: Final = 4
_NOW: Final = 0
_PLANTED: Final = 1


def lists_in(attempt: int) -> int:
    """How many lists with cells each side may send in an attempt, at L2 and L3: 10, 20, … 160."""
    return _FIRST_LISTS << min(attempt, _MOST_DOUBLINGS)


def reserved(level: Level, attempt: int) -> int:
    """How many slots of a list with cells are for sentinels: 48 in the first attempt, 8 at L3p."""
    return EACH_ROUND + (0 if level is Level.L3P else 2 * EACH_PAIR * lists_in(attempt))


@dataclass(frozen=True, slots=True, order=True)
class Plant:
    """One planted cell: by which side (0 or 1, in the order of the pair), in which round, the how-manieth."""

    side: int
    round: int
    place: int


@dataclass(frozen=True, slots=True)
class Due:
    """What one side lists in a round; ``items`` in this order: now, answers, plants."""

    answers: tuple[Plant, ...]
    plants: tuple[Plant, ...]
    items: Items


@dataclass(slots=True)
class Sentinels:
    """The same on both sides, each of which sees its own ``side`` of them.

    ``lists``: how many with cells either may send; 0 where there is no host, and nothing is planted.
    """

    key: bytes
    side: int
    lists: int
    _with_cells: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))

    def due(self, round_: int, *, has_cells: bool) -> Due:
        """For our list of this round."""
        answers = self._answers(self.side) if has_cells else ()
        plants = self._plants(round_) if has_cells else ()
        now = [self._cell(_NOW, 0, round_, place) for place in range(EACH_ROUND)]
        planted = [self._cell(_PLANTED, one.side, one.round, one.place) for one in (*answers, *plants)]
        return Due(answers, plants, items_of(SENTINEL, b"".join((*now, *planted))))

    def answered(self) -> tuple[Plant, ...]:
        """Which of our plants the other's list of this round answers, if it has cells."""
        return self._answers(1 - self.side)

    def end_round(self, round_: int, has_cells: tuple[bool, bool]) -> None:
        """``has_cells``: did the lists of the first and of the second have cells?"""
        for side in (0, 1):
            if has_cells[side]:
                self._with_cells[side].append(round_)

    def is_full(self, side: int) -> bool:
        """Has this side no room for another list with cells in this attempt?"""
        return 0 < self.lists <= len(self._with_cells[side])

    def _plants(self, round_: int) -> tuple[Plant, ...]:
        return tuple(Plant(self.side, round_, place) for place in range(EACH_PAIR * self.lists))

    def _answers(self, by: int) -> tuple[Plant, ...]:
        """For each earlier list of the other the next of its plants that no list of ``by`` has answered.

        Two lists of one round have *now* in common and need no more.
        """
        if not self.lists:
            return ()
        return tuple(
            Plant(1 - by, planted, EACH_PAIR * sum(each > planted for each in self._with_cells[by]) + place)
            for planted in self._with_cells[1 - by]
            for place in range(EACH_PAIR)
        )

    def _cell(self, kind: int, side: int, round_: int, place: int) -> bytes:
        told = bytes([kind, side]) + round_.to_bytes(4, "big") + place.to_bytes(4, "big")
        return blake2b(told, key=self.key, digest_size=CELL_BYTES).digest()
