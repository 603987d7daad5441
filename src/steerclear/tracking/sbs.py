# SPDX-License-Identifier: Apache-2.0
"""What do lines of a BaseStation feed (SBS-1, port 30003) say of where aircraft are?

    MSG,3  position and pressure altitude          ──► a report, with the velocity heard last (≤ 10 s ago)
    MSG,4  ground speed, track, vertical rate      ──► kept for the next position
    other MSG, SEL, ID, AIR, STA, CLK              ──► say nothing of a place: passed over, not counted

A line has no time that can be trusted (receivers write their local time without a zone), so a report is seen
when its line comes. Altitude is pressure altitude (STD); on the ground there is none.
Source: the BaseStation socket format as dump1090 and readsb write it.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from steerclear.model.space import Datum
from steerclear.model.time import Instant
from steerclear.tracking.feeding import Heard, Lines, Row, e7_of
from steerclear.tracking.reports import DATUM_OF, NO_DATUM

__all__ = ["SbsReader"]

_LONGEST: Final = 512
_FIELDS: Final = 22
_YOUNG_MS: Final = 10_000
_MOST: Final = 50_000
_KNOT_MM_S: Final = 1_852_000 / 3_600
_STD: Final = DATUM_OF[Datum.STD]
_HEX: Final = frozenset(b"0123456789abcdefABCDEF")
_SILENT: Final = frozenset((b"SEL", b"ID", b"AIR", b"STA", b"CLK"))

_Velocity = tuple[int, int, int, bool, int]
"""East and north mm/s, climb ft/min and whether it was told, and when."""


class SbsReader:
    """``whose`` is a code of all that this feed shows; ``uncertain_mm`` of its positions (0.1 NM by default).

    The format does not carry the accuracy of a position.
    """

    def __init__(self, *, whose: int = -1, uncertain_mm: int = 185_200) -> None:
        self._whose, self._uncertain = whose, uncertain_mm
        self._lines = Lines(_LONGEST)
        self._velocity: dict[bytes, _Velocity] = {}

    def feed(self, chunk: bytes, now: Instant) -> Heard:
        """See ``Reader.feed``."""
        dropped: Counter[str] = Counter()
        refs: list[str] = []
        rows: list[Row] = []
        for line in self._lines.cut(chunk, dropped):
            fields = line.split(b",")
            if fields[0] != b"MSG" or len(fields) < _FIELDS:
                if fields[0] not in _SILENT and line.strip():
                    dropped["no-sbs-line"] += 1
                continue
            kind = fields[1]
            if kind == b"3":
                self._position(fields, now, refs, rows, dropped)
            elif kind == b"4":
                self._speed(fields, now, dropped)
        return Heard.of(refs, rows, dropped)

    def cut(self) -> int:
        """See ``Reader.cut``."""
        return self._lines.end()

    def _position(
        self, fields: list[bytes], now: Instant, refs: list[str], rows: list[Row], dropped: Counter[str]
    ) -> None:
        name = fields[4]
        if not _is_address(name):
            dropped["no-address"] += 1
            return
        if not fields[14] or not fields[15]:
            dropped["no-place"] += 1
            return
        try:
            place = e7_of(float(fields[14]), float(fields[15]))
            feet = int(fields[11]) if fields[11] else None
        except ValueError:
            dropped["no-number"] += 1
            return
        if place is None or (feet is not None and abs(feet) > 1_000_000):
            dropped["out-of-range"] += 1
            return
        east, north, climb, climb_known, at = self._velocity.get(name, (0, 0, 0, False, -_YOUNG_MS))
        known = now - at <= _YOUNG_MS
        if not known:
            east = north = climb = 0
        on_ground = fields[21].strip() in (b"-1", b"1")
        datum = NO_DATUM if feet is None or on_ground else _STD
        refs.append("icao:" + name.decode("ascii").lower())
        rows.append(
            (
                self._whose, now, *place, datum, feet if datum == _STD else 0,
                east, north, known, climb, known and climb_known, self._uncertain,
            )
        )  # fmt: skip

    def _speed(self, fields: list[bytes], now: Instant, dropped: Counter[str]) -> None:
        if not _is_address(fields[4]):
            dropped["no-address"] += 1
            return
        if not fields[12] or not fields[13]:
            dropped["no-speed"] += 1
            return
        try:
            speed, track = float(fields[12]) * _KNOT_MM_S, math.radians(float(fields[13]))
            climb = int(fields[16]) if fields[16] else None
            if not 0 <= speed < 1e8 or (climb is not None and abs(climb) > 1_000_000):
                dropped["out-of-range"] += 1
                return
            east, north = round(speed * math.sin(track)), round(speed * math.cos(track))
        except ValueError:
            dropped["no-number"] += 1
            return
        if len(self._velocity) >= _MOST:
            self._velocity = {n: v for n, v in self._velocity.items() if now - v[4] <= _YOUNG_MS}
        if len(self._velocity) < _MOST:
            self._velocity[fields[4]] = (east, north, climb or 0, climb is not None, now)
        else:
            dropped["too-many"] += 1


def _is_address(name: bytes) -> bool:
    return len(name) == 6 and _HEX.issuperset(name)
