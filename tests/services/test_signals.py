# SPDX-License-Identifier: Apache-2.0
"""A signal travels as code and values, is said in the reader's language, and is read back by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import BadInput, Refused
from steerclear.formats.languages import catalogue
from steerclear.formats.signals import Rendered
from steerclear.mechanism.bodies import SignalReadBack, SignalSend, TimeSlot
from steerclear.model.catalogue import CATALOGUE_HASH
from steerclear.model.time import Instant
from steerclear.services import requests as ask
from steerclear.services.signal_catalogue import matching, signal_catalogue
from steerclear.services.speak import by_desk, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.services.answers import Receipt
    from steerclear.services.signals_shown import SignalRow

NINE = "2025-04-10T09:00Z"


@pytest.fixture
def hot(channel: Channel, draw: Any) -> tuple[Receipt, Receipt]:
    """An area, and the signal that says it is hot."""
    area = channel.file("TUR", draw("depot", "TUR", kind="hazard"))
    request = ask.SendSignal(desk="air", code="area-hot", slots={"area": area.short, "time": NINE})
    return area, channel.do("TUR", request)[0]


def row(channel: Channel, member: str, language: str = "en", **reviewed: str) -> SignalRow:
    (only,) = channel.node(member).signals(language, reviewed)
    return only


def owes(channel: Channel, member: str) -> list[str]:
    return [one.state for one in channel.node(member).inbox(None).i_owe if one.what == "read-back"]


def said(one: Rendered) -> str:
    return one.text.replace("\u2068", "").replace("\u2069", "")


def test_only_code_and_values_travel(channel: Channel, hot: tuple[Receipt, Receipt]) -> None:
    _, sent = hot
    (record,) = channel.node("ISR").ledger.view.signals
    assert record.id == sent.id
    body = record.sent.body
    assert (body.code, body.read_back, body.vocabulary, body.free_text) == (
        "area-hot",
        True,
        CATALOGUE_HASH,
        None,
    )
    assert [type(slot).__name__ for slot in body.slots] == ["AreaSlot", "TimeSlot"]
    assert sent.sealed_to == ("ISR", "TUR")
    assert list(channel.node("AZE").ledger.view.signals) == []


def test_each_side_reads_it_in_its_own_language(channel: Channel, hot: tuple[Receipt, Receipt]) -> None:
    area, _ = hot
    english, hebrew = row(channel, "ISR", "he").said
    assert said(english) == f"{area.short} is hot from 2025-04-10T09:00:00Z."
    assert said(hebrew) == f"אזור {area.short} חם: פעילות מסוכנת החל מ־2025-04-10T09:00:00Z."
    assert (hebrew.direction, hebrew.awaits_review, english.awaits_review) == ("rtl", True, False)
    signed = row(channel, "ISR", "he", he=catalogue("he").hash)
    assert [one.language for one in signed.said] == ["he", "en"]
    with pytest.raises(BadInput, match="language"):
        row(channel, "ISR", "fr")


def test_a_read_back_repeats_the_values(channel: Channel, hot: tuple[Receipt, Receipt]) -> None:
    area, sent = hot
    assert row(channel, "TUR").waits_for == ("ISR",)
    assert owes(channel, "ISR") == ["open"]
    slots = {"area": area.short, "time": "2025-04-10T09:00:00Z"}
    channel.do("ISR", ask.ReadBack(desk="air", about=sent.short, code="area-hot", slots=slots))
    shown = row(channel, "TUR")
    assert [(back.member, back.right) for back in shown.read_backs] == [("ISR", True)]
    assert shown.waits_for == ()
    assert "open" not in owes(channel, "ISR")


@pytest.mark.parametrize(
    ("code", "time", "wrong"), [("area-hot", "2025-04-10T19:00Z", "time"), ("area-cold", NINE, "code")]
)
def test_what_differs_is_said_where_it_was_typed(
    channel: Channel, hot: tuple[Receipt, Receipt], code: str, time: str, wrong: str
) -> None:
    area, sent = hot
    slots = {"area": area.short, "time": time}
    with pytest.raises(Refused, match=f": {wrong}\\.") as caught:
        channel.do("ISR", ask.ReadBack(desk="air", about=sent.short, code=code, slots=slots))
    assert caught.value.code == "read-back-differs"
    assert row(channel, "TUR").read_backs == ()


def test_a_wrong_read_back_of_another_machine_is_shown_as_wrong(
    channel: Channel, hot: tuple[Receipt, Receipt]
) -> None:
    _, sent = hot
    wrong = SignalReadBack(sent.id, "area-hot", (TimeSlot(Instant(0)),))
    speak(channel.node("ISR").ledger, wrong, voice=by_desk("air"), to=("TUR",))
    channel.settle()
    shown = row(channel, "TUR")
    assert [back.right for back in shown.read_backs] == [False]
    assert shown.waits_for == ("ISR",)


def test_a_signal_is_answered_by_a_signal(channel: Channel, hot: tuple[Receipt, Receipt]) -> None:
    _, sent = hot
    request = ask.AnswerSignal(desk="air", about=sent.short, code="received", slots={"item": sent.short})
    channel.do("ISR", request)
    (answer,) = row(channel, "TUR", "ru").answers
    assert (answer.member, answer.code) == ("ISR", "received")
    assert said(answer.said[1]) == f"Запись {sent.short} получена и понята. Это не согласие."


def test_free_words_are_marked_and_owe_nothing(channel: Channel) -> None:
    request = ask.SendSignal(desk="air", code="free-text", free_text="good morning", to=("ISR",))
    channel.do("TUR", request)
    shown = row(channel, "ISR")
    assert (shown.safety_meaning, shown.read_back, shown.waits_for) == (False, False, ())
    assert said(shown.said[0]) == "Free text, without safety meaning: good morning"


def test_a_code_of_a_newer_catalogue_is_shown_and_not_read_back(channel: Channel) -> None:
    body = SignalSend("area-lukewarm", (TimeSlot(Instant(0)),), True, "f" * 64, None)
    ledger = channel.node("TUR").ledger
    sent = speak(ledger, body, voice=by_desk("air"), to=("ISR",))
    channel.settle()
    shown = row(channel, "ISR")
    assert shown.said[0].standing == "unknown"
    assert [slot.value for slot in shown.said[0].slots] == ["1970-01-01T00:00:00Z"]
    request = ask.ReadBack(desk="air", about=sent.id, code="line-check")
    with pytest.raises(Refused) as caught:
        channel.do("ISR", request)
    assert caught.value.code == "signal-not-understood"


NOTHING_SAID = [
    (ask.SendSignal(desk="air", code="area-lukewarm"), "signal-unknown"),
    (ask.SendSignal(desk="air", code="area-hot"), "slot-names"),
    (ask.SendSignal(desk="air", code="read-you", slots={"readability": "6"}), "slot-form"),
    (ask.SendSignal(desk="air", code="say-again", slots={"item": "TUR-9999"}), "thing-unknown"),
    (ask.SendSignal(desk="air", code="free-text"), "free-text-form"),
    (ask.SendSignal(desk="air", code="line-check", free_text="hello"), "free-text-form"),
    (ask.SendSignal(desk="air", code="free-text", slots={"a": "b"}, free_text="x"), "free-text-form"),
    (ask.SendSignal(desk="air", code="line-check", to=("MARS",)), "member-unknown"),
]


def test_what_says_nothing_is_not_sent(channel: Channel) -> None:
    for request, code in NOTHING_SAID:
        with pytest.raises(BadInput) as caught:
            channel.node("TUR").do(request)
        assert caught.value.code == code
    assert channel.node("TUR").signals("en", {}) == ()


def test_only_a_signal_is_read_back(channel: Channel, hot: tuple[Receipt, Receipt]) -> None:
    area, _ = hot
    for request in (
        ask.ReadBack(desk="air", about=area.short, code="line-check"),
        ask.AnswerSignal(desk="air", about=area.short, code="line-check"),
    ):
        with pytest.raises(BadInput) as caught:
            channel.do("ISR", request)
        assert caught.value.code == "not-a-signal"


def test_the_catalogue_as_rows() -> None:
    whole = signal_catalogue()
    assert (whole.hash, len(whole.languages)) == (CATALOGUE_HASH, 6)
    assert [one.direction for one in whole.languages] == ["ltr", "ltr", "rtl", "rtl", "ltr", "ltr"]
    (hot_row,) = [one for one in whole.signals if one.code == "area-hot"]
    assert [(slot.name, slot.kind) for slot in hot_row.slots] == [("area", "area"), ("time", "time")]
    assert hot_row.meanings["en"].texts == ("{area} is hot from {time}.",)
    assert not hot_row.meanings["en"].awaits_review
    assert whole.languages[0].catalogue is None
    assert whole.languages[1].faces["unknown"].startswith("Bilinmeyen")
    assert "area-hot" in {one.code for one in matching(["hot", "AREA"])}
    assert matching(["no such word anywhere"]) == ()
