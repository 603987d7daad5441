# SPDX-License-Identifier: Apache-2.0
"""Whose id is this? Every id is bound to its author, so that nobody can say something under another's.

    id      = random ‖ binding                                                   12 + 4 bytes, in hex
    binding = first 4 bytes of SHA-256("steerclear/id/v1\\n" ‖ mechanism ‖ "\\n" ‖ author ‖ "\\n" ‖ random)

Mechanism (64 hex digits) and author stand as ASCII. Whoever wants to say something under an id that stands
already has nothing to vary: the binding of those twelve bytes to their own name is what it is, and fits with
a chance of one in 2^32.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.form import ID

__all__ = ["fresh_id", "is_id_of", "require_id_of"]

_TAG: Final = "steerclear/id/v1"
_RANDOM_BYTES: Final = 12
_BOUND_BYTES: Final = 4


def fresh_id(random: Callable[[int], bytes], *, mechanism: str, author: str) -> str:
    """A new id of ``author``: 96 random bits, and 32 that bind them to the author and the mechanism."""
    drawn = random(_RANDOM_BYTES)
    return (drawn + _binding(drawn, mechanism, author)).hex()


def is_id_of(identity: str, *, mechanism: str, author: str) -> bool:
    """Did ``author`` draw this id, in this mechanism? False for what is no id at all."""
    if not ID.fullmatch(identity):
        return False
    raw = bytes.fromhex(identity)
    return raw[_RANDOM_BYTES:] == _binding(raw[:_RANDOM_BYTES], mechanism, author)


def require_id_of(identity: str, authors: Iterable[str], *, mechanism: str, where: str) -> None:
    """Refuse an id that none of ``authors`` drew: it could take the place of what somebody else said."""
    allowed = tuple(authors)
    if not any(is_id_of(identity, mechanism=mechanism, author=author) for author in allowed):
        raise NotVerified(
            "id-of-another",
            f"The id {identity} was not drawn by {' or '.join(allowed)}.",
            where=where,
            remedy="Refuse it, and keep it as proof: an id is its author's alone.",
        )


def _binding(drawn: bytes, mechanism: str, author: str) -> bytes:
    """Neither a hash nor a member's name holds a newline, so no two of these print alike."""
    bound = "\n".join((_TAG, mechanism, author, "")).encode("ascii") + drawn
    return hashlib.sha256(bound).digest()[:_BOUND_BYTES]
