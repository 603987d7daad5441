# SPDX-License-Identifier: Apache-2.0
"""Which words does a play have for what is seen, and for what the world does?"""

from __future__ import annotations

from typing import Final, get_args

from steerclear.model.member import MemberId
from steerclear.model.track import TrackDanger
from steerclear.replay import sights
from steerclear.replay.script import OwnershipWord
from steerclear.replay.shapes import read_altitude, read_position
from steerclear.replay.verbs import NAMED, Verb, Who
from steerclear.replay.words import Words

__all__ = ["READINGS", "SEEING", "TURNS"]

DESK: Final[frozenset[Who]] = frozenset({"desk"})
ANYONE: Final[frozenset[Who]] = frozenset({"desk", "everyone"})
WORLD: Final[frozenset[Who]] = frozenset({"world"})
RECORD: Final[frozenset[Who]] = frozenset({"record"})

_MEASURES: Final = ("minutes-to-authority", "minutes-to-halt")
_LINES: Final = ("line-up", "line-down", "desk-silent")
_STATES: Final = ("in-force", "suspended", "ended")
_WATCHES: Final = ("held", "unrelieved", "nobody")


# -- gate, duties, stages ------------------------------------------------------------------------------


def _is_warned(words: Words) -> sights.Gate:
    return _gate(words, blocks=False)


def _is_blocked(words: Words) -> sights.Gate:
    return _gate(words, blocks=True)


def _gate(words: Words, *, blocks: bool) -> sights.Gate:
    code = words.word("a finding of the gate")
    km = None
    if not words.at_end and not words.at_quote:
        km = words.number("a distance in whole kilometres")
        words.expect("km from reference")
    says = words.quoted("words that the finding holds") if words.at_quote else None
    return sights.Gate(blocks, code, km, says)


def _owes(words: Words) -> sights.Owes:
    if words.take("nothing"):
        return sights.Owes(None, words.thing() if words.take("of") else None)
    duty = words.word("what is owed")
    words.expect("of")
    of = words.thing()
    text = words.peek(1) or ""
    due_at = words.instant() if words.take("by") else None
    return sights.Owes(
        duty, of, due_at=due_at, to_the_second=text.count(":") > 1, overdue=words.take("overdue")
    )


def _is_climbed(words: Words) -> sights.IsClimbed:
    rung = words.number("the number of a rung")
    words.expect("for")
    return sights.IsClimbed(rung, words.thing())


def _is_alarmed(words: Words) -> sights.IsAlarmed:
    danger = TrackDanger(words.choice("a danger", [one.value for one in TrackDanger]))
    words.expect("by")
    by = words.member()
    return sights.IsAlarmed(danger, by, words.quoted("words of the alarm") if words.at_quote else None)


def _stage(words: Words) -> sights.StageIs:
    thing = words.thing()
    words.expect("is")
    stage = words.choice("a stage", get_args(sights.Stage))
    by = words.member() if words.take("by") else None
    return sights.StageIs(thing, stage, by, words.take("expired"))  # type: ignore[arg-type]  # choice() gave a stage


def _hears(words: Words) -> sights.Hears:
    return sights.Hears(None if words.take("nothing") else words.thing())


# -- readings ------------------------------------------------------------------------------------------


def _sees(words: Words) -> sights.Sees:
    return sights.Sees(_readings(words))


def _never_sees(words: Words) -> sights.NeverSees:
    return sights.NeverSees(_readings(words))


def _readings(words: Words) -> tuple[sights.Reading, ...]:
    readings = [_reading(words)]
    while words.take(","):
        readings.append(_reading(words))
    return tuple(readings)


def _reading(words: Words) -> sights.Reading:
    first = words.peek()
    if first in _MEASURES:
        return _measure(words)
    if words.take("conflict"):
        return sights.ConflictReading(words.thing("notice"), words.thing("notice"))
    if words.take("mechanism"):
        return sights.StateReading(words.choice("a state", _STATES))  # type: ignore[arg-type]
    if words.take("watch of"):
        member, desk = words.member(), words.desk()
        return sights.WatchReading(member, desk, words.choice("a watch", _WATCHES))  # type: ignore[arg-type]
    if first in words.scene.members:
        return sights.LineReading(words.member(), words.choice("a line", _LINES))  # type: ignore[arg-type]
    return _of_a_thing(words)


def _measure(words: Words) -> sights.Measure:
    what = words.choice("a measure", _MEASURES)
    words.expect("of")
    of = words.thing("stop", "distress")
    how = None if words.take("unknown") else words.comparison()
    return sights.Measure(what, of, how)  # type: ignore[arg-type]  # choice() gave one of them


def _of_a_thing(words: Words) -> sights.Reading:
    thing = words.thing()
    word = words.peek()
    if word is None or word == ",":
        return sights.Knows(thing, "open")
    if words.take("sealed"):
        return sights.Knows(thing, "sealed")
    if thing.sort == "ownership":
        answer = words.choice("an answer", get_args(OwnershipWord))
        words.expect("by")
        return sights.OwnershipReading(thing, words.member(), answer)  # type: ignore[arg-type]
    return sights.ThingIs(thing, words.choice(f"what is shown of a {thing.sort}", sights.SAID_OF[thing.sort]))


# -- the world and the record ------------------------------------------------------------------------------


def _counts_fires(words: Words) -> sights.CountFires:
    after = words.thing("stop", "distress") if words.take("after") else None
    return sights.CountFires(after, words.comparison())


def _counts_entries(words: Words) -> sights.CountEntries:
    return sights.CountEntries(words.member(), words.comparison())


def _verifies(words: Words) -> sights.Verifies:
    del words
    return sights.Verifies()


def _loses_link(words: Words) -> sights.LoseLink:
    return sights.LoseLink(words.member(), _other(words))


def _regains_link(words: Words) -> sights.RegainLink:
    return sights.RegainLink(words.member(), _other(words))


def _other(words: Words) -> MemberId | None:
    return None if words.at_end else words.member()


def _crashes(words: Words) -> sights.Crash:
    return sights.Crash(words.member())


def _restarts(words: Words) -> sights.Restart:
    return sights.Restart(words.member())


def _shows(words: Words) -> sights.ShowTrack:
    member, track = words.member(), words.word("what the track is called")
    words.expect("of")
    whose = words.choice("whose it is", (*words.scene.members, "civil", "unknown"))
    words.expect("from")
    begins = read_position(words)
    words.expect("to")
    ends, altitude = read_position(words), read_altitude(words)
    words.expect("until")
    return sights.ShowTrack(member, track, whose, begins, ends, altitude, words.instant())


SEEING: Final[tuple[Verb, ...]] = (
    Verb(
        "is warned",
        "is warned FINDING [N km from reference] [TEXT]",
        "is warned position 9 km from reference",
        _is_warned,
    ),
    Verb("is blocked", "is blocked FINDING [N km from reference] [TEXT]", "is blocked area", _is_blocked),
    Verb("owes", "owes DUTY of NAME [by TIME] [overdue]", "owes outcome of s1 by 13:29", _owes),
    Verb("owes", "owes nothing [of NAME]", "owes nothing of n1", _owes),
    Verb("is climbed to rung", "is climbed to rung N for NAME", "is climbed to rung 2 for s1", _is_climbed),
    Verb(
        "is alarmed",
        "is alarmed separation|entry|departure by MEMBER [TEXT]",
        'is alarmed separation by RUS "come too close" as w8',
        _is_alarmed,
        knows=NAMED,
        makes="track-alarm",
    ),
    Verb(
        "stage",
        "stage NAME is filed|delivered|acknowledged|disseminated|recorded [by MEMBER] [expired]",
        "stage n1 is acknowledged by RUS",
        _stage,
        who=ANYONE,
    ),
    Verb("hears", "hears NAME | hears nothing", "hears s1", _hears),
    Verb(
        "sees", "sees READING[, READING]", "sees minutes-to-authority of s1 <= 6, n1 hot", _sees, who=ANYONE
    ),
    Verb("never sees", "never sees READING[, READING]", "never sees n1", _never_sees, who=ANYONE),
    Verb(
        "counts fires",
        "counts fires [after NAME] COMPARISON",
        "counts fires after s1 <= 6",
        _counts_fires,
        who=WORLD,
    ),
    Verb(
        "counts entries",
        "counts entries MEMBER COMPARISON",
        "counts entries USA >= 3",
        _counts_entries,
        who=RECORD,
    ),
    Verb("verifies", "verifies", "verifies", _verifies, who=RECORD),
)
"""Every verb of seeing. ``is climbed to rung`` speaks of the highest rung that is called now."""

READINGS: Final[tuple[str, ...]] = (
    "minutes-to-authority of s1 <= 6",
    "minutes-to-halt of s1 unknown",
    "n1",
    "n1 sealed",
    "conflict n1 n2",
    "q1 not-ours by RUS",
    "RUS line-down",
    "mechanism suspended",
    "watch of USA air held",
)
"""One example of each form of a reading that is not ``NAME WORD`` (those stand in ``sights.SAID_OF``)."""

TURNS: Final[tuple[Verb, ...]] = (
    Verb("loses link", "loses link MEMBER [MEMBER]", "loses link USA RUS", _loses_link, who=WORLD),
    Verb("regains link", "regains link MEMBER [MEMBER]", "regains link USA RUS", _regains_link, who=WORLD),
    Verb("crashes", "crashes MEMBER", "crashes USA", _crashes, who=WORLD),
    Verb("restarts", "restarts MEMBER", "restarts USA", _restarts, who=WORLD),
    Verb(
        "shows",
        "shows MEMBER TRACK of MEMBER|civil|unknown from POSITION to POSITION HEIGHT until TIME",
        "shows USA hawk of USA from 35N 40E to 36N 40E 25000ft AMSL until 12:10",
        _shows,
        who=WORLD,
    ),
)
"""Every verb of the world."""
