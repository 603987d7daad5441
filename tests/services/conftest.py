# SPDX-License-Identifier: Apache-2.0
"""A whole channel in memory: TUR, ISR and the host AZE, founded and ratified; scripted clock, seeded chance.

It is founded once for all tests; each test gets a copy of the three disks, key rings and marks, and starts
its nodes over them, as processes start over theirs.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations
from typing import Any, Final

import pytest

from steerclear.errors import NotKept
from steerclear.formats.places import Gazetteer
from steerclear.links.clock import ScriptedClock
from steerclear.links.keystore import MemoryKeystore
from steerclear.links.notifier import Alarm
from steerclear.links.randomness import SeededRandomness
from steerclear.links.tls import Certificate, make_certificate
from steerclear.mechanism.bodies import AnnexPropose
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName
from steerclear.model.member import MemberId, Role
from steerclear.model.space import Position
from steerclear.model.time import Instant, parse_instant
from steerclear.node import compose
from steerclear.record.card import MemberCard
from steerclear.record.charter import Charter
from steerclear.services import requests as ask
from steerclear.services.answers import NoticeRow, Receipt, StopRow
from steerclear.services.found import begin_log, charter_of, make_card
from steerclear.services.speak import by_authority, speak
from steerclear.services.verbs import Request
from steerclear.services.workings import Workings
from steerclear.store.highwater import Mark
from steerclear.store.memory import MemoryDisk, MemoryStore
from steerclear.store.port import Store

PARTIES: Final = ("TUR", "ISR")
HOST: Final = "AZE"
EVERYONE: Final = (*PARTIES, HOST)
DESKS: Final = ("air", "ground", "sea")
DECIDING: Final = {AnnexName.NOTICES, AnnexName.SEPARATION, AnnexName.RESPONSE, AnnexName.DISCLOSURE}
MOST_ROUNDS: Final = 30
THEATRE: Final = tuple(
    Position(round(lat * 1e7), round(lon * 1e7))
    for lat, lon in ((32.3, 35.5), (32.3, 42.4), (37.4, 42.4), (37.4, 35.5))
)


class MemoryMark:
    """The high-water mark beside the disk; ``fails_with`` makes its disk fail."""

    def __init__(self) -> None:
        self.mark: Mark | None = None
        self.fails_with: Exception | None = None

    def read(self) -> Mark | None:
        return self.mark

    def keep(self, mark: Mark) -> None:
        if mark == self.mark:
            return
        if self.fails_with is not None:
            raise self.fails_with
        self.mark = mark


class ReservedStore(MemoryStore):
    """A disk whose reserve takes a floor message when it takes nothing else (``fails_with``)."""

    def keep_floor(self, hash: str, message: bytes) -> None:  # noqa: A002 - the port's name
        failure, self.fails_with = self.fails_with, None
        try:
            super().keep_floor(hash, message)
        finally:
            self.fails_with = failure


@dataclass
class Station:
    """What one member has: what outlives a process, and the process."""

    disk: MemoryDisk
    keys: MemoryKeystore
    mark: MemoryMark
    randomness: SeededRandomness
    store: Store = field(init=False)
    node: Workings | None = None

    def __post_init__(self) -> None:
        self.store = MemoryStore(self.disk)


@cache
def _places() -> Gazetteer:
    return Gazetteer.load()


@cache
def certificates() -> dict[str, Certificate]:
    return {member: make_certificate(member) for member in EVERYONE}


class Channel:
    """Three nodes and the lines between them. Nothing is faked but time, chance, disk and wire."""

    def __init__(self, charter: Charter, stations: dict[str, Station], now: Instant) -> None:
        self.charter = charter
        self.clock = ScriptedClock(now)
        self.stations = stations
        self.cut: set[frozenset[str]] = set()
        self.down: set[str] = set()
        self.alarms: list[Alarm] = []
        self.taken: dict[str, list[bytes]] = {member: [] for member in EVERYONE}
        """Every byte that reached each node over a wire."""
        self.sizes: dict[str, int] = {}
        """Of every log, as it was when the test began."""

    # ---- machines ----------------------------------------------------------------------------------

    def node(self, member: str) -> Workings:
        """It is started when it is first asked for."""
        return self.stations[member].node or self.restart(member, store=self.stations[member].store)

    def restart(self, member: str, *, store: Store | None = None, disk: MemoryDisk | None = None) -> Workings:
        """A new process over the disk of the old one, or over another disk or store."""
        station = self.stations[member]
        station.disk = disk if disk is not None else station.disk
        station.store = store if store is not None else MemoryStore(station.disk)
        station.node = node = compose(
            self.charter,
            MemberId(member),
            store=station.store,
            keys=station.keys,
            clock=self.clock,
            randomness=station.randomness,
            high_water=station.mark,
            places=_places(),
        )
        return node

    def at(self, clock: str) -> Instant:
        """Set everybody's clock: ``HH:MM`` or ``HH:MM:SS`` of 10 April 2025, or a full instant."""
        whole = clock if "T" in clock else f"2025-04-10T{clock if len(clock) > 5 else clock + ':00'}.000Z"
        self.clock.set(parse_instant(whole))
        return self.clock.now()

    # ---- lines -------------------------------------------------------------------------------------

    def exchange(self, one: str, other: str) -> bool:
        """``one`` calls ``other``; everything that each receives is kept aside."""
        asked = self.node(one).make(other)
        self.taken[other].append(asked)
        answered = self.node(other).answer(one, asked)
        self.taken[one].append(answered)
        try:
            return self.node(one).take(other, answered)
        except NotKept:
            return False  # the courier logs it, and calls again later

    def lines(self) -> Iterator[tuple[str, str]]:
        for one, other in permutations(self.stations, 2):
            if frozenset((one, other)) not in self.cut and not {one, other} & self.down:
                yield one, other

    def settle(self) -> int:
        """Step and exchange until nothing new is said; the number of rounds."""
        for rounds in range(MOST_ROUNDS):
            before = self._situation()
            for member in self.stations:
                if member not in self.down:
                    self.alarms.extend(self.node(member).step())
            for one, other in self.lines():
                for _ in range(MOST_ROUNDS):
                    if not self.exchange(one, other):
                        break
                else:
                    raise AssertionError(f"{one} and {other} never stop exchanging")
            if self._situation() == before:
                return rounds
        raise AssertionError("the nodes never stop talking")

    def _situation(self) -> dict[str, Any]:
        return {
            member: (ledger.sizes(), [ledger.notes.newest(name) for name in ledger.logs])
            for member, ledger in ((member, self.node(member).ledger) for member in self.stations)
        }

    # ---- people ------------------------------------------------------------------------------------

    def do(self, member: str, request: Request, *, settle: bool = True) -> tuple[Receipt, ...]:
        receipts = self.node(member).do(request)
        if settle:
            self.settle()
        return receipts

    def file(self, member: str, *features: dict[str, Any], settle: bool = True, **more: Any) -> Receipt:
        """File areas from the air desk, warnings about the drawing overridden; the receipt of the first."""
        request = ask.FileNotices(desk=more.pop("desk", "air"), geojson=collection(*features), **more)
        return self.do(member, request, settle=settle)[0]

    def notice(self, member: str, ref: str) -> NoticeRow:
        rows = [row for row in self.node(member).status({}).notices if row.ref == ref]
        assert len(rows) == 1, f"{member} sees {ref} {len(rows)} times"
        return rows[0]

    def stop(self, member: str, about: str) -> StopRow:
        return self.node(member).stop(about)

    def size(self, member: str) -> int:
        return self.node(member).ledger.own.size

    def everything(self, member: str) -> bytes:
        return self.node(member).everything()


def collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def area(
    ref: str,
    party: str,
    lat: float = 34.5123,
    lon: float = 37.6321,
    *,
    start: str = "2025-04-10T09:00:00Z",
    end: str = "2025-04-10T10:00:00Z",
    lower: int = 5_000,
    upper: int = 9_000,
    **properties: Any,
) -> dict[str, Any]:
    """A circle of 4 km, a flight between 5,000 and 9,000 ft; ``...`` takes a property away."""
    given = {
        "id": ref,
        "party": party,
        "kind": "flight",
        "radius_m": 4_000,
        "lower": {"value": lower, "unit": "ft", "datum": "AMSL"},
        "upper": {"value": upper, "unit": "ft", "datum": "AMSL"},
        "start": start,
        "end": end,
    } | properties
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {name: value for name, value in given.items() if value is not ...},
    }


def found(
    *,
    opens: str = "2025-04-10T05:00:00.000Z",
    signs_twice: bool = False,
    urls: Mapping[str, Sequence[str]] | None = None,
    seals_hybrid: bool = False,
    carried: Collection[MemberCard] = (),
) -> Channel:
    """The mechanism, founded: every log begun and everywhere, no annex proposed.

    ``urls``: where each member's node is reached, for nodes on real sockets; ``carried``: notifiers without
    a node.
    """
    clock = ScriptedClock(parse_instant(opens))
    chance = SeededRandomness("tests of the services")
    keys = {member: MemoryKeystore(chance.fork(f"keys {member}").bytes) for member in EVERYONE}
    cards = [
        make_card(
            keys[member],
            member=MemberId(member),
            role=Role.HOST if member == HOST else Role.PARTY,
            desks=DESKS,
            addresses=(urls or {}).get(member, ()),
            certificate=certificates()[member],
            signs_twice=signs_twice,
        )
        for member in EVERYONE
    ]
    charter = charter_of(
        [*cards, *carried],
        name="Baku channel (test)",
        drill=True,
        theatre=THEATRE,
        signs_twice=signs_twice,
        seals_hybrid=seals_hybrid,
    )
    stations = {
        member: Station(MemoryDisk(), keys[member], MemoryMark(), chance.fork(f"node {member}"))
        for member in EVERYONE
    }
    channel = Channel(charter, stations, clock.now())
    for member in EVERYONE:
        begin_log(channel.node(member).ledger, founds=member == HOST)
    channel.settle()
    return channel


def ratified(
    *,
    signs_twice: bool = False,
    urls: Mapping[str, Sequence[str]] | None = None,
    seals_hybrid: bool = False,
    carried: Collection[MemberCard] = (),
) -> Channel:
    """… with those annexes of syria-2025 that decide anything here in force at 05:10."""
    channel = found(signs_twice=signs_twice, urls=urls, seals_hybrid=seals_hybrid, carried=carried)
    channel.at("05:05")
    for annex in template("syria-2025", parties=PARTIES, host=HOST):
        if annex.name in DECIDING:
            body = AnnexPropose(annex=annex, because="from the template")
            speak(channel.node("TUR").ledger, body, voice=by_authority(), to=("ISR",))
    channel.settle()
    channel.do("TUR", ask.Ratify())
    channel.do("ISR", ask.Ratify())
    channel.at("05:10")
    channel.settle()
    return channel


def copy_of(channel: Channel) -> Channel:
    """Its disks, keys, marks and chance, under new processes; what was on the wire is forgotten."""
    stations = {
        member: Station(
            copy.deepcopy(station.disk),
            copy.deepcopy(station.keys),
            copy.deepcopy(station.mark),
            copy.deepcopy(station.randomness),
        )
        for member, station in channel.stations.items()
    }
    fresh = Channel(channel.charter, stations, channel.clock.now())
    fresh.sizes = channel.node(HOST).ledger.sizes()
    return fresh


@pytest.fixture(scope="session")
def _ratified() -> Channel:
    return ratified()


@pytest.fixture(scope="session")
def _founded() -> Channel:
    return found()


@pytest.fixture
def channel(_ratified: Channel) -> Channel:
    """Founded and ratified; 05:10 on 10 April 2025."""
    return copy_of(_ratified)


@pytest.fixture
def founded(_founded: Channel) -> Channel:
    """Founded; nothing is agreed yet."""
    return copy_of(_founded)


@pytest.fixture(scope="session")
def draw() -> Callable[..., dict[str, Any]]:
    """``draw(ref, party, lat, lon, start=…, lower=…)``: one feature."""
    return area


@pytest.fixture(scope="session")
def drawn() -> Callable[..., str]:
    """The GeoJSON text of features."""
    return collection


@pytest.fixture(scope="session")
def everyone() -> Collection[str]:
    return EVERYONE
