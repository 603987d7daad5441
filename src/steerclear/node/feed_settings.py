# SPDX-License-Identifier: Apache-2.0
"""What do the tables ``[[live.feeds]]`` of ``steerclear.toml`` say? Where tracks come from, and how safely.

    [live]
    look_ahead_s = 300

    [[live.feeds]]
    name = "our own"                          # as the desk reads it
    form = "cot"                              # sbs, avr, beast, readsb, cot, asterix, ais
    listen = "0.0.0.0:8089"                   # or: connect = "HOST:PORT", datagrams = "HOST:PORT", url = "…"
    tls = { certificate = "tls/cot.pem", key = "tls/cot.key", trusts = "tls/our-clients.pem" }
    whose = "own"                             # own, civil, unknown (if left out), or a member: ISR

    [[live.feeds]]
    name = "radars"
    form = "asterix"
    datagrams = "10.1.0.4:8600"               # the interface, and with it a multicast group
    group = "239.192.0.7"
    radars = [{ sac = 25, sic = 201, lat = 34.5225, lon = 37.627, height_m = 850 }]

What is no such table is refused when the settings are read, with its reason. A certificate that cannot be
used stands on the feed's row: it may be put right while the node runs.
"""

from __future__ import annotations

import ipaddress
import math
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from steerclear.model.member import member_id
from steerclear.model.space import Position

__all__ = ["FeedSettings", "FeedTls", "LiveSettings", "Radar", "read_live"]

Way = Literal["connect", "listen", "datagrams", "url"]

_FORMS: Final = ("sbs", "avr", "beast", "readsb", "cot", "asterix", "ais")
_WAYS: Final[tuple[Way, ...]] = ("connect", "listen", "datagrams", "url")
_FEED: Final = frozenset({"name", "form", "whose", "tls", "group", "radars", *_WAYS})
_TLS: Final = frozenset({"certificate", "key", "trusts", "name"})
_RADAR: Final = frozenset({"sac", "sic", "lat", "lon", "height_m", "off_m", "off_deg"})
_LIVE: Final = frozenset({"look_ahead_s", "feeds"})
_LONGEST_LOOK_AHEAD_S: Final = 1_800


@dataclass(frozen=True, slots=True)
class FeedTls:
    """``certificate`` and ``key``: what we show (PEM); ``trusts``: whom we let be at the other end (PEM).

    ``name``: the name in the server's certificate, where it is not the host that is called. No public
    authority is trusted. Who has the key can pass for us with that feed; who is in ``trusts`` can feed us.
    """

    certificate: Path | None = None
    key: Path | None = None
    trusts: Path | None = None
    name: str | None = None

    def of_caller(self) -> ssl.SSLContext:
        """Raises ``OSError`` and ``ValueError`` (``ssl.SSLError`` is an ``OSError``)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._filled(context)

    def of_listener(self) -> ssl.SSLContext:
        """With ``trusts`` it lets in only who shows a certificate that they signed. Raises the same."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.trusts is not None:
            context.verify_mode = ssl.CERT_REQUIRED
        return self._filled(context)

    def _filled(self, context: ssl.SSLContext) -> ssl.SSLContext:
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.trusts is not None:
            context.load_verify_locations(self.trusts)
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key)
        return context


@dataclass(frozen=True, slots=True)
class Radar:
    """Where the radar of category 48, or the middle of the system of category 62, stands that has this name.

    ``height_m`` of its antenna above the ellipsoid; ``off_m`` and ``off_deg`` how far its ranges and bearings
    may be off. Trusted with where everything is that it sees: a wrong place moves all of it.
    """

    sac: int
    sic: int
    position: Position
    height_m: float = 0.0
    off_m: float = 150.0
    off_deg: float = 0.2


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """One source. ``whose``: ``own``, ``civil``, ``unknown`` or a member; ``group``: a multicast group.

    Trusted with what the desk is warned of, and, for ``own``, with what may be shown to others.
    """

    name: str
    form: str
    way: Way
    where: str
    whose: str
    tls: FeedTls | None = None
    group: str | None = None
    radars: tuple[Radar, ...] = ()

    @property
    def host_and_port(self) -> tuple[str, int]:
        return _host_and_port(self.where)


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """``look_ahead_s``: how far ahead the live picture looks."""

    look_ahead_s: int = 300
    feeds: tuple[FeedSettings, ...] = ()


def read_live(found: Mapping[str, Any] | None, *, folder: Path) -> LiveSettings:
    """Paths are from ``folder``. Raises ``ValueError`` and its kin for what is no such table."""
    if found is None:
        return LiveSettings()
    _require_known(found, _LIVE, "live")
    look_ahead_s = int(found.get("look_ahead_s", 300))
    if not 0 < look_ahead_s <= _LONGEST_LOOK_AHEAD_S:
        raise ValueError(f"live.look_ahead_s is not between 1 and {_LONGEST_LOOK_AHEAD_S}")
    feeds = tuple(_read_feed(table, folder) for table in found.get("feeds", ()))
    if len({feed.name for feed in feeds}) < len(feeds):
        raise ValueError("two of live.feeds have one name")
    return LiveSettings(look_ahead_s, feeds)


def _read_feed(table: Mapping[str, Any], folder: Path) -> FeedSettings:
    ways = [way for way in _WAYS if way in table]
    if set(table) - _FEED or len(ways) != 1:
        raise ValueError(
            f"a table of live.feeds has name, form, whose, tls, group, radars, and one of {', '.join(_WAYS)}"
        )
    name, form, whose = str(table["name"]), str(table["form"]), str(table.get("whose", "unknown"))
    if form not in _FORMS or (form == "readsb") != (ways[0] == "url"):
        raise ValueError(f"live.feeds “{name}” has no form that comes in this way")
    if whose not in ("own", "civil", "unknown"):
        whose = member_id(whose)
    where = str(table[ways[0]])
    if ways[0] != "url":
        _host_and_port(where)
    return FeedSettings(
        name,
        form,
        ways[0],
        where,
        whose,
        tls=_read_tls(table.get("tls"), name, ways[0], folder),
        group=_read_group(table.get("group"), name, ways[0], where),
        radars=_read_radars(table.get("radars"), name, form),
    )


def _host_and_port(where: str) -> tuple[str, int]:
    host, _, port = where.rpartition(":")
    return host.strip("[]"), int(port)


def _read_tls(found: Mapping[str, Any] | None, name: str, way: Way, folder: Path) -> FeedTls | None:
    if found is None:
        return None
    _require_known(found, _TLS, f"the tls of live.feeds “{name}”")
    if way not in ("connect", "listen"):
        raise ValueError(f"live.feeds “{name}”: tls goes with connect or listen")
    if ("certificate" in found) != ("key" in found):
        raise ValueError(f"live.feeds “{name}”: tls.certificate and tls.key stand together")
    if way == "connect" and "trusts" not in found:
        raise ValueError(f"live.feeds “{name}”: tls.trusts is missing; no public authority is trusted")
    if way == "listen" and "certificate" not in found:
        raise ValueError(f"live.feeds “{name}”: whoever calls has to be shown tls.certificate")
    paths = {part: folder / str(found[part]) for part in ("certificate", "key", "trusts") if part in found}
    return FeedTls(**paths, name=str(found["name"]) if "name" in found else None)


def _read_group(found: object, name: str, way: Way, where: str) -> str | None:
    if found is None:
        return None
    group = ipaddress.ip_address(str(found))
    if way != "datagrams" or group.version != 4 or not group.is_multicast:
        raise ValueError(f"live.feeds “{name}”: group is an IPv4 multicast group, and goes with datagrams")
    # The group is joined on one interface: its address, and not a name or every one of them.
    interface = ipaddress.ip_address(_host_and_port(where)[0])
    if interface.version != 4 or interface.is_multicast:
        raise ValueError(f"live.feeds “{name}”: datagrams names the interface on which its group is joined")
    return str(group)


def _read_radars(found: Any, name: str, form: str) -> tuple[Radar, ...]:
    if found is None:
        return ()
    if form != "asterix":
        raise ValueError(f"live.feeds “{name}”: radars go with the form asterix")
    radars = tuple(_read_radar(table, name) for table in found)
    if len({(radar.sac, radar.sic) for radar in radars}) < len(radars):
        raise ValueError(f"live.feeds “{name}”: two radars have one sac and sic")
    return radars


def _read_radar(table: Mapping[str, Any], name: str) -> Radar:
    _require_known(table, _RADAR, f"a radar of live.feeds “{name}”")
    sac, sic = (int(table[part]) for part in ("sac", "sic"))
    lat, lon, height_m, off_m, off_deg = (
        float(table.get(part, default))
        for part, default in (
            ("lat", math.nan), ("lon", math.nan), ("height_m", 0.0), ("off_m", 150.0), ("off_deg", 0.2),
        )
    )  # fmt: skip
    in_range = (
        0 <= sac <= 255
        and 0 <= sic <= 255
        and -90 <= lat <= 90
        and -180 <= lon <= 180
        and -500 <= height_m <= 9_000
        and 0 <= off_m <= 10_000
        and 0 <= off_deg <= 10
    )
    if not in_range:
        raise ValueError(f"live.feeds “{name}”: radar {sac}/{sic} has no such place or accuracy")
    return Radar(sac, sic, Position(round(lat * 1e7), round(lon * 1e7)), height_m, off_m, off_deg)


def _require_known(table: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if set(table) - known:
        raise ValueError(f"{where} has no {min(set(table) - known)}")
