# SPDX-License-Identifier: Apache-2.0

"""Is a pair of footprints closer than the minimum? Compiled; cheapest question first, first proof ends it.

    balls ──► a plane that separates them ──► one tangent plane for both (within 150 km: errors below 0.2 m)
                                                 │ crossed by a metre, inside by a metre, apart by a metre
                                                 └► pieces near each other, each pair in its own plane ──► ASK

``ASK`` means that the answer lies within ``sure_within`` of the minimum: geographiclib settles it.
Both orders of a pair are computed the same way round, so they agree to the last bit.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steerclear.geometry.kernels_nearest import DEPTH, ERROR, GAP, SURE, nearest_pieces
from steerclear.geometry.kernels_prepare import (
    END_BLOCK,
    END_CHAIN,
    END_POINT,
    FIRST_BLOCK,
    FIRST_CHAIN,
    FIRST_EXTRA,
    FIRST_POINT,
    LEAST,
    MIDDLE_X,
    MIDDLE_Y,
    MIDDLE_Z,
    MOVES,
    RADIUS,
    REACH,
    Made,
)
from steerclear.geometry.kernels_surface import (
    arc_at_most,
    bulge_at_most,
    chord_of,
    entry,
    inner,
    tangent,
)

__all__ = [
    "ASK",
    "BESIDE",
    "CLOSER",
    "NOT_CLOSER",
    "Scratch",
    "apart_at_least",
    "place_in_area",
    "point_apart",
    "project",
    "settle_pairs",
    "stands_after",
    "take",
    "unit_of",
    "units_of",
]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

NOT_CLOSER: Final = 0
CLOSER: Final = 1
ASK: Final = 2
_FETCHED_AT_ONCE: Final = 32
_SHARES: Final = 3
_OPEN: Final = 4

BESIDE: Final = 64
"""Points of one footprint that one plane is made for; those of the other stand beside them."""
_COARSE_REACH_M: Final = 150_000.0
_COARSE_M: Final = 1.0
"""What one plane for both says is taken only where it is clear by a metre: five times its error."""

_STRETCHED: Final = 1.0 + (_COARSE_REACH_M / 6.3e6) ** 2
"""Seen from the centre of curvature the plane shows lengths too long, never too short: 2 m between two that
lie 100 km apart. So what seems closer is, and what seems clear must be so much clearer."""

_SEPARATES_BY_M: Final = 5.0
"""Pieces rise at most 49 m over their chords, and a chord at 150 km leans at most 1.4° against the plane's
normal: 1.2 m on either side."""

_CUT_SURE_M: Final = 1.0
"""Timed legs may have been cut to a window, at places of their chords."""

_LOOK_WITHIN_M: Final = 2.0


class Scratch(NamedTuple):
    """Of one thread. ``x``, ``y`` (128): plane corners of both; ``a``, ``b``, ``spot`` (10): a piece each;
    ``frame``, ``frame2`` (13); ``found`` (7): what ``nearest_pieces`` answers; ``least`` (5): see below."""

    x: F64
    y: F64
    a: F64
    b: F64
    spot: F64
    frame: F64
    frame2: F64
    found: F64
    least: F64


# Columns of ``Scratch.least``: bounds of the least gap so far. A minimum between UNLESS and AT_MOST asks for
# more; the lines surely stay APART, or not; SURELY_CROSS is 1 where they do.
AT_LEAST: Final = 0
AT_MOST: Final = 1
UNLESS: Final = 2
APART: Final = 3
SURELY_CROSS: Final = 4


@inner
def _fetched(facts: F64, runs: I64, points: F64, rows: I64, begin: int, end: int) -> float:
    """Touch what the next pairs will need, so that memory fetches it all at once and not row after row.

    What is returned means nothing; it keeps the compiler from leaving the reads out.
    """
    total, last = 0.0, -1
    for pair in range(begin, end):
        row = rows[pair]
        if row != last:
            total += facts[row, 0] + runs[row, END_POINT]
        last = row
    for pair in range(begin, end):
        row = rows[pair]
        if row != last:
            for point in range(
                runs[row, FIRST_POINT], min(runs[row, END_POINT], runs[row, FIRST_POINT] + 16), 2
            ):
                total += points[point, 0]
        last = row
    return total


@entry
def settle_pairs(
    made: Made,
    left: I64,
    right: I64,
    minimum_mm: I64,
    begin: int,
    end: int,
    want_gap: bool,
    scratch: Scratch,
    state: U8,
    gap_m: F64,
) -> int:
    """Pairs ``begin`` … ``end`` − 1 of standing footprints. ``minimum_mm`` has one value, or one a pair.

    Writes ``state``, and with ``want_gap`` also ``gap_m`` (a lower bound; the minimum where not closer).
    Returns how many are left to ask.
    """
    # Arrays are taken out of the tuples once: each access to a tuple's array counts a reference, and two
    # threads that count the same one wait for each other.
    facts, runs, chains, points = made.facts, made.runs, made.chains, made.points
    x, y, frame = scratch.x, scratch.y, scratch.frame
    asked = 0
    for pair in range(begin, end):
        if (pair - begin) % _FETCHED_AT_ONCE == 0:
            few = min(pair + _FETCHED_AT_ONCE, end)
            scratch.found[0] = _fetched(facts, runs, points, left, pair, few)
            scratch.found[0] += _fetched(facts, runs, points, right, pair, few)
        minimum = minimum_mm[pair if len(minimum_mm) > 1 else 0] / 1000.0
        a, b = left[pair], right[pair]
        if stands_after(facts, runs, points, a, b):
            a, b = b, a
        found = _coarse(facts, runs, chains, points, a, b, minimum, x, y, frame)
        gap = minimum
        if found == _SHARES:
            found, gap = CLOSER, 0.0
        elif found == _OPEN or (found == CLOSER and want_gap):
            found, gap = _fine(made, a, b, minimum, want_gap, scratch)
        state[pair] = found
        asked += found == ASK
        if want_gap:
            gap_m[pair] = max(math.floor(gap * 1000.0) / 1000.0, 0.0) if found != NOT_CLOSER else minimum
    return asked


@inner
def stands_after(facts: F64, runs: I64, points: F64, a: int, b: int) -> bool:
    """An order that the caller's order does not change; only equal footprints have none, and need none."""
    for column in range(6):
        if facts[a, column] != facts[b, column]:
            return bool(facts[a, column] > facts[b, column])
    first, other = runs[a, FIRST_POINT], runs[b, FIRST_POINT]
    count, count_b = runs[a, END_POINT] - first, runs[b, END_POINT] - other
    if count != count_b:
        return bool(count > count_b)
    for step in range(count):
        for axis in range(3):
            if points[first + step, axis] != points[other + step, axis]:
                return bool(points[first + step, axis] > points[other + step, axis])
    return False


# ---------------------------------------------------------------------------------------------- coarse


@inner
def _coarse(
    facts: F64,
    runs: I64,
    chains: I64,
    points: F64,
    a: int,
    b: int,
    minimum: float,
    x: F64,
    y: F64,
    frame: F64,
) -> int:
    ax, ay, az, ra = facts[a, MIDDLE_X], facts[a, MIDDLE_Y], facts[a, MIDDLE_Z], facts[a, RADIUS]
    bx, by, bz, rb = facts[b, MIDDLE_X], facts[b, MIDDLE_Y], facts[b, MIDDLE_Z], facts[b, RADIUS]
    dx, dy, dz = bx - ax, by - ay, bz - az
    between = math.sqrt(dx * dx + dy * dy + dz * dz)
    wanted = minimum + facts[a, REACH] + facts[b, REACH]
    if between - ra - rb >= wanted:
        return NOT_CLOSER
    first_a, end_a = runs[a, FIRST_POINT], runs[a, END_POINT]
    first_b, end_b = runs[b, FIRST_POINT], runs[b, END_POINT]
    if max(end_a - first_a, end_b - first_b) > BESIDE or between / 2.0 + max(ra, rb) > _COARSE_REACH_M:
        return _OPEN
    if runs[a, FIRST_EXTRA] >= 0 and runs[b, FIRST_EXTRA] >= 0:
        return _OPEN  # lines and discs are few pieces
    if facts[a, REACH] > facts[a, LEAST] or facts[b, REACH] > facts[b, LEAST]:
        return _OPEN  # a radius that changes
    tangent(ax + bx, ay + by, az + bz, frame)
    if _separated(points, first_a, end_a, first_b, end_b, dx, dy, dz, frame, wanted + _SEPARATES_BY_M):
        return NOT_CLOSER
    project(points, first_a, end_a, frame, x, y, 0)
    project(points, first_b, end_b, frame, x, y, BESIDE)
    return _in_one_plane(runs, chains, a, b, wanted, x, y)


@inner
def _separated(
    points: F64,
    first_a: int,
    end_a: int,
    first_b: int,
    end_b: int,
    dx: float,
    dy: float,
    dz: float,
    frame: F64,
    by: float,
) -> bool:
    """Whether some plane keeps all corners of A that far from all corners of B."""
    for _ in range(3):
        up = dx * frame[0] + dy * frame[1] + dz * frame[2]
        dx, dy, dz = dx - up * frame[0], dy - up * frame[1], dz - up * frame[2]
        size2 = dx * dx + dy * dy + dz * dz
        if size2 < 1.0:
            return False
        highest, lowest = -math.inf, math.inf
        p = q = 0
        for row in range(first_a, end_a):
            along = points[row, 0] * dx + points[row, 1] * dy + points[row, 2] * dz
            if along > highest:
                highest, p = along, row
        for row in range(first_b, end_b):
            along = points[row, 0] * dx + points[row, 1] * dy + points[row, 2] * dz
            if along < lowest:
                lowest, q = along, row
        apart = lowest - highest
        if apart > 0.0 and apart * apart > by * by * size2:
            return True
        dx, dy, dz = points[q, 0] - points[p, 0], points[q, 1] - points[p, 1], points[q, 2] - points[p, 2]
    return False


@inner
def project(points: F64, first: int, end: int, frame: F64, x: F64, y: F64, at: int) -> None:
    """Plane corners of the points ``first`` … ``end`` − 1, from ``at`` on."""
    ux, uy, uz, ex, ey, ez = frame[0], frame[1], frame[2], frame[3], frame[4], frame[5]
    nx, ny, nz, cx, cy, cz = frame[6], frame[7], frame[8], frame[9], frame[10], frame[11]
    radius = frame[12]
    for row in range(first, end):
        px, py, pz = points[row, 0] - cx, points[row, 1] - cy, points[row, 2] - cz
        scale = radius / (px * ux + py * uy + pz * uz)
        x[at + row - first] = (px * ex + py * ey + pz * ez) * scale
        y[at + row - first] = (px * nx + py * ny + pz * nz) * scale


@inner
def _in_one_plane(runs: I64, chains: I64, a: int, b: int, wanted: float, x: F64, y: F64) -> int:
    clear, sure = (wanted + _COARSE_M) * _STRETCHED, wanted - _COARSE_M
    shift_a, shift_b = -runs[a, FIRST_POINT], BESIDE - runs[b, FIRST_POINT]
    all_clear, near = True, False
    for chain_a in range(runs[a, FIRST_CHAIN], runs[a, END_CHAIN]):
        for i in range(chains[chain_a, 0] + shift_a, chains[chain_a, 1] + shift_a):
            ax, ay, a1x, a1y = x[i], y[i], x[i + 1], y[i + 1]
            ux, uy = a1x - ax, a1y - ay
            size_u = math.sqrt(ux * ux + uy * uy)
            clear_u = clear * size_u
            for chain_b in range(runs[b, FIRST_CHAIN], runs[b, END_CHAIN]):
                j, last = chains[chain_b, 0] + shift_b, chains[chain_b, 1] + shift_b
                bx, by = x[j], y[j]
                off0 = ux * (by - ay) - uy * (bx - ax)
                while j < last:
                    j += 1
                    b0x, b0y, before = bx, by, off0
                    bx, by = x[j], y[j]
                    off0 = ux * (by - ay) - uy * (bx - ax)
                    if min(before, off0) > clear_u or max(before, off0) < -clear_u:
                        continue
                    vx, vy = bx - b0x, by - b0y
                    other0 = vx * (ay - b0y) - vy * (ax - b0x)
                    other1 = vx * (a1y - b0y) - vy * (a1x - b0x)
                    size_v = math.sqrt(vx * vx + vy * vy)
                    clear_v = clear * size_v
                    if min(other0, other1) > clear_v or max(other0, other1) < -clear_v:
                        continue
                    if before * off0 < 0.0 and other0 * other1 < 0.0:
                        shallow_u, shallow_v = min(abs(before), abs(off0)), min(abs(other0), abs(other1))
                        if shallow_u > _COARSE_M * size_u and shallow_v > _COARSE_M * size_v:
                            return _SHARES
                        all_clear = False
                        near = near or sure > 0.0
                    elif all_clear or not near:
                        apart = _segments_apart(x, y, i, j - 1)
                        if apart < clear:
                            all_clear = False
                            near = near or apart < sure
    # Where nothing surely crosses, a chain lies inside as a whole, or not at all.
    inside = _holds_in_plane(runs, chains, a, 0, b, BESIDE, x, y)
    if inside == 0:
        inside = _holds_in_plane(runs, chains, b, BESIDE, a, 0, x, y)
    if inside == 1:
        return _SHARES
    if near:
        return CLOSER
    return NOT_CLOSER if all_clear and inside == 0 else _OPEN


@inner
def _segments_apart(x: F64, y: F64, i: int, j: int) -> float:
    """Distance of two plane segments that do not cross."""
    least = point_apart(x[i], y[i], x, y, j)
    least = min(least, point_apart(x[i + 1], y[i + 1], x, y, j))
    least = min(least, point_apart(x[j], y[j], x, y, i))
    return math.sqrt(min(least, point_apart(x[j + 1], y[j + 1], x, y, i)))


@inner
def point_apart(px: float, py: float, x: F64, y: F64, j: int) -> float:
    """The square of the distance of a point from plane segment j."""
    ux, uy = x[j + 1] - x[j], y[j + 1] - y[j]
    px, py = px - x[j], py - y[j]
    size2 = ux * ux + uy * uy
    share = (px * ux + py * uy) / size2 if size2 > 0.0 else 0.0
    share = min(max(share, 0.0), 1.0)
    px, py = px - share * ux, py - share * uy
    return px * px + py * py


@inner
def _holds_in_plane(
    runs: I64, chains: I64, owner: int, at: int, guest: int, guest_at: int, x: F64, y: F64
) -> int:
    """1: some chain of the guest has its first point inside an area of the owner, by a metre; 0: none; −1:
    not certain."""
    if runs[owner, FIRST_EXTRA] >= 0:
        return 0
    answer = 0
    begin, end, shift = runs[owner, FIRST_CHAIN], runs[owner, END_CHAIN], at - runs[owner, FIRST_POINT]
    for guest_chain in range(runs[guest, FIRST_CHAIN], runs[guest, END_CHAIN]):
        place = chains[guest_chain, 0] - runs[guest, FIRST_POINT] + guest_at
        px, py = x[place], y[place]
        chain = begin
        while chain < end:
            area = chains[chain, 2]
            inside, certain = False, True
            while chain < end and chains[chain, 2] == area:
                for j in range(chains[chain, 0] + shift, chains[chain, 1] + shift):
                    x0, y0, x1, y1 = x[j], y[j], x[j + 1], y[j + 1]
                    if (y0 > py) != (y1 > py) and px < x0 + (py - y0) / (y1 - y0) * (x1 - x0):
                        inside = not inside
                    near_x = min(x0, x1) - _COARSE_M < px < max(x0, x1) + _COARSE_M
                    if near_x and min(y0, y1) - _COARSE_M < py < max(y0, y1) + _COARSE_M:
                        certain = certain and point_apart(px, py, x, y, j) > _COARSE_M * _COARSE_M
                chain += 1
            if not certain:
                answer = -1
            elif inside:
                return 1
    return answer


# ------------------------------------------------------------------------------------------------ fine


@inner
def _fine(made: Made, a: int, b: int, minimum: float, want_gap: bool, scratch: Scratch) -> tuple[int, float]:
    """The verdict, and a lower bound of the gap (never overstated; 0 where interior is shared)."""
    ra, rb = made.runs[a], made.runs[b]
    has_area = ra[FIRST_EXTRA] < 0 or rb[FIRST_EXTRA] < 0
    least = scratch.least
    least[AT_LEAST], least[AT_MOST] = minimum + _LOOK_WITHIN_M, math.inf
    least[UNLESS], least[APART] = minimum + _LOOK_WITHIN_M, minimum + _LOOK_WITHIN_M
    least[SURELY_CROSS] = 0.0
    measure(made, a, b, minimum, has_area, want_gap, scratch)
    if least[SURELY_CROSS] > 0.0 and has_area:
        return CLOSER, 0.0
    closer = least[AT_MOST] < minimum or (least[SURELY_CROSS] > 0.0 and minimum > 0.0)
    if has_area:
        if least[APART] <= 0.0:
            return CLOSER if closer else ASK, 0.0
        if closer and not want_gap:
            return CLOSER, least[AT_LEAST]
        inside = _holds(made, a, b)
        if inside == 0:
            inside = _holds(made, b, a)
        if inside == 1:
            return CLOSER, 0.0
        if inside < 0:
            return CLOSER if closer else ASK, 0.0
    if closer:
        return CLOSER, least[AT_LEAST]
    return ASK if least[UNLESS] < minimum else NOT_CLOSER, least[AT_LEAST]


@inner
def measure(
    made: Made, a: int, b: int, minimum: float, has_area: bool, want_gap: bool, scratch: Scratch
) -> None:
    """Compare the pieces that may be the nearest, in blocks; fills ``scratch.least``."""
    least = scratch.least
    fa, fb = made.facts[a], made.facts[b]
    reach, slimmest = fa[REACH] + fb[REACH], fa[LEAST] + fb[LEAST]
    count_a, count_b = units_of(made, a), units_of(made, b)
    # First the two blocks that lie nearest together: they leave the least to compare.
    first_a = first_b = 0
    within = least[AT_LEAST]
    if count_a * count_b > 1:
        nearest = math.inf
        for i in range(count_a):
            _, _, x, y, z, size, _ = unit_of(made, a, i)
            for j in range(count_b):
                _, _, x1, y1, z1, size1, _ = unit_of(made, b, j)
                between = math.sqrt((x - x1) ** 2 + (y - y1) ** 2 + (z - z1) ** 2) + size + size1
                if between < nearest:
                    nearest, first_a, first_b = between, i, j
        within = min(within, arc_at_most(nearest) - slimmest + 1.0)
    limit = chord_of(within + reach)
    limit = _compare(made, a, b, first_a, first_b, limit, reach, scratch)
    if _decided(least, minimum, has_area, want_gap):
        return
    for i in range(count_a):
        _, _, x, y, z, size, _ = unit_of(made, a, i)
        for j in range(count_b):
            if i == first_a and j == first_b:
                continue
            _, _, x1, y1, z1, size1, _ = unit_of(made, b, j)
            if math.sqrt((x - x1) ** 2 + (y - y1) ** 2 + (z - z1) ** 2) - size - size1 < limit:
                limit = _compare(made, a, b, i, j, limit, reach, scratch)
                if _decided(least, minimum, has_area, want_gap):
                    return


@inner
def _decided(least: F64, minimum: float, has_area: bool, want_gap: bool) -> bool:
    if least[SURELY_CROSS] > 0.0 and has_area:
        return True
    return not want_gap and (least[AT_MOST] < minimum or (least[SURELY_CROSS] > 0.0 and minimum > 0.0))


@inner
def units_of(made: Made, row: int) -> int:
    """Blocks of a footprint; without any, its chains."""
    runs = made.runs[row]
    blocks = runs[END_BLOCK] - runs[FIRST_BLOCK]
    return int(blocks if blocks > 0 else runs[END_CHAIN] - runs[FIRST_CHAIN])


@inner
def unit_of(made: Made, row: int, index: int) -> tuple[int, int, float, float, float, float, int]:
    """First piece, end of pieces, the ball around them, and their chain."""
    runs, facts = made.runs[row], made.facts[row]
    if runs[END_BLOCK] > runs[FIRST_BLOCK]:
        block = runs[FIRST_BLOCK] + index
        first = made.block_runs[block, 0]
        ball = made.blocks[block]
        return (
            first,
            first + made.block_runs[block, 1],
            ball[0],
            ball[1],
            ball[2],
            ball[3],
            made.block_runs[block, 2],
        )
    chain = made.chains[runs[FIRST_CHAIN] + index]
    return (
        chain[0],
        chain[1],
        facts[MIDDLE_X],
        facts[MIDDLE_Y],
        facts[MIDDLE_Z],
        facts[RADIUS],
        runs[FIRST_CHAIN] + index,
    )


@inner
def _compare(
    made: Made, a: int, b: int, unit_a: int, unit_b: int, limit: float, reach: float, scratch: Scratch
) -> float:
    """Every piece of one unit with every piece of the other. Returns the new limit for chords."""
    first_a, end_a, _, _, _, _, _ = unit_of(made, a, unit_a)
    first_b, end_b, _, _, _, _, _ = unit_of(made, b, unit_b)
    least, found = scratch.least, scratch.found
    moves = made.runs[a, MOVES] != 0 or made.runs[b, MOVES] != 0
    for i in range(first_a, end_a):
        take(made, a, i, scratch.a)
        for j in range(first_b, end_b):
            if apart_at_least(scratch.a, made.points, j) >= limit:
                continue
            take(made, b, j, scratch.b)
            nearest_pieces(scratch.a, scratch.b, -1.0, scratch.frame, found)
            if moves:
                found[SURE] = max(found[SURE], _CUT_SURE_M)
            radii = min(scratch.a[6], scratch.a[7]) + min(scratch.b[6], scratch.b[7])
            least[AT_LEAST] = min(least[AT_LEAST], found[GAP] - found[ERROR])
            least[UNLESS] = min(least[UNLESS], found[GAP] - found[SURE])
            least[APART] = min(least[APART], found[GAP] + radii - found[SURE])
            if found[DEPTH] > found[SURE]:
                least[SURELY_CROSS] = 1.0
            if found[GAP] + found[SURE] < least[AT_MOST]:
                least[AT_MOST] = found[GAP] + found[SURE]
                limit = min(limit, chord_of(max(least[AT_MOST] + reach, 0.0) + _LOOK_WITHIN_M))
    return limit


@inner
def take(made: Made, row: int, point: int, piece: F64) -> None:
    for axis in range(3):
        piece[axis] = made.points[point, axis]
        piece[3 + axis] = made.points[point + 1, axis]
    extra = made.runs[row, FIRST_EXTRA]
    if extra >= 0:
        extra += point - made.runs[row, FIRST_POINT]
        piece[6], piece[7] = made.extras[extra, 0], made.extras[extra + 1, 0]
        piece[8], piece[9] = made.extras[extra, 1], made.extras[extra + 1, 1]
    else:
        piece[6] = piece[7] = piece[8] = piece[9] = 0.0


@inner
def apart_at_least(a: F64, points: F64, j: int) -> float:
    """No point of the piece ``a`` has a shorter chord to a point of piece j."""
    middle2 = length_a2 = length_b2 = 0.0
    for axis in range(3):
        length_a2 += (a[3 + axis] - a[axis]) ** 2
        length_b2 += (points[j + 1, axis] - points[j, axis]) ** 2
        middle2 += (a[axis] + a[3 + axis] - points[j, axis] - points[j + 1, axis]) ** 2
    chord_a, chord_b = math.sqrt(length_a2), math.sqrt(length_b2)
    return (math.sqrt(middle2) - chord_a - chord_b) / 2.0 - bulge_at_most(chord_a) - bulge_at_most(chord_b)


# ---------------------------------------------------------------------------------------------- inside


@inner
def _holds(made: Made, owner: int, guest: int) -> int:
    """1: some chain of the guest lies inside an area of the owner (their lines do not meet); 0: none does;
    −1: that is not certain, because a whole chain lies within a metre of the rim."""
    runs, facts = made.runs[owner], made.facts[owner]
    if runs[FIRST_EXTRA] >= 0:
        return 0
    answer = 0
    for guest_chain in range(made.runs[guest, FIRST_CHAIN], made.runs[guest, END_CHAIN]):
        first, last = made.chains[guest_chain, 0], made.chains[guest_chain, 1]
        chain = runs[FIRST_CHAIN]
        while chain < runs[END_CHAIN]:
            area, end = made.chains[chain, 2], chain
            while end < runs[END_CHAIN] and made.chains[end, 2] == area:
                end += 1
            place = -1
            for point in range(first, last + 1):
                place = place_in_area(made, chain, end, facts, made.points[point], _COARSE_M)
                if place >= 0:
                    break
            if place == 1:
                return 1
            if place < 0:
                answer = -1
            chain = end
    return answer


@inner
def place_in_area(made: Made, chain: int, end: int, facts: F64, point: F64, margin: float) -> int:
    """1 inside, 0 outside of the area with these chains, −1 nearer to its rim than ``margin`` metres.

    Even-odd crossings of a ray, seen gnomonically from the Earth's centre, where great circles are straight;
    a piece departs from its great circle by less than 0.2 m.
    """
    px, py, pz = point[0], point[1], point[2]
    away = math.sqrt((px - facts[0]) ** 2 + (py - facts[1]) ** 2 + (pz - facts[2]) ** 2)
    if away > facts[RADIUS]:
        return 0
    up = made.areas[made.chains[chain, 2]]
    ux, uy, uz = up[0], up[1], up[2]
    sign = -1.0 if uz < 0.0 else 1.0
    s = -1.0 / (sign + uz)
    t = ux * uy * s
    ex, ey, ez = 1.0 + sign * ux * ux * s, sign * t, -sign * ux
    nx, ny, nz = t, sign + uy * uy * s, -uy
    seen = px * ux + py * uy + pz * uz
    if seen <= 0.0:
        return 0
    gx, gy = (px * ex + py * ey + pz * ez) / seen, (px * nx + py * ny + pz * nz) / seen
    inside = False
    points = made.points
    for ring in range(chain, end):
        first, last = made.chains[ring, 0], made.chains[ring, 1]
        x0, y0, z0 = points[first, 0], points[first, 1], points[first, 2]
        seen = x0 * ux + y0 * uy + z0 * uz
        hx0, hy0 = (x0 * ex + y0 * ey + z0 * ez) / seen, (x0 * nx + y0 * ny + z0 * nz) / seen
        for row in range(first + 1, last + 1):
            x1, y1, z1 = points[row, 0], points[row, 1], points[row, 2]
            seen = x1 * ux + y1 * uy + z1 * uz
            hx1, hy1 = (x1 * ex + y1 * ey + z1 * ez) / seen, (x1 * nx + y1 * ny + z1 * nz) / seen
            if (hy0 > gy) != (hy1 > gy) and gx < hx0 + (gy - hy0) / (hy1 - hy0) * (hx1 - hx0):
                inside = not inside
            # The volume of the three points over the area of the triangle at the centre: how far the point
            # lies from the great circle's plane.
            cx, cy, cz = y0 * z1 - z0 * y1, z0 * x1 - x0 * z1, x0 * y1 - y0 * x1
            volume = px * cx + py * cy + pz * cz
            if volume * volume < margin * margin * (cx * cx + cy * cy + cz * cz):
                dx, dy, dz = x1 - x0, y1 - y0, z1 - z0
                size2 = dx * dx + dy * dy + dz * dz
                along = (px - x0) * dx + (py - y0) * dy + (pz - z0) * dz
                room = 2.0 * math.sqrt(size2)
                if -room < along < size2 + room:
                    return -1
            hx0, hy0, x0, y0, z0 = hx1, hy1, x1, y1, z1
    return 1 if inside else 0
