# SPDX-License-Identifier: Apache-2.0
"""What is refused, with a code, a place and a remedy: the exact words are kept in ``tests/golden/``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from steerclear.errors import BadInput
from steerclear.formats.geojson import read_notices

Refusal = Callable[..., BadInput]
POINT = {"type": "Point", "coordinates": [37.627, 34.5225]}
LINE = {"type": "LineString", "coordinates": [[37.0, 34.0], [37.5, 34.5]]}
TIMES = ["2025-04-09T08:00:00Z", "2025-04-09T08:10:00Z"]
RING = [[37.5, 34.4], [37.8, 34.4], [37.8, 34.6], [37.5, 34.6], [37.5, 34.4]]
FT = {"value": 100, "unit": "ft", "datum": "AMSL"}


def _ring(*corners: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(corners)]}


BENT: dict[str, tuple[str, dict[str, Any]]] = {
    # name: (code, changes to a valid feature)
    "no id": ("missing-property", {"id": ...}),
    "id a number": ("wrong-type", {"id": 7}),
    "id empty": ("notice-reference", {"id": ""}),
    "id with control characters": ("text-not-printable", {"id": "a\x1b[2Jb"}),
    "id that reverses reading": ("text-not-printable", {"id": "a\u202eb"}),
    "no party": ("missing-property", {"party": None}),
    "party in lower case": ("member-name", {"party": "tur"}),
    "unknown kind": ("unknown-kind", {"kind": "strike"}),
    "kind a list": ("wrong-type", {"kind": ["hazard"]}),
    "no lower": ("missing-property", {"lower": ...}),
    "lower a number": ("wrong-type", {"lower": 500}),
    "missing datum": ("missing-datum", {"lower": {"value": 0, "unit": "ft"}}),
    "unknown datum": ("unknown-datum", {"lower": FT | {"datum": "MSL"}}),
    "missing unit": ("missing-property", {"upper": {"value": 0, "datum": "AMSL"}}),
    "wrong unit": ("unknown-unit", {"upper": FT | {"unit": "feet"}}),
    "value a string": ("wrong-type", {"upper": FT | {"value": "5000"}}),
    "value true": ("wrong-type", {"upper": FT | {"value": True}}),
    "value null": ("missing-property", {"upper": FT | {"value": None}}),
    "value too high": ("altitude-out-of-range", {"upper": FT | {"value": 2_000_001}}),
    "value beyond use": ("number-out-of-range", {"upper": FT | {"value": 1e300}}),
    "flight level above the sea": ("flight-level-datum", {"upper": FT | {"unit": "FL"}}),
    "upper below lower": ("band-inverted", {"lower": FT | {"value": 101}, "upper": FT}),
    "no start": ("missing-property", {"start": ...}),
    "time without zone": ("time-without-zone", {"start": "2025-04-09T08:00:00"}),
    "time that does not exist": ("instant-spelling", {"start": "2025-02-30T08:00:00Z"}),
    "time in words": ("instant-spelling", {"end": "tomorrow"}),
    "time a number": ("wrong-type", {"start": 1_744_185_600}),
    "offset that does not exist": ("instant-spelling", {"start": "2025-04-09T08:00:00+99:99"}),
    "end before start": ("span-inverted", {"end": "2025-04-09T07:59:59Z"}),
    "before 1970": ("time-before-1970", {"start": "1925-04-09T08:00:00Z"}),
    "year one": ("time-before-1970", {"start": "0001-01-01T00:00:00+14:00", "end": "0001-01-01T00:00Z"}),
    "past the last year": ("span-out-of-range", {"end": "9999-12-31T23:59:59-10:00"}),
    "near a number": ("wrong-type", {"near": 12}),
    "near two lines": ("text-not-printable", {"near": "a\nb"}),
    "geometry null": ("unknown-geometry", {"geometry": None}),
    "geometry a list": ("wrong-type", {"geometry": [1]}),
    "geometry without a type": ("missing-property", {"geometry": {"coordinates": [RING]}}),
    "geometry collection": (
        "unknown-geometry",
        {"geometry": {"type": "GeometryCollection", "geometries": []}},
    ),
    "latitude 91": ("latitude-out-of-range", {"geometry": _ring([0, 91], [1, 0], [1, 1], [0, 91])}),
    "latitude beyond use": ("number-out-of-range", {"geometry": _ring([0, 1e305], [1, 0], [0, 1e305])}),
    "longitude 190": ("longitude-out-of-range", {"geometry": _ring([190, 1], [1, 0], [1, 1], [190, 1])}),
    "ring unclosed": ("ring-unclosed", {"geometry": _ring(*RING[:-1])}),
    "ring empty": ("ring-unclosed", {"geometry": _ring()}),
    "ring too short": ("ring-too-short", {"geometry": _ring([0, 0], [1, 1], [0, 0])}),
    "ring that stands still": (
        "ring-repeats-corner",
        {"geometry": _ring([0, 0], [1, 0], [1, 0], [1, 1], [0, 0])},
    ),
    "ring that crosses itself": (
        "ring-crosses-itself",
        {"geometry": _ring([0, 0], [1, 1], [1, 0], [0, 1], [0, 0])},
    ),
    "hole outside its area": (
        "hole-outside-area",
        {
            "geometry": {
                "type": "Polygon",
                "coordinates": [RING, [[9, 9], [9.1, 9], [9.1, 9.1], [9, 9]]],
            }
        },
    ),
    "area of half the Earth": (
        "footprint-too-large",
        {"geometry": _ring([-120, -1], [0, 1], [120, -1], [-120, -1])},
    ),
    "polygon without rings": ("coordinates-shape", {"geometry": {"type": "Polygon", "coordinates": []}}),
    "multipolygon without parts": (
        "footprint-empty",
        {"geometry": {"type": "MultiPolygon", "coordinates": []}},
    ),
    "no coordinates": ("coordinates-shape", {"geometry": {"type": "Polygon"}}),
    "polygon nested too little": (
        "coordinates-shape",
        {"geometry": {"type": "Polygon", "coordinates": RING}},
    ),
    "position of one number": ("coordinates-shape", {"geometry": _ring([0], [1, 0], [1, 1], [0])}),
    "position of four": (
        "coordinates-shape",
        {"geometry": _ring([0, 1, 2, 3], [1, 0], [1, 1], [0, 1, 2, 3])},
    ),
    "coordinate a string": ("wrong-type", {"geometry": _ring(["0", 1], [1, 0], [1, 1], ["0", 1])}),
    "coordinate true": ("wrong-type", {"geometry": _ring([True, 1], [1, 0], [1, 1], [True, 1])}),
    "height null": ("wrong-type", {"geometry": _ring([0, 1, None], [1, 0], [1, 1], [0, 1, None])}),
    "point without radius": ("missing-property", {"geometry": POINT}),
    "radius negative": ("radius-out-of-range", {"geometry": POINT, "radius_m": -1}),
    "radius beyond use": ("radius-out-of-range", {"geometry": POINT, "radius_m": 5_000_001}),
    "radius a string": ("wrong-type", {"geometry": POINT, "radius_m": "5km"}),
    "radius in the geometry": ("shape-property", {"geometry": POINT | {"radius_m": 5}}),
    "radius on a polygon": ("shape-property", {"radius_m": 5}),
    "half-width on a point": ("shape-property", {"geometry": POINT, "radius_m": 5, "half_width_m": 5}),
    "line without half-width": ("missing-property", {"geometry": LINE}),
    "line with a radius but no times": ("shape-property", {"geometry": LINE, "radius_m": 5}),
    "line of one point": (
        "line-too-short",
        {"geometry": {"type": "LineString", "coordinates": [[0, 0]]}, "half_width_m": 1},
    ),
    "legs without radius": ("missing-property", {"geometry": LINE, "times": TIMES, "start": ..., "end": ...}),
    "legs with too few times": (
        "legs-uneven",
        {"geometry": LINE, "times": TIMES[:1], "radius_m": 1, "start": ..., "end": ...},
    ),
    "legs whose time runs back": (
        "legs-time-runs-back",
        {"geometry": LINE, "times": TIMES[::-1], "radius_m": 1, "start": ..., "end": ...},
    ),
    "legs that jump": (
        "legs-jump",
        {"geometry": LINE, "times": [TIMES[0]] * 2, "radius_m": 1, "start": ..., "end": ...},
    ),
    "legs between seconds": (
        "legs-time-fraction",
        {"geometry": LINE, "times": ["2025-04-09T08:00:00.5Z", TIMES[1]], "radius_m": 1},
    ),
    "legs against their span": ("legs-span", {"geometry": LINE, "times": TIMES, "radius_m": 1}),
    "part without parts": ("missing-property", {"part": 1}),
    "part beyond parts": ("part-number", {"part": 3, "parts": 2}),
    "part a half": ("part-number", {"part": 0.5, "parts": 2}),
    "a part is missing": ("parts-missing", {"part": 1, "parts": 2}),
}

FEATURE = b'{"type": "Feature", "geometry": null, "properties": {}}'
WHOLE: dict[str, tuple[str, bytes]] = {
    # name: (code, the whole file)
    "empty": ("not-json", b""),
    "not JSON": ("not-json", b'{"type": "Feature", "geometry": {'),
    "a KML": ("not-json", b"<kml></kml>"),
    "not UTF-8": ("not-utf8", b'{"type": "\xff"}'),
    "UTF-16": ("not-utf8", '{"type": "Feature"}'.encode("utf-16")),
    "NaN": ("number-not-finite", b'{"type": "Feature", "bbox": [NaN]}'),
    "Infinity": ("number-not-finite", b'{"type": "Feature", "bbox": [-Infinity]}'),
    "number too large": ("number-out-of-range", b'{"a": 1e99999999999999999999}'),
    "number too long": ("number-out-of-range", b"[" + b"9" * 5000 + b"]"),
    "duplicate key": ("duplicate-key", b'{"type": "Feature", "type": "FeatureCollection"}'),
    "nested deep": ("nested-too-deep", b'{"a":' * 100 + b"1" + b"}" * 100),
    "nested very deep": ("nested-too-deep", b"[" * 100_000),
    "a number": ("not-geojson", b"7"),
    "null": ("not-geojson", b"null"),
    "a list of features": ("not-geojson", b"[" + FEATURE + b"]"),
    "a bare geometry": ("not-geojson", b'{"type": "Point", "coordinates": [1, 2]}'),
    "features missing": ("not-geojson", b'{"type": "FeatureCollection"}'),
    "feature null": ("wrong-type", b'{"type": "FeatureCollection", "features": [null]}'),
    "feature of another type": ("not-geojson", b'{"type": "FeatureCollection", "features": [{"type": 1}]}'),
    "feature without properties": ("missing-property", b'{"type": "Feature", "geometry": null}'),
    "another reference system": (
        "other-reference-system",
        b'{"type": "FeatureCollection", "features": [], "crs": {"properties": {"name": "EPSG:3857"}}}',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BENT))
def test_a_bent_feature_is_refused_with_its_place_and_a_remedy(name: str, refusal: Refusal) -> None:
    code, changes = BENT[name]
    error = _refused(refusal, changes)
    assert error.code == code
    assert error.where is not None
    assert error.where.startswith("areas.geojson")
    assert error.remedy


@pytest.mark.parametrize("name", list(WHOLE))
def test_a_file_that_is_not_geojson_is_refused(name: str, refusal: Refusal) -> None:
    code, data = WHOLE[name]
    error = refusal(data)
    assert error.code == code
    assert error.where is not None
    assert error.where.startswith("areas.geojson")


def test_the_words_are_those_that_were_agreed(refusal: Refusal, golden: Callable[[str, str], None]) -> None:
    spoken = [(name, refusal(data)) for name, (_, data) in WHOLE.items()]
    spoken += [(name, _refused(refusal, changes)) for name, (_, changes) in BENT.items()]
    golden("geojson-bad-input.txt", "\n".join(_words(name, error) for name, error in spoken))


def test_the_place_names_file_feature_and_property(
    feature: Callable[..., Any], collection: Callable[..., bytes]
) -> None:
    bad = feature(lower={"value": 0, "unit": "ft"})
    data = collection(feature(id="a"), feature(id="b"), bad)
    with pytest.raises(BadInput) as caught:
        read_notices(data, where="areas.geojson")
    assert caught.value.where == "areas.geojson, feature 3 “T4-1”, properties.lower"


def test_further_faults_are_counted(feature: Callable[..., Any], collection: Callable[..., bytes]) -> None:
    data = collection(feature(kind="x"), feature(id="b"), feature(id="c", party=1), feature(id="d", end=None))
    with pytest.raises(BadInput, match="2 more features"):
        read_notices(data, where="x")


def test_one_bad_area_among_many_is_named(
    feature: Callable[..., Any], collection: Callable[..., bytes]
) -> None:
    crossed = feature(_ring([0, 0], [1, 1], [1, 0], [0, 1], [0, 0]), id="crossed")
    data = collection(feature(id="a"), crossed, feature(id="b"))
    with pytest.raises(BadInput) as caught:
        read_notices(data, where="areas.geojson")
    assert caught.value.where is not None
    assert caught.value.where.startswith("areas.geojson, feature 2 “crossed”, geometry")


def test_an_unknown_party_is_refused_where_parties_are_known(feature: Callable[..., Any]) -> None:
    with pytest.raises(BadInput) as caught:
        read_notices(json.dumps(feature()).encode(), where="x", known_parties=["ISR", "AZE"])
    assert caught.value.code == "unknown-party"
    assert caught.value.remedy == "Use one of: AZE, ISR."


def test_an_id_that_stands_twice_is_refused(
    feature: Callable[..., Any], collection: Callable[..., bytes], refusal: Refusal
) -> None:
    error = refusal(collection(feature(), feature(id="x"), feature()))
    assert error.code == "duplicate-id"
    assert "features 1, 3" in error.what
    assert refusal(collection(feature(part=1, parts=2), feature(part=1, parts=2))).code == "duplicate-id"
    assert refusal(collection(feature(part=1, parts=2), feature())).code == "duplicate-id"


def test_an_id_that_was_read_from_another_file_is_refused(feature: Callable[..., Any]) -> None:
    with pytest.raises(BadInput) as caught:
        read_notices(json.dumps(feature()).encode(), where="b.geojson", taken={"T4-1": "a.geojson"})
    assert caught.value.code == "duplicate-id"
    assert "a.geojson" in caught.value.what


def test_parts_that_tell_two_stories_are_refused(
    feature: Callable[..., Any], collection: Callable[..., bytes], refusal: Refusal
) -> None:
    ours, theirs = feature(part=1, parts=2), feature(part=2, parts=2, party="ISR")
    assert refusal(collection(ours, theirs)).code == "parts-differ"


def test_more_than_five_megabytes_are_not_one_filing(feature: Callable[..., Any], refusal: Refusal) -> None:
    data = json.dumps(feature()).encode()
    padded = data + b" " * (5_000_001 - len(data))
    assert refusal(padded).code == "input-too-large"
    assert len(read_notices(padded[:-1], where="x")) == 1
    assert len(read_notices(padded, where="x", limit_bytes=6_000_000)) == 1


def _refused(refusal: Refusal, changes: dict[str, Any]) -> BadInput:
    """The changes to a feature; ``geometry`` among them bends the geometry, ``None`` too."""
    if "geometry" in changes and not isinstance(changes["geometry"], dict):
        whole = {"type": "Feature", "geometry": changes["geometry"], "properties": _valid_properties()}
        return refusal(json.dumps(whole).encode())
    return refusal(**changes)


def _valid_properties() -> dict[str, Any]:
    return {
        "id": "T4-1",
        "party": "TUR",
        "kind": "hazard",
        "lower": FT,
        "upper": FT,
        "start": TIMES[0],
        "end": TIMES[1],
    }


def _words(name: str, error: BadInput) -> str:
    return f"{name}\n  {error.code}\n  {error.where}\n  {error.what}\n  {error.remedy}\n"
