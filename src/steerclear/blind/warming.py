# SPDX-License-Identifier: Apache-2.0
"""What must be compiled before the first blind check can be quick?

As in ``screening.warming``: each part is called once, on next to nothing, and kept beside the code for every
later process. Whoever imports this module imports numba.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from steerclear.blind.cover import Dilation, cells_of_notice, columns_of
from steerclear.blind.grid import CELL, CELL_BYTES, FINE, GRID_VERSION
from steerclear.blind.proofs import is_proved, prove
from steerclear.blind.ristretto import power_of_each, power_of_generator, random_scalar, require_elements
from steerclear.blind.slots import SlotTable
from steerclear.blind.sodium import require_sodium
from steerclear.blind.tokens import KEY_BYTES, TOKEN_BYTES, PairDay, bulk_tokens, items_of, masked
from steerclear.errors import Unreachable
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


def _names() -> None:
    """Of L2, and where libsodium is here of L3, with the proof and its check."""
    pair_day = PairDay("00" * 32, ("AA", "BB"), "00" * 32, GRID_VERSION, FINE.step_arc_s, 0)
    items = items_of(CELL, bytes(2 * CELL_BYTES))
    SlotTable(TOKEN_BYTES).find(bulk_tokens(bytes(KEY_BYTES), pair_day, items))
    try:
        require_sodium()
    except Unreachable:  # "doctor" names it among its checks; L2 is ready
        return
    scalar = random_scalar(lambda size: b"\1" * size)
    rows = masked(scalar, pair_day, items)
    raised = power_of_each(rows, scalar)
    require_elements(raised)
    is_proved(
        power_of_generator(scalar), rows, raised, prove(scalar, rows, raised, lambda size: b"\2" * size)
    )


PARTS: Final[dict[str, Callable[[], None]]] = {"cover": _cover, "names of cells": _names}
