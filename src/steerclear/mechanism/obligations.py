# SPDX-License-Identifier: Apache-2.0
"""Who owes what to whom by when, and whom do we call next? Every deadline of the house, read off the view.

A pure function: two views with equal entries, equal openings and the same ``now`` owe the same. Inboxes,
boards, ladders, checks, renewals, drills and statistics are readings of it. What is owed does not vanish: it
is met, or waived (by its creditor's word, or because its creditor took away its ground), or it stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from steerclear.mechanism.obligation import CalledRung, Debtor, Obligation, State
from steerclear.mechanism.owed.affairs import (
    owed_on_check,
    owed_on_comm_checks,
    owed_on_incident,
    owed_on_signal,
    owed_on_site,
    owed_on_standstill,
    owed_on_violation,
)
from steerclear.mechanism.owed.calls import owed_on_call, owed_on_ownership
from steerclear.mechanism.owed.conflicts import owed_on_conflict
from steerclear.mechanism.owed.meetings import owed_on_concerns, owed_on_meeting
from steerclear.mechanism.owed.movements import owed_on_contact, owed_on_movement
from steerclear.mechanism.owed.notices import owed_on_notice
from steerclear.mechanism.owed.scene import EVERYONE, Scene
from steerclear.mechanism.view import View
from steerclear.model.time import Instant

__all__ = ["EVERYONE", "CalledRung", "Debtor", "Obligation", "State", "next_due_at", "obligations", "owed"]


def obligations(view: View, now: Instant) -> Iterator[Obligation]:
    """Everything that is or was owed, met and waived ones too, most urgent things first.

    A response annex without any class (a bare telephone) owes nothing at all.
    """
    scene = Scene(view, now, view.annexes.response(now))
    if not scene.response.classes:
        return
    for alarm in (*view.stops, *view.distress):
        yield from owed_on_call(scene, alarm)
    for question in view.ownership:
        yield from owed_on_ownership(scene, question)
    for notice in view.notices:
        yield from owed_on_notice(scene, notice)
        yield from owed_on_movement(scene, notice)
        yield from owed_on_contact(scene, notice)
    for conflict in view.conflicts:
        yield from owed_on_conflict(scene, conflict)
    yield from _affairs(scene)


def owed(view: View, now: Instant) -> Iterator[Obligation]:
    """What is still owed: open or late."""
    return (one for one in obligations(view, now) if one.is_owed)


def next_due_at(view: View, now: Instant) -> Instant | None:
    """The next moment at which anything owed becomes late or calls a rung: when to look again."""
    moments = [at for one in owed(view, now) for at in (one.due_at, one.next_rung_at) if at is not None]
    return min((at for at in moments if at > now), default=None)


def _affairs(scene: Scene) -> Iterator[Obligation]:
    view = scene.view
    for site in view.sites:
        yield from owed_on_site(scene, site)
        yield from owed_on_concerns(scene, site)
    for standstill in view.standstills:
        yield from owed_on_standstill(scene, standstill)
    for incident in view.incidents:
        yield from owed_on_incident(scene, incident)
    for violation in view.violations:
        yield from owed_on_violation(scene, violation)
    for signal in view.signals:
        yield from owed_on_signal(scene, signal)
    for check in view.checks:
        yield from owed_on_check(scene, check)
    for meeting in view.meetings:
        yield from owed_on_meeting(scene, meeting)
    yield from owed_on_comm_checks(scene)
