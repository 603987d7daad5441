# SPDX-License-Identifier: Apache-2.0
"""Do two delegations do at their consoles what a table is for: templates, standstills, minutes, words?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.console.conftest import Seat, Table
from tests.services.conftest import area, found

from steerclear.mechanism.templates import NAMES, template
from steerclear.services.requests import Say

BOTH_WAYS = pytest.mark.parametrize("language", ["en", "ar"])
WEB = Path(__file__).parents[2] / "web"


def say(seat: Seat, kind: str, **fields: str) -> None:
    """Open the form of a kind by its button, fill it, and say it; go on when the node has answered."""
    seat.press(kind)
    for name, value in fields.items():
        seat.page.locator(f"#say-{name}").fill(value)
    form = seat.page.locator("form.panel")
    seat.files(form.get_by_role("button", name=seat.says("Say it"), exact=True))
    expect(form).to_have_count(0)


def opens(seat: Seat, page: str, short: str) -> None:
    seat.go(page)
    seat.page.locator("main").get_by_role("link", name=short).first.click()
    expect(seat.page.locator("article h1")).to_contain_text(short)


def newest(table: Table, sort: str) -> str:
    return table.channel.node("ISR").affairs(sort)[-1].short


def two(table: Table, language: str) -> tuple[Seat, Seat]:
    seats = (
        table.sit("TUR", "liaison", None, language=language),
        table.sit("ISR", "liaison", None, language=language),
    )
    for seat in seats:
        seat.begin()
    return seats


@BOTH_WAYS
def test_a_standstill_is_proposed_accepted_passed_on_and_ended(table: Table, language: str) -> None:
    proposes, accepts = two(table, language)
    proposes.go("places")
    say(
        proposes,
        "Propose a standstill",
        area=json.dumps(area("crossing", "TUR")),
        acts="flights below 10,000 ft",
        effective_at="2025-04-10T12:00Z",
        until="2025-04-11T12:00Z",
    )
    table.settle()
    short = newest(table, "standstill")
    words = "{creditor} proposes the standstill {short}: accept it, or say that you are unable"
    duty = accepts.owed(words, creditor="TUR", short=short)
    duty.get_by_role("button", name=accepts.says("Answer")).click()
    expect(accepts.page.locator("article .words")).to_contain_text("flights below 10,000 ft")
    say(accepts, "Accept it")
    table.settle()
    expect(duty).to_have_count(0)
    agreed = f"{accepts.says('agreed')}, {accepts.says('not yet in effect')}"
    expect(accepts.page.locator("article .chip")).to_have_text(agreed)
    # Who speaks for the desk says that the units have it.
    officer = table.sit("ISR", language=language)
    officer.begin()
    told = officer.says("Pass {short} on to the unit and say so", short=short)
    owed = officer.page.locator("aside li:not(.theirs)", has_text=told)
    owed.get_by_role("button", name=officer.says("Answer")).click()
    officer.is_usable("standstill")
    officer.files(officer.button("It reached the operator"))
    table.settle()
    expect(owed).to_have_count(0)
    table.channel.at("12:05")
    opens(proposes, "places", short)
    expect(proposes.page.locator("article .chip")).to_have_text(proposes.says("in effect"))
    say(proposes, "End it", effective_at="2025-04-10T12:05Z", because="the road is free")
    table.settle()
    opens(accepts, "places", short)
    expect(accepts.page.locator("article .chip")).to_have_text(accepts.says("ended"))
    for seat in table.seats:
        seat.is_clean()


@BOTH_WAYS
def test_minutes_are_laid_signed_and_agreed_with_an_action_item(table: Table, language: str) -> None:
    times = {"starts_at": "2025-04-10T05:00Z", "ends_at": "2025-04-10T05:09Z"}
    fields: dict[str, str | tuple[str, ...]] = {"title": "Third review", "agenda": ("the crossing",), **times}
    table.channel.do("AZE", Say(kind="meeting.convene", desk="air", fields=fields))
    table.settle()
    short = newest(table, "meeting")
    lays, signs = two(table, language)
    opens(lays, "meetings", short)
    say(lays, "Lay or sign minutes", points="T4 was discussed.\nThe second line is tested.")
    table.settle()
    waiting = lays.says("minutes not yet signed by all")
    expect(lays.page.locator("article .chip")).to_have_text(waiting)
    task = {"what": "Test the second line", "owner": "ISR", "due_at": "2025-04-12T06:00Z"}
    say(lays, "Give or settle an action item", **task)
    table.settle()
    item = lays.says("{count} action items open", count=1)
    expect(lays.page.locator("article .chip")).to_have_text(f"{waiting}; {item}")
    opens(signs, "meetings", short)
    lines = signs.page.locator("article .lines li")
    laid = lines.filter(has_text="T4 was discussed.")
    minutes = re.search(r"TUR-\d+", laid.inner_text())
    assert minutes is not None
    say(signs, "Lay or sign minutes", signs=minutes[0])
    host = {"meeting": short, "signs": minutes[0]}
    table.channel.do("AZE", Say(kind="meeting.minutes", desk="air", fields=dict(host)))
    table.settle()
    expect(signs.page.locator("article .chip")).to_have_text(f"{signs.says('minutes agreed')}; {item}")
    signs.is_usable("minutes")
    given = re.search(r"TUR-\d+", lines.filter(has_text="Test the second line").inner_text())
    assert given is not None
    say(signs, "Give or settle an action item", settles=given[0], what="Tested at 05:30Z")
    table.settle()
    expect(lays.page.locator("article .chip")).to_have_text(lays.says("minutes agreed"))
    for seat in table.seats:
        seat.is_clean()


@BOTH_WAYS
def test_a_communique_holds_what_both_have_agreed_to_and_nothing_else(table: Table, language: str) -> None:
    proposes, agrees = two(table, language)
    proposes.go("meetings")
    say(proposes, "Propose a communiqué", paragraphs="The delegations met.\nThey praised each other.")
    table.settle()
    short = newest(table, "communique")
    for seat in (proposes, agrees):
        opens(seat, "meetings", short)
        expect(seat.page.locator("article .chip")).to_have_text(
            seat.says("empty: nothing that all have signed")
        )
        say(seat, "Agree to paragraphs", paragraphs="1")
        table.settle()
    for seat in (proposes, agrees):
        expect(seat.page.locator("article .chip")).to_have_text("The delegations met.")
    agrees.is_usable("communique")
    for seat in table.seats:
        seat.is_clean()


def test_a_template_and_a_new_annex_are_proposed_from_the_console(table_of: Callable[..., Table]) -> None:
    table = table_of(found())
    proposes, reads = two(table, "en")
    proposes.go("annexes")
    proposes.press("Propose")
    proposes.is_usable("propose")
    proposes.page.locator("section[aria-label=Propose] select").select_option("turkey-us")
    proposes.press("Propose all of it")
    expect(proposes.page.locator("section[aria-label=Propose]")).to_have_count(0)
    expect(proposes.page.locator("main section.panel", has_text="○ ISR").first).to_be_visible()
    table.settle()
    reads.go("annexes")
    proposed = {one.name for one in table.channel.node("ISR").annexes()}
    wanted = template("turkey-us", parties=("ISR", "TUR"), host="AZE")
    assert proposed == {one.name.value for one in wanted}
    expect(reads.page.locator("main section.panel")).to_have_count(len(proposed))

    # One document that does not read, with its reason beside it; then one that does.
    proposes.press("Propose")
    proposes.field("One document, as JSON").fill("{}")
    proposes.press("Propose it")
    expect(proposes.page.locator("section[aria-label=Propose] [role=alert]")).to_be_visible()
    first = next(one for one in table.channel.node("TUR").annexes() if one.name == "separation")
    document = json.dumps({**json.loads(first.document), "version": 2})
    table.channel.at("05:02")
    proposes.field("One document, as JSON").fill(document)
    proposes.press("Propose it")
    expect(proposes.page.locator("section[aria-label=Propose]")).to_have_count(0)
    table.settle()
    expect(reads.page.locator("main section.panel", has_text="version 2")).to_be_visible()
    for seat in table.seats:
        seat.is_clean()


def test_the_console_offers_every_template_and_no_other() -> None:
    written = (WEB / "src" / "app" / "views" / "templates.ts").read_text(encoding="utf-8")
    assert tuple(re.findall(r'^  "([\w-]+)",$', written, re.MULTILINE)) == NAMES
