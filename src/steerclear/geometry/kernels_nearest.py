# SPDX-License-Identifier: Apache-2.0

"""How near do two pieces come, less their radii? One pair at a time, compiled: the form of ``nearest``.

A piece is a row of ten numbers: start x, y, z and end x, y, z (ECEF metres), radius at its start and end
(metres), time at its start and end (seconds). The answer is written into a row of seven:

    GAP    the least gap, infinite where the lag leaves no common time
    ERROR  the true least gap lies within GAP ± ERROR
    SURE   what GAP ± SURE leaves open is geographiclib's to decide
    S, W   where on the two pieces, as shares
    DEPTH  by how much the two cross on their shallowest side; 0 where they do not (metres)
    FAR    how far the pieces reach from the tangent point; −1 where they are out of one plane's sight
"""

from __future__ import annotations

import math
from typing import Any, Final

from steerclear.geometry.kernels_surface import (
    arc_at_least,
    arc_at_most,
    bulge_at_most,
    inner,
    sure_within,
    tangent,
)

__all__ = ["DEPTH", "ERROR", "FAR", "GAP", "SURE", "S", "W", "nearest_pieces"]

GAP: Final = 0
ERROR: Final = 1
SURE: Final = 2
S: Final = 3
W: Final = 4
DEPTH: Final = 5
FAR: Final = 6

_DEPTH_IN_SIGHT: Final = 0.6
_TIME_ROUNDING_S: Final = 1e-6

Two = tuple[float, float]
Four = tuple[float, float, float, float]


@inner
def nearest_pieces(a: Any, b: Any, lag: float, frame: Any, out: Any) -> None:
    """``lag`` < 0: nothing moves. ``frame`` (13) is scratch."""
    tangent(a[0] + a[3] + b[0] + b[3], a[1] + a[4] + b[1] + b[4], a[2] + a[5] + b[2] + b[5], frame)
    ax, ay, d0 = _projected(frame, a[0], a[1], a[2])
    a1x, a1y, d1 = _projected(frame, a[3], a[4], a[5])
    bx, by, d2 = _projected(frame, b[0], b[1], b[2])
    b1x, b1y, d3 = _projected(frame, b[3], b[4], b[5])
    if min(min(d0, d1), min(d2, d3)) <= _DEPTH_IN_SIGHT:
        _out_of_sight(a, b, lag, out)
        return
    timed = lag >= 0.0
    far2 = max(max(ax * ax + ay * ay, a1x * a1x + a1y * a1y), max(bx * bx + by * by, b1x * b1x + b1y * b1y))
    far = math.sqrt(far2)
    hundreds = far / 100_000.0
    out[FAR] = far
    out[ERROR] = (0.2 + 0.3 * hundreds if timed else 0.002) + 0.05 * hundreds * hundreds * hundreds
    out[SURE] = sure_within(far, timed)
    out[GAP] = math.inf
    out[S] = out[W] = 0.0
    out[DEPTH] = 0.0
    q = (ax, ay, bx, by)
    u = (a1x - ax, a1y - ay)
    v = (b1x - bx, b1y - by)
    _crossing(a, b, lag, q, u, v, frame[12], out)
    a_len, b_len = a[9] - a[8], b[9] - b[8]
    for fixed in (0.0, 1.0):
        low, high = 0.0, 1.0
        if timed:
            low, high = _window(a[8] + fixed * a_len, b[8], b_len, lag + _TIME_ROUNDING_S)
        if low <= high:
            _side(a, b, (fixed, low, fixed, high), q, u, v, frame[12], out)
        low, high = 0.0, 1.0
        if timed:
            low, high = _window(b[8] + fixed * b_len, a[8], a_len, lag + _TIME_ROUNDING_S)
        if low <= high:
            _side(a, b, (low, fixed, high, fixed), q, u, v, frame[12], out)
    if timed and a_len > 0.0 and b_len > 0.0:
        for sign in (1.0, -1.0):
            shift = sign * lag  # time_A = time_B + shift
            first, last = max(a[8], b[8] + shift), min(a[9], b[9] + shift)
            if first <= last:
                side = (
                    (first - a[8]) / a_len,
                    (first - shift - b[8]) / b_len,
                    (last - a[8]) / a_len,
                    (last - shift - b[8]) / b_len,
                )
                _side(a, b, side, q, u, v, frame[12], out)


@inner
def _projected(frame: Any, x: float, y: float, z: float) -> tuple[float, float, float]:
    x, y, z = x - frame[9], y - frame[10], z - frame[11]
    depth = (x * frame[0] + y * frame[1] + z * frame[2]) / frame[12]
    east = (x * frame[3] + y * frame[4] + z * frame[5]) / depth
    north = (x * frame[6] + y * frame[7] + z * frame[8]) / depth
    return east, north, depth


@inner
def _crossing(a: Any, b: Any, lag: float, q: Four, u: Two, v: Two, radius: float, out: Any) -> None:
    """Where the two lines cross, if they do; within the lag, if they move."""
    across = u[0] * v[1] - u[1] * v[0]
    if across == 0.0:
        return
    qx, qy = q[2] - q[0], q[3] - q[1]
    s = (qx * v[1] - qy * v[0]) / across
    w = (qx * u[1] - qy * u[0]) / across
    if not (0.0 <= s <= 1.0 and 0.0 <= w <= 1.0):
        return
    if lag >= 0.0 and abs(a[8] + s * (a[9] - a[8]) - b[8] - w * (b[9] - b[8])) > lag:
        return
    _kept(a, b, s, w, q, u, v, radius, out)
    size_u, size_v = math.hypot(u[0], u[1]), math.hypot(v[0], v[1])
    sine = abs(across) / (size_u * size_v)
    out[DEPTH] = sine * min(min(s, 1.0 - s) * size_u, min(w, 1.0 - w) * size_v)


@inner
def _side(a: Any, b: Any, side: Four, q: Four, u: Two, v: Two, radius: float, out: Any) -> None:
    """The least gap on a line across the square from (s0, w0) to (s1, w1)."""
    s0, w0 = side[0], side[1]
    ds, dw = side[2] - s0, side[3] - w0
    qx = q[0] + s0 * u[0] - q[2] - w0 * v[0]
    qy = q[1] + s0 * u[1] - q[3] - w0 * v[1]
    ex, ey = ds * u[0] - dw * v[0], ds * u[1] - dw * v[1]
    growth = ds * (a[7] - a[6]) + dw * (b[7] - b[6])
    speed2 = ex * ex + ey * ey
    spare = speed2 - growth * growth
    if spare > 0.0:
        x = -(qx * ex + qy * ey) / speed2
        if growth != 0.0:
            x += growth * abs(qx * ey - qy * ex) / (speed2 * math.sqrt(spare))
        x = min(max(x, 0.0), 1.0)
    else:
        x = 1.0 if growth > 0.0 else 0.0  # the radius grows faster than the distance can
    _kept(a, b, s0 + x * ds, w0 + x * dw, q, u, v, radius, out)


@inner
def _kept(a: Any, b: Any, s: float, w: float, q: Four, u: Two, v: Two, radius: float, out: Any) -> None:
    """Keep the place if the distance on the osculating sphere, less the radii, is the least so far."""
    x0, y0 = q[0] + s * u[0], q[1] + s * u[1]
    x1, y1 = q[2] + w * v[0], q[3] + w * v[1]
    dx, dy = x1 - x0, y1 - y0
    turned = x0 * dy - y0 * dx
    cross = math.sqrt((dx * dx + dy * dy) * radius * radius + turned * turned)
    gap = radius * math.atan2(cross, x0 * x1 + y0 * y1 + radius * radius)
    gap -= a[6] + s * (a[7] - a[6]) + b[6] + w * (b[7] - b[6])
    if gap < out[GAP]:
        out[GAP], out[S], out[W] = gap, s, w


@inner
def _window(at: float, begin: float, length: float, lag: float) -> Two:
    """The part of [0, 1] whose time lies within the lag of ``at``; (1, 0) when there is none."""
    if at + lag < begin or begin + length < at - lag:
        return 1.0, 0.0
    if length <= 0.0:
        return 0.0, 1.0
    return min(max((at - lag - begin) / length, 0.0), 1.0), min(max((at + lag - begin) / length, 0.0), 1.0)


@inner
def _out_of_sight(a: Any, b: Any, lag: float, out: Any) -> None:
    """Pieces too far apart for one plane get bounds alone: the balls around both."""
    x, y, z = a[0] + a[3] - b[0] - b[3], a[1] + a[4] - b[1] - b[4], a[2] + a[5] - b[2] - b[5]
    between = math.sqrt(x * x + y * y + z * z) / 2.0
    chord_a = math.sqrt((a[3] - a[0]) ** 2 + (a[4] - a[1]) ** 2 + (a[5] - a[2]) ** 2)
    chord_b = math.sqrt((b[3] - b[0]) ** 2 + (b[4] - b[1]) ** 2 + (b[5] - b[2]) ** 2)
    balls = chord_a / 2.0 + bulge_at_most(chord_a) + chord_b / 2.0 + bulge_at_most(chord_b)
    low = arc_at_least(between - balls) - max(a[6], a[7]) - max(b[6], b[7])
    high = arc_at_most(between + balls) - min(a[6], a[7]) - min(b[6], b[7])
    apart = lag >= 0.0 and (a[8] > b[9] + lag or b[8] > a[9] + lag)
    out[GAP] = math.inf if apart else (low + high) / 2.0
    out[ERROR] = (high - low) / 2.0
    out[SURE] = max(out[ERROR], 1.0)
    out[S] = out[W] = 0.5
    out[DEPTH] = 0.0
    out[FAR] = -1.0
