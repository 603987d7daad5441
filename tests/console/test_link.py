# SPDX-License-Identifier: Apache-2.0
"""Does an officer see at once that the picture is old, lose nothing, and is told what came meanwhile?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from tests.console.conftest import Seat, Table
from tests.services.conftest import area

from steerclear.services import requests as ask

TYPED = "two trucks, white, one behind the other"


def duty(officer: Seat, short: str) -> Locator:
    return officer.owed("Acknowledge {short} of {creditor}", short=short, creditor="TUR")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_line_to_the_own_node_is_cut_and_heals(table: Table, language: str) -> None:
    known = table.channel.file("TUR", area("hazard", "TUR"), level="L0")
    officer = table.sit("ISR", language=language)
    officer.begin()
    table.settle()
    expect(duty(officer, known.short)).to_be_visible()
    officer.go("signals")
    officer.page.locator("main select").select_option("free-text")
    officer.page.locator("main textarea").fill(TYPED)

    table.served["ISR"].cable.cut()
    lost = officer.page.locator(".strip.lost")
    expect(lost).to_contain_text(officer.says("LINK TO YOUR OWN NODE LOST"))
    expect(lost).to_contain_text(officer.says("STOP cannot be sent from here now: call it by voice."))
    assert officer.page.locator(".body.greyed").count() == 1
    # What was last known stays: the duty, and the draft.
    expect(duty(officer, known.short)).to_be_visible()
    officer.press("Send")
    expect(officer.page.locator("main [role=alert]")).to_be_visible()
    expect(officer.page.locator("main textarea")).to_have_value(TYPED)
    officer.is_usable("link-lost", kept=language == "en")
    officer.page.keyboard.press("F9")
    expect(officer.page.locator("dialog [role=alert]")).to_contain_text(
        officer.says("USE VOICE NOW: telephone or radio.")
    )
    officer.page.locator("dialog input").first.fill("2 km NE of T4")
    officer.is_usable("stop-by-voice", kept=language == "en")
    officer.press("Not now")

    # Meanwhile the world goes on.
    table.channel.at("05:20")
    missed = table.channel.file("TUR", area("convoy", "TUR", lon=38.4), level="L0")
    table.settle()
    expect(duty(officer, missed.short)).to_have_count(0)

    table.served["ISR"].cable.join()
    back = officer.page.locator(".strip.back")
    expect(back).to_contain_text(officer.says("The link is back."))
    expect(back.get_by_role("link", name=missed.short)).to_be_visible()
    expect(back.get_by_role("link", name=known.short)).to_have_count(0)
    expect(duty(officer, missed.short)).to_be_visible()
    expect(officer.page.locator(".strip.lost")).to_have_count(0)
    assert officer.page.locator(".body.greyed").count() == 0
    officer.is_usable("link-back", kept=language == "en")

    officer.page.reload()
    officer.begin()
    expect(officer.page.locator("main textarea")).to_have_value(TYPED)
    officer.page.keyboard.press("F9")
    expect(officer.page.locator("dialog input").first).to_have_value("2 km NE of T4")
    officer.press("Not now")
    # Nothing that was pressed while the line was cut was sent by itself.
    assert table.channel.node("ISR").signals("en", {}) == ()
    officer.is_clean()


def test_what_is_being_typed_about_a_notice_outlives_clock_news_and_reload(table: Table) -> None:
    theirs = table.channel.file("TUR", area("theirs", "TUR"), level="L0")
    officer = table.sit("ISR")
    officer.begin()
    table.settle()

    def typed() -> Locator:
        officer.page.locator("article details summary", has_text="Unable to keep clear").click()
        return officer.field("Reason").first

    officer.page.locator("main").get_by_role("link", name=theirs.short).first.click()
    reason = typed()
    reason.fill(TYPED)
    table.channel.at("05:21")
    table.channel.file("TUR", area("another", "TUR", lon=38.9), level="L0")
    table.settle()
    expect(officer.page.locator("header .clock")).to_contain_text("05:21")
    expect(reason).to_have_value(TYPED)
    officer.page.reload()
    officer.begin()
    expect(typed()).to_have_value(TYPED)
    officer.field("Which part").fill("all of it")
    officer.files(officer.button("Say: UNABLE TO KEEP CLEAR"))
    table.settle()
    # What was said is kept no longer.
    officer.page.reload()
    officer.begin()
    expect(typed()).to_have_value("")
    officer.is_clean()


def test_a_conflict_and_an_unable_that_came_while_the_line_was_cut_are_told(table: Table) -> None:
    ours = table.channel.file("ISR", area("ours", "ISR", lon=38.41), level="L0")
    officer = table.sit("ISR")
    officer.begin()
    table.settle()
    # The officer's desk has been read: what stands before the cut is known.
    expect(officer.page.locator("main").get_by_text(ours.short).first).to_be_visible()
    table.served["ISR"].cable.cut()
    officer.page.locator(".strip.lost").wait_for()
    table.channel.at("05:20")
    theirs = table.channel.file("TUR", area("theirs", "TUR", lon=38.4), level="L0")
    unable = ask.Unable(
        desk="air", about=ours.short, until="2025-04-10T09:00:00.000Z", part="all of it", reason="weather"
    )
    table.channel.do("TUR", unable)
    table.channel.do("TUR", ask.Acknowledge(desk="air", about=ours.short))
    table.settle()
    table.served["ISR"].cable.join()
    back = officer.page.locator(".strip.back")
    pair = " × ".join(sorted((ours.short, theirs.short)))
    expect(back.get_by_role("link", name="CONFLICT")).to_have_count(1)
    expect(back.get_by_role("link", name=f"{pair} CONFLICT")).to_have_attribute("href", "/conflicts")
    told = back.get_by_role("link", name=f"{ours.short} Unable to keep clear")
    expect(told).to_have_attribute("href", f"/thing/{ours.short}")
    # Receipts are no news.
    expect(back.get_by_text("acknowledged")).to_have_count(0)
    officer.is_usable("link-back-conflict")
    officer.is_clean()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_desk_sees_that_the_line_to_another_member_is_down(table: Table, language: str) -> None:
    officer = table.sit("TUR", language=language)
    officer.begin()
    table.settle()
    expect(officer.page.locator(".strip.lost")).to_have_count(0)
    table.channel.cut.add(frozenset(("TUR", "ISR")))
    table.channel.cut.add(frozenset(("AZE", "ISR")))
    table.channel.at("05:20")
    kept = table.channel.file("TUR", area("survey", "TUR"), level="L0")
    table.settle()
    down = officer.page.locator(".strip.lost", has_text="ISR")
    expect(down).to_contain_text(officer.says("LINE TO {member} DOWN", member="ISR"))
    expect(down.get_by_role("link", name=kept.short)).to_be_visible()
    officer.is_usable("line-down", kept=language == "en")
    officer.page.keyboard.press("F9")
    voice = officer.page.locator("dialog [role=alert]")
    expect(voice).to_contain_text(officer.says("Say it by voice too: {members}.", members="ISR"))
    officer.press("Not now")

    table.channel.cut.clear()
    table.settle()
    expect(officer.page.locator(".strip.lost")).to_have_count(0)
    down.get_by_role("link", name=kept.short).wait_for(state="detached")
    stage = next(one for one in table.channel.notice("TUR", "survey").stages if one.member == "ISR")
    assert stage.delivered_at is not None
    officer.is_clean()
