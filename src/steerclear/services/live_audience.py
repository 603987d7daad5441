# SPDX-License-Identifier: Apache-2.0
"""Who may be told of an alarm, how much may be shown with it, and what is said? The annexes decide.

party   its own desk always; its counterpart as far as a row of the disclosure annex lets it know
host    each of the two parties for which a row lets it know; it has no desk and nothing to show
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from steerclear.mechanism.bodies import (
    AnnexMeant,
    NoticeMeant,
    TrackAlarm,
    TrackDuty,
    TrackHolder,
)
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId
from steerclear.model.time import Instant
from steerclear.model.track import Shows, TrackDanger
from steerclear.tracking import Alarm, Call
from steerclear.tracking.alarms import Cause

__all__ = ["Audience", "Matter", "alarm_body", "audience_of", "counterparts"]

LEAST_ANSWER_MS: Final = 60_000
"""What has happened already is to be answered within a minute, not at once."""

MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told, and how much is shown to them; ``near_mm`` how near is near."""

    to: tuple[str, ...]
    shows: Shows
    near_mm: int


@dataclass(frozen=True, slots=True)
class Matter:
    """An alarm that rang, and what there is to say of it.

    ``counterparts``  those whom it is to be said to, one after the other; ``None``: there is no other party
    ``shown_by``      the member that shows one of its tracks; what others show is bounded
    """

    side: str
    alarm: Alarm
    call: Call
    concerns: AnnexMeant | NoticeMeant | None
    track: TrackHolder
    other: TrackHolder
    counterparts: tuple[str | None, ...]
    shown_by: str | None

    @property
    def cause(self) -> Cause:
        return self.alarm.cause

    @property
    def danger(self) -> TrackDanger:
        return TrackDanger(self.alarm.cause.kind)


def counterparts(view: View, side: str, track: TrackHolder, other: TrackHolder) -> tuple[str | None, ...]:
    """The members whose track or area it is beside our own; of nobody's, every other party."""
    named = {str(one.member) for one in (track, other) if one.member in view.parties} - {side}
    return tuple(sorted(named)) or tuple(one for one in view.parties if one != side) or (None,)


def audience_of(
    view: View, me: str, side: str, counterpart: str | None, danger: TrackDanger, now: Instant
) -> Audience:
    """Without a row of the disclosure annex that binds, nobody."""
    disclosure = view.annexes.disclosure(now)
    if disclosure is None or counterpart is None:
        return Audience((), Shows.NOTHING, 0)
    if side != me:
        both = sorted({side, counterpart})
        to = tuple(one for one in both if disclosure.shown(danger, one)[0] is not Shows.NOTHING)
        return Audience(to, Shows.ALARM if to else Shows.NOTHING, 0)
    shows, near_mm = disclosure.shown(danger, counterpart)
    return Audience(() if shows is Shows.NOTHING else (counterpart,), shows, near_mm)


def alarm_body(
    matter: Matter, counterpart: str | None, to: tuple[str, ...], me: str, now: Instant
) -> TrackAlarm:
    """What is said. Whoever is to call is one who is told: where the other may not be, we call."""
    call, side = matter.call, matter.side
    told = (me, *to) if side == me else to
    wanted = side if call.caller == "own" else counterpart
    caller = wanted if wanted in told else told[0]
    others = [one for one in (side, counterpart) if one not in (None, caller)]
    called = others[0] if others and call.called != "civil" else None
    return TrackAlarm(
        danger=matter.danger,
        concerns=matter.concerns,
        track=matter.track,
        other=matter.other,
        owes=_DUTIES[call.what],
        caller=MemberId(str(caller)),
        called=None if called is None else MemberId(called),
        first_at=_minute(matter.alarm.danger.first_at),
        is_certain=matter.alarm.danger.is_certain,
        due_at=Instant(max(_minute(call.due_at), now + LEAST_ANSWER_MS)),
    )


_DUTIES: Final = {
    "call-the-other-side": TrackDuty.CALL,
    "ask-ownership": TrackDuty.ASK_OWNERSHIP,
    "warn-airliner": TrackDuty.WARN_AIRLINER,
    "amend-or-return": TrackDuty.AMEND_OR_RETURN,
}


def _minute(at: Instant) -> Instant:
    """The minute in which it is: a second would say how fast something flies."""
    return Instant(at - at % MINUTE_MS)
