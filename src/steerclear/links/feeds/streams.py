# SPDX-License-Identifier: Apache-2.0
"""Bytes from the wire into a feed: by a connection that we make, one that is made to us, or by datagrams.

    follow_tcp   we connect (SBS on port 30003, a TAK server), with TLS or without, and connect again
    listen_tcp   others connect to us (TAK clients); each connection has a reader of its own
    listen_udp   datagrams, to us or to a group that we join: what one of them only begins is dropped

Each runs until it is cancelled.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Final

from steerclear.links.feeds.feed import Feed

__all__ = ["follow_tcp", "listen_tcp", "listen_udp"]

_AT_ONCE: Final = 1 << 16
_MOST_CALLERS: Final = 64
_CONNECT_S: Final = 10.0


async def follow_tcp(
    feed: Feed,
    host: str,
    port: int,
    *,
    tls: ssl.SSLContext | None = None,
    tls_name: str | None = None,
    stall_s: float = 30.0,
) -> None:
    """Connect and read, for ever. A feed that says nothing for ``stall_s`` is taken for dead.

    ``tls_name``: the name in the server's certificate, where it is not ``host``.
    """
    while True:
        try:
            async with asyncio.timeout(_CONNECT_S):
                stream, writer = await asyncio.open_connection(
                    host, port, ssl=tls, server_hostname=(tls_name or host) if tls is not None else None
                )
        except (OSError, TimeoutError) as error:
            feed.failed(f"cannot be reached: {_words(error)}")
        else:
            feed.connected()
            feed.failed(await _read(feed, stream, writer, stall_s))
        await feed.pause()


async def listen_tcp(
    feed: Feed, host: str, port: int, *, tls: ssl.SSLContext | None = None, stall_s: float = 300.0
) -> None:
    """Let others connect and send, at most 64 at once."""
    callers: set[asyncio.Task[None]] = set()

    async def serve(stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(callers) >= _MOST_CALLERS:
            feed.row.dropped["too-many-callers"] += 1
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - we run in one
        callers.add(task)
        feed.connected()
        try:
            fault = await _read(feed, stream, writer, stall_s)
        finally:
            callers.discard(task)
        if not callers:
            feed.failed(fault)

    while True:
        try:
            server = await asyncio.start_server(serve, host, port, ssl=tls)
        except OSError as error:
            feed.failed(f"cannot listen: {_words(error)}")
            await feed.pause()
            continue
        feed.row.fault = "nobody has called yet"
        async with server:
            await server.serve_forever()


async def listen_udp(
    feed: Feed, host: str, port: int, *, group: str | None = None, ends: bytes = b""
) -> None:
    """Take datagrams, with one reader for all of them.

    ``group``  a multicast group (IPv4) to join, on the interface ``host``
    ``ends``   what senders leave out at the end of a datagram: ``\\n`` for lines (AIS)
    """
    loop = asyncio.get_running_loop()
    while True:
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(feed, ends), sock=_bound(host, port, group)
            )
        except OSError as error:
            feed.failed(f"cannot listen: {_words(error)}")
            await feed.pause()
            continue
        feed.connected()
        try:
            await loop.create_future()  # until cancelled
        finally:
            transport.close()


def _bound(host: str, port: int, group: str | None) -> socket.socket:
    """A socket for IPv4, or for IPv6 without a group. Raises OSError."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    one = socket.socket(family, socket.SOCK_DGRAM)
    try:
        one.settimeout(0)
        if group is None:
            one.bind(address)
        else:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((group, port))
            joined = socket.inet_aton(group) + socket.inet_aton(host)
            one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
    except OSError:
        one.close()
        raise
    return one


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, feed: Feed, ends: bytes) -> None:
        self._feed = feed
        self._ends = ends
        self._reader = feed.reader()

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - asyncio's signature
        now = self._feed.clock.now()
        heard = self._reader.feed(data + self._ends, now)
        if self._reader.cut():
            heard.dropped["half-an-event"] += 1
        self._feed.heard(heard, now)


async def _read(
    feed: Feed, stream: asyncio.StreamReader, writer: asyncio.StreamWriter, stall_s: float
) -> str:
    """Read until the other end closes, fails or falls silent; returns which."""
    reader = feed.reader()
    try:
        while True:
            async with asyncio.timeout(stall_s):
                chunk = await stream.read(_AT_ONCE)
            if not chunk:
                return "the other end closed"
            now = feed.clock.now()
            feed.heard(reader.feed(chunk, now), now)
    except TimeoutError:
        return f"nothing came for {stall_s:.0f} s"
    except OSError as error:
        return f"broke off: {_words(error)}"
    finally:
        writer.close()


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
