# SPDX-License-Identifier: Apache-2.0
"""One rendering for every face: the same figures in every language, and nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerclear.errors import BadInput
from steerclear.formats.languages import LANGUAGES, catalogue
from steerclear.formats.signals import face_words, meaning, render, said_to, shown
from steerclear.model.catalogue import SIGNALS
from steerclear.model.signal import FREE_TEXT, Message, Signal, SlotKind
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
SAMPLES: dict[SlotKind, SlotValue] = {
    SlotKind.PLACE: PlaceSlot(T4),
    SlotKind.TIME: TimeSlot(parse_instant("2025-04-09T08:00:00.000Z")),
    SlotKind.AREA: AreaSlot("a" * 32),
    SlotKind.TRACK: TrackSlot("T14"),
    SlotKind.NUMBER: NumberSlot(1),
    SlotKind.DESK: DeskSlot("TUR", "air"),  # type: ignore[arg-type]  # plain names
    SlotKind.MOVEMENT: MovementSlot("b" * 32),
    SlotKind.ITEM: ItemSlot("c" * 32),
    SlotKind.ALTITUDE: AltitudeSlot(Altitude(24_000, Datum.STD)),
    SlotKind.MEMBER: MemberSlot("AZE"),  # type: ignore[arg-type]  # a plain name
    SlotKind.CALLSIGN: CallsignSlot("MEDIC 12"),
    SlotKind.DURATION: DurationSlot(5_430),
    SlotKind.HEADING: HeadingSlot(70),
    SlotKind.DISTANCE: DistanceSlot(2_500),
    SlotKind.FREQUENCY: FrequencySlot(121_500),
}
NAMES = {"a" * 32: "TUR-0042", "b" * 32: "MSF-0003", "c" * 32: "ISR-0017"}
RIGHT_TO_LEFT = [code for code, one in LANGUAGES.items() if one.direction == "rtl"]
LEFT_TO_RIGHT = [code for code in LANGUAGES if code not in RIGHT_TO_LEFT]


def sample(signal: Signal, count: int = 3) -> Message:
    values = [NumberSlot(count) if slot.name == "count" else SAMPLES[slot.kind] for slot in signal.slots]
    return Message(signal.code, tuple(values), signal.read_back)


def name_of(id_: str) -> str:
    return NAMES.get(id_, id_)


def in_sentence(value: SlotValue) -> str:
    ways = shown(value, name_of)
    return ways[0] if len(ways) == 1 else f"{ways[0]} ({ways[2]})"


def test_words_are_kept_to_the_letter(golden: Callable[[str, str], None]) -> None:
    chosen = (
        "line-check is-it-yours our-aircraft-in-emergency area-hot area-cold movement-late evacuation "
        "vessel-limited listening-on call-desk please-turn-away medevac-starting"
    )
    lines = []
    for code in chosen.split():
        lines.append(code)
        lines += [f"  {one}  {render(sample(SIGNALS[code]), one, name_of=name_of).text}" for one in LANGUAGES]
    for count in (0, 1, 2, 3, 11, 21, 100):
        lines.append(f"rescue-needed, {count}")
        told = sample(SIGNALS["rescue-needed"], count)
        lines += [f"  {one}  {render(told, one).text}" for one in LANGUAGES]
    visible = "\n".join(lines).replace("\u2068", "⟦").replace("\u2069", "⟧")
    golden("signals-said.txt", visible + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_signal_says_each_slot_once_and_the_same_in_every_language(language: str) -> None:
    for signal in SIGNALS.values():
        told = sample(signal, count=4711)
        said = render(told, language, name_of=name_of)
        assert (said.code, said.language, said.standing) == (signal.code, language, "known")
        assert said.direction == LANGUAGES[language].direction
        assert said.read_back is signal.read_back
        assert "{" not in said.text
        for value in set(told.slots) - {SAMPLES[SlotKind.NUMBER]}:  # a step of a scale may be explained
            assert said.text.count(in_sentence(value)) == told.slots.count(value), (signal.code, language)
        assert [row.name for row in said.slots] == [slot.name for slot in signal.slots]
        english = render(told, "en", name_of=name_of)
        assert [row.value for row in said.slots] == [row.value for row in english.slots]


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_in_a_right_to_left_sentence_every_slot_stands_alone(language: str) -> None:
    for signal in SIGNALS.values():
        told = sample(signal)
        text = render(told, language, name_of=name_of).text
        isolated = re.findall("\u2068([^\u2068\u2069]*)\u2069", text)
        assert sorted(isolated) == sorted(in_sentence(value) for value in told.slots)
        assert text.count("\u2068") == text.count("\u2069") == len(told.slots)


@pytest.mark.parametrize("language", LEFT_TO_RIGHT)
def test_in_a_left_to_right_sentence_only_what_runs_the_other_way(language: str) -> None:
    plain = Message("track-lost", ())
    told = sample(SIGNALS["our-track-is-at"])
    turned = Message(told.code, (TrackSlot("מגע 7"), *told.slots[1:]))
    assert "\u2068" not in render(plain, language).text
    assert "\u2068" not in render(told, language).text
    assert "\u2068מגע 7\u2069" in render(turned, language).text


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [
        ("en", 1, "1 person at"),
        ("en", 2, "2 people at"),
        ("tr", 1, "1 kişi"),
        ("tr", 5, "5 kişi"),
        ("az", 5, "5 nəfərin"),
        ("ru", 1, "1 человек."),
        ("ru", 3, "3 человека."),
        ("ru", 11, "11 человек."),
        ("ru", 22, "22 человека."),
        ("he", 1, "אדם אחד (\u20681\u2069)"),
        ("he", 2, "שני אנשים (\u20682\u2069)"),
        ("he", 20, "\u206820\u2069 אנשים"),
        ("ar", 0, "\u20680\u2069 شخص."),
        ("ar", 1, "شخص واحد (\u20681\u2069)"),
        ("ar", 2, "شخصان (\u20682\u2069)"),
        ("ar", 7, "\u20687\u2069 أشخاص"),
        ("ar", 40, "\u206840\u2069 شخصًا"),
        ("ar", 100, "\u2068100\u2069 شخص."),
    ],
)
def test_a_count_takes_the_form_of_its_language(language: str, count: int, form: str) -> None:
    assert form in render(sample(SIGNALS["rescue-needed"], count), language).text


@pytest.mark.parametrize(
    ("value", "ways"),
    [
        (PlaceSlot(T4), ("34.52250N 37.62700E", "34°31'21.00\"N 037°37'37.20\"E", "37S CU 73983 20948")),
        (TimeSlot(parse_instant("2025-04-09T08:00:00.250Z")), ("2025-04-09T08:00:00.250Z",)),
        (AltitudeSlot(Altitude(24_000, Datum.STD)), ("24000 ft STD (FL240)",)),
        (AltitudeSlot(Altitude(24_050, Datum.STD)), ("24050 ft STD",)),
        (AltitudeSlot(Altitude(-100, Datum.STD)), ("-100 ft STD",)),
        (AltitudeSlot(Altitude(3_000, Datum.AMSL)), ("3000 ft AMSL",)),
        (DurationSlot(0), ("0 s",)),
        (DurationSlot(90), ("1 min 30 s",)),
        (DurationSlot(7_200), ("2 h",)),
        (HeadingSlot(7), ("007°T",)),
        (DistanceSlot(12_000), ("12000 m",)),
        (FrequencySlot(2_182), ("2.182 MHz",)),
        (FrequencySlot(500), ("0.500 MHz",)),
        (DeskSlot("TUR", "air"), ("TUR air",)),  # type: ignore[arg-type]  # plain names
        (NumberSlot(-3), ("-3",)),
    ],
)
def test_one_international_form_for_each_value(value: SlotValue, ways: tuple[str, ...]) -> None:
    assert shown(value) == ways


@pytest.mark.parametrize("language", LANGUAGES)
class TestWhatCannotBeSaid:
    def test_an_unknown_code_is_shown_as_unknown_with_its_slots(self, language: str) -> None:
        told = Message("from-a-newer-catalogue", (PlaceSlot(T4), DurationSlot(90)))
        said = render(told, language)
        assert said.standing == "unknown"
        assert "from-a-newer-catalogue" in said.text
        assert [(row.name, row.value) for row in said.slots] == [
            ("place", "34.52250N 37.62700E · 34°31'21.00\"N 037°37'37.20\"E · 37S CU 73983 20948"),
            ("duration", "1 min 30 s"),
        ]

    def test_a_known_code_with_other_slots_is_not_put_into_a_sentence(self, language: str) -> None:
        told = Message("area-hot", (PlaceSlot(T4),))
        said = render(told, language)
        assert said.standing == "misfit"
        assert "area-hot" in said.text
        assert "2025" not in said.text
        assert [row.name for row in said.slots] == ["place"]

    def test_free_words_are_marked(self, language: str) -> None:
        said = render(Message(FREE_TEXT, (), free_text="see {code} later"), language)
        assert said.standing == "free-text"
        assert "see {code} later" in said.text
        assert len(said.text) > len("see {code} later") + 10


def test_what_fills_a_gap_is_never_read_as_a_gap() -> None:
    told = sample(SIGNALS["our-track-is-at"])
    evil = Message(told.code, (TrackSlot("{time}{0}{place!r}"), *told.slots[1:]))
    assert "Our track {time}{0}{place!r}: at" in render(evil, "en").text


def test_a_language_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        render(Message("line-check", ()), "xx")
    assert caught.value.code == "language-unknown"


class TestOrder:
    told = Message("line-check", ())

    def test_without_the_own_reviewers_signature_english_stands_first(self) -> None:
        for reviewed in ({}, {"tr": "0" * 64}, {"az": catalogue("tr").hash}):
            assert [one.language for one in said_to(self.told, "tr", reviewed)] == ["en", "tr"]

    def test_with_it_the_own_language_does(self) -> None:
        said = said_to(self.told, "tr", {"tr": catalogue("tr").hash})
        assert [one.language for one in said] == ["tr", "en"]

    def test_english_stands_alone(self) -> None:
        assert [one.language for one in said_to(self.told, "en", {})] == ["en"]

    def test_what_awaits_review_says_so(self) -> None:
        english, turkish = said_to(self.told, "tr", {})
        assert (english.awaits_review, turkish.awaits_review) == (False, True)


def test_the_words_around_signals_and_the_meanings() -> None:
    assert face_words("unknown", "en").startswith("Unknown signal {code}.")
    assert face_words("unknown", "tr").startswith("Bilinmeyen mesaj {code}.")
    assert meaning(SIGNALS["line-check"], "en") == ("Line check. How do you read me?",)
    assert meaning(SIGNALS["small-boats"], "en")[0].startswith("{count} small boat with")
    assert [len(meaning(SIGNALS["small-boats"], one)) for one in LANGUAGES] == [2, 2, 3, 6, 2, 3]


values = st.one_of(
    st.sampled_from(list(SAMPLES.values())),
    st.integers(-(10**12), 10**12).map(NumberSlot),
    st.builds(
        Position, st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000)
    ).map(PlaceSlot),
    st.integers(0, 250_246_627_199_999).map(lambda at: TimeSlot(Instant(at))),
    st.text(max_size=80).map(TrackSlot),
)


@given(
    st.one_of(st.sampled_from([*SIGNALS, FREE_TEXT]), st.text(min_size=1, max_size=80)),
    st.lists(values, max_size=6),
    st.sampled_from(list(LANGUAGES)),
)
def test_whatever_comes_is_shown(code: str, slots: list[SlotValue], language: str) -> None:
    """Total: a desk is told something about every message, whoever sent it."""
    said = render(Message(code, tuple(slots), free_text="x"), language)
    assert said.text
    assert len(said.slots) == len(slots)
