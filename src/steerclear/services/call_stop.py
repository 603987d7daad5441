# SPDX-License-Identifier: Apache-2.0
"""STOP, its outcome and its closing; and the question whose it is. One gesture, in writing, at once."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from steerclear.errors import BadInput, Refused
from steerclear.formats.coordinates import parse_position
from steerclear.formats.places import Gazetteer
from steerclear.mechanism.bodies import (
    Basis,
    Body,
    Ownership,
    OwnershipAnswer,
    OwnershipAsk,
    StopAnswer,
    StopCall,
    StopClose,
    StopOutcome,
    StopRenew,
)
from steerclear.mechanism.said import Said
from steerclear.model.place import Place
from steerclear.services.answer_notice import instant_of
from steerclear.services.answers import Receipt
from steerclear.services.aside import speak_floor
from steerclear.services.audience import Audience, as_said, for_answer, for_floor
from steerclear.services.drills import running_drill
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about
from steerclear.services.receipts import receipt
from steerclear.services.requests import Answer, AskOwnership, CallStop, CloseStop
from steerclear.services.speak import by_desk

__all__ = ["answer", "ask_ownership", "call_stop", "close_stop"]

E = TypeVar("E", bound=Enum)


def call_stop(ledger: Ledger, request: CallStop, *, places: Gazetteer) -> tuple[Receipt, ...]:
    """To every desk of those named, or of all members where the attacker is unknown.

    Raises ``BadInput``, and ``Refused`` (``drill-not-running``).
    """
    place = _place(request.place, places)
    body = StopCall(
        place=place.position,
        near=place.name or None,
        seen_at=ledger.now(),
        seen=request.seen or None,
        basis=Basis(request.basis),
        notice=None,
        drill=running_drill(ledger, request.drill) if request.drill is not None else None,
    )
    return _say(ledger, request.desk, body, for_floor(ledger, request.to))


def answer(ledger: Ledger, request: Answer) -> tuple[Receipt, ...]:
    """Answer a STOP with its outcome, or a question of ownership. Raises ``BadInput``."""
    said = said_about(ledger, request.about)
    if isinstance(said.body, OwnershipAsk):
        body: Body = OwnershipAnswer(
            ask=said.id, answer=_one_of(Ownership, request.answer), part=request.part
        )
    elif isinstance(said.body, StopCall):
        body = _outcome(ledger, said, request)
    else:
        raise BadInput(
            "not-a-question",
            f"“{request.about}” is a {said.kind}; it asks for no answer of this sort.",
            where="about",
            remedy="Name a STOP or a question of ownership; notices are acknowledged.",
        )
    return _say(ledger, request.desk, body, for_answer(ledger, said))


def _outcome(ledger: Ledger, said: Said[Any], request: Answer) -> StopAnswer | StopRenew:
    """What is done about a STOP; said again by the same member it renews the one before."""
    outcome = _one_of(StopOutcome, request.answer)
    effective_at = instant_of(request.at) if request.at is not None else None
    if outcome is StopOutcome.STOPPED and effective_at is None:
        effective_at = ledger.now()
    record = ledger.view.stops.get(said.id)
    renews = record is not None and bool(record.answers_of(ledger.me))
    kind = StopRenew if renews else StopAnswer
    return kind(stop=said.id, outcome=outcome, effective_at=effective_at, because=request.reason)


def _one_of(choices: type[E], given: str) -> E:
    for choice in choices:
        if choice.value == given:
            return choice
    raise BadInput(
        "answer-unknown",
        f"“{given[:30]}” is not an answer to this.",
        where="answer",
        remedy=f"Give one of {', '.join(str(choice.value) for choice in choices)}.",
    )


def close_stop(ledger: Ledger, request: CloseStop) -> tuple[Receipt, ...]:
    """Only the caller closes: from anybody else it would have no effect, and its sender would not know."""
    said = said_about(ledger, request.about)
    if not isinstance(said.body, StopCall):
        raise BadInput(
            "not-a-stop",
            f"“{request.about}” is a {said.kind}, not a STOP.",
            where="about",
            remedy="Name a STOP as the inbox shows it.",
        )
    if said.author != ledger.me and said.author not in ledger.charter.carried_by(ledger.me):
        raise Refused(
            "not-the-caller",
            f"The STOP was called by {said.author}; only its caller closes it.",
            where=request.about,
            remedy=f"Answer with its outcome, and ask {said.author} to close it.",
        )
    return _say(ledger, request.desk, StopClose(stop=said.id, because=None), as_said(said))


def ask_ownership(ledger: Ledger, request: AskOwnership, *, places: Gazetteer) -> tuple[Receipt, ...]:
    place = _place(request.place, places)
    body = OwnershipAsk(
        place=place.position,
        near=place.name or None,
        seen_at=ledger.now(),
        seen=request.seen,
        passed_on_from=None,
    )
    if not request.of:
        raise BadInput(
            "ownership-of-whom",
            "It was not said who is asked: the question itself gives away a place.",
            where="of",
            remedy="Name the members that may know of it.",
        )
    return _say(ledger, request.desk, body, for_floor(ledger, request.of))


def _place(text: str, places: Gazetteer) -> Place:
    """A named place, or coordinates in any of the three spellings. Raises ``BadInput``."""
    return places.resolve(text) or Place("", parse_position(text))


def _say(ledger: Ledger, desk: str, body: Body, audience: Audience) -> tuple[Receipt, ...]:
    filed = speak_floor(ledger, body, voice=by_desk(desk), audience=audience)
    return (receipt(ledger, filed),)
