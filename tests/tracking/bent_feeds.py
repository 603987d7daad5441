# SPDX-License-Identifier: Apache-2.0
"""Real examples of every feed that we read, and what must hold whatever becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import asterix.generated as generated
import numpy as np
from pyais.encode import encode_dict
from tests.tracking.asterix_made import NOW_MS, adsb_record, block, radar_record, system_record

from steerclear.model.space import Position
from steerclear.model.time import Instant
from steerclear.tracking.ais import AisReader
from steerclear.tracking.asterix import AsterixReader, Station
from steerclear.tracking.cot import CotReader
from steerclear.tracking.feeding import Heard, Reader
from steerclear.tracking.mode_s import AvrReader, BeastReader
from steerclear.tracking.picture import Picture
from steerclear.tracking.readsb import read_aircraft_json
from steerclear.tracking.sbs import SbsReader

__all__ = ["READERS", "SEEDS", "read"]

NOW: Final = Instant(NOW_MS)
_WHOLE_ONLY: Final = ("readsb", "avr", "beast")
"""A file comes whole; and rs1090 drops a place that leaps within one call, but not from call to call."""
_REPLIES: Final = (
    "8D40621D58C382D690C8AC2863A7", "8D485020994409940838175B284F", "02E197B00179C3",
    "8C4841753A9A153237AEF0F275BE", "8D40621D58C386435CC412692AD6",
)  # fmt: skip
_STAMP: Final = b"2025/09/04,15:33:20.000,2025/09/04,15:33:20.000"
_EVENT: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<event version="2.0" uid="UNIT-7" type="a-f-A-M-F" how="m-g" '
    b'time="2025-09-04T15:33:19Z" start="2025-09-04T15:33:19Z" stale="2025-09-04T15:38:19Z">'
    b'<point lat="34.5" lon="36.25" hae="3048.0" ce="45.0" le="9999999"/>'
    b'<detail><track speed="200.0" course="180.0"/></detail></event>'
)


def _ais(**more: Any) -> bytes:
    told = {
        "mmsi": 271_000_123,
        "lat": 34.5,
        "lon": 35.75,
        "speed": 20.0,
        "course": 90.0,
        "second": 18,
    } | more
    return "".join(f"{line}\r\n" for line in encode_dict(told, sentence_type="VDM")).encode()


def _beast(reply: str) -> bytes:
    body = bytes(6) + b"\x1a" + bytes.fromhex(reply)
    return b"\x1a" + (b"\x33" if len(reply) == 28 else b"\x32") + body.replace(b"\x1a", b"\x1a\x1a")


class _WholeFile:
    """A file that is fetched, as a reader of the bytes that came."""

    def feed(self, chunk: bytes, _now: Instant) -> Heard:
        return read_aircraft_json(chunk)

    def cut(self) -> int:
        return 0


def _asterix() -> AsterixReader:
    return AsterixReader(stations={(25, 201): Station(Position(340_000_000, 360_000_000), 500.0)})


READERS: Final[dict[str, Callable[[], Reader]]] = {
    "ais": AisReader,
    "asterix": _asterix,
    "avr": AvrReader,
    "beast": BeastReader,
    "cot": CotReader,
    "readsb": _WholeFile,
    "sbs": SbsReader,
}

SEEDS: Final[dict[str, tuple[bytes, ...]]] = {
    "ais": (_ais(type=1) + _ais(type=18), _ais(type=19, shipname="X"), _ais(type=9, alt=300), _ais(type=5)),
    "asterix": (
        block(generated.Cat_021_2_6, adsb_record(), adsb_record()),
        block(generated.Cat_048_1_31, radar_record(), radar_record(_220=None)),
        block(generated.Cat_062_1_20, system_record(_380={"ADR": 0x4CA2D6}), system_record()),
        b"\x22\x00\x07\xc0\x01\x02\x01" + block(generated.Cat_021_2_6, adsb_record()),
    ),
    "avr": ("".join(f"*{reply};\n" for reply in _REPLIES).encode(),),
    "beast": (b"".join(map(_beast, _REPLIES)),),
    "cot": (_EVENT, _EVENT + _EVENT),
    "readsb": (
        b"".join(
            (
                b'{"now": 1757000000.0, "messages": 7, "aircraft": [{"hex": "4ca2d6", "alt_baro": 35000, ',
                b'"gs": 480.5, "track": 90.1, "lat": 34.5, "lon": 36.25, "seen_pos": 1.5, "rc": 186, ',
                b'"baro_rate": -64}, {"hex": "~2a0001", "alt_baro": "ground", "lat": 34.6, "lon": 36.0}]}',
            )
        ),
    ),
    "sbs": (
        b"MSG,3,1,1,4CA2D6,1," + _STAMP + b",,35000,,,34.5,36.25,,,0,0,0,0\r\n"
        b"MSG,4,1,1,4CA2D6,1," + _STAMP + b",,,480.0,90.0,,,-1024,,0,0,0,0\r\n"
        b"MSG,3,1,1,4CA2D6,1," + _STAMP + b",,35000,,,34.5,36.26,,,0,0,0,-1\r\n",
    ),
}


def read(kind: str, data: bytes, picture: Picture) -> int:
    """Read it by itself, and take it. Returns how many reports it gave.

    Asserts that it is read alike whole and in two pieces, that numbers are in range, and that no more is kept
    of it than it was.
    """
    reader = READERS[kind]()
    heard = reader.feed(data, NOW)
    columns = heard.reports.columns
    assert all(len(column) == len(heard.reports) for column in columns)
    assert (np.abs(columns.lat_e7.astype(np.int64)) <= 900_000_000).all()
    assert (np.abs(columns.lon_e7.astype(np.int64)) <= 1_800_000_000).all()
    assert (columns.uncertain >= 0).all()
    assert all(isinstance(ref, str) and 0 < len(ref) <= 120 for ref in heard.reports.refs.tolist())
    assert all(count > 0 for count in (+heard.dropped).values())
    assert reader.cut() <= len(data)
    if kind not in _WHOLE_ONLY:
        again = READERS[kind]()
        half = len(data) // 2
        parts = [again.feed(part, NOW).reports.refs.tolist() for part in (data[:half], data[half:])]
        assert parts[0] + parts[1] == heard.reports.refs.tolist()
    picture.take(heard.reports, NOW)
    return len(heard.reports)
