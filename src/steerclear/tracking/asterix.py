# SPDX-License-Identifier: Apache-2.0
"""What do ASTERIX blocks of category 21 (ADS-B), 48 (radar) and 62 (system tracks) say of where things are?

    octets ──► blocks ──compiled──► rows of whole numbers ──► places and velocities on the Earth ──► reports

- A block is read to its last octet, or dropped whole (``bad-block``). Reserved expansion is passed over.
- A time of day is that nearest to now. Category 21 must say when the position was so (071, else 073).
- What is simulated, a test, or a transponder that stands in a field is dropped; what a system only believes
  to go on (*coasted*) as well: the picture then says itself how old it is.
- A radar tells range and bearing: where it stands must be known. Its range is slant; without a height it is
  uncertain by what a height to 60,000 ft would change.
- Speeds of category 48 and 62 are along the north of the radar, or of the middle of the system. Turned to the
  north of the track where that is known; otherwise no velocity is believed.

Sources: EUROCONTROL-SPEC-0149 parts 1, 4, 9 and 12.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.ellipsoid import E2, SEMI_MAJOR_M, ecef, lifted, normals_at, position_of
from steerclear.model.space import Position
from steerclear.model.time import Instant
from steerclear.tracking import kernels_asterix as k
from steerclear.tracking.feeding import Heard
from steerclear.tracking.reports import Columns, Refs, Reports

__all__ = ["AsterixReader", "Station"]

Floats = NDArray[np.floating[Any]]
I64 = NDArray[np.int64]

_DAY_MS: Final = 86_400_000
_NM_M: Final = 1_852.0
_TURN: Final = 2 * np.pi / 65_536
_FOOT_M: Final = 0.3048
_TOP_M: Final = 60_000 * _FOOT_M
_MOST_NAMES: Final = 100_000
_REMEMBERED_MS: Final = 30_000


@dataclass(frozen=True, slots=True)
class Station:
    """Where a radar stands (category 48), or the middle of a system's plane (category 62).

    ``height_m``  of its antenna above the ellipsoid
    ``off_m`` and ``off_deg``  how far its ranges and bearings may be off
    """

    position: Position
    height_m: float = 0.0
    off_m: float = 150.0
    off_deg: float = 0.2


class AsterixReader:
    """``stations`` by (SAC, SIC); ``uncertain_mm`` where no accuracy is told (0.1 NM by default)."""

    def __init__(
        self,
        *,
        stations: Mapping[tuple[int, int], Station] | None = None,
        whose: int = -1,
        uncertain_mm: int = 185_200,
    ) -> None:
        self._stations = {sac << 8 | sic: one for (sac, sic), one in (stations or {}).items()}
        self._whose, self._uncertain = whose, uncertain_mm
        self._rest = b""
        self._lost = False
        self._names: dict[int, str] = {}
        self._addresses: dict[tuple[int, int], tuple[int, int]] = {}

    def feed(self, chunk: bytes, now: Instant) -> Heard:
        """See ``Reader.feed``."""
        data = self._rest + chunk
        rows = np.empty((len(data) // 8 + 1, k.WIDTH), dtype=np.int64)
        counts = np.zeros(len(k.FAULTS), dtype=np.int64)
        octets = np.frombuffer(data, dtype=np.uint8)
        filled, read, self._lost = k.read_blocks(octets, self._lost, rows, counts)
        self._rest = data[read:]
        dropped = Counter({cause: n for cause, n in zip(k.FAULTS, counts.tolist(), strict=True) if n})
        return Heard(self._reports(rows[:filled], now, dropped), dropped)

    def cut(self) -> int:
        """See ``Reader.cut``."""
        half, self._rest, self._lost = len(self._rest), b"", False
        return half

    def _reports(self, rows: I64, now: Instant, dropped: Counter[str]) -> Reports:
        lat, lon, uncertain = _as_told(rows, self._uncertain)
        east, north, moved = rows[:, k.MOVED_A].copy(), rows[:, k.MOVED_B].copy(), rows[:, k.MOVED] == 1
        good = (np.abs(lat) <= 900_000_000) & (np.abs(lon) <= 1_800_000_000)
        dropped.update({"out-of-range": int(np.count_nonzero(~good))} if not good.all() else {})
        for source in np.unique(rows[rows[:, k.CATEGORY] != 21, k.SOURCE]).tolist():
            theirs = rows[:, k.SOURCE] == source
            plots = np.flatnonzero(theirs & (rows[:, k.CATEGORY] == 48))
            tracks = np.flatnonzero(theirs & (rows[:, k.CATEGORY] == 62))
            station = self._stations.get(source)
            if station is None:
                if len(plots):
                    dropped["unknown-radar"] += len(plots)
                good[plots] = False
                moved[tracks] = False
                continue
            lat[plots], lon[plots], uncertain[plots] = _around(station, rows[plots])
            east[plots], north[plots] = _along(rows[plots])
            for those in (plots, tracks):
                turn = _turned_by(station, lat[those], lon[those])
                east[those], north[those] = _turned(east[those], north[those], turn)
        east[~moved], north[~moved] = 0, 0
        kept = np.flatnonzero(good)
        rows = rows[kept]
        columns = Columns(
            whose=np.full(len(rows), self._whose, dtype=np.int8),
            seen_at=_instants(rows[:, k.TIME], now),
            lat_e7=lat[kept].astype(np.int32),
            lon_e7=lon[kept].astype(np.int32),
            datum=rows[:, k.DATUM].astype(np.int8),
            feet=rows[:, k.FEET].astype(np.int32),
            east=east[kept].astype(np.int32),
            north=north[kept].astype(np.int32),
            speed_known=moved[kept],
            climb=rows[:, k.CLIMB].astype(np.int32),
            climb_known=rows[:, k.CLIMBS] == 1,
            uncertain=uncertain[kept],
        )
        return Reports(self._refs(rows, now), columns)

    def _refs(self, rows: I64, now: int) -> Refs:
        refs = np.empty(len(rows), dtype=object)
        if len(self._names) > _MOST_NAMES:
            self._names.clear()
        if len(self._addresses) > _MOST_NAMES:
            young = now - _REMEMBERED_MS
            self._addresses = {key: one for key, one in self._addresses.items() if one[1] >= young}
        columns = (k.CATEGORY, k.SOURCE, k.ADDRESS, k.TRACK)
        told = zip(*(rows[:, column].tolist() for column in columns), strict=True)
        names = self._names
        for at, (category, source, address, track) in enumerate(told):
            if category == 62 and track >= 0:
                address = self._address_of(source, track, address, now)
            key = address if address >= 0 else -1 - (source << 16 | track)
            name = names.get(key)
            if name is None:
                name = names[key] = _name(source, address, track)
            refs[at] = name
        return refs

    def _address_of(self, source: int, track: int, address: int, now: int) -> int:
        """A system track tells its aircraft's address now and then: what it told last, half a minute long."""
        if address >= 0:
            if len(self._addresses) <= _MOST_NAMES:
                self._addresses[source, track] = address, now
            return address
        known, at = self._addresses.get((source, track), (-1, 0))
        if known < 0 or not 0 <= now - at <= _REMEMBERED_MS:
            return -1
        self._addresses[source, track] = known, now
        return known


def _name(source: int, address: int, track: int) -> str:
    if address >= 0:
        return f"icao:{'~' if address >> 24 else ''}{address & 0xFFFFFF:06x}"
    return f"radar:{source >> 8}.{source & 0xFF}.{track}"


def _as_told(rows: I64, uncertain_mm: int) -> tuple[I64, I64, I64]:
    uncertain = np.where(rows[:, k.UNCERTAIN] >= 0, rows[:, k.UNCERTAIN], uncertain_mm)
    return rows[:, k.PLACED_A].copy(), rows[:, k.PLACED_B].copy(), uncertain


def _instants(of_day: I64, now: int) -> I64:
    """1/128 s of a day as ms: of the day that brings it nearest to now."""
    told = of_day * 1_000 // 128
    since = (told - now % _DAY_MS + _DAY_MS // 2) % _DAY_MS - _DAY_MS // 2
    return np.asarray(now + since, dtype=np.int64)


def _around(station: Station, rows: I64) -> tuple[I64, I64, I64]:
    """Latitudes, longitudes (1e-7 degree) and uncertainties (mm) of slant ranges and bearings."""
    slant, bearing = rows[:, k.PLACED_A] * (_NM_M / 256), rows[:, k.PLACED_B] * _TURN
    radius = _radius(station.position.lat_deg, bearing)
    known = rows[:, k.DATUM] != k.NO_DATUM
    height = np.where(known, rows[:, k.FEET] * _FOOT_M, station.height_m)
    level, up = _level(slant, height, station.height_m, radius)
    high, _ = _level(slant, np.full(len(slant), _TOP_M), station.height_m, radius)
    unsure = np.where(known, 0.0, np.abs(level - high) / 2)
    middle = np.where(known, level, (level + high) / 2)
    foot = ecef(np.array([station.position.lat_deg]), np.array([station.position.lon_deg]))
    above = normals_at(foot)
    turn = np.radians(station.position.lon_deg)
    east = np.array([[-np.sin(turn), np.cos(turn), 0.0]])
    north = np.cross(above, east)
    points = foot + (up + station.height_m)[:, None] * above
    points = points + (middle * np.sin(bearing))[:, None] * east + (middle * np.cos(bearing))[:, None] * north
    lat, lon = position_of(lifted(points, normals_at(points)))
    uncertain = station.off_m + np.radians(station.off_deg) * middle + unsure
    return _e7(lat), _e7(lon), np.ceil(uncertain * 1_000).astype(np.int64)


def _level(slant: Floats, height: Floats, own: float, radius: Floats) -> tuple[Floats, Floats]:
    """How far away in the radar's own plane, and how far above it, for a sphere of that radius."""
    up = ((radius + height) ** 2 - (radius + own) ** 2 - slant**2) / (2 * (radius + own))
    up = np.clip(up, -slant, slant)
    return np.sqrt(slant**2 - up**2), up


def _radius(lat_deg: float, bearing: Floats) -> Floats:
    """Euler's radius of curvature along a bearing, in metres."""
    w2 = 1 - E2 * np.sin(np.radians(lat_deg)) ** 2
    meridian, vertical = SEMI_MAJOR_M * (1 - E2) / w2**1.5, SEMI_MAJOR_M / w2**0.5
    return np.asarray(1 / (np.cos(bearing) ** 2 / meridian + np.sin(bearing) ** 2 / vertical))


def _along(rows: I64) -> tuple[I64, I64]:
    """Speeds east and north (mm/s) of speeds and directions."""
    turn = rows[:, k.MOVED_B] * _TURN
    return _whole(rows[:, k.MOVED_A] * np.sin(turn)), _whole(rows[:, k.MOVED_A] * np.cos(turn))


def _turned_by(station: Station, lat_e7: I64, lon_e7: I64) -> Floats:
    """How far north there is turned from north at the station, along the great circle (Napier's analogy)."""
    lat, lon = np.radians(lat_e7 / 1e7), np.radians(lon_e7 / 1e7)
    own_lat, own_lon = np.radians(station.position.lat_deg), np.radians(station.position.lon_deg)
    half = (np.mod(lon - own_lon + np.pi, 2 * np.pi) - np.pi) / 2
    rise = np.sin(half) * np.sin((lat + own_lat) / 2)
    return np.asarray(2 * np.arctan2(rise, np.cos(half) * np.cos((lat - own_lat) / 2)))


def _turned(east: I64, north: I64, turn: Floats) -> tuple[I64, I64]:
    """Velocities whose direction is greater by ``turn``."""
    return _whole(east * np.cos(turn) + north * np.sin(turn)), _whole(
        north * np.cos(turn) - east * np.sin(turn)
    )


def _whole(values: NDArray[Any]) -> I64:
    return np.asarray(np.rint(values), dtype=np.int64)


def _e7(degrees: Floats) -> I64:
    return _whole(degrees * 1e7)
