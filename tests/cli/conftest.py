# SPDX-License-Identifier: Apache-2.0
"""Files to screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Feature = dict[str, Any]


def _circle(ref: str, party: str, lon: float, lat: float, **changes: Any) -> Feature:
    """5 km around a place, 0 to 5,000 ft AMSL, 08:00 to 10:00; ``...`` takes a property away."""
    properties: dict[str, Any] = {
        "id": ref,
        "party": party,
        "kind": "hazard",
        "radius_m": 5000,
        "lower": {"value": 0, "unit": "ft", "datum": "AMSL"},
        "upper": {"value": 5000, "unit": "ft", "datum": "AMSL"},
        "start": "2025-04-09T08:00:00Z",
        "end": "2025-04-09T10:00:00Z",
    } | changes
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {name: value for name, value in properties.items() if value is not ...},
    }


@pytest.fixture
def circle() -> Callable[..., Feature]:
    return _circle


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A file of these features."""

    def written(*features: Feature, name: str = "areas.geojson") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        return path

    return written


@pytest.fixture
def many_conflicts(write: Callable[..., Path]) -> Callable[[int], Path]:
    """One notice of ISR in conflict with this many of TUR."""

    def written(count: int) -> Path:
        theirs = [_circle(f"t{place:03d}", "TUR", 37.6 + place / 10_000, 34.5) for place in range(count)]
        return write(_circle("i", "ISR", 37.6, 34.5), *theirs)

    return written
