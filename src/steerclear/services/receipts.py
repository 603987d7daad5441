# SPDX-License-Identifier: Apache-2.0
"""What does the sender get? The place in the own log, and who can read it. Only after the disk has it."""

from __future__ import annotations

from collections.abc import Sequence

from steerclear.model.time import format_instant
from steerclear.services.answers import GateRow, Receipt
from steerclear.services.ledger import Filed, Ledger
from steerclear.services.naming import short_of

__all__ = ["receipt"]


def receipt(ledger: Ledger, filed: Filed, *, ref: str | None = None, gate: Sequence[GateRow] = ()) -> Receipt:
    return Receipt(
        id=filed.id,
        short=short_of(ledger, filed.id),
        kind=filed.kind,
        ref=ref,
        filed_at=format_instant(filed.at),
        seq=filed.seq,
        root=filed.root,
        sealed_to=filed.sealed_to,
        gate=tuple(gate),
    )
