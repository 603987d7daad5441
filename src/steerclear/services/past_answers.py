# SPDX-License-Identifier: Apache-2.0
"""What does a node answer about the past? What it knew at a moment, and the moments that one can go to."""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.services.answers import Inbox
from steerclear.services.map_answers import PictureShown

__all__ = ["MomentRow", "MomentsShown", "PastShown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastShown:
    """What this node knew at ``at``, by ``entries`` of all logs: its map, and what its member owed and was
    owed. It is of then: nothing of it is owed, open or safe now."""

    at: str
    member: str
    entries: int
    regime: str
    picture: PictureShown
    inbox: Inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentRow:
    """One statement: ``at`` when this node knew it, ``said_at`` when it was written into a log."""

    at: str
    said_at: str
    id: str
    short: str
    kind: str
    author: str
    desk: str | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentsShown:
    """The moments of an incident (``about``, ``words``) or of the days around an instant, oldest first.

    ``happened_at`` is what the incident is dated, or the instant; ``more`` earlier ones are left out.
    """

    about: str | None
    words: str
    begins_at: str
    ends_at: str
    happened_at: str
    moments: tuple[MomentRow, ...]
    more: int
