# SPDX-License-Identifier: Apache-2.0
"""A message of the safety floor: STOP, distress, ownership, and the answers to them, valid by itself.

    {"statement":ENVELOPE,"delegations":[ENVELOPE,…]}     at most 16 KiB

It carries its own delegation chain, so it can come by any path and be judged with nothing but the charter.
What cannot be judged (no delegation, an expired key) is acted on and marked UNVERIFIED: the judgement says
which.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from steerclear.errors import BadInput, NotVerified
from steerclear.record.card import is_signed_by_root
from steerclear.record.charter import Charter, mechanism_of
from steerclear.record.form import list_field, object_field
from steerclear.record.identity import require_id_of
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.keybook import Judgement, KeyBook
from steerclear.record.keys import read_delegate_body
from steerclear.record.second import PREFIX
from steerclear.record.statement import SignedStatement, read_signed, signed_of

__all__ = [
    "FLOOR_KINDS",
    "LARGEST_FLOOR",
    "FloorMessage",
    "floor_of",
    "judge_floor",
    "parse_floor",
    "print_floor",
    "read_floor",
    "without_seconds",
]

LARGEST_FLOOR: Final = 16_384
MOST_DELEGATIONS: Final = 8

FLOOR_KINDS: Final = frozenset(
    {
        "stop.call",
        "stop.answer",
        "stop.renew",
        "stop.close",
        "distress.call",
        "distress.answer",
        "distress.close",
        "ownership.ask",
        "ownership.answer",
        "receipt.acknowledge",
        "heard",
    }
)


@dataclass(frozen=True, slots=True)
class FloorMessage:
    """``delegations`` are ``key.delegate`` statements of the same author. Raises ``NotVerified``."""

    statement: SignedStatement
    delegations: tuple[SignedStatement, ...]

    def __post_init__(self) -> None:
        said = self.statement.statement
        if said.kind not in FLOOR_KINDS:
            raise NotVerified(
                "floor-kind",
                f"A {said.kind} is no message of the safety floor.",
                where=f"floor {said.id}",
                remedy="Refuse it on this path; it counts only in its author's log.",
            )
        for one in self.delegations:
            if one.statement.kind != "key.delegate" or one.statement.author != said.author:
                raise NotVerified(
                    "floor-delegation",
                    "A floor message carries something else than its author's delegations.",
                    where=f"floor {said.id}",
                    remedy="Ask the sender for the original bytes; do not repair them.",
                )


def print_floor(message: FloorMessage) -> bytes:
    """Raises ``BadInput`` (``floor-too-large``) beyond 16 KiB."""
    data = print_ijson(floor_of(message))
    if len(data) > LARGEST_FLOOR:
        raise BadInput(
            "floor-too-large",
            f"The message has {len(data):,} bytes; a floor message holds at most {LARGEST_FLOOR:,}.",
            remedy="Shorten it, and delegate the duty keys in a statement of their own.",
        )
    return data


def parse_floor(data: bytes) -> FloorMessage:
    """Exact inverse of ``print_floor``. Judges the form, not the signatures. Raises ``NotVerified``."""
    if len(data) > LARGEST_FLOOR:
        raise NotVerified(
            "floor-oversize",
            f"The message has {len(data):,} bytes; a floor message holds at most {LARGEST_FLOOR:,}.",
            remedy="Refuse it: no node of this mechanism sends such a message.",
        )
    return read_floor(parse_ijson(data, where="floor message"), where="floor message")


def without_seconds(signed: SignedStatement) -> SignedStatement:
    """A delegation as a floor message carries it: with k second signatures it would leave no room for a STOP,
    and a STOP is judged by the first ones alone."""
    envelope = signed.envelope
    kept = tuple(one for one in envelope.signatures if not one.keyid.startswith(PREFIX))
    return replace(signed, envelope=replace(envelope, signatures=kept))


def floor_of(message: FloorMessage) -> JsonObject:
    """The message as a value, to stand inside another form."""
    return {
        "statement": signed_of(message.statement),
        "delegations": [signed_of(one) for one in message.delegations],
    }


def read_floor(value: JsonValue, *, where: str) -> FloorMessage:
    found = object_field(value, ("statement", "delegations"), where)
    rows = list_field(found["delegations"], f"{where} delegations", at_most=MOST_DELEGATIONS)
    return FloorMessage(
        statement=read_signed(found["statement"], where=f"{where} statement"),
        delegations=tuple(read_signed(row, where=f"{where} delegation") for row in rows),
    )


def judge_floor(message: FloorMessage, charter: Charter, *, at: int) -> Judgement:
    """What its signatures are worth at ``at`` (ms), by the delegations it carries and the charter's roots.

    Raises ``NotVerified`` only for what is not of this mechanism or stands under the id of somebody else. A
    delegation that no root signed names nobody, and the message stands under an unknown key: acted on,
    marked UNVERIFIED.
    """
    mechanism, said = mechanism_of(charter), message.statement.statement
    if said.mechanism != mechanism:
        raise NotVerified(
            "floor-other-mechanism",
            "The message belongs to another mechanism.",
            where=f"floor {said.id}",
            remedy="Refuse it here; nothing passes from one mechanism to another by itself.",
        )
    book = KeyBook(charter.card(said.author))
    require_id_of(said.id, (said.author,), mechanism=mechanism, where=f"floor {said.id}")
    for one in message.delegations:
        if one.statement.mechanism == mechanism and is_signed_by_root(one, book.card):
            book.delegate(read_delegate_body(one.statement.body), seq=0)
    return book.judge(message.statement, at=at)
