# SPDX-License-Identifier: Apache-2.0
"""What another member shows of its aircraft is its word alone: bounded, and no reason to show ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.services.skies import Skies, agree, alarm_only, alarms_of, said_by

from steerclear.mechanism.bodies import (
    ShownTrack,
    TrackAlarm,
    TrackDuty,
    TrackEnd,
    TrackHolder,
    TrackOver,
    TrackShow,
    TrackSide,
)
from steerclear.model.member import MemberId
from steerclear.model.space import Altitude, Datum, Position
from steerclear.model.time import Instant
from steerclear.model.track import Shows, TrackDanger
from steerclear.services.live_guests import MOST_TRACKS, MOST_UNCERTAIN_MM
from steerclear.services.live_telling import MOST_AT_ONCE, MOST_SHOWN_BY_ONE
from steerclear.services.speak import by_node, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

STANDS: dict[str, Any] = {"lat": 33.2, "lon": 39.9, "north_m_s": 0}


@pytest.fixture
def skies(channel: Channel) -> Skies:
    agree(channel, alarm_only(Shows.NEAR))
    return Skies(channel)


def claims(channel: Channel) -> str:
    """ISR says that it sees a danger, whatever it sees, so that it may show aircraft."""
    isr = TrackHolder(TrackSide.MEMBER, MemberId("ISR"))
    now = channel.clock.now()
    body = TrackAlarm(
        TrackDanger.SEPARATION, None, isr, isr, TrackDuty.CALL, MemberId("ISR"), MemberId("TUR"),
        Instant(now + 60_000), True, Instant(now + 60_000),
    )  # fmt: skip
    return speak(channel.node("ISR").ledger, body, voice=by_node(), to=("TUR",), readers=("TUR",)).id


def shows(channel: Channel, alarm: str, *tracks: ShownTrack) -> None:
    body = TrackShow(alarm, tracks)
    speak(channel.node("ISR").ledger, body, voice=by_node(), to=("TUR",), readers=("TUR",))


def aircraft(
    channel: Channel, number: int, *, lat: float = 33.2, lon: float = 39.9, off_mm: int = 50_000
) -> ShownTrack:
    place = Position(round(lat * 1e7), round(lon * 1e7))
    altitude = Altitude(25_000, Datum.STD)
    return ShownTrack(number, channel.clock.now(), place, altitude, 0, 0, 0, off_mm)


def row(channel: Channel) -> Any:
    """What TUR's desk reads of ISR as a feed."""
    (found,) = (one for one in channel.node("TUR").live.tracks().feeds if one.name == "shown by ISR")
    return found


def refs(channel: Channel) -> list[str]:
    return [one.ref for one in channel.node("TUR").live.tracks().tracks if one.whose == "ISR"]


def test_of_one_member_so_many_aircraft_are_taken_and_the_rest_counted(
    channel: Channel, skies: Skies
) -> None:
    alarm = claims(channel)
    shows(channel, alarm, *(aircraft(channel, number) for number in range(1, MOST_TRACKS + 31)))
    channel.settle()
    skies.fly(1)
    assert len(refs(channel)) == MOST_TRACKS
    assert row(channel).dropped == {"too-many-tracks": 30}
    assert (row(channel).whose, row(channel).reports) == ("ISR", MOST_TRACKS + 30)
    again = claims(channel)
    shows(channel, again, aircraft(channel, 1))
    channel.settle()
    skies.fly(1)
    assert row(channel).dropped == {"too-many-tracks": 31}, "by member, not by alarm"


def test_what_was_not_shown_for_a_minute_makes_room(channel: Channel, skies: Skies) -> None:
    shows(channel, claims(channel), *(aircraft(channel, number) for number in range(1, MOST_TRACKS + 1)))
    channel.settle()
    skies.fly(61)
    shows(channel, claims(channel), aircraft(channel, 1))
    channel.settle()
    skies.fly(1)
    assert row(channel).dropped == {}


def test_an_aircraft_that_may_be_anywhere_warns_of_nothing(channel: Channel, skies: Skies) -> None:
    skies.shows("TUR", "cot:HAWK-1", "TUR", **STANDS)
    skies.fly(2)
    shows(channel, claims(channel), aircraft(channel, 1, lat=34.0, off_mm=MOST_UNCERTAIN_MM + 1))
    channel.settle()
    skies.fly(2)
    assert row(channel).dropped == {"too-uncertain": 1}
    assert refs(channel) == []
    assert alarms_of(channel, "TUR", "TUR") == []


def test_alarms_about_what_one_member_shows_are_bounded_and_said_to_wait(
    channel: Channel, skies: Skies
) -> None:
    """A hundred aircraft beside one of ours, soonest first; the others are told as those are over."""
    skies.shows("TUR", "cot:HAWK-1", "TUR", **STANDS)
    skies.fly(2)
    shows(channel, claims(channel), *(aircraft(channel, number) for number in range(1, 101)))
    channel.settle()
    skies.fly(3, until_quiet=False)
    node = channel.node("TUR")
    assert len(alarms_of(channel, "TUR", "TUR")) == MOST_SHOWN_BY_ONE
    assert row(channel).dropped == {"alarms-waiting": 100 - MOST_SHOWN_BY_ONE}
    assert any("80 alarms more about aircraft that ISR shows wait" in one for one in node.status({}).alarms)
    found = node.live.tracks().alarms
    assert len(found) == MOST_SHOWN_BY_ONE + 1
    assert found[-1].words.endswith(", and 79 more; NOT CALLED YET: ISR shows too many at once")


def test_so_many_are_recorded_at_one_look_and_the_others_at_the_next(channel: Channel, skies: Skies) -> None:
    for number in range(MOST_AT_ONCE + 5):
        skies.shows("TUR", f"cot:HAWK-{number}", "TUR", lat=34.52, lon=37.6 + number / 100, north_m_s=0)
    skies.fly(1, until_quiet=False)
    assert len(alarms_of(channel, "TUR", "TUR")) == MOST_AT_ONCE
    skies.fly(1, until_quiet=False)
    assert len(alarms_of(channel, "TUR", "TUR")) == MOST_AT_ONCE + 5


def test_what_its_author_calls_clear_is_shown_no_longer_and_our_alarm_about_it_ends(
    channel: Channel, skies: Skies
) -> None:
    skies.shows("TUR", "cot:HAWK-1", "TUR", **STANDS)
    skies.fly(2)
    alarm = claims(channel)
    shows(channel, alarm, aircraft(channel, 1))
    channel.settle()
    skies.fly(3)
    assert len(channel.node("TUR").live.tracks().alarms) == 1
    over = TrackOver(alarm, TrackEnd.CLEAR)
    speak(channel.node("ISR").ledger, over, voice=by_node(), to=("TUR",), readers=("TUR",))
    shows(channel, alarm, aircraft(channel, 2))
    channel.settle()
    skies.fly(20)
    assert channel.node("TUR").live.tracks().alarms == ()
    assert row(channel).dropped == {"alarm-over": 1}
    ended = [said.body for said in said_by(channel, "ISR", "TUR") if isinstance(said.body, TrackOver)]
    assert [one.because for one in ended] == [TrackEnd.UNSEEN]


def test_what_is_only_shown_no_longer_is_out_of_sight(channel: Channel, skies: Skies) -> None:
    skies.shows("TUR", "cot:HAWK-1", "TUR", **STANDS)
    skies.fly(2)
    shows(channel, claims(channel), aircraft(channel, 1))
    channel.settle()
    skies.fly(20)
    assert [one.level for one in channel.node("TUR").live.tracks().alarms] == ["unseen"]


def test_aircraft_that_a_member_shows_open_nothing_of_ours(channel: Channel, skies: Skies) -> None:
    """ISR says that it flies beside each of ours, to be shown where they are."""
    skies.shows("TUR", "cot:HAWK-1", "TUR", **STANDS)
    skies.shows("TUR", "cot:HAWK-2", "TUR", lat=34.22, lon=37.60, north_m_s=0)
    skies.shows("TUR", "radar:0042", "ISR", lat=34.30, lon=37.60, north_m_s=-100)
    skies.fly(2)
    shows(channel, claims(channel), aircraft(channel, 1), aircraft(channel, 2, lat=33.25))
    channel.settle()
    skies.fly(12)
    assert len(channel.node("TUR").live.tracks().alarms) >= 2
    shown = [said.body for said in said_by(channel, "ISR", "TUR") if isinstance(said.body, TrackShow)]
    assert {one.position.lon_e7 for body in shown for one in body.tracks} == {376_000_000}, (
        "only what is near the aircraft that we see ourselves"
    )


def test_whose_a_track_was_is_forgotten_with_the_track(channel: Channel, skies: Skies) -> None:
    skies.shows("TUR", "cot:HAWK-1", "TUR", **STANDS)
    shows(channel, claims(channel), aircraft(channel, 1, lat=36.0))
    channel.settle()
    skies.fly(2)
    live = channel.node("TUR").live
    assert set(live.holders.values()) == {"TUR", "ISR"}
    skies.silence()
    channel.clock.set(Instant(channel.clock.now() + 1_000_000))
    live.step()
    assert live.holders == {}
