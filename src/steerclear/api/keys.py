# SPDX-License-Identifier: Apache-2.0
"""Which keys hold, what a root is asked, and what it signed."""

from __future__ import annotations

from fastapi import APIRouter, Request

from steerclear.api.looks import Member
from steerclear.api.speaking import Spoken
from steerclear.api.verbs import root_asking
from steerclear.node import Node
from steerclear.services.answers import KeysShown, Receipt
from steerclear.services.requests import NameKeys, RevokeKeys, Succeed
from steerclear.services.roles import require_may

__all__ = ["keys"]

_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def keys(node: Node) -> APIRouter:
    router = APIRouter(tags=["keys"])
    for request_type, path, words in (
        (NameKeys, "/v1/key-namings", "Ask the root to name keys"),
        (RevokeKeys, "/v1/key-revocations", "Ask the root to revoke keys"),
        (Succeed, "/v1/successions", "Ask the root to begin the log anew"),
    ):
        router.add_api_route(
            path, root_asking(node, request_type), methods=["POST"], name=request_type.__name__, summary=words
        )

    @router.post(
        "/v1/root-requests",
        status_code=201,
        summary="Hand over a request that the root keys have signed",
        openapi_extra=_BYTES,
    )
    async def signed(request: Request, speaker: Spoken) -> tuple[Receipt, ...]:
        require_may(speaker, "keys")
        return await node.take_signed(await request.body())

    @router.get("/v1/keys", summary="The keys of one member as its log has named them")
    async def shown(speaker: Spoken, member: Member = None) -> KeysShown:
        require_may(speaker, "look")
        return await node.keys(member)

    return router
