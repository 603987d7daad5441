# SPDX-License-Identifier: Apache-2.0
"""The wire forms of the plain nouns: texts, numbers, instants, names, places, footprints, volumes.

Each is a ``Codec`` of ``wire``; importing this file registers those of ``model``'s own nouns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from steerclear.errors import BadInput
from steerclear.model.member import DeskName, MemberId, desk_name, member_id
from steerclear.model.space import (
    HIGHEST_FT,
    LOWEST_FT,
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
    Volume,
)
from steerclear.model.time import LAST_NAMED, Instant, TimeSpan, format_instant, parse_instant
from steerclear.model.wire import Codec, JsonValue, codec_of, misfit, register

__all__ = [
    "FORMS", "BandShift", "Callsign", "Count", "Degrees", "Feet", "Gap", "GapFeet", "Hash", "Id", "Kilohertz",
    "Label", "Metres", "Millimetres", "MinuteOfDay", "Readability", "Seconds", "Shift", "SignedRate", "Sizes",
    "Text",
]  # fmt: skip


def _text(says: str, pattern: str) -> Codec:
    compiled = re.compile(pattern, re.ASCII)

    def read(value: JsonValue, where: str) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise misfit(where, says)
        return value

    return Codec(says, str, read)


_UNSEEN: Final = dict.fromkeys(map(ord, "\u00a0\u200c\u200d\u200e\u200f"), " ")
"""Marks that Arabic, Hebrew and French need inside a word or line. Overrides of direction stay refused: they
can make a text read as another."""


def _free_text(longest: int, *, lines: bool) -> Codec:
    says = f"text of 1 to {longest} characters" + (" (line breaks allowed)" if lines else ", one line")

    def read(value: JsonValue, where: str) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= longest:
            raise misfit(where, says)
        shown = value.translate(_UNSEEN)
        if not (shown.replace("\n", " ") if lines else shown).isprintable():
            raise misfit(where, f"{says}, without control characters")
        return value

    return Codec(says, str, read)


def _whole(smallest: int, largest: int, says: str) -> Codec:
    def read(value: JsonValue, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value <= largest:
            raise misfit(where, says)
        return value

    return Codec(says, lambda value: read(value, "that was to be written"), read)


_LARGEST: Final = 10**12
"""No number of a body is larger, so that a rule may multiply and add and still print (RFC 7493, 2.2)."""

_TEN_YEARS_S: Final = 3_660 * 86_400
_ROUND_THE_WORLD_MM: Final = 40_100_000_000
_WHOLE_BAND_FT: Final = HIGHEST_FT - LOWEST_FT

INTEGER: Final = _whole(-_LARGEST, _LARGEST, "an integer up to 10^12 to each side")
COUNT: Final = _whole(0, _LARGEST, "an integer from 0 to 10^12")

Id = Annotated[str, _text("an id: 32 lower-case hex digits", "[0-9a-f]{32}")]
Hash = Annotated[str, _text("a SHA-256: 64 lower-case hex digits", "[0-9a-f]{64}")]
Label = Annotated[str, _free_text(80, lines=False)]
Text = Annotated[str, _free_text(2000, lines=True)]
Callsign = Annotated[
    str,
    _text("a callsign: 2 to 16 capitals, digits, blanks or hyphens", "[A-Z0-9](?:[A-Z0-9 -]{0,14}[A-Z0-9])"),
]
Count = Annotated[int, COUNT]
Degrees = Annotated[int, _whole(0, 359, "whole degrees, from 0 to 359")]
Kilohertz = Annotated[int, _whole(1, 300_000_000, "kilohertz, from 1 to 300,000,000")]
Metres = Annotated[
    int, _whole(0, _ROUND_THE_WORLD_MM // 1000, "whole metres, from 0 to once round the world")
]
Readability = Annotated[int, _whole(1, 5, "an integer from 1 to 5")]
Seconds = Annotated[int, _whole(0, _TEN_YEARS_S, "whole seconds, from 0 to ten years")]
Shift = Annotated[int, _whole(-_TEN_YEARS_S, _TEN_YEARS_S, "whole seconds, up to ten years to each side")]
Gap = Annotated[int, _whole(-LAST_NAMED // 1000, LAST_NAMED // 1000, "whole seconds between two instants")]
Millimetres = Annotated[int, _whole(0, _ROUND_THE_WORLD_MM, "millimetres, from 0 to once round the world")]
SignedRate = Annotated[int, _whole(-10_000_000, 10_000_000, "an integer up to 10,000,000 to each side")]
Feet = Annotated[int, _whole(0, _WHOLE_BAND_FT, f"feet, from 0 to {_WHOLE_BAND_FT:,}")]
BandShift = Annotated[
    int, _whole(-_WHOLE_BAND_FT, _WHOLE_BAND_FT, f"feet, up to {_WHOLE_BAND_FT:,} each way")
]
GapFeet = Annotated[
    int, _whole(-2 * _WHOLE_BAND_FT, 2 * _WHOLE_BAND_FT, f"feet, up to {2 * _WHOLE_BAND_FT:,} each way")
]
"""Twice the band: between two datums the worse side of the conversion counts."""
MinuteOfDay = Annotated[int, _whole(0, 1_439, "minutes of a day, from 0 to 1439")]


def _read_bool(value: JsonValue, where: str) -> bool:
    if not isinstance(value, bool):
        raise misfit(where, "true or false")
    return value


def _named(says: str, parse: Callable[[str], Any]) -> Codec:
    """A form whose parser already refuses in its own words; only the place is added."""

    def read(value: JsonValue, where: str) -> Any:
        if not isinstance(value, str):
            raise misfit(where, says)
        try:
            return parse(value)
        except BadInput as error:
            error.where = where
            raise

    return Codec(says, str, read)


def _read_sizes(value: JsonValue, where: str) -> dict[str, int]:
    if not isinstance(value, dict) or list(value) != sorted(value):
        raise misfit(where, "an object of sizes by member, members in alphabetical order")
    return {MEMBER.read(name, where): COUNT.read(size, f"{where}.{name}") for name, size in value.items()}


def _write_sizes(value: Mapping[str, int]) -> JsonValue:
    return {name: COUNT.write(value[name]) for name in sorted(value)}


MEMBER: Final = _named("a member's name, as TUR", member_id)


def _within_reach(at: Instant) -> Instant:
    if at > LAST_NAMED:
        raise BadInput(
            "instant-too-late",
            f"{format_instant(at)} lies in the last century that can be printed.",
            remedy="Give an instant before the year 9900.",
        )
    return at


INSTANT: Final = Codec(
    "an instant from 1970 to 9899, as 2025-04-09T08:00:00.000Z",
    lambda value: format_instant(_within_reach(Instant(value))),
    _named("an instant, as 2025-04-09T08:00:00.000Z", lambda text: _within_reach(parse_instant(text))).read,
)
SIZES: Final = Codec("object: sizes of logs by member, as {“TUR”: 42}", _write_sizes, _read_sizes)
Sizes = Annotated[Mapping[str, int], SIZES]


def _read_second(value: JsonValue, where: str) -> int:
    at = INSTANT.read(value, where)
    if at % 1000:
        raise misfit(where, "a whole second, as 2025-04-09T08:00:00.000Z")
    return int(at // 1000)


SECOND: Final = Codec(
    "an instant on a whole second, as 2025-04-09T08:00:00.000Z",
    lambda value: format_instant(_within_reach(Instant(value * 1000))),
    _read_second,
)
Second = Annotated[int, SECOND]


def _read_position(value: JsonValue, where: str) -> Position:
    if not isinstance(value, list) or len(value) != 2:
        raise misfit(where, "[latitude, longitude] in 1e-7 degree")
    lat_e7, lon_e7 = (INTEGER.read(item, where) for item in value)
    try:
        return Position(lat_e7, lon_e7)
    except BadInput as error:
        error.where = where
        raise


for _hint, _codec in (
    (str, _free_text(2000, lines=True)),
    (int, INTEGER),
    (bool, Codec("true or false", bool, _read_bool)),
    (MemberId, MEMBER),
    (DeskName, _named("a desk's name, as air", desk_name)),
    (Instant, INSTANT),
    (Position, Codec("[lat_e7, lon_e7]", lambda value: [value.lat_e7, value.lon_e7], _read_position)),
):
    register(_hint, _codec)


@dataclass(frozen=True, slots=True)
class _PolygonForm:
    """Rings of corners, not repeated at the end; the edges are geodesics."""

    IS: ClassVar[str] = "polygon"
    exterior: Annotated[tuple[Position, ...], "The outer ring."]
    holes: Annotated[tuple[tuple[Position, ...], ...], "Rings that are not part of the area."]


@dataclass(frozen=True, slots=True)
class _MultiPolygonForm:
    IS: ClassVar[str] = "multipolygon"
    parts: Annotated[tuple[_PolygonForm, ...], "Areas that count as one."]


@dataclass(frozen=True, slots=True)
class _CircleForm:
    IS: ClassVar[str] = "circle"
    centre: Annotated[Position, "The middle."]
    radius_mm: Annotated[int, "Geodesic radius in millimetres."]


@dataclass(frozen=True, slots=True)
class _CorridorForm:
    IS: ClassVar[str] = "corridor"
    points: Annotated[tuple[Position, ...], "The line."]
    half_width_mm: Annotated[int, "To each side, in millimetres; the ends are round."]


@dataclass(frozen=True, slots=True)
class _LegsForm:
    IS: ClassVar[str] = "legs"
    points: Annotated[tuple[Position, ...], "Where."]
    times_s: Annotated[tuple[Second, ...], "When at each point."]
    radii_mm: Annotated[tuple[int, ...], "How uncertain at each point, in millimetres."]


_FootprintForm = _PolygonForm | _MultiPolygonForm | _CircleForm | _CorridorForm | _LegsForm


def _form_of(footprint: Footprint) -> _FootprintForm:
    match footprint:
        case Polygon(exterior, holes):
            return _PolygonForm(exterior, holes)
        case MultiPolygon(parts):
            return _MultiPolygonForm(tuple(_PolygonForm(part.exterior, part.holes) for part in parts))
        case Circle(centre, radius_mm):
            return _CircleForm(centre, radius_mm)
        case Corridor(points, half_width_mm):
            return _CorridorForm(points, half_width_mm)
        case _:
            return _LegsForm(footprint.points, footprint.times_s, footprint.radii_mm)


def _footprint_of(form: _FootprintForm) -> Footprint:
    match form:
        case _PolygonForm(exterior, holes):
            return Polygon(exterior, holes)
        case _MultiPolygonForm(parts):
            return MultiPolygon(tuple(Polygon(part.exterior, part.holes) for part in parts))
        case _CircleForm(centre, radius_mm):
            return Circle(centre, radius_mm)
        case _CorridorForm(points, half_width_mm):
            return Corridor(points, half_width_mm)
        case _:
            return Legs(form.points, form.times_s, form.radii_mm)


@dataclass(frozen=True, slots=True)
class _VolumeForm:
    footprint: Annotated[Footprint, "The area on the ground."]
    lower: Annotated[Altitude, "Lower limit."]
    upper: Annotated[Altitude, "Upper limit."]
    start: Annotated[Second, "From."]
    end: Annotated[Second, "Until."]


def _through(form: Any, says: str, to_form: Callable[[Any], Any], to_noun: Callable[[Any], Any]) -> Codec:
    """The codec of a noun that is written as another declaration."""
    inner = codec_of(form)

    def read(value: JsonValue, where: str) -> Any:
        written = inner.read(value, where)
        try:
            return to_noun(written)
        except BadInput as error:
            error.where = where
            raise

    return Codec(says, lambda value: inner.write(to_form(value)), read)


_FOOTPRINT: Final = _through(_FootprintForm, "object: footprint", _form_of, _footprint_of)
register(Footprint, _FOOTPRINT)
register(
    MultiPolygon,
    _through(
        _MultiPolygonForm,
        "object: multipolygon",
        _form_of,
        lambda form: MultiPolygon(tuple(Polygon(part.exterior, part.holes) for part in form.parts)),
    ),
)
register(
    Volume,
    _through(
        _VolumeForm,
        "object: volume",
        lambda volume: _VolumeForm(
            volume.footprint,
            volume.band.lower,
            volume.band.upper,
            volume.span.start_s,
            volume.span.end_s,
        ),
        lambda form: Volume(form.footprint, Band(form.lower, form.upper), TimeSpan(form.start, form.end)),
    ),
)

FORMS: Final = (
    _PolygonForm,
    _MultiPolygonForm,
    _CircleForm,
    _CorridorForm,
    _LegsForm,
    _VolumeForm,
    Band,
    Altitude,
    Datum,
)
"""The declarations behind footprint and volume, for ``docs/statements.md``."""
