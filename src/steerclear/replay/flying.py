# SPDX-License-Identifier: Apache-2.0
"""Where is something that a play's world shows? On its way from one place to another, every ten seconds."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians
from typing import Final

from steerclear.model.space import Position
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.replay.sights import ShowTrack

__all__ = ["EVERY_MS", "Flying"]

EVERY_MS: Final = 10_000
"""Before a report grows stale; a radar turns as often."""

_MM_A_DEGREE: Final = 111_195_000
_UNCERTAIN_MM: Final = 50_000


@dataclass(frozen=True, slots=True)
class Flying:
    """What is shown, and since when."""

    shown: ShowTrack
    since: Instant

    def report(self, at: Instant) -> Track | None:
        """Where it then is; ``None`` before and after it is shown."""
        if not self.since <= at <= self.shown.until or self.since == self.shown.until:
            return None
        begins, ends = self.shown.begins, self.shown.ends
        length_s = (self.shown.until - self.since) / 1000
        part = (at - self.since) / 1000 / length_s
        lat = begins.lat_e7 + part * (ends.lat_e7 - begins.lat_e7)
        lon = begins.lon_e7 + part * (ends.lon_e7 - begins.lon_e7)
        north = (ends.lat_e7 - begins.lat_e7) / 1e7 * _MM_A_DEGREE / length_s
        east = (ends.lon_e7 - begins.lon_e7) / 1e7 * _MM_A_DEGREE * cos(radians(lat / 1e7)) / length_s
        return Track(
            ref=self.shown.track,
            whose="unknown",
            seen_at=at,
            position=Position(round(lat), round(lon)),
            altitude=self.shown.altitude,
            speed_east_mm_s=round(east),
            speed_north_mm_s=round(north),
            climb_ft_min=0,
            uncertain_by_mm=_UNCERTAIN_MM,
        )

    def next_at(self, after: Instant) -> Instant | None:
        """The next report after that instant; ``None`` when there is none."""
        turns = (after - self.since) // EVERY_MS + 1
        at = Instant(self.since + max(turns, 0) * EVERY_MS)
        return at if at <= self.shown.until else None
