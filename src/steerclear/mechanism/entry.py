# SPDX-License-Identifier: Apache-2.0
"""What the rules see of one log entry: its place, what it had seen, and the statement, opened or sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from steerclear.model.time import Instant
from steerclear.record.statement import Statement

__all__ = ["DISOWNED", "Entry", "Place", "Sealed", "Shown"]

DISOWNED: Final = "disowned by its author's root"


class Place(NamedTuple):
    """Where an entry stands. Places of one log are ordered; between logs the order only breaks ties."""

    author: str
    generation: int
    seq: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the outside of a sealed entry shows where the annex says so (design file 3)."""

    thread: str | None = None
    of_class: str | None = None
    desk: str | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A statement that this node cannot open: its id, who can, and what its outside shows."""

    id: str
    recipients: tuple[str, ...]
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a verified log.

    ``author``      whose log it stands in (a carrier's log may hold a carried notifier's statement)
    ``heads``       size of every other member's log as its author had seen it
    ``generations`` the generation that such a size belongs to, where it is not the first (0)
    ``signed_as``   key roles that validly signed the statement: of ``authority duty node root``
    ``sealed_to``   who can open it; ``None``: it is in clear, and everybody can
    ``doubt``       why its key or its log cannot be fully trusted (expired, fork), or ``None``
    ``message``     hash of the signed statement as printed, which a *heard* names; ``None``: not known
    ``keys``        by role: from when until when (ms, exclusive) the keys that signed in it hold
    """

    author: str
    generation: int
    seq: int
    at: Instant
    heads: Mapping[str, int]
    content: Statement | Sealed
    signed_as: frozenset[str]
    sealed_to: tuple[str, ...] | None = None
    doubt: str | None = None
    generations: Mapping[str, int] = field(default_factory=dict)
    message: str | None = None
    keys: Mapping[str, tuple[Instant, Instant]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return Place(self.author, self.generation, self.seq)

    @property
    def readers(self) -> tuple[str, ...] | None:
        """Who can open it: the same answer whether or not this node could. ``None``: everybody."""
        return self.content.recipients if isinstance(self.content, Sealed) else self.sealed_to
