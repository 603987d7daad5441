# SPDX-License-Identifier: Apache-2.0
"""Does every shipped play, in every case, show what it says that it shows, and a twin that nothing happens?

A play runs once here, whatever is asked about it: a run founds and ratifies a whole mechanism.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from steerclear.mechanism.templates import NAMES
from steerclear.replay.compare import TWIN, Row, rows, side_of, table_line
from steerclear.replay.parser import parse_play
from steerclear.replay.runner import run_play
from steerclear.replay.script import Play
from steerclear.replay.shelf import open_play, shipped_plays
from steerclear.replay.timeline import Run, as_document

PLAYS = [play for shipped in shipped_plays() for play in open_play(shipped.name)]
ROWS = {row.play: row for row in rows()}
TWINS = {row.twin: row for row in rows()}
DOCS = Path(__file__).parents[2] / "docs" / "plays.md"
DAY_MS = 86_400_000
DESIGNED = 15
"""Rows of the table of what went wrong; two of its rows name two cases each, and its last is played twice:
by what people say, and by what the live picture sees."""


def name_of(play: Play) -> str:
    return " ".join([play.where.removesuffix(".play"), *(f"{name}={value}" for name, value in play.case)])


@pytest.mark.parametrize("play", PLAYS, ids=name_of)
def test_a_shipped_play_shows_what_it_expects(play: Play) -> None:
    run = run_play(play)
    assert run.failures == ()
    assert run.sights >= 5
    assert {"fact", "assumed"} <= {remark.sort for remark in play.remarks}
    name = play.where.removesuffix(".play")
    if name in ROWS:
        _does_what_the_row_says(run, ROWS[name])
    if name.endswith(TWIN):
        _does_nothing(run)
        assert name in TWINS
    if name in ROWS or name in TWINS:
        assert table_line(side_of(run)) in DOCS.read_text().splitlines()


def _does_what_the_row_says(run: Run, row: Row) -> None:
    done = {str(effect) for effect in run.effects}
    assert set(row.does) <= done, f"{row.case}: {set(row.does) - done} did not come about"


def _does_nothing(run: Run) -> None:
    """No finding of a gate, no conflict, no duty, no rung: whatever is said, nobody is asked for anything."""
    assert run.effects == frozenset()
    assert [event for event in run.events if event.sort == "alarm"] == []


def test_every_row_has_a_play_and_a_twin_that_are_of_the_same_day() -> None:
    assert len(ROWS) == DESIGNED
    for row in ROWS.values():
        one, *_ = open_play(row.play)
        twin, *_ = open_play(row.twin)
        assert twin.mechanism == "voice-line-only"
        assert one.mechanism != "voice-line-only"
        assert (twin.parties, twin.host) == (one.parties, one.host)
        assert twin.starts_at // DAY_MS == one.starts_at // DAY_MS
        assert row.does


def test_every_template_has_a_play() -> None:
    assert {play.mechanism for play in PLAYS} == set(NAMES)


def test_a_play_gives_the_same_timeline_every_time() -> None:
    (play,) = open_play("khasham-2018-voice-line-only")
    assert as_document(run_play(play)) == as_document(run_play(play))


def test_the_written_stop_reaches_authority_in_a_ninth_of_the_time_of_the_voice_line() -> None:
    """The number that matters: minutes to authority, and what is still fired meanwhile."""
    lines = DOCS.read_text().splitlines()
    written = next(line.split("|")[2:5] for line in lines if line.startswith("| deir-ez-zor-2016 |"))
    voice = next(line.split("|")[2:5] for line in lines if line.startswith(f"| deir-ez-zor-2016{TWIN} |"))
    assert [int(cell) for cell in written] == [3, 8, 5]
    assert [int(cell) for cell in voice] == [27, 32, 19]


def test_the_example_of_the_reference_runs_as_it_stands() -> None:
    (text,) = re.findall(r"```play\n(.*?)```", DOCS.read_text(), re.DOTALL)
    (play,) = parse_play(text, where="docs/plays.md")
    assert run_play(play).failures == ()
