# SPDX-License-Identifier: Apache-2.0
"""Is this call a drill? Only if it names a drill that everybody was told of, and that was running then.

A call that names anything else is shown and rung as the real thing: it costs a desk some minutes, where the
other mistake would cost lives.
"""

from __future__ import annotations

from steerclear.errors import Refused
from steerclear.mechanism.calls import CallRecord
from steerclear.mechanism.view import View
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about

__all__ = ["drill_of_call", "running_drill"]


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


def drill_of_call(view: View, record: CallRecord) -> str | None:
    """What the drill is called that this alarm belongs to; ``None``: it is real."""
    named = record.calls[0].body.drill
    drill = view.drills.get(named) if named is not None else None
    if drill is None or (drill.ended is not None and drill.ended.at < record.at):
        return None
    return drill.started.body.name
