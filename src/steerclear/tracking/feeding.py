# SPDX-License-Identifier: Apache-2.0
"""What did a feed say, and what of it was dropped, and why? The noun that every reader of a feed hands on.

    bytes ──► a reader (SBS, CoT, ASTERIX …) ──► Heard: reports, and what was dropped by cause ──► Picture

A reader takes bytes as they come, in pieces of any size, and never raises for what they say. It keeps a
bounded amount of what it has not understood yet. What it cannot read is counted by cause; nothing is guessed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

from steerclear.model.time import Instant
from steerclear.tracking.reports import Reports

__all__ = ["Heard", "Lines", "Reader", "e7_of"]

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """Reports in the order in which they came; ``dropped`` counts what gave none, by cause."""

    reports: Reports
    dropped: Counter[str] = field(default_factory=Counter)

    @staticmethod
    def of(refs: list[str], rows: list[Row], dropped: Counter[str]) -> Heard:
        return Heard(Reports.of_rows(refs, rows), dropped)


class Reader(Protocol):
    """Bytes in, reports out. One reader for each connection: a new one begins with nothing half read."""

    def feed(self, chunk: bytes, now: Instant) -> Heard:
        """What these bytes complete. ``now`` is when they came."""
        ...

    def cut(self) -> int:
        """The bytes end here, as a datagram does: forget what is half read. Returns how many bytes it was."""
        ...


class Lines:
    """Cuts bytes into lines of at most ``longest`` bytes; a longer one is skipped to its end and counted."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._rest = b""
        self._skipping = False

    def cut(self, chunk: bytes, dropped: Counter[str]) -> list[bytes]:
        """The whole lines, without their ends."""
        lines = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        if self._skipping and lines:
            lines, self._skipping = lines[1:], False
        if len(self._rest) > self._longest:
            if not self._skipping:
                dropped["line-too-long"] += 1
            self._rest, self._skipping = b"", True
        return lines

    def end(self) -> int:
        """Forget what is half read, and return how many bytes it was."""
        half, self._rest, self._skipping = len(self._rest), b"", False
        return half


def e7_of(lat: float, lon: float) -> tuple[int, int] | None:
    """Degrees as 1e-7 degree; ``None`` off the Earth, and for what is no number."""
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        return None
    return round(lat * 1e7), round(lon * 1e7)
