# SPDX-License-Identifier: Apache-2.0
"""What does a drawn thing with named texts beside it mean: a placemark of KML, a track of GPX?

The names are those of our GeoJSON contract, each a text:

    id party kind near           as there
    lower upper                  as people write heights: SFC, FL240, 5000FT AMSL
    start end times              RFC 3339; the times of legs with blanks between
    radius_m half_width_m        metres; radius_m of legs once, or once for each point
    part parts                   the volumes of one notice, which are joined again

A drawing program writes none of them, and then what they would say is in doubt. ``words_of`` writes them so
that ``draft_of`` reads the same notice back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.drafts import Doubt, Draft, DraftVolume, Field, Given
from steerclear.formats.heights import parse_height, spell_height
from steerclear.formats.quoting import quoted
from steerclear.formats.written_times import read_time
from steerclear.model.member import MemberId, member_id
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Circle,
    Corridor,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.time import format_zulu, parse_typed_instant_us

__all__ = ["NAMES", "Line", "Shape", "Spot", "draft_of", "joined", "metres", "position_of", "words_of"]

NAMES: Final = (
    "id", "party", "kind", "near", "lower", "upper", "start", "end", "times", "radius_m", "half_width_m",
    "part", "parts",
)  # fmt: skip
_DEGREES: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?(?:[eE]-\d{1,2})?", re.ASCII)
_METRES: Final = re.compile(r"\d{1,7}(?:\.\d{1,6})?", re.ASCII)
_COUNT: Final = re.compile(r"\d{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Spot:
    """A point without a radius of its own."""

    at: Position


@dataclass(frozen=True, slots=True)
class Line:
    """A line without a width of its own; ``times`` where its points have them."""

    points: tuple[Position, ...]
    times: tuple[str, ...] = ()


Shape = Spot | Line | Polygon | MultiPolygon | None


@dataclass(slots=True)
class _Sheet:
    words: Mapping[str, str]
    doubts: list[Doubt]

    def doubt(self, code: str, about: Field, what: str, answer: str, offer: Given | None = None) -> None:
        self.doubts.append(Doubt(code=code, field=about, must=True, what=what, answer=answer, offer=offer))


def position_of(lon: str, lat: str) -> Position:
    """From two texts of degrees, to the nearest 1e-7. Raises ``BadInput`` (``position-unread`` …)."""
    if not _DEGREES.fullmatch(lon) or not _DEGREES.fullmatch(lat):
        raise BadInput(
            "position-unread",
            f"{quoted(f'{lon},{lat}')} is no position.",
            remedy="Write longitude and latitude in decimal degrees, as 37.627,34.5225.",
        )
    lat_e7, lon_e7 = (round(Fraction(Decimal(size)) * 10_000_000) for size in (lat, lon))
    return Position(lat_e7=lat_e7, lon_e7=lon_e7)


def metres(size_mm: int) -> str:
    return f"{size_mm // 1000}.{size_mm % 1000:03d}".rstrip("0").rstrip(".")


def draft_of(
    raw: str,
    shape: Shape,
    words: Mapping[str, str],
    *,
    title: str | None = None,
    doubts: Iterable[Doubt] = (),
    lower: Altitude | None = None,
    upper: Altitude | None = None,
) -> Draft:
    """The draft of one drawn thing; ``lower`` and ``upper`` are offered where the words give none."""
    sheet = _Sheet({name: text.strip() for name, text in words.items() if text.strip()}, list(doubts))
    footprint = _footprint(sheet, shape)
    volume = DraftVolume(
        footprint,
        _limit(sheet, Field.LOWER, lower),
        _limit(sheet, Field.UPPER, upper),
        footprint.times_s[0] if isinstance(footprint, Legs) else _time(sheet, Field.START),
        footprint.times_s[-1] if isinstance(footprint, Legs) else _time(sheet, Field.END),
    )
    return Draft(
        raw=raw,
        ref=sheet.words.get("id") or title,
        title=title,
        party=_party(sheet),
        kind=_kind(sheet),
        near=sheet.words.get("near"),
        volumes=(volume,),
        doubts=tuple(sheet.doubts),
    )


def joined(drafts: Iterable[tuple[Draft, Mapping[str, str]]]) -> tuple[Draft, ...]:
    """Drafts whose words number them as parts of one notice become one, in the order of their numbers."""
    groups: dict[str, list[tuple[int, Draft]]] = {}
    order: list[str | Draft] = []
    for draft, words in drafts:
        part = words.get("part", "").strip()
        if draft.ref is None or not _COUNT.fullmatch(part) or not words.get("parts", "").strip():
            order.append(draft)
            continue
        if draft.ref not in groups:
            order.append(draft.ref)
        groups.setdefault(draft.ref, []).append((int(part), draft))
    return tuple(_one(groups[one]) if isinstance(one, str) else one for one in order)


def _one(group: list[tuple[int, Draft]]) -> Draft:
    parts = [draft for _, draft in sorted(group, key=lambda pair: pair[0])]
    first = parts[0]
    if any((one.party, one.kind, one.near) != (first.party, first.kind, first.near) for one in parts):
        what = "Its parts name different parties, kinds or places."
        doubt = Doubt(
            code="parts-differ", field=Field.KIND, must=True, what=what, answer="Give the kind again."
        )
        first = replace(first, party=None, kind=None, near=None, doubts=(*first.doubts, doubt))
    return replace(
        first,
        raw="\n".join(one.raw for one in parts),
        volumes=tuple(volume for one in parts for volume in one.volumes),
        doubts=tuple(dict.fromkeys((*first.doubts, *(doubt for one in parts[1:] for doubt in one.doubts)))),
    )


def words_of(notice: Notice, place: int) -> dict[str, str]:
    """What is written beside the drawing of volume ``place`` of a notice."""
    volume = notice.volumes[place]
    words = {
        "id": notice.ref,
        "party": notice.party,
        "kind": notice.kind.value,
        "near": notice.near or "",
        "lower": spell_height(volume.band.lower, is_upper=False),
        "upper": spell_height(volume.band.upper, is_upper=True),
        "start": format_zulu(volume.span.start_s),
        "end": format_zulu(volume.span.end_s),
        **_shape_words(volume),
    }
    if len(notice.volumes) > 1:
        words |= {"part": str(place + 1), "parts": str(len(notice.volumes))}
    return {name: text for name, text in words.items() if text}


def _shape_words(volume: Volume) -> dict[str, str]:
    match volume.footprint:
        case Circle(radius_mm=radius_mm):
            return {"radius_m": metres(radius_mm)}
        case Corridor(half_width_mm=half_mm):
            return {"half_width_m": metres(half_mm)}
        case Legs(times_s=times_s, radii_mm=radii_mm):
            return {"times": " ".join(map(format_zulu, times_s)), "radius_m": " ".join(map(metres, radii_mm))}
        case _:
            return {}


# -- where ----------------------------------------------------------------------------------------------


def _footprint(sheet: _Sheet, shape: Shape) -> Footprint | None:
    try:
        match shape:
            case Spot(at=at):
                return _circle(sheet, at)
            case Line(points=points, times=times):
                return _way(sheet, points, times)
            case _:
                return shape
    except BadInput as error:
        sheet.doubt("area-impossible", Field.AREA, error.what, error.remedy)
        return None


def _circle(sheet: _Sheet, at: Position) -> Circle | None:
    radii = _radii(sheet, "radius_m")
    if radii is None or len(radii) != 1:
        what = "A point is drawn, and not how far around it is meant."
        sheet.doubt("radius-not-said", Field.AREA, what, "Give the radius in metres, or draw the area.")
        return None
    return Circle(at, radii[0])


def _way(sheet: _Sheet, points: tuple[Position, ...], times: tuple[str, ...]) -> Corridor | Legs | None:
    spelled = tuple(sheet.words.get("times", "").split()) or times
    if spelled:
        return _legs(sheet, points, spelled)
    half = _radii(sheet, "half_width_m")
    if half is None or len(half) != 1:
        what = "A line is drawn, and not how wide it is meant."
        sheet.doubt("width-not-said", Field.AREA, what, "Give the metres to each side, or draw the area.")
        return None
    return Corridor(points, half[0])


def _legs(sheet: _Sheet, points: tuple[Position, ...], times: tuple[str, ...]) -> Legs | None:
    radii = _radii(sheet, "radius_m")
    if radii is None or len(radii) not in (1, len(points)):
        what = "A way with times is drawn, and not how far around it is meant."
        sheet.doubt("radius-not-said", Field.AREA, what, "Give the radius in metres.")
        return None
    at_s = [_second(spelling) for spelling in times]
    if len(at_s) != len(points) or None in at_s:
        what = "Not every point of the way has a time in UTC, in whole seconds."
        sheet.doubt("time-unread", Field.AREA, what, "Give each point its time, as 2025-04-09T08:00:00Z.")
        return None
    all_radii = radii * len(points) if len(radii) == 1 else radii
    return Legs(points, tuple(one for one in at_s if one is not None), tuple(all_radii))


def _second(spelling: str) -> int | None:
    try:
        at_us = parse_typed_instant_us(spelling)
    except BadInput:
        return None
    return None if at_us % 1_000_000 else at_us // 1_000_000


def _radii(sheet: _Sheet, name: str) -> list[int] | None:
    """Millimetres, up; ``None`` where there is none or one is unread."""
    sizes = sheet.words.get(name, "").split()
    if not sizes or not all(_METRES.fullmatch(size) for size in sizes):
        return None
    return [ceil(Fraction(size) * 1000) for size in sizes]


# -- the rest ---------------------------------------------------------------------------------------------


def _limit(sheet: _Sheet, about: Field, usual: Altitude | None) -> Altitude | None:
    is_upper = about is Field.UPPER
    typed = sheet.words.get(about.value)
    if typed is None:
        if usual is not None:
            height = spell_height(usual, is_upper=is_upper)
            what = f"Its {about.value} limit is not said; its drawing stands at {height}."
            answer = "Give it; accepted, the height of the drawing is taken."
            sheet.doubt(f"{about.value}-not-said", about, what, answer, _given(about, usual))
        return None
    found = parse_height(typed, is_upper=is_upper)
    if isinstance(found, Altitude):
        return found
    offer = None if found.offer is None else _given(about, found.offer)
    sheet.doubt(found.code, about, found.what, found.answer, offer)
    return None


def _given(about: Field, altitude: Altitude) -> Given:
    return Given(lower=altitude) if about is Field.LOWER else Given(upper=altitude)


def _time(sheet: _Sheet, about: Field) -> int | None:
    typed = sheet.words.get(about.value)
    if typed is None:
        return None
    found = read_time(typed, utc=False, is_end=about is Field.END)
    if isinstance(found, int):
        return found
    offer = None
    if found.offer_s is not None:
        offer = Given(start_s=found.offer_s) if about is Field.START else Given(end_s=found.offer_s)
    sheet.doubt(found.code, about, found.what, found.answer, offer)
    return None


def _party(sheet: _Sheet) -> MemberId | None:
    typed = sheet.words.get("party")
    try:
        return None if typed is None else member_id(typed)
    except BadInput as error:
        sheet.doubt("party-unread", Field.PARTY, error.what, error.remedy)
        return None


def _kind(sheet: _Sheet) -> NoticeKind | None:
    typed = sheet.words.get("kind")
    if typed is None:
        return None
    if typed not in {kind.value for kind in NoticeKind}:
        known = ", ".join(kind.value for kind in NoticeKind)
        sheet.doubt(
            "kind-unread", Field.KIND, f"{quoted(typed)} is no kind of notice.", f"Give one of {known}."
        )
        return None
    return NoticeKind(typed)
