# SPDX-License-Identifier: Apache-2.0
"""The quality gate: what an officer is told before a notice leaves, and what past ones would have been."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.geometry.geodesic import destination
from steerclear.mechanism import bodies as say
from steerclear.mechanism.quality import QualityFinding, Severity, examine, late_minutes, position_words
from steerclear.model.annex import Annex, AnnexName
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.place import Place
from steerclear.model.space import (
    Altitude,
    Band,
    Circle,
    Corridor,
    Datum,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.terms import Blackout, KindTerms, NoticeTerms, Season
from steerclear.model.time import Instant, TimeSpan

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

HERE = Position(351_234_567, 383_456_789)
OSDZ = Place("Deir ez-Zor Airport (OSDZ)", Position(352_854_000, 401_760_000))


def notice(
    speech: type[Speech],
    start: str = "14:00",
    end: str = "15:00",
    *,
    footprint: Footprint | None = None,
    kind: NoticeKind = NoticeKind.HAZARD,
    near: str | None = None,
    lower: Altitude | None = None,
) -> Notice:
    span = TimeSpan(speech.at(start) // 1000, speech.at(end) // 1000)
    shape = footprint or Circle(HERE, 5_000_000)
    if isinstance(shape, Legs):
        span = TimeSpan(shape.times_s[0], shape.times_s[-1])
    band = Band(lower or Altitude(0, Datum.AMSL), Altitude(20_000, Datum.AMSL))
    return Notice("n1", MemberId("TUR"), kind, (Volume(shape, band, span),), near)


def look(table: Table, one: Notice, now: Instant, **more: Any) -> tuple[QualityFinding, ...]:
    view = table.view()
    return examine(
        one, annexes=view.annexes, view=view, now=now, reference=more.pop("reference", None), **more
    )


def codes(found: tuple[QualityFinding, ...]) -> list[str]:
    return [one.code for one in found]


def with_terms(table: Table, row: KindTerms | None, *blackouts: Blackout) -> Table:
    terms = NoticeTerms((row or KindTerms(NoticeKind.RESCUE, 0, None, None),), blackouts, ())
    table.ratify(Annex(AnnexName.NOTICES, 1, (MemberId("TUR"), MemberId("ISR")), Instant(0), 0, terms, ()))
    return table


def test_nothing_to_say(founded: Table, speech: type[Speech]) -> None:
    assert look(founded, notice(speech), speech.at("12:00")) == ()


def test_deir_ez_zor_the_position_lies_nine_kilometres_off(founded: Table, speech: type[Speech]) -> None:
    circle = Circle(Position(353_660_000, 401_760_000), 5_000_000)
    one = notice(speech, footprint=circle, near="OSDZ")
    (found,) = look(founded, one, speech.at("12:00"), reference=OSDZ)
    assert (found.code, found.severity, found.overridable) == ("position", Severity.WARN, True)
    assert found.words.startswith("position 9 km from reference: it bears 000° from Deir ez-Zor")


@pytest.mark.parametrize(("metres", "expected"), [(1_990, []), (2_010, ["position"])])
def test_a_warning_above_two_kilometres(
    founded: Table, speech: type[Speech], metres: int, expected: list[str]
) -> None:
    reference = Place("a mast", destination(HERE, 90.0, metres))
    one = notice(speech, footprint=Circle(HERE, 1_000_000), near="a mast")
    assert codes(look(founded, one, speech.at("12:00"), reference=reference)) == expected


def test_an_area_that_holds_its_reference_well_inside_is_near_it(
    founded: Table, speech: type[Speech]
) -> None:
    reference = Place("a mast", destination(HERE, 90.0, 5_000))
    one = notice(speech, footprint=Circle(HERE, 12_000_000), near="a mast")
    assert look(founded, one, speech.at("12:00"), reference=reference) == ()


def test_a_polygon_is_held_against_its_middle_across_the_antimeridian(
    table: Table, speech: type[Speech]
) -> None:
    corners = (
        (-171_000, 1_799_900_001),
        (-171_000, -1_799_900_001),
        (171_000, -1_799_900_001),
        (171_000, 1_799_900_001),
    )
    ring = tuple(Position(lat, lon) for lat, lon in corners)
    reference = Place("a reef", Position(0, -1_799_999_000))
    for shape in (Polygon(ring), MultiPolygon((Polygon(ring),))):
        assert (
            look(
                table, notice(speech, footprint=shape, near="a reef"), speech.at("12:00"), reference=reference
            )
            == ()
        )
    far = Place("an atoll", Position(0, -1_700_000_000))
    found = look(table, notice(speech, footprint=Polygon(ring), near="x"), speech.at("12:00"), reference=far)
    assert "position 1113 km from reference" in found[0].words


def test_a_route_is_near_what_it_passes(founded: Table, speech: type[Speech]) -> None:
    there = destination(HERE, 45.0, 30_000)
    start = speech.at("14:00") // 1000
    corridor = Corridor((HERE, there), 1_000_000)
    legs = Legs((HERE, there), (start, start + 3_600), (0, 0))
    reference = Place("a bridge", destination(there, 0.0, 500))
    for shape in (corridor, legs):
        assert (
            look(founded, notice(speech, footprint=shape, near="x"), speech.at("12:00"), reference=reference)
            == ()
        )


def test_a_place_that_is_not_known_is_said(founded: Table, speech: type[Speech]) -> None:
    assert codes(look(founded, notice(speech, near="north Syria"), speech.at("12:00"))) == ["place-unknown"]


def test_il_20_one_minute_of_lead_and_a_region_for_a_place(founded: Table, speech: type[Speech]) -> None:
    region = Circle(HERE, 60_000_000)
    found = look(founded, notice(speech, footprint=region, near="north Syria"), speech.at("13:59"))
    assert codes(found) == ["lead-time", "area", "place-unknown", "vague"]
    assert found[0].words.startswith("lead time 1 min, the annex asks for 60")
    assert not any(one.severity is Severity.BLOCK for one in found)


@pytest.mark.parametrize(
    ("now", "minutes"), [("12:59", None), ("13:00", None), ("13:00:01", 1), ("13:40", 40), ("14:30", 90)]
)
def test_karachok_late_is_never_refused_but_marked_with_the_minutes(
    founded: Table, speech: type[Speech], now: str, minutes: int | None
) -> None:
    one = notice(speech)
    assert late_minutes(one, founded.view().annexes, speech.at(now)) == minutes
    found = look(founded, one, speech.at(now))
    assert codes(found) == ([] if minutes is None else ["lead-time"])
    assert all((late.severity, late.overridable) == (Severity.WARN, False) for late in found)


def test_no_lead_time_without_a_row(table: Table, speech: type[Speech]) -> None:
    assert late_minutes(notice(speech), table.view().annexes, speech.at("13:59")) is None


def test_a_huge_box_is_blocked_unless_it_starts_within_the_hour(founded: Table, speech: type[Speech]) -> None:
    huge = Circle(HERE, 30_000_000)
    (area, vague) = look(founded, notice(speech, footprint=huge), speech.at("12:00"))
    assert (area.code, area.severity, area.overridable) == ("area", Severity.BLOCK, False)
    assert "km², the annex allows 2,000 km²" in area.words
    assert vague.code == "vague"
    found = {
        one.code: one.severity for one in look(founded, notice(speech, footprint=huge), speech.at("13:30"))
    }
    assert found["area"] is Severity.WARN


def test_too_long(founded: Table, speech: type[Speech]) -> None:
    (found,) = look(founded, notice(speech, end="+2d 15:00"), speech.at("12:00"))
    assert (found.code, found.severity, found.words) == (
        "duration",
        Severity.BLOCK,
        "49.0 h long, the annex allows 24.0 h",
    )


def test_a_kind_that_the_annex_does_not_list(table: Table, speech: type[Speech]) -> None:
    with_terms(table, None)
    assert codes(look(table, notice(speech), speech.at("12:00"))) == ["kind"]


def test_limits_that_are_left_open(table: Table, speech: type[Speech]) -> None:
    with_terms(table, KindTerms(NoticeKind.HAZARD, 0, None, None))
    assert look(table, notice(speech, end="+9d 15:00"), speech.at("12:00")) == ()


@pytest.mark.parametrize(
    ("start", "end", "kinds", "expected"),
    [
        ("13:00", "14:30", (), ["blackout"]),
        ("13:00", "14:30", (NoticeKind.HAZARD,), ["blackout"]),
        ("13:00", "14:30", (NoticeKind.EXERCISE,), []),
        ("13:00", "14:00", (), []),
        ("15:00", "16:00", (), []),
    ],
)
def test_aegean_blackout_dates(
    table: Table, speech: type[Speech], start: str, end: str, kinds: Any, expected: list[str]
) -> None:
    holiday = Blackout(speech.at(start), speech.at(end), kinds, "the feast")
    with_terms(table, KindTerms(NoticeKind.HAZARD, 0, None, None), holiday)
    found = look(table, notice(speech), speech.at("12:00"))
    assert codes(found) == expected
    assert all("the feast" in one.words for one in found)


def test_what_has_ended_is_blocked(founded: Table, speech: type[Speech]) -> None:
    found = look(founded, notice(speech), speech.at("15:00"))
    assert (found[0].code, found[0].severity) == ("past", Severity.BLOCK)
    assert "past" not in codes(look(founded, notice(speech, kind=NoticeKind.SITE), speech.at("15:00")))


def test_coordinates_without_digits(founded: Table, speech: type[Speech]) -> None:
    rounded = Circle(Position(351_000_000, 383_000_000), 5_000_000)
    assert codes(look(founded, notice(speech, footprint=rounded), speech.at("12:00"))) == ["precision"]


def test_heights_above_ground(founded: Table, speech: type[Speech]) -> None:
    surface, above = Altitude(0, Datum.AGL), Altitude(500, Datum.AGL)
    assert look(founded, notice(speech, lower=surface), speech.at("12:00")) == ()
    assert codes(look(founded, notice(speech, lower=above), speech.at("12:00"))) == ["datum"]


def test_a_wide_corridor_is_a_region_too(table: Table, speech: type[Speech]) -> None:
    wide = Corridor((HERE, destination(HERE, 0.0, 20_000)), 30_000_000)
    assert codes(look(table, notice(speech, footprint=wide), speech.at("12:00"))) == ["vague"]


def test_a_long_edge_leaves_the_line_of_a_chart(table: Table, speech: type[Speech]) -> None:
    ring = (HERE, Position(351_234_567, 483_456_789), Position(401_234_567, 483_456_789))
    found = look(table, notice(speech, footprint=Polygon(ring)), speech.at("12:00"))
    assert codes(found) == ["edges"]


def test_a_protected_site_in_the_area(founded: Table, speech: type[Speech]) -> None:
    site = say.SiteRegister("school", say.SiteCategory.SCHOOL, Circle(HERE, 100_000), None, None)
    far = say.SiteRegister("far school", say.SiteCategory.SCHOOL, speech.disc(36.0, 38.0, 100), None, None)
    own = say.SiteRegister("post", say.SiteCategory.OWN_POST, Circle(HERE, 100_000), None, None)
    where = founded.say("MSF", site, when="10:00", to=("TUR",))
    founded.say("MSF", far, when="10:00", to=("TUR",))
    founded.say("TUR", own, when="10:00", to=("ISR",))
    (found,) = look(founded, notice(speech), speech.at("12:00"))
    assert (found.code, found.words) == ("third-party", "a protected site of MSF lies in the area")
    assert look(founded, notice(speech), speech.at("12:00"), third_parties="MSF was told to stay in") == ()
    assert look(founded, notice(speech, kind=NoticeKind.RESCUE), speech.at("12:00")) == ()
    founded.say("MSF", say.SiteEnd(where, None), when="11:00")
    assert look(founded, notice(speech), speech.at("12:00")) == ()


def test_a_bare_telephone_has_no_gate(table: Table, speech: type[Speech]) -> None:
    table.found("voice-line-only")
    region = Circle(Position(350_000_000, 380_000_000), 60_000_000)
    assert look(table, notice(speech, footprint=region, near="north Syria"), speech.at("13:59")) == ()


@pytest.mark.parametrize(
    ("first_day", "last_day", "kinds", "expected"),
    [
        ("04-01", "04-30", (), ["blackout"]),
        ("04-09", "04-09", (NoticeKind.HAZARD,), ["blackout"]),
        ("04-09", "04-09", (NoticeKind.EXERCISE,), []),
        ("12-24", "04-09", (), ["blackout"]),
        ("12-24", "04-08", (), []),
        ("04-10", "04-08", (), []),
        ("07-01", "09-01", (), []),
    ],
)
def test_aegean_a_season_of_every_year(
    table: Table, speech: type[Speech], first_day: str, last_day: str, kinds: Any, expected: list[str]
) -> None:
    row = KindTerms(NoticeKind.HAZARD, 0, None, None)
    terms = NoticeTerms((row,), (), (Season(first_day, last_day, kinds, "the season"),))
    table.ratify(Annex(AnnexName.NOTICES, 1, (MemberId("TUR"), MemberId("ISR")), Instant(0), 0, terms, ()))
    assert codes(look(table, notice(speech), speech.at("12:00"))) == expected


class TestOwnPlaces:
    """Al-Tanf, 2016: the site was never registered, so nobody on the other side could know of it."""

    def test_presence_that_the_other_side_cannot_read(self, founded: Table, speech: type[Speech]) -> None:
        body = speech.file(
            "10:00", "20:00", kind=NoticeKind.OWN_PRESENCE, footprint=Circle(HERE, 100_000), ref="post 7"
        )
        founded.say("TUR", body, when="09:00", to=("ISR",), sealed_to=("AZE",))
        (found,) = look(founded, notice(speech), speech.at("12:00"), others=("ISR",))
        assert (found.code, found.severity, found.overridable) == ("own-site", Severity.WARN, False)
        assert found.words == "your own “post 7” lies in the area, and ISR cannot know of it: register it"
        assert look(founded, notice(speech), speech.at("12:00"), others=("AZE",)) == ()
        assert (
            look(founded, notice(speech, kind=NoticeKind.RESCUE), speech.at("12:00"), others=("ISR",)) == ()
        )

    def test_a_presence_that_was_withdrawn_is_asked_about_no_more(
        self, founded: Table, speech: type[Speech]
    ) -> None:
        body = speech.file(
            "10:00", "20:00", kind=NoticeKind.OWN_PRESENCE, footprint=Circle(HERE, 100_000), ref="post 7"
        )
        post = founded.say("TUR", body, when="09:00", to=("ISR",), sealed_to=("AZE",))
        founded.say("TUR", say.NoticeWithdraw(post, "they have left"), when="11:00", sealed_to=("AZE",))
        assert look(founded, notice(speech), speech.at("12:00"), others=("ISR",)) == ()

    def test_what_was_registered_with_them_is_known(self, founded: Table, speech: type[Speech]) -> None:
        site = say.SiteRegister("post", say.SiteCategory.OWN_POST, Circle(HERE, 100_000), None, None)
        founded.say("TUR", site, when="10:00", to=("ISR",))
        assert look(founded, notice(speech), speech.at("12:00"), others=("ISR",)) == ()

    def test_a_site_that_only_others_know(self, founded: Table, speech: type[Speech]) -> None:
        site = say.SiteRegister("post", say.SiteCategory.OWN_POST, Circle(HERE, 100_000), None, None)
        where = founded.say("TUR", site, when="10:00", to=("MSF",), sealed_to=("MSF",))
        assert codes(look(founded, notice(speech), speech.at("12:00"), others=("ISR", "MSF"))) == ["own-site"]
        founded.say("TUR", say.SiteEnd(where, None), when="11:00", sealed_to=("MSF",))
        assert look(founded, notice(speech), speech.at("12:00"), others=("ISR",)) == ()

    def test_what_lies_elsewhere_or_is_theirs_is_not_asked_about(
        self, founded: Table, speech: type[Speech]
    ) -> None:
        far = say.SiteRegister("far", say.SiteCategory.OWN_POST, speech.disc(36.0, 38.0, 100), None, None)
        founded.say("TUR", far, when="10:00", to=("MSF",), sealed_to=("MSF",))
        presence = speech.file(
            "10:00", "20:00", kind=NoticeKind.OWN_PRESENCE, party="ISR", footprint=Circle(HERE, 100_000)
        )
        founded.say("ISR", presence, when="09:00", to=("TUR",))
        assert look(founded, notice(speech), speech.at("12:00"), others=("ISR",)) == ()

    def test_on_receipt_it_asks_about_ours_in_their_area(self, founded: Table, speech: type[Speech]) -> None:
        body = speech.file(
            "10:00", "20:00", kind=NoticeKind.OWN_PRESENCE, footprint=Circle(HERE, 100_000), ref="garrison"
        )
        founded.say("TUR", body, when="09:00", to=("ISR",), sealed_to=("AZE",))
        theirs = replace(notice(speech), party=MemberId("ISR"))
        (found,) = look(founded, theirs, speech.at("12:00"), others=("ISR",))
        assert found.code == "own-site"


def test_distance_and_bearing_are_shown_however_near_it_is(speech: type[Speech]) -> None:
    reference = Place("a mast", destination(HERE, 90.0, 1_200))
    one = notice(speech, footprint=Circle(HERE, 1_000_000), near="a mast")
    assert position_words(one, reference) == "1.2 km, 270° from a mast"


WORDINGS = Path(__file__).parents[1] / "golden" / "gate-wordings.txt"


def test_what_an_officer_reads(
    new_table: type[Table], speech: type[Speech], request: pytest.FixtureRequest
) -> None:
    """Every code with its severity and its words, in one file that a reviewer reads (--write-golden)."""
    lines = []
    seen = set()
    for title, found in every_wording(new_table, speech):
        lines.append(f"# {title}")
        for one in found:
            override = ", overridden with a reason" if one.overridable else ""
            lines.append(f"{one.severity.value}{override}: {one.code}: {one.words}")
            seen.add(one.code)
    text = "\n".join(lines) + "\n"
    assert seen == GATE_CODES, "a code has no example, or the page of rules does not list it"
    if request.config.getoption("--write-golden"):
        WORDINGS.write_text(text, encoding="utf-8")
    assert WORDINGS.read_text(encoding="utf-8") == text, "the wording changed: read it, then --write-golden"


RULES = Path(__file__).parents[2] / "docs" / "rules.md"


def gate_codes() -> set[str]:
    """Codes in the table of docs/rules.md under The quality gate."""
    section = RULES.read_text(encoding="utf-8").partition("## The quality gate")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    return {code.strip() for row in rows[1:] for code in row.split(",")}


GATE_CODES = gate_codes()


def every_wording(
    new_table: type[Table], speech: type[Speech]
) -> list[tuple[str, tuple[QualityFinding, ...]]]:
    table = new_table()
    table.found()
    site = say.SiteRegister("school", say.SiteCategory.SCHOOL, Circle(HERE, 100_000), None, None)
    table.say("MSF", site, when="10:00", to=("TUR",))
    presence = speech.file(
        "10:00", "20:00", kind=NoticeKind.OWN_PRESENCE, footprint=Circle(HERE, 100_000), ref="post 7"
    )
    table.say("TUR", presence, when="09:00", to=("ISR",), sealed_to=("AZE",))
    summer = new_table()
    row = KindTerms(NoticeKind.EXERCISE, 0, None, None)
    blackout = Blackout(speech.at("00:00"), speech.at("23:00"), (), "the feast")
    with_terms(summer, row, blackout)
    mast = Place("a mast", destination(HERE, 90.0, 9_000))
    region = Circle(Position(350_000_000, 380_000_000), 60_000_000)
    ring = Polygon((HERE, Position(351_234_567, 483_456_789), Position(401_234_567, 483_456_789)))
    noon, soon, over = speech.at("12:00"), speech.at("13:30"), speech.at("15:00")
    above = Altitude(500, Datum.AGL)
    return [
        ("in good time, on its own site and a school", look(table, notice(speech), noon, others=("ISR",))),
        ("late: it goes at once", look(table, notice(speech), soon)),
        ("a region for a place", look(table, notice(speech, footprint=region, near="north Syria"), noon)),
        ("the same within the hour", look(table, notice(speech, footprint=region, near="north Syria"), soon)),
        ("9 km off its reference", look(table, notice(speech, near="a mast"), noon, reference=mast)),
        ("two days long", look(table, notice(speech, end="+2d 15:00"), noon)),
        ("over", look(table, notice(speech), over)),
        ("blackout dates, and a kind that is not listed", look(summer, notice(speech), noon)),
        ("above ground", look(table, notice(speech, lower=above), noon)),
        ("long edges", look(new_table(), notice(speech, footprint=ring), noon)),
    ]
