# SPDX-License-Identifier: Apache-2.0
"""Which cells does a party list for a volume, so that no conflict can fall between two lists?

    volume ──► widened by half of the largest minimum of its kind ──► quarters × layers × cells of the ground
                              (what moves has a ground of its own for each quarter of an hour)

Every touched cell is listed, rounding outward; the theorem stands in ``grid``. What cannot be converted to
feet above mean sea level is ``Undetermined``: never an empty cover. Cells come in portions of bounded size,
sorted by day, quarter, layer, row and column, each once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.blind.grid import (
    COVER_MARGIN_M,
    DAY_S,
    FINE,
    QUARTER_S,
    QUARTERS,
    SITES,
    Cells,
    DayCells,
    Grid,
    encode_cells,
    no_cells,
    together,
)
from steerclear.blind.kernels_cover import find_columns
from steerclear.blind.tables import room_of_thread, tables_of
from steerclear.errors import BadInput
from steerclear.geometry.arrays import FootprintArrays
from steerclear.geometry.datum import amsl_interval_ft
from steerclear.geometry.scratch import scratch_of_thread
from steerclear.geometry.shapes import Shapes
from steerclear.model.finding import SeparationMinima, Undetermined
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.space import LARGEST_RADIUS_MM, Footprint, Legs, Volume
from steerclear.model.terms import Separation

__all__ = [
    "AT_ONCE",
    "MOST_COLUMNS",
    "Change",
    "Cover",
    "Dilation",
    "cells_of_day",
    "cells_of_notice",
    "changed",
    "columns_of",
    "columns_of_day",
    "cover",
    "covers",
]

AT_ONCE: Final = 1 << 16
"""Cells of one portion."""

Places = NDArray[np.int32]
"""Shape (n, 2): row and column of cells of the ground."""

MOST_COLUMNS: Final = 1 << 20
"""Of 15″, in one cover: 220,000 km². The other grids hold at most 9.3 million cells of the ground in all."""

_LONGEST_S: Final = 7 * DAY_S
_HIGHEST_FT: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Dilation:
    """By how much a volume is widened: on the ground (mm), up and down (ft), and before and after (s).

    Raises ``BadInput`` (``dilation-out-of-range``).
    """

    lateral_mm: int
    vertical_ft: int
    time_s: int

    def __post_init__(self) -> None:
        most = {"lateral_mm": LARGEST_RADIUS_MM, "vertical_ft": _HIGHEST_FT, "time_s": _LONGEST_S}
        for name, limit in most.items():
            value = getattr(self, name)
            if not 0 <= value <= limit:
                raise BadInput(
                    "dilation-out-of-range",
                    f"A volume cannot be widened by {value} ({name}): it is not between 0 and {limit}.",
                    where=name,
                    remedy="Check the minima of the separation annex.",
                )

    @staticmethod
    def half_of(minima: Iterable[SeparationMinima]) -> Dilation:
        """Half of the largest minimum in each dimension, rounded up: of all a kind has against any kind."""
        every = [(each.lateral_mm, each.vertical_ft, each.time_s) for each in minima]
        return Dilation(*(-(-max(values) // 2) for values in zip((0, 0, 0), *every, strict=True)))

    @staticmethod
    def for_notice(separation: Separation, kind: NoticeKind, domain: Domain | None) -> Dilation:
        """Of a notice of this kind and domain, by the annex: against every kind in every domain."""
        domains = (None, *Domain)
        return Dilation.half_of(
            separation.minima(kind, other, domain, where) for other in NoticeKind for where in domains
        )

    @property
    def within_m(self) -> float:
        return self.lateral_mm / 1000 + COVER_MARGIN_M


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """The cells of one volume. ``layers`` and ``quarters`` (counted from 1970) are half-open ranges.

    Nothing is computed before it is asked for, and a cover may be asked again.
    """

    grid: Grid
    layers: range
    quarters: range
    moves: bool
    _ground: _Ground

    @property
    def days(self) -> range:
        """The UTC days that it has cells of."""
        quarters = self.quarters
        return range(quarters.start // QUARTERS, -(-quarters.stop // QUARTERS)) if quarters else range(0)

    def on_days(self, days: range) -> Cover:
        """What of it falls on these days, for lists that go day by day and end at a horizon."""
        begin, end = (
            max(self.quarters.start, days.start * QUARTERS),
            min(self.quarters.stop, days.stop * QUARTERS),
        )
        return replace(self, quarters=range(begin, max(begin, end)))

    def batches(self, at_most: int = AT_ONCE) -> Iterator[Cells]:
        """The cells, int32 (n, 5): day, quarter, layer, row, column; sorted, each once, a portion at a time.

        Memory holds one portion and the ground that the volume covers (at a time, if it moves).
        """
        if not self.moves:
            yield from self._stacked(self.quarters, self._ground.within(0, 0), at_most)
            return
        held: list[Cells] = []
        for quarter in self.quarters:
            for part in self._stacked(range(quarter, quarter + 1), self._ground_in(quarter), at_most):
                if sum(map(len, held)) + len(part) > at_most:
                    yield np.concatenate(held)
                    held = []
                held.append(part)
        if held:
            yield np.concatenate(held)

    def cells(self) -> Cells:
        """All of them at once."""
        found = list(self.batches())
        return found[0] if len(found) == 1 else np.concatenate([no_cells(), *found])

    def count(self) -> int:
        """How many there are, without listing them."""
        if not self.moves:
            return len(self.quarters) * len(self.layers) * len(self._ground.within(0, 0))
        return len(self.layers) * sum(len(self._ground_in(quarter)) for quarter in self.quarters)

    def _ground_in(self, quarter: int) -> Places:
        """Where it may be at times that reach into a quarter, each end moved out by half the time minimum."""
        if not self.grid.has_time_and_altitude:
            return self._ground.within(-math.inf, math.inf)
        begin, half_s = quarter * QUARTER_S, self._ground.dilation.time_s
        return self._ground.within(begin - half_s, begin + QUARTER_S + half_s)

    def _stacked(self, quarters: range, ground: Places, at_most: int) -> Iterator[Cells]:
        """Every quarter × every layer × every place, in this order."""
        places, layers = len(ground), len(self.layers)
        total = len(quarters) * layers * places
        for begin in range(0, total, at_most):
            above, place = np.divmod(np.arange(begin, min(begin + at_most, total)), places)
            quarter, layer = np.divmod(above, layers)
            cells = np.empty((len(place), 5), dtype=np.int32)
            cells[:, 0], cells[:, 1] = np.divmod(quarter + quarters.start, self.grid.quarters)
            cells[:, 2] = layer + self.layers.start
            cells[:, 3:] = ground[place]
            yield cells


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """A footprint, and by how much it is widened."""

    shapes: Shapes
    row: int
    dilation: Dilation
    grid: Grid

    def within(self, from_s: float, to_s: float) -> Places:
        """The cells of the ground that it touches; of timed legs those between two times. Sorted."""
        strips, places = [], 0
        for strip in self._strips(from_s, to_s):
            strips.append(strip)
            places += len(strip)
            if places > MOST_COLUMNS and self.grid == SITES:
                raise BadInput(
                    "cover-too-large",
                    f"A footprint touches more than {MOST_COLUMNS:,} columns of 15″.",
                    remedy="Divide it into smaller areas.",
                )
        return strips[0] if len(strips) == 1 else np.concatenate(strips)

    def _strips(self, from_s: float, to_s: float) -> Iterator[Places]:
        room, tables, begin = room_of_thread(self.grid), tables_of(self.grid), 0
        while begin >= 0:
            count, begin = find_columns(
                self.shapes.made,
                self.row,
                float(from_s),
                float(to_s),
                self.dilation.within_m,
                begin,
                tables,
                scratch_of_thread(),
                room,
            )
            yield room.found[:count].copy()


def cover(volume: Volume, dilation: Dilation, grid: Grid = FINE) -> Cover | Undetermined:
    """The cover of one volume.

    Raises ``BadInput``: what ``check_footprint`` raises, and ``grid-without-time`` for the grid of sites.
    """
    return covers((volume,), dilation, grid)[0]


def covers(volumes: Sequence[Volume], dilation: Dilation, grid: Grid = FINE) -> list[Cover | Undetermined]:
    """As ``cover``, for many at once; ``where`` then also names the row, counted from 0."""
    if not grid.has_time_and_altitude:
        raise BadInput(
            "grid-without-time",
            "The columns of sites know neither height nor time; a volume has no cells of theirs.",
            remedy="Ask for the columns of its footprint, or take another grid.",
        )
    shapes = Shapes.of(FootprintArrays.of([volume.footprint for volume in volumes]))
    return [_cover_of(volume, _Ground(shapes, row, dilation, grid)) for row, volume in enumerate(volumes)]


def _cover_of(volume: Volume, ground: _Ground) -> Cover | Undetermined:
    limits = [amsl_interval_ft(limit) for limit in (volume.band.lower, volume.band.upper)]
    if limits[0] is None or limits[1] is None:
        return Undetermined(
            "a height above ground is not known above mean sea level without terrain: give it in feet AMSL"
        )
    # Limits of different datums may lie the wrong way round on their worse sides.
    low_ft, high_ft = sorted((limits[0].low_ft, limits[1].high_ft))
    grid, dilation, span = ground.grid, ground.dilation, volume.span
    low_ft, last_ft = _open(low_ft, high_ft, dilation.vertical_ft)
    first_s, last_s = _open(span.start_s, span.end_s, dilation.time_s)
    return Cover(
        grid,
        range(grid.layer_of(low_ft), grid.layer_of(last_ft) + 1),
        range(first_s // QUARTER_S, last_s // QUARTER_S + 1),
        volume.moves,
        ground,
    )


def _open(low: int, high: int, by: int) -> tuple[int, int]:
    """The first and the last whole number whose unit step upward an interval meets, widened and without its
    ends; an interval without length counts as its one number."""
    return low - by, max(high + by - 1, low - by)


# ----------------------------------------------------------------------------------------------- sets


def cells_of_notice(
    volumes: Sequence[Volume], dilation: Dilation, grid: Grid = FINE, *, days: range | None = None
) -> Cells | Undetermined:
    """The cells of all volumes of a notice, sorted, each once; with ``days`` those of these days alone.

    One volume that is undetermined makes the notice so. Raises ``BadInput`` as ``covers``.
    """
    found = covers(volumes, dilation, grid)
    for each in found:
        if isinstance(each, Undetermined):
            return each
    sure = (each for each in found if isinstance(each, Cover))
    return together([(each if days is None else each.on_days(days)).cells() for each in sure], grid)


def cells_of_day(
    volumes: Sequence[Volume], dilation: Dilation, day: int, grid: Grid = FINE
) -> DayCells | Undetermined:
    """The cells of a notice on one day: as a list holds them, and as an audit makes them anew.

    Raises ``BadInput`` as ``covers``.
    """
    found = cells_of_notice(volumes, dilation, grid, days=range(day, day + 1))
    return found if isinstance(found, Undetermined) else DayCells(day, encode_cells(grid, found))


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What an amendment changes: cells that are ``gone``, and ``new`` ones. Sorted."""

    gone: Cells
    new: Cells


def changed(before: Cells, after: Cells, grid: Grid = FINE) -> Change:
    """The differences of two sets of cells: an amendment is checked at the cost of what it changes."""
    old, now = grid.keys(before), grid.keys(after)
    return Change(
        gone=grid.cells(np.setdiff1d(old, now)),
        new=grid.cells(np.setdiff1d(now, old)),
    )


# ---------------------------------------------------------------------------------------------- sites


def columns_of(footprint: Footprint, widened_mm: int = 0) -> Cover:
    """The 15″ columns of an area, of a point with its radius, or of an operation's footprint, whatever height
    and time; of what moves, those of its whole way.

    Raises ``BadInput`` as ``cover``, and ``cover-too-large`` when they are asked for.
    """
    shapes = Shapes.of(FootprintArrays.of_one(footprint))
    ground = _Ground(shapes, 0, Dilation(widened_mm, 0, 0), SITES)
    return Cover(SITES, range(1), range(1), isinstance(footprint, Legs), ground)


def columns_of_day(footprint: Footprint, day: int, widened_mm: int = 0) -> DayCells:
    """The same, as the list of a check of that UTC day holds them. Raises as ``columns_of``."""
    return DayCells(day, encode_cells(SITES, together([columns_of(footprint, widened_mm).cells()], SITES)))
