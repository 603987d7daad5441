# SPDX-License-Identifier: Apache-2.0
"""Consoles of a channel in real browsers: each node over its real API on loopback, its clock scripted.

Whoever signs in does so by the link of an invitation, with a passkey that Chromium itself makes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.api.test_serving import free_ports
from tests.services.conftest import Channel, certificates, copy_of, ratified

from steerclear.api.app import build_api
from steerclear.links.notifier import MemoryEars
from steerclear.model.member import MemberId
from steerclear.node import Node, Settings
from steerclear.node.doors import ConsoleSettings
from steerclear.services.roles import OPERATOR

BUILT = Path(__file__).parents[2] / "src" / "steerclear" / "web" / "dist"
PICTURES = Path(__file__).parents[2] / "build" / "pictures"
PATIENCE_MS = 30_000
CHROMIUM = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-gpu")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Served:
    """One node, answering at its console's address from a thread of its own."""

    def __init__(self, channel: Channel, member: str, folder: Path) -> None:
        (port,) = free_ports(1)
        self.origin = f"http://{member.lower()}.localhost:{port}"
        settings = Settings(
            MemberId(member), "127.0.0.1", 0, console=ConsoleSettings("127.0.0.1", port, self.origin)
        )
        self.node = Node(
            folder, settings, channel.node(member), certificate=certificates()[member], ears=MemoryEars()
        )
        app = build_api(self.node, "console", built=BUILT)
        self._server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_config=None)
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server ended before it began"
            threading.Event().wait(0.01)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._server.serve())

    def invite(self, role: str, desk: str | None) -> str:
        # Playwright has a loop of its own in the thread of the test.
        with ThreadPoolExecutor(1) as beside:
            work = self.node.console.invite(OPERATOR, role, desk)
            return beside.submit(asyncio.run, work).result().link

    def tell(self) -> None:
        """As the node tells its consoles when its ledger has moved."""
        self._loop.call_soon_threadsafe(self.node.console.tell, "duties", {"things": []})

    def end(self) -> None:
        self.node.console.end()
        self._server.should_exit = True
        self._thread.join()


@dataclass
class Seat:
    """A person at a console: the page, and what went wrong on it or was asked for elsewhere."""

    page: Page
    faults: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def begin(self, *, takes: bool = False) -> None:
        """The first minute: hear the tone; take the watch, or go on without it."""
        buttons = self.page.locator("dialog .end button")
        self.page.locator("dialog button").first.click()
        (buttons.first if takes else buttons.last).click()
        self.page.locator("dialog").wait_for(state="detached")

    def go(self, page: str) -> None:
        self.page.locator(f'nav a[href="/{page}"]').click()

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")

    def is_clean(self) -> None:
        assert self.faults == []
        assert self.outside == []


class Table:
    """The channel, its consoles, and whoever sits at them."""

    def __init__(self, channel: Channel, chromium: Browser, folder: Path) -> None:
        self.channel = channel
        self.served: dict[str, Served] = {}
        self.seats: list[Seat] = []
        self._chromium = chromium
        self._folder = folder

    def sit(
        self,
        member: str,
        role: str = "duty-officer",
        desk: str | None = "air",
        *,
        language: str = "en",
        theme: str = "light",
        size: tuple[int, int] = (1280, 720),
    ) -> Seat:
        """Open the link of an invitation, make a passkey, and take the place."""
        if member not in self.served:
            self.served[member] = Served(self.channel, member, self._folder)
        served = self.served[member]
        context = self._chromium.new_context(
            base_url=served.origin, viewport={"width": size[0], "height": size[1]}
        )
        context.add_init_script(
            f"localStorage.setItem('steerclear.language', '{language}');"
            f"localStorage.setItem('steerclear.theme', '{theme}');"
        )
        seat = _listened(context, served.origin)
        seat.page.goto(served.invite(role, desk))
        seat.page.locator("button.main").click()
        seat.page.locator("dialog").wait_for()
        self.seats.append(seat)
        return seat

    def settle(self) -> None:
        """Whatever was said goes over the lines, and the consoles hear that something moved."""
        self.channel.settle()
        for served in self.served.values():
            served.tell()


def _listened(context: BrowserContext, origin: str) -> Seat:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    seat = Seat(page)

    def ask(request: Any) -> None:
        if not request.url.startswith((f"{origin}/", "data:", "blob:")):
            seat.outside.append(request.url)

    # What the node refuses is an answer, and no fault of the page.
    def said(message: Any) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            seat.faults.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: seat.faults.append(str(error)))
    page.on("request", ask)
    return seat


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        expect.set_options(timeout=PATIENCE_MS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def _in_force() -> Channel:
    return ratified()


@pytest.fixture
def table_of(browser: Browser, tmp_path: Path) -> Iterator[Callable[[Channel], Table]]:
    """``table_of(channel)``: a copy of it, at whose consoles people sit."""
    opened: list[Table] = []

    def of(channel: Channel) -> Table:
        opened.append(Table(copy_of(channel), browser, tmp_path))
        return opened[-1]

    yield of
    for table in opened:
        for seat in table.seats:
            seat.page.context.close()
        for served in table.served.values():
            served.end()


@pytest.fixture
def table(table_of: Callable[[Channel], Table], _in_force: Channel) -> Table:
    return table_of(_in_force)
