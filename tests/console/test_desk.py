# SPDX-License-Identifier: Apache-2.0
"""Does a tired officer see what is owed, and do it with one press? Browsers on the nodes of a channel."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.console.conftest import Seat, Table
from tests.services.conftest import area

from steerclear.services import requests as ask

WEB = Path(__file__).parents[2] / "web"
LANGUAGES = ("en", "tr", "he", "ar", "az", "ru")
TITLES = {
    "notices": "Notices", "conflicts": "Conflicts", "signals": "Signals", "watch": "Watch",
    "places": "Sites and movements", "annexes": "Annexes", "board": "Board", "settings": "Settings",
}  # fmt: skip
PAGES = ("notices", "conflicts", "signals", "watch", "places", "incidents", "meetings", "annexes", "board",
         "statistics", "settings")  # fmt: skip


def test_a_hazard_is_acknowledged_from_what_i_owe(table: Table) -> None:
    officer = table.sit("ISR")
    officer.begin(takes=True)
    expect(officer.page.get_by_text("FILED")).to_be_visible()
    watches = table.channel.node("ISR").affairs("watch")
    assert [row.state for row in watches] == ["holds the desk, UNRELIEVED"]
    hazard = table.channel.file("TUR", area("hazard", "TUR"), level="L0")
    table.settle()
    duty = officer.page.locator("aside li", has_text=f"Acknowledge {hazard.short} of TUR")
    expect(duty).to_be_visible()
    officer.picture("what-i-owe")
    duty.get_by_role("button", name="Read").click()
    expect(officer.page.locator("article h1")).to_contain_text(hazard.short)
    duty.get_by_role("button", name="Acknowledge").click()
    expect(duty).to_have_count(0)
    table.settle()
    stage = table.channel.notice("TUR", "hazard").stages[0]
    assert stage.acknowledged_at is not None
    officer.page.get_by_role("button", name="It reached the operator").click()
    expect(officer.page.locator(".stages li.done", has_text="disseminated")).to_be_visible()
    officer.picture("a-notice")
    officer.is_clean()


def test_stop_is_one_key_away_and_ends_with_an_outcome(table: Table) -> None:
    caller, called = table.sit("TUR", desk="ground"), table.sit("ISR")
    caller.begin()
    called.begin()
    caller.go("statistics")
    caller.page.keyboard.press("F9")
    caller.page.get_by_label("Where?").fill("somewhere there")
    caller.page.get_by_label("What is seen?").fill("own team under fire")
    caller.page.get_by_label("own forces").check()
    caller.page.get_by_label("ISR").check()
    caller.page.get_by_role("button", name="STOP: sign").click()
    refused = caller.page.locator("dialog .problem")
    expect(refused).to_be_visible()
    expect(caller.page.get_by_label("What is seen?")).to_have_value("own team under fire")
    caller.picture("stop-refused")
    caller.page.get_by_label("Where?").fill("2 km NE of T4")
    caller.page.get_by_role("button", name="STOP: sign").click()
    caller.page.wait_for_url("**/thing/TUR-*")
    table.settle()
    owed = called.page.locator("aside li.stop", has_text="acknowledge")
    expect(owed).to_be_visible()
    called.picture("a-stop")
    owed.get_by_role("button", name="Acknowledge").click()
    expect(owed.get_by_text("Acknowledged here.")).to_be_visible()
    expect(owed.get_by_role("button", name="Acknowledge")).to_have_count(0)
    called.page.locator("aside li.stop", has_text="what is done").get_by_role("button", name="Answer").click()
    called.page.get_by_role("button", name="Stopped").click()
    table.settle()
    expect(caller.page.locator("article dd", has_text="stopped")).to_be_visible()
    caller.page.get_by_role("button", name="Close STOP: it is over").click()
    expect(caller.page.locator("article.open")).to_have_count(0)
    assert table.channel.node("TUR").status({}).stops[0].closed_at is not None
    caller.is_clean()
    called.is_clean()


def test_an_alternative_is_a_button_and_ends_the_conflict(table: Table) -> None:
    table.channel.file("TUR", area("survey", "TUR"))
    table.channel.file("ISR", area("flight", "ISR", lat=34.5423, lon=37.66))
    table.settle()
    officer = table.sit("ISR")
    officer.begin()
    officer.go("conflicts")
    expect(officer.page.locator("h2", has_text="flight")).to_contain_text("CONFLICT")
    officer.picture("a-conflict")
    officer.page.get_by_role("button", name=re.compile("^Move to ")).first.click()
    expect(officer.page.get_by_text("FILED")).to_be_visible()
    table.settle()
    expect(officer.page.locator("main h2", has_text="flight")).to_have_count(0)
    assert table.channel.notice("ISR", "flight").screened.startswith("NO CONFLICT KNOWN")
    officer.is_clean()


def test_a_phone_acknowledges(table: Table) -> None:
    hazard = table.channel.file("TUR", area("hazard", "TUR"), level="L0")
    table.settle()
    phone = table.sit("ISR", "supervisor", None, size=(390, 844), theme="dark")
    phone.begin()
    duty = phone.page.locator("aside li", has_text=f"Acknowledge {hazard.short}")
    expect(duty).to_be_visible()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.picture("phone")
    duty.get_by_role("button", name="Acknowledge").click()
    expect(duty).to_have_count(0)
    phone.is_clean()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_usable_by_whoever_cannot_see_it(table: Table, language: str) -> None:
    table.channel.file("TUR", area("survey", "TUR"))
    table.channel.file("ISR", area("flight", "ISR", lat=34.5423, lon=37.66))
    table.channel.do("TUR", ask.SendSignal(desk="air", code="line-check"))
    officer = table.sit("ISR", language=language, theme="light" if language == "en" else "dark")
    assert officer.serious() == [], "the first minute"
    officer.begin()
    assert officer.page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    assert officer.page.locator("aside li").count() > 0
    officer.picture(f"desk-{language}")
    assert officer.serious() == [], "the desk"
    for name in PAGES:
        officer.go(name)
        expect(officer.page.locator("main h1").first).to_be_visible()
        assert officer.serious() == [], name
        officer.picture(f"{name}-{language}")
    officer.is_clean()


def test_the_main_screens_speak_all_six_languages(table: Table) -> None:
    table.channel.file("TUR", area("hazard", "TUR"), level="L0")
    table.settle()
    officer = table.sit("ISR")
    officer.begin()
    for language in LANGUAGES:
        officer.page.locator("header select").select_option(language)
        officer.language = language
        expect(officer.page.locator("html")).to_have_attribute("lang", language)
        expect(officer.page.locator("aside h1")).to_have_text(officer.says("What I owe"))
        officer.is_usable("six")
        for name, title in TITLES.items():
            officer.go(name)
            expect(officer.page.locator("main h1").first).to_have_text(officer.says(title))
            assert officer.fits(), f"{name} in {language}"
        officer.go("")
    officer.is_clean()


def test_only_whoever_may_ask_has_the_buttons(table: Table) -> None:
    table.channel.file("TUR", area("hazard", "TUR"), level="L0")
    table.settle()
    looker: Seat = table.sit("ISR", "observer", None)
    looker.begin()
    expect(looker.page.locator("aside li").first).to_be_visible()
    expect(looker.page.locator("button.stop")).to_have_count(0)
    expect(looker.page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    looker.is_clean()


def test_the_packages_of_the_console_are_pinned() -> None:
    package = json.loads((WEB / "package.json").read_text())
    pins = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"[\w.-]+", version) and version[0].isdigit() for version in pins.values())
