# SPDX-License-Identifier: Apache-2.0
"""What a watch sees first: how the node and its lines are, and what its desk owes; the month's figures."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from steerclear.api.looks import file_answer, files, printed, printer
from steerclear.api.speaking import Spoken
from steerclear.node import Node
from steerclear.services.answers import Inbox, Status
from steerclear.services.roles import require_may
from steerclear.services.statistics import StatisticsShown

__all__ = ["watch"]

_STATUS: Final = printer(Status)
_INBOX: Final = printer(Inbox)


def watch(node: Node) -> APIRouter:
    router = APIRouter(tags=["watch"])

    @router.get(
        "/v1/status", summary="How the node and its lines are, and what is in force", response_model=Status
    )
    async def status(speaker: Spoken) -> Response:
        require_may(speaker, "look")
        return printed(await node.told_status(_STATUS))

    @router.get(
        "/v1/inbox",
        summary="What I owe, what I am owed, and the notices that concern me",
        response_model=Inbox,
    )
    async def inbox(speaker: Spoken, desk: Annotated[str | None, Query(max_length=24)] = None) -> Response:
        require_may(speaker, "look")
        return printed(await node.told_inbox(desk, _INBOX))

    @router.get("/v1/statistics", summary="The figures of a month: the own, and the shared ones")
    async def statistics(
        speaker: Spoken,
        month: Annotated[str | None, Query(max_length=20, description="2026-10")] = None,
    ) -> StatisticsShown:
        require_may(speaker, "figures")
        return await node.statistics(month)

    @router.get(
        "/v1/calendar",
        summary="Meetings, action items, checks and drills as iCalendar",
        response_class=Response,
        responses=files("text/calendar", "An .ics file, in UTC."),
    )
    async def calendar(speaker: Spoken) -> Response:
        require_may(speaker, "look")
        return file_answer(await node.calendar(), "text/calendar; charset=utf-8")

    return router
