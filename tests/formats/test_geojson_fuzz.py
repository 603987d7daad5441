# SPDX-License-Identifier: Apache-2.0
"""Whatever the bytes are: notices, or a refusal with a place. Never another error, never two readings."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from steerclear.errors import BadInput
from steerclear.formats.geojson import read_notices, write_notices
from steerclear.model.notice import Notice

VALID: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[37.5, 34.4], [37.8, 34.4], [37.8, 34.6], [37.5, 34.4]]],
            },
            "properties": {
                "id": "T4-1",
                "party": "TUR",
                "kind": "hazard",
                "near": "T4",
                "lower": {"value": 0, "unit": "ft", "datum": "AGL"},
                "upper": {"value": 240, "unit": "FL", "datum": "STD"},
                "start": "2025-04-09T08:00:00Z",
                "end": "2025-04-09T10:00:00.5Z",
            },
        },
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[37.5, 34.4], [37.8, 34.4]]},
            "properties": {
                "id": "legs",
                "party": "ISR",
                "kind": "flight",
                "lower": {"value": 1000, "unit": "m", "datum": "AMSL"},
                "upper": {"value": 1000, "unit": "m", "datum": "AMSL"},
                "times": ["2025-04-09T08:00:00Z", "2025-04-09T09:00:00Z"],
                "radius_m": [5, 500.5],
            },
        },
    ],
}
BYTES = json.dumps(VALID).encode()

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["Feature", "Point", "1e5", "9999-12-31T23:59:59-23:59", "FL", "STD", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, child in inner for deeper in _paths(child, (*path, key)))]


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copied


def _read_or_refuse(data: bytes) -> None:
    outcome = _outcome(data)
    if isinstance(outcome, BadInput):
        assert outcome.where is not None
        assert outcome.where.startswith("x")
        assert str(outcome).isprintable()
    else:
        assert read_notices(write_notices(outcome).encode(), where="x") == outcome


def _outcome(data: bytes) -> tuple[Notice, ...] | BadInput:
    try:
        return read_notices(data, where="x")
    except BadInput as refusal:
        return refusal


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200))
@example(b"\x00")
@example(b"[" * 50_000)
@example(b'{"a":' * 50_000)
@example(b"1e" + b"9" * 30)
@example(b"-0e-999999999999")
def test_any_bytes_at_all(data: bytes) -> None:
    _read_or_refuse(data)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(BYTES) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_valid_file_with_bytes_changed(changes: list[tuple[int, int]]) -> None:
    data = bytearray(BYTES)
    for place, value in changes:
        data[place] = value
    _read_or_refuse(bytes(data))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(BYTES)), st.integers(0, len(BYTES)))
def test_a_valid_file_with_a_piece_cut_out(first: int, second: int) -> None:
    low, high = sorted((first, second))
    _read_or_refuse(BYTES[:low] + BYTES[high:])


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(_paths(VALID)), json_values)
def test_a_valid_file_with_one_value_replaced(path: tuple[Any, ...], new: Any) -> None:
    _read_or_refuse(json.dumps(_replaced(VALID, path, new)).encode("utf-8", "surrogatepass"))
