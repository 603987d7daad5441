# SPDX-License-Identifier: Apache-2.0
"""The benchmark's work is what it says, the same for everybody, and its tables cannot flatter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from benchmarks.screening.pairs import digest_of, ordered
from benchmarks.screening.results import Machine, Measured, Results, disagreements
from benchmarks.screening.run import predicted_s
from benchmarks.screening.settle import settled, verdict_of
from benchmarks.screening.tables import sheets
from benchmarks.screening.work import CENTRE, Boxes, Polygons, boxes_of, polygons_of

from steerclear.screening.boxes import BoxEngine

HERE = Machine("a processor", 2, 4.0, "Linux", "3.11")


def results_of(*measured: Measured) -> Results:
    return Results(HERE, "2026-11-22", 4, 120, 0.1, {}, list(measured))


def test_boxes_lie_in_the_area_and_the_week() -> None:
    boxes = boxes_of(5_000, 4)
    size = boxes.high - boxes.low
    assert (boxes.low >= 0).all()
    assert (boxes.high <= [800_000, 800_000, 60_000, 7 * 86_400]).all()
    assert (size.min(axis=0) >= [1_000, 1_000, 1_000, 1_800]).all()
    assert (size.max(axis=0) <= [100_000, 100_000, 10_000, 21_600]).all()
    long = size[:, :2].max(axis=1)
    assert long.min() >= 5_000
    assert 20_000 < np.median(long) < 25_000  # log-uniform from 5 to 100 km: the middle is √500 km


def test_the_same_seed_is_the_same_work_and_another_is_not() -> None:
    assert (boxes_of(100, 4).low == boxes_of(100, 4).low).all()
    assert (boxes_of(100, 4).low != boxes_of(100, 5).low).any()
    assert (polygons_of(100, 4).lat_e7 == polygons_of(100, 4).lat_e7).all()


def test_polygons_are_simple_and_of_the_size_that_is_said() -> None:
    polygons = polygons_of(300, 4)
    corners = np.diff(polygons.first_point)
    assert set(corners.tolist()) <= set(range(4, 13))
    for row in range(len(polygons)):
        lat, lon = np.radians(polygons.ring(row).T)
        x = (lon - np.radians(CENTRE[1])) * np.cos(np.radians(CENTRE[0])) * 6371.0
        y = (lat - np.radians(CENTRE[0])) * 6371.0
        ring = shapely.Polygon(np.stack([x, y], axis=1))
        assert ring.is_valid
        assert 3.0 < max(np.ptp(x), np.ptp(y)) < 115.0


def test_work_survives_being_kept(tmp_path: Path) -> None:
    boxes, polygons = boxes_of(10, 4), polygons_of(10, 4)
    boxes.save(tmp_path / "boxes.npy")
    polygons.save(tmp_path / "polygons.npz")
    assert (Boxes.load(tmp_path / "boxes.npy").high == boxes.high).all()
    kept = Polygons.load(tmp_path / "polygons.npz")
    assert (kept.lon_e7 == polygons.lon_e7).all()
    assert (kept.party == [0, 1] * 5).all()


def test_all_pairs_are_those_of_brute_force() -> None:
    boxes = boxes_of(1_500, 4)
    meet = ((boxes.low[:, None] < boxes.high) & (boxes.low < boxes.high[:, None])).all(axis=2)
    left, right = np.nonzero(np.triu(meet, 1))
    low, high = np.insert(boxes.low, 2, 0, axis=1), np.insert(boxes.high, 2, 1, axis=1)
    found = BoxEngine.of_boxes(low, high, threads=1).all_pairs()
    assert len(left) > 20
    assert digest_of(found) == digest_of((left, right))
    assert (ordered(found, 1_500) == ordered((left, right), 1_500)).all()


def test_a_digest_sees_another_pair_but_no_other_order() -> None:
    left, right = np.array([1, 5, 7]), np.array([2, 9, 8])
    assert digest_of((left, right)) == digest_of((right[::-1], left[::-1]))
    assert digest_of((left, right)) != digest_of((left, np.array([2, 8, 9])))


def box_polygon(south: float, north: float) -> list[tuple[float, float]]:
    return [(south, 38.0), (south, 38.5), (north, 38.5), (north, 38.0)]


def two(first: list[tuple[float, float]], second: list[tuple[float, float]]) -> Polygons:
    lat, lon = np.rint(np.array([*first, *second]).T * 1e7).astype(np.int32)
    limits = np.array([[0, 0], [0, 0]])
    return Polygons(np.array([0, len(first), len(first) + len(second)]), lat, lon, limits, limits + 100)


@pytest.mark.parametrize(
    ("south", "verdict"), [(35.0999999, "conflict"), (35.1, "too near to tell"), (35.1000001, "none")]
)
def test_a_difference_is_settled_to_the_centimetre(south: float, verdict: str) -> None:
    # The same parallel's ends: both edges are the same geodesic, 1e-7 degree is 11 mm.
    polygons = two(box_polygon(35.0, 35.1), box_polygon(south, 35.2))
    assert verdict_of(polygons, 0, 1) == verdict


def test_differences_are_counted_on_the_side_of_who_is_right() -> None:
    polygons = two(box_polygon(35.0, 35.1), box_polygon(35.05, 35.2))
    none = np.array([], dtype=np.int64)
    nothing, found = (none, none), (np.array([0]), np.array([1]))
    assert settled(found, nothing, polygons) == {"only_ours": 1, "only_ours, conflict": 1, "only_theirs": 0}
    assert settled(nothing, found, polygons) == {"only_ours": 0, "only_theirs": 1, "only_theirs, conflict": 1}
    assert settled(found, found, polygons) == {"only_ours": 0, "only_theirs": 0}


def test_what_would_take_too_long_is_foreseen() -> None:
    assert predicted_s({}, 1_000) == 0.0
    assert predicted_s({1_000: 2.0}, 10_000) == pytest.approx(20.0)
    assert predicted_s({1_000: 1.0, 10_000: 100.0}, 100_000) == pytest.approx(10_000.0)
    assert predicted_s({1_000: 1.0, 10_000: 2.0}, 100_000) == pytest.approx(20.0)  # never less than linear
    assert predicted_s({1_000: 1.0, 10_000: 1e6}, 100_000) == pytest.approx(1e6 * 10**2.2)


def pairs_row(entrant: str, seconds: float, count: int) -> Measured:
    figures = {"seconds": seconds, "processor_s": seconds, "count": count, "total": 5, "mixed": 7}
    return Measured("pairs", entrant, 10_000, "", figures)


def test_who_finds_less_is_named() -> None:
    same = results_of(pairs_row("ours", 1.0, 50), pairs_row("prtree", 20.0, 50))
    other = results_of(pairs_row("ours", 1.0, 49), pairs_row("prtree", 20.0, 50))
    assert list(disagreements(same)) == []
    assert list(disagreements(other)) == ["pairs, 10,000: not the same count: ours: 49; prtree: 50"]


def test_a_polygon_pair_that_we_got_wrong_is_named() -> None:
    theirs = Measured("settle", "s2", 100, "", {"only_theirs": 3, "only_theirs, none": 3, "only_ours": 0})
    ours = Measured("settle", "gnomonic", 100, "", {"only_theirs": 3, "only_theirs, conflict": 2})
    assert list(disagreements(results_of(theirs))) == []
    wrong = "polygons, 100: we are wrong about 2 pairs (gnomonic is right)"
    assert list(disagreements(results_of(theirs, ours))) == [wrong]


def test_a_table_has_the_ratio_and_why_somebody_did_not_run() -> None:
    absent = Measured("pairs", "postgis", 10_000, "not run: predicted 2,200 s", {})
    goals, table = sheets(results_of(pairs_row("ours", 1.0, 50), pairs_row("prtree", 20.0, 50), absent))
    assert goals.rows[0][1:3] == ("1 s: 20× as fast", "python-prtree 20 s")
    assert [row[2] for row in table.rows if row[2] != "–"] == ["1 s", "20 s (20×)", "50"]
    assert table.notes == ("PostGIS nd-GiST, 10,000: not run: predicted 2,200 s",)


def test_figures_from_a_busy_machine_say_so() -> None:
    quiet, busy = (Results(HERE, "2026-11-22", 4, 120, load) for load in (0.1, 6.0))
    assert quiet.was_busy == ""
    assert busy.was_busy.startswith("The machine was busy (load 6.0")


def test_results_survive_being_kept(tmp_path: Path) -> None:
    results = results_of(pairs_row("ours", 1.0, 50))
    results.save(tmp_path / "kept.json")
    assert Results.load(tmp_path / "kept.json") == results
