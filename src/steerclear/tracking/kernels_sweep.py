# SPDX-License-Identifier: Apache-2.0
"""The compiled loops of all pairs: strips of the ground, swept from low to high, and the closed form at once.

Of the three axes of space the one that points most nearly up is *deep*; of the others the longer is *along*
and the other *across*. Strips cut the set across, each as wide as the widest box; in a strip the boxes stand
in the order of their low side along. A box then meets

    in its own strip       those that come later and begin before it ends
    in the strips beside   those that begin from where it begins to where it ends, along

and of every two that meet exactly one begins first (of equals: the one in the lower strip). A few boxes that
are much wider than all others stand in a strip of their own, behind the others, and are asked against all.

What decides whether boxes meet is kept as 16-bit numbers, 32 boxes side by side: one rule that never turns an
order round brings every low and high side to them, so two that meet still do, and more may. What they let
through is judged by the closed form of ``closest``, which has the last word.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steerclear.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, SHARPEST_RADIUS_M
from steerclear.tracking.closest import CLEAR, closest, judged, lost_from, vertical_times

__all__ = [
    "BLOCK",
    "BODY",
    "SIDES",
    "Bodies",
    "Strips",
    "boxed",
    "fastest_of",
    "gathered",
    "judged_pairs",
    "planned",
    "ranked",
    "swept",
]

F64 = NDArray[np.float64]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

BLOCK: Final = 32
"""So many boxes are compared at once: a word has a bit for each."""

SIDES: Final = 8
"""Of a box: x, y, z (m) and height (ft) of its low corner, then of its high one, rounded outward."""

BODY: Final = 16
"""Of a mover, side by side: place, velocity, up, reach, growth, heights, climb and its growth, whose."""

_UP: Final = 3
_HIGH: Final = 4
_FAR: Final = 2**31 - 2
_RANKS: Final = 65_535
_MIDDLE: Final = 32_768
_BUCKETS: Final = 256
_DE_BRUIJN: Final = 0x077CB531
_BIT_OF: Final = np.argsort([(_DE_BRUIJN << bit & 0xFFFFFFFF) >> 27 for bit in range(32)])
"""Which bit of a word is set, where one is: by the five high bits of its product with De Bruijn's number."""


class Bodies(NamedTuple):
    """Rows of movers, as ``Movers`` has them; ``height`` in the datum in which they are compared."""

    place: F64
    velocity: F64
    up: F64
    reach: F64
    growth: F64
    height: I64
    climb: I64
    climb_growth: I64
    whose: I32


class Strips(NamedTuple):
    """Boxes in the order of the sweep. Strip ``s`` holds places ``first[s] … first[s + 1] − 1``; the last one
    is that of the wide ones.

    ``row`` of the movers, ``party`` (two of one party are no pair; −1 is nobody's), ``lanes`` of shape
    (blocks, 8, 32): along, across, deep and height of the low side, then of the high one; ``body`` (n, 16).
    """

    first: I64
    row: I32
    party: I32
    lanes: I16
    body: F64


# ------------------------------------------------------------------------------------------------ boxes


@njit(nogil=True, cache=True, error_model="numpy")
def fastest_of(velocity: F64) -> float:
    """The greatest speed, m/s."""
    most = 0.0
    for row in range(len(velocity)):
        most = max(most, velocity[row, 0] ** 2 + velocity[row, 1] ** 2 + velocity[row, 2] ** 2)
    return float(np.sqrt(most))


@njit(nogil=True, cache=True, error_model="numpy")
def boxed(
    seen: Bodies,
    rows: I32,
    from_: int,
    to: int,
    fastest: float,
    half_reach: float,
    half_tall: int,
    look_ahead: int,
    boxes: I32,
) -> None:
    """What each may be in until the look-ahead ends, half of the minima around it, into ``boxes`` (8, n)."""
    # The path in the plane of a pair departs from the geodesic by less than this (half of it, for the
    # farthest that two can come from to meet), and the end below is lifted onto the surface to 10 m.
    apart = fastest * look_ahead + 2.0 * half_reach
    aside = apart**3 / SHARPEST_RADIUS_M**2 + 12.0
    for at in range(from_, to):
        row = rows[at]
        x, y, z = seen.place[row, 0], seen.place[row, 1], seen.place[row, 2]
        dx, dy = seen.velocity[row, 0] * look_ahead, seen.velocity[row, 1] * look_ahead
        dz = seen.velocity[row, 2] * look_ahead
        level = ((x + dx) ** 2 + (y + dy) ** 2) / SEMI_MAJOR_M**2 + (z + dz) ** 2 / SEMI_MINOR_M**2
        lift = 1.0 / np.sqrt(level)
        bulge = (dx * dx + dy * dy + dz * dz) / (8.0 * SHARPEST_RADIUS_M) * 1.01
        around = (half_reach + seen.reach[row] + seen.growth[row] * look_ahead) * 1.001 + aside + bulge
        _side(boxes, 0, at, x, (x + dx) * lift, around)
        _side(boxes, 1, at, y, (y + dy) * lift, around)
        _side(boxes, 2, at, z, (z + dz) * lift, around)
        climbs, slack = seen.climb[row] * look_ahead, seen.climb_growth[row] * look_ahead
        low = seen.height[row, 0] + min((climbs - slack) // 60, 0) - half_tall - 1
        high = seen.height[row, 1] + max(-(-(climbs + slack) // 60), 0) + half_tall + 1
        boxes[_UP, at] = min(max(low, -_FAR), _FAR)
        boxes[_UP + _HIGH, at] = min(max(high, -_FAR), _FAR)


@njit(nogil=True, cache=True, error_model="numpy")
def _side(boxes: I32, axis: int, at: int, here: float, there: float, around: float) -> None:
    boxes[axis, at] = np.int32(np.floor(max(min(here, there) - around, -_FAR)))
    boxes[axis + _HIGH, at] = np.int32(np.ceil(min(max(here, there) + around, _FAR)))


# ------------------------------------------------------------------------------------------- the order


@njit(nogil=True, cache=True, error_model="numpy")
def planned(boxes: I32) -> tuple[int, int, int, int, int]:
    """Which axes are along, across and deep, how wide a strip is (m), and how many there are."""
    middle, least, most = np.zeros(3), np.empty(3, dtype=np.int64), np.empty(3, dtype=np.int64)
    for axis in range(3):
        low, high = boxes[axis], boxes[axis + _HIGH]
        total, lowest, highest = np.int64(0), np.int32(_FAR), np.int32(-_FAR)
        for at in range(len(low)):
            total += np.int64(low[at])
            lowest, highest = min(lowest, low[at]), max(highest, high[at])
        middle[axis], least[axis], most[axis] = abs(float(total)), lowest, highest
    deep = int(np.argmax(middle))
    along, across = (deep + 1) % 3, (deep + 2) % 3
    if most[along] - least[along] < most[across] - least[across]:
        along, across = across, along
    reaches = most[across] - least[across] + 1
    side = max(_usual_width(boxes[across], boxes[across + _HIGH]), reaches // (len(boxes[0]) + 1) + 1)
    return along, across, deep, side, int(reaches // side + 1)


@njit(nogil=True, cache=True, error_model="numpy")
def _usual_width(low: I32, high: I32) -> int:
    """As wide as all boxes but a few: those would make every strip wide."""
    widest = np.int64(0)
    for at in range(len(low)):
        widest = max(widest, np.int64(high[at]) - low[at])
    step = widest // _BUCKETS + 1
    counts = np.zeros(_BUCKETS, dtype=np.int64)
    for at in range(len(low)):
        counts[(np.int64(high[at]) - low[at]) // step] += 1
    few, bucket = (len(low) >> 10) + 4, _BUCKETS - 1
    while bucket > 0 and counts[bucket] <= few:
        few -= counts[bucket]
        bucket -= 1
    return int((bucket + 1) * step)


@njit(nogil=True, cache=True, error_model="numpy")
def ranked(boxes: I32, axes: tuple[int, int, int], side: int, strips: int, first: I64, lanes: I16) -> I32:
    """The order of the sweep, the strips' beginnings and the lanes. A wide box is in the last strip."""
    count = len(boxes[0])
    along, across = axes[0], axes[1]
    scale, base = np.empty(4), np.empty(4, dtype=np.int64)
    for place in range(4):
        axis = axes[place] if place < 3 else _UP
        base[place] = np.int64(boxes[axis].min())
        scale[place] = _RANKS / (float(boxes[axis + _HIGH].max()) - base[place] + 1.0)
    key, strip = np.empty(count, dtype=np.uint16), np.empty(count, dtype=np.int32)
    for at in range(count):
        key[at] = int((boxes[along, at] - base[0]) * scale[0])
        is_wide = np.int64(boxes[across + _HIGH, at]) - boxes[across, at] > side
        strip[at] = strips if is_wide else (boxes[across, at] - base[1]) // side
    order = _by_strip(_by_byte(_by_byte(np.arange(count).astype(np.int32), key, 0), key, 8), strip, first)
    for at in range(count):
        own = order[at]
        for place in range(4):
            axis = axes[place] if place < 3 else _UP
            low = int((boxes[axis, own] - base[place]) * scale[place]) - _MIDDLE
            high = int((boxes[axis + _HIGH, own] - base[place]) * scale[place]) - _MIDDLE
            lanes[at >> 5, place, at & 31], lanes[at >> 5, place + 4, at & 31] = low, high
    return order


@njit(nogil=True, cache=True, error_model="numpy")
def _by_byte(order: I32, key: NDArray[np.uint16], shift: int) -> I32:
    """Bring the rows into the order of eight bits of their key; equals keep theirs."""
    begins = np.zeros(257, dtype=np.int64)
    for at in range(len(key)):
        begins[((key[at] >> shift) & 255) + 1] += 1
    for byte in range(256):
        begins[byte + 1] += begins[byte]
    brought = np.empty_like(order)
    for at in range(len(order)):
        byte = (key[order[at]] >> shift) & 255
        brought[begins[byte]] = order[at]
        begins[byte] += 1
    return brought


@njit(nogil=True, cache=True, error_model="numpy")
def _by_strip(order: I32, strip: I32, first: I64) -> I32:
    for which in range(len(first)):
        first[which] = 0
    for at in range(len(strip)):
        first[strip[at] + 1] += 1
    for which in range(1, len(first)):
        first[which] += first[which - 1]
    begins, brought = first.copy(), np.empty_like(order)
    for at in range(len(order)):
        which = strip[order[at]]
        brought[begins[which]] = order[at]
        begins[which] += 1
    return brought


@njit(nogil=True, cache=True, error_model="numpy")
def gathered(seen: Bodies, rows: I32, party: I32, order: I32, from_: int, to: int, out: Strips) -> None:
    """Copy what the closed form asks into the order of the sweep, two lines of the cache for each mover."""
    for at in range(from_, to):
        row, body = rows[order[at]], out.body[at]
        out.row[at], out.party[at] = row, party[order[at]]
        for axis in range(3):
            body[axis], body[axis + 3] = seen.place[row, axis], seen.velocity[row, axis]
            body[axis + 6] = seen.up[row, axis]
        body[9], body[10] = seen.reach[row], seen.growth[row]
        body[11], body[12] = seen.height[row, 0], seen.height[row, 1]
        body[13], body[14], body[15] = seen.climb[row], seen.climb_growth[row], seen.whose[row]


# -------------------------------------------------------------------------------------------- the sweep
#
# Each of the two is one long loop on purpose: an array that is handed on is counted, and here that would cost
# more than the work.


@njit(nogil=True, cache=True, error_model="numpy")
def swept(strips: Strips, from_: int, to: int, one: I32, other: I32) -> tuple[int, int]:
    """Pairs of places whose boxes meet, of which ``from_`` to ``to`` hold the one that begins first.

    Returns how many there are, and the place to go on with: ``to``, or before it when there is no more room.
    Room for as many as there are boxes is enough for each place.
    """
    first, lanes, bit_of, kept, at = strips.first, strips.lanes, _BIT_OF, 0, from_
    wide = len(first) - 2
    strip, before, after = -1, 0, 0
    while at < to:
        if strip < 0 or first[strip + 1] <= at:
            strip = _strip_at(first, at)
            before, after = first[max(strip - 1, 0)], first[strip + 1]
        own, lane, kept_before = at >> 5, at & 31, kept
        low0, low1, low2, low3 = (
            lanes[own, 0, lane],
            lanes[own, 1, lane],
            lanes[own, 2, lane],
            lanes[own, 3, lane],
        )
        ends, high1, high2, high3 = (
            lanes[own, 4, lane],
            lanes[own, 5, lane],
            lanes[own, 6, lane],
            lanes[own, 7, lane],
        )
        for run in range(3):
            begin, end, is_ordered = at + 1, first[strip + 1], True
            if run == 1:
                if strip == wide:
                    begin, end, is_ordered = 0, first[wide], False
                else:
                    end = first[strip + 2] if strip + 1 < wide else after
                    while after < end and lanes[after >> 5, 0, after & 31] < low0:
                        after += 1
                    begin = after
            elif run == 2:
                end = first[strip] if 0 < strip < wide else before
                while before < end and lanes[before >> 5, 0, before & 31] <= low0:
                    before += 1
                begin = before
            for block in range(begin >> 5, (end + BLOCK - 1) >> 5):
                place = block << 5
                if is_ordered and lanes[block, 0, max(begin - place, 0)] > ends:
                    break
                word = np.uint32(0)
                for bit in range(BLOCK):
                    meets = (
                        (lanes[block, 0, bit] <= ends)
                        & (lanes[block, 1, bit] <= high1)
                        & (lanes[block, 2, bit] <= high2)
                        & (lanes[block, 3, bit] <= high3)
                        & (lanes[block, 4, bit] >= low0)
                        & (lanes[block, 5, bit] >= low1)
                        & (lanes[block, 6, bit] >= low2)
                        & (lanes[block, 7, bit] >= low3)
                    )
                    word |= np.uint32(meets) << np.uint32(bit)
                bits = np.int64(word)
                if place < begin:
                    bits &= 0xFFFFFFFF << (begin - place)
                if end - place < BLOCK:
                    bits &= (1 << (end - place)) - 1
                if kept + BLOCK > len(one):
                    return kept_before, at
                while bits:
                    lowest = bits & -bits
                    one[kept], other[kept] = at, place + bit_of[((lowest * _DE_BRUIJN) & 0xFFFFFFFF) >> 27]
                    kept += 1
                    bits ^= lowest
        at += 1
    return kept, at


@njit(nogil=True, cache=True, error_model="numpy")
def _strip_at(first: I64, place: int) -> int:
    """The strip that holds a place: of empty ones that begin there, too, none."""
    low, high = 0, len(first) - 2
    while low < high:
        middle = (low + high) >> 1
        if first[middle + 1] <= place:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True, cache=True, error_model="numpy")
def judged_pairs(
    strips: Strips, count: int, one: I32, other: I32, lateral: float, tall: float, look_ahead: float,
    verdict: U8, times: F64,
) -> int:  # fmt: skip
    """Of pairs of places those that are not clear, as rows of the movers, moved to the front.

    ``times`` holds when separation is lost, when they are closest, and how close. Returns how many there are.
    """
    body, party, row, kept = strips.body, strips.party, strips.row, 0
    for at in range(count):
        a, b = one[at], other[at]
        if (body[a, 15] >= 0 and body[a, 15] == body[b, 15]) or (party[a] >= 0 and party[a] == party[b]):
            continue
        least, most = vertical_times(
            body[b, 11] - body[a, 12],
            body[b, 12] - body[a, 11],
            body[b, 13] - body[a, 13],
            tall,
            body[a, 14] + body[b, 14],
            look_ahead,
        )
        if least > most + 1e-9 * (1.0 + look_ahead):
            continue
        # |p|², p·v and |v|² of the one seen from the other, without what stands upright midway between them.
        nx, ny, nz = body[a, 6] + body[b, 6], body[a, 7] + body[b, 7], body[a, 8] + body[b, 8]
        scale = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz)
        nx, ny, nz = nx * scale, ny * scale, nz * scale
        px, py, pz = body[b, 0] - body[a, 0], body[b, 1] - body[a, 1], body[b, 2] - body[a, 2]
        vx, vy, vz = body[b, 3] - body[a, 3], body[b, 4] - body[a, 4], body[b, 5] - body[a, 5]
        p, v = px * nx + py * ny + pz * nz, vx * nx + vy * ny + vz * nz
        px, py, pz = px - p * nx, py - p * ny, pz - p * nz
        vx, vy, vz = vx - v * nx, vy - v * ny, vz - v * nz
        pp, pv, vv = px * px + py * py + pz * pz, px * vx + py * vy + pz * vz, vx * vx + vy * vy + vz * vz
        near, grows = lateral + body[a, 9] + body[b, 9], body[a, 10] + body[b, 10]
        said = judged(pp, pv, vv, near, grows, least, most)
        if said == CLEAR:
            continue
        one[kept], other[kept], verdict[kept] = min(row[a], row[b]), max(row[a], row[b]), said
        times[kept, 0] = lost_from(pp, pv, vv, near, grows, least, most)
        times[kept, 1], times[kept, 2] = closest(pp, pv, vv, look_ahead)
        kept += 1
    return kept
