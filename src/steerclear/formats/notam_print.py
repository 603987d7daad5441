# SPDX-License-Identifier: Apache-2.0
"""How does a notice read as a NOTAM that its authority could issue?

The parties are not the authority for NOTAMs of any FIR: this is the text handed to it, and without the
authority's number it is a proposal. One message for each area with its band; several times of one area stand
in item D. ``read_notams`` reads the same volumes back.

    corners     to 0.01″ (0.3 m); whole seconds where they are whole
    radii       up to 0.01 NM, or up to whole metres where that is less
    times       B down and C up to whole minutes
    holes       left out, so the area is larger; legs become a corridor as wide as the widest, all the time
    heights     above the WGS84 ellipsoid are refused: a NOTAM has no words for them
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.heights import UNLIMITED, spell_height
from steerclear.formats.notam_times import spell_instant, spell_schedule
from steerclear.geometry.geodesic import distance_m
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Band,
    Circle,
    Corridor,
    Datum,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
)

__all__ = ["print_notam"]

NM_MM: Final = 1_852_000
_CODES: Final = {
    NoticeKind.HAZARD: ("QRDCA", "DANGER AREA ACT"),
    NoticeKind.EXERCISE: ("QWELW", "EXERCISE WILL TAKE PLACE"),
    NoticeKind.LAUNCH: ("QWMLW", "MISSILE OR ROCKET FIRING WILL TAKE PLACE"),
    NoticeKind.DRONE: ("QWULW", "UNMANNED ACFT WILL TAKE PLACE"),
    NoticeKind.KEEP_OUT: ("QRTCA", "TEMPO RESTRICTED AREA ACT"),
    NoticeKind.EMISSION: ("QXXXX", "EMISSION HAZARDOUS TO ACFT OR NAVIGATION"),
    NoticeKind.RESCUE: ("QWXXX", "RESCUE OPERATION"),
}
_OTHER: Final = ("QXXXX", "AIR NAVIGATION WARNING")
Spans = tuple[tuple[int, int], ...]


def print_notam(notice: Notice, *, fir: str, number: str | None = None) -> str:
    """The messages, one after another. ``fir`` is the FIR's designator, ``number`` the authority's own.

    Raises ``BadInput``: ``fir-designator``, ``notam-datum``.
    """
    if len(fir) != 4 or not fir.isascii() or not fir.isalpha() or not fir.isupper():
        raise BadInput(
            "fir-designator",
            "A NOTAM names its flight information region by four letters.",
            where="fir",
            remedy="Give the designator of the FIR in which the area lies, as OSTT.",
        )
    return "\n".join(
        _message(notice, footprint, band, spans, fir, number) for footprint, band, spans in _grouped(notice)
    )


def _grouped(notice: Notice) -> Iterator[tuple[Footprint, Band, Spans]]:
    """Each area with its band once, with all its times."""
    groups: dict[tuple[Footprint, Band], list[tuple[int, int]]] = {}
    for volume in notice.volumes:
        parts = volume.footprint.parts if isinstance(volume.footprint, MultiPolygon) else (volume.footprint,)
        for part in parts:
            span = (volume.span.start_s // 60 * 60, -(-volume.span.end_s // 60) * 60)
            groups.setdefault((part, volume.band), []).append(span)
    for (footprint, band), spans in groups.items():
        yield footprint, band, tuple(sorted(spans))


def _message(
    notice: Notice, footprint: Footprint, band: Band, spans: Spans, fir: str, number: str | None
) -> str:
    for altitude in (band.lower, band.upper):
        if altitude.datum is Datum.WGS84:
            raise BadInput(
                "notam-datum",
                "A NOTAM has no words for a height above the WGS84 ellipsoid.",
                where=notice.ref,
                remedy="Give the heights above mean sea level, above ground or as flight levels.",
            )
    code, words = _CODES.get(notice.kind, _OTHER)
    first_s, last_s = min(span[0] for span in spans), max(span[1] for span in spans)
    lines = [
        f"({number} NOTAMN" if number else "(NOTAMN",
        f"Q) {fir}/{code}/IV/BO/W/{_levels(band)}/{_enclosing(footprint)}",
        f"A) {fir} B) {spell_instant(first_s)} C) {spell_instant(last_s)}",
        *([f"D) {spell_schedule(spans)}"] if len(spans) > 1 else []),
        f"E) {words} {_drawn(footprint)}.",
        f"F) {_height(band.lower, is_upper=False)} G) {_height(band.upper, is_upper=True)})",
    ]
    return "\n".join(lines) + "\n"


def _height(altitude: Altitude, *, is_upper: bool) -> str:
    """A pressure altitude between two levels goes outward to the next."""
    if altitude.datum is not Datum.STD:
        return spell_height(altitude, is_upper=is_upper)
    level = -(-altitude.feet // 100) if is_upper else altitude.feet // 100
    return f"FL{max(0, level):03d}" if level > 0 or is_upper else "SFC"


def _levels(band: Band) -> str:
    """Hundreds of feet, outward; heights above ground are not known as levels, and give all of it."""
    lower = 0 if band.lower.datum is Datum.AGL else max(0, band.lower.feet // 100)
    upper = 999
    if band.upper.datum is not Datum.AGL and band.upper != UNLIMITED:
        upper = min(999, max(0, -(-band.upper.feet // 100)))
    return f"{min(lower, 999):03d}/{upper:03d}"


def _enclosing(footprint: Footprint) -> str:
    """A circle around all of it: centre to the minute, radius up to whole NM; 999 at most."""
    points, around_mm = _points(footprint)
    centre = _middle(points)
    lat_min, lon_min = (round(Fraction(e7 * 60, 10_000_000)) for e7 in (centre.lat_e7, centre.lon_e7))
    shown = Position(round(Fraction(lat_min * 10_000_000, 60)), round(Fraction(lon_min * 10_000_000, 60)))
    farthest_mm = max(distance_m(shown, point) for point in points) * 1000 + around_mm
    radius = min(999, ceil(farthest_mm / NM_MM))
    lat = f"{abs(lat_min) // 60:02d}{abs(lat_min) % 60:02d}{'NS'[lat_min < 0]}"
    lon = f"{abs(lon_min) // 60:03d}{abs(lon_min) % 60:02d}{'EW'[lon_min < 0]}"
    return f"{lat}{lon}{radius:03d}"


def _points(footprint: Footprint) -> tuple[Sequence[Position], int]:
    match footprint:
        case Circle(centre=centre, radius_mm=radius_mm):
            return (centre,), radius_mm
        case Corridor(points=points, half_width_mm=half_mm):
            return points, half_mm
        case Legs(points=points, radii_mm=radii_mm):
            return points, max(radii_mm)
        case Polygon(exterior=exterior):
            return exterior, 0
        case _:
            return footprint.parts[0].exterior, 0


def _middle(points: Sequence[Position]) -> Position:
    """Longitudes count from the first, so that what crosses the antimeridian has its middle there."""
    first = points[0].lon_e7
    turns = [_wrapped(point.lon_e7 - first) for point in points]
    lon_e7 = _wrapped(first + (min(turns) + max(turns)) // 2)
    lats = [point.lat_e7 for point in points]
    return Position((min(lats) + max(lats)) // 2, lon_e7)


def _wrapped(lon_e7: int) -> int:
    return (lon_e7 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000


def _drawn(footprint: Footprint) -> str:
    match footprint:
        case Circle(centre=centre, radius_mm=radius_mm):
            return f"WI {_length(radius_mm)} RADIUS OF {_spelled(centre)}"
        case Corridor(points=points, half_width_mm=half_mm):
            return f"WI {_length(half_mm)} EITHER SIDE OF LINE {_line(points)}"
        case Legs(points=points, radii_mm=radii_mm):
            return f"WI {_length(max(radii_mm))} EITHER SIDE OF LINE {_line(_moving(points))}"
        case Polygon(exterior=exterior):
            return f"WI AREA BOUNDED BY {_line((*exterior, exterior[0]))}"
        case _:
            return " AND ".join(_drawn(part) for part in footprint.parts)


def _moving(points: Sequence[Position]) -> list[Position]:
    """A hold is one point of the line; something that only holds is a line of two equal points."""
    kept = [points[0], *(there for here, there in pairwise(points) if here != there)]
    return kept if len(kept) > 1 else kept * 2


def _line(points: Sequence[Position]) -> str:
    return " - ".join(map(_spelled, points))


def _spelled(point: Position) -> str:
    lat, lon = _angle(point.lat_e7, 2), _angle(point.lon_e7, 3)
    return f"{lat}{'NS'[point.lat_e7 < 0]}{lon}{'EW'[point.lon_e7 < 0]}"


def _angle(size_e7: int, width: int) -> str:
    """Hundredths of a second, rounded once; none are written where they are nought."""
    hundredths = round(Fraction(abs(size_e7) * 360_000, 10_000_000))
    minutes, rest = divmod(hundredths, 6000)
    seconds, rest = divmod(rest, 100)
    whole = f"{minutes // 60:0{width}d}{minutes % 60:02d}{seconds:02d}"
    return f"{whole}.{rest:02d}" if rest else whole


def _length(size_mm: int) -> str:
    """Nautical miles where two decimals are enough, else kilometres, up to the metre."""
    hundredths, rest = divmod(size_mm * 100, NM_MM)
    if not rest:
        return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".") + "NM"
    metres = -(-size_mm // 1000)
    return f"{metres // 1000}.{metres % 1000:03d}".rstrip("0").rstrip(".") + "KM"
