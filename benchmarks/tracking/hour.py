# SPDX-License-Identifier: Apache-2.0
"""Which pairs of an hour were ever closer than both minima? Ten minutes of it at once.

Each second is put on a storey of its own, so far above the one before that nobody meets anybody of another:
the grid is made once for ten minutes, and not 600 times for a few dozen aircraft.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.tracking.apart import Hour
from benchmarks.tracking.peers import Pairs
from benchmarks.tracking.work import NOW
from steerclear.model.space import Datum
from steerclear.tracking import Columns, Drift, Minima, Movers
from steerclear.tracking.closest import LOSS, settled
from steerclear.tracking.reports import DATUM_OF
from steerclear.tracking.swept import moved_along
from steerclear.tracking.traffic import approach_of, pairs_of

__all__ = ["close_pairs"]

_STANDS: Final = Drift()
_STOREY_FT: Final = 200_000
_PORTION_S: Final = 600


def close_pairs(hour: Hour, minima: Minima) -> Pairs:
    """Pairs of names that stood too close at one of the seconds."""
    now_only = replace(minima, look_ahead_s=0)
    found = np.zeros((len(hour.names), len(hour.names)), dtype=np.bool_)
    storey = hour.second - hour.second.min()
    for begin in range(0, int(storey.max()) + 1, _PORTION_S):
        portion = (storey >= begin) & (storey < begin + _PORTION_S)
        _mark(found, _portion(hour, portion), now_only)
    return {_pair(hour.names[one], hour.names[other]) for one, other in np.argwhere(found).tolist()}


def _portion(hour: Hour, rows: NDArray[np.bool_]) -> Hour:
    columns = (hour.which, hour.second, hour.lat, hour.lon, hour.feet)
    return Hour(hour.names, *(column[rows] for column in columns))


def _mark(found: NDArray[np.bool_], hour: Hour, now_only: Minima) -> None:
    """The pairs of these seconds, by the numbers of their names."""
    movers = _movers(hour)
    for part in pairs_of(movers, now_only):
        sure = part.verdict == LOSS
        found[hour.which[part.one[sure]], hour.which[part.other[sure]]] = True
        for one, other in zip(part.one[~sure].tolist(), part.other[~sure].tolist(), strict=True):
            pair = hour.which[one], hour.which[other]
            if not found[pair] and settled(approach_of(movers, one, other, now_only), 0):
                found[pair] = True


def _movers(hour: Hour) -> Movers:
    count = len(hour.which)
    yes, zero = np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.int32)
    columns = Columns(
        whose=np.full(count, -1, dtype=np.int8),
        seen_at=np.full(count, NOW, dtype=np.int64),
        lat_e7=np.round(hour.lat * 1e7).astype(np.int32),
        lon_e7=np.round(hour.lon * 1e7).astype(np.int32),
        datum=np.full(count, DATUM_OF[Datum.STD], dtype=np.int8),
        feet=np.round(hour.feet).astype(np.int32),
        east=zero,
        north=zero,
        speed_known=yes,
        climb=zero,
        climb_known=yes,
        uncertain=zero.astype(np.int64),
    )
    names: NDArray[Any] = np.array(hour.names, dtype=object)[hour.which]
    movers = moved_along(names, columns, NOW, _STANDS)
    storey = ((hour.second - hour.second.min()) * _STOREY_FT)[:, None]
    return replace(movers, height=movers.height + storey, amsl=movers.amsl + storey)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
