# SPDX-License-Identifier: Apache-2.0
"""Does the parser read what a play says, and nothing else?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from steerclear.errors import BadInput
from steerclear.model.member import desk_name, member_id
from steerclear.model.space import Altitude, Circle, Corridor, Datum, Legs, Polygon
from steerclear.model.time import format_instant
from steerclear.replay import deeds, sights
from steerclear.replay.parser import VERBS, parse_play
from steerclear.replay.script import DeskActor, Everyone, Line, Manner, Play
from steerclear.replay.verbs import Verb

REFUSALS = (Path(__file__).parent / "refusals.txt").read_text().split("== ")[1:]

USA, RUS, CHE = member_id("USA"), member_id("RUS"), member_id("CHE")

Read = Callable[[str], Line]
Make = Callable[..., Play]


@pytest.mark.parametrize("block", REFUSALS, ids=lambda block: block.split("\n", 1)[0])
def test_refusals_name_the_line_and_the_remedy(block: str) -> None:
    _, _, rest = block.partition("\n")
    text, _, expected = rest.partition("-- ")
    with pytest.raises(BadInput) as refusal:
        parse_play(text, where="a.play")
    error = refusal.value
    said = f"{error.code} ({error.where})\n-- {error.what}\n-- {error.remedy}\n"
    assert said == expected


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.example)
def test_every_verb_reads_its_example(verb: Verb, read: Read) -> None:
    who = {"desk": "USA air", "world": "world", "record": "record"}
    actors = [who[actor] for actor in verb.who if actor in who]
    for actor in actors:
        assert read(f"12:00 {actor} {verb.example}").act is not None


def test_a_play_without_a_case_is_one_play(play: Make) -> None:
    assert play("12:00 USA air resumes").case == ()


def test_members_stand_in_the_order_of_the_header() -> None:
    text = "play 1\n# t\nmechanism incsea parties USA RUS\nhost CHE notifier MSF via CHE third SYR\n"
    (play,) = parse_play(text + "day 2016-09-17\n12:00 MSF humanitarian resumes\n", where="t")
    assert (play.members, play.thirds) == (("USA", "RUS", "CHE", "MSF"), ("SYR",))


def test_each_value_of_a_case_is_a_play() -> None:
    text = (
        "play 1\n# t\nmechanism incsea parties USA RUS host CHE day 2016-09-17 case lead=20,90\n"
        "12:00+{lead}m USA air resumes\n[lead=90] 14:00 USA air resumes\n"
    )
    twenty, ninety = parse_play(text, where="t")
    assert (twenty.case, len(twenty.lines)) == ((("lead", "20"),), 1)
    assert (ninety.case, len(ninety.lines)) == ((("lead", "90"),), 2)
    assert ninety.lines[0].at - twenty.lines[0].at == 70 * 60_000


def test_plain_times_run_past_midnight_once_they_would_lie_twelve_hours_back(play: Make) -> None:
    lines = play("22:00 USA air resumes", "01:30 USA air resumes", "2016-09-20T05:00Z USA air resumes").lines
    assert [format_instant(line.at) for line in lines] == [
        "2016-09-17T22:00:00.000Z",
        "2016-09-18T01:30:00.000Z",
        "2016-09-20T05:00:00.000Z",
    ]


def test_a_window_that_ends_before_it_starts_ends_on_the_following_day(play: Make) -> None:
    line = play("20:00 USA air files drone circle 35N 40E 1km 0..500ft AGL 23:30..00:30").lines[0]
    assert isinstance(line.act, deeds.File)
    assert line.act.volumes[0].span.length_s == 3600


def test_shapes(play: Make) -> None:
    shapes = (
        "polygon 35N 40E, 35N 41E, 36N 41E SFC..FL240 13:00..14:00"
        " and corridor 2.5km 35N 40E, 35.5N 41E 100..500ft AGL 13:00..14:00"
        " and legs 3nm 35N 40E 13:00, 35.5N 41E 14:10 FL100..FL240"
        " and circle 35S 40W 500m SFC..3000ft AMSL 13:00..14:00"
    )
    act = play(f"12:00 USA air files flight {shapes} near OSDZ").lines[0].act
    assert isinstance(act, deeds.File)
    polygon, corridor, legs, circle = act.volumes
    assert isinstance(polygon.footprint, Polygon)
    assert (polygon.band.lower, polygon.band.upper) == (Altitude(0, Datum.AGL), Altitude(24_000, Datum.STD))
    assert isinstance(corridor.footprint, Corridor)
    assert corridor.footprint.half_width_mm == 2_500_000
    assert isinstance(legs.footprint, Legs)
    assert (legs.footprint.radii_mm, legs.span.length_s) == ((5_556_000, 5_556_000), 4200)
    assert isinstance(circle.footprint, Circle)
    assert (circle.footprint.centre.lat_e7, circle.footprint.centre.lon_e7) == (-350_000_000, -400_000_000)
    assert act.near == "OSDZ"


def test_clauses_stand_in_any_order(read: Read) -> None:
    shape = "circle 35N 40E 1km 0..500ft AGL 13:00..14:00"
    expected = Manner(named="n9", to=(RUS,), without=(CHE,), sealed=True, by_voice=True)
    assert read(f"12:00 USA air files drone {shape} sealed as n9 by voice to RUS not CHE").manner == expected
    assert read(f"12:00 USA air files drone {shape} to RUS not CHE by voice as n9 sealed").manner == expected


def test_actors(read: Read) -> None:
    assert read("12:00 USA acknowledges n1").actor == DeskActor(USA)
    assert read("12:00 USA rung 2 acknowledges n1").actor == DeskActor(USA, None, 2)
    assert read("12:00 USA watch-floor rung 2 acknowledges n1").actor == DeskActor(
        USA, desk_name("watch-floor"), 2
    )
    assert read("12:00 everyone sees n1").actor == Everyone()


def test_due_times_remember_how_precisely_they_were_written(read: Read) -> None:
    minute = read("12:00 USA air owes outcome of s1 by 13:29").act
    second = read("12:00 USA air owes outcome of s1 by 13:29:00 overdue").act
    assert isinstance(minute, sights.Owes)
    assert isinstance(second, sights.Owes)
    assert (minute.to_the_second, minute.overdue) == (False, False)
    assert (second.to_the_second, second.overdue) == (True, True)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("stopping", "stopping"), ("cannot", "cannot"), ("not ours", "not-ours"), ("not known", "not-known")],
)
def test_outcomes_in_words(read: Read, text: str, outcome: str) -> None:
    act = read(f'12:00 USA air answers s1 "{text}"').act
    assert isinstance(act, deeds.AnswerOutcome)
    assert (act.outcome, act.at) == (outcome, None)


def test_stopped_names_its_moment(read: Read) -> None:
    act = read('12:40 USA air answers s1 "stopped at 12:38Z"').act
    assert isinstance(act, deeds.AnswerOutcome)
    assert act.at is not None
    assert format_instant(act.at) == "2016-09-17T12:38:00.000Z"


def test_remarks_keep_their_words() -> None:
    text = "play 1\n# t\nmechanism incsea parties USA RUS host CHE day 2016-09-17\nfact  a  b\n"
    (play,) = parse_play(text + "claim USA it was so\n12:00 USA air resumes\n", where="t")
    assert [(remark.sort, remark.who, remark.text) for remark in play.remarks] == [
        ("fact", None, "a  b"),
        ("claim", "USA", "it was so"),
    ]
