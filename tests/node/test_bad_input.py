# SPDX-License-Identifier: Apache-2.0
"""Does a running node refuse what is wrong, say where and what to do, and file nothing of it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.node.conftest import Nodes

SQUARE = [[37.52, 34.45], [37.73, 34.45], [37.73, 34.6], [37.52, 34.6], [37.52, 34.45]]
BOW_TIE = [[37.52, 34.45], [37.73, 34.6], [37.73, 34.45], [37.52, 34.6], [37.52, 34.45]]


def feature(**changes: Any) -> dict[str, Any]:
    properties = {
        "id": "a-survey",
        "party": "TUR",
        "kind": "drone",
        "lower": {"value": 1500, "unit": "ft", "datum": "AMSL"},
        "upper": {"value": 8000, "unit": "ft", "datum": "AMSL"},
        "start": "2025-04-10T12:00:00Z",
        "end": "2025-04-10T14:00:00Z",
        **changes.pop("properties", {}),
    }
    for name in changes.pop("without", ()):
        del properties[name]
    geometry = {"type": "Polygon", "coordinates": [changes.pop("ring", SQUARE)]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def text(value: Any) -> str:
    return json.dumps(value)


BAD = {
    "not JSON": ("this is a letter", "not-json"),
    "not GeoJSON": (text({"type": "Letter"}), "not-geojson"),
    "a ring that crosses itself": (text(feature(ring=BOW_TIE)), "ring-crosses-itself"),
    "latitude 91": (
        text(feature(ring=[[37.5, 34.4], [37.7, 91], [37.7, 34.6], [37.5, 34.4]])),
        "latitude-out-of-range",
    ),
    "an end before its start": (text(feature(properties={"end": "2025-04-10T11:00:00Z"})), "span-inverted"),
    "a datum that is missing": (
        text(feature(properties={"upper": {"value": 8000, "unit": "ft"}})),
        "missing-datum",
    ),
    "an unknown party": (text(feature(properties={"party": "XYZ"})), "unknown-party"),
    "a time without zone": (text(feature(properties={"start": "2025-04-10T12:00:00"})), "time-without-zone"),
    "a duplicate key": (text(feature()).replace('"kind"', '"id": "another", "kind"', 1), "duplicate-key"),
    "10 MB of JSON": (text(feature(properties={"note": "x" * 10_000_000})), "input-too-large"),
}


@pytest.mark.parametrize("what", BAD)
def test_is_refused_with_code_place_and_remedy_and_nothing_is_filed(
    what: str, running: Nodes, tmp_path: Path
) -> None:
    given, code = BAD[what]
    path = tmp_path / "plan.geojson"
    path.write_text(given, encoding="utf-8")
    before = running.notices("TUR")

    said = running.run("file", "--desk", "air", str(path), "--json", node="TUR")

    problem = said.document
    assert said.status == 2
    assert problem["code"] == code
    assert "plan.geojson" in problem["where"]
    assert problem["remedy"]
    assert code in said.err
    assert problem["remedy"] in said.err
    assert running.notices("TUR") == before


def test_a_good_one_is_filed_after_all_of_them(running: Nodes, tmp_path: Path) -> None:
    path = tmp_path / "plan.geojson"
    path.write_text(text(feature()), encoding="utf-8")
    ways = ["--override", "precision=as planned", "--override", "edges=as planned"]

    said = running.run("file", "--desk", "air", str(path), "--json", *ways, node="TUR")

    assert said.status == 0, said.err
    (receipt,) = said.document["receipts"]
    assert receipt["kind"] == "notice.file"
    assert running.notices("TUR") == ("a-survey",)


def test_a_request_that_is_too_large_is_refused_by_the_node_itself(running: Nodes) -> None:
    import httpx

    transport = httpx.HTTPTransport(uds=str(running.path("TUR") / "api.sock"))
    with httpx.Client(transport=transport, base_url="http://node", timeout=30) as http:
        answer = http.post("/api/v1/notices", content=b"[" * 10_000_000)
        malformed = http.post("/api/v1/notices", content=b"{", headers={"content-type": "application/json"})
        nowhere = http.get("/api/v1/targets")

    assert (answer.status_code, answer.json()["code"]) == (422, "input-too-large")
    assert (malformed.status_code, malformed.json()["code"]) == (422, "request-form")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no-such-path")
    for one in (answer, malformed, nowhere):
        assert one.headers["content-type"] == "application/problem+json"
