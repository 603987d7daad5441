# SPDX-License-Identifier: Apache-2.0
"""Which of these notices conflict? Every pair of volumes of different parties, each once.

A pair that is not listed was compared and is no conflict. What could not be decided is listed apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from steerclear.model.finding import SeparationMinima
from steerclear.model.notice import Notice
from steerclear.screening.engine import Engine
from steerclear.screening.findings import PairFinding, Screening
from steerclear.screening.minima import MinimaBetween, largest_of, minima_between

__all__ = ["MinimaBetween", "PairFinding", "Screening", "largest_of", "minima_between", "screen"]


def screen(notices: Sequence[Notice], minima: SeparationMinima | MinimaBetween) -> Screening:
    """Compare all volumes of different parties. Independent of the order in which the notices are given.

    Raises ``BadInput`` for a footprint that ``check_footprint`` refuses, and for two notices of one party
    under one reference.
    """
    return Engine.of_notices(notices, minima).all_conflicts()
