# SPDX-License-Identifier: Apache-2.0
"""What does one node do, one call at a time? Everything but waiting: no loop, no socket, no thread.

    do(request)          somebody here says something
    answer(peer, bundle) a peer's node calls        take(peer, bundle)  … or answers our call
    step()               time has passed, or something came: screen, beat, name keys ahead, ring

A real node drives these from its event loop, a play from its script; both run the same workings.
"""

from __future__ import annotations

from collections.abc import Mapping

from steerclear.formats.places import Gazetteer
from steerclear.links.notifier import Alarm
from steerclear.mechanism.obligations import next_due_at
from steerclear.model.time import Instant
from steerclear.services.answers import Inbox, NoticeRow, Receipt, Status, StopRow
from steerclear.services.beat import beat_if_owed, next_beat_at
from steerclear.services.inbox import inbox, notice, stop
from steerclear.services.keys_ahead import delegate_ahead
from steerclear.services.ledger import Ledger
from steerclear.services.ring import Ringer
from steerclear.services.screen import Screener
from steerclear.services.status import Heard, status
from steerclear.services.sync import Sync
from steerclear.services.verbs import Request, verbs_of

__all__ = ["Workings"]


class Workings:
    """One node's services over one ledger. Called from one thread, the node's writer."""

    def __init__(self, ledger: Ledger, places: Gazetteer) -> None:
        self.ledger = ledger
        self.sync = Sync(ledger)
        self._screener = Screener(ledger)
        self._ringer = Ringer(ledger)
        self._verbs = verbs_of(places)

    def do(self, request: Request) -> tuple[Receipt, ...]:
        """File what was asked for; raises what the verb raises, and then nothing was filed."""
        return self._verbs[type(request)](self.ledger, request)

    def make(self, peer: str) -> bytes:
        return self.sync.make_bundle(peer)

    def take(self, peer: str, bundle: bytes) -> bool:
        return self.sync.take_bundle(peer, bundle)

    def answer(self, peer: str, bundle: bytes) -> bytes:
        """A peer's bundle in, ours back: both sides have told all they could in one round trip."""
        self.sync.take_bundle(peer, bundle)
        return self.sync.make_bundle(peer)

    def step(self) -> tuple[Alarm, ...]:
        """Do what is due by itself; the rungs that are newly called here."""
        if self.ledger.own.size:
            delegate_ahead(self.ledger)
            self._screener.screen_new()
            beat_if_owed(self.ledger)
        return tuple(self._ringer.due())

    def next_step_at(self) -> Instant:
        """When time alone will make something due."""
        due_at = next_due_at(self.ledger.view, self.ledger.now())
        beat_at = next_beat_at(self.ledger)
        return beat_at if due_at is None else min(due_at, beat_at)

    def status(self, lines: Mapping[str, Heard]) -> Status:
        return status(self.ledger, self.sync, lines)

    def inbox(self, desk: str | None) -> Inbox:
        return inbox(self.ledger, desk)

    def notice(self, about: str) -> NoticeRow:
        return notice(self.ledger, about)

    def stop(self, about: str) -> StopRow:
        return stop(self.ledger, about)

    def take_carried(self, bundle: bytes) -> int:
        """A bundle that came by hand; how many entries were new."""
        return self.sync.take_carried(bundle)

    def everything(self) -> bytes:
        return self.sync.everything()
