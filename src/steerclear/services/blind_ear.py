# SPDX-License-Identifier: Apache-2.0
"""When did this node last learn that the host goes on? By what arrived here, and by no clock of another.

    an entry of the host's log arrives here                       ┐
    an entry of another member's log names more of the host's     ┴──► heard now, by our own clock

What the host claims of its time counts for nothing: one with a slow clock is heard as any other. Whoever's
entries name more of the host's log than has come here hears the host, and cannot make it look gone to us by
keeping that log back. After a start the node has heard it just now: it waits anew.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from steerclear.model.time import Instant
from steerclear.record.leaf import parse_leaf
from steerclear.services.ledger import Ledger

__all__ = ["HostEar"]


class _Reach(NamedTuple):
    """How far a log goes."""

    generation: int
    size: int


class HostEar:
    """To be asked at every step; between two of them it hears nothing."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger: Final = ledger
        self._heard_at = ledger.now()
        self._looked_at: dict[str, _Reach] = {}
        self._known = self._farthest(_Reach(0, 0))

    def heard_at(self) -> Instant:
        """By our own clock, rounded up to when we were asked."""
        known = self._farthest(self._known)
        if known > self._known:
            self._known, self._heard_at = known, self._ledger.now()
        return self._heard_at

    def _farthest(self, known: _Reach) -> _Reach:
        """Of the host's log, as it is here or as the newest entry of any other log names it."""
        host = self._ledger.view.host
        for member, log in self._ledger.logs.items():
            reach = _Reach(log.generation, log.size)
            if member == host:
                known = max(known, reach)
            elif member != self._ledger.me and log.size and self._looked_at.get(member) != reach:
                self._looked_at[member] = reach
                [leaf] = self._ledger.store.leaves(member, log.generation, log.size - 1, log.size)
                head = parse_leaf(leaf).heads.get(host) if host is not None else None
                if head is not None:
                    known = max(known, _Reach(head.generation, head.size))
        return known
