# SPDX-License-Identifier: Apache-2.0
"""What goes over the line itself: checks, coded signals, voice, drills, waivers and the node's own beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from steerclear.model.forms import Hash, Id, Label, Readability, Text
from steerclear.model.member import MemberId
from steerclear.model.slots import (
    AltitudeSlot,
    AreaSlot,
    CallsignSlot,
    DeskSlot,
    DistanceSlot,
    DurationSlot,
    FrequencySlot,
    HeadingSlot,
    ItemSlot,
    MemberSlot,
    MovementSlot,
    NumberSlot,
    PlaceSlot,
    SlotValue,
    TimeSlot,
    TrackSlot,
)
from steerclear.model.time import Instant
from steerclear.record.beat import Unreadable

__all__ = [
    "AltitudeSlot", "AreaSlot", "CallsignSlot", "CheckAnswer", "CheckCall", "DeskSlot", "DistanceSlot",
    "DrillEnd", "DrillStart", "DurationSlot", "FrequencySlot", "HeadingSlot", "ItemSlot", "MemberSlot",
    "MovementSlot", "NodeBeat", "NumberSlot", "PlaceSlot", "SignalAnswer", "SignalReadBack", "SignalSend",
    "SlotValue", "TimeSlot", "TrackSlot", "VoiceLog", "Waive",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckCall:
    """The line is tested."""

    slot_at: Annotated[Instant | None, "The agreed time it belongs to; null: out of turn."]
    way: Annotated[Label, "Node, telephone, radio, and the like."]


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """Heard, and how well."""

    check: Annotated[Id, "The check.call."]
    readability: Annotated[Readability, "From 1 (nothing) to 5 (perfect)."]


@dataclass(frozen=True, slots=True)
class SignalSend:
    """A coded message; free text is possible, marked, and carries no safety meaning."""

    code: Annotated[Label, "The code, or “free-text”."]
    slots: Annotated[tuple[SlotValue, ...], "What fills its slots, in order."]
    read_back: Annotated[bool, "The receiver repeats code and slots before it counts as understood."]
    vocabulary: Annotated[Hash | None, "Hash of the catalogue that gives the code its meaning."]
    free_text: Annotated[Text | None, "For “free-text”."]


@dataclass(frozen=True, slots=True)
class SignalReadBack:
    """Code and slots repeated; it counts when they are the same."""

    signal: Annotated[Id, "The signal.send."]
    code: Annotated[Label, "The code."]
    slots: Annotated[tuple[SlotValue, ...], "The slots."]


@dataclass(frozen=True, slots=True)
class SignalAnswer:
    """A coded answer."""

    signal: Annotated[Id, "The signal.send."]
    code: Annotated[Label, "The code."]
    slots: Annotated[tuple[SlotValue, ...], "The slots."]
    free_text: Annotated[Text | None, "For “free-text”."]


@dataclass(frozen=True, slots=True)
class VoiceLog:
    """What was said on a voice line, entered by a desk that heard it. Shown, and derived from by nobody."""

    speaker: Annotated[MemberId, "Who spoke."]
    listener: Annotated[MemberId, "To whom."]
    said_at: Annotated[Instant, "When it was said."]
    gist: Annotated[Text, "What was said."]
    read_back: Annotated[bool, "It was read back."]
    about: Annotated[Id | None, "The thing it was about."]
    stands_for: Annotated[Label | None, "The statement kind that it would have been in writing."]


@dataclass(frozen=True, slots=True)
class DrillStart:
    """A drill begins; calls that name it are no emergency."""

    name: Annotated[Label, "What it is called."]
    scenario: Annotated[Text | None, "What is played."]


@dataclass(frozen=True, slots=True)
class DrillEnd:
    """The drill is over."""

    drill: Annotated[Id, "The drill.start."]
    text: Annotated[Text | None, "What was learned."]


@dataclass(frozen=True, slots=True)
class Waive:
    """The creditor lets a debtor off one obligation."""

    about: Annotated[Id, "The statement that the obligation is about."]
    what: Annotated[Label, "Which obligation, as obligations name it."]
    debtor: Annotated[MemberId, "Who owed it."]
    because: Annotated[Text | None, "Why."]


@dataclass(frozen=True, slots=True)
class NodeBeat:
    """The node lives, and names what it could not open. Its form belongs to the record."""

    unreadable: tuple[Unreadable, ...]
