# SPDX-License-Identifier: Apache-2.0

"""Footprints made ready to be compared, compiled: points in space, pieces of at most 50 km, balls and boxes.

    row ──► RUNS, FACTS ──► chains (a ring or a line) ──► points; piece i joins points i and i + 1 of a chain

The ranges of a row are laid out before anything is written (``count_rows``), so threads share the rows
between them. ``fill_rows`` stops at the first row that is refused.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, SHARPEST_RADIUS_M
from steerclear.geometry.kernels_surface import bulge_at_most, entry, inner, note_place, on_short, point_at
from steerclear.geometry.refusals import NOUN_REFUSES, TOO_LARGE, WITHOUT_AREA

__all__ = ["FACTS", "RUNS", "Given", "Made", "count_rows", "fill_rows"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
I32 = NDArray[np.int32]

# Columns of ``Made.facts``: the ball around lines and inside, the largest and the least radius still to be
# added, the largest bulge of a piece over its chord (metres).
FACTS: Final = 8
MIDDLE_X: Final = 0
MIDDLE_Y: Final = 1
MIDDLE_Z: Final = 2
RADIUS: Final = 3
REACH: Final = 4
LEAST: Final = 5
BULGE: Final = 6

# Columns of ``Made.runs``.
RUNS: Final = 10
FIRST_POINT: Final = 0
END_POINT: Final = 1
FIRST_CHAIN: Final = 2
END_CHAIN: Final = 3
FIRST_BLOCK: Final = 4
END_BLOCK: Final = 5
FIRST_AREA: Final = 6
END_AREA: Final = 7
FIRST_EXTRA: Final = 8
MOVES: Final = 9

# Columns of the counts: what a row takes of everything that is not one a row.
POINTS: Final = 0
CHAINS: Final = 1
EXTRAS: Final = 2
BLOCKS: Final = 3
AREAS: Final = 4
ROWS: Final = 5

BLOCK: Final = 16
FEW_PIECES: Final = 32
"""Up to so many pieces a footprint has no blocks: they are all looked at."""

PIECE_M: Final = 50_000.0
TIMED_PIECE_M: Final = 25_000.0
OWN_WAYPOINTS_UP_TO_M: Final = 100_000.0
SAME_POINT_M: Final = 1e-6
_DEGREE_M: Final = 111_700.0
_ALL_OF_IT_M: Final = 4_000_000.0
_WIDEST_CAP_COSINE: Final = math.cos(math.radians(89.9))
_LARGEST_RADIUS_MM: Final = 5_000_000_000
_E7: Final = 10_000_000


class Given(NamedTuple):
    """The columns of ``FootprintArrays``, and the waypoints of edges above 100 km: ``long_edge`` (sorted) is
    the point at which such an edge begins, ``long_first`` leads to its rows of ``long_point`` (ECEF)."""

    kind: NDArray[np.uint8]
    first_ring: I64
    ring_part: I32
    first_point: I64
    lat_e7: I32
    lon_e7: I32
    radius_mm: I64
    time_s: I64
    long_edge: I64
    long_first: I64
    long_point: F64


class Made(NamedTuple):
    """What is kept of many footprints. ``chains``: first point, last point, area (−1 for lines).
    ``extras``: radius (m) and time (s) of each point of lines. ``blocks``: ball around a run of pieces;
    ``block_runs``: its first point, its number of pieces and its chain. ``areas``: a direction from which
    all of the area is seen. ``low`` and ``high``: whole metres ECEF, outward."""

    facts: F64
    runs: I64
    chains: I64
    points: F64
    extras: F64
    blocks: F64
    block_runs: I64
    areas: F64
    low: I32
    high: I32


# ---------------------------------------------------------------------------------------------- counting


@entry
def count_rows(given: Given, begin: int, end: int, counts: I64, long_edges: I64) -> int:
    """Room that each row takes at most: points, chains, extras, blocks, areas (``counts``, (rows, 5)).

    Returns how many edges are longer than 100 km; as many as fit are listed in ``long_edges``.
    """
    long_found = 0
    for row in range(begin, end):
        points = chains = areas = blocks = 0
        closed = given.kind[row] == 0
        longest = TIMED_PIECE_M if given.kind[row] == 3 else PIECE_M
        part = -1
        for ring in range(given.first_ring[row], given.first_ring[row + 1]):
            first, last = given.first_point[ring], given.first_point[ring + 1]
            pieces = 1
            for point in range(first, last if closed else last - 1):
                after = point + 1 if point + 1 < last else first
                reach = _at_most_apart(given, point, after)
                pieces += max(1, math.ceil(reach * 1.001 / longest)) if reach > longest else 1
                if reach > OWN_WAYPOINTS_UP_TO_M and _chord(given, point, after) > OWN_WAYPOINTS_UP_TO_M:
                    if long_found < len(long_edges):
                        long_edges[long_found] = point
                    long_found += 1
            points += pieces + 1
            chains += 1
            blocks += pieces // BLOCK + 1
            if closed and given.ring_part[ring] != part:
                part = given.ring_part[ring]
                areas += 1
        counts[row, 0], counts[row, 1], counts[row, 4] = points, chains, areas
        counts[row, 2] = 0 if closed else points
        counts[row, 3] = blocks if points > FEW_PIECES else 0
    return long_found


@inner
def _at_most_apart(given: Given, p: int, q: int) -> float:
    """The path that is straight in latitude and longitude is longer than the geodesic, and this than it."""
    lat0, lat1 = given.lat_e7[p] / 1e7, given.lat_e7[q] / 1e7
    turn = abs(given.lon_e7[p] / 1e7 - given.lon_e7[q] / 1e7)
    turn = min(turn, 360.0 - turn)
    level = 0.0 if lat0 * lat1 < 0.0 else min(abs(lat0), abs(lat1))
    north, east = lat1 - lat0, turn * math.cos(level * (math.pi / 180.0))
    return math.sqrt(north * north + east * east) * _DEGREE_M + 1e-3


@inner
def _chord(given: Given, p: int, q: int) -> float:
    return _apart(point_at(given.lat_e7[p], given.lon_e7[p]), point_at(given.lat_e7[q], given.lon_e7[q]))


@inner
def _apart(p: tuple[float, float, float], q: tuple[float, float, float]) -> float:
    x, y, z = p[0] - q[0], p[1] - q[1], p[2] - q[2]
    return math.sqrt(x * x + y * y + z * z)


# ---------------------------------------------------------------------------------------------- filling


@entry
def fill_rows(
    given: Given, begin: int, end: int, first: I64, at: int, made: Made, fault: F64
) -> tuple[int, int]:
    """Write rows ``begin`` … ``end`` − 1; row r goes to row ``at`` + r, from the places ``first[r]`` on.

    Returns the first row that is refused and why, or (−1, 0); ``fault`` (3) then says where.
    """
    for row in range(begin, end):
        if _noun_refuses(given, row):
            return row, NOUN_REFUSES
        why = _fill_row(given, row, first[row], at + row, made, fault)
        if why:
            return row, why
    return -1, 0


@inner
def _noun_refuses(given: Given, row: int) -> bool:
    kind = given.kind[row]
    first, last = given.first_ring[row], given.first_ring[row + 1]
    if last <= first or (kind != 0 and last != first + 1) or given.ring_part[first] != 0:
        return True
    for ring in range(first, last):
        if ring > first and not 0 <= given.ring_part[ring] - given.ring_part[ring - 1] <= 1:
            return True
        begin, end = given.first_point[ring], given.first_point[ring + 1]
        count = end - begin
        if (kind == 0 and count < 3) or (kind == 1 and count != 1) or (kind >= 2 and count < 2):
            return True
        for point in range(begin, end):
            if not (-90 * _E7 <= given.lat_e7[point] <= 90 * _E7):
                return True
            if not (-180 * _E7 <= given.lon_e7[point] <= 180 * _E7):
                return True
            if kind != 0 and not (0 <= given.radius_mm[point] <= _LARGEST_RADIUS_MM):
                return True
            before = point - 1 if point > begin else end - 1
            same = given.lat_e7[point] == given.lat_e7[before] and given.lon_e7[point] == given.lon_e7[before]
            if kind == 0 and same:
                return True
            if point > begin and kind == 2 and given.radius_mm[point] != given.radius_mm[before]:
                return True
            if point > begin and kind == 3:
                later = given.time_s[point] - given.time_s[before]
                if later < 0 or (later == 0 and not same):
                    return True
    return False


@inner
def _fill_row(given: Given, row: int, first: I64, at: int, made: Made, fault: F64) -> int:
    closed = given.kind[row] == 0
    runs = made.runs[at]
    runs[FIRST_POINT] = first[0]
    runs[FIRST_CHAIN] = first[1]
    runs[FIRST_EXTRA] = -1 if closed else first[2]
    runs[FIRST_AREA] = first[4]
    runs[MOVES] = given.kind[row] == 3
    longest = TIMED_PIECE_M if given.kind[row] == 3 else PIECE_M
    point, chain, area, part = first[0], first[1], first[4] - 1, -1
    for ring in range(given.first_ring[row], given.first_ring[row + 1]):
        begin, end = given.first_point[ring], given.first_point[ring + 1]
        if closed:
            last = _fill_ring(given, begin, end, point, made)
            if last < point + 3:
                fault[0], fault[1], fault[2] = point_at(given.lat_e7[begin], given.lon_e7[begin])
                return WITHOUT_AREA
            if given.ring_part[ring] != part:
                part = given.ring_part[ring]
                area += 1
                if not _find_cap(made.points, point, last, made.areas[area]):
                    note_place(made.points, point, fault)
                    return TOO_LARGE
        else:
            last = _fill_line(given, begin, end, longest, point, runs[FIRST_EXTRA], made)
        made.chains[chain, 0], made.chains[chain, 1] = point, last
        made.chains[chain, 2] = area if closed else -1
        point, chain = last + 1, chain + 1
    runs[END_POINT], runs[END_CHAIN], runs[END_AREA] = point, chain, area + 1
    _fill_facts(made, at, runs)
    _fill_blocks(made, runs, first[3])
    return 0


@inner
def _fill_ring(given: Given, begin: int, end: int, at: int, made: Made) -> int:
    """Corners and waypoints of a ring from row ``at`` on; returns the row of the last, the first one again.

    An edge between two names of the same place (a pole, ±180°) is none; of fewer than three edges nothing
    is made, and ``at`` is returned.
    """
    here = point_at(given.lat_e7[begin], given.lon_e7[begin])
    start = here
    made.points[at, 0], made.points[at, 1], made.points[at, 2] = here
    last, edges = at, 0
    for corner in range(begin, end):
        after = start if corner == end - 1 else point_at(given.lat_e7[corner + 1], given.lon_e7[corner + 1])
        if (
            max(abs(here[0] - after[0]), max(abs(here[1] - after[1]), abs(here[2] - after[2])))
            <= SAME_POINT_M
        ):
            continue
        last = _fill_edge(given, corner, here, after, PIECE_M, last, made)
        here = after
        edges += 1
    note_place(made.points, at, made.points[last])
    return last if edges >= 3 else at


@inner
def _fill_line(given: Given, begin: int, end: int, longest: float, at: int, extra: int, made: Made) -> int:
    """Corners and waypoints of a line, with radius and time; a single point stands twice."""
    here = point_at(given.lat_e7[begin], given.lon_e7[begin])
    made.points[at, 0], made.points[at, 1], made.points[at, 2] = here
    made.extras[extra, 0], made.extras[extra, 1] = given.radius_mm[begin] / 1000, given.time_s[begin]
    last = at
    for corner in range(begin, max(end - 1, begin + 1)):
        following = min(corner + 1, end - 1)
        after = point_at(given.lat_e7[following], given.lon_e7[following])
        before = last
        last = _fill_edge(given, corner, here, after, longest, last, made)
        radius, time = given.radius_mm[corner] / 1000, float(given.time_s[corner])
        growth, length = given.radius_mm[following] / 1000 - radius, given.time_s[following] - time
        for point in range(before + 1, last + 1):
            share = (point - before) / (last - before)
            made.extras[extra + point - at, 0] = radius + growth * share
            made.extras[extra + point - at, 1] = time + length * share
        here = after
    return last


@inner
def _fill_edge(
    given: Given,
    edge: int,
    here: tuple[float, float, float],
    after: tuple[float, float, float],
    longest: float,
    last: int,
    made: Made,
) -> int:
    """Waypoints of the edge that begins at point ``edge``, and its end; written after row ``last``."""
    chord = _apart(here, after)
    if chord > OWN_WAYPOINTS_UP_TO_M:
        place = np.searchsorted(given.long_edge, edge)
        for row in range(given.long_first[place], given.long_first[place + 1]):
            last += 1
            note_place(given.long_point, row, made.points[last])
    elif chord > longest:
        count = math.ceil(chord * 1.001 / longest)
        for step in range(1, count):
            last += 1
            point = on_short(here, after, chord, step / count)
            made.points[last, 0], made.points[last, 1], made.points[last, 2] = point
    last += 1
    made.points[last, 0], made.points[last, 1], made.points[last, 2] = after
    return last


@inner
def _find_cap(points: F64, first: int, last: int, up: F64) -> bool:
    """Write a direction from which the whole ring is seen within a hemisphere; false if there is none."""
    x = y = z = 0.0
    for row in range(first, last):
        size = _length(points[row])
        x, y, z = x + points[row, 0] / size, y + points[row, 1] / size, z + points[row, 2] / size
    count = last - first
    up[0], up[1], up[2] = x / count, y / count, z / count
    size = _length(up)
    if size > 1e-6:
        up[0], up[1], up[2] = up[0] / size, up[1] / size, up[2] / size
        if _least_cosine(points, first, last, up) > 0.2 * size:
            return True
    # Near the middle of the smallest cap (Bădoiu and Clarkson 2003).
    size = _length(points[first])
    up[0], up[1], up[2] = points[first, 0] / size, points[first, 1] / size, points[first, 2] / size
    for step in range(1, 2001):
        farthest, away = first, -1.0
        for row in range(first, last):
            size = _length(points[row])
            dx, dy, dz = (
                points[row, 0] / size - up[0],
                points[row, 1] / size - up[1],
                points[row, 2] / size - up[2],
            )
            if dx * dx + dy * dy + dz * dz > away:
                farthest, away = row, dx * dx + dy * dy + dz * dz
        size = _length(points[farthest])
        for axis in range(3):
            up[axis] += (points[farthest, axis] / size - up[axis]) / (step + 1)
    size = _length(up)
    if size == 0.0:
        return False
    up[0], up[1], up[2] = up[0] / size, up[1] / size, up[2] / size
    return _least_cosine(points, first, last, up) > _WIDEST_CAP_COSINE


@inner
def _length(point: F64) -> float:
    return math.sqrt(point[0] * point[0] + point[1] * point[1] + point[2] * point[2])


@inner
def _least_cosine(points: F64, first: int, last: int, up: F64) -> float:
    least = 1.0
    for row in range(first, last):
        size = _length(points[row])
        toward = points[row, 0] * up[0] + points[row, 1] * up[1] + points[row, 2] * up[2]
        least = min(least, toward / size)
    return least


@inner
def _fill_facts(made: Made, at: int, runs: I64) -> None:
    """The ball around the lines and the inside, the radii, and the box around everything."""
    points, facts = made.points, made.facts[at]
    first, end = runs[FIRST_POINT], runs[END_POINT]
    lx = hx = points[first, 0]
    ly = hy = points[first, 1]
    lz = hz = points[first, 2]
    longest2 = 0.0
    for row in range(first + 1, end):
        x, y, z = points[row, 0], points[row, 1], points[row, 2]
        lx, hx, ly, hy, lz, hz = min(lx, x), max(hx, x), min(ly, y), max(hy, y), min(lz, z), max(hz, z)
    for chain in range(runs[FIRST_CHAIN], runs[END_CHAIN]):
        for row in range(made.chains[chain, 0], made.chains[chain, 1]):
            dx, dy, dz = (
                points[row + 1, 0] - points[row, 0],
                points[row + 1, 1] - points[row, 1],
                points[row + 1, 2] - points[row, 2],
            )
            longest2 = max(longest2, dx * dx + dy * dy + dz * dz)
    mx, my, mz = (lx + hx) / 2.0, (ly + hy) / 2.0, (lz + hz) / 2.0
    away2 = 0.0
    for row in range(first, end):
        dx, dy, dz = points[row, 0] - mx, points[row, 1] - my, points[row, 2] - mz
        away2 = max(away2, dx * dx + dy * dy + dz * dz)
    bulge = bulge_at_most(math.sqrt(longest2))
    radius = math.sqrt(away2) + bulge
    reach, least = 0.0, 0.0
    extra = runs[FIRST_EXTRA]
    if extra >= 0:
        least = made.extras[extra, 0]
        for row in range(extra, extra + end - first):
            reach, least = max(reach, made.extras[row, 0]), min(least, made.extras[row, 0])
    else:
        # The inside lies in the cap that the ball cuts off, but for the flattening: one part in a hundred of
        # the cap's height is room enough.
        radius += radius * radius / SHARPEST_RADIUS_M / 100.0
        if radius > _ALL_OF_IT_M:  # the ball may cut off more than a hemisphere: take the whole Earth
            radius = math.sqrt(mx * mx + my * my + mz * mz) + SEMI_MAJOR_M
    facts[MIDDLE_X], facts[MIDDLE_Y], facts[MIDDLE_Z] = mx, my, mz
    facts[RADIUS], facts[REACH], facts[LEAST], facts[BULGE] = radius, reach, least, bulge
    facts[7] = 0.0
    room = bulge + reach + 1.0
    for axis in range(3):
        low, high = (lx, ly, lz)[axis] - room, (hx, hy, hz)[axis] + room
        if extra < 0:
            low, high = _with_pole(facts, axis, low, high)
        made.low[at, axis], made.high[at, axis] = math.floor(low), math.ceil(high)


@inner
def _with_pole(facts: F64, axis: int, low: float, high: float) -> tuple[float, float]:
    """On a smooth surface a coordinate is greatest on the rim, or where the axis itself leaves the Earth:
    the inside of an area adds to the box of its rim only if it may hold that point."""
    pole = SEMI_MINOR_M if axis == 2 else SEMI_MAJOR_M
    for side in (-pole, pole):
        away2 = (facts[axis] - side) ** 2
        for other in range(3):
            if other != axis:
                away2 += facts[other] * facts[other]
        if away2 <= (facts[RADIUS] + 1.0) ** 2:
            low, high = min(low, side - 1.0), max(high, side + 1.0)
    return low, high


@inner
def _fill_blocks(made: Made, runs: I64, first: int) -> None:
    """Balls around runs of 16 pieces, for footprints of more than 32."""
    block = first
    if runs[END_POINT] - runs[FIRST_POINT] > FEW_PIECES:
        for chain in range(runs[FIRST_CHAIN], runs[END_CHAIN]):
            last = made.chains[chain, 1]
            for begin in range(made.chains[chain, 0], last, BLOCK):
                count = min(BLOCK, last - begin)
                _fill_block(made, block, chain, begin, count)
                block += 1
    runs[FIRST_BLOCK], runs[END_BLOCK] = first, block


@inner
def _fill_block(made: Made, block: int, chain: int, begin: int, count: int) -> None:
    points = made.points
    x = y = z = 0.0
    for row in range(begin, begin + count + 1):
        x, y, z = x + points[row, 0], y + points[row, 1], z + points[row, 2]
    x, y, z = x / (count + 1), y / (count + 1), z / (count + 1)
    away2 = longest2 = 0.0
    for row in range(begin, begin + count + 1):
        dx, dy, dz = points[row, 0] - x, points[row, 1] - y, points[row, 2] - z
        away2 = max(away2, dx * dx + dy * dy + dz * dz)
        if row > begin:
            dx, dy, dz = (
                points[row, 0] - points[row - 1, 0],
                points[row, 1] - points[row - 1, 1],
                points[row, 2] - points[row - 1, 2],
            )
            longest2 = max(longest2, dx * dx + dy * dy + dz * dz)
    made.blocks[block, 0], made.blocks[block, 1], made.blocks[block, 2] = x, y, z
    made.blocks[block, 3] = math.sqrt(away2) + bulge_at_most(math.sqrt(longest2))
    made.block_runs[block, 0], made.block_runs[block, 1] = begin, count
    made.block_runs[block, 2] = chain
