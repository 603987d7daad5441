# SPDX-License-Identifier: Apache-2.0
"""Three real nodes, consoles that follow one, and a desk of the other side that files at a steady rate.

Measured is from the moment before a filing is sent until a console of the other side has its event; a
notice counts as heard when every console has heard of it. All that this process does stands under one event
loop, so its own waiting is in the figures too. In the same run the same filings go through a relay
(relay.py): what is more than the relay's is the record's.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.screening.results import Machine, load_now, machine, today
from steerclear.cli.demo.nodes import HOST, PARTIES, Scene, until
from steerclear.services.requests import FileNotices, Propose, Ratify

__all__ = ["Figures", "Load", "Results", "measured", "open_scene", "through_relay"]

FILER, READER = PARTIES
MOST_IN_A_FILE = 50
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Load:
    """``standing`` notices are there before; then ``a_second`` are filed for ``lasts_s``."""

    consoles: int
    standing: int
    a_second: int
    lasts_s: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds from filing to the events; ``heard`` of ``filed`` were heard by every console."""

    load: Load
    filed: int
    heard: int
    events: int
    p50_ms: float
    p99_ms: float
    most_ms: float
    answer_p99_ms: float


@dataclass(frozen=True, slots=True)
class Results:
    """``node``: from one node to the consoles of another; ``relay``: the same through a relay."""

    machine: Machine
    date: str
    load_before: float
    node: Figures
    relay: Figures

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @staticmethod
    def load(path: Path) -> Results:
        kept = json.loads(path.read_text(encoding="utf-8"))
        node, relay = kept["node"], kept["relay"]
        return Results(
            Machine(**kept["machine"]),
            kept["date"],
            kept["load_before"],
            Figures(**{**node, "load": Load(**node["load"])}),
            Figures(**{**relay, "load": Load(**relay["load"])}),
        )


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where filings go in and where consoles listen: sockets and paths."""

    filing: Path
    file_path: str
    reading: Path
    events_path: str


@dataclass
class _Heard:
    """When each console heard of each notice, in seconds of this process."""

    sent_at: dict[str, float] = field(default_factory=dict)
    answered_s: list[float] = field(default_factory=list)
    at: dict[str, list[float]] = field(default_factory=dict)


def measured(load: Load) -> Results:
    load_before = load_now()
    relay = through_relay(load)
    with open_scene(load.standing) as scene:
        api = "/api/v1/notices", "/api/v1/events"
        filer, reader = (scene.path(member) / "api.sock" for member in PARTIES)
        node = asyncio.run(_under_load(_Ends(filer, api[0], reader, api[1]), load))
    return Results(machine(), today(), load_before, node, relay)


def through_relay(load: Load) -> Figures:
    """The same filings and consoles, with nothing between them that keeps, checks or signs."""
    with _open_relay() as socket:
        return asyncio.run(_under_load(_Ends(socket, "/file", socket, "/events"), load))


@contextmanager
def _open_relay() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="relay-") as folder:
        socket = Path(folder) / "relay.sock"
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.node.relay", str(socket)], stdin=subprocess.DEVNULL
        )
        try:
            until("the relay serves", socket.exists)
            yield socket
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def open_scene(standing: int, *, consoles: bool = False) -> Iterator[Scene]:
    """Three nodes whose annexes are in force, with notices that stand; with consoles where asked for."""
    with Scene() as scene:
        _found(scene, consoles=consoles)
        _file_standing(scene, standing)
        yield scene


def _found(scene: Scene, *, consoles: bool) -> None:
    scene.found()
    if consoles:
        scene.open_consoles()
    scene.start(*PARTIES, HOST)
    with scene.node(FILER) as node:
        proposed = len(node.do(Propose(template="syria-2025")))
        node.do(Ratify())
    until("the proposals are there", _has_annexes, scene, READER, "proposed", proposed)
    with scene.node(READER) as node:
        node.do(Ratify())
    for member in (*PARTIES, HOST):
        until("the annexes hold", _has_annexes, scene, member, "in force", proposed)


def _has_annexes(scene: Scene, member: str, state: str, count: int) -> bool:
    with scene.node(member) as node:
        return sum(one.state == state for one in node.status().annexes) == count


def _file_standing(scene: Scene, count: int) -> None:
    for first in range(0, count, MOST_IN_A_FILE):
        some = range(first, min(first + MOST_IN_A_FILE, count))
        with scene.node(FILER) as node:
            drawn = _collection([_feature(number) for number in some])
            node.do(FileNotices(desk="air", geojson=drawn, level="L0"))
        until("the standing notices are there", _has_come, scene, _size_at(scene, FILER))


def _has_come(scene: Scene, size: int) -> bool:
    return _size_at(scene, READER) >= size


def _size_at(scene: Scene, member: str) -> int:
    """How much of the filer's log is there."""
    with scene.node(member) as node:
        return next(log.size for log in node.status().logs if log.member == FILER)


async def _under_load(ends: _Ends, load: Load) -> Figures:
    heard = _Heard()
    async with _client(ends.reading) as reading, _client(ends.filing) as filing:
        ready = [asyncio.Event() for _ in range(load.consoles)]
        consoles = [asyncio.create_task(_follow(reading, ends.events_path, heard, one)) for one in ready]
        try:
            await asyncio.gather(*(one.wait() for one in ready))
            await _file_steadily(filing, ends.file_path, heard, load)
            await _all_heard(heard, load)
        finally:
            for console in consoles:
                console.cancel()
            await asyncio.gather(*consoles, return_exceptions=True)
    return _figures(heard, load)


def _client(socket: Path) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    transport = httpx.AsyncHTTPTransport(uds=str(socket), limits=limits)
    return httpx.AsyncClient(transport=transport, base_url="http://node", timeout=PATIENCE_S)


async def _follow(client: httpx.AsyncClient, path: str, heard: _Heard, ready: asyncio.Event) -> None:
    async with client.stream("GET", path) as reply:
        async for line in reply.aiter_lines():
            ready.set()
            if line.startswith("data: ") and '"said"' in line:
                now = time.perf_counter()
                for said in json.loads(line[6:])["said"]:
                    heard.at.setdefault(said["id"], []).append(now)


async def _file_steadily(client: httpx.AsyncClient, path: str, heard: _Heard, load: Load) -> None:
    """At its times, whether or not the last was answered: a desk does not wait for another's filing."""
    begun, filings = time.perf_counter(), []
    for number in range(load.a_second * load.lasts_s):
        await asyncio.sleep(max(0.0, begun + number / load.a_second - time.perf_counter()))
        filings.append(asyncio.create_task(_file(client, path, heard, load.standing + number)))
    await asyncio.gather(*filings)


async def _file(client: httpx.AsyncClient, path: str, heard: _Heard, number: int) -> None:
    body = {"desk": "air", "geojson": _collection([_feature(number)]), "level": "L0"}
    sent_at = time.perf_counter()
    reply = await client.post(path, json=body)
    reply.raise_for_status()
    heard.answered_s.append(time.perf_counter() - sent_at)
    heard.sent_at[reply.json()[0]["id"]] = sent_at


async def _all_heard(heard: _Heard, load: Load) -> None:
    ends = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < ends and not all(
        len(heard.at.get(id_, ())) >= load.consoles for id_ in heard.sent_at
    ):
        await asyncio.sleep(0.05)


def _figures(heard: _Heard, load: Load) -> Figures:
    delays = sorted(
        (at - sent_at) * 1_000 for id_, sent_at in heard.sent_at.items() for at in heard.at.get(id_, ())
    )
    answered = sorted(heard.answered_s)
    return Figures(
        load=load,
        filed=len(heard.sent_at),
        heard=sum(len(heard.at.get(id_, ())) >= load.consoles for id_ in heard.sent_at),
        events=len(delays),
        p50_ms=_at(delays, 0.5),
        p99_ms=_at(delays, 0.99),
        most_ms=delays[-1] if delays else float("nan"),
        answer_p99_ms=_at(answered, 0.99) * 1_000,
    )


def _at(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("nan")


def _feature(number: int) -> dict[str, Any]:
    """A small circle of its own place and height, days ahead: what is measured is the way, and no conflict.

    The demo's clock runs at sixty times; so no answer of a person is due while this lasts.
    """
    row, column = divmod(number, 60)
    lower = 2_000 + 2_000 * (row // 40)
    return {
        "type": "Feature",
        "geometry": {
            "type": "Point",
            "coordinates": [round(36.01234 + 0.1 * column, 5), round(32.81234 + 0.1 * (row % 40), 5)],
        },
        "properties": {
            "id": f"n{number}",
            "party": FILER,
            "kind": "flight",
            "radius_m": 1_000,
            "lower": {"value": lower, "unit": "ft", "datum": "AMSL"},
            "upper": {"value": lower + 500, "unit": "ft", "datum": "AMSL"},
            "start": "2025-04-12T12:00:00Z",
            "end": "2025-04-12T13:00:00Z",
        },
    }


def _collection(features: list[dict[str, Any]]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})
