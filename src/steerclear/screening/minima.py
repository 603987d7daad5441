# SPDX-License-Identifier: Apache-2.0
"""How far apart must two volumes keep? One set of minima for all kinds, or the annex's own table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from steerclear.model.finding import SeparationMinima
from steerclear.model.notice import NoticeKind

__all__ = ["MinimaBetween", "largest_of", "minima_between"]

MinimaBetween = Callable[[NoticeKind, NoticeKind], SeparationMinima]
"""The minima of the annex for a pair of kinds. It must give the same for both orders."""


def minima_between(minima: SeparationMinima | MinimaBetween) -> MinimaBetween:
    """One set of minima for all kinds, or the annex's own table."""
    if isinstance(minima, SeparationMinima):
        one = minima
        return lambda _a, _b: one
    return minima


def largest_of(every: Sequence[SeparationMinima]) -> SeparationMinima:
    """The largest minimum in each dimension; all 0 when there are none."""
    return SeparationMinima(
        lateral_mm=max((each.lateral_mm for each in every), default=0),
        vertical_ft=max((each.vertical_ft for each in every), default=0),
        time_s=max((each.time_s for each in every), default=0),
    )
