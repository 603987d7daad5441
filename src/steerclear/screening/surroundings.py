# SPDX-License-Identifier: Apache-2.0
"""What stands around a notice? The notices of others, made ready once for many questions.

    insert, remove ──► near(ours, …) ──► the volumes of other sides that may come too near

What is not near certainly is no conflict; what is near is still to be assessed. A side's own notices, and
so a notice's own earlier version, never stand around it: that is a rule here, and not the caller's care.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count

from steerclear.model.finding import SeparationMinima
from steerclear.model.notice import Notice, NoticeKind
from steerclear.screening.index import ConflictIndex
from steerclear.screening.prepared import UNBOUNDED_FT, Box, Prepared, prepare_all

__all__ = ["NOWHERE", "Room", "StandingVolume", "Surroundings"]


@dataclass(frozen=True, slots=True)
class Room:
    """How far a notice may move from where it is, on top of the minima that it keeps."""

    within_s: int = 0
    within_m: int = 0
    any_height: bool = False


NOWHERE = Room()
"""It stays where it is."""


@dataclass(frozen=True, slots=True, eq=False)
class StandingVolume:
    """Volume ``number`` (from 0) of the notice ``key``, which ``side`` answers for."""

    key: str
    number: int
    side: str
    kind: NoticeKind
    prepared: Prepared


class Surroundings:
    """Notices by key. Each has a side: whoever must keep clear of the others, and not of itself."""

    def __init__(self) -> None:
        # Whoever asks brings their own minima, so the index itself has none.
        self._index: ConflictIndex[int] = ConflictIndex(SeparationMinima(0, 0, 0))
        self._standing: dict[int, StandingVolume] = {}
        self._places: dict[str, tuple[NoticeKind, tuple[int, ...]]] = {}
        self._kinds: Counter[NoticeKind] = Counter()
        self._next = count()

    @classmethod
    def of(cls, notices: Sequence[Notice]) -> Surroundings:
        """All at once, each on the side of its party. Raises ``BadInput`` as ``prepare_all`` does."""
        prepared = iter(prepare_all([volume for notice in notices for volume in notice.volumes]))
        around = cls()
        for place, notice in enumerate(notices):
            around.insert(str(place), notice.party, notice.kind, [next(prepared) for _ in notice.volumes])
        return around

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    @property
    def keys(self) -> Collection[str]:
        return self._places.keys()

    @property
    def kinds(self) -> Collection[NoticeKind]:
        """The kinds of all that stands here."""
        return self._kinds.keys()

    def insert(self, key: str, side: str, kind: NoticeKind, volumes: Sequence[Prepared]) -> None:
        """Add a notice; one that stands under the key already is replaced."""
        if key in self._places:
            self.remove(key)
        places = []
        for number, prepared in enumerate(volumes):
            places.append(next(self._next))
            self._standing[places[-1]] = StandingVolume(key, number, side, kind, prepared)
            self._index.insert_prepared(places[-1], prepared)
        self._places[key] = (kind, tuple(places))
        self._kinds[kind] += 1

    def remove(self, key: str) -> None:
        """Take a notice out. Raises ``KeyError`` when there is none under the key."""
        kind, places = self._places.pop(key)
        for place in places:
            del self._standing[place]
            self._index.remove(place)
        self._kinds[kind] -= 1
        if not self._kinds[kind]:
            del self._kinds[kind]

    def near(
        self, ours: Prepared, side: str, minima: SeparationMinima, room: Room = NOWHERE
    ) -> list[StandingVolume]:
        """The volumes of other sides that may come nearer than the minima, in the order of their coming.

        Give the largest minima that the notice has against anything here.
        """
        box = _with_room(ours.box(), room).widened(minima)
        found = (self._standing[place] for place in self._index.candidates_of_box(box))
        return [each for each in found if each.side != side]


def _with_room(box: Box, room: Room) -> Box:
    (x, y, z, start, floor), (x1, y1, z1, end, ceiling) = box.low, box.high
    if room.any_height:
        floor, ceiling = -UNBOUNDED_FT, UNBOUNDED_FT
    by_m, by_s = room.within_m, room.within_s
    return Box(
        (x - by_m, y - by_m, z - by_m, start - by_s, floor),
        (x1 + by_m, y1 + by_m, z1 + by_m, end + by_s, ceiling),
    )
