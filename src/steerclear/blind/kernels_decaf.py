# SPDX-License-Identifier: Apache-2.0
"""How is Σ weight·element added up with few additions? Buckets (Pippenger 1976); each addition is libdecaf's.

    for each digit of the weights, from the highest:   total ← total + … + total   (as often as the base says)
        every element into the bucket of its digit;    the buckets from the highest digit down, each counted
                                                       as often as its digit: Σ digit·bucket
        total ← total + Σ digit·bucket

Digits of 8 bits for long lists and 4 for short ones. Weights and elements are public here: which bucket is
touched tells nothing that is not in the transcript. ``decaf.has_decaf`` must have said yes before this is
called: the compiler looks the names up when it loads a loop.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

__all__ = ["add_up_in_buckets"]

Rows = NDArray[np.uint8]

_POINT: Final = 320
"""Room for a point: four field elements of 40 bytes, each perhaps aligned to 64."""
_ALIGNED: Final = 64
_DECODED: Final = -1
"""``DECAF_SUCCESS``."""
_SHORT: Final = 640
"""Below so many elements 16 buckets take fewer additions than 256."""

_ADDRESS: Final[Any] = types.uintp
_FLAG: Final[Any] = types.int32
_WORD: Final[Any] = types.uint64
_NOTHING: Final[Any] = types.void
_add: Any = types.ExternalFunction("steerclear_decaf_255_point_add", _NOTHING(_ADDRESS, _ADDRESS, _ADDRESS))
_subtract: Any = types.ExternalFunction(
    "steerclear_decaf_255_point_sub", _NOTHING(_ADDRESS, _ADDRESS, _ADDRESS)
)
_decode: Any = types.ExternalFunction("steerclear_decaf_255_point_decode", _FLAG(_ADDRESS, _ADDRESS, _WORD))
_encode: Any = types.ExternalFunction("steerclear_decaf_255_point_encode", _NOTHING(_ADDRESS, _ADDRESS))


@njit(nogil=True, cache=True)
def add_up_in_buckets(weights: Rows, elements: Rows, out: Rows) -> int:
    """Σ weight·element into ``out`` (32 bytes); the first row that the library refuses, or −1.

    At least one row. Refused: what is no canonical encoding of an element, and the identity.
    """
    count = elements.shape[0]
    bits = 4 if count < _SHORT else 8
    highest = (1 << bits) - 1
    room = np.zeros((count + highest + 4) * _POINT + _ALIGNED, np.uint8)
    points = room.ctypes.data + (_ALIGNED - room.ctypes.data % _ALIGNED) % _ALIGNED
    for row in range(count):
        if _decode(points + row * _POINT, elements.ctypes.data + row * 32, 0) != _DECODED:
            return row
    buckets = points + count * _POINT  # of digit 1 at 0, and so on
    running = buckets + highest * _POINT
    summed, total, nothing = running + _POINT, running + 2 * _POINT, running + 3 * _POINT
    _subtract(nothing, points, points)
    _add(total, nothing, nothing)
    for place in range(256 // bits - 1, -1, -1):
        for _ in range(bits):
            _add(total, total, total)
        for digit in range(highest):
            _add(buckets + digit * _POINT, nothing, nothing)
        for row in range(count):
            digit = (weights[row, place * bits >> 3] >> (place * bits & 7)) & highest
            if digit:
                bucket = buckets + (digit - 1) * _POINT
                _add(bucket, bucket, points + row * _POINT)
        _add(running, nothing, nothing)
        _add(summed, nothing, nothing)
        for digit in range(highest - 1, -1, -1):
            _add(running, running, buckets + digit * _POINT)
            _add(summed, summed, running)
        _add(total, total, summed)
    _encode(out.ctypes.data, total)
    return -1
