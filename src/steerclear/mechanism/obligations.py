# SPDX-License-Identifier: Apache-2.0
"""Everything that anyone owes at ``now``: pure, so two nodes with the same openings agree to the second.

Each obligation has a creditor, a debtor desk, what it is, about which thing, when it is due, which rungs are
called, and a state. The human clock runs from DELIVERED; a dead line is never booked as a slow desk.

``obligations`` folds everything anew. ``Duties`` gives the same, and folds with the same function only what
has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

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
from steerclear.mechanism.owed.tracks import owed_on_track_alarm
from steerclear.mechanism.things import Sort, Thing, things
from steerclear.mechanism.view import View
from steerclear.model.time import Instant

__all__ = [
    "EVERYONE", "CalledRung", "Debtor", "Obligation", "State", "next_due_at", "next_moment", "obligations",
    "order_in", "owed", "owed_on",
]  # fmt: skip


def obligations(view: View, now: Instant) -> Iterator[Obligation]:
    """Everything that is or was owed, met and waived ones too: most urgent things first, then the oldest.

    A response annex without any class (a bare telephone) owes nothing at all.
    """
    scene = Scene(view, now, view.annexes.response(now))
    for thing in sorted(things(view.book), key=lambda thing: order_in(view, thing)):
        yield from owed_on(scene, thing)


def owed(view: View, now: Instant) -> Iterator[Obligation]:
    """What is still owed: open or late."""
    return (one for one in obligations(view, now) if one.is_owed)


def next_due_at(view: View, now: Instant) -> Instant | None:
    """The next moment at which anything owed becomes late or calls a rung: when to look again."""
    return next_moment(obligations(view, now), now)


def next_moment(found: Iterable[Obligation], now: Instant) -> Instant | None:
    """The same of these obligations alone."""
    moments = (at for one in found if one.is_owed for at in (one.due_at, one.next_rung_at) if at is not None)
    return min((at for at in moments if at > now), default=None)


def owed_on(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    """What is or was owed about one thing. ``now`` is only compared with, so an answer holds for a while."""
    return _ABOUT[thing.sort](scene, thing) if scene.response.classes else iter(())


def order_in(view: View, thing: Thing) -> tuple[Sort, Instant, str, str]:
    """Where it stands among all things."""
    begun = view.said(thing.id)
    return (thing.sort, begun.at if begun is not None else Instant(0), thing.id, thing.other)


def _stops(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    for alarm in scene.view.stops.of_caller(thing.id):
        yield from owed_on_call(scene, alarm)


def _distress(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    alarm = scene.view.distress.get(thing.id)
    if alarm is not None:
        yield from owed_on_call(scene, alarm)


def _ownership(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    question = scene.view.ownership.get(thing.id)
    if question is not None:
        yield from owed_on_ownership(scene, question)


def _track_alarm(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    alarm = scene.view.track_alarms.get(thing.id)
    if alarm is not None:
        yield from owed_on_track_alarm(scene, alarm)


def _notice(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    notice = scene.view.notices.get(thing.id)
    if notice is not None:
        yield from owed_on_notice(scene, notice)
        yield from owed_on_movement(scene, notice)
        yield from owed_on_contact(scene, notice)


def _conflict(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    conflict = scene.view.conflicts.between(thing.id, thing.other)
    if conflict is not None:
        yield from owed_on_conflict(scene, conflict)


def _site(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    site = scene.view.sites.get(thing.id)
    if site is not None:
        yield from owed_on_site(scene, site)
        yield from owed_on_concerns(scene, site)


def _standstill(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    standstill = scene.view.standstills.get(thing.id)
    if standstill is not None:
        yield from owed_on_standstill(scene, standstill)


def _incident(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    incident = scene.view.incidents.get(thing.id)
    if incident is not None:
        yield from owed_on_incident(scene, incident)


def _violation(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    violation = scene.view.violations.get(thing.id)
    if violation is not None:
        yield from owed_on_violation(scene, violation)


def _signal(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    signal = scene.view.signals.get(thing.id)
    if signal is not None:
        yield from owed_on_signal(scene, signal)


def _check(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    check = scene.view.checks.get(thing.id)
    if check is not None:
        yield from owed_on_check(scene, check)


def _meeting(scene: Scene, thing: Thing) -> Iterator[Obligation]:
    meeting = scene.view.meetings.get(thing.id)
    if meeting is not None:
        yield from owed_on_meeting(scene, meeting)


def _comm_checks(scene: Scene, _: Thing) -> Iterator[Obligation]:
    return owed_on_comm_checks(scene)


_ABOUT: Final[dict[Sort, Callable[[Scene, Thing], Iterator[Obligation]]]] = {
    Sort.STOP: _stops,
    Sort.DISTRESS: _distress,
    Sort.OWNERSHIP: _ownership,
    Sort.TRACK_ALARM: _track_alarm,
    Sort.NOTICE: _notice,
    Sort.CONFLICT: _conflict,
    Sort.SITE: _site,
    Sort.STANDSTILL: _standstill,
    Sort.INCIDENT: _incident,
    Sort.VIOLATION: _violation,
    Sort.SIGNAL: _signal,
    Sort.CHECK: _check,
    Sort.MEETING: _meeting,
    Sort.COMM_CHECKS: _comm_checks,
}
