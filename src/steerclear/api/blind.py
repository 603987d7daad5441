# SPDX-License-Identifier: Apache-2.0
"""How the checks stand that show nobody the plans, and what an audit of them needs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from steerclear.api.looks import file_answer, files
from steerclear.api.speaking import Spoken
from steerclear.node import Node
from steerclear.services.answers import BlindDayRow, SiteCheckRow
from steerclear.services.roles import require_may

__all__ = ["blind"]

_OPENING = "application/vnd.steerclear.blind-opening+json"
_CASE = "application/vnd.steerclear.openings+json"
_DAY = r"^\d{4}-\d\d-\d\d$"


def blind(node: Node) -> APIRouter:
    router = APIRouter(tags=["watch"])

    @router.get("/v1/blind", summary="Every day that is compared blind with another party, and how it stands")
    async def days(speaker: Spoken) -> list[BlindDayRow]:
        require_may(speaker, "look")
        return list(await node.blind())

    @router.get(
        "/v1/blind-sites",
        summary="Every own notice that is held against protected sites which nobody shows, and how it stands",
    )
    async def sites(speaker: Spoken) -> list[SiteCheckRow]:
        require_may(speaker, "look")
        return list(await node.site_checks())

    @router.get(
        "/v1/blind-opening",
        summary="What an audit of one attempt needs, sealed to the member's offline keys",
        response_class=Response,
        responses=files(_OPENING, "A file, for steerclear blind open."),
    )
    async def opening(
        speaker: Spoken,
        other: Annotated[str, Query(max_length=12)],
        day: Annotated[str, Query(max_length=10, pattern=_DAY, description="2025-04-10")],
        attempt: Annotated[int, Query(ge=0, le=65_535)] = 0,
    ) -> Response:
        require_may(speaker, "proofs")
        return file_answer(await node.blind_opening(other, day, attempt), _OPENING)

    @router.get(
        "/v1/blind-case",
        summary="What an inquiry into one day is shown of it: openings of its statements and of own notices",
        response_class=Response,
        responses=files(_CASE, "A file, for steerclear blind audit."),
    )
    async def case(
        speaker: Spoken,
        other: Annotated[str, Query(max_length=12)],
        day: Annotated[str, Query(max_length=10, pattern=_DAY, description="2025-04-10")],
        whole: Annotated[bool, Query(description="Everything that is sealed in the own log.")] = False,  # noqa: FBT002
    ) -> Response:
        require_may(speaker, "carry")
        return file_answer(await node.blind_case(other, day, whole=whole), _CASE)

    return router
