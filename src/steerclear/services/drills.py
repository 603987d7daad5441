# SPDX-License-Identifier: Apache-2.0
"""Which drill is meant? Only one that is running; what is called without a drill is real."""

from __future__ import annotations

from steerclear.errors import Refused
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about

__all__ = ["running_drill"]


def running_drill(ledger: Ledger, about: str) -> str:
    """The id of the drill that ``about`` names.

    Raises ``BadInput``, and ``Refused`` (``drill-not-running``).
    """
    record = ledger.view.drills.get(said_about(ledger, about).id)
    if record is None or record.ended is not None:
        raise Refused(
            "drill-not-running",
            f"“{about[:40]}” is no drill that is running; nothing was called.",
            where="drill",
            remedy="Start one (steerclear say drill.start) and name it; if it is real, call without a drill.",
        )
    return record.id
