# SPDX-License-Identifier: Apache-2.0
"""How is a circle or an arc drawn in corners, for forms that know only lines?

An arc's corners lie every degree on a slightly wider circle, so that the edges between them touch the true
one from outside: what is drawn of a whole circle is never smaller than it, and at most 0.02 % wider.
"""

from __future__ import annotations

from math import ceil, cos, radians
from typing import Final

from steerclear.geometry.geodesic import destination
from steerclear.model.space import Circle, Polygon, Position

__all__ = ["arc_points", "outline_of_circle"]

CORNERS: Final = 72


def outline_of_circle(circle: Circle) -> Polygon | None:
    """72 corners around it; ``None`` for a point, or one too small for its corners to differ."""
    wide_m = circle.radius_mm / 1000 / cos(radians(180 / CORNERS))
    if wide_m < 1:
        return None
    return Polygon(
        tuple(destination(circle.centre, corner * 360 / CORNERS, wide_m) for corner in range(CORNERS))
    )


def arc_points(centre: Position, radius_m: float, from_deg: float, to_deg: float) -> list[Position]:
    """Corners of the arc from one bearing clockwise to the other, both ends on the true circle."""
    sweep = (to_deg - from_deg) % 360 or 360.0
    steps = max(1, ceil(sweep))
    wide_m = radius_m / cos(radians(sweep / steps / 2))
    between = (from_deg + sweep * (step + 0.5) / steps for step in range(steps))
    return [
        destination(centre, from_deg, radius_m),
        *(destination(centre, bearing, wide_m) for bearing in between),
        destination(centre, to_deg, radius_m),
    ]
