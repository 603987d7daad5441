# SPDX-License-Identifier: Apache-2.0
"""Is a draft never more than was said, and does it become a notice only when nothing is in doubt?"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from steerclear.errors import BadInput
from steerclear.formats.drafts import (
    Doubt,
    Draft,
    DraftVolume,
    Field,
    Given,
    answered,
    missing_doubts,
    notice_of,
    write_draft,
)
from steerclear.formats.geojson import read_notices, write_notices
from steerclear.formats.heights import GROUND, UNLIMITED, Fault, parse_height, spell_height
from steerclear.formats.reading import read_bytes, reading_row
from steerclear.model.member import member_id
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Altitude, Circle, Datum, Position

CIRCLE = Circle(Position(345_225_000, 376_270_000), 5_000_000)
ALL = Given(
    ref="a",
    party=member_id("TUR"),
    kind=NoticeKind.HAZARD,
    footprint=CIRCLE,
    lower=GROUND,
    upper=Altitude(5000, Datum.AMSL),
    start_s=1_744_185_600,
    end_s=1_744_192_800,
)


def codes(draft: Draft) -> list[str]:
    return [doubt.code for doubt in draft.doubts]


def test_everything_that_is_empty_is_asked_for() -> None:
    draft = missing_doubts(Draft(raw=""))
    assert [doubt.field.value for doubt in draft.doubts if doubt.must] == [
        "id", "party", "kind", "area", "lower", "upper", "start", "end",
    ]  # fmt: skip


def test_what_is_answered_becomes_the_notice_that_geojson_would_file() -> None:
    draft = answered(missing_doubts(Draft(raw="")), ALL)
    assert draft.is_complete
    notice = notice_of(draft)
    assert read_notices(write_draft(draft).encode(), where="draft") == (notice,)
    assert json.loads(write_draft(draft)) == json.loads(write_notices([notice]))


def test_a_doubt_that_is_left_keeps_the_notice_back() -> None:
    with pytest.raises(BadInput) as caught:
        notice_of(missing_doubts(Draft(raw="", ref="a")))
    assert caught.value.code == "draft-in-doubt"


def test_an_empty_draft_writes_what_was_said_and_no_more() -> None:
    (feature,) = json.loads(write_draft(Draft(raw="", ref="a")))["features"]
    assert feature == {"type": "Feature", "geometry": None, "properties": {"id": "a"}}


def test_nothing_is_accepted_where_nothing_is_offered() -> None:
    draft = missing_doubts(Draft(raw=""))
    with pytest.raises(BadInput) as caught:
        answered(draft, Given(), ["area-not-said"])
    assert caught.value.code == "doubt-needs-answer"
    with pytest.raises(BadInput) as unknown:
        answered(draft, Given(), ["no-such-doubt"])
    assert unknown.value.code == "doubt-unknown"


def test_an_offer_is_taken_when_it_is_accepted_and_not_before() -> None:
    offered = Doubt(
        code="area-guess", field=Field.AREA, must=True, what="W.", answer="A.", offer=Given(footprint=CIRCLE)
    )
    draft = missing_doubts(Draft(raw="", doubts=(offered,)))
    assert draft.volumes[0].footprint is None
    taken = answered(draft, Given(), ["area-guess"])
    assert taken.volumes[0].footprint == CIRCLE
    assert "area" not in {doubt.field.value for doubt in taken.doubts}


def test_limits_upside_down_and_an_end_before_the_start_are_asked_again() -> None:
    volume = DraftVolume(CIRCLE, Altitude(900, Datum.AMSL), Altitude(100, Datum.AMSL), 50, 40)
    draft = missing_doubts(Draft(raw="", volumes=(volume,)))
    assert codes(draft).count("limits-upside-down") == 2
    assert codes(draft).count("ends-before-start") == 2
    assert draft.volumes == (DraftVolume(CIRCLE),)


def test_one_answer_is_not_for_volumes_that_differ() -> None:
    volumes = (DraftVolume(start_s=1, end_s=2), DraftVolume(start_s=3, end_s=4))
    with pytest.raises(BadInput) as caught:
        answered(Draft(raw="", volumes=volumes), Given(start_s=0))
    assert caught.value.code == "answer-not-one"


@pytest.mark.parametrize(
    ("text", "is_upper", "altitude"),
    [
        ("FL240", True, Altitude(24_000, Datum.STD)),
        ("fl 95", False, Altitude(9_500, Datum.STD)),
        ("5000FT AMSL", True, Altitude(5_000, Datum.AMSL)),
        ("5000 ft MSL", True, Altitude(5_000, Datum.AMSL)),
        ("1500M AGL", False, Altitude(4_921, Datum.AGL)),
        ("1500M AGL", True, Altitude(4_922, Datum.AGL)),
        ("1524m amsl", True, Altitude(5_000, Datum.AMSL)),
        ("SFC", False, GROUND),
        ("GND", True, GROUND),
        ("UNL", True, UNLIMITED),
        ("500 ft GND", True, Altitude(500, Datum.AGL)),
    ],
)
def test_a_height_is_read_outward(text: str, *, is_upper: bool, altitude: Altitude) -> None:
    assert parse_height(text, is_upper=is_upper) == altitude


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5000FT", "height-without-datum"),
        ("5000", "height-without-unit"),
        ("5000 AMSL", "height-without-unit"),
        ("high", "height-unread"),
        ("", "height-unread"),
        ("9999999FT AMSL", "height-out-of-range"),
        ("1" * 100, "height-unread"),
    ],
)
def test_a_height_that_is_not_whole_is_a_fault(text: str, code: str) -> None:
    found = parse_height(text, is_upper=True)
    assert isinstance(found, Fault)
    assert found.code == code


@pytest.mark.parametrize("datum", list(Datum))
@pytest.mark.parametrize("feet", [-100, 0, 150, 24_000, 2_000_000])
@pytest.mark.parametrize("is_upper", [True, False])
def test_a_height_that_is_spelled_reads_back(*, datum: Datum, feet: int, is_upper: bool) -> None:
    altitude = Altitude(feet, datum)
    assert parse_height(spell_height(altitude, is_upper=is_upper), is_upper=is_upper) == altitude


def test_geojson_of_our_own_is_in_no_doubt(
    feature: Callable[..., object], collection: Callable[..., bytes]
) -> None:
    data = collection(feature())
    row = reading_row(read_bytes(data, where="areas.geojson"))
    assert row.form == "geojson"
    assert [draft.is_complete for draft in row.drafts] == [True]
    assert read_notices(row.drafts[0].geojson.encode(), where="x") == read_notices(data, where="x")


@pytest.mark.parametrize("name", ["file.pdf", "noending"])
def test_a_file_of_no_form_is_refused_with_the_forms(name: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_bytes(b"%PDF-1.7", where=name)
    assert caught.value.code == "form-unknown"
    assert "notam" in caught.value.remedy


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadInput) as caught:
        read_bytes(b" " * 5_000_001, where="x.notam")
    assert caught.value.code == "input-too-large"
