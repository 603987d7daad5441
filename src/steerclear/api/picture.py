# SPDX-License-Identifier: Apache-2.0
"""What does a map need? The picture of what stands, positions in all spellings, and drafts that are checked.

A draft is never filed here: it is read (with its doubts), checked and drawn, as often as somebody moves a
corner.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from steerclear.api.looks import About, file_answer, files, printed, printer
from steerclear.api.speaking import Spoken
from steerclear.api.verbs import ask_type, require_text
from steerclear.formats.pasted import read_pasted
from steerclear.formats.reading import ReadingRow
from steerclear.node import Node
from steerclear.services import requests as ask
from steerclear.services.map_answers import DraftCheck, PictureShown
from steerclear.services.position_shown import PositionShown, position_shown
from steerclear.services.roles import require_may, require_may_ask

__all__ = ["picture"]

_GEOJSON = "application/geo+json"
_PICTURE: Final = printer(PictureShown)

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file, or the text that was pasted, as it is; at most 5 MB.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def picture(node: Node) -> APIRouter:
    router = APIRouter(tags=["map"])
    _add_looks(router, node)
    _add_drafts(router, node)
    return router


def _add_looks(router: APIRouter, node: Node) -> None:
    @router.get(
        "/v1/picture",
        summary="Every area that this node can read, ready to be drawn",
        response_model=PictureShown,
    )
    async def shown(speaker: Spoken) -> Response:
        require_may(speaker, "look")
        return printed(await node.told_picture(_PICTURE))

    @router.get(
        "/v1/notice-form",
        summary="A notice as GeoJSON, as it would be filed again",
        response_class=Response,
        responses=files(_GEOJSON, "The newest version."),
    )
    async def form(about: About, speaker: Spoken) -> Response:
        require_may(speaker, "look")
        return file_answer(await node.filed_form(about), _GEOJSON)

    @router.get("/v1/position", summary="What was typed as a position, in all three spellings")
    async def position(
        typed: Annotated[str, Query(max_length=200, description="34.5225N 37.627E, 37SCU7398320948 …")],
        speaker: Spoken,
    ) -> PositionShown:
        require_may(speaker, "look")
        return position_shown(typed)


def _add_drafts(router: APIRouter, node: Node) -> None:
    async def own_check(asked: ask.FileNotices, speaker: Spoken) -> DraftCheck:
        """All that the gate would say, what is met among what this node can read, and the nearest ways out.

        Nothing is filed, and nobody is told. What cannot be read is refused as in filing.
        """
        require_text(asked)
        require_may_ask(speaker, asked)
        return await node.own_check(asked)

    own_check.__annotations__ = {
        "asked": ask_type(ask.FileNotices),
        "speaker": Spoken,
        "return": DraftCheck,
    }
    router.add_api_route("/v1/own-checks", own_check, methods=["POST"], summary="Your own check of a draft")

    @router.post(
        "/v1/readings", summary="A file or a pasted text as drafts, with their doubts", openapi_extra=_BODY
    )
    async def reading(
        http: Request,
        speaker: Spoken,
        name: Annotated[str, Query(max_length=200, description="The file's name, for its ending")] = "pasted",
        form: Annotated[
            str | None, Query(max_length=20, description="Without it the text itself decides")
        ] = None,
    ) -> ReadingRow:
        require_may(speaker, "look")
        given = await http.body()
        return await asyncio.to_thread(read_pasted, given, where=name, form=form, party=node.member)
