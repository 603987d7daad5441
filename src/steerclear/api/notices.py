# SPDX-License-Identifier: Apache-2.0
"""Notices: file, check, change, answer; and one of them with its stages."""

from __future__ import annotations

from fastapi import APIRouter

from steerclear.api.looks import About
from steerclear.api.speaking import Spoken
from steerclear.api.verbs import add_verbs, ask_type, require_text
from steerclear.node import Node
from steerclear.services import requests as ask
from steerclear.services.answers import NoticeRow
from steerclear.services.console_answers import NoticeCheck
from steerclear.services.roles import require_may, require_may_ask

__all__ = ["notices"]


def notices(node: Node) -> APIRouter:
    router = APIRouter(tags=["notices"])
    add_verbs(router, node, ask.FileNotices, ask.TakeAlternative, ask.Withdraw, ask.Activate, ask.GoCold)
    add_verbs(router, node, ask.Acknowledge, ask.Disseminate, ask.Unable)

    async def check(asked: ask.FileNotices, speaker: Spoken) -> NoticeCheck:
        """Ask the gate and file nothing: what filing it would refuse is refused here, in the same words."""
        require_text(asked)
        require_may_ask(speaker, asked)
        return await node.check(asked)

    check.__annotations__ = {
        "asked": ask_type(ask.FileNotices),
        "speaker": Spoken,
        "return": NoticeCheck,
    }
    router.add_api_route("/v1/notice-checks", check, methods=["POST"], summary="Ask the gate")

    @router.get("/v1/notice", summary="One notice, with its stages")
    async def notice(about: About, speaker: Spoken) -> NoticeRow:
        require_may(speaker, "look")
        return await node.notice(about)

    return router
