# SPDX-License-Identifier: Apache-2.0
"""Does whoever looks into an incident see what a node knew at each moment, and never take it for now?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from tests.console.conftest import Seat, Table
from tests.services.conftest import area

from steerclear.services import requests as ask
from steerclear.services.requests import Say


def happened(table: Table) -> dict[str, str]:
    """A hazard, a STOP that a cut line kept back for ten minutes, its outcome, an incident; their names."""
    channel = table.channel
    channel.at("05:20")
    hazard = channel.file("TUR", area("hazard", "TUR", start="2025-04-10T05:30:00Z"), level="L0")
    channel.at("05:26")
    channel.do("ISR", ask.Acknowledge(desk="air", about=hazard.short))
    channel.at("05:54")
    channel.cut = {frozenset(("TUR", "ISR")), frozenset(("TUR", "AZE"))}
    stop = ask.CallStop(desk="ground", place="2 km NE of T4", seen="own team under fire", basis="own-forces")
    call = channel.do("ISR", stop)[0]
    channel.at("06:04")
    channel.cut = set()
    channel.settle()
    channel.at("06:06")
    channel.do("TUR", ask.Answer(desk="air", about=call.short, answer="stopped"))
    channel.at("06:20")
    channel.do("ISR", ask.CloseStop(desk="ground", about=call.short))
    channel.at("07:00")
    fields: dict[str, str | tuple[str, ...]] = {
        "title": "fire at the crossing",
        "happened_at": "2025-04-10T05:54Z",
        "involved": ("TUR", "ISR"),
    }
    incident = channel.do("ISR", Say(kind="incident.open", desk="air", fields=fields))[0]
    return {"hazard": hazard.short, "call": call.short, "incident": incident.short}


def shows(seat: Seat, at: str) -> None:
    """The whole page is of that moment: its banner, what was known, and the map."""
    seat.page.locator(f'.replay[data-then="2025-04-10T{at}.000Z"]').wait_for()
    expect(seat.page.locator(".banner")).to_contain_text(f"10 Apr {at}Z")


def line_of(seat: Seat, short: str) -> Locator:
    return seat.page.locator(".told li", has_text=short)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_incident_is_replayed_moment_by_moment(table: Table, language: str) -> None:
    named = happened(table)
    officer = table.sit("TUR", "liaison", None, language=language)
    officer.begin()
    table.settle()
    officer.go("incidents")
    officer.page.locator("main").get_by_role("link", name=named["incident"]).click()
    officer.page.get_by_role("link", name=officer.says("Replay it: what was known when")).click()

    # It begins when it happened: the STOP had been called, and TUR could not know.
    shows(officer, "05:54:00")
    expect(line_of(officer, named["hazard"]).first).to_be_visible()
    expect(line_of(officer, named["call"])).to_have_count(0)
    was_open = officer.says("STOP {short} of {caller} was open", short=named["call"], caller="ISR")
    expect(officer.page.get_by_text(was_open)).to_have_count(0)
    expect(officer.page.locator('.map[data-holding="1"]')).to_be_visible()

    officer.page.get_by_role("button", name=officer.says("Next event")).click()
    shows(officer, "06:04:00")
    late = officer.says("Said at {said}, known here only at {known}.", said="05:54:00Z", known="06:04:00Z")
    expect(officer.page.locator(".told .newest").first).to_contain_text(late)
    expect(officer.page.get_by_text(was_open)).to_be_visible()
    expect(officer.page.locator('.map[data-idle="true"]')).to_be_visible()
    officer.is_usable("replay", kept=language == "en")

    officer.page.get_by_role("button", name=officer.says("Event before")).click()
    shows(officer, "05:26:00")
    expect(officer.page.get_by_text(was_open)).to_have_count(0)
    # To the end by the slider, as by keyboard.
    officer.page.get_by_label(officer.says("The replay shows")).press("End")
    officer.page.locator(".replay .newest", has_text=named["incident"]).wait_for()
    expect(officer.page.get_by_text(was_open)).to_have_count(0)
    officer.page.get_by_role("link", name=officer.says("Back to now")).click()
    expect(officer.page.locator(".banner")).to_have_count(0)
    officer.is_clean()


def test_the_desks_slider_leads_into_the_past_and_a_stop_of_now_is_never_hidden(table: Table) -> None:
    named = happened(table)
    officer = table.sit("TUR")
    officer.begin()
    officer.page.get_by_label("The map shows").press("Home")
    officer.page.get_by_role("link", name="What was known then").click()
    expect(officer.page.locator(".banner")).to_contain_text("9 Apr")
    expect(officer.page.locator('.map[data-areas="0"]')).to_be_visible()
    stop = ask.CallStop(desk="ground", place="2 km NE of T4", seen="again", basis="own-forces")
    again = table.channel.do("ISR", stop)[0]
    table.settle()
    expect(officer.page.locator("aside li.stop", has_text=again.short).first).to_be_visible()
    # What came later stands there as a time, without words.
    expect(officer.page.locator(".told", has_text="05:20:00Z")).to_be_visible()
    expect(line_of(officer, named["hazard"])).to_have_count(0)
    officer.picture("replay-and-a-stop-of-now")
    officer.is_clean()
