# SPDX-License-Identifier: Apache-2.0
"""How is Σ weight·element added up with few additions? Buckets (Pippenger 1976); each addition is libdecaf's.

    each weight in digits from −2^(b−1) to 2^(b−1): half as many buckets, for a point is subtracted at no cost
    for each place of the digits, from the highest:   total ← total + … + total   (b times)
        each element into the bucket of its digit;    the buckets from the highest digit down, each counted
                                                      as often as its digit: Σ digit·bucket
        total ← total + Σ digit·bucket

The width b of a digit is the one that takes the fewest additions for so many elements. What is put into an
empty bucket is copied, not added. Weights and elements are public here: which bucket is touched tells nothing
that is not in the transcript. ``decaf.has_decaf`` must have said yes before this is called: the compiler
looks the names up when it loads a loop.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

__all__ = ["add_up_in_buckets"]

Rows = NDArray[np.uint8]
Words = NDArray[np.uint64]
Digits = NDArray[np.int16]

_POINT: Final = 256
"""Room for a point: four field elements of 40 bytes, each perhaps aligned to 64."""
_WORDS: Final = _POINT // 8
_ALIGNED: Final = 64
_DECODED: Final = -1
"""``DECAF_SUCCESS``."""
_BITS: Final = 256
_USUAL_BITS: Final = 253
"""A weight is below the order of the group. What is longer is added up too, with more additions."""
_WIDEST: Final = 14
"""A digit of so many bits fits into 16, and the three bytes that it may touch into 24."""

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
    bits = _width_of_digits(count)
    half = 1 << (bits - 1)
    room = np.zeros((count + half + 4) * _POINT + _ALIGNED, np.uint8)
    skipped = (_ALIGNED - room.ctypes.data % _ALIGNED) % _ALIGNED
    points = room.ctypes.data + skipped
    words = room[skipped : room.size - _ALIGNED + skipped].view(np.uint64)
    for row in range(count):
        if _decode(points + row * _POINT, elements.ctypes.data + row * 32, 0) != _DECODED:
            return row
    digits = _digits_of(weights, bits)
    first = count - 1  # the bucket of digit d is number first + d
    running, summed, total, nothing = count + half, count + half + 1, count + half + 2, count + half + 3
    _subtract(points + nothing * _POINT, points, points)
    _copy(words, nothing, total)
    filled_at = np.full(half + 1, -1, np.int16)
    has_total = False
    for place in range(digits.shape[0] - 1, -1, -1):
        if has_total:
            for _ in range(bits):
                _add(points + total * _POINT, points + total * _POINT, points + total * _POINT)
        for row in range(count):
            digit = digits[place, row]
            if digit == 0:
                continue
            point = points + row * _POINT
            bucket = points + (first + abs(digit)) * _POINT
            if filled_at[abs(digit)] == place:
                if digit > 0:
                    _add(bucket, bucket, point)
                else:
                    _subtract(bucket, bucket, point)
            else:
                filled_at[abs(digit)] = place
                if digit > 0:
                    _copy(words, row, first + digit)
                else:
                    _subtract(bucket, points + nothing * _POINT, point)
        has_any = False
        for digit in range(half, 0, -1):
            is_filled = filled_at[digit] == place
            if not has_any:
                if is_filled:
                    _copy(words, first + digit, running)
                    _copy(words, first + digit, summed)
                    has_any = True
                continue
            if is_filled:
                bucket = points + (first + digit) * _POINT
                _add(points + running * _POINT, points + running * _POINT, bucket)
            _add(points + summed * _POINT, points + summed * _POINT, points + running * _POINT)
        if has_any:
            _add(points + total * _POINT, points + total * _POINT, points + summed * _POINT)
            has_total = True
    _encode(points, points + total * _POINT)
    # Read through the array, and after everything else: the compiler lets go of an array of which nothing but
    # its address is still needed.
    out[:] = room[skipped : skipped + 32]
    return -1


@njit(nogil=True, cache=True)
def _width_of_digits(count: int) -> int:
    """A place takes an addition for each element, and one for each bucket beyond what was copied."""
    best, fewest = 0, 1 << 60
    for bits in range(2, _WIDEST + 1):
        additions = -(-_USUAL_BITS // bits) * (count + (1 << (bits - 1)))
        if additions < fewest:
            best, fewest = bits, additions
    return best


@njit(nogil=True, cache=True)
def _places(bits: int) -> int:
    """So many digits hold any 32 bytes, and a carry."""
    return _BITS // bits + 1


@njit(nogil=True, cache=True)
def _digits_of(weights: Rows, bits: int) -> Digits:
    """(places, rows): Σ digit·2^(bits·place) is the weight, and no digit beyond ±2^(bits − 1)."""
    count, places = weights.shape[0], _places(bits)
    digits = np.empty((places, count), np.int16)
    half, whole = 1 << (bits - 1), 1 << bits
    for row in range(count):
        carry = 0
        for place in range(places):
            at = place * bits
            byte, value = at >> 3, np.int64(0)
            for after in range(3):
                if byte + after < 32:
                    value |= np.int64(weights[row, byte + after]) << (8 * after)
            value = (value >> (at & 7) & (whole - 1)) + carry
            carry = int(value > half)
            digits[place, row] = value - carry * whole
    return digits


@njit(nogil=True, cache=True)
def _copy(words: Words, source: int, target: int) -> None:
    """A point is 32 words, wherever it stands."""
    for word in range(_WORDS):
        words[target * _WORDS + word] = words[source * _WORDS + word]
