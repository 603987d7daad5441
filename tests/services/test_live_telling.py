# SPDX-License-Identifier: Apache-2.0
"""What does a live picture do that cannot tell? Our own desk hears it, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.services.skies import (
    CIRCLE,
    METRES_A_DEGREE,
    ONE_JET,
    Skies,
    agree,
    alarm_only,
    alarms_of,
    said_by,
    words_owed,
)

from steerclear.mechanism.bodies import TrackAct, TrackAnswer, TrackEnd, TrackOver
from steerclear.model.time import Instant
from steerclear.services.live_telling import HAS_COME, NOT_RECORDED
from steerclear.services.speak import by_desk, speak
from steerclear.store import failures

if TYPE_CHECKING:
    from tests.services.conftest import Channel

FULL = failures.full("the disk of the test")
LATER = "2025-05-20T05:00:00.000Z"


@pytest.fixture
def skies(channel: Channel) -> Skies:
    agree(channel, alarm_only())
    return Skies(channel)


def fill(channel: Channel, error: Any = FULL) -> None:
    """Set or lift the failure of every write of TUR's store."""
    channel.stations["TUR"].store.fails_with = error  # type: ignore[attr-defined]  # the memory store


def lose_keys_of_isr(channel: Channel, skies: Skies) -> None:
    """ISR has been cut off for so long that no key of its is known for today."""
    channel.settle()
    channel.cut = {frozenset(("TUR", "ISR")), frozenset(("AZE", "ISR"))}
    skies.begins = channel.at(LATER)
    channel.settle()
    channel.alarms.clear()


def bells(channel: Channel, cause: str) -> list[tuple[str, str]]:
    return [(bell.member, bell.desk) for bell in channel.alarms if bell.cause == cause and bell.sounds]


def alarm_ids(channel: Channel, reader: str) -> list[str]:
    return [record.id for record in channel.node(reader).ledger.view.track_alarms]


def test_who_has_no_key_is_owed_the_alarm_and_our_own_desk_rings_and_is_told_why(
    channel: Channel, skies: Skies
) -> None:
    lose_keys_of_isr(channel, skies)
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.fly(10)
    seen = "An aircraft of yours enters the agreed area Zone 3, from 05:03Z"
    assert words_owed(channel, "TUR") == {
        f"{seen}: call ISR.",
        f"{seen}: ISR IS NOT TOLD, no key of it is known to seal this to. Call ISR.",
    }
    assert ("TUR", "air") in {(bell.member, bell.desk) for bell in channel.alarms if bell.sounds}
    node = channel.node("TUR")
    assert node.live.tracks().alarms[0].words.endswith("; ISR NOT TOLD: no key is known to seal it to")
    assert any(line.startswith("ISR is not told of 1 alarm") for line in node.status({}).alarms)
    assert alarm_ids(channel, "ISR") == []


def test_it_is_told_the_same_alarm_when_its_key_comes(channel: Channel, skies: Skies) -> None:
    lose_keys_of_isr(channel, skies)
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.fly(10)
    before = alarm_ids(channel, "TUR")
    channel.cut = set()
    skies.fly(21)
    assert alarm_ids(channel, "TUR") == alarm_ids(channel, "ISR") == before
    assert len(before) == 1, "sealed anew, not raised anew"
    seen = "An aircraft of yours enters the agreed area Zone 3, from 05:03Z"
    assert words_owed(channel, "TUR") == {f"{seen}: call ISR."}
    assert words_owed(channel, "ISR") == {
        "An aircraft of TUR enters the agreed area Zone 3, from 05:03Z: TUR is to call. Acknowledge."
    }
    (heard,) = [
        one for one in channel.node("TUR").ledger.duties.all(channel.clock.now())
        if one.what == "machine-receipt" and one.thing == before[0]
    ]  # fmt: skip
    assert heard.met_at is not None
    assert heard.met_at > skies.begins + 10_000, "it had the bytes before, and could not read them"
    assert not any("not told" in line for line in channel.node("TUR").status({}).alarms)


def test_calling_it_meets_what_is_owed_for_it(channel: Channel, skies: Skies) -> None:
    lose_keys_of_isr(channel, skies)
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.fly(10)
    (alarm,) = alarm_ids(channel, "TUR")
    body = TrackAnswer(alarm, TrackAct.CALLED, None)
    speak(channel.node("TUR").ledger, body, voice=by_desk("air"), to=(), readers=())
    assert words_owed(channel, "TUR") == set()


def test_an_alarm_that_the_disk_does_not_take_rings_and_is_recorded_when_there_is_room(
    channel: Channel, skies: Skies
) -> None:
    fill(channel)
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.fly(10)
    node = channel.node("TUR")
    assert alarm_ids(channel, "TUR") == []
    assert bells(channel, NOT_RECORDED) == [("TUR", "air")], "once, whatever is tried again"
    assert "; NOT RECORDED, and nobody else is told: " in node.live.tracks().alarms[0].words
    assert any("1 danger of the live picture could not be recorded" in one for one in node.status({}).alarms)
    fill(channel, None)
    skies.fly(10)
    assert len(alarms_of(channel, "ISR", "TUR")) == 1
    assert words_owed(channel, "TUR") == {
        "An aircraft of yours enters the agreed area Zone 3, from 05:13Z: call ISR."
    }
    assert list(node.live.alarms()) == []


def test_that_it_is_over_is_said_when_it_can_be_said(channel: Channel, skies: Skies) -> None:
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.fly(10)
    fill(channel)
    skies.silence()
    skies.shows("TUR", "cot:HAWK-1", "TUR", lat=33.855, lon=37.62, north_m_s=0)
    skies.fly(45, until_quiet=False)
    node = channel.node("TUR")
    assert node.live.tracks().alarms == ()
    assert any("is over, and that cannot be said" in line for line in node.live.alarms())
    fill(channel, None)
    skies.fly(10)
    (over,) = (said.body for said in said_by(channel, "ISR", "TUR") if isinstance(said.body, TrackOver))
    assert over.because is TrackEnd.CLEAR
    assert words_owed(channel, "TUR") == words_owed(channel, "ISR") == set()


def test_a_danger_that_has_come_rings_a_second_time_and_no_third(channel: Channel, skies: Skies) -> None:
    edge = CIRCLE.centre.lat_e7 / 1e7 - CIRCLE.radius_mm / 1000 / METRES_A_DEGREE
    skies.shows("TUR", "cot:HAWK-1", "TUR", lat=edge - 0.05, lon=37.627, north_m_s=250)
    skies.fly(10)
    assert bells(channel, HAS_COME) == []
    skies.fly(40)
    assert bells(channel, HAS_COME) == [("TUR", "air")]
    assert channel.node("TUR").live.tracks().alarms[0].level == "now"


def test_what_was_never_predicted_rings_once(channel: Channel, skies: Skies) -> None:
    place = CIRCLE.centre
    skies.shows("TUR", "cot:HAWK-1", "TUR", lat=place.lat_e7 / 1e7, lon=place.lon_e7 / 1e7, north_m_s=0)
    skies.fly(20)
    assert channel.node("TUR").live.tracks().alarms[0].level == "now"
    assert bells(channel, HAS_COME) == []


def test_what_fell_with_the_node_ends_also_for_whom_it_could_not_be_sealed(
    channel: Channel, skies: Skies
) -> None:
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.fly(10)
    node = channel.restart("TUR")
    node.live.step()
    fill(channel)
    channel.clock.set(Instant(channel.clock.now() + 700_000))
    node.live.step()
    fill(channel, None)
    node.live.step()
    channel.settle()
    (over,) = (said.body for said in said_by(channel, "ISR", "TUR") if isinstance(said.body, TrackOver))
    assert over.because is TrackEnd.UNSEEN
