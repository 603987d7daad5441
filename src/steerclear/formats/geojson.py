# SPDX-License-Identifier: Apache-2.0
"""Which notices does this GeoJSON hold, and how are notices written as GeoJSON?

The contract is ``docs/geojson.md``. A feature is one volume of a notice. Its properties:

    id           the filer's own reference, unique in everything that is read together
    party        who acts there: TUR
    kind         a kind of notice: hazard, flight, keep-out …
    lower upper  {"value": 5000, "unit": "ft" | "m" | "FL", "datum": "AMSL" | "AGL" | "WGS84" | "STD"}
    start end    RFC 3339 with a zone; timed legs may leave them out
    near         optional: the named place that the coordinates should be near
    part parts   only where a notice has several volumes: the features of one id are part 1 … parts
    radius_m half_width_m times  see ``footprints``

Rounding is outward: bands to whole feet, spans to whole seconds. Whatever is not understood is refused with
its place and a remedy; members and properties under other names are left alone.
``read_notices(write_notices(x)) == x``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from types import MappingProxyType
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.formats.footprints import footprint_of, geometry_of, shape_properties_of
from steerclear.formats.members import Members, an_object, number, optional, required, text, within
from steerclear.formats.quoting import quoted
from steerclear.formats.strict_json import read_json
from steerclear.geometry.validate import check_footprint, check_footprints
from steerclear.model.member import MemberId, member_id
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Altitude, Band, Datum, Footprint, Legs, Volume
from steerclear.model.time import TimeSpan, format_zulu, parse_typed_instant_us

__all__ = ["LARGEST_FILING_BYTES", "read_notices", "write_notices"]

LARGEST_FILING_BYTES: Final = 5_000_000
CHECKED_TOGETHER: Final = 1_000
MOST_PARTS: Final = 10_000
_FOOT_M: Final = Fraction(3048, 10_000)  # the international foot, exactly
_FRACTION: Final = re.compile(r"\.\d*[1-9]")
_SAME_AS_WGS84: Final = frozenset(
    {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84", "CRS84", "EPSG:4326"}
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One feature, read: a volume and whose it is; ``part`` of ``parts``; both numbers count from 1."""

    feature: int
    ref: str
    party: MemberId
    kind: NoticeKind
    volume: Volume
    near: str | None
    part: int
    parts: int


def read_notices(
    data: bytes,
    *,
    where: str,
    known_parties: Collection[str] | None = None,
    limit_bytes: int = LARGEST_FILING_BYTES,
    taken: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Notice, ...]:
    """Every notice of a Feature or FeatureCollection, in the order of the file.

    ``where`` names the source in refusals; ``known_parties`` are the only ones accepted (``None``: any);
    ``taken`` maps each id that was read before, from other sources, to where it stands.
    Raises ``BadInput`` for the first fault, and says how many more features have one.
    """
    with within(where):
        features = _features(read_json(data, limit_bytes=limit_bytes))
        parts = _read_each(features, known_parties)
        return _joined(parts, taken)


def write_notices(notices: Iterable[Notice]) -> str:
    """A FeatureCollection, one feature a line; the exact inverse of ``read_notices``."""
    lines = [
        json.dumps(_feature(notice, place), ensure_ascii=False, allow_nan=False)
        for notice in notices
        for place in range(len(notice.volumes))
    ]
    return '{"type": "FeatureCollection", "features": [' + ",".join("\n" + line for line in lines) + "\n]}\n"


def _features(document: Any) -> Sequence[Any]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Feature":
        _check_reference_system(document)
        return [document]
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        _check_reference_system(document)
        features: list[Any] = document["features"]
        return features
    raise BadInput(
        "not-geojson",
        "This is JSON, but neither a GeoJSON Feature nor a FeatureCollection with a list of features.",
        remedy="Export the areas as a GeoJSON FeatureCollection.",
    )


def _check_reference_system(document: Members) -> None:
    """Older files may name another reference system; RFC 7946, 4 has one; to guess would move an area."""
    crs = document.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or name not in _SAME_AS_WGS84:
        raise BadInput(
            "other-reference-system",
            "The file says that its coordinates are not plain WGS84 longitude and latitude.",
            where="crs",
            remedy="Export it again in WGS84 (EPSG:4326), longitude first.",
        )


def _read_each(features: Sequence[Any], known_parties: Collection[str] | None) -> list[_Part]:
    parts: list[_Part] = []
    faults: list[BadInput] = []
    for place, feature in enumerate(features, 1):
        try:
            with within(_place(place, feature)):
                parts.append(_part(place, feature, known_parties))
        except BadInput as fault:
            faults.append(fault)
    faults += _footprint_faults(parts)
    if faults:
        raise _first_of(faults)
    return parts


def _footprint_faults(parts: Sequence[_Part]) -> list[BadInput]:
    """Areas are checked together, ten times as quickly; only where that fails, one by one for the place."""
    faults: list[BadInput] = []
    for start in range(0, len(parts), CHECKED_TOGETHER):
        batch = parts[start : start + CHECKED_TOGETHER]
        try:
            check_footprints([part.volume.footprint for part in batch])
        except BadInput:
            faults += filter(None, map(_footprint_fault, batch))
    return faults


def _footprint_fault(part: _Part) -> BadInput | None:
    try:
        with within("feature", part.feature, quoted(part.ref)), within("geometry"):
            check_footprint(part.volume.footprint)
    except BadInput as fault:
        return fault
    return None


def _first_of(faults: Sequence[BadInput]) -> BadInput:
    first, more = faults[0], len(faults) - 1
    if more:
        first.what += f" ({more} more feature{'s' if more > 1 else ''} of this file cannot be read either.)"
    return first


def _place(place: int, feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    ref = properties.get("id") if isinstance(properties, dict) else None
    return f"feature {place} {quoted(ref)}" if isinstance(ref, str) else f"feature {place}"


def _part(place: int, feature: Any, known_parties: Collection[str] | None) -> _Part:
    members = an_object(feature, "feature")
    if members.get("type") != "Feature":
        raise BadInput(
            "not-geojson",
            "This member of the list of features is not a Feature.",
            remedy='Each feature says "type": "Feature".',
        )
    _check_reference_system(members)
    properties = an_object(required(members, "properties", "who, what, how high and when"), "properties")
    ref = _ref(properties)
    party = _party(properties, known_parties)
    kind = _kind(properties)
    volume = _volume(members.get("geometry"), properties)
    near = _near(properties)
    part, parts = _numbering(properties)
    return _Part(place, ref, party, kind, volume, near, part, parts)


def _ref(properties: Members) -> str:
    with within("properties.id"):
        given = required(properties, "id", "the reference by which this notice is found again")
        return text(given, "id", longest=80)


def _near(properties: Members) -> str | None:
    with within("properties.near"):
        given = optional(properties, "near")
        return None if given is None else text(given, "near")


def _party(properties: Members, known_parties: Collection[str] | None) -> MemberId:
    with within("properties.party"):
        party = member_id(text(required(properties, "party", "who acts in this area"), "party"))
        if known_parties is not None and party not in known_parties:
            raise BadInput(
                "unknown-party",
                f"{quoted(party)} is not a party here.",
                remedy=f"Use one of: {', '.join(sorted(known_parties)) or 'none is known yet'}.",
            )
        return party


def _kind(properties: Members) -> NoticeKind:
    with within("properties.kind"):
        given = text(required(properties, "kind", "what this notice is about"), "kind")
        try:
            return NoticeKind(given)
        except ValueError as error:
            raise BadInput(
                "unknown-kind",
                f"{quoted(given)} is not a kind of notice.",
                remedy=f"Use one of: {', '.join(kind.value for kind in NoticeKind)}.",
            ) from error


def _volume(geometry: Any, properties: Members) -> Volume:
    footprint = footprint_of(geometry, properties)
    lower = _altitude(properties, "lower", floor)
    upper = _altitude(properties, "upper", ceil)
    with within("properties.upper"):
        band = Band(lower, upper)
    span = _span(properties, footprint)
    with within("properties.start and end"):
        return Volume(footprint, band, span)


def _altitude(properties: Members, name: str, rounded: Callable[[Fraction], int]) -> Altitude:
    with within(f"properties.{name}"):
        members = an_object(required(properties, name, f"the {name} limit"), name)
        return _limit_read(members, rounded)


def _limit_read(members: Members, rounded: Callable[[Fraction], int]) -> Altitude:
    size = Fraction(number(required(members, "value", "how high"), "value"))
    unit = text(required(members, "unit", "ft, m or FL"), "unit")
    datum = _datum(members)
    if unit == "FL" and datum is not Datum.STD:
        raise BadInput(
            "flight-level-datum",
            f"A flight level is measured from the standard pressure surface, not from {datum.value}.",
            remedy="Give FL with the datum STD, or give feet or metres.",
        )
    return Altitude(rounded(_in_feet(size, unit)), datum)


def _in_feet(size: Fraction, unit: str) -> Fraction:
    match unit:
        case "ft":
            return size
        case "m":
            return size / _FOOT_M
        case "FL":
            return size * 100
        case _:
            raise BadInput(
                "unknown-unit", f"{quoted(unit)} is not a unit of altitude here.", remedy="Use ft, m or FL."
            )


def _datum(members: Members) -> Datum:
    """Peers compare heights without one; two areas 1,800 ft apart on paper may be one (AMSL against STD)."""
    given = members.get("datum")
    if given is None:
        raise BadInput(
            "missing-datum",
            "The altitude does not say from where it is measured.",
            remedy="Add the datum: AMSL, AGL, WGS84 or STD (with FL always STD).",
        )
    try:
        return Datum(text(given, "datum"))
    except ValueError as error:
        raise BadInput(
            "unknown-datum",
            f"{quoted(given)} is not a datum that is known here.",
            remedy="Use AMSL, AGL, WGS84 or STD.",
        ) from error


def _span(properties: Members, footprint: Footprint) -> TimeSpan:
    """Start rounds down and end rounds up to whole seconds; legs bring their own."""
    legs = footprint if isinstance(footprint, Legs) else None
    start_s = _second(properties, "start", None if legs is None else legs.times_s[0], up_s=0)
    end_s = _second(properties, "end", None if legs is None else legs.times_s[-1], up_s=1)
    with within("properties.start and end"):
        if min(start_s, end_s) < 0:
            raise BadInput(
                "time-before-1970",
                "The start or the end lies before 1970.",
                remedy="Check the year.",
            )
        return TimeSpan(start_s, end_s)


def _second(properties: Members, name: str, otherwise: int | None, *, up_s: int) -> int:
    given = optional(properties, name)
    if given is None and otherwise is not None:
        return otherwise
    with within(f"properties.{name}"):
        spelling = text(required(properties, name, "a date and time in UTC"), name)
        whole_s = parse_typed_instant_us(spelling) // 1_000_000
        # From the spelling, since digits past the microsecond count too.
        return whole_s + up_s if _FRACTION.search(spelling) else whole_s


def _numbering(properties: Members) -> tuple[int, int]:
    if optional(properties, "part") is None and optional(properties, "parts") is None:
        return 1, 1
    with within("properties.part and parts"):
        part = number(required(properties, "part", "which volume of the notice this is"), "part")
        parts = number(required(properties, "parts", "how many volumes the notice has"), "parts")
        if not (_is_count(part) and _is_count(parts) and part <= parts):
            raise BadInput(
                "part-number",
                "They do not number the volumes of one notice.",
                remedy=f"Number them 1, 2, 3 … with the same “parts” in each, at most {MOST_PARTS}.",
            )
    return int(part), int(parts)


def _is_count(size: Decimal) -> bool:
    return 1 <= size <= MOST_PARTS and size == size.to_integral_value()


def _joined(parts: Sequence[_Part], taken: Mapping[str, str]) -> tuple[Notice, ...]:
    """The features of one id become one notice, at the place of the first."""
    by_ref: dict[str, list[_Part]] = {}
    for part in parts:
        by_ref.setdefault(part.ref, []).append(part)
    notices = []
    for ref, group in by_ref.items():
        with within("feature", group[0].feature):
            notices.append(_notice(ref, group, taken))
    return tuple(notices)


def _notice(ref: str, group: Sequence[_Part], taken: Mapping[str, str]) -> Notice:
    if ref in taken:
        raise _duplicate(ref, f"It also stands in {taken[ref]}.")
    first = group[0]
    if any(part.parts != first.parts for part in group) or len({part.part for part in group}) < len(group):
        places = ", ".join(str(part.feature) for part in group[:8])
        raise _duplicate(ref, f"It stands {len(group)} times in this file: features {places}.")
    if len(group) < first.parts:
        raise BadInput(
            "parts-missing",
            f"Notice {quoted(ref)} has {first.parts} parts, but only {len(group)} stand here.",
            remedy="Send all parts of a notice in one file; check that it was not cut off.",
        )
    if any((part.party, part.kind, part.near) != (first.party, first.kind, first.near) for part in group):
        raise BadInput(
            "parts-differ",
            f"The parts of notice {quoted(ref)} name different parties, kinds or places.",
            remedy="Give all parts of a notice the same party, kind and near.",
        )
    volumes = tuple(part.volume for part in sorted(group, key=lambda part: part.part))
    return Notice(ref, first.party, first.kind, volumes, first.near)


def _duplicate(ref: str, evidence: str) -> BadInput:
    return BadInput(
        "duplicate-id",
        f"The id {quoted(ref)} is not unique. {evidence}",
        remedy="Give each notice its own id; number the volumes of one notice with part and parts.",
    )


def _feature(notice: Notice, place: int) -> dict[str, Any]:
    volume = notice.volumes[place]
    properties: dict[str, Any] = {
        "id": notice.ref,
        "party": notice.party,
        "kind": notice.kind.value,
        "lower": _limit(volume.band.lower),
        "upper": _limit(volume.band.upper),
        "start": format_zulu(volume.span.start_s),
        "end": format_zulu(volume.span.end_s),
    }
    if notice.near is not None:
        properties["near"] = notice.near
    if len(notice.volumes) > 1:
        properties |= {"part": place + 1, "parts": len(notice.volumes)}
    properties |= shape_properties_of(volume.footprint)
    return {"type": "Feature", "geometry": geometry_of(volume.footprint), "properties": properties}


def _limit(altitude: Altitude) -> dict[str, Any]:
    return {"value": altitude.feet, "unit": "ft", "datum": altitude.datum.value}
