# SPDX-License-Identifier: Apache-2.0
"""The verifying state machine of one log: what is the next entry, and what its signatures are worth there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import NotVerified, SteerclearError
from steerclear.record import (
    Checkpoint,
    Delegation,
    Ed25519Signer,
    Head,
    JsonObject,
    KeyBook,
    KeyRole,
    Log,
    Revocation,
    SealedStatement,
    Shown,
    SignedStatement,
    Standing,
    Statement,
    Succession,
    checkpoint_of,
    delegate_body,
    is_included,
    join_body,
    leaf_hash,
    parse_leaf,
    print_note,
    revoke_body,
    sign_checkpoint,
    sign_statement,
    succeed_body,
)

if TYPE_CHECKING:
    from tests.record.conftest import World

DAY = 86_400_000


def state(log: Log) -> tuple[object, ...]:
    return log.size, log.root, log.heads, log.last_at, log.keys.holders(KeyRole.NODE)


def refuses(log: Log, entry: bytes, code: str) -> None:
    """The log refuses the entry, read either way, says why, and stays as it was."""
    before = state(log)
    for accept in (log.accept, log.accept_written):
        with pytest.raises(NotVerified) as refused:
            accept(entry)
        assert refused.value.code == code
        assert state(log) == before


def test_what_is_read_back_quickly_is_taken_as_what_is_read_strictly(world: World) -> None:
    world.talk(2)
    shown = Shown(None, "ROUTINE", "air")
    world.add("TUR", world.seal("TUR", world.notice("TUR", 7), "ISR", shown=shown))  # plain.py leaves it
    strict, quick = world.copy("TUR", 0), world.copy("TUR", 0)
    for entry in world.entries["TUR"]:
        assert quick.accept_written(entry) == strict.accept(entry)
        assert state(quick) == state(strict)


def test_a_log_takes_its_entries_and_gives_their_places(world: World) -> None:
    world.talk(4)
    log = world.copy("TUR")
    assert state(log) == state(world.logs["TUR"])
    assert log.origin == f"steerclear/{world.mechanism}/TUR/0"
    root = bytes.fromhex(log.root)
    for seq, entry in enumerate(world.entries["TUR"]):
        assert log.leaf_hash_at(seq) == leaf_hash(entry).hex()
        assert log.at_of(seq) == parse_leaf(entry).at
        proof = [bytes.fromhex(step) for step in log.inclusion(seq, log.size)]
        assert is_included(leaf_hash(entry), seq, log.size, proof, root)
    assert log.head() == Head(log.size, log.root)
    assert log.checkpoint() == Checkpoint(log.origin, log.size, log.root)


def test_an_accepted_leaf_says_what_it_holds(world: World) -> None:
    clear = world.add("TUR", signed := world.notice("TUR")).leaf
    sealed = world.add("TUR", hidden := world.seal("TUR", world.notice("TUR"), "ISR")).leaf
    assert (clear.statement, clear.sealed, clear.statement_id) == (signed, None, signed.statement.id)
    assert (sealed.statement, sealed.sealed, sealed.statement_id) == (None, hidden, hidden.id)


def test_an_empty_log_has_seen_nothing(bare: World) -> None:
    log = bare.logs["TUR"]
    assert (log.size, log.last_at, dict(log.heads)) == (0, 0, {})


def beginning(world: World, kind: str, body: JsonObject, author: str = "TUR") -> SignedStatement:
    return world.say(author, kind, body)


def test_a_log_begins_with_its_roots_delegations(bare: World) -> None:
    delegated = delegate_body(bare.keys["TUR"].delegations(bare.now))
    log = bare.logs["TUR"]
    refuses(
        log, bare.write("TUR", bare.say("TUR", "charter.join", join_body(bare.mechanism))), "log-beginning"
    )
    refuses(log, bare.write("TUR", bare.notice("TUR")), "log-beginning")
    refuses(log, bare.write("TUR", bare.seal("TUR", bare.notice("TUR"))), "log-beginning")
    one_of_two = bare.say("TUR", "key.delegate", delegated, signers=bare.keys["TUR"].roots[:1])
    refuses(log, bare.write("TUR", one_of_two), "not-signed-by-root")
    strangers = bare.say("TUR", "key.delegate", delegated, signers=bare.keys["ISR"].roots)
    refuses(log, bare.write("TUR", strangers), "not-signed-by-root")
    genuine = bare.say("TUR", "key.delegate", delegated)
    refuses(log, bare.write("TUR", genuine, node=bare.keys["ISR"].node), "entry-not-signed")
    without_node = bare.say("TUR", "key.delegate", delegate_body(bare.keys["TUR"].delegations(bare.now)[1:]))
    refuses(log, bare.write("TUR", without_node), "entry-not-signed")
    log.accept(bare.write("TUR", genuine))


def test_the_second_entry_founds_or_joins_this_charter(bare: World) -> None:
    bare.add("TUR", bare.say("TUR", "key.delegate", delegate_body(bare.keys["TUR"].delegations(bare.now))))
    log = bare.logs["TUR"]
    refuses(log, bare.write("TUR", bare.notice("TUR")), "log-beginning")
    other = bare.say("TUR", "charter.join", join_body("00" * 32))
    refuses(log, bare.write("TUR", other), "charter-mismatch")
    other = bare.say("TUR", "charter.found", {"charter": {}})
    refuses(log, bare.write("TUR", other), "charter-mismatch")
    bare.add("TUR", bare.say("TUR", "charter.join", join_body(bare.mechanism)))
    refuses(
        log, bare.write("TUR", bare.say("TUR", "charter.join", join_body(bare.mechanism))), "charter-late"
    )


@pytest.mark.parametrize("kind", ["key.delegate", "key.revoke", "log.succeed", "charter.join", "node.beat"])
def test_a_statement_of_the_records_own_has_the_right_form(world: World, kind: str) -> None:
    entry = world.write("TUR", world.say("TUR", kind, {"x": 1}))
    with pytest.raises(NotVerified):
        world.logs["TUR"].accept(entry)


def test_kinds_that_nobody_knows_are_kept(world: World) -> None:
    world.add("TUR", world.say("TUR", "weather.rain", {"mm": 3}))
    world.add("TUR", world.say("TUR", "key.tls", {"later": True}))
    world.add("TUR", world.say("TUR", "log.resume", {"later": True}, signers=[world.keys["TUR"].duty]))


def test_a_carried_member_speaks_only_through_its_carrier(world: World) -> None:
    world.add("AZE", world.notice("MSF"))
    refuses(world.logs["TUR"], world.write("TUR", world.notice("MSF")), "statement-under-another-name")
    assert world.logs["AZE"].judge(world.notice("MSF"), 9, world.now).roles == {KeyRole.DUTY}
    with pytest.raises(NotVerified) as refused:
        world.logs["TUR"].keys_of("MSF")
    assert refused.value.code == "statement-under-another-name"


def test_a_succession_stands_in_anybodys_log_if_its_own_root_signed_it(world: World) -> None:
    body = succeed_body(Succession(1, 2, world.logs["TUR"].root_at(2), "node key stolen"))
    refuses(
        world.logs["ISR"],
        world.write("ISR", world.say("TUR", "log.succeed", body, signers=[world.keys["TUR"].duty])),
        "not-signed-by-root",
    )
    world.add("ISR", world.say("TUR", "log.succeed", body))


def test_the_next_generation_begins_with_its_succession(world: World) -> None:
    log = Log(world.charter, "TUR", 1)
    delegated = delegate_body(world.keys["TUR"].delegations(world.now))
    log.accept(world.write("TUR", world.say("TUR", "key.delegate", delegated), seq=0, generation=1, heads={}))

    def second(kind: str, body: JsonObject) -> bytes:
        return world.write("TUR", world.say("TUR", kind, body), seq=1, generation=1, heads={})

    refuses(log, second("charter.join", join_body(world.mechanism)), "log-beginning")
    root = world.logs["TUR"].root
    refuses(log, second("log.succeed", succeed_body(Succession(2, 2, root, "x"))), "succession-generation")
    log.accept(second("log.succeed", succeed_body(Succession(1, 2, root, "x"))))
    assert log.origin.endswith("/TUR/1")
    assert log.head().generation == 1


def test_heads_may_go_on_to_the_next_generation_and_never_back(world: World) -> None:
    log = world.logs["ISR"]
    now = dict(world.heads("ISR"))

    def entry(head: Head) -> bytes:
        return world.write("ISR", world.notice("ISR"), heads={**now, "TUR": head})

    log.accept(entry(Head(1, "ab" * 32, generation=1)))
    refuses(log, entry(Head(9, "cd" * 32, generation=0)), "heads-backwards")
    refuses(log, entry(Head(1, "cd" * 32, generation=1)), "heads-backwards")
    refuses(log, world.write("ISR", world.notice("ISR"), heads={}), "heads-backwards")
    refuses(
        log, world.write("ISR", world.notice("ISR"), heads={**now, "ISR": Head(1, "ab" * 32)}), "heads-name"
    )
    refuses(
        log, world.write("ISR", world.notice("ISR"), heads={**now, "USA": Head(1, "ab" * 32)}), "heads-name"
    )


def test_a_new_node_key_signs_from_the_entry_after_the_one_that_names_it(world: World) -> None:
    new = Ed25519Signer.generate(world.random)
    named = Delegation.of(KeyRole.NODE, new.public, valid_from=world.now, valid_until=world.now + DAY)
    naming = world.say("TUR", "key.delegate", delegate_body([named]))
    refuses(world.logs["TUR"], world.write("TUR", naming, node=new), "entry-not-signed")
    world.add("TUR", naming)
    world.logs["TUR"].accept(world.write("TUR", world.notice("TUR"), node=new))
    late = world.write("TUR", world.notice("TUR"), node=new, at=world.now + DAY)
    refuses(world.logs["TUR"], late, "entry-not-signed")


def test_a_revoked_node_key_signs_nothing_after_its_revocation(world: World) -> None:
    old = world.keys["TUR"].node
    new = Ed25519Signer.generate(world.random)
    named = Delegation.of(KeyRole.NODE, new.public, valid_from=0, valid_until=world.now + DAY)
    world.add("TUR", world.say("TUR", "key.delegate", delegate_body([named])))
    world.add("TUR", world.say("TUR", "key.revoke", revoke_body(Revocation((old.keyid,), "stolen"))))
    refuses(world.logs["TUR"], world.write("TUR", world.notice("TUR"), node=old), "entry-not-signed")
    world.keys["TUR"].node = new
    world.add("TUR", world.notice("TUR"))
    again = Delegation.of(KeyRole.NODE, old.public, valid_from=0, valid_until=world.now + DAY)
    world.add("TUR", world.say("TUR", "key.delegate", delegate_body([again])))
    refuses(world.logs["TUR"], world.write("TUR", world.notice("TUR"), node=old), "entry-not-signed")


def test_a_reseal_is_taken_and_an_id_is_said_once(world: World) -> None:
    signed = world.notice("TUR")
    sealed = world.seal("TUR", signed, "ISR")
    world.add("TUR", sealed)
    world.add("TUR", sealed)
    refuses(world.logs["TUR"], world.write("TUR", signed), "statement-repeated")
    refuses(world.logs["TUR"], world.write("TUR", world.seal("TUR", signed, "ISR")), "two-commitments")
    clear = world.notice("TUR")
    world.add("TUR", clear)
    refuses(world.logs["TUR"], world.write("TUR", clear), "statement-repeated")
    refuses(world.logs["TUR"], world.write("TUR", world.seal("TUR", clear, "ISR")), "statement-repeated")


def test_a_sealed_statement_is_sealed_to_its_author_too(world: World) -> None:
    sealed = world.seal("TUR", world.notice("TUR"), "ISR")
    without: SealedStatement = replace(sealed, wraps=sealed.wraps[:1])
    assert without.recipients == {"ISR"}
    refuses(world.logs["TUR"], world.write("TUR", without), "sealed-from-author")


def standing(
    world: World, signed: SignedStatement, *, seq: int | None = None, at: int | None = None
) -> Standing:
    log = world.logs[signed.statement.author]
    judged = log.judge(signed, log.size if seq is None else seq, world.now if at is None else at)
    return judged.standing_as(KeyRole.DUTY)


def test_a_signature_is_worth_what_its_key_is_worth_at_that_place_and_time(world: World) -> None:
    signed = world.notice("TUR")
    assert standing(world, signed) is Standing.VALID
    assert standing(world, signed, seq=0) is Standing.UNKNOWN_KEY
    assert standing(world, signed, seq=1) is Standing.VALID
    assert standing(world, signed, at=world.now + DAY) is Standing.EXPIRED
    assert standing(world, signed, at=0) is Standing.NOT_YET_VALID
    stranger = Ed25519Signer.generate(world.random)
    assert standing(world, world.say("TUR", "stop.call", {}, signers=[stranger])) is Standing.UNKNOWN_KEY
    other = replace(signed, envelope=replace(signed.envelope, payload=b"{}"))
    assert standing(world, other) is Standing.BAD_SIGNATURE
    revoked = Revocation((world.keys["TUR"].duty.keyid,), "lost")
    place = world.add("TUR", world.say("TUR", "key.revoke", revoke_body(revoked))).leaf.seq
    assert standing(world, signed, seq=place) is Standing.VALID
    assert standing(world, signed, seq=place + 1) is Standing.REVOKED


def test_a_judgement_names_roles_desk_and_root(world: World) -> None:
    keys, log = world.keys["TUR"], world.logs["TUR"]
    both = world.say("TUR", "annex.ratify", {}, signers=[keys.duty, keys.authority, keys.node])
    judged = log.judge(both, log.size, world.now)
    assert judged.roles == {KeyRole.DUTY, KeyRole.AUTHORITY, KeyRole.NODE}
    assert (judged.desk, judged.by_root) == ("air", False)
    assert judged.standing_as(KeyRole.DUTY, desk="air") is Standing.VALID
    assert judged.standing_as(KeyRole.DUTY, desk="sea") is Standing.UNKNOWN_KEY
    assert judged.standing_as(KeyRole.WITNESS) is Standing.UNKNOWN_KEY
    rooted = log.judge(world.say("TUR", "key.revoke", {}), log.size, world.now)
    assert (rooted.by_root, rooted.desk, rooted.roles) == (True, None, frozenset())
    assert all(one.standing is Standing.VALID for one in rooted.signatures)
    opening = world.keys["TUR"].recipient
    assert all(one.keyid != opening.keyid for one in log.keys.holders(KeyRole.NODE))


def test_a_lone_root_key_speaks_for_no_desk(world: World) -> None:
    """One of two root keys that must sign together is nobody; all of them are the root, and still no desk."""
    log, roots = world.logs["TUR"], world.keys["TUR"].roots
    for signers, by_root in ((roots[:1], False), (roots[:2], True)):
        signed = world.say("TUR", "notice.file", {}, signers=signers)
        judged = log.judge(signed, log.size, world.now)
        assert judged.by_root is by_root
        for role in KeyRole:
            assert judged.standing_as(role) is Standing.UNKNOWN_KEY
    both = world.say("TUR", "notice.file", {}, signers=[roots[0], world.keys["TUR"].duty])
    assert log.judge(both, log.size, world.now).standing_as(KeyRole.DUTY) is Standing.VALID


def test_holders_stand_in_order_of_place(bare: World) -> None:
    """The newest are the last, in whatever order the book was told."""
    book = KeyBook(bare.charter.card("TUR"))
    publics = [Ed25519Signer.generate(bare.random).public for _ in range(4)]

    def named(public: bytes) -> Delegation:
        return Delegation.of(KeyRole.NODE, public, valid_from=0, valid_until=1_000)

    book.delegate([named(publics[2]), named(publics[3])], seq=9)
    book.delegate([named(publics[0])], seq=3)
    book.delegate([named(publics[1])], seq=4)
    assert [one.public for one in book.holders(KeyRole.NODE, at=500)] == publics
    assert [one.public for one in book.holders(KeyRole.NODE, seq=9)] == publics[:2]


def test_a_key_that_is_named_for_several_days_counts_on_each(bare: World) -> None:
    book = KeyBook(bare.charter.card("TUR"))
    key = bare.keys["TUR"].duty
    days = [
        Delegation.of(KeyRole.DUTY, key.public, valid_from=day * DAY, valid_until=(day + 1) * DAY, desk="air")
        for day in (0, 1, 3)
    ]
    book.delegate(days, seq=0)
    signed = bare.notice("TUR")

    def on(day: float) -> Standing:
        return book.judge(signed, at=int(day * DAY)).standing_as(KeyRole.DUTY)

    assert [on(day) for day in (0, 1.5, 2.5, 3.5, 4.5)] == [
        Standing.VALID,
        Standing.VALID,
        Standing.EXPIRED,
        Standing.VALID,
        Standing.EXPIRED,
    ]
    assert len(book.judge(signed, at=0).signatures) == 1
    assert book.holders(KeyRole.DUTY, at=int(1.5 * DAY)) == (days[1],)


def test_nothing_is_judged_that_belongs_to_another_mechanism(world: World) -> None:
    foreign = world.say("TUR", "notice.file", {}, mechanism="00" * 32)
    with pytest.raises(NotVerified) as refused:
        world.logs["TUR"].judge(foreign, 2, world.now)
    assert refused.value.code == "statement-other-mechanism"
    refuses(world.logs["TUR"], world.write("TUR", foreign), "statement-other-mechanism")


def test_a_checkpoint_is_checked_against_what_is_held(world: World) -> None:
    world.talk(2)
    log = world.logs["TUR"]
    assert log.check_checkpoint(print_note(world.note("TUR", "ISR"))) == log.checkpoint()
    assert log.check_checkpoint(print_note(world.note("TUR", size=3))).size == 3
    checkpoint, note = checkpoint_of(print_note(world.note("TUR")))
    assert checkpoint == log.checkpoint()
    keys = world.keys["TUR"].node

    def code_of(data: bytes, held: Log) -> str:
        with pytest.raises(NotVerified) as refused:
            held.check_checkpoint(data)
        return refused.value.code

    assert code_of(print_note(note), world.copy("TUR", 3)) == "checkpoint-beyond-log"
    assert code_of(print_note(note), world.logs["ISR"]) == "checkpoint-other-origin"
    other = sign_checkpoint(replace(checkpoint, root="00" * 32), public=keys.public, signer=keys)
    assert code_of(print_note(other), log) == "split-view"
    stranger = Ed25519Signer.generate(world.random)
    forged = sign_checkpoint(checkpoint, public=stranger.public, signer=stranger)
    assert code_of(print_note(forged), log) == "checkpoint-not-signed"


def test_no_change_of_a_byte_makes_another_entry_of_the_log(world: World) -> None:
    world.talk(1)
    log = world.copy("TUR", 2)
    entry = world.entries["TUR"][2]
    for place in range(0, len(entry), 7):
        for flip in (1, 32):
            changed = entry[:place] + bytes([entry[place] ^ flip]) + entry[place + 1 :]
            with pytest.raises(NotVerified):
                log.accept(changed)
    log.accept(entry)


def test_a_statement_with_a_broken_signature_is_kept_and_counts_for_nothing(world: World) -> None:
    signed = world.notice("TUR")
    said: Statement = replace(signed.statement, body={"ref": "another"})
    forged = sign_statement(said, [world.keys["TUR"].duty])
    broken = SignedStatement(said, replace(forged.envelope, signatures=signed.envelope.signatures))
    seq = world.add("TUR", broken).leaf.seq
    assert standing(world, broken, seq=seq) is Standing.BAD_SIGNATURE


def test_every_refusal_tells_the_officer_what_to_do(world: World) -> None:
    with pytest.raises(SteerclearError) as refused:
        world.logs["TUR"].accept(json.dumps({}).encode())
    assert refused.value.remedy
    assert refused.value.where == "TUR 0 2"
