# SPDX-License-Identifier: Apache-2.0
"""The compiled loops of ASTERIX: octets into rows of whole numbers, block by block, and nothing by halves.

    blocks ──► a block is read to its last octet, or dropped whole ──► one row a record that says where

A stream has no mark at which a reader could begin again. So the reader is *lost* when a block cannot begin
where one must; then it goes on octet by octet until a block of a category that we read can be read whole.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from steerclear.tracking.asterix_items import (
    COMPOUND,
    COUNTED,
    EXPLICIT,
    EXTENDED,
    SHAPES,
    SPARE,
    WITHIN,
    place_of,
)

__all__ = ["FAULTS", "LONGEST", "WIDTH", "read_blocks"]

I64 = NDArray[np.int64]
Octets = NDArray[np.uint8]

LONGEST: Final = 16_384
"""Octets of a block: those on a network are below 1,500."""
_LONGEST_WHEN_LOST: Final = 4_096

FAULTS: Final = (
    "not-asterix", "bad-block", "other-category", "simulated", "coasted", "no-name", "no-time", "no-place"
)  # fmt: skip
"""The causes, in the order of the kernel's counts."""
_NOT_ASTERIX, _BAD_BLOCK, _OTHER, _SIMULATED, _COASTED, _NO_NAME, _NO_TIME, _NO_PLACE = range(len(FAULTS))

# The columns of a row.
WIDTH: Final = 15
CATEGORY, SOURCE, ADDRESS, TRACK, TIME, PLACED_A, PLACED_B, DATUM, FEET, MOVED, MOVED_A, MOVED_B = range(12)
CLIMBS, CLIMB, UNCERTAIN = range(12, 15)

AMSL: Final = 0
WGS84: Final = 1
STD: Final = 2
NO_DATUM: Final = -1

_SERVICE: Final = np.array([23, 25, 34, 63, 65])
"""Categories that tell of stations, not of tracks: silent."""
_OTHERS: Final = np.array([1, 2, 4, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 20, 32, 129, 150, 205, 240, 247])
_DAY: Final = 86_400 * 128
_KNOT_MM_S_OF_RAW: Final = 1_852_000.0 / 16_384
"""mm/s of 2⁻¹⁴ NM/s."""
_TURN_OF_RAW: Final = 2 * math.pi / 65_536

# EPU in mm by NACp (DO-260B, table 2-70); 0 says nothing, and stands for its own bound of 10 NM.
_EPU_MM: Final = np.array(
    [
        18_520_000, 18_520_000, 7_408_000, 3_704_000, 1_852_000, 926_000, 555_600, 185_200, 92_600, 30_000,
        10_000, 3_000, 18_520_000, 18_520_000, 18_520_000, 18_520_000,
    ]
)  # fmt: skip

_A010, _A040, _A071, _A130, _A131, _A080, _A073 = (
    place_of(21, item) for item in ("010", "040", "071", "130", "131", "080", "073")
)
_A140, _A090, _A145, _A155, _A157, _A160 = (
    place_of(21, item) for item in ("140", "090", "145", "155", "157", "160")
)
_R010, _R140, _R020, _R040, _R090, _R220, _R161, _R200, _R110 = (
    place_of(48, item) for item in ("010", "140", "020", "040", "090", "220", "161", "200", "110")
)
_S010, _S070, _S105, _S185, _S380, _S040, _S080 = (
    place_of(62, item) for item in ("010", "070", "105", "185", "380", "040", "080")
)
_S136, _S130, _S135, _S220, _S500 = (place_of(62, item) for item in ("136", "130", "135", "220", "500"))


@njit(cache=True, nogil=True)
def _unsigned(data: Octets, at: int, octets: int) -> int:
    value = 0
    for one in range(octets):
        value = value << 8 | int(data[at + one])
    return value


@njit(cache=True, nogil=True)
def _signed(data: Octets, at: int, octets: int) -> int:
    value = _unsigned(data, at, octets)
    return value - (1 << 8 * octets) if data[at] & 0x80 else value


@njit(cache=True, nogil=True)
def _fifteen_bits(data: Octets, at: int) -> int:
    """The lower 15 of 16 bits, signed."""
    value = _unsigned(data, at, 2) & 0x7FFF
    return value - 0x8000 if value & 0x4000 else value


@njit(cache=True, nogil=True)
def _simple_end(data: Octets, at: int, end: int, shape: int) -> int:
    """Where an item that is no compound ends; −1 when it does not end before ``end``."""
    if shape < EXTENDED:
        at += shape
    elif shape < COUNTED:
        part = shape - EXTENDED
        while True:
            at += part
            if at > end:
                return -1
            if not data[at - 1] & 1:
                break
    elif at >= end:
        return -1
    elif shape < EXPLICIT:
        at += 1 + int(data[at]) * (shape - COUNTED)
    else:
        if data[at] == 0:
            return -1
        at += int(data[at])
    return at if at <= end else -1


@njit(cache=True, nogil=True)
def _compound_end(data: Octets, at: int, end: int, listed: I64, wanted: int) -> tuple[int, int]:
    """Where a compound ends, −1 when it does not; where its part ``wanted`` begins, −1 when it has none."""
    begin, found = at, -1
    while True:
        if at >= end:
            return -1, -1
        at += 1
        if not data[at - 1] & 1:
            break
    for octet in range(at - begin):
        for bit in range(7):
            if not data[begin + octet] >> (7 - bit) & 1:
                continue
            number = octet * 7 + bit
            if number >= len(listed) or listed[number] == SPARE:
                return -1, -1
            if number == wanted:
                found = at
            at = _simple_end(data, at, end, listed[number])
            if at < 0:
                return -1, -1
    return at, found


@njit(cache=True, nogil=True)
def _record_end(data: Octets, at: int, end: int, shapes: I64, places: I64) -> int:
    """Where a record ends, −1 when it is none; ``places`` tells where each of its items begins, or −1."""
    places[:] = -1
    begin = at
    while True:
        if at >= end:
            return -1
        at += 1
        if not data[at - 1] & 1:
            break
    for octet in range(at - begin):
        for bit in range(7):
            if not data[begin + octet] >> (7 - bit) & 1:
                continue
            number = octet * 7 + bit
            if number >= len(shapes) or shapes[number] == SPARE:
                return -1
            places[number] = at
            shape = shapes[number]
            if shape >= COMPOUND:
                at, _ = _compound_end(data, at, end, WITHIN[shape - COMPOUND], -1)
            else:
                at = _simple_end(data, at, end, shape)
            if at < 0:
                return -1
    return at


@njit(cache=True, nogil=True)
def _polar(data: Octets, at: int, row: I64) -> None:
    """A speed (15 or 16 bits of 2⁻¹⁴ NM/s) and a direction as they stand: mm/s and 2π/65536."""
    row[MOVED] = 1
    row[MOVED_A] = round(_unsigned(data, at, 2) * _KNOT_MM_S_OF_RAW)
    row[MOVED_B] = _unsigned(data, at + 2, 2)


@njit(cache=True, nogil=True)
def _adsb(data: Octets, at: I64, row: I64) -> int:
    """Category 21: −1, or why it says nothing."""
    ground, kind = False, 0
    if at[_A040] >= 0:
        first = data[at[_A040]]
        kind = first >> 5
        if first & 2:  # RAB, a transponder that stands in a field
            return _SIMULATED
        if first & 1:
            second = data[at[_A040] + 1]
            ground = second & 0x40 != 0
            if second & 0x30:  # SIM, TST
                return _SIMULATED
    if at[_A080] < 0:
        return _NO_NAME
    row[ADDRESS] = _unsigned(data, at[_A080], 3) | (1 << 24 if kind >= 2 else 0)
    when = at[_A071] if at[_A071] >= 0 else at[_A073]
    if when < 0:
        return _NO_TIME
    row[TIME] = _unsigned(data, when, 3)
    if at[_A131] >= 0:
        row[PLACED_A] = round(_signed(data, at[_A131], 4) * (180e7 / (1 << 30)))
        row[PLACED_B] = round(_signed(data, at[_A131] + 4, 4) * (180e7 / (1 << 30)))
    elif at[_A130] >= 0:
        row[PLACED_A] = round(_signed(data, at[_A130], 3) * (180e7 / (1 << 23)))
        row[PLACED_B] = round(_signed(data, at[_A130] + 3, 3) * (180e7 / (1 << 23)))
    else:
        return _NO_PLACE
    if at[_A145] >= 0 and not ground:
        row[DATUM], row[FEET] = STD, _signed(data, at[_A145], 2) * 25
    elif at[_A140] >= 0 and not ground and _unsigned(data, at[_A140], 2) != 0x7FFF:  # 7FFF: greater than
        row[DATUM], row[FEET] = WGS84, round(_signed(data, at[_A140], 2) * 6.25)
    if at[_A160] >= 0 and not data[at[_A160]] & 0x80:
        _polar(data, at[_A160], row)
        turn = row[MOVED_B] * _TURN_OF_RAW
        speed = row[MOVED_A]
        row[MOVED_A], row[MOVED_B] = round(speed * math.sin(turn)), round(speed * math.cos(turn))
    climb = at[_A155] if at[_A155] >= 0 else at[_A157]
    if climb >= 0 and not data[climb] & 0x80:
        row[CLIMBS], row[CLIMB] = 1, round(_fifteen_bits(data, climb) * 6.25)
    if at[_A090] >= 0 and data[at[_A090]] & 1:
        row[UNCERTAIN] = _EPU_MM[data[at[_A090] + 1] >> 1 & 0x0F]
    return -1


@njit(cache=True, nogil=True)
def _radar(data: Octets, at: I64, row: I64) -> int:
    """Category 48: where is in octets of 1/256 NM and 2π/65536 around the radar."""
    if at[_R020] >= 0:
        first = data[at[_R020]]
        if first & 0x12:  # SIM; RAB, a transponder that stands in a field
            return _SIMULATED
        if first >> 5 == 0:  # TYP: no detection
            return _COASTED
        if first & 1 and data[at[_R020] + 1] & 0x80:  # TST
            return _SIMULATED
    if at[_R220] >= 0:
        row[ADDRESS] = _unsigned(data, at[_R220], 3)
    elif at[_R161] >= 0:
        row[TRACK] = _unsigned(data, at[_R161], 2) & 0x0FFF
    else:
        return _NO_NAME
    if at[_R140] < 0:
        return _NO_TIME
    row[TIME] = _unsigned(data, at[_R140], 3)
    if at[_R040] < 0:
        return _NO_PLACE
    row[PLACED_A], row[PLACED_B] = _unsigned(data, at[_R040], 2), _unsigned(data, at[_R040] + 2, 2)
    if at[_R090] >= 0 and not data[at[_R090]] & 0xC0:  # validated, not garbled
        value = _unsigned(data, at[_R090], 2)
        row[DATUM], row[FEET] = STD, (value - 0x4000 if value & 0x2000 else value) * 25
    elif at[_R110] >= 0:
        value = _unsigned(data, at[_R110], 2) & 0x3FFF
        row[DATUM], row[FEET] = AMSL, (value - 0x4000 if value & 0x2000 else value) * 25
    if at[_R200] >= 0:
        _polar(data, at[_R200], row)
    return -1


@njit(cache=True, nogil=True)
def _system(data: Octets, at: I64, end: int, row: I64) -> int:
    """Category 62: velocity is along the axes of the system's own plane, in 0.25 m/s."""
    octet = at[_S080]
    if octet >= 0 and data[octet] & 1:
        if data[octet + 1] & 0x80:  # SIM
            return _SIMULATED
        if data[octet + 1] & 1 and data[octet + 2] & 1 and data[octet + 3] & 0x80:  # CST
            return _COASTED
    if at[_S380] >= 0:
        _, address = _compound_end(data, at[_S380], end, WITHIN[SHAPES[2, _S380] - COMPOUND], 0)
        if address >= 0:
            row[ADDRESS] = _unsigned(data, address, 3)
    if at[_S040] >= 0:
        row[TRACK] = _unsigned(data, at[_S040], 2)
    if row[ADDRESS] < 0 and row[TRACK] < 0:
        return _NO_NAME
    if at[_S070] < 0:
        return _NO_TIME
    row[TIME] = _unsigned(data, at[_S070], 3)
    if at[_S105] < 0:
        return _NO_PLACE
    row[PLACED_A] = round(_signed(data, at[_S105], 4) * (180e7 / (1 << 25)))
    row[PLACED_B] = round(_signed(data, at[_S105] + 4, 4) * (180e7 / (1 << 25)))
    if at[_S136] >= 0:
        row[DATUM], row[FEET] = STD, _signed(data, at[_S136], 2) * 25
    elif at[_S135] >= 0:
        row[DATUM] = AMSL if data[at[_S135]] & 0x80 else STD  # QNH has been applied, or not
        row[FEET] = _fifteen_bits(data, at[_S135]) * 25
    elif at[_S130] >= 0:
        row[DATUM], row[FEET] = WGS84, round(_signed(data, at[_S130], 2) * 6.25)
    if at[_S185] >= 0:
        row[MOVED] = 1
        row[MOVED_A] = _signed(data, at[_S185], 2) * 250
        row[MOVED_B] = _signed(data, at[_S185] + 2, 2) * 250
    if at[_S220] >= 0:
        row[CLIMBS], row[CLIMB] = 1, round(_signed(data, at[_S220], 2) * 6.25)
    if at[_S500] >= 0:
        _, plane = _compound_end(data, at[_S500], end, WITHIN[SHAPES[2, _S500] - COMPOUND], 0)
        if plane >= 0:  # two standard deviations, of both axes
            aside, ahead = _unsigned(data, plane, 2) * 1_000, _unsigned(data, plane + 2, 2) * 1_000
            row[UNCERTAIN] = math.ceil(math.hypot(aside, ahead))
    return -1


@njit(cache=True, nogil=True)
def _read_block(
    data: Octets, begin: int, end: int, category: int, out: I64, row: int, counts: I64, places: I64
) -> int:
    """The rows after the block's; −1 when the block is not what it says, and then nothing of it counts."""
    before = counts.copy()
    index = 0 if category == 21 else 1 if category == 48 else 2
    at = begin
    while at < end:
        beyond = _record_end(data, at, end, SHAPES[index], places)
        if beyond < 0 or places[0] < 0:  # 010, who says it, is in every record
            counts[:] = before
            return -1
        one = out[row]
        one[:] = 0
        one[CATEGORY], one[SOURCE] = category, _unsigned(data, places[0], 2)
        one[ADDRESS] = one[TRACK] = one[UNCERTAIN] = -1
        one[DATUM] = NO_DATUM
        if index == 0:
            fault = _adsb(data, places, one)
        elif index == 1:
            fault = _radar(data, places, one)
        else:
            fault = _system(data, places, beyond, one)
        if fault < 0 and one[TIME] >= _DAY:
            fault = _NO_TIME
        if fault < 0:
            row += 1
        else:
            counts[fault] += 1
        at = beyond
    return row


@njit(cache=True, nogil=True)
def _among(category: int, listed: I64) -> bool:
    for one in listed:
        if one == category:
            return True
    return False


@njit(cache=True, nogil=True)
def read_blocks(data: Octets, lost: bool, out: I64, counts: I64) -> tuple[int, int, bool]:
    """How many rows of ``out`` (one for 8 octets is enough) are filled, how many octets are read, and whether
    the reader is lost after them. ``counts`` grows by the ``FAULTS``."""
    at, row = 0, 0
    places = np.empty(SHAPES.shape[1], dtype=np.int64)
    while at < len(data):
        category = int(data[at])
        ours = category in (21, 48, 62)
        known = ours or _among(category, _SERVICE) or _among(category, _OTHERS)
        if at + 3 > len(data) and known and (ours or not lost):
            break  # its length is still to come
        length = _unsigned(data, at + 1, 2) if at + 3 <= len(data) else 0
        longest = _LONGEST_WHEN_LOST if lost else LONGEST
        if not known or (lost and not ours) or not 3 < length <= longest:
            if not lost:
                counts[_NOT_ASTERIX] += 1
                lost = True
            at += 1
            continue
        if at + length > len(data):
            break
        if ours:
            beyond = _read_block(data, at + 3, at + length, category, out, row, counts, places)
            if beyond < 0 and lost:
                at += 1
                continue
            if beyond < 0:
                counts[_BAD_BLOCK] += 1
            else:
                row, lost = beyond, False
        elif not _among(category, _SERVICE):
            counts[_OTHER] += 1
        at += length
    return row, at, lost
