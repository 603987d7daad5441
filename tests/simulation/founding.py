# SPDX-License-Identifier: Apache-2.0
"""What stands before the first second of a simulated day? Two parties and a host, founded and ratified.

It is founded once a process, from one constant seed; each day gets copies of the disks, key rings and marks.
"""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from steerclear.formats.places import Gazetteer
from steerclear.links.clock import ScriptedClock
from steerclear.links.keystore import MemoryKeystore
from steerclear.links.randomness import SeededRandomness
from steerclear.links.tls import Certificate
from steerclear.mechanism.bodies import AnnexPropose
from steerclear.mechanism.templates import template
from steerclear.model.member import MemberId, Role
from steerclear.model.space import Position
from steerclear.model.time import Instant, parse_instant
from steerclear.node import compose
from steerclear.record.charter import Charter
from steerclear.services import requests as ask
from steerclear.services.found import begin_log, charter_of, make_card
from steerclear.services.speak import by_authority, speak
from steerclear.services.workings import Workings
from steerclear.store.highwater import Mark
from steerclear.store.memory import MemoryDisk, MemoryStore

PARTIES: Final = ("TUR", "ISR")
HOST: Final = "AZE"
EVERYONE: Final = (*PARTIES, HOST)
DESKS: Final = ("air", "ground", "sea")
FOUNDED_AT: Final = parse_instant("2025-04-09T22:00:00.000Z")
OPENS_AT: Final = parse_instant("2025-04-10T00:00:00.000Z")
THEATRE: Final = tuple(
    Position(round(lat * 1e7), round(lon * 1e7))
    for lat, lon in ((32.3, 35.5), (32.3, 42.4), (37.4, 42.4), (37.4, 35.5))
)
MOST_ROUNDS: Final = 30


class MemoryMark:
    """The high-water mark beside the disk: it outlives a crash."""

    def __init__(self) -> None:
        self.mark: Mark | None = None

    def read(self) -> Mark | None:
        return self.mark

    def keep(self, mark: Mark) -> None:
        self.mark = mark


@dataclass
class Belongings:
    """What of one member outlives its process."""

    disk: MemoryDisk
    keys: MemoryKeystore
    mark: MemoryMark


@dataclass
class Founded:
    """The mechanism on the evening before."""

    charter: Charter
    belongings: dict[str, Belongings]

    def copy(self) -> Founded:
        return Founded(self.charter, copy.deepcopy(self.belongings))


@cache
def places() -> Gazetteer:
    return Gazetteer.load()


@cache
def founded() -> Founded:
    """Every annex of ``syria-2025`` in force, every log everywhere, nothing else said."""
    clock = ScriptedClock(FOUNDED_AT)
    chance = SeededRandomness("steerclear simulation")
    belongings = {
        member: Belongings(MemoryDisk(), MemoryKeystore(chance.fork(f"keys {member}").bytes), MemoryMark())
        for member in EVERYONE
    }
    cards = [
        make_card(
            belongings[member].keys,
            member=MemberId(member),
            role=Role.HOST if member == HOST else Role.PARTY,
            desks=DESKS,
            addresses=(),
            certificate=_certificate(member, chance.fork(f"tls {member}")),
        )
        for member in EVERYONE
    ]
    charter = charter_of(cards, name="Channel (simulated)", drill=True, theatre=THEATRE)
    nodes = {
        member: compose(
            charter,
            MemberId(member),
            store=MemoryStore(belongings[member].disk),
            keys=belongings[member].keys,
            clock=clock,
            randomness=chance.fork(f"node {member}"),
            high_water=belongings[member].mark,
            places=places(),
        )
        for member in EVERYONE
    }
    for member, node in nodes.items():
        begin_log(node.ledger, founds=member == HOST)
    _settle(nodes)
    for annex in template("syria-2025", parties=PARTIES, host=HOST):
        speak(
            nodes["TUR"].ledger, AnnexPropose(annex, "from the template"), voice=by_authority(), to=("ISR",)
        )
    _settle(nodes)
    for party in PARTIES:
        nodes[party].do(ask.Ratify())
    clock.set(Instant(FOUNDED_AT + 60_000))
    _settle(nodes)
    return Founded(charter, belongings)


def _settle(nodes: dict[str, Workings]) -> None:
    for _ in range(MOST_ROUNDS):
        before = {member: node.ledger.sizes() for member, node in nodes.items()}
        for node in nodes.values():
            node.step()
        for one, other in permutations(nodes, 2):
            while nodes[one].take(other, nodes[other].answer(one, nodes[one].make(other))):
                pass
        if before == {member: node.ledger.sizes() for member, node in nodes.items()}:
            return
    raise AssertionError("the founding never settles")


def _certificate(member: str, randomness: SeededRandomness) -> Certificate:
    """The certificate that a card must show, the same at every founding; no wire ever sees it."""
    key = ec.derive_private_key(int.from_bytes(randomness.bytes(31), "big"), ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, member)])
    begins, ends = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
    unsigned = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, ends)
    signed = unsigned.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Certificate(signed.public_bytes(serialization.Encoding.DER), private)
