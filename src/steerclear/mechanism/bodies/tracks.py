# SPDX-License-Identifier: Apache-2.0
"""What a live picture says to others: an alarm without a place, what an annex lets be shown, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar

from steerclear.model.annex import AnnexName
from steerclear.model.forms import Count, Hash, Id, Label, Millimetres, SignedRate, Text
from steerclear.model.member import MemberId
from steerclear.model.space import Altitude, Position
from steerclear.model.time import Instant
from steerclear.model.track import TrackDanger

__all__ = [
    "AnnexMeant", "NoticeMeant", "ShownTrack", "TrackAct", "TrackAlarm", "TrackAnswer", "TrackDuty",
    "TrackEnd", "TrackHolder", "TrackOver", "TrackShow", "TrackSide",
]  # fmt: skip


class TrackDuty(Enum):
    """What the caller of an alarm owes."""

    CALL = "call"
    ASK_OWNERSHIP = "ask-ownership"
    WARN_AIRLINER = "warn-airliner"
    AMEND_OR_RETURN = "amend-or-return"


class TrackSide(Enum):
    """What a track or an area belongs to."""

    MEMBER = "member"
    CIVIL = "civil"
    UNKNOWN = "unknown"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class TrackHolder:
    """Whose a track or an area is."""

    side: Annotated[TrackSide, "A member's, civil, nobody has named it, or agreed by all."]
    member: Annotated[MemberId | None, "Which member; null for any other side."]


@dataclass(frozen=True, slots=True)
class AnnexMeant:
    """It concerns what an annex agreed: an area of it, or its minima."""

    IS: ClassVar[str] = "annex"
    annex: Annotated[AnnexName, "Which annex."]
    content: Annotated[Hash, "Its hash."]
    area: Annotated[Label | None, "The agreed area, as the annex names it; null: the annex as a whole."]


@dataclass(frozen=True, slots=True)
class NoticeMeant:
    """It concerns a notice: its area, or what a movement filed."""

    IS: ClassVar[str] = "notice"
    notice: Annotated[Id, "The notice.file."]


@dataclass(frozen=True, slots=True)
class TrackAlarm:
    """A danger that a live picture sees, and who must call whom. Never where: that is shown by itself."""

    danger: Annotated[TrackDanger, "Two tracks too close, one in an area, or one outside of what it filed."]
    concerns: Annotated[
        AnnexMeant | NoticeMeant | None, "The annex or notice that it concerns; null: none is in force."
    ]
    track: Annotated[TrackHolder, "Whose the track is."]
    other: Annotated[TrackHolder, "Whose the other track or the area is."]
    owes: Annotated[TrackDuty, "What its caller owes."]
    caller: Annotated[MemberId, "Who must call."]
    called: Annotated[MemberId | None, "Whom; null: civil control."]
    first_at: Annotated[Instant, "When it comes, or came, to the minute before."]
    is_certain: Annotated[bool, "False: a height or a velocity is not known, so that it is Undetermined."]
    due_at: Annotated[Instant, "Called by then."]


@dataclass(frozen=True, slots=True)
class ShownTrack:
    """One of the author's own aircraft, under a name that holds for this alarm alone."""

    number: Annotated[Count, "Its number within this alarm."]
    seen_at: Annotated[Instant, "When it was seen there."]
    position: Annotated[Position, "Where."]
    altitude: Annotated[Altitude | None, "How high; null: not known."]
    east_mm_s: Annotated[SignedRate | None, "Speed to the east in mm/s; null: the velocity is not known."]
    north_mm_s: Annotated[SignedRate | None, "Speed to the north in mm/s."]
    climb_ft_min: Annotated[SignedRate | None, "Climb in ft/min; null: not known."]
    uncertain_mm: Annotated[Millimetres, "So far it may be from there."]


@dataclass(frozen=True, slots=True)
class TrackShow:
    """Own aircraft, as far as the disclosure annex lets them be shown while an alarm stands."""

    alarm: Annotated[Id, "The track.alarm."]
    tracks: Annotated[tuple[ShownTrack, ...], "Those that are shown."]


class TrackEnd(Enum):
    """Why an alarm stands no longer."""

    CLEAR = "clear"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class TrackOver:
    """The picture that raised the alarm sees the danger no longer."""

    alarm: Annotated[Id, "The track.alarm."]
    because: Annotated[TrackEnd, "Clear with its tracks in sight, or out of sight for too long."]


class TrackAct(Enum):
    """What is done about an alarm."""

    CALLED = "called"
    ASKED = "asked"
    TURNED_AWAY = "turned-away"
    RETURNED = "returned"
    AMENDED = "amended"
    HELD = "held"
    ATC_WARNED = "atc-warned"
    NOT_OURS = "not-ours"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True)
class TrackAnswer:
    """What one side does about an alarm."""

    alarm: Annotated[Id, "The track.alarm."]
    act: Annotated[TrackAct, "Called, turned away, returned, amended, held, ATC warned, not ours, cannot."]
    because: Annotated[Text | None, "A remark, or why it cannot."]
