# SPDX-License-Identifier: Apache-2.0
"""What does a node answer to a map? The areas that stand, and about a draft: gate, meetings, ways out.

Rings are closed, longitude first, in degrees; they may run beyond ±180 so that each is in one piece.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "AreaShown",
    "DraftCheck",
    "DraftDrawn",
    "DraftGate",
    "DraftMeeting",
    "DraftWay",
    "DrawnRings",
    "MeetingShown",
    "MovesShown",
    "PictureShown",
    "SpotShown",
]

DrawnRings = tuple[tuple[tuple[tuple[float, float], ...], ...], ...]
"""Polygons; of each its outer ring and its holes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesShown:
    """Of something under way: longitude and latitude, UTC second and radius in metres of each point."""

    points: tuple[tuple[float, float], ...]
    times_s: tuple[int, ...]
    radii_m: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShown:
    """One volume of a notice. ``drawn``: polygons, each a list of closed rings of longitude and latitude,
    which may run beyond ±180 so that a ring is in one piece; empty where a shape cannot be drawn.

    ``screened`` is the worst finding that this node knows, in one of the four words of a finding.
    """

    notice: str
    short: str
    author: str
    ref: str
    kind: str
    notice_class: str
    state: str
    part: int
    parts: int
    start: str
    end: str
    lower: str
    upper: str
    drawn: DrawnRings
    moves: MovesShown | None
    screened: Literal["NO CONFLICT KNOWN", "CONFLICT", "UNDETERMINED"]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingShown:
    """A conflict as its screener drew it: the part that concerns both, and nothing else of either."""

    about: tuple[str, ...]
    first_at: str
    words: str
    drawn: DrawnRings


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotShown:
    """The place of a STOP that is not closed, in degrees."""

    short: str
    caller: str
    lon: float
    lat: float
    drill: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureShown:
    """The map at ``now``. ``sealed``: entries of others that may be notices and cannot be opened here."""

    member: str
    now: str
    areas: tuple[AreaShown, ...]
    meetings: tuple[MeetingShown, ...]
    stops: tuple[SpotShown, ...]
    sealed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftGate:
    """What the gate says of a notice of the draft. ``overridable`` by a reason; *shown* asks for nothing."""

    ref: str
    code: str
    severity: Literal["block", "warn", "shown"]
    words: str
    overridable: bool
    overridden_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDrawn:
    """The rings of one volume, as ``services.picture`` draws what was filed."""

    ref: str
    part: int
    drawn: DrawnRings


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMeeting:
    """Another member's notice that the draft meets, or of which it cannot be said."""

    ref: str
    short: str
    author: str
    finding: Literal["CONFLICT", "UNDETERMINED"]
    words: str
    drawn: DrawnRings


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWay:
    """The nearest change after which nothing that is readable here is met; ``geojson`` the changed draft."""

    ref: str
    way: Literal["start", "altitude"]
    words: str
    geojson: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCheck:
    """``passes``: filing it as it stands, with these reasons, would not be refused. Not permission.

    ``finding`` is among ``compared`` notices of others; ``sealed`` entries could not be.
    """

    passes: bool
    gate: tuple[DraftGate, ...]
    drawn: tuple[DraftDrawn, ...]
    finding: Literal["NO CONFLICT KNOWN", "CONFLICT", "UNDETERMINED"]
    words: str
    compared: int
    sealed: int
    meets: tuple[DraftMeeting, ...]
    ways: tuple[DraftWay, ...]
