# SPDX-License-Identifier: Apache-2.0
"""Who and what is there before the first line of a play? The header, clause by clause.

    mechanism TEMPLATE   parties A B   host H   notifier N via H   third T   day 2016-09-17   case NAME=v1,v2
    desk MEMBER DESK [relay TEXT | may-act TEXT]…
    fact … | claim WHO … | assumed …          the rest of the line, for people
    world fires every DURATION from TIME until halt NAME | TIME
    world fires at TIME, TIME

Several clauses of the first row may share a line. Each of ``mechanism``, ``parties``, ``host`` and ``day``
stands once and must stand. ``via``: the only line of this notifier goes to that member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from steerclear.errors import BadInput
from steerclear.model.member import MemberId, member_id
from steerclear.model.time import Instant, parse_typed_instant_us
from steerclear.replay.script import Fires, Notifier, Remark, Rung, ScriptedDesk
from steerclear.replay.words import Scene, Words, cut, instant_of

__all__ = ["OPENINGS", "Header", "check_header", "is_header", "read_header_line"]

REMARKS: Final = ("fact", "claim", "assumed")
OPENINGS: Final = (
    "mechanism",
    "parties",
    "host",
    "notifier",
    "third",
    "day",
    "case",
    "desk",
    *REMARKS,
    "world",
)
"""The words with which a header line begins, or a clause of it."""

LONGEST_REMARK: Final = 400
_TEMPLATE: Final = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)


@dataclass(slots=True)
class Header:
    """What the header lines so far have said."""

    mechanism: str | None = None
    parties: tuple[MemberId, ...] = ()
    host: MemberId | None = None
    notifiers: list[Notifier] = field(default_factory=list)
    thirds: list[MemberId] = field(default_factory=list)
    day: Instant | None = None
    desks: list[ScriptedDesk] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    fires: list[Fires] = field(default_factory=list)

    @property
    def members(self) -> tuple[MemberId, ...]:
        host = (self.host,) if self.host else ()
        return (*self.parties, *host, *(notifier.member for notifier in self.notifiers))


def is_header(text: str) -> bool:
    """Whether a line begins with a header word: nothing in the body does."""
    return text.split(maxsplit=1)[0] in OPENINGS


def read_header_line(header: Header, text: str, *, where: str) -> None:
    """Add what one header line says to ``header``. Raises ``BadInput`` (``play-header-…``)."""
    opening, _, rest = text.partition(" ")
    if opening in REMARKS:
        header.remarks.append(_remark(opening, rest.strip(), where))
        return
    scene = Scene(header.day or Instant(0), header.members)
    words = Words(cut(text, where=where), where=where, scene=scene)
    while not words.at_end:
        _clause(header, words)
        scene.members, scene.now = header.members, header.day or Instant(0)


def check_header(header: Header, *, where: str) -> None:
    """Everything that a play cannot do without is there."""
    needed = {
        "mechanism": header.mechanism,
        "parties": header.parties,
        "host": header.host,
        "day": header.day,
    }
    for name, value in needed.items():
        if not value:
            raise BadInput(
                "play-header-missing",
                f"The header has no “{name}”.",
                where=where,
                remedy="Write before the first line: mechanism incsea parties A1 B1 host H1 day 2016-09-17.",
            )


def _clause(header: Header, words: Words) -> None:
    match words.choice("a word of the header", [word for word in OPENINGS if word not in REMARKS]):
        case "mechanism":
            _check_once(header.mechanism, "mechanism", words)
            header.mechanism = _template(words)
        case "parties":
            _check_once(header.parties, "parties", words)
            header.parties = _parties(header, words)
        case "host":
            _check_once(header.host, "host", words)
            header.host = _new_member(header, words)
        case "notifier":
            header.notifiers.append(_notifier(header, words))
        case "third":
            header.thirds.append(_new_member(header, words))
        case "day":
            _check_once(header.day, "day", words)
            header.day = _day(words)
        case "case":
            _pass_over_case(words)
        case "desk":
            header.desks.append(_desk(header, words))
        case _:
            header.fires.extend(_fires(header, words))


def _pass_over_case(words: Words) -> None:
    """The reader of the file has taken the values already: they decide how often the header is read."""
    words.word("the values of the case")
    while words.take(","):
        words.word("a value of the case")


def _check_once(before: object, name: str, words: Words) -> None:
    if before:
        raise BadInput(
            "play-header-twice",
            f"“{name}” stands twice in the header.",
            where=words.where,
            remedy="Write it once.",
        )


def _template(words: Words) -> str:
    text = words.word("the name of a template")
    if not _TEMPLATE.fullmatch(text):
        raise BadInput(
            "play-template",
            f"“{text[:40]}” cannot be the name of a template.",
            where=words.where,
            remedy="Write the name of a shipped template, as us-russia-2015.",
        )
    return text


def _parties(header: Header, words: Words) -> tuple[MemberId, ...]:
    parties = [_new_member(header, words)]
    while (text := words.peek()) is not None and text not in OPENINGS:
        party = _new_member(header, words)
        if party in parties:
            raise _member_twice(party, words)
        parties.append(party)
    return tuple(parties)


def _new_member(header: Header, words: Words) -> MemberId:
    text = words.word("a member")
    try:
        member = member_id(text)
    except BadInput as error:
        raise BadInput("play-member", error.what, where=words.where, remedy=error.remedy) from error
    if member in (*header.members, *header.thirds):
        raise _member_twice(member, words)
    return member


def _member_twice(member: MemberId, words: Words) -> BadInput:
    return BadInput(
        "play-member-twice",
        f"{member} stands twice in the header.",
        where=words.where,
        remedy="Name each member once: as a party, the host, a notifier or a third.",
    )


def _notifier(header: Header, words: Words) -> Notifier:
    member = _new_member(header, words)
    return Notifier(
        member, words.member("a member that carries on what it says") if words.take("via") else None
    )


def _day(words: Words) -> Instant:
    text = words.word("a day")
    try:
        return Instant(parse_typed_instant_us(f"{text}T00:00Z") // 1000)
    except BadInput as error:
        raise BadInput(
            "play-day",
            f"“{text[:40]}” is not a day.",
            where=words.where,
            remedy="Write it as 2016-09-17.",
        ) from error


def _desk(header: Header, words: Words) -> ScriptedDesk:
    member, desk = words.member(), words.desk()
    if any((known.member, known.desk) == (member, desk) for known in header.desks):
        raise BadInput(
            "play-desk-twice",
            f"The desk {member} {desk} stands twice in the header.",
            where=words.where,
            remedy="Write each desk once, with its whole ladder.",
        )
    return ScriptedDesk(member, desk, tuple(_rungs(words)))


def _rungs(words: Words) -> Iterator[Rung]:
    while words.peek() in ("relay", "may-act"):
        sort = words.word("a rung")
        yield Rung("relay" if sort == "relay" else "may-act", words.quoted("who is called"))


def _fires(header: Header, words: Words) -> Iterator[Fires]:
    _need_day(header, words)
    words.expect("fires")
    if words.take("at"):
        yield Fires(words.instant())
        while words.take(","):
            yield Fires(words.instant())
        return
    words.expect("every")
    every_ms = words.duration()
    words.expect("from")
    first_at = words.instant()
    words.expect("until")
    if words.take("halt"):
        yield Fires(first_at, every_ms, until_halt_of=words.word("the name of a STOP"))
    else:
        last_at = instant_of(words.word("a time"), where=words.where, reference=first_at, not_before=True)
        yield Fires(first_at, every_ms, last_at)


def _need_day(header: Header, words: Words) -> None:
    if header.day is None:
        raise BadInput(
            "play-day-first",
            "The world fires before the play has named its day.",
            where=words.where,
            remedy="Write “day 2016-09-17” on an earlier line.",
        )


def _remark(opening: str, rest: str, where: str) -> Remark:
    who, _, text = rest.partition(" ") if opening == "claim" else ("", "", rest)
    if not text.strip() or len(text) > LONGEST_REMARK:
        raise BadInput(
            "play-remark",
            f"A {opening} says nothing, or more than {LONGEST_REMARK} characters.",
            where=where,
            remedy=f"Write: {opening} {'WHO ' if opening == 'claim' else ''}and one sentence.",
        )
    sort: Literal["fact", "claim", "assumed"] = opening  # type: ignore[assignment]  # one of REMARKS
    return Remark(sort, text.strip(), who or None)
