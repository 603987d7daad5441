# SPDX-License-Identifier: Apache-2.0
"""Does every shipped play, in every case, show what it says that it shows?"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from steerclear.replay.parser import parse_play
from steerclear.replay.runner import run_play
from steerclear.replay.script import Play
from steerclear.replay.shelf import open_play, shipped_plays
from steerclear.replay.timeline import Run, as_document

PLAYS = [play for shipped in shipped_plays() for play in open_play(shipped.name)]

INCIDENTS = (
    "al-bab-2017",
    "deir-ez-zor-2016",
    "deir-ez-zor-2016-voice-line-only",
    "il-20-2018",
    "karachok-2017",
    "kunduz-2015",
    "su-24-2015",
    "turkey-israel-2025",
    "urum-al-kubra-2016",
    "wck-2024",
)


@cache
def run_of(play: Play) -> Run:
    """One run serves every question about a play: the same play gives the same run."""
    return run_play(play)


def name_of(play: Play) -> str:
    return " ".join([play.where, *(f"{name}={value}" for name, value in play.case)])


@pytest.mark.parametrize("play", PLAYS, ids=name_of)
def test_a_shipped_play_shows_what_it_expects(play: Play) -> None:
    run = run_of(play)
    assert run.failures == ()
    assert run.sights >= 5


def test_every_past_incident_has_its_play() -> None:
    assert set(INCIDENTS) <= {shipped.name for shipped in shipped_plays()}


@pytest.mark.parametrize("play", PLAYS, ids=name_of)
def test_a_play_names_its_facts_and_its_assumptions(play: Play) -> None:
    sorts = {remark.sort for remark in play.remarks}
    assert {"fact", "assumed"} <= sorts


def test_a_play_gives_the_same_timeline_every_time() -> None:
    (play,) = open_play("deir-ez-zor-2016")
    assert as_document(run_play(play)) == as_document(run_of(play))


def test_the_written_stop_reaches_authority_in_a_ninth_of_the_time_of_the_voice_line() -> None:
    """The number that matters: minutes to authority, and what is still fired meanwhile."""
    (written,) = open_play("deir-ez-zor-2016")
    (voice,) = open_play("deir-ez-zor-2016-voice-line-only")
    (with_ladder,), (without,) = run_of(written).figures, run_of(voice).figures
    assert (with_ladder.minutes_to_authority, without.minutes_to_authority) == (3.0, 27.0)
    assert (with_ladder.minutes_to_halt, without.minutes_to_halt) == (8.0, 32.0)
    assert (with_ladder.fires_after, without.fires_after) == (5, 19)


def test_the_example_of_the_reference_runs_as_it_stands() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "plays.md").read_text()
    (text,) = re.findall(r"```play\n(.*?)```", docs, re.DOTALL)
    (play,) = parse_play(text, where="docs/plays.md")
    assert run_play(play).failures == ()
