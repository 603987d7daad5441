# SPDX-License-Identifier: Apache-2.0
"""Attacks on the safety floor, and on the lines themselves: foreign keys, cut and endless transfers."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.attacks.wire import DRILL, said, without_log
from tests.services.conftest import certificates

from steerclear.errors import Unreachable
from steerclear.links.courier import BUNDLE_TYPE, EXCHANGE_PATH
from steerclear.links.https import HttpsExchange, PeerAddress
from steerclear.links.peer_protocol import MOST_CONNECTIONS
from steerclear.links.tls import client_context, make_certificate
from steerclear.mechanism.bodies import StopClose
from steerclear.record.bundle import parse_bundle, print_bundle
from steerclear.record.floor import FloorMessage
from steerclear.record.identity import fresh_id
from steerclear.record.keys import Ed25519Signer, Signer
from steerclear.record.statement import SignedStatement, sign_statement

if TYPE_CHECKING:
    from tests.attacks.wire import Wire


def stranger() -> Ed25519Signer:
    return Ed25519Signer.from_private_bytes(b"\x07" * 32)


def carried(wire: Wire, by: str, message: FloorMessage) -> None:
    """``by`` brings this floor message to everybody."""
    wire.lies(by, lambda _, bundle: replace(bundle, floor=(*bundle.floor, message)))


def stop_of(wire: Wire, member: str, *signers: Signer) -> SignedStatement:
    """A STOP in the name of ``member`` that stands in no log, signed by whomever."""
    stop = wire.stops("TUR", ["ISR", "AZE"])
    true = wire.opened("TUR", wire.size("TUR", "TUR") - 1).statement
    assert true.id == stop.id
    ledger = wire.ledger(member)
    identity = fresh_id(ledger.randomness.bytes, mechanism=ledger.mechanism, author=member)
    to = tuple(sorted({"TUR", "ISR", "AZE"} - {member}))
    signer = list(signers) or [wire.signer(member, "duty", "air")]
    return sign_statement(replace(true, author=member, id=identity, to=to), signer)


# ---- the floor -------------------------------------------------------------------------------------------


def test_forged_floor_message(wire: Wire) -> None:
    """The words of ISR's STOP are changed under its signature."""
    true, other = stop_of(wire, "ISR"), stop_of(wire, "ISR")
    forged = SignedStatement(other.statement, replace(other.envelope, signatures=true.envelope.signatures))
    carried(wire, "TUR", FloorMessage(forged, ()))
    wire.noticed("TUR sent", "in the name of ISR is signed by nobody", "floor-forged", by=["AZE"])
    wire.says("ISR", "TUR brought a stop.call in the name of ISR, which this member never said")
    assert all(row.caller == "TUR" for row in wire.status("AZE").stops)


def test_floor_message_by_a_key_that_nobody_named(wire: Wire) -> None:
    """It might be true, and lives may hang on it: it rings, marked, and ends nothing."""
    unsure = stop_of(wire, "ISR", stranger())
    carried(wire, "AZE", FloorMessage(unsure, ()))
    wire.sync()
    rows = {row.id: row for row in wire.status("TUR").stops}
    doubt = rows[unsure.statement.id].doubt
    assert doubt is not None
    assert doubt.startswith("UNVERIFIED")
    wire.goes_on()


def test_stop_closed_by_another(wire: Wire) -> None:
    """TUR's STOP is open; ISR brings a close of it in TUR's name."""
    stop = wire.stops("TUR", ["ISR", "AZE"])
    wire.settle()
    close = wire.draft("TUR", StopClose(stop=stop.id, because="all is well")).said.statement
    forged = sign_statement(close, [stranger()])
    carried(wire, "ISR", FloorMessage(forged, ()))
    wire.sync()
    (shown,) = wire.status("AZE").stops
    assert shown.closed_at is None
    wire.noticed("stop.close", "UNVERIFIED", by=["AZE"])


def test_notice_smuggled_in_as_a_floor_message(wire: Wire) -> None:
    """What is no call cannot take the way that is never limited."""
    message = FloorMessage(stop_of(wire, "TUR"), ())
    smuggled = said(wire, "TUR", DRILL)
    object.__setattr__(message, "statement", smuggled)
    carried(wire, "TUR", message)
    wire.noticed("TUR sent", "is no message of the safety floor", "floor-kind")


def test_stop_gets_through_although_its_log_is_in_doubt(wire: Wire) -> None:
    """The host holds back TUR's whole log: the STOP comes by the direct line, as a message by itself."""
    wire.settle()
    wire.lies("AZE", lambda peer, bundle: without_log(bundle, "TUR"))
    stop = wire.stops("TUR", ["ISR"])
    wire.sync()
    assert [row.id for row in wire.status("ISR").stops] == [stop.id]
    wire.goes_on()


# ---- the lines -------------------------------------------------------------------------------------------


def test_caller_under_a_foreign_key(wire: Wire) -> None:
    """Somebody calls under a certificate that says ISR, and is not ISR's."""
    impostor = make_certificate("ISR")
    exchange = HttpsExchange(
        impostor, [PeerAddress("TUR", (wire.ground.url("TUR"),), certificates()["TUR"].der)]
    )

    async def call() -> None:
        try:
            await exchange.exchange("TUR", b"let me in")
        finally:
            await exchange.close()

    with pytest.raises(Unreachable):
        wire.run(call())
    wire.says("TUR", "somebody unknown sent", "showed no member's key", "stranger-at-the-door")
    wire.goes_on()


def test_listener_under_a_foreign_key(wire: Wire) -> None:
    """What answers at TUR's address has another key: nothing is sent to it, and its member is told of it."""
    wire.liars.add("TUR")
    wire.stop("TUR")
    wire.impersonate("TUR", make_certificate("TUR"))
    for member in wire.honest:
        wire.run(wire.nodes[member].call("TUR"))
        wire.says(member, "What answers at the address of TUR does not have the key in the charter")
    assert wire.heard_by_impostor == []
    wire.goes_on()


def test_cut_in_mid_transfer_again_and_again(wire: Wire) -> None:
    """TUR's line breaks in the middle of a call, ten times: nothing of it is taken, nothing is lost."""
    bundle = wire.channel.node("TUR").make("ISR")
    head = (
        f"POST {EXCHANGE_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: {BUNDLE_TYPE}\r\n"
        f"content-length: {len(bundle)}\r\n\r\n"
    ).encode()

    async def cut() -> None:
        context = client_context(certificates()["TUR"], certificates()["ISR"].der)
        host, port = "127.0.0.1", wire.ground.sockets["ISR"].getsockname()[1]
        _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname="x")
        writer.write(head + bundle[: len(bundle) // 2])
        await writer.drain()
        writer.transport.abort()

    for _ in range(10):
        wire.run(cut())
    wire.until(lambda: wire.counted("ISR", "TUR", "transfer-cut") == 10)
    wire.file("TUR", "depot")
    wire.settle()
    assert any(row.ref == "depot" for row in wire.status("ISR").notices)
    wire.goes_on()


def test_call_without_end(wire: Wire) -> None:
    """A request that claims to be small and never stops is cut off at its bound."""

    async def endless() -> Any:
        piece = bytes(1024 * 1024)
        for _ in range(40):
            yield piece

    with contextlib.suppress(httpx.HTTPError):  # its pipe may break before it reads our answer
        assert wire.post("TUR", "ISR", endless(), timeout=60).status_code == 422
    wire.says_in_rows("ISR", "TUR", "input-too-large")
    wire.goes_on()


def test_compression_bomb(wire: Wire) -> None:
    """What is packed is not unpacked: neither a call nor an answer blows up here."""
    bomb = gzip.compress(bytes(64 * 1024 * 1024), 9)
    answer = wire.post("TUR", "ISR", bomb, headers={"content-encoding": "gzip"})
    assert answer.json()["code"] == "bundle-form"
    wire.lies("TUR", lambda *_: bomb)
    wire.noticed("TUR sent", "bundle-form")


def test_answer_without_end(wire: Wire) -> None:
    """TUR's node answers a call with more than anybody may send at once."""
    wire.lies("TUR", lambda *_: bytes(17 * 1024 * 1024))
    for member in wire.honest:
        wire.run(wire.nodes[member].call("TUR"))
        wire.says(member, "TUR sent", "at once", "peer-answer-too-large")
    wire.goes_on()


def test_crowd_of_connections(wire: Wire) -> None:
    """TUR's certificate opens forty connections: the newest are served, the oldest give way."""

    async def crowd() -> int:
        context = client_context(certificates()["TUR"], certificates()["ISR"].der)
        port = wire.ground.sockets["ISR"].getsockname()[1]
        opened = [
            await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="x")
            for _ in range(40)
        ]
        reads = [asyncio.ensure_future(reader.read(1)) for reader, _ in opened]
        # A read ends when the other side closes; on a connection that is served it waits.
        closed, waiting = await asyncio.wait(reads, timeout=0.2)
        for read in waiting:
            read.cancel()
        await asyncio.gather(*reads, return_exceptions=True)
        for _, writer in opened:
            writer.transport.abort()
        return len(closed)

    assert wire.run(crowd()) >= 40 - MOST_CONNECTIONS
    wire.says_in_rows("ISR", "TUR", "too-many-connections")
    wire.goes_on()


def test_bundle_of_another_smuggled_in(wire: Wire) -> None:
    """Under TUR's certificate, what AZE's node would send: so that TUR speaks with the host's mouth."""
    bundle = wire.channel.node("AZE").make("ISR")
    answer = wire.post("TUR", "ISR", bundle)
    assert answer.json()["code"] == "bundle-of-another"
    wire.says("ISR", "TUR sent", "The bundle says that it comes from AZE; the line is that of TUR")
    wire.goes_on()


def test_second_request_hidden_in_the_first(wire: Wire) -> None:
    """Two lengths in one head: a proxy and a node would cut the stream at different places."""
    true = print_bundle(parse_bundle(wire.channel.node("TUR").make("ISR")))

    async def smuggle() -> bytes:
        context = client_context(certificates()["TUR"], certificates()["ISR"].der)
        port = wire.ground.sockets["ISR"].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="x")
        head = f"POST {EXCHANGE_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(true)}\r\n"
        writer.write(f"{head}transfer-encoding: chunked\r\n\r\n0\r\n\r\n".encode() + true)
        answered = await reader.read(200)
        writer.transport.abort()
        return answered

    before = wire.ledger("ISR").sizes()
    assert b" 200 " not in wire.run(smuggle()).partition(b"\r\n")[0] + b" "
    assert wire.ledger("ISR").sizes() == before
    wire.goes_on()
