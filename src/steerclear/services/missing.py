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
        self._promised: dict[str, Held] = {}
        """Of each member, the most entries that a checkpoint under its own signature covers."""

    def promise(self, log: Log, checkpoint: bytes) -> None:
        """A checkpoint of ``log`` came; it may cover what is not here. Raises ``NotVerified``."""
        size = log.signed_size(checkpoint)
        before = self._promised.get(log.member, Held(0, 0))
        self._promised[log.member] = max(before, Held(log.generation, size))

    def look(
        self, logs: Mapping[str, Log], sizes: Mapping[str, Mapping[str, Held]], *, me: str, now: Instant
    ) -> None:
        """Compare again what others have with what is here."""
        found: dict[tuple[str, str], int] = {}
        for holder in logs:
            for member, log in logs.items():
                if member == me or holder == me:
                    continue
                known = _known_to(holder, member, logs, sizes)
                if holder == member:
                    known = max(known, _of(self._promised.get(member), log.generation))
                lacking = known - log.size
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
    seen = Held(head.generation, head.size) if head is not None else None
    return max(_of(seen, generation), _of(sizes.get(holder, {}).get(member), generation))


def _of(held: Held | None, generation: int) -> int:
    return held.size if held is not None and held.generation == generation else 0
