# SPDX-License-Identifier: Apache-2.0
"""What a member says of another's checkpoint: seen, consistent, at this time. C2SP tlog-cosignature.

    Ed25519 (type 0x04)                     ML-DSA-44 (type 0x06)
    cosignature/v1                          "subtree/v1", newline, zero byte
    time 1679315147                         length, cosigner's name; time (8 bytes); length, origin;
    TEXT OF THE CHECKPOINT                  start 0 (8 bytes); size (8 bytes); root (32 bytes)

signed by the member's witness key; the line holds 8 bytes of time (big-endian, POSIX seconds) before the
signature and is named ``steerclear/MECHANISM/MEMBER/witness``. The second form stands against a quantum
computer, and says the cosigner's name too. Source: https://c2sp.org/tlog-cosignature
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from steerclear.record.checkpoint import parse_checkpoint
from steerclear.record.keys import Signer
from steerclear.record.note import COSIGNATURE, MLDSA44_COSIGNATURE, NoteSignature, note_key_id
from steerclear.record.signature import is_signature

__all__ = [
    "cosign",
    "cosign_mldsa44",
    "cosigned_at_s",
    "cosigner_name",
    "is_cosignature",
    "is_mldsa44_cosignature",
    "mldsa44_message",
]

_TIME_BYTES: Final = 8
_ED25519_BYTES: Final = 64
_MLDSA44_BYTES: Final = 2_420
_SUBTREE_LABEL: Final = b"subtree/v1\n\0"


def cosigner_name(mechanism: str, member: str) -> str:
    """The key name under which ``member`` cosigns in this mechanism."""
    return f"steerclear/{mechanism}/{member}/witness"


def cosign(text: str, *, name: str, public: bytes, signer: Signer, at_s: int) -> NoteSignature:
    """A cosignature line for the checkpoint ``text``, at ``at_s`` POSIX seconds, by the key ``public``."""
    return NoteSignature(
        name,
        note_key_id(name, COSIGNATURE, public),
        at_s.to_bytes(_TIME_BYTES, "big") + signer.sign(_message(text, at_s)),
    )


def is_cosignature(line: NoteSignature, text: str, *, name: str, public: bytes) -> bool:
    """Is ``line`` a cosignature of ``text`` by the key ``public``, known as ``name``?"""
    return (
        line.name == name
        and line.key_id == note_key_id(name, COSIGNATURE, public)
        and len(line.signature) == _TIME_BYTES + _ED25519_BYTES
        and line.signature[0] < 0x80  # the time must not exceed 2^63 − 1
        and is_signature(line.signature[_TIME_BYTES:], _message(text, cosigned_at_s(line)), public)
    )


def cosign_mldsa44(text: str, *, name: str, public: bytes, signer: Signer, at_s: int) -> NoteSignature:
    """The same by an ML-DSA-44 key (FIPS 204, empty context); ``public`` its 1,312 raw bytes."""
    signature = signer.sign(mldsa44_message(text, name=name, at_s=at_s))
    return NoteSignature(
        name, note_key_id(name, MLDSA44_COSIGNATURE, public), at_s.to_bytes(_TIME_BYTES, "big") + signature
    )


def is_mldsa44_cosignature(line: NoteSignature, text: str, *, name: str, public: bytes) -> bool:
    """Is ``line`` a cosignature of the whole tree in ``text`` by the ML-DSA-44 key ``public``, with a time?

    A time of zero says nothing of the newest tree seen, so it does not count as a cosignature here.
    """
    return (
        line.name == name
        and line.key_id == note_key_id(name, MLDSA44_COSIGNATURE, public)
        and len(line.signature) == _TIME_BYTES + _MLDSA44_BYTES
        and 0 < cosigned_at_s(line) < 1 << 63
        and _is_mldsa44(
            line.signature[_TIME_BYTES:], mldsa44_message(text, name=name, at_s=cosigned_at_s(line)), public
        )
    )


def mldsa44_message(text: str, *, name: str, at_s: int) -> bytes:
    """The ``cosigned_message`` for the checkpoint ``text``. Raises ``NotVerified`` for any other text."""
    checkpoint = parse_checkpoint(text)
    return b"".join(
        (
            _SUBTREE_LABEL,
            _with_length(name),
            at_s.to_bytes(8, "big"),
            _with_length(checkpoint.origin),
            bytes(8),
            checkpoint.size.to_bytes(8, "big"),
            bytes.fromhex(checkpoint.root),
        )
    )


def cosigned_at_s(line: NoteSignature) -> int:
    """When, in POSIX seconds, as the line claims."""
    return int.from_bytes(line.signature[:_TIME_BYTES], "big")


def _message(text: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


def _with_length(text: str) -> bytes:
    """``opaque text<1..2^8-1>`` of RFC 8446, section 3.4."""
    raw = text.encode("utf-8")
    return len(raw).to_bytes(1, "big") + raw


def _is_mldsa44(signature: bytes, message: bytes, public: bytes) -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
