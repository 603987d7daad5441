# SPDX-License-Identifier: Apache-2.0
"""Does the runner do what lines say, and can each sight be false?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from steerclear.errors import BadInput
from steerclear.replay.parser import parse_play
from steerclear.replay.runner import run_play
from steerclear.replay.script import Play
from steerclear.replay.timeline import Run

Make = Callable[..., Play]

AREA = "circle 35.366N 40.176E 5km 0..20000ft AMSL 12:55..14:00"
FILED = f"12:05 USA air files hazard {AREA} near OSDZ as n1 to RUS"
OVERRIDDEN = 'USA air overrides position because "as read on the line"'
CALLED = "13:24 RUS air calls stop at 35.26N 40.13E basis own-forces as s1"
STORY = f"""play 1
# the story that the sights look at
mechanism us-russia-2015   parties USA RUS   host CHE   day 2016-09-17
desk USA air   relay "watch officer"  may-act "battle director"  may-act "commander"
world    fires every 10m from 13:00 until halt s1
11:55 RUS air files flight circle 35.36N 40.17E 20km 3000..9000ft AMSL 12:30..14:30 as n2 to USA
{FILED}
12:05 USA air is warned position
12:05 {OVERRIDDEN}
{CALLED}
13:25 RUS air asks ownership at 35.26N 40.13E of USA seen "fire" as q1
13:26 USA air answers ownership q1 not-known
"""

TRUE = (
    "13:27 USA air owes outcome of s1",
    "13:27 USA air owes outcome of s1 by 13:29",
    "13:27 USA air owes outcome of s1 by 13:29:00",
    "13:30 USA air owes outcome of s1 overdue",
    "13:27 RUS air owes nothing of s1",
    "13:27 USA air is climbed to rung 3 for s1",
    "13:27 USA air hears s1",
    "13:27 CHE air hears nothing",
    "13:27 USA air stage n1 is delivered by RUS",
    "13:27 USA air stage n1 is recorded",
    "13:27 everyone sees minutes-to-authority of s1 unknown",
    "13:27 USA air sees n1, n2",
    "13:27 everyone sees conflict n1 n2",
    "13:27 RUS air sees q1 not-known by USA",
    "13:27 everyone sees n1 hot, s1 open",
    "13:27 everyone sees mechanism in-force",
    "13:27 USA air sees watch of USA air nobody",
    "13:27 USA air sees RUS desk-silent",
    "13:27 USA air never sees n1 cold",
    "13:27 world counts fires = 3",
    "13:27 world counts fires after s1 = 0",
    "13:27 record counts entries USA >= 5",
    "13:27 record verifies",
)
FALSE = (
    "13:27 USA air owes dissemination of s1",
    "13:27 USA air owes outcome of s1 by 13:30",
    "13:27 USA air owes outcome of s1 by 13:29:01",
    "13:27 USA air owes outcome of s1 overdue",
    "13:27 USA air owes nothing of s1",
    "13:27 USA air is climbed to rung 2 for s1",
    "13:27 RUS air is climbed to rung 1 for s1",
    "13:27 CHE air hears s1",
    "13:27 USA air hears nothing",
    "13:27 USA air stage n1 is acknowledged by RUS",
    "13:27 USA air stage n1 is disseminated by RUS expired",
    "13:27 everyone sees minutes-to-authority of s1 <= 6",
    "13:27 USA air sees n1 sealed",
    "13:27 USA air sees n1 cold, n2",
    "13:27 RUS air sees q1 ours by USA",
    "13:27 everyone sees mechanism suspended",
    "13:27 USA air sees watch of USA air held",
    "13:27 USA air sees RUS line-down",
    "13:27 USA air never sees n1 hot",
    "13:27 USA air never sees n1",
    "13:27 world counts fires = 4",
    "13:27 world counts fires after s1 >= 1",
    "13:27 record counts entries USA < 5",
    "13:27 USA air is warned position",
    "13:27 USA air is blocked position",
)


def run(text: str) -> Run:
    return run_play(parse_play(text, where="story.play")[0])


def test_what_is_there_is_seen() -> None:
    lines = sorted(TRUE)
    assert run(STORY + "\n".join(lines) + "\n").failures == ()


def test_what_is_not_there_fails_the_play_line_by_line() -> None:
    failed = run(STORY + "\n".join(FALSE) + "\n").failures
    assert [failure.text for failure in failed] == list(FALSE)
    assert all(failure.seen for failure in failed)


@pytest.mark.parametrize("km", [8, 10])
def test_a_warning_of_another_distance_is_not_the_one(play: Make, km: int) -> None:
    failures = run_play(play(FILED, f"12:05 USA air is warned position {km} km from reference")).failures
    assert [failure.line for failure in failures] == [4, 5]


def test_a_deed_that_is_refused_fails_the_play_that_did_not_expect_it(play: Make) -> None:
    (failure,) = run_play(play(FILED, "12:06 USA air sees mechanism in-force")).failures
    assert failure.line == 4
    assert "position" in failure.seen


def test_a_deed_that_is_refused_as_expected_does_not(play: Make) -> None:
    unseen = FILED.replace(AREA, "without-area")
    assert run_play(play(unseen, "12:05 USA air is blocked unknown-geometry")).failures == ()


def test_a_record_that_was_altered_does_not_verify(play: Make) -> None:
    """The checker can fail: a machine whose disk was changed says so, and the play with it."""
    from steerclear.replay import audit, sights, stage

    there = stage.set_stage(play("12:00 USA air resumes"))
    station = there.stations[there.host]
    logs = station._disk.logs
    first, *rest = logs["USA", 0]
    logs["USA", 0][:] = [*rest, first]
    assert not audit.check_record(sights.Verifies(), there).there


def test_a_lost_line_delays_and_a_regained_one_delivers(play: Make) -> None:
    lines = (
        "12:00 world loses link RUS",
        CALLED.replace("13:24", "12:01"),
        "12:02 USA air hears nothing",
        "12:02 USA air sees RUS line-down",
        "12:02 RUS air stage s1 is filed by USA",
        "12:10 world regains link RUS",
        "12:10 USA air hears s1",
        "12:10 RUS air stage s1 is delivered by USA",
        "12:11 record verifies",
    )
    assert run_play(play(*lines)).failures == ()


def test_without_the_host_the_parties_go_on(play: Make) -> None:
    lines = (
        "12:00 world crashes CHE",
        CALLED.replace("13:24", "12:01"),
        "12:01 USA air hears s1",
        "12:20 world restarts CHE",
        "12:21 CHE air sees s1",
        "12:22 record verifies",
    )
    assert run_play(play(*lines)).failures == ()


def test_a_machine_that_is_down_neither_says_nor_sees(play: Make) -> None:
    lines = (
        "12:00 world crashes RUS",
        '12:01 RUS air suspends because "x"',
        "12:01 RUS air is blocked play-machine-down",
        "12:02 RUS air sees mechanism in-force",
    )
    (failure,) = run_play(play(*lines)).failures
    assert failure.seen == "nobody's machine is up"


def test_a_crash_loses_nothing_that_was_said(play: Make) -> None:
    lines = (
        CALLED.replace("13:24", "12:00"),
        "12:01 world crashes RUS",
        "12:05 world restarts RUS",
        "12:06 RUS air sees s1 open",
        "12:06 RUS air closes stop s1",
        "12:07 everyone sees s1 closed",
        "12:08 record verifies",
    )
    assert run_play(play(*lines)).failures == ()


def test_what_is_said_by_voice_is_entered_by_who_heard_it_and_binds_nobody(play: Make) -> None:
    lines = (
        FILED.replace(" near OSDZ", ""),
        "12:30 USA air cold n1 by voice",
        "12:31 everyone sees n1 pending",
    )
    assert run_play(play(*lines)).failures == ()


def test_an_unknown_template_is_refused(play: Make) -> None:
    text = "play 1\n# t\nmechanism moon-2030 parties USA RUS host CHE day 2016-09-17\n12:00 USA air resumes\n"
    with pytest.raises(BadInput) as refusal:
        run(text)
    assert refusal.value.code == "template-unknown"
