# SPDX-License-Identifier: Apache-2.0
"""Which deed of a play is this statement? The inverse of ``saying``: a statement in, a deed out.

    statement ──► Told(deed, manner, rung, without)      without: what it held that no verb can say
        └──────► CannotSay                               no verb says it at all

``Known`` holds the names that the lines so far have given: a statement about something that has none is not
said. Times are those of whole seconds, which is all a play has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any, Final

from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId
from steerclear.model.time import Instant, format_instant
from steerclear.replay.script import Manner, Named, Sort
from steerclear.replay.spelling import LONGEST_TEXT, CannotSay

__all__ = ["Known", "Told", "deed_of", "reason", "same_time", "second_of", "sized", "told_with"]

SAME_TIME_MS: Final = 5_000
"""A claim of *when* so near to the entry is no news: a deed of a play happens when it is said."""


@dataclass(frozen=True, slots=True)
class Told:
    """``without`` what the statement held beside this, in words; ``again`` the thing that it is once more."""

    deed: object
    manner: Manner = field(default_factory=Manner)
    rung: int | None = None
    overrides: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()
    again: Named | None = None
    named: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a play knows at this line: ``names`` by id of statement, of conflict, or content of an annex."""

    view: View
    members: tuple[MemberId, ...]
    names: Mapping[str, Named]

    def thing(self, id_: str, *sorts: Sort) -> Named:
        """What the play calls it. Raises ``CannotSay`` where no line has named it, or as something else."""
        named = self.names.get(id_)
        if named is None:
            raise CannotSay("it is about something that no line of the play makes")
        if sorts and named.sort not in sorts:
            raise CannotSay(f"the verb is not for a {named.sort}")
        return named

    def readers(self, named: tuple[str, ...]) -> tuple[MemberId, ...]:
        """Those of the addressees that a play can address."""
        return tuple(MemberId(member) for member in named if member in self.members)


@singledispatch
def deed_of(body: object, said: Said[Any], known: Known) -> Told:  # noqa: ARG001 - every reader is handed them
    """What a desk did to say this. Raises ``CannotSay``."""
    raise CannotSay(f"no verb of a play says a {type(body).__name__}")


def second_of(at: int) -> Instant:
    """The whole second in which it was."""
    return Instant(at - at % 1_000)


def sized(text: str | None, without: list[str]) -> str | None:
    """A text as a play can hold it; what had to be changed for that is noted in ``without``."""
    if text is None:
        return None
    plain = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    fits = plain.translate(_MARKS)[:LONGEST_TEXT].strip()
    if fits != text:
        without.append("the exact marks of a text, or its end")
    return fits or None


def reason(text: str | None, without: list[str]) -> str:
    """The reason that a verb cannot do without."""
    return sized(text, without) or "no reason was given"


def same_time(what: str, claimed: int | None, said: Said[Any], without: list[str]) -> None:
    """Note a claimed time that is not the line's own."""
    if claimed is not None and abs(claimed - said.at) > SAME_TIME_MS:
        without.append(f"{what} {format_instant(second_of(claimed))[:19]}Z")


def told_with(without: list[str], body: object, *fields: str) -> tuple[str, ...]:
    """``without``, and each of the named fields that says something and that the verb has no words for."""
    named = [name.replace("_", " ") for name in fields if getattr(body, name) not in (None, (), "")]
    return (*without, *named)


def about_one(
    make: Callable[[Named], object], of: str, *sorts: Sort, dropping: tuple[str, ...] = ()
) -> Callable[[Any, Said[Any], Known], Told]:
    """The reader of a statement that names one thing, in its field ``of``, and says nothing more."""

    def read(body: Any, _said: Said[Any], known: Known) -> Told:
        deed = make(known.thing(getattr(body, of), *sorts))
        return Told(deed, without=told_with([], body, *dropping))

    return read


_MARKS: Final = str.maketrans({'"': "”", "{": "(", "}": ")"})
