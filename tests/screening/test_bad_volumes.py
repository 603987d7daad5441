# SPDX-License-Identifier: Apache-2.0
"""Is what no volume can be refused, with code, place and remedy, and is the index afterwards what it was?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from steerclear.errors import BadInput
from steerclear.model.finding import SeparationMinima
from steerclear.model.space import Altitude, Circle, Datum, Position
from steerclear.model.time import TimeSpan
from steerclear.screening import BoxEngine, FootprintArrays, VolumeArrays, VolumeEngine

if TYPE_CHECKING:
    from tests.screening.conftest import Make

RULES = SeparationMinima(1_000, 1_000, 0)
LAST = 2**31 - 1


# ---- nouns


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf], ids=["NaN", "infinite", "minus infinite"])
@pytest.mark.parametrize(
    "made",
    [
        lambda wrong: Position(wrong, 0),
        lambda wrong: Position(0, wrong),
        lambda wrong: Circle(Position(0, 0), wrong),
        lambda wrong: Altitude(wrong, Datum.AMSL),
        lambda wrong: TimeSpan(wrong, 100),
        lambda wrong: TimeSpan(0, wrong),
    ],
    ids=["latitude", "longitude", "radius", "altitude", "start", "end"],
)
def test_what_is_no_number_makes_no_volume(made: Callable[[Any], object], wrong: float) -> None:
    with pytest.raises(BadInput) as refused:
        made(wrong)
    assert refused.value.remedy


# ---- arrays


def arrays_of(make: Make) -> VolumeArrays:
    """Three discs, of which the first two meet."""
    spots = [(35.0, 38.0), (35.0, 38.01), (36.0, 38.0)]
    return VolumeArrays.of([make.volume(make.circle(*spot, 1_000)) for spot in spots])


def refused_by(engine: VolumeEngine, arrays: VolumeArrays) -> BadInput:
    """The refusal; and the engine is what it was."""
    before, bytes_before, rows = engine.all_conflicts().sorted(), engine.memory_bytes, list(engine)
    with pytest.raises(BadInput) as refused:
        engine.extend(arrays)
    after = engine.all_conflicts().sorted()
    assert [after.a.tolist(), after.b.tolist()] == [before.a.tolist(), before.b.tolist()]
    assert after.lateral_gap_m.tolist() == before.lateral_gap_m.tolist()
    assert (list(engine), engine.memory_bytes) == (rows, bytes_before)
    added = engine.extend(one_disc())
    assert added.start == rows[-1] + 1  # and its next row is the next
    return refused.value


def one_disc() -> VolumeArrays:
    footprints = FootprintArrays.of([Circle(Position(0, 0), 1_000)])
    feet, code = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.uint8)
    seconds = np.zeros(1, dtype=np.int64)
    return VolumeArrays(footprints, feet, code, feet, code, seconds, seconds, feet, code)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("lower_ft", 5_000, "band-inverted"),
        ("upper_ft", LAST, "altitude-out-of-range"),
        ("end_s", -1, "span-inverted"),
        ("start_s", -(2**62), "span-out-of-range"),
        ("lower_datum", 255, "datum-unknown"),
    ],
)
def test_a_volume_that_cannot_be_leaves_the_index_as_it_was(
    make: Make, column: str, value: int, code: str
) -> None:
    engine = VolumeEngine.of_arrays(arrays_of(make), RULES)
    wrong = arrays_of(make)
    getattr(wrong, column)[2] = value
    refused = refused_by(engine, wrong)
    assert (refused.code, refused.where) == (code, "volume 2")
    assert refused.remedy


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("lat_e7", 900_000_001, "latitude-out-of-range"),
        ("lon_e7", -1_800_000_001, "longitude-out-of-range"),
        ("radius_mm", -1, "radius-out-of-range"),
        ("radius_mm", 2**62, "radius-out-of-range"),
    ],
)
def test_a_footprint_that_cannot_be_leaves_the_index_as_it_was(
    make: Make, column: str, value: int, code: str
) -> None:
    engine = VolumeEngine.of_arrays(arrays_of(make), RULES)
    wrong = arrays_of(make)
    getattr(wrong.footprints, column)[2] = value
    refused = refused_by(engine, wrong)
    assert refused.code == code
    assert refused.where is not None
    assert "2" in refused.where
    assert refused.remedy


@pytest.mark.parametrize("wrong", [math.nan, math.inf], ids=["NaN", "infinite"])
@pytest.mark.parametrize("column", ["lower_ft", "upper_ft", "start_s", "end_s"])
def test_columns_with_room_for_what_is_no_number_are_refused(make: Make, column: str, wrong: float) -> None:
    engine = VolumeEngine.of_arrays(arrays_of(make), RULES)
    arrays = arrays_of(make)
    given = getattr(arrays, column).astype(np.float64)
    given[1] = wrong
    assert refused_by(engine, replace(arrays, **{column: given})).code == "arrays-uneven"


@pytest.mark.parametrize("wrong", [math.nan, math.inf], ids=["NaN", "infinite"])
def test_corners_with_room_for_what_is_no_number_are_refused(make: Make, wrong: float) -> None:
    engine = VolumeEngine.of_arrays(arrays_of(make), RULES)
    arrays = arrays_of(make)
    given: Any = arrays.footprints.lat_e7.astype(np.float64)
    given[1] = wrong
    footprints = replace(arrays.footprints, lat_e7=given)
    assert refused_by(engine, replace(arrays, footprints=footprints)).code == "arrays-uneven"


def one_ring(lat_e7: list[int], lon_e7: list[int]) -> VolumeArrays:
    corners = len(lat_e7)
    footprints = FootprintArrays(
        kind=np.zeros(1, dtype=np.uint8),
        first_ring=np.array([0, 1]),
        ring_part=np.zeros(1, dtype=np.int32),
        first_point=np.array([0, corners]),
        lat_e7=np.array(lat_e7, dtype=np.int32),
        lon_e7=np.array(lon_e7, dtype=np.int32),
        radius_mm=np.zeros(corners, dtype=np.int64),
        time_s=np.zeros(corners, dtype=np.int64),
    )
    return replace(one_disc(), footprints=footprints)


@pytest.mark.parametrize(
    ("lat_e7", "lon_e7", "code"),
    [
        ([350_000_000] * 3, [380_000_000] * 3, "ring-repeats-corner"),
        ([350_000_000, 350_000_000], [380_000_000, 390_000_000], "ring-too-short"),
        ([900_000_000] * 3, [0, 10, 20], "ring-without-area"),
        (
            [350_000_000, 360_000_000, 350_000_000],
            [380_000_000, 390_000_000, 380_000_000],
            "ring-repeats-corner",
        ),
        ([0, 0, 0], [0, 1_200_000_000, -1_200_000_000], "footprint-too-large"),
    ],
    ids=["three equal corners", "two corners", "the pole thrice", "closed by repetition", "the equator"],
)
def test_rings_that_enclose_nothing_are_refused(
    make: Make, lat_e7: list[int], lon_e7: list[int], code: str
) -> None:
    engine = VolumeEngine.of_arrays(arrays_of(make), RULES)
    refused = refused_by(engine, one_ring(lat_e7, lon_e7))
    assert refused.code == code
    assert refused.remedy


# ---- much


def round_ring(corners: int) -> VolumeArrays:
    """A ring of so many corners on a circle of about 100 km."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    lat = np.rint(350_000_000 + 9_000_000 * np.cos(turn)).astype(int)
    lon = np.rint(380_000_000 + 11_000_000 * np.sin(turn)).astype(int)
    return one_ring(lat.tolist(), lon.tolist())


def test_sixty_thousand_corners_are_compared(make: Make) -> None:
    engine = VolumeEngine.of_arrays(arrays_of(make), RULES)
    (row,) = engine.extend(round_ring(60_000))
    assert row == 3
    found = engine.all_conflicts().sorted()
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == [(0, 1)]  # its span is one second
    assert engine.query(make.volume(make.circle(35, 38, 10), -10, 10)).b.tolist()[-1] == 3


@pytest.mark.parametrize("corners", [100_000, 1_000_000])
def test_a_hundred_thousand_corners_are_refused(make: Make, corners: int) -> None:
    engine = VolumeEngine.of_arrays(arrays_of(make), RULES)
    refused = refused_by(engine, round_ring(corners))
    assert refused.code == "footprint-too-detailed"
    assert refused.where == "row 0"
    assert refused.remedy


def test_more_than_the_memory_allows_is_refused_before_it_is_used(make: Make) -> None:
    engine = VolumeEngine(RULES, memory_limit_bytes=2**20)
    engine.extend(arrays_of(make))
    many = VolumeArrays.of([make.volume(make.circle(35, 38, 1_000))] * 20_000)
    refused = refused_by(engine, many)
    assert refused.code == "too-many-volumes"
    assert refused.remedy


# ---- boxes


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [
        ([5, 0, 0, 0, 0], [4, 9, 9, 9, 9], "box-inverted"),
        ([0, 0, 0, 0, 2**40], [9, 9, 9, 9, 2**41], "box-out-of-range"),
        ([-(2**31), 0, 0, 0, 0], [9, 9, 9, 9, 9], "box-out-of-range"),
    ],
)
def test_boxes_that_cannot_be_leave_the_index_as_it_was(low: list[int], high: list[int], code: str) -> None:
    engine = BoxEngine.of_boxes(np.zeros((2, 5), dtype=np.int64), np.full((2, 5), 9))
    for attempt in (
        lambda: engine.insert(low, high),
        lambda: engine.amend(0, low, high),
        lambda: BoxEngine.of_boxes(np.array([low]), np.array([high])),
    ):
        with pytest.raises(BadInput) as refused:
            attempt()
        assert refused.value.code == code
        assert refused.value.remedy
    a, b = engine.all_pairs()
    assert (len(engine), a.tolist(), b.tolist()) == (2, [0], [1])
