# SPDX-License-Identifier: Apache-2.0
"""``aircraft.json`` of readsb or tar1090, fetched again and again, from a web server."""

from __future__ import annotations

from collections import Counter
from typing import Final

import httpx

from steerclear.links.feeds.feed import Feed
from steerclear.model.time import Instant
from steerclear.tracking.readsb import read_aircraft_json

__all__ = ["fetch_aircraft"]

_LARGEST: Final = 64 << 20


async def fetch_aircraft(
    feed: Feed, url: str, client: httpx.AsyncClient, *, every_ms: int = 1_000, whose: int = -1
) -> None:
    """Fetch and read, until cancelled. What a file repeats is older, and the picture drops it."""
    while True:
        try:
            text = await _fetched(client, url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            feed.failed(f"cannot be fetched: {str(error) or type(error).__name__}")
            await feed.pause()
            continue
        if not feed.row.connected:
            feed.connected()
        now = feed.clock.now()
        if text is None:
            feed.row.dropped.update(Counter({"file-too-large": 1}))
        else:
            feed.heard(read_aircraft_json(text, whose=whose), now)
        await feed.clock.sleep_until(Instant(now + every_ms))


async def _fetched(client: httpx.AsyncClient, url: str) -> bytes | None:
    """The body; ``None`` when it is larger than any such file."""
    parts, size = [], 0
    async with client.stream("GET", url) as answer:
        answer.raise_for_status()
        async for part in answer.aiter_bytes():
            size += len(part)
            if size > _LARGEST:
                return None
            parts.append(part)
    return b"".join(parts)
