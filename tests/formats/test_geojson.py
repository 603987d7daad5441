# SPDX-License-Identifier: Apache-2.0
"""What is read from GeoJSON: shapes, limits, times, and the rounding of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from steerclear.formats.geojson import read_notices, write_notices
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Circle,
    Corridor,
    Datum,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
)
from steerclear.model.time import TimeSpan, format_zulu

ReadOne = Callable[..., Notice]
POINT = {"type": "Point", "coordinates": [37.627, 34.5225]}
LINE = {"type": "LineString", "coordinates": [[37.0, 34.0], [37.5, 34.5], [38.0, 34.5]]}
TIMES = ["2025-04-09T08:00:00Z", "2025-04-09T08:10:00Z", "2025-04-09T10:00:00Z"]


def test_a_polygon_is_read_with_its_ring_opened(read_one: ReadOne) -> None:
    notice = read_one()
    assert notice.ref == "T4-1"
    assert notice.party == "TUR"
    assert notice.kind is NoticeKind.HAZARD
    assert notice.near is None
    footprint = notice.volumes[0].footprint
    assert isinstance(footprint, Polygon)
    assert len(footprint.exterior) == 4
    assert footprint.exterior[0] == Position(lat_e7=344_000_000, lon_e7=375_000_000)
    assert notice.span == TimeSpan(1_744_185_600, 1_744_192_800)


def test_a_feature_collection_keeps_the_order_of_the_file(
    feature: Callable[..., Any], collection: Callable[..., bytes]
) -> None:
    data = collection(feature(id="b"), feature(id="a", party="ISR"))
    assert [notice.ref for notice in read_notices(data, where="x")] == ["b", "a"]


def test_an_empty_collection_holds_no_notices(collection: Callable[..., bytes]) -> None:
    assert read_notices(collection(), where="x") == ()


def test_a_point_with_a_radius_is_a_circle_rounded_up_to_the_millimetre(read_one: ReadOne) -> None:
    footprint = read_one(POINT, radius_m=5000.00001).volumes[0].footprint
    assert footprint == Circle(Position(345_225_000, 376_270_000), 5_000_001)


def test_a_line_with_a_half_width_is_a_corridor(read_one: ReadOne) -> None:
    footprint = read_one(LINE, half_width_m=250).volumes[0].footprint
    assert isinstance(footprint, Corridor)
    assert footprint.half_width_mm == 250_000
    assert len(footprint.points) == 3


@pytest.mark.parametrize(
    ("radius_m", "radii_mm"),
    [(500, (500_000, 500_000, 500_000)), ([0, 100.5, 900], (0, 100_500, 900_000))],
)
def test_a_line_with_times_is_legs_and_brings_its_own_span(
    read_one: ReadOne, radius_m: Any, radii_mm: tuple[int, ...]
) -> None:
    notice = read_one(LINE, times=TIMES, radius_m=radius_m, start=..., end=...)
    footprint = notice.volumes[0].footprint
    assert isinstance(footprint, Legs)
    assert footprint.radii_mm == radii_mm
    assert [format_zulu(at_s) for at_s in footprint.times_s] == TIMES
    assert notice.span == TimeSpan(footprint.times_s[0], footprint.times_s[-1])


def test_legs_may_repeat_their_span_if_it_agrees(read_one: ReadOne) -> None:
    assert read_one(LINE, times=TIMES, radius_m=1, start=TIMES[0], end=TIMES[-1]).span.length_s == 7200


def test_null_stands_for_an_empty_column(read_one: ReadOne) -> None:
    notice = read_one(POINT, radius_m=10, half_width_m=None, times=None, near=None, part=None, parts=None)
    assert isinstance(notice.volumes[0].footprint, Circle)


@pytest.mark.parametrize(
    ("value", "unit", "datum", "lower_ft", "upper_ft"),
    [
        (5000, "ft", "AMSL", 5000, 5000),
        (4999.1, "ft", "AGL", 4999, 5000),
        (-0.5, "ft", "AMSL", -1, 0),
        (1524, "m", "WGS84", 5000, 5000),  # exactly 5,000 ft: a binary division would say 5000.000000000001
        (1000, "m", "AMSL", 3280, 3281),
        (0.3048, "m", "AMSL", 1, 1),
        (240, "FL", "STD", 24_000, 24_000),
        (240.001, "FL", "STD", 24_000, 24_001),
        (24_000, "ft", "STD", 24_000, 24_000),
        (-0.0, "ft", "AMSL", 0, 0),
        (1e-300, "ft", "AMSL", 0, 1),
    ],
)
def test_limits_round_outward_to_whole_feet(
    read_one: ReadOne, value: float, unit: str, datum: str, lower_ft: int, upper_ft: int
) -> None:
    limit = {"value": value, "unit": unit, "datum": datum}
    band = read_one(lower=limit, upper=limit).volumes[0].band
    assert band.lower == Altitude(lower_ft, Datum(datum))
    assert band.upper == Altitude(upper_ft, Datum(datum))


@pytest.mark.parametrize(
    ("start", "end", "read_start", "read_end"),
    [
        ("08:00:00Z", "10:00:00Z", "08:00:00", "10:00:00"),
        ("08:00:00.9Z", "10:00:00.1Z", "08:00:00", "10:00:01"),
        ("08:00:00Z", "10:00:00.000000001Z", "08:00:00", "10:00:01"),
        ("08:00:00Z", "10:00:00.000Z", "08:00:00", "10:00:00"),
        ("11:00:00+03:00", "14:30:00+04:30", "08:00:00", "10:00:00"),
        ("06:00:00-02:00", "10:00:00-00:00", "08:00:00", "10:00:00"),
        ("08:00z", "10:00Z", "08:00:00", "10:00:00"),
        ("08:00:00Z", "08:00:00Z", "08:00:00", "08:00:00"),
    ],
)
def test_times_are_read_in_any_zone_and_rounded_outward(
    read_one: ReadOne, start: str, end: str, read_start: str, read_end: str
) -> None:
    span = read_one(start=f"2025-04-09T{start}", end=f"2025-04-09T{end}").span
    assert format_zulu(span.start_s) == f"2025-04-09T{read_start}Z"
    assert format_zulu(span.end_s) == f"2025-04-09T{read_end}Z"


def test_coordinates_round_to_the_nearest_ten_millionth_of_a_degree(read_one: ReadOne) -> None:
    point = {"type": "Point", "coordinates": [37.12345674, -34.98765436]}
    circle = read_one(point, radius_m=1).volumes[0].footprint
    assert isinstance(circle, Circle)
    assert circle.centre == Position(lat_e7=-349_876_544, lon_e7=371_234_567)


def test_a_third_coordinate_is_not_an_altitude_here(read_one: ReadOne) -> None:
    with_height = {"type": "Point", "coordinates": [37.627, 34.5225, 402.0]}
    assert read_one(with_height, radius_m=1) == read_one(POINT, radius_m=1)


def test_winding_is_free(read_one: ReadOne) -> None:
    ring = [[37.5, 34.4], [37.5, 34.6], [37.8, 34.6], [37.8, 34.4], [37.5, 34.4]]
    footprint = read_one({"type": "Polygon", "coordinates": [ring]}).volumes[0].footprint
    assert isinstance(footprint, Polygon)
    assert len(footprint.exterior) == 4


def test_the_antimeridian_may_be_crossed_uncut_or_cut(read_one: ReadOne) -> None:
    uncut = [[[179.5, 10], [-179.5, 10], [-179.5, 11], [179.5, 11], [179.5, 10]]]
    east = [[[179.5, 10], [180, 10], [180, 11], [179.5, 11], [179.5, 10]]]
    west = [[[-180, 10], [-179.5, 10], [-179.5, 11], [-180, 11], [-180, 10]]]
    assert isinstance(read_one({"type": "Polygon", "coordinates": uncut}).volumes[0].footprint, Polygon)
    cut = read_one({"type": "MultiPolygon", "coordinates": [east, west]}).volumes[0].footprint
    assert isinstance(cut, MultiPolygon)
    assert len(cut.parts) == 2


def test_members_under_other_names_are_left_alone(feature: Callable[..., Any]) -> None:
    odd = feature(colour="red", stroke=None) | {"id": 17, "bbox": [0, 0, 1, 1], "note": {"deep": [1]}}
    document = {"type": "FeatureCollection", "features": [odd], "name": "areas", "generator": "x"}
    (notice,) = read_notices(json.dumps(document).encode(), where="x")
    assert notice.ref == "T4-1"


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_a_named_reference_system_that_is_wgs84_is_fine(feature: Callable[..., Any], name: str) -> None:
    document = feature() | {"crs": {"type": "name", "properties": {"name": name}}}
    assert len(read_notices(json.dumps(document).encode(), where="x")) == 1


def test_a_byte_order_mark_is_skipped(feature: Callable[..., Any]) -> None:
    assert len(read_notices(b"\xef\xbb\xbf" + json.dumps(feature()).encode(), where="x")) == 1


def test_known_parties_are_accepted(feature: Callable[..., Any]) -> None:
    data = json.dumps(feature()).encode()
    assert len(read_notices(data, where="x", known_parties={"TUR", "ISR"})) == 1


def test_near_is_kept(read_one: ReadOne) -> None:
    assert read_one(near="12 km NE of OSDZ").near == "12 km NE of OSDZ"


def test_a_notice_of_several_volumes_is_several_numbered_features(
    feature: Callable[..., Any], collection: Callable[..., bytes]
) -> None:
    second = feature(part=2, parts=2, end="2025-04-09T11:00:00Z")
    first = feature(part=1, parts=2)
    other = feature(id="x")
    notices = read_notices(collection(second, other, first), where="x")
    assert [notice.ref for notice in notices] == ["T4-1", "x"]
    assert [volume.span.length_s for volume in notices[0].volumes] == [7200, 10_800]


def test_what_is_written_is_one_feature_a_line(read_one: ReadOne) -> None:
    written = write_notices([read_one(POINT, radius_m=5000, near="T4")])
    assert written.count("\n") == 3
    properties = json.loads(written)["features"][0]["properties"]
    assert properties["lower"] == {"value": 0, "unit": "ft", "datum": "AMSL"}
    assert properties["near"] == "T4"
    assert properties["radius_m"] == 5000


def test_no_notices_are_written_as_an_empty_collection() -> None:
    assert read_notices(write_notices([]).encode(), where="x") == ()
