# SPDX-License-Identifier: Apache-2.0
"""What counts for nothing, and why? Judged once, and again when something was said that the judgement read.

    asked the first time ──→ everything is judged
    asked again ───────────→ what stands under a name that moved since, and what read that in turn

So a node of a million entries tells in an instant what it told a minute ago, and before it was started again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from steerclear.mechanism.bodies import KINDS
from steerclear.mechanism.book import Book
from steerclear.mechanism.entry import Place
from steerclear.mechanism.judge import SURVIVES_SUSPENSION, why_without_effect
from steerclear.mechanism.said import OUTSIDE_ANY_LOG

__all__ = ["Ineffective", "WithoutEffect"]

_FLAGS: Final = frozenset({"mechanism.suspend", "mechanism.resume"})
_JUDGED_BY_KIND: Final = frozenset(
    name for name, kind in KINDS.items() if kind.once is not None and kind.target is None
)
"""Said once, about nothing: what was said before is sought among all of the kind."""


@dataclass(frozen=True, slots=True)
class WithoutEffect:
    """A statement that is kept and counts for nothing, and why."""

    place: Place
    id: str
    author: str
    kind: str
    why: str


class Ineffective:
    """Of one book, by the id of the statement."""

    def __init__(self, book: Book) -> None:
        self._book: Final = book
        self._found: Final[dict[str, dict[Place, WithoutEffect]]] = {}

    def go_on(self, memory: Iterable[WithoutEffect]) -> None:
        """After a start, before anything is added: what had been found by then."""
        for one in memory:
            self._found.setdefault(one.id, {})[one.place] = one
        self._book.touched = set()

    def memory(self) -> tuple[WithoutEffect, ...]:
        """What ``go_on`` takes; floor messages outside the logs are told again at every start."""
        self._reach()
        found = (one for rows in self._found.values() for one in rows.values())
        return tuple(one for one in found if one.place.generation != OUTSIDE_ANY_LOG)

    def __iter__(self) -> Iterator[WithoutEffect]:
        """In order of place."""
        self._reach()
        found = [one for rows in self._found.values() for one in rows.values()]
        found += [
            WithoutEffect(place, statement.id, statement.author, statement.kind, why)
            for place, statement, why in self._book.misread
        ]
        return iter(sorted(found, key=lambda one: (one.place, one.id)))

    def _reach(self) -> None:
        touched, self._book.touched = self._book.touched, set()
        if touched is None:
            for id_ in {said.id for said in self._book.every()}:
                self._judge(id_)
            return
        judged: set[str] = set()
        while touched:
            for id_ in self._stands_under(touched.pop()):
                if id_ not in judged:
                    judged.add(id_)
                    touched.update(self._judge(id_))

    def _stands_under(self, name: str) -> set[str]:
        """Ids of statements whose judgement may have asked for this."""
        kinds = KINDS.keys() - SURVIVES_SUSPENSION if name in _FLAGS else set()
        kinds |= {name} & _JUDGED_BY_KIND
        found = {said.id for kind in kinds for said in self._book.of_kind(kind)}
        return found if name in KINDS else found | self._book.ids_under(name)

    def _judge(self, id_: str) -> set[str]:
        """The names that others may have asked for, if it counts otherwise than it did."""
        before = self._found.pop(id_, {})
        now: dict[Place, WithoutEffect] = {}
        for said in self._book.claims(id_):
            why = why_without_effect(self._book, said)
            if why is not None:
                now[said.place] = WithoutEffect(said.place, said.id, said.author, said.kind, why)
        if now:
            self._found[id_] = now
        return set() if now == before else {id_, *self._book.names_of(id_)}
