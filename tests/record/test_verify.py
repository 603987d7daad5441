# SPDX-License-Identifier: Apache-2.0
"""Verifying a whole record: as it is held, as a folder, as a bundle, as a proof."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput, NotKept, NotVerified, Unreachable
from steerclear.record import (
    Bundle,
    Checkpoint,
    Held,
    KeyRole,
    Log,
    LogPart,
    Note,
    NoteSignature,
    ReplicaLog,
    Revocation,
    SignedStatement,
    Succession,
    VerifyReport,
    delegate_body,
    parse_leaf,
    parse_proof,
    print_bundle,
    print_charter,
    print_note,
    print_proof,
    prove,
    read_replica,
    revoke_body,
    succeed_body,
    verify_bundle,
    verify_proof,
    verify_record,
    verify_replica,
    write_replica,
)
from steerclear.record.verify import _Verification

if TYPE_CHECKING:
    from tests.record.conftest import World


def codes(report: VerifyReport) -> list[str]:
    return [remark.code for remark in report.failures]


def doubts(report: VerifyReport) -> list[str]:
    return [remark.code for remark in report.doubts]


def test_an_honest_record_verifies_and_says_what_was_checked(world: World) -> None:
    world.talk(3)
    report = verify_record(world.charter, world.replica())
    assert report.is_verified
    assert (report.failures, report.doubts) == ((), ())
    assert (report.kind, report.mechanism, report.name) == ("store", world.mechanism, "syria-2025")
    counts = report.counts
    assert counts.entries == sum(map(len, world.entries.values())) == 17
    assert (counts.statements, counts.sealed) == (14, 3)
    assert (counts.delegations, counts.checkpoints, counts.cosignatures) == (18, 3, 6)
    assert counts.heads > 10
    assert [(log.member, log.size, log.recorded) for log in report.logs] == [
        ("AZE", 7, 7),
        ("ISR", 5, 5),
        ("TUR", 5, 5),
    ]


def test_progress_is_told_entry_by_entry(world: World) -> None:
    told: list[int] = []
    verify_record(world.charter, world.replica(), progress=told.append)
    assert told == list(range(1, 9))


def test_checkpoints_are_held_against_each_other(world: World) -> None:
    world.talk(3)
    notes = [print_note(world.note("TUR", "ISR", "AZE", size=size)) for size in (5, 2, 3)]
    logs = [replace(log, checkpoints=notes) if log.member == "TUR" else log for log in world.replica()]
    report = verify_record(world.charter, logs)
    assert report.is_verified
    assert report.counts.consistency == 2
    assert report.counts.trees == 5


def test_what_is_recorded_needs_every_party_and_the_host(world: World) -> None:
    def recorded(*cosigners: str) -> int:
        note = print_note(world.note("TUR", *cosigners))
        logs = [replace(log, checkpoints=[note]) if log.member == "TUR" else log for log in world.replica()]
        return verify_record(world.charter, logs).logs[2].recorded

    assert [recorded("ISR", "AZE"), recorded("ISR"), recorded("AZE"), recorded()] == [2, 0, 0, 0]


def test_a_log_that_is_absent_is_named(world: World) -> None:
    report = verify_record(world.charter, [log for log in world.replica() if log.member != "ISR"])
    assert report.is_verified
    assert set(doubts(report)) == {"log-absent", "log-cut-short", "cosignature-unknown"}


def test_nothing_checked_is_not_verified(world: World) -> None:
    report = verify_record(world.charter, [])
    assert codes(report) == ["record-empty"]
    assert str(report.failures[0]) == "the record: no entry could be checked. [record-empty]"


def test_a_log_of_nobody_and_a_log_given_twice_fail(world: World) -> None:
    logs = world.replica()
    report = verify_record(world.charter, [*logs, ReplicaLog("USA", 0, []), logs[0]])
    assert codes(report)[:2] == ["not-a-member", "log-twice"]


def test_checkpoints_that_are_no_prefixes_of_each_other_fail(world: World) -> None:
    """The roots were held against the tree before; the proof between them is checked all the same."""
    log = world.talk(1).logs["TUR"]
    work = _Verification(world.charter, None)
    work._check_consistency(log, Checkpoint(log.origin, 2, "00" * 32), log.checkpoint())
    assert [remark.code for remark in work.failures] == ["checkpoint-not-a-prefix"]


def test_a_bad_entry_ends_its_log_and_no_other(world: World) -> None:
    world.talk(3)
    logs = world.replica()
    broken = [*world.entries["TUR"][:3], world.entries["ISR"][3], *world.entries["TUR"][4:]]
    report = verify_record(world.charter, [*logs[:2], ReplicaLog("TUR", 0, broken)])
    assert codes(report) == ["entry-of-another-log"]
    assert str(report.failures[0]).startswith("TUR generation 0, entry 3: The entry belongs")
    assert report.logs[2].size == 3


@pytest.mark.parametrize(
    ("standing", "code", "fails"),
    [
        ("revoked", "statement-revoked-key", True),
        ("unknown", "statement-unknown-key", True),
        ("broken", "statement-signature", True),
        ("expired", "statement-expired-key", False),
    ],
)
def test_statements_that_do_not_count_are_shown(world: World, standing: str, code: str, fails: bool) -> None:
    signed = world.notice("TUR")
    if standing == "revoked":
        revocation = Revocation((world.keys["TUR"].duty.keyid,), "lost")
        world.add("TUR", world.say("TUR", "key.revoke", revoke_body(revocation)))
    elif standing == "unknown":
        signed = world.say("TUR", "notice.file", {}, signers=[world.keys["ISR"].duty])
    elif standing == "broken":
        other = world.notice("TUR").envelope.signatures
        signed = SignedStatement(signed.statement, replace(signed.envelope, signatures=other))
    else:
        world.tick(86_400_000)
    world.add("TUR", signed)
    report = verify_record(world.charter, world.replica())
    assert (codes(report), doubts(report)) == (([code], []) if fails else ([], [code]))
    assert (report.failures or report.doubts)[0].where == signed.statement.id


def test_successions_are_held_against_the_generation_that_they_end(world: World) -> None:
    old = world.talk(1).logs["TUR"]
    report = verify_record(world.charter, [*world.replica(), second_generation(world, 3, old.root_at(3))])
    assert report.is_verified
    assert not report.doubts
    report = verify_record(world.charter, [*world.replica(), second_generation(world, 3, "00" * 32)])
    assert codes(report) == ["succession-mismatch"]
    report = verify_record(world.charter, [*world.replica(), second_generation(world, 9, "00" * 32)])
    assert doubts(report) == ["succession-unseen"]


def second_generation(world: World, size: int, root: str) -> ReplicaLog:
    delegated = world.say("TUR", "key.delegate", delegate_body(world.keys["TUR"].delegations(world.now)))
    succession = world.say("TUR", "log.succeed", succeed_body(Succession(1, size, root, "node key stolen")))
    entries = [
        world.write("TUR", said, seq=seq, generation=1) for seq, said in enumerate((delegated, succession))
    ]
    return ReplicaLog("TUR", 1, entries)


def test_a_folder_gives_the_same_report(world: World, tmp_path: Path) -> None:
    world.talk(2)
    folder = tmp_path / "replica"
    write_replica(folder, world.charter, world.replica())
    report = verify_replica(folder)
    assert report.kind == "replica"
    assert report == replace(verify_record(world.charter, world.replica()), kind="replica")
    assert sorted(path.name for path in folder.iterdir()) == ["AZE.0", "ISR.0", "TUR.0", "charter.json"]
    assert read_replica(folder).charter == world.charter
    with pytest.raises(NotKept) as refused:
        write_replica(folder, world.charter, [])
    assert refused.value.code == "replica-not-written"


def test_long_logs_are_kept_in_several_files(world: World, tmp_path: Path) -> None:
    entries = [b"%d" % number for number in range(10_001)]
    write_replica(tmp_path / "replica", world.charter, [ReplicaLog("TUR", 0, iter(entries))])
    names = sorted(path.name for path in (tmp_path / "replica" / "TUR.0").iterdir())
    assert names == ["entries-000000000000.jsonl", "entries-000000010000.jsonl"]
    (log,) = read_replica(tmp_path / "replica").logs
    assert list(log.entries) == entries


def test_files_that_are_no_part_of_the_record_are_named(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "replica"
    write_replica(folder, world.charter, world.replica())
    (folder / "README").write_text("hello")
    (folder / "TUR.0" / "notes.txt").write_text("hello")
    (folder / "TUR").mkdir()
    report = verify_replica(folder)
    assert report.is_verified
    assert [remark.what.split()[0] for remark in report.doubts] == ["README", "TUR", "TUR.0/notes.txt"]


def test_a_folder_must_be_of_the_charter_that_was_given(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "replica"
    write_replica(folder, world.charter, world.replica())
    assert verify_replica(folder, charter=world.charter).is_verified
    with pytest.raises(NotVerified) as refused:
        verify_replica(folder, charter=replace(world.charter, name="another"))
    assert refused.value.code == "verify-other-mechanism"


def test_a_line_that_is_cut_off_is_an_entry_that_fails(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "replica"
    write_replica(folder, world.charter, world.replica())
    file = folder / "TUR.0" / "entries-000000000000.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    assert "json-unreadable" in codes(verify_replica(folder))


def bundle_of(world: World, *parts: LogPart) -> Bundle:
    return Bundle(world.mechanism, "AZE", world.now, {"AZE": Held(0, 4)}, parts)


def whole(world: World, member: str) -> LogPart:
    return LogPart(member, 0, 0, tuple(world.entries[member]), print_note(world.note(member, "ISR", "AZE")))


def test_a_bundle_that_holds_its_founding_needs_no_charter(world: World, tmp_path: Path) -> None:
    world.talk(2)
    file = tmp_path / "by-hand.steerclear"
    bundle = bundle_of(world, *(whole(world, member) for member in ("TUR", "AZE", "ISR")))
    file.write_bytes(print_bundle(bundle))
    report = verify_replica(file)
    assert report.is_verified
    assert report.kind == "bundle"
    assert report.counts.entries == sum(map(len, world.entries.values()))


def test_a_bundle_without_the_founding_is_verified_against_the_charter_that_is_given(world: World) -> None:
    bundle = bundle_of(world, whole(world, "TUR"))
    with pytest.raises(BadInput) as refused:
        verify_bundle(bundle)
    assert refused.value.code == "verify-charter"
    with pytest.raises(BadInput):
        verify_bundle(bundle_of(world, LogPart("TUR", 0, 0, ())))
    assert verify_bundle(bundle, charter=world.charter).is_verified


def test_parts_of_one_log_are_joined_and_a_part_without_its_beginning_fails(world: World) -> None:
    world.talk(2)
    entries = tuple(world.entries["TUR"])
    first, rest = LogPart("TUR", 0, 0, entries[:2]), LogPart("TUR", 0, 2, entries[2:])
    assert verify_bundle(bundle_of(world, first, rest), charter=world.charter).is_verified
    beside = replace(rest, start=3, entries=entries[3:])
    report = verify_bundle(bundle_of(world, first, beside), charter=world.charter)
    assert codes(report) == ["log-without-beginning"]
    report = verify_bundle(bundle_of(world, rest), charter=world.charter)
    assert codes(report) == ["record-empty", "log-without-beginning"]


def test_what_is_no_record_is_said_so(world: World, tmp_path: Path) -> None:
    file = tmp_path / "file"
    with pytest.raises(Unreachable):
        verify_replica(file)
    file.write_text("hello")
    with pytest.raises(BadInput) as refused:
        verify_replica(file)
    assert refused.value.code == "verify-what"
    with file.open("wb") as large:
        large.truncate(70_000_000)
    with pytest.raises(BadInput) as too_large:
        verify_replica(file)
    assert too_large.value.code == "verify-too-large"
    with pytest.raises(Unreachable) as unreadable:
        verify_replica(tmp_path)
    assert unreadable.value.code == "replica-unreadable"
    (tmp_path / "charter.json").write_bytes(print_charter(world.charter))
    assert codes(verify_replica(tmp_path)) == ["record-empty"]


def test_a_folder_that_is_gone_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "charter.json").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Unreachable):
        read_replica(tmp_path)
    with pytest.raises(Unreachable):
        read_replica(tmp_path / "nowhere")


def delegations(world: World) -> list[SignedStatement]:
    signed = [parse_leaf(entry).statement for entries in world.entries.values() for entry in entries]
    return [one for one in signed if one is not None and one.statement.kind == "key.delegate"]


def proof_of(world: World, seq: int, *cosigners: str) -> bytes:
    entry = world.entries["TUR"][seq]
    return prove(world.logs["TUR"], seq, entry, world.note("TUR", *cosigners), delegations(world))


def test_a_proof_shows_that_an_entry_is_recorded(world: World, tmp_path: Path) -> None:
    world.talk(3)
    for seq in range(world.logs["TUR"].size):
        report = verify_proof(proof_of(world, seq, "ISR", "AZE"), world.charter)
        assert report.is_verified
        assert report.logs[0].recorded == world.logs["TUR"].size
    file = tmp_path / "notice.tlog-proof"
    file.write_bytes(proof_of(world, 2, "ISR", "AZE"))
    assert verify_replica(file, charter=world.charter).kind == "proof"
    with pytest.raises(BadInput):
        verify_replica(file)


def test_a_proof_of_a_sealed_entry_shows_that_something_was_sealed(world: World) -> None:
    world.add("TUR", world.seal("TUR", world.notice("TUR"), "ISR"))
    report = verify_proof(proof_of(world, 2, "ISR", "AZE"), world.charter)
    assert report.is_verified
    assert report.counts.sealed == 1


def test_a_proof_without_its_quorum_names_who_is_missing(world: World) -> None:
    report = verify_proof(proof_of(world, 1, "ISR"), world.charter)
    assert codes(report) == ["proof-without-quorum"]
    assert "AZE" in report.failures[0].what


def test_a_proof_with_anything_exchanged_fails(world: World) -> None:
    world.talk(2)
    proof = parse_proof(proof_of(world, 2, "ISR", "AZE"))

    def found(changed: object) -> set[str]:
        assert changed != proof
        return set(codes(verify_proof(print_proof(changed), world.charter)))  # type: ignore[arg-type]

    assert found(replace(proof, index=3)) == {"proof-other-place", "proof-not-included"}
    assert found(replace(proof, hashes=proof.hashes[::-1])) == {"proof-not-included"}
    assert found(replace(proof, checkpoint=world.note("ISR"))) == {
        "proof-other-log",
        "proof-not-included",
        "checkpoint-not-signed",
    }
    unsigned = Note(proof.checkpoint.text, proof.checkpoint.signatures[1:])
    assert found(replace(proof, checkpoint=unsigned)) == {"checkpoint-not-signed"}
    with pytest.raises(NotVerified) as refused:
        verify_proof(print_proof(replace(proof, extra=None)), world.charter)
    assert refused.value.code == "proof-without-entry"


def test_a_proof_of_an_entry_under_a_stolen_id_fails(world: World) -> None:
    stolen = world.say("TUR", "notice.file", {}, identity=world.identity("ISR"))
    entry, log = world.write("TUR", stolen, seq=1), world.logs["TUR"]
    data = prove(log, 1, entry, world.note("TUR", "ISR", "AZE"), delegations(world))
    assert set(codes(verify_proof(data, world.charter))) == {"id-of-another", "proof-not-included"}


def test_a_proof_believes_only_delegations_that_a_root_has_signed(world: World) -> None:
    log, entry, note = world.logs["TUR"], world.entries["TUR"][1], world.note("TUR", "ISR", "AZE")
    body = delegate_body(world.keys["TUR"].delegations(world.now))
    false = [
        world.say("TUR", "key.delegate", body, signers=[world.keys["TUR"].duty]),
        world.say("TUR", "key.delegate", body, mechanism="00" * 32),
        world.say("TUR", "notice.file", body),
    ]
    report = verify_proof(prove(log, 1, entry, note, false), world.charter)
    assert {"entry-not-signed", "checkpoint-not-signed"} <= set(codes(report))
    assert doubts(report) == ["proof-delegation"] * 3


def test_a_proof_shows_lines_that_count_for_nothing_and_signatures_that_do_not(world: World) -> None:
    world.add("TUR", world.say("TUR", "notice.file", {}, signers=[world.keys["ISR"].duty]))
    note = world.note("TUR", "ISR", "AZE")
    strange = Note(note.text, (*note.signatures, NoteSignature("example.com/w", bytes(4), bytes(72))))
    data = prove(world.logs["TUR"], 2, world.entries["TUR"][2], strange, delegations(world))
    report = verify_proof(data, world.charter)
    assert (codes(report), doubts(report)) == (["statement-unknown-key"], ["cosignature-unknown"])


def test_a_proof_of_another_mechanism_fails(world: World) -> None:
    other = replace(world.charter, name="another")
    report = verify_proof(proof_of(world, 1, "ISR", "AZE"), other)
    assert "proof-other-mechanism" in codes(report)
    without_tur = replace(world.charter, members=world.charter.members[:3])
    assert "proof-other-mechanism" in codes(verify_proof(proof_of(world, 1), without_tur))


def test_roles_of_a_log_are_asked_by_place(world: World) -> None:
    log: Log = world.logs["TUR"]
    assert len(log.keys.holders(KeyRole.WITNESS)) == 1
    assert log.keys.holders(KeyRole.WITNESS, seq=0) == ()
