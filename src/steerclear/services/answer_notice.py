# SPDX-License-Identifier: Apache-2.0
"""A desk answers what was sent to it: acknowledged, passed on to the unit, unable to keep clear."""

from __future__ import annotations

from typing import Any, Final

from steerclear.mechanism.bodies import Acknowledge as AcknowledgeBody
from steerclear.mechanism.bodies import Body, Echelon, NoticeFile
from steerclear.mechanism.bodies import Disseminate as DisseminateBody
from steerclear.mechanism.bodies import Unable as UnableBody
from steerclear.mechanism.said import Said
from steerclear.model.time import Instant, parse_typed_instant_us
from steerclear.services.answers import Receipt
from steerclear.services.aside import speak_floor
from steerclear.services.audience import for_answer
from steerclear.services.change_notice import notice_about
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about
from steerclear.services.receipts import receipt
from steerclear.services.requests import Acknowledge, Disseminate, Unable
from steerclear.services.speak import by_desk, speak

__all__ = ["acknowledge", "disseminate", "instant_of", "unable"]

_A_DAY_MS: Final = 86_400_000
_FLOOR: Final = ("stop.", "distress.", "ownership.")


def acknowledge(ledger: Ledger, request: Acknowledge) -> tuple[Receipt, ...]:
    """Received and understood. Of a notice it is the newest version that is acknowledged.

    A STOP, a distress call and a question of ownership are acknowledged while the own log is closed too: who
    called must not go on ringing a desk that has answered.
    """
    said = _newest(ledger, request.about)
    body = AcknowledgeBody(about=said.id, rung=request.rung, read_back=request.read_back)
    if not said.kind.startswith(_FLOOR):
        return _answer(ledger, request.desk, said, body)
    filed = speak_floor(ledger, body, voice=by_desk(request.desk), audience=for_answer(ledger, said))
    return (receipt(ledger, filed),)


def disseminate(ledger: Ledger, request: Disseminate) -> tuple[Receipt, ...]:
    """It reached an echelon; without an expiry it holds until the notice ends."""
    said = _newest(ledger, request.about)
    if request.expires_at is not None:
        expires_at = instant_of(request.expires_at)
    elif said.kind in ("notice.file", "notice.amend"):
        expires_at = Instant(notice_about(ledger, said.id).newest.content.notice().span.end_s * 1_000)
    else:
        expires_at = Instant(ledger.now() + _A_DAY_MS)
    body = DisseminateBody(about=said.id, echelon=Echelon(request.echelon), expires_at=expires_at)
    return _answer(ledger, request.desk, said, body)


def unable(ledger: Ledger, request: Unable) -> tuple[Receipt, ...]:
    """Unable to keep clear; the filer then owes an answer before the start."""
    said = _newest(ledger, request.about)
    body = UnableBody(
        about=said.id, until=instant_of(request.until), part=request.part, because=request.reason
    )
    return _answer(ledger, request.desk, said, body)


def instant_of(text: str) -> Instant:
    """A time as people type it. Raises ``BadInput``."""
    return Instant(parse_typed_instant_us(text) // 1_000)


def _newest(ledger: Ledger, about: str) -> Said[Any]:
    said = said_about(ledger, about)
    if isinstance(said.body, NoticeFile):
        newest: Said[Any] = notice_about(ledger, about).newest.said
        return newest
    return said


def _answer(ledger: Ledger, desk: str, about: Said[Any], body: Body) -> tuple[Receipt, ...]:
    audience = for_answer(ledger, about)
    filed = speak(ledger, body, voice=by_desk(desk), to=audience.to, readers=audience.readers)
    return (receipt(ledger, filed),)
