# SPDX-License-Identifier: Apache-2.0
"""What somebody says: one fact by one author, signed by whoever speaks.

A DSSE envelope of type ``application/vnd.steerclear.statement+json`` over
``{"mechanism","author","desk","id","kind","to","at","body"}``. Kinds that are not known are kept and read by
nobody. What the body of a kind must be is said elsewhere: by this room for the kinds that are always in
clear, by the mechanism for all others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.dsse import Envelope, envelope_of, print_envelope, read_envelope, sign_envelope
from steerclear.record.form import (
    desk_field,
    hash_field,
    id_field,
    instant_field,
    list_field,
    member_field,
    object_field,
    print_instant,
)
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.keys import Signer

__all__ = [
    "STATEMENT_TYPE",
    "SignedStatement",
    "Statement",
    "is_always_clear",
    "parse_signed",
    "parse_statement",
    "print_signed",
    "print_statement",
    "read_signed",
    "sign_statement",
    "signed_of",
    "statement_hash",
]

STATEMENT_TYPE: Final = "application/vnd.steerclear.statement+json"
MOST_ADDRESSEES: Final = 256
_FIELDS: Final = ("mechanism", "author", "desk", "id", "kind", "to", "at", "body")
_KIND: Final = re.compile(r"(?=.{1,48}\Z)[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Statement:
    """``to`` the members addressed (only they owe receipts); ``at`` the author's claim of time, in ms.

    ``id`` is in hex, never repeats, and is bound to its author (see identity.py); that is judged where the
    statement is, not here. Raises ``NotVerified`` for a field out of form.
    """

    mechanism: str
    author: str
    desk: str | None
    id: str
    kind: str
    to: tuple[str, ...]
    at: int
    body: JsonObject

    def __post_init__(self) -> None:
        where = "statement"
        hash_field(self.mechanism, f"{where} mechanism")
        member_field(self.author, f"{where} author")
        desk_field(self.desk, f"{where} desk")
        id_field(self.id, f"{where} id")
        _require_kind(self.kind)
        for member in self.to:
            member_field(member, f"{where} to")
        if len(set(self.to)) < len(self.to):
            raise NotVerified(
                "addressee-twice",
                "A member is addressed twice.",
                where=f"{where} to",
                remedy="Name each addressee once.",
            )


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement and the envelope that it was read from, or signed into."""

    statement: Statement
    envelope: Envelope


def is_always_clear(kind: str) -> bool:
    """Kinds that everybody must be able to check: they are never sealed."""
    return kind.startswith(("charter.", "key.", "log.")) or kind == "node.beat"


def sign_statement(statement: Statement, signers: Iterable[Signer]) -> SignedStatement:
    return SignedStatement(statement, sign_envelope(STATEMENT_TYPE, print_statement(statement), signers))


def print_statement(statement: Statement) -> bytes:
    """The payload alone, without an envelope: what is signed, and what is carried to who shall sign it."""
    return print_ijson(_payload(statement))


def parse_statement(payload: bytes, *, where: str) -> Statement:
    """Exact inverse of ``print_statement``. Raises ``NotVerified``."""
    return _read_payload(parse_ijson(payload, where=where), where)


def print_signed(signed: SignedStatement) -> bytes:
    """The bytes that are committed to, sealed and hashed."""
    return print_envelope(signed.envelope)


def statement_hash(signed: SignedStatement) -> str:
    """SHA-256 of the printed statement, in hex: how others refer to exactly these bytes."""
    return hashlib.sha256(print_signed(signed)).hexdigest()


def parse_signed(data: bytes, *, where: str = "statement") -> SignedStatement:
    """Exact inverse of ``print_signed``. Judges the form, not the signatures. Raises ``NotVerified``."""
    return read_signed(parse_ijson(data, where=where), where=where)


def signed_of(signed: SignedStatement) -> JsonObject:
    """The signed statement as a value, to stand inside another form."""
    return envelope_of(signed.envelope)


def read_signed(value: JsonValue, *, where: str = "statement") -> SignedStatement:
    """Exact inverse of ``signed_of``."""
    envelope = read_envelope(value, where=where)
    if envelope.payload_type != STATEMENT_TYPE:
        raise NotVerified(
            "not-a-statement",
            f"The envelope holds “{envelope.payload_type}”, not a statement.",
            where=where,
            remedy="Ask the sender for the original bytes; do not repair them.",
        )
    return SignedStatement(parse_statement(envelope.payload, where=where), envelope)


def _payload(statement: Statement) -> JsonObject:
    return {
        "mechanism": statement.mechanism,
        "author": statement.author,
        "desk": statement.desk,
        "id": statement.id,
        "kind": statement.kind,
        "to": list(statement.to),
        "at": print_instant(statement.at),
        "body": statement.body,
    }


def _read_payload(value: JsonValue, where: str) -> Statement:
    found = object_field(value, _FIELDS, where)
    to = list_field(found["to"], f"{where} to", at_most=MOST_ADDRESSEES)
    body = found["body"]
    if not isinstance(body, dict):
        raise NotVerified(
            "statement-body",
            "The body of a statement is not an object.",
            where=f"{where} body",
            remedy="Ask the sender for the original bytes; do not repair them.",
        )
    return Statement(
        mechanism=hash_field(found["mechanism"], f"{where} mechanism"),
        author=member_field(found["author"], f"{where} author"),
        desk=desk_field(found["desk"], f"{where} desk"),
        id=id_field(found["id"], f"{where} id"),
        kind=_require_kind(found["kind"]),
        to=tuple(member_field(member, f"{where} to") for member in to),
        at=instant_field(found["at"], f"{where} at"),
        body=body,
    )


def _require_kind(kind: JsonValue) -> str:
    if isinstance(kind, str) and _KIND.fullmatch(kind):
        return kind
    raise NotVerified(
        "statement-kind",
        "The kind of a statement is not written as notice.file or heard.",
        where="statement kind",
        remedy="Use one or two lower-case words with hyphens, joined by a dot.",
    )
