# SPDX-License-Identifier: Apache-2.0
"""The run: cells are listed, steps are taken in turn, and whole exchanges run beside their peers.

Everything counts processor time of one core. Each exchange has a process and a core of its own; as many run
at a time as there are cores, an exchange beside its peer, so that both have the same neighbour.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import Final

from benchmarks.blind import cover
from benchmarks.blind.results import Exchange, Results
from benchmarks.blind.work import LIMIT, bulk_steps, group_steps
from benchmarks.screening.results import load_now, machine, today
from steerclear.blind.decaf import has_decaf
from steerclear.blind.sodium import sodium_version

__all__ = ["PARTS", "SIZES", "STANDING", "Differ", "measured"]

SIZES: Final = (10_000, 100_000, 1_000_000)
STANDING: Final = 1_000
PARTS: Final = ("cover", "steps", "exchanges")
_NO_PROOFS_UP_TO: Final = 10_000
_MORE_UP_TO: Final = 100_000

Job = tuple[str, int]


class Differ(Exception):
    """Somebody found another number of cells in common: no figure counts."""


def measured(
    sizes: Sequence[int], standing: int, parts: Sequence[str], say: Callable[[str], None], kept: Path | None
) -> Results:
    """``kept``: where the figures are written after each measurement. Raises ``Differ``."""
    begun = monotonic()
    results = Results(machine(), today(), load_now(), _versions())

    def keep() -> None:
        results.wall_s = monotonic() - begun
        if kept is not None:
            results.save(kept)

    if "cover" in parts:
        say("cells of volumes, beside H3")
        results.listed = list(cover.measure(sizes))
        keep()
    if "steps" in parts:
        say("each step, in turn")
        results.steps = list(chain(group_steps(), *map(bulk_steps, sizes)))
        results.limit_s = next(one.seconds / one.count for one in results.steps if one.name == LIMIT)
        keep()
    if "exchanges" in parts:
        for found in _beside(list(_jobs(sizes, standing)), say):
            results.exchanges.append(found)
            keep()
        _require_same(results)
    return results


def _versions() -> dict[str, str]:
    found = {name: version(name) for name in ("steerclear", "numba", "numpy", "h3", "openmined-psi")}
    return {**found, "libsodium": sodium_version(), "libdecaf": "here" if has_decaf() else "not here"}


def _jobs(sizes: Sequence[int], standing: int) -> Iterator[Job]:
    """The longest first, each of ours beside its peer."""
    for size in sorted(sizes, reverse=True):
        yield "L3", size
        yield "OpenMined PSI", size
        yield "L3, padme", size
        if size <= _MORE_UP_TO:
            yield "OpenMined PSI, the other way", size
            yield "OpenMined PSI, doubling", size
            yield "OpenMined PSI, padme", size
        if size <= _NO_PROOFS_UP_TO:
            yield "L3, no proofs", size
        yield "L2", size
    yield "standing", standing


def _beside(jobs: Sequence[Job], say: Callable[[str], None]) -> Iterator[Exchange]:
    """One process a core at a time. Raises ``subprocess.CalledProcessError`` when one of them fails."""
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    done: queue.SimpleQueue[list[Exchange] | subprocess.CalledProcessError] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def work(core: int) -> None:
        while True:
            try:
                entrant, count = waiting.get_nowait()
            except queue.Empty:
                return
            say(f"{entrant}, {count:,}")
            try:
                done.put(_one(core, entrant, count))
            except subprocess.CalledProcessError as error:
                done.put(error)

    for core in sorted(os.sched_getaffinity(0)):
        threading.Thread(target=work, args=(core,), daemon=True).start()
    for _ in jobs:
        found = done.get()
        if isinstance(found, subprocess.CalledProcessError):
            raise found
        yield from found


def _one(core: int, entrant: str, count: int) -> list[Exchange]:
    command = [sys.executable, "-m", "benchmarks.blind.job", str(core), entrant, str(count)]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [Exchange(**json.loads(line)) for line in ended.stdout.splitlines()]


def _require_same(results: Results) -> None:
    """Half of the cells are common, whoever looks."""
    for one in results.exchanges:
        if not one.standing and one.common != one.count - one.count // 2:
            raise Differ(f"{one.name}, {one.count:,}: {one.common:,} in common")
