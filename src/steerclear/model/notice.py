# SPDX-License-Identifier: Apache-2.0
"""The 4D statement that one member makes to others: this is where, when and how high."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from steerclear.errors import BadInput
from steerclear.model.member import MemberId
from steerclear.model.space import Volume
from steerclear.model.time import TimeSpan

__all__ = ["Domain", "Notice", "NoticeKind"]


class NoticeKind(Enum):
    """The kinds of file 6 of the design; an annex may use fewer."""

    HAZARD = "hazard"
    FLIGHT = "flight"
    TRANSIT = "transit"
    KEEP_OUT = "keep-out"
    OWN_PRESENCE = "own-presence"
    MOVEMENT = "movement"
    SITE = "site"
    WORKS = "works"
    EXERCISE = "exercise"
    EMISSION = "emission"  # jamming or laser
    LAUNCH = "launch"
    DRONE = "drone"
    RESCUE = "rescue"


class Domain(Enum):
    AIR = "air"
    GROUND = "ground"
    SEA = "sea"


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of a notice as its filer states it.

    ``ref``     the filer's own reference (the ``id`` of a GeoJSON feature), unique within what was filed
    ``party``   who acts in the volumes
    ``near``    the named place or reference that the filer gives ("12 km NE of OSDZ"), to be held
                against the coordinates; ``None`` when none was given
    """

    ref: str
    party: MemberId
    kind: NoticeKind
    volumes: tuple[Volume, ...]
    near: str | None = None

    def __post_init__(self) -> None:
        if not self.volumes:
            raise BadInput(
                "notice-without-volume",
                f"Notice {self.ref} has no volume.",
                remedy="Give an area, a band and a time.",
                where=self.ref,
            )
        if not 1 <= len(self.ref) <= 80 or not self.ref.isprintable():
            raise BadInput(
                "notice-reference",
                "A notice's id is empty, longer than 80 characters, or holds control characters.",
                remedy="Give a short printable id, unique in the file.",
            )

    @property
    def span(self) -> TimeSpan:
        """From the first start to the last end of its volumes."""
        return TimeSpan(
            min(volume.span.start_s for volume in self.volumes),
            max(volume.span.end_s for volume in self.volumes),
        )
