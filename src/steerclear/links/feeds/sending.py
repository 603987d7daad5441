# SPDX-License-Identifier: Apache-2.0
"""Our own picture to a server of our own people: connect, say it every second, connect again.

What the server says is read and thrown away, so that it never waits for us.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Final

from steerclear.links.clock import Clock
from steerclear.links.feeds.feed import PAUSES_MS, FeedRow
from steerclear.model.time import Instant

__all__ = ["send_to"]

_CONNECT_S: Final = 10.0
_STALL_S: Final = 30.0
_AT_ONCE: Final = 1 << 16


async def send_to(
    row: FeedRow,
    clock: Clock,
    host: str,
    port: int,
    said: Callable[[Instant], bytes],
    *,
    every_ms: int = 1_000,
    tls: ssl.SSLContext | None = None,
    pauses_ms: tuple[int, ...] = PAUSES_MS,
) -> None:
    """Send what ``said`` says, until cancelled. On the row ``reports`` counts how often that was."""
    tries = 0
    while True:
        before = row.reports
        try:
            async with asyncio.timeout(_CONNECT_S):
                stream, writer = await asyncio.open_connection(host, port, ssl=tls)
        except (OSError, TimeoutError) as error:
            row.connected, row.fault = False, f"cannot be reached: {str(error) or type(error).__name__}"
        else:
            row.connected, row.fault = True, ""
            row.connections += 1
            fault = await _say(row, clock, stream, writer, said, every_ms)
            row.connected, row.fault = False, fault
        tries = 0 if row.reports > before else tries
        wait_ms = pauses_ms[min(tries, len(pauses_ms) - 1)]
        tries += 1
        await clock.sleep_until(Instant(clock.now() + wait_ms))


async def _say(
    row: FeedRow,
    clock: Clock,
    stream: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    said: Callable[[Instant], bytes],
    every_ms: int,
) -> str:
    """Say it again and again; returns why that ended."""
    deaf = asyncio.create_task(_hear_nothing(stream))
    try:
        while not deaf.done():
            now = clock.now()
            writer.write(said(now))
            async with asyncio.timeout(_STALL_S):
                await writer.drain()
            row.reports += 1
            row.last_good_at = now
            await clock.sleep_until(Instant(now + every_ms))
        return "the other end closed"
    except TimeoutError:
        return f"took nothing for {_STALL_S:.0f} s"
    except OSError as error:
        return f"broke off: {str(error) or type(error).__name__}"
    finally:
        deaf.cancel()
        await asyncio.gather(deaf, return_exceptions=True)
        writer.close()


async def _hear_nothing(stream: asyncio.StreamReader) -> None:
    while await stream.read(_AT_ONCE):
        pass
