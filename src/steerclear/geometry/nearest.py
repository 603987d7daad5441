# SPDX-License-Identifier: Apache-2.0
"""How near do two pieces come, less their radii? Many pairs at once, in closed form.

Each pair is projected to the tangent plane at its own middle, where both pieces are straight lines
``A(s) = a + s·u`` and ``B(w) = b + w·v`` with ``s, w`` in [0, 1] and radii linear in ``s`` and ``w``. The
function ``|A(s) − B(w)| − radii`` is convex, so its least value lies where the lines cross or on a side of
the square:

        w=1 ┌────────┐      two timed pieces may also be held together by a lag:
            │   ×    │      |time_A(s) − time_B(w)| ≤ lag is a strip across the square,
        w=0 └────────┘      and its two border lines are two more sides
           s=0      s=1

The plane only finds *where*; the distance there is then taken on the osculating sphere. What is left of
error is bounded by ``error_m``; see ``docs/screening.md`` for how it was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from steerclear.geometry.ellipsoid import Floats, TangentFrame, arc_at_least_m, arc_at_most_m, frame_at
from steerclear.geometry.outline import Pieces

__all__ = ["Nearest", "least_along", "nearest"]

_DEPTH_IN_SIGHT: Final = 0.6
_SURE_CROSSING_M: Final = 0.1
_TIME_ROUNDING_S: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Nearest:
    """One row per pair of pieces. The true least gap lies within ``gap_m`` ± ``error_m``.

    ``gap_m`` is infinite where the lag leaves no common time. ``s`` and ``w`` say where on the two pieces.
    ``crosses`` holds where the two pieces surely cross, at least 0.1 m deep on all four sides.
    """

    gap_m: Floats
    error_m: Floats
    s: Floats
    w: Floats
    crosses: np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class _Side:
    """A line across the square, from (s0, w0) to (s1, w1), where it may be empty (``s0`` is nan)."""

    s0: Floats
    w0: Floats
    s1: Floats
    w1: Floats


@dataclass(frozen=True, slots=True)
class _Plane:
    """Both pieces of every pair in the plane of that pair."""

    frame: TangentFrame
    ax: Floats
    ay: Floats
    ux: Floats
    uy: Floats
    bx: Floats
    by: Floats
    vx: Floats
    vy: Floats
    in_sight: np.ndarray[tuple[int], np.dtype[np.bool_]]
    farthest_m: Floats


def nearest(a: Pieces, b: Pieces, lag_s: float | None = None) -> Nearest:
    """The least gap of each row of ``a`` to the same row of ``b``; with ``lag_s``, at times that close."""
    plane = _plane(a, b)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        found = _in_plane(plane, a, b, lag_s)
    return _where_out_of_sight(found, plane, a, b, lag_s)


def least_along(
    qx: Floats, qy: Floats, ex: Floats, ey: Floats, growth: Floats, low: Floats, high: Floats
) -> Floats:
    """The ``x`` in [low, high] at which ``|q + x·e| − growth·x`` is least."""
    with np.errstate(invalid="ignore", divide="ignore"):
        speed2 = ex * ex + ey * ey
        spare = speed2 - growth * growth
        at_foot = -(qx * ex + qy * ey) / speed2
        ahead = growth * np.abs(qx * ey - qy * ex) / (speed2 * np.sqrt(spare))
        outgrown = np.where(growth > 0, high, low)  # the radius grows faster than the distance can
    return np.where(spare > 0, np.minimum(np.maximum(at_foot + ahead, low), high), outgrown)


def _plane(a: Pieces, b: Pieces) -> _Plane:
    frame = frame_at((a.start + a.end) + (b.start + b.end))
    ax, ay, da = frame.project(a.start)
    a1x, a1y, da1 = frame.project(a.end)
    bx, by, db = frame.project(b.start)
    b1x, b1y, db1 = frame.project(b.end)
    in_sight = np.minimum(np.minimum(da, da1), np.minimum(db, db1)) > _DEPTH_IN_SIGHT
    farthest2 = np.maximum(
        np.maximum(ax * ax + ay * ay, a1x * a1x + a1y * a1y),
        np.maximum(bx * bx + by * by, b1x * b1x + b1y * b1y),
    )
    return _Plane(frame, ax, ay, a1x - ax, a1y - ay, bx, by, b1x - bx, b1y - by, in_sight, np.sqrt(farthest2))


def _in_plane(p: _Plane, a: Pieces, b: Pieces, lag_s: float | None) -> Nearest:
    best = np.full(len(a), np.inf)
    best_s, best_w = np.zeros(len(a)), np.zeros(len(a))
    sides = _square(len(a)) if lag_s is None else _timed_sides(a, b, lag_s)
    for s, w in [_crossing(p, a, b, lag_s), *(_least_on(side, p, a, b) for side in sides)]:
        gap = _gap(p, a, b, s, w)
        better = gap < best  # false for nan: an empty side
        best = np.where(better, gap, best)
        best_s, best_w = np.where(better, s, best_s), np.where(better, w, best_w)
    return Nearest(best, _error_m(p.farthest_m, timed=lag_s is not None), best_s, best_w, _crosses(p))


def _error_m(farthest_m: Floats, *, timed: bool) -> Floats:
    # Third order in the distance from the tangent point, and for timed pieces how unevenly a tangent plane
    # shows a constant speed; about twice the largest errors measured (``docs/screening.md``).
    far = farthest_m / 100_000.0
    return (0.2 + 0.3 * far if timed else 0.002) + 0.05 * far**3


def _square(count: int) -> list[_Side]:
    zero, one = np.zeros(count), np.ones(count)
    return [
        _Side(zero, zero, zero, one),
        _Side(one, zero, one, one),
        _Side(zero, zero, one, zero),
        _Side(zero, one, one, one),
    ]


def _timed_sides(a: Pieces, b: Pieces, lag_s: float) -> list[_Side]:
    """The sides of the square that the strip leaves, and the strip's two borders within the square."""
    a_len, b_len = a.time1_s - a.time0_s, b.time1_s - b.time0_s
    lag = lag_s + _TIME_ROUNDING_S
    sides = []
    for fixed in (0.0, 1.0):
        at = np.full(len(a), fixed)
        w0, w1 = _window(a.time0_s + fixed * a_len, b.time0_s, b_len, lag)
        sides.append(_Side(at + w0 * 0, w0, at, w1))
        s0, s1 = _window(b.time0_s + fixed * b_len, a.time0_s, a_len, lag)
        sides.append(_Side(s0, at, s1, at))
    for shift in (lag_s, -lag_s):  # time_A = time_B + shift
        first = np.maximum(a.time0_s, b.time0_s + shift)
        last = np.minimum(a.time1_s, b.time1_s + shift)
        first = np.where((first <= last) & (a_len > 0) & (b_len > 0), first, np.nan)
        sides.append(
            _Side(
                (first - a.time0_s) / a_len,
                (first - shift - b.time0_s) / b_len,
                (last - a.time0_s) / a_len,
                (last - shift - b.time0_s) / b_len,
            )
        )
    return sides


def _window(at_s: Floats, begin_s: Floats, length_s: Floats, lag_s: float) -> tuple[Floats, Floats]:
    """The part of [0, 1] whose time lies within the lag of ``at_s``; nan when there is none."""
    low = np.where(length_s > 0, np.clip((at_s - lag_s - begin_s) / length_s, 0, 1), 0.0)
    high = np.where(length_s > 0, np.clip((at_s + lag_s - begin_s) / length_s, 0, 1), 1.0)
    apart = (at_s + lag_s < begin_s) | (begin_s + length_s < at_s - lag_s)
    return np.where(apart, np.nan, low), high


def _least_on(side: _Side, p: _Plane, a: Pieces, b: Pieces) -> tuple[Floats, Floats]:
    ds, dw = side.s1 - side.s0, side.w1 - side.w0
    qx = p.ax + side.s0 * p.ux - p.bx - side.w0 * p.vx
    qy = p.ay + side.s0 * p.uy - p.by - side.w0 * p.vy
    growth = ds * (a.radius1_m - a.radius0_m) + dw * (b.radius1_m - b.radius0_m)
    zero = np.zeros(len(a))
    x = least_along(qx, qy, ds * p.ux - dw * p.vx, ds * p.uy - dw * p.vy, growth, zero, zero + 1)
    return side.s0 + x * ds, side.w0 + x * dw


def _crossing(p: _Plane, a: Pieces, b: Pieces, lag_s: float | None) -> tuple[Floats, Floats]:
    """Where the two lines cross; nan where they do not, or not within the lag."""
    across = p.ux * p.vy - p.uy * p.vx
    qx, qy = p.bx - p.ax, p.by - p.ay
    s = (qx * p.vy - qy * p.vx) / across
    w = (qx * p.uy - qy * p.ux) / across
    meets = (s >= 0) & (s <= 1) & (w >= 0) & (w <= 1)
    if lag_s is not None:
        time_a = a.time0_s + s * (a.time1_s - a.time0_s)
        time_b = b.time0_s + w * (b.time1_s - b.time0_s)
        meets &= np.abs(time_a - time_b) <= lag_s
    return np.where(meets, s, np.nan), w


def _gap(p: _Plane, a: Pieces, b: Pieces, s: Floats, w: Floats) -> Floats:
    """Distance on the osculating sphere between A(s) and B(w), less the radii there."""
    x0, y0 = p.ax + s * p.ux, p.ay + s * p.uy
    x1, y1 = p.bx + w * p.vx, p.by + w * p.vy
    radius = p.frame.radius_m
    dx, dy = x1 - x0, y1 - y0
    turned = x0 * dy - y0 * dx
    cross = np.sqrt((dx * dx + dy * dy) * radius * radius + turned * turned)
    dot = x0 * x1 + y0 * y1 + radius * radius
    radii = a.radius0_m + s * (a.radius1_m - a.radius0_m) + b.radius0_m + w * (b.radius1_m - b.radius0_m)
    return radius * np.arctan2(cross, dot) - radii


def _crosses(p: _Plane) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    u, v = np.hypot(p.ux, p.uy), np.hypot(p.vx, p.vy)
    qx, qy = p.bx - p.ax, p.by - p.ay
    b0 = (p.ux * qy - p.uy * qx) / u
    b1 = (p.ux * (qy + p.vy) - p.uy * (qx + p.vx)) / u
    a0 = (p.vx * -qy + p.vy * qx) / v
    a1 = (p.vx * (p.uy - qy) - p.vy * (p.ux - qx)) / v
    depth = np.minimum(np.minimum(np.abs(a0), np.abs(a1)), np.minimum(np.abs(b0), np.abs(b1)))
    return (a0 * a1 < 0) & (b0 * b1 < 0) & (depth > _SURE_CROSSING_M + _error_m(p.farthest_m, timed=False))


def _where_out_of_sight(found: Nearest, p: _Plane, a: Pieces, b: Pieces, lag_s: float | None) -> Nearest:
    """Pairs too far apart for one plane get bounds alone: the balls around both pieces."""
    if p.in_sight.all():
        return found
    between = np.linalg.norm(a.middle - b.middle, axis=1)
    reach_low = np.minimum(a.radius0_m, a.radius1_m) + np.minimum(b.radius0_m, b.radius1_m)
    reach_high = np.maximum(a.radius0_m, a.radius1_m) + np.maximum(b.radius0_m, b.radius1_m)
    low = arc_at_least_m(between - a.half_m - b.half_m) - reach_high
    high = arc_at_most_m(between + a.half_m + b.half_m) - reach_low
    apart = np.zeros(len(a), dtype=bool)
    if lag_s is not None:
        apart = (a.time0_s > b.time1_s + lag_s) | (b.time0_s > a.time1_s + lag_s)
    return Nearest(
        np.where(p.in_sight, found.gap_m, np.where(apart, np.inf, (low + high) / 2)),
        np.where(p.in_sight, found.error_m, (high - low) / 2),
        np.where(p.in_sight, found.s, 0.5),
        np.where(p.in_sight, found.w, 0.5),
        found.crosses & p.in_sight,
    )
