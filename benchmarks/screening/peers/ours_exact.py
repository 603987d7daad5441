# SPDX-License-Identifier: Apache-2.0
"""Steerclear's engine over volumes: WGS84 geodesics, exact to the millimetre, any minima; here all are 0."""

from __future__ import annotations

import os
from typing import Final, NamedTuple

import numpy as np

from benchmarks.screening.pairs import Pairs
from benchmarks.screening.peers.ours import Rows, our_version
from benchmarks.screening.work import Polygons, polygons_of
from steerclear.geometry.arrays import FootprintArrays
from steerclear.model.finding import SeparationMinima
from steerclear.model.space import Altitude, Band, Datum, Polygon, Position, Volume
from steerclear.model.time import TimeSpan
from steerclear.screening.volume_engine import VolumeEngine
from steerclear.screening.volumes import VolumeArrays

__all__ = ["OursExact", "OursExactStanding", "Question"]

MINIMA: Final = SeparationMinima(lateral_mm=0, vertical_ft=0, time_s=0)
"""Nobody else takes others with exact answers, so nobody is asked for others."""

START_S: Final = 1_800_000_000
"""The work counts seconds from 0; as UTC that is a day in 2027."""


class Question(NamedTuple):
    """A volume as an application holds it, and whose it is."""

    volume: Volume
    party: int


class OursExact:
    """Volumes are given as arrays."""

    threads = len(os.sched_getaffinity(0))

    @property
    def version(self) -> str:
        return our_version()

    def warm(self) -> None:
        """Loads the compiled kernels, or compiles them: everything is called once on a few polygons."""
        few = polygons_of(200, 1)
        self.all_conflicts(few)
        index = self.build(few)
        index.ask(index.question(few, 0))

    def all_conflicts(self, polygons: Polygons) -> Pairs:
        found = VolumeEngine.of_arrays(_volumes(polygons), MINIMA, threads=self.threads).all_conflicts()
        return found.a, found.b

    def build(self, polygons: Polygons) -> OursExactStanding:
        return OursExactStanding(polygons)


class OursExactStanding:
    """The engine as it stands."""

    def __init__(self, polygons: Polygons) -> None:
        self._engine = VolumeEngine.of_arrays(_volumes(polygons), MINIMA)

    def question(self, polygons: Polygons, row: int) -> Question:
        corners = [Position(lat, lon) for lat, lon in np.rint(polygons.ring(row) * 1e7).astype(int).tolist()]
        floor, start = polygons.low[row].tolist()
        ceiling, end = polygons.high[row].tolist()
        band = Band(Altitude(floor, Datum.AMSL), Altitude(ceiling, Datum.AMSL))
        span = TimeSpan(START_S + start, START_S + end)
        return Question(Volume(Polygon(tuple(corners)), band, span), int(polygons.party[row]))

    def ask(self, question: Question) -> Rows:
        return self._engine.query(question.volume, party=question.party).b


def _volumes(polygons: Polygons) -> VolumeArrays:
    count = len(polygons)
    amsl = np.zeros(count, dtype=np.uint8)
    footprints = FootprintArrays(
        kind=np.zeros(count, dtype=np.uint8),
        first_ring=np.arange(count + 1),
        ring_part=np.zeros(count, dtype=np.int32),
        first_point=polygons.first_point,
        lat_e7=polygons.lat_e7,
        lon_e7=polygons.lon_e7,
        radius_mm=np.zeros(polygons.corners, dtype=np.int64),
        time_s=np.zeros(polygons.corners, dtype=np.int64),
    )
    return VolumeArrays(
        footprints=footprints,
        lower_ft=polygons.low[:, 0].astype(np.int32),
        lower_datum=amsl,
        upper_ft=polygons.high[:, 0].astype(np.int32),
        upper_datum=amsl,
        start_s=polygons.low[:, 1] + START_S,
        end_s=polygons.high[:, 1] + START_S,
        party=polygons.party.astype(np.int32),
        kind=np.zeros(count, dtype=np.uint8),
    )
