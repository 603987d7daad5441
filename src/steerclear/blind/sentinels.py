# SPDX-License-Identifier: Apache-2.0
"""Which cells, known to both parties and to no host, must be met in each round?

A host, a key or a day that is wrong would look like *nothing met*. So every list carries cells of a reserved
type that must be met, and unless all of them are, the answer is undetermined.

    now       8, fresh in each round, in both lists: they meet within the round
    answers   8 of those that the other planted in earlier rounds of that day, so that a host that forgets or
              drops what came earlier is noticed
    plants    8 fresh ones in each list, 248 in the first, for the other to answer later

    round 0:      8 now         + 248 plants          fills 256 slots
    later:        8 now + 8 answers + 8 plants        fits into 32 slots

Which plants are answered is drawn from all outstanding ones (248 at any time, so half of the answers reach
back more than 21 rounds) under a key that the two parties share, from g^ab or the key of L2: both compute
it, and a host cannot know which of the met slots it may drop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from steerclear.blind.grid import SENTINEL
from steerclear.blind.tokens import Items, items_of

__all__ = ["AT_FIRST", "EACH_ROUND", "FIRST_PLANTS", "LATER", "Due", "Plant", "Sentinels"]

EACH_ROUND: Final = 8
FIRST_PLANTS: Final = 248
AT_FIRST: Final = EACH_ROUND + FIRST_PLANTS
LATER: Final = 3 * EACH_ROUND

_NOW: Final = 0
_PLANTED: Final = 1


@dataclass(frozen=True, slots=True, order=True)
class Plant:
    """One planted cell: by which side (0 or 1, in the order of the pair), in which round, the how-manieth."""

    side: int
    round: int
    place: int

    @property
    def cell(self) -> bytes:
        return _cell(_PLANTED, self.side, self.round, self.place)


@dataclass(frozen=True, slots=True)
class Due:
    """What one side lists in a round, and which of its own earlier plants the other lists in it."""

    round: int
    side: int
    answers: tuple[Plant, ...]
    plants: tuple[Plant, ...]
    answered: tuple[Plant, ...]

    @property
    def now(self) -> tuple[bytes, ...]:
        return tuple(_cell(_NOW, 0, self.round, place) for place in range(EACH_ROUND))

    @property
    def items(self) -> Items:
        """In this order: now, answers, plants."""
        cells = (*self.now, *(one.cell for one in self.answers), *(one.cell for one in self.plants))
        return items_of(SENTINEL, b"".join(cells))


@dataclass(slots=True)
class Sentinels:
    """The same on both sides; each takes the rounds in order, and sees its own ``side`` of them."""

    key: bytes
    side: int
    _round: int = 0
    _outstanding: tuple[list[Plant], list[Plant]] = field(default_factory=lambda: ([], []))

    def next(self) -> Due:
        drawn = [self._drawn(side) for side in (0, 1)]
        planted = [self._planted(side) for side in (0, 1)]
        for side in (0, 1):
            self._outstanding[side].extend(planted[side])
        due = Due(self._round, self.side, drawn[1 - self.side], planted[self.side], drawn[self.side])
        self._round += 1
        return due

    def _planted(self, side: int) -> tuple[Plant, ...]:
        count = EACH_ROUND if self._round else FIRST_PLANTS
        return tuple(Plant(side, self._round, place) for place in range(count))

    def _drawn(self, side: int) -> tuple[Plant, ...]:
        """Eight of this side's outstanding plants, by 64 bits of a keyed hash each; none at first."""
        if not self._round:
            return ()
        told = b"answers" + bytes([side]) + self._round.to_bytes(4, "big")
        draw = blake2b(told, key=self.key, digest_size=8 * EACH_ROUND).digest()
        waiting = self._outstanding[side]
        return tuple(
            waiting.pop(int.from_bytes(draw[at : at + 8], "big") % len(waiting))
            for at in range(0, len(draw), 8)
        )


def _cell(kind: int, side: int, round_: int, place: int) -> bytes:
    return bytes([kind, side]) + round_.to_bytes(4, "big") + place.to_bytes(2, "big") + bytes(4)
