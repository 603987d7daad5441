# SPDX-License-Identifier: Apache-2.0
"""What does a desk see when a clock is wrong? Claimed and held time; deadlines count by the held one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.services.conftest import area

from steerclear.services import requests as ask

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_a_notice_dated_ahead_is_held_to_when_two_others_had_it(channel: Channel) -> None:
    channel.at("05:19")
    channel.file("TUR", area("ahead", "TUR"), settle=False)
    channel.at("05:10:01")
    channel.settle()
    for member in ("TUR", "AZE"):
        row = channel.notice(member, "ahead")
        assert row.filed_at == "2025-04-10T05:10:01.000Z"
        [words] = row.held_times
        assert "said 2025-04-10T05:19:00Z, held to be 2025-04-10T05:10:01Z" in words
        assert words.endswith("AZE and ISR had it before that")


def test_a_stop_dated_back_is_held_to_what_it_had_seen(channel: Channel) -> None:
    """The caller's clock runs behind: nobody is late for it before it was said."""
    channel.at("05:30")
    channel.file("ISR", area("before", "ISR"), settle=False)
    channel.exchange("ISR", "AZE")
    channel.at("05:30:03")
    channel.node("AZE").step()
    for member in ("ISR", "AZE"):
        channel.exchange("TUR", member)
    channel.at("05:21")
    call = ask.CallStop(desk="ground", place="2 km NE of T4", seen="fire", basis="own-forces", to=("ISR",))
    [called] = channel.do("TUR", call, settle=False)
    channel.at("05:31")
    channel.settle()
    row = channel.stop("ISR", called.id)
    assert row.filed_at == "2025-04-10T05:30:00.000Z"
    assert "it had seen what AZE and ISR wrote later than it says" in row.held_times[0]
    acknowledged = [duty for duty in channel.node("ISR").inbox(None).i_owe if duty.about == called.id]
    assert acknowledged
    assert all(duty.held_time == row.held_times[0] for duty in acknowledged)


def test_one_clock_alone_moves_nothing_and_is_shown(channel: Channel) -> None:
    channel.down.add("AZE")
    channel.at("05:19")
    channel.file("TUR", area("alone", "TUR"), settle=False)
    channel.at("05:10:01")
    channel.settle()
    row = channel.notice("TUR", "alone")
    assert row.filed_at == "2025-04-10T05:19:00.000Z"
    assert row.held_times[0].endswith("in doubt: the clock of ISR alone contradicts it")
