# SPDX-License-Identifier: Apache-2.0
"""Three real nodes as the demo has them, and a browser that opens the console of one with an empty cache.

Measured is from the moment at which the browser begins to ask for the page, by the page's own clock, until

    usable   *what I owe* stands there with what is owed, and the first minute of the watch can be begun
    idle     the map has drawn everything that it has

The baseline is the sign-in page of the same node in the same run: what the browser and the node cost
without a desk. Bytes are of everything that the page asked for, text compressed as gzip does; fonts are
compressed already.
"""

from __future__ import annotations

import gzip
import json
import statistics
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from benchmarks.node.load import open_scene
from benchmarks.screening.results import Machine, load_now, machine, today
from steerclear.cli.demo.nodes import PARTIES, Scene

__all__ = ["Figures", "Spread", "measured"]

PLACE = f"{PARTIES[1]}, duty officer"
PATIENCE_MS = 60_000
CHROMIUM = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
)
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
LAST = {"door": ("main button.main",), "idle": ('.map[data-idle="true"]', "dialog button", "aside li")}
WATCHED = """
    window.__seen = {};
    const is = (place) => document.querySelector(place) !== null;
    const first = (name, there) => {
        if (there && !(name in window.__seen)) window.__seen[name] = performance.now();
    };
    const look = () => {
        first("door", is("main button.main"));
        first("usable", is("aside li, aside .none") && is("dialog button"));
        first("idle", is('.map[data-idle="true"]'));
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds: the middle one, and the longest."""

    middle: float
    longest: float

    @classmethod
    def of(cls, found: list[float]) -> Spread:
        return cls(statistics.median(found), max(found))


@dataclass(frozen=True, slots=True)
class Figures:
    machine: Machine
    date: str
    load_before: float
    chromium: str
    times: int
    standing: int
    files: int
    door_ms: Spread
    usable_ms: Spread
    idle_ms: Spread
    bytes_gz: int
    bytes_fonts: int
    bytes_basemap_gz: int
    elsewhere: tuple[str, ...]

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @staticmethod
    def load(path: Path) -> Figures:
        kept = json.loads(path.read_text(encoding="utf-8"))
        spreads = {name: Spread(**kept[name]) for name in ("door_ms", "usable_ms", "idle_ms")}
        found = Machine(**kept["machine"])
        return Figures(**{**kept, **spreads, "machine": found, "elsewhere": tuple(kept["elsewhere"])})


def measured(times: int, standing: int) -> Figures:
    load_before = load_now()
    with open_scene(standing, consoles=True) as scene, _chromium() as browser:
        link, cookies = _taken_place(browser, scene)
        origin, chromium = link.partition("/enrol")[0], browser.version
        doors = [_first_load(browser, origin, [], "door")[0]["door"] for _ in range(times)]
        loads = [_first_load(browser, origin, cookies, "idle") for _ in range(times)]
    asked = loads[0][1]
    here = {url: body for url, body in asked.items() if url.startswith(origin)}
    basemap = {url: body for url, body in here.items() if "/basemap/" in url}
    fonts = {url: body for url, body in here.items() if url.endswith(".woff2")}
    rest = [body for url, body in here.items() if url not in basemap and url not in fonts]
    return Figures(
        machine=machine(),
        date=today(),
        load_before=load_before,
        chromium=chromium,
        times=times,
        standing=standing,
        files=len(here),
        door_ms=Spread.of(doors),
        usable_ms=Spread.of([seen["usable"] for seen, _ in loads]),
        idle_ms=Spread.of([seen["idle"] for seen, _ in loads]),
        bytes_gz=sum(map(_zipped, rest)) + sum(map(len, fonts.values())),
        bytes_fonts=sum(map(len, fonts.values())),
        bytes_basemap_gz=sum(map(_zipped, basemap.values())),
        elsewhere=tuple(sorted(set(asked) - set(here))),
    )


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        try:
            yield browser
        finally:
            browser.close()


def _taken_place(browser: Browser, scene: Scene) -> tuple[str, Any]:
    """Somebody opens the link of an invitation, makes a passkey, and has a session: its cookie."""
    link = scene.invite()[PLACE]
    context = browser.new_context()
    page = _page(context)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.goto(link)
    page.locator("button.main").click()
    page.locator("dialog").wait_for()
    cookies = context.cookies()
    context.close()
    return link, cookies


def _first_load(
    browser: Browser, origin: str, cookies: Any, until: str
) -> tuple[Mapping[str, float], Mapping[str, bytes]]:
    """What was seen when, and every file that was asked for until then; nothing is kept from before."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.add_cookies(cookies)
    context.add_init_script(WATCHED)
    page = _page(context)
    came: list[Response] = []
    page.on("response", lambda answer: came.append(answer))
    page.goto(origin)
    # The page's policy lets nothing be evaluated that waits; so what is waited for is an element.
    for place in LAST[until]:
        page.locator(place).first.wait_for(state="attached")
    seen: dict[str, float] = page.evaluate("window.__seen")
    bodies = {one.url: one.body() for one in came if one.ok and "/api/v1/events" not in one.url}
    context.close()
    return seen, bodies


def _page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


def _zipped(body: bytes) -> int:
    return len(gzip.compress(body, 6))
