# SPDX-License-Identifier: Apache-2.0
"""Did two of them find the same pairs? A digest without order, and sets to compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from benchmarks.screening.work import Ints

__all__ = ["MODULUS", "Digest", "Pairs", "digest_of", "ordered"]

Pairs = tuple[npt.NDArray[np.integer[Any]], npt.NDArray[np.integer[Any]]]
"""Rows and rows, of the same length: one pair in each place, either row first."""

MODULUS: Final = 1_000_003
"""A prime, small enough that SQL can add up a hundred million remainders in 63 bits."""


@dataclass(frozen=True, slots=True)
class Digest:
    """How many pairs; the sum of their rows; the sum of the products of their rows, each modulo ``MODULUS``.

    A peer that answers in SQL computes these three itself.
    """

    count: int
    total: int
    mixed: int


def digest_of(pairs: Pairs) -> Digest:
    """The digest of pairs that stand in memory."""
    left, right = (rows.astype(np.int64) for rows in pairs)
    return Digest(len(left), int(left.sum() + right.sum()), int((left * right % MODULUS).sum()))


def ordered(pairs: Pairs, count: int) -> Ints:
    """One number for each pair, rising: ``lower row × count + higher row``."""
    left, right = (rows.astype(np.int64) for rows in pairs)
    return np.sort(np.minimum(left, right) * count + np.maximum(left, right))
