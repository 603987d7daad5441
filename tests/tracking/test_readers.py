# SPDX-License-Identifier: Apache-2.0
"""SBS, readsb and CoT: what they say is read, what they cannot mean is counted, and garbage does no harm."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest
from tests.effort import effort

from steerclear.model.time import Instant
from steerclear.tracking.cot import CotReader
from steerclear.tracking.feeding import Heard, Reader
from steerclear.tracking.picture import Picture
from steerclear.tracking.readsb import read_aircraft_json
from steerclear.tracking.sbs import SbsReader

NOW = Instant(1_757_000_000_000)
POSITION = (
    b"MSG,3,1,1,4CA2D6,1,2025/09/04,15:33:20.000,2025/09/04,15:33:20.000,,35000,,,34.5,36.25,,,0,0,0,0\r\n"
)
SPEED = (
    b"MSG,4,1,1,4CA2D6,1,2025/09/04,15:33:20.000,2025/09/04,15:33:20.000,,,480.0,90.0,,,-1024,,0,0,0,0\r\n"
)


def rows(heard: Heard) -> list[dict[str, Any]]:
    columns = {name: column.tolist() for name, column in heard.reports.columns._asdict().items()}
    refs = heard.reports.refs.tolist()
    return [
        {"ref": ref} | {name: column[at] for name, column in columns.items()} for at, ref in enumerate(refs)
    ]


# --------------------------------------------------------------------------------------------------- SBS


def test_a_position_is_a_report_and_takes_the_velocity_heard_last() -> None:
    reader = SbsReader()
    [first] = rows(reader.feed(POSITION, NOW))
    assert (first["ref"], first["lat_e7"], first["lon_e7"]) == ("icao:4ca2d6", 345_000_000, 362_500_000)
    assert (first["datum"], first["feet"], first["speed_known"], first["climb_known"]) == (
        2,
        35_000,
        False,
        False,
    )
    [second] = rows(reader.feed(SPEED + POSITION, Instant(NOW + 1_000)))
    assert (second["east"], second["north"], second["climb"]) == (246_933, 0, -1_024)
    [later] = rows(reader.feed(POSITION, Instant(NOW + 11_001)))
    assert (later["east"], later["speed_known"]) == (0, False)


def test_a_line_may_come_in_pieces_and_a_line_without_end_is_cut_off() -> None:
    reader = SbsReader()
    found = [rows(reader.feed(POSITION[at : at + 7], NOW)) for at in range(0, len(POSITION), 7)]
    assert [len(one) for one in found] == [0] * (len(found) - 1) + [1]
    dropped = [reader.feed(b"x" * 400, NOW).dropped for _ in range(4)]
    assert sum(one["line-too-long"] for one in dropped) == 1
    assert len(rows(reader.feed(b"\n" + POSITION, NOW))) == 1


SBS_FAULTS = [
    (POSITION.replace(b"4CA2D6", b"4CA2"), "no-address"),
    (POSITION.replace(b"34.5", b""), "no-place"),
    (POSITION.replace(b"34.5", b"134.5"), "out-of-range"),
    (POSITION.replace(b"34.5", b"nan"), "out-of-range"),
    (POSITION.replace(b"35000", b"99999999999"), "out-of-range"),
    (POSITION.replace(b"35000", b"high"), "no-number"),
    (SPEED.replace(b"480.0", b"-1e300"), "out-of-range"),
    (SPEED.replace(b"90.0", b"inf"), "no-number"),
    (SPEED.replace(b"480.0", b""), "no-speed"),
    (b"GET / HTTP/1.1\r\n", "no-sbs-line"),
]


@pytest.mark.parametrize(("line", "cause"), SBS_FAULTS)
def test_what_sbs_cannot_mean_is_counted_by_cause(line: bytes, cause: str) -> None:
    heard = SbsReader().feed(line, NOW)
    assert (len(heard.reports), dict(heard.dropped)) == (0, {cause: 1})


def test_on_the_ground_there_is_no_height_and_other_messages_are_silent() -> None:
    [row] = rows(SbsReader().feed(POSITION.replace(b"0,0,0,0\r\n", b"0,0,0,-1\r\n"), NOW))
    assert (row["datum"], row["feet"]) == (-1, 0)
    silent = b"AIR,,1,1,4CA2D6,1,a,b,c,d\r\nMSG,8,1,1,4CA2D6,1,,,,,,,,,,,,,,,,0\r\n\r\n"
    assert SbsReader().feed(silent, NOW).dropped.total() == 0


# ------------------------------------------------------------------------------------------------- readsb


def aircraft(**fields: Any) -> bytes:
    one = {
        "hex": "4ca2d6",
        "alt_baro": 35_000,
        "gs": 480.0,
        "track": 90.0,
        "lat": 34.5,
        "lon": 36.25,
    } | fields
    return json.dumps({"now": NOW / 1000, "aircraft": [one]}).encode()


def test_an_aircraft_of_readsb_is_as_old_as_the_file_says() -> None:
    [row] = rows(read_aircraft_json(aircraft(seen_pos=2.5, rc=186, baro_rate=-64)))
    assert (row["ref"], row["seen_at"], row["uncertain"]) == ("icao:4ca2d6", NOW - 2_500, 186_000)
    assert (row["datum"], row["feet"], row["east"], row["climb"]) == (2, 35_000, 246_933, -64)


def test_the_geometric_height_stands_in_and_the_ground_has_none() -> None:
    [geometric] = rows(read_aircraft_json(aircraft(alt_baro=None, alt_geom=34_000)))
    assert (geometric["datum"], geometric["feet"]) == (1, 34_000)
    [ground] = rows(read_aircraft_json(aircraft(alt_baro="ground", alt_geom=300)))
    assert ground["datum"] == -1


READSB_FAULTS = [
    (aircraft(hex=7), "no-address"),
    (aircraft(lat="34"), "no-place"),
    (aircraft(lat=95), "out-of-range"),
    (aircraft(seen_pos=-1), "out-of-range"),
    (aircraft(lat=True), "no-place"),
    (b'{"now": NaN, "aircraft": []}', "no-json"),
    (b'{"now": 1e400, "aircraft": []}', "no-aircraft-file"),
    (b'{"now": 1, "aircraft": {}}', "no-aircraft-file"),
    (b'{"now": 1, "aircraft": [1]}', "no-aircraft"),
    (b"[" * 100_000, "no-json"),
    (b"\xff\xfe", "no-json"),
    (b"[]", "no-aircraft-file"),
]


@pytest.mark.parametrize(("text", "cause"), READSB_FAULTS)
def test_what_readsb_cannot_mean_is_counted_by_cause(text: bytes, cause: str) -> None:
    heard = read_aircraft_json(text)
    assert (len(heard.reports), dict(+heard.dropped)) == (0, {cause: 1})


def test_a_speed_or_height_that_is_none_leaves_the_place() -> None:
    [row] = rows(read_aircraft_json(aircraft(gs="fast", alt_baro=1e300, baro_rate=1e9)))
    assert (row["speed_known"], row["datum"], row["climb_known"]) == (False, -1, False)


# --------------------------------------------------------------------------------------------------- CoT

EVENT = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<event version="2.0" uid="UNIT-7" type="a-f-A-M-F" how="m-g" '
    b'time="2025-09-04T15:33:19Z" start="2025-09-04T15:33:19Z" stale="2025-09-04T15:38:19Z">'
    b'<point lat="34.5" lon="36.25" hae="3048.0" ce="45.0" le="9999999"/>'
    b'<detail><track speed="200.0" course="180.0"/></detail></event>'
)


def test_an_atom_is_a_report_above_the_ellipsoid() -> None:
    [row] = rows(CotReader(whose=1).feed(EVENT, NOW))
    assert (row["ref"], row["whose"], row["seen_at"]) == ("cot:UNIT-7", 1, NOW - 1_000)
    assert (row["datum"], row["feet"], row["uncertain"]) == (1, 10_000, 45_000)
    assert (row["east"], row["north"], row["speed_known"]) == (0, -200_000, True)


def test_events_may_come_in_pieces_and_back_to_back() -> None:
    reader, stream = CotReader(), EVENT * 3
    found = [len(reader.feed(stream[at : at + 11], NOW).reports) for at in range(0, len(stream), 11)]
    assert sum(found) == 3


def test_unknown_is_none_and_not_nine_million() -> None:
    text = EVENT.replace(b'hae="3048.0" ce="45.0"', b'hae="9999999.0" ce="9999999"')
    [row] = rows(CotReader().feed(text, NOW))
    assert (row["datum"], row["uncertain"]) == (-1, 1_000_000)


BOMB = b'<!DOCTYPE event [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
COT_FAULTS = [
    (EVENT.replace(b"a-f-A-M-F", b"b-t-f"), "not-a-track"),
    (EVENT.replace(b"UNIT-7", "é".encode()), "no-name"),
    (EVENT.replace(b'stale="2025-09-04T15:38', b'stale="2025-09-04T15:31'), "stale"),
    (EVENT.replace(b'time="2025-09-04T15:33:19Z" start', b'time="yesterday" start'), "no-time"),
    (EVENT.replace(b'lat="34.5"', b'lat="inf"'), "no-place"),
    (EVENT.replace(b"<point", b"<dot"), "no-place"),
    (EVENT.replace(b"<detail>", b"<detail><![CDATA[x]]>"), "declares-something"),
    (EVENT.replace(b"<detail>", b"<detail>" + BOMB), "declares-something"),
    (EVENT.replace(b"<detail>", b"<detail>&lol;"), "no-xml"),
    (EVENT.replace(b"<detail>", b"<detail>\xff"), "no-xml"),
    (EVENT.replace(b"</detail>", b""), "no-xml"),
    (b"<message></message></event>", "no-event"),
]


@pytest.mark.parametrize(("text", "cause"), COT_FAULTS)
def test_what_cot_cannot_mean_is_counted_by_cause(text: bytes, cause: str) -> None:
    heard = CotReader().feed(text, NOW)
    assert (len(heard.reports), dict(heard.dropped)) == (0, {cause: 1})


def test_an_entity_declared_before_the_event_is_not_known_inside_of_it() -> None:
    text = BOMB + EVENT.replace(b"<detail>", b"<detail>&b;")
    assert len(CotReader().feed(text, NOW).reports) == 0


def test_an_event_without_end_takes_no_more_than_its_bound() -> None:
    reader, dropped = CotReader(), 0
    for _ in range(100):
        dropped += reader.feed(b"<event " + b"a" * 9_000, NOW).dropped.total()
    assert dropped > 5
    assert len(reader._rest) <= 65_536
    assert len(reader.feed(b"</event>" + EVENT, NOW).reports) == 1


# ------------------------------------------------------------------------------------------------ garbage


def mangled(chance: random.Random, text: bytes) -> bytes:
    """A few bytes of it changed, cut out, doubled or made up."""
    data = bytearray(text)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(9)))
            case 1:
                del data[at : at + chance.randrange(20)]
            case 2:
                data[at:at] = data[at : at + chance.randrange(40)]
            case _:
                data[at : at + 1] = chance.choice(
                    (b"-", b"9" * 30, b"1e999", b"\x00", b"nan", b'"', b"<", b",")
                )
    return bytes(data)


SAMPLES = {
    "sbs": (SbsReader, POSITION + SPEED + POSITION),
    "cot": (CotReader, EVENT + EVENT),
}


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_no_garbage_stops_a_reader_and_a_good_line_after_it_is_read(kind: str) -> None:
    make, sample = SAMPLES[kind]
    chance = random.Random(kind)
    reader: Reader = make()
    picture = Picture()
    for _ in range(effort(test=1_500, ci=60_000, soak=5_000_000)):
        heard = reader.feed(mangled(chance, sample), NOW)
        picture.take(heard.reports, NOW)
    fresh = reader.feed(b"\n</event>\n" + sample, NOW)
    assert len(fresh.reports) >= 1
    lat = picture.newest()[1].lat_e7.astype(np.int64)
    assert (np.abs(lat) <= 900_000_000).all()


def test_no_garbage_stops_readsb() -> None:
    chance, sample = random.Random("readsb"), aircraft(seen_pos=1, rc=9)
    for _ in range(effort(test=1_500, ci=60_000, soak=5_000_000)):
        Picture().take(read_aircraft_json(mangled(chance, sample)).reports, NOW)
