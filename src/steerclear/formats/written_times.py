# SPDX-License-Identifier: Apache-2.0
"""Which instant does somebody mean who writes dates as people do, in a cell, a form or a drawing?

    2025-04-09 08:00   2025-04-09T08:00Z   2025-04-09T11:00+03:00   9 Apr 2025 08:00   25/04/2025 08:00

A heading that says UTC, GMT or Z, or a zone in the cell, tells the zone; without either it is asked for,
and UTC is offered. 04/05/2025 could be either day and is asked for. A day without an hour is asked for;
offered is its beginning for a start and the midnight after it for an end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.quoting import quoted
from steerclear.model.time import parse_typed_instant_us

__all__ = ["TimeDoubt", "read_time", "says_utc"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE: Final = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})", re.ASCII),
    re.compile(r"(?P<day>\d{1,2})[ -](?P<name>[A-Za-z]{3})[a-z]{0,6}[ -](?P<year>\d{4})", re.ASCII),
    re.compile(r"(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})[-/.](?P<year>\d{4})", re.ASCII),
)
_CLOCK: Final = re.compile(
    r"[T ,]{0,3}(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.0{1,6})?)? ?"
    r"(?P<zone>Z|UTC|GMT|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_UTC: Final = re.compile(r"\b(?:utc|gmt|z|zulu)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TimeDoubt:
    """Why a cell is no instant; ``offer_s`` is the one if UTC, or the whole day, was meant."""

    code: str
    what: str
    answer: str
    offer_s: int | None = None


def says_utc(heading: str) -> bool:
    return _UTC.search(heading) is not None


def read_time(text: str, *, utc: bool, is_end: bool) -> int | TimeDoubt:
    """Seconds since 1970; ``utc``: the heading told the zone. Raises nothing."""
    typed = " ".join(text.split())
    try:
        at_us = parse_typed_instant_us(typed)
    except BadInput:
        return _as_people_write(typed, utc=utc, is_end=is_end)
    # Outward: an end with a fraction of a second ends a second later.
    return -(-at_us // 1_000_000) if is_end else at_us // 1_000_000


def _as_people_write(typed: str, *, utc: bool, is_end: bool) -> int | TimeDoubt:
    date = next((match for form in _DATE if (match := form.match(typed))), None)
    if date is None or len(typed) > 40:
        return _unread(typed)
    day = _day(date)
    if isinstance(day, TimeDoubt):
        return day
    rest = typed[date.end() :].upper()
    if not rest:
        offer_s = day + (86_400 if is_end else 0)
        return TimeDoubt(
            "hour-not-said",
            f"{quoted(typed)} is a day without an hour.",
            "Give the hour in UTC; what is offered takes the whole day in UTC.",
            offer_s,
        )
    clock = _CLOCK.fullmatch(rest)
    if (
        clock is None
        or int(clock["hour"]) > 23
        or int(clock["minute"]) > 59
        or int(clock["second"] or 0) > 59
    ):
        return _unread(typed)
    at_s = day + int(clock["hour"]) * 3600 + int(clock["minute"]) * 60 + int(clock["second"] or 0)
    return _in_zone(at_s, clock["zone"], typed, utc=utc)


def _in_zone(at_s: int, zone: str | None, typed: str, *, utc: bool) -> int | TimeDoubt:
    if zone in ("Z", "UTC", "GMT") or (zone is None and utc):
        return at_s
    if zone is None:
        return TimeDoubt(
            "time-without-zone",
            f"{quoted(typed)} names no time zone.",
            "Put UTC into the heading, or Z behind the time; what is offered takes it as UTC.",
            at_s,
        )
    return at_s - (1 if zone[0] == "+" else -1) * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60)


def _day(date: re.Match[str]) -> int | TimeDoubt:
    found = date.groupdict()
    year = int(found["year"])
    if "one" in found:
        one, two = int(found["one"]), int(found["two"])
        if one <= 12 and two <= 12 and one != two:
            return TimeDoubt(
                "date-two-ways",
                f"{quoted(date[0])} could be the {one}th of month {two}, or the {two}th of month {one}.",
                "Write it as 2025-04-09.",
            )
        day, month = (one, two) if two <= 12 else (two, one)
    elif "name" in found:
        name = found["name"].lower()
        if name not in _MONTHS:
            return _unread(date[0])
        day, month = int(found["day"]), _MONTHS.index(name) + 1
    else:
        day, month = int(found["day"]), int(found["month"])
    try:
        return (datetime(year, month, day, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
    except ValueError:
        return _unread(date[0])


def _unread(typed: str) -> TimeDoubt:
    return TimeDoubt("time-unread", f"{quoted(typed)} is no time.", "Write it as 2025-04-09 08:00Z.")
