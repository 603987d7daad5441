# SPDX-License-Identifier: Apache-2.0
"""What does a reader see of the signals at this node? Their own language, English, code, and read-backs.

A language that the member's own reviewer has not signed stands behind English and is marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from steerclear.formats.signals import Rendered, said_to
from steerclear.mechanism.bodies import SignalAnswer, SignalSend
from steerclear.mechanism.lines import SignalRecord
from steerclear.model.signal import FREE_TEXT
from steerclear.model.time import format_instant
from steerclear.services.ledger import Ledger
from steerclear.services.naming import short_of
from steerclear.services.send_signal import message_of

__all__ = ["ReadBackRow", "SignalAnswerRow", "SignalRow", "signals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBackRow:
    """A read-back; ``right`` where it repeats code and slot values exactly."""

    member: str
    at: str
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalAnswerRow:
    """An answer, as the reader sees it."""

    member: str
    at: str
    code: str
    said: tuple[Rendered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRow:
    """A signal that this node can read. ``said`` stands in the order in which it is to be shown.

    ``waits_for`` names the addressees whose read-back is asked for and has not come.
    """

    id: str
    short: str
    author: str
    desk: str | None
    to: tuple[str, ...]
    sent_at: str
    code: str
    read_back: bool
    safety_meaning: bool
    said: tuple[Rendered, ...]
    read_backs: tuple[ReadBackRow, ...]
    waits_for: tuple[str, ...]
    answers: tuple[SignalAnswerRow, ...]


def signals(ledger: Ledger, language: str, reviewed: Mapping[str, str]) -> tuple[SignalRow, ...]:
    """Every signal that this node can read, newest first. Raises ``BadInput`` (``language-unknown``)."""
    rows = (_row(ledger, record, language, reviewed) for record in ledger.view.signals)
    return tuple(sorted(rows, key=lambda row: (row.sent_at, row.id), reverse=True))


def _row(ledger: Ledger, record: SignalRecord, language: str, reviewed: Mapping[str, str]) -> SignalRow:
    sent = record.sent
    first_right = {member: record.understood_at(member) for member in sent.to}
    return SignalRow(
        id=sent.id,
        short=short_of(ledger, sent.id),
        author=sent.author,
        desk=sent.desk,
        to=sent.to,
        sent_at=format_instant(sent.at),
        code=sent.body.code,
        read_back=sent.body.read_back,
        safety_meaning=sent.body.code != FREE_TEXT,
        said=_said(ledger, sent.body, language, reviewed),
        read_backs=tuple(
            ReadBackRow(
                member=back.author,
                at=format_instant(back.at),
                right=(back.body.code, back.body.slots) == (sent.body.code, sent.body.slots),
            )
            for back in record.read_backs
        ),
        waits_for=tuple(member for member, at in first_right.items() if sent.body.read_back and at is None),
        answers=tuple(
            SignalAnswerRow(
                member=answer.author,
                at=format_instant(answer.at),
                code=answer.body.code,
                said=_said(ledger, answer.body, language, reviewed),
            )
            for answer in record.answers
        ),
    )


def _said(
    ledger: Ledger, body: SignalSend | SignalAnswer, language: str, reviewed: Mapping[str, str]
) -> tuple[Rendered, ...]:
    return said_to(message_of(body), language, reviewed, name_of=lambda id_: short_of(ledger, id_))
