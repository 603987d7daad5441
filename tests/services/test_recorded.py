# SPDX-License-Identifier: Apache-2.0
"""Has everything that is RECORDED a proof that the charter alone checks, and nothing else one?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.services.conftest import area

from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.record import (
    COSIGNATURE,
    KeyRole,
    Note,
    NoteSignature,
    cosigner_name,
    note_key_id,
    parse_note,
    parse_proof,
    print_note,
    verify_proof,
)
from steerclear.services.recorded import proof_of

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_every_entry_of_every_log_has_a_proof_once_all_have_cosigned(channel: Channel) -> None:
    channel.file("TUR", area("depot", "TUR"))
    for holder in ("TUR", "ISR", "AZE"):
        ledger = channel.node(holder).ledger
        for member, log in ledger.logs.items():
            for seq in (0, 1, log.size // 2):
                report = verify_proof(proof_of(ledger, f"{member}-{seq:04d}"), channel.charter)
                assert report.is_verified
                assert not report.doubts
                assert report.logs[0].member == member


def test_a_notice_is_named_by_its_id_too_and_is_proven_sealed_as_it_stands(channel: Channel) -> None:
    receipt = channel.file("TUR", area("camp", "TUR"))
    ledger = channel.node("TUR").ledger
    by_name, by_id = proof_of(ledger, receipt.short), proof_of(ledger, receipt.id)
    assert by_name == by_id
    assert parse_proof(by_name).index == receipt.seq
    assert verify_proof(by_name, channel.charter).counts.sealed == 1


def test_what_nobody_has_cosigned_has_no_proof_yet(channel: Channel) -> None:
    receipt = channel.file("TUR", area("early", "TUR"), settle=False)
    with pytest.raises(Refused) as refused:
        proof_of(channel.node("TUR").ledger, receipt.short)
    assert refused.value.code == "not-recorded-yet"
    channel.node("TUR").ledger.notes.sign_own()
    with pytest.raises(Refused) as refused:
        proof_of(channel.node("TUR").ledger, receipt.short)
    assert "AZE, ISR" in refused.value.what
    channel.settle()
    assert verify_proof(proof_of(channel.node("TUR").ledger, receipt.short), channel.charter).is_verified


@pytest.mark.parametrize("about", ["", "TUR", "TUR-9999", "RUS-0001", "f" * 32, "depot"])
def test_what_names_nothing_is_refused(channel: Channel, about: str) -> None:
    with pytest.raises(BadInput) as refused:
        proof_of(channel.node("TUR").ledger, about)
    assert refused.value.code == "thing-unknown"


def test_a_line_of_nobody_or_a_false_one_keeps_no_cosignature_out(channel: Channel) -> None:
    """A peer that hands over a note with a line in ISR's name must not keep ISR's true one from counting."""
    receipt = channel.file("TUR", area("poisoned", "TUR"), settle=False)
    ledger = channel.node("TUR").ledger
    ledger.notes.sign_own()
    newest = ledger.notes.newest("TUR")
    assert newest is not None
    note = parse_note(newest)
    [witness] = ledger.logs["ISR"].keys.holders(KeyRole.WITNESS)
    name = cosigner_name(ledger.mechanism, "ISR")
    false = NoteSignature(name, note_key_id(name, COSIGNATURE, witness.public), bytes(72))
    stranger = NoteSignature("somebody.example", b"abcd", bytes(64))
    poisoned = print_note(Note(note.text, (*note.signatures, false, stranger)))
    for _ in range(2):  # what was refused is not taken for known when it comes again
        with pytest.raises(NotVerified) as refused:
            ledger.notes.take_in("TUR", poisoned)
        assert refused.value.code == "cosignature-refused"
        assert not ledger.notes.is_taken("TUR", poisoned)
    assert ledger.notes.newest("TUR") == newest
    channel.settle()
    assert verify_proof(proof_of(ledger, receipt.short), channel.charter).is_verified


def test_a_proof_that_its_reader_would_refuse_is_not_handed_over(channel: Channel) -> None:
    """The database of an older node holds a line in TUR's name, on its own log, that TUR did not sign."""
    receipt = channel.file("TUR", area("older", "TUR"))
    ledger = channel.node("TUR").ledger
    newest = ledger.notes.newest("TUR")
    assert newest is not None
    note = parse_note(newest)
    [witness] = ledger.logs["TUR"].keys.holders(KeyRole.WITNESS)
    name = cosigner_name(ledger.mechanism, "TUR")
    at_s = next(line.signature[:8] for line in note.signatures if line.name.endswith("/ISR/witness"))
    false = NoteSignature(name, note_key_id(name, COSIGNATURE, witness.public), at_s + bytes(64))
    ledger.store.keep_note("TUR", 0, ledger.own.size, print_note(Note(note.text, (*note.signatures, false))))
    with pytest.raises(NotVerified) as refused:
        proof_of(ledger, receipt.short)
    assert refused.value.code == "proof-would-not-hold"
    assert "cosignature-false" in refused.value.what
