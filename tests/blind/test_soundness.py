# SPDX-License-Identifier: Apache-2.0
"""No two volumes that conflict, as the exact engine has it, have covers without a common cell.

The ``ci`` numbers are a million conflicts in clusters, some thousands within a metre of the minimum, and 500
of full size; they take about three minutes of a core. What is met without a conflict is measured beside it: a
met cell says "may conflict", and the share says how often it does.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from tests.blind.clusters import A_SIDE, PLACES, TABLES, Crowd, crowd, squares
from tests.effort import effort
from tests.screening.pairs import MINIMA, Pairs, hard_pairs, minima_between

from steerclear.blind.cover import Cover, Dilation, cover
from steerclear.blind.grid import FINE, LADDER, Grid
from steerclear.model.finding import SeparationMinima, Undetermined
from steerclear.model.space import Altitude, Band, Circle, Datum, Position, Volume
from steerclear.model.time import TimeSpan
from steerclear.screening import VolumeArrays, VolumeEngine
from steerclear.screening.assess import assess

CLUSTERS = 20
SMALL = effort(test=6_000, ci=1_000_000, soak=100_000_000)
NEAR = effort(test=150, ci=8_000, soak=800_000)
FULL_SIZE = effort(test=60, ci=500, soak=50_000)

Record = Callable[[str, object], None]


class Tally:
    """Conflicts, pairs with a common cell, and conflicts without one."""

    def __init__(self) -> None:
        self.conflicts = self.met = 0
        self.missed: list[str] = []
        self.of_places = np.zeros((len(PLACES), 2), dtype=np.int64)

    def add(self, of: Crowd, met: np.ndarray) -> None:
        rows, others = of.conflicts()
        conflicts = squares(rows, others, len(of.places))
        self.conflicts += int(conflicts.sum())
        self.met += int(met.sum())
        for cluster, a, b in np.argwhere(conflicts & ~met).tolist():
            one, other = cluster * 2 * A_SIDE + a, cluster * 2 * A_SIDE + A_SIDE + b
            minima = of.rules.of(int(of.kinds[one]), int(of.kinds[other]))
            self.missed.append(f"{of.volumes[one]} and {of.volumes[other]}, {minima}")
        for place in range(len(PLACES)):
            here = of.places == place
            self.of_places[place] += int(conflicts[here].sum()), int(met[here].sum())

    def said(self) -> str:
        shares = (
            f"{name} {conflicts / max(met, 1):.2f}"
            for name, (conflicts, met) in zip(PLACES, self.of_places.tolist(), strict=True)
        )
        precision = self.conflicts / max(self.met, 1)
        return (
            f"{self.conflicts:,} conflicts, {len(self.missed)} missed; {precision:.2f} of the pairs that met "
            f"conflict ({', '.join(shares)})"
        )


@pytest.mark.parametrize("table", range(len(TABLES)))
def test_no_conflict_is_missed(table: int, record_property: Record) -> None:
    tally, seed = Tally(), 1000 * table
    while tally.conflicts < SMALL // len(TABLES):
        seed += 1
        of = crowd(seed, CLUSTERS, table)
        tally.add(of, of.met(of.keys(FINE if seed % 8 else LADDER[seed // 8 % 2])))
        assert tally.missed == []
    record_property("small volumes", tally.said())
    print(f"\nminima {table}: {tally.said()}")
    assert (tally.of_places[:, 0] > 0).all()
    assert tally.met > tally.conflicts


def test_no_conflict_of_full_size_volumes_is_missed(record_property: Record) -> None:
    tally, seed = Tally(), 0
    while tally.conflicts < FULL_SIZE:
        seed += 1
        of = crowd(seed, 1, seed % len(TABLES), size_m=60_000, lasts_s=9_000)
        tally.add(of, of.met(of.keys()))
        assert tally.missed == []
    record_property("full size", tally.said())
    print(f"\nfull size: {tally.said()}")


@pytest.mark.parametrize("moving", [False, True])
def test_no_conflict_at_the_very_minimum_is_missed(moving: bool) -> None:
    """Most of these pairs lie within millimetres of their minimum, widened by its half and no more."""
    found, seed = 0, 7_000
    while found < NEAR // 2:
        seed += 1
        pairs = hard_pairs(seed, 400, moving=moving)
        for pair in _conflicts_of(pairs).tolist():
            dilation = Dilation.half_of([MINIMA[pairs.rule[pair]]])
            one, other = (cover(pairs.volumes[2 * pair + side], dilation) for side in (0, 1))
            if isinstance(one, Undetermined) or isinstance(other, Undetermined):
                continue  # heights above ground: nobody is told that there is no conflict
            assert _share(one, other), (pairs.volumes[2 * pair], pairs.volumes[2 * pair + 1], dilation)
            found += 1


def _conflicts_of(pairs: Pairs) -> np.ndarray:
    party = [side for _ in range(len(pairs)) for side in (0, 1)]
    arrays = VolumeArrays.of(pairs.volumes, party, np.repeat(pairs.rule, 2).tolist())
    found = VolumeEngine.of_arrays(arrays, minima_between, threads=1).all_conflicts(gaps=False)
    return np.unique(found.a[~found.undetermined] // 2)


def _share(one: Cover, other: Cover) -> bool:
    few, many = sorted((each.grid.keys(each.cells()) for each in (one, other)), key=len)
    at = np.searchsorted(many, few)
    return bool((many[np.minimum(at, len(many) - 1)] == few).any())


# ---------------------------------------------------------------------- what a cover done wrong would miss


def test_a_cover_that_is_not_widened_misses_some() -> None:
    of = crowd(3, CLUSTERS, 0)
    tally = Tally()
    tally.add(of, of.met(of.keys(undilated=True)))
    assert len(tally.missed) > 50
    right = Tally()
    right.add(of, of.met(of.keys()))
    assert right.missed == []


# Two that keep just less than the minimum, whose middle lies on a side of a cell: with the half rounded down,
# or with a cover drawn in, each party lists its own side only.


def _disc(lat_e7: int, lon_e7: int, radius_mm: int) -> Circle:
    return Circle(Position(lat_e7, lon_e7), radius_mm)


def _volume(footprint: Circle, low: int = 0, high: int = 900, start: int = 0, end: int = 800) -> Volume:
    band = Band(Altitude(low, Datum.AMSL), Altitude(high, Datum.AMSL))
    return Volume(footprint, band, TimeSpan(start, end))


HERE = _disc(355_000_000, 381_000_000, 1_000)

ABOVE = (_volume(HERE, 900, 1500), _volume(HERE, 2500, 2600), SeparationMinima(0, 1001, 0))
LATER = (_volume(HERE, end=1350), _volume(HERE, start=2250, end=2300), SeparationMinima(0, 1000, 901))


@pytest.mark.parametrize(("one", "other", "minima"), [ABOVE, LATER], ids=["height", "time"])
def test_a_half_that_is_rounded_down_misses(one: Volume, other: Volume, minima: SeparationMinima) -> None:
    assert type(assess(one, other, minima)).__name__ == "Conflict"
    assert _share(_sure(one, Dilation.half_of([minima])), _sure(other, Dilation.half_of([minima])))
    down = Dilation(minima.lateral_mm // 2, minima.vertical_ft // 2, minima.time_s // 2)
    assert not _share(_sure(one, down), _sure(other, down))


@pytest.mark.parametrize("grid", LADDER, ids=lambda grid: str(grid.step_arc_s))
@pytest.mark.parametrize("east", [True, False], ids=["a meridian between", "a parallel between"])
def test_a_cover_drawn_in_by_metres_misses(east: bool, grid: Grid) -> None:
    """36° N 38° E is a corner of every grid; the discs stand 10 km on either side of it."""
    minima = SeparationMinima(10_000_000, 1000, 0)
    away_e7 = 1_109_000 if east else 901_000
    found = []
    for side in (-1, 1):
        lat, lon = (
            (361_000_000, 380_000_000 + side * away_e7)
            if east
            else (360_000_000 + side * away_e7, 381_000_000)
        )
        found.append((lat, lon))
    radius_mm = _radius_that_leaves(found, minima.lateral_mm - 1)
    one, other = (_volume(_disc(lat, lon, radius_mm)) for lat, lon in found)
    assert type(assess(one, other, minima)).__name__ == "Conflict"
    right = Dilation.half_of([minima])
    assert _share(_sure(one, right, grid), _sure(other, right, grid))
    inward = Dilation(right.lateral_mm - 200_000, right.vertical_ft, right.time_s)
    assert not _share(_sure(one, inward, grid), _sure(other, inward, grid))


def _radius_that_leaves(places: list[tuple[int, int]], gap_mm: int) -> int:
    (lat, lon), (lat1, lon1) = ((a / 1e7, b / 1e7) for a, b in places)
    return int((Geodesic.WGS84.Inverse(lat, lon, lat1, lon1)["s12"] * 1000 - gap_mm) / 2) + 1


def _sure(volume: Volume, dilation: Dilation, grid: Grid = FINE) -> Cover:
    found = cover(volume, dilation, grid)
    assert isinstance(found, Cover)
    return found
