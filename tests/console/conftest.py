# SPDX-License-Identifier: Apache-2.0
"""Consoles of a channel in real browsers: each node over its real API on loopback, its clock scripted.

Whoever signs in does so by the link of an invitation, with a passkey that Chromium itself makes.
``STEERCLEAR_PICTURES=docs/pictures`` takes the documents' pictures anew; else they go where nothing is kept.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from babel.messages.pofile import read_po
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Locator,
    Page,
    Route,
    expect,
    sync_playwright,
)
from tests.api.test_serving import free_ports
from tests.console.cable import Cable
from tests.services.conftest import Channel, certificates, copy_of, ratified

from steerclear.api.app import build_api
from steerclear.links.notifier import Alarm, MemoryEars
from steerclear.model.member import MemberId
from steerclear.node import Node, Settings
from steerclear.node.doors import ConsoleSettings
from steerclear.node.feeds import FeedSettings, LiveSettings
from steerclear.services.events import alarm_data
from steerclear.services.roles import OPERATOR

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "src" / "steerclear" / "web" / "dist"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "pictures"
KEPT = os.environ.get("STEERCLEAR_PICTURES")
LARGEST_PICTURE = 120_000
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

    def __init__(
        self, channel: Channel, member: str, folder: Path, feeds: tuple[FeedSettings, ...] = ()
    ) -> None:
        port, behind = free_ports(2)
        self.member = member
        self.origin = f"http://{member.lower()}.localhost:{port}"
        settings = Settings(
            MemberId(member),
            "127.0.0.1",
            0,
            console=ConsoleSettings("127.0.0.1", behind, self.origin),
            live=LiveSettings(feeds=feeds),
        )
        self.node = Node(
            folder, settings, channel.node(member), certificate=certificates()[member], ears=MemoryEars()
        )
        app = build_api(self.node, "console", built=BUILT)
        self._server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=behind, lifespan="off", log_config=None)
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server ended before it began"
            threading.Event().wait(0.01)
        self.cable = Cable(port, behind)
        """Between this console's browsers and the node."""

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._server.serve())

    def invite(self, role: str, desk: str | None) -> str:
        # Playwright has a loop of its own in the thread of the test.
        with ThreadPoolExecutor(1) as beside:
            work = self.node.console.invite(OPERATOR, role, desk)
            return beside.submit(asyncio.run, work).result().link

    def tell(self, alarms: Sequence[Alarm]) -> None:
        """As the node tells its consoles when its ledger has moved, and which bells it rang."""
        for alarm in alarms:
            if alarm.member == self.member:
                self._loop.call_soon_threadsafe(self.node.console.tell, "alarm", alarm_data(alarm))
        self._loop.call_soon_threadsafe(self.node.console.tell, "duties", {"things": []})

    def line(self, member: str, *, up: bool) -> None:
        """As the node's courier tells it that a peer answered, or no longer does."""
        self._loop.call_soon_threadsafe(lambda: self.node._note_line(member, up=up))

    def end(self) -> None:
        self.cable.remove()
        self.node.console.end()
        self._server.should_exit = True
        self._thread.join()


@cache
def catalogue(language: str) -> dict[str, str]:
    """English → what the console says instead; read by Babel, where the build reads with our own."""
    words: dict[str, str] = {}
    for path in sorted((ROOT / "web" / "catalogues").glob(f"*.{language}.po")):
        with path.open("rb") as file:
            words |= {str(one.id): str(one.string) for one in read_po(file, locale=language) if one.string}
    return words


@dataclass
class Seat:
    """A person at a console: the page, and what went wrong on it or was asked for elsewhere."""

    page: Page
    devtools: CDPSession
    language: str = "en"
    key: str = ""
    faults: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def says(self, english: str, **given: object) -> str:
        """What the console says for it in the language of this seat."""
        words = english if self.language == "en" else catalogue(self.language)[english]
        return re.sub(r"\{(\w+)\}", lambda gap: str(given[gap[1]]), words)

    def button(self, english: str, **given: object) -> Locator:
        return self.page.get_by_role("button", name=self.says(english, **given), exact=True)

    def field(self, english: str) -> Locator:
        return self.page.get_by_label(self.says(english), exact=True)

    def press(self, english: str, **given: object) -> None:
        self.button(english, **given).click()

    def files(self, button: Locator) -> None:
        """Press what files something; go on when the node has answered."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            button.click()
        assert answered.value.ok, answered.value.text()

    def owed(self, english: str, **given: object) -> Locator:
        """A duty on the left, by its words."""
        return self.page.locator("aside li", has_text=self.says(english, **given))

    def with_another_key(self) -> None:
        """Who sat here takes his key along, and the next one brings hers."""
        if self.key:
            self.devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.key})
        made = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self.key = made["authenticatorId"]

    def hear(self) -> None:
        self.page.locator("dialog button").first.click()

    def begin(self, *, takes: bool = False) -> None:
        """The first minute: hear the tone; take the watch, or go on without it."""
        self.hear()
        buttons = self.page.locator("dialog .end button")
        (buttons.first if takes else buttons.last).click()
        self.page.locator("dialog").wait_for(state="detached")

    def go(self, page: str) -> None:
        self.page.locator(f'nav a[href="/{page}"]').click()

    def picture(self, name: str, *, kept: bool = False) -> None:
        """``kept``: one of the documents' pictures, small, where the environment asks for them."""
        folder = ROOT / KEPT if kept and KEPT else PICTURES
        folder.mkdir(parents=True, exist_ok=True)
        if kept and self.button("Put away").is_visible():
            self.press("Put away")
        taken = self.page.screenshot()
        (folder / f"{name}.png").write_bytes(_small(taken) if kept else taken)

    def serious(self) -> list[str]:
        """What axe-core finds that is serious or critical; evaluated, so the page's policy binds it not."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        # A map's own canvas has no words to compare.
        found = self.page.evaluate("axe.run({exclude: [['.map canvas']]}, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]

    def fits(self) -> bool:
        """Nobody has to push the page to and fro."""
        found: bool = self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        return found

    def is_usable(self, name: str, *, kept: bool = False) -> None:
        """A page of a story: turned the right way round, and of use to whoever cannot see it."""
        turned = "rtl" if self.language in ("ar", "he") else "ltr"
        assert self.page.evaluate("document.documentElement.dir") == turned
        assert self.fits(), f"{name} is too wide"
        self.picture(f"{name}-{self.language}", kept=kept)
        assert self.serious() == [], name

    def is_clean(self) -> None:
        assert self.faults == []
        assert self.outside == []


def _small(png: bytes) -> bytes:
    """The same picture in as many of 192 colours as it needs."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(192, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    assert out.tell() <= LARGEST_PICTURE, f"a picture of {out.tell()} bytes"
    return out.getvalue()


class Table:
    """The channel, its consoles, and whoever sits at them."""

    def __init__(self, channel: Channel, chromium: Browser, folder: Path) -> None:
        self.channel = channel
        self.served: dict[str, Served] = {}
        self.seats: list[Seat] = []
        self.feeds: tuple[FeedSettings, ...] = ()
        """Those of a node that is served from now on; nobody runs them here."""
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
            self.served[member] = Served(self.channel, member, self._folder, self.feeds)
        served = self.served[member]
        context = self._chromium.new_context(
            base_url=served.origin, viewport={"width": size[0], "height": size[1]}
        )
        context.add_init_script(
            f"localStorage.setItem('steerclear.language', '{language}');"
            f"localStorage.setItem('steerclear.theme', '{theme}');"
        )
        seat = _listened(context, served.origin, language)
        seat.page.goto(served.invite(role, desk))
        seat.page.locator("button.main").click()
        seat.page.locator("dialog").wait_for()
        self.seats.append(seat)
        return seat

    def settle(self) -> None:
        """Whatever was said goes over the lines, and the consoles hear that something moved."""
        self.channel.settle()
        alarms, self.channel.alarms = self.channel.alarms, []
        whole = set(self.channel.lines())
        for served in self.served.values():
            for peer in self.channel.stations.keys() - {served.member}:
                served.line(peer, up=(served.member, peer) in whole)
            served.tell(alarms)


def _listened(context: BrowserContext, origin: str, language: str) -> Seat:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    seat = Seat(page, devtools, language)
    seat.with_another_key()

    def refuse(route: Route) -> None:
        """Whatever is asked for elsewhere is written down, and fails."""
        seat.outside.append(route.request.url)
        route.abort()

    # What the node refuses is an answer, and no fault of the page.
    def said(message: Any) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            seat.faults.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: seat.faults.append(str(error)))
    context.route(re.compile(rf"^(?!{re.escape(origin)}/|data:|blob:)"), refuse)
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
