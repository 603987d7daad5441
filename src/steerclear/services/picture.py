# SPDX-License-Identifier: Apache-2.0
"""What does the map of a desk show? Every notice that this node can read, as areas with their times.

    notice ──► volumes ──► rings to draw, heights in words, and (under way) where it is when
           └─► findings ──► the part that concerns both, as its screener drew it

What ended in the last day stays, under its state, for the time slider. What is sealed is counted: an empty
map is no empty sky. Nothing here is a verdict; findings are.
"""

from __future__ import annotations

from typing import Final, Literal

from steerclear.errors import BadInput
from steerclear.formats.geojson import write_notices
from steerclear.geometry.picture import DrawnRings, drawn_rings, rings_of
from steerclear.mechanism.bodies import ConflictFound, ScreenResult
from steerclear.mechanism.classes import class_of
from steerclear.mechanism.notices import NoticeRecord
from steerclear.model.finding import Conflict, NoConflict
from steerclear.model.member import Role
from steerclear.model.space import Altitude, Datum, Legs, Volume
from steerclear.model.time import Instant, format_instant, format_zulu
from steerclear.services.change_notice import notice_about
from steerclear.services.ledger import Ledger
from steerclear.services.map_answers import AreaShown, MeetingShown, MovesShown, PictureShown, SpotShown
from steerclear.services.naming import short_of
from steerclear.services.rows import words_of

__all__ = ["Drawings", "filed_form", "height_words", "rings_or_none", "sealed_filings"]

SHOWN_AFTER_END_S: Final = 86_400
FEET_A_LEVEL: Final = 100


class Drawings:
    """Rings are drawn once for each version of a notice: they change with it alone."""

    def __init__(self) -> None:
        self._rings: dict[str, tuple[DrawnRings, ...]] = {}

    def picture(self, ledger: Ledger) -> PictureShown:
        """Everything that the map of this node's desks shows now."""
        now = ledger.now()
        records = [record for record in ledger.view.notices if _is_shown(record, now)]
        newest = {record.newest.id for record in records}
        self._rings = {version: rings for version, rings in self._rings.items() if version in newest}
        return PictureShown(
            member=ledger.me,
            now=format_instant(now),
            areas=tuple(area for record in records for area in self._areas(ledger, record, now)),
            meetings=_meetings(ledger, records, now),
            stops=_stops(ledger),
            sealed=sealed_filings(ledger),
        )

    def _areas(self, ledger: Ledger, record: NoticeRecord, now: Instant) -> tuple[AreaShown, ...]:
        content = record.newest.content
        finding = ledger.view.findings.of(record.id, now).finding
        return tuple(
            AreaShown(
                notice=record.id,
                short=short_of(ledger, record.id),
                author=record.author,
                ref=content.ref,
                kind=content.kind.value,
                notice_class=class_of(content, now).value,
                state=record.state(now).value,
                part=place + 1,
                parts=len(content.volumes),
                start=format_zulu(volume.span.start_s),
                end=format_zulu(volume.span.end_s),
                lower=height_words(volume.band.lower),
                upper=height_words(volume.band.upper),
                drawn=drawn,
                moves=_moves(volume),
                screened=_WORD.get(type(finding), "UNDETERMINED"),
                words=words_of(finding),
            )
            for place, (volume, drawn) in enumerate(zip(content.volumes, self._drawn(record), strict=True))
        )

    def _drawn(self, record: NoticeRecord) -> tuple[DrawnRings, ...]:
        version = record.newest.id
        if version not in self._rings:
            self._rings[version] = tuple(rings_or_none(volume) for volume in record.newest.content.volumes)
        return self._rings[version]


_WORD: Final[dict[type, Literal["NO CONFLICT KNOWN", "CONFLICT"]]] = {
    NoConflict: "NO CONFLICT KNOWN",
    Conflict: "CONFLICT",
}


def filed_form(ledger: Ledger, about: str) -> bytes:
    """The newest version of a notice as GeoJSON, as it would be filed again. Raises ``BadInput``."""
    return write_notices([notice_about(ledger, about).newest.content.notice()]).encode()


def sealed_filings(ledger: Ledger) -> int:
    """How many entries of others, unopened here, may be notices: hosts and observers file none."""
    roles = ledger.view.roles
    return sum(roles.get(entry.author) in (Role.PARTY, Role.NOTIFIER) for entry in ledger.view.sealed)


def height_words(altitude: Altitude) -> str:
    """As people write it: “FL 240”, “5,000 ft AMSL”, “surface” for 0 above ground."""
    if altitude.datum is Datum.STD and altitude.feet % FEET_A_LEVEL == 0:
        return f"FL {altitude.feet // FEET_A_LEVEL:03d}"
    if altitude.datum is Datum.AGL and altitude.feet == 0:
        return "surface"
    return f"{altitude.feet:,} ft {altitude.datum.value}"


def _is_shown(record: NoticeRecord, now: Instant) -> bool:
    """Live, or ended within the day; what was withdrawn before it ended is shown as long."""
    return record.is_live(now) or record.newest.span.end_s * 1000 > now - SHOWN_AFTER_END_S * 1000


def rings_or_none(volume: Volume) -> DrawnRings:
    """A node that is not ours may file a shape that no gate would let through, and must not hide the rest."""
    try:
        return drawn_rings(volume.footprint)
    except BadInput:
        return ()


def _moves(volume: Volume) -> MovesShown | None:
    legs = volume.footprint
    if not isinstance(legs, Legs):
        return None
    return MovesShown(
        points=tuple((point.lon_deg, point.lat_deg) for point in legs.points),
        times_s=legs.times_s,
        radii_m=tuple(radius_mm / 1000 for radius_mm in legs.radii_mm),
    )


def _meetings(ledger: Ledger, records: list[NoticeRecord], now: Instant) -> tuple[MeetingShown, ...]:
    """Each pair once, as it was first drawn: both parties and the host may have said it."""
    pairs: dict[frozenset[str], ScreenResult] = {}
    for record in records:
        for result in ledger.view.findings.of(record.id, now).results:
            versions = frozenset(version.version for version in result.body.notices)
            if len(versions) == 2 and isinstance(result.body.finding, ConflictFound):
                pairs.setdefault(versions, result.body)
    return tuple(_meeting(ledger, body) for body in pairs.values())


def _meeting(ledger: Ledger, body: ScreenResult) -> MeetingShown:
    finding = body.finding
    assert isinstance(finding, ConflictFound)  # noqa: S101 - only these are asked for
    return MeetingShown(
        about=tuple(short_of(ledger, version.notice) for version in body.notices),
        first_at=format_instant(finding.first_at),
        words=words_of(finding.finding()),
        drawn=rings_of(finding.overlap) if finding.overlap is not None else (),
    )


def _stops(ledger: Ledger) -> tuple[SpotShown, ...]:
    return tuple(
        SpotShown(
            short=short_of(ledger, record.id),
            caller=record.caller,
            lon=record.calls[0].body.place.lon_deg,
            lat=record.calls[0].body.place.lat_deg,
            drill=record.drill.body.name if record.drill is not None else None,
        )
        for record in ledger.view.stops
        if record.closed is None
    )
