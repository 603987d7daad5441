# SPDX-License-Identifier: Apache-2.0
"""When too many bells ring at one desk, which still ring? STOP and distress; the rest becomes one bell.

    up to ten in ten minutes     each rings
    above                        STOP and distress ring; one bell for each rung stands for all others

A desk that hears a bell every half minute hears none (design file 6). What folds is not lost: it is owed,
climbs and stands in the inbox as before.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Final

from steerclear.links.notifier import Alarm
from steerclear.model.time import Instant

__all__ = ["MANY", "MOST_BELLS", "WITHIN_MS", "Folding"]

MOST_BELLS: Final = 10
WITHIN_MS: Final = 600_000

MANY: Final = "many"
"""The cause of the one bell that stands for the others."""


class Folding:
    """Remembers what sounded at each desk of a node within the last ten minutes."""

    def __init__(self) -> None:
        self._sounded: dict[str, deque[Instant]] = {}
        self._folded_at: dict[tuple[str, int], Instant] = {}

    def heard(self, alarm: Alarm, *, always: bool) -> Alarm | None:
        """The alarm as it rings, the one that stands for many, or ``None`` where that one has rung.

        ``always``: STOP and distress. What makes no sound is handed on as it is.
        """
        if not alarm.sounds:
            return alarm
        sounded = self._sounded.setdefault(alarm.desk, deque())
        while sounded and sounded[0] <= alarm.at - WITHIN_MS:
            sounded.popleft()
        if not always and len(sounded) >= MOST_BELLS:
            return self._as_one(alarm, sounded)
        sounded.append(alarm.at)
        return alarm

    def _as_one(self, alarm: Alarm, sounded: deque[Instant]) -> Alarm | None:
        """Each rung is somebody else: the first that folds at it still calls there."""
        folded_at = self._folded_at.get((alarm.desk, alarm.rung))
        if folded_at is not None and folded_at > alarm.at - WITHIN_MS:
            return None
        self._folded_at[alarm.desk, alarm.rung] = alarm.at
        sounded.append(alarm.at)
        return replace(alarm, cause=MANY, about=alarm.desk)
