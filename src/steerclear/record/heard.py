# SPDX-License-Identifier: Apache-2.0
"""Who has heard a floor message: the body of ``heard``. Anybody's files it, the addressee's delivers it.

    {"author","id","message"[,"floor"]}

``message`` is the SHA-256 of the printed statement, so it names exactly the bytes that were heard. ``floor``
carries the message itself onward in the log of whoever heard it, which makes that log one more path.
"""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.errors import NotVerified
from steerclear.record.floor import FloorMessage, floor_of, read_floor
from steerclear.record.form import hash_field, id_field, member_field, object_field
from steerclear.record.ijson import JsonObject
from steerclear.record.statement import statement_hash

__all__ = ["Heard", "heard_body", "heard_of", "read_heard_body"]


@dataclass(frozen=True, slots=True)
class Heard:
    """A floor message by ``author`` with the statement ``id`` and hash ``message`` (hex), perhaps whole."""

    author: str
    id: str
    message: str
    floor: FloorMessage | None = None

    def __post_init__(self) -> None:
        if self.floor is not None and heard_of(self.floor) != (self.author, self.id, self.message):
            raise NotVerified(
                "heard-other-message",
                "A “heard” carries another message than the one that it names.",
                where=f"heard {self.id}",
                remedy="Refuse it; ask the author of the message for the original.",
            )


def heard_of(message: FloorMessage) -> tuple[str, str, str]:
    """Author, id and hash of a floor message."""
    said = message.statement.statement
    return said.author, said.id, statement_hash(message.statement)


def heard_body(heard: Heard) -> JsonObject:
    carried: JsonObject = {} if heard.floor is None else {"floor": floor_of(heard.floor)}
    return {"author": heard.author, "id": heard.id, "message": heard.message, **carried}


def read_heard_body(body: JsonObject) -> Heard:
    """Exact inverse of ``heard_body``. Raises ``NotVerified``."""
    where = "heard"
    found = object_field(body, ("author", "id", "message"), where, optional=("floor",))
    return Heard(
        author=member_field(found["author"], f"{where} author"),
        id=id_field(found["id"], f"{where} id"),
        message=hash_field(found["message"], f"{where} message"),
        floor=read_floor(found["floor"], where=f"{where} floor") if "floor" in found else None,
    )
