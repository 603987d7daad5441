# SPDX-License-Identifier: Apache-2.0
"""How is a picture shown to those who hold other maps: KML, Cursor on Target, GeoJSON? Reports in, text out.

    newest reports ──► KML with a NetworkLink that fetches it again   Google Earth, TAK clients
                   ├─► CoT events, one after another                  a TAK server
                   └─► GeoJSON, or a sequence of it (RFC 8142)        anything else

- A height is put where the form has its datum (KML: above the sea, CoT and GeoJSON: above the ellipsoid); any
  other height is told in words with its datum, and never passed off for another.
- How old a report is stands beside it; what is older than ``oldest_ms`` is left out.
- Names that feeds gave are strangers' words: escaped, and never a link.

This is one node's own picture for its own people: what another member may be shown is an annex's to say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from steerclear.model.time import Instant
from steerclear.tracking.cot import OURS
from steerclear.tracking.reports import WHOSE, Reports

__all__ = ["cot_events", "geojson_collection", "geojson_sequence", "kml_of", "kml_that_fetches"]

OLDEST_MS: Final = 300_000
_STALE_MS: Final = 30_000
_FOOT_M: Final = 0.3048
_KNOT_MM_S: Final = 1_852_000 / 3_600
_DATUM: Final = {0: "AMSL", 1: "WGS84", 2: "STD"}
_WHOSE: Final = {code: word for word, code in WHOSE.items()}
_COLOUR: Final = {"own": "ffff8000", "other": "ff0080ff", "civil": "ff00c000", "unknown": "ff00ffff"}
"""KML's order: opacity, blue, green, red."""
_STANDING: Final = {"own": "f", "other": "n", "civil": "n", "unknown": "u"}
"""CoT's affiliation. Another party is *neutral*: nothing here says more of it."""
_UNKNOWN: Final = "9999999.0"


@dataclass(frozen=True, slots=True)
class _Shown:
    """One report, ready to be told. ``height`` is feet and datum; None is unknown."""

    ref: str
    whose: str
    at: str
    stale_at: str
    age_s: int
    lat: float
    lon: float
    height: tuple[int, str] | None
    course: float | None
    knots: float | None
    climb_ft_min: int | None
    uncertain_m: float

    @property
    def words(self) -> str:
        """For a person: how high, how fast, how old."""
        told = [self.whose, f"seen {self.at}, {self.age_s} s ago"]
        told.append("no height" if self.height is None else f"{self.height[0]:,} ft {self.height[1]}")
        if self.knots is not None and self.course is not None:
            told.append(f"{self.knots:.0f} kn towards {self.course:03.0f}°")
        return "; ".join([*told, f"within {self.uncertain_m:,.0f} m"])

    def metres(self, datum: str) -> float | None:
        """The height, if it is of that datum."""
        return None if self.height is None or self.height[1] != datum else self.height[0] * _FOOT_M


def kml_of(reports: Reports, now: Instant, *, oldest_ms: int = OLDEST_MS) -> str:
    """A KML 2.2 document with a placemark for each track."""
    styles = "".join(
        f'<Style id="{whose}"><IconStyle><color>{colour}</color></IconStyle></Style>'
        for whose, colour in _COLOUR.items()
    )
    marks = "".join(map(_placemark, _shown(reports, now, oldest_ms)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>Steerclear, {_time(now)}</name>{styles}{marks}</Document></kml>\n"
    )


def kml_that_fetches(url: str, *, every_s: int = 5) -> str:
    """A KML document that fetches the one at ``url`` again and again: what a person opens once."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>Steerclear</name><NetworkLink><name>Live picture</name><Link><href>{escape(url)}</href>"
        f"<refreshMode>onInterval</refreshMode><refreshInterval>{every_s}</refreshInterval>"
        "</Link></NetworkLink></Document></kml>\n"
    )


def cot_events(reports: Reports, now: Instant, *, oldest_ms: int = OLDEST_MS) -> bytes:
    """Events, one after another, as a TAK server takes them on its stream."""
    return "".join(map(_event, _shown(reports, now, oldest_ms))).encode()


def geojson_collection(reports: Reports, now: Instant, *, oldest_ms: int = OLDEST_MS) -> str:
    """One FeatureCollection (RFC 7946)."""
    features = [_feature(one) for one in _shown(reports, now, oldest_ms)]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=True)


def geojson_sequence(reports: Reports, now: Instant, *, oldest_ms: int = OLDEST_MS) -> bytes:
    """Features as a text sequence (RFC 8142, ``application/geo+json-seq``): each RS, JSON, LF."""
    texts = (json.dumps(_feature(one), ensure_ascii=True) for one in _shown(reports, now, oldest_ms))
    return "".join(f"\x1e{text}\n" for text in texts).encode()


def _shown(reports: Reports, now: int, oldest_ms: int) -> Iterator[_Shown]:
    columns = [column.tolist() for column in reports.columns]
    for ref, row in zip(reports.refs.tolist(), zip(*columns, strict=True), strict=True):
        whose, seen_at, lat, lon, datum, feet, east, north, moves, climb, climbs, uncertain = row
        if now - seen_at > oldest_ms:
            continue
        yield _Shown(
            ref=ref,
            whose=_WHOSE[whose],
            at=_time(seen_at),
            stale_at=_time(seen_at + _STALE_MS),
            age_s=max(0, round((now - seen_at) / 1000)),
            lat=lat / 1e7,
            lon=lon / 1e7,
            height=(feet, _DATUM[datum]) if datum in _DATUM else None,
            course=math.degrees(math.atan2(east, north)) % 360 if moves else None,
            knots=math.hypot(east, north) / _KNOT_MM_S if moves else None,
            climb_ft_min=climb if climbs else None,
            uncertain_m=uncertain / 1000,
        )


def _placemark(one: _Shown) -> str:
    above_sea = one.metres("AMSL")
    mode = "clampToGround" if above_sea is None else "absolute"
    return (
        f"<Placemark><name>{escape(_printable(one.ref))}</name><description>{escape(one.words)}</description>"
        f"<TimeStamp><when>{one.at}</when></TimeStamp><styleUrl>#{one.whose}</styleUrl>"
        f"<Point><altitudeMode>{mode}</altitudeMode>"
        f"<coordinates>{one.lon:.7f},{one.lat:.7f},{above_sea or 0:.1f}</coordinates></Point></Placemark>"
    )


def _event(one: _Shown) -> str:
    hae = one.metres("WGS84")
    moves = (
        ""
        if one.knots is None or one.course is None
        else f'<track course="{one.course:.2f}" speed="{one.knots * _KNOT_MM_S / 1000:.3f}"/>'
    )
    return (
        f'<event version="2.0" uid={quoteattr(OURS + _printable(one.ref))} type="{_type(one)}" '
        f'how="m-p" time="{one.at}" start="{one.at}" stale="{one.stale_at}">'
        f'<point lat="{one.lat:.7f}" lon="{one.lon:.7f}" hae="{_UNKNOWN if hae is None else f"{hae:.1f}"}" '
        f'ce="{one.uncertain_m:.1f}" le="{_UNKNOWN}"/>'
        f"<detail><contact callsign={quoteattr(_printable(one.ref))}/>{moves}"
        f"<remarks>{escape(one.words)}</remarks></detail></event>"
    )


def _type(one: _Shown) -> str:
    """In the air what a transponder or a radar saw, on the sea a ship, else *other*."""
    source = one.ref.partition(":")[0]
    where = {"icao": "A", "radar": "A", "mmsi": "S"}.get(source, "X")
    return f"a-{_STANDING[one.whose]}-{where}{'-C' if one.whose == 'civil' and where == 'A' else ''}"


def _feature(one: _Shown) -> dict[str, object]:
    above = one.metres("WGS84")
    return {
        "type": "Feature",
        "id": one.ref,
        "geometry": {
            "type": "Point",
            "coordinates": [one.lon, one.lat] if above is None else [one.lon, one.lat, round(above, 1)],
        },
        "properties": {
            "ref": one.ref,
            "whose": one.whose,
            "seen_at": one.at,
            "age_s": one.age_s,
            "feet": None if one.height is None else one.height[0],
            "datum": None if one.height is None else one.height[1],
            "course_deg": None if one.course is None else round(one.course, 2),
            "speed_kn": None if one.knots is None else round(one.knots, 1),
            "climb_ft_min": one.climb_ft_min,
            "uncertain_m": one.uncertain_m,
        },
    }


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(one if one.isprintable() else "?" for one in text)
