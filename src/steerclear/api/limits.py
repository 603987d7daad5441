# SPDX-License-Identifier: Apache-2.0
"""How large may a request be? What is over the limit is refused before it fills the memory."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steerclear.api.problems import problem
from steerclear.errors import BadInput

__all__ = ["LARGEST_REQUEST", "BoundedBodies"]

LARGEST_REQUEST: Final = 6 * 1024 * 1024
"""A filing of 5 MB of GeoJSON and the words around it."""


class BoundedBodies:
    """ASGI middleware: a body longer than ``largest`` bytes is refused, whatever its header claims."""

    def __init__(self, app: ASGIApp, *, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await self._whole_body(receive)
        if body is None:
            await problem(self._too_large())(scope, receive, send)
            return
        await self._app(scope, _replayed(body, receive), send)

    async def _whole_body(self, receive: Receive) -> bytes | None:
        """The body, or ``None`` once it is too large; the rest is read and dropped, so that the sender
        gets our answer and not a broken pipe."""
        pieces, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                break
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
            if size <= self._largest:
                pieces.append(message.get("body", b""))
        return b"".join(pieces) if size <= self._largest else None

    def _too_large(self) -> BadInput:
        return BadInput(
            "input-too-large",
            f"The request has more than {self._largest:,} bytes.",
            remedy="File fewer notices at a time, or shapes with fewer corners; nothing was filed.",
        )


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once, then whatever the connection says (it went away)."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once
