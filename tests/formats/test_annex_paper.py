# SPDX-License-Identifier: Apache-2.0
"""Annexes on paper: every value exactly, with its mark, a party's words as theirs; and what changed."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from typing import Any

import pytest

from steerclear.errors import BadInput
from steerclear.formats.annex_diff import changes, in_words
from steerclear.formats.annex_document import read_document
from steerclear.formats.annex_paper import Table, paper_of
from steerclear.formats.annex_print import as_html, as_markdown
from steerclear.formats.annex_words import hints_of, leaves, length_words, seconds_words, words_of
from steerclear.mechanism.templates import NAMES, template
from steerclear.model.annex import Annex, AnnexName, Mark, Standing, annex_hash, annex_to_wire, read_annex
from steerclear.model.annex_rows import paths_of
from steerclear.model.finding import SeparationMinima
from steerclear.model.member import MemberId
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Circle, Corridor, Footprint, Legs, MultiPolygon, Polygon, Position
from steerclear.model.terms import Clause, Clauses, Frequencies, Frequency, NamedArea, Separation, Theatre
from steerclear.model.time import Instant

PARTIES = (MemberId("TUR"), MemberId("ISR"))
HERE = Position(351_234_567, 383_456_789)
EVERY = [annex for name in NAMES for annex in template(name, parties=PARTIES, host="AZE")]
NASTY = '<script>alert(1)</script> | ](x) `rm` *bold* \u05e9\u05dc\u05d5\u05dd & "quoted"'


def named(annex: Annex, terms: Any, name: AnnexName | None = None) -> Annex:
    return replace(annex, name=name or annex.name, terms=terms, marks=())


FREQUENCIES = next(annex for annex in EVERY if annex.name is AnnexName.FREQUENCIES)
NOTICES = next(annex for annex in EVERY if annex.name is AnnexName.NOTICES)
SEPARATION = next(annex for annex in EVERY if annex.name is AnnexName.SEPARATION)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (1, "1 s"), (90, "1 min 30 s"), (3_600, "1 h"), (5_400, "1 h 30 min"), (172_800, "48 h"),
        (259_200, "72 h"), (345_600, "4 d"), (345_601, "96 h 1 s"),
    ],
)  # fmt: skip
def test_times_are_said_exactly(seconds: int, words: str) -> None:
    assert seconds_words(seconds) == words


@pytest.mark.parametrize(
    ("millimetres", "words"),
    [
        (0, "0 m"), (5, "0.005 m"), (5_000_000, "5 km"), (5_556_000, "5,556 m (3 NM)"), (500_000, "500 m"),
        (1_234_567, "1,234.567 m"),
    ],
)  # fmt: skip
def test_lengths_are_said_exactly(millimetres: int, words: str) -> None:
    assert length_words(millimetres) == words


def test_no_two_times_or_lengths_look_alike() -> None:
    for say in (seconds_words, length_words):
        said = [say(number) for number in (*range(20_000), *range(86_400 * 2, 86_400 * 5, 1_800))]
        numbers = {*range(20_000), *range(86_400 * 2, 86_400 * 5, 1_800)}
        assert len(set(said)) == len(numbers)


def test_shapes_can_be_drawn_again_from_the_paper() -> None:
    ring = (HERE, Position(352_000_001, 383_000_001), Position(353_000_001, 382_000_001))
    shapes: list[Footprint] = [
        Circle(HERE, 5_000_000),
        Corridor((HERE, ring[1]), 1_000_000),
        Polygon(ring, (ring,)),
        MultiPolygon((Polygon(ring), Polygon(ring))),
        Legs((HERE, ring[1]), (0, 60), (1_000, 2_000)),
    ]
    hint = hints_of(NamedArea("x", shapes[0]))["area"]
    said = [words_of(shape, hint) for shape in shapes]
    assert all("35.1234567" in words and "37S" in words for words in said)
    assert [words.split(" ")[0] for words in said] == ["a", "1", "the", "the", said[4].split(" ")[0]]
    assert "without" in said[2]
    assert "1970-01-01T00:01:00.000Z within 2 m" in said[4]


@pytest.mark.parametrize("annex", EVERY, ids=lambda annex: annex.name.value)
def test_every_value_is_on_the_paper_with_its_mark(annex: Annex) -> None:
    (sheet,) = paper_of((annex,), title="t").sheets
    cells = [
        cell
        for part in sheet.parts
        for row in (part.rows if isinstance(part, Table) else [(part.cell,)])
        for cell in row
    ]
    assert {cell.path for cell in cells} <= set(paths_of(annex.terms))
    assert all(cell.mark is not None for cell in cells)
    text = as_markdown(paper_of((annex,), title="t"))
    for leaf in leaves(annex.terms, type(annex.terms), ""):
        if not leaf.free and isinstance(leaf.value, int) and not isinstance(leaf.value, bool):
            assert leaf.words in text, leaf.path
    assert annex_hash(annex) in text
    for mark in annex.marks:
        if mark.standing is Standing.FACT:
            plain = text.replace("\\", "")
            assert mark.source is not None
            assert mark.source in plain


def test_the_longest_path_marks_a_value() -> None:
    grain = {a.name: a for a in template("grain-corridor-2022", parties=PARTIES, host="AZE")}
    paper = paper_of((grain[AnnexName.NOTICES],), title="t")
    (table, *_) = (part for part in paper.sheets[0].parts if isinstance(part, Table))
    marks = {cell.path: cell.mark for row in table.rows for cell in row}
    assert marks["kinds[transit].lead_s"] == "F1"
    assert marks["kinds[transit].longest_s"] == "P"


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == [], "every element is closed"
    return reader


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_nobody_for_anything(name: str) -> None:
    page = as_html(paper_of(template(name, parties=PARTIES, host="AZE"), title=name))
    reader = read(page)
    assert {tag for tag, _ in reader.tags} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "section", "p", "table", "caption",
        "thead", "tbody", "tr", "th", "td", "bdi", "span", "footer", "ul", "li",
    }  # fmt: skip
    for _, attributes in reader.tags:
        assert not {"src", "href", "action", "srcset", "style", "onload"} & set(attributes)
    assert "url(" not in page
    assert "@import" not in page
    assert "://" not in page
    assert "size: A4" in page
    assert "default-src 'none'" in page


def test_what_a_party_wrote_is_shown_and_does_nothing() -> None:
    annex = named(FREQUENCIES, Frequencies((Frequency(NASTY[:80], NASTY[:80], NASTY, None),), 60))
    paper = paper_of((annex,), title=NASTY)
    reader = read(as_html(paper))
    assert "script" not in {tag for tag, _ in reader.tags}
    assert NASTY in reader.text
    assert "<script>" not in as_html(paper)
    markdown = as_markdown(paper)
    assert "\\<script\\>" in markdown
    assert markdown.count("\u2068") == markdown.count("\u2069") > 0
    rows = [line for line in markdown.splitlines() if line.startswith("| ")]
    assert len({line.replace("\\|", "").count("|") for line in rows}) == 1, "no cell breaks out of its row"


def test_texts_of_parties_and_figures_have_directions_of_their_own() -> None:
    annex = named(
        FREQUENCIES, Frequencies((Frequency("\u05e9\u05dc\u05d5\u05dd", "121.5 MHz", "x", None),), 60)
    )
    reader = read(as_html(paper_of((annex,), title="t")))
    directions = [attributes.get("dir") for tag, attributes in reader.tags if tag == "bdi"]
    assert set(directions) == {"auto", "ltr"}


def test_words_alone_and_marks_left_out_are_printed_too() -> None:
    annex = named(SEPARATION, Clauses((Clause("a", "b\nc"),)))
    text = as_markdown(paper_of((annex,), title="t"))
    assert "| a | b c |" in text


class TestChanges:
    @pytest.mark.parametrize("name", [name.value for name in AnnexName])
    def test_none_is_found_exactly_where_two_are_equal(self, name: str) -> None:
        of_one_name = [annex for annex in EVERY if annex.name.value == name]
        for one, other in combinations(of_one_name, 2):
            found = changes(one, other)
            assert (found == ()) == (one == other)
            assert all(change.before != change.after for change in found)
            assert all(in_words(change) for change in found)
        assert all(changes(annex, annex) == () for annex in of_one_name)

    @pytest.mark.parametrize("annex", EVERY[:17], ids=lambda annex: annex.name.value)
    def test_each_single_value_that_changes_is_said(self, annex: Annex) -> None:
        for changed in single_changes(annex):
            found = changes(annex, changed)
            assert len(found) >= 1, "nothing is missed"
            assert all(change.before != change.after for change in found)

    def test_from_what_to_what_and_whether_it_is_stricter(self) -> None:
        terms: Any = SEPARATION.terms
        wider = replace(SEPARATION, version=2, terms=replace(terms, lateral_mm=6_000_000, time_s=60))
        assert [in_words(change) for change in changes(SEPARATION, wider)] == [
            "version: from 1 to 2",
            "lateral: from 5 km to 6 km (stricter)",
            "time: from 5 min to 1 min (less strict)",
        ]

    def test_rows_that_come_go_move_and_change(self) -> None:
        terms: Any = NOTICES.terms
        hazard, flight, *rest = terms.kinds
        moved = replace(NOTICES, terms=replace(terms, kinds=(flight, hazard, *rest)))
        (order,) = changes(NOTICES, moved)
        assert order.what == "the order of kinds"
        gone = replace(NOTICES, terms=replace(terms, kinds=(hazard, *rest)))
        (away,) = changes(NOTICES, gone)
        assert in_words(away).startswith("kinds flight: gone, it was kind flight, lead 30 min")
        (back,) = changes(gone, replace(NOTICES, terms=replace(terms, kinds=(hazard, *rest, flight))))
        assert in_words(back).startswith("kinds flight: new, kind flight")
        unlimited = replace(
            NOTICES, terms=replace(terms, kinds=(replace(hazard, longest_s=None), flight, *rest))
        )
        (limit,) = changes(NOTICES, unlimited)
        assert in_words(limit) == "kinds hazard, longest: from 24 h to – (less strict)"

    def test_an_area_that_is_kept_out_of_is_stricter(self) -> None:
        area = NamedArea("T4", Circle(HERE, 5_000_000))
        open_, closed = (
            named(SEPARATION, Theatre(None, (), (), areas), AnnexName.THEATRE) for areas in ((), (area,))
        )
        assert [change.way for change in changes(open_, closed)] == ["stricter"]
        assert [change.way for change in changes(closed, open_)] == ["less strict"]

    def test_figures_in_the_place_of_words(self) -> None:
        words = named(SEPARATION, Clauses((Clause("a", "b"),)))
        (found,) = changes(words, named(SEPARATION, Separation(1, 2, 3, ())))
        assert (found.path, found.after) == ("terms", "lateral 0.001 m, vertical 2 ft, time 3 s, rows none")

    def test_a_mark_that_changes(self) -> None:
        marked = replace(SEPARATION, marks=(Mark("lateral_mm", Standing.FACT, "a treaty"),))
        words = [in_words(change) for change in changes(replace(SEPARATION, marks=()), marked)]
        assert words == ["mark of lateral_mm: new, field lateral_mm, standing fact, source a treaty"]


def single_changes(annex: Annex) -> list[Annex]:
    """Every annex that differs in one number or word of the terms, as far as it can be read."""
    found = []
    wire: Any = annex_to_wire(annex)
    for path in number_paths(wire["terms"]):
        copy = json.loads(json.dumps(wire))
        place = copy["terms"]
        for step in path[:-1]:
            place = place[step]
        value = place[path[-1]]
        place[path[-1]] = value + 1 if isinstance(value, int) else f"{value}x"
        try:
            found.append(read_annex(copy))
        except BadInput:
            continue
    return found


def number_paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in number_paths(inner, (*path, key))]
    if isinstance(value, list):
        return [one for index, inner in enumerate(value) for one in number_paths(inner, (*path, index))]
    is_plain = isinstance(value, int | str) and not isinstance(value, bool)
    return [path] if is_plain else []


class TestDocument:
    def test_laid_out_or_not_it_is_the_same_annex(self) -> None:
        wire = annex_to_wire(SEPARATION)
        for text in (json.dumps(wire), json.dumps(wire, indent=2), "\ufeff" + json.dumps(wire)):
            assert read_document(text) == SEPARATION

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "not-json"),
            ("{", "not-json"),
            ("[]", "body-field-form"),
            ("{}", "body-field-missing"),
            ('{"name": 1, "name": 2}', "duplicate-key"),
            ("NaN", "number-not-finite"),
            ("[" * 200 + "]" * 200, "nested-too-deep"),
            (" " * 600_000, "input-too-large"),
        ],
    )
    def test_what_is_no_annex_is_refused(self, text: str, code: str) -> None:
        with pytest.raises(BadInput) as refused:
            read_document(text)
        assert refused.value.code == code

    def test_half_a_millimetre_is_refused(self) -> None:
        text = json.dumps(annex_to_wire(SEPARATION)).replace("5000000", "5000000.5")
        with pytest.raises(BadInput) as refused:
            read_document(text)
        assert (refused.value.code, refused.value.where) == ("annex-number", "document.terms.lateral_mm")
        assert read_document(text.replace("5000000.5", "5000000.0")) == SEPARATION


def test_the_minima_on_paper_are_those_that_are_held() -> None:
    terms: Any = SEPARATION.terms
    assert terms.minima(NoticeKind.HAZARD, NoticeKind.FLIGHT) == SeparationMinima(5_000_000, 1_000, 300)
    assert "5 km" in as_markdown(paper_of((SEPARATION,), title="t"))
    assert Instant(0) == SEPARATION.in_force_from
