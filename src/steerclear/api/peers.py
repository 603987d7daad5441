# SPDX-License-Identifier: Apache-2.0
"""What may another node ask of this one, under its own certificate?

POST /peer/v1/exchange                                to exchange bundles
GET  /peer/v1/log/MEMBER/GENERATION/checkpoint        any log that is held here, as C2SP tlog-tiles
GET  /peer/v1/log/MEMBER/GENERATION/tile/…            … its hashes and entries, which never change
POST /peer/v1/witness/add-checkpoint                  a cosignature, as C2SP tlog-witness
GET  /peer/v1/witness/HASH_OF_ORIGIN/checkpoint       what was cosigned last
"""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import FastAPI, Path, Request, Response

from steerclear.api.limits import BoundedPeers
from steerclear.api.problems import answer_problems, problem
from steerclear.errors import BadInput, NotVerified, SteerclearError
from steerclear.node import Node

if TYPE_CHECKING:
    from steerclear.services.published import Page

__all__ = ["build_peer_api"]

_FOR_EVER: Final = "private, max-age=31536000, immutable"
"""For members alone, so no cache on the way may keep it; its bytes never change."""


def build_peer_api(node: Node) -> FastAPI:
    """The app behind the peers' listener. The caller is whoever its TLS certificate says, or refused."""
    app = FastAPI(title="Steerclear peers", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(BoundedPeers, caller_of=node.caller_of, refuse=node.refuse)
    answer_problems(app)

    @app.post(node.exchange_path)
    async def exchange(request: Request) -> Response:
        member = node.caller_of(request.scope)
        answer = await node.answer_peer(member, await request.body())
        return Response(answer, media_type=node.bundle_type)

    _publish(app, node)
    return app


def _publish(app: FastAPI, node: Node) -> None:
    @app.get("/peer/v1/log/{member}/{generation}/{path:path}")
    async def log(
        request: Request, member: str, generation: Annotated[int, Path(ge=0, le=999_999_999)], path: str
    ) -> Response:
        node.caller_of(request.scope)
        return await _served(request, await node.published(member, generation, path))

    @app.post("/peer/v1/witness/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        member = node.caller_of(request.scope)
        try:
            answer = await node.witness(await request.body())
        except SteerclearError as error:
            node.refuse(member, error)
            raise
        if answer.status in _NOT_TRUE:
            node.refuse(member, _not_witnessed(member, answer.status))
        # As it is: the framework would add a charset to the type that C2SP names.
        return Response(answer.body, answer.status, headers={"content-type": answer.media_type})

    @app.get("/peer/v1/witness/{hash_of_origin}/checkpoint")
    async def cosigned(request: Request, hash_of_origin: str) -> Response:
        node.caller_of(request.scope)
        return await _served(request, await node.cosigned(hash_of_origin))


_NOT_TRUE: Final = frozenset({403, 422})
"""What C2SP tlog-witness answers to a signature by nobody, and to a proof that proves nothing."""


def _not_witnessed(member: str, status: int) -> NotVerified:
    return NotVerified(
        "witness-refused",
        f"{member} asked for a cosignature under a checkpoint that is not true or proven (status {status}).",
        where=f"{member}, add-checkpoint",
        remedy=f"Nothing was cosigned. Ask {member} what its node showed, and compare checkpoints by voice.",
    )


async def _served(request: Request, page: Page | None) -> Response:
    if page is None:
        missing = BadInput(
            "not-published",
            f"Nothing is published at {request.url.path}.",
            remedy="Ask for a log that this node holds, and for tiles that its checkpoint fills.",
        )
        return problem(missing, status=404)
    headers = {
        "cache-control": _FOR_EVER if page.never_changes else "no-cache",
        "vary": "accept-encoding",
    }
    if page.never_changes and "gzip" in request.headers.get("accept-encoding", ""):
        # A bundle of entries may have 16 MiB; packing it must not keep a STOP waiting.
        packed = await asyncio.to_thread(gzip.compress, page.body, mtime=0)
        return Response(packed, media_type=page.media_type, headers={**headers, "content-encoding": "gzip"})
    return Response(page.body, media_type=page.media_type, headers=headers)
