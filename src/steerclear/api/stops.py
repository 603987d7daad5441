# SPDX-License-Identifier: Apache-2.0
"""STOP, its outcome and its closing; and the question whose it is. No rate holds any of them back."""

from __future__ import annotations

from fastapi import APIRouter

from steerclear.api.looks import About
from steerclear.api.speaking import Spoken
from steerclear.api.verbs import add_verbs
from steerclear.node import Node
from steerclear.services import requests as ask
from steerclear.services.answers import StopRow
from steerclear.services.roles import require_may

__all__ = ["stops"]


def stops(node: Node) -> APIRouter:
    router = APIRouter(tags=["stops"])
    add_verbs(router, node, ask.CallStop, ask.Answer, ask.CloseStop, ask.AskOwnership)

    @router.get("/v1/stop", summary="One STOP, with its clock")
    async def stop(about: About, speaker: Spoken) -> StopRow:
        require_may(speaker, "look")
        return await node.stop(about)

    return router
