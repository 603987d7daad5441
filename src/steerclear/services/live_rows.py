# SPDX-License-Identifier: Apache-2.0
"""What does a node answer about its live picture? Rows for faces; nothing here brings the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FeedShown", "LiveAlarmRow", "TrackRow", "TracksShown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRow:
    """One track. ``whose``: a member, civil or unknown; ``state`` stale and doubtful are Undetermined.

    ``height`` in words; ``speed_m_s`` and ``course_deg`` are ``None`` where no velocity was reported;
    ``ahead`` longitude and latitude at the end of the look-ahead.
    """

    ref: str
    whose: str
    is_ours: bool
    lon: float
    lat: float
    height: str | None
    speed_m_s: float | None
    course_deg: float | None
    climb_ft_min: int | None
    seen_at: str
    age_s: float
    state: Literal["fresh", "stale", "doubtful"]
    ahead: tuple[float, float] | None
    flies: str | None
    alarmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAlarmRow:
    """A danger that a desk has been told of. ``level``: ahead, now, or unseen, which is Undetermined.

    ``told`` the ids of the ``track.alarm`` that say so; none of an alarm that another member raised.
    """

    danger: str
    tracks: tuple[str, ...]
    concerns: str
    level: str
    first_at: str
    is_certain: bool
    words: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedShown:
    """How a feed is. ``state``: connected, or not, with the ``fault``; ``dropped`` by cause."""

    name: str
    state: Literal["connected", "not connected"]
    whose: str
    fault: str
    last_good_at: str | None
    age_s: float | None
    reports: int
    dropped: dict[str, int]
    connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TracksShown:
    """The live picture of this node at one moment; none of it has left the node by being shown here."""

    now: str
    look_ahead_s: int
    tracks: tuple[TrackRow, ...]
    alarms: tuple[LiveAlarmRow, ...]
    feeds: tuple[FeedShown, ...]
