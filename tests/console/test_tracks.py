# SPDX-License-Identifier: Apache-2.0
"""September 2025 at two consoles: is each desk warned minutes before, and shown nothing but what was agreed?

An area that is off limits is agreed; a jet of one side drifts towards it and towards a jet of the other's.
Each side sees its own by its own feed, and the other's, if at all, by its own radar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect
from tests.console.conftest import Seat, Table
from tests.services.skies import Skies, agree, alarm_only, september

from steerclear.model.time import Instant
from steerclear.node.feeds import FeedSettings
from steerclear.services.live_seen import CIVIL

BOTH_WAYS = pytest.mark.parametrize("language", ["en", "ar"])
READ = (
    *("tracks", "track-alarms", "tracks.kml", "tracks.geojson", "inbox", "status", "picture", "affairs"),
    *("signals", "annexes"),
)
FEED = FeedSettings("coast radar", "sbs", "connect", "127.0.0.1:30003", "ISR")


@dataclass
class September:
    """The sky of that day, and the two air desks below it."""

    skies: Skies
    one: Seat
    other: Seat


def begun(table: Table, language: str) -> September:
    agree(table.channel, alarm_only())
    skies = Skies(table.channel)
    september(skies)
    one, other = table.sit("TUR", language=language), table.sit("ISR", language=language)
    for seat in table.seats:
        seat.begin()
    skies.fly(10)
    table.settle()
    return September(skies, one, other)


def enters(seat: Seat, whose: str, **given: object) -> str:
    """The alarm of the entry, as a desk reads it."""
    area = seat.says("the agreed area {name}", name="Zone 3")
    when = seat.says("from {at}", at="05:13Z")
    return seat.says("{track} enters {area}, {when}", track=seat.says(whose, **given), area=area, when=when)


def duty(seat: Seat, seen: str, owed: str, **given: object) -> Locator:
    return seat.page.locator("aside li", has_text=f"{seen}: {seat.says(owed, **given)}")


def all_that_is_shown(seat: Seat) -> str:
    """The page as it stands, and every answer of the API that this desk may ask for."""
    asked = "paths => Promise.all(paths.map(path => fetch('/api/v1/' + path).then(answer => answer.text())))"
    answers: list[str] = seat.page.evaluate(asked, list(READ))
    return "\n".join([seat.page.content(), *answers])


@BOTH_WAYS
def test_both_desks_are_warned_minutes_before_and_shown_no_place_of_the_other(
    table: Table, language: str
) -> None:
    day = begun(table, language)
    one, other = day.one, day.other
    call = duty(one, enters(one, "an aircraft of yours"), "call {member}.", member="ISR")
    expect(call).to_have_count(1)
    theirs = enters(other, "an aircraft of {member}", member="TUR")
    expect(duty(other, theirs, "{member} is to call. Acknowledge.", member="TUR")).to_have_count(1)
    near = other.says(
        "{one} and {other} come too close to each other, {when}",
        one=other.says("an aircraft of yours"),
        other=other.says("an aircraft of {member}", member="TUR"),
        when=other.says("from {at}", at="05:12Z"),
    )
    expect(duty(other, near, "call {member}.", member="TUR")).to_have_count(1)

    call.get_by_role("link").click()
    page = one.page.locator("article.open")
    minutes, seconds = page.locator(".left strong").inner_text().split(":")
    assert int(minutes) * 60 + int(seconds) > 90, "minutes before, not seconds"
    expect(page.locator("[lang=en]")).to_contain_text("ISR, this is TUR, alarm TUR-")
    expect(page.locator("[lang=en]")).to_contain_text(
        "An aircraft of TUR enters the agreed area Zone 3, from 05:13Z. It is ours; we say now what we do."
    )
    one.page.locator('.map [data-tracks="1"]').wait_for()
    one.page.locator(".map[data-idle=true]").wait_for()
    one.is_usable("track-alarm", kept=language == "en")
    for shown, name in ((all_that_is_shown(one), "LION"), (all_that_is_shown(other), "HAWK")):
        assert name not in shown, "no name of the other's feed"
    # TUR has no radar: of ISR's jet, which stands at 34.22N 37.6E, it knows nothing at all.
    assert not re.search(r"34\.22\b|342200000|37\.6\b|376000000|radar:", all_that_is_shown(one))

    one.field("A remark, or why you cannot").fill("the crew had the old line on its chart")
    one.files(page.get_by_role("button", name=one.says("Turned away"), exact=True))
    table.settle()
    expect(call).to_have_count(0)
    duty(other, theirs, "{member} is to call. Acknowledge.", member="TUR").get_by_role("link").click()
    mine = other.page.locator("article.open")
    expect(mine).to_contain_text(other.says("{member} is to call. Acknowledge.", member="TUR"))
    expect(mine).to_contain_text(other.says("No aircraft of {member} is shown with it.", member="TUR"))
    for seat in table.seats:
        seat.is_clean()


def test_the_map_shows_what_is_stale_and_no_filter_hides_what_is_alarmed(table: Table) -> None:
    table.feeds = (FEED,)
    agree(table.channel, alarm_only())
    skies = Skies(table.channel)
    september(skies)
    skies.shows("ISR", "icao:4ca2d6", CIVIL, lat=33.6, lon=37.2, north_m_s=100)
    skies.fly(10)
    officer = table.sit("ISR")
    officer.begin()
    table.settle()
    page = officer.page
    picture = page.locator(".map .tracks")
    expect(picture).to_have_attribute("data-tracks", "3")
    expect(picture.locator("summary")).to_contain_text("alarms: 2")
    page.locator(".map[data-idle=true]").wait_for()
    officer.is_usable("tracks", kept=True)
    # Two are alarmed; the airliner alone can be put away.
    picture.get_by_label("alarmed only").check()
    expect(picture).to_have_attribute("data-tracks", "2")
    expect(picture).to_contain_text("Not shown by this choice: 1.")
    picture.get_by_label("alarmed only").uncheck()
    for whose in ("own", "of others", "civil", "nobody has named it"):
        picture.get_by_label(whose, exact=True).uncheck()
    expect(picture).to_have_attribute("data-tracks", "2")
    picture.get_by_label("civil", exact=True).check()
    skies.silence()
    table.channel.clock.set(Instant(table.channel.clock.now() + 20_000))
    table.settle()
    expect(picture.locator("li.old")).to_have_count(3)
    expect(picture.locator("li.old").first).to_contain_text("STALE")
    expect(picture.locator("summary")).to_contain_text("stale or doubtful: 3")
    feed = picture.locator(".feeds li", has_text="coast radar")
    expect(feed).to_contain_text("nothing good yet")
    officer.go("board")
    expect(page.locator("main .feeds li", has_text="coast radar")).to_contain_text("not connected")
    assert officer.serious() == []
    officer.is_clean()


def answers(seat: Seat, path: str, told: object) -> None:
    """From now on the node answers this there."""

    def answer(route: Route) -> None:
        route.fulfill(json=told)

    seat.page.route(f"**/api/v1/{path}", answer)


def told(seat: Seat, path: str) -> Any:
    return seat.page.evaluate("path => fetch('/api/v1/' + path).then(answer => answer.json())", path)


def test_what_is_not_certain_is_said_so_and_two_versions_of_an_area_are_two_alarms(table: Table) -> None:
    day = begun(table, "en")
    seat = day.one
    picture = told(seat, "tracks")
    alarms = len(picture["alarms"])
    answers(seat, "tracks", {**picture, "alarms": [*picture["alarms"], *picture["alarms"]]})
    answers(seat, "track-alarms", [{**one, "is_certain": False} for one in told(seat, "track-alarms")])
    seat.page.reload()
    seat.begin()
    expect(seat.page.locator(".map .tracks summary")).to_contain_text(f"alarms: {2 * alarms}")
    expect(seat.page.locator(".map .tracks p.danger-ink")).to_have_count(2 * alarms)
    doubt = "(UNDETERMINED: a height or a velocity is not known)"
    seen = f"{enters(seat, 'an aircraft of yours')} {doubt}"
    call = duty(seat, seen, "call {member}.", member="ISR")
    call.get_by_role("link").click()
    page = seat.page.locator("article.open")
    expect(page.locator(".seen")).to_contain_text(f"from 05:13Z {doubt}.")
    expect(page.locator("[lang=en]")).to_contain_text(f"Zone 3, from 05:13Z {doubt}. It is ours")
    seat.is_clean()
