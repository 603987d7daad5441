# SPDX-License-Identifier: Apache-2.0
"""One entry of a member's log: whose, at which place, when, having seen what, and what is said.

A DSSE envelope of type ``application/vnd.steerclear.leaf+json``, signed by the node key alone, at most 65,535
bytes, over ``{"mechanism","author","generation","seq","at","heads","statement"|"sealed"}``. ``heads`` is
``{member:[generation,size,root],…}`` of every other log as seen, in order of member.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from steerclear.errors import BadInput, NotVerified
from steerclear.record.dsse import Envelope, parse_envelope, print_envelope, sign_envelope
from steerclear.record.form import (
    hash_field,
    instant_field,
    integer_field,
    list_field,
    member_field,
    object_field,
    print_instant,
)
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.keys import Signer
from steerclear.record.sealed import SealedStatement, read_sealed, sealed_of
from steerclear.record.statement import SignedStatement, read_signed, signed_of

__all__ = [
    "LARGEST_LEAF",
    "LEAF_TYPE",
    "Head",
    "Leaf",
    "SignedLeaf",
    "parse_leaf",
    "parse_signed_leaf",
    "read_heads",
    "sign_leaf",
]

LEAF_TYPE: Final = "application/vnd.steerclear.leaf+json"
LARGEST_LEAF: Final = 65_535
"""Bytes: an entry's length fits the two bytes that the tiles of C2SP tlog-tiles give it."""

_FIELDS: Final = ("mechanism", "author", "generation", "seq", "at", "heads")


@dataclass(frozen=True, slots=True)
class Head:
    """Another member's log as seen: ``size`` entries (≥ 1) under ``root`` (hex), in its ``generation``."""

    size: int
    root: str
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """``at`` when the node wrote it, in ms; ``seq`` from 0."""

    mechanism: str
    author: str
    generation: int
    seq: int
    at: int
    heads: Mapping[str, Head]
    content: SignedStatement | SealedStatement

    @property
    def statement(self) -> SignedStatement | None:
        """What is said in clear, or ``None`` where it is sealed."""
        return self.content if isinstance(self.content, SignedStatement) else None

    @property
    def sealed(self) -> SealedStatement | None:
        return self.content if isinstance(self.content, SealedStatement) else None

    @property
    def statement_id(self) -> str:
        """The id of what is said, which is shown of sealed statements too."""
        if isinstance(self.content, SignedStatement):
            return self.content.statement.id
        return self.content.id


@dataclass(frozen=True, slots=True)
class SignedLeaf:
    """A leaf and the envelope that it was read from."""

    leaf: Leaf
    envelope: Envelope


def sign_leaf(leaf: Leaf, node_signer: Signer) -> bytes:
    """The entry's bytes. Raises ``BadInput`` (``entry-too-large``) beyond 65,535."""
    envelope = sign_envelope(LEAF_TYPE, print_ijson(_payload(leaf)), [node_signer])
    data = print_envelope(envelope)
    if len(data) > LARGEST_LEAF:
        raise BadInput(
            "entry-too-large",
            f"The entry has {len(data):,} bytes; an entry holds at most {LARGEST_LEAF:,}.",
            remedy="Shorten the statement, or split it into several.",
        )
    return data


def parse_leaf(data: bytes) -> Leaf:
    """What an entry says. Judges the form, not the signature: a ``Log`` does that. Raises ``NotVerified``."""
    return parse_signed_leaf(data).leaf


def parse_signed_leaf(data: bytes, *, where: str = "entry") -> SignedLeaf:
    """Exact inverse of ``sign_leaf``'s printing."""
    if len(data) > LARGEST_LEAF:
        raise NotVerified(
            "entry-oversize",
            f"The entry has {len(data):,} bytes; an entry holds at most {LARGEST_LEAF:,}.",
            where=where,
            remedy="Refuse it: no node of this mechanism writes such an entry.",
        )
    envelope = parse_envelope(data, where=where)
    if envelope.payload_type != LEAF_TYPE or len(envelope.signatures) != 1:
        raise NotVerified(
            "not-an-entry",
            f"An entry has one signature; this “{envelope.payload_type}” has {len(envelope.signatures)}.",
            where=where,
            remedy="Ask the sender for the original bytes; do not repair them.",
        )
    return SignedLeaf(_read_payload(parse_ijson(envelope.payload, where=where), where), envelope)


def _payload(leaf: Leaf) -> JsonObject:
    content: JsonObject = (
        {"statement": signed_of(leaf.content)}
        if isinstance(leaf.content, SignedStatement)
        else {"sealed": sealed_of(leaf.content)}
    )
    return {
        "mechanism": leaf.mechanism,
        "author": leaf.author,
        "generation": leaf.generation,
        "seq": leaf.seq,
        "at": print_instant(leaf.at),
        "heads": {
            member: [head.generation, head.size, head.root] for member, head in sorted(leaf.heads.items())
        },
        **content,
    }


def _read_payload(value: JsonValue, where: str) -> Leaf:
    content = "sealed" if isinstance(value, dict) and "sealed" in value else "statement"
    found = object_field(value, (*_FIELDS, content), where)
    return Leaf(
        mechanism=hash_field(found["mechanism"], f"{where} mechanism"),
        author=member_field(found["author"], f"{where} author"),
        generation=integer_field(found["generation"], f"{where} generation"),
        seq=integer_field(found["seq"], f"{where} seq"),
        at=instant_field(found["at"], f"{where} at"),
        heads=read_heads(found["heads"], f"{where} heads"),
        content=read_sealed(found[content], where=f"{where} sealed")
        if content == "sealed"
        else read_signed(found[content], where=f"{where} statement"),
    )


def read_heads(value: JsonValue, where: str) -> Mapping[str, Head]:
    """The field ``heads``, members in rising order. Raises ``NotVerified``."""
    if not isinstance(value, dict) or any(earlier >= later for earlier, later in pairwise(value)):
        raise NotVerified(
            "heads-form",
            "The heads are not an object with members in rising order.",
            where=where,
            remedy="Ask the sender for the original bytes; do not repair them.",
        )
    return {
        member_field(member, where): _read_head(head, f"{where} {member}") for member, head in value.items()
    }


def _read_head(value: JsonValue, where: str) -> Head:
    generation, size, root = list_field(value, where, at_least=3, at_most=3)
    return Head(
        generation=integer_field(generation, where),
        size=integer_field(size, where, least=1),
        root=hash_field(root, where),
    )
