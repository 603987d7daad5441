# SPDX-License-Identifier: Apache-2.0
"""What is owed now, when everything was folded before? Only what was said, seen or reached since is new.

    statement opened ──→ its thing is new ─────┐
    anything read is moved (kept) ──→ stale ───┼──→ owed_on(scene, thing), the one truth ──→ folded, until …
    now reaches ``until`` ──→ stale ───────────┘
    the response terms are others ──→ everything is folded anew (rare: an annex comes into force, or settles)

At every moment it gives what ``obligations`` gives, in the same order; a clock set back changes nothing of
that. It holds nothing that cannot be made again from the view.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from heapq import heappop, heappush
from typing import Final

from steerclear.mechanism.asleep import Asleep, Settled
from steerclear.mechanism.moment import NEVER, Moment
from steerclear.mechanism.obligation import Obligation
from steerclear.mechanism.obligations import next_moment, order_in, owed_on
from steerclear.mechanism.owed.scene import Scene
from steerclear.mechanism.things import COMM_CHECKS, Sort, Thing, key_of, thing_named, thing_of
from steerclear.mechanism.view import View
from steerclear.model.annex import Response
from steerclear.model.time import Instant

__all__ = ["Duties"]

_Order = tuple[Sort, Instant, str, str]


@dataclass(frozen=True, slots=True)
class _Folded:
    """What is owed about one thing, from ``since`` until before ``until``; ``turn`` counts the folds."""

    order: _Order
    all: tuple[Obligation, ...]
    owed: tuple[Obligation, ...]
    due: tuple[Obligation, ...]
    since: int
    until: int
    next_at: Instant
    turn: int


class Duties:
    """The obligations of one view, kept up as it grows and as time passes."""

    def __init__(self, view: View) -> None:
        self._view: Final = view
        self._folded: Final[dict[Thing, _Folded]] = {}
        """In the order of folding: what was folded last stands last."""
        self._owing: Final[set[Thing]] = set()
        self._due: Final[set[Thing]] = set()
        self._stale: Final[set[Thing]] = {COMM_CHECKS}
        self._wakes: Final[list[tuple[int, int, Thing]]] = []
        self._nexts: Final[list[tuple[int, int, Thing]]] = []
        self._followed = 0
        self._turn = 0
        self._now = Instant(-NEVER)
        self._response: Response | None = None
        self._terms_at: Moment | None = None
        self._terms_before: bytes | None = None
        self._asleep: Asleep | None = None

    def go_on(self, awake: Iterable[Thing], asleep: Asleep, terms: bytes) -> None:
        """After a start: what is to be folded, what was settled, and the digest of the terms of then."""
        self._stale.update(awake)
        self._asleep, self._terms_before = asleep, terms
        asleep.follow(self._woken)

    def awake(self, now: Instant) -> tuple[tuple[Thing, ...], bytes]:
        """What ``go_on`` takes: things that may owe something, or change as time passes; and the terms."""
        self._reach(now)
        return tuple(self._folded), digest_of_terms(self._terms(now))

    def settled(self, now: Instant) -> Iterator[tuple[Thing, Settled]]:
        """Of those the ones that owe nothing, and will not before something is said that they read."""
        self._reach(now)
        for thing, one in self._folded.items():
            if not one.owed and one.until >= NEVER and thing != COMM_CHECKS:
                names = self._view.book.kept.stands_on((self, thing), self._view.heads.first_seen_by)
                if names is not None:
                    yield thing, Settled(key_of(thing), names, one.since)

    def all(self, now: Instant) -> Iterator[Obligation]:
        """Everything that is or was owed, as ``obligations`` gives it."""
        self._wake_all()
        self._reach(now)
        for one in sorted(self._folded.values(), key=lambda one: one.order):
            yield from one.all

    def owed(self, now: Instant) -> Iterator[Obligation]:
        """What is still owed, open or late, in the same order."""
        self._reach(now)
        for one in self._in_order(self._owing):
            yield from one.owed

    def due(self, now: Instant) -> tuple[Obligation, ...]:
        """What is owed and should have been done by now: what is due longest first."""
        self._reach(now)
        found = [duty for one in self._in_order(self._due) for duty in one.due]
        return tuple(sorted(found, key=_due_at))

    def about(self, thing: Thing, now: Instant) -> tuple[Obligation, ...]:
        """Everything that is or was owed about one thing."""
        if self._asleep is not None:
            self._asleep.wake(key_of(thing))
        self._reach(now)
        return self._folded[thing].all if thing in self._folded else ()

    def changed(self, since: int, now: Instant) -> tuple[int, tuple[Obligation, ...]]:
        """What is owed about every thing that was folded after ``since``, and what to ask with next time."""
        self._reach(now)
        found: list[_Folded] = []
        for one in reversed(self._folded.values()):
            if one.turn <= since:
                break
            found.append(one)
        found.sort(key=lambda one: one.order)
        return self._turn, tuple(duty for one in found for duty in one.owed)

    def next_due_at(self, now: Instant) -> Instant | None:
        """The next moment at which anything owed becomes late or calls a rung: when to look again."""
        self._reach(now)
        return Instant(self._nexts[0][0]) if self._nexts else None

    def _in_order(self, things: set[Thing]) -> list[_Folded]:
        return sorted((self._folded[thing] for thing in things), key=lambda one: one.order)

    # Keeping up.

    def _reach(self, now: Instant) -> None:
        """Fold anew what may be different at ``now`` from what was folded last."""
        if self._asleep is not None and now < self._asleep.latest:
            self._wake_all()
        if now < self._now:
            self._drop([thing for thing, one in self._folded.items() if one.since > now])
        self._now = now
        response = self._terms(now)
        self._follow()
        while self._wakes and self._wakes[0][0] <= now:
            woken = heappop(self._wakes)
            if self._is_newest(woken):
                self._drop([woken[2]])
        for thing in sorted(self._stale):
            self._fold(thing, now, response)
            self._stale.discard(thing)
        self._pass_by(now)

    def _pass_by(self, now: Instant) -> None:
        """What was told of moments that have come, or by a fold that holds no longer, leaves the queue now:
        else whoever asks next pays for all of it at once."""
        while self._nexts and (self._nexts[0][0] <= now or not self._is_newest(self._nexts[0])):
            heappop(self._nexts)

    def _follow(self) -> None:
        """Things that were told of since are folded for the first time."""
        opened = self._view.book.opened
        for index in range(self._followed, len(opened)):
            thing = thing_of(opened[index])
            if thing is not None and thing not in self._folded:
                self._stale.add(thing)
        self._followed = len(opened)

    def _terms(self, now: Instant) -> Response:
        """The response terms that hold; when they are others than before, nothing that was folded holds."""
        if self._response is None or self._terms_at is None or not self._terms_at.holds_at(now):
            kept, moment = self._view.book.kept, Moment(now)
            kept.forget((self, "terms"))
            before, self._response = (
                self._response,
                kept.answer(
                    (self, "terms"),
                    lambda: self._view.annexes.response(Instant(moment)),
                    tell=self._terms_moved,
                ),
            )
            self._terms_at = moment
            if before is None and self._terms_before == digest_of_terms(self._response):
                self._terms_before = None  # they are those under which the others were put to sleep
            elif self._response != before:
                self._drop(list(self._folded))
                self._wake_all()
        return self._response

    def _terms_moved(self, _: Hashable) -> None:
        self._terms_at = None

    def _fold(self, thing: Thing, now: Instant, response: Response) -> None:
        if self._asleep is not None:
            self._asleep.wake(key_of(thing))
        moment = Moment(now)
        scene = Scene(self._view, Instant(moment), response)
        found = self._view.book.kept.answer(
            (self, thing), lambda: tuple(owed_on(scene, thing)), tell=lambda _: self._stale.add(thing)
        )
        next_at = next_moment(found, Instant(moment)) or NEVER
        owed = tuple(duty for duty in found if duty.is_owed)
        due = tuple(duty for duty in owed if _due_at(duty) <= moment)
        self._turn += 1
        self._folded.pop(thing, None)
        one = self._folded[thing] = _Folded(
            order=order_in(self._view, thing),
            all=found,
            owed=owed,
            due=due,
            since=moment.since,
            until=moment.until,
            next_at=next_at,
            turn=self._turn,
        )
        (self._owing.add if one.owed else self._owing.discard)(thing)
        (self._due.add if one.due else self._due.discard)(thing)
        if one.until < NEVER:
            heappush(self._wakes, (one.until, one.turn, thing))
        if one.next_at < NEVER:
            heappush(self._nexts, (one.next_at, one.turn, thing))

    def _drop(self, things: list[Thing]) -> None:
        """Make these stale."""
        for thing in things:
            self._view.book.kept.forget((self, thing))

    def _woken(self, key: str) -> None:
        if (thing := thing_named(key)) is not None:
            self._stale.add(thing)

    def _wake_all(self) -> None:
        if self._asleep is not None:
            self._asleep.wake_all()

    def _is_newest(self, told: tuple[int, int, Thing]) -> bool:
        """Does it come from the newest fold of its thing?"""
        return self._folded[told[2]].turn == told[1]


def digest_of_terms(response: Response) -> bytes:
    """To tell after a start whether other terms hold."""
    return sha256(repr(response).encode()).digest()


def _due_at(duty: Obligation) -> Instant:
    return duty.due_at if duty.due_at is not None else NEVER
