# SPDX-License-Identifier: Apache-2.0
"""Certificates of three members and of a stranger, and a peers' listener on a free port of the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import uvicorn

from steerclear.links.peer_protocol import PeerProtocol
from steerclear.links.tls import Certificate, make_certificate, server_context

Listener = Callable[..., contextlib.AbstractAsyncContextManager[str]]


@pytest.fixture(scope="session")
def certificates() -> Mapping[str, Certificate]:
    return {member: make_certificate(member) for member in ("TUR", "ISR", "AZE", "STRANGER")}


@contextlib.asynccontextmanager
async def _listening(app: Any, own: Certificate, peers: Mapping[str, bytes]) -> AsyncIterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            http=PeerProtocol,
            ssl_context_factory=lambda config, default: server_context(own, peers),
            lifespan="off",
            log_config=None,
            ws="none",
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            assert not serving.done(), f"the listener ended before it began: {serving}"
            await asyncio.sleep(0.001)
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


@pytest.fixture
def listening() -> Listener:
    """``async with listening(app, own, peers) as url``: a real uvicorn with our peer protocol and TLS."""
    return _listening
