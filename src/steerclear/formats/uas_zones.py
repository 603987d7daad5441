# SPDX-License-Identifier: Apache-2.0
"""Which drafts are in these drone zones, as ED-269 or ED-318 publishes them?

    ED-269   {"features": [{"identifier", "name", "restriction", "applicability": [...],
              "geometry": [{"uomDimensions", "lowerLimit", "lowerVerticalReference", "upperLimit",
                            "upperVerticalReference", "horizontalProjection"}]}]}
    ED-318   GeoJSON whose geometries carry a ``layer`` and, for a circle, an ``extent`` in metres

A zone is a draft; each of its geometries with each of its times is a volume. A restriction is none of our
kinds: one is offered where it is plain. A permanent zone has no end, which is asked for; a weekly schedule
is not unrolled, and the whole time is offered. Sources: EUROCAE ED-269, 8; ED-318, 4.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.formats.drafts import Doubt, Draft, DraftVolume, Field, Given, Skipped
from steerclear.formats.footprints import footprint_of
from steerclear.formats.members import Members, an_object, number, text, within
from steerclear.formats.quoting import quoted
from steerclear.formats.strict_json import read_json
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Altitude, Datum, Footprint
from steerclear.model.time import parse_typed_instant_us

__all__ = ["read_ed269", "read_ed318"]

MOST_VOLUMES: Final = 1_000
LARGEST_BYTES: Final = 5_000_000
_FOOT_M: Final = Fraction(3048, 10_000)
_DATUMS: Final = {"AGL": Datum.AGL, "AMSL": Datum.AMSL, "WGS84": Datum.WGS84}
_KEPT_OUT: Final = frozenset({"PROHIBITED", "REQ_AUTHORISATION", "REQ_AUTHORIZATION", "CONDITIONAL"})
Pieces = tuple[tuple[Draft, ...], tuple[Skipped, ...]]


@dataclass(slots=True)
class _Zone:
    """One zone while it is read."""

    raw: str
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, code: str, about: Field, what: str, answer: str, offer: Given | None = None) -> None:
        made = Doubt(code=code, field=about, must=True, what=what, answer=answer, offer=offer)
        if made not in self.doubts:
            self.doubts.append(made)


def read_ed269(data: bytes) -> Pieces:
    """Raises ``BadInput`` (``not-uas-zones``), and what ``read_json`` refuses."""
    features = _features(data)
    return tuple(_ed269(feature) for feature in features), ()


def read_ed318(data: bytes) -> Pieces:
    """Raises ``BadInput`` (``not-uas-zones``), and what ``read_json`` refuses."""
    features = _features(data)
    return tuple(_ed318(feature) for feature in features), ()


def _features(data: bytes) -> list[Any]:
    document = read_json(data, limit_bytes=LARGEST_BYTES)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise BadInput(
            "not-uas-zones",
            "No list of zones stands in this file.",
            remedy="Give the file as the authority publishes it, with “features”.",
        )
    return features


def _ed269(feature: Any) -> Draft:
    zone, members = _begun(feature)
    parts = members.get("geometry")
    shapes = [_ed269_part(zone, part) for part in (parts if isinstance(parts, list) else [])]
    return _draft(zone, members, shapes, "applicability", str(members.get("restriction")))


def _ed318(feature: Any) -> Draft:
    zone, members = _begun(feature)
    properties = members.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    geometry = members.get("geometry")
    several = geometry.get("geometries") if isinstance(geometry, dict) else None
    parts = several if isinstance(several, list) else [geometry]
    shapes = [_ed318_part(zone, part) for part in parts]
    return _draft(zone, properties, shapes, "limitedApplicability", str(properties.get("type")))


def _begun(feature: Any) -> tuple[_Zone, Members]:
    return _Zone(_raw(feature)), feature if isinstance(feature, dict) else {}


def _raw(value: Any) -> str:
    """The zone's own words: as JSON, numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_raw(name)}: {_raw(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_raw, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return {None: "null", True: "true", False: "false"}[value] if _is_word(value) else str(value)


def _is_word(value: Any) -> bool:
    return value is None or isinstance(value, bool)


# -- one geometry --------------------------------------------------------------------------------------------


def _ed269_part(zone: _Zone, part: Any) -> DraftVolume:
    members = part if isinstance(part, dict) else {}
    unit = str(members.get("uomDimensions")).lower()
    return DraftVolume(
        _footprint(zone, members.get("horizontalProjection"), unit),
        _limit(zone, Field.LOWER, members.get("lowerLimit"), unit, members.get("lowerVerticalReference")),
        _limit(zone, Field.UPPER, members.get("upperLimit"), unit, members.get("upperVerticalReference")),
    )


def _ed318_part(zone: _Zone, geometry: Any) -> DraftVolume:
    members = geometry if isinstance(geometry, dict) else {}
    layer = members.get("layer")
    layer = layer if isinstance(layer, dict) else {}
    unit = str(layer.get("uom")).lower()
    return DraftVolume(
        _footprint(zone, members, "m"),
        _limit(zone, Field.LOWER, layer.get("lower"), unit, layer.get("lowerReference")),
        _limit(zone, Field.UPPER, layer.get("upper"), unit, layer.get("upperReference")),
    )


def _footprint(zone: _Zone, projection: Any, unit: str) -> Footprint | None:
    try:
        with within("geometry"):
            members = an_object(projection, "geometry")
            extent = members.get("extent")
            if members.get("type") == "Circle":
                return _circle(members.get("center"), members.get("radius"), unit)
            if members.get("type") == "Point" and isinstance(extent, dict):
                return _circle(members.get("coordinates"), extent.get("radius"), unit)
            return footprint_of(members, {})
    except BadInput as error:
        zone.doubt("drawing-unread", Field.AREA, error.what, error.remedy)
        return None


def _circle(centre: Any, radius: Any, unit: str) -> Footprint:
    if unit != "m":
        raise BadInput(
            "radius-unit", "The radius of a circle is not in metres.", remedy="Give the radius in metres."
        )
    size = number(radius, "radius")
    return footprint_of({"type": "Point", "coordinates": centre}, {"radius_m": size})


def _limit(zone: _Zone, about: Field, value: Any, unit: str, reference: Any) -> Altitude | None:
    if value is None:
        return None
    try:
        size = Fraction(number(value, about.value))
        datum = _DATUMS.get(text(reference, "reference").upper())
        if unit not in ("m", "ft") or datum is None:
            raise BadInput(
                "limit-unread",
                f"The {about.value} limit is in {quoted(unit)} above {quoted(str(reference))}.",
                remedy="Give it in feet or metres above AGL, AMSL or WGS84.",
            )
        feet = size / _FOOT_M if unit == "m" else size
        return Altitude(ceil(feet) if about is Field.UPPER else floor(feet), datum)
    except BadInput as error:
        zone.doubt("limit-unread", about, error.what, error.remedy)
        return None


# -- one zone ------------------------------------------------------------------------------------------------


def _draft(
    zone: _Zone, words: Members, shapes: Sequence[DraftVolume], applies: str, restriction: str
) -> Draft:
    spans = _spans(zone, words.get(applies))
    if any(doubt.field is Field.AREA for doubt in zone.doubts):
        # Some of it was not read: the rest alone would look like all of it.
        shapes = [DraftVolume(None, one.lower, one.upper) for one in shapes]
    volumes = tuple(
        DraftVolume(one.footprint, one.lower, one.upper, start_s, end_s)
        for one in shapes or (DraftVolume(),)
        for start_s, end_s in spans
    )
    if len(volumes) > MOST_VOLUMES:
        raise BadInput(
            "too-many-drafts",
            f"A zone has more than {MOST_VOLUMES:,} volumes.",
            remedy="Split it into several zones.",
        )
    _ask_kind(zone, restriction)
    identifier = words.get("identifier")
    return Draft(
        raw=zone.raw,
        ref=identifier if isinstance(identifier, str) else None,
        title=_name(words.get("name")),
        volumes=tuple(dict.fromkeys(volumes)),
        doubts=tuple(zone.doubts),
    )


def _name(given: Any) -> str | None:
    if isinstance(given, list) and given and isinstance(given[0], dict):
        given = given[0].get("text")
    return given if isinstance(given, str) else None


def _ask_kind(zone: _Zone, restriction: str) -> None:
    answer = "Give the kind, as keep-out."
    if restriction.upper() in _KEPT_OUT:
        what = f"{quoted(restriction)} is most likely our kind keep-out."
        zone.doubt("kind-not-said", Field.KIND, what, answer, Given(kind=NoticeKind.KEEP_OUT))
    else:
        zone.doubt("kind-not-said", Field.KIND, f"{quoted(restriction)} is none of our kinds.", answer)


def _spans(zone: _Zone, periods: Any) -> list[tuple[int | None, int | None]]:
    if not isinstance(periods, list) or not periods:
        return [(None, None)]
    return [_span(zone, period) for period in periods]


def _span(zone: _Zone, period: Any) -> tuple[int | None, int | None]:
    members = period if isinstance(period, dict) else {}
    start_s = _instant(zone, Field.START, members.get("startDateTime"))
    end_s = _instant(zone, Field.END, members.get("endDateTime"))
    if str(members.get("permanent")).upper() == "YES" and end_s is None:
        what = "It is permanent: a notice has an end."
        zone.doubt("end-permanent", Field.END, what, "Give the date until which you will renew it.")
    if members.get("schedule"):
        offer = None if start_s is None or end_s is None else Given(start_s=start_s, end_s=end_s)
        what = "It holds at times of a week only, which are not unrolled."
        answer = "File the times that matter; accepted, the whole time is taken."
        zone.doubt("schedule-unread", Field.START, what, answer, offer)
        return None, None
    return start_s, end_s


def _instant(zone: _Zone, about: Field, given: Any) -> int | None:
    if given in (None, ""):
        return None
    try:
        at_us = parse_typed_instant_us(text(given, "time"))
    except BadInput as error:
        zone.doubt("time-unread", about, error.what, error.remedy)
        return None
    return -(-at_us // 1_000_000) if about is Field.END else at_us // 1_000_000
