# SPDX-License-Identifier: Apache-2.0
"""A coded message: one code, one meaning, typed slots, rendered in each officer's own language.

    code       stable for ever; what it means never changes, a better meaning gets another code
    meaning    the English sentence, with each slot named once: "{area} is hot from {time}."
    read-back  the receiver repeats code and slot values before it counts as understood (RC-135, 2022)

A ``Message`` is what travels: the code and the slot values in the order of the slots, no text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from steerclear.model.slots import NumberSlot, SlotValue
from steerclear.model.wire import tag_of

__all__ = ["FREE_TEXT", "Group", "Message", "Signal", "Slot", "SlotKind", "kind_of_value", "signal_of"]

FREE_TEXT: Final = "free-text"
"""The code of a message in free words: marked on every face, and without safety meaning."""

_GAP: Final = re.compile(r"\{([a-z]+)(?::([a-z]+)(?::(\d+)-(\d+))?)?\}", re.ASCII)


class SlotKind(Enum):
    """The sort of thing that fills a slot; the value is the tag ``is`` of its wire form."""

    PLACE = "place"
    TIME = "time"
    AREA = "area"
    TRACK = "track"
    NUMBER = "number"
    DESK = "desk"
    MOVEMENT = "movement"
    ITEM = "item"
    ALTITUDE = "altitude"
    MEMBER = "member"
    CALLSIGN = "callsign"
    DURATION = "duration"
    HEADING = "heading"
    DISTANCE = "distance"
    FREQUENCY = "frequency"


class Group(Enum):
    """What a signal is about; only for finding it."""

    LINE = "line"
    OWNERSHIP = "ownership"
    AIR = "air"
    AREA = "area"
    HAZARD = "hazard"
    HOLD = "hold"
    PEOPLE = "people"
    MEDICAL = "medical"
    MOVEMENT = "movement"
    SEA = "sea"
    DRONE = "drone"
    WEATHER = "weather"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Slot:
    """A typed gap in the text of a signal; ``smallest`` and ``largest`` bound a number."""

    name: str
    kind: SlotKind
    smallest: int | None = None
    largest: int | None = None

    def why_not(self, value: SlotValue) -> str | None:
        """Why ``value`` cannot fill this slot; ``None`` where it can."""
        kind = kind_of_value(value)
        if kind is not self.kind:
            return f"{self.name} takes a {self.kind.value}, not a {kind.value}"
        if isinstance(value, NumberSlot) and not self._bounds(value.number):
            return f"{self.name} takes {self.smallest} to {self.largest}, not {value.number}"
        return None

    def _bounds(self, number: int) -> bool:
        above = self.smallest is None or self.smallest <= number
        return above and (self.largest is None or number <= self.largest)


@dataclass(frozen=True, slots=True)
class Signal:
    """``text`` is the meaning in English; ``singular`` the same for a count of one, where one is counted."""

    code: str
    group: Group
    text: str
    slots: tuple[Slot, ...]
    read_back: bool = False
    singular: str | None = None

    def why_not(self, values: Sequence[SlotValue]) -> str | None:
        """Why these values do not fill this signal; ``None`` where they do."""
        if len(values) != len(self.slots):
            return f"{self.code} has {len(self.slots)} slots, not {len(values)}"
        faults = (slot.why_not(value) for slot, value in zip(self.slots, values, strict=True))
        return next((fault for fault in faults if fault is not None), None)

    def count_in(self, values: Sequence[SlotValue]) -> int | None:
        """The number by which the sentence is inflected; ``None`` where no slot is a count."""
        if self.singular is None:
            return None
        counts = (
            value.number
            for slot, value in zip(self.slots, values, strict=True)
            if slot.name == "count" and isinstance(value, NumberSlot)
        )
        return next(counts)


@dataclass(frozen=True, slots=True)
class Message:
    """A code with what fills its slots, in order. ``free_text`` stands with the code ``FREE_TEXT`` alone."""

    code: str
    slots: tuple[SlotValue, ...]
    read_back: bool = False
    free_text: str | None = None


def kind_of_value(value: SlotValue) -> SlotKind:
    """The kind of slot that a value can fill."""
    return SlotKind(tag_of(type(value)))


def signal_of(code: str, group: Group, written: str, *, read_back: bool) -> Signal:
    """A signal as the catalogue writes it: ``{count:number:0-9} boat … | {count:number:0-9} boats …``.

    A gap is ``{name:kind:smallest-largest}``; a kind that is the name itself, and bounds, can be left out.
    """
    first, bar, plural = (part.strip() for part in written.partition(" | "))
    slots = tuple(_slot(gap) for gap in _GAP.finditer(first))
    text, singular = (_bare(plural), _bare(first)) if bar else (_bare(first), None)
    return Signal(code, group, text, slots, read_back, singular)


def _slot(gap: re.Match[str]) -> Slot:
    name, kind, smallest, largest = gap.groups()
    bounds = (int(smallest), int(largest)) if smallest is not None else (None, None)
    return Slot(name, SlotKind(kind or name), *bounds)


def _bare(written: str) -> str:
    """The text with its gaps named and no more: ``{time}``."""
    return _GAP.sub(r"{\1}", written)
