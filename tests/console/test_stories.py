# SPDX-License-Identifier: Apache-2.0
"""Do two desks and their host bring a whole affair to its end, in English and in Arabic, each at a browser?

Whatever a page asks for outside of its own node fails and is written down; so is every error that it logs.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.console.conftest import Seat, Table
from tests.services.conftest import Channel

from steerclear.mechanism.bodies import AnnexPropose
from steerclear.mechanism.templates import template
from steerclear.services.speak import by_authority, speak

BOTH_WAYS = pytest.mark.parametrize("language", ["en", "ar"])


def proposed(channel: Channel) -> None:
    """TUR proposes what of the template nobody has agreed to yet: how lines are checked."""
    for annex in template("syria-2025", parties=("TUR", "ISR"), host="AZE"):
        if annex.name.value == "comm-checks":
            body = AnnexPropose(annex=annex, because="from the template")
            speak(channel.node("TUR").ledger, body, voice=by_authority(), to=("ISR",))
    channel.settle()


@BOTH_WAYS
def test_an_annex_is_countered_and_ratified_by_two_persons_of_each_side(table: Table, language: str) -> None:
    proposed(table.channel)
    liaison = table.sit("ISR", "liaison", None, language=language)
    liaison.begin()
    liaison.go("annexes")
    ours = liaison.page.locator("main section.panel", has_text="○ ISR")
    ours.get_by_role("button", name=liaison.says("Counter-propose")).click()
    document = liaison.field("The document")
    document.fill(re.sub(r'"version": 1\b', '"version": 2', document.input_value()))
    liaison.field("Reason, which is owed").fill("as spoken about")
    liaison.press("Propose it")
    expect(liaison.page.locator("main ins", has_text="2")).to_be_visible()
    table.settle()

    for member in ("ISR", "TUR"):
        _both_persons_ratify(table, member, language, first=liaison if member == "ISR" else None)
        table.settle()
    for seat in table.seats:
        in_force = seat.page.locator("main section.panel", has_text="✓ ISR").filter(has_text="✓ TUR")
        expect(in_force.filter(has_text=seat.says("Checks of the line"))).to_be_visible()
        expect(seat.page.get_by_text(seat.says("Waits for your passkey"))).to_have_count(0)
        seat.is_clean()
    shown = [one for one in table.channel.node("TUR").annexes() if one.name == "comm-checks"]
    assert [(one.version, one.state) for one in shown][-1] == (2, "in force")


def _both_persons_ratify(table: Table, member: str, language: str, first: Seat | None) -> None:
    if first is None:
        first = table.sit(member, "liaison", None, language=language)
        first.begin()
        first.go("annexes")
    second = table.sit(member, "supervisor", None, language=language)
    second.begin()
    second.go("annexes")
    first.press("Ratify all that is proposed: {count}", count=1)
    expect(
        first.page.get_by_text(first.says("This is what your passkey signs: {asks}", asks="Ratify"))
    ).to_be_visible()
    first.is_usable("ratify", kept=member == "ISR")
    first.press("Sign with my passkey")
    expect(
        first.page.get_by_text(first.says("Signed. It waits for another person's passkey."))
    ).to_be_visible()
    expect(first.button("Sign with my passkey")).to_have_count(0)
    waits = second.page.get_by_role("region", name=second.says("Waits for your passkey"))
    expect(waits).to_be_visible()
    second.is_usable("ratify-second")
    waits.get_by_role("button", name=second.says("Sign with my passkey")).click()
    expect(second.page.get_by_text(second.says("FILED"), exact=True)).to_be_visible()
    expect(waits).to_have_count(0)


@BOTH_WAYS
def test_the_watch_is_handed_over_by_two_signatures(table: Table, language: str) -> None:
    goes = table.sit("ISR", language=language)
    expect(goes.button("I heard it: take the watch and sign")).to_be_disabled()
    goes.begin(takes=True)
    other = table.sit("TUR", language=language)
    other.begin()
    table.settle()
    taken = other.says("watch taken: {desks}", desks=other.says("air"))
    expect(other.page.locator("header .presence", has_text=taken)).to_be_visible()
    goes.go("watch")
    expect(goes.page.locator("header a.watch")).to_contain_text(goes.says("watch held since {at}", at=""))
    goes.press("Hand the watch over")
    goes.page.locator("form #say-notes").fill(
        "Two areas hot until 10:00Z; the line to AZE was down at 04:00Z."
    )
    goes.is_usable("watch-hand-over")
    goes.press("Sign with my passkey")
    expect(goes.page.locator("header a.watch")).to_have_text(goes.says("watch handed over, taken by nobody"))
    table.settle()
    silent = other.says("desk silent: no watch taken")
    expect(other.page.locator("header .presence", has_text=silent)).to_be_visible()

    comes = table.sit("ISR", language=language)
    comes.hear()
    handed = comes.page.locator("dialog li", has_text="Two areas hot until 10:00Z")
    expect(handed).to_be_visible()
    comes.is_usable("first-minute", kept=True)
    comes.press("I heard it: take the watch and sign")
    comes.page.locator("dialog").wait_for(state="detached")
    table.settle()
    expect(other.page.locator("header .presence", has_text=taken)).to_be_visible()
    comes.go("watch")
    for seat in (goes, comes):
        expect(seat.page.locator("header a.watch")).to_contain_text(seat.says("watch held since {at}", at=""))
        expect(seat.page.locator("main li.panel")).to_have_count(2)
        expect(seat.page.locator("main section.panel", has_text=seat.says("UNRELIEVED"))).to_have_count(0)
    comes.is_usable("watch-taken")
    states = [row.state for row in table.channel.node("ISR").affairs("watch")]
    assert states == ["over", "holds the desk, relieved the one before"]
    signed = [row.short for row in table.channel.node("ISR").affairs("watch")]
    assert len(set(signed)) == 2
    for seat in table.seats:
        seat.is_clean()


def test_an_invitation_is_for_whoever_comes_and_one_key_is_one_person(table: Table) -> None:
    here = table.sit("ISR")
    here.begin()
    here.page.goto(table.served["ISR"].invite("supervisor", None))
    here.press("Make a passkey and take the place")
    expect(here.page.locator("[role=alert]")).to_contain_text("one key is one person")
    here.with_another_key()
    here.press("Make a passkey and take the place")
    here.page.locator("dialog").wait_for()
    here.begin()
    here.go("settings")
    expect(here.page.get_by_text("supervisor · ").first).to_be_visible()
    here.press("Sign out")
    expect(here.button("Sign in")).to_be_visible()
    here.press("Sign in")
    here.begin()
    here.is_clean()
