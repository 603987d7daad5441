# SPDX-License-Identifier: Apache-2.0
"""What do raw Mode S replies say of where aircraft are: extended squitters, as a receiver heard them?

    AVR    *8D40621D58C382D690C8AC2863A7;   and @…; with the receiver's time before it   (port 30002)
    Beast  1A 33 time(6) level(1) reply(14), each 1A in it doubled                       (port 30005)

    airborne positions, even and odd ──► a place, of two that are less than 10 s apart ──► a report
    velocities                       ──► kept for the next position, for 10 s
    what is on the ground            ──► ``on-the-ground``: where that is needs a place to begin from
    all other replies                ──► say nothing of a place: passed over, not counted

The receiver's time has no day, so a reply is seen when it comes. Bits, sums and places are rs1090's, an
extra: ``steerclear[mode-s]``. Source: ICAO Doc 9871; DO-260B, 2.2.3.2.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any, Final

import rs1090

from steerclear.model.space import Datum
from steerclear.model.time import Instant
from steerclear.tracking.feeding import Heard, Row, e7_of
from steerclear.tracking.reports import DATUM_OF, NO_DATUM

__all__ = ["AvrReader", "BeastReader"]

_LONGEST: Final = 256
_YOUNG_MS: Final = 10_000
_MOST: Final = 50_000
_KNOT_MM_S: Final = 1_852_000 / 3_600
_AVR: Final = re.compile(rb"\s*(?:\*|[@%<][0-9A-Fa-f]{12}(?:[0-9A-Fa-f]{2})?)((?:[0-9A-Fa-f]{14}){1,2})\s*")
_BEAST: Final = {0x31: 2 + 7, 0x32: 7 + 7, 0x33: 14 + 7}
"""How many bytes follow each kind: time, level, and what was heard (Mode A/C, short, long)."""
_AIRBORNE: Final = frozenset((*range(9, 19), *range(20, 23)))

# The radius that holds 95 % of positions, mm, by NUCp (DO-260, table N-6).
_NUCP_MM: Final = {
    9: 3_000, 8: 10_000, 7: 92_600, 6: 185_200, 5: 463_000, 4: 926_000, 3: 1_852_000, 2: 9_260_000,
    1: 18_520_000,
}  # fmt: skip
_ICAO_ADDRESSES: Final = (None, "ADSB_ES_NT", "TISB_FINE", "TISB_ADSB_RELAY")
"""What of DF 18 comes under an address of ICAO's."""

_Velocity = tuple[int, int, int, bool, int]
"""East and north mm/s, climb ft/min and whether it was told, and when."""


class _Squitters:
    """Replies in hexadecimal letters into reports: the same for every way in which they come."""

    def __init__(self, whose: int, uncertain_mm: int) -> None:
        self._whose, self._uncertain = whose, uncertain_mm
        self._halves: dict[str, tuple[tuple[int, str], ...]] = {}
        self._velocity: dict[str, _Velocity] = {}

    def heard(self, replies: list[str], now: int, dropped: Counter[str]) -> Heard:
        """One report for each position whose other half is known."""
        squitters = [reply for reply in replies if len(reply) == 28 and 0x88 <= int(reply[:2], 16) <= 0x97]
        refs: list[str] = []
        rows: list[Row] = []
        for told in self._decoded(squitters, now, dropped):
            if told.get("bds") == "09":
                self._speed(told, now, dropped)
            elif told.get("bds") == "05":
                row = self._row(told, now, dropped)
                if row is not None:
                    refs.append(_ref(told))
                    rows.append(row)
            elif told.get("bds") == "06":
                dropped["on-the-ground"] += 1
        return Heard.of(refs, rows, dropped)

    def _decoded(self, replies: list[str], now: int, dropped: Counter[str]) -> list[dict[str, Any]]:
        """What rs1090 says of them, in their order; the other halves that we kept go before them."""
        if not replies:
            return []
        others = {half for reply in replies for half in self._halves.get(reply[2:8].lower(), ())}
        before = sorted(half for half in others if now - half[0] < _YOUNG_MS)
        asked = [*(reply for _, reply in before), *replies]
        times = [at / 1000 for at, _ in before] + [
            now / 1000 + place * 1e-6 for place in range(1, len(replies) + 1)
        ]
        told = [one for one in _asked(asked, times) if one["timestamp"] > now / 1000]
        if len(told) < len(replies):
            dropped["bad-sum"] += len(replies) - len(told)
        self._keep([one["frame"] for one in told], now)
        return told

    def _keep(self, replies: list[str], now: int) -> None:
        """The newest even and odd position of each aircraft."""
        if len(self._halves) > _MOST:
            self._halves = {n: h for n, h in self._halves.items() if now - max(h)[0] < _YOUNG_MS}
        for reply in replies:
            if int(reply[8:10], 16) >> 3 not in _AIRBORNE or len(self._halves) > _MOST:
                continue
            others = [half for half in self._halves.get(reply[2:8], ()) if _odd(half[1]) != _odd(reply)]
            self._halves[reply[2:8]] = (*others, (now, reply))

    def _row(self, told: dict[str, Any], now: int, dropped: Counter[str]) -> Row | None:
        lat, lon = told.get("latitude"), told.get("longitude")
        if lat is None or lon is None:
            dropped["half-a-place"] += 1
            return None
        place = e7_of(lat, lon)
        if place is None:
            dropped["out-of-range"] += 1
            return None
        feet, source = told.get("altitude"), told.get("source")
        datum = DATUM_OF[Datum.STD if source == "barometric" else Datum.WGS84]
        if not isinstance(feet, int | float) or abs(feet) > 1_000_000:
            feet, datum = 0, NO_DATUM
        never = (0, 0, 0, False, now - 2 * _YOUNG_MS)
        east, north, climb, climb_known, at = self._velocity.get(_ref(told), never)
        known = now - at <= _YOUNG_MS
        if not known:
            east = north = climb = 0
        uncertain = _NUCP_MM.get(told.get("NUCp", 0), self._uncertain)
        return (
            self._whose, now, *place, datum, round(feet),
            east, north, known, climb, known and climb_known, uncertain,
        )  # fmt: skip

    def _speed(self, told: dict[str, Any], now: int, dropped: Counter[str]) -> None:
        speed, track, climb = (told.get(name) for name in ("groundspeed", "track", "vertical_rate"))
        if not isinstance(speed, int | float) or not isinstance(track, int | float):
            return  # an air speed: it says nothing of the way over the ground
        if len(self._velocity) >= _MOST:
            self._velocity = {n: v for n, v in self._velocity.items() if now - v[4] <= _YOUNG_MS}
        if len(self._velocity) >= _MOST:
            dropped["too-many"] += 1
            return
        mm_s, turned = speed * _KNOT_MM_S, math.radians(track)
        east, north = round(mm_s * math.sin(turned)), round(mm_s * math.cos(turned))
        self._velocity[_ref(told)] = (east, north, climb or 0, climb is not None, now)


class AvrReader:
    """``whose`` is a code of all that this feed shows; ``uncertain_mm`` where no accuracy is told."""

    def __init__(self, *, whose: int = -1, uncertain_mm: int = 185_200) -> None:
        self._squitters = _Squitters(whose, uncertain_mm)
        self._rest = b""

    def feed(self, chunk: bytes, now: Instant) -> Heard:
        """See ``Reader.feed``."""
        dropped: Counter[str] = Counter()
        parts = (self._rest + chunk).split(b";")
        self._rest = parts.pop()
        if len(self._rest) > _LONGEST:
            dropped["line-too-long"] += 1
            self._rest = b""
        replies = []
        for part in parts:
            found = _AVR.fullmatch(part)
            if found is None:
                dropped["no-reply"] += 1
            else:
                replies.append(found[1].decode("ascii"))
        return self._squitters.heard(replies, now, dropped)

    def cut(self) -> int:
        """See ``Reader.cut``."""
        half, self._rest = len(self._rest.strip()), b""
        return half


class BeastReader:
    """``whose`` is a code of all that this feed shows; ``uncertain_mm`` where no accuracy is told."""

    def __init__(self, *, whose: int = -1, uncertain_mm: int = 185_200) -> None:
        self._squitters = _Squitters(whose, uncertain_mm)
        self._rest = b""

    def feed(self, chunk: bytes, now: Instant) -> Heard:
        """See ``Reader.feed``."""
        dropped: Counter[str] = Counter()
        replies = [body[7:].hex() for body in self._bodies(chunk, dropped)]
        return self._squitters.heard(replies, now, dropped)

    def cut(self) -> int:
        """See ``Reader.cut``."""
        half, self._rest = len(self._rest), b""
        return half

    def _bodies(self, chunk: bytes, dropped: Counter[str]) -> list[bytes]:
        """Time, level and reply of each whole one. 1A begins one, and stands doubled within."""
        data, found = self._rest + chunk, []
        begin = 0
        while True:
            at = data.find(b"\x1a", begin)
            if at != begin and begin < len(data):
                dropped["no-reply"] += 1
            if at < 0:
                begin = len(data)
                break
            begin = at
            if at + 1 >= len(data):
                break
            size = _BEAST.get(data[at + 1])
            if size is None:  # a kind of which we know no length (1A 34 tells how a receiver is)
                dropped["no-reply"] += data[at + 1] != 0x34
                begin = _next_begin(data, at + 1)
                continue
            body, end = _undoubled(data, at + 2, size)
            if body is None and end >= len(data):
                break
            if body is None:
                dropped["no-reply"] += 1
            else:
                found.append(body)
            begin = end
        self._rest = data[begin:]
        return found


def _undoubled(data: bytes, at: int, size: int) -> tuple[bytes | None, int]:
    """So many bytes with each doubled 1A once, and where they end; none where another one begins before."""
    body = bytearray()
    while len(body) < size:
        if at >= len(data) or (data[at] == 0x1A and at + 1 >= len(data)):
            return None, len(data)
        if data[at] == 0x1A and data[at + 1] != 0x1A:
            return None, at
        body.append(data[at])
        at += 2 if data[at] == 0x1A else 1
    return bytes(body), at


def _next_begin(data: bytes, at: int) -> int:
    """Where a single 1A stands next; the end when there is none."""
    while True:
        at = data.find(b"\x1a", at)
        if at < 0:
            return len(data)
        if at + 1 >= len(data) or data[at + 1] != 0x1A:
            return at
        at += 2


def _asked(replies: list[str], times: list[float]) -> list[dict[str, Any]]:
    told: Any = rs1090.decode(replies, times)
    return list(told)


def _odd(reply: str) -> bool:
    """The format of a position's half: bit 22 of what it tells."""
    return int(reply[13], 16) & 0x4 != 0


def _ref(told: dict[str, Any]) -> str:
    """DF 18 is no transponder of an aircraft; only some of its addresses are ICAO's, and it says which."""
    other = told["df"] == "18" and told.get("tisb") not in (
        None,
        "ADSB_ES_NT",
        "TISB_FINE",
        "TISB_ADSB_RELAY",
    )
    return f"icao:{'~' if other else ''}{told['icao24'].lower()}"
