# SPDX-License-Identifier: Apache-2.0
"""When: instants of the record in milliseconds, spans of volumes in seconds, always UTC.

An instant is an integer, so that two nodes can agree on it to the bit. One printer, one parser, exact
inverses: RFC 3339 with exactly three decimals and ``Z``. People may type less (``parse_typed_instant``);
the record never does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NewType

from steerclear.errors import BadInput

__all__ = [
    "LAST_NAMED", "Instant", "TimeSpan", "format_instant", "format_zulu", "parse_instant",
    "parse_typed_instant_us", "printable",
]  # fmt: skip

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time)."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PRINTED: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_TYPED: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_LAST_MS: Final = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
_LAST_S: Final = _LAST_MS // 1000

LAST_NAMED: Final = Instant(250_246_627_199_999)  # 9899-12-31T23:59:59.999Z
"""The last instant that a body may name: deadlines and shifts that start from it can still be printed."""


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A closed span of whole UTC seconds. Zero length is legal: an instant can conflict.

    Raises ``BadInput`` (``span-inverted``, ``span-out-of-range``).
    """

    start_s: int
    end_s: int

    def __post_init__(self) -> None:
        if not (-_LAST_S <= self.start_s <= _LAST_S and -_LAST_S <= self.end_s <= _LAST_S):
            raise BadInput(
                "span-out-of-range",
                "The time span lies outside the years that a date can hold.",
                remedy="Give start and end as dates up to the year 9999.",
            )
        if self.end_s < self.start_s:
            raise BadInput(
                "span-inverted",
                f"The end ({format_zulu(self.end_s)}) is before the start ({format_zulu(self.start_s)}).",
                remedy="Give an end that is not before the start.",
            )

    @property
    def length_s(self) -> int:
        return self.end_s - self.start_s

    def gap_s(self, other: TimeSpan) -> int:
        """Signed gap in seconds: positive apart, 0 when touching, negative in overlap. Symmetric."""
        return max(other.start_s - self.end_s, self.start_s - other.end_s)

    def shifted(self, by_s: int) -> TimeSpan:
        return TimeSpan(self.start_s + by_s, self.end_s + by_s)


def format_instant(at: Instant) -> str:
    """The record's only spelling: ``2025-04-09T08:00:00.000Z``."""
    _check_range(at)
    moment = _EPOCH + timedelta(milliseconds=at)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"


def parse_instant(text: str) -> Instant:
    """Exact inverse of ``format_instant``; anything else raises ``BadInput``: ``instant-spelling``, or
    ``instant-out-of-range`` for what it would not print."""
    if not _PRINTED.fullmatch(text):
        raise _not_an_instant(text)
    at = Instant(_microseconds(text) // 1000)
    _check_range(at)
    return at


def printable(at_ms: int) -> Instant:
    """The nearest instant that can be printed: what is derived from a claim must not fail on its face."""
    return Instant(at_ms if 0 <= at_ms <= _LAST_MS else max(0, min(at_ms, _LAST_MS)))


def parse_typed_instant_us(text: str) -> int:
    """An instant as people write it, in microseconds: RFC 3339 with a zone, seconds optional.

    Raises ``BadInput``: ``time-without-zone`` when only the zone is missing, else ``instant-spelling``.
    """
    if not _TYPED.fullmatch(text):
        if _TYPED.fullmatch(text + "Z"):
            raise BadInput(
                "time-without-zone",
                f"“{text}” names no time zone.",
                remedy="Write the time in UTC with a Z at the end, as 2025-04-09T08:00:00Z.",
            )
        raise _not_an_instant(text)
    return _microseconds(text)


def format_zulu(at_s: int) -> str:
    """Seconds as officers read them: ``2025-04-09T08:00:00Z``."""
    return f"{_EPOCH + timedelta(seconds=at_s):%Y-%m-%dT%H:%M:%S}Z"


def _check_range(at: Instant) -> None:
    if not 0 <= at <= _LAST_MS:
        raise BadInput(
            "instant-out-of-range",
            f"{at} ms is not an instant between 1970 and 9999.",
            remedy="Check the clock of the machine that made it.",
        )


def _microseconds(text: str) -> int:
    match = _TYPED.fullmatch(text)
    if match is None:
        raise _not_an_instant(text)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        local = datetime(  # noqa: DTZ001 - the zone is subtracted below, exactly
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0)
        )
    except ValueError as error:
        raise _not_an_instant(text) from error
    since_epoch = local.replace(tzinfo=UTC) - _EPOCH - _offset(zone)
    # Digits past the microsecond round down here; callers that widen outward add their own margin.
    return since_epoch // timedelta(microseconds=1) + int((fraction or "0").ljust(6, "0")[:6])


def _offset(zone: str) -> timedelta:
    if zone in "Zz":
        return timedelta(0)
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))


def _not_an_instant(text: str) -> BadInput:
    return BadInput(
        "instant-spelling",
        f"“{text[:40]}” is not a date and time that exists.",
        remedy="Write it as 2025-04-09T08:00:00Z.",
    )
