# SPDX-License-Identifier: Apache-2.0
"""How often has the world fired? At the times that the header gives, until a halt that somebody states."""

from __future__ import annotations

from collections.abc import Iterator

from steerclear.model.time import Instant
from steerclear.replay.script import Fires
from steerclear.replay.timeline import Event

__all__ = ["Fire"]


class Fire:
    """``halted`` and ``called`` are told by the play's own lines: "stopped at", and the call of a STOP."""

    def __init__(self, plan: tuple[Fires, ...]) -> None:
        self._plan = plan
        self._halts: dict[str, Instant] = {}
        self._calls: dict[str, Instant] = {}

    def called(self, alarm: str, at: Instant) -> None:
        self._calls.setdefault(alarm, at)

    def halted(self, alarm: str, at: Instant) -> None:
        """Of several halts the first counts: after it nothing more is fired."""
        self._halts[alarm] = min(at, self._halts.get(alarm, at))

    def count(self, *, until: Instant, after: str | None) -> int:
        """Times of fire up to ``until``, from the start or after the call of the alarm ``after``."""
        since = None if after is None else self._calls.get(after)
        return sum(since is None or at > since for at in self._times(until))

    def events(self, *, until: Instant) -> Iterator[Event]:
        for number, at in enumerate(sorted(self._times(until)), start=1):
            yield Event(at, "world", "world", f"fires ({number})")

    def _times(self, until: Instant) -> Iterator[Instant]:
        for fires in self._plan:
            yield from self._times_of(fires, until)

    def _times_of(self, fires: Fires, until: Instant) -> Iterator[Instant]:
        halt = self._halts.get(fires.until_halt_of or "")
        last = until if fires.last_at is None else min(until, fires.last_at)
        at = fires.first_at
        while at <= last and (halt is None or at < halt):
            yield at
            if fires.every_ms is None:
                return
            at = Instant(at + fires.every_ms)
