# SPDX-License-Identifier: Apache-2.0
"""Attacks on one log's entries, each noticed by whoever mirrors the log."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import NotVerified
from steerclear.record import (
    Delegation,
    Ed25519Signer,
    Head,
    KeyRole,
    Log,
    ReplicaLog,
    Revocation,
    SignedStatement,
    Standing,
    delegate_body,
    keyid_of,
    parse_signed_leaf,
    print_envelope,
    print_ijson,
    revoke_body,
    sign_leaf,
    verify_record,
)
from steerclear.record.form import print_base64

if TYPE_CHECKING:
    from tests.record.conftest import World

DAY = 86_400_000


def refused(log: Log, entry: bytes) -> str:
    size, root = log.size, log.root
    with pytest.raises(NotVerified) as noticed:
        log.accept(entry)
    assert (log.size, log.root) == (size, root)
    return noticed.value.code


def codes_of(world: World, *changed: ReplicaLog) -> set[str]:
    others = [log for log in world.replica() if log.member not in {one.member for one in changed}]
    return {remark.code for remark in verify_record(world.charter, [*others, *changed]).failures}


def standing(world: World, signed: SignedStatement, seq: int, at: int) -> Standing:
    return world.logs[signed.statement.author].judge(signed, seq, at).standing_as(KeyRole.DUTY)


def test_rewritten_entry(talking: World) -> None:
    """A database is edited: the entry's signature, or the checkpoint, no longer fits."""
    entries = list(talking.entries["TUR"])
    entries[2] = entries[2].replace(b"eyJ", b"eyK", 1)
    assert codes_of(talking, replace(talking.replica()[2], entries=entries)) & {
        "entry-not-signed",
        "json-unreadable",
    }
    rewritten = sign_leaf(
        replace(parse_signed_leaf(talking.entries["TUR"][2]).leaf, content=talking.notice("TUR", 99)),
        talking.keys["TUR"].node,
    )
    entries[2] = rewritten
    assert "split-view" in codes_of(talking, replace(talking.replica()[2], entries=entries))


def test_gap_in_seq(talking: World) -> None:
    assert refused(talking.logs["TUR"], talking.write("TUR", talking.notice("TUR"), seq=99)) == "log-gap"
    without = talking.entries["TUR"][:3] + talking.entries["TUR"][4:]
    assert "log-gap" in codes_of(talking, replace(talking.replica()[2], entries=without))


def test_entry_repeated_or_reordered(talking: World) -> None:
    assert refused(talking.logs["TUR"], talking.entries["TUR"][-1]) == "log-repeat"
    entries = talking.entries["TUR"]
    swapped = [*entries[:2], entries[3], entries[2], *entries[4:]]
    assert "log-gap" in codes_of(talking, replace(talking.replica()[2], entries=swapped))


def test_backdated_notice(talking: World) -> None:
    """A node claims an earlier time than its own last entry: refused. Than what it has seen: shown."""
    backwards = talking.write("TUR", talking.notice("TUR"), at=talking.now - 60_000)
    assert refused(talking.logs["TUR"], backwards) == "entry-backwards"
    early = talking.logs["TUR"].last_at
    talking.tick(600_000)
    talking.add("ISR", talking.notice("ISR"))
    backdated = talking.write("TUR", talking.notice("TUR"), at=early + 1)
    talking.logs["TUR"].accept(backdated)
    talking.entries["TUR"].append(backdated)
    report = verify_record(talking.charter, talking.replica())
    assert [(one.code, one.member) for one in report.doubts] == [("entry-backdated", "TUR")]


def test_clock_set_three_days_back(talking: World) -> None:
    entry = talking.write("TUR", talking.notice("TUR"), at=talking.now - 3 * DAY)
    assert refused(talking.logs["TUR"], entry) == "entry-backwards"


def test_entry_of_an_expired_key(talking: World) -> None:
    talking.tick(DAY)
    signed = talking.notice("TUR")
    seq = talking.add("TUR", signed).leaf.seq
    assert standing(talking, signed, seq, talking.now) is Standing.EXPIRED
    report = verify_record(talking.charter, talking.replica())
    assert [one.code for one in report.doubts] == ["statement-expired-key"]


def test_entry_of_a_revoked_key(talking: World) -> None:
    revoked = Revocation((talking.keys["TUR"].duty.keyid,), "lost")
    talking.add("TUR", talking.say("TUR", "key.revoke", revoke_body(revoked)))
    signed = talking.notice("TUR")
    seq = talking.add("TUR", signed).leaf.seq
    assert standing(talking, signed, seq, talking.now) is Standing.REVOKED
    assert codes_of(talking) == {"statement-revoked-key"}


def test_revoked_key_named_again_by_an_old_delegation(talking: World) -> None:
    """The thief replays a genuine delegation of the key: refused, and it would revive nothing."""
    old = parse_signed_leaf(talking.entries["TUR"][0]).leaf.content
    revoked = Revocation((talking.keys["TUR"].node.keyid,), "stolen")
    talking.add("TUR", talking.say("TUR", "key.revoke", revoke_body(revoked)))
    assert refused(talking.logs["TUR"], talking.write("TUR", old)) == "statement-repeated"


def test_statement_under_another_name(talking: World) -> None:
    """TUR writes what looks like a notice by ISR into its own log."""
    forged = talking.say("ISR", "notice.withdraw", {}, signers=[talking.keys["TUR"].duty])
    entry = talking.write("TUR", forged)
    assert refused(talking.logs["TUR"], entry) == "statement-under-another-name"


def test_statement_moved_to_another_log(talking: World) -> None:
    genuine = talking.notice("ISR")
    talking.add("ISR", genuine)
    assert refused(talking.logs["TUR"], talking.write("TUR", genuine)) == "statement-under-another-name"


def test_statement_of_a_carried_member_by_somebody_who_does_not_carry_it(talking: World) -> None:
    entry = talking.write("ISR", talking.notice("MSF"))
    assert refused(talking.logs["ISR"], entry) == "statement-under-another-name"


def test_carrier_speaks_in_the_name_of_whom_it_carries(talking: World) -> None:
    forged = talking.say("MSF", "site.end", {}, signers=[talking.keys["AZE"].duty])
    seq = talking.add("AZE", forged).leaf.seq
    judged = talking.logs["AZE"].judge(forged, seq, talking.now)
    assert judged.roles == frozenset()
    assert "statement-unknown-key" in codes_of(talking)


def test_entry_moved_to_another_mechanism(talking: World) -> None:
    entry = talking.write("TUR", talking.notice("TUR"), mechanism="00" * 32)
    assert refused(talking.logs["TUR"], entry) == "entry-of-another-log"


def test_statement_replayed_from_another_mechanism(talking: World) -> None:
    foreign = talking.say("TUR", "stop.close", {}, mechanism="00" * 32)
    assert refused(talking.logs["TUR"], talking.write("TUR", foreign)) == "statement-other-mechanism"


def test_entry_of_an_older_generation(talking: World) -> None:
    entry = talking.write("TUR", talking.notice("TUR"), generation=1)
    assert refused(talking.logs["TUR"], entry) == "entry-of-another-log"


def test_replayed_acknowledgement(talking: World) -> None:
    """An officer's acknowledgement is filed a second time, for another version of the notice."""
    acknowledged = talking.say("TUR", "receipt.acknowledge", {"about": "ab" * 16})
    talking.add("TUR", acknowledged)
    assert refused(talking.logs["TUR"], talking.write("TUR", acknowledged)) == "statement-repeated"


def test_stolen_node_key_without_delegation(talking: World) -> None:
    """A thief writes with a key of its own, and delegates it to itself."""
    thief = Ed25519Signer.generate(talking.random)
    log = talking.logs["TUR"]
    assert refused(log, talking.write("TUR", talking.notice("TUR"), node=thief)) == "entry-not-signed"
    named = Delegation.of(KeyRole.NODE, thief.public, valid_from=0, valid_until=talking.now + DAY)
    by_itself = talking.say("TUR", "key.delegate", delegate_body([named]), signers=[thief])
    assert refused(log, talking.write("TUR", by_itself)) == "not-signed-by-root"
    by_the_stolen_key = talking.say(
        "TUR", "key.delegate", delegate_body([named]), signers=[talking.keys["TUR"].node]
    )
    assert refused(log, talking.write("TUR", by_the_stolen_key)) == "not-signed-by-root"


def test_one_of_two_root_keys_stolen(talking: World) -> None:
    thief = talking.keys["TUR"].roots[0]
    revoke = revoke_body(Revocation((talking.keys["TUR"].node.keyid,), "x"))
    alone = talking.say("TUR", "key.revoke", revoke, signers=[thief])
    assert refused(talking.logs["TUR"], talking.write("TUR", alone)) == "not-signed-by-root"
    others = talking.say("TUR", "key.revoke", revoke, signers=[thief, *talking.keys["ISR"].roots])
    assert refused(talking.logs["TUR"], talking.write("TUR", others)) == "not-signed-by-root"


def test_stolen_duty_key_does_not_ratify_or_write_entries(talking: World) -> None:
    duty = talking.keys["TUR"].duty
    ratified = talking.say("TUR", "annex.ratify", {}, signers=[duty])
    judged = talking.logs["TUR"].judge(ratified, talking.logs["TUR"].size, talking.now)
    assert KeyRole.AUTHORITY not in judged.roles
    entry = talking.write("TUR", talking.notice("TUR"), node=duty)
    assert refused(talking.logs["TUR"], entry) == "entry-not-signed"


def test_recipient_key_passed_off_as_a_signing_key(talking: World) -> None:
    opening = talking.keys["TUR"].recipient
    signer = Ed25519Signer.from_private_bytes(opening.private_bytes)
    signed = talking.say("TUR", "notice.file", {}, signers=[signer])
    assert standing(talking, signed, talking.logs["TUR"].size, talking.now) is Standing.UNKNOWN_KEY


def test_heads_that_go_back_or_name_oneself(talking: World) -> None:
    heads = dict(talking.heads("TUR"))
    log = talking.logs["TUR"]
    back = {**heads, "ISR": Head(1, talking.logs["ISR"].root_at(1))}
    assert refused(log, talking.write("TUR", talking.notice("TUR"), heads=back)) == "heads-backwards"
    own = {**heads, "TUR": log.head()}
    assert refused(log, talking.write("TUR", talking.notice("TUR"), heads=own)) == "heads-name"


def test_node_takes_back_what_it_had_acknowledged(talking: World) -> None:
    heads = {member: head for member, head in talking.heads("TUR").items() if member != "ISR"}
    entry = talking.write("TUR", talking.notice("TUR"), heads=heads)
    assert refused(talking.logs["TUR"], entry) == "heads-backwards"


def test_oversize_entry(talking: World) -> None:
    assert refused(talking.logs["TUR"], b"x" * 65_536) == "entry-oversize"


def test_duplicate_json_key(talking: World) -> None:
    """Two readers of one entry must not see two values."""
    signed = parse_signed_leaf(talking.write("TUR", talking.notice("TUR")))
    double = signed.envelope.payload.replace(b'"seq":', b'"seq":0,"seq":')
    entry = print_envelope(replace(signed.envelope, payload=double))
    assert refused(talking.logs["TUR"], entry) == "json-duplicate-key"
    assert refused(talking.logs["TUR"], entry.replace(b'{"payload":', b'{"payload":"","payload":')) == (
        "json-duplicate-key"
    )


def test_entry_with_two_spellings(talking: World) -> None:
    entry = talking.write("TUR", talking.notice("TUR"))
    for other in (
        entry.replace(b'","', b'", "', 1),
        entry + b"\n",
        entry.replace(b'"signatures"', b'"\\u0073ignatures"'),
    ):
        assert refused(talking.logs["TUR"], other) == "json-spelling"


def test_signature_added_to_an_entry(talking: World) -> None:
    """Another signature would give the same entry another leaf hash."""
    signed = parse_signed_leaf(talking.write("TUR", talking.notice("TUR")))
    more = replace(signed.envelope.signatures[0], keyid="zz")
    entry = print_envelope(replace(signed.envelope, signatures=(*signed.envelope.signatures, more)))
    assert refused(talking.logs["TUR"], entry) == "not-an-entry"


def test_statement_under_a_stolen_id(talking: World) -> None:
    """TUR says something under the id of ISR's STOP, so that one of the two is taken for a repetition."""
    stop = talking.say("ISR", "stop.call", {"basis": "aircraft"}, to=("TUR",))
    stolen = stop.statement.id
    in_clear = talking.say("TUR", "receipt.acknowledge", {"about": stolen}, identity=stolen)
    assert refused(talking.logs["TUR"], talking.write("TUR", in_clear)) == "id-of-another"
    sealed = talking.seal("TUR", in_clear, "AZE")
    assert refused(talking.logs["TUR"], talking.write("TUR", sealed)) == "id-of-another"
    talking.add("ISR", stop)


def test_id_of_a_carried_member(talking: World) -> None:
    """AZE carries MSF: it may seal what MSF says, but not speak itself under an id of MSF, nor of TUR."""
    of_msf = talking.identity("MSF")
    as_aze = talking.say("AZE", "notice.file", {}, identity=of_msf)
    assert refused(talking.logs["AZE"], talking.write("AZE", as_aze)) == "id-of-another"
    of_tur = talking.say("MSF", "notice.file", {}, identity=talking.identity("TUR"))
    assert refused(talking.logs["AZE"], talking.write("AZE", of_tur)) == "id-of-another"
    talking.add("AZE", talking.seal("AZE", talking.say("MSF", "notice.file", {}, identity=of_msf)))


def test_id_of_another_mechanism(talking: World) -> None:
    foreign = talking.identity("TUR", "00" * 32)
    entry = talking.write("TUR", talking.say("TUR", "notice.file", {}, identity=foreign))
    assert refused(talking.logs["TUR"], entry) == "id-of-another"


def test_recipient_key_to_which_nobody_can_seal(talking: World) -> None:
    """TUR's own root names a key that makes everybody's sealing fail, so that no STOP can be called on it."""
    drawn = talking.keys["TUR"].delegations(talking.now)[-1]
    rows = json.loads(print_ijson(delegate_body([drawn])))["delegations"]
    rows[0] |= {"public": print_base64(bytes(32)), "keyid": keyid_of(bytes(32))}
    entry = talking.write("TUR", talking.say("TUR", "key.delegate", {"delegations": rows}))
    assert refused(talking.logs["TUR"], entry) == "delegation-weak-key"


def test_two_plaintexts_under_one_id(talking: World) -> None:
    """One id, sealed to one member as one thing and to another as another."""
    identity = talking.identity("TUR")
    first = talking.say("TUR", "notice.file", {"area": 1}, identity=identity)
    second = talking.say("TUR", "notice.file", {"area": 2}, identity=identity)
    talking.add("TUR", talking.seal("TUR", first, "ISR"))
    entry = talking.write("TUR", talking.seal("TUR", second, "AZE"))
    assert refused(talking.logs["TUR"], entry) == "two-commitments"


def test_false_delegation_hidden_by_sealing(talking: World) -> None:
    """What everybody must check cannot be sealed away: a sealed first entry begins no log."""
    log = Log(talking.charter, "TUR")
    sealed = talking.seal("TUR", talking.notice("TUR"))
    assert refused(log, talking.write("TUR", sealed, seq=0, heads={})) == "log-beginning"
