# SPDX-License-Identifier: Apache-2.0
"""A member or the host lies about whole logs, over the wire: two records, cut, old and held-back ones."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.attacks.wire import DRILL, said, with_part, without_log

from steerclear.links.keystore import KeyName
from steerclear.record.bundle import Bundle, Held, LogPart, parse_bundle, print_bundle
from steerclear.record.checkpoint import Checkpoint, sign_checkpoint
from steerclear.record.cosignature import cosign, cosigner_name
from steerclear.record.keys import Ed25519Signer
from steerclear.record.note import Note, parse_note, print_note

if TYPE_CHECKING:
    from tests.attacks.wire import Wire

TWO_RECORDS = "STOP THE LINE: TUR has signed two records; both are kept as proof"


def stranger() -> Ed25519Signer:
    return Ed25519Signer.from_private_bytes(b"\x07" * 32)


def checkpointed(wire: Wire, member: str, size: int, root: str) -> bytes:
    """A checkpoint of ``member``'s log under its true node key."""
    ledger = wire.ledger(member)
    signer = ledger.keys.signer(KeyName("node"))
    return print_note(
        sign_checkpoint(Checkpoint(ledger.own.origin, size, root), public=signer.public, signer=signer)
    )


def shown(bundle: Bundle, member: str, checkpoint: bytes) -> Bundle:
    """``bundle`` with this checkpoint of ``member``'s log."""
    found = next(part for part in bundle.parts if part.member == member)
    return with_part(bundle, replace(found, checkpoint=checkpoint))


def forked(wire: Wire, extra: int) -> None:
    """TUR shows ISR one record and AZE another: ``extra`` more entries to AZE than to ISR."""
    wire.settle()
    wire.cut = {frozenset(("ISR", "AZE")), frozenset(("TUR", "AZE"))}
    station = wire.channel.stations["TUR"]
    disk, mark = copy.deepcopy(station.disk), copy.deepcopy(station.mark)
    wire.speaks("TUR", DRILL)
    wire.call("TUR", "ISR")
    wire.liars.add("TUR")
    station.mark.mark = mark.mark
    wire.restart("TUR", disk=disk)
    for _ in range(1 + extra):
        wire.speaks("TUR", DRILL)
    wire.cut = {frozenset(("ISR", "AZE")), frozenset(("TUR", "ISR"))}
    wire.call("TUR", "AZE")
    wire.cut = {frozenset(("TUR", "ISR")), frozenset(("TUR", "AZE"))}


def test_split_view_at_equal_sizes(wire: Wire) -> None:
    forked(wire, 0)
    assert wire.size("ISR", "TUR") == wire.size("AZE", "TUR")
    wire.noticed(TWO_RECORDS)
    for member in wire.honest:
        assert wire.channel.stations[member].store.fact("split-view TUR") is not None


def test_split_view_at_different_sizes(wire: Wire) -> None:
    forked(wire, 2)
    assert wire.size("ISR", "TUR") == wire.size("AZE", "TUR") - 2
    wire.noticed(TWO_RECORDS)


def test_checkpoint_of_another_record(wire: Wire) -> None:
    """TUR's node signs a root that its own entries do not have."""
    wire.settle()
    false = checkpointed(wire, "TUR", wire.size("ISR", "TUR"), "ab" * 32)
    wire.lies("TUR", lambda _, bundle: shown(bundle, "TUR", false))
    wire.noticed(TWO_RECORDS)


def test_truncated_log(wire: Wire) -> None:
    """The host hands on TUR's log without its end; its own heads betray that it has seen the rest."""
    wire.cut = {frozenset(("ISR", "TUR"))}

    def shorter(peer: str, bundle: Bundle) -> Bundle:
        if peer != "ISR":
            return bundle
        parts = tuple(
            replace(part, entries=(), checkpoint=None) if part.member == "TUR" else part
            for part in bundle.parts
        )
        sizes = {**bundle.sizes, "TUR": Held(0, wire.size("ISR", "TUR"))}
        return replace(bundle, parts=parts, sizes=sizes)

    wire.lies("AZE", shorter)
    wire.file("TUR", "depot")
    wire.sync()
    wire.noticed("AZE has seen", "of TUR that have not arrived here", by=["ISR"])
    wire.channel.at("05:12")
    wire.sync()
    wire.says("ISR", "WITHHELD: AZE has seen", "since 2025-04-10T05:10:00Z", "call TUR")


def test_host_that_withholds_one_partys_entries(wire: Wire) -> None:
    """The host says that TUR's log is not there at all; and then hides its own entries that name it."""
    wire.cut = {frozenset(("ISR", "TUR"))}
    wire.lies("AZE", lambda peer, bundle: without_log(bundle, "TUR") if peer == "ISR" else bundle)
    wire.file("TUR", "depot")
    wire.sync()
    wire.noticed("AZE has seen", "of TUR that have not arrived here", by=["ISR"])
    wire.cut = set()
    wire.sync()
    assert not [line for line in wire.face("ISR") if "arrived" in line], "the direct line brings them"


def test_host_that_hides_its_own_entries_too(wire: Wire) -> None:
    """Without its beats nobody sees what it has seen: but a log that stands still is seen."""
    wire.settle()

    def still(peer: str, bundle: Bundle) -> Bundle:
        mute = without_log(without_log(bundle, "TUR"), "AZE")
        return mute if peer == "ISR" else bundle

    wire.lies("AZE", still)
    wire.channel.at("05:31")
    wire.cut = {frozenset(("ISR", "TUR"))}
    wire.file("TUR", "depot")
    wire.noticed("the node of AZE answers, but its log stands still since", "call AZE", by=["ISR"])


def test_checkpoint_of_entries_that_never_come(wire: Wire) -> None:
    """TUR's node signs that it has written a thousand entries, and sends none of them."""
    wire.settle()
    false = checkpointed(wire, "TUR", 1_000, "ab" * 32)
    wire.lies("TUR", lambda _, bundle: shown(bundle, "TUR", false))
    wire.noticed("TUR says that it has written", "more than have arrived here")


def test_checkpoint_rolled_back(wire: Wire) -> None:
    """TUR shows an old checkpoint of its own, as if it had never written what followed."""
    old = wire.size("TUR", "TUR")
    wire.file("TUR", "depot")
    wire.settle()
    note = wire.ledger("TUR").notes.newest("TUR")
    assert note is not None
    past = checkpointed(wire, "TUR", old, wire.ledger("TUR").own.root_at(old))
    wire.channel.at("05:11")

    def rolled(_: str, bundle: Bundle) -> Bundle:
        older = shown(bundle, "TUR", past)
        return replace(older, sizes={**older.sizes, "TUR": Held(0, old)})

    wire.lies("TUR", rolled)
    wire.noticed("TUR says that its log has", "are here under its signature", "log-rolled-back", "call TUR")


def test_node_restored_from_an_old_image(wire: Wire) -> None:
    """TUR's machine is put back to this morning: it signs nothing before it has its own log again."""
    station = wire.channel.stations["TUR"]
    disk, mark = copy.deepcopy(station.disk), copy.deepcopy(station.mark)
    filed = wire.file("TUR", "depot")
    wire.settle()
    size = wire.size("ISR", "TUR")
    wire.channel.at("05:12")
    station.mark.mark = mark.mark
    wire.restart("TUR", disk=disk)
    assert wire.size("TUR", "TUR") < size
    wire.call("TUR", "ISR")
    wire.says("ISR", "TUR says that its log has", "Nothing is lost here")
    wire.noticed_nothing_of_two_records()
    wire.settle()
    assert wire.size("TUR", "TUR") >= size
    assert any(row.ref == "depot" for row in wire.status("TUR").notices), filed.id
    wire.file("TUR", "second", lat=35.2)
    wire.settle()
    wire.noticed_nothing_of_two_records()


def test_stolen_node_key(wire: Wire) -> None:
    """Somebody else signs with TUR's node key and talks to the host; TUR's own node goes on."""
    wire.settle()
    entry = wire.entry("TUR", said(wire, "TUR", DRILL))
    size = wire.size("AZE", "TUR")
    second = wire.entry("TUR", said(wire, "TUR", DRILL), seq=size + 1)
    thief = LogPart("TUR", 0, size, (entry, second))
    forged = print_bundle(with_part(parse_bundle(wire.channel.node("TUR").make("AZE")), thief))
    assert wire.post("TUR", "AZE", forged).status_code == 200
    wire.sync()
    wire.says("TUR", "own-log-by-another", "Somebody else signs with this node's key", "AZE sent")
    wire.speaks("TUR", DRILL)
    wire.liars.add("TUR")
    wire.noticed(TWO_RECORDS)


def test_cosignature_from_a_non_member(wire: Wire) -> None:
    """A line by a stranger, in the name of nobody and of a member, stands under TUR's checkpoint."""
    wire.settle()
    thief = stranger()

    def cosigned(_: str, bundle: Bundle) -> Bundle:
        data = next(part.checkpoint for part in bundle.parts if part.member == "TUR")
        assert data is not None
        note = parse_note(data)
        mechanism = wire.ledger("TUR").mechanism
        line = cosign(
            note.text,
            name=cosigner_name(mechanism, "USA"),
            public=thief.public,
            signer=thief,
            at_s=wire.ledger("TUR").now() // 1_000,
        )
        return shown(bundle, "TUR", print_note(Note(note.text, (*note.signatures, line))))

    wire.lies("TUR", cosigned)
    wire.noticed("TUR sent", "a line by", "/USA/witness", "nobody signed who may", "cosignature-refused")
    logs = {row.member: row for row in wire.status("ISR").logs}
    assert "USA" not in logs["TUR"].cosigned_by


def test_checkpoint_by_a_key_that_nobody_named(wire: Wire) -> None:
    wire.settle()
    thief, own = stranger(), wire.ledger("TUR").own
    forged = print_note(sign_checkpoint(own.checkpoint(), public=thief.public, signer=thief))
    wire.lies("TUR", lambda _, bundle: shown(bundle, "TUR", forged))
    wire.noticed("TUR sent", "No node key of TUR at that place has signed the checkpoint")


def test_checkpoint_of_another_log(wire: Wire) -> None:
    wire.settle()

    def swapped(_: str, bundle: Bundle) -> Bundle:
        other = wire.ledger("TUR").notes.newest("ISR")
        assert other is not None
        return shown(bundle, "TUR", other)

    wire.lies("TUR", swapped)
    wire.noticed("TUR sent", "The checkpoint is of steerclear/", "checkpoint-other-origin")


def test_note_with_two_spellings(wire: Wire) -> None:
    wire.settle()

    def spelled(_: str, bundle: Bundle) -> Bundle:
        data = next(part.checkpoint for part in bundle.parts if part.member == "TUR")
        assert data is not None
        return shown(bundle, "TUR", data.replace(b"/TUR/0\n", b"/TUR/0\n0", 1))

    wire.lies("TUR", spelled)
    wire.noticed("TUR sent", "TUR")


def test_proof_for_another_tree(wire: Wire) -> None:
    """TUR asks for a cosignature, with a proof that its log grew which belongs to another log."""
    wire.settle()
    wire.settle()
    ledger = wire.ledger("TUR")
    size = wire.size("ISR", "TUR")
    note = ledger.notes.newest("TUR")
    assert note is not None
    proof = "".join(
        f"{step}\n" for step in _base64(ledger.logs["AZE"].consistency(3, ledger.logs["AZE"].size))
    )
    body = f"old {size}\n{proof}\n".encode() + note
    answer = wire.post("TUR", "ISR", body, path="/peer/v1/witness/add-checkpoint")
    assert answer.status_code in (400, 409, 422)
    wire.says_in_rows("ISR", "TUR", "witness-refused")
    wire.goes_on()


def _base64(steps: Any) -> list[str]:
    import base64

    return [base64.b64encode(bytes.fromhex(step)).decode() for step in steps]


def test_host_that_reorders(wire: Wire) -> None:
    wire.cut = {frozenset(("ISR", "TUR"))}

    def turned(peer: str, bundle: Bundle) -> Bundle:
        parts = tuple(
            replace(part, entries=part.entries[::-1]) if part.member == "TUR" else part
            for part in bundle.parts
        )
        return replace(bundle, parts=parts) if peer == "ISR" else bundle

    wire.lies("AZE", turned)
    wire.file("TUR", "depot")
    wire.file("TUR", "second", lat=35.2)
    wire.noticed("AZE sent", "came where entry", "log-gap at TUR", by=["ISR"])
    wire.cut = set()
    wire.sync()
    assert {row.ref for row in wire.status("ISR").notices} >= {"depot", "second"}


def test_bundle_with_a_foreign_entry(wire: Wire) -> None:
    """An entry of TUR's log among those of AZE's."""
    wire.settle()
    (foreign,) = list(wire.ledger("AZE").store.leaves("TUR", 0, 4, 5))
    wire.sends("AZE", foreign)
    wire.noticed("AZE sent", "The entry belongs to generation 0 of TUR's log", "entry-of-another-log")


def test_entries_of_a_stranger(wire: Wire) -> None:
    part = LogPart("USA", 0, 0, (b'{"a":1}',))
    wire.lies("TUR", lambda _, bundle: replace(bundle, parts=(*bundle.parts, part)))
    wire.noticed("TUR sent", "USA has no log in this mechanism", "log-of-stranger")


def test_bundle_in_another_members_name(wire: Wire) -> None:
    wire.lies("TUR", lambda _, bundle: replace(bundle, sender="AZE" if _ == "ISR" else "ISR"))
    wire.noticed("TUR sent", "the line is that of TUR", "bundle-of-another")


def test_bundle_of_another_mechanism(wire: Wire) -> None:
    wire.lies("TUR", lambda _, bundle: replace(bundle, mechanism="00" * 32))
    wire.noticed("TUR sent", "The bundle belongs to another mechanism", "bundle-other-mechanism")


def test_bundle_that_is_none(wire: Wire) -> None:
    wire.lies("TUR", lambda *_: b"<html>not found</html>\n")
    wire.noticed("TUR sent", "bundle-form")


def test_sizes_that_cannot_be_true(wire: Wire) -> None:
    """TUR's node claims to hold a million entries of everybody: nobody waits for them, all is shown."""
    wire.settle()

    def boasting(_: str, bundle: Bundle) -> Bundle:
        return replace(bundle, sizes={member: Held(0, 1_000_000) for member in bundle.sizes})

    wire.lies("TUR", boasting)
    wire.noticed("TUR says that it has written 999", "more than have arrived here")
