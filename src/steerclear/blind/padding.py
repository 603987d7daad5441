# SPDX-License-Identifier: Apache-2.0
"""What is the size of a list rounded up to, so that it tells little of how many cells are in it?

    doubling    64, 128, 256, …                           10,048 cells and sentinels in 16,384 slots
    padme       64, 128, 192, 256, … 1,024, 1,088, …      10,048 cells and sentinels in 10,240 slots

Padmé (Nikitin, Barman, Lueks, Underwood, Hubaux, Ford: Reducing Metadata Leakage from Encrypted Files and
Communication with PURBs, PoPETs 2019, section 4.2) keeps of a number with so many binary places as many of
the highest as the number of places has places itself: 16 sizes to a doubling from 1,024 to 65,536, then 32.
Where that would be finer than 64, it is 64 here: the 64 parts of a list at L3p are then equal.
``docs/blind.md`` says what each gives away.
"""

from __future__ import annotations

from typing import Final

from steerclear.model.terms import Padding

__all__ = ["LEAST_PADDED", "cut", "is_padded", "padded"]

LEAST_PADDED: Final = 64
"""No list with cells has fewer slots."""


def padded(count: int, padding: Padding) -> int:
    """The smallest size that holds ``count`` slots."""
    step = _step(max(count, LEAST_PADDED), padding)
    return -(-max(count, LEAST_PADDED) // step) * step


def cut(room: int, padding: Padding) -> int:
    """The largest size that is no more than ``room``; 0 where none is."""
    return room - room % _step(room, padding) if room >= LEAST_PADDED else 0


def is_padded(count: int, padding: Padding) -> bool:
    return count == cut(count, padding) > 0


def _step(count: int, padding: Padding) -> int:
    """From the power of two at or below ``count`` to the next, sizes are so far apart."""
    exponent = count.bit_length() - 1
    kept = exponent.bit_length() if padding is Padding.PADME else 0
    return max(1 << (exponent - kept), LEAST_PADDED)
