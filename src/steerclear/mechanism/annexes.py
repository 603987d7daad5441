# SPDX-License-Identifier: Apache-2.0
"""Which modalities are in force, for whom, and is the mechanism suspended?

    proposed ──ratified by all named, date come──→ in force ──every party has seen it──→ settled
        │                                            │    (until then the version before binds too)
        └─withdrawn before another ratified: void    └─withdrawn: notice of termination, then over

A suspension is one flag per party, lowered only by its raiser; it binds its author at once and others when
their heads cover it. Suspended keeps the safety floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from steerclear.mechanism.bodies import AnnexCounter, AnnexPropose, AnnexRatify, AnnexWithdraw, Resume
from steerclear.mechanism.book import Book
from steerclear.mechanism.classes import STANDING_RESPONSE, strictest
from steerclear.mechanism.entry import Place
from steerclear.mechanism.heads import Heads
from steerclear.mechanism.judge import SURVIVES_SUSPENSION, effective
from steerclear.mechanism.said import Said, order_of
from steerclear.model.annex import Annex, AnnexName, Response, Terms, annex_hash
from steerclear.model.annex_strict import strictest_of
from steerclear.model.finding import SeparationMinima
from steerclear.model.member import Role
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.terms import Disclosure, Level, Separation
from steerclear.model.time import Instant
from steerclear.model.track import Shows, TrackDanger

__all__ = [
    "SURVIVES_SUSPENSION",
    "Annexes",
    "BindingDisclosure",
    "BindingSeparation",
    "MechanismState",
    "Proposal",
]


class MechanismState(Enum):
    FOUNDING = "founding"
    IN_FORCE = "in force"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document on the table, and whose signatures it has (those not void)."""

    id: str
    author: str
    at: Instant
    annex: Annex
    content: str
    counter_to: str | None
    because: str | None
    ratified_by: tuple[str, ...]
    withdrawn_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ratified:
    """A document with all signatures: from when, seen by all when, over when."""

    annex: Annex
    content: str
    from_at: Instant
    settled_at: Instant | None
    until: Instant | None


@dataclass(frozen=True, slots=True)
class BindingSeparation:
    """The largest of every minimum among the versions that bind; ``content`` the hash of the newest."""

    content: str
    versions: tuple[Separation, ...]

    def minima(
        self,
        kind_a: NoticeKind,
        kind_b: NoticeKind,
        domain_a: Domain | None = None,
        domain_b: Domain | None = None,
    ) -> SeparationMinima:
        each = [version.minima(kind_a, kind_b, domain_a, domain_b) for version in self.versions]
        return SeparationMinima(
            max(minima.lateral_mm for minima in each),
            max(minima.vertical_ft for minima in each),
            max(minima.time_s for minima in each),
        )


@dataclass(frozen=True, slots=True)
class BindingDisclosure:
    """The most closed level among the versions that bind."""

    versions: tuple[Disclosure, ...]

    def level(self, kind: NoticeKind, recipient: str) -> Level:
        levels = (version.level(kind, recipient) for version in self.versions)
        return max(levels, key=lambda level: level.closedness)

    def shown(self, danger: TrackDanger, recipient: str) -> tuple[Shows, int]:
        """The least that any of them lets an alarm show, and the smallest *near*, in millimetres."""
        each = [version.shown(danger, recipient) for version in self.versions]
        least = min((shows for shows, _ in each), key=lambda shows: shows.openness)
        return least, min(near_mm for _, near_mm in each)


class Annexes:
    """The table of annexes as this view knows it."""

    def __init__(self, book: Book, heads: Heads, me: str) -> None:
        self._book = book
        self._heads = heads
        self._me = me
        self._hashes: Final[dict[Place, str]] = {}

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """Every document proposed, oldest first; the same content proposed twice stands twice."""
        proposed = effective(self._book, self._book.of_kind("annex.propose"))
        countered = effective(self._book, self._book.of_kind("annex.counter"))
        found = [self._proposal(said) for said in (*proposed, *countered)]
        return tuple(sorted(found, key=lambda proposal: (proposal.at, proposal.id)))

    def in_force(self, name: AnnexName, now: Instant) -> Annex | None:
        """The newest version in force, or ``None``."""
        binding = self.binding(name, now)
        return binding[0] if binding else None

    def binding(self, name: AnnexName, now: Instant) -> tuple[Annex, ...]:
        """Every version that binds at ``now``, newest first: the one before binds until all have seen all."""
        return tuple(row.annex for row in self._binding(name, now))

    def _binding(self, name: AnnexName, now: Instant) -> list[_Ratified]:
        kept: list[_Ratified] = []
        begun = [row for row in self._ratified(name) if row.from_at <= now]
        for row in sorted(begun, key=lambda row: (-row.annex.version, -row.from_at, row.content)):
            if row.until is None or row.until > now:
                kept.append(row)
            if row.settled_at is not None and row.settled_at <= now:
                break
        return kept

    def terms(self, name: AnnexName, now: Instant) -> Terms | None:
        """What holds at ``now``: of every value the strictest, while two versions bind."""
        versions = [annex.terms for annex in self.binding(name, now)]
        return strictest_of(versions) if versions else None

    def separation(self, now: Instant) -> BindingSeparation | None:
        found = self._binding(AnnexName.SEPARATION, now)
        versions = tuple(row.annex.terms for row in found if isinstance(row.annex.terms, Separation))
        return BindingSeparation(found[0].content, versions) if versions else None

    def disclosure(self, now: Instant) -> BindingDisclosure | None:
        found = self.binding(AnnexName.DISCLOSURE, now)
        versions = tuple(annex.terms for annex in found if isinstance(annex.terms, Disclosure))
        return BindingDisclosure(versions) if versions else None

    def response(self, now: Instant) -> Response:
        """The deadlines and ladders that hold at ``now``; the standing table until an annex is in force."""
        found = self.binding(AnnexName.RESPONSE, now)
        versions = [annex.terms for annex in found if isinstance(annex.terms, Response)]
        return strictest(versions) if versions else STANDING_RESPONSE

    def state(self, now: Instant) -> MechanismState:
        parties = {member for member, role in self._book.roles.items() if role is Role.PARTY}
        ends = effective(self._book, self._book.of_kind("mechanism.end"))
        if parties and parties == {said.author for said in ends if said.at <= now}:
            return MechanismState.ENDED
        if self.suspended_by(now):
            return MechanismState.SUSPENDED
        if any(self.in_force(name, now) is not None for name in AnnexName):
            return MechanismState.IN_FORCE
        return MechanismState.FOUNDING

    def suspended_by(self, now: Instant, as_seen_by: str | None = None) -> tuple[str, ...]:
        """Whose flags are up at ``now`` and bind this member (ourselves where none is named)."""
        viewer = as_seen_by or self._me
        flags = effective(self._book, self._book.of_kind("mechanism.suspend"))
        return tuple(sorted({flag.author for flag in flags if self._binds(flag, viewer, now)}))

    def changes(self) -> tuple[Instant, ...]:
        """When the state of the mechanism changed: flags up and down, ends."""
        kinds = ("mechanism.suspend", "mechanism.resume", "mechanism.end")
        found = (said.at for kind in kinds for said in effective(self._book, self._book.of_kind(kind)))
        return tuple(sorted(found))

    def _binds(self, flag: Said[object], viewer: str, now: Instant) -> bool:
        lowered = effective(self._book, self._book.about(flag.id, Resume))
        seen_at = flag.at if viewer == flag.author else self._heads.covers(viewer, (flag.place,))
        return seen_at is not None and seen_at <= now and not any(said.at <= now for said in lowered)

    def _proposal(self, said: Said[AnnexPropose | AnnexCounter]) -> Proposal:
        content = self._hash_of(said)
        signed = self._signatures(said.body.annex, content)
        gone = effective(self._book, self._book.about(content, AnnexWithdraw))
        return Proposal(
            id=said.id,
            author=said.author,
            at=said.at,
            annex=said.body.annex,
            content=content,
            counter_to=said.body.proposal if isinstance(said.body, AnnexCounter) else None,
            because=said.body.because,
            ratified_by=tuple(sorted(signed)),
            withdrawn_by=tuple(sorted({said.author for said in gone})),
        )

    def _hash_of(self, said: Said[AnnexPropose | AnnexCounter]) -> str:
        if said.place not in self._hashes:
            self._hashes[said.place] = annex_hash(said.body.annex)
        return self._hashes[said.place]

    def _ratified(self, name: AnnexName) -> tuple[_Ratified, ...]:
        return self._book.kept.answer(("ratified",), self._ratify).get(name, ())

    def _ratify(self) -> dict[AnnexName, tuple[_Ratified, ...]]:
        documents = {proposal.content: proposal.annex for proposal in self.proposals}
        rows: dict[AnnexName, tuple[_Ratified, ...]] = {}
        for content, annex in documents.items():
            row = self._ratification(annex, content)
            if row is not None:
                rows[annex.name] = (*rows.get(annex.name, ()), row)
        return rows

    def _ratification(self, annex: Annex, content: str) -> _Ratified | None:
        signed = self._signatures(annex, content)
        if set(signed) != set(annex.parties):
            return None
        places = [said.place for said in signed.values()]
        seen = [self._heads.covers(party, places) for party in annex.parties]
        settled = None if None in seen else Instant(max(at for at in seen if at is not None))
        ratified_at = max(said.at for said in signed.values())
        return _Ratified(
            annex,
            content,
            Instant(max(ratified_at, annex.in_force_from)),
            settled,
            self._terminated_at(annex, content, signed),
        )

    def _signatures(self, annex: Annex, content: str) -> dict[str, Said[AnnexRatify]]:
        """The first signature of each party that no withdrawal made void."""
        said = effective(self._book, self._book.about(content, AnnexRatify))
        gone = effective(self._book, self._book.about(content, AnnexWithdraw))
        signed: dict[str, Said[AnnexRatify]] = {}
        for ratified in said:
            if not any(_voids(w, ratified, said) for w in gone):
                signed.setdefault(ratified.author, ratified)
        return {party: signed[party] for party in annex.parties if party in signed}

    def _terminated_at(
        self, annex: Annex, content: str, signed: dict[str, Said[AnnexRatify]]
    ) -> Instant | None:
        gone = effective(self._book, self._book.about(content, AnnexWithdraw))
        given = [w.at for w in gone if w.author in signed and order_of(w) > order_of(signed[w.author])]
        return Instant(min(given) + annex.terminates_after_s * 1000) if given else None


def _voids(
    withdrawal: Said[AnnexWithdraw], ratified: Said[AnnexRatify], all_ratified: Sequence[Said[AnnexRatify]]
) -> bool:
    """It voids its author's earlier signature if another needed signature was given knowing of it."""
    if withdrawal.author != ratified.author or order_of(withdrawal) < order_of(ratified):
        return False
    place = withdrawal.place
    return any(
        other.author != withdrawal.author and other.heads.get(place.author, 0) > place.seq
        for other in all_ratified
    )
