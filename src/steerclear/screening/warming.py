# SPDX-License-Identifier: Apache-2.0
"""What must be compiled before the first screening can be quick?

Every kernel of the engine is compiled when it is first called, which takes some seconds, and is kept beside
the code (or where ``NUMBA_CACHE_DIR`` says) for every later process. Here each is called once, on next to
nothing. Whoever imports this module imports numba.

Parts have no kernel in common, so that two processes can compile at the same time; run as a program, this
module makes the parts ready that are named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from steerclear.geometry.arrays import FootprintArrays
from steerclear.geometry.lateral import approach
from steerclear.geometry.moment import time_offsets_closer, times_closer
from steerclear.geometry.nearest import nearest
from steerclear.geometry.outline import outline_of
from steerclear.geometry.shapes import Shapes
from steerclear.model.finding import SeparationMinima
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Altitude, Band, Circle, Datum, Legs, Polygon, Position, Volume
from steerclear.model.time import TimeSpan
from steerclear.screening.boxes import BoxEngine
from steerclear.screening.engine import Engine

__all__ = ["AT_ONCE", "PARTS", "Stage", "stages"]

_CORNERS: Final = (Position(0, 0), Position(0, 1_000_000), Position(1_000_000, 0))
_AREA: Final = Polygon(_CORNERS)
_DISC: Final = Circle(Position(0, 0), 1_000_000)
_WAY: Final = Legs(_CORNERS, (0, 1_800, 3_600), (1_000, 2_000, 1_000))


@dataclass(frozen=True, slots=True)
class Stage:
    """``work`` compiles, or loads what was compiled; ``name`` says what."""

    name: str
    work: Callable[[], None]


def stages() -> Iterator[Stage]:
    """All of it, in the order in which it is best done; the last brings the parts together."""
    for name, work in PARTS.items():
        yield Stage(name, work)
    yield Stage("engine", _engine)


def _areas() -> None:
    """Made ready and checked."""
    Shapes.of(FootprintArrays.of((_AREA, _DISC, _WAY)))


def _distances() -> None:
    """Of what stands, and of what moves."""
    area, disc, way = (outline_of(footprint) for footprint in (_AREA, _DISC, _WAY))
    approach(area, disc, 1.0)
    approach(way, way, 1.0, 10.0)
    times_closer(way, way, 100.0, 10.0)
    time_offsets_closer(way, way, 100.0, 10.0)
    nearest(way.pieces, way.pieces)


def _index() -> None:
    """Built, asked one by one and many at once, changed, and asked for all pairs."""
    low = np.arange(20, dtype=np.int64).reshape(4, 5)
    boxes = BoxEngine.of_boxes(low, low + 9)
    boxes.all_pairs()
    boxes.query_many(low, low + 9)
    row = boxes.insert((0,) * 5, (9,) * 5)
    boxes.query((0,) * 5, (9,) * 5)
    boxes.remove(row)


def _engine() -> None:
    standing = (_notice("A", _AREA), _notice("B", _DISC), _notice("D", _WAY), _notice("E", _WAY))
    engine = Engine.of_notices(standing, SeparationMinima(1_000, 1_000, 0))
    engine.all_conflicts()
    later = _notice("C", _AREA)
    engine.query(later)
    engine.insert(later)
    engine.amend(later)
    engine.remove(later.party, later.ref)


def _notice(party: str, footprint: Polygon | Circle | Legs) -> Notice:
    band = Band(Altitude(0, Datum.AMSL), Altitude(1_000, Datum.AMSL))
    volume = Volume(footprint, band, TimeSpan(0, 3_600))
    return Notice("warm", MemberId(party), NoticeKind.HAZARD, (volume,))


PARTS: Final[dict[str, Callable[[], None]]] = {"areas": _areas, "distances": _distances, "index": _index}
AT_ONCE: Final = (("areas", "index"), ("distances",))
"""Two lots that take about the same time."""

if __name__ == "__main__":
    for part in sys.argv[1:]:
        PARTS[part]()
