# SPDX-License-Identifier: Apache-2.0
"""The least gap of two pieces to a micrometre, by geographiclib: for what lies too near the minimum.

The fast kernel says where; from there the true geodesics are followed. At each step both pieces are
replaced by their tangents (distance, azimuths and headings are geographiclib's), the closed form of
``nearest`` gives the next step, and a few steps reach geographiclib's own 15 nm.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from geographiclib.geodesic import Geodesic

from steerclear.geometry.outline import Outline, Pieces

__all__ = ["RESOLUTION_M", "EdgeFoot", "Line", "Lines", "Spot", "Stretch", "exact_gap_m", "meeting"]

RESOLUTION_M: Final = 1e-6
"""What differs by less counts as equal: edges that two rings share, a corner that lies on an edge."""

_SETTLED_M: Final = 1e-8
_MOST_STEPS: Final = 60
_CROSSING_WITHIN_M: Final = 10.0
_CURVED_FROM_M: Final = 50_000.0
_MEAN_RADIUS_M: Final = 6_371_000.0
_WGS84: Final = Geodesic.WGS84


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a line, degrees; ``heading_deg`` is the line's azimuth there."""

    lat_deg: float
    lon_deg: float
    heading_deg: float


@dataclass(frozen=True, slots=True)
class EdgeFoot:
    """The nearest place of an edge to a spot: how far, at what fraction of the edge, and on which side.

    ``side`` is +1 when the spot lies to the left of the edge's direction, −1 to the right.
    """

    distance_m: float
    fraction: float
    side: int
    heading_deg: float


class Line:
    """One edge as a true geodesic."""

    __slots__ = ("_ends", "_line", "length_m")

    def __init__(self, lat1: float, lon1: float, lat2: float, lon2: float) -> None:
        self._line = _WGS84.InverseLine(lat1, lon1, lat2, lon2)
        self._ends = ((lat1, lon1), (lat2, lon2))
        self.length_m = float(self._line.s13)

    def at(self, fraction: float) -> Spot:
        found = self._line.Position(fraction * self.length_m)
        lat, lon = found["lat2"], found["lon2"]
        if fraction in (0.0, 1.0):  # the corner as it was given, to the last bit
            lat, lon = self._ends[int(fraction)]
        return Spot(lat, lon, found["azi2"])


class Lines:
    """The edges of one outline, made into geodesics when first asked for."""

    __slots__ = ("_made", "outline")

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self._made: dict[int, Line] = {}

    def line(self, edge: int) -> Line:
        if edge not in self._made:
            self._made[edge] = Line(*(float(value) for value in self.outline.edges[edge]))
        return self._made[edge]

    def stretch(self, row: int) -> Stretch:
        p: Pieces = self.outline.pieces
        return Stretch(
            line=self.line(int(p.edge[row])),
            from_=float(p.from_[row]),
            to=float(p.to[row]),
            radius0_m=float(p.radius0_m[row]),
            radius1_m=float(p.radius1_m[row]),
            time0_s=float(p.time0_s[row]),
            time1_s=float(p.time1_s[row]),
        )

    def witnesses(self) -> Iterator[Spot]:
        """The outline's witnesses, exactly: the first place of every ring, or of the one line."""
        areas = self.outline.areas
        rows = [0] if areas is None else np.flatnonzero(np.diff(areas.ring, prepend=-1)).tolist()
        return (self.stretch(row).at(0.0) for row in rows)

    def foot(self, spot: Spot, edge: int) -> EdgeFoot:
        """Where the whole edge comes nearest to a spot."""
        line = self.line(edge)
        gap, fraction = _least_from(spot, line)
        here = line.at(fraction)
        azimuth = _inverse(here, spot)[1]
        left = math.sin(math.radians(azimuth - here.heading_deg)) < 0
        return EdgeFoot(gap, fraction, 1 if left else -1, here.heading_deg)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a line, with radius and time at its ends: one row of ``Pieces``, exactly."""

    line: Line
    from_: float
    to: float
    radius0_m: float = 0.0
    radius1_m: float = 0.0
    time0_s: float = 0.0
    time1_s: float = 0.0

    def at(self, share: float) -> Spot:
        if share in (0.0, 1.0):
            return self.line.at(self.to if share else self.from_)
        return self.line.at(self.from_ + share * (self.to - self.from_))

    def radius_m(self, share: float) -> float:
        return self.radius0_m + share * (self.radius1_m - self.radius0_m)

    def time_s(self, share: float) -> float:
        return self.time0_s + share * (self.time1_s - self.time0_s)

    @property
    def length_m(self) -> float:
        return self.line.length_m * (self.to - self.from_)

    @property
    def duration_s(self) -> float:
        return self.time1_s - self.time0_s


def exact_gap_m(a: Stretch, b: Stretch, s: float, w: float, lag_s: float | None = None) -> float:
    """The least signed gap of two stretches, started from where the fast kernel found it.

    Negative when the radii overlap; infinite when the lag leaves no common time.
    """
    pair = _Pair(a, b)
    least = math.inf
    crossing = _crossing(pair, s, w)
    if crossing is not None and (
        lag_s is None or abs(a.time_s(crossing[0]) - b.time_s(crossing[1])) <= lag_s
    ):
        least = -(a.radius_m(crossing[0]) + b.radius_m(crossing[1]))
    for side in _square() if lag_s is None else _timed(a, b, lag_s):
        least = min(least, _least_on(pair, side, s, w))
    return least


def meeting(a: Stretch, b: Stretch, s: float, w: float) -> tuple[float, float] | None:
    """The shares at which two stretches cross, if they do near the given ones."""
    return _crossing(_Pair(a, b), s, w)


# ------------------------------------------------------------------------------------------ the sides


@dataclass(frozen=True, slots=True)
class _Path:
    s0: float
    w0: float
    s1: float
    w1: float

    def at(self, x: float) -> tuple[float, float]:
        if x in (0.0, 1.0):
            return (self.s1, self.w1) if x else (self.s0, self.w0)
        return self.s0 + x * (self.s1 - self.s0), self.w0 + x * (self.w1 - self.w0)


def _square() -> Iterator[_Path]:
    yield _Path(0, 0, 0, 1)
    yield _Path(1, 0, 1, 1)
    yield _Path(0, 0, 1, 0)
    yield _Path(0, 1, 1, 1)


def _timed(a: Stretch, b: Stretch, lag_s: float) -> Iterator[_Path]:
    for fixed in (0.0, 1.0):
        part = _window(a.time_s(fixed), b, lag_s)
        if part is not None:
            yield _Path(fixed, part[0], fixed, part[1])
        part = _window(b.time_s(fixed), a, lag_s)
        if part is not None:
            yield _Path(part[0], fixed, part[1], fixed)
    if a.duration_s > 0 and b.duration_s > 0:
        for shift in (lag_s, -lag_s):
            first, last = max(a.time0_s, b.time0_s + shift), min(a.time1_s, b.time1_s + shift)
            if first <= last:
                yield _Path(
                    (first - a.time0_s) / a.duration_s,
                    (first - shift - b.time0_s) / b.duration_s,
                    (last - a.time0_s) / a.duration_s,
                    (last - shift - b.time0_s) / b.duration_s,
                )


def _window(at_s: float, other: Stretch, lag_s: float) -> tuple[float, float] | None:
    if other.time0_s > at_s + lag_s or other.time1_s < at_s - lag_s:
        return None
    if other.duration_s == 0:
        return 0.0, 1.0
    low = (at_s - lag_s - other.time0_s) / other.duration_s
    high = (at_s + lag_s - other.time0_s) / other.duration_s
    return min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)


# ------------------------------------------------------------------------------------------ the steps


class _Pair:
    """Two stretches, seen from any (s, w): how far apart, and how that changes."""

    __slots__ = ("_seen", "a", "b")

    def __init__(self, a: Stretch, b: Stretch) -> None:
        self.a, self.b = a, b
        self._seen: dict[tuple[float, float], _View] = {}

    def view(self, s: float, w: float) -> _View:
        if (s, w) not in self._seen:
            self._seen[s, w] = _view(self.a, self.b, s, w)
        return self._seen[s, w]

    def gap_m(self, s: float, w: float) -> float:
        return self.view(s, w).distance_m - self.a.radius_m(s) - self.b.radius_m(w)


@dataclass(frozen=True, slots=True)
class _View:
    """``a`` and ``b`` are the ways that A and B go per unit of share, along and across the line between."""

    distance_m: float
    a: complex
    b: complex


def _view(a: Stretch, b: Stretch, s: float, w: float) -> _View:
    here, there = a.at(s), b.at(w)
    distance, azimuth_here, azimuth_there = _inverse(here, there)
    return _View(
        distance,
        _way(a.length_m, here.heading_deg - azimuth_here),
        _way(b.length_m, there.heading_deg - azimuth_there),
    )


def _way(length_m: float, degrees: float) -> complex:
    return complex(length_m * math.cos(math.radians(degrees)), length_m * math.sin(math.radians(degrees)))


def _inverse(here: Spot, there: Spot) -> tuple[float, float, float]:
    found = _WGS84.Inverse(here.lat_deg, here.lon_deg, there.lat_deg, there.lon_deg)
    return float(found["s12"]), float(found["azi1"]), float(found["azi2"])


def _least_on(pair: _Pair, path: _Path, s: float, w: float) -> float:
    """The least gap on one side: its two ends, and where the tangents lead from the kernel's place."""
    x = _nearest_share(path, s, w)
    ds, dw = path.s1 - path.s0, path.w1 - path.w0
    growth = ds * (pair.a.radius1_m - pair.a.radius0_m) + dw * (pair.b.radius1_m - pair.b.radius0_m)
    least = min(pair.gap_m(*path.at(0.0)), pair.gap_m(*path.at(1.0)))
    for _ in range(_MOST_STEPS):
        view = pair.view(*path.at(x))
        least = min(least, pair.gap_m(*path.at(x)))
        way = dw * view.b - ds * view.a
        step = _step(view.distance_m, way, growth, -x, 1 - x)
        if abs(step) * (abs(way) + abs(growth)) < _SETTLED_M:
            break
        x = min(max(x + step, 0.0), 1.0)
    return least


def _nearest_share(path: _Path, s: float, w: float) -> float:
    ds, dw = path.s1 - path.s0, path.w1 - path.w0
    size = ds * ds + dw * dw
    if size == 0:
        return 0.0
    return min(max(((s - path.s0) * ds + (w - path.w0) * dw) / size, 0.0), 1.0)


def _step(distance_m: float, way: complex, growth: float, low: float, high: float) -> float:
    """Where ``|distance + x·way| − growth·x`` is least in [low, high]: one ``least_along``."""
    q = distance_m
    if q > _CURVED_FROM_M:
        # On the sphere the distance to a passing line curves as if it stood at R·tan(d/R).
        q = _MEAN_RADIUS_M * math.tan(min(q / _MEAN_RADIUS_M, 1.5))
    speed2 = abs(way) ** 2
    spare = speed2 - growth * growth
    if spare <= 0:
        return high if growth > 0 else low if growth < 0 else 0.0
    across = abs(q * way.imag)
    x = -q * way.real / speed2 + growth * across / (speed2 * math.sqrt(spare))
    return min(max(x, low), high)


def _crossing(pair: _Pair, s: float, w: float) -> tuple[float, float] | None:
    """Shares at which the two stretches meet, if they do near where the kernel says."""
    if pair.view(s, w).distance_m > _CROSSING_WITHIN_M:
        return None
    for _ in range(_MOST_STEPS):
        view = pair.view(s, w)
        if view.distance_m < _SETTLED_M:
            return s, w
        across = (view.a.conjugate() * view.b).imag
        if abs(across) <= 1e-12 * abs(view.a) * abs(view.b) or across == 0:
            return None
        # distance + w·b = s·a, solved for the steps of s and w.
        step_s = view.distance_m * view.b.imag / across
        step_w = view.distance_m * view.a.imag / across
        s_next, w_next = s + step_s, w + step_w
        if not (-0.01 <= s_next <= 1.01 and -0.01 <= w_next <= 1.01):
            return None
        s, w = min(max(s_next, 0.0), 1.0), min(max(w_next, 0.0), 1.0)
        if (s, w) != (s_next, w_next) and pair.view(s, w).distance_m >= _SETTLED_M:
            return None
    return None


def _least_from(spot: Spot, line: Line) -> tuple[float, float]:
    """Distance of a line from a spot, and the fraction of the line where it is that near."""
    still = Stretch(_Standing(spot), 0.0, 0.0)
    whole = Stretch(line, 0.0, 1.0)
    pair = _Pair(still, whole)
    best, least = 0.0, math.inf
    for start in (0.0, 0.5, 1.0):
        x = start
        for _ in range(_MOST_STEPS):
            view = pair.view(0.0, x)
            if view.distance_m < least:
                best, least = x, view.distance_m
            step = _step(view.distance_m, view.b, 0.0, -x, 1 - x)
            if abs(step) * abs(view.b) < _SETTLED_M:
                break
            x = min(max(x + step, 0.0), 1.0)
    return least, best


class _Standing(Line):
    """A line without length."""

    __slots__ = ("_spot",)

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self.length_m = 0.0

    def at(self, fraction: float) -> Spot:  # noqa: ARG002 - every fraction of nothing is the same spot
        return self._spot
