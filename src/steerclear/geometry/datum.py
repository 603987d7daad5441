# SPDX-License-Identifier: Apache-2.0
"""How far apart are two altitude bands, at least, when their datums differ?

The same datum compares exactly. Otherwise both limits become intervals of feet AMSL, rounded outward, and
the worse side counts:

    WGS84 − AMSL   between −110 m and +90 m           (the geoid's extremes, with some room)
    AMSL − STD     between −1,800 ft and +1,100 ft, and ± 8 % of the level (pressure and temperature)
    AGL            unknown against any other datum: that would take terrain

The signed gap of two bands is ``max(lo_b − hi_a, lo_a − hi_b)``. Each term is bounded for itself; a term
that needs terrain is unknown, and the other one is then still a lower bound of the gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from steerclear.model.space import Altitude, Band, Datum

__all__ = [
    "FeetInterval",
    "VerticalGap",
    "amsl_interval_ft",
    "difference_at_least_ft",
    "vertical_gap",
    "vertical_gap_ft",
]

_GEOID_LOW_FT: Final = -361  # −110 m = −360.9 ft, outward
_GEOID_HIGH_FT: Final = 296  # +90 m = 295.3 ft, outward
_STD_LOW_FT: Final = -1_800
_STD_HIGH_FT: Final = 1_100
_STD_PERCENT: Final = 8


@dataclass(frozen=True, slots=True)
class FeetInterval:
    """Whole feet AMSL between which an altitude certainly lies."""

    low_ft: int
    high_ft: int


@dataclass(frozen=True, slots=True)
class VerticalGap:
    """``at_least_ft`` is a lower bound of the signed gap; ``None`` when not even that is known.

    ``known`` is false when a term is missing: the true gap may then be larger than the bound by anything.
    """

    at_least_ft: int | None
    known: bool


def vertical_gap(a: Band, b: Band) -> VerticalGap:
    """The signed gap of two bands on its worse side. Symmetric."""
    terms = (difference_at_least_ft(b.lower, a.upper), difference_at_least_ft(a.lower, b.upper))
    known = [term for term in terms if term is not None]
    return VerticalGap(at_least_ft=max(known, default=None), known=len(known) == len(terms))


def vertical_gap_ft(a: Band, b: Band) -> int | None:
    """The lowest possible signed gap in feet; ``None`` where it cannot be known without terrain."""
    gap = vertical_gap(a, b)
    return gap.at_least_ft if gap.known else None


def amsl_interval_ft(altitude: Altitude) -> FeetInterval | None:
    """Where an altitude lies above mean sea level; ``None`` for AGL."""
    feet = altitude.feet
    match altitude.datum:
        case Datum.AMSL:
            return FeetInterval(feet, feet)
        case Datum.WGS84:
            # AMSL = WGS84 − undulation.
            return FeetInterval(feet - _GEOID_HIGH_FT, feet - _GEOID_LOW_FT)
        case Datum.STD:
            slack = -(-_STD_PERCENT * abs(feet) // 100)
            return FeetInterval(feet + _STD_LOW_FT - slack, feet + _STD_HIGH_FT + slack)
        case Datum.AGL:
            return None


def difference_at_least_ft(upper: Altitude, lower: Altitude) -> int | None:
    """How far ``upper`` lies above ``lower`` at least (signed); ``None`` where that takes terrain."""
    if upper.datum is lower.datum:
        return upper.feet - lower.feet
    above, below = amsl_interval_ft(upper), amsl_interval_ft(lower)
    if above is None or below is None:
        return None
    return above.low_ft - below.high_ft
