# SPDX-License-Identifier: Apache-2.0
"""What happened in a run, in order: what was done, what followed from it, what was seen and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from steerclear.model.time import Instant, format_instant
from steerclear.replay.script import Play

__all__ = ["Effect", "EffectSort", "Event", "EventSort", "Failure", "Figures", "Run", "as_document"]

EventSort = Literal["done", "refused", "derived", "alarm", "world", "seen", "not-seen"]


EffectSort = Literal["gate", "duty", "rung", "late", "conflict"]


@dataclass(frozen=True, slots=True, order=True)
class Effect:
    """What the mechanism did of its own accord: ``what``, and the thing of the play that it was ``of``.

    A finding of the gate, a duty that is owed, a rung that is called, a duty that is late, a conflict found.
    """

    sort: EffectSort
    what: str
    of: str

    def __str__(self) -> str:
        return f"{self.sort} {self.what} of {self.of}"


@dataclass(frozen=True, slots=True)
class Event:
    """``line`` is the line of the play, or ``None`` for what the nodes derived by themselves.

    ``effect`` says the same as ``what`` where the mechanism did something; receipts and deeds have none.
    """

    at: Instant
    sort: EventSort
    who: str
    what: str
    line: int | None = None
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A sight that was not seen, or a deed that was refused while nothing in the play expected it."""

    line: int
    text: str
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What a STOP of the play comes to: minutes from its call, ``None`` where it never came to that."""

    stop: str
    minutes_to_authority: float | None
    minutes_to_halt: float | None
    fires_after: int


@dataclass(frozen=True, slots=True)
class Run:
    """One case of a play from its first line to its last."""

    play: Play
    events: tuple[Event, ...]
    failures: tuple[Failure, ...]
    figures: tuple[Figures, ...]

    @property
    def passed(self) -> bool:
        return not self.failures

    @property
    def effects(self) -> frozenset[Effect]:
        """Everything that the mechanism did of its own accord."""
        return frozenset(event.effect for event in self.events if event.effect is not None)

    @property
    def sights(self) -> int:
        return sum(event.sort in ("seen", "not-seen") for event in self.events)


def as_document(run: Run) -> dict[str, object]:
    """The run as JSON values: the derived events, and what was expected and not seen."""
    return {
        "play": run.play.where,
        "title": run.play.title,
        "case": dict(run.play.case),
        "passed": run.passed,
        "remarks": [
            {"sort": remark.sort, "who": remark.who, "text": remark.text} for remark in run.play.remarks
        ],
        "events": [
            {
                "at": format_instant(event.at),
                "sort": event.sort,
                "who": event.who,
                "what": event.what,
                "line": event.line,
            }
            for event in run.events
        ],
        "figures": [
            {
                "stop": figures.stop,
                "minutes_to_authority": figures.minutes_to_authority,
                "minutes_to_halt": figures.minutes_to_halt,
                "fires_after": figures.fires_after,
            }
            for figures in run.figures
        ],
        "failures": [
            {
                "line": failure.line,
                "text": failure.text,
                "expected": failure.expected,
                "seen": failure.seen,
            }
            for failure in run.failures
        ],
    }
