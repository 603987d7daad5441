# SPDX-License-Identifier: Apache-2.0
"""What does telling so many readers cost without a record? A relay that keeps, checks and signs nothing.

    POST /file  ──► every reader of /events        one process, the same server as a node's

``python -m benchmarks.node.relay SOCKET`` serves it until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

__all__ = ["relay"]


def relay() -> Starlette:
    """The application; its readers are told in the form that a node's are told in."""
    readers: set[asyncio.Queue[bytes]] = set()

    async def file(request: Request) -> JSONResponse:
        id_ = json.loads((await request.json())["geojson"])["features"][0]["properties"]["id"]
        line = f"data: {json.dumps({'said': [{'id': id_}]})}\n\n".encode()
        for reader in readers:
            reader.put_nowait(line)
        return JSONResponse([{"id": id_}])

    async def events(_: Request) -> StreamingResponse:
        return StreamingResponse(_told(readers), media_type="text/event-stream")

    return Starlette(routes=[Route("/file", file, methods=["POST"]), Route("/events", events)])


async def _told(readers: set[asyncio.Queue[bytes]]) -> AsyncIterator[bytes]:
    own: asyncio.Queue[bytes] = asyncio.Queue()
    readers.add(own)
    try:
        yield b"retry: 1000\n\n"
        while True:
            yield await own.get()
    finally:
        readers.discard(own)


if __name__ == "__main__":
    uvicorn.run(relay(), uds=sys.argv[1], log_level="error", access_log=False)
