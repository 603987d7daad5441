# SPDX-License-Identifier: Apache-2.0
"""What did this node know at a moment of the past, and at which moments did it learn something?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from steerclear.api.speaking import Spoken
from steerclear.errors import BadInput
from steerclear.model.time import Instant, parse_typed_instant_us
from steerclear.node import Node
from steerclear.services.past_answers import MomentsShown, PastShown
from steerclear.services.roles import require_may

__all__ = ["past"]

_At = Annotated[str, Query(max_length=40, description="2025-04-10T09:31Z, with seconds or without")]


def past(node: Node) -> APIRouter:
    router = APIRouter(tags=["past"])

    @router.get("/v1/past", summary="What this node knew at a moment, as its own record shows")
    async def shown(at: _At, speaker: Spoken) -> PastShown:
        require_may(speaker, "look")
        return await node.past(_instant(at))

    @router.get("/v1/moments", summary="The moments of an incident, or of the days around an instant")
    async def moments(
        speaker: Spoken,
        about: Annotated[str | None, Query(max_length=200, description="An incident: AZE-0042")] = None,
        at: _At | None = None,
    ) -> MomentsShown:
        require_may(speaker, "look")
        if (about is None) == (at is None):
            raise BadInput(
                "moments-of-what",
                "Moments are of an incident or of the days around an instant: one of the two is named.",
                where="about",
                remedy="Name either about=AZE-0042 or at=2025-04-10T09:31Z.",
            )
        return await node.moments(about if about is not None else _instant(at or ""))

    return router


def _instant(typed: str) -> Instant:
    return Instant(parse_typed_instant_us(typed) // 1_000)
