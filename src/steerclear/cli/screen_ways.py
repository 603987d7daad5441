# SPDX-License-Identifier: Apache-2.0
"""How is a way out said: later, higher, both, elsewhere, smaller; and that there is none?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from steerclear.cli.screen_work import Instead
from steerclear.formats.geojson import write_notices
from steerclear.model.space import Altitude, Band
from steerclear.model.time import format_zulu
from steerclear.screening.offers import (
    BandShift,
    BothShift,
    NotOffered,
    Offer,
    PlaceShift,
    TimeShift,
    Trimmed,
    Way,
    Why,
)

__all__ = ["as_json", "band_json", "lines", "not_offered", "spelled"]

_NONE: Final = {
    Way.START: "no other start",
    Way.ALTITUDE: "no other altitude",
    Way.BOTH: "no other start and altitude together",
    Way.PLACE: "no other place",
    Way.AREA: "no smaller area",
}


def as_json(ref: str, offer: Offer, volume: int) -> dict[str, Any]:
    """One way out; the band is that of the volume in conflict. See ``docs/screen.md``."""
    change = offer.change
    said: dict[str, Any] = {"move": ref, "way": offer.way.value, "cost": round(offer.cost, 3)}
    if isinstance(change, TimeShift | BothShift):
        said["start"] = format_zulu(change.notice.span.start_s)
    if isinstance(change, BandShift | BothShift):
        said |= band_json(change.notice.volumes[volume].band)
    if isinstance(change, PlaceShift):
        said |= {"bearing_deg": change.arrow.bearing_deg, "distance_m": change.arrow.distance_m}
    if isinstance(change, Trimmed):
        said["kept_share"] = round(change.kept_share, 4)
    if isinstance(change, PlaceShift | Trimmed):
        said["features"] = json.loads(write_notices([change.notice]))["features"]
    return said


def band_json(band: Band) -> dict[str, Any]:
    return {"lower": _limit_json(band.lower), "upper": _limit_json(band.upper)}


def lines(found: Instead, volume: int) -> Iterator[str]:
    """Every way of one notice, then what there is not."""
    if found.every is None:
        return
    for offer in found.every.offers:
        yield _said(offer, volume)
    none = [_NONE[answer.way] for answer in not_offered(found)]
    if none:
        yield ", ".join(none)


def not_offered(found: Instead) -> tuple[NotOffered, ...]:
    """Start and altitude together are not missed where one of the two alone is nearer."""
    every = found.every.not_offered if found.every is not None else ()
    return tuple(answer for answer in every if answer.why is not Why.NOT_NEARER)


def spelled(band: Band) -> str:
    lower, upper = band.lower, band.upper
    if lower.datum is upper.datum:
        return f"{lower.feet:,} to {upper.feet:,} ft {upper.datum.value}"
    return f"{lower.feet:,} ft {lower.datum.value} to {upper.feet:,} ft {upper.datum.value}"


def _said(offer: Offer, volume: int) -> str:
    change = offer.change
    match change:
        case TimeShift():
            return f"from {format_zulu(change.notice.span.start_s)}"
        case BandShift():
            return spelled(change.notice.volumes[volume].band)
        case BothShift():
            start = format_zulu(change.notice.span.start_s)
            return f"from {start}, {spelled(change.notice.volumes[volume].band)}"
        case PlaceShift():
            return f"{change.arrow.distance_m:,.0f} m towards {change.arrow.bearing_deg:06.2f}°"
        case Trimmed():
            return f"over {int(change.kept_share * 100)} % of its area (the shape: --json)"


def _limit_json(altitude: Altitude) -> dict[str, Any]:
    return {"value": altitude.feet, "unit": "ft", "datum": altitude.datum.value}
