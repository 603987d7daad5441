# SPDX-License-Identifier: Apache-2.0
"""Who has signed a second time, against the quantum computers of later years? ML-DSA-65 (FIPS 204).

    keyid = "mldsa65:" ‖ SHA-256(public key)      named by a card, or by the delegation of an authority key
    sig   = public key (1,952 bytes) ‖ signature (3,309 bytes) over the same PAE as the Ed25519 signature

A second key is the companion of one Ed25519 key and comes of the same 32 secret bytes:
``seed = HKDF-SHA256(secret, info = "steerclear/second/v1")``. Ed25519 signs with a hash of those bytes, so
whoever computes its discrete logarithm learns the scalar and not the seed. Only the hash is named ahead, so
that a charter with many root keys still fits into one entry; the public key travels with its signature.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["PREFIX", "SecondSigner", "is_second", "second_hash", "second_keyid", "seconds_among"]

PREFIX: Final = "mldsa65:"
_INFO: Final = b"steerclear/second/v1"
_SECRET_BYTES: Final = 32
_PUBLIC_BYTES: Final = 1_952
_SIGNATURE_BYTES: Final = 3_309


@dataclass(frozen=True, slots=True, repr=False)
class SecondSigner:
    """The companion of an Ed25519 key in memory. It prints as its keyid, never as itself."""

    _key: MLDSA65PrivateKey
    public: bytes

    @classmethod
    def beside(cls, secret: bytes) -> SecondSigner:
        """``secret`` the 32 private bytes of the Ed25519 key."""
        seed = HKDF(SHA256(), _SECRET_BYTES, salt=None, info=_INFO).derive(secret)
        key = MLDSA65PrivateKey.from_seed_bytes(seed)
        return cls(key, key.public_key().public_bytes_raw())

    @property
    def keyid(self) -> str:
        return second_keyid(second_hash(self.public))

    def sign(self, message: bytes) -> bytes:
        return self.public + self._key.sign(message)

    def __repr__(self) -> str:
        return f"SecondSigner({self.keyid})"


def second_hash(public: bytes) -> str:
    """By which a card or a delegation names a second key: SHA-256 of its raw public key, in hex."""
    return hashlib.sha256(public).hexdigest()


def second_keyid(digest: str) -> str:
    return PREFIX + digest


def is_second(signature: bytes, message: bytes, digest: str) -> bool:
    """Is ``signature`` the second signature of ``message`` by the key of that hash?"""
    public, signed = signature[:_PUBLIC_BYTES], signature[_PUBLIC_BYTES:]
    if len(signed) != _SIGNATURE_BYTES or second_hash(public) != digest:
        return False
    try:
        MLDSA65PublicKey.from_public_bytes(public).verify(signed, message)
    except InvalidSignature:
        return False
    return True


def seconds_among(signatures: Iterable[tuple[str, bytes]], message: bytes) -> frozenset[str]:
    """Hashes of the keys whose second signature of ``message`` holds; ``signatures`` are keyid and bytes."""
    return frozenset(
        keyid.removeprefix(PREFIX)
        for keyid, sig in signatures
        if keyid.startswith(PREFIX) and is_second(sig, message, keyid.removeprefix(PREFIX))
    )
