# SPDX-License-Identifier: Apache-2.0
"""How large may a request be? What is over the limit is refused before it fills the memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steerclear.api.problems import problem
from steerclear.errors import BadInput

__all__ = ["LARGEST_REQUEST", "BoundedBodies"]

LARGEST_REQUEST: Final = 6 * 1024 * 1024
"""A filing of 5 MB of GeoJSON and the words around it."""


class BoundedBodies:
    """ASGI middleware: a body longer than ``largest`` bytes is refused, whatever its header claims.

    ``larger`` names paths with a limit of their own.
    """

    def __init__(self, app: ASGIApp, *, largest: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._largest = largest
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = self._larger.get(scope["path"], self._largest)
        body = await _whole_body(receive, largest)
        if body is None:
            await problem(_too_large(largest))(scope, receive, send)
            return
        await self._app(scope, _replayed(body, receive), send)


async def _whole_body(receive: Receive, largest: int) -> bytes | None:
    """The body, or ``None`` where it is too large; the rest of that is read and dropped, so that the sender
    gets our answer and not a broken pipe."""
    pieces, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
        if size <= largest:
            pieces.append(message.get("body", b""))
    return b"".join(pieces) if size <= largest else None


def _too_large(largest: int) -> BadInput:
    return BadInput(
        "input-too-large",
        f"The request has more than {largest:,} bytes.",
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
