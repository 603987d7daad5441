# SPDX-License-Identifier: Apache-2.0
"""What does this node see now? The live picture, for its own people; nothing leaves the node by this."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from steerclear.api.speaking import Spoken
from steerclear.node import Node
from steerclear.services.live_rows import TracksShown
from steerclear.services.roles import require_may

__all__ = ["Flown", "tracks"]


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

    @router.post("/v1/flown", summary="Which of our notices a track of ours flies")
    async def flown(body: Flown, speaker: Spoken) -> TracksShown:
        require_may(speaker, "fly")
        return await node.flies(body.track, body.notice)

    return router
