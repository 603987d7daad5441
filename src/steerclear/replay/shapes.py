# SPDX-License-Identifier: Apache-2.0
"""Where, how high and when, as a play writes it: one volume after the other, joined by ``and``.

    circle POSITION RADIUS BAND WINDOW            circle 35.366N 40.176E 5km 0..20000ft AMSL 12:55..14:00
    polygon POSITION, POSITION, … BAND WINDOW     polygon 35N 40E, 35N 41E, 36N 41E SFC..FL240 12:55..14:00
    corridor HALF-WIDTH POSITION, … BAND WINDOW   corridor 2km 35N 40E, 35.5N 41E 0..500ft AGL 06:00..08:00
    legs RADIUS POSITION TIME, … BAND             legs 1km 35N 40E 06:00, 35.5N 41E 07:10 0..500ft AGL

A band always names its datum: ``0..20000ft AMSL``, ``100..500ft AGL``, ``FL100..FL240``, ``SFC..FL240``.
"""

from __future__ import annotations

import re
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.coordinates import parse_position
from steerclear.model.space import (
    Altitude,
    Band,
    Circle,
    Corridor,
    Datum,
    Footprint,
    Legs,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.time import TimeSpan
from steerclear.replay.words import Words

__all__ = ["SHAPES", "read_altitude", "read_footprint", "read_near", "read_position", "read_volumes"]

SHAPES: Final = ("circle", "corridor", "legs", "polygon")
MM: Final = {"m": 1_000, "km": 1_000_000, "nm": 1_852_000}
FT_PER_LEVEL: Final = 100

_LENGTH: Final = re.compile(r"(\d{1,6})(?:\.(\d{1,3}))?(nm|km|m)", re.ASCII)
_FEET: Final = re.compile(r"(-?\d{1,7})\.\.(-?\d{1,7})ft", re.ASCII)
_LEVELS: Final = re.compile(r"(SFC|FL(\d{1,4}))\.\.FL(\d{1,4})", re.ASCII)
_HEIGHT: Final = re.compile(r"(-?\d{1,6})ft", re.ASCII)
_LEVEL: Final = re.compile(r"FL(\d{1,4})", re.ASCII)
_SURFACE_TO: Final = re.compile(r"SFC\.\.(-?\d{1,7})ft", re.ASCII)
_LATITUDE: Final = re.compile(r".*[NS]", re.ASCII)


def read_volumes(words: Words) -> tuple[Volume, ...]:
    """One volume or more. Raises ``BadInput`` for what is not a shape, a band or a window."""
    volumes = [_volume(words)]
    while words.take("and"):
        volumes.append(_volume(words))
    return tuple(volumes)


def read_near(words: Words) -> str | None:
    """``near OSDZ`` or ``near "12 km NE of OSDZ"``, if it comes next."""
    if not words.take("near"):
        return None
    return words.quoted("a place") if words.at_quote else words.word("a place")


def read_position(words: Words) -> Position:
    """Decimal degrees or degrees-minutes-seconds in two words, MGRS in one."""
    first = words.word("a position, as 35.366N 40.176E")
    text = f"{first} {words.word('a longitude')}" if _LATITUDE.fullmatch(first) else first
    try:
        return parse_position(text)
    except BadInput as error:
        raise BadInput("play-position", error.what, where=words.where, remedy=error.remedy) from error


def read_altitude(words: Words) -> Altitude:
    """One height with its datum: ``25000ft AMSL`` or ``FL240``."""
    text = words.word("a height, as 25000ft AMSL")
    if match := _LEVEL.fullmatch(text):
        return _level(match[1])
    match = _HEIGHT.fullmatch(text)
    if match is None:
        raise BadInput(
            "play-height",
            f"“{text[:40]}” is not a height.",
            where=words.where,
            remedy="Write it as 25000ft AMSL or FL240.",
        )
    return Altitude(int(match[1]), _datum(words))


def read_footprint(words: Words) -> Footprint:
    """A circle, polygon or corridor without band and window: where a site stands."""
    match words.choice("a shape", ("circle", "corridor", "polygon")):
        case "circle":
            return _circle(words)
        case "corridor":
            return _corridor(words)
        case _:
            return _polygon(words)


def _volume(words: Words) -> Volume:
    try:
        if words.take("legs"):
            return _moving_volume(words)
        if words.peek() not in SHAPES:
            words.choice("a shape", SHAPES)
        footprint, band = read_footprint(words), _band(words)
        opens_at, closes_at = words.window()
        return Volume(footprint, band, TimeSpan(opens_at // 1000, closes_at // 1000))
    except BadInput as error:
        if error.code.startswith("play-"):
            raise
        raise BadInput("play-shape", error.what, where=words.where, remedy=error.remedy) from error


def _circle(words: Words) -> Circle:
    centre = read_position(words)
    return Circle(centre, _length_mm(words, "a radius"))


def _polygon(words: Words) -> Polygon:
    return Polygon(_positions(words))


def _corridor(words: Words) -> Corridor:
    half_width_mm = _length_mm(words, "a half-width")
    return Corridor(_positions(words), half_width_mm)


def _moving_volume(words: Words) -> Volume:
    radius_mm = _length_mm(words, "a radius")
    points, times = [], []
    while True:
        points.append(read_position(words))
        times.append(words.instant("the time at this point") // 1000)
        if not words.take(","):
            break
    legs = Legs(tuple(points), tuple(times), (radius_mm,) * len(points))
    return Volume(legs, _band(words), TimeSpan(times[0], times[-1]))


def _positions(words: Words) -> tuple[Position, ...]:
    points = [read_position(words)]
    while words.take(","):
        points.append(read_position(words))
    return tuple(points)


def _length_mm(words: Words, what: str) -> int:
    text = words.word(f"{what}, as 5km")
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise BadInput(
            "play-length",
            f"“{text[:40]}” is not {what}.",
            where=words.where,
            remedy="Write it as 500m, 5km, 2.5km or 3nm.",
        )
    whole, part, unit = match.groups()
    thousandths = int(whole) * 1000 + int((part or "0").ljust(3, "0"))
    return thousandths * MM[unit] // 1000


def _band(words: Words) -> Band:
    text = words.word("a band of altitude, as 0..20000ft AMSL")
    if match := _LEVELS.fullmatch(text):
        lower = Altitude(0, Datum.AGL) if match[2] is None else _level(match[2])
        return Band(lower, _level(match[3]))
    if match := _SURFACE_TO.fullmatch(text):
        return Band(Altitude(0, Datum.AGL), Altitude(int(match[1]), _datum(words)))
    match = _FEET.fullmatch(text)
    if match is None:
        raise BadInput(
            "play-band",
            f"“{text[:40]}” is not a band of altitude.",
            where=words.where,
            remedy="Write it as 0..20000ft AMSL, 100..500ft AGL, FL100..FL240 or SFC..FL240.",
        )
    datum = _datum(words)
    return Band(Altitude(int(match[1]), datum), Altitude(int(match[2]), datum))


def _level(digits: str) -> Altitude:
    return Altitude(int(digits) * FT_PER_LEVEL, Datum.STD)


def _datum(words: Words) -> Datum:
    return Datum(words.choice("what the feet are measured from", ("AMSL", "AGL", "WGS84", "STD")))
