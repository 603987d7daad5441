# SPDX-License-Identifier: Apache-2.0
"""Where something was seen to be: position, altitude with datum, velocity, age and uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from steerclear.model.space import Altitude, Position
from steerclear.model.time import Instant

__all__ = ["Track"]


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
