# SPDX-License-Identifier: Apache-2.0
"""Are a month's figures right, and are the shared ones the same at every node?"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from steerclear.errors import BadInput
from steerclear.mechanism.measures import spread
from steerclear.model.member import MemberId
from steerclear.replay.parser import parse_play
from steerclear.replay.runner import run_on_stage
from steerclear.services.ledger import Ledger
from steerclear.services.statistics import StatisticsShown, page_of, plot_of, statistics

MONTH = """play 1
# a month of two parties
mechanism us-russia-2015   parties USA RUS   host CHE   notifier UN via CHE   day 2026-03-02
07:00  CHE air   calls check as k1 to USA RUS
08:00  USA air   files hazard circle 35.366N 40.176E 5km 0..20000ft AMSL 08:10..09:00 as n1 to RUS
08:00  RUS air   files own-presence circle 35.361N 40.171E 5km 0..3000ft AMSL 10:10..11:00 sealed as n2 to USA
08:04  RUS air   acknowledges n1
08:10  RUS air   calls stop at 35.26N 40.13E basis own-forces as s1
08:13  USA air rung 2 acknowledges s1
08:20  USA air   answers s1 "stopped at 08:20Z"
08:21  RUS air   closes stop s1
09:20  UN air    calls stop at 36.26N 41.13E basis civilians as s2
09:50  USA air rung 2 acknowledges s2
10:00  CHE air   starts drill "in spring" as r1
10:30  record    verifies
"""


@pytest.fixture(scope="module")
def nodes() -> dict[str, Ledger]:
    (play,) = parse_play(MONTH, where="month.play")
    run, stage = run_on_stage(play)
    assert run.passed, run.failures
    return {member: station.ledger for member, station in stage.stations.items()}


@pytest.fixture(scope="module")
def shown(nodes: dict[str, Ledger]) -> StatisticsShown:
    return statistics(nodes["USA"], None)


def test_minutes_are_those_that_passed(shown: StatisticsShown) -> None:
    by_name = {row.what: row for row in shown.own.spreads}
    authority, halt = by_name["minutes to authority"], by_name["minutes to halt"]
    assert (authority.count, authority.p50, authority.p95, authority.worst) == (2, 3.0, 30.0, 30.0)
    assert (halt.count, halt.worst) == (1, 10.0)
    assert (shown.own.calls, shown.own.without_authority, shown.own.without_halt) == (2, 0, 1)


def test_what_came_late_and_what_never_came_are_told_apart(shown: StatisticsShown) -> None:
    stop = next(row for row in shown.own.duties if row.of_class == "stop")
    assert stop.late
    assert stop.missed
    assert stop.in_time


def test_a_notice_with_ten_minutes_of_lead_is_late(shown: StatisticsShown) -> None:
    assert (shown.own.notices, shown.own.late_notices) == (1, 1)
    lead = next(row for row in shown.own.spreads if row.what == "lead time of notices")
    assert (lead.p50, lead.worst) == (10.0, 10.0)


def test_line_checks_that_nobody_made_are_counted(shown: StatisticsShown) -> None:
    """Agreed at 09:00: the call at 07:00 was for no agreed time."""
    assert (shown.own.checks_made, shown.own.checks_missed) == (0, 1)


def test_the_shared_figures_are_the_same_at_every_node(nodes: dict[str, Ledger]) -> None:
    shared = {member: statistics(ledger, "2026-03").shared for member, ledger in nodes.items()}
    assert len(set(map(repr, shared.values()))) == 1


def test_own_figures_are_of_each_side_alone(nodes: dict[str, Ledger]) -> None:
    assert statistics(nodes["USA"], None).own != statistics(nodes["UN"], None).own


def test_few_cases_are_not_shown_to_others(shown: StatisticsShown) -> None:
    assert shown.smallest_shown == 5
    assert shown.own.calls == 2
    assert shown.shared.calls is None
    assert all(row.p50 is None for row in shown.shared.spreads)


def test_a_month_in_which_nothing_was_said_has_no_median(nodes: dict[str, Ledger]) -> None:
    before = statistics(nodes["USA"], "2025-12")
    assert before.own.calls == 0
    assert all(row.count == 0 and row.p50 is None for row in before.own.spreads)
    assert before.own.duties == ()


@pytest.mark.parametrize("month", ["2026-13", "March", "2026-3", "0000-01", "9999-12"])
def test_what_is_no_month_is_refused(nodes: dict[str, Ledger], month: str) -> None:
    with pytest.raises(BadInput) as caught:
        statistics(nodes["USA"], month)
    assert caught.value.code == "month"


def test_ranks_are_nearest_ranks() -> None:
    of_hundred = spread(float(one) for one in range(1, 101))
    assert of_hundred is not None
    assert (of_hundred.p50, of_hundred.p95, of_hundred.worst) == (50.0, 95.0, 100.0)
    assert spread([]) is None


def test_the_plot_is_well_formed_and_says_its_figures(shown: StatisticsShown) -> None:
    picture = ET.fromstring(plot_of(shown))
    words = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "3 · 30 · 30 min, 2 cases" in words


def test_the_page_asks_nobody_for_anything_and_lets_nobody_write_into_it(shown: StatisticsShown) -> None:
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append(tag)
            assert not {"src", "href", "onload"} & {name for name, _ in attrs}

    hostile = replace(shown, name="<script>alert(1)</script>")
    Reader().feed(page_of(hostile))
    assert "script" not in seen
    assert "in spring" in page_of(hostile)
    assert "fewer" in page_of(hostile)


def test_a_line_that_is_only_a_voice_has_no_agreed_checks_and_no_duties() -> None:
    (play,) = parse_play(
        "play 1\n# a voice\nmechanism voice-line-only parties USA RUS host CHE day 2026-03-02\n"
        "10:00 USA air calls stop at 35.26N 40.13E basis unsure as s1\n",
        where="voice.play",
    )
    _, stage = run_on_stage(play)
    own = statistics(stage.stations[MemberId("USA")].ledger, "2026-03").own
    assert (own.calls, own.without_authority, own.duties) == (1, 1, ())
    assert (own.checks_made, own.checks_missed) == (0, 0)
