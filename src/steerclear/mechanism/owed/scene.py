# SPDX-License-Identifier: Apache-2.0
"""What every duty is made from: the view, the moment, the deadlines that hold, and how a state follows.

    due_at passed? met? waived? over? ──→ MET | WAIVED | LATE | OPEN

*Over* is a duty whose creditor took away its ground (a new version, a withdrawal, a close): it counts as
waived. The human clock of a debtor runs from DELIVERED. Without DELIVERED inside the machine-receipt time it
starts at FILED plus that time, on the caller's side: the line is down, and no desk is booked as slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from steerclear.mechanism.classes import MINUTE_MS, Phase
from steerclear.mechanism.ladder import NO_CLIMB, Climb, climb, desk_for, ladder_of
from steerclear.mechanism.obligation import Debtor, Obligation, State
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.annex import Response
from steerclear.model.member import Role
from steerclear.model.response import ClassTerms, ResponseClass
from steerclear.model.time import Instant, printable

__all__ = ["EVERYONE", "Clock", "Scene", "short_name"]

EVERYONE: Final = "*"
"""The creditor of what is owed to all members: nobody alone can waive it."""

_HUMAN: Final = (Role.PARTY, Role.NOTIFIER)
# By names of their own: Python 3.11 looks a member up on its Enum through a function, each time.
_OPEN: Final = State.OPEN
_MET: Final = State.MET
_LATE: Final = State.LATE
_WAIVED: Final = State.WAIVED

_FALLBACK_S: Final = 300
"""Five minutes, where an answer is owed and the response annex gives the immediate class no row."""


class Clock(NamedTuple):
    """When the human clock of one addressee starts."""

    filed_at: Instant
    machine_by: Instant
    delivered_at: Instant | None

    @property
    def starts_at(self) -> Instant:
        return self.delivered_at if self.delivered_at is not None else self.machine_by

    def line_down(self, now: Instant) -> bool:
        return self.delivered_at is None and now >= self.machine_by


@dataclass(frozen=True, slots=True)
class Scene:
    """One view at one moment, with the response terms that bind then."""

    view: View
    now: Instant
    response: Response

    def owed(
        self,
        *,
        what: str,
        creditor: str,
        debtor: Debtor,
        about: str,
        thing: str,
        words: str,
        due_at: Instant | None,
        met_at: Instant | None = None,
        over: bool = False,
        of_class: ResponseClass | None = None,
        climbing: Climb = NO_CLIMB,
        line_down: bool = False,
    ) -> Obligation:
        """The duty with its state; ``over``: its creditor took away its ground. See ``Obligation``."""
        called, next_rung_at = climbing
        if met_at is not None:
            state = _MET
        elif over or self.is_waived(what, creditor, debtor.member, about):
            state = _WAIVED
        # What the debtor's machine never had is no lateness of its desk; the machine receipt itself is late.
        elif self._has_passed(due_at) and not (line_down and what != "machine-receipt"):
            state = _LATE
        else:
            state = _OPEN
        if state is _MET or state is _WAIVED:
            called, next_rung_at, line_down = (), None, False
        # A deadline counted from a claim in the last hours of the calendar still prints.
        due_at = None if due_at is None else printable(due_at)
        next_rung_at = None if next_rung_at is None else printable(next_rung_at)
        return Obligation(
            what, creditor, debtor, about, thing, due_at, state, words,
            met_at, of_class, called, next_rung_at, line_down,
        )  # fmt: skip

    def _has_passed(self, due_at: Instant | None) -> bool:
        return due_at is not None and self.now > due_at

    def is_waived(self, what: str, creditor: str, debtor: str, about: str) -> bool:
        """Has the creditor alone let this member off?"""
        waivers = self.view.waivers(about)
        return bool(waivers) and any(
            waiver.author == creditor and waiver.body.what == what and waiver.body.debtor == debtor
            for waiver in waivers
        )

    def clock(self, said: Said[Any], member: str, machine_s: int) -> Clock:
        filed_at = self.view.filed_at(said)
        delivered = self.view.delivered(said, member)
        return Clock(
            filed_at,
            Instant(filed_at + machine_s * 1000),
            # A time that has not come yet is no proof that somebody has it now.
            delivered.at if delivered is not None and delivered.at <= self.now else None,
        )

    def machine_s(self, of_class: ResponseClass) -> int:
        terms = self.response.of(of_class)
        return terms.machine_s if terms is not None else 0

    def answer_ms(self) -> int:
        """How long a plain answer may take: the human deadline of the immediate class."""
        terms = self.response.of(ResponseClass.IMMEDIATE)
        return (terms.acknowledge_s if terms is not None else _FALLBACK_S) * 1000

    def humans(self, members: tuple[str, ...]) -> tuple[str, ...]:
        """Those of them that have desks: parties and notifiers. Host and observers owe no human answer."""
        return tuple([member for member in members if self.is_human(member)])

    def is_human(self, member: str) -> bool:
        return self.view.roles.get(member) in _HUMAN

    def machine_receipt(
        self, said: Said[Any], member: str, clock: Clock, terms: ClassTerms, thing: str, *, over: bool
    ) -> Obligation:
        """The debtor's machine has it; while it has not, the sender's own ladder climbs (line down)."""
        down = clock.line_down(self.now)
        if clock.delivered_at is None:
            words = f"The machine of {member} has not confirmed {short_name(said)}."
        else:
            words = f"The machine of {member} has {short_name(said)}."
        return self.owed(
            what="machine-receipt",
            creditor=said.author,
            debtor=Debtor.of(member),
            about=said.id,
            thing=thing,
            words=words,
            due_at=clock.machine_by,
            met_at=clock.delivered_at,
            over=over,
            of_class=terms.of,
            climbing=self._senders_climb(said, clock, terms) if down else NO_CLIMB,
            line_down=down,
        )

    def _senders_climb(self, said: Said[Any], clock: Clock, terms: ClassTerms) -> Climb:
        desk = desk_for(self.response, said.author, said.desk or "")
        return climb(
            ladder_of(self.response, said.author, desk),
            (Phase(clock.machine_by, terms),),
            both_sorts_at_once=terms.of in (ResponseClass.STOP, ResponseClass.DISTRESS),
            now=self.now,
            ended_at=None,
        )

    def reseals(
        self, said: Said[Any], member: str, clock: Clock, thing: str, *, over: bool
    ) -> tuple[Obligation, ...]:
        """Its author owes a readable copy to an addressee that named it unreadable."""
        if clock.delivered_at is not None:
            return ()
        named_at = self.view.unreadable_at(said, member)
        if named_at is None:
            return ()
        return (
            self.owed(
                what="reseal",
                creditor=member,
                debtor=Debtor.of(said.author),
                about=said.id,
                thing=thing,
                words=f"{member} cannot read {short_name(said)}: seal it anew.",
                due_at=Instant(named_at + MINUTE_MS),
                over=over,
            ),
        )


def short_name(said: Said[Any]) -> str:
    """``TUR-0042``: author and place in its log, as faces show it (design file 3)."""
    return _numbered(said.author, said.place.seq) if said.is_in_a_log else f"{said.author}-unlogged"


@lru_cache(maxsize=64)
def _numbered(author: str, seq: int) -> str:
    """What is owed about one statement names it seven times in a row."""
    return f"{author}-{seq:04d}"
