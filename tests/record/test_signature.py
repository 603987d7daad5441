# SPDX-License-Identifier: Apache-2.0
"""Whoever is asked first, the answer is that of ``cryptography``; and what was true stays true."""

from __future__ import annotations

import random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from steerclear.record import Ed25519Signer, is_signature
from steerclear.record.signature import remember_signed, sodium_named

_ORDER = 2**252 + 27742317777372353535851937790883648493
_OF_SMALL_ORDER = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
)
_SPELLED_TWICE = (
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000080",
)
"""Encodings beyond the field, and of a zero with a sign: points that have another spelling."""


def _says_cryptography(signature: bytes, message: bytes, public: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(chance: random.Random) -> Ed25519PrivateKey:
    """Not a signer of ours: nothing that it signs is remembered."""
    return Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))


def test_a_signature_is_one_and_a_changed_bit_makes_it_none() -> None:
    chance = random.Random(25519)
    for _ in range(40):
        key, message = _key(chance), chance.randbytes(chance.randrange(200))
        public, signature = key.public_key().public_bytes_raw(), key.sign(message)
        for part in range(3):
            changed = [bytearray(signature), bytearray(message + b" "), bytearray(public)]
            changed[part][chance.randrange(len(changed[part]))] ^= 1 << chance.randrange(8)
            other = (bytes(changed[0]), bytes(changed[1][:-1]), bytes(changed[2]))
            if other != (signature, message, public):
                assert is_signature(*other) == _says_cryptography(*other)
                assert not is_signature(*other)
        assert is_signature(signature, message, public)
        assert is_signature(signature, message, public), "and again, from memory"


@pytest.mark.parametrize("public", [*_OF_SMALL_ORDER, *_SPELLED_TWICE])
@pytest.mark.parametrize("point", [*_OF_SMALL_ORDER, *_SPELLED_TWICE])
def test_points_on_which_libraries_disagree_are_judged_by_one(public: str, point: str) -> None:
    """Small order and second spellings: libsodium refuses some that others take, so it may not decide."""
    for message in (b"", b"steerclear", b"\x00" * 8):
        asked = (bytes.fromhex(point) + bytes(32), message, bytes.fromhex(public))
        assert is_signature(*asked) == _says_cryptography(*asked)


def test_the_same_signature_with_a_greater_number_is_none() -> None:
    """RFC 8032, 5.1.7: S + L would satisfy the equation as well."""
    key = _key(random.Random(8032))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"said")
    greater = int.from_bytes(signature[32:], "little") + _ORDER
    assert not is_signature(signature[:32] + greater.to_bytes(32, "little"), b"said", public)


@pytest.mark.parametrize("length", [0, 1, 63, 65, 128])
def test_a_signature_of_another_length_is_none(length: int) -> None:
    public = _key(random.Random(1)).public_key().public_bytes_raw()
    assert not is_signature(bytes(length), b"said", public)


def test_a_key_of_another_length_is_an_error_and_never_a_yes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        is_signature(bytes(64), b"said", bytes(31))


def test_what_was_signed_here_is_not_asked_again_and_nothing_else_is_believed() -> None:
    signer = Ed25519Signer.from_private_bytes(bytes(range(32)))
    signature = signer.sign(b"one")
    assert is_signature(signature, b"one", signer.public)
    assert not is_signature(signature, b"two", signer.public)
    assert not is_signature(signature[::-1], b"one", signer.public)


def test_the_memory_is_bounded_and_forgetting_changes_no_answer() -> None:
    chance = random.Random(3)
    key = _key(chance)
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"first")
    assert is_signature(signature, b"first", public)
    for number in range(3 * 16_384):
        remember_signed(bytes(64), number.to_bytes(4, "big"), public)
    assert is_signature(signature, b"first", public)


def test_a_machine_without_libsodium_is_no_error() -> None:
    assert sodium_named("libsodium.so.0") is None
