# SPDX-License-Identifier: Apache-2.0
"""What rings at our own desks now and did not before? Rungs that are called, and lines that went dead.

Bells are grouped by cause: a notice that comes and conflicts with four of ours calls for five answers, and
sounds once. Each of the others is handed on without a sound, is owed, and climbs by itself as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final

from steerclear.links.notifier import Alarm
from steerclear.mechanism.bodies import ScreenResult
from steerclear.mechanism.obligation import CalledRung, Obligation
from steerclear.mechanism.view import View
from steerclear.model.response import ResponseClass
from steerclear.model.time import Instant
from steerclear.services.folding import Folding
from steerclear.services.ledger import Ledger
from steerclear.services.line_bell import LineBell
from steerclear.services.own_clock import now_for_bells
from steerclear.services.status import Heard

__all__ = ["Ringer"]

_ALWAYS: Final = frozenset({ResponseClass.STOP, ResponseClass.DISTRESS})
_SOUNDS: Final = _ALWAYS | {ResponseClass.IMMEDIATE}
"""Few things sound at all (design file 6); the rest waits on the console."""

_ONE_CAUSE_MS: Final = 10_000
"""Nobody has heard a bell, read why and turned away within so long: what follows of the same cause is read
together with it. What comes later sounds again."""


class Ringer:
    """Remembers what was rung since the node started; after a restart all that is still owed rings anew."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._rung: set[tuple[str, str, int, bool]] = set()
        self._sounded: dict[tuple[str, int, str], Instant] = {}
        self._looked = 0
        self._folding = Folding()
        self._line_bell = LineBell(ledger)

    def due(self, lines: Mapping[str, Heard], *, beside: Iterable[Alarm] = ()) -> Iterator[Alarm]:
        """Every rung of ours that is called by now and was not rung for this duty; each dead line; and
        ``beside``, what the live picture has for our own desk that no duty rings."""
        yield from self._of_duties()
        for alarm in chain(self._line_bell.due(lines), beside):
            heard = self._folding.heard(alarm, always=False)
            if heard is not None:
                yield heard

    def _of_duties(self) -> Iterator[Alarm]:
        ledger, now = self._ledger, self._ledger.now()
        looked, changed = ledger.duties.changed(self._looked, now_for_bells(ledger))
        for duty in changed:
            for rung in duty.called:
                # What was called in silence rings aloud when its class comes to sound.
                mark = (duty.about, rung.desk, rung.number, duty.of_class in _SOUNDS)
                if rung.member != ledger.me or mark in self._rung:
                    continue
                alarm = Alarm(
                    member=rung.member,
                    desk=rung.desk,
                    cause=duty.what,
                    about=duty.about,
                    rung=rung.number,
                    sounds=duty.of_class in _SOUNDS and self._is_first_of_its_cause(duty, rung, now),
                    at=now,
                    drill=self._is_drill(duty),
                )
                self._rung.add(mark)
                heard = self._folding.heard(alarm, always=duty.of_class in _ALWAYS)
                if heard is not None:
                    yield heard
        # Not before: what a fault kept from being rung is looked at again.
        self._looked = looked

    def _is_first_of_its_cause(self, duty: Obligation, rung: CalledRung, now: Instant) -> bool:
        """Has nothing about the same notice sounded at this rung just now? STOP and distress always sound."""
        if duty.of_class in _ALWAYS:
            return True
        lately = {key: at for key, at in self._sounded.items() if abs(now - at) < _ONE_CAUSE_MS}
        keys = {(rung.desk, rung.number, version) for version in _versions_behind(self._ledger.view, duty)}
        is_first = not keys & lately.keys()
        self._sounded = {**lately, **dict.fromkeys(keys, now)} if is_first else lately
        return is_first

    def _is_drill(self, duty: Obligation) -> bool:
        view = self._ledger.view
        call = view.stops.get(duty.thing) or view.distress.get(duty.thing)
        return call is not None and call.is_drill


def _versions_behind(view: View, duty: Obligation) -> frozenset[str]:
    """What a duty is about; of a conflict both versions, the one that this node cannot read too."""
    said = view.said(duty.about)
    if said is None or not isinstance(said.body, ScreenResult):
        return frozenset({duty.about})
    return frozenset(named.version for named in said.body.notices)
