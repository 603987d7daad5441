# SPDX-License-Identifier: Apache-2.0
"""Keyed BLAKE2b (RFC 7693) of a million short rows that begin alike, without a Python call for each.

``hashlib.blake2b`` is as fast, but a call of it costs more than the hash. All rows of one list share the key
and what they begin with, so those blocks are compressed once, and a row costs one compression. The tests hold
it against ``hashlib`` over all lengths. It holds no lock of the interpreter.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["BLOCK", "hash_rows"]

Rows = NDArray[np.uint8]
Words = NDArray[np.uint64]

BLOCK: Final = 128

_IV: Final = np.array(
    [
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    ],
    np.uint64,
)  # fmt: skip
_ORDER: Final = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ],
    np.uint8,
)  # fmt: skip
"""RFC 7693, 2.7: rounds 10 and 11 are 0 and 1 again."""


@njit(nogil=True, cache=True)
def hash_rows(key: Rows, beginning: Rows, rows: Rows, out: Rows) -> None:
    """BLAKE2b of ``beginning`` ‖ row under ``key``, for each row, into ``out``, whose width is the digest's.

    ``key`` has up to 64 bytes, none for a hash without key; a row has one byte or more.
    """
    fixed = np.zeros((BLOCK if key.size else 0) + beginning.size, np.uint8)
    fixed[: key.size] = key
    fixed[fixed.size - beginning.size :] = beginning
    common = _IV.copy()
    common[0] ^= np.uint64(0x01010000 ^ (key.size << 8) ^ out.shape[1])
    whole = fixed.size // BLOCK  # something always follows, so none of these is the last block
    words = np.empty(16, np.uint64)
    for block in range(whole):
        _compress(common, fixed[block * BLOCK : (block + 1) * BLOCK].view(np.uint64), (block + 1) * BLOCK, 0)
    rest = fixed.size - whole * BLOCK
    length = rest + rows.shape[1]
    blocks = -(-length // BLOCK)
    tail = np.zeros(blocks * BLOCK, np.uint8)
    tail[:rest] = fixed[whole * BLOCK :]
    state = np.empty(8, np.uint64)
    digest = state.view(np.uint8)
    for row in range(rows.shape[0]):
        tail[rest:length] = rows[row]
        state[:] = common
        for block in range(blocks):
            words[:] = tail[block * BLOCK : (block + 1) * BLOCK].view(np.uint64)
            last = int(block == blocks - 1)
            _compress(state, words, whole * BLOCK + (length if last else (block + 1) * BLOCK), last)
        out[row] = digest[: out.shape[1]]


@njit(nogil=True, cache=True)
def _mix(a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64, x: np.uint64, y: np.uint64):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """RFC 7693, 3.1."""
    a = a + b + x
    d ^= a
    d = (d >> np.uint64(32)) | (d << np.uint64(32))
    c = c + d
    b ^= c
    b = (b >> np.uint64(24)) | (b << np.uint64(40))
    a = a + b + y
    d ^= a
    d = (d >> np.uint64(16)) | (d << np.uint64(48))
    c = c + d
    b ^= c
    b = (b >> np.uint64(63)) | (b << np.uint64(1))
    return a, b, c, d


@njit(nogil=True, cache=True)
def _compress(state: Words, words: Words, count: int, last: int) -> None:
    """RFC 7693, 3.2: a block of 16 ``words`` into ``state``; ``count`` bytes so far, with this block's."""
    v0, v1, v2, v3, v4, v5, v6, v7 = (
        state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7],
    )  # fmt: skip
    v8, v9, v10, v11, v12, v13, v14, v15 = (
        _IV[0], _IV[1], _IV[2], _IV[3], _IV[4] ^ np.uint64(count), _IV[5], _IV[6], _IV[7],
    )  # fmt: skip
    if last:
        v14 = ~v14
    for turn in range(12):
        order = _ORDER[turn]
        v0, v4, v8, v12 = _mix(v0, v4, v8, v12, words[order[0]], words[order[1]])
        v1, v5, v9, v13 = _mix(v1, v5, v9, v13, words[order[2]], words[order[3]])
        v2, v6, v10, v14 = _mix(v2, v6, v10, v14, words[order[4]], words[order[5]])
        v3, v7, v11, v15 = _mix(v3, v7, v11, v15, words[order[6]], words[order[7]])
        v0, v5, v10, v15 = _mix(v0, v5, v10, v15, words[order[8]], words[order[9]])
        v1, v6, v11, v12 = _mix(v1, v6, v11, v12, words[order[10]], words[order[11]])
        v2, v7, v8, v13 = _mix(v2, v7, v8, v13, words[order[12]], words[order[13]])
        v3, v4, v9, v14 = _mix(v3, v4, v9, v14, words[order[14]], words[order[15]])
    state[0] ^= v0 ^ v8
    state[1] ^= v1 ^ v9
    state[2] ^= v2 ^ v10
    state[3] ^= v3 ^ v11
    state[4] ^= v4 ^ v12
    state[5] ^= v5 ^ v13
    state[6] ^= v6 ^ v14
    state[7] ^= v7 ^ v15
