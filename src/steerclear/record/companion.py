# SPDX-License-Identifier: Apache-2.0
"""With what does a witness cosign a second time? An ML-DSA-44 key that comes of its Ed25519 key's secret.

    seed = HKDF-SHA256(the 32 secret bytes of the witness key, info = "steerclear/companion/v1")

Trusted as the witness key is: whoever has it can pretend that its member saw a checkpoint. Ed25519 signs with
a hash of those 32 bytes, so whoever computes its discrete logarithm learns the scalar and not the seed. Its
public key (1,312 bytes) is named by a delegation of role ``witness``; it signs nothing but cosignatures of
type 0x06 (cosignature.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from steerclear.record.keys import keyid_of

__all__ = ["CompanionSigner"]

_INFO: Final = b"steerclear/companion/v1"
_SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class CompanionSigner:
    """The companion of a witness key in memory. It prints as its keyid, never as itself."""

    _key: MLDSA44PrivateKey
    public: bytes

    @classmethod
    def beside(cls, secret: bytes) -> CompanionSigner:
        """``secret`` the 32 private bytes of the Ed25519 key."""
        seed = HKDF(SHA256(), _SEED_BYTES, salt=None, info=_INFO).derive(secret)
        key = MLDSA44PrivateKey.from_seed_bytes(seed)
        return cls(key, key.public_key().public_bytes_raw())

    @property
    def keyid(self) -> str:
        return keyid_of(self.public)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"CompanionSigner({self.keyid})"
