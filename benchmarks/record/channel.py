# SPDX-License-Identifier: Apache-2.0
"""Three nodes over real disks: TUR, ISR and the host AZE, founded, with annexes in force, in one process.

Stores, marks, keys, seals and signatures are those of a node that serves, and so is how seldom Python looks
for cycles; only the wire is a call.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import permutations
from pathlib import Path
from typing import Any, Final

from steerclear.formats.places import Gazetteer
from steerclear.links.clock import SystemClock
from steerclear.links.keystore import MemoryKeystore
from steerclear.links.notifier import ConsoleBell
from steerclear.links.randomness import SystemRandomness
from steerclear.links.tls import Certificate, make_certificate
from steerclear.mechanism.bodies import Acknowledge, AnnexPropose, NodeBeat
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName
from steerclear.model.member import MemberId, Role
from steerclear.model.space import Position
from steerclear.model.time import Instant, format_instant
from steerclear.node import Node, Settings, compose
from steerclear.node.memory import set_aside
from steerclear.services import requests as ask
from steerclear.services.found import begin_log, charter_of, make_card
from steerclear.services.ledger import Draft, Ledger
from steerclear.services.speak import by_authority, by_desk, by_node, draft, speak
from steerclear.services.workings import Workings
from steerclear.store.highwater import HighWater
from steerclear.store.sqlite import SqliteStore

__all__ = ["Channel", "areas", "drafts", "opened"]

MEMBERS: Final = ("AZE", "ISR", "TUR")
HOST: Final = "AZE"
_CORNERS: Final = ((32.3, 35.5), (32.3, 42.4), (37.4, 42.4), (37.4, 35.5))
_DECIDING: Final = (AnnexName.NOTICES, AnnexName.SEPARATION, AnnexName.RESPONSE, AnnexName.DISCLOSURE)
_HOUR_MS: Final = 3_600_000
_MOST_ROUNDS: Final = 100


@dataclass(frozen=True, slots=True)
class Channel:
    """The nodes by member, in ``folder``."""

    folder: Path
    nodes: dict[str, Workings]
    certificates: dict[str, Certificate]

    def exchange(self, one: str, other: str) -> bool:
        """One round trip; whether another would tell one of them something."""
        return self.nodes[one].take(other, self.nodes[other].answer(one, self.nodes[one].make(other)))

    def settle(self) -> None:
        for _ in range(_MOST_ROUNDS):
            more = [self.exchange(one, other) for one, other in permutations(self.nodes, 2)]
            if not any(more):
                return
        raise RuntimeError("the nodes never stop exchanging")

    def serving(self, member: str) -> Node:
        """The node as ``serve`` has it, with its writer's thread; it calls nobody by itself."""
        return Node(
            self.folder / member,
            Settings(MemberId(member), "127.0.0.1", 0),
            self.nodes[member],
            certificate=self.certificates[member],
            ears=ConsoleBell(StringIO()),
        )


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Channel]:
    """Found a mechanism in ``folder`` and bring it to where its desks can file."""
    keys = {member: MemoryKeystore(SystemRandomness().bytes) for member in MEMBERS}
    certificates = {member: make_certificate(member) for member in MEMBERS}
    cards = [
        make_card(
            keys[member],
            member=MemberId(member),
            role=Role.HOST if member == HOST else Role.PARTY,
            desks=("air",),
            addresses=(),
            certificate=certificates[member],
        )
        for member in MEMBERS
    ]
    theatre = tuple(Position(round(lat * 1e7), round(lon * 1e7)) for lat, lon in _CORNERS)
    charter = charter_of(cards, name="bench", drill=True, theatre=theatre)
    with contextlib.ExitStack() as held:
        nodes = {}
        for member in MEMBERS:
            home = folder / member
            home.mkdir(parents=True)
            SqliteStore.create(home / "node.db", bytes(32))
            nodes[member] = compose(
                charter,
                MemberId(member),
                store=held.enter_context(SqliteStore(home / "node.db", bytes(32))),
                keys=keys[member],
                clock=SystemClock(),
                randomness=SystemRandomness(),
                high_water=HighWater(home / "high-water"),
                places=Gazetteer.load(),
            )
        channel = Channel(folder, nodes, certificates)
        _agree(channel)
        set_aside()
        yield channel


def _agree(channel: Channel) -> None:
    for member, node in channel.nodes.items():
        begin_log(node.ledger, founds=member == HOST)
    channel.settle()
    for annex in template("syria-2025", parties=("TUR", "ISR"), host=HOST):
        if annex.name in _DECIDING:
            body = AnnexPropose(annex=annex, because="from the template")
            speak(channel.nodes["TUR"].ledger, body, voice=by_authority(), to=("ISR",))
    channel.settle()
    for party in ("TUR", "ISR"):
        channel.nodes[party].do(ask.Ratify())
        channel.settle()


def areas(count: int, now: Instant) -> list[ask.FileNotices]:
    """So many requests to file a flight, each in a file of its own: 4 km about another place each."""
    return [ask.FileNotices(desk="air", geojson=_area(number, now)) for number in range(count)]


def _area(number: int, now: Instant) -> str:
    lon, lat = 36.0123 + number % 100 * 0.0501, 32.5123 + number // 100 % 80 * 0.0501
    properties: dict[str, Any] = {
        "id": f"n{number}",
        "party": "TUR",
        "kind": "flight",
        "radius_m": 4_000,
        "lower": {"value": 5_000, "unit": "ft", "datum": "AMSL"},
        "upper": {"value": 9_000, "unit": "ft", "datum": "AMSL"},
        "start": format_instant(Instant(now + 48 * _HOUR_MS)).replace(".000Z", "Z"),
        "end": format_instant(Instant(now + 49 * _HOUR_MS)).replace(".000Z", "Z"),
    }
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(lon, 4), round(lat, 4)]},
        "properties": properties,
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def drafts(ledger: Ledger, count: int) -> list[Draft]:
    """Statements signed and sealed, ready to be filed: of six three are sealed, one in clear, two beats."""
    others = tuple(member for member in MEMBERS if member != ledger.me)
    made: list[Draft] = []
    for number in range(count):
        if number % 6 in (2, 5):
            made.append(draft(ledger, NodeBeat(()), voice=by_node()))
            continue
        about = ledger.randomness.bytes(16).hex()
        body = Acknowledge(about=about, rung=1, read_back="read back " * 20)
        readers = None if number % 6 == 1 else others
        made.append(draft(ledger, body, voice=by_desk("air"), to=others, readers=readers))
    return made
