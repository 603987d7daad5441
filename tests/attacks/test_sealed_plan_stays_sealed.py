# SPDX-License-Identifier: Apache-2.0
"""Can a party learn the other's plan from anything that its own node ever receives, keeps, opens or answers?

Two plans are filed at L1, sealed to the host alone; the host finds the conflict and tells both. Then all is
turned over that one side has: each byte that came over its wires, its database page by page and row by row,
whatever any of its keys opens, and every answer of its API; base64 is undone as deep as it goes. Of the
other's plan nothing may be in it: no coordinate in any spelling, no height, time, name or reason.

The same search over a plan that was filed openly must find it: a test that cannot fail shows nothing.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from steerclear.api.app import build_api
from steerclear.formats.coordinates import spell
from steerclear.links.notifier import MemoryEars
from steerclear.mechanism.bodies import NoticeFile, ScreenResult
from steerclear.model.member import MemberId
from steerclear.model.space import Position
from steerclear.node import Node, Settings
from steerclear.record.leaf import parse_leaf
from steerclear.services import requests as ask
from steerclear.services.speak import by_desk, speak
from steerclear.store.sqlite import SqliteStore

OTHER = {"TUR": "ISR", "ISR": "TUR"}


@dataclass(frozen=True)
class Plan:
    """What one party wants to do, and must not show; odd numbers, so that no chance hit looks like it."""

    ref: str
    party: str
    corners: tuple[tuple[float, float], ...]
    lower: int
    upper: int
    start: str
    end: str
    reason: str

    def feature(self) -> dict[str, Any]:
        ring = [[lon, lat] for lat, lon in (*self.corners, self.corners[0])]
        return {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {
                "id": self.ref,
                "party": self.party,
                "kind": "flight",
                "near": "Palmyra",
                "lower": {"value": self.lower, "unit": "ft", "datum": "AMSL"},
                "upper": {"value": self.upper, "unit": "ft", "datum": "AMSL"},
                "start": self.start,
                "end": self.end,
            },
        }

    def later(self) -> Plan:
        """The next version: another place, other heights, another day's secret."""
        corners = tuple((lat + 0.0113577, lon + 0.0093191) for lat, lon in self.corners)
        return replace(
            self, corners=corners, lower=self.lower + 311, upper=self.upper + 311, reason=self.reason[::-1]
        )


# Each band and span reaches beyond the other's on one side only, so that what both share shows one end of
# each; ``Needles`` knows which.
PLANS = {
    "ISR": Plan(
        ref="quiet-heron-31",
        party="ISR",
        corners=(
            (34.4517093, 37.4123571),
            (34.4633719, 37.9071337),
            (34.7091133, 37.8913779),
            (34.6971357, 37.4019173),
        ),
        lower=11_713,
        upper=19_377,
        start="2025-04-10T08:37:11Z",
        end="2025-04-10T11:13:29Z",
        reason="by the word of the northern wing",
    ),
    "TUR": Plan(
        ref="grey-plover-57",
        party="TUR",
        corners=(
            (34.3391717, 37.5517931),
            (34.3511393, 37.7591379),
            (34.8713197, 37.7433719),
            (34.8591313, 37.5391177),
        ),
        lower=12_931,
        upper=17_159,
        start="2025-04-10T08:59:47Z",
        end="2025-04-10T10:41:53Z",
        reason="as the second squadron drew it",
    ),
}


class Needles:
    """Every spelling of a plan that a search looks for. Times and heights that the conflict itself shows
    (the later start, the earlier end, the shared band) are no secret any more, and are left out."""

    def __init__(self, plan: Plan, shown: Iterable[Plan] = ()) -> None:
        others = tuple(shown)
        self._words = {plan.ref, plan.reason}
        self._binary: set[bytes] = set()
        self._numbers: set[str] = set()
        for lat, lon in plan.corners:
            self._spell_corner(lat, lon)
        if all(plan.lower < other.lower for other in others):
            self._numbers.add(str(plan.lower))
        if all(plan.upper > other.upper for other in others):
            self._numbers.add(str(plan.upper))
        if all(plan.start < other.start for other in others):
            self._words.add(plan.start[:19])
        if all(plan.end > other.end for other in others):
            self._words.add(plan.end[:19])

    def _spell_corner(self, lat: float, lon: float) -> None:
        at = Position(round(lat * 1e7), round(lon * 1e7))
        ways = spell(at)
        self._words |= {str(lat), str(lon), f"{lat:.5f}", f"{lon:.5f}", f"{lat:.6f}", f"{lon:.6f}"}
        self._words |= {str(at.lat_e7), str(at.lon_e7), f"{at.lat_e7:x}", f"{at.lon_e7:x}"}
        self._words |= {ways.decimal, ways.dms, ways.mgrs, ways.mgrs.replace(" ", "")}
        for order in "<>":
            self._binary |= {struct.pack(order + "ii", *pair) for pair in _both_ways(at.lat_e7, at.lon_e7)}
            self._binary |= {struct.pack(order + "d", degrees) for degrees in (lat, lon)}

    def found_in(self, heap: bytes) -> set[str]:
        """Those that are in these bytes; ``unwrapped`` has undone the base64 in them."""
        text = heap.decode("utf-8", errors="replace")
        hits = {word for word in self._words if word in text}
        # A short number stands alone, or it is part of a hash.
        likely = {number for number in self._numbers if number in text}
        hits |= {n for n in likely if re.search(rf"(?<![\w+/=.-]){n}(?![\w+/=])", text)}
        return hits | {binary.hex() for binary in self._binary if binary in heap}


def _both_ways(one: int, other: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (one, other), (other, one)


_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{20,}")


def unwrapped(heap: bytes, *, alignments: int = 1) -> bytes:
    """The bytes, and what every run of base64 in them decodes to, and every run in that, and so on.

    ``alignments`` 4 for pages of a database, which may begin a run anywhere.
    """
    layers, new = {heap}, {heap}
    while new:
        runs = {match[0] for layer in new for match in _BASE64.finditer(layer)}
        new = {_decoded(run[shift:]) for run in runs for shift in range(alignments)} - layers
        layers |= new
    return b"\n".join(layers)


def _decoded(run: bytes) -> bytes:
    plain = run.replace(b"-", b"+").replace(b"_", b"/")
    return base64.b64decode(plain[: len(plain) // 4 * 4 or None] + b"====")


class Searched:
    """One party's node after the story, turned over."""

    def __init__(self, channel: Any, member: str, path: Path) -> None:
        self.channel = channel
        self.member = member
        self.path = path
        self.node = channel.node(member)

    def places(self) -> Mapping[str, bytes]:
        """Everything that the member has, by where it lies."""
        return {
            "wire": unwrapped(b"\n".join(self.channel.taken[self.member])),
            "database": unwrapped(b"".join(self._files()), alignments=4),
            "rows": unwrapped(b"\n".join(self._rows())),
            "opened": unwrapped(b"\n".join(self.plaintexts())),
            "api": unwrapped(b"\n".join(asyncio.run(self._answers()))),
        }

    def _files(self) -> Iterator[bytes]:
        files = sorted(self.path.parent.glob(self.path.name + "*"))
        assert self.path.with_name(self.path.name + "-wal") in files, (
            "the write-ahead log must be searched, too"
        )
        return (file.read_bytes() for file in files if not file.name.endswith(".reserve"))

    def _rows(self) -> Iterator[bytes]:
        """Every value of every table, whole, wherever its pages lie."""
        with sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True) as reader:
            tables = [
                name for (name,) in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            assert {"entry", "opening", "note", "floor", "fact"} <= set(tables)
            for table in tables:
                for row in reader.execute(f"SELECT * FROM {table}"):
                    yield from (value if isinstance(value, bytes) else str(value).encode() for value in row)
        reader.close()

    def plaintexts(self) -> Iterator[bytes]:
        """What the storage key opens, and what any recipient key opens, whomever its wrap is addressed to."""
        store, ledger = self.channel.stations[self.member].store, self.node.ledger
        keys = list(ledger.keys.recipients().values())
        assert len(keys) >= 35
        for log in ledger.logs:
            for entry in store.entries(log, 0):
                if entry.opened is not None:
                    yield entry.opened
                sealed = parse_leaf(entry.leaf).sealed
                if sealed is not None:
                    yield from _forced_open(sealed, ledger.mechanism, log, keys)

    async def _answers(self) -> list[bytes]:
        """What every path says about everything that can be named, to whoever holds the socket."""
        ledger = self.node.ledger
        node = Node(
            self.path.parent,
            Settings(MemberId(self.member), "127.0.0.1", 0),
            self.node,
            certificate=_CERTIFICATE,
            ears=MemoryEars(),
        )
        # Everything that was said since the annexes were ratified, by both of its names.
        said = {
            id_: place for id_, place in ledger.places.items() if place[2] >= self.channel.sizes[place[0]]
        }
        names = [*said, *(f"{log}-{seq:04d}" for log, _, seq in said.values())]
        transport = httpx.ASGITransport(app=build_api(node))
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
            replies = [
                await client.get(path) for path in ("/api/v1/status", "/api/v1/inbox", "/api/v1/replica")
            ]
            for name in names:
                replies += [
                    await client.get(f"/api/v1/{sort}", params={"about": name}) for sort in ("notice", "stop")
                ]
                body = {"desk": "air", "about": name, "reason": "is it yours?"}
                if said.get(name, (None,))[0] == OTHER[self.member]:
                    replies.append(await client.post("/api/v1/withdrawals", json=body))
        assert sum(reply.status_code == 200 for reply in replies) > 3
        return [reply.content for reply in replies]


# The certificate is never shown to anybody here.
_CERTIFICATE: Any = None
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


def _forced_open(sealed: Any, mechanism: str, author: str, keys: Iterable[Any]) -> Iterator[bytes]:
    """Try every key on every wrap, by the construction in the record's document and not by its code."""
    for wrap in sealed.wraps:
        lines = ("steerclear/seal/v1/wrap", mechanism, author, sealed.commitment, wrap.member, wrap.keyid, "")
        for key in keys:
            try:
                secret = _SUITE.decrypt(wrap.wrapped, key.key, info="\n".join(lines).encode())
            except (InvalidTag, ValueError):
                continue
            context = b"steerclear/seal/v1/content\n" + bytes.fromhex(sealed.commitment)
            yield AESGCM(secret[:32]).decrypt(bytes(12), sealed.ciphertext, context)


@pytest.fixture
def on_disk(channel: Any, tmp_path: Path) -> Iterator[Any]:
    """The channel, both parties on real databases."""
    opened = []
    for member in PLANS:
        path = tmp_path / f"{member.lower()}.db"
        key = channel.stations[member].keys.storage_key()
        SqliteStore.create(path, key)
        store = SqliteStore(path, key)
        opened.append(store)
        old = channel.stations[member].store
        for log in old.members():
            store.append(list(old.entries(log, 0)))
            for note in old.notes(log, 0):
                store.keep_note(note.member, note.generation, note.size, note.note)
        channel.restart(member, store=store)
    channel.settle()
    channel.sizes = channel.node("AZE").ledger.sizes()
    for taken in channel.taken.values():
        taken.clear()
    yield channel
    for store in opened:
        store.close()


def told(channel: Any, member: str) -> list[ScreenResult]:
    """What the host told ``member`` about its notice and another."""
    results = channel.node(member).ledger.view.book.of_kind("screen.result")
    return [one.body for one in results if len(one.body.notices) == 2 and one.author == "AZE"]


def file(channel: Any, plan: Plan, level: str | None, amends: str | None = None) -> Any:
    overrides = dict.fromkeys(("position", "precision", "edges"), plan.reason)
    return channel.file(plan.party, plan.feature(), level=level, overrides=overrides, amends=amends)


@pytest.mark.parametrize("first", ["ISR", "TUR"])
def test_sealed_plan_stays_sealed(on_disk: Any, tmp_path: Path, first: str) -> None:
    """Neither who files first nor who files second learns more than the overlap; nor by what comes after."""
    channel, second = on_disk, OTHER[first]
    filed = {who: file(channel, PLANS[who], "L1") for who in (first, second)}
    assert all(receipt.sealed_to == tuple(sorted(("AZE", who))) for who, receipt in filed.items())
    assert all(told(channel, who) for who in PLANS), "the conflict was not told: nothing was tried"
    _require_nothing_of_the_other(channel, tmp_path)

    # … and the life of the plan afterwards: a new version, a way out, both ends of the area, its withdrawal.
    moved = {who: PLANS[who].later() for who in PLANS}
    file(channel, moved[second], None, amends=filed[second].id)
    channel.do(second, ask.Activate(desk="air", about=filed[second].id))
    assert any(told(channel, who) for who in PLANS)
    channel.do(first, ask.TakeAlternative(desk="air", about=filed[first].id, way="altitude"))
    assert channel.notice(first, PLANS[first].ref).screened.startswith("NO CONFLICT KNOWN")
    channel.do(second, ask.GoCold(desk="air", about=filed[second].id))
    channel.do(first, ask.Withdraw(desk="air", about=filed[first].id, reason=moved[first].reason))
    for who in PLANS:
        searched = Searched(channel, who, tmp_path / f"{who.lower()}.db").places()
        for plan in (PLANS[OTHER[who]], moved[OTHER[who]]):
            shown = (PLANS[who], moved[who])
            found = {place: Needles(plan, shown).found_in(heap) for place, heap in searched.items()}
            assert not any(found.values()), f"{who} holds of {OTHER[who]}: {found}"


def _require_nothing_of_the_other(channel: Any, folder: Path) -> None:
    for who, other in OTHER.items():
        searched = Searched(channel, who, folder / f"{who.lower()}.db").places()
        needles = Needles(PLANS[other], [PLANS[who]])
        found = {place: needles.found_in(heap) for place, heap in searched.items()}
        assert not any(found.values()), f"{who} holds of {other}: {found}"
        own = {place: Needles(PLANS[who]).found_in(heap) for place, heap in searched.items()}
        assert own["opened"], "its own plan must be found among what it opens: the search works"
        assert own["api"]


def test_the_overlap_that_is_told_shares_no_corner_with_either_plan(on_disk: Any) -> None:
    channel = on_disk
    for who in PLANS:
        file(channel, PLANS[who], "L1")
    for who in PLANS:
        results = told(channel, who)
        shapes = [one.finding.overlap for one in results]  # type: ignore[union-attr]  # all say conflict
        corners = {
            (corner.lat_e7, corner.lon_e7)
            for shape in shapes
            if shape is not None
            for part in shape.parts
            for corner in chain(part.exterior, *part.holes)
        }
        assert len(corners) >= 4
        for plan in PLANS.values():
            drawn = {(round(lat * 1e7), round(lon * 1e7)) for lat, lon in plan.corners}
            assert not drawn & corners
            assert not {lat for lat, _ in drawn} & {lat for lat, _ in corners}
            assert not {lon for _, lon in drawn} & {lon for _, lon in corners}


def test_a_conflict_tells_each_side_its_own_ways_out_alone(on_disk: Any) -> None:
    """Another's way out would show by how far it must move, and so where it ends."""
    channel = on_disk
    filed = {who: file(channel, PLANS[who], "L1") for who in PLANS}
    for who in PLANS:
        offered = {
            way.notice
            for one in channel.node(who).ledger.view.book.of_kind("screen.result")
            for way in one.body.alternatives
        }
        assert offered == {filed[who].id}


@pytest.mark.parametrize("filer", ["ISR", "TUR"])
def test_the_search_finds_a_plan_that_was_filed_openly(on_disk: Any, tmp_path: Path, filer: str) -> None:
    """Control: the same plan at L0 is found in what the other opens, answers and keeps."""
    channel, reader = on_disk, OTHER[filer]
    file(channel, PLANS[filer], "L0")
    places = Searched(channel, reader, tmp_path / f"{reader.lower()}.db").places()
    found = {place: Needles(PLANS[filer]).found_in(heap) for place, heap in places.items()}
    corners = {str(round(value * 1e7)) for corner in PLANS[filer].corners for value in corner}
    assert corners <= found["opened"]
    assert {PLANS[filer].ref, PLANS[filer].reason, str(PLANS[filer].lower)} <= found["opened"]
    assert {PLANS[filer].ref, PLANS[filer].start[:19]} <= found["api"]
    # Sealed on the wire and on the disk even so: to the reader, and under its storage key.
    assert not found["wire"] | found["database"] | found["rows"]


@pytest.mark.parametrize("filer", ["ISR", "TUR"])
def test_the_search_finds_a_plan_that_was_said_in_clear(on_disk: Any, tmp_path: Path, filer: str) -> None:
    """Control: without the seal the plan is found on the wire, in the pages, in the rows and in what the API
    hands out as replica."""
    channel, reader = on_disk, OTHER[filer]
    file(channel, PLANS[filer], "L1")
    ledger = channel.node(filer).ledger
    content = next(iter(ledger.view.notices)).newest.content
    speak(ledger, NoticeFile(content), voice=by_desk("air"), to=[reader], readers=None)
    channel.settle()
    places = Searched(channel, reader, tmp_path / f"{reader.lower()}.db").places()
    found = {place: Needles(PLANS[filer]).found_in(heap) for place, heap in places.items()}
    corners = {str(round(value * 1e7)) for corner in PLANS[filer].corners for value in corner}
    for place in ("wire", "rows", "api"):
        assert corners | {PLANS[filer].ref, str(PLANS[filer].upper)} <= found[place], place
    assert found["database"], "pages are searched at every alignment"


def test_the_search_reads_every_spelling() -> None:
    """Control of the needles themselves."""
    plan = PLANS["ISR"]
    lat, lon = plan.corners[0]
    at = Position(round(lat * 1e7), round(lon * 1e7))
    needles = Needles(plan)
    spellings = [
        str(at.lat_e7).encode(),
        json.dumps({"lat": lat}).encode(),
        base64.b64encode(json.dumps([at.lon_e7]).ljust(20).encode()),
        base64.urlsafe_b64encode(base64.b64encode(b'{"lat_e7":%d,"lon_e7":%d}' % (at.lat_e7, at.lon_e7))),
        struct.pack("<ii", at.lat_e7, at.lon_e7),
        struct.pack(">d", lon),
        spell(at).mgrs.encode(),
        spell(at).dms.encode(),
        b'"feet":11713,',
    ]
    assert all(needles.found_in(unwrapped(one)) for one in spellings)
    cut_by_a_page = b"x" + base64.b64encode(b"...." + plan.ref.encode() + b"........")
    assert needles.found_in(unwrapped(cut_by_a_page, alignments=4))
    assert not needles.found_in(unwrapped(b"a" * 500 + b"deadbeef11713cafe" + b"3451709 34.51 37.41"))
