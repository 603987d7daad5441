# SPDX-License-Identifier: Apache-2.0
"""How far, how high, how long: quantities with their units, as typed on a command line.

A number without a unit is refused: 5 of what? Every quantity here is a minimum, so it rounds up.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil
from typing import Final

from steerclear.errors import BadInput

__all__ = ["lateral_mm", "time_s", "vertical_ft"]

_TYPED: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([a-z]+)", re.ASCII | re.IGNORECASE)
_FOOT_M: Final = Fraction(3048, 10_000)
_LATERAL_MM: Final = {"m": Fraction(1000), "km": Fraction(1_000_000), "nm": Fraction(1_852_000)}
_LATERAL_MM_FT: Final = {"ft": _FOOT_M * 1000}
_VERTICAL_FT: Final = {"ft": Fraction(1), "m": 1 / _FOOT_M}
_TIME_S: Final = {"s": Fraction(1), "min": Fraction(60), "h": Fraction(3600)}

LARGEST_LATERAL_MM: Final = 5_000_000_000
LARGEST_VERTICAL_FT: Final = 2_000_000
LARGEST_TIME_S: Final = 366 * 86_400


def lateral_mm(text: str) -> int:
    """Millimetres of "5nm", "9.26 km", "9260m" or "30000ft"; nm is the nautical mile."""
    return _whole(text, _LATERAL_MM | _LATERAL_MM_FT, LARGEST_LATERAL_MM, "5nm, 10km or 9260m")


def vertical_ft(text: str) -> int:
    """Feet of "1000ft" or "300m"."""
    return _whole(text, _VERTICAL_FT, LARGEST_VERTICAL_FT, "1000ft or 300m")


def time_s(text: str) -> int:
    """Seconds of "0s", "90 s", "15min" or "2h"."""
    return _whole(text, _TIME_S, LARGEST_TIME_S, "0s, 15min or 2h")


def _whole(text: str, units: dict[str, Fraction], largest: int, examples: str) -> int:
    match = _TYPED.fullmatch(text.strip())
    size = units.get(match[2].lower()) if match else None
    if match is None or size is None:
        raise BadInput(
            "quantity-unreadable",
            f"“{text[:40]}” is not a size with a unit that fits here.",
            remedy=f"Write a number and its unit, as {examples}.",
        )
    whole = ceil(Fraction(match[1]) * size)
    if whole > largest:
        raise BadInput(
            "quantity-too-large",
            f"“{text[:40]}” is more than can be meant.",
            remedy=f"Check the number and its unit, as {examples}.",
        )
    return whole
