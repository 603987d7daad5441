# SPDX-License-Identifier: Apache-2.0
"""What was typed into a slot is read as its kind or refused; a read-back is compared by value."""

from __future__ import annotations

import pytest

from steerclear.errors import BadInput
from steerclear.formats.coordinates import spell
from steerclear.formats.slots import FORMS, differences, fill, read_slot, signal_named
from steerclear.model.signal import Message, Slot, SlotKind
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
from steerclear.model.space import Altitude, Datum, Position
from steerclear.model.time import Instant, parse_instant

T4 = Position(345_225_000, 376_270_000)
EIGHT = parse_instant("2025-04-09T08:00:00.000Z")


def thing_of(about: str) -> str:
    if about != "TUR-0042":
        raise BadInput("thing-unknown", "names nothing", remedy="name something")
    return "a" * 32


def read(kind: SlotKind, text: str) -> SlotValue:
    return read_slot(
        Slot("x", kind, 0, 9) if kind is SlotKind.NUMBER else Slot("x", kind), text, thing_of=thing_of
    )


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (SlotKind.PLACE, "34.5225N 37.627E", PlaceSlot(T4)),
        (SlotKind.TIME, "2025-04-09T08:00Z", TimeSlot(EIGHT)),
        (SlotKind.TIME, "2025-04-09T08:00:00.900Z", TimeSlot(EIGHT)),
        (SlotKind.AREA, "TUR-0042", AreaSlot("a" * 32)),
        (SlotKind.MOVEMENT, "TUR-0042", MovementSlot("a" * 32)),
        (SlotKind.ITEM, " TUR-0042 ", ItemSlot("a" * 32)),
        (SlotKind.TRACK, "T 14", TrackSlot("T 14")),
        (SlotKind.NUMBER, "4", NumberSlot(4)),
        (SlotKind.DESK, "TUR air", DeskSlot("TUR", "air")),  # type: ignore[arg-type]  # plain names
        (SlotKind.MEMBER, "TUR", MemberSlot("TUR")),  # type: ignore[arg-type]  # a plain name
        (SlotKind.CALLSIGN, "MEDIC 12", CallsignSlot("MEDIC 12")),
        (SlotKind.ALTITUDE, "3000 ft AMSL", AltitudeSlot(Altitude(3_000, Datum.AMSL))),
        (SlotKind.ALTITUDE, "3000amsl", AltitudeSlot(Altitude(3_000, Datum.AMSL))),
        (SlotKind.ALTITUDE, "-50 ft AGL", AltitudeSlot(Altitude(-50, Datum.AGL))),
        (SlotKind.ALTITUDE, "FL240", AltitudeSlot(Altitude(24_000, Datum.STD))),
        (SlotKind.DURATION, "1h30m", DurationSlot(5_400)),
        (SlotKind.DURATION, "1 h 30 min 5 s", DurationSlot(5_405)),
        (SlotKind.DURATION, "90s", DurationSlot(90)),
        (SlotKind.HEADING, "070", HeadingSlot(70)),
        (SlotKind.HEADING, "070°T", HeadingSlot(70)),
        (SlotKind.HEADING, "360", HeadingSlot(0)),
        (SlotKind.DISTANCE, "2.5km", DistanceSlot(2_500)),
        (SlotKind.DISTANCE, "800 m", DistanceSlot(800)),
        (SlotKind.FREQUENCY, "121.5MHz", FrequencySlot(121_500)),
        (SlotKind.FREQUENCY, "2182 kHz", FrequencySlot(2_182)),
    ],
)
def test_as_it_is_typed(kind: SlotKind, text: str, value: SlotValue) -> None:
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (SlotKind.PLACE, "north Syria", "position-unreadable"),
        (SlotKind.TIME, "08:00", "instant-spelling"),
        (SlotKind.TIME, "2025-04-09T08:00", "time-without-zone"),
        (SlotKind.AREA, "TUR-9", "thing-unknown"),
        (SlotKind.TRACK, "", "slot-form"),
        (SlotKind.TRACK, "T\u2069", "slot-form"),
        (SlotKind.NUMBER, "four", "slot-form"),
        (SlotKind.NUMBER, "10", "slot-form"),
        (SlotKind.NUMBER, "٤", "slot-form"),
        (SlotKind.DESK, "TUR", "desk-name"),
        (SlotKind.MEMBER, "Tur", "member-name"),
        (SlotKind.CALLSIGN, "Medic", "slot-form"),
        (SlotKind.ALTITUDE, "3000 ft", "slot-form"),
        (SlotKind.ALTITUDE, "3000 m AMSL", "slot-form"),
        (SlotKind.ALTITUDE, "9999999 ft AMSL", "altitude-out-of-range"),
        (SlotKind.DURATION, "", "slot-form"),
        (SlotKind.DURATION, "90", "slot-form"),
        (SlotKind.DURATION, "99999h", "slot-form"),
        (SlotKind.HEADING, "361", "slot-form"),
        (SlotKind.HEADING, "north", "slot-form"),
        (SlotKind.DISTANCE, "2.5m", "slot-form"),
        (SlotKind.DISTANCE, "5 NM", "slot-form"),
        (SlotKind.FREQUENCY, "121.5", "slot-form"),
        (SlotKind.FREQUENCY, "0kHz", "slot-form"),
        (SlotKind.FREQUENCY, "2.5kHz", "slot-form"),
    ],
)
def test_what_is_of_another_form_is_refused(kind: SlotKind, text: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(kind, text)
    assert caught.value.code == code


def test_every_kind_says_how_it_is_typed() -> None:
    assert FORMS.keys() == set(SlotKind)


def test_all_slots_once_in_the_order_of_the_signal() -> None:
    typed = {"time": "2025-04-09T08:00Z", "area": "TUR-0042"}
    assert fill(signal_named("area-hot"), typed, thing_of=thing_of) == (AreaSlot("a" * 32), TimeSlot(EIGHT))


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ({"time": "2025-04-09T08:00Z"}, "lacks area"),
        ({"time": "2025-04-09T08:00Z", "area": "TUR-0042", "place": "x"}, "has no slot “place”"),
        ({}, "lacks area, time"),
    ],
)
def test_a_slot_that_is_missing_or_too_much_is_named(typed: dict[str, str], what: str) -> None:
    with pytest.raises(BadInput, match=what) as caught:
        fill(signal_named("area-hot"), typed, thing_of=thing_of)
    assert caught.value.code == "slot-names"
    assert "area=AREA time=TIME" in str(caught.value.remedy)


def test_a_signal_without_slots_takes_none() -> None:
    with pytest.raises(BadInput, match="has no slot") as caught:
        fill(signal_named("line-check"), {"time": "x"}, thing_of=thing_of)
    assert "no slots" in str(caught.value.remedy)
    assert fill(signal_named("line-check"), {}, thing_of=thing_of) == ()


def test_a_code_that_nobody_knows() -> None:
    with pytest.raises(BadInput) as caught:
        signal_named("area-lukewarm")
    assert caught.value.code == "signal-unknown"


class TestReadBack:
    sent = Message("we-lost-contact", (PlaceSlot(T4), TimeSlot(Instant(EIGHT + 250))))

    @pytest.mark.parametrize("way", ["decimal", "dms", "mgrs"])
    def test_a_position_is_repeated_in_any_of_its_three_ways(self, way: str) -> None:
        typed = {"place": getattr(spell(T4), way), "time": "2025-04-09T08:00:00Z"}
        said = fill(signal_named("we-lost-contact"), typed, thing_of=thing_of)
        assert differences(self.sent, "we-lost-contact", said) == ()

    def test_another_value_is_named_by_its_slot(self) -> None:
        said = (PlaceSlot(Position(345_226_000, 376_270_000)), TimeSlot(Instant(EIGHT + 60_000)))
        assert differences(self.sent, "we-lost-contact", said) == ("place", "time")
        assert differences(self.sent, "we-lost-contact", (PlaceSlot(T4), said[1])) == ("time",)

    def test_another_code_is_another_meaning(self) -> None:
        assert differences(self.sent, "contact-regained", self.sent.slots) == ("code",)

    def test_a_number_is_repeated_exactly(self) -> None:
        sent = Message("read-you", (NumberSlot(4),))
        assert differences(sent, "read-you", (NumberSlot(4),)) == ()
        assert differences(sent, "read-you", (NumberSlot(5),)) == ("readability",)
