# SPDX-License-Identifier: Apache-2.0
"""Where is everything now, and which box can it not leave within the look-ahead?

    report (position, velocity, height; some seconds old) ──moved along to now──► Movers (arrays) ──► boxes

What is too old, or says that it comes from the future, is not moved along: it is named, and whatever is asked
about it is Undetermined. The longer a report is ago, the larger the circle in which its mover may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.geometry.datum import amsl_interval_ft
from steerclear.geometry.ellipsoid import (
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    SHARPEST_RADIUS_M,
    Floats,
    ecef,
    lifted,
    normals_at,
)
from steerclear.model.space import Altitude, Datum
from steerclear.model.time import Instant
from steerclear.model.track import Track

__all__ = ["UNKNOWN", "Drift", "Movers", "boxes_of", "movers_of"]

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

UNKNOWN: Final = -1
"""The code of a datum that compares with nothing: no height was reported, or one above ground."""

_DATUMS: Final = {Datum.AMSL: 0, Datum.WGS84: 1, Datum.STD: 2}
_WHOSE: Final = {"unknown": -1, "own": 0, "other": 1, "civil": 2}
_LOWEST_FT: Final = -1_000_000
_HIGHEST_FT: Final = 3_000_000
_AHEAD_MS: Final = 2_000
"""So far a report may come from the future: clocks that differ by more are shown as wrong."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What is assumed of a mover that keeps its velocity: how far it may be from where it is taken to be.

    ``lateral_mm_s``         for each second since the report and of the look-ahead
    ``climb_ft_min``         the same in height, for one that told its climb
    ``unknown_climb_ft_min`` … and for one that did not
    ``oldest_ms``            a report older than this is stale
    """

    lateral_mm_s: int = 0
    climb_ft_min: int = 0
    unknown_climb_ft_min: int = 3_000
    oldest_ms: int = 15_000


@dataclass(frozen=True, slots=True)
class Movers:
    """All that is fresh, as arrays of n rows in the order of ``refs``; and what is stale.

    ``place`` and ``velocity`` ECEF on the ellipsoid, m and m/s, shape (n, 3); ``up`` unit normals;
    ``reach`` and ``growth`` of the uncertainty, m and m/s; ``datum`` a code, ``UNKNOWN`` for none;
    ``height`` low and high in ft of that datum, ``amsl`` the same above mean sea level, shape (n, 2);
    ``climb`` and ``climb_growth`` ft/min; ``whose`` a code, −1 for nobody's.
    """

    at: Instant
    refs: tuple[str, ...]
    stale: tuple[str, ...]
    place: Floats
    velocity: Floats
    up: Floats
    reach: Floats
    growth: Floats
    datum: I32
    height: I64
    amsl: I64
    climb: I64
    climb_growth: I64
    whose: I32

    def __len__(self) -> int:
        return len(self.refs)


def movers_of(tracks: Sequence[Track], now: Instant, drift: Drift) -> Movers:
    """The newest reports, moved along to ``now``. Raises ``BadInput`` (``track-twice``)."""
    if len({track.ref for track in tracks}) < len(tracks):
        raise BadInput(
            "track-twice",
            "Two reports of one track were given at once.",
            where="tracks",
            remedy="Give the newest report of each; the picture of a feed keeps just that.",
        )
    fresh = [track for track in tracks if -_AHEAD_MS <= now - track.seen_at <= drift.oldest_ms]
    kept = {track.ref for track in fresh}
    return _arrays(fresh, now, drift, stale=tuple(track.ref for track in tracks if track.ref not in kept))


def _arrays(fresh: Sequence[Track], now: Instant, drift: Drift, *, stale: tuple[str, ...]) -> Movers:
    lat = np.array([track.position.lat_deg for track in fresh], dtype=np.float64)
    lon = np.array([track.position.lon_deg for track in fresh], dtype=np.float64)
    age_s = np.array([(now - track.seen_at) / 1000 for track in fresh], dtype=np.float64)
    speed = np.array([(t.speed_east_mm_s, t.speed_north_mm_s) for t in fresh], dtype=np.float64) / 1000
    seen = ecef(lat, lon).reshape(-1, 3)
    velocity = _velocity(lat, lon, speed.reshape(-1, 2))
    place = seen + velocity * age_s[:, None]
    place = lifted(place, normals_at(place)) if len(fresh) else place
    uncertain = np.array([track.uncertain_by_mm for track in fresh], dtype=np.float64) / 1000
    heights = [_heights(track, int(now - track.seen_at), drift) for track in fresh]
    grows = [
        drift.unknown_climb_ft_min if track.climb_ft_min is None else drift.climb_ft_min for track in fresh
    ]
    return Movers(
        at=now,
        refs=tuple(track.ref for track in fresh),
        stale=stale,
        place=place,
        velocity=velocity,
        up=normals_at(place) if len(fresh) else place,
        reach=uncertain + np.abs(age_s) * (drift.lateral_mm_s / 1000),
        growth=np.full(len(fresh), drift.lateral_mm_s / 1000),
        datum=np.array([one[0] for one in heights], dtype=np.int32),
        height=np.array([one[1] for one in heights], dtype=np.int64).reshape(-1, 2),
        amsl=np.array([one[2] for one in heights], dtype=np.int64).reshape(-1, 2),
        climb=np.array([track.climb_ft_min or 0 for track in fresh], dtype=np.int64),
        climb_growth=np.array(grows, dtype=np.int64),
        whose=np.array([_WHOSE[track.whose] for track in fresh], dtype=np.int32),
    )


def _velocity(lat_deg: Floats, lon_deg: Floats, speed: Floats) -> Floats:
    """East and north (m/s) as vectors in space. At a pole east is that of the meridian that was given."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    east = np.stack([-np.sin(lon), np.cos(lon), np.zeros_like(lon)], axis=-1)
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], axis=-1)
    return np.asarray(speed[:, :1] * east + speed[:, 1:] * north)


def _heights(track: Track, age_ms: int, drift: Drift) -> tuple[int, tuple[int, int], tuple[int, int]]:
    """Datum, and between which feet it is now: in its own datum, and above mean sea level."""
    nowhere = (_LOWEST_FT, _HIGHEST_FT)
    if track.altitude is None or track.altitude.datum not in _DATUMS:
        return UNKNOWN, nowhere, nowhere
    grows = drift.unknown_climb_ft_min if track.climb_ft_min is None else drift.climb_ft_min
    climbed, slack = (track.climb_ft_min or 0) * age_ms, grows * abs(age_ms)
    low = track.altitude.feet + (climbed - slack) // 60_000
    high = track.altitude.feet - (-(climbed + slack) // 60_000)
    below = amsl_interval_ft(Altitude(low, track.altitude.datum))
    above = amsl_interval_ft(Altitude(high, track.altitude.datum))
    assert below is not None  # noqa: S101 - only AGL has none
    assert above is not None  # noqa: S101
    return _DATUMS[track.altitude.datum], (low, high), (below.low_ft, above.high_ft)


def boxes_of(movers: Movers, height: I64, *, reach_m: float, tall_ft: int, look_ahead_s: int) -> I64:
    """What each may be in until the look-ahead ends, half of the minima around it: (n, 10) whole numbers.

    x, y, z in metres, height in ft, and a time of one second for all. Rounded outward.
    """
    return _boxes(
        movers.place,
        movers.velocity,
        movers.reach,
        movers.growth,
        height,
        movers.climb,
        movers.climb_growth,
        reach_m / 2,
        -(-tall_ft // 2),
        look_ahead_s,
    )


@njit(nogil=True, cache=True, error_model="numpy")
def _boxes(
    place: Floats,
    velocity: Floats,
    reach: Floats,
    growth: Floats,
    height: I64,
    climb: I64,
    climb_growth: I64,
    half_reach: float,
    half_tall: int,
    look_ahead: int,
) -> I64:
    boxes = np.zeros((len(place), 10), dtype=np.int64)
    fastest = 0.0
    for row in range(len(place)):
        fastest = max(fastest, np.sqrt((velocity[row] ** 2).sum()))
    # The path in the plane of a pair departs from the geodesic by less than this (half of it, for the
    # farthest that two can come from to meet), and the end below is lifted onto the surface to 10 m.
    apart = fastest * look_ahead + 2.0 * half_reach
    aside = apart**3 / SHARPEST_RADIUS_M**2 + 12.0
    end = np.empty(3)
    for row in range(len(place)):
        travelled = 0.0
        for axis in range(3):
            end[axis] = place[row, axis] + velocity[row, axis] * look_ahead
            travelled += (velocity[row, axis] * look_ahead) ** 2
        level = (end[0] ** 2 + end[1] ** 2) / SEMI_MAJOR_M**2 + end[2] ** 2 / SEMI_MINOR_M**2
        bulge = travelled / (8.0 * SHARPEST_RADIUS_M) * 1.01
        around = (half_reach + reach[row] + growth[row] * look_ahead) * 1.001 + aside + bulge
        for axis in range(3):
            there = end[axis] / np.sqrt(level)
            boxes[row, axis] = np.floor(min(place[row, axis], there) - around)
            boxes[row, axis + 5] = np.ceil(max(place[row, axis], there) + around)
        climbs = climb[row] * look_ahead
        slack = climb_growth[row] * look_ahead
        boxes[row, 3] = height[row, 0] + min((climbs - slack) // 60, 0) - half_tall - 1
        boxes[row, 8] = height[row, 1] + max(-(-(climbs + slack) // 60), 0) + half_tall + 1
    return boxes
