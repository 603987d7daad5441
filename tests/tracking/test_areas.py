# SPDX-License-Identifier: Apache-2.0
"""Track against area: the grid and the closed form find what rational numbers find, anywhere on the globe."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from tests.effort import effort

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
from steerclear.model.time import Instant, TimeSpan
from steerclear.model.track import Track
from steerclear.tracking import Area, AreaWatch, Drift, Movers, movers_of
from steerclear.tracking.area_settled import settled_area
from steerclear.tracking.areas import _seen
from steerclear.tracking.kernels_area import PLANE, judge_areas

NOW = Instant(1_757_000_000_250)
NOW_S = NOW // 1000
STANDS = Drift(unknown_climb_ft_min=0)
E7 = 10_000_000
Whose = Literal["own", "other", "civil", "unknown"]


def at(lat: float, lon: float) -> Position:
    return Position(round(lat * E7), round(((lon + 180) % 360 - 180) * E7))


def beside(lat: float, lon: float, azimuth: float, metres: float) -> Position:
    line = Geodesic.WGS84.Direct(lat, lon, azimuth, metres)
    return at(line["lat2"], line["lon2"])


def track(
    ref: str,
    place: Position,
    *,
    east: float = 0.0,
    north: float = 0.0,
    feet: int | None = 10_000,
    datum: Datum = Datum.AMSL,
    climb: int | None = 0,
    age_s: float = 0.0,
    whose: Whose = "unknown",
    uncertain_m: float = 0.0,
) -> Track:
    return Track(
        ref=ref,
        whose=whose,
        seen_at=Instant(NOW - round(age_s * 1000)),
        position=place,
        altitude=None if feet is None else Altitude(feet, datum),
        speed_east_mm_s=round(east * 1000),
        speed_north_mm_s=round(north * 1000),
        climb_ft_min=climb,
        uncertain_by_mm=round(uncertain_m * 1000),
    )


def area(
    footprint: Footprint,
    *,
    low: int = 0,
    high: int = 20_000,
    datums: tuple[Datum, Datum] = (Datum.AMSL, Datum.AMSL),
    hot: tuple[int, int] = (-3_600, 3_600),
    ref: str = "area",
    whose: Whose = "unknown",
    lateral_m: float = 0.0,
    vertical_ft: int = 0,
) -> Area:
    span = TimeSpan(NOW_S + hot[0], NOW_S + hot[1])
    if isinstance(footprint, Legs):
        span = TimeSpan(footprint.times_s[0], footprint.times_s[-1])
    band = Band(Altitude(low, datums[0]), Altitude(high, datums[1]))
    return Area(ref, Volume(footprint, band, span), whose, round(lateral_m * 1000), vertical_ft)


def square(lat: float, lon: float, half_m: float, turned: float = 0.0) -> Polygon:
    corners = (45.0, 135.0, 225.0, 315.0)
    return Polygon(tuple(beside(lat, lon, turned + side, half_m * math.sqrt(2)) for side in corners))


# ------------------------------------------------------------------------------------ brute force is grid


def footprint_near(chance: random.Random, lat: float, lon: float) -> Footprint:
    centre = beside(lat, lon, chance.uniform(0, 360), chance.uniform(0, 120_000))
    lat, lon = centre.lat_deg, centre.lon_deg
    size = chance.choice((300.0, 3_000.0, 20_000.0, 90_000.0))
    turned = chance.uniform(0, 90)
    match chance.randrange(6):
        case 0:
            return square(lat, lon, size, turned)
        case 1:
            holed = square(lat, lon, size, turned)
            return Polygon(holed.exterior, (square(lat, lon, size / 2, turned + 20).exterior,))
        case 2:
            other = beside(lat, lon, turned, size)
            return MultiPolygon((square(lat, lon, size), square(other.lat_deg, other.lon_deg, size / 2, 30)))
        case 3:
            return Circle(centre, round(size * 1000))
        case 4:
            line = tuple(beside(lat, lon, turned + 40 * step, size * step) for step in range(4))
            return Corridor(line, round(chance.choice((0.0, 500.0, 5_000.0)) * 1000))
        case _:
            begins = NOW_S + chance.randrange(-600, 200)
            line = tuple(beside(lat, lon, turned + 30 * step, size * (1 + step)) for step in range(4))
            times = tuple(begins + 150 * step for step in range(4))
            return Legs(line, times, tuple(chance.choice((0, 500_000, 5_000_000)) for _ in range(4)))


def area_near(chance: random.Random, number: int, lat: float, lon: float) -> Area:
    low = chance.randrange(0, 20_000, 500)
    lower = chance.choice((Datum.AMSL, Datum.AMSL, Datum.STD, Datum.WGS84, Datum.AGL))
    begins = chance.choice((-600, -600, 60, 250, 301))
    return area(
        footprint_near(chance, lat, lon),
        ref=f"a{number}",
        low=0 if lower is Datum.AGL else low,
        high=low + chance.choice((0, 1_000, 15_000)),
        datums=(
            lower,
            chance.choice((lower, Datum.STD, Datum.AMSL)) if lower is not Datum.AGL else Datum.AMSL,
        ),
        hot=(begins, begins + chance.choice((0, 40, 3_600))),
        whose=chance.choice(("unknown", "own", "other")),
        lateral_m=chance.choice((0.0, 0.0, 500.0, 9_260.0)),
        vertical_ft=chance.choice((0, 500, 1_000)),
    )


def track_near(chance: random.Random, number: int, lat: float, lon: float) -> Track:
    return track(
        f"t{number}",
        beside(lat, lon, chance.uniform(0, 360), chance.uniform(0, 150_000)),
        east=chance.choice((0.0, chance.uniform(-600, 600))),
        north=chance.choice((0.0, chance.uniform(-600, 600))),
        feet=chance.choice((None, 5_000, 10_000, chance.randrange(0, 30_000))),
        datum=chance.choice(tuple(Datum)),
        climb=chance.choice((None, 0, 0, 1_500, -2_000)),
        age_s=chance.choice((0.0, 1.5, 12.0)),
        whose=chance.choice(("own", "other", "civil", "unknown")),
        uncertain_m=chance.choice((0.0, 0.0, 30.0, 2_000.0)),
    )


PLACES = [
    pytest.param(34.0, 36.0, id="the theatre"),
    pytest.param(10.0, 179.9, id="the antimeridian"),
    pytest.param(89.7, 0.0, id="the north pole"),
    pytest.param(-90.0, 120.0, id="the south pole"),
]


@pytest.mark.parametrize(("lat", "lon"), PLACES)
def test_the_grid_and_the_closed_form_find_what_rational_numbers_find_of_every_pair(
    lat: float, lon: float
) -> None:
    found_in_all = 0
    for seed in range(effort(test=1, ci=6, soak=200)):
        chance = random.Random(f"{seed} {lat}")
        drift = Drift(lateral_mm_s=chance.choice((0, 0, 3_000)), climb_ft_min=chance.choice((0, 300)))
        movers = movers_of([track_near(chance, n, lat, lon) for n in range(40)], NOW, drift)
        areas = [area_near(chance, number, lat, lon) for number in range(40)]
        watch = AreaWatch(areas, NOW)
        expected = {
            (movers.refs[row], one.ref)
            for row in range(len(movers))
            for which, one in enumerate(areas)
            if (movers.whose[row] < 0 or one.whose == "unknown" or _code(one.whose) != movers.whose[row])
            and settled_area(watch.meeting(movers, row, which, 300))
        }
        for threads in (1, 2):
            found = watch.entries(movers, 300, threads=threads)
            assert {(one.track, one.area) for one in found.entries} == expected
        found_in_all += len(expected)
    assert found_in_all > 10


def _code(whose: str) -> int:
    return {"own": 0, "other": 1, "civil": 2}[whose]


def test_a_path_that_only_touches_is_clear_and_a_hair_inside_is_not() -> None:
    """Along the rim, or through a corner: near for the closed form, and no for rational numbers."""
    watch = AreaWatch([area(square(34, 36, 5_000))], NOW)
    movers = movers_of([track("t", at(34, 35.5))], NOW, STANDS)
    one = replace(watch.meeting(movers, 0, 0, 300), v_m_s=(100.0, 0.0))
    corners = ((10_000.0, 0.0), (12_000.0, 0.0), (12_000.0, 2_000.0), (10_000.0, 2_000.0))
    rim = tuple(
        replace(one.pieces[0], a_m=a, b_m=b) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)
    )
    assert not settled_area(replace(one, pieces=rim))
    inside = [replace(p, a_m=(p.a_m[0], p.a_m[1] - 1e-9), b_m=(p.b_m[0], p.b_m[1] - 1e-9)) for p in rim]
    assert settled_area(replace(one, pieces=tuple(inside)))
    diamond = ((10_000.0, 0.0), (11_000.0, 1_000.0), (10_000.0, 2_000.0), (9_000.0, 1_000.0))
    touching = tuple(
        replace(one.pieces[0], a_m=a, b_m=b) for a, b in zip(diamond, (*diamond[1:], diamond[0]), strict=True)
    )
    assert not settled_area(replace(one, pieces=touching))
    assert settled_area(replace(one, pieces=touching, reach_m=1e-9))


# --------------------------------------------------------------------------------------- when and where


@pytest.mark.parametrize(("lat", "lon"), PLACES)
@pytest.mark.parametrize("azimuth", [0.0, 77.0, 200.0])
def test_the_time_and_place_of_entry_are_those_of_the_geodesic(
    lat: float, lon: float, azimuth: float
) -> None:
    """60 km away at 250 m/s into a circle of 10 km: in 200 s, on its rim."""
    start = beside(lat, lon, azimuth, 60_000.0)
    back = Geodesic.WGS84.Inverse(start.lat_deg, start.lon_deg, lat, lon)["azi1"]
    speed = (250.0 * math.sin(math.radians(back)), 250.0 * math.cos(math.radians(back)))
    movers = movers_of([track("t", start, east=speed[0], north=speed[1])], NOW, STANDS)
    [entry] = AreaWatch([area(Circle(at(lat, lon), 10_000_000))], NOW).entries(movers, 300).entries
    assert entry.first_s == pytest.approx(200.0, abs=0.02)
    away = Geodesic.WGS84.Inverse(entry.lat_deg, entry.lon_deg, lat, lon)["s12"]
    assert away == pytest.approx(10_000.0, abs=3.0)
    assert entry.is_certain


def test_what_is_inside_now_enters_at_nought_and_what_flies_away_never() -> None:
    inside, outside = track("in", at(34, 36), east=200.0), track("out", at(34, 36.3), east=200.0)
    found = AreaWatch([area(square(34, 36, 10_000))], NOW).entries(
        movers_of([inside, outside], NOW, STANDS), 300
    )
    [entry] = found.entries
    assert (entry.track, entry.first_s) == ("in", 0.0)
    assert (entry.lat_deg, entry.lon_deg) == pytest.approx((34.0, 36.0), abs=1e-7)


def test_an_area_counts_while_it_is_hot_and_not_before_or_after() -> None:
    standing = movers_of([track("t", at(34, 36))], NOW, STANDS)
    for hot, first in (((-60, 60), 0.0), ((100, 200), 99.75), ((-60, -1), None), ((301, 400), None)):
        found = AreaWatch([area(square(34, 36, 10_000), hot=hot)], NOW).entries(standing, 300).entries
        assert [one.first_s for one in found] == ([] if first is None else [pytest.approx(first)]), hot


def test_a_climb_into_an_area_is_seen_before_and_touching_its_limit_is_clear() -> None:
    """From 8,000 ft at 1,000 ft/min to a lower limit of 10,000: in two minutes."""
    above = AreaWatch([area(square(34, 36, 10_000), low=10_000)], NOW)
    [entry] = above.entries(
        movers_of([track("t", at(34, 36), feet=8_000, climb=1_000)], NOW, STANDS), 300
    ).entries
    assert entry.first_s == pytest.approx(120.0)
    for feet, lost in ((10_000, False), (10_001, True), (20_000, False), (19_999, True)):
        movers = movers_of([track("t", at(34, 36), feet=feet)], NOW, STANDS)
        assert bool(above.entries(movers, 300).entries) is lost, feet


def test_from_the_ground_up_needs_no_terrain_and_any_other_height_above_ground_is_undetermined() -> None:
    movers = movers_of([track("t", at(34, 36), feet=3_000)], NOW, STANDS)
    for low, certain in ((0, True), (500, False)):
        one = area(square(34, 36, 10_000), low=low, datums=(Datum.AGL, Datum.AMSL))
        [entry] = AreaWatch([one], NOW).entries(movers, 300).entries
        assert entry.is_certain is certain


def test_a_track_without_height_is_undetermined_and_never_clear() -> None:
    found = AreaWatch([area(square(34, 36, 10_000))], NOW)
    movers = movers_of(
        [track("none", at(34, 36), feet=None), track("old", at(34, 36), age_s=16)], NOW, STANDS
    )
    entries = found.entries(movers, 300)
    assert [(one.track, one.is_certain) for one in entries.entries] == [("none", False)]
    assert entries.stale == ("old",)


def test_a_party_is_not_warned_of_its_own_area() -> None:
    movers = movers_of([track("t", at(34, 36), whose="own")], NOW, STANDS)
    for whose, warned in (("own", False), ("other", True), ("unknown", True)):
        watch = AreaWatch([area(square(34, 36, 10_000), whose=whose)], NOW)  # type: ignore[arg-type] # a literal
        assert bool(watch.entries(movers, 300).entries) is warned


def test_no_tracks_and_no_areas_are_answers() -> None:
    nobody, nothing = movers_of([], NOW, STANDS), AreaWatch([], NOW)
    assert nothing.entries(nobody, 300).entries == ()
    assert AreaWatch([area(square(34, 36, 10_000))], NOW).entries(nobody, 300).entries == ()
    assert nothing.entries(movers_of([track("t", at(34, 36))], NOW, STANDS), 300).entries == ()


# ------------------------------------------------------------------------------------- leaving one's own


def left(one: Area, *tracks: Track) -> list[float | None]:
    watch = AreaWatch([one], NOW)
    movers = movers_of(list(tracks), NOW, STANDS)
    return [found.first_s for found in watch.departures(movers, [(t.ref, one.ref) for t in tracks], 300)]


def test_a_movement_that_leaves_its_corridor_is_told_when() -> None:
    corridor = Corridor((at(34, 36), at(34, 36.5)), 2_000_000)
    along = track("along", at(34, 36.1), east=80.0)
    across = track("across", at(34, 36.2), north=20.0)
    aside = track("aside", at(34.1, 36.2), east=80.0)
    staying, leaving, outside = left(area(corridor), along, across, aside)
    assert (staying, outside) == (None, 0.0)
    assert leaving == pytest.approx(100.0, abs=2.0)  # the corridor is a geodesic: it bulges to the north


def test_a_movement_keeps_to_its_legs_or_is_too_late_for_them() -> None:
    legs = Legs((at(34, 36), at(34, 37)), (NOW_S, NOW_S + 1_000), (1_000_000, 1_000_000))
    speed = Geodesic.WGS84.Inverse(34, 36, 34, 37)["s12"] / 1_000
    on_time, slow = track("on", at(34, 36), east=speed), track("slow", at(34, 36), east=speed - 10)
    found = left(area(legs), on_time, slow)
    assert found[0] is None
    assert found[1] == pytest.approx(100.0, abs=3.0)  # due east leaves the geodesic to the south


def test_heights_and_hours_are_part_of_a_filed_volume() -> None:
    place = square(34, 36, 50_000)
    climbing = track("t", at(34, 36), feet=18_000, climb=1_000)
    assert left(area(place), climbing) == [pytest.approx(120.0)]
    assert left(area(place, hot=(-60, 30)), track("t", at(34, 36))) == [pytest.approx(29.75)]
    assert left(area(place, hot=(30, 60)), track("t", at(34, 36))) == [0.0]
    assert left(area(place, high=9_000), track("t", at(34, 36))) == [0.0]
    assert left(area(place, high=9_000, vertical_ft=1_000), track("t", at(34, 36))) == [None]


def test_through_a_hole_and_out_of_two_parts_that_touch() -> None:
    holed = Polygon(square(34, 36, 20_000).exterior, (square(34, 36.1, 2_000).exterior,))
    assert left(area(holed), track("t", at(34, 36), east=100.0))[0] == pytest.approx(72.3, abs=1.0)
    parts = MultiPolygon((square(34, 36, 20_000), square(34, 36.3, 20_000)))
    assert left(area(parts), track("t", at(34, 36), east=100.0)) == [None]


def test_times_of_entry_are_where_sampling_finds_them() -> None:
    """Walk along the geodesic in steps and ask geographiclib how far the circle is."""
    chance = random.Random(7)
    for _ in range(effort(test=6, ci=40, soak=2_000)):
        start, azimuth, speed = (
            beside(34, 36, chance.uniform(0, 360), 40_000.0),
            chance.uniform(0, 360),
            240.0,
        )
        east, north = speed * math.sin(math.radians(azimuth)), speed * math.cos(math.radians(azimuth))
        movers = movers_of([track("t", start, east=east, north=north)], NOW, STANDS)
        found = AreaWatch([area(Circle(at(34, 36), 25_000_000))], NOW).entries(movers, 300).entries
        line = Geodesic.WGS84.Line(start.lat_deg, start.lon_deg, azimuth)
        away = np.array([_distance(line.Position(speed * t)) for t in range(301)])
        first = np.flatnonzero(away < 25_000.0)
        if len(first):
            [entry] = found
            assert first[0] - 1.05 <= entry.first_s <= first[0] + 0.05
        else:
            assert not found


def _distance(point: dict[str, float]) -> float:
    return float(Geodesic.WGS84.Inverse(point["lat2"], point["lon2"], 34, 36)["s12"])


# ------------------------------------------------------------------------------------------- the squares


def by_the_closed_form_alone(watch: AreaWatch, movers: Movers) -> set[tuple[int, int]]:
    """What the compiled closed form says of every track and every area: no boxes and no squares."""
    row, area = (side.ravel() for side in np.mgrid[: len(movers), : len(watch)])
    row, area = row.astype(np.int64), area.astype(np.int64)
    verdict, first = np.empty(len(row), dtype=np.int8), np.empty(len(row))
    plane = np.empty((watch._most_pieces, PLANE))
    kept = judge_areas(
        _seen(movers), watch._outlines, len(row), row, area, movers.at, 300.0, plane, verdict, first
    )
    return set(zip(row[:kept].tolist(), area[:kept].tolist(), strict=True))


def pairs_in(watch: AreaWatch, movers: Movers, *, threads: int = 1) -> set[tuple[int, int]]:
    found = watch.pairs(movers, 300, threads=threads)
    pairs = list(zip(found.row.tolist(), found.area.tolist(), strict=True))
    assert len(pairs) == len(set(pairs))
    return set(pairs)


@pytest.mark.parametrize(
    ("lat", "lon", "around"),
    [(34, 36, 3), (0, 0, 180), (89, 0, 4), (-10, 179.9, 5), (45, -90, 0.05)],
)
def test_the_squares_leave_out_nothing_that_the_closed_form_finds(
    lat: float, lon: float, around: float
) -> None:
    """From a field to a country, in one theatre and round the whole Earth, a few of them hot only later."""
    chance = random.Random(f"{lat} {around}")

    def somewhere() -> tuple[float, float]:
        return min(max(lat + chance.uniform(-around, around), -89.9), 89.9), lon + chance.uniform(
            -around, around
        )

    areas = [
        area(
            Circle(at(*somewhere()), round(chance.choice((50.0, 3e3, 3e4, 4e5)) * 1000)),
            ref=f"a{number}",
            low=chance.randrange(0, 20_000, 1_000),
            hot=chance.choice(((-60, 60), (-60, 60), (200, 400), (400, 500))),
            lateral_m=chance.choice((0.0, 9_260.0)),
        )
        for number in range(150)
    ]
    tracks = [
        track(
            f"t{number}",
            at(*somewhere()),
            east=chance.uniform(-300, 300),
            feet=chance.randrange(0, 25_000, 1_000),
            uncertain_m=chance.choice((0.0, 0.0, 200_000.0)),
        )
        for number in range(400)
    ]
    watch, movers = AreaWatch(areas, NOW), movers_of(tracks, NOW, STANDS)
    expected = by_the_closed_form_alone(watch, movers)
    assert pairs_in(watch, movers) == expected
    assert len(expected) > 50


def test_more_entries_than_there_is_room_for_at_once_are_all_found_by_one_thread_and_by_two() -> None:
    """4,100 tracks in each of 20 areas: two threads share them from 4,000 on."""
    watch = AreaWatch([area(square(34, 36, 10_000), ref=f"a{number}") for number in range(20)], NOW)
    movers = movers_of([track(f"t{number}", at(34, 36)) for number in range(4_100)], NOW, STANDS)
    alone = pairs_in(watch, movers)
    assert len(alone) == 20 * 4_100
    assert pairs_in(watch, movers, threads=2) == alone
