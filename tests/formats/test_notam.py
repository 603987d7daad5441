# SPDX-License-Identifier: Apache-2.0
"""Does a NOTAM become what it says, is what it leaves open asked, and does ours read back?"""

from __future__ import annotations

import math

import pytest
from aviconv_notam.model import Notam
from aviconv_notam.parser import parse as parse_elsewhere
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import effort

from steerclear.errors import BadInput
from steerclear.formats.drafts import Draft, Given, answered, notice_of
from steerclear.formats.notam import read_notams
from steerclear.formats.notam_area import areas_of
from steerclear.formats.notam_print import print_notam
from steerclear.formats.notam_times import Schedule, Unread, instant_of, schedule_of
from steerclear.formats.reading import read_bytes
from steerclear.geometry.geodesic import distance_m
from steerclear.model.member import member_id
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Band,
    Circle,
    Corridor,
    Datum,
    Legs,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.time import TimeSpan, format_zulu

RING = "342400N0373000E - 344200N0373000E - 344200N0375100E - 342400N0373000E"
SIMPLE = {
    "head": "(A1234/25 NOTAMN",
    "Q": "OSTT/QRDCA/IV/BO/W/000/240/3433N03740E015",
    "A": "OSTT",
    "B": "2504090800",
    "C": "2504111000",
    "D": "DAILY 0800-1000",
    "E": f"DANGER AREA ACT WI AREA BOUNDED BY {RING}.",
    "F": "SFC",
    "G": "FL240",
}
WHOSE = Given(party=member_id("TUR"))


def notam(**changes: str | None) -> str:
    items = SIMPLE | changes
    head = items.pop("head")
    body = " ".join(f"{letter}) {text}" for letter, text in items.items() if text is not None)
    return f"{head}\n{body})"


def draft_of(text: str) -> Draft:
    (draft,) = read_bytes(text.encode(), where="x.notam", given=WHOSE).drafts
    return draft


def doubts(text: str) -> dict[str, str]:
    """Each code with the words that it is about."""
    draft = draft_of(text)
    return {doubt.code: draft.raw[doubt.start : doubt.end] for doubt in draft.doubts}


def test_a_plain_notam_leaves_its_kind_alone_in_doubt() -> None:
    draft = draft_of(notam())
    assert [doubt.code for doubt in draft.doubts] == ["kind-not-said"]
    notice = notice_of(answered(draft, Given(), ["kind-not-said"]))
    assert notice.ref == "A1234/25"
    assert notice.kind is NoticeKind.HAZARD
    assert [format_zulu(volume.span.start_s) for volume in notice.volumes] == [
        "2025-04-09T08:00:00Z",
        "2025-04-10T08:00:00Z",
        "2025-04-11T08:00:00Z",
    ]
    band = notice.volumes[0].band
    assert (band.lower, band.upper) == (Altitude(0, Datum.AGL), Altitude(24_000, Datum.STD))
    assert isinstance(notice.volumes[0].footprint, Polygon)


def test_the_raw_words_are_kept_as_they_came() -> None:
    text = notam().lower()
    assert draft_of(text).raw == text


@pytest.mark.parametrize(
    ("changes", "code", "about"),
    [
        ({"C": "2504111000 EST"}, "end-estimated", "2504111000 EST"),
        ({"C": "PERM", "D": None}, "end-permanent", "PERM"),
        ({"C": "2504312460"}, "end-not-said", "2504312460"),
        ({"B": "WIE", "D": None}, "start-not-said", "WIE"),
        ({"F": None}, "lower-not-said", ""),
        ({"G": "5000FT"}, "height-without-datum", "5000FT"),
        ({"G": "TOP"}, "height-unread", "TOP"),
        ({"D": "SR-SS"}, "schedule-unread", "SR-SS"),
        ({"D": "DAILY EXC SUN 0800-1000"}, "schedule-unread", "DAILY EXC SUN 0800-1000"),
        ({"Q": "OSTT/QRDCA"}, "q-line-unread", "OSTT/QRDCA"),
        ({"Q": "OSTT/QRDCA/IV/BO/W/000/100/3433N03740E015"}, "q-line-heights", None),
        ({"Q": "OSTT/QRDCA/IV/BO/W/000/240/3533N03740E015"}, "q-line-elsewhere", None),
        ({"E": "FIRING IN THE USUAL PLACE"}, "area-not-drawn", "FIRING IN THE USUAL PLACE"),
        ({"E": f"{RING}. FL100-FL200 IN THE NORTH"}, "heights-elsewhere", "FL100-FL200"),
        ({"E": RING.rpartition(" - ")[0]}, "ring-not-closed", RING.rpartition(" - ")[0]),
        ({"E": f"{RING}. CALL IF NEAR 343121N0373737E"}, "position-unused", "343121N0373737E"),
        (
            {"E": "342400N0373000E - 344200N0373000E ALONG BORDER TO 342400N0373000E"},
            "edge-not-straight",
            None,
        ),
        ({"E": "WI ARC OF CIRCLE 342400N0373000E CLOCKWISE TO 344200N0373000E"}, "edge-not-straight", None),
        ({"E": "342400N0373000E - 349900N0373000E - 344200N0375100E"}, "position-impossible", None),
        ({"head": "(A1234/25 NOTAMR A1200/25"}, "notam-replaces", "(A1234/25 NOTAMR A1200/25"),
        ({"head": "(NOTAMN"}, "id-not-said", ""),
    ],
)
def test_what_a_notam_leaves_open_is_asked_at_its_place(
    changes: dict[str, str | None], code: str, about: str | None
) -> None:
    found = doubts(notam(**changes))
    assert code in found
    assert about is None or found[code] == about


def test_a_ring_that_crosses_itself_is_no_area() -> None:
    crossed = "342400N0373000E - 344200N0375100E - 344200N0373000E - 342400N0375100E - 342400N0373000E"
    draft = draft_of(notam(E=crossed))
    assert "area-impossible" in [doubt.code for doubt in draft.doubts]
    assert all(volume.footprint is None for volume in draft.volumes)


def test_the_circle_of_the_q_line_is_offered_and_not_taken() -> None:
    draft = draft_of(notam(E="FIRING IN THE USUAL PLACE", D=None))
    assert draft.volumes[0].footprint is None
    accepted = answered(draft, Given(), ["area-not-drawn"])
    assert accepted.volumes[0].footprint == Circle(Position(345_500_000, 376_666_667), 15 * 1_852_000)


def test_a_cancellation_is_no_draft() -> None:
    drafts, skipped = read_notams(notam(head="(A1240/25 NOTAMC A1234/25"))
    assert drafts == ()
    assert [piece.code for piece in skipped] == ["notam-cancels"]
    assert "A1234/25" in skipped[0].what


def test_several_notams_stand_in_one_file() -> None:
    drafts, _ = read_notams(notam() + "\n\n" + notam(head="A1235/25 NOTAMN").removesuffix(")"))
    assert [draft.ref for draft in drafts] == ["A1234/25", "A1235/25"]
    assert drafts[0].volumes == drafts[1].volumes


def test_letters_with_brackets_in_the_text_are_text() -> None:
    draft = draft_of(notam(E=f"TWO THINGS: A) {RING} B) NO RADIO"))
    assert [doubt.code for doubt in draft.doubts] == ["kind-not-said"]


@pytest.mark.parametrize("text", ["", "hello", "Q) only", "\0\0"])
def test_what_holds_no_notam_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_notams(text)
    assert caught.value.code == "not-a-notam"


@pytest.mark.parametrize(
    ("text", "footprint"),
    [
        ("WI 5NM RADIUS OF 343121N0373737E", Circle(Position(345_225_000, 376_269_444), 9_260_000)),
        (
            "WITHIN 2.5 KM RADIUS CENTRED ON 3431N 03737E",
            Circle(Position(345_166_667, 376_166_667), 2_500_000),
        ),
        ("CIRCLE RADIUS 800M CENTRED ON N3431 E03737", Circle(Position(345_166_667, 376_166_667), 800_000)),
        ("WI 10KM RADIUS FROM PSN 343121N 0373737E", Circle(Position(345_225_000, 376_269_444), 10_000_000)),
        (
            "2NM EITHER SIDE OF LINE 3431N03737E - 3441N03737E",
            Corridor((Position(345_166_667, 376_166_667), Position(346_833_333, 376_166_667)), 3_704_000),
        ),
    ],
)
def test_an_area_in_words_is_drawn(text: str, footprint: object) -> None:
    found = areas_of(text)
    assert found.doubts == ()
    assert found.footprints == (footprint,)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("H24", ["09T08:00/11T10:00"]),
        ("0800-1000", ["09T08:00/09T10:00", "10T08:00/10T10:00", "11T08:00/11T10:00"]),
        ("DLY 2200-0200", ["09T22:00/10T02:00", "10T22:00/11T02:00"]),
        ("WED FRI 0900-0930 1000-1030", ["09T09:00/09T09:30", "09T10:00/09T10:30", "11T09:00/11T09:30"]),
        ("WED-THU 0900-0930", ["09T09:00/09T09:30", "10T09:00/10T09:30"]),
        ("APR 09 0800-1000, 11 0900-1000", ["09T08:00/09T10:00", "11T09:00/11T10:00"]),
        ("09-10 0800 - 1000", ["09T08:00/09T10:00", "10T08:00/10T10:00"]),
        ("APR 09 0800-APR 10 1200", ["09T08:00/10T12:00"]),
        ("09 2000-10 0400", ["09T20:00/10T04:00"]),
    ],
)
def test_a_schedule_becomes_spans(text: str, spans: list[str]) -> None:
    start_s, end_s = instant_of("2504090800"), instant_of("2504111000")
    assert start_s is not None
    assert end_s is not None
    found = schedule_of(text, start_s, end_s)
    assert isinstance(found, Schedule)
    shown = [f"{format_zulu(a)[8:16]}/{format_zulu(b)[8:16]}" for a, b in found.spans]
    assert shown[: len(spans)] == spans


@pytest.mark.parametrize(
    "text",
    ["SR-SS", "DAILY", "0800", "MON 0800-1000", "APR 15 0800-1000", "MAY 09 0800-1000", "0860-1000",
     "2500-2600", "EXC WED 0800-1000", "31-01 0800-1000", "x" * 3000],
)  # fmt: skip
def test_a_schedule_is_never_half_read(text: str) -> None:
    assert isinstance(schedule_of(text, 1_744_185_600, 1_744_365_600), Unread)


def test_a_day_that_comes_twice_is_not_read() -> None:
    assert isinstance(schedule_of("09 0800-1000", 1_744_185_600, 1_744_185_600 + 40 * 86_400), Unread)


# -- there and back ------------------------------------------------------------------------------------

seconds = st.integers(min_value=-80 * 3600, max_value=80 * 3600)
positions = st.builds(
    lambda lat, lon: Position(round(lat * 10_000_000 / 3600), round(lon * 10_000_000 / 3600)),
    seconds,
    st.integers(min_value=-179 * 3600, max_value=179 * 3600),
)
bands = st.sampled_from(
    [
        Band(Altitude(0, Datum.AGL), Altitude(24_000, Datum.STD)),
        Band(Altitude(0, Datum.AGL), Altitude(2_000_000, Datum.AMSL)),
        Band(Altitude(1_500, Datum.AMSL), Altitude(5_000, Datum.AMSL)),
        Band(Altitude(100, Datum.AGL), Altitude(500, Datum.AGL)),
    ]
)


def around(middle: Position, corners: int) -> Polygon:
    turn = [2 * math.pi * corner / corners for corner in range(corners)]
    return Polygon(
        tuple(
            Position(
                round((middle.lat_e7 / 10_000_000 * 3600 + 600 * math.sin(angle)) // 1 * 10_000_000 / 3600),
                round((middle.lon_e7 / 10_000_000 * 3600 + 600 * math.cos(angle)) // 1 * 10_000_000 / 3600),
            )
            for angle in turn
        )
    )


footprints = st.one_of(
    st.builds(Circle, positions, st.integers(min_value=1, max_value=5_000).map(lambda n: n * 18_520)),
    st.builds(Circle, positions, st.integers(min_value=1, max_value=90_000).map(lambda n: n * 1_000)),
    st.builds(around, positions, st.integers(min_value=3, max_value=9)),
    st.builds(
        lambda at, half: Corridor((at, Position(at.lat_e7 + 10_000_000, at.lon_e7)), half),
        positions,
        st.integers(min_value=1, max_value=500).map(lambda n: n * 18_520),
    ),
)


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    footprint, band = draw(footprints), draw(bands)
    starts = draw(st.lists(st.integers(min_value=0, max_value=40), min_size=1, max_size=4, unique=True))
    day_s = 1_744_156_800
    volumes = tuple(
        Volume(footprint, band, TimeSpan(day_s + start * 21_600, day_s + start * 21_600 + 7_200))
        for start in sorted(starts)
    )
    return Notice("T4-1", member_id("TUR"), NoticeKind.HAZARD, volumes)


@settings(max_examples=effort(test=60, ci=1_500, soak=100_000), deadline=None, derandomize=True)
@given(notices())
def test_what_is_printed_reads_back(notice: Notice) -> None:
    text = print_notam(notice, fir="OSTT", number="A0001/25")
    draft = draft_of(text)
    assert [doubt.code for doubt in draft.doubts] == ["kind-not-said"]
    again = notice_of(answered(draft, Given(), ["kind-not-said"]))
    assert again.volumes == notice.volumes
    assert print_notam(again, fir="OSTT", number="A0001/25") == text


def elsewhere(text: str) -> Notam:
    """Theirs takes neither the brackets around a message nor two items of the Q-line's line."""
    return parse_elsewhere(text.strip().removeprefix("(").removesuffix(")").replace(" A) ", "\nA) "))


@settings(max_examples=effort(test=30, ci=500, soak=20_000), deadline=None, derandomize=True)
@given(notices())
def test_another_reader_reads_ours_alike(notice: Notice) -> None:
    """aviconv-notam, of other people: items, circle, times and heights."""
    theirs = elsewhere(print_notam(notice, fir="OSTT", number="A0001/25"))
    assert theirs.identifier == "A0001/25"
    assert theirs.fir == "OSTT"
    assert theirs.q_line.qcode == "QRDCA"
    assert int(theirs.effective_from.timestamp()) == notice.span.start_s
    assert not isinstance(theirs.effective_to, str)
    assert int(theirs.effective_to.timestamp()) == notice.span.end_s
    lower = notice.volumes[0].band.lower
    assert theirs.lower_limit == ("SFC" if lower.feet == 0 else f"{lower.feet}FT {lower.datum.value}")


def test_a_real_notam_is_read_alike_elsewhere() -> None:
    text = notam()
    theirs, ours = elsewhere(text), draft_of(text)
    assert theirs.identifier == ours.ref
    assert int(theirs.effective_from.timestamp()) == ours.volumes[0].start_s
    assert theirs.upper_limit == "FL240"


def test_print_rounds_outward() -> None:
    legs = Legs(
        (Position(0, 0), Position(10_000_000, 0)), (1_744_185_630, 1_744_192_830), (1_000_001, 500_000)
    )
    band = Band(Altitude(1_049, Datum.STD), Altitude(1_051, Datum.STD))
    notice = Notice(
        "x",
        member_id("TUR"),
        NoticeKind.FLIGHT,
        (Volume(legs, band, TimeSpan(1_744_185_630, 1_744_192_830)),),
    )
    text = print_notam(notice, fir="OSTT")
    assert "B) 2504090800 C) 2504091001" in text
    assert "WI 1.001KM EITHER SIDE OF LINE 000000N0000000E - 010000N0000000E" in text
    assert "F) FL010 G) FL011" in text


def test_corners_between_seconds_move_less_than_a_foot() -> None:
    ring = Polygon(
        (
            Position(345_225_017, 376_270_013),
            Position(346_225_099, 376_270_013),
            Position(346_225_017, 377_000_003),
        )
    )
    band = Band(Altitude(0, Datum.AGL), Altitude(5_000, Datum.AMSL))
    notice = Notice(
        "x",
        member_id("TUR"),
        NoticeKind.HAZARD,
        (Volume(ring, band, TimeSpan(1_744_185_600, 1_744_192_800)),),
    )
    read = draft_of(print_notam(notice, fir="OSTT", number="A0001/25")).volumes[0].footprint
    assert isinstance(read, Polygon)
    assert max(distance_m(a, b) for a, b in zip(ring.exterior, read.exterior, strict=True)) < 0.25


@pytest.mark.parametrize(("fir", "code"), [("os", "fir-designator"), ("1234", "fir-designator")])
def test_a_notam_names_its_fir(fir: str, code: str) -> None:
    notice = notice_of(answered(draft_of(notam()), Given(), ["kind-not-said"]))
    with pytest.raises(BadInput) as caught:
        print_notam(notice, fir=fir)
    assert caught.value.code == code


def test_heights_above_the_ellipsoid_are_no_notam() -> None:
    band = Band(Altitude(0, Datum.WGS84), Altitude(5_000, Datum.WGS84))
    volume = Volume(Circle(Position(0, 0), 1_000), band, TimeSpan(1_744_185_600, 1_744_192_800))
    with pytest.raises(BadInput) as caught:
        print_notam(Notice("x", member_id("TUR"), NoticeKind.HAZARD, (volume,)), fir="OSTT")
    assert caught.value.code == "notam-datum"
