# SPDX-License-Identifier: Apache-2.0
"""What does a text say that somebody pasted? A file's text, positions line by line, or GeoJSON with gaps.

    a form of ``formats.reading``   as it reads it
    GeoJSON that is not a filing    feature by feature: what can be read is kept, each fault becomes a doubt
    positions, one a line           one: a point, whose radius is asked for; two: a line, whose width is;
                                    more: the corners of an area, to be confirmed unless the ring is closed

A line that is no position is left out and told; nothing is taken for something that was not said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.formats.coordinates import parse_position
from steerclear.formats.drafts import (
    Doubt,
    Draft,
    DraftVolume,
    Field,
    Given,
    Skipped,
    answered,
    missing_doubts,
    shortened,
)
from steerclear.formats.geojson import read_notices
from steerclear.formats.reading import (
    LARGEST_READ_BYTES,
    Reading,
    ReadingRow,
    read_bytes,
    reading_row,
)
from steerclear.formats.strict_json import read_json
from steerclear.geometry.validate import check_footprint
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice
from steerclear.model.space import Circle, Corridor, Footprint, Polygon, Position

__all__ = ["POSITIONS", "read_pasted"]

POSITIONS: Final = "positions"
MOST_LINES: Final = 2_000
MOST_FEATURES: Final = 200
_NUMBERED: Final = re.compile(r"\s*(?:\d{1,4}[.):]|[-*•])\s+")


def read_pasted(data: bytes, *, where: str, form: str | None, party: MemberId) -> ReadingRow:
    """The drafts in what was pasted; ``party`` acts in those that name nobody.

    Raises ``BadInput`` where nothing of it can be read.
    """
    given = Given(party=party)
    if form == POSITIONS:
        return reading_row(_positions(data, where, given))
    try:
        return reading_row(read_bytes(data, where=where, form=form, given=given))
    except BadInput as refused:
        return reading_row(_read_otherwise(data, where, form, given, refused))


def _read_otherwise(data: bytes, where: str, form: str | None, given: Given, refused: BadInput) -> Reading:
    """GeoJSON with gaps, or positions; where neither gives anything, what was said first stays said."""
    if len(data) > LARGEST_READ_BYTES:
        raise refused
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _features(data, where, given)
    if form is None and refused.code == "form-unknown":
        return _positions(data, where, given)
    raise refused


# -- positions, one a line ---------------------------------------------------------------------------------


def _positions(data: bytes, where: str, given: Given) -> Reading:
    text = data.decode("utf-8-sig", "replace")
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()][:MOST_LINES]
    found: list[Position] = []
    skipped: list[Skipped] = []
    for line in lines:
        try:
            found.append(parse_position(_NUMBERED.sub("", line, count=1)))
        except BadInput as fault:
            skipped.append(Skipped("line-not-read", line, fault.what, fault.remedy))
    if not found:
        raise BadInput(
            "nothing-read",
            "None of this can be read as a notice, and none of its lines as a position.",
            where=where,
            remedy="Paste GeoJSON, a NOTAM or KML, or positions, one a line, as 34.5225N 37.627E.",
        )
    footprint, doubts = _drawn(found)
    draft = Draft(raw=text, volumes=(DraftVolume(footprint=footprint),), doubts=doubts)
    return Reading(POSITIONS, where, (answered(missing_doubts(draft), given),), tuple(skipped))


def _drawn(found: Sequence[Position]) -> tuple[Footprint | None, tuple[Doubt, ...]]:
    """What the positions draw, as far as they say it."""
    if len(found) == 1:
        what = "This is one position, and no radius around it is said."
        answer = "Give the radius in metres; or accept it as a point."
        return None, (_area_doubt("radius-not-said", what, answer, Circle(found[0], 0)),)
    if len(found) == 2:
        what = "These are two positions, and how wide the way between them is, is not said."
        answer = "Give the width; or accept the bare line."
        return None, (_area_doubt("width-not-said", what, answer, Corridor(tuple(found), 0)),)
    is_closed = found[0] == found[-1] and len(found) > 3
    try:
        area = Polygon(tuple(found[:-1] if is_closed else found))
        check_footprint(area)
    except BadInput as fault:
        return None, (_area_doubt("area-impossible", fault.what, fault.remedy, None),)
    if is_closed:
        return area, ()
    what = f"{len(found)} positions were read as the corners of an area, in this order."
    answer = "Confirm it; or choose a line if they are the points of a way."
    return area, (Doubt(code="corners-or-line", field=Field.AREA, must=False, what=what, answer=answer),)


def _area_doubt(code: str, what: str, answer: str, offered: Footprint | None) -> Doubt:
    offer = None if offered is None else Given(footprint=offered)
    return Doubt(code=code, field=Field.AREA, must=True, what=what, answer=answer, offer=offer)


# -- GeoJSON with gaps -------------------------------------------------------------------------------------

_WIDE: Final = {"value": 0, "unit": "ft", "datum": "WGS84"}
_FILLED: Final[Mapping[str, Any]] = {
    "id": "x", "party": "XXX", "kind": "hazard", "lower": _WIDE, "upper": _WIDE,
    "start": "1970-01-01T00:00:00Z", "end": "9999-01-01T00:00:00Z",
}  # fmt: skip
"""A feature in which one thing at a time is put to the reader of filings: there is no second one."""

_SPOT: Final = {"type": "Point", "coordinates": [0, 0]}
_SHAPING: Final = ("radius_m", "half_width_m", "times")
_FIELDS: Final = (
    (Field.ID, "id"), (Field.PARTY, "party"), (Field.KIND, "kind"), (Field.NEAR, "near"),
    (Field.LOWER, "lower"), (Field.UPPER, "upper"), (Field.START, "start"), (Field.END, "end"),
)  # fmt: skip


def _features(data: bytes, where: str, given: Given) -> Reading:
    document = read_json(data, limit_bytes=LARGEST_READ_BYTES)
    listed = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    listed = listed if isinstance(listed, list) else []
    features = [one for one in listed if isinstance(one, dict)]
    if not features or len(features) > MOST_FEATURES:
        raise BadInput(
            "features-not-read",
            f"{len(features)} features of it could be read one by one.",
            where=where,
            remedy=f"Paste a FeatureCollection of 1 to {MOST_FEATURES} features; or correct it in a file.",
        )
    drafts = tuple(answered(missing_doubts(_of_feature(one)), given) for one in features)
    skipped = tuple(
        Skipped("not-a-feature", str(one)[:80], "This is no feature.", "Correct it, or leave it out.")
        for one in listed
        if not isinstance(one, dict)
    )
    return Reading("geojson", where, drafts, skipped)


def _of_feature(feature: Mapping[str, Any]) -> Draft:
    properties = feature.get("properties")
    said: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
    read = {field: _read_one(field, name, said) for field, name in _FIELDS if said.get(name) is not None}
    read[Field.AREA] = _read_area(feature.get("geometry"), said)
    faults = tuple(_fault(field, fault) for field, fault in read.items() if isinstance(fault, BadInput))
    kept = {field: notice for field, notice in read.items() if isinstance(notice, Notice)}
    raw = shortened(json.dumps(feature, ensure_ascii=False, default=float), 4_000)
    return Draft(
        raw=raw,
        ref=kept[Field.ID].ref if Field.ID in kept else None,
        party=kept[Field.PARTY].party if Field.PARTY in kept else None,
        kind=kept[Field.KIND].kind if Field.KIND in kept else None,
        near=kept[Field.NEAR].near if Field.NEAR in kept else None,
        volumes=(_volume(kept),),
        doubts=faults,
    )


def _volume(kept: Mapping[Field, Notice]) -> DraftVolume:
    of = {field: notice.volumes[0] for field, notice in kept.items()}
    return DraftVolume(
        footprint=of[Field.AREA].footprint if Field.AREA in of else None,
        lower=of[Field.LOWER].band.lower if Field.LOWER in of else None,
        upper=of[Field.UPPER].band.upper if Field.UPPER in of else None,
        start_s=of[Field.START].span.start_s if Field.START in of else None,
        end_s=of[Field.END].span.end_s if Field.END in of else None,
    )


def _read_one(field: Field, name: str, said: Mapping[str, Any]) -> Notice | BadInput:
    """The notice of a feature that is filled but for this."""
    others = dict(_FILLED)
    if field is Field.LOWER:
        others["upper"] = {**_WIDE, "datum": "STD", "unit": "FL"}
    if field is Field.UPPER:
        others["lower"] = {**_WIDE, "datum": "STD", "unit": "FL"}
    return _read({**others, name: said[name]}, _SPOT, {"radius_m": 0})


def _read_area(geometry: Any, said: Mapping[str, Any]) -> Notice | BadInput:
    shaping = {name: said[name] for name in _SHAPING if said.get(name) is not None}
    times = {} if "times" not in shaping else {"start": None, "end": None}
    return _read({**_FILLED, **times}, geometry, shaping)


def _read(properties: Mapping[str, Any], geometry: Any, shaping: Mapping[str, Any]) -> Notice | BadInput:
    feature = {"type": "Feature", "geometry": geometry, "properties": {**properties, **shaping}}
    try:
        return read_notices(json.dumps(feature, default=float).encode(), where="what was pasted")[0]
    except BadInput as fault:
        return fault


def _fault(field: Field, fault: BadInput) -> Doubt:
    return Doubt(code=fault.code, field=field, must=True, what=fault.what, answer=fault.remedy)
