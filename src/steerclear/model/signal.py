# SPDX-License-Identifier: Apache-2.0
"""A coded message: one code, one meaning, typed slots, rendered in each officer's own language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Signal", "Slot", "SlotKind"]


class SlotKind(Enum):
    PLACE = "place"
    TIME = "time"
    AREA = "area"
    TRACK = "track"
    NUMBER = "number"
    DESK = "desk"
    MOVEMENT = "movement"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Slot:
    """A typed gap in the text of a signal; ``smallest`` and ``largest`` bound a number."""

    kind: SlotKind
    smallest: int | None = None
    largest: int | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """``code`` never changes its meaning; ``read_back`` asks the receiver to repeat code and slots."""

    code: str
    text: str
    slots: tuple[Slot, ...]
    read_back: bool = False
