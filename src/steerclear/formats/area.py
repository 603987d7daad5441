# SPDX-License-Identifier: Apache-2.0
"""Which area does this GeoJSON draw? One polygon without the properties of a notice: a theatre, a clip."""

from __future__ import annotations

from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.formats.footprints import footprint_of
from steerclear.formats.members import within
from steerclear.formats.strict_json import read_json
from steerclear.geometry.validate import check_footprint
from steerclear.model.space import MultiPolygon, Polygon

__all__ = ["read_area"]

LARGEST_AREA_BYTES: Final = 1_000_000


def read_area(data: bytes, *, where: str) -> Polygon | MultiPolygon:
    """The one area of a geometry, a Feature, or a FeatureCollection of one. Raises ``BadInput``."""
    with within(where):
        geometry = _only_geometry(read_json(data, limit_bytes=LARGEST_AREA_BYTES))
        footprint = footprint_of(geometry, {})
        if not isinstance(footprint, Polygon | MultiPolygon):
            raise _not_an_area()
        check_footprint(footprint)
        return footprint


def _only_geometry(document: Any) -> Any:
    if not isinstance(document, dict):
        raise _not_an_area()
    if document.get("type") == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise _not_an_area()
        return _only_geometry(features[0])
    return document.get("geometry") if document.get("type") == "Feature" else document


def _not_an_area() -> BadInput:
    return BadInput(
        "not-one-area",
        "This is not a GeoJSON polygon, nor one feature with one.",
        remedy="Draw the area as a single polygon and export it as GeoJSON.",
    )
