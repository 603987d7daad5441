# SPDX-License-Identifier: Apache-2.0
"""A play that has already made one thing of every sort, for lines that speak of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from steerclear.replay.parser import parse_play
from steerclear.replay.script import Line, Play

STAGE = """play 1
# everything is there once
mechanism us-russia-2015   parties USA RUS   host CHE   third SYR   day 2016-09-17
10:00 USA air files hazard circle 35.366N 40.176E 5km 0..20000ft AMSL 12:55..14:00 as n1
10:00 RUS air files flight circle 35.366N 40.176E 5km 0..20000ft AMSL 12:55..14:00 as n2
10:00 USA air calls stop at 35.26N 40.13E basis own-forces as s1
10:00 USA air calls distress at 35.26N 40.13E who aircraft as d1
10:00 USA air asks ownership at 35.26N 40.13E of RUS seen "a column" as q1
10:00 USA air calls check as k1
10:00 USA air sends line-check as g1
10:00 USA air registers site hospital "the hospital" circle 35.33N 40.14E 200m as h1
10:00 USA air proposes standstill circle 35.3N 40.1E 30km 15:00..21:00 acts "no fire" as x1
10:00 USA air proposes annex separation lateral_mm=9000000 because "the wind" as a1
10:00 USA air opens incident "fire at the crossing" at 09:40 with USA RUS as i1
10:00 USA air claims violation by RUS at 09:40 "entry without notice" as v1
10:00 USA air proposes conflict n1 n2 "ours at 15:00" as c1
10:00 USA air starts drill "first" as r1
10:00 USA air raises concern h1 "vehicles stand in its yard" by 18:00 as o1
10:00 USA air puts finding i1 "two aircraft" as f1
10:00 USA air convenes "joint review" 10:00..11:00 as t1
10:00 USA air minutes t1 "all came" as u1
10:00 USA air gives action t1 RUS by 20:00 "draw the line" as j1
10:00 USA air proposes communique "the two sides met" as y1
10:00 USA air is alarmed separation by USA as w1
"""


@pytest.fixture
def read() -> Callable[[str], Line]:
    """The last line of the stage with one line added."""

    def reader(line: str) -> Line:
        return parse_play(STAGE + line + "\n", where="stage.play")[0].lines[-1]

    return reader


@pytest.fixture
def play() -> Callable[..., Play]:
    """A play of two parties with these lines."""

    def reader(*lines: str) -> Play:
        head = "play 1\n# two parties\nmechanism us-russia-2015 parties USA RUS host CHE day 2016-09-17\n"
        return parse_play(head + "\n".join(lines) + "\n", where="two.play")[0]

    return reader
