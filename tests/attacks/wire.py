# SPDX-License-Identifier: Apache-2.0
"""Three running nodes on real sockets, one of which may lie. What do the others notice, and what do they say?

    TUR ◄── mutual TLS, HTTP on the loopback ──► AZE (host)        each: the product's own Node, with its
     ▲                                            ▲                listener, its courier and its writer thread
     └────────────────── ISR ◄────────────────────┘

A liar is a member with its real keys and the product's own workings; whatever these would send passes
through ``lie`` on its way out. Time stands on a scripted clock and heartbeats are called one by one, so that
"no later than the next sync" is one call of ``sync`` and not a wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import uvicorn
from tests.services.conftest import (
    EVERYONE,
    Channel,
    _places,
    area,
    certificates,
    collection,
    copy_of,
    ratified,
)

from steerclear.api.peers import build_peer_api
from steerclear.links.courier import EXCHANGE_PATH
from steerclear.links.keystore import KeyName
from steerclear.links.notifier import MemoryEars
from steerclear.links.tls import Certificate, client_context, server_context
from steerclear.mechanism.bodies import Acknowledge, Body, DrillStart
from steerclear.model.member import MemberId
from steerclear.node import Node, Settings
from steerclear.record.bundle import Bundle, LogPart, parse_bundle, print_bundle
from steerclear.record.keys import Delegation, Ed25519Signer, KeyRole, Signer, delegate_body
from steerclear.record.leaf import Leaf, sign_leaf
from steerclear.record.statement import SignedStatement
from steerclear.services import requests as ask
from steerclear.services.answers import Inbox, Receipt, Status
from steerclear.services.ledger import Draft, Filed, Ledger
from steerclear.services.speak import by_desk, draft, root_says, speak
from steerclear.services.workings import Workings

T = TypeVar("T")
Lie = Callable[[str, Bundle], "Bundle | bytes"]

DRILL: Final = DrillStart(name="x", scenario="y")
DAY_MS: Final = 86_400_000


class _Loop:
    """An event loop in a thread of its own, so that tests read from top to bottom."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=120)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class LyingWorkings(Workings):
    """The product's workings; what they would send is changed on its way out."""

    lie: Lie | None = None

    def make(self, peer: str) -> bytes:
        return self._told(peer, super().make(peer))

    def answer(self, peer: str, bundle: bytes) -> bytes:
        return self._told(peer, super().answer(peer, bundle))

    def _told(self, peer: str, honest: bytes) -> bytes:
        if self.lie is None:
            return honest
        told = self.lie(peer, parse_bundle(honest))
        return told if isinstance(told, bytes) else print_bundle(told)


class Ground:
    """What all attacks of one process share: the ports, and the mechanism that was founded with them."""

    def __init__(self) -> None:
        self.loop = _Loop()
        self.sockets = {member: socket.create_server(("127.0.0.1", 0)) for member in EVERYONE}
        self.channel = ratified(urls={member: (self.url(member),) for member in EVERYONE})

    def url(self, member: str) -> str:
        return f"https://127.0.0.1:{self.sockets[member].getsockname()[1]}"

    def close(self) -> None:
        for listening in self.sockets.values():
            listening.close()
        self.loop.close()


class Wire:
    """The three nodes of one test, running."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self.ground = ground
        self.folder = folder
        self.channel: Channel = copy_of(ground.channel)
        self.nodes: dict[str, Node] = {}
        self.liars: set[str] = set()
        self.cut: set[frozenset[str]] = set()
        self.heard_by_impostor: list[Any] = []
        self._servers: dict[str, tuple[uvicorn.Server, asyncio.Task[None]]] = {}
        for member in EVERYONE:
            self.start(member)
        self._founded = self._heads_at_all()

    # ---- machines ----------------------------------------------------------------------------------------

    def start(self, member: str) -> None:
        """A node over the member's disk, at its listener."""
        old = self.channel.node(member)
        lying = LyingWorkings(old.ledger, _places())
        self.channel.stations[member].node = lying
        settings = Settings(MemberId(member), "127.0.0.1", 0)
        ears = MemoryEars()
        node = Node(self.folder, settings, lying, certificate=certificates()[member], ears=ears)
        self.nodes[member] = node
        self.ground.loop.run(self._listen(member, node))

    def impersonate(self, member: str, certificate: Certificate) -> None:
        """Somebody else answers at ``member``'s address, under this certificate; the node is stopped."""

        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.heard_by_impostor.append(await receive())

        context = server_context(certificate, {name: one.der for name, one in certificates().items()})
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, ssl_context_factory=lambda *_: context, ws="none"
        )
        self.run(self._serve(member, config))

    def stop(self, member: str) -> None:
        self.ground.loop.run(self._end(member))

    def restart(self, member: str, **over: Any) -> None:
        """A new process over the same disk, or another: what ``Channel.restart`` takes."""
        self.stop(member)
        self.channel.restart(member, **over)
        self.start(member)

    async def _listen(self, member: str, node: Node) -> None:
        config = uvicorn.Config(
            build_peer_api(node),
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=1,
            **node.peer_listener(),
        )
        await self._serve(member, config)

    async def _serve(self, member: str, config: uvicorn.Config) -> None:
        server = uvicorn.Server(config)
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # not the main thread
        serving = asyncio.create_task(server.serve(sockets=[self.ground.sockets[member].dup()]))
        while not server.started:
            assert not serving.done(), f"the listener of {member} ended before it began"
            await asyncio.sleep(0.001)
        self._servers[member] = server, serving

    async def _end(self, member: str) -> None:
        server, serving = self._servers.pop(member)
        server.should_exit = server.force_exit = True
        await serving
        if member in self.nodes:
            await self.nodes.pop(member).close()

    def close(self) -> None:
        async def end_all() -> None:
            await asyncio.gather(*(self._end(member) for member in list(self._servers)))

        self.run(end_all())

    # ---- the wire ----------------------------------------------------------------------------------------

    def call(self, one: str, other: str) -> None:
        """``one``'s courier calls ``other``, and again as long as there is more to tell."""
        for _ in range(20):
            if not self.ground.loop.run(self.nodes[one].call(other)):
                return
        raise AssertionError(f"{one} and {other} never stop exchanging")

    def sync(self) -> None:
        """One heartbeat: everybody calls everybody whom it can reach, and does what is due."""
        for member in self.nodes:
            self.ground.loop.run(self.nodes[member].tick())
        for one in self.nodes:
            for other in EVERYONE:
                if one != other and frozenset((one, other)) not in self.cut:
                    self.call(one, other)
        for member in self.nodes:
            self.ground.loop.run(self.nodes[member].tick())

    def settle(self) -> None:
        """Heartbeats until everybody holds what everybody holds."""
        for _ in range(6):
            self.sync()
            heads = [dict(self.ledger(member).sizes()) for member in EVERYONE]
            if heads[0] == heads[1] == heads[2]:
                return
        raise AssertionError("the nodes never stop talking")

    def post(self, caller: str, other: str, body: Any, **more: Any) -> httpx.Response:
        """Anything at all to ``other``'s listener, under ``caller``'s true certificate."""
        path = more.pop("path", EXCHANGE_PATH)

        async def posted() -> httpx.Response:
            context = client_context(certificates()[caller], certificates()[other].der)
            async with httpx.AsyncClient(verify=context, trust_env=False) as client:
                return await client.post(self.ground.url(other) + path, content=body, **more)

        return self.ground.loop.run(posted())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.ground.loop.run(work)

    # ---- people ------------------------------------------------------------------------------------------

    def ledger(self, member: str) -> Ledger:
        return self.channel.node(member).ledger

    def size(self, member: str, of: str) -> int:
        """How many entries of the log ``of`` stand at ``member``."""
        return self.ledger(member).logs[of].size

    def do(self, member: str, request: Any) -> tuple[Receipt, ...]:
        return self.run(self.nodes[member].do(request))

    def file(self, member: str, ref: str, *, lat: float = 34.5123, **more: Any) -> Receipt:
        geojson = collection(area(ref, member, lat, kind="hazard"))
        return self.do(member, ask.FileNotices(desk="air", geojson=geojson, **more))[0]

    def speaks(self, member: str, body: Body, **more: Any) -> Filed:
        voice = more.pop("voice", by_desk("air"))
        return self.write(member, lambda: speak(self.ledger(member), body, voice=voice, **more))

    def write(self, member: str, work: Callable[[], T]) -> T:
        """``work`` on the node's writer thread, as everything that touches its ledger."""
        return self.run(self.nodes[member]._write(work))

    def stops(self, member: str, to: Sequence[str], *, place: str = "T4") -> Receipt:
        request = ask.CallStop(desk="air", place=place, seen="fire", basis="unsure", to=tuple(to))
        return self.do(member, request)[0]

    def status(self, member: str) -> Status:
        return self.run(self.nodes[member].status())

    def face(self, member: str) -> list[str]:
        """What needs a person, and what counts for nothing, in the words of ``steerclear status``."""
        found = self.status(member)
        return [*found.alarms, *found.without_effect]

    def inbox(self, member: str) -> Inbox:
        return self.run(self.nodes[member].inbox(None))

    @property
    def honest(self) -> list[str]:
        return [member for member in EVERYONE if member not in self.liars]

    # ---- lying -------------------------------------------------------------------------------------------

    def lies(self, member: str, lie: Lie | None) -> None:
        """From now on what ``member`` sends passes through ``lie``."""
        self.liars.add(member)
        node = self.channel.stations[member].node
        assert isinstance(node, LyingWorkings)
        node.lie = lie

    def lie_of(self, member: str) -> Lie:
        """The lie that ``member`` tells now."""
        node = self.channel.stations[member].node
        assert isinstance(node, LyingWorkings)
        assert node.lie is not None
        return node.lie

    def signer(self, member: str, purpose: Any, label: str | None = None) -> Signer:
        return self.ledger(member).keys.signer(KeyName(purpose, label) if label else KeyName(purpose))

    def named_key(
        self, member: str, role: KeyRole, *, days: tuple[int, int], desk: str | None = None
    ) -> Ed25519Signer:
        """A key that ``member``'s true root names, to hold from and until these days from now."""
        ledger = self.ledger(member)
        key = Ed25519Signer.generate(ledger.randomness.bytes)
        begin, end = (ledger.now() + day * DAY_MS for day in days)
        named = Delegation.of(role, key.public, valid_from=begin, valid_until=end, desk=desk)
        self.write(member, lambda: root_says(ledger, "key.delegate", delegate_body([named])))
        return key

    def opened(self, member: str, seq: int) -> SignedStatement:
        """What ``member`` said in an entry of its own log."""
        (stored,) = self.ledger(member).store.entries(member, 0, seq, seq + 1)
        found = self.ledger(member).said_in(stored)
        assert found is not None
        return found

    def acknowledgement(self, member: str, about: str) -> Draft:
        """What ``member``'s air desk would file to acknowledge a STOP; not filed."""
        ledger = self.ledger(member)
        record = ledger.view.stops.get(about)
        assert record is not None
        body = Acknowledge(about=about, rung=2, read_back=None)
        return draft(ledger, body, voice=by_desk("air"), to=(record.caller,))

    def sends(self, member: str, *entries: bytes, of: str | None = None, start: int | None = None) -> None:
        """``member`` sends ``entries`` as those of the log ``of``, its own if not said, from ``start``."""
        log = of or member
        begin = self.size(member, log) if start is None else start
        part = LogPart(log, 0, begin, tuple(entries))
        self.lies(member, lambda _, bundle: with_part(bundle, part))

    def draft(self, member: str, body: Body, **more: Any) -> Draft:
        """A true statement of ``member``, signed by its air desk, not filed."""
        return draft(self.ledger(member), body, voice=more.pop("voice", by_desk("air")), **more)

    def entry(self, member: str, content: Any, *, key: Any = None, **fields: Any) -> bytes:
        """The next entry of ``member``'s log with its true node key, any field of it replaced."""
        ledger = self.ledger(member)
        leaf = Leaf(
            mechanism=ledger.mechanism,
            author=member,
            generation=0,
            seq=ledger.own.size,
            at=max(ledger.now(), ledger.own.last_at),
            heads=ledger._heads(),
            content=content,
        )
        return sign_leaf(replace(leaf, **fields), key or ledger.keys.signer(KeyName("node")))

    # ---- what must hold ----------------------------------------------------------------------------------

    def noticed(self, *words: str, by: Sequence[str] | None = None) -> None:
        """One sync later everybody honest says all of ``words`` in one line; and everything goes on."""
        before = self._heads_at_all()
        self.sync()
        for member in by or self.honest:
            self.says(member, *words)
        self._require_kept(before)
        self.goes_on()

    def says(self, member: str, *words: str) -> str:
        face = self.face(member)
        found = [line for line in face if all(word in line for word in words)]
        assert found, f"{member} says nothing of {words}: {face}"
        return found[0]

    def says_in_rows(self, member: str, by: str, code: str) -> None:
        """Among what ``member`` refused in the last day stands this, by whom."""
        rows = self.status(member).refused
        assert any((row.by, row.code) == (by, code) for row in rows), rows

    def counted(self, member: str, by: str, code: str) -> int:
        """How often ``member`` refused this from ``by`` in the last day."""
        return sum(row.count for row in self.status(member).refused if (row.by, row.code) == (by, code))

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what other threads do, some seconds at most."""
        for _ in range(500):
            if holds():
                return
            threading.Event().wait(0.01)
        raise AssertionError("it never came to hold")

    def noticed_nothing_of_two_records(self) -> None:
        assert not [line for member in EVERYONE for line in self.face(member) if "STOP THE LINE" in line]

    def goes_on(self) -> None:
        """What honest members say reaches the other honest ones, while the liar lies."""
        for member in self.honest:
            self.speaks(member, DrillStart(name="x", scenario="all goes on"))
        before = self._heads_at_all()
        self.sync()
        for member in self.honest:
            for other in self.honest:
                if frozenset((member, other)) not in self.cut:
                    filed = before[other][other][0]
                    assert self.size(member, other) >= filed, f"{member} lacks entries of {other}"
        self._require_kept(before)
        self._require_kept(self._founded)

    def _heads_at_all(self) -> Mapping[str, Mapping[str, tuple[int, str]]]:
        return {
            member: {name: (log.size, log.root) for name, log in self.ledger(member).logs.items()}
            for member in EVERYONE
        }

    def _require_kept(self, before: Mapping[str, Mapping[str, tuple[int, str]]]) -> None:
        """Nothing that an honest member held of anybody is gone or other than it was."""
        for member in self.honest:
            for name, (size, root) in before[member].items():
                log = self.ledger(member).logs[name]
                assert log.size >= size, f"{member} lost entries of {name}"
                assert log.root_at(size) == root, f"{member} holds another log of {name}"


def with_part(bundle: Bundle, part: LogPart) -> Bundle:
    """``bundle`` with this part for its log, in place of the one that stands there."""
    others = tuple(one for one in bundle.parts if one.member != part.member)
    return replace(bundle, parts=(*others, part))


def said(wire: Wire, member: str, body: Body) -> SignedStatement:
    """A true statement of ``member``, in clear, that stands in no log."""
    return wire.draft(member, body).said


def as_bundle(told: Bundle | bytes) -> Bundle:
    return parse_bundle(told) if isinstance(told, bytes) else told


def widened(bundle: Bundle, line: bytes) -> bytes:
    """The bundle with one entry that no honest printer lets out."""
    data = print_bundle(with_part(bundle, LogPart(bundle.sender, 0, 10_000, (b"{}",))))
    return data.replace(b"\n{}\n", b"\n" + line + b"\n")


def without_log(bundle: Bundle, member: str) -> Bundle:
    """``bundle`` as if the log of ``member`` were not known."""
    return replace(
        bundle,
        parts=tuple(one for one in bundle.parts if one.member != member),
        sizes={name: held for name, held in bundle.sizes.items() if name != member},
    )


def edited_json(data: bytes, **fields: Any) -> bytes:
    """A file of compact JSON with these fields replaced."""
    return json.dumps({**json.loads(data), **fields}, separators=(",", ":")).encode()


@contextlib.contextmanager
def running(ground: Ground, folder: Path) -> Iterator[Wire]:
    wire = Wire(ground, folder)
    try:
        yield wire
    finally:
        wire.close()
