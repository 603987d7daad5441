# SPDX-License-Identifier: Apache-2.0
"""How urgent is it, and by when must somebody answer? The table of design file 6, and the class at a moment.

    now ─────────── 24 h ────────── 60 min ───── start ─────── end
         ROUTINE          PRIORITY        IMMEDIATE ──────────→

The class is recomputed as the start nears. Deadlines do not jump with it: the due time is the earliest of
those that each class gives from the moment it was entered, so it is the same whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from steerclear.mechanism.bodies import NoticeContent
from steerclear.model.annex import Response
from steerclear.model.notice import NoticeKind
from steerclear.model.response import ClassTerms, ResponseClass
from steerclear.model.time import Instant

__all__ = [
    "MINUTE_MS", "STANDING_RESPONSE", "Phase", "acknowledge_by", "class_at", "class_of", "first_climb_at",
    "phases", "strictest",
]  # fmt: skip

MINUTE_MS: Final = 60_000
_IMMEDIATE_MS: Final = 60 * MINUTE_MS
_PRIORITY_MS: Final = 24 * 60 * MINUTE_MS

# By names of their own: Python 3.11 looks a member up on its Enum through a function, each time.
_IMMEDIATE: Final = ResponseClass.IMMEDIATE
_PRIORITY: Final = ResponseClass.PRIORITY
_ROUTINE: Final = ResponseClass.ROUTINE
_STATIC: Final = ResponseClass.STATIC
_TURNS: Final = ((_PRIORITY, _PRIORITY_MS), (_IMMEDIATE, _IMMEDIATE_MS))

STANDING_RESPONSE: Final = Response(
    written_stop=True,
    classes=(
        ClassTerms(ResponseClass.STOP, 10, 120, (120, 240)),
        ClassTerms(ResponseClass.DISTRESS, 10, 120, (120, 240)),
        ClassTerms(ResponseClass.IMMEDIATE, 30, 300, (300, 600)),
        ClassTerms(ResponseClass.PRIORITY, 60, 1_800, (1_800, 3_600)),
        ClassTerms(ResponseClass.ROUTINE, 300, 14_400, (14_400, 28_800)),
        ClassTerms(ResponseClass.STATIC, 300, 86_400, (86_400, 172_800)),
    ),
    ladders=(),
    outcome_s=300,
    renew_s=300,
    close_s=1_800,
    ownership_s=300,
    screening_s=60,
    join_within_mm=5_000_000,
    join_within_s=1_800,
)
"""What holds until a response annex is in force: the safety floor needs its clock from the first day."""


class Phase(NamedTuple):
    """From ``entered_at`` on, these deadlines run."""

    entered_at: Instant
    terms: ClassTerms

    @property
    def acknowledge_by(self) -> Instant:
        return Instant(self.entered_at + self.terms.acknowledge_s * 1000)

    def climb_at(self, step: int) -> Instant:
        """When the rung ``step`` after the first is called; past the table it goes on in the last stride."""
        climbs = self.terms.climbs_s or (self.terms.acknowledge_s,)
        if step <= len(climbs):
            return Instant(self.entered_at + climbs[step - 1] * 1000)
        stride = climbs[-1] - (climbs[-2] if len(climbs) > 1 else 0)
        return Instant(self.entered_at + (climbs[-1] + stride * (step - len(climbs))) * 1000)


def class_of(content: NoticeContent, now: Instant) -> ResponseClass:
    """The class of a notice at ``now``: a site is static, everything else by the time to its start."""
    if content.kind is NoticeKind.SITE:
        return ResponseClass.STATIC
    return class_at(Instant(content.notice().span.start_s * 1000), now)


def class_at(start_at: Instant, now: Instant) -> ResponseClass:
    """The class of something that starts then: under 60 min immediate, up to 24 h priority, else routine."""
    if now > start_at - _IMMEDIATE_MS:
        return _IMMEDIATE
    return _PRIORITY if now >= start_at - _PRIORITY_MS else _ROUTINE


def phases(response: Response, from_at: Instant, start_at: Instant | None) -> tuple[Phase, ...]:
    """The classes that a dated thing goes through from ``from_at`` on; without a date it stays static.

    Empty when the response annex gives its first class no deadline: then nobody owes an answer by a time.
    """
    terms = response.of(_STATIC if start_at is None else class_at(start_at, from_at))
    running = [] if terms is None else [Phase(from_at, terms)]
    if start_at is not None:
        for turn, ahead_ms in _TURNS:
            turns_at = Instant(start_at - ahead_ms)
            terms = response.of(turn) if turns_at > from_at else None
            if terms is not None:
                running.append(Phase(turns_at, terms))
    return tuple(running)


def acknowledge_by(running: Sequence[Phase]) -> Instant:
    """The earliest deadline of the classes that a thing goes through; there is at least one."""
    return Instant(min([at + terms.acknowledge_s * 1000 for at, terms in running]))


def first_climb_at(running: Sequence[Phase]) -> Instant:
    """When the second rung is called, if nobody answers."""
    return min([phase.climb_at(1) for phase in running])


def strictest(all_terms: Sequence[Response]) -> Response:
    """While several versions bind: the earliest of every deadline; the ladders of the newest, given first."""
    newest = all_terms[0]
    if len(all_terms) == 1:
        return newest
    return Response(
        written_stop=any(terms.written_stop for terms in all_terms),
        classes=tuple(_strictest_class(of_class, all_terms) for of_class in _classes_in(all_terms)),
        ladders=newest.ladders,
        outcome_s=min(terms.outcome_s for terms in all_terms),
        renew_s=min(terms.renew_s for terms in all_terms),
        close_s=min(terms.close_s for terms in all_terms),
        ownership_s=min(terms.ownership_s for terms in all_terms),
        screening_s=min(terms.screening_s for terms in all_terms),
        join_within_mm=newest.join_within_mm,
        join_within_s=newest.join_within_s,
    )


def _classes_in(all_terms: Sequence[Response]) -> tuple[ResponseClass, ...]:
    present = {row.of for terms in all_terms for row in terms.classes}
    return tuple(of_class for of_class in ResponseClass if of_class in present)


def _strictest_class(of_class: ResponseClass, all_terms: Sequence[Response]) -> ClassTerms:
    rows = [row for terms in all_terms if (row := terms.of(of_class)) is not None]
    steps = max(len(row.climbs_s) for row in rows)
    return ClassTerms(
        of_class,
        min(row.machine_s for row in rows),
        min(row.acknowledge_s for row in rows),
        tuple(min(row.climbs_s[i] for row in rows if i < len(row.climbs_s)) for i in range(steps)),
    )
