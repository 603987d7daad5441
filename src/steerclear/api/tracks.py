# SPDX-License-Identifier: Apache-2.0
"""What does this node see now? The live picture, for its own people; nothing leaves the node by this.

    /v1/tracks              everything, for a face
    /v1/track-alarms        what was warned of, and what may be answered
    /v1/agreed-areas        what an annex keeps out of, to be drawn below it
    /v1/tracks.kml, .geojson, .geojson-seq, /v1/tracks-link.kml    the same tracks in forms of other maps

Who may look at the node may look at these, by the same doors; what another *member* may be shown is the
disclosure annex's to say, and goes from node to node.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Final
from urllib.parse import urljoin

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from steerclear.api.looks import file_answer, files
from steerclear.api.speaking import Spoken, session_token
from steerclear.errors import Refused
from steerclear.node import Node
from steerclear.services.agreed_areas import AgreedArea
from steerclear.services.live_rows import TracksShown
from steerclear.services.roles import Speaker, require_may
from steerclear.services.track_alarms_shown import TrackAlarmRow
from steerclear.tracking.shown import kml_that_fetches

__all__ = ["Flown", "tracks"]

MOST_STREAMS: Final = 16

_KML: Final = "application/vnd.google-earth.kml+xml"
_GEOJSON: Final = "application/geo+json"
_SEQUENCE: Final = "application/geo+json-seq"
_NOTHING_SEEN: Final = b"\x1e"
"""A separator alone is no element (RFC 7464, 2.1), and says that the line stands."""


class Flown(BaseModel):
    """Which notice of ours a track of ours flies; ``null``: none any longer."""

    model_config = ConfigDict(extra="forbid")

    track: Annotated[str, Field(max_length=80)]
    notice: Annotated[str, Field(max_length=80)] | None


def tracks(node: Node) -> APIRouter:
    router = APIRouter(tags=["map"])

    @router.get("/v1/tracks", summary="The live picture: tracks, alarms, and how its feeds are")
    async def shown(speaker: Spoken) -> TracksShown:
        require_may(speaker, "look")
        return await node.tracks()

    @router.get("/v1/track-alarms", summary="What live pictures have warned of, and what may be answered")
    async def alarms(speaker: Spoken) -> tuple[TrackAlarmRow, ...]:
        require_may(speaker, "look")
        return await node.track_alarms()

    @router.get(
        "/v1/agreed-areas", summary="The areas that all have agreed to keep out of, ready to be drawn"
    )
    async def agreed(speaker: Spoken) -> tuple[AgreedArea, ...]:
        require_may(speaker, "look")
        return await node.agreed_areas()

    @router.post("/v1/flown", summary="Which of our notices a track of ours flies")
    async def flown(body: Flown, speaker: Spoken) -> TracksShown:
        require_may(speaker, "fly")
        return await node.flies(body.track, body.notice)

    _add_other_maps(router, node)
    _add_stream(router, node)
    return router


def _add_other_maps(router: APIRouter, node: Node) -> None:
    @router.get(
        "/v1/tracks.kml",
        summary="The tracks as KML, as they are now",
        response_class=Response,
        responses=files(_KML, "KML 2.2: a placemark for each track, with its age."),
    )
    async def kml(speaker: Spoken) -> Response:
        require_may(speaker, "look")
        return file_answer(await node.tracks_as("kml"), _KML)

    @router.get(
        "/v1/tracks-link.kml",
        summary="A KML that fetches them again and again: what a person opens once",
        response_class=Response,
        responses=files(_KML, "KML 2.2: a NetworkLink to /api/v1/tracks.kml of the address that was asked."),
    )
    async def link(
        speaker: Spoken, http: Request, every_s: Annotated[int, Query(ge=1, le=3_600)] = 5
    ) -> Response:
        require_may(speaker, "look")
        address = urljoin(str(http.base_url), "/api/v1/tracks.kml")
        return file_answer(kml_that_fetches(address, every_s=every_s).encode(), _KML)

    @router.get(
        "/v1/tracks.geojson",
        summary="The tracks as GeoJSON, as they are now",
        response_class=Response,
        responses=files(_GEOJSON, "One FeatureCollection (RFC 7946)."),
    )
    async def geojson(speaker: Spoken) -> Response:
        require_may(speaker, "look")
        return file_answer(await node.tracks_as("geojson"), _GEOJSON)


def _add_stream(router: APIRouter, node: Node) -> None:
    open_streams: set[object] = set()

    @router.get(
        "/v1/tracks.geojson-seq",
        summary="The tracks again and again, as a stream of GeoJSON features",
        response_class=StreamingResponse,
        responses=files(_SEQUENCE, "Each track as a Feature of its own (RFC 8142), all of them each time."),
    )
    async def stream(
        speaker: Spoken, http: Request, every_s: Annotated[int, Query(ge=1, le=3_600)] = 1
    ) -> StreamingResponse:
        require_may(speaker, "look")
        if len(open_streams) >= MOST_STREAMS:
            raise Refused(
                "too-many-streams",
                f"{MOST_STREAMS} programs are following the tracks of this node already.",
                remedy="End one of them, or ask for /api/v1/tracks.geojson now and then.",
            )
        token = session_token(http)
        return StreamingResponse(
            _again_and_again(node, every_s, lambda: _may_go_on(node, speaker, token), open_streams),
            media_type=_SEQUENCE,
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )


async def _again_and_again(
    node: Node, every_s: int, may_go_on: Callable[[], bool], open_streams: set[object]
) -> AsyncIterator[bytes]:
    """Until whoever reads has gone, may read no longer, or the node ends; each is noticed within a second."""
    me = object()
    open_streams.add(me)
    try:
        while may_go_on():
            yield await node.tracks_as("geojson-seq") or _NOTHING_SEEN
            for _ in range(every_s):
                if may_go_on():
                    await asyncio.sleep(1)
    finally:
        open_streams.discard(me)


def _may_go_on(node: Node, speaker: Speaker, token: str | None) -> bool:
    return not node.console.is_over and (not speaker.is_person or node.console.speaker_of(token) == speaker)
