# SPDX-License-Identifier: Apache-2.0
"""What does one attempt at a day leave to the next? What was spent of the cap, and the cells that were met.

    "SCBC" | 1 | spent by the first (8) | by the second (8) | cells (4) | cells × 12, rising

A met cell stays met until its day ends, however often the day is begun anew. Printer and parser are exact
inverses; another beginning, a wrong length, and cells that do not rise are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from steerclear.blind.grid import CELL_BYTES
from steerclear.errors import NotVerified

__all__ = ["Carried"]

_MAGIC: Final = b"SCBC\x01"
_FIXED: Final = len(_MAGIC) + 8 + 8 + 4


@dataclass(frozen=True, slots=True)
class Carried:
    """``spent``: slots charged to the first and to the second so far; ``met``: own cells, encoded."""

    spent: tuple[int, int] = (0, 0)
    met: frozenset[bytes] = frozenset()

    def to_bytes(self) -> bytes:
        """For a node that keeps it over a restart. Who reads it reads the met cells."""
        spent = b"".join(each.to_bytes(8, "big") for each in self.spent)
        return b"".join((_MAGIC, spent, len(self.met).to_bytes(4, "big"), *sorted(self.met)))

    @classmethod
    def of_bytes(cls, data: bytes) -> Carried:
        """Exact inverse of ``to_bytes``. Raises ``NotVerified`` (``blind-carried``)."""
        count = int.from_bytes(data[_FIXED - 4 : _FIXED], "big")
        cells = [data[at : at + CELL_BYTES] for at in range(_FIXED, len(data), CELL_BYTES)]
        is_one = data.startswith(_MAGIC) and len(data) == _FIXED + count * CELL_BYTES
        if not is_one or any(left >= right for left, right in pairwise(cells)):
            raise NotVerified(
                "blind-carried",
                "These bytes are not what an attempt at a blind check leaves to the next.",
                remedy="Begin the day anew without them: what was met is then found again, or undetermined.",
            )
        begin = len(_MAGIC)
        spent = (
            int.from_bytes(data[begin : begin + 8], "big"),
            int.from_bytes(data[begin + 8 : begin + 16], "big"),
        )
        return cls(spent, frozenset(cells))
