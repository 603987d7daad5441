# SPDX-License-Identifier: Apache-2.0
"""What is said around a table: meetings, minutes, action items, and what all agree to say in public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from steerclear.errors import BadInput
from steerclear.model.forms import Count, Id, Label, Text
from steerclear.model.member import MemberId
from steerclear.model.time import Instant

__all__ = ["CommuniqueAgree", "CommuniquePropose", "MeetingAction", "MeetingConvene", "MeetingMinutes"]


@dataclass(frozen=True, slots=True)
class MeetingConvene:
    """A meeting is called, with its agenda; those it is addressed to are asked to come."""

    title: Annotated[Label, "What it is about."]
    starts_at: Annotated[Instant, "When it begins."]
    ends_at: Annotated[Instant, "When it ends."]
    where: Annotated[Text | None, "In which room or on which line."]
    agenda: Annotated[tuple[Text, ...], "The points, in order."]

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise BadInput(
                "meeting-ends-first",
                "The meeting ends before it begins.",
                remedy="Give an end after the beginning.",
            )


@dataclass(frozen=True, slots=True)
class MeetingMinutes:
    """Minutes are laid before the meeting, or signed by another who was there."""

    meeting: Annotated[Id, "The meeting.convene."]
    signs: Annotated[Id | None, "The meeting.minutes that are signed with this; null: new minutes."]
    points: Annotated[tuple[Text, ...], "What was said, point by point; none in a signature."]

    def __post_init__(self) -> None:
        if (self.signs is None) != bool(self.points):
            raise BadInput(
                "minutes-form",
                "Minutes either say something or sign what was said.",
                remedy="Give points, or the minutes that are signed.",
            )


@dataclass(frozen=True, slots=True)
class MeetingAction:
    """An action item is given to a member, or said to be done."""

    meeting: Annotated[Id, "The meeting.convene."]
    settles: Annotated[Id | None, "The meeting.action that is done with this; null: a new item."]
    what: Annotated[Text, "What is to be done; or what was."]
    owner: Annotated[MemberId | None, "Who does it; null in what is done."]
    due_at: Annotated[Instant | None, "By when; null in what is done."]

    def __post_init__(self) -> None:
        is_new = self.settles is None
        if is_new != (self.owner is not None) or is_new != (self.due_at is not None):
            raise BadInput(
                "action-form",
                "An action item has an owner and a date, and what is done has neither.",
                remedy="Give owner and date for a new item, and none of them for one that is done.",
            )


@dataclass(frozen=True, slots=True)
class CommuniquePropose:
    """Words that all could say in public, paragraph by paragraph."""

    paragraphs: Annotated[tuple[Text, ...], "In order, counted from 1."]


@dataclass(frozen=True, slots=True)
class CommuniqueAgree:
    """One party's signature under paragraphs. Only what every party signed is in the communiqué."""

    communique: Annotated[Id, "The communique.propose."]
    paragraphs: Annotated[tuple[Count, ...], "Which, counted from 1."]
