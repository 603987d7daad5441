# SPDX-License-Identifier: Apache-2.0
"""May this notice leave as it is? What an officer is told before it is sent, and again when it is received.

    block   not sent as it stands (what starts within the hour is never blocked: it goes, with a warning)
    warn    sent when overridden with a reason, which travels with the notice

Late is never refused: it goes at once, in a higher class, marked late, with the minutes stated. A mechanism
whose notices annex lists no kinds has no gate (a bare telephone), and nothing is found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil
from typing import Any, Final

from steerclear.geometry.area import area_km2
from steerclear.geometry.drawing import straight_line_deviation_m
from steerclear.geometry.geodesic import bearing_deg, distance_m
from steerclear.geometry.lateral import lateral_gap_at_least_m
from steerclear.mechanism.annexes import Annexes
from steerclear.mechanism.classes import class_at
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName, KindTerms, NoticeTerms
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.place import Place
from steerclear.model.response import ResponseClass
from steerclear.model.space import (
    Altitude,
    Circle,
    Corridor,
    Datum,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
)
from steerclear.model.terms import Blackout, Season
from steerclear.model.time import Instant, format_zulu

__all__ = ["HARMS", "QualityFinding", "Severity", "examine", "late_minutes", "position_words"]

FAR_FROM_REFERENCE_M: Final = 2_000
"""Design file 6: a warning above 2 km (Deir ez-Zor: 9 km)."""

VAGUE_RADIUS_MM: Final = 25_000_000
"""A circle or half-width above 25 km is a region, not a place (Il-20: “north Syria”); our proposal."""

COARSE_E7: Final = 1_000_000
"""Coordinates that are all multiples of 0.1 degree are rounded to about 11 km."""

EDGE_LEAVES_M: Final = 100
"""Design file 4: where a straight line on a chart leaves the geodesic by more, the gate says so."""

HARMS: Final = frozenset(
    {NoticeKind.HAZARD, NoticeKind.EXERCISE, NoticeKind.LAUNCH, NoticeKind.EMISSION, NoticeKind.DRONE}
)
"""Kinds of notice that may harm whoever is on the ground: held against protected sites."""


class Severity(Enum):
    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """``words`` are for the officer who files. A warning that is not ``overridable`` is information only."""

    code: str
    severity: Severity
    words: str
    overridable: bool = False


def examine(
    notice: Notice,
    *,
    annexes: Annexes,
    reference: Place | None,
    view: View,
    now: Instant,
    third_parties: str | None = None,
    others: Collection[str] = (),
) -> tuple[QualityFinding, ...]:
    """Everything found, in the order in which an officer corrects it.

    ``others`` are the members on the other side of the notice: those addressed when it is filed, its author
    when it is received. What is said about our own places in the area is for our own eyes.
    """
    terms = annexes.terms(AnnexName.NOTICES, now)
    if isinstance(terms, NoticeTerms) and not terms.kinds:
        return ()
    found: list[QualityFinding] = [*_of_time(notice, now)]
    if isinstance(terms, NoticeTerms):
        found += _of_annex(notice, terms, now)
    found += _of_position(notice, reference)
    found += _of_drawing(notice)
    if third_parties is None:
        found += _of_third_parties(notice, view)
    found += _of_own_places(notice, view, now, others)
    return tuple(found)


def late_minutes(notice: Notice, annexes: Annexes, now: Instant) -> int | None:
    """By how many minutes, rounded up, the lead time of its kind is missed; ``None``: it is in time."""
    terms = annexes.terms(AnnexName.NOTICES, now)
    row = terms.of(notice.kind) if isinstance(terms, NoticeTerms) else None
    if row is None:
        return None
    missing_ms = row.lead_s * 1000 - (_start_at(notice) - now)
    return ceil(missing_ms / 60_000) if missing_ms > 0 else None


def _start_at(notice: Notice) -> Instant:
    return Instant(notice.span.start_s * 1000)


def _gate(code: str, words: str, notice: Notice, now: Instant) -> QualityFinding:
    """Blocked, unless it starts within the hour: then other people need it more than they need it tidy."""
    if class_at(_start_at(notice), now) is ResponseClass.IMMEDIATE:
        return QualityFinding(code, Severity.WARN, words, overridable=True)
    return QualityFinding(code, Severity.BLOCK, words)


def _warn(code: str, words: str) -> QualityFinding:
    return QualityFinding(code, Severity.WARN, words, overridable=True)


def _of_time(notice: Notice, now: Instant) -> Iterator[QualityFinding]:
    if notice.span.end_s * 1000 <= now and notice.kind is not NoticeKind.SITE:
        ended = format_zulu(notice.span.end_s)
        yield QualityFinding("past", Severity.BLOCK, f"it ended at {ended}: check the date")


def _of_annex(notice: Notice, terms: NoticeTerms, now: Instant) -> Iterator[QualityFinding]:
    row = terms.of(notice.kind)
    if row is None:
        yield _warn("kind", f"the notices annex does not list the kind {notice.kind.value}")
    else:
        yield from _of_kind(notice, row, now)
    closed: tuple[Blackout | Season, ...] = (*terms.blackouts, *terms.seasons)
    for blackout in closed:
        spans = _spans(blackout, notice)
        touches = any(notice.span.start_s < end_s and notice.span.end_s > start_s for start_s, end_s in spans)
        if touches and (not blackout.kinds or notice.kind in blackout.kinds):
            yield _gate("blackout", f"it falls into blackout dates ({blackout.because})", notice, now)


def _spans(blackout: Blackout | Season, notice: Notice) -> list[tuple[float, float]]:
    """Seconds from and until; of a season those that begin in the years of the notice, or the year before."""
    if isinstance(blackout, Blackout):
        return [(blackout.start / 1000, blackout.end / 1000)]
    first, last = (int(format_zulu(at_s)[:4]) for at_s in (notice.span.start_s, notice.span.end_s))
    return [(start_s, end_s) for start_s, end_s in blackout.spans(first - 1, last)]


def _of_kind(notice: Notice, row: KindTerms, now: Instant) -> Iterator[QualityFinding]:
    ahead_min = max(0, (_start_at(notice) - now) // 60_000)
    is_over = notice.span.end_s * 1000 <= now
    if not is_over and _start_at(notice) - now < row.lead_s * 1000:
        words = (
            f"lead time {ahead_min} min, the annex asks for {row.lead_s // 60}: it goes at once, marked late"
        )
        yield QualityFinding("lead-time", Severity.WARN, words)
    if row.largest_km2 is not None:
        largest = max(area_km2(volume.footprint) for volume in notice.volumes)
        if largest > row.largest_km2:
            yield _gate(
                "area", f"area {largest:,.0f} km², the annex allows {row.largest_km2:,} km²", notice, now
            )
    if row.longest_s is not None and notice.span.length_s > row.longest_s:
        hours = notice.span.length_s / 3600
        yield _gate(
            "duration", f"{hours:,.1f} h long, the annex allows {row.longest_s / 3600:,.1f} h", notice, now
        )


def _of_position(notice: Notice, reference: Place | None) -> Iterator[QualityFinding]:
    if notice.near is None:
        return
    if reference is None:
        yield _warn(
            "place-unknown", f"the place “{notice.near}” is not known, so the position was not checked"
        )
        return
    off_m, bears = min(_distance(volume.footprint, reference.position) for volume in notice.volumes)
    if off_m > FAR_FROM_REFERENCE_M:
        yield _warn(
            "position",
            f"position {off_m / 1000:.0f} km from reference: it bears {bears:03.0f}° from {reference.name}",
        )


def position_words(notice: Notice, reference: Place) -> str:
    """How far off, and which way: shown to the officer however near it is."""
    off_m, bears = min(_distance(volume.footprint, reference.position) for volume in notice.volumes)
    return f"{off_m / 1000:.1f} km, {bears:03.0f}° from {reference.name}"


def _distance(footprint: Footprint, reference: Position) -> tuple[float, float]:
    """Metres from the reference to what the footprint is drawn around, and its bearing from there.

    A footprint whose inner half holds the reference counts as at it: a wide area has no one position.
    """
    if isinstance(footprint, Corridor | Legs):
        off_m, point = min((distance_m(reference, point), point) for point in footprint.points)
        return off_m, bearing_deg(reference, point)
    centre, radius_m = _centre(footprint)
    off_m = distance_m(reference, centre)
    return (0.0 if off_m < radius_m / 2 else off_m), bearing_deg(reference, centre)


def _centre(footprint: Polygon | MultiPolygon | Circle) -> tuple[Position, float]:
    """The middle, and the distance from there to the farthest corner (or the radius)."""
    if isinstance(footprint, Circle):
        return footprint.centre, footprint.radius_mm / 1000
    parts = footprint.parts if isinstance(footprint, MultiPolygon) else (footprint,)
    corners = [corner for part in parts for corner in part.exterior]
    first = corners[0].lon_e7
    # Longitudes count from the first corner, so that a ring across the antimeridian has its middle there.
    turns = [(corner.lon_e7 - first + 1_800_000_000) % 3_600_000_000 - 1_800_000_000 for corner in corners]
    lon_e7 = (first + round(sum(turns) / len(turns)) + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    centre = Position(round(sum(corner.lat_e7 for corner in corners) / len(corners)), lon_e7)
    return centre, max(distance_m(centre, corner) for corner in corners)


def _of_drawing(notice: Notice) -> Iterator[QualityFinding]:
    footprints = [volume.footprint for volume in notice.volumes]
    if any(_is_vague(footprint) for footprint in footprints):
        yield _warn(
            "vague", f"wider than {VAGUE_RADIUS_MM // 1_000_000} km to each side: draw the area itself"
        )
    points = [point for footprint in footprints for point in _points(footprint)]
    if all(point.lat_e7 % COARSE_E7 == 0 and point.lon_e7 % COARSE_E7 == 0 for point in points):
        yield _warn("precision", "the coordinates are rounded to about 11 km: give more digits")
    if any(_is_above_ground(limit) for v in notice.volumes for limit in (v.band.lower, v.band.upper)):
        yield _warn(
            "datum", "a height above ground cannot be compared with others: give it above AMSL or as FL"
        )
    leaves_m = max(straight_line_deviation_m(footprint) for footprint in footprints)
    if leaves_m > EDGE_LEAVES_M:
        yield _warn(
            "edges", f"a long edge leaves the straight line of a chart by {leaves_m:.0f} m: add corners"
        )


def _is_vague(footprint: Footprint) -> bool:
    match footprint:
        case Circle(radius_mm=radius_mm):
            return radius_mm > VAGUE_RADIUS_MM
        case Corridor(half_width_mm=half_width_mm):
            return half_width_mm > VAGUE_RADIUS_MM
        case _:
            return False


def _is_above_ground(limit: Altitude) -> bool:
    return limit.datum is Datum.AGL and limit.feet != 0


def _points(footprint: Footprint) -> tuple[Position, ...]:
    match footprint:
        case Circle(centre=centre):
            return (centre,)
        case Corridor(points=points) | Legs(points=points):
            return points
        case Polygon(exterior=exterior):
            return exterior
        case _:
            return tuple(point for part in footprint.parts for point in part.exterior)


def _of_third_parties(notice: Notice, view: View) -> Iterator[QualityFinding]:
    """Protected sites known here inside an area that may harm them."""
    if notice.kind not in HARMS:
        return
    for record in view.sites:
        inside = _meet(notice, [record.site.body.footprint])
        if record.ended is None and record.site.author != notice.party and inside:
            yield _warn("third-party", f"a protected site of {record.site.author} lies in the area")


def _of_own_places(
    notice: Notice, view: View, now: Instant, others: Collection[str]
) -> Iterator[QualityFinding]:
    """Al-Tanf, 2016: the site was never registered. A prompt, that travels nowhere and overrides nothing."""
    if notice.kind not in HARMS:
        return
    for name, said, footprints in _own_places(view, now):
        unaware = ", ".join(member for member in others if not said.is_readable_by(member))
        if unaware and _meet(notice, footprints):
            words = f"your own “{name}” lies in the area, and {unaware} cannot know of it: register it"
            yield QualityFinding("own-site", Severity.WARN, words)


def _own_places(view: View, now: Instant) -> Iterator[tuple[str, Said[Any], list[Footprint]]]:
    """Where we are, as far as our own node was told: presence that is live, and sites that stand."""
    for record in view.notices.said_by(view.me, NoticeKind.OWN_PRESENCE):
        content = record.newest.content
        if record.is_live(now):
            yield content.ref, record.newest.said, [volume.footprint for volume in content.volumes]
    for site in view.sites:
        if site.ended is None and site.site.author == view.me:
            yield site.site.body.name, site.site, [site.site.body.footprint]


def _meet(notice: Notice, footprints: Sequence[Footprint]) -> bool:
    return any(
        lateral_gap_at_least_m(volume.footprint, footprint) <= 0
        for volume in notice.volumes
        for footprint in footprints
    )
