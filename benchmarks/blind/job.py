# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.blind.job CORE ENTRANT COUNT``: one exchange in a process of its own, on one core.

What it found goes to standard output as JSON, an exchange a line.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Final

from benchmarks.blind.results import Exchange
from benchmarks.blind.work import exchanges, newcomer, openmined
from steerclear.model.terms import Level

__all__ = ["ENTRANTS"]

ENTRANTS: Final[dict[str, Callable[[int], Sequence[Exchange]]]] = {
    "L3": lambda count: exchanges(Level.L3, count),
    "L3, no proofs": lambda count: exchanges(Level.L3, count, proofs=False),
    "L2": lambda count: exchanges(Level.L2, count),
    "OpenMined PSI": lambda count: (openmined(count),),
    "OpenMined PSI, sizes hidden": lambda count: (openmined(count, hides_sizes=True),),
    "standing": lambda count: (newcomer(Level.L2, count),),
}


def main() -> int:
    core, entrant, count = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    if not entrant.startswith("OpenMined"):
        exchanges(Level.L3, 64)  # loaded before anything is measured
        exchanges(Level.L2, 64)
    for found in ENTRANTS[entrant](int(count)):
        print(json.dumps(asdict(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
