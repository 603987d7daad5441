# SPDX-License-Identifier: Apache-2.0
"""Which entries exist that never came here, who has them, and since when?

    an entry of AZE has heads of TUR's log beyond our copy      AZE has seen them: its signature says so
    AZE's node says that it holds more of TUR's log             AZE's node could send them

For a moment that is nothing: they are on their way. After ``WITHHELD_AFTER_MS`` somebody keeps them back, or
a line is cut, and the face says whose log lacks what, and who could send it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from steerclear.model.time import Instant, format_zulu
from steerclear.record.bundle import Held
from steerclear.record.log import Log

__all__ = ["WITHHELD_AFTER_MS", "Missing"]

WITHHELD_AFTER_MS: Final = 60_000
"""Twelve heartbeats: what is on its way has come by then."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """``count`` entries have been missing, some of them ``since``."""

    count: int
    since: Instant


class Missing:
    """What one node knows to exist and does not hold; by who has it, and whose it is."""

    def __init__(self) -> None:
        self._gaps: dict[tuple[str, str], _Gap] = {}

    def look(
        self, logs: Mapping[str, Log], sizes: Mapping[str, Mapping[str, Held]], *, me: str, now: Instant
    ) -> None:
        """Compare again what others have with what is here."""
        found: dict[tuple[str, str], int] = {}
        for holder in logs:
            for member, log in logs.items():
                if member == me or holder == me:
                    continue
                lacking = _known_to(holder, member, logs, sizes) - log.size
                if lacking > 0:
                    found[holder, member] = lacking
        self._gaps = {
            place: _Gap(count, self._gaps[place].since if place in self._gaps else now)
            for place, count in found.items()
        }

    def words(self, now: Instant) -> Iterator[str]:
        for (holder, member), gap in self._gaps.items():
            told = _told(holder, member, gap.count)
            if now - gap.since < WITHHELD_AFTER_MS:
                yield told
                continue
            whose = f"the nodes of {holder} and of {member}" if holder != member else f"the node of {member}"
            yield (
                f"WITHHELD: {told} since {format_zulu(gap.since // 1_000)}: {whose} could send them, "
                f"or the lines are cut; call {member}"
            )


def _told(holder: str, member: str, count: int) -> str:
    entries = "1 entry" if count == 1 else f"{count} entries"
    if holder == member:
        return f"{member} says that it has written {entries} more than have arrived here"
    return f"{holder} has seen {entries} of {member} that have not arrived here"


def _known_to(
    holder: str, member: str, logs: Mapping[str, Log], sizes: Mapping[str, Mapping[str, Held]]
) -> int:
    """How many entries of ``member`` stand under a head by ``holder``, or at its node as that says itself."""
    generation = logs[member].generation
    head = logs[holder].heads.get(member)
    seen = head.size if head is not None and head.generation == generation else 0
    held = sizes.get(holder, {}).get(member, Held(generation, 0))
    return max(seen, held.size if held.generation == generation else 0)
