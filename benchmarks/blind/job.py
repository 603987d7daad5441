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
from functools import partial
from typing import Final

from benchmarks.blind.results import Exchange
from benchmarks.blind.work import exchanges, newcomer, openmined
from steerclear.model.terms import Level, Padding

__all__ = ["ENTRANTS"]


def _padded_peer(padding: Padding, count: int) -> tuple[Exchange]:
    return (openmined(count, padding=padding),)


ENTRANTS: Final[dict[str, Callable[[int], Sequence[Exchange]]]] = {
    "L3": lambda count: exchanges(Level.L3, count),
    "L3, padme": lambda count: exchanges(Level.L3, count, padding=Padding.PADME),
    "L3, no proofs": lambda count: exchanges(Level.L3, count, proofs=False),
    "L2": lambda count: exchanges(Level.L2, count),
    "OpenMined PSI": lambda count: (openmined(count),),
    "OpenMined PSI, the other way": lambda count: (openmined(count, swapped=True),),
    **{f"OpenMined PSI, {padding.value}": partial(_padded_peer, padding) for padding in Padding},
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
