# SPDX-License-Identifier: Apache-2.0
"""Alarms: one for each cause, that rings once, does not flicker, and never ends because nobody looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from steerclear.model.space import Altitude, Band, Circle, Datum, Position, Volume
from steerclear.model.time import Instant, TimeSpan
from steerclear.model.track import Track
from steerclear.tracking import Area, AreaWatch, Drift, Minima, movers_of, traffic_of
from steerclear.tracking.alarms import (
    Alarm,
    AlarmRules,
    Alarms,
    Call,
    Cause,
    Change,
    Danger,
    Level,
    Side,
    call_of,
    dangers_of,
    stepped,
)

NOW = Instant(1_757_000_000_000)
RULES = AlarmRules()
CAUSE = Cause("entry", "t", "notice")


def at(seconds: float) -> Instant:
    return Instant(NOW + round(seconds * 1000))


def danger(first_s: float, *, is_now: bool = False, sides: tuple[Side, Side] = ("other", "own")) -> Danger:
    return Danger(CAUSE, sides, at(first_s), is_now, is_certain=True)


def told(script: Sequence[tuple[float, Danger | None, bool]]) -> tuple[list[tuple[float, str]], Alarms]:
    """Ticks as (second, what is seen, is the track fresh) and what the desk hears."""
    alarms, heard = Alarms(), []
    for second, seen, fresh in script:
        dangers = [seen] if seen is not None else []
        alarms, events = stepped(alarms, dangers, {"t"} if fresh else set(), at(second), RULES)
        heard += [(second, event.change.value) for event in events]
    return heard, alarms


def test_what_is_far_off_rings_at_the_second_look_and_what_is_near_at_once() -> None:
    assert told([(0, danger(200), True)])[0] == []
    assert told([(0, danger(200), True), (1, danger(200), True)])[0] == [(1, "rings")]
    assert told([(0, danger(60), True)])[0] == [(0, "rings")]


def test_looks_that_follow_each_other_quickly_are_one_look() -> None:
    script = [(tenth / 10, danger(200), True) for tenth in range(11)]
    assert told(script)[0] == [(1.0, "rings")]
    broken = [(tenth / 10, danger(200) if tenth != 5 else None, True) for tenth in range(11)]
    assert told(broken)[0] == []


def test_one_glimpse_that_goes_away_is_never_heard() -> None:
    heard, alarms = told([(0, danger(200), True), (1, None, True)])
    assert (heard, alarms.of) == ([], {})


def test_a_danger_that_flickers_rings_once_and_ends_once() -> None:
    script: list[tuple[float, Danger | None, bool]] = [(0, danger(50), True)]
    script += [(second, danger(50) if second % 3 else None, True) for second in range(1, 60)]
    script += [(second, None, True) for second in range(60, 120)]
    assert told(script)[0] == [(0, "rings"), (89, "ends")]


def test_what_was_ahead_and_has_come_rings_again_and_going_in_and_out_does_not() -> None:
    script: list[tuple[float, Danger | None, bool]] = [
        (0, danger(50), True),
        (50, danger(50, is_now=True), True),
    ]
    script += [(second, danger(second, is_now=second % 2 == 0), True) for second in range(51, 60)]
    assert told(script)[0] == [(0, "rings"), (50, "has come")]


def test_what_nobody_sees_any_more_is_out_of_sight_and_not_over() -> None:
    script: list[tuple[float, Danger | None, bool]] = [(0, danger(50), True)]
    script += [(second, None, False) for second in range(1, 300)]
    heard, alarms = told(script)
    assert heard == [(0, "rings"), (1, "out of sight")]
    assert alarms.of[CAUSE].level is Level.UNSEEN


def test_what_comes_back_into_sight_without_danger_has_to_stay_so() -> None:
    script = [
        (0, danger(50), True),
        (1, None, False),
        (100, None, True),
        (129, None, True),
        (130, None, True),
    ]
    assert told(script)[0] == [(0, "rings"), (1, "out of sight"), (100, "seen again"), (130, "ends")]


def test_what_stays_out_of_sight_ends_with_the_memory_of_the_picture() -> None:
    assert told([(0, danger(50), True), (600, None, False), (601, None, False)])[0] == [
        (0, "rings"),
        (600, "out of sight"),
        (601, "ends"),
    ]


CALLS = [
    pytest.param("entry", ("other", "own"), "call-the-other-side", "own", "other", id="theirs into ours"),
    pytest.param("entry", ("own", "other"), "call-the-other-side", "own", "other", id="ours into theirs"),
    pytest.param("entry", ("unknown", "own"), "ask-ownership", "own", "other", id="nobody's into ours"),
    pytest.param("entry", ("civil", "own"), "warn-airliner", "own", "civil", id="an airliner into ours"),
    pytest.param("entry", ("civil", "other"), "warn-airliner", "other", "civil", id="… into theirs"),
    pytest.param("entry", ("civil", "unknown"), "warn-airliner", "own", "civil", id="… into what is agreed"),
    pytest.param("separation", ("own", "other"), "call-the-other-side", "own", "other", id="ours and theirs"),
    pytest.param("separation", ("own", "unknown"), "ask-ownership", "own", "other", id="ours and nobody's"),
    pytest.param("separation", ("civil", "own"), "warn-airliner", "own", "civil", id="ours and an airliner"),
    pytest.param("departure", ("own", "own"), "amend-or-return", "own", "other", id="ours leaves its notice"),
    pytest.param(
        "departure", ("other", "other"), "amend-or-return", "other", "own", id="theirs leaves its own"
    ),
]


@pytest.mark.parametrize(("kind", "sides", "what", "caller", "called"), CALLS)
def test_who_must_call_whom(kind: Any, sides: Any, what: Any, caller: Any, called: Any) -> None:
    cause = Cause(kind, "t", "notice")
    one = replace(danger(1_000, sides=sides), cause=cause)
    alarm = Alarm(one, Level.AHEAD, NOW, NOW, NOW, NOW)
    due_s = 120 if what == "warn-airliner" else 300
    assert call_of(alarm, RULES) == Call(what, caller, called, cause, at(due_s))


def test_a_call_is_owed_before_it_happens_and_by_nobody_before_it_rings() -> None:
    alarm = Alarm(danger(90), Level.AHEAD, NOW, NOW, NOW, NOW)
    call = call_of(alarm, RULES)
    assert call is not None
    assert call.due_at == at(90)
    assert call_of(replace(alarm, rang_at=None), RULES) is None


def flying(ref: str, whose: Side, lon: float, east: float) -> Track:
    place, level = Position(340_000_000, round(lon * 1e7)), Altitude(30_000, Datum.STD)
    return Track(ref, whose, NOW, place, level, round(east * 1000), 0, 0, 0)


def test_a_tick_of_the_whole_picture_is_one_danger_for_each_cause_and_only_what_concerns_us() -> None:
    tracks = [
        flying("ours", "own", 36.0, 200.0),
        flying("theirs", "other", 36.4, -200.0),
        flying("their-wing", "other", 36.41, -200.0),
        flying("airliner", "civil", 37.0, -230.0),
    ]
    band = Band(Altitude(0, Datum.AGL), Altitude(40_000, Datum.STD))
    volume = Volume(
        Circle(Position(340_000_000, 368_000_000), 5_000_000),
        band,
        TimeSpan(NOW // 1000, NOW // 1000 + 3_600),
    )
    areas = [Area(f"n1#{number}", volume, "own", concerns="n1") for number in range(2)]
    movers, watch = movers_of(tracks, NOW, Drift(unknown_climb_ft_min=0)), AreaWatch(areas, NOW)
    traffic = traffic_of(movers, Minima(9_260_000, 1_000, 300))
    own = watch.departures(movers, [("ours", "n1#0")], 300)
    dangers = dangers_of(movers, watch, traffic, watch.entries(movers, 300), own)
    causes = {(one.cause.kind, one.cause.track, one.cause.other, one.is_now) for one in dangers}
    assert causes == {
        ("separation", "ours", "theirs", False),
        ("separation", "ours", "their-wing", False),
        ("separation", "airliner", "ours", False),
        ("entry", "airliner", "n1", False),
        ("departure", "ours", "n1", True),
    }
    alarms, events = stepped(Alarms(), dangers, set(movers.refs.tolist()), NOW, RULES)
    assert {event.change for event in events} == {Change.RINGS}
    assert alarms.ringing()[0].cause.kind == "departure"
