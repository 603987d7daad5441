# SPDX-License-Identifier: Apache-2.0
"""What a check says: no conflict, a conflict, or that it cannot know. There is no fourth answer.

Gaps are signed: positive apart, 0 when touching, negative in overlap; footprints that share interior
have a lateral gap of 0. A gap is never overstated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Conflict", "Finding", "NoConflict", "SeparationMinima", "Undetermined", "worst_of"]


@dataclass(frozen=True, slots=True)
class SeparationMinima:
    """How far apart two volumes keep: less than all three at once is a conflict (strict ``<``)."""

    lateral_mm: int
    vertical_ft: int
    time_s: int

    @property
    def lateral_m(self) -> float:
        return self.lateral_mm / 1000


@dataclass(frozen=True, slots=True)
class NoConflict:
    """Among what was compared, at the time it was compared. Never a permission."""

    because: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Less than the minimum in every dimension at once.

    ``lateral_gap_m``    metres, 0.0 where the footprints share interior; never overstated
    ``vertical_gap_ft``  feet, signed, on the worse side of any uncertain conversion
    ``time_gap_s``       seconds, signed
    ``first_at_s``       the first UTC second at which all three are below the minima
    """

    lateral_gap_m: float
    vertical_gap_ft: int
    time_gap_s: int
    first_at_s: int


@dataclass(frozen=True, slots=True)
class Undetermined:
    """A datum, an answer or a proof is missing. It never rounds toward no conflict."""

    because: str


Finding = NoConflict | Conflict | Undetermined


def worst_of(findings: Iterable[Finding]) -> Finding:
    """The one that asks most of an officer: conflict, then undetermined; none at all is undetermined."""
    kept: Finding | None = None
    for finding in findings:
        if isinstance(finding, Conflict):
            return finding
        if kept is None or isinstance(finding, Undetermined):
            kept = finding
    return kept if kept is not None else Undetermined("nothing was compared")
