# SPDX-License-Identifier: Apache-2.0
"""The line to another node over the network: one POST out, one answer back, on a connection that stays open.

``POST /peer/v1/exchange``, content type ``application/vnd.steerclear.bundle+json``, mutual TLS; no redirects,
no proxy of the environment, no compression. Several addresses of one peer are tried in turn, starting with
the one that answered last. An answer is cut off at ``largest_answer`` bytes while it arrives: a peer cannot
fill our memory. Timeouts are seconds of the machine, under a drill clock too.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpx

from steerclear.errors import BadInput, Unreachable
from steerclear.links.courier import BUNDLE_TYPE, EXCHANGE_PATH
from steerclear.links.tls import Certificate, client_context

__all__ = ["LARGEST_ANSWER", "HttpsExchange", "PeerAddress"]

LARGEST_ANSWER: Final = 16 * 1024 * 1024
"""Bytes; a node that has more to send says so and is asked again."""

_TIMEOUT: Final = httpx.Timeout(15.0, connect=4.0)
_LIMITS: Final = httpx.Limits(max_connections=4, max_keepalive_connections=2, keepalive_expiry=60.0)


@dataclass(frozen=True, slots=True)
class PeerAddress:
    """How a member's node is reached: ``urls`` as ``https://host:port``, and the certificate it must show.

    Raises ``BadInput`` (``peer-address``).
    """

    member: str
    urls: tuple[str, ...]
    certificate_der: bytes

    def __post_init__(self) -> None:
        if not self.urls or not all(_is_https(url) for url in self.urls):
            raise BadInput(
                "peer-address",
                f"The address of {self.member} is not of the form https://host:port.",
                remedy="Correct the member's card; every line between nodes is encrypted.",
                where=self.member,
            )


class HttpsExchange:
    """The lines from one node, which shows ``own``, to its ``peers``."""

    def __init__(
        self, own: Certificate, peers: Sequence[PeerAddress], *, largest_answer: int = LARGEST_ANSWER
    ) -> None:
        self._own = own
        self._largest_answer = largest_answer
        self._lines: dict[str, _HttpsLine] = {}
        for peer in peers:
            self.add(peer)

    def add(self, peer: PeerAddress) -> None:
        """A member that joined later."""
        self._lines[peer.member] = _HttpsLine(self._own, peer, self._largest_answer)

    async def exchange(self, member: str, bundle: bytes) -> bytes:
        """One POST. Raises ``Unreachable``: ``line-down`` when nobody answered, ``peer-not-recognised`` when
        somebody else did, ``peer-not-known``, ``peer-answer``, ``peer-answer-too-large``."""
        line = self._lines.get(member)
        if line is None:
            raise Unreachable(
                "peer-not-known",
                f"No address of {member} is known.",
                remedy="Have the member hand over a card with the address of its node.",
                where=member,
            )
        return await line.exchange(bundle)

    async def close(self) -> None:
        for line in self._lines.values():
            await line.close()


class _HttpsLine:
    """The connections to one peer; its own client, because its TLS context trusts this peer alone."""

    def __init__(self, own: Certificate, peer: PeerAddress, largest_answer: int) -> None:
        self._peer = peer
        self._urls = list(peer.urls)
        self._largest_answer = largest_answer
        self._client = httpx.AsyncClient(
            verify=client_context(own, peer.certificate_der),
            timeout=_TIMEOUT,
            limits=_LIMITS,
            trust_env=False,
            follow_redirects=False,
            headers={"accept": BUNDLE_TYPE, "accept-encoding": "identity"},
        )

    async def exchange(self, bundle: bytes) -> bytes:
        failures: list[httpx.HTTPError] = []
        for url in tuple(self._urls):
            try:
                answer = await self._post_twice(url, bundle)
            except httpx.HTTPError as error:
                failures.append(error)
            else:
                self._prefer(url)
                return answer
        # An impostor at one address is worse news than silence at another.
        worst = next((failure for failure in failures if _shows_another_key(failure)), failures[-1])
        raise self._failed(worst) from worst

    async def close(self) -> None:
        await self._client.aclose()

    async def _post_twice(self, url: str, bundle: bytes) -> bytes:
        """A kept connection that the peer closed a moment ago is no dead line: try a fresh one."""
        try:
            return await self._post(url, bundle)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return await self._post(url, bundle)

    async def _post(self, url: str, bundle: bytes) -> bytes:
        request = self._client.stream(
            "POST", url + EXCHANGE_PATH, content=bundle, headers={"content-type": BUNDLE_TYPE}
        )
        async with request as response:
            self._check_head(response)
            return await self._read(response)

    def _check_head(self, response: httpx.Response) -> None:
        kind = response.headers.get("content-type", "")
        if response.status_code != httpx.codes.OK or kind != BUNDLE_TYPE:
            raise Unreachable(
                "peer-answer",
                f"{self._peer.member} answered with status {response.status_code} and {kind or 'no type'}.",
                remedy="Have both sides compare versions and charters; it is tried again.",
                where=self._peer.member,
            )

    async def _read(self, response: httpx.Response) -> bytes:
        answer = bytearray()
        async for chunk in response.aiter_raw():
            answer += chunk
            if len(answer) > self._largest_answer:
                raise Unreachable(
                    "peer-answer-too-large",
                    f"{self._peer.member} sent more than {self._largest_answer} bytes at once.",
                    remedy="Have their operator update the node; it is tried again.",
                    where=self._peer.member,
                )
        return bytes(answer)

    def _failed(self, failure: httpx.HTTPError) -> Unreachable:
        member = self._peer.member
        if _shows_another_key(failure):
            return Unreachable(
                "peer-not-recognised",
                f"What answers at the address of {member} does not have the key in the charter.",
                remedy="Tell them by voice. Nothing was sent; only a statement in the record changes a key.",
                where=member,
            )
        return Unreachable(
            "line-down",
            f"The line to {member} is down ({str(failure) or type(failure).__name__}).",
            remedy="Nothing to do: it is tried again every few seconds. If it lasts, call the other side.",
            where=member,
        )

    def _prefer(self, url: str) -> None:
        if self._urls[0] != url:
            self._urls.remove(url)
            self._urls.insert(0, url)


def _shows_another_key(failure: BaseException | None) -> bool:
    while failure is not None:
        if isinstance(failure, ssl.SSLCertVerificationError):
            return True
        failure = failure.__cause__ or failure.__context__
    return False


def _is_https(url: str) -> bool:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return parts.scheme == "https" and bool(parts.host) and parts.path in ("", "/") and not parts.query
