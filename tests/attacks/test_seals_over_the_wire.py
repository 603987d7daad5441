# SPDX-License-Identifier: Apache-2.0
"""Attacks on what is sealed, over the wire: who cannot read what was meant for them says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.attacks.wire import DRILL

from steerclear.links.keystore import KeyName
from steerclear.record.sealed import SealedStatement

if TYPE_CHECKING:
    from tests.attacks.wire import Wire


def sealed(wire: Wire, member: str, *readers: str) -> SealedStatement:
    """Something that ``member`` says to ``readers`` alone; it stands in no log."""
    content = wire.draft(member, DRILL, to=readers, readers=readers).content
    assert isinstance(content, SealedStatement)
    return content


def goes_out(wire: Wire, content: SealedStatement) -> int:
    """TUR's true node key signs an entry with it; the place of the entry."""
    wire.settle()
    seq = wire.size("ISR", "TUR")
    wire.sends("TUR", wire.entry("TUR", content))
    return seq


def test_swapped_recipients(wire: Wire) -> None:
    """What was wrapped for AZE stands under ISR's name, and the other way round."""
    content = sealed(wire, "TUR", "ISR", "AZE")
    by_member = {wrap.member: wrap for wrap in content.wraps}
    other = {"ISR": "AZE", "AZE": "ISR"}
    wraps = tuple(
        replace(wrap, wrapped=by_member[other.get(wrap.member, wrap.member)].wrapped)
        for wrap in content.wraps
    )
    seq = goes_out(wire, replace(content, wraps=wraps))
    wire.noticed(f"UNREADABLE: TUR-{seq:04d} of TUR", "sealed to us and does not open")


def test_two_plaintexts_under_one_commitment(wire: Wire) -> None:
    """The commitment of one statement stands over the ciphertext of another."""
    first, second = sealed(wire, "TUR", "ISR", "AZE"), sealed(wire, "TUR", "ISR", "AZE")
    seq = goes_out(wire, replace(first, ciphertext=second.ciphertext, wraps=second.wraps))
    wire.noticed(f"UNREADABLE: TUR-{seq:04d} of TUR", "sealed to us and does not open")


def test_two_commitments_under_one_id(wire: Wire) -> None:
    """The same statement is sealed twice, to tell two members two things."""
    first, second = sealed(wire, "TUR", "ISR", "AZE"), sealed(wire, "TUR", "ISR", "AZE")
    seq = goes_out(wire, first)
    wire.sync()
    again = wire.entry("TUR", replace(second, id=first.id), seq=seq + 1)
    wire.sends("TUR", again, start=seq + 1)
    wire.noticed("TUR sent", "two commitments, so that two members can be told two things")
    for member in wire.honest:
        wire.says(member, "STOP THE LINE: TUR has sealed two contents under one id")
        assert wire.ledger(member).store.fact("two-commitments TUR") == again, "the first stands in the log"
        wire.ledger(member).two_contents.forget("TUR")
        wire.ledger(member).two_contents.recall()
        assert wire.ledger(member).two_contents.members == ("TUR",), "and it is told again after a start"


def test_a_forged_second_content_proves_nothing(wire: Wire) -> None:
    """Whoever has no node key of TUR can make nobody believe that TUR told two things."""
    first, second = sealed(wire, "TUR", "ISR", "AZE"), sealed(wire, "TUR", "ISR", "AZE")
    seq = goes_out(wire, first)
    wire.sync()
    thiefs = wire.ledger("ISR").keys.signer(KeyName("node"))
    forged = wire.entry("TUR", replace(second, id=first.id), seq=seq + 1, key=thiefs)
    wire.sends("TUR", forged, start=seq + 1)
    wire.noticed("TUR sent", "two commitments")
    for member in wire.honest:
        assert not wire.ledger(member).two_contents.members


def test_unreadable_on_purpose(wire: Wire) -> None:
    """TUR names ISR as a reader and gives it a wrap that does not open: it wants to have told."""
    content = sealed(wire, "TUR", "ISR", "AZE")
    wraps = tuple(
        replace(wrap, wrapped=wrap.wrapped[:-1] + bytes([wrap.wrapped[-1] ^ 1]))
        if wrap.member == "ISR"
        else wrap
        for wrap in content.wraps
    )
    seq = goes_out(wire, replace(content, wraps=wraps))
    wire.noticed(f"UNREADABLE: TUR-{seq:04d} of TUR", "sealed to us and does not open", by=["ISR"])


def test_recipient_key_used_after_its_day(wire: Wire) -> None:
    """TUR seals to a key that ISR has destroyed: ISR says that it cannot read it; TUR has told nothing."""
    content = sealed(wire, "TUR", "ISR", "AZE")
    keys = wire.ledger("ISR").keys
    wire.channel.at("2025-05-25T05:10:00.000Z")
    wire.settle()
    used = next(wrap.keyid for wrap in content.wraps if wrap.member == "ISR")
    assert used not in keys.recipients(), "its day is long over"
    seq = goes_out(wire, content)
    wire.noticed(f"UNREADABLE: TUR-{seq:04d} of TUR", "sealed to us and does not open", by=["ISR"])


def test_seal_of_another_moved_to_ones_own_log(wire: Wire) -> None:
    """TUR copies what ISR sealed to AZE, to pass it off as its own words."""
    wire.settle()
    content = sealed(wire, "ISR", "TUR", "AZE")
    wire.sends("TUR", wire.entry("TUR", content))
    wire.noticed("TUR sent", "id-of-another")


def test_missing_blob(wire: Wire) -> None:
    """An entry names a blob that does not come with it: neither is taken."""
    content = sealed(wire, "TUR", "ISR", "AZE")
    goes_out(wire, replace(content, ciphertext=None, blobs=("ab" * 32,)))
    wire.noticed("TUR sent", "blob")
