# SPDX-License-Identifier: Apache-2.0
"""Which drafts are in this OpenAir file, and how does a notice go to a glider's or a drone's map?

    AC R                     class         AN T4-1        name, the draft's reference
    AL SFC   AH FL240        limits        AA 2025-04-09T0800Z/2025-04-09T1000Z   active (Naviter)
    DP 34:24:00 N 037:30:00 E              corner
    V X=34:31:21 N 037:37:37 E   DC 5      circle of 5 NM        V D=-   turn direction
    DA 5,270,290   DB coord,coord          arcs around X         V W=2  DY coord      airway, 2 NM wide

Arcs are drawn in corners, a degree each, from outside. Lines that say nothing here (labels, pens,
frequencies) are left alone; one that is not known is a doubt at its place, since it could draw. A height
without a datum is one (the old programs took it above sea level, which is offered). Sources: WinPilot's
OpenAir, Naviter's extension 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.circles import arc_points
from steerclear.formats.coordinates import parse_position
from steerclear.formats.drafts import Doubt, Draft, DraftVolume, Field, Given, Skipped
from steerclear.formats.heights import parse_height, spell_height
from steerclear.formats.quoting import quoted
from steerclear.geometry.geodesic import bearing_deg, distance_m
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Altitude, Circle, Corridor, Datum, Footprint, Polygon, Position
from steerclear.model.time import format_zulu, parse_typed_instant_us

__all__ = ["print_openair", "read_openair"]

NM_MM: Final = 1_852_000
MOST_POINTS: Final = 20_000
_LEFT_ALONE: Final = frozenset({"AT", "TO", "TC", "SP", "SB", "AF", "AG", "AX", "AY", "AI", "AM", "AS"})
_CODES: Final = frozenset({"AC", "AN", "AL", "AH", "AA", "DP", "DC", "DA", "DB", "DY", "V"}) | _LEFT_ALONE
_NUMBER: Final = re.compile(r"\d{1,4}(?:\.\d{1,6})?", re.ASCII)
_AA: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d):?(\d\d)(?::?(\d\d))?Z", re.ASCII)
_CLASSES: Final = {
    NoticeKind.HAZARD: "Q", NoticeKind.EXERCISE: "Q", NoticeKind.LAUNCH: "Q", NoticeKind.EMISSION: "Q",
    NoticeKind.KEEP_OUT: "P",
}  # fmt: skip
_KINDS: Final = {"Q": NoticeKind.HAZARD, "P": NoticeKind.KEEP_OUT, "R": NoticeKind.KEEP_OUT}


@dataclass(slots=True)
class _Airspace:
    """One airspace while it is read. ``where`` are the characters of the line in hand."""

    lines: list[str] = field(default_factory=list)
    length: int = 0
    where: tuple[int, int] = (0, 0)
    name: str | None = None
    sort: str = ""
    lower: Altitude | None = None
    upper: Altitude | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)
    centre: Position | None = None
    is_clockwise: bool = True
    width_mm: int | None = None
    points: list[Position] = field(default_factory=list)
    airway: list[Position] = field(default_factory=list)
    circles: list[Circle] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, code: str, about: Field, what: str, answer: str, offer: Given | None = None) -> None:
        start, end = self.where
        self.doubts.append(
            Doubt(
                code=code, field=about, must=True, what=what, answer=answer, start=start, end=end, offer=offer
            )
        )


def read_openair(text: str) -> tuple[tuple[Draft, ...], tuple[Skipped, ...]]:
    """A draft for each airspace. Raises ``BadInput`` (``not-openair``) where no line is a record of it."""
    airspaces: list[_Airspace] = []
    skipped: list[Skipped] = []
    for line in text.splitlines():
        plain = line.partition("*")[0].strip()
        if not plain:
            continue
        code, _, rest = plain.partition(" ")
        code = code.upper()
        if code not in _CODES and not airspaces:
            skipped.append(Skipped("line-unknown", line, "It is no record of OpenAir.", "Look what it says."))
            continue
        if code in _LEFT_ALONE and not airspaces:
            continue
        if code == "AC" or not airspaces:
            airspaces.append(_Airspace())
        _take(airspaces[-1], line, code, rest.strip())
    if not airspaces:
        raise BadInput(
            "not-openair", "No airspace stands in this file.", remedy="Give an OpenAir file with AC, AN, DP …"
        )
    return tuple(map(_draft, airspaces)), tuple(skipped)


def _take(air: _Airspace, line: str, code: str, rest: str) -> None:
    air.where = (air.length, air.length + len(line))
    air.lines.append(line)
    air.length += len(line) + 1
    try:
        _record(air, code, rest)
    except BadInput as error:
        air.doubt("line-unread", Field.AREA, error.what, error.remedy)
    if len(air.points) > MOST_POINTS:
        raise BadInput(
            "drawing-too-large",
            f"An airspace has more than {MOST_POINTS:,} corners.",
            remedy="Draw it in fewer corners.",
        )


def _record(air: _Airspace, code: str, rest: str) -> None:
    match code:
        case "AC":
            air.sort = rest.upper()
        case "AN":
            air.name = rest
        case "AL" | "AH":
            _limit(air, rest, Field.LOWER if code == "AL" else Field.UPPER)
        case "AA":
            air.spans.append(_active(rest))
        case "V":
            _variable(air, rest)
        case "DP":
            air.points.append(parse_position(rest))
        case "DC":
            air.circles.append(Circle(_centre(air), _nm(rest)))
        case "DA":
            air.points += _arc_by_bearings(air, rest)
        case "DB":
            air.points += _arc_by_ends(air, rest)
        case "DY":
            air.airway.append(parse_position(rest))
        case _ if code not in _LEFT_ALONE:
            air.doubt(
                "line-unknown", Field.AREA, f"{quoted(code)} is no record of OpenAir.", "Look what it draws."
            )


def _limit(air: _Airspace, text: str, about: Field) -> None:
    is_upper = about is Field.UPPER
    found = parse_height(re.sub(r"(?i)(?<=\d)(?=AMSL|MSL|AGL|GND|SFC)", " ", text), is_upper=is_upper)
    if isinstance(found, Altitude):
        if is_upper:
            air.upper = found
        else:
            air.lower = found
        return
    offer = None if found.offer is None else _given(about, found.offer)
    air.doubt(found.code, about, found.what, found.answer, offer)


def _given(about: Field, altitude: Altitude) -> Given:
    return Given(lower=altitude) if about is Field.LOWER else Given(upper=altitude)


def _active(text: str) -> tuple[int, int]:
    """Naviter: start/end in UTC; NONE and periods are not times that a notice could hold."""
    halves = [_AA.fullmatch(half.strip()) for half in text.split("/")]
    if len(halves) != 2 or halves[0] is None or halves[1] is None:
        raise BadInput(
            "time-unread",
            f"{quoted(text)} is no span of times.",
            remedy="Write it as 2025-04-09T08:00Z/2025-04-09T10:00Z.",
        )
    first, last = (parse_typed_instant_us(f"{m[1]}:{m[2]}:{m[3] or '00'}Z") // 1_000_000 for m in halves if m)
    return first, last


def _variable(air: _Airspace, text: str) -> None:
    name, _, value = (part.strip() for part in text.partition("="))
    match name.upper():
        case "X":
            air.centre = parse_position(value)
        case "D" if value in ("+", "-"):
            air.is_clockwise = value == "+"
        case "W":
            air.width_mm = _nm(value)
        case "Z" | "T":
            return
        case _:
            raise BadInput("line-unread", f"{quoted(text)} sets nothing known.", remedy="Use X, D, W or Z.")


def _centre(air: _Airspace) -> Position:
    if air.centre is None:
        raise BadInput("centre-not-said", "An arc or a circle has no centre.", remedy="Put V X=… before it.")
    return air.centre


def _nm(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise BadInput(
            "line-unread", f"{quoted(text)} is no size in nautical miles.", remedy="Write it as 5.25."
        )
    return ceil(Fraction(text) * NM_MM)


def _arc_by_bearings(air: _Airspace, text: str) -> list[Position]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadInput("line-unread", f"{quoted(text)} is no arc.", remedy="Write DA radius,from,to.")
    radius_m = _nm(parts[0]) / 1000
    return _arc(air, radius_m, float(parts[1]), float(parts[2]))


def _arc_by_ends(air: _Airspace, text: str) -> list[Position]:
    ends = text.split(",")
    if len(ends) != 2:
        raise BadInput("line-unread", f"{quoted(text)} is no arc.", remedy="Write DB with two positions.")
    first, last = map(parse_position, ends)
    centre = _centre(air)
    radius_m = distance_m(centre, first)
    arc = _arc(air, radius_m, bearing_deg(centre, first), bearing_deg(centre, last))
    return [first, *arc[1:-1], last]


def _arc(air: _Airspace, radius_m: float, from_deg: float, to_deg: float) -> list[Position]:
    centre = _centre(air)
    if air.is_clockwise:
        return arc_points(centre, radius_m, from_deg, to_deg)
    return arc_points(centre, radius_m, to_deg, from_deg)[::-1]


# -- an airspace, read --------------------------------------------------------------------------------------


def _draft(air: _Airspace) -> Draft:
    air.where = (0, 0)
    footprints = tuple(_footprints(air))
    if any(doubt.field is Field.AREA for doubt in air.doubts):
        footprints = ()  # some of it was not read: the rest alone would look like all of it
    _ask_kind(air)
    spans: Sequence[tuple[int | None, int | None]] = air.spans or [(None, None)]
    return Draft(
        raw="\n".join(air.lines),
        ref=air.name,
        title=air.name,
        volumes=tuple(
            DraftVolume(footprint, air.lower, air.upper, start_s, end_s)
            for footprint in footprints or (None,)
            for start_s, end_s in spans
        ),
        doubts=tuple(air.doubts),
    )


def _footprints(air: _Airspace) -> Iterator[Footprint]:
    yield from air.circles
    try:
        if air.points:
            yield Polygon(_ring(air.points))
        if air.airway:
            if air.width_mm is None:
                what, answer = "An airway has no width.", "Put V W=… before it."
                air.doubt("width-not-said", Field.AREA, what, answer)
                return
            yield Corridor(tuple(air.airway), -(-air.width_mm // 2))
    except BadInput as error:
        air.doubt("area-impossible", Field.AREA, error.what, error.remedy)


def _ring(points: list[Position]) -> tuple[Position, ...]:
    """OpenAir closes by itself, or repeats the first corner; arcs repeat corners where they meet."""
    kept = [points[0]]
    kept += [there for here, there in pairwise(points) if here != there]
    return tuple(kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept)


def _ask_kind(air: _Airspace) -> None:
    offer = _KINDS.get(air.sort)
    answer = "Give the kind, as hazard or keep-out."
    if offer is None:
        air.doubt("kind-not-said", Field.KIND, f"Class {quoted(air.sort)} is none of our kinds.", answer)
        return
    what = f"Its class {air.sort} is most likely our kind {offer.value}."
    air.doubt("kind-not-said", Field.KIND, what, answer, Given(kind=offer))


# -- out ----------------------------------------------------------------------------------------------------


def print_openair(notices: tuple[Notice, ...]) -> str:
    """An airspace for each area and band of each notice, with all its times.

    Raises ``BadInput``: ``openair-shape`` (what moves, several parts, holes), ``openair-datum`` (WGS84).
    """
    return "\n".join(text for notice in notices for text in _airspaces(notice))


def _airspaces(notice: Notice) -> Iterator[str]:
    groups: dict[tuple[Footprint, Altitude, Altitude], list[str]] = {}
    for volume in notice.volumes:
        if Datum.WGS84 in (volume.band.lower.datum, volume.band.upper.datum):
            raise BadInput(
                "openair-datum",
                "OpenAir has no words for a height above the WGS84 ellipsoid.",
                where=notice.ref,
                remedy="Give the heights above mean sea level, above ground or as flight levels.",
            )
        active = f"AA {format_zulu(volume.span.start_s)}/{format_zulu(volume.span.end_s)}"
        groups.setdefault((volume.footprint, volume.band.lower, volume.band.upper), []).append(active)
    for (footprint, lower, upper), active_lines in groups.items():
        lines = [
            f"AC {_CLASSES.get(notice.kind, 'R')}",
            f"AN {notice.ref}",
            f"AL {spell_height(lower, is_upper=False)}",
            f"AH {spell_height(upper, is_upper=True)}",
            *active_lines,
            *_drawn(notice, footprint),
        ]
        yield "\n".join(lines) + "\n"


def _drawn(notice: Notice, footprint: Footprint) -> Iterator[str]:
    match footprint:
        case Circle(centre=centre, radius_mm=radius_mm):
            yield f"V X={_spelled(centre)}"
            yield f"DC {_in_nm(radius_mm)}"
        case Polygon(exterior=exterior, holes=()):
            yield from (f"DP {_spelled(corner)}" for corner in (*exterior, exterior[0]))
        case Corridor(points=points, half_width_mm=half_mm):
            yield f"V W={_in_nm(2 * half_mm)}"
            yield from (f"DY {_spelled(point)}" for point in points)
        case _:
            raise BadInput(
                "openair-shape",
                "OpenAir has no words for what moves, for an area of several parts, or for one with holes.",
                where=notice.ref,
                remedy="Write it as KML or GeoJSON, which can draw it.",
            )


def _spelled(point: Position) -> str:
    lat, lon = _angle(point.lat_e7, 2), _angle(point.lon_e7, 3)
    return f"{lat} {'NS'[point.lat_e7 < 0]} {lon} {'EW'[point.lon_e7 < 0]}"


def _angle(size_e7: int, width: int) -> str:
    """To a thousandth of a second (3 cm), rounded once."""
    thousandths = round(Fraction(abs(size_e7) * 3_600_000, 10_000_000))
    minutes, rest = divmod(thousandths, 60_000)
    seconds, rest = divmod(rest, 1000)
    whole = f"{minutes // 60:0{width}d}:{minutes % 60:02d}:{seconds:02d}"
    return f"{whole}.{rest:03d}" if rest else whole


def _in_nm(size_mm: int) -> str:
    """Up, to a millionth of a nautical mile (2 mm)."""
    millionths = -(-size_mm * 1_000_000 // NM_MM)
    return f"{millionths // 1_000_000}.{millionths % 1_000_000:06d}".rstrip("0").rstrip(".")
