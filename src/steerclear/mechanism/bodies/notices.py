# SPDX-License-Identifier: Apache-2.0
"""What is said about a notice: filed, amended, withdrawn, hot, cold; and the receipts and answers to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from steerclear.model.forms import Count, Id, Label, Text
from steerclear.model.member import MemberId
from steerclear.model.notice import Domain, Notice, NoticeKind
from steerclear.model.space import Volume
from steerclear.model.time import Instant

__all__ = [
    "Acknowledge", "Disseminate", "Echelon", "Hold", "NoticeActivate", "NoticeAmend", "NoticeCold",
    "NoticeContent", "NoticeFile", "NoticeWithdraw", "Override", "Proceed", "Unable", "Unreadable",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Override:
    """A warning of the quality gate that the filer read and overrode."""

    code: Annotated[Label, "The warning, as “position” or “lead-time”."]
    because: Annotated[Text, "The filer's reason; it travels with the notice."]


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """One version of a notice, complete in itself. Raises ``BadInput`` where ``model.Notice`` would."""

    kind: Annotated[NoticeKind, "What kind of notice."]
    domain: Annotated[Domain, "Air, ground or sea: it chooses the addressee's desk and the minima."]
    party: Annotated[MemberId, "Who acts in the volumes."]
    ref: Annotated[Label, "The filer's own reference."]
    near: Annotated[Label | None, "The named place given with it (“12 km NE of T4”)."]
    volumes: Annotated[tuple[Volume, ...], "Where, how high, when."]
    activity: Annotated[Text | None, "What happens there, in words; no safety meaning."]
    third_parties: Annotated[Text | None, "Hazard to others (Il-20): who, and what they are asked to do."]
    overrides: Annotated[tuple[Override, ...], "Warnings overridden, with the reasons."]
    late_minutes: Annotated[Count | None, "By how many minutes the lead time was missed; null: in time."]

    def __post_init__(self) -> None:
        self.notice()

    def notice(self) -> Notice:
        """The noun that geometry and screening compare."""
        return Notice(self.ref, self.party, self.kind, self.volumes, self.near)


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """A notice is filed; the id of this statement is the notice's id."""

    content: Annotated[NoticeContent, "The first version."]


@dataclass(frozen=True, slots=True)
class NoticeAmend:
    """A new version takes the place of the one before; receipts of the old version expire with it."""

    notice: Annotated[Id, "The notice (id of its notice.file)."]
    content: Annotated[NoticeContent, "The whole new version."]
    because: Annotated[Text | None, "Why."]


@dataclass(frozen=True, slots=True)
class NoticeWithdraw:
    """The notice no longer holds."""

    notice: Annotated[Id, "The notice."]
    because: Annotated[Text | None, "Why."]


@dataclass(frozen=True, slots=True)
class NoticeActivate:
    """The area is hot."""

    notice: Annotated[Id, "The notice."]
    hot_at: Annotated[Instant, "Since when."]


@dataclass(frozen=True, slots=True)
class NoticeCold:
    """The area is cold. Until its filer says so it counts as hot."""

    notice: Annotated[Id, "The notice."]
    cold_at: Annotated[Instant, "Since when."]


class Echelon(Enum):
    """How far down a notice went; never a unit's name."""

    HEADQUARTERS = "headquarters"
    FIRE_CONTROL = "fire-control"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Received and understood, by a rung of the ladder of the desk that speaks. Not permission."""

    about: Annotated[Id, "The statement acknowledged: a version of a notice, a STOP, a screening result."]
    rung: Annotated[Count, "Which rung of the desk's ladder answers, from 1."]
    read_back: Annotated[Text | None, "The read-back, where the class asks for one."]


@dataclass(frozen=True, slots=True)
class Disseminate:
    """It reached the unit (Kunduz: receipt confirmed twice, never reached the crew)."""

    about: Annotated[Id, "The version that was passed on."]
    echelon: Annotated[Echelon, "How far it went."]
    expires_at: Annotated[Instant, "Until when the unit holds it."]


@dataclass(frozen=True, slots=True)
class Unable:
    """Unable to keep clear: until when, and of which part."""

    about: Annotated[Id, "The version."]
    until: Annotated[Instant | None, "Until when; null: for its whole time."]
    part: Annotated[Text | None, "Which part; null: all of it."]
    because: Annotated[Text | None, "Why, if it can be said."]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A sealed entry addressed to us could not be opened, or its opening does not match."""

    about: Annotated[Id, "The id that its outside shows."]
    because: Annotated[Text, "What failed."]


@dataclass(frozen=True, slots=True)
class Hold:
    """The filer's answer to *unable*: it waits."""

    about: Annotated[Id, "The receipt.unable that is answered."]
    until: Annotated[Instant | None, "Until when; null: until amended."]
    because: Annotated[Text | None, "Why."]


@dataclass(frozen=True, slots=True)
class Proceed:
    """The filer's answer to *unable*: it goes on, and says why."""

    about: Annotated[Id, "The receipt.unable that is answered."]
    because: Annotated[Text, "Why."]
