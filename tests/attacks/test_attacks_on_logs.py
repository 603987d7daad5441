# SPDX-License-Identifier: Apache-2.0
"""Attacks on what a log says of itself, and on what others say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import NotVerified
from steerclear.record import (
    Bundle,
    Cosigners,
    Ed25519Signer,
    Head,
    Log,
    LogPart,
    Note,
    NoteSignature,
    ReplicaLog,
    Revocation,
    checkpoint_of,
    cosign,
    cosigner_name,
    cosigners_of,
    is_proven,
    is_recorded,
    print_note,
    require_progress,
    revoke_body,
    sign_checkpoint,
    verify_bundle,
    verify_record,
)

if TYPE_CHECKING:
    from tests.record.conftest import World


def codes_of(world: World, *changed: ReplicaLog) -> set[str]:
    others = [log for log in world.replica() if log.member not in {one.member for one in changed}]
    return {remark.code for remark in verify_record(world.charter, [*others, *changed]).failures}


def refused(log: Log, note: Note) -> str:
    with pytest.raises(NotVerified) as noticed:
        log.check_checkpoint(print_note(note))
    return noticed.value.code


def second_history(world: World, size: int, entries: int) -> tuple[Log, list[bytes]]:
    """TUR's node writes another history after its first ``size`` entries."""
    other, written = world.copy("TUR", size), list(world.entries["TUR"][:size])
    for number in range(entries):
        entry = world.write("TUR", world.notice("TUR", 900 + number), seq=other.size)
        other.accept(entry)
        written.append(entry)
    return other, written


def signed(world: World, log: Log) -> Note:
    key = world.keys[log.member].node
    return sign_checkpoint(log.checkpoint(), public=key.public, signer=key)


def test_truncated_log(talking: World) -> None:
    """The last entries are cut off: the log's own checkpoint, or another log's heads, still cover them."""
    cut = talking.entries["TUR"][:3]
    assert codes_of(talking, replace(talking.replica()[2], entries=cut)) == {"checkpoint-beyond-log"}
    report = verify_record(talking.charter, talking.replica(TUR=3))
    assert [(one.code, one.member) for one in report.doubts] == [("log-cut-short", "TUR")]


def test_split_view_at_equal_sizes(talking: World) -> None:
    log = talking.logs["TUR"]
    other, entries = second_history(talking, log.size - 1, 1)
    assert other.size == log.size
    assert refused(log, signed(talking, other)) == "split-view"
    shown_elsewhere = ReplicaLog("TUR", 0, entries, [print_note(signed(talking, other))])
    assert codes_of(talking, shown_elsewhere) == {"split-view"}


def test_split_view_at_different_sizes(talking: World) -> None:
    log = talking.logs["TUR"]
    other, entries = second_history(talking, 2, 5)
    assert other.size > log.size
    assert refused(other, signed(talking, log)) == "split-view"
    checkpoint = print_note(signed(talking, log))
    both = ReplicaLog("TUR", 0, entries, [checkpoint, print_note(signed(talking, other))])
    assert codes_of(talking, both) == {"split-view"}
    with pytest.raises(NotVerified):
        require_progress(log.checkpoint(), other.checkpoint(), other.consistency(log.size, other.size))


def test_split_view_seen_through_another_members_heads(talking: World) -> None:
    """TUR shows ISR one history and the inquiry another; ISR's heads name a root that is no prefix."""
    _, entries = second_history(talking, 2, 5)
    assert codes_of(talking, ReplicaLog("TUR", 0, entries)) == {"split-view"}


def test_checkpoint_rolled_back(talking: World) -> None:
    log = talking.logs["TUR"]
    older, _ = checkpoint_of(print_note(talking.note("TUR", size=3)))
    with pytest.raises(NotVerified) as noticed:
        require_progress(log.checkpoint(), older, ())
    assert noticed.value.code == "checkpoint-rolled-back"


def test_node_restored_from_an_old_image(talking: World) -> None:
    """It signs a second history above the old size; whoever saw the first one notices it."""
    seen = talking.logs["TUR"].checkpoint()
    restored, _ = second_history(talking, 3, 4)
    proof = restored.consistency(seen.size, restored.size)
    with pytest.raises(NotVerified) as noticed:
        require_progress(seen, restored.checkpoint(), proof)
    assert noticed.value.code == "checkpoint-not-a-prefix"


def test_checkpoint_by_a_key_that_no_root_named(talking: World) -> None:
    thief = Ed25519Signer.generate(talking.random)
    forged = sign_checkpoint(talking.logs["TUR"].checkpoint(), public=thief.public, signer=thief)
    assert refused(talking.logs["TUR"], forged) == "checkpoint-not-signed"


def test_checkpoint_by_a_revoked_node_key(talking: World) -> None:
    old = talking.keys["TUR"].node
    before = talking.note("TUR")
    talking.add("TUR", talking.say("TUR", "key.revoke", revoke_body(Revocation((old.keyid,), "stolen"))))
    assert refused(talking.logs["TUR"], signed(talking, talking.logs["TUR"])) == "checkpoint-not-signed"
    talking.logs["TUR"].check_checkpoint(print_note(before))


def test_checkpoint_of_another_log(talking: World) -> None:
    assert refused(talking.logs["TUR"], talking.note("ISR")) == "checkpoint-other-origin"


def cosigners(world: World, note: Note) -> Cosigners:
    return cosigners_of(note, "TUR", world.charter, {member: log.keys for member, log in world.logs.items()})


def test_cosignature_from_a_non_member(talking: World) -> None:
    stranger = Ed25519Signer.generate(talking.random)
    note = talking.note("TUR", "ISR")
    for name in (
        cosigner_name(talking.mechanism, "USA"),
        cosigner_name(talking.mechanism, "AZE"),
        "witness.example",
    ):
        line = cosign(
            note.text, name=name, public=stranger.public, signer=stranger, at_s=talking.now // 1_000
        )
        found = cosigners(talking, Note(note.text, (*note.signatures, line)))
        assert found == Cosigners(frozenset({"ISR"}), (name,))
        assert not is_recorded("TUR", found, talking.charter)
    assert is_recorded("TUR", cosigners(talking, talking.note("TUR", "ISR", "AZE")), talking.charter)


def test_author_counts_once_and_not_as_its_own_witness(talking: World) -> None:
    found = cosigners(talking, talking.note("TUR", "TUR", "ISR"))
    assert found.members == {"ISR"}
    assert not is_recorded("TUR", found, talking.charter)


def test_cosignature_moved_to_another_checkpoint(talking: World) -> None:
    older, newer = talking.note("TUR", "ISR", "AZE", size=3), talking.note("TUR")
    moved = Note(newer.text, (*newer.signatures, *older.signatures[1:]))
    assert cosigners(talking, moved).members == frozenset()


def test_cosignature_outside_its_keys_time(talking: World) -> None:
    note, key = talking.note("TUR"), talking.keys["ISR"].witness
    line = cosign(
        note.text,
        name=cosigner_name(talking.mechanism, "ISR"),
        public=key.public,
        signer=key,
        at_s=1_000_000_000,
    )
    assert cosigners(talking, Note(note.text, (*note.signatures, line))).members == frozenset()


def test_cosignature_by_a_revoked_witness_key(talking: World) -> None:
    revoked = Revocation((talking.keys["ISR"].witness.keyid,), "stolen")
    talking.add("ISR", talking.say("ISR", "key.revoke", revoke_body(revoked)))
    assert cosigners(talking, talking.note("TUR", "ISR", "AZE")).members == {"AZE"}


def test_note_with_two_spellings(talking: World) -> None:
    data = print_note(talking.note("TUR", "ISR"))
    for other in (
        data + b"\n",
        data.replace(b"\n", b"\r\n"),
        data.replace(b"\n\n", b"\n\n\n"),
        data.replace(b"/TUR/0\n", b"/TUR/0\n0", 1),
        data.replace("— ".encode(), "—  ".encode(), 1),
        data[:-1],
        data.replace(b"=\n", b"\n", 1),
    ):
        assert other != data
        with pytest.raises(NotVerified):
            talking.logs["TUR"].check_checkpoint(other)


def test_note_in_which_one_key_signs_twice(talking: World) -> None:
    note = talking.note("TUR")
    line = note.signatures[0]
    with pytest.raises(NotVerified):
        Note(note.text, (line, NoteSignature(line.name, line.key_id, bytes(64))))


def test_proof_for_another_tree(talking: World) -> None:
    tur, isr = talking.logs["TUR"], talking.logs["ISR"]
    assert tur.size == isr.size
    entry = talking.entries["TUR"][2]
    proof = tur.inclusion(2, tur.size)
    assert is_proven(entry, 2, tur.size, proof, tur.root)
    assert not is_proven(entry, 2, isr.size, proof, isr.root)
    assert not is_proven(entry, 2, tur.size, isr.inclusion(2, isr.size), tur.root)
    assert not is_proven(talking.entries["ISR"][2], 2, tur.size, proof, tur.root)
    assert not is_proven(entry, 3, tur.size, proof, tur.root)


def test_host_that_reorders(talking: World) -> None:
    entries = talking.entries["ISR"]
    part = LogPart("ISR", 0, 0, (entries[0], entries[1], entries[3], entries[2]))
    bundle = Bundle(talking.mechanism, "AZE", talking.now, {}, (part,))
    assert {one.code for one in verify_bundle(bundle, charter=talking.charter).failures} == {"log-gap"}


def test_host_that_withholds_one_partys_entries(talking: World) -> None:
    """TUR's heads name entries of ISR that the host does not hand on."""
    report = verify_record(talking.charter, talking.replica(ISR=2))
    assert report.is_verified
    (doubt,) = report.doubts
    assert (doubt.code, doubt.member, doubt.seq) == ("log-cut-short", "ISR", 2)


def test_bundle_with_a_foreign_entry(talking: World) -> None:
    entries = talking.entries["ISR"]
    foreign = (*entries[:2], talking.entries["TUR"][2], *entries[3:])
    bundle = Bundle(talking.mechanism, "AZE", talking.now, {}, (LogPart("ISR", 0, 0, foreign),))
    report = verify_bundle(bundle, charter=talking.charter)
    assert [(one.code, one.seq) for one in report.failures] == [("entry-of-another-log", 2)]


def test_bundle_of_another_mechanism(talking: World) -> None:
    bundle = Bundle("00" * 32, "AZE", talking.now, {}, ())
    with pytest.raises(NotVerified) as noticed:
        verify_bundle(bundle, charter=talking.charter)
    assert noticed.value.code == "verify-other-mechanism"


def test_head_that_names_a_root_that_never_was(talking: World) -> None:
    """A node pretends to have received what the other never wrote."""
    heads = {**talking.heads("TUR"), "ISR": Head(talking.logs["ISR"].size, "00" * 32)}
    talking.tick()
    entry = talking.write("TUR", talking.notice("TUR"), heads=heads)
    talking.logs["TUR"].accept(entry)
    talking.entries["TUR"].append(entry)
    assert codes_of(talking) == {"split-view"}


def test_charter_with_another_root_key(talking: World) -> None:
    """Somebody hands over a charter in which TUR has other root keys: it is another mechanism."""
    thief = Ed25519Signer.generate(talking.random)
    members = tuple(
        replace(card, root_keys=(thief.public,), root_threshold=1) if card.member == "TUR" else card
        for card in talking.charter.members
    )
    report = verify_record(replace(talking.charter, members=members), talking.replica())
    assert {one.code for one in report.failures} >= {"entry-of-another-log"}
    assert report.mechanism != talking.mechanism
    assert report.counts.entries == 0
