# SPDX-License-Identifier: Apache-2.0
"""What a node says by itself: I have these entries, and could not open those. The body of ``node.beat``.

    {"unreadable":[{"author","id","reason"},…]}

The entry's heads are the receipt; the body takes back what could not be opened. Signed by the node key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from steerclear.record.form import id_field, list_field, member_field, object_field, text_field
from steerclear.record.ijson import JsonObject, JsonValue

__all__ = ["Unreadable", "beat_body", "read_beat_body"]

MOST_UNREADABLE: Final = 200


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A statement that was delivered and cannot be read: its log's ``author``, its ``id``, perhaps why."""

    author: str
    id: str
    reason: str | None = None


def beat_body(unreadable: Sequence[Unreadable] = ()) -> JsonObject:
    return {"unreadable": [{"author": one.author, "id": one.id, "reason": one.reason} for one in unreadable]}


def read_beat_body(body: JsonObject) -> tuple[Unreadable, ...]:
    """Exact inverse of ``beat_body``. Raises ``NotVerified``."""
    where = "node.beat"
    found = object_field(body, ("unreadable",), where)
    rows = list_field(found["unreadable"], f"{where} unreadable", at_most=MOST_UNREADABLE)
    return tuple(_read_unreadable(row, where) for row in rows)


def _read_unreadable(value: JsonValue, where: str) -> Unreadable:
    found = object_field(value, ("author", "id", "reason"), f"{where} unreadable")
    reason = found["reason"]
    return Unreadable(
        author=member_field(found["author"], f"{where} author"),
        id=id_field(found["id"], f"{where} id"),
        reason=None if reason is None else text_field(reason, f"{where} reason", at_most=200),
    )
