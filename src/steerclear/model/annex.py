# SPDX-License-Identifier: Apache-2.0
"""The modalities that parties ratify one by one: typed documents with a version and a content hash.

    Annex ── header: name, version, parties, in force from, notice of termination
      ├── terms: Theatre | NoticeTerms | Separation | Response | CommChecks | Vocabulary | Frequencies
      │          | Disclosure | ProtectedSites | Rescue | Civil | Incidents | Standstill | SafetyFloor
      │          | Succession | Communique | Statistics | Clauses
      └── marks: of each value, whether it is a public fact (with its source) or our proposal

While two versions bind at once, the stricter value of each field counts; the sentence of a field names its
restrictive direction in brackets. The content hash is SHA-256 over the compact JSON of the wire form.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from steerclear.errors import BadInput
from steerclear.model.forms import Count, Label, Seconds, Text
from steerclear.model.member import MemberId
from steerclear.model.response import ClassTerms, Ladder, ResponseClass, Rung, RungSort
from steerclear.model.terms import (
    Blackout,
    Clause,
    Clauses,
    CommChecks,
    Disclosure,
    DisclosureRow,
    Frequencies,
    Frequency,
    Incidents,
    KindTerms,
    Level,
    NamedArea,
    NoticeTerms,
    ProtectedSites,
    Response,
    SafetyFloor,
    Separation,
    SeparationRow,
    Succession,
    Terms,
    Theatre,
    Vocabulary,
)
from steerclear.model.time import Instant
from steerclear.model.wire import JsonValue, codec_of

__all__ = [
    "Annex", "AnnexName", "Blackout", "ClassTerms", "Clause", "Clauses", "CommChecks", "Disclosure",
    "DisclosureRow", "Frequencies", "Frequency", "Incidents", "KindTerms", "Ladder", "Level", "Mark",
    "NamedArea", "NoticeTerms", "ProtectedSites", "Response", "ResponseClass", "Rung", "RungSort",
    "SafetyFloor", "Separation", "SeparationRow", "Standing", "Succession", "Terms", "Theatre", "Vocabulary",
    "annex_hash", "annex_to_wire", "read_annex",
]  # fmt: skip


class AnnexName(Enum):
    """The annexes of design file 6; one of each name is in force at a time."""

    THEATRE = "theatre"
    NOTICES = "notices"
    SEPARATION = "separation"
    RESPONSE = "response"
    COMM_CHECKS = "comm-checks"
    VOCABULARY = "vocabulary"
    FREQUENCIES = "frequencies"
    DISCLOSURE = "disclosure"
    PROTECTED_SITES = "protected-sites"
    RESCUE = "rescue"
    CIVIL = "civil"
    INCIDENTS = "incidents"
    STANDSTILL = "standstill"
    SAFETY_FLOOR = "safety-floor"
    SUCCESSION = "succession"
    COMMUNIQUE = "communique"
    STATISTICS = "statistics"


class Standing(Enum):
    """Whether a value is known from public sources or is our suggestion."""

    FACT = "fact"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where one value comes from."""

    field: Annotated[Label, "The field of the terms, a path into it as rows[2].lead_s, or “*” for all."]
    standing: Annotated[Standing, "A public fact, or our proposal."]
    source: Annotated[Text | None, "The public source of a fact."]


@dataclass(frozen=True, slots=True)
class Annex:
    """One version of one annex. ``terms`` are of the type that ``name`` asks for, or clauses in words.

    Raises ``BadInput`` (``annex-terms``, ``annex-parties``).
    """

    name: Annotated[AnnexName, "Which annex."]
    version: Annotated[Count, "1, 2, 3 …: the newest in force counts."]
    parties: Annotated[tuple[MemberId, ...], "Whose ratification it needs."]
    in_force_from: Annotated[Instant, "Not before this date."]
    terminates_after_s: Annotated[Seconds, "A notice of termination takes effect after this."]
    terms: Annotated[Terms, "What is agreed."]
    marks: Annotated[tuple[Mark, ...], "Of each value: fact with source, or proposal."]

    def __post_init__(self) -> None:
        if self.terms.IS not in (self.name.value, Clauses.IS):
            raise BadInput(
                "annex-terms",
                f"The annex {self.name.value} holds the terms of {self.terms.IS}.",
                remedy="Give the terms that belong to the annex, or clauses in words.",
            )
        if not self.parties or len(set(self.parties)) != len(self.parties):
            raise BadInput(
                "annex-parties",
                f"The annex {self.name.value} names no party, or one twice.",
                remedy="Name each member whose ratification it needs once.",
            )


def annex_to_wire(annex: Annex) -> JsonValue:
    return codec_of(Annex).write(annex)


def read_annex(value: JsonValue, *, where: str = "annex") -> Annex:
    """Exact inverse of ``annex_to_wire``; raises ``BadInput``."""
    annex: Annex = codec_of(Annex).read(value, where)
    return annex


def annex_hash(annex: Annex) -> str:
    """SHA-256, lower-case hex, of the compact JSON that the record would print."""
    printed = json.dumps(annex_to_wire(annex), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(printed.encode()).hexdigest()
