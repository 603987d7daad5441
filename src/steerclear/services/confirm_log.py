# SPDX-License-Identifier: Apache-2.0
"""Nobody can be asked, and a person says: our log ends where it stands here. Written down as ``log.resume``.

It is refused where it is known that the log went farther: then only the other members' mirrors help, or a
succession that the root signs.
"""

from __future__ import annotations

from steerclear.errors import BadInput
from steerclear.links.keystore import KeyName
from steerclear.record.identity import fresh_id
from steerclear.record.resume import RESUME, Resume, resume_body
from steerclear.record.statement import SignedStatement, Statement, sign_statement
from steerclear.services.answers import Receipt
from steerclear.services.ledger import Draft, Ledger
from steerclear.services.receipts import receipt
from steerclear.services.requests import ConfirmLog

__all__ = ["confirm_log"]

_LONGEST_REASON = 200


def confirm_log(ledger: Ledger, request: ConfirmLog) -> tuple[Receipt, ...]:
    """Go on with the own log, unasked. Raises ``Refused`` (``own-log-open``, ``own-log-behind``)."""
    reason = request.reason.strip()
    if not reason.isprintable() or not 1 <= len(reason) <= _LONGEST_REASON:
        raise BadInput(
            "confirm-reason",
            f"The reason is not one line of 1 to {_LONGEST_REASON} characters.",
            where="reason",
            remedy="Say in one line why nobody can be asked; it stands in the record.",
        )
    own = ledger.own
    ledger.continuity.confirm(own, ledger.now())
    try:
        signed = _signed(
            ledger, Resume(size=own.size, root=own.root, heard=ledger.continuity.heard, reason=reason)
        )
        (filed,) = ledger.append([Draft(signed, signed)])
    except BaseException:
        ledger.continuity.withdraw()
        raise
    return (receipt(ledger, filed),)


def _signed(ledger: Ledger, resume: Resume) -> SignedStatement:
    statement = Statement(
        mechanism=ledger.mechanism,
        author=ledger.me,
        desk=None,
        id=fresh_id(ledger.randomness.bytes, mechanism=ledger.mechanism, author=ledger.me),
        kind=RESUME,
        to=(),
        at=ledger.now(),
        body=resume_body(resume),
    )
    return sign_statement(statement, [ledger.keys.signer(KeyName("node"))])
