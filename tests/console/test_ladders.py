# SPDX-License-Identifier: Apache-2.0
"""Does each desk hear, see and answer its own ladder of a STOP, and no other desk's?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect
from tests.console.conftest import Seat, Table
from tests.services.conftest import Channel, found

from steerclear.services import requests as ask

HEARD = "Acknowledged here. The climb ends with somebody who may act."


def stop(table: Table, seen: str) -> str:
    call = ask.CallStop(desk="ground", place="2 km NE of T4", seen=seen, basis="own-forces", to=("ISR",))
    short = table.channel.do("TUR", call)[0].short
    table.settle()
    return short


def sounds(seat: Seat, whether: str) -> None:
    seat.page.locator(f'.shell[data-sounding="{whether}"]').wait_for()


def response(table: Table) -> dict[str, Any]:
    annexes = table.channel.node("ISR").annexes()
    wire: dict[str, Any] = json.loads(next(one.document for one in annexes if one.name == "response"))
    return wire


def agree(table: Table, wire: dict[str, Any]) -> None:
    proposed = ask.ProposeAnnex(document=json.dumps({**wire, "version": 2}), because="two at night")
    table.channel.do("ISR", proposed)
    for member in ("TUR", "ISR"):
        table.channel.do(member, ask.Ratify(annexes=("response",)))
    table.channel.at("05:12")
    table.settle()


def test_a_desk_that_acknowledged_a_call_that_joined_is_quiet(table: Table) -> None:
    called = table.sit("ISR")
    called.begin()
    first = stop(table, "own team under fire")
    sounds(called, "true")
    called.press("Acknowledge")
    sounds(called, "false")
    table.channel.at("05:12")
    again = stop(table, "under fire again")
    sounds(called, "true")
    duty = called.owed("STOP {short} of {creditor}: acknowledge", short=first, creditor="TUR")
    expect(duty).to_have_count(2)
    # The page of the alarm asks for the call that nobody here has heard, too.
    called.page.goto(f"/thing/{first}")
    called.begin()
    called.press("Acknowledge: received and understood")
    sounds(called, "false")
    # It is still owed: a relay has it, and nobody who may act.
    expect(duty).to_have_count(2)
    expect(duty.first).to_contain_text(HEARD)
    expect(duty.last).to_contain_text(HEARD)
    expect(called.page.locator("article")).to_contain_text(HEARD)
    called.is_usable("stop-joined")
    said = table.channel.stop("ISR", again).acknowledged
    assert [one.split(" at ")[0] for one in said] == ["ISR air rung 1"] * 2
    called.is_clean()


def test_a_supervisor_acknowledges_by_a_rung_of_the_desk_that_is_looked_at(table: Table) -> None:
    """ISR's ground desk has two rungs, its air desk three, and all of them are called."""
    wire = response(table)
    for ladder in wire["terms"]["ladders"]:
        if (ladder["member"], ladder["desk"]) == ("ISR", "ground"):
            ladder["rungs"] = ladder["rungs"][:2]
    agree(table, wire)
    short = stop(table, "own team under fire")
    table.channel.at("05:16")
    table.settle()
    acts = table.sit("ISR", "supervisor", None)
    acts.begin()
    acts.page.locator("aside select").select_option("ground")
    acts.page.goto(f"/thing/{short}")
    acts.begin()
    rungs = acts.page.locator("article dl")
    expect(rungs).to_contain_text("ISR ground: 1, 2 of 2")
    expect(rungs).to_contain_text("ISR air, ISR sea: 1, 2, 3 of 3")
    acts.is_usable("stop-ladders")
    acts.press("Acknowledge: received and understood")
    expect(rungs).to_contain_text("ISR, desk ground, rung 2")
    # Its climb is over, and the others' go on.
    expect(rungs).not_to_contain_text("ISR ground:")
    assert table.channel.node("ISR").status({}).without_effect == ()
    assert table.channel.stop("ISR", short).minutes_to_authority is not None
    acts.is_clean()


def test_who_has_no_desk_and_chose_none_hears_a_stop_of_whichever_desk_and_answers_as_that_one(
    table: Table,
) -> None:
    """ISR has no air desk: its ground desk alone is called."""
    wire = response(table)
    ladders = wire["terms"]["ladders"]
    wire["terms"]["ladders"] = [one for one in ladders if one["member"] != "ISR" or one["desk"] == "ground"]
    agree(table, wire)
    acts = table.sit("ISR", "supervisor", None)
    acts.begin()
    expect(acts.page.locator("aside select")).to_have_value("")
    short = stop(table, "own team under fire")
    sounds(acts, "true")
    acts.files(acts.button("Acknowledge"))
    said = table.channel.stop("ISR", short).acknowledged
    assert [one.split(" rung ")[0] for one in said] == ["ISR ground"]
    acts.is_clean()


def test_a_stop_sounds_at_a_member_that_has_agreed_no_ladder(table_of: Callable[[Channel], Table]) -> None:
    table = table_of(found())
    acts = table.sit("ISR", "supervisor", None)
    acts.begin()
    short = stop(table, "own team under fire")
    sounds(acts, "true")
    acts.files(acts.button("Acknowledge"))
    sounds(acts, "false")
    assert len(table.channel.stop("ISR", short).acknowledged) == 1
    acts.is_clean()
