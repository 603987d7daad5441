# SPDX-License-Identifier: Apache-2.0
"""What do AIS sentences (``!AIVDM``) say of where ships, and the aircraft that search for people, are?

    1 2 3 9 18 19 27   positions               ──► a report
    all others         names, stations, texts  ──► say nothing of a place that moves: passed over, not counted

- A report is as old as its second of the minute says; without one it is seen when its sentence comes.
- A ship is on the water: 0 ft AMSL. A search aircraft does not say above what its height is: it has none.
- Sentences with a wrong sum are dropped. Parts of a message wait for each other, at most 64 messages.

The bits are read by pyais, an extra: ``steerclear[ais]``. Source: ITU-R M.1371-5; IEC 61162-1.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any, Final

from pyais import decode
from pyais.exceptions import AISBaseException

from steerclear.model.space import Datum
from steerclear.model.time import Instant
from steerclear.tracking.feeding import Heard, Lines, Row, e7_of
from steerclear.tracking.reports import DATUM_OF, NO_DATUM

__all__ = ["AisReader"]

_LONGEST: Final = 1_024
_MOST_WAITING: Final = 64
_SENTENCE: Final = re.compile(
    rb"(?:\\[^\\]*\\)?!(?P<body>[A-Z]{2}VD[MO],(?P<parts>[1-9]),(?P<part>[1-9]),(?P<group>[0-9]?),"
    rb"(?P<channel>[AB12]?),(?P<payload>[0-W`-w]+),[0-5])\*(?P<sum>[0-9A-Fa-f]{2})\s*"
)
_POSITIONS: Final = frozenset((1, 2, 3, 9, 18, 19, 27))
_SEARCH: Final = 9
_LONG_RANGE: Final = 27
_KNOT_MM_S: Final = 1_852_000 / 3_600
_SURE_MM: Final = 10_000
_UNCERTAIN_MM: Final = 185_200
_RECKONED_MM: Final = 1_852_000
_MINUTE_MS: Final = 60_000
_RECKONED, _DEAD = 62, 63


class AisReader:
    """``whose`` is a code of all that this feed shows."""

    def __init__(self, *, whose: int = -1) -> None:
        self._whose = whose
        self._lines = Lines(_LONGEST)
        self._waiting: dict[tuple[bytes, bytes, bytes], dict[int, bytes]] = {}

    def feed(self, chunk: bytes, now: Instant) -> Heard:
        """See ``Reader.feed``."""
        dropped: Counter[str] = Counter()
        refs: list[str] = []
        rows: list[Row] = []
        for line in self._lines.cut(chunk, dropped):
            parts = self._whole(line, dropped)
            if not parts:
                continue
            found = self._read(parts, now)
            if isinstance(found, str):
                dropped[found] += 1
            elif found is not None:
                refs.append(found[0])
                rows.append(found[1])
        return Heard.of(refs, rows, dropped)

    def cut(self) -> int:
        """See ``Reader.cut``."""
        return self._lines.end()

    def _whole(self, line: bytes, dropped: Counter[str]) -> list[bytes]:
        """The sentences of the message that this line completes; none while one is still to come."""
        if not line.strip():
            return []
        told = _SENTENCE.fullmatch(line)
        if told is None:
            dropped["no-ais-line"] += 1
            return []
        if _sum(told["body"]) != int(told["sum"], 16):
            dropped["bad-sum"] += 1
            return []
        sentence = b"!" + told["body"] + b"*" + told["sum"]
        parts, part = int(told["parts"]), int(told["part"])
        if parts == 1:
            return [sentence] if _kind(told["payload"]) in _POSITIONS else []
        key = (told["parts"], told["group"], told["channel"])
        if part == 1 and _kind(told["payload"]) not in _POSITIONS:
            self._waiting.pop(key, None)
            return []
        if part == 1:
            self._begin(key, dropped)
        elif key not in self._waiting:
            return []  # the rest of what says nothing of a place, or of what we did not hear begin
        waiting = self._waiting[key]
        waiting[part] = sentence
        if len(waiting) < parts:
            return []
        del self._waiting[key]
        return [waiting[number] for number in sorted(waiting)]

    def _begin(self, key: tuple[bytes, bytes, bytes], dropped: Counter[str]) -> None:
        if self._waiting.pop(key, None) or len(self._waiting) >= _MOST_WAITING:
            dropped["half-a-message"] += 1
        if len(self._waiting) >= _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        self._waiting[key] = {}

    def _read(self, parts: list[bytes], now: int) -> tuple[str, Row] | str | None:
        try:
            told: dict[str, Any] = decode(*parts).asdict()
        except (AISBaseException, ValueError, IndexError, TypeError, KeyError):
            return "undecodable"
        kind, mmsi, second = told.get("msg_type"), told.get("mmsi"), told.get("second")
        if not isinstance(mmsi, int) or not 0 < mmsi < 1_000_000_000:
            return "no-name"
        lat, lon = told.get("lat"), told.get("lon")
        if not isinstance(lat, float) or not isinstance(lon, float) or second == _DEAD:
            return "no-place"
        place = e7_of(lat, lon)
        if place is None:  # 91° and 181° are AIS's words for unknown
            return "no-place"
        east, north, known = _velocity(told, kind)
        sure = told.get("accuracy") and kind != _LONG_RANGE
        uncertain = _RECKONED_MM if second == _RECKONED else _SURE_MM if sure else _UNCERTAIN_MM
        datum = NO_DATUM if kind == _SEARCH else DATUM_OF[Datum.AMSL]
        seen_at = _seen_at(second, now)
        row = (self._whose, seen_at, *place, datum, 0, east, north, known, 0, kind != _SEARCH, uncertain)
        return f"mmsi:{mmsi:09d}", row


def _sum(body: bytes) -> int:
    """The exclusive or of all characters."""
    total = 0
    for character in body:
        total ^= character
    return total


def _kind(payload: bytes) -> int:
    """The message's number: the first six bits."""
    return payload[0] - (48 if payload[0] < 96 else 56)


def _seen_at(second: object, now: int) -> int:
    """The second of the minute that has passed last; a few seconds to come are a clock's fault."""
    if not isinstance(second, int) or not 0 <= second < 60:
        return now
    since = (now - second * 1_000) % _MINUTE_MS
    return now - (since if since < _MINUTE_MS - 5_000 else since - _MINUTE_MS)


def _velocity(told: dict[str, Any], kind: object) -> tuple[int, int, bool]:
    """East and north, mm/s. 102.3 kn, 360° and their like are AIS's words for unknown."""
    speed, course = told.get("speed"), told.get("course")
    fastest = 63.0 if kind == _LONG_RANGE else 1_023.0 if kind == _SEARCH else 102.3
    if not isinstance(speed, int | float) or not isinstance(course, int | float):
        return 0, 0, False
    if speed == 0:
        return 0, 0, True
    if not 0 < speed < fastest or not 0 <= course < 360:
        return 0, 0, False
    turned = math.radians(course)
    return round(speed * _KNOT_MM_S * math.sin(turned)), round(speed * _KNOT_MM_S * math.cos(turned)), True
