# SPDX-License-Identifier: Apache-2.0
"""The safety floor: STOP, distress, ownership, who heard them, movements and attempts to reach them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from steerclear.model.forms import Count, Id, Label, Text
from steerclear.model.space import Position
from steerclear.model.time import Instant

__all__ = [
    "Basis", "ContactAttempt", "ContactResult", "DistressAnswer", "DistressCall", "DistressClose",
    "DistressOutcome", "InDistress", "MovementReport", "MovementStep", "Ownership",
    "OwnershipAnswer", "OwnershipAsk", "StopAnswer", "StopCall", "StopClose", "StopOutcome", "StopRenew",
]  # fmt: skip


class Basis(Enum):
    """Why the caller calls."""

    OWN_FORCES = "own-forces"
    CIVILIANS = "civilians"
    AIRCRAFT = "aircraft"
    UNSURE = "unsure"


class StopOutcome(Enum):
    """What the addressee does about it."""

    STOPPING = "stopping"
    STOPPED = "stopped"
    CANNOT = "cannot"
    NOT_OURS = "not-ours"
    NOT_KNOWN = "not-known"


@dataclass(frozen=True, slots=True)
class StopCall:
    """STOP: one gesture, in writing, to every desk of the addressee. Near in place and time, calls join."""

    place: Annotated[Position, "Where."]
    near: Annotated[Label | None, "The named place, if given."]
    seen_at: Annotated[Instant, "When it was seen."]
    seen: Annotated[Text | None, "What is seen, in words."]
    basis: Annotated[Basis, "Own forces, civilians, aircraft, unsure."]
    notice: Annotated[Id | None, "The notice it concerns, if known."]
    drill: Annotated[Id | None, "The drill it belongs to; null: it is real."]


@dataclass(frozen=True, slots=True)
class StopAnswer:
    """The outcome that every STOP owes."""

    stop: Annotated[Id, "The stop.call, or any that joined it."]
    outcome: Annotated[StopOutcome, "What is done about it."]
    effective_at: Annotated[Instant | None, "Stopped at; null: not stopped yet or not ours."]
    because: Annotated[Text | None, "More, in words."]


@dataclass(frozen=True, slots=True)
class StopRenew:
    """The outcome again, while the caller has not closed."""

    stop: Annotated[Id, "The stop.call."]
    outcome: Annotated[StopOutcome, "What is done about it now."]
    effective_at: Annotated[Instant | None, "Stopped at."]
    because: Annotated[Text | None, "More, in words."]


@dataclass(frozen=True, slots=True)
class StopClose:
    """Only the caller closes."""

    stop: Annotated[Id, "The stop.call."]
    because: Annotated[Text | None, "Why."]


class InDistress(Enum):
    """Who is in distress."""

    AIRCRAFT = "aircraft"
    VESSEL = "vessel"
    PEOPLE = "people"
    UNSURE = "unsure"


class DistressOutcome(Enum):
    """What the addressee does about it."""

    HELPING = "helping"
    KEEPING_CLEAR = "keeping-clear"
    CANNOT = "cannot"
    NOT_KNOWN = "not-known"


@dataclass(frozen=True, slots=True)
class DistressCall:
    """Somebody needs help, or room."""

    place: Annotated[Position, "Where."]
    near: Annotated[Label | None, "The named place, if given."]
    seen_at: Annotated[Instant, "When."]
    who: Annotated[InDistress, "Aircraft, vessel, people, unsure."]
    people: Annotated[Count | None, "How many, if known."]
    seen: Annotated[Text | None, "In words."]
    drill: Annotated[Id | None, "The drill it belongs to; null: it is real."]


@dataclass(frozen=True, slots=True)
class DistressAnswer:
    """The outcome that every distress call owes, renewed until the caller closes."""

    distress: Annotated[Id, "The distress.call."]
    outcome: Annotated[DistressOutcome, "What is done about it."]
    because: Annotated[Text | None, "More, in words."]


@dataclass(frozen=True, slots=True)
class DistressClose:
    """Only the caller closes."""

    distress: Annotated[Id, "The distress.call."]
    because: Annotated[Text | None, "Why."]


class Ownership(Enum):
    """The answers (Khasham: “not our troops”). Faces say: *does not identify as hostile*."""

    OURS = "ours"
    NOT_OURS = "not-ours"
    PASSING_ON = "not-ours-passing-on"
    NO_CONTACT = "not-ours-no-contact"
    NOT_KNOWN = "not-known"
    PARTLY = "partly"


@dataclass(frozen=True, slots=True)
class OwnershipAsk:
    """Whose is it? Others are asked only with the caller's consent: the question gives away a place."""

    place: Annotated[Position, "Where."]
    near: Annotated[Label | None, "The named place, if given."]
    seen_at: Annotated[Instant, "When."]
    seen: Annotated[Text, "What is there, in words."]
    passed_on_from: Annotated[Id | None, "The ask that is passed on with its caller's consent."]


@dataclass(frozen=True, slots=True)
class OwnershipAnswer:
    """Said by whom and when."""

    ask: Annotated[Id, "The ownership.ask."]
    answer: Annotated[Ownership, "One of six."]
    part: Annotated[Text | None, "Which part, for “partly”."]


class MovementStep(Enum):
    """What a movement reports."""

    DEPARTED = "departed"
    PASSING = "at"
    ARRIVED = "arrived"
    OVERDUE = "overdue"
    DEVIATED = "deviated"


@dataclass(frozen=True, slots=True)
class MovementReport:
    """How a filed movement goes."""

    movement: Annotated[Id, "The notice of kind movement."]
    step: Annotated[MovementStep, "Departed, at, arrived, overdue, deviated."]
    place: Annotated[Position | None, "Where."]
    seen_at: Annotated[Instant, "When."]
    next_at: Annotated[Instant | None, "The next report is owed by then."]
    text: Annotated[Text | None, "In words."]


class ContactResult(Enum):
    """Did anybody answer?"""

    REACHED = "reached"
    NO_CONTACT = "no-contact"


@dataclass(frozen=True, slots=True)
class ContactAttempt:
    """An attempt to reach a movement or a site (WCK: phone calls failed); three failures raise an alarm."""

    about: Annotated[Id, "The movement or the site."]
    way: Annotated[Label, "Phone, radio, message …; never a number or a name."]
    tried_at: Annotated[Instant, "When."]
    result: Annotated[ContactResult, "Reached, or no contact."]
