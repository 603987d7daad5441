# SPDX-License-Identifier: Apache-2.0
"""Which sites and movements does a humanitarian notification spreadsheet hold?

There is no one form: OCHA's offices, coordinators and ministries each have theirs. Columns are known by
their headings, in any order, among others that are left alone; a sheet with unknown headings is left out,
and told. Three kinds of sheet, told apart by their headings:

    static      a row is a site      reference, latitude, longitude, radius, valid from, valid until
    route       a row is a point     reference (one movement), time, latitude, longitude, radius
    from–to     a row is a movement  … departure and arrival, each with latitude, longitude and time

Of a from–to row the road between is not known: the straight line is offered, never taken. Columns about
persons and number plates come into no notice; they stay in the raw words, which are filed nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.coordinates import parse_position
from steerclear.formats.drafts import Doubt, Draft, DraftVolume, Field, Given, Skipped
from steerclear.formats.heights import GROUND, parse_height
from steerclear.formats.sheets import Sheet
from steerclear.formats.written_times import read_time, says_utc
from steerclear.model.notice import NoticeKind
from steerclear.model.space import (
    LARGEST_RADIUS_MM,
    Altitude,
    Circle,
    Datum,
    Footprint,
    Legs,
    Position,
)

__all__ = ["COLUMNS", "read_hns"]

HEAD_WITHIN: Final = 30
"""A title, a logo and notes may stand above the headings."""

OVERHEAD: Final = Altitude(165, Datum.AGL)
"""50 m above ground: what is offered for things on the ground, since these forms have no heights."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "ref": ("reference", "ref", "id", "no", "number", "serial", "serial number", "serial no", "s n",
            "site id", "movement id", "notification number", "hns id", "convoy"),
    "name": ("name", "site name", "location name", "facility name", "facility", "location", "site"),
    "near": ("near", "nearest town", "nearest place", "nearest village"),
    "lat": ("latitude", "lat", "gps latitude", "y", "latitude n"),
    "lon": ("longitude", "lon", "long", "lng", "gps longitude", "x", "longitude e"),
    "at": ("coordinates", "gps", "gps coordinates", "position", "mgrs", "grid"),
    "radius": ("radius", "radius m", "radius metres", "radius meters", "buffer m", "buffer"),
    "start": ("valid from", "start", "from", "start date", "start time", "from date"),
    "end": ("valid until", "end", "until", "end date", "end time", "expiry", "valid to", "to date"),
    "time": ("time", "date and time", "eta", "passing time", "time of passing"),
    "lower": ("lower", "lower limit"),
    "upper": ("upper", "upper limit"),
    "from_lat": ("departure latitude", "origin latitude", "from latitude", "start latitude"),
    "from_lon": ("departure longitude", "origin longitude", "from longitude", "start longitude"),
    "from_at": ("departure coordinates", "origin coordinates", "from coordinates"),
    "from_time": ("departure time", "departure", "departure date and time", "etd"),
    "to_lat": ("arrival latitude", "destination latitude", "to latitude", "end latitude"),
    "to_lon": ("arrival longitude", "destination longitude", "to longitude", "end longitude"),
    "to_at": ("arrival coordinates", "destination coordinates", "to coordinates"),
    "to_time": ("arrival time", "arrival", "arrival date and time"),
}  # fmt: skip
"""The headings that are known, without case, marks and what stands in brackets."""

_MEANS: Final = {heading: column for column, headings in COLUMNS.items() for heading in headings}
_BRACKETS: Final = re.compile(r"\([^)]{0,40}\)|\[[^\]]{0,40}\]")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_METRES: Final = re.compile(r"(\d{1,7}(?:\.\d{1,3})?) ?(m|km|metres|meters)?", re.ASCII | re.IGNORECASE)


@dataclass(slots=True)
class _Row:
    """One row while it is read; ``places`` are the characters of ``raw`` where each known column stands."""

    raw: str
    cells: Mapping[str, str]
    places: Mapping[str, tuple[int, int]]
    utc: frozenset[str]
    doubts: list[Doubt] = field(default_factory=list)

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def doubt(
        self,
        code: str,
        about: Field,
        column: str,
        what: str,
        answer: str,
        *,
        offer: Given | None = None,
    ) -> None:
        start, end = self.places.get(column, (0, 0))
        self.doubts.append(
            Doubt(
                code=code,
                field=about,
                must=True,
                what=what,
                answer=answer,
                start=start,
                end=end,
                offer=offer,
            )
        )


def read_hns(sheets: Sequence[Sheet]) -> tuple[tuple[Draft, ...], tuple[Skipped, ...]]:
    """A draft for each site and movement. Raises ``BadInput`` (``headings-unknown``) if no sheet is known."""
    drafts: list[Draft] = []
    skipped: list[Skipped] = []
    for sheet in sheets:
        rows = _rows(sheet)
        if rows is None:
            if any(sheet.rows):
                what = f"The headings of the sheet “{sheet.name}” are not known."
                skipped.append(Skipped("headings-unknown", sheet.name, what, _HEADINGS_NEEDED))
            continue
        drafts += _drafts(rows)
    if not drafts and any(any(sheet.rows) for sheet in sheets) and skipped:
        raise BadInput(
            "headings-unknown", "No sheet has headings that are known here.", remedy=_HEADINGS_NEEDED
        )
    return tuple(drafts), tuple(skipped)


_HEADINGS_NEEDED: Final = (
    "Head the columns Reference, Name, Latitude, Longitude, Radius (m), Valid from (UTC), Valid until (UTC)."
)


def _rows(sheet: Sheet) -> list[_Row] | None:
    head = next((place for place, row in enumerate(sheet.rows[:HEAD_WITHIN]) if _is_head(row)), None)
    if head is None:
        return None
    headings = sheet.rows[head]
    return [_row(headings, cells) for cells in sheet.rows[head + 1 :] if any(cells)]


def _is_head(row: Sequence[str]) -> bool:
    known = {_MEANS.get(_key(cell)) for cell in row} - {None}
    places = ({"lat", "lon"}, {"at"}, {"from_lat", "from_lon"}, {"from_at"})
    return any(needed <= known for needed in places) and len(known) >= 2


def _key(heading: str) -> str:
    plain = _NOT_WORD.sub(" ", _BRACKETS.sub(" ", heading.casefold())).strip()
    for zone in (" utc", " gmt", " zulu", " z"):
        plain = plain.removesuffix(zone)
    return plain


def _row(headings: Sequence[str], cells: Sequence[str]) -> _Row:
    raw, known, places, utc = "", {}, {}, set()
    for place, cell in enumerate(cells):
        heading = headings[place] if place < len(headings) else ""
        if not cell:
            continue
        start = len(raw) + len(heading) + 2
        raw += f"{heading}: {cell}\n"
        column = _MEANS.get(_key(heading))
        if column is not None and column not in known:
            known[column] = cell
            places[column] = (start, start + len(cell))
            if says_utc(heading):
                utc.add(column)
    return _Row(raw, known, places, frozenset(utc))


def _drafts(rows: Sequence[_Row]) -> Iterator[Draft]:
    columns = {column for row in rows for column in row.cells}
    if "time" in columns:
        yield from map(_route, _by_reference(rows))
    elif columns & {"from_lat", "from_at"}:
        yield from map(_from_to, rows)
    else:
        yield from map(_site, rows)


def _by_reference(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Rows of one reference, in their order; an empty cell goes on with the reference above."""
    groups: dict[str, list[_Row]] = {}
    last = ""
    for row in rows:
        last = row.text("ref") or last
        groups.setdefault(last, []).append(row)
    yield from groups.values()


# -- one site ------------------------------------------------------------------------------------------


def _site(row: _Row) -> Draft:
    at, radius_mm = _position(row, "at", "lat", "lon"), _radius(row)
    footprint = None if at is None or radius_mm is None else Circle(at, radius_mm)
    return _draft(
        row.raw, row, NoticeKind.SITE, footprint,
        start_s=_time(row, "start", Field.START), end_s=_time(row, "end", Field.END),
    )  # fmt: skip


def _draft(
    raw: str,
    row: _Row,
    kind: NoticeKind,
    footprint: Footprint | None,
    *,
    start_s: int | None,
    end_s: int | None,
) -> Draft:
    lower, upper = _limit(row, "lower", Field.LOWER), _limit(row, "upper", Field.UPPER)
    return Draft(
        raw=raw,
        ref=row.text("ref") or None,
        title=row.text("name") or None,
        near=row.text("near") or None,
        kind=kind,
        volumes=(DraftVolume(footprint, lower, upper, start_s, end_s),),
        doubts=tuple(row.doubts),
    )


def _position(row: _Row, whole: str, lat: str, lon: str) -> Position | None:
    column = whole if row.text(whole) else lat
    typed = row.text(whole) or ", ".join(filter(None, (row.text(lat), row.text(lon))))
    if not typed:
        what, answer = "The row gives no position.", "Give latitude and longitude."
        row.doubt("area-not-said", Field.AREA, column, what, answer)
        return None
    try:
        return parse_position(typed)
    except BadInput as error:
        row.doubt("position-unread", Field.AREA, column, error.what, error.remedy)
        return None


def _radius(row: _Row) -> int | None:
    typed = row.text("radius")
    match = _METRES.fullmatch(typed)
    if not typed:
        what = "The row does not say how far around the position is meant."
        answer = "Add a column “Radius (m)”, and fill it in every row."
        row.doubt("radius-not-said", Field.AREA, "radius", what, answer)
        return None
    size_mm = -1 if match is None else _millimetres(match)
    if not 0 <= size_mm <= LARGEST_RADIUS_MM:
        row.doubt(
            "radius-unread", Field.AREA, "radius", f"“{typed[:40]}” is no radius.", "Give metres, as 200."
        )
        return None
    return size_mm


def _millimetres(match: re.Match[str]) -> int:
    """Up, so that no area shrinks."""
    return ceil(Fraction(match[1]) * (1_000_000 if (match[2] or "").lower() == "km" else 1_000))


def _limit(row: _Row, column: str, about: Field) -> Altitude | None:
    is_upper = about is Field.UPPER
    if not row.text(column):
        offered = OVERHEAD if is_upper else GROUND
        what = f"The form has no {about.value} limit."
        answer = "Give it; accepted, the ground to 50 m above it is taken."
        row.doubt(f"{about.value}-not-said", about, column, what, answer, offer=_given(about, offered))
        return None
    found = parse_height(row.text(column), is_upper=is_upper)
    if isinstance(found, Altitude):
        return found
    offer = None if found.offer is None else _given(about, found.offer)
    row.doubt(found.code, about, column, found.what, found.answer, offer=offer)
    return None


def _given(about: Field, altitude: Altitude) -> Given:
    return Given(lower=altitude) if about is Field.LOWER else Given(upper=altitude)


def _time(row: _Row, column: str, about: Field) -> int | None:
    if not row.text(column):
        return None
    found = read_time(row.text(column), utc=column in row.utc, is_end=about is Field.END)
    if isinstance(found, int):
        return found
    offer = None
    if found.offer_s is not None:
        offer = Given(start_s=found.offer_s) if about is Field.START else Given(end_s=found.offer_s)
    row.doubt(found.code, about, column, found.what, found.answer, offer=offer)
    return None


# -- one movement --------------------------------------------------------------------------------------

_Point = tuple[Position, int, int]
"""Where, how far around in millimetres, when in seconds."""


def _route(rows: Sequence[_Row]) -> Draft:
    """Points with times: legs. Doubts stand where their row stands in the movement's raw words."""
    whole = _Row(
        raw="".join(row.raw for row in rows),
        cells=rows[0].cells,
        places=rows[0].places,
        utc=rows[0].utc,
    )
    points = [_point(row, "at", "lat", "lon", "time") for row in rows]
    begins = 0
    for row in rows:
        whole.doubts += [_moved(doubt, begins) for doubt in row.doubts]
        begins += len(row.raw)
    return _moving(whole, _legs(whole, points))


def _from_to(row: _Row) -> Draft:
    ends = [_point(row, f"{end}_at", f"{end}_lat", f"{end}_lon", f"{end}_time") for end in ("from", "to")]
    straight = _legs(row, ends)
    if straight is not None:
        what = "The road between departure and arrival is not said."
        answer = "Give the points of the route, a row each; accepted, the straight line is taken."
        row.doubt("route-not-drawn", Field.AREA, "to_lat", what, answer, offer=Given(footprint=straight))
    return _moving(row, None)


def _moving(row: _Row, legs: Legs | None) -> Draft:
    start_s, end_s = (None, None) if legs is None else (legs.times_s[0], legs.times_s[-1])
    return _draft(row.raw, row, NoticeKind.MOVEMENT, legs, start_s=start_s, end_s=end_s)


def _point(row: _Row, whole: str, lat: str, lon: str, time: str) -> _Point | None:
    at, radius_mm, at_s = _position(row, whole, lat, lon), _radius(row), _passing(row, time)
    return None if at is None or radius_mm is None or at_s is None else (at, radius_mm, at_s)


def _passing(row: _Row, column: str) -> int | None:
    """A time on the way. Nothing is offered: one answer would not do for several points."""
    if not row.text(column):
        row.doubt("time-not-said", Field.AREA, column, "A point of the way has no time.", "Give it in UTC.")
        return None
    found = read_time(row.text(column), utc=column in row.utc, is_end=False)
    if isinstance(found, int):
        return found
    answer = found.answer.partition(";")[0].rstrip(".") + "."
    row.doubt(found.code, Field.AREA, column, found.what, answer)
    return None


def _legs(row: _Row, points: Sequence[_Point | None]) -> Legs | None:
    """All of the way, or none of it."""
    read = [point for point in points if point is not None]
    if len(read) < len(points):
        return None
    try:
        return Legs(
            points=tuple(at for at, _, _ in read),
            times_s=tuple(at_s for _, _, at_s in read),
            radii_mm=tuple(radius_mm for _, radius_mm, _ in read),
        )
    except BadInput as error:
        row.doubt("way-impossible", Field.AREA, "time", error.what, error.remedy)
        return None


def _moved(doubt: Doubt, by: int) -> Doubt:
    return replace(doubt, start=doubt.start + by, end=doubt.end + by)
