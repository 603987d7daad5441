# SPDX-License-Identifier: Apache-2.0
"""What did somebody type into the slots of a signal, and does a read-back repeat what was sent?

    place=37SCU7398320948   time=2025-04-09T08:00Z    area=TUR-0042     track=T14        number=4
    altitude="3000 ft AMSL" altitude=FL240            heading=270       duration=1h30m   distance=5km
    desk="TUR air"          member=TUR                item=ISR-0017     frequency=121.5MHz
    callsign="MEDIC 12"     movement=MSF-0003

Heights are whole feet, distances whole metres: what would have to be rounded is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.formats.coordinates import parse_position, spell
from steerclear.formats.quoting import quoted
from steerclear.model.catalogue import SIGNALS
from steerclear.model.forms import Callsign, Degrees, Kilohertz, Label, Metres, Seconds
from steerclear.model.member import desk_name, member_id
from steerclear.model.signal import Message, Signal, Slot, SlotKind
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
from steerclear.model.space import Altitude, Datum
from steerclear.model.time import Instant, parse_typed_instant_us
from steerclear.model.wire import JsonValue, codec_of

__all__ = ["FORMS", "ThingOf", "differences", "fill", "read_slot", "signal_named"]

ThingOf = Callable[[str], str]
"""The id of what somebody named: ``TUR-0042``. Raises ``BadInput`` where nothing is called so."""

_HEIGHT: Final = re.compile(r"(-?\d{1,7}) ?(?:ft)? ?(AMSL|AGL|WGS84|STD)", re.ASCII | re.IGNORECASE)
_LEVEL: Final = re.compile(r"FL ?(\d{1,3})", re.ASCII | re.IGNORECASE)
_DURATION: Final = re.compile(r"(?:(\d{1,5}) ?h)? ?(?:(\d{1,6}) ?m(?:in)?)? ?(?:(\d{1,9}) ?s)?", re.ASCII)
_DISTANCE: Final = re.compile(r"(\d{1,9})(?:\.(\d{1,3}))? ?(km|m)", re.ASCII)
_FREQUENCY: Final = re.compile(r"(\d{1,6})(?:\.(\d{1,3}))? ?(MHz|kHz)", re.ASCII | re.IGNORECASE)

FORMS: Final[Mapping[SlotKind, str]] = {
    SlotKind.PLACE: "coordinates in degrees, DMS or MGRS, as 37SCU7398320948",
    SlotKind.TIME: "a time in Z, as 2025-04-09T08:00Z",
    SlotKind.AREA: "a notice as the inbox names it, as TUR-0042",
    SlotKind.TRACK: "the reference of a track, up to 80 characters",
    SlotKind.NUMBER: "a whole number",
    SlotKind.DESK: "a member and its desk, as TUR air",
    SlotKind.MOVEMENT: "a movement as the inbox names it, as MSF-0003",
    SlotKind.ITEM: "an entry as the inbox names it, as ISR-0017",
    SlotKind.ALTITUDE: "feet and datum, as 3000 ft AMSL, or a flight level, as FL240",
    SlotKind.MEMBER: "a member's name, as TUR",
    SlotKind.CALLSIGN: "2 to 16 capitals, digits, blanks or hyphens, as MEDIC 12",
    SlotKind.DURATION: "hours, minutes and seconds, as 1h30m or 90s",
    SlotKind.HEADING: "whole degrees over true north, from 0 to 360",
    SlotKind.DISTANCE: "metres or kilometres, as 800m or 2.5km",
    SlotKind.FREQUENCY: "megahertz or kilohertz, as 121.5MHz",
}
"""How each kind is typed, for help and remedies."""


def signal_named(code: str) -> Signal:
    """Raises ``BadInput`` (``signal-unknown``)."""
    if code not in SIGNALS:
        raise BadInput(
            "signal-unknown",
            f"{quoted(code)} is no signal of the catalogue.",
            where="code",
            remedy="See steerclear signals list, or look for a word with steerclear signals search.",
        )
    return SIGNALS[code]


def fill(signal: Signal, typed: Mapping[str, str], *, thing_of: ThingOf) -> tuple[SlotValue, ...]:
    """The values of all slots, in order, from texts by name. Raises ``BadInput``: ``slot-names`` and more."""
    names = [slot.name for slot in signal.slots]
    missing = [name for name in names if name not in typed]
    extra = [name for name in typed if name not in names]
    if missing or extra:
        faults = [f"lacks {', '.join(missing)}"] if missing else []
        faults += [f"has no slot {', '.join(quoted(name) for name in extra)}"] if extra else []
        wanted = " ".join(f"{slot.name}={slot.kind.value.upper()}" for slot in signal.slots) or "no slots"
        raise BadInput(
            "slot-names",
            f"The signal {signal.code} {' and '.join(faults)}.",
            where="slots",
            remedy=f"Give each of its slots once: {wanted}.",
        )
    return tuple(read_slot(slot, typed[slot.name], thing_of=thing_of) for slot in signal.slots)


def read_slot(slot: Slot, text: str, *, thing_of: ThingOf) -> SlotValue:
    """One value as typed. Raises ``BadInput``: ``slot-form``, and what positions, times and names raise."""
    value = _READERS[slot.kind](text.strip(), thing_of)
    why_not = "that is not its form" if value is None else slot.why_not(value)
    if value is None or why_not is not None:
        raise BadInput(
            "slot-form",
            f"{quoted(text)} does not fill the slot {slot.name}: {why_not}.",
            where=slot.name,
            remedy=f"Give {FORMS[slot.kind]}{_bounds(slot)}.",
        )
    return value


def differences(sent: Message, code: str, repeated: tuple[SlotValue, ...]) -> tuple[str, ...]:
    """What a read-back does not repeat: ``code``, and names of slots. Values are compared, never texts.

    A position is repeated by any of the three ways in which it was shown; a time by its second.
    """
    signal = signal_named(sent.code)
    if code != sent.code:
        return ("code",)
    pairs = zip(signal.slots, sent.slots, repeated, strict=True)
    return tuple(slot.name for slot, told, said in pairs if not _repeats(told, said))


def _repeats(told: SlotValue, said: SlotValue) -> bool:
    if isinstance(told, PlaceSlot) and isinstance(said, PlaceSlot):
        ways, others = spell(told.place), spell(said.place)
        return ways.decimal == others.decimal or ways.dms == others.dms or ways.mgrs == others.mgrs
    if isinstance(told, TimeSlot) and isinstance(said, TimeSlot):
        return told.at // 1000 == said.at // 1000
    return told == said


def _bounds(slot: Slot) -> str:
    return "" if slot.smallest is None else f" from {slot.smallest} to {slot.largest}"


# -- one reader for each kind; ``None`` is another form ----------------------------------------------------


def _time(text: str, _: ThingOf) -> SlotValue | None:
    whole_s = parse_typed_instant_us(text) // 1_000_000
    return TimeSlot(Instant(whole_s * 1000))


def _number(text: str, _: ThingOf) -> SlotValue | None:
    return NumberSlot(int(text)) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else None


def _desk(text: str, _: ThingOf) -> SlotValue | None:
    member, _blank, desk = text.partition(" ")
    return DeskSlot(member_id(member), desk_name(desk))


def _altitude(text: str, _: ThingOf) -> SlotValue | None:
    if level := _LEVEL.fullmatch(text):
        return AltitudeSlot(Altitude(int(level[1]) * 100, Datum.STD))
    height = _HEIGHT.fullmatch(text)
    return AltitudeSlot(Altitude(int(height[1]), Datum(height[2].upper()))) if height else None


def _duration(text: str, _: ThingOf) -> SlotValue | None:
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return _checked(DurationSlot, Seconds, (hours * 60 + minutes) * 60 + seconds)


def _heading(text: str, _: ThingOf) -> SlotValue | None:
    match = re.fullmatch(r"(\d{1,3})(?:°?T?)", text, re.ASCII)
    if match is None:
        return None
    return _checked(HeadingSlot, Degrees, 0 if match[1] == "360" else int(match[1]))


def _distance(text: str, _: ThingOf) -> SlotValue | None:
    return _thousandths(_DISTANCE.fullmatch(text), "km", DistanceSlot, Metres)


def _frequency(text: str, _: ThingOf) -> SlotValue | None:
    return _thousandths(_FREQUENCY.fullmatch(text), "mhz", FrequencySlot, Kilohertz)


def _thousandths(match: re.Match[str] | None, large: str, slot: Any, form: Any) -> SlotValue | None:
    """A number with up to three decimals in the large unit, or a whole number in the small one."""
    if match is None or (match[2] and match[3].lower() != large):
        return None
    scale = 1000 if match[3].lower() == large else 1
    return _checked(slot, form, int(match[1]) * scale + int((match[2] or "0").ljust(3, "0")))


def _checked(slot: Any, form: Any, value: JsonValue) -> SlotValue | None:
    """The slot, or ``None`` where its wire form would not take the value."""
    try:
        filled: SlotValue = slot(codec_of(form).read(value, "slot"))
    except BadInput:
        return None
    return filled


_READERS: Final[Mapping[SlotKind, Callable[[str, ThingOf], SlotValue | None]]] = {
    SlotKind.PLACE: lambda text, _: PlaceSlot(parse_position(text)),
    SlotKind.TIME: _time,
    SlotKind.AREA: lambda text, thing_of: AreaSlot(thing_of(text)),
    SlotKind.TRACK: lambda text, _: _checked(TrackSlot, Label, text),
    SlotKind.NUMBER: _number,
    SlotKind.DESK: _desk,
    SlotKind.MOVEMENT: lambda text, thing_of: MovementSlot(thing_of(text)),
    SlotKind.ITEM: lambda text, thing_of: ItemSlot(thing_of(text)),
    SlotKind.ALTITUDE: _altitude,
    SlotKind.MEMBER: lambda text, _: MemberSlot(member_id(text)),
    SlotKind.CALLSIGN: lambda text, _: _checked(CallsignSlot, Callsign, text),
    SlotKind.DURATION: _duration,
    SlotKind.HEADING: _heading,
    SlotKind.DISTANCE: _distance,
    SlotKind.FREQUENCY: _frequency,
}
