# SPDX-License-Identifier: Apache-2.0
"""How is a feed doing? Connected or not, when it was last good, what it dropped and why.

A feed that fails is tried again, later and later up to half a minute, for ever. It never raises: what is
wrong stands on its row, and the picture that it fed grows old, which is Undetermined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Final

from steerclear.links.clock import Clock
from steerclear.model.time import Instant
from steerclear.tracking.feeding import Heard, Reader
from steerclear.tracking.picture import Taken
from steerclear.tracking.reports import Reports

__all__ = ["Feed", "FeedRow"]

PAUSES_MS: Final = (1_000, 2_000, 4_000, 8_000, 15_000, 30_000)


@dataclass(slots=True)
class FeedRow:
    """What a desk sees of a feed. ``fault`` is empty while nothing is wrong.

    ``last_good_at``  when it last gave a report that the picture believed
    ``reports``       how many it gave
    ``dropped``       what gave none, or was not believed, by cause
    ``connections``   how often it was connected
    """

    name: str
    connected: bool = False
    last_good_at: Instant | None = None
    reports: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    fault: str = ""


class Feed:
    """One source: how its bytes are read, and who takes its reports.

    ``reader``     makes a reader for each connection
    ``take``       is given what is heard, and the time at which it came; a ``Taken`` that it returns (as
                   ``Picture.take`` does) tells what of it was not believed, and why
    ``pauses_ms``  between tries to connect; the last one is repeated
    """

    def __init__(
        self,
        name: str,
        reader: Callable[[], Reader],
        take: Callable[[Reports, Instant], object],
        clock: Clock,
        *,
        pauses_ms: tuple[int, ...] = PAUSES_MS,
    ) -> None:
        self.row = FeedRow(name)
        self.reader = reader
        self.clock = clock
        self._take = take
        self._pauses_ms = pauses_ms
        self._tries = 0

    def connected(self) -> None:
        self.row.connected, self.row.fault = True, ""
        self.row.connections += 1

    def heard(self, heard: Heard, now: Instant) -> None:
        """Count what came, and hand on its reports."""
        self.row.dropped.update(heard.dropped)
        if len(heard.reports):
            self.row.reports += len(heard.reports)
            taken = self._take(heard.reports, now)
            if isinstance(taken, Taken):
                self.row.dropped.update(_not_believed(taken))
            if not isinstance(taken, Taken) or taken.kept:
                self._tries = 0
                self.row.last_good_at = now

    def failed(self, fault: str) -> None:
        self.row.connected, self.row.fault = False, fault

    async def pause(self) -> None:
        """Wait before the next try; longer each time, until something good is heard."""
        wait_ms = self._pauses_ms[min(self._tries, len(self._pauses_ms) - 1)]
        self._tries += 1
        await self.clock.sleep_until(Instant(self.clock.now() + wait_ms))


def _not_believed(taken: Taken) -> dict[str, int]:
    counts: dict[str, int] = asdict(taken)
    return {
        cause.replace("_", "-"): n for cause, n in counts.items() if n and cause not in ("offered", "kept")
    }
