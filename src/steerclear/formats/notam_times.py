# SPDX-License-Identifier: Apache-2.0
"""When does a NOTAM hold? Items B and C as instants, and item D as the spans between them.

    B) 2504090800            C) 2504091000  |  2504091000 EST  |  PERM
    D) DAILY 0800-1000       MON-FRI 0600-1800, SAT 0900-1300        H24
       APR 09 10 12-15 0800-1000 2000-2200     APR 09 0800-APR 10 1000

All times are UTC. A span whose end is not after its start ends on the next day. Refused as a whole, with the
reason, rather than half read: sunrise and sunset, exceptions and holidays, a day that does not lie between B
and C, a day without a month where more than one month could be meant (ICAO Doc 8126, 6.3; OPADD 2.3.18).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from steerclear.formats.quoting import quoted

__all__ = ["Schedule", "Unread", "instant_of", "schedule_of", "spell_instant", "spell_schedule"]

LONGEST_DAYS: Final = 400
MOST_SPANS: Final = 1_000
LONGEST_TEXT: Final = 2_000
DAY_S: Final = 86_400
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_STAMP: Final = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)
_HOURS: Final = re.compile(r"([0-2]\d[0-5]\d)-([0-2]\d[0-5]\d)", re.ASCII)
_WEEK_RANGE: Final = re.compile(rf"({'|'.join(_WEEKDAYS)})-({'|'.join(_WEEKDAYS)})")
_DAY_RANGE: Final = re.compile(r"(\d\d)-(\d\d)", re.ASCII)
_DAY: Final = re.compile(r"\d\d", re.ASCII)
_ONE_SPAN: Final = re.compile(
    rf"(?:({'|'.join(_MONTHS)}) )?(\d\d) (\d{{4}})-(?:({'|'.join(_MONTHS)}) )?(\d\d) (\d{{4}})", re.ASCII
)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Spans of seconds since 1970, in order, within B and C."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """Why item D was not read."""

    because: str


def instant_of(stamp: str) -> int | None:
    """YYMMDDhhmm as seconds since 1970, years 2000 to 2099; ``None`` for a time that does not exist."""
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    year, month, day, hour, minute = map(int, match.groups())
    try:
        at = datetime(2000 + year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None
    return (at - _EPOCH) // timedelta(seconds=1)


def spell_instant(at_s: int) -> str:
    return f"{_EPOCH + timedelta(seconds=at_s):%y%m%d%H%M}"


def schedule_of(text: str, start_s: int, end_s: int) -> Schedule | Unread:
    """The spans of item D between items B and C, touching ones joined. Raises nothing."""
    if end_s < start_s or len(text) > LONGEST_TEXT:
        return Unread("it is too long, or B is after C")
    if end_s - start_s > LONGEST_DAYS * DAY_S:
        return Unread(f"B and C are more than {LONGEST_DAYS} days apart")
    plain = re.sub(r"\s*-\s*", "-", " ".join(text.upper().split())).rstrip(".")
    try:
        found = sorted(set(_Days(start_s, end_s).spans(plain)))
    except _NotReadError as error:
        return Unread(str(error))
    clipped = [(max(a, start_s), min(b, end_s)) for a, b in found]
    spans = _joined([(a, b) for a, b in clipped if a < b or a == b == start_s == end_s])
    if not spans or len(spans) > MOST_SPANS:
        return Unread(f"it gives {len(spans)} spans between B and C")
    return Schedule(tuple(spans))


def spell_schedule(spans: tuple[Span, ...]) -> str:
    """Item D for these spans, on whole minutes: APR 09 0800-APR 09 1000, APR 10 0800-APR 10 1000."""
    return ", ".join(f"{_moment(a)}-{_moment(b)}" for a, b in spans)


def _moment(at_s: int) -> str:
    at = _EPOCH + timedelta(seconds=at_s)
    return f"{_MONTHS[at.month - 1]} {at:%d %H%M}"


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start_s, end_s in spans:
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end_s, joined[-1][1]))
        else:
            joined.append((start_s, end_s))
    return joined


class _NotReadError(Exception):
    """Something of item D that is not understood: then none of it is."""


class _Days:
    """The days of the validity, by which weekdays and dates get a year."""

    def __init__(self, start_s: int, end_s: int) -> None:
        # One day more before B: a night that began the day before may reach in.
        self.midnights = range(start_s // DAY_S * DAY_S, end_s + 1, DAY_S)
        self.dates = {midnight: _EPOCH + timedelta(seconds=midnight) for midnight in self.midnights}
        self.month: int | None = None

    def spans(self, text: str) -> Iterator[Span]:
        for group in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
            if one := _ONE_SPAN.fullmatch(group):
                yield self._one(one)
            else:
                yield from self._days_and_hours(group)

    def _one(self, match: re.Match[str]) -> Span:
        first = self._dated(match[1], match[2]) + _seconds(match[3])
        last = self._dated(match[4], match[5]) + _seconds(match[6])
        if last < first:
            raise _NotReadError(f"{quoted(match[0])} ends before it begins")
        return first, last

    def _dated(self, month: str | None, day: str) -> int:
        if month is not None:
            self.month = _MONTHS.index(month) + 1
        (found,) = self._of_month([int(day)])
        return found

    def _days_and_hours(self, group: str) -> Iterator[Span]:
        words = group.split()
        hours: list[str] = []
        while words and (_HOURS.fullmatch(words[-1]) or words[-1] == "H24"):
            hours.insert(0, words.pop())
        if not hours:
            raise _NotReadError(f"{quoted(group)} gives no hours that are known here")
        for midnight in self._days(words):
            for word in hours:
                yield _between(midnight, word)

    def _days(self, words: list[str]) -> list[int]:
        if not words or words in (["DAILY"], ["DLY"]):
            return [self.midnights.start - DAY_S, *self.midnights]
        chosen: list[int] = []
        for word in words:
            if word in _MONTHS:
                self.month = _MONTHS.index(word) + 1
            elif word in _WEEKDAYS:
                chosen += self._of_week({_WEEKDAYS.index(word)})
            elif week := _WEEK_RANGE.fullmatch(word):
                chosen += self._of_week(_around(_WEEKDAYS.index(week[1]), _WEEKDAYS.index(week[2])))
            elif days := _DAY_RANGE.fullmatch(word):
                chosen += self._of_month(range(int(days[1]), int(days[2]) + 1))
            elif _DAY.fullmatch(word):
                chosen += self._of_month([int(word)])
            else:
                raise _NotReadError(f"{quoted(word)} is not known here")
        if not chosen:
            raise _NotReadError("it names no day")
        return chosen

    def _of_week(self, weekdays: set[int]) -> list[int]:
        found = [midnight for midnight, date in self.dates.items() if date.weekday() in weekdays]
        if not found:
            raise _NotReadError("a weekday of it does not come between B and C")
        return found

    def _of_month(self, days: range | list[int]) -> list[int]:
        """Each of these days, which must come exactly once between B and C."""
        found = []
        for day in days:
            meant = [
                midnight
                for midnight, date in self.dates.items()
                if date.day == day and self.month in (None, date.month)
            ]
            if len(meant) != 1:
                raise _NotReadError(f"the day {day:02d} comes {len(meant)} times between B and C")
            found += meant
        if not found:
            raise _NotReadError("a range of days runs backwards")
        return found


def _around(first: int, last: int) -> set[int]:
    """FRI-MON goes over the end of the week."""
    return {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}


def _between(midnight: int, hours: str) -> Span:
    if hours == "H24":
        return midnight, midnight + DAY_S
    first, last = hours.split("-")
    start_s, end_s = _seconds(first), _seconds(last)
    return midnight + start_s, midnight + (end_s if end_s > start_s else end_s + DAY_S)


def _seconds(hhmm: str) -> int:
    hour, minute = int(hhmm[:2]), int(hhmm[2:])
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise _NotReadError(f"{hhmm} is no time of a day")
    return hour * 3600 + minute * 60
