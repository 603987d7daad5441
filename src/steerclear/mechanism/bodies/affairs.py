# SPDX-License-Identifier: Apache-2.0
"""The standing business: annexes, suspension, watches, sites, standstills, violations, incidents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from steerclear.errors import BadInput
from steerclear.model.annex import Annex
from steerclear.model.forms import Hash, Id, Label, Text
from steerclear.model.member import MemberId
from steerclear.model.space import Footprint, Position
from steerclear.model.time import Instant

__all__ = [
    "AnnexCounter", "AnnexPropose", "AnnexRatify", "AnnexWithdraw", "Claimed", "End", "IncidentClose",
    "IncidentFinding", "IncidentOpen", "IncidentState", "Resume", "SiteCategory", "SiteConcern", "SiteEnd",
    "SiteRegister", "SiteRenew",
    "StandstillAccept", "StandstillEnd", "StandstillExtend", "StandstillPropose", "Suspend",
    "ViolationAnswer", "ViolationClaim", "WatchHandOver", "WatchTake",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnnexPropose:
    """An annex is proposed."""

    annex: Annotated[Annex, "The document."]
    because: Annotated[Text | None, "Why."]


@dataclass(frozen=True, slots=True)
class AnnexRatify:
    """One party's signature over exactly this content."""

    content: Annotated[Hash, "Hash of the annex."]


@dataclass(frozen=True, slots=True)
class AnnexCounter:
    """A counter-proposal, always with its written reason."""

    proposal: Annotated[Id, "The annex.propose or annex.counter that it answers."]
    annex: Annotated[Annex, "The other document."]
    because: Annotated[Text, "Why."]


@dataclass(frozen=True, slots=True)
class AnnexWithdraw:
    """A ratification is taken back, or notice of termination is given."""

    content: Annotated[Hash, "Hash of the annex."]
    because: Annotated[Text, "Why."]


@dataclass(frozen=True, slots=True)
class Suspend:
    """A party raises its flag. The safety floor lives on."""

    because: Annotated[Text | None, "Why."]


@dataclass(frozen=True, slots=True)
class Resume:
    """The same party lowers its flag."""

    suspension: Annotated[Id, "The mechanism.suspend."]


@dataclass(frozen=True, slots=True)
class End:
    """A party declares the mechanism ended; it has ended when every party has."""

    because: Annotated[Text, "Why."]


@dataclass(frozen=True, slots=True)
class WatchTake:
    """The desk that speaks is manned. Without a hand-over it is marked UNRELIEVED."""

    hand_over: Annotated[Id | None, "The watch.hand-over that it answers; null: a sole take-over."]


@dataclass(frozen=True, slots=True)
class WatchHandOver:
    """The desk that speaks is handed over."""

    notes: Annotated[Text | None, "What the next watch must know."]


class SiteCategory(Enum):
    """What is protected there."""

    HOSPITAL = "hospital"
    SCHOOL = "school"
    SHELTER = "shelter"
    WATER = "water"
    POWER = "power"
    WAREHOUSE = "warehouse"
    OFFICE = "office"
    WORSHIP = "worship"
    OWN_POST = "own-post"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SiteRegister:
    """A site that stands until it is ended. Recipients and precision are the sender's choice."""

    name: Annotated[Label, "What it is called."]
    category: Annotated[SiteCategory, "What is protected."]
    footprint: Annotated[Footprint, "Where."]
    near: Annotated[Label | None, "The named place, if given."]
    note: Annotated[Text | None, "More, in words."]


@dataclass(frozen=True, slots=True)
class SiteRenew:
    """The sites still stand, in bulk."""

    sites: Annotated[tuple[Id, ...], "The site.register statements."]


@dataclass(frozen=True, slots=True)
class SiteEnd:
    """The site is no longer there."""

    site: Annotated[Id, "The site.register."]
    because: Annotated[Text | None, "Why."]


@dataclass(frozen=True, slots=True)
class SiteConcern:
    """An alleged misuse of a site, or the reply to it. It changes no status by itself."""

    site: Annotated[Id, "The site.register."]
    replies_to: Annotated[Id | None, "The site.concern that this one answers; null: a new one."]
    text: Annotated[Text, "What is alleged, or the reply."]
    reply_by: Annotated[Instant | None, "By when a reply is asked for; null in a reply."]

    def __post_init__(self) -> None:
        if (self.replies_to is None) != (self.reply_by is not None):
            raise BadInput(
                "concern-form",
                "A concern asks for a reply by a time, and a reply asks for none.",
                remedy="Give the time of the reply, or the concern that is answered.",
            )


@dataclass(frozen=True, slots=True)
class StandstillPropose:
    """Acts that nobody does in an area from a time on."""

    area: Annotated[Footprint, "Where."]
    acts: Annotated[Text, "Which acts stand still."]
    effective_at: Annotated[Instant, "From when; both sides owe dissemination before."]
    until: Annotated[Instant, "Until when."]


@dataclass(frozen=True, slots=True)
class StandstillAccept:
    """The other side stands still too."""

    standstill: Annotated[Id, "The standstill.propose."]


@dataclass(frozen=True, slots=True)
class StandstillExtend:
    """One side offers a later end; it holds when the other side has said the same or a later one."""

    standstill: Annotated[Id, "The standstill.propose."]
    until: Annotated[Instant, "Until when."]


@dataclass(frozen=True, slots=True)
class StandstillEnd:
    """One side ends it."""

    standstill: Annotated[Id, "The standstill.propose."]
    effective_at: Annotated[Instant, "From when."]
    because: Annotated[Text, "Why."]


class Claimed(Enum):
    """The answer to an alleged violation."""

    ACCEPT = "accept"
    CONTEST = "contest"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ViolationClaim:
    """One side says that the other broke what was agreed."""

    happened_at: Annotated[Instant, "When."]
    place: Annotated[Position | None, "Where."]
    what: Annotated[Text, "What."]
    annex: Annotated[Hash | None, "Which annex, by hash."]
    evidence: Annotated[tuple[Hash, ...], "Hashes of files kept elsewhere."]


@dataclass(frozen=True, slots=True)
class ViolationAnswer:
    """The other side's answer; the ledger shows one count with three columns."""

    claim: Annotated[Id, "The violation.claim."]
    answer: Annotated[Claimed, "Accept, contest, unknown."]
    because: Annotated[Text | None, "Why."]


@dataclass(frozen=True, slots=True)
class IncidentOpen:
    """Something happened that both will look into; its clock starts."""

    title: Annotated[Label, "What it is called."]
    happened_at: Annotated[Instant, "When."]
    place: Annotated[Position | None, "Where."]
    involved: Annotated[tuple[MemberId, ...], "Who states its side."]


@dataclass(frozen=True, slots=True)
class IncidentState:
    """One side's statement, that nobody else can edit."""

    incident: Annotated[Id, "The incident.open."]
    text: Annotated[Text, "What it says."]
    evidence: Annotated[tuple[Hash, ...], "Hashes of files kept elsewhere."]


@dataclass(frozen=True, slots=True)
class IncidentFinding:
    """One point of the review: put down, then agreed or disputed by each member involved."""

    incident: Annotated[Id, "The incident.open."]
    answers: Annotated[Id | None, "The incident.finding that this one answers; null: a new point."]
    agrees: Annotated[bool, "Agreed; false: disputed. A new point is agreed by its author."]
    text: Annotated[Text, "The point; or why it is agreed or disputed."]

    def __post_init__(self) -> None:
        if self.answers is None and not self.agrees:
            raise BadInput(
                "finding-form",
                "A new point of a review is disputed by the one who puts it down.",
                remedy="Put down what you hold to be so; dispute the points of others.",
            )


@dataclass(frozen=True, slots=True)
class IncidentClose:
    """One side closes; closed when every involved member has."""

    incident: Annotated[Id, "The incident.open."]
    because: Annotated[Text, "Why."]
