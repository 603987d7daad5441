# SPDX-License-Identifier: Apache-2.0
"""What a member says of another's checkpoint: seen, consistent, at this time. C2SP tlog-cosignature, Ed25519.

    cosignature/v1
    time 1679315147
    TEXT OF THE CHECKPOINT

signed by the member's witness key; the line holds 8 bytes of time (big-endian, POSIX seconds) before the
signature, key type 0x04, and is named ``steerclear/MECHANISM/MEMBER/witness``.
Source: https://c2sp.org/tlog-cosignature
"""

from __future__ import annotations

from typing import Final

from steerclear.record.keys import Signer, is_signature
from steerclear.record.note import COSIGNATURE, NoteSignature, note_key_id

__all__ = ["cosign", "cosigned_at_s", "cosigner_name", "is_cosignature"]

_TIME_BYTES: Final = 8
_ED25519_BYTES: Final = 64


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


def cosigned_at_s(line: NoteSignature) -> int:
    """When, in POSIX seconds, as the line claims."""
    return int.from_bytes(line.signature[:_TIME_BYTES], "big")


def _message(text: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()
