# SPDX-License-Identifier: Apache-2.0
"""What must be compiled before the first screening can be quick?

Every kernel of the engine is compiled when it is first called, which takes some seconds, and is kept beside
the code (or where ``NUMBA_CACHE_DIR`` says) for every later process. Here each is called once, on next to
nothing. Whoever imports this module imports numba.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from steerclear.geometry import shapes
from steerclear.model.finding import SeparationMinima
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Altitude, Band, Circle, Datum, Legs, Polygon, Position, Volume
from steerclear.model.time import TimeSpan
from steerclear.screening.boxes import BoxEngine
from steerclear.screening.engine import Engine

__all__ = ["Stage", "stages"]


@dataclass(frozen=True, slots=True)
class Stage:
    """``work`` compiles, or loads what was compiled; ``name`` says what."""

    name: str
    work: Callable[[], None]


def stages() -> Iterator[Stage]:
    """All of it, in the order in which it is best done."""
    yield Stage("footprints", shapes.warm)
    yield Stage("index of boxes", _index)
    yield Stage("engine", _engine)


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
    corners = (Position(0, 0), Position(0, 1_000_000), Position(1_000_000, 0))
    area, disc = Polygon(corners), Circle(Position(0, 0), 1_000_000)
    way = Legs(corners, (0, 1_800, 3_600), (1_000, 2_000, 1_000))
    standing = (_notice("A", area), _notice("B", disc), _notice("D", way), _notice("E", way))
    engine = Engine.of_notices(standing, SeparationMinima(1_000, 1_000, 0))
    engine.all_conflicts()
    later = _notice("C", area)
    engine.query(later)
    engine.insert(later)
    engine.amend(later)
    engine.remove(later.party, later.ref)


def _notice(party: str, footprint: Polygon | Circle | Legs) -> Notice:
    band = Band(Altitude(0, Datum.AMSL), Altitude(1_000, Datum.AMSL))
    volume = Volume(footprint, band, TimeSpan(0, 3_600))
    return Notice("warm", MemberId(party), NoticeKind.HAZARD, (volume,))
