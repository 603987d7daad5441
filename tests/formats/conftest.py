# SPDX-License-Identifier: Apache-2.0
"""Features to begin with: valid ones of each shape, to be bent by the tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from steerclear.errors import BadInput
from steerclear.formats.geojson import read_notices
from steerclear.model.notice import Notice

AMSL_0 = {"value": 0, "unit": "ft", "datum": "AMSL"}
AMSL_5000 = {"value": 5000, "unit": "ft", "datum": "AMSL"}
SQUARE = [[[37.5, 34.4], [37.8, 34.4], [37.8, 34.6], [37.5, 34.6], [37.5, 34.4]]]

Feature = dict[str, Any]


def _feature(geometry: dict[str, Any] | None = None, **changes: Any) -> Feature:
    properties: dict[str, Any] = {
        "id": "T4-1",
        "party": "TUR",
        "kind": "hazard",
        "lower": AMSL_0,
        "upper": AMSL_5000,
        "start": "2025-04-09T08:00:00Z",
        "end": "2025-04-09T10:00:00Z",
    } | changes
    kept = {name: value for name, value in properties.items() if value is not ...}
    return {
        "type": "Feature",
        "geometry": geometry or {"type": "Polygon", "coordinates": SQUARE},
        "properties": kept,
    }


def _collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


@pytest.fixture
def feature() -> Callable[..., Feature]:
    """A valid feature; keywords change its properties, ``...`` takes one away."""
    return _feature


@pytest.fixture
def collection() -> Callable[..., bytes]:
    return _collection


@pytest.fixture
def read_one() -> Callable[..., Notice]:
    """The one notice of a feature with these changes."""

    def read(geometry: dict[str, Any] | None = None, **changes: Any) -> Notice:
        (notice,) = read_notices(json.dumps(_feature(geometry, **changes)).encode(), where="areas.geojson")
        return notice

    return read


@pytest.fixture
def refusal() -> Callable[..., BadInput]:
    """The refusal of these bytes, or of a feature with these changes."""

    def refuse(data: bytes | None = None, geometry: dict[str, Any] | None = None, **changes: Any) -> BadInput:
        given = _collection(_feature(geometry, **changes)) if data is None else data
        with pytest.raises(BadInput) as caught:
            read_notices(given, where="areas.geojson")
        return caught.value

    return refuse
