# SPDX-License-Identifier: Apache-2.0
"""Who may speak to the peers' listener, and what becomes of what it is sent?"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from tests.services.conftest import certificates

from steerclear.api.peers import build_peer_api
from steerclear.errors import SteerclearError
from steerclear.links.https import HttpsExchange, PeerAddress
from steerclear.links.tls import Certificate, client_context, make_certificate
from steerclear.node import Node
from steerclear.record.bundle import parse_bundle

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def at_the_listener(node: Node, do: Callable[[str], Awaitable[Any]]) -> Any:
    """Run ``do`` with the address of the node's own listener, as ``serve`` sets it up."""

    async def run() -> Any:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            config = uvicorn.Config(
                build_peer_api(node),
                lifespan="off",
                log_config=None,
                timeout_graceful_shutdown=2,
                **node.peer_listener(),
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started:
                assert not serving.done(), f"the listener ended before it began: {serving}"
                await asyncio.sleep(0.01)
            try:
                return await do(f"https://127.0.0.1:{listening.getsockname()[1]}")
            finally:
                server.should_exit = True
                await serving

    return asyncio.run(run())


async def exchanged_by(stranger: Certificate, url: str) -> bytes:
    return await exchanged(stranger, url, b"x")


async def exchanged(own: Certificate, url: str, bundle: bytes) -> bytes:
    exchange = HttpsExchange(own, [PeerAddress("TUR", (url,), certificates()["TUR"].der)])
    try:
        return await exchange.exchange("TUR", bundle)
    finally:
        await exchange.close()


def test_a_member_exchanges_under_its_own_certificate(node: Node, channel: Channel) -> None:
    asked = channel.node("ISR").make("TUR")
    answer = at_the_listener(node, lambda url: exchanged(certificates()["ISR"], url, asked))
    assert parse_bundle(answer).sender == "TUR"
    line = asyncio.run(node.status()).lines
    assert {one.member: one.state for one in line}["ISR"] == "line up"


def test_a_stranger_is_refused_in_the_handshake(node: Node) -> None:
    before = asyncio.run(node.status()).lines
    for stranger in (make_certificate("ISR"), make_certificate("RUS")):
        with pytest.raises(SteerclearError):
            at_the_listener(node, partial(exchanged_by, stranger))
    assert asyncio.run(node.status()).lines == before


def test_nobody_comes_in_without_a_certificate(node: Node) -> None:
    async def call(url: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        async with httpx.AsyncClient(verify=context) as client:
            await client.post(url + node.exchange_path, content=b"x")

    with pytest.raises(httpx.TransportError):
        at_the_listener(node, call)


def test_plain_http_gets_no_answer(node: Node) -> None:
    async def call(url: str) -> None:
        async with httpx.AsyncClient() as client:
            await client.post(url.replace("https", "http") + node.exchange_path, content=b"x")

    with pytest.raises(httpx.TransportError):
        at_the_listener(node, call)


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/peer/v1/exchange", b"hello", 400, "bundle-form"),
        ("/peer/v1/exchange", b"", 400, "bundle-form"),
        ("/v1/status", b"", 404, "no-such-path"),
        ("/openapi.json", b"", 404, "no-such-path"),
    ],
)
def test_a_member_that_sends_anything_else_gets_a_problem(
    node: Node, path: str, body: bytes, status: int, code: str
) -> None:
    reply = at_the_listener(node, lambda url: _post("ISR", url + path, body))
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json()["code"] == code


def test_a_bundle_in_another_members_name_is_refused(node: Node, channel: Channel) -> None:
    bundle = channel.node("AZE").make("TUR")
    reply = at_the_listener(node, lambda url: _post("ISR", url + node.exchange_path, bundle))
    assert (reply.status_code, reply.json()["code"]) == (400, "bundle-of-another")


async def _post(member: str, url: str, body: bytes) -> httpx.Response:
    context = client_context(certificates()[member], certificates()["TUR"].der)
    async with httpx.AsyncClient(verify=context) as client:
        return await client.post(url, content=body)
