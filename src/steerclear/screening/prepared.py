# SPDX-License-Identifier: Apache-2.0
"""A volume made ready to be compared many times: its outline, and the box that it certainly lies in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from steerclear.geometry.datum import amsl_interval_ft
from steerclear.geometry.outline import Outline, outline_of
from steerclear.geometry.validate import check_footprints
from steerclear.model.finding import SeparationMinima
from steerclear.model.space import Altitude, Legs, Volume

__all__ = ["UNBOUNDED_FT", "Box", "Prepared", "prepare", "prepare_all"]

UNBOUNDED_FT: Final = 1_000_000_000
"""Stands for "no bound known": a height above ground is never a reason to pass a pair over."""

Five = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """Whole metres ECEF (x, y, z), seconds, feet AMSL; rounded outward."""

    low: Five
    high: Five

    def widened(self, minima: SeparationMinima) -> Box:
        lateral = -(-minima.lateral_mm // 1000)
        room = (lateral, lateral, lateral, minima.time_s, minima.vertical_ft)
        low = [value - by for value, by in zip(self.low, room, strict=True)]
        high = [value + by for value, by in zip(self.high, room, strict=True)]
        return Box(_five(low), _five(high))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A volume and its outline. ``moves`` is true for timed legs."""

    volume: Volume
    outline: Outline

    @property
    def moves(self) -> bool:
        return isinstance(self.volume.footprint, Legs)

    def box(self) -> Box:
        low, high = self.outline.box()
        span, band = self.volume.span, self.volume.band
        floor, ceiling = _lowest_ft(band.lower), _highest_ft(band.upper)
        return Box(
            _five([*(math.floor(value) for value in low), span.start_s, floor]),
            _five([*(math.ceil(value) for value in high), span.end_s, ceiling]),
        )


def prepare(volume: Volume) -> Prepared:
    """Check a volume's footprint and make it ready. Raises ``BadInput`` as ``check_footprint`` does."""
    return prepare_all((volume,))[0]


def prepare_all(volumes: Sequence[Volume]) -> tuple[Prepared, ...]:
    """As ``prepare``, for many at once."""
    check_footprints([volume.footprint for volume in volumes])
    return tuple(Prepared(volume, outline_of(volume.footprint)) for volume in volumes)


def _lowest_ft(altitude: Altitude) -> int:
    interval = amsl_interval_ft(altitude)
    return -UNBOUNDED_FT if interval is None else interval.low_ft


def _highest_ft(altitude: Altitude) -> int:
    interval = amsl_interval_ft(altitude)
    return UNBOUNDED_FT if interval is None else interval.high_ft


def _five(values: list[int]) -> Five:
    x, y, z, time, height = values
    return x, y, z, time, height
