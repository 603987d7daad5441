# SPDX-License-Identifier: Apache-2.0
"""The annexes: on the table, proposed, countered, ratified, withdrawn; and the mechanism's flag."""

from __future__ import annotations

from fastapi import APIRouter

from steerclear.api.speaking import Spoken
from steerclear.api.verbs import add_verbs
from steerclear.node import Node
from steerclear.services import requests as ask
from steerclear.services.annexes_shown import AnnexShown
from steerclear.services.roles import require_may

__all__ = ["annexes"]


def annexes(node: Node) -> APIRouter:
    router = APIRouter(tags=["annexes"])
    add_verbs(router, node, ask.Propose, ask.ProposeAnnex, ask.Ratify, ask.WithdrawAnnex)
    add_verbs(router, node, ask.SuspendMechanism, ask.ResumeMechanism, ask.EndMechanism)

    @router.get("/v1/annexes", summary="Every annex on the table, with its document")
    async def shown(speaker: Spoken) -> tuple[AnnexShown, ...]:
        require_may(speaker, "look")
        return await node.annexes()

    return router
