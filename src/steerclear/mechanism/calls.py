# SPDX-License-Identifier: Apache-2.0
"""STOP, distress and ownership: who called whom, who answered what, and which calls are one alarm.

    called ──→ (joined: same caller, near in place and time) ──→ answered, renewed … ──→ closed by its caller

Calls of one caller within the distance and time of the response annex join one alarm with a count. A call
after the close, or one farther off, is an alarm of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from steerclear.geometry.geodesic import distance_m
from steerclear.mechanism.annexes import Annexes
from steerclear.mechanism.bodies import (
    Acknowledge,
    DistressAnswer,
    DistressCall,
    DistressClose,
    DrillStart,
    OwnershipAnswer,
    OwnershipAsk,
    StopAnswer,
    StopCall,
    StopClose,
    StopOutcome,
    StopRenew,
)
from steerclear.mechanism.book import Book
from steerclear.mechanism.judge import effective
from steerclear.mechanism.lines import drill_of
from steerclear.mechanism.said import Said, order_of
from steerclear.model.time import Instant

__all__ = ["Answered", "Call", "CallRecord", "Calls", "Distresses", "OwnershipRecord", "Ownerships", "Stops"]

Call = Said[StopCall] | Said[DistressCall]
S = TypeVar("S", bound=Said[Any])

Answered = Said[StopAnswer] | Said[StopRenew] | Said[DistressAnswer]


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One alarm: ``calls`` in order of time, never empty; the first gives it its id.

    ``drill``  the drill that it belongs to, not over when it was called; ``None``: it is real
    """

    calls: tuple[Call, ...]
    acknowledgements: tuple[Said[Acknowledge], ...]
    answers: tuple[Answered, ...]
    closed: Said[StopClose] | Said[DistressClose] | None
    drill: Said[DrillStart] | None

    @property
    def id(self) -> str:
        return self.calls[0].id

    @property
    def caller(self) -> str:
        return self.calls[0].author

    @property
    def at(self) -> Instant:
        return self.calls[0].at

    @property
    def count(self) -> int:
        return len(self.calls)

    @property
    def is_open(self) -> bool:
        return self.closed is None

    @property
    def is_stop(self) -> bool:
        return isinstance(self.calls[0].body, StopCall)

    @property
    def is_drill(self) -> bool:
        return self.drill is not None

    @property
    def to(self) -> tuple[str, ...]:
        """Every member that any of the calls is addressed to, its caller excepted."""
        named = dict.fromkeys(member for call in self.calls for member in call.to)
        return tuple(member for member in named if member != self.caller)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(call.id for call in self.calls)

    def answers_of(self, member: str) -> tuple[Answered, ...]:
        return tuple(answer for answer in self.answers if answer.author == member)

    def stopped(self) -> tuple[Said[StopAnswer] | Said[StopRenew], ...]:
        """Answers that say stopped."""
        return tuple(
            answer
            for answer in self.answers
            if not isinstance(answer.body, DistressAnswer) and answer.body.outcome is StopOutcome.STOPPED
        )


class Calls:
    """Alarms of one sort, oldest first."""

    def __init__(self, book: Book, kind: str, fold: Callable[[str], Sequence[CallRecord]]) -> None:
        self._book = book
        self._kind = kind
        self._fold = fold

    def __iter__(self) -> Iterator[CallRecord]:
        callers = {call.author for call in self._book.of_kind(self._kind)}
        alarms = [alarm for caller in callers for alarm in self.of_caller(caller)]
        return iter(sorted(alarms, key=lambda alarm: (alarm.at, order_of(alarm.calls[0]))))

    def of_caller(self, caller: str) -> Sequence[CallRecord]:
        """The alarms of one member, oldest first: only its own calls join each other."""
        return self._book.kept.answer((self._kind, caller), lambda: self._fold(caller))

    def get(self, call_id: str) -> CallRecord | None:
        """The alarm that this call began or joined."""
        call = self._book.said(call_id)
        if call is None or call.kind != self._kind:
            return None
        return next((record for record in self.of_caller(call.author) if call_id in record.ids), None)

    def open(self) -> Iterator[CallRecord]:
        return (record for record in self if record.is_open)


def Stops(book: Book, annexes: Annexes) -> Calls:  # noqa: N802 - it stands beside the classes as one of them
    """STOP calls, joined."""
    return Calls(book, "stop.call", lambda caller: _stops(book, annexes, caller))


def Distresses(book: Book) -> Calls:  # noqa: N802 - it stands beside the classes as one of them
    """Distress calls; each is an alarm of its own."""
    return Calls(book, "distress.call", lambda caller: _distresses(book, caller))


def _stops(book: Book, annexes: Annexes, caller: str) -> list[CallRecord]:
    groups: list[tuple[list[Said[StopCall]], Said[StopClose] | None]] = []
    for call in effective(book, _of_caller(book, "stop.call", caller)):
        joined = next((group for group in groups if _joins(call, *group, annexes)), None)
        calls = [call] if joined is None else [*joined[0], call]
        group = (calls, _closed(book, calls))
        groups = [group if other is joined else other for other in groups]
        if joined is None:
            groups.append(group)
    return [_stop_record(book, calls, closed) for calls, closed in groups]


def _of_caller(book: Book, kind: str, caller: str) -> tuple[Said[Any], ...]:
    return tuple(call for call in book.of_kind(kind) if call.author == caller)


def _joins(
    call: Said[StopCall], calls: list[Said[StopCall]], closed: Said[StopClose] | None, annexes: Annexes
) -> bool:
    before = calls[-1]
    if closed is not None and closed.at <= call.at:
        return False
    if call.body.drill != before.body.drill:
        return False
    response = annexes.response(call.at)
    if call.at - before.at > response.join_within_s * 1000:
        return False
    return any(
        distance_m(call.body.place, other.body.place) * 1000 <= response.join_within_mm for other in calls
    )


def _closed(book: Book, calls: Sequence[Said[StopCall]]) -> Said[StopClose] | None:
    """The first close of any of these calls; what is called after it is an alarm of its own."""
    closes = [c for call in calls for c in effective(book, book.about(call.id, StopClose))]
    return min(closes, key=lambda c: (c.at, c.place), default=None)


def _stop_record(book: Book, calls: list[Said[StopCall]], closed: Said[StopClose] | None) -> CallRecord:
    acknowledged = [a for call in calls for a in effective(book, book.about(call.id, Acknowledge))]
    answers: list[Answered] = []
    for call in calls:
        answers += effective(book, book.about(call.id, StopAnswer))
        answers += effective(book, book.about(call.id, StopRenew))
    drill = _drill(book, calls[0])
    return CallRecord(tuple(calls), _in_time(acknowledged), _in_time(answers), closed, drill)


def _drill(book: Book, call: Call) -> Said[DrillStart] | None:
    """A call that names anything else as its drill is the real thing: better a desk too many than a fire too
    long."""
    named = call.body.drill
    started = book.said(named) if named is not None else None
    if started is None or not isinstance(started.body, DrillStart) or not effective(book, (started,)):
        return None
    ended = drill_of(book, started).ended
    return None if ended is not None and ended.at < call.at else started


def _distresses(book: Book, caller: str) -> list[CallRecord]:
    return [
        CallRecord(
            (call,),
            effective(book, book.about(call.id, Acknowledge)),
            effective(book, book.about(call.id, DistressAnswer)),
            next(iter(effective(book, book.about(call.id, DistressClose))), None),
            _drill(book, call),
        )
        for call in effective(book, _of_caller(book, "distress.call", caller))
    ]


def _in_time(saids: Sequence[S]) -> tuple[S, ...]:
    return tuple(sorted(saids, key=lambda said: (said.at, said.place)))


@dataclass(frozen=True, slots=True)
class OwnershipRecord:
    """A question of ownership and every answer, oldest first: said by whom and when."""

    ask: Said[OwnershipAsk]
    answers: tuple[Said[OwnershipAnswer], ...]

    @property
    def id(self) -> str:
        return self.ask.id


class Ownerships:
    """All questions of ownership."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __iter__(self) -> Iterator[OwnershipRecord]:
        return (self._record(ask) for ask in effective(self._book, self._book.of_kind("ownership.ask")))

    def get(self, ask_id: str) -> OwnershipRecord | None:
        ask = self._book.said(ask_id)
        if ask is None or ask.kind != "ownership.ask" or not effective(self._book, (ask,)):
            return None
        return self._record(ask)

    def _record(self, ask: Said[OwnershipAsk]) -> OwnershipRecord:
        return OwnershipRecord(ask, effective(self._book, self._book.about(ask.id, OwnershipAnswer)))
