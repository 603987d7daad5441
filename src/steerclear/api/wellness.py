# SPDX-License-Identifier: Apache-2.0
"""Is the process there, can it take what is filed, and what do its gauges say?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steerclear.api.looks import files
from steerclear.api.speaking import Spoken
from steerclear.errors import Unreachable
from steerclear.node import Node
from steerclear.services.console_answers import Measured
from steerclear.services.roles import require_may

__all__ = ["Counted", "Gauges", "Readiness", "wellness"]


class Gauges:
    """What one door counts, and what the node's gauges say when they are read."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "steerclear_requests", "Requests answered.", ["method", "status"], registry=self.registry
        )
        self._entries = Gauge(
            "steerclear_log_entries", "Entries of each log held here.", ["member"], registry=self.registry
        )
        self._lines = Gauge(
            "steerclear_line_up", "1 while the machine line is up.", ["member"], registry=self.registry
        )
        self._due = Gauge("steerclear_duties_due", "Duties that are due by now.", registry=self.registry)
        self._accepting = Gauge("steerclear_accepting", "1 while the node can file.", registry=self.registry)
        self._readers = Gauge("steerclear_event_readers", "Consoles that follow.", registry=self.registry)

    async def printed(self, node: Node) -> bytes:
        measured = await node.measured()
        for member, size in measured.entries.items():
            self._entries.labels(member).set(size)
        for member, up in measured.lines.items():
            self._lines.labels(member).set(up)
        self._due.set(measured.duties_due)
        self._accepting.set(measured.accepting)
        self._readers.set(node.console.readers)
        return generate_latest(self.registry)


class Counted:
    """ASGI middleware: counts the answers by method and status; a path could be anything."""

    def __init__(self, app: ASGIApp, *, gauges: Gauges) -> None:
        self._app = app
        self._gauges = gauges

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._gauges.requests.labels(method, str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, counting)


class Readiness:
    """Can the node file? Asked once a second, however many ask: strangers may, and a node writes alone."""

    def __init__(
        self, measure: Callable[[], Awaitable[Measured]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._measure = measure
        self._clock = clock
        self._asking = asyncio.Lock()
        self._known: tuple[float, bool] | None = None
        """When it was asked, and what it said."""

    async def can_file(self) -> bool:
        async with self._asking:
            if self._known is None or self._clock() - self._known[0] >= _READY_FOR_S:
                measured = await self._measure()
                self._known = (self._clock(), measured.accepting)
            return self._known[1]


_READY_FOR_S: Final = 1.0

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})


def wellness(node: Node, gauges: Gauges) -> APIRouter:
    router = APIRouter(tags=["wellness"])
    readiness = Readiness(node.measured)

    @router.get("/healthz", summary="The process answers")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz", summary="The node can take what is filed")
    async def readyz() -> dict[str, str]:
        if not await readiness.can_file():
            raise Unreachable(
                "not-ready",
                "The node answers, and cannot file now; STOP goes out all the same.",
                remedy="See steerclear status for the reason.",
            )
        return {"status": "ready"}

    @router.get(
        "/metrics",
        summary="Gauges, as Prometheus reads them",
        response_class=Response,
        responses=files("text/plain", "The Prometheus text format."),
    )
    async def metrics(speaker: Spoken) -> Response:
        require_may(speaker, "figures")
        return Response(await gauges.printed(node), headers={"content-type": CONTENT_TYPE_LATEST})

    return router
