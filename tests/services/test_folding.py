# SPDX-License-Identifier: Apache-2.0
"""Does a desk hear ten bells in ten minutes and then one, and every STOP all the same?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.services.conftest import area

from steerclear.links.notifier import Alarm
from steerclear.model.time import Instant
from steerclear.services import requests as ask
from steerclear.services.folding import MANY, Folding

if TYPE_CHECKING:
    from tests.services.conftest import Channel

MINUTE_MS = 60_000


def alarm(second: int, *, desk: str = "air", rung: int = 1, sounds: bool = True, about: str = "x") -> Alarm:
    return Alarm("TUR", desk, "acknowledge", about, rung, sounds, Instant(second * 1_000))


def ten(folding: Folding, desk: str = "air") -> None:
    for second in range(10):
        assert folding.heard(alarm(second, desk=desk), always=False) == alarm(second, desk=desk)


def test_the_eleventh_stands_for_all_that_follow() -> None:
    folding = Folding()
    ten(folding)
    many = folding.heard(alarm(20), always=False)
    assert many is not None
    assert (many.cause, many.about, many.sounds) == (MANY, "air", True)
    assert folding.heard(alarm(21), always=False) is None
    assert folding.heard(alarm(599), always=False) is None


def test_a_stop_always_rings_and_counts() -> None:
    folding = Folding()
    for second in range(30):
        assert folding.heard(alarm(second), always=True) == alarm(second)
    many = folding.heard(alarm(31), always=False)
    assert many is not None
    assert many.cause == MANY


def test_another_rung_is_somebody_else_and_another_desk_another_room() -> None:
    folding = Folding()
    ten(folding)
    for rung in (1, 2, 3):
        many = folding.heard(alarm(30, rung=rung), always=False)
        assert many is not None
        assert (many.cause, many.rung) == (MANY, rung)
        assert folding.heard(alarm(31, rung=rung), always=False) is None
    ten(folding, desk="sea")


def test_it_ends_when_ten_minutes_were_quieter() -> None:
    folding = Folding()
    ten(folding)
    assert folding.heard(alarm(20), always=False) is not None
    later = alarm(9 + 600)
    assert folding.heard(later, always=False) == later, "one of ten minutes ago is no longer counted"


def test_what_makes_no_sound_is_not_counted() -> None:
    folding = Folding()
    for second in range(30):
        quiet = alarm(second, sounds=False)
        assert folding.heard(quiet, always=False) == quiet
    ten(folding)


def test_a_desk_that_is_sent_many_notices_at_once_hears_one_bell_for_them_and_each_stop(
    channel: Channel,
) -> None:
    for number in range(15):
        drawn = area(f"n{number}", "TUR", lat=33 + number / 4, start="2025-04-10T05:40:00Z")
        channel.file("TUR", drawn, level="L0", overrides={"lead-time": "At once."}, settle=False)
    channel.settle()
    causes = [one.cause for one in bells(channel)]
    assert causes == ["acknowledgement"] * 10 + [MANY]
    call = ask.CallStop(desk="air", place="34.5N 38E", basis="unsure", seen="Shots.", to=("ISR",))
    [stop] = channel.do("TUR", call)
    fresh = bells(channel)[11:]
    assert fresh, "the STOP rings whatever else has"
    assert {one.about for one in fresh} == {stop.id}


def bells(channel: Channel) -> list[Alarm]:
    """What sounded at ISR's air desk."""
    return [one for one in channel.alarms if (one.member, one.desk) == ("ISR", "air") and one.sounds]
