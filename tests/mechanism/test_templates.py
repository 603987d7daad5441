# SPDX-License-Identifier: Apache-2.0
"""Whole sets of annexes to start from: each value a public fact with its source, or marked as a proposal."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from steerclear.errors import BadInput
from steerclear.mechanism.judge import SURVIVES_SUSPENSION
from steerclear.mechanism.templates import NAMES, described, template
from steerclear.mechanism.templates.reader import TERMS_OF, read_marks, read_terms
from steerclear.model.annex import AnnexName, Response, Standing, annex_hash, annex_to_wire, read_annex
from steerclear.model.annex_rows import keyed, paths_of
from steerclear.model.member import MemberId
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.terms import Clause, Clauses, KindTerms, Season, Separation

PARTIES = (MemberId("TUR"), MemberId("ISR"))
FIRST = Path(__file__).parents[1] / "golden" / "templates-first.json"
ROOM = files("steerclear.mechanism.templates")


def made(name: str, host: str | None = "AZE") -> dict[AnnexName, Any]:
    return {annex.name: annex for annex in template(name, parties=PARTIES, host=host)}


def test_the_templates_are_the_files_that_ship() -> None:
    shipped = {Path(entry.name).stem for entry in ROOM.iterdir() if entry.name.endswith(".toml")}
    assert shipped == {*NAMES, "common"}


@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_a_fact_with_its_source_or_a_proposal(name: str) -> None:
    for annex in template(name, parties=PARTIES, host="AZE"):
        there = {"*", *paths_of(annex.terms)}
        marked = [mark.field for mark in annex.marks]
        assert "*" in marked
        assert set(marked) <= there, annex.name
        assert len(set(marked)) == len(marked)
        for mark in annex.marks:
            assert (mark.standing is Standing.FACT) == (mark.source is not None)
            assert mark.field != "*" or mark.standing is Standing.PROPOSAL
        assert read_annex(annex_to_wire(annex)) == annex


@pytest.mark.parametrize("name", [name for name in NAMES if name != "voice-line-only"])
@pytest.mark.parametrize("host", ["AZE", None])
def test_a_full_template_names_each_annex_once(name: str, host: str | None) -> None:
    names = [annex.name for annex in template(name, parties=PARTIES, host=host)]
    assert sorted(names, key=str) == sorted(AnnexName, key=str)
    found = made(name, host)
    assert found[AnnexName.SUCCESSION].terms.moves_to is None or host is not None
    assert found[AnnexName.COMM_CHECKS].terms.caller == (host or "TUR")
    assert set(found[AnnexName.SAFETY_FLOOR].terms.kinds) >= SURVIVES_SUSPENSION
    assert all(set(annex.parties) == set(PARTIES) for annex in found.values())


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_is_and_where_it_is_known_from(name: str) -> None:
    about = described(name)
    assert about.name == name
    assert all((about.title, about.summary, about.source, about.facts))
    facts = {m.source for a in template(name, parties=PARTIES, host="AZE") for m in a.marks if m.source}
    assert facts, "a template rests on at least one public fact"
    assert all(source.startswith(f"{about.source}: ") for source in facts)


@pytest.mark.parametrize("key", json.loads(FIRST.read_text(encoding="utf-8")))
def test_the_first_three_keep_every_value_that_they_had(key: str) -> None:
    """They were written as code before; what was words alone has figures beside the same words now."""
    name, _, host = key.partition(" host=")
    now = {
        annex.name.value: annex_to_wire(annex)
        for annex in template(name, parties=PARTIES, host=None if host == "None" else host)
    }
    for before in json.loads(FIRST.read_text(encoding="utf-8"))[key]:
        after: Any = now.pop(before["name"])
        terms = after.pop("terms")
        was = before.pop("terms")
        assert after == before
        if was["is"] == "clauses":
            assert terms["clauses"] == was["clauses"]
        elif was["is"] == "safety-floor":
            assert set(terms["kinds"]) >= set(was["kinds"])
        else:
            assert {field: terms[field] for field in was} == was
            assert set(terms) - set(was) <= {"lines", "seasons", "blind", "tracks"}
    assert now == {}


def test_the_same_parties_get_the_same_content() -> None:
    for name in NAMES:
        once, again = (tuple(map(annex_hash, made(name).values())) for _ in range(2))
        assert once == again


def test_public_facts_stand_where_the_rules_use_them() -> None:
    grain = made("grain-corridor-2022")
    ship = grain[AnnexName.SEPARATION].terms.minima(
        NoticeKind.DRONE, NoticeKind.TRANSIT, Domain.AIR, Domain.SEA
    )
    assert ship.lateral_m == 10 * 1_852
    assert grain[AnnexName.NOTICES].terms.of(NoticeKind.TRANSIT).lead_s == 44 * 3_600
    assert made("incsea")[AnnexName.NOTICES].terms.of(NoticeKind.DRONE) is None
    assert made("india-pakistan")[AnnexName.STANDSTILL].terms.lead_s == 85 * 60
    assert (
        made("humanitarian-notification")[AnnexName.NOTICES].terms.of(NoticeKind.MOVEMENT).lead_s == 172_800
    )
    fire = made("wildfire")[AnnexName.SEPARATION].terms.minima(NoticeKind.FLIGHT, NoticeKind.KEEP_OUT)
    assert fire.lateral_m == 7 * 1_852
    summer = made("aegean-1988-2020")[AnnexName.NOTICES].terms.seasons[0]
    assert (summer.first_day, summer.last_day, summer.kinds) == ("07-01", "09-01", (NoticeKind.EXERCISE,))


def test_a_season_over_the_turn_of_the_year_and_one_that_ends_on_a_leap_day() -> None:
    ((start, end),) = Season("12-24", "01-01", (), "the feast").spans(2025, 2025)
    assert (end - start) == 9 * 86_400
    ((start, end),) = Season("02-01", "02-29", (), "a month").spans(2025, 2025)
    assert (end - start) == 29 * 86_400, "1 March stands in for a day that this year does not have"
    assert len(list(Season("07-01", "09-01", (), "summer").spans(2025, 2027))) == 3


class TestReader:
    @pytest.mark.parametrize(
        ("table", "where"),
        [
            ({"lateral_mm": "5 miles", "vertical_ft": 0, "time_s": 0}, "separation.lateral_mm"),
            ({"lateral_mm": "5 min", "vertical_ft": 0, "time_s": 0}, "separation.lateral_mm"),
            ({"lateral_mm": "", "vertical_ft": 0, "time_s": 0}, "separation.lateral_mm"),
            ({"lateral_mm": -1, "vertical_ft": 0, "time_s": 0}, "separation.lateral_mm"),
            ({"lateral_mm": 0.5, "vertical_ft": 0, "time_s": 0}, "separation.lateral_mm"),
            ({"vertical_ft": 0, "time_s": 0}, "separation.lateral_mm"),
            ({"lateral_mm": 0, "vertical_ft": 0, "time_s": 0, "colour": "red"}, "separation.colour"),
            ({"lateral_mm": 0, "vertical_ft": 0, "time_s": 0, "rows": {}}, "separation.rows"),
            ({"lateral_mm": 0, "vertical_ft": 0, "time_s": 0, "rows": [{}]}, "separation.rows[0].lateral_mm"),
        ],
    )
    def test_what_does_not_belong_is_refused_with_its_place(self, table: dict[str, Any], where: str) -> None:
        with pytest.raises(BadInput) as refused:
            read_terms(Separation, table, {}, where="separation")
        assert refused.value.where == where

    def test_units(self) -> None:
        table = {"lateral_mm": "3 NM", "vertical_ft": "1000 ft", "time_s": "5 min"}
        assert read_terms(Separation, table, {}, where="x") == Separation(5_556_000, 1_000, 300, ())
        with pytest.raises(BadInput, match="time of day"):
            read_terms(TERMS_OF[AnnexName.COMM_CHECKS], {"caller": "TUR", "at_minutes": ["9"]}, {}, where="x")

    def test_words_alone_make_an_annex_in_words(self) -> None:
        table = {"clauses": [{"title": "a", "text": "b"}]}
        assert read_terms(Separation, table, {}, where="x") == Clauses((Clause("a", "b"),))

    def test_an_area_is_written_as_in_the_record(self) -> None:
        circle = {"is": "circle", "centre": [351_000_000, 383_000_000], "radius_mm": "5 km"}
        table = {"area": {**circle, "radius_mm": 5_000_000}, "off_limits": [{"name": "a", "area": circle}]}
        with pytest.raises(BadInput) as refused:
            read_terms(TERMS_OF[AnnexName.THEATRE], table, {}, where="theatre")
        assert refused.value.where == "theatre.off_limits[0].area.radius_mm"

    def test_what_a_template_starts_from_stays_unless_it_says_otherwise(self) -> None:
        start = Response(True, (), (), 1, 2, 3, 4, 5, 6, 7)
        terms: Any = read_terms(Response, {"outcome_s": "9 s"}, {}, where="x", start=start)
        assert (terms.outcome_s, terms.renew_s) == (9, 2)

    @pytest.mark.parametrize("says", ["", "fact", "rumour: x", "Proposal"])
    def test_a_mark_is_a_fact_or_a_proposal(self, says: str) -> None:
        with pytest.raises(BadInput) as refused:
            read_marks({"lead_s": says}, "a treaty")
        assert refused.value.code == "template-form"


def test_rows_are_known_by_what_they_are_about() -> None:
    first, second = (KindTerms(NoticeKind.HAZARD, lead, None, None) for lead in (1, 2))
    assert keyed((first, second)) == {"hazard": first, "hazard #2": second}
    assert keyed((5, 6)) == {"1": 5, "2": 6}


def test_the_common_part_is_all_proposal() -> None:
    common = tomllib.loads(ROOM.joinpath("common.toml").read_text(encoding="utf-8"))
    assert "mark" not in common
