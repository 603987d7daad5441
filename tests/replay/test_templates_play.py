# SPDX-License-Identifier: Apache-2.0
"""Each template stands up a mechanism that a play can run: founded, ratified by all, a notice seen."""

from __future__ import annotations

import pytest

from steerclear.mechanism.templates import NAMES, described
from steerclear.replay.parser import parse_play
from steerclear.replay.runner import run_play


@pytest.mark.parametrize("name", NAMES)
def test_a_play_can_be_founded_on_it(name: str) -> None:
    desk = next(iter(described(name).desks), "air")
    (play,) = parse_play(
        f"""play 1
# a notice under {name}
mechanism {name}   parties AAA BBB   host CCC   day 2026-10-05
10:00  AAA {desk}  files hazard circle 35.1234567N 38.3456789E 2km 0..5000ft AMSL 10:30..11:30 as n1 to BBB
10:02  everyone  sees mechanism in-force
10:02  BBB {desk}  sees n1
10:40  record  verifies
""",
        where=name,
    )
    run = run_play(play)
    assert run.passed, run.failures
