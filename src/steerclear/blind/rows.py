# SPDX-License-Identifier: Apache-2.0
"""How are many short byte strings of one length held, and worked on by as many cores as there are?

As rows of a numpy array of bytes. Compiled loops hold no lock of the interpreter, so threads share the rows
and nothing is copied between processes. Below ``ALONE`` rows one thread does it, for to
begin more would cost more.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALONE", "Rows", "cores", "in_parts", "new_rows", "rows_of"]

Rows = NDArray[np.uint8]
"""Shape (n, width)."""

ALONE: Final = 256

_Answer = TypeVar("_Answer")


def rows_of(data: bytes, width: int) -> Rows:
    """``data`` as rows of ``width`` bytes; a copy that may be written. Its length must be a multiple."""
    return np.frombuffer(data, np.uint8).reshape(-1, width).copy()


def new_rows(count: int, width: int) -> Rows:
    return np.zeros((count, width), np.uint8)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def in_parts(
    count: int, work: Callable[[int, int], _Answer], *, workers: int, multiple: int = 1, alone: int = ALONE
) -> list[_Answer]:
    """``work(start, end)`` over parts of ``count`` rows, answers in the order of the rows.

    Parts begin at a ``multiple``. One part where there are fewer than ``alone`` rows or one worker.
    """
    parts = 1 if count < alone else min(workers, -(-count // multiple))
    size = -(-count // (parts * multiple)) * multiple
    bounds = [*range(0, count, size), count] if count else [0, 0]
    if len(bounds) == 2:
        return [work(*bounds)]
    with ThreadPoolExecutor(len(bounds) - 1, thread_name_prefix="blind") as pool:
        return list(pool.map(lambda part: work(*part), pairwise(bounds)))
