# SPDX-License-Identifier: Apache-2.0
"""How far does a footprint lie from what a drawing program would show?

An edge is the geodesic; a map drawn in degrees shows the line that is straight in longitude and latitude. On
a long edge the two are kilometres apart, and the filer may mean the other one. The quality gate says so
above 100 m.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from steerclear.geometry.ellipsoid import Floats, Ints, ecef
from steerclear.geometry.nearest import nearest
from steerclear.geometry.outline import Pieces, outline_of
from steerclear.model.space import Circle, Footprint

__all__ = ["straight_line_deviation_m"]

_SHORT_M: Final = 200.0
"""No edge this short bends by a metre, except around a pole, where maps in degrees show nothing useful."""

_PARTS: Final = 16


def straight_line_deviation_m(footprint: Footprint) -> float:
    """The largest distance of the drawn lines from the true edges, metres; 0.0 for circles.

    Sampled at 15 places of each edge. Raises ``BadInput`` as ``outline_of`` does.
    """
    if isinstance(footprint, Circle):
        return 0.0
    outline = outline_of(footprint)
    begin = ecef(outline.edges[:, 0], outline.edges[:, 1])
    chord = np.linalg.norm(ecef(outline.edges[:, 2], outline.edges[:, 3]) - begin, axis=1)
    # Every piece of a long edge against every sample of the same edge.
    rows: Ints = np.repeat(np.flatnonzero(chord[outline.pieces.edge] > _SHORT_M), _PARTS - 1)
    if not len(rows):
        return 0.0
    edge = outline.pieces.edge[rows]
    sample = np.tile(np.arange(1, _PARTS), len(rows) // (_PARTS - 1))
    drawn = _drawn(outline.edges[edge], sample / _PARTS)
    gaps = nearest(Pieces.spots(drawn), outline.pieces.take(rows).bare()).gap_m
    least = np.full((len(outline.edges), _PARTS), np.inf)
    np.minimum.at(least, (edge, sample), gaps)
    return float(least[np.isfinite(least)].max())


def _drawn(edges: Floats, share: Floats) -> Floats:
    """The point at ``share`` of the line that is straight in degrees, the short way round, ECEF."""
    turn = (edges[:, 3] - edges[:, 1] + 180.0) % 360.0 - 180.0
    return ecef(edges[:, 0] + share * (edges[:, 2] - edges[:, 0]), edges[:, 1] + share * turn)
