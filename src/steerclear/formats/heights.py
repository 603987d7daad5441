# SPDX-License-Identifier: Apache-2.0
"""Which altitude is meant by what aviators and drivers write: FL240, 5000FT AMSL, 1500M AGL, SFC, UNL?

    GND SFC SURFACE          0 ft above ground
    UNL UNLIM UNLIMITED      the greatest height that a notice can hold
    FL240  F240              pressure altitude
    5000FT AMSL  5000 MSL    above mean sea level; MSL, AMSL, ALT
    1500M AGL  500FT GND     above ground; AGL, GND, SFC, ASFC

Feet round outward: a lower limit down, an upper limit up. A height without a unit or without a datum is a
``Fault``, with what to answer: two areas 1,800 ft apart on paper may be one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Final

from steerclear.formats.quoting import quoted
from steerclear.model.space import HIGHEST_FT, LOWEST_FT, Altitude, Datum

__all__ = ["GROUND", "UNLIMITED", "Fault", "parse_height", "spell_height"]

GROUND: Final = Altitude(0, Datum.AGL)
UNLIMITED: Final = Altitude(HIGHEST_FT, Datum.AMSL)

LONGEST: Final = 40
_FOOT_M: Final = Fraction(3048, 10_000)
_GROUND: Final = frozenset({"GND", "SFC", "SURFACE", "GROUND", "0 AGL", "0 SFC", "0 GND"})
_UNLIMITED: Final = frozenset({"UNL", "UNLIM", "UNLIMITED", "UNLTD"})
_LEVEL: Final = re.compile(r"(?:FL|F) ?(\d{1,5})", re.ASCII)
_HEIGHT: Final = re.compile(
    r"(-?\d{1,7}(?:\.\d{1,6})?) ?(FT|FEET|F|M|METRES|METERS|MTS)?"
    r"(?: ?(AMSL|MSL|ALT|AGL|GND|SFC|ASFC|WGS84|STD))?",
    re.ASCII,
)
_UNITS: Final = {"FT": "ft", "FEET": "ft", "F": "ft", "M": "m", "METRES": "m", "METERS": "m", "MTS": "m"}
_DATUMS: Final = {
    "AMSL": Datum.AMSL, "MSL": Datum.AMSL, "ALT": Datum.AMSL, "AGL": Datum.AGL, "GND": Datum.AGL,
    "SFC": Datum.AGL, "ASFC": Datum.AGL, "WGS84": Datum.WGS84, "STD": Datum.STD,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a height cannot be taken. ``offer`` is the altitude if the usual datum was meant."""

    code: str
    what: str
    answer: str
    offer: Altitude | None = None


def parse_height(text: str, *, is_upper: bool) -> Altitude | Fault:
    """The altitude, rounded outward. Raises nothing."""
    typed = " ".join(text.upper().replace("'", "FT").split())
    if typed in _GROUND:
        return GROUND
    if typed in _UNLIMITED:
        return UNLIMITED
    if len(typed) > LONGEST:
        return _unread(text)
    if level := _LEVEL.fullmatch(typed):
        return _altitude(Fraction(int(level[1]) * 100), Datum.STD, text, is_upper=is_upper)
    height = _HEIGHT.fullmatch(typed)
    if height is None:
        return _unread(text)
    return _of_parts(height, text, is_upper=is_upper)


def _of_parts(height: re.Match[str], text: str, *, is_upper: bool) -> Altitude | Fault:
    size, unit, datum = Fraction(height[1]), height[2], height[3]
    if unit is None:
        return Fault(
            "height-without-unit",
            f"{quoted(text)} names no unit: feet, metres or a flight level?",
            "Give it as 5000FT AMSL, 1500M AGL or FL050.",
        )
    feet = size / _FOOT_M if _UNITS[unit] == "m" else size
    if datum is None:
        meant = _altitude(feet, Datum.AMSL, text, is_upper=is_upper)
        return Fault(
            "height-without-datum",
            f"{quoted(text)} does not say from where it is measured.",
            "Say AMSL or AGL; what is offered takes it as above mean sea level.",
            meant if isinstance(meant, Altitude) else None,
        )
    return _altitude(feet, _DATUMS[datum], text, is_upper=is_upper)


def _altitude(feet: Fraction, datum: Datum, text: str, *, is_upper: bool) -> Altitude | Fault:
    rounded: Callable[[Fraction], int] = ceil if is_upper else floor
    whole = rounded(feet)
    if not LOWEST_FT <= whole <= HIGHEST_FT:
        return Fault("height-out-of-range", f"{quoted(text)} is no height of ours.", "Check value and unit.")
    return Altitude(whole, datum)


def _unread(text: str) -> Fault:
    return Fault(
        "height-unread",
        f"{quoted(text)} is not a height that is known here.",
        "Give it as GND, UNL, FL240, 5000FT AMSL or 500FT AGL.",
    )


def spell_height(altitude: Altitude, *, is_upper: bool) -> str:
    """The height in a word or two, as ``parse_height`` reads it: SFC, UNL, FL240, 5000FT AMSL."""
    if altitude == GROUND and not is_upper:
        return "SFC"
    if altitude == UNLIMITED and is_upper:
        return "UNL"
    if altitude.datum is Datum.STD and altitude.feet >= 0 and altitude.feet % 100 == 0:
        return f"FL{altitude.feet // 100:03d}"
    return f"{altitude.feet}FT {altitude.datum.value}"
