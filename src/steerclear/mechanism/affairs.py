# SPDX-License-Identifier: Apache-2.0
"""The standing business as the view knows it: watches, sites, standstills, incidents, claims.

Each record holds the statement that began it and everything effective that was said about it since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from steerclear.mechanism.bodies import (
    Acknowledge,
    Claimed,
    ContactAttempt,
    Disseminate,
    IncidentClose,
    IncidentFinding,
    IncidentOpen,
    IncidentState,
    SiteConcern,
    SiteEnd,
    SiteRegister,
    SiteRenew,
    StandstillAccept,
    StandstillEnd,
    StandstillExtend,
    StandstillPropose,
    Unable,
    ViolationAnswer,
    ViolationClaim,
    WatchHandOver,
    WatchTake,
)
from steerclear.mechanism.book import Book
from steerclear.mechanism.judge import effective
from steerclear.mechanism.said import Said, order_of
from steerclear.model.time import Instant

__all__ = [
    "IncidentRecord", "PointState", "Register", "ReviewPoint", "SiteRecord", "StandstillRecord",
    "ViolationRecord", "ViolationState", "Watch", "Watches", "incident_of", "site_of", "standstill_of",
    "violation_of",
]  # fmt: skip

R = TypeVar("R")
S = TypeVar("S")


class Register(Generic[R]):
    """All things of one kind, in order of time; ``fold`` makes a record from the statement that began it."""

    def __init__(self, book: Book, kind: str, fold: Callable[[Book, Said[S]], R]) -> None:
        self._book = book
        self._kind = kind
        self._fold: Callable[[Book, Said[S]], R] = fold

    def __iter__(self) -> Iterator[R]:
        return (
            self._fold(self._book, said) for said in effective(self._book, self._book.of_kind(self._kind))
        )

    def get(self, id_: str) -> R | None:
        """The thing with this id; ``None`` when it is not known here or was begun without effect."""
        said = self._book.said(id_)
        if said is None or said.kind != self._kind or not effective(self._book, (said,)):
            return None
        return self._fold(self._book, said)


@dataclass(frozen=True, slots=True)
class Watch:
    """Who holds a desk: since when, and whether the watch before handed it over."""

    taken: Said[WatchTake]
    relieved: bool
    handed_over: Said[WatchHandOver] | None

    @property
    def is_held(self) -> bool:
        return self.handed_over is None


class Watches:
    """The watch at each desk."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def of(self, member: str, desk: str) -> Watch | None:
        """The newest watch at a desk; ``None`` when nobody ever took it. UNRELIEVED is ``not relieved``."""
        return self._book.kept.answer(("watch", member, desk), lambda: self._newest(member, desk))

    def _newest(self, member: str, desk: str) -> Watch | None:
        mine = [
            s
            for s in effective(self._book, self._book.of_kind("watch.take"))
            if (s.author, s.desk) == (member, desk)
        ]
        if not mine:
            return None
        taken: Said[WatchTake] = max(mine, key=order_of)
        overs = [
            s
            for s in effective(self._book, self._book.of_kind("watch.hand-over"))
            if (s.author, s.desk) == (member, desk) and order_of(s) > order_of(taken)
        ]
        return Watch(taken, taken.body.hand_over is not None, min(overs, key=order_of, default=None))


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A protected site. A lapsed one stays: STALE, STILL PROTECTED."""

    site: Said[SiteRegister]
    renewals: tuple[Said[SiteRenew], ...]
    ended: Said[SiteEnd] | None
    acknowledgements: tuple[Said[Acknowledge], ...]
    disseminations: tuple[Said[Disseminate], ...]
    contacts: tuple[Said[ContactAttempt], ...]
    concerns: tuple[Said[SiteConcern], ...] = ()
    """Alleged misuse, and the replies to it. None of them changes the status of the site."""

    @property
    def id(self) -> str:
        return self.site.id

    @property
    def confirmed_at(self) -> Instant:
        """When its sender last said that it stands."""
        return self.renewals[-1].at if self.renewals else self.site.at


def site_of(book: Book, said: Said[SiteRegister]) -> SiteRecord:
    renewals = effective(book, book.about(said.id, SiteRenew))
    ended = effective(book, book.about(said.id, SiteEnd))
    return SiteRecord(
        site=said,
        renewals=tuple(renewal for renewal in renewals if renewal.author == said.author),
        ended=ended[0] if ended else None,
        acknowledgements=effective(book, book.about(said.id, Acknowledge)),
        disseminations=effective(book, book.about(said.id, Disseminate)),
        contacts=effective(book, book.about(said.id, ContactAttempt)),
        concerns=effective(book, book.about(said.id, SiteConcern)),
    )


@dataclass(frozen=True, slots=True)
class StandstillRecord:
    """Proposed, accepted, extended by both, ended by either."""

    proposed: Said[StandstillPropose]
    accepted: tuple[Said[StandstillAccept], ...]
    extensions: tuple[Said[StandstillExtend], ...]
    ended: Said[StandstillEnd] | None
    acknowledgements: tuple[Said[Acknowledge], ...]
    disseminations: tuple[Said[Disseminate], ...]
    unables: tuple[Said[Unable], ...]

    @property
    def id(self) -> str:
        return self.proposed.id

    @property
    def sides(self) -> frozenset[str]:
        return frozenset((self.proposed.author, *self.proposed.to))

    @property
    def accepted_at(self) -> Instant | None:
        """When the last of those it was proposed to had accepted."""
        by = {said.author: said.at for said in self.accepted}
        wanted = self.sides - {self.proposed.author}
        return Instant(max(by.values())) if wanted and wanted == set(by) else None

    @property
    def until(self) -> Instant:
        """The proposed end, or the latest that every side has said, whichever is later."""
        said = {side: [e.body.until for e in self.extensions if e.author == side] for side in self.sides}
        agreed = min((max(ends, default=Instant(0)) for ends in said.values()), default=Instant(0))
        return max(self.proposed.body.until, agreed)


def standstill_of(book: Book, said: Said[StandstillPropose]) -> StandstillRecord:
    ended = effective(book, book.about(said.id, StandstillEnd))
    return StandstillRecord(
        proposed=said,
        accepted=effective(book, book.about(said.id, StandstillAccept)),
        extensions=effective(book, book.about(said.id, StandstillExtend)),
        ended=ended[0] if ended else None,
        acknowledgements=effective(book, book.about(said.id, Acknowledge)),
        disseminations=effective(book, book.about(said.id, Disseminate)),
        unables=effective(book, book.about(said.id, Unable)),
    )


class PointState(Enum):
    """What the review says of one point."""

    AGREED = "agreed"
    DISPUTED = "disputed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ReviewPoint:
    """One point of the review, and the newest word of each involved member about it."""

    put_down: Said[IncidentFinding]
    answers: tuple[Said[IncidentFinding], ...]
    involved: frozenset[str]

    @property
    def state(self) -> PointState:
        """Agreed by every involved member, disputed by one, or not yet answered by all."""
        words = {self.put_down.author: True}
        words |= {answer.author: answer.body.agrees for answer in self.answers}
        if not all(words.values()):
            return PointState.DISPUTED
        return PointState.AGREED if self.involved <= set(words) else PointState.OPEN


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """Each side's statements, that nobody else can edit."""

    opened: Said[IncidentOpen]
    statements: tuple[Said[IncidentState], ...]
    closes: tuple[Said[IncidentClose], ...]
    findings: tuple[Said[IncidentFinding], ...] = ()

    @property
    def points(self) -> tuple[ReviewPoint, ...]:
        """The review point by point, in the order in which they were put down."""
        involved = frozenset(self.opened.body.involved)
        return tuple(
            ReviewPoint(one, tuple(a for a in self.findings if a.body.answers == one.id), involved)
            for one in self.findings
            if one.body.answers is None
        )

    @property
    def id(self) -> str:
        return self.opened.id

    @property
    def is_closed(self) -> bool:
        """Closed when every involved member has closed it."""
        return set(self.opened.body.involved) <= {close.author for close in self.closes}


def incident_of(book: Book, said: Said[IncidentOpen]) -> IncidentRecord:
    return IncidentRecord(
        opened=said,
        statements=effective(book, book.about(said.id, IncidentState)),
        closes=effective(book, book.about(said.id, IncidentClose)),
        findings=effective(book, book.about(said.id, IncidentFinding)),
    )


class ViolationState(Enum):
    """The columns of the ledger, and the open ones."""

    AGREED = "agreed"
    DISPUTED = "disputed"
    UNKNOWN = "unknown"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class ViolationRecord:
    """A claim and the newest answer of each member it was addressed to."""

    claim: Said[ViolationClaim]
    answers: tuple[Said[ViolationAnswer], ...]

    @property
    def id(self) -> str:
        return self.claim.id

    @property
    def state(self) -> ViolationState:
        newest = {answer.author: answer.body.answer for answer in self.answers}
        if not newest:
            return ViolationState.UNANSWERED
        if Claimed.CONTEST in newest.values():
            return ViolationState.DISPUTED
        return ViolationState.AGREED if Claimed.ACCEPT in newest.values() else ViolationState.UNKNOWN


def violation_of(book: Book, said: Said[ViolationClaim]) -> ViolationRecord:
    return ViolationRecord(said, effective(book, book.about(said.id, ViolationAnswer)))
