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
from weakref import WeakKeyDictionary

import httpx
import pytest
import structlog
import uvicorn
from tests.api.authenticator import Authenticator
from tests.services.conftest import Channel, area, certificates, collection, copy_of, ratified

from steerclear.api.app import build_api
from steerclear.links.notifier import MemoryEars
from steerclear.model.member import MemberId
from steerclear.node import Node, Settings
from steerclear.node.doors import ConsoleSettings
from steerclear.services.roles import OPERATOR


@pytest.fixture(scope="session")
def _ratified() -> Channel:
    return ratified()


@pytest.fixture(scope="module")
def channel(_ratified: Channel) -> Channel:
    return copy_of(_ratified)


@pytest.fixture(autouse=True)
def _plain_log() -> None:
    """A fault is logged as a node logs it; drawing every value of every frame would take seconds."""
    processors = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(processors=processors)  # type: ignore[arg-type]  # a list of them, as documented


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
        Settings(
            MemberId(member),
            "127.0.0.1",
            0,
            console=ConsoleSettings("127.0.0.1", 8443, f"http://{member.lower()}.localhost:8443"),
        ),
        channel.node(member),
        certificate=certificates()[member],
        ears=MemoryEars(),
    )


@contextlib.contextmanager
def serving(node: Node) -> Iterator[Path]:
    """The node's folder, while its API answers on its socket from a thread of its own."""
    server = uvicorn.Server(
        uvicorn.Config(
            build_api(node),
            uds=str(node.folder / "api.sock"),
            lifespan="off",
            log_config=None,
            # A stream that a failed test has left open keeps nobody waiting.
            timeout_graceful_shutdown=2,
        )
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

    app = build_api(node)

    async def asked(method: str, path: str, **given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
            return await client.request(method, path, **given)

    return lambda method, path, **given: asyncio.run(asked(method, path, **given))


@pytest.fixture(scope="module")
def served(node: Node) -> Iterator[Path]:
    with serving(node) as folder:
        yield folder


_APPS: WeakKeyDictionary[Node, Any] = WeakKeyDictionary()


def console_app(node: Node) -> Any:
    """The app behind the node's console door; built once for each node."""
    if node not in _APPS:
        _APPS[node] = build_api(node, "console")
    return _APPS[node]


class Browser:
    """One person's browser at the console of one node, with a passkey and a cookie."""

    def __init__(self, node: Node, name: str = "somebody", *, app: Any = None) -> None:
        self.node = node
        self.origin = node.console.people.site.origin
        self.passkey = Authenticator(name, self.origin)
        self.cookie: str | None = None
        self.app = app if app is not None else console_app(node)

    def ask(self, method: str, path: str, *, raw: bool = False, **given: Any) -> httpx.Response:
        """As a browser asks: with its cookie, and its origin where something changes."""
        headers = {} if raw or method == "GET" else {"origin": self.origin}
        if self.cookie is not None:
            headers["cookie"] = self.cookie
        headers |= given.pop("headers", {})
        return asyncio.run(self._asked(method, path, headers=headers, **given))

    async def _asked(self, method: str, path: str, **given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=self.origin) as client:
            return await client.request(method, path, **given)

    def enrol(self, role: str, desk: str | None = None) -> httpx.Response:
        """Be invited by the operator, and take the place."""
        invited = asyncio.run(self.node.console.invite(OPERATOR, role, desk))
        token = invited.link.partition("#")[2]
        options = self.ask("POST", "/api/v1/enrolment-options", json={"token": token}).json()
        body = {"token": token, "credential": self.passkey.make(options)}
        return self.keep(self.ask("POST", "/api/v1/enrolments", json=body))

    def sign_in(self) -> httpx.Response:
        options = self.ask("POST", "/api/v1/sign-in-options").json()
        return self.keep(self.ask("POST", "/api/v1/sessions", json={"credential": self.passkey.use(options)}))

    def keep(self, reply: httpx.Response) -> httpx.Response:
        if "set-cookie" in reply.headers:
            self.cookie = reply.headers["set-cookie"].partition(";")[0]
        return reply

    def prepare(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self.ask("POST", "/api/v1/gestures", json={"path": path, "body": body})

    def sign(self, shown: dict[str, Any]) -> httpx.Response:
        """Make the gesture over what was shown."""
        path = f"/api/v1/gestures/{shown['gesture']}/assertions"
        return self.ask("POST", path, json={"credential": self.passkey.use(shown["options"])})


@pytest.fixture
def open_channel(_ratified: Channel) -> Channel:
    """A channel of one test alone, since it changes what stands."""
    return copy_of(_ratified)


@pytest.fixture
def console_node(open_channel: Channel, empty: Path) -> Node:
    """The node of TUR in it."""
    return node_of(open_channel, "TUR", empty)


@pytest.fixture
def browser_of(console_node: Node) -> Callable[..., Browser]:
    """``browser_of(role, desk)``: a person who has just taken a place there."""
    made = 0

    def enrolled(role: str, desk: str | None = None) -> Browser:
        nonlocal made
        made += 1
        browser = Browser(console_node, f"passkey {made}")
        reply = browser.enrol(role, desk)
        assert reply.status_code == 201, reply.text
        return browser

    return enrolled
