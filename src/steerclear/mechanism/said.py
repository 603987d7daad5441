# SPDX-License-Identifier: Apache-2.0
"""One opened statement at its place, with its body read: what every rule stands on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from steerclear.mechanism.entry import Place
from steerclear.mechanism.true_time import TrueTime
from steerclear.model.time import Instant

__all__ = ["OUTSIDE_ANY_LOG", "Said", "conflict_id", "order_of"]

B = TypeVar("B", covariant=True)

OUTSIDE_ANY_LOG: Final = -1
"""The generation of a floor message that was overheard and stands in no log yet."""


@dataclass(frozen=True, slots=True)
class Said(Generic[B]):
    """``at`` when its entry is held to be written (ms); ``said_at`` the author's claim; no ``readers``:
    everybody; ``message`` the hash of the signed statement, where it is known; ``time`` what is held of the
    entry's time where it is not the plain claim, ``None`` where it is."""

    id: str
    kind: str
    author: str
    desk: str | None
    to: tuple[str, ...]
    at: Instant
    said_at: Instant
    body: B
    place: Place
    heads: Mapping[str, int]
    readers: tuple[str, ...] | None
    signed_as: frozenset[str]
    doubt: str | None
    generations: Mapping[str, int]
    message: str | None
    time: TrueTime | None = None

    @property
    def is_in_a_log(self) -> bool:
        return self.place.generation != OUTSIDE_ANY_LOG

    def is_readable_by(self, member: str) -> bool:
        return self.readers is None or member in self.readers or member == self.author


def order_of(said: Said[object]) -> tuple[bool, Place]:
    """Order within what one author said: by place in the log; what was only overheard comes last."""
    return (not said.is_in_a_log, said.place)


def conflict_id(notice: str, other: str) -> str:
    """The id of the conflict between two notices: the same whoever finds it, whichever way round."""
    first, second = sorted((notice, other))
    return hashlib.sha256(f"conflict {first} {second}".encode()).hexdigest()[:32]
