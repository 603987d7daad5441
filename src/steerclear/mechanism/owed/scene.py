# SPDX-License-Identifier: Apache-2.0
"""What every duty is made from: the view, the moment, the deadlines that hold, and how a state follows.

    due_at passed? met? waived? over? ──→ MET | WAIVED | LATE | OPEN

*Over* is a duty whose creditor took away its ground (a new version, a withdrawal, a close): it counts as
waived. The human clock of a debtor runs from DELIVERED. Without DELIVERED inside the machine-receipt time it
starts at FILED plus that time, on the caller's side: the line is down, and no desk is booked as slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from steerclear.mechanism.classes import MINUTE_MS, Phase
from steerclear.mechanism.ladder import NO_CLIMB, Climb, climb, desk_for, ladder_of
from steerclear.mechanism.obligation import Debtor, Obligation, State
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.annex import Response
from steerclear.model.member import Role
from steerclear.model.response import ClassTerms, ResponseClass
from steerclear.model.time import Instant, printable

__all__ = ["EVERYONE", "Clock", "Duty", "Scene", "short_name"]

EVERYONE: Final = "*"
"""The creditor of what is owed to all members: nobody alone can waive it."""

_HUMAN: Final = frozenset({Role.PARTY, Role.NOTIFIER})
_FALLBACK_S: Final = 300
"""Five minutes, where an answer is owed and the response annex gives the immediate class no row."""


@dataclass(frozen=True, slots=True)
class Clock:
    """When the human clock of one addressee starts."""

    filed_at: Instant
    machine_by: Instant
    delivered_at: Instant | None

    @property
    def starts_at(self) -> Instant:
        return self.delivered_at if self.delivered_at is not None else self.machine_by

    def line_down(self, now: Instant) -> bool:
        return self.delivered_at is None and now >= self.machine_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A duty before its state is known: the fields of ``Obligation``, and what ends it."""

    what: str
    creditor: str
    debtor: Debtor
    about: str
    thing: str
    words: str
    due_at: Instant | None
    met_at: Instant | None = None
    over: bool = False
    of_class: ResponseClass | None = None
    climbing: Climb = NO_CLIMB
    line_down: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """One view at one moment, with the response terms that bind then."""

    view: View
    now: Instant
    response: Response

    def owed(self, duty: Duty) -> Obligation:
        state = self._state(duty)
        ended = state in (State.MET, State.WAIVED)
        return Obligation(
            what=duty.what,
            creditor=duty.creditor,
            debtor=duty.debtor,
            about=duty.about,
            thing=duty.thing,
            due_at=_printable(duty.due_at),
            state=state,
            words=duty.words,
            met_at=duty.met_at,
            of_class=duty.of_class,
            called=() if ended else duty.climbing.called,
            next_rung_at=None if ended else _printable(duty.climbing.next_at),
            line_down=duty.line_down and not ended,
        )

    def _state(self, duty: Duty) -> State:
        if duty.met_at is not None:
            return State.MET
        if duty.over or self._is_waived(duty):
            return State.WAIVED
        # What the debtor's machine never had is no lateness of its desk; the machine receipt itself is late.
        blameless = duty.line_down and duty.what != "machine-receipt"
        if duty.due_at is not None and self.now > duty.due_at and not blameless:
            return State.LATE
        return State.OPEN

    def _is_waived(self, duty: Duty) -> bool:
        return any(
            waiver.author == duty.creditor
            and waiver.body.what == duty.what
            and waiver.body.debtor == duty.debtor.member
            for waiver in self.view.waivers(duty.about)
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
        return tuple(member for member in members if self.view.roles.get(member) in _HUMAN)

    def machine_receipt(
        self, said: Said[Any], member: str, clock: Clock, terms: ClassTerms, thing: str, *, over: bool
    ) -> Obligation:
        """The debtor's machine has it; while it has not, the sender's own ladder climbs (line down)."""
        down = clock.line_down(self.now)
        return self.owed(
            Duty(
                what="machine-receipt",
                creditor=said.author,
                debtor=Debtor(member),
                about=said.id,
                thing=thing,
                words=f"The machine of {member} has not confirmed {short_name(said)}."
                if clock.delivered_at is None
                else f"The machine of {member} has {short_name(said)}.",
                due_at=clock.machine_by,
                met_at=clock.delivered_at,
                over=over,
                of_class=terms.of,
                climbing=self._senders_climb(said, clock, terms) if down else NO_CLIMB,
                line_down=down,
            )
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

    def reseals(self, said: Said[Any], member: str, thing: str, *, over: bool) -> tuple[Obligation, ...]:
        """Its author owes a readable copy to an addressee that named it unreadable."""
        named_at = self.view.unreadable_at(said, member)
        if named_at is None:
            return ()
        duty = Duty(
            what="reseal",
            creditor=member,
            debtor=Debtor(said.author),
            about=said.id,
            thing=thing,
            words=f"{member} cannot read {short_name(said)}: seal it anew.",
            due_at=Instant(named_at + MINUTE_MS),
            over=over,
        )
        return (self.owed(duty),)


def _printable(at: Instant | None) -> Instant | None:
    """A deadline counted from a claim in the last hours of the calendar still prints."""
    return None if at is None else printable(at)


def short_name(said: Said[Any]) -> str:
    """``TUR-0042``: author and place in its log, as faces show it (design file 3)."""
    return f"{said.author}-{said.place.seq:04d}" if said.is_in_a_log else f"{said.author}-unlogged"
