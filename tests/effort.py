# SPDX-License-Identifier: Apache-2.0
"""How much of a long test is run? ``STEERCLEAR_EFFORT`` says it: ``test`` (when unset), ``ci`` or ``soak``.

A test of many trials is worth having on every run and worth more when it runs longer. It states its three
numbers where it stands, and so the same test serves an engineer who waits, the run that decides whether a
change lands, and a night.
"""

from __future__ import annotations

import os
from typing import Final

EFFORTS: Final = ("test", "ci", "soak")


def effort(*, test: int, ci: int, soak: int) -> int:
    """The number of trials for this run. Raises ValueError for an effort that nobody defined."""
    asked = os.environ.get("STEERCLEAR_EFFORT", "test")
    if asked not in EFFORTS:
        raise ValueError(f"STEERCLEAR_EFFORT is {asked!r}; it is one of {', '.join(EFFORTS)}.")
    return {"test": test, "ci": ci, "soak": soak}[asked]
