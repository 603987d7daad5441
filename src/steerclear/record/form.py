# SPDX-License-Identifier: Apache-2.0
"""Is this field spelled as the record spells it? One reader for each kind of field.

Every form of the record is read through these. They raise ``NotVerified`` and name the field; they repair
nothing. Spellings: hashes and ids lower-case hex, keys and signatures padded base64 (RFC 4648, 4) in its
canonical form, instants RFC 3339 with three decimals and Z.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.ijson import LARGEST, JsonObject, JsonValue

__all__ = [
    "HASH",
    "ID",
    "desk_field",
    "flag_field",
    "hash_field",
    "id_field",
    "instant_field",
    "integer_field",
    "key_field",
    "list_field",
    "member_field",
    "object_field",
    "print_base64",
    "print_instant",
    "text_field",
]

HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MEMBER: Final = re.compile(r"[A-Z][A-Z0-9]{1,11}", re.ASCII)
_DESK: Final = re.compile(r"[a-z][a-z0-9-]{0,23}", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_LAST_MS: Final = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
_ASK: Final = "Ask the sender for the original bytes; do not repair them."


def object_field(
    value: JsonValue, names: tuple[str, ...], where: str, *, optional: tuple[str, ...] = ()
) -> JsonObject:
    """An object with exactly ``names`` in this order, then any of ``optional`` in theirs."""
    if isinstance(value, dict):
        present = tuple(value)
        if present == names or present == (*names, *(name for name in optional if name in value)):
            return value
    raise NotVerified(
        "form-fields",
        f"This is not an object with the fields {', '.join(names)} in this order.",
        where=where,
        remedy=_ASK,
    )


def list_field(value: JsonValue, where: str, *, at_most: int, at_least: int = 0) -> Sequence[JsonValue]:
    if isinstance(value, list) and at_least <= len(value) <= at_most:
        return value
    raise NotVerified(
        "form-list", f"This is not a list of {at_least} to {at_most} items.", where=where, remedy=_ASK
    )


def text_field(value: JsonValue, where: str, *, at_most: int, at_least: int = 1) -> str:
    """Printable text: no control characters, so that no face can be made to show another line."""
    if isinstance(value, str) and at_least <= len(value) <= at_most and value.isprintable():
        return value
    raise NotVerified(
        "form-text",
        f"This is not a printable text of {at_least} to {at_most} characters.",
        where=where,
        remedy=_ASK,
    )


def integer_field(value: JsonValue, where: str, *, least: int = 0, most: int = LARGEST) -> int:
    if type(value) is int and least <= value <= most:
        return value
    raise NotVerified(
        "form-integer", f"This is not an integer from {least} to {most}.", where=where, remedy=_ASK
    )


def flag_field(value: JsonValue, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise NotVerified("form-flag", "This is neither true nor false.", where=where, remedy=_ASK)


def hash_field(value: JsonValue, where: str) -> str:
    if isinstance(value, str) and HASH.fullmatch(value):
        return value
    raise NotVerified(
        "form-hash", "This is not a SHA-256 hash in 64 lower-case hex digits.", where=where, remedy=_ASK
    )


def id_field(value: JsonValue, where: str) -> str:
    if isinstance(value, str) and ID.fullmatch(value):
        return value
    raise NotVerified("form-id", "This is not an id of 32 lower-case hex digits.", where=where, remedy=_ASK)


def member_field(value: JsonValue, where: str) -> str:
    if isinstance(value, str) and _MEMBER.fullmatch(value):
        return value
    raise NotVerified(
        "form-member",
        "This is not a member's name: 2 to 12 capital letters or digits, starting with a letter.",
        where=where,
        remedy=_ASK,
    )


def desk_field(value: JsonValue, where: str) -> str | None:
    if value is None or (isinstance(value, str) and _DESK.fullmatch(value)):
        return value
    raise NotVerified(
        "form-desk",
        "This is neither null nor a desk's name in lower-case letters, digits and hyphens.",
        where=where,
        remedy=_ASK,
    )


def key_field(value: JsonValue, where: str, *, length: int | None = None, at_most: int = 65_535) -> bytes:
    """Bytes in canonical padded base64, of exactly ``length`` bytes where one is given."""
    if isinstance(value, str):
        try:
            raw = binascii.a2b_base64(value, strict_mode=True)
        except ValueError:
            raw = b""
        if print_base64(raw) == value and len(raw) <= at_most and length in (None, len(raw)):
            return raw
    raise NotVerified(
        "form-base64",
        f"This is not {length if length is not None else f'up to {at_most}'} bytes in padded base64.",
        where=where,
        remedy=_ASK,
    )


def instant_field(value: JsonValue, where: str) -> int:
    """Milliseconds since 1970 in UTC, leap seconds not counted."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            at = (datetime.fromisoformat(value) - _EPOCH) // _MILLISECOND
        except ValueError:
            at = -1
        if at >= 0:
            return at
    raise NotVerified(
        "form-instant",
        "This is not an instant written as 2025-04-09T08:00:00.000Z.",
        where=where,
        remedy=_ASK,
    )


def print_instant(at: int) -> str:
    """Exact inverse of ``instant_field``; ``at`` in milliseconds."""
    if not 0 <= at <= _LAST_MS:
        raise NotVerified(
            "form-instant",
            f"{at} ms is not an instant between 1970 and 9999.",
            remedy="Check the clock of the machine that made it.",
        )
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def print_base64(raw: bytes) -> str:
    """Padded base64, RFC 4648 section 4."""
    return binascii.b2a_base64(raw, newline=False).decode("ascii")
