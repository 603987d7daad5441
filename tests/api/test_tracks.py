# SPDX-License-Identifier: Apache-2.0
"""Do the people of a node take its live picture onto other maps, by the same doors as everything else?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, fromstring

import httpx
import pytest
from tests.api.conftest import Ask, Browser, console_app, node_of, serving
from tests.api.test_peers import at_the_listener
from tests.services.conftest import certificates, copy_of

from steerclear.api.tracks import MOST_STREAMS
from steerclear.links.tls import client_context
from steerclear.model.space import Altitude, Datum, Position
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.tracking import Reports

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.node import Node

KML = "{http://www.opengis.net/kml/2.2}"
FORMS = (
    "/api/v1/tracks",
    "/api/v1/track-alarms",
    "/api/v1/agreed-areas",
    "/api/v1/tracks.kml",
    "/api/v1/tracks-link.kml",
    "/api/v1/tracks.geojson",
    "/api/v1/tracks.geojson-seq",
)
OWN = Track(
    "cot:HAWK-1", "unknown", Instant(0), Position(341_000_000, 376_200_000), Altitude(25_000, Datum.AMSL),
    0, 200_000, 0, 50_000,
)  # fmt: skip
OTHER = replace(OWN, ref="radar:7", position=Position(344_000_000, 376_200_000), speed_north_mm_s=0)


def fly(channel: Channel, seconds: int = 2) -> None:
    """Our own comes up from the south to one of ISR; nobody's feed names either but by whose it is."""
    live = channel.node("TUR").live
    for _ in range(seconds):
        now = Instant(channel.clock.now() + 1_000)
        channel.clock.set(now)
        for track, whose in ((OWN, "TUR"), (OTHER, "ISR")):
            live.take(Reports.of([replace(track, seen_at=now)]), now, whose=whose)
        live.step()
    channel.settle()


@pytest.fixture(scope="module")
def flown(channel: Channel) -> Channel:
    fly(channel)
    return channel


@pytest.mark.usefixtures("flown")
def test_the_tracks_come_in_the_forms_of_other_maps_each_with_whose_it_is(ask_api: Ask) -> None:
    kml = ask_api("GET", "/api/v1/tracks.kml")
    assert kml.headers["content-type"] == "application/vnd.google-earth.kml+xml"
    marks = {mark.findtext(f"{KML}name"): mark for mark in fromstring(kml.text).iter(f"{KML}Placemark")}
    assert {name: mark.findtext(f"{KML}styleUrl") for name, mark in marks.items()} == {
        "cot:HAWK-1": "#own",
        "radar:7": "#other",
    }
    geojson = ask_api("GET", "/api/v1/tracks.geojson")
    assert geojson.headers["content-type"] == "application/geo+json"
    whose = {one["id"]: one["properties"]["whose"] for one in geojson.json()["features"]}
    assert whose == {"cot:HAWK-1": "own", "radar:7": "other"}


def test_a_link_fetches_the_tracks_of_the_address_that_was_asked(ask_api: Ask) -> None:
    reply = ask_api("GET", "/api/v1/tracks-link.kml", params={"every_s": 10})
    link = fromstring(reply.text).find(f".//{KML}Link")
    assert isinstance(link, Element)
    assert link.findtext(f"{KML}href") == "http://node/api/v1/tracks.kml"
    assert link.findtext(f"{KML}refreshInterval") == "10"
    assert ask_api("GET", "/api/v1/tracks-link.kml", params={"every_s": 0}).status_code == 422


@pytest.mark.parametrize("path", FORMS)
def test_nobody_is_given_a_track_who_is_not_signed_in(node: Node, path: str) -> None:
    stranger = Browser(node)
    refused = stranger.ask("GET", path)
    assert (refused.status_code, refused.json()["code"]) == (401, "not-signed-in")
    assert "HAWK" not in refused.text


@pytest.mark.parametrize("path", FORMS)
def test_another_member_finds_no_such_path_at_the_peers_door(node: Node, path: str) -> None:
    async def as_isr(url: str) -> None:
        context = client_context(certificates()["ISR"], certificates()["TUR"].der)
        async with httpx.AsyncClient(verify=context, base_url=url) as client:
            assert (await client.get(path)).status_code == 404

    at_the_listener(node, as_isr)


@pytest.mark.parametrize("role", ["observer", "notifier", "liaison", "host"])
def test_whoever_may_look_sees_and_who_is_no_desk_says_nothing_of_who_flies_what(
    node: Node, flown: Channel, role: str
) -> None:
    person = Browser(node, f"a {role}", app=console_app(node))
    assert person.enrol(role).status_code == 201
    shown = person.ask("GET", "/api/v1/tracks.kml")
    assert shown.status_code == 200
    assert "cot:HAWK-1" in shown.text
    refused = person.ask("POST", "/api/v1/flown", json={"track": "cot:HAWK-1", "notice": None})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-role")


def test_a_stream_says_all_of_them_again_and_ends_with_the_session(
    open_channel: Channel, empty: Path
) -> None:
    fly(open_channel)
    node = node_of(open_channel, "TUR", empty)
    with serving(node) as folder:
        transport = httpx.HTTPTransport(uds=str(folder / "api.sock"))
        with (
            httpx.Client(transport=transport, base_url="http://node", timeout=20) as client,
            client.stream("GET", "/api/v1/tracks.geojson-seq") as answer,
        ):
            assert answer.headers["content-type"] == "application/geo+json-seq"
            chunks = answer.iter_text()
            for _ in range(2):
                texts = next(chunks).split("\x1e")
                assert texts[0] == ""
                features = [json.loads(text) for text in texts[1:]]
                assert {one["id"] for one in features} == {"cot:HAWK-1", "radar:7"}
            node.console.end()
            for _ in chunks:
                pass  # the node ends, and its streams with it


def test_no_more_streams_than_there_is_room_for(open_channel: Channel, empty: Path) -> None:
    node = node_of(open_channel, "TUR", empty)
    with serving(node) as folder:
        transport = httpx.HTTPTransport(uds=str(folder / "api.sock"), limits=httpx.Limits(max_connections=40))
        with httpx.Client(transport=transport, base_url="http://node", timeout=20) as client:
            open_ = [
                client.send(client.build_request("GET", "/api/v1/tracks.geojson-seq"), stream=True)
                for _ in range(MOST_STREAMS)
            ]
            # An iterator that is dropped closes its connection, and gives up the place.
            followed = [answer.iter_raw() for answer in open_]
            for chunks in followed:
                assert next(chunks) == b"\x1e", "nothing is seen, and the line stands"
            # Only what it says first is read: a stream would never end.
            with client.stream("GET", "/api/v1/tracks.geojson-seq") as refused:
                assert refused.status_code == 409
                assert json.loads(refused.read())["code"] == "too-many-streams"
            for answer in open_:
                answer.close()


def test_an_alarm_says_who_must_call_whom_and_what_may_be_answered_and_never_where(
    open_channel: Channel, console_node: Node, browser_of: Callable[..., Browser]
) -> None:
    fly(open_channel)
    officer = browser_of("duty-officer", "air")
    (row,) = officer.ask("GET", "/api/v1/track-alarms").json()
    assert (row["danger"], row["owes"], row["caller"], row["called"]) == ("separation", "call", "TUR", "ISR")
    assert (row["track"], row["other"]) == (
        {"side": "member", "member": "TUR"},
        {"side": "member", "member": "ISR"},
    )
    assert row["may_answer"] == ["called", "turned-away", "not-ours", "cannot"]
    assert not {"lat", "lon", "position"} & _names_in(row)
    (seen,) = officer.ask("GET", "/api/v1/tracks").json()["alarms"]
    assert seen["told"] == [row["id"]]
    fields = {"alarm": row["short"], "act": "turned-away", "because": "own decision"}
    said = officer.ask(
        "POST",
        "/api/v1/statements",
        json={"kind": "track.answer", "desk": "air", "fields": fields},
        headers={"idempotency-key": "0b8c2f9e-5a0f-4f0e-8a53-6b1f6a0c1d11"},
    )
    assert said.status_code == 201, said.text
    open_channel.settle()
    (row,) = officer.ask("GET", "/api/v1/track-alarms").json()
    assert [(one["member"], one["act"], one["because"]) for one in row["done"]] == [
        ("TUR", "turned-away", "own decision")
    ]


def test_who_was_not_told_has_no_alarm_and_the_host_answers_none(open_channel: Channel, empty: Path) -> None:
    channel = copy_of(open_channel)
    fly(channel)
    host = node_of(channel, "AZE", empty)
    person = Browser(host, "the host")
    person.enrol("host")
    assert person.ask("GET", "/api/v1/track-alarms").json() == []
    assert person.ask("GET", "/api/v1/tracks.geojson").json()["features"] == []


def _names_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for one in value.values() for name in _names_in(one)}
    return {name for one in value for name in _names_in(one)} if isinstance(value, list) else set()
