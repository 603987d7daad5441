# SPDX-License-Identifier: Apache-2.0
"""What is owed about a conflict: everybody concerned acknowledges it, and answers what is proposed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from steerclear.mechanism.bodies import Acknowledge, ConflictFound
from steerclear.mechanism.classes import acknowledge_by, class_at, first_climb_at, phases
from steerclear.mechanism.findings import ConflictRecord, Result
from steerclear.mechanism.ladder import climb, desks_of, ends_at, ladder_of
from steerclear.mechanism.obligation import Debtor, Obligation
from steerclear.mechanism.owed.scene import Scene, short_name
from steerclear.mechanism.said import Said, order_of
from steerclear.model.time import Instant

__all__ = ["owed_on_conflict"]


def owed_on_conflict(scene: Scene, record: ConflictRecord) -> Iterator[Obligation]:
    """Human duties attach to the conflict, not to the notice that its peer cannot read."""
    for member in scene.humans(record.concerns):
        yield from _acknowledgements(scene, record, member)
    for proposal in record.proposals:
        replied = {
            reply.author: reply.at for reply in reversed(record.replies) if reply.body.proposal == proposal.id
        }
        for member in scene.humans(proposal.to):
            if member == proposal.author:
                continue
            yield scene.owed(
                what="proposal-answer",
                creditor=proposal.author,
                debtor=Debtor.of(member),
                about=proposal.id,
                thing=record.id,
                words=f"{proposal.author} proposes a way out of a conflict: accept or decline.",
                due_at=proposal.body.reply_by or _first_at(record),
                met_at=replied.get(member),
                over=not scene.view.conflicts.stands(record, scene.now),
            )


def _tells(result: Result, member: str) -> bool:
    """Is it a conflict that this member can read?"""
    return (
        isinstance(result.body.finding, ConflictFound)
        and member in result.body.concerns
        and result.is_readable_by(member)
    )


def _first_at(record: ConflictRecord) -> Instant | None:
    found = record.found.body.finding if record.found is not None else None
    return found.first_at if isinstance(found, ConflictFound) else None


def _acknowledgements(scene: Scene, record: ConflictRecord, member: str) -> Iterator[Obligation]:
    """One of the results that stand is to be acknowledged; of every other it is said what took its place."""
    told = [r for r in _in_order(record) if _tells(r, member) and r.author != member]
    leading = _leading(scene, record, told, member)
    stands = scene.view.conflicts.stands(record, scene.now)
    for result in told:
        if stands and result is leading:
            ended = None
        elif leading is not None and result is not leading:
            ended = f"{short_name(leading)} stands in its place"
        else:
            ended = "it does not stand any longer"
        yield from _acknowledgement(scene, record, result, member, ended)


def _leading(scene: Scene, record: ConflictRecord, told: list[Result], member: str) -> Result | None:
    """The one that is owed soonest. Who says it first, or waives what he is owed, puts off no other."""
    standing = [
        result
        for result in told
        if result in record.results
        and not scene.is_waived("acknowledgement", result.author, member, result.id)
    ]
    return min(standing, key=lambda r: _owed_by(scene, r), default=None)


def _owed_by(scene: Scene, result: Result) -> float:
    filed = phases(scene.response, scene.view.filed_at(result), _told_for(result))
    return acknowledge_by(filed) if filed else math.inf


def _told_for(result: Result) -> Instant:
    finding = result.body.finding
    return finding.first_at if isinstance(finding, ConflictFound) else result.at


def _in_order(record: ConflictRecord) -> list[Result]:
    return sorted((*record.results, *record.past), key=lambda result: (result.at, order_of(result)))


def _acknowledgement(
    scene: Scene, record: ConflictRecord, told: Result, member: str, ended: str | None
) -> Iterator[Obligation]:
    first_at = _told_for(told)
    filed = phases(scene.response, scene.view.filed_at(told), first_at)
    if not filed:
        return
    terms = filed[0].terms
    clock = scene.clock(told, member, terms.machine_s)
    yield scene.machine_receipt(told, member, clock, terms, record.id, over=ended is not None)
    running = phases(scene.response, clock.starts_at, first_at) or filed
    desk = _desk(scene, record, member)
    said = [ack for ack in record.acknowledgements if ack.author == member and _answers(ack, told, record)]
    met_at = ends_at(scene.response, desk, said, first_climb_at(running))
    yield scene.owed(
        what="acknowledgement",
        creditor=told.author,
        debtor=Debtor.of(member, desk),
        about=told.id,
        thing=record.id,
        words=f"Conflict {short_name(told)}: " + (f"{ended}." if ended else "acknowledge."),
        due_at=acknowledge_by(running),
        met_at=met_at,
        over=ended is not None,
        of_class=class_at(first_at, scene.now),
        climbing=climb(
            ladder_of(scene.response, member, desk),
            running if clock.delivered_at is not None else (),
            both_sorts_at_once=False,
            now=scene.now,
            ended_at=met_at,
        ),
        line_down=clock.line_down(scene.now),
    )


def _answers(ack: Said[Acknowledge], told: Result, record: ConflictRecord) -> bool:
    """It is about this result, or about one that told of the same versions; of others nobody read this."""
    if ack.body.about == told.id:
        return True
    same = {
        result.id
        for result in (*record.results, *record.past)
        if set(result.body.notices) == set(told.body.notices) and _tells(result, ack.author)
    }
    return ack.body.about in same and ack.at >= told.at


def _desk(scene: Scene, record: ConflictRecord, member: str) -> str:
    """The desk that filed the member's own notice, where it is known here; else its first."""
    desks = desks_of(scene.response, member)
    for notice_id in record.notices:
        notice = scene.view.notices.get(notice_id)
        if notice is not None and notice.author == member and notice.desk in desks:
            return str(notice.desk)
    return desks[0]
