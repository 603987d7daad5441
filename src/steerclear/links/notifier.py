# SPDX-License-Identifier: Apache-2.0
"""How a desk is made to hear: the console's bell, and ears that remember for plays.

An alarm outside the console never says more than "call the desk": no place, no time, no names.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, Protocol, TextIO

from steerclear.model.time import Instant, format_instant

__all__ = ["LINE_DOWN", "Alarm", "ConsoleBell", "Ears", "MemoryEars"]

LINE_DOWN: Final = "line-down"
"""The cause of the bell for a machine that nothing is heard of."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What one desk shall hear.

    ``cause``   why, as a stable word: ``stop``, ``distress``, ``immediate``, ``line-down``, ``climb``;
                ``many`` stands for all that would have rung
    ``about``   the id of the statement concerned, or the members whose lines are down, as ``AZE, ISR``
    ``rung``    the rung of the desk's ladder that is called, from 1
    ``sounds``  only STOP, distress, immediate, entry into a live area and line-down sound at all
    ``drill``   it belongs to a drill that is running; the console says so, and no way outside it
    """

    member: str
    desk: str
    cause: str
    about: str
    rung: int
    sounds: bool
    at: Instant
    drill: bool = False


class Ears(Protocol):
    """Rings a desk. Returns when the way out has taken it, raises ``Unreachable`` when it has not."""

    async def ring(self, alarm: Alarm) -> None: ...


class ConsoleBell:
    """Rings the terminal that the node runs in."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def ring(self, alarm: Alarm) -> None:
        bell = "\a" if alarm.sounds else ""
        drill = "DRILL: " if alarm.drill else ""
        why = f": no word of {alarm.about} by any line" if alarm.cause == LINE_DOWN else ""
        call = f"{drill}call the {alarm.desk} desk of {alarm.member} (rung {alarm.rung}){why}"
        self._stream.write(f"{bell}{format_instant(alarm.at)} {call}\n")
        self._stream.flush()


class MemoryEars:
    """Keeps what was rung, in order."""

    def __init__(self) -> None:
        self._rung: list[Alarm] = []
        self._lock = threading.Lock()

    async def ring(self, alarm: Alarm) -> None:
        with self._lock:
            self._rung.append(alarm)

    @property
    def rung(self) -> tuple[Alarm, ...]:
        with self._lock:
            return tuple(self._rung)
