# SPDX-License-Identifier: Apache-2.0
"""All pairs: the grid finds what asking every pair finds, anywhere on the globe; what is old is not clear."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.geometry.ellipsoid import position_of
from steerclear.model.space import Altitude, Datum, Position
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.tracking import Drift, Minima, Movers, Traffic, losses_of, movers_of, settled, traffic_of
from steerclear.tracking.swept import boxes_of
from steerclear.tracking.traffic import _in_strips, _judged, approach_of, pairs_of

NOW = Instant(1_757_000_000_000)
MINIMA = Minima(lateral_mm=9_260_000, vertical_ft=1_000, look_ahead_s=300)
EXACT = Drift(unknown_climb_ft_min=0)
E7 = 10_000_000


def track(
    ref: str,
    lat: float,
    lon: float,
    *,
    east: float = 0.0,
    north: float = 0.0,
    feet: int | None = 35_000,
    datum: Datum = Datum.STD,
    climb: int | None = 0,
    age_s: float = 0.0,
    whose: Literal["own", "other", "civil", "unknown"] = "unknown",
    uncertain_m: float = 0.0,
) -> Track:
    return Track(
        ref=ref,
        whose=whose,
        seen_at=Instant(NOW - round(age_s * 1000)),
        position=Position(round(lat * E7), round(((lon + 180) % 360 - 180) * E7)),
        altitude=None if feet is None else Altitude(feet, datum),
        speed_east_mm_s=round(east * 1000),
        speed_north_mm_s=round(north * 1000),
        climb_ft_min=climb,
        uncertain_by_mm=round(uncertain_m * 1000),
    )


def refs(found: Traffic) -> set[tuple[str, str]]:
    return {(loss.one, loss.other) for loss in found.losses}


def by_asking_every_pair(tracks: list[Track], minima: Minima, drift: Drift) -> set[tuple[str, str]]:
    movers = movers_of(tracks, NOW, drift)
    return {
        (min(a, b), max(a, b))
        for (i, a), (j, b) in combinations(enumerate(movers.refs), 2)
        if (movers.whose[i] < 0 or movers.whose[i] != movers.whose[j])
        and settled(approach_of(movers, i, j, minima), minima.look_ahead_s)
    }


PLACES = [
    pytest.param(34.0, 36.0, id="the theatre"),
    pytest.param(10.0, 179.9, id="the antimeridian"),
    pytest.param(89.7, 0.0, id="the north pole"),
    pytest.param(-89.9, 120.0, id="the south pole"),
    pytest.param(0.0, 0.0, id="the equator"),
]


@pytest.mark.parametrize(("lat", "lon"), PLACES)
@pytest.mark.parametrize("seed", range(4))
def test_the_grid_finds_what_asking_every_pair_finds(lat: float, lon: float, seed: int) -> None:
    chance = random.Random(seed)
    tracks = [
        track(
            f"t{number:03}",
            min(max(lat + chance.uniform(-1.2, 1.2), -90), 90),
            lon + chance.uniform(-1.2, 1.2) / max(np.cos(np.radians(lat)), 0.02),
            east=chance.choice((0.0, 240.0, chance.uniform(-600, 600))),
            north=chance.choice((0.0, chance.uniform(-600, 600))),
            feet=chance.choice((None, 30_000, 31_000, chance.randrange(0, 40_000))),
            datum=chance.choice(tuple(Datum)),
            climb=chance.choice((None, 0, 0, 1_500, -2_000)),
            age_s=chance.choice((0.0, 1.5, 12.0)),
            whose=chance.choice(("own", "other", "civil", "unknown")),
            uncertain_m=chance.choice((0.0, 30.0, 2_000.0)),
        )
        for number in range(120)
    ]
    drift = Drift(lateral_mm_s=chance.choice((0, 3_000)), climb_ft_min=chance.choice((0, 300)))
    expected = by_asking_every_pair(tracks, MINIMA, drift)
    assert refs(losses_of(tracks, NOW, MINIMA, drift)) == expected
    assert len(expected) > 50


@pytest.mark.parametrize(("lat", "lon"), PLACES[:2])
def test_slabs_of_space_find_each_pair_once_and_the_same_ones(lat: float, lon: float) -> None:
    chance = random.Random(9)
    tracks = [
        track(
            f"t{number:04}",
            min(max(lat + chance.uniform(-3, 3), -90), 90),
            lon + chance.uniform(-3, 3) / max(np.cos(np.radians(lat)), 0.02),
            east=chance.uniform(-300, 300),
            feet=chance.randrange(0, 40_000, 500),
            datum=Datum.STD if number % 9 else Datum.AMSL,
        )
        for number in range(4_100)
    ]
    movers = movers_of(tracks, NOW, EXACT)
    alone = traffic_of(movers, MINIMA)
    assert traffic_of(movers, MINIMA, threads=2) == alone
    assert len(alone.losses) > 300


def by_the_closed_form_alone(movers: Movers, minima: Minima) -> set[tuple[int, int]]:
    """What the compiled closed form says of every pair: no boxes, no strips, no order."""
    every = np.arange(len(movers), dtype=np.int32)
    strips = _in_strips(
        movers, every, np.full(len(movers), np.int32(-1)), movers.height, boxes_near(movers), 1
    )
    one, other = (side.astype(np.int32) for side in np.triu_indices(len(movers), 1))
    return pairs_in([_judged(strips, len(one), one, other, minima)])


def boxes_near(movers: Movers) -> NDArray[np.int32]:
    every = np.arange(len(movers), dtype=np.int32)
    return boxes_of(movers, every, movers.height, reach_m=0.0, tall_ft=0, look_ahead_s=0)


def pairs_in(found: Sequence[Any]) -> set[tuple[int, int]]:
    pairs = [pair for part in found for pair in zip(part.one.tolist(), part.other.tolist(), strict=True)]
    assert len(pairs) == len(set(pairs))
    return set(pairs)


def some_wide_some_equal(chance: random.Random, lat: float, lon: float, around: float) -> list[Track]:
    """Mostly alike, a few so uncertain that they reach half a continent, and some in one place."""
    tracks = []
    for number in range(1_500):
        at = (lat + chance.uniform(-around, around), lon + chance.uniform(-around, around))
        if number % 40 == 0:
            at = (lat, lon)
        tracks.append(
            track(
                f"t{number:04}",
                min(max(at[0], -90), 90),
                at[1],
                east=chance.choice((0.0, chance.uniform(-300, 300))),
                north=chance.choice((0.0, 250.0)),
                feet=chance.randrange(0, 60_000, 500),
                uncertain_m=chance.choice((300_000.0, 1_500_000.0)) if number % 300 == 7 else 0.0,
            )
        )
    return tracks


@pytest.mark.parametrize(
    ("lat", "lon", "around"), [(34, 36, 4), (0, 0, 180), (89, 0, 3), (-10, 179.9, 5), (45, -90, 0.1)]
)
@pytest.mark.parametrize("look_ahead_s", [0, 300])
def test_the_sweep_leaves_out_nothing_that_the_closed_form_finds(
    lat: float, lon: float, around: float, look_ahead_s: int
) -> None:
    """In one theatre and round the whole Earth; few so wide that they stand behind all others."""
    minima = replace(MINIMA, look_ahead_s=look_ahead_s)
    tracks = some_wide_some_equal(random.Random(f"{lat} {around}"), lat, lon, around)
    movers = movers_of([one for one in tracks if one.altitude is not None], NOW, EXACT)
    expected = by_the_closed_form_alone(movers, minima)
    assert pairs_in(pairs_of(movers, minima)) == expected
    assert len(expected) > 100


def test_more_pairs_than_there_is_room_for_at_once_are_all_found() -> None:
    movers = movers_of([track(f"t{number}", 34, 36) for number in range(500)], NOW, EXACT)
    assert len(pairs_in(pairs_of(movers, MINIMA))) == 500 * 499 // 2


def test_storeys_far_above_each_other_are_told_apart_and_still_nothing_is_left_out() -> None:
    """Heights are compared in sixteen bits first: of a hundred million feet a step is 1,500."""
    chance = random.Random(3)
    tracks = [
        track(f"t{n}", 34 + chance.uniform(0, 0.5), 36, feet=chance.randrange(0, 3_000)) for n in range(900)
    ]
    movers = movers_of(tracks, NOW, EXACT)
    storey = (np.arange(900)[:, None] % 500) * 200_000
    high = replace(movers, height=movers.height + storey, amsl=movers.amsl + storey)
    expected = by_the_closed_form_alone(high, MINIMA)
    assert pairs_in(pairs_of(high, MINIMA)) == expected
    assert len(expected) > 50


def test_two_that_meet_head_on_are_found_minutes_before_and_the_time_is_that_of_the_geodesic() -> None:
    """150 km apart, at 250 m/s each: the plane is true to metres, the time to hundredths of a second."""
    line = Geodesic.WGS84.Direct(34.0, 36.0, 90.0, 150_000.0)
    back = np.radians(line["azi2"] + 180.0)
    tracks = [
        track("a", 34.0, 36.0, east=250.0),
        track("b", line["lat2"], line["lon2"], east=250.0 * np.sin(back), north=250.0 * np.cos(back)),
    ]
    [loss] = losses_of(tracks, NOW, MINIMA, EXACT).losses
    assert loss.first_s == pytest.approx((150_000.0 - 9_260.0) / 500.0, abs=0.05)
    assert loss.closest_s == pytest.approx(300.0, abs=0.05)
    assert loss.closest_m < 20.0
    assert loss.is_certain


def test_exactly_a_thousand_feet_is_clear_in_both_directions_and_one_foot_less_is_not() -> None:
    low = track("low", 34.0, 36.0, east=200.0, feet=34_000)
    for over in (track("over", 34.0, 36.0, east=200.0), track("aaa", 34.0, 36.0, east=200.0)):
        assert not losses_of([low, over], NOW, MINIMA, EXACT).losses
        assert not losses_of([over, low], NOW, MINIMA, EXACT).losses
        nearer = replace(over, altitude=Altitude(34_999, Datum.STD))
        assert len(losses_of([nearer, low], NOW, MINIMA, EXACT).losses) == 1


def test_the_same_place_and_the_same_velocity_divide_by_nothing() -> None:
    found = losses_of([track("a", 34, 36, east=200), track("b", 34, 36, east=200)], NOW, MINIMA, EXACT)
    [loss] = found.losses
    assert (loss.first_s, loss.closest_s, loss.closest_m) == (0.0, 0.0, 0.0)


def test_what_is_old_or_from_the_future_is_named_and_never_clear() -> None:
    tracks = [track("old", 34, 36, age_s=15.001), track("ahead", 34, 36, age_s=-2.001), track("new", 34, 36)]
    found = losses_of(tracks, NOW, MINIMA, EXACT)
    assert found.stale == ("old", "ahead")
    assert (found.compared, found.losses) == (1, ())


def test_a_height_that_nobody_reported_makes_a_loss_that_is_not_certain() -> None:
    tracks = [
        track("none", 34, 36, feet=None),
        track("high", 34, 36),
        track("ground", 34, 36, datum=Datum.AGL),
    ]
    found = losses_of(tracks, NOW, MINIMA, EXACT)
    assert refs(found) == {("high", "none"), ("ground", "none"), ("ground", "high")}
    assert not any(loss.is_certain for loss in found.losses)


def test_two_datums_are_compared_on_the_worse_side() -> None:
    """FL350 may be as high as 38,900 ft above the sea: 39,000 ft is too close, 40,000 ft is not."""
    level = track("level", 34, 36, feet=35_000, datum=Datum.STD)
    for feet, lost in ((39_000, True), (39_899, True), (39_900, False), (30_000, True), (29_400, False)):
        other = track("other", 34, 36, feet=feet, datum=Datum.AMSL)
        assert bool(losses_of([level, other], NOW, MINIMA, EXACT).losses) is lost, feet


def test_a_party_is_not_warned_of_its_own_and_unknown_ones_are_everybodys() -> None:
    own = [track("o1", 34, 36, whose="own"), track("o2", 34, 36, whose="own")]
    assert not losses_of(own, NOW, MINIMA, EXACT).losses
    unknown = [track("u1", 34, 36), track("u2", 34, 36)]
    assert len(losses_of([*own, *unknown], NOW, MINIMA, EXACT).losses) == 5


def test_an_old_report_is_moved_along_and_its_circle_grows() -> None:
    """10 s ago, at 200 m/s: 2 km farther now, and 30 m/s of doubt make 300 m more of reach."""
    drift = Drift(lateral_mm_s=30_000, unknown_climb_ft_min=0)
    movers = movers_of([track("a", 34, 36, north=200.0, age_s=10.0, uncertain_m=50.0)], NOW, drift)
    there = Geodesic.WGS84.Direct(34.0, 36.0, 0.0, 2_000.0)
    lat, lon = position_of(movers.place)
    assert Geodesic.WGS84.Inverse(float(lat[0]), float(lon[0]), there["lat2"], there["lon2"])["s12"] < 0.5
    assert movers.reach[0] == pytest.approx(350.0)


def test_the_same_track_twice_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        losses_of([track("a", 34, 36), track("a", 34, 37)], NOW, MINIMA, EXACT)
    assert refused.value.code == "track-twice"


def test_nothing_is_an_answer() -> None:
    assert losses_of([], NOW, MINIMA, EXACT) == Traffic(NOW, 0, (), ())
