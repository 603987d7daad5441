# SPDX-License-Identifier: Apache-2.0
"""Which position is meant by what somebody typed, and how is it said back in all three ways?

Read, in capitals or not, with the usual marks (° º, ' ’ ′, " ” ″) and a comma, slash or blank between:

    decimal degrees      34.5225 37.627     34.5225N, 37.627E     N34.5225 E37.627     -34.5, 18.25
    degrees, minutes     34°31.35'N 37°37.62'E     34-31-21N 037-37-37E     34 31 21 N / 37 37 37 E
    run together         352148N0401030E     3521N 04010E     3521.8N 04010.5E       (DDMMSS, DDMM, DDMM.m)
    MGRS                 37SCU7398320948     37S CU 739 209

Latitude comes first, unless letters say otherwise. Refused rather than guessed: letters on one half only, a
sign and a letter together, two latitudes, minutes or seconds of 60, a decimal comma, a grid square wider than
100 m. A grid reference names a square, and its middle is taken.

Said back: degrees as they are, to 1e-7; degrees, minutes and seconds to 0.01″ (0.3 m); MGRS to 1 m.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from mgrs import MGRS
from mgrs.core import MGRSError

from steerclear.errors import BadInput
from steerclear.formats.quoting import quoted
from steerclear.model.space import Position

__all__ = ["ThreeWays", "parse_position", "spell"]

Axis = Literal["latitude", "longitude"]

E7: Final = 10_000_000
LONGEST: Final = 80
_MARKS: Final = str.maketrans(
    {"º": "°", "˚": "°", "’": "'", "‘": "'", "′": "'", "´": "'", "`": "'", "″": '"', "”": '"', "“": '"'}
    | {"−": "-", "–": "-", "‐": "-", "\u00a0": " ", "\u202f": " ", "\t": " "}
)
_GRID: Final = re.compile(r"(?:\d{1,2}[C-HJ-NP-X]|[ABYZ])[A-HJ-NP-Z]{2}\d*", re.ASCII)
_GRID_DIGITS: Final = re.compile(r"\d*\Z", re.ASCII)
_LETTERS_LAST: Final = re.compile(r"([^NSEW]+)([NSEW])[ ,;/]*([^NSEW]+)([NSEW])")
_LETTERS_FIRST: Final = re.compile(r"([NSEW])([^NSEW]+?)[ ,;/]*([NSEW])([^NSEW]+)")
_BARE: Final = re.compile(r"([^,;/]+)[,;/]([^,;/]+)|(\S+) +(\S+)|([^°]+°[^°]*?) ([^ °]+°[^°]*)")
_DECIMAL: Final = re.compile(r"([+-]?)(\d{1,3}(?:\.\d+)?)°?", re.ASCII)
_PIECES: Final = re.compile(
    r"([+-]?)(\d{1,3})(?:° *|[ :-])(?:(\d{1,2}(?:\.\d+)?)'?|(\d{1,2})(?:' *|[ :-])(\d{1,2}(?:\.\d+)?)\"?)",
    re.ASCII,
)
_RUN_TOGETHER: Final[dict[Axis, re.Pattern[str]]] = {
    "latitude": re.compile(r"(\d\d)(\d\d(?:\.\d+)?)|(\d\d)(\d\d)(\d\d(?:\.\d+)?)", re.ASCII),
    "longitude": re.compile(r"(\d\d\d)(\d\d(?:\.\d+)?)|(\d\d\d)(\d\d)(\d\d(?:\.\d+)?)", re.ASCII),
}
_AXES: Final[dict[str, Axis]] = {"N": "latitude", "S": "latitude", "E": "longitude", "W": "longitude"}


@dataclass(frozen=True, slots=True)
class ThreeWays:
    """One position, spelled for three readers; each reads back to it within the rounding named above."""

    decimal: str
    dms: str
    mgrs: str


@dataclass(frozen=True, slots=True)
class _Half:
    """One of the two angles as typed: its letter is empty when there was none."""

    text: str
    letter: str


def parse_position(text: str) -> Position:
    """The position that was typed.

    Raises ``BadInput``: ``position-unreadable``, ``position-letters``, ``minutes-out-of-range``,
    ``grid-reference``, ``grid-too-coarse``, ``latitude-out-of-range``, ``longitude-out-of-range``.
    """
    if len(text) > LONGEST:
        raise _unreadable(text)
    typed = text.translate(_MARKS).replace("''", '"').strip().upper()
    grid = typed.replace(" ", "")
    if _GRID.fullmatch(grid):
        return _from_grid(grid)
    first, second = _halves(typed, text)
    if first.letter and _AXES[first.letter] == "longitude":
        first, second = second, first
    lat, lon = _degrees(first, "latitude", text), _degrees(second, "longitude", text)
    _check_letters(first, second, text)
    _check_range(lat, lon)
    return Position(lat_e7=round(lat * E7), lon_e7=round(lon * E7))


def spell(position: Position) -> ThreeWays:
    """The position in decimal degrees, in degrees, minutes and seconds, and in MGRS."""
    north, east = "NS"[position.lat_e7 < 0], "EW"[position.lon_e7 < 0]
    return ThreeWays(
        decimal=f"{_decimal(position.lat_e7)}{north} {_decimal(position.lon_e7)}{east}",
        dms=f"{_dms(position.lat_e7, 2)}{north} {_dms(position.lon_e7, 3)}{east}",
        mgrs=_grid_of(position),
    )


def _from_grid(grid: str) -> Position:
    digits = _GRID_DIGITS.search(grid)
    if digits is not None and len(digits.group()) < 6:
        raise BadInput(
            "grid-too-coarse",
            f"{quoted(grid)} names a square of 1 km or more, not a position.",
            remedy="Give at least six digits (100 m), better ten (1 m).",
        )
    try:
        lat_deg, lon_deg = MGRS().toLatLon(grid)
    except MGRSError as error:
        raise BadInput(
            "grid-reference",
            f"{quoted(grid)} is not an MGRS reference that exists.",
            remedy="Check zone, letters and an even count of digits, as 37SCU7398320948.",
        ) from error
    return Position(lat_e7=round(lat_deg * E7), lon_e7=round(lon_deg * E7))


def _halves(typed: str, text: str) -> tuple[_Half, _Half]:
    if match := _LETTERS_LAST.fullmatch(typed):
        return _Half(match[1].strip(), match[2]), _Half(match[3].strip(), match[4])
    if match := _LETTERS_FIRST.fullmatch(typed):
        return _Half(match[2].strip(), match[1]), _Half(match[4].strip(), match[3])
    if match := _BARE.fullmatch(typed):
        here, there = (group.strip() for group in match.groups() if group is not None)
        return _half(here), _half(there)
    raise _unreadable(text)


def _half(typed: str) -> _Half:
    """A half that stands alone may still carry a letter, before or behind."""
    if typed[-1:] in _AXES:
        return _Half(typed[:-1].strip(), typed[-1])
    if typed[:1] in _AXES:
        return _Half(typed[1:].strip(), typed[0])
    return _Half(typed, "")


def _check_letters(first: _Half, second: _Half, text: str) -> None:
    letters = first.letter + second.letter
    if not letters:
        return
    signed = any(half.text[:1] in ("+", "-") for half in (first, second))
    if signed or not first.letter or not second.letter or _AXES[first.letter] == _AXES[second.letter]:
        raise BadInput(
            "position-letters",
            f"The letters of {quoted(text)} do not name one latitude and one longitude.",
            remedy="Put N or S to one number and E or W to the other, without signs; or use signs alone.",
        )


def _degrees(half: _Half, axis: Axis, text: str) -> Fraction:
    sign, pieces = _pieces(half, axis, text)
    if any(piece >= 60 for piece in pieces[1:]):
        raise BadInput(
            "minutes-out-of-range",
            f"The {axis} of {quoted(text)} has minutes or seconds of 60 or more.",
            remedy="Check the digits; 60 minutes are one degree.",
        )
    size = sum((piece / 60**place for place, piece in enumerate(pieces)), Fraction(0))
    return -size if sign == "-" or half.letter in ("S", "W") else size


def _pieces(half: _Half, axis: Axis, text: str) -> tuple[str, list[Fraction]]:
    """The sign and one to three numbers: degrees, minutes, seconds."""
    if half.letter and (match := _RUN_TOGETHER[axis].fullmatch(half.text)):
        return "", [Fraction(group) for group in match.groups() if group is not None]
    match = _DECIMAL.fullmatch(half.text) or _PIECES.fullmatch(half.text)
    if match is None:
        raise _unreadable(text)
    return match[1], [Fraction(group) for group in match.groups()[1:] if group is not None]


def _check_range(lat: Fraction, lon: Fraction) -> None:
    if abs(lat) > 90:
        raise BadInput(
            "latitude-out-of-range",
            f"Latitude {float(lat):.7g} is not between −90 and 90 degrees.",
            remedy="Latitude comes first; or write the letters N, S, E, W.",
        )
    if abs(lon) > 180:
        raise BadInput(
            "longitude-out-of-range",
            f"Longitude {float(lon):.7g} is not between −180 and 180 degrees.",
            remedy="Write it between −180 and 180; across the antimeridian use W.",
        )


def _unreadable(text: str) -> BadInput:
    return BadInput(
        "position-unreadable",
        f"{quoted(text)} is not a position.",
        remedy="Write 34.5225N 37.627E, or 34°31'21\"N 37°37'37\"E, or MGRS; with a point for decimals.",
    )


def _decimal(size_e7: int) -> str:
    """At least five decimals (1 m), more only where they are not zero."""
    whole, rest = divmod(abs(size_e7), E7)
    decimals = f"{rest:07d}"
    return f"{whole}.{decimals[:5]}{decimals[5:].rstrip('0')}"


def _dms(size_e7: int, width: int) -> str:
    """Rounded once, as a whole count of hundredths of a second, so that nothing ever shows 60."""
    hundredths = round(Fraction(abs(size_e7) * 360_000, E7))
    minutes, rest = divmod(hundredths, 6000)
    degrees, minutes = divmod(minutes, 60)
    return f"{degrees:0{width}d}°{minutes:02d}'{rest // 100:02d}.{rest % 100:02d}\""


def _grid_of(position: Position) -> str:
    grid = str(MGRS().toMGRS(position.lat_deg, position.lon_deg))
    return f"{grid[:-12]} {grid[-12:-10]} {grid[-10:-5]} {grid[-5:]}"
