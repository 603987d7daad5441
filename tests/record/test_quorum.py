# SPDX-License-Identifier: Apache-2.0
"""Which lines of a checkpoint count, which count for nothing, and which are lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from steerclear.errors import NotVerified
from steerclear.record import (
    Note,
    NoteSignature,
    ReplicaLog,
    cosign,
    cosigner_name,
    cosigners_of,
    delegate_body,
    lines_that_hold,
    print_note,
    prove,
    verify_proof,
    verify_record,
)

if TYPE_CHECKING:
    from tests.record.conftest import World

    from steerclear.record import KeyBook


def books(world: World) -> dict[str, KeyBook]:
    return {member: log.keys for member, log in world.logs.items()}


def false_line(world: World, member: str) -> NoteSignature:
    """A line under the name and key of ``member``'s witness that ``member`` did not sign."""
    genuine = world.note("TUR", member).signatures[1]
    return NoteSignature(genuine.name, genuine.key_id, genuine.signature[:-1] + bytes(1))


def with_lines(note: Note, *lines: NoteSignature) -> Note:
    return Note(note.text, (*note.signatures, *lines))


def test_a_line_that_claims_a_known_key_and_is_not_its_signature_is_named_apart(world: World) -> None:
    stranger = NoteSignature("somebody.example", b"abcd", bytes(64))
    # A name that is known, under a key that is not: nobody can judge it.
    other_key = NoteSignature(cosigner_name(world.mechanism, "ISR"), b"abcd", bytes(72))
    note = with_lines(world.note("TUR", "AZE"), false_line(world, "ISR"), stranger, other_key)
    found = cosigners_of(note, "TUR", world.charter, books(world))
    assert found.members == {"AZE"}
    assert found.false == (cosigner_name(world.mechanism, "ISR"),)
    assert found.unknown == ("somebody.example", cosigner_name(world.mechanism, "ISR"))


def test_an_author_who_cosigns_itself_counts_once(world: World) -> None:
    found = cosigners_of(world.note("TUR", "TUR", "AZE"), "TUR", world.charter, books(world))
    assert found.members == {"AZE"}
    assert found.unknown == (cosigner_name(world.mechanism, "TUR"),)
    assert not found.false


def test_only_lines_that_hold_are_worth_keeping(world: World) -> None:
    good = world.note("TUR", "AZE")
    junk = (
        false_line(world, "ISR"),
        NoteSignature("somebody.example", b"abcd", bytes(64)),
        NoteSignature(world.logs["TUR"].origin, b"abcd", bytes(64)),
    )
    assert lines_that_hold(with_lines(good, *junk), "TUR", world.charter, books(world)) == good
    with pytest.raises(NotVerified):
        lines_that_hold(Note(good.text, junk), "TUR", world.charter, books(world))


def test_an_old_checkpoint_keeps_the_line_of_the_key_that_signed_it_then(world: World) -> None:
    """The key was revoked after the entries that the checkpoint covers."""
    good = world.note("TUR", "AZE")
    revoked = {"keyids": [world.keys["TUR"].node.keyid], "reason": "rotated"}
    world.add(
        "TUR", world.say("TUR", "key.delegate", delegate_body(world.keys["TUR"].delegations(world.now)))
    )
    world.add("TUR", world.say("TUR", "key.revoke", revoked))
    assert world.logs["TUR"].keys.revoked == {world.keys["TUR"].node.keyid}
    assert lines_that_hold(good, "TUR", world.charter, books(world)) == good


def test_a_line_of_a_witness_key_outside_its_time_is_unknown(world: World) -> None:
    witness = world.keys["ISR"].witness
    note = world.note("TUR", "AZE")
    early = cosign(
        note.text,
        name=cosigner_name(world.mechanism, "ISR"),
        public=witness.public,
        signer=witness,
        at_s=1,
    )
    found = cosigners_of(with_lines(note, early), "TUR", world.charter, books(world))
    assert found.members == {"AZE"}
    assert not found.false


def test_a_false_cosignature_fails_the_record_and_the_proof(world: World) -> None:
    world.talk(1)
    note = with_lines(world.note("TUR", "AZE"), false_line(world, "ISR"))
    logs = [
        ReplicaLog(member, 0, entries, [print_note(note)] if member == "TUR" else [])
        for member, entries in world.entries.items()
    ]
    assert "cosignature-false" in {one.code for one in verify_record(world.charter, logs).failures}
    delegations = [
        world.say(member, "key.delegate", delegate_body(world.keys[member].delegations(world.now)))
        for member in world.logs
    ]
    proof = prove(world.logs["TUR"], 2, world.entries["TUR"][2], note, delegations)
    assert "cosignature-false" in {one.code for one in verify_proof(proof, world.charter).failures}
