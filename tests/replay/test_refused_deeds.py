# SPDX-License-Identifier: Apache-2.0
"""Is a deed that cannot be done refused with its reason, and does the play go on?"""

from __future__ import annotations

import pytest

from steerclear.replay.runner import run_play
from steerclear.replay.timeline import Run

AREA = "circle 35.366N 40.176E 5km 0..20000ft AMSL 12:55..14:00"
BEFORE = (
    f"09:00 USA air files own-presence {AREA} sealed as n1 to RUS",
    f"09:00 RUS air files hazard {AREA} as n2 to USA",
    f"09:00 RUS air files hazard {AREA} near OSDZ as n3 to USA",
    "09:00 RUS air is warned position",
    "09:00 USA air sends line-check as g1 to RUS",
)
REFUSED = (
    ("USA air acknowledges n3", "play-never-said"),
    ('RUS air holds n2 because "x"', "play-nobody-unable"),
    ("RUS air resumes", "play-not-suspended"),
    ('RUS air proposes annex moon size=1 because "x"', "play-annex-unknown"),
    ('RUS air proposes annex separation colour=1 because "x"', "play-field-unknown"),
    ('RUS air proposes annex separation lateral_mm=wide because "x"', "body-field-form"),
    ('USA air overrides position because "x"', "play-no-draft"),
    ("RUS air acknowledges n1", "thing-not-readable"),
    ("CHE air reads-back g1", "play-without-effect"),
    ("CHE air activates n2", "not-the-filer"),
    ("CHE air files drone circle 35N 40E 1km 0..500ft AMSL 10:00..11:00", "not-a-filer"),
)


@pytest.fixture(scope="module")
def run() -> Run:
    from steerclear.replay.parser import parse_play

    head = "play 1\n# refused\nmechanism us-russia-2015 parties USA RUS host CHE day 2016-09-17\n"
    lines = [f"09:01 {deed}" for deed, _ in REFUSED]
    text = head + "\n".join([*BEFORE, *lines]) + "\n09:02 record verifies\n"
    return run_play(parse_play(text, where="refused.play")[0])


@pytest.mark.parametrize(("deed", "code"), REFUSED, ids=[deed for deed, _ in REFUSED])
def test_it_says_why(run: Run, deed: str, code: str) -> None:
    seen = {failure.text.removeprefix("09:01 "): failure.seen for failure in run.failures}
    assert seen[deed].startswith(code)


def test_nothing_else_failed(run: Run) -> None:
    assert len(run.failures) == len(REFUSED)


def test_fire_at_single_times_and_until_a_time() -> None:
    from steerclear.replay.parser import parse_play

    text = """play 1
# fire
mechanism us-russia-2015 parties USA RUS host CHE day 2016-09-17
world fires at 09:00:30, 09:01:30
world fires every 1m from 09:05 until 09:07
09:00 world counts fires = 0
09:01 world counts fires = 1
09:10 world counts fires = 5
"""
    run = run_play(parse_play(text, where="fire.play")[0])
    assert run.failures == ()
    assert [event.what for event in run.events if event.sort == "world"] == [
        f"fires ({number})" for number in range(1, 6)
    ]
