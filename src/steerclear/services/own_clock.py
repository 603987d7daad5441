# SPDX-License-Identifier: Apache-2.0
"""How far is the own clock behind, as two others bear out? Our bells do not wait until it shows the time.

    our clock says 10:00, two others wrote before that at 10:01 ──► what came then came at 10:01, for all
                                                              ──► and 10:01 is now, for our bells

Every rule counts by the held time of an entry (ADR 110). A node whose clock is behind would call a desk only
when its own clock came to show that time: for a STOP a minute late, by a clock that is a minute slow.
"""

from __future__ import annotations

from typing import Final

from steerclear.mechanism.entry import Place
from steerclear.model.time import Instant
from steerclear.services.ledger import Ledger

__all__ = ["behind_ms", "now_for_bells"]

_NEWEST: Final = 24
"""Of so many own entries the largest difference counts; a clock that was set right is behind until they pass,
and rings earlier by what it was behind, never later."""


def behind_ms(ledger: Ledger) -> int:
    """By how much two others bear out that the own clock is slow; 0 where they do not."""
    times = ledger.view.book.times
    if not times:
        return 0
    own = ledger.own
    newest = (Place(ledger.me, own.generation, seq) for seq in range(max(0, own.size - _NEWEST), own.size))
    held = (time for place in newest if (time := times.get(place)) is not None and not time.doubtful)
    return max((time.held - time.claimed for time in held if time.held > time.claimed), default=0)


def now_for_bells(ledger: Ledger) -> Instant:
    """What our bells go by: the own clock, and what it is known to be behind."""
    return Instant(ledger.now() + behind_ms(ledger))
