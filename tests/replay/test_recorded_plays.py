# SPDX-License-Identifier: Apache-2.0
"""Does a play that was made from a record tell the same story, and say what it leaves out?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from tests.effort import effort

from steerclear.errors import BadInput, NotVerified
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId
from steerclear.record.bundle import parse_bundle
from steerclear.replay import deeds
from steerclear.replay.parser import parse_play
from steerclear.replay.printing import print_deed, print_manner
from steerclear.replay.recording import MACHINES, Recorded, play_of
from steerclear.replay.reopened import reopen_bundle
from steerclear.replay.runner import run_on_stage
from steerclear.replay.script import Play
from steerclear.replay.shelf import open_play
from steerclear.replay.spelling import CannotSay, spell_band, spell_length, spell_position, spell_text
from steerclear.replay.stage import Stage
from steerclear.replay.timeline import Run
from steerclear.services.openings import openings_of, read_openings

HERE: Final = Path(__file__).parent
PLAYS: Final = Path(__file__).parents[2] / "src/steerclear/replay/plays"
EVERY_VERB: Final = sorted(HERE.glob("every_verb_*.play"))

LEFT_OUT: Final = {
    "deir-ez-zor-2016": (),
    "every_verb_3": (),
    "kunduz-2015": (),
    "turkey-israel-2025": ("sealed",),
    "al-bab-2017": ("sealed",),
    "hasakah-2023": (),
    "off-limits-2025": ("sealed",) * 4,
    "khasham-2018": (),
    "repair-window": (),
    "wildfire": ("sealed",),
    "grain-corridor-2022": ("sealed",) * 6,
    "drill-line-down": (),
    "every_verb_1": ("sealed",),
    "every_verb_2": (),
    "every_verb_4": ("track.answer",),
    "korea-2023": (),
    "wck-2024": (),
    "il-20-2018": ("sealed",),
    "humanitarian-notification": (),
    "karachok-2017": ("sealed",),
    "al-tanf-2016": (),
    "balyun-2020": (),
    "line-cut-2017": (),
    "rc-135-2022": (),
    "aegean-1988-2020": ("sealed",),
    "incsea": (),
    "india-pakistan": (),
    "su-24-2015": (),
    "urum-al-kubra-2016": (),
    "live-picture-2025": ("receipt.acknowledge", "track.answer", "track.answer"),
}
"""What is left out of each: results of screening, and what others said of them, not sealed to whose record
it is."""

READ_BY: Final = {"humanitarian-notification": MemberId("RUS")}
"""Whose record it is, where the first party was not shown what others answer to."""

TRIED: Final = list(LEFT_OUT)[: effort(test=4, ci=len(LEFT_OUT), soak=len(LEFT_OUT))]
"""Five seconds each: the play, its record, and the record's play."""


def of_one_case() -> Iterator[tuple[Path, Play]]:
    for path in (*EVERY_VERB, *sorted(PLAYS.glob("*.play"))):
        plays = parse_play(path.read_text(), where=path.name)
        if len(plays) == 1:
            yield path, plays[0]


def test_every_deed_of_every_play_is_printed_as_it_is_read() -> None:
    """The printer is the parser's inverse: whole plays, each deed printed anew, are the same plays."""
    printed = 0
    for path, play in of_one_case():
        lines = path.read_text().split("\n")
        for line in play.lines:
            if isinstance(line.act, get_args(deeds.Deed)):
                deed = f"{print_deed(line.act, line.at)} {print_manner(line.manner)}"
                lines[line.number - 1] = f"{line.text.split()[0]} {line.actor} {deed}"
                printed += 1
        [again] = parse_play("\n".join(lines), where=path.name)
        for one, other in zip(play.lines, again.lines, strict=True):
            assert replace(one, text="") == replace(other, text="")
    assert printed > 300


def test_every_shipped_play_but_the_twins_is_made_from_its_record() -> None:
    shipped = {path.stem for path in PLAYS.glob("*.play") if not path.stem.endswith("-voice-line-only")}
    assert shipped == {name for name in LEFT_OUT if not name.startswith("every_verb")}


def recorded_from(stage: Stage, play: Play) -> tuple[View, Recorded]:
    station = stage.stations[READ_BY.get(play.where.removesuffix(".play"), play.parties[0])]
    return station.view, play_of(station.view, station.ledger.charter, holder="the node of the first party")


def story(view: View) -> list[tuple[int, str, str | None, str]]:
    """What people said after the founding: second, member, desk and kind.

    What a feed showed stands in no record, so what was answered to an alarm of a picture is not told either.
    """
    return sorted(
        (said.at // 1_000, said.author, said.desk or "", said.kind)
        for said in view.book.every()
        if said.kind not in MACHINES and not said.kind.startswith("annex.") and not of_a_picture(view, said)
    )


def of_a_picture(view: View, said: Said[Any]) -> bool:
    about = getattr(said.body, "about", None) or getattr(said.body, "alarm", None)
    return about is not None and view.track_alarms.get(about) is not None


def minutes(run: Run) -> dict[str, tuple[float | None, float | None]]:
    """Of every STOP; a distress call has none."""
    return {
        one.stop: (one.minutes_to_authority, one.minutes_to_halt)
        for one in run.figures
        if one.stop.startswith("s")
    }


def body(text: str) -> list[str]:
    return [line for line in text.split("\n") if not line.startswith("#")]


@pytest.mark.parametrize("name", TRIED)
def test_a_record_made_a_play_and_run_again_is_the_same_story(name: str) -> None:
    path = HERE / f"{name}.play"
    play = parse_play(path.read_text(), where=name)[0] if path.exists() else open_play(name)[0]
    run, stage = run_on_stage(play)
    view, recorded = recorded_from(stage, play)
    assert tuple(left.kind for left in recorded.left_out) == LEFT_OUT[name]
    assert recorded.in_part == 0
    [again] = parse_play(recorded.text, where=f"{name}.play")
    rerun, restage = run_on_stage(again)
    assert rerun.failures == ()
    assert minutes(rerun) == minutes(run)
    reviewed, rerecorded = recorded_from(restage, again)
    assert story(reviewed) == story(view)
    assert body(rerecorded.text) == body(recorded.text)


@pytest.fixture(scope="module")
def told() -> tuple[Play, Stage]:
    """A short day with something of everything that a play cannot say."""
    text = """play 1
# what a play cannot say
mechanism us-russia-2015 parties USA RUS host CHE day 2016-09-17
desk USA air  relay "watch officer"  may-act "commander"
12:00 RUS air calls stop at 35.26N 40.13E basis own-forces seen "fire" as s1 to USA
12:01 USA air rung 2 acknowledges s1
12:01:30 USA air answers s1 "not known" by voice
12:02 USA air rung 2 acknowledges s1
12:02 USA air is blocked without-effect
12:03 USA air renews stop s1 "stopped at 2016-09-18T00:30Z"
12:04 USA air proposes annex separation lateral_mm=9000000 because "the wind" as a1
12:05 RUS air counters annex a1 lateral_mm=8000000 because "less will do" as a2
12:06 USA air ratifies annex a2
12:07 RUS air ratifies annex a2
12:08 CHE air starts drill "April" as r1
12:09 CHE air calls stop at 35.366N 40.17E basis unsure seen "played" drill r1 as s2 to USA
12:10 CHE air repeats stop s2
"""
    [play] = parse_play(text, where="told.play")
    return play, run_on_stage(play)[1]


def test_what_a_play_cannot_say_stands_in_a_comment(told: tuple[Play, Stage]) -> None:
    play, stage = told
    recorded = recorded_from(stage, play)[1]
    comments = [line for line in recorded.text.split("\n") if line.startswith("#")]
    assert {left.kind for left in recorded.left_out} >= {"receipt.acknowledge"}
    assert all(any(str(left) in line for line in comments) for left in recorded.left_out)
    assert 'desk USA air   relay "watch officer"  may-act "commander"' in recorded.text
    assert "lateral_mm=9000000" in recorded.text
    assert 'basis unsure seen "played" drill r1 as s2 to USA' in recorded.text
    assert "12:10  CHE air  repeats stop s2" in recorded.text
    [again] = parse_play(recorded.text, where="again.play")
    assert again.desks == play.desks


def test_a_bundle_with_openings_tells_what_the_node_tells(told: tuple[Play, Stage]) -> None:
    play, stage = told
    station = stage.stations[play.parties[0]]
    bundle = parse_bundle(station._up.everything())
    openings = read_openings(openings_of(station.ledger))
    ledger = reopen_bundle(bundle, me=station.member, openings=openings)
    again = play_of(ledger.view, ledger.charter, holder="the node of the first party")
    assert again.text == recorded_from(stage, play)[1].text


def test_a_bundle_alone_tells_what_is_in_clear(told: tuple[Play, Stage]) -> None:
    play, stage = told
    bundle = parse_bundle(stage.stations[play.host]._up.everything())
    ledger = reopen_bundle(bundle)
    recorded = play_of(ledger.view, ledger.charter, holder="whoever holds the bundle")
    assert "own-forces" not in recorded.text
    assert [left.kind for left in recorded.left_out].count("sealed") > 0
    parse_play(recorded.text, where="bundle.play")


def test_a_bundle_that_begins_in_the_middle_is_refused(told: tuple[Play, Stage]) -> None:
    play, stage = told
    bundle = parse_bundle(stage.stations[play.host]._up.everything())
    for parts in (bundle.parts[1:][:0], tuple(replace(part, start=3) for part in bundle.parts)):
        with pytest.raises(BadInput) as refusal:
            reopen_bundle(replace(bundle, parts=parts))
        assert refusal.value.code == "record-without-beginning"


def test_openings_of_another_form_are_refused() -> None:
    with pytest.raises(NotVerified) as refusal:
        read_openings(b'{"form":"openings 9","openings":[]}')
    assert refusal.value.code == "openings-form"


def test_a_record_in_which_nobody_spoke_is_no_play() -> None:
    text = "play 1\n# nobody\nmechanism us-russia-2015 parties USA RUS host CHE day 2016-09-17\n"
    [play] = parse_play(f"{text}12:00 everyone sees mechanism in-force\n", where="quiet.play")
    with pytest.raises(BadInput) as refusal:
        recorded_from(run_on_stage(play)[1], play)
    assert refusal.value.code == "record-nothing-to-play"


def test_what_has_no_spelling_is_not_rounded() -> None:
    from steerclear.model.space import Altitude, Band, Datum, Position

    assert spell_position(Position(353660000, -401760001)) == "35.366N 40.1760001W"
    assert [spell_length(mm) for mm in (5_556_000, 2_500_000, 500_000, 1)] == [
        "3nm",
        "2.5km",
        "500m",
        "0.001m",
    ]
    assert spell_band(Band(Altitude(0, Datum.AGL), Altitude(24_000, Datum.STD))) == "SFC..FL240"
    with pytest.raises(CannotSay):
        spell_band(Band(Altitude(100, Datum.AGL), Altitude(24_000, Datum.STD)))
    for text in ("", 'a "mark"', "two\nlines", "{lead}"):
        with pytest.raises(CannotSay):
            spell_text(text)
