# SPDX-License-Identifier: Apache-2.0
"""What does this file say? A ``*.play`` text in, one checked ``Play`` a case out, or a refusal with its line.

    play 1                        the first line, always
    # a comment                   the first comment is the title
    HEADER                        see ``header``
    TIME ACTOR VERB … CLAUSES     see ``doing_verbs`` and ``seeing_verbs``; lines in order of time
    [lead=20] TIME ACTOR …        a line of one case only; {lead} stands for its value anywhere

The parser knows what it knows and refuses the rest: a word that it would skip could be the one that mattered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from steerclear.errors import BadInput
from steerclear.model.time import Instant
from steerclear.replay.doing_verbs import DOING
from steerclear.replay.header import Header, check_header, is_header, read_header_line
from steerclear.replay.script import Actor, DeskActor, Everyone, Line, Play, TheRecord, World
from steerclear.replay.seeing_verbs import SEEING, TURNS
from steerclear.replay.verbs import Verb, find_verb, read_manner
from steerclear.replay.words import Scene, Words, cut, instant_of, substitute

__all__ = ["LARGEST_PLAY", "VERBS", "parse_play", "read_line", "title_of"]

VERBS: Final[tuple[Verb, ...]] = (*DOING, *SEEING, *TURNS)
LARGEST_PLAY: Final = 200_000
LONGEST_LINE: Final = 600
MOST_CASES: Final = 20
USUAL_DESKS: Final = ("air", "ground", "sea", "humanitarian")

_CASE: Final = re.compile(r"([a-z][a-z0-9-]{0,19})=([A-Za-z0-9.:_-]+(?:,[A-Za-z0-9.:_-]+)*)", re.ASCII)
_GUARD: Final = re.compile(r"\[([a-z][a-z0-9-]*)=([^\]]*)\]\s*(.*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the file that says something."""

    number: int
    text: str
    where: str


def parse_play(text: str, *, where: str) -> tuple[Play, ...]:
    """Every case of a play, in the order of the header's values; one ``Play`` when it has no ``case``.

    Raises ``BadInput`` (``play-…``) with ``where`` and the number of the line.
    """
    rows = _rows(text, where)
    cases = _cases(rows)
    title = title_of(text, where=where)
    names = [name for name, _ in cases]
    combinations = list(product(*(values for _, values in cases)))
    if len(combinations) > MOST_CASES:
        raise BadInput(
            "play-cases",
            f"The cases make {len(combinations)} plays.",
            where=where,
            remedy=f"Give at most {MOST_CASES} together.",
        )
    return tuple(
        _read_case(rows, tuple(zip(names, values, strict=True)), where, title) for values in combinations
    )


# -- the file -----------------------------------------------------------------------------------------


def _rows(text: str, where: str) -> tuple[_Row, ...]:
    if len(text) > LARGEST_PLAY:
        raise BadInput(
            "play-too-long",
            f"The play has {len(text)} characters.",
            where=where,
            remedy=f"Keep it under {LARGEST_PLAY}; split it into two plays.",
        )
    lines = text.split("\n")
    if lines[0].split() != ["play", "1"]:
        raise BadInput(
            "play-version",
            "The first line of a play says which grammar it is written in, and this one does not.",
            where=f"{where}, line 1",
            remedy="Write “play 1” on the first line.",
        )
    return tuple(_said(lines[1:], where))


def _said(lines: list[str], where: str) -> Iterator[_Row]:
    for number, line in enumerate(lines, start=2):
        text, place = line.strip(), f"{where}, line {number}"
        if not text or text.startswith("#"):
            continue
        if len(text) > LONGEST_LINE:
            raise BadInput(
                "play-line-too-long",
                f"The line has {len(text)} characters.",
                where=place,
                remedy=f"Keep a line under {LONGEST_LINE} characters.",
            )
        if not text.replace("\t", " ").isprintable():
            raise BadInput(
                "play-character",
                "The line holds a control character.",
                where=place,
                remedy="Remove it; a play is plain text.",
            )
        yield _Row(number, text.replace("\t", " "), place)


def title_of(text: str, *, where: str) -> str:
    """The first comment: what a list of plays shows."""
    for line in text.split("\n")[1:]:
        if line.strip():
            title = line.strip().removeprefix("#").strip()
            if line.strip().startswith("#") and title and title.isprintable():
                return title
            break
    raise BadInput(
        "play-title",
        "The play has no title.",
        where=f"{where}, line 2",
        remedy="Write a comment under the first line: # what happened, and when.",
    )


def _cases(rows: tuple[_Row, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every ``case NAME=v1,v2`` of the header."""
    cases: dict[str, tuple[str, ...]] = {}
    for row in rows:
        words = row.text.split()
        if not is_header(row.text) or words[0] in ("fact", "claim", "assumed"):
            continue
        for place, word in enumerate(words):
            if word == "case":
                name, values = _case(" ".join(words[place + 1 : place + 2]), row)
                if name in cases or len(set(values)) < len(values):
                    raise BadInput(
                        "play-case-twice",
                        f"The case “{name}”, or a value of it, stands twice.",
                        where=row.where,
                        remedy="Write each case and each of its values once.",
                    )
                cases[name] = values
    return tuple(cases.items())


def _case(text: str, row: _Row) -> tuple[str, tuple[str, ...]]:
    match = _CASE.fullmatch(text)
    if match is None:
        raise BadInput(
            "play-case",
            f"“{text[:60]}” is not a case.",
            where=row.where,
            remedy="Write it as: case lead=20,60,120, without spaces around the commas.",
        )
    return match[1], tuple(match[2].split(","))


# -- one case -----------------------------------------------------------------------------------------


def _read_case(rows: tuple[_Row, ...], case: tuple[tuple[str, str], ...], where: str, title: str) -> Play:
    header, values = Header(), dict(case)
    body = _read_header(rows, header, values)
    check_header(header, where=where)
    if header.day is None or header.mechanism is None or header.host is None:
        raise AssertionError("check_header() has refused a header without them")
    scene = Scene(header.day, header.members)
    lines = tuple(_lines(body, scene, values))
    _check_play(header, lines, scene, where)
    return Play(
        where=where,
        title=title,
        mechanism=header.mechanism,
        parties=header.parties,
        host=header.host,
        notifiers=tuple(header.notifiers),
        thirds=tuple(header.thirds),
        desks=tuple(header.desks),
        starts_at=lines[0].at,
        case=case,
        remarks=tuple(header.remarks),
        fires=tuple(header.fires),
        lines=lines,
    )


def _read_header(rows: tuple[_Row, ...], header: Header, values: Mapping[str, str]) -> tuple[_Row, ...]:
    """Read the header lines; hand on the rest, which begins at the first line that is none."""
    for place, row in enumerate(rows):
        if not is_header(row.text):
            return rows[place:]
        read_header_line(header, substitute(row.text, values, where=row.where), where=row.where)
    return ()


def _lines(rows: tuple[_Row, ...], scene: Scene, values: Mapping[str, str]) -> Iterator[Line]:
    for row in rows:
        text = _in_this_case(row, values)
        if text is None:
            continue
        line = _line(row, substitute(text, values, where=row.where), scene)
        scene.now = line.at
        yield line


def _in_this_case(row: _Row, values: Mapping[str, str]) -> str | None:
    """The text behind a guard, or ``None`` when the guard names other values."""
    match = _GUARD.fullmatch(row.text)
    if match is None:
        return row.text
    if match[1] not in values:
        raise BadInput(
            "play-case-unknown",
            f"No case is called “{match[1]}”.",
            where=row.where,
            remedy=f"Add a header line: case {match[1]}=20,60.",
        )
    return match[3] if values[match[1]] in match[2].split(",") else None


def read_line(text: str, *, where: str, scene: Scene) -> Line:
    """One line of the body, alone; ``scene`` goes on with its time and its name. Raises ``BadInput``."""
    [row] = _said([text], where)
    return _line(row, row.text, scene)


def _line(row: _Row, text: str, scene: Scene) -> Line:
    words = Words(cut(text, where=row.where), where=row.where, scene=scene)
    at = _line_time(words, scene)
    scene.now = at
    actor = _actor(words)
    verb = find_verb(words, actor, VERBS)
    act = verb.read(words)
    return Line(row.number, text, at, actor, act, read_manner(words, verb))


def _line_time(words: Words, scene: Scene) -> Instant:
    text = words.word("the time of the line")
    at = instant_of(text, where=words.where, reference=scene.now)
    if at < scene.now:
        raise BadInput(
            "play-time-runs-back",
            f"{text} is before the line above.",
            where=words.where,
            remedy="Put the lines in order of time; write another day out, as 2016-09-18T02:15Z.",
        )
    return at


def _actor(words: Words) -> Actor:
    if words.take("everyone"):
        return Everyone()
    if words.take("world"):
        return World()
    if words.take("record"):
        return TheRecord()
    member = words.member("anybody in this play")
    desk = words.desk() if _desk_comes_next(words) else None
    return DeskActor(member, desk, words.number("the number of a rung") if words.take("rung") else None)


def _desk_comes_next(words: Words) -> bool:
    """A desk is the word between the member and ``rung`` or the verb; the usual ones are known by name."""
    if words.peek() == "rung" or any(_begins(words, verb.opening, 0) for verb in VERBS):
        return False
    return (
        words.peek() in USUAL_DESKS
        or words.peek(1) == "rung"
        or any(_begins(words, verb.opening, 1) for verb in VERBS)
    )


def _begins(words: Words, opening: str, ahead: int) -> bool:
    return all(words.peek(ahead + place) == word for place, word in enumerate(opening.split()))


def _check_play(header: Header, lines: tuple[Line, ...], scene: Scene, where: str) -> None:
    if not lines:
        raise BadInput(
            "play-empty",
            "The play has a header and no lines.",
            where=where,
            remedy="Write at least one line: TIME ACTOR VERB ….",
        )
    for fires in header.fires:
        name = fires.until_halt_of
        if name is not None and (name not in scene.names or scene.names[name].sort != "stop"):
            raise BadInput(
                "play-name-unknown",
                f"The world fires until the halt of “{name[:40]}”, and no line calls such a STOP.",
                where=where,
                remedy=f"End the line that calls it with: as {name[:30]}.",
            )
