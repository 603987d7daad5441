# SPDX-License-Identifier: Apache-2.0
"""Which of these notices conflict? Every pair of volumes of different parties, each once.

    index (may conflict) ──► time ──► height ──► footprint, many at once; timed legs one by one ──► findings

A pair that is not listed was compared and is no conflict. What could not be decided is listed apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from steerclear.geometry.datum import vertical_gap
from steerclear.geometry.ellipsoid import Ints
from steerclear.geometry.lateral import Approach, approaches
from steerclear.geometry.table import Bools, Table
from steerclear.model.finding import Conflict, Finding, SeparationMinima, Undetermined
from steerclear.model.notice import Notice, NoticeKind
from steerclear.screening.assess import closest_in_time, finding_of
from steerclear.screening.index import ConflictIndex
from steerclear.screening.prepared import Prepared, prepare_all

__all__ = ["MinimaBetween", "PairFinding", "Screening", "largest_of", "minima_between", "screen"]

MinimaBetween = Callable[[NoticeKind, NoticeKind], SeparationMinima]
"""The minima of the annex for a pair of kinds. It must give the same for both orders."""

_PAIRS_AT_ONCE: Final = 100_000


@dataclass(frozen=True, slots=True)
class PairFinding:
    """What was found between volume ``volume_a`` of notice ``a`` and ``volume_b`` of ``b`` (counted from 0).

    ``a`` stands before ``b`` in the order of references, then parties.
    """

    a: Notice
    b: Notice
    volume_a: int
    volume_b: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class Screening:
    """``volumes`` counts all that were compared; the findings stand in the order of references."""

    volumes: int
    conflicts: tuple[PairFinding, ...]
    undetermined: tuple[PairFinding, ...]


def screen(notices: Sequence[Notice], minima: SeparationMinima | MinimaBetween) -> Screening:
    """Compare all volumes of different parties. Independent of the order in which the notices are given.

    Raises ``BadInput`` for a footprint that ``check_footprint`` refuses.
    """
    slots = _slots(sorted(notices, key=lambda notice: (notice.ref, notice.party)))
    between = minima_between(minima)
    kinds = {slot.notice.kind for slot in slots}
    index = ConflictIndex.of_prepared(
        largest_of([between(a, b) for a in kinds for b in kinds]),
        ((place, slot.prepared) for place, slot in enumerate(slots)),
    )
    findings = list(_findings(slots, index.all_pairs(), between))
    return Screening(
        volumes=len(slots),
        conflicts=tuple(found for found in findings if isinstance(found.finding, Conflict)),
        undetermined=tuple(found for found in findings if isinstance(found.finding, Undetermined)),
    )


def minima_between(minima: SeparationMinima | MinimaBetween) -> MinimaBetween:
    """One set of minima for all kinds, or the annex's own table."""
    if isinstance(minima, SeparationMinima):
        one = minima
        return lambda _a, _b: one
    return minima


def largest_of(every: Sequence[SeparationMinima]) -> SeparationMinima:
    """The largest minimum in each dimension; all 0 when there are none."""
    return SeparationMinima(
        lateral_mm=max((each.lateral_mm for each in every), default=0),
        vertical_ft=max((each.vertical_ft for each in every), default=0),
        time_s=max((each.time_s for each in every), default=0),
    )


@dataclass(frozen=True, slots=True)
class _Slot:
    notice: Notice
    volume: int
    prepared: Prepared


def _slots(notices: Sequence[Notice]) -> list[_Slot]:
    places = [(notice, volume) for notice in notices for volume in range(len(notice.volumes))]
    prepared = prepare_all([notice.volumes[volume] for notice, volume in places])
    return [_Slot(*place, each) for place, each in zip(places, prepared, strict=True)]


@dataclass(frozen=True, slots=True)
class _Pair:
    a: int
    b: int
    minima: SeparationMinima


def _findings(
    slots: Sequence[_Slot], candidates: Sequence[tuple[int, int]], between: MinimaBetween
) -> Iterable[PairFinding]:
    pairs = list(_undecided(slots, candidates, between))
    for pair, lateral in zip(pairs, _lateral(slots, pairs), strict=True):
        if lateral is None or not lateral.closer:
            continue
        a, b = slots[pair.a], slots[pair.b]
        finding = finding_of(a.prepared, b.prepared, pair.minima, lateral)
        yield PairFinding(a.notice, b.notice, a.volume, b.volume, finding)


def _undecided(
    slots: Sequence[_Slot], candidates: Iterable[tuple[int, int]], between: MinimaBetween
) -> Iterable[_Pair]:
    """Pairs of different parties that neither their times nor their bands keep apart."""
    for a, b in candidates:
        one, other = slots[a], slots[b]
        if one.notice.party == other.notice.party:
            continue
        minima = between(one.notice.kind, other.notice.kind)
        mine, theirs = one.prepared.volume, other.prepared.volume
        if mine.span.gap_s(theirs.span) >= minima.time_s:
            continue
        at_least_ft = vertical_gap(mine.band, theirs.band).at_least_ft
        if at_least_ft is None or at_least_ft < minima.vertical_ft:
            yield _Pair(a, b, minima)


def _lateral(slots: Sequence[_Slot], pairs: Sequence[_Pair]) -> list[Approach | None]:
    found: list[Approach | None] = [None] * len(pairs)
    moving = [slots[pair.a].prepared.moves or slots[pair.b].prepared.moves for pair in pairs]
    for place in (place for place, moves in enumerate(moving) if moves):
        pair = pairs[place]
        found[place] = closest_in_time(slots[pair.a].prepared, slots[pair.b].prepared, pair.minima)
    standing = np.flatnonzero(~np.array(moving, dtype=bool))
    if len(standing):
        table = Table.of([slot.prepared.outline for slot in slots])
        for begin in range(0, len(standing), _PAIRS_AT_ONCE):
            some = standing[begin : begin + _PAIRS_AT_ONCE]
            for place, approach in zip(some, _lateral_of_standing(table, pairs, some), strict=True):
                found[place] = approach
    return found


def _lateral_of_standing(table: Table, pairs: Sequence[_Pair], some: Ints) -> list[Approach]:
    left: Ints = np.array([pairs[place].a for place in some])
    right: Ints = np.array([pairs[place].b for place in some])
    minimum_m = np.array([pairs[place].minima.lateral_m for place in some])
    found = approaches(table, left, right, minimum_m)
    closer: Bools = found.closer
    return [Approach(bool(yes), float(gap)) for yes, gap in zip(closer, found.gap_at_least_m, strict=True)]
