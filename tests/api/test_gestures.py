# SPDX-License-Identifier: Apache-2.0
"""Does a passkey sign what the statement says, and does nothing stand in the record that it did not sign?"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.api.authenticator import b64
from tests.api.conftest import Browser, node_of
from tests.services.conftest import ReservedStore, area

from steerclear.errors import BadInput
from steerclear.links.clock import SystemClock
from steerclear.links.randomness import SystemRandomness
from steerclear.mechanism.bodies import AnnexPropose
from steerclear.mechanism.templates import template
from steerclear.node.console import Console
from steerclear.record.ijson import parse_ijson
from steerclear.record.leaf import parse_leaf
from steerclear.record.opening import parse_opening
from steerclear.services import requests as ask
from steerclear.services.roles import OPERATOR
from steerclear.services.speak import by_authority, speak
from steerclear.store import failures

if TYPE_CHECKING:
    from tests.services.conftest import Channel

STOP = {"desk": "air", "place": "T4", "seen": "shelling", "basis": "own-forces", "to": ["ISR"]}
BrowserOf = Callable[..., Any]


def something_unreadable(channel: Channel) -> None:
    """TUR has lost its recipient keys: what ISR files does not open there, and a beat has to say so."""
    station = channel.stations["TUR"]
    for name in [one for one in station.keys.names() if one.purpose == "recipient"]:
        station.keys.forget(name)
    channel.file("ISR", area("sealed", "ISR", lat=33.1, kind="hazard"), settle=False)
    channel.exchange("ISR", "TUR")
    channel.exchange("ISR", "TUR")
    assert channel.node("TUR").ledger.unreadable


def proposed(channel: Channel) -> None:
    """ISR proposes the one annex of the template that nobody has ratified: comm checks."""
    for annex in template("syria-2025", parties=("TUR", "ISR"), host="AZE"):
        if annex.name.value == "comm-checks":
            body = AnnexPropose(annex=annex, because="tested")
            speak(channel.node("ISR").ledger, body, voice=by_authority(), to=("TUR",))
    channel.settle()


def test_stop_is_signed_by_the_passkey_over_its_very_bytes(
    browser_of: BrowserOf, open_channel: Channel
) -> None:
    officer = browser_of("duty-officer", "air")
    refused = officer.ask("POST", "/api/v1/stops", json=STOP)
    assert (refused.status_code, refused.json()["code"]) == (403, "gesture-missing")
    shown = officer.prepare("/api/v1/stops", STOP).json()
    assert shown["says"]["kind"] == "stop.call"
    assert shown["says"]["body"]["seen"] == "shelling"
    size = open_channel.size("TUR")
    done = officer.sign(shown)
    assert done.status_code == 200, done.text
    (receipt,) = done.json()["receipts"]
    assert (done.json()["state"], receipt["kind"], receipt["id"]) == (
        "filed",
        "stop.call",
        shown["says"]["id"],
    )
    open_channel.settle()
    assert open_channel.stop("ISR", receipt["id"]).seen == "shelling"
    assert open_channel.node("ISR").status({}).without_effect == (), "what went ahead of the log is told once"
    ledger = open_channel.node("TUR").ledger
    entry = next(iter(ledger.store.entries("TUR", 0, size, size + 1)))
    said = parse_opened(entry)
    passkey = next(one for one in said.envelope.signatures if one.keyid.startswith("webauthn:"))
    assert passkey.keyid == f"webauthn:{b64(officer.passkey.id)}"
    parts: Any = parse_ijson(passkey.sig, where="sig")
    assert list(parts) == ["authenticatorData", "clientDataJSON", "signature"]
    client = json.loads(base64.b64decode(parts["clientDataJSON"]))
    assert client["challenge"] == b64(hashlib.sha256(said.envelope.signed_bytes).digest())


def parse_opened(entry: Any) -> Any:
    """What an entry of the own log says, sealed or not."""
    leaf = parse_leaf(entry.leaf)
    return leaf.content if leaf.sealed is None else parse_opening(entry.opened).statement


def test_an_annex_is_ratified_by_two_persons(browser_of: BrowserOf, open_channel: Channel) -> None:
    proposed(open_channel)
    liaison, supervisor = browser_of("liaison"), browser_of("supervisor")
    body = {"annexes": ["comm-checks"]}
    assert liaison.ask("POST", "/api/v1/ratifications", json=body).json()["code"] == "gesture-missing"
    assert liaison.prepare("/api/v1/ratifications", {}).json()["code"] == "one-at-a-time"
    shown = liaison.prepare("/api/v1/ratifications", body).json()
    size = open_channel.size("TUR")
    first = liaison.sign(shown).json()
    assert (first["state"], len(first["signed_by"])) == ("waits", 1)
    assert liaison.sign(shown).json()["code"] == "second-person"
    assert open_channel.size("TUR") == size
    (waiting,) = supervisor.ask("GET", "/api/v1/gestures").json()
    assert waiting["says"] == shown["says"]
    done = supervisor.sign(waiting).json()
    assert done["state"] == "filed", done
    assert done["receipts"][0]["kind"] == "annex.ratify"
    open_channel.settle()
    row = next(one for one in open_channel.node("ISR").annexes() if one.name == "comm-checks")
    assert "TUR" in row.ratified_by


def test_who_was_removed_has_not_signed(
    browser_of: BrowserOf, open_channel: Channel, console_node: Any
) -> None:
    proposed(open_channel)
    liaison, supervisor = browser_of("liaison"), browser_of("supervisor")
    shown = liaison.prepare("/api/v1/ratifications", {"annexes": ["comm-checks"]}).json()
    liaison.sign(shown)
    person = liaison.ask("GET", "/api/v1/session").json()["person"]
    asyncio.run(console_node.console.remove(OPERATOR, person))
    size = open_channel.size("TUR")
    assert supervisor.sign(shown).json()["code"] == "person-unknown"
    assert open_channel.size("TUR") == size


def test_what_was_shown_is_what_is_filed_or_nothing_is(browser_of: BrowserOf, open_channel: Channel) -> None:
    """The world moves on before the second key is touched."""
    proposed(open_channel)
    liaison, supervisor = browser_of("liaison"), browser_of("supervisor")
    shown = liaison.prepare("/api/v1/ratifications", {"annexes": ["comm-checks"]}).json()
    liaison.sign(shown)
    open_channel.do("TUR", ask.Ratify(annexes=("comm-checks",)))
    size = open_channel.size("TUR")
    late = supervisor.sign(shown)
    assert late.status_code == 409
    assert late.json()["code"] in ("nothing-to-ratify", "says-otherwise-now")
    assert open_channel.size("TUR") == size


def test_a_counter_proposal_between_two_keys_is_not_signed_under_the_old_title(
    browser_of: BrowserOf, open_channel: Channel
) -> None:
    proposed(open_channel)
    liaison, supervisor = browser_of("liaison"), browser_of("supervisor")
    read = next(one for one in open_channel.node("TUR").annexes() if one.name == "comm-checks")
    shown = liaison.prepare("/api/v1/ratifications", {"annexes": [read.hash]}).json()
    assert shown["says"]["body"]["content"] == read.hash
    liaison.sign(shown)
    wire = json.loads(read.document)
    newer = json.dumps({**wire, "version": wire["version"] + 1})
    open_channel.do("ISR", ask.ProposeAnnex(document=newer, because="once more", counter_to=read.short))
    open_channel.settle()
    size = open_channel.size("TUR")
    late = supervisor.sign(shown)
    assert (late.status_code, late.json()["code"]) == (409, "annex-overtaken")
    assert open_channel.size("TUR") == size
    again = supervisor.prepare("/api/v1/ratifications", {"annexes": [read.hash]})
    assert again.json()["code"] == "annex-overtaken"


def test_a_watch_is_taken_with_a_gesture(browser_of: BrowserOf, open_channel: Channel) -> None:
    officer = browser_of("duty-officer", "air")
    body: dict[str, Any] = {"kind": "watch.take", "desk": "air", "fields": {}}
    assert officer.ask("POST", "/api/v1/statements", json=body).json()["code"] == "gesture-missing"
    shown = officer.prepare("/api/v1/statements", body).json()
    done = officer.sign(shown).json()
    assert done["receipts"][0]["kind"] == "watch.take", done


def test_keys_are_changed_by_two_persons(browser_of: BrowserOf) -> None:
    one, other = browser_of("supervisor"), browser_of("supervisor")
    body = {"role": "duty", "desk": "sea", "fresh": True}
    assert one.ask("POST", "/api/v1/key-namings", json=body).json()["code"] == "gesture-missing"
    shown = one.prepare("/api/v1/key-namings", body).json()
    assert shown["says"]["request"]["desk"] == "sea"
    assert one.sign(shown).json()["state"] == "waits"
    done = other.sign(other.ask("GET", "/api/v1/gestures").json()[0]).json()
    assert done["state"] == "filed", done
    assert done["root"]["receipts"]


def test_a_passkey_signs_the_stop_and_never_what_the_machine_says(
    browser_of: BrowserOf, open_channel: Channel
) -> None:
    officer = browser_of("duty-officer", "air")
    something_unreadable(open_channel)
    ledger, size = open_channel.node("TUR").ledger, open_channel.size("TUR")
    shown = officer.prepare("/api/v1/stops", STOP).json()
    assert shown["says"]["kind"] == "stop.call"
    assert open_channel.size("TUR") == size, "what is prepared files nothing, not even a beat"
    done = officer.sign(shown)
    assert done.status_code == 200, done.text
    assert [one["kind"] for one in done.json()["receipts"]] == ["stop.call"]
    said = [parse_opened(entry) for entry in ledger.store.entries("TUR", 0, size, ledger.own.size)]
    keys = {one.statement.kind: [each.keyid for each in one.envelope.signatures] for one in said}
    assert [one.statement.kind for one in said] == ["node.beat", "stop.call"]
    assert [one.startswith("webauthn:") for one in keys["node.beat"]] == [False]
    assert [one.startswith("webauthn:") for one in keys["stop.call"]] == [False, True]


def test_the_gate_is_asked_whatever_cannot_be_read(
    browser_of: BrowserOf, open_channel: Channel, drawn: Callable[..., str], draw: Callable[..., Any]
) -> None:
    officer = browser_of("duty-officer", "air")
    something_unreadable(open_channel)
    size = open_channel.size("TUR")
    tiny = {"desk": "air", "geojson": drawn(draw("tiny", "TUR", radius_m=...))}
    refused = officer.ask("POST", "/api/v1/notice-checks", json=tiny)
    assert refused.status_code == 422, refused.text
    good = {"desk": "air", "geojson": drawn(draw("good", "TUR"))}
    assert officer.ask("POST", "/api/v1/notice-checks", json=good).json()["passes"] is True
    assert open_channel.size("TUR") == size


def test_a_stop_is_signed_and_goes_out_though_the_disk_is_full(open_channel: Channel, empty: Path) -> None:
    store = ReservedStore(open_channel.stations["TUR"].disk)
    open_channel.restart("TUR", store=store)
    open_channel.settle()
    officer = Browser(node_of(open_channel, "TUR", empty))
    assert officer.enrol("duty-officer", "air").status_code == 201
    store.fails_with = failures.full("the disk of the test")
    done = officer.sign(officer.prepare("/api/v1/stops", STOP).json())
    assert done.status_code == 200, done.text
    (receipt,) = done.json()["receipts"]
    assert receipt["seq"] is None
    isr = open_channel.node("ISR")
    isr.take("TUR", open_channel.node("TUR").make("ISR"))
    assert isr.stop(receipt["id"]).seen == "shelling"


def test_nobody_pushes_out_what_another_has_prepared(browser_of: BrowserOf, open_channel: Channel) -> None:
    """A hundred were open in all, and the oldest gave way, whosever it was."""
    proposed(open_channel)
    officer, liaison, other = browser_of("duty-officer", "air"), browser_of("liaison"), browser_of("liaison")
    signed = liaison.prepare("/api/v1/ratifications", {"annexes": ["comm-checks"]}).json()
    assert liaison.sign(signed).json()["state"] == "waits"
    stop = officer.prepare("/api/v1/stops", STOP).json()
    flood = [other.prepare("/api/v1/stops", STOP).json() for _ in range(101)]
    assert other.sign(flood[-5]).json()["code"] == "gesture-not-open"
    assert other.sign(flood[-4]).json()["state"] == "filed"
    assert officer.sign(stop).json()["state"] == "filed"
    (waiting,) = liaison.ask("GET", "/api/v1/gestures").json()
    assert waiting["gesture"] == signed["gesture"]


def test_who_is_removed_while_it_is_filed_has_not_signed(console_node: Any, open_channel: Channel) -> None:
    """The removal comes between the passkey's answer and the writer's turn."""
    officer, turns = Browser(console_node), list[int]()
    person = officer.enrol("duty-officer", "air").json()["person"]

    async def write(work: Callable[[], Any]) -> Any:
        turns.append(len(turns))
        if len(turns) == 3:  # prepared, looked at; now it would be filed
            console.people.remove(person)
        return work()

    console = Console(
        open_channel.node("TUR"),
        console_node.console.settings,
        write=write,
        clock=SystemClock(),
        randomness=SystemRandomness(),
        on_filed=lambda _: None,
    )
    speaker, size = console.people.of(person).speaker, open_channel.size("TUR")
    stop = ask.CallStop(desk="air", place="T4", seen="x", basis="unsure", to=("ISR",))
    shown = asyncio.run(console.prepare(speaker, stop))
    answer = officer.passkey.use(dict(shown.options))
    with pytest.raises(BadInput) as refused:
        asyncio.run(console.sign(speaker, shown.gesture, answer))
    assert refused.value.code == "person-unknown"
    assert open_channel.size("TUR") == size


def test_a_gesture_does_not_wait_for_ever_or_for_everything(browser_of: BrowserOf, console_node: Any) -> None:
    officer = browser_of("duty-officer", "air")
    free = officer.prepare("/api/v1/colds", {"desk": "air", "about": "TUR-0001"})
    assert free.json()["code"] == "gesture-not-needed"
    assert officer.prepare("/api/v1/nothing", {}).json()["code"] == "gesture-path"
    wrong = officer.prepare("/api/v1/stops", STOP | {"basis": "rage"})
    assert (wrong.json()["code"], wrong.json()["where"]) == ("request-form", "body.body.basis")
    assert officer.prepare("/api/v1/stops", STOP | {"desk": "sea"}).json()["code"] == "not-your-desk"
    shown = officer.prepare("/api/v1/stops", STOP).json()
    gone = shown | {"gesture": "00" * 12}
    assert officer.sign(gone).json()["code"] == "gesture-not-open"
    officer.sign(shown)
    assert officer.sign(shown).json()["code"] == "gesture-not-open"
