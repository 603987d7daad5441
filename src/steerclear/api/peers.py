# SPDX-License-Identifier: Apache-2.0
"""What may another node ask of this one? One thing: to exchange bundles, under its own certificate."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from steerclear.api.limits import BoundedBodies
from steerclear.api.problems import answer_problems
from steerclear.node import Node

__all__ = ["build_peer_api"]


def build_peer_api(node: Node) -> FastAPI:
    """The app behind the peers' listener. The caller is whoever its TLS certificate says, or refused."""
    app = FastAPI(title="Steerclear peers", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(BoundedBodies, largest=node.largest_bundle)
    answer_problems(app)

    @app.post(node.exchange_path)
    async def exchange(request: Request) -> Response:
        member = node.caller_of(request.scope)
        answer = await node.answer_peer(member, await request.body())
        return Response(answer, media_type=node.bundle_type)

    return app
