# SPDX-License-Identifier: Apache-2.0
"""How often does a desk hear one cause? A notice that conflicts with several of ours sounds once."""

from __future__ import annotations

from typing import Any

from tests.services.conftest import Channel, area

from steerclear.links.notifier import Alarm
from steerclear.services import requests as ask

SOON: dict[str, Any] = {"start": "2025-04-10T06:30:00Z", "end": "2025-04-10T07:30:00Z"}


def bells(channel: Channel, member: str) -> list[Alarm]:
    found = [alarm for alarm in channel.alarms if (alarm.member, alarm.desk) == (member, "air")]
    channel.alarms.clear()
    return found


def conflicting(channel: Channel, kind: str = "hazard") -> None:
    """Two areas of ISR stand, sealed; one of TUR that all may read meets both within the hour."""
    for number in (1, 2):
        channel.at(f"05:5{number}")
        channel.file("ISR", area(f"I{number}", "ISR", 34.5123 + number / 1_000, **SOON))
    channel.alarms.clear()
    channel.at("06:00")
    channel.file("TUR", area("T1", "TUR", **SOON, kind=kind))


def test_a_notice_that_conflicts_with_two_of_ours_sounds_once_and_each_is_handed_on(channel: Channel) -> None:
    conflicting(channel)
    heard = bells(channel, "ISR")
    assert len({alarm.about for alarm in heard}) == 3, "the notice, and a conflict with each of ours"
    assert [alarm.sounds for alarm in heard].count(True) == 1


def test_conflicts_with_a_plan_that_stays_sealed_sound_once_too(channel: Channel) -> None:
    conflicting(channel, kind="flight")
    heard = bells(channel, "ISR")
    assert len({alarm.about for alarm in heard}) == 2, "a conflict with each of ours, and no notice"
    assert [alarm.sounds for alarm in heard].count(True) == 1


def test_each_climbs_by_itself_and_the_next_rung_sounds_once_too(channel: Channel) -> None:
    conflicting(channel)
    first = bells(channel, "ISR")
    channel.at("06:05:01")
    channel.settle()
    climbed = [alarm for alarm in bells(channel, "ISR") if alarm.rung == 2]
    assert {alarm.about for alarm in climbed} == {alarm.about for alarm in first}
    assert [alarm.sounds for alarm in climbed].count(True) == 1


def test_what_comes_later_or_of_another_cause_sounds_again(channel: Channel) -> None:
    conflicting(channel)
    bells(channel, "ISR")
    channel.at("06:00:11")
    channel.file("TUR", area("T2", "TUR", 36.0, **SOON, kind="hazard"))
    (other,) = {alarm.about for alarm in bells(channel, "ISR") if alarm.sounds}
    assert channel.node("ISR").ledger.view.notices.get(other) is not None


def test_every_stop_sounds(channel: Channel) -> None:
    for lat in ("34.5N", "34.51N"):
        channel.do("TUR", ask.CallStop(desk="ground", place=f"{lat} 37.6E", seen="fire", basis="own-forces"))
        channel.do("ISR", ask.Acknowledge(desk="air", about=last_stop(channel), rung=2))
    assert [alarm.sounds for alarm in bells(channel, "ISR")] == [True] * 4


def last_stop(channel: Channel) -> str:
    return str(channel.node("ISR").ledger.view.book.of_kind("stop.call")[-1].id)
