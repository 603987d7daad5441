# SPDX-License-Identifier: Apache-2.0
"""How does a play write a signal? Its code, and every slot of it, held against the catalogue line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.slots import read_slot
from steerclear.model.catalogue import SIGNALS
from steerclear.model.signal import Signal, Slot, SlotKind
from steerclear.replay import deeds
from steerclear.replay.words import Words, is_time

__all__ = ["filled_signal"]


def filled_signal(words: Words) -> tuple[str, tuple[deeds.SlotValue, ...]]:
    """A code of the catalogue and every slot of it: ``place=…``, or ``place="35.2N 40.1E"``.

    A slot is called by its name or by its kind; several of one kind are filled in the order of the signal.
    """
    code = words.word("the code of a signal")
    if code not in SIGNALS:
        raise BadInput(
            "play-signal-unknown",
            f"“{code[:40]}” is no signal of the catalogue.",
            where=words.where,
            remedy="Use a code that steerclear signals list shows.",
        )
    signal = SIGNALS[code]
    filled: dict[str, deeds.SlotValue] = {}
    while (text := words.peek()) is not None and "=" in text:
        name, _, value = words.word("a slot").partition("=")
        slot = _slot_called(name, [one for one in signal.slots if one.name not in filled])
        text = value or words.quoted("the value of this slot")
        if slot is None or not _SENSES[slot.kind](slot, text, words):
            raise _not_filled(signal, f"“{name[:20]}={text[:40]}” fills none of them", words)
        filled[slot.name] = deeds.SlotValue(slot.kind.value, text)
    missing = [slot.name for slot in signal.slots if slot.name not in filled]
    if missing:
        raise _not_filled(signal, f"{', '.join(missing)} is missing", words)
    return code, tuple(filled[slot.name] for slot in signal.slots)


def _slot_called(name: str, free: list[Slot]) -> Slot | None:
    by_name = (slot for slot in free if slot.name == name)
    by_kind = (slot for slot in free if slot.kind.value == name)
    return next(by_name, next(by_kind, None))


def _not_filled(signal: Signal, why: str, words: Words) -> BadInput:
    wanted = ", ".join(f"{slot.name} ({slot.kind.value})" for slot in signal.slots) or "none"
    return BadInput(
        "play-slot",
        f"The slots of {signal.code} are not filled: {why}.",
        where=words.where,
        remedy=f"Fill its slots: {wanted}; a place, a time and a number as a play writes them, an area, "
        'a movement and an item by their names, a desk as in desk="USA air".',
    )


def _is_typed(slot: Slot, value: str, _words: Words) -> bool:
    """A kind whose value stands for itself, as a face takes it."""
    try:
        read_slot(slot, value, thing_of=str)
    except BadInput:
        return False
    return True


def _is_desk(_slot: Slot, value: str, words: Words) -> bool:
    member, _, desk = value.partition(" ")
    return member in words.scene.members and desk.isidentifier()


def _is_name(_slot: Slot, value: str, words: Words) -> bool:
    return value in words.scene.names


_SENSES: Final[dict[SlotKind, Callable[[Slot, str, Words], bool]]] = dict.fromkeys(SlotKind, _is_typed) | {
    SlotKind.TIME: lambda _slot, value, _words: is_time(value),
    SlotKind.AREA: _is_name,
    SlotKind.MOVEMENT: _is_name,
    SlotKind.ITEM: _is_name,
    SlotKind.DESK: _is_desk,
}
"""Whether a text fills a slot of this kind; read now, so that no play runs up to a slot that says nothing."""
