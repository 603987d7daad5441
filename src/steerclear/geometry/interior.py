# SPDX-License-Identifier: Apache-2.0
"""Do two footprints share interior, or do they only touch? Asked when their lines come within a metre.

With a lateral minimum of 0 this is the whole question: two areas with a common border keep clear of each
other, two that overlap by a hair do not. Two areas share interior exactly when

    a stretch of one's rim, between the places where it meets the other's rim, runs inside the other, or
    such a stretch runs along the other's rim with both insides on the same side.

A footprint without width (a point, a line) that lies strictly inside an area shares its interior; one that
runs along the rim, ends on it, or meets another one without width, touches.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from steerclear.geometry.ellipsoid import Floats, Ints
from steerclear.geometry.exact import RESOLUTION_M, Lines, meeting
from steerclear.geometry.inside import Place, Region, Where
from steerclear.geometry.nearest import near_pairs
from steerclear.geometry.outline import Areas, Outline, Pieces

__all__ = ["holds_exactly", "share_interior"]

_NEAR_M: Final = 1.0
_PARALLEL: Final = 1e-4


def share_interior(a: Outline, b: Outline) -> bool:
    """Whether the insides of two outlines meet, radii left aside; at least one must have an area."""
    meetings = _meetings(a, b)
    return (
        holds_exactly(a, b)
        or holds_exactly(b, a)
        or _runs_inside(b, a, meetings)
        or _runs_inside(a, b, [meet.turned() for meet in meetings])
    )


def holds_exactly(area: Outline, guest: Outline) -> bool:
    """Whether a witness of the guest lies strictly inside the area."""
    if area.areas is None:
        return False
    region = Region(Lines(area), area.areas)
    return any(_is_within(region.place(spot)) for spot in Lines(guest).witnesses())


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Two pieces within a metre of each other: their rows, and where on them (shares of the piece)."""

    a: int
    b: int
    s: float
    w: float

    def turned(self) -> _Meeting:
        return _Meeting(self.b, self.a, self.w, self.s)


def _meetings(a: Outline, b: Outline) -> list[_Meeting]:
    near = near_pairs(a.pieces.bare(), b.pieces.bare(), _NEAR_M)
    kept = np.flatnonzero(near.found.gap_m - near.found.error_m < _NEAR_M)
    return [
        _Meeting(int(near.a[row]), int(near.b[row]), float(near.found.s[row]), float(near.found.w[row]))
        for row in kept
    ]


def _runs_inside(area: Outline, guest: Outline, meetings: list[_Meeting]) -> bool:
    """Whether some stretch of the guest's lines runs inside the area. Meetings name the guest first."""
    if area.areas is None:
        return False
    walk = _Walk(area, area.areas, guest, meetings)
    return any(walk.finds_interior_along(edge) for edge in walk.edges())


class _Walk:
    """Goes along the guest's edges that come near the area's rim, from meeting to meeting."""

    def __init__(self, area: Outline, areas: Areas, guest: Outline, meetings: list[_Meeting]) -> None:
        self._area, self._guest = Lines(area), Lines(guest)
        self._region = Region(self._area, areas)
        self._own = Region(self._guest, guest.areas) if guest.areas is not None else None
        self._meetings: dict[int, list[_Meeting]] = {}
        for meet in meetings:
            self._meetings.setdefault(int(guest.pieces.edge[meet.a]), []).append(meet)

    def edges(self) -> Iterator[int]:
        return iter(sorted(self._meetings))

    def finds_interior_along(self, edge: int) -> bool:
        for rim_edge in self._rim_edges(edge):
            same_way = self._same_edge(edge, rim_edge)
            if same_way is not None:  # the common case of a shared border, without a solver
                return self._same_side(edge, self._region.inner_side(rim_edge), same_way=same_way)
        return any(self._is_interior(edge, share) for share in self._between_meetings(edge))

    def _rim_edges(self, edge: int) -> list[int]:
        return sorted({int(self._area.outline.pieces.edge[meet.b]) for meet in self._meetings[edge]})

    def _same_edge(self, edge: int, rim_edge: int) -> bool | None:
        """True or False where both edges join the same two corners the same way or the other; else None."""
        mine, theirs = _ends(self._guest.outline, edge), _ends(self._area.outline, rim_edge)
        if np.abs(mine - theirs).max() < RESOLUTION_M:
            return True
        return False if np.abs(mine - theirs[::-1]).max() < RESOLUTION_M else None

    def _same_side(self, edge: int, rim_inside: int, *, same_way: bool) -> bool:
        if self._own is None:
            return False
        return (self._own.inner_side(edge) == rim_inside) is same_way

    def _between_meetings(self, edge: int) -> list[float]:
        """A fraction of the edge between each two neighbouring meetings with the rim."""
        line = self._guest.line(edge)
        low, high = _extent(self._guest.outline.pieces, edge)
        cuts = {low, high}
        for meet in self._meetings[edge]:
            cuts.update(self._cuts(edge, meet))
        inner = sorted(cut for cut in cuts if low <= cut <= high)
        resolvable = 10 * RESOLUTION_M / line.length_m if line.length_m > 0 else math.inf
        between = [(a + b) / 2 for a, b in itertools.pairwise(inner) if b - a > resolvable]
        return between or [low]

    def _cuts(self, edge: int, meet: _Meeting) -> Iterator[float]:
        mine, theirs = self._guest.stretch(meet.a), self._area.stretch(meet.b)
        crossing = meeting(mine, theirs, meet.s, meet.w)
        if crossing is not None:
            yield mine.from_ + crossing[0] * (mine.to - mine.from_)
        for end in (theirs.at(0.0), theirs.at(1.0)):
            foot = self._guest.foot(end, edge)
            if foot.distance_m <= RESOLUTION_M:
                yield foot.fraction

    def _is_interior(self, edge: int, fraction: float) -> bool:
        spot = self._guest.line(edge).at(fraction)
        place = self._region.place(spot)
        if _is_within(place):
            return True
        if place.where is Where.OUTSIDE or self._own is None:
            return False
        for rim in place.rims:
            apart = math.radians(rim.heading_deg - spot.heading_deg)
            if abs(math.sin(apart)) < _PARALLEL and self._same_side(
                edge, rim.inside, same_way=math.cos(apart) > 0
            ):
                return True
        return False


def _is_within(place: Place) -> bool:
    """Inside an area, or on the seam of two that lie on both sides of it (a footprint cut at ±180°)."""
    if place.where is not Where.ON_RIM:
        return place.where is Where.INSIDE
    first = place.rims[0]
    for rim in place.rims[1:]:
        apart = math.radians(rim.heading_deg - first.heading_deg)
        same_way = 1 if math.cos(apart) > 0 else -1
        if abs(math.sin(apart)) < _PARALLEL and rim.inside * same_way == -first.inside:
            return True
    return False


def _ends(outline: Outline, edge: int) -> Floats:
    rows = np.flatnonzero(outline.pieces.edge == edge)
    return np.stack([outline.pieces.start[rows[0]], outline.pieces.end[rows[-1]]])


def _extent(pieces: Pieces, edge: int) -> tuple[float, float]:
    rows: Ints = np.flatnonzero(pieces.edge == edge)
    return float(pieces.from_[rows].min()), float(pieces.to[rows].max())
