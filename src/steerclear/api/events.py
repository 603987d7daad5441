# SPDX-License-Identifier: Apache-2.0
"""What has moved: server-sent events that resume after a cut (WHATWG HTML, 9.2).

Each event has an id; who comes back with ``Last-Event-ID`` goes on after it. Where that is too long ago, or
the node was started since, the first event is ``reset``: look at everything again. So nothing is missed. A
comment goes out every 15 s. A reader that the events
overtake is let go, and begins with ``reset``.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from steerclear.api.speaking import Spoken, session_token
from steerclear.node import Node
from steerclear.services.events import Event

__all__ = ["events"]

_STREAM: Final = "text/event-stream"
_RETRY: Final = b"retry: 1000\n\n"
_HEARTBEAT: Final = b": still here\n\n"

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Events `record`, `duties`, `alarm`, `line`, `reset`; each has an id and JSON data.",
        "content": {_STREAM: {"schema": {"type": "string"}}},
    }
}


def events(node: Node) -> APIRouter:
    router = APIRouter(tags=["events"])

    @router.get(
        "/v1/events",
        summary="What moves, as it moves",
        response_class=StreamingResponse,
        responses=_ANSWERS,
    )
    async def follow(
        speaker: Spoken,
        http: Request,
        last: Annotated[str | None, Header(alias="Last-Event-ID", max_length=64)] = None,
    ) -> StreamingResponse:
        following = node.console.events(speaker, last, session_token(http))
        return StreamingResponse(
            _lines(following),
            media_type=_STREAM,
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    return router


async def _lines(following: AsyncGenerator[tuple[Event, ...], None]) -> AsyncIterator[bytes]:
    yield _RETRY
    async with aclosing(following):
        async for some in following:
            yield b"".join(map(_printed, some)) or _HEARTBEAT


def _printed(event: Event) -> bytes:
    return f"id: {event.id}\nevent: {event.kind}\ndata: {event.text}\n\n".encode()
