# SPDX-License-Identifier: Apache-2.0
"""Does a track come too close to an area? In rational numbers: whatever is exactly at the minimum is clear.

A second way, that shares nothing with the compiled loops but the plane: no square roots, no times of entry.
An open condition holds somewhere on an interval exactly if it does at an end or where its quadratic is least;
a path is inside of a polygon exactly if it is midway between two of its meetings with the rim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

__all__ = ["Meeting", "PieceOf", "settled_area"]

Line = tuple[Fraction, Fraction]
"""Value at t = 0, and change a second."""


@dataclass(frozen=True, slots=True)
class PieceOf:
    """A piece of an area in the track's plane, metres.

    ``times_s`` of legs, from the year 1970; ``part`` names the polygon whose rim it is, −1 for a line.
    """

    a_m: tuple[float, float]
    b_m: tuple[float, float]
    radius0_m: float
    radius1_m: float
    times_s: tuple[float, float] | None
    part: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """A track, at the origin of its plane, and an area.

    ``over_ft`` is the track's lowest height over the upper limit, ``under_ft`` its highest over the lower.
    """

    v_m_s: tuple[float, float]
    pieces: tuple[PieceOf, ...]
    reach_m: float
    growth_m_s: float
    over_ft: int
    under_ft: int
    climb_ft_min: int
    tall_ft: int
    tall_growth_ft_min: int
    now_ms: int
    hot_ms: tuple[int, int]
    look_ahead_s: int


@dataclass(frozen=True, slots=True)
class _Times:
    """From ``least`` to ``most``; ``least_open`` and ``most_open`` say whether the end itself is out."""

    least: Fraction
    most: Fraction
    least_open: bool = False
    most_open: bool = False

    @property
    def is_empty(self) -> bool:
        one_instant = self.least == self.most
        return self.least > self.most or (one_instant and (self.least_open or self.most_open))

    def above_zero(self, line: Line, *, strictly: bool = True) -> _Times:
        """The part in which the line is above 0 (or, not strictly, at least 0)."""
        value, slope = line
        if slope == 0:
            holds = value > 0 or (value == 0 and not strictly)
            return self if holds else _Times(Fraction(1), Fraction(0))
        at = -value / slope
        if slope > 0 and (at > self.least or (at == self.least and strictly)):
            return _Times(at, self.most, strictly, self.most_open)
        if slope < 0 and (at < self.most or (at == self.most and strictly)):
            return _Times(self.least, at, self.least_open, strictly)
        return self


def settled_area(one: Meeting) -> bool:
    """Is there an instant, now or within the look-ahead, at which the track is too close?"""
    times = _times(one)
    if times.is_empty:
        return False
    reach = (Fraction(one.reach_m), Fraction(one.growth_m_s))
    x, y = (Fraction(0), Fraction(one.v_m_s[0])), (Fraction(0), Fraction(one.v_m_s[1]))
    if any(_near(piece, times, x, y, reach, one.now_ms) for piece in one.pieces):
        return True
    parts = {piece.part for piece in one.pieces} - {-1}
    return any(_inside([p for p in one.pieces if p.part == part], times, x, y) for part in parts)


def _times(one: Meeting) -> _Times:
    times = _Times(
        max(Fraction(0), Fraction(one.hot_ms[0] - one.now_ms, 1000)),
        min(Fraction(one.look_ahead_s), Fraction(one.hot_ms[1] - one.now_ms, 1000)),
    )
    over = (Fraction(one.tall_ft - one.over_ft), Fraction(one.tall_growth_ft_min - one.climb_ft_min, 60))
    under = (Fraction(one.tall_ft + one.under_ft), Fraction(one.tall_growth_ft_min + one.climb_ft_min, 60))
    return times.above_zero(over).above_zero(under)


def _near(piece: PieceOf, times: _Times, x: Line, y: Line, reach: Line, now_ms: int) -> bool:
    a, b = _ends(piece)
    if piece.times_s is not None:
        return _near_moving(piece, times, x, y, reach, now_ms)
    around = (reach[0] + Fraction(piece.radius0_m), reach[1])
    if any(_below(times, ((x[0] - p[0], x[1]), (y[0] - p[1], y[1])), around) for p in (a, b)):
        return True
    ex, ey = b[0] - a[0], b[1] - a[1]
    along = (ex * (x[0] - a[0]) + ey * (y[0] - a[1]), ex * x[1] + ey * y[1])
    aside = (ex * (y[0] - a[1]) - ey * (x[0] - a[0]), ex * y[1] - ey * x[1])
    size = ex * ex + ey * ey
    between = times.above_zero(along, strictly=False)
    between = between.above_zero((size - along[0], -along[1]), strictly=False)
    return size > 0 and _below(between, (aside,), around, weight=size)


def _near_moving(piece: PieceOf, times: _Times, x: Line, y: Line, reach: Line, now_ms: int) -> bool:
    assert piece.times_s is not None  # noqa: S101 - asked by the caller
    begins, ends = (Fraction(at) - Fraction(now_ms, 1000) for at in piece.times_s)
    times = times.above_zero((-begins, Fraction(1)), strictly=False)
    times = times.above_zero((ends, Fraction(-1)), strictly=False)

    def moving(first: float, last: float) -> Line:
        slope = (Fraction(last) - Fraction(first)) / (ends - begins) if ends > begins else Fraction(0)
        return Fraction(first) - slope * begins, slope

    px, py = (moving(first, last) for first, last in zip(piece.a_m, piece.b_m, strict=True))
    radius = moving(piece.radius0_m, piece.radius1_m)
    away = ((x[0] - px[0], x[1] - px[1]), (y[0] - py[0], y[1] - py[1]))
    return _below(times, away, (reach[0] + radius[0], reach[1] + radius[1]))


def _ends(piece: PieceOf) -> tuple[Line, Line]:
    return (
        (Fraction(piece.a_m[0]), Fraction(piece.a_m[1])),
        (Fraction(piece.b_m[0]), Fraction(piece.b_m[1])),
    )


def _below(times: _Times, away: Sequence[Line], reach: Line, weight: Fraction = Fraction(1)) -> bool:
    """Is the sum of the squares of ``away`` below weight·reach², with reach above 0, at one of the times?"""
    times = times.above_zero(reach, strictly=False)
    if times.is_empty:
        return False
    a = sum((line[1] * line[1] for line in away), -weight * reach[1] * reach[1])
    b = sum((line[0] * line[1] for line in away), -weight * reach[0] * reach[1])
    c = sum((line[0] * line[0] for line in away), -weight * reach[0] * reach[0])
    asked = [times.least, times.most]
    if a > 0:
        asked.append(min(max(-b / a, times.least), times.most))
    return any((a * t + 2 * b) * t + c < 0 for t in asked)


def _inside(rim: Sequence[PieceOf], times: _Times, x: Line, y: Line) -> bool:
    marks = sorted(
        {times.least, times.most, *(t for t in _meetings(rim, x, y) if times.least < t < times.most)}
    )
    if len(marks) == 1:
        return _holds(rim, x[0] + x[1] * marks[0], y[0] + y[1] * marks[0])
    middles = [(one + other) / 2 for one, other in pairwise(marks)]
    return any(_holds(rim, x[0] + x[1] * t, y[0] + y[1] * t) for t in middles)


def _meetings(rim: Sequence[PieceOf], x: Line, y: Line) -> Iterator[Fraction]:
    """The times at which the path meets the line of a piece, or one of its ends."""
    for piece in rim:
        (ax, ay), (bx, by) = _ends(piece)
        turned = x[1] * (by - ay) - y[1] * (bx - ax)
        if turned != 0:
            yield ((ax - x[0]) * (by - ay) - (ay - y[0]) * (bx - ax)) / turned
        speed = x[1] * x[1] + y[1] * y[1]
        if speed > 0:
            yield ((ax - x[0]) * x[1] + (ay - y[0]) * y[1]) / speed


def _holds(rim: Sequence[PieceOf], x: Fraction, y: Fraction) -> bool:
    """Even-odd; on the rim itself is not inside."""
    odd = False
    for piece in rim:
        (ax, ay), (bx, by) = _ends(piece)
        turned = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if turned == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return False
        if (ay > y) != (by > y):
            odd ^= (turned > 0) == (by > ay)
    return odd
