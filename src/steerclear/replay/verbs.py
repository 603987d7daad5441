# SPDX-License-Identifier: Apache-2.0
"""What is a verb of a play? Its opening words, who may use it, and the function that reads the rest.

    TIME  ACTOR  OPENING …what the verb takes…  CLAUSES

Clauses stand at the end in any order, each once: ``as NAME``, ``to A B not C``, ``sealed``,
``by voice``, ``because "…"``. Each verb says which of them it knows and which it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final, Literal

from steerclear.errors import BadInput
from steerclear.model.member import MemberId
from steerclear.replay.script import Actor, DeskActor, Everyone, Manner, Named, Sort, World
from steerclear.replay.words import Words

__all__ = [
    "BECAUSE", "NAMED", "TO", "VOICE", "Clause", "Verb", "Who", "about", "alone", "find_verb", "read_manner",
    "who_is",
]  # fmt: skip

Who = Literal["desk", "everyone", "world", "record"]
Clause = Literal["as", "to", "sealed", "by voice", "because"]

TO: Final[frozenset[Clause]] = frozenset({"to", "sealed", "by voice"})
NOTHING: Final[frozenset[Clause]] = frozenset()
BECAUSE: Final = frozenset[Clause]({"because"})
VOICE: Final = frozenset[Clause]({"by voice"})
NAMED: Final = frozenset[Clause]({"as"})


@dataclass(frozen=True, slots=True)
class Verb:
    """``usage`` is the line of the reference; ``example`` a whole line tail that parses in its play."""

    opening: str
    usage: str
    example: str
    read: Callable[[Words], object]
    who: frozenset[Who] = frozenset({"desk"})
    knows: frozenset[Clause] = NOTHING
    needs: frozenset[Clause] = NOTHING
    makes: Sort | None = None


def about(make: Callable[[Named], object], *sorts: Sort) -> Callable[[Words], object]:
    """The reader of a verb that takes one name and nothing else."""

    def read(words: Words) -> object:
        return make(words.thing(*sorts))

    return read


def alone(make: Callable[[], object]) -> Callable[[Words], object]:
    """The reader of a verb that takes nothing."""

    def read(words: Words) -> object:  # noqa: ARG001 - every reader is handed the words
        return make()

    return read


def who_is(actor: Actor) -> Who:
    match actor:
        case DeskActor():
            return "desk"
        case Everyone():
            return "everyone"
        case World():
            return "world"
        case _:
            return "record"


def find_verb(words: Words, actor: Actor, verbs: tuple[Verb, ...]) -> Verb:
    """The verb whose opening comes next, the longest first. Raises ``BadInput`` (``play-verb-…``)."""
    for verb in sorted(verbs, key=lambda verb: -len(verb.opening.split())):
        if words.take(verb.opening):
            _check_actor(verb, actor, words)
            return verb
    mine = sorted({verb.opening for verb in verbs if who_is(actor) in verb.who})
    near = get_close_matches(words.peek() or "", mine, n=3, cutoff=0.5)
    raise BadInput(
        "play-verb-unknown",
        f"{words.here()} begins no verb of “{actor}”.",
        where=words.where,
        remedy=f"{'Did you mean ' + ' or '.join(near) + '? ' if near else ''}docs/plays.md lists every verb.",
    )


def read_manner(words: Words, verb: Verb) -> Manner:
    """The clauses at the end of the line."""
    manner = Manner()
    seen: set[Clause] = set()
    while not words.at_end:
        clause = _clause(words, verb)
        if clause in seen:
            raise BadInput(
                "play-clause-twice",
                f"“{clause}” stands twice in this line.",
                where=words.where,
                remedy="Write it once.",
            )
        seen.add(clause)
        manner = _with(manner, clause, words, verb)
    missing = verb.needs - seen
    if missing:
        raise BadInput(
            "play-clause-missing",
            f"“{verb.opening}” needs “{min(missing)}” at the end of the line.",
            where=words.where,
            remedy=f"Write: {verb.usage}.",
        )
    return manner


def _check_actor(verb: Verb, actor: Actor, words: Words) -> None:
    if who_is(actor) not in verb.who:
        raise BadInput(
            "play-verb-actor",
            f"“{actor}” cannot be the one who “{verb.opening}”.",
            where=words.where,
            remedy=f"Let one of these: {', '.join(sorted(verb.who))}.",
        )


def _clause(words: Words, verb: Verb) -> Clause:
    known = verb.knows | verb.needs
    for clause in sorted(known):
        if words.take(clause):
            return clause
    words.done()
    raise AssertionError("done() refuses while words are left")


def _with(manner: Manner, clause: Clause, words: Words, verb: Verb) -> Manner:
    match clause:
        case "as":
            return replace(manner, named=_introduce(words, verb))
        case "to":
            to = _members(words)
            return replace(manner, to=to, without=_members(words) if words.take("not") else ())
        case "sealed":
            return replace(manner, sealed=True)
        case "by voice":
            return replace(manner, by_voice=True)
        case "because":
            return replace(manner, because=words.quoted("the reason"))


def _introduce(words: Words, verb: Verb) -> str:
    """The new name, which from the next line on stands for what this verb makes."""
    name = words.new_name()
    if verb.makes is not None:
        words.scene.names[name] = Named(name, verb.makes)
    return name


def _members(words: Words) -> tuple[MemberId, ...]:
    members = [words.member()]
    while words.peek() in words.scene.members:
        members.append(words.member())
    return tuple(members)
