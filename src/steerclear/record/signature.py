# SPDX-License-Identifier: Apache-2.0
"""Is this the Ed25519 signature of these bytes? (RFC 8032, 5.1.7.) Asked in one place, and once.

    made or found true in this process? ──yes──► true
        │ no
    libsodium, where it is installed   ──yes──► true      (half the time; a *no* of it decides nothing)
        │ no
    cryptography                       ──────► true or false

The answer depends on the three arguments alone, so one that was *yes* is remembered, by a hash of all three;
a *no* is asked again. libsodium compares the same bytes of the same equation and refuses some keys and points
besides, so what it takes ``cryptography`` takes as well, and what it does not take ``cryptography`` decides:
two machines, one with it and one without, never read a record differently.
"""

from __future__ import annotations

import ctypes
import hashlib
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["is_signature", "remember_signed", "sodium_named"]

_SIGNATURE_BYTES: Final = 64
_KEY_BYTES: Final = 32
_MOST_REMEMBERED: Final = 16_384
"""Twice 32 bytes each and the set around them: some 3 MB."""


class _Remembered:
    """The newest true answers: when the younger set is full it becomes the older, and that is let go."""

    def __init__(self, at_most: int) -> None:
        self._at_most: Final = at_most
        self._younger: set[bytes] = set()
        self._older: set[bytes] = set()

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._younger or digest in self._older

    def add(self, digest: bytes) -> None:
        if len(self._younger) >= self._at_most:
            self._younger, self._older = set(), self._younger
        self._younger.add(digest)


_true: Final = _Remembered(_MOST_REMEMBERED)


def is_signature(signature: bytes, message: bytes, public: bytes) -> bool:
    """Is ``signature`` the Ed25519 signature of ``message`` by the raw key ``public`` (32 bytes)?"""
    if len(signature) != _SIGNATURE_BYTES:
        return False
    digest = _digest(signature, message, public)
    if digest in _true:
        return True
    found = _says_sodium(signature, message, public) or _is_true(signature, message, public)
    if found:
        _true.add(digest)
    return found


def remember_signed(signature: bytes, message: bytes, public: bytes) -> None:
    """The key ``public`` made this signature in this process a moment ago: nobody needs to ask."""
    _true.add(_digest(signature, message, public))


def _digest(signature: bytes, message: bytes, public: bytes) -> bytes:
    # Key and signature have fixed lengths, so no two different questions read as the same bytes.
    return hashlib.sha256(public + signature + message).digest()


def _is_true(signature: bytes, message: bytes, public: bytes) -> bool:
    try:
        _public_key(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=4_096)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def _says_sodium(signature: bytes, message: bytes, public: bytes) -> bool:
    sodium = sodium_named("libsodium.so.23")
    if sodium is None or len(public) != _KEY_BYTES:
        return False
    return bool(sodium.crypto_sign_verify_detached(signature, message, len(message), public) == 0)


@lru_cache(maxsize=2)
def sodium_named(name: str) -> ctypes.CDLL | None:
    """libsodium under this name of its file, or ``None``: it saves time and decides nothing."""
    try:
        sodium = ctypes.CDLL(name)
    except OSError:
        return None
    verify = sodium.crypto_sign_verify_detached
    verify.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulonglong, ctypes.c_char_p)
    verify.restype = ctypes.c_int
    return sodium if sodium.sodium_init() >= 0 else None
