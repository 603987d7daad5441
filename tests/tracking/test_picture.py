# SPDX-License-Identifier: Apache-2.0
"""What a feed shows is believed only as far as it can be; the rest is counted, and never a clear answer."""

from __future__ import annotations

import random

import numpy as np
import pytest

from steerclear.geometry.datum import amsl_interval_ft
from steerclear.model.space import Altitude, Datum, Position
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.tracking import Drift, Limits, Picture, Reports, movers_of
from steerclear.tracking.kernels_picture import _above_sea
from steerclear.tracking.reports import DATUM_OF

NOW = Instant(1_757_000_000_000)
DEGREE_M = 111_000


def seen(ref: str, lat: float, lon: float, *, at_s: float = 0.0, feet: int = 30_000, east: int = 0) -> Track:
    return Track(
        ref=ref,
        whose="unknown",
        seen_at=Instant(NOW + round(at_s * 1000)),
        position=Position(round(lat * 1e7), round(lon * 1e7)),
        altitude=Altitude(feet, Datum.STD),
        speed_east_mm_s=east,
        speed_north_mm_s=0,
        climb_ft_min=0,
        uncertain_by_mm=0,
    )


def taken(picture: Picture, *tracks: Track, at_s: float = 0.0) -> dict[str, int]:
    found = picture.take(Reports.of(tracks), Instant(NOW + round(at_s * 1000)))
    names = found.__slots__
    return {name: getattr(found, name) for name in names if getattr(found, name) and name != "offered"}


def place_of(picture: Picture, ref: str) -> tuple[float, float]:
    refs, kept = picture.newest()
    row = refs.tolist().index(ref)
    return kept.lat_e7[row] / 1e7, kept.lon_e7[row] / 1e7


def test_the_newest_report_of_each_track_is_kept_and_an_older_one_is_counted() -> None:
    picture = Picture()
    assert taken(picture, seen("a", 34, 36), seen("b", 34, 37), seen("a", 34.001, 36, at_s=1)) == {"kept": 3}
    assert taken(picture, seen("a", 34.5, 36), seen("a", 34.5, 36, at_s=1)) == {"older": 2}
    assert (len(picture), place_of(picture, "a")) == (2, (34.001, 36.0))


def test_a_report_from_the_future_is_not_believed() -> None:
    picture = Picture()
    assert taken(picture, seen("a", 34, 36, at_s=2.001), seen("b", 34, 36, at_s=2)) == {"ahead": 1, "kept": 1}


def test_a_teleport_waits_until_three_reports_agree_with_it() -> None:
    picture = Picture()
    taken(picture, seen("a", 34, 36))
    assert taken(picture, seen("a", 36, 36, at_s=1), at_s=1) == {"teleport": 1}
    assert place_of(picture, "a") == (34.0, 36.0)
    assert taken(picture, seen("a", 36, 36, at_s=2), at_s=2) == {"teleport": 1}
    assert taken(picture, seen("a", 36, 36, at_s=3), at_s=3) == {"kept": 1}
    assert place_of(picture, "a") == (36.0, 36.0)


def test_a_teleport_that_nothing_agrees_with_changes_nothing() -> None:
    picture = Picture()
    taken(picture, seen("a", 34, 36))
    for second in range(1, 9):
        assert taken(picture, seen("a", 36 + second, 36, at_s=second), at_s=second) == {"teleport": 1}
    assert taken(picture, seen("a", 34, 36, at_s=9), at_s=9) == {"kept": 1}


def test_after_a_long_silence_a_track_may_be_anywhere_that_it_can_have_come_to() -> None:
    picture = Picture()
    taken(picture, seen("a", 34, 36))
    assert taken(picture, seen("a", 36, 36, at_s=600), at_s=600) == {"kept": 1}


def test_two_that_carry_one_name_make_it_doubtful_and_what_is_doubtful_is_undetermined() -> None:
    picture, counts = Picture(), []
    for second in range(12):
        lat = 34 if second % 2 else 36
        counts.append(taken(picture, seen("a", lat, 36, at_s=second), at_s=second))
    assert {"two_of_one_name": 1} in counts
    at = Instant(NOW + 12_000)
    assert picture.movers(at, Drift()).doubtful == ("a",)
    assert picture.movers(Instant(at + 61_000), Drift()).doubtful == ()


def test_a_height_or_a_speed_that_cannot_be_is_none_and_the_place_stays() -> None:
    picture = Picture()
    assert taken(picture, seen("a", 34, 36, feet=131_000, east=1_300_000)) == {
        "kept": 1,
        "bad_height": 1,
        "bad_speed": 1,
    }
    movers = picture.movers(NOW, Drift())
    assert (movers.datum.tolist(), movers.speed_known.tolist()) == ([-1], [False])
    assert movers.growth[0] == pytest.approx(300.0)


def test_a_place_off_the_earth_is_counted() -> None:
    rest = (2, 100, 0, 0, True, 0, True, 0)
    rows = [(-1, NOW, 900_000_001, 0, *rest), (-1, NOW, 0, -(2**31), *rest)]
    found = Picture().take(Reports.of_rows(["a", "b"], rows), NOW)
    assert (found.no_place, found.kept) == (2, 0)


def test_a_full_picture_counts_newcomers_and_forgetting_makes_room() -> None:
    picture = Picture(Limits(most_tracks=2))
    tracks = [seen(ref, 34, 36 + number, at_s=-number) for number, ref in enumerate("abc")]
    assert taken(picture, *tracks) == {"kept": 2, "full": 1}
    assert picture.forget(NOW) == 1
    assert taken(picture, tracks[2]) == {"kept": 1}
    assert sorted(picture.newest()[0].tolist()) == ["a", "c"]


def test_three_thousand_tracks_outgrow_the_first_room() -> None:
    picture = Picture()
    tracks = [seen(f"t{number}", 30 + number / 1000, 36) for number in range(3_000)]
    assert taken(picture, *tracks) == {"kept": 3_000}
    assert place_of(picture, "t2999") == (32.999, 36.0)


def test_the_picture_moves_along_as_the_nouns_do_and_in_parts_as_in_one() -> None:
    chance = random.Random(4)
    tracks = [
        seen(f"t{n}", chance.uniform(-90, 90), chance.uniform(-180, 180), at_s=-(n % 21), east=200_000)
        for n in range(5_000)
    ]
    picture = Picture()
    taken(picture, *tracks)
    alone, both = picture.movers(NOW, Drift()), picture.movers(NOW, Drift(), threads=2)
    nouns = movers_of(tracks, NOW, Drift())
    assert alone.stale == both.stale == nouns.stale != ()
    for name in ("place", "velocity", "up", "reach", "height", "amsl", "refs"):
        assert np.array_equal(getattr(alone, name), getattr(both, name))
        assert np.array_equal(getattr(alone, name), getattr(nouns, name))


def test_heights_above_the_sea_are_those_of_the_datum_file() -> None:
    for datum in (Datum.AMSL, Datum.WGS84, Datum.STD):
        for feet in (-1_000, -1, 0, 1, 999, 35_000, 60_001):
            found = amsl_interval_ft(Altitude(feet, datum))
            assert found is not None
            assert _above_sea(feet, DATUM_OF[datum]) == (found.low_ft, found.high_ft)
