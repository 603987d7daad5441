# SPDX-License-Identifier: Apache-2.0
"""Which footprint does a GeoJSON geometry mean, and how is a footprint written as one?

    Polygon, MultiPolygon                      an area
    Point       + radius_m                     a circle
    LineString  + half_width_m                 a corridor
    LineString  + times + radius_m             timed legs; radius_m is one number, or one for each point

``radius_m``, ``half_width_m`` and ``times`` stand in ``properties``; one that the geometry has no use for is
refused rather than ignored, since its filer meant something by it. Positions are [longitude, latitude]; a
third number is read and not used (the band says how high). Longitudes lie between −180 and 180: a ring may
cross the antimeridian uncut (170, then −170) or be cut into a MultiPolygon. Rings are closed and wound
either way.
Rounding: degrees to the nearest 1e-7 (1.1 cm), radii up to whole millimetres.
Source: RFC 7946, sections 3.1 and 5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final, TypeVar

from steerclear.errors import BadInput
from steerclear.formats.members import (
    Members,
    an_object,
    name_of_kind,
    number,
    optional,
    required,
    text,
    within,
)
from steerclear.formats.quoting import quoted
from steerclear.model.space import (
    Circle,
    Corridor,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
)
from steerclear.model.time import format_zulu, parse_typed_instant_us

__all__ = ["footprint_of", "geometry_of", "shape_properties_of"]

Drawn = TypeVar("Drawn")

E7: Final = 10_000_000
_EXACT: Final = Context(prec=1000)
_SHAPING: Final = ("radius_m", "half_width_m", "times")


def footprint_of(geometry: Any, properties: Members) -> Footprint:
    """The footprint of one feature.

    Raises ``BadInput``: ``unknown-geometry``, ``coordinates-shape``, ``ring-unclosed``, ``shape-property``,
    ``missing-property``, ``wrong-type``, ``longitude-out-of-range``, and what ``model/space`` refuses.
    """
    with within("geometry"):
        members, kind = _members_and_kind(geometry)
    match kind:
        case "Polygon":
            _check_shaping(properties, kind, allowed=())
            return _drawn(_polygon, members)
        case "MultiPolygon":
            _check_shaping(properties, kind, allowed=())
            return _drawn(_multi_polygon, members)
        case "Point":
            _check_shaping(properties, kind, allowed=("radius_m",))
            return Circle(_drawn(_position, members), _width_mm(properties, "radius_m", "the point"))
        case "LineString" if optional(properties, "times") is not None:
            _check_shaping(properties, "timed LineString", allowed=("times", "radius_m"))
            return _legs(_drawn(_points, members), properties)
        case "LineString":
            _check_shaping(properties, "LineString without times", allowed=("half_width_m",))
            return Corridor(_drawn(_points, members), _width_mm(properties, "half_width_m", "the line"))
        case _:
            with within("geometry"):
                raise _unknown_geometry(quoted(kind))


def geometry_of(footprint: Footprint) -> dict[str, Any]:
    """The geometry object that ``footprint_of`` reads back to the same footprint."""
    match footprint:
        case Polygon():
            return {"type": "Polygon", "coordinates": _rings_out(footprint)}
        case MultiPolygon():
            return {"type": "MultiPolygon", "coordinates": [_rings_out(part) for part in footprint.parts]}
        case Circle():
            return {"type": "Point", "coordinates": _point_out(footprint.centre)}
        case Corridor() | Legs():
            return {"type": "LineString", "coordinates": [_point_out(point) for point in footprint.points]}


def shape_properties_of(footprint: Footprint) -> dict[str, Any]:
    """The properties that a footprint needs beside its geometry."""
    match footprint:
        case Circle():
            return {"radius_m": _metres(footprint.radius_mm)}
        case Corridor():
            return {"half_width_m": _metres(footprint.half_width_mm)}
        case Legs():
            return {
                "times": [format_zulu(at_s) for at_s in footprint.times_s],
                "radius_m": [_metres(radius_mm) for radius_mm in footprint.radii_mm],
            }
        case _:
            return {}


def _members_and_kind(geometry: Any) -> tuple[Members, str]:
    if geometry is None:
        raise _unknown_geometry("null")
    members = an_object(geometry, "geometry")
    for name in _SHAPING:
        if name in members:
            raise BadInput(
                "shape-property",
                f"“{name}” stands in the geometry, where other readers would not look.",
                remedy=f"Move “{name}” into properties.",
            )
    return members, text(required(members, "type", "what the coordinates draw"), "type")


def _drawn(read: Callable[[Any], Drawn], geometry: Members) -> Drawn:
    with within("geometry"):
        return read(geometry.get("coordinates"))


def _multi_polygon(coordinates: Any) -> MultiPolygon:
    parts = []
    for place, part in enumerate(_listed(coordinates, "a list of polygons"), 1):
        with within("part", place):
            parts.append(_polygon(part))
    return MultiPolygon(tuple(parts))


def _polygon(coordinates: Any) -> Polygon:
    rings = []
    for place, ring in enumerate(_listed(coordinates, "a list of rings"), 1):
        with within("ring", place):
            rings.append(_ring(ring))
    if not rings:
        raise _misshapen(coordinates, "a list of at least one ring")
    return Polygon(rings[0], tuple(rings[1:]))


def _ring(coordinates: Any) -> tuple[Position, ...]:
    """Closed in GeoJSON (RFC 7946, 3.1.6), not closed inside."""
    corners = _points(coordinates)
    if len(corners) < 2 or corners[0] != corners[-1]:
        raise BadInput(
            "ring-unclosed",
            "A ring does not end where it begins.",
            remedy="Repeat the first corner at the end; if the file was cut off, export it again.",
        )
    return corners[:-1]


def _points(coordinates: Any) -> tuple[Position, ...]:
    points = []
    for place, pair in enumerate(_listed(coordinates, "a list of positions"), 1):
        with within("position", place):
            points.append(_position(pair))
    return tuple(points)


def _position(pair: Any) -> Position:
    if not isinstance(pair, list) or not 2 <= len(pair) <= 3:
        raise _misshapen(pair, "a position [longitude, latitude]")
    for value in pair:
        number(value, "coordinate")
    lon_e7, lat_e7 = _e7(pair[0]), _e7(pair[1])
    if abs(lon_e7) > 180 * E7:
        raise BadInput(
            "longitude-out-of-range",
            f"Longitude {lon_e7 / E7} is not between −180 and 180 degrees.",
            remedy="GeoJSON writes longitude first, then latitude; across the antimeridian go on at −180.",
        )
    return Position(lat_e7=lat_e7, lon_e7=lon_e7)


def _e7(degrees: Decimal) -> int:
    return int(degrees.scaleb(7, _EXACT).to_integral_value(ROUND_HALF_EVEN, _EXACT))


def _legs(points: tuple[Position, ...], properties: Members) -> Legs:
    times_s = []
    with within("properties.times"):
        for place, spelling in enumerate(_listed(properties["times"], "a list of times"), 1):
            with within("time", place):
                times_s.append(_whole_second(text(spelling, "times")))
    return Legs(points, tuple(times_s), _radii_mm(properties, len(points)))


def _whole_second(spelling: str) -> int:
    """A moving thing cannot be rounded to the safe side by moving its clock: whole seconds or nothing."""
    at_us = parse_typed_instant_us(spelling)
    if at_us % 1_000_000:
        raise BadInput(
            "legs-time-fraction",
            f"{quoted(spelling)} is not a whole second, and rounding it would move what is under way.",
            remedy="Give the times of legs in whole seconds, with a radius that covers the difference.",
        )
    return at_us // 1_000_000


def _radii_mm(properties: Members, count: int) -> tuple[int, ...]:
    given = optional(properties, "radius_m")
    if not isinstance(given, list):
        return (_width_mm(properties, "radius_m", "the moving point"),) * count
    radii = []
    with within("properties.radius_m"):
        for place, radius in enumerate(given, 1):
            with within("radius", place):
                radii.append(_millimetres(number(radius, "radius_m")))
    return tuple(radii)


def _width_mm(properties: Members, name: str, around: str) -> int:
    with within(f"properties.{name}"):
        return _millimetres(number(required(properties, name, f"how far around {around}, in metres"), name))


def _millimetres(metres: Decimal) -> int:
    return int(metres.scaleb(3, _EXACT).to_integral_value(ROUND_CEILING, _EXACT))


def _check_shaping(properties: Members, kind: str, *, allowed: tuple[str, ...]) -> None:
    for name in _SHAPING:
        if name not in allowed and optional(properties, name) is not None:
            raise BadInput(
                "shape-property",
                f"“{name}” has no meaning for a {kind}.",
                where=f"properties.{name}",
                remedy="A Point takes radius_m, a LineString half_width_m, a timed LineString times and "
                "radius_m. Draw a Polygon as wide as it is meant.",
            )


def _listed(value: Any, wanted: str) -> list[Any]:
    if not isinstance(value, list):
        raise _misshapen(value, wanted)
    return value


def _misshapen(value: Any, wanted: str) -> BadInput:
    given = "an empty list" if value == [] else name_of_kind(value)
    if isinstance(value, list) and value:
        given = f"a list of {len(value)}"
    return BadInput(
        "coordinates-shape",
        f"Where {wanted} belongs stands {given}.",
        remedy="Compare the coordinates with the kind of geometry; RFC 7946, section 3.1 shows each.",
    )


def _unknown_geometry(name: str) -> BadInput:
    return BadInput(
        "unknown-geometry",
        f"A geometry of the kind {name} is not read here.",
        remedy="Use Polygon, MultiPolygon, Point with radius_m, or LineString with half_width_m or times.",
    )


def _rings_out(polygon: Polygon) -> list[list[list[float]]]:
    rings = (polygon.exterior, *polygon.holes)
    return [[_point_out(corner) for corner in (*ring, ring[0])] for ring in rings]


def _point_out(point: Position) -> list[float]:
    # A double spells up to 15 digits exactly; 180.0000000 has 10.
    return [point.lon_deg, point.lat_deg]


def _metres(millimetres: int) -> float:
    return millimetres / 1000
