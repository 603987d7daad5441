# SPDX-License-Identifier: Apache-2.0
"""What a log says of itself: so many entries under this root. C2SP tlog-checkpoint.

    steerclear/MECHANISM/MEMBER/GENERATION       origin
    20852163                                     size
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=  root, base64

signed by the node key under the origin as its name. No extension lines: nobody could audit them.
Source: https://c2sp.org/tlog-checkpoint@v1.0.0
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.form import hash_field, key_field, print_base64
from steerclear.record.ijson import LARGEST
from steerclear.record.keys import Signer
from steerclear.record.merkle import is_consistent
from steerclear.record.note import Note, parse_note, sign_text

__all__ = [
    "Checkpoint",
    "checkpoint_of",
    "origin_of",
    "parse_checkpoint",
    "print_checkpoint",
    "require_progress",
    "sign_checkpoint",
]

_ORIGIN: Final = re.compile(r"steerclear/[0-9a-f]{64}/[A-Z][A-Z0-9]{1,11}/(0|[1-9][0-9]{0,8})", re.ASCII)
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``root`` in hex. Raises ``NotVerified`` for a field out of form."""

    origin: str
    size: int
    root: str

    def __post_init__(self) -> None:
        if not _ORIGIN.fullmatch(self.origin) or not 0 <= self.size <= LARGEST:
            raise _malformed()
        hash_field(self.root, "checkpoint root")


def origin_of(mechanism: str, member: str, generation: int) -> str:
    return f"steerclear/{mechanism}/{member}/{generation}"


def print_checkpoint(checkpoint: Checkpoint) -> str:
    """The text that is signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{print_base64(bytes.fromhex(checkpoint.root))}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Exact inverse of ``print_checkpoint``. Raises ``NotVerified``."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not _SIZE.fullmatch(lines[1]):
        raise _malformed()
    return Checkpoint(lines[0], int(lines[1]), key_field(lines[2], "checkpoint root", length=32).hex())


def checkpoint_of(data: bytes) -> tuple[Checkpoint, Note]:
    """A checkpoint and the note that carries it. Judges the form, not the signatures."""
    note = parse_note(data)
    return parse_checkpoint(note.text), note


def sign_checkpoint(checkpoint: Checkpoint, *, public: bytes, signer: Signer) -> Note:
    """The note that a node publishes; ``public`` is the node key of ``signer``."""
    text = print_checkpoint(checkpoint)
    return Note(text, (sign_text(text, name=checkpoint.origin, public=public, signer=signer),))


def require_progress(seen: Checkpoint, offered: Checkpoint, proof: Sequence[str]) -> None:
    """Refuse a checkpoint that does not continue the one that was seen (C2SP tlog-witness, add-checkpoint).

    ``proof`` is the consistency proof between them, hashes in hex. Raises ``NotVerified``:
    ``checkpoint-other-origin``, ``checkpoint-rolled-back``, ``checkpoint-not-a-prefix``.
    """
    if seen.origin != offered.origin:
        raise NotVerified(
            "checkpoint-other-origin",
            f"A checkpoint of {offered.origin} was offered for {seen.origin}.",
            where=offered.origin,
            remedy="Refuse it, and look at the path that it came by.",
        )
    if offered.size < seen.size:
        raise NotVerified(
            "checkpoint-rolled-back",
            f"The log shows {offered.size} entries; it had shown {seen.size} before.",
            where=offered.origin,
            remedy="Keep both checkpoints as evidence; do not cosign; call the member.",
        )
    roots = bytes.fromhex(seen.root), bytes.fromhex(offered.root)
    if not is_consistent(seen.size, offered.size, *roots, [bytes.fromhex(step) for step in proof]):
        raise NotVerified(
            "checkpoint-not-a-prefix",
            f"The log of {seen.size} entries that was seen is not shown to be the beginning of the one of "
            f"{offered.size}.",
            where=offered.origin,
            remedy="Keep both checkpoints as evidence; do not cosign; call the member.",
        )


def _malformed() -> NotVerified:
    return NotVerified(
        "checkpoint-form",
        "This is not a checkpoint: origin, size and root, each on its own line.",
        remedy="Ask the sender for the original bytes; do not repair them.",
    )
