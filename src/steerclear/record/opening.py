# SPDX-License-Identifier: Apache-2.0
"""Was this what was sealed? A statement and its salt against the commitment in the entry: no key is needed.

    commitment = SHA-256(TAG ‖ salt ‖ statement)

Whoever opened a sealed entry keeps the salt with what it said, so that it can show both to a third person
later. The same check is made when an entry is opened and when an opening is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.form import key_field, object_field, print_base64
from steerclear.record.identity import require_id_of
from steerclear.record.ijson import parse_ijson, print_ijson
from steerclear.record.sealed import SealedStatement
from steerclear.record.statement import (
    SignedStatement,
    is_always_clear,
    parse_signed,
    print_signed,
    read_signed,
    signed_of,
)

__all__ = ["SALT_BYTES", "Opening", "commit", "parse_opening", "print_opening", "require_opens"]

SALT_BYTES: Final = 32
_COMMITMENT_TAG: Final = b"steerclear/seal/v1/commitment\n"
_RESEAL: Final = "Name it unreadable; its author owes a reseal."


@dataclass(frozen=True, slots=True)
class Opening:
    """What a sealed entry says, and the ``salt`` (32 bytes) of its commitment.

    ``salt`` is ``None`` in stores that were filled before it was kept: the statement stands, and cannot be
    proved to a third person.
    """

    statement: SignedStatement
    salt: bytes | None


def commit(salt: bytes, statement: bytes) -> str:
    """The commitment to the printed ``statement`` under ``salt`` (32 bytes), in hex."""
    return hashlib.sha256(_COMMITMENT_TAG + salt + statement).hexdigest()


def require_opens(
    sealed: SealedStatement,
    statement: bytes,
    salt: bytes,
    *,
    mechanism: str,
    author: str,
    carried: Collection[str],
) -> SignedStatement:
    """The statement, if these bytes are what ``sealed`` commits to and may stand there.

    ``author`` is the member in whose log it stands, ``carried`` those who speak through that log. Judges no
    signature. Raises ``NotVerified``: ``seal-commitment``, ``seal-identity``, ``seal-author``,
    ``seal-hides-clear``, ``id-of-another``, or what the form raises.
    """
    where = f"sealed {sealed.id}"
    if commit(salt, statement) != sealed.commitment:
        raise NotVerified(
            "seal-commitment",
            "The opened statement does not match its commitment.",
            where=where,
            remedy=_RESEAL,
        )
    signed = parse_signed(statement, where=where)
    said = signed.statement
    if said.id != sealed.id or said.mechanism != mechanism:
        raise NotVerified(
            "seal-identity",
            "The opened statement belongs to another id or mechanism.",
            where=where,
            remedy=_RESEAL,
        )
    if said.author != author and said.author not in carried:
        raise NotVerified(
            "seal-author",
            f"The opened statement speaks for {said.author} in the log of {author}.",
            where=where,
            remedy=_RESEAL,
        )
    require_id_of(said.id, (said.author,), mechanism=mechanism, where=where)
    if is_always_clear(said.kind):
        raise NotVerified(
            "seal-hides-clear",
            f"A {said.kind} was sealed; it must stand in clear.",
            where=where,
            remedy=_RESEAL,
        )
    return signed


def print_opening(opening: Opening) -> bytes:
    """As a store keeps it, beside the entry."""
    if opening.salt is None:
        return print_signed(opening.statement)
    return print_ijson({"salt": print_base64(opening.salt), "statement": signed_of(opening.statement)})


def parse_opening(data: bytes) -> Opening:
    """Exact inverse of ``print_opening``. Raises ``NotVerified``."""
    where = "opening"
    value = parse_ijson(data, where=where)
    if not isinstance(value, dict) or "salt" not in value:
        return Opening(read_signed(value, where=where), None)
    found = object_field(value, ("salt", "statement"), where)
    return Opening(
        statement=read_signed(found["statement"], where=where),
        salt=key_field(found["salt"], f"{where} salt", length=SALT_BYTES),
    )
