# SPDX-License-Identifier: Apache-2.0
"""How does a track leave the node, come in from another, and look on a face?

Out: under a number that holds for one alarm alone, so that no name of a feed leaves. In: under the author,
the alarm and that number. On a face: where it was seen, how old that is, and where it will be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians
from typing import Any, Final, Literal

import numpy as np

from steerclear.mechanism.bodies import ShownTrack, TrackShow
from steerclear.model.space import Altitude, Position
from steerclear.model.time import Instant, format_instant
from steerclear.services.live_rows import TrackRow
from steerclear.services.picture import height_words
from steerclear.tracking import Reports
from steerclear.tracking.reports import DATUM_OF, NO_DATUM, WHOSE

__all__ = ["Faced", "as_known", "guest_ref", "reports_of", "shown_tracks", "track_rows"]

_METRES_A_DEGREE: Final = 111_195.0
_DATUMS: Final = {code: datum for datum, code in DATUM_OF.items() if code != NO_DATUM}


# -- out and in ---------------------------------------------------------------------------------------


def shown_tracks(reports: Reports, numbers: dict[str, int]) -> tuple[ShownTrack, ...]:
    """Each under its number within the alarm; ``numbers`` learns those that are new."""
    found = []
    for ref, row in zip(reports.refs.tolist(), _rows(reports), strict=True):
        number = numbers.setdefault(ref, len(numbers) + 1)
        datum = _DATUMS.get(row["datum"])
        found.append(
            ShownTrack(
                number=number,
                seen_at=Instant(row["seen_at"]),
                position=Position(row["lat_e7"], row["lon_e7"]),
                altitude=None if datum is None else Altitude(row["feet"], datum),
                east_mm_s=row["east"] if row["speed_known"] else None,
                north_mm_s=row["north"] if row["speed_known"] else None,
                climb_ft_min=row["climb"] if row["climb_known"] else None,
                uncertain_mm=row["uncertain"],
            )
        )
    return tuple(sorted(found, key=lambda one: one.number))


def reports_of(body: TrackShow, author: str) -> Reports:
    """What another member has shown, as reports of its aircraft."""
    refs = [guest_ref(author, body.alarm, one.number) for one in body.tracks]
    return Reports.of_rows(refs, [_row_of(one) for one in body.tracks])


def guest_ref(author: str, alarm: str, number: int) -> str:
    """The name here of an aircraft that another member shows with an alarm."""
    return f"{author}:{alarm[:8]}:{number}"


def as_known(reports: Reports, holders: Mapping[str, str], me: str) -> Reports:
    """The same, each with whose it is by ``holders``: a member, civil or unknown; a feed may not say."""
    codes = {me: WHOSE["own"], "civil": WHOSE["civil"], "unknown": WHOSE["unknown"]}
    names = [holders.get(ref, "unknown") for ref in reports.refs.tolist()]
    whose = np.array([codes.get(name, WHOSE["other"]) for name in names], dtype=np.int8)
    return Reports(reports.refs, reports.columns._replace(whose=whose))


def _row_of(one: ShownTrack) -> tuple[Any, ...]:
    known = one.east_mm_s is not None and one.north_mm_s is not None
    return (
        WHOSE["other"],
        one.seen_at,
        one.position.lat_e7,
        one.position.lon_e7,
        NO_DATUM if one.altitude is None else DATUM_OF[one.altitude.datum],
        0 if one.altitude is None else one.altitude.feet,
        one.east_mm_s if known else 0,
        one.north_mm_s if known else 0,
        known,
        one.climb_ft_min or 0,
        one.climb_ft_min is not None,
        one.uncertain_mm,
    )


def _rows(reports: Reports) -> list[dict[str, Any]]:
    columns = {name: column.tolist() for name, column in reports.columns._asdict().items()}
    return [{name: column[row] for name, column in columns.items()} for row in range(len(reports))]


# -- on a face ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Faced:
    """What a row needs beside its report."""

    me: str
    now: Instant
    oldest_ms: int
    look_ahead_s: int
    holders: Mapping[str, str]
    flown: Mapping[str, str]
    alarmed: frozenset[str]
    doubtful: frozenset[str]


def track_rows(reports: Reports, faced: Faced) -> tuple[TrackRow, ...]:
    """Our own first, then others', then civil and unknown ones; each by name."""
    rows = [
        _track_row(ref, row, faced) for ref, row in zip(reports.refs.tolist(), _rows(reports), strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (not row.is_ours, row.whose in ("civil", "unknown"), row.ref)))


def _track_row(ref: str, row: dict[str, Any], faced: Faced) -> TrackRow:
    whose = faced.holders.get(ref, "unknown")
    age_ms = faced.now - row["seen_at"]
    east, north = row["east"] / 1000, row["north"] / 1000
    lat, lon = row["lat_e7"] / 1e7, row["lon_e7"] / 1e7
    state: Literal["fresh", "stale", "doubtful"] = "fresh"
    if ref in faced.doubtful:
        state = "doubtful"
    elif age_ms > faced.oldest_ms:
        state = "stale"
    return TrackRow(
        ref=ref,
        whose=whose,
        is_ours=whose == faced.me,
        lon=lon,
        lat=lat,
        height=_height(row),
        speed_m_s=round(hypot(east, north), 1) if row["speed_known"] else None,
        course_deg=round(degrees(atan2(east, north)) % 360, 1) if row["speed_known"] else None,
        climb_ft_min=row["climb"] if row["climb_known"] else None,
        seen_at=format_instant(Instant(row["seen_at"])),
        age_s=round(max(age_ms, 0) / 1000, 1),
        state=state,
        ahead=_ahead(lat, lon, east, north, faced.look_ahead_s)
        if row["speed_known"] and state == "fresh"
        else None,
        flies=faced.flown.get(ref),
        alarmed=ref in faced.alarmed,
    )


def _height(row: dict[str, Any]) -> str | None:
    datum = _DATUMS.get(row["datum"])
    return None if datum is None else height_words(Altitude(row["feet"], datum))


def _ahead(lat: float, lon: float, east: float, north: float, look_ahead_s: int) -> tuple[float, float]:
    """For a line on a map: as straight as the map draws it, and good to a pixel."""
    level = max(cos(radians(lat)), 0.01)
    to_lon = lon + east * look_ahead_s / (_METRES_A_DEGREE * level)
    to_lat = lat + north * look_ahead_s / _METRES_A_DEGREE
    return round(to_lon, 6), round(max(-90.0, min(90.0, to_lat)), 6)
