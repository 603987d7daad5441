# SPDX-License-Identifier: Apache-2.0
"""Where something was seen to be: position, altitude with datum, velocity, age and uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from steerclear.model.space import Altitude, Position
from steerclear.model.time import Instant

__all__ = ["Shows", "Track", "TrackDanger"]


@dataclass(frozen=True, slots=True)
class Track:
    """One report of a moving thing. An altitude that was not reported is ``None``, never 0."""

    ref: str
    whose: Literal["own", "other", "civil", "unknown"]
    seen_at: Instant
    position: Position
    altitude: Altitude | None
    speed_east_mm_s: int
    speed_north_mm_s: int
    climb_ft_min: int | None
    uncertain_by_mm: int


class TrackDanger(Enum):
    """What the live picture warns of: two tracks too close, one in an area, one outside of what it filed."""

    SEPARATION = "separation"
    ENTRY = "entry"
    DEPARTURE = "departure"


class Shows(Enum):
    """How much of its own live picture a party shows with an alarm; the earlier is the more restrictive.

    nothing   the alarm stays at its own desk
    alarm     who must call whom about what, and when; no place
    near      with it its own aircraft that are near the other's areas and aircraft
    all       with it all its own aircraft
    """

    NOTHING = "nothing"
    ALARM = "alarm"
    NEAR = "near"
    ALL = "all"

    @property
    def openness(self) -> int:
        return list(Shows).index(self)
