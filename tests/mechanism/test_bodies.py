# SPDX-License-Identifier: Apache-2.0
"""Every body is written and read back exactly; what is not its form is refused with the field named."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steerclear.errors import BadInput
from steerclear.mechanism import bodies as say
from steerclear.mechanism.bodies import KINDS, body_of, kind_of, read_body
from steerclear.mechanism.obligations import next_due_at, obligations
from steerclear.mechanism.stages import stages_of
from steerclear.model.annex import Annex, AnnexName, annex_hash, annex_to_wire, read_annex
from steerclear.model.forms import COUNT, INTEGER, MEMBER
from steerclear.model.member import DeskName, MemberId
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
from steerclear.model.terms import Clause, Clauses, Separation
from steerclear.model.time import LAST_NAMED, Instant, TimeSpan, format_instant, parse_instant, printable
from steerclear.model.wire import Codec, codec_of, fields_of
from steerclear.record.beat import Unreadable
from steerclear.record.heard import Heard
from steerclear.record.ijson import parse_ijson, print_ijson

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

E7 = 10_000_000
words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
ids = st.text("0123456789abcdef", min_size=32, max_size=32)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
counts = st.integers(0, 10**9)
members = st.sampled_from(["TUR", "ISR", "AZE"])
instants = st.integers(0, 10**13).map(Instant)
positions = st.builds(Position, st.integers(-90 * E7, 90 * E7), st.integers(-180 * E7, 180 * E7))
rings = st.lists(positions, min_size=3, max_size=5, unique=True).map(tuple)
polygons = st.builds(Polygon, rings, st.lists(rings, max_size=1).map(tuple))
multipolygons = st.builds(MultiPolygon, st.lists(polygons, min_size=1, max_size=2).map(tuple))
lines = st.lists(positions, min_size=2, max_size=4).map(tuple)
legs = st.lists(positions, min_size=2, max_size=4).flatmap(
    lambda points: st.builds(
        Legs,
        st.just(tuple(points)),
        st.integers(0, 10**6).map(lambda first: tuple(first + 60 * index for index in range(len(points)))),
        st.just(tuple(1_000 * index for index in range(len(points)))),
    )
)
areas = st.one_of(
    polygons, multipolygons, st.builds(Circle, positions, counts), st.builds(Corridor, lines, counts), legs
)
altitudes = st.builds(Altitude, st.integers(-1_000, 60_000), st.sampled_from(Datum))
bands = st.builds(
    lambda low, high, datum: Band(Altitude(low, datum), Altitude(low + high, datum)),
    st.integers(0, 9_000), st.integers(0, 9_000), st.sampled_from(Datum),
)  # fmt: skip
spans = st.builds(lambda start, length: TimeSpan(start, start + length), counts, st.integers(0, 10**6))


@st.composite
def volumes(draw: st.DrawFn) -> Volume:
    footprint = draw(areas)
    if isinstance(footprint, Legs):
        return Volume(footprint, draw(bands), TimeSpan(footprint.times_s[0], footprint.times_s[-1]))
    return Volume(footprint, draw(bands), draw(spans))


KNOWN: dict[Any, st.SearchStrategy[Any]] = {
    str: words,
    int: st.integers(-(10**9), 10**9),
    bool: st.booleans(),
    MemberId: members,
    DeskName: st.sampled_from(["air", "ground"]),
    Instant: instants,
    Position: positions,
    Volume: volumes(),
    MultiPolygon: multipolygons,
    Band: bands,
    Footprint: areas,
    Unreadable: st.builds(Unreadable, members, ids, st.none() | words),
    Heard: st.builds(Heard, members, ids, hashes),
}
FORMS = {
    "an id: 32 lower-case hex digits": ids,
    "a SHA-256: 64 lower-case hex digits": hashes,
    "an integer from 1 to 5": st.integers(1, 5),
    "a callsign: 2 to 16 capitals, digits, blanks or hyphens": st.sampled_from(["MEDIC 12", "A1", "TC-JRE"]),
    "whole degrees, from 0 to 359": st.integers(0, 359),
    "kilohertz, from 1 to 300,000,000": st.integers(1, 300_000_000),
    "whole metres, from 0 to once round the world": st.integers(0, 40_000_000),
    "an integer from 0 to 10^12": counts,
    "an integer up to 10,000,000 to each side": st.integers(-(10**7), 10**7),
    "whole seconds, from 0 to ten years": st.integers(0, 10**8),
    "whole seconds, up to ten years to each side": st.integers(-(10**8), 10**8),
    "whole seconds between two instants": st.integers(-(10**9), 10**9),
    "millimetres, from 0 to once round the world": counts,
    "feet, from 0 to 2,010,000": st.integers(0, 60_000),
    "feet, up to 2,010,000 each way": st.integers(-60_000, 60_000),
    "feet, up to 4,020,000 each way": st.integers(-60_000, 60_000),
    "minutes of a day, from 0 to 1439": st.integers(0, 1439),
    "bytes in padded base64": st.binary(max_size=8),
    "a day of any year, as 07-01": st.sampled_from(["01-01", "02-29", "07-01", "12-31"]),
}


def any_(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a declared type: the same walk over the declaration as the codec's, to other ends."""
    if hint in KNOWN:
        return KNOWN[hint]
    origin = get_origin(hint)
    if origin is Annotated:
        for extra in hint.__metadata__:
            if isinstance(extra, Codec):
                says = extra.says
                return FORMS[says] if says in FORMS else words if says.startswith("text") else sizes
        return any_(hint.__origin__)
    if origin in (types.UnionType, Union):
        return st.one_of([st.none() if one is types.NoneType else any_(one) for one in get_args(hint)])
    if origin is tuple:
        return st.lists(any_(get_args(hint)[0]), max_size=2).map(tuple)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    assert is_dataclass(hint), hint
    return built(hint)


sizes = st.dictionaries(members, counts, max_size=2)


def built(cls: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls, include_extras=True)
    parts = {field.name: st.deferred(_deferred(hints, field.name)) for field in fields(cls)}
    made = st.fixed_dictionaries(parts).map(lambda values: _try(cls, values))
    return made.filter(lambda value: value is not None)


def _deferred(hints: dict[str, Any], name: str) -> Callable[[], st.SearchStrategy[Any]]:
    return lambda: any_(hints[name])


def _try(cls: Any, values: dict[str, Any]) -> Any:
    """Some combinations are refused by the noun itself; they are no values."""
    if cls is Annex:
        name = values["terms"].IS
        values["name"] = AnnexName.RESCUE if name == "clauses" else AnnexName(name)
        values["parties"] = values["parties"][:1] or (MemberId("TUR"),)
    try:
        return cls(**values)
    except BadInput:
        return None


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_written_and_read_back(kind: str, data: st.DataObject) -> None:
    body = data.draw(any_(KINDS[kind].body))
    written = body_of(body)
    assert kind_of(body) == kind
    assert read_body(kind, written) == body
    printed = print_ijson(written)
    assert read_body(kind, parse_ijson(printed, where="body")) == body
    assert print_ijson(body_of(read_body(kind, parse_ijson(printed, where="body")))) == printed


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"heard", "node.beat"}))
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_missing_an_unknown_and_a_misplaced_field_are_refused(kind: str, data: st.DataObject) -> None:
    written = dict(body_of(data.draw(any_(KINDS[kind].body))))
    name = data.draw(st.sampled_from(sorted(written)))
    without = {key: value for key, value in written.items() if key != name}
    assert refusal(kind, without) == ("body-field-missing", f"body.{name}")
    assert refusal(kind, {**written, "extra": 1}) == ("body-field-unknown", "body.extra")
    assert refusal(kind, {**written, name: 1.5})[0].startswith("body-")
    if len(written) > 1:
        backwards = dict(reversed(written.items()))
        assert refusal(kind, backwards) == ("body-field-order", "body")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(KINDS)), json_values)
def test_whatever_comes_is_read_or_refused(kind: str, value: Any) -> None:
    try:
        body = read_body(kind, value)
    except BadInput:
        return
    assert body_of(body) == value


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_body_never_raises_anything_else(kind: str, data: st.DataObject) -> None:
    written = dict(body_of(data.draw(any_(KINDS[kind].body))))
    name = data.draw(st.sampled_from(sorted(written)))
    written[name] = data.draw(json_values)
    try:
        body = read_body(kind, written)
    except BadInput:
        return
    assert body_of(body) == written


EXTREMES = {
    int: st.sampled_from(
        [0, 1, -1, 86_400, 2_010_000, -2_010_000, 316_224_000, -316_224_000, 10**12, -(10**12), 2**53 - 1]
    ),
    str: st.sampled_from(
        [
            "0001-01-01T00:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00.000Z",
            "9899-12-31T23:59:59.000Z",
            "9999-12-31T23:59:59.999Z",
            "TUR",
        ]
    ),
}


@st.composite
def worst(draw: st.DrawFn, written: Any, known: list[str]) -> Any:
    """The same form with some leaves at the ends of what they may be, and ids of what stands here."""
    if isinstance(written, dict):
        return {key: draw(worst(value, known)) for key, value in written.items()}
    if isinstance(written, list | tuple):
        return [draw(worst(value, known)) for value in written]
    if isinstance(written, str) and len(written) == 32 and draw(st.booleans()):
        return draw(st.sampled_from(known))
    is_time = isinstance(written, str) and written.endswith("Z") and written[4:5] == "-"
    if (is_time or type(written) is int) and draw(st.booleans()):
        return draw(EXTREMES[type(written)])
    return written


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"heard"}))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_statement_of_another_stops_a_node(
    kind: str, data: st.DataObject, new_table: type[Table], speech: type[Speech]
) -> None:
    """Whatever reads prints to the same bytes, and whoever holds it can still say what is owed and found."""
    table = new_table()
    table.found()
    notice = table.say("ISR", speech.file(party="ISR"), when="12:00", to=("TUR",))
    stop = table.say("ISR", speech.stop(), when="12:01", to=("TUR",))
    site = table.say("TUR", speech.file("12:00", "12:30"), when="12:02", to=("ISR",))
    body = data.draw(worst(body_of(data.draw(any_(KINDS[kind].body))), [notice, stop, site]))
    said = table.say("TUR", None, when="12:10", to=("ISR",), kind=kind, raw=body)
    table.all_beat("12:11")
    view = table.view("ISR")
    misread = [one for one in view.without_effect if one.id == said and view.said(said) is None]
    if not misread:
        assert print_ijson(body_of(view.said(said).body)) == print_ijson(body)
    _ask_everything(view, [notice, stop, site, said])


def _ask_everything(view: Any, ids: list[str]) -> None:
    for now in (Instant(0), Instant(1_744_200_000_000), LAST_NAMED):
        for one in obligations(view, now):
            for moment in (one.due_at, one.next_rung_at, one.met_at):
                assert moment is None or format_instant(moment)
        next_due_at(view, now)
        for id_ in ids:
            view.findings.of(id_, now)
            assert view.why_without_effect(id_) is None or view.why_without_effect(id_)
    for id_ in ids:
        for stage in stages_of(view, id_):
            assert format_instant(stage.filed.at)
    list(view.conflicts)


class _Hostile(dict[str, Any]):
    """A body that breaks its reader in a way that nobody foresaw."""

    def __contains__(self, key: object) -> bool:
        raise RuntimeError("unforeseen")

    __iter__ = __contains__  # type: ignore[assignment]  # any look inside raises


def test_a_body_that_breaks_its_reader_is_misread_with_the_reason(table: Table, speech: type[Speech]) -> None:
    said = table.say("TUR", None, when="12:00", kind="stop.call", raw=_Hostile())
    beat = table.say("TUR", None, when="12:01", kind="node.beat", raw=_Hostile())
    view = table.view("ISR")
    assert {one.id for one in view.without_effect} == {said, beat}
    assert all("cannot be read" in one.why for one in view.without_effect)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z"])
def test_no_instant_is_read_that_would_not_be_printed(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_instant(text)
    assert caught.value.code == "instant-out-of-range"
    assert format_instant(printable(-1)) == "1970-01-01T00:00:00.000Z"
    assert format_instant(printable(2**60)) == "9999-12-31T23:59:59.999Z"


@pytest.mark.parametrize("year", ["0001", "1969", "9900", "9999"])
def test_a_year_that_no_rule_could_count_from_is_misread(
    table: Table, speech: type[Speech], year: str
) -> None:
    body = {**body_of(speech.stop()), "seen_at": f"{year}-06-01T00:00:00.000Z"}
    table.say("TUR", None, when="12:00", kind="stop.call", raw=body)
    (found,) = table.view("ISR").without_effect
    assert found.kind == "stop.call"
    with pytest.raises(BadInput):
        body_of(say.NoticeCold("1" * 32, Instant(LAST_NAMED + 1)))


def refusal(kind: str, body: Any) -> Any:
    with pytest.raises(BadInput) as caught:
        read_body(kind, body)
    return caught.value.code, caught.value.where


def test_an_unknown_kind_is_refused_by_name() -> None:
    assert refusal("notice.foretell", {}) == ("body-kind-unknown", "kind")


def test_the_record_reads_its_own_two_kinds() -> None:
    assert refusal("heard", {"author": "TUR"})[0] == "body-of-the-record"
    assert refusal("node.beat", [])[0] == "body-field-form"


def test_the_field_that_is_wrong_is_named(speech: type[Speech]) -> None:
    body: Any = body_of(speech.file())
    body["content"]["volumes"][0]["footprint"]["radius_mm"] = -1
    assert refusal("notice.file", body) == ("radius-out-of-range", "body.content.volumes[0].footprint")
    body = body_of(speech.file())
    body["content"]["volumes"][0]["start"] = "2025-04-09T14:00:00.500Z"
    assert refusal("notice.file", body) == ("body-field-form", "body.content.volumes[0].start")
    body = body_of(speech.file())
    body["content"]["volumes"] = []
    assert refusal("notice.file", body) == ("notice-without-volume", "n1")
    body = body_of(speech.file())
    body["content"]["volumes"][0]["footprint"]["is"] = "ellipse"
    assert refusal("notice.file", body)[1] == "body.content.volumes[0].footprint"


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("receipt.acknowledge", "rung", True),
        ("stop.call", "place", [1]),
        ("stop.call", "place", [1, "2"]),
        ("receipt.acknowledge", "rung", -1),
        ("receipt.acknowledge", "about", "A" * 32),
        ("receipt.acknowledge", "read_back", "a\x00b"),
        ("receipt.acknowledge", "read_back", ""),
        ("receipt.acknowledge", "read_back", "x" * 2001),
    ],
)
def test_plain_forms_are_held(kind: str, field: Any, value: Any, speech: type[Speech]) -> None:
    whole = speech.stop() if kind == "stop.call" else speech.ack("1" * 32)
    body = {**body_of(whole), field: value}
    assert refusal(kind, body) == ("body-field-form", f"body.{field}")


def test_texts_may_hold_the_marks_of_their_script_and_no_override(speech: type[Speech]) -> None:
    body = {**body_of(speech.ack("1" * 32)), "read_back": "مى\u200cشود \u200fשלום\nx"}
    assert body_of(read_body("receipt.acknowledge", body)) == body
    for bad in ("a\u202eb", "a\tb", "a\ufdd0"):
        assert refusal("receipt.acknowledge", {**body, "read_back": bad})[0] == "body-field-form"


def test_the_tag_of_a_union_stands_first(speech: type[Speech]) -> None:
    body: Any = body_of(speech.file())
    footprint = body["content"]["volumes"][0]["footprint"]
    body["content"]["volumes"][0]["footprint"] = {
        **{k: v for k, v in footprint.items() if k != "is"},
        "is": "circle",
    }
    assert refusal("notice.file", body) == ("body-field-form", "body.content.volumes[0].footprint")


def test_a_place_beyond_the_pole_is_refused_in_its_own_words(speech: type[Speech]) -> None:
    body = {**body_of(speech.stop()), "place": [900_000_001, 0]}
    assert refusal("stop.call", body) == ("latitude-out-of-range", "body.place")


def test_sizes_stand_in_alphabetical_order(speech: type[Speech]) -> None:
    result = speech.result(("1" * 32, "2" * 32), finding=say.NoConflictFound(3), covers={"TUR": 1, "ISR": 2})
    body: Any = body_of(result)
    assert list(body["covers"]) == ["ISR", "TUR"]
    body["covers"] = {"TUR": 1, "ISR": 2}
    assert refusal("screen.result", body) == ("body-field-form", "body.covers")


def test_an_annex_hashes_as_the_record_would_print_it() -> None:
    annex = Annex(AnnexName.SEPARATION, 1, (MemberId("TUR"),), Instant(0), 0, Separation(1, 2, 3, ()), ())
    import hashlib

    assert annex_hash(annex) == hashlib.sha256(print_ijson(annex_to_wire(annex))).hexdigest()
    assert read_annex(annex_to_wire(annex)) == annex


@pytest.mark.parametrize(
    ("name", "parties", "code"),
    [
        (AnnexName.RESPONSE, ("TUR",), "annex-terms"),
        (AnnexName.SEPARATION, (), "annex-parties"),
        (AnnexName.SEPARATION, ("TUR", "TUR"), "annex-parties"),
    ],
)
def test_an_annex_is_what_its_name_says(name: AnnexName, parties: Any, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        Annex(name, 1, parties, Instant(0), 0, Separation(1, 2, 3, ()), ())
    assert caught.value.code == code


def test_an_annex_may_be_in_words() -> None:
    annex = Annex(AnnexName.RESPONSE, 1, (MemberId("TUR"),), Instant(0), 0, Clauses((Clause("a", "b"),)), ())
    assert read_annex(annex_to_wire(annex)) == annex


def test_a_type_without_a_form_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="no wire form"):
        codec_of(float)


def test_plain_numbers_have_their_bounds() -> None:
    for codec, value in ((INTEGER, 2**53), (COUNT, -1), (MEMBER, 7), (MEMBER, "tur")):
        with pytest.raises(BadInput) as caught:
            codec.read(value, "here")
        assert caught.value.where == "here"


def test_every_field_has_a_sentence() -> None:
    for kind in set(KINDS) - {"heard", "node.beat"}:
        for form in fields_of(KINDS[kind].body):
            assert form.says.endswith((".", "?")), (kind, form.name)


@pytest.mark.parametrize(
    "public", [7, "not base64!", "QUI", "QUJ="], ids=["no text", "no alphabet", "cut", "loose"]
)
def test_bytes_have_one_spelling(public: Any) -> None:
    key = say.BlindKey((MemberId("ISR"), MemberId("TUR")), 20_000, 0, "0" * 64, b"AB")
    written = body_of(key)
    assert read_body("blind.key", written) == key
    with pytest.raises(BadInput, match="base64"):
        read_body("blind.key", {**written, "public": public})
