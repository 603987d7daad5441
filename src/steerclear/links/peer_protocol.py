# SPDX-License-Identifier: Apache-2.0
"""Which certificate did the caller show? uvicorn does not say; this protocol puts it into the ASGI scope.

    uvicorn.Config(app, http=PeerProtocol, ssl_context_factory=lambda config, default: server_context(…))

Every HTTP request then has ``scope["extensions"]["steerclear.client_certificate"]``, the caller's certificate
in DER, taken from the finished handshake of its own connection. A header cannot forge it. (The ASGI TLS
extension 0.2 would carry PEM text; no server fills it in yet.)
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["EXTENSION", "MOST_CONNECTIONS", "PeerProtocol", "certificate_of"]

EXTENSION: Final = "steerclear.client_certificate"

MOST_CONNECTIONS: Final = 8
"""Of one certificate. An honest courier keeps one or two; the ninth takes the place of the oldest, since that
may be a line that died unnoticed, and a STOP must never wait for it."""

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[Any]]
_Send = Callable[[Any], Awaitable[None]]


def certificate_of(scope: Mapping[str, Any]) -> bytes | None:
    """The caller's certificate (DER), or ``None`` on a connection that shows none."""
    found = scope.get("extensions", {}).get(EXTENSION)
    return found if isinstance(found, bytes) else None


class PeerProtocol(H11Protocol):
    """HTTP/1.1 with the caller's certificate in each request's scope.

    ``on_crowd(certificate)`` is told when a caller had more connections than it may have.
    """

    certificate: bytes | None = None
    made_at: float = 0.0

    def __init__(self, *given: Any, on_crowd: Callable[[bytes], None] | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self._on_crowd = on_crowd

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        connection = transport.get_extra_info("ssl_object")
        if isinstance(connection, ssl.SSLObject):
            self.certificate = connection.getpeercert(binary_form=True)
            self.made_at = self.loop.time()
            self.app = _WithCertificate(self.app, self.certificate)
            self._make_room()

    def _make_room(self) -> None:
        of_caller = [
            one
            for one in self.connections
            if isinstance(one, PeerProtocol) and one.certificate == self.certificate
        ]
        if self.certificate is None or len(of_caller) <= MOST_CONNECTIONS:
            return
        min(of_caller, key=lambda one: one.made_at).transport.abort()
        if self._on_crowd is not None:
            self._on_crowd(self.certificate)

    def shutdown(self) -> None:
        """A peer that rests between heartbeats answers no TLS farewell; do not wait half a minute for it."""
        at_rest = self.cycle is None or self.cycle.response_complete
        super().shutdown()
        if at_rest:
            self.transport.abort()


class _WithCertificate:
    """The application, for the requests of one connection."""

    def __init__(self, app: Any, certificate: bytes | None) -> None:
        self._app = app
        self._certificate = certificate

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        extensions = {**scope.get("extensions", {}), EXTENSION: self._certificate}
        await self._app({**scope, "extensions": extensions}, receive, send)
