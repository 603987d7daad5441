# SPDX-License-Identifier: Apache-2.0
"""Does docs/plays.md say what the parser reads, verb by verb, and no more?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from steerclear.replay.header import OPENINGS
from steerclear.replay.parser import VERBS, parse_play
from steerclear.replay.script import Line
from steerclear.replay.seeing_verbs import READINGS
from steerclear.replay.sights import SAID_OF

DOCS = (Path(__file__).parents[2] / "docs" / "plays.md").read_text()
USAGE = [line for block in re.findall(r"```usage\n(.*?)```", DOCS, re.S) for line in block.splitlines()]


def test_every_verb_is_in_the_reference_and_every_verb_of_the_reference_in_the_parser() -> None:
    assert [line for line in USAGE if not line.startswith(" ")] == [verb.usage for verb in VERBS]
    assert [line.strip() for line in USAGE if line.startswith(" ")] == [verb.example for verb in VERBS]


def test_every_example_of_a_reading_reads(read: Callable[[str], Line]) -> None:
    block = re.findall(r"```readings\n(.*?)```", DOCS, re.S)[0]
    assert tuple(block.splitlines()) == READINGS
    for reading in READINGS:
        assert read(f"12:00 USA air sees {reading}").act is not None


def test_every_word_that_a_thing_is_shown_by_is_in_the_reference(read: Callable[[str], Line]) -> None:
    block = re.findall(r"```words\n(.*?)```", DOCS, re.S)[0]
    assert block.splitlines() == [f"{sort}: {' '.join(words)}" for sort, words in SAID_OF.items()]


def test_every_word_of_the_header_is_in_the_reference() -> None:
    section = DOCS.split("## Header")[1].split("## Shapes")[0]
    for opening in OPENINGS:
        assert f"`{opening} " in section


def test_the_example_of_the_reference_is_a_play() -> None:
    (text,) = re.findall(r"```play\n(.*?)```", DOCS, re.S)
    (play,) = parse_play(text, where="docs/plays.md")
    assert len(play.lines) == 11
