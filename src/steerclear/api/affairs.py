# SPDX-License-Identifier: Apache-2.0
"""What stands beside the notices: watches, sites, standstills, incidents, claims, meetings, drills."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from steerclear.api.looks import About, file_answer, files
from steerclear.api.speaking import Spoken
from steerclear.api.verbs import add_verbs
from steerclear.node import Node
from steerclear.services import requests as ask
from steerclear.services.answers import AffairRow, KindRow
from steerclear.services.roles import require_may
from steerclear.services.say import kinds_shown

__all__ = ["affairs"]


def affairs(node: Node) -> APIRouter:
    router = APIRouter(tags=["affairs"])
    add_verbs(router, node, ask.Say)

    @router.get("/v1/kinds", summary="What can be said in fields, and each field")
    async def kinds(speaker: Spoken) -> tuple[KindRow, ...]:
        require_may(speaker, "look")
        return kinds_shown()

    @router.get("/v1/affairs", summary="What stands beside the notices, oldest first")
    async def shown(
        speaker: Spoken, sort: Annotated[str | None, Query(max_length=24)] = None
    ) -> tuple[AffairRow, ...]:
        require_may(speaker, "look")
        return await node.affairs(sort)

    @router.get("/v1/affair", summary="One of them, with all that was said about it")
    async def one(about: About, speaker: Spoken) -> AffairRow:
        require_may(speaker, "look")
        return await node.affair(about)

    @router.get(
        "/v1/incident",
        summary="The file of an incident, each word with its proof",
        response_class=Response,
        responses=files("application/vnd.steerclear.incident+json", "The file, for steerclear verify."),
    )
    async def incident(about: About, speaker: Spoken) -> Response:
        require_may(speaker, "proofs")
        return file_answer(await node.incident(about), "application/vnd.steerclear.incident+json")

    return router
