# SPDX-License-Identifier: Apache-2.0
"""Which core does what of a long sum Σ weight·element in buckets? Rows are decoded in parts, then places of
the digits are added up in parts; nothing is added twice.

    rows     ──► points, digits        each core a part of the rows
    places   ──► Σ digit·2^(bits·place)·point      each core a part of the places, with buckets of its own
    parts    ──► the sum
"""

from __future__ import annotations

from typing import Final

import numpy as np

from steerclear.blind.kernels_decaf import (
    POINT_WORDS,
    Words,
    add_up_parts,
    add_up_places,
    buckets_of,
    decode_each,
    digits_of,
    places_of,
    width_of_digits,
)
from steerclear.blind.rows import ALONE, Rows, in_parts

__all__ = ["add_up_in_buckets"]

_ALIGNED: Final = 64
_WORD_BYTES: Final = 8


def add_up_in_buckets(weights: Rows, elements: Rows, out: Rows, workers: int) -> int:
    """Σ weight·element into ``out`` (32 bytes); the first row that the library refuses, or −1.

    At least one row. Refused: what is no canonical encoding of an element, and the identity.
    """
    count = len(elements)
    bits = width_of_digits(count)
    points, digits = _room_for(count), np.empty((places_of(bits), count), np.int16)

    def read(start: int, end: int) -> int:
        wrong = decode_each(elements[start:end], points, start)
        if wrong < 0:
            digits_of(weights[start:end], bits, start, digits)
        return start + wrong if wrong >= 0 else -1

    if refused := [row for row in in_parts(count, read, workers=workers) if row >= 0]:
        return refused[0]

    def add(lowest: int, highest: int) -> tuple[int, Words]:
        own = _room_for(buckets_of(bits))
        add_up_places(points, digits, bits, lowest, highest, own)
        return (highest - lowest) * bits, own[:POINT_WORDS]

    alone = len(digits) if count >= ALONE else len(digits) + 1
    parts = in_parts(len(digits), add, workers=workers, alone=alone)
    joined = _room_for(len(parts))
    joined[:] = np.concatenate([part for _, part in parts])
    add_up_parts(joined, np.array([width for width, _ in parts], np.int64), out)
    return -1


def _room_for(points: int) -> Words:
    """Where so many points stand, aligned as the library wants them."""
    size = points * POINT_WORDS
    room = np.empty(size + _ALIGNED // _WORD_BYTES, np.uint64)
    skipped = -room.ctypes.data % _ALIGNED // _WORD_BYTES
    return room[skipped : skipped + size]
