# SPDX-License-Identifier: Apache-2.0
"""A node of the channel in memory, behind its real API: on a socket of its own, or called in this process.

One for each file of tests: what is refused changes nothing, and the others clean up.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from tests.services.conftest import Channel, area, certificates, collection, copy_of, ratified

from steerclear.api.app import build_api
from steerclear.links.notifier import MemoryEars
from steerclear.model.member import MemberId
from steerclear.node import Node, Settings


@pytest.fixture(scope="session")
def _ratified() -> Channel:
    return ratified()


@pytest.fixture(scope="module")
def channel(_ratified: Channel) -> Channel:
    return copy_of(_ratified)


@pytest.fixture(scope="session")
def draw() -> Callable[..., dict[str, Any]]:
    return area


@pytest.fixture(scope="session")
def drawn() -> Callable[..., str]:
    return collection


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Unix sockets have short paths."""
    made = Path(tempfile.mkdtemp(prefix="sc-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def empty() -> Iterator[Path]:
    """A folder in which no node runs."""
    made = Path(tempfile.mkdtemp(prefix="sc-"))
    yield made
    shutil.rmtree(made)


def node_of(channel: Channel, member: str, folder: Path) -> Node:
    """One node of the channel, with a folder for its socket."""
    return Node(
        folder,
        Settings(MemberId(member), "127.0.0.1", 0),
        channel.node(member),
        certificate=certificates()[member],
        ears=MemoryEars(),
    )


@contextlib.contextmanager
def serving(node: Node) -> Iterator[Path]:
    """The node's folder, while its API answers on its socket from a thread of its own."""
    server = uvicorn.Server(
        uvicorn.Config(build_api(node), uds=str(node.folder / "api.sock"), lifespan="off", log_config=None)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended before it began"
        threading.Event().wait(0.01)
    try:
        yield node.folder
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def node(channel: Channel, folder: Path) -> Node:
    """The node of TUR."""
    return node_of(channel, "TUR", folder)


Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def ask_api(node: Node) -> Ask:
    """One request to the API, in this process."""

    async def asked(method: str, path: str, **given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=build_api(node), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
            return await client.request(method, path, **given)

    return lambda method, path, **given: asyncio.run(asked(method, path, **given))


@pytest.fixture(scope="module")
def served(node: Node) -> Iterator[Path]:
    with serving(node) as folder:
        yield folder
