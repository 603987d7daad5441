# SPDX-License-Identifier: Apache-2.0
"""In which forms do the people of this node take its tracks onto other maps? Reports in, bytes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from steerclear.model.time import Instant
from steerclear.tracking import Reports
from steerclear.tracking.shown import geojson_collection, geojson_sequence, kml_of

__all__ = ["TracksForm", "tracks_as"]

TracksForm = Literal["kml", "geojson", "geojson-seq"]


def tracks_as(form: TracksForm, reports: Reports, now: Instant) -> bytes:
    """The tracks as they are at ``now``; what is older than five minutes is left out."""
    return _WRITERS[form](reports, now)


_WRITERS: Final[Mapping[TracksForm, Callable[[Reports, Instant], bytes]]] = {
    "kml": lambda reports, now: kml_of(reports, now).encode(),
    "geojson": lambda reports, now: geojson_collection(reports, now).encode(),
    "geojson-seq": geojson_sequence,
}
