# SPDX-License-Identifier: Apache-2.0
"""Attacks on what is sealed, and on messages of the safety floor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import NotVerified, Refused
from steerclear.record import (
    Delegation,
    Ed25519Signer,
    FloorMessage,
    Heard,
    KeyRole,
    SealedStatement,
    SignedStatement,
    Standing,
    delegate_body,
    heard_of,
    judge_floor,
    open_sealed,
    parse_floor,
    print_floor,
)

if TYPE_CHECKING:
    from tests.record.conftest import World

DAY = 86_400_000


def noticed(world: World, sealed: SealedStatement, member: str, author: str = "TUR") -> str:
    with pytest.raises((NotVerified, Refused)) as error:
        open_sealed(
            sealed,
            mechanism=world.mechanism,
            author=author,
            member=member,
            keys=[world.keys[member].recipient],
        )
    return error.value.code


def test_swapped_recipients(world: World) -> None:
    """The wraps of two recipients are exchanged, or one is passed off as another member's."""
    sealed = world.seal("TUR", world.notice("TUR"), "ISR", "AZE")
    by_member = {wrap.member: wrap for wrap in sealed.wraps}
    swapped = replace(
        sealed,
        wraps=tuple(
            replace(wrap, wrapped=by_member[{"ISR": "AZE", "AZE": "ISR"}.get(wrap.member, "TUR")].wrapped)
            for wrap in sealed.wraps
        ),
    )
    assert noticed(world, swapped, "ISR") == "seal-wrap"
    assert noticed(world, swapped, "AZE") == "seal-wrap"


def test_seal_moved_to_another_log(world: World) -> None:
    """ISR copies what TUR sealed to it into its own log, to pass it off as its own words."""
    sealed = world.seal("TUR", world.notice("TUR"), "ISR", "AZE")
    assert noticed(world, sealed, "AZE", author="ISR") == "seal-wrap"


def test_seal_rewrapped_by_a_recipient(world: World) -> None:
    """ISR opens it and seals the same statement of TUR anew in its own log: it speaks in another's name."""
    sealed = world.seal("ISR", world.notice("TUR"), "AZE")
    assert noticed(world, sealed, "AZE", author="ISR") == "seal-author"


def test_two_plaintexts_under_one_commitment(world: World) -> None:
    """The commitment of one statement stands over the ciphertext of another."""
    first, second = (world.seal("TUR", world.notice("TUR", number), "ISR") for number in (1, 2))
    mixed = replace(first, ciphertext=second.ciphertext, wraps=second.wraps)
    assert noticed(world, mixed, "ISR") == "seal-wrap"
    mixed = replace(first, ciphertext=second.ciphertext)
    assert noticed(world, mixed, "ISR") == "seal-ciphertext"


def test_sealed_under_another_id(world: World) -> None:
    sealed = replace(world.seal("TUR", world.notice("TUR"), "ISR"), id="ab" * 16)
    assert noticed(world, sealed, "ISR") == "seal-identity"


def test_sealed_under_a_stolen_id(world: World) -> None:
    """The carrier seals its own words under an id of the member it carries: known when it is opened."""
    stolen = world.say("AZE", "notice.file", {}, identity=world.identity("MSF"))
    sealed = world.seal("AZE", stolen, "ISR")
    world.add("AZE", sealed)
    assert noticed(world, sealed, "ISR", author="AZE") == "id-of-another"


def test_unreadable_on_purpose(world: World) -> None:
    """A recipient is named whose wrap does not open, or a key is used that nobody holds any more."""
    sealed = world.seal("TUR", world.notice("TUR"), "ISR")
    spoiled = tuple(
        replace(wrap, wrapped=wrap.wrapped[:-1] + bytes([wrap.wrapped[-1] ^ 1])) for wrap in sealed.wraps
    )
    assert noticed(world, replace(sealed, wraps=spoiled), "ISR") == "seal-wrap"
    gone = tuple(replace(wrap, keyid="00" * 32) for wrap in sealed.wraps[:1])
    assert noticed(world, replace(sealed, wraps=gone), "ISR") == "seal-not-for-us"


def test_recipient_key_used_after_its_day(world: World) -> None:
    """Whoever seals asks which keys hold at that time; a key after its day is not among them."""
    keys = world.logs["ISR"].keys
    assert [one.public for one in keys.holders(KeyRole.RECIPIENT, at=world.now)] == [
        world.keys["ISR"].recipient.public
    ]
    assert keys.holders(KeyRole.RECIPIENT, at=world.now + 36 * DAY) == ()


def test_missing_blob(world: World) -> None:
    sealed = replace(world.seal("TUR", world.notice("TUR"), "ISR"), ciphertext=None, blobs=("ab" * 32,))
    assert noticed(world, sealed, "ISR") == "blob-missing"


def stop(world: World, *signers: Ed25519Signer) -> SignedStatement:
    return world.say("TUR", "stop.call", {"basis": "aircraft"}, to=("ISR",), signers=signers or None)


def duty_delegation(world: World, *signers: Ed25519Signer) -> SignedStatement:
    body = delegate_body(world.keys["TUR"].delegations(world.now)[3:4])
    return world.say("TUR", "key.delegate", body, signers=signers or None)


def standing(world: World, message: FloorMessage, at: int | None = None) -> Standing:
    read = parse_floor(print_floor(message))
    judged = judge_floor(read, world.charter, at=world.now if at is None else at)
    return judged.standing_as(KeyRole.DUTY)


def test_floor_message_is_judged_with_nothing_but_the_charter(world: World) -> None:
    assert standing(world, FloorMessage(stop(world), (duty_delegation(world),))) is Standing.VALID


def test_floor_message_under_a_key_that_nobody_named_is_marked(world: World) -> None:
    thief = Ed25519Signer.generate(world.random)
    assert (
        standing(world, FloorMessage(stop(world, thief), (duty_delegation(world),))) is Standing.UNKNOWN_KEY
    )
    named = Delegation.of(KeyRole.DUTY, thief.public, valid_from=world.now, valid_until=world.now + DAY)
    own = world.say("TUR", "key.delegate", delegate_body([named]), signers=[thief])
    assert standing(world, FloorMessage(stop(world, thief), (own,))) is Standing.UNKNOWN_KEY
    assert standing(world, FloorMessage(stop(world), ())) is Standing.UNKNOWN_KEY


def test_floor_message_under_an_expired_key_is_marked(world: World) -> None:
    message = FloorMessage(stop(world), (duty_delegation(world),))
    assert standing(world, message, at=world.now + DAY) is Standing.EXPIRED


def test_floor_message_with_a_changed_word(world: World) -> None:
    signed, other = stop(world), stop(world)
    forged = SignedStatement(other.statement, replace(other.envelope, signatures=signed.envelope.signatures))
    assert standing(world, FloorMessage(forged, (duty_delegation(world),))) is Standing.BAD_SIGNATURE


def test_floor_message_of_another_mechanism(world: World) -> None:
    foreign = world.say("TUR", "stop.call", {}, mechanism="00" * 32)
    with pytest.raises(NotVerified) as error:
        judge_floor(FloorMessage(foreign, ()), world.charter, at=world.now)
    assert error.value.code == "floor-other-mechanism"


def test_floor_message_under_a_stolen_id(world: World) -> None:
    """TUR calls a STOP under the id of ISR's, which would then be dropped as heard already."""
    stolen = world.say("ISR", "stop.call", {"basis": "aircraft"}).statement.id
    forged = world.say("TUR", "stop.call", {"basis": "aircraft"}, identity=stolen)
    with pytest.raises(NotVerified) as error:
        judge_floor(FloorMessage(forged, (duty_delegation(world),)), world.charter, at=world.now)
    assert error.value.code == "id-of-another"


def test_floor_message_in_the_name_of_a_stranger(world: World) -> None:
    foreign = replace(stop(world).statement, author="USA")
    message = FloorMessage(SignedStatement(foreign, stop(world).envelope), ())
    with pytest.raises(NotVerified) as error:
        judge_floor(message, world.charter, at=world.now)
    assert error.value.code == "not-a-member"


def test_notice_smuggled_in_as_a_floor_message(world: World) -> None:
    with pytest.raises(NotVerified) as error:
        FloorMessage(world.notice("TUR"), ())
    assert error.value.code == "floor-kind"


def test_heard_that_carries_another_message(world: World) -> None:
    message, other = FloorMessage(stop(world), ()), FloorMessage(stop(world), ())
    author, identity, digest = heard_of(message)
    with pytest.raises(NotVerified) as error:
        Heard(author, identity, digest, other)
    assert error.value.code == "heard-other-message"


def test_oversize_floor_message(world: World) -> None:
    with pytest.raises(NotVerified) as error:
        parse_floor(b"{" * 20_000)
    assert error.value.code == "floor-oversize"
