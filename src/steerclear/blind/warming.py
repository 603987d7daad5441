# SPDX-License-Identifier: Apache-2.0
"""What must be compiled before the first blind check can be quick?

As in ``screening.warming``: each part is called once, on next to nothing, and kept beside the code for every
later process. Whoever imports this module imports numba.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from steerclear.blind.cover import Dilation, cells_of_notice, columns_of
from steerclear.model.space import Altitude, Band, Circle, Datum, Legs, Polygon, Position, Volume
from steerclear.model.time import TimeSpan

__all__ = ["PARTS"]

_CORNERS: Final = (Position(0, 0), Position(0, 1_000_000), Position(1_000_000, 0))


def _cover() -> None:
    """Of an area, of a disc, and of what moves; and the columns of a site."""
    band = Band(Altitude(0, Datum.AMSL), Altitude(1_000, Datum.AMSL))
    footprints = (Polygon(_CORNERS), Circle(_CORNERS[0], 1_000), Legs(_CORNERS, (0, 900, 1_800), (0, 0, 0)))
    for footprint in footprints:
        cells_of_notice((Volume(footprint, band, TimeSpan(0, 1_800)),), Dilation(0, 0, 0))
    columns_of(Circle(_CORNERS[0], 1_000)).count()


PARTS: Final[dict[str, Callable[[], None]]] = {"cover": _cover}
