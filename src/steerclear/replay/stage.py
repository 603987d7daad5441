# SPDX-License-Identifier: Apache-2.0
"""A whole mechanism in memory, founded and ratified before the play begins: stations, lines, one clock.

    cards ──► charter ──► logs begun ──► annexes of the template proposed ──► ratified ──► the play

Nothing is faked but time and chance: keys, signatures, seals, trees, screening and judgement are the
product's. Lines carry what is to be carried at once; a lost line carries nothing until it is regained.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from steerclear.errors import BadInput
from steerclear.formats.places import Gazetteer
from steerclear.links.clock import ScriptedClock
from steerclear.links.keystore import MemoryKeystore
from steerclear.links.randomness import SeededRandomness
from steerclear.links.tls import Certificate
from steerclear.mechanism.bodies import AnnexPropose
from steerclear.mechanism.templates import template
from steerclear.model.annex import Annex, Response
from steerclear.model.member import DeskName, MemberId, Role, desk_name
from steerclear.model.response import Ladder, Rung, RungSort
from steerclear.model.space import Position
from steerclear.model.time import Instant
from steerclear.replay.script import DeskActor, Play, ScriptedDesk
from steerclear.replay.station import Station
from steerclear.services import requests as ask
from steerclear.services.found import begin_log, charter_of, make_card
from steerclear.services.speak import by_authority

__all__ = ["Stage", "set_stage"]

FOUNDED_BEFORE_MS: Final = 3_600_000
"""The mechanism is an hour old when the play begins; long-settled annexes need no more."""

MOST_ROUNDS: Final = 40
USUAL_DESK: Final = desk_name("air")
WHOLE_REGION: Final = tuple(
    Position(lat * 10_000_000, lon * 10_000_000) for lat, lon in ((10, 10), (10, 80), (60, 80), (60, 10))
)
"""A theatre that holds every play; the theatre annex of a template draws the real one."""


class Stage:
    """The stations of a play and the lines between them."""

    def __init__(
        self,
        stations: dict[MemberId, Station],
        host: MemberId,
        desks: dict[MemberId, tuple[DeskName, ...]],
        lines: set[frozenset[MemberId]],
        clock: ScriptedClock,
    ) -> None:
        self.stations = stations
        self.host = host
        self.desks = desks
        self.clock = clock
        self._lines = lines
        self._lost: set[frozenset[MemberId]] = set()
        self._quiet: tuple[object, ...] = ()
        self._told: dict[frozenset[MemberId], tuple[object, ...]] = {}

    # -- lines and machines -----------------------------------------------------------------------------

    def lose(self, one: MemberId, other: MemberId | None) -> None:
        self._lost |= self._between(one, other)

    def regain(self, one: MemberId, other: MemberId | None) -> None:
        self._lost -= self._between(one, other)

    def is_line_up(self, one: MemberId, other: MemberId) -> bool:
        """A line of their own, not lost, and both machines up."""
        line = frozenset((one, other))
        return line in self._lines - self._lost and self.stations[one].is_up and self.stations[other].is_up

    def lines_of(self, member: MemberId) -> dict[MemberId, str]:
        """For each other member: ``line-down``, or of its desks ``desk-silent``, or ``line-up``."""
        return {other: self._line_in_words(member, other) for other in self.stations if other != member}

    def _line_in_words(self, member: MemberId, other: MemberId) -> str:
        if not self.is_line_up(member, other):
            return "line-down"
        watches = self.stations[member].view.watches
        held = [watch for desk in self.desks[other] if (watch := watches.of(other, desk)) is not None]
        return "line-up" if any(watch.is_held for watch in held) else "desk-silent"

    def _between(self, one: MemberId, other: MemberId | None) -> set[frozenset[MemberId]]:
        if other is not None:
            return {frozenset((one, other))}
        return {line for line in self._lines if one in line}

    # -- everything that the machines do by themselves ------------------------------------------------------

    def settle(self) -> None:
        """Screen, confirm and exchange until nothing new is said and every reachable log is everywhere."""
        for _ in range(MOST_ROUNDS):
            for station in self.up():
                station.step()
            if self._situation() == self._quiet:
                return
            self._exchange_until_quiet()
            self._quiet = self._situation()
        raise BadInput(
            "play-never-quiet",
            f"The nodes still talk after {MOST_ROUNDS} rounds.",
            remedy="This is a fault of the product, not of the play: report it with the play.",
        )

    def _exchange_until_quiet(self) -> None:
        """Over every open line, until no call would tell anybody anything."""
        for _ in range(MOST_ROUNDS):
            called = [self._call(one, other) for one, other in self._open_lines()]
            if not any(called):
                return

    def _call(self, one: Station, other: Station) -> bool:
        """One exchange, unless both hold exactly what they held at the end of the last one."""
        line = frozenset((one.member, other.member))
        if self._told.get(line) == (one.holds(), other.holds()):
            return False
        before = (one.holds(), other.holds())
        more = one.exchange_with(other)
        after = (one.holds(), other.holds())
        if not more:
            self._told[line] = after
        return more or after != before

    def _situation(self) -> tuple[object, ...]:
        """What a next exchange would depend on: who holds what, and which lines are open."""
        lines = frozenset((one.member, other.member) for one, other in self._open_lines())
        return [station.holds() for station in self.up()], lines

    def _open_lines(self) -> Iterator[tuple[Station, Station]]:
        """The lines that carry, through the host, and direct where that fails (file 3, Sync)."""
        for one, other in combinations(self.stations, 2):
            through_host = self.is_line_up(one, self.host) and self.is_line_up(self.host, other)
            if self.is_line_up(one, other) and not through_host:
                yield self.stations[one], self.stations[other]

    def up(self) -> list[Station]:
        return [station for station in self.stations.values() if station.is_up]


def set_stage(play: Play) -> Stage:
    """Found the mechanism of ``play`` and ratify its annexes. Raises ``BadInput`` for an unknown template."""
    clock = ScriptedClock(Instant(play.starts_at - FOUNDED_BEFORE_MS))
    randomness = SeededRandomness(f"steerclear play {play.title} {play.case}")
    annexes = tuple(
        _with_ladders(annex, play) for annex in template(play.mechanism, parties=play.parties, host=play.host)
    )
    desks = {member: _desks_of(play, annexes, member) for member in play.members}
    stations = _stations(play, clock, randomness, desks)
    stage = Stage(stations, play.host, desks, _lines_of(play), clock)
    for member, station in stations.items():
        begin_log(station.ledger, founds=member == play.host)
    stage.settle()
    _agree(stage, play, annexes)
    return stage


def _desks_of(play: Play, annexes: tuple[Annex, ...], member: MemberId) -> tuple[DeskName, ...]:
    """The desks of a member: those of the play's header, those that act in it, those with a ladder."""
    named = [desk.desk for desk in play.desks if desk.member == member]
    actors = [line.actor for line in play.lines if isinstance(line.actor, DeskActor)]
    named += [actor.desk for actor in actors if actor.member == member and actor.desk is not None]
    for annex in annexes:
        named += annex.terms.desks(member) if isinstance(annex.terms, Response) else ()
    return tuple(dict.fromkeys(named)) or (USUAL_DESK,)


def _lines_of(play: Play) -> set[frozenset[MemberId]]:
    only = {notifier.member: notifier.via for notifier in play.notifiers if notifier.via is not None}
    return {
        frozenset(pair)
        for pair in combinations(play.members, 2)
        if all(only.get(one) in (None, other) for one, other in (pair, pair[::-1]))
    }


def _stations(
    play: Play,
    clock: ScriptedClock,
    randomness: SeededRandomness,
    desks: dict[MemberId, tuple[DeskName, ...]],
) -> dict[MemberId, Station]:
    roles = {**dict.fromkeys(play.parties, Role.PARTY), play.host: Role.HOST}
    keystores = {member: MemoryKeystore(randomness.fork(f"keys {member}").bytes) for member in play.members}
    cards = [
        make_card(
            keystores[member],
            member=member,
            role=roles.get(member, Role.NOTIFIER),
            desks=desks[member],
            addresses=(),
            certificate=_certificate(member, randomness.fork(f"tls {member}")),
        )
        for member in play.members
    ]
    charter = charter_of(cards, name=play.title[:80], drill=True, theatre=WHOLE_REGION)
    places = _places()
    return {
        member: Station(
            member=member,
            charter=charter,
            keys=keystores[member],
            clock=clock,
            randomness=randomness.fork(f"node {member}"),
            places=places,
        )
        for member in play.members
    }


@cache
def _places() -> Gazetteer:
    """Read once: it is the same for every node of every play."""
    return Gazetteer.load()


def _certificate(member: MemberId, randomness: SeededRandomness) -> Certificate:
    """The certificate that a card must show. The same seed gives the same bytes; no wire ever sees it."""
    key = ec.derive_private_key(int.from_bytes(randomness.bytes(31), "big"), ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, member)])
    begins, ends = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
    unsigned = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, ends)
    signed = unsigned.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Certificate(signed.public_bytes(serialization.Encoding.DER), private)


# -- the annexes ------------------------------------------------------------------------------------------


def _agree(stage: Stage, play: Play, annexes: tuple[Annex, ...]) -> None:
    """The first party proposes every annex, all ratify, and all have seen that all did."""
    proposer = stage.stations[play.parties[0]]
    for annex in annexes:
        body = AnnexPropose(annex=annex, because=f"from the template {play.mechanism}")
        proposer.say(body, voice=by_authority(), to=play.parties[1:])
    stage.settle()
    for party in play.parties:
        stage.stations[party].ask(ask.Ratify())
    stage.settle()


def _with_ladders(annex: Annex, play: Play) -> Annex:
    """The response annex with the ladders that the play writes in place of the template's."""
    if not isinstance(annex.terms, Response) or not play.desks:
        return annex
    written = tuple(_ladder(desk) for desk in play.desks if desk.ladder)
    own = {(ladder.member, ladder.desk) for ladder in written}
    kept = tuple(row for row in annex.terms.ladders if (row.member, row.desk) not in own)
    return replace(annex, terms=replace(annex.terms, ladders=(*kept, *written)))


def _ladder(desk: ScriptedDesk) -> Ladder:
    return Ladder(
        desk.member, desk.desk, tuple(Rung(RungSort(rung.sort), rung.label) for rung in desk.ladder)
    )
