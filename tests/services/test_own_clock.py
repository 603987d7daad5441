# SPDX-License-Identifier: Apache-2.0
"""Does a node whose clock is behind ring at once? Nobody waits for a clock that is known to be slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from steerclear.model.time import Instant, format_instant
from steerclear.services import requests as ask
from steerclear.services.own_clock import behind_ms, now_for_bells

if TYPE_CHECKING:
    from tests.services.conftest import Channel

STOP = ask.CallStop(desk="ground", place="2 km NE of T4", seen="fire", basis="own-forces", to=("TUR",))


def called(channel: Channel, shows: str) -> tuple[str, list[tuple[str, int]]]:
    """A STOP of ISR at 05:30, which AZE has too, comes to TUR while the clock there ``shows`` this."""
    channel.at("05:30")
    [stop] = channel.do("ISR", STOP, settle=False)
    channel.exchange("ISR", "AZE")
    channel.at("05:30:03")
    channel.node("AZE").step()
    channel.at(shows)
    for member in ("ISR", "AZE"):
        channel.exchange("TUR", member)
    rung = channel.node("TUR").step()
    return stop.id, sorted((one.desk, one.rung) for one in rung if one.about == stop.id)


def test_a_stop_rings_at_once_where_the_clock_is_a_minute_slow(channel: Channel) -> None:
    _, rung = called(channel, "05:29")
    assert rung == [(desk, number) for desk in ("air", "ground", "sea") for number in (1, 2)]
    ledger = channel.node("TUR").ledger
    assert behind_ms(ledger) == 60_000
    assert format_instant(now_for_bells(ledger)) == "2025-04-10T05:30:00.000Z"


def test_it_climbs_by_its_own_clock_from_then_on(channel: Channel) -> None:
    stop, _ = called(channel, "05:29")
    node = channel.node("TUR")
    assert format_instant(node.next_step_at()) == "2025-04-10T05:31:00.000Z"
    channel.at("05:30:59")
    assert not [one for one in node.step() if one.about == stop]
    channel.at("05:31")
    assert {one.rung for one in node.step() if one.about == stop} == {3}


def test_a_clock_that_is_right_or_ahead_is_not_behind(channel: Channel) -> None:
    _, rung = called(channel, "05:30:05")
    assert rung
    ledger = channel.node("TUR").ledger
    assert behind_ms(ledger) == 0
    assert now_for_bells(ledger) == Instant(ledger.now())
