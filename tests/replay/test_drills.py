# SPDX-License-Identifier: Apache-2.0
"""Is what is called in a drill of a play measured there, and counted among nothing real?"""

from __future__ import annotations

from steerclear.replay.parser import parse_play
from steerclear.replay.runner import run_on_stage
from steerclear.services.statistics import statistics

DAY = """play 1
# the host drills the line
mechanism us-russia-2015   parties USA RUS   host CHE   day 2026-03-02
08:00  CHE air   starts drill "April" as r1
08:01  CHE air   calls stop at 35.366N 40.17E basis unsure seen "played" drill r1 as s1
08:02  CHE air   repeats stop s1
08:03  USA air rung 2 acknowledges s1
08:03  RUS air rung 2 acknowledges s1
08:04  everyone  sees minutes-to-authority of s1 <= 2
08:05  CHE air   calls distress at 35.366N 40.17E who people drill r1 as d1
08:07  USA air rung 2 acknowledges d1
08:10  CHE air   ends drill r1
08:11  record    verifies
"""


def test_a_drill_is_played_and_reported_at_every_node() -> None:
    (play,) = parse_play(DAY, where="drill.play")
    run, stage = run_on_stage(play)
    assert run.passed, run.failures
    for station in stage.stations.values():
        figures = statistics(station.ledger, "2026-03").shared
        [report] = figures.drills
        assert (report.name, report.minutes_to_authority) == ("April", (2, 2))
        assert figures.calls == 0
