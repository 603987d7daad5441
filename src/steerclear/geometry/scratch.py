# SPDX-License-Identifier: Apache-2.0
"""Room for compiled loops to work in: one for each thread, made once."""

from __future__ import annotations

import threading
from typing import Final

import numpy as np

from steerclear.geometry.kernels_pair import Scratch

__all__ = ["scratch_of_thread"]

_SIZES: Final = (128, 128, 10, 10, 10, 13, 13, 7, 5)
_OF_THREAD: Final = threading.local()


def scratch_of_thread() -> Scratch:
    """Room that no other thread uses."""
    found: Scratch | None = getattr(_OF_THREAD, "scratch", None)
    if found is None:
        found = _OF_THREAD.scratch = Scratch(*(np.zeros(size) for size in _SIZES))
    return found
