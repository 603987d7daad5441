# SPDX-License-Identifier: Apache-2.0
"""What came of talks, as the view knows it: minutes that all signed, action items, a communiqué.

Minutes are agreed when every member that the meeting was for has signed the same text. A communiqué holds
the paragraphs that every party signed, in order; as long as there is none it is empty.
"""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.mechanism.bodies import (
    CivilAnswer,
    CivilDecline,
    CivilOffer,
    CommuniqueAgree,
    CommuniquePropose,
    MeetingAction,
    MeetingConvene,
    MeetingMinutes,
)
from steerclear.mechanism.book import Book
from steerclear.mechanism.judge import effective
from steerclear.mechanism.said import Said
from steerclear.model.member import Role
from steerclear.model.time import Instant

__all__ = [
    "ActionItem", "CivilRecord", "CommuniqueRecord", "MeetingRecord", "Minutes", "civil_of", "communique_of",
    "meeting_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Minutes:
    """One text of minutes and the members that signed it; its author signed by writing it."""

    written: Said[MeetingMinutes]
    signatures: tuple[Said[MeetingMinutes], ...]

    @property
    def signed_by(self) -> frozenset[str]:
        return frozenset((self.written.author, *(said.author for said in self.signatures)))


@dataclass(frozen=True, slots=True)
class ActionItem:
    """What a member has taken on, and who first said that it is done."""

    given: Said[MeetingAction]
    done: Said[MeetingAction] | None


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """A meeting, what was written about it, and what was taken on there."""

    convened: Said[MeetingConvene]
    minutes: tuple[Minutes, ...]
    actions: tuple[ActionItem, ...]

    @property
    def id(self) -> str:
        return self.convened.id

    @property
    def invited(self) -> frozenset[str]:
        return frozenset((self.convened.author, *self.convened.to))

    @property
    def agreed(self) -> Minutes | None:
        """The newest minutes that everybody invited has signed."""
        return next((one for one in reversed(self.minutes) if self.invited <= one.signed_by), None)


def meeting_of(book: Book, said: Said[MeetingConvene]) -> MeetingRecord:
    minutes = effective(book, book.about(said.id, MeetingMinutes))
    actions = effective(book, book.about(said.id, MeetingAction))
    return MeetingRecord(
        convened=said,
        minutes=tuple(
            Minutes(one, tuple(other for other in minutes if other.body.signs == one.id))
            for one in minutes
            if one.body.signs is None
        ),
        actions=tuple(
            ActionItem(one, next((other for other in actions if other.body.settles == one.id), None))
            for one in actions
            if one.body.settles is None
        ),
    )


@dataclass(frozen=True, slots=True)
class CommuniqueRecord:
    """What was proposed to be said, and which paragraphs each party signed."""

    proposed: Said[CommuniquePropose]
    agreements: tuple[Said[CommuniqueAgree], ...]
    parties: frozenset[str]

    @property
    def id(self) -> str:
        return self.proposed.id

    def signed_by(self, paragraph: int) -> frozenset[str]:
        """Who signed the paragraph of this number, counted from 1."""
        return frozenset(said.author for said in self.agreements if paragraph in said.body.paragraphs)

    @property
    def text(self) -> tuple[str, ...]:
        """What all parties agreed to say. Nothing that one of them did not sign is in it."""
        numbered = enumerate(self.proposed.body.paragraphs, start=1)
        return tuple(words for number, words in numbered if self.parties <= self.signed_by(number))

    @property
    def agreed_at(self) -> Instant | None:
        """When the last signature under any of its words was given; ``None`` while it is empty."""
        return max((said.at for said in self.agreements), default=None) if self.text else None


def communique_of(book: Book, said: Said[CommuniquePropose]) -> CommuniqueRecord:
    parties = frozenset(member for member, role in book.roles.items() if role is Role.PARTY)
    return CommuniqueRecord(said, effective(book, book.about(said.id, CommuniqueAgree)), parties)


@dataclass(frozen=True, slots=True)
class CivilRecord:
    """What was offered to civil contacts about a notice, declined, and done about airliners."""

    notice: str
    offers: tuple[Said[CivilOffer], ...]
    declined: tuple[Said[CivilDecline], ...]
    answers: tuple[Said[CivilAnswer], ...]


def civil_of(book: Book, notice: str) -> CivilRecord:
    return CivilRecord(
        notice=notice,
        offers=effective(book, book.about(notice, CivilOffer)),
        declined=effective(book, book.about(notice, CivilDecline)),
        answers=effective(book, book.about(notice, CivilAnswer)),
    )
