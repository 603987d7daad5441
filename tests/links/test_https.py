# SPDX-License-Identifier: Apache-2.0
"""Do two nodes reach each other over real HTTPS, and does each know for certain who called?"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from steerclear.errors import BadInput, Unreachable
from steerclear.links.clock import ScriptedClock
from steerclear.links.courier import BUNDLE_TYPE, EXCHANGE_PATH, Courier
from steerclear.links.https import HttpsExchange, PeerAddress
from steerclear.links.peer_protocol import EXTENSION, certificate_of
from steerclear.links.tls import Certificate, client_context, peer_of, pins_of
from steerclear.model.time import Instant

Certificates = Mapping[str, Certificate]
Listener = Callable[..., contextlib.AbstractAsyncContextManager[str]]
ANSWER_HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", BUNDLE_TYPE.encode())],
}


class Inbox:
    """A tiny ASGI application: notes who sent what, and answers."""

    def __init__(self, certificates: Certificates, answer: bytes = b"heard", *, head: Any = None) -> None:
        self._pins = pins_of({member: own.der for member, own in certificates.items()})
        self._answer = answer
        self._head = ANSWER_HEAD if head is None else head
        self.got: list[tuple[str, bytes]] = []
        self.scopes: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        certificate = certificate_of(scope)
        assert certificate is not None
        self.scopes.append(scope)
        self.got.append((peer_of(certificate, self._pins), body))
        await send(self._head)
        await send({"type": "http.response.body", "body": self._answer})


def others(certificates: Certificates, member: str) -> dict[str, bytes]:
    return {name: own.der for name, own in certificates.items() if name not in (member, "STRANGER")}


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _once(exchange: HttpsExchange, member: str, bundle: bytes) -> bytes:
    try:
        return await exchange.exchange(member, bundle)
    finally:
        await exchange.close()


def test_the_listener_knows_the_member_that_calls(certificates: Certificates, listening: Listener) -> None:
    inbox = Inbox(certificates)

    async def run() -> None:
        async with listening(inbox, certificates["AZE"], others(certificates, "AZE")) as url:
            for member in ("TUR", "ISR"):
                address = PeerAddress("AZE", (url,), certificates["AZE"].der)
                exchange = HttpsExchange(certificates[member], [address])
                assert await exchange.exchange("AZE", b"one") == b"heard"
                assert await exchange.exchange("AZE", b"two") == b"heard"
                await exchange.close()

    asyncio.run(run())
    assert inbox.got == [("TUR", b"one"), ("TUR", b"two"), ("ISR", b"one"), ("ISR", b"two")]
    scope = inbox.scopes[0]
    assert (scope["method"], scope["path"], scope["scheme"]) == ("POST", EXCHANGE_PATH, "https")
    assert inbox.scopes[0]["client"] == inbox.scopes[1]["client"]  # one connection carried both


def test_a_certificate_cannot_be_claimed_in_a_header(certificates: Certificates, listening: Listener) -> None:
    inbox = Inbox(certificates)

    async def run() -> None:
        async with listening(inbox, certificates["AZE"], others(certificates, "AZE")) as url:
            context = client_context(certificates["TUR"], certificates["AZE"].der)
            claims = {EXTENSION: certificates["ISR"].der.hex()}
            async with httpx.AsyncClient(verify=context, trust_env=False) as client:
                await client.post(url + EXCHANGE_PATH, content=b"x", headers=claims)

    asyncio.run(run())
    assert inbox.got == [("TUR", b"x")]


@pytest.mark.parametrize(("caller", "expected"), [("STRANGER", "TUR"), ("TUR", "ISR")])
def test_who_does_not_belong_is_not_heard(
    certificates: Certificates, listening: Listener, caller: str, expected: str
) -> None:
    """A stranger calls the host; a member calls a host that expects another one alone."""
    inbox = Inbox(certificates)

    async def run() -> None:
        async with listening(inbox, certificates["AZE"], {expected: certificates[expected].der}) as url:
            exchange = HttpsExchange(
                certificates[caller], [PeerAddress("AZE", (url,), certificates["AZE"].der)]
            )
            await _once(exchange, "AZE", b"let me in")

    with pytest.raises(Unreachable) as refused:
        asyncio.run(run())
    assert refused.value.code == "line-down"
    assert inbox.got == []


def test_nothing_is_sent_to_the_wrong_member(certificates: Certificates, listening: Listener) -> None:
    inbox = Inbox(certificates)

    async def run() -> None:
        async with listening(inbox, certificates["ISR"], others(certificates, "ISR")) as url:
            address = PeerAddress("AZE", (url,), certificates["AZE"].der)
            await _once(HttpsExchange(certificates["TUR"], [address]), "AZE", b"for the host alone")

    with pytest.raises(Unreachable) as refused:
        asyncio.run(run())
    assert refused.value.code == "peer-not-recognised"
    assert inbox.got == []


def test_a_second_address_is_tried_and_remembered(certificates: Certificates, listening: Listener) -> None:
    inbox = Inbox(certificates)

    async def run() -> None:
        async with listening(inbox, certificates["AZE"], others(certificates, "AZE")) as url:
            urls = (f"https://127.0.0.1:{free_port()}", url)
            exchange = HttpsExchange(certificates["TUR"], [PeerAddress("AZE", urls, certificates["AZE"].der)])
            assert await exchange.exchange("AZE", b"one") == b"heard"
            assert exchange._lines["AZE"]._urls[0] == url
            assert await exchange.exchange("AZE", b"two") == b"heard"
            await exchange.close()

    asyncio.run(run())
    assert [bundle for _, bundle in inbox.got] == [b"one", b"two"]


def test_a_node_that_is_not_there_is_a_line_down(certificates: Certificates) -> None:
    address = PeerAddress("AZE", (f"https://127.0.0.1:{free_port()}",), certificates["AZE"].der)
    with pytest.raises(Unreachable) as down:
        asyncio.run(_once(HttpsExchange(certificates["TUR"], [address]), "AZE", b"x"))
    assert down.value.code == "line-down"
    with pytest.raises(Unreachable) as unknown:
        asyncio.run(_once(HttpsExchange(certificates["TUR"], [address]), "ISR", b"x"))
    assert unknown.value.code == "peer-not-known"


def test_a_node_that_restarts_is_reached_on_a_fresh_connection(
    certificates: Certificates, listening: Listener
) -> None:
    inbox = Inbox(certificates)

    async def run() -> None:
        exchange = HttpsExchange(certificates["TUR"], [])
        for word in (b"before", b"after"):
            async with listening(inbox, certificates["AZE"], others(certificates, "AZE")) as url:
                if word == b"before":
                    exchange.add(PeerAddress("AZE", (url,), certificates["AZE"].der))
                else:
                    exchange._lines["AZE"]._urls = [url]
                assert await exchange.exchange("AZE", word) == b"heard"
        await exchange.close()

    asyncio.run(run())
    assert inbox.got == [("TUR", b"before"), ("TUR", b"after")]


@pytest.mark.parametrize(
    ("answer", "head", "code"),
    [
        (bytes(70_000), None, "peer-answer-too-large"),
        (b"no", {"type": "http.response.start", "status": 503, "headers": []}, "peer-answer"),
        (b"<html>", {**ANSWER_HEAD, "headers": [(b"content-type", b"text/html")]}, "peer-answer"),
    ],
)
def test_an_answer_that_is_no_bundle_is_refused(
    certificates: Certificates, listening: Listener, answer: bytes, head: Any, code: str
) -> None:
    inbox = Inbox(certificates, answer, head=head)

    async def run() -> None:
        async with listening(inbox, certificates["AZE"], others(certificates, "AZE")) as url:
            address = PeerAddress("AZE", (url,), certificates["AZE"].der)
            await _once(HttpsExchange(certificates["TUR"], [address], largest_answer=65_536), "AZE", b"x")

    with pytest.raises(Unreachable) as refused:
        asyncio.run(run())
    assert refused.value.code == code


@pytest.mark.parametrize(
    "urls", [(), ("http://127.0.0.1:1",), ("https://",), ("https://host:port",), ("https://host/path",)]
)
def test_an_address_that_is_not_encrypted_or_not_an_address_is_refused(urls: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        PeerAddress("AZE", urls, b"")
    assert refused.value.code == "peer-address"


def test_two_couriers_carry_over_https(certificates: Certificates, listening: Listener) -> None:
    """Both nodes call and answer on the loopback; a wake carries a word across."""
    arrived: dict[str, asyncio.Event] = {}
    inboxes = {member: Inbox(certificates) for member in ("TUR", "AZE")}

    def courier(member: str, peer: str, exchange: HttpsExchange, said: bytes) -> Courier:
        async def make_bundle(to: str) -> bytes:
            return said

        async def take_bundle(sender: str, bundle: bytes) -> bool:
            assert bundle == b"heard"
            arrived[member].set()
            return False

        clock = ScriptedClock(Instant(0))
        return Courier(
            [peer], exchange=exchange, clock=clock, make_bundle=make_bundle, take_bundle=take_bundle
        )

    async def run() -> None:
        arrived.update(TUR=asyncio.Event(), AZE=asyncio.Event())
        async with (
            listening(inboxes["TUR"], certificates["TUR"], others(certificates, "TUR")) as tur,
            listening(inboxes["AZE"], certificates["AZE"], others(certificates, "AZE")) as aze,
        ):
            to_aze = HttpsExchange(certificates["TUR"], [PeerAddress("AZE", (aze,), certificates["AZE"].der)])
            to_tur = HttpsExchange(certificates["AZE"], [PeerAddress("TUR", (tur,), certificates["TUR"].der)])
            couriers = [
                courier("TUR", "AZE", to_aze, b"from TUR"),
                courier("AZE", "TUR", to_tur, b"from AZE"),
            ]
            running = [asyncio.create_task(each.run()) for each in couriers]
            for each in couriers:
                await each.wait_at_rest()
            assert all(line.up for each in couriers for line in each.lines().values())
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await to_aze.close()
            await to_tur.close()

    asyncio.run(run())
    assert all(event.is_set() for event in arrived.values())
    assert inboxes["AZE"].got == [("TUR", b"from TUR")]
    assert inboxes["TUR"].got == [("AZE", b"from AZE")]


def test_a_plain_scope_shows_no_certificate() -> None:
    assert certificate_of({}) is None
    assert certificate_of({"extensions": {EXTENSION: None}}) is None
