# SPDX-License-Identifier: Apache-2.0
"""Cells listed per second of one processor, beside H3 listing its own cells of the same footprints.

Each row says how many cells it gave, so that nobody wins by doing less. H3 knows neither height nor time nor
widening: it is given footprints that need none, its cells are stacked by the same arithmetic as ours, and its
resolution 6 (36 km²) is the one whose cells are nearest to ours (70 km² at 35° N) without being larger.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import process_time
from typing import Any, Final

import numpy as np

from benchmarks.blind.results import Listed
from steerclear.blind.cover import Cover, Dilation, covers
from steerclear.geometry.geodesic import destination
from steerclear.model.space import Altitude, Band, Datum, Legs, Polygon, Position, Volume
from steerclear.model.time import TimeSpan

__all__ = ["SIZES", "measure"]

SIZES: Final = (10_000, 100_000, 1_000_000)
_USUAL: Final = Dilation(4_630_000, 500, 450)
_NONE: Final = Dilation(0, 0, 0)
_AT_ONCE: Final = 16
_RESOLUTION: Final = 6
_BEGIN_S: Final = 20_347 * 86_400


def measure(sizes: Sequence[int] = SIZES, seed: int = 4) -> Iterator[Listed]:
    """For each size: volumes without widening, ours and H3's; widened ones; and flights."""
    standing, flights = _volumes(seed, max(sizes)), _flights(seed, max(sizes))
    _listed(standing[:2], _USUAL, 1)
    _listed(flights[:2], _USUAL, 1)
    for size in sizes:
        yield _row(
            "Steerclear", "areas as they are", standing, partial(_listed, dilation=_NONE, at_least=size)
        )
        yield _row("H3", "areas as they are", standing, partial(_listed_by_h3, at_least=size))
        widened = partial(_listed, dilation=_USUAL, at_least=size)
        yield _row("Steerclear", "areas, widened by 2.5 NM, 500 ft, 7½ min", standing, widened)
        yield _row("Steerclear", "flights, widened likewise", flights, widened)


def _row(
    who: str, what: str, of: Sequence[Volume], work: Callable[[Sequence[Volume]], tuple[int, int]]
) -> Listed:
    """Time of this process's processor: what else the machine does is not measured."""
    begun = process_time()
    volumes, cells = work(of)
    return Listed(who, what, volumes, cells, process_time() - begun)


def _listed(volumes: Sequence[Volume], dilation: Dilation, at_least: int) -> tuple[int, int]:
    """Sixteen volumes made ready at a time, cells a portion at a time, until so many were listed."""
    cells = 0
    for begin in range(0, len(volumes), _AT_ONCE):
        for count, found in enumerate(covers(volumes[begin : begin + _AT_ONCE], dilation), begin + 1):
            assert isinstance(found, Cover)
            cells += sum(len(portion) for portion in found.batches())
            if cells >= at_least:
                return count, cells
    return len(volumes), cells


def _listed_by_h3(volumes: Sequence[Volume], at_least: int) -> tuple[int, int]:
    import h3

    cells = 0
    for count, volume in enumerate(volumes, 1):
        places = _places_of_h3(h3, volume)
        layers = (volume.band.upper.feet - 1) // 1000 - volume.band.lower.feet // 1000 + 1
        quarters = (volume.span.end_s - 1) // 900 - volume.span.start_s // 900 + 1
        cells += sum(len(portion) for portion in _stacked(places, layers, quarters))
        if cells >= at_least:
            return count, cells
    return len(volumes), cells


def _places_of_h3(h3: Any, volume: Volume) -> np.ndarray[Any, np.dtype[np.uint64]]:
    assert isinstance(volume.footprint, Polygon)
    ring = [(corner.lat_deg, corner.lon_deg) for corner in volume.footprint.exterior]
    found = h3.h3shape_to_cells_experimental(h3.LatLngPoly(ring), _RESOLUTION, "overlap")
    return np.sort(np.array([int(cell, 16) for cell in found], dtype=np.uint64))


def _stacked(
    places: np.ndarray[Any, np.dtype[np.uint64]], layers: int, quarters: int
) -> Iterator[np.ndarray[Any, np.dtype[np.int64]]]:
    """As ``Cover.batches`` does it."""
    total = quarters * layers * len(places)
    for begin in range(0, total, 1 << 16):
        above, place = np.divmod(np.arange(begin, min(begin + (1 << 16), total)), len(places))
        cells = np.empty((len(place), 3), dtype=np.int64)
        cells[:, 0], cells[:, 1] = np.divmod(above, layers)
        cells[:, 2] = places[place]
        yield cells


# ---------------------------------------------------------------------------------------------- work


def _volumes(seed: int, cells: int) -> list[Volume]:
    """Areas of 5 to 50 km, 1 to 10 kft thick below 60 kft, 0.5 to 6 h long, in 800 × 800 km."""
    chance = np.random.default_rng(seed)
    made = []
    for _ in range(max(cells // 1_000, 10)):
        middle = Position(*(round(float(each) * 1e7) for each in chance.uniform((31, 34), (38, 43))))
        size_m = 10 ** chance.uniform(3.7, 4.7)
        corners = tuple(
            destination(middle, -360 * corner / 8, size_m * float(chance.uniform(0.5, 1)))
            for corner in range(8)
        )
        made.append(Volume(Polygon(corners), _band(chance), _span(chance)))
    return made


def _flights(seed: int, cells: int) -> list[Volume]:
    """Ten legs of 40 km, each ten minutes long, drawn 1 km wide and growing to 5 km."""
    chance = np.random.default_rng(seed)
    made = []
    for _ in range(max(cells // 500, 10)):
        points = [Position(*(round(float(each) * 1e7) for each in chance.uniform((31, 34), (38, 43))))]
        heading = float(chance.uniform(0, 360))
        for _ in range(10):
            heading += float(chance.normal(0, 20))
            points.append(destination(points[-1], heading, 40_000))
        begin = _BEGIN_S + int(chance.integers(0, 80_000))
        times = tuple(begin + 600 * leg for leg in range(11))
        radii = tuple(1_000_000 + 400_000 * leg for leg in range(11))
        made.append(Volume(Legs(tuple(points), times, radii), _band(chance), TimeSpan(times[0], times[-1])))
    return made


def _band(chance: np.random.Generator) -> Band:
    low = int(chance.integers(0, 50_000))
    return Band(Altitude(low, Datum.AMSL), Altitude(low + int(chance.integers(1_000, 10_000)), Datum.AMSL))


def _span(chance: np.random.Generator) -> TimeSpan:
    begin = _BEGIN_S + int(chance.integers(0, 7 * 86_400))
    return TimeSpan(begin, begin + math.ceil(chance.uniform(1_800, 21_600)))
