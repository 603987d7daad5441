# SPDX-License-Identifier: Apache-2.0
"""To whom is something sealed, and who opens it? HPKE keys: X25519, or ML-KEM-768 and X25519 together.

    X25519             RFC 9180, DHKEM(X25519, HKDF-SHA256) 0x0020: public 32 bytes
    MLKEM768-X25519    hybrid KEM 0x647a (X-Wing): public ML-KEM-768 key (1,184 bytes) ‖ X25519 key (32)
    both with          HKDF-SHA256 0x0001, AES-128-GCM 0x0001, mode base

The hybrid key holds while either of its halves does: who writes down today's traffic and has a quantum
computer later still meets ML-KEM. A hybrid key comes of the 32 secret bytes of an X25519 key, by HKDF, so
that a key file has one form: seed of ML-KEM (64) ‖ X25519 private key (32) = HKDF-SHA256(secret, info = TAG).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from steerclear.record.keys import HYBRID_BYTES, keyid_of

__all__ = ["RecipientPrivateKey", "RecipientPublicKey"]

_PLAIN: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
_HYBRID: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
_INFO: Final = b"steerclear/hybrid/v1"
_SEED_BYTES: Final = 64
_X25519_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class RecipientPublicKey:
    """To whom something is sealed: a member, and one key of theirs, 32 raw bytes or 1,216."""

    member: str
    public: bytes

    @property
    def keyid(self) -> str:
        return keyid_of(self.public)

    @property
    def is_hybrid(self) -> bool:
        return len(self.public) == HYBRID_BYTES

    def wrap(self, secret: bytes, info: bytes) -> bytes:
        """Encapsulated key ‖ ciphertext. Raises ``ValueError`` for a key to which nothing can be sealed."""
        if not self.is_hybrid:
            return _PLAIN.encrypt(secret, X25519PublicKey.from_public_bytes(self.public), info=info)
        kem = MLKEM768PublicKey.from_public_bytes(self.public[:-_X25519_BYTES])
        x25519 = X25519PublicKey.from_public_bytes(self.public[-_X25519_BYTES:])
        return _HYBRID.encrypt(secret, MLKEM768X25519PublicKey(kem, x25519), info=info)


@dataclass(frozen=True, slots=True, repr=False)
class RecipientPrivateKey:
    """The half that opens; it lives until its day is over and everything sealed to it is opened.

    ``public`` 32 raw bytes, or 1,216 where it ``is_hybrid``; ``private_bytes`` are 32 either way.
    """

    key: X25519PrivateKey
    public: bytes
    kem: MLKEM768PrivateKey | None = field(default=None)
    secret: bytes = field(default=b"")

    @classmethod
    def generate(cls, random: Callable[[int], bytes]) -> RecipientPrivateKey:
        return cls.from_private_bytes(random(32))

    @classmethod
    def from_private_bytes(cls, raw: bytes) -> RecipientPrivateKey:
        key = X25519PrivateKey.from_private_bytes(raw)
        return cls(key, key.public_key().public_bytes_raw(), secret=raw)

    def hybrid(self) -> RecipientPrivateKey:
        """The hybrid key that comes of the same secret bytes."""
        derived = HKDF(SHA256(), _SEED_BYTES + _X25519_BYTES, salt=None, info=_INFO).derive(self.secret)
        kem = MLKEM768PrivateKey.from_seed_bytes(derived[:_SEED_BYTES])
        key = X25519PrivateKey.from_private_bytes(derived[_SEED_BYTES:])
        public = kem.public_key().public_bytes_raw() + key.public_key().public_bytes_raw()
        return RecipientPrivateKey(key, public, kem, self.secret)

    @property
    def keyid(self) -> str:
        return keyid_of(self.public)

    @property
    def private_bytes(self) -> bytes:
        return self.secret

    @property
    def is_hybrid(self) -> bool:
        return self.kem is not None

    def of(self, member: str) -> RecipientPublicKey:
        return RecipientPublicKey(member, self.public)

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes | None:
        """What was wrapped for this key under this ``info``; ``None``: it was not."""
        try:
            if self.kem is None:
                return _PLAIN.decrypt(wrapped, self.key, info=info)
            return _HYBRID.decrypt(wrapped, MLKEM768X25519PrivateKey(self.kem, self.key), info=info)
        except (InvalidTag, ValueError):
            return None

    def __repr__(self) -> str:
        return f"RecipientPrivateKey({self.keyid})"
