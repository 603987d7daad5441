# SPDX-License-Identifier: Apache-2.0
"""Does a humanitarian's spreadsheet become sites and movements, with what each row leaves open?"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from tests.effort import effort

from steerclear.errors import BadInput
from steerclear.formats.drafts import Draft, Given, answered, notice_of
from steerclear.formats.hns_print import print_hns_csv, print_hns_xlsx
from steerclear.formats.reading import Reading, read_bytes
from steerclear.formats.written_times import TimeDoubt, read_time
from steerclear.model.member import member_id
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Band,
    Circle,
    Datum,
    Legs,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.time import TimeSpan, format_zulu

WHOSE = Given(party=member_id("MSF"))
GROUND = ["lower-not-said", "upper-not-said"]
HEAD = "Serial No.,Site Name,Latitude,Longitude,Radius (m),Valid from (UTC),Valid until (UTC),Focal point"
ROW = "S-1,Clinic,34.5225N,37.627E,200,2025-04-09 00:00,2025-07-09 00:00,A. Person"


def read(*lines: str) -> Reading:
    return read_bytes("\n".join(lines).encode(), where="sites.csv", given=WHOSE)


def first(*lines: str) -> Draft:
    return read(*lines).drafts[0]


def codes(draft: Draft) -> list[str]:
    return [doubt.code for doubt in draft.doubts]


def test_a_site_leaves_only_its_heights_in_doubt_and_they_are_offered() -> None:
    draft = first(HEAD, ROW)
    assert codes(draft) == GROUND
    notice = notice_of(answered(draft, Given(), GROUND))
    assert (notice.ref, notice.kind) == ("S-1", NoticeKind.SITE)
    (volume,) = notice.volumes
    assert volume.footprint == Circle(Position(345_225_000, 376_270_000), 200_000)
    assert volume.band == Band(Altitude(0, Datum.AGL), Altitude(165, Datum.AGL))
    assert format_zulu(volume.span.end_s) == "2025-07-09T00:00:00Z"


def test_a_person_in_the_sheet_is_in_no_notice() -> None:
    notice = notice_of(answered(first(HEAD, ROW), Given(), GROUND))
    assert "Person" not in repr(notice)


def test_titles_above_semicolons_and_other_columns_make_no_difference() -> None:
    lines = ("Humanitarian notification;;", ";;", HEAD.replace(",", ";"), ROW.replace(",", ";"))
    assert first(*lines).volumes == first(HEAD, ROW).volumes


@pytest.mark.parametrize(
    ("old", "new", "code", "about"),
    [
        ("34.5225N", "34.5225", "position-unread", "34.5225"),
        ("34.5225N", "94.5N", "position-unread", "94.5N"),
        ("34.5225N,37.627E", ",", "area-not-said", ""),
        ("200", "", "radius-not-said", ""),
        ("200", "wide", "radius-unread", "wide"),
        ("2025-04-09 00:00", "04/05/2025 08:00", "date-two-ways", "04/05/2025 08:00"),
        ("2025-04-09 00:00", "2025-04-09", "hour-not-said", "2025-04-09"),
        ("2025-04-09 00:00", "soon", "time-unread", "soon"),
        ("2025-07-09 00:00", "", "end-not-said", ""),
        ("2025-07-09 00:00", "2024-07-09 00:00", "ends-before-start", ""),
        ("S-1", "", "id-not-said", ""),
    ],
)
def test_what_a_row_leaves_open_is_asked_at_its_cell(old: str, new: str, code: str, about: str) -> None:
    draft = first(HEAD, ROW.replace(old, new))
    found = {doubt.code: draft.raw[doubt.start : doubt.end] for doubt in draft.doubts}
    assert code in found
    assert found[code] == about


def test_a_time_without_a_zone_is_asked_for_and_utc_is_offered() -> None:
    draft = first(HEAD.replace(" (UTC)", ""), ROW)
    assert codes(draft) == ["time-without-zone", "time-without-zone", *GROUND]
    taken = answered(draft, Given(), ["time-without-zone"])
    assert taken.volumes[0].start_s == first(HEAD, ROW).volumes[0].start_s


def test_a_bad_row_does_not_spoil_the_others() -> None:
    reading = read(HEAD, ROW, ROW.replace("S-1", "S-2").replace("34.5225N", "?"), ROW.replace("S-1", "S-3"))
    assert [draft.ref for draft in reading.drafts] == ["S-1", "S-2", "S-3"]
    assert [codes(draft) == GROUND for draft in reading.drafts] == [True, False, True]


def test_mgrs_in_one_column_is_a_position() -> None:
    draft = first(
        "Ref,Coordinates,Radius (km),Start (UTC),End (UTC)",
        "a,37SCU7398320948,1.5 km,2025-04-09T08:00Z,2025-04-09T09:00Z",
    )
    assert codes(draft) == GROUND
    footprint = draft.volumes[0].footprint
    assert isinstance(footprint, Circle)
    assert footprint.radius_mm == 1_500_000


MOVES = "Movement ID,Time (UTC),Latitude,Longitude,Radius (m)"


def test_points_with_times_are_one_movement() -> None:
    draft = first(
        MOVES,
        "M-7,2025-04-09 08:00,34.0N,37.0E,500",
        ",2025-04-09 09:10,34.5N,37.5E,500",
        "M-7,2025-04-09 10:00,34.5N,38.0E,900",
    )
    assert codes(draft) == GROUND
    legs = draft.volumes[0].footprint
    assert isinstance(legs, Legs)
    assert legs.radii_mm == (500_000, 500_000, 900_000)
    assert draft.volumes[0].end_s == legs.times_s[-1]
    assert draft.kind is NoticeKind.MOVEMENT


def test_a_way_with_one_bad_point_is_no_way_and_says_which() -> None:
    draft = first(MOVES, "M-7,2025-04-09 08:00,34.0N,37.0E,500", "M-7,at noon,34.5N,37.5E,500")
    assert draft.volumes[0].footprint is None
    found = {doubt.code: draft.raw[doubt.start : doubt.end] for doubt in draft.doubts}
    assert found["time-unread"] == "at noon"


def test_a_road_that_is_not_said_is_offered_straight_and_not_taken() -> None:
    head = (
        "Convoy,Departure latitude,Departure longitude,Departure time (UTC),"
        "Destination latitude,Destination longitude,Arrival time (UTC),Radius"
    )
    draft = first(head, "C1,34.0N,37.0E,2025-04-09 08:00,34.5N,37.5E,2025-04-09 10:00,500")
    assert draft.volumes[0].footprint is None
    taken = answered(draft, Given(), ["route-not-drawn"])
    assert isinstance(taken.volumes[0].footprint, Legs)
    assert codes(taken) == GROUND


def book(rows: list[list[object]], *, hidden: bool = False) -> bytes:
    made = Workbook()
    page = made.worksheets[0]
    for row in rows:
        page.append(row)
    if hidden:
        made.create_sheet("seen")
        page.sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


CELLS: list[list[object]] = [
    ["Site ID", "Latitude", "Longitude", "Radius (m)", "Valid from (UTC)", "Valid until (UTC)"],
    ["S-1", 34.5225, 37.627, 200, datetime(2025, 4, 9, 8, 0), datetime(2025, 7, 9)],  # noqa: DTZ001 - as Excel's
]


def test_cells_of_excel_are_read_as_what_they_are() -> None:
    (draft,) = read_bytes(book(CELLS), where="sites.xlsx", given=WHOSE).drafts
    assert codes(draft) == GROUND
    volume = draft.volumes[0]
    assert volume.footprint == Circle(Position(345_225_000, 376_270_000), 200_000)
    assert volume.start_s is not None
    assert format_zulu(volume.start_s) == "2025-04-09T08:00:00Z"


def test_a_hidden_sheet_is_left_out() -> None:
    assert read_bytes(book(CELLS, hidden=True), where="sites.xlsx").drafts == ()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 40_000_001)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"PK\x03\x04 not really", "a.xlsx", "not-a-zip"),
        (b"a,b\n1,2\n", "a.csv", "headings-unknown"),
        (b"\xff\xfe\x00", "a.csv", "not-utf8"),
        (b"Ref\0,Latitude,Longitude\n", "a.csv", "not-a-sheet"),
        (b"Ref,Latitude,Longitude\n" + b"a,1,2\n" * 6_000, "a.csv", "sheet-too-large"),
        (b"Ref,Latitude,Longitude\n" + b"x" * 3_000, "a.csv", "sheet-too-large"),
    ],
)
def test_what_is_no_sheet_is_refused(data: bytes, name: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_bytes(data, where=name)
    assert caught.value.code == code


def test_a_zip_bomb_is_refused_before_it_is_opened() -> None:
    with pytest.raises(BadInput) as caught:
        read_bytes(bomb(), where="a.xlsx")
    assert caught.value.code == "zip-too-large"


def test_a_workbook_whose_styles_alone_are_large_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/styles.xml", b"<a/>" * 300_000)
    with pytest.raises(BadInput) as caught:
        read_bytes(out.getvalue(), where="a.xlsx")
    assert caught.value.code == "sheet-too-large"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2025-04-09 08:00Z", "2025-04-09T08:00:00Z"),
        ("2025-04-09T11:00+03:00", "2025-04-09T08:00:00Z"),
        ("2025-04-09 11:00 +03:00", "2025-04-09T08:00:00Z"),
        ("9 Apr 2025 08:00 UTC", "2025-04-09T08:00:00Z"),
        ("09-april-2025 08:00 GMT", "2025-04-09T08:00:00Z"),
        ("25/04/2025 08:00Z", "2025-04-25T08:00:00Z"),
        ("04/25/2025 08:00Z", "2025-04-25T08:00:00Z"),
        ("04/04/2025 08:00Z", "2025-04-04T08:00:00Z"),
    ],
)
def test_a_time_is_read(text: str, shown: str) -> None:
    found = read_time(text, utc=False, is_end=False)
    assert isinstance(found, int)
    assert format_zulu(found) == shown


@pytest.mark.parametrize(
    "text", ["31/02/2025 08:00Z", "2025-04-09 25:00Z", "9 Foo 2025", "1/13/13", "x" * 99, "13/13/2025"]
)
def test_a_time_that_is_none_is_a_doubt(text: str) -> None:
    assert isinstance(read_time(text, utc=True, is_end=False), TimeDoubt)


# -- there and back ------------------------------------------------------------------------------------

positions = st.builds(
    Position,
    st.integers(min_value=-900_000_000, max_value=900_000_000),
    st.integers(min_value=-1_800_000_000, max_value=1_800_000_000),
)
radii = st.integers(min_value=0, max_value=5_000_000_000)
bands = st.sampled_from(
    [
        Band(Altitude(0, Datum.AGL), Altitude(165, Datum.AGL)),
        Band(Altitude(-100, Datum.AMSL), Altitude(24_000, Datum.STD)),
        Band(Altitude(0, Datum.AGL), Altitude(2_000_000, Datum.AMSL)),
    ]
)


@st.composite
def notices(draw: st.DrawFn) -> list[Notice]:
    found = []
    for place in range(draw(st.integers(min_value=1, max_value=4))):
        start_s = draw(st.integers(min_value=0, max_value=4_000_000_000))
        span = TimeSpan(start_s, start_s + draw(st.integers(min_value=1, max_value=10_000)))
        circle = Circle(draw(positions), draw(radii))
        volume = Volume(circle, draw(bands), span)
        ref = f"{draw(st.sampled_from(['S', '=S', '+1', '-x', '@']))}{place}"
        found.append(Notice(ref, member_id("MSF"), NoticeKind.SITE, (volume,), None))
    return found


@settings(max_examples=effort(test=10, ci=200, soak=5_000), deadline=None, derandomize=True)
@given(notices())
def test_sites_that_go_out_come_back(sent: list[Notice]) -> None:
    for data, where in ((print_hns_csv(sent), "a.csv"), (print_hns_xlsx(sent), "a.xlsx")):
        assert [notice_of(draft) for draft in read_bytes(data, where=where, given=WHOSE).drafts] == sent


def test_a_movement_that_goes_out_comes_back_and_opens_in_excel() -> None:
    legs = Legs(
        (Position(340_000_000, 370_000_000), Position(345_000_001, 375_000_000)),
        (1_744_185_600, 1_744_192_800),
        (500_000, 1_234_567),
    )
    band = Band(Altitude(0, Datum.AGL), Altitude(165, Datum.AGL))
    moving = Notice(
        "M-7",
        member_id("MSF"),
        NoticeKind.MOVEMENT,
        (Volume(legs, band, TimeSpan(1_744_185_600, 1_744_192_800)),),
        "T4",
    )
    data = print_hns_xlsx([moving])
    assert [notice_of(draft) for draft in read_bytes(data, where="a.xlsx", given=WHOSE).drafts] == [moving]
    assert load_workbook(io.BytesIO(data)).sheetnames == ["Movements"]


def test_a_cell_never_runs_in_the_program_that_opens_it() -> None:
    circle = Circle(Position(-345_225_000, 376_270_000), 1)
    volume = Volume(circle, Band(Altitude(0, Datum.AGL), Altitude(1, Datum.AGL)), TimeSpan(0, 1))
    notice = Notice("=cmd|' /C calc'!A0", member_id("MSF"), NoticeKind.SITE, (volume,))
    page = load_workbook(io.BytesIO(print_hns_xlsx([notice]))).worksheets[0]
    assert page["A2"].data_type == "s"
    assert print_hns_csv([notice]).decode("utf-8-sig").splitlines()[1].startswith("'=cmd")


def test_a_shape_that_the_form_cannot_say_is_refused() -> None:
    ring = Polygon((Position(0, 0), Position(10_000_000, 0), Position(0, 10_000_000)))
    volume = Volume(ring, Band(Altitude(0, Datum.AGL), Altitude(1, Datum.AGL)), TimeSpan(0, 1))
    with pytest.raises(BadInput) as caught:
        print_hns_xlsx([Notice("x", member_id("MSF"), NoticeKind.SITE, (volume,))])
    assert caught.value.code == "hns-shape"
