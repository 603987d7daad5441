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
PLANE: Final = 4
"""Columns of a flattened piece: x and y of its start, x and y of its end, in metres."""


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
def _stretch(across: float, above: float) -> float:
    """Arc over sine: how much longer the way is than what is seen of it from above."""
    if above > 0 and across < 0.05:
        s = across * across
        return 1.0 + s * (1.0 / 6.0 + s * (3.0 / 40.0 + s * (15.0 / 336.0 + s * (105.0 / 3456.0))))
    return math.atan2(across, above) / across


@njit(nogil=True, cache=True, error_model="numpy")
def flattened(
    one: Outlines, area: int, place: F64, velocity: F64, up: F64, plane: F64
) -> tuple[float, float]:
    """Write the pieces of an area as seen from a track into ``plane``; returns the track's velocity there."""
    ux, uy, uz = up[0], up[1], up[2]
    ex, ey, ez, nx, ny, nz = _frame(ux, uy, uz)
    radius = SEMI_MINOR_M / (1.0 - E2 * uz * uz)
    first, last = one.first[area], one.first[area + 1]
    for piece in range(first, last):
        at = piece - first
        if at > 0 and (one.start[piece] == one.end[piece - 1]).all():
            plane[at, 0], plane[at, 1] = plane[at - 1, 2], plane[at - 1, 3]
        else:
            dx, dy, dz = (
                one.start[piece, 0] - place[0],
                one.start[piece, 1] - place[1],
                one.start[piece, 2] - place[2],
            )
            above = 1.0 + (dx * ux + dy * uy + dz * uz) / radius
            x, y = (dx * ex + dy * ey + dz * ez) / radius, (dx * nx + dy * ny + dz * nz) / radius
            size = math.sqrt(x * x + y * y + above * above)
            across = math.sqrt(x * x + y * y) / size
            scale = radius / size * (_stretch(across, above / size) if across > 0 else 1.0)
            plane[at, 0], plane[at, 1] = x * scale, y * scale
        dx, dy, dz = (
            one.end[piece, 0] - place[0],
            one.end[piece, 1] - place[1],
            one.end[piece, 2] - place[2],
        )
        above = 1.0 + (dx * ux + dy * uy + dz * uz) / radius
        x, y = (dx * ex + dy * ey + dz * ez) / radius, (dx * nx + dy * ny + dz * nz) / radius
        size = math.sqrt(x * x + y * y + above * above)
        across = math.sqrt(x * x + y * y) / size
        scale = radius / size * (_stretch(across, above / size) if across > 0 else 1.0)
        plane[at, 2], plane[at, 3] = x * scale, y * scale
    vx = velocity[0] * ex + velocity[1] * ey + velocity[2] * ez
    vy = velocity[0] * nx + velocity[1] * ny + velocity[2] * nz
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
    at: F64, radius: float, vx: float, vy: float, reach: float, growth: float, least: float, most: float
) -> tuple[float, float]:
    """First and last time of being near one piece: of both its ends, and of what lies between."""
    reach += radius
    first, last = _in_strip(at[0], at[1], at[2], at[3], vx, vy, reach, growth, least, most)
    for end in range(2):
        begins, ends = _in_disc(-at[2 * end], -at[2 * end + 1], vx, vy, reach, growth, least, most)
        first, last = min(first, begins), max(last, ends)
    return first, last


@njit(nogil=True, cache=True, error_model="numpy")
def _near_moving(
    at: F64, one: Outlines, piece: int, now: int, vx: float, vy: float, reach: float, growth: float,
    least: float, most: float,
) -> tuple[float, float]:  # fmt: skip
    """The same of a disc that moves along the piece and changes its radius."""
    # Whole seconds first: seconds of this century leave a float a quarter of a microsecond.
    second, rest = float(now // 1000), (now % 1000) / 1000.0
    begins, ends = one.time0[piece] - second - rest, one.time1[piece] - second - rest
    least, most = max(least, begins), min(most, ends)
    if least > most:
        return _NEVER, -_NEVER
    lasts = ends - begins
    wx, wy, grows = 0.0, 0.0, 0.0
    if lasts > 0:
        wx, wy = (at[2] - at[0]) / lasts, (at[3] - at[1]) / lasts
        grows = (one.radius1[piece] - one.radius0[piece]) / lasts
    px, py = -(at[0] - wx * begins), -(at[1] - wy * begins)
    return _in_disc(
        px, py, vx - wx, vy - wy, reach + one.radius0[piece] - grows * begins, growth + grows, least, most
    )


@njit(nogil=True, cache=True, error_model="numpy")
def _is_inside(plane: F64, part: I32, which: int, x: float, y: float) -> bool:
    odd = False
    for at in range(len(part)):
        if part[at] != which:
            continue
        y0, y1 = plane[at, 1], plane[at, 3]
        if (y0 > y) != (y1 > y) and x < plane[at, 0] + (y - y0) / (y1 - y0) * (plane[at, 2] - plane[at, 0]):
            odd = not odd
    return odd


@njit(nogil=True, cache=True, error_model="numpy")
def _inside_any(plane: F64, part: I32, x: float, y: float) -> bool:
    for which in range(part[len(part) - 1] + 1):
        if _is_inside(plane, part, which, x, y):
            return True
    return False


@njit(nogil=True, cache=True, error_model="numpy")
def _crosses_at(at: F64, vx: float, vy: float, least: float, most: float, hair: float) -> float:
    """When the path crosses the piece with a hair to spare on all four sides; infinite: it does not so."""
    sx, sy, ex, ey = vx * least, vy * least, vx * most, vy * most
    way, edge = math.hypot(ex - sx, ey - sy), math.hypot(at[2] - at[0], at[3] - at[1])
    if way <= 2.0 * hair or edge <= 2.0 * hair:
        return _NEVER
    one = ((ex - sx) * (at[1] - sy) - (ey - sy) * (at[0] - sx)) / way
    other = ((ex - sx) * (at[3] - sy) - (ey - sy) * (at[2] - sx)) / way
    if min(one, other) >= -hair or max(one, other) <= hair:
        return _NEVER
    here = ((at[2] - at[0]) * (sy - at[1]) - (at[3] - at[1]) * (sx - at[0])) / edge
    there = ((at[2] - at[0]) * (ey - at[1]) - (at[3] - at[1]) * (ex - at[0])) / edge
    if min(here, there) >= -hair or max(here, there) <= hair:
        return _NEVER
    return float(least + (most - least) * here / (here - there))


@njit(nogil=True, cache=True, error_model="numpy")
def _is_on(plane: F64, x: float, y: float, hair: float) -> bool:
    """Does a place lie within a hair of a rim?"""
    for at in range(len(plane)):
        ex, ey = plane[at, 2] - plane[at, 0], plane[at, 3] - plane[at, 1]
        px, py = x - plane[at, 0], y - plane[at, 1]
        size = ex * ex + ey * ey
        share = min(max((px * ex + py * ey) / size, 0.0), 1.0) if size > 0 else 0.0
        if (px - share * ex) ** 2 + (py - share * ey) ** 2 < hair * hair:
            return True
    return False


@njit(nogil=True, cache=True, error_model="numpy")
def times_of(
    one: Outlines, area: int, plane: F64, now: int, vx: float, vy: float, reach: float, growth: float,
    least: float, most: float, hair: float,
) -> float:  # fmt: skip
    """The first time at which the track is too close, with ``hair`` more (or, negative, less) of reach.

    Infinite: never.
    """
    first, last = one.first[area], one.first[area + 1]
    part, own = one.part[first:last], plane[: last - first]
    has_inside = part[0] >= 0
    begins_inside = has_inside and _inside_any(own, part, vx * least, vy * least)
    if begins_inside and (hair >= 0 or not _is_on(own, vx * least, vy * least, -hair)):
        return least
    soonest = _NEVER
    around = reach + growth * most + hair
    x0, x1 = min(vx * least, vx * most) - around, max(vx * least, vx * most) + around
    y0, y1 = min(vy * least, vy * most) - around, max(vy * least, vy * most) + around
    for piece in range(first, last):
        at, radius = own[piece - first], one.radius0[piece]
        if one.moves[area]:
            found = _near_moving(at, one, piece, now, vx, vy, reach + hair, growth, least, most)[0]
            soonest = min(soonest, found)
            continue
        if (
            min(at[0], at[2]) > x1 + radius
            or max(at[0], at[2]) < x0 - radius
            or min(at[1], at[3]) > y1 + radius
            or max(at[1], at[3]) < y0 - radius
        ):
            continue
        if around + radius > 0:
            soonest = min(soonest, _near_piece(at, radius, vx, vy, reach + hair, growth, least, most)[0])
        if has_inside and hair < 0:
            soonest = min(soonest, _crosses_at(at, vx, vy, least, most, -hair))
    return soonest


# ------------------------------------------------------------------------------------------- many pairs


@njit(nogil=True, cache=True, error_model="numpy")
def judge_areas(
    seen: Seen, one: Outlines, rows: I64, count: I64, areas: I32, now: int, look_ahead: float, plane: F64,
    pair_row: I64, pair_area: I64, verdict: I8, times: F64,
) -> int:  # fmt: skip
    """Track ``rows[i]`` against ``count[i]`` areas, one after another. Returns how many are not clear."""
    kept, at = 0, 0
    for i in range(len(rows)):
        row = rows[i]
        for area in areas[at : at + count[i]]:
            said, first = _judged(seen, one, row, int(area), now, look_ahead, plane)
            if said != CLEAR:
                pair_row[kept], pair_area[kept], verdict[kept], times[kept] = row, area, said, first
                kept += 1
        at += count[i]
    return kept


@njit(nogil=True, cache=True, error_model="numpy")
def heights_between(seen: Seen, one: Outlines, row: int, area: int) -> tuple[int, int]:
    """Of the track at its lowest over the upper limit, and at its highest over the lower one, in feet.

    Each limit is compared in its own datum where the track reports it, else above the sea on its worse side.
    """
    over = seen.amsl[row, 0] - one.high_amsl[area]
    if seen.datum[row] >= 0 and seen.datum[row] == one.high_datum[area]:
        over = seen.height[row, 0] - one.high_ft[area]
    under = seen.amsl[row, 1] - one.low_amsl[area]
    if seen.datum[row] >= 0 and seen.datum[row] == one.low_datum[area]:
        under = seen.height[row, 1] - one.low_ft[area]
    return over, under


@njit(nogil=True, cache=True, error_model="numpy")
def _is_far(seen: Seen, one: Outlines, row: int, area: int, most: float) -> bool:
    """Does the ball around the area keep away from the path? A chord is never longer than the way."""
    along, away, speed = 0.0, 0.0, 0.0
    for axis in range(3):
        towards = one.middle[area, axis] - seen.place[row, axis]
        along += towards * seen.velocity[row, axis]
        speed += seen.velocity[row, axis] ** 2
        away += towards * towards
    at = min(max(along / speed, 0.0), most) if speed > 0 else 0.0
    away += (speed * at - 2.0 * along) * at
    # The path is an arc: it falls below its tangent by so much.
    falls = speed * most * most / (2.0 * SHARPEST_RADIUS_M) * 1.01 + 2.0
    near = one.radius[area] + one.lateral[area] + seen.reach[row] + seen.growth[row] * most + falls
    return bool(away > near * near * 1.0001)


@njit(nogil=True, cache=True, error_model="numpy")
def _judged(
    seen: Seen, one: Outlines, row: int, area: int, now: int, look_ahead: float, plane: F64
) -> tuple[int, float]:
    if one.whose[area] >= 0 and one.whose[area] == seen.whose[row]:
        return CLEAR, _NEVER
    hot_from, hot_to = (one.hot_from[area] - now) / 1000.0, (one.hot_to[area] - now) / 1000.0
    over, under = heights_between(seen, one, row, area)
    least, most = vertical_times(
        float(over),
        float(under),
        float(seen.climb[row]),
        float(one.vertical[area]),
        float(seen.climb_growth[row]),
        look_ahead,
    )
    least, most = max(least, hot_from), min(most, hot_to)
    close = _HAIR_S * (1.0 + look_ahead)
    if least > most + close:
        return CLEAR, _NEVER
    if _is_far(seen, one, row, area, most):
        return CLEAR, _NEVER
    vx, vy = flattened(one, area, seen.place[row], seen.velocity[row], seen.up[row], plane)
    reach, growth = one.lateral[area] + seen.reach[row], seen.growth[row]
    strict0, strict1 = least if least == 0.0 else least + close, most - close
    if strict0 < strict1:
        sure = times_of(one, area, plane, now, vx, vy, reach, growth, strict0, strict1, -HAIR_M)
        if sure < _NEVER:
            return LOSS, max(sure if sure > strict0 else least, 0.0)
    wide0, wide1 = max(least - close, 0.0), max(min(most + close, look_ahead), 0.0)
    first = times_of(one, area, plane, now, vx, vy, reach, growth, wide0, wide1, HAIR_M)
    return (NEAR, max(first, least, 0.0)) if first < _NEVER else (CLEAR, _NEVER)


# ------------------------------------------------------------------------------------------ leaving its own


@njit(nogil=True, cache=True, error_model="numpy")
def leaves_at(
    one: Outlines, area: int, plane: F64, now: int, vx: float, vy: float, reach: float, most: float
) -> float:
    """Until when (s from now, at most ``most``) a track stays within ``reach``; below 0: outside now."""
    first, last = one.first[area], one.first[area + 1]
    spells = np.empty((5 * (last - first) + 8, 2))
    found = 0
    for piece in range(first, last):
        at = plane[piece - first]
        if one.moves[area]:
            spells[found] = _near_moving(at, one, piece, now, vx, vy, reach, 0.0, 0.0, most)
            found += 1
            continue
        spells[found] = _near_piece(at, one.radius0[piece], vx, vy, reach, 0.0, 0.0, most)
        found += 1
    part = one.part[first:last]
    if part[0] >= 0:
        for which in range(part[len(part) - 1] + 1):
            found = _spells_inside(plane, part, which, vx, vy, most, spells, found)
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
    plane: F64, part: I32, which: int, vx: float, vy: float, most: float, spells: F64, found: int
) -> int:
    """The spells in which the path lies inside one polygon, from crossing to crossing."""
    marks = np.empty(len(part) + 2)
    marks[0], count = 0.0, 1
    for at in range(len(part)):
        if part[at] != which:
            continue
        ax, ay, ex, ey = plane[at, 0], plane[at, 1], plane[at, 2] - plane[at, 0], plane[at, 3] - plane[at, 1]
        turned = vx * ey - vy * ex
        if turned == 0.0:
            continue
        t, share = (ax * ey - ay * ex) / turned, (ax * vy - ay * vx) / turned
        if 0.0 < t < most and -1e-12 <= share <= 1.0 + 1e-12:
            marks[count] = t
            count += 1
    marks[count] = most
    ordered = np.sort(marks[: count + 1])
    for at in range(count):
        begins, ends = ordered[at], ordered[at + 1]
        middle = (begins + ends) / 2.0
        if _is_inside(plane, part, which, vx * middle, vy * middle) and found < len(spells):
            spells[found, 0], spells[found, 1] = begins, ends
            found += 1
    return found
