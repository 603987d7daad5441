# SPDX-License-Identifier: Apache-2.0
"""Where does a live picture come from? The tables ``[[live.feeds]]`` of ``steerclear.toml``, at work.

    [live]
    look_ahead_s = 300

    [[live.feeds]]
    name = "our own"                          # as the desk reads it
    form = "cot"                              # sbs, avr, beast, readsb, cot, asterix, ais
    listen = "127.0.0.1:8087"                 # or: connect = "HOST:PORT", datagrams = "HOST:PORT", url = "…"
    whose = "own"                             # own, civil, unknown (if left out), or a member: ISR

Each feed runs for itself, connects again for ever, and never stops the node: what is wrong stands on its row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from steerclear.links.clock import Clock
from steerclear.model.member import member_id
from steerclear.model.time import Instant, format_instant
from steerclear.services.live_rows import FeedShown

if TYPE_CHECKING:
    from steerclear.links.feeds import Feed
    from steerclear.services.live_picture import LivePicture
    from steerclear.tracking.feeding import Reader

__all__ = ["FeedSettings", "Feeds", "LiveSettings", "read_live"]

Way = Literal["connect", "listen", "datagrams", "url"]

_FORMS: Final = ("sbs", "avr", "beast", "readsb", "cot", "asterix", "ais")
_WAYS: Final[tuple[Way, ...]] = ("connect", "listen", "datagrams", "url")
_FEED: Final = frozenset({"name", "form", "whose", *_WAYS})
_LIVE: Final = frozenset({"look_ahead_s", "feeds"})
_LONGEST_LOOK_AHEAD_S: Final = 1_800
_QUIET_MS: Final = 60_000
"""A feed that gave nothing good for so long is said among the alarms: the picture is not what it seems."""


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """One source. ``whose``: ``own``, ``civil``, ``unknown`` or a member.

    Trusted with what the desk is warned of, and, for ``own``, with what may be shown to others.
    """

    name: str
    form: str
    way: Way
    where: str
    whose: str


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """``look_ahead_s``: how far ahead the live picture looks."""

    look_ahead_s: int = 300
    feeds: tuple[FeedSettings, ...] = ()


def read_live(found: Mapping[str, Any] | None) -> LiveSettings:
    """Raises ``ValueError`` and its kin for what is no such table."""
    if found is None:
        return LiveSettings()
    if set(found) - _LIVE:
        raise ValueError(f"live has no {min(set(found) - _LIVE)}")
    look_ahead_s = int(found.get("look_ahead_s", 300))
    if not 0 < look_ahead_s <= _LONGEST_LOOK_AHEAD_S:
        raise ValueError(f"live.look_ahead_s is not between 1 and {_LONGEST_LOOK_AHEAD_S}")
    feeds = tuple(_read_feed(table) for table in found.get("feeds", ()))
    if len({feed.name for feed in feeds}) < len(feeds):
        raise ValueError("two of live.feeds have one name")
    return LiveSettings(look_ahead_s, feeds)


def _read_feed(table: Mapping[str, Any]) -> FeedSettings:
    ways = [way for way in _WAYS if way in table]
    if set(table) - _FEED or len(ways) != 1:
        raise ValueError(f"a table of live.feeds has name, form, whose, and one of {', '.join(_WAYS)}")
    name, form, whose = str(table["name"]), str(table["form"]), str(table.get("whose", "unknown"))
    if form not in _FORMS or (form == "readsb") != (ways[0] == "url"):
        raise ValueError(f"live.feeds “{name}” has no form that comes in this way")
    if whose not in ("own", "civil", "unknown"):
        whose = member_id(whose)
    where = str(table[ways[0]])
    if ways[0] != "url":
        _host_and_port(where)
    return FeedSettings(name, form, ways[0], where, whose)


def _host_and_port(where: str) -> tuple[str, int]:
    host, _, port = where.rpartition(":")
    return host.strip("[]"), int(port)


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
            self._feeds.append((one, Feed(one.name, _reader_of(one.form), take, clock)))

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


def _reader_of(form: str) -> Callable[[], Reader]:
    """Each form's reader is brought by whoever uses it."""
    from steerclear.tracking.ais import AisReader
    from steerclear.tracking.asterix import AsterixReader
    from steerclear.tracking.cot import CotReader
    from steerclear.tracking.mode_s import AvrReader, BeastReader
    from steerclear.tracking.sbs import SbsReader

    readers: dict[str, Callable[[], Reader]] = {
        "sbs": SbsReader,
        "avr": AvrReader,
        "beast": BeastReader,
        "cot": CotReader,
        "asterix": AsterixReader,
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
    host, port = _host_and_port(settings.where)
    if settings.way == "connect":
        await follow_tcp(feed, host, port)
    elif settings.way == "listen":
        await listen_tcp(feed, host, port)
    else:
        await listen_udp(feed, host, port, ends=b"\n" if settings.form == "ais" else b"")
