# SPDX-License-Identifier: Apache-2.0
"""Who speaks here? It follows from the door that a request came by, and its session or certificate.

    NODE/api.sock   mode 0600: whoever reaches it is the node's operator
    console         a cookie of a session; other pages, other hosts and other origins are refused
    machines        a certificate that the settings name, taken from the handshake

A header says nothing about who speaks. What changes something comes with the console's own ``Origin``; so
another page that a browser has open can do nothing in the desk's name, whatever the cookie.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Final, Literal

from fastapi import Depends, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steerclear.api.problems import problem
from steerclear.errors import Refused
from steerclear.node import Node
from steerclear.services.roles import OPERATOR, Speaker

__all__ = ["Door", "Doors", "Spoken", "cookie_name", "session_cookie", "session_token"]

Door = Literal["socket", "console", "machines"]

_SPEAKER: Final = "steerclear.speaker"
_TOKEN: Final = "steerclear.session"  # noqa: S105 - the name of a place, no secret
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_COOKIE: Final = 4_096
HEALTH_PATHS: Final = frozenset({"/healthz", "/readyz"})
"""Asked by machines that know an address and no name, and answered with nothing worth knowing."""

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; media-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=(), publickey-credentials-get=(self)"),
)


class Doors:
    """ASGI middleware: names the speaker of each request, or refuses it; and hands out the page's policy."""

    def __init__(self, app: ASGIApp, *, node: Node, door: Door, open_paths: tuple[str, ...]) -> None:
        self._app = app
        self._node = node
        self._door = door
        self._open_paths = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            scope[_SPEAKER], scope[_TOKEN] = self._speaker(scope)
            self._require_somebody(scope)
        except Refused as refused:
            await problem(refused)(scope, receive, self._guarded(send))
            return
        await self._app(scope, receive, self._guarded(send))

    def _speaker(self, scope: Scope) -> tuple[Speaker | None, str | None]:
        if self._door == "socket":
            return OPERATOR, None
        if self._door == "machines":
            return self._node.machine_of(scope), None
        if scope["path"] in HEALTH_PATHS:
            return None, None
        return self._of_session(Request(scope))

    def _require_somebody(self, scope: Scope) -> None:
        """Where something would change and nobody asks, nothing more of the request is read."""
        is_open = scope["path"] in self._open_paths or not scope["path"].startswith("/api/v1/")
        if scope[_SPEAKER] is None and scope["method"] not in _SAFE and not is_open:
            raise _not_signed_in()

    def _of_session(self, request: Request) -> tuple[Speaker | None, str | None]:
        origin = self._node.console.people.site.origin
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() != _without_default_port(origin):
            raise Refused(
                "other-host",
                "The request names another host than this console.",
                where="Host",
                remedy=f"Open the console at {origin}.",
            )
        if request.method not in _SAFE and request.headers.getlist("origin") != [origin]:
            raise Refused(
                "other-origin",
                "The request comes from another page than this console.",
                where="Origin",
                remedy=f"Do it at {origin}; if you clicked nothing there, tell your supervisor.",
            )
        token = _cookie(request, cookie_name(origin))
        return self._node.console.speaker_of(token), token

    def _guarded(self, send: Send) -> Send:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                more = [one for one in _ALWAYS if one[0] not in given]
                if b"cache-control" not in given:
                    more.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        return with_policy


def _speaker_of(request: Request) -> Speaker:
    found = request.scope.get(_SPEAKER)
    if not isinstance(found, Speaker):
        raise _not_signed_in()
    return found


def _not_signed_in() -> Refused:
    return Refused(
        "not-signed-in",
        "Nobody is signed in here, or the session is over.",
        where="session",
        remedy="Sign in with your passkey; who has none is invited: steerclear console invite.",
    )


Spoken = Annotated[Speaker, Depends(_speaker_of)]
"""A parameter of this kind makes a path one for those who are signed in."""


def session_token(request: Request) -> str | None:
    found = request.scope.get(_TOKEN)
    return found if isinstance(found, str) else None


def cookie_name(origin: str) -> str:
    """Over TLS the name itself binds the cookie to this host (RFC 6265bis, 4.1.3.2)."""
    return "__Host-steerclear" if origin.startswith("https://") else "steerclear"


def session_cookie(origin: str, token: str, *, lasts_s: int) -> str:
    """The value of ``Set-Cookie``. On loopback there is no TLS, and ``Secure`` cookies would be dropped by
    some browsers: they count ``*.localhost`` as trustworthy, and nothing leaves the machine."""
    secure = "; Secure" if origin.startswith("https://") else ""
    return f"{cookie_name(origin)}={token}; Path=/; Max-Age={lasts_s}; HttpOnly; SameSite=Strict{secure}"


def _cookie(request: Request, name: str) -> str | None:
    """The one cookie of this name; two of them are none."""
    text = "; ".join(request.headers.getlist("cookie"))
    if not text or len(text) > LONGEST_COOKIE or text.count(f"{name}=") != 1:
        return None
    try:
        found = SimpleCookie(text).get(name)
    except CookieError:
        return None
    return found.value if found is not None else None


def _without_default_port(origin: str) -> str:
    scheme, _, host = origin.partition("://")
    default = ":443" if scheme == "https" else ":80"
    return host.removesuffix(default)
