# SPDX-License-Identifier: Apache-2.0
"""What is owed on the way: reports of a movement, a word when the regime changes, whoever does not answer.

departed by start + grace · each report that the last one promised · arrived by end + grace
a change of state of the mechanism, or the end of a standstill: confirm again (Urum al-Kubra)
three failed contact attempts: its filer reports, and everybody told acknowledges (WCK)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from steerclear.mechanism.bodies import MovementStep
from steerclear.mechanism.judge import effective
from steerclear.mechanism.ladder import desk_for
from steerclear.mechanism.notices import ContactLoss, NoticeRecord
from steerclear.mechanism.obligation import Debtor, Obligation
from steerclear.mechanism.owed.scene import EVERYONE, Scene, short_name
from steerclear.model.notice import NoticeKind
from steerclear.model.response import ResponseClass
from steerclear.model.time import Instant, format_zulu

__all__ = ["owed_on_contact", "owed_on_movement"]

GRACE_MS: Final = 15 * 60_000
"""How late a report of departure or arrival may be; our proposal."""

_MOVEMENT: Final = NoticeKind.MOVEMENT  # a name of its own: see classes.py
_ARRIVED: Final = frozenset({MovementStep.ARRIVED, MovementStep.OVERDUE})


def owed_on_movement(scene: Scene, record: NoticeRecord) -> Iterator[Obligation]:
    """Reports by the filer, for a notice of kind movement."""
    if not any(version.content.kind is _MOVEMENT for version in record.versions):
        return
    steps = record.reports
    departed = [r.at for r in steps]
    arrived = [r.at for r in steps if r.body.step in _ARRIVED]
    newest = record.newest
    yield _report(scene, record, "departed", record.id, Instant(newest.start_at + GRACE_MS), departed)
    for index, report in enumerate(steps):
        if report.body.next_at is not None and report.body.step not in _ARRIVED:
            later = [r.at for r in steps[index + 1 :]]
            yield _report(scene, record, "next report", report.id, report.body.next_at, later)
    yield _report(scene, record, "arrived", record.id, Instant(newest.end_at + GRACE_MS), arrived)
    yield from _confirmations(scene, record)


def owed_on_contact(scene: Scene, record: NoticeRecord) -> Iterator[Obligation]:
    """The alarm of three failed attempts: the filer says what it knows, the others acknowledge.

    A report meets it; a word of whoever reached them takes its ground away, and it stays as waived.
    """
    for loss in record.contact_losses():
        yield from _owed_on_loss(scene, record, loss)


def _owed_on_loss(scene: Scene, record: NoticeRecord, loss: ContactLoss) -> Iterator[Obligation]:
    attempt = loss.attempt
    over = loss.is_over or record.is_withdrawn(scene.now)
    due_at = Instant(attempt.at + scene.answer_ms())
    name, ended = short_name(record.newest.said), _how_it_ended(loss)
    yield scene.owed(
        what="contact",
        creditor=attempt.author,
        debtor=Debtor.of(record.author, record.desk),
        about=attempt.id,
        thing=record.id,
        words=f"Nobody reached {name}: {ended}." if ended else f"Nobody reaches {name}: report where it is.",
        due_at=due_at,
        met_at=loss.reported.at if loss.counts and loss.reported is not None else None,
        over=over,
        of_class=ResponseClass.IMMEDIATE,
    )
    domain = record.newest.content.domain.value
    said = effective(scene.view.book, scene.view.book.acknowledgements(attempt.id))
    for member in scene.humans(attempt.to):
        if member == record.author:
            continue
        yield scene.owed(
            what="acknowledgement",
            creditor=attempt.author,
            debtor=Debtor.of(member, desk_for(scene.response, member, domain)),
            about=attempt.id,
            thing=record.id,
            words=f"Contact was lost with {name}: {ended}."
            if ended
            else f"Contact lost with {name}: keep clear and acknowledge.",
            due_at=due_at,
            met_at=min((ack.at for ack in said if ack.author == member), default=None),
            over=over,
            of_class=ResponseClass.IMMEDIATE,
        )


def _how_it_ended(loss: ContactLoss) -> str | None:
    """Why nothing is owed for it any longer, in words; ``None`` while it is."""
    if not loss.counts:
        return "others had tried or heard besides, and another attempt counts"
    if loss.reported is not None:
        return f"reported again at {format_zulu(loss.reported.at // 1_000)}"
    if loss.reached is not None:
        return f"reached again at {format_zulu(loss.reached.at // 1_000)}"
    return None


def _confirmations(scene: Scene, record: NoticeRecord) -> Iterator[Obligation]:
    """For each change while it was open: one report or new version after it."""
    done = [r.at for r in record.reports] + [v.said.at for v in record.versions]
    ended = [r.at for r in record.reports if r.body.step is MovementStep.ARRIVED]
    if record.withdrawn is not None:
        ended.append(record.withdrawn.at)
    first, last = record.versions[0].said.at, min([record.newest.end_at, *ended])
    for changed_at in _changes(scene):
        if first < changed_at < last:
            due_at = Instant(changed_at + scene.answer_ms())
            yield _report(
                scene, record, "confirmation", record.id, due_at, [at for at in done if at > changed_at]
            )


def _changes(scene: Scene) -> list[Instant]:
    ends = [one.ended.body.effective_at for one in scene.view.standstills if one.ended is not None]
    begun = [one.proposed.body.effective_at for one in scene.view.standstills if one.accepted_at is not None]
    return sorted(at for at in (*scene.view.annexes.changes(), *ends, *begun) if at <= scene.now)


def _report(
    scene: Scene, record: NoticeRecord, what: str, about: str, due_at: Instant, met: list[Instant]
) -> Obligation:
    return scene.owed(
        what="report",
        creditor=next((m for m in record.to if m != record.author), EVERYONE),
        debtor=Debtor.of(record.author, record.desk),
        about=about,
        thing=record.id,
        words=f"Movement {short_name(record.newest.said)}: {what}.",
        due_at=due_at,
        met_at=min(met, default=None),
        over=_is_over(scene, record),
    )


def _is_over(scene: Scene, record: NoticeRecord) -> bool:
    """Withdrawn, or amended into another kind."""
    withdrawn = record.is_withdrawn(scene.now)
    return withdrawn or record.newest.content.kind is not NoticeKind.MOVEMENT
