# SPDX-License-Identifier: Apache-2.0
"""Which rungs of our own desks are called now and were not before? The ladder climbs; this rings it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from steerclear.links.notifier import Alarm
from steerclear.mechanism.obligation import Obligation
from steerclear.model.response import ResponseClass
from steerclear.services.folding import Folding
from steerclear.services.ledger import Ledger

__all__ = ["Ringer"]

_ALWAYS: Final = frozenset({ResponseClass.STOP, ResponseClass.DISTRESS})
_SOUNDS: Final = _ALWAYS | {ResponseClass.IMMEDIATE}
"""Few things sound at all (design file 6); the rest waits on the console."""


class Ringer:
    """Remembers what was rung since the node started; after a restart all that is still owed rings anew."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._rung: set[tuple[str, str, int, bool]] = set()
        self._looked = 0
        self._folding = Folding()

    def due(self) -> Iterator[Alarm]:
        """Every rung of ours that is called by now and has not been rung for this duty."""
        ledger, now = self._ledger, self._ledger.now()
        looked, changed = ledger.duties.changed(self._looked, now)
        for duty in changed:
            for rung in duty.called:
                # What was called in silence rings aloud when its class comes to sound.
                mark = (duty.about, rung.desk, rung.number, duty.of_class in _SOUNDS)
                if rung.member != ledger.me or mark in self._rung:
                    continue
                self._rung.add(mark)
                alarm = Alarm(
                    member=rung.member,
                    desk=rung.desk,
                    cause=duty.what,
                    about=duty.about,
                    rung=rung.number,
                    sounds=duty.of_class in _SOUNDS,
                    at=now,
                    drill=self._is_drill(duty),
                )
                heard = self._folding.heard(alarm, always=duty.of_class in _ALWAYS)
                if heard is not None:
                    yield heard
        # Not before: what a fault kept from being rung is looked at again.
        self._looked = looked

    def _is_drill(self, duty: Obligation) -> bool:
        view = self._ledger.view
        call = view.stops.get(duty.thing) or view.distress.get(duty.thing)
        return call is not None and call.is_drill
