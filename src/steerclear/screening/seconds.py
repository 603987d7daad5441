# SPDX-License-Identifier: Apache-2.0
"""Where does a time lie on the grid's axis of seconds, which has 32 bits?

The axis counts from 2025 and reaches 68 years either way. What begins or ends beyond is drawn in to the end
of the axis, and still has a second of its own there: a span that shrank to nothing would meet no other, and
two operations of the year 2150 would be told that nobody is there. Drawn in, all such spans are candidates
of one another, and their true times decide.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ending", "endings", "starting", "startings"]

_ORIGIN_S: Final = 1_735_689_600  # 2025-01-01
_LAST: Final = 2**31 - 2
_FIRST: Final = -_LAST


def starting(at_s: int) -> int:
    """The place of a start, UTC seconds since 1970."""
    return min(max(at_s - _ORIGIN_S, _FIRST), _LAST - 1)


def ending(at_s: int) -> int:
    """The place of an end, UTC seconds since 1970."""
    return min(max(at_s - _ORIGIN_S, _FIRST + 1), _LAST)


def startings(at_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """``starting`` of each."""
    return np.clip(at_s - _ORIGIN_S, _FIRST, _LAST - 1)


def endings(at_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """``ending`` of each."""
    return np.clip(at_s - _ORIGIN_S, _FIRST + 1, _LAST)
