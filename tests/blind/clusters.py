# SPDX-License-Identifier: Apache-2.0
"""Two parties' volumes all over each other: clusters of 32 × 32, by a seed, at places that are hard.

Each cluster stands at a place and in a time slot of its own, so one engine judges many of them at once. Slots
are four hours, and one in six straddles midnight.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tests.screening.oracle_ground import GEOD
from tests.screening.pairs import Shapes

from steerclear.blind.cover import Cover, Dilation, covers
from steerclear.blind.grid import FINE, Grid
from steerclear.model.finding import SeparationMinima
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Altitude, Band, Datum, Volume
from steerclear.model.time import TimeSpan
from steerclear.screening import VolumeArrays, VolumeEngine
from steerclear.screening.volumes import KINDS

Ints = NDArray[np.int64]

A_SIDE: Final = 32
PLACES: Final = ("Syria", "a pole", "the antimeridian", "the equator", "anywhere")
_SLOT_S: Final = 4 * 3600
_SLOTS_BEGIN_S: Final = 20_347 * 86_400 + 3 * 3600
_NM: Final = 1_852_000

TABLES: Final = (
    (SeparationMinima(5 * _NM, 1000, 900),),
    (
        SeparationMinima(0, 1000, 0),
        SeparationMinima(0, 1, 61),
        SeparationMinima(1_001, 777, 300),
        SeparationMinima(3 * _NM, 301, 121),
        SeparationMinima(5 * _NM + 1, 1001, 0),
    ),
    (SeparationMinima(0, 500, 1), SeparationMinima(37, 1, 1)),
    (SeparationMinima(20 * _NM, 2000, 299), SeparationMinima(2 * _NM, 0, 1801)),
)
"""Minima that pairs of kinds share out among themselves; every pair of kinds comes up."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The minima of a pair of kinds, by their places: the same in both orders."""

    table: tuple[SeparationMinima, ...]

    def between(self, one: NoticeKind, other: NoticeKind) -> SeparationMinima:
        return self.of(KINDS.index(one), KINDS.index(other))

    def of(self, one: int, other: int) -> SeparationMinima:
        return self.table[(one + other) % len(self.table)]

    def dilation(self, kind: int) -> Dilation:
        return Dilation.half_of(self.of(kind, other) for other in range(len(KINDS)))


@dataclass(frozen=True, slots=True)
class Crowd:
    """Clusters one after the other, each of ``A_SIDE`` volumes of party 0 and as many of party 1."""

    volumes: list[Volume]
    kinds: Ints
    places: Ints
    rules: Rules

    def conflicts(self) -> tuple[Ints, Ints]:
        """As the exact engine has them: rows of party 0, and of party 1."""
        party = np.arange(len(self.volumes)) // A_SIDE % 2
        arrays = VolumeArrays.of(self.volumes, party.tolist(), self.kinds.tolist())
        found = VolumeEngine.of_arrays(arrays, self.rules.between, threads=1).all_conflicts(gaps=False)
        a, b = (rows[~found.undetermined].astype(np.int64) for rows in (found.a, found.b))
        return np.where(party[a] == 0, a, b), np.where(party[a] == 0, b, a)

    def keys(self, grid: Grid = FINE, *, undilated: bool = False) -> list[Ints]:
        """The cells of every volume, as numbers, each widened as its kind asks; or not at all."""
        found: list[Ints] = [np.empty(0, dtype=np.int64)] * len(self.volumes)
        for kind in np.unique(self.kinds).tolist():
            rows = np.flatnonzero(self.kinds == kind)
            dilation = self.rules.dilation(kind)
            if undilated:
                dilation = Dilation(0, 0, 0)
            found_of_kind = covers([self.volumes[row] for row in rows.tolist()], dilation, grid)
            for row, cover in zip(rows.tolist(), found_of_kind, strict=True):
                assert isinstance(cover, Cover)
                found[row] = grid.keys(cover.cells())
        return found

    def met(self, keys: list[Ints]) -> NDArray[np.bool_]:
        """Which pairs share a cell: one square of ``A_SIDE`` by ``A_SIDE`` for each cluster."""
        return np.array([_met(keys[at : at + 2 * A_SIDE]) for at in range(0, len(keys), 2 * A_SIDE)])


def squares(rows: Ints, others: Ints, clusters: int) -> NDArray[np.bool_]:
    """Pairs of rows in the form of ``Crowd.met``."""
    found = np.zeros((clusters, A_SIDE, A_SIDE), dtype=np.bool_)
    assert (rows // (2 * A_SIDE) == others // (2 * A_SIDE)).all(), "two clusters are hours apart"
    found[rows // (2 * A_SIDE), rows % A_SIDE, others % A_SIDE] = True
    return found


def _met(keys: list[Ints]) -> NDArray[np.bool_]:
    cell = np.unique(np.concatenate(keys), return_inverse=True)[1]
    owner = np.repeat(np.arange(2 * A_SIDE), [len(each) for each in keys])
    holds = np.zeros((2 * A_SIDE, int(cell.max(initial=0)) + 1), dtype=np.float32)
    holds[owner, cell] = 1
    return np.asarray(holds[:A_SIDE] @ holds[A_SIDE:].T > 0)


def crowd(seed: int, clusters: int, table: int, size_m: float = 10_000.0, lasts_s: int = 2400) -> Crowd:
    """Clusters of volumes of every form about a place each, a tenth of them without any length in time."""
    chance = np.random.default_rng(seed)
    count = clusters * 2 * A_SIDE
    cluster = np.arange(count) // (2 * A_SIDE)
    places = (np.arange(clusters) + seed) % len(PLACES)
    lat, lon = _middles(chance, places)
    forms = chance.choice(6, count, p=[0.3, 0.1, 0.1, 0.2, 0.15, 0.15])
    shapes = Shapes.of(chance, forms, size_m * 10 ** chance.uniform(-1.5, 0.2, count))
    spread = chance.uniform(0.3, 1.7, clusters)[cluster]
    away = spread * size_m * np.sqrt(chance.random(count))
    lons, lats, _ = GEOD.fwd(lon[cluster], lat[cluster], chance.uniform(0, 360, count), away)
    slot = _SLOTS_BEGIN_S + cluster * _SLOT_S * -(-lasts_s // 3600)
    start = slot + chance.integers(0, lasts_s, count)
    length = np.where(chance.random(count) < 0.1, 0, chance.integers(0, lasts_s, count))
    shapes = replace(shapes, lat=np.asarray(lats), lon=np.asarray(lons)).started(start)
    first, last = shapes.span_or(start, length)
    volumes = [
        Volume(footprint, band, TimeSpan(int(begin), int(end)))
        for footprint, band, begin, end in zip(
            shapes.footprints(), _bands(chance, count), first, last, strict=True
        )
    ]
    return Crowd(volumes, chance.integers(0, len(KINDS), count), places, Rules(TABLES[table]))


def _middles(chance: np.random.Generator, places: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count = len(places)
    pole = chance.choice([-1.0, 1.0], count) * (90 - 10 ** chance.uniform(-6, 0.3, count))
    lat = np.choose(
        places,
        [
            chance.uniform(33, 37, count),
            pole,
            chance.uniform(-80, 80, count),
            chance.uniform(-0.2, 0.2, count),
            np.degrees(np.arcsin(chance.uniform(-1, 1, count))),
        ],
    )
    lon = np.where(places == 2, 180 - chance.uniform(-0.2, 0.2, count), chance.uniform(-180, 180, count))
    return lat, (lon + 180) % 360 - 180


def _bands(chance: np.random.Generator, count: int) -> list[Band]:
    """Some below the sea, some above the top, some thin as paper; of one datum, or of two."""
    base = np.where(chance.random((count + 63) // 64) < 0.1, 98_000, 0)[np.arange(count) // 64]
    low = base + chance.integers(-1500, 4000, count)
    thick = np.choose(chance.integers(0, 4, count), [0, 1000, 3000, chance.integers(0, 8000, count)])
    datums = chance.choice(3, (count, 2), p=[0.8, 0.1, 0.1])
    datums[:, 1] = np.where(chance.random(count) < 0.8, datums[:, 0], datums[:, 1])
    names = (Datum.AMSL, Datum.WGS84, Datum.STD)
    return [
        Band(Altitude(at, names[one]), Altitude(at + by, names[other]))
        for at, by, (one, other) in zip(low.tolist(), thick.tolist(), datums.tolist(), strict=True)
    ]
