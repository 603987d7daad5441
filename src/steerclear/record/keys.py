# SPDX-License-Identifier: Apache-2.0
"""Who may sign and open: keys, the roles they hold, and the statement of a root that says so.

    root (k of n, offline, in the charter) ── key.delegate ──► authority · duty · node · witness · recipient
                                           └─ key.revoke ───► from this place in the log on, never again

An Ed25519 key signs, an X25519 key (role ``recipient``) opens, or a hybrid one (recipient.py); an ML-DSA-44
key (role ``witness``) cosigns beside one of Ed25519 (companion.py). ``keyid`` is SHA-256 of the raw key.
What each key is trusted with stands beside its role below.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from steerclear.errors import NotVerified
from steerclear.record.form import (
    desk_field,
    hash_field,
    instant_field,
    key_field,
    list_field,
    object_field,
    print_base64,
    print_instant,
    text_field,
)
from steerclear.record.ijson import JsonObject, JsonValue
from steerclear.record.signature import remember_signed
from steerclear.record.weak import is_weak_ed25519, is_weak_x25519

__all__ = [
    "HYBRID",
    "HYBRID_BYTES",
    "LONGEST_DUTY_MS",
    "MLDSA44",
    "MLDSA44_BYTES",
    "Delegation",
    "Ed25519Signer",
    "KeyRole",
    "KeySigner",
    "Revocation",
    "Signer",
    "delegate_body",
    "keyid_of",
    "read_delegate_body",
    "read_revoke_body",
    "revoke_body",
]

LONGEST_DUTY_MS: Final = 24 * 3_600_000
"""An officer's key is named for at most a day at a time; a week is seven delegations, made ahead."""

MOST_DELEGATIONS: Final = 512

HYBRID: Final = "MLKEM768-X25519"
"""What a delegation says of a recipient key that is more than X25519 (see recipient.py)."""

HYBRID_BYTES: Final = 1_216

MLDSA44: Final = "ML-DSA-44"
"""What a delegation says of a witness key that is not Ed25519."""

MLDSA44_BYTES: Final = 1_312
_KEY_BYTES: Final = 32


class KeyRole(Enum):
    """What a delegated key may do, and what its thief can.

    ``authority``  ratifies, suspends: its thief binds the member to an annex
    ``duty``       speaks for a desk: its thief can file and acknowledge until it expires
    ``node``       signs leaves and checkpoints: its thief can show two members two records, and any
                   member notices at the next cosignature
    ``witness``    cosigns the checkpoints of others: its thief can pretend that this member saw a checkpoint
    ``recipient``  opens what is sealed to the member: its thief reads that day
    """

    AUTHORITY = "authority"
    DUTY = "duty"
    NODE = "node"
    WITNESS = "witness"
    RECIPIENT = "recipient"


class Signer(Protocol):
    """Whoever can sign: a key in memory, in a file, in a token."""

    @property
    def keyid(self) -> str: ...
    def sign(self, message: bytes) -> bytes: ...


class KeySigner(Signer, Protocol):
    """A signer whose public half can be named: 32 raw bytes, Ed25519."""

    @property
    def public(self) -> bytes: ...


@lru_cache(maxsize=4_096)
def keyid_of(public: bytes) -> str:
    """SHA-256 of the raw public key, in hex."""
    return hashlib.sha256(public).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class Ed25519Signer:
    """A signing key in memory (RFC 8032). It prints as its keyid, never as itself."""

    _key: Ed25519PrivateKey
    public: bytes

    @classmethod
    def generate(cls, random: Callable[[int], bytes]) -> Ed25519Signer:
        return cls.from_private_bytes(random(32))

    @classmethod
    def from_private_bytes(cls, raw: bytes) -> Ed25519Signer:
        key = Ed25519PrivateKey.from_private_bytes(raw)
        return cls(key, key.public_key().public_bytes_raw())

    @property
    def keyid(self) -> str:
        return keyid_of(self.public)

    @property
    def private_bytes(self) -> bytes:
        return self._key.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        signature = self._key.sign(message)
        remember_signed(signature, message, self.public)
        return signature

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.keyid})"


@dataclass(frozen=True, slots=True)
class Delegation:
    """A root says: this key holds this role, for this desk, from then (inclusive) until then (exclusive).

    ``public`` 32 raw bytes (Ed25519, or X25519 for a recipient), or 1,216 for a hybrid recipient key, which
    ends in its X25519 half, or 1,312 for an ML-DSA-44 witness key; instants in ms. ``desk`` stands for a duty
    key that speaks for one desk; ``None`` is every desk. ``second`` is the hash of the ML-DSA-65 key that
    signs beside an authority key (see second.py), ``None`` where none does. Raises ``NotVerified``.
    """

    role: KeyRole
    keyid: str
    public: bytes
    desk: str | None
    valid_from: int
    valid_until: int
    second: str | None = None

    def __post_init__(self) -> None:
        lengths = (_KEY_BYTES, _OTHER_BYTES.get(self.role))
        if len(self.public) not in lengths or self.keyid != keyid_of(self.public):
            raise NotVerified(
                "delegation-keyid",
                "A delegated key is not 32 bytes, or its keyid is not the SHA-256 of the key.",
                where=self.keyid,
                remedy="Have the root sign a delegation that names the key by its own hash.",
            )
        is_weak = is_weak_x25519 if self.role is KeyRole.RECIPIENT else is_weak_ed25519
        if not self.is_mldsa44 and is_weak(self.public[-_KEY_BYTES:]):
            raise NotVerified(
                "delegation-weak-key",
                f"The {self.role.value} key is a point for which nobody needs a private key.",
                where=self.keyid,
                remedy="Refuse it; its owner draws a key that holds nobody but them.",
            )
        if self.desk is not None and self.role is not KeyRole.DUTY:
            raise NotVerified(
                "delegation-desk",
                f"A {self.role.value} key speaks for no desk.",
                where=self.keyid,
                remedy="Leave the desk out; only a duty key has one.",
            )
        if self.second is not None and self.role is not KeyRole.AUTHORITY:
            raise NotVerified(
                "delegation-second",
                f"A {self.role.value} key has no second key beside it.",
                where=self.keyid,
                remedy="Leave it out; only roots and authority keys sign twice.",
            )
        if not self.valid_from < self.valid_until:
            raise NotVerified(
                "delegation-time",
                "A delegation ends before it begins.",
                where=self.keyid,
                remedy="Have the root sign one that ends later than it begins.",
            )
        if self.role is KeyRole.DUTY and self.valid_until - self.valid_from > LONGEST_DUTY_MS:
            raise NotVerified(
                "delegation-too-long",
                "A duty key is named for longer than 24 hours.",
                where=self.keyid,
                remedy="Name it for each day by its own delegation; a week can be signed ahead.",
            )

    @property
    def is_hybrid(self) -> bool:
        """Is it a recipient key of ML-KEM-768 and X25519?"""
        return len(self.public) == HYBRID_BYTES

    @property
    def is_mldsa44(self) -> bool:
        """Is it a witness key of ML-DSA-44, which signs nothing but cosignatures?"""
        return len(self.public) == MLDSA44_BYTES

    @property
    def is_ed25519(self) -> bool:
        """May it sign leaves, checkpoints and statements, as far as its kind goes?"""
        return self.role is not KeyRole.RECIPIENT and not self.is_mldsa44

    @classmethod
    def of(
        cls,
        role: KeyRole,
        public: bytes,
        *,
        valid_from: int,
        valid_until: int,
        desk: str | None = None,
        second: str | None = None,
    ) -> Delegation:
        return cls(role, keyid_of(public), public, desk, valid_from, valid_until, second)


@dataclass(frozen=True, slots=True)
class Revocation:
    """A root says: from this place in the log on these keys count for nothing, and never again."""

    keyids: tuple[str, ...]
    reason: str


def delegate_body(delegations: Sequence[Delegation]) -> JsonObject:
    """Body of ``key.delegate``."""
    return {"delegations": [_delegation(one) for one in delegations]}


def read_delegate_body(body: JsonObject) -> tuple[Delegation, ...]:
    """Exact inverse of ``delegate_body``. Raises ``NotVerified``."""
    where = "key.delegate"
    found = object_field(body, ("delegations",), where)
    rows = list_field(found["delegations"], f"{where} delegations", at_least=1, at_most=MOST_DELEGATIONS)
    return tuple(_read_delegation(row, where) for row in rows)


def revoke_body(revocation: Revocation) -> JsonObject:
    """Body of ``key.revoke``."""
    return {"keyids": list(revocation.keyids), "reason": revocation.reason}


def read_revoke_body(body: JsonObject) -> Revocation:
    """Exact inverse of ``revoke_body``. Raises ``NotVerified``."""
    where = "key.revoke"
    found = object_field(body, ("keyids", "reason"), where)
    rows = list_field(found["keyids"], f"{where} keyids", at_least=1, at_most=MOST_DELEGATIONS)
    return Revocation(
        keyids=tuple(hash_field(row, f"{where} keyid") for row in rows),
        reason=text_field(found["reason"], f"{where} reason", at_most=200),
    )


def _delegation(one: Delegation) -> JsonObject:
    row: JsonObject = {
        "role": one.role.value,
        "keyid": one.keyid,
        "public": print_base64(one.public),
        "desk": one.desk,
        "from": print_instant(one.valid_from),
        "until": print_instant(one.valid_until),
    }
    second = {} if one.second is None else {"second": one.second}
    named = HYBRID if one.is_hybrid else MLDSA44 if one.is_mldsa44 else None
    algorithm = {} if named is None else {"algorithm": named}
    return {**row, **second, **algorithm}


def _read_delegation(value: JsonValue, where: str) -> Delegation:
    fields = ("role", "keyid", "public", "desk", "from", "until")
    found = object_field(value, fields, where, optional=("second", "algorithm"))
    role = text_field(found["role"], f"{where} role", at_most=20)
    if role not in _ROLES:
        raise NotVerified(
            "delegation-role",
            f"“{role}” is not a role that a key can hold.",
            where=where,
            remedy="Use a version of the software that knows this role.",
        )
    return Delegation(
        role=_ROLES[role],
        keyid=hash_field(found["keyid"], f"{where} keyid"),
        public=key_field(found["public"], f"{where} public", length=_length_of(found, where)),
        desk=desk_field(found["desk"], f"{where} desk"),
        valid_from=instant_field(found["from"], f"{where} from"),
        valid_until=instant_field(found["until"], f"{where} until"),
        second=hash_field(found["second"], f"{where} second") if "second" in found else None,
    )


def _length_of(found: JsonObject, where: str) -> int:
    """Left out the algorithm is the one of old: one spelling for each key."""
    if "algorithm" not in found:
        return _KEY_BYTES
    length = _LENGTHS.get(str(found["algorithm"]))
    if length is None:
        raise NotVerified(
            "delegation-algorithm",
            "A delegation names a kind of key that is not known here.",
            where=f"{where} algorithm",
            remedy="Use a version of the software that knows this kind of key.",
        )
    return length


_LENGTHS: Final = {HYBRID: HYBRID_BYTES, MLDSA44: MLDSA44_BYTES}
_OTHER_BYTES: Final = {KeyRole.RECIPIENT: HYBRID_BYTES, KeyRole.WITNESS: MLDSA44_BYTES}
_ROLES: Final = {role.value: role for role in KeyRole}
