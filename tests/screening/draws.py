# SPDX-License-Identifier: Apache-2.0
"""What does hypothesis draw for the properties? Volumes of every kind about one place, notices, minima."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pyproj
from hypothesis import strategies as st

from steerclear.model.finding import SeparationMinima
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
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
from steerclear.model.time import TimeSpan

GEOD: Final = pyproj.Geod(ellps="WGS84")
FULL_TURN_E7: Final = 3_600_000_000

Spot = tuple[float, float]
"""Latitude and longitude in degrees."""

PLACES: Final = st.sampled_from(
    [(35.0, 38.0), (89.995, 20.0), (-89.9, -100.0), (-17.0, 179.99), (66.0, -180.0), (0.0, 0.0)]
)
FAR_M: Final = 30_000


def away(here: Spot, bearing: float, distance_m: float) -> Spot:
    lon, lat, _ = GEOD.fwd(here[1], here[0], bearing, distance_m)
    return lat, lon


def position(spot: Spot) -> Position:
    return Position(round(spot[0] * 1e7), round(((spot[1] + 180) % 360 - 180) * 1e7))


def minima() -> st.SearchStrategy[SeparationMinima]:
    return st.builds(
        SeparationMinima,
        lateral_mm=st.sampled_from([0, 1, 1_000, 500_000, 9_260_000]),
        vertical_ft=st.sampled_from([0, 1, 1_000, 29_000]),
        time_s=st.sampled_from([0, 1, 60, 900]),
    )


@st.composite
def rings(draw: st.DrawFn, middle: Spot, size_m: float, least: float = 0.35) -> tuple[Position, ...]:
    """Corners in order about a middle, so the ring never crosses itself."""
    shares = draw(st.lists(st.integers(int(100 * least), 100), min_size=3, max_size=9))
    turn = draw(st.integers(0, 359))
    step = 360 / len(shares)
    return tuple(
        position(away(middle, turn + at * step, size_m * share / 100)) for at, share in enumerate(shares)
    )


@st.composite
def footprints(draw: st.DrawFn, place: Spot, *, moving: bool = True) -> Footprint:
    """A footprint of some kind within some 50 km of a place."""
    middle = away(place, draw(st.integers(0, 359)), draw(st.integers(0, FAR_M)))
    size_m = draw(st.sampled_from([60, 900, 7_000, 20_000]))
    form = draw(st.integers(0, 5 if moving else 4))
    if form == 0:
        return Polygon(draw(rings(middle, size_m)))
    if form == 1:
        outer = tuple(position(away(middle, bearing, size_m)) for bearing in range(0, 360, 45))
        return Polygon(outer, (draw(rings(middle, size_m * 0.4, 0.5)),))
    if form == 2:
        other = away(middle, draw(st.integers(0, 359)), size_m)
        return MultiPolygon(
            (Polygon(draw(rings(middle, size_m / 3))), Polygon(draw(rings(other, size_m / 3))))
        )
    if form == 3:
        return Circle(position(middle), draw(st.sampled_from([0, 1, size_m * 1000])))
    points = [middle]
    for _ in range(draw(st.integers(1, 3))):
        points.append(away(points[-1], draw(st.integers(0, 359)), size_m))
    line = tuple(position(point) for point in points)
    if form == 4:
        return Corridor(line, draw(st.sampled_from([0, 40_000])))
    start = draw(st.integers(0, 3_000))
    times = tuple(start + at * draw(st.just(600)) for at in range(len(line)))
    return Legs(line, times, tuple(draw(st.sampled_from([0, 500_000])) for _ in line))


@st.composite
def bands(draw: st.DrawFn) -> Band:
    datum = draw(st.sampled_from([Datum.AMSL, Datum.AMSL, Datum.WGS84, Datum.STD, Datum.AGL]))
    low = draw(st.integers(0, 4)) * 1_000
    return Band(Altitude(low, datum), Altitude(low + draw(st.sampled_from([0, 1_000, 8_000])), datum))


@st.composite
def volumes(draw: st.DrawFn, place: Spot, *, moving: bool = True) -> Volume:
    footprint, band = draw(footprints(place, moving=moving)), draw(bands())
    if isinstance(footprint, Legs):
        return Volume(footprint, band, TimeSpan(footprint.times_s[0], footprint.times_s[-1]))
    start = draw(st.integers(0, 50)) * 60
    return Volume(footprint, band, TimeSpan(start, start + draw(st.sampled_from([0, 1, 600, 3_600]))))


@st.composite
def pairs(draw: st.DrawFn, *, moving: bool = True) -> tuple[Volume, Volume]:
    place = draw(PLACES)
    return draw(volumes(place, moving=moving)), draw(volumes(place, moving=moving))


@st.composite
def theatres(draw: st.DrawFn, *, most: int = 9) -> list[Notice]:
    """Notices of three parties about one place, each of one to three volumes."""
    place = draw(PLACES)
    return [
        Notice(
            f"N{at:02}",
            MemberId(draw(st.sampled_from(["AZE", "ISR", "TUR"]))),
            draw(st.sampled_from([NoticeKind.HAZARD, NoticeKind.FLIGHT])),
            tuple(draw(st.lists(volumes(place), min_size=1, max_size=3))),
        )
        for at in range(draw(st.integers(2, most)))
    ]


# ---------------------------------------------------------------------------------------------- moving


def turned(notice: Notice, by_e7: int, *, mirrored: bool) -> Notice:
    """The notice carried around the Earth's axis, and to the other hemisphere."""

    def carried(p: Position) -> Position:
        lon = (p.lon_e7 + by_e7 + FULL_TURN_E7 // 2) % FULL_TURN_E7 - FULL_TURN_E7 // 2
        return Position(-p.lat_e7 if mirrored else p.lat_e7, lon)

    def line(points: tuple[Position, ...]) -> tuple[Position, ...]:
        return tuple(carried(point) for point in points)

    def polygon(area: Polygon) -> Polygon:
        return Polygon(line(area.exterior), tuple(line(hole) for hole in area.holes))

    def footprint(given: Footprint) -> Footprint:
        match given:
            case Polygon():
                return polygon(given)
            case MultiPolygon():
                return MultiPolygon(tuple(polygon(part) for part in given.parts))
            case Circle():
                return replace(given, centre=carried(given.centre))
            case Corridor() | Legs():
                return replace(given, points=line(given.points))

    return replace(
        notice, volumes=tuple(replace(each, footprint=footprint(each.footprint)) for each in notice.volumes)
    )
