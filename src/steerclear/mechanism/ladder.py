# SPDX-License-Identifier: Apache-2.0
"""Whom do we call next? The rungs of a desk's ladder that are called at a moment, and when the climb ends.

                       STOP, DISTRESS                      every other class
    at once            first relay and first may-act        first rung
    at each climb      the next rung in order               the next rung in order
    ends with          an acknowledgement by a may-act rung the same; one by a relay before the first climb
                                                            keeps it from beginning

Rungs once called stay called until the climb ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from steerclear.mechanism.bodies import Acknowledge
from steerclear.mechanism.classes import Phase
from steerclear.mechanism.obligation import CalledRung
from steerclear.mechanism.said import Said
from steerclear.model.annex import Ladder, Response, Rung, RungSort
from steerclear.model.member import DeskName, MemberId
from steerclear.model.time import Instant

__all__ = [
    "NO_CLIMB", "Climb", "climb", "counts_for", "desk_for", "desks_of", "ends_at", "is_may_act", "ladder_of",
]  # fmt: skip

_DESK_ALONE: Final = (Rung(RungSort.MAY_ACT, "the desk"),)


class Climb(NamedTuple):
    """Rungs called by now, and when the next one will be; no time when none is left or the climb ended."""

    called: tuple[CalledRung, ...]
    next_at: Instant | None


NO_CLIMB: Final = Climb((), None)
"""Nobody is called."""


def ladder_of(response: Response, member: str, desk: str) -> Ladder:
    """The ratified ladder; a desk without one is its own only rung, and may act."""
    return response.ladder(member, desk) or _desk_alone(member, desk)


@lru_cache(maxsize=256)
def _desk_alone(member: str, desk: str) -> Ladder:
    return Ladder(MemberId(member), DeskName(desk), _DESK_ALONE)


def desks_of(response: Response, member: str) -> tuple[str, ...]:
    """Every desk of a member that has a ladder; a member without any has one desk."""
    return response.desks(member) or ("duty",)


def desk_for(response: Response, member: str, wanted: str) -> str:
    """The desk of that name (a notice's domain chooses it), else the member's first."""
    desks = desks_of(response, member)
    return wanted if wanted in desks else desks[0]


def counts_for(response: Response, said: Said[Acknowledge], desk: str) -> bool:
    """Does it speak for this desk? For the one that it names, and for no other; null speaks for none.

    A member without ladders has one desk, which every acknowledgement of its officers speaks for.
    """
    return said.desk == desk or not response.desks(said.author)


def is_may_act(response: Response, said: Said[Acknowledge], desk: str) -> bool:
    """Was it a rung of this desk that may act? A rung beyond the ladder may not."""
    rungs = ladder_of(response, said.author, desk).rungs
    return (
        counts_for(response, said, desk)
        and said.body.rung <= len(rungs)
        and rungs[said.body.rung - 1].sort is RungSort.MAY_ACT
    )


def ends_at(
    response: Response, desk: str, acknowledgements: Iterable[Said[Acknowledge]], before: Instant | None
) -> Instant | None:
    """When the climb ended: the first may-act acknowledgement, or any one not later than ``before``."""
    ending = (
        said.at
        for said in acknowledgements
        if counts_for(response, said, desk)
        and (is_may_act(response, said, desk) or (before is not None and said.at <= before))
    )
    return min(ending, default=None)


def climb(
    ladder: Ladder,
    phases: Sequence[Phase],
    *,
    both_sorts_at_once: bool,
    now: Instant,
    ended_at: Instant | None,
) -> Climb:
    """The state of a climb at ``now``. ``phases``: the classes it goes through; the earliest call counts."""
    until = now if ended_at is None else min(now, ended_at)
    called: list[CalledRung] = []
    waiting: list[Instant] = []
    for index, at in call_times(ladder, phases, both_sorts_at_once=both_sorts_at_once):
        if at <= until:
            called.append(_called(ladder, index, at))
        else:
            waiting.append(at)
    return Climb(tuple(called), min(waiting) if waiting and ended_at is None else None)


def call_times(
    ladder: Ladder, phases: Sequence[Phase], *, both_sorts_at_once: bool
) -> tuple[tuple[int, Instant], ...]:
    """For each rung (index from 0) when it is called, in order of the call."""
    if not phases:
        return ()
    first = _first_rungs(ladder, both_sorts_at_once=both_sorts_at_once)
    times = [(index, phases[0].entered_at) for index in first]
    for index in range(len(ladder.rungs)):
        if index not in first:
            step = len(times) - len(first) + 1
            times.append((index, min([phase.climb_at(step) for phase in phases])))
    return tuple(times)


def _first_rungs(ladder: Ladder, *, both_sorts_at_once: bool) -> list[int]:
    if not both_sorts_at_once:
        return [0]
    sorts = [rung.sort for rung in ladder.rungs]
    return sorted(sorts.index(sort) for sort in RungSort if sort in sorts)


def _called(ladder: Ladder, index: int, at: Instant) -> CalledRung:
    rung = ladder.rungs[index]
    return CalledRung(
        member=ladder.member,
        desk=ladder.desk,
        number=index + 1,
        of=len(ladder.rungs),
        may_act=rung.sort is RungSort.MAY_ACT,
        label=rung.label,
        called_at=at,
    )
