# SPDX-License-Identifier: Apache-2.0
"""How does one simulated day go? ``python -m tests.simulation.simulate SEED`` lives it again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tests.simulation.faults import habits_of, is_normal, let_loose, weather_of
from tests.simulation.founding import OPENS_AT
from tests.simulation.machine import plain
from tests.simulation.people import People
from tests.simulation.watching import Broken, Figures, Watch
from tests.simulation.world import HOUR, MINUTE, SECOND, World

from steerclear.model.time import Instant
from steerclear.services.ledger import Ledger
from steerclear.services.workings import Workings

MOST_REST_MS: Final = 8 * MINUTE
BUDGET_AN_HOUR: Final = 6
BUDGET_TEN_MINUTES: Final = 10


def live(seed: int, *, hours: int = 24, makes: Callable[[Ledger], Workings] = plain) -> Figures:
    """A day or its first hours, then healing, then every rule held against it. Raises ``Broken``."""
    world = World(seed, weather_of(seed), makes)
    people = People(world, habits_of(seed))
    watch = Watch(world, people)
    let_loose(world)
    world.run_until(Instant(OPENS_AT + hours * HOUR))
    _heal(world, people)
    _come_to_rest(world)
    figures = watch.check_all()
    if is_normal(seed) and figures.sounding_in_an_hour > BUDGET_AN_HOUR:
        raise Broken(
            f"{figures.sounding_in_an_hour} alarms sounded at one desk within an hour of a normal day"
        )
    return figures


def _heal(world: World, people: People) -> None:
    people.at_work = False
    world.weather = replace(world.weather, lost=0.0, twice=0.0)
    for line in world.lines.values():
        world.set_line(line, up=True)
    for machine in world.machines.values():
        machine.disk.fails_at_next = None
        if not machine.is_up:
            world.restart(machine)


def _come_to_rest(world: World) -> None:
    """Until nobody would tell anybody anything; a beat is due every ten minutes, so there is time."""
    until = Instant(world.now() + MOST_REST_MS)
    while world.now() < until:
        world.run_until(Instant(world.now() + 15 * SECOND))
        if world.is_at_rest():
            return
    raise Broken("they do not come to rest")


def told(seed: int, figures: Figures, seconds: float) -> str:
    return (
        f"seed {seed}: {figures.entries} entries ({figures.entries - figures.beats} beside the beats), "
        f"{figures.rungs_checked} rungs held against the table, {figures.faces_compared} faces against the "
        f"engine ({figures.conflicts_shown} with a conflict), {figures.stops} STOPs, at most "
        f"{figures.sounding_in_an_hour} alarms sounding an hour and {figures.sounding_in_ten_minutes} in ten "
        f"minutes, {seconds:.1f} s\nlogs {figures.digest}"
    )


def main() -> int:
    status = 0
    for seed in map(int, sys.argv[1:]):
        begun = time.perf_counter()
        try:
            print(told(seed, live(seed), time.perf_counter() - begun))
        except AssertionError as broken:
            print(f"seed {seed} BROKEN: {broken}\nrepeat it with: make simulate SEED={seed}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
