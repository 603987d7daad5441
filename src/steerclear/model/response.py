# SPDX-License-Identifier: Apache-2.0
"""How fast somebody must answer, and who is called next: classes, their deadlines, and ladders of rungs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from steerclear.errors import BadInput
from steerclear.model.forms import Label, Seconds
from steerclear.model.member import DeskName, MemberId

__all__ = ["ClassTerms", "Ladder", "ResponseClass", "Rung", "RungSort"]


class ResponseClass(Enum):
    """The classes of design file 6, most urgent first."""

    STOP = "stop"
    DISTRESS = "distress"
    IMMEDIATE = "immediate"
    PRIORITY = "priority"
    ROUTINE = "routine"
    STATIC = "static"
    CHECK = "check"


class RungSort(Enum):
    """``relay`` passes on; ``may-act`` may halt and may decide."""

    RELAY = "relay"
    MAY_ACT = "may-act"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: a role, never a person."""

    sort: Annotated[RungSort, "May it act, or only pass on?"]
    label: Annotated[Label, "The role, as its own side calls it."]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who is called at a desk, in order. Only the acknowledgement of a may-act rung ends a climb.

    Raises ``BadInput`` (``ladder-without-authority``): a ladder that ends in nobody who may act is refused.
    """

    member: Annotated[MemberId, "Whose desk."]
    desk: Annotated[DeskName, "Which desk."]
    rungs: Annotated[tuple[Rung, ...], "First to last; rung 1 is the first."]

    def __post_init__(self) -> None:
        if not any(rung.sort is RungSort.MAY_ACT for rung in self.rungs):
            raise BadInput(
                "ladder-without-authority",
                f"The ladder of {self.member} {self.desk} has no rung that may act.",
                remedy="Add a rung of the sort may-act.",
            )


@dataclass(frozen=True, slots=True)
class ClassTerms:
    """Deadlines of one class, in seconds."""

    of: Annotated[ResponseClass, "The class."]
    machine_s: Annotated[Seconds, "The other machine has it within this (restrictive: shorter)."]
    acknowledge_s: Annotated[Seconds, "A person has acknowledged within this (restrictive: shorter)."]
    climbs_s: Annotated[tuple[Seconds, ...], "The next rungs are called after these (restrictive: shorter)."]
