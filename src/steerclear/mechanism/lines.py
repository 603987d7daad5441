# SPDX-License-Identifier: Apache-2.0
"""What went over the line, as the view knows it: coded signals and their read-backs, checks, drills."""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.mechanism.bodies import (
    CheckAnswer,
    CheckCall,
    DrillEnd,
    DrillStart,
    SignalAnswer,
    SignalReadBack,
    SignalSend,
)
from steerclear.mechanism.book import Book
from steerclear.mechanism.judge import effective
from steerclear.mechanism.said import Said
from steerclear.model.annex import CommChecks
from steerclear.model.time import Instant

__all__ = ["CheckRecord", "DrillRecord", "SignalRecord", "check_of", "drill_of", "is_for_slot", "signal_of"]


@dataclass(frozen=True, slots=True)
class SignalRecord:
    """A coded message, its read-backs and its answers."""

    sent: Said[SignalSend]
    read_backs: tuple[Said[SignalReadBack], ...]
    answers: tuple[Said[SignalAnswer], ...]

    @property
    def id(self) -> str:
        return self.sent.id

    def understood_at(self, member: str) -> Instant | None:
        """The first read-back by that member that repeats code and slots exactly."""
        right = (
            back.at
            for back in self.read_backs
            if back.author == member
            and (back.body.code, back.body.slots) == (self.sent.body.code, self.sent.body.slots)
        )
        return next(right, None)


def signal_of(book: Book, said: Said[SignalSend]) -> SignalRecord:
    return SignalRecord(
        sent=said,
        read_backs=effective(book, book.about(said.id, SignalReadBack)),
        answers=effective(book, book.about(said.id, SignalAnswer)),
    )


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A test of the line and who answered it."""

    called: Said[CheckCall]
    answers: tuple[Said[CheckAnswer], ...]

    @property
    def id(self) -> str:
        return self.called.id


def is_for_slot(call: Said[CheckCall], slot_at: Instant, terms: CommChecks) -> bool:
    """Whether a call is the one of an agreed time: it names it, or comes within the tolerance."""
    if call.body.slot_at is not None:
        return call.body.slot_at == slot_at
    return abs(call.at - slot_at) <= terms.tolerance_s * 1000


def check_of(book: Book, said: Said[CheckCall]) -> CheckRecord:
    return CheckRecord(said, effective(book, book.about(said.id, CheckAnswer)))


@dataclass(frozen=True, slots=True)
class DrillRecord:
    """A drill, running until it is ended."""

    started: Said[DrillStart]
    ended: Said[DrillEnd] | None

    @property
    def id(self) -> str:
        return self.started.id


def drill_of(book: Book, said: Said[DrillStart]) -> DrillRecord:
    ended = effective(book, book.about(said.id, DrillEnd))
    return DrillRecord(said, ended[0] if ended else None)
