# SPDX-License-Identifier: Apache-2.0
"""How a member goes on after a theft or a damaged log: the body of ``log.succeed``, signed by its root.

    {"generation","size","root","reason"}

``generation`` is the new one; ``size`` and ``root`` are the last of the old one that stand. It is the second
entry of the new log and may be carried in any member's log.
"""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.record.form import hash_field, integer_field, object_field, text_field
from steerclear.record.ijson import JsonObject

__all__ = ["Succession", "read_succeed_body", "succeed_body"]


@dataclass(frozen=True, slots=True)
class Succession:
    """``size`` entries under ``root`` (hex) of the generation before ``generation`` stand."""

    generation: int
    size: int
    root: str
    reason: str


def succeed_body(succession: Succession) -> JsonObject:
    return {
        "generation": succession.generation,
        "size": succession.size,
        "root": succession.root,
        "reason": succession.reason,
    }


def read_succeed_body(body: JsonObject) -> Succession:
    """Exact inverse of ``succeed_body``. Raises ``NotVerified``."""
    where = "log.succeed"
    found = object_field(body, ("generation", "size", "root", "reason"), where)
    return Succession(
        generation=integer_field(found["generation"], f"{where} generation", least=1),
        size=integer_field(found["size"], f"{where} size"),
        root=hash_field(found["root"], f"{where} root"),
        reason=text_field(found["reason"], f"{where} reason", at_most=200),
    )
