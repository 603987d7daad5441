# SPDX-License-Identifier: Apache-2.0
"""Signals across languages, a site and who was shown it, the ledger of violations, a meeting, a drill?"""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect
from tests.console.conftest import Seat, Table
from tests.services.conftest import area

from steerclear.services import requests as ask
from steerclear.services.requests import Say


def say(seat: Seat, kind: str, *, to: str | None = None, **fields: str) -> None:
    """Open the form of a kind by its button, fill it, and say it."""
    seat.press(kind)
    for name, value in fields.items():
        place = seat.page.locator(f"#say-{name}")
        if place.evaluate("one => one.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    if to is not None:
        seat.page.locator("form.panel").get_by_label(to, exact=True).check()
    seat.press("Say it")
    expect(seat.page.get_by_text(seat.says("FILED"), exact=True).first).to_be_visible()
    expect(seat.page.locator("form.panel")).to_have_count(0)


def test_a_signal_said_in_arabic_is_read_in_english_and_read_back(table: Table) -> None:
    hazard = table.channel.file("TUR", area("depot", "TUR", kind="hazard"), level="L0")
    table.settle()
    sender, reader = table.sit("TUR", language="ar"), table.sit("ISR")
    sender.begin()
    reader.begin()
    sender.go("signals")
    sender.page.locator("main select").select_option("area-hot")
    sender.page.locator("#slot-area").fill(hazard.short)
    sender.page.locator("#slot-time").fill("2025-04-10T09:00Z")
    expect(sender.page.locator(".preview [lang=ar]")).to_contain_text(hazard.short)
    sender.is_usable("signal")
    sender.press("Send")
    expect(sender.page.get_by_text(sender.says("FILED"), exact=True)).to_be_visible()
    table.settle()

    reader.go("signals")
    heard = reader.page.locator("main article", has_text="TUR → ISR")
    expect(heard.locator("p.first")).to_have_attribute("lang", "en")
    expect(heard.locator("p.first")).to_contain_text("hot")
    heard.get_by_role("button", name="Read it back").click()
    typed = heard.locator("form input")
    for index, value in enumerate((hazard.short, "2025-04-10T09:00Z")):
        typed.nth(index).fill(value)
    reader.is_usable("signal", kept=True)
    heard.locator("form").get_by_role("button", name="Read it back").click()
    expect(heard.locator("form")).to_have_count(0)
    table.settle()
    rightly = sender.says("{member} read it back rightly at {at}", member="ISR", at="")
    expect(sender.page.locator("main .good-ink", has_text=rightly.strip()).first).to_be_visible()
    sender.is_clean()
    reader.is_clean()


def test_a_site_is_registered_and_shows_who_was_shown_it(table: Table) -> None:
    sender = table.sit("TUR", "notifier", None)
    sender.begin()
    sender.go("places")
    footprint = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [37.62, 34.55]},
        "properties": {"radius_m": 300},
    }
    say(
        sender,
        "Register a site",
        to="ISR",
        name="Clinic at the crossing",
        category="hospital",
        footprint=json.dumps(footprint),
    )
    table.settle()
    site = table.channel.node("TUR").affairs("site")[0]
    table.channel.at("05:14")
    table.channel.do("ISR", ask.Acknowledge(desk="ground", about=site.short))
    table.settle()
    sender.page.locator("main").get_by_role("link", name=site.short).first.click()
    log = sender.page.locator("article .lines li")
    expect(log.filter(has_text="ISR").filter(has_text="delivered").first).to_be_visible()
    expect(log.filter(has_text="ISR").filter(has_text="acknowledged").first).to_be_visible()
    expect(sender.page.locator("article .chip")).to_have_text("PROTECTED")
    sender.is_usable("site-log", kept=True)
    sender.is_clean()


def test_a_claim_of_a_violation_is_contested_in_the_ledger_of_both(table: Table) -> None:
    claims, contests = table.sit("ISR", "liaison", None), table.sit("TUR", "liaison", None)
    claims.begin()
    contests.begin()
    claims.go("incidents")
    say(
        claims,
        "Claim a violation",
        happened_at="2025-04-10T04:40Z",
        what="Two aircraft below the height",
    )
    table.settle()
    contests.go("incidents")
    contests.page.locator("main").get_by_role("link", name="Claim of a violation").first.click()
    say(contests, "Answer the claim", answer="contest", because="They were ours and stood at 21,000 ft")
    table.settle()
    row = claims.page.locator("main li.panel", has_text="Two aircraft below")
    expect(row.locator(".chip")).to_have_text("disputed")
    contests.go("incidents")
    expect(contests.page.locator("main li.panel .chip")).to_have_text("disputed")
    contests.is_usable("violation", kept=True)
    row.get_by_role("link").first.click()
    expect(claims.page.locator("article .lines")).to_contain_text("21,000 ft")
    claims.is_usable("violation-of-ours")
    claims.is_clean()
    contests.is_clean()


def test_a_meeting_is_called_and_comes_into_a_calendar(table: Table, tmp_path: Path) -> None:
    liaison, other = table.sit("TUR", "liaison", None), table.sit("ISR", "liaison", None)
    liaison.begin()
    other.begin()
    liaison.go("meetings")
    say(
        liaison,
        "Call a meeting",
        title="Weekly review",
        starts_at="2025-04-14T08:00Z",
        ends_at="2025-04-14T09:00Z",
        agenda="lead times\nthe crossing",
    )
    table.settle()
    other.go("meetings")
    expect(other.page.locator("main li.panel", has_text="Weekly review")).to_be_visible()
    other.is_usable("meeting", kept=True)
    with other.page.expect_download() as downloading:
        other.page.get_by_role("link", name="for a calendar").click()
    downloading.value.save_as(tmp_path / "all.ics")
    written = (tmp_path / "all.ics").read_text(encoding="utf-8")
    [event] = [one for one in written.split("BEGIN:VEVENT")[1:] if "Weekly review" in one]
    assert "DTSTART:20250414T080000Z" in event
    liaison.is_clean()
    other.is_clean()


def test_a_stop_of_a_drill_is_marked_and_a_real_one_beside_it_is_not(table: Table) -> None:
    table.channel.do("AZE", Say(kind="drill.start", desk="air", fields={"name": "April"}))
    table.settle()
    caller, called = table.sit("TUR", desk="ground"), table.sit("ISR")
    caller.begin()
    called.begin()
    for seen, is_drill in (("practice: two flares", True), ("own team under fire", False)):
        caller.page.keyboard.press("F9")
        caller.page.get_by_label("Where?").fill("2 km NE of T4")
        caller.page.get_by_label("What is seen?").fill(seen)
        ticked = caller.page.locator("dialog .drill input")
        expect(ticked).not_to_be_checked()
        if is_drill:
            ticked.check()
            caller.is_usable("stop-drill")
        caller.page.get_by_role("button", name="STOP: sign").click()
        caller.page.wait_for_url("**/thing/TUR-*")
        caller.page.locator("dialog").wait_for(state="detached")
        table.settle()
    stops = {stop.seen: stop.drill for stop in table.channel.node("ISR").status({}).stops}
    assert stops["own team under fire"] is None
    assert stops["practice: two flares"] is not None
    called.go("")
    expect(called.page.locator("li.stop", has_text="practice: two flares")).to_contain_text("DRILL")
    expect(called.page.locator("li.stop", has_text="own team under fire")).not_to_contain_text("DRILL")
    caller.is_clean()
    called.is_clean()


def test_somebody_asks_whose_it_is_and_is_told(table: Table) -> None:
    asks, told = table.sit("TUR"), table.sit("ISR")
    asks.begin()
    told.begin()
    asks.go("places")
    asks.press("Ask whose it is")
    form = asks.page.locator("form.panel")
    form.locator("input").nth(0).fill("2 km NE of T4")
    form.locator("input").nth(1).fill("two trucks, heading east")
    form.get_by_label("ISR", exact=True).check()
    asks.press("Ask")
    expect(form).to_have_count(0)
    table.settle()
    duty = told.page.locator("aside li", has_text="Say whose it is").first
    duty.get_by_role("button", name="Answer").click()
    expect(told.page.locator("article h1")).to_contain_text("Whose is it?")
    expect(told.page.locator("article")).to_contain_text("two trucks, heading east")
    told.is_usable("ownership")
    told.press("NOT OURS, NO CONTACT")
    expect(told.page.locator("aside li", has_text="Say whose it is")).to_have_count(0)
    table.settle()
    expect(asks.page.locator("main li.panel .chip", has_text="ISR: NOT OURS, NO CONTACT")).to_be_visible()
    asks.is_clean()
    told.is_clean()


def test_distress_is_called_answered_and_closed(table: Table) -> None:
    caller, hears = table.sit("TUR"), table.sit("ISR")
    caller.begin()
    hears.begin()
    caller.go("watch")
    seen = "engine out, four on board"
    at = "2025-04-10T05:09Z"
    say(caller, "Call distress", place="2 km NE of T4", seen_at=at, who="aircraft", seen=seen)
    table.settle()
    hears.go("watch")
    hears.page.locator("main").get_by_role("link", name="Distress").first.click()
    expect(hears.page.locator("article .words")).to_contain_text(seen)
    hears.is_usable("distress")
    hears.press("Answer the distress call")
    outcome = hears.page.locator("#say-outcome")
    outcome.select_option(index=1)
    hears.press("Say it")
    expect(hears.page.get_by_text("FILED", exact=True).first).to_be_visible()
    table.settle()
    caller.page.locator("main").get_by_role("link", name="Distress").first.click()
    say(caller, "Close the distress call")
    table.settle()
    assert [row.state for row in table.channel.node("ISR").affairs("distress")] == ["closed"]
    caller.is_clean()
    hears.is_clean()
