# SPDX-License-Identifier: Apache-2.0
"""How does a play spell a value: a time, a place, a length, a band, a shape, a text?

The exact inverse of ``words`` and ``shapes``: what is spelled here is read there to the very same value, and
what no spelling reads back to is refused with ``CannotSay``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import singledispatch
from typing import Final

from steerclear.model.space import Altitude, Band, Circle, Corridor, Datum, Legs, Polygon, Position, Volume
from steerclear.model.time import Instant, format_instant
from steerclear.replay.words import instant_of

__all__ = [
    "LONGEST_TEXT", "CannotSay", "spell_band", "spell_footprint", "spell_instant", "spell_length",
    "spell_near", "spell_position", "spell_text", "spell_volume", "spell_window", "spell_word",
]  # fmt: skip

LONGEST_TEXT: Final = 200
E7: Final = 10_000_000
MM_PER_M: Final = 1_000
MM_PER_KM: Final = 1_000_000
MM_PER_NM: Final = 1_852_000
MOST_METRES: Final = 999_999
FT_PER_LEVEL: Final = 100
MOST_LEVELS: Final = 9_999

_BARE: Final = re.compile(r'[^\s",{}]+')
_PLACE_NAME: Final = re.compile(r"[A-Z0-9]{2,20}", re.ASCII)


class CannotSay(Exception):
    """The grammar of plays has no words for this; ``why`` says what it lacks."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# -- texts and times ----------------------------------------------------------------------------------------


def spell_text(text: str) -> str:
    """A text in quotation marks: a play has no escapes in it."""
    if not 1 <= len(text) <= LONGEST_TEXT or text != text.strip() or not text.isprintable():
        raise CannotSay(f"a text is empty, longer than {LONGEST_TEXT} characters, or of several lines")
    if any(mark in text for mark in '"{}'):
        raise CannotSay("a text holds a mark that means something in a play")
    return f'"{text}"'


def spell_word(text: str) -> str:
    """A text as a bare word where that can be read, and in quotation marks where not."""
    return text if _BARE.fullmatch(text) else spell_text(text)


def spell_near(near: str) -> str:
    return near if _PLACE_NAME.fullmatch(near) else spell_text(near)


def spell_instant(at: Instant, reference: Instant, *, not_before: bool = False) -> str:
    """The shortest spelling that a line at ``reference`` reads as ``at``; a play has whole seconds."""
    printed = format_instant(at)
    if at % 1_000:
        raise CannotSay("a time is not of a whole second")
    clock = printed[11:16] if printed[17:19] == "00" else printed[11:19]
    if instant_of(clock, where="a time", reference=reference, not_before=not_before) == at:
        return clock
    return f"{printed[:10]}T{clock}Z"


def spell_window(opens_at: Instant, closes_at: Instant, reference: Instant) -> str:
    start = spell_instant(opens_at, reference)
    return f"{start}..{spell_instant(closes_at, opens_at, not_before=True)}"


# -- places -------------------------------------------------------------------------------------------------


def spell_position(position: Position) -> str:
    """Decimal degrees, to the last of their seven decimals."""
    north, east = "NS"[position.lat_e7 < 0], "EW"[position.lon_e7 < 0]
    return f"{_degrees(position.lat_e7)}{north} {_degrees(position.lon_e7)}{east}"


def _degrees(size_e7: int) -> str:
    whole, rest = divmod(abs(size_e7), E7)
    decimals = f"{rest:07d}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)


def spell_length(length_mm: int) -> str:
    if length_mm % MM_PER_NM == 0 and length_mm % MM_PER_KM:
        return f"{length_mm // MM_PER_NM}nm"
    if length_mm % MM_PER_M == 0 and length_mm >= MM_PER_KM:
        return f"{_thousandths(length_mm // MM_PER_M)}km"
    if length_mm // MM_PER_M > MOST_METRES:
        raise CannotSay("a length is told to the millimetre")
    return f"{_thousandths(length_mm)}m"


def _thousandths(size: int) -> str:
    whole, rest = divmod(size, 1_000)
    decimals = f"{rest:03d}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)


def spell_band(band: Band) -> str:
    lower, upper = band.lower, band.upper
    if lower.datum is upper.datum:
        if _is_level(lower) and _is_level(upper):
            return f"{_level(lower)}..{_level(upper)}"
        return f"{lower.feet}..{upper.feet}ft {lower.datum.value}"
    if (lower.feet, lower.datum) != (0, Datum.AGL):
        raise CannotSay("a band of altitude is measured from two datums")
    return f"SFC..{_level(upper)}" if _is_level(upper) else f"SFC..{upper.feet}ft {upper.datum.value}"


def _is_level(altitude: Altitude) -> bool:
    levels, rest = divmod(altitude.feet, FT_PER_LEVEL)
    return altitude.datum is Datum.STD and not rest and 0 <= levels <= MOST_LEVELS


def _level(altitude: Altitude) -> str:
    return f"FL{altitude.feet // FT_PER_LEVEL:03d}"


# -- shapes -------------------------------------------------------------------------------------------------


@singledispatch
def spell_footprint(footprint: object) -> str:
    """A circle, a polygon or a corridor, without band and window."""
    raise CannotSay(f"no shape of a play is a {type(footprint).__name__}")


@spell_footprint.register
def _(circle: Circle) -> str:
    return f"circle {spell_position(circle.centre)} {spell_length(circle.radius_mm)}"


@spell_footprint.register
def _(polygon: Polygon) -> str:
    if polygon.holes:
        raise CannotSay("an area has a hole")
    return f"polygon {_line(polygon.exterior)}"


@spell_footprint.register
def _(corridor: Corridor) -> str:
    return f"corridor {spell_length(corridor.half_width_mm)} {_line(corridor.points)}"


def _line(points: tuple[Position, ...]) -> str:
    return ", ".join(map(spell_position, points))


def spell_volume(volume: Volume, reference: Instant) -> str:
    opens_at, closes_at = Instant(volume.span.start_s * 1_000), Instant(volume.span.end_s * 1_000)
    band = spell_band(volume.band)
    if isinstance(volume.footprint, Legs):
        return f"{_legs(volume.footprint, volume, reference)} {band}"
    window = spell_window(opens_at, closes_at, reference)
    return f"{spell_footprint(volume.footprint)} {band} {window}"


def _legs(legs: Legs, volume: Volume, reference: Instant) -> str:
    if len(set(legs.radii_mm)) > 1:
        raise CannotSay("a moving area changes its size on the way")
    if (legs.times_s[0], legs.times_s[-1]) != (volume.span.start_s, volume.span.end_s):
        raise CannotSay("a moving area stands still before it departs or after it arrives")
    return f"legs {spell_length(legs.radii_mm[0])} {', '.join(_points(legs, reference))}"


def _points(legs: Legs, reference: Instant) -> Iterator[str]:
    for point, at_s in zip(legs.points, legs.times_s, strict=True):
        yield f"{spell_position(point)} {spell_instant(Instant(at_s * 1_000), reference)}"
