# SPDX-License-Identifier: Apache-2.0
"""One member's machine in a simulated day: the product's own workings, a wrong clock, a disk without power.

PowerCut ──► the process is gone, whatever it was doing; the disk keeps what it had said it kept
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from tests.simulation.founding import Belongings, places

from steerclear.links.clock import ScriptedClock
from steerclear.links.notifier import Alarm
from steerclear.links.randomness import SeededRandomness
from steerclear.mechanism.entry import Place
from steerclear.model.member import MemberId
from steerclear.model.time import Instant
from steerclear.record.charter import Charter
from steerclear.record.statement import Statement
from steerclear.services.ledger import Ledger
from steerclear.services.workings import Workings
from steerclear.store.memory import MemoryStore
from steerclear.store.port import StoredEntry

T = TypeVar("T")
MILLION: Final = 1_000_000


class PowerCut(BaseException):
    """No error of the product: nothing in it may catch this."""


class WrongClock:
    """Ahead by ``by_ms`` when the day opens, and gaining ``ppm`` microseconds a second since."""

    def __init__(self, true: ScriptedClock, *, by_ms: int, ppm: int) -> None:
        self._true = true
        self._by_ms = by_ms
        self._ppm = ppm
        self._since = true.now()

    def now(self) -> Instant:
        true = self._true.now()
        return Instant(true + self._by_ms + (true - self._since) * self._ppm // MILLION)

    def true_of(self, shown: Instant) -> Instant:
        """The first true moment at which this clock shows ``shown`` or more."""
        at = Instant(self._since + (shown - self._by_ms - self._since) * MILLION // (MILLION + self._ppm))
        while at + self._by_ms + (at - self._since) * self._ppm // MILLION < shown:
            at = Instant(at + 1)
        return at

    async def sleep_until(self, at: Instant) -> None:
        raise AssertionError("nothing sleeps in a simulation")


class Disk(MemoryStore):
    """Its power can fail at the next write: before the write was kept, or after and before anybody heard."""

    def __init__(self, belongings: Belongings) -> None:
        super().__init__(belongings.disk)
        self.fails_at_next: str | None = None

    def append(self, entries: Sequence[StoredEntry]) -> None:
        self._around(lambda: super(Disk, self).append(entries))

    def keep_note(self, member: str, generation: int, size: int, note: bytes) -> None:
        self._around(lambda: super(Disk, self).keep_note(member, generation, size, note))

    def _around(self, write: Callable[[], None]) -> None:
        when, self.fails_at_next = self.fails_at_next, None
        if when == "before":
            raise PowerCut
        write()
        if when == "after":
            raise PowerCut


class Machine:
    """A node with what outlives it. ``makes`` the workings: a test of the simulation hands in a worse one."""

    def __init__(
        self,
        member: str,
        charter: Charter,
        belongings: Belongings,
        clock: WrongClock,
        chance: SeededRandomness,
        makes: Callable[[Ledger], Workings],
    ) -> None:
        self.member = member
        self.belongings = belongings
        self.clock = clock
        self.rung: list[Alarm] = []
        """Everything that rang, in order, with this machine's own time."""
        self.started_at: list[Instant] = []
        """By this machine's own clock, whenever a process began."""
        self.stopped_at: list[Instant] = []
        self.seen_at: dict[tuple[str, int], Instant] = {}
        """By its own clock: when it first held each entry of each log."""
        self.epoch = 0
        self._charter = charter
        self._chance = chance
        self._makes = makes
        self._sizes: dict[str, int] = {}
        self.on_word: Callable[[Machine], None] = lambda _machine: None
        """Told whenever an entry that is no beat was written or came here, before anything else happens."""
        self.disk = Disk(belongings)
        self.process: Workings | None = None
        self.start()

    @property
    def is_up(self) -> bool:
        return self.process is not None

    @property
    def up(self) -> Workings:
        assert self.process is not None, f"{self.member} is down"
        return self.process

    @property
    def ledger(self) -> Ledger:
        return self.up.ledger

    def now(self) -> Instant:
        return self.clock.now()

    def start(self) -> None:
        """A process over the disk as it lies there."""
        self.disk = Disk(self.belongings)
        self.process = self._makes(
            Ledger(
                charter=self._charter,
                me=MemberId(self.member),
                store=self.disk,
                keys=self.belongings.keys,
                clock=self.clock,
                randomness=self._chance,
                high_water=self.belongings.mark,
            )
        )
        self.started_at.append(self.now())
        self.note_what_is_held()

    def crash(self) -> None:
        self.process = None
        self.stopped_at.append(self.now())
        self.epoch += 1

    def was_up(self, at: int) -> bool:
        """By its own clock: did a process run then?"""
        begun = sum(start <= at for start in self.started_at)
        return begun > sum(stop <= at for stop in self.stopped_at)

    def runs(self) -> list[tuple[int, int]]:
        """From when to when a process ran, by its own clock."""
        return [
            (begun, min((one for one in self.stopped_at if one >= begun), default=self.now() + 1))
            for begun in self.started_at
        ]

    def next_start(self, after: int) -> Instant | None:
        return min((start for start in self.started_at if start > after), default=None)

    def holds(self) -> tuple[tuple[str, int, bytes | None], ...]:
        """Of every log how much of it is here, and its newest checkpoint with all lines under it."""
        ledger = self.ledger
        return tuple((name, size, ledger.notes.newest(name)) for name, size in ledger.sizes().items())

    def holds_in_any_order(self) -> list[tuple[str, int, list[bytes]]]:
        """The same, to be compared with another's: lines under a checkpoint stand as they came."""
        return sorted((log, size, sorted((note or b"").splitlines())) for log, size, note in self.holds())

    def step(self) -> tuple[Alarm, ...]:
        rung = self.up.step()
        for duty, why in self.up.faults.items():
            raise AssertionError(f"the node of {self.member} could not {duty}: {why}")
        self.rung.extend(rung)
        self.note_what_is_held()
        return rung

    def note_what_is_held(self) -> None:
        now, fresh = self.now(), False
        for log, size in self.ledger.sizes().items():
            for seq in range(self._sizes.get(log, 0), size):
                self.seen_at.setdefault((log, seq), now)
                fresh = fresh or not self._is_beat(Place(log, 0, seq))
            self._sizes[log] = max(size, self._sizes.get(log, 0))
        if fresh:
            self.on_word(self)

    def _is_beat(self, place: Place) -> bool:
        entry = self.ledger.view.book.entry_at(place)
        return (
            entry is not None and isinstance(entry.content, Statement) and entry.content.kind == "node.beat"
        )


def plain(ledger: Ledger) -> Workings:
    """The product's own."""
    return Workings(ledger, places())
