# SPDX-License-Identifier: Apache-2.0
"""AIS and raw Mode S: what tells a place is read, what cannot be meant is counted, garbage does no harm."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from pyais.encode import encode_dict
from tests.effort import effort

from steerclear.model.time import Instant
from steerclear.tracking.ais import AisReader
from steerclear.tracking.feeding import Heard, Reader
from steerclear.tracking.mode_s import AvrReader, BeastReader

NOW = Instant(1_757_000_000_000)  # 33 min 20 s after the hour
EVEN = "8D40621D58C382D690C8AC2863A7"
ODD = "8D40621D58C386435CC412692AD6"
MOVES = "8D485020994409940838175B284F"
SHIP: dict[str, Any] = {
    "type": 1, "mmsi": 271_000_123, "lat": 34.5, "lon": 35.75, "speed": 20.0, "course": 90.0, "second": 18,
    "accuracy": True,
}  # fmt: skip


def rows(heard: Heard) -> list[dict[str, Any]]:
    columns = {name: column.tolist() for name, column in heard.reports.columns._asdict().items()}
    refs = heard.reports.refs.tolist()
    return [
        {"ref": ref} | {name: column[at] for name, column in columns.items()} for at, ref in enumerate(refs)
    ]


# --------------------------------------------------------------------------------------------------- AIS


def ais(**more: Any) -> bytes:
    told = {name: value for name, value in (SHIP | more).items() if value is not None}
    return "".join(f"{line}\r\n" for line in encode_dict(told, talker_id="AI", sentence_type="VDM")).encode()


def resummed(line: bytes) -> bytes:
    body = line.strip()[1:].split(b"*")[0]
    total = 0
    for one in body:
        total ^= one
    return b"!%s*%02X\r\n" % (body, total)


def halves(line: bytes) -> tuple[bytes, bytes]:
    """The same message in two sentences."""
    payload = line.split(b",")[5]
    return (
        resummed(b"!AIVDM,2,1,3,A,%s,0*00" % payload[:30]),
        resummed(b"!AIVDM,2,2,3,A,%s,0*00" % payload[30:]),
    )


def test_a_ship_is_on_the_water_where_and_when_it_says() -> None:
    [row] = rows(AisReader(whose=2).feed(ais(), NOW))
    assert (row["ref"], row["whose"], row["seen_at"]) == ("mmsi:271000123", 2, NOW - 2_000)
    assert (row["lat_e7"], row["lon_e7"], row["uncertain"]) == (345_000_000, 357_500_000, 10_000)
    assert (row["datum"], row["feet"], row["climb"], row["climb_known"]) == (0, 0, 0, True)
    assert (row["east"], row["north"], row["speed_known"]) == (10_289, 0, True)


def test_a_second_that_is_none_is_now_and_one_to_come_is_a_clock_that_is_ahead() -> None:
    def seen(second: int) -> int:
        [row] = rows(AisReader().feed(ais(second=second), NOW))
        return int(row["seen_at"]) - NOW

    assert [seen(one) for one in (60, 20, 21, 24, 26)] == [0, 0, 1_000, 4_000, -54_000]


def test_a_search_aircraft_has_no_height_and_a_reckoned_place_is_uncertain() -> None:
    [aircraft] = rows(AisReader().feed(ais(type=9, alt=300, speed=120), NOW))
    assert (aircraft["datum"], aircraft["east"]) == (-1, 61_733)
    [reckoned] = rows(AisReader().feed(ais(second=62), NOW))
    assert reckoned["uncertain"] == 1_852_000


def test_class_b_and_messages_of_two_parts_are_read_and_names_are_silent() -> None:
    reader = AisReader()
    first, second = halves(ais(type=19, shipname="NOBODY"))
    assert len(reader.feed(first, NOW).reports) == 0
    assert len(reader.feed(second, NOW).reports) == 1
    assert len(reader.feed(ais(type=18), NOW).reports) == 1
    silent = reader.feed(ais(type=5, shipname="NOBODY") + ais(type=4), NOW)
    assert (len(silent.reports), silent.dropped.total()) == (0, 0)


def test_a_speed_or_course_that_is_unknown_is_none_and_standing_still_is_one() -> None:
    [unknown] = rows(AisReader().feed(ais(speed=102.3), NOW))
    assert (unknown["east"], unknown["speed_known"]) == (0, False)
    [still] = rows(AisReader().feed(ais(speed=0.0, course=360.0), NOW))
    assert (still["east"], still["north"], still["speed_known"]) == (0, 0, True)


AIS_FAULTS = [
    (ais(lat=91.0), "no-place"),
    (ais(second=63), "no-place"),
    (ais(mmsi=0), "no-name"),
    (ais().replace(b"*", b"*0"), "no-ais-line"),
    (ais().replace(b",A,", b",B,"), "bad-sum"),
    (b"$GPGGA,1,2,3*00\r\n", "no-ais-line"),
    (b"!" + b"A" * 3_000, "line-too-long"),
    (resummed(b"!AIVDM,1,1,,A,1,0*00"), "no-name"),
    (resummed(b"!AIVDM,1,1,,A,142LR>h,0*00"), "no-place"),
]


@pytest.mark.parametrize(("line", "cause"), AIS_FAULTS)
def test_what_ais_cannot_mean_is_counted_by_cause(line: bytes, cause: str) -> None:
    heard = AisReader().feed(line, NOW)
    assert (len(heard.reports), set(heard.dropped)) == (0, {cause})


def test_parts_that_nothing_completes_do_not_fill_the_memory() -> None:
    reader = AisReader()
    first, _ = halves(ais(type=19, shipname="NOBODY"))
    dropped = 0
    for number in range(500):
        bent = first.replace(b"VDM,2,1,", b"VDM,%d,1," % (2 + number % 8)).split(b",")
        bent[3], bent[4] = b"%d" % (number % 10), b"AB12"[number // 10 % 4 : number // 10 % 4 + 1]
        dropped += reader.feed(resummed(b",".join(bent)), NOW).dropped["half-a-message"]
    assert len(reader._waiting) <= 64
    assert dropped > 400


# ------------------------------------------------------------------------------------------------ Mode S


def avr(*replies: str) -> bytes:
    return "".join(f"*{reply};\n" for reply in replies).encode()


def beast(*replies: str) -> bytes:
    made = b""
    for reply in replies:
        body = bytes(6) + b"\x1a" + bytes.fromhex(reply)
        kind = b"\x33" if len(reply) == 28 else b"\x32"
        made += b"\x1a" + kind + body.replace(b"\x1a", b"\x1a\x1a")
    return made


WAYS: dict[str, tuple[type[AvrReader] | type[BeastReader], Callable[..., bytes]]] = {
    "avr": (AvrReader, avr),
    "beast": (BeastReader, beast),
}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_two_halves_of_a_place_are_a_report_whenever_the_second_comes(way: str) -> None:
    make, wire = WAYS[way]
    reader = make(whose=2)
    assert dict(reader.feed(wire(EVEN), NOW).dropped) == {"half-a-place": 1}
    [row] = rows(reader.feed(wire(ODD), Instant(NOW + 2_000)))
    assert (row["ref"], row["whose"], row["seen_at"]) == ("icao:40621d", 2, NOW + 2_000)
    assert (row["lat_e7"], row["lon_e7"]) == (522_657_802, 39_389_125)
    assert (row["datum"], row["feet"], row["speed_known"], row["uncertain"]) == (2, 38_000, False, 92_600)
    late = make()
    late.feed(wire(EVEN), NOW)
    assert len(late.feed(wire(ODD), Instant(NOW + 10_000)).reports) == 0


def test_a_velocity_is_kept_for_the_next_position() -> None:
    reader = AvrReader()
    reader.feed(avr(MOVES), NOW)
    [told] = reader._squitters._velocity.items()
    assert told == ("icao:485020", (-4_116, -81_797, -832, True, NOW))


@pytest.mark.parametrize("way", sorted(WAYS))
def test_replies_may_come_in_pieces_and_short_ones_are_silent(way: str) -> None:
    make, wire = WAYS[way]
    data = (
        wire("02E197B00179C3", EVEN, MOVES, ODD) * 3
    )  # the even one again would be a leap back: rs1090 says
    reader, reports = make(), 0
    for at in range(0, len(data), 5):
        reports += len(reader.feed(data[at : at + 5], NOW).reports)
    assert (reports, reader.cut()) == (3, 0)


def test_a_reply_whose_sum_is_wrong_is_dropped() -> None:
    for way in WAYS.values():
        heard = way[0]().feed(way[1](EVEN[:-1] + "0"), NOW)
        assert dict(heard.dropped) == {"bad-sum": 1}


MODE_S_FAULTS = [
    (AvrReader, b"*8D40;", "no-reply"),
    (AvrReader, b"hello;", "no-reply"),
    (AvrReader, b"*" + b"8" * 300, "line-too-long"),
    (BeastReader, b"hello" + beast("02E197B00179C3"), "no-reply"),
    (BeastReader, beast(EVEN)[:9] + beast("02E197B00179C3"), "no-reply"),
    (BeastReader, b"\x1a\x77" + beast("02E197B00179C3"), "no-reply"),
]


@pytest.mark.parametrize(("make", "data", "cause"), MODE_S_FAULTS)
def test_what_is_no_reply_is_counted(make: type[Reader], data: bytes, cause: str) -> None:
    assert dict(make().feed(data, NOW).dropped) == {cause: 1}


# ------------------------------------------------------------------------------------------------ garbage

SAMPLES: dict[str, tuple[type[Reader], bytes]] = {
    "ais": (AisReader, ais() + ais(type=19, shipname="NOBODY") + ais(type=18)),
    "avr": (AvrReader, avr(EVEN, MOVES, ODD)),
    "beast": (BeastReader, beast(EVEN, MOVES, ODD)),
}


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_no_garbage_stops_a_reader_and_what_is_good_after_it_is_read(kind: str) -> None:
    make, sample = SAMPLES[kind]
    chance, reader = random.Random(kind), make()
    for _ in range(effort(test=1_000, ci=20_000, soak=5_000_000)):
        data = bytearray(sample)
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(len(data))
            match chance.randrange(3):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randrange(9)]
                case _:
                    data[at:at] = data[at // 2 : at // 2 + chance.randrange(9)]
        reader.feed(bytes(data), NOW)
    reader.cut()
    assert len(reader.feed(sample, NOW).reports) >= 1
