# SPDX-License-Identifier: Apache-2.0
"""How a log asks for a cosignature, and what it is answered: C2SP tlog-witness, add-checkpoint.

    old 20852014
    BASE64 of each hash of the consistency proof, at most 63

    the checkpoint, signed by its log, verbatim

    unknown origin ──► 404      not signed by its log ──► 403     old beyond it ──► 400
    old is not the size cosigned last ──► 409 and that size       no proof of growth ──► 422
    else ──► 200 and our signature lines

Whoever answers keeps the new checkpoint before it does, and judges one request at a time: two at once could
roll it back. Source: https://c2sp.org/tlog-witness
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.checkpoint import parse_checkpoint
from steerclear.record.form import hash_field, key_field, print_base64
from steerclear.record.ijson import LARGEST
from steerclear.record.merkle import EMPTY_ROOT, is_consistent
from steerclear.record.note import (
    LARGEST_NOTE,
    Note,
    is_falsely_signed_by,
    is_signed_by,
    parse_note,
    print_note,
)

__all__ = [
    "LARGEST_REQUEST",
    "SIZE_TYPE",
    "AddCheckpoint",
    "Verdict",
    "Witnessed",
    "judge_request",
    "origin_hash",
    "parse_add_checkpoint",
    "print_add_checkpoint",
]

SIZE_TYPE: Final = "text/x.tlog.size"
"""Content type of the answer 409, which holds the size cosigned last and a newline."""

_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,15})", re.ASCII)
_LONGEST_PROOF: Final = 63
_HASH_LINE: Final = 45
LARGEST_REQUEST: Final = LARGEST_NOTE + _LONGEST_PROOF * _HASH_LINE + 32


class Verdict(IntEnum):
    """What is answered, as HTTP numbers it."""

    COSIGN = 200
    OLD_BEYOND_CHECKPOINT = 400
    NOT_SIGNED = 403
    UNKNOWN_LOG = 404
    OTHER_SIZE = 409
    NOT_CONSISTENT = 422


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """``old_size`` that was cosigned last; ``proof`` from there, hashes in hex; the checkpoint ``note``."""

    old_size: int
    proof: tuple[str, ...]
    note: Note

    def __post_init__(self) -> None:
        if not 0 <= self.old_size <= LARGEST or len(self.proof) > _LONGEST_PROOF:
            raise _malformed("its old size or proof is out of range")
        for step in self.proof:
            hash_field(step, "consistency proof")


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A log as its witness knows it: its ``keys`` (Ed25519, raw), and what was cosigned last, if anything."""

    keys: Sequence[bytes]
    size: int = 0
    root: str = EMPTY_ROOT.hex()


def print_add_checkpoint(request: AddCheckpoint) -> bytes:
    lines = [f"old {request.old_size}", *(print_base64(bytes.fromhex(step)) for step in request.proof)]
    return "\n".join(lines).encode("ascii") + b"\n\n" + print_note(request.note)


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """Exact inverse of ``print_add_checkpoint``. Judges the form alone. Raises ``NotVerified``."""
    if len(data) > LARGEST_REQUEST:
        raise _malformed(f"it has more than {LARGEST_REQUEST:,} bytes")
    head, blank, checkpoint = data.partition(b"\n\n")
    if not blank or not head.isascii():
        raise _malformed("it is not an old size, a proof, a blank line and a checkpoint")
    first, *lines = head.decode("ascii").split("\n")
    old = _OLD.fullmatch(first)
    if old is None:
        raise _malformed("it names no old size")
    proof = tuple(key_field(line, "consistency proof", length=32).hex() for line in lines)
    return AddCheckpoint(int(old[1]), proof, parse_note(checkpoint))


def judge_request(request: AddCheckpoint, logs: Mapping[str, Witnessed]) -> Verdict:
    """What a witness of ``logs`` (by origin) answers. Raises ``NotVerified`` for what is no checkpoint."""
    checkpoint = parse_checkpoint(request.note.text)
    known = logs.get(checkpoint.origin)
    if known is None:
        return Verdict.UNKNOWN_LOG
    if not _is_signed(request.note, checkpoint.origin, known.keys):
        return Verdict.NOT_SIGNED
    if request.old_size > checkpoint.size:
        return Verdict.OLD_BEYOND_CHECKPOINT
    if request.old_size != known.size:
        return Verdict.OTHER_SIZE
    roots = bytes.fromhex(known.root), bytes.fromhex(checkpoint.root)
    proof = [bytes.fromhex(step) for step in request.proof]
    if not is_consistent(known.size, checkpoint.size, *roots, proof):
        return Verdict.NOT_CONSISTENT
    return Verdict.COSIGN


def origin_hash(origin: str) -> str:
    """Under which a witness shows the checkpoint that it cosigned last."""
    return hashlib.sha256(origin.encode("utf-8")).hexdigest()


def _is_signed(note: Note, origin: str, keys: Sequence[bytes]) -> bool:
    """By a key of its log, and no line under such a key is false."""
    if any(is_falsely_signed_by(note, name=origin, public=public) for public in keys):
        return False
    return any(is_signed_by(note, name=origin, public=public) for public in keys)


def _malformed(why: str) -> NotVerified:
    return NotVerified(
        "witness-request",
        f"This is not a request for a cosignature: {why}.",
        remedy="Send it as C2SP tlog-witness spells add-checkpoint.",
    )
