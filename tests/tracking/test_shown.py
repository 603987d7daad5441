# SPDX-License-Identifier: Apache-2.0
"""What other programs are shown of a picture: valid in their own schema, with no height that is another's."""

from __future__ import annotations

import json
from importlib.resources import files
from xml.etree.ElementTree import fromstring

import pytest
from lxml import etree

from steerclear.model.space import Altitude, Datum, Position
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.tracking.cot import CotReader
from steerclear.tracking.reports import Reports
from steerclear.tracking.shown import (
    cot_events,
    geojson_collection,
    geojson_sequence,
    kml_of,
    kml_that_fetches,
)

NOW = Instant(1_757_000_000_000)
KML = "{http://www.opengis.net/kml/2.2}"
PLACE = Position(345_000_000, 362_500_000)


def track(ref: str, altitude: Altitude | None, *, age_ms: int = 2_000) -> Track:
    return Track(ref, "own", Instant(NOW - age_ms), PLACE, altitude, 246_933, 0, -1_024, 185_200)


TRACKS = Reports.of(
    [
        track("icao:4ca2d6", Altitude(35_000, Datum.STD)),
        track("radar:25.201.7", Altitude(10_000, Datum.AMSL)),
        track('cot:<A&"B>', Altitude(10_000, Datum.WGS84)),
        track("mmsi:271000123", None),
        track("icao:gone", None, age_ms=300_001),
    ]
)


@pytest.fixture(scope="module")
def kml_schema() -> etree.XMLSchema:
    """OGC's own schema, as pykml ships it, without the imports that it fetches from elsewhere."""
    folder = files("pykml") / "schemas"
    text = (folder / "ogckml22.xsd").read_text(encoding="utf-8")
    for far, near in (
        ("http://schemas.opengis.net/kml/2.2.0/atom-author-link.xsd", "atom-author-link.xsd"),
        ("http://docs.oasis-open.org/election/external/xAL.xsd", "xAL.xsd"),
    ):
        text = text.replace(far, near)
    return etree.XMLSchema(etree.fromstring(text.encode(), base_url=str(folder / "ogckml22.xsd")))


def test_the_kml_is_valid_and_puts_only_heights_above_the_sea() -> None:
    document = fromstring(kml_of(TRACKS, NOW))
    marks = document.findall(f".//{KML}Placemark")
    told = {
        mark.findtext(f"{KML}name"): (
            mark.findtext(f"{KML}Point/{KML}altitudeMode"),
            mark.findtext(f"{KML}Point/{KML}coordinates"),
        )
        for mark in marks
    }
    ground = ("clampToGround", "36.2500000,34.5000000,0.0")
    assert told == {
        "icao:4ca2d6": ground,
        "radar:25.201.7": ("absolute", "36.2500000,34.5000000,3048.0"),
        'cot:<A&"B>': ground,
        "mmsi:271000123": ground,
    }
    assert marks[0].findtext(f"{KML}description") == (
        "own; seen 2025-09-04T15:33:18.000Z, 2 s ago; 35,000 ft STD; 480 kn towards 090°; within 185 m"
    )


def test_the_link_says_where_and_how_often() -> None:
    link = fromstring(kml_that_fetches("http://a.localhost:1/live.kml?a=1&b=2", every_s=3))
    assert link.findtext(f".//{KML}href") == "http://a.localhost:1/live.kml?a=1&b=2"
    assert link.findtext(f".//{KML}refreshMode") == "onInterval"
    assert link.findtext(f".//{KML}refreshInterval") == "3"


def test_both_keep_to_the_schema_of_kml(kml_schema: etree.XMLSchema) -> None:
    for text in (kml_of(TRACKS, NOW), kml_that_fetches("http://a.localhost:1/live.kml")):
        kml_schema.assertValid(etree.fromstring(text.encode()))


def test_the_events_are_read_by_anyone_and_known_again_by_us() -> None:
    sent = cot_events(TRACKS, NOW)
    assert dict(CotReader().feed(sent, NOW).dropped) == {"our-own": 4}
    events = fromstring(b"<all>" + sent + b"</all>").findall("event")
    assert [event.get("type") for event in events] == ["a-f-A", "a-f-A", "a-f-X", "a-f-S"]
    assert [event.find("point").get("hae") for event in events] == [  # type: ignore[union-attr]  # each has one
        "9999999.0",
        "9999999.0",
        "3048.0",
        "9999999.0",
    ]
    heard = CotReader().feed(sent.replace(b"steerclear.", b""), NOW)
    assert heard.reports.refs.tolist()[0] == "cot:icao:4ca2d6"
    assert heard.reports.columns.east.tolist() == [246_933] * 4
    assert set(heard.reports.columns.seen_at.tolist()) == {NOW - 2_000}


def test_geojson_has_a_third_coordinate_only_above_the_ellipsoid_and_a_sequence_is_the_same() -> None:
    features = json.loads(geojson_collection(TRACKS, NOW))["features"]
    assert [feature["geometry"]["coordinates"][2:] for feature in features] == [[], [], [3048.0], []]
    assert features[0]["properties"] == {
        "ref": "icao:4ca2d6",
        "whose": "own",
        "seen_at": "2025-09-04T15:33:18.000Z",
        "age_s": 2,
        "feet": 35_000,
        "datum": "STD",
        "course_deg": 90.0,
        "speed_kn": 480.0,
        "climb_ft_min": -1_024,
        "uncertain_m": 185.2,
    }
    texts = geojson_sequence(TRACKS, NOW).decode().split("\x1e")[1:]
    assert [json.loads(text) for text in texts] == features
    assert all(text.endswith("\n") for text in texts)


def test_nothing_to_show_is_a_whole_document() -> None:
    nothing = Reports.of([])
    assert fromstring(kml_of(nothing, NOW)).findall(f".//{KML}Placemark") == []
    assert cot_events(nothing, NOW) == geojson_sequence(nothing, NOW) == b""
