# SPDX-License-Identifier: Apache-2.0
"""How does a notice read as a CAP 1.2 alert that a civil authority could issue?

The parties issue no alerts: the status is *Draft*, the scope *Private*, addressed to the contact of the
civil annex, and the authority decides. Severity and certainty are *Unknown*: a notice does not state
them. One info block for each volume.

    polygon, circle       as they are, holes left out; a corridor or legs as strips and discs that cover
                          it, 1 % wider, all the time
    altitude, ceiling     feet above mean sea level where the notice says so; every band also in words

Source: OASIS CAP-v1.2, 3.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final
from xml.sax.saxutils import escape

from steerclear.errors import BadInput
from steerclear.formats.heights import UNLIMITED, spell_height
from steerclear.geometry.geodesic import bearing_deg, destination, distance_m
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Band,
    Circle,
    Corridor,
    Datum,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.time import format_zulu

__all__ = ["print_cap"]

LONGEST_STRIP_M: Final = 50_000
WIDER: Final = 1.01
_CODE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_EVENTS: Final = {
    NoticeKind.HAZARD: "Hazard area",
    NoticeKind.EXERCISE: "Military exercise",
    NoticeKind.LAUNCH: "Rocket or missile launch",
    NoticeKind.EMISSION: "Hazardous emission",
    NoticeKind.DRONE: "Unmanned aircraft",
    NoticeKind.KEEP_OUT: "Area to be kept clear of",
    NoticeKind.RESCUE: "Rescue operation",
}


def print_cap(notice: Notice, *, sent_s: int, contact: str) -> str:
    """The alert, sent at ``sent_s`` (seconds since 1970). Raises ``BadInput`` (``cap-contact``)."""
    if not contact.strip():
        raise BadInput(
            "cap-contact",
            "A draft of an alert is addressed to somebody.",
            remedy="Name the contact, as the civil annex does.",
        )
    code = _CODE.sub("-", f"{notice.party}-{notice.ref}-{format_zulu(sent_s)}")
    infos = "".join(_info(notice, volume, sent_s) for volume in notice.volumes)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">\n'
        f"<identifier>{code}</identifier>\n"
        f"<sender>{notice.party.lower()}@steerclear</sender>\n"
        f"<sent>{_time(sent_s)}</sent>\n"
        "<status>Draft</status>\n<msgType>Alert</msgType>\n<scope>Private</scope>\n"
        f"<addresses>{_address(contact)}</addresses>\n"
        f"{infos}</alert>\n"
    )


def _address(contact: str) -> str:
    """Quoted where it holds blanks (3.2.1, addresses)."""
    plain = _plain(contact).replace('"', "&apos;&apos;")
    return f'"{plain}"' if " " in plain else plain


def _info(notice: Notice, volume: Volume, sent_s: int) -> str:
    event = _EVENTS.get(notice.kind, "Activity to be kept clear of")
    near = f" near {notice.near}" if notice.near else ""
    lower, upper = _heights(volume.band)
    description = (
        f"{event}{near}, {lower} to {upper}, from {format_zulu(volume.span.start_s)} "
        f"to {format_zulu(volume.span.end_s)}. Reference {notice.ref}."
    )
    return (
        "<info>\n<language>en-US</language>\n<category>Safety</category>\n<category>Transport</category>\n"
        f"<event>{_plain(event)}</event>\n"
        f"<urgency>{_urgency(volume, sent_s)}</urgency>\n"
        "<severity>Unknown</severity>\n<certainty>Unknown</certainty>\n"
        f"<effective>{_time(sent_s)}</effective>\n"
        f"<onset>{_time(volume.span.start_s)}</onset>\n<expires>{_time(volume.span.end_s)}</expires>\n"
        f"<headline>{_plain(event + near)}</headline>\n"
        f"<description>{_plain(description)}</description>\n"
        f"<area>\n<areaDesc>{_plain(notice.near or notice.ref)}</areaDesc>\n"
        f"{''.join(_drawn(volume.footprint))}{_levels(volume.band)}</area>\n</info>\n"
    )


def _time(at_s: int) -> str:
    """CAP 3.3.2: no Z; -00:00 says UTC."""
    return format_zulu(at_s).removesuffix("Z") + "-00:00"


def _plain(text: str) -> str:
    return escape("".join(char if char.isprintable() else " " for char in text))


def _urgency(volume: Volume, sent_s: int) -> str:
    """CAP: *Immediate* asks for action at once, *Expected* within the hour, *Future* soon."""
    ahead_s = volume.span.start_s - sent_s
    if ahead_s <= 0:
        return "Past" if volume.span.end_s < sent_s else "Immediate"
    return "Expected" if ahead_s <= 3_600 else "Future"


def _heights(band: Band) -> tuple[str, str]:
    return spell_height(band.lower, is_upper=False), spell_height(band.upper, is_upper=True)


def _levels(band: Band) -> str:
    """A ceiling needs an altitude (3.2.4), so both are given or neither."""
    if band.lower.datum is not Datum.AMSL or band.upper.datum is not Datum.AMSL or band.upper == UNLIMITED:
        return ""
    return f"<altitude>{band.lower.feet}</altitude>\n<ceiling>{band.upper.feet}</ceiling>\n"


def _drawn(footprint: Footprint) -> Iterator[str]:
    match footprint:
        case Polygon(exterior=exterior):
            yield _polygon(exterior)
        case MultiPolygon(parts=parts):
            yield from (_polygon(part.exterior) for part in parts)
        case Circle(centre=centre, radius_mm=radius_mm):
            yield _circle(centre, radius_mm)
        case Corridor(points=points, half_width_mm=half_mm):
            yield from _covered(points, half_mm)
        case Legs(points=points, radii_mm=radii_mm):
            yield from _covered(points, max(radii_mm))


def _covered(points: Sequence[Position], half_mm: int) -> Iterator[str]:
    """Strips of at most 50 km, and a disc where they meet."""
    line = [points[0]]
    for here, there in pairwise(points):
        line += [*_between(here, there), there]
    wide_mm = round(half_mm * WIDER) + 1_000
    for here, there in pairwise(line):
        if here != there:
            yield _polygon(_strip(here, there, wide_mm / 1000))
    yield from (_circle(point, wide_mm) for point in dict.fromkeys(line))


def _between(here: Position, there: Position) -> list[Position]:
    length_m, bearing = distance_m(here, there), bearing_deg(here, there)
    count = int(length_m // LONGEST_STRIP_M)
    return [destination(here, bearing, length_m * step / (count + 1)) for step in range(1, count + 1)]


def _strip(here: Position, there: Position, wide_m: float) -> list[Position]:
    out, back = bearing_deg(here, there), bearing_deg(there, here)
    return [
        destination(here, out - 90, wide_m),
        destination(there, back + 90, wide_m),
        destination(there, back - 90, wide_m),
        destination(here, out + 90, wide_m),
    ]


def _polygon(ring: Sequence[Position]) -> str:
    return f"<polygon>{' '.join(map(_point, (*ring, ring[0])))}</polygon>\n"


def _circle(centre: Position, radius_mm: int) -> str:
    """Kilometres, up to the metre."""
    metres = -(-radius_mm // 1000)
    return f"<circle>{_point(centre)} {metres // 1000}.{metres % 1000:03d}</circle>\n"


def _point(at: Position) -> str:
    return f"{at.lat_e7 / 10_000_000:.7f},{at.lon_e7 / 10_000_000:.7f}"
