# SPDX-License-Identifier: Apache-2.0
"""Is it the mechanism that makes the difference, and not what people happen to do in a play and in its twin?

The same script is run under the other template: the play of a case on a line that is only a voice, and the
script of the twin under the mechanism of the play.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from tests.effort import effort

from steerclear.replay.compare import Row, rows
from steerclear.replay.runner import run_play
from steerclear.replay.shelf import open_play

VOICE: Final = "voice-line-only"

OF_THE_FORM: Final = frozenset({"gate unknown-geometry of n2"})
"""A notice without an area cannot be written under any template: on a voice line it is said by voice."""

ALL: Final = rows()
TRIED: Final = ALL[:: effort(test=7, ci=1, soak=1)]
"""Two seconds each; in the shortest run every seventh."""


@pytest.mark.parametrize("row", TRIED, ids=lambda row: row.play)
def test_without_the_mechanism_the_play_of_the_case_does_not_come_true(row: Row) -> None:
    """People do all that they do in the play; what the case stands or falls by does not come about."""
    play = open_play(row.play)[-1]
    run = run_play(replace(play, mechanism=VOICE))
    done = {str(effect) for effect in run.effects}
    assert done & set(row.does) <= OF_THE_FORM
    assert {effect.sort for effect in run.effects} <= {"gate"}, "what is refused there is a form, not a rule"
    assert [event for event in run.events if event.sort == "alarm"] == []
    assert len(run.failures) >= 2, "what the play expects to be seen is not seen"


@pytest.mark.parametrize("row", TRIED, ids=lambda row: row.play)
def test_the_script_of_the_twin_is_not_so_empty_that_nothing_could_follow(row: Row) -> None:
    """Under the mechanism of the play the very words of the twin make it owe, climb and ring."""
    mechanism = open_play(row.play)[-1].mechanism
    twin = open_play(row.twin)[-1]
    assert (twin.mechanism, mechanism != VOICE) == (VOICE, True)
    run = run_play(replace(twin, mechanism=mechanism))
    assert {"duty", "rung"} <= {effect.sort for effect in run.effects}
    assert [event for event in run.events if event.sort == "alarm"] != []
    assert run.failures, "“owes nothing” and “hears nothing” are false there"
