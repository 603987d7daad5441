# SPDX-License-Identifier: Apache-2.0
"""A witness that cosigns with two keys: each line is judged, and the second key signs nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import NotVerified
from steerclear.record import (
    Delegation,
    KeyRole,
    Log,
    Note,
    NoteSignature,
    Standing,
    cosign_mldsa44,
    cosigner_name,
    delegate_body,
    parse_ijson,
    print_ijson,
    print_note,
    read_delegate_body,
    verify_record,
)
from steerclear.record.companion import CompanionSigner
from steerclear.record.dsse import Signature
from steerclear.record.keys import MLDSA44_BYTES
from steerclear.record.quorum import cosigners_of, lines_that_hold
from steerclear.record.recipient import RecipientPrivateKey
from steerclear.record.statement import SignedStatement, sign_statement

if TYPE_CHECKING:
    from tests.record.conftest import World

DAY = 86_400_000


def companion_of(world: World, member: str) -> CompanionSigner:
    return CompanionSigner.beside(world.keys[member].witness.private_bytes)


def named(world: World, member: str) -> CompanionSigner:
    """The companion of a member's witness key, named in its log."""
    signer = companion_of(world, member)
    row = Delegation.of(
        KeyRole.WITNESS, signer.public, valid_from=world.now - DAY, valid_until=world.now + DAY
    )
    world.add(member, world.say(member, "key.delegate", delegate_body([row])))
    return signer


def second_line(world: World, note: Note, member: str, signer: CompanionSigner) -> NoteSignature:
    name = cosigner_name(world.mechanism, member)
    return cosign_mldsa44(note.text, name=name, public=signer.public, signer=signer, at_s=world.now // 1_000)


def test_it_comes_of_the_witness_keys_secret_alone(world: World) -> None:
    signer = companion_of(world, "ISR")
    assert signer.public == companion_of(world, "ISR").public != companion_of(world, "AZE").public
    assert len(signer.public) == MLDSA44_BYTES
    assert repr(signer) == f"CompanionSigner({signer.keyid})"


def test_a_delegation_names_its_algorithm(world: World) -> None:
    row = Delegation.of(KeyRole.WITNESS, companion_of(world, "ISR").public, valid_from=0, valid_until=DAY)
    body = delegate_body([row])
    assert read_delegate_body(body) == (row,)
    assert (row.is_mldsa44, row.is_ed25519) == (True, False)
    printed = print_ijson(body)
    assert b'"algorithm":"ML-DSA-44"' in printed
    for false in (
        printed.replace(b"ML-DSA-44", b"ML-DSA-87"),
        printed.replace(b"ML-DSA-44", b"MLKEM768-X25519"),
        printed.replace(b',"algorithm":"ML-DSA-44"', b""),
    ):
        with pytest.raises(NotVerified):
            read_delegate_body(parse_ijson(false, where="test"))  # type: ignore[arg-type]  # an object


@pytest.mark.parametrize("role", [role for role in KeyRole if role is not KeyRole.WITNESS])
def test_only_witnesses_have_such_keys(world: World, role: KeyRole) -> None:
    with pytest.raises(NotVerified) as refused:
        Delegation.of(role, companion_of(world, "ISR").public, valid_from=0, valid_until=DAY)
    assert refused.value.code == "delegation-keyid"


def test_a_witness_has_no_hybrid_key(world: World) -> None:
    hybrid = RecipientPrivateKey.generate(world.random).hybrid().public
    with pytest.raises(NotVerified):
        Delegation.of(KeyRole.WITNESS, hybrid, valid_from=0, valid_until=DAY)


def test_both_lines_are_judged_and_either_stands_behind_the_checkpoint(world: World) -> None:
    signer = named(world, "ISR")
    books = {member: log.keys for member, log in world.logs.items()}
    with_one = world.note("TUR", "ISR")
    second = second_line(world, with_one, "ISR", signer)
    both = Note(with_one.text, (*with_one.signatures, second))
    alone = Note(with_one.text, (with_one.signatures[0], second))
    for note in (with_one, both, alone):
        found = cosigners_of(note, "TUR", world.charter, books)
        assert (found.members, found.unknown, found.false) == (frozenset({"ISR"}), (), ())
        assert lines_that_hold(note, "TUR", world.charter, books) == note


def test_a_false_second_line_is_a_lie_and_is_not_kept(world: World) -> None:
    signer = named(world, "ISR")
    books = {member: log.keys for member, log in world.logs.items()}
    note = world.note("TUR", "ISR")
    true = second_line(world, note, "ISR", signer)
    false = replace(true, signature=true.signature[:-1] + bytes([true.signature[-1] ^ 1]))
    lied = Note(note.text, (*note.signatures, false))
    found = cosigners_of(lied, "TUR", world.charter, books)
    assert (found.members, found.false) == (frozenset({"ISR"}), (true.name,))
    assert lines_that_hold(lied, "TUR", world.charter, books) == note


def test_one_that_was_never_named_counts_for_nothing(world: World) -> None:
    books = {member: log.keys for member, log in world.logs.items()}
    note = world.note("TUR")
    line = second_line(world, note, "ISR", companion_of(world, "ISR"))
    found = cosigners_of(Note(note.text, (*note.signatures, line)), "TUR", world.charter, books)
    assert (found.members, found.unknown) == (frozenset(), (line.name,))


def test_verify_checks_both(world: World) -> None:
    signer = named(world, "ISR")
    note = world.note("TUR", "ISR", "AZE")
    true = second_line(world, note, "ISR", signer)
    false = replace(true, signature=true.signature[:-1] + bytes([true.signature[-1] ^ 1]))
    for line, codes in ((true, []), (false, ["cosignature-false"])):
        whole = print_note(Note(note.text, (*note.signatures, line)))
        logs = [replace(log, checkpoints=[whole]) if log.member == "TUR" else log for log in world.replica()]
        assert [one.code for one in verify_record(world.charter, logs).failures] == codes


def test_it_signs_no_entry_and_no_statement(world: World) -> None:
    """A member's companion under a statement is a key that nobody knows there, whatever it signs."""
    signer = named(world, "ISR")
    log: Log = world.logs["ISR"]
    assert signer.keyid not in log.known_keys()
    said = world.notice("ISR")
    forged = sign_statement(said.statement, [signer])
    judged = log.judge(forged, log.size, world.now)
    assert judged.standing_as(KeyRole.WITNESS) is Standing.UNKNOWN_KEY
    assert isinstance(forged, SignedStatement)
    assert forged.envelope.signatures[0] == Signature(signer.keyid, forged.envelope.signatures[0].sig)


def test_how_long_a_key_holds_without_a_gap(world: World) -> None:
    """Days that were named one by one are one time; a gap ends it on both sides."""
    keys = world.keys["ISR"]
    noon = world.now - world.now % DAY + 10 * DAY
    starts = [noon + n * DAY for n in (1, 0, 2, 4)]
    days = [
        Delegation.of(KeyRole.DUTY, keys.duty.public, valid_from=start, valid_until=start + DAY, desk="air")
        for start in starts
    ]
    world.add("ISR", world.say("ISR", "key.delegate", delegate_body(days)))
    log: Log = world.logs["ISR"]
    at, seq = noon + DAY + 5, log.size
    judged = log.judge(world.notice("ISR"), seq, at)
    assert log.keys.window(judged, KeyRole.DUTY, seq=seq, at=at) == (noon, noon + 3 * DAY)
    assert log.keys.window(judged, KeyRole.AUTHORITY, seq=seq, at=at) == (at, at)
    assert log.keys.window(judged, KeyRole.DUTY, seq=seq - 1, at=at) == (at, at)
