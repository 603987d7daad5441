# SPDX-License-Identifier: Apache-2.0
"""What was reported, as columns: a hundred thousand reports without an object for each.

one report = one row of every column; what was not reported is marked so, and never a number
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steerclear.model.space import Datum
from steerclear.model.track import Track

__all__ = ["DATUM_OF", "NO_DATUM", "WHOSE", "Columns", "Refs", "Reports", "empty_columns"]

I8 = NDArray[np.int8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bools = NDArray[np.bool_]
Refs = NDArray[np.object_]
"""The names of tracks, one ``str`` a row."""

NO_DATUM: Final = -1
"""The code of a datum that compares with nothing: no height was reported, or one above ground."""

DATUM_OF: Final = {Datum.AMSL: 0, Datum.WGS84: 1, Datum.STD: 2, Datum.AGL: NO_DATUM}
WHOSE: Final = {"unknown": -1, "own": 0, "other": 1, "civil": 2}


class Columns(NamedTuple):
    """n rows each. ``*_known`` is false where nothing was reported, and the number beside it is then 0.

    ``whose`` and ``datum`` codes (``WHOSE``, ``DATUM_OF``); ``seen_at`` ms; ``lat_e7``, ``lon_e7`` 1e-7
    degree; ``feet`` of the datum; ``east`` and ``north`` mm/s; ``climb`` ft/min; ``uncertain`` mm.
    """

    whose: I8
    seen_at: I64
    lat_e7: I32
    lon_e7: I32
    datum: I8
    feet: I32
    east: I32
    north: I32
    speed_known: Bools
    climb: I32
    climb_known: Bools
    uncertain: I64

    def rows(self, which: Any) -> Columns:
        """The rows of a mask, a slice or an array of numbers."""
        return Columns(*(column[which] for column in self))


_TYPES: Final = (
    np.int8, np.int64, np.int32, np.int32, np.int8, np.int32,
    np.int32, np.int32, np.bool_, np.int32, np.bool_, np.int64,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Reports in the order in which they came; one track may have several."""

    refs: Refs
    columns: Columns

    def __len__(self) -> int:
        return len(self.refs)

    @staticmethod
    def of(tracks: Sequence[Track]) -> Reports:
        """The same as columns."""
        return Reports.of_rows([track.ref for track in tracks], map(_row, tracks))

    @staticmethod
    def of_rows(refs: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Reports:
        """From tuples in the order of ``Columns``."""
        turned = list(zip(*rows, strict=True)) or [()] * len(_TYPES)
        columns: list[Any] = [np.array(c, dtype=kind) for c, kind in zip(turned, _TYPES, strict=True)]
        names = np.empty(len(refs), dtype=object)
        names[:] = refs
        return Reports(names, Columns(*columns))


def empty_columns(rows: int) -> Columns:
    """Room for so many rows, all 0."""
    made: list[Any] = [np.zeros(rows, dtype=kind) for kind in _TYPES]
    return Columns(*made)


def _row(track: Track) -> tuple[Any, ...]:
    datum = NO_DATUM if track.altitude is None else DATUM_OF[track.altitude.datum]
    return (
        WHOSE[track.whose],
        track.seen_at,
        track.position.lat_e7,
        track.position.lon_e7,
        datum,
        0 if track.altitude is None else track.altitude.feet,
        track.speed_east_mm_s,
        track.speed_north_mm_s,
        True,
        track.climb_ft_min or 0,
        track.climb_ft_min is not None,
        track.uncertain_by_mm,
    )
