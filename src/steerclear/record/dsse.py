# SPDX-License-Identifier: Apache-2.0
"""How bytes are signed: a DSSE v1 envelope, in one spelling.

    {"payload":BASE64,"payloadType":TYPE,"signatures":[{"keyid":ID,"sig":BASE64},…]}

Signed is PAE(payloadType, payload) = ``DSSEv1 LEN TYPE LEN PAYLOAD``. Narrower than DSSE, on purpose: only
padded standard base64, 1 to 32 signatures in rising order of keyid, none twice. A keyid is a hint; what
counts is the key that the delegations name for it.
Source: https://github.com/secure-systems-lab/dsse, protocol.md and envelope.md, version 1.0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from steerclear.errors import BadInput, NotVerified
from steerclear.record.form import key_field, list_field, object_field, print_base64, text_field
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.keys import Signer

__all__ = [
    "Envelope",
    "Signature",
    "envelope_of",
    "pae",
    "parse_envelope",
    "print_envelope",
    "read_envelope",
    "sign_envelope",
]

LARGEST_PAYLOAD: Final = 4_194_304
"""What is sealed into blobs has up to 4 MiB; entries, floor messages and requests have their own bounds."""

MOST_SIGNATURES: Final = 32


@dataclass(frozen=True, slots=True)
class Signature:
    """``keyid`` as the signer names its key; ``sig`` the raw signature."""

    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @property
    def signed_bytes(self) -> bytes:
        """What each signature is over."""
        return pae(self.payload_type, self.payload)


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding, DSSE v1."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign_envelope(payload_type: str, payload: bytes, signers: Iterable[Signer]) -> Envelope:
    """Sign ``payload`` with every signer. Raises ``BadInput`` without a signer or with one twice."""
    message = pae(payload_type, payload)
    signatures = tuple(
        Signature(signer.keyid, signer.sign(message)) for signer in sorted(signers, key=lambda one: one.keyid)
    )
    if not signatures or len({one.keyid for one in signatures}) < len(signatures):
        raise BadInput(
            "signers",
            "A statement needs at least one signer, and each only once.",
            remedy="Give every key that signs exactly once.",
        )
    return Envelope(payload_type, payload, signatures)


def print_envelope(envelope: Envelope) -> bytes:
    return print_ijson(envelope_of(envelope))


def parse_envelope(data: bytes, *, where: str) -> Envelope:
    """Exact inverse of ``print_envelope``. Raises ``NotVerified``."""
    return read_envelope(parse_ijson(data, where=where), where=where)


def envelope_of(envelope: Envelope) -> JsonObject:
    """The envelope as a value, to stand inside another form."""
    return {
        "payload": print_base64(envelope.payload),
        "payloadType": envelope.payload_type,
        "signatures": [{"keyid": one.keyid, "sig": print_base64(one.sig)} for one in envelope.signatures],
    }


def read_envelope(value: JsonValue, *, where: str) -> Envelope:
    """Exact inverse of ``envelope_of``."""
    found = object_field(value, ("payload", "payloadType", "signatures"), where)
    signatures = tuple(
        _read_signature(one, where)
        for one in list_field(found["signatures"], f"{where} signatures", at_least=1, at_most=MOST_SIGNATURES)
    )
    keyids = [one.keyid for one in signatures]
    if any(earlier >= later for earlier, later in pairwise(keyids)):
        raise NotVerified(
            "signatures-unordered",
            "The signatures do not stand in rising order of their keyid, each once.",
            where=where,
            remedy="Ask the sender for the original bytes; do not repair them.",
        )
    return Envelope(
        payload_type=text_field(found["payloadType"], f"{where} payloadType", at_most=100),
        payload=key_field(found["payload"], f"{where} payload", at_most=LARGEST_PAYLOAD),
        signatures=signatures,
    )


def _read_signature(value: JsonValue, where: str) -> Signature:
    found = object_field(value, ("keyid", "sig"), f"{where} signature")
    return Signature(
        keyid=text_field(found["keyid"], f"{where} keyid", at_most=400),
        sig=key_field(found["sig"], f"{where} sig", at_most=8_192),
    )
