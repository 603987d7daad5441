# SPDX-License-Identifier: Apache-2.0
"""How far did it get? FILED, DELIVERED, ACKNOWLEDGED, DISSEMINATED, RECORDED: per addressee, with times.

    FILED         in its author's log                            (seq, at)
    DELIVERED     an entry of the addressee covers it            (their seq, at), or named unreadable
    ACKNOWLEDGED  an officer there signed it                     (desk, rung, at)
    DISSEMINATED  signed that headquarters, fire control or operator has it, until it expires
    RECORDED      all parties and the host cosigned a checkpoint that holds it

Receipts are those of this version alone. Nobody is told *delivered* before another machine has the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steerclear.mechanism.bodies import Acknowledge, Disseminate, Echelon, NoticeFile
from steerclear.mechanism.judge import addressed, effective
from steerclear.mechanism.ladder import is_may_act
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import Delivered, View
from steerclear.model.time import Instant

__all__ = ["Acknowledged", "Disseminated", "Filed", "Stages", "stages_of"]


@dataclass(frozen=True, slots=True)
class Filed:
    """``seq`` is ``None`` for a floor message that stands in no log yet."""

    seq: int | None
    at: Instant


@dataclass(frozen=True, slots=True)
class Acknowledged:
    desk: str | None
    rung: int
    may_act: bool
    at: Instant


@dataclass(frozen=True, slots=True)
class Disseminated:
    echelon: Echelon
    at: Instant
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class Stages:
    """The row of stages for one addressee. ``unreadable_at``: it said that it cannot open it."""

    member: str
    readable: bool
    filed: Filed
    delivered: Delivered | None
    unreadable_at: Instant | None
    acknowledged: tuple[Acknowledged, ...]
    disseminated: tuple[Disseminated, ...]
    recorded_at: Instant | None

    def is_confirmed(self, now: Instant) -> bool:
        """Does its unit hold it now? False is shown as UNIT NOT CONFIRMED."""
        return any(one.expires_at > now for one in self.disseminated)


def stages_of(view: View, statement_id: str) -> tuple[Stages, ...]:
    """One row for each addressee, in the order of address; a notice's id gives its newest version.

    Empty when the statement is not known here.
    """
    said = view.said(statement_id)
    if said is not None and isinstance(said.body, NoticeFile):
        record = view.notices.get(statement_id)
        said = record.newest.said if record is not None else said
    if said is None:
        return ()
    others = sorted(addressed(said) - set(said.to))
    return tuple(_stages(view, said, member) for member in (*said.to, *others) if member != said.author)


def _stages(view: View, said: Said[Any], member: str) -> Stages:
    acks = effective(view.book, view.book.about(said.id, Acknowledge))
    passed = effective(view.book, view.book.about(said.id, Disseminate))
    return Stages(
        member=member,
        readable=said.is_readable_by(member),
        filed=Filed(said.place.seq if said.is_in_a_log else None, view.filed_at(said)),
        delivered=view.delivered(said, member),
        unreadable_at=view.unreadable_at(said, member),
        acknowledged=tuple(_acknowledged(view, ack) for ack in acks if ack.author == member),
        disseminated=tuple(
            Disseminated(one.body.echelon, one.at, one.body.expires_at)
            for one in passed
            if one.author == member
        ),
        recorded_at=view.recorded_at(said),
    )


def _acknowledged(view: View, ack: Said[Acknowledge]) -> Acknowledged:
    response = view.annexes.response(ack.at)
    return Acknowledged(ack.desk, ack.body.rung, is_may_act(response, ack, ack.desk or ""), ack.at)
