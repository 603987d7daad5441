# SPDX-License-Identifier: Apache-2.0
"""What is owed about a danger that a live picture sees: a call by one side, an acknowledgement by the other.

    the caller       what the alarm says that it owes, by then: met by its track.answer
    everybody else   acknowledgement, as of anything immediate

An alarm that its picture sees no longer takes the ground away from both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from steerclear.mechanism.bodies import AnnexMeant, TrackAlarm, TrackDuty, TrackHolder, TrackSide
from steerclear.mechanism.classes import Phase
from steerclear.mechanism.ladder import climb, desk_for, ends_at, ladder_of
from steerclear.mechanism.obligation import Debtor, Obligation
from steerclear.mechanism.owed.scene import EVERYONE, Clock, Scene, short_name
from steerclear.mechanism.track_alarms import TrackAlarmRecord
from steerclear.model.response import ClassTerms, ResponseClass
from steerclear.model.time import Instant, format_instant
from steerclear.model.track import TrackDanger

__all__ = ["owed_on_track_alarm"]

_DESK: Final = "air"
_CALLS: Final = {
    TrackDuty.CALL: "call {whom}",
    TrackDuty.ASK_OWNERSHIP: "ask {whom} whose it is",
    TrackDuty.WARN_AIRLINER: "have it warned: held, ATC warned, or cannot",
    TrackDuty.AMEND_OR_RETURN: "amend the notice, or return to it, and tell {whom}",
}


def owed_on_track_alarm(scene: Scene, record: TrackAlarmRecord) -> Iterator[Obligation]:
    """Everything about one alarm, over or not. Without an immediate class nobody owes anything."""
    terms = scene.response.of(ResponseClass.IMMEDIATE)
    if terms is None:
        return
    raised = record.raised
    for member in scene.humans((*raised.to, raised.author)):
        clock = _clock(scene, record, member, terms)
        if member != raised.author:
            yield scene.machine_receipt(raised, member, clock, terms, record.id, over=record.over is not None)
            yield from scene.reseals(raised, member, clock, record.id, over=record.over is not None)
        if member == raised.body.caller:
            yield _call(scene, record, member, clock, terms)
        elif member != raised.author:
            yield _acknowledgement(scene, record, member, clock, terms)


def _clock(scene: Scene, record: TrackAlarmRecord, member: str, terms: ClassTerms) -> Clock:
    """Its author's own desk has it when it is said."""
    raised = record.raised
    if member == raised.author:
        return Clock(raised.at, raised.at, raised.at)
    return scene.clock(raised, member, terms.machine_s)


def _call(scene: Scene, record: TrackAlarmRecord, member: str, clock: Clock, terms: ClassTerms) -> Obligation:
    body, desk = record.raised.body, desk_for(scene.response, member, _DESK)
    answered = [answer.at for answer in record.answers if answer.author == member]
    met_at = min(answered, default=None)
    seen = _seen_words(scene, body, record.raised.at, member)
    return scene.owed(
        what=body.owes.value,
        creditor=EVERYONE,  # whoever is to be called lets nobody off: a danger is everybody's
        debtor=Debtor.of(member, desk),
        about=record.id,
        thing=record.id,
        words=f"{seen}: {_CALLS[body.owes].format(whom=body.called)}.",
        due_at=Instant(max(body.due_at, clock.starts_at)),
        met_at=met_at,
        over=record.over is not None,
        of_class=terms.of,
        climbing=climb(
            ladder_of(scene.response, member, desk),
            (Phase(clock.starts_at, terms),) if clock.delivered_at is not None else (),
            both_sorts_at_once=False,
            now=scene.now,
            ended_at=met_at,
        ),
        line_down=clock.line_down(scene.now),
    )


def _acknowledgement(
    scene: Scene, record: TrackAlarmRecord, member: str, clock: Clock, terms: ClassTerms
) -> Obligation:
    """Whoever is to be called knows why; what it does about it ends the climb as well."""
    desk = desk_for(scene.response, member, _DESK)
    phase = Phase(clock.starts_at, terms)
    said = [ack for ack in record.acknowledgements if ack.author == member]
    ended = [answer.at for answer in record.answers if answer.author == member]
    acknowledged = ends_at(scene.response, desk, said, phase.climb_at(1))
    met_at = min([*ended, *([acknowledged] if acknowledged is not None else [])], default=None)
    seen = _seen_words(scene, record.raised.body, record.raised.at, member)
    return scene.owed(
        what="acknowledgement",
        creditor=record.raised.author,
        debtor=Debtor.of(member, desk),
        about=record.id,
        thing=record.id,
        words=f"{seen}: {record.raised.body.caller} is to call. Acknowledge.",
        due_at=Instant(clock.starts_at + terms.acknowledge_s * 1000),
        met_at=met_at,
        over=record.over is not None,
        of_class=terms.of,
        climbing=climb(
            ladder_of(scene.response, member, desk),
            (phase,) if clock.delivered_at is not None else (),
            both_sorts_at_once=False,
            now=scene.now,
            ended_at=met_at,
        ),
        line_down=clock.line_down(scene.now),
    )


# -- in words --------------------------------------------------------------------------------------------

_NAMELESS: Final = {
    TrackSide.CIVIL: "a civil aircraft",
    TrackSide.UNKNOWN: "an aircraft that nobody has named",
    TrackSide.AGREED: "an aircraft",
    TrackSide.MEMBER: "an aircraft",  # of a member that its author, who may be anybody, left out
}


def _seen_words(scene: Scene, body: TrackAlarm, said_at: Instant, reader: str) -> str:
    """What is seen, as its reader says it: *yours* is the reader's, and nothing of it is a place."""
    # Whoever reads it comes first.
    near, far = sorted((body.track, body.other), key=lambda holder: holder.member != reader)
    track = _aircraft(body.track, reader)
    when = "now" if body.first_at <= said_at else f"from {format_instant(body.first_at)[11:16]}Z"
    if body.danger is TrackDanger.SEPARATION:
        seen = f"{_aircraft(near, reader)} and {_aircraft(far, reader)} come too close to each other"
    elif body.danger is TrackDanger.ENTRY:
        seen = f"{track} enters {_area(scene, body)}"
    else:
        seen = f"{track} leaves what {_area(scene, body)} filed"
    doubt = "" if body.is_certain else " (UNDETERMINED: a height or a velocity is not known)"
    return f"{seen[0].upper()}{seen[1:]}, {when}{doubt}"


def _aircraft(holder: TrackHolder, reader: str) -> str:
    if holder.member is None:
        return _NAMELESS[holder.side]
    return "an aircraft of yours" if holder.member == reader else f"an aircraft of {holder.member}"


def _area(scene: Scene, body: TrackAlarm) -> str:
    meant = body.concerns
    if isinstance(meant, AnnexMeant):
        return f"the agreed area {meant.area or meant.annex.value}"
    notice = None if meant is None else scene.view.said(meant.notice)
    return "an area that is not shown here" if notice is None else f"{short_name(notice)} of {notice.author}"
