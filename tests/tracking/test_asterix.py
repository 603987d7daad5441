# SPDX-License-Identifier: Apache-2.0
"""ASTERIX encoded by libasterix is read as it was meant, to the last item, or dropped and counted."""

from __future__ import annotations

import math
import random
from typing import Any

import asterix.generated as generated
import pytest
from geographiclib.geodesic import Geodesic
from tests.effort import effort
from tests.tracking.asterix_made import (
    EDITIONS,
    NOW_MS,
    OF_DAY_S,
    adsb,
    adsb_record,
    block,
    radar_record,
    system_record,
)

from steerclear.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M
from steerclear.model.space import Position
from steerclear.model.time import Instant
from steerclear.tracking.asterix import AsterixReader, Station
from steerclear.tracking.asterix_items import ITEMS
from steerclear.tracking.feeding import Heard

NOW = Instant(NOW_MS)
HOME = Position(340_000_000, 360_000_000)
STATIONS = {(25, 201): Station(HOME, 500.0)}
CATEGORIES = {
    21: (generated.Cat_021_2_6, adsb_record),
    48: (generated.Cat_048_1_31, radar_record),
    62: (generated.Cat_062_1_20, system_record),
}


def reader() -> AsterixReader:
    return AsterixReader(stations=STATIONS)


def rows(heard: Heard) -> list[dict[str, Any]]:
    columns = {name: column.tolist() for name, column in heard.reports.columns._asdict().items()}
    refs = heard.reports.refs.tolist()
    return [
        {"ref": ref} | {name: column[at] for name, column in columns.items()} for at, ref in enumerate(refs)
    ]


def one_row(data: bytes) -> dict[str, Any]:
    heard = reader().feed(data, NOW)
    [row] = rows(heard)
    assert not heard.dropped
    return row


def test_our_lists_of_items_are_those_of_every_edition_that_libasterix_has() -> None:
    assert {number for _, number in EDITIONS} == set(ITEMS)
    assert {name: listed for (name, _), listed in EDITIONS.items()} == {
        name: ITEMS[number] for name, number in EDITIONS
    }


# ------------------------------------------------------------------------------------------- what is told


def test_an_ads_b_report_says_who_when_where_how_high_and_how_fast() -> None:
    row = one_row(adsb())
    assert (row["ref"], row["lat_e7"], row["lon_e7"]) == ("icao:4ca2d6", 345_000_000, 362_500_000)
    assert abs(row["seen_at"] - NOW) <= 8
    assert (row["datum"], row["feet"], row["climb"], row["climb_known"]) == (2, 35_000, -1_025, True)
    assert row["east"] == pytest.approx(246_933, abs=60)
    assert (row["north"], row["speed_known"], row["uncertain"]) == (0, True, 185_200)


def test_what_an_ads_b_report_leaves_out_is_unknown() -> None:
    row = one_row(adsb(_145=None, _160=None, _155=None))
    assert (row["datum"], row["speed_known"], row["climb_known"]) == (-1, False, False)
    low = one_row(adsb(_131=None, _130=(("LAT", (-34.5, "°")), ("LON", (-36.25, "°")))))
    assert low["lat_e7"] == pytest.approx(-345_000_000, abs=110)
    assert low["lon_e7"] == pytest.approx(-362_500_000, abs=110)
    geometric = one_row(adsb(_145=None, _140=(10_000, "ft")))
    assert (geometric["datum"], geometric["feet"]) == (1, 10_000)
    beyond = one_row(adsb(_160=(("RE", 1), ("GS", (0.2, "NM/s")), ("TA", (90.0, "°")))))
    assert not beyond["speed_known"]


def test_the_accuracy_of_a_position_is_what_nacp_says() -> None:
    first = (("NUCRNACV", 0), ("NUCPNIC", 8), None)
    second = (("NICBARO", 0), ("SIL", 0), ("NACP", 9), None)
    assert one_row(adsb(_090=[first, second]))["uncertain"] == 30_000
    assert one_row(adsb(_090=[first]))["uncertain"] == 185_200


def test_on_the_ground_there_is_no_height_and_an_address_that_is_not_icaos_says_so() -> None:
    first = (("ATP", 2), ("ARC", 0), ("RC", 0), ("RAB", 0), None)
    second = (("DCR", 0), ("GBS", 1), ("SIM", 0), ("TST", 0), ("SAA", 0), ("CL", 0), None)
    row = one_row(adsb(_040=[first, second]))
    assert (row["ref"], row["datum"]) == ("icao:~4ca2d6", -1)


@pytest.mark.parametrize("height_ft", [0, 10_000, 35_000])
@pytest.mark.parametrize("bearing", [0.0, 30.0, 180.0, 271.5])
@pytest.mark.parametrize("lat", [0.0, 34.0, -62.0])
def test_a_radar_plot_lies_where_its_range_and_bearing_were_measured(
    lat: float, bearing: float, height_ft: int
) -> None:
    site = Position(round(lat * 1e7), 1_799_000_000)
    there = Geodesic.WGS84.Direct(lat, site.lon_deg, bearing, 111_120.0)
    slant_nm, seen_deg = seen_from(lat, site.lon_deg, 500.0, there["lat2"], there["lon2"], height_ft * 0.3048)
    plot = radar_record(
        _040=(("RHO", (slant_nm, "NM")), ("THETA", (seen_deg % 360.0, "°"))),
        _090=(("V", 0), ("G", 0), ("FL", (height_ft / 100, "FL"))),
    )
    one = AsterixReader(stations={(25, 201): Station(site, 500.0)})
    [row] = rows(one.feed(block(generated.Cat_048_1_31, plot), NOW))
    off = Geodesic.WGS84.Inverse(there["lat2"], there["lon2"], row["lat_e7"] / 1e7, row["lon_e7"] / 1e7)
    assert off["s12"] < 25.0  # 1/256 NM and 2π/65536 at 60 NM are 7 m and 11 m
    assert row["uncertain"] > 150_000


def seen_from(
    lat: float, lon: float, own_m: float, lat2: float, lon2: float, height_m: float
) -> tuple[float, float]:
    """Slant range (NM) and bearing, by the definition."""
    away = [b - a for a, b in zip(cartesian(lat, lon, own_m), cartesian(lat2, lon2, height_m), strict=True)]
    p, q = math.radians(lat), math.radians(lon)
    east = -math.sin(q) * away[0] + math.cos(q) * away[1]
    north = -math.sin(p) * math.cos(q) * away[0] - math.sin(p) * math.sin(q) * away[1] + math.cos(p) * away[2]
    return math.hypot(*away) / 1852.0, math.degrees(math.atan2(east, north))


def cartesian(lat: float, lon: float, height_m: float) -> tuple[float, float, float]:
    p, q = math.radians(lat), math.radians(lon)
    squashed = (SEMI_MINOR_M / SEMI_MAJOR_M) ** 2
    vertical = SEMI_MAJOR_M / math.sqrt(1 - (1 - squashed) * math.sin(p) ** 2)
    level = (vertical + height_m) * math.cos(p)
    return level * math.cos(q), level * math.sin(q), (vertical * squashed + height_m) * math.sin(p)


def test_a_plot_without_a_height_is_as_uncertain_as_its_slant() -> None:
    known = one_row(block(generated.Cat_048_1_31, radar_record()))
    near = (("RHO", (12.0, "NM")), ("THETA", (30.0, "°")))
    garbled = (("V", 0), ("G", 1), ("FL", (350, "FL")))
    unknown = one_row(block(generated.Cat_048_1_31, radar_record(_040=near, _090=garbled)))
    assert (known["datum"], unknown["datum"]) == (2, -1)
    assert unknown["uncertain"] > 3_000_000 > known["uncertain"]


def test_a_radar_of_three_dimensions_tells_a_height_and_a_plot_of_no_transponder_a_number() -> None:
    row = one_row(
        block(generated.Cat_048_1_31, radar_record(_090=None, _220=None, _110=(0, ("3DH", (10_000, "ft")))))
    )
    assert (row["ref"], row["datum"], row["feet"]) == ("radar:25.201.77", 0, 10_000)


def test_a_speed_is_turned_to_the_north_of_the_track() -> None:
    east_of = (("LAT", (34.0, "°")), ("LON", (41.0, "°")))
    row = one_row(block(generated.Cat_062_1_20, system_record(_105=east_of)))
    turn = Geodesic.WGS84.Inverse(34.0, 36.0, 34.0, 41.0)
    turned = math.radians(turn["azi2"] - turn["azi1"])
    assert row["east"] == pytest.approx(200_000 * math.cos(turned), abs=20)
    assert row["north"] == pytest.approx(-200_000 * math.sin(turned), abs=60)
    nobody = AsterixReader().feed(block(generated.Cat_062_1_20, system_record()), NOW)
    assert [one["speed_known"] for one in rows(nobody)] == [False]


def test_a_system_track_says_what_it_knows_and_keeps_the_address_that_it_told() -> None:
    address = {"_380": {"ADR": 0x4CA2D6}}
    accuracy = {"_500": {"APC": (("X", (30.0, "m")), ("Y", (40.0, "m")))}}
    one = reader()
    data = block(
        generated.Cat_062_1_20, system_record(), system_record(**address, **accuracy), system_record()
    )
    first, second, third = rows(one.feed(data, NOW))
    assert [row["ref"] for row in (first, second, third)] == [
        "radar:25.201.4711",
        "icao:4ca2d6",
        "icao:4ca2d6",
    ]
    assert (second["uncertain"], second["climb"], second["feet"]) == (100_000, -1_025, 35_000)
    [later] = rows(one.feed(block(generated.Cat_062_1_20, system_record()), Instant(NOW + 31_000)))
    assert later["ref"] == "radar:25.201.4711"


def test_heights_of_a_system_track_keep_their_datum() -> None:
    def height(**items: Any) -> tuple[int, int]:
        row = one_row(block(generated.Cat_062_1_20, system_record(_136=None, **items)))
        return row["datum"], row["feet"]

    assert height(_135=(("QNH", 0), ("CTB", (100, "FL")))) == (2, 10_000)
    assert height(_135=(("QNH", 1), ("CTB", (-4, "FL")))) == (0, -400)
    assert height(_130=(12_500, "ft")) == (1, 12_500)
    assert height() == (-1, 0)


def test_a_time_of_day_is_that_nearest_to_now() -> None:
    midnight = Instant(NOW - NOW % 86_400_000)
    for told_s, off_ms in ((86_399.0, -1_000), (1.0, 1_000)):
        [row] = rows(reader().feed(adsb(s=told_s), midnight))
        assert row["seen_at"] - midnight == off_ms


# -------------------------------------------------------------------------------------- what is not a track

SIMULATED_21 = [
    (("ATP", 0), ("ARC", 0), ("RC", 0), ("RAB", 0), None),
    (("DCR", 0), ("GBS", 0), ("SIM", 1), ("TST", 0), ("SAA", 0), ("CL", 0), None),
]
FIELD = [(("TYP", 5), ("SIM", 0), ("RDP", 0), ("SPI", 0), ("RAB", 1), None)]
NOTHING = [(("TYP", 0), ("SIM", 0), ("RDP", 0), ("SPI", 0), ("RAB", 0), None)]
FAULTS = [
    (21, {"_040": SIMULATED_21}, "simulated"),
    (48, {"_020": FIELD}, "simulated"),
    (48, {"_020": NOTHING}, "coasted"),
    (21, {"_080": None}, "no-name"),
    (48, {"_220": None, "_161": None}, "no-name"),
    (62, {"_040": None}, "no-name"),
    (21, {"_073": None, "_077": (OF_DAY_S, "s")}, "no-time"),
    (48, {"_140": (86_400.0, "s")}, "no-time"),
    (62, {"_070": None}, "no-time"),
    (21, {"_131": None}, "no-place"),
    (48, {"_040": None}, "no-place"),
    (62, {"_105": None}, "no-place"),
    (21, {"_131": (("LAT", (120.0, "°")), ("LON", (36.25, "°")))}, "out-of-range"),
    (48, {"_010": (("SAC", 1), ("SIC", 1))}, "unknown-radar"),
]


@pytest.mark.parametrize(("category", "items", "cause"), FAULTS)
def test_what_a_record_cannot_mean_is_counted_by_cause(
    category: int, items: dict[str, Any], cause: str
) -> None:
    encoder, made = CATEGORIES[category]
    heard = reader().feed(block(encoder, made(**items), made()), NOW)
    assert (len(heard.reports), dict(heard.dropped)) == (1, {cause: 1})


def test_a_simulated_or_coasted_system_track_is_no_report() -> None:
    # As octets: I062/080 with its second part (SIM), and with its fourth (CST).
    plain = block(generated.Cat_062_1_20, system_record())
    for status, cause in ((b"\x01\x80", "simulated"), (b"\x01\x01\x01\x80", "coasted")):
        assert dict(reader().feed(with_status(plain, status), NOW).dropped) == {cause: 1}


def with_status(plain: bytes, status: bytes) -> bytes:
    """The record with item 080 (the second octet's bit 2) put after 040."""
    assert plain[3] & 1
    fspec = bytes([plain[3], plain[4] | 0x04, *plain[5:6]])
    rest = plain[6:]
    after_040 = 2 + 3 + 8 + 4 + 2  # 010, 070, 105, 185, 040
    body = fspec + rest[:after_040] + status + rest[after_040:]
    return plain[:1] + (len(body) + 3).to_bytes(2, "big") + body


# ------------------------------------------------------------------------------------------------ garbage


def stream(count: int, chance: random.Random) -> bytes:
    made = []
    for number in range(count):
        encoder, record = CATEGORIES[chance.choice((21, 48, 62))]
        records = [record() for _ in range(chance.randrange(1, 4))]
        made.append(block(encoder, *records))
        if number % 7 == 0:
            made.append(b"\x22\x00\x07\xc0\x01\x02\x01")  # a service message
    return b"".join(made)


def test_a_stream_may_come_in_pieces_of_any_size() -> None:
    data = stream(40, random.Random(1))
    whole = rows(reader().feed(data, NOW))
    for size in (1, 3, 17, 1_000):
        one, found = reader(), []
        for at in range(0, len(data), size):
            heard = one.feed(data[at : at + size], NOW)
            assert not heard.dropped
            found += rows(heard)
        assert found == whole
        assert one.cut() == 0


def test_a_block_with_half_a_record_is_dropped_whole_and_the_next_is_read() -> None:
    two = block(generated.Cat_021_2_6, adsb_record(), adsb_record())
    short = two[:1] + (len(two) - 5).to_bytes(2, "big") + two[3:-5]
    heard = reader().feed(short + adsb(), NOW)
    assert (len(heard.reports), dict(heard.dropped)) == (1, {"bad-block": 1})


def test_a_record_with_a_spare_item_is_none() -> None:
    plain = block(generated.Cat_062_1_20, system_record())
    spare = plain[:3] + bytes([plain[3] | 0x40]) + plain[4:]  # the second item of category 62 is spare
    assert dict(reader().feed(spare, NOW).dropped) == {"bad-block": 1}


def test_the_reader_finds_its_way_after_garbage_and_counts_it_once() -> None:
    for garbage in (b"\x00" * 50, b"GET / HTTP/1.1\r\n\r\n", bytes(range(200, 256)), b"\x15\x00\x02"):
        heard = reader().feed(garbage + adsb() * 3, NOW)
        assert len(heard.reports) == 3
        assert heard.dropped["not-asterix"] == 1


def test_a_category_that_we_do_not_read_is_passed_over_and_a_half_block_waits() -> None:
    one = reader()
    heard = one.feed(b"\x01\x00\x05\xff\xff" + adsb() + adsb()[:9], NOW)
    assert (len(heard.reports), dict(heard.dropped)) == (1, {"other-category": 1})
    assert one.cut() == 9
    assert len(one.feed(adsb(), NOW).reports) == 1


def test_no_garbage_stops_the_reader_and_what_it_keeps_is_bounded() -> None:
    chance, one = random.Random(7), reader()
    good = stream(6, random.Random(2))
    for _ in range(effort(test=1_500, ci=30_000, soak=5_000_000)):
        data = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randrange(12)]
                case _:
                    data[at:at] = chance.randbytes(chance.randrange(12))
        heard = one.feed(bytes(data), NOW)
        lat = heard.reports.columns.lat_e7
        assert not len(lat) or -900_000_000 <= lat.min() <= lat.max() <= 900_000_000
        assert len(one._rest) <= 16_384
    one.cut()
    assert len(one.feed(good, NOW).reports) == len(reader().feed(good, NOW).reports)
