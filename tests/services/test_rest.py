# SPDX-License-Identifier: Apache-2.0
"""Do the nodes stop talking when nobody has anything to say, and does each give a sign of life in time?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steerclear.record.beat import Unreadable
from steerclear.services.beat import LONGEST_SILENCE_MS
from steerclear.services.keys_ahead import DAY_MS, DAYS_AHEAD, keys_last_until

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_nodes_that_have_nothing_to_say_say_nothing(channel: Channel) -> None:
    sizes = channel.node("AZE").ledger.sizes()
    assert channel.settle() == 0
    channel.at("05:14")
    channel.settle()
    assert channel.node("AZE").ledger.sizes() == sizes


def test_a_beat_is_answered_by_no_beat(channel: Channel) -> None:
    """After ten minutes each node writes one beat, and not one more because of the others'."""
    channel.settle()
    channel.at("05:21")
    channel.settle()
    assert {m: channel.size(m) - channel.sizes[m] for m in channel.stations} == {"TUR": 1, "ISR": 1, "AZE": 1}


def test_an_idle_day_costs_a_beat_every_ten_minutes_and_no_more(channel: Channel) -> None:
    channel.settle()
    minutes = range(5 * 60 + 11, 7 * 60 + 11)
    for minute in minutes:
        channel.at(f"{minute // 60:02d}:{minute % 60:02d}")
        channel.settle()
    for member in channel.stations:
        grown = channel.size(member) - channel.sizes[member]
        assert len(minutes) // 11 <= grown <= len(minutes) // 10, member


def test_what_a_person_says_is_answered_by_one_beat_of_each_other(channel: Channel, draw: Any) -> None:
    channel.file("TUR", draw("survey", "TUR"))
    grown = {member: channel.size(member) - channel.sizes[member] for member in channel.stations}
    assert grown["TUR"] == 2, "the notice, and the beat for the host's result"
    assert grown["ISR"] <= 2, "one for each thing that came, fewer where they came together"
    assert grown["AZE"] == 1, "the result is the receipt"


def test_the_next_step_is_never_later_than_the_next_beat(channel: Channel) -> None:
    for member in channel.stations:
        node = channel.node(member)
        assert channel.clock.now() < node.next_step_at() <= node.ledger.own.last_at + LONGEST_SILENCE_MS


def test_keys_are_named_ahead_by_themselves(channel: Channel) -> None:
    channel.settle()
    for date in ("2025-04-11", "2025-04-18", "2025-04-25", "2025-05-05", "2025-06-05"):
        channel.at(f"{date}T05:00:00.000Z")
        channel.settle()
        for member in channel.stations:
            ledger = channel.node(member).ledger
            left = keys_last_until(ledger) - channel.clock.now()
            assert 27 * DAY_MS < left <= DAYS_AHEAD * DAY_MS
            assert ledger.recipient_keys("TUR"), "and everybody knows one that holds today"
    assert not any("keys are named" in alarm for alarm in channel.node("TUR").status({}).alarms)


def test_what_cannot_be_opened_is_named_by_the_next_beat_and_the_author_hears_it(
    channel: Channel, draw: Any
) -> None:
    """ISR has lost its keys: it says of each thing that was sealed to it that it cannot open it."""
    for name in channel.stations["ISR"].keys.names():
        if name.purpose == "recipient":
            channel.stations["ISR"].keys.forget(name)
    filed = channel.file("TUR", draw("depot", "TUR", kind="hazard"))
    beats = [one for one in channel.node("TUR").ledger.view.book.of_kind("node.beat") if one.author == "ISR"]
    named = [one for beat in beats for one in beat.body.unreadable]
    assert Unreadable in {type(one) for one in named}
    assert filed.id in {one.id for one in named}
    stage = channel.node("TUR").notice(filed.id).stages[0]
    assert stage.delivered_at is None, "nobody is told delivered before another machine can read it"
    assert filed.short in channel.node("ISR").inbox(None).sealed
