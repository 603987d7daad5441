# SPDX-License-Identifier: Apache-2.0
"""Do two movers come too close within the look-ahead, and when? Closed form; exact at the minima.

Both keep their velocity in the plane that is tangent to the ellipsoid midway between them. Of one seen from
the other there is then a place ``p`` and a velocity ``v`` in that plane, and a height difference ``z``:

    lateral     |p + v·t|  <  reach + growth·t             a quadratic below 0
    vertical    |z + w·t|  <  tall + tall_growth·t         two straight lines below 0, so t in an interval

They lose separation when both hold (strictly) at one instant between now and the end of the look-ahead. The
quadratic need not be solved to know that: it is below 0 somewhere on an interval exactly if its least value
there is, and that is at its vertex or at an end. Same velocities, one above the other, standing still: no
case of their own. Where rounding could turn the answer the pair is *near*, and ``settled`` decides it in
rational numbers.

Against the ellipsoid itself the plane is true to a millimetre for what is 5 NM apart now, and to 5 m for two
that start 150 km apart and meet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from numba import njit

__all__ = [
    "CLEAR",
    "LOSS",
    "NEAR",
    "Approach",
    "closest",
    "judged",
    "lost_from",
    "settled",
    "times_too_close",
]

CLEAR: Final = 0
LOSS: Final = 1
NEAR: Final = 2
"""Too near to the minimum for floating point: ask ``settled``."""

_ROUNDING: Final = 64 * 2.0**-53
"""No answer above is reached by more than some twenty roundings."""


@dataclass(frozen=True, slots=True)
class Approach:
    """One mover seen from another, at t = 0.

    ``p_m`` and ``v_m_s`` in the plane (any number of axes); ``reach_m`` below which they are too close,
    growing by ``growth_m_s``. The height difference lies between ``z_low_ft`` and ``z_high_ft`` (equal when
    it is known) and changes by ``climb_ft_min``; ``tall_ft`` grows by ``tall_growth_ft_min``.
    """

    p_m: tuple[float, ...]
    v_m_s: tuple[float, ...]
    reach_m: float
    growth_m_s: float
    z_low_ft: int
    z_high_ft: int
    climb_ft_min: int
    tall_ft: int
    tall_growth_ft_min: int


@njit(nogil=True, cache=True, error_model="numpy")
def _until(least: float, most: float, slope: float, room: float) -> tuple[float, float]:
    """The part of the times from ``least`` to ``most`` (s) in which slope·t/60 < room, in feet."""
    if slope > 0:
        return least, min(most, 60.0 * room / slope)
    if slope < 0:
        return max(least, 60.0 * room / slope), most
    return (least, most) if room > 0 else (1.0, 0.0)


@njit(nogil=True, cache=True, error_model="numpy")
def vertical_times(
    z_low: float, z_high: float, climb: float, tall: float, tall_growth: float, look_ahead: float
) -> tuple[float, float]:
    """First and last time (s) at which they can be too close in height; the first is later: never."""
    least, most = _until(0.0, look_ahead, climb - tall_growth, tall - z_low)
    return _until(least, most, -climb - tall_growth, tall + z_high)


@njit(nogil=True, cache=True, error_model="numpy")
def judged(pp: float, pv: float, vv: float, reach: float, growth: float, least: float, most: float) -> int:
    """``CLEAR``, ``LOSS`` or ``NEAR`` from |p|², p·v, |v|², and the times in which the heights allow it."""
    close = 1e-12 * (1.0 + abs(most))
    if most - least < -close:
        return CLEAR
    a, b, c = vv - growth * growth, pv - reach * growth, pp - reach * reach
    worth_a, worth_b, worth_c = vv + growth * growth, abs(pv) + reach * growth, pp + reach * reach
    at = least
    if a > 0:
        at = min(max(-b / a, least), most)
    elif (a * most + 2.0 * b) * most < (a * least + 2.0 * b) * least:
        at = most
    value = (a * at + 2.0 * b) * at + c
    doubt = _ROUNDING * ((worth_a * abs(at) + 2.0 * worth_b) * abs(at) + worth_c)
    if a > 0:
        doubt += _ROUNDING * worth_b * worth_b / a
    if value > doubt:
        return CLEAR
    if most - least <= close or value >= -doubt:
        return NEAR
    return LOSS


@njit(nogil=True, cache=True, error_model="numpy")
def lost_from(
    pp: float, pv: float, vv: float, reach: float, growth: float, least: float, most: float
) -> float:
    """When the separation is lost (s from now), for a pair of which it is known that it is."""
    a, b, c = vv - growth * growth, pv - reach * growth, pp - reach * reach
    if (a * least + 2.0 * b) * least + c < 0:
        return least
    root = math.sqrt(max(b * b - a * c, 0.0))
    # The earlier root, in the form that does not subtract two numbers that are nearly the same.
    first = c / (root - b) if b < 0 else (-b - root) / a if a != 0 else least
    return min(max(first, least), most)


@njit(nogil=True, cache=True, error_model="numpy")
def closest(pp: float, pv: float, vv: float, look_ahead: float) -> tuple[float, float]:
    """Closest point of approach in the plane: when (s from now, within the look-ahead) and how close (m)."""
    at = min(max(-pv / vv, 0.0), look_ahead) if vv > 0 else 0.0
    return at, math.sqrt(max((vv * at + 2.0 * pv) * at + pp, 0.0))


def settled(one: Approach, look_ahead_s: int) -> bool:
    """Do they lose separation? In rational numbers: whatever is exactly at the minimum is clear."""
    interval = times_too_close(one, look_ahead_s)
    if interval is None:
        return False
    p, v = [Fraction(x) for x in one.p_m], [Fraction(x) for x in one.v_m_s]
    reach, growth = Fraction(one.reach_m), Fraction(one.growth_m_s)
    a = sum(x * x for x in v) - growth * growth
    b = sum(x * y for x, y in zip(p, v, strict=True)) - reach * growth
    c = sum(x * x for x in p) - reach * reach
    times = [*interval]
    if a > 0:
        times.append(min(max(-b / a, interval[0]), interval[1]))
    return any((a * t + 2 * b) * t + c < 0 for t in times)


def times_too_close(one: Approach, look_ahead_s: int) -> tuple[Fraction, Fraction] | None:
    """The closure of the times at which the heights are too close; ``None`` where there is no such time."""
    least, most = Fraction(0), Fraction(look_ahead_s)
    is_open = False
    for slope, room in (
        (one.climb_ft_min - one.tall_growth_ft_min, one.tall_ft - one.z_low_ft),
        (-one.climb_ft_min - one.tall_growth_ft_min, one.tall_ft + one.z_high_ft),
    ):
        if slope == 0 and room <= 0:
            return None
        if slope == 0:
            continue
        bound = Fraction(60 * room, slope)
        if slope > 0 and bound <= most:
            most, is_open = bound, True
        elif slope < 0 and bound >= least:
            least, is_open = bound, True
    # One instant alone counts where nothing but the look-ahead bounds it: a look-ahead of 0 asks about now.
    return (least, most) if least < most or (least == most and not is_open) else None
