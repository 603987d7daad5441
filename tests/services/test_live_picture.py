# SPDX-License-Identifier: Apache-2.0
"""The live picture of whole nodes: who is warned, in which words, and what leaves the node with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.services.skies import (
    ONE_JET,
    OTHER_JET,
    Skies,
    agree,
    alarm_only,
    alarms_of,
    said_by,
    september,
    transcript,
    words_owed,
)

from steerclear.errors import BadInput
from steerclear.mechanism.bodies import TrackAlarm, TrackEnd, TrackOver, TrackShow
from steerclear.model.member import MemberId
from steerclear.model.space import Altitude, Datum
from steerclear.model.terms import TrackRow
from steerclear.model.time import Instant
from steerclear.model.track import Shows
from steerclear.services import requests as ask
from steerclear.services.live_seen import CIVIL, UNKNOWN

if TYPE_CHECKING:
    from tests.services.conftest import Channel


@pytest.fixture
def skies(channel: Channel) -> Skies:
    return Skies(channel)


def test_both_desks_are_alarmed_minutes_before_and_nothing_is_shown_but_the_alarm(
    channel: Channel, skies: Skies
) -> None:
    agree(channel, alarm_only())
    september(skies)
    began = channel.clock.now()
    skies.fly(10)
    area, near = "enters the agreed area Zone 3, from 05:13Z", "come too close to each other, from 05:12Z"
    assert words_owed(channel, "TUR") == {
        f"An aircraft of yours {area}: call ISR.",
        f"An aircraft of yours and an aircraft of ISR {near}: ISR is to call. Acknowledge.",
        f"An aircraft of yours {area}: ISR is to call. Acknowledge.",
    }
    assert words_owed(channel, "ISR") == {
        f"An aircraft of yours and an aircraft of TUR {near}: call TUR.",
        f"An aircraft of TUR {area}: call TUR.",
        f"An aircraft of TUR {area}: TUR is to call. Acknowledge.",
    }
    rung = {(alarm.member, alarm.desk) for alarm in channel.alarms if alarm.at >= began and alarm.sounds}
    assert {("TUR", "air"), ("ISR", "air")} <= rung
    first = min(alarm.first_at for reader in ("TUR", "ISR") for alarm in alarms_of(channel, reader, "ISR"))
    assert first - channel.clock.now() > 90_000, "minutes before, not seconds"
    skies.fly(60)
    for reader, author in (("TUR", "ISR"), ("ISR", "TUR"), ("AZE", "TUR"), ("AZE", "ISR")):
        text = transcript(channel, reader, author)
        assert "HAWK" not in text
        assert "LION" not in text
        assert "radar:" not in text
        assert not any(str(place.lat_e7) in text for place in skies.reported)
    assert alarms_of(channel, "AZE", "TUR") == [], "the host carries it and cannot read it"


@pytest.mark.parametrize("shows", [Shows.NOTHING, None])
def test_without_a_row_that_lets_it_the_alarm_stays_at_its_own_desk(
    channel: Channel, skies: Skies, shows: Shows | None
) -> None:
    agree(channel, *(() if shows is None else (alarm_only(shows),)))
    september(skies)
    skies.fly(30)
    assert len(alarms_of(channel, "TUR", "TUR")) == 1
    assert alarms_of(channel, "ISR", "TUR") == alarms_of(channel, "TUR", "ISR") == []
    assert words_owed(channel, "TUR") == {
        "An aircraft of yours enters the agreed area Zone 3, from 05:13Z: call ISR."
    }


def test_near_shows_own_aircraft_that_are_near_under_a_number(channel: Channel, skies: Skies) -> None:
    agree(channel, alarm_only(Shows.NEAR))
    september(skies)
    skies.shows("ISR", "cot:LION-8", "ISR", lat=33.2, lon=39.9, north_m_s=0)  # far from all of TUR's
    skies.fly(10)
    assert not any(isinstance(said.body, TrackShow) for said in said_by(channel, "TUR", "ISR"))
    skies.fly(140)
    shown = [said.body for said in said_by(channel, "TUR", "ISR") if isinstance(said.body, TrackShow)]
    assert {one.number for body in shown for one in body.tracks} == {1}
    assert {one.position.lon_e7 for body in shown for one in body.tracks} == {376_000_000}
    assert len(shown) <= 8, "every ten seconds at the most"
    assert "399000000" not in transcript(channel, "TUR", "ISR")
    seen = {row.ref: row for row in channel.node("TUR").live.tracks().tracks}
    (theirs,) = (row for ref, row in seen.items() if ref.startswith("ISR:"))
    assert (theirs.whose, theirs.is_ours) == ("ISR", False)


def test_all_shows_all_own_aircraft_and_only_own(channel: Channel, skies: Skies) -> None:
    agree(channel, alarm_only(Shows.ALL))
    september(skies)
    skies.shows("ISR", "cot:LION-8", "ISR", lat=33.2, lon=39.9, north_m_s=0)
    skies.shows("ISR", "icao:4ca2d6", CIVIL, lat=33.0, lon=39.0, north_m_s=0)
    skies.fly(20)
    shown = [said.body for said in said_by(channel, "TUR", "ISR") if isinstance(said.body, TrackShow)]
    assert {one.position.lon_e7 for body in shown for one in body.tracks} == {376_000_000, 399_000_000}
    assert shown[0].tracks[0].altitude == Altitude(25_000, Datum.STD)


def test_what_is_taken_back_is_shown_no_longer(channel: Channel, skies: Skies) -> None:
    agree(channel, alarm_only(Shows.ALL))
    september(skies)
    skies.fly(10)
    channel.do("TUR", ask.SuspendMechanism())
    before = sum(isinstance(said.body, TrackShow) for said in said_by(channel, "TUR", "ISR"))
    assert before > 0
    skies.fly(30)
    assert sum(isinstance(said.body, TrackShow) for said in said_by(channel, "TUR", "ISR")) == before


def test_the_host_warns_both_from_what_all_can_hear_and_shows_neither(channel: Channel, skies: Skies) -> None:
    agree(channel, alarm_only())
    skies.shows("AZE", "icao:4ca2d6", "TUR", **ONE_JET)
    skies.shows("AZE", "icao:738a01", "ISR", **OTHER_JET)
    skies.fly(10)
    raised = alarms_of(channel, "TUR", "AZE")
    assert raised == alarms_of(channel, "ISR", "AZE")
    assert sorted((one.danger.value, one.caller, one.called) for one in raised) == [
        ("entry", "TUR", "ISR"),
        ("separation", "ISR", "TUR"),
    ]
    for reader in ("TUR", "ISR"):
        text = transcript(channel, reader, "AZE")
        assert "icao" not in text
        assert not any(str(place.lat_e7) in text for place in skies.reported)


def test_the_host_warns_only_whom_the_rows_let_it_warn(channel: Channel, skies: Skies) -> None:
    """ISR alone may be told: it is ISR that is to call, whosever aircraft it is."""
    agree(channel, TrackRow(None, MemberId("ISR"), Shows.ALARM, 0))
    skies.shows("AZE", "icao:4ca2d6", "TUR", **ONE_JET)
    skies.shows("AZE", "icao:738a01", "ISR", **OTHER_JET)
    skies.fly(10)
    assert alarms_of(channel, "TUR", "AZE") == []
    raised = alarms_of(channel, "ISR", "AZE")
    assert {(one.caller, one.called) for one in raised} == {("ISR", "TUR")}
    assert len(raised) == 2


def test_a_host_that_may_warn_nobody_says_nothing_and_sees_it(channel: Channel, skies: Skies) -> None:
    agree(channel)
    skies.shows("AZE", "icao:4ca2d6", "TUR", **ONE_JET)
    skies.shows("AZE", "icao:738a01", "ISR", **OTHER_JET)
    skies.fly(10)
    assert not any(isinstance(said.body, TrackAlarm) for said in said_by(channel, "AZE", "AZE"))
    rows = channel.node("AZE").live.tracks().alarms
    assert {row.danger for row in rows} == {"entry", "separation"}
    assert all(row.words.endswith("; NOT CALLED YET") for row in rows)


def test_it_ends_when_it_is_clear_and_is_undetermined_when_it_is_out_of_sight(
    channel: Channel, skies: Skies
) -> None:
    agree(channel, alarm_only())
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.fly(3)
    node = channel.node("TUR")
    (alarm,) = node.live.tracks().alarms
    assert (alarm.danger, alarm.level) == ("entry", "ahead")
    assert alarm.words.startswith("cot:HAWK-1 enters the agreed area Zone 3, from 05:1")
    skies.silence()
    skies.fly(20, until_quiet=False)
    shown = node.live.tracks()
    assert shown.tracks[0].state == "stale"
    assert shown.tracks[0].ahead is None
    assert shown.alarms[0].level == "unseen"
    assert "UNDETERMINED: not in sight since" in shown.alarms[0].words
    skies.shows("TUR", "cot:HAWK-1", "TUR", lat=33.60, lon=37.62, north_m_s=0)
    skies.fly(40)
    assert node.live.tracks().alarms == ()
    (over,) = (said.body for said in said_by(channel, "ISR", "TUR") if isinstance(said.body, TrackOver))
    assert over.because is TrackEnd.CLEAR
    assert words_owed(channel, "TUR") == set()


def test_a_track_that_nobody_names_is_asked_about(channel: Channel, skies: Skies) -> None:
    agree(channel, alarm_only())
    skies.shows("ISR", "cot:LION-7", "ISR", **OTHER_JET)
    skies.shows("ISR", "radar:0042", UNKNOWN, **ONE_JET)
    skies.fly(10)
    kinds = {one.owes.value for one in alarms_of(channel, "ISR", "ISR")}
    assert kinds == {"ask-ownership"}
    skies.shows("ISR", "radar:0042", "TUR", **ONE_JET)
    skies.fly(2)
    assert channel.node("ISR").live.holders["radar:0042"] == "TUR", "who is named once stays named"


def test_an_airliner_before_a_hot_area_is_the_filers_to_have_warned(
    channel: Channel, skies: Skies, draw: Any
) -> None:
    agree(channel, alarm_only())
    zone = draw(
        "n1", "TUR", 34.2, 37.62, kind="keep-out", start="2025-04-10T05:10:00Z", upper=30_000, radius_m=9_000
    )
    channel.file("TUR", zone, overrides={"late": "a drill", "lead-time": "a drill"})
    skies.shows("TUR", "icao:4ca2d6", CIVIL, **ONE_JET)
    skies.fly(5)
    (raised,) = [one for one in alarms_of(channel, "TUR", "TUR") if one.other.member == "TUR"]
    assert (raised.owes.value, raised.caller, raised.called) == ("warn-airliner", "TUR", None)


def test_a_movement_that_leaves_what_it_filed_owes_a_new_version_or_its_return(
    channel: Channel, skies: Skies, draw: Any
) -> None:
    agree(channel, alarm_only())
    skies.fly(60)
    filed = draw("f1", "TUR", 33.85, 37.62, start="2025-04-10T05:11:00Z", lower=20_000, upper=30_000)
    receipt = channel.file("TUR", filed, overrides={"late": "a drill", "lead-time": "a drill"})
    channel.at("05:12")
    skies.begins = channel.clock.now()
    skies.shows("TUR", "cot:HAWK-1", "TUR", lat=33.85, lon=37.62, north_m_s=-100)
    skies.fly(2)
    live = channel.node("TUR").live
    assert alarms_of(channel, "TUR", "TUR") == []
    live.flies("cot:HAWK-1", receipt.id)
    skies.fly(3)
    (raised,) = alarms_of(channel, "TUR", "TUR")
    assert (raised.danger.value, raised.owes.value, raised.caller) == ("departure", "amend-or-return", "TUR")
    assert live.tracks().tracks[0].flies == receipt.id
    again = channel.restart("TUR").live
    assert again.flown == {"cot:HAWK-1": receipt.id}, "who flies what outlives the process"


def test_only_an_own_track_flies_and_only_what_we_filed(channel: Channel, skies: Skies, draw: Any) -> None:
    theirs = channel.file("ISR", draw("i1", "ISR", kind="hazard"))
    live = channel.node("TUR").live
    with pytest.raises(BadInput) as refused:
        live.flies("cot:HAWK-1", None)
    assert refused.value.code == "track-unknown"
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.fly(1)
    with pytest.raises(BadInput) as refused:
        live.flies("cot:HAWK-1", theirs.id)
    assert refused.value.code == "not-our-notice"
    live.flies("cot:HAWK-1", None)
    assert live.flown == {}


def test_what_a_node_raised_before_it_fell_ends_unseen(channel: Channel, skies: Skies) -> None:
    agree(channel, alarm_only())
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.fly(3)
    assert len(alarms_of(channel, "TUR", "TUR")) == 1
    node = channel.restart("TUR")
    node.live.step()
    channel.clock.set(Instant(channel.clock.now() + 700_000))
    node.live.step()
    (over,) = (said.body for said in said_by(channel, "TUR", "TUR") if isinstance(said.body, TrackOver))
    assert over.because is TrackEnd.UNSEEN


def test_members_are_told_by_name(channel: Channel, skies: Skies) -> None:
    """A row for one recipient alone is for no other."""
    agree(channel, TrackRow(None, MemberId("AZE"), Shows.ALL, 0))
    september(skies)
    skies.fly(20)
    assert alarms_of(channel, "ISR", "TUR") == []
