# SPDX-License-Identifier: Apache-2.0
"""What does a live picture see at one moment, for one side? Dangers, and which of its own are near another's.

    movers (whose is each) ──as seen by one side──► traffic, entries, departures ──► dangers
                                              └──► own aircraft near another member's areas and aircraft

Pure but for the kernels: no ledger is touched, so any thread may do it. A party looks for itself; a host
looks for each party in turn, and tells each danger once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.model.finding import SeparationMinima
from steerclear.model.time import Instant
from steerclear.services.live_areas import LiveArea
from steerclear.tracking import (
    AreaWatch,
    Danger,
    Departure,
    Entries,
    Minima,
    Movers,
    dangers_of,
    traffic_of,
)
from steerclear.tracking.reports import WHOSE

__all__ = ["CIVIL", "UNKNOWN", "Sight", "Watching", "as_seen_by", "near_to"]

CIVIL: Final = "civil"
UNKNOWN: Final = "unknown"

_ANY_HEIGHT_FT: Final = 200_000


@dataclass(frozen=True, slots=True)
class Sight:
    """The dangers that one side sees at one moment, and the tracks that were fresh and not doubtful."""

    side: str
    dangers: tuple[Danger, ...]
    fresh: frozenset[str]


class Watching:
    """The areas of one side, made ready once until they change."""

    def __init__(self) -> None:
        self._ready: tuple[LiveArea, ...] = ()
        self._out = AreaWatch((), Instant(0))
        self._inside = AreaWatch((), Instant(0))

    def ready(self, areas: tuple[LiveArea, ...], at: Instant) -> None:
        if areas is not self._ready:
            self._out = AreaWatch([one.area for one in areas if one.keeps_inside is None], at)
            self._inside = AreaWatch([one.area for one in areas if one.keeps_inside is not None], at)
            self._ready = areas

    def look(self, side: str, movers: Movers, minima: SeparationMinima, look_ahead_s: int) -> Sight:
        """``movers`` are as this side sees them (``as_seen_by``)."""
        # Only what touches one of ours is told: nobody else's are compared with each other.
        ours = np.where(movers.whose == WHOSE["own"], WHOSE["own"], WHOSE["other"]).astype(np.int32)
        asked = replace(movers, whose=ours)
        traffic = traffic_of(asked, Minima(minima.lateral_mm, minima.vertical_ft, look_ahead_s))
        found = dangers_of(movers, self._out, traffic, self._out.entries(movers, look_ahead_s), ())
        left = self._left(movers, look_ahead_s)
        found += dangers_of(
            movers, self._inside, replace(traffic, losses=()), Entries(movers.at, 0, 0, (), ()), left
        )
        fresh = frozenset(movers.refs.tolist()) - frozenset(movers.doubtful)
        return Sight(side, tuple(found), fresh)

    def _left(self, movers: Movers, look_ahead_s: int) -> list[Departure]:
        """A movement leaves its notice when it leaves the last of its volumes.

        Where one volume hands it to the next is not asked ahead of time: it counts when it has left all.
        """
        own = [(one.keeps_inside, one.area.ref) for one in self._ready if one.keeps_inside is not None]
        of_notice: dict[tuple[str, str], list[Departure]] = {}
        for one in self._inside.departures(movers, own, look_ahead_s):
            notice = self._inside[one.area].concerns
            of_notice.setdefault((one.track, notice), []).append(one)
        return [
            max(each, key=_first)
            for each in of_notice.values()
            if all(one.first_s is not None and (len(each) == 1 or one.first_s == 0.0) for one in each)
        ]


def _first(departure: Departure) -> float:
    assert departure.first_s is not None  # noqa: S101 - the caller has dropped these
    return departure.first_s


def as_seen_by(side: str, movers: Movers, holders: Mapping[str, str]) -> Movers:
    """The same movers with *own* and *other* as this side means them. ``holders``: by track, a member,
    ``CIVIL`` or ``UNKNOWN``."""
    code = {side: WHOSE["own"], CIVIL: WHOSE["civil"], UNKNOWN: WHOSE["unknown"]}
    whose: NDArray[np.int32] = np.array(
        [code.get(holders.get(ref, UNKNOWN), WHOSE["other"]) for ref in movers.refs.tolist()], dtype=np.int32
    )
    return replace(movers, whose=whose)


def near_to(
    other: str, movers: Movers, holders: Mapping[str, str], areas: Sequence[LiveArea], near_mm: int
) -> frozenset[str]:
    """The tracks that are now nearer than ``near_mm`` to an area or an aircraft of ``other``, at any height.

    ``movers`` are as their owner sees them, whose own alone are asked about.
    """
    theirs = [
        replace(one.area, whose="other", lateral_mm=near_mm, vertical_ft=_ANY_HEIGHT_FT)
        for one in areas
        if one.holder.member == other and one.keeps_inside is None
    ]
    inside = AreaWatch(theirs, movers.at).entries(movers, 1).entries
    found = {entry.track for entry in inside}
    own = np.flatnonzero(movers.whose == WHOSE["own"])
    for row in [row for row, ref in enumerate(movers.refs.tolist()) if holders.get(ref) == other]:
        away = np.linalg.norm(movers.place[own] - movers.place[row], axis=1) * 1000
        found.update(movers.refs[own[away < near_mm]].tolist())
    return frozenset(found) & frozenset(movers.refs[own].tolist())
