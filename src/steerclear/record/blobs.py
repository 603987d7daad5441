# SPDX-License-Identifier: Apache-2.0
"""Where does a ciphertext stand: in its entry, or in blobs beside it? And how is it padded, either way?

    plain   = length (4 bytes, big-endian) ‖ statement ‖ zeros
    in leaf   AES-256-GCM(content key, nonce 0, TAG ‖ commitment, plain), with its tag a power of two of
              1,024 to 32,768 bytes
    blobs     plain in pieces of 65,520 bytes, 1, 2, 4 … 64 of them; the i-th (from 0) under the nonce i,
              65,536 bytes with its tag. The entry names the SHA-256 of each, in order

A content key is used for one statement, so nonces are fixed. An entry and its blobs are one thing: nobody
takes an entry in without them, so a head that covers it says that they are on that machine's disk.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from steerclear.errors import BadInput, NotVerified
from steerclear.record.leaf import parse_leaf
from steerclear.record.sealed import MOST_BLOBS, SealedStatement

__all__ = [
    "BLOB_BYTES",
    "LARGEST_IN_LEAF",
    "LARGEST_SEALED",
    "blob_hash",
    "blobs_named",
    "decrypt",
    "encrypt_beside",
    "encrypt_in_leaf",
    "in_leaf_size",
    "require_blobs",
]

_CONTENT_TAG: Final = b"steerclear/seal/v1/content\n"
_GCM_TAG_BYTES: Final = 16
_LENGTH_BYTES: Final = 4
_PAYLOAD: Final = b'{"payload":"'
_BLOBS: Final = b'"blobs":['
SMALLEST: Final = 1_024
LARGEST_IN_LEAF: Final = 32_768
"""Above this the ciphertext does not fit into an entry and travels beside it, as blobs."""

BLOB_BYTES: Final = 65_536
_PIECE: Final = BLOB_BYTES - _GCM_TAG_BYTES
LARGEST_SEALED: Final = MOST_BLOBS * _PIECE - _LENGTH_BYTES
"""Bytes of a printed statement that can be sealed at all: about 4 MiB."""


def blob_hash(blob: bytes) -> str:
    """SHA-256 of a blob, in hex: how its entry names it."""
    return hashlib.sha256(blob).hexdigest()


def in_leaf_size(statement: bytes) -> int:
    """Size of the ciphertext in the leaf: the next power of two that holds length, statement and tag."""
    needed = _LENGTH_BYTES + len(statement) + _GCM_TAG_BYTES
    return max(SMALLEST, 1 << (needed - 1).bit_length())


def encrypt_in_leaf(key: bytes, commitment: str, statement: bytes) -> bytes:
    """Raises ``BadInput`` (``seal-too-large``)."""
    if in_leaf_size(statement) > LARGEST_IN_LEAF:
        raise BadInput(
            "seal-too-large",
            f"The statement has {len(statement):,} bytes; sealed it would not fit into an entry.",
            remedy="Seal it into blobs, shorten it, or split it into several statements.",
        )
    plain = _padded(statement, in_leaf_size(statement) - _GCM_TAG_BYTES)
    return AESGCM(key).encrypt(_nonce(0), plain, _context(commitment))


def encrypt_beside(key: bytes, commitment: str, statement: bytes) -> tuple[bytes, ...]:
    """The blobs, in order. Raises ``BadInput`` (``seal-too-large``)."""
    if len(statement) > LARGEST_SEALED:
        raise BadInput(
            "seal-too-large",
            f"The statement has {len(statement):,} bytes; at most {LARGEST_SEALED:,} can be sealed.",
            remedy="Shorten it, or split it into several statements.",
        )
    plain = _padded(statement, _pieces_for(statement) * _PIECE)
    cipher, context = AESGCM(key), _context(commitment)
    return tuple(cipher.encrypt(_nonce(i), piece, context) for i, piece in enumerate(_pieces(plain)))


def decrypt(sealed: SealedStatement, key: bytes, beside: Mapping[str, bytes]) -> bytes:
    """The printed statement. ``beside``: blobs by their hash, as far as they are here.

    Raises ``NotVerified``: ``blob-missing``, ``blob-false``, ``seal-ciphertext``, ``seal-padding``.
    """
    parts: Sequence[bytes]
    parts = [sealed.ciphertext] if sealed.ciphertext is not None else require_blobs(sealed, beside)
    cipher, context = AESGCM(key), _context(sealed.commitment)
    try:
        plain = b"".join(cipher.decrypt(_nonce(i), part, context) for i, part in enumerate(parts))
    except InvalidTag as error:
        raise NotVerified(
            "seal-ciphertext",
            "The ciphertext does not open with its content key.",
            where=f"sealed {sealed.id}",
            remedy="Name it unreadable; its author owes a reseal.",
        ) from error
    return _unpadded(plain, in_leaf=sealed.blobs is None)


def blobs_named(entry: bytes) -> tuple[str, ...]:
    """The blobs that a printed entry names, in order; most name none, which is known without reading them."""
    payload = entry[len(_PAYLOAD) : entry.find(b'"', len(_PAYLOAD))]
    if _BLOBS not in base64.b64decode(payload):
        return ()
    sealed = parse_leaf(entry).sealed
    return sealed.blobs or () if sealed is not None else ()


def require_blobs(sealed: SealedStatement, beside: Mapping[str, bytes]) -> tuple[bytes, ...]:
    """Every blob that the entry names, in order; none for one that names none.

    Raises ``NotVerified``: ``blob-missing``, or ``blob-false`` for bytes that are not those that it names.
    """
    found = []
    for name in sealed.blobs or ():
        if name not in beside:
            raise NotVerified(
                "blob-missing",
                f"A blob that belongs to the entry is not here: {name[:16]}….",
                where=f"sealed {sealed.id}",
                remedy="Ask any member that holds the entry: it is sent with all its blobs, or not at all.",
            )
        if len(beside[name]) != BLOB_BYTES or blob_hash(beside[name]) != name:
            raise NotVerified(
                "blob-false",
                f"What came as the blob {name[:16]}… is something else.",
                where=f"sealed {sealed.id}",
                remedy="Refuse it, and ask another member for the blob.",
            )
        found.append(beside[name])
    return tuple(found)


def _padded(statement: bytes, size: int) -> bytes:
    return (len(statement).to_bytes(_LENGTH_BYTES, "big") + statement).ljust(size, b"\0")


def _unpadded(plain: bytes, *, in_leaf: bool) -> bytes:
    """Exact inverse of the padding: one for each statement, so the padding can hide nothing."""
    length = int.from_bytes(plain[:_LENGTH_BYTES], "big")
    statement = plain[_LENGTH_BYTES : _LENGTH_BYTES + length]
    filler = plain[_LENGTH_BYTES + length :]
    size = in_leaf_size(statement) - _GCM_TAG_BYTES if in_leaf else _pieces_for(statement) * _PIECE
    if len(statement) != length or any(filler) or size != len(plain):
        raise NotVerified(
            "seal-padding",
            "The opened bytes are not padded as the record pads them.",
            remedy="Name it unreadable; its author owes a reseal.",
        )
    return statement


def _pieces_for(statement: bytes) -> int:
    """How many pieces: the next power of two, so that the count tells a size class and no more."""
    pieces = -(-(_LENGTH_BYTES + len(statement)) // _PIECE)
    return 1 << (pieces - 1).bit_length()


def _pieces(plain: bytes) -> Iterator[bytes]:
    return (plain[start : start + _PIECE] for start in range(0, len(plain), _PIECE))


def _nonce(i: int) -> bytes:
    return i.to_bytes(12, "big")


def _context(commitment: str) -> bytes:
    return _CONTENT_TAG + bytes.fromhex(commitment)
