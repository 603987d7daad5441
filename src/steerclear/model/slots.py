# SPDX-License-Identifier: Apache-2.0
"""What can fill a slot of a signal? One value for each sort of thing, its unit and datum in its type.

Only these travel, never a rendered text: each reader's own node says them in the reader's own language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from steerclear.model.forms import Callsign, Degrees, Id, Kilohertz, Label, Metres, Seconds
from steerclear.model.member import DeskName, MemberId
from steerclear.model.space import Altitude, Position
from steerclear.model.time import Instant

__all__ = [
    "AltitudeSlot", "AreaSlot", "CallsignSlot", "DeskSlot", "DistanceSlot", "DurationSlot", "FrequencySlot",
    "HeadingSlot", "ItemSlot", "MemberSlot", "MovementSlot", "NumberSlot", "PlaceSlot", "SlotValue",
    "TimeSlot", "TrackSlot",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceSlot:
    """A place, shown three ways."""

    IS: ClassVar[str] = "place"
    place: Annotated[Position, "A place, shown three ways."]


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """A time, shown in Z."""

    IS: ClassVar[str] = "time"
    at: Annotated[Instant, "A time, shown in Z."]


@dataclass(frozen=True, slots=True)
class AreaSlot:
    """The area of a notice."""

    IS: ClassVar[str] = "area"
    notice: Annotated[Id, "The notice whose area is meant."]


@dataclass(frozen=True, slots=True)
class TrackSlot:
    """Something that is seen to move."""

    IS: ClassVar[str] = "track"
    track: Annotated[Label, "A track, by its reference."]


@dataclass(frozen=True, slots=True)
class NumberSlot:
    """A count, or a step of a scale that the signal names."""

    IS: ClassVar[str] = "number"
    number: Annotated[int, "A number."]


@dataclass(frozen=True, slots=True)
class DeskSlot:
    """A desk of a member."""

    IS: ClassVar[str] = "desk"
    member: Annotated[MemberId, "A member."]
    desk: Annotated[DeskName, "Its desk."]


@dataclass(frozen=True, slots=True)
class MovementSlot:
    """A notified movement."""

    IS: ClassVar[str] = "movement"
    movement: Annotated[Id, "A movement."]


@dataclass(frozen=True, slots=True)
class ItemSlot:
    """Anything that was said before."""

    IS: ClassVar[str] = "item"
    item: Annotated[Id, "An earlier statement."]


@dataclass(frozen=True, slots=True)
class AltitudeSlot:
    """A height with its datum."""

    IS: ClassVar[str] = "altitude"
    altitude: Annotated[Altitude, "How high, and above what."]


@dataclass(frozen=True, slots=True)
class MemberSlot:
    """A member of the mechanism."""

    IS: ClassVar[str] = "member"
    member: Annotated[MemberId, "A member."]


@dataclass(frozen=True, slots=True)
class CallsignSlot:
    """The callsign of a rescue, a medical flight or a vessel; never a unit's name."""

    IS: ClassVar[str] = "callsign"
    callsign: Annotated[Callsign, "A callsign as it is said on the radio."]


@dataclass(frozen=True, slots=True)
class DurationSlot:
    """How long."""

    IS: ClassVar[str] = "duration"
    seconds: Annotated[Seconds, "How long."]


@dataclass(frozen=True, slots=True)
class HeadingSlot:
    """A direction of movement over true north."""

    IS: ClassVar[str] = "heading"
    degrees: Annotated[Degrees, "Over true north."]


@dataclass(frozen=True, slots=True)
class DistanceSlot:
    """How far."""

    IS: ClassVar[str] = "distance"
    metres: Annotated[Metres, "How far."]


@dataclass(frozen=True, slots=True)
class FrequencySlot:
    """A radio frequency."""

    IS: ClassVar[str] = "frequency"
    kilohertz: Annotated[Kilohertz, "In kilohertz."]


SlotValue = (
    PlaceSlot | TimeSlot | AreaSlot | TrackSlot | NumberSlot | DeskSlot | MovementSlot | ItemSlot
    | AltitudeSlot | MemberSlot | CallsignSlot | DurationSlot | HeadingSlot | DistanceSlot | FrequencySlot
)  # fmt: skip
