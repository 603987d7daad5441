# SPDX-License-Identifier: Apache-2.0
"""One member as the others know it: ``MEMBER.member.json``, handed over at the table.

    {"member","role","carrier","root_threshold","root_keys","addresses","tls_certificate","tls_spki"
     [,"root_seconds"]}

The root keys are what everything else of this member is believed by; compare their hash by voice. A member
without a node names its ``carrier`` and has no addresses and no TLS certificate. Where roots sign twice,
``root_seconds`` names the ML-DSA-65 key beside each root key, in the same order (see second.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from steerclear.errors import BadInput
from steerclear.record.form import (
    hash_field,
    integer_field,
    key_field,
    list_field,
    member_field,
    object_field,
    print_base64,
    text_field,
)
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.keys import keyid_of
from steerclear.record.second import seconds_among
from steerclear.record.signature import is_signature
from steerclear.record.statement import SignedStatement
from steerclear.record.weak import is_weak_ed25519

__all__ = ["MemberCard", "card_of", "is_signed_by_root", "parse_card", "print_card", "read_card"]

ROLES: Final = ("party", "host", "notifier", "observer")
MOST_ROOT_KEYS: Final = 16
MOST_ADDRESSES: Final = 8
_FIELDS: Final = (
    "member",
    "role",
    "carrier",
    "root_threshold",
    "root_keys",
    "addresses",
    "tls_certificate",
    "tls_spki",
)
_ADDRESS: Final = re.compile(r"[!-~]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """What a member hands over.

    ``root_keys`` raw Ed25519 keys, of which ``root_threshold`` must sign; ``addresses`` URLs of its node;
    ``tls_certificate`` DER in base64, and ``tls_spki`` the SHA-256 of its public key info in hex, both
    ``None`` without a node; ``root_seconds`` hashes of second keys, empty or one for each root key. Raises
    ``BadInput``.
    """

    member: str
    role: str
    root_threshold: int
    root_keys: tuple[bytes, ...]
    addresses: tuple[str, ...] = ()
    tls_certificate: str | None = None
    tls_spki: str | None = None
    carrier: str | None = None
    root_seconds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise BadInput(
                "card-role",
                f"“{self.role}” is not a role.",
                where=self.member,
                remedy=f"Give one of {', '.join(ROLES)}.",
            )
        keys = set(self.root_keys)
        if len(keys) < len(self.root_keys) or not 1 <= self.root_threshold <= len(keys) <= MOST_ROOT_KEYS:
            raise BadInput(
                "card-root",
                f"{self.root_threshold} of {len(keys)} different root keys is not possible.",
                where=self.member,
                remedy=f"Give 1 to {MOST_ROOT_KEYS} different root keys and a threshold within them.",
            )
        if self.root_seconds and len(set(self.root_seconds)) != len(self.root_keys):
            raise BadInput(
                "card-seconds",
                f"{len(set(self.root_seconds))} second keys stand beside {len(self.root_keys)} root keys.",
                where=self.member,
                remedy="Name one for each root key, in the same order, or none at all.",
            )
        if any(is_weak_ed25519(key) for key in keys):
            raise BadInput(
                "card-weak-key",
                "A root key is a point under which anybody can sign.",
                where=self.member,
                remedy="Draw the root keys anew, with steerclear or any Ed25519 library.",
            )
        if any(not _ADDRESS.fullmatch(address) for address in self.addresses):
            raise BadInput(
                "card-address",
                "An address holds a space or a character outside ASCII, or is longer than 200.",
                where=self.member,
                remedy="Give the address as https://host:port.",
            )

    @property
    def root_keyids(self) -> tuple[str, ...]:
        return tuple(keyid_of(key) for key in self.root_keys)


def print_card(card: MemberCard) -> bytes:
    return print_ijson(card_of(card))


def parse_card(data: bytes) -> MemberCard:
    """Exact inverse of ``print_card``. Raises ``NotVerified``, or ``BadInput`` for a card that cannot be."""
    return read_card(parse_ijson(data, where="member card"), where="member card")


def is_signed_by_root(signed: SignedStatement, card: MemberCard, *, twice: bool = False) -> bool:
    """Have at least ``root_threshold`` different root keys of this member signed the statement?

    ``twice``: only a root key beside which its second key has signed, too, counts.
    """
    signers = set(_roots_under(signed, card))
    if twice:
        seconds = dict(zip(card.root_keyids, card.root_seconds, strict=False))
        held = seconds_among(
            ((one.keyid, one.sig) for one in signed.envelope.signatures), signed.envelope.signed_bytes
        )
        signers = {keyid for keyid in signers if seconds.get(keyid) in held}
    return signed.statement.author == card.member and len(signers) >= card.root_threshold


def _roots_under(signed: SignedStatement, card: MemberCard) -> Iterator[str]:
    roots = dict(zip(card.root_keyids, card.root_keys, strict=True))
    message = signed.envelope.signed_bytes
    for one in signed.envelope.signatures:
        if one.keyid in roots and is_signature(one.sig, message, roots[one.keyid]):
            yield one.keyid


def card_of(card: MemberCard) -> JsonObject:
    """The card as a value, to stand in a charter."""
    value: JsonObject = {
        "member": card.member,
        "role": card.role,
        "carrier": card.carrier,
        "root_threshold": card.root_threshold,
        "root_keys": [print_base64(key) for key in card.root_keys],
        "addresses": list(card.addresses),
        "tls_certificate": card.tls_certificate,
        "tls_spki": card.tls_spki,
    }
    return {**value, "root_seconds": list(card.root_seconds)} if card.root_seconds else value


def read_card(value: JsonValue, *, where: str) -> MemberCard:
    found = object_field(value, _FIELDS, where, optional=("root_seconds",))
    carrier, certificate, spki = found["carrier"], found["tls_certificate"], found["tls_spki"]
    keys = list_field(found["root_keys"], f"{where} root_keys", at_least=1, at_most=MOST_ROOT_KEYS)
    addresses = list_field(found["addresses"], f"{where} addresses", at_most=MOST_ADDRESSES)
    seconds = (
        list_field(found["root_seconds"], f"{where} root_seconds", at_least=1, at_most=MOST_ROOT_KEYS)
        if "root_seconds" in found
        else ()
    )
    return MemberCard(
        member=member_field(found["member"], f"{where} member"),
        role=text_field(found["role"], f"{where} role", at_most=20),
        carrier=None if carrier is None else member_field(carrier, f"{where} carrier"),
        root_threshold=integer_field(found["root_threshold"], f"{where} root_threshold", least=1),
        root_keys=tuple(key_field(key, f"{where} root_keys", length=32) for key in keys),
        addresses=tuple(text_field(one, f"{where} addresses", at_most=200) for one in addresses),
        tls_certificate=None if certificate is None else _read_certificate(certificate, where),
        tls_spki=None if spki is None else hash_field(spki, f"{where} tls_spki"),
        root_seconds=tuple(hash_field(one, f"{where} root_seconds") for one in seconds),
    )


def _read_certificate(value: JsonValue, where: str) -> str:
    return print_base64(key_field(value, f"{where} tls_certificate", at_most=4_096))
