# SPDX-License-Identifier: Apache-2.0
"""When does the machine itself say that it is there? Soon after others spoke, and every ten minutes."""

from __future__ import annotations

from typing import Final

from steerclear.mechanism.bodies import NodeBeat
from steerclear.model.time import Instant
from steerclear.record.beat import Unreadable
from steerclear.services.ledger import Filed, Ledger
from steerclear.services.speak import by_node, speak

__all__ = ["beat_if_owed", "next_beat_at"]

LONGEST_SILENCE_MS: Final = 10 * 60_000
"""Design file 3: at least every ten minutes."""

MOST_NAMED: Final = 200


def next_beat_at(ledger: Ledger) -> Instant:
    """When the log has been silent for too long."""
    return Instant(ledger.own.last_at + LONGEST_SILENCE_MS)


def beat_if_owed(ledger: Ledger) -> Filed | None:
    """Write a beat if entries wait for their receipt or the log was silent too long."""
    # A beat is also how a node that could not write finds out that it can again.
    is_due = ledger.beat_owed or ledger.refuses_because is not None or ledger.now() >= next_beat_at(ledger)
    if not ledger.own.size or not is_due:
        return None
    named = list(ledger.unreadable.items())[:MOST_NAMED]
    beat = NodeBeat(tuple(Unreadable(author, id_, why[:200]) for id_, (author, why) in named))
    filed = speak(ledger, beat, voice=by_node())
    for id_, _ in named:
        del ledger.unreadable[id_]
    ledger.beat_owed = bool(ledger.unreadable)
    return filed
