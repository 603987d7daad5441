# SPDX-License-Identifier: Apache-2.0
"""What are the words of a line, and where does the reader stand in them?

A line is cut at white space; ``"…"`` is one word, whatever it holds, and has no escapes; a comma stands
alone. ``Words`` is a cursor over one line: every question either takes the words that answer it or refuses
with the line's number, what was found there, and what may stand there instead. Nothing is skipped and
nothing is guessed.

Plain times (``HH:MM``, ``HH:MM:SS``, each with ``+20m`` or ``-1h30m`` if wished) are UTC and on the day of
the line before. One rule reads those that run past midnight: a plain time that would lie more than 12 hours
before the line's reference is on the following day. Any other day is written out: ``2016-09-18T02:15Z``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from steerclear.errors import BadInput
from steerclear.model.member import DeskName, MemberId, desk_name
from steerclear.model.time import Instant, parse_typed_instant_us
from steerclear.replay.script import Comparison, Named, Sort

__all__ = ["RESERVED", "Scene", "Word", "Words", "cut", "duration_ms", "is_time"]

RESERVED: Final = frozenset(
    (
        "conflict", "minutes-to-authority", "minutes-to-halt", "mechanism",
        "watch", "nothing", "alarm", "check", "ownership", "signal", "violation", "civil", "about", "by",
    )
)  # fmt: skip
"""Words that begin a reading or a verb: no name may be one of them."""

DAY_MS: Final = 86_400_000
HALF_DAY_MS: Final = 43_200_000

_WORD: Final = re.compile(r'"([^"]*)"|(,)|([^\s",]+)')
_PLAIN: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?:([+-])(\w+))?", re.ASCII)
_FULL: Final = re.compile(r"\d{4}-\d\d-\d\dT\S+Z", re.ASCII)
_DURATION: Final = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?", re.ASCII)
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,29}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    quoted: bool


@dataclass(slots=True)
class Scene:
    """What the lines so far have established; ``now`` is the reference of plain times."""

    now: Instant
    members: Collection[MemberId] = ()
    names: dict[str, Named] = field(default_factory=dict)


def cut(text: str, *, where: str) -> tuple[Word, ...]:
    """The words of ``text``. Raises ``BadInput`` (``play-open-quote``)."""
    if text.count('"') % 2:
        raise BadInput(
            "play-open-quote",
            "A quotation mark has no partner.",
            where=where,
            remedy='Close the text with " on the same line.',
        )
    return tuple(
        Word(match[1], quoted=True) if match[1] is not None else Word(match[2] or match[3], quoted=False)
        for match in _WORD.finditer(text)
    )


def is_time(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text) or _FULL.fullmatch(text))


def duration_ms(text: str) -> int | None:
    """``1m39s``, ``2h``, ``90s`` or ``3d`` in milliseconds; ``None`` when it is none of these."""
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000


class Words:
    """A cursor over the words of one line."""

    def __init__(self, words: tuple[Word, ...], *, where: str, scene: Scene) -> None:
        self._words = words
        self._next = 0
        self.where = where
        self.scene = scene

    # -- looking ------------------------------------------------------------------------------------

    @property
    def at_end(self) -> bool:
        return self._next == len(self._words)

    def peek(self, ahead: int = 0) -> str | None:
        """The next bare word, or ``None`` at the end and before a quoted text."""
        place = self._next + ahead
        if place >= len(self._words) or self._words[place].quoted:
            return None
        return self._words[place].text

    @property
    def at_quote(self) -> bool:
        return not self.at_end and self._words[self._next].quoted

    def here(self) -> str:
        """What stands at the cursor, for an error's words."""
        if self.at_end:
            return "the end of the line"
        return f"“{self._words[self._next].text[:40]}”"

    # -- taking -------------------------------------------------------------------------------------

    def take(self, phrase: str) -> bool:
        """Take the words of ``phrase`` if they come next; say whether they did."""
        wanted = phrase.split()
        if any(self.peek(ahead) != word for ahead, word in enumerate(wanted)):
            return False
        self._next += len(wanted)
        return True

    def expect(self, phrase: str) -> None:
        if not self.take(phrase):
            raise BadInput(
                "play-word-missing",
                f"Here “{phrase}” should stand, and {self.here()} does.",
                where=self.where,
                remedy=f"Write “{phrase}” here; docs/plays.md shows the whole line.",
            )

    def word(self, what: str) -> str:
        """The next bare word; ``what`` says in an error what it should have been."""
        text = self.peek()
        if text is None or text == ",":
            raise BadInput(
                "play-word-missing",
                f"Here {what} should stand, and {self.here()} does.",
                where=self.where,
                remedy=f"Write {what} here; docs/plays.md shows the whole line.",
            )
        self._next += 1
        return text

    def quoted(self, what: str) -> str:
        if not self.at_quote:
            raise BadInput(
                "play-text-missing",
                f"Here {what} in quotation marks should stand, and {self.here()} does.",
                where=self.where,
                remedy=f'Write {what} in quotation marks, as "…".',
            )
        text = self._words[self._next].text.strip()
        self._next += 1
        if not 1 <= len(text) <= 200:
            raise BadInput(
                "play-text-length",
                f"A text of {len(text)} characters stands where {what} should.",
                where=self.where,
                remedy="Write 1 to 200 characters.",
            )
        return text

    def choice(self, what: str, options: Collection[str]) -> str:
        """One word out of ``options``."""
        at = self._next
        text = self.word(what)
        if text not in options:
            self._next = at
            raise BadInput(
                "play-word-unknown",
                f"{self.here()} is not {what}.",
                where=self.where,
                remedy=f"Write one of: {', '.join(sorted(options))}.",
            )
        return text

    def number(self, what: str) -> int:
        text = self.word(what)
        if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
            raise BadInput(
                "play-number",
                f"“{text[:40]}” is not {what}.",
                where=self.where,
                remedy="Write a whole number.",
            )
        return int(text)

    def comparison(self) -> Comparison:
        sign = self.choice("a comparison", ("<=", ">=", "<", ">", "="))
        return Comparison(sign, self.number("a whole number"))  # type: ignore[arg-type]  # choice() gave a sign

    def member(self, what: str = "a member of this mechanism") -> MemberId:
        text = self.word(what)
        if text not in self.scene.members:
            raise BadInput(
                "play-member-unknown",
                f"“{text[:40]}” is not {what}.",
                where=self.where,
                remedy=f"Name it in the header, or write one of: {', '.join(self.scene.members)}.",
            )
        return MemberId(text)

    def desk(self) -> DeskName:
        text = self.word("a desk")
        try:
            return desk_name(text)
        except BadInput as error:
            raise BadInput(
                "play-desk",
                error.what,
                where=self.where,
                remedy=error.remedy,
            ) from error

    def thing(self, *sorts: Sort) -> Named:
        """A name that an earlier line gave, of one of ``sorts`` (any sort when none is given)."""
        text = self.word("a name that an earlier line gave")
        named = self.scene.names.get(text)
        if named is None:
            raise BadInput(
                "play-name-unknown",
                f"No line before this one gives the name “{text[:40]}”.",
                where=self.where,
                remedy=f"End the line that makes it with: as {text[:30]}.",
            )
        if sorts and named.sort not in sorts:
            raise BadInput(
                "play-name-sort",
                f"“{named.name}” is a {named.sort}, and here a {' or '.join(sorts)} should stand.",
                where=self.where,
                remedy="Use the name of such a thing, or another verb.",
            )
        return named

    def new_name(self) -> str:
        text = self.word("a new name")
        if not _NAME.fullmatch(text) or text in RESERVED:
            raise BadInput(
                "play-name",
                f"“{text[:40]}” cannot be a name.",
                where=self.where,
                remedy="Use lower-case letters, digits and hyphens, as n1, and no word of the grammar.",
            )
        if text in self.scene.names:
            raise BadInput(
                "play-name-twice",
                f"The name “{text}” is taken already.",
                where=self.where,
                remedy="Choose another name; a name never changes its meaning in a play.",
            )
        return text

    # -- times --------------------------------------------------------------------------------------

    def instant(self, what: str = "a time") -> Instant:
        return instant_of(self.word(what), where=self.where, reference=self.scene.now)

    def duration(self, what: str = "a duration") -> int:
        """Milliseconds."""
        text = self.word(what)
        length = duration_ms(text)
        if not length:
            raise BadInput(
                "play-duration",
                f"“{text[:40]}” is not {what}.",
                where=self.where,
                remedy="Write it as 1h30m, 5m, 1m39s or 90s.",
            )
        return length

    def window(self) -> tuple[Instant, Instant]:
        """``12:55..14:00``: an end before its start is on the day after it."""
        text = self.word("a window of time, as 12:55..14:00")
        start, dots, end = text.partition("..")
        if not dots:
            raise BadInput(
                "play-window",
                f"“{text[:60]}” is not a window of time.",
                where=self.where,
                remedy="Write start and end with two dots between them, as 12:55..14:00.",
            )
        opens_at = instant_of(start, where=self.where, reference=self.scene.now)
        return opens_at, instant_of(end, where=self.where, reference=opens_at, not_before=True)

    # -- the end ------------------------------------------------------------------------------------

    def done(self) -> None:
        if not self.at_end:
            raise BadInput(
                "play-word-unexpected",
                f"{self.here()} has no place at the end of this line.",
                where=self.where,
                remedy="Remove it, or see docs/plays.md for what this verb takes.",
            )


def instant_of(text: str, *, where: str, reference: Instant, not_before: bool = False) -> Instant:
    """A time as a play writes it. A plain one is on ``reference``'s day, or the next (see the module's rule).

    With ``not_before`` every plain time before ``reference`` is on the following day (the end of a window).
    """
    if _FULL.fullmatch(text):
        return Instant(parse_typed_instant_us(text) // 1000)
    match = _PLAIN.fullmatch(text)
    shift = _shift_ms(match) if match else None
    if match is None or shift is None:
        raise BadInput(
            "play-time",
            f"“{text[:40]}” is not a time.",
            where=where,
            remedy="Write UTC as 13:24, 13:24:05, 13:24+20m or 2016-09-17T13:24Z.",
        )
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
    midnight = reference - reference % DAY_MS
    at = midnight + (hours * 3600 + minutes * 60 + seconds) * 1000 + shift
    earliest = reference if not_before else reference - HALF_DAY_MS
    return Instant(at + DAY_MS if at < earliest else at)


def _shift_ms(match: re.Match[str]) -> int | None:
    sign, length = match[4], match[5]
    if sign is None:
        return 0
    shift = duration_ms(length)
    return shift if shift is None or sign == "+" else -shift


def substitute(text: str, values: Mapping[str, str], *, where: str) -> str:
    """``text`` with the case's value for every ``{name}``; raises ``BadInput`` for an unknown name."""

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise BadInput(
                "play-case-unknown",
                f"No case is called “{match[1][:40]}”.",
                where=where,
                remedy=f"Add a header line: case {match[1][:30] or 'lead'}=20,60.",
            )
        return values[match[1]]

    return re.sub(r"\{([^{}]*)\}", value_of, text)
