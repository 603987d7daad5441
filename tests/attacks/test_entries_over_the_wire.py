# SPDX-License-Identifier: Apache-2.0
"""A member lies in its own log, over the wire: each lie is on everybody's face within one sync."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.attacks.wire import DAY_MS, DRILL, as_bundle, said, widened

from steerclear.mechanism.bodies import NoticeWithdraw
from steerclear.record.form import print_base64
from steerclear.record.identity import fresh_id
from steerclear.record.ijson import JsonObject, print_ijson
from steerclear.record.keys import (
    Delegation,
    Ed25519Signer,
    KeyRole,
    Revocation,
    delegate_body,
    revoke_body,
)
from steerclear.record.leaf import Head, parse_leaf, parse_signed_leaf
from steerclear.record.statement import Statement, sign_statement
from steerclear.services import requests as ask
from steerclear.services.speak import by_desk, root_says

if TYPE_CHECKING:
    from tests.attacks.wire import Wire


def stranger() -> Ed25519Signer:
    return Ed25519Signer.from_private_bytes(b"\x07" * 32)


def test_rewritten_entry(wire: Wire) -> None:
    """TUR signs other words at a place that everybody holds already."""
    wire.file("TUR", "depot")
    wire.settle()
    last = wire.size("TUR", "TUR") - 1
    other = wire.entry("TUR", said(wire, "TUR", DRILL), seq=last)
    wire.sends("TUR", other, start=last)
    wire.noticed("TUR sent", f"Entry {last} of the log of TUR came again with other words", "entry-rewritten")


def test_entry_rewritten_on_its_way(wire: Wire) -> None:
    """The host carries for two that cannot reach each other, and changes a byte."""
    wire.cut = {frozenset(("ISR", "TUR"))}

    def spoil(peer: str, bundle: Any) -> Any:
        parts = [
            replace(part, entries=tuple(one.replace(b"eyJ", b"eyK", 1) for one in part.entries))
            if part.member == "TUR"
            else part
            for part in bundle.parts
        ]
        return replace(bundle, parts=tuple(parts))

    wire.lies("AZE", spoil)
    wire.file("TUR", "depot")
    wire.noticed("AZE sent what was refused", "TUR", by=["ISR"])
    wire.cut = set()
    wire.sync()
    assert any(row.ref == "depot" for row in wire.status("ISR").notices), "by the direct line it comes whole"


def test_gap_in_seq(wire: Wire) -> None:
    wire.sends("TUR", wire.entry("TUR", said(wire, "TUR", DRILL), seq=99))
    wire.noticed("TUR sent", "Entry 99 came where entry", "is next", "log-gap at TUR")


def test_entry_repeated(wire: Wire) -> None:
    """A true entry is sent as if it were the next one."""
    (true,) = list(wire.ledger("TUR").store.leaves("TUR", 0, 5, 6))
    wire.sends("TUR", true)
    wire.noticed("TUR sent", "Entry 5 came again", "log-repeat")


def test_backdated_notice(wire: Wire) -> None:
    """The node claims to have filed before what it had read: that would make it the earlier of two."""
    wire.channel.at("05:20")
    wire.file("ISR", "range")
    wire.settle()
    early = wire.ledger("TUR").own.last_at
    wire.channel.at("05:30")
    wire.file("ISR", "second-range", lat=35.2)
    wire.call("TUR", "ISR")
    wire.sends("TUR", wire.entry("TUR", said(wire, "TUR", DRILL), at=early + 1))
    wire.noticed("BACKDATED: entry TUR-", "do not count by its time: ask TUR")


def test_clock_set_three_days_back(wire: Wire) -> None:
    back = wire.ledger("TUR").now() - 3 * DAY_MS
    entry = wire.entry("TUR", said(wire, "TUR", DRILL), at=back)
    wire.sends("TUR", entry)
    lie = wire.lie_of("TUR")
    wire.lies("TUR", lambda peer, bundle: replace(as_bundle(lie(peer, bundle)), at=back))
    wire.noticed("TUR sent", "before the entry that it follows", "entry-backwards")
    for member in wire.honest:
        wire.says(member, "the clock of TUR differs by 259200 s")


def test_entry_from_the_future(wire: Wire) -> None:
    ahead = wire.ledger("TUR").now() + DAY_MS
    wire.sends("TUR", wire.entry("TUR", said(wire, "TUR", DRILL), at=ahead))
    wire.noticed("TUR sent", "dated 86400 s ahead of the clock here", "entry-from-the-future")


def test_entry_of_a_revoked_key(wire: Wire) -> None:
    """TUR's root revokes the key of its air desk; whoever stole it withdraws a notice all the same."""
    filed = wire.file("TUR", "depot")
    ledger = wire.ledger("TUR")
    draft = wire.draft("TUR", NoticeWithdraw(filed.id, None))
    body = revoke_body(Revocation((draft.said.envelope.signatures[0].keyid,), "lost"))
    wire.write("TUR", lambda: root_says(ledger, "key.revoke", body))
    wire.write("TUR", lambda: ledger.append([draft]))
    wire.liars.add("TUR")
    wire.noticed(f"TUR-{ledger.own.size - 1:04d} notice.withdraw", "key")
    for member in wire.honest:
        assert any(row.ref == "depot" for row in wire.status(member).notices), "it still stands"


def test_entry_of_an_expired_key(wire: Wire) -> None:
    """A key whose day is over withdraws a notice: that counts for nothing."""
    filed = wire.file("TUR", "depot")
    key = wire.named_key("TUR", KeyRole.DUTY, days=(-2, -1), desk="air")
    wire.settle()
    ledger = wire.ledger("TUR")
    true = wire.draft("TUR", NoticeWithdraw(filed.id, None)).said
    wire.sends("TUR", wire.entry("TUR", sign_statement(true.statement, [key])))
    wire.noticed("TUR-", "notice.withdraw", "expired")
    assert ledger.own.size
    for member in wire.honest:
        assert any(row.ref == "depot" for row in wire.status(member).notices), "it still stands"


def test_statement_under_another_members_name(wire: Wire) -> None:
    true = said(wire, "TUR", DRILL).statement
    forged = sign_statement(replace(true, author="ISR"), [wire.signer("TUR", "duty", "air")])
    wire.sends("TUR", wire.entry("TUR", forged))
    wire.noticed("TUR sent", "A statement of ISR stands in the log of TUR", "statement-under-another-name")


def test_statement_moved_to_another_log(wire: Wire) -> None:
    """What ISR truly said, in TUR's log."""
    wire.sends("TUR", wire.entry("TUR", said(wire, "ISR", DRILL)))
    wire.noticed("TUR sent", "A statement of ISR stands in the log of TUR")


def test_entry_of_another_mechanism(wire: Wire) -> None:
    wire.sends("TUR", wire.entry("TUR", said(wire, "TUR", DRILL), mechanism="00" * 32))
    wire.noticed("TUR sent", "The entry belongs to generation 0 of TUR's log in mechanism 0000")


def test_statement_replayed_from_another_mechanism(wire: Wire) -> None:
    true = said(wire, "TUR", DRILL).statement
    foreign = sign_statement(replace(true, mechanism="00" * 32), [wire.signer("TUR", "duty", "air")])
    wire.sends("TUR", wire.entry("TUR", foreign))
    wire.noticed("TUR sent", "statement-other-mechanism")


def test_statement_under_a_stolen_id(wire: Wire) -> None:
    """TUR speaks under the id of ISR's STOP, so that one of the two would be taken for a repetition."""
    stop = wire.stops("ISR", ["TUR", "AZE"])
    true = said(wire, "TUR", DRILL).statement
    stolen = sign_statement(replace(true, id=stop.id), [wire.signer("TUR", "duty", "air")])
    wire.sends("TUR", wire.entry("TUR", stolen))
    wire.noticed("TUR sent", "id-of-another")
    assert wire.status("AZE").stops[0].id == stop.id


def test_replayed_acknowledgement(wire: Wire) -> None:
    """What an officer of ISR once acknowledged is filed again, to serve for another notice."""
    filed = wire.file("TUR", "depot")
    wire.settle()
    wire.do("ISR", ask.Acknowledge(desk="air", about=filed.id))
    wire.settle()
    again = wire.opened("ISR", wire.size("ISR", "ISR") - 1)
    wire.sends("ISR", wire.entry("ISR", again))
    wire.noticed("ISR sent", "stands in this log already", "statement-repeated")


def test_replayed_answer_to_a_stop(wire: Wire) -> None:
    """ISR's “stopping” of this morning is to answer the STOP of this noon."""
    first = wire.stops("TUR", ["ISR"])
    wire.settle()
    wire.do("ISR", ask.Answer(desk="air", about=first.id, answer="stopping"))
    wire.settle()
    replayed = wire.opened("ISR", wire.size("ISR", "ISR") - 1)
    wire.channel.at("06:30")
    second = wire.stops("TUR", ["ISR"], place="Palmyra")
    wire.settle()
    wire.sends("ISR", wire.entry("ISR", replayed))
    wire.noticed("ISR sent", "statement-repeated")
    outcomes = {row.id: row.outcome for row in wire.status("TUR").stops}
    assert outcomes[first.id] == "stopping"
    assert outcomes[second.id] is None, "the new STOP is still owed its answer"


def test_late_acknowledgement_under_an_expired_key_ends_no_climb(wire: Wire) -> None:
    """Somebody of ISR acknowledges TUR's STOP with a key of the day before: the bells go on."""
    key = wire.named_key("ISR", KeyRole.DUTY, days=(-2, -1), desk="air")
    wire.settle()
    stop = wire.stops("TUR", ["ISR"])
    wire.settle()
    draft = wire.acknowledgement("ISR", stop.id)
    wire.sends("ISR", wire.entry("ISR", sign_statement(draft.said.statement, [key])))
    wire.channel.at("05:13")
    wire.sync()
    owed = [row for row in wire.inbox("TUR").owed_to_me if row.about == stop.id]
    assert any(row.state in ("open", "late") for row in owed), owed
    (shown,) = wire.status("TUR").stops
    assert shown.minutes_to_authority is None
    wire.noticed("receipt.acknowledge", "key expired", by=["TUR"])


def test_duplicate_json_key(wire: Wire) -> None:
    """Two readers of one entry must not see two values."""
    signed = parse_signed_leaf(wire.entry("TUR", said(wire, "TUR", DRILL)))
    double = signed.envelope.payload.replace(b'"seq":', b'"seq":0,"seq":')
    whole = json.loads(wire.entry("TUR", said(wire, "TUR", DRILL)))
    whole["payload"] = base64.b64encode(double).decode()
    wire.sends("TUR", json.dumps(whole, separators=(",", ":")).encode())
    wire.noticed("TUR sent", "json-duplicate-key", "TUR")


def test_entry_with_two_spellings(wire: Wire) -> None:
    entry = wire.entry("TUR", said(wire, "TUR", DRILL))
    wire.sends("TUR", entry.replace(b'","', b'", "', 1))
    wire.noticed("TUR sent", "json-spelling")


def test_entry_nested_without_end(wire: Wire) -> None:
    wire.sends("TUR", b'{"payload":' + b"[" * 20_000 + b"]" * 20_000 + b"}")
    wire.noticed("TUR sent", "json-")


def test_oversize_entry(wire: Wire) -> None:
    wire.lies("TUR", lambda _, bundle: widened(bundle, b"x" * 70_000))
    wire.noticed("TUR sent", "more than 65,535 bytes", "bundle-entry")


def test_signature_added_to_an_entry(wire: Wire) -> None:
    """A second signature would give the same entry another hash."""
    whole = json.loads(wire.entry("TUR", said(wire, "TUR", DRILL)))
    whole["signatures"].append({**whole["signatures"][0], "keyid": "zz"})
    wire.sends("TUR", json.dumps(whole, separators=(",", ":")).encode())
    wire.noticed("TUR sent", "not-an-entry")


def test_heads_that_cannot_be_true(wire: Wire) -> None:
    """TUR claims to have received what ISR never wrote, to have it counted as delivered."""
    ledger = wire.ledger("TUR")
    heads = ledger._heads()
    beyond = {**heads, "ISR": Head(heads["ISR"].size + 900, "00" * 32)}
    wire.sends("TUR", wire.entry("TUR", said(wire, "TUR", DRILL), heads=beyond))
    wire.sync()
    wire.says("ISR", "TUR says that it has seen", "of ours; we wrote")
    wire.says("AZE", "TUR has seen", "of ISR that have not arrived here")
    wire.goes_on()


def test_heads_of_another_record(wire: Wire) -> None:
    heads = wire.ledger("TUR")._heads()
    other = {**heads, "ISR": Head(heads["ISR"].size + 1, "00" * 32)}
    wire.speaks("ISR", DRILL)
    wire.call("ISR", "AZE")
    wire.sends("TUR", wire.entry("TUR", said(wire, "TUR", DRILL), heads=other))
    wire.noticed("TUR has seen another record of ISR")


def test_heads_that_go_back(wire: Wire) -> None:
    heads = wire.ledger("TUR")._heads()
    back = {**heads, "ISR": Head(1, wire.ledger("TUR").logs["ISR"].root_at(1))}
    wire.sends("TUR", wire.entry("TUR", said(wire, "TUR", DRILL), heads=back))
    wire.noticed("TUR sent", "seen less of ISR's log than the entry before it", "heads-backwards")


def test_false_succession(wire: Wire) -> None:
    """TUR declares ISR's log ended and names where it stands, without ISR's root."""
    ledger = wire.ledger("TUR")
    log = ledger.logs["ISR"]
    body: JsonObject = {"generation": 1, "size": 2, "root": log.root_at(2), "reason": "stolen key"}
    statement = Statement(
        mechanism=ledger.mechanism,
        author="ISR",
        desk=None,
        id=fresh_id(ledger.randomness.bytes, mechanism=ledger.mechanism, author="ISR"),
        kind="log.succeed",
        to=(),
        at=ledger.now(),
        body=body,
    )
    wire.sends("TUR", wire.entry("TUR", sign_statement(statement, [stranger()])))
    wire.noticed("TUR sent", "A log.succeed is not signed by enough root keys of ISR", "not-signed-by-root")


def test_key_named_without_the_root(wire: Wire) -> None:
    """Whoever stole the node key names itself a key of its own."""
    ledger, thief = wire.ledger("TUR"), stranger()
    now = ledger.now()
    named = Delegation.of(KeyRole.NODE, thief.public, valid_from=now, valid_until=now + DAY_MS)
    statement = replace(
        said(wire, "TUR", DRILL).statement, desk=None, kind="key.delegate", body=delegate_body([named])
    )
    wire.sends("TUR", wire.entry("TUR", sign_statement(statement, [wire.signer("TUR", "node")])))
    wire.noticed("TUR sent", "A key.delegate is not signed by enough root keys of TUR")


def test_key_to_which_nobody_can_seal(wire: Wire) -> None:
    """TUR's own root names a recipient key that would make everybody's sealing fail."""
    ledger = wire.ledger("TUR")
    row = {
        "role": "recipient",
        "keyid": "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925",
        "public": print_base64(bytes(32)),
        "desk": None,
        "from": "2025-04-10T00:00:00.000Z",
        "until": "2025-04-11T00:00:00.000Z",
    }
    statement = replace(
        said(wire, "TUR", DRILL).statement, desk=None, kind="key.delegate", body={"delegations": [row]}
    )
    root = ledger.keys.signer(next(name for name in ledger.keys.names() if name.purpose == "root"))
    wire.sends("TUR", wire.entry("TUR", sign_statement(statement, [root])))
    wire.noticed("TUR sent", "delegation-weak-key")


def test_entry_signed_by_a_key_that_nobody_named(wire: Wire) -> None:
    wire.sends("TUR", wire.entry("TUR", said(wire, "TUR", DRILL), key=stranger()))
    wire.noticed("TUR sent", "No node key that TUR's root has named", "entry-not-signed")


def test_unknown_field_in_an_entry(wire: Wire) -> None:
    """A place for words that only some readers see."""
    signed = parse_signed_leaf(wire.entry("TUR", said(wire, "TUR", DRILL)))
    more = {**json.loads(signed.envelope.payload), "aside": "for ISR alone"}
    whole = json.loads(wire.entry("TUR", said(wire, "TUR", DRILL)))
    whole["payload"] = base64.b64encode(print_ijson(more)).decode()
    wire.sends("TUR", json.dumps(whole, separators=(",", ":")).encode())
    wire.noticed("TUR sent", "TUR")


@pytest.mark.parametrize("desk", ["air"])
def test_control_an_honest_channel_says_nothing(wire: Wire, desk: str) -> None:
    """Without a lie no face says anything; a test that cannot fail shows nothing."""
    wire.file("TUR", "depot")
    wire.speaks("ISR", DRILL, voice=by_desk(desk))
    wire.settle()
    wire.goes_on()
    assert {member: wire.face(member) for member in wire.honest} == {member: [] for member in wire.honest}
    assert parse_leaf(next(iter(wire.ledger("ISR").store.leaves("TUR", 0)))).author == "TUR"
