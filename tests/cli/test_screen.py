# SPDX-License-Identifier: Apache-2.0
"""``steerclear screen``: what is found, how it is said, and how the command ends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from steerclear.cli.app import root

Circle = Callable[..., dict[str, Any]]
Write = Callable[..., Path]
AGL = {"value": 300, "unit": "ft", "datum": "AGL"}


def run(*arguments: str | Path, given: bytes = b"") -> Result:
    return CliRunner().invoke(root, ["screen", *map(str, arguments)], input=given)


def found(*arguments: str | Path, given: bytes = b"") -> dict[str, Any]:
    """The JSON of a run that must not end with an error."""
    ended = run(*arguments, "--json", given=given)
    assert ended.exit_code in (0, 1), ended.stderr
    document: dict[str, Any] = json.loads(ended.stdout)
    assert ended.exit_code == (1 if document["conflicts"] or document["undetermined"] else 0)
    return document


def test_a_conflict_is_found_with_its_gaps_and_alternatives(circle: Circle, write: Write) -> None:
    later = {"start": "2025-04-09T09:00:00Z", "end": "2025-04-09T11:00:00Z"}
    path = write(circle("T4-1", "TUR", 37.6, 34.5), circle("F-1", "ISR", 37.7, 34.5, **later))
    assert found(path) == {
        "volumes": 2,
        "conflicts": [
            {
                "a": "F-1",
                "b": "T4-1",
                "lateral_gap_m": 0.0,
                "vertical_gap_ft": -5000,
                "time_gap_s": -3600,
                "first_at": "2025-04-09T09:00:00Z",
                "alternatives": [
                    {"move": "F-1", "start": "2025-04-09T10:00:00Z"},
                    {
                        "move": "F-1",
                        "lower": {"value": 6000, "unit": "ft", "datum": "AMSL"},
                        "upper": {"value": 11_000, "unit": "ft", "datum": "AMSL"},
                    },
                    {"move": "T4-1", "start": "2025-04-09T07:00:00Z"},
                    {
                        "move": "T4-1",
                        "lower": {"value": 6000, "unit": "ft", "datum": "AMSL"},
                        "upper": {"value": 11_000, "unit": "ft", "datum": "AMSL"},
                    },
                ],
            }
        ],
        "undetermined": [],
    }


def test_no_conflict_is_zero_and_says_among_how_many(circle: Circle, write: Write) -> None:
    path = write(circle("a", "TUR", 37.6, 34.5), circle("b", "ISR", 39.0, 34.5))
    assert found(path) == {"volumes": 2, "conflicts": [], "undetermined": []}
    ended = run(path)
    assert ended.exit_code == 0
    assert ended.stdout.startswith("NO CONFLICT KNOWN among 2 notices at 20")


def test_what_cannot_be_known_is_a_finding(circle: Circle, write: Write) -> None:
    path = write(
        circle("a", "TUR", 37.6, 34.5, lower=AGL, upper=AGL | {"value": 900}), circle("b", "ISR", 37.6, 34.5)
    )
    document = found(path)
    (pair,) = document["undetermined"]
    assert (pair["a"], pair["b"], document["conflicts"]) == ("a", "b", [])
    assert "AGL" in pair["because"]


def test_one_party_does_not_conflict_with_itself(circle: Circle, write: Write) -> None:
    path = write(circle("a", "TUR", 37.6, 34.5), circle("b", "TUR", 37.6, 34.5))
    assert found(path)["conflicts"] == []
    assert "nothing was compared" in run(path).stdout


def test_an_empty_file_compares_nothing_and_says_so(write: Write) -> None:
    assert found(write()) == {"volumes": 0, "conflicts": [], "undetermined": []}
    assert "among 0 notices" in run(write()).stdout
    assert "nothing was compared" in run(write()).stdout


@pytest.mark.parametrize(
    ("options", "conflicts"),
    [
        ([], 0),  # 8.35 NM between the circles' edges
        (["--lateral", "20nm"], 1),
        (["--lateral", "17 km"], 1),
        (["--lateral", "10km"], 0),
        (["--lateral", "20nm", "--vertical", "0ft"], 1),
        (["--lateral", "20nm", "--time", "15min"], 1),
    ],
)
def test_the_minima_are_taken_from_the_options(
    circle: Circle, write: Write, options: list[str], conflicts: int
) -> None:
    path = write(circle("a", "TUR", 37.6, 34.5), circle("b", "ISR", 37.88, 34.5))
    assert len(found(path, *options)["conflicts"]) == conflicts


def test_exactly_at_the_minimum_is_no_conflict(circle: Circle, write: Write) -> None:
    above = {"lower": {"value": 6000, "unit": "ft", "datum": "AMSL"}}
    above |= {"upper": {"value": 7000, "unit": "ft", "datum": "AMSL"}}
    path = write(circle("a", "TUR", 37.6, 34.5), circle("b", "ISR", 37.6, 34.5, **above))
    assert found(path)["conflicts"] == []
    assert len(found(path, "--vertical", "1001ft")["conflicts"]) == 1


def test_touching_times_are_no_conflict_unless_time_is_kept(circle: Circle, write: Write) -> None:
    after = {"start": "2025-04-09T10:00:00Z", "end": "2025-04-09T11:00:00Z"}
    path = write(circle("a", "TUR", 37.6, 34.5), circle("b", "ISR", 37.6, 34.5, **after))
    assert found(path)["conflicts"] == []
    assert len(found(path, "--time", "1s")["conflicts"]) == 1


def test_several_files_and_standard_input_are_read_together(circle: Circle, write: Write) -> None:
    ours = write(circle("a", "TUR", 37.6, 34.5), name="ours.geojson")
    theirs = write(circle("b", "ISR", 37.6, 34.5), name="theirs.geojson")
    assert found(ours, theirs) == found(theirs, ours) == found(ours, "-", given=theirs.read_bytes())


def test_an_id_stands_once_in_all_files(circle: Circle, write: Write) -> None:
    ours = write(circle("a", "TUR", 37.6, 34.5), name="ours.geojson")
    theirs = write(circle("a", "ISR", 37.6, 34.5), name="theirs.geojson")
    ended = run(ours, theirs)
    assert ended.exit_code == 2
    assert ended.stderr.startswith("duplicate-id: ")
    assert "theirs.geojson, feature 1" in ended.stderr
    assert "ours.geojson" in ended.stderr


def test_a_notice_of_several_volumes_names_the_part_in_conflict(circle: Circle, write: Write) -> None:
    far = circle("a", "TUR", 39.6, 34.5, part=1, parts=2)
    near = circle("a", "TUR", 37.6, 34.5, part=2, parts=2)
    document = found(write(far, near, circle("b", "ISR", 37.6, 34.5)))
    (conflict,) = document["conflicts"]
    assert document["volumes"] == 3
    assert (conflict["a"], conflict["part_a"], conflict["b"]) == ("a", 2, "b")
    assert "part_b" not in conflict


def test_none_is_an_answer(circle: Circle, write: Write) -> None:
    always = {"start": "2025-04-01T00:00:00Z", "end": "2025-04-30T00:00:00Z"}
    always["upper"] = {"value": 100_000, "unit": "ft", "datum": "AMSL"}  # type: ignore[assignment]  # any property
    path = write(circle("a", "TUR", 37.6, 34.5, **always), circle("b", "ISR", 37.6, 34.5))
    (conflict,) = found(path)["conflicts"]
    assert [move for move in conflict["alternatives"] if move["move"] == "b"] == []
    assert "b instead: no other start within 24 h, or no other altitude" in run(path).stdout


def test_many_conflicts_leave_alternatives_out_and_say_so(many_conflicts: Callable[[int], Path]) -> None:
    path = many_conflicts(201)
    document = found(path)
    assert len(document["conflicts"]) == 201
    assert all(conflict["alternatives"] == [] for conflict in document["conflicts"])
    assert "--alternatives" in document["alternatives_left_out"]
    assert "--alternatives" in run(path).stdout


def test_every_way_out_is_listed_when_asked_for_the_least_change_first(circle: Circle, write: Write) -> None:
    path = write(circle("a", "TUR", 37.6, 34.5), circle("b", "ISR", 37.7, 34.5))
    plain, full = found(path), found(path, "--all-alternatives")
    (few,), (many,) = (document["conflicts"] for document in (plain, full))
    assert "not_offered" not in plain
    ways = [move for move in many["alternatives"] if move["move"] == "a"]
    assert [move["cost"] for move in ways] == sorted(move["cost"] for move in ways)
    assert {move["way"] for move in ways} == {"start", "altitude", "place"}
    # What stands there without the option stands there with it, word for word.
    for move in few["alternatives"]:
        assert any(move.items() <= other.items() for other in many["alternatives"])
    place = next(move for move in ways if move["way"] == "place")
    moved = json.dumps({"type": "FeatureCollection", "features": place["features"]}).encode()
    other = write(circle("b", "ISR", 37.7, 34.5), name="other.geojson")
    assert found("-", other, given=moved)["conflicts"] == []
    assert {"move": "a", "way": "area", "because": "none-within-the-limits"} in full["not_offered"]


def test_what_is_left_of_an_area_is_listed_and_can_be_filed(circle: Circle, write: Write) -> None:
    path = write(circle("a", "TUR", 37.6, 34.5, radius_m=40_000), circle("b", "ISR", 38.1, 34.5))
    (conflict,) = found(path, "--all-alternatives")["conflicts"]
    left = next(move for move in conflict["alternatives"] if (move["move"], move["way"]) == ("a", "area"))
    assert 0.5 < left["kept_share"] < 1
    trimmed = json.dumps({"type": "FeatureCollection", "features": left["features"]}).encode()
    other = write(circle("b", "ISR", 38.1, 34.5), name="other.geojson")
    assert found("-", other, given=trimmed)["conflicts"] == []


def test_every_way_out_in_words(circle: Circle, write: Write) -> None:
    always = {"start": "2025-04-01T00:00:00Z", "end": "2025-04-30T00:00:00Z"}
    path = write(circle("a", "TUR", 37.6, 34.5, **always), circle("b", "ISR", 37.7, 34.5, radius_m=20_000))
    said = run(path, "--all-alternatives").stdout
    assert "b instead, the least change first:" in said
    assert "of its area (the shape: --json)" in said
    assert "m towards 0" in said
    assert "no other start" in said


def test_few_conflicts_do_not_speak_of_what_was_left_out(many_conflicts: Callable[[int], Path]) -> None:
    document = found(many_conflicts(3))
    assert "alternatives_left_out" not in document
    assert all(conflict["alternatives"] for conflict in document["conflicts"])
    assert [conflict["b"] for conflict in document["conflicts"]] == ["t000", "t001", "t002"]


def test_what_is_said_to_people(circle: Circle, write: Write, golden: Callable[[str, str], None]) -> None:
    path = write(
        circle("T4-1", "TUR", 37.6, 34.5),
        circle("F-1", "ISR", 37.75, 34.5, start="2025-04-09T09:00:00Z", end="2025-04-09T11:00:00Z"),
        circle("G-1", "ISR", 37.6, 34.5, lower=AGL, upper=AGL | {"value": 900}),
    )
    quiet = write(circle("a", "TUR", 37.6, 34.5), circle("b", "ISR", 39.0, 34.5), name="quiet.geojson")
    said = run(path).stdout + "\n----\n\n" + run(quiet, "--time", "15min", "--lateral", "10km").stdout
    golden("screen.txt", re.sub(r"notices at 20\d\d-\d\d-\d\dT[\d:]+Z", "notices at T", said))


def test_the_words_are_never_a_permission(circle: Circle, write: Write) -> None:
    said = run(write(circle("a", "TUR", 37.6, 34.5), circle("b", "ISR", 39.0, 34.5))).stdout
    assert "Not permission" in said
    assert not re.search(r"\b(approved|cleared|clear to|safe)\b", said, re.IGNORECASE)


BAD: dict[str, tuple[str, bytes]] = {
    "not JSON": ("not-json", b"hello"),
    "not GeoJSON": ("not-geojson", b'{"a": 1}'),
    "bytes that are not text": ("not-utf8", b"\xff\xfe\x00"),
    "NaN": ("number-not-finite", b'{"type": "FeatureCollection", "features": [], "x": NaN}'),
    "a key twice": ("duplicate-key", b'{"type": "Feature", "type": "Feature"}'),
    "nested deep": ("nested-too-deep", b"[" * 100_000),
}


def test_bad_input_gets_the_words_that_were_agreed(
    circle: Circle, write: Write, golden: Callable[[str, str], None]
) -> None:
    bent: dict[str, dict[str, Any]] = {
        "ring crosses itself": {"geometry": _area([0, 0], [1, 1], [1, 0], [0, 1], [0, 0])},
        "ring unclosed": {"geometry": _area([0, 0], [1, 0], [1, 1])},
        "latitude 91": {"geometry": _area([0, 91], [1, 0], [1, 1], [0, 91])},
        "longitude 190": {"geometry": _area([190, 0], [1, 0], [1, 1], [190, 0])},
        "end before start": {"end": "2025-04-09T07:00:00Z"},
        "time without zone": {"start": "2025-04-09T08:00:00"},
        "missing datum": {"lower": {"value": 0, "unit": "ft"}},
        "wrong unit": {"lower": {"value": 0, "unit": "yd", "datum": "AMSL"}},
        "flight level above the sea": {"upper": {"value": 240, "unit": "FL", "datum": "AMSL"}},
        "unknown kind": {"kind": "attack"},
        "missing party": {"party": ...},
        "a number as text": {"radius_m": "5000"},
        "true as a number": {"radius_m": True},
        "no radius": {"radius_m": ...},
        "an id that steers the terminal": {"id": "a\x1b[2Jb"},
        "no geometry": {"geometry": None},
    }
    said = [_refused(name, code, run("-", given=data)) for name, (code, data) in BAD.items()]
    for name, changes in bent.items():
        said.append(_refused(name, None, run(write(_bent(circle, changes)))))
    said.append(_refused("no unit", "quantity-unreadable", run("x", "--lateral", "5")))
    said.append(_refused("standard input twice", "stdin-twice", run("-", "-")))
    golden("screen-bad-input.txt", "\n".join(said))


def _area(*corners: list[float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(corners)]}


def _bent(circle: Circle, changes: dict[str, Any]) -> dict[str, Any]:
    """A circle with other properties, or with another geometry in the place of its point."""
    if "geometry" not in changes:
        return circle("T4-1", "TUR", 37.6, 34.5) | {"properties": _properties(circle, changes)}
    return {
        "type": "Feature",
        "geometry": changes["geometry"],
        "properties": _properties(circle, {"radius_m": ...}),
    }


def _properties(circle: Circle, changes: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = circle("T4-1", "TUR", 37.6, 34.5)["properties"] | changes
    return {name: value for name, value in whole.items() if value is not ...}


def _refused(name: str, code: str | None, ended: Result) -> str:
    assert ended.exit_code == 2, (name, ended.output)
    assert ended.stdout == "", name
    assert "\x1b" not in ended.stderr
    if code is not None:
        assert ended.stderr.startswith(f"{code}: "), name
    return f"{name}\n" + re.sub(r"where:  \S*/", "where:  ", ended.stderr)
