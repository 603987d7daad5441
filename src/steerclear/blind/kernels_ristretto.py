# SPDX-License-Identifier: Apache-2.0
"""Loops over many group elements; each step on the curve is a call of libsodium, none is written here.

A loop holds no lock of the interpreter, so that as many cores work as threads run one. Elements and scalars
are rows of 32 bytes. A loop stops at the first row that the library refuses and gives its number, or −1.
``require_sodium`` must have been called before any of these: the compiler looks the names up when it loads
a loop.

A transcript that is hashed a million times begins alike each time; so a loop takes the state of SHA-512 after
the common beginning, copies it, and hashes what is left.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

__all__ = [
    "STATE_BYTES",
    "add_up",
    "first_invalid",
    "hash_and_multiply",
    "hash_to_group",
    "multiply_each",
    "state_after",
    "weights_of",
]

Rows = NDArray[np.uint8]

STATE_BYTES: Final = 208
"""``crypto_hash_sha512_statebytes()``: 64 of chaining value, 16 of count, 128 of buffer."""

_WIDE: Final = 64

_ADDRESS: Final[Any] = types.uintp
_COUNT: Final[Any] = types.uint64
_FLAG: Final[Any] = types.int32
_NOTHING: Final[Any] = types.void
_add: Any = types.ExternalFunction(
    "steerclear_crypto_core_ristretto255_add", _FLAG(_ADDRESS, _ADDRESS, _ADDRESS)
)
_from_hash: Any = types.ExternalFunction(
    "steerclear_crypto_core_ristretto255_from_hash", _FLAG(_ADDRESS, _ADDRESS)
)
_is_valid_point: Any = types.ExternalFunction(
    "steerclear_crypto_core_ristretto255_is_valid_point", _FLAG(_ADDRESS)
)
_scalar_reduce: Any = types.ExternalFunction(
    "steerclear_crypto_core_ristretto255_scalar_reduce", _NOTHING(_ADDRESS, _ADDRESS)
)
_sha512_init: Any = types.ExternalFunction("steerclear_crypto_hash_sha512_init", _FLAG(_ADDRESS))
_sha512_update: Any = types.ExternalFunction(
    "steerclear_crypto_hash_sha512_update", _FLAG(_ADDRESS, _ADDRESS, _COUNT)
)
_sha512_final: Any = types.ExternalFunction("steerclear_crypto_hash_sha512_final", _FLAG(_ADDRESS, _ADDRESS))
_multiply: Any = types.ExternalFunction(
    "steerclear_crypto_scalarmult_ristretto255", _FLAG(_ADDRESS, _ADDRESS, _ADDRESS)
)


@njit(nogil=True, cache=True)
def state_after(beginning: Rows, state: Rows) -> None:
    """SHA-512's ``state`` (208 bytes) after ``beginning``."""
    _sha512_init(state.ctypes.data)
    _sha512_update(state.ctypes.data, beginning.ctypes.data, beginning.size)


@njit(nogil=True, cache=True)
def _expanded(state: Rows, begun: Rows, ending: Rows, first: Rows, wide: Rows) -> None:
    """RFC 9380, 5.3.1, for 64 bytes: b_0 from what was ``begun`` and ``ending``, then b_1 into ``wide``.

    ``ending`` is I2OSP(64, 2) ‖ 0 ‖ DST_prime, and ``first`` room for b_0 ‖ 1 ‖ DST_prime.
    """
    state[:] = begun
    _sha512_update(state.ctypes.data, ending.ctypes.data, ending.size)
    _sha512_final(state.ctypes.data, first.ctypes.data)
    _sha512_init(state.ctypes.data)
    _sha512_update(state.ctypes.data, first.ctypes.data, first.size)
    _sha512_final(state.ctypes.data, wide.ctypes.data)


@njit(nogil=True, cache=True)
def _room_for_first(ending: Rows) -> Rows:
    """b_0 ‖ 1 ‖ DST_prime, with b_0 still to be written."""
    first = np.zeros(_WIDE + 1 + ending.size - 3, np.uint8)
    first[_WIDE] = 1
    first[_WIDE + 1 :] = ending[3:]
    return first


@njit(nogil=True, cache=True)
def hash_to_group(begun: Rows, rows: Rows, ending: Rows, out: Rows) -> None:
    """H of each row, into ``out``. ``begun``: state after Z_pad and what all rows begin with."""
    state, wide = np.empty(STATE_BYTES, np.uint8), np.empty(_WIDE, np.uint8)
    after_row, first = np.empty(STATE_BYTES, np.uint8), _room_for_first(ending)
    width = rows.shape[1]
    for row in range(rows.shape[0]):
        after_row[:] = begun
        _sha512_update(after_row.ctypes.data, rows.ctypes.data + row * width, width)
        _expanded(state, after_row, ending, first, wide)
        _from_hash(out.ctypes.data + row * 32, wide.ctypes.data)


@njit(nogil=True, cache=True)
def hash_and_multiply(begun: Rows, rows: Rows, ending: Rows, scalar: Rows, out: Rows) -> int:
    """H(row)^scalar of each row, into ``out``; the first row for which that is the identity, or −1."""
    hash_to_group(begun, rows, ending, out)
    return multiply_each(scalar, out, out)


@njit(nogil=True, cache=True)
def multiply_each(scalar: Rows, elements: Rows, out: Rows) -> int:
    """element^scalar of each, into ``out``; the first row that the library refuses, or −1."""
    product = np.empty(32, np.uint8)
    for row in range(elements.shape[0]):
        element = elements.ctypes.data + row * 32
        if _multiply(product.ctypes.data, scalar.ctypes.data, element) != 0:
            return row
        out[row] = product
    return -1


@njit(nogil=True, cache=True)
def first_invalid(elements: Rows) -> int:
    """The first row that is not the canonical encoding of an element, or is the identity; or −1."""
    for row in range(elements.shape[0]):
        any_bit = np.uint8(0)
        for at in range(32):
            any_bit |= elements[row, at]
        if any_bit == 0 or _is_valid_point(elements.ctypes.data + row * 32) != 1:
            return row
    return -1


@njit(nogil=True, cache=True)
def weights_of(begun: Rows, start: int, mine: Rows, theirs: Rows, ending: Rows, out: Rows) -> None:
    """d_i of RFC 9497, 2.2.1: one scalar for each pair, from its place and both elements.

    ``begun``: state after Z_pad and the length-prefixed seed; ``start``: the place of the first row.
    """
    state, wide = np.empty(STATE_BYTES, np.uint8), np.empty(_WIDE, np.uint8)
    after_row, first = np.empty(STATE_BYTES, np.uint8), _room_for_first(ending)
    part = np.zeros(2 + 2 + 32 + 2 + 32 + 9, np.uint8)  # I2OSP(i, 2) ‖ (32 ‖ C_i) ‖ (32 ‖ D_i) ‖ "Composite"
    part[3], part[37] = 32, 32
    part[70:] = np.array([67, 111, 109, 112, 111, 115, 105, 116, 101], np.uint8)
    for row in range(mine.shape[0]):
        part[0], part[1] = (start + row) >> 8, (start + row) & 255
        part[4:36], part[38:70] = mine[row], theirs[row]
        after_row[:] = begun
        _sha512_update(after_row.ctypes.data, part.ctypes.data, part.size)
        _expanded(state, after_row, ending, first, wide)
        _scalar_reduce(out.ctypes.data + row * 32, wide.ctypes.data)


@njit(nogil=True, cache=True)
def add_up(weights: Rows, elements: Rows, out: Rows) -> int:
    """Σ weight·element into ``out`` (32 bytes); the first row that the library refuses, or −1.

    Starts from the first product and not from the identity, so that every intermediate is checked.
    """
    product = np.empty(32, np.uint8)
    for row in range(elements.shape[0]):
        element, weight = elements.ctypes.data + row * 32, weights.ctypes.data + row * 32
        if _multiply(product.ctypes.data, weight, element) != 0:
            return row
        if row == 0:
            out[:] = product
        elif _add(out.ctypes.data, out.ctypes.data, product.ctypes.data) != 0:
            return row
    return -1
