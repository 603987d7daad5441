# SPDX-License-Identifier: Apache-2.0
"""The work of the live picture's benchmark: tracks, areas and the bytes of feeds, made from a seed."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from steerclear.model.space import Altitude, Band, Datum, Polygon, Position, Volume
from steerclear.model.time import Instant, TimeSpan
from steerclear.tracking import Area, Columns, Reports

__all__ = [
    "NOW",
    "ais_bytes",
    "areas_of",
    "asterix_bytes",
    "avr_bytes",
    "cot_bytes",
    "reports_of",
    "sbs_bytes",
]

NOW: Final = Instant(1_757_000_000_000)
_LAT: Final = 35.0
_LON: Final = 38.0
_KM_A_DEGREE: Final = 111.2


def reports_of(count: int, side_km: float, seed: int) -> Reports:
    """Airliners' speeds, whole hundreds of feet up to 60,000, half of them level; all seen now."""
    chance = np.random.default_rng(seed)
    half = side_km / 2 / _KM_A_DEGREE
    lat = _LAT + chance.uniform(-half, half, count)
    lon = _LON + chance.uniform(-half, half, count) / np.cos(np.radians(lat))
    heading, speed = chance.uniform(0, 2 * np.pi, count), chance.uniform(100, 250, count)
    refs = np.empty(count, dtype=object)
    refs[:] = [f"t{number:06}" for number in range(count)]
    yes, zero = np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.int64)
    return Reports(
        refs,
        Columns(
            whose=np.full(count, -1, dtype=np.int8),
            seen_at=np.full(count, NOW, dtype=np.int64),
            lat_e7=np.round(lat * 1e7).astype(np.int32),
            lon_e7=np.round(lon * 1e7).astype(np.int32),
            datum=np.full(count, 2, dtype=np.int8),
            feet=(chance.integers(0, 600, count) * 100).astype(np.int32),
            east=np.round(speed * np.sin(heading) * 1000).astype(np.int32),
            north=np.round(speed * np.cos(heading) * 1000).astype(np.int32),
            speed_known=yes,
            climb=chance.choice([0, 0, 1_500, -1_500], count).astype(np.int32),
            climb_known=yes,
            uncertain=zero,
        ),
    )


def areas_of(count: int, side_km: float, seed: int) -> list[Area]:
    """Octagons of 5 to 100 km, 1,000 to 10,000 ft thick between 0 and 60,000 ft, all hot."""
    chance = np.random.default_rng(seed)
    half = side_km / 2 / _KM_A_DEGREE
    span = TimeSpan(NOW // 1000 - 3_600, NOW // 1000 + 3_600)
    made = []
    for number in range(count):
        lat = _LAT + chance.uniform(-half, half)
        lon = _LON + chance.uniform(-half, half) / math.cos(math.radians(lat))
        radius = 2.5 * 20.0 ** chance.uniform() / _KM_A_DEGREE
        ring = tuple(
            Position(
                round((lat + radius * math.cos(turn)) * 1e7),
                round((lon + radius * math.sin(turn) / math.cos(math.radians(lat))) * 1e7),
            )
            for turn in np.linspace(0, 2 * np.pi, 8, endpoint=False).tolist()
        )
        low = int(chance.integers(0, 500)) * 100
        high = low + int(chance.integers(10, 100)) * 100
        band = Band(Altitude(low, Datum.STD), Altitude(high, Datum.STD))
        made.append(Area(f"n{number}", Volume(Polygon(ring), band, span)))
    return made


def sbs_bytes(lines: int) -> bytes:
    """Positions and velocities of 20,000 aircraft, one after the other."""
    stamp = "2025/09/04,15:33:20.000,2025/09/04,15:33:20.000"
    made = []
    for number in range(lines):
        name = f"{number // 2 % 20_000:06X}"
        if number % 2:
            made.append(f"MSG,3,1,1,{name},1,{stamp},,35000,,,34.51234,36.25123,,,0,0,0,0\r\n")
        else:
            made.append(f"MSG,4,1,1,{name},1,{stamp},,,480.0,90.0,,,-1024,,0,0,0,0\r\n")
    return "".join(made).encode()


def cot_bytes(events: int) -> bytes:
    """Events as a TAK client writes them, 400 bytes each."""
    return "".join(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<event version="2.0" uid="UNIT-{number}" type="a-f-A-M-F" how="m-g" '
        'time="2025-09-04T15:33:19.000Z" start="2025-09-04T15:33:19.000Z" stale="2025-09-04T15:38:19.000Z">'
        '<point lat="34.5" lon="36.25" hae="3048.0" ce="45.0" le="9999999"/><detail><contact callsign="X"/>'
        '<__group name="Cyan" role="Team Member"/><track speed="200.0" course="180.0"/></detail></event>'
        for number in range(events)
    ).encode()


def asterix_bytes(records: int, category: int) -> bytes:
    """Ten records a block: who, when, where, how high and how fast, of 20,000 aircraft in turn."""
    of_day = (NOW % 86_400_000 * 128 // 1000).to_bytes(3, "big")
    made = _adsb if category == 21 else _system
    blocks = []
    for first in range(0, records, 10):
        body = b"".join(made(number % 20_000, of_day) for number in range(first, first + 10))
        blocks.append(bytes([category]) + (len(body) + 3).to_bytes(2, "big") + body)
    return b"".join(blocks)


def _adsb(number: int, of_day: bytes) -> bytes:
    """Items 010, 131, 080, 073, 145 and 160 of category 21."""
    place = (0x0C444444 + number * 100).to_bytes(4, "big") + b"\x0c\xe3\x8e\x39"
    told = number.to_bytes(3, "big") + of_day + b"\x05\x78" + b"\x08\x89\x40\x00"
    return b"\x83\x19\x03\x08" + b"\x19\xc9" + place + told


def _system(number: int, of_day: bytes) -> bytes:
    """Items 010, 070, 105, 185, 040, 136 and 220 of category 62."""
    place = (0x00622222 + number * 10).to_bytes(4, "big") + b"\x00\x67\x1c\x71"
    told = b"\x03\x20\x00\x00" + number.to_bytes(2, "big") + b"\x05\x78" + b"\xff\x5c"
    return b"\x9b\x09\x24" + b"\x19\xc9" + of_day + place + told


def avr_bytes(replies: int) -> bytes:
    """A place in two halves, again and again, and short replies between."""
    places, short = ("8D40621D58C382D690C8AC2863A7", "8D40621D58C386435CC412692AD6"), "02E197B00179C3"
    told = "".join(f"*{place};\n*{short};\n" for place in places)
    return told.encode() * (replies // 4)


def ais_bytes(sentences: int) -> bytes:
    """A ship at sea, again and again."""
    body = b"AIVDM,1,1,,A,142LR>h02050<PhFK0f@0?v`0000,0"
    total = 0
    for one in body:
        total ^= one
    return b"!%s*%02X\r\n" % (body, total) * sentences
