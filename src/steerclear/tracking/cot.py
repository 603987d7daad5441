# SPDX-License-Identifier: Apache-2.0
"""What do Cursor on Target events say of where things are?

    bytes ──► <event …>…</event>, one after another ──► atoms (type ``a-…``) ──► reports

- Heights are HAE: WGS84. ``9999999`` is CoT's word for unknown, of heights and of errors.
- An event is as old as its ``time``, and says nothing any more after ``stale``.
- What is not an atom (chat, drawings, pings) says nothing of a track, and is counted as that.
- An event with a document type, an entity or a processing instruction is dropped unread: what could make a
  reader of XML open a file or fill the memory never reaches it. So is one of more than 64 KiB.

Source: MITRE MP 090284; TAK's ``event`` schema 2.0.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError, fromstring

from steerclear.model.space import Datum
from steerclear.model.time import Instant
from steerclear.tracking.feeding import Heard, Row, e7_of
from steerclear.tracking.reports import DATUM_OF, NO_DATUM

__all__ = ["OURS", "CotReader"]

OURS: Final = "steerclear."
"""How the names of the events begin that we send ourselves: one that comes back is no track."""

_LONGEST: Final = 64 << 10
_END: Final = b"</event>"
_BEGIN: Final = re.compile(rb"<event[\s>]")
_DECLARATION: Final = re.compile(r"\s*(?:<\?xml[^<>]*\?>)?\s*")
_UNKNOWN: Final = 9_999_999.0
_FOOT_M: Final = 0.3048
_UNCERTAIN_MM: Final = 1_000_000
_NAME: Final = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)


class CotReader:
    """``whose`` is a code of all that this feed shows."""

    def __init__(self, *, whose: int = -1) -> None:
        self._whose = whose
        self._rest = b""

    def feed(self, chunk: bytes, now: Instant) -> Heard:
        """See ``Reader.feed``."""
        dropped: Counter[str] = Counter()
        refs: list[str] = []
        rows: list[Row] = []
        for text in self._events(chunk, dropped):
            found = self._read(text, now)
            if isinstance(found, str):
                dropped[found] += 1
            else:
                refs.append(found[0])
                rows.append(found[1])
        return Heard.of(refs, rows, dropped)

    def cut(self) -> int:
        """See ``Reader.cut``."""
        half, self._rest = len(self._rest.strip()), b""
        return half

    def _events(self, chunk: bytes, dropped: Counter[str]) -> list[bytes]:
        parts = (self._rest + chunk).split(_END)
        self._rest = parts.pop()
        if len(self._rest) > _LONGEST:
            dropped["event-too-long"] += 1
            self._rest = b""
        found = []
        for part in parts:
            begin = _BEGIN.search(part)
            if begin is None or len(part) > _LONGEST:
                dropped["no-event" if begin is None else "event-too-long"] += 1
                continue
            # What stands before the event is a declaration, or the rest of something that was cut off.
            if not _DECLARATION.fullmatch(part[: begin.start()].decode("ascii", "replace")):
                dropped["rest-of-something"] += 1
            found.append(part[begin.start() :] + _END)
        return found

    def _read(self, text: bytes, now: Instant) -> tuple[str, Row] | str:
        if b"<!" in text or b"<?" in text:
            return "declares-something"
        try:
            # As a string: no encoding that the sender could name is ever used.
            event = fromstring(text.decode("utf-8"))  # noqa: S314 - no declarations, no entities; see above
        except (ParseError, UnicodeDecodeError):
            return "no-xml"
        kind, name = event.get("type", ""), event.get("uid", "")
        if not kind.startswith("a-"):
            return "not-a-track"
        if not _NAME.fullmatch(name):
            return "no-name"
        if name.startswith(OURS):
            return "our-own"
        return self._report(event, f"cot:{name}", now)

    def _report(self, event: Element, ref: str, now: Instant) -> tuple[str, Row] | str:
        point = event.find("point")
        seen_at, stale_at = _instant(event.get("time")), _instant(event.get("stale"))
        if seen_at is None or stale_at is None:
            return "no-time"
        if stale_at < now:
            return "stale"
        if point is None:
            return "no-place"
        lat, lon = _number(point.get("lat")), _number(point.get("lon"))
        place = None if lat is None or lon is None else e7_of(lat, lon)
        if place is None:
            return "no-place"
        height, around = _number(point.get("hae")), _number(point.get("ce"))
        known_height = height is not None and abs(height) < 300_000
        east, north, speed_known = _velocity(event.find("detail/track"))
        row = (
            self._whose,
            seen_at,
            *place,
            DATUM_OF[Datum.WGS84] if known_height else NO_DATUM,
            round(height / _FOOT_M) if known_height and height is not None else 0,
            east,
            north,
            speed_known,
            0,
            False,
            round(around * 1000) if around is not None and 0 <= around < 1e6 else _UNCERTAIN_MM,
        )
        return ref, row


def _number(text: str | None) -> float | None:
    """A finite number; CoT's *unknown* is none."""
    if text is None or len(text) > 40:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value != _UNKNOWN else None


def _instant(text: str | None) -> int | None:
    if text is None or len(text) > 40:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)  # the schema says UTC, and some senders leave out the Z
    try:
        return round(at.timestamp() * 1000)
    except (OverflowError, ValueError):
        return None


def _velocity(track: Element | None) -> tuple[int, int, bool]:
    speed = None if track is None else _number(track.get("speed"))
    course = None if track is None else _number(track.get("course"))
    if speed is None or course is None or not 0 <= speed < 1e5 or abs(course) > 720:
        return 0, 0, False
    turned = math.radians(course)
    return round(speed * 1000 * math.sin(turned)), round(speed * 1000 * math.cos(turned)), True
