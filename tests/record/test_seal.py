# SPDX-License-Identifier: Apache-2.0
"""Sealing: who can open, what an opening must match, and what everybody sees."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.record import (
    RecipientPrivateKey,
    RecipientPublicKey,
    SealedStatement,
    Shown,
    SignedStatement,
    Wrap,
    commit,
    open_sealed,
    print_signed,
    read_sealed,
    reseal,
    seal,
    sealed_of,
)
from steerclear.record.ijson import parse_ijson, print_ijson

if TYPE_CHECKING:
    from tests.record.conftest import World


def opened(world: World, sealed: SealedStatement, member: str, author: str = "TUR") -> SignedStatement:
    return open_sealed(
        sealed, mechanism=world.mechanism, author=author, member=member, keys=[world.keys[member].recipient]
    )


def test_every_recipient_and_the_author_open_the_same_statement(bare: World) -> None:
    signed = bare.notice("TUR")
    sealed = bare.seal("TUR", signed, "ISR", "AZE")
    assert [opened(bare, sealed, member) for member in ("TUR", "ISR", "AZE")] == [signed] * 3
    assert sealed.recipients == {"TUR", "ISR", "AZE"}


def test_others_cannot_open_it_and_are_told_so(bare: World) -> None:
    sealed = bare.seal("TUR", bare.notice("TUR"), "ISR")
    with pytest.raises(Refused) as refused:
        opened(bare, sealed, "AZE")
    assert refused.value.code == "seal-not-for-us"
    with pytest.raises(Refused):
        open_sealed(sealed, mechanism=bare.mechanism, author="TUR", member="ISR", keys=[])


@pytest.mark.parametrize(("length", "size"), [(0, 1_024), (300, 1_024), (1_000, 2_048), (20_000, 32_768)])
def test_the_size_of_a_ciphertext_says_only_its_power_of_two(bare: World, length: int, size: int) -> None:
    signed = bare.say("TUR", "signal.send", {"text": "x" * length})
    sealed = bare.seal("TUR", signed, "ISR")
    assert sealed.ciphertext is not None
    assert len(sealed.ciphertext) == size
    assert opened(bare, sealed, "ISR") == signed


def test_what_does_not_fit_into_an_entry_is_not_sealed(bare: World) -> None:
    with pytest.raises(BadInput) as refused:
        bare.seal("TUR", bare.say("TUR", "signal.send", {"text": "x" * 40_000}), "ISR")
    assert refused.value.code == "seal-too-large"


@pytest.mark.parametrize("kind", ["charter.join", "key.delegate", "log.succeed", "node.beat"])
def test_what_everybody_must_check_is_never_sealed(bare: World, kind: str) -> None:
    with pytest.raises(Refused) as refused:
        bare.seal("TUR", bare.say("TUR", kind, {}), "ISR")
    assert refused.value.code == "seal-always-clear"


def test_the_author_is_always_a_recipient(bare: World) -> None:
    with pytest.raises(Refused) as refused:
        seal(
            bare.notice("TUR"),
            mechanism=bare.mechanism,
            author="TUR",
            recipients=[bare.keys["ISR"].opening],
            random=bare.random,
        )
    assert refused.value.code == "seal-without-author"


def test_nothing_is_sealed_into_another_mechanism(bare: World) -> None:
    with pytest.raises(Refused) as refused:
        bare.seal("TUR", bare.say("TUR", "notice.file", {}, mechanism="00" * 32), "ISR")
    assert refused.value.code == "seal-other-mechanism"


WEAK = (bytes(32), b"\x01" + bytes(31), b"short")


@pytest.mark.parametrize("public", WEAK)
def test_a_key_to_which_nothing_can_be_sealed_is_named(bare: World, public: bytes) -> None:
    signed, ours = bare.notice("TUR"), bare.keys["TUR"]
    recipients = [ours.opening, RecipientPublicKey("ISR", public)]

    def sealing() -> SealedStatement:
        return seal(signed, mechanism=bare.mechanism, author="TUR", recipients=recipients, random=bare.random)

    def resealing() -> SealedStatement:
        return reseal(
            bare.seal("TUR", signed),
            mechanism=bare.mechanism,
            author="TUR",
            keys=[ours.recipient],
            recipients=recipients,
        )

    for attempt in (sealing, resealing):
        with pytest.raises(BadInput) as refused:
            attempt()
        assert (refused.value.code, refused.value.where) == ("seal-recipient-key", "ISR")


def test_a_statement_is_sealed_to_at_most_128_keys(bare: World) -> None:
    drawn = [RecipientPrivateKey.generate(bare.random).of("ISR") for _ in range(128)]
    ours = bare.keys["TUR"].opening

    def wraps(recipients: list[RecipientPublicKey]) -> int:
        signed = bare.notice("TUR")
        sealed = seal(
            signed, mechanism=bare.mechanism, author="TUR", recipients=recipients, random=bare.random
        )
        return len(sealed.wraps)

    assert wraps([ours, *drawn[1:], ours]) == 128
    with pytest.raises(BadInput) as refused:
        wraps([ours, *drawn])
    assert refused.value.code == "seal-recipients"


def test_a_reseal_keeps_id_commitment_and_ciphertext(bare: World) -> None:
    signed = bare.notice("TUR")
    sealed = bare.seal("TUR", signed, "ISR")
    again = reseal(
        sealed,
        mechanism=bare.mechanism,
        author="TUR",
        keys=[bare.keys["TUR"].recipient],
        recipients=[bare.keys[member].opening for member in ("TUR", "ISR", "AZE")],
    )
    assert (again.id, again.commitment, again.ciphertext) == (sealed.id, sealed.commitment, sealed.ciphertext)
    assert opened(bare, again, "AZE") == signed
    with pytest.raises(Refused):
        reseal(
            sealed,
            mechanism=bare.mechanism,
            author="TUR",
            keys=[bare.keys["TUR"].recipient],
            recipients=[bare.keys["AZE"].opening],
        )


def test_a_wrap_opens_only_for_its_mechanism_author_commitment_member_and_key(bare: World) -> None:
    sealed = bare.seal("TUR", bare.notice("TUR"), "ISR")
    ours = next(wrap for wrap in sealed.wraps if wrap.member == "ISR")
    keys = [bare.keys["ISR"].recipient]

    def refused(changed: SealedStatement, *, mechanism: str, author: str, member: str) -> str:
        with pytest.raises(NotVerified) as error:
            open_sealed(changed, mechanism=mechanism, author=author, member=member, keys=keys)
        return error.value.code

    here = bare.mechanism
    assert refused(sealed, mechanism="00" * 32, author="TUR", member="ISR") == "seal-wrap"
    assert refused(sealed, mechanism=here, author="AZE", member="ISR") == "seal-wrap"
    other = replace(sealed, commitment="00" * 32)
    assert refused(other, mechanism=here, author="TUR", member="ISR") == "seal-wrap"
    moved = replace(sealed, wraps=(replace(ours, member="MSF"),))
    assert refused(moved, mechanism=here, author="TUR", member="MSF") == "seal-wrap"
    zero = replace(sealed, wraps=(replace(ours, wrapped=bytes(112)),))
    assert refused(zero, mechanism=here, author="TUR", member="ISR") == "seal-wrap"


def test_a_key_is_chosen_by_the_hash_that_the_wrap_names(bare: World) -> None:
    signed, old = bare.notice("TUR"), RecipientPrivateKey.generate(bare.random)
    sealed = seal(
        signed,
        mechanism=bare.mechanism,
        author="TUR",
        recipients=[bare.keys["TUR"].opening, old.of("ISR")],
        random=bare.random,
    )
    keys = [bare.keys["ISR"].recipient, old]
    assert open_sealed(sealed, mechanism=bare.mechanism, author="TUR", member="ISR", keys=keys) == signed


def forged(world: World, plain: bytes, commitment: str, identity: str) -> SealedStatement:
    """What an author can write who wraps one thing and commits to another."""
    key, salt = bytes(32), bytes(32)
    honest = world.seal("TUR", world.notice("TUR"), "ISR")
    ciphertext = AESGCM(key).encrypt(
        bytes(12), plain, b"steerclear/seal/v1/content\n" + bytes.fromhex(commitment)
    )
    return _wrapped(
        world, replace(honest, commitment=commitment, ciphertext=ciphertext, id=identity), key + salt
    )


def _wrapped(world: World, sealed: SealedStatement, secret: bytes) -> SealedStatement:
    suite, one = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM), world.keys["ISR"].opening
    names = ("steerclear/seal/v1/wrap", world.mechanism, "TUR", sealed.commitment, "ISR", one.keyid, "")
    info = "\n".join(names).encode()
    wrapped = suite.encrypt(secret, X25519PublicKey.from_public_bytes(one.public), info=info)
    return replace(sealed, wraps=(Wrap("ISR", one.keyid, wrapped),))


def padded(statement: bytes, filler: bytes = b"\0", size: int = 1_024) -> bytes:
    return (len(statement).to_bytes(4, "big") + statement).ljust(size - 16, filler)


def test_an_opening_must_match_commitment_padding_id_mechanism_and_author(bare: World) -> None:
    def code_of(signed: SignedStatement, *, identity: str | None = None, **padding: int | bytes) -> str:
        statement = print_signed(signed)
        sealed = forged(
            bare,
            padded(statement, **padding),  # type: ignore[arg-type]  # the test's own two paddings
            commit(bytes(32), statement),
            identity or signed.statement.id,
        )
        with pytest.raises(NotVerified) as error:
            opened(bare, sealed, "ISR")
        return error.value.code

    assert code_of(bare.notice("TUR"), identity="00" * 16) == "seal-identity"
    assert code_of(bare.say("TUR", "notice.file", {}, mechanism="00" * 32)) == "seal-identity"
    assert code_of(bare.notice("ISR")) == "seal-author"
    assert code_of(bare.say("TUR", "key.revoke", {})) == "seal-hides-clear"
    assert code_of(bare.notice("TUR"), filler=b"x") == "seal-padding"
    assert code_of(bare.notice("TUR"), size=2_048) == "seal-padding"
    with pytest.raises(NotVerified) as lying:
        opened(bare, forged(bare, b"\xff" * 1_008, "00" * 32, "00" * 16), "ISR")
    assert lying.value.code == "seal-padding"
    signed = bare.notice("TUR")
    other = forged(bare, padded(print_signed(signed)), "00" * 32, signed.statement.id)
    with pytest.raises(NotVerified) as told_otherwise:
        opened(bare, other, "ISR")
    assert told_otherwise.value.code == "seal-commitment"


def test_a_changed_ciphertext_does_not_open(bare: World) -> None:
    sealed = bare.seal("TUR", bare.notice("TUR"), "ISR")
    assert sealed.ciphertext is not None
    changed = replace(sealed, ciphertext=bytes([sealed.ciphertext[0] ^ 1]) + sealed.ciphertext[1:])
    with pytest.raises(NotVerified) as refused:
        opened(bare, changed, "ISR")
    assert refused.value.code == "seal-ciphertext"


def test_a_carried_member_speaks_through_its_carriers_log(bare: World) -> None:
    signed = bare.notice("MSF")
    sealed = bare.seal("AZE", signed, "TUR")
    keys = [bare.keys["TUR"].recipient]
    given = {"mechanism": bare.mechanism, "author": "AZE", "member": "TUR"}
    assert open_sealed(sealed, keys=keys, carried=bare.charter.carried_by("AZE"), **given) == signed
    with pytest.raises(NotVerified):
        open_sealed(sealed, keys=keys, **given)


def test_blobs_are_read_and_printed_and_say_that_they_are_elsewhere(bare: World) -> None:
    sealed = replace(
        bare.seal("TUR", bare.notice("TUR"), "ISR"), ciphertext=None, blobs=("ab" * 32, "cd" * 32)
    )
    again = read_sealed(parse_ijson(print_ijson(sealed_of(sealed)), where="test"), where="test")
    assert again == sealed
    with pytest.raises(NotVerified) as refused:
        opened(bare, sealed, "ISR")
    assert refused.value.code == "blob-missing"


@pytest.mark.parametrize(
    "shown",
    [None, Shown(None, None, None), Shown("ab" * 16, "STOP", "air"), Shown(None, "ROUTINE", "ISR air")],
)
def test_what_is_shown_is_an_exact_inverse(bare: World, shown: Shown | None) -> None:
    sealed = bare.seal("TUR", bare.notice("TUR"), "ISR", shown=shown)
    assert read_sealed(parse_ijson(print_ijson(sealed_of(sealed)), where="test"), where="test") == sealed


@pytest.mark.parametrize("shown", [("x", None, None), (None, "stop", None), (None, None, "Captain Miller")])
def test_nothing_else_is_shown(shown: tuple[str | None, str | None, str | None]) -> None:
    with pytest.raises(NotVerified):
        Shown(*shown)


def test_other_forms_of_a_sealed_statement_are_refused(bare: World) -> None:
    sealed = bare.seal("TUR", bare.notice("TUR"), "ISR", shown=Shown(None, None, None))
    form = dict(sealed_of(sealed))
    wraps = form["wraps"]
    assert isinstance(wraps, list)
    for changed in (
        {**form, "wraps": list(reversed(wraps))},
        {**form, "wraps": [wraps[0], wraps[0]]},
        {**form, "wraps": []},
        {**form, "ciphertext": "AAAA"},
        {**form, "id": "AB" * 16},
        {**form, "commitment": "ab"},
        {**form, "shown": {"thread": 1, "class": None, "desk": None}},
        {**form, "shown": None},
        {**form, "more": 1},
        {**form, "blobs": ["ab" * 32]},
        {**{name: form[name] for name in ("commitment", "wraps", "id")}, "blobs": []},
        {**{name: form[name] for name in ("wraps", "commitment", "ciphertext", "id")}},
    ):
        with pytest.raises(NotVerified):
            read_sealed(changed, where="test")
    with pytest.raises(NotVerified):
        replace(sealed, ciphertext=None)


def test_keys_print_as_their_hash_and_come_back_from_their_bytes(bare: World) -> None:
    key, signer = bare.keys["TUR"].recipient, bare.keys["TUR"].duty
    assert repr(key) == f"RecipientPrivateKey({key.keyid})"
    assert repr(signer) == f"Ed25519Signer({signer.keyid})"
    assert RecipientPrivateKey.from_private_bytes(key.private_bytes).public == key.public
    assert type(signer).from_private_bytes(signer.private_bytes).public == signer.public
    assert RecipientPublicKey("TUR", key.public).keyid == key.keyid
