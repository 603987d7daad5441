# SPDX-License-Identifier: Apache-2.0
"""What is owed about a danger that a live picture sees: a call by one side, an acknowledgement by the other.

    the caller        what the alarm says that it owes, by then: met by its track.answer
    everybody else    acknowledgement, as of anything immediate
    a member that it could not be sealed to owes nothing before it is: telling it is its author's desk's to do

An alarm that its picture sees no longer takes the ground away from all. By when a call is owed is its
author's claim, and believed only from one minute to ten after the alarm came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from steerclear.mechanism.bodies import AnnexMeant, TrackAlarm, TrackDuty, TrackHolder, TrackSide
from steerclear.mechanism.classes import MINUTE_MS, Phase
from steerclear.mechanism.ladder import climb, desk_for, ends_at, ladder_of
from steerclear.mechanism.obligation import Debtor, Obligation
from steerclear.mechanism.owed.scene import EVERYONE, Clock, Scene, short_name
from steerclear.mechanism.track_alarms import TrackAlarmRecord
from steerclear.model.response import ClassTerms, ResponseClass
from steerclear.model.time import Instant, format_instant
from steerclear.model.track import TrackDanger

__all__ = ["owed_on_track_alarm"]

MOST_ANSWER_MS: Final = 600_000
"""So long an alarm stands out of sight: a call that is owed later is owed about nothing."""

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
        if member != raised.author and not _could_read(scene, record, member):
            yield _telling(scene, record, member, terms)
            continue
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
    raised, view = record.raised, scene.view
    if member == raised.author:
        return Clock(raised.at, raised.at, raised.at)
    if raised.is_readable_by(member):
        return scene.clock(raised, member, terms.machine_s)
    # Its machine had the entry before it could read it: the clock starts with the copy that was for it.
    machine = view.book.carried_by.get(member, member)
    copies = [copy for copy in view.book.copies(raised) if copy.is_readable_by(member)]
    seen = [view.heads.covering(machine, copy) for copy in copies]
    read = [one.at for one in seen if one is not None and not one.unreadable and one.at <= scene.now]
    filed_at = min(copy.at for copy in copies)
    machine_by = Instant(filed_at + terms.machine_s * 1000)
    return Clock(filed_at, machine_by, min(read, default=None))


def _could_read(scene: Scene, record: TrackAlarmRecord, member: str) -> bool:
    return any(copy.is_readable_by(member) for copy in scene.view.book.copies(record.raised))


def _telling(scene: Scene, record: TrackAlarmRecord, member: str, terms: ClassTerms) -> Obligation:
    """No key of the member was known: our own desk calls it, until a copy is sealed to it.

    A host has no desk; its machine owes the copy all the same.
    """
    raised, author = record.raised, record.raised.author
    desk, has_desks = desk_for(scene.response, author, _DESK), scene.is_human(author)
    answered = min((one.at for one in record.answers if one.author == author), default=None)
    seen = _seen_words(scene, raised.body, raised.at, author)
    return scene.owed(
        what="reseal",
        creditor=member,
        debtor=Debtor.of(author, desk if has_desks else None),
        about=record.id,
        thing=record.id,
        words=f"{seen}: {member} IS NOT TOLD, no key of it is known to seal this to. Call {member}.",
        due_at=Instant(raised.at + MINUTE_MS),
        met_at=answered,
        over=record.over is not None,
        of_class=terms.of,
        climbing=climb(
            ladder_of(scene.response, author, desk),
            (Phase(raised.at, terms),) if has_desks else (),
            both_sorts_at_once=False,
            now=scene.now,
            ended_at=answered,
        ),
    )


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
        words=f"{seen}: {_CALLS[body.owes].format(whom=body.called or 'civil control')}.",
        due_at=Instant(min(max(body.due_at, clock.starts_at + MINUTE_MS), clock.starts_at + MOST_ANSWER_MS)),
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
