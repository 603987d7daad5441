# SPDX-License-Identifier: Apache-2.0
"""A table of members who write logs by hand: no keys, no bytes, only places, heads and statements."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import pytest

from steerclear.mechanism import bodies as say
from steerclear.mechanism.bodies import body_of, kind_of
from steerclear.mechanism.entry import Entry, Sealed
from steerclear.mechanism.obligation import Obligation
from steerclear.mechanism.obligations import obligations
from steerclear.mechanism.templates import template
from steerclear.mechanism.view import View
from steerclear.model.annex import Annex, annex_hash
from steerclear.model.member import MemberId, Role
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.space import Altitude, Band, Circle, Datum, Position, Volume
from steerclear.model.time import Instant, TimeSpan, parse_typed_instant_us
from steerclear.record.beat import Unreadable
from steerclear.record.statement import Statement

MECHANISM = "ab" * 32
ROLES = {
    "TUR": Role.PARTY,
    "ISR": Role.PARTY,
    "AZE": Role.HOST,
    "MSF": Role.NOTIFIER,
    "OBS": Role.OBSERVER,
}
EVERY_ROLE = frozenset({"authority", "duty", "node"})


def at(clock: str) -> Instant:
    """``13:24`` or ``13:24:05`` on 9 April 2025; ``+1d 13:24`` a day later."""
    day, _, time = clock.rpartition(" ")
    shift = int(day.removeprefix("+").removesuffix("d")) if day else 0
    return Instant(parse_typed_instant_us(f"2025-04-09T{time}Z") // 1000 + shift * 86_400_000)


def disc(lat: float = 35.1, lon: float = 38.3, radius_m: int = 5_000) -> Circle:
    return Circle(Position(round(lat * 1e7), round(lon * 1e7)), radius_m * 1000)


class Table:
    """Members, what each has written, and what each has seen of the others."""

    def __init__(
        self, roles: dict[str, Role] | None = None, carried_by: dict[str, str] | None = None
    ) -> None:
        self.roles = ROLES if roles is None else roles
        self.carried_by = carried_by or {}
        self.entries: list[Entry] = []
        self.cosigned: list[tuple[str, int, str, Instant]] = []
        self.seen: dict[str, dict[str, int]] = {member: {} for member in self.roles}
        self._ids = (f"{number:032x}" for number in count(1))

    def size(self, member: str) -> int:
        return sum(entry.author == member for entry in self.entries)

    def look(self, member: str, *others: str) -> None:
        """The member fetches the logs of the others (of all, if none is named)."""
        for other in others or self.roles:
            if other != member:
                self.seen[member][other] = self.size(other)

    def say(
        self,
        author: str,
        body: object,
        *,
        when: str,
        to: Iterable[str] = (),
        desk: str | None = "air",
        sealed_to: tuple[str, ...] | None = None,
        signed_as: frozenset[str] = EVERY_ROLE,
        doubt: str | None = None,
        id_: str | None = None,
        log: str | None = None,
        kind: str | None = None,
        raw: Any = None,
    ) -> str:
        id_ = id_ or next(self._ids)
        log = log or author
        statement = Statement(
            mechanism=MECHANISM,
            author=author,
            desk=desk,
            id=id_,
            kind=kind or kind_of(body),
            to=tuple(to),
            at=at(when),
            body=raw if raw is not None else body_of(body),
        )
        self.entries.append(
            Entry(
                author=log,
                generation=0,
                seq=self.size(log),
                at=at(when),
                heads=dict(self.seen.get(log, {})),
                content=statement,
                signed_as=signed_as,
                sealed_to=sealed_to,
                doubt=doubt,
            )
        )
        return id_

    def beat(self, member: str, when: str, *, unreadable: tuple[str, ...] = ()) -> str:
        """The member has seen everything, and its node says so."""
        self.look(member)
        named = tuple(say_unreadable(id_) for id_ in unreadable)
        return self.say(member, say.NodeBeat(named), when=when, desk=None)

    def all_beat(self, when: str, *members: str) -> None:
        for member in members or self.roles:
            self.beat(member, when)

    def view(
        self, me: str = "TUR", *, shuffle: int | None = None, upto: str | None = None, repeat: int = 1
    ) -> Any:
        """The view of ``me``, as ``Any``: the tests ask it for things that they know to be there."""
        view = View(me, self.roles, carried_by=self.carried_by)
        entries = [entry for entry in self.entries if upto is None or entry.at <= at(upto)] * repeat
        if shuffle is not None:
            random.Random(shuffle).shuffle(entries)
        for entry in entries:
            view.witness(as_seen_by(me, entry))
        for row in self.cosigned:
            view.cosigned(*row)
        return view

    as_seen_by = staticmethod(lambda me, entry: as_seen_by(me, entry))

    def owes(
        self, now: str, *, me: str = "AZE", upto: str | None = None, **wanted: object
    ) -> list[Obligation]:
        """Obligations in the view of ``me``, filtered by fields; ``who`` is the debtor's member."""
        return list(matching(obligations(self.view(me, upto=upto), at(now)), **wanted))

    def one(self, now: str, *, me: str = "AZE", upto: str | None = None, **wanted: object) -> Obligation:
        found = self.owes(now, me=me, upto=upto, **wanted)
        assert len(found) == 1, found
        return found[0]

    def ratify(self, annex: Annex, when: str = "00:00", *, settle: bool = True) -> str:
        """Proposed by the first party and ratified by all; then, if wanted, seen by all."""
        content = annex_hash(annex)
        proposal = self.say(annex.parties[0], say.AnnexPropose(annex, None), when=when)
        for party in annex.parties:
            self.look(party)
            self.say(party, say.AnnexRatify(content), when=when)
        if settle:
            self.all_beat(when, *annex.parties)
        return proposal

    def found(self, name: str = "syria-2025", when: str = "00:00") -> None:
        parties = [member for member, role in self.roles.items() if role is Role.PARTY]
        for annex in template(name, parties=parties, host="AZE"):
            self.ratify(annex, when)


def as_seen_by(me: str, entry: Entry) -> Entry:
    """Opened for its author and its recipients, sealed for everybody else."""
    if entry.sealed_to is None or me in entry.sealed_to or me == entry.author:
        return entry
    assert isinstance(entry.content, Statement)
    return Entry(
        author=entry.author,
        generation=entry.generation,
        seq=entry.seq,
        at=entry.at,
        heads=entry.heads,
        content=Sealed(entry.content.id, entry.sealed_to),
        signed_as=frozenset(),
    )


def matching(found: Iterable[Obligation], **wanted: object) -> Iterator[Obligation]:
    for one in found:
        fields = {"who": one.debtor.member, "desk": one.debtor.desk}
        if all(fields.get(name, getattr(one, name, None)) == value for name, value in wanted.items()):
            yield one


def say_unreadable(id_: str) -> Unreadable:
    return Unreadable("TUR", id_, "no key")


@pytest.fixture
def table() -> Table:
    """A table without annexes."""
    return Table()


@pytest.fixture
def founded() -> Table:
    """A table with the syria-2025 annexes in force from midnight."""
    made = Table()
    made.found()
    return made


@pytest.fixture(scope="session")
def new_table() -> type[Table]:
    return Table


class Speech:
    """Bodies with only the fields that a test is about."""

    at = staticmethod(at)
    disc = staticmethod(disc)

    @staticmethod
    def content(
        start: str = "14:00",
        end: str = "15:00",
        *,
        kind: NoticeKind = NoticeKind.HAZARD,
        party: str = "TUR",
        footprint: Circle | None = None,
        ref: str = "n1",
    ) -> say.NoticeContent:
        span = TimeSpan(at(start) // 1000, at(end) // 1000)
        band = Band(Altitude(0, Datum.AMSL), Altitude(20_000, Datum.AMSL))
        return say.NoticeContent(
            kind=kind,
            domain=Domain.AIR,
            party=MemberId(party),
            ref=ref,
            near=None,
            volumes=(Volume(footprint or disc(), band, span),),
            activity=None,
            third_parties=None,
            overrides=(),
            late_minutes=None,
        )

    @classmethod
    def file(cls, start: str = "14:00", end: str = "15:00", **more: object) -> say.NoticeFile:
        return say.NoticeFile(cls.content(start, end, **more))  # type: ignore[arg-type]  # handed on as given

    @classmethod
    def amend(cls, notice: str, start: str = "14:00", end: str = "15:00", **more: object) -> say.NoticeAmend:
        content = cls.content(start, end, **more)  # type: ignore[arg-type]  # handed on as given
        return say.NoticeAmend(notice, content, None)

    @staticmethod
    def stop(
        lat: float = 35.1, lon: float = 38.3, *, seen: str = "13:24", drill: str | None = None
    ) -> say.StopCall:
        place = Position(round(lat * 1e7), round(lon * 1e7))
        return say.StopCall(place, None, at(seen), None, say.Basis.OWN_FORCES, None, drill)

    @staticmethod
    def ack(about: str, rung: int = 2) -> say.Acknowledge:
        return say.Acknowledge(about, rung, None)

    @staticmethod
    def answer(
        stop: str, outcome: say.StopOutcome = say.StopOutcome.STOPPING, when: str | None = None
    ) -> say.StopAnswer:
        return say.StopAnswer(stop, outcome, at(when) if when else None, None)

    @staticmethod
    def result(
        *versions: tuple[str, str],
        finding: say.ScreenFinding,
        concerns: tuple[str, ...] = ("TUR", "ISR"),
        annex: str | None = None,
        covers: dict[str, int] | None = None,
        when: str = "12:00",
    ) -> say.ScreenResult:
        return say.ScreenResult(
            notices=tuple(say.NoticeVersion(*version) for version in versions),
            concerns=tuple(MemberId(member) for member in concerns),
            finding=finding,
            alternatives=(),
            annex=annex,
            covers=covers or {},
            screened_at=at(when),
        )

    @staticmethod
    def conflict(first: str = "14:00", until: str = "14:30") -> say.ConflictFound:
        return say.ConflictFound(0, -1000, -600, at(first), at(until), None, None)


@pytest.fixture(scope="session")
def speech() -> type[Speech]:
    return Speech
