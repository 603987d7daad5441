# SPDX-License-Identifier: Apache-2.0
"""What does the ``aircraft.json`` of readsb, tar1090 or dump1090 say of where aircraft are?

A report is as old as the file says that its position is. Pressure altitude is preferred to the geometric one;
``rc`` (radius of containment, m) is the uncertainty.
Source: readsb's README-json.md.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any, Final

from steerclear.model.space import Datum
from steerclear.tracking.feeding import Heard, Row, e7_of
from steerclear.tracking.reports import DATUM_OF, NO_DATUM

__all__ = ["read_aircraft_json"]

_LARGEST: Final = 64 << 20
_LATEST_S: Final = 253_402_300_799
_KNOT_MM_S: Final = 1_852_000 / 3_600
_UNCERTAIN_MM: Final = 185_200


def read_aircraft_json(text: bytes, *, whose: int = -1) -> Heard:
    """All aircraft of one file. What cannot be read is counted, the file as a whole (``no-json``) too."""
    dropped: Counter[str] = Counter()
    refs: list[str] = []
    rows: list[Row] = []
    for one, at_s in _aircraft(text, dropped):
        row = _row(one, at_s, whose)
        if isinstance(row, str):
            dropped[row] += 1
            continue
        refs.append(_ref(one))
        rows.append(row)
    return Heard.of(refs, rows, dropped)


def _aircraft(text: bytes, dropped: Counter[str]) -> list[tuple[dict[str, Any], float]]:
    if len(text) > _LARGEST:
        dropped["file-too-large"] += 1
        return []
    try:
        whole = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        dropped["no-json"] += 1
        return []
    at_s = _number(whole.get("now")) if isinstance(whole, dict) else None
    listed = whole.get("aircraft") if isinstance(whole, dict) else None
    if at_s is None or not 0 <= at_s <= _LATEST_S or not isinstance(listed, list):
        dropped["no-aircraft-file"] += 1
        return []
    kept = [one for one in listed if isinstance(one, dict)]
    dropped["no-aircraft"] += len(listed) - len(kept)
    return [(one, at_s) for one in kept]


def _refused(constant: str) -> float:
    raise ValueError(constant)


def _number(value: Any) -> float | None:
    """A finite number that fits what is done with it; a flag is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e15 < value < 1e15:
        return None
    return float(value)


def _ref(one: dict[str, Any]) -> str:
    return f"icao:{str(one['hex']).lower()}"


def _row(one: dict[str, Any], at_s: float, whose: int) -> Row | str:
    name = one.get("hex")
    if not isinstance(name, str) or not 6 <= len(name) <= 7 or (not name.isalnum() and name[0] != "~"):
        return "no-address"
    lat, lon = _number(one.get("lat")), _number(one.get("lon"))
    if lat is None or lon is None:
        return "no-place"
    place, age_s = e7_of(lat, lon), _number(one.get("seen_pos", 0.0))
    if place is None or age_s is None or not 0 <= age_s < 1e6:
        return "out-of-range"
    datum, feet = _height(one)
    east, north, known = _velocity(one)
    climb = _number(one.get("baro_rate", one.get("geom_rate")))
    climbs = climb is not None and abs(climb) < 1e6
    around = _number(one.get("rc"))
    uncertain = round(around * 1000) if around is not None and 0 < around < 1e6 else _UNCERTAIN_MM
    return (
        whose, round((at_s - age_s) * 1000), *place, datum, feet,
        east, north, known, round(climb) if climbs and climb is not None else 0, climbs, uncertain,
    )  # fmt: skip


def _height(one: dict[str, Any]) -> tuple[int, int]:
    for name, datum in (("alt_baro", Datum.STD), ("alt_geom", Datum.WGS84)):
        if one.get(name) == "ground":
            return NO_DATUM, 0
        feet = _number(one.get(name))
        if feet is not None and abs(feet) < 1e6:
            return DATUM_OF[datum], round(feet)
    return NO_DATUM, 0


def _velocity(one: dict[str, Any]) -> tuple[int, int, bool]:
    speed, track = _number(one.get("gs")), _number(one.get("track"))
    if speed is None or track is None or not 0 <= speed < 1e5 or abs(track) > 720:
        return 0, 0, False
    turned = math.radians(track)
    return round(speed * _KNOT_MM_S * math.sin(turned)), round(speed * _KNOT_MM_S * math.cos(turned)), True
