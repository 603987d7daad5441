# SPDX-License-Identifier: Apache-2.0
"""How is a rung called by a webhook? A signed POST as Standard Webhooks says, tried again under the same id.

https://github.com/standard-webhooks/standard-webhooks: the headers ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature`` = ``v1,`` + base64(HMAC-SHA256(secret, id.timestamp.body)); the secret is ``whsec_`` +
base64 of 24 to 64 bytes.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from steerclear.errors import BadInput, Unreachable
from steerclear.links.clock import Clock
from steerclear.links.randomness import Randomness
from steerclear.links.ways import CALL_THE_DESK, WaySettings, require_encrypted, secret_in
from steerclear.model.time import format_instant

__all__ = ["WebhookWay", "signature_of"]

TIMEOUT_S: Final = 8.0
RESTS_S: Final = (1.0, 3.0)
"""Between one try and the next. A desk is called in seconds; after the last try the next way is."""

_SHORTEST_SECRET: Final = 24
_LONGEST_SECRET: Final = 64
_GONE: Final = 410


@dataclass(frozen=True, slots=True)
class WebhookWay:
    """``clock`` stamps each try: who takes it refuses old ones, so that nobody can play it again."""

    url: str
    secret: bytes
    clock: Clock
    randomness: Randomness
    rests_s: Sequence[float] = RESTS_S

    @classmethod
    def of(cls, settings: WaySettings, *, clock: Clock, randomness: Randomness) -> WebhookWay:
        """Needs ``url`` and ``secret_file``. Raises ``BadInput``."""
        try:
            url, path = settings.terms["url"], settings.terms["secret_file"]
            parts = urlsplit(url)
            host = parts.hostname or ""
        except (KeyError, ValueError) as error:
            raise _bad_webhook(settings, f"{type(error).__name__} {error}") from error
        if parts.scheme not in ("https", "http") or not host:
            raise _bad_webhook(settings, "the url is none of https")
        require_encrypted(host, encrypted=parts.scheme == "https", where=settings.name)
        return cls(url, _secret(settings, secret_in(path, where=settings.name)), clock, randomness)

    async def call(self) -> str:
        """Raises ``Unreachable`` (``webhook-not-taken``) when every try failed, or the receiver is gone."""
        id_ = f"msg_{self.randomness.bytes(16).hex()}"
        body, why = self._body(), ""
        # Proxies of the environment would learn whom this node calls.
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            for rest_s in (*self.rests_s, None):
                try:
                    answer = await client.post(self.url, content=body, headers=self._headers(id_, body))
                except httpx.HTTPError as error:
                    why = type(error).__name__
                else:
                    why = f"{answer.status_code} {answer.reason_phrase}"
                    if answer.is_success:
                        return why
                    if answer.status_code == _GONE:
                        break
                if rest_s is not None:
                    await asyncio.sleep(rest_s)
        raise Unreachable(
            "webhook-not-taken",
            f"The webhook did not take the call: {why}.",
            remedy="Look at url and secret of this way; the next way was tried.",
        )

    def _body(self) -> bytes:
        """The same for every try; nothing of the matter is in it."""
        told = {
            "type": "desk.call",
            "timestamp": format_instant(self.clock.now()),
            "data": {"text": CALL_THE_DESK},
        }
        return json.dumps(told, separators=(",", ":")).encode()

    def _headers(self, id_: str, body: bytes) -> dict[str, str]:
        at_s = self.clock.now() // 1000
        return {
            "content-type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": str(at_s),
            "webhook-signature": signature_of(self.secret, id_, at_s, body),
        }


def signature_of(secret: bytes, id_: str, at_s: int, body: bytes) -> str:
    """The value of ``webhook-signature``."""
    signed = f"{id_}.{at_s}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()}"


def _secret(settings: WaySettings, text: str) -> bytes:
    try:
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise _bad_webhook(settings, "the secret is no base64") from error
    if not _SHORTEST_SECRET <= len(secret) <= _LONGEST_SECRET:
        raise _bad_webhook(settings, f"the secret has {len(secret)} bytes")
    return secret


def _bad_webhook(settings: WaySettings, why: str) -> BadInput:
    return BadInput(
        "way-webhook-form",
        f"The webhook way {settings.name} cannot be used: {why}.",
        where=settings.name,
        remedy="Give url (https) and secret_file: whsec_ and the base64 of 24 to 64 bytes.",
    )
