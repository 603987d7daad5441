# SPDX-License-Identifier: Apache-2.0
"""What screening says of notices: the pairs that conflict, and the pairs that cannot be decided."""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.model.finding import Finding
from steerclear.model.notice import Notice

__all__ = ["PairFinding", "Screening"]


@dataclass(frozen=True, slots=True)
class PairFinding:
    """What was found between volume ``volume_a`` of notice ``a`` and ``volume_b`` of ``b`` (counted from 0).

    ``a`` stands before ``b`` in the order of references, then parties.
    """

    a: Notice
    b: Notice
    volume_a: int
    volume_b: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class Screening:
    """``volumes`` counts all that were compared; the findings stand in the order of references."""

    volumes: int
    conflicts: tuple[PairFinding, ...]
    undetermined: tuple[PairFinding, ...]
