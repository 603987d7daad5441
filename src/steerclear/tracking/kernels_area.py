# SPDX-License-Identifier: Apache-2.0
"""The compiled loops of a track against an area: when is it closer than it may be, in the track's own plane?

The plane is tangent to the ellipsoid below the track; places are put into it by their distance and direction
(azimuthal equidistant on the sphere of the same curvature). So the track's own path, a geodesic, is straight
and true to length, and an edge is straight to 0.5 m for 50 km of it at 90 km.

    p(t) = v·t        edge A–B        too close:  dist(p(t), A–B)  <  reach + growth·t,  or p(t) inside

An edge's neighbourhood is two discs (a quadratic each) and a strip (straight lines), so the times are
intervals in closed form. Each pair is asked twice, with a hair more reach and with a hair less: where the
two do not agree it is *near*, and ``settled_area`` decides it in rational numbers.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steerclear.geometry.ellipsoid import E2, SEMI_MINOR_M, SHARPEST_RADIUS_M
from steerclear.tracking.closest import CLEAR, LOSS, NEAR, vertical_times

__all__ = [
    "HAIR_M",
    "PLANE",
    "Outlines",
    "Seen",
    "flattened",
    "heights_between",
    "judge_areas",
    "leaves_at",
    "times_of",
]

F64 = NDArray[np.float64]
I8 = NDArray[np.int8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

HAIR_M: Final = 1e-5
"""The closed forms are right to a thousandth of this, for whatever lies within 1,000 km."""

_HAIR_S: Final = 1e-9
_NEVER: Final = np.inf
PLANE: Final = 9
"""Columns of a flattened piece: x and y of its start, x and y of its end, in metres; its radius, its part,
its radius in the end; and of legs when it begins and ends, seconds from now."""

_RADIUS: Final = 4
_PART: Final = 5
_RADIUS_AFTER: Final = 6
_BEGINS: Final = 7
_ENDS: Final = 8


class Outlines(NamedTuple):
    """Areas as pieces. Pieces ``first[k] … first[k + 1] − 1`` are of area ``k``; ``part`` tells its polygons
    apart and is −1 where the pieces are a line, not a rim. Radii in m, times in s from the year 1970.

    ``low_datum`` is the code of the lower limit's datum, ``low_ft`` its feet there, ``low_amsl`` the lowest
    that it may be above the sea; ``high_*`` the upper limit, ``high_amsl`` the highest.
    ``middle`` and ``radius`` are a ball around all of it.
    """

    first: I64
    start: F64
    end: F64
    radius0: F64
    radius1: F64
    time0: F64
    time1: F64
    part: I32
    moves: NDArray[np.bool_]
    hot_from: I64
    hot_to: I64
    low_datum: I8
    low_ft: I64
    low_amsl: I64
    high_datum: I8
    high_ft: I64
    high_amsl: I64
    middle: F64
    radius: F64
    lateral: F64
    vertical: I64
    whose: I8


class Seen(NamedTuple):
    """Rows of movers, as ``Movers`` has them."""

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


# -------------------------------------------------------------------------------------------- the plane


@njit(nogil=True, cache=True, error_model="numpy")
def _frame(ux: float, uy: float, uz: float) -> tuple[float, float, float, float, float, float]:
    """Two unit vectors across ``up`` (Duff et al. 2017), at the poles too."""
    sign = -1.0 if uz < 0 else 1.0
    a = -1.0 / (sign + uz)
    b = ux * uy * a
    return 1.0 + sign * ux * ux * a, sign * b, -sign * ux, b, sign + uy * uy * a, -uy


@njit(nogil=True, cache=True, error_model="numpy")
def _stretch(across2: float, above: float) -> float:
    """Arc over sine, of which the square is given: how much longer the way is than it looks from above."""
    if above > 0 and across2 < 0.0025:
        s = across2
        return 1.0 + s * (1.0 / 6.0 + s * (3.0 / 40.0 + s * (15.0 / 336.0 + s * (105.0 / 3456.0))))
    across = math.sqrt(across2)
    return math.atan2(across, above) / across if across > 0 else 1.0


@njit(nogil=True, cache=True, error_model="numpy")
def _flat(x: float, y: float, above: float, radius: float) -> tuple[float, float]:
    """Put a place into the plane by its distance and direction; all are metres from the track."""
    above += radius
    level2 = x * x + y * y
    size2 = level2 + above * above
    size = math.sqrt(size2)
    scale = radius / size * _stretch(level2 / size2, above / size)
    return x * scale, y * scale


@njit(nogil=True, cache=True, error_model="numpy")
def _flattened(
    start: F64, end: F64, radius0: F64, radius1: F64, time0: F64, time1: F64, part: I32,
    first: int, last: int, now: int, px: float, py: float, pz: float, ux: float, uy: float, uz: float,
    plane: F64,
) -> None:  # fmt: skip
    ex, ey, ez, nx, ny, nz = _frame(ux, uy, uz)
    radius = SEMI_MINOR_M / (1.0 - E2 * uz * uz)
    # Whole seconds first: seconds of this century leave a float a quarter of a microsecond.
    second, rest = float(now // 1000), (now % 1000) / 1000.0
    for piece in range(first, last):
        at = piece - first
        if (
            at > 0
            and start[piece, 0] == end[piece - 1, 0]
            and start[piece, 1] == end[piece - 1, 1]
            and start[piece, 2] == end[piece - 1, 2]
        ):
            plane[at, 0], plane[at, 1] = plane[at - 1, 2], plane[at - 1, 3]
        else:
            dx, dy, dz = start[piece, 0] - px, start[piece, 1] - py, start[piece, 2] - pz
            x, y, above = (
                dx * ex + dy * ey + dz * ez,
                dx * nx + dy * ny + dz * nz,
                dx * ux + dy * uy + dz * uz,
            )
            plane[at, 0], plane[at, 1] = _flat(x, y, above, radius)
        dx, dy, dz = end[piece, 0] - px, end[piece, 1] - py, end[piece, 2] - pz
        x, y, above = dx * ex + dy * ey + dz * ez, dx * nx + dy * ny + dz * nz, dx * ux + dy * uy + dz * uz
        plane[at, 2], plane[at, 3] = _flat(x, y, above, radius)
        plane[at, _RADIUS], plane[at, _PART], plane[at, _RADIUS_AFTER] = (
            radius0[piece],
            part[piece],
            radius1[piece],
        )
        plane[at, _BEGINS], plane[at, _ENDS] = time0[piece] - second - rest, time1[piece] - second - rest


@njit(nogil=True, cache=True, error_model="numpy")
def _level(vx: float, vy: float, vz: float, ux: float, uy: float, uz: float) -> tuple[float, float]:
    """A velocity in the plane."""
    ex, ey, ez, nx, ny, nz = _frame(ux, uy, uz)
    return vx * ex + vy * ey + vz * ez, vx * nx + vy * ny + vz * nz


@njit(nogil=True, cache=True, error_model="numpy")
def flattened(one: Outlines, area: int, now: int, seen: Seen, row: int, plane: F64) -> tuple[float, float]:
    """Write the pieces of an area as seen from a track into ``plane``; returns the track's velocity there."""
    up, place, velocity = seen.up[row], seen.place[row], seen.velocity[row]
    _flattened(
        one.start, one.end, one.radius0, one.radius1, one.time0, one.time1, one.part, one.first[area],
        one.first[area + 1], now, place[0], place[1], place[2], up[0], up[1], up[2], plane,
    )  # fmt: skip
    vx, vy = _level(velocity[0], velocity[1], velocity[2], up[0], up[1], up[2])
    return vx, vy


# ------------------------------------------------------------------------------------- times, in closed form


@njit(nogil=True, cache=True, error_model="numpy")
def _above_zero(least: float, most: float, value: float, slope: float) -> tuple[float, float]:
    """The part of the times from ``least`` to ``most`` in which value + slope·t > 0."""
    if slope > 0:
        return max(least, -value / slope), most
    if slope < 0:
        return least, min(most, -value / slope)
    return (least, most) if value > 0 else (1.0, 0.0)


@njit(nogil=True, cache=True, error_model="numpy")
def _in_disc(
    px: float, py: float, vx: float, vy: float, reach: float, growth: float, least: float, most: float
) -> tuple[float, float]:
    """First and last time at which |p + v·t| < reach + growth·t; of two spells the first, unless it is over.

    The first is later than the last: never.
    """
    least, most = _above_zero(least, most, reach, growth)
    if least > most:
        return _NEVER, -_NEVER
    # From the closest point on, so that nothing small is the difference of two large numbers.
    vv = vx * vx + vy * vy
    shift = min(max(-(px * vx + py * vy) / vv, least), most) if vv > 0 else least
    px, py, reach = px + vx * shift, py + vy * shift, reach + growth * shift
    least, most = least - shift, most - shift
    a, b = vv - growth * growth, px * vx + py * vy - reach * growth
    c = px * px + py * py - reach * reach
    if a == 0.0:
        least, most = _above_zero(least, most, -c, -2.0 * b)
        return (least + shift, most + shift) if least <= most else (_NEVER, -_NEVER)
    under = b * b - a * c
    if a > 0:
        if under <= 0:
            return _NEVER, -_NEVER
        root = math.sqrt(under)
        low = c / (root - b) if b < 0 else (-b - root) / a
        high = (root - b) / a if b < 0 else c / (-b - root)
        least, most = max(least, low), min(most, high)
        return (least + shift, most + shift) if least < most else (_NEVER, -_NEVER)
    if under <= 0:
        return least + shift, most + shift
    root = math.sqrt(under)
    low, high = (root - b) / a, (-b - root) / a
    if least < low:
        return least + shift, min(most, low) + shift
    least = max(least, high)
    return (least + shift, most + shift) if least < most else (_NEVER, -_NEVER)


@njit(nogil=True, cache=True, error_model="numpy")
def _in_strip(
    ax: float, ay: float, bx: float, by: float, vx: float, vy: float, reach: float, growth: float,
    least: float, most: float,
) -> tuple[float, float]:  # fmt: skip
    """The times at which v·t is nearer than reach + growth·t to the line A–B, at a place between its ends."""
    ex, ey = bx - ax, by - ay
    length = math.sqrt(ex * ex + ey * ey)
    if length == 0.0:
        return _NEVER, -_NEVER
    ex, ey = ex / length, ey / length
    along, along_v = -(ax * ex + ay * ey), vx * ex + vy * ey
    aside, aside_v = ey * ax - ex * ay, ex * vy - ey * vx
    least, most = _above_zero(least, most, along, along_v)
    least, most = _above_zero(least, most, length - along, -along_v)
    least, most = _above_zero(least, most, reach - aside, growth - aside_v)
    least, most = _above_zero(least, most, reach + aside, growth + aside_v)
    return (least, most) if least < most else (_NEVER, -_NEVER)


@njit(nogil=True, cache=True, error_model="numpy")
def _near_piece(
    ax: float, ay: float, bx: float, by: float, vx: float, vy: float, reach: float, growth: float,
    least: float, most: float,
) -> tuple[float, float]:  # fmt: skip
    """First and last time of being near one piece: of both its ends, and of what lies between."""
    first, last = _in_strip(ax, ay, bx, by, vx, vy, reach, growth, least, most)
    begins, ends = _in_disc(-ax, -ay, vx, vy, reach, growth, least, most)
    first, last = min(first, begins), max(last, ends)
    begins, ends = _in_disc(-bx, -by, vx, vy, reach, growth, least, most)
    return min(first, begins), max(last, ends)


@njit(nogil=True, cache=True, error_model="numpy")
def _near_moving(
    plane: F64, at: int, vx: float, vy: float, reach: float, growth: float, least: float, most: float
) -> tuple[float, float]:
    """The same of a disc that moves along the piece and changes its radius."""
    begins, ends = plane[at, _BEGINS], plane[at, _ENDS]
    least, most = max(least, begins), min(most, ends)
    if least > most:
        return _NEVER, -_NEVER
    lasts = ends - begins
    wx, wy, grows = 0.0, 0.0, 0.0
    if lasts > 0:
        wx, wy = (plane[at, 2] - plane[at, 0]) / lasts, (plane[at, 3] - plane[at, 1]) / lasts
        grows = (plane[at, _RADIUS_AFTER] - plane[at, _RADIUS]) / lasts
    px, py = -(plane[at, 0] - wx * begins), -(plane[at, 1] - wy * begins)
    reach += plane[at, _RADIUS] - grows * begins
    return _in_disc(px, py, vx - wx, vy - wy, reach, growth + grows, least, most)


@njit(nogil=True, cache=True, error_model="numpy")
def _is_inside(plane: F64, count: int, which: int, x: float, y: float) -> bool:
    odd = False
    for at in range(count):
        if plane[at, _PART] != which:
            continue
        y0, y1 = plane[at, 1], plane[at, 3]
        if (y0 > y) != (y1 > y) and x < plane[at, 0] + (y - y0) / (y1 - y0) * (plane[at, 2] - plane[at, 0]):
            odd = not odd
    return odd


@njit(nogil=True, cache=True, error_model="numpy")
def _inside_any(plane: F64, count: int, x: float, y: float) -> bool:
    for which in range(int(plane[count - 1, _PART]) + 1):
        if _is_inside(plane, count, which, x, y):
            return True
    return False


@njit(nogil=True, cache=True, error_model="numpy")
def _crosses_at(
    ax: float, ay: float, bx: float, by: float, vx: float, vy: float, least: float, most: float, hair: float
) -> float:
    """When the path crosses the piece with a hair to spare on all four sides; infinite: it does not so."""
    sx, sy, ex, ey = vx * least, vy * least, vx * most, vy * most
    way2, edge2 = (ex - sx) ** 2 + (ey - sy) ** 2, (bx - ax) ** 2 + (by - ay) ** 2
    if way2 <= 4.0 * hair * hair or edge2 <= 4.0 * hair * hair:
        return _NEVER
    one = (ex - sx) * (ay - sy) - (ey - sy) * (ax - sx)
    other = (ex - sx) * (by - sy) - (ey - sy) * (bx - sx)
    spare = hair * math.sqrt(way2)
    if min(one, other) >= -spare or max(one, other) <= spare:
        return _NEVER
    here = (bx - ax) * (sy - ay) - (by - ay) * (sx - ax)
    there = (bx - ax) * (ey - ay) - (by - ay) * (ex - ax)
    spare = hair * math.sqrt(edge2)
    if min(here, there) >= -spare or max(here, there) <= spare:
        return _NEVER
    return float(least + (most - least) * here / (here - there))


@njit(nogil=True, cache=True, error_model="numpy")
def _is_on(plane: F64, count: int, x: float, y: float, hair: float) -> bool:
    """Does a place lie within a hair of a rim?"""
    for at in range(count):
        ex, ey = plane[at, 2] - plane[at, 0], plane[at, 3] - plane[at, 1]
        px, py = x - plane[at, 0], y - plane[at, 1]
        size = ex * ex + ey * ey
        share = min(max((px * ex + py * ey) / size, 0.0), 1.0) if size > 0 else 0.0
        if (px - share * ex) ** 2 + (py - share * ey) ** 2 < hair * hair:
            return True
    return False


@njit(nogil=True, cache=True, error_model="numpy")
def times_of(
    plane: F64, count: int, is_moving: bool, vx: float, vy: float, reach: float, growth: float,
    least: float, most: float, hair: float,
) -> float:  # fmt: skip
    """The first time at which the track is too close, with ``hair`` more (or, negative, less) of reach.

    Infinite: never.
    """
    has_inside = plane[0, _PART] >= 0
    begins_inside = has_inside and _inside_any(plane, count, vx * least, vy * least)
    if begins_inside and (hair >= 0 or not _is_on(plane, count, vx * least, vy * least, -hair)):
        return least
    soonest = _NEVER
    around = reach + growth * most + hair
    x0, x1 = min(vx * least, vx * most) - around, max(vx * least, vx * most) + around
    y0, y1 = min(vy * least, vy * most) - around, max(vy * least, vy * most) + around
    for at in range(count):
        if is_moving:
            found = _near_moving(plane, at, vx, vy, reach + hair, growth, least, most)[0]
            soonest = min(soonest, found)
            continue
        ax, ay, bx, by = plane[at, 0], plane[at, 1], plane[at, 2], plane[at, 3]
        radius = plane[at, _RADIUS]
        if (
            min(ax, bx) > x1 + radius
            or max(ax, bx) < x0 - radius
            or min(ay, by) > y1 + radius
            or max(ay, by) < y0 - radius
        ):
            continue
        if around + radius > 0:
            found = _near_piece(ax, ay, bx, by, vx, vy, reach + hair + radius, growth, least, most)[0]
            soonest = min(soonest, found)
        if has_inside and hair < 0:
            soonest = min(soonest, _crosses_at(ax, ay, bx, by, vx, vy, least, most, -hair))
    return soonest


# ------------------------------------------------------------------------------------------- many pairs


@njit(nogil=True, cache=True, error_model="numpy")
def _apart_in_height(
    datum: int, low: int, high: int, low_amsl: int, high_amsl: int, high_datum: int, high_ft: int,
    limit_amsl: int, low_datum: int, low_ft: int, floor_amsl: int,
) -> tuple[int, int]:  # fmt: skip
    over = low - high_ft if datum >= 0 and datum == high_datum else low_amsl - limit_amsl
    under = high - low_ft if datum >= 0 and datum == low_datum else high_amsl - floor_amsl
    return over, under


@njit(nogil=True, cache=True, error_model="numpy")
def heights_between(seen: Seen, one: Outlines, row: int, area: int) -> tuple[int, int]:
    """Of the track at its lowest over the upper limit, and at its highest over the lower one, in feet.

    Each limit is compared in its own datum where the track reports it, else above the sea on its worse side.
    """
    over, under = _apart_in_height(
        seen.datum[row], seen.height[row, 0], seen.height[row, 1], seen.amsl[row, 0], seen.amsl[row, 1],
        one.high_datum[area], one.high_ft[area], one.high_amsl[area],
        one.low_datum[area], one.low_ft[area], one.low_amsl[area],
    )  # fmt: skip
    return over, under


@njit(nogil=True, cache=True, error_model="numpy")
def _is_far(
    tx: float, ty: float, tz: float, vx: float, vy: float, vz: float, most: float, near: float
) -> bool:
    """Does a ball, ``near`` m around a middle that is seen at (tx, ty, tz), keep away from the path?

    A chord is never longer than the way.
    """
    along, speed = tx * vx + ty * vy + tz * vz, vx * vx + vy * vy + vz * vz
    at = min(max(along / speed, 0.0), most) if speed > 0 else 0.0
    away = tx * tx + ty * ty + tz * tz + (speed * at - 2.0 * along) * at
    # The path is an arc: it falls below its tangent by so much.
    near += speed * most * most / (2.0 * SHARPEST_RADIUS_M) * 1.01 + 2.0
    return bool(away > near * near * 1.0001)


@njit(nogil=True, cache=True, error_model="numpy")
def judge_areas(
    seen: Seen, one: Outlines, count: int, rows: I64, areas: I64, now: int, look_ahead: float, plane: F64,
    verdict: I8, times: F64,
) -> int:  # fmt: skip
    """Of ``count`` pairs of tracks and areas those that are not clear, moved to the front. Returns how many.

    One long loop on purpose: an array that is handed on is counted, and that would cost more than the work.
    """
    place, velocity, up, reaches, growths = seen.place, seen.velocity, seen.up, seen.reach, seen.growth
    datum, height, amsl, climb, climb_growth = (
        seen.datum,
        seen.height,
        seen.amsl,
        seen.climb,
        seen.climb_growth,
    )
    whose, whose_area, lateral, vertical = seen.whose, one.whose, one.lateral, one.vertical
    hot_from, hot_to, middle, radius, moves, first = (
        one.hot_from,
        one.hot_to,
        one.middle,
        one.radius,
        one.moves,
        one.first,
    )
    high_datum, high_ft, high_amsl = one.high_datum, one.high_ft, one.high_amsl
    low_datum, low_ft, low_amsl = one.low_datum, one.low_ft, one.low_amsl
    start, end, part = one.start, one.end, one.part
    radius0, radius1, time0, time1 = one.radius0, one.radius1, one.time0, one.time1
    close, kept = _HAIR_S * (1.0 + look_ahead), 0
    for pair in range(count):
        row, area = rows[pair], areas[pair]
        if whose_area[area] >= 0 and whose_area[area] == whose[row]:
            continue
        over, under = _apart_in_height(
            datum[row], height[row, 0], height[row, 1], amsl[row, 0], amsl[row, 1],
            high_datum[area], high_ft[area], high_amsl[area], low_datum[area], low_ft[area], low_amsl[area],
        )  # fmt: skip
        least, most = vertical_times(
            float(over),
            float(under),
            float(climb[row]),
            float(vertical[area]),
            float(climb_growth[row]),
            look_ahead,
        )
        least = max(least, (hot_from[area] - now) / 1000.0)
        most = min(most, (hot_to[area] - now) / 1000.0)
        if least > most + close:
            continue
        reach, growth = lateral[area] + reaches[row], growths[row]
        px, py, pz = place[row, 0], place[row, 1], place[row, 2]
        wx, wy, wz = velocity[row, 0], velocity[row, 1], velocity[row, 2]
        near = radius[area] + reach + growth * most
        if _is_far(middle[area, 0] - px, middle[area, 1] - py, middle[area, 2] - pz, wx, wy, wz, most, near):
            continue
        ux, uy, uz = up[row, 0], up[row, 1], up[row, 2]
        _flattened(
            start, end, radius0, radius1, time0, time1, part, first[area], first[area + 1], now,
            px, py, pz, ux, uy, uz, plane,
        )  # fmt: skip
        vx, vy = _level(wx, wy, wz, ux, uy, uz)
        said, soonest = _verdict(
            plane,
            first[area + 1] - first[area],
            moves[area],
            vx,
            vy,
            reach,
            growth,
            least,
            most,
            close,
            look_ahead,
        )
        if said != CLEAR:
            rows[kept], areas[kept], verdict[kept], times[kept] = row, area, said, soonest
            kept += 1
    return kept


@njit(nogil=True, cache=True, error_model="numpy")
def _verdict(
    plane: F64, count: int, is_moving: bool, vx: float, vy: float, reach: float, growth: float, least: float,
    most: float, close: float, look_ahead: float,
) -> tuple[int, float]:  # fmt: skip
    strict0, strict1 = least if least == 0.0 else least + close, most - close
    if strict0 < strict1:
        sure = times_of(plane, count, is_moving, vx, vy, reach, growth, strict0, strict1, -HAIR_M)
        if sure < _NEVER:
            return LOSS, max(sure if sure > strict0 else least, 0.0)
    wide0, wide1 = max(least - close, 0.0), max(min(most + close, look_ahead), 0.0)
    first = times_of(plane, count, is_moving, vx, vy, reach, growth, wide0, wide1, HAIR_M)
    return (NEAR, max(first, least, 0.0)) if first < _NEVER else (CLEAR, _NEVER)


# ------------------------------------------------------------------------------------------ leaving its own


@njit(nogil=True, cache=True, error_model="numpy")
def leaves_at(
    plane: F64, count: int, is_moving: bool, vx: float, vy: float, reach: float, most: float
) -> float:
    """Until when (s from now, at most ``most``) a track stays within ``reach``; below 0: outside now."""
    spells = np.empty((5 * count + 8, 2))
    found = 0
    for at in range(count):
        if is_moving:
            spells[found] = _near_moving(plane, at, vx, vy, reach, 0.0, 0.0, most)
            found += 1
            continue
        ax, ay, bx, by = plane[at, 0], plane[at, 1], plane[at, 2], plane[at, 3]
        spells[found] = _near_piece(ax, ay, bx, by, vx, vy, reach + plane[at, _RADIUS], 0.0, 0.0, most)
        found += 1
    if plane[0, _PART] >= 0:
        for which in range(int(plane[count - 1, _PART]) + 1):
            found = _spells_inside(plane, count, which, vx, vy, most, spells, found)
    covered = -1.0
    more = True
    while more:
        more = False
        for at in range(found):
            begins, ends = spells[at, 0], spells[at, 1]
            if begins <= max(covered, 0.0) + _HAIR_S and ends > covered and ends >= begins:
                covered, more = ends, True
    return covered


@njit(nogil=True, cache=True, error_model="numpy")
def _spells_inside(
    plane: F64, count: int, which: int, vx: float, vy: float, most: float, spells: F64, found: int
) -> int:
    """The spells in which the path lies inside one polygon, from crossing to crossing."""
    marks = np.empty(count + 2)
    marks[0], marked = 0.0, 1
    for at in range(count):
        if plane[at, _PART] != which:
            continue
        ax, ay, ex, ey = plane[at, 0], plane[at, 1], plane[at, 2] - plane[at, 0], plane[at, 3] - plane[at, 1]
        turned = vx * ey - vy * ex
        if turned == 0.0:
            continue
        t, share = (ax * ey - ay * ex) / turned, (ax * vy - ay * vx) / turned
        if 0.0 < t < most and -1e-12 <= share <= 1.0 + 1e-12:
            marks[marked] = t
            marked += 1
    marks[marked] = most
    ordered = np.sort(marks[: marked + 1])
    for at in range(marked):
        begins, ends = ordered[at], ordered[at + 1]
        middle = (begins + ends) / 2.0
        if _is_inside(plane, count, which, vx * middle, vy * middle) and found < len(spells):
            spells[found, 0], spells[found, 1] = begins, ends
            found += 1
    return found
