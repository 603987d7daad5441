# SPDX-License-Identifier: Apache-2.0
"""What do tokens, exchange and comparison cost, beside OpenMined's set intersection in the same run?

Processor time of one core; the tick is not counted. What would take longer than a cap, by what the size
before took, is not begun and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.blind.work import Exchange, Step, exchange, limit_per_s, newcomer, openmined, steps
from steerclear.blind.sodium import sodium_version
from steerclear.model.terms import Level

__all__ = ["SIZES", "run"]

SIZES = (10_000, 100_000, 1_000_000)
STANDING = 1_000
MOST_STANDING_L3 = 50
"""A million slots of L3 take minutes to list; that a new notice costs no more beside them is shown at L2."""
GOALS = {"L3: re-mask": 0.9, "L3: hash and mask": 0.6}


def run(sizes: Sequence[int] = SIZES, *, standing: int = STANDING, cap_s: float = 600) -> None:
    """Print a line for each measurement. ``standing``: notices of 2,000 cells, for one new one to come to."""
    list(steps(64))  # compiled, or loaded, before anything is measured
    exchange(Level.L3, 64)
    limit = limit_per_s()
    print(
        f"libsodium {sodium_version()}: {limit:,.0f} scalar multiplications a second and core (the limit)\n"
    )
    for size in sizes:
        for step in steps(size):
            print(_step_line(step, limit))
        print()
    last: dict[str, tuple[int, float]] = {}
    for size in sizes:
        for name, work in _entrants(size):
            why = _why_not(last.get(name), size, cap_s)
            if why:
                print(f"{name:32} {size:>9,}   {why}")
                continue
            found = work()
            last[name] = size, found.seconds
            print(_exchange_line(found))
        print()
    print(_exchange_line(newcomer(Level.L2, standing)))
    print(_exchange_line(newcomer(Level.L3, min(standing, MOST_STANDING_L3))))


def _entrants(size: int) -> tuple[tuple[str, Callable[[], Exchange]], ...]:
    return (
        ("L2", lambda: exchange(Level.L2, size)),
        ("L3", lambda: exchange(Level.L3, size)),
        ("L3, no proofs", lambda: exchange(Level.L3, size, proofs=False)),
        ("OpenMined PSI, one way", lambda: openmined(size)),
    )


def _why_not(before: tuple[int, float] | None, size: int, cap: float) -> str:
    if before is None:
        return ""
    predicted = before[1] * size / before[0]
    return f"not run: predicted {predicted:,.0f} s" if predicted > cap else ""


def _step_line(step: Step, limit: float) -> str:
    rate = step.count / step.seconds
    ratio = f"{rate / limit:6.2f} × the limit" if step.name.startswith("L3") else ""
    goal = f" (to reach: {GOALS[step.name]})" if step.name in GOALS else ""
    return f"{step.name:24} {step.count:>9,} {rate:>14,.0f} a second   {step.gave:24} {ratio}{goal}"


def _exchange_line(found: Exchange) -> str:
    return (
        f"{found.name:32} {found.count:>9,} {found.seconds:>10,.3f} s   {found.wire_bytes:>13,} bytes   "
        f"{found.met:>9,} slots met   {found.each}"
    )
