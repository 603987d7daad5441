# SPDX-License-Identifier: Apache-2.0
"""Is a footprint one that has a certain inside? If not, it is refused, with the reason.

Refused: a ring that crosses or touches itself, or folds back on its own edge; two rings of one polygon that
cross or touch; a hole outside its area or within another hole; a ring of fewer than three places; an area
that does not fit into a hemisphere; an edge between nearly opposite points. The parts of a MultiPolygon may
touch and overlap each other.

Nearness is judged in the tangent plane of each pair of edges: 0.01 mm for short ones, 1 mm at 50 km.
"""

from __future__ import annotations

from collections.abc import Sequence

from steerclear.model.space import Footprint

__all__ = ["check_footprint", "check_footprints"]


def check_footprint(footprint: Footprint) -> None:
    """Raise ``BadInput`` when the footprint has no certain inside.

    Codes: ``ring-crosses-itself``, ``ring-touches-itself``, ``rings-cross``, ``hole-outside-area``,
    ``hole-in-hole``, ``ring-without-area``, ``footprint-too-large``, ``edge-too-long``,
    ``footprint-too-detailed``.
    """
    check_footprints((footprint,))


def check_footprints(footprints: Sequence[Footprint]) -> None:
    """As ``check_footprint``, for many at once; ``where`` then also names the row, counted from 0."""
    # Compiled code is loaded when something is first checked: not every command does.
    from steerclear.geometry.arrays import FootprintArrays
    from steerclear.geometry.shapes import Shapes

    Shapes.of(FootprintArrays.of(footprints))
