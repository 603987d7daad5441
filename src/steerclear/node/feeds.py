# SPDX-License-Identifier: Apache-2.0
"""Where does a live picture come from? The tables ``[[live.feeds]]`` of ``steerclear.toml``, at work.

Each feed runs for itself, connects again for ever, and never stops the node: what is wrong stands on its row.
What the tables say, ``feed_settings.py`` reads.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from steerclear.links.clock import Clock
from steerclear.model.time import Instant, format_instant
from steerclear.node.feed_settings import FeedSettings, FeedTls, LiveSettings, Radar
from steerclear.services.live_rows import FeedShown

if TYPE_CHECKING:
    from steerclear.links.feeds import Feed
    from steerclear.services.live_picture import LivePicture
    from steerclear.tracking.feeding import Reader

__all__ = ["FeedSettings", "Feeds", "LiveSettings"]

_QUIET_MS: Final = 60_000
"""A feed that gave nothing good for so long is said among the alarms: the picture is not what it seems."""


class Feeds:
    """Every feed of the settings, into one live picture."""

    def __init__(self, settings: LiveSettings, live: LivePicture, me: str, clock: Clock) -> None:
        from steerclear.links.feeds import Feed

        self._clock = clock
        self._began_at = clock.now()
        self._feeds: list[tuple[FeedSettings, Feed]] = []
        for one in settings.feeds:
            whose = me if one.whose == "own" else one.whose
            take = partial(live.take, whose=whose)
            self._feeds.append((one, Feed(one.name, _reader_of(one.form, one.radars), take, clock)))

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as work:
            for settings, feed in self._feeds:
                work.create_task(_follow(settings, feed), name=f"feed {settings.name}")

    def rows(self) -> tuple[FeedShown, ...]:
        """How each is, with what was dropped, by cause."""
        now = self._clock.now()
        return tuple(self._row(settings, feed, now) for settings, feed in self._feeds)

    def alarms(self) -> tuple[str, ...]:
        """Those that a person has to look at: gone quiet, or never heard."""
        now = self._clock.now()
        return tuple(
            f"the feed {settings.name} {_quiet_words(feed.row.last_good_at)}"
            f"{f': {feed.row.fault}' if feed.row.fault else ''}; what it showed is UNDETERMINED"
            for settings, feed in self._feeds
            if now - (feed.row.last_good_at or self._began_at) > _QUIET_MS
        )

    def _row(self, settings: FeedSettings, feed: Feed, now: Instant) -> FeedShown:
        row = feed.row
        return FeedShown(
            name=settings.name,
            state="connected" if row.connected else "not connected",
            whose=settings.whose,
            fault=row.fault,
            last_good_at=format_instant(row.last_good_at) if row.last_good_at is not None else None,
            age_s=None if row.last_good_at is None else round((now - row.last_good_at) / 1000, 1),
            reports=row.reports,
            dropped=dict(sorted(row.dropped.items())),
            connections=row.connections,
        )


def _quiet_words(last_good_at: Instant | None) -> str:
    if last_good_at is None:
        return "has given nothing yet"
    return f"has given nothing since {format_instant(last_good_at)[11:19]}Z"


def _reader_of(form: str, radars: tuple[Radar, ...]) -> Callable[[], Reader]:
    """Each form's reader is brought by whoever uses it."""
    from steerclear.tracking.ais import AisReader
    from steerclear.tracking.asterix import AsterixReader, Station
    from steerclear.tracking.cot import CotReader
    from steerclear.tracking.mode_s import AvrReader, BeastReader
    from steerclear.tracking.sbs import SbsReader

    stations = {
        (radar.sac, radar.sic): Station(radar.position, radar.height_m, radar.off_m, radar.off_deg)
        for radar in radars
    }
    readers: dict[str, Callable[[], Reader]] = {
        "sbs": SbsReader,
        "avr": AvrReader,
        "beast": BeastReader,
        "cot": CotReader,
        "asterix": partial(AsterixReader, stations=stations),
        "ais": AisReader,
        "readsb": SbsReader,  # never asked: a file is read whole
    }
    return readers[form]


async def _follow(settings: FeedSettings, feed: Feed) -> None:
    import httpx

    from steerclear.links.feeds import fetch_aircraft, follow_tcp, listen_tcp, listen_udp

    if settings.way == "url":
        async with httpx.AsyncClient(timeout=10.0, trust_env=False) as client:
            await fetch_aircraft(feed, settings.where, client)
    host, port = settings.host_and_port
    if settings.way == "connect":
        tls = await _usable(feed, settings.tls, FeedTls.of_caller)
        name = settings.tls.name if settings.tls is not None else None
        await follow_tcp(feed, host, port, tls=tls, tls_name=name)
    elif settings.way == "listen":
        tls = await _usable(feed, settings.tls, FeedTls.of_listener)
        await listen_tcp(feed, host, port, tls=tls)
    else:
        ends = b"\n" if settings.form == "ais" else b""
        await listen_udp(feed, host, port, group=settings.group, ends=ends)


async def _usable(
    feed: Feed, tls: FeedTls | None, made: Callable[[FeedTls], ssl.SSLContext]
) -> ssl.SSLContext | None:
    """Until its files can be used: they may be put right while the node runs."""
    while tls is not None:
        try:
            return made(tls)
        except (OSError, ValueError) as error:
            feed.failed(f"its certificate, key or trusts cannot be used: {error}")
            await feed.pause()
    return None
