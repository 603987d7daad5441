# SPDX-License-Identifier: Apache-2.0
"""How openings lie on disk: AES-256-GCM under the storage key, each bound to its place in the record.

sealed = 12 random bytes of nonce, then ciphertext and tag. The associated data names the place, so that an
opening moved to another entry does not open. Random nonces allow 2^32 openings under one key (NIST SP
800-38D, 8.3).
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from steerclear.errors import BadInput, NotVerified, Refused

__all__ = ["Vault"]

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_CHECK: Final = b"steerclear"
_CHECK_PLACE: Final = "vault"


class Vault:
    """Seals and opens under one 32-byte storage key. Raises ``BadInput`` (``storage-key-length``)."""

    def __init__(self, storage_key: bytes) -> None:
        if len(storage_key) != _KEY_BYTES:
            raise BadInput(
                "storage-key-length",
                f"A storage key has {_KEY_BYTES} bytes, not {len(storage_key)}.",
                remedy="Give the storage key of this node's keystore.",
            )
        self._cipher = AESGCM(storage_key)

    def seal(self, place: str, plaintext: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)  # never from a seed: a repeated nonce would give the key away
        return nonce + self._cipher.encrypt(nonce, plaintext, _bound_to(place))

    def open(self, place: str, sealed: bytes) -> bytes:
        """Raises ``NotVerified`` (``opening-damaged``)."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(place))
        except InvalidTag as error:
            raise NotVerified(
                "opening-damaged",
                f"What was opened of entry {place} no longer decrypts under the storage key.",
                remedy="The entry itself is whole: open it again with the recipient key, or from a backup.",
                where=place,
            ) from error

    def check_value(self) -> bytes:
        """To be kept in a new store; ``check`` holds the key against it."""
        return self.seal(_CHECK_PLACE, _CHECK)

    def check(self, sealed: bytes, *, where: str) -> None:
        """Raises ``Refused`` (``storage-key-wrong``)."""
        try:
            self.open(_CHECK_PLACE, sealed)
        except NotVerified as error:
            raise Refused(
                "storage-key-wrong",
                "The storage key is not the one that this store was made with.",
                remedy="Use the keys folder that belongs to this database.",
                where=where,
            ) from error


def _bound_to(place: str) -> bytes:
    return b"steerclear/opening/v1\n" + place.encode()
