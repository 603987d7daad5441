# SPDX-License-Identifier: Apache-2.0
"""Which track is in an area now, which will be, when and where? And which has left the volume that it filed?

    areas (notices, annexes) ──► squares of boxes, made when they change ─┐
    movers ──► swept boxes ───────────────────────────────────────────────┴► pairs ──► closed form ──► entries
                                                                                        └─ near ──► rationals

An area counts while it is hot, between its limits, widened by its minima. Limits compare in their own datum
where the track reports that, else above the sea on the worse side. The ground is a lower limit that needs no
terrain: nothing flies below it. Any other height above ground does, and what it decides is Undetermined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.datum import amsl_interval_ft
from steerclear.geometry.ellipsoid import SHARPEST_RADIUS_M, Floats, lifted, normals_at, position_of
from steerclear.geometry.outline import Outline, outline_of
from steerclear.model.space import Altitude, Datum, Legs, Volume
from steerclear.model.time import Instant
from steerclear.tracking.area_settled import Meeting, PieceOf, settled_area
from steerclear.tracking.closest import NEAR
from steerclear.tracking.kernels_area import (
    PLANE,
    Outlines,
    Seen,
    flattened,
    heights_between,
    judge_areas,
    leaves_at,
)
from steerclear.tracking.kernels_raster import meeting_areas
from steerclear.tracking.raster import raster_of
from steerclear.tracking.reports import DATUM_OF, WHOSE
from steerclear.tracking.swept import UNKNOWN, Movers, boxes_of, in_parts

__all__ = ["Area", "AreaWatch", "Departure", "Entries", "Entry"]

I64 = NDArray[np.int64]
_UNBOUNDED_FT: Final = 90_000_000
_TIMELESS_S: Final = 1_000_000_000
_FEWEST: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Area:
    """One volume to be kept out of, or, of a notice's own movement, to be kept inside of.

    ``ref`` names the volume, ``concerns`` the notice or annex that it belongs to. ``whose`` skips that
    party's own tracks (``unknown``: it concerns all). Closer than both minima is inside (strict ``<``).
    """

    ref: str
    volume: Volume
    whose: Literal["own", "other", "civil", "unknown"] = "unknown"
    lateral_mm: int = 0
    vertical_ft: int = 0
    concerns: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A track in an area, or about to be. ``first_s`` from the instant of the picture; 0.0: it is in now.

    ``lat_deg`` and ``lon_deg`` are where the track then is. ``is_certain`` is ``False`` where a height or a
    velocity is not known: Undetermined.
    """

    track: str
    area: str
    first_s: float
    lat_deg: float
    lon_deg: float
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Entries:
    """What was found at ``at`` among ``compared`` fresh tracks and ``areas`` areas, soonest first.

    ``stale`` tracks, doubtful ones among them, are Undetermined against every area.
    """

    at: Instant
    compared: int
    areas: int
    entries: tuple[Entry, ...]
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departure:
    """A movement that is outside of its own notice, or will be.

    ``first_s`` is when it leaves, 0.0 when it is outside now; ``None``: not within the look-ahead.
    """

    track: str
    area: str
    first_s: float | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class _Found:
    row: I64
    area: I64
    verdict: NDArray[np.int8]
    first_s: Floats


class AreaWatch:
    """Areas, made ready once, to be asked at every tick. Threads may ask side by side.

    ``at`` is any instant near those at which it will be asked (within thirty years).
    Raises what ``outline_of`` raises.
    """

    def __init__(self, areas: Sequence[Area], at: Instant) -> None:
        self._areas = tuple(areas)
        self._row_of = {area.ref: row for row, area in enumerate(self._areas)}
        self._base_s = at // 1000
        outlines = [outline_of(area.volume.footprint) for area in self._areas]
        self._outlines = _outlines(self._areas, outlines)
        self._most_pieces = max((len(outline.pieces) for outline in outlines), default=0)
        self._certain = np.array([_is_certain(area.volume) for area in self._areas], dtype=np.bool_)
        if self._areas:
            self._raster = raster_of(_boxes(self._areas, outlines, self._outlines, self._base_s))

    def __len__(self) -> int:
        return len(self._areas)

    def __getitem__(self, ref: str) -> Area:
        return self._areas[self._row_of[ref]]

    def entries(self, movers: Movers, look_ahead_s: int, *, threads: int = 1) -> Entries:
        """Every track that is in an area of another's, or will be within the look-ahead."""
        found = self.pairs(movers, look_ahead_s, threads=threads)
        near = found.verdict == NEAR
        keep = ~near
        for at in np.flatnonzero(near).tolist():
            keep[at] = settled_area(
                self.meeting(movers, int(found.row[at]), int(found.area[at]), look_ahead_s)
            )
        entries = self._named(movers, found, np.flatnonzero(keep))
        stale = (*movers.stale, *movers.doubtful)
        return Entries(movers.at, len(movers), len(self), tuple(entries), stale)

    def pairs(self, movers: Movers, look_ahead_s: int, *, threads: int = 1) -> _Found:
        """Rows of movers and areas that meet, or are too near to say."""
        if not len(movers) or not self._areas:
            nothing = np.empty(0, dtype=np.int64)
            return _Found(nothing, nothing, np.empty(0, dtype=np.int8), np.empty(0))
        seen, every = _seen(movers), np.arange(len(movers), dtype=np.int32)
        parts: list[tuple[int, list[_Found]]] = []

        def run(from_: int, to: int) -> None:
            rows = every[from_:to]
            boxes = boxes_of(movers, rows, movers.amsl, reach_m=0.0, tall_ft=0, look_ahead_s=look_ahead_s)
            parts.append((from_, list(self._judged(movers, seen, from_, boxes, look_ahead_s))))

        in_parts(run, len(movers), threads)
        ordered = [found for _, part in sorted(parts, key=itemgetter(0)) for found in part]
        return _Found(
            np.concatenate([found.row for found in ordered]),
            np.concatenate([found.area for found in ordered]),
            np.concatenate([found.verdict for found in ordered]),
            np.concatenate([found.first_s for found in ordered]),
        )

    def _judged(
        self, movers: Movers, seen: Seen, from_: int, boxes: NDArray[np.int32], look_ahead_s: int
    ) -> Iterator[_Found]:
        """The movers from row ``from_`` on, of which these are the boxes, a room full of pairs at once."""
        most = max(len(self._areas), _FEWEST)
        row, area = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
        verdict, first_s = np.empty(most, dtype=np.int8), np.empty(most)
        plane = np.empty((self._most_pieces, PLANE))
        now_s, at = movers.at // 1000 - self._base_s, 0
        while at < boxes.shape[1]:
            count, at = meeting_areas(self._raster, boxes, at, now_s, now_s + look_ahead_s + 1, row, area)
            row[:count] += from_
            kept = judge_areas(
                seen,
                self._outlines,
                count,
                row,
                area,
                movers.at,
                float(look_ahead_s),
                plane,
                verdict,
                first_s,
            )
            yield _Found(row[:kept].copy(), area[:kept].copy(), verdict[:kept].copy(), first_s[:kept].copy())

    def _named(self, movers: Movers, found: _Found, kept: I64) -> list[Entry]:
        rows, areas, first = found.row[kept], found.area[kept], found.first_s[kept]
        lat, lon = position_of(_after(movers, rows, first))
        certain = (movers.datum[rows] != UNKNOWN) & movers.speed_known[rows] & self._certain[areas]
        order = np.lexsort((areas, rows, first))
        columns = (rows, areas, first, lat, lon, certain)
        return [
            Entry(movers.refs[row], self._areas[area].ref, *rest)
            for row, area, *rest in zip(*(column[order].tolist() for column in columns), strict=True)
        ]

    # ----------------------------------------------------------------------------------- a notice's own

    def departures(
        self, movers: Movers, own: Sequence[tuple[str, str]], look_ahead_s: int
    ) -> tuple[Departure, ...]:
        """Pairs of track and area of which the track flies what the area's notice filed: does it keep to it?

        The area's minima are the tolerance, and so is the track's uncertainty: what is said to be outside
        is. A pair whose track is not fresh, or whose area is not watched, is not answered.
        """
        seen = _seen(movers)
        row_of = {ref: row for row, ref in enumerate(movers.refs.tolist())}
        return tuple(
            self._departure(movers, seen, row_of[track], self._row_of[area], look_ahead_s)
            for track, area in own
            if track in row_of and area in self._row_of
        )

    def _departure(self, movers: Movers, seen: Seen, row: int, area: int, look_ahead_s: int) -> Departure:
        one = self._outlines
        plane = np.empty((self._most_pieces, PLANE))
        vx, vy = flattened(one, area, int(movers.at), seen, row, plane)
        reach = float(one.lateral[area] + seen.reach[row])
        count, moves = int(one.first[area + 1] - one.first[area]), bool(one.moves[area])
        until = leaves_at(plane, count, moves, vx, vy, reach, float(look_ahead_s))
        over, under = heights_between(seen, one, row, area)
        climb, tall = int(seen.climb[row]), int(one.vertical[area])
        until = min(until, _within(over, climb, tall), _within(-under, -climb, tall))
        hot = (int(one.hot_from[area] - movers.at) / 1000, int(one.hot_to[area] - movers.at) / 1000)
        until = -1.0 if hot[0] > 0 else min(until, hot[1])
        first = None if until >= look_ahead_s else max(until, 0.0)
        certain = int(movers.datum[row]) != UNKNOWN and bool(movers.speed_known[row])
        return Departure(
            movers.refs[row], self._areas[area].ref, first, certain and bool(self._certain[area])
        )

    # --------------------------------------------------------------------------------- in rational numbers

    def meeting(self, movers: Movers, row: int, area: int, look_ahead_s: int) -> Meeting:
        """One track and one area as numbers for ``settled_area``."""
        one, seen = self._outlines, _seen(movers)
        plane = np.empty((self._most_pieces, PLANE))
        vx, vy = flattened(one, area, int(movers.at), seen, row, plane)
        over, under = heights_between(seen, one, row, area)
        moves = bool(one.moves[area])
        first, last = int(one.first[area]), int(one.first[area + 1])
        pieces = tuple(
            PieceOf(
                a_m=(float(plane[piece - first, 0]), float(plane[piece - first, 1])),
                b_m=(float(plane[piece - first, 2]), float(plane[piece - first, 3])),
                radius0_m=float(one.radius0[piece]),
                radius1_m=float(one.radius1[piece]),
                times_s=(float(one.time0[piece]), float(one.time1[piece])) if moves else None,
                part=int(one.part[piece]),
            )
            for piece in range(first, last)
        )
        return Meeting(
            v_m_s=(vx, vy),
            pieces=pieces,
            reach_m=float(one.lateral[area] + seen.reach[row]),
            growth_m_s=float(seen.growth[row]),
            over_ft=int(over),
            under_ft=int(under),
            climb_ft_min=int(seen.climb[row]),
            tall_ft=int(one.vertical[area]),
            tall_growth_ft_min=int(seen.climb_growth[row]),
            now_ms=int(movers.at),
            hot_ms=(int(one.hot_from[area]), int(one.hot_to[area])),
            look_ahead_s=look_ahead_s,
        )


def _within(value: int, slope_ft_min: int, room: int) -> float:
    """Until when (s from now) value + slope·t stays within ``room``; −1: it is not now."""
    if value > room:
        return -1.0
    return (room - value) * 60.0 / slope_ft_min if slope_ft_min > 0 else np.inf


def _after(movers: Movers, rows: I64, seconds: Floats) -> Floats:
    """Where they are so many seconds later: along the arc, not the tangent."""
    up, speed = movers.up[rows], np.linalg.norm(movers.velocity[rows], axis=1)
    angle = speed * seconds / SHARPEST_RADIUS_M
    ahead = np.where(speed > 0, np.sin(angle) / np.where(speed > 0, speed, 1.0), 0.0) * SHARPEST_RADIUS_M
    down = SHARPEST_RADIUS_M * (1 - np.cos(angle))
    points = movers.place[rows] + movers.velocity[rows] * ahead[:, None] - up * down[:, None]
    return lifted(points, normals_at(points))


def _seen(movers: Movers) -> Seen:
    return Seen(*(getattr(movers, name) for name in Seen._fields))


# --------------------------------------------------------------------------------------------- made ready


def _outlines(areas: Sequence[Area], outlines: Sequence[Outline]) -> Outlines:
    pieces = [outline.pieces for outline in outlines]
    none = np.empty((0, 3))
    lower = [_limit(area.volume.band.lower, is_lower=True) for area in areas]
    upper = [_limit(area.volume.band.upper, is_lower=False) for area in areas]

    def joined(name: str) -> Floats:
        return np.concatenate([np.empty(0), *(getattr(p, name) for p in pieces)])

    def whole(values: Sequence[int]) -> I64:
        return np.array(values, dtype=np.int64)

    return Outlines(
        first=np.cumsum([0, *(len(p) for p in pieces)]),
        start=np.ascontiguousarray(np.concatenate([none, *(p.start for p in pieces)])),
        end=np.ascontiguousarray(np.concatenate([none, *(p.end for p in pieces)])),
        radius0=joined("radius0_m"),
        radius1=joined("radius1_m"),
        time0=joined("time0_s"),
        time1=joined("time1_s"),
        part=np.concatenate([np.empty(0, dtype=np.int32), *(_parts(outline) for outline in outlines)]),
        moves=np.array([isinstance(area.volume.footprint, Legs) for area in areas], dtype=np.bool_),
        hot_from=whole([area.volume.span.start_s * 1000 for area in areas]),
        hot_to=whole([area.volume.span.end_s * 1000 for area in areas]),
        low_datum=np.array([limit[0] for limit in lower], dtype=np.int8),
        low_ft=whole([limit[1] for limit in lower]),
        low_amsl=whole([limit[2] for limit in lower]),
        high_datum=np.array([limit[0] for limit in upper], dtype=np.int8),
        high_ft=whole([limit[1] for limit in upper]),
        high_amsl=whole([limit[2] for limit in upper]),
        middle=np.array([outline.middle for outline in outlines], dtype=np.float64).reshape(-1, 3),
        radius=np.array([outline.radius_m + outline.reach_m for outline in outlines], dtype=np.float64),
        lateral=np.array([area.lateral_mm / 1000 for area in areas], dtype=np.float64),
        vertical=whole([area.vertical_ft for area in areas]),
        whose=np.array([WHOSE[area.whose] for area in areas], dtype=np.int8),
    )


def _parts(outline: Outline) -> NDArray[np.int32]:
    if outline.areas is None:
        return np.full(len(outline.pieces), -1, dtype=np.int32)
    return np.repeat(np.arange(len(outline.areas.count)), outline.areas.count).astype(np.int32)


def _limit(limit: Altitude, *, is_lower: bool) -> tuple[int, int, int]:
    """Datum code, feet, and the worse side above the sea; above ground that is without bound."""
    above_sea = amsl_interval_ft(limit)
    if above_sea is None:
        return UNKNOWN, 0, -_UNBOUNDED_FT if is_lower else _UNBOUNDED_FT
    return DATUM_OF[limit.datum], limit.feet, above_sea.low_ft if is_lower else above_sea.high_ft


def _is_certain(volume: Volume) -> bool:
    lower, upper = volume.band.lower, volume.band.upper
    on_ground = lower.datum is Datum.AGL and lower.feet <= 0
    return upper.datum is not Datum.AGL and (lower.datum is not Datum.AGL or on_ground)


def _boxes(
    areas: Sequence[Area], outlines: Sequence[Outline], made: Outlines, base_s: int
) -> NDArray[np.int32]:
    """Of each area the ten numbers of a raster, its minima around it, rounded outward."""
    boxes = np.empty((len(areas), 10), dtype=np.int32)
    for row, (area, outline) in enumerate(zip(areas, outlines, strict=True)):
        near, far = outline.box()
        room = area.lateral_mm / 1000 * 1.001 + 2.0
        boxes[row, :3], boxes[row, 4:7] = np.floor(near - room), np.ceil(far + room)
        span = area.volume.span
        boxes[row, 8] = np.clip(span.start_s - base_s - 1, -_TIMELESS_S, _TIMELESS_S)
        boxes[row, 9] = np.clip(span.end_s - base_s + 1, -_TIMELESS_S, _TIMELESS_S)
    boxes[:, 3] = made.low_amsl - made.vertical - 1
    boxes[:, 7] = made.high_amsl + made.vertical + 1
    return boxes
