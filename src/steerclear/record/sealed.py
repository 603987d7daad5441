# SPDX-License-Identifier: Apache-2.0
"""The form of a sealed statement: what everybody sees of what only its recipients can read.

    {"commitment","ciphertext"|"blobs","wraps":[{"member","keyid","wrapped"},…],"id"[,"shown"]}

Everybody sees the size class, the recipients, the id and the time; and thread, class and desk only where
the annex shows them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.form import (
    hash_field,
    id_field,
    key_field,
    list_field,
    member_field,
    object_field,
    print_base64,
)
from steerclear.record.ijson import JsonObject, JsonValue

__all__ = ["SealedStatement", "Shown", "Wrap", "read_sealed", "sealed_of"]

MOST_RECIPIENTS: Final = 128
MOST_BLOBS: Final = 64
"""64 KiB each: what is sealed beside an entry has at most 4 MiB."""

WRAPPED_BYTES: Final = 32 + 64 + 16
"""Encapsulated X25519 key, content key with salt, AES-GCM tag."""

HYBRID_WRAPPED_BYTES: Final = 1_088 + WRAPPED_BYTES
"""… with the ML-KEM-768 ciphertext before it."""

_CLASS: Final = re.compile(r"[A-Z]{2,16}", re.ASCII)
_SHOWN_DESK: Final = re.compile(r"([A-Z][A-Z0-9]{1,11} )?[a-z][a-z0-9-]{0,23}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wrap:
    """Content key and salt, wrapped for one key of one member."""

    member: str
    keyid: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What a node that cannot open may know, so that a ladder can climb: each ``None`` where hidden.

    ``thread`` the id of the statement that began it; ``urgency`` its class (``STOP`` … ``ROUTINE``), printed
    as ``class``; ``desk`` the desk that owes, as ``air`` or ``ISR air``. Raises ``NotVerified``.
    """

    thread: str | None
    urgency: str | None
    desk: str | None

    def __post_init__(self) -> None:
        if self.thread is not None:
            id_field(self.thread, "shown thread")
        if self.urgency is not None and not _CLASS.fullmatch(self.urgency):
            raise NotVerified(
                "shown-class",
                "The class that is shown is not a word in capitals.",
                where="shown class",
                remedy="Name a class of the response annex, as STOP or ROUTINE.",
            )
        if self.desk is not None and not _SHOWN_DESK.fullmatch(self.desk):
            raise NotVerified(
                "shown-desk",
                "The desk that is shown is not a desk's name.",
                where="shown desk",
                remedy="Name it as air, or as ISR air.",
            )


@dataclass(frozen=True, slots=True)
class SealedStatement:
    """``commitment`` hex; either ``ciphertext`` or ``blobs`` (hashes, hex); ``wraps`` by member and keyid.

    Raises ``NotVerified`` for a field out of form.
    """

    commitment: str
    ciphertext: bytes | None
    blobs: tuple[str, ...] | None
    wraps: tuple[Wrap, ...]
    id: str
    shown: Shown | None

    def __post_init__(self) -> None:
        where = f"sealed {self.id}"
        places = [(wrap.member, wrap.keyid) for wrap in self.wraps]
        if any(earlier >= later for earlier, later in pairwise(places)):
            raise NotVerified(
                "wraps-unordered",
                "The recipients do not stand in order of member and key, each once.",
                where=where,
                remedy="Ask the sender for the original bytes; do not repair them.",
            )
        if (self.ciphertext is None) == (self.blobs is None):
            raise NotVerified(
                "sealed-content",
                "A sealed statement has either a ciphertext or blobs.",
                where=where,
                remedy="Ask the sender for the original bytes; do not repair them.",
            )
        if self.ciphertext is not None and not _is_padded(len(self.ciphertext)):
            raise NotVerified(
                "sealed-size",
                "The ciphertext is not padded to a power of two of at least 1,024 bytes.",
                where=where,
                remedy="Ask the sender for the original bytes; do not repair them.",
            )
        if self.blobs is not None and len(self.blobs) & (len(self.blobs) - 1):
            raise NotVerified(
                "sealed-size",
                "The number of blobs is not a power of two, and would tell the size of what they hold.",
                where=where,
                remedy="Ask the sender for the original bytes; do not repair them.",
            )

    @property
    def recipients(self) -> frozenset[str]:
        return frozenset(wrap.member for wrap in self.wraps)


def sealed_of(sealed: SealedStatement) -> JsonObject:
    """The sealed statement as a value, to stand in a leaf."""
    content: JsonObject = (
        {"blobs": list(sealed.blobs)}
        if sealed.blobs is not None
        else {"ciphertext": print_base64(sealed.ciphertext or b"")}
    )
    wraps = [
        {"member": one.member, "keyid": one.keyid, "wrapped": print_base64(one.wrapped)}
        for one in sealed.wraps
    ]
    shown = {} if sealed.shown is None else {"shown": _shown(sealed.shown)}
    return {"commitment": sealed.commitment, **content, "wraps": wraps, "id": sealed.id, **shown}


def read_sealed(value: JsonValue, *, where: str) -> SealedStatement:
    """Exact inverse of ``sealed_of``. Raises ``NotVerified``."""
    content = "blobs" if isinstance(value, dict) and "blobs" in value else "ciphertext"
    found = object_field(value, ("commitment", content, "wraps", "id"), where, optional=("shown",))
    ciphertext, blobs = None, None
    if content == "ciphertext":
        ciphertext = key_field(found[content], f"{where} ciphertext")
    else:
        rows = list_field(found[content], f"{where} blobs", at_least=1, at_most=MOST_BLOBS)
        blobs = tuple(hash_field(row, f"{where} blobs") for row in rows)
    wraps = list_field(found["wraps"], f"{where} wraps", at_least=1, at_most=MOST_RECIPIENTS)
    return SealedStatement(
        commitment=hash_field(found["commitment"], f"{where} commitment"),
        ciphertext=ciphertext,
        blobs=blobs,
        wraps=tuple(_read_wrap(wrap, where) for wrap in wraps),
        id=id_field(found["id"], f"{where} id"),
        shown=_read_shown(found["shown"], where) if "shown" in found else None,
    )


def _shown(shown: Shown) -> JsonObject:
    return {"thread": shown.thread, "class": shown.urgency, "desk": shown.desk}


def _read_wrap(value: JsonValue, where: str) -> Wrap:
    found = object_field(value, ("member", "keyid", "wrapped"), f"{where} wrap")
    return Wrap(
        member=member_field(found["member"], f"{where} wrap member"),
        keyid=hash_field(found["keyid"], f"{where} wrap keyid"),
        wrapped=_wrapped_field(found["wrapped"], f"{where} wrapped"),
    )


def _wrapped_field(value: JsonValue, where: str) -> bytes:
    plain = isinstance(value, str) and len(value) < HYBRID_WRAPPED_BYTES
    return key_field(value, where, length=WRAPPED_BYTES if plain else HYBRID_WRAPPED_BYTES)


def _read_shown(value: JsonValue, where: str) -> Shown:
    found = object_field(value, ("thread", "class", "desk"), f"{where} shown")
    return Shown(
        thread=_text_or_none(found["thread"], where),
        urgency=_text_or_none(found["class"], where),
        desk=_text_or_none(found["desk"], where),
    )


def _text_or_none(value: JsonValue, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise NotVerified(
        "shown-form",
        "What is shown of a sealed statement is neither text nor null.",
        where=f"{where} shown",
        remedy="Ask the sender for the original bytes; do not repair them.",
    )


def _is_padded(size: int) -> bool:
    return size >= 1_024 and size & (size - 1) == 0
