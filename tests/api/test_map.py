# SPDX-License-Identifier: Apache-2.0
"""Does the map get what stands, and does a draft hear its gate and its own check before anything is filed?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.api.conftest import Ask, Browser, node_of

from steerclear.services import requests as ask

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_the_picture_shows_each_volume_with_its_finding(ask_api: Ask, channel: Channel, draw: Any) -> None:
    channel.file("TUR", draw("survey", "TUR"))
    channel.file("ISR", draw("flight", "ISR", lat=34.5323), level="L0")
    channel.settle()
    shown = ask_api("GET", "/api/v1/picture").json()
    by_ref = {area["ref"]: area for area in shown["areas"]}
    assert by_ref.keys() == {"survey", "flight"}
    assert by_ref["survey"]["screened"] == "CONFLICT"
    assert (by_ref["survey"]["lower"], by_ref["survey"]["upper"]) == ("5,000 ft AMSL", "9,000 ft AMSL")
    ring = by_ref["survey"]["drawn"][0][0]
    assert ring[0] == ring[-1]
    assert all(abs(lon - 37.6) < 0.2 and abs(lat - 34.5) < 0.2 for lon, lat in ring)
    (meeting,) = shown["meetings"]
    assert set(meeting["about"]) == {by_ref["survey"]["short"], by_ref["flight"]["short"]}
    assert meeting["drawn"]


def test_a_notice_comes_back_as_it_would_be_filed(ask_api: Ask, channel: Channel) -> None:
    reply = ask_api("GET", "/api/v1/notice-form", params={"about": channel.notice("TUR", "survey").short})
    assert reply.headers["content-type"] == "application/geo+json"
    assert reply.json()["features"][0]["properties"]["id"] == "survey"


def test_a_position_is_said_in_all_three_spellings(ask_api: Ask) -> None:
    said = ask_api("GET", "/api/v1/position", params={"typed": "37SCU7398320948"}).json()
    assert said["mgrs"] == "37S CU 73983 20948"
    assert said["decimal"].startswith("34.5")
    refused = ask_api("GET", "/api/v1/position", params={"typed": "34.5 north"})
    assert (refused.status_code, refused.json()["code"]) == (422, "position-unreadable")


def _draft(drawn: Callable[..., str], feature: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"desk": "air", "geojson": drawn(feature), **more}


def test_a_draft_hears_what_it_meets_and_the_nearest_ways_out(ask_api: Ask, draw: Any, drawn: Any) -> None:
    sizes = ask_api("GET", "/api/v1/status").json()["logs"]
    body = _draft(drawn, draw("second", "TUR", lat=34.5323))
    found = ask_api("POST", "/api/v1/own-checks", json=body).json()
    assert found["finding"] == "CONFLICT"
    (meeting,) = found["meets"]
    assert (meeting["author"], meeting["finding"]) == ("ISR", "CONFLICT")
    assert meeting["drawn"]
    assert {way["way"] for way in found["ways"]} == {"start", "altitude"}
    for way in found["ways"]:
        again = ask_api("POST", "/api/v1/own-checks", json={"desk": "air", "geojson": way["geojson"]}).json()
        assert again["finding"] == "NO CONFLICT KNOWN", way
    assert ask_api("GET", "/api/v1/status").json()["logs"] == sizes


def test_what_the_gate_holds_back_is_a_row_and_no_refusal(ask_api: Ask, draw: Any, drawn: Any) -> None:
    feature = draw("far", "TUR")
    feature["properties"]["near"] = "OSDZ"
    found = ask_api("POST", "/api/v1/own-checks", json=_draft(drawn, feature)).json()
    (row,) = [row for row in found["gate"] if row["code"] == "position"]
    assert (row["severity"], row["overridable"], found["passes"]) == ("warn", True, False)
    body = _draft(drawn, feature, overrides={"position": "as read on the line"})
    again = ask_api("POST", "/api/v1/own-checks", json=body).json()
    assert all(row["overridden_because"] for row in again["gate"] if row["overridable"])


def test_a_draft_that_cannot_be_read_is_refused_with_its_field(ask_api: Ask, draw: Any, drawn: Any) -> None:
    feature = draw("nodatum", "TUR")
    del feature["properties"]["lower"]["datum"]
    refused = ask_api("POST", "/api/v1/own-checks", json=_draft(drawn, feature))
    assert (refused.status_code, refused.json()["code"]) == (422, "missing-datum")
    assert refused.json()["where"].endswith("properties.lower")


def test_what_is_sealed_here_makes_an_empty_check_undetermined(
    open_channel: Channel, empty: Path, draw: Any, drawn: Any
) -> None:
    open_channel.do("ISR", ask.FileNotices(desk="air", geojson=drawn(draw("hidden", "ISR")), level="L1"))
    open_channel.settle()
    asked = ask.FileNotices(desk="air", geojson=drawn(draw("mine", "TUR", lat=36.0)))
    from steerclear.services.own_check import check

    found = check(open_channel.node("TUR").ask_own_check(asked))
    assert found.finding == "UNDETERMINED"
    assert "sealed" in found.words


def _read(ask_api: Ask, text: str, **query: str) -> Any:
    return ask_api("POST", "/api/v1/readings", params=query, content=text.encode())


def test_positions_one_a_line_become_an_area_to_confirm(ask_api: Ask) -> None:
    text = "1. 34.5N 37.6E\n2) 37SCU7398320948\n34°40'00\"N 37°30'00\"E\nsomewhere north\n"
    read = _read(ask_api, text).json()
    (draft,) = read["drafts"]
    assert read["form"] == "positions"
    assert [one["text"] for one in read["skipped"]] == ["somewhere north"]
    feature = json.loads(draft["geojson"])["features"][0]
    assert feature["geometry"]["type"] == "Polygon"
    assert feature["properties"]["party"] == "TUR"
    by_code = {doubt["code"]: doubt for doubt in draft["doubts"]}
    assert not by_code["corners-or-line"]["must"]
    assert {doubt["field"] for doubt in draft["doubts"] if doubt["must"]} == {
        "id", "kind", "lower", "upper", "start", "end",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "offered"),
    [
        ("34.5N 37.6E", "radius-not-said", "Point"),
        ("34.5N 37.6E\n34.6N 37.7E", "width-not-said", "LineString"),
    ],
)
def test_what_positions_do_not_say_is_asked(ask_api: Ask, text: str, code: str, offered: str) -> None:
    (draft,) = _read(ask_api, text).json()["drafts"]
    assert json.loads(draft["geojson"])["features"][0]["geometry"] is None
    (doubt,) = [doubt for doubt in draft["doubts"] if doubt["code"] == code]
    assert doubt["must"]
    assert json.loads(doubt["offer"])["geometry"]["type"] == offered


def test_geojson_that_half_parses_keeps_its_half(ask_api: Ask, draw: Any, drawn: Any) -> None:
    feature = draw("half", "TUR")
    del feature["properties"]["upper"]["datum"]
    feature["properties"]["kind"] = "picnic"
    (draft,) = _read(ask_api, drawn(feature)).json()["drafts"]
    kept = json.loads(draft["geojson"])["features"][0]
    assert kept["geometry"] == json.loads(drawn(draw("half", "TUR")))["features"][0]["geometry"]
    assert kept["properties"]["id"] == "half"
    assert "kind" not in kept["properties"]
    assert {doubt["code"] for doubt in draft["doubts"]} == {"missing-datum", "unknown-kind"}
    assert {doubt["field"] for doubt in draft["doubts"]} == {"upper", "kind"}


def test_a_text_that_says_nothing_is_refused(ask_api: Ask) -> None:
    refused = _read(ask_api, "see you at noon")
    assert (refused.status_code, refused.json()["code"]) == (422, "nothing-read")


BEGINS = b"PMTiles\x03" + bytes(range(200))


@pytest.fixture
def site(open_channel: Channel, empty: Path) -> Browser:
    """A duty officer at a node that has maps, and things that look like maps."""
    maps = empty / "maps"
    maps.mkdir()
    (maps / "relief.pmtiles").write_bytes(BEGINS)
    (maps / "other.pmtiles").write_bytes(b"no tiles")
    (maps / "node.key").write_bytes(b"secret")
    (empty / "secret.pmtiles").write_bytes(BEGINS)
    (maps / "link.pmtiles").symlink_to(empty / "secret.pmtiles")
    browser = Browser(node_of(open_channel, "TUR", empty))
    assert browser.enrol("duty-officer", "air").status_code == 201
    return browser


def test_a_site_map_is_served_in_ranges(site: Browser) -> None:
    listed = {one["name"]: one["fault"] for one in site.ask("GET", "/api/v1/site-maps").json()}
    assert listed["relief.pmtiles"] is None
    assert "link" in (listed["link.pmtiles"] or "")
    assert "PMTiles 3" in (listed["other.pmtiles"] or "")
    path = "/api/v1/site-maps/relief.pmtiles"
    part = site.ask("GET", path, headers={"range": "bytes=7-10"})
    assert (part.status_code, part.content) == (206, BEGINS[7:11])
    assert part.headers["content-range"] == f"bytes 7-10/{len(BEGINS)}"
    assert site.ask("GET", path).content == BEGINS
    assert site.ask("GET", path, headers={"range": "bytes=9000-"}).status_code == 416


@pytest.mark.parametrize(
    "name",
    [
        "node.key",
        "other.pmtiles",
        "link.pmtiles",
        "..%2Fsecret.pmtiles",
        "%2e%2e%2fsecret.pmtiles",
        "..%5Csecret.pmtiles",
        "relief.pmtiles%00.key",
        "RELIEF.pmtiles",
        "relief.pmtiles/",
        "./../secret.pmtiles",
    ],
)
def test_nothing_else_is_served(site: Browser, name: str) -> None:
    reply = site.ask("GET", f"/api/v1/site-maps/{name}")
    assert reply.status_code in (404, 422), reply.text
    assert b"PMTiles\x03" not in reply.content
    assert b"secret" not in reply.content or reply.headers["content-type"] == "application/problem+json"


def test_site_maps_are_for_people_who_are_signed_in(site: Browser) -> None:
    site.cookie = None
    assert site.ask("GET", "/api/v1/site-maps/relief.pmtiles").status_code == 401
