# SPDX-License-Identifier: Apache-2.0
"""Do two desks and their host bring a whole affair to its end, in English and in Arabic, each at a browser?

Whatever a page asks for outside of its own node fails and is written down; so is every error that it logs.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.console.conftest import Seat, Table
from tests.services.conftest import Channel, area, collection

from steerclear.mechanism.bodies import AnnexPropose
from steerclear.mechanism.templates import template
from steerclear.services import requests as ask
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


def test_a_counter_proposal_that_comes_meanwhile_is_told_and_not_signed_for_the_other(table: Table) -> None:
    proposed(table.channel)
    liaison = table.sit("ISR", "liaison", None)
    liaison.begin()
    liaison.go("annexes")
    liaison.press("Ratify all that is proposed: {count}", count=1)
    box = liaison.page.get_by_role("region", name="Ratify")
    expect(box).to_contain_text("version 1, of TUR")
    read = table.channel.node("ISR").annexes()[-1]
    wire = {**json.loads(read.document), "version": 2}
    table.channel.at("05:11")
    table.channel.do("TUR", ask.ProposeAnnex(document=json.dumps(wire), because="once more"))
    table.settle()
    expect(box.get_by_role("alert")).to_contain_text("version 2")
    expect(liaison.button("Sign with my passkey")).to_have_count(0)
    liaison.is_usable("ratify-overtaken")
    liaison.press("Show what is to be signed now")
    expect(box).to_contain_text("version 2, of TUR")
    newest = table.channel.node("ISR").annexes()[-1]
    assert newest.hash != read.hash
    expect(box).to_contain_text(newest.hash)
    liaison.press("Sign with my passkey")
    expect(liaison.page.get_by_text("Signed. It waits for another person's passkey.")).to_be_visible()
    second = table.sit("ISR", "supervisor", None)
    second.begin()
    waits = second.page.get_by_role("region", name="Waits for your passkey")
    expect(waits).to_contain_text("version 2, of TUR")
    second.files(waits.get_by_role("button", name="Sign with my passkey"))
    signed = {one.hash: one.ratified_by for one in table.channel.node("ISR").annexes()}
    assert (signed[newest.hash], signed[read.hash]) == (("ISR",), ())
    for seat in table.seats:
        seat.is_clean()


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


@BOTH_WAYS
def test_a_conflict_is_met_told_and_gone_at_both_desks_and_before_the_host(
    table: Table, language: str
) -> None:
    one, other = table.sit("TUR", language=language), table.sit("ISR", language=language)
    host = table.sit("AZE", "host", None, language=language)
    for seat in table.seats:
        seat.begin()
    _file(one, area("north-7", "TUR"))
    _file(other, area("south-2", "ISR", lat=34.5423, lon=37.66))
    table.settle()
    for seat in table.seats:
        seat.go("conflicts")
        expect(seat.page.locator("main h2").first).to_contain_text(seat.says("CONFLICT"))
    # Each reads its own; the host, who screens, reads both and can file for neither.
    for seat, reads in ((one, {"north-7"}), (other, {"south-2"}), (host, {"north-7", "south-2"})):
        assert {"north-7", "south-2"} & set(
            " ".join(seat.page.locator("main h2").all_inner_texts()).split()
        ) == reads
    move = re.compile(
        "^" + re.escape(other.says("Move to {lower} – {upper} ft {datum}", lower="", upper="", datum="")[:4])
    )
    expect(host.page.get_by_role("button", name=move)).to_have_count(0)
    other.is_usable("conflict", kept=True)
    host.is_usable("conflict-host")
    other.files(other.page.get_by_role("button", name=move).first)
    expect(other.page.get_by_text(other.says("FILED"), exact=True)).to_be_visible()
    table.settle()
    for seat in table.seats:
        expect(seat.page.locator("main h2")).to_have_count(0)
        expect(seat.page.get_by_text(seat.says("NO CONFLICT KNOWN")).first).to_be_visible()
    other.go("notices")
    expect(other.page.locator("main tbody tr", has_text="south-2")).to_contain_text(
        other.says("NO CONFLICT KNOWN")
    )
    other.go("")
    other.page.locator(".map[data-idle=true]").wait_for()
    assert other.page.locator(".map[data-idle]").get_attribute("dir") == "ltr", "a map is never mirrored"
    other.is_usable("desk", kept=True)
    for seat in table.seats:
        seat.is_clean()


def _file(seat: Seat, feature: dict[str, Any]) -> None:
    """From the file page, by paste; whatever the gate warns of goes with a reason."""
    seat.go("file")
    seat.page.locator("[data-ready=true]").wait_for()
    seat.press("Paste")
    seat.field("Paste a NOTAM, KML, GeoJSON, an HNS sheet, or positions, one a line").fill(
        collection(feature)
    )
    seat.press("Read it")
    expect(seat.field("Your reference")).to_have_value(feature["properties"]["id"])
    expect(seat.page.get_by_label(seat.says("Your own check"), exact=True)).to_be_visible()
    for reason in seat.page.get_by_label(
        seat.says("Reason why it goes all the same; it travels with the notice")
    ).all():
        reason.fill("as briefed")
    seat.press("File it")
    seat.page.wait_for_url("**/thing/**")


@BOTH_WAYS
def test_a_stop_climbs_until_somebody_has_it_who_may_act(table: Table, language: str) -> None:
    caller, called = table.sit("TUR", desk="ground", language=language), table.sit("ISR", language=language)
    host = table.sit("AZE", "host", None, language=language)
    for seat in table.seats:
        seat.begin()
    caller.page.keyboard.press("F9")
    caller.field("Where? Coordinates in any spelling, or a named place").fill("2 km NE of T4")
    caller.field("What is seen?").fill("own team under fire")
    caller.page.locator("dialog").get_by_role("radio", name=caller.says("own forces")).check()
    caller.page.locator("dialog").get_by_role("checkbox", name="ISR").check()
    caller.is_usable("stop-call", kept=True)
    caller.press("STOP: sign with my passkey and send")
    caller.page.wait_for_url("**/thing/TUR-*")
    short = caller.page.url.rsplit("/", 1)[1]
    table.settle()

    acknowledge = called.owed("STOP {short} of {creditor}: acknowledge", short=short, creditor="TUR")
    expect(acknowledge).to_contain_text(
        called.says("rung {next} of {rungs} is called at {at}", next=3, rungs=3, at="05:12Z")
    )
    called.page.locator(".map[data-idle=true]").wait_for()
    called.is_usable("stop-called", kept=True)
    called.files(acknowledge.get_by_role("button", name=called.says("Acknowledge")))
    expect(acknowledge).to_contain_text(
        called.says("Acknowledged here. The climb ends with somebody who may act.")
    )
    # A relay has heard it, and nobody who may act: it climbs, and all three see so.
    table.channel.at("05:14")
    table.settle()
    host.page.goto(f"/thing/{short}")
    host.begin()
    for seat in (caller, called, host):
        if seat is called:
            acknowledge.get_by_role("button", name=seat.says("Read")).click()
        rungs = seat.page.locator("article dl")
        expect(rungs).to_contain_text(seat.says("{called} of {rungs}", called="1, 2, 3", rungs=3))
        acknowledged = seat.says(
            "{member}, desk {desk}, rung {rung}, at {at}",
            member="ISR",
            desk=seat.says("air"),
            rung=1,
            at="05:10Z",
        )
        expect(rungs).to_contain_text(acknowledged)
    expect(host.button("Acknowledge: received and understood")).to_have_count(0)
    expect(host.button("Stopped")).to_have_count(0)
    host.page.locator(".map[data-idle=true]").wait_for()
    host.is_usable("stop-host", kept=True)

    acts = table.sit("ISR", "supervisor", None, language=language)
    expect(acts.page.locator("dialog")).to_contain_text(acts.says("STOPs that are open: {count}", count=1))
    acts.begin()
    duty = acts.owed("STOP {short} of {creditor}: acknowledge", short=short, creditor="TUR")
    # A STOP is owed at every desk; whoever speaks for all of them acknowledges for the one that is looked at.
    acts.page.locator("aside select").select_option("air")
    press = duty.get_by_role("button", name=acts.says("Acknowledge"))
    expect(press).to_have_count(1)
    acts.files(press)
    table.settle()
    expect(press).to_have_count(0)
    expect(acknowledge).to_have_count(0)
    called.files(called.button("Stopped"))
    table.settle()
    expect(caller.page.locator("article dd", has_text=caller.says("Stopped"))).to_be_visible()
    assert table.channel.node("ISR").status({}).without_effect == ()
    row = table.channel.stop("TUR", short)
    assert (row.minutes_to_authority, row.minutes_to_halt) == (4.0, 4.0)
    caller.files(caller.button("Close STOP: it is over"))
    table.settle()
    for seat in (caller, called, host):
        expect(seat.page.locator("article.open")).to_have_count(0)
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
