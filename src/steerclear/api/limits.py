# SPDX-License-Identifier: Apache-2.0
"""How much may a caller cost? What is over the limit is refused before it fills the memory, and said.

Of one peer two requests are read at a time, the second so that a STOP overtakes a call that hangs; the rest
waits unread in its own connection, and keeps nobody else from being heard.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steerclear.api.problems import problem
from steerclear.errors import BadInput, Refused, SteerclearError, Unreachable

__all__ = [
    "LARGEST_EXCHANGE",
    "LARGEST_OF_STRANGERS",
    "LARGEST_REQUEST",
    "LONGEST_TRANSFER_S",
    "MOST_CALLS_A_PEER",
    "NEVER_LIMITED",
    "BoundedBodies",
    "BoundedPeers",
    "Rates",
]

_log = structlog.get_logger("steerclear.limits")

LARGEST_REQUEST: Final = 6 * 1024 * 1024
"""A filing of 5 MB of GeoJSON and the words around it."""

LARGEST_OF_STRANGERS: Final = 64 * 1024
"""Of whom nobody knows; a passkey's answer has some 2 KiB."""

LARGEST_EXCHANGE: Final = 16 * 1024 * 1024
"""Bytes of one call by a peer; an honest node sends some 2 MiB at a time, and its blobs with them."""

LONGEST_TRANSFER_S: Final = 30.0
"""So long anybody may take to send one call; then he is let go, and calls again."""

MOST_CALLS_A_PEER: Final = 2


NEVER_LIMITED: Final = frozenset(
    f"/api/v1/{path}"
    for path in ("stops", "answers", "stop-closings", "ownership-questions", "acknowledgements", "gestures")
)
"""STOP and what answers it, and the gesture under it. Nobody waits for a rate before he calls STOP."""

REQUESTS_A_SECOND: Final = 50.0
REQUESTS_AT_ONCE: Final = 200.0
STRANGERS_A_SECOND: Final = 1.0
STRANGERS_AT_ONCE: Final = 20.0
MOST_CALLERS: Final = 10_000


class Rates:
    """ASGI middleware: so many requests of each speaker, and of each address where nobody is signed in.

    The socket has no rates: who reaches it could as well stop the node. ``open_paths`` are those for which
    nobody is signed in; they are counted by address whoever asks.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        door: str,
        open_paths: tuple[str, ...],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._door = door
        self._open_paths = frozenset(open_paths)
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}
        """Of each caller: how many requests are left, and as of when."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        free = scope["type"] != "http" or self._door == "socket" or _is_never_limited(scope)
        if free or self._takes(scope):
            await self._app(scope, receive, send)
            return
        answer = problem(
            Refused(
                "too-many-requests",
                "More was asked for than this node answers in a second.",
                remedy="Wait a second and ask again. STOP is never counted.",
            )
        )
        answer.headers["retry-after"] = "1"
        await answer(scope, receive, send)

    def _takes(self, scope: Scope) -> bool:
        speaker = None if scope["path"] in self._open_paths else scope.get("steerclear.speaker")
        if speaker is None:
            address = scope.get("client") or ("", 0)
            caller, rate, most = f"at {address[0]}", STRANGERS_A_SECOND, STRANGERS_AT_ONCE
            if scope["path"] not in self._open_paths:
                # Pages and refusals cost little, and a browser asks for many at once.
                caller, rate, most = f"page {address[0]}", REQUESTS_A_SECOND, REQUESTS_AT_ONCE
        else:
            caller, rate, most = speaker.id, REQUESTS_A_SECOND, REQUESTS_AT_ONCE
        now = self._clock()
        left, since = self._left.get(caller, (most, now))
        left = min(most, left + (now - since) * rate)
        if len(self._left) > MOST_CALLERS:
            self._left.clear()
        self._left[caller] = (left - 1 if left >= 1 else left, now)
        return left >= 1


def _is_never_limited(scope: Scope) -> bool:
    """STOP of somebody who is known here; of nobody it would be refused anyway."""
    path = scope["path"]
    is_floor = path in NEVER_LIMITED or path.startswith("/api/v1/gestures/")
    return is_floor and scope.get("steerclear.speaker") is not None


class BoundedBodies:
    """ASGI middleware: a body longer than ``largest`` bytes is refused, whatever its header claims, and so is
    one that takes longer than ``within_s``.

    ``of_paths`` names paths with a limit of their own. It stands behind ``Doors``: of nobody little is read.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest: int,
        of_paths: Mapping[str, int] | None = None,
        within_s: float = LONGEST_TRANSFER_S,
    ) -> None:
        self._app = app
        self._largest = largest
        self._of_paths = dict(of_paths or {})
        self._within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = self._of_paths.get(scope["path"], self._largest)
        if scope.get("steerclear.speaker") is None:
            largest = min(largest, LARGEST_OF_STRANGERS)
        try:
            async with asyncio.timeout(self._within_s):
                body = await _whole_body(receive, largest)
        except TimeoutError:
            slow = Unreachable(
                "transfer-too-slow",
                f"The request did not end within {self._within_s:.0f} s.",
                where=scope["path"],
                remedy="Nothing of it was taken: send it again, by a faster line or in parts.",
            )
            await problem(slow)(scope, receive, send)
        except BadInput as error:
            await problem(error)(scope, receive, send)
        except Unreachable as error:
            # It went away before it had said what it wanted: there is nobody to answer.
            _log.info("caller-went-away", code=error.code, what=error.what)
        else:
            await self._app(scope, _replayed(body, receive), send)


class BoundedPeers:
    """ASGI middleware of the peers' listener: a few calls of each member at a time, each in time and bounded.

    ``caller_of`` says whose certificate a request came under, ``refuse`` counts and shows what was not taken.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        caller_of: Callable[[Scope], str],
        refuse: Callable[[str, SteerclearError], None],
        largest: int = LARGEST_EXCHANGE,
        within_s: float = LONGEST_TRANSFER_S,
    ) -> None:
        self._app = app
        self._caller_of = caller_of
        self._refuse = refuse
        self._largest = largest
        self._within_s = within_s
        self._turns: dict[str, asyncio.Semaphore] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            member = self._caller_of(scope)
        except Refused as error:
            await problem(error)(scope, receive, send)
            return
        async with self._turns.setdefault(member, asyncio.Semaphore(MOST_CALLS_A_PEER)):
            await self._in_turn(member, scope, receive, send)

    async def _in_turn(self, member: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._within_s):
                body = await _whole_body(receive, self._largest, name=member)
        except TimeoutError:
            slow = Unreachable(
                "transfer-too-slow",
                f"A call of {member} did not end within {self._within_s:.0f} s.",
                where=f"{member}, {scope['path']}",
                remedy=f"Nothing of it was taken. If it lasts, have {member} look at its node and its line.",
            )
            self._refuse(member, slow)
            await problem(slow)(scope, receive, send)
        except BadInput as error:
            self._refuse(member, error)
            await problem(error)(scope, receive, send)
        except Unreachable as error:
            self._refuse(member, error)
        else:
            await self._app(scope, _replayed(body, receive), send)


async def _whole_body(receive: Receive, largest: int, *, name: str = "the caller") -> bytes:
    """The body. Raises ``BadInput`` where it is too large, after as much again was read and dropped, so that
    an honest sender gets our answer and not a broken pipe; ``Unreachable`` where it broke off."""
    pieces, size, more = [], 0, True
    while more and size <= 2 * largest:
        message = await receive()
        if message["type"] != "http.request":
            raise Unreachable(
                "transfer-cut",
                f"A call of {name} broke off after {size:,} bytes.",
                where=name,
                remedy="Nothing of it was taken, and nothing is lost: it is sent again.",
            )
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
        if size <= largest:
            pieces.append(message.get("body", b""))
    if size > largest:
        raise _too_large(largest, name)
    return b"".join(pieces)


def _too_large(largest: int, name: str) -> BadInput:
    return BadInput(
        "input-too-large",
        f"The request has more than {largest:,} bytes.",
        where=name,
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
