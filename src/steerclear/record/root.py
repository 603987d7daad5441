# SPDX-License-Identifier: Apache-2.0
"""Which root keys does a member have, of which how many must sign? What leaves the offline machine first.

    {"form":"steerclear root 1","threshold","keys":[KEY,…][,"seconds":[HASH,…]]}

Nothing in it is secret. The member's card is made of it, and from then on it never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from steerclear.errors import BadInput, NotVerified
from steerclear.record.card import MOST_ROOT_KEYS
from steerclear.record.form import (
    hash_field,
    integer_field,
    key_field,
    list_field,
    object_field,
    print_base64,
)
from steerclear.record.ijson import JsonObject, parse_ijson, print_ijson
from steerclear.record.keys import keyid_of
from steerclear.record.weak import is_weak_ed25519

__all__ = ["RootKeys", "parse_root", "print_root"]

_FORM: Final = "steerclear root 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RootKeys:
    """``keys`` raw Ed25519 public keys, of which ``threshold`` must sign; ``seconds`` the hashes of the
    ML-DSA-65 keys beside them, or empty. Raises ``BadInput`` (``root-form``)."""

    threshold: int
    keys: tuple[bytes, ...]
    seconds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        fits = 1 <= self.threshold <= len(set(self.keys)) == len(self.keys) <= MOST_ROOT_KEYS
        seconds_fit = not self.seconds or len(set(self.seconds)) == len(self.keys)
        if not fits or not seconds_fit or any(is_weak_ed25519(key) for key in self.keys):
            raise BadInput(
                "root-form",
                f"{self.threshold} of {len(self.keys)} keys cannot be a root.",
                remedy=f"Give 1 to {MOST_ROOT_KEYS} different keys and a threshold within them.",
            )

    @property
    def keyids(self) -> tuple[str, ...]:
        return tuple(keyid_of(key) for key in self.keys)


def print_root(root: RootKeys) -> bytes:
    value: JsonObject = {
        "form": _FORM,
        "threshold": root.threshold,
        "keys": [print_base64(key) for key in root.keys],
    }
    return print_ijson({**value, "seconds": list(root.seconds)} if root.seconds else value)


def parse_root(data: bytes) -> RootKeys:
    """Exact inverse of ``print_root``. Raises ``NotVerified``, or ``BadInput`` for what can be no root."""
    where = "root"
    found = object_field(
        parse_ijson(data, where=where), ("form", "threshold", "keys"), where, optional=("seconds",)
    )
    if found["form"] != _FORM:
        raise NotVerified(
            "root-unknown-form",
            "This file does not hold the public keys of a root.",
            where=where,
            remedy="Give the file root.json that steerclear keys root made.",
        )
    keys = list_field(found["keys"], f"{where} keys", at_least=1, at_most=MOST_ROOT_KEYS)
    seconds = (
        list_field(found["seconds"], f"{where} seconds", at_least=1, at_most=MOST_ROOT_KEYS)
        if "seconds" in found
        else ()
    )
    return RootKeys(
        threshold=integer_field(found["threshold"], f"{where} threshold", least=1),
        keys=tuple(key_field(key, f"{where} keys", length=32) for key in keys),
        seconds=tuple(hash_field(one, f"{where} seconds") for one in seconds),
    )
