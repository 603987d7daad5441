# SPDX-License-Identifier: Apache-2.0
"""Does a desk hear that a machine went dead: once, not for a flicker, not while its word comes otherwise?"""

from __future__ import annotations

import asyncio
import io

from tests.services.conftest import Channel, MemoryMark, Station, area

from steerclear.links.notifier import LINE_DOWN, Alarm, ConsoleBell
from steerclear.mechanism.bodies import AnnexPropose, End
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName
from steerclear.model.time import Instant
from steerclear.services import requests as ask
from steerclear.services.folding import MANY, MOST_BELLS
from steerclear.services.speak import by_authority, speak
from steerclear.services.status import Heard
from steerclear.store.memory import MemoryDisk

DESKS = ["air", "ground", "sea"]


def lines(channel: Channel, **since: str | None) -> dict[str, Heard]:
    """Of each member: down since then, or (``None``) up."""
    now = channel.clock.now()
    found = {}
    for member, clock in since.items():
        at = now if clock is None else channel.at(clock)
        found[member] = Heard(up=clock is None, since=at, last_at=at)
    channel.clock.set(now)
    return found


def rung(channel: Channel, clock: str, **since: str | None) -> list[tuple[str, str]]:
    """Which desk of TUR hears which lines ring at this time."""
    channel.at(clock)
    alarms = channel.node("TUR").step(lines(channel, **since))
    assert all(alarm.sounds and alarm.rung == 1 for alarm in alarms if alarm.cause == LINE_DOWN)
    return [(alarm.desk, alarm.about) for alarm in alarms if alarm.cause == LINE_DOWN]


def test_one_bell_at_each_desk_when_no_line_is_up_for_a_minute(channel: Channel) -> None:
    assert rung(channel, "06:00:59", AZE="06:00", ISR="06:00") == []
    assert rung(channel, "06:01", AZE="06:00", ISR="06:00") == [(desk, "AZE, ISR") for desk in DESKS]
    assert rung(channel, "06:02", AZE="06:00", ISR="06:00") == [], "it rings once"


def test_a_flicker_rings_nobody_and_a_second_loss_rings_anew(channel: Channel) -> None:
    assert rung(channel, "06:00:50", AZE="06:00", ISR="06:00") == []
    assert rung(channel, "06:00:55", AZE=None, ISR=None) == []
    assert rung(channel, "06:02", AZE="06:01", ISR="06:01") != []
    assert rung(channel, "06:03", AZE=None, ISR=None) == []
    assert rung(channel, "06:05", AZE="06:04", ISR="06:04") != []


def test_who_speaks_through_the_host_is_not_dead(channel: Channel) -> None:
    """The beats of ISR come by AZE: only when two are missing is its machine dead."""
    said_at = channel.node("TUR").ledger.logs["ISR"].last_at
    late = Instant(said_at + 20 * 60_000)
    channel.clock.set(Instant(late - 1))
    assert channel.node("TUR").step(lines(channel, AZE=None, ISR="05:01")) == ()
    channel.clock.set(late)
    alarms = channel.node("TUR").step(lines(channel, AZE=None, ISR="05:01"))
    assert [(alarm.desk, alarm.about) for alarm in alarms] == [(desk, "ISR") for desk in DESKS]


def test_a_member_that_never_came_is_not_lost(founded: Channel) -> None:
    began = founded.stations["TUR"]
    fresh = Station(MemoryDisk(), began.keys, MemoryMark(), began.randomness)
    alone = Channel(founded.charter, {"TUR": fresh}, founded.clock.now())
    assert rung(alone, "06:30", AZE="06:00", ISR="06:00") == []


def test_a_voice_line_asks_nothing_of_a_line(founded: Channel) -> None:
    for annex in template("voice-line-only", parties=("TUR", "ISR"), host="AZE"):
        if annex.name is AnnexName.RESPONSE:
            speak(founded.node("TUR").ledger, AnnexPropose(annex, "so"), voice=by_authority(), to=("ISR",))
    founded.settle()
    founded.do("TUR", ask.Ratify())
    founded.do("ISR", ask.Ratify())
    assert rung(founded, "06:30", AZE="06:00", ISR="06:00") == []


def test_what_has_ended_asks_nothing_of_a_line(channel: Channel) -> None:
    for member in ("TUR", "ISR"):
        speak(channel.node(member).ledger, End("over"), voice=by_authority(), to=("AZE",))
        channel.settle()
    assert rung(channel, "06:30", AZE="06:00", ISR="06:00") == []


def test_it_folds_like_every_bell_but_stop(channel: Channel) -> None:
    """Ten notices ring at the air desk; the line that then goes dead is the bell that stands for many."""
    for number in range(MOST_BELLS):
        drawn = area(f"n{number}", "ISR", lat=33 + number / 4, start="2025-04-10T05:40:00Z")
        channel.file("ISR", drawn, level="L0", overrides={"lead-time": "At once."}, settle=False)
    channel.settle()
    sounded = [one for one in channel.alarms if one.member == "TUR" and one.sounds]
    assert [one.desk for one in sounded] == ["air"] * MOST_BELLS
    channel.at("05:12")
    alarms = channel.node("TUR").step(lines(channel, AZE="05:11", ISR="05:11"))
    assert [(one.desk, one.cause) for one in alarms if one.sounds] == [
        ("air", MANY),
        ("ground", LINE_DOWN),
        ("sea", LINE_DOWN),
    ]


def test_the_console_says_whose_line_it_is() -> None:
    stream = io.StringIO()
    alarm = Alarm("TUR", "air", LINE_DOWN, "AZE, ISR", 1, sounds=True, at=Instant(0))
    asyncio.run(ConsoleBell(stream).ring(alarm))
    assert stream.getvalue() == (
        "\a1970-01-01T00:00:00.000Z call the air desk of TUR (rung 1): no word of AZE, ISR by any line\n"
    )
