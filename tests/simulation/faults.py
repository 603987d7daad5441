# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on a simulated day, and when? Cut lines, power that fails in a write, the host lost."""

from __future__ import annotations

import random
from typing import Final

from tests.simulation.founding import HOST
from tests.simulation.machine import Machine
from tests.simulation.people import Habits
from tests.simulation.world import DAY, HOUR, MINUTE, SECOND, Line, Weather, World

CALM: Final = Weather()


def is_normal(seed: int) -> bool:
    """Every fifth day has no fault and no emergency: on it the budget of alarms is held."""
    return seed % 5 == 0


def weather_of(seed: int) -> Weather:
    """How bad this day is."""
    if is_normal(seed):
        return CALM
    chance = random.Random(f"weather {seed}")
    return Weather(
        lost=chance.choice((0.0, 0.05, 0.2)),
        twice=chance.choice((0.0, 0.05, 0.2)),
        slow_ms=chance.choice((100, 500, 2_000)),
        skew_ms=chance.choice((0, 900, 4_000, 30_000)),
        drift_ppm=chance.choice((0, 20, 100)),
        cuts=chance.randint(0, 4),
        crashes=chance.randint(0, 4),
        host_losses=chance.choice((0, 0, 1)),
        direct=chance.random() < 0.5,
    )


def habits_of(seed: int) -> Habits:
    if is_normal(seed):
        return Habits(notices=10, quick=0.95, late=0.05, alarms=False)
    chance = random.Random(f"habits {seed}")
    return Habits(notices=chance.randint(4, 12), quick=chance.choice((0.5, 0.75, 0.9)), late=0.1)


def let_loose(world: World) -> None:
    """Put this day's faults into the queue."""
    chance, weather = world.chance, world.weather
    for _ in range(weather.cuts):
        line = chance.choice(list(world.lines.values()))
        _cut(world, line, chance.uniform(0, DAY - 4 * HOUR), chance.uniform(5 * MINUTE, 3 * HOUR))
    for _ in range(weather.crashes):
        machine = chance.choice(list(world.machines.values()))
        _fail(world, machine, chance.uniform(0, DAY - 2 * HOUR), chance.choice(("before", "after", "idle")))
    for _ in range(weather.host_losses):
        _lose(world, world.machines[HOST], chance.uniform(0, DAY - 8 * HOUR), chance.uniform(HOUR, 6 * HOUR))


def _lose(world: World, machine: Machine, at_ms: float, for_ms: float) -> None:
    world.after(at_ms, lambda: world.crash(machine, for_ms))


def _cut(world: World, line: Line, at_ms: float, for_ms: float) -> None:
    world.after(at_ms, lambda: world.set_line(line, up=False))
    world.after(at_ms + for_ms, lambda: world.set_line(line, up=True))


def _fail(world: World, machine: Machine, at_ms: float, how: str) -> None:
    """Its power goes: while it rests, or around its next write."""

    def go() -> None:
        if how == "idle":
            world.crash(machine, world.chance.uniform(5 * SECOND, 20 * MINUTE))
        else:
            machine.disk.fails_at_next = how

    world.after(at_ms, go)
