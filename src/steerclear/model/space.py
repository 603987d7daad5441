# SPDX-License-Identifier: Apache-2.0
"""Where: footprints on WGS84, altitudes with a datum, and the 4D volume that joins them to a time span.

Integers wherever a rounding could hide a conflict: coordinates in 1e-7 degree (1.1 cm), lengths on the
ground in millimetres, altitudes in feet. The nouns check their own ranges; whether a ring crosses itself
is geometry's question. An edge is the WGS84 geodesic between its two points, the short way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from steerclear.errors import BadInput
from steerclear.model.time import TimeSpan

__all__ = [
    "Altitude",
    "Band",
    "Circle",
    "Corridor",
    "Datum",
    "Footprint",
    "Legs",
    "MultiPolygon",
    "Polygon",
    "Position",
    "Volume",
]

E7: Final = 10_000_000
LARGEST_RADIUS_MM: Final = 5_000_000_000
"""A circle or half-width above 5,000 km is larger than any theatre and near a hemisphere: refused."""

LOWEST_FT: Final = -10_000
HIGHEST_FT: Final = 2_000_000


class Datum(Enum):
    """What an altitude is measured from. ``STD`` is pressure altitude (1013.25 hPa); FL is its unit."""

    AMSL = "AMSL"
    AGL = "AGL"
    WGS84 = "WGS84"
    STD = "STD"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A point on the ellipsoid, in 1e-7 degree. +180° and −180° are the same meridian; both are legal."""

    lat_e7: int
    lon_e7: int

    def __post_init__(self) -> None:
        if not -90 * E7 <= self.lat_e7 <= 90 * E7:
            raise BadInput(
                "latitude-out-of-range",
                f"Latitude {self.lat_e7 / E7} is not between −90 and 90 degrees.",
                remedy="Check the coordinate; GeoJSON writes longitude first, then latitude.",
            )
        if not -180 * E7 <= self.lon_e7 <= 180 * E7:
            raise BadInput(
                "longitude-out-of-range",
                f"Longitude {self.lon_e7 / E7} is not between −180 and 180 degrees.",
                remedy="Check the coordinate; GeoJSON writes longitude first, then latitude.",
            )

    @property
    def lat_deg(self) -> float:
        return self.lat_e7 / E7

    @property
    def lon_deg(self) -> float:
        return self.lon_e7 / E7


Ring = tuple[Position, ...]
"""Corners in order, not repeated at the end: the last edge closes the ring."""


@dataclass(frozen=True, slots=True)
class Polygon:
    """An area inside ``exterior`` and outside every hole; rings of at least 3 corners, unclosed.

    The inside of a ring is its smaller side, whatever the winding.
    """

    exterior: Ring
    holes: tuple[Ring, ...] = ()

    def __post_init__(self) -> None:
        for ring in (self.exterior, *self.holes):
            if len(ring) < 3:
                raise BadInput(
                    "ring-too-short",
                    f"A ring has {len(ring)} different corners; an area needs at least 3.",
                    remedy="Give at least three different corners.",
                )
            for here, there in zip(ring, (*ring[1:], ring[0]), strict=True):
                if here == there:
                    raise BadInput(
                        "ring-repeats-corner",
                        "A ring repeats a corner without moving.",
                        remedy="Remove the repeated corner.",
                    )


@dataclass(frozen=True, slots=True)
class MultiPolygon:
    """Several areas that count as one footprint; they may touch or overlap."""

    parts: tuple[Polygon, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise BadInput(
                "footprint-empty", "A MultiPolygon has no parts.", remedy="Give at least one polygon."
            )


@dataclass(frozen=True, slots=True)
class Circle:
    """All points within ``radius_mm`` (geodesic) of ``centre``. Radius 0 is a point."""

    centre: Position
    radius_mm: int

    def __post_init__(self) -> None:
        _check_radius(self.radius_mm, "radius")


@dataclass(frozen=True, slots=True)
class Corridor:
    """All points within ``half_width_mm`` of the line through ``points`` (ends round)."""

    points: tuple[Position, ...]
    half_width_mm: int

    def __post_init__(self) -> None:
        _check_line(self.points)
        _check_radius(self.half_width_mm, "half-width")


@dataclass(frozen=True, slots=True)
class Legs:
    """A moving footprint: at ``times_s[i]`` a disc of ``radii_mm[i]`` stands at ``points[i]``.

    Between two times position runs along the geodesic at constant speed and the radius changes linearly:
    piecewise-linear 4D. ``times_s`` never falls; a hold is two equal points, and two equal times with two
    different points (a jump) are refused.
    """

    points: tuple[Position, ...]
    times_s: tuple[int, ...]
    radii_mm: tuple[int, ...]

    def __post_init__(self) -> None:
        if not len(self.points) == len(self.times_s) == len(self.radii_mm):
            raise BadInput(
                "legs-uneven",
                f"{len(self.points)} points, {len(self.times_s)} times and {len(self.radii_mm)} radii.",
                remedy="Give one time and one radius for each point.",
            )
        if len(self.points) < 2:
            raise BadInput(
                "line-too-short", "A line needs at least two points.", remedy="Give at least two points."
            )
        for radius_mm in self.radii_mm:
            _check_radius(radius_mm, "radius")
        for index in range(1, len(self.points)):
            if self.times_s[index] < self.times_s[index - 1]:
                raise BadInput(
                    "legs-time-runs-back",
                    f"Time {index + 1} is before time {index}.",
                    remedy="Give the times in order.",
                )
            if (
                self.times_s[index] == self.times_s[index - 1]
                and self.points[index] != self.points[index - 1]
            ):
                raise BadInput(
                    "legs-jump",
                    f"Points {index} and {index + 1} differ but have the same time.",
                    remedy="Give each point its own time.",
                )


Footprint = Polygon | MultiPolygon | Circle | Corridor | Legs


@dataclass(frozen=True, slots=True)
class Altitude:
    """Whole feet above (or below) a datum."""

    feet: int
    datum: Datum

    def __post_init__(self) -> None:
        if not LOWEST_FT <= self.feet <= HIGHEST_FT:
            raise BadInput(
                "altitude-out-of-range",
                f"{self.feet} ft is not between {LOWEST_FT} and {HIGHEST_FT} ft.",
                remedy="Check the value and its unit.",
            )


@dataclass(frozen=True, slots=True)
class Band:
    """From ``lower`` to ``upper``; their datums may differ (surface to FL 240). Zero thickness is legal."""

    lower: Altitude
    upper: Altitude

    def __post_init__(self) -> None:
        if self.lower.datum is self.upper.datum and self.upper.feet < self.lower.feet:
            raise BadInput(
                "band-inverted",
                f"The upper limit ({self.upper.feet} ft) is below the lower limit ({self.lower.feet} ft).",
                remedy="Give an upper limit that is not below the lower one.",
            )


@dataclass(frozen=True, slots=True)
class Volume:
    """A footprint × an altitude band × a time span. For ``Legs`` the span is first to last time."""

    footprint: Footprint
    band: Band
    span: TimeSpan

    def __post_init__(self) -> None:
        if isinstance(self.footprint, Legs):
            times = self.footprint.times_s
            if (self.span.start_s, self.span.end_s) != (times[0], times[-1]):
                raise BadInput(
                    "legs-span",
                    "The span of timed legs is not that of their first and last time.",
                    remedy="Give start and end equal to the first and last time.",
                )

    @property
    def moves(self) -> bool:
        return isinstance(self.footprint, Legs)


def _check_line(points: tuple[Position, ...]) -> None:
    if len(points) < 2:
        raise BadInput(
            "line-too-short", "A line needs at least two points.", remedy="Give at least two points."
        )


def _check_radius(radius_mm: int, name: str) -> None:
    if not 0 <= radius_mm <= LARGEST_RADIUS_MM:
        raise BadInput(
            "radius-out-of-range",
            f"The {name} of {radius_mm / 1000} m is not between 0 and {LARGEST_RADIUS_MM // 1000} m.",
            remedy="Check the value; it is in metres.",
        )
