# SPDX-License-Identifier: Apache-2.0
"""Positions as people type them, and all three ways in which they are said back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from steerclear.errors import BadInput
from steerclear.formats.coordinates import ThreeWays, parse_position, spell
from steerclear.model.space import Position

T4 = Position(lat_e7=345_225_000, lon_e7=376_270_000)
NEAR_T4 = Position(lat_e7=345_225_000, lon_e7=376_269_444)
OSDZ_SIDE = Position(lat_e7=353_633_333, lon_e7=401_750_000)

positions = st.builds(
    Position, st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000)
)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("34.5225 37.627", T4),
        ("34.5225, 37.627", T4),
        ("34.5225,37.627", T4),
        ("  34.5225;37.627  ", T4),
        ("34.5225N 37.627E", T4),
        ("34.5225n/37.627e", T4),
        ("N34.5225 E37.627", T4),
        ("34.5225° N, 37.627° E", T4),
        ("37.627E 34.5225N", T4),
        ("E37.627, N34.5225", T4),
        ("34°31.35'N 37°37.62'E", T4),
        ("34° 31′ 21.00″ N 37° 37′ 37.2″ E", T4),
        ("34º31’21”N 037º37’37.2”E", T4),
        ("N 34 31 21 E 37 37 37", NEAR_T4),
        ("34 31 21 N / 37 37 37 E", NEAR_T4),
        ("34-31-21N 037-37-37E", NEAR_T4),
        ("34:31:21N 037:37:37E", NEAR_T4),
        ("34°31'21\" 37°37'37\"", NEAR_T4),
        ("352148N0401030E", OSDZ_SIDE),
        ("352148N 0401030E", OSDZ_SIDE),
        ("N352148E0401030", OSDZ_SIDE),
        ("3521.8N 04010.5E", OSDZ_SIDE),
        ("352148.0N0401030.0E", OSDZ_SIDE),
        ("-34.5, -18.25", Position(-345_000_000, -182_500_000)),
        ("−34.5 18.25", Position(-345_000_000, 182_500_000)),
        ("34.5S 18.25W", Position(-345_000_000, -182_500_000)),
        ("-34°30'00\" -18°15'00\"", Position(-345_000_000, -182_500_000)),
        ("90N 180W", Position(900_000_000, -1_800_000_000)),
        ("34 37", Position(340_000_000, 370_000_000)),
    ],
)
def test_what_is_typed_is_read(text: str, position: Position) -> None:
    assert parse_position(text) == position


@pytest.mark.parametrize(
    "text", ["37SCU7398320948", "37S CU 73983 20948", "37scu 73983 20948", "37SCU 7398 2094", "37SCU739209"]
)
def test_a_grid_reference_means_the_middle_of_its_square(text: str) -> None:
    digits = (len(text.replace(" ", "")) - 5) // 2
    read = parse_position(text)
    half_a_square_e7 = 10 ** (5 - digits) * 60  # half a metre is about 45 to 60 units of 1e-7 degree here
    assert abs(read.lat_e7 - T4.lat_e7) <= 2 * half_a_square_e7
    assert abs(read.lon_e7 - T4.lon_e7) <= 2 * half_a_square_e7


def test_a_full_grid_reference_is_said_back_as_it_was_given() -> None:
    assert spell(parse_position("37SCU7398320948")).mgrs == "37S CU 73983 20948"


def test_the_three_ways_of_t4() -> None:
    assert spell(T4) == ThreeWays(
        decimal="34.52250N 37.62700E",
        dms="34°31'21.00\"N 037°37'37.20\"E",
        mgrs="37S CU 73983 20948",
    )


def test_south_and_west_and_the_poles_are_spelled_too() -> None:
    assert spell(Position(-345_000_001, -182_500_000)).decimal == "34.5000001S 18.25000W"
    assert spell(Position(900_000_000, 0)).mgrs == "Z AH 00000 00000"
    assert spell(Position(-900_000_000, 1_800_000_000)).dms == "90°00'00.00\"S 180°00'00.00\"E"


def test_a_second_never_rounds_up_to_sixty() -> None:
    assert spell(Position(349_999_999, 370_166_666)).dms == "35°00'00.00\"N 037°01'00.00\"E"


@settings(max_examples=400, deadline=None)
@given(positions)
@example(Position(900_000_000, 1_800_000_000))
@example(Position(-1, -1))
def test_each_way_reads_back_within_its_rounding(position: Position) -> None:
    ways = spell(position)
    assert parse_position(ways.decimal) == position
    by_dms = parse_position(ways.dms)
    assert abs(by_dms.lat_e7 - position.lat_e7) <= 15  # 0.005″ is 1.4e-6 degree
    assert abs(by_dms.lon_e7 - position.lon_e7) <= 15
    by_grid = parse_position(ways.mgrs)
    assert abs(by_grid.lat_e7 - position.lat_e7) <= 100  # about 1 m


BAD = {
    "": "position-unreadable",
    "over there": "position-unreadable",
    "34.5225": "position-unreadable",
    "34,5225 37,627": "position-unreadable",
    "34 31 21 37 37 37": "position-unreadable",
    "3521N 4010E": "position-unreadable",
    "1e1 2e1": "position-unreadable",
    "34°31''N 37°37''E": "position-unreadable",
    "34.5N 37.6E and more": "position-unreadable",
    "9" * 81: "position-unreadable",
    "34.5N 37.6E\x1b[2J": "position-unreadable",
    "٣٤.٥ ٣٧.٦": "position-unreadable",
    "34.5N 37.6": "position-letters",
    "34.5 37.6E": "position-letters",
    "34.5N 37.6S": "position-letters",
    "34.5E 37.6W": "position-letters",
    "-34.5N 37.6E": "position-letters",
    "91 0": "latitude-out-of-range",
    "91N 0E": "latitude-out-of-range",
    "90°00'01\"N 0°00'00\"E": "latitude-out-of-range",
    "137.6 34.5": "latitude-out-of-range",
    "0 180.1": "longitude-out-of-range",
    "34°60'00\"N 37°00'00\"E": "minutes-out-of-range",
    "34°00'60\"N 37°00'00\"E": "minutes-out-of-range",
    "352160N0401030E": "minutes-out-of-range",
    "3599N 04010E": "minutes-out-of-range",
    "37SCU": "grid-too-coarse",
    "37SCU7320": "grid-too-coarse",
    "37SCU739832094": "grid-reference",
    "99SCU7398320948": "grid-reference",
    "37SZZ7398320948": "grid-reference",
}


@pytest.mark.parametrize(("text", "code"), list(BAD.items()))
def test_what_could_mean_two_things_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_position(text)
    assert caught.value.code == code


def test_the_words_are_those_that_were_agreed(golden: Callable[[str, str], None]) -> None:
    words = []
    for text in BAD:
        with pytest.raises(BadInput) as caught:
            parse_position(text)
        words.append(f"{caught.value.code}\n  {caught.value.what}\n  {caught.value.remedy}\n")
    golden("coordinates-bad-input.txt", "\n".join(words))


@settings(max_examples=1500, deadline=None)
@given(st.text(st.sampled_from("0123456789.,°'\"NSEWnsew -+:/CUZAB½٣\x00"), max_size=30))
def test_no_text_brings_it_down(text: str) -> None:
    try:
        position = parse_position(text)
    except BadInput as refusal:
        assert str(refusal).isprintable()  # noqa: PT017 - both outcomes are fine, and each is checked
    else:
        assert spell(position).decimal
