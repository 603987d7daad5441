# SPDX-License-Identifier: Apache-2.0
"""Does every verb of doing become a statement that counts?"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from steerclear.mechanism.bodies import KINDS
from steerclear.replay import deeds
from steerclear.replay.parser import parse_play
from steerclear.replay.recording import MACHINES
from steerclear.replay.runner import run_play
from steerclear.replay.script import Play
from steerclear.replay.told import deed_of

PLAYS = [
    parse_play(path.read_text(), where=path.name)[0]
    for path in sorted(Path(__file__).parent.glob("every_verb_*.play"))
]


def test_the_plays_use_every_verb_of_doing() -> None:
    assert {type(line.act) for play in PLAYS for line in play.lines} >= set(get_args(deeds.Deed))


def test_every_kind_that_a_person_says_has_a_verb_and_is_told_by_it() -> None:
    silent = {name for name, row in KINDS.items() if deed_of.dispatch(row.body) is deed_of.dispatch(object)}
    assert silent == MACHINES


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.title)
def test_every_deed_is_said_and_counts(play: Play) -> None:
    run = run_play(play)
    assert run.failures == ()
    held = [event.what for event in run.events if event.sort == "refused"]
    assert all("position 9 km" in what for what in held)  # the one draft that the gate held
