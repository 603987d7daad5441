# SPDX-License-Identifier: Apache-2.0
"""Which machine has gone dead, so that our desks hear of it? A dead line rings once, and is nobody's silence.

    word by any path ──a minute without any line, or 20 minutes without a beat──► rings, once for all lost
           └◄──────────────────────── word again ────────────────────────────────┘

A member whose own line to us is down still speaks through the host: its beats come, one every ten minutes. It
is dead when two of them are missing. Where no line at all is up nothing can come by another way, and a minute
is enough. Several that are lost together are one bell: the cause is more likely at home than at each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from steerclear.links.notifier import LINE_DOWN, Alarm
from steerclear.mechanism.annexes import MechanismState
from steerclear.model.time import Instant
from steerclear.services.beat import LONGEST_SILENCE_MS
from steerclear.services.inbox import own_desks
from steerclear.services.ledger import Ledger
from steerclear.services.status import Heard

__all__ = ["LineBell"]

CUT_OFF_MS: Final = 60_000
"""So long a line may be down, and be called again, while no other is up."""

NO_BEAT_MS: Final = 2 * LONGEST_SILENCE_MS


class LineBell:
    """Remembers whose loss was rung since the node started; one that lasts over a restart rings anew."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._rung: frozenset[str] = frozenset()

    def due(self, lines: Mapping[str, Heard]) -> Iterator[Alarm]:
        """One bell at each of our desks for all members that are newly lost.

        A mechanism that agreed no deadlines (``voice-line-only``) asks nothing of a line, and one that has
        ended nothing at all: they ring for none.
        """
        now = self._ledger.now()
        lost = frozenset(self._lost(lines, now))
        newly, self._rung = lost - self._rung, lost
        if not newly or not self._asks_for_lines(now):
            return
        for desk in own_desks(self._ledger, now):
            yield Alarm(
                member=self._ledger.me,
                desk=desk,
                cause=LINE_DOWN,
                about=", ".join(sorted(newly)),
                rung=1,
                sounds=True,
                at=now,
            )

    def _asks_for_lines(self, now: Instant) -> bool:
        annexes = self._ledger.view.annexes
        return bool(annexes.response(now).classes) and annexes.state(now) is not MechanismState.ENDED

    def _lost(self, lines: Mapping[str, Heard], now: Instant) -> Iterator[str]:
        """Who has spoken once, and whom nothing is heard of by any path."""
        for member, heard in lines.items():
            log = self._ledger.logs[member]
            if heard.up or not log.size:
                continue
            by_others = any(other.up for name, other in lines.items() if name != member)
            silent_ms = now - (max(log.last_at, heard.last_at or log.last_at) if by_others else heard.since)
            if silent_ms >= (NO_BEAT_MS if by_others else CUT_OFF_MS):
                yield member
