# SPDX-License-Identifier: Apache-2.0
"""One entry, proven recorded, in one file: C2SP tlog-proof.

    c2sp.org/tlog-proof@v1
    extra BASE64
    index 73894
    BASE64 of each hash of the inclusion proof, from the leaf's sibling upward

    the checkpoint with its cosignatures, verbatim

Our ``extra`` (see ``ProofExtra``) holds the entry and the delegations, so that the charter is all that a
stranger needs besides. Nothing in it is believed: the entry is under the root, the delegations under the
root keys of the charter. Source: https://c2sp.org/tlog-proof
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.form import hash_field, key_field, list_field, object_field, print_base64
from steerclear.record.ijson import LARGEST, parse_ijson, print_ijson
from steerclear.record.leaf import LARGEST_LEAF
from steerclear.record.merkle import is_included, leaf_hash
from steerclear.record.note import Note, parse_note, print_note
from steerclear.record.statement import SignedStatement, read_signed, signed_of

__all__ = [
    "ProofExtra",
    "TlogProof",
    "is_proven",
    "parse_extra",
    "parse_proof",
    "print_extra",
    "print_proof",
]

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,15})", re.ASCII)
_LONGEST_PATH: Final = 63
LARGEST_PROOF: Final = 4_194_304
MOST_DELEGATIONS: Final = 1_024


@dataclass(frozen=True, slots=True)
class TlogProof:
    """``hashes`` in hex; ``checkpoint`` the note; ``extra`` opaque bytes, ``None`` where there are none."""

    index: int
    hashes: tuple[str, ...]
    checkpoint: Note
    extra: bytes | None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= LARGEST or len(self.hashes) > _LONGEST_PATH:
            raise _malformed("its index or path is out of range")
        for step in self.hashes:
            hash_field(step, "proof hash")


@dataclass(frozen=True, slots=True)
class ProofExtra:
    """The entry that is proven, and the root-signed ``key.delegate`` statements that name the keys."""

    entry: bytes
    delegations: tuple[SignedStatement, ...]


def print_proof(proof: TlogProof) -> bytes:
    lines = [_HEADER]
    if proof.extra is not None:
        lines.append(f"extra {print_base64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines.extend(print_base64(bytes.fromhex(step)) for step in proof.hashes)
    return "\n".join(lines).encode("ascii") + b"\n\n" + print_note(proof.checkpoint)


def parse_proof(data: bytes) -> TlogProof:
    """Exact inverse of ``print_proof``. Judges the form alone. Raises ``NotVerified``."""
    if len(data) > LARGEST_PROOF:
        raise _malformed(f"it has more than {LARGEST_PROOF:,} bytes")
    head, blank, checkpoint = data.partition(b"\n\n")
    if not blank or not head.isascii():
        raise _malformed("it is not a head, a blank line and a checkpoint")
    first, *lines = head.decode("ascii").split("\n")
    if first != _HEADER:
        raise _malformed("it does not begin with its name and version")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = key_field(lines.pop(0).removeprefix("extra "), "proof extra", at_most=LARGEST_PROOF)
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if index is None:
        raise _malformed("it names no index")
    hashes = tuple(key_field(line, "proof hash", length=32).hex() for line in lines[1:])
    return TlogProof(int(index[1]), hashes, parse_note(checkpoint), extra)


def print_extra(extra: ProofExtra) -> bytes:
    return print_ijson(
        {
            "entry": print_base64(extra.entry),
            "delegations": [signed_of(signed) for signed in extra.delegations],
        }
    )


def parse_extra(data: bytes) -> ProofExtra:
    """Exact inverse of ``print_extra``. Raises ``NotVerified``."""
    where = "proof extra"
    found = object_field(parse_ijson(data, where=where), ("entry", "delegations"), where)
    rows = list_field(found["delegations"], f"{where} delegations", at_most=MOST_DELEGATIONS)
    return ProofExtra(
        entry=key_field(found["entry"], f"{where} entry", at_most=LARGEST_LEAF),
        delegations=tuple(read_signed(row, where=f"{where} delegation") for row in rows),
    )


def is_proven(entry: bytes, index: int, size: int, hashes: Sequence[str], root: str) -> bool:
    """Does the tree of ``size`` entries under ``root`` hold these bytes at ``index``? Hashes in hex."""
    path = [bytes.fromhex(step) for step in hashes]
    return is_included(leaf_hash(entry), index, size, path, bytes.fromhex(root))


def _malformed(why: str) -> NotVerified:
    return NotVerified(
        "proof-form",
        f"This is not a proof: {why}.",
        remedy="Ask the sender for the original file; do not repair it.",
    )
