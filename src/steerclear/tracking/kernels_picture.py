# SPDX-License-Identifier: Apache-2.0
"""The compiled loops of the picture: may a report be believed, and where is its mover now?

A newer report of a track is believed when the track could have come there. One that could not waits *aside*:
when the next ones agree with it, and the believed place is not confirmed any more, the track was in the wrong
place before; when both go on being confirmed, two movers carry one name.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steerclear.geometry.ellipsoid import E2, SEMI_MAJOR_M, SEMI_MINOR_M
from steerclear.tracking.reports import Columns

__all__ = ["Aside", "Bounds", "Moved", "moved", "taken"]

F64 = NDArray[np.float64]
I8 = NDArray[np.int8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

KEPT: Final = 0
OLDER: Final = 1
AHEAD: Final = 2
NO_PLACE: Final = 3
TELEPORT: Final = 4
TWO_OF_ONE_NAME: Final = 5
BAD_HEIGHT: Final = 6
BAD_SPEED: Final = 7
FAULTS: Final = 8
"""How many counts there are: a report is counted once for what became of it, and once for each doubt."""

_AGREEING: Final = 3
_POLE: Final = 900_000_000
_HALF_TURN: Final = 1_800_000_000
_LOWEST_FT: Final = -1_000_000
_HIGHEST_FT: Final = 3_000_000


class Bounds(NamedTuple):
    """What is possible: see ``Limits`` of the picture."""

    ahead_ms: int
    speed_mm_s: int
    jump_mm: int
    lowest_ft: int
    highest_ft: int
    climb_ft_min: int


class Aside(NamedTuple):
    """For each track the place that waits to be believed: ``agreed`` reports in a row agree with it."""

    seen_at: I64
    lat_e7: I32
    lon_e7: I32
    agreed: I8
    confirmed: I8
    doubled_at: I64


class Moved(NamedTuple):
    """Rows of ``Movers``, to be written."""

    place: F64
    velocity: F64
    up: F64
    reach: F64
    growth: F64
    datum: I32
    height: I64
    amsl: I64
    climb: I64
    climb_growth: I64
    whose: I32


@njit(nogil=True, cache=True, error_model="numpy")
def _in_space(lat_e7: int, lon_e7: int) -> tuple[float, float, float]:
    lat, lon = np.radians(lat_e7 * 1e-7), np.radians(lon_e7 * 1e-7)
    sin = np.sin(lat)
    prime_vertical = SEMI_MAJOR_M / np.sqrt(1.0 - E2 * sin * sin)
    level = prime_vertical * np.cos(lat)
    return level * np.cos(lon), level * np.sin(lon), prime_vertical * (1.0 - E2) * sin


@njit(nogil=True, cache=True, error_model="numpy")
def _could_come(
    from_lat: int, from_lon: int, from_at: int, lat: int, lon: int, at: int, slack_mm: int, bounds: Bounds
) -> bool:
    # Both in nanodegrees of nothing: the chord is shorter than the way, so nobody is wronged by it.
    x0, y0, z0 = _in_space(from_lat, from_lon)
    x1, y1, z1 = _in_space(lat, lon)
    chord = np.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2 + (z1 - z0) ** 2) * 1000.0
    return bool(chord <= bounds.jump_mm + slack_mm + bounds.speed_mm_s * ((at - from_at) / 1000.0))


@njit(nogil=True, cache=True, error_model="numpy")
def taken(rows: I64, new: Columns, kept: Columns, has: NDArray[np.bool_], aside: Aside, now: int,
          bounds: Bounds, counts: I64) -> int:  # fmt: skip
    """Take reports in their order into the rows of the picture that ``rows`` names. Returns how many changed.

    ``has`` says of a row of the picture that it holds a report.
    """
    changed = 0
    for at in range(len(rows)):
        row = rows[at]
        verdict = _verdict(row, at, new, kept, has, aside, now, bounds)
        counts[verdict] += 1
        if verdict != KEPT:
            continue
        has[row] = True
        changed += 1
        _keep(row, at, new, kept, bounds, counts)
    return changed


@njit(nogil=True, cache=True, error_model="numpy")
def _verdict(
    row: int,
    at: int,
    new: Columns,
    kept: Columns,
    has: NDArray[np.bool_],
    aside: Aside,
    now: int,
    bounds: Bounds,
) -> int:
    lat, lon, seen = new.lat_e7[at], new.lon_e7[at], new.seen_at[at]
    if not (-_POLE <= lat <= _POLE and -_HALF_TURN <= lon <= _HALF_TURN) or new.uncertain[at] < 0:
        return NO_PLACE
    if seen > now + bounds.ahead_ms:
        return AHEAD
    if not has[row]:
        return KEPT
    if seen <= kept.seen_at[row]:
        return OLDER
    slack = kept.uncertain[row] + new.uncertain[at]
    if _could_come(kept.lat_e7[row], kept.lon_e7[row], kept.seen_at[row], lat, lon, seen, slack, bounds):
        if aside.agreed[row] > 0:
            aside.confirmed[row] = 1
        return KEPT
    agrees = (
        aside.agreed[row] > 0
        and seen >= aside.seen_at[row]
        and _could_come(
            aside.lat_e7[row], aside.lon_e7[row], aside.seen_at[row], lat, lon, seen, slack, bounds
        )
    )
    aside.agreed[row] = min(aside.agreed[row] + 1, _AGREEING) if agrees else 1
    if not agrees:
        aside.confirmed[row] = 0
    aside.seen_at[row], aside.lat_e7[row], aside.lon_e7[row] = seen, lat, lon
    if aside.agreed[row] < _AGREEING:
        return TELEPORT
    if aside.confirmed[row]:
        aside.doubled_at[row] = seen
        aside.confirmed[row] = 0
        return TWO_OF_ONE_NAME
    if aside.doubled_at[row] > 0 and seen - aside.doubled_at[row] < 60_000:
        return TWO_OF_ONE_NAME
    aside.agreed[row] = 0
    return KEPT


@njit(nogil=True, cache=True, error_model="numpy")
def _keep(row: int, at: int, new: Columns, kept: Columns, bounds: Bounds, counts: I64) -> None:
    kept.whose[row], kept.seen_at[row] = new.whose[at], new.seen_at[at]
    kept.lat_e7[row], kept.lon_e7[row] = new.lat_e7[at], new.lon_e7[at]
    kept.uncertain[row] = new.uncertain[at]
    kept.datum[row], kept.feet[row] = new.datum[at], new.feet[at]
    if new.datum[at] >= 0 and not bounds.lowest_ft <= new.feet[at] <= bounds.highest_ft:
        # Where it is may still be right: it stays, at a height that nobody knows.
        counts[BAD_HEIGHT] += 1
        kept.datum[row], kept.feet[row] = -1, 0
    east, north = np.int64(new.east[at]), np.int64(new.north[at])
    possible = east * east + north * north <= bounds.speed_mm_s * bounds.speed_mm_s
    climbs = abs(np.int64(new.climb[at])) <= bounds.climb_ft_min
    if (new.speed_known[at] and not possible) or (new.climb_known[at] and not climbs):
        counts[BAD_SPEED] += 1
    kept.speed_known[row] = new.speed_known[at] and possible
    kept.east[row] = new.east[at] if kept.speed_known[row] else 0
    kept.north[row] = new.north[at] if kept.speed_known[row] else 0
    kept.climb_known[row] = new.climb_known[at] and climbs
    kept.climb[row] = new.climb[at] if kept.climb_known[row] else 0


@njit(nogil=True, cache=True, error_model="numpy")
def _above_sea(feet: int, datum: int) -> tuple[int, int]:
    """``geometry.datum.amsl_interval_ft`` for codes: a test holds the two together."""
    if datum == 0:
        return feet, feet
    if datum == 1:
        return feet - 296, feet + 361
    slack = -(-8 * abs(feet) // 100)
    return feet - 1_800 - slack, feet + 1_100 + slack


@njit(nogil=True, cache=True, error_model="numpy")
def moved(
    seen: Columns,
    rows: I64,
    from_: int,
    to: int,
    now: int,
    lateral_mm_s: int,
    unknown_mm_s: int,
    climb_ft_min: int,
    unknown_climb_ft_min: int,
    out: Moved,
) -> None:
    """Move the reports ``rows[from_:to]`` along to ``now``, into the same places of ``out``."""
    for at in range(from_, to):
        row = rows[at]
        age_ms = now - seen.seen_at[row]
        _move_level(seen, row, at, age_ms / 1000.0, out)
        known = seen.speed_known[row]
        growth = (lateral_mm_s if known else lateral_mm_s + unknown_mm_s) / 1000.0
        out.growth[at] = growth
        out.reach[at] = seen.uncertain[row] / 1000.0 + abs(age_ms / 1000.0) * growth
        out.whose[at] = seen.whose[row]
        grows = climb_ft_min if seen.climb_known[row] else unknown_climb_ft_min
        out.climb[at], out.climb_growth[at] = seen.climb[row], grows
        out.datum[at] = seen.datum[row]
        if seen.datum[row] < 0:
            out.height[at, 0] = out.amsl[at, 0] = _LOWEST_FT
            out.height[at, 1] = out.amsl[at, 1] = _HIGHEST_FT
            continue
        climbed, slack = np.int64(seen.climb[row]) * age_ms, grows * abs(age_ms)
        low = np.int64(seen.feet[row]) + (climbed - slack) // 60_000
        high = np.int64(seen.feet[row]) - (-(climbed + slack) // 60_000)
        out.height[at, 0], out.height[at, 1] = low, high
        out.amsl[at, 0] = _above_sea(low, seen.datum[row])[0]
        out.amsl[at, 1] = _above_sea(high, seen.datum[row])[1]


@njit(nogil=True, cache=True, error_model="numpy")
def _move_level(seen: Columns, row: int, at: int, age_s: float, out: Moved) -> None:
    lat, lon = np.radians(seen.lat_e7[row] * 1e-7), np.radians(seen.lon_e7[row] * 1e-7)
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
    east, north = seen.east[row] / 1000.0, seen.north[row] / 1000.0
    # At a pole east is that of the meridian that was given.
    vx = -sin_lon * east - sin_lat * cos_lon * north
    vy = cos_lon * east - sin_lat * sin_lon * north
    vz = cos_lat * north
    prime_vertical = SEMI_MAJOR_M / np.sqrt(1.0 - E2 * sin_lat * sin_lat)
    x = prime_vertical * cos_lat * cos_lon + vx * age_s
    y = prime_vertical * cos_lat * sin_lon + vy * age_s
    z = prime_vertical * (1.0 - E2) * sin_lat + vz * age_s
    ux, uy, uz = _normal(x, y, z)
    a2, b2 = SEMI_MAJOR_M * SEMI_MAJOR_M, SEMI_MINOR_M * SEMI_MINOR_M
    for _ in range(3):  # Newton onto the quadric, as ``ellipsoid.lifted``
        excess = (x * x + y * y) / a2 + z * z / b2 - 1.0
        slope = 2.0 * ((x * ux + y * uy) / a2 + z * uz / b2)
        x, y, z = x - excess / slope * ux, y - excess / slope * uy, z - excess / slope * uz
    out.place[at, 0], out.place[at, 1], out.place[at, 2] = x, y, z
    out.velocity[at, 0], out.velocity[at, 1], out.velocity[at, 2] = vx, vy, vz
    out.up[at, 0], out.up[at, 1], out.up[at, 2] = _normal(x, y, z)


@njit(nogil=True, cache=True, error_model="numpy")
def _normal(x: float, y: float, z: float) -> tuple[float, float, float]:
    a2, b2 = SEMI_MAJOR_M * SEMI_MAJOR_M, SEMI_MINOR_M * SEMI_MINOR_M
    gx, gy, gz = x / a2, y / a2, z / b2
    size = np.sqrt(gx * gx + gy * gy + gz * gz)
    return gx / size, gy / size, gz / size
