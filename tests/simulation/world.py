# SPDX-License-Identifier: Apache-2.0
"""What happens when, in a simulated day? One clock, one queue of moments, lines that lose, repeat and delay.

    call ──(lost? late?)──► answer ──(lost? late? twice?)──► taken        told ◄── both hold the same
      ▲                                                        │
      └───────── again within 5 s, while the line carries ◄────┘ lost, or more to come

A line never loses more than ``MOST_LOST`` messages in a row: so there is a bound that can be held against it.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from tests.simulation.founding import EVERYONE, HOST, OPENS_AT, founded
from tests.simulation.machine import Machine, PowerCut, WrongClock, plain

from steerclear.errors import SteerclearError
from steerclear.links.clock import ScriptedClock
from steerclear.links.notifier import Alarm
from steerclear.links.randomness import SeededRandomness
from steerclear.model.time import Instant
from steerclear.services.ledger import Ledger
from steerclear.services.workings import Workings

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
HEARTBEAT_MS: Final = 5 * SECOND
MOST_LOST: Final = 3
COALESCE_MS: Final = 50


@dataclass(frozen=True)
class Weather:
    """How bad the day is. ``calm`` has no fault at all: the normal day of the alarm budget."""

    lost: float = 0.0
    twice: float = 0.0
    slow_ms: int = 200
    skew_ms: int = 0
    drift_ppm: int = 0
    cuts: int = 0
    crashes: int = 0
    host_losses: int = 0
    direct: bool = False


@dataclass
class Line:
    """Between two machines. ``stamp`` grows with every change, so that what is under way can tell."""

    ends: tuple[str, str]
    up: bool = True
    lost_in_a_row: int = 0
    told: object = None
    called: bool = False


@dataclass
class World:
    """A day in the making."""

    seed: int
    weather: Weather
    makes: Callable[[Ledger], Workings] = plain
    clock: ScriptedClock = field(init=False)
    chance: random.Random = field(init=False)
    machines: dict[str, Machine] = field(init=False)
    lines: dict[frozenset[str], Line] = field(init=False)
    refused: dict[str, int] = field(init=False, default_factory=dict)
    calls: int = field(init=False, default=0)
    on_rung: Callable[[Machine, tuple[Alarm, ...]], None] = field(init=False)
    on_change: Callable[[], None] = field(init=False)
    """Told when a machine or a line went down or came up."""

    def __post_init__(self) -> None:
        self.clock = ScriptedClock(OPENS_AT)
        self.chance = random.Random(self.seed)
        self._order = itertools.count()
        self._queue: list[tuple[Instant, int, Callable[[], None]]] = []
        self._wakes: dict[str, Instant] = {}
        self._coming: set[tuple[str, int]] = set()
        self.on_rung = lambda _machine, _rung: None
        self.on_change = lambda: None
        before = founded().copy()
        randomness = SeededRandomness(f"steerclear simulation {self.seed}")
        self.machines = {
            member: Machine(
                member,
                before.charter,
                before.belongings[member],
                self._wrong_clock(),
                randomness.fork(f"node {member}"),
                self.makes,
            )
            for member in EVERYONE
        }
        pairs = [pair for pair in combinations(EVERYONE, 2) if self.weather.direct or HOST in pair]
        self.lines = {frozenset(pair): Line((pair[0], pair[1])) for pair in pairs}
        for machine in self.machines.values():
            self.soon(machine)

    def _wrong_clock(self) -> WrongClock:
        skew, drift = self.weather.skew_ms, self.weather.drift_ppm
        by_ms, ppm = self.chance.randint(-skew, skew), self.chance.randint(-drift, drift)
        return WrongClock(self.clock, by_ms=by_ms, ppm=ppm)

    # -- the queue ------------------------------------------------------------------------------------

    def now(self) -> Instant:
        return self.clock.now()

    def at(self, when: Instant, what: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (when, next(self._order), what))

    def after(self, ms: float, what: Callable[[], None]) -> None:
        self.at(Instant(self.now() + int(ms)), what)

    def run_until(self, end: Instant) -> None:
        while self._queue and self._queue[0][0] <= end:
            when, _, what = heapq.heappop(self._queue)
            self.clock.set(max(when, self.now()))
            what()
        self.clock.set(end)

    # -- machines ---------------------------------------------------------------------------------------

    def guarded(self, machine: Machine, work: Callable[[], object]) -> bool:
        """Did the power hold while it worked?"""
        try:
            work()
        except PowerCut:
            self.crash(machine, self.chance.uniform(5 * SECOND, 20 * MINUTE))
            return False
        return True

    def crash(self, machine: Machine, down_ms: float) -> None:
        if machine.is_up:
            machine.crash()
            self.on_change()
            self.after(down_ms, lambda: self.restart(machine))

    def restart(self, machine: Machine) -> None:
        if not machine.is_up:
            machine.start()
            self.on_change()
            self.soon(machine)
            for line in self.lines.values():
                if machine.member in line.ends:
                    line.told = None
                    self._heartbeat(line)

    def soon(self, machine: Machine, ms: float = COALESCE_MS) -> None:
        """Something came, or was said: step once, for all of it."""
        key = (machine.member, machine.epoch)
        if key not in self._coming:
            self._coming.add(key)
            self.after(ms, lambda: self._step_soon(machine, key))

    def _step_soon(self, machine: Machine, key: tuple[str, int]) -> None:
        self._coming.discard(key)
        if machine.is_up and machine.epoch == key[1]:
            self.step(machine)

    def step(self, machine: Machine) -> None:
        before = machine.ledger.own.size
        rung: list[Alarm] = []
        if not self.guarded(machine, lambda: rung.extend(machine.step())):
            return
        if rung:
            self.on_rung(machine, tuple(rung))
        self._wake_at(machine, machine.clock.true_of(machine.up.next_step_at()))
        self.changed(machine, urgent=machine.ledger.own.size != before)

    def _wake_at(self, machine: Machine, at: Instant) -> None:
        """The one wake that is due next; an earlier one that was asked for is forgotten."""
        at = max(at, Instant(self.now() + 1))
        self._wakes[machine.member] = at
        epoch = machine.epoch

        def wake() -> None:
            if machine.is_up and machine.epoch == epoch and self._wakes[machine.member] == at:
                self.step(machine)

        self.at(at, wake)

    # -- lines ------------------------------------------------------------------------------------------

    def is_open(self, line: Line) -> bool:
        return line.up and all(self.machines[end].is_up for end in line.ends)

    def set_line(self, line: Line, *, up: bool) -> None:
        if line.up != up:
            line.up = up
            self.on_change()
            if up:
                line.told = None
                self._heartbeat(line)

    def changed(self, machine: Machine, *, urgent: bool = False) -> None:
        """What is new here is called out at once; what only came through waits for the next heartbeat."""
        for line in self.lines.values():
            if machine.member in line.ends and self.is_open(line) and line.told != self._held(line):
                if urgent:
                    other = line.ends[1] if machine.member == line.ends[0] else line.ends[0]
                    self._call(line, machine, self.machines[other])
                else:
                    self._heartbeat(line)

    def is_at_rest(self) -> bool:
        """Everybody is up, nothing waits to be looked at, and no call would tell anybody anything."""
        return not self._coming_now() and all(
            self.is_open(line) and line.told == self._held(line) for line in self.lines.values()
        )

    def _coming_now(self) -> bool:
        return any(epoch == self.machines[member].epoch for member, epoch in self._coming)

    def _held(self, line: Line) -> object:
        return tuple(self.machines[end].holds() for end in line.ends)

    def _heartbeat(self, line: Line) -> None:
        if line.called:
            return
        line.called = True

        def beat() -> None:
            line.called = False
            if self.is_open(line) and line.told != self._held(line):
                one, other = self.chance.sample(line.ends, 2)
                self._call(line, self.machines[one], self.machines[other])

        self.after(self.chance.uniform(0, HEARTBEAT_MS), beat)

    def _call(self, line: Line, caller: Machine, called: Machine) -> None:
        """One bundle there and one back; each leg may be lost, late or doubled."""
        self.calls += 1
        asked: list[bytes] = []
        if not self.guarded(caller, lambda: asked.append(caller.up.make(called.member))):
            return
        epoch = caller.epoch
        if self._is_lost(line):
            self._heartbeat(line)
            return

        def arrive() -> None:
            if not self.is_open(line):
                return
            answered: list[bytes] = []
            if not self._took(called, lambda: answered.append(called.up.answer(caller.member, asked[0]))):
                return
            shown = called.holds()
            if self._is_lost(line):
                self._heartbeat(line)
                return
            for _ in range(2 if self.chance.random() < self.weather.twice else 1):
                self.after(self._delay(), lambda: take(answered[0], shown))

        def take(answer: bytes, shown: object) -> None:
            if not self.is_open(line) or caller.epoch != epoch:
                return
            more: list[bool] = []
            if not self._took(caller, lambda: more.append(caller.up.take(called.member, answer))):
                return
            if any(more):
                self._call(line, caller, called)
            else:
                mine, here = caller.holds(), caller.member == line.ends[0]
                line.told = (mine, shown) if here else (shown, mine)
                if caller.holds_in_any_order() != called.holds_in_any_order():
                    line.told = None
                if line.told != self._held(line):
                    self._heartbeat(
                        line
                    )  # as in the product: what this call did not bring, the next one does

        self.after(self._delay(), arrive)
        if self.chance.random() < self.weather.twice:
            self.after(self._delay() * 10, arrive)

    def _took(self, machine: Machine, work: Callable[[], object]) -> bool:
        before = machine.ledger.sizes()
        if not self.guarded(machine, work):
            return False
        for refusal in machine.up.sync.refusals.going_on():
            raise AssertionError(
                f"{machine.member} refused what {refusal.by} sent: {refusal.what} ({refusal.where})"
            )
        if machine.ledger.sizes() != before:
            machine.note_what_is_held()
            self.soon(machine)
        self.changed(machine)
        return True

    def _is_lost(self, line: Line) -> bool:
        lost = line.lost_in_a_row < MOST_LOST and self.chance.random() < self.weather.lost
        line.lost_in_a_row = line.lost_in_a_row + 1 if lost else 0
        return lost

    def _delay(self) -> float:
        return min(self.chance.expovariate(1 / self.weather.slow_ms), 5 * self.weather.slow_ms)

    # -- people -----------------------------------------------------------------------------------------

    def say(self, machine: Machine, work: Callable[[], object]) -> bool:
        """Somebody at this machine says something. A refusal is an answer, and is counted by its code."""
        if not machine.is_up:
            return False
        try:
            held = self.guarded(machine, work)
        except SteerclearError as error:
            self.refused[error.code] = self.refused.get(error.code, 0) + 1
            return False
        if held:
            machine.note_what_is_held()
            self.changed(machine, urgent=True)
            self.soon(machine)
        return held
