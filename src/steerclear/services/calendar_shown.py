# SPDX-License-Identifier: Apache-2.0
"""What belongs into a calendar? Meetings, what was taken on there and by when, agreed checks, drills.

Only what this node could open stands in it: what is sealed to others has no title here, and so no entry. No
entry is read from a notice, a site or a call, so no place of theirs can be in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from steerclear.errors import Refused
from steerclear.formats.calendar import Entry, Sort, print_calendar
from steerclear.mechanism.annexes import Annexes, Proposal
from steerclear.mechanism.meetings import ActionItem, MeetingRecord
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName, CommChecks
from steerclear.model.time import Instant
from steerclear.services.ledger import Ledger

__all__ = ["calendar"]

_DAY_MS: Final = 86_400_000
_MINUTE_MS: Final = 60_000


def calendar(ledger: Ledger) -> bytes:
    """The ``.ics`` file of this node as it stands now.

    Raises ``Refused`` (``calendar-empty``): iCalendar knows no empty one (RFC 5545, 3.6).
    """
    entries = tuple(_entries(ledger.view, ledger.now()))
    if not entries:
        raise Refused(
            "calendar-empty",
            "There is nothing to put into a calendar: no meeting, no agreed check of the line, no drill.",
            remedy="Convene a meeting (steerclear say meeting.convene), or ratify the annex comm-checks.",
        )
    drill = " (DRILL)" if ledger.charter.drill else ""
    return print_calendar(f"{ledger.charter.name}{drill}", entries)


def _entries(view: View, now: Instant) -> Iterator[Entry]:
    for meeting in view.meetings:
        yield _meeting(meeting)
        yield from (_action(item) for item in meeting.actions)
    for drill in view.drills:
        yield Entry(
            key=drill.id,
            sort=Sort.DRILL,
            title=f"DRILL: {drill.started.body.name}",
            at=drill.ended.at if drill.ended is not None else drill.started.at,
            changes=0 if drill.ended is None else 1,
            starts_at=drill.started.at,
            ends_at=drill.ended.at if drill.ended is not None else None,
        )
    yield from _checks(view.annexes, now)


def _meeting(record: MeetingRecord) -> Entry:
    body = record.convened.body
    return Entry(
        key=record.id,
        sort=Sort.MEETING,
        title=body.title,
        at=record.convened.at,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        where=body.where,
        points=body.agenda,
    )


def _action(item: ActionItem) -> Entry:
    """Due where it is due, under the name of who does it; once it is done, done."""
    body, done = item.given.body, item.done
    due_at = body.due_at if body.due_at is not None else item.given.at
    return Entry(
        key=item.given.id,
        sort=Sort.ACTION,
        title=f"{body.owner}: {body.what}",
        at=done.at if done is not None else item.given.at,
        changes=0 if done is None else 1,
        starts_at=due_at,
        ends_at=due_at,
        done_at=done.at if done is not None else None,
    )


# -- agreed checks of the line -------------------------------------------------------------------------------


def _checks(annexes: Annexes, now: Instant) -> Iterator[Entry]:
    """The times that the annex in force names, every day; those of a version that no longer holds are off."""
    in_force = annexes.in_force(AnnexName.COMM_CHECKS, now)
    for proposal in _first_of_each(annexes):
        terms = proposal.annex.terms
        was_agreed = set(proposal.ratified_by) == set(proposal.annex.parties)
        if isinstance(terms, CommChecks) and was_agreed and proposal.annex.in_force_from <= now:
            yield from _daily(proposal, terms, holds=proposal.annex == in_force)


def _first_of_each(annexes: Annexes) -> Iterator[Proposal]:
    """The same document may be proposed twice; it is one agreement."""
    seen: set[str] = set()
    for proposal in annexes.proposals:
        if proposal.annex.name is AnnexName.COMM_CHECKS and proposal.content not in seen:
            seen.add(proposal.content)
            yield proposal


def _daily(proposal: Proposal, terms: CommChecks, *, holds: bool) -> Iterator[Entry]:
    since = max(proposal.at, proposal.annex.in_force_from)
    for minutes in terms.at_minutes:
        starts_at = _first_at(minutes, since)
        yield Entry(
            key=f"{proposal.id}-{minutes // 60:02d}{minutes % 60:02d}",
            sort=Sort.CHECK,
            title=f"Check of the line: {terms.caller} calls",
            at=proposal.at,
            changes=0 if holds else 1,
            starts_at=starts_at,
            ends_at=Instant(starts_at + terms.tolerance_s * 1_000) if terms.tolerance_s else None,
            daily=True,
            off=not holds,
        )


def _first_at(minutes: int, since: Instant) -> Instant:
    """The first time of day ``minutes`` that is not before ``since``."""
    at = since - since % _DAY_MS + minutes * _MINUTE_MS
    return Instant(at if at >= since else at + _DAY_MS)
