# SPDX-License-Identifier: Apache-2.0
"""Does an officer see on the map what stands, and file by drawing and by paste, in a real browser?

One node of the channel over its real API on loopback, its clock scripted; Debian's Chromium, without a GPU.
"""

from __future__ import annotations

import json
import random
import re
import socket
import subprocess
import sysconfig
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from tests.api.conftest import Browser as ApiBrowser
from tests.services.conftest import Channel, area, certificates, collection, copy_of, ratified

from steerclear.api.app import build_api
from steerclear.formats.coordinates import spell
from steerclear.links.notifier import MemoryEars
from steerclear.model.member import MemberId
from steerclear.model.space import Position
from steerclear.node import Node, Settings
from steerclear.node.doors import ConsoleSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "src" / "steerclear" / "web" / "dist"
PICTURES = ROOT / "build" / "pictures"
PATIENCE_MS = 60_000
CHROMIUM = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-dev-shm-usage",
)
POSITIONS = 2_000


@dataclass
class Desk:
    """A page of the console at which a duty officer of TUR is signed in, and what went wrong on it."""

    page: Page
    channel: Channel
    faults: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.begin()

    def begin(self) -> None:
        """The first minute: hear the tone, and go on without the watch."""
        self.page.locator("dialog button").first.click()
        self.page.locator("dialog .end button").last.click()

    def map_is_idle(self) -> None:
        self.page.wait_for_selector('[data-idle="true"]', timeout=PATIENCE_MS)

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


@contextmanager
def serving(node: Node, port: int) -> Iterator[FastAPI]:
    app = build_api(node, "console", built=BUILT)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended before it began"
        threading.Event().wait(0.01)
    try:
        yield app
    finally:
        node.console.end()
        server.should_exit = True
        thread.join()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found: int = taken.getsockname()[1]
        return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def _channel() -> Channel:
    return ratified()


@pytest.fixture
def desk_at(_channel: Channel, chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """``desk_at(prepare, language=, theme=)``: a desk of TUR, after ``prepare`` told the channel."""
    opened: list[Any] = []

    def at(
        prepare: Callable[[Channel], object] = lambda _: None, *, language: str = "en", theme: str = "light"
    ) -> Desk:
        channel = copy_of(_channel)
        prepare(channel)
        port = free_port()
        origin = f"http://tur.localhost:{port}"
        settings = Settings(
            MemberId("TUR"), "127.0.0.1", 0, console=ConsoleSettings("127.0.0.1", port, origin)
        )
        node = Node(
            tmp_path, settings, channel.node("TUR"), certificate=certificates()["TUR"], ears=MemoryEars()
        )
        server = serving(node, port)
        app = server.__enter__()
        opened.append(server)
        officer = ApiBrowser(node, app=app)
        # Playwright has a loop of its own in this thread.
        with ThreadPoolExecutor(1) as beside:
            assert beside.submit(officer.enrol, "duty-officer", "air").result().status_code == 201
        return Desk(_page(chromium, origin, officer.cookie or "", language, theme), channel)

    def listened(*given: Any, **more: Any) -> Desk:
        desk = at(*given, **more)
        page = desk.page
        page.on("console", lambda said: desk.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: desk.faults.append(str(error)))
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith(("http://tur.localhost:", "data:", "blob:"))
                else desk.outside.append(asked.url)
            ),
        )
        return desk

    yield listened
    for context in chromium.contexts:
        context.close()
    for server in opened:
        server.__exit__(None, None, None)


def _page(chromium: Browser, origin: str, cookie: str, language: str, theme: str) -> Page:
    context = chromium.new_context(base_url=origin, viewport={"width": 1280, "height": 720})
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": origin}])
    context.add_init_script(
        f"localStorage.setItem('steerclear.language', '{language}');"
        f"localStorage.setItem('steerclear.theme', '{theme}');"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


def two_that_meet(channel: Channel) -> None:
    channel.file("TUR", area("survey", "TUR"))
    channel.file("ISR", area("flight", "ISR", lat=34.5423, lon=37.66), level="L0")
    channel.file("ISR", area("convoy", "ISR", lat=34.75, lon=38.2), level="L0")
    channel.settle()


def test_the_map_shows_what_stands_and_answers_to_a_click(desk_at: Callable[..., Desk]) -> None:
    desk = desk_at(two_that_meet)
    desk.open("/")
    desk.map_is_idle()
    shown = desk.page.locator("[data-areas]").first
    assert shown.get_attribute("data-areas") == "3"
    desk.page.get_by_text("Legend").click()
    expect(desk.page.get_by_text("no position implied")).to_be_visible()
    desk.picture("map-day")
    readout = desk.page.locator("button.readout")
    assert re.search(r"MGRS\s*\d{2}[C-X] [A-Z]{2} \d{5} \d{5}", readout.inner_text())
    readout.click()
    assert "DMS" in readout.inner_text()
    assert desk.faults == []
    assert desk.outside == []


def test_the_slider_shows_what_holds_then_and_keys_move_it(desk_at: Callable[..., Desk]) -> None:
    desk = desk_at(two_that_meet)
    desk.open("/")
    desk.map_is_idle()
    shown = desk.page.locator("[data-holding]").first
    assert shown.get_attribute("data-holding") == "0"
    slider = desk.page.get_by_role("slider")
    slider.focus()
    for _ in range(10):
        desk.page.keyboard.press("PageUp")
        if shown.get_attribute("data-holding") != "0":
            break
    assert slider.get_attribute("aria-valuetext")
    desk.page.get_by_role("button", name="Now", exact=True).click()
    expect(shown).to_have_attribute("data-holding", "0")
    assert desk.faults == []


def test_a_map_begins_where_the_areas_are_and_is_not_moved_there(desk_at: Callable[..., Desk]) -> None:
    """A map that is moved at once has cut all of its ground into tiles for nothing."""
    desk = desk_at(two_that_meet)
    desk.open("/")
    desk.map_is_idle()
    # A view is kept when somebody moves the map; until then it is made anew from what stands.
    assert desk.page.evaluate("localStorage.getItem('steerclear.map.view')") is None
    seen = desk.page.locator("button.readout")
    seen.click()
    seen.click()
    lat, lon = map(float, re.findall(r"-?\d+\.\d+", seen.inner_text()))
    assert 34.4 < lat < 34.9, "the middle of the map is not among the areas"
    assert 37.5 < lon < 38.3
    assert desk.faults == []


def test_what_stands_still_is_not_drawn_again_as_time_goes_on(desk_at: Callable[..., Desk]) -> None:
    desk = desk_at(two_that_meet)
    desk.open("/")
    desk.map_is_idle()
    shown = desk.page.locator("[data-drawn]").first
    drawn = shown.get_attribute("data-drawn")
    slider = desk.page.get_by_role("slider")
    slider.focus()
    words = {slider.get_attribute("aria-valuetext")}
    for _ in range(3):
        desk.page.keyboard.press("ArrowRight")
        words.add(slider.get_attribute("aria-valuetext"))
    assert len(words) == 4, "the map was to show other moments"
    assert shown.get_attribute("data-drawn") == drawn
    for _ in range(10):
        desk.page.keyboard.press("PageUp")
        if shown.get_attribute("data-holding") != "0":
            break
    # An area that has begun to hold is drawn otherwise.
    assert shown.get_attribute("data-drawn") != drawn
    assert desk.faults == []


@pytest.mark.parametrize(("language", "theme"), [("ar", "dark"), ("he", "night")])
def test_the_map_is_not_mirrored_from_right_to_left(
    desk_at: Callable[..., Desk], language: str, theme: str
) -> None:
    desk = desk_at(two_that_meet, language=language, theme=theme)
    desk.open("/")
    desk.map_is_idle()
    assert desk.page.evaluate("document.documentElement.dir") == "rtl"
    assert desk.page.locator(".map[data-idle]").get_attribute("dir") == "ltr"
    desk.picture(f"map-{theme}-{language}")
    assert desk.faults == []
    assert desk.outside == []


def draw(desk: Desk, tool: str, *corners: tuple[int, int]) -> None:
    desk.page.wait_for_selector('[data-ready="true"]')
    desk.page.get_by_role("button", name=tool, exact=True).click()
    box = desk.page.locator(".map[data-ready]").bounding_box()
    assert box is not None
    for x, y in corners:
        desk.page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
        desk.page.mouse.click(box["x"] + x, box["y"] + y)


def test_an_area_is_drawn_checked_and_filed_once(desk_at: Callable[..., Desk]) -> None:
    desk = desk_at(two_that_meet)
    page = desk.page
    desk.open("/file")
    draw(desk, "Area", (300, 300), (420, 300), (420, 400), (300, 400), (300, 300))
    page.get_by_label("Your reference").fill("drawn-1")
    page.get_by_label("Kind").select_option("flight")
    expect(page.get_by_label("Your own check")).to_be_visible()
    desk.picture("filing-drawn")
    for reason in page.get_by_label("Reason why it goes all the same").all():
        reason.fill("as briefed")
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        """The node files it, and its answer never comes."""
        lost.append(route.request.headers["idempotency-key"])
        if len(lost) == 1:
            asked = route.request
            here = asked.url.replace("tur.localhost", "127.0.0.1")
            host = asked.url.split("/")[2]
            assert route.fetch(url=here, headers={**asked.headers, "host": host}).status == 201
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/notices", lose_the_answer)
    page.get_by_role("button", name="File it").click()
    expect(page.get_by_text("Your own node does not answer.")).to_be_visible()
    expect(page.get_by_label("Your reference")).to_have_value("drawn-1")
    page.reload()
    desk.begin()
    expect(page.get_by_label("Your reference")).to_have_value("drawn-1")
    page.get_by_role("button", name="File it").click()
    page.wait_for_url("**/thing/**")
    assert len(lost) == 2
    assert lost[0] == lost[1]
    filed = [row for row in desk.channel.node("TUR").inbox(None).notices if row.ref == "drawn-1"]
    assert len(filed) == 1
    assert desk.outside == []


def test_a_conflict_offers_its_way_out_as_a_button(desk_at: Callable[..., Desk]) -> None:
    desk = desk_at(two_that_meet)
    page = desk.page
    desk.open("/file")
    paste(page, collection(area("near", "TUR", lat=34.5423, lon=37.66)))
    check = page.get_by_label("Your own check")
    expect(check.get_by_text("CONFLICT", exact=False).first).to_be_visible()
    page.wait_for_timeout(1_500)
    desk.picture("filing-conflict")
    page.get_by_role("button", name=re.compile("Without conflict.*higher|Without conflict.*lower")).click()
    expect(check.get_by_text("NO CONFLICT KNOWN").first).to_be_visible()
    assert desk.faults == []


def paste(page: Page, text: str) -> None:
    page.wait_for_selector('[data-ready="true"]')
    page.get_by_role("button", name="Paste", exact=True).click()
    page.get_by_label("Paste a NOTAM").fill(text)
    page.get_by_role("button", name="Read it").click()


def test_a_paste_that_half_parses_lists_its_doubts_beside_the_fields(desk_at: Callable[..., Desk]) -> None:
    desk = desk_at()
    page = desk.page
    desk.open("/file")
    paste(page, "1. 34.5N 37.6E\n34.7N 37.9E\n34°20'00\"N 37°50'00\"E\nmeet at the bridge")
    expect(page.get_by_text("meet at the bridge").first).to_be_visible()
    assert page.locator('[data-code="corners-or-line"]').count() == 1
    assert page.locator('[data-code="kind-not-said"]').count() == 1
    expect(page.get_by_role("button", name="File it")).to_be_disabled()
    desk.picture("filing-doubts")
    while page.get_by_role("button", name="I looked; it is so").count():
        page.get_by_role("button", name="I looked; it is so").first.click()
    page.get_by_label("Your reference").fill("pasted-1")
    page.get_by_label("Kind").select_option("works")
    for limit, value in (("From height", "0"), ("To height", "900")):
        page.get_by_label(limit, exact=True).last.fill(value)
    page.get_by_label("Start (UTC)").fill("2025-04-12T06:00Z")
    page.get_by_label("End (UTC)").fill("2025-04-12T07:00Z")
    expect(page.get_by_text("are in doubt")).to_have_count(0)
    expect(page.get_by_label("Your own check")).to_be_visible()
    assert desk.faults == []


def test_the_reason_stands_beside_the_field(desk_at: Callable[..., Desk]) -> None:
    desk = desk_at()
    page = desk.page
    desk.open("/file")
    draw(desk, "Circle", (360, 300), (420, 300))
    page.get_by_label("Your reference").fill("bad-time")
    page.get_by_label("Kind").select_option("flight")
    page.get_by_label("Start (UTC)").fill("tomorrow")
    beside = page.locator("label", has_text="Start (UTC)").locator("xpath=following-sibling::*[1]")
    expect(beside).to_have_attribute("role", "alert")
    expect(page.get_by_label("Start (UTC)")).to_have_value("tomorrow")
    assert page.get_by_role("button", name="File it").is_disabled()


def test_the_pointers_spelling_is_the_nodes(tmp_path: Path) -> None:
    """web/src/map/positions.ts against formats/coordinates.py, by node itself."""
    chance = random.Random(7)
    spots = [
        (chance.randint(-799_000_000, 829_000_000), chance.randint(-1_800_000_000, 1_799_999_999))
        for _ in range(POSITIONS)
    ]
    spots += [(345_225_000, 376_270_000), (0, 0), (-1, -1), (600_000_000, 40_000_000), (750_000_000, 10**8)]
    twin = ROOT / "web" / "src" / "map" / "positions.ts"
    script = tmp_path / "spell.ts"
    script.write_text(
        f'import {{ readFileSync }} from "node:fs";\nimport {{ spell }} from "{twin}";\n'
        "const spots = JSON.parse(readFileSync(0, 'utf8'));\n"
        "console.log(JSON.stringify(spots.map(([lat, lon]) => spell(lon / 1e7, lat / 1e7))));\n"
    )
    ran = subprocess.run(
        [Path(sysconfig.get_path("scripts")) / "node", "--experimental-strip-types", "--no-warnings", script],
        input=json.dumps(spots).encode(),
        capture_output=True,
        check=True,
    )
    for (lat, lon), said in zip(spots, json.loads(ran.stdout), strict=True):
        ways = spell(Position(lat, lon))
        assert (said["decimal"], said["dms"]) == (ways.decimal, ways.dms), (lat, lon)
        assert is_same_metre(said["mgrs"], ways.mgrs), (lat, lon, said["mgrs"], ways.mgrs)


def is_same_metre(one: str, other: str) -> bool:
    """Both cut to whole metres: on the edge of one, the last bit of a float decides."""
    square, easting, northing = one.rsplit(" ", 2)
    other_square, other_easting, other_northing = other.rsplit(" ", 2)
    apart = abs(int(easting) - int(other_easting)) + abs(int(northing) - int(other_northing))
    return square == other_square and apart <= 1


def test_the_basemap_is_small_and_named_in_every_language() -> None:
    layers = (BUILT / "basemap" / "layers.json").read_bytes()
    names = (BUILT / "basemap" / "names.json").read_bytes()
    assert len(zlib.compress(layers, 9)) + len(zlib.compress(names, 9)) < 1_000_000
    named = json.loads(names)
    for one in (*named["countries"], *named["towns"]):
        assert sorted(one["names"]) == ["ar", "az", "en", "he", "ru", "tr"]
        assert all(one["names"].values()), one
    assert {"OSDZ", "LTAG", "LLBG", "UBBB"} <= {one["code"] for one in named["airfields"]}


def test_the_console_is_light_without_its_basemap() -> None:
    """Everything that a browser loads for the whole of it, compressed; fonts are compressed already."""
    text = [path for path in (BUILT / "assets").iterdir() if path.suffix in {".js", ".mjs", ".css"}]
    assert sum(len(zlib.compress(path.read_bytes(), 9)) for path in text) < 1_000_000
