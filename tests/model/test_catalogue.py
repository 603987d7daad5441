# SPDX-License-Identifier: Apache-2.0
"""One code, one meaning: the catalogue says each once, and none ever changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from steerclear.model.catalogue import CATALOGUE_HASH, CATALOGUE_VERSION, SIGNALS, hash_of, read_table
from steerclear.model.forms import Callsign, Degrees
from steerclear.model.signal import Group, Message, Signal, Slot, SlotKind, kind_of_value, signal_of
from steerclear.model.slots import HeadingSlot, NumberSlot, PlaceSlot, SlotValue, TimeSlot
from steerclear.model.space import Position
from steerclear.model.time import Instant
from steerclear.model.wire import codec_of, tag_of

FIRST = """
line-check read-you say-again correction call-desk stand-by watch-changed is-it-yours
our-aircraft-in-emergency we-lost-contact rescue-entering please-turn-away we-turn-away we-did-not-intend
area-hot area-cold hold-request holding cannot-hold people-here movement-late movement-stopped
your-emission-endangers emission-ceased
"""
"""The 24 that a mechanism begins with."""

READ_BACK = """
correction our-aircraft-in-emergency rescue-entering area-hot area-cold holding cannot-hold people-here
"""


def row(signal: Signal) -> str:
    slots = ", ".join(
        f"{slot.name}:{slot.kind.value}" + (f":{slot.smallest}-{slot.largest}" if slot.largest else "")
        for slot in signal.slots
    )
    text = signal.text if signal.singular is None else f"{signal.singular} | {signal.text}"
    return f"{signal.code}{' *' if signal.read_back else ''}\n    {text}\n    {slots}\n"


def test_the_first_24_are_there_and_about_a_hundred_more() -> None:
    assert set(FIRST.split()) <= SIGNALS.keys()
    assert len(FIRST.split()) == 24
    assert 120 <= len(SIGNALS) <= 140
    assert {code for code in FIRST.split() if SIGNALS[code].read_back} == set(READ_BACK.split())
    assert {signal.group for signal in SIGNALS.values()} == set(Group)


def test_no_code_ever_changes_its_meaning(golden: Callable[[str, str], None]) -> None:
    """The file only grows: what a record says by a code must mean the same in thirty years."""
    head = f"catalogue {CATALOGUE_VERSION} {CATALOGUE_HASH}\n\n"
    golden("signals.txt", head + "\n".join(row(signal) for signal in SIGNALS.values()))


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=lambda one: one.code)
def test_each_slot_is_named_once_in_its_sentence(signal: Signal) -> None:
    names = [slot.name for slot in signal.slots]
    assert len(names) == len(set(names))
    for text in (signal.text, signal.singular or signal.text):
        assert sorted(re.findall(r"\{(\w+)\}", text)) == sorted(names)
        assert text.count("{") == text.count("}") == len(names)
    assert (signal.singular is not None) == ("count" in names)


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=lambda one: one.code)
def test_nothing_grants_and_nothing_names_a_target(signal: Signal) -> None:
    words = re.findall(r"[a-z]+", signal.text.lower())
    assert not {"target", "engage", "weapons", "attack", "approve", "authorise", "cleared"} & set(words)
    assert "permission" not in words or "not permission" in signal.text


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Another meaning of {area} from {time}."},
        {"read_back": False},
        {"slots": SIGNALS["area-hot"].slots[:1]},
        {"slots": (SIGNALS["area-hot"].slots[0], Slot("time", SlotKind.DURATION))},
        {"singular": "One."},
    ],
)
def test_the_hash_covers_all_that_a_code_stands_for(change: dict[str, object]) -> None:
    other = dict(SIGNALS) | {"area-hot": replace(SIGNALS["area-hot"], **change)}  # type: ignore[arg-type]  # a field each
    assert hash_of(other, CATALOGUE_VERSION) != CATALOGUE_HASH


def test_the_hash_covers_the_version_and_no_order() -> None:
    turned = dict(reversed(list(SIGNALS.items())))
    assert hash_of(turned, CATALOGUE_VERSION) == CATALOGUE_HASH
    assert hash_of(SIGNALS, CATALOGUE_VERSION + 1) != CATALOGUE_HASH


def test_a_line_that_is_no_signal_stops_the_table() -> None:
    with pytest.raises(ValueError, match="no signal: Area Hot"):
        list(read_table("[air]\nArea Hot"))


def test_a_signal_is_read_as_it_is_written() -> None:
    one = signal_of(
        "boats", Group.SEA, "{count:number:0-9} boat. | {count:number:0-9} boats.", read_back=True
    )
    assert one.slots == (Slot("count", SlotKind.NUMBER, 0, 9),)
    assert (one.singular, one.text, one.read_back) == ("{count} boat.", "{count} boats.", True)
    assert one.count_in((NumberSlot(4),)) == 4
    assert SIGNALS["read-you"].count_in((NumberSlot(4),)) is None


@pytest.mark.parametrize(
    ("code", "values", "why"),
    [
        ("read-you", (NumberSlot(5),), None),
        ("read-you", (NumberSlot(6),), "readability takes 1 to 5, not 6"),
        ("read-you", (NumberSlot(0),), "readability takes 1 to 5, not 0"),
        ("read-you", (), "read-you has 1 slots, not 0"),
        ("read-you", (HeadingSlot(5),), "readability takes a number, not a heading"),
        ("line-check", (), None),
        ("we-lost-contact", (PlaceSlot(Position(0, 0)), TimeSlot(Instant(0))), None),
        (
            "we-lost-contact",
            (TimeSlot(Instant(0)), PlaceSlot(Position(0, 0))),
            "place takes a place, not a time",
        ),
    ],
)
def test_slots_are_filled_by_their_own_kind(
    code: str, values: tuple[SlotValue, ...], why: str | None
) -> None:
    assert SIGNALS[code].why_not(values) == why


def test_every_kind_of_slot_has_one_form_and_a_signal_that_uses_it() -> None:
    used = {slot.kind for signal in SIGNALS.values() for slot in signal.slots}
    assert used == set(SlotKind)
    forms = {tag_of(cls) for cls in SlotValue.__args__}
    assert forms == {kind.value for kind in SlotKind}
    assert kind_of_value(NumberSlot(1)) is SlotKind.NUMBER


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [(Callsign, "MEDIC 12", "Medic"), (Callsign, "A1", " A1"), (Degrees, 359, 360), (Degrees, 0, -1)],
)
def test_forms_are_strict(form: object, good: object, bad: object) -> None:
    codec = codec_of(form)
    assert codec.read(good, "x") == good  # type: ignore[arg-type]  # text or number
    with pytest.raises(Exception, match="is not"):
        codec.read(bad, "x")  # type: ignore[arg-type]  # text or number


def test_a_message_is_a_code_and_values() -> None:
    assert Message("line-check", ()) == Message("line-check", (), read_back=False, free_text=None)
