# SPDX-License-Identifier: Apache-2.0
"""How is Σ weight·element added up with few additions? Buckets (Pippenger 1976); each addition is libdecaf's.

    each weight in digits from −2^(b−1) to 2^(b−1): half as many buckets, for a point is subtracted at no cost
    for each place of the digits, from the highest:   total ← total + … + total   (b times)
        each element into the bucket of its digit;    the buckets from the highest digit down, each counted
                                                      as often as its digit: Σ digit·bucket
        total ← total + Σ digit·bucket

The width b of a digit is the one that takes the fewest additions for so many elements, up to 11. What is put
into an empty bucket is copied, not added. Rows are decoded, and places added up, by as many threads as are
given them (``buckets.py``); points stand in words of which the first is at a multiple of 64 bytes. Weights
and elements are public here: which bucket is touched tells nothing that is not in the transcript.
``decaf.has_decaf`` must have said yes before this is called: the compiler looks the names up when it loads a
loop.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

__all__ = [
    "POINT_WORDS", "add_up_parts", "add_up_places", "buckets_of", "decode_each", "digits_of", "places_of",
    "width_of_digits",
]  # fmt: skip

Rows = NDArray[np.uint8]
Words = NDArray[np.uint64]
Digits = NDArray[np.int16]
Numbers = NDArray[np.int64]

_POINT: Final = 256
"""Room for a point: four field elements of 40 bytes, each perhaps aligned to 64."""
POINT_WORDS: Final = _POINT // 8
_DECODED: Final = -1
"""``DECAF_SUCCESS``."""
_BITS: Final = 256
_USUAL_BITS: Final = 253
"""A weight is below the order of the group. What is longer is added up too, with more additions."""
_WIDEST: Final = 11
"""Buckets of wider digits leave a core's own cache: 13 bits take fewer additions, and more time."""

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
def decode_each(elements: Rows, points: Words, first: int) -> int:
    """Each element as a point, into the places of ``points`` from ``first`` on; the first row that the
    library refuses, or −1.

    Refused: what is no canonical encoding of an element, and the identity.
    """
    for row in range(elements.shape[0]):
        point = points.ctypes.data + (first + row) * _POINT
        if _decode(point, elements.ctypes.data + row * 32, 0) != _DECODED:
            return row
    return -1


@njit(nogil=True, cache=True)
def add_up_places(points: Words, digits: Digits, bits: int, lowest: int, highest: int, own: Words) -> None:
    """Σ digit·point·2^(bits·(place − lowest)) over the places from ``lowest`` to below ``highest``, into the
    first place of ``own``, which has room for ``buckets_of(bits)`` points and is nobody else's."""
    count, half = digits.shape[1], 1 << (bits - 1)
    total, running, summed, nothing = 0, half + 1, half + 2, half + 3  # the bucket of digit d is number d
    base, source = own.ctypes.data, points.ctypes.data
    _subtract(base + nothing * _POINT, source, source)
    _copy(own, nothing, own, total)
    filled_at = np.full(half + 1, -1, np.int16)
    has_total = False
    for place in range(highest - 1, lowest - 1, -1):
        if has_total:
            for _ in range(bits):
                _add(base + total * _POINT, base + total * _POINT, base + total * _POINT)
        for row in range(count):
            digit = digits[place, row]
            if digit == 0:
                continue
            point = source + row * _POINT
            bucket = base + abs(digit) * _POINT
            if filled_at[abs(digit)] == place:
                if digit > 0:
                    _add(bucket, bucket, point)
                else:
                    _subtract(bucket, bucket, point)
            else:
                filled_at[abs(digit)] = place
                if digit > 0:
                    _copy(points, row, own, digit)
                else:
                    _subtract(bucket, base + nothing * _POINT, point)
        has_any = False
        for digit in range(half, 0, -1):
            is_filled = filled_at[digit] == place
            if not has_any:
                if is_filled:
                    _copy(own, digit, own, running)
                    _copy(own, digit, own, summed)
                    has_any = True
                continue
            if is_filled:
                _add(base + running * _POINT, base + running * _POINT, base + digit * _POINT)
            _add(base + summed * _POINT, base + summed * _POINT, base + running * _POINT)
        if has_any:
            _add(base + total * _POINT, base + total * _POINT, base + summed * _POINT)
            has_total = True


@njit(nogil=True, cache=True)
def add_up_parts(parts: Words, widths: Numbers, out: Rows) -> None:
    """Parts of a sum, the highest last, into ``out`` (32 bytes); the part above counts 2^width as often."""
    base, last = parts.ctypes.data, widths.size - 1
    total = base + last * _POINT
    for part in range(last - 1, -1, -1):
        for _ in range(widths[part]):
            _add(total, total, total)
        _add(total, total, base + part * _POINT)
    _encode(out.ctypes.data, total)


@njit(nogil=True, cache=True)
def buckets_of(bits: int) -> int:
    """Room that ``add_up_places`` needs, in points: the buckets, and four more."""
    return (1 << (bits - 1)) + 4


@njit(nogil=True, cache=True)
def width_of_digits(count: int) -> int:
    """A place takes an addition for each element, and one for each bucket beyond what was copied."""
    best, fewest = 0, 1 << 60
    for bits in range(2, _WIDEST + 1):
        additions = -(-_USUAL_BITS // bits) * (count + (1 << (bits - 1)))
        if additions < fewest:
            best, fewest = bits, additions
    return best


@njit(nogil=True, cache=True)
def places_of(bits: int) -> int:
    """So many digits hold any 32 bytes, and a carry."""
    return _BITS // bits + 1


@njit(nogil=True, cache=True)
def digits_of(weights: Rows, bits: int, first: int, digits: Digits) -> None:
    """Into ``digits`` (places, rows) from row ``first`` on: Σ digit·2^(bits·place) is the weight, and no
    digit is beyond ±2^(bits − 1)."""
    half, whole = 1 << (bits - 1), 1 << bits
    for row in range(weights.shape[0]):
        carry = 0
        for place in range(digits.shape[0]):
            at = place * bits
            byte, value = at >> 3, np.int64(0)
            for after in range(3):
                if byte + after < 32:
                    value |= np.int64(weights[row, byte + after]) << (8 * after)
            value = (value >> (at & 7) & (whole - 1)) + carry
            carry = int(value > half)
            digits[place, first + row] = value - carry * whole


@njit(nogil=True, cache=True)
def _copy(there: Words, source: int, here: Words, target: int) -> None:
    """A point is 32 words, wherever it stands."""
    for word in range(POINT_WORDS):
        here[target * POINT_WORDS + word] = there[source * POINT_WORDS + word]
