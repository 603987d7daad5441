# SPDX-License-Identifier: Apache-2.0
"""How fast may another member's log grow here? As fast as the annex says; what is over that waits.

    entries of a clock hour, bytes of a clock day (UTC, by the entries' own time)   taken at once
    more of this hour or day                                                        waits for the next one
    more of an hour or day that is past (a flood that is dated back)                as many again in each hour

Nothing is lost by waiting: the sender keeps what was not taken and offers it again, and the face says so. A
member that was away for a month is caught up at once, for it wrote no faster than others. Calls of the safety
floor do not wait with their log: they come as messages of their own (``floor``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from steerclear.errors import Refused
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName, SafetyFloor
from steerclear.model.time import Instant, format_zulu
from steerclear.record.log import Log

__all__ = ["MOST_BYTES_A_DAY", "MOST_ENTRIES_AN_HOUR", "Allowance", "Rates", "over_rate", "rates_of"]

MOST_ENTRIES_AN_HOUR: Final = 360_000
"""A hundred a second: what the machine bears where no annex says less."""

MOST_BYTES_A_DAY: Final = 4 * 1024**3
"""Of one member's log with its blobs, where no annex says less."""

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS


@dataclass(frozen=True, slots=True)
class Rates:
    """What one member's log may grow by."""

    entries_an_hour: int = MOST_ENTRIES_AN_HOUR
    bytes_a_day: int = MOST_BYTES_A_DAY


def rates_of(view: View, now: Instant) -> Rates:
    """By the annex on the safety floor; of several versions that bind the least counts."""
    terms = [annex.terms for annex in view.annexes.binding(AnnexName.SAFETY_FLOOR, now)]
    floors = [one for one in terms if isinstance(one, SafetyFloor)]
    entries = [one.entries_an_hour for one in floors if one.entries_an_hour is not None]
    sizes = [one.bytes_a_day for one in floors if one.bytes_a_day is not None]
    return Rates(
        min([MOST_ENTRIES_AN_HOUR, *entries]),
        min([MOST_BYTES_A_DAY, *sizes]),
    )


@dataclass(slots=True)
class _Count:
    """So much in one span of time: of the log's own time, and of what was over that, by our clock."""

    span_ms: int
    span: int = -1
    used: int = 0
    over_span: int = -1
    over: int = 0

    def room(self, most: int, now: Instant) -> int:
        if self.span >= now // self.span_ms:
            return most - self.used
        return most - (self.over if self.over_span == now // _HOUR_MS else 0)

    def add(self, amount: int, at: int, most: int, now: Instant) -> None:
        if at // self.span_ms != self.span:
            self.span, self.used = at // self.span_ms, 0
        self.used += amount
        if self.used > most:
            if self.over_span != now // _HOUR_MS:
                self.over_span, self.over = now // _HOUR_MS, 0
            self.over += amount


class Allowance:
    """What one member's log has used. ``weights`` are bytes of entries with their blobs, in order."""

    def __init__(self, log: Log) -> None:
        self._entries = _Count(_HOUR_MS)
        self._bytes = _Count(_DAY_MS)
        # Of what stood here before this process the entries of the last hour count; their bytes do not.
        seq = log.size
        while (
            seq
            and log.at_of(seq - 1) // _HOUR_MS == log.last_at // _HOUR_MS
            and log.size - seq < (MOST_ENTRIES_AN_HOUR)
        ):
            seq -= 1
        self._entries.span, self._entries.used = log.last_at // _HOUR_MS, log.size - seq

    def fitting(self, weights: Sequence[int], rates: Rates, now: Instant) -> int:
        """How many of the next entries may be taken now."""
        room = self._bytes.room(rates.bytes_a_day, now)
        fit = 0
        for weight in weights[: max(0, self._entries.room(rates.entries_an_hour, now))]:
            room -= weight
            if room < 0:
                break
            fit += 1
        return fit

    def count(self, ats: Sequence[int], weights: Sequence[int], rates: Rates, now: Instant) -> None:
        """These were taken."""
        for at, weight in zip(ats, weights, strict=True):
            self._entries.add(1, at, rates.entries_an_hour, now)
            self._bytes.add(weight, at, rates.bytes_a_day, now)


def over_rate(log: Log, waiting: int, rates: Rates, now: Instant) -> Refused:
    """``waiting`` entries of ``log`` came and are not taken yet."""
    next_hour = (now // _HOUR_MS + 1) * _HOUR_MS
    return Refused(
        "entry-over-rate",
        f"The log of {log.member} grows faster than agreed ({rates.entries_an_hour:,} entries an hour, "
        f"{rates.bytes_a_day:,} bytes a day); {waiting} entries wait.",
        where=f"{log.member}/{log.generation}/{log.size}",
        remedy=f"They are taken from {format_zulu(next_hour // 1_000)} on; its STOPs come at once, by "
        f"themselves. Call {log.member} and ask what its node does.",
    )
